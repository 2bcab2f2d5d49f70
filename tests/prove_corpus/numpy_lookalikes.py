"""Look-alikes of violations that are none, and spellings that should not matter."""

import functools
import operator

import numpy as np

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
YES = {"O(d)": True}


@case("X: d n -> n", GROUP, BOTH)
def squares_of_absolute_values(X):
    return (np.abs(X) ** 2).sum(axis=0)


@case("X: d n -> d n", GROUP, BOTH)
def times_one(X):
    return (X * 1).sum(axis=1, keepdims=True) + X


@case("x: n d -> n d", GROUP, BOTH)
def absolute_value_of_a_norm(x):
    return x / np.abs(np.linalg.norm(x, axis=1))[:, None]


@case("X: d n -> d n", GROUP, BOTH)
def negated(X):
    return -X


@case("x: n d -> n d", GROUP, BOTH)
def times_eye(x):
    return x @ np.eye(x.shape[1])


@case("X: d n -> d n", GROUP, BOTH)
def times_twice_eye(X):
    return 2 * np.eye(X.shape[0]) @ X


@case("X: d n -> d n", GROUP, BOTH)
def diagonal_of_ones(X):
    return np.diag(np.ones(len(X))) @ X


@case("X: d n -> d n", GROUP, BOTH)
def eye_from_comparison(X):
    i = np.arange(X.shape[0])
    return np.where(i[:, None] == i, 3.0, 0.0) @ X


@case("X: d n -> d n", GROUP, BOTH)
def zero_times_the_mean(X):
    return X - 0 * X.mean()


@case("X: d n -> d n", GROUP, BOTH)
def zeros_added(X):
    return X + np.zeros((X.shape[0], 1)) + 0.0


@case("X: d n -> d n", GROUP, BOTH)
def times_ones(X):
    return np.ones_like(X) * X


@case("x: n d -> n d", GROUP, BOTH)
def loop_over_tokens(x):
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        out[i] = x[i] * np.sqrt(1 + x[i] @ x[i])
    return out


@case("x: n d -> n d", GROUP, BOTH)
def loop_over_coordinates(x):
    r2 = 0.0
    for k in range(x.shape[1]):
        r2 = r2 + x[:, k] ** 2
    return x * np.exp(-r2)[:, None]


@case("x: n d -> n d", GROUP, BOTH)
def accumulated_scores(x):
    n, d = x.shape
    s = np.zeros((n, n))
    for k in range(d):
        s += np.outer(x[:, k], x[:, k])
    return np.tanh(s) @ x


@case("X: d n -> d n", GROUP, BOTH)
def stacked_columns(X):
    columns = [X[:, j] / (1 + X[:, j].dot(X[:, j])) for j in range(X.shape[1])]
    return np.stack(columns, axis=-1)


@case("x: n d -> n d", GROUP, BOTH)
def stacked_rows(x):
    return np.vstack([row * np.linalg.norm(row) for row in x])


@case("X: d n -> d n", GROUP, BOTH)
def column_stack(X):
    return np.column_stack([2.0 * c for c in X.T])


@case("X: d n -> d n", GROUP, BOTH)
def split_and_joined(X):
    return np.concatenate([X[:1], X[1:]], axis=0)


@case("X: d n -> d n", GROUP, BOTH)
def rolled_there_and_back(X):
    return np.roll(np.roll(X, 1, axis=0) * 3.0, -1, axis=0)


@case("X: d n -> d n", GROUP, BOTH)
def flipped_twice(X):
    return X[::-1][::-1] + X[:, ::-1][:, ::-1]


@case("x: n d -> n n", GROUP, BOTH)
def scores_of_flipped_coordinates(x):
    y = x[:, ::-1]
    return y @ y.T


@case("x: n d -> n n", GROUP, BOTH)
def scores_in_two_halves(x):
    half = x.shape[1] // 2
    a, b = x[:, :half], x[:, half:]
    return a @ a.T + b @ b.T


