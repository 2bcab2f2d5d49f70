"""Joinings: pairings of points some of which may stay free, and how two of them lie to each other.

The average of a product of entries of Q is a sum over two pairings of the factors, one for the rows and one for the
columns, weighted by the Weingarten function of their coset type. With a factor det Q there are d more entries, which an
antisymmetric sum ties together: d points are then joined to those and are *free* here. The union of two joinings has
loops, and paths from a free point of the one to a free point of the other; a path between two free points of the same
joining makes the antisymmetric sum vanish.

>>> [joining.pairs for joining in joinings(4)]
[((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
>>> next(joinings(5, free=3))
Joining(pairs=((3, 4),), free=(0, 1, 2))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from math import factorial, prod
from typing import NamedTuple

from symmetry.haar.pairings import Pair
from symmetry.partitions import Partition

__all__ = ["Joining", "Union", "joinings", "multigraphs", "orbits", "partners", "signed_types", "union"]

FREE = -1


class Joining(NamedTuple):
    """Disjoint pairs of points, and the points that are free, all in increasing order."""

    pairs: tuple[Pair, ...]
    free: tuple[int, ...] = ()


def joinings(
    points: int, free: int = 0, may_join: Callable[[int, int], bool] | None = None, labels: Sequence[int] | None = None
) -> Iterator[Joining]:
    """All joinings of the points 0, …, points − 1 with so many free points.

    Args:
        points: how many points.
        free: how many of them stay free.
        may_join: whether two points may be a pair; any two when ``None``.
        labels: points with equal labels are not free together; no such rule when ``None``.

    >>> sum(1 for joining in joinings(6)), sum(1 for joining in joinings(5, free=1)), sum(1 for joining in joinings(3))
    (15, 15, 0)
    """

    def grow(pairs: tuple[Pair, ...], loose: tuple[int, ...], rest: tuple[int, ...]) -> Iterator[Joining]:
        if not rest:
            yield Joining(pairs, loose)
            return
        first, others = rest[0], rest[1:]
        if len(loose) < free and not (labels and labels[first] in {labels[point] for point in loose}):
            yield from grow(pairs, (*loose, first), others)
        if len(rest) > free - len(loose):
            for place, second in enumerate(others):
                if may_join is None or may_join(first, second):
                    yield from grow((*pairs, (first, second)), loose, others[:place] + others[place + 1 :])

    if points >= free and (points - free) % 2 == 0:
        yield from grow((), (), tuple(range(points)))


def partners(joining: Joining, points: int) -> list[int]:
    """For each point the one that it is joined to, or -1 where it is free."""
    partner = [FREE] * points
    for one, other in joining.pairs:
        partner[one], partner[other] = other, one
    return partner


class Union(NamedTuple):
    """How two joinings lie to each other.

    Args:
        paths: for each path from a free point of p to a free point of q one more than half its number of edges; sorted.
        loops: half the length of each loop, in decreasing order.
        across: for each free point of p, in order, the free point of q at the other end of its path.
    """

    paths: Partition
    loops: Partition
    across: tuple[int, ...]


def union(p: Sequence[int], q: Sequence[int]) -> Union | None:
    """The paths and loops of two joinings, given by partners; ``None`` where two free points of one are connected.

    >>> union(partners(Joining(((0, 1), (2, 3))), 4), partners(Joining(((0, 2), (1, 3))), 4))
    Union(paths=(), loops=(2,), across=())
    >>> union(partners(Joining(((0, 1),), (2,)), 3), partners(Joining(((0, 2),), (1,)), 3))
    Union(paths=(2,), loops=(), across=(1,))
    """
    seen = [False] * len(p)
    paths: list[int] = []
    across: list[int] = []
    for start, mate in enumerate(p):
        if mate == FREE:
            point, length = start, 1
            seen[point] = True
            while q[point] != FREE:
                middle = q[point]
                point = p[middle]
                if point == FREE:
                    return None
                seen[middle] = seen[point] = True
                length += 1
            paths.append(length)
            across.append(point)
    loops: list[int] = []
    for start in range(len(p)):
        if not seen[start]:
            point, length = start, 0
            while not seen[point]:
                middle = p[point]
                seen[point] = seen[middle] = True
                point = q[middle]
                length += 1
            loops.append(length)
    loops.sort(reverse=True)
    return Union(tuple(sorted(paths, reverse=True)), tuple(loops), tuple(across))


@lru_cache(maxsize=4096)
def signed_types(paths: Partition, loops: Partition) -> Mapping[Partition, int]:
    """Σ sgn σ over the permutations σ of the paths, by the coset type that arises when σ closes the paths to loops.

    Without paths this is the coset type of the loops, once.

    >>> signed_types((1, 1), ())
    {(1, 1): 1, (2,): -1}
    """
    if not paths:
        return {loops: 1}
    total: Counter[Partition] = Counter()
    first, rest = paths[0], paths[1:]
    for size in range(len(rest) + 1):
        # A cycle through the first path and `size` others: size! of them, each of sign (−1)^size.
        for chosen in combinations(range(len(rest)), size):
            loop = first + sum(rest[place] for place in chosen)
            left = tuple(length for place, length in enumerate(rest) if place not in chosen)
            for kind, count in signed_types(left, tuple(sorted((*loops, loop), reverse=True))).items():
                total[kind] += (-1) ** size * factorial(size) * count
    return {kind: count for kind, count in total.items() if count}


def orbits(items: Iterable[Joining], generators: Sequence[Sequence[int]]) -> Iterator[tuple[Joining, int]]:
    """One joining of each orbit under permutations of the points, and how many there are in the orbit.

    >>> [(joining.pairs, size) for joining, size in orbits(joinings(4), [(1, 0, 2, 3)])]
    [(((0, 1), (2, 3)), 1), (((0, 2), (1, 3)), 2)]
    """
    if not generators:
        yield from ((joining, 1) for joining in items)
        return
    seen: set[Joining] = set()
    for joining in items:
        if joining in seen:
            continue
        seen.add(joining)
        orbit = [joining]
        for pairs, free in orbit:
            for move in generators:
                moved = Joining(
                    tuple(sorted((a, b) if (a := move[i]) < (b := move[j]) else (b, a) for i, j in pairs)),
                    tuple(sorted(move[point] for point in free)),
                )
                if moved not in seen:
                    seen.add(moved)
                    orbit.append(moved)
        yield joining, len(orbit)


def multigraphs(degrees: Sequence[int], may_join: Callable[[int, int], bool]) -> Iterator[tuple[dict[Pair, int], int]]:
    """The ways to pair labelled points, by how many pairs there are of each two labels, and how many pairings that is.

    Args:
        degrees: how many points bear each label 0, 1, ….
        may_join: whether points of two labels may be a pair.

    >>> list(multigraphs((2, 2), lambda i, j: True))
    [({(0, 1): 2}, 2), ({(0, 0): 1, (1, 1): 1}, 1)]
    """

    def grow(edges: dict[Pair, int], label: int, other: int, left: tuple[int, ...]) -> Iterator[dict[Pair, int]]:
        if label == len(left):
            yield edges
            return
        if other == len(left):
            if left[label] == 0:
                yield from grow(edges, label + 1, label + 1, left)
            return
        most = left[label] // 2 if other == label else min(left[label], left[other])
        for count in range(most + 1 if may_join(label, other) else 1):
            rest = list(left)
            rest[label] -= count
            rest[other] -= count
            more = {**edges, (label, other): count} if count else edges
            yield from grow(more, label, other + 1, tuple(rest))

    ways = prod(map(factorial, degrees))
    for edges in grow({}, 0, 0, tuple(degrees)):
        same = prod(factorial(count) * (2**count if i == j else 1) for (i, j), count in edges.items())
        yield edges, ways // same
