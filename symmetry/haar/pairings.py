"""Pair partitions, and how two of them lie to each other.

A pairing of the points 0, …, 2k−1 is written as the sorted tuple of its sorted pairs. The union of two pairings is a
graph of even loops; half the lengths of the loops, in decreasing order, are a partition of k, their *coset type*.

>>> coset_type(((0, 1), (2, 3), (4, 5)), ((0, 2), (1, 3), (4, 5)))
(2, 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from symmetry.errors import UsageError
from symmetry.partitions import Partition

__all__ = ["Pair", "Pairing", "coset_type", "how_many_pairings", "loop_type", "pair_partitions", "pairing", "partners"]

Pair = tuple[int, int]
Pairing = tuple[Pair, ...]


def pairing(pairs: Iterable[Sequence[int]]) -> Pairing:
    """The pairing that consists of these pairs, with the pairs and the points in each of them sorted.

    Args:
        pairs: pairs of integers that together are 0, …, 2k−1, each once; in any order.
    Raises:
        UsageError: not pairs, or a point is missing, repeated or not an integer.

    >>> pairing([(3, 1), (2, 0)])
    ((0, 2), (1, 3))
    >>> pairing([(0, 1), (1, 2)])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: not a pairing of the points 0..3: ((0, 1), (1, 2)); each point must be in one pair
    """
    try:
        given = tuple(pairs)
    except TypeError as error:
        raise UsageError(f"a pairing is a sequence of pairs such as [(0, 1), (2, 3)], not {pairs!r}") from error
    try:
        ordered = sorted((min(pair), max(pair)) for pair in given if len(pair) == 2)
    except (TypeError, ValueError):
        ordered = []
    points = [point for pair in ordered for point in pair]
    expected = list(range(2 * len(given)))
    if any(type(point) is not int for point in points) or sorted(points) != expected:
        span = f"the points 0..{len(expected) - 1}" if expected else "no points"
        raise UsageError(f"not a pairing of {span}: {given}; each point must be in one pair")
    return tuple(ordered)


def pair_partitions(points: int) -> Iterator[Pairing]:
    """The (2k−1)!! pairings of 0, …, 2k−1, in lexicographic order and one at a time.

    Args:
        points: how many points, at least 0. An odd number of them has no pairing; no points have the empty one.
    Raises:
        UsageError: not a number of points.

    >>> list(pair_partitions(4))
    [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    >>> pair_partitions(-2)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the number of points must be an integer that is at least 0, not -2
    """
    if isinstance(points, bool) or not isinstance(points, int) or points < 0:
        raise UsageError(f"the number of points must be an integer that is at least 0, not {points!r}")
    return _completions((), tuple(range(points))) if points % 2 == 0 else iter(())


def _completions(head: Pairing, rest: tuple[int, ...]) -> Iterator[Pairing]:
    if not rest:
        yield head
        return
    first = rest[0]
    for place in range(1, len(rest)):
        yield from _completions((*head, (first, rest[place])), rest[1:place] + rest[place + 1 :])


def how_many_pairings(points: int) -> int:
    """The number (2k−1)!! of pairings of 2k points.

    Args:
        points: 2k, an even number that is at least 0.

    >>> [how_many_pairings(points) for points in (0, 2, 4, 6, 8)]
    [1, 1, 3, 15, 105]
    """
    return prod(range(points - 1, 0, -2))


def coset_type(p: Iterable[Sequence[int]], q: Iterable[Sequence[int]]) -> Partition:
    """Half the lengths of the loops of p ∪ q, in decreasing order: a partition of k.

    Args:
        p, q: pairings of the same 2k points.
    Raises:
        UsageError: one is not a pairing, or they pair different numbers of points.
    Source:
        I. G. Macdonald, Symmetric Functions and Hall Polynomials, 2nd ed., 1995, VII.2.

    >>> coset_type([(0, 1), (2, 3)], [(0, 1), (2, 3)])
    (1, 1)
    >>> coset_type([(0, 1)], [(0, 1), (2, 3)])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: p pairs 2 points, but q pairs 4: a coset type compares pairings of the same points
    """
    p, q = pairing(p), pairing(q)
    if len(p) != len(q):
        raise UsageError(
            f"p pairs {2 * len(p)} points, but q pairs {2 * len(q)}: a coset type compares pairings of the same points"
        )
    return loop_type(partners(p), partners(q))


def partners(p: Pairing) -> list[int]:
    """The partner of each point, for a pairing that is one."""
    partner = [0] * (2 * len(p))
    for a, b in p:
        partner[a], partner[b] = b, a
    return partner


def loop_type(along_p: Sequence[int], along_q: Sequence[int]) -> Partition:
    """The coset type of two pairings that are given by the partners of all points."""
    seen = [False] * len(along_p)
    loops = []
    for start in range(len(seen)):
        point, length = start, 0
        while not seen[point]:
            seen[point] = seen[along_p[point]] = True
            point = along_q[along_p[point]]
            length += 1
        if length:
            loops.append(length)
    return tuple(sorted(loops, reverse=True))
