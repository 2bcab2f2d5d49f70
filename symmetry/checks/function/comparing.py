"""One equation at one point: f of the transformed inputs against the transformed output of f.

A residual above its tolerance is a violation only if it is no accident of one point or of rounding. It must still be
there at a neighbouring point: ties and singular points, where a function has a value by convention, are not held
against it. It must not be what remains of a rounding error that float32 shows at full size: from float32 to float64
rounding errors shrink by 2⁻²⁹, a violation does not. It must not be underflow. And a residual within ``WEAK`` times its
tolerance does not convict by itself: the noise is measured again, more often and at more images of the point, and what
is still above must be there, of similar size, at independent inputs and in float32 as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed, Output
from symmetry.checks.function.calls.determinism import require_same
from symmetry.checks.function.inputs import generic
from symmetry.checks.function.noise import BLUR, SAFETY, growth, lengths, neighbour, noise, norms, underflows
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Comparison", "Outcome", "Point", "compare", "distance", "is_violation", "judge", "remeasured"]

Outcome = Literal["within", "above", "blurred", "underflow", "violated"]

SHRINKS = 2.0**-20  # float64 residual over float32 error; rounding gives about 2⁻²⁹
LOST = 1 / 8  # relative error at which float32 has no digit left, so that it bounds nothing and nothing is judged
AGREES = 1 / 8  # of the difference of both sides, by which it may change from double to long double
PERSISTS = 1 / 8  # of the residual, at a neighbouring point
WEAK = 8.0  # times the tolerance, 64 times the noise: up to there a residual does not convict by itself
REPEATS, IMAGES = 4, 3  # measurements of the noise at a point with a weak residual; images of it, twice each
INDEPENDENT, SIMILAR, UNSCALED = 6, 8.0, 64.0  # inputs at which a weak residual must recur; factors within which
NEGLIGIBLE = 2.0**-31  # outputs smaller than this, at inputs of unit size, are judged as if they were this large


class Point:
    """A point, with the function's value and noise there, each computed once.

    Args:
        call: the function.
        problem: with all sizes.
        inputs: the arrays.
        rng: source of directions for the noise.
        floor: relative noise that is at least assumed. Where an input is so small that steps along a line are
            lost in a lower precision inside the function, its noise cannot be seen there, only elsewhere.
    """

    def __init__(
        self,
        call: Callee,
        problem: Problem,
        inputs: Sequence[Array],
        rng: np.random.Generator,
        floor: float = 0.0,
    ):
        self.call = call
        self.problem = problem
        self.inputs = tuple(inputs)
        self.rng = rng
        self.floor = floor
        self._output: Output | None = None
        self._noise: Array | None = None

    @property
    def has_output(self) -> bool:
        """Whether the value is at hand."""
        return self._output is not None

    @property
    def output(self) -> Output:
        if self._output is None:
            self._output = self.call(self.inputs, self.problem)
        return self._output

    @property
    def noise(self) -> Array:
        if self._noise is None:
            measured = noise(self.call, self.problem, self.inputs, self.output, self.rng)
            self._noise = np.maximum(measured, self.floor * norms(self.output.values))
        return self._noise

    @property
    def relative_noise(self) -> Array:
        """The noise of each output, relative to that output; 0 where it is zero."""
        size = norms(self.output.values)
        return np.asarray(self.noise / np.where(size > 0, size, np.inf))

    def at(self, inputs: Sequence[Array], problem: Problem | None = None) -> Point:
        """Another point of the same function."""
        return Point(self.call, problem or self.problem, inputs, self.rng, self.floor)

    def moved(self, factor: Group, element: Array) -> Point:
        """The point on which a factor has acted, in the same precision."""
        where = self.problem.action(factor).inputs
        inputs = [
            np.asarray(factor.apply(element, x.astype(np.float64), axes)).astype(x.dtype)
            for x, axes in zip(self.inputs, where, strict=True)
        ]
        return self.at(inputs)

    def image(self, factor: Group, element: Array) -> tuple[Array, ...]:
        """The output on which a factor has acted."""
        where = self.problem.action(factor).outputs
        return tuple(factor.apply(element, y, axes) for y, axes in zip(self.output.values, where, strict=True))

    def near(self) -> Point:
        """A neighbour, at a distance well above rounding."""
        direction = [np.asarray(self.rng.standard_normal(x.shape)) for x in self.inputs]
        scale = [np.where(length > 0, length, 1.0) for length in lengths(self.problem, self.inputs)]
        inputs = neighbour(self.inputs, scale, direction, self.output.unit ** (3 / 8))
        return self.at(inputs)

    def single(self) -> Point:
        """The same point rounded to float32."""
        return self.at([np.asarray(x).astype(np.float32) for x in self.inputs])

    def require_deterministic(self, values: Sequence[Array] | None = None) -> None:
        """Call once more, and compare with the output, or with other values that were found here.

        Raises:
            Unfit: the two differ by more than a few roundings.
        """
        found = self.output.values if values is None else values
        require_same(self.call, found, self.call(self.inputs, self.problem))


@dataclass(frozen=True)
class Comparison:
    """How far apart the two sides of an equation are, relative to the larger of them (or to ``NEGLIGIBLE``).

    Args:
        residual: of the output for which residual / tolerance is largest.
        tolerance: what rounding can explain there.
        outcome: ``"within"`` or ``"above"`` the tolerance; ``"blurred"``: below a tolerance that says nothing;
            from ``judge`` also ``"underflow"``, and ``"violated"``: above, and no accident.
        left, right: the two sides.
    """

    residual: float
    tolerance: float
    outcome: Outcome
    left: tuple[Array, ...]
    right: tuple[Array, ...]

    @property
    def is_weak(self) -> bool:
        """Whether the excess over the tolerance is so small that the measurement of the noise may be at fault."""
        return self.residual <= WEAK * self.tolerance


def compare(
    point: Point, factor: Group, element: Array, moved: Point | None = None, extra: Array | float = 0.0
) -> Comparison:
    """Both sides of f(g·x) = g·f(x).

    Args:
        point: x.
        factor, element: g.
        moved: g·x where it is at hand.
        extra: noise that is at least assumed, per output.

    Raises:
        Failed, Unfit, FunctionError: as ``Callee`` does.
    """
    moved = point.moved(factor, element) if moved is None else moved
    right = point.image(factor, element)
    left = moved.output.values
    residual = norms([a - b for a, b in zip(left, right, strict=True)])
    size = np.maximum(norms(left), norms(right))
    if not np.all(np.isfinite(residual)) or not np.all(np.isfinite(size)):
        raise Failed("the output is too large to be compared")
    unit = max(point.output.unit, moved.output.unit)
    rounding = growth(point.problem) * unit * size
    tolerance = SAFETY * (np.maximum(point.floor * size, extra) + rounding)
    if np.any(residual > tolerance):  # measured only where it matters: it costs a dozen calls
        tolerance = SAFETY * (np.maximum(point.noise, extra) + rounding)
    if np.any(residual > tolerance):
        tolerance = tolerance + SAFETY * np.maximum(moved.noise, extra)
    floor = np.maximum(size, NEGLIGIBLE)
    worst = int(np.argmax(residual / np.where(tolerance > 0, tolerance, 1.0)))
    outcome: Outcome = "within"
    if np.any(residual > tolerance):
        outcome = "above"
    elif np.any(tolerance > BLUR * floor):
        outcome = "blurred"
    judged = outcome == "above" or tolerance[worst] < BLUR * size[worst]
    scale = float(size[worst] if judged else floor[worst])
    relative = max(float(tolerance[worst]) / scale, SAFETY * growth(point.problem) * unit)
    return Comparison(float(residual[worst]) / scale, relative, outcome, left, right)


def distance(point: Point, factor: Group, element: Array) -> float:
    """The largest relative difference of both sides, without a tolerance; NaN or infinity where there is none.

    Raises:
        Failed, Unfit, FunctionError: as ``Callee`` does.
    """
    return _difference(point.moved(factor, element).output.values, point.image(factor, element))


def is_violation(point: Point, factor: Group, element: Array, found: Comparison) -> bool:
    """Whether a residual above its tolerance persists nearby and is more than float32's error can leave over."""
    if found.outcome != "above":
        return False
    try:
        near = compare(point.near(), factor, element)
    except Failed:
        return False
    if near.outcome != "above" or near.residual < PERSISTS * found.residual:
        return False
    try:
        single = point.single()
        error = max(
            _difference(single.output.values, point.output.values),
            _difference(single.moved(factor, element).output.values, found.left),
        )
    except Failed:
        return True
    if error >= LOST:
        return _is_there_in_long_double(point, factor, element, found)
    return found.residual > SHRINKS * error


