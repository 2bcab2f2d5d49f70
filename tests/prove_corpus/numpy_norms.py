"""Normalisations: along coordinates, along tokens, with and without what they need declared as knowledge."""

import numpy as np
from numpy import linalg as LA

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
EPS = 1e-6


@case("x: n d -> n d", GROUP, BOTH)
def rms(x):
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)


@case("X: d n -> d n", GROUP, BOTH)
def rms_columns(X):
    d = X.shape[0]
    return X * (np.einsum("di,di->i", X, X) / d + EPS) ** -0.5


@case("x: b n d -> b n d", GROUP, BOTH)
def rms_any_rank(x):
    scale = np.square(x).mean(-1)[..., None]
    return x * np.reciprocal(np.sqrt(scale + EPS))


@case("x: n d, g: n -> n d", GROUP, BOTH)
def rms_gain_per_token(x, g):
    return g[:, None] * x / np.sqrt((x * x).mean(1, keepdims=True) + EPS)


@case("x: n d -> n d", GROUP, ONLY_S)
def rms_gain_fixed(x):
    gain = 1.0 + 0.1 * np.arange(x.shape[1])
    return gain * x / np.sqrt((x * x).mean(1, keepdims=True) + EPS)  # breaks: O(d)


@case("x: n d, g: d -> n d", GROUP, ONLY_S)
def rms_gain_as_vector(x, g):
    return g * x / np.sqrt((x * x).mean(1, keepdims=True) + EPS)  # breaks: O(d)


@case("x: n d, G: d d -> n d", GROUP, BOTH)
def rms_gain_as_matrix(x, G):
    return x / np.sqrt((x * x).mean(1, keepdims=True) + EPS) @ G.T


@case("x: n d, E: d k, g: k -> n d", GROUP, BOTH)
def rms_gain_in_a_frame(x, E, g):
    h = x / np.sqrt((x * x).mean(1, keepdims=True) + EPS)
    return (h @ E * g) @ E.T


@case("x: n d, g: d, W: k d -> n k", GROUP, ONLY_S)
def rms_gain_then_weights(x, g, W):
    h = x / np.sqrt((x * x).mean(1, keepdims=True) + EPS)
    return (h * g) @ W.T  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def layer_norm(x):
    mean = x.mean(axis=-1, keepdims=True)  # breaks: O(d)
    var = x.var(axis=-1, keepdims=True)  # breaks: O(d)
    return (x - mean) / np.sqrt(var + 1e-5)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def layer_norm_columns(X):
    c = X - X.mean(axis=0)  # breaks: O(d)
    return c / np.sqrt((c**2).mean(axis=0) + 1e-5)


@case("x: n d, u: d -> n d", GROUP, BOTH)
def layer_norm_with_u(x, u):
    c = x - (x @ u)[:, None] * u
    return c / np.sqrt(np.mean(c**2, axis=-1, keepdims=True) + 1e-5)


@case("X: d n, u: d -> d n", GROUP, BOTH)
def layer_norm_with_u_columns(X, u):
    d = len(u)
    C = X - np.outer(u, u @ X)
    return C / np.sqrt((C * C).sum(0) / d + 1e-5)


@case("x: n d, u: d -> n d", GROUP, BOTH)
def layer_norm_variance_from_moments(x, u):
    d = x.shape[-1]
    along = x @ u
    var = np.sum(x * x, axis=1) / d - along**2 / d
    return (x - np.outer(along, u)) / np.sqrt(np.abs(var) + 1e-5)[:, None]


@case("x: n d, u: d, shift: d -> n d", GROUP, BOTH)
def layer_norm_with_shift(x, u, shift):
    c = x - np.einsum("nd,d,e->ne", x, u, u)
    return c / (EPS + LA.norm(c, axis=-1, keepdims=True)) + shift


@case("x: n d, u: d -> n d", GROUP, ONLY_S)
def layer_norm_u_forgotten(x, u):
    c = x - x.mean(-1, keepdims=True)  # breaks: O(d)
    return c / np.sqrt((c @ u)[:, None] ** 2 + 1.0)


@case("x: n d -> n d", GROUP, BOTH)
def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@case("X: d n -> d n", GROUP, BOTH)
def unit_columns(X):
    return X / LA.norm(X, axis=0)


@case("X: d n -> d n", GROUP, BOTH)
def unit_by_loop(X):
    out = np.zeros(X.shape)
    for j in range(X.shape[1]):
        out[:, j] = X[:, j] / (np.sqrt(np.vdot(X[:, j], X[:, j])) + EPS)
    return out


