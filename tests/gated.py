"""Functions with a gate: what they do differs from a generic input only in a small region.

Standard normal inputs enter those of ``BEHIND`` with a probability below 1e-3, most of them below 1e-12, and there the
function is not equivariant. Those of ``ALIKE`` have gates of the same kinds, on invariants and with equivariant
branches. Those of ``NEARLY`` have equivariant branches, and gates on what is not quite an invariant.
"""

import numpy as np

from symmetry.problem import Problem

TOKENS = Problem("X: d n -> d n", group="O(d) x S(n)", d=3, n=5)
TALL = Problem("X: d n -> d n", group="O(d) x S(n)", d=7, n=2)
BOTH = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)", d=4, n=2, m=3)
ROWS = Problem("X: b n d -> b n d", group="O(d) x S(n)", b=2, n=3, d=5)
norm = np.linalg.norm


def in_a_loop(X):
    result = X.copy()
    for j in range(X.shape[1]):
        total = 0.0
        for i in range(X.shape[0]):
            total += X[i, j] ** 2
        if total > 400:
            result[:, j] = np.abs(X[:, j])
    return result


def three_gates(X):
    if norm(X) > 20 and X[:, 0] @ X[:, 1] > 50:
        return -X if X[2, 0] < -4 else X
    return X


def conjunction(X):
    return np.where((norm(X) > 30) & (X[0, 0] > 4.5) & ~(X[1, 0] > -3), -X, X)


def masked(X):
    result = X.copy()
    result[X > 6] = 6
    return result


class Method:
    limit = 33.0

    def __call__(self, X):
        return [X, np.abs(X)][int(self.length(X) > self.limit)]

    def length(self, X):
        return np.sqrt((X * X).sum())


BEHIND = {
    "norm > 50": lambda X: np.abs(X) if norm(X) > 50 else X,
    "norm < 1e-3": lambda X: X if norm(X) >= 1e-3 else np.abs(X),
    "an entry > 4.5": lambda X: 2 * X if X[0, 0] > 4.5 else X,
    "an inner product > 20": lambda X: np.abs(X) if X[:, 0] @ X[:, 1] > 20 else X,
    "all of a row negative": lambda X: -X if (X[:2] < -0.5).all() else X,
    "two gates": lambda X: -X if norm(X) > 20 and X[0, 0] > 9 else X,
    "three gates": three_gates,
    "np.where of a conjunction": conjunction,
    "np.clip": lambda X: np.clip(X, -40, 40),
    "a mask": masked,
    "a loop": in_a_loop,
    "a method": Method(),
    "relu far out": lambda X: X + 1e-3 * np.maximum(X[0, 0] - 4.5, 0),
    "a narrow window": lambda X: np.abs(X) if abs(X[0, 0] - 1) < 1e-4 else X,
    "a window of a product": lambda X: np.abs(X) if 3 < X[0, 0] * X[1, 1] < 3.003 else X,
    "a determinant > 60": lambda X: np.abs(X) if np.linalg.det(X[:2, :2]) > 60 else X,
    "nearly parallel tokens": lambda X: (
        np.abs(X) if X[:, 0] @ X[:, 1] > 0.999999 * norm(X[:, 0]) * norm(X[:, 1]) else X
    ),
    "nearly singular": lambda X: np.abs(X) if np.linalg.cond(X) > 1e5 else X,
    "np.floor": lambda X: X * (1 + np.floor(np.abs(X[0, 0]) / 6)),
    "np.sign": lambda X: X * np.sign(6 - X[0, 0]),
    "max()": lambda X: X * max(X[0, 0], 5.0),
    "a sum of booleans": lambda X: -X if np.sum(X > 2) >= 7 else X,
    "np.exp": lambda X: np.abs(X) if np.exp(X[0, 0]) > 500 else X,
    "the index of a maximum": lambda X: np.abs(X) if X[np.argmax(X[:, 0]), 0] > 5 else X,
}


def cut_off(X):
    distances = norm(X[:, :, None] - X[:, None], axis=0)
    return X @ np.where(distances < 2, 1 + np.cos(np.pi * distances / 2), 0)


def halved(X):
    for _ in range(30):
        if norm(X) < 1:
            break
        X = X / 2
    return X


ALIKE = {
    "norm > 50": lambda X: 2 * X if norm(X) > 50 else X,
    "norm < 1e-3": lambda X: X if norm(X) >= 1e-3 else -X,
    "inner products > 20": lambda X: X @ np.where(X.T @ X > 20, 1.0, 0.0),
    "two gates": lambda X: X @ X.T @ X if np.sum(X**2) > 400 and norm(X, ord=2) > 30 else -X,
    "np.clip": lambda X: X @ np.clip(X.T @ X, -30, 30),
    "clipped lengths": lambda X: X * np.minimum(1, 5 / np.maximum(norm(X, axis=0), 1e-12)),
    "a mask of tokens": lambda X: np.where(norm(X, axis=0) > 7, X * 7, X),
    "nothing at zero": lambda X: np.where(norm(X, axis=0) > 0, X / np.maximum(norm(X, axis=0), 1e-9), X),
    "nearly singular": lambda X: X if np.linalg.cond(X) < 1e3 else 2 * X,
    "floor of the norm": lambda X: X * np.floor(norm(X)),
    "the nearest token": lambda X: X[:, np.argmax(X.T @ X, axis=0)],
    "steep": lambda X: X / (1 + np.exp(np.clip(1e4 * (10 - norm(X)), -700, 700))),
    "single precision": lambda X: X.astype("f") * (2 if np.sum(X.astype("f") ** 2) > 900 else 1),
    "cut-off": cut_off,
    "a loop": halved,
    "sign of an eigenvalue": lambda X: np.sign(np.linalg.eigvalsh(X.T @ X)[-1] - 99) * X,
    "lower precision far out": lambda X: X if norm(X) < 50 else X.astype("f").astype(float),
}


NEARLY = {
    "a sum of magnitudes": lambda X: 2 * X if np.sum(np.abs(X)) > 40 else X,
    "fourth powers": lambda X: -X if np.sum(X**4) > 300 else X,
    "the norm and an entry": lambda X: 2 * X if np.sum(X**2) + 1e-2 * X[0, 0] > 60 else X,
    "the norm and a little of an entry": lambda X: 2 * X if np.sum(X**2) + 1e-3 * X[0, 0] > 15 else X,
    "third powers of a token": lambda X: np.where(np.sum(np.abs(X) ** 3, axis=0) > 60, -X, X),
    "a kink": lambda X: X * (1 + np.maximum(np.sum(X**2) + 1e-2 * X[0, 0] - 60, 0)),
}


def truncated(X):
    """To the precision of bfloat16."""
    return (X.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32).astype(float)


ROUNDED = {
    "half": lambda X: 2 * X if np.sum(X.astype(np.float16).astype(float) ** 2) > 15 else X,
    "half, small": lambda X: 1.001 * X if np.sum(X.astype(np.float16).astype(float) ** 2) > 15 else X,
    "single": lambda X: 2 * X if np.sum(X.astype(np.float32) ** 2) > 15 else X,
    "single, small": lambda X: 1.001 * X if np.sum(X.astype(np.float32) ** 2) > 15 else X,
    "bfloat16": lambda X: 1.01 * X if np.sum(truncated(X) ** 2) > 15 else X,
    "double": lambda X: 2 * X if np.linalg.norm(X) > 4 else X,
}
