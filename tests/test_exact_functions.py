"""Exact mode: no residual but 0 passes, and what is not equivariant has a counterexample in small integers."""

from __future__ import annotations

import copy
import functools
import math
import operator
from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy
from flint import nmod_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry import examples
from symmetry.checks.function.calls.calling import Callee
from symmetry.checks.function.exact import exact_check
from symmetry.checks.function.exact.arithmetic import Budget, Degree, Degrees, Exhausted, Rationals, Residues
from symmetry.checks.function.exact.arrays import ExactArray, exact_array
from symmetry.checks.function.exact.calling import Skipped, call_exactly
from symmetry.checks.function.exact.check import _Ledger
from symmetry.checks.function.exact.modular import ATTEMPTS, Size, agrees, degrees_of, draw, probability, size_of
from symmetry.checks.function.exact.numbers import NotExact, NotRational
from symmetry.checks.function.exact.points import act_exactly, exact_sizes
from symmetry.checks.function.exact.sides import Sides, as_fraction
from symmetry.errors import FunctionError, UsageError
from symmetry.groups import SO, Group, Lorentz, O, S, T
from symmetry.problem import Problem

TOKENS = "X: d n -> d n"
BOTH = "X: d n, Z: d m -> d n"
H, V, I = "holds", "violated", "inconclusive"  # noqa: E741


def run(f, line=TOKENS, group="O(d) x S(n)", **options):
    return exact_check(f, Problem(line, group=group), **options)


# Numbers ------------------------------------------------------------------------------------------------------

small = st.fractions(min_value=-50, max_value=50, max_denominator=40)
dyadic = st.floats(min_value=-64, max_value=64, allow_nan=False).map(lambda x: np.float64(round(x * 1024) / 1024))
others = st.one_of(small, st.integers(-30, 30), dyadic.map(float), dyadic, st.integers(-9, 9).map(np.int64))
OPERATIONS = (operator.add, operator.sub, operator.mul, operator.truediv)
COMPARISONS = (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)


def plain(value):
    return Fraction(int(value)) if isinstance(value, np.integer) else Fraction(value)


@given(small, others)
def test_numbers_compute_as_fractions_do(x, y):
    number = Rationals().exact(x)
    for operation in OPERATIONS:
        for left, right in ((number, y), (y, number)):
            a, b = (x, plain(y)) if left is number else (plain(y), x)
            if operation is operator.truediv and b == 0:
                with pytest.raises(ZeroDivisionError):
                    operation(left, right)
            else:
                assert as_fraction(operation(left, right)) == operation(a, b)
    for comparison in COMPARISONS:
        assert comparison(number, y) is comparison(x, plain(y))
        assert bool(comparison(y, number)) is comparison(plain(y), x)
    assert as_fraction(abs(number)) == abs(x) and as_fraction(-number) == -x and bool(number) is bool(x)
    assert hash(number) == hash(x) and as_fraction(number**3) == x**3
    assert x == 0 or as_fraction(number**-2) == x**-2


@given(small, others)
def test_residues_compute_as_fractions_do(x, y):
    prime = 1_000_003
    residue = Residues(prime).exact(x)
    for operation in OPERATIONS[:3] + OPERATIONS[3:] * bool(y != 0):
        expected = operation(x, plain(y))
        value = int(operation(residue, y).value)
        assert value == expected.numerator * pow(expected.denominator, -1, prime) % prime


def test_numbers_meet_arrays_on_either_side():
    x = Rationals().exact(Fraction(1, 3))
    floats = np.array([0.5, 2.0])
    for result in (x * floats, floats * x, floats.astype("f") * x, np.array([0.5, 2], dtype=object) * x):
        assert [as_fraction(v) for v in result] == [Fraction(1, 6), Fraction(2, 3)]


def test_numbers_are_compared_with_infinity():
    x = Rationals().exact(-7)
    assert x < math.inf and x > -math.inf and max(-np.inf, x) is x and not x == np.inf
    with pytest.raises(NotRational):
        Residues(101).exact(3) < math.inf  # noqa: B015


REFUSED = {
    "float": float,
    "int": int,
    "round": round,
    "math.sqrt": math.sqrt,
    "math.floor": math.floor,
    "np.sqrt": np.sqrt,
    "np.exp": lambda x: np.exp(np.array([x])),
    "np.float64": np.float64,
    "root": lambda x: x**0.5,
    "exponent": lambda x: 2**x,
    "//": lambda x: x // 1,
    "%": lambda x: 5 % x,
    "complex": lambda x: 1j * x,
    "complex()": complex,
    "nan": lambda x: x + math.nan,
    "infinity": lambda x: x * math.inf,
    "floats": lambda x: np.array([x], dtype=float),
    "percent": lambda x: "%.3f" % x,  # noqa: UP031
}


@pytest.mark.parametrize("name", REFUSED)
def test_number_never_becomes_a_float(name):
    number = Rationals().exact(Fraction(4, 9))
    with pytest.raises(NotExact, match=r"is not exact$"):
        REFUSED[name](number)
    assert number.arithmetic.refusal is not None


def test_numbers_of_two_runs_do_not_meet():
    kept = Rationals().exact(2)
    with pytest.raises(NotExact, match="kept from an earlier call"):
        Rationals().exact(3) + kept
    assert copy.deepcopy(kept) is kept


