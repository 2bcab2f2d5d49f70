"""Negative controls: would the check have seen a violation, and how small a one?

A *twin* of the function has a known violation added to it: f(x) + ε ‖f(x)‖ c(x) E, with a fixed pattern E of norm 1 and
a number c(x) between 0 and 2 that depends on a coordinate (and ``NEGLIGIBLE`` for a norm that is nothing but rounding).
No element but the unit leaves that alone. The twin goes through the same comparison as the function, and must not come
out within the tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Output
from symmetry.checks.function.comparing import NEGLIGIBLE, Point, compare, distance, judge
from symmetry.checks.function.inputs import generic
from symmetry.checks.function.noise import norms
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Twin", "detected"]

CLEAR = 64.0  # times the tolerance: at most that large a violation is judged at one point
LARGEST = 0.1
SEEN = ("violated", "above")


class Twin(Callee):
    """A function with a violation of relative size ``epsilon``; called as the function is.

    >>> problem = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
    >>> twin = Twin(Callee(lambda X: 2 * X, problem), problem, 1e-3, np.random.default_rng(0))
    >>> x = np.ones((3, 2))
    >>> apart = twin([x], problem).values[0] - 2 * x
    >>> bool(0 < np.linalg.norm(apart) / np.linalg.norm(2 * x) < 2.1e-3)
    True
    """

    def __init__(self, call: Callee, problem: Problem, epsilon: float, rng: np.random.Generator, least: float = 0.0):
        self.__dict__.update(call.__dict__)
        self._call = call
        self.epsilon = epsilon
        self.least = least
        self._weights = [np.asarray(rng.standard_normal(problem.shape(tensor))) for tensor in problem.inputs]
        patterns = [np.asarray(rng.standard_normal(problem.shape(tensor))) for tensor in problem.outputs]
        self._patterns = [pattern / norms([pattern])[0] for pattern in patterns]

    def __call__(self, inputs: Sequence[Array], problem: Problem) -> Output:
        self.calls += 1
        output = self._call(inputs, problem)
        length = math.sqrt(sum(float(np.sum(np.square(x, dtype=float))) for x in inputs))
        along = sum(float(np.sum(x * w)) for x, w in zip(inputs, self._weights, strict=True))
        number = 1 + math.sin(along / length) if length > 0 else 1.0
        values = tuple(
            y + self.epsilon * (max(size, self.least) or 1.0) * number * pattern
            for y, size, pattern in zip(output.values, norms(output.values), self._patterns, strict=True)
        )
        return Output(values, output.unit)


def detected(
    call: Callee,
    problem: Problem,
    factor: Group,
    component: int,
    rng: np.random.Generator,
    tolerance: float,
    *,
    quick: bool = False,
) -> float | None:
    """The size of a planted violation that was seen; ``None`` if not even a large one was.

    Args:
        call: the function.
        problem: with all sizes.
        factor, component: what the twin breaks; not a group of one element.
        rng: source of the point and the twin.
        tolerance: the largest relative one that the check held residuals of this component against.
        quick: hold the twin against that tolerance, instead of measuring its noise anew.

    Raises:
        Failed, Unfit, FunctionError: as ``Callee`` does.

    >>> problem = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
    >>> (factor,) = problem.group
    >>> size = detected(Callee(lambda X: 2 * X, problem), problem, factor, -1, np.random.default_rng(0), 1e-14)
    >>> f"{size:.0e}"
    '1e-12'
    >>> detected(Callee(lambda X: X * np.nan, problem), problem, factor, -1, np.random.default_rng(0), 1e-14)
    Traceback (most recent call last):
    ...
    symmetry.checks.function.calls.guarding.Failed: the output is not finite: 6 of its 6 entries are NaN
    """
    first = 10.0 ** math.ceil(math.log10(CLEAR * tolerance) - 1e-9)
    for least in (0.0, NEGLIGIBLE):  # what is left of terms that cancel hides a violation of its own size
        epsilon = first
        while epsilon <= LARGEST * 1.001:
            twin = Twin(call, problem, epsilon, rng, least)
            point = Point(twin, problem, generic(problem, rng), rng)
            element = factor.haar(rng, problem.size(factor.axis), component)
            if quick:
                seen = distance(point, factor, element) > tolerance
            else:
                seen = judge(point, factor, element, compare(point, factor, element)).outcome in SEEN
            if seen:
                return epsilon
            epsilon *= 10
    return None
