"""The search for violations that generic inputs do not meet: structured inputs, and climbing."""

from itertools import islice

import numpy as np
import pytest
from gated import ALIKE, BOTH, ROWS, TALL, TOKENS, norm

from symmetry.checks.function import check
from symmetry.checks.function.calls.calling import Callee, quiet
from symmetry.checks.function.comparing import Point, compare
from symmetry.checks.function.inputs import generic, structured
from symmetry.checks.function.search.climbing import climb
from symmetry.problem import Problem

# Structured inputs --------------------------------------------------------------------------------------------


def columns(problem, inputs):
    """The vectors of all inputs as one matrix, for O(d)."""
    axes = [tensor.axes.index("d") for tensor in problem.inputs]
    return np.hstack([np.moveaxis(x, a, 0).reshape(x.shape[a], -1) for x, a in zip(inputs, axes)])


def is_orthogonal(matrix):
    q = matrix[:, : matrix.shape[0]]
    gram = q.T @ q
    return np.allclose(gram, np.diag(np.diag(gram))) and np.all(np.diag(gram) > 0)


FORMS = {
    "small integers": lambda v: np.array_equal(v, np.round(v)) and np.max(np.abs(v)) == 2,
    "long": lambda v: norm(v) > 500,
    "short": lambda v: 0 < norm(v) < 0.02,
    "one long vector": lambda v: 10 < norm(v, axis=0).max() and norm(v, axis=0).min() < 10,
    "one long coordinate": lambda v: 0 < np.sum(v == 64) < v.size,
    "zero": lambda v: not v.any(),
    "collinear": lambda v: np.linalg.matrix_rank(v) == 1,
    "positive": lambda v: (v > 0).all(),
    "negative": lambda v: (v < 0).all(),
    "orthogonal": lambda v: is_orthogonal(v) and np.ptp(norm(v, axis=0)) > 0.1,
    "orthonormal": lambda v: is_orthogonal(v) and np.allclose(norm(v[:, : min(v.shape)], axis=0), 1),
    "rank deficient": lambda v: np.linalg.matrix_rank(v) == max(1, min(v.shape) - 1),
    "rank 2": lambda v: np.linalg.matrix_rank(v) == 2,
    "unit vectors": lambda v: sorted(np.unique(v)) == [0, 1] and np.all(v.sum(axis=0) == 1),
    "ill-conditioned": lambda v: 0.99e6 < np.linalg.cond(v) < 1.01e6,
    "very long": lambda v: norm(v) > 1e8,
    "very short": lambda v: 0 < norm(v) < 1e-7,
}
EACH = {
    "repeated": lambda v: np.array_equal(v, np.repeat(v[:, :1], v.shape[1], axis=1)),
    "equal norms": lambda v: len(set(np.sum(v**2, axis=0))) == 1 and len(set(map(tuple, v.T))) > 1,
    "nearly repeated": lambda v: 0 < np.ptp(v, axis=1).max() < 1e-5,
    "sorted": lambda v: (np.diff(v, axis=1) >= 0).all(),
    "constant": lambda v: len(np.unique(v)) == 1,
}


@pytest.mark.parametrize("problem", [TOKENS, TALL, BOTH, ROWS], ids=str)
def test_structured_inputs_have_the_form_that_they_are_named_after(problem):
    found = dict(structured(problem, np.random.default_rng(3)))
    for inputs in found.values():
        assert [x.shape for x in inputs] == [problem.shape(t) for t in problem.inputs]
        assert all(x.dtype == np.float64 and np.isfinite(x).all() for x in inputs)
    for name, has_form in FORMS.items():
        assert has_form(columns(problem, found[name])), name
    for name, has_form in EACH.items():
        for x, tensor in zip(found[name], problem.inputs):
            alone = Problem(f"{tensor} -> ", group="O(d)", **{a: problem.size(a) for a in tensor.axes})
            assert has_form(columns(alone, [x])), name
    gram = columns(problem, found["equal inner products"])[:, : min(3, problem.size("d"))]
    assert np.allclose(norm(gram - gram[:, :1], axis=0)[1:], np.sqrt(2))


def test_each_input_is_zero_in_turn():
    problem = Problem("X: d n, Z: d m, t: () -> d n", group="O(d)", d=4, n=2, m=3)
    found = dict(structured(problem, np.random.default_rng(0)))
    for name, zero in {"input X zero": 0, "input Z zero": 1, "last input zero": 2}.items():
        assert [bool(np.any(x)) for x in found[name]] == [i != zero for i in range(3)]


def test_structured_inputs_do_not_depend_on_how_many_are_looked_at():
    first, second = np.random.default_rng(5), np.random.default_rng(5)
    some = list(islice(structured(BOTH, first), 4))
    every = list(structured(BOTH, second))[:4]
    assert all(np.array_equal(a, b) for (_, x), (_, y) in zip(some, every) for a, b in zip(x, y))
    assert first.integers(2**60) == second.integers(2**60)


def test_forms_without_matrices_relate_what_permutations_leave():
    problem = Problem("X: n d -> n d", group="S(n)", n=4, d=3)
    found = dict(structured(problem, np.random.default_rng(0)))
    assert np.array_equal(found["repeated"][0], np.repeat(found["repeated"][0][:1], 4, axis=0))
    assert np.linalg.matrix_rank(found["rank 2"][0]) == 2


@pytest.mark.parametrize("line", ["t: () -> ", "X: 1 1 -> 1 1", "X: d n, t: () -> d n"])
def test_forms_exist_at_the_smallest_sizes(line):
    problem = Problem(line, group="O(d)" if "d" in line else None, **{a: 1 for a in ("d", "n") if a in line})
    for _, inputs in structured(problem, np.random.default_rng(0)):
        assert [x.shape for x in inputs] == [problem.shape(t) for t in problem.inputs]


