"""What `check` found about a function, as data, as JSON and as text."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symmetry.checks.function.calling import Array
from symmetry.checks.function.matrices import blocks, side_by_side
from symmetry.checks.function.passing import Passing
from symmetry.errors import UsageError
from symmetry.evidence import Counterexample, Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["FunctionReport", "Violation", "printable"]

MOST_SIZES = 6


@dataclass(frozen=True)
class Violation(Counterexample):
    """A counterexample to one factor: ``values`` holds the transform, then the inputs; ``left`` is f(g·x).

    Args:
        factor: as written, ``"O(d)"``.
        component: 1, or -1 for a reflection.
        residual, tolerance: how far apart the sides are, and how far rounding could explain; relative.
        problem: with its group, and the sizes of the counterexample.
        passing: how the function takes its inputs.
    """

    factor: str = ""
    component: int = 1
    residual: float = 0.0
    tolerance: float = 0.0
    problem: Problem | None = None
    passing: Passing = field(default_factory=Passing)

    def arrays(self) -> dict[str, Array]:
        """The transform (of a permutation, the indices), then the inputs."""
        problem = self.stated()
        (letter, element), *inputs = self.values.items()
        acts = next(g.kind.acts for g in problem.group if str(g) == self.factor)
        found = {letter: np.array(element, dtype=np.int64 if acts == "permutation" else np.float64)}
        for tensor, (name, value) in zip(problem.inputs, inputs, strict=True):
            found[name] = np.array(value, dtype=np.float64).reshape(problem.shape(tensor))
        return found

    def sides(self) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Both sides of the equation, one array for each output."""
        left, right = (_sides(self.stated(), side) for side in (self.left, self.right))
        return left, right

    def code(self, function: str | Callable[..., Any] = "", *, saved: tuple[str, int] | None = None) -> str:
        """A program that reproduces it; see :func:`~symmetry.checks.function.reproduction.reproduction`."""
        from symmetry.checks.function.reproduction import reproduction

        return reproduction(self, function, saved=saved)

    def text(self, width: int = 80) -> str:
        """What fails, the transform, the inputs and both sides, for a terminal of some width."""
        lines = textwrap.wrap(self.note + (f" (seed {self.seed})" if self.seed is not None else ""), width)
        digits = min(17, max(6, 3 - math.floor(math.log10(self.residual)))) if 0 < self.residual < math.inf else 8
        several = self.problem is not None and len(self.problem.outputs) > 1
        for values in (self.values, {"f(g·x)": self.left, "expected": self.right}):
            parts = []
            for name, value in values.items():
                is_side = values is not self.values
                named = {f"{name}[{i}]": x for i, x in enumerate(value)} if several and is_side else {name: value}
                parts += [block for key, x in named.items() for block in blocks(key, x, digits, width - 2)]
            lines += [f"  {line}" for line in side_by_side(parts, width - 2)]
        return "\n".join(lines)

    def stated(self) -> Problem:
        """The problem.

        Raises:
            UsageError: it was not kept.
        """
        if self.problem is None:
            raise UsageError("this counterexample does not say to which problem")
        return self.problem

    def __str__(self) -> str:
        return self.text()


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


def _sides(problem: Problem, value: Any) -> tuple[Array, ...]:
    values = value if len(problem.outputs) > 1 else (value,)
    shapes = [problem.shape(tensor) for tensor in problem.outputs]
    return tuple(_array(item, shape) for item, shape in zip(values, shapes, strict=True))


def _array(value: Any, shape: tuple[int, ...]) -> Array:
    array = np.array(value)
    return array.astype(np.complex128 if array.dtype.kind == "U" else np.float64).reshape(shape)
