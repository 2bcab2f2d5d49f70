"""Attention in its spellings, without masks: columns and rows, heads and batches, softmax and other weights."""

import math

import numpy as np
from numpy import einsum

from prove_corpus.record import case

BOTH = {"O(d)": True, "S(n)": True}
ALL = {"O(d)": True, "S(n)": True, "S(m)": True}


def softmax(s, axis=-1):
    s = s - s.max(axis=axis, keepdims=True)
    e = np.exp(s)
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(s, axis):
    top = np.max(s, axis=axis, keepdims=True)
    return top + np.log(np.sum(np.exp(s - top), axis=axis, keepdims=True))


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def columns(X):
    S = X.T @ X
    return X @ softmax(S, axis=0)


@case("x: n d -> n d", "O(d) x S(n)", BOTH)
def rows(x):
    return softmax(x @ x.T / np.sqrt(x.shape[1])) @ x


@case("x: n d -> n d", "O(d) x S(n)", BOTH)
def rows_einsum(x):
    scores = np.einsum("id,jd->ij", x, x) / math.sqrt(x.shape[-1])
    return np.einsum("ij,jd->id", softmax(scores), x)


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def implicit_output_einsum(X):
    A = softmax(einsum("di,dj", X, X), 0)
    return einsum("di,ij", X, A)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", ALL)
def cross(X, Z):
    B = Z.T @ X
    return Z @ softmax(B, axis=0)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", ALL)
def tokens_and_knowledge(X, Z):
    K = np.concatenate([X, Z], axis=1)
    return X + K @ softmax(K.T @ X / len(X) ** 0.5, axis=0)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", ALL)
def knowledge_metric(X, Z):
    B = Z.T @ X
    return X @ softmax(B.T @ B, axis=0)


@case("X: d n, Wq: k d, Wk: k d -> d n", "O(d) x S(n)", BOTH)
def projected(X, Wq, Wk):
    q, k = Wq @ X, Wk @ X
    return X @ softmax(k.T @ q / np.sqrt(Wq.shape[0]), axis=0)


@case("x: n d, Wq: d k, Wk: d k, Wv: d k, Wo: k d -> n d", "O(d) x S(n)", BOTH)
def one_head(x, Wq, Wk, Wv, Wo):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    return softmax(q @ k.T / k.shape[-1] ** 0.5) @ v @ Wo


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> n d", "O(d) x S(n)", BOTH)
def heads_einsum(x, Wq, Wk, Wv, Wo):
    q = np.einsum("nd,hkd->hnk", x, Wq)
    k = np.einsum("nd,hkd->hnk", x, Wk)
    v = np.einsum("nd,hkd->hnk", x, Wv)
    a = softmax(np.einsum("hik,hjk->hij", q, k) / np.sqrt(q.shape[-1]))
    return np.einsum("hij,hjk,hkd->id", a, v, Wo)


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> n d", "O(d) x S(n)", BOTH)
def heads_loop(x, Wq, Wk, Wv, Wo):
    out = np.zeros_like(x)
    for wq, wk, wv, wo in zip(Wq, Wk, Wv, Wo):
        a = softmax((x @ wq.T) @ (x @ wk.T).T / np.sqrt(wq.shape[0]))
        out += a @ (x @ wv.T) @ wo
    return out


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> n d", "O(d) x S(n)", BOTH, h=3)
def heads_comprehension(x, Wq, Wk, Wv, Wo):
    def head(i):
        q, k, v = (x @ W[i].T for W in (Wq, Wk, Wv))
        return softmax(q @ k.T) @ v

    mixed = np.concatenate([head(i) for i in range(3)], axis=-1)
    return mixed @ Wo.reshape(-1, x.shape[1])


@case("x: n d, Wq: h d k, Wk: h d k, Wv: h d k, Wo: h k d -> n d", "O(d) x S(n)", BOTH)
def heads_matmul(x, Wq, Wk, Wv, Wo):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a = softmax(q @ k.swapaxes(-1, -2) / np.sqrt(k.shape[-1]))
    return (a @ v @ Wo).sum(axis=0)


@case("x: n d, Wq: d e, Wk: d e, Wv: d e, Wo: e d -> n d", "O(d) x S(n)", BOTH, e=6)
def heads_reshaped(x, Wq, Wk, Wv, Wo, heads=2):
    n = x.shape[0]

    def split(y):
        return y.reshape(n, heads, -1).transpose(1, 0, 2)

    q, k, v = split(x @ Wq), split(x @ Wk), split(x @ Wv)
    a = softmax(q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]))
    return (a @ v).transpose(1, 0, 2).reshape(n, -1) @ Wo


