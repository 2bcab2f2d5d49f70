"""Trials in blocks: each is drawn as its place says, compared as anywhere else in the check, and counted once."""

import numpy as np
import pytest

from symmetry.checks.function import check
from symmetry.checks.function.calls.calling import Callee, Unfit, quiet
from symmetry.checks.function.comparing import compare
from symmetry.checks.function.noise import norms
from symmetry.checks.function.stream import Block, Tally, _lengths, plan
from symmetry.problem import Problem

PROBLEM = Problem("X: d n -> d n", group="O(d) x S(n)", d=3, n=4)
COUNT = 150  # trials, at three inputs


def block(f, problem=PROBLEM, count=COUNT, seed=1, place=(0, 2), **options):
    return Block(Callee(f, problem), problem, seed, place, count, **options)


def tallies(f, problem=PROBLEM, **options):
    with quiet():
        return block(f, problem, **options).run()


def trials(f, problem=PROBLEM, count=COUNT):
    """Each trial as it is drawn again, by its number."""
    return {number: block(f, problem, count).trial(number) for number in range(count)}


@pytest.mark.parametrize("f", [np.tanh, lambda X: X * (1 + 1e-4 * X[0] ** 2 * np.arange(4))], ids=["tanh", "by place"])
def test_the_worst_violation_is_found_and_drawn_again(f):
    found = tallies(f)
    residuals = {key: {} for key in found}
    for number, (point, factor, component, element) in trials(f).items():
        residuals[factor, component][number] = compare(point, factor, element).residual
    assert sum(map(len, residuals.values())) == COUNT
    for key, own in residuals.items():
        tally = found[key]
        assert tally.samples + tally.skipped == len(own) == COUNT // 3
        if max(own.values()) > 1e-9:
            worst = max(own, key=own.get)
            assert tally.violation == (pytest.approx(own[worst], rel=1e-9), (0, 2, worst))
            assert tally.residual == tally.violation[0]
            assert tally.samples == 1 + sum(residual < 1e-9 for residual in own.values())
        else:
            assert tally.violation is None and tally.samples == len(own) and tally.residual < tally.tolerance < 1e-13
    assert any(tally.violation and tally.violation[1][2] >= 64 for tally in found.values())


def test_every_trial_that_agrees_is_counted_once():
    line = "X: d n, t: () -> d n, n n, d"
    problem = Problem(line, group="O(d) x S(n)", d=3, n=4)
    for tally in tallies(lambda X, t: (t * X, X.T @ X, X.sum(axis=1)), problem).values():
        assert (tally.samples, tally.skipped, tally.unexplained, tally.violation) == (50, 0, 0, None)


@pytest.mark.parametrize("output", [0, 1])
@pytest.mark.parametrize("size", [1e-2, 1e-9])
def test_a_violation_of_one_output_of_two_is_found(output, size):
    problem = Problem("X: d n -> d n, d n", group="O(d)", d=3, n=4)
    found = tallies(lambda X: [X + size * np.abs(X) * (k == output) for k in range(2)], problem)
    assert all(tally.violation for tally in found.values())


