"""Symmetries of the tokens alone: coordinates may be treated as one likes, the order of tokens may not be used."""

import numpy as np

from prove_corpus.record import case

YES = {"S(n)": True}
NO = {"S(n)": False}
TIES = {"S(n)": None}
GROUP = "S(n)"


@case("x: n d -> n d", GROUP, YES)
def relu(x):
    return np.maximum(x, 0)


@case("x: n d -> n d", GROUP, YES)
def reversed_coordinates(x):
    return x[:, ::-1]


@case("x: n d -> n d", GROUP, NO)
def reversed_tokens(x):
    return x[::-1]  # breaks: S(n)


@case("X: d n -> d n", GROUP, NO)
def reversed_columns(X):
    return X[:, ::-1]  # breaks: S(n)


@case("X: d n -> d n", GROUP, YES)
def flipped_coordinates(X):
    return np.flip(X, axis=0)


@case("x: n d -> n d", GROUP, NO)
def flipped_tokens(x):
    return np.flip(x, axis=0)  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def rolled_coordinates(x):
    return np.roll(x, 1, axis=-1)


@case("x: n d -> n d", GROUP, NO)
def rolled_tokens(x):
    return x + np.roll(x, 1, axis=0)  # breaks: S(n)


@case("x: n d -> n d", GROUP, NO)
def cumulative_mean(x):
    return np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None]  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def cumulative_over_coordinates(x):
    return np.cumsum(x, axis=1)


@case("x: n d -> n d", GROUP, NO)
def convolution_of_three(x):
    padded = np.pad(x, ((1, 1), (0, 0)))
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def convolution_over_coordinates(x):
    padded = np.pad(x, ((0, 0), (1, 1)))
    return padded[:, :-2] - 2 * padded[:, 1:-1] + padded[:, 2:]


@case("x: n d -> d", GROUP, NO)
def class_token(x):
    return x[0]  # breaks: S(n)


@case("x: n d -> d", GROUP, NO)
def last_token(x):
    return np.tanh(x[-1])  # breaks: S(n)


@case("x: n d -> d", GROUP, NO)
def class_token_after_attention(x):
    s = np.exp(x @ x.T)
    y = s / s.sum(1, keepdims=True) @ x
    return y[0, :]  # breaks: S(n)


@case("x: n d, cls: d -> d", GROUP, YES)
def class_token_given(x, cls):
    y = np.concatenate([cls[None], x])
    s = np.exp(y @ y.T)
    return (s / s.sum(1, keepdims=True) @ y)[0]


@case("x: n d -> n d", GROUP, NO)
def position_encoding(x):
    n, d = x.shape
    angle = np.arange(n)[:, None] / 100 ** (np.arange(d) / d)
    return x + np.sin(angle)  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def coordinate_encoding(x):
    return x + np.cos(np.arange(x.shape[1]))


@case("x: n d -> n 8", GROUP, YES)
def random_features(x):
    rng = np.random.default_rng(7)
    W = rng.standard_normal((x.shape[1], 8))
    b = rng.uniform(0, 2 * np.pi, 8)
    return np.sqrt(2 / 8) * np.cos(x @ W + b)


@case("x: n d -> n d", GROUP, NO)
def random_mixture_of_tokens(x):
    W = np.random.default_rng(7).standard_normal((len(x), len(x)))
    return W @ x  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def layer_norm(x):
    return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)


@case("x: n d -> n d", GROUP, YES)
def batch_norm(x):
    return (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-5)


@case("x: n d -> n d", GROUP, YES)
def min_max_scaled(x):
    low, high = x.min(axis=0), x.max(axis=0)
    return (x - low) / (high - low + 1e-9)


@case("x: n d -> d", GROUP, YES)
def max_pooled(x):
    return np.max(np.maximum(x @ np.ones((x.shape[1], 1)), 0) + x, axis=0)


@case("x: n d -> n d", GROUP, YES)
def sorted_coordinates(x):
    return np.sort(x, axis=1)


@case("x: n d -> n d", GROUP, NO)
def sorted_tokens_by_coordinate(x):
    return np.sort(x, axis=0)  # breaks: S(n)


@case("x: n d -> d", GROUP, YES)
def trimmed_mean(x):
    return np.sort(x, axis=0)[1:-1].sum(axis=0) / len(x)


@case("x: n d -> d", GROUP, YES)
def range_of_coordinates(x):
    s = np.sort(x, axis=0)
    return s[-1] - s[0]


@case("x: n d -> n d", GROUP, NO)
def sorted_by_first_coordinate(x):
    return x[np.argsort(x[:, 0])]  # breaks: S(n)


@case("x: n d -> d", GROUP, TIES)
def smallest_first_coordinate(x):
    return x[np.argmin(x[:, 0])]  # breaks: S(n)


