"""The search for violations that generic inputs do not meet: structured inputs, climbing, steering by comparisons.

Every planted bug here sits in a region that standard normal inputs enter with a probability below 1e-4, most of them
below 1e-12; every look-alike has a gate of the same kind, on an invariant and with equivariant branches.
"""

from itertools import islice

import numpy as np
import pytest

from symmetry.checks.function.branches import Coverage, flipped
from symmetry.checks.function.calling import Callee, Failed, quiet
from symmetry.checks.function.climbing import climb
from symmetry.checks.function.comparing import Point, compare, judge
from symmetry.checks.function.inputs import generic, structured
from symmetry.checks.function.tracing import Trace
from symmetry.problem import Problem

BUDGET = 600
TOKENS = Problem("X: d n -> d n", group="O(d) x S(n)", d=3, n=5)
TALL = Problem("X: d n -> d n", group="O(d) x S(n)", d=7, n=2)
BOTH = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)", d=4, n=2, m=3)
ROWS = Problem("X: b n d -> b n d", group="O(d) x S(n)", b=2, n=3, d=5)
norm = np.linalg.norm


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


# Planted bugs in small regions --------------------------------------------------------------------------------


def in_a_loop(X):
    result = X.copy()
    for j in range(X.shape[1]):
        total = 0.0
        for i in range(X.shape[0]):
            total += X[i, j] ** 2
        if total > 400:
            result[:, j] = np.abs(X[:, j])
    return result


def three_gates(X):
    if norm(X) > 20 and X[:, 0] @ X[:, 1] > 50:
        return -X if X[2, 0] < -4 else X
    return X


def conjunction(X):
    return np.where((norm(X) > 30) & (X[0, 0] > 4.5) & ~(X[1, 0] > -3), -X, X)


def masked(X):
    result = X.copy()
    result[X > 6] = 6
    return result


class Method:
    limit = 33.0

    def __call__(self, X):
        return [X, np.abs(X)][int(self.length(X) > self.limit)]

    def length(self, X):
        return np.sqrt((X * X).sum())


BEHIND = {
    "norm > 50": lambda X: np.abs(X) if norm(X) > 50 else X,
    "norm < 1e-3": lambda X: X if norm(X) >= 1e-3 else np.abs(X),
    "an entry > 4.5": lambda X: 2 * X if X[0, 0] > 4.5 else X,
    "an inner product > 20": lambda X: np.abs(X) if X[:, 0] @ X[:, 1] > 20 else X,
    "all of a row negative": lambda X: -X if (X[:2] < -0.5).all() else X,
    "two gates": lambda X: -X if norm(X) > 20 and X[0, 0] > 9 else X,
    "three gates": three_gates,
    "np.where of a conjunction": conjunction,
    "np.clip": lambda X: np.clip(X, -40, 40),
    "a mask": masked,
    "a loop": in_a_loop,
    "a method": Method(),
    "relu far out": lambda X: X + 1e-3 * np.maximum(X[0, 0] - 4.5, 0),
    "a narrow window": lambda X: np.abs(X) if abs(X[0, 0] - 1) < 1e-4 else X,
    "a window of a product": lambda X: np.abs(X) if 3 < X[0, 0] * X[1, 1] < 3.003 else X,
    "a determinant > 60": lambda X: np.abs(X) if np.linalg.det(X[:2, :2]) > 60 else X,
    "nearly parallel tokens": lambda X: (
        np.abs(X) if X[:, 0] @ X[:, 1] > 0.999999 * norm(X[:, 0]) * norm(X[:, 1]) else X
    ),
    "nearly singular": lambda X: np.abs(X) if np.linalg.cond(X) > 1e5 else X,
    "np.floor": lambda X: X * (1 + np.floor(np.abs(X[0, 0]) / 6)),
    "np.sign": lambda X: X * np.sign(6 - X[0, 0]),
    "max()": lambda X: X * max(X[0, 0], 5.0),
    "a sum of booleans": lambda X: -X if np.sum(X > 2) >= 7 else X,
    "np.exp": lambda X: np.abs(X) if np.exp(X[0, 0]) > 500 else X,
    "the index of a maximum": lambda X: np.abs(X) if X[np.argmax(X[:, 0]), 0] > 5 else X,
}


