"""`check` finds planted bugs, passes what is equivariant, and says so when it cannot tell."""

import json
import math
import os.path
import re
import subprocess
import sys

import numpy as np
import pytest

from symmetry import examples
from symmetry.checks.function import check, load_function
from symmetry.checks.function.calls.calling import Callee
from symmetry.checks.function.inputs import assignments
from symmetry.errors import FunctionError, UsageError
from symmetry.examples import softmax
from symmetry.groups import O, S
from symmetry.problem import Problem

TOKENS = "X: d n -> d n"
BOTH = "X: d n, Z: d m -> d n"
H, V, I = "holds", "violated", "inconclusive"  # noqa: E741


def run(f, line=TOKENS, group="O(d) x S(n)", **options):
    return check(f, Problem(line, group=group), **options)


# What holds ---------------------------------------------------------------------------------------------------


def polar_factor(X):
    u, _, v = np.linalg.svd(X, full_matrices=False)
    return u @ v


def spectral(X):
    values, vectors = np.linalg.eigh(X @ X.T)
    return vectors @ np.diag(np.sin(values)) @ vectors.T @ X


def sinkhorn(X):
    k = np.exp(X.T @ X / len(X))
    for _ in range(50):
        k = k / k.sum(0)
        k = k / k.sum(1, keepdims=True)
    return X @ k


def hard_attention(X):
    return X[:, (X.T @ X - 10 * np.eye(X.shape[1])).argmax(0)]


def batched_attention(X):
    return np.swapaxes(softmax(np.swapaxes(X @ np.swapaxes(X, 1, 2), 0, 1)), 0, 1) @ X


HOLDS = {
    "attention from knowledge": (examples.attention, BOTH, "O(d) x S(n) x S(m)"),
    "plain attention": (lambda X: X @ softmax(X.T @ X), TOKENS, "O(d) x S(n)"),
    "attention without shift": (lambda X: X @ (np.exp(X.T @ X) / np.exp(X.T @ X).sum(0)), TOKENS, "O(d) x S(n)"),
    "softmax in float32": (lambda X: X @ softmax((X.T @ X).astype("f")).astype(float), TOKENS, "O(d) x S(n)"),
    "all in float32": (lambda X: X.astype("f") @ softmax((X.T @ X).astype("f")), TOKENS, "O(d) x S(n)"),
    "always float64": (lambda X: X.astype(float) * np.linalg.norm(X), TOKENS, "O(d) x S(n)"),
    "sharp softmax": (lambda X: X @ softmax(100 * X.T @ X), TOKENS, "O(d) x S(n)"),
    "steep": (lambda X: X * np.sin(1e5 * np.sum(X**2)), TOKENS, "O(d) x S(n)"),
    "RMS norm": (lambda X: X / np.sqrt(np.mean(X**2, axis=0)), TOKENS, "O(d) x S(n)"),
    "centred": (lambda X: X - X.mean(axis=1, keepdims=True), TOKENS, "O(d) x S(n)"),
    "zero": (np.zeros_like, TOKENS, "O(d) x S(n)"),
    "zero but for rounding": (lambda X: (X @ X.T) @ X - X @ (X.T @ X), TOKENS, "O(d) x S(n)"),
    "tiny units": (lambda X: 1e-14 * X @ X.T @ X, TOKENS, "O(d) x S(n)"),
    "cancelling": (lambda X: (X * 1e8 + X) - X * 1e8, TOKENS, "O(d) x S(n)"),
    "regularised inverse": (lambda X: np.linalg.solve(X @ X.T + np.eye(len(X)), X), TOKENS, "O(d) x S(n)"),
    "polar factor": (polar_factor, TOKENS, "O(d) x S(n)"),
    "function of XXᵀ": (spectral, TOKENS, "O(d) x S(n)"),
    "Sinkhorn": (sinkhorn, TOKENS, "O(d) x S(n)"),
    "hard attention": (hard_attention, TOKENS, "O(d) x S(n)"),
    "ReLU of the Gram matrix": (lambda X: X @ np.maximum(X.T @ X, 0), TOKENS, "O(d) x S(n)"),
    "MLP with its weights": (
        lambda X, Wi, Wo: X + np.maximum(X @ Wi, 0) @ Wo,
        "X: n d, Wi: d k, Wo: k d -> n d",
        "O(d) x S(n) x S(k)",
    ),
    "batch": (batched_attention, "b n d -> b n d", "O(d) x S(n) x S(b)"),
    "batch untouched": (lambda X: X * np.arange(1, len(X) + 1)[:, None, None], "b n d -> b n d", "O(d) x S(n)"),
    "matrix value": (lambda Z: Z @ Z.T + np.eye(len(Z)), "Z: d m -> d d", "O(d) x S(m)"),
    "Python float": (lambda X: float(np.sum(X**2)), "X: d n -> ", "O(d) x S(n)"),
    "zero-dimensional": (lambda X: np.array(np.trace(X.T @ X)), "X: d n -> ", "O(d) x S(n)"),
    "integer output": (lambda X: np.argsort(np.argsort(np.sum(X**2, axis=0))), "X: d n -> n", "O(d) x S(n)"),
    "complex output": (lambda X: np.exp(1j * X.T @ X), "X: d n -> n n", "O(d) x S(n)"),
    "two outputs": (lambda X: (X @ X.T @ X, X.T @ X), "X: d n -> d n, n n", "O(d) x S(n)"),
    "scalar input": (lambda t, X: t * X, "t: (), X: d n -> d n", "O(d) x S(n)"),
    "list output": (lambda X: (2 * X).tolist(), TOKENS, "O(d) x S(n)"),
    "cross product, rotations": (lambda X: np.cross(X[:, 0], X[:, 1]), "X: 3 2 -> 3", "SO(3)"),
    "fixed size, untouched": (lambda X: X * np.arange(1, 4)[:, None], "X: 3 n -> 3 n", "S(n)"),
}


