"""What is booked of a component, and the verdicts that it amounts to: as strong as the weakest."""

from itertools import product

import numpy as np
import pytest

from symmetry.checks.function import check
from symmetry.checks.function.comparing import Comparison
from symmetry.checks.function.exact import ExactReport
from symmetry.checks.function.ledger import Ledger, evidence_of
from symmetry.checks.function.stream import Tally
from symmetry.checks.function.verdicts import _joined
from symmetry.evidence import Evidence
from symmetry.groups import O
from symmetry.problem import Problem

PROBLEM = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
ORDER = ("violated", "inconclusive", "holds")


def booked(*comparisons, is_generic=True):
    ledger = Ledger()
    for residual, tolerance in comparisons:
        ledger.count(Comparison(residual, tolerance, "within", (), ()), PROBLEM, is_generic)
    return ledger


def test_the_worst_comparison_is_the_one_nearest_to_its_tolerance():
    ledger = booked((1e-16, 1e-14), (5e-15, 1e-14), (1e-9, 1e-3))
    assert (ledger.residual, ledger.tolerance) == (5e-15, 1e-14)
    ledger.add(Tally(samples=3, residual=9e-15, tolerance=1e-14, worst=(0, 0, 0)), [PROBLEM])
    assert (ledger.residual, ledger.tolerance, ledger.samples, ledger.generic) == (9e-15, 1e-14, 6, 6)
    assert booked((0.0, 1e-9)).tolerance == 1e-9


def test_only_generic_inputs_make_a_component_hold():
    assert Ledger().verdict == booked((0.0, 1e-14), is_generic=False).verdict == "inconclusive"
    assert booked((0.0, 1e-14)).verdict == "holds"


def test_a_failure_keeps_a_component_from_holding_and_rounding_is_the_weaker_reason():
    ledger = booked((0.0, 1e-14))
    ledger.skip("a tie")
    assert ledger.verdict == "holds" and ledger.is_blurred and ledger.skipped == 1
    ledger.fail("rounding", is_rounding=True)
    assert ledger.verdict == "inconclusive" and ledger.is_blurred and ledger.failure == "rounding"
    ledger.fail("no value")
    ledger.fail("rounding again", is_rounding=True)
    ledger.fail("no value again")
    assert not ledger.is_blurred and ledger.failure == "no value" and ledger.skipped == 5


@pytest.mark.parametrize(("unexplained", "verdict"), [(1, "holds"), (2, "inconclusive"), (100, "inconclusive")])
def test_more_than_one_in_a_hundred_trials_without_an_explanation_are_too_many(unexplained, verdict):
    ledger = Ledger()
    ledger.add(Tally(100, unexplained, unexplained, worst=(0, 0, 0), remark="odd", first=(0, 0, 1)), [PROBLEM])
    assert ledger.verdict == verdict and ledger.remark == "odd" and ledger.is_blurred
    assert ledger.skipped >= unexplained


@pytest.mark.parametrize("verdicts", list(product(ORDER, repeat=2)))
def test_the_evidence_for_a_factor_is_that_for_its_weakest_component(verdicts):
    ledgers = [booked((1e-15, 1e-14)), booked((0.0, 1e-14))]
    found = evidence_of(ledgers, verdicts, 3, None)
    assert found.verdict == min(verdicts, key=ORDER.index)
    assert (found.samples, found.residual, found.tolerance, found.seed) == (2, 1e-15, 1e-14, 3)


def test_exact_arithmetic_does_not_make_up_for_values_that_are_missing():
    report = check(lambda X: X if len(X.T) < 8 or X.dtype == object else X * np.nan, stated("O(d)"))
    assert report.exact["O(d)"].verdict == "holds" and report.verdicts == {"O(d)": "inconclusive"}
    assert set(report.components["O(d)"].values()) == {"inconclusive"}


def test_exact_arithmetic_at_small_sizes_does_not_override_a_violation_at_a_larger_one():
    report = check(lambda X: np.abs(X) if len(X) > 8 else X, stated("O(d)"))
    assert report.exact["O(d)"].verdict == "holds" and report.verdicts == {"O(d)": "violated"}
    assert set(report.components["O(d)"].values()) == {"violated"}


def exactly(verdict, method="exact", bound=None):
    return Evidence(method=method, verdict=verdict, sizes=({"d": 2},), samples=3, seed=0, error_bound=bound)


@pytest.mark.parametrize("verdicts", list(product(ORDER, repeat=2)))
def test_exact_evidence_is_that_for_the_weakest_component(verdicts):
    one = {"O(d)": dict(zip((1, -1), map(exactly, verdicts), strict=True))}
    none = {"O(d)": {c: exactly("inconclusive", "modular") for c in (1, -1)}}
    report = ExactReport("f", PROBLEM, 0, one, none, None)
    assert _joined(report, O("d")).verdict == min(verdicts, key=ORDER.index)


def test_a_false_pass_is_as_likely_as_for_the_component_where_it_is_most():
    bounds = {1: exactly("holds", "modular", 1e-16), -1: exactly("holds", "modular", 1e-15)}
    report = ExactReport(
        "f", PROBLEM, 0, {"O(d)": {c: exactly("inconclusive") for c in (1, -1)}}, {"O(d)": bounds}, None
    )
    assert _joined(report, O("d")).error_bound == 1e-15


def stated(group):
    return Problem("X: d n -> d n", group=group)


def test_an_exact_violation_overrides_sampling_that_holds():
    report = check(lambda X: X + X**2 / 2**100, stated("O(d)"))
    assert report.verdicts == {"O(d)": "violated"} and report.counterexamples["O(d)"].is_exact
    assert check(lambda X: X + X**2 / 2**100, stated("O(d)"), exact=False).verdicts == {"O(d)": "holds"}


SIZES = [{"d": 3, "n": 2}, {"d": 4, "n": 2}]


def test_every_size_is_looked_at_and_those_without_a_violation_are_named():
    everywhere = check(np.abs, stated("O(d)"), sizes=SIZES, exact=False)
    assert everywhere.evidence["O(d)"].sizes == tuple(SIZES) and everywhere.differ == {}
    some = check(lambda X: np.abs(X) if len(X) == 3 else X, stated("O(d)"), sizes=SIZES, exact=False)
    assert some.differ == {"O(d)": "d,n = 4,2"}


def test_a_planted_violation_is_seen_where_the_function_holds():
    assert 1e-14 < check(lambda X: 2 * X, stated("O(d)"), sizes=SIZES).detects["O(d)"] < 1e-10
    assert check(lambda X: 2 * X, stated("O(d)"), sizes=SIZES, controls=False).detects == {}


def test_a_function_that_changes_before_the_end_is_met():
    calls = []

    def f(X, until):
        calls.append(X)
        return X * (1 + (len(calls) > until))

    options = {"sizes": SIZES, "search": False, "exact": False}
    assert check(lambda X: f(X, np.inf), stated("O(d)"), **options).ok
    last = len(calls) - 1
    calls.clear()
    report = check(lambda X: f(X, last), stated("O(d)"), **options)
    assert report.verdicts == {"O(d)": "inconclusive"} and "not deterministic" in report.reason


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_exact_arithmetic_decides_where_rounding_alone_leaves_it_open(seed):
    far = 2**35.4
    for exact, verdict in ((False, "inconclusive"), (True, "holds")):
        report = check(lambda X: (X + far) - far, stated("O(d)"), seed=seed, exact=exact)
        assert report.verdicts == {"O(d)": verdict}
    assert report.evidence["O(d)"].detail.startswith("decided by exact arithmetic; in floating point: ")
