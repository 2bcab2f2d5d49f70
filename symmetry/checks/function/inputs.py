"""Where a function is looked at: sizes that are pairwise different, generic inputs, and structured ones.

Structured inputs (zero, repeated, collinear, small integers, very short, very long) meet branches that generic
ones miss. They may lie outside the function's domain, so that no value there is not held against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from symmetry.checks.function.calling import Array
from symmetry.errors import UsageError
from symmetry.problem import Problem

__all__ = ["assignments", "generic", "small_assignments", "structured"]

# Sizes of the axes that matrices act on, and of the others; in the first the former exceed the sum of the latter. The
# last is large, for what only begins beyond some size (a window); axes on which nothing acts stay small there.
PATTERNS = (((), (2, 3)), ((3,), (5, 4)), ((2,), (3, 5)), ((5,), (8, 6)), ((11, 13, 15), (9, 10, 12, 14)))
SMALLEST_SIZES, MOST_ASSIGNMENTS = (1, 2, 3), 60
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


def generic(problem: Problem, rng: np.random.Generator) -> tuple[Array, ...]:
    """Independent standard normal entries, one float64 array per input."""
    return tuple(np.asarray(rng.standard_normal(problem.shape(tensor))) for tensor in problem.inputs)


def structured(problem: Problem, rng: np.random.Generator) -> Iterator[tuple[str, tuple[Array, ...]]]:
    """Inputs of special form, with the name of the form.

    >>> p = Problem("X: d n, Z: d m -> d n", group="O(d)", d=3, n=2, m=4)
    >>> [name for name, _ in structured(p, np.random.default_rng(0))]
    ['zero', 'last input zero', 'repeated', 'collinear', 'small integers', 'short', 'long', 'one long vector']
    """
    mixed = {factor.axis for factor in problem.group if factor.kind.mixes}
    base = generic(problem, rng)
    yield "zero", tuple(np.zeros_like(x) for x in base)
    if len(base) > 1:
        yield "last input zero", (*base[:-1], np.zeros_like(base[-1]))
    yield "repeated", tuple(_repeated(x, t.axes, mixed) for x, t in zip(base, problem.inputs, strict=True))
    along = {axis: rng.standard_normal(problem.size(axis)) for axis in problem.axes}
    yield "collinear", tuple(_collinear([along[axis] for axis in tensor.axes]) for tensor in problem.inputs)
    yield "small integers", tuple(np.asarray(rng.integers(-2, 3, x.shape)).astype(np.float64) for x in base)
    yield "short", tuple(x * 2.0**-10 for x in base)
    yield "long", tuple(x * 2.0**10 for x in base)
    yield "one long vector", tuple(_stretched(x, t.axes, mixed) for x, t in zip(base, problem.inputs, strict=True))


def _repeated(array: Array, axes: Sequence[str | int], mixed: set[str | int]) -> Array:
    index = tuple(slice(None) if axis in mixed else slice(0, 1) for axis in axes)
    return np.ascontiguousarray(np.broadcast_to(array[index], array.shape)) if axes else array


def _collinear(vectors: Sequence[Array]) -> Array:
    result = np.asarray(1.0)
    for vector in vectors:
        result = np.asarray(np.multiply.outer(result, vector))
    return result


def _stretched(array: Array, axes: Sequence[str | int], mixed: set[str | int]) -> Array:
    index = tuple(slice(None) if axis in mixed else 0 for axis in axes)
    result = array.copy()
    result[index] *= 2.0**6
    return result
