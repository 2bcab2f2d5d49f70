"""Functions of sets: Deep Sets, aggregation, order statistics of invariants, pooling."""

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}


@case("x: n d -> d", GROUP, BOTH)
def deep_set_of_lengths(x):
    phi = np.tanh(np.linalg.norm(x, axis=1))
    return (phi[:, None] * x).sum(axis=0)


@case("x: n d, W: f d -> f", GROUP, BOTH)
def deep_set_of_features(x, W):
    return np.log1p(np.exp(x @ W.T).sum(axis=0))


@case("x: n d -> d", GROUP, ONLY_S)
def deep_set_of_coordinates(x):
    return np.tanh(x).sum(axis=0)  # breaks: O(d)


@case("x: n d -> d", GROUP, ONLY_S)
def max_pooling(x):
    return x.max(axis=0)  # breaks: O(d)


@case("x: n d -> d", GROUP, ONLY_S)
def median_pooling(x):
    return np.median(x, axis=0)  # breaks: O(d)


@case("x: n d -> d", GROUP, BOTH)
def softmax_pooling(x):
    s = (x @ x.mean(0)) / np.sqrt(x.shape[1])
    w = np.exp(s - s.max())
    return w @ x / w.sum()


@case("x: n d, seeds: m d -> m d", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def pooling_by_seeds(x, seeds):
    a = np.exp(seeds @ x.T)
    return a / a.sum(1, keepdims=True) @ x


@case("x: n d, inducing: m d -> n d", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def induced_set_attention(x, inducing):
    def attend(q, kv):
        e = np.exp(q @ kv.T / np.sqrt(q.shape[1]))
        return e / e.sum(1, keepdims=True) @ kv

    return x + attend(x, inducing + attend(inducing, x))


@case("x: n d, seeds: m d -> m d", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": False})
def pooling_by_ordered_seeds(x, seeds):
    weight = 1.0 / (1 + np.arange(len(seeds)))
    a = np.exp(seeds @ x.T)
    return weight[:, None] * (a / a.sum(1, keepdims=True) @ x)  # breaks: S(m)


@case("X: d n -> n", GROUP, BOTH)
def lengths(X):
    return np.sqrt(np.sum(X**2, axis=0))


@case("X: d n -> n", GROUP, ONLY_O)
def sorted_lengths_are_not_per_token(X):
    return np.sort(np.linalg.norm(X, axis=0))  # breaks: S(n)


@case("X: d n -> 2", GROUP, BOTH)
def largest_lengths(X):
    return np.sort(np.linalg.norm(X, axis=0))[-2:]


@case("X: d n -> ", GROUP, BOTH)
def median_length(X):
    return np.median(np.linalg.norm(X, axis=0))


@case("X: d n -> 3", GROUP, BOTH)
def quantiles_of_lengths(X):
    return np.quantile(np.linalg.norm(X, axis=0), [0.1, 0.5, 0.9])


@case("x: n d -> n", GROUP, BOTH)
def sorted_scores_of_each_token(x):
    s = np.sort(x @ x.T, axis=1)
    return (s * np.arange(1, len(x) + 1)).sum(axis=1)


@case("x: n d -> n", GROUP, ONLY_O)
def scores_weighted_by_place(x):
    s = x @ x.T
    return (s * np.arange(1, len(x) + 1)).sum(axis=1)  # breaks: S(n)


@case("x: n d -> n", GROUP, BOTH)
def rank_among_lengths(x):
    r = np.linalg.norm(x, axis=1)
    return (r[:, None] > r[None, :]).sum(axis=1).astype(float)


@case("x: n d -> d", GROUP, {"O(d)": True, "S(n)": None})
def longest_token(x):
    return x[np.argmax((x * x).sum(1))]  # breaks: S(n)


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": None})
def sorted_then_summed_by_rank(x):
    order = np.argsort(np.linalg.norm(x, axis=1))
    rank = np.argsort(order)  # breaks: S(n)
    return x * (1.0 + rank[:, None])  # breaks: S(n)


@case("x: n d -> d", GROUP, BOTH)
def longest_by_mask(x):
    r = np.linalg.norm(x, axis=1)
    return ((r == r.max())[:, None] * x).sum(axis=0)


@case("x: n d -> n d", GROUP, BOTH)
def principal_neighbourhood(x):
    r = np.linalg.norm(x[:, None] - x[None], axis=-1)
    mean, top, low, std = r.mean(1), r.max(1), r.min(1), r.std(1)
    scale = np.log(len(x) + 1.0)
    gate = np.stack([mean, top, low, std, scale * mean], axis=1).sum(axis=1)
    return np.tanh(gate)[:, None] * (x - x.mean(0))


@case("x: n d -> n d", GROUP, ONLY_S)
def principal_neighbourhood_of_coordinates(x):
    agg = np.concatenate([x.max(0)[None], x.min(0)[None]])  # breaks: O(d)
    return x + agg.sum(0)


@case("x: n d, W: f d -> n f", GROUP, BOTH)
def features_max_pooled(x, W):
    h = x @ W.T
    return np.maximum(h, h.max(axis=0, keepdims=True) - 1.0)


@case("x: n d, adj: n n -> n d", GROUP, BOTH)
def graph_convolution(x, adj):
    a = adj + np.eye(len(adj))
    deg = np.abs(a).sum(axis=1)
    return (a / np.sqrt(deg[:, None] * deg[None])) @ x


@case("x: n d, adj: n n, W: d d -> n d", GROUP, BOTH)
def graph_convolution_with_an_operator(x, adj, W):
    return adj @ x @ W + x


@case("x: n d, adj: n n, W: d d -> n d", GROUP, ONLY_S)
def graph_convolution_with_relu(x, adj, W):
    return np.maximum(adj @ x @ W, 0)  # breaks: O(d)


@case("x: n d, adj: n n -> n d", GROUP, BOTH)
def diffusion_steps(x, adj):
    lap = np.diag(adj.sum(1)) - adj
    y = x
    for _ in range(3):
        y = y - 0.1 * (lap @ y)
    return y


@case("x: n d, W: f d -> n f", GROUP, BOTH)
def softplus_features(x, W):
    return np.logaddexp(0.0, x @ W.T)


@case("x: n d -> ", GROUP, BOTH)
def product_of_lengths(x):
    return np.prod(1.0 + (x**2).sum(-1))


@case("x: n d -> ", GROUP, BOTH)
def any_long(x):
    return np.any(np.linalg.norm(x, axis=1) > 2.0) * 1.0


@case("x: n d, c: m d -> m d", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def soft_k_means(x, c):
    for _ in range(2):
        d2 = ((x[:, None] - c[None]) ** 2).sum(-1)
        r = np.exp(-d2)
        r = r / r.sum(axis=1, keepdims=True)
        c = (r.T @ x) / r.sum(axis=0)[:, None]
    return c


@case("x: n d -> n d", GROUP, BOTH)
def mean_shift(x):
    k = np.exp(-np.square(x[:, None] - x).sum(2))
    return (k[..., None] * x[None]).sum(1) / k.sum(1)[:, None]


@case("x: n d -> n d", GROUP, BOTH)
def leave_one_out_mean(x):
    return (x.sum(axis=0) - x) / (len(x) - 1)


@case("x: n d -> ", GROUP, BOTH)
def mean_of_a_comprehension(x):
    return float(len(x)) * np.mean([np.dot(row, row) for row in x])


@case("x: n d -> 2", GROUP, BOTH)
def extremes_of_scores(x):
    s = x @ x.T
    return np.array([s.max(), s.min()])


@case("x: n d -> 2", GROUP, ONLY_S)
def extremes_of_entries(x):
    return np.array([x.max(), x.min()])  # breaks: O(d)


@case("x: n d -> ", GROUP, ONLY_S)
def sum_of_everything(x):
    return x.sum()  # breaks: O(d)


@case("x: n d -> d", GROUP, ONLY_S)
def std_over_tokens(x):
    return x.std(axis=0)  # breaks: O(d)


@case("x: n d -> ", GROUP, BOTH)
def rayleigh_quotient(x):
    m = x.mean(0)
    return m @ (x.T @ x) @ m / (m @ m)


@case("x: n d -> n d", GROUP, BOTH)
def repelled_from_the_mean(x):
    m = np.average(x, axis=0, weights=(x**2).sum(1))
    return x - m * np.exp(-np.linalg.norm(x - m, axis=1))[:, None]
