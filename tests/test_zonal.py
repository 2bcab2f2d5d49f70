"""Zonal spherical functions, against published zonal polynomials, characters of S_2k, and orthogonality."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import permutations, product
from math import factorial, prod

import pytest

from symmetry.haar.pairings import coset_type, pair_partitions
from symmetry.haar.zonal import doubled_dimension, zonal_functions
from symmetry.partitions import centraliser, partitions

# Zonal polynomials in power sums, coefficient of p_μ; A. T. James, 1964; Macdonald 1995, VII.2, Example 2 onwards.
PUBLISHED = {
    (1,): {(1,): 1},
    (2,): {(1, 1): 1, (2,): 2},
    (1, 1): {(1, 1): 1, (2,): -1},
    (3,): {(1, 1, 1): 1, (2, 1): 6, (3,): 8},
    (2, 1): {(1, 1, 1): 1, (2, 1): 1, (3,): -2},
    (1, 1, 1): {(1, 1, 1): 1, (2, 1): -3, (3,): 2},
}


def orbit(mu):
    """How many pairings have the coset type μ against a fixed one."""
    k = sum(mu)
    return 2**k * factorial(k) // (2 ** len(mu) * centraliser(mu))


@pytest.mark.parametrize("shape", PUBLISHED, ids=str)
def test_zonal_polynomials_are_the_published_ones(shape):
    omega = zonal_functions(sum(shape))[shape]
    assert {mu: orbit(mu) * value for mu, value in omega.items()} == PUBLISHED[shape]


def test_there_is_one_function_of_order_zero():
    assert zonal_functions(0) == {(): {(): 1}}
    assert doubled_dimension(()) == 1


@cache
def character(shape, cycles):
    """χ^shape at a cycle type by removal of rim hooks (Murnaghan-Nakayama), on beta numbers."""
    if not cycles:
        return 1
    betas = [part + len(shape) - 1 - row for row, part in enumerate(shape)]
    total = 0
    for beta in betas:
        moved = beta - cycles[0]
        if moved < 0 or moved in betas:
            continue
        left = sorted([moved if b == beta else b for b in betas], reverse=True)
        smaller = tuple(b - (len(left) - 1 - row) for row, b in enumerate(left))
        total += (-1) ** sum(moved < b < beta for b in betas) * character(smaller, cycles[1:])
    return total


def cycle_type(order):
    seen, cycles = set(), []
    for start in range(len(order)):
        length, point = 0, start
        while point not in seen:
            seen.add(point)
            point, length = order[point], length + 1
        if length:
            cycles.append(length)
    return tuple(sorted(cycles, reverse=True))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_zonal_functions_are_averages_of_characters(k):
    # ω^λ(g) = Σ_{h ∈ H} χ^2λ(gh) / |H|, the definition; H fixes the pairing (0 1)(2 3)….
    standard = tuple((2 * i, 2 * i + 1) for i in range(k))
    stabiliser = [
        tuple(2 * i + (flip ^ side) for i, flip in zip(order, flips) for side in (0, 1))
        for order in permutations(range(k))
        for flips in product((0, 1), repeat=k)
    ]
    for q in pair_partitions(2 * k):
        g = [point for pair in q for point in pair]  # carries the standard pairing to q
        mu = coset_type(standard, q)
        for shape, omega in zonal_functions(k).items():
            doubled = tuple(2 * part for part in shape)
            total = sum(character(doubled, cycle_type([g[h] for h in element])) for element in stabiliser)
            assert Fraction(total, len(stabiliser)) == omega[mu]


@pytest.mark.parametrize("k", [1, 4, 7, 10])
def test_zonal_functions_are_orthogonal(k):
    table = zonal_functions(k)
    pairings = factorial(2 * k) // (2**k * factorial(k))
    for left, right in product(list(table)[:9], table):
        inner = sum(orbit(mu) * table[left][mu] * table[right][mu] for mu in table)
        assert inner == (Fraction(pairings, doubled_dimension(left)) if left == right else 0)


@pytest.mark.parametrize("k", [5, 6])
def test_zonal_functions_are_eigenvectors_of_the_loops(k):
    # Σ_q d^loops(p, q) ω^λ(p, q) = Π (d + 2(j−1) − (i−1)); Zinn-Justin 2010.
    p = tuple((i, i + k) for i in range(k))
    counts = Counter(coset_type(p, q) for q in pair_partitions(2 * k))
    for d, (shape, omega) in product((1, 3, 11), zonal_functions(k).items()):
        eigenvalue = prod(d + 2 * j - i for i, part in enumerate(shape) for j in range(part))
        assert sum(count * d ** len(mu) * omega[mu] for mu, count in counts.items()) == eigenvalue


@pytest.mark.parametrize("k", [3, 8])
def test_the_longest_row_and_column_have_the_known_functions(k):
    # ω^(k) = 1 everywhere; ω^(1^k)(μ) = Π (−1/2)^(μ_i − 1).
    table = zonal_functions(k)
    assert set(table[(k,)].values()) == {1}
    assert table[(1,) * k] == {mu: Fraction(-1, 2) ** (k - len(mu)) for mu in partitions(k)}


def tableaux(shape):
    """Standard tableaux counted by taking off corners."""
    if not shape:
        return 1
    corners = [i for i, part in enumerate(shape) if i + 1 == len(shape) or part > shape[i + 1]]
    smaller = ([part - (row == i) for row, part in enumerate(shape)] for i in corners)
    return sum(tableaux(tuple(filter(None, parts))) for parts in smaller)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_dimensions_count_standard_tableaux(k):
    for shape in partitions(k):
        assert doubled_dimension(shape) == tableaux(tuple(2 * part for part in shape))


@pytest.mark.parametrize("k", [0, 3, 9, 12])
def test_dimensions_add_up_to_the_number_of_pairings(k):
    assert sum(map(doubled_dimension, partitions(k))) == factorial(2 * k) // (2**k * factorial(k))
