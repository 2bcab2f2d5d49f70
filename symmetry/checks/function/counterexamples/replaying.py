"""Look at a saved counterexample again: is it still one?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed, Unfit, quiet
from symmetry.checks.function.calls.isolation import Ended, can_isolate, isolated, stage
from symmetry.checks.function.calls.loading import load_function
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.comparing import Point, compare, judge
from symmetry.checks.function.counterexamples.saved import Saved
from symmetry.checks.function.noise import BLUR, SAFETY
from symmetry.evidence import Verdict
from symmetry.groups import Group

__all__ = ["Replayed", "replay", "replay_separately"]

BITS = 1 << 26  # of exact arithmetic
IMPORTING = 120.0  # seconds that an import may take, however little a call may


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
        head = f"{found.factor}{at_sizes(found.stated())}"
        if self.verdict == "violated":
            return f"{head}: still violated: relative difference {self.residual:.2g} (was {found.residual:.2g})"
        if self.verdict == "holds":
            return f"{head}: no longer violated: relative difference {self.residual:.1e} (was {found.residual:.2g})"
        return f"{head}: inconclusive: {self.reason}"


def replay(saved: Saved, function: Callable[..., Any], *, timeout: float | None = None) -> Replayed:
    """Compute both sides of the equation again, and judge them as ``check`` does.

    That a counterexample is none any more says nothing about other points.

    Args:
        saved: the counterexample.
        function: the one that it is to, perhaps mended.
        timeout: seconds for one call.

    Raises:
        FunctionError: the function does not fit the problem.

    >>> from symmetry.checks.function import check
    >>> from symmetry.problem import Problem
    >>> found = check(abs, Problem("X: d n -> d n", group="O(d)")).counterexamples["O(d)"]
    >>> saved = Saved("builtins:abs", found)
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
    call = Callee(function, problem, backend=found.passing.backend, params=found.passing.held or None, timeout=timeout)
    if found.is_exact:
        return _exactly(saved, call, factor, element, inputs)
    point = Point(call, problem, inputs, np.random.default_rng(found.seed or 0))
    with quiet():
        try:
            point.require_deterministic()
            comparison = judge(point, factor, element, compare(point, factor, element))
            noise = SAFETY * float(np.max(point.relative_noise))
        except (Failed, Unfit) as failed:
            return Replayed(saved, "inconclusive", reason=str(failed))
    residual, tolerance = comparison.residual, comparison.tolerance
    if comparison.outcome == "violated":
        return Replayed(saved, "violated", residual, tolerance)
    if comparison.outcome == "within" and noise <= BLUR:
        return Replayed(saved, "holds", residual, tolerance)
    reason = {
        "above": f"the two sides differ by {residual:.1e}, but not at neighbouring points, or not more than rounding "
        "may explain",
        "underflow": "the output is so small that digits may be lost to underflow",
    }.get(comparison.outcome, f"rounding blurs the output (relative tolerance {max(tolerance, noise):.1e})")
    return Replayed(saved, "inconclusive", residual, tolerance, reason)


def _exactly(saved: Saved, call: Callee, factor: Group, element: Any, inputs: Sequence[Array]) -> Replayed:
    """The same without rounding."""
    from symmetry.checks.function.exact.arithmetic import Exhausted
    from symmetry.checks.function.exact.arrays import exact_array
    from symmetry.checks.function.exact.calling import Skipped
    from symmetry.checks.function.exact.numbers import NotExact
    from symmetry.checks.function.exact.sides import Sides

    problem = saved.violation.stated()
    if factor.kind.acts == "permutation":
        element = [[int(place == source) for place in range(len(element))] for source in element]
    sides = Sides(call, saved.violation.seed or 0)
    where = problem, [exact_array(sides.arithmetic, x.copy()).view(np.ndarray) for x in inputs], factor, element
    sides.within(BITS)
    with quiet():
        try:
            difference = sides.difference(*where)
            if difference is None:
                return Replayed(saved, "holds", 0.0, 0.0)
            relative = float(difference.relative)
            if not sides.is_open(*where):
                return Replayed(saved, "inconclusive", relative, 0.0, "the two sides are equal at neighbouring points")
            if sides.is_rounding(*where, difference):
                return Replayed(saved, "inconclusive", relative, 0.0, "the rounding of its constants explains that")
        except Skipped:
            return Replayed(saved, "inconclusive", reason="a division by zero")
        except (Exhausted, NotExact) as error:
            return Replayed(saved, "inconclusive", reason=str(error))
    return Replayed(saved, "violated", relative, 0.0)


def replay_separately(
    saved: Sequence[Saved], function: str | None = None, *, timeout: float | None = None, memory: int | None = None
) -> list[Replayed]:
    """Replay counterexamples in a process of its own, where one can be forked; what ends it early is said of the rest.

    Args:
        saved: the counterexamples.
        function: where the function is, if not where each of them says.
        timeout: seconds for one call.
        memory: bytes that the process may hold; ``None`` for most of what is free.

    Raises:
        FunctionError: a function cannot be loaded, or does not fit its problem.
    """

    def run(send: Callable[[list[Replayed]], None]) -> list[Replayed]:
        found: list[Replayed] = []
        functions: dict[str, Callable[..., Any]] = {}
        for one in saved:
            spec = function or one.function
            if spec not in functions:
                stage(f"loading {spec}")
                functions[spec] = load_function(spec)
            found.append(replay(one, functions[spec], timeout=timeout))
            send(found)
        return found

    def seconds(current: str) -> float | None:
        return timeout if timeout is None or not current.startswith("loading") else max(timeout, IMPORTING)

    if not can_isolate():
        return run(lambda found: None)
    try:
        return isolated(run, seconds=seconds, memory=memory)
    except Ended as ended:
        found: list[Replayed] = ended.partial or []
        return found + [Replayed(one, "inconclusive", reason=ended.reason) for one in saved[len(found) :]]
