"""Planted violations are told from rounding: seen where they are larger, and not where rounding hides them."""

import numpy as np
import pytest

from symmetry.checks.function.calls.calling import Callee, Failed, quiet
from symmetry.checks.function.controls import detected
from symmetry.problem import Problem

PROBLEM = Problem("X: d n -> d n", group="O(d)", d=3, n=4)


def found(f, tolerance=1e-14, **options):
    (factor,) = PROBLEM.group
    with quiet():
        return detected(Callee(f, PROBLEM), PROBLEM, factor, -1, np.random.default_rng(0), tolerance, **options)


def test_a_violation_below_the_rounding_of_the_function_is_not_seen():
    assert 1e-13 < found(lambda X: 2 * X) < 1e-11
    assert 1e-7 < found(lambda X: X.astype("f").astype(float)) < 1e-3


def test_where_nothing_can_be_judged_no_violation_is_seen():
    assert found(lambda X: X * np.sin(1e17 * np.sum(X**2))) is None


@pytest.mark.parametrize("quick", [False, True])
def test_without_a_value_nothing_can_be_planted(quick):
    with pytest.raises(Failed, match="not finite"):
        found(lambda X: X * np.nan, quick=quick)


def test_a_quick_look_sees_what_is_above_the_tolerance_that_it_is_given():
    assert found(lambda X: 2 * X, 1e-9, quick=True) == pytest.approx(1e-7)
