"""Where a function is looked at: sizes that are pairwise different, generic inputs, and structured ones.

Structured inputs (zero, repeated, collinear, orthogonal, of low rank, tied, small integers, very short, very long)
meet branches that generic ones miss. They may lie outside the function's domain, so that no value there is not held
against it; and a function may treat them by a convention, so that a difference counts only if neighbours have it too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.errors import UsageError
from symmetry.problem import Problem

__all__ = ["assignments", "edge_assignments", "generic", "natural", "small_assignments", "structured"]

# Sizes of the axes that matrices act on, and of the others; in the first the former exceed the sum of the latter. The
# last is large, for what only begins beyond some size (a window); axes on which nothing acts stay small there.
PATTERNS = (((), (2, 3)), ((3,), (5, 4)), ((2,), (3, 5)), ((5,), (8, 6)), ((11, 13, 15), (9, 10, 12, 14)))
SMALLEST_SIZES, MOST_ASSIGNMENTS = (1, 2, 3), 60
EDGE = 3
MOST_ENTRIES = 2**24  # of an array


def assignments(problem: Problem, sizes: Sequence[Mapping[str, int]] | None) -> tuple[Problem, ...]:
    """The problem at each of the sizes to be looked at.

    Args:
        problem: with some sizes given, or none.
        sizes: the user's choice, one assignment of all open sizes each; ``None`` for ours.

    Raises:
        UsageError: an empty list, an assignment that leaves a size open or names an axis that is not there, sizes for
            which an array would be too large.

    >>> problem = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)")
    >>> [list(p.sizes.values()) for p in assignments(problem, None)]
    [[7, 2, 3], [3, 5, 4], [2, 3, 5], [5, 8, 6], [11, 9, 10]]
    >>> [p.sizes for p in assignments(Problem("X: d n -> d n", group="O(d)", d=4), [{"n": 6}])]
    [{'d': 4, 'n': 6}]
    """
    if sizes is not None:
        if isinstance(sizes, Mapping):
            sizes = [sizes]
        for assignment in sizes:
            if not isinstance(assignment, Mapping):
                raise UsageError(f"sizes is a list of assignments such as {{'d': 3, 'n': 2}}, not of {assignment!r}")
        chosen = tuple(problem.at(**assignment) for assignment in sizes)
        if not chosen:
            raise UsageError("sizes=[] looks at nothing; give one assignment at least, such as [{'d': 3, 'n': 2}]")
        for sized in chosen:
            if sized.symbolic:
                raise UsageError(f"sizes {sized.sizes} leave {', '.join(sized.symbolic)} of {str(problem)!r} open")
            _require_fitting(sized)
        return chosen
    mixed = {factor.axis for factor in problem.group if factor.kind.mixes}
    result = [_fill(problem, mixed, matrices, others) for matrices, others in PATTERNS]
    for sized in result:
        _require_fitting(sized)
    return tuple(dict.fromkeys(result))


def natural(value: Any, name: str, least: int) -> int:
    """A number such as a seed or of trials.

    Raises:
        UsageError: it is no integer, or less than ``least``; the message says what it is the ``name`` of.

    >>> natural(np.int64(3), "trials", 1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} is an integer of at least {least}, not {value!r}")
    return int(value)


def _require_fitting(sized: Problem) -> None:
    """Refuse sizes for which a tensor, or a matrix of the group, has too many entries."""
    needed = {f"an element of {g}": sized.size(g.axis) ** 2 for g in sized.group if g.kind.mixes}
    needed |= {f"{' '.join(map(str, t.axes))!r}": math.prod(sized.shape(t)) for t in (*sized.inputs, *sized.outputs)}
    what, entries = max(needed.items(), key=lambda item: item[1])
    if entries > MOST_ENTRIES:
        sizes = ", ".join(f"{axis}={size}" for axis, size in sized.sizes.items())
        raise UsageError(
            f"{sizes or str(sized)} is too large: {what} would have {entries} entries, and check takes "
            f"at most {MOST_ENTRIES}; give smaller sizes"
        )


def _fill(problem: Problem, mixed: set[str | int], matrices: Sequence[int], others: Sequence[int]) -> Problem:
    taken = {problem.size(axis) for axis in problem.axes if axis not in problem.symbolic}
    chosen: dict[str, int] = {}

    def choose(names: list[str], wanted: Sequence[int], least: int) -> None:
        for position, name in enumerate(names):
            candidates = [*wanted[position : position + 1], *range(least, least + len(problem.axes) + len(taken) + 1)]
            chosen[name] = next(size for size in candidates if size not in taken)
            taken.add(chosen[name])

    acted = {factor.axis for factor in problem.group}
    still = [name for name in problem.symbolic if name not in acted] if others and min(others) > 8 else []
    choose([name for name in problem.symbolic if name not in mixed and name not in still], others, 4)
    choose(still, (), 4)
    choose([name for name in problem.symbolic if name in mixed], matrices, 2 if matrices else sum(taken) + 2)
    return problem.at(**chosen)


