"""The sampled checks hold for the true laws, and find every planted fault through the same code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from symmetry.checks.sampled import SAMPLED
from symmetry.checks.sampled.combinations import COMBINATIONS
from symmetry.checks.sampled.equivariants import (
    coefficients,
    sample_coefficients,
    sample_converse,
    sample_representation,
    sample_span,
)
from symmetry.checks.sampled.functions import (
    EQUIVARIANT,
    INVARIANT,
    Law,
    finite_group,
    pseudoinverse,
    with_knowledge,
)
from symmetry.checks.sampled.invariants import (
    GRAM,
    sample_completeness,
    sample_factorisation,
    sample_gram_invariance,
    sample_reflection,
)
from symmetry.checks.sampled.points import knowledge_points, orbits, random_state, rotations, transforms, vector_points
from symmetry.checks.sampled.reflections import Transported, reflector, transport
from symmetry.checks.sampled.rounding import SHARP, Array, norm, weigh
from symmetry.evidence import Evidence

JOINT = tuple(map(with_knowledge, EQUIVARIANT))
JOINT_INVARIANT = tuple(map(with_knowledge, INVARIANT))

represent_joint = partial(sample_representation, points=knowledge_points)
factorise_joint = partial(sample_factorisation, points=knowledge_points)

# Every check of an equivariant law, with the laws it takes.
OF_EQUIVARIANT: dict[str, tuple[Callable[..., Evidence], tuple[Law, ...]]] = {
    "span": (sample_span, EQUIVARIANT),
    "invariant-coefficients": (sample_coefficients, EQUIVARIANT),
    "representation": (sample_representation, EQUIVARIANT),
    "representation-with-knowledge": (represent_joint, JOINT),
    "converse": (sample_converse, COMBINATIONS),
}


CHECK_AND_LAW = [
    pytest.param(check, law, id=f"{name}-{law.name.partition(' ')[0]}")
    for name, (check, laws) in OF_EQUIVARIANT.items()
    for law in laws
]
# Sizes with N = d - 1 are (5, 4), and for one input also (3, 2), the only one of the group average.
WITH_ROOM_FOR_A_CROSS_PRODUCT = [
    case for case in CHECK_AND_LAW if case.values[1].applies(5, 4) or case.values[0] is not represent_joint
]


def ids(law: Law) -> str:
    return law.name


# -- true laws --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", SAMPLED)
@pytest.mark.parametrize("seed", [*range(6), -1, 2**70])
def test_true_claim_holds(claim: str, seed: int) -> None:
    evidence = SAMPLED[claim](seed)
    assert evidence.verdict == "holds", (evidence.detail, evidence.counterexample)
    assert evidence.method == "sampled" and evidence.seed == seed and not evidence.skipped
    assert evidence.residual is not None and evidence.tolerance is not None
    assert 0 < evidence.residual <= evidence.tolerance <= SHARP


@pytest.mark.parametrize("claim", SAMPLED)
def test_same_seed_gives_same_evidence(claim: str) -> None:
    assert SAMPLED[claim](7) == SAMPLED[claim](7)
    assert SAMPLED[claim](7) != SAMPLED[claim](8)


@pytest.mark.parametrize("claim", [claim for claim in SAMPLED if claim != "reflection"])
def test_sizes_lie_below_and_above_the_dimension(claim: str) -> None:
    sizes = SAMPLED[claim](0).sizes
    totals = [(s["d"], s["N"] if "N" in s else s["n"] + s["m"]) for s in sizes]
    assert any(total < d for d, total in totals) and any(total > d for d, total in totals)
    for s in sizes:
        if "n" in s:
            assert len({s["d"], s["n"], s["m"]}) == 3


def test_both_components_are_sampled() -> None:
    determinants = [np.linalg.det(q) for q in rotations(np.random.default_rng(0), 5)]
    assert np.allclose(determinants, [1, -1])


@pytest.mark.parametrize("law", [*EQUIVARIANT, *INVARIANT], ids=ids)
def test_library_law_has_its_symmetry(law: Law) -> None:
    rng = np.random.default_rng(1)
    found = [c for p in vector_points(rng) for c in transforms(law, p, rng, "f(QY) = Qf(Y)")]
    joint = with_knowledge(law)
    found += [c for p in knowledge_points(rng) for c in transforms(joint, p, rng, "f(QX, QZ) = Qf(X, Z)")]
    assert weigh(found, 0).verdict == "holds"


@pytest.mark.parametrize("law", [*EQUIVARIANT, *INVARIANT, *map(coefficients, EQUIVARIANT), GRAM], ids=ids)
def test_lipschitz_constant_bounds_the_change(law: Law) -> None:
    """Vectors that keep their rank are moved by a small step; the value moves by at most L times that."""
    rng = np.random.default_rng(2)
    for point in vector_points(rng):
        if law.applies(*point.y.shape):
            for _ in range(20):
                left, right = (np.eye(k) + 1e-6 * rng.standard_normal((k, k)) for k in point.y.shape)
                moved = left @ point.y @ right
                change = norm(law.call(moved) - law.call(point.y))
                assert change <= 1.001 * law.lipschitz(point.y) * norm(moved - point.y) + 1e-13


@pytest.mark.parametrize("law", [*JOINT, *COMBINATIONS], ids=ids)
def test_lipschitz_constant_bounds_the_change_with_knowledge(law: Law) -> None:
    rng = np.random.default_rng(3)
    for point in knowledge_points(rng):
        if law.applies(*point.y.shape) and point.rank == min(point.y.shape):
            for _ in range(20):
                moved = point.y + 1e-6 * rng.standard_normal(point.y.shape)
                change = norm(law.call(*point.split(moved)) - law.call(*point.parts))
                assert change <= 1.001 * law.lipschitz(*point.parts) * norm(moved - point.y) + 1e-13


@pytest.mark.parametrize("d", [2, 3])
def test_finite_group_averages_like_the_orthogonal_group(d: int) -> None:
    """⟨Q₁₁⁴⟩ = 3/(d(d+2)), ⟨Q₁₁²Q₁₂²⟩ = 1/(d(d+2)), ⟨Q₁₁²Q₂₂²⟩ = (d+1)/((d-1)d(d+2)); odd moments vanish."""
    q = finite_group(d)
    assert np.allclose(q @ q.transpose(0, 2, 1), np.eye(d), atol=1e-14)
    assert np.isclose(np.linalg.det(q).sum(), 0)
    a, b, c = q[:, 0, 0], q[:, 0, 1], q[:, 1, 1]
    assert np.isclose(np.mean(a**4), 3 / (d * (d + 2)))
    assert np.isclose(np.mean(a**2 * b**2), 1 / (d * (d + 2)))
    assert np.isclose(np.mean(a**2 * c**2), (d + 1) / ((d - 1) * d * (d + 2)))
    assert np.allclose([np.mean(a), np.mean(a**3), np.mean(a**2 * c), np.mean(a**3 * b)], 0)


def test_group_average_of_cubes_is_the_known_polynomial() -> None:
    average = EQUIVARIANT[-1]
    for d in (2, 3):
        y = np.arange(1.0, d + 1)[:, None]
        assert np.allclose(average.call(y), 2 * 3 / (d + 2) * (y.T @ y) * y)


def test_other_vectors_have_the_same_gram_matrix() -> None:
    rng = np.random.default_rng(4)
    for point in vector_points(rng):
        names = []
        for orbit in orbits(point, rng):
            names.append(orbit.name)
            assert norm(orbit.y.T @ orbit.y - point.y.T @ point.y) <= orbit.mismatch
        assert names[:3] == ["QY", "QY", "the eigenvectors of YᵀY"]
        assert ("the Cholesky factor of YᵀY" in names) == (point.rank == point.y.shape[1])


# -- planted faults ---------------------------------------------------------------------------------------------------


def shifted(law: Law) -> Law:
    """A fixed vector is added to each column, of 1e-9 of the value's size."""

    def call(*parts: Array) -> Array:
        value = law.call(*parts)
        step = np.arange(1.0, len(value) + 1)[:, None] * np.ones(value.shape)
        return value + 1e-9 * norm(value) / norm(step) * step

    return replace(law, name=f"{law.name} + p", call=call)