def test_budget_ends_long_computations():
    x = Rationals(Budget(10**6)).exact(3)
    with pytest.raises(Exhausted):
        x ** (10**9)
    with pytest.raises(Exhausted):
        for _ in range(64):
            x = x * x


# Arrays -------------------------------------------------------------------------------------------------------

A = [[Fraction(3, 7), Fraction(-2, 5)], [Fraction(1, 4), Fraction(5, 3)]]
W = np.array([[0.5, 2.0], [-1.5, 0.25]])
FUNCTIONS = {
    "mean": lambda X: X.mean(axis=0, keepdims=True),
    "var": lambda X: np.var(X, axis=1),
    "einsum": lambda X: np.einsum("ij,kj->ik", X, X),
    "einsum, three": lambda X: np.einsum("ij,jk,kl->il", X, X, W, optimize=True),
    "matmul": lambda X: X @ X.T + W @ X,
    "dot": lambda X: np.dot(W, X),
    "tensordot": lambda X: np.tensordot(X, W, axes=([0], [1])),
    "sort": lambda X: np.sort(X, axis=0),
    "argsort": lambda X: X[:, X[0].argsort()],
    "argmax": lambda X: np.argmax(X, axis=0),
    "clip": lambda X: np.clip(X, -0.25, 1),
    "where": lambda X: np.where(X > 0, X, 0.5 * X),
    "sign": np.sign,
    "abs": np.abs,
    "maximum": lambda X: np.maximum(X, 0) + np.minimum(X, 0.125),
    "cumsum": lambda X: X.cumsum(axis=1),
    "prod": lambda X: X.prod(axis=0),
    "triangles": lambda X: np.tril(X) - np.triu(X, 1),
    "trace": lambda X: np.trace(X) + X.trace(),
    "det": np.linalg.det,
    "inv": np.linalg.inv,
    "inv of a stack": lambda X: np.linalg.inv(np.stack([X, X @ X])),
    "solve": lambda X: np.linalg.solve(X, W),
    "solve for a vector": lambda X: np.linalg.solve(X, X[0]),
    "matrix power": lambda X: np.linalg.matrix_power(X, -3) + np.linalg.matrix_power(X, 0),
    "cross": lambda X: np.cross(np.vstack([X, X[:1]]).T, [1, 2, 4]),
    "in place": lambda X: _in_place(X.copy()),
    "zeros_like": lambda X: np.zeros_like(X) + np.ones_like(X) * 0.5 + np.full_like(X, 0.25),
    "diagonal": lambda X: np.diag(np.diag(X)) + np.eye(2),
    "stacking": lambda X: np.concatenate([X, np.eye(2), np.zeros((1, 2))]),
    "median": lambda X: np.median(X, axis=0),
    "kron": lambda X: np.kron(X, W),
    "outer": lambda X: np.multiply.outer(X[0], X[1]),
    "finite": lambda X: np.isfinite(X) & ~np.isnan(X),
    "nonzero": lambda X: X * np.count_nonzero(X) * np.any(X),
    "float dtype": lambda X: np.eye(2, dtype=X.dtype) + np.zeros(X.shape, dtype=X.dtype) + X,
    "powers": lambda X: X**2 + X**2.0 + np.power(X, 3) + np.square(X) + np.reciprocal(X),
    "vectorize": lambda X: np.vectorize(lambda t: t * t + 1)(X),
    "lists": lambda X: [[max(x, 0) * 2 - min(x, 1) for x in row] for row in X],
}


