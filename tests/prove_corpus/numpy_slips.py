"""Slips: aliases, broadcasting, mixed-up axes and letters, and what treats coordinates one by one."""

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
NONE = {"O(d)": False, "S(n)": False}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
NO = {"O(d)": False}


def attention(x):
    e = np.exp(x @ x.T)
    return e / e.sum(axis=1, keepdims=True) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def alias_of_the_first_row(x):
    out = x.copy()
    row = out[0]
    row += x.sum(axis=0)  # breaks: S(n)
    return out


@case("x: n d -> n d", GROUP, ONLY_S)
def alias_of_the_first_column(x):
    y = 1.0 * x
    first = y[:, 0]
    first *= 2.0  # breaks: O(d)
    return y


@case("x: n d -> n d", GROUP, ONLY_O)
def overwritten_while_read(x):
    y = x.copy()
    for i in range(len(y)):
        y[i] = y.mean(axis=0)  # breaks: S(n)
    return y


@case("x: n d -> n d", GROUP, ONLY_S, n=4, d=3)
def broadcast_of_a_row_over_columns(x):
    scale = np.linalg.norm(x, axis=0)  # breaks: O(d)
    return x / scale  # breaks: O(d)


@case("X: d d -> d d", "O(d)", NO)
def square_broadcast_accident(X):
    return X / np.linalg.norm(X, axis=1)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def scores_over_the_wrong_axis(X):
    M = X @ X.T
    e = np.exp(M - M.max())  # breaks: O(d)
    return e / e.sum(axis=0) @ X


@case("X: d n -> d n", GROUP, ONLY_S)
def softmax_of_the_wrong_product(X):
    e = np.exp(X @ X.T)  # breaks: O(d)
    return (e / e.sum(axis=1, keepdims=True)) @ X


@case("X: d n -> d n", GROUP, {"O(d)": True, "S(n)": True})
def softmax_over_queries(X):
    e = np.exp(X.T @ X)
    return X @ (e / e.sum(axis=1, keepdims=True))


@case("x: n d -> n d", GROUP, NONE)
def reshaped_instead_of_transposed(x):
    n, d = x.shape
    k = x.reshape(d, n)  # breaks: O(d), S(n)
    return np.exp(-((x @ k) ** 2)) @ x


@case("x: n d -> n d", GROUP, NONE)
def heads_split_on_the_wrong_axis(x):
    n, d = x.shape
    flat = x.reshape(-1)
    y = np.concatenate([flat[d:], flat[:d]]).reshape(d, n)  # breaks: O(d), S(n)
    return y.T


@case("x: n d, W: d d -> n d", GROUP, ONLY_S)
def einsum_keeps_a_letter(x, W):
    return np.einsum("nd,de->nd", x, W)  # breaks: O(d)


@case("x: n d, W: d d -> n d", GROUP, ONLY_S)
def einsum_takes_the_diagonal(x, W):
    return np.einsum("nd,dd->nd", x, W)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def einsum_sums_separately(x):
    s = np.einsum("id,je->ij", x, x)  # breaks: O(d)
    return np.tanh(s) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def einsum_with_one_token_letter(x):
    w = np.arange(1.0, 1.0 + len(x))
    return np.einsum("ij,j,jd->id", np.exp(x @ x.T), w, x)  # breaks: S(n)


@case("X: d n -> n", GROUP, ONLY_S)
def maximum_over_coordinates(X):
    return X.max(axis=0)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def absolute_value(X):
    return np.abs(X)  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def signs(X):
    return np.sign(X) * np.linalg.norm(X, axis=0)  # breaks: O(d)


@case("X: d n -> n", GROUP, ONLY_S)
def cubes_summed(X):
    return (X**3).sum(axis=0)  # breaks: O(d)


@case("X: d n -> n", GROUP, ONLY_S)
def fourth_powers_summed(X):
    return np.sum(X * X * X * X, axis=0)  # breaks: O(d)


@case("X: d n -> n", GROUP, ONLY_S)
def squares_averaged_with_weights(X):
    w = np.arange(1, len(X) + 1) / len(X)
    return w @ X**2  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def coordinates_permuted(X):
    return np.concatenate([X[1:], X[:1]])  # breaks: O(d)


@case("X: d n -> d n", GROUP, ONLY_S)
def one_sign_flipped(X):
    s = np.ones((X.shape[0], 1))
    s[-1] = -1.0
    return s * X  # breaks: O(d)


@case("X: d n -> ", "SO(d)", {"SO(d)": True}, d=3, n=3)
def signed_volume_rotated(X):
    return np.linalg.det(X)


@case("X: d n -> ", "O(d)", NO, d=3, n=3)
def signed_volume(X):
    return np.linalg.det(X)  # breaks: O(d)


@case("X: d n -> ", "O(d)", {"O(d)": True}, d=3, n=3)
def squared_volume(X):
    return np.linalg.det(X) ** 2


@case("X: d n -> n", GROUP, ONLY_S)
def norm_minus_its_double(X):
    a, b = np.sqrt((X**2).sum(0)), np.sqrt((X[:-1] ** 2).sum(0))  # breaks: O(d)
    return a - b


@case("x: n d -> n d", GROUP, ONLY_S)
def first_axis_as_reference(x):
    e = np.zeros(x.shape[1])
    e[0] = 1.0
    return (x @ e)[:, None] * x  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def eigenvectors_as_a_frame(x):
    _, vectors = np.linalg.eigh(x.T @ x)
    return np.abs(x @ vectors)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def float_of_a_coordinate(x):
    shift = sum(float(v) for v in x.mean(axis=0))  # breaks: O(d)
    return x * shift


@case("x: n d -> n d", GROUP, ONLY_S)
def python_list_in_between(x):
    top = max(x.ravel().tolist())  # breaks: O(d)
    return x / top


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": True})
def saved_by_zero_padding(x):
    wide = np.concatenate([x, np.zeros_like(x)], axis=1)
    return attention(wide)[:, : x.shape[1]]


@case("x: n d -> n d", GROUP, ONLY_S)
def padded_with_ones(x):
    wide = np.concatenate([x, np.ones_like(x)], axis=1)
    return np.tanh(wide)[:, x.shape[1] :] - wide[:, : x.shape[1]] ** 2  # breaks: O(d)
