"""Look at a saved counterexample again: is it still one?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symmetry.checks.function.calling import Callee, Failed, Unfit, quiet
from symmetry.checks.function.comparing import Point, compare, judge
from symmetry.checks.function.saved import Saved
from symmetry.evidence import Verdict

__all__ = ["Replayed", "replay"]


@dataclass(frozen=True)
class Replayed:
    """What became of a counterexample.

    Args:
        saved: as it was.
        verdict: ``"violated"`` still, ``"holds"`` at this point now, or ``"inconclusive"``.
        residual, tolerance: relative, now; ``None`` where the function gave no value.
        reason: why it is inconclusive, else nothing.
    """

    saved: Saved
    verdict: Verdict
    residual: float | None = None
    tolerance: float | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Keys: ``function``, ``problem``, ``group``, ``factor``, ``component``, ``sizes``, ``verdict``, ``residual``
        and ``tolerance`` now, ``before``, the residual that was saved, and ``reason``."""
        found = self.saved.violation
        problem = found.stated()
        return {
            "function": self.saved.function,
            "problem": str(problem),
            "group": str(problem.group),
            "factor": found.factor,
            "component": found.component,
            "sizes": problem.sizes,
            "verdict": self.verdict,
            "residual": self.residual,
            "tolerance": self.tolerance,
            "before": found.residual,
            "reason": self.reason or None,
        }

    def __str__(self) -> str:
        found = self.saved.violation
        sizes = ", ".join(f"{axis}={size}" for axis, size in found.stated().sizes.items())
        head = f"{found.factor}{f' at {sizes}' if sizes else ''}"
        if self.verdict == "violated":
            return f"{head}: still violated: relative difference {self.residual:.2g} (was {found.residual:.2g})"
        if self.verdict == "holds":
            return f"{head}: no longer violated: relative difference {self.residual:.1e} (was {found.residual:.2g})"
        return f"{head}: inconclusive: {self.reason}"


def replay(saved: Saved, function: Callable[..., Any]) -> Replayed:
    """Compute both sides of the equation again, and judge them as ``check`` does.

    That a counterexample is none any more says nothing about other points.

    Args:
        saved: the counterexample.
        function: the one that it is to, perhaps mended.

    Raises:
        FunctionError: the function does not fit the problem.

    >>> from symmetry.checks.function import check
    >>> from symmetry.problem import Problem
    >>> found = check(abs, Problem("X: d n -> d n", group="O(d)")).counterexamples["O(d)"]
    >>> saved = Saved("builtins:abs", "numpy", found)
    >>> print(replay(saved, abs))
    O(d) at d=2, n=1: still violated: relative difference ... (was ...)
    >>> print(replay(saved, lambda X: X))
    O(d) at d=2, n=1: no longer violated: relative difference 0.0e+00 (was ...)
    >>> print(replay(saved, lambda X: X / 0))
    O(d) at d=2, n=1: inconclusive: the output is not finite: ...
    """
    found = saved.violation
    problem = found.stated()
    factor = next(g for g in problem.group if str(g) == found.factor)
    element, *inputs = found.arrays().values()
    point = Point(Callee(function, problem), problem, inputs, np.random.default_rng(found.seed or 0))
    with quiet():
        try:
            point.require_deterministic()
            comparison = judge(point, factor, element, compare(point, factor, element))
        except (Failed, Unfit) as failed:
            return Replayed(saved, "inconclusive", reason=str(failed))
    residual, tolerance = comparison.residual, comparison.tolerance
    if comparison.outcome == "violated":
        return Replayed(saved, "violated", residual, tolerance)
    if comparison.outcome == "within":
        return Replayed(saved, "holds", residual, tolerance)
    reason = {
        "above": f"the two sides differ by {residual:.1e}, but not at neighbouring points, or not more than rounding "
        "may explain",
        "blurred": f"rounding blurs the output (relative tolerance {tolerance:.1e})",
        "underflow": "the output is so small that digits may be lost to underflow",
    }[comparison.outcome]
    return Replayed(saved, "inconclusive", residual, tolerance, reason)