def convicted(f, problem, seed, budget=BUDGET):
    """The factors and components that are violated where a function was steered to; the calls; the coverage."""
    rng = np.random.default_rng(seed)
    call, coverage, found = Callee(f, problem), Coverage(), set()
    with quiet():
        for _, inputs in flipped(call, problem, rng, budget, coverage):
            for factor in problem.group:
                for component in factor.components:
                    if is_violated(f, problem, inputs, factor, component, rng):
                        found.add((str(factor), component))
    return found, call.calls, coverage


def is_violated(f, problem, inputs, factor, component, rng):
    point = Point(Callee(f, problem), problem, inputs, rng)
    try:
        for draw in (factor.haar, factor.monomial) * 3:
            element = draw(rng, problem.size(factor.axis), component)
            if judge(point, factor, element, compare(point, factor, element)).outcome == "violated":
                return True
    except Failed:
        pass
    return False


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", BEHIND)
def test_branch_that_sampling_never_takes_is_taken_and_its_bug_seen(name, seed):
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


# Look-alikes --------------------------------------------------------------------------------------------------


def cut_off(X):
    distances = norm(X[:, :, None] - X[:, None], axis=0)
    return X @ np.where(distances < 2, 1 + np.cos(np.pi * distances / 2), 0)


def halved(X):
    for _ in range(30):
        if norm(X) < 1:
            break
        X = X / 2
    return X


ALIKE = {
    "norm > 50": lambda X: 2 * X if norm(X) > 50 else X,
    "norm < 1e-3": lambda X: X if norm(X) >= 1e-3 else -X,
    "inner products > 20": lambda X: X @ np.where(X.T @ X > 20, 1.0, 0.0),
    "two gates": lambda X: X @ X.T @ X if np.sum(X**2) > 400 and norm(X, ord=2) > 30 else -X,
    "np.clip": lambda X: X @ np.clip(X.T @ X, -30, 30),
    "clipped lengths": lambda X: X * np.minimum(1, 5 / np.maximum(norm(X, axis=0), 1e-12)),
    "a mask of tokens": lambda X: np.where(norm(X, axis=0) > 7, X * 7, X),
    "nothing at zero": lambda X: np.where(norm(X, axis=0) > 0, X / np.maximum(norm(X, axis=0), 1e-9), X),
    "nearly singular": lambda X: X if np.linalg.cond(X) < 1e3 else 2 * X,
    "floor of the norm": lambda X: X * np.floor(norm(X)),
    "the nearest token": lambda X: X[:, np.argmax(X.T @ X, axis=0)],
    "steep": lambda X: X / (1 + np.exp(np.clip(1e4 * (10 - norm(X)), -700, 700))),
    "single precision": lambda X: X.astype("f") * (2 if np.sum(X.astype("f") ** 2) > 900 else 1),
    "cut-off": cut_off,
    "a loop": halved,
    "sign of an eigenvalue": lambda X: np.sign(np.linalg.eigvalsh(X.T @ X)[-1] - 99) * X,
    "lower precision far out": lambda X: X if norm(X) < 50 else X.astype("f").astype(float),
}


@pytest.mark.parametrize("name", ALIKE)
def test_gate_on_an_invariant_with_equivariant_branches_is_not_accused(name):
    for seed, problem in enumerate((TOKENS, TALL)):
        found, _, coverage = convicted(ALIKE[name], problem, seed)
        assert not found and coverage.met


# Coverage -----------------------------------------------------------------------------------------------------


def test_coverage_counts_comparisons_and_names_the_one_sided():
    def f(X):
        return X if norm(X) < 50 and np.sum(X**2) > -1 else np.maximum(X, 3)

    _, _, coverage = convicted(f, TOKENS, 0)
    assert str(coverage) == "2 of 3 comparisons taken both ways"
    (one_sided,) = coverage.one_sided
    assert one_sided.startswith("np.sum(X**2) > -1 (test_search.py line ")


def test_label_names_the_comparison_and_what_it_becomes():
    def f(X):
        return np.abs(X) if X[0, 0] > 4.5 else X

    with quiet():
        labels = [label for label, _ in flipped(Callee(f, TOKENS), TOKENS, np.random.default_rng(0), BUDGET)]
    assert labels[0].startswith("inputs that make X[0, 0] > 4.5 (test_search.py line ")
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
    found, _, coverage = convicted(gated_by_torch, TOKENS, 0)
    assert {("O(d)", 1), ("O(d)", -1), ("S(n)", 1)} <= found
    assert coverage.met == coverage.both == 4
    found, _, coverage = convicted(alike_in_torch, TOKENS, 0)
    assert not found and coverage.met == coverage.both == 3


