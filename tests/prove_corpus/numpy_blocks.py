"""Whole transformer blocks, weights as knowledge, and the same blocks with one planted fault each."""

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
NONE = {"O(d)": False, "S(n)": False}
ONLY_S = {"O(d)": False, "S(n)": True}
LLAMA = "x: n d, wq: 4 6 d, wk: 2 6 d, wv: 2 6 d, wo: 4 6 d, w1: f d, w3: f d, w2: d f -> n d"
BERT = "x: n d, u: d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d, bo: d, W1: f d, b1: f, W2: d f, b2: d -> n d"
GPT = "x: n d, p: n d, u: d, W: 3 h k d, Wo: h k d, W1: f d, W2: f d -> n d"


def rms_norm(x, eps=1e-5):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)


def layer_norm(x, u, eps=1e-5):
    c = x - np.outer(x @ u, u)
    return c / np.sqrt(np.mean(c * c, axis=-1, keepdims=True) + eps)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def silu(t):
    return t / (1 + np.exp(-t))


def gelu(t):
    return 0.5 * t * (1 + np.tanh(0.7978845608 * (t + 0.044715 * t**3)))


def rotary(q):
    half = q.shape[-1] // 2
    angle = np.outer(np.arange(q.shape[-2]), 10000.0 ** (-np.arange(half) / half))
    a, b = q[..., :half], q[..., half:]
    c, s = np.cos(angle), np.sin(angle)
    return np.concatenate([a * c - b * s, a * s + b * c], axis=-1)  # breaks: S(n)


def causal(s):
    n = s.shape[-1]
    return np.where(np.tril(np.ones((n, n), bool)), s, -np.inf)  # breaks: S(n)


def grouped_attention(h, wq, wk, wv, wo):
    q = rotary(np.einsum("nd,hkd->hnk", h, wq))
    k = rotary(np.einsum("nd,hkd->hnk", h, wk)).repeat(2, axis=0)
    v = np.einsum("nd,hkd->hnk", h, wv).repeat(2, axis=0)
    a = softmax(causal(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])))
    return np.einsum("hnm,hmk,hkd->nd", a, v, wo)


def swiglu(h, w1, w3, w2):
    return (silu(h @ w1.T) * (h @ w3.T)) @ w2.T


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, causal))
def llama(x, wq, wk, wv, wo, w1, w3, w2):
    x = x + grouped_attention(rms_norm(x), wq, wk, wv, wo)
    return x + swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, causal))
def llama_twice(x, *weights):
    for _ in range(2):
        x = x + grouped_attention(rms_norm(x), *weights[:4])
        x = x + swiglu(rms_norm(x), *weights[4:])
    return rms_norm(x)


@case(LLAMA, GROUP, NONE, parts=(rotary, causal))
def llama_mean_over_coordinates(x, wq, wk, wv, wo, w1, w3, w2):
    h = x - x.mean(axis=-1, keepdims=True)  # breaks: O(d)
    x = x + grouped_attention(rms_norm(h), wq, wk, wv, wo)
    return x + swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, NONE, parts=(rotary, causal))
def llama_relu_on_the_stream(x, wq, wk, wv, wo, w1, w3, w2):
    x = x + grouped_attention(rms_norm(x), wq, wk, wv, wo)
    x = np.maximum(x, 0)  # breaks: O(d)
    return x + swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, NONE, parts=(rotary, causal))
def llama_first_coordinate(x, wq, wk, wv, wo, w1, w3, w2):
    x = x + grouped_attention(rms_norm(x), wq, wk, wv, wo)
    scale = x[:, :1]  # breaks: O(d)
    return x + scale * swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, NONE, parts=(rotary, causal), d=8)
def llama_halves(x, wq, wk, wv, wo, w1, w3, w2):
    x = x + grouped_attention(rms_norm(x), wq, wk, wv, wo)
    left, right = np.split(x, 2, axis=-1)  # breaks: O(d)
    x = np.concatenate([right, left], axis=-1)  # breaks: O(d)
    return x + swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, NONE, parts=(rotary, causal), d=6)