@case("x: n d -> n d", GROUP, NO)
def differences(x):
    return np.diff(x, axis=0, prepend=0.0)  # breaks: S(n)


@case("x: n d -> n d", GROUP, NO)
def exponential_average(x):
    state = np.zeros(x.shape[1])
    out = []
    for row in x:
        state = 0.9 * state + 0.1 * row
        out.append(state)
    return np.array(out)  # breaks: S(n)


@case("x: n d -> d", GROUP, NO)
def final_state(x):
    state = np.zeros(x.shape[1])
    for row in x:
        state = np.tanh(state + row)
    return state  # breaks: S(n)


@case("x: n d -> d", GROUP, YES)
def accumulated_sum(x):
    total = np.zeros(x.shape[1])
    for row in x:
        total += np.tanh(row)
    return total


@case("x: n d -> n d", GROUP, NO)
def alternating_signs(x):
    sign = (-1.0) ** np.arange(len(x))
    return sign[:, None] * x  # breaks: S(n)


@case("x: n d -> n d", GROUP, YES)
def alternating_coordinates(x):
    return x * (-1.0) ** np.arange(x.shape[-1])


@case("x: n d -> n d", GROUP, YES)
def equivariant_linear_layer(x):
    return 0.7 * x + 0.3 * x.mean(axis=0, keepdims=True) @ np.diag(np.arange(x.shape[1]))


@case("a: n n -> n n", GROUP, YES)
def two_hop(a):
    return np.minimum(a @ a, 1.0) - np.eye(len(a))


@case("a: n n -> n", GROUP, YES)
def page_rank(a):
    p = np.ones(len(a)) / len(a)
    t = np.exp(a) / np.exp(a).sum(axis=0)
    for _ in range(4):
        p = 0.85 * t @ p + 0.15 / len(a)
    return p


@case("a: n n -> n n", GROUP, NO)
def lower_triangle(a):
    return np.tril(a)  # breaks: S(n)


@case("a: n n -> n n", GROUP, YES)
def off_diagonal(a):
    return a * (1 - np.eye(len(a)))


@case("a: n n -> ", GROUP, YES)
def triangles(a):
    return np.einsum("ij,jk,ki->", a, a, a) / 6


@case("a: n n -> n n", GROUP, NO)
def first_row_and_column(a):
    b = a.copy()
    b[0] = a[:, 0]  # breaks: S(n)
    return b


@case("x: n d, a: n n -> n d", GROUP, YES)
def graph_attention(x, a):
    e = x.sum(1)[:, None] + x.max(1)[None, :]
    e = np.where(e > 0, e, 0.2 * e)
    w = np.exp(e) * (a > 0) + 1e-9
    return np.tanh(w / w.sum(1, keepdims=True) @ x)


@case("x: n d -> n d", GROUP, NO)
def reshape_accident(x):
    n, d = x.shape
    return x.reshape(d, n).T  # breaks: S(n)


@case("x: n d -> d", GROUP, NO)
def weighted_by_position(x):
    w = np.linspace(0, 1, len(x))
    return w @ x  # breaks: S(n)


@case("x: n d -> d", GROUP, YES)
def equal_weights(x):
    w = np.full(len(x), 1 / len(x))
    return w @ x


@case("x: n d -> n d", GROUP, NO)
def neighbours_maximum(x):
    right = np.roll(x, -1, axis=0)  # breaks: S(n)
    return np.maximum(x, right)


@case("x: n d -> n n", GROUP, YES)
def outer_sums(x):
    s = np.sin(x).sum(-1)
    return np.add.outer(s, s)


@case("x: n d -> n n", GROUP, YES)
def pairwise_maximum(x):
    return np.maximum(x[:, None, :], x[None, :, :]).prod(axis=-1)


@case("x: n d, y: m d -> n m", "S(n) x S(m)", {"S(n)": True, "S(m)": True})
def two_sets(x, y):
    return np.abs(x[:, None] - y[None]).sum(-1)


@case("x: n d, y: m d -> n", "S(n) x S(m)", {"S(n)": True, "S(m)": True})
def nearest_distance(x, y):
    return np.abs(x[:, None] - y[None]).sum(-1).min(axis=1)


@case("x: n d, y: m d -> n", "S(n) x S(m)", {"S(n)": True, "S(m)": False})
def distance_to_the_first(x, y):
    return np.abs(x - y[0]).sum(axis=1)  # breaks: S(m)


@case("x: n m d -> n m d", "S(n) x S(m)", {"S(n)": True, "S(m)": True})
def exchangeable_matrix(x):
    return np.tanh(x + x.mean(0) + x.mean(1, keepdims=True) - x.mean((0, 1)))


@case("x: n m d -> n m d", "S(n) x S(m)", {"S(n)": True, "S(m)": False})
def rows_exchangeable_columns_causal(x):
    return x + np.cumsum(x, axis=1)  # breaks: S(m)