# Tracing ------------------------------------------------------------------------------------------------------


def augmented(X):
    first = kept = X[0, 0]
    first += 1
    return X * kept


def in_place(X):
    Y = X.copy()
    Y += 1
    Y[0] -= 3
    Y[Y > 2] = 0
    np.maximum(Y, -0.5, out=Y)
    Y.sort(axis=0)
    return Y


def entry_before_a_change(X):
    Y = X.copy()
    kept = Y[0, 0]
    Y[0, 0] = 5
    return Y * kept


def row_of_an_index(X):
    Y = X.copy()
    Y[X[:, 0].argmax()][1] = 7
    return Y


SAME = {
    "augmented assignment": augmented,
    "in place": in_place,
    "an entry before a change": entry_before_a_change,
    "an index that was found": row_of_an_index,
    "rounding": lambda X: np.round(X, 2) + np.round(norm(X), 1) + round(X[0, 0]),
    "built-in functions": lambda X: X * max(X[0]) * min(X[0, 0], X[0, 1]) + sum(X[0]) + abs(X[1, 1]),
    "sorted()": lambda X: np.array(sorted(X[0])) * X,
    "dictionary": lambda X: {X[0, 0]: X}[X[0, 0]],
    "formatted": lambda X: X * len(f"{X[0, 0]:.3f} {X[0, 0]}"),
    "nested lists": lambda X: np.array([[x * 2 for x in row] for row in X]),
    "select": lambda X: np.select([X > 1, X < -1], [X * 2, X * 3], X),
    "piecewise": lambda X: np.piecewise(X, [X > 0], [lambda x: x, lambda x: -2 * x]),
    "along an axis": lambda X: np.apply_along_axis(lambda v: v / v.max() if v[0] > 0 else v, 0, X),
    "vectorize": lambda X: np.vectorize(lambda v: v if v > 0 else 2 * v)(X),
    "linear algebra": lambda X: np.linalg.svd(X).S.sum() * np.linalg.solve(X @ X.T + np.eye(3), X) * np.trace(X),
    "einsum": lambda X: np.einsum("ij,kj->ik", X, X, optimize=True) @ X,
    "masked": lambda X: np.ma.masked_greater(X, 1).filled(0),
    "float32": lambda X: X.astype("f") * 2 if X.dtype == np.float64 else X,
    "divmod": lambda X: divmod(X[0, 0], 0.7)[1] * X,
    "ufunc methods": lambda X: np.maximum.accumulate(X, axis=1) + np.subtract.outer(X[0], X[1]).sum(),
    "order statistics": lambda X: X[:, np.lexsort((X[0], X[1]))] - np.median(X) + np.partition(X, 1, axis=1),
    "complex": lambda X: np.abs(X + 1j * X) + np.fft.fft(X).real,
    "copyto": lambda X: np.copyto(Y := np.zeros(X.shape), X, where=X > 0) or Y,
    "while": lambda X: halved(X * 9),
    "method": lambda X: X.clip(-1, 1) + X.trace() + X[0].dot(X[1]) + X.std(),
    "nothing but Python": lambda X: np.array(X.tolist()) * float(X[0, 0]) * int(X[0, 1] * 9),
}


@pytest.mark.parametrize("name", SAME)
def test_traced_function_has_the_same_value(name):
    X = np.random.default_rng(1).standard_normal((3, 5))
    plain = np.asarray(SAME[name](X.copy()))
    traced = Trace().run(SAME[name], X.copy())
    assert type(traced) is np.ndarray and traced.dtype == plain.dtype
    np.testing.assert_array_equal(traced, plain)