def _in_place(Y):
    Y -= Y.mean(axis=0)
    Y[:, 0] *= 2
    Y[0] = 0.5
    np.add(Y, W, out=Y)
    return Y


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numpy_computes_exactly_what_it_computes_in_floating_point(name):
    arithmetic = Rationals()
    exact = exact_array(arithmetic, A)
    found = exact_array(arithmetic, np.array(FUNCTIONS[name](exact), dtype=object))
    expected = np.array(FUNCTIONS[name](np.array(A, dtype=float)), dtype=float)
    assert found.shape == expected.shape and arithmetic.refusal is None
    assert np.allclose([float(as_fraction(x)) for x in found.flat], expected.ravel(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["norm", "svd", "pinv", "eigh", "cholesky", "slogdet", "lstsq", "matrix_rank"])
def test_linear_algebra_with_roots_is_refused(name):
    arguments = (W,) if name == "lstsq" else ()
    with pytest.raises(NotExact, match=f"np.linalg.{name} is not exact"):
        getattr(np.linalg, name)(exact_array(Rationals(), A), *arguments)


def test_array_is_an_array_and_constants_in_it_are_exact():
    X = exact_array(Rationals(), A)
    assert isinstance(X, np.ndarray) and isinstance(X, ExactArray) and X.dtype == object
    tenth = np.concatenate([X, np.full((1, 2), 0.1)])[2]
    assert as_fraction(tenth.sum()) == 2 * Fraction(0.1) and as_fraction(tenth[0] * 10) != 1
    assert type(X > 0) is np.ndarray
    with pytest.raises(NotExact):
        X.astype(float)
    with pytest.raises(NotExact):
        np.zeros((2, 2))[:] = X
    with pytest.raises(NotExact):
        exact_array(Rationals(), [1.0, math.nan])


# What holds and what does not ---------------------------------------------------------------------------------


def newton_schulz(X):
    for _ in range(2):
        X = 1.5 * X - 0.5 * X @ X.T @ X
    return X


def hard_attention(X):
    return X[:, (X.T @ X - 10 * np.eye(X.shape[1])).argmax(0)]


def inverse_gram(X, Z):
    return Z @ np.linalg.solve(Z.T @ Z, Z.T @ X)


def minkowski(X):
    return X @ (X.T @ np.diag([1.0] + [-1.0] * (len(X) - 1)) @ X)


def windowed(X):
    position = np.arange(X.shape[1])
    return X @ (np.abs(position[:, None] - position) <= 6)


def in_lists(X):
    d, n = X.shape
    gram = [[sum(X[k, i] * X[k, j] for k in range(d)) for j in range(n)] for i in range(n)]
    return [[sum(X[i, k] * max(gram[k][j], 0) for k in range(n)) for j in range(n)] for i in range(d)]


def centred(X):
    return X - X.mean(axis=1, keepdims=True)


TABLE = {
    "gram": (lambda X: X.T @ X, "X: d n -> n n", {"O(d)": H, "S(n)": H}),
    "cubic": (lambda X: X @ X.T @ X, TOKENS, {"O(d)": H, "S(n)": H}),
    "rows": (lambda X: X @ X.T @ X, "X: n d -> n d", {"O(d)": H, "S(n)": H}),
    "batch": (lambda X: X @ np.swapaxes(X, 1, 2) @ X, "X: b n d -> b n d", {"O(d)": H, "S(n)": H, "S(b)": H}),
    "linear attention": (lambda X, Z: Z @ (Z.T @ X) / Z.shape[1], BOTH, {"O(d)": H, "S(n)": H, "S(m)": H}),
    "scaled by a root": (lambda X: X @ (X.T @ X) / np.sqrt(len(X)), TOKENS, {"O(d)": H, "S(n)": H}),
    "inverse Gram": (inverse_gram, BOTH, {"O(d)": H, "S(n)": H, "S(m)": H}),
    "regularised": (lambda X: np.linalg.inv(X @ X.T + np.eye(len(X))) @ X, TOKENS, {"O(d)": H, "S(n)": H}),
    "ReLU of Gram": (lambda X: X @ np.maximum(X.T @ X, 0), TOKENS, {"O(d)": H, "S(n)": H}),
    "hard attention": (hard_attention, TOKENS, {"O(d)": H, "S(n)": H}),
    "sorted by norm": (lambda X: X[:, np.argsort((X**2).sum(0))], TOKENS, {"O(d)": H, "S(n)": V}),
    "ranks": (lambda X: np.argsort(np.argsort((X**2).sum(0))), "X: d n -> n", {"O(d)": H, "S(n)": H}),
    "Newton-Schulz": (newton_schulz, TOKENS, {"O(d)": H, "S(n)": H}),
    "in lists": (in_lists, TOKENS, {"O(d)": H, "S(n)": H}),
    "scalar input": (lambda t, X: t * X, "t: (), X: d n -> d n", {"O(d)": H, "S(n)": H}),
    "two outputs": (lambda X: (X @ X.T, X.sum(1)), "X: d n -> d d, d", {"O(d)": H, "S(n)": H}),
    "constant": (lambda X: 1.5, "X: d n -> ", {"O(d)": H, "S(n)": H}),
    "zero": (lambda X: (X @ X.T) @ X - X @ (X.T @ X), TOKENS, {"O(d)": H, "S(n)": H}),
    "cross product": (lambda X: np.cross(X[:, 0], X[:, 1]), "X: 3 2 -> 3", {"SO(3)": H}),
    "determinant": (lambda X: np.linalg.det(X[:, :3]), "X: 3 n -> ", {"SO(3)": H, "S(n)": V}),
    "invariant form": (minkowski, TOKENS, {"Lorentz(d)": H, "S(n)": H}),
    "Euclidean form": (lambda X: X @ X.T @ X, TOKENS, {"Lorentz(d)": V, "S(n)": H}),
    "points": (lambda X: X + 2 * centred(X), TOKENS, {"O(d)": H, "T(d)": H, "S(n)": H}),
    "forces": (centred, "X: d n -> F: d n", {"O(d)": H, "T(d; X)": H, "S(n)": H}),
    "forces that move": (centred, "X: d n -> F: d n", {"O(d)": H, "T(d)": V, "S(n)": H}),
    "causal mask": (lambda X: X @ np.triu(X.T @ X), TOKENS, {"O(d)": H, "S(n)": V}),
    "coordinate ReLU": (lambda X: np.maximum(X, 0), TOKENS, {"O(d)": V, "S(n)": H}),
    "ReLU on tokens": (examples.attention_relu, BOTH, {"O(d)": I, "S(n)": I, "S(m)": I}),
    "1e-30 of a square": (lambda X: X + 1e-30 * X**2, TOKENS, {"O(d)": V, "S(n)": H}),
    "fixed vector": (lambda X: X + 0.1, TOKENS, {"O(d)": V, "S(n)": H}),
    "transposed": (lambda Z: np.triu(Z @ Z.T), "Z: d m -> d d", {"O(d)": V, "S(m)": H}),
    "wrong sign": (lambda X, Z: X + Z @ np.sign(Z.T @ X[:, :1] - X[:1, :1]), BOTH, {"O(d)": V, "S(m)": H}),
    "positions": (lambda X: X * (1 + 2**-40 * np.arange(X.shape[1])), TOKENS, {"O(d)": H, "S(n)": V}),
    "clipped far out": (lambda X: np.clip(X, -40, 40), TOKENS, {"O(d)": V, "S(n)": H}),
    "window": (windowed, TOKENS, {"O(d)": H, "S(n)": V}),
    "six coordinates": (lambda X: X * (X[:6] ** 2).sum(0), TOKENS, {"O(d)": V, "S(n)": H}),
    "second output": (lambda X: (X, np.abs(X)), "X: d n -> d n, d n", {"O(d)": V, "S(n)": H}),
    "reversed": (lambda X: X[:, ::-1], TOKENS, {"O(d)": H, "S(n)": V}),
    "negative": (lambda X: X > 0, TOKENS, {"O(d)": V, "S(n)": H}),
}


@functools.cache
def tabled(name):
    f, line, expected = TABLE[name]
    return run(f, line, " x ".join(expected), seed=list(TABLE).index(name))


@pytest.mark.parametrize("name", TABLE)
def test_verdict_is_the_truth(name):
    report, expected = tabled(name), TABLE[name][2]
    assert report.verdicts == expected
    assert set(report.counterexamples) == {factor for factor, verdict in expected.items() if verdict == V}
    for factor, components in report.exact.items():
        for component, evidence in components.items():
            modular = report.modular[factor][component]
            assert (evidence.method, modular.method) == ("exact", "modular")
            assert modular.verdict != V and (modular.verdict == H) == (modular.error_bound is not None)
            assert modular.error_bound is None or modular.error_bound < 1e-9
            assert evidence.verdict == V or evidence.counterexample is None
            assert evidence.verdict == H or evidence.detail
            assert evidence.verdict != H or evidence.samples >= 3


FRACTION_INPUTS = [name for name, (_, _, expected) in TABLE.items() if V in expected.values()]


@pytest.mark.parametrize("name", [name for name in FRACTION_INPUTS if name not in ("determinant", "1e-30 of a square")])
def test_counterexample_is_one_for_python_fractions_too(name):
    f = TABLE[name][0]
    for found in tabled(name).counterexamples.values():
        problem = found.stated()
        factor = next(g for g in problem.group if str(g) == found.factor)
        (_, element), *given = found.values.items()
        inputs = [_fractions(value, problem.shape(t)) for t, (_, value) in zip(problem.inputs, given, strict=True)]
        g = np.array(element) if factor.kind.acts == "permutation" else _fractions(element, np.shape(element))
        if factor.kind.acts == "matrix":
            form = np.diag([1, *[-1] * (len(g) - 1)]) if factor.name == "Lorentz" else np.eye(len(g), dtype=int)
            assert np.array_equal(g.T @ form @ g, form)
        action = problem.action(factor)
        left = f(*[factor.apply(g, x, axes) for x, axes in zip(inputs, action.inputs, strict=True)])
        right = f(*[x.copy() for x in inputs])
        left, right = (left, right) if len(problem.outputs) > 1 else ((left,), (right,))
        right = [factor.apply(g, np.array(y, dtype=object), a) for y, a in zip(right, action.outputs, strict=True)]
        apart = max(float(np.max(np.abs(np.array(a - b, dtype=float)))) for a, b in zip(left, right, strict=True))
        assert apart > 1e-13
        assert found.residual > 0 and found.tolerance == 0 and found.factor == str(factor)
        assert not any(np.array_equal(a, b) for a, b in zip(*found.sides(), strict=True)) or len(right) > 1


def _fractions(value, shape):
    return np.array(np.frompyfunc(Fraction, 1, 1)(np.array(value, dtype=object)), dtype=object).reshape(shape)


SMALLEST = {
    "coordinate ReLU": ("O(d)", {"d": 2, "n": 1}),
    "1e-30 of a square": ("O(d)", {"d": 2, "n": 1}),
    "causal mask": ("S(n)", {"d": 1, "n": 2}),
    "window": ("S(n)", {"d": 1, "n": 8}),
    "six coordinates": ("O(d)", {"d": 7, "n": 1}),
    "forces that move": ("T(d)", {"d": 1, "n": 1}),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_counterexample_is_small_and_in_integers(name):
    factor, sizes = SMALLEST[name]
    found = tabled(name).counterexamples[factor]
    assert dict(found.sizes) == sizes
    entries = [x for row in found.values["X"] for x in row]
    assert all(isinstance(x, int) and abs(x) <= 2 for x in entries) and entries.count(0) >= len(entries) - 2
    assert "in exact arithmetic" in found.note and all(key in str(found) for key in ("f(g·x) =", "expected ="))
    assert found.arrays()["X"].shape == (sizes["d"], sizes["n"])


ONE_SIDED = {
    "determinant": (np.linalg.det, "X: d d -> ", "O(d)", [{"d": 3}], {1: H, -1: H}),
    "determinant of vectors": (np.linalg.det, "X: d n -> ", "O(d)", [{"d": 3, "n": 3}], {1: H, -1: V}),
    "cross product": (lambda X: np.cross(X[:, 0], X[:, 1]), "X: 3 2 -> 3", "O(3)", None, {1: H, -1: V}),
    "sign of time": (lambda X: X * np.sign(X[:1]) * 2, "X: 1 n -> 1 n", "O(1)", None, {1: H, -1: V}),
}


@pytest.mark.parametrize("name", ONE_SIDED)
def test_components_are_told_apart(name):
    f, line, group, sizes, expected = ONE_SIDED[name]
    report = run(f, line, group, sizes=sizes)
    assert report.components == {group: expected}
    if V in expected.values():
        assert report.counterexamples[group].component == -1
        assert round(np.linalg.det(report.counterexamples[group].arrays()["Q"].astype(float))) == -1


@pytest.mark.parametrize("seed", range(2))
def test_same_seed_same_report(seed):
    first, second = (run(lambda X: X @ np.triu(X.T @ X) + np.abs(X), seed=seed) for _ in range(2))
    assert first == second and first.verdicts == {"O(d)": V, "S(n)": V}


monomials = st.lists(st.integers(0, 2), min_size=1, max_size=2)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), monomials), min_size=1, max_size=3), st.integers(0, 10**6))
def test_polynomials_of_gram_blocks_hold_and_one_coordinate_more_does_not(terms, seed):
    def equivariant(X, Z):
        total = np.zeros_like(X)
        for factor, word in terms:
            value = X
            for letter in word:
                value = (X @ X.T, Z @ Z.T, np.trace(Z.T @ Z) * np.eye(len(X)))[letter] @ value
            total = total + factor * value
        return total

    def broken(X, Z):
        Y = equivariant(X, Z)
        Y[0] = Y[0] + X[0] ** 2 / 2**20
        return Y

    sizes = [{"d": 2, "n": 3, "m": 1}, {"d": 4, "n": 1, "m": 2}]
    group = "O(d) x S(n) x S(m)"
    assert set(run(equivariant, BOTH, group, seed=seed, sizes=sizes).verdicts.values()) == {H}
    assert run(broken, BOTH, group, seed=seed, sizes=sizes).verdicts == {"O(d)": V, "S(n)": H, "S(m)": H}


