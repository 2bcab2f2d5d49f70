"""A function is steered into branches that generic inputs do not take, and to the borders between them."""

import numpy as np
import pytest
from gated import ALIKE, BEHIND, BOTH, NEARLY, ROUNDED, ROWS, TALL, TOKENS, norm, three_gates

from symmetry.checks.function.calls.calling import Callee, Failed, quiet
from symmetry.checks.function.comparing import Point, compare, judge
from symmetry.checks.function.search.branches import Coverage, flipped
from symmetry.checks.function.search.tracing import Trace
from symmetry.problem import Problem

BUDGET = 600


def convicted(f, problem, seed, budget=BUDGET):
    """The factors and components that are violated where a function was steered to; the calls; the coverage."""
    rng = np.random.default_rng(seed)
    call, coverage, found = Callee(f, problem), Coverage(), set()
    with quiet():
        for _, inputs in flipped(call, problem, rng, budget, coverage):
            for factor in problem.group:
                for component in factor.components:
                    if (str(factor), component) not in found and is_violated(
                        f, problem, inputs, factor, component, rng
                    ):
                        found.add((str(factor), component))
    return found, call.calls, coverage


def is_violated(f, problem, inputs, factor, component, rng):
    point = Point(Callee(f, problem), problem, inputs, rng)
    try:
        for draw in (factor.haar, factor.monomial) * 2:
            element = draw(rng, problem.size(factor.axis), component)
            if judge(point, factor, element, compare(point, factor, element)).outcome == "violated":
                return True
    except Failed:
        pass
    return False


@pytest.mark.parametrize(("seed", "name"), list(enumerate(BEHIND)), ids=list(BEHIND))
def test_branch_that_sampling_never_takes_is_taken_and_its_bug_seen(seed, name):
    found, calls, coverage = convicted(BEHIND[name], TOKENS, seed)
    assert {("O(d)", 1), ("O(d)", -1)} & found, coverage
    assert calls <= BUDGET + 2
    assert 0 < coverage.both <= coverage.met


@pytest.mark.parametrize("name", ["norm > 50", "two gates", "np.where of a conjunction", "np.clip", "np.exp"])
def test_both_components_are_convicted_behind_a_gate(name):
    assert {("O(d)", 1), ("O(d)", -1)} <= convicted(BEHIND[name], TOKENS, 7)[0]


@pytest.mark.parametrize("name", ["norm > 50", "an entry > 4.5", "three gates", "np.clip", "nearly parallel tokens"])
def test_branches_are_taken_at_other_sizes_and_in_other_inputs(name):
    f = BEHIND[name]
    assert ("O(d)", -1) in convicted(f, TALL, 1)[0]
    second = convicted(lambda X, Z: X * np.sum(f(Z)), BOTH, 2)[0]
    assert ("O(d)", 1) in second
    rows = convicted(lambda X: np.stack([f(x.T).T for x in X]), ROWS, 3)[0]
    assert ("O(d)", 1) in rows


def test_at_large_sizes_there_are_fewer_derivatives_than_entries():
    large = Problem("X: d n -> d n", group="O(d)", d=40, n=30)
    found, calls, _ = convicted(lambda X: np.abs(X) if X[:, 3] @ X[:, 7] > 150 else X, large, 0)
    assert found and calls <= BUDGET + 2


@pytest.mark.parametrize("name", ALIKE)
def test_gate_on_an_invariant_with_equivariant_branches_is_not_accused(name):
    for seed, problem in enumerate((TOKENS, TALL)):
        found, _, coverage = convicted(ALIKE[name], problem, seed)
        assert not found and coverage.met


@pytest.mark.parametrize("name", NEARLY)
def test_gate_on_what_is_almost_an_invariant_is_seen_at_its_border(name):
    seen = [bool(convicted(NEARLY[name], TOKENS, seed)[0]) for seed in range(3)]
    assert sum(seen) >= 2


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding_of_a_gate_is_no_change_of_it(name):
    for seed in range(2):
        found, _, coverage = convicted(ROUNDED[name], TOKENS, seed)
        assert not found and coverage.met


# Coverage -----------------------------------------------------------------------------------------------------


def test_coverage_counts_comparisons_and_names_the_one_sided():
    def f(X):
        return X if norm(X) < 50 and np.sum(X**2) > -1 else np.maximum(X, 3)

    _, _, coverage = convicted(f, TOKENS, 0)
    assert str(coverage) == "2 of 3 comparisons taken both ways"
    (one_sided,) = coverage.one_sided
    assert one_sided.startswith("np.sum(X**2) > -1 (test_steering.py line ")