@case("x: n d, Wqkv: 3 h k d, Wo: d h k -> n d", "O(d) x S(n)", BOTH)
def fused_projections(x, Wqkv, Wo):
    q, k, v = np.einsum("nd,chkd->chnk", x, Wqkv)
    a = softmax(q @ np.moveaxis(k, -1, -2))
    return np.einsum("hnk,dhk->nd", a @ v, Wo)


@case("x: b n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> b n d", "O(d) x S(n)", BOTH)
def batched_heads(x, Wq, Wk, Wv, Wo):
    q = np.einsum("...nd,hkd->...hnk", x, Wq)
    k = np.einsum("...nd,hkd->...hnk", x, Wk)
    v = np.einsum("...nd,hkd->...hnk", x, Wv)
    scores = np.einsum("...ik,...jk->...ij", q, k)
    out = np.einsum("...ij,...jk->...ik", softmax(scores), v)
    return np.einsum("...hnk,hkd->...nd", out, Wo)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def batched_rows(x):
    return softmax(x @ x.transpose(0, 2, 1)) @ x


@case("X: b d n, Z: d m -> b d n", "O(d) x S(n) x S(m)", ALL)
def batched_cross(X, Z):
    return Z @ softmax(Z.T @ X, axis=-2)


@case("x: n d, Wq: t h k d, Wk: t k d, Wv: t k d, Wo: t h k d -> n d", "O(d) x S(n)", BOTH)
def grouped_query(x, Wq, Wk, Wv, Wo):
    q = einsum("nd,ghkd->ghnk", x, Wq)
    k = einsum("nd,gkd->gnk", x, Wk)
    v = einsum("nd,gkd->gnk", x, Wv)
    a = softmax(einsum("ghik,gjk->ghij", q, k))
    return einsum("ghij,gjk,ghkd->id", a, v, Wo)


@case("x: n d, Wq: 4 k d, Wk: 2 k d, Wv: 2 k d, Wo: 4 k d -> n d", "O(d) x S(n)", BOTH)
def grouped_query_repeat(x, Wq, Wk, Wv, Wo):
    q = x @ Wq.transpose(0, 2, 1)
    k = np.repeat(x @ Wk.transpose(0, 2, 1), 2, axis=0)
    v = np.repeat(x @ Wv.transpose(0, 2, 1), 2, axis=0)
    return (softmax(q @ k.transpose(0, 2, 1)) @ v @ Wo).sum(0)


@case("x: n d, Wq: h k d, Wk: k d, Wv: k d, Wo: h k d -> n d", "O(d) x S(n)", BOTH)
def multi_query(x, Wq, Wk, Wv, Wo):
    k, v = x @ Wk.T, x @ Wv.T
    out = 0.0
    for h in range(Wq.shape[0]):
        out = out + softmax(x @ Wq[h].T @ k.T) @ v @ Wo[h]
    return out


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def through_logsumexp(X):
    S = X.T @ X
    return X @ np.exp(S - logsumexp(S, axis=0))


@case("x: n d, W: d d -> n d", "O(d) x S(n)", BOTH)
def turned_metric(x, W):
    s = np.einsum("id,de,je->ij", x, W, x)
    p = np.exp(s - logsumexp(s, 1))
    return np.dot(p, x)


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def unnormalised(X):
    return X @ np.exp(X.T @ X)


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def linear(X):
    return X @ (X.T @ X) / X.shape[1]


@case("x: n d, Wq: k d, Wk: k d, Wv: k d, Wo: k d -> n d", "O(d) x S(n)", BOTH)
def linear_elu_features(x, Wq, Wk, Wv, Wo):
    def phi(t):
        return np.where(t > 0, t + 1, np.exp(t))

    q, k, v = phi(x @ Wq.T), phi(x @ Wk.T), x @ Wv.T
    kv = np.einsum("nk,nl->kl", k, v)
    return q @ kv / (q @ k.sum(axis=0))[:, None] @ Wo