@pytest.mark.parametrize(("seed", "name"), list(enumerate(HOLDS)), ids=list(HOLDS))
def test_equivariant_function_holds(seed, name):
    f, line, group = HOLDS[name]
    report = run(f, line, group, seed=seed)
    assert set(report.verdicts.values()) == {H}, str(report)
    assert report.ok and report.exit_status == 0 and not report.counterexamples
    for evidence in report.evidence.values():
        assert evidence.samples > 0 and 0 <= evidence.residual <= evidence.tolerance < 1e-3


# Planted bugs -------------------------------------------------------------------------------------------------


def wrong_sign(X, Z):
    return -np.abs(Z.T @ X).sum() * X + Z @ np.sign(X[0, 0] + Z.T @ X)


def transposed_scores(X, Z):
    return (X @ np.tril(X.T @ X)) if X.shape[1] > 1 else X


def coordinate_rope(X):
    angle = 0.3 * np.arange(X.shape[1])
    turned = X.copy()
    turned[0] = np.cos(angle) * X[0] - np.sin(angle) * X[1]
    turned[1] = np.sin(angle) * X[0] + np.cos(angle) * X[1]
    return turned


VIOLATED = {
    "ReLU on tokens": (examples.attention_relu, BOTH, {"O(d)": V, "S(n)": H, "S(m)": H}),
    "causal mask": (examples.causal_attention, BOTH, {"O(d)": H, "S(n)": V, "S(m)": H}),
    "sign of a coordinate": (wrong_sign, BOTH, {"O(d)": V, "S(m)": H}),
    "transposed factor": (transposed_scores, BOTH, {"O(d)": H, "S(n)": V}),
    "1e-6 on coordinates": (lambda X: X @ X.T @ X + 1e-6 * np.maximum(X, 0), TOKENS, {"O(d)": V, "S(n)": H}),
    "1e-9 on coordinates": (lambda X: X + 1e-9 * np.maximum(X, 0), TOKENS, {"O(d)": V, "S(n)": H}),
    "1e-6 on positions": (lambda X: X * (1 + 1e-6 * np.arange(X.shape[1])), TOKENS, {"O(d)": H, "S(n)": V}),
    "LayerNorm": (lambda X: (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-5), TOKENS, {"O(d)": V, "S(n)": H}),
    "odd function of coordinates": (np.tanh, TOKENS, {"O(d)": V, "S(n)": H}),
    "fourth powers": (lambda X: X / np.sum(X**4, axis=0) ** 0.25, TOKENS, {"O(d)": V, "S(n)": H}),
    "sorted coordinates": (lambda X: np.sort(X, axis=0), TOKENS, {"O(d)": V, "S(n)": H}),
    "tokens sorted by a coordinate": (lambda X: X[:, np.argsort(X[0])], TOKENS, {"O(d)": V, "S(n)": V}),
    "bias": (lambda X: X + 1e-3, TOKENS, {"O(d)": V, "S(n)": H}),
    "clipped only far out": (lambda X: np.clip(X, -40, 40), TOKENS, {"O(d)": V, "S(n)": H}),
    "rounded to three decimals": (lambda X: np.round(X, 3), TOKENS, {"O(d)": V}),
    "RoPE on coordinates": (coordinate_rope, TOKENS, {"O(d)": V, "S(n)": V}),
    "only W rotates on one side": (lambda Z: np.triu(Z @ Z.T), "Z: d m -> d d", {"O(d)": V, "S(m)": H}),
    "second output only": (lambda X: (X, np.abs(X)), "X: d n -> d n, d n", {"O(d)": V, "S(n)": H}),
    "not invariant": (lambda X: X.sum(), "X: d n -> ", {"O(d)": V, "S(n)": H}),
    "linear, not averaged": (lambda X, Z: X + Z[:, :1], BOTH, {"O(d)": H, "S(n)": H, "S(m)": V}),
    "only one of two inputs": (lambda X, Z: X + Z.sum(0).mean(), BOTH, {"O(d)": V, "S(n)": H}),
    "3-cycles only": (
        lambda X: X * np.sign(np.prod([X[0, i] - X[0, i - 1] for i in range(3)])) if X.shape[1] == 3 else X,
        TOKENS,
        {"S(n)": V},
    ),
}