NOWHERE = {
    "raises": lambda X: X if X[0, 0] < 0.8 else X[:, 9],
    "NaN": lambda X: X if X[0, 0] < 0.8 else X * np.nan,
    "infinite": lambda X: X if X[0, 0] < 0.8 else X / 0.0,
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_trial_without_a_value_is_skipped_and_no_other_is(name):
    f = NOWHERE[name]
    found, lost = tallies(f), dict.fromkeys(tallies(f), 0)
    for point, factor, component, element in trials(f).values():
        lost[factor, component] += max(point.inputs[0][0, 0], point.moved(factor, element).inputs[0][0, 0]) >= 0.8
    assert 0 < sum(lost.values()) < COUNT
    for key, tally in found.items():
        assert (tally.skipped, tally.samples, tally.violation) == (lost[key], COUNT // 3 - lost[key], None)
        assert tally.remark.startswith("no value at") and tally.first[:2] == (0, 2)


def drawn():
    """The inputs of the block."""
    return [point.inputs[0] for point in block(np.tanh).points]


def test_an_input_without_a_value_costs_its_own_trials_only():
    lost = drawn()[1]
    for tally in tallies(lambda X: X * np.nan if np.array_equal(X, lost) else X).values():
        assert tally.skipped in (21, 22) and tally.samples + tally.skipped == 50 and tally.violation is None
        assert 64 <= tally.first[2] < 67 and tally.remark.startswith("no value at scaled input")


def test_noise_at_one_input_hides_no_violation_at_another():
    lengths = sorted(np.linalg.norm(x) for x in drawn())
    limit = (lengths[1] + lengths[2]) / 2

    def f(X):
        return X * np.sin(1e17 * X.sum()) if np.linalg.norm(X) > limit else X + 1e-3 * np.abs(X) * np.arange(4)

    found = tallies(f)
    assert all(tally.violation and tally.violation[0] < 0.01 for tally in found.values())


def test_a_trial_is_blurred_if_one_of_its_outputs_is():
    problem = Problem("X: d n -> d n, d n", group="O(d)", d=3, n=4)
    for tally in tallies(lambda X: (X, X * np.sin(1e17 * X.sum())), problem).values():
        assert (tally.samples, tally.skipped, tally.violation) == (0, 75, None)


def test_a_difference_that_does_not_persist_is_unexplained():
    x = drawn()[0]
    near = lambda X: np.linalg.norm(X - x) < 1.1e-6 * np.linalg.norm(x)  # noqa: E731
    found = tallies(lambda X: X + 0.1 * np.abs(X) * np.arange(4) * near(X)).values()
    assert all(tally.skipped >= tally.unexplained > 15 for tally in found) and not any(t.violation for t in found)
    assert all("not at neighbouring points" in tally.remark for tally in found)


def test_a_value_that_is_another_one_the_next_time_is_met():
    calls = iter(range(10**6))
    with pytest.raises(Unfit, match="not deterministic"):
        tallies(lambda X: X * (1 + (next(calls) == 40)))


def test_the_trials_of_all_blocks_are_in_the_report():
    options = {"sizes": [{"d": 3, "n": 2}], "trials": 1500, "search": False, "exact": False, "controls": False}
    report = check(lambda X: 2 * X, Problem("X: d n -> d n", group="O(d)"), **options)
    assert 1500 < report.evidence["O(d)"].samples < 1700


def test_a_block_is_drawn_from_the_seed_and_its_place():
    def inputs(**options):
        return [x.tobytes() for point in block(np.tanh, **options).points for x in point.inputs]

    assert inputs() == inputs()
    others = [inputs(), inputs(seed=2), inputs(place=(1, 2)), inputs(place=(0, 3))]
    assert len({x for found in others for x in found}) == 12
    assert block(np.tanh, place=(0, 2)).labels == ["generic input", "scaled input", "generic input"]


@pytest.mark.parametrize("share", [1, 2, 3, 511, 512, 513, 2000])
def test_a_plan_has_all_trials_once_and_shares_them(share):
    chosen = [PROBLEM, PROBLEM.at(), Problem("X: d n -> d n", group="O(d)", d=100, n=99)]
    blocks = list(plan(chosen, share))
    assert sum(count for *_, count in blocks) == share and all(count > 0 for *_, count in blocks)
    shares = [sum(count for k, _, count in blocks if k == number) for number in range(3)]
    assert max(shares) - min(shares) <= 1
    for number, most in enumerate((512, 512, 64)):
        own = [(place, count) for k, place, count in blocks if k == number]
        assert [place for place, _ in own] == list(range(len(own)))
        assert all(count == most for _, count in own[:-1]) and all(count <= most for _, count in own)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200, 0.0])
def test_lengths_are_norms_of_real_and_complex_arrays(scale):
    rng = np.random.default_rng(0)
    stack = scale * rng.standard_normal((5, 2, 3))
    for some in (stack, 1j * stack, stack * np.exp(0.5j * rng.uniform(size=(5, 2, 3)))):
        assert np.allclose(_lengths(some), [norms([x])[0] for x in some], rtol=1e-14, atol=0)


def test_tallies_add_up_with_the_worst_of_each():
    a = Tally(3, 1, 1, 1e-15, 1e-14, (0, 0, 1), (0.25, (0, 0, 2)), "b", (0, 1, 0))
    b = Tally(4, 5, 2, 2e-15, 1e-13, (0, 0, 0), (0.5, (0, 0, 9)), "a", (0, 0, 8))
    both = Tally(7, 6, 3, 1e-15, 1e-14, (0, 0, 1), (0.5, (0, 0, 9)), "a", (0, 0, 8))
    assert a + b == b + a == both and a + Tally() == a