def llama_rotary_on_the_stream(x, wq, wk, wv, wo, w1, w3, w2):
    h = rotary(rms_norm(x))  # breaks: O(d)
    x = x + grouped_attention(h, wq, wk, wv, wo)
    return x + swiglu(rms_norm(x), w1, w3, w2)


def bert_attention(x, Wq, Wk, Wv, Wo, bo):
    q, k, v = (np.einsum("nd,hkd->hnk", x, W) for W in (Wq, Wk, Wv))
    a = softmax(q @ k.swapaxes(1, 2) / np.sqrt(k.shape[-1]))
    return np.einsum("hnk,hkd->nd", a @ v, Wo) + bo


@case(BERT, GROUP, BOTH)
def bert(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    x = layer_norm(x + bert_attention(x, Wq, Wk, Wv, Wo, bo), u)
    return layer_norm(x + gelu(x @ W1.T + b1) @ W2.T + b2, u)


@case(BERT, GROUP, ONLY_S)
def bert_true_mean(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    x = layer_norm(x + bert_attention(x, Wq, Wk, Wv, Wo, bo), u)
    y = x + gelu(x @ W1.T + b1) @ W2.T + b2
    mu, sigma = y.mean(1, keepdims=True), y.std(1, keepdims=True)  # breaks: O(d)
    return (y - mu) / (sigma + 1e-5)  # breaks: O(d)


@case(BERT, GROUP, ONLY_S)
def bert_gain(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    gamma = np.linspace(0.5, 1.5, x.shape[1])
    x = layer_norm(x + bert_attention(x, Wq, Wk, Wv, Wo, bo), u)
    x = gamma * x  # breaks: O(d)
    return layer_norm(x + gelu(x @ W1.T + b1) @ W2.T + b2, u)


@case(BERT, GROUP, ONLY_S)
def bert_ones_for_u(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    ones = np.ones(len(u)) / np.sqrt(len(u))
    x = layer_norm(x + bert_attention(x, Wq, Wk, Wv, Wo, bo), u)
    y = x + gelu(x @ W1.T + b1) @ W2.T + b2
    c = y - np.outer(y @ ones, ones)  # breaks: O(d)
    return c / np.sqrt(np.mean(c * c, axis=1, keepdims=True) + 1e-5)


@case(BERT, GROUP, ONLY_S)
def bert_bias_in_hidden_space_is_fine_elsewhere_not(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    x = layer_norm(x + bert_attention(x, Wq, Wk, Wv, Wo, bo), u)
    y = x + gelu(x @ W1.T + 0.1) @ W2.T
    return layer_norm(y + 0.1, u)  # breaks: O(d)


def gpt_attention(x, W, Wo):
    q, k, v = np.einsum("nd,chkd->chnk", x, W)
    a = softmax(causal(np.einsum("hik,hjk->hij", q, k) / q.shape[-1] ** 0.5))
    return np.einsum("hij,hjk,hkd->id", a, v, Wo)


@case(GPT, GROUP, ONLY_O, parts=(causal,))
def gpt(x, p, u, W, Wo, W1, W2):
    x = x + p
    x = x + gpt_attention(layer_norm(x, u), W, Wo)
    return x + gelu(layer_norm(x, u) @ W1.T) @ W2


@case(GPT, GROUP, BOTH)
def gpt_without_mask(x, p, u, W, Wo, W1, W2):
    x = x + p
    q, k, v = np.einsum("nd,chkd->chnk", layer_norm(x, u), W)
    x = x + np.einsum("hij,hjk,hkd->id", softmax(q @ k.swapaxes(1, 2)), v, Wo)
    return x + gelu(layer_norm(x, u) @ W1.T) @ W2


@case(GPT, GROUP, NONE, parts=(causal,))
def gpt_fixed_positions(x, p, u, W, Wo, W1, W2):
    n, d = x.shape
    x = x + np.cos(np.outer(np.arange(n), np.arange(d)))  # breaks: O(d), S(n)
    x = x + gpt_attention(layer_norm(x, u), W, Wo)
    return x + gelu(layer_norm(x, u) @ W1.T) @ W2


@case(GPT, GROUP, NONE, parts=(causal,))
def gpt_fixed_matrix(x, p, u, W, Wo, W1, W2):
    d = x.shape[1]
    mix = np.roll(np.eye(d), 1, axis=0)
    x = (x + p) @ mix  # breaks: O(d)
    x = x + gpt_attention(layer_norm(x, u), W, Wo)
    return x + gelu(layer_norm(x, u) @ W1.T) @ W2


class Encoder:
    """Blocks that share their weights, with a choice of what happens at the end."""

    def __init__(self, depth, final):
        self.depth = depth
        self.final = final

    def block(self, x, Wq, Wo, W1, W2):
        h = rms_norm(x)
        a = softmax((h @ Wq.T) @ (h @ Wq.T).T)
        x = x + a @ h @ Wo
        return x + gelu(rms_norm(x) @ W1.T) @ W2

    def __call__(self, x, *weights):
        for _ in range(self.depth):
            x = self.block(x, *weights)
        return self.final(x)


def squash(x):
    return np.tanh(x)  # breaks: O(d)


ENCODER = "x: n d, Wq: k d, Wo: d d, W1: f d, W2: f d -> n d"
case(ENCODER, GROUP, BOTH, name="encoder_two", parts=(Encoder,))(Encoder(2, rms_norm))
case(ENCODER, GROUP, BOTH, name="encoder_three", parts=(Encoder,))(Encoder(3, lambda x: x))
case(ENCODER, GROUP, ONLY_S, name="encoder_squashed", parts=(Encoder, squash))(Encoder(2, squash))


@case("X: d n, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h d k, W1: f d, W2: d f -> d n", GROUP, BOTH)
def columns_parallel(X, Wq, Wk, Wv, Wo, W1, W2):
    H = X / np.sqrt((X**2).mean(axis=0) + 1e-6)
    S = (Wk @ H).transpose(0, 2, 1) @ (Wq @ H)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    A = E / E.sum(axis=1, keepdims=True)
    return X + (Wo @ (Wv @ H @ A)).sum(0) + W2 @ np.maximum(W1 @ H, 0)


@case("X: d n, Z: d m, Wq: k d, Wk: k d, W1: f d, W2: d f -> d n", "O(d) x S(n) x S(m)",
      {"O(d)": True, "S(n)": True, "S(m)": True})  # fmt: skip
def decoder_block(X, Z, Wq, Wk, W1, W2):
    def attend(queries, memory):
        s = (Wk @ memory).T @ (Wq @ queries)
        e = np.exp(s)
        return memory @ (e / e.sum(0))

    X = X + attend(X, X)
    X = X + attend(X, Z)
    return X + W2 @ np.maximum(W1 @ X, 0)


@case("tokens: n v, E: v d, Wq: k d, W1: f d -> n v", "O(d) x S(n)", BOTH, v=14)
def language_model(tokens, E, Wq, W1):
    x = tokens @ E
    h = rms_norm(x)
    x = x + softmax((h @ Wq.T) @ (h @ Wq.T).T) @ h
    x = x + gelu(x @ W1.T) @ W1
    return x @ E.T


@case("x: n d, g: 2 d, wq: k d, w1: f d -> n f", GROUP, ONLY_S)
def gains_as_vectors(x, g, wq, w1):
    h = rms_norm(x) * g[0]  # breaks: O(d)
    x = x + softmax(h @ wq.T @ wq @ h.T) @ x
    return (rms_norm(x) * g[1]) @ w1.T  # breaks: O(d)
