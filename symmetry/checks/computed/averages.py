"""Averages over O(d) of products of entries, and so of inner products, by pairings (1.6).

The matrix of Weingarten functions is held against the matrix d^loops whose inverse it is, at symbolic d; at an integer
d below the order, against the four equations of Moore and Penrose. Then averages of products of entries are integrated
without any of this: over the signs of O(1), the angles of O(2), and the unit quaternions of O(3).

>>> compute_averages(0).verdict, compute_averages(0, weight=gaussian).verdict
('holds', 'violated')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations_with_replacement
from math import prod
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly

from symmetry.checks.computed.cases import Case, compared
from symmetry.evidence import Evidence
from symmetry.haar.pairings import Pairing, coset_type, pair_partitions
from symmetry.haar.weingarten import Quotient, exact_table

__all__ = ["compute_averages", "gaussian", "integrated", "weingarten"]

SYMBOLIC = (1, 2, 3)
# d and the order k, on both sides of d = k
NUMERIC = ((1, 2), (1, 3), (2, 1), (2, 3), (3, 2))
MOST = 40  # products of entries at each size; all of them where there are no more

Weight = Callable[[Pairing, Pairing, int], Fraction]
Entries = Sequence[tuple[int, int]]
Polynomial = Mapping[tuple[int, ...], int]  # exponents -> coefficient


def weingarten(p: Pairing, q: Pairing, d: int) -> Fraction:
    """The Weingarten function at an integer d.

    >>> weingarten(((0, 1),), ((0, 1),), 3)
    Fraction(1, 3)
    """
    value = exact_table(len(p), d)[coset_type(p, q)]
    if isinstance(value, Quotient):
        return value.at(d)
    return value


def gaussian(p: Pairing, q: Pairing, d: int) -> Fraction:
    """What would stand in its place if the entries were independent and normal, of variance 1/d (Wick's rule).

    >>> gaussian(((0, 1),), ((0, 1),), 3)
    Fraction(1, 3)
    """
    return Fraction(p == q, d ** len(p))


def compute_averages(
    seed: int,
    weight: Weight = weingarten,
    dual: Callable[[int], int] = lambda loops: loops,
    components: Sequence[int] = (1, -1),
    numeric: Sequence[tuple[int, int]] = NUMERIC,
) -> Evidence:
    """1.6: averages over O(d) are sums over pairs of pairings, weighted by the Moore–Penrose inverse of d^loops.

    Args:
        seed: of the products of entries, where there are too many to look at all of them.
        weight: what stands for the Weingarten function.
        dual: the exponent of d by the number of loops.
        components: determinants of the matrices over which the integrals are.
        numeric: pairs of d and the order.
    """
    rng = Random(seed)
    cases = chain(
        *(_inverse(order, dual) for order in SYMBOLIC),
        *(_penrose(d, order, weight, dual) for d, order in numeric),
        *(_integrals(d, order, weight, components, rng) for d, order in numeric),
    )
    return compared(cases, "inverse at symbolic d, Moore–Penrose inverse at integer d, and integrals without either")


def _inverse(order: int, dual: Callable[[int], int]) -> Iterator[Case]:
    """Wg d^loops = I at symbolic d, in the first row: renumbering points carries it to any other."""
    pairings = list(pair_partitions(2 * order))
    table = exact_table(order, None)
    for q in pairings:
        total = Quotient(0, {})
        for r in pairings:
            value = table[coset_type(pairings[0], r)]
            loops = Quotient(_power(dual(len(coset_type(r, q)))), {})
            if isinstance(value, Quotient):
                total = total + value * loops
        wanted = Quotient(int(q == pairings[0]), {})
        what = "an entry of the product of the matrix of Weingarten functions and d^loops"
        yield Case(what, {"pairs": order}, _text(total), _text(wanted))


def _penrose(d: int, order: int, weight: Weight, dual: Callable[[int], int]) -> Iterator[Case]:
    """The equations of Penrose; both matrices are symmetric and so are their products, which commute."""
    pairings = list(pair_partitions(2 * order))
    size = len(pairings)
    types = [[coset_type(p, q) for q in pairings] for p in pairings]
    powers = fmpq_mat(size, size, [fmpq(d) ** dual(len(mu)) for row in types for mu in row])
    weights = fmpq_mat(size, size, [_rational(weight(p, q, d)) for p in pairings for q in pairings])
    sizes = {"d": d, "pairs": order}
    for what, left, right in (
        ("M W M = M for M = d^loops", powers * weights * powers, powers),
        ("W M W = W for M = d^loops", weights * powers * weights, weights),
        ("M W is symmetric for M = d^loops", powers * weights, (powers * weights).transpose()),
        ("W M is symmetric for M = d^loops", weights * powers, (weights * powers).transpose()),
    ):
        yield Case(what, sizes, tuple(map(tuple, left.tolist())), tuple(map(tuple, right.tolist())))


def _integrals(d: int, order: int, weight: Weight, components: Sequence[int], rng: Random) -> Iterator[Case]:
    places = [(i, j) for i in range(d) for j in range(d)]
    pairings = list(pair_partitions(2 * order))
    chosen = list(combinations_with_replacement(places, 2 * order))
    if len(chosen) > MOST:
        chosen = rng.sample(chosen, MOST)
    for entries in chosen:
        rows, columns = ([p for p in pairings if _constant(p, [e[side] for e in entries])] for side in (0, 1))
        total = sum((weight(p, q, d) for p in rows for q in columns), Fraction(0))
        what = f"the average of {' '.join(f'Q{i + 1}{j + 1}' for i, j in entries)}, by pairings and integrated"
        yield Case(what, {"d": d, "pairs": order}, total, integrated(entries, d, components))


def _constant(pairing: Pairing, labels: Sequence[int]) -> bool:
    return all(labels[a] == labels[b] for a, b in pairing)


# ---------------------------------------------------------------------------------------------------------------
# Integrals without pairings


def integrated(entries: Entries, d: int, components: Sequence[int] = (1, -1)) -> Fraction:
    """The average of a product of entries over the components of O(d), for d ≤ 3, from a parametrisation.

    Args:
        entries: rows and columns, from 0.
        d: 1, 2 or 3.
        components: the determinants; with both, the average over O(d).

    >>> integrated(((0, 0), (0, 0)), 3), integrated(((0, 0), (1, 1)), 2, components=(1,))
    (Fraction(1, 3), Fraction(1, 2))
    """
    matrix = _PARAMETERS[d]
    one: Polynomial = {(0,) * len(next(iter(matrix[0][0]))): 1}
    polynomial = _multiplied(one, (matrix[i][j] for i, j in entries))
    rotations = sum((c * _on_sphere(exponents) for exponents, c in polynomial.items()), Fraction(0))
    # reflections are rotations times diag(−1, 1, …, 1)
    reflections = rotations * (-1) ** sum(column == 0 for _, column in entries)
    return sum((rotations if component == 1 else reflections for component in components), Fraction(0)) / len(
        components
    )


# The entries as polynomials: a number, in (cos, sin), and in unit quaternions (Euler and Rodrigues).
_PARAMETERS: Mapping[int, Sequence[Sequence[Polynomial]]] = {
    1: (({(): 1},),),
    2: (({(1, 0): 1}, {(0, 1): -1}), ({(0, 1): 1}, {(1, 0): 1})),
    3: (
        (
            {(2, 0, 0, 0): 1, (0, 2, 0, 0): 1, (0, 0, 2, 0): -1, (0, 0, 0, 2): -1},
            {(0, 1, 1, 0): 2, (1, 0, 0, 1): -2},
            {(0, 1, 0, 1): 2, (1, 0, 1, 0): 2},
        ),
        (
            {(0, 1, 1, 0): 2, (1, 0, 0, 1): 2},
            {(2, 0, 0, 0): 1, (0, 2, 0, 0): -1, (0, 0, 2, 0): 1, (0, 0, 0, 2): -1},
            {(0, 0, 1, 1): 2, (1, 1, 0, 0): -2},
        ),
        (
            {(0, 1, 0, 1): 2, (1, 0, 1, 0): -2},
            {(0, 0, 1, 1): 2, (1, 1, 0, 0): 2},
            {(2, 0, 0, 0): 1, (0, 2, 0, 0): -1, (0, 0, 2, 0): -1, (0, 0, 0, 2): 1},
        ),
    ),
}


def _multiplied(start: Polynomial, factors: Iterable[Polynomial]) -> Polynomial:
    found: Polynomial = start
    for factor in factors:
        longer: Counter[tuple[int, ...]] = Counter()
        for left, a in found.items():
            for right, b in factor.items():
                longer[tuple(map(sum, zip(left, right)))] += a * b
        found = longer
    return found


def _on_sphere(exponents: Sequence[int]) -> Fraction:
    """The average of a monomial over the unit sphere: Π (kᵢ − 1)!! / (D (D + 2) … (D + k − 2)), or 0 with an odd kᵢ."""
    if any(k % 2 for k in exponents):
        return Fraction(0)
    above = prod(prod(range(1, k, 2)) for k in exponents)
    return Fraction(above, prod(len(exponents) + j for j in range(0, sum(exponents), 2)))


def _power(exponent: int) -> Any:
    return fmpq_poly([0] * exponent + [1])


def _rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _text(value: Quotient) -> str:
    reduced = value.reduced()
    terms = [f"{c} d^{power}" for power, c in enumerate(reduced.numerator.coeffs()) if c]
    factors = [f"(d + {c})^{m}" for c, m in sorted(reduced.shifts.items())]
    return " ".join([f"({' + '.join(terms) or 0})", *(f"/ {factor}" for factor in factors)])


COMPUTED: Mapping[str, Callable[[int], Evidence]] = {"haar-average": compute_averages}
