"""Networks sampled in double precision: are they equivariant, and are they X g₁ + Z g₂ with the coefficients stated?

A :class:`Network` is written the way a network is, with scores, softmax and residuals, in arrays that bound their own
rounding; its coefficients are written from the inner products alone. Both sides must agree, at every point, and turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from symmetry.checks.sampled.points import Point, knowledge_points, random_state, rotations, survey
from symmetry.checks.sampled.rounding import Array, Comparison, norm, weigh
from symmetry.checks.sampled.tracked import Tracked
from symmetry.evidence import Evidence

__all__ = ["Constants", "Look", "Network", "compared", "few_points", "ones", "sample_networks", "sample_points", "unit"]

Coefficients = Callable[..., tuple[Tracked | None, Tracked | None]]
Look = Callable[[Point, np.random.Generator], Iterator[Comparison]]


def unit(size: int) -> Tracked:
    """The identity matrix."""
    return Tracked.exact(np.eye(size))


def ones(rows: int, cols: int) -> Tracked:
    """A matrix of ones."""
    return Tracked.exact(np.ones((rows, cols)))


class Constants:
    """Numbers a network is free to use: masks, biases in head space, and so on; the same whenever it is called.

    >>> fixed = Constants(np.random.default_rng(0))
    >>> bool((fixed("R", 2, 3).value == fixed("R", 2, 3).value).all())
    True
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng
        self.known: dict[Any, Tracked] = {}

    def __call__(self, name: str, rows: int, cols: int) -> Tracked:
        """A matrix by name, drawn when it is asked for the first time."""
        key = (name, rows, cols)
        if key not in self.known:
            self.known[key] = Tracked.exact(self.rng.uniform(-1, 1, (rows, cols)))
        return self.known[key]


@dataclass(frozen=True)
class Network:
    """A function of tokens and knowledge, and its coefficients as functions of XᵀX, ZᵀX and ZᵀZ.

    Args:
        name: in words.
        call: (X, Z, constants) to f(X, Z).
        coefficients: (A, B, C, constants) to g₁ and g₂, ``None`` standing for 0; or ``None`` if not stated.
        turns: whether f(QX, QZ) = Q f(X, Z) is looked at.
    """

    name: str
    call: Callable[[Tracked, Tracked, Constants], Tracked]
    coefficients: Coefficients | None = None
    turns: bool = True


def few_points(rng: np.random.Generator) -> Iterator[Point]:
    """Four of the points with tokens and knowledge: two with fewer vectors than d, two with more."""
    yield from islice(knowledge_points(rng), 0, 2)
    yield from islice(knowledge_points(rng), 3, 5)


def compared(name: str, statement: str, point: Point, left: Tracked, right: Tracked, **values: Array) -> Comparison:
    """The comparison of two arrays, with the bound that they carry."""
    bound = norm(left.error) + norm(right.error)
    return Comparison(name, statement, point.sizes, left.value, right.value, bound, point.named(**values))


def sample_networks(seed: int, claim: str, networks: Sequence[Network]) -> Evidence:
    """f(QX, QZ) = Q f(X, Z) for one Q of each determinant, and f(X, Z) = X g₁ + Z g₂.

    Args:
        seed: any integer.
        claim: what the points are drawn for.
        networks: what is looked at.

    Source: theory.md, chapter 3.

    >>> linear = Network("linear", lambda x, z, _: x @ (x.T @ x), lambda a, b, c, _: (a, None))
    >>> sample_networks(0, "doctest", [linear]).verdict
    'holds'
    >>> twice = Network("twice", lambda x, z, _: x @ (x.T @ x), lambda a, b, c, _: (a + a, None))
    >>> sample_networks(0, "doctest", [twice]).verdict
    'violated'
    """
    return sample_points(seed, claim, lambda point, rng: _looks(point, rng, networks))


def sample_points(seed: int, claim: str, look: Look) -> Evidence:
    """What is seen at a few points of tokens and knowledge.

    Args:
        seed: any integer.
        claim: what the points are drawn for.
        look: a point and a source of randomness to comparisons.
    """
    rng = random_state(seed, claim)
    return weigh(survey(few_points, rng, lambda point: look(point, rng)), seed)


def _looks(point: Point, rng: np.random.Generator, networks: Sequence[Network]) -> Iterator[Comparison]:
    x, z = map(Tracked.exact, point.parts)
    for network in networks:
        constants = Constants(rng)
        value = network.call(x, z, constants)
        if network.turns:
            for q in rotations(rng, point.d):
                turn = Tracked.orthogonal(q)
                left = network.call(turn @ x, turn @ z, constants)
                yield compared(network.name, "f(QX, QZ) = Q f(X, Z)", point, left, turn @ value, Q=q)
        if network.coefficients is not None:
            g1, g2 = network.coefficients(x.T @ x, z.T @ x, z.T @ z, constants)
            parts = [part @ g for part, g in ((x, g1), (z, g2)) if g is not None]
            form = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            yield compared(network.name, "f = X g₁ + Z g₂", point, value, form)
