"""Tracing notes the branch distances of a function, and does not change its value."""

import numpy as np
import pytest
from gated import halved

from symmetry.checks.function.search.tracing import Trace

norm = np.linalg.norm


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


def test_what_is_overwritten_was_noted_before():
    trace = Trace()
    trace.run(lambda X: np.absolute(X, out=X), np.array([-1.0, 2.0]))
    assert [distance.tolist() for distance in trace.distances.values()] == [[-1.0, 2.0]]
