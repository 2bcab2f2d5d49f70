"""Chapter 3, attention, sampled in double precision: softmax with weights that come from the knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.forms import Constants, Network, compared, ones, sample_networks, sample_points, unit
from symmetry.checks.sampled.points import Point
from symmetry.checks.sampled.rounding import Comparison
from symmetry.checks.sampled.tracked import EXP, INVERSE, SIGMOID, Tracked, normalised, softmax
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]

HEADS = 2


def weight(z: Tracked, fixed: Constants, name: str) -> Tracked:
    """αI + ZβZᵀ, with α and β functions of C = ZᵀZ: α = 1/(1 + tr C), β = C L."""
    scalar, matrix = _parts(z.T @ z, fixed, name)
    return unit(len(z.value)) * scalar + z @ matrix @ z.T


def _parts(c: Tracked, fixed: Constants, name: str) -> tuple[Tracked, Tracked]:
    """α and β of :func:`weight`."""
    size = unit(len(c.value)) * c
    trace = ones(1, 1) + size.sums().T.sums()
    return trace.map(*INVERSE), c @ fixed(name, *c.value.shape)


def _scores(a: Tracked, b: Tracked, c: Tracked, fixed: Constants, name: str) -> Tracked:
    scalar, matrix = _parts(c, fixed, name)
    return a * scalar + b.T @ matrix @ b


def _mixed(weights: Tracked, b: Tracked, c: Tracked, fixed: Constants, name: str) -> tuple[Tracked, Tracked]:
    """g₁ = a ν(S) and g₂ = b B ν(S)"""
    scalar, matrix = _parts(c, fixed, name)
    return weights * scalar, matrix @ b @ weights


def _attention(x: Tracked, z: Tracked, fixed: Constants, head: str = "") -> Tracked:
    return weight(z, fixed, "V" + head) @ x @ softmax(x.T @ weight(z, fixed, "M" + head) @ x)


def _attention_coefficients(
    a: Tracked, b: Tracked, c: Tracked, fixed: Constants, head: str = ""
) -> tuple[Tracked, Tracked]:
    return _mixed(softmax(_scores(a, b, c, fixed, "M" + head)), b, c, fixed, "V" + head)


def _heads(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    total = x
    for head in range(HEADS):
        total = total + _attention(x, z, fixed, str(head))
    return total


def _heads_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    first, second = unit(len(a.value)), Tracked.exact(np.zeros(b.value.shape))
    for head in range(HEADS):
        g1, g2 = _attention_coefficients(a, b, c, fixed, str(head))
        first, second = first + g1, second + g2
    return first, second


def _cross(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    return weight(z, fixed, "V") @ z @ softmax(z.T @ weight(z, fixed, "M") @ x)


def _cross_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[None, Tracked]:
    (alpha, beta), (scalar, matrix) = _parts(c, fixed, "M"), _parts(c, fixed, "V")
    weights = softmax(b * alpha + c @ beta @ b)
    return None, weights * scalar + matrix @ c @ weights


def _masked(scores: Tracked, fixed: Constants) -> Tracked:
    """Causal softmax with a position bias, the scores divided by √2."""
    n = len(scores.value)
    shifted = scores * Tracked.exact(np.full((1, 1), 2**-0.5)) + fixed("R", n, n)
    return normalised(shifted.map(*EXP) * Tracked.exact(np.triu(np.ones((n, n)))))


def _sigmoid(scores: Tracked, fixed: Constants) -> Tracked:
    n = len(scores.value)
    return (scores + fixed("R", n, n)).map(*SIGMOID)


def _with(normalisation: Callable[[Tracked, Constants], Tracked], name: str) -> Network:
    """Attention with this normalisation of the scores."""

    def call(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
        return weight(z, fixed, "V") @ x @ normalisation(x.T @ weight(z, fixed, "M") @ x, fixed)

    def coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
        return _mixed(normalisation(_scores(a, b, c, fixed, "M"), fixed), b, c, fixed, "V")

    return Network(name, call, coefficients)


def _power(z: Tracked) -> Tracked:
    """I + (ZZᵀ)², a weight that turns with the knowledge, computed without the form: α = 1 and β = C."""
    square = z @ z.T
    return unit(len(z.value)) + square @ square


def _powers(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    return _power(z) @ x @ softmax(x.T @ _power(z) @ x)


def _powers_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    weights = softmax(a + b.T @ c @ b)
    return weights, c @ b @ weights


NETWORKS: Mapping[str, tuple[Network, ...]] = {
    "attention": (Network("softmax attention", _attention, _attention_coefficients),),
    "attention-from-symmetry": (Network("softmax attention, weights I + (ZZᵀ)²", _powers, _powers_coefficients),),
    "attention-equivariant": (Network("softmax attention, two heads", _heads),),
    "multi-head-attention": (Network("softmax attention, two heads", _heads, _heads_coefficients),),
    "cross-attention": (Network("softmax attention to the knowledge", _cross, _cross_coefficients),),
    "masked-attention": (
        _with(_masked, "causal softmax attention with a position bias"),
        _with(_sigmoid, "sigmoid attention"),
    ),
}


def sample_normalised_columns(seed: int, normalise: Callable[[Tracked], Tracked] = softmax) -> Evidence:
    """3.1s: the columns of softmax sum to one.

    Args:
        seed: any integer.
        normalise: scores (n, n) to weights (n, n).

    Source: theory.md, notation.

    >>> sample_normalised_columns(0).verdict
    'holds'
    >>> sample_normalised_columns(0, normalise=lambda scores: scores.map(*EXP)).verdict
    'violated'
    """
    return sample_points(seed, "normalised-columns", lambda point, rng: _sums(point, normalise))


def _sums(point: Point, normalise: Callable[[Tracked], Tracked]) -> Iterator[Comparison]:
    x, z = map(Tracked.exact, point.parts)
    for name, scores in (("scores XᵀX", x.T @ x), ("scores ZᵀX", z.T @ x)):
        sums = normalise(scores).sums()
        yield compared(name, "the weights of a token sum to one", point, sums, ones(*sums.value.shape))


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    **{claim: partial(sample_networks, claim=claim, networks=networks) for claim, networks in NETWORKS.items()},
    "normalised-columns": sample_normalised_columns,
}