@pytest.mark.parametrize(("seed", "name"), list(enumerate(VIOLATED)), ids=list(VIOLATED))
def test_planted_bug_is_found(seed, name):
    f, line, expected = VIOLATED[name]
    report = run(f, line, " x ".join(expected), seed=seed)
    assert report.verdicts == expected, str(report)
    assert not report.ok and report.exit_status == 1
    assert set(report.counterexamples) == {factor for factor, verdict in expected.items() if verdict == V}


@pytest.mark.parametrize("name", VIOLATED)
def test_counterexample_reproduces_the_violation(name):
    f, line, expected = VIOLATED[name]
    report = run(f, line, " x ".join(expected))
    for factor in report.problem.group:
        found = report.counterexamples.get(str(factor))
        if found is None:
            continue
        problem = Problem(line, **found.sizes)
        (_, transform), *given = found.values.items()
        element = np.array(transform)
        inputs = [
            np.array(value, dtype=float).reshape(problem.shape(t)) for t, (_, value) in zip(problem.inputs, given)
        ]
        acts = problem.action(factor)
        left = f(*[factor.apply(element, x, axes) for x, axes in zip(inputs, acts.inputs)])
        right = f(*[x.copy() for x in inputs])
        left, right = (left, right) if len(problem.outputs) > 1 else ((left,), (right,))
        right = [factor.apply(element, np.asarray(y), axes) for y, axes in zip(right, acts.outputs)]
        residual = max(
            np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-300) for a, b in zip(left, right)
        )
        assert residual == pytest.approx(found.residual, rel=1e-3)
        assert found.residual > found.tolerance
        assert found.factor == str(factor) and found.seed == 0 and found.component in factor.components


ONE_SIDED = {
    "determinant": (np.linalg.det, "X: d n -> ", [{"d": 3, "n": 3}]),
    "cross product": (lambda X: np.cross(X[:, 0], X[:, 1]), "X: d n -> d", [{"d": 3, "n": 2}]),
    "quarter turn": (lambda X: np.array([[0, -1], [1, 0]]) @ X, TOKENS, [{"d": 2, "n": 3}]),
}


@pytest.mark.parametrize("name", ONE_SIDED)
def test_function_of_rotations_only_fails_on_reflections_only(name):
    f, line, sizes = ONE_SIDED[name]
    report = run(f, line, "O(d)", sizes=sizes)
    assert report.components["O(d)"] == {"rotation (det +1)": H, "reflection (det -1)": V}
    assert report.counterexamples["O(d)"].component == -1
    assert round(np.linalg.det(np.array(report.counterexamples["O(d)"].values["Q"], ndmin=2))) == -1
    assert run(f, line, "SO(d)", sizes=sizes).verdicts == {"SO(d)": H}


def test_counterexample_is_small_and_readable():
    report = run(examples.attention_relu, BOTH, "O(d)")
    found = report.counterexamples["O(d)"]
    assert sum(found.sizes.values()) <= 4
    assert all(isinstance(x, int) for row in found.values["X"] for x in row)
    assert str(found).splitlines()[0].startswith("f(g·x) = g·f(x) fails for g a rotation (det +1) of O(d) at d=")
    assert "(seed 0)" in str(found) and "expected = " in str(found)


def test_counterexample_to_a_small_violation_prints_digits_that_differ():
    text = str(run(lambda X: X + 1e-9 * np.maximum(X, 0), TOKENS, "O(d)").counterexamples["O(d)"])
    left, right = text.split("f(g·x) = ")[-1].split("expected = ")
    assert left.split() != right.split() and "1.000000001" in text


def test_large_counterexample_is_found_soon_and_printed_in_short():
    report = run(np.abs, TOKENS, "O(d)", sizes=[{"d": 60, "n": 40}], trials=1)
    text = str(report.counterexamples["O(d)"])
    assert "X = zero (60 × 40) except X[" in text and max(map(len, text.splitlines())) <= 80
    assert np.shape(report.to_json()["counterexamples"]["O(d)"]["values"]["X"]) == (60, 40)