NOTED = {
    "X > 1": (lambda X: X > 1, "greater", [[1, -3], [-1, 0]]),
    "1 > X": (lambda X: 1 > X, "less", [[-1, 3], [1, 0]]),
    "an entry": (lambda X: 3 if X[0, 0] >= 1.5 else 4, "greater_equal", [0.5]),
    "np.maximum": (lambda X: np.maximum(X, [2, -1]), "maximum", [[0, -1], [-2, 2]]),
    "np.minimum": (lambda X: np.minimum(X, 2), "minimum", [[0, 4], [2, 1]]),
    "overwritten": (lambda X: np.maximum(Y := X.copy(), 0, out=Y), "maximum", [[2, -2], [0, 1]]),
    "np.sign": (np.sign, "sign", [[2, -2], [0, 1]]),
    "np.clip": (lambda X: np.clip(X, -1, 1), "clip from below", [[3, -1], [1, 2]]),
    "X.clip": (lambda X: X.clip(-1, 1), "clip from above", [[-1, 3], [1, 0]]),
    "np.rint": (np.rint, "rint", [[1.5, 1.5], [-0.5, 0.5]]),
    "&": (lambda X: (X > 1) & (X < 1.5), "bitwise_and", [[-0.5, -3], [-1, 0]]),
    "|": (lambda X: np.logical_or(X > 1, X < -1), "logical_or", [[1, 1], [-1, 0]]),
    "~": (lambda X: ~(X > 1), "invert", [[-1, 3], [1, 0]]),
    "all along an axis": (lambda X: (X > -1).all(axis=0), "logical_and", [1, -1]),
    "np.any": (lambda X: np.any(X > 1.5), "logical_or", [0.5]),
    "a constant condition": (lambda X: (X > 1) & np.array([True, False]), "bitwise_and", [[1, -1e300], [-1, -1e300]]),
    "an entry of a condition": (lambda X: (X > 1)[0] & (X < 9)[1], "bitwise_and", [1, -3]),
    "a number of entries": (lambda X: np.sum(X > 0) == 3, "equal", [-0.5]),
    "argmax": (lambda X: X.argmax(axis=0), "sort", [-2, 3]),
    "np.sort": (lambda X: np.sort(X, axis=1), "sort", [-4, 1]),
}


@pytest.mark.parametrize("name", NOTED)
def test_branch_distance_is_noted(name):
    f, operation, expected = NOTED[name]
    trace = Trace()
    trace.run(f, np.array([[2.0, -2.0], [0.0, 1.0]]))
    found = {site.operation: distances for site, distances in trace.distances.items()}
    np.testing.assert_allclose(found[operation], np.ravel(expected))


def test_calls_from_different_places_are_different_comparisons():
    def larger(a, b):
        return a if a > b else b

    trace = Trace()
    trace.run(lambda X: larger(X[0], 1.0) + larger(X[1], 5.0), np.array([3.0, 3.0]))
    assert [list(distance) for distance in trace.distances.values()] == [[2], [-2]]
    trace = Trace()
    trace.run(lambda X: [larger(x, 1.0) for x in X], np.array([3.0, 0.5]))
    assert [list(distance) for distance in trace.distances.values()] == [[2, -0.5]]


def test_array_that_outlives_its_call_notes_nothing():
    kept = []
    trace = Trace()
    trace.run(lambda X: kept.append(X) or X, np.array([3.0]))
    assert (kept[0] > 1).all() and not trace.distances


def test_tracing_leaves_alone_who_holds_the_input():
    X = np.ones((2, 3))
    Trace().run(lambda Y: Y * 2, X)
    assert type(X) is np.ndarray and (X == 1).all()


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


@pytest.mark.parametrize("budget", [0, 1, 50, 400])
def test_climb_keeps_to_its_budget(budget):
    summit, calls = climbed(lambda X: X @ X.T @ X, 0, budget=budget)
    least, judgement = 3 * 17, 100
    assert calls <= max(budget, least) + judgement and summit.calls == calls


def test_same_seed_climbs_to_the_same_summit():
    first, second = (climbed(CLIMBED["cubes below rounding"], 5)[0] for _ in range(2))
    assert first.calls == second.calls and first.comparison.residual == second.comparison.residual
    assert np.array_equal(first.point.inputs[0], second.point.inputs[0])


@pytest.mark.parametrize("f", [raises, lambda X: X * np.nan], ids=["raises", "NaN"])
def test_climb_without_a_value_anywhere_has_no_summit(f):
    assert climbed(f, 0, budget=100)[0] is None


def test_climb_ends_where_no_candidate_is_allowed():
    rng = np.random.default_rng(0)
    call = Callee(lambda X: X, TOKENS)
    point = Point(call, TOKENS, [1e-9 * x for x in generic(TOKENS, rng)], rng)
    factor = TOKENS.group.factors[0]
    assert climb([(point, factor.haar(rng, 3, -1))], factor, -1, rng, budget=200).comparison.outcome == "within"
