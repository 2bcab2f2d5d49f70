"""Chapter 3, weights as knowledge, sampled in double precision: heads, rotary positions, hidden layers, read-out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.forms import Constants, Network, compared, ones, sample_networks, sample_points, unit
from symmetry.checks.sampled.points import Point, rotations
from symmetry.checks.sampled.rounding import Comparison
from symmetry.checks.sampled.tracked import RELU, TANH, Tracked, beside, softmax, stacked
from symmetry.evidence import Evidence

__all__ = ["SAMPLED", "heads", "hidden"]

HEADS, WIDTH = 2, 2
Layer = Callable[[Tracked, Tracked, Constants], Tracked]
COSINE = (np.cos, np.ones_like)


def heads(read: Tracked, written: Tracked, fixed: Constants) -> Tracked:
    """Heads that read M = ZᵀX with columns of Z and write with others; ``written`` is Z, or I for the coefficients."""
    parts = []
    for head in range(HEADS):
        queries, keys, values = (fixed(f"J{index}{head}", len(read.value), WIDTH).T @ read for index in (1, 2, 3))
        parts.append(written @ fixed(f"J4{head}", len(read.value), WIDTH) @ values @ softmax(keys.T @ queries))
    return sum(parts[1:], parts[0])


def hidden(read: Tracked, written: Tracked, fixed: Constants) -> Tracked:
    """A hidden layer with ReLU and biases that reads and writes in the same way."""
    m, n = read.value.shape
    inside = (fixed("K1", m, WIDTH).T @ read + fixed("c", WIDTH, 1) @ ones(1, n)).map(*RELU)
    return written @ fixed("K2", m, WIDTH) @ inside + written @ fixed("K0", m, 1) @ ones(1, n)


def _gated(read: Tracked, written: Tracked, fixed: Constants) -> Tracked:
    """A gated hidden layer, tanh(V₁ᵀX) times V₂ᵀX entry by entry."""
    m = len(read.value)
    gate, value = (fixed(name, m, WIDTH).T @ read for name in ("V1", "V2"))
    return written @ fixed("U", m, WIDTH) @ (gate.map(*TANH) * value)


def _rotary(read: Tracked, written: Tracked, fixed: Constants) -> Tracked:
    """One head whose queries and keys are rotated by an angle that grows with the position."""
    m = len(read.value)
    queries, keys, values = (fixed(f"J{index}", m, WIDTH).T @ read for index in (1, 2, 3))
    return written @ fixed("J4", m, WIDTH) @ values @ softmax(_placed(keys).T @ _placed(queries))


def _placed(vectors: Tracked) -> Tracked:
    turned = []
    for place in range(vectors.value.shape[1]):
        c, s = math.cos(place), math.sin(place)
        turned.append(Tracked.exact(np.array([[c, -s], [s, c]])) @ vectors.columns(place, place + 1))
    return beside(*turned)


def _as_network(name: str, layer: Layer) -> Network:
    """A layer that reads ZᵀX and writes with Z."""
    return Network(
        name,
        lambda x, z, fixed: layer(z.T @ x, z, fixed),
        lambda a, b, c, fixed: (None, layer(b, unit(len(c.value)), fixed)),
    )


NETWORKS: Mapping[str, tuple[Network, ...]] = {
    "weights-as-knowledge": (_as_network("gated hidden layer", _gated),),
    "multi-head-as-knowledge": (_as_network("two heads", heads),),
    "rotary-attention": (_as_network("rotary positions", _rotary),),
    "mlp": (_as_network("hidden layer", hidden),),
}


def sample_read_out(seed: int, network: Layer | None = None) -> Evidence:
    """3.3o: Zᵀf(X, Z) = B g₁ + C g₂, and it does not change when X and Z are turned.

    Args:
        seed: any integer.
        network: (X, Z, constants) to f(X, Z); two layers with residual connections unless given.

    Source: theory.md 3.3.

    >>> sample_read_out(0).verdict
    'holds'
    >>> sample_read_out(0, lambda x, z, _: x.map(*RELU)).verdict
    'violated'
    """
    return sample_points(seed, "read-out", partial(_read_out, network=network or _two_layers))


def _two_layers(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    first = x + heads(z.T @ x, z, fixed)
    return first + hidden(z.T @ first, z, fixed)


def _read_out(point: Point, rng: np.random.Generator, network: Layer) -> Iterator[Comparison]:
    x, z = map(Tracked.exact, point.parts)
    fixed, here = Constants(rng), unit(z.value.shape[1])
    value = z.T @ network(x, z, fixed)
    for q in rotations(rng, point.d):
        turn = Tracked.orthogonal(q)
        left = (turn @ z).T @ network(turn @ x, turn @ z, fixed)
        yield compared("two layers", "(QZ)ᵀf(QX, QZ) = Zᵀf(X, Z)", point, left, value, Q=q)
    if network is _two_layers:
        b, c = z.T @ x, z.T @ z
        between = heads(b, here, fixed)
        coefficients = between + hidden(b + c @ between, here, fixed)
        yield compared("two layers", "Zᵀf(X, Z) = B g₁ + C g₂", point, value, b + c @ coefficients)


def _full_rank(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
    """F(X) = Z g(ZᵀX) for Z = [I K], with g(B) = T F(TᵀB) and any T for which Z T = I."""
    d = point.d
    x, k, low = (Tracked.exact(rng.uniform(-1, 1, shape)) for shape in ((d, 3), (d, 2), (2, d)))
    z, right = beside(unit(d), k), stacked(unit(d) - k @ low, low)
    value = z @ (right @ (right.T @ (z.T @ x)).map(*COSINE))
    sizes = {"d": d, "n": 3, "m": d + 2}
    bound = float(np.linalg.norm(value.error)) + float(np.linalg.norm(x.map(*COSINE).error))
    yield Comparison("cosine of the coordinates", "F(X) = Z g(ZᵀX)", sizes, x.map(*COSINE).value, value.value, bound)


def _frame(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
    """E F(EᵀX) turns with tokens X and frame E, and is F(X) at E = I."""
    x = Tracked.exact(point.parts[0])
    frame = Tracked.exact(rng.uniform(-1, 1, (point.d, point.d)))

    def extended(tokens: Tracked, axes: Tracked) -> Tracked:
        return axes @ (axes.T @ tokens).map(*RELU)

    for q in rotations(rng, point.d):
        turn = Tracked.orthogonal(q)
        left, right = extended(turn @ x, turn @ frame), turn @ extended(x, frame)
        yield compared("ReLU of the coordinates", "f(QX, QE) = Q f(X, E)", point, left, right, E=frame.value, Q=q)
    yield compared("ReLU of the coordinates", "f(X, I) = F(X)", point, extended(x, unit(point.d)), x.map(*RELU))


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    **{claim: partial(sample_networks, claim=claim, networks=networks) for claim, networks in NETWORKS.items()},
    "read-out": sample_read_out,
    "knowledge-of-full-rank": partial(sample_points, claim="knowledge-of-full-rank", look=_full_rank),
    "frame": partial(sample_points, claim="frame", look=_frame),
}