def rectified(law: Law) -> Law:
    return replace(law, name=f"ReLU of {law.name}", call=lambda *parts: np.maximum(law.call(*parts), 0))


def fixed_weight(law: Law) -> Law:
    """A fixed non-scalar matrix acts on the embedding coordinates."""
    return replace(law, call=lambda *parts: np.arange(1.0, len(parts[0]) + 1)[:, None] * law.call(*parts))


def cross_product(law: Law) -> Law:
    """At N = d - 1 the vector orthogonal to all others, signed by orientation, is added to the first column."""

    def call(*parts: Array) -> Array:
        value, y = law.call(*parts), np.hstack(parts)
        d, total = y.shape
        if total != d - 1:
            return value
        minors = [(-1) ** i * np.linalg.det(np.delete(y, i, axis=0)) for i in range(d)]
        return value + np.outer(minors, np.eye(value.shape[1])[0])

    return replace(law, name=f"{law.name} + cross product", call=call)


@pytest.mark.parametrize("fault", [shifted, rectified, fixed_weight])
@pytest.mark.parametrize(("check", "law"), CHECK_AND_LAW)
def test_faulty_law_is_violated(check: Callable[..., Evidence], law: Law, fault: Callable[[Law], Law]) -> None:
    evidence = check(0, laws=[fault(law)])
    assert evidence.verdict == "violated", evidence
    assert evidence.counterexample is not None and evidence.counterexample.seed == 0
    assert "fails by" in evidence.counterexample.note


