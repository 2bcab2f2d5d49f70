"""Traps: what looks symmetric at the sizes, inputs or constants that one happens to look at, and is not."""

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
NONE = {"O(d)": False, "S(n)": False}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}

NEARLY_EYE = np.eye(1500)
NEARLY_EYE[40, 40] = 1.5
NEARLY_ZERO = np.zeros((1000, 1000))
NEARLY_ZERO[60, 61] = 1.0
ONES = np.ones(1000)
ONES[70] = 3.0
FAR_WEIGHT = np.ones(500)
FAR_WEIGHT[30:] = 2.0


def attention(x):
    e = np.exp(x @ x.T)
    return e / e.sum(axis=1, keepdims=True) @ x


@case("x: n d -> n d", GROUP, ONLY_S)
def branch_on_a_sum(x):
    if x.sum() > 0:  # breaks: O(d)
        return attention(x)
    return -attention(x)


@case("x: n d -> n d", GROUP, NONE)
def branch_on_an_entry(x):
    if x[0, 0] > 0:  # breaks: O(d), S(n)
        return x
    return 2 * x


@case("x: n d -> n d", GROUP, ONLY_S)
def conditional_expression_on_a_maximum(x):
    return x if np.max(x) < 2.0 else np.zeros_like(x)  # breaks: O(d)


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": True})
def branch_on_an_invariant(x):
    if np.linalg.norm(x) > 3.0:
        return x
    return 2 * x


@case("x: n d -> n d", GROUP, ONLY_S)
def boolean_used_as_a_number(x):
    flag = bool(x.mean() > 0)  # breaks: O(d)
    return x * (1 + flag)


@case("x: n d -> n d", GROUP, ONLY_S)
def while_loop_over_values(x):
    y = x
    while np.abs(y).max() > 1:  # breaks: O(d)
        y = y / 2
    return y


@case("x: n d -> n d", GROUP, NONE, at={"n": 52})
def large_sequences_differ(x):
    if x.shape[0] > 50:
        return np.cumsum(np.abs(x), axis=0)  # breaks: O(d), S(n)
    return attention(x)


@case("x: n d -> n d", GROUP, ONLY_S, at={"d": 130})
def large_dimensions_differ(x):
    h = np.maximum(x, 0) if x.shape[1] >= 128 else x  # breaks: O(d)
    return attention(h)


@case("x: n d -> n d", GROUP, ONLY_O, at={"n": 29})
def one_size_differs(x):
    y = attention(x)
    return y[::-1] if len(x) == 29 else y  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_S)
def even_dimensions_differ(x):
    if x.shape[1] % 2 == 0:
        x = x[:, ::-1]  # breaks: O(d)
    return attention(x)


@case("x: n d -> n d", GROUP, ONLY_O)
def odd_lengths_differ(x):
    if len(x) % 2:
        return x - x[:1]  # breaks: S(n)
    return x - x.mean(0)


@case("X: d n -> d n", GROUP, ONLY_S, at={"d": 41})
def table_nearly_eye(X):
    d = X.shape[0]
    return NEARLY_EYE[:d, :d] @ X  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S, at={"d": 63})
def table_nearly_zero(X):
    d = len(X)
    return X + NEARLY_ZERO[:d, :d] @ X  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_O, at={"n": 72})
def table_nearly_ones(x):
    return x * ONES[: len(x), None]  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_O, at={"n": 33})
def weights_nearly_equal(x):
    w = FAR_WEIGHT[: x.shape[0]]
    s = np.exp(x @ x.T) * w  # breaks: S(n)
    return s / s.sum(1, keepdims=True) @ x


@case("x: n d -> n d", GROUP, ONLY_O, at={"n": 40})
def window_wider_than_small_sequences(x):
    i = np.arange(len(x))
    near = np.abs(i[:, None] - i[None, :]) < 32
    s = np.where(near, np.exp(x @ x.T / 50), 0.0)  # breaks: S(n)
    return s / s.sum(axis=1, keepdims=True) @ x


@case("x: n d -> n d", GROUP, ONLY_O, at={"n": 25})
def truncated_context(x):
    context = x[:20]  # breaks: S(n)
    e = np.exp(x @ context.T)
    return e / e.sum(axis=1, keepdims=True) @ context


@case("X: d n -> d n", GROUP, ONLY_S, resolution=1e-11)
def eye_off_by_a_billionth(X):
    d = X.shape[0]
    A = np.eye(d)
    A[0, 0] += 1e-9
    return A @ X  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S, scale=1e-9)
def nearly_nothing_added(X):
    return X + 1e-12  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S, scale=1e-9)
def eps_inside_a_division(X):
    return X / np.sqrt((X + 1e-12) ** 2).sum(axis=0)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def ones_instead_of_eye(X):
    d = X.shape[0]
    return (np.ones((d, d)) + np.eye(d)) @ X  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_O)
def nearly_symmetric_mask(x):
    n = len(x)
    mask = np.ones((n, n))
    mask[0, 1] = 0.5
    return (mask * (x @ x.T)) @ x  # breaks: S(n)


@case("X: d n -> d n", GROUP, ONLY_S)
def knowledge_in_name_only(X):
    d = X.shape[0]
    Z = np.random.default_rng(3).standard_normal((d, 4))
    B = Z.T @ X  # breaks: O(d)
    e = np.exp(B)
    return X + Z @ (e / e.sum(axis=0))  # breaks: O(d)


def with_memory():
    calls = []

    def remember(x):
        calls.append(1)
        return x * len(calls)  # breaks: O(d), S(n)

    return remember


case("x: n d -> n d", GROUP, NONE, name="counts_its_calls", parts=(with_memory,))(with_memory())


class Running:
    """A running mean over calls, which is never reset."""

    def __init__(self):
        self.mean = 0.0

    def __call__(self, x):
        self.mean = 0.9 * self.mean + 0.1 * (x * x).mean()
        return x / (1 + np.sqrt(self.mean))  # breaks: O(d), S(n)


case("x: n d -> n d", GROUP, NONE, name="running_statistics", parts=(Running,))(Running())


def cached():
    cache = {}

    def look_up(x):
        key = x.shape
        if key not in cache:
            cache[key] = x.mean(axis=0)  # breaks: O(d)
        return x - cache[key]  # breaks: O(d)

    return look_up


case("x: n d -> n d", GROUP, ONLY_S, name="first_input_is_kept", parts=(cached,))(cached())


@case("x: n d -> n d", GROUP, NONE)
def noise_added(x):
    return x + 0.1 * np.random.standard_normal(x.shape)  # breaks: O(d), S(n)


@case("x: n d -> n d", GROUP, NONE)
def dropout(x):
    keep = np.random.default_rng().random(len(x)) > 0.5
    return attention(x * keep[:, None])  # breaks: O(d), S(n)


@case("x: n d -> n d", GROUP, ONLY_S)
def hashed_bytes(x):
    total = float(np.sum(np.round(x)))  # breaks: O(d)
    return x * (1 + total % 3)


@case("x: n d -> n d", GROUP, ONLY_S)
def quantised(x):
    return np.round(x * 16) / 16  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def integer_cast(x):
    return (10 * x).astype(int) / 10.0  # breaks: O(d)