# What cannot be said ------------------------------------------------------------------------------------------


def swallowing(X):
    try:
        return np.tanh(X)
    except Exception:
        return X


def branching(X):
    return X if X.dtype == object else np.maximum(X, 0)


class Counting:
    def __init__(self):
        self.calls = 0

    def __call__(self, X):
        self.calls += 1
        return X * self.calls


def in_place(X):
    X -= X.mean(axis=1, keepdims=True)
    return X


def through_floats(X):
    Y = np.zeros(X.shape)
    Y[:] = X
    return Y


INEXACT = {
    "softmax": (examples.attention, "exp is not exact (examples.py, line "),
    "tanh, then another way": (swallowing, "tanh is not exact"),
    "norm": (lambda X: X / np.linalg.norm(X), "np.linalg.norm is not exact (test_exact_functions.py, line "),
    "branch on the dtype": (branching, "in floating point its value at d=2, n=3 is another one"),
    "too large to add": (lambda X: (X + 1e20) - 1e20, "in floating point its value at d=2, n=3 is another one"),
    "floats": (through_floats, "the conversion to a floating point number is not exact (test_exact_functions.py"),
    "single": (lambda X: X.astype("f"), "the conversion to a floating point number is not exact"),
    "complex": (lambda X: X + 0j, "a complex number is not exact"),
    "empty": (lambda X: np.empty_like(X) if X.dtype == object else X, "TypeError: on exact numbers it leaves"),
    "an integer": (lambda X: X * int(X[0, 0]), "the conversion to an integer is not exact"),
    "infinite": (lambda X: np.minimum(X + np.inf, X), "the constant inf is not exact"),
    "no recursion": (lambda X: INEXACT["no recursion"][0](X), ""),
}


