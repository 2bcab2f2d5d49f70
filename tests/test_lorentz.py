"""The Lorentz group: four components, elements of each, how they are distributed, and verdicts on functions."""

import itertools
import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from symmetry import check
from symmetry.groups import KINDS, Lorentz
from symmetry.problem import Problem

G = Lorentz("d")
COMPONENTS = (1, -1, -2, 2)
UNIT = np.finfo(float).eps / 2
sizes = pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
components = pytest.mark.parametrize("component", COMPONENTS)


def eta(size):
    return np.diag([1.0] + [-1.0] * (size - 1))


def reversals(component, size):
    """The signs of Λ₀₀ and of the determinant, by the table in the documentation."""
    time, determinant = {1: (1, 1), -1: (1, -1), -2: (-1, -1), 2: (-1, 1)}[component]
    return time, determinant if size > 1 else time


def exactly(element):
    return np.array([[float(x) for x in row] for row in element])


def test_the_components_are_four_and_their_signs_are_the_determinants():
    assert G.components == COMPONENTS
    for component in COMPONENTS:
        assert reversals(component, 3)[1] == np.sign(component)
        assert (abs(component) == 2) == (reversals(component, 3)[0] < 0)


@sizes
@components
@pytest.mark.parametrize("way", ["haar", "monomial", "exact"])
def test_every_draw_keeps_the_form_and_is_of_the_component_asked_for(way, component, size):
    rng = Random(size) if way == "exact" else np.random.default_rng(size)
    for _ in range(10):
        drawn = getattr(G, way)(rng, size, component)
        matrix = exactly(drawn)
        # two columns of length at most e², rounded, and K B K' with three roundings of √size (Higham 2002, 3.5)
        allowed = 0 if way == "monomial" else 20 * size**1.5 * UNIT * np.linalg.norm(matrix, 2) ** 2
        assert np.linalg.norm(matrix.T @ eta(size) @ matrix - eta(size)) <= allowed
        assert (np.sign(matrix[0, 0]), round(np.linalg.det(matrix))) == reversals(component, size)
        if way == "exact":
            assert KINDS["Lorentz"].contains(drawn)
            assert not KINDS["Lorentz"].contains(((drawn[0][0] + Fraction(1, 9), *drawn[0][1:]), *drawn[1:]))
        if way == "monomial":
            assert set(np.abs(matrix).ravel()) <= {0.0, 1.0}
            assert np.array_equal(np.abs(matrix).sum(axis=0), np.ones(size))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (((Fraction(5, 4), Fraction(3, 4)), (Fraction(3, 4), Fraction(5, 4))), True),
        (((Fraction(5, 4), Fraction(3, 4)), (Fraction(-3, 4), Fraction(-5, 4))), True),
        (((Fraction(5, 4), Fraction(3, 4)), (Fraction(-3, 4), Fraction(5, 4))), False),
        (((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5))), False),
        (((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))), False),
        (((Fraction(-1),),), True),
        (((Fraction(1), Fraction(0)),), False),
    ],
    ids=["boost", "boost with space reversed", "a sign wrong", "rotation", "time and space exchanged", "-1", "one row"],
)
def test_membership_is_decided_exactly(matrix, expected):
    assert KINDS["Lorentz"].contains(matrix) == expected


@pytest.mark.parametrize("size", [2, 3, 5])
def test_components_multiply_as_reversals_do(size):
    rng = np.random.default_rng(size)
    for first, second in itertools.product(COMPONENTS, COMPONENTS):
        product = G.product(G.haar(rng, size, second), G.haar(rng, size, first))
        time, determinant = (a * b for a, b in zip(reversals(first, size), reversals(second, size), strict=True))
        assert reversals(G.component(product), size) == (time, determinant)


def test_size_one_has_the_two_elements_that_reverse_time_or_not():
    rng = np.random.default_rng(0)
    assert [float(G.haar(rng, 1, component)[0, 0]) for component in COMPONENTS] == [1, 1, -1, -1]


def kolmogorov(values, low, high):
    """√n times the distance of an empirical distribution from the uniform one."""
    expected = (np.sort(values) - low) / (high - low)
    ranks = np.arange(len(values) + 1) / len(values)
    return math.sqrt(len(values)) * max(np.max(ranks[1:] - expected), np.max(expected - ranks[:-1]))


@components
def test_rapidities_and_directions_are_uniformly_distributed(component):
    stack = G.stack(np.random.default_rng(5), 4, component, 3000)
    rapidity = np.arccosh(np.abs(stack[:, 0, 0]))
    assert np.max(rapidity) <= 2 and kolmogorov(rapidity, 0, 2) < 2
    for axis in (1, 2, 3):  # a coordinate of a uniform direction in three dimensions is uniform (Archimedes)
        to = stack[:, axis, 0] / np.sinh(rapidity)
        fro = stack[:, 0, axis] / np.sinh(rapidity)
        assert kolmogorov(to, -1, 1) < 2 and kolmogorov(fro, -1, 1) < 2
        assert abs(np.mean(to * fro)) < 5 / 3 / math.sqrt(len(stack))
    assert np.array_equal(np.sign(stack[:, 0, 0]), np.full(3000, reversals(component, 4)[0]))


