"""Layers of coefficients compose like the functions they stand for; no PyTorch is needed here."""

from __future__ import annotations

import numpy as np
import pytest

from symmetry import Problem, check
from symmetry.coefficients import Coefficients, Gram, apply, chain, gather, residual
from symmetry.errors import ShapeError, UsageError
from symmetry.examples import softmax
from symmetry.layers import attention, gelu, layer_norm, mlp, pre_norm_block, relu, rms_norm

D, N, M = 5, 3, 4
LINE = "X: d n, query: d k, key: d k, value: d k, out: d k, up: d p, down: d p -> d n"


def normal(*shape):
    return np.random.default_rng(shape).standard_normal(shape)


def cubic(gram):
    return Coefficients(gram.A, gram.B)


def reading(gram):
    return Coefficients(np.ones((len(gram.A), 2)), gram.C[:, :2])


def test_blocks_after_a_layer_are_those_of_its_result():
    X, Z = normal(D, N), normal(D, M)
    for layer in (cubic, reading, chain(cubic, reading)):
        found, wanted = Gram.of(X, Z).after(layer(Gram.of(X, Z))), Gram.of(apply(layer, X, Z), Z)
        for name in "ABC":
            assert np.allclose(getattr(found, name), getattr(wanted, name), rtol=1e-12), name


def test_chain_and_residual_are_composition_and_sum():
    X, Z = normal(D, N), normal(D, M)
    assert np.allclose(apply(chain(cubic, reading), X, Z), apply(reading, apply(cubic, X, Z), Z), rtol=1e-12)
    assert not np.allclose(apply(chain(cubic, reading), X, Z), apply(chain(reading, cubic), X, Z), rtol=1e-2)
    assert np.array_equal(apply(chain(), X, Z), X)
    assert np.allclose(apply(residual(cubic), X, Z), X + apply(cubic, X, Z), rtol=1e-12)


def test_attention_is_the_plain_formula():
    """Three heads of two, in five dimensions; the last is wider than all blocks of one head."""
    blocks = {name: normal(D, 6) * scale for name, scale in zip(("query", "key", "value", "out"), (1, 2, 3, 4))}
    constants, mask, X = [normal(6) * scale for scale in (1, 2, 3)], normal(N, N), normal(D, N)
    Z, role = gather(**blocks)
    parts = [blocks[name].T @ X + bias[:, None] for name, bias in zip(("query", "key", "value"), constants)]
    wanted = 0
    for h in (slice(0, 2), slice(2, 4), slice(4, 6)):
        query, key, value = (part[h] for part in parts)
        wanted = wanted + blocks["out"][:, h] @ value @ softmax(key.T @ query / np.sqrt(2) + mask)
    found = apply(attention(**role, heads=3, constants=tuple(constants), mask=mask), X, Z)
    assert np.allclose(found, wanted, rtol=1e-12)


def test_block_is_the_plain_formula():
    X, weights = normal(D, N), [normal(D, k) for k in (2, 2, 2, 2, 7, 7)]
    query, key, value, out, up, down = weights

    def norm(x):
        return x / np.sqrt((x**2).mean(axis=0) + 1e-5)

    def attend(x):
        return out @ (value.T @ x) @ softmax((key.T @ x).T @ (query.T @ x) / np.sqrt(2))

    middle = X + attend(norm(X))
    assert np.allclose(pre_norm_block(X, *weights), middle + down @ gelu(up.T @ norm(middle)), rtol=1e-12)


def test_check_passes_the_block_and_finds_a_planted_bug():
    problem = Problem(LINE, group="O(d) x S(n) x S(k) x S(p)")
    assert set(check(pre_norm_block, problem, trials=2).verdicts.values()) == {"holds"}
    faulty = check(lambda X, *weights: pre_norm_block(relu(X), *weights), problem, trials=2)
    assert faulty.verdicts == {"O(d)": "violated", "S(n)": "holds", "S(k)": "holds", "S(p)": "holds"}


def test_everything_stays_in_single_precision():
    Z, role = gather(rows=normal(D, 4), mean=np.full(D, D**-0.5), frame=np.eye(D))
    rows, mean, frame = role.values()
    layers = {
        "attention": attention(rows, rows, rows, rows, heads=2, constants=(0.1, 0.2, 0.3), bias=mean, mask=0.5),
        "mlp": mlp(rows, rows, activation=gelu, constants=normal(4), bias=mean),
        "norm": layer_norm(D, mean, eps=1e-5, gain=normal(D), frame=frame, shift=mean),
    }
    for name, layer in layers.items():
        made = layer(Gram.of(normal(D, N).astype("f"), Z.astype("f")))
        assert made.g1.dtype == made.g2.dtype == np.float32, name


def test_gain_of_equal_entries_needs_no_frame():
    X, Z = normal(D, N), normal(D, 1)
    assert np.array_equal(apply(rms_norm(D, gain=np.full(D, 2.0)), X, Z), apply(rms_norm(D, gain=2.0), X, Z))
    assert np.allclose(apply(rms_norm(D, gain=2.0), X, Z), 2 * X / np.sqrt((X**2).mean(axis=0)), rtol=1e-12)


def test_with_a_frame_even_a_relu_of_coordinates_is_of_the_form():
    """So such a form says nothing about a function: what it turns with is a change of coordinates."""
    X, turn = normal(D, N), np.linalg.qr(normal(D, D))[0]
    layer = mlp(slice(0, D), slice(0, D), activation=relu)
    assert np.array_equal(apply(layer, X, np.eye(D)), relu(X))
    assert np.allclose(apply(layer, turn @ X, turn), turn @ relu(X), atol=1e-12)
    assert not np.allclose(relu(turn @ X), turn @ relu(X), atol=1e-2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gather(), ShapeError, "columns of one length: none given"),
        (lambda: gather(a=np.eye(2), b=1.0), ShapeError, r"columns of one length: a \(2, 2\), b \(\)"),
        (lambda: Gram.of(np.eye(2), np.eye(3)), ShapeError, r"not shapes \(2, 2\) and \(3, 3\)"),
        (lambda: attention(*[slice(0, 4)] * 4, heads=3), ShapeError, "do not split into 3 heads of one size"),
        (lambda: attention(*[slice(0, 4)] * 3, slice(4, 6), heads=2), ShapeError, "do not split into 2 heads"),
        (lambda: rms_norm(2, gain=[1, 2]), UsageError, "before a layer, absorb it in the rows that read"),
        (lambda: rms_norm(2, gain=[1, 2], frame=slice(0, 3)), ShapeError, "has 2 columns, not slice"),
    ],
    ids=["no blocks", "a number", "lengths", "heads", "unequal", "gain", "frame"],
)
def test_refusal_says_why(call, error, message):
    with pytest.raises(error, match=message):
        call()