@pytest.mark.parametrize(("check", "law"), WITH_ROOM_FOR_A_CROSS_PRODUCT)
def test_law_equivariant_under_rotations_only_is_violated(check: Callable[..., Evidence], law: Law) -> None:
    assert check(0, laws=[cross_product(law)]).verdict == "violated"


@pytest.mark.parametrize(
    "act",
    [lambda q, value: q.T @ value, lambda q, value: -q @ value, lambda q, value: value, lambda q, value: q @ q @ value],
    ids=["transposed", "negated", "missing", "twice"],
)
@pytest.mark.parametrize("law", COMBINATIONS, ids=ids)
def test_wrong_action_is_violated(law: Law, act: Callable[[Array, Array], Array]) -> None:
    assert sample_converse(0, [replace(law, act=act)]).verdict == "violated"


@pytest.mark.parametrize(
    "call",
    [
        lambda x, z: x @ (x.T @ x) + z @ (z.T @ x) * np.sign(x[0, 0]),
        lambda x, z: x @ (x.T @ x) + 2 * z[:, ::-1].cumsum(1)[:, :1] * x[:1],
        lambda x, z: (
            x @ (x.T @ x)[::-1] + np.linalg.det(np.hstack((x, z))[: len(x), : len(x)]) * x
            if x.shape[1] + z.shape[1] == len(x)
            else x
        ),
    ],
    ids=["sign of a coordinate", "coordinate as weight", "determinant at N = d"],
)
def test_coefficient_that_is_not_invariant_is_violated(call: Callable[..., Array]) -> None:
    assert sample_converse(0, [Law("planted", call, lambda x, z: 100.0)]).verdict == "violated"


@pytest.mark.parametrize(
    "recover",
    [
        lambda y, value: y.T @ value,
        lambda y, value: -(pseudoinverse(y) @ value),
        lambda y, value: 2 * pseudoinverse(y) @ value,
        lambda y, value: np.linalg.pinv(y @ y.T @ y) @ value,
    ],
    ids=["transpose", "negated", "doubled", "cubed"],
)
@pytest.mark.parametrize("check", [sample_coefficients, sample_representation])
def test_wrong_coefficients_are_violated(check: Callable[..., Evidence], recover: Callable[..., Array]) -> None:
    assert check(0, recover=recover).verdict == "violated"


def test_coefficients_that_are_not_invariant_are_violated() -> None:
    """A right inverse image, f(Y) = Y g, whose g sees coordinates: least squares weighted by rows."""

    def weighted(y: Array, value: Array) -> Array:
        if y.shape[1] <= len(y):
            return pseudoinverse(y) @ value
        weights = np.arange(1.0, y.shape[1] + 1) + np.abs(y[0])
        return (pseudoinverse(y * weights) @ value) * weights[:, None]

    assert sample_coefficients(0, recover=weighted).verdict == "violated"
    assert sample_representation(0, recover=weighted).verdict == "violated"


