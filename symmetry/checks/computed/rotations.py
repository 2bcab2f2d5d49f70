"""Rotations without reflections: determinants are new, and how many vectors it takes for them to be (1.9).

From scratch, the polynomial invariants and equivariant maps of SO(d) are compared with those of O(d), degree by degree;
what is new has to be what the determinants add.

>>> compute_rotations(0).verdict, compute_rotations(0, maps_from=lambda d: d).verdict
('holds', 'violated')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from math import comb, prod
from typing import Any

from flint import fmpz_mpoly_ctx

from symmetry.checks.computed.cases import Case, compared, joined
from symmetry.checks.computed.completeness import EQUIVARIANTS, INVARIANTS, Maps
from symmetry.completeness.check import equivariant_dimension
from symmetry.evidence import Evidence
from symmetry.permutations import permutation_sign
from symmetry.problem import Problem

__all__ = ["compute_rotations", "determinant", "vectors"]

SIZES = tuple({"d": d, "N": N} for d, N in ((1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 4), (4, 2)))
PRODUCTS = ({"d": 1, "N": 2}, {"d": 2, "N": 3}, {"d": 3, "N": 4})

Count = Callable[[Problem, int], int]
Polynomial = Any  # flint.fmpz_mpoly: python-flint ships no types


def compute_rotations(
    seed: int,
    counted: Count = equivariant_dimension,
    invariants_from: Callable[[int], int] = lambda d: d,
    maps_from: Callable[[int], int] = lambda d: d - 1,
    determinants: bool = True,
    sign: int = 1,
) -> Evidence:
    """1.9: determinants are new invariants of SO(d) from N = d vectors on, and new equivariant maps from N = d − 1 on.

    Args:
        seed: any integer.
        counted: the dimension of a space of polynomial maps of a degree.
        invariants_from, maps_from: from how many vectors on there is something new, by the dimension.
        determinants: whether, with inner products, they are said to give all invariants and maps under rotations.
        sign: of a product of two determinants as a determinant of inner products.
    """

    def found() -> Iterator[Evidence]:
        yield compared(case for sizes in PRODUCTS for case in _products(**sizes, sign=sign))
        yield Maps(INVARIANTS, "SO(d)", 4, ({"d": 2, "N": 3}, {"d": 3, "N": 4}), determinants).evidence()
        yield Maps(EQUIVARIANTS, "SO(d)", 3, ({"d": 2, "N": 1}, {"d": 3, "N": 2}), determinants).evidence()
        yield compared(_news(counted, invariants_from, maps_from))

    return joined(found(), "in each degree up to d + 1, what is new is what determinants add")


def _news(counted: Count, invariants_from: Callable[[int], int], maps_from: Callable[[int], int]) -> Iterator[Case]:
    for sizes in SIZES:
        d, N = sizes["d"], sizes["N"]
        for text, what, degree, enough in (
            (INVARIANTS, "invariants", d, invariants_from(d)),
            (EQUIVARIANTS, "equivariant maps", d - 1, maps_from(d)),
        ):
            news = []
            for k in range(d + 2):
                special, full = (counted(Problem(text, group=group, **sizes), k) for group in ("SO(d)", "O(d)"))
                news.append(special - full)
            first = next((k for k, number in enumerate(news) if number), "none")
            wanted = degree if N >= enough else "none"
            yield Case(f"the first degree with new {what} under rotations", sizes, first, wanted)
            # the determinants of d vectors; a map is paired with a further vector, so d − 1 are left to choose
            yield Case(f"how many new {what} there are in degree {degree}", sizes, news[degree], comb(N, degree))


# ---------------------------------------------------------------------------------------------------------------
# Products of two determinants


def vectors(d: int, N: int) -> list[list[Polynomial]]:
    """N vectors of ℝᵈ with variables as entries, as the columns of a matrix of polynomials over ℤ."""
    context = fmpz_mpoly_ctx.get([f"Y{i + 1}{a + 1}" for i in range(d) for a in range(N)], "lex")
    entries = context.gens()
    return [list(entries[i * N : (i + 1) * N]) for i in range(d)]


def determinant(matrix: Sequence[Sequence[Polynomial]]) -> Polynomial:
    """The determinant as a sum over permutations."""
    total = 0
    for order in permutations(range(len(matrix))):
        total += permutation_sign(order) * prod(matrix[row][column] for row, column in enumerate(order))
    return total


def _products(d: int, N: int, sign: int) -> Iterator[Case]:
    """det[y_a, a ∈ A] det[y_b, b ∈ B] is the determinant of the inner products y_a·y_b."""
    Y = vectors(d, N)
    for A in combinations(range(N), d):
        for B in combinations(range(N), d):
            if A > B:
                continue
            left, right = (determinant([[row[a] for a in columns] for row in Y]) for columns in (A, B))
            gram = [[sum(row[a] * row[b] for row in Y) for b in B] for a in A]
            what = f"a product of two determinants, of the vectors {_names(A)} and {_names(B)}"
            yield Case(what, {"d": d, "N": N}, str(left * right), str(sign * determinant(gram)))


def _names(columns: Sequence[int]) -> str:
    return ", ".join(f"y{a + 1}" for a in columns)


COMPUTED: Mapping[str, Callable[[int], Evidence]] = {"rotation-invariants": compute_rotations}