# Climbing -----------------------------------------------------------------------------------------------------

CLIMBED = {
    "norm > 12": lambda X: X if norm(X) < 12 else np.abs(X),
    "norm < 0.2": lambda X: X if norm(X) > 0.2 else np.abs(X),
    "relu far out": lambda X: X + 1e-3 * np.maximum(X[0, 0] - 5.5, 0),
    "a Python number": lambda X: np.abs(X) if float(norm(X)) > 40 else X,
    "an inner product > 20": lambda X: np.abs(X) if X[:, 0] @ X[:, 1] > 20 else X,
    "two gates": lambda X: X if not (norm(X) > 20 and X[0, 0] > 9) else np.abs(X),
    "saturated": lambda X: 40 * np.tanh(X / 40) if norm(X) > 30 else X,
    "cubes below rounding": lambda X: X + 1e-16 * X**3,
    "all of a row positive": lambda X: np.abs(X) if (X[0] > 0.5).all() else X,
    "an increasing row": lambda X: -X if (np.diff(X[0]) > 0).all() else X,
}


def climbed(f, seed, problem=TOKENS, name="O(d)", component=-1, budget=1500):
    rng = np.random.default_rng(seed)
    (factor,) = [g for g in problem.group if str(g) == name]
    call = Callee(f, problem)
    starts = []
    for _ in range(3):
        point = Point(call, problem, generic(problem, rng), rng)
        starts.append((point, factor.haar(rng, problem.size(factor.axis), component)))
    with quiet():
        summit = climb(starts, factor, component, rng, budget=budget)
    return summit, call.calls


@pytest.mark.parametrize("name", CLIMBED)
def test_climb_finds_what_no_generic_input_shows(name):
    for seed in range(2):
        summit, calls = climbed(CLIMBED[name], seed)
        assert summit.comparison.outcome == "violated" and summit.height > 1
        assert summit.calls == calls
        element = summit.element
        assert np.allclose(element.T @ element, np.eye(3)) and np.linalg.det(element) < 0
        again = compare(summit.point, TOKENS.group.factors[0], element)
        assert again.residual == summit.comparison.residual


def test_climb_over_permutations_and_rotations():
    def by_index(X):
        return X * np.arange(X.shape[1]) if norm(X) > 40 else X

    assert climbed(by_index, 0, name="S(n)", component=1)[0].comparison.outcome == "violated"
    assert climbed(by_index, 0, component=1, budget=300)[0].comparison.outcome == "within"
    lorentz = Problem("X: d n -> n", group="Lorentz(d) x T(d)", d=4, n=3)
    norms = climbed(lambda X: X[0] ** 2 + np.sum(X[1:] ** 2, axis=0), 0, lorentz, "Lorentz(d)", -2)[0]
    assert norms.comparison.outcome == "violated"
    interval = climbed(lambda X: X[0] ** 2 - np.sum(X[1:] ** 2, axis=0), 0, lorentz, "Lorentz(d)", -2, 300)[0]
    assert interval.comparison.outcome == "within"


@pytest.mark.parametrize("name", ALIKE)
def test_climb_does_not_accuse(name):
    summit, _ = climbed(ALIKE[name], 3, budget=250)
    assert summit.comparison.outcome == "within" and summit.height <= 1


def test_climb_passes_over_what_is_not_confirmed():
    def as_rounding(X):  # a difference that is as much larger in float32 as rounding is
        return X + 1e4 * np.finfo(X.dtype).eps * np.abs(X)

    summit, _ = climbed(as_rounding, 0, budget=300)
    assert summit is None or summit.comparison.outcome == "within"


SEARCHED = {
    "by steering": lambda X: np.abs(X) if 20 < norm(X) < 24 and X[0, 0] > 9 else X,
    "by climbing": lambda X: np.abs(X) if 12 < float(norm(X)) < 48 else X,
}


@pytest.mark.parametrize("name", SEARCHED)
def test_check_finds_by_its_search_what_it_does_not_meet_without(name):
    options = {"sizes": [{"d": 3, "n": 2}], "trials": 16, "exact": False, "controls": False}
    verdicts = {
        search: check(SEARCHED[name], Problem("X: d n -> d n", group="O(d)"), search=search, **options).verdicts["O(d)"]
        for search in (False, True)
    }
    assert verdicts == {False: "holds", True: "violated"}


@pytest.mark.parametrize("budget", [0, 1, 50, 400])
def test_climb_keeps_to_its_budget(budget):
    summit, calls = climbed(lambda X: X @ X.T @ X, 0, budget=budget)
    least, judgement = 3 * 17, 100
    assert calls <= max(budget, least) + judgement and summit.calls == calls


def test_same_seed_climbs_to_the_same_summit():
    first, second = (climbed(CLIMBED["cubes below rounding"], 5)[0] for _ in range(2))
    assert first.calls == second.calls and first.comparison.residual == second.comparison.residual
    assert np.array_equal(first.point.inputs[0], second.point.inputs[0])


def raises(X):
    raise ValueError("no")


@pytest.mark.parametrize("f", [raises, lambda X: X * np.nan], ids=["raises", "NaN"])
def test_climb_without_a_value_anywhere_has_no_summit(f):
    assert climbed(f, 0, budget=100)[0] is None


def test_climb_ends_where_no_candidate_is_allowed():
    rng = np.random.default_rng(0)
    call = Callee(lambda X: X, TOKENS)
    point = Point(call, TOKENS, [1e-9 * x for x in generic(TOKENS, rng)], rng)
    factor = TOKENS.group.factors[0]
    assert climb([(point, factor.haar(rng, 3, -1))], factor, -1, rng, budget=200).comparison.outcome == "within"