@case("x: n d, W: k d -> n d", "O(d) x S(n)", BOTH)
def performer_features(x, W):
    half = 0.5 * np.sum(x**2, axis=-1, keepdims=True)
    features = np.exp(x @ W.T - half) / np.sqrt(len(W))
    return features @ (features.T @ x) / (features @ features.sum(0))[:, np.newaxis]


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def sigmoid_weights(X):
    weights = 1 / (1 + np.exp(-X.T @ X))
    return X @ weights


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def relu_weights(X):
    weights = np.maximum(X.T @ X, 0)
    return X @ (weights / (weights.sum(0, keepdims=True) + 1e-6))


@case("x: n d -> n d", "O(d) x S(n)", BOTH)
def cosine(x):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return softmax(10.0 * unit @ unit.T) @ x


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def cosine_by_hand(X):
    lengths = np.sqrt((X * X).sum(0))
    S = (X.T @ X) / (lengths[:, None] * lengths[None, :] + 1e-8)
    return X @ softmax(S, axis=0)


@case("x: n d -> n d", "O(d) x S(n)", BOTH)
def distance(x):
    gap = x[:, None, :] - x[None, :, :]
    return softmax(-np.linalg.norm(gap, axis=-1)) @ x


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def rbf(X):
    sq = (X**2).sum(axis=0)
    D = sq[:, None] + sq[None] - 2 * X.T @ X
    K = np.exp(-D / 2)
    return X @ (K / K.sum(axis=0))


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d, P: h t, Q: t h -> n d", "O(d) x S(n)", BOTH)
def talking_heads(x, Wq, Wk, Wv, Wo, P, Q):
    s = einsum("nhk,mhk->hnm", einsum("nd,hkd->nhk", x, Wq), einsum("nd,hkd->nhk", x, Wk))
    s = einsum("hnm,ht->tnm", s, P)
    a = einsum("tnm,th->hnm", softmax(s), Q)
    return einsum("hnm,mhk,hkd->nd", a, einsum("nd,hkd->nhk", x, Wv), Wo)


@case("X: d n, g: d -> d n", "O(d) x S(n)", BOTH)
def gated(X, g):
    gate = 1 / (1 + np.exp(-(g @ X)))
    return gate * (X @ softmax(X.T @ X, 0))


@case("X: d n, Z: d m, tau: () -> d n", "O(d) x S(n) x S(m)", ALL)
def temperature(X, Z, tau):
    return X + Z @ softmax(np.exp(tau) * (Z.T @ X), axis=0)


@case("x: n d -> n d", "O(d) x S(n)", BOTH)
def token_loops(x):
    n = len(x)
    out = np.empty_like(x)
    for i in range(n):
        w = np.array([np.exp(x[i] @ x[j]) for j in range(n)])
        out[i] = sum(w[j] * x[j] for j in range(n)) / w.sum()
    return out


@case("X: d n -> d n", "O(d) x S(n)", BOTH)
def columns_stacked(X):
    def one(q):
        w = np.exp(q @ X)
        return X @ (w / w.sum())

    return np.stack([one(q) for q in X.T], axis=1)


class Attention:
    """Dot-product attention with options, as a library would have it."""

    def __init__(self, scale=None, residual=True):
        self.scale = scale
        self.residual = residual

    def scores(self, x):
        scale = self.scale if self.scale is not None else x.shape[-1] ** -0.5
        return scale * np.tensordot(x, x, axes=(1, 1))

    def __call__(self, x):
        update = softmax(self.scores(x)) @ x
        return x + update if self.residual else update


case("x: n d -> n d", "O(d) x S(n)", BOTH, name="class_with_residual", parts=(Attention,))(Attention())
case("x: n d -> n d", "O(d) x S(n)", BOTH, name="class_without", parts=(Attention,))(Attention(0.3, residual=False))


def make_attention(normalise, power):
    def attend(X):
        return X @ normalise(np.power(X.T @ X, power))

    return attend


case("X: d n -> d n", "O(d) x S(n)", BOTH, name="closure_softmax", parts=(make_attention,))(
    make_attention(lambda s: softmax(s, axis=0), 2)
)
case("X: d n -> d n", "O(d) x S(n)", BOTH, name="closure_mean", parts=(make_attention,))(
    make_attention(lambda s: s / len(s), 3)
)


@case("X: d n, Z: d m -> d n, n m", "O(d) x S(n) x S(m)", ALL)
def with_weights_returned(X, Z):
    weights = softmax(X.T @ Z, axis=1)
    return Z @ weights.T, weights
