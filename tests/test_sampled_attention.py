"""Chapter 3 in double precision: the checks hold, their bounds hold, and planted faults are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from symmetry.checks.sampled import attention, blocks, closure, counterexamples, freedom, knowledge
from symmetry.checks.sampled.counterexamples import FAILURES, Failure, sample_failure
from symmetry.checks.sampled.forms import Constants, Network, few_points, sample_networks
from symmetry.checks.sampled.rounding import SHARP
from symmetry.checks.sampled.tracked import (
    EXP,
    INVERSE,
    INVERSE_ROOT,
    RELU,
    ROOT,
    SIGMOID,
    TANH,
    Tracked,
    beside,
    softmax,
    stacked,
)
from symmetry.evidence import Evidence

MODULES = (attention, blocks, closure, counterexamples, freedom, knowledge)
SAMPLED: dict[str, Callable[[int], Evidence]] = {
    claim: check for module in MODULES for claim, check in module.SAMPLED.items()
}
TABLES: tuple[Mapping[str, tuple[Network, ...]], ...] = (
    attention.NETWORKS,
    blocks.NETWORKS,
    closure.NETWORKS,
    knowledge.NETWORKS,
    {"not-forced": freedom.NETWORKS},
)
NETWORKS = [
    pytest.param(claim, network, id=f"{claim}-{network.name.replace(' ', '-')}")
    for table in TABLES
    for claim, networks in table.items()
    for network in networks
]
WITH_COEFFICIENTS = [case for case in NETWORKS if case.values[1].coefficients is not None]


# -- true claims ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", SAMPLED)
@pytest.mark.parametrize("seed", [0, 1, 2, 3, -1, 2**70])
def test_true_claim_holds(claim: str, seed: int) -> None:
    evidence = SAMPLED[claim](seed)
    assert evidence.verdict == "holds", (evidence.detail, evidence.counterexample)
    assert evidence.method == "sampled" and evidence.seed == seed and not evidence.skipped
    assert evidence.residual is not None and evidence.tolerance is not None
    assert 0 <= evidence.residual <= evidence.tolerance <= SHARP


@pytest.mark.parametrize("claim", SAMPLED)
def test_same_seed_gives_same_evidence(claim: str) -> None:
    assert SAMPLED[claim](7) == SAMPLED[claim](7)


def test_points_lie_below_and_above_the_dimension() -> None:
    sizes = [point.sizes for point in few_points(np.random.default_rng(0))]
    totals = [(s["d"], s["n"] + s["m"]) for s in sizes]
    assert any(total < d for d, total in totals) and any(total > d for d, total in totals)
    assert all(len(set(s.values())) == 3 for s in sizes)


def test_every_claim_of_the_chapter_is_sampled() -> None:
    from derivations import CLAIMS
    from symmetry.registry import sampled_check

    chapter = [claim for claim in CLAIMS if claim.number.startswith("3.") and claim.build is not None]
    assert len(chapter) >= 30
    assert all(sampled_check(claim) is not None for claim in chapter)


# -- planted faults ---------------------------------------------------------------------------------------------------


def verdict(claim: str, network: Network) -> str:
    return sample_networks(0, claim, [network]).verdict


@pytest.mark.parametrize(("claim", "network"), WITH_COEFFICIENTS)
@pytest.mark.parametrize("factor", [-1.0, 1 + 1e-9], ids=["sign", "billionth"])
def test_wrong_coefficients_are_found(claim: str, network: Network, factor: float) -> None:
    def wrong(*blocks_: Tracked) -> tuple[Tracked | None, Tracked | None]:
        scale = Tracked.exact(np.full((1, 1), factor))
        assert network.coefficients is not None
        first, second = network.coefficients(*blocks_)
        return (first, second * scale) if second is not None else (first * scale if first is not None else None, None)

    assert verdict(claim, replace(network, coefficients=wrong)) == "violated"


@pytest.mark.parametrize(("claim", "network"), WITH_COEFFICIENTS)
def test_blocks_in_the_wrong_place_are_found(claim: str, network: Network) -> None:
    def wrong(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked | None, Tracked | None]:
        assert network.coefficients is not None
        return network.coefficients(b.T @ b, b + b, c, fixed)

    assert verdict(claim, replace(network, coefficients=wrong)) == "violated"


@pytest.mark.parametrize(("claim", "network"), NETWORKS)
def test_a_fixed_vector_in_the_network_is_found(claim: str, network: Network) -> None:
    def shifted(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
        value = network.call(x, z, fixed)
        return value + Tracked.exact(np.full(value.value.shape, 1e-9))

    assert verdict(claim, replace(network, call=shifted, coefficients=None)) == "violated"


@pytest.mark.parametrize(("claim", "network"), NETWORKS)
def test_relu_on_the_coordinates_is_found(claim: str, network: Network) -> None:
    def clipped(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
        return network.call(x.map(*RELU), z, fixed)

    assert verdict(claim, replace(network, call=clipped, coefficients=None)) == "violated"


def quarter_turn(x: Tracked, z: Tracked, _: Constants) -> Tracked:
    """Turns with rotations of the plane, and not with reflections; elsewhere x."""
    return Tracked.exact(np.array([[0.0, -1.0], [1.0, 0.0]])) @ x if len(x.value) == 2 else x


def test_reflections_are_sampled() -> None:
    evidence = sample_networks(0, "two-layers", [Network("quarter turn", quarter_turn)])
    assert evidence.verdict == "violated" and evidence.counterexample is not None
    assert evidence.counterexample.sizes["d"] == 2
    assert np.linalg.det(np.array(evidence.counterexample.values["Q"])) < 0


def test_a_network_that_is_not_a_number_is_inconclusive() -> None:
    broken = Network("0/0", lambda x, z, _: x * Tracked.exact(np.zeros((1, 1))).map(*INVERSE))
    assert verdict("two-layers", broken) == "inconclusive"


@pytest.mark.parametrize("claim", FAILURES)
def test_an_equivariant_function_is_no_counterexample(claim: str) -> None:
    innocent = replace(FAILURES[claim], call=lambda x: x @ (x.T @ x))
    assert sample_failure(0, claim, innocent).verdict == "violated"
    zero = replace(innocent, gap=np.zeros_like(innocent.gap))
    random = sample_failure(0, claim, zero).verdict
    assert random == ("violated" if zero.dimensions else "holds")


@pytest.mark.parametrize("claim", FAILURES)
def test_the_gap_of_a_counterexample_is_checked(claim: str) -> None:
    failure: Failure = FAILURES[claim]
    assert sample_failure(0, claim, replace(failure, gap=failure.gap * (1 + 1e-9))).verdict == "violated"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(partial(knowledge.sample_read_out, network=lambda x, z, _: x.map(*RELU)), id="read-out"),
        pytest.param(partial(attention.sample_normalised_columns, normalise=lambda s: s.map(*EXP)), id="columns"),
        pytest.param(partial(attention.sample_normalised_columns, normalise=lambda s: softmax(s.T).T), id="rows"),
    ],
)
def test_other_faults_are_found(fault: Callable[[int], Evidence]) -> None:
    assert fault(0).verdict == "violated"


# -- the bounds -------------------------------------------------------------------------------------------------------


def exact(array: np.ndarray) -> np.ndarray:
    return array.astype(np.longdouble)


def covers(computed: Tracked, truth: np.ndarray) -> bool:
    return bool((np.abs(exact(computed.value) - truth) <= exact(computed.error)).all())


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="needs an extended format to compare with")
@pytest.mark.parametrize("seed", range(20))
def test_bounds_cover_the_rounding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((3, 4)) * 10.0 ** rng.integers(-3, 3), rng.standard_normal((4, 2))
    c = rng.standard_normal((3, 2))
    x, y, z = map(Tracked.exact, (a, b, c))
    product = exact(a) @ exact(b)
    assert covers(x @ y, product)
    assert covers(x @ y + z, product + exact(c)) and covers(x @ y - z, product - exact(c))
    assert covers((x @ y) * z, product * exact(c)) and covers((x @ y).T, product.T)
    assert covers(((x @ y) * z) @ (y.T @ y), (product * exact(c)) @ (exact(b).T @ exact(b)))
    assert covers((x @ y).sums(), product.sum(axis=0, keepdims=True))
    assert covers(stacked(x @ y, z), np.vstack((product, exact(c))))
    assert covers(beside(x @ y, z).columns(1, 3), np.hstack((product, exact(c)))[:, 1:3])
    assert not covers(replace(x @ y, error=np.zeros((3, 2))), product)


FUNCTIONS = {
    "exp": (EXP, np.exp),
    "1/x": (INVERSE, lambda t: 1 / t),
    "root": (ROOT, np.sqrt),
    "1/root": (INVERSE_ROOT, lambda t: 1 / np.sqrt(t)),
    "relu": (RELU, lambda t: np.maximum(t, 0)),
    "tanh": (TANH, np.tanh),
    "sigmoid": (SIGMOID, lambda t: 1 / (1 + np.exp(-t))),
}


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="needs an extended format to compare with")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_bounds_cover_functions_of_inexact_entries(name: str) -> None:
    (function, slope), truth = FUNCTIONS[name]
    rng = np.random.default_rng(1)
    a = rng.standard_normal((4, 6))
    x = Tracked.exact(a)
    gram = exact(a) @ exact(a).T
    shift = np.full((1, 1), 0.25)
    squares = (x @ x.T) * (x @ x.T) + Tracked.exact(shift)
    assert covers(squares.map(function, slope), truth(gram * gram + exact(shift)))
    moved = Tracked(a * a + 0.25, np.full(a.shape, 1e-3))
    for direction in (-1, 1):
        assert covers(moved.map(function, slope), truth(exact(moved.value) + direction * exact(moved.error)))


def test_a_computed_orthogonal_matrix_is_inexact() -> None:
    turn = Tracked.orthogonal(np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0])
    assert 0 < turn.error.min() == turn.error.max() < 1e-13
    identity = turn.T @ turn
    assert (np.abs(identity.value - np.eye(4)) <= identity.error).all()
