"""Numbers about a function's symmetry, and the assertion that it has it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symmetry import O, Problem, S, assert_equivariant, equivariance_error
from symmetry.errors import FunctionError, UsageError
from symmetry.examples import attention, attention_relu, causal_attention

ROTATION, REFLECTION = "rotation (det +1)", "reflection (det -1)"
LINE, GROUP = "X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)"
SIZES = [{"d": 3, "n": 2, "m": 4}, {"d": 2, "n": 5, "m": 3}]
ROUNDING = 1e-12  # far above the rounding of these functions, far below what is planted in them


def gram(X: Any) -> Any:
    return X @ X.T @ X


def cross(x: Any, y: Any) -> Any:
    return np.cross(x, y)


def rows(X: Any, Z: Any) -> Any:
    return attention(X.T, Z.T).T


def centred(X: Any) -> Any:
    return X - X.mean(axis=1, keepdims=True)


def squared(X: Any) -> Any:
    signature = np.where(np.arange(len(X)) == 0, 1.0, -1.0)[:, None]
    return X @ (X.T @ (signature * X))


def both(X: Any) -> Any:
    return X @ X.T, float(np.sum(X * X))


# function, problem, group, and the factor and component that are violated, if any
TABLE: list[tuple[Callable[..., Any], str, str, tuple[str, str] | None]] = [
    (attention, LINE, GROUP, None),
    (rows, "X: n d, Z: m d -> n d", GROUP, None),
    (both, "X: d n -> d d, ()", "O(d) x S(n)", None),
    (lambda X: np.linalg.norm(X), "X: d n -> ", "O(d) x S(n)", None),
    (attention_relu, LINE, GROUP, ("O(d)", ROTATION)),
    (attention_relu, LINE, GROUP, ("O(d)", REFLECTION)),
    (causal_attention, LINE, GROUP, ("S(n)", "permutation")),
    (cross, "x: 3, y: 3 -> 3", "O(3)", ("O(3)", REFLECTION)),
    (lambda X, Z: X @ (X.T @ X) + Z @ Z.T @ X + X[::-1], LINE, GROUP, ("O(d)", REFLECTION)),
]
TABLE += [
    (centred, "X: d n -> V: d n", "O(d) x T(d; X) x S(n)", None),
    (centred, "X: d n -> V: d n", "O(d) x T(d)", ("T(d)", "translation")),
    (squared, "X: d n -> d n", "Lorentz(d) x S(n)", None),
    (gram, "X: d n -> d n", "Lorentz(d) x S(n)", ("Lorentz(d)", "proper orthochronous transformation")),
]
NAMES = ["attention", "rows", "two outputs", "norm", "relu", "relu at -1", "causal", "cross", "rows reversed"]
NAMES += ["centred", "centred but moved", "Minkowski", "Euclid under Lorentz"]


@pytest.mark.parametrize(("function", "line", "group", "planted"), TABLE, ids=NAMES)
def test_error_is_rounding_exactly_where_the_symmetry_holds(
    function: Callable[..., Any], line: str, group: str, planted: tuple[str, str] | None
) -> None:
    found = equivariance_error(function, line, group)
    problem = Problem(line, group=group)
    assert list(found) == [str(factor) for factor in problem.group]
    for factor in problem.group:
        assert list(found[str(factor)]) == list(factor.kind.components.values())
    if planted is None:
        assert max(e.max_rel for components in found.values() for e in components.values()) < ROUNDING
    else:
        factor, component = planted
        error = found[factor][component]
        assert error.max_rel > 1e-2 and error.max_abs > 1e-2
        assert all(e.max_rel < ROUNDING for name, by in found.items() if name != factor for e in by.values())


def test_a_lost_reflection_shows_at_reflections_alone() -> None:
    found = equivariance_error(cross, "x: 3, y: 3 -> 3", "O(3)")["O(3)"]
    assert found[ROTATION].max_rel < ROUNDING
    assert found[REFLECTION].max_rel == pytest.approx(2)


def test_samples_and_sizes_are_those_that_were_asked_for() -> None:
    found = equivariance_error(attention, LINE, GROUP, sizes=SIZES, trials=7)
    for components in found.values():
        for error in components.values():
            assert error.samples == 7 * len(SIZES)
            assert error.sizes in SIZES


def test_the_same_seed_gives_the_same_numbers_and_another_does_not() -> None:
    first, again, other = (equivariance_error(gram, "X: d n -> d n", "O(d)", seed=seed) for seed in (3, 3, 4))
    assert first == again != other


def test_float32_has_the_error_of_float32() -> None:
    double, single = (
        equivariance_error(gram, "X: d n -> d n", "O(d)", dtype=dtype)["O(d)"][ROTATION].max_rel
        for dtype in (np.float64, "float32")
    )
    assert double < 1e-13 < 1e-8 < single < 1e-5


def test_given_inputs_are_used_and_give_the_sizes() -> None:
    seen = []

    def watched(X: Any, Z: Any) -> Any:
        seen.append((X.copy(), Z.copy()))
        return attention(X, Z)

    X, Z = np.arange(6.0).reshape(3, 2), np.ones((3, 4))
    by_name = equivariance_error(attention, LINE, GROUP, inputs={"Z": Z, "X": X}, trials=5)
    assert by_name == equivariance_error(attention, LINE, GROUP, inputs=(X, Z), trials=5)
    found = equivariance_error(watched, LINE, GROUP, inputs=(X, Z), trials=5)
    assert found["O(d)"][ROTATION].samples == 5
    assert found["O(d)"][ROTATION].sizes == {"d": 3, "n": 2, "m": 4}
    assert np.array_equal(seen[0][0], X) and np.array_equal(seen[0][1], Z)


def test_given_elements_are_used_and_no_others() -> None:
    seen = []

    def watched(X: Any) -> Any:
        seen.append(X.copy())
        return X

    X = np.arange(6.0).reshape(3, 2)
    flip = np.diag([1.0, -1.0, 1.0])
    found = equivariance_error(watched, "X: d n -> d n", "O(d) x S(n)", inputs=(X,), element={"O(d)": flip})
    assert set(found) == {"O(d)"} and set(found["O(d)"]) == {REFLECTION}
    assert all(np.array_equal(x, X) or np.array_equal(x, flip @ X) for x in seen)
    assert any(np.array_equal(x, flip @ X) for x in seen)


def test_an_error_is_the_one_that_numpy_computes() -> None:
    X = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 4.0]])
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    error = equivariance_error(abs, "X: d n -> d n", "O(d)", inputs=[X], element={"O(d)": turn})["O(d)"][ROTATION]
    left, right = abs(turn @ X), turn @ abs(X)
    assert error.max_abs == np.max(abs(left - right))
    assert error.max_rel == pytest.approx(np.linalg.norm(left - right) / np.linalg.norm(right))


def test_a_difference_of_a_tiny_and_a_huge_output_is_finite() -> None:
    for scale in (1e-200, 1e200):
        found = equivariance_error(lambda X, s=scale: abs(X) * s, "X: d n -> d n", "O(d)")["O(d)"][ROTATION]
        assert 0.1 < found.max_rel < 3


X32, Z34 = np.ones((3, 2)), np.ones((3, 4))
ONE = {"sizes": SIZES[:1]}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no group": ({"group": None}, "names no group"),
    "an option": ({"trial": 3}, "'trial' does not say how a function is called; options are backend, params, timeout"),
    "no trials": ({"trials": 0}, "trials is an integer of at least 1"),
    "seed below 0": ({"seed": -1}, "seed is an integer of at least 0"),
    "half precision": ({"dtype": np.float16}, "float64 or float32, not <class 'numpy.float16'>"),
    "no dtype": ({"dtype": "junk"}, "float64 or float32, not 'junk'"),
    "no sizes": ({"sizes": []}, "looks at nothing"),
    "one input": ({"inputs": [X32]}, "list of arrays.* for X, Z .*not 1 of them"),
    "an array": ({"inputs": np.ones((2, 3, 3))}, "not an ndarray"),
    "a number": ({"inputs": 3}, "not an int"),
    "other names": ({"inputs": {"X": X32, "Y": Z34}}, "by name, for X, Z .* not a dict"),
    "axes": ({"inputs": [np.ones(3), Z34]}, r"input X has shape \(3,\), .* 'd n'"),
    "sizes differ": ({"inputs": [X32, np.ones((5, 4))]}, r"input Z has shape \(5, 4\).*'d' is 3"),
    "nan": ({"inputs": [np.full((3, 2), np.nan), Z34]}, "input X is not an array of finite real"),
    "complex": ({"inputs": [X32 * 1j, Z34]}, "input X is not an array of finite real"),
    "ragged": ({"inputs": [[[1, 2], [3]], Z34]}, "input X is not an array of finite real"),
    "too large": ({"inputs": [1e300 * X32, Z34], "dtype": "float32"}, "input X in float32 is not an array of finite"),
    "both": ({"inputs": [X32, Z34], **ONE}, "only one of them"),
    "no element": ({"element": {}}, "dict from factors"),
    "unknown factor": ({"element": {"O(n)": np.eye(3)}}, r"dict from factors \(O\(d\), S\(n\), S\(m\)\)"),
    "a matrix alone": ({"element": np.eye(3)}, "dict from factors"),
    "shape": ({"element": {"O(d)": np.eye(4)}, **ONE}, r"shape \(4, 4\).*d=3, n=2, m=4.*\(3, 3\)"),
    "not orthogonal": ({"element": {"O(d)": 1.001 * np.eye(3)}, **ONE}, "not satisfy QᵀQ = I: it is off by 0.002"),
    "nan element": ({"element": {"O(d)": np.full((3, 3), np.nan)}, **ONE}, "not an array of finite real numbers"),
    "letters": ({"element": {"O(d)": [["a"] * 3] * 3}, **ONE}, "not an array of finite real numbers"),
    "complex element": ({"element": {"O(d)": np.eye(3) * 1j}, **ONE}, "not an array of finite real numbers"),
    "no permutation": ({"element": {"S(n)": [1, 1]}, **ONE}, "not a permutation of 0, …, 1"),
    "floats": ({"element": {"S(n)": [1.0, 0.0]}, **ONE}, "not a permutation"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_argument_that_does_not_fit_is_refused(case: str) -> None:
    changed, message = REFUSED[case]
    with pytest.raises(UsageError, match=message):
        equivariance_error(attention, LINE, **{"group": GROUP, **changed})


def test_an_element_of_the_other_component_is_not_in_so() -> None:
    with pytest.raises(UsageError, match=r"element of SO\(d\) is no rotation"):
        equivariance_error(
            gram, "X: d n -> d n", "SO(d)", sizes=[{"d": 2, "n": 3}], element={"SO(d)": np.diag([1, -1])}
        )


def test_an_element_in_float32_is_accepted() -> None:
    turn = O("d").haar(np.random.default_rng(0), 40).astype(np.float32)
    found = equivariance_error(gram, "X: d n -> d n", "O(d)", sizes=[{"d": 40, "n": 3}], element={"O(d)": turn})
    assert found["O(d)"][ROTATION].max_rel < 1e-5


def test_a_problem_has_one_group() -> None:
    line = Problem("X: d n -> d n", n=2)
    assert list(equivariance_error(gram, line, O("d") * S("n"))) == ["O(d)", "S(n)"]
    with pytest.raises(UsageError, match="has its group already"):
        equivariance_error(gram, Problem("X: d n -> d n", group="O(d)"), "S(n)")


def raises(X: Any) -> Any:
    raise ValueError("not today")


def changes(X: Any) -> Any:
    X *= 2
    return X


def draws(X: Any) -> Any:
    return X * np.random.default_rng().random()


# without a verdict; a word of the reason
NO_VERDICT: dict[str, tuple[Callable[..., Any], str]] = {
    "nan": (lambda X: X * np.nan, "not finite"),
    "infinity": (lambda X: X / 0, "not finite"),
    "nan at one entry": (lambda X: np.where(X == X.max(), np.nan, X), "not finite"),
    "exception": (raises, "ValueError: not today"),
    "in place": (changes, "changes its input X in place"),
    "random": (draws, "not deterministic"),
}


@pytest.mark.parametrize("case", NO_VERDICT)
def test_no_value_is_no_number_and_no_pass(case: str) -> None:
    function, reason = NO_VERDICT[case]
    with pytest.raises(FunctionError, match=reason):
        equivariance_error(function, "X: d n -> d n", "O(d)")
    for tolerances in ({}, {"atol": 1e9}, {"rtol": 1e9}):
        with pytest.raises(AssertionError, match=r"inconclusive whether it is equivariant under O\(d\)") as caught:
            assert_equivariant(function, "X: d n -> d n", "O(d)", **tolerances)
        assert reason in str(caught.value)


@pytest.mark.parametrize("tolerances", [{}, {"atol": 1e-9}, {"rtol": 1e-9}, {"atol": 1e-10, "rtol": 1e-10}], ids=str)
@pytest.mark.parametrize(("function", "line", "group", "planted"), TABLE, ids=NAMES)
def test_assertion_fails_exactly_where_a_violation_is_planted(
    function: Callable[..., Any], line: str, group: str, planted: tuple[str, str] | None, tolerances: dict[str, float]
) -> None:
    if planted is None:
        assert_equivariant(function, Problem(line, group=group), **tolerances)
        return
    with pytest.raises(AssertionError) as caught:
        assert_equivariant(function, line, group, **tolerances)
    text = str(caught.value)
    name = function.__name__
    assert text.startswith(f"{name} is not equivariant under {planted[0]}\n")
    for part in ("fails for g a", f"of {planted[0]}", "seed 0", "f(g·x) =", "expected =", f"under {group}"):
        assert part in text


def test_the_failure_shows_both_sides_of_the_worst_case() -> None:
    X = np.array([[1.0, -2.0, 0.0], [3.0, 4.0, -5.0]])
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    with pytest.raises(AssertionError) as caught:
        assert_equivariant(abs, "X: d n -> d n", "O(d)", inputs=[X], element={"O(d)": turn}, atol=0.5, seed=9)
    assert str(caught.value).splitlines() == [
        "abs is not equivariant under O(d)",
        "f(g·x) = g·f(x) fails for g a rotation (det +1) of O(d) at d=2, n=3 (seed 9)",
        "  Q = [0  -1]   X = [1  -2   0]",
        "      [1   0]       [3   4  -5]",
        "  f(g·x) = [3  4  5]   expected = [-3  -4  -5]",
        "           [1  2  0]              [ 1   2   0]",
        "worst at entry 0, 2: 5, expected -5; relative difference of the two sides 1.9",
        "beyond atol=0.5, rtol=0 at 4 of 4 samples",
        "problem X: d n -> d n   under O(d)",
        "seed 9; the same again with seed=9, atol=0.5",
    ]


def test_a_failure_comes_again_with_what_it_says() -> None:
    def failure(**options: Any) -> str:
        with pytest.raises(AssertionError) as caught:
            assert_equivariant(attention_relu, LINE, "O(d)", **options)
        return str(caught.value)

    first = failure(seed=5, trials=2, sizes=SIZES, rtol=1e-6)
    said = re.search(r"the same again with (.*)", first)
    assert said is not None
    assert said[1] == f"seed=5, trials=2, sizes={SIZES}, rtol=1e-06"
    assert failure(seed=5, trials=2, sizes=SIZES, rtol=1e-6) == first != failure(seed=6, sizes=SIZES, rtol=1e-6)


@pytest.mark.parametrize("atol", [0.0, 1e-3, 3e-3, 1e-2])
@pytest.mark.parametrize("rtol", [0.0, 1e-3, 3e-3, 1e-2])
def test_tolerances_mean_what_they_mean_in_numpy(atol: float, rtol: float) -> None:
    rng = np.random.default_rng(1)
    X, turn = rng.standard_normal((4, 3)), O("d").haar(rng, 4)

    def nearly(X: Any) -> Any:
        return X + 2e-3 * np.abs(X)

    def passes(check: Callable[[], None]) -> bool:
        try:
            check()
        except AssertionError:
            return False
        return True

    ours = passes(
        lambda: assert_equivariant(
            nearly, "X: d n -> d n", "O(d)", inputs=[X], element={"O(d)": turn}, atol=atol, rtol=rtol
        )
    )
    numpys = passes(lambda: np.testing.assert_allclose(nearly(turn @ X), turn @ nearly(X), rtol=rtol, atol=atol))
    assert ours == numpys


def test_a_violation_outweighs_a_missing_value() -> None:
    calls = []

    def late(X: Any) -> Any:
        calls.append(0)
        return X[::-1] if len(calls) < 9 else X * np.nan

    with pytest.raises(AssertionError, match="not equivariant"):
        assert_equivariant(late, "X: d n -> d n", "O(d)", atol=1e-3)


TOLERANCES = [-1.0, math.nan, math.inf, "1e-3", True, [1e-3]]


@pytest.mark.parametrize("value", TOLERANCES, ids=repr)
@pytest.mark.parametrize("name", ["atol", "rtol"])
def test_a_tolerance_that_is_none_is_refused(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} is a finite number of at least 0"):
        assert_equivariant(gram, "X: d n -> d n", "O(d)", **{name: value})


@pytest.mark.parametrize("name", ["element", "inputs", "dtype"])
def test_what_only_a_comparison_takes_needs_a_tolerance(name: str) -> None:
    value = {"element": {"O(d)": np.eye(3)}, "inputs": [np.ones((3, 2))], "dtype": np.float32}[name]
    with pytest.raises(UsageError, match=f"{name}= needs atol= or rtol="):
        assert_equivariant(gram, "X: d n -> d n", "O(d)", **{name: value})


def test_a_function_that_does_not_fit_is_no_assertion() -> None:
    for tolerances in ({}, {"atol": 1.0}):
        with pytest.raises(FunctionError, match="returned shape"):
            assert_equivariant(gram, "X: d n -> n d", "O(d)", **tolerances)


def test_an_ill_conditioned_function_is_judged_by_its_own_rounding() -> None:
    def inverse(X: Any) -> Any:
        return X @ np.linalg.inv(X.T @ X + 1e-9 * np.eye(X.shape[1]) * np.trace(X.T @ X))

    sizes = [{"d": 2, "n": 5}]  # a Gram matrix of rank 2 and size 5
    assert equivariance_error(inverse, "X: d n -> d n", "O(d)", sizes=sizes)["O(d)"][ROTATION].max_rel > 1e-12
    assert_equivariant(inverse, "X: d n -> d n", "O(d)", sizes=sizes)