@case("x: n d -> n", GROUP, BOTH)
def variance_plus_mean_squared(x):
    return x.var(axis=1) + x.mean(axis=1) ** 2


@case("x: n d -> n", GROUP, BOTH)
def sign_times_absolute_value(x):
    return (np.sign(x) * np.abs(x) * x).sum(axis=1)


@case("x: n d -> n", GROUP, BOTH)
def polarisation(x):
    m = x.mean(axis=0)
    return (np.square(x + m).sum(-1) - np.square(x - m).sum(-1)) / 4


@case("x: n d -> n d", GROUP, BOTH)
def exponential_of_logarithm(x):
    r2 = (x**2).sum(axis=1)
    return x * np.exp(0.5 * np.log1p(r2))[:, None]


@case("x: n d -> n d", GROUP, BOTH)
def double_transpose(x):
    return np.transpose(np.transpose(x)) + x.T.T + x.swapaxes(0, 1).T


@case("x: n d -> n d", GROUP, BOTH)
def reshaped_there_and_back(x):
    return x.ravel().reshape(x.shape) * 2 + x.reshape(-1, 1, x.shape[1])[:, 0]


@case("x: n d -> n d", GROUP, BOTH)
def squeezed_and_expanded(x):
    y = np.expand_dims(x, 1)
    return np.squeeze(y * np.linalg.norm(y, axis=2, keepdims=True), axis=1)


@case("x: n d -> n d", GROUP, BOTH)
def in_place(x):
    y = x.copy()
    y *= 3
    y -= x
    y /= np.linalg.norm(x)
    np.negative(y, out=y)
    return y


@case("x: n d -> n d", GROUP, BOTH)
def functools_reduce(x):
    total = functools.reduce(operator.add, [row / (1 + row @ row) for row in x])
    return x - total


@case("x: n d -> n d", GROUP, BOTH)
def lists_of_scalars(x):
    energies = [float(len(x)) * (row @ row) for row in x]
    return x * np.array(energies)[:, None] / sum(energies)


@case("x: n d -> n d", GROUP, BOTH)
def enumerated(x):
    out = np.empty((len(x), x.shape[1]))
    for i, row in enumerate(x):
        out[i, :] = np.cos(np.inner(row, row)) * row
    return out


@case("x: n d -> n d", GROUP, BOTH)
def printing_is_harmless(x):
    shape = f"{x.shape} {x.ndim} {x.dtype}"
    return x * len(shape[:1])


@case("x: n d -> n d", GROUP, BOTH)
def asserted_shapes(x):
    n, d = x.shape
    assert x.ndim == 2 and n * d == x.size
    return np.asarray(x) * (n / (n + d))


@case("x: n d -> n d", GROUP, BOTH)
def parameters_by_keyword(x, *, scale=None, axis=-1, options=None):
    options = {"eps": 1e-6, **(options or {})}
    scale = x.shape[axis] ** -0.5 if scale is None else scale
    return x / (np.linalg.norm(x, axis=axis, keepdims=True) + options["eps"]) * scale


@case("x: n d -> n d", GROUP, BOTH)
def causal_mask_that_masks_nothing(x):
    n = len(x)
    mask = np.tril(np.ones((n, n))) + np.triu(np.ones((n, n)), 1)
    return np.where(mask > 0, x @ x.T, -np.inf) @ x


@case("x: n d -> n", GROUP, BOTH)
def sorted_and_summed(x):
    s = np.sort(np.sort(x @ x.T, axis=0).sum(0)).mean() * np.ones(len(x))
    return s


@case("x: n d -> n d", GROUP, BOTH)
def sort_and_unsort(x):
    order = np.argsort(np.linalg.norm(x, axis=1))
    back = np.argsort(order)
    return x[order][back]


