"""Transformer layers as X g₁(A, B, C) + Z g₂(A, B, C): the weights are the knowledge.

Every parameter that lives in the embedding space is a column of Z: the rows of the matrices that read tokens (queries,
keys, values, the way into a hidden layer), the columns of those that write (the ways out), output biases, shifts of
norms, and u = 𝟏/√d for the mean of a token. What lives elsewhere (biases of queries, keys, values and hidden units,
sizes, ε, masks) is a free constant. Each function here makes a ``Layer``, which computes the coefficients from inner
products alone; ``chain`` and ``residual`` make networks of them.

>>> Z, role = gather(up=[[1, 0], [0, 1], [0, 0]], down=[[0, 0], [0, 0], [2, 3]])
>>> X = np.array([[1.0, -1.0], [5.0, 1.0], [0.0, 0.0]])
>>> apply(mlp(role["up"], role["down"], activation=relu), X, Z)
array([[ 0.,  0.],
       [ 0.,  0.],
       [17.,  3.]])

Tokens are columns: X is (d, n), Z is (d, m). Source: theory.md 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from symmetry.coefficients import Array, Coefficients, Gram, Layer, apply, chain, gather, residual
from symmetry.errors import ShapeError, UsageError
from symmetry.examples import softmax

__all__ = [
    "Coefficients",
    "Gram",
    "Layer",
    "apply",
    "attention",
    "chain",
    "encoder_layer",
    "gather",
    "gelu",
    "layer_norm",
    "mlp",
    "pre_norm_block",
    "relu",
    "residual",
    "rms_norm",
]


def attention(
    query: slice,
    key: slice,
    value: slice,
    out: slice,
    *,
    heads: int = 1,
    constants: tuple[ArrayLike, ArrayLike, ArrayLike] = (0.0, 0.0, 0.0),
    bias: slice | None = None,
    mask: ArrayLike = 0.0,
) -> Layer:
    """Multi-head softmax self-attention: g₁ = 0, and g₂ holds each head's averaged values at the output columns.

    Head h has the h-th part of each of the four blocks, k columns of it; its scores are KᵀQ/√k, its weights the softmax
    of each column.

    Args:
        query, key, value: which columns of Z are the rows of W_Q, W_K and W_V.
        out: which are the columns of W_O; all four blocks have heads·k columns.
        heads: number of heads.
        constants: the biases (heads·k,) of queries, keys and values.
        bias: which column is the output bias, where there is one.
        mask: added to the scores, (n, n) or (heads, n, n): entry (j, i) for token i looking at j, −∞ if it must not.

    Raises:
        ShapeError: the blocks do not split into that many heads.

    Source: Vaswani et al., Attention is all you need, 2017; theory.md 3.3.

    >>> Z, role = gather(query=[1, 0], key=[1, 0], value=[0, 1], out=[2, 0])
    >>> apply(attention(**role), np.array([[0.0, 0.0], [1.0, 3.0]]), Z)
    array([[4., 4.],
           [0., 0.]])
    """
    widths = {columns.stop - columns.start for columns in (query, key, value, out)}
    if len(widths) != 1 or widths.pop() % heads:
        raise ShapeError(f"{query}, {key}, {value} and {out} do not split into {heads} heads of one size")

    def layer(gram: Gram) -> Coefficients:
        read = [gram.B[columns] + _column(gram, each) for columns, each in zip((query, key, value), constants)]
        queries, keys, values = (block.reshape(heads, -1, block.shape[1]) for block in read)
        scores = keys.transpose(0, 2, 1) @ queries / math.sqrt(queries.shape[1]) + np.asarray(mask, gram.B.dtype)
        seen = values @ np.stack([softmax(head) for head in scores])
        return _biased(gram, gram.written(out, seen.reshape(-1, seen.shape[2])), bias)

    return layer


def mlp(
    up: slice,
    down: slice,
    *,
    activation: Callable[[Array], Array],
    constants: ArrayLike = 0.0,
    bias: slice | None = None,
) -> Layer:
    """A hidden layer: g₁ = 0, and g₂ holds the activations at the columns that write.

    Args:
        up: which columns of Z are the rows of the matrix into the hidden layer, p of them.
        down: which are the columns of the matrix out of it, p of them.
        activation: of the hidden units, (p, n) to (p, n).
        constants: their biases (p,).
        bias: which column is the output bias, where there is one.

    Source: theory.md 3.3. The module's docstring has an example.
    """

    def layer(gram: Gram) -> Coefficients:
        return _biased(gram, gram.written(down, activation(gram.B[up] + _column(gram, constants))), bias)

    return layer


def rms_norm(size: int, *, eps: float = 0.0, gain: ArrayLike = 1.0, frame: slice | None = None) -> Layer:
    """Each token divided by the root of its mean square and ε: g₁ is a diagonal of invariants, g₂ = 0.

    Args:
        size: the embedding dimension d, which inner products do not show.
        eps: ε, 0 or more; with 0 no token may be 0.
        gain, frame: as in ``layer_norm``.

    Raises:
        UsageError, ShapeError: as ``layer_norm``.

    Source: Zhang and Sennrich, Root mean square layer normalization, 2019; theory.md 3.3.

    >>> apply(rms_norm(2), np.array([[3.0], [3.0]]), np.zeros((2, 1))).T
    array([[1., 1.]])
    """

    def scaled(gram: Gram) -> Coefficients:
        scale = 1 / np.sqrt(np.diag(gram.A) / size + eps)
        return Coefficients(np.diag(scale), np.zeros_like(gram.B))

    return chain(scaled, _gained(gain, frame))


def layer_norm(
    size: int,
    mean: slice,
    *,
    eps: float = 0.0,
    gain: ArrayLike = 1.0,
    frame: slice | None = None,
    shift: slice | None = None,
) -> Layer:
    """LayerNorm: g₁ is a diagonal of invariants, g₂ takes off the mean and adds the shift.

    A gain γ with different entries belongs to coordinates. Before a layer that reads the result with rows W it is
    absorbed: the rows of W diag(γ) are the knowledge, and either β/γ is the shift, or Wβ is added to the constants of
    that layer. Elsewhere a frame e₁, …, e_d has to say which coordinate is which: diag(γ)X = Σ γₐ eₐ(eₐᵀX). But with a
    frame in Z *every* function is X g₁ + Z g₂, since it can read all coordinates eₐᵀX and write them back; that such a
    layer turns with X and Z says no more than that a change of coordinates changes nothing.

    Args:
        size: the embedding dimension d.
        mean: which column of Z is u = 𝟏/√d; it has to turn with the rest.
        eps: ε, 0 or more; with 0 no token may be a multiple of u.
        gain: γ, one number or (d,).
        frame: which columns of Z are e₁, …, e_d, for a gain with different entries.
        shift: which column is the shift β, where there is one.

    Raises:
        UsageError: γ has different entries and there is no frame.
        ShapeError: the frame has not as many columns as γ has entries.

    Source: Ba, Kiros and Hinton, Layer normalization, 2016; theory.md 3.3.

    >>> X = np.array([[7.0], [5.0], [5.0], [7.0]])
    >>> Z, role = gather(mean=[0.5, 0.5, 0.5, 0.5], frame=np.eye(4))
    >>> apply(layer_norm(4, role["mean"]), X, Z).T
    array([[ 1., -1., -1.,  1.]])
    >>> apply(layer_norm(4, role["mean"], gain=[1, 2, 3, 4], frame=role["frame"]), X, Z).T
    array([[ 1., -2., -3.,  4.]])
    >>> layer_norm(4, role["mean"], gain=[1, 2, 3, 4])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: a gain with different entries in the stream singles out coordinates: before a layer, ...
    """

    def centred(gram: Gram) -> Coefficients:
        return gram.tokens + gram.written(mean, -gram.B[mean])

    scaled = rms_norm(size, eps=eps, gain=gain, frame=frame)
    return chain(centred, scaled, lambda gram: _biased(gram, gram.tokens, shift))


def encoder_layer(attend: Layer, hidden: Layer, norms: tuple[Layer, Layer], *, norm_first: bool) -> Layer:
    """A whole block: attention and a hidden layer, each with a norm and a residual connection.

    With the norms first g₁ = I; with the norms behind, g₁ is the product of their diagonals.

    Args:
        attend, hidden: the two layers.
        norms: the norm of the first and of the second.
        norm_first: whether the norms stand before the layers, or behind the sums.

    Source: Xiong et al., On layer normalization in the transformer architecture, 2020; theory.md 3.3.
    """
    first, second = norms
    if norm_first:
        return chain(residual(chain(first, attend)), residual(chain(second, hidden)))
    return chain(residual(attend), first, residual(hidden), second)


def pre_norm_block(X: Array, query: Array, key: Array, value: Array, out: Array, up: Array, down: Array) -> Array:
    """A block with RMS norms, attention in one head and a hidden layer, as a function of tokens and weights.

        symmetry check symmetry.layers:pre_norm_block --group "O(d) x S(n) x S(k) x S(p)" \\
            "X: d n, query: d k, key: d k, value: d k, out: d k, up: d p, down: d p -> d n"

    Args:
        X: tokens (d, n).
        query, key, value, out: (d, k) each; the rows of W_Q, W_K and W_V and the columns of W_O.
        up, down: (d, p) each; the rows of the matrix into the hidden layer and the columns of that out of it.

    Returns:
        (d, n).

    >>> X, weight, Q = np.eye(3)[:, :2], np.ones((3, 1)), np.diag([1.0, -1.0, 1.0])
    >>> turned = pre_norm_block(Q @ X, *[Q @ weight] * 6)
    >>> bool(np.allclose(turned, Q @ pre_norm_block(X, *[weight] * 6)))
    True
    """
    Z, role = gather(query=query, key=key, value=value, out=out, up=up, down=down)
    norm = rms_norm(len(X), eps=1e-5)
    attend = attention(role["query"], role["key"], role["value"], role["out"])
    hidden = mlp(role["up"], role["down"], activation=gelu)
    return apply(encoder_layer(attend, hidden, (norm, norm), norm_first=True), X, Z)


def relu(values: Array) -> Array:
    """max(x, 0) of each entry."""
    return np.maximum(values, 0)


def gelu(values: Array) -> Array:
    """x Φ(x) of each entry, Φ the distribution function of the normal law.

    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.

    >>> gelu(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.8413]
    """
    phi = (1 + _ERF(values / math.sqrt(2))) / 2
    return np.asarray(values * phi.astype(values.dtype))


_ERF = np.vectorize(math.erf, otypes=[np.float64])


def _column(gram: Gram, values: ArrayLike) -> Array:
    """Constants (k,) as a column, in the precision of the inner products; one number as it is."""
    array = np.asarray(values, dtype=gram.B.dtype)
    return array[:, None] if array.ndim else array


def _biased(gram: Gram, made: Coefficients, bias: slice | None) -> Coefficients:
    """The same with one column of Z added to every token."""
    return made if bias is None else made + gram.written(bias, np.ones((1, 1)))


def _gained(values: ArrayLike, frame: slice | None) -> Layer:
    """diag(γ)X: γX if γ is one number, else through a frame."""
    gamma = np.asarray(values)
    if np.ptp(gamma) == 0:
        return lambda gram: Coefficients(gram.tokens.g1 * _column(gram, gamma.ravel()[:1]), np.zeros_like(gram.B))
    if frame is None:
        raise UsageError(
            "a gain with different entries in the stream singles out coordinates: before a layer, absorb it in the "
            "rows that read; elsewhere it needs a frame in Z, with which every function is of the form"
        )
    if frame.stop - frame.start != gamma.size:
        raise ShapeError(f"a frame for a gain of {gamma.size} entries has {gamma.size} columns, not {frame}")
    return lambda gram: gram.written(frame, _column(gram, gamma) * gram.B[frame])