@pytest.mark.parametrize("name", INEXACT)
def test_what_is_not_exact_is_no_failure_and_says_why(name):
    f, why = INEXACT[name]
    line = BOTH if f is examples.attention else TOKENS
    report = run(f, line)
    assert set(report.verdicts.values()) == {I} and not report.counterexamples
    assert why in (report.reason or report.exact["O(d)"][1].detail)


NOISE = np.random.default_rng(0)
STATEFUL = {
    "counting": (Counting(), "is not deterministic: two calls on one input gave different outputs"),
    "noise": (lambda X: X + NOISE.standard_normal(X.shape) / 2**30, "is not deterministic"),
    "in place": (in_place, "changes its input X in place"),
}


@pytest.mark.parametrize("name", STATEFUL)
def test_what_is_no_function_is_not_judged(name):
    f, why = STATEFUL[name]
    report = run(f)
    assert set(report.verdicts.values()) == {I} and why in report.reason and not report.counterexamples


def test_framework_computes_in_floating_point():
    torch = pytest.importorskip("torch")
    report = run(torch.nn.Linear(3, 3).double(), "X: n 3 -> n 3", "O(3)")
    assert report.verdicts == {"O(3)": I} and report.reason == "torch computes in floating point"


@pytest.mark.parametrize(
    ("f", "error"),
    [(lambda X: X.T, FunctionError), (lambda X: None, FunctionError), (lambda: 0, FunctionError)],
    ids=["shape", "none", "arguments"],
)
def test_function_that_does_not_fit_is_an_error(f, error):
    with pytest.raises(error):
        run(f)


