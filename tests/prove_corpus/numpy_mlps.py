"""Perceptrons: on inner products with weights (lawful) and on coordinates (not)."""

import math

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}


def relu(t):
    return np.maximum(t, 0.0)


def gelu(t):
    return 0.5 * t * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (t + 0.044715 * t**3)))


def silu(t):
    return t / (1.0 + np.exp(-t))


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, BOTH)
def relu_mlp(x, W1, W2):
    return relu(x @ W1.T) @ W2.T


@case("X: d n, W1: f d, W2: d f -> d n", GROUP, BOTH)
def relu_mlp_columns(X, W1, W2):
    return W2 @ relu(W1 @ X)


@case("x: n d, W1: d f, b1: f, W2: f d, b2: d -> n d", GROUP, BOTH)
def gelu_mlp_with_biases(x, W1, b1, W2, b2):
    return x + gelu(x @ W1 + b1) @ W2 + b2


@case("x: n d, W1: f d, W3: f d, W2: d f -> n d", GROUP, BOTH)
def swiglu(x, W1, W3, W2):
    return (silu(x @ W1.T) * (x @ W3.T)) @ W2.T


@case("x: b n d, W1: f d, W3: f d, W2: d f -> b n d", GROUP, BOTH)
def swiglu_einsum(x, W1, W3, W2):
    gate = silu(np.einsum("...d,fd->...f", x, W1))
    up = np.einsum("...d,fd->...f", x, W3)
    return np.einsum("...f,df->...d", gate * up, W2)


@case("x: n d, W1: f d, V: e f, W2: d e -> n d", GROUP, BOTH)
def two_hidden_layers(x, W1, V, W2):
    h = relu(x @ W1.T)
    h = np.tanh(h @ V.T)
    return h @ W2.T


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, BOTH)
def random_hidden_layer(x, W1, W2):
    mix = np.cos(np.arange(36.0)).reshape(6, 6)
    h = x @ W1.T
    k = np.stack([h.mean(1), h.max(1), h.min(1), (h**2).mean(1), np.abs(h).sum(1), h.sum(1)], axis=1)
    return (np.tanh(k @ mix).sum(axis=1)[:, None] * h) @ W2.T


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, ONLY_S)
def relu_on_the_stream(x, W1, W2):
    y = x + np.tanh(x @ W1.T) @ W2.T
    return relu(y)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def gelu_on_coordinates(x):
    return gelu(x)  # breaks: O(d)


@case("x: n d, W1: d d -> n d", GROUP, ONLY_S)
def silu_on_coordinates(x, W1):
    h = x @ W1.T
    return h / (1 + np.exp(-h))  # breaks: O(d)


@case("x: n d, W2: d f -> n d", GROUP, ONLY_S)
def fixed_first_layer(x, W2):
    d, f = W2.shape
    W1 = np.sin(np.arange(f * d) + 1.0).reshape(f, d)
    return relu(x @ W1.T) @ W2.T  # breaks: O(d)


@case("x: n d, W1: f d -> n d", GROUP, ONLY_S)
def fixed_last_layer(x, W1):
    f, d = W1.shape
    W2 = np.linspace(-1.0, 1.0, f * d).reshape(f, d)
    return relu(x @ W1.T) @ W2  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def fixed_square_matrix(x):
    d = x.shape[1]
    W = np.eye(d) + 0.1 * np.tri(d)
    return x @ W  # breaks: O(d)


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, ONLY_S)
def gate_by_coordinate_mean(x, W1, W2):
    s = x.mean(axis=1)  # breaks: O(d)
    return s[:, None] * x + relu(x @ W1.T) @ W2.T


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, ONLY_S)
def squared_weights(x, W1, W2):
    return relu(x @ (W1**2).T) @ W2.T  # breaks: O(d)


@case("x: n d, W: f d, W2: d f -> n d", GROUP, ONLY_S)
def rectified_weights(x, W, W2):
    return x + (x @ W.T) @ relu(W2).T  # breaks: O(d)


@case("x: n d, a: d -> n d", GROUP, BOTH)
def gate_by_invariant(x, a):
    return 1 / (1 + np.exp(-(x @ a)[:, None])) * x


