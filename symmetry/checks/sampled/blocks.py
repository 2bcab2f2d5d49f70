"""Chapter 3, norms and blocks, sampled in double precision, the norms as they are computed in networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.closure import after
from symmetry.checks.sampled.forms import Constants, Network, compared, ones, sample_networks, sample_points, unit
from symmetry.checks.sampled.knowledge import heads, hidden
from symmetry.checks.sampled.points import Point, rotations
from symmetry.checks.sampled.rounding import Comparison
from symmetry.checks.sampled.tracked import INVERSE_ROOT, RELU, Tracked
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]

EPSILON = 0.1


def _number(value: float) -> Tracked:
    return Tracked.exact(np.full((1, 1), value))


def _scale(squares: Tracked, d: int = 1) -> Tracked:
    """A row of squared lengths to 1/√(length²/d + ε)."""
    return (squares * _number(1 / d) + _number(EPSILON)).map(*INVERSE_ROOT)


def rms(tokens: Tracked) -> Tracked:
    """Each token divided by √(|x|² + ε)."""
    return tokens * _scale((tokens * tokens).sums())


def diagonal(gram: Tracked) -> Tracked:
    """The diagonal matrix that does the same, made of the diagonal of the Gram matrix."""
    eye = unit(len(gram.value))
    return eye * _scale((eye * gram).sums())


def _rms_coefficients(a: Tracked, b: Tracked, c: Tracked, _: Constants) -> tuple[Tracked, None]:
    return diagonal(a), None


def _layer_norm(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
    """In coordinates, with mean and variance, against X D + u E with u = 𝟏/√d and D, E from inner products."""
    x, d = Tracked.exact(point.parts[0]), point.d
    centred = x - ones(d, 1) @ (x.sums() * _number(1 / d))
    value = centred * _scale((centred * centred).sums(), d)
    u = ones(d, 1) * _number(float(d)).map(*INVERSE_ROOT)
    yield compared("LayerNorm", "LayerNorm(X) = X D + u E", point, value, _layer_norm_form(x, u))
    for q in rotations(rng, d):
        turn = Tracked.orthogonal(q)
        turned = _layer_norm_form(turn @ x, turn @ u)
        yield compared("LayerNorm", "it turns with X and u", point, turned, turn @ value, Q=q)


def _layer_norm_form(x: Tracked, u: Tracked) -> Tracked:
    b, eye = u.T @ x, unit(x.value.shape[1])
    scale = eye * _scale((eye * (x.T @ x - b.T @ b)).sums(), len(x.value))
    return x @ scale - u @ b @ scale


def _absorbed(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
    """W(DN + s𝟏ᵀ) = VᵀN + Ws𝟏ᵀ with V = (WD)ᵀ, and the layer turns with N and V."""
    fixed, d = Constants(rng), point.d
    tokens = Tracked.exact(point.parts[0])
    n = tokens.value.shape[1]
    rows, gain, shift, out = fixed("W", 2, d), fixed("D", d, d), fixed("s", d, 1), fixed("U", d, 3)
    bias = rows @ shift @ ones(1, n)

    def layer(write: Tracked, read: Tracked, normed: Tracked) -> Tracked:
        inside = read.T @ normed + bias
        return write @ fixed("K", 3, 2) @ inside.map(*RELU)

    columns = (rows @ gain).T
    direct = out @ fixed("K", 3, 2) @ (rows @ (gain @ tokens + shift @ ones(1, n))).map(*RELU)
    value = layer(out, columns, tokens)
    yield compared("hidden layer", "U Φ(W(DN + s𝟏ᵀ)) = U Φ(VᵀN + Ws𝟏ᵀ)", point, direct, value)
    for q in rotations(rng, d):
        turn = Tracked.orthogonal(q)
        left = layer(turn @ out, turn @ columns, turn @ tokens)
        yield compared("hidden layer", "f(QN, QV, QU) = Q f(N, V, U)", point, left, turn @ value, Q=q)


def _pre_norm(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    first = x + heads(z.T @ rms(x), z, fixed)
    return first + hidden(z.T @ rms(first), z, fixed)


def _pre_norm_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    eye, here = unit(len(a.value)), unit(len(c.value))
    written = heads(b @ diagonal(a), here, fixed)
    gram, cross = after(a, b, c, eye, written)
    return eye, written + hidden(cross @ diagonal(gram), here, fixed)


def _post_norm(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    first = rms(x + heads(z.T @ x, z, fixed))
    return rms(first + hidden(z.T @ first, z, fixed))


def _post_norm_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    eye, here = unit(len(a.value)), unit(len(c.value))
    written = heads(b, here, fixed)
    first = diagonal(after(a, b, c, eye, written)[0])
    before = written @ first
    before = before + hidden(b @ first + c @ before, here, fixed)
    second = diagonal(after(a, b, c, first, before)[0])
    return first @ second, before @ second


NETWORKS: Mapping[str, tuple[Network, ...]] = {
    "rms-norm": (Network("RMSNorm", lambda x, z, _: rms(x), _rms_coefficients),),
    "pre-norm-block": (Network("pre-norm block", _pre_norm, _pre_norm_coefficients),),
    "post-norm-block": (Network("post-norm block", _post_norm, _post_norm_coefficients),),
    "transformer-block": (Network("pre-norm block", _pre_norm, _pre_norm_coefficients),),
}

SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    **{claim: partial(sample_networks, claim=claim, networks=networks) for claim, networks in NETWORKS.items()},
    "layer-norm": partial(sample_points, claim="layer-norm", look=_layer_norm),
    "absorbed-gain": partial(sample_points, claim="absorbed-gain", look=_absorbed),
}
