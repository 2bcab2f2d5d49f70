"""Chapter 2 sampled in double precision, on functions that were not written in the form they are shown to have.

As in :mod:`symmetry.checks.sampled.invariants`, each ``sample_*`` takes a seed and what is under test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from symmetry.checks.sampled.combinations import COMBINATIONS
from symmetry.checks.sampled.functions import EQUIVARIANT, Law, fixed, pseudoinverse, singular
from symmetry.checks.sampled.points import (
    Point,
    Points,
    knowledge_points,
    orbits,
    random_state,
    survey,
    transforms,
    vector_points,
)
from symmetry.checks.sampled.rounding import Array, Comparison, dense, gamma, norm, weigh
from symmetry.evidence import Evidence

__all__ = ["coefficients", "sample_coefficients", "sample_converse", "sample_representation", "sample_span"]

Recovery = Callable[[Array, Array], Array]


def _least_norm(y: Array, value: Array) -> Array:
    return pseudoinverse(y) @ value


def _projection(y: Array) -> Array:
    return y @ pseudoinverse(y)


def sample_span(
    seed: int, laws: Iterable[Law] = EQUIVARIANT, project: Callable[[Array], Array] = _projection
) -> Evidence:
    """2.1: the columns of f(Y) lie in the column space of Y, f(Y) = YY⁺f(Y).

    Says something where rank Y < d. YY⁺ is computed with an error of 3 gamma(dense) ‖Y‖/σ, counted once more for the
    product with f(Y).

    Args:
        seed: any integer.
        laws: equivariant functions of Y (d, N).
        project: Y to the projection (d, d) on its column space.

    Source: theory.md 2.1.

    >>> sample_span(0).verdict
    'holds'
    >>> sample_span(0, project=lambda y: -_projection(y)).verdict
    'violated'
    """
    rng = random_state(seed, "span")
    return weigh(survey(vector_points, rng, lambda point: _spans(point, laws, project)), seed)


def _spans(point: Point, laws: Iterable[Law], project: Callable[[Array], Array]) -> Iterator[Comparison]:
    y = point.y
    projection = project(y)
    unit = 4 * gamma(dense(*y.shape)) * norm(y) * point.condition
    for law in laws:
        if law.applies(*y.shape):
            value = law.call(y)
            bound = 2 * law.error((y,), value) + unit * norm(value)
            right = projection @ value
            yield Comparison(law.name, "f(Y) = YY⁺f(Y)", point.sizes, value, right, bound, point.named())


def coefficients(law: Law, recover: Recovery = _least_norm) -> Law:
    """2.2: the invariant law g*(Y) = Y⁺f(Y) that belongs to an equivariant one.

    ‖Ỹ⁺ - Y⁺‖ ≤ √2 ‖Ỹ⁺‖ ‖Y⁺‖ ‖Ỹ - Y‖ for equal ranks (Wedin 1973), twice for the truncation: at most 3δ/σ². So the
    constant is 3 ‖f(Y)‖/σ² + L/σ.

    Args:
        law: equivariant, of one array or two.
        recover: Y (d, N) and f(Y) (d, r) to the coefficients (N, r).

    Source: P.-Å. Wedin, Perturbation theory for pseudo-inverses, BIT 13, 1973; theory.md 2.2.

    >>> polar = next(law for law in EQUIVARIANT if law.name == "polar factor")
    >>> coefficients(polar).call(np.array([[4.0], [3.0]])).round(12).tolist()
    [[0.2]]
    """

    def call(*parts: Array) -> Array:
        return recover(np.hstack(parts), law.call(*parts))

    def lipschitz(*parts: Array) -> float:
        condition = 1 / float(singular(np.hstack(parts))[1][-1])
        return 3 * norm(law.call(*parts)) * condition**2 + float(law.lipschitz(*parts)) * condition

    return replace(law, call=call, lipschitz=lipschitz, act=fixed)


def _through_gram(y: Array, value: Array) -> Array:
    """(YᵀY)⁺Yᵀf(Y), the pseudo-inverse by eigenvectors."""
    values, vectors = np.linalg.eigh(y.T @ y)
    kept = values > 1e-8 * values[-1]
    result: Array = (vectors[:, kept] / values[kept]) @ (vectors[:, kept].T @ (y.T @ value))
    return result


def sample_coefficients(seed: int, laws: Iterable[Law] = EQUIVARIANT, recover: Recovery = _least_norm) -> Evidence:
    """2.2: g*(Y) = Y⁺f(Y) is invariant, equals (YᵀY)⁺Yᵀf(Y), and f(Y) = Y g*(Y).

    Args:
        seed: any integer.
        laws: equivariant functions of Y (d, N).
        recover: Y and f(Y) to the coefficients.

    Source: theory.md 2.2.

    >>> sample_coefficients(0).verdict
    'holds'
    >>> sample_coefficients(0, recover=lambda y, value: y.T @ value).verdict
    'violated'
    """
    rng = random_state(seed, "invariant-coefficients")
    return weigh(survey(vector_points, rng, lambda point: _coefficients(point, rng, laws, recover)), seed)


def _coefficients(
    point: Point, rng: np.random.Generator, laws: Iterable[Law], recover: Recovery
) -> Iterator[Comparison]:
    y = point.y
    for law in laws:
        if not law.applies(*y.shape):
            continue
        derived = coefficients(law, recover)
        yield from transforms(derived, point, rng, "g*(QY) = g*(Y)")
        value = law.call(y)
        g = recover(y, value)
        error = derived.error((y,), g)
        compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named())
        # The Gram matrix squares the condition.
        squared = error * (2 + (norm(y) * point.condition) ** 2)
        yield compare("Y⁺f(Y) = (YᵀY)⁺Yᵀf(Y)", left=g, right=_through_gram(y, value), bound=squared)
        yield compare("f(Y) = Y g*(Y)", left=value, right=y @ g, bound=law.error((y,), value) + 2 * norm(y) * error)


def sample_representation(
    seed: int,
    laws: Iterable[Law] = EQUIVARIANT,
    points: Points = vector_points,
    recover: Recovery = _least_norm,
) -> Evidence:
    """2.3: f(Y) = Y g(YᵀY), or f(X, Z) = X g₁(A, B, C) + Z g₂(A, B, C): equal Gram matrices give equal g.

    g is recovered by 2.2 at other vectors with the same Gram matrix: at QY, and at vectors made from the Gram matrix
    alone, which never saw Y. It must be the g of Y, and Y times it must be f(Y).

    Args:
        seed: any integer.
        laws: equivariant functions of Y, or of X and Z.
        points: where to look; gives one array or two as the laws need.
        recover: Y and f(Y) to the coefficients.

    Source: theory.md 2.3.

    >>> sample_representation(0).verdict
    'holds'
    """
    rng = random_state(seed, f"representation {points.__name__}")
    return weigh(survey(points, rng, lambda point: _represented(point, rng, laws, recover)), seed)


def _represented(
    point: Point, rng: np.random.Generator, laws: Iterable[Law], recover: Recovery
) -> Iterator[Comparison]:
    y, parts = point.y, point.parts
    form = "Y g" if len(parts) == 1 else "X g₁ + Z g₂"
    others = list(orbits(point, rng))
    for law in laws:
        if not law.applies(*y.shape):
            continue
        value = law.call(*parts)
        derived = coefficients(law, recover)
        g = recover(y, value)
        at_rest = derived.error(parts, g)
        for orbit in others:
            recovered = derived.call(*point.split(orbit.y))
            error = derived.error(parts, g, orbit.moved)
            compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named(**{"Y'": orbit.y}))
            yield compare(f"g(Y') = g(Y), Y' from {orbit.name}", left=recovered, right=g, bound=error + at_rest)
            combined = np.zeros_like(value)
            for part, block in zip(parts, point.split(recovered, axis=0)):
                combined = combined + part @ block
            bound = law.error(parts, value) + norm(y) * (error + gamma(2 * len(g)) * norm(g))
            yield compare(f"f = {form}, g from {orbit.name}", left=value, right=combined, bound=bound)


def sample_converse(seed: int, laws: Iterable[Law] = COMBINATIONS) -> Evidence:
    """2.4: every X g₁(A, B, C) + Z g₂(A, B, C) is equivariant.

    Args:
        seed: any integer.
        laws: functions of X (d, n) and Z (d, m).

    Source: theory.md 2.4.

    >>> sample_converse(0).verdict
    'holds'
    >>> sample_converse(0, [replace(law, act=lambda q, value: q.T @ value) for law in COMBINATIONS]).verdict
    'violated'
    """
    rng = random_state(seed, "converse")
    return weigh(survey(knowledge_points, rng, lambda point: _converses(point, rng, laws)), seed)


def _converses(point: Point, rng: np.random.Generator, laws: Iterable[Law]) -> Iterator[Comparison]:
    for law in laws:
        yield from transforms(law, point, rng, "f(QX, QZ) = Q f(X, Z)")