def test_violation_at_given_sizes_stays_at_given_sizes():
    report = run(np.abs, TOKENS, "O(d)", sizes=[{"d": 5, "n": 2}])
    assert report.counterexamples["O(d)"].sizes == {"d": 5, "n": 2}
    fixed = check(np.abs, Problem(TOKENS, group="O(d)", d=5, n=2))
    assert fixed.counterexamples["O(d)"].sizes == {"d": 5, "n": 2}


# Rounding is not a violation ----------------------------------------------------------------------------------


def projected(X, Z):
    return Z @ np.linalg.lstsq(Z, X, rcond=None)[0]


def half_cubic(X):
    X = X.astype(np.float16)
    return X @ (X.T @ X)


def underflowing(X):
    X = X.astype(np.float32)
    return X * (X * X).sum() ** 8


@pytest.mark.parametrize("seed", range(12))
def test_rounding_beyond_the_tolerance_is_no_violation(seed):
    report = run(projected, BOTH, seed=seed)
    assert V not in report.verdicts.values(), str(report)
    given = run(projected, BOTH, seed=seed, sizes=[{"d": 5, "n": 8, "m": 6}])
    assert V not in given.verdicts.values(), str(given)


@pytest.mark.parametrize("seed", range(12))
def test_underflow_is_no_violation(seed):
    assert set(run(half_cubic, seed=seed).verdicts.values()) == {I}
    report = run(underflowing, seed=seed)
    assert report.ok, str(report)


def test_what_differs_at_short_inputs_only_does_not_convict():
    f = lambda X: np.abs(X) if np.max(np.abs(X)) < 0.02 else X  # noqa: E731
    report = run(f, TOKENS, "O(d)", search=False, exact=False)
    assert report.verdicts == {"O(d)": I}
    assert "at inputs a thousand times shorter at d=" in report.evidence["O(d)"].detail
    assert run(f, TOKENS, "O(d)").verdicts == {"O(d)": V}  # with exact numbers nothing underflows


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1e-6, 1e-9, 1e-11])
def test_small_violation_is_found(size, seed):
    assert run(lambda X: X + size * np.maximum(X, 0), seed=seed).verdicts == {"O(d)": V, "S(n)": H}
    assert run(lambda X: X * (1 + size * np.arange(X.shape[1])), seed=seed).verdicts == {"O(d)": H, "S(n)": V}


def test_small_violation_of_a_function_in_float32_is_found():
    assert run(lambda X: X.astype("f") + np.float32(3e-5) * np.maximum(X, 0).astype("f")).verdicts["O(d)"] == V


def test_huge_and_tiny_outputs_are_compared():
    for scale in (1e200, 1e-200):
        assert run(lambda X, s=scale: s * X.astype(float)).ok
    report = run(lambda X: 1e307 * X)
    assert V not in report.verdicts.values() and "nan" not in str(report)


def demanding(X):
    if X.dtype != np.float64:
        raise TypeError("float64 please")
    return X


def jittered(X):
    lower = np.linalg.cholesky(X.T @ X + 1e-8 * np.eye(X.shape[1]))
    return X @ np.linalg.inv(lower @ lower.T)


@pytest.mark.parametrize("f", [demanding, jittered, lambda X: 1e40 * X], ids=["type", "Cholesky", "overflow"])
def test_failure_in_float32_only_is_remarked(f):
    report = run(f, TOKENS, "O(d)")
    assert report.ok, str(report)
    remark = next(remark for remark in report.remarks if remark.startswith("float32 input at d="))
    assert remark.endswith("; with float64 input it has a value")
    assert remark in str(report)
    assert run(lambda X: f(X) + 1e-6 * np.maximum(f(X), 0), TOKENS, "O(d)").verdicts == {"O(d)": V}


# What begins at larger sizes ----------------------------------------------------------------------------------


def windowed(X):
    position = np.arange(X.shape[1])
    return X @ (np.abs(position[:, None] - position) <= 6)


@pytest.mark.parametrize("seed", range(4))
def test_violation_that_begins_at_a_larger_size_is_found(seed):
    assert run(windowed, seed=seed).verdicts == {"O(d)": H, "S(n)": V}
    assert run(lambda X: X * np.linalg.norm(X[:6], axis=0), seed=seed).verdicts == {"O(d)": V, "S(n)": H}
    assert run(lambda X, Z: X + windowed(Z).sum(axis=1, keepdims=True), BOTH, "S(m)", seed=seed).verdicts["S(m)"] == V


