"""False variants of the computed claims: the same computation with something changed; and a harmless one of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations_with_replacement
from math import comb

from symmetry.characters.averages import average_by_shapes
from symmetry.characters.dimensions import dimension
from symmetry.checks.computed.averages import compute_averages, gaussian
from symmetry.checks.computed.completeness import (
    EQUIVARIANTS,
    INVARIANTS,
    MATRICES,
    WITH_KNOWLEDGE,
    Maps,
    from_scratch,
    monomials,
    too_few,
)
from symmetry.checks.computed.counts import compute_counts, compute_permutations
from symmetry.checks.computed.relations import Monomial, compute_relations
from symmetry.checks.computed.rotations import compute_rotations
from symmetry.invariants.standard import standard_monomials
from symmetry.problem import Problem
from symmetry.registry import Variant

ROTATIONS, ADDED, DROPPED = "SO(d) for O(d)", "generator added", "generator dropped"


def _without_determinants(problem: str, degree: int, d: int, **others: int) -> Maps:
    """The maps under rotations, said to be made of inner products alone."""
    return Maps(problem, "SO(d)", degree, ({"d": d, **others},), determinants=False)


def _with_determinants(problem: str, degree: int, d: int, **others: int) -> Maps:
    """The maps under O(d), said to be made of determinants as well."""
    return Maps(problem, "O(d)", degree, ({"d": d, **others},), determinants=True)


# ---------------------------------------------------------------------------------------------------------------

_invariants = (
    Variant("rotations only", ROTATIONS, computed=from_scratch(_without_determinants(INVARIANTS, 4, d=2, N=3))),
    Variant("determinants as well", ADDED, computed=from_scratch(_with_determinants(INVARIANTS, 4, d=2, N=3))),
    Variant(
        "lengths alone",
        DROPPED,
        computed=too_few(
            "polynomials in the y·y",
            Maps(INVARIANTS, "O(d)", 4, ({"d": 3, "N": 2},)),
            lambda k, d, N: comb(N + k - 1, k),
        ),
    ),
    Variant(
        "rotations only, of fewer than d vectors",
        ROTATIONS,
        computed=from_scratch(_without_determinants(INVARIANTS, 4, d=3, N=2)),
        harmless=True,
    ),
)

_equivariants = (
    Variant("rotations only", ROTATIONS, computed=from_scratch(_without_determinants(EQUIVARIANTS, 3, d=3, N=2))),
    Variant("cross products as well", ADDED, computed=from_scratch(_with_determinants(EQUIVARIANTS, 3, d=3, N=2))),
    Variant(
        "X g₁ alone",
        "term dropped",
        computed=too_few(
            "of the form X g₁(A, B, C)",
            Maps(WITH_KNOWLEDGE, "O(d)", 3, ({"d": 4, "n": 1, "m": 2},)),
            lambda k, d, n, m: n * monomials(n + m, k),
        ),
    ),
    Variant(
        "coefficients that do not see B",
        "argument dropped",
        computed=too_few(
            "of the form X g₁(A, C) + Z g₂(A, C)",
            Maps(WITH_KNOWLEDGE, "O(d)", 3, ({"d": 4, "n": 1, "m": 2},)),
            lambda k, d, n, m: (n + m) * comb((n * (n + 1) + m * (m + 1)) // 2 + k - 1, k),
        ),
    ),
    Variant(
        "rotations only, of at most d − 2 vectors",
        ROTATIONS,
        computed=from_scratch(_without_determinants(EQUIVARIANTS, 4, d=4, N=2)),
        harmless=True,
    ),
)

_KNOWLEDGE = Maps(MATRICES, "O(d)", 4, ({"d": 3, "m": 2},))
_matrices = (
    Variant("rotations only", ROTATIONS, computed=from_scratch(_without_determinants(MATRICES, 3, d=3, m=1))),
    Variant(
        "β symmetric",
        "too narrow",
        computed=too_few(
            "of the form α I + Z β Zᵀ with β symmetric",
            _KNOWLEDGE,
            lambda k, d, m: monomials(m, k) + m * (m + 1) // 2 * monomials(m, k - 1),
        ),
    ),
    Variant(
        "without α I",
        "term dropped",
        computed=too_few("of the form Z β Zᵀ", _KNOWLEDGE, lambda k, d, m: m * m * monomials(m, k - 1)),
    ),
    Variant(
        "rotations only, of at most d − 3 vectors",
        ROTATIONS,
        computed=from_scratch(_without_determinants(MATRICES, 3, d=4, m=1)),
        harmless=True,
    ),
)

# ---------------------------------------------------------------------------------------------------------------

_averages = (
    Variant("independent normal entries", "Wick's rule", computed=partial(compute_averages, weight=gaussian)),
    Variant("one loop more", "wrong exponent", computed=partial(compute_averages, dual=lambda loops: loops + 1)),
    Variant(
        "rotations only",
        ROTATIONS,
        computed=partial(compute_averages, components=(1,), numeric=((2, 1), (2, 2))),
    ),
    Variant(
        "rotations only, at odd d",
        ROTATIONS,
        computed=partial(compute_averages, components=(1,), numeric=((1, 2), (3, 1), (3, 2))),
        harmless=True,
    ),
)


def _every_monomial(N: int, d: int, degree: int) -> Iterator[Monomial]:
    pairs = combinations_with_replacement(range(N), 2)
    return combinations_with_replacement(pairs, degree // 2)


def _reversed(N: int, d: int, degree: int) -> Iterator[Monomial]:
    """Standard monomials in the vectors counted from the last."""
    for monomial in standard_monomials(N, d, degree):
        yield tuple(sorted((N - 1 - b, N - 1 - a) for a, b in monomial))


_relations = (
    Variant("d-minors", "wrong size", computed=partial(compute_relations, minors=lambda d: d)),
    Variant("(d+2)-minors", "too few relations", computed=partial(compute_relations, minors=lambda d: d + 2)),
    Variant("one minor left out", "relation dropped", computed=partial(compute_relations, left_out=1)),
    Variant(
        "every monomial is standard", "condition dropped", computed=partial(compute_relations, standard=_every_monomial)
    ),
    Variant(
        "the vectors in reverse order",
        "renumbered",
        computed=partial(compute_relations, standard=_reversed),
        harmless=True,
    ),
)

_counts = (
    Variant("rotations only", ROTATIONS, computed=partial(compute_counts, group="SO")),
    Variant("partitions of any length", "bound dropped", computed=partial(compute_counts, rows=lambda d: None)),
    Variant("the shapes μ for 2μ", "wrong shape", computed=partial(compute_counts, shape=lambda mu: mu)),
    Variant(
        "N(N+1)/2 for all N", "condition dropped", computed=partial(compute_counts, rank=lambda d, N: N * (N + 1) // 2)
    ),
    Variant(
        "characters by border strips",
        "other method",
        computed=partial(compute_counts, average=average_by_shapes),
        harmless=True,
    ),
)

_rotations = (
    Variant("new maps from d vectors on", "wrong bound", computed=partial(compute_rotations, maps_from=lambda d: d)),
    Variant(
        "new invariants from d + 1 vectors on",
        "wrong bound",
        computed=partial(compute_rotations, invariants_from=lambda d: d + 1),
    ),
    Variant("inner products alone", DROPPED, computed=partial(compute_rotations, determinants=False)),
    Variant("minus a product of determinants", "wrong sign", computed=partial(compute_rotations, sign=-1)),
    Variant(
        "counted by characters", "other method", computed=partial(compute_rotations, counted=dimension), harmless=True
    ),
)


def _one_stays(problem: Problem, degree: int) -> int:
    """The dimension when the last token stays in its place."""
    sizes = {"d": problem.size("d"), "m": problem.size("m")}
    n = problem.size("n") - 1
    has_outputs = bool(problem.outputs[0].axes)
    if n == 0:
        return dimension(Problem(f"x: d, Z: d m -> {'d' * has_outputs}", group="O(d) x S(m)", **sizes), degree)
    text = f"X: d n, x: d, Z: d m -> {'d n, d' if has_outputs else ''}"
    return dimension(Problem(text, group="O(d) x S(n) x S(m)", n=n, **sizes), degree)


def _apart(problem: Problem, degree: int) -> int:
    """The dimension, by the degree in the tokens and that in the knowledge."""
    return sum(dimension(problem, {"X": k, "Z": degree - k}) for k in range(degree + 1))


_permutations = (
    Variant("knowledge in order", "group too small", computed=partial(compute_permutations, enumerated="O(d) x S(n)")),
    Variant("rotations only", ROTATIONS, computed=partial(compute_permutations, group="SO(d) x S(n) x S(m)")),
    Variant("one token stays in its place", DROPPED, computed=partial(compute_permutations, counted=_one_stays)),
    Variant("degrees apart", "other method", computed=partial(compute_permutations, counted=_apart), harmless=True),
)

VARIANTS = {
    "polynomial-invariants": _invariants,
    "haar-average": _averages,
    "gram-relations": _relations,
    "invariant-counts": _counts,
    "rotation-invariants": _rotations,
    "polynomial-equivariants": _equivariants,
    "polynomial-matrices": _matrices,
    "permutation-counts": _permutations,
}
