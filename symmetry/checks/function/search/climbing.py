"""Search for a violation by climbing: change a point a little, keep what brings the residual nearer to its tolerance.

The height of a point is its residual over its tolerance. A tolerance costs more than ten calls of the function, the
rounding of the last operations alone costs none; so a candidate is measured fully only if the latter, scaled as at the
best point, says that it is higher. Small steps climb, with a length that follows the 1/5 success rule. A violation
behind a threshold is no slope, so that every other step is a leap: a vector or an entry made long, short, equal,
positive, from one of the starting points.

It finds what is there at inputs of unusual size and form, and no more; a gate that such leaps do not open is met by
`branches.py` beside this.

Source: I. Rechenberg, Evolutionsstrategie, 1973 (the (1+1)-strategy and its 1/5 rule).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symmetry.checks.function.calls.calling import Array, Failed
from symmetry.checks.function.comparing import Comparison, Point, compare, judge
from symmetry.checks.function.noise import SAFETY, growth, lengths, neighbour, norms
from symmetry.groups import Group

__all__ = ["Summit", "climb"]

FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 2.0**-3, 2.0**-30, 2.0
SUCCESS, FAILURE = 2.0, 2.0**-0.25  # factors of the step, in balance if one step in five succeeds
LONGEST, SHORTEST = 2.0**20, 2.0**-6  # of the largest entry of an input; beyond, digits are lost inside of functions
EXPONENTS = range(-8, 9)


@dataclass(frozen=True)
class Summit:
    """The highest point that was reached.

    Args:
        point, element: x and g.
        comparison: of both sides there, with the outcome ``"violated"`` if it is one.
        calls: of the function, that the climb took.
    """

    point: Point
    element: Array
    comparison: Comparison
    calls: int

    @property
    def height(self) -> float:
        """Residual over tolerance."""
        return self.comparison.residual / self.comparison.tolerance


def climb(
    starts: Sequence[tuple[Point, Array]], factor: Group, component: int, rng: np.random.Generator, *, budget: int
) -> Summit | None:
    """The worst violation found, or the point nearest to one.

    It ends at the first violation that ``judge`` confirms; what is above its tolerance but is not confirmed (a tie, a
    knife's edge) is passed over.

    Args:
        starts: points x with elements g of that component, the worst ones known; at least one.
        factor, component: whose violation is looked for.
        rng: source of the steps.
        budget: calls of the function, exceeded by those of one judgement at most.

    Returns:
        the summit; ``None`` if the function cannot be judged at any start.

    Raises:
        Unfit, FunctionError: as ``Callee`` does.

    >>> from symmetry.checks.function.calls.calling import Callee
    >>> from symmetry.problem import Problem
    >>> problem = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
    >>> def summit(f):
    ...     rng = np.random.default_rng(0)
    ...     point = Point(Callee(f, problem), problem, [rng.standard_normal((3, 2))], rng)
    ...     (factor,) = problem.group
    ...     return climb([(point, factor.haar(rng, 3))], factor, 1, rng, budget=600)
    >>> summit(lambda X: X + 1e-3 * np.maximum(X - 9, 0)).comparison.outcome
    'violated'
    >>> summit(lambda X: X @ X.T @ X).comparison.outcome
    'within'
    """
    return _Climb(starts, factor, component, rng, budget).run()


class _Climb:
    def __init__(
        self,
        starts: Sequence[tuple[Point, Array]],
        factor: Group,
        component: int,
        rng: np.random.Generator,
        budget: int,
    ):
        self.starts = starts
        self.factor = factor
        self.component = component
        self.rng = rng
        self.call = starts[0][0].call
        self.first = self.call.calls
        self.end = self.first + budget
        self.step = FIRST_STEP
        self.best: Summit | None = None
        self.scale = 1.0  # tolerance over the rounding of the last operations, at the best point

    def run(self) -> Summit | None:
        for point, element in self.starts:
            if self.best is None or self.best.comparison.outcome != "violated":
                self._is_higher(point, element)
        for _ in range(self.end - self.call.calls):  # a candidate that is refused costs no call, so they are counted
            if self.best is None or self.best.comparison.outcome == "violated" or self.call.calls >= self.end:
                break
            if self.rng.random() < 0.5:
                higher = self._is_higher(*self._stepped(self.best.point, self.best.element))
                step = self.step * (SUCCESS if higher else FAILURE)
                self.step = FIRST_STEP if step < SMALLEST_STEP else min(step, LARGEST_STEP)
            else:
                at_best = self.rng.random() < 0.5
                chosen = (self.best.point, self.best.element) if at_best else self._start()
                self._is_higher(*self._leapt(*chosen))
        return replace(self.best, calls=self.call.calls - self.first) if self.best else None

    def _is_higher(self, point: Point, element: Array) -> bool:
        """Whether a point is higher than the best; then it is the best."""
        height = self.best.height if self.best else -1.0
        largest = [float(np.max(np.abs(x), initial=0.0)) for x in point.inputs]
        if self.best and not all(size == 0 or SHORTEST <= size <= LONGEST for size in largest):
            return False
        try:
            estimate = self._estimate(point, element)
            if estimate <= self.scale * height:
                return False
            comparison = compare(point, self.factor, element)
            if comparison.outcome == "above":
                comparison = judge(point, self.factor, element, comparison)
        except Failed:
            return False
        summit = Summit(point, element, comparison, 0)
        if comparison.outcome not in ("within", "violated"):
            return False
        if comparison.outcome == "within" and summit.height <= height:
            return False
        self.best = summit
        self.scale = max(1.0, estimate / summit.height) if summit.height > 0 else 1.0
        return True

    def _estimate(self, point: Point, element: Array) -> float:
        """Residual over the rounding of the last operations; an upper bound of the height but for the unit of noise."""
        moved = point.moved(self.factor, element)
        right, left = point.image(self.factor, element), moved.output.values
        residual = norms([a - b for a, b in zip(left, right, strict=True)])
        size = np.maximum(norms(left), norms(right))
        rounding = SAFETY * growth(point.problem) * max(point.output.unit, moved.output.unit) * size
        return float(np.max(residual / np.where(size > 0, rounding, 1.0)))

    def _start(self) -> tuple[Point, Array]:
        return self.starts[int(self.rng.integers(len(self.starts)))]

    def _element(self, size: int) -> Array:
        """A generic one, one that acts without rounding, or a special one."""
        special = [g for _, component, g in self.factor.special(self.rng, size) if component == self.component]
        kind = int(self.rng.integers(3 if special else 2))
        if kind == 2:
            return special[int(self.rng.integers(len(special)))]
        return (self.factor.haar, self.factor.monomial)[kind](self.rng, size, self.component)

    def _stepped(self, point: Point, element: Array) -> tuple[Point, Array]:
        """A step of the inputs, of the element, or of one entry."""
        kind = self.rng.integers(3)
        if kind == 0 and self.factor.kind.acts != "permutation":
            near = self.factor.near(self.rng, len(element), min(self.step, 1.0))
            return point, self.factor.product(near, element)
        direction = [np.asarray(self.rng.standard_normal(x.shape)) for x in point.inputs]
        if kind == 1:
            direction = [np.where(self.rng.permutation(x.size).reshape(x.shape) == 0, x, 0.0) for x in direction]
        scale = lengths(point.problem, point.inputs)
        return point.at(neighbour(point.inputs, scale, direction, self.step)), element

    def _leapt(self, point: Point, element: Array) -> tuple[Point, Array]:
        """A leap of the inputs, sometimes with another element."""
        if self.rng.random() < 0.25:
            element = self._element(point.problem.size(self.factor.axis))
        leap = LEAPS[int(self.rng.integers(len(LEAPS)))]
        inputs = list(point.inputs)
        chosen = self.rng.permutation(len(inputs))[: self.rng.integers(1, len(inputs) + 1)]
        for position in chosen:
            if inputs[position].size:
                inputs[position] = leap(inputs[position], self.rng)
        return point.at(inputs), element


Leap = Callable[[Array, np.random.Generator], Array]


def _slice(x: Array, rng: np.random.Generator) -> tuple[slice | int, ...]:
    """A random hyperplane of indices: a row, a column."""
    index: list[slice | int] = [slice(None)] * x.ndim
    if x.ndim:
        axis = int(rng.integers(x.ndim))
        index[axis] = int(rng.integers(x.shape[axis]))
    return tuple(index)


def _entry(x: Array, rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(rng.integers(size)) for size in x.shape)


def _power(rng: np.random.Generator) -> float:
    return float(2.0 ** rng.choice(EXPONENTS))


def _changed(x: Array, index: tuple[slice | int, ...], value: Array | float) -> Array:
    result = x.copy()
    result[index] = value
    return result


def _scaled(x: Array, rng: np.random.Generator) -> Array:
    return np.asarray(x * _power(rng))


def _scaled_slice(x: Array, rng: np.random.Generator) -> Array:
    index = _slice(x, rng)
    return _changed(x, index, x[index] * _power(rng))


def _long_entry(x: Array, rng: np.random.Generator) -> Array:
    return _changed(x, _entry(x, rng), rng.choice((-1.0, 1.0)) * abs(_power(rng)))


def _swapped(x: Array, rng: np.random.Generator) -> Array:
    first, second = _entry(x, rng), _entry(x, rng)
    return _changed(_changed(x, first, x[second]), second, x[first])


def _signed_slice(x: Array, rng: np.random.Generator) -> Array:
    index = _slice(x, rng)
    return _changed(x, index, rng.choice((-1.0, 1.0)) * np.abs(x[index]))


def _signed(x: Array, rng: np.random.Generator) -> Array:
    return np.asarray(rng.choice((-1.0, 1.0)) * np.abs(x))


def _shifted(x: Array, rng: np.random.Generator) -> Array:
    return np.asarray(x + rng.choice((-1.0, 1.0)) * _power(rng))


def _aligned(x: Array, rng: np.random.Generator) -> Array:
    """Two slices along one axis made almost equal, or almost opposite."""
    if not x.ndim:
        return x
    axis = int(rng.integers(x.ndim))
    first, second = (int(i) for i in rng.integers(x.shape[axis], size=2))
    index: list[slice | int] = [slice(None)] * x.ndim
    index[axis] = second
    near = 1 + 2.0**-4 * rng.standard_normal(np.take(x, first, axis).shape)
    return _changed(x, tuple(index), rng.choice((-1.0, 1.0)) * np.take(x, first, axis) * near)


def _drawn(x: Array, rng: np.random.Generator) -> Array:
    return np.asarray(rng.standard_normal(x.shape))


LEAPS: tuple[Leap, ...] = (
    _scaled,
    _scaled_slice,
    _long_entry,
    _swapped,
    _signed_slice,
    _signed,
    _shifted,
    _aligned,
    _drawn,
)
