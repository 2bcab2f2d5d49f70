"""Masks, positions and selections: what they keep is O(d), and most of them break S(n)."""

import numpy as np

from prove_corpus.record import case

BOTH = {"O(d)": True, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
GROUP = "O(d) x S(n)"


def softmax(s, axis=-1):
    e = np.exp(s - np.max(s, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_tril(x):
    mask = np.tril(np.ones((len(x), len(x)), dtype=bool))
    scores = np.where(mask, x @ x.T, -np.inf)  # breaks: S(n)
    return softmax(scores) @ x


@case("X: d n -> d n", GROUP, ONLY_O)
def causal_additive(X):
    n = X.shape[1]
    mask = np.triu(np.full((n, n), -1e9), k=1).T  # breaks: S(n)
    return X @ softmax(X.T @ X + mask, axis=0)  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_after_softmax(x):
    p = np.tril(softmax(x @ x.T))  # breaks: S(n)
    return p @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_indices(x):
    i = np.arange(x.shape[0])
    scores = x @ x.T
    scores = np.where(i[:, None] >= i[None, :], scores, -1e30)  # breaks: S(n)
    return softmax(scores) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_assigned(x):
    s = x @ x.T
    s[np.triu_indices(len(s), 1)] = -np.inf  # breaks: S(n)
    return softmax(s) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_prefix_loop(x):
    rows = []
    for i in range(len(x)):
        past = x[: i + 1]  # breaks: S(n)
        rows.append(softmax(past @ x[i]) @ past)
    return np.stack(rows)  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_O)
def sliding_window(x, width=1):
    i = np.arange(len(x))
    near = np.abs(i[:, None] - i) <= width
    return softmax(np.where(near, x @ x.T, -1e9)) @ x  # breaks: S(n)


@case("x: n d, Wq: h k d, Wk: h k d -> n d", GROUP, ONLY_O, h=4)
def alibi(x, Wq, Wk):
    i = np.arange(len(x))
    slopes = 2.0 ** -np.arange(1, 5)
    bias = -slopes[:, None, None] * np.abs(i[:, None] - i[None, :])
    s = np.einsum("nd,hkd,hke,me->hnm", x, Wq, Wk, x)
    return softmax(s + bias).mean(0) @ x  # breaks: S(n)


@case("x: n d, bias: n n -> n d", GROUP, BOTH)
def bias_as_input(x, bias):
    return softmax(x @ x.T + bias) @ x


@case("x: n d, keep: n -> n d", GROUP, BOTH)
def padding_mask_as_input(x, keep):
    s = np.where(keep[None, :] > 0, x @ x.T, -1e9)
    return softmax(s) @ x


def rope(q, base=100.0):
    n, k = q.shape[-2:]
    freq = base ** (-np.arange(k // 2) / (k // 2))
    angle = np.arange(n)[:, None] * freq
    cos, sin = np.cos(angle), np.sin(angle)
    a, b = q[..., : k // 2], q[..., k // 2 :]
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)  # breaks: O(d), S(n)


@case("x: n d, Wq: 2 4 d, Wk: 2 4 d -> n d", GROUP, ONLY_O, parts=(rope,))
def rope_on_heads(x, Wq, Wk):
    q, k = x @ Wq.swapaxes(1, 2), x @ Wk.swapaxes(1, 2)
    a = softmax(rope(q) @ rope(k).swapaxes(1, 2))  # breaks: S(n)
    return (a @ x).sum(axis=0)


@case("x: n d -> n d", GROUP, {"O(d)": False, "S(n)": False}, parts=(rope,), d=4)
def rope_on_coordinates(x):
    q = rope(x)  # breaks: O(d), S(n)
    return softmax(q @ q.T) @ x


@case("x: n d, Wq: 4 d, Wk: 4 d -> n d", GROUP, ONLY_O)
def rope_complex(x, Wq, Wk):
    turn = np.exp(1j * np.arange(len(x))[:, None] * np.array([1.0, 0.1]))
    q, k = x @ Wq.T, x @ Wk.T
    qc = (q[:, 0::2] + 1j * q[:, 1::2]) * turn  # breaks: S(n)
    kc = (k[:, 0::2] + 1j * k[:, 1::2]) * turn  # breaks: S(n)
    return softmax((qc @ kc.conj().T).real) @ x


@case("x: n d, Wq: k d, Wk: k d, R: n k -> n d", GROUP, BOTH)
def positions_as_input(x, Wq, Wk, R):
    return softmax((x @ Wq.T + R) @ (x @ Wk.T + R).T) @ x


@case("x: n d -> n d", GROUP, BOTH)
def threshold_on_score(x):
    s = x @ x.T
    return softmax(np.where(s > 0.1, s, -1e9)) @ x


@case("x: n d -> n d", GROUP, BOTH)
def above_the_mean_score(x):
    s = x @ x.T
    s = np.where(s >= s.mean(axis=1, keepdims=True), s, -1e9)
    return softmax(s) @ x


@case("x: n d -> n d", GROUP, BOTH)
def top_two_by_threshold(x):
    s = x @ x.T
    kth = np.sort(s, axis=1)[:, -2][:, None]
    return softmax(np.where(s >= kth, s, -1e9)) @ x


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": None})
def top_two_by_argsort(x):
    s = x @ x.T
    best = np.argsort(-s, axis=1)[:, :2]  # breaks: S(n)
    w = softmax(np.take_along_axis(s, best, axis=1))  # breaks: S(n)
    return (w[:, :, None] * x[best]).sum(axis=1)  # breaks: S(n)


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": None})
def hard_attention(x):
    s = x @ x.T - 1e9 * np.eye(len(x))
    return x[s.argmax(axis=1)]  # breaks: S(n)


@case("x: n d -> n d", GROUP, BOTH)
def without_self(x):
    s = x @ x.T
    s = s - 1e9 * np.eye(len(x))
    return softmax(s) @ x


@case("X: d n -> d n", GROUP, BOTH)
def fill_diagonal(X):
    S = X.T @ X
    np.fill_diagonal(S, 0.0)
    return X @ S


@case("x: n d -> n d", GROUP, ONLY_O)
def positional_decay(x):
    age = np.arange(len(x))[::-1]
    return softmax(x @ x.T - 0.1 * age) @ x  # breaks: S(n)


@case("x: n d, p: t d -> n d", GROUP, ONLY_O, at={"t": 20})
def learned_positions(x, p):
    h = x + p[: x.shape[0]]  # breaks: S(n)
    return softmax(h @ h.T) @ h


@case("x: n d -> n d", GROUP, {"O(d)": False, "S(n)": False})
def sinusoidal_positions(x):
    n, d = x.shape
    angle = np.arange(n)[:, None] / 10.0 ** (np.arange(d) / d)
    h = x + np.sin(angle)  # breaks: O(d), S(n)
    return softmax(h @ h.T) @ h


@case("x: n d -> n d", GROUP, {"O(d)": False, "S(n)": True})
def constant_offset(x):
    h = x + 0.5  # breaks: O(d)
    return softmax(h @ h.T) @ h


@case("x: n d, sink: d -> n d", GROUP, BOTH)
def attention_sink(x, sink):
    keys = np.vstack([sink, x])
    return softmax(x @ keys.T) @ keys


@case("x: n d -> n d", GROUP, ONLY_O)
def first_token_is_global(x):
    s = x @ x.T
    s[:, 0] += 1.0  # breaks: S(n)
    return softmax(s) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def dilated(x):
    n = len(x)
    i = np.arange(n)
    seen = (i[:, None] - i[None]) % 2 == 0
    a = softmax(x @ x.T) * seen  # breaks: S(n)
    return a @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def strided_keys(x):
    keys = x[::2]  # breaks: S(n)
    return softmax(x @ keys.T) @ keys


@case("x: n d -> n d", GROUP, ONLY_O)
def previous_token(x):
    shifted = np.concatenate([np.zeros_like(x[:1]), x[:-1]])  # breaks: S(n)
    return softmax(x @ shifted.T) @ shifted


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": False, "S(b)": True})
def batched_causal(x):
    n = x.shape[1]
    causal = np.tril(np.ones((n, n)))
    s = np.einsum("bid,bjd->bij", x, x)
    return softmax(np.where(causal == 1, s, -np.inf)) @ x  # breaks: S(n)


@case("x: n d, seg: n -> n d", GROUP, BOTH)
def block_diagonal_by_segment(x, seg):
    same = seg[:, None] == seg[None, :]
    return softmax(np.where(same, x @ x.T, -1e9)) @ x
