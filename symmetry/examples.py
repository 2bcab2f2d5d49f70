"""Small functions to try `symmetry check` on.

    symmetry check symmetry.examples:attention "X: d n, Z: d m -> d n" --group "O(d) x S(n) x S(m)"

Source: theory.md 3.1 and 3.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["attention", "attention_relu", "causal_attention", "softmax"]

Array = NDArray[Any]

ALPHA, BETA = 0.5, 0.25  # of the scores: M = αI + βZZᵀ
A, B = 1.0, -0.5  # of the values: aI + bZZᵀ


def softmax(scores: Array) -> Array:
    """Each column as positive weights of sum 1.

    Args:
        scores: (k, n).

    >>> softmax(np.zeros((2, 3)))[0].tolist()
    [0.5, 0.5, 0.5]
    """
    weights = np.exp(scores - scores.max(axis=0, keepdims=True))
    return np.asarray(weights / weights.sum(axis=0, keepdims=True))


def attention(X: Array, Z: Array) -> Array:
    """Softmax attention whose weight matrices are built from the knowledge: equivariant under O(d) x S(n) x S(m).

    The scores are XᵀMX with M = αI + βZZᵀ, the values (aI + bZZᵀ)X.

    Args:
        X: tokens, (d, n), one per column.
        Z: knowledge, (d, m), one vector per column.

    Returns:
        (d, n).
    """
    knowledge = Z.T @ X
    scores = ALPHA * X.T @ X + BETA * knowledge.T @ knowledge
    values = A * X + B * Z @ knowledge
    return np.asarray(values @ softmax(scores))


def attention_relu(X: Array, Z: Array) -> Array:
    """The same after a ReLU on the coordinates of the tokens, which breaks O(d) and keeps S(n) x S(m).

    Args:
        X: (d, n).
        Z: (d, m).

    Returns:
        (d, n).
    """
    return attention(np.maximum(X, 0), Z)


def causal_attention(X: Array, Z: Array) -> Array:
    """The same when token i attends to the tokens up to i, which breaks S(n) and keeps O(d) x S(m).

    Args:
        X: (d, n).
        Z: (d, m).

    Returns:
        (d, n).
    """
    knowledge = Z.T @ X
    scores = ALPHA * X.T @ X + BETA * knowledge.T @ knowledge
    allowed = np.triu(np.ones(scores.shape, dtype=bool))
    values = A * X + B * Z @ knowledge
    return np.asarray(values @ softmax(np.where(allowed, scores, -np.inf)))
