"""Make a counterexample small: sizes first, then the transform, then the entries of the inputs.

Sizes become smaller by fresh small draws and by leaving out indices of what was found; transforms are replaced by
ones that are easier to write down; entries by 0, by integers, and by few digits, whole blocks before single ones
(delta debugging). Each step is taken only if what is left is still a violation, confirmed as the first one was, and not
much weaker; all of it is repeated until nothing changes or the calls are used up.

Source: A. Zeller, R. Hildebrandt, Simplifying and isolating failure-inducing input, IEEE Trans. Softw. Eng. 28, 2002.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array, Failed, Unfit
from symmetry.checks.function.comparing import Comparison, Point, compare, is_violation
from symmetry.checks.function.counterexamples.transforms import restricted, simple_transforms, weight
from symmetry.checks.function.noise import norms
from symmetry.errors import FunctionError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["shrink"]

CALLS = 1500  # of the function, at most
FRESH = 1 / 2  # of the calls, for draws at small sizes
LARGEST_EXACT = 6  # size up to which a matrix of small fractions is easier to read than a Haar one
WEAKEST = 1 / 64  # of the relative residual, in exchange for readability
PAIRS = 2  # of neighbours at which the sides differ too, so that no point on the border of a region is shown
EVERY = 12  # sizes of an axis up to which each is tried


def shrink(
    point: Point,
    factor: Group,
    component: int,
    element: Array,
    found: Comparison,
    smaller: Iterable[Problem],
    free: Sequence[str] = (),
) -> tuple[Point, Array, Comparison]:
    """A counterexample no larger than the given one, of the same factor and component.

    Args:
        point, element, found: the counterexample.
        smaller: the problem at the sizes to try with fresh inputs, the preferred ones first.
        free: the axes whose size may become any smaller one.
    """
    shrinking = _Shrinking(point, factor, component, element, found)
    shrinking.draw(smaller)
    while not shrinking.spent:
        before = shrinking.best
        shrinking.leave_out(free)
        shrinking.simplify_transform()
        shrinking.simplify_entries()
        if shrinking.best is before:
            break
    return shrinking.best


class _Shrinking:
    """The smallest counterexample so far, and the calls that are left."""

    def __init__(self, point: Point, factor: Group, component: int, element: Array, found: Comparison):
        self.best = point, element, found
        self.factor = factor
        self.component = component
        self.least = WEAKEST * found.residual
        self.call = point.call
        self.end = self.call.calls + CALLS
        self.rng = point.rng

    @property
    def spent(self) -> bool:
        return self.call.calls >= self.end

    def accepts(self, point: Point, element: Array) -> bool:
        """Whether this is a violation too, strong enough and confirmed; then it is the best."""
        try:
            moved = point.moved(self.factor, element)
            if not self._apart(point, element, moved) >= self.least:
                return False
            if any(not self._apart(near, element) >= self.least for near in _neighbours(point)):
                return False
            comparison = compare(point, self.factor, element, moved)
            if not comparison.residual >= self.least or comparison.is_weak:
                return False
            if not is_violation(point, self.factor, element, comparison):
                return False
        except (Failed, Unfit, FunctionError):  # not a size or an input that the function is made for
            return False
        self.best = point, element, comparison
        return True

    def _apart(self, point: Point, element: Array, moved: Point | None = None) -> float:
        """The relative difference of the two sides, no smaller than the residual that ``compare`` gives."""
        moved = moved or point.moved(self.factor, element)
        return _relative(moved.output.values, point.image(self.factor, element))

    def draw(self, smaller: Iterable[Problem]) -> None:
        """Small integers at the first of the small sizes at which there is a violation, or what was found cut down."""
        point = self.best[0]
        end = self.call.calls + FRESH * (self.end - self.call.calls)
        for sized in smaller:
            if sum(sized.sizes.values()) > sum(point.problem.sizes.values()):
                continue
            size = sized.size(self.factor.axis)
            for transform in self._drawn(size):
                if self.accepts(point.at(_integers(sized, self.rng), sized), transform):
                    return
            cut = _cut(point, sized, self.rng)
            if cut is not None and any(self.accepts(cut, transform) for transform in self._drawn(size)):
                return
            if self.call.calls >= end:
                return

    def leave_out(self, free: Sequence[str]) -> None:
        """Make one axis after the other as short as it can be."""
        for axis in free:
            for size in _shorter(self.best[0].problem.size(axis)):
                if self.spent or self._shorten(axis, size):
                    break

    def _shorten(self, axis: str, size: int) -> bool:
        point, element, _ = self.best
        old = point.problem.size(axis)
        sized = Problem(str(point.problem), point.problem.group, **{**point.problem.sizes, axis: size})
        for keep in (range(size), sorted(self.rng.choice(old, size, replace=False).tolist())):
            shorter = point.at(_taken(point.problem, point.inputs, axis, keep), sized)
            if axis != self.factor.axis:
                if self.accepts(shorter, element):
                    return True
                continue
            kept = restricted(self.factor, element, keep)
            simple = itertools.islice(simple_transforms(self.factor, self.component, size, self.rng), 3)
            transforms = [*([] if kept is None else [kept]), *simple, *self._drawn(size)]
            if any(self.accepts(shorter, transform) for transform in transforms if not self._is_idle(transform)):
                return True
        return False

    def simplify_transform(self) -> None:
        """The easiest transform that is enough."""
        point, element, _ = self.best
        size, current = len(element), weight(self.factor, element)
        for transform in simple_transforms(self.factor, self.component, size, self.rng):
            if self.spent or weight(self.factor, transform) >= current or self.accepts(point, transform):
                return
        for transform in self._drawn(size):
            if weight(self.factor, transform) < current and self.accepts(point, transform):
                return

    def simplify_entries(self) -> None:
        """Zeros and short numbers: whole inputs, zeros in halves and smaller parts of them, then single entries."""
        inputs = self.best[0].inputs
        for position in range(len(inputs)):
            self._replace(position, ..., _simpler)
        for position, array in enumerate(inputs):
            for part in _parts(array.shape):
                self._replace(position, part, _zero)
        for position, array in enumerate(inputs):
            for index in np.ndindex(array.shape):
                self._replace(position, index, _simpler)

    def _replace(self, position: int, where: Any, simpler: Callable[[Array], Iterable[Array]]) -> None:
        """Put the first simpler values that are enough in one place."""
        for values in simpler(np.asarray(self.best[0].inputs[position][where])):
            if self.spent:
                return
            point, element, _ = self.best
            inputs = [x.copy() for x in point.inputs]
            inputs[position][where] = values
            if self.accepts(point.at(inputs), element):
                return

    def _drawn(self, size: int) -> list[Array]:
        """A few elements of the component, none of them the identity unless there is no other."""
        drawn = [self.factor.monomial(self.rng, size, self.component) for _ in range(2)]
        if self.factor.kind.mixes and size <= LARGEST_EXACT:
            exact = self.factor.exact(Random(int(self.rng.integers(2**32))), size, self.component)
            drawn.append(np.array(exact, dtype=np.float64))
        else:
            drawn.append(self.factor.haar(self.rng, size, self.component))
        return [element for element in drawn if size == 1 or not self._is_idle(element)]

    def _is_idle(self, element: Array) -> bool:
        return weight(self.factor, element)[1] == 0


def _neighbours(point: Point) -> Iterator[Point]:
    """Neighbours in opposite directions: of a point on the border of a region, one is inside and one outside."""
    for _ in range(PAIRS):
        near = point.near()
        yield near
        yield point.at([2 * x - y for x, y in zip(point.inputs, near.inputs, strict=True)])


def _relative(first: Sequence[Array], second: Sequence[Array]) -> float:
    """The largest relative difference of two outputs."""
    apart = norms([a - b for a, b in zip(first, second, strict=True)])
    size = np.maximum(norms(first), norms(second))
    return float(np.max(apart / np.where(size > 0, size, 1.0)))


def _integers(sized: Problem, rng: np.random.Generator) -> list[Array]:
    return [np.asarray(rng.integers(-2, 3, sized.shape(t))).astype(np.float64) for t in sized.inputs]


def _cut(point: Point, sized: Problem, rng: np.random.Generator) -> Point | None:
    """The point at smaller sizes, with some of its indices."""
    inputs, at = point.inputs, point.problem
    for axis, size in sized.sizes.items():
        if size > at.size(axis):
            return None
        if size < at.size(axis):
            inputs = _taken(at, inputs, axis, sorted(rng.choice(at.size(axis), size, replace=False).tolist()))
    return point.at(inputs, sized) if inputs is not point.inputs else None


def _taken(problem: Problem, inputs: Sequence[Array], axis: str, keep: Sequence[int]) -> tuple[Array, ...]:
    """The inputs with some of the indices of an axis."""
    result = []
    for tensor, array in zip(problem.inputs, inputs, strict=True):
        for position, name in enumerate(tensor.axes):
            if name == axis:
                array = np.take(array, keep, axis=position)
        result.append(array)
    return tuple(result)


def _shorter(size: int) -> list[int]:
    """Sizes below the given one, from small to large: each of the first, then in steps that become finer."""
    found = set(range(1, min(size, EVERY)))
    step = size // 2
    while step and size > EVERY:
        found.add(size - step)
        step //= 2
    return sorted(found)


def _parts(shape: Sequence[int]) -> Iterator[tuple[slice, ...]]:
    """Halves of an array along each axis, quarters, and so on down to slices."""
    for axis, size in enumerate(shape):
        step = size // 2 if size > 1 else 0
        while step:
            for start in range(0, size, step):
                yield (*(slice(None),) * axis, slice(start, start + step))
            step //= 2


def _zero(values: Array) -> list[Array]:
    return [np.zeros_like(values)] if np.any(values) else []


def _simpler(values: Array) -> Iterator[Array]:
    """The values with fewer characters, or as many and nearer to zero; the shortest first."""
    values = np.asarray(values)
    current = _length(values)
    for candidate in (
        np.zeros_like(values),
        np.ones_like(values),
        -np.ones_like(values),
        np.full_like(values, 2.0),
        np.round(values),
        *(np.trunc(values * part) for part in (0.5, 0.75, 0.9)),
        *(_rounded(values, digits) for digits in (1, 2, 3, 4)),
    ):
        if _length(candidate) < current:
            yield candidate + 0.0


def _rounded(values: Array, digits: int) -> Array:
    return np.array([float(f"{value:.{digits}g}") for value in values.ravel()]).reshape(values.shape)


def _length(values: Array) -> tuple[int, float]:
    """Characters it takes to write the values, where 0 takes none and 1 fewer than any other; and their size."""
    texts = (f"{value:.17g}".lstrip("0") for value in values.ravel().tolist())
    return sum(len(text) + (text not in ("", "1", "-1")) for text in texts), float(np.sum(np.abs(values)))
