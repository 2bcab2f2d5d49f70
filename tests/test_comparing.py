"""One equation at one point: what rounding explains, and what is left of the rest when it is looked at again."""

import numpy as np
import pytest

from symmetry.checks.function.calls.calling import Callee, Failed, Unfit, quiet
from symmetry.checks.function.comparing import Point, compare, judge
from symmetry.checks.function.noise import growth, lengths, noise
from symmetry.groups import O
from symmetry.problem import Problem

PROBLEM = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
X0 = np.array([[2.0, -1.5], [0.75, 1.25], [-0.5, 3.0]])
MIRROR = np.diag([-1.0, 1.0, 1.0])
TURN = O("d").haar(np.random.default_rng(2), 3, -1)
UNIT = 2.0**-53


def at(f, x=X0, problem=PROBLEM):
    return Point(Callee(f, problem), problem, [x], np.random.default_rng(0))


def compared(f, element=TURN, x=X0, problem=PROBLEM):
    with quiet():
        return compare(at(f, x, problem), O("d"), element)


def judged(f, element=TURN, x=X0):
    point = at(f, x)
    with quiet():
        return judge(point, O("d"), element, compare(point, O("d"), element)).outcome


# Tolerance ----------------------------------------------------------------------------------------------------


def test_what_is_exact_has_the_rounding_of_the_action_for_a_tolerance():
    assert compared(lambda X: 2 * X).tolerance == pytest.approx(8 * (1 + 3**0.5) * UNIT)
    assert growth(PROBLEM) == 1 + 3**0.5 and growth(Problem("X: d n -> d n", group="S(n)", d=3, n=2)) == 1


def test_lengths_are_those_of_the_vectors_that_matrices_mix():
    x = np.array([[3.0, 0.0], [0.0, -2.0], [4.0, 0.0]])
    assert np.array_equal(lengths(PROBLEM, [x])[0], np.broadcast_to([5.0, 2.0], (3, 2)))
    assert np.array_equal(lengths(Problem("X: d n -> d n", group="S(n)", d=3, n=2), [x])[0], np.abs(x))


FLAT = X0 * [[1.0], [0.0], [1.0]]


def measured(f, x=X0):
    with quiet():
        point = at(f, x)
        return float(noise(point.call, PROBLEM, point.inputs, point.output, np.random.default_rng(1))[0])


def test_noise_is_the_response_to_rounded_inputs_and_the_scatter_of_the_values():
    size = np.linalg.norm(X0)
    assert measured(lambda X: 2 * X) < 100 * UNIT * size
    assert 1e7 * UNIT * size < measured(lambda X: X + 1e8 * X[1], FLAT) < 1e10 * UNIT * size  # smooth
    assert 1e6 * UNIT * size < measured(lambda X: X.astype("f").astype(float)) < 1e10 * UNIT * size  # scattered


def test_noise_is_infinite_where_the_neighbours_have_no_value():
    assert measured(lambda X: X if np.array_equal(X, X0) else X * np.nan) == np.inf
    assert measured(lambda X: np.copysign(5e307, np.sin(1e17 * X))) == np.inf


@pytest.mark.parametrize("side", [1, -1])
def test_noise_counts_on_either_side(side):
    def f(X):
        return X.astype("f").astype(float) if side * X[0, 0] > 0 else X

    x = X0 + 1e-3 * np.pi
    found = compared(f, MIRROR, x)
    assert 1e-12 < found.residual < found.tolerance and found.outcome == "within"


def test_an_output_that_is_nothing_but_noise_is_blurred_beside_one_that_is_not():
    two = Problem("X: d n -> d n, d n", group="O(d)", d=3, n=2)
    assert compared(lambda X: (X, X * np.sin(1e17 * X.sum())), problem=two).outcome == "blurred"
    assert compared(lambda X: (X, 2 * X), problem=two).outcome == "within"


