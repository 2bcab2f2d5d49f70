"""Where a function is looked at exactly: sizes, points, and elements of the group with their action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.exact.arrays import exact_array
from symmetry.checks.function.inputs import assignments, small_assignments
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Element", "act_exactly", "exact_sizes", "generating", "is_identity", "point", "smaller_sizes"]

# Sizes of the axes that matrices act on, and of the others: more, as many and fewer vectors than coordinates.
PATTERNS = (((2,), (3, 4)), ((4,), (3, 2)), ((3,), (5, 4)), ((5,), (2, 3)))
LARGER = (((7,), (9, 8)), ((6,), (11, 10)))
TRIES = 30

Element = Sequence[Any]


def exact_sizes(problem: Problem, sizes: Sequence[Mapping[str, int]] | None) -> tuple[list[Problem], list[Problem]]:
    """The problem at the sizes for rational numbers, and at larger ones for residues.

    Args:
        problem: with some sizes given, or none.
        sizes: the user's choice, which then stands for both.

    Raises:
        UsageError: as ``assignments`` does.

    >>> small, larger = exact_sizes(Problem("X: d n, Z: d m -> d n", group="O(d)"), None)
    >>> [p.sizes for p in small][:2], larger[0].sizes
    ([{'d': 2, 'n': 3, 'm': 4}, {'d': 4, 'n': 3, 'm': 2}], {'d': 7, 'n': 9, 'm': 8})
    """
    if sizes is not None or not problem.symbolic:
        chosen = sorted(assignments(problem, sizes), key=lambda p: sum(p.sizes.values()))
        return chosen, []
    small = list(dict.fromkeys(_filled(problem, *pattern) for pattern in PATTERNS))
    larger = list(dict.fromkeys(_filled(problem, *pattern) for pattern in LARGER))
    return small, larger


def _filled(problem: Problem, matrices: Sequence[int], others: Sequence[int]) -> Problem:
    mixed = {factor.axis for factor in problem.group if factor.kind.mixes}
    taken = {problem.size(axis) for axis in problem.axes if axis not in problem.symbolic}
    chosen: dict[str, int] = {}
    for names, wanted in (
        ([name for name in problem.symbolic if name in mixed], matrices),
        ([name for name in problem.symbolic if name not in mixed], others),
    ):
        for position, name in enumerate(names):
            candidates = [*wanted[position : position + 1], *range(2, 3 + len(problem.axes) + len(taken))]
            chosen[name] = next(size for size in candidates if size not in taken)
            taken.add(chosen[name])
    return problem.at(**chosen)


def point(problem: Problem, arithmetic: Any, random: Random, bound: int, denominator: int = 1) -> list[Array]:
    """Independent entries: integers from -bound to bound but 0, over a common denominator."""

    def entry() -> Any:
        return arithmetic.number(arithmetic.ratio(random.randint(1, bound) * random.choice((-1, 1)), denominator))

    return [_filled_array(problem.shape(tensor), entry) for tensor in problem.inputs]


def _filled_array(shape: tuple[int, ...], entry: Any) -> Array:
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = entry()
    return array


def _generic(factor: Group, random: Random, size: int, component: int) -> Element:
    """A rational element: where there are such, not the identity and no signed permutation of coordinates."""
    for _ in range(TRIES):
        element: Element = factor.exact(random, size, component)
        if is_identity(factor, element):
            continue
        if factor.kind.acts != "matrix" or any(sum(map(bool, row)) > 1 for row in element):
            break
    return element


def generating(factor: Group, random: Random, size: int, component: int) -> list[Element]:
    """Generators of the permutations (a transposition and a cycle); elsewhere, one generic element."""
    if factor.kind.acts != "permutation":
        return [_generic(factor, random, size, component)]
    swap = [1, 0, *range(2, size)] if size > 1 else [0]
    cycle = [*range(1, size), 0]
    return [_permutation_matrix(order) for order in ((swap, cycle) if size > 2 else (swap,))]


def _permutation_matrix(order: Sequence[int]) -> Element:
    return tuple(tuple(int(source == j) for j in range(len(order))) for source in order)


def is_identity(factor: Group, element: Element) -> bool:
    """Whether an element does nothing."""
    if factor.kind.acts == "shift":
        return not any(element)
    return all(x == (i == j) for i, row in enumerate(element) for j, x in enumerate(row))


def act_exactly(factor: Group, element: Element, array: Array, axes: Sequence[int], arithmetic: Any) -> Array:
    """The array with an element acting along each of the given axes, as ``Group.apply`` does, but exactly.

    Args:
        element: rows of a matrix (of a permutation too), or the entries of a vector.
        array: numbers of the arithmetic.
        axes: positions of the axes that carry the action.

    >>> from symmetry.checks.function.exact.arithmetic import Rationals
    >>> X = exact_array(Rationals(), [[1, 2], [3, 4], [5, 6]])
    >>> print(act_exactly(Group("S", "n"), ((0, 1), (1, 0)), X, (1,), X.arithmetic))
    [[2 1]
     [4 3]
     [6 5]]
    """
    result = np.asarray(array)
    if not axes:
        return result
    g = exact_array(arithmetic, np.array(element, dtype=object)).view(np.ndarray)
    for axis in axes:
        if factor.kind.acts == "shift":
            result = result + g.reshape([-1 if i == axis else 1 for i in range(result.ndim)])
            continue
        slices = [np.take(result, [j], axis=axis) for j in range(len(g))]
        rows = [sum(m * x for m, x, given in zip(row, slices, line) if given) for row, line in zip(g, element)]
        result = np.concatenate(rows, axis=axis)
    return result


def smaller_sizes(problem: Problem, sizes: Sequence[Mapping[str, int]] | None) -> list[Problem]:
    """The sizes to look for a small counterexample at, small ones first."""
    if sizes is not None:
        return sorted(assignments(problem, sizes), key=lambda p: sum(p.sizes.values()))
    return list(small_assignments(problem))
