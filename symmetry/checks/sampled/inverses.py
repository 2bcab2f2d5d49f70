"""The lemmas on positivity and on the pseudo-inverse, sampled in double precision.

Bounds, with ε = gamma(dense(d, N)) the backward error of a singular value decomposition and κ = 1/σ, σ the smallest
non-zero singular value: Y⁺ is computed with an error of at most δ = 3 κ² ε ‖Y‖ + gamma(2 N + 4) κ √N, where 3 covers
the (1 + √5)/2 of the perturbation bound; the Gram matrix with one of gamma(d) ‖Y‖², which its own pseudo-inverse
multiplies by 3 κ⁴.

Source: P.-Å. Wedin, Perturbation theory for pseudo-inverses, 1973; Higham 2002, chapter 20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from symmetry.checks.sampled.functions import pseudoinverse
from symmetry.checks.sampled.points import Point, random_state, survey, vector_points
from symmetry.checks.sampled.rounding import Array, Comparison, dense, gamma, norm, weigh
from symmetry.evidence import Evidence

__all__ = ["sample_gram_pseudoinverse", "sample_positivity", "sample_transpose", "sample_uniqueness"]

Inverse = Callable[[Array], Array]
Look = Callable[[Point], Iterator[Comparison]]


def _sample(seed: int, name: str, look: Look) -> Evidence:
    return weigh(survey(vector_points, random_state(seed, name), look), seed)


def _error(point: Point) -> float:
    """The bound δ on the error of the computed Y⁺."""
    d, total = point.y.shape
    backward = gamma(dense(d, total)) * norm(point.y)
    return float(3 * point.condition**2 * backward + gamma(2 * total + 4) * point.condition * total**0.5)


def sample_positivity(seed: int, gram: Callable[[Array], Array] = lambda y: y.T @ y) -> Evidence:
    """1.0, in the quantitative form ‖Y‖² = tr YᵀY: a small Gram matrix means a small matrix.

    Args:
        seed: any integer.
        gram: what takes Y (d, N) to its Gram matrix (N, N).

    Source: elementary.

    >>> sample_positivity(0).verdict
    'holds'
    >>> sample_positivity(0, lambda y: y.T @ np.abs(y)).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        y = point.y
        for scale in (1.0, 1e-6, 0.0):
            left, right = np.array([np.trace(gram(scale * y))]), np.array([norm(scale * y) ** 2])
            bound = 2 * gamma(y.size + 4) * float(right[0])
            yield Comparison("YᵀY", "tr YᵀY = ‖Y‖²", point.sizes, left, right, bound, point.named())

    return _sample(seed, "positivity", look)


def sample_uniqueness(seed: int, inverse: Inverse = pseudoinverse) -> Evidence:
    """The computed Y⁺ solves the four Penrose equations, and equals the solution found through YYᵀ.

    Args:
        seed: any integer.
        inverse: what takes Y (d, N) to Y⁺ (N, d).

    Source: R. Penrose, 1955.

    >>> sample_uniqueness(0).verdict
    'holds'
    >>> sample_uniqueness(0, lambda y: y.T).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        y, error = point.y, _error(point)
        k = inverse(y)
        size = norm(y)
        once = error * size + gamma(y.size) * norm(k) * size
        compare = partial(Comparison, "Y⁺", sizes=point.sizes, values=point.named())
        yield compare("Y Y⁺ Y = Y", left=y @ k @ y, right=y, bound=2 * once * size)
        yield compare("Y⁺ Y Y⁺ = Y⁺", left=k @ y @ k, right=k, bound=3 * once * norm(k) + error)
        yield compare("(Y Y⁺)ᵀ = Y Y⁺", left=(y @ k).T, right=y @ k, bound=2 * once)
        yield compare("(Y⁺ Y)ᵀ = Y⁺ Y", left=(k @ y).T, right=k @ y, bound=2 * once)
        yield compare("Y⁺ = Yᵀ(YYᵀ)⁺", left=k, right=y.T @ inverse(y @ y.T), bound=error + _through_gram(point, len(y)))

    return _sample(seed, "pseudoinverse-unique", look)


def _through_gram(point: Point, size: int) -> float:
    """The error of Y⁺ computed as (YᵀY)⁺Yᵀ, or as Yᵀ(YYᵀ)⁺; ``size`` is that of the Gram matrix."""
    length, condition = norm(point.y), point.condition
    of_gram = (gamma(point.y.size) + gamma(dense(size))) * length**2
    of_inverse = 3 * condition**4 * of_gram + gamma(2 * size + 4) * condition**2 * size**0.5
    return float(of_inverse * length + gamma(size) * condition**2 * size**0.5 * length)


def sample_transpose(seed: int, inverse: Inverse = pseudoinverse) -> Evidence:
    """(Yᵀ)⁺ = (Y⁺)ᵀ.

    Args:
        seed: any integer.
        inverse: what takes Y (d, N) to Y⁺ (N, d).

    Source: R. Penrose, 1955.

    >>> sample_transpose(0).verdict
    'holds'
    >>> sample_transpose(0, lambda y: pseudoinverse(y) * np.arange(1, len(y) + 1)).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        y = point.y
        values = point.named()
        yield Comparison("Y⁺", "(Yᵀ)⁺ = (Y⁺)ᵀ", point.sizes, inverse(y.T), inverse(y).T, 2 * _error(point), values)

    return _sample(seed, "pseudoinverse-transpose", look)


def sample_gram_pseudoinverse(seed: int, inverse: Inverse = pseudoinverse) -> Evidence:
    """Y⁺ = (YᵀY)⁺Yᵀ.

    Args:
        seed: any integer.
        inverse: what takes a matrix to its pseudo-inverse.

    Source: R. Penrose, 1955.

    >>> sample_gram_pseudoinverse(0).verdict
    'holds'
    >>> sample_gram_pseudoinverse(0, lambda y: y.T).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        y = point.y
        bound = _error(point) + _through_gram(point, y.shape[1])
        right = inverse(y.T @ y) @ y.T
        yield Comparison("Y⁺", "Y⁺ = (YᵀY)⁺Yᵀ", point.sizes, inverse(y), right, bound, point.named())

    return _sample(seed, "gram-pseudoinverse", look)