def _is_there_in_long_double(point: Point, factor: Group, element: Array, found: Comparison) -> bool:
    """Whether the two sides differ by the same in long double, where rounding errors would be others, and smaller."""
    g, where = factor.refined(element), point.problem.action(factor)
    long = point.at([np.asarray(x).astype(np.longdouble) for x in point.inputs])
    moved = long.at([factor.apply(g, x, axes) for x, axes in zip(long.inputs, where.inputs, strict=True)])
    try:
        left, right = moved.output.values, long.image(factor, g)
    except Failed:
        return False
    here = [a - b for a, b in zip(found.left, found.right, strict=True)]
    there = [a - b for a, b in zip(left, right, strict=True)]
    apart = norms([np.asarray(a - b).astype(a.dtype) for a, b in zip(here, there, strict=True)])
    worst = int(np.argmax(norms(here)))
    return bool(apart[worst] < AGREES * norms(here)[worst])


def judge(point: Point, factor: Group, element: Array, found: Comparison) -> Comparison:
    """A comparison with its final outcome: what is above the tolerance is looked at again.

    Args:
        point: x, in float64.
        factor, element: g.
        found: what ``compare`` found there.

    Raises:
        Unfit: the function gives another value at the same point.
        Failed, FunctionError: as ``Callee`` does.
    """
    if found.outcome != "above":
        return found
    point.require_deterministic()
    point.moved(factor, element).require_deterministic(found.left)
    if underflows((*point.output.values, *found.left), point.floor):
        return replace(found, outcome="underflow")
    if found.residual <= WEAK**2 * growth(point.problem) * point.call.coarsest:
        return found
    found = remeasured(point, factor, element, found)
    if not is_violation(point, factor, element, found):
        return found
    if found.is_weak and not _recurs(point, factor, element, found):
        return found
    return replace(found, outcome="violated")


