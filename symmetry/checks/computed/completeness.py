"""Polynomial maps computed from scratch: in each degree there are no others than those of the form.

The space of all polynomial maps with a symmetry is computed from the definition (root vectors, one reflection,
transpositions) and compared with what inner products, and for rotations determinants, give
(:mod:`symmetry.completeness.check`). It is what claims about polynomials stand on, and evidence for the claims
about all maps: where those say that every map is of a form, here is every polynomial map of low degree.

>>> from_scratch(Maps("Y: d N -> ", "O(d)", 2, ({"d": 2, "N": 3},)))(0).verdict
'holds'
>>> rotations = Maps("Y: d N -> ", "SO(d)", 2, ({"d": 2, "N": 3},), determinants=False)
>>> from_scratch(rotations)(0).verdict
'violated'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from symmetry.checks.computed.cases import Case, compared, joined
from symmetry.completeness.check import check_completeness, equivariant_dimension
from symmetry.evidence import Evidence
from symmetry.problem import Problem

__all__ = [
    "EQUIVARIANTS",
    "INVARIANTS",
    "MATRICES",
    "WITH_KNOWLEDGE",
    "Maps",
    "from_scratch",
    "monomials",
    "too_few",
]

INVARIANTS, EQUIVARIANTS = "Y: d N -> ", "Y: d N -> d"
WITH_KNOWLEDGE, MATRICES = "X: d n, Z: d m -> d", "Z: d m -> d d"
SEQUENCES = "X: d n, Z: d m -> d n"

Sizes = Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class Maps:
    """The polynomial maps of a problem, of every degree up to a bound, at some sizes.

    Args:
        problem, group: as in :class:`symmetry.problem.Problem`.
        degree: the highest.
        sizes: of the axes.
        determinants: whether forms are made of determinants too; by default, as the invariants of the group are.
    """

    problem: str
    group: str
    degree: int
    sizes: Sizes
    determinants: bool | None = None

    def evidence(self) -> Evidence:
        """Whether from scratch there are no others than the forms."""
        degrees = range(self.degree + 1)
        problem = Problem(self.problem, group=self.group)
        return check_completeness(problem, degrees, self.sizes, determinants=self.determinants)


def from_scratch(*spaces: Maps) -> Callable[[int], Evidence]:
    """The computation that none of these spaces has more in it than the forms."""
    highest = sorted({maps.degree for maps in spaces})
    up_to = " and ".join(map(str, highest))
    return lambda seed: joined((maps.evidence() for maps in spaces), f"from scratch no others up to degree {up_to}")


def monomials(vectors: int, degree: int) -> int:
    """How many monomials of a degree there are in the inner products of these vectors.

    >>> [monomials(2, k) for k in range(4)]
    [1, 3, 6, 10]
    """
    pairs = vectors * (vectors + 1) // 2
    return comb(pairs + degree - 1, degree) if degree >= 0 else 0


def too_few(what: str, maps: Maps, forms: Callable[..., int]) -> Callable[[int], Evidence]:
    """The computation that a space has no more dimensions than some forms, for forms that are not all of them.

    Args:
        what: what the forms are, in words.
        maps: all maps.
        forms: at most how many of these forms are independent: of half the degree, rounded down, and the sizes.
    """

    def counted(seed: int) -> Evidence:
        problem = Problem(maps.problem, group=maps.group)
        return compared(
            Case(
                f"from scratch there are more maps of degree {degree} than {what}",
                sizes,
                equivariant_dimension(problem.at(**sizes), degree),
                forms(degree // 2, **sizes),
            )
            for sizes in maps.sizes
            for degree in range(maps.degree % 2, maps.degree + 1, 2)
        )

    return counted


COMPUTED: Mapping[str, Callable[[int], Evidence]] = {
    "polynomial-invariants": from_scratch(
        Maps(INVARIANTS, "O(d)", 6, tuple({"d": d, "N": N} for d, N in ((1, 3), (2, 3), (2, 4), (3, 2), (3, 4))))
    ),
    "polynomial-equivariants": from_scratch(
        Maps(EQUIVARIANTS, "O(d)", 5, ({"d": 1, "N": 2}, {"d": 2, "N": 3}, {"d": 3, "N": 2})),
        Maps(WITH_KNOWLEDGE, "O(d)", 5, ({"d": 3, "n": 1, "m": 2}, {"d": 2, "n": 3, "m": 1})),
    ),
    "polynomial-matrices": from_scratch(
        Maps(MATRICES, "O(d)", 4, ({"d": 1, "m": 2}, {"d": 2, "m": 3}, {"d": 3, "m": 1}, {"d": 3, "m": 2}))
    ),
    # Evidence beside derivations.
    "invariant-functions": from_scratch(Maps(INVARIANTS, "O(d)", 4, ({"d": 3, "N": 1}, {"d": 2, "N": 5}))),
    "invariant-functions-with-knowledge": from_scratch(
        Maps("X: d n, Z: d m -> ", "O(d)", 4, ({"d": 3, "n": 1, "m": 2}, {"d": 2, "n": 1, "m": 3}))
    ),
    "span": from_scratch(Maps(EQUIVARIANTS, "O(d)", 3, ({"d": 3, "N": 1}, {"d": 2, "N": 4}, {"d": 3, "N": 4}))),
    "representation": from_scratch(
        Maps("Y: d N -> d k", "O(d)", 3, ({"d": 3, "N": 2, "k": 4}, {"d": 2, "N": 3, "k": 1}))
    ),
    "central-theorem": from_scratch(
        Maps("X: d n, Z: d m -> d k", "O(d)", 3, ({"d": 2, "n": 3, "m": 1, "k": 4}, {"d": 4, "n": 1, "m": 2, "k": 3}))
    ),
    "matrix-valued": from_scratch(Maps(MATRICES, "O(d)", 4, ({"d": 4, "m": 1}, {"d": 2, "m": 1}))),
    "both-symmetries": from_scratch(
        Maps(SEQUENCES, "O(d) x S(n)", 3, ({"d": 2, "n": 3, "m": 1}, {"d": 3, "n": 2, "m": 1}))
    ),
    "unordered-knowledge": from_scratch(
        Maps(SEQUENCES, "O(d) x S(n) x S(m)", 3, ({"d": 3, "n": 1, "m": 2}, {"d": 1, "n": 2, "m": 3}))
    ),
}