def test_no_group_is_an_error():
    with pytest.raises(UsageError, match="names no group"):
        exact_check(abs, Problem(TOKENS))
    with pytest.raises(UsageError):
        run(abs, sizes=[{"d": 3}])


def test_division_by_zero_skips_the_point():
    report = run(lambda X: X / (X - X).sum())
    evidence = report.exact["O(d)"][1]
    assert report.verdicts["O(d)"] == I and evidence.samples == 0 and evidence.skipped > 0
    inverse = run(inverse_gram, BOTH)
    assert inverse.verdicts["O(d)"] == H
    assert {"d": 2, "n": 3, "m": 4} not in inverse.exact["O(d)"][1].sizes
    assert "at d=2, n=3, m=4" in inverse.exact["O(d)"][1].detail


def test_one_point_that_is_undecided_keeps_from_holding():
    ledger = _Ledger()
    for _ in range(3):
        ledger.count(Problem("X: d n -> d n", group="O(d)", d=2, n=3))
    assert ledger.evidence("exact", 0, None).verdict == "holds"
    assert ledger.evidence("exact", 0, "tanh is not exact").verdict == "inconclusive"
    ledger.fail("the rounding of its constants explains a difference")
    assert ledger.evidence("exact", 0, None).verdict == "inconclusive"


def test_a_counterexample_is_no_tie_where_there_is_another():
    def f(X):
        return X + 7 * (X == 1) + (np.sum(X**2) > 100) * X * np.abs(X)

    violation = exact_check(f, Problem("X: d n -> d n", group="O(d)")).counterexamples["O(d)"]
    assert np.sum(violation.arrays()["X"] ** 2) > 100


def test_one_point_is_too_few():
    f = lambda X: X if np.max(np.abs(X)) > 30 else X / 0  # noqa: E731
    report = exact_check(f, Problem("X: d n -> d n", group="O(d)"), sizes=[{"d": 3, "n": 2}])
    for evidence in report.exact["O(d)"].values():
        assert (evidence.verdict, evidence.samples) == ("inconclusive", 1)


def test_difference_at_a_tie_does_not_count():
    problem = Problem(TOKENS, group="S(n)", d=1, n=2)
    sides = Sides(Callee(lambda X: X[:, (X**2).sum(0).argmax() * np.ones(X.shape[1], dtype=int)], problem), 0)
    where = problem, [exact_array(sides.arithmetic, [[1, -1]]).view(np.ndarray)], S("n"), ((0, 1), (1, 0))
    difference = sides.difference(*where)
    assert difference is not None and difference.relative == 2
    assert not sides.is_open(*where)
    broken = Sides(Callee(lambda X: X[:, :1] * np.ones(X.shape[1]), problem), 0)
    where = problem, [exact_array(broken.arithmetic, [[1, -1]]).view(np.ndarray)], S("n"), ((0, 1), (1, 0))
    assert broken.difference(*where) is not None and broken.is_open(*where)


def test_too_long_a_computation_is_inconclusive():
    report = run(lambda X: sum(X for _ in range(15_000)), group="S(n)")
    assert report.verdicts == {"S(n)": I}
    assert "exact numbers become too long or too many at d=" in report.exact["S(n)"][1].detail


def test_large_sizes_are_not_tried_with_fractions():
    report = run(lambda X: 2 * X, sizes=[{"d": 40, "n": 2}])
    assert "too large to be exact at d=40" in report.exact["O(d)"][1].detail
    assert report.exact["O(d)"][1].verdict == I and report.modular["O(d)"][1].verdict == H
    assert run(branching, sizes=[{"d": 40, "n": 2}]).verdicts == {"O(d)": I, "S(n)": I}


# The rounding of constants ------------------------------------------------------------------------------------

ANGLE = 2 * np.pi / 3
TURN = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])
FRAME = np.array([[np.sqrt(2 / 3), -np.sqrt(1 / 6), -np.sqrt(1 / 6)], [0, np.sqrt(1 / 2), -np.sqrt(1 / 2)]])
QUARTER = np.array([[np.cos(np.pi / 2), -np.sin(np.pi / 2)], [np.sin(np.pi / 2), np.cos(np.pi / 2)]])


def projector(X):
    """FRAMEᵀFRAME centres three tokens, but for rounding."""
    return X @ FRAME.T @ FRAME