def test_a_verdict_names_its_sizes():
    lines = str(run(lambda X, Z: X, BOTH, "O(d) x S(n) x S(m)")).splitlines()
    assert "sizes    d,n,m = 7,2,3 3,5,4 2,3,5 5,8,6 11,9,10" in lines
    assert "sizes    d,n = 4,2" in str(run(lambda X: X, sizes=[{"d": 4, "n": 2}]))
    many = str(run(lambda X: X, sizes=[{"d": d, "n": 2} for d in range(1, 10)], trials=1))
    assert "6,2 and 3 more" in many


@pytest.mark.parametrize("sizes", [{"d": 200000, "n": 1}, {"d": 1, "n": 999999999}])
def test_sizes_that_fill_the_memory_are_refused(sizes):
    with pytest.raises(UsageError, match=r"is too large: .* would have"):
        run(lambda X: X, sizes=[sizes])
    with pytest.raises(UsageError, match="is too large"):
        check(lambda X: X, Problem(TOKENS, group="O(d)", **sizes))


EDGES = {
    "one token": lambda X: X if X.shape[1] > 1 else np.abs(X),
    "one dimension": lambda X: X if len(X) > 1 else X + 1,
    "square": lambda X: X if len(X) != X.shape[1] else X.T @ X,
    "one of each": lambda X: X if X.size > 1 else X + 1,
}


@pytest.mark.parametrize("name", EDGES)
def test_violation_at_sizes_that_are_one_or_equal_is_found(name):
    report = run(EDGES[name], TOKENS, "O(d)")
    assert report.verdicts == {"O(d)": V}, str(report)
    assert "no violation seen at d,n = 4,2 3,5 2,3 5,8 11," in str(report)


def test_function_that_is_not_made_for_such_sizes_is_not_accused():
    def centred(X):
        if X.shape[1] == 1 or len(X) == X.shape[1]:
            return X[0]
        return X - X.mean(axis=1, keepdims=True)

    assert run(centred, TOKENS, "O(d) x S(n)").ok


# What cannot be judged ----------------------------------------------------------------------------------------


def raises(X):
    raise ValueError("the heads do not divide\nthe width")


def leaves(X):
    raise SystemExit(4)


def doubles_in_place(X):
    X *= 2
    return X


