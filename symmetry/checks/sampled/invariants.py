"""Chapter 1 sampled in double precision: invariance of the Gram matrix, reflections, completeness, factorisation.

Each ``sample_*`` takes a seed and, as further arguments, what is under test, so that a faulty law or construction goes
through the same code as a correct one. It says that no violation was seen at the listed sizes, at random points, under
rotations and reflections, above a tolerance derived as in ``rounding.py``; it shows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from symmetry.checks.sampled.functions import INVARIANT, Law, fixed
from symmetry.checks.sampled.points import (
    Point,
    Points,
    orbits,
    random_state,
    rotations,
    slack,
    survey,
    transforms,
    vector_points,
)
from symmetry.checks.sampled.reflections import Reflector, Transported, reflector, transport
from symmetry.checks.sampled.rounding import Array, Comparison, gamma, norm, weigh
from symmetry.evidence import Evidence

__all__ = ["GRAM", "sample_completeness", "sample_factorisation", "sample_gram_invariance", "sample_reflection"]

GRAM = Law("YᵀY", lambda y: y.T @ y, lambda y: 2 * norm(y), act=fixed)

Carry = Callable[[Array, Array, float], Transported]


def sample_gram_invariance(seed: int, gram: Law = GRAM) -> Evidence:
    """1.1: (QY)ᵀ(QY) = YᵀY.

    Args:
        seed: any integer.
        gram: what takes Y (d, N) to its Gram matrix (N, N).

    Source: theory.md 1.1.

    >>> sample_gram_invariance(0).verdict
    'holds'
    >>> from dataclasses import replace
    >>> sample_gram_invariance(0, replace(GRAM, call=lambda y: y @ y.T)).verdict
    'violated'
    """
    rng = random_state(seed, "gram-invariance")
    return weigh(survey(vector_points, rng, lambda point: transforms(gram, point, rng, "(QY)ᵀ(QY) = YᵀY")), seed)


def sample_reflection(seed: int, mirror: Reflector = reflector) -> Evidence:
    """1.2: H is symmetric and its own inverse, takes u to v, and fixes what is orthogonal to w = u - v.

    v = Qu has the length of u up to a factor 1 ± slack, so uᵀu - vᵀv ≤ 3 slack ‖u‖², and Hu misses v by that over ‖w‖.
    H is computed with an error of 2 gamma(2d + 6), applied with one of gamma(d) √d.

    Args:
        seed: any integer.
        mirror: what takes u, v (d,) to H (d, d).

    Source: theory.md 1.2.

    >>> sample_reflection(0).verdict
    'holds'
    >>> sample_reflection(0, lambda u, v: 2 * reflector(u, v) - np.eye(len(u))).verdict
    'violated'
    """
    return weigh(_reflections(random_state(seed, "reflection"), mirror), seed)


def _reflections(rng: np.random.Generator, mirror: Reflector) -> Iterator[Comparison]:
    for d in (2, 3, 5, 7):
        u, y = rng.standard_normal((2, d))
        for q in (np.eye(d), *rotations(rng, d)):
            v = q @ u
            w = u - v
            length = norm(w)
            h = mirror(u, v)
            orthogonal = y - w * (w @ y) / length**2 if length else y
            unit = 3 * gamma(4 * d + 12)
            ways = {
                "Hᵀ = H": (h.T, h, unit),
                "H² = I": (h @ h, np.eye(d), unit * d),
                "Hu = v": (h @ u, v, unit * norm(u) + (3 * slack(q) * norm(u) ** 2 / length if length else 0)),
                "Hy = y for wᵀy = 0": (h @ orthogonal, orthogonal, 2 * unit * norm(y)),
            }
            for statement, (left, right, bound) in ways.items():
                values = {"u": u, "v": v, "H": h}
                yield Comparison("reflection", statement, {"d": d}, left, right, bound, values)


def sample_completeness(seed: int, carry: Carry = transport) -> Evidence:
    """1.3: vectors with equal Gram matrices differ by an orthogonal matrix, a product of at most rank Y reflections.

    Y' is QY for Q of both determinants, and vectors made from YᵀY alone. The matrix that is found is compared: T is
    orthogonal, TY = Y'.

    Args:
        seed: any integer.
        carry: what takes Y, Y' (d, N) and a bound on the difference of their Gram matrices to the matrix.

    Source: theory.md 1.3.

    >>> sample_completeness(0).verdict
    'holds'
    """
    rng = random_state(seed, "completeness")
    return weigh(survey(vector_points, rng, lambda point: _transport(point, rng, carry)), seed)


def _transport(point: Point, rng: np.random.Generator, carry: Carry) -> Iterator[Comparison]:
    y, d = point.y, point.d
    unit = gamma(10 * d * (point.rank + 2))
    for orbit in orbits(point, rng):
        found = carry(y, orbit.y, orbit.mismatch)
        values = point.named(**{"Y'": orbit.y, "T": found.q})
        compare = partial(Comparison, "transport", sizes=point.sizes, values=values)
        wide = found.error * y.shape[1] ** 0.5 + unit * norm(y)
        yield compare(f"TY = Y', Y' from {orbit.name}", left=found.q @ y, right=orbit.y, bound=wide)
        yield compare("TᵀT = I", left=found.q.T @ found.q, right=np.eye(d), bound=2 * d * unit)
        excess = np.array([float(max(0, found.reflections - point.rank))])
        yield compare("at most rank Y reflections", left=excess, right=np.zeros(1), bound=0.0)


def sample_factorisation(seed: int, laws: Iterable[Law] = INVARIANT, points: Points = vector_points) -> Evidence:
    """1.4 and 1.5: an invariant function takes equal values at vectors with equal Gram matrices.

    The other vectors are QY for Q of both determinants, and vectors made from YᵀY alone; the latter make the function
    one of the Gram matrix.

    Args:
        seed: any integer.
        laws: invariant functions of Y, or of X and Z.
        points: where to look; gives one array or two as the laws need.

    Source: theory.md 1.4, 1.5.

    >>> sample_factorisation(0).verdict
    'holds'
    """
    rng = random_state(seed, f"invariant-functions {points.__name__}")
    return weigh(survey(points, rng, lambda point: _factors(point, rng, laws)), seed)


def _factors(point: Point, rng: np.random.Generator, laws: Iterable[Law]) -> Iterator[Comparison]:
    others = list(orbits(point, rng))
    for law in laws:
        if not law.applies(*point.y.shape):
            continue
        value = law.call(*point.parts)
        at_rest = law.error(point.parts, value)
        for orbit in others:
            left = law.call(*point.split(orbit.y))
            bound = law.error(point.parts, value, orbit.moved) + at_rest
            statement = f"h(Y') = h(Y), Y' from {orbit.name}"
            yield Comparison(law.name, statement, point.sizes, left, value, bound, point.named(**{"Y'": orbit.y}))