def small_assignments(problem: Problem) -> Iterator[Problem]:
    """The problem at its smallest sizes, from small to large; at no others when all sizes are given."""
    combinations: list[dict[str, int]] = [{}]
    for name in problem.symbolic[:6]:
        combinations = [{**sizes, name: size} for sizes in combinations for size in SMALLEST_SIZES]
    ordered = sorted(combinations, key=lambda sizes: (sum(sizes.values()), tuple(sizes.values())))
    for sizes in ordered[:MOST_ASSIGNMENTS]:
        rest = dict.fromkeys(problem.symbolic[6:], 1)
        yield problem.at(**sizes, **rest)


def edge_assignments(problem: Problem) -> tuple[Problem, ...]:
    """The open sizes all equal, all 1, and each of them 1: sizes that a function may take for something else.

    >>> [list(p.sizes.values()) for p in edge_assignments(Problem("X: d n -> d n", group="O(d)"))]
    [[3, 3], [1, 1], [1, 4], [3, 1]]
    """
    names = problem.symbolic
    found = [dict.fromkeys(names, EDGE), dict.fromkeys(names, 1)]
    found += [{other: EDGE + i if other != name else 1 for i, other in enumerate(names)} for name in names]
    return tuple(dict.fromkeys(problem.at(**sizes) for sizes in found)) if names else ()


def generic(problem: Problem, rng: np.random.Generator) -> tuple[Array, ...]:
    """Independent standard normal entries, one float64 array per input."""
    return tuple(np.asarray(rng.standard_normal(problem.shape(tensor))) for tensor in problem.inputs)


def structured(problem: Problem, rng: np.random.Generator) -> Iterator[tuple[str, tuple[Array, ...]]]:
    """Inputs of special form, with the name of the form; those that find most come first.

    An input is seen as a list of vectors: along the axes that matrices mix, or, if there are none, along those on
    which nothing acts. Forms that relate vectors (orthogonal, rank 2) relate those of all inputs with the same axes.

    Args:
        problem: with all sizes given.
        rng: asked once, so that it does not depend on how many forms are looked at.

    >>> p = Problem("X: d n, Z: d m -> d n", group="O(d)", d=3, n=2, m=4)
    >>> [name for name, _ in structured(p, np.random.default_rng(0))][:8]
    ['small integers', 'long', 'short', 'one long vector', 'one long coordinate', 'repeated', 'zero', 'last input zero']
    >>> dict(structured(p, np.random.default_rng(0)))["repeated"][0].round(1)
    array([[ 0.1,  0.1],
           [ 0.6,  0.6],
           [-0.5, -0.5]])
    """
    base = generic(problem, rng)
    one = np.random.default_rng(rng.integers(2**63))
    views = [_View(problem, position) for position in range(len(base))]

    def each(form: Form) -> tuple[Array, ...]:
        return tuple(view.back(form(view.vectors(x), one)) for view, x in zip(views, base, strict=True))

    def together(form: Form) -> tuple[Array, ...]:
        return _together(form, views, base, one)

    yield "small integers", tuple(np.asarray(one.integers(-2, 3, x.shape)).astype(np.float64) for x in base)
    yield "long", tuple(x * 2.0**10 for x in base)
    yield "short", tuple(x * 2.0**-10 for x in base)
    yield "one long vector", each(_one_long_vector)
    yield "one long coordinate", each(_one_long_coordinate)
    yield "repeated", each(lambda x, _: np.repeat(x[:, :1], x.shape[1], axis=1))
    yield "zero", tuple(np.zeros_like(x) for x in base)
    if len(base) > 1:
        yield "last input zero", (*base[:-1], np.zeros_like(base[-1]))
    along = {axis: one.standard_normal(problem.size(axis)) for axis in problem.axes}
    yield "collinear", tuple(_collinear([along[axis] for axis in tensor.axes]) for tensor in problem.inputs)
    yield "positive", tuple(np.abs(x) for x in base)
    yield "orthogonal", together(_orthogonal)
    yield "rank deficient", together(lambda x, r: _of_rank(x, max(1, min(x.shape) - 1), r))
    yield "equal norms", each(lambda x, r: x[:, :1] * r.choice((-1.0, 1.0), x.shape))
    yield "unit vectors", each(_unit_vectors)
    yield "negative", tuple(-np.abs(x) for x in base)
    yield "ill-conditioned", together(_ill_conditioned)
    yield "equal inner products", together(lambda x, r: x[:, :1] + _orthonormal(x, r))
    yield "nearly repeated", each(lambda x, _: x[:, :1] + 2.0**-20 * x)
    yield "sorted", each(lambda x, _: np.sort(x, axis=1))
    yield "orthonormal", together(_orthonormal)
    yield "rank 2", together(lambda x, r: _of_rank(x, 2, r))
    yield "constant", tuple(np.full_like(x, one.standard_normal()) for x in base)
    for position, name in enumerate(problem.names[:-1]):
        yield f"input {name} zero", (*base[:position], np.zeros_like(base[position]), *base[position + 1 :])
    yield "very long", tuple(x * 2.0**30 for x in base)
    yield "very short", tuple(x * 2.0**-30 for x in base)


