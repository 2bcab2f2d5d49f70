"""Make a counterexample small: the smallest sizes, small integers, a transform that is easy to write down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

import numpy as np

from symmetry.checks.function.calling import Array, Failed
from symmetry.checks.function.comparing import Comparison, Point, compare, is_violation
from symmetry.errors import FunctionError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["shrink"]

CALLS = 1500  # of the function, at most
LARGEST_EXACT = 6  # size up to which a matrix of small fractions is easier to read than a Haar one
WEAKEST = 1 / 64  # of the relative residual, in exchange for readability


def shrink(
    point: Point, factor: Group, component: int, element: Array, found: Comparison, smaller: Iterable[Problem]
) -> tuple[Point, Array, Comparison]:
    """A counterexample no larger than the given one, of the same factor and component.

    Args:
        point, element, found: the counterexample.
        smaller: the problem at the sizes to try, the preferred ones first.
    """
    budget = _Budget(point, factor, WEAKEST * found.residual)
    best = point, element, found
    for candidate, transform in _candidates(point, factor, component, smaller):
        comparison = budget.violation(candidate, transform)
        if comparison is not None:
            best = candidate, transform, comparison
            break
        if budget.spent:
            return best
    candidate, transform, comparison = best
    if candidate is point:
        return best
    for position, array in enumerate(candidate.inputs):
        for index in np.ndindex(array.shape):
            for value in (0.0, 1.0):
                if candidate.inputs[position][index] == value:
                    break
                inputs = [x.copy() for x in candidate.inputs]
                inputs[position][index] = value
                simpler = candidate.at(inputs)
                still = budget.violation(simpler, transform)
                if budget.spent:
                    return candidate, transform, comparison
                if still is not None:
                    candidate, comparison = simpler, still
                    break
    return candidate, transform, comparison


class _Budget:
    """Tests for a violation that is strong enough, and counts the calls that this takes."""

    def __init__(self, point: Point, factor: Group, least: float):
        self.call = point.call
        self.end = self.call.calls + CALLS
        self.factor = factor
        self.least = least

    @property
    def spent(self) -> bool:
        return self.call.calls >= self.end

    def violation(self, point: Point, element: Array) -> Comparison | None:
        try:
            comparison = compare(point, self.factor, element)
            if comparison.residual < self.least or comparison.is_weak:
                return None
            if not is_violation(point, self.factor, element, comparison):
                return None
        except (Failed, FunctionError):  # not a size or an input that the function is made for
            return None
        return comparison


def _candidates(
    point: Point, factor: Group, component: int, smaller: Iterable[Problem]
) -> Iterator[tuple[Point, Array]]:
    most = sum(point.problem.sizes.values())
    rng = point.rng
    for sized in smaller:
        size = sized.size(factor.axis)
        if sum(sized.sizes.values()) > most:
            continue
        transforms = [factor.monomial(rng, size, component) for _ in range(2)]
        if factor.kind.mixes and size <= LARGEST_EXACT:
            exact = factor.exact(Random(int(rng.integers(2**32))), size, component)
            transforms.append(np.array([[float(x) for x in row] for row in exact]))
        else:
            transforms.append(factor.haar(rng, size, component))
        for transform in transforms:
            if size > 1 and _is_identity(transform):
                continue
            inputs = [np.asarray(rng.integers(-2, 3, sized.shape(t))).astype(np.float64) for t in sized.inputs]
            yield point.at(inputs, sized), transform


def _is_identity(element: Array) -> bool:
    if element.ndim == 1:
        return bool(np.array_equal(element, np.arange(len(element))))
    return bool(np.array_equal(element, np.eye(len(element))))