@case("X: d n -> d n", GROUP, BOTH)
def complex_halfway(X):
    return (X * (1 + 2j)).real + (X * 1j).imag


@case("X: d n -> d n", GROUP, BOTH)
def clip_that_acts_on_invariants(X):
    return X * np.clip(X.T @ X, 0.0, 1.0).mean(axis=0)


@case("X: d n -> n n", GROUP, BOTH)
def gram_by_vdot(X):
    n = X.shape[1]
    return np.array([[np.vdot(X[:, i], X[:, j]) for j in range(n)] for i in range(n)])


@case("X: d n -> n n", GROUP, BOTH)
def gram_by_tensordot(X):
    return np.tensordot(X, X, axes=([0], [0]))


@case("X: d n -> n n", GROUP, BOTH)
def gram_by_broadcasting(X):
    return np.sum(X[:, :, np.newaxis] * X[:, np.newaxis, :], axis=0)


@case("X: d n -> n n", GROUP, BOTH)
def gram_by_einsum_with_spaces(X):
    return np.einsum("d i, d j -> i j", X, X, optimize=True)


@case("x: n d -> n n", GROUP, BOTH)
def gram_by_inner(x):
    return np.inner(x, x)


@case("x: n d -> n n", GROUP, BOTH)
def gram_by_matmul_of_batches(x):
    return np.matmul(x[:, None, None, :], x[None, :, :, None])[:, :, 0, 0]


@case("x: n d -> n n", GROUP, BOTH)
def gram_by_linalg(x):
    return np.linalg.multi_dot([x, np.eye(x.shape[1]), x.T])


@case("M: d d -> ", "O(d)", YES)
def trace_by_einsum(M):
    return np.einsum("ii", M)


@case("M: d d -> ", "O(d)", YES)
def trace_by_diagonal(M):
    return np.diagonal(M).sum()


@case("M: d d -> ", "O(d)", YES)
def trace_by_eye(M):
    return (M * np.eye(M.shape[0])).sum()


@case("M: d d -> ", "O(d)", YES)
def frobenius_norm(M):
    return np.linalg.norm(M, "fro") + np.sqrt((M**2).sum())


@case("M: d d -> d d", "O(d)", YES)
def matrix_power(M):
    return np.linalg.matrix_power(M, 3) - np.linalg.inv(M.T @ M + np.eye(len(M)))


@case("v: d -> d d", "O(d)", YES)
def projector_on_a_line(v):
    return np.eye(v.shape[0]) - np.outer(v, v) / (v @ v)


@case("T: d d d -> d", "O(d)", YES)
def contracted_tensor(T):
    return np.einsum("iij->j", T) + np.trace(T, axis1=1, axis2=2)


@case("a: d, b: d -> d d", "O(d)", YES)
def wedge(a, b):
    return np.outer(a, b) - np.outer(b, a)


@case("x: n d -> d", GROUP, BOTH)
def sum_by_matrix_product(x):
    return np.ones(len(x)) @ x


@case("x: n d -> n d", GROUP, BOTH)
def centring_matrix(x):
    n = len(x)
    H = np.eye(n) - np.ones((n, n)) / n
    return H @ x


@case("x: n d -> n d", GROUP, BOTH)
def unrolled_softmax(x):
    s = x @ x.T
    rows = []
    for i in range(len(x)):
        e = np.exp(s[i] - max_of(s[i]))
        rows.append(np.divide(e, np.add.reduce(e)))
    return np.array(rows) @ x


def max_of(row):
    return functools.reduce(np.maximum, [row[j] for j in range(row.shape[0])])


@case("x: n d -> n d", GROUP, BOTH)
def fixed_mean_inside_an_invariant(x):
    s = x @ x.T
    return (s - s.mean(axis=1, keepdims=True)) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def fixed_matrix_on_tokens(x):
    n = len(x)
    return (np.eye(n) + 0.1 * np.tri(n)) @ x  # breaks: S(n)