ROUNDED = {
    "frame": (projector, "X: d 3 -> d 3", "S(3)"),
    "frame, cubed": (lambda X: projector(projector(X) ** 3), "X: d 3 -> d 3", "S(3)"),
    "third of a turn": (lambda X: sum(np.linalg.matrix_power(TURN, k) @ X for k in range(3)), "X: 2 n -> 2 n", "O(2)"),
    "quarter of a turn, twice": (lambda X: X + QUARTER @ QUARTER @ X, "X: 2 n -> 2 n", "O(2)"),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding_of_constants_is_no_violation(name):
    f, line, group = ROUNDED[name]
    report = run(f, line, group)
    assert report.verdicts[group] == I, report.counterexamples
    details = [evidence.detail for evidence in report.exact[group].values() if evidence.verdict == I]
    assert all("which the rounding of the function's own constants explains" in detail for detail in details)


@pytest.mark.parametrize("size", [1e-3, 1e-9, 1e-12, 1e-30, 1e-200])
def test_small_violation_beside_rounded_constants_is_found(size):
    assert run(lambda X: 0.1 * X @ X.T @ X + size * np.maximum(X, 0)).verdicts == {"O(d)": V, "S(n)": H}


def test_coarser_constants_are_a_violation():
    report = run(lambda X: X @ np.round(FRAME, 9).T @ np.round(FRAME, 9), "X: d 3 -> d 3", "S(3)")
    assert report.verdicts == {"S(3)": V}


# Modulo a prime -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("component", [1, -1])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
@pytest.mark.parametrize("factor", [O("d"), Lorentz("d")], ids=str)
def test_drawn_matrix_is_in_its_component(factor, size, component):
    prime = 1_000_003
    form = [1] + [1 if factor.name == "O" else -1] * (size - 1)
    eta = nmod_mat(size, size, [form[i] % prime if i == j else 0 for i in range(size) for j in range(size)], prime)
    for seed in range(5):
        if factor.name == "Lorentz" and size == 1:
            continue
        (element,) = draw(factor, Residues(prime), Random(seed), size, component)
        g = nmod_mat(size, size, [x for row in element for x in row], prime)
        assert g.transpose() * eta * g == eta and int(g.det()) == component % prime


def test_drawn_permutations_generate_all():
    for size in (1, 2, 3, 4, 5):
        generators = [tuple(row.index(1) for row in g) for g in draw(S("n"), Residues(101), Random(0), size, 1)]
        reached = {tuple(range(size))}
        while True:
            more = reached | {tuple(p[i] for i in g) for p in reached for g in generators}
            if more == reached:
                break
            reached = more
        assert len(reached) == math.factorial(size)


# Identities that are false for the group at hand, and how often they pass modulo 101.
FALSE = {
    "a coordinate": (lambda X: X[0, 0], "X: d n -> ", SO("d"), {"d": 2, "n": 1}),
    "coordinates cubed": (lambda X: X**3, TOKENS, O("d"), {"d": 2, "n": 1}),
    "inverse coordinates": (lambda X: 1 / X, TOKENS, O("d"), {"d": 2, "n": 1}),
    "a reflection": (lambda X: X[0, 0] * X[1, 1] - X[0, 1] * X[1, 0], "X: d n -> ", O("d"), {"d": 2, "n": 2}),
    "many roots": (lambda X: np.prod([X[0, 0] - i for i in range(6)]), "X: d n -> ", S("n"), {"d": 1, "n": 2}),
    "shifted": (lambda X: np.prod([X[0, 0] - i for i in range(6)]), "X: d n -> ", T("d"), {"d": 1, "n": 1}),
    "a matrix": (lambda X: np.triu(X @ X.T), "X: d n -> d d", SO("d"), {"d": 2, "n": 1}),
    "time": (lambda X: (X**2).sum(), "X: d n -> ", Lorentz("d"), {"d": 2, "n": 1}),
}


@pytest.mark.parametrize("name", FALSE)
def test_error_bound_is_one(name):
    f, line, factor, sizes = FALSE[name]
    prime, draws = 101, 300
    problem = Problem(line, group=factor, **sizes)
    callee, random, residues = Callee(f, problem), Random(len(name)), Residues(prime)
    component = factor.components[-1] if name == "a reflection" else 1
    degree = size_of(degrees_of(callee, problem, Budget(1 << 30)), problem, factor, component).degree
    passed = 0
    for _ in range(draws):
        try:
            passed += agrees(callee, problem, factor, component, residues, random)
        except Skipped:
            pass
    assert 0 < passed / draws <= degree / prime  # some do pass, so that the test can tell


def test_error_bound_is_small_enough_to_mean_something():
    report = run(lambda X: X @ X.T @ X)
    for evidence in (*report.modular["O(d)"].values(), *report.modular["S(n)"].values()):
        assert evidence.verdict == H and 0 < evidence.error_bound < 1e-13
        assert {"d": 7, "n": 9} in evidence.sizes
    assert "generate all permutations" in report.modular["S(n)"][1].detail


def test_function_that_compares_has_no_value_modulo_a_prime():
    report = run(lambda X: X @ np.maximum(X.T @ X, 0))
    assert report.exact["O(d)"][1].verdict == H and report.modular["O(d)"][1].verdict == I
    assert "has no meaning modulo a prime (test_exact_functions.py, line" in report.modular["O(d)"][1].detail


def test_high_degree_is_no_evidence():
    report = run(lambda X: functools.reduce(lambda K, _: K / K.sum(0), range(50), X.T @ X), "X: d n -> n n", "O(d)")
    assert report.exact["O(d)"][1].verdict == H and report.modular["O(d)"][1].verdict == I
    assert "is too high: a false pass" in report.modular["O(d)"][1].detail


expressions = st.recursive(
    st.sampled_from(["x", "y", "2", "-3", "0.5", "1"]),
    lambda part: st.builds(lambda a, o, b: f"({a} {o} {b})", part, st.sampled_from("+-*/"), part),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(expressions)
def test_degrees_are_bounds(text):
    x, y = sympy.symbols("x y")
    degrees = Degrees()
    try:
        value = sympy.together(sympy.nsimplify(_evaluate(text, x, y)))
        bound = degrees.exact(_evaluate(text, degrees.variable(), degrees.variable())).value
    except ZeroDivisionError:
        return
    if value.has(sympy.zoo, sympy.nan):
        return
    top, bottom = (sympy.Poly(part, x, y) for part in sympy.fraction(sympy.cancel(value)))
    assert max(0, top.total_degree()) <= bound.top and bottom.total_degree() <= bound.bottom


def _evaluate(text, x, y):
    """The value of an expression in parentheses, by recursive descent."""
    tokens = iter(text.replace("(", " ( ").replace(")", " ) ").split())
    operations = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

    def part():
        token = next(tokens)
        if token != "(":
            return {"x": x, "y": y}[token] if token in "xy" else Fraction(token) if token != "0.5" else 0.5
        left, operation, right = part(), next(tokens), part()
        next(tokens)
        if isinstance(x, sympy.Symbol):
            left, right = sympy.nsimplify(left), sympy.nsimplify(right)
        return operations[operation](left, right)

    return part()


def test_linear_algebra_is_bounded_by_cramer():
    degrees = Degrees()
    X = exact_array(degrees, [[degrees.variable() for _ in range(3)] for _ in range(3)])
    assert np.linalg.det(X).value.top == 3 and np.linalg.det(X).value.bottom == 0
    inverse = np.linalg.inv(X)[0, 0].value
    assert inverse.top >= 2 and inverse.bottom >= 3
    reciprocals = (1 / X)[:2, :2]
    assert np.linalg.det(reciprocals).value.top >= 2 and np.linalg.det(reciprocals).value.bottom >= 4


@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_coefficients_of_a_determinant_are_bounded(size):
    degrees = Degrees()
    X = exact_array(degrees, [[degrees.variable() for _ in range(size)] for _ in range(size)])
    assert 2 ** np.linalg.det(X).value.top_bits >= math.factorial(size)


def test_degree_of_a_power_at_a_transformed_point_is_bounded():
    sized = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
    reflections = {1: 2, -1: 3}  # of degree 2 each, in each factor of the power
    for component, count in reflections.items():
        assert size_of([Degree(5, 0, 0, 0)], sized, O("d"), component).degree >= 5 * (2 * count + 1)


BY_PLACE = {
    "the first two alike": lambda X: X * np.array([1, 1, 2, 3]),
    "one place on": lambda X: X[:, [1, 2, 3, 0]],
}


@pytest.mark.parametrize("name", BY_PLACE)
def test_every_generator_of_the_permutations_is_held_against_a_function(name):
    sized = Problem("X: d n -> d n", group="S(n)", d=2, n=4)
    for f, expected in ((BY_PLACE[name], False), (lambda X: X * X.sum(), True)):
        assert agrees(Callee(f, sized), sized, S("n"), 1, Residues(2**61 - 1), Random(0)) == expected


def test_probability_of_a_false_pass_counts_every_attempt_and_every_coefficient():
    prime = 2**61 - 1
    assert probability(Size(1000, 0), prime) == pytest.approx(ATTEMPTS * 1000 / prime, rel=1e-9, abs=0)
    assert probability(Size(0, 120), prime) == pytest.approx(2.0**-52, rel=1e-9, abs=0)
    assert probability(Size(10**30, 0), prime) == 1


# Sizes and actions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [TOKENS, BOTH, "b n d, m d -> b n d", "X: 3 n -> 3 n"])
def test_sizes_are_pairwise_different(line):
    group = "O(3)" if "3" in line else "O(d)"
    rational, larger = exact_sizes(Problem(line, group=group), None)
    assert len(rational) >= 2 and larger
    for sized in (*rational, *larger):
        values = [sized.size(axis) for axis in sized.axes]
        assert len(set(values)) == len(values)


def test_given_sizes_are_kept():
    report = run(np.abs, sizes=[{"d": 3, "n": 2}])
    assert report.exact["S(n)"][1].sizes == ({"d": 3, "n": 2},)
    assert report.counterexamples["O(d)"].sizes == {"d": 3, "n": 2}
    fixed = exact_check(np.abs, Problem(TOKENS, group="O(d)", d=4, n=3))
    assert fixed.counterexamples["O(d)"].sizes == {"d": 4, "n": 3}


@pytest.mark.parametrize("factor", [O("d"), S("d"), T("d"), Lorentz("d")], ids=str)
def test_exact_action_is_that_of_the_group(factor: Group):
    arithmetic, random = Rationals(), Random(3)
    array = exact_array(arithmetic, np.arange(24).reshape(2, 4, 3))
    element = factor.exact(random, 4, 1)
    found = act_exactly(factor, element, array, (1,), arithmetic)
    expected = factor.apply(element, np.frompyfunc(Fraction, 1, 1)(np.arange(24)).reshape(2, 4, 3), (1,))
    assert all(as_fraction(a) == b for a, b in zip(found.flat, expected.flat, strict=True))


def test_scalar_input_and_keywords_are_passed_as_in_the_numeric_check():
    problem = Problem("t: (), X: d n -> d n", group="O(d)", d=2, n=1)
    arithmetic = Rationals()
    inputs = [exact_array(arithmetic, 3).view(np.ndarray), exact_array(arithmetic, [[1], [2]]).view(np.ndarray)]
    (value,) = call_exactly(Callee(lambda X, t: t * X, problem), inputs, problem, arithmetic)
    assert [as_fraction(x) for x in value.flat] == [3, 6]
