"""Group elements that are easy to write down, and how easy.

A counterexample is read by people, so that a quarter turn of one coordinate plane says more than a Haar-distributed
matrix, and a transposition more than a permutation of everything.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.groups import Group
from symmetry.groups.kind import Matrix
from symmetry.problem import Problem

__all__ = ["component_of", "restricted", "simple_transforms", "transform_name", "weight"]

PLANES = 12  # coordinate planes, or pairs of places, that are tried where there are more
A, B = Fraction(3, 5), Fraction(4, 5)  # an angle that is no rational multiple of π
C, D = Fraction(5, 4), Fraction(3, 4)  # cosh and sinh of log 2
# Of QᵀQ from I, in units of d 2⁻⁵³: what d Householder reflections add up to, with room (N. Higham, Accuracy and
# Stability of Numerical Algorithms, 2002, theorem 19.4, has a modest constant there).
ROUNDED = 32.0
LARGEST = 2.0**20  # entry of a matrix
# What acts on the first coordinates, the identity elsewhere; from easy to less easy.
BLOCKS: tuple[tuple[tuple[int | Fraction, ...], ...], ...] = (
    ((-1,),),
    ((0, 1), (1, 0)),
    ((0, -1), (1, 0)),
    ((-1, 0), (0, -1)),
    ((A, -B), (B, A)),
    ((A, B), (B, -A)),
    ((C, D), (D, C)),
)


def weight(factor: Group, element: Array) -> tuple[int, int, float]:
    """How hard an element is to take in: entries with decimals, entries that are not the identity's, their size.

    >>> weight(Group("S", "n"), np.array([0, 2, 1])), weight(Group("O", "d"), np.array([[0.6, -0.8], [0.8, 0.6]]))
    ((0, 2, 2.0), (4, 4, 2.4...))
    """
    difference = element - _identity(factor, len(element))
    decimals = int(np.count_nonzero(element != np.round(element)))
    return decimals, int(np.count_nonzero(difference)), float(np.sum(np.abs(difference)))


def simple_transforms(factor: Group, component: int, size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Elements of one component that move as little as possible, the easier ones first.

    Args:
        factor, component: as in :meth:`Group.haar`.
        size: of the axis.
        rng: chooses coordinate planes where there are too many.

    >>> [q.tolist() for q in simple_transforms(Group("O", "d"), -1, 1, np.random.default_rng(0))]
    [[[-1.0]]]
    """
    match factor.kind.acts:
        case "matrix":
            found = _matrices(factor, component, size, rng)
        case "permutation":
            found = _permutations(size, rng)
        case "shift":
            found = iter(np.eye(size)[:PLANES])
    yield from sorted(found, key=lambda element: weight(factor, element))


def transform_name(factor: Group, problem: Problem) -> str:
    """What an element is called where the inputs of a problem have their names.

    >>> transform_name(Group("O", "d"), Problem("Q: d n, K: d n -> n n", group="O(d)"))
    'g'
    """
    name = factor.kind.letter
    while name in problem.names:
        name = "g" if name == factor.kind.letter else f"{name}_"
    return name


def component_of(factor: Group, element: Array) -> int | None:
    """The component that an element is in, up to rounding; ``None`` for what is no element of the group.

    >>> O = Group("O", "d")
    >>> component_of(O, np.array([[0.6, 0.8], [0.8, -0.6]])), component_of(O, np.ones((2, 2)))
    (-1, None)
    """
    size = len(element)
    match factor.kind.acts:
        case "permutation":
            belongs = np.array_equal(np.sort(element), np.arange(size))
        case "shift":
            belongs = bool(np.all(np.isfinite(element)))
        case "matrix":
            form = np.diag(np.array(factor.kind.signature(size), dtype=np.float64))
            belongs = bool(np.max(np.abs(element)) <= LARGEST)
            if belongs:
                off = float(np.max(np.abs(element.T @ form @ element - form)))
                belongs = off <= ROUNDED * size * 2.0**-53 * factor.stretch(element) ** 2
    found = factor.component(element) if belongs else None
    return found if found in factor.components else None


def restricted(factor: Group, element: Array, keep: Sequence[int]) -> Array | None:
    """What an element does to the places that are kept, or ``None`` where it does not say.

    A permutation skips the places that are gone: each cycle closes up.

    >>> restricted(Group("S", "n"), np.array([2, 0, 3, 1]), [0, 2, 3]).tolist()
    [1, 2, 0]
    """
    if factor.kind.acts == "shift":
        return element[list(keep)]
    if factor.kind.acts == "matrix":
        return None
    place = {old: new for new, old in enumerate(keep)}
    order = []
    for old in keep:
        target = int(element[old])
        while target not in place:
            target = int(element[target])
        order.append(place[target])
    return np.array(order)


def _identity(factor: Group, size: int) -> Array:
    match factor.kind.acts:
        case "matrix":
            return np.eye(size)
        case "permutation":
            return np.arange(size)
        case "shift":
            return np.zeros(size)


def _pairs(size: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    pairs = list(itertools.combinations(range(size), 2)) if size <= PLANES else [(0, 1), (0, size - 1)]
    if len(pairs) > PLANES:
        pairs = [pairs[0], *(pairs[i] for i in sorted(rng.choice(len(pairs), PLANES - 1, replace=False)))]
    while size > PLANES and len(pairs) < PLANES:
        i, j = sorted(int(place) for place in rng.choice(size, 2, replace=False))
        pairs.append((i, j))
    return pairs


def _matrices(factor: Group, component: int, size: int, rng: np.random.Generator) -> Iterator[Array]:
    pairs = _pairs(size, rng)
    for block in BLOCKS:
        places: list[tuple[int, ...]] = [(i,) for i in range(min(size, PLANES))] if len(block) == 1 else [*pairs]
        for where in places:
            # Coordinates after the first are alike, so that three of them are enough to tell whose element it is.
            few = tuple(min(place, 1) + index * (where[0] > 0) for index, place in enumerate(where))
            if _belongs(factor, component, _embedded(block, few, min(size, 3))):
                yield np.array([[float(x) for x in row] for row in _embedded(block, where, size)])


def _embedded(block: Sequence[Sequence[int | Fraction]], where: Sequence[int], size: int) -> Matrix:
    rows = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    for (i, row), (j, column) in itertools.product(enumerate(where), enumerate(where)):
        rows[row][column] = Fraction(block[i][j])
    return tuple(map(tuple, rows))


def _belongs(factor: Group, component: int, matrix: Matrix) -> bool:
    return factor.kind.contains(matrix) and factor.component(np.array(matrix, dtype=np.float64)) == component


def _permutations(size: int, rng: np.random.Generator) -> Iterator[Array]:
    for i, j in _pairs(size, rng):
        order = np.arange(size)
        order[[i, j]] = j, i
        yield order
    if size > 2:
        for cycle in (np.roll(np.arange(size), 1), np.roll(np.arange(size), -1), np.arange(size)[::-1]):
            yield np.ascontiguousarray(cycle)
        for shift in (1, 2):
            order = np.arange(size)
            order[:3] = np.roll(order[:3], shift)
            yield order