@case("X: d n -> d n", GROUP, ONLY_S)
def unit_over_tokens(X):
    return X / LA.norm(X, axis=1, keepdims=True)  # breaks: O(d)


@case("X: d n -> d n", GROUP, BOTH)
def frobenius(X):
    return X / LA.norm(X)


@case("x: n d -> n d", GROUP, BOTH)
def clip_by_norm(x):
    norm = np.sqrt((x**2).sum(1, keepdims=True))
    return x * np.minimum(1.0, 1.0 / np.maximum(norm, 1e-12))


@case("x: n d -> n d", GROUP, BOTH)
def clip_where(x):
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    return np.where(norm > 2.0, 2.0 * x / norm, x)


@case("x: n d -> n d", GROUP, ONLY_S)
def clip_by_value(x):
    return np.clip(x, -1.0, 1.0)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def one_norm(X):
    return X / np.abs(X).sum(axis=0)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def one_norm_of_linalg(X):
    return X / LA.norm(X, ord=1, axis=0)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def largest_coordinate(X):
    return X / np.abs(X).max(axis=0, keepdims=True)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def largest_entry(X):
    return X / np.abs(X).max()  # breaks: O(d)


@case("X: d n -> d n", GROUP, BOTH)
def centred_over_tokens(X):
    return X - X.mean(axis=1, keepdims=True)


@case("x: n d -> n d", GROUP, BOTH)
def batch_statistics_isotropic(x):
    c = x - x.mean(axis=0)
    return c / np.sqrt(np.mean(c * c) + EPS)


@case("x: n d -> n d", GROUP, ONLY_S)
def batch_norm(x):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + EPS)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def batch_std(x):
    return x / x.std(axis=0)  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH)
def total_variance(x):
    return x / np.sqrt(x.var(axis=0).sum() + 1e-3)


@case("x: n d -> n d", GROUP, ONLY_S)
def softmax_over_coordinates(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # breaks: O(d)
    return e / e.sum(axis=-1, keepdims=True)


@case("x: n d -> n d", GROUP, ONLY_S)
def softmax_over_tokens_of_coordinates(x):
    e = np.exp(x - x.max(axis=0))  # breaks: O(d)
    return e / e.sum(axis=0)


@case("X: d n -> n", GROUP, BOTH)
def softmax_of_norms(X):
    e = np.exp(LA.norm(X, axis=0))
    return e / e.sum()


@case("x: n d -> n d", GROUP, BOTH)
def whitened_by_solve(x):
    c = x - x.mean(0)
    cov = c.T @ c / len(x) + EPS * np.eye(x.shape[1])
    return np.linalg.solve(cov, c.T).T


@case("x: n d -> n d", GROUP, BOTH)
def whitened_by_eigenvectors(x):
    cov = x.T @ x / len(x) + 0.1 * np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(cov)
    return x @ (vectors / np.sqrt(values)) @ vectors.T


@case("x: n d -> n d", GROUP, ONLY_S)
def whitened_by_cholesky(x):
    cov = x.T @ x + np.eye(x.shape[1])
    low = np.linalg.cholesky(cov)  # breaks: O(d)
    return np.linalg.solve(low, x.T).T  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def eps_on_coordinates(x):
    y = x + EPS  # breaks: O(d)
    return 1e6 * y / np.sqrt(1e12 * np.sum(y * y, -1, keepdims=True) + 1.0)


@case("x: n d -> n d", GROUP, BOTH)
def soft_clipping(x):
    r = np.sqrt(np.einsum("...d,...d", x, x))[..., None]
    return np.tanh(r) * x / (r + 1e-9)


@case("x: n d, tau: () -> n d", GROUP, BOTH)
def power_law(x, tau):
    return x * np.linalg.norm(x, axis=-1, keepdims=True) ** tau


def normalise(x, axis):
    return x / (np.sqrt(np.sum(x**2, axis=axis, keepdims=True)) + EPS)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S, parts=(normalise,))
def both_axes_in_turn(x):
    return normalise(normalise(x, axis=1), axis=0)  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH, parts=())
def scores_normalised_both_ways(x):
    s = np.exp(x @ x.T)
    for _ in range(3):
        s = s / s.sum(axis=1, keepdims=True)
        s = s / s.sum(axis=0, keepdims=True)
    return s @ x