@pytest.mark.parametrize(
    "check", [sample_coefficients, sample_representation], ids=["invariant-coefficients", "representation"]
)
@pytest.mark.parametrize("law", EQUIVARIANT, ids=ids)
def test_combination_with_a_coordinate_as_weight_is_violated(check: Callable[..., Evidence], law: Law) -> None:
    """Its columns lie in the span, so only that the coefficients are invariant can fail."""
    weighted = replace(law, call=lambda y: law.call(y) * (1 + 1e-9 * y[0, 0]))
    assert check(0, laws=[weighted]).verdict == "violated"
    assert sample_span(0, laws=[weighted]).verdict == "holds"


@pytest.mark.parametrize(
    "project",
    [lambda y: -(y @ pseudoinverse(y)), lambda y: y @ y.T, lambda y: np.eye(len(y)) - y @ pseudoinverse(y)],
    ids=["negated", "transpose", "complement"],
)
def test_wrong_projection_is_violated(project: Callable[[Array], Array]) -> None:
    assert sample_span(0, project=project).verdict == "violated"


@pytest.mark.parametrize(
    "call",
    [lambda y: y @ y.T, lambda y: y.T @ np.abs(y), lambda y: y.T @ (y + 1e-9), lambda y: y.T @ np.roll(y, 1, 0)],
    ids=["rows", "absolute", "shifted", "rolled"],
)
def test_wrong_gram_matrix_is_violated(call: Callable[[Array], Array]) -> None:
    assert sample_gram_invariance(0, replace(GRAM, call=call)).verdict == "violated"


def plus_determinant(law: Law) -> Law:
    def call(*parts: Array) -> Array:
        y = np.hstack(parts)
        return law.call(*parts) + (np.linalg.det(y) if y.shape[0] == y.shape[1] else 0)

    return replace(law, call=call)


def plus_coordinate(law: Law) -> Law:
    return replace(law, call=lambda *parts: law.call(*parts) * (1 + 1e-9 * parts[0][0, 0]))


@pytest.mark.parametrize("fault", [plus_determinant, plus_coordinate])
@pytest.mark.parametrize("law", INVARIANT, ids=ids)
def test_function_that_is_not_invariant_is_violated(law: Law, fault: Callable[[Law], Law]) -> None:
    assert sample_factorisation(0, [fault(law)]).verdict == "violated"
    assert factorise_joint(0, [fault(with_knowledge(law))]).verdict == "violated"


def test_invariance_under_one_factor_only_is_violated() -> None:
    """The Gram matrices of X and Z each, without B: invariant, but a rotation of X alone is not joint equivariance."""

    def call(x: Array, z: Array) -> Array:
        return x @ (x.T @ x) + np.roll(z, 1, axis=0).sum(1, keepdims=True) * (x.T @ x)[:1]

    law = Law("rolled knowledge", call, lambda x, z: 50.0)
    assert sample_converse(0, [law]).verdict == "violated"


@pytest.mark.parametrize(
    "mirror",
    [
        lambda u, v: (reflector(u, v) + np.eye(len(u))) / 2,
        lambda u, v: 2 * np.eye(len(u)) - reflector(u, v),
        lambda u, v: reflector(u, -v),
        lambda u, v: np.eye(len(u)) - 2 * np.outer(u - v, u) / max(1e-9, (u - v) @ (u - v)),
        lambda u, v: -reflector(u, v),
        lambda u, v: reflector(u, v) + 1e-9,
    ],
    ids=["constant 1", "plus", "u + v", "not symmetric", "negated", "shifted"],
)
def test_wrong_reflection_is_violated(mirror: Callable[[Array, Array], Array]) -> None:
    assert sample_reflection(0, mirror).verdict == "violated"


def rotations_only(y: Array, target: Array, mismatch: float) -> Transported:
    found = transport(y, target, mismatch)
    if np.linalg.det(found.q) < 0:
        flip = np.eye(len(y))
        flip[0, 0] = -1
        return replace(found, q=found.q @ flip, reflections=found.reflections + 1)
    return found