INCONCLUSIVE = {
    "NaN": (lambda X: X * np.nan, "not finite"),
    "infinity": (lambda X: X / 0.0, "not finite"),
    "NaN at some sizes": (lambda X: X if X.shape[1] < 5 else X * np.nan, "generic input at d=3, n=5: .*not finite"),
    "NaN at some inputs": (lambda X: X if X[0, 0] < 0.5 else X * np.nan, "not finite"),
    "exception": (raises, r"ValueError: the heads do not divide the width \(test_check_function.py, line \d+\)"),
    "exception at odd sizes": (lambda X: X.reshape(2, len(X) // 2, -1).reshape(X.shape), "ValueError: cannot reshape"),
    "exit": (leaves, "SystemExit: 4"),
    "changes its input": (doubles_in_place, r"changes its input X in place; work on a copy \(X = X.copy\(\)\)"),
    "random": (lambda X: X + np.random.standard_normal(X.shape), "not deterministic"),
    "slightly random": (lambda X: X * (1 + 1e-12 * np.random.standard_normal()), "not deterministic"),
    "chaotic": (lambda X: X * np.sin(1e17 * np.sum(X**2)), "rounding blurs the output"),
    "half precision": (lambda X: X.astype(np.float16), "rounding blurs the output"),
    "digits lost": (lambda X: (X + 1e12) - 1e12, "not at neighbouring points, or not more than rounding may explain"),
    "wrong in float32 only": (lambda X: X if X.dtype == np.float64 else np.abs(X), "with float32 input"),
}


@pytest.mark.parametrize("name", INCONCLUSIVE)
def test_undecidable_function_is_inconclusive_with_its_reason(name, capsys):
    f, reason = INCONCLUSIVE[name]
    report = run(f, TOKENS, "O(d)")
    assert report.verdicts == {"O(d)": I}, str(report)
    assert not report.ok and report.exit_status == 3 and not report.counterexamples
    detail = report.evidence["O(d)"].detail
    assert re.search(reason, detail), detail
    assert detail in str(report)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("seed", range(4))
def test_function_that_is_wrong_in_float64_only_never_holds(seed):
    report = run(lambda X: X if X.dtype == np.float32 else np.abs(X), TOKENS, "O(d)", seed=seed)
    assert report.verdicts["O(d)"] in (V, I)


def sometimes_off(share):
    rng = np.random.default_rng(3)
    return lambda X: X * (1 if rng.random() > share else 1.1)


def off_from(call):
    calls = []

    def f(X):
        calls.append(1)
        return X if len(calls) < call else 2 * X

    return f


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "make",
    [lambda: sometimes_off(0.05), lambda: sometimes_off(1e-2), *(lambda k=k: off_from(k) for k in (2, 10, 200, 2000))],
    ids=["one call in 20", "one in 100", "from call 2", "from call 10", "from call 200", "from call 2000"],
)
def test_function_that_changes_on_the_way_never_holds(make, seed):
    report = run(make(), seed=seed)
    assert set(report.verdicts.values()) == {I} and report.exit_status == 3 and not report.ok, str(report)
    assert not report.counterexamples and not report.detects and set(report.components["O(d)"].values()) == {I}
    assert "not deterministic" in report.reason or "keeps state" in report.reason


@pytest.mark.parametrize("dtype", ["float16", np.half])
def test_half_precision_inside_is_not_accused(dtype):
    report = run(lambda X: X @ softmax((X.T @ X).astype(dtype)).astype(float))
    assert V not in report.verdicts.values(), str(report)


def test_exception_hints_at_sizes():
    report = run(lambda X: np.eye(4) @ X, TOKENS, "S(n)")
    assert "if the function is made for certain sizes, give them" in report.evidence["S(n)"].detail
    assert run(lambda X: np.eye(4) @ X, TOKENS, "S(n)", sizes=[{"d": 4, "n": 3}]).ok


def test_undefined_at_zero_is_skipped_and_said():
    report = run(lambda X: X / np.linalg.norm(X, axis=0), TOKENS, "O(d)")
    evidence = report.evidence["O(d)"]
    assert evidence.verdict == H and evidence.skipped > 0 and "zero" in evidence.detail


def test_interrupt_passes_through():
    def interrupted(X):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(interrupted)


def test_function_never_sees_our_only_copy():
    seen = []

    def keeps(X):
        seen.append(X)
        return X

    assert run(keeps).ok
    assert len({id(x) for x in seen}) == len(seen)
    assert {x.dtype for x in seen} >= {np.dtype(np.float32), np.dtype(np.float64)}
    assert all(x.flags.writeable and x.flags.c_contiguous for x in seen)


def test_output_buffer_that_is_reused_does_no_harm():
    buffer = {}

    def reuses(X):
        out = buffer.setdefault((X.shape, X.dtype), np.empty_like(X))
        np.multiply(X, 2, out=out)
        return out

    assert run(reuses).ok


def test_prints_of_the_function_stay_out_of_the_output(capsys):
    def talks(X):
        print("hello")
        return X

    assert run(talks).ok
    assert capsys.readouterr().out == ""


# Sizes, seeds, documents --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "group"),
    [(BOTH, "O(d) x S(n)"), (TOKENS, "SO(d)"), ("n d, d k, k d -> n d", "O(d)"), ("a b, b c -> a c", "S(a) x S(c)")],
)
def test_default_sizes_are_pairwise_different_on_both_sides_of_d(line, group):
    problem = Problem(line, group=group)
    chosen = assignments(problem, None)
    assert len(chosen) >= 3
    for sized in chosen:
        assert len(set(sized.sizes.values())) == len(sized.sizes)
    if "d" in problem.axes:
        excess = [sum(v for k, v in sized.sizes.items() if k != "d") - sized.sizes["d"] for sized in chosen]
        assert min(excess) < 0 < max(excess)


def test_sizes_of_the_problem_and_of_the_call_are_used():
    report = check(lambda X: X, Problem(TOKENS, group="O(d)", d=6), sizes=[{"n": 2}, {"n": 9}])
    assert report.evidence["O(d)"].sizes == ({"d": 6, "n": 2}, {"d": 6, "n": 9})
    assert run(lambda X: X, sizes={"d": 2, "n": 3}).sizes == ({"d": 2, "n": 3},)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": []}, "looks at nothing"),
        ({"sizes": [{"d": 3}]}, "leave n of"),
        ({"sizes": [{"d": 3, "n": 2, "k": 1}]}, "size given for 'k'"),
        ({"sizes": [{"d": 0, "n": 2}]}, "axis 'd' must be a positive integer"),
        ({"sizes": [3]}, "list of assignments"),
        ({"trials": 0}, "trials is an integer of at least 1, not 0"),
        ({"seed": -1}, "seed is an integer of at least 0, not -1"),
        ({"seed": 1.5}, "seed is an integer"),
        ({"group": None}, "names no group, so there is nothing to check"),
    ],
    ids=str,
)
def test_unusable_options_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        run(lambda X: X, **options)


def test_parts_of_a_check_can_be_left_out():
    whole, fixed = run(lambda X: X @ X.T @ X), run(lambda X: X @ X.T @ X, search=False, exact=False, controls=False)
    assert whole.exact and whole.detects and not fixed.exact and not fixed.detects
    assert fixed.ok and fixed.looked.calls < whole.looked.calls
    assert "exactly equal" in str(whole) and "exactly equal" not in str(fixed)


