"""Both sides of f(g·x) = g·f(x) at an exact point, and whether a difference between them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from symmetry.checks.function.calls.calling import Array, Callee
from symmetry.checks.function.exact.arithmetic import Budget, Rationals, Shake
from symmetry.checks.function.exact.calling import Skipped, call_exactly
from symmetry.checks.function.exact.points import Element, act_exactly
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Difference", "Sides", "as_fraction"]

NEIGHBOURS = 3
STEP = 2**30  # a neighbour is at most 2¹⁰ / STEP away in each entry
SHAKES = 5
EXPLAINED = 64  # a difference up to this many times its change with shaken constants is explained by them


@dataclass(frozen=True)
class Difference:
    """Two sides that differ.

    Args:
        left, right: f(g·x) and g·f(x).
        relative: the largest difference of entries over the largest entry.
        largest: the largest difference of entries.
    """

    left: tuple[Array, ...]
    right: tuple[Array, ...]
    relative: Fraction
    largest: Fraction


class Sides:
    """A function on rational numbers.

    Args:
        callee: the function.
        seed: of neighbours and shaken constants.
    """

    def __init__(self, callee: Callee, seed: int):
        self.callee = callee
        self.random = Random(seed)
        self.arithmetic = Rationals()
        self.calls = 0

    def within(self, bits: int) -> None:
        """Start a new budget."""
        self.arithmetic.budget = Budget(bits)

    def value(self, sized: Problem, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """f(x).

        Raises:
            NotExact, Skipped, Exhausted: as ``call_exactly`` does.
        """
        self.calls += 1
        return call_exactly(self.callee, inputs, sized, self.arithmetic)

    def both(
        self, sized: Problem, inputs: Sequence[Array], factor: Group, element: Element, value: Any = None
    ) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """f(g·x) and g·f(x).

        Args:
            value: f(x) where it is known.

        Raises:
            NotExact, Skipped, Exhausted: as ``call_exactly`` does.
        """
        action = sized.action(factor)
        value = self.value(sized, inputs) if value is None else value

        def acted(arrays: Sequence[Array], where: Sequence[tuple[int, ...]]) -> tuple[Array, ...]:
            pairs = zip(arrays, where, strict=True)
            return tuple(act_exactly(factor, element, x, axes, self.arithmetic) for x, axes in pairs)

        return self.value(sized, acted(inputs, action.inputs)), acted(value, action.outputs)

    def difference(
        self, sized: Problem, inputs: Sequence[Array], factor: Group, element: Element, value: Any = None
    ) -> Difference | None:
        """How the two sides differ, or ``None`` where they are equal.

        Raises:
            NotExact, Skipped, Exhausted: as ``call_exactly`` does.
        """
        left, right = self.both(sized, inputs, factor, element, value)
        if all(_equal(a, b) for a, b in zip(left, right, strict=True)):
            return None
        largest = max(map(abs, _subtracted(left, right)))
        size = max(abs(as_fraction(x)) for side in (left, right) for y in side for x in y.flat)
        return Difference(left, right, largest / size, largest)

    def is_open(self, sized: Problem, inputs: Sequence[Array], factor: Group, element: Element) -> bool:
        """Whether the two sides differ at neighbouring generic points too: then no tie and no convention is at work.

        Raises:
            NotExact, Exhausted: as ``call_exactly`` does.
        """
        for _ in range(NEIGHBOURS):
            near = [x.copy() for x in inputs]
            for x in near:
                for index in range(x.size):
                    x.flat[index] = x.flat[index] + Fraction(self.random.randint(-(2**10), 2**10), STEP)
            try:
                if self.difference(sized, near, factor, element) is None:
                    return False
            except Skipped:
                return False
        return True

    def is_rounding(
        self, sized: Problem, inputs: Sequence[Array], factor: Group, element: Element, found: Difference
    ) -> bool:
        """Whether the rounding of the function's own constants explains a difference: whether it changes with them.

        Raises:
            NotExact, Skipped, Exhausted: as ``call_exactly`` does.
        """
        if not self.arithmetic.long_constants:
            return False
        before = _subtracted(found.left, found.right)
        response = Fraction()
        try:
            for _ in range(SHAKES):
                self.arithmetic.shaken = Shake(self.random)
                after = _subtracted(*self.both(sized, inputs, factor, element))
                response = max(response, *(abs(a - b) for a, b in zip(after, before, strict=True)))
        finally:
            self.arithmetic.shaken = None
        return found.largest <= EXPLAINED * response


def as_fraction(number: Any) -> Fraction:
    """A rational number as a Fraction."""
    return Fraction(int(number.value.p), int(number.value.q))


def _equal(left: Array, right: Array) -> bool:
    return all(a.value == b.value for a, b in zip(left.flat, right.flat, strict=True))


def _subtracted(left: Sequence[Array], right: Sequence[Array]) -> list[Fraction]:
    pairs = zip(left, right, strict=True)
    return [as_fraction(a) - as_fraction(b) for x, y in pairs for a, b in zip(x.flat, y.flat, strict=True)]
