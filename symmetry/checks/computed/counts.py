"""Dimensions of spaces of invariants and equivariant maps, each found in several ways that have nothing in common.

For O(d) on N vectors (1.8): standard monomials enumerated one by one; a sum over partitions, by hook lengths; and
characters integrated over both components (Molien and Weyl). With permutations as well (4.5): characters, bases of
orbit sums enumerated one by one, and the space from scratch.

>>> compute_counts(0).verdict, compute_counts(0, group="SO").verdict
('holds', 'violated')
>>> compute_permutations(0).verdict, compute_permutations(0, enumerated="O(d) x S(n)").verdict
('holds', 'violated')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from random import Random

from symmetry.characters.averages import average_over_classes
from symmetry.characters.dimensions import dimension
from symmetry.checks.computed.cases import Case, compared
from symmetry.checks.computed.ranks import rank_modulo
from symmetry.completeness.check import equivariant_dimension
from symmetry.evidence import Evidence
from symmetry.invariants.configuration import Configuration
from symmetry.invariants.orbit_sums import OrbitSums
from symmetry.invariants.standard import standard_monomials
from symmetry.partitions import Partition, centraliser, partitions
from symmetry.problem import Problem

__all__ = ["compute_counts", "compute_permutations", "doubled", "hook_content", "independent"]

PRIME = 2**61 - 1
SIZES = tuple({"d": d, "N": N} for d, N in ((1, 3), (2, 3), (2, 5), (3, 2), (3, 4), (4, 1)))
DEGREE = 6
RANKS = tuple({"d": d, "N": N} for d in (1, 2, 3, 4) for N in (1, 2, 3, 5, 6) if N != d)

Average = Callable[[str, int, Partition], int]


def doubled(mu: Partition) -> Partition:
    """2μ, the shape with only even rows.

    >>> doubled((3, 1))
    (6, 2)
    """
    return tuple(2 * part for part in mu)


def hook_content(shape: Partition, N: int) -> int:
    """The dimension of the Schur functor S_λ(ℂᴺ): the product of (N + content) / (hook length) over the boxes.

    Source: R. Stanley, Theory and application of plane partitions, 1971.

    >>> hook_content((2, 1), 3), hook_content((1, 1, 1), 2)
    (8, 0)
    """
    value = Fraction(1)
    for i, part in enumerate(shape):
        for j in range(part):
            leg = sum(other > j for other in shape[i + 1 :])
            value *= Fraction(N + j - i, part - j + leg)
    return int(value)


def independent(d: int, N: int) -> int:
    """How many inner products of N vectors of ℝᵈ are functionally independent.

    >>> independent(5, 3), independent(3, 5)
    (6, 12)
    """
    return N * (N + 1) // 2 if N <= d else N * d - d * (d - 1) // 2


def compute_counts(
    seed: int,
    group: str = "O",
    average: Average = average_over_classes,
    shape: Callable[[Partition], Partition] = doubled,
    rows: Callable[[int], int] = lambda d: d,
    rank: Callable[[int, int], int] = independent,
) -> Evidence:
    """1.8: three counts of the invariants agree in each degree, and so many of the inner products are independent.

    Args:
        seed: of the points at which ranks are taken.
        group: over which characters are averaged.
        average: the average of a product of traces of powers.
        shape: the shape that a partition of the degree in inner products stands for.
        rows: how many parts there may be, by the dimension.
        rank: d and N to the number of independent inner products.
    """
    cases = chain(_ranks(rank, Random(seed)), _counts(group, average, shape, rows))
    detail = f"enumerated, by hook lengths and by characters alike up to degree {DEGREE}; and ranks of the differential"
    return compared(cases, detail)


def _counts(
    group: str, average: Average, shape: Callable[[Partition], Partition], rows: Callable[[int], int]
) -> Iterator[Case]:
    for sizes in SIZES:
        d, N = sizes["d"], sizes["N"]
        for degree in range(DEGREE + 1):
            enumerated = sum(1 for _ in standard_monomials(N, d, degree))
            halves = partitions(degree // 2, most=rows(d)) if degree % 2 == 0 else ()
            hooks = sum(hook_content(shape(mu), N) for mu in halves)
            yield Case(f"invariants of degree {degree}: enumerated, and by hook lengths", sizes, enumerated, hooks)
            # the average of h_k of N copies of the vectors
            terms = (Fraction(N ** len(mu) * average(group, d, mu), centraliser(mu)) for mu in partitions(degree))
            characters = sum(terms, Fraction(0))
            yield Case(f"invariants of degree {degree}: enumerated, and by characters", sizes, enumerated, characters)


def _ranks(rank: Callable[[int, int], int], rng: Random) -> Iterator[Case]:
    """The rank of the differential of Y ↦ YᵀY, bounded from both sides.

    Modulo a prime ranks can only fall, so one bound is the rank of the differential at a point. The other is that it
    vanishes on the directions ΩY, Ω skew: the rank is at most Nd less their dimension.
    """
    for sizes in RANKS:
        d, N = sizes["d"], sizes["N"]
        y = [[rng.randrange(PRIME) for _ in range(N)] for _ in range(d)]
        places = [(i, a) for i in range(d) for a in range(N)]
        differential = [
            [(y[i][b] if c == a else 0) + (y[i][a] if c == b else 0) for i, c in places]
            for a in range(N)
            for b in range(a, N)
        ]
        turning = [
            [(y[j][c] if k == i else 0) - (y[i][c] if k == j else 0) for k, c in places]
            for i in range(d)
            for j in range(i)
        ]
        wanted, below = rank(d, N), rank_modulo(PRIME, differential)
        yield Case("independent inner products: the rank of their differential", sizes, below, wanted)
        above = N * d - rank_modulo(PRIME, turning)
        yield Case("independent inner products: all directions less the turning ones", sizes, above, wanted)


# ---------------------------------------------------------------------------------------------------------------
# With permutations

_GROUP = "O(d) x S(n) x S(m)"
_MAPS, _NUMBERS = "X: d n, Z: d m -> d n", "X: d n, Z: d m -> "
_PERMUTED = ((1, 3, 2), (2, 3, 1), (3, 1, 2))


def compute_permutations(
    seed: int, group: str = _GROUP, enumerated: str = _GROUP, counted: Callable[[Problem, int], int] = dimension
) -> Evidence:
    """4.5: under O(d) × S(n) × S(m), characters, orbit sums and the space from scratch have one dimension.

    Args:
        seed: any integer.
        group: over which characters are averaged.
        enumerated: under which bases are enumerated and spaces computed.
        counted: the dimension by characters.
    """
    return compared(_permuted(group, enumerated, counted), "characters, orbit sums and from scratch alike")


def _permuted(group: str, enumerated: str, counted: Callable[[Problem, int], int]) -> Iterator[Case]:
    for values in _PERMUTED:
        sizes = dict(zip(("d", "n", "m"), values))
        for text, what, degrees in ((_NUMBERS, "invariants", (2, 4)), (_MAPS, "equivariant maps", (1, 3))):
            problem = Problem(text, group=enumerated, **sizes)
            for degree in degrees:
                characters = counted(Problem(text, group=group, **sizes), degree)
                orbits = sum(1 for _ in OrbitSums(Configuration.of(problem), degree))
                what_else = f"{what} of degree {degree}: by characters, and"
                yield Case(f"{what_else} as orbit sums", sizes, characters, orbits)
                yield Case(f"{what_else} from scratch", sizes, characters, equivariant_dimension(problem, degree))


COMPUTED: Mapping[str, Callable[[int], Evidence]] = {
    "invariant-counts": compute_counts,
    "permutation-counts": compute_permutations,
}
