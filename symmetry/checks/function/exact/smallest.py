"""An exact counterexample that can be checked by hand: small sizes, small integers, many zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.counterexamples.transforms import transform_name
from symmetry.checks.function.counterexamples.violation import Violation
from symmetry.checks.function.exact.arithmetic import Exhausted
from symmetry.checks.function.exact.arrays import exact_array
from symmetry.checks.function.exact.calling import Skipped
from symmetry.checks.function.exact.numbers import NotExact
from symmetry.checks.function.exact.points import Element, generating, is_identity
from symmetry.checks.function.exact.sides import Difference, Sides, as_fraction
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Found", "smallest", "violation"]

DRAWS = 12  # at each assignment of small sizes
REDRAWS = 4  # at each size of an axis on the way down
BUDGET = 1 << 24  # bits
ENTRIES = (0, 0, 0, 1, 1, -1, 2, -2)

Found = tuple[Problem, list[Array], Element, Difference]


def smallest(
    sides: Sides, factor: Group, component: int, found: Found, smaller: Sequence[Problem], free: Sequence[str]
) -> Found:
    """A counterexample no larger than the given one, of the same factor and component.

    Args:
        found: sizes, inputs, element and the difference there.
        smaller: the problem at the sizes to try, the preferred ones first.
        free: the axes of which other sizes may be tried as well.
    """
    return _Shrinking(sides, factor, component, found).run(smaller, free)


class _Shrinking:
    """The best counterexample so far."""

    def __init__(self, sides: Sides, factor: Group, component: int, found: Found):
        self.sides = sides
        self.factor = factor
        self.component = component
        self.best = found
        self.random = Random(sides.random.random())
        self.generator = np.random.default_rng(self.random.getrandbits(32))

    def run(self, smaller: Sequence[Problem], free: Sequence[str]) -> Found:
        most = sum(self.best[0].sizes.values())
        self.sides.within(BUDGET)
        try:
            if not any(self._small(p, DRAWS) for p in smaller if sum(p.sizes.values()) <= most):
                self._small(self.best[0], DRAWS)
                for axis in free:
                    self._lower(axis)
            self._simplify()
        except Exhausted:
            pass
        return self.best

    def _lower(self, axis: str) -> None:
        """Take the smallest size of one axis at which small integers fail."""
        sized = self.best[0]
        for size in range(1, sized.size(axis)):
            if self._small(Problem(str(sized), sized.group, **{**sized.sizes, axis: size}), REDRAWS):
                return

    def _small(self, sized: Problem, draws: int) -> bool:
        """Whether there is a counterexample in small integers at these sizes."""
        for draw in range(draws):
            element = self._element(sized.size(self.factor.axis), is_monomial=draw % 2 == 0)
            if is_identity(self.factor, element):
                continue
            inputs = [self._integers(sized.shape(tensor)) for tensor in sized.inputs]
            if self._accept(sized, inputs, element):
                return True
        return False

    def _integers(self, shape: tuple[int, ...]) -> Array:
        entries = [self.random.choice(ENTRIES) for _ in range(math.prod(shape))]
        return np.asarray(exact_array(self.sides.arithmetic, entries)).reshape(shape)

    def _element(self, size: int, is_monomial: bool) -> Element:
        if self.factor.kind.acts == "permutation":
            return self.random.choice(generating(self.factor, self.random, size, self.component))
        if is_monomial:
            drawn: Element = self.factor.monomial(self.generator, size, self.component).astype(int).tolist()
            return drawn
        return self.factor.exact(self.random, size, self.component)

    def _simplify(self) -> None:
        """Make whole lines zero, then single entries zero, one or whole."""
        for position, array in enumerate(self.best[1]):
            axes = enumerate(array.shape)
            lines: list[Any] = [(*(slice(None),) * axis, i) for axis, size in axes for i in range(size)]
            entries = list(np.ndindex(array.shape))
            for index in (*lines, *entries):
                now: Any = self.best[1][position][index]
                simpler = (0, 1, round(as_fraction(now))) if index in entries else (0,)
                for value in simpler:
                    if not np.any(now != value):
                        break
                    inputs = [x.copy() for x in self.best[1]]
                    inputs[position][index] = self.sides.arithmetic.exact(value)
                    if self._accept(self.best[0], inputs, self.best[2]):
                        break

    def _accept(self, sized: Problem, inputs: list[Array], element: Element) -> bool:
        """Whether there is a counterexample that is no accident; it is then the best one."""
        where = sized, inputs, self.factor, element
        try:
            difference = self.sides.difference(*where)
            if difference is None or not self.sides.is_open(*where) or self.sides.is_rounding(*where, difference):
                return False
        except (NotExact, Skipped):
            return False
        self.best = sized, inputs, element, difference
        return True


def violation(sides: Sides, factor: Group, component: int, found: Found, seed: int) -> Violation:
    """A counterexample as it is reported: integers, and fractions as text."""
    sized, inputs, element, difference = found
    lost = "f(g·x) = f(x)" if sized.action(factor).is_invariance else "f(g·x) = g·f(x)"
    if factor.kind.acts == "permutation":
        element = tuple(list(row).index(1) for row in element)
    values = {transform_name(factor, sized): _shown(np.array(element, dtype=object))}
    values |= {name: _shown(x) for name, x in zip(sized.names, inputs, strict=True)}
    left, right = (tuple(map(_shown, side)) for side in (difference.left, difference.right))
    relative = float(difference.relative)
    return Violation(
        values=values,
        note=f"{lost} fails for g a {factor.kind.components[component]} of {factor}"
        f"{at_sizes(sized)}, in exact arithmetic (relative difference {relative:.2g})",
        left=left if len(left) > 1 else left[0],
        right=right if len(right) > 1 else right[0],
        seed=seed,
        sizes=sized.sizes,
        factor=str(factor),
        component=component,
        residual=relative,
        tolerance=0.0,
        problem=sized,
        is_exact=True,
        passing=sides.callee.passing,
    )


def _shown(array: Any) -> Any:
    """Nested tuples of integers, and of fractions as text."""
    if isinstance(array, np.ndarray) and array.ndim:
        return tuple(_shown(x) for x in array)
    entry = array[()] if isinstance(array, np.ndarray) else array
    number = Fraction(entry) if isinstance(entry, int | Fraction) else as_fraction(entry)
    return int(number) if number.denominator == 1 else str(number)