def test_problem_must_be_a_problem():
    with pytest.raises(UsageError, match="check needs a Problem"):
        check(lambda X: X, TOKENS)


SCRIPT = """
import json
from symmetry import examples
from symmetry.checks.function import check
from symmetry.problem import Problem
problem = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)")
for f in (examples.attention, examples.attention_relu):
    print(json.dumps(check(f, problem, seed=7).to_json(), allow_nan=False))
"""


def test_same_seed_gives_the_same_bytes_in_another_process():
    runs = [subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    first, second = map(json.loads, runs[0].splitlines())
    assert first["verdicts"] == {"O(d)": H, "S(n)": H, "S(m)": H} and first["exit_status"] == 0
    assert second["verdicts"] == {"O(d)": V, "S(n)": H, "S(m)": H} and second["exit_status"] == 1
    assert list(second["counterexamples"]["O(d)"]) == [
        "note", "component", "seed", "sizes", "values", "left", "right", "residual", "tolerance",
    ]  # fmt: skip


@pytest.mark.parametrize("name", INCONCLUSIVE)
def test_document_of_an_inconclusive_check_is_plain_json(name):
    document = run(INCONCLUSIVE[name][0], TOKENS, "O(d)", trials=1).to_json()
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_other_seeds_look_elsewhere():
    first, second = run(np.tanh, seed=1), run(np.tanh, seed=2)
    assert first.verdicts == second.verdicts and first.to_json() != second.to_json()


def test_group_objects_and_classes_are_accepted():
    class Scale:
        def __call__(self, X):
            return 2 * X

    report = check(Scale(), Problem(TOKENS, group=O("d") * S("n")))
    assert report.ok and report.function == "Scale"


# Arguments ----------------------------------------------------------------------------------------------------


def in_order(X, Z):
    return X, Z


def other_order(Z, X):
    return X, Z


def other_names(a, b):
    return a, b


def keyword_only(X, *, Z):
    return X, Z


def keyword_only_other_name(tokens, *, Z):
    return tokens, Z


def optional(X, Z, scale=1.0, *, eps=1e-5):
    return X * (scale == 1.0), Z * (eps == 1e-5)


def optional_named(X, scale=1.0, Z=None):
    return X * (scale == 1.0), Z


def star(*arrays):
    return arrays


def double_star(X, **weights):
    return X, weights["Z"]


def only_double_star(**arrays):
    return arrays["X"], arrays["Z"]


def wrapped(*args, **kwargs):
    return other_names(*args, **kwargs)


@pytest.mark.parametrize(
    "f",
    [
        in_order,
        other_order,
        other_names,
        keyword_only,
        keyword_only_other_name,
        optional,
        optional_named,
        star,
        double_star,
        only_double_star,
        wrapped,
    ],
)
def test_inputs_reach_their_parameters(f):
    problem = Problem("X: d n, Z: d m -> d n, d m", d=4, n=2, m=3)
    x, z = np.full((4, 2), 2.0), np.full((4, 3), 3.0)
    output = Callee(f, problem)((x, z), problem)
    assert np.array_equal(output.values[0], x) and np.array_equal(output.values[1], z)


async def waits(X):
    return X


class Waits:
    async def __call__(self, X):
        return X


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("f", "line", "message"),
    [
        (lambda X: X, BOTH, r"<lambda>\(X\) cannot be called with the 2 inputs X, Z of .*: too many positional"),
        (lambda X, Z, W: X, BOTH, "missing a required argument: 'W'; write one input per argument"),
        (lambda X, *, eps: X, TOKENS, "missing a required.* 'eps'"),
        (lambda X, scale=1.0: X, BOTH, "'Z' would go to 'scale', which has a default"),
        (lambda Z, Y: Z, BOTH, "its argument 'Z' would get the input 'X'"),
        (lambda: 0, TOKENS, r"<lambda>\(\) cannot be called with the 1 input X"),
        (np.add, TOKENS, "add.* cannot be called with the"),
        (3, TOKENS, "3 is an int, not a function"),
        (lambda X: None, TOKENS, "returned None"),
        (lambda X: "text", TOKENS, "a str, which is not an array of numbers"),
        (lambda X: [[1], [1, 2]], TOKENS, "a list that is no array"),
        (lambda X: X.astype(object), TOKENS, "an ndarray of dtype object, which is not an array of numbers"),
        (waits, TOKENS, "waits is an async function; check takes one that returns its output itself"),
        (Waits(), TOKENS, "Waits is an async function"),
        (lambda X: waits(X), TOKENS, "returned a coroutine; a function to be checked returns its output itself"),
        (
            lambda X: X.T,
            TOKENS,
            r"returned shape \(2, 4\) \(as if it were 'n d'\), but .* 'd n' = \(4, 2\) at d=4, n=2",
        ),
        (lambda X: X[:, 0], TOKENS, r"returned shape \(4,\), but"),
        (lambda X: X, "X: d n -> ", r"the output is a scalar, shape \(\) at d=4"),
        (lambda X: np.sum(X), TOKENS, r"returned shape \(\), but"),
        (lambda X: (X, X), "X: d n -> d n, d n, n", "returned 2 values, but .* has 3 outputs"),
        (lambda X: X, "X: d n -> d n, n", "returned one ndarray, but .* has 2 outputs: return a tuple"),
        (lambda X: (X, X), "X: d n -> d n, n", r"output 2 is 'n' = \(2,\)"),
    ],
)
def test_function_that_does_not_fit_is_refused_with_advice(f, line, message):
    with pytest.raises(FunctionError, match=message):
        run(f, line, "O(d)")