def remeasured(point: Point, factor: Group, element: Array, found: Comparison) -> Comparison:
    """The comparison with noise measured more often, and at several images of the point, if the excess is small."""
    if found.outcome != "above" or not found.is_weak:
        return found
    size = point.problem.size(factor.axis)
    elements = [factor.haar(point.rng, size, int(point.rng.choice(factor.components))) for _ in range(IMAGES)]
    images = [point.moved(factor, g) for g in (element, *elements)]
    extra = np.zeros(len(found.left))
    for other in (*(point,) * REPEATS, *images * 2):
        measured = noise(point.call, point.problem, other.inputs, other.output, point.rng)
        extra = np.maximum(extra, measured)
    return compare(point, factor, element, None, extra)


def _recurs(point: Point, factor: Group, element: Array, found: Comparison) -> bool:
    """Whether a residual is there at independent inputs, of similar size, and no larger in float32."""
    try:
        if compare(point.single(), factor, element).residual > UNSCALED * found.residual:
            return False
        for _ in range(INDEPENDENT):
            other = compare(point.at(generic(point.problem, point.rng)), factor, element)
            ratio = other.residual / found.residual
            if other.outcome != "above" or not 1 / SIMILAR <= ratio <= SIMILAR:
                return False
    except Failed:
        return False
    return True


def _difference(first: Sequence[Array], second: Sequence[Array]) -> float:
    """The largest difference of two outputs, relative to the larger."""
    apart = norms([a - b for a, b in zip(first, second, strict=True)])
    size = np.maximum(norms(first), norms(second))
    return float(np.max(apart / np.where(size > 0, size, 1.0)))
