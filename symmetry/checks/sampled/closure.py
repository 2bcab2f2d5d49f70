"""Chapter 3, closure, sampled in double precision: layers added, changed and put one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.forms import Constants, Network, sample_networks, unit
from symmetry.checks.sampled.tracked import RELU, TANH, Tracked, softmax
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]


def self_attention(x: Tracked, z: Tracked, _: Constants) -> Tracked:
    """X + X softmax(XᵀX) + Z softmax(ZᵀX)"""
    return x + x @ softmax(x.T @ x) + z @ softmax(z.T @ x)


def _self_coefficients(a: Tracked, b: Tracked, c: Tracked, _: Constants) -> tuple[Tracked, Tracked]:
    return unit(len(a.value)) + softmax(a), softmax(b)


def hidden(x: Tracked, z: Tracked, _: Constants) -> Tracked:
    """Z ReLU(ZᵀX): a hidden layer whose weights are the knowledge."""
    return z @ (z.T @ x).map(*RELU)


def _hidden_coefficients(a: Tracked, b: Tracked, c: Tracked, _: Constants) -> tuple[None, Tracked]:
    return None, b.map(*RELU)


def _sum(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    a, b = x.T @ x, z.T @ x
    return self_attention(x, z, fixed) @ a.map(*TANH) + hidden(x, z, fixed) @ (b.T @ b)


def _sum_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    (g1, g2), (_, h2) = _self_coefficients(a, b, c, fixed), _hidden_coefficients(a, b, c, fixed)
    return g1 @ a.map(*TANH), g2 @ a.map(*TANH) + h2 @ (b.T @ b)


def _masked(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    """Attention with a causal mask and a position bias, the mask put on the weights."""
    scores = x.T @ x + fixed("R", x.value.shape[1], x.value.shape[1])
    mask = Tracked.exact(np.triu(np.ones(scores.value.shape)))
    return x @ (softmax(scores) * mask)


def _masked_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, None]:
    mask = Tracked.exact(np.triu(np.ones(a.value.shape)))
    return softmax(a + fixed("R", *a.value.shape)) * mask, None


def _composed(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    return hidden(self_attention(x, z, fixed), z, fixed)


def after(a: Tracked, b: Tracked, c: Tracked, g1: Tracked, g2: Tracked) -> tuple[Tracked, Tracked]:
    """The inner products after a layer: X′ᵀX′ and ZᵀX′ for X′ = X g₁ + Z g₂."""
    mixed = g1.T @ b.T @ g2
    return g1.T @ a @ g1 + mixed + mixed.T + g2.T @ c @ g2, b @ g1 + c @ g2


def _composed_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[None, Tracked]:
    g1, g2 = _self_coefficients(a, b, c, fixed)
    _, between = after(a, b, c, g1, g2)
    return None, between.map(*RELU)


def _twice(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    return self_attention(self_attention(x, z, fixed), z, fixed)


def _twice_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    g1, g2 = _self_coefficients(a, b, c, fixed)
    a_, b_ = after(a, b, c, g1, g2)
    again = unit(len(a.value)) + softmax(a_)
    return g1 @ again, g2 @ again + softmax(b_)


DEPTH = 5


def _deep(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    """Layers of two kinds in turn, each with numbers of its own."""
    for layer in range(DEPTH):
        wide = fixed(f"W{layer}", z.value.shape[1], z.value.shape[1])
        x = self_attention(x, z, fixed) if layer % 2 else x + z @ (wide @ z.T @ x).map(*TANH)
        x = x * Tracked.exact(np.full((1, 1), 0.5))
    return x


def _deep_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    """The coefficients of the layers so far, composed one by one."""
    first, second = unit(len(a.value)), Tracked.exact(np.zeros(b.value.shape))
    half = Tracked.exact(np.full((1, 1), 0.5))
    for layer in range(DEPTH):
        gram, cross = after(a, b, c, first, second)
        wide = fixed(f"W{layer}", len(c.value), len(c.value))
        if layer % 2:
            again = unit(len(a.value)) + softmax(gram)
            first, second = first @ again * half, (second @ again + softmax(cross)) * half
        else:
            first, second = first * half, (second + (wide @ cross).map(*TANH)) * half
    return first, second


NETWORKS: Mapping[str, tuple[Network, ...]] = {
    "closed-under-sums": (Network("attention and a hidden layer", _sum, _sum_coefficients),),
    "any-coefficients": (Network("causal attention with a position bias", _masked, _masked_coefficients),),
    "closed-under-composition": (Network("a hidden layer after attention", _composed, _composed_coefficients),),
    "depth": (Network("five layers of two kinds", _deep, _deep_coefficients),),
    "two-layers": (Network("two layers of attention", _twice, _twice_coefficients),),
}

SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    claim: partial(sample_networks, claim=claim, networks=networks) for claim, networks in NETWORKS.items()
}
