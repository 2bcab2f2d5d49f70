"""A check under way: what was seen so far of each component of each factor, and how one more comparison is booked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed, Output, Unfit
from symmetry.checks.function.calls.determinism import require_same
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.comparing import Comparison, Point, compare, judge
from symmetry.checks.function.counterexamples.shrinking import shrink
from symmetry.checks.function.counterexamples.transforms import transform_name
from symmetry.checks.function.inputs import generic
from symmetry.checks.function.ledger import Ledger
from symmetry.checks.function.report import Violation, printable
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["GENERIC", "SINGLE", "Examination"]

GENERIC, SINGLE = "generic input", "float32 input"


class Examination:
    """Books what is seen of a function.

    Args:
        call: the function.
        problem: what is claimed.
        seed: of everything random.
        smaller: the problem at sizes to which a counterexample may be shrunk, the preferred ones first.
        free: axes whose sizes may be changed for that.
    """

    def __init__(self, call: Callee, problem: Problem, seed: int, smaller: Sequence[Problem], free: Sequence[str]):
        self.call = call
        self.problem = problem
        self.seed = seed
        self.smaller = smaller
        self.free = free
        self.rng = np.random.default_rng(seed)
        self.ledgers = {(g, component): Ledger() for g in problem.group for component in g.components}
        self.floors: dict[Problem, float] = {}  # relative noise at sizes
        self.inputs: dict[str, None] = {}  # kinds of input
        self.trials = 0
        self._first: tuple[Problem, tuple[Array, ...], Output] | None = None

    def compare(
        self, point: Point, factor: Group, component: int, element: Array, label: str, moved: Point | None = None
    ) -> Comparison | None:
        """Compare both sides at a point, and book the outcome; ``None`` where there is no value.

        Where the component was seen to be violated at these sizes, there is nothing more to see.

        Args:
            point: x.
            factor, component, element: g.
            label: the kind of input, ``GENERIC`` or another.
            moved: g·x where it is at hand.
        """
        ledger, sized, is_generic = self.ledgers[factor, component], point.problem, label == GENERIC
        self.inputs[label] = None
        if sized in ledger.broken:
            return None
        try:
            comparison = judge(point, factor, element, compare(point, factor, element, moved))
        except Failed as failed:
            self.note(ledger, failed, sized, label)
            return None
        if comparison.outcome == "within":
            ledger.count(comparison, sized, is_generic)
        elif comparison.outcome == "underflow":
            ledger.skip(f"at {label} the output is so small that digits may be lost to underflow")
        elif comparison.outcome == "violated" and label.endswith("short"):  # ordinary inputs came first, and agreed
            ledger.fail(
                f"at inputs a thousand times shorter{at_sizes(sized)} the two sides differ by "
                f"{comparison.residual:.1e}, at ordinary ones they agree; perhaps an underflow inside the function"
            )
        elif comparison.outcome == "violated":
            self.violated(point, factor, component, element, comparison, is_generic=is_generic)
        elif comparison.outcome == "above":
            why = f"at {label}{at_sizes(sized)} the two sides differ by {comparison.residual:.1e}, but "
            why += "not at neighbouring points, or not more than rounding may explain"
            if is_generic:
                ledger.fail(why, is_rounding=True)
            else:
                ledger.skip(why)
        else:
            ledger.skip(f"at {label} rounding blurs the output (relative tolerance {comparison.tolerance:.1e})")
        return comparison

    def remember(self, sized: Problem) -> None:
        """Keep a value of the function, to be asked for again at the end.

        Raises:
            Failed, Unfit, FunctionError: as ``Callee`` does.
        """
        if self._first is None:
            inputs = generic(sized, np.random.default_rng(self.seed))
            self._first = (sized, inputs, self.call(inputs, sized))

    def require_unchanged(self) -> None:
        """See that the function still has the value that was kept.

        Raises:
            Unfit: it has another.
        """
        if self._first is not None:
            sized, inputs, output = self._first
            try:
                require_same(self.call, output.values, self.call(inputs, sized))
            except Failed as failed:
                raise Unfit(f"{self.call.name} had a value at its first input, and later none: {failed}") from failed

    def open(self) -> list[tuple[Group, int]]:
        """The components without a violation so far."""
        return [key for key, ledger in self.ledgers.items() if ledger.violation is None]

    def violated(
        self, point: Point, factor: Group, component: int, element: Array, found: Comparison, *, is_generic: bool
    ) -> None:
        """Book a violation; the first of a component is made small and kept."""
        ledger = self.ledgers[factor, component]
        ledger.count(found, point.problem, is_generic)
        if ledger.violation is None:
            ledger.violation = self._small(point, factor, component, element, found)

    def is_usable(self, point: Point, label: str) -> bool:
        """Whether the function has a value at a point; if not, that is booked."""
        try:
            point.output  # noqa: B018 (computed here, so that a failure is met here)
        except Failed as failed:
            for ledger in self.ledgers.values():
                self.note(ledger, failed, point.problem, label)
            return False
        return True

    def note(self, ledger: Ledger, failed: Failed, sized: Problem, label: str) -> None:
        """Book that there was no value: held against the function where every function should have one.

        In float32 it need not: there a number may be too large, or a matrix no longer positive.
        """
        if label == GENERIC:
            hint = "; if the function is made for certain sizes, give them" if self.problem.symbolic else ""
            ledger.fail(f"{label}{at_sizes(sized)}: {failed}{hint}")
        elif label == SINGLE:
            self.call.remark(f"{label}{at_sizes(sized)}: {failed}; with float64 input it has a value")
        else:
            ledger.skip(f"no value at {label}: {failed}")

    def _small(self, point: Point, factor: Group, component: int, element: Array, found: Comparison) -> Violation:
        point, element, found = shrink(point, factor, component, element, found, self.smaller, self.free)
        sized = point.problem
        lost = "f(g·x) = f(x)" if sized.action(factor).is_invariance else "f(g·x) = g·f(x)"
        values: dict[str, Any] = {transform_name(factor, sized): printable(element)}
        values |= {name: printable(x) for name, x in zip(sized.names, point.inputs, strict=True)}
        sides = [side if len(side) > 1 else side[0] for side in (found.left, found.right)]
        return Violation(
            values=values,
            note=f"{lost} fails for g a {factor.kind.components[component]} of {factor}{at_sizes(sized)}, "
            f"relative difference {found.residual:.2g}",
            left=printable(sides[0]),
            right=printable(sides[1]),
            seed=self.seed,
            sizes=sized.sizes,
            factor=str(factor),
            component=component,
            residual=found.residual,
            tolerance=found.tolerance,
            problem=sized,
            passing=self.call.passing,
        )
