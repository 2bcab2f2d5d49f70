"""What `check` found about a function, as data, as JSON and as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symmetry.checks.function.counterexamples.violation import Violation
from symmetry.evidence import Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["HEADER", "FunctionReport", "Looked", "Violation", "printable"]

MOST_SIZES = 6
HEADER = ("", "samples", "residual", "tolerance", "detects")


@dataclass(frozen=True)
class Looked:
    """How hard a check looked.

    Args:
        calls: of the function.
        trials: transformed inputs beyond the fixed battery.
        inputs: kinds of input.
        both, met: comparisons in the function's code that came out both ways, of those that were met.
    """

    calls: int = 0
    trials: int = 0
    inputs: tuple[str, ...] = ()
    both: int = 0
    met: int = 0

    def __str__(self) -> str:
        kinds = sum(not label.startswith("inputs that make") for label in self.inputs)
        text = f"{self.calls} calls, {self.trials} trials, {kinds} kind{'' if kinds == 1 else 's'} of input"
        return f"{text}; {self.both} of {self.met} comparisons taken both ways" if self.met else text


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
        exact: factor -> what exact arithmetic says, where it was asked.
        detects: factor that holds -> relative size of a violation that was planted and seen.
        differ: factor that is violated -> the sizes at which no violation was seen.
        looked: how hard was looked.
        remarks: what was noticed about the function, and changes no verdict.
    """

    function: str
    problem: Problem
    seed: int
    sizes: tuple[Mapping[str, int], ...]
    evidence: Mapping[str, Evidence]
    components: Mapping[str, Mapping[str, Verdict]]
    counterexamples: Mapping[str, Violation]
    reason: str | None = None
    exact: Mapping[str, Evidence] = field(default_factory=dict)
    detects: Mapping[str, float] = field(default_factory=dict)
    differ: Mapping[str, str] = field(default_factory=dict)
    looked: Looked = field(default_factory=Looked)
    remarks: tuple[str, ...] = ()

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
        ``right``, ``residual``, ``tolerance``); ``exact`` (factor -> as in ``evidence``, with ``error_bound``);
        ``detects`` (factor that holds -> relative size of a planted violation that was seen); ``holds_at`` (factor that
        is violated -> sizes at which it was not); ``looked`` (``calls``, ``trials``, ``inputs``, ``comparisons``: those
        taken ``both`` ways, of those ``met``); ``remarks``.
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
            "exact": {
                factor: {**_evidence_json(evidence), "error_bound": evidence.error_bound}
                for factor, evidence in self.exact.items()
            },
            "detects": dict(self.detects),
            "holds_at": dict(self.differ),
            "looked": {
                "calls": self.looked.calls,
                "trials": self.looked.trials,
                "inputs": list(self.looked.inputs),
                "comparisons": {"both": self.looked.both, "met": self.looked.met},
            },
            "remarks": list(self.remarks),
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 80) -> str:
        """The verdicts as a table, what else is known, and the counterexamples, for a terminal of some width."""
        lines = [f"{self.function} : {self.problem}   under {self.problem.group}"]
        first = max(8, *(len(factor) for factor in self.evidence)) + 1
        cells = {factor: self._cells(factor) for factor in self.evidence}
        if any(row[1] for row in cells.values()):
            lines.append(_row("", HEADER, first))
        for factor, row in cells.items():
            lines.append(_row(factor, row, first))
            lines.extend(f"{'':{first}}{line}" for line in self._beside(factor))
        for label, text in self._below():
            lines.append(f"{label:{first}}{text}")
        lines.extend(f"\n{counterexample.text(width)}" for counterexample in self.counterexamples.values())
        return "\n".join(lines)

    def _cells(self, factor: str) -> tuple[str, ...]:
        """The row of a factor, as under ``HEADER``."""
        evidence = self.evidence[factor]
        numbers = (evidence.residual, evidence.tolerance, self.detects.get(factor))
        residual, tolerance, seen = ("" if x is None or not math.isfinite(x) else f"{x:.1e}" for x in numbers)
        return (
            evidence.verdict,
            str(evidence.samples) if evidence.samples else "",
            residual,
            tolerance,
            seen[:1] + seen[3:],
        )

    def _beside(self, factor: str) -> Iterator[str]:
        """What stands below the row of a factor."""
        evidence, exact, found = self.evidence[factor], self.exact.get(factor), self.components[factor]
        if len(set(found.values())) > 1:
            yield from (f"{component}: {verdict}" for component, verdict in found.items())
        if factor in self.differ:
            yield f"no violation seen at {self.differ[factor]}"
        if evidence.detail and not evidence.counterexample:
            yield evidence.detail
        if exact is not None and exact.verdict == evidence.verdict == "holds":
            how = "at rational points"
            if exact.error_bound is not None:
                how = f"modulo a prime, false with probability {exact.error_bound:.0e} at most"
            yield f"exactly equal {how}: {_sizes(exact.sizes)}"

    def _below(self) -> Iterator[tuple[str, str]]:
        """What stands below the table, and how it is called."""
        if _sizes(self.sizes):
            yield "sizes", _sizes(self.sizes)
        if self.looked.calls:
            yield "looked", str(self.looked)
        yield from (("note", remark) for remark in self.remarks)


def _row(factor: str, cells: Sequence[str], first: int) -> str:
    """A line of the table.

    >>> _row("O(d)", ("holds", "675", "1.1e-14", "1.5e-14", "1e-12"), 9)
    'O(d)     holds           675   1.1e-14    1.5e-14    1e-12'
    """
    verdict, samples, residual, tolerance, seen = cells
    return f"{factor:{first}}{verdict:12}{samples:>7}{residual:>10}{tolerance:>11}{seen:>9}".rstrip()


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


def _sizes(sizes: Sequence[Mapping[str, int]]) -> str:
    """Assignments in short.

    >>> _sizes([{"d": 7, "n": 2}, {"d": 3, "n": 5}])
    'd,n = 7,2 3,5'
    """
    if not sizes or not sizes[0]:
        return ""
    shown = [",".join(map(str, assignment.values())) for assignment in sizes[:MOST_SIZES]]
    more = f" and {len(sizes) - MOST_SIZES} more" if len(sizes) > MOST_SIZES else ""
    return f"{','.join(sizes[0])} = {' '.join(shown)}{more}"


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