def test_boosts_of_size_two_go_both_ways():
    rapidity = np.arcsinh(G.stack(np.random.default_rng(6), 2, 1, 3000)[:, 0, 1])
    assert kolmogorov(rapidity, -2, 2) < 2


def test_exact_elements_are_boosted_and_turned():
    elements = [G.exact(Random(seed), 4, 1) for seed in range(20)]
    assert all(any(x.denominator > 1 for x in row) for element in elements for row in element)
    assert max(abs(element[0][0]) for element in elements) <= Fraction(25, 7)
    assert len(set(elements)) == 20


@pytest.mark.parametrize("size", [1, 2, 4])
def test_stretch_is_the_norm_of_the_element_and_of_its_inverse(size):
    for matrix in G.stack(np.random.default_rng(7), size, 2, 10):
        for one in (matrix, np.linalg.inv(matrix)):
            assert G.stretch(matrix) == pytest.approx(np.linalg.norm(one, 2), rel=1e-12)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_near_elements_boost_and_turn(size):
    boosts = [G.near(np.random.default_rng(seed), size, 0.1) for seed in range(20)]
    assert min(np.abs(matrix[0, 1:]).max() for matrix in boosts) > 0
    assert size == 2 or min(np.abs(np.triu(matrix[1:, 1:], 1)).max() for matrix in boosts) > 0
    assert all(np.allclose(matrix[0, 1:], matrix[1:, 0], atol=0.01) for matrix in boosts)
    assert {np.sign(matrix[0, 1]) for matrix in boosts} == {-1, 1}


# ---------------------------------------------------------------------------------------------------------------
# Verdicts


def products(X, Y=None):
    return X.T @ eta(len(X)) @ (X if Y is None else Y)


def scalar(x, y):
    return products(x[:, None], y[:, None])[0, 0]


def attention(X):
    return X @ np.tanh(products(X) / 4)


def future(p):
    """Whether a vector points to the future or the past; 0 where neither."""
    return np.sign(p[0]) * (scalar(p, p) > 0)


def handed(X):
    """The direction that a frame has, a determinant."""
    return np.linalg.det(X[:, : len(X)])


def lowered(F, x):
    return F @ eta(len(x)) @ x


ALL = dict.fromkeys(COMPONENTS, "holds")
VERDICTS = {
    "Minkowski product": (scalar, "x: d, y: d -> ", ALL),
    "Euclidean product": (lambda x, y: x @ y, "x: d, y: d -> ", ALL | {1: "violated"}),
    "product of the other signature": (lambda x, y: -scalar(x, y), "x: d, y: d -> ", ALL),
    "attention": (attention, "X: d n -> d n", ALL),
    "attention with the mean of space": (
        lambda X: attention(X) + 1e-6 * X * X[1:].mean(),
        "X: d n -> d n",
        dict.fromkeys(COMPONENTS, "violated"),
    ),
    "a tensor on a vector": (lowered, "F: d d, x: d -> d", ALL),
    "a tensor on a vector, index not lowered": (lambda F, x: F @ x, "F: d d, x: d -> d", ALL | {1: "violated"}),
    "direction of time": (future, "x: d -> ", {1: "holds", -1: "holds", -2: "violated", 2: "violated"}),
    "handedness": (handed, "X: d n -> ", {1: "holds", 2: "holds", -1: "violated", -2: "violated"}),
    "both": (
        lambda p, X: future(p) * handed(X),
        "p: d, X: d n -> ",
        {1: "holds", -1: "violated", -2: "holds", 2: "violated"},
    ),
    "proper time": (lambda x: np.sqrt(np.abs(scalar(x, x))), "x: d -> ", ALL),
    "length of space": (lambda x: np.linalg.norm(x[1:]), "x: d -> ", ALL | {1: "violated"}),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdicts_for_each_component(name):
    function, line, expected = VERDICTS[name]
    problem = Problem(line, group=G)
    at = [{axis: {"d": 3, "n": 5}[axis] for axis in problem.symbolic}]
    report = check(function, problem, sizes=at, trials=4)
    found = dict(zip(COMPONENTS, report.components["Lorentz(d)"].values(), strict=True))
    if expected == ALL | {1: "violated"}:  # at fault already on boosts, which all components have
        assert "holds" not in found.values() and found[1] == "violated"
    else:
        assert found == expected, str(report)


def test_an_orthogonal_law_is_not_a_lorentz_law_and_conversely():
    for function, holds, violated in ((lambda X: X @ X.T @ X, "O(d)", G), (attention, str(G), "O(d)")):
        for group, verdict in ((holds, "holds"), (violated, "violated")):
            report = check(function, Problem("X: d n -> d n", group=group), sizes=[{"d": 4, "n": 3}], trials=2)
            assert set(report.verdicts.values()) == {verdict}


@pytest.mark.parametrize("seed", range(6))
def test_rounding_that_a_boost_amplifies_is_not_held_against_a_function(seed):
    report = check(attention, Problem("X: d n -> d n", group=G), seed=seed, sizes=[{"d": 5, "n": 3}], trials=3)
    assert report.verdicts == {"Lorentz(d)": "holds"}, str(report)
