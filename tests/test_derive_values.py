"""Derived forms as numbers: filled with random functions that obey the laws, they have the symmetry; and what has the
symmetry is of the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from form_values import Array, filled, random_polynomial, value
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry import Problem, check, derive
from symmetry.forms import Form

CASES = {
    "tokens and knowledge": ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"d": 4, "n": 3, "m": 2}),
    "more vectors than dimensions": ("X: d n, Z: d m -> d n", "O(d) x S(n)", {"d": 2, "n": 3, "m": 4}),
    "row-major, mixed": ("X: n d, Z: d m -> n d", "O(d) x S(n)", {"d": 4, "n": 3, "m": 2}),
    "three inputs, two layouts": (
        "X: n d, Y: d m, Z: k d -> d 4",
        "O(d) x S(m)",
        {"d": 5, "n": 2, "m": 3, "k": 1},
    ),
    "parameters": ("X: d n, t: k, w: k n -> d n", "O(d) x S(n)", {"d": 4, "n": 3, "k": 2}),
    "adjacency": ("X: n d, A: n n -> n d", "O(d) x S(n)", {"d": 4, "n": 3}),
    "no factor on vectors": ("A: n n, t: k n -> n", "S(n)", {"n": 3, "k": 2}),
    "scalar": ("X: d n, Z: d m -> ", "O(d) x S(n) x S(m)", {"d": 4, "n": 3, "m": 2}),
    "inner products": ("X: d n -> n n", "O(d) x S(n)", {"d": 4, "n": 3}),
    "matrix-valued": ("Z: d m, t: k -> d d", "O(d) x S(m)", {"d": 4, "m": 3, "k": 2}),
    "matrix-valued, two inputs": ("X: n d, Z: d m -> d d", "O(d) x S(n)", {"d": 4, "n": 3, "m": 2}),
    "matrix-valued, no vectors": ("t: k -> 4 4", "O(4)", {"k": 3}),
    "single vectors": ("x: d, y: d -> d", "O(d)", {"d": 3}),
    "flattened": ("X: d n h, Z: m k d -> n d h", "O(d)", {"d": 5, "n": 2, "h": 3, "m": 1, "k": 4}),
    "batch": ("X: b n d -> b n d", "O(d)", {"d": 4, "b": 2, "n": 3}),
    "fixed sizes": ("X: 3 n -> 3 2", "O(3) x S(n) x S(2)", {"n": 4}),
    "several outputs": ("X: d n, Z: d m -> d n, d d, n", "O(d) x S(n)", {"d": 4, "n": 3, "m": 2}),
}
READINGS = {
    "order 1": ("X: d n, Z: d m -> d n", "O(d) x S(n)", (1, 0), {"d": 4, "n": 3, "m": 2}),
    "order 2": ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", (2, 0), {"d": 4, "n": 3, "m": 2}),
    "order 2, rows, two kinds of tokens": ("X: n d, t: n k -> n d", "O(d) x S(n)", (2, 0), {"d": 4, "n": 3, "k": 2}),
    "order 2, width 2": ("X: d n, Z: d m -> d n", "O(d) x S(n)", (2, 2), {"d": 4, "n": 3, "m": 1}),
    "order 3": ("X: d n -> d n", "O(d) x S(n)", (3, 0), {"d": 2, "n": 3}),
    "knowledge-mediated": (
        "X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", "knowledge-mediated", {"d": 4, "n": 3, "m": 2},
    ),
}  # fmt: skip


def holds(function: Callable[..., Any], line: str, group: str, sizes: dict[str, int]) -> None:
    report = check(function, Problem(line, group=group), sizes=[sizes], trials=3)
    assert set(report.verdicts.values()) <= {"holds"}, report


@pytest.mark.parametrize(("line", "group", "sizes"), CASES.values(), ids=CASES.keys())
def test_every_function_of_the_form_has_the_symmetry(line: str, group: str, sizes: dict[str, int]) -> None:
    holds(filled(derive(Problem(line, group=group))), line, group, sizes)


@pytest.mark.parametrize(("line", "group", "reading", "sizes"), READINGS.values(), ids=READINGS.keys())
def test_and_so_under_every_reading(line: str, group: str, reading: Any, sizes: dict[str, int]) -> None:
    holds(filled(derive(Problem(line, group=group), finite_information=reading)), line, group, sizes)


def test_without_the_laws_the_symmetry_is_lost() -> None:
    def lawless(function: Any, sizes: Any, problem: Problem, seed: int) -> Any:
        return random_polynomial(function, sizes, Problem(str(problem)), seed)

    line, group, sizes = CASES["tokens and knowledge"]
    function = filled(derive(Problem(line, group=group)), fill=lawless)
    verdicts = check(function, Problem(line, group=group), sizes=[sizes], trials=3).verdicts
    assert verdicts == {"O(d)": "holds", "S(n)": "violated", "S(m)": "violated"}


# Problems at random: which axes there are, their order, what acts


@st.composite
def problems(draw: st.DrawFn) -> tuple[str, str, dict[str, int]]:
    columns = ("n", "m", "k", "")

    def vectors() -> list[str]:
        column = draw(st.sampled_from(columns))
        return ["d", column] if draw(st.booleans()) else [column, "d"]

    def kept() -> list[str]:
        return draw(st.sampled_from([["n"], ["m"], ["n", "n"], ["n", "k"], ["m", "n"], []]))

    inputs = [vectors() for _ in range(draw(st.integers(1, 2)))] + [kept() for _ in range(draw(st.integers(0, 1)))]
    output = draw(st.sampled_from([vectors(), kept(), ["d", "d"]]))
    text = [" ".join(axis for axis in axes if axis) or "()" for axes in (*inputs, output)]
    known = {axis for axes in inputs for axis in axes}
    factors = ["O(d)"] + [f"S({axis})" for axis in "nm" if axis in known.union(output) and draw(st.booleans())]
    line = f"{', '.join(f'V{i}: {axes}' for i, axes in enumerate(text[:-1]))} -> {text[-1]}"
    group = " x ".join(factors)
    for axis, number in {"n": "3", "m": "2", "k": "5"}.items():  # the size of an axis of the output alone
        if axis not in known:
            line, group = line.replace(axis, number), group.replace(axis, number)
    sizes = {axis: size for axis, size in {"d": 4, "n": 3, "m": 2, "k": 1}.items() if axis in known}
    return line, group, sizes


@settings(max_examples=12, deadline=None, derandomize=True)
@given(problems())
def test_random_problems(problem: tuple[str, str, dict[str, int]]) -> None:
    line, group, sizes = problem
    holds(filled(derive(Problem(line, group=group))), line, group, sizes)


# Conversely: known functions with the symmetry are of the form, with coefficients read off at one point per orbit


def softmax(scores: Array) -> Array:
    weights = np.exp(scores - scores.max(axis=0))
    return weights / weights.sum(axis=0)  # type: ignore[no-any-return]


def attention(X: Array, Z: Array) -> Array:
    scores = X.T @ Z @ Z.T @ X
    return Z @ softmax(Z.T @ X) + X @ softmax(scores)


def normalised(X: Array, Z: Array) -> Array:
    return X / np.sqrt(1 + (X * X).sum(axis=0)) + Z.sum(axis=1, keepdims=True) * np.linalg.norm(X)


def rough(X: Array, Z: Array) -> Array:
    """No continuity is needed."""
    return np.where(X.T @ X > 0, 1.0, -1.0)[:1] * X + np.sign(np.trace(X.T @ X) - 3) * Z[:, :1]


@pytest.mark.parametrize("function", [attention, normalised, rough])
@pytest.mark.parametrize("sizes", [(6, 3, 2), (2, 3, 4)], ids=str)
def test_known_functions_are_of_the_form(function: Any, sizes: tuple[int, int, int]) -> None:
    d, n, m = sizes
    form = derive(Problem("X: d n, Z: d m -> d n", group="O(d)"))
    rng = np.random.default_rng(7)

    def representative(*blocks: Array) -> Array:
        """Vectors with these inner products, one choice for each Gram matrix."""
        A, B, C = blocks
        values, vectors = np.linalg.eigh(np.block([[A, B.T], [B, C]]))
        order = np.argsort(values)[::-1][:d]
        found = np.zeros((d, n + m))
        found[: len(order)] = (np.sqrt(np.clip(values[order], 0, None)) * vectors[:, order]).T
        return found

    def coefficients(rows: slice) -> Callable[..., Array]:
        def g(*blocks: Array) -> Array:
            Y = representative(*blocks)
            return (np.linalg.pinv(Y, rcond=1e-10) @ function(Y[:, :n], Y[:, n:]))[rows]  # type: ignore[no-any-return]

        return g

    functions = {"g₁": coefficients(slice(0, n)), "g₂": coefficients(slice(n, None))}
    for _ in range(5):
        X, Z = rng.standard_normal((d, n)), rng.standard_normal((d, m))
        found = value(form.body, {"d": d, "n": n, "m": m}, {"X": X, "Z": Z}, functions)
        assert np.allclose(found, function(X, Z), atol=1e-7)


def test_what_has_not_the_symmetry_is_not_of_the_form() -> None:
    """The same coefficients, read off a function that is not equivariant, do not give it back."""
    form: Form = derive(Problem("X: d n -> d n", group="O(d)"))
    rng = np.random.default_rng(3)
    X = rng.standard_normal((4, 2))
    turned = np.linalg.qr(rng.standard_normal((4, 4)))[0] @ X
    coefficients = np.linalg.pinv(X) @ np.maximum(X, 0)
    found = value(form.body, {"d": 4, "n": 2}, {"X": turned}, {"g": lambda A: coefficients})
    assert not np.allclose(found, np.maximum(turned, 0), atol=1e-3)
