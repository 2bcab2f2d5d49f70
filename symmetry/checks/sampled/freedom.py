"""What is not forced, sampled in double precision: forms without softmax, and one that is no attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.forms import Constants, Network, compared, sample_networks, sample_points, unit
from symmetry.checks.sampled.points import Point
from symmetry.checks.sampled.rounding import Comparison
from symmetry.checks.sampled.tracked import Tracked, softmax
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]


def _trace(a: Tracked) -> Tracked:
    return (unit(len(a.value)) * a).sums().T.sums()


def _squared(x: Tracked, z: Tracked, _: Constants) -> Tracked:
    return x @ (x.T @ x) @ (x.T @ x)


def _long(x: Tracked, z: Tracked, _: Constants) -> Tracked:
    return x * _trace(x.T @ x)


NETWORKS = (
    Network("X A²", _squared, lambda a, b, c, _: (a @ a, None)),
    Network("X tr A", _long, lambda a, b, c, _: (unit(len(a.value)) * _trace(a), None)),
)


def _linear(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
    """Attention of one token is linear in it; (xᵀx)² x grows with the fifth power."""
    x = Tracked.exact(point.parts[0][:, :1])
    fixed = Constants(rng)
    values, scores = fixed("V", point.d, point.d), fixed("M", point.d, point.d)
    two = Tracked.exact(np.full((1, 1), 2.0))

    def attention(token: Tracked) -> Tracked:
        return values @ token @ softmax(token.T @ scores @ token)

    def quintic(token: Tracked) -> Tracked:
        square = token.T @ token
        return token * square * square

    yield compared("attention", "f(2x) = 2 f(x)", point, attention(x * two), attention(x) * two)
    power = Tracked.exact(np.full((1, 1), 32.0))
    yield compared("(xᵀx)² x", "f(2x) = 32 f(x)", point, quintic(x * two), quintic(x) * power)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "not-forced": partial(sample_networks, claim="not-forced", networks=NETWORKS),
    "larger-than-attention": partial(sample_points, claim="larger-than-attention", look=_linear),
}
