"""Matrix-valued functions, the choice of coefficients, chapters 4 and 5: true laws hold, planted faults show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from symmetry.checks.sampled import coefficients as chosen
from symmetry.checks.sampled import finite_information as gathered
from symmetry.checks.sampled import permutations as ordered
from symmetry.checks.sampled.coefficients import basic, limits, silent_coefficients
from symmetry.checks.sampled.finite_information import kernel_attention, placed_attention
from symmetry.checks.sampled.forms import Network, ones, sample_networks, unit
from symmetry.checks.sampled.functions import Law, pseudoinverse
from symmetry.checks.sampled.permutations import Averaged, Layer, of_coefficients
from symmetry.checks.sampled.rounding import SHARP, Array
from symmetry.checks.sampled.tracked import EXP, TANH, Tracked, softmax
from symmetry.evidence import Evidence

TABLES = {**chosen.SAMPLED, **ordered.SAMPLED, **gathered.SAMPLED}
RANDOM = [claim for claim in TABLES if not claim.startswith("permutations-move")]


@pytest.mark.parametrize("claim", TABLES)
@pytest.mark.parametrize("seed", [0, 1, 2, 3, -1, 2**70])
def test_true_claim_holds(claim: str, seed: int) -> None:
    evidence = TABLES[claim](seed)
    assert evidence.verdict == "holds", (evidence.detail, evidence.counterexample)
    assert evidence.method == "sampled" and evidence.seed == seed and not evidence.skipped
    assert evidence.residual is not None and evidence.tolerance is not None
    assert evidence.residual <= evidence.tolerance <= SHARP


@pytest.mark.parametrize("claim", RANDOM)
def test_same_seed_gives_same_evidence(claim: str) -> None:
    assert TABLES[claim](7) == TABLES[claim](7)


@pytest.mark.parametrize("claim", TABLES)
def test_sizes_lie_below_and_above_the_dimension(claim: str) -> None:
    sizes = TABLES[claim](0).sizes
    totals = [(s["d"], s["N"] if "N" in s else s.get("n", 0) + s.get("m", 0)) for s in sizes if {"d", "m"} <= s.keys()]
    if totals and claim not in ("not-for-every-coefficient",):
        assert any(total < d for d, total in totals) and any(total > d for d, total in totals), totals


def violated(evidence: Evidence) -> bool:
    return evidence.verdict == "violated" and (evidence.counterexample is not None or "symbolically" in evidence.detail)


# -- traces and matrix-valued functions -------------------------------------------------------------------------------


def symmetric(z: Array, value: Array) -> Array:
    """β made symmetric, without α."""
    inverse = pseudoinverse(z)
    found: Array = inverse @ (value + value.T) @ inverse.T / 2
    return found


@pytest.mark.parametrize(
    "call",
    [
        lambda z: np.diag(z[:, 0]),
        lambda z: np.eye(len(z)) + np.diag(np.arange(1.0, len(z) + 1)),
        lambda z: z @ z.T * (1 + 1e-9 * z[0, 0]),
        lambda z: z @ z.T + 1e-9 * np.eye(len(z))[0],
        lambda z: z @ z.T + np.tril(np.ones((len(z), len(z)))) * 1e-9,
        lambda z: np.maximum(z @ z.T, 0),
    ],
    ids=["diagonal", "not scalar", "coordinate", "one row", "triangle", "entrywise"],
)
def test_matrix_that_does_not_turn_is_violated(call: Callable[[Array], Array]) -> None:
    law = Law("planted", call, lambda z: 10.0)
    assert violated(chosen.sample_matrix_valued(0, [law]))


def test_matrix_that_turns_under_rotations_only_is_violated() -> None:
    """At d = 2 the quarter turn, at m = d - 2 the skew matrix of Z."""

    def call(z: Array) -> Array:
        d = len(z)
        result = z @ z.T
        if d - z.shape[1] == 2:
            skew = np.zeros((d, d))
            for i in range(d):
                for j in range(i):
                    minor = np.linalg.det(np.delete(z, (i, j), axis=0))
                    skew[i, j], skew[j, i] = (-1) ** (i + j) * minor, -((-1) ** (i + j)) * minor
            result = result + skew
        return result

    assert violated(chosen.sample_matrix_valued(0, [Law("skew", call, lambda z: 10.0)]))


@pytest.mark.parametrize(
    "recover",
    [
        (lambda z, w: np.zeros((1, 1)), symmetric),
        (lambda z, w: np.array([[np.trace(w) / len(w)]]), lambda z, w: pseudoinverse(z) @ w @ pseudoinverse(z).T),
    ],
    ids=["beta symmetric", "alpha from the whole trace"],
)
def test_wrong_recovery_is_violated(recover: tuple[Callable[[Array, Array], Array], ...]) -> None:
    assert violated(chosen.sample_matrix_valued(0, recover=recover))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "weight",
    [
        lambda z, fixed: unit(len(z.value)) * z.columns(0, 1).T.columns(0, 1) + z @ fixed @ z.T,
        lambda z, fixed: Tracked.exact(np.diag(np.arange(1.0, 1 + len(z.value)))) + z @ fixed @ z.T,
        lambda z, fixed: (z @ fixed @ z.T).map(*TANH),
        lambda z, fixed: Tracked.exact(np.tri(len(z.value))) * (z @ fixed @ z.T),
    ],
    ids=["coordinate", "not scalar", "entrywise", "triangle"],
)
def test_weight_that_does_not_turn_is_violated(weight: Callable[[Tracked, Tracked], Tracked]) -> None:
    assert violated(chosen.sample_matrix_valued_converse(0, weight))


@pytest.mark.parametrize(
    "middle",
    [
        lambda s, t, left, right, c: right * s + left * t,
        lambda s, t, left, right, c: right * s + left * t + right @ c @ left,
        lambda s, t, left, right, c: right * t + left * s + left @ c @ right,
        lambda s, t, left, right, c: right * s + left * t + left @ right,
    ],
    ids=["no middle", "order", "scalars swapped", "no inner products"],
)
def test_wrong_product_is_violated(middle: Callable[..., Tracked]) -> None:
    assert violated(chosen.sample_product(0, middle))


def test_wrong_traces_are_violated() -> None:
    assert violated(chosen.sample_squares(0, lambda t: t.T @ Tracked.exact(np.abs(t.value))))
    assert violated(chosen.sample_cyclic_trace(0, lambda matrix: matrix.sums().T.sums()))


# -- which coefficients -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [
        lambda y: np.eye(y.shape[1]) - y.T @ y,
        lambda y: pseudoinverse(y) @ y,
        lambda y: np.eye(y.shape[1]) - 0.999999 * pseudoinverse(y) @ y,
        lambda y: np.eye(y.shape[1]) - pseudoinverse(y) @ y + 1e-9,
    ],
    ids=["not inverted", "complement", "almost", "shifted"],
)
def test_wrong_freedom_is_violated(rest: Callable[[Array], Array]) -> None:
    assert violated(chosen.sample_all_coefficients(0, rest=rest))


def test_wrong_solutions_are_violated() -> None:
    assert violated(chosen.sample_all_coefficients(0, solve=lambda y, value: basic(y, value) * (1 + 1e-9)))
    assert violated(chosen.sample_least_norm(0, basic))
    assert violated(chosen.sample_least_norm(0, lambda y, value: y.T @ value))
    assert violated(chosen.sample_dependence(0, lambda y: y.T))
    assert violated(chosen.sample_dependence(0, lambda y: pseudoinverse(y) * (1 + 1e-9)))


def test_wrong_silent_coefficients_are_violated() -> None:
    assert violated(chosen.sample_silent(0, lambda c: c.columns(0, 1)))
    assert violated(chosen.sample_silent(0, lambda c: silent_coefficients(c) - silent_coefficients(c)))
    assert violated(ordered.sample_unordered_violation(0, lambda c: c.columns(0, 1)))
    assert violated(ordered.sample_unordered_violation(0, lambda c: silent_coefficients(c) - silent_coefficients(c)))


@pytest.mark.parametrize("power", ["1/2", "1/3", "0"])
def test_another_power_is_violated(power: str) -> None:
    assert violated(chosen.sample_unbounded(0, power))


def test_limits_are_computed() -> None:
    assert limits("1/4") == ("0", "oo") and limits("1/2") == ("1", "oo") and limits("0") == ("0", "1")
    assert limits("3/4") == ("oo", "oo")


# -- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moved",
    [
        lambda j, g, n: g,
        lambda j, g, n: j.T @ g @ j[:n, :n],
        lambda j, g, n: j @ g,
        lambda j, g, n: g @ j[:n, :n].T,
    ],
    ids=["not moved", "backwards", "rows only", "columns only"],
)
@pytest.mark.parametrize("knowledge", [False, True])
def test_wrong_average_is_violated(moved: Callable[[Array, Array, int], Array], knowledge: bool) -> None:
    assert violated(ordered.sample_averages(0, "planted", Averaged(moved, knowledge=knowledge)))


def test_no_average_is_violated() -> None:
    """Coefficients that depend on positions serve, but do not obey the law."""

    class One(Averaged):
        def orders(self, n: int, m: int) -> list[Array]:
            return [np.eye(n + m)]

    found = ordered.sample_averages(0, "planted", One())
    assert violated(found) and found.counterexample is not None and "JᵀGJ" in found.counterexample.note


def test_averages_over_some_orders_are_violated() -> None:
    """Transpositions of the first two alone hide what a cycle shows."""

    class Some(Averaged):
        def orders(self, n: int, m: int) -> list[Array]:
            swap = np.eye(n + m)
            swap[:2, :2] = [[0, 1], [1, 0]]
            return [np.eye(n + m), swap]

    assert violated(ordered.sample_averages(0, "planted", Some(knowledge=False)))


def causal(x: Tracked, z: Tracked) -> Tracked:
    return x @ (softmax(x.T @ x) * Tracked.exact(np.triu(np.ones((x.value.shape[1],) * 2))))


def first_knowledge(x: Tracked, z: Tracked) -> Tracked:
    return x @ softmax(x.T @ z.columns(0, 1) @ z.columns(0, 1).T @ x)


@pytest.mark.parametrize(
    "layer",
    [
        Layer("causal attention", causal),
        Layer("first knowledge vector", first_knowledge, knowledge=True),
        Layer("entrywise", lambda x, z: x.map(*TANH), space=True),
        of_coefficients(
            "backwards", lambda a, b, c: (unit(len(a.value)), b * Tracked.exact(np.arange(1.0, 1 + len(a.value))[None]))
        ),
        of_coefficients(
            "rows of g₂",
            lambda a, b, c: (a, b * Tracked.exact(np.arange(1.0, 1 + len(c.value))[:, None])),
            knowledge=True,
        ),
    ],
    ids=lambda layer: layer.name,
)
def test_layer_without_the_symmetry_is_violated(layer: Layer) -> None:
    assert violated(ordered.sample_layers(0, "planted", [layer]))


def test_wrong_normalisation_is_violated() -> None:
    assert violated(ordered.sample_softmax(0, lambda s: softmax(s) * Tracked.exact(np.triu(np.ones(s.value.shape)))))
    assert violated(ordered.sample_softmax(0, lambda s: softmax(s) @ Tracked.exact(np.triu(np.ones(s.value.shape)))))


def cyclic(n: int, e: int, x: int) -> Array:
    """A permutation that takes e to x, but no exchange."""
    return np.roll(np.eye(n), x - e, axis=0)


@pytest.mark.parametrize(
    ("check", "swap"),
    [
        (ordered.sample_positions, lambda n, e, x: np.eye(n)),
        (ordered.sample_positions, lambda n, e, x: np.eye(n) * 2),
        (ordered.sample_positions, lambda n, e, x: -ordered.exchange(n, e, x)),
        (ordered.sample_pairs, cyclic),
        (ordered.sample_pairs, lambda n, e, x: np.eye(n)),
    ],
    ids=["identity", "doubled", "negated", "cycle", "identity of pairs"],
)
def test_wrong_exchange_is_violated(check: Callable[..., Evidence], swap: Callable[[int, int, int], Array]) -> None:
    assert violated(check(0, swap))


def placed(count: int) -> Tracked:
    return Tracked.exact(np.arange(1.0, 1 + count)[:, None])


@pytest.mark.parametrize(
    "coefficients",
    [
        lambda a, b, c: (a * placed(len(a.value)), b),
        lambda a, b, c: (a @ a, b * placed(len(a.value)).T),
        lambda a, b, c: (softmax(a) * Tracked.exact(np.triu(np.ones(a.value.shape))), b),
    ],
    ids=["rows", "columns of g₂", "causal"],
)
def test_entries_that_depend_on_positions_are_violated(coefficients: Callable[..., tuple[Tracked, Tracked]]) -> None:
    assert violated(ordered.sample_entries(0, coefficients))


def test_rows_that_depend_on_positions_are_violated() -> None:
    assert violated(ordered.sample_rows(0, lambda a, b, c: (a, b * placed(len(b.value)))))
    assert violated(ordered.sample_rows(0, lambda a, b, c: (a, Tracked.exact(np.triu(np.ones(c.value.shape))) @ b)))


# -- finite information -----------------------------------------------------------------------------------------------


def plain(x: Tracked, z: Tracked) -> Tracked:
    return x @ softmax(x.T @ x)


def third_order(x: Tracked, z: Tracked) -> Tracked:
    return x @ (x.T @ x) @ (x.T @ x)


@pytest.mark.parametrize("f", [plain, third_order], ids=["softmax", "X(XᵀX)²"])
@pytest.mark.parametrize("check", [gathered.sample_gains, gathered.sample_rebuilt, gathered.sample_order_two])
def test_function_that_is_not_of_order_two_is_violated(check: Callable[..., Evidence], f: gathered.Gathered) -> None:
    assert violated(check(0, f))


def test_positions_are_seen_by_order_two_alone() -> None:
    assert gathered.sample_rebuilt(0, placed_attention).verdict == "holds"
    assert violated(gathered.sample_order_two(0, placed_attention))


def test_other_parts_are_violated() -> None:
    assert violated(gathered.sample_unique(0, lambda x, z: kernel_attention(x, z) + x))
    assert violated(gathered.sample_unique(0, plain))
    assert violated(gathered.sample_turns(0, lambda x, z: kernel_attention(x, z).map(*TANH)))
    assert violated(gathered.sample_turns(0, lambda x, z: x + ones(*x.value.shape)))


def test_pair_that_leaves_the_span_is_violated() -> None:
    law = gathered.PAIR_LAWS[0]
    shifted = replace(law, call=lambda x, z: law.call(x, z) + 1e-9 * np.arange(1.0, len(x) + 1)[:, None])
    weighted = replace(law, call=lambda x, z: law.call(x, z) * (1 + 1e-9 * x[0, 0]))
    assert violated(gathered.sample_pair_form(0, (shifted,)))
    assert violated(gathered.sample_pair_form(0, (weighted,)))


def test_softmax_of_another_kind_is_violated() -> None:
    assert violated(gathered.sample_softmax_gathered(0, lambda x, z: x @ (x.T @ x).map(*EXP)))
    assert violated(gathered.sample_softmax_gathered(0, causal))
    assert violated(gathered.sample_second_difference(0, kernel_attention))
    assert violated(gathered.sample_second_difference(0, lambda x, z: x @ softmax(x.T @ x + x.T @ x)))
    assert violated(gathered.sample_not_mediated(0, lambda x, z: x @ softmax(x.T @ z @ z.T @ x)))


def test_attention_that_sees_tokens_is_not_mediated() -> None:
    network = gathered.MEDIATED[0]
    planted = Network("plain", lambda x, z, fixed: plain(x, z), network.coefficients)
    assert violated(sample_networks(0, "planted", [planted]))


def sum_of_all(x: Tracked) -> Tracked:
    return x @ ones(x.value.shape[1], 1)


@pytest.mark.parametrize(
    "planted",
    [
        {"gathered": lambda x: x.columns(0, 1) * (sum_of_all(x) * sum_of_all(x)).sums()},
        {"f": lambda x: x.columns(0, 1)},
        {"f": lambda x: x.columns(0, 1) * (x * x).sums().T.sums()},
    ],
    ids=["the sum among the statistics", "the token", "sum of squares"],
)
def test_length_of_a_sum_is_told_apart_from_order_two(planted: dict[str, Callable[[Tracked], Tracked]]) -> None:
    assert violated(gathered.sample_signs(0, **planted))