def test_label_names_the_comparison_and_what_it_becomes():
    def f(X):
        return np.abs(X) if X[0, 0] > 4.5 else X

    with quiet():
        labels = [label for label, _ in flipped(Callee(f, TOKENS), TOKENS, np.random.default_rng(0), BUDGET)]
    assert labels[0].startswith("inputs that make X[0, 0] > 4.5 (test_steering.py line ")
    assert labels[0].endswith(" true somewhere")


def test_coverage_is_shared_between_sizes():
    coverage = Coverage()
    for problem in (TOKENS, TALL):
        list(flipped(Callee(BEHIND["two gates"], problem), problem, np.random.default_rng(0), BUDGET, coverage))
    assert (coverage.met, coverage.both) == (2, 2)


def test_same_seed_gives_the_same_inputs_and_labels():
    def run():
        with quiet():
            return list(flipped(Callee(three_gates, TOKENS), TOKENS, np.random.default_rng(4), BUDGET))

    first, second = run(), run()
    assert [label for label, _ in first] == [label for label, _ in second] and first
    assert all(np.array_equal(a, b) for (_, x), (_, y) in zip(first, second) for a, b in zip(x, y))


@pytest.mark.parametrize("budget", [0, 1, 12, 40])
def test_budget_is_kept(budget):
    _, calls, _ = convicted(three_gates, TOKENS, 0, budget)
    assert calls <= max(budget, 8) + 2


def test_calls_of_the_caller_do_not_count():
    def run(between):
        call = Callee(three_gates, TOKENS)
        for label, inputs in flipped(call, TOKENS, np.random.default_rng(4), 150):
            for _ in range(between):
                call(inputs, TOKENS)
            yield label

    assert list(run(0)) == list(run(200))


def raises(X):
    raise ValueError("no")


def knows_what_it_is_given(X):
    return X if type(X) is np.ndarray else 2 * X


NOT_STEERED = {
    "raises": raises,
    "NaN": lambda X: X * np.nan,
    "two values": lambda X: (X, X),
    "no comparisons": lambda X: X @ X.T @ X,
    "no such arrays": knows_what_it_is_given,
    "plain Python": lambda X: [[x if x < 50 else -x for x in row] for row in X.tolist()],
}


@pytest.mark.parametrize("name", NOT_STEERED)
def test_function_that_cannot_be_steered_has_no_such_inputs(name):
    found, calls, coverage = convicted(NOT_STEERED[name], TOKENS, 0)
    assert not found and not coverage.one_sided and calls <= 12


def test_where_the_function_has_no_value_nothing_is_yielded():
    def f(X):
        if norm(X) > 12:
            raise ValueError("too long")
        return np.abs(X) if X[0, 0] > 4.5 else X

    call = Callee(f, TOKENS)
    for _, inputs in flipped(call, TOKENS, np.random.default_rng(0), BUDGET):
        assert norm(inputs[0]) <= 12
    assert ("O(d)", 1) in convicted(f, TOKENS, 0)[0]


def gated_by_torch(X):
    import torch

    if X[0, 0] > 5 and X.norm() > 30:
        return torch.clamp(X, max=20)
    return X + torch.relu(X[0, 1] - 9.0)


def alike_in_torch(X):
    import torch

    return X @ torch.relu(X.T @ X - 40) if X.norm() > 30 else torch.clamp(X.norm(), max=9.0) * X


def test_comparisons_of_pytorch_are_traced():
    pytest.importorskip("torch")
    found, _, coverage = convicted(gated_by_torch, TOKENS, 0)
    assert {("O(d)", 1), ("O(d)", -1), ("S(n)", 1)} <= found
    assert coverage.met == coverage.both == 4
    found, _, coverage = convicted(alike_in_torch, TOKENS, 0)
    assert not found and coverage.met == coverage.both == 3


def test_each_way_of_a_comparison_is_counted_by_itself():
    for bound, expected in ((9.0, (False,)), (-9.0, (True,)), (0.0, (False, True))):
        coverage, trace = Coverage(), Trace()
        trace.run(lambda X, b=bound: X > b, np.array([-1.0, 2.0]))
        coverage.add(trace)
        (ways,) = coverage.ways.values()
        assert tuple(sorted(ways)) == expected and coverage.both == (len(expected) == 2)


def test_function_that_is_another_one_when_it_is_traced_is_not_steered():
    def knows(X):
        return (X if type(X) is np.ndarray else 2 * X) * (1 + (np.sum(X**2) > 400))

    assert list(flipped(Callee(knows, TOKENS), TOKENS, np.random.default_rng(0), 200)) == []
