"""Pairings and coset types, against counts of the literature and loops followed another way."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from math import factorial
from random import Random

import pytest

from symmetry.errors import UsageError
from symmetry.haar.pairings import coset_type, pair_partitions, pairing
from symmetry.partitions import centraliser, partitions

DOUBLE_FACTORIALS = [1, 1, 3, 15, 105, 945, 10395]  # OEIS A001147


def loops(p, q):
    """Half the sizes of the components of the graph p ∪ q, by merging sets."""
    components = [{point} for pair in p for point in pair]
    for a, b in (*p, *q):
        met = [part for part in components if part & {a, b}]
        components = [part for part in components if not part & {a, b}] + [set().union(*met)]
    return tuple(sorted((len(part) // 2 for part in components), reverse=True))


def shuffled(k, seed):
    points = list(range(2 * k))
    Random(seed).shuffle(points)
    return list(zip(points[::2], points[1::2]))


@pytest.mark.parametrize("k", range(7))
def test_pairings_are_all_there_once_sorted_and_in_order(k):
    found = list(pair_partitions(2 * k))
    assert len(found) == len(set(found)) == DOUBLE_FACTORIALS[k]
    assert found == sorted(found) == [pairing(p) for p in found]


@pytest.mark.parametrize("points", [1, 3, 7])
def test_an_odd_number_of_points_has_no_pairing(points):
    assert list(pair_partitions(points)) == []


def test_pairings_come_one_at_a_time():
    assert [p[-1] for p in islice(pair_partitions(60), 3)] == [(58, 59), (57, 59), (57, 58)]


@pytest.mark.parametrize("k", range(5))
def test_coset_type_is_the_loops(k):
    p = shuffled(k, 5)
    for q in pair_partitions(2 * k):
        assert coset_type(p, q) == coset_type(q, p) == loops(p, q)


def test_coset_type_survives_renaming_points_and_reordering_pairs():
    rng = Random(2)
    for k in (3, 4, 7):
        p, q, names = shuffled(k, k), shuffled(k, k + 20), list(range(2 * k))
        rng.shuffle(names)
        assert coset_type(p, q) == coset_type(*([[names[b], names[a]] for a, b in reversed(pairs)] for pairs in (p, q)))


@pytest.mark.parametrize("k", range(7))
def test_each_coset_type_occurs_as_often_as_macdonald_says(k):
    # The double coset of μ in S_2k has |H|²/z_2μ elements, H of order 2^k k!; Macdonald 1995, VII (2.3).
    p = shuffled(k, 3)
    found = Counter(coset_type(p, q) for q in pair_partitions(2 * k))
    assert found == {mu: 2**k * factorial(k) // (2 ** len(mu) * centraliser(mu)) for mu in partitions(k)}


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 0)],
        [(0, 1), (1, 2)],
        [(0, 2)],
        [(1, 2), (3, 4)],
        [(0, 1, 2)],
        [(0,), (1,)],
        [0, 1],
        [(0, 1.0)],
        [(False, True)],
        ["01"],
        [(0, None)],
        [(-1, 0)],
    ],
    ids=str,
)
@pytest.mark.parametrize("function", [pairing, lambda p: coset_type(p, [(0, 1)])], ids=["pairing", "type"])
def test_what_is_not_a_pairing_is_refused(function, pairs):
    with pytest.raises(UsageError, match=r"not a pairing of the points 0\.\..*; each point must be in one pair"):
        function(pairs)


def test_pairings_of_different_sizes_are_refused():
    with pytest.raises(UsageError, match="p pairs 0 points, but q pairs 2"):
        coset_type([], [(0, 1)])


@pytest.mark.parametrize("points", [-1, 2.0, True, "4", None])
def test_what_is_not_a_number_of_points_is_refused_at_once(points):
    with pytest.raises(UsageError, match="number of points must be an integer that is at least 0"):
        pair_partitions(points)
