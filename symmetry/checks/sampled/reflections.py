"""Reflections in double precision, and the transport of vectors by a product of them (theory.md 1.2, 1.3)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symmetry.checks.sampled.rounding import UNIT, Array, gamma

__all__ = ["Reflector", "Transported", "reflector", "transport"]

Reflector = Callable[[Array, Array], Array]


def reflector(u: Array, v: Array) -> Array:
    """The reflection H = I - 2wwᵀ/(wᵀw), w = u - v, which swaps two vectors of equal length; I when they are equal.

    Args:
        u, v: (d,).

    Returns:
        (d, d).

    Source: A. Householder, 1958; theory.md 1.2.

    >>> reflector(np.array([3.0, 4.0]), np.array([5.0, 0.0])).round(12).tolist()
    [[0.6, 0.8], [0.8, -0.6]]
    """
    w = u - v
    length = float(w @ w)
    result: Array = np.eye(len(u))
    return result - np.outer(w, 2 * w) / length if length else result


@dataclass(frozen=True)
class Transported:
    """An orthogonal matrix that carries Y to Y', as a product of reflections.

    Args:
        q: (d, d), the product.
        reflections: how many.
        error: bound on the largest distance between columns of QY and Y'.
    """

    q: Array
    reflections: int
    error: float


def transport(y: Array, target: Array, mismatch: float, mirror: Reflector = reflector) -> Transported:
    """Carry Y to a Y' with the same Gram matrix, column by column (the induction of theory.md 1.3).

    The bound follows the induction. Let e bound the distance of the columns done so far, a the largest length of a
    column, μ the mismatch of the Gram entries after the reflections so far (the given one and 2ρa² for each
    reflection, ρ = gamma(10 d)). A reflection with w = u - v moves an earlier column by 2|wᵀu_j|/‖w‖ ≤ 2(μ + ae)/‖w‖,
    and misses the new one by |uᵀu - vᵀv|/‖w‖ ≤ μ/‖w‖, each up to ρa. Where ‖w‖ ≤ √u a the column depends on earlier
    ones and has come along: ‖w‖ is its distance.

    Args:
        y, target: (d, N).
        mismatch: bound on the difference of the two Gram matrices, entrywise.
        mirror: what takes u to v.

    Source: elementary; theory.md 1.3.

    >>> y = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    >>> found = transport(y, y[[2, 0, 1]], 0.0)
    >>> found.reflections, np.allclose(found.q @ y, y[[2, 0, 1]])
    (2, True)
    """
    d, total = y.shape
    q, moved, error, count = np.eye(d), y, 0.0, 0
    longest = float(np.max(np.linalg.norm(y, axis=0), initial=0))
    unit = gamma(10 * d)
    for k in range(total):
        u, v = moved[:, k], target[:, k]
        w = float(np.linalg.norm(u - v))
        if w <= math.sqrt(UNIT) * longest:
            error = max(error, w)
            continue
        h = mirror(u, v)
        q, moved = h @ q, h @ moved
        uncertain = mismatch + 2 * unit * count * longest**2
        error += 2 * (uncertain + longest * error) / w + unit * longest
        count += 1
    return Transported(q, count, error + unit * count * longest)
