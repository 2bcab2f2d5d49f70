"""The relations between the inner products of N vectors of ℝᵈ (1.7).

The (d+1)-minors of the Gram matrix vanish; the standard monomials, which no product along the diagonal of such a minor
divides, are independent and as many as the invariants found from scratch; and the minors times monomials span as many
relations as monomials are not standard. Ranks are taken modulo a prime, where they can only fall: each is held against
a bound from the other side, so that all numbers are those over ℚ.

>>> compute_relations(0).verdict, compute_relations(0, minors=lambda d: d + 2).verdict
('holds', 'violated')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement
from random import Random

import numpy as np

from symmetry.checks.computed.cases import Case, compared
from symmetry.checks.computed.completeness import INVARIANTS, monomials
from symmetry.checks.computed.ranks import rank_modulo
from symmetry.checks.computed.rotations import determinant, vectors
from symmetry.completeness.check import equivariant_dimension
from symmetry.evidence import Evidence
from symmetry.invariants.standard import standard_monomials
from symmetry.problem import Problem

__all__ = ["compute_relations"]

PRIME = 2**31 - 1  # so that products of two residues fit into 64 bits
SIZES = tuple({"d": d, "N": N} for d, N in ((1, 3), (2, 3), (2, 4), (3, 2), (3, 4), (2, 1)))
DEGREE = 3  # in the inner products; the first relations are of degree d + 1

Monomial = tuple[tuple[int, int], ...]
Standard = Callable[[int, int, int], Iterator[Monomial]]


def compute_relations(
    seed: int,
    minors: Callable[[int], int] = lambda d: d + 1,
    standard: Standard = standard_monomials,
    left_out: int = 0,
) -> Evidence:
    """1.7: the (d+1)-minors vanish and give all relations, and the standard monomials are a basis.

    Args:
        seed: of the points at which monomials are evaluated.
        minors: the size of the minors, by the dimension.
        standard: N, d and a degree in the vectors to monomials in inner products.
        left_out: how many of the minors are not used.
    """
    rng = Random(seed)
    cases = (
        case for sizes in SIZES for case in _cases(sizes["d"], sizes["N"], minors(sizes["d"]), standard, left_out, rng)
    )
    detail = f"minors vanish, standard monomials are a basis, minors span the relations, up to degree {2 * DEGREE}"
    return compared(cases, detail)


def _cases(d: int, N: int, size: int, standard: Standard, left_out: int, rng: Random) -> Iterator[Case]:
    sizes = {"d": d, "N": N}
    problem = Problem(INVARIANTS, group="O(d)", **sizes)
    Y = vectors(d, N)
    gram = [[sum(row[a] * row[b] for row in Y) for b in range(N)] for a in range(N)]
    found = list(_minors(N, size))[left_out:]
    for rows, columns in found:
        value = determinant([[gram[a][b] for b in columns] for a in rows])
        yield Case(f"the minor of rows {_names(rows)} and columns {_names(columns)}", sizes, str(value), "0")
    for k in range(1, DEGREE + 1):
        basis = list(standard(N, d, 2 * k))
        dimension = equivariant_dimension(problem, 2 * k)
        yield Case(f"standard monomials of degree {k}, and invariants from scratch", sizes, len(basis), dimension)
        yield Case(f"their rank at random points in degree {k}", sizes, _rank_of_values(basis, d, N, rng), len(basis))
        relations = monomials(N, k) - dimension
        what = f"relations of degree {k}: minors times monomials, and monomials that are not standard"
        yield Case(what, sizes, _rank_of_multiples(found, N, k), relations)


def _minors(N: int, size: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Rows and columns of the minors; the transposed ones are the same."""
    return combinations_with_replacement(combinations(range(N), size), 2)


def _rank_of_values(basis: Sequence[Monomial], d: int, N: int, rng: Random) -> int:
    """The rank of the values of monomials at as many points, modulo the prime: at most that over ℚ."""
    points = np.array([rng.randrange(PRIME) for _ in range(len(basis) * d * N)]).reshape(-1, d, N)
    gram = (points[:, :, :, None] * points[:, :, None, :] % PRIME).sum(axis=1) % PRIME
    values = np.ones((len(basis), len(basis)), dtype=np.int64)
    for factors in zip(*basis):
        rows, columns = zip(*factors)
        values = values * gram[:, rows, columns] % PRIME
    return rank_modulo(PRIME, values.tolist())


def _rank_of_multiples(minors: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], N: int, k: int) -> int:
    """The rank of the minors times all monomials, in degree k, modulo the prime: at most that over ℚ.

    They vanish at all points, so they are at most as many as the monomials less the invariants.
    """
    pairs = list(combinations_with_replacement(range(N), 2))
    place = {monomial: index for index, monomial in enumerate(combinations_with_replacement(pairs, k))}
    rows = []
    for rows_of, columns in minors:
        terms = _terms(rows_of, columns)
        for factor in combinations_with_replacement(pairs, k - len(rows_of)) if k >= len(rows_of) else ():
            row = [0] * len(place)
            for monomial, coefficient in terms.items():
                row[place[tuple(sorted((*monomial, *factor)))]] += coefficient
            rows.append(row)
    return rank_modulo(PRIME, rows)


def _terms(rows: tuple[int, ...], columns: tuple[int, ...]) -> Mapping[Monomial, int]:
    """A minor as a polynomial in the inner products y_a·y_b, a ≤ b."""
    if not rows:
        return {(): 1}
    found: Counter[Monomial] = Counter()
    for place, column in enumerate(columns):
        pair = (min(rows[0], column), max(rows[0], column))
        for monomial, coefficient in _terms(rows[1:], columns[:place] + columns[place + 1 :]).items():
            found[tuple(sorted((pair, *monomial)))] += (-1) ** place * coefficient
    return found


def _names(columns: Sequence[int]) -> str:
    return ", ".join(str(a + 1) for a in columns)


COMPUTED: Mapping[str, Callable[[int], Evidence]] = {"gram-relations": compute_relations}