@case("x: n d -> n d", GROUP, BOTH)
def gate_by_length(x):
    r2 = (x * x).sum(-1, keepdims=True)
    return x * relu(1 - r2) + x * gelu(r2) - x


@case("x: n d -> n d", GROUP, ONLY_S)
def gate_by_itself(x):
    return x * np.tanh(x)  # breaks: O(d)


@case("x: n d, W1: f d -> n d", GROUP, ONLY_S, f=3, d=3)
def gate_in_the_wrong_space(x, W1):
    return x * silu(x @ W1.T)  # breaks: O(d)


@case("x: n d, R: p d, W1: p f d, W2: p f d -> n d", GROUP, BOTH)
def mixture_of_experts(x, R, W1, W2):
    logits = x @ R.T
    route = np.exp(logits - logits.max(1, keepdims=True))
    route /= route.sum(1, keepdims=True)
    h = relu(np.einsum("nd,pfd->npf", x, W1))
    return np.einsum("np,npf,pfd->nd", route, h, W2)


@case("x: n d, R: d p, W1: p d f, W2: p f d -> n d", GROUP, BOTH)
def experts_in_a_loop(x, R, W1, W2):
    gate = 1 / (1 + np.exp(-x @ R))
    total = np.zeros_like(x)
    for e in range(R.shape[1]):
        total += gate[:, e : e + 1] * (relu(x @ W1[e]) @ W2[e])
    return total


@case("x: n d, R: d p, W1: p d f, W2: p f d -> n d", GROUP, {"O(d)": True, "S(n)": True})
def best_expert_by_threshold(x, R, W1, W2):
    logits = x @ R
    best = (logits == logits.max(axis=1, keepdims=True)).astype(float)
    y = np.einsum("nd,pdf->npf", x, W1)
    return np.einsum("np,npf,pfd->nd", best, relu(y), W2)


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, BOTH)
def dropout_switched_off(x, W1, W2, p=0.0, training=False):
    h = relu(x @ W1.T)
    if training:
        h = h * (np.random.rand(*h.shape) > p) / (1 - p)
    return h @ W2.T


class Perceptron:
    """Layers on hidden space, as knowledge in and knowledge out; the rest is fixed."""

    def __init__(self, width, depth, activation):
        rng = np.random.default_rng(0)
        self.inner = [rng.standard_normal((width, width)) for _ in range(depth)]
        self.activation = activation

    def __call__(self, x, W1, W2):
        h = self.activation(x @ W1)
        for W in self.inner:
            h = self.activation(h @ W) + h
        return h @ W2


case("x: n d, W1: d 6, W2: 6 d -> n d", GROUP, BOTH, name="perceptron_deep", parts=(Perceptron,))(
    Perceptron(6, 3, np.tanh)
)
case("x: n d, W1: d 4, W2: 4 d -> n d", GROUP, BOTH, name="perceptron_relu", parts=(Perceptron,))(
    Perceptron(4, 1, relu)
)


def on_scores(x, width=8):
    w1 = np.cos(np.arange(width))
    w2 = np.sin(np.arange(width)) / width
    s = x @ x.T
    return relu(s[..., None] * w1 + 1.0) @ w2


@case("x: n d -> n d", GROUP, BOTH, parts=(on_scores,))
def perceptron_on_each_score(x):
    return on_scores(x) @ x


@case("x: n d -> n n", GROUP, BOTH, parts=(on_scores,))
def scores_of_a_perceptron(x):
    return on_scores(x)


@case("x: n d, W: f d -> n d", GROUP, BOTH)
def tied_autoencoder(x, W):
    return x - relu(x @ W.T - 0.5) @ W


@case("x: n d, W: f d -> n", GROUP, BOTH)
def reconstruction_error(x, W):
    back = np.maximum(x @ W.T, 0) @ W
    return np.sum((x - back) ** 2, axis=1)


@case("x: n d, W: f d -> n", GROUP, ONLY_S)
def absolute_reconstruction_error(x, W):
    back = np.maximum(x @ W.T, 0) @ W
    return np.sum(np.abs(x - back), axis=1)  # breaks: O(d)


@case("x: n d, W: f d -> ", GROUP, BOTH)
def loss(x, W):
    logits = x @ W.T
    logz = np.log(np.exp(logits).sum(-1))
    return np.mean(logz - logits.max(-1))