@pytest.mark.parametrize("place", [0, 1])
def test_the_residual_is_that_of_the_output_that_differs(place):
    two = Problem("X: d n -> d n, d n", group="O(d)", d=3, n=2)
    found = compared(lambda X: [np.abs(X) if k == place else X for k in range(2)], problem=two)
    assert found.outcome == "above" and found.residual == compared(np.abs).residual > 0.1


@pytest.mark.parametrize("size", [1.5e308, 5e307])
def test_outputs_too_large_for_a_difference_have_no_value(size):
    with pytest.raises(Failed, match="too large"):
        compared(lambda X: 0 * X + np.copysign(size, X[0]), MIRROR)


# What convicts ------------------------------------------------------------------------------------------------


def here(X):
    """Whether X is so near to X₀ that rounding leads there, and no farther."""
    return np.linalg.norm(X - X0) < 4e-6


def beside(X):
    return np.linalg.norm(X - X0) < 1e-3


def around(X):
    """Whether X is as long as X₀, but for a thousandth: also at its images and neighbours, not at other inputs."""
    return abs(np.linalg.norm(X) / np.linalg.norm(X0) - 1) < 1e-3


def bent(X, size):
    return X + size * np.abs(X)


def rounded_and_bent(X, size):
    return bent(X.astype("f"), np.float32(size)).astype(float)


JUDGED = {
    "everywhere": (lambda X: bent(X, 1e-3), "violated"),
    "around the point, and large": (lambda X: bent(X, 1e-3 * around(X)), "violated"),
    "at the point": (lambda X: bent(X, 1e-3 * here(X)), "above"),
    "a hundred times smaller beside the point": (lambda X: bent(X, 1e-1 if here(X) else 1e-4), "above"),
    "rough beside the point": (
        lambda X: bent(X, 1e-3) if here(X) else X * (1 + 1e-3 * np.sin(1e17 * X.sum()) * beside(X)),
        "above",
    ),
    "small, in any precision": (lambda X: bent(X, 1e-12), "violated"),
    "as rounding, larger in lower precision": (lambda X: bent(X, 1e4 * np.finfo(X.dtype).eps), "above"),
    "without a digit in float32": (lambda X: bent(X, 1e-3) if X.dtype != np.float32 else 0 * X + 1, "violated"),
    "in float64 only": (lambda X: bent(X, 1e-3 * (X.dtype == np.float64)) + (X.dtype == np.float32), "above"),
    "without a value in float32": (lambda X: bent(X, 1e-3) / (X.dtype != np.float32), "violated"),
    "in half precision, small": (lambda X: bent(X, 0.04).astype(np.float16), "above"),
    "in half precision, large": (lambda X: np.abs(X).astype(np.float16), "violated"),
    "underflow": (lambda X: bent(X, 0.5) * 1e-310, "underflow"),
    "single precision": (lambda X: rounded_and_bent(X, 1e-3), "violated"),
}


@pytest.mark.parametrize("name", JUDGED)
def test_a_residual_convicts_if_it_is_no_accident_and_no_rounding(name):
    f, outcome = JUDGED[name]
    assert judged(f) == outcome


def test_a_weak_residual_must_be_there_at_independent_inputs():
    size = next(
        size
        for size in np.geomspace(1e-7, 1e-4, 40)
        if compared(lambda X, s=size: rounded_and_bent(X, s)).outcome == "above"
    )
    found = compared(lambda X: rounded_and_bent(X, 4 * size))
    assert found.is_weak and not compared(lambda X: rounded_and_bent(X, 100 * size)).is_weak
    assert judged(lambda X: rounded_and_bent(X, 4 * size)) == "violated"
    assert judged(lambda X: rounded_and_bent(X, 4 * size * around(X))) in ("above", "within")
    assert judged(lambda X: rounded_and_bent(X, 100 * size * around(X))) == "violated"


def test_a_value_that_has_changed_at_the_image_convicts_nobody():
    factor = [2.0]
    point = at(lambda X: X if X[0, 0] > 0 else factor[0] * X)
    found = compare(point, O("d"), MIRROR)
    factor[0] = 3.0
    with pytest.raises(Unfit, match="not deterministic"):
        judge(point, O("d"), MIRROR, found)
