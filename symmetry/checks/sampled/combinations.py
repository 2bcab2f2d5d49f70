"""Functions of the form X g₁(A, B, C) + Z g₂(A, B, C), for the converse 2.4: A = XᵀX, B = ZᵀX, C = ZᵀZ.

With Y = [X Z], G = YᵀY and coefficients g, f moves by at most ‖g‖δ + ‖Y‖ ‖Δg‖, and ‖ΔG‖ ≤ 2‖Y‖δ. So with K a Lipschitz
constant of g in G, L = ‖g‖ + 2 K ‖Y‖² (spectral norms).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from symmetry.checks.sampled.functions import Law
from symmetry.checks.sampled.rounding import Array, norm

__all__ = ["COMBINATIONS", "Coefficients", "combination"]

Coefficients = Callable[[Array, Array, Array], tuple[Array, Array]]


def combination(name: str, coefficients: Coefficients, lipschitz: Callable[[Array, Array, Array], float]) -> Law:
    """The law f(X, Z) = X g₁ + Z g₂ with the given coefficients.

    Args:
        name: in words.
        coefficients: A (n, n), B (m, n), C (m, m) to g₁ (n, r) and g₂ (m, r).
        lipschitz: the same to the constant K of the module's bound.

    >>> mean = combination("mean of Z", lambda a, b, c: (0 * a, np.full(b.shape, 1 / len(b))), lambda a, b, c: 0.0)
    >>> mean.call(np.eye(3)[:, :1], np.eye(3)[:, 1:]).tolist()
    [[0.0], [0.5], [0.5]]
    """

    def call(x: Array, z: Array) -> Array:
        g1, g2 = coefficients(x.T @ x, z.T @ x, z.T @ z)
        return x @ g1 + z @ g2

    def constant(x: Array, z: Array) -> float:
        blocks = (x.T @ x, z.T @ x, z.T @ z)
        size = norm(np.vstack(coefficients(*blocks)))
        return size + 2 * lipschitz(*blocks) * float(np.linalg.norm(np.hstack((x, z)), 2)) ** 2

    return Law(name, call, constant)


def softmax(scores: Array) -> Array:
    """Softmax of each column."""
    weights = np.exp(scores - scores.max(axis=0))
    result: Array = weights / weights.sum(axis=0)
    return result


def _attention(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    return softmax(a), softmax(b)


def _causal_polynomial(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    return np.triu(a @ a) + b.T @ b, b @ a


def _rational(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    return a / (1 + np.trace(c)), np.asarray(np.linalg.solve(np.eye(len(c)) + c, b), dtype=np.float64)


def _nearest(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    return np.eye(len(a)), np.eye(len(b))[:, np.argmax(b, axis=0)]


def _size(a: Array, b: Array, c: Array) -> float:
    """The norm of the whole Gram matrix."""
    return math.sqrt(norm(a) ** 2 + 2 * norm(b) ** 2 + norm(c) ** 2)


COMBINATIONS: tuple[Law, ...] = (
    # The Jacobian diag(p) - ppᵀ of softmax has a norm of at most 1/2.
    combination("softmax attention", _attention, lambda a, b, c: 0.5),
    # Three products of blocks, 2‖G‖ each.
    combination("polynomial with a causal mask", _causal_polynomial, lambda a, b, c: 6 * _size(a, b, c)),
    # The quotient: 1 + √m ‖A‖, as |tr ΔC| ≤ √m ‖ΔC‖; the inverse: 1 + ‖B‖, and γ (1 + ‖C‖) ‖B‖ for the solver.
    combination("rational", _rational, lambda a, b, c: 3 + (2 + math.sqrt(len(c))) * _size(a, b, c)),
    # Constant wherever no two scores tie; discontinuous there.
    combination("nearest knowledge vector", _nearest, lambda a, b, c: 0.0),
)