# Loading ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "helper_of_mine.py").write_text("factor = 3\n")
    (tmp_path / "mine.py").write_text(
        "import math\nfrom helper_of_mine import factor\nprint('noise')\nlimit = 3\n"
        "def attention(X):\n    return factor * X\n"
        "def attend(X):\n    return X\n"
        "class Block:\n    @staticmethod\n    def forward(X):\n        return X\n"
    )
    (tmp_path / "broken.py").write_text("import no_such_module_here\n")
    (tmp_path / "typo.py").write_text("def f(X):\n    return X +\n")
    (tmp_path / "quits.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "empty.py").write_text("")
    return tmp_path


def test_function_is_loaded_from_a_file_with_its_neighbours(folder, capsys):
    assert run(load_function(f"{folder / 'mine.py'}:attention")).ok
    assert run(load_function(f"{folder / 'mine.py'}:Block.forward")).ok
    assert capsys.readouterr().out == ""


def test_function_is_loaded_from_a_module(folder, monkeypatch):
    assert load_function("symmetry.examples:attention") is examples.attention
    assert load_function("os.path:join") is os.path.join
    monkeypatch.chdir(folder)
    assert load_function("mine:attend").__name__ == "attend"
    assert load_function("mine.py:attend").__name__ == "attend"
    del sys.modules["mine"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("mine.py", "'mine.py' names no function: write FILE.py:FUNCTION or package.module:FUNCTION"),
        ("mine.py:", "names no function"),
        (":attention", "names no function"),
        ("main.py:f", r"no file 'main.py'; .* has mine.py"),
        ("nowhere/mine.py:f", "no file 'nowhere/mine.py'"),
        ("mine.py:atention", "no 'atention' in mine.py; it has attention, attend, Block"),
        ("mine.py:Block.backward", "no 'backward' in mine.py; it has forward"),
        ("empty.py:f", "no 'f' in empty.py; it has no functions"),
        ("mine.py:limit", "'limit' in mine.py is an int, not a function"),
        ("broken.py:f", "importing 'broken.py' failed: ModuleNotFoundError: No module named 'no_such_module_here'"),
        ("typo.py:f", r"importing 'typo.py' failed: SyntaxError: invalid syntax \(typo.py, line 2\)"),
        ("quits.py:f", "importing 'quits.py' failed: SystemExit: 3"),
        ("no.such.module:f", "no module 'no.such.module': 'no' is not installed or not here"),
        ("broken:f", "importing 'broken' failed: ModuleNotFoundError: .*'no_such_module_here'.*broken.py, line 1"),
        ("symmetry.examples:atention", "no 'atention' in symmetry.examples; it has attention, "),
    ],
)
def test_function_that_is_not_there_is_refused_with_advice(spec, message, folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(FunctionError, match=message):
        load_function(spec)


def test_deleted_working_directory_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for spec in ("no_such_module:f", "mine.py:f"):
        with pytest.raises(FunctionError, match="the working directory does not exist any more"):
            load_function(spec)
    assert load_function("symmetry.examples:attention") is examples.attention


def test_examples_have_the_forms_they_claim():
    rng = np.random.default_rng(0)
    X, Z = rng.standard_normal((4, 2)), rng.standard_normal((4, 3))
    M = 0.5 * np.eye(4) + 0.25 * Z @ Z.T
    W = np.eye(4) - 0.5 * Z @ Z.T
    expected = W @ X @ softmax(X.T @ M @ X)
    assert np.allclose(examples.attention(X, Z), expected, rtol=0, atol=1e-12)
    assert np.allclose(softmax(X.T @ M @ X).sum(axis=0), 1, rtol=0, atol=1e-15)
    assert math.isclose(examples.causal_attention(X, Z)[0, 0], (W @ X)[0, 0], rel_tol=1e-12)