def not_carried_along(y: Array, target: Array, mismatch: float) -> Transported:
    found = transport(y, target, mismatch)
    q = np.eye(len(y))
    for k in range(y.shape[1]):
        q = reflector(y[:, k], target[:, k]) @ q
    return replace(found, q=q)


def wasteful(y: Array, target: Array, mismatch: float) -> Transported:
    found = transport(y, target, mismatch)
    return replace(found, reflections=found.reflections + 2)


def transposed(y: Array, target: Array, mismatch: float) -> Transported:
    found = transport(y, target, mismatch)
    return replace(found, q=found.q.T)


def not_orthogonal(y: Array, target: Array, mismatch: float) -> Transported:
    return replace(transport(y, target, mismatch), q=target @ pseudoinverse(y))


@pytest.mark.parametrize("carry", [rotations_only, not_carried_along, wasteful, transposed, not_orthogonal])
def test_wrong_transport_is_violated(carry: Callable[[Array, Array, float], Transported]) -> None:
    evidence = sample_completeness(0, carry)
    assert evidence.verdict == "violated", evidence.detail


# -- what is no evidence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(("check", "laws"), OF_EQUIVARIANT.values(), ids=OF_EQUIVARIANT)
def test_value_that_is_not_finite_never_holds(
    check: Callable[..., Evidence], laws: tuple[Law, ...], value: float
) -> None:
    law = replace(laws[0], call=lambda *parts: laws[0].call(*parts) * value)
    assert check(0, laws=[law]).verdict == "inconclusive"


@pytest.mark.parametrize(("check", "laws"), OF_EQUIVARIANT.values(), ids=OF_EQUIVARIANT)
def test_one_value_that_is_not_finite_among_many_is_inconclusive(
    check: Callable[..., Evidence], laws: tuple[Law, ...]
) -> None:
    def call(*parts: Array) -> Array:
        value = laws[0].call(*parts)
        return value * np.nan if len(value) == 7 else value

    evidence = check(0, laws=[replace(laws[0], call=call)])
    assert evidence.verdict == "inconclusive" and evidence.skipped > 0


def test_law_that_raises_is_inconclusive_and_says_why() -> None:
    def call(y: Array) -> Array:
        result: Array = np.linalg.inv(np.zeros((2, 2)))
        return result

    evidence = sample_span(0, [replace(EQUIVARIANT[0], call=call)])
    assert evidence.verdict == "inconclusive" and "LinAlgError: Singular matrix" in evidence.detail


def test_law_of_a_wrong_shape_is_inconclusive_and_says_why() -> None:
    evidence = sample_converse(0, [replace(COMBINATIONS[0], act=lambda q, value: (q @ value).T)])
    assert evidence.verdict == "inconclusive" and "have the shapes" in evidence.detail


def test_blunt_tolerance_is_inconclusive() -> None:
    law = replace(EQUIVARIANT[0], lipschitz=lambda y: 1e9)
    evidence = sample_span(0, [law])
    assert evidence.verdict == "inconclusive" and "too blunt" in evidence.detail


def test_nothing_sampled_is_inconclusive() -> None:
    law = replace(EQUIVARIANT[0], applies=lambda d, total: False)
    assert sample_span(0, []).verdict == sample_span(0, [law]).verdict == "inconclusive"


def test_violation_counts_even_when_other_points_fail() -> None:
    def call(*parts: Array) -> Array:
        return np.full_like(parts[0], np.nan) if len(parts[0]) == 7 else np.maximum(parts[0], 0)

    assert sample_converse(0, [replace(COMBINATIONS[0], call=call)]).verdict == "violated"


def test_counterexample_is_reproducible_from_its_values() -> None:
    law = rectified(EQUIVARIANT[0])
    evidence = sample_span(3, [law])
    assert evidence.counterexample is not None
    y = np.array(evidence.counterexample.values["Y"])
    assert y.shape == (evidence.counterexample.sizes["d"], evidence.counterexample.sizes["N"])
    assert np.array_equal(law.call(y), np.array(evidence.counterexample.left))
    assert not np.allclose(y @ pseudoinverse(y) @ law.call(y), law.call(y))


def test_streams_of_different_checks_differ() -> None:
    assert random_state(0, "a").random() != random_state(0, "b").random() != random_state(1, "b").random()
