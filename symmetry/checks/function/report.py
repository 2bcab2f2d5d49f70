"""What `check` found about a function, as data, as JSON and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symmetry.checks.function.violation import Violation
from symmetry.evidence import Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["FunctionReport", "Violation", "printable"]

MOST_SIZES = 6


@dataclass(frozen=True)
class FunctionReport:
    """The verdicts on a function.

    Args:
        function: its name.
        problem: what was claimed.
        seed: of everything random.
        sizes: the assignments looked at.
        evidence: factor as written -> its evidence.
        components: factor -> component in words -> verdict.
        counterexamples: factor -> violation, for the violated ones.
        reason: why nothing could be judged, or ``None``.
    """

    function: str
    problem: Problem
    seed: int
    sizes: tuple[Mapping[str, int], ...]
    evidence: Mapping[str, Evidence]
    components: Mapping[str, Mapping[str, Verdict]]
    counterexamples: Mapping[str, Violation]
    reason: str | None = None

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Factor as written -> ``"holds"``, ``"violated"`` or ``"inconclusive"``."""
        return {factor: evidence.verdict for factor, evidence in self.evidence.items()}

    @property
    def ok(self) -> bool:
        """Whether every factor holds."""
        return bool(self.evidence) and set(self.verdicts.values()) == {"holds"}

    @property
    def exit_status(self) -> int:
        """0 all hold, 1 a factor is violated, 3 a factor is inconclusive and none violated."""
        found = set(self.verdicts.values())
        return 1 if "violated" in found else 0 if self.ok else 3

    def to_json(self) -> dict[str, Any]:
        """The report as a document of plain values; the same seed gives the same document.

        Keys: ``function``, ``problem``, ``group``, ``seed``, ``ok``, ``exit_status``, ``reason``, ``sizes``;
        ``verdicts`` (factor -> word); ``components`` (factor -> component -> word); ``evidence`` (factor ->
        ``method``, ``verdict``, ``sizes``, ``samples``, ``skipped``, relative ``residual`` and ``tolerance``,
        ``detail``); ``counterexamples`` (factor -> ``note``, ``component``, ``seed``, ``sizes``, ``values``, ``left``,
        ``right``, ``residual``, ``tolerance``).
        """
        return {
            "function": self.function,
            "problem": str(self.problem),
            "group": str(self.problem.group),
            "seed": self.seed,
            "ok": self.ok,
            "exit_status": self.exit_status,
            "reason": self.reason,
            "sizes": [dict(sizes) for sizes in self.sizes],
            "verdicts": self.verdicts,
            "components": {factor: dict(found) for factor, found in self.components.items()},
            "evidence": {factor: _evidence_json(evidence) for factor, evidence in self.evidence.items()},
            "counterexamples": {factor: _violation_json(found) for factor, found in self.counterexamples.items()},
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 80) -> str:
        """The verdicts, then the counterexamples for a terminal of some width."""
        lines = [f"{self.function} : {self.problem}   under {self.problem.group}"]
        for factor, evidence in self.evidence.items():
            lines.append(f"{factor:8} {evidence.verdict:13} {_how(evidence)}".rstrip())
            found = self.components[factor]
            if len(set(found.values())) > 1:
                lines.extend(f"         {component}: {verdict}" for component, verdict in found.items())
            if evidence.detail and not evidence.counterexample:
                lines.append(f"         {evidence.detail}")
        lines.extend(f"\n{counterexample.text(width)}" for counterexample in self.counterexamples.values())
        return "\n".join(lines)


def printable(value: Any) -> Any:
    """An array as nested tuples of Python numbers, integers where they are whole.

    >>> printable(np.array([[1.0, 0.5], [-0.0, 2.0]]))
    ((1, 0.5), (0, 2))
    """
    if isinstance(value, tuple):
        return tuple(printable(item) for item in value)
    array = np.asarray(value)
    if array.ndim:
        return tuple(printable(row) for row in array)
    number = array.item()
    if isinstance(number, complex):
        return str(number)
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def _how(evidence: Evidence) -> str:
    if evidence.residual is None or evidence.tolerance is None:
        return ""
    text = f"{evidence.samples} samples"
    if math.isfinite(evidence.residual) and math.isfinite(evidence.tolerance):
        sign = "≤" if evidence.residual <= evidence.tolerance else ">"
        text += f", residual {evidence.residual:.1e} {sign} tolerance {evidence.tolerance:.1e}"
    return text + _sizes(evidence.sizes)


def _sizes(sizes: Sequence[Mapping[str, int]]) -> str:
    """The assignments looked at, in short.

    >>> _sizes([{"d": 7, "n": 2}, {"d": 3, "n": 5}])
    ', d,n = 7,2 3,5'
    """
    if not sizes or not sizes[0]:
        return ""
    shown = [",".join(map(str, assignment.values())) for assignment in sizes[:MOST_SIZES]]
    more = f" and {len(sizes) - MOST_SIZES} more" if len(sizes) > MOST_SIZES else ""
    return f", {','.join(sizes[0])} = {' '.join(shown)}{more}"


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    return {
        "method": evidence.method,
        "verdict": evidence.verdict,
        "sizes": [dict(sizes) for sizes in evidence.sizes],
        "samples": evidence.samples,
        "skipped": evidence.skipped,
        "residual": evidence.residual,
        "tolerance": evidence.tolerance,
        "detail": evidence.detail,
    }


def _violation_json(found: Violation) -> dict[str, Any]:
    return {
        "note": found.note,
        "component": found.component,
        "seed": found.seed,
        "sizes": dict(found.sizes),
        "values": {name: _listed(value) for name, value in found.values.items()},
        "left": _listed(found.left),
        "right": _listed(found.right),
        "residual": found.residual,
        "tolerance": found.tolerance,
    }


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value