Form = Callable[[Array, np.random.Generator], Array]  # (length, vectors) to the same shape


class _View:
    """An input as a matrix whose columns are its vectors.

    >>> view = _View(Problem("X: b d n -> d n", group="O(d)", b=2, d=3, n=4), 0)
    >>> view.axes, view.vectors(np.zeros((2, 3, 4))).shape, view.back(np.zeros((3, 8))).shape
    (('d',), (3, 8), (2, 3, 4))
    """

    def __init__(self, problem: Problem, position: int):
        tensor = problem.inputs[position]
        acting = [factor for factor in problem.group if factor.kind.mixes]
        along = {place for factor in acting for place in problem.action(factor).inputs[position]}
        if not acting:
            moved = {place for factor in problem.group for place in problem.action(factor).inputs[position]}
            along = set(range(len(tensor.axes))) - moved
        self.order = (*sorted(along), *(i for i in range(len(tensor.axes)) if i not in along))
        self.axes = tuple(tensor.axes[i] for i in sorted(along))
        self.shape = tuple(problem.size(tensor.axes[i]) for i in self.order)
        self.length = math.prod(self.shape[: len(along)])

    def vectors(self, array: Array) -> Array:
        """(length, number of vectors)"""
        return np.asarray(np.transpose(array, self.order).reshape(self.length, -1))

    def back(self, vectors: Array) -> Array:
        array = np.transpose(vectors.reshape(self.shape), np.argsort(self.order))
        return np.ascontiguousarray(array) if array.ndim else np.asarray(array)


def _together(form: Form, views: Sequence[_View], base: Sequence[Array], rng: np.random.Generator) -> tuple[Array, ...]:
    """A form of all vectors along the same axes, over all inputs."""
    result = list(base)
    for axes in dict.fromkeys(view.axes for view in views):
        members = [i for i, view in enumerate(views) if view.axes == axes]
        columns = [views[i].vectors(base[i]) for i in members]
        ends = np.cumsum([column.shape[1] for column in columns])
        parts = np.split(form(np.hstack(columns), rng), ends[:-1], axis=1)
        for i, part in zip(members, parts, strict=True):
            result[i] = views[i].back(part)
    return tuple(result)


def _collinear(vectors: Sequence[Array]) -> Array:
    result = np.asarray(1.0)
    for vector in vectors:
        result = np.asarray(np.multiply.outer(result, vector))
    return result


def _one_long_vector(vectors: Array, rng: np.random.Generator) -> Array:
    result = vectors.copy()
    result[:, rng.integers(vectors.shape[1])] *= 2.0**6
    return result


def _one_long_coordinate(vectors: Array, rng: np.random.Generator) -> Array:
    result = vectors.copy()
    result[rng.integers(vectors.shape[0]), rng.integers(vectors.shape[1])] = 2.0**6
    return result


def _unit_vectors(vectors: Array, rng: np.random.Generator) -> Array:
    """Vectors of the standard basis, each as often as the next (one-hot)."""
    return np.asarray(np.eye(vectors.shape[0])[:, rng.permutation(vectors.shape[1]) % vectors.shape[0]])


def _reflected(vectors: Array, rng: np.random.Generator) -> Array:
    """The vectors after three reflections in random hyperplanes: an orthogonal matrix at a cost linear in its size."""
    for _ in range(3):
        normal = rng.standard_normal(len(vectors))
        vectors = vectors - np.multiply.outer(2 * normal / (normal @ normal), normal @ vectors)
    return np.asarray(vectors)


def _orthonormal(vectors: Array, rng: np.random.Generator) -> Array:
    """Vectors of one orthonormal basis; where there is no room, multiples of them."""
    length, count = vectors.shape
    basis = np.eye(length, min(length, count))[:, np.arange(count) % length]
    return _reflected(basis * (1.0 + np.arange(count) // length), rng)


def _orthogonal(vectors: Array, rng: np.random.Generator) -> Array:
    return np.asarray(_orthonormal(vectors, rng) * np.linalg.norm(vectors, axis=0))


def _of_rank(vectors: Array, rank: int, rng: np.random.Generator) -> Array:
    weights = rng.standard_normal((min(rank, vectors.shape[1]), vectors.shape[1])) / math.sqrt(rank)
    return np.asarray(vectors[:, :rank] @ weights)


def _ill_conditioned(vectors: Array, rng: np.random.Generator) -> Array:
    """Singular values from 1 to 1e-6."""
    diagonal = np.zeros(vectors.shape)
    np.fill_diagonal(diagonal, np.logspace(0, -6, min(vectors.shape)))
    return np.ascontiguousarray(_reflected(_reflected(diagonal, rng).T, rng).T)
