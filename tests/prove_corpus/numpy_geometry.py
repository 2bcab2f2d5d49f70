"""Geometry and physics: distances, forces, moments, projections, regression, message passing."""

import numpy as np
from numpy.linalg import inv, norm, pinv, solve

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}


@case("x: n d -> n n", GROUP, BOTH)
def pairwise_distances(x):
    return norm(x[:, None] - x[None, :], axis=-1)


@case("X: d n -> n n", GROUP, BOTH)
def squared_distances_from_gram(X):
    G = X.T @ X
    diag = np.diag(G)
    return diag[:, None] + diag[None, :] - 2 * G


@case("x: n d -> n n", GROUP, ONLY_S)
def manhattan_distances(x):
    return np.abs(x[:, None] - x[None, :]).sum(-1)  # breaks: O(d)


@case("x: n d -> n n", GROUP, ONLY_S)
def chebyshev_distances(x):
    return np.max(np.abs(x[:, None] - x[None, :]), axis=-1)  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH)
def gravity(x, softening=0.1):
    r = x[None, :, :] - x[:, None, :]
    inv_r3 = (np.sum(r**2, axis=-1) + softening**2) ** -1.5
    return np.sum(r * inv_r3[..., None], axis=1)


@case("x: n d, mass: n -> n d", GROUP, BOTH)
def gravity_with_masses(x, mass):
    out = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                r = x[j] - x[i]
                out[i] += mass[j] * r / (r @ r + 0.01) ** 1.5
    return out


@case("X: d n -> d n", GROUP, BOTH)
def lennard_jones(X):
    R = X[:, :, None] - X[:, None, :]
    r2 = (R * R).sum(axis=0) + np.eye(X.shape[1])
    f = 12 * r2**-7 - 6 * r2**-4
    return (R * f).sum(axis=2)


@case("x: n d -> ", GROUP, BOTH)
def potential_energy(x):
    gap = x[:, None] - x
    r2 = np.einsum("ijd,ijd->ij", gap, gap)
    upper = np.triu(np.ones((len(x), len(x))), 1) + np.tril(np.ones((len(x), len(x))), -1)
    return 0.5 * (upper / (1 + r2)).sum()


@case("x: n d -> ", GROUP, BOTH)
def energy_over_ordered_pairs(x):
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            energy += np.exp(-norm(x[i] - x[j]))
    return energy


@case("x: n d -> d", GROUP, BOTH)
def centre_of_mass(x):
    return x.mean(axis=0)


@case("X: d n, w: n -> d", GROUP, BOTH)
def weighted_centre(X, w):
    return X @ w / w.sum()


@case("X: d n -> d n", GROUP, BOTH)
def second_moment_applied(X):
    return (X @ X.T) @ X


@case("x: n d -> d d", GROUP, BOTH)
def covariance(x):
    c = x - x.mean(0)
    return c.T @ c / (len(x) - 1)


@case("x: n d -> d d", GROUP, BOTH)
def covariance_of_numpy(x):
    return np.cov(x.T)


@case("x: n d -> d d", GROUP, ONLY_S)
def correlation(x):
    c = x - x.mean(0)
    s = np.sqrt((c * c).sum(0))  # breaks: O(d)
    return c.T @ c / np.outer(s, s)  # breaks: O(d)


@case("x: n d, mass: n -> d d", GROUP, BOTH)
def inertia(x, mass):
    trace = (mass * (x * x).sum(axis=1)).sum()
    return trace * np.eye(x.shape[1]) - np.einsum("n,ni,nj->ij", mass, x, x)


@case("x: n d, mass: n -> d d", GROUP, ONLY_S)
def inertia_without_identity(x, mass):
    trace = (mass * (x * x).sum(axis=1)).sum()
    return trace - np.einsum("n,ni,nj->ij", mass, x, x)  # breaks: O(d)


@case("x: n d -> n d d", GROUP, BOTH)
def traceless_quadrupoles(x):
    outer = x[:, :, None] * x[:, None, :]
    r2 = np.sum(x**2, -1)
    return outer - r2[:, None, None] * np.eye(x.shape[-1]) / x.shape[-1]


@case("x: n d -> ", GROUP, BOTH, at={"n": 2})
def gram_determinant(x):
    return np.linalg.det(x @ x.T)


@case("X: d n -> ", GROUP, BOTH)
def log_volume(X):
    sign, value = np.linalg.slogdet(np.eye(X.shape[1]) + X.T @ X)
    return sign * value


@case("X: d n -> ", GROUP, BOTH)
def log_volume_of_moments(X):
    return np.log(np.linalg.det(np.eye(X.shape[0]) + X @ X.T))


@case("X: d n -> ", GROUP, BOTH)
def nuclear_norm(X):
    return np.linalg.svd(X, compute_uv=False).sum()


@case("X: d n -> d", GROUP, BOTH)
def drift_scaled_by_the_largest_moment(X):
    values = np.linalg.eigvalsh(X @ X.T)
    return X @ X.T @ X.sum(axis=1) * values.max()


@case("X: d n -> d d", GROUP, BOTH)
def projection(X):
    return X @ pinv(X)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def projected_on_knowledge(X, Z):
    return Z @ pinv(Z) @ X


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def ridge_regression(X, Z):
    return Z @ solve(Z.T @ Z + 0.1 * np.eye(Z.shape[1]), Z.T @ X)


@case("X: d n, y: d -> d", GROUP, BOTH)
def ridge_in_space(X, y):
    return solve(X @ X.T + 0.5 * np.eye(X.shape[0]), y)


@case("X: d n, y: d -> n", GROUP, BOTH)
def ridge_coefficients(X, y):
    return inv(X.T @ X + 0.5 * np.eye(X.shape[1])) @ X.T @ y


@case("X: d n, y: d -> d", GROUP, ONLY_S)
def ridge_with_uneven_penalty(X, y):
    penalty = np.diag(1.0 + np.arange(X.shape[0]))
    return solve(X @ X.T + penalty, y)  # breaks: O(d)


@case("X: d n, y: d -> d", GROUP, ONLY_S)
def ridge_with_a_scalar_added(X, y):
    return solve(X @ X.T + 3.0, y)  # breaks: O(d)


@case("x: n d, y: n, q: d -> ", GROUP, BOTH)
def kernel_regression(x, y, q):
    k = np.exp(-((x - q) ** 2).sum(axis=1))
    return (k * y).sum() / k.sum()


@case("x: n d, y: n, q: d -> ", GROUP, BOTH)
def gaussian_process_mean(x, y, q):
    def kernel(a, b):
        return np.exp(-0.5 * ((a[:, None, :] - b[None, :, :]) ** 2).sum(-1))

    alpha = np.linalg.solve(kernel(x, x) + 1e-2 * np.eye(len(x)), y)
    return (kernel(q[None], x) @ alpha)[0]


@case("x: n d, h: n f -> n d, n f", GROUP, BOTH)
def egnn_layer(x, h):
    diff = x[:, None, :] - x[None, :, :]
    r2 = np.sum(diff**2, axis=-1, keepdims=True)
    n, f = h.shape
    edge = np.concatenate([np.broadcast_to(h[:, None], (n, n, f)), np.broadcast_to(h[None], (n, n, f)), r2], axis=-1)
    message = np.tanh(edge.sum(axis=-1, keepdims=True) * 0.3 + r2)
    x = x + (diff * message).sum(axis=1) / (n - 1)
    return x, h + message.sum(axis=1)


@case("x: n d, h: n f -> n d", GROUP, ONLY_S)
def egnn_with_coordinates_in_messages(x, h):
    diff = x[:, None, :] - x[None, :, :]
    message = np.tanh(diff.sum(axis=-1, keepdims=True) + h.sum(1)[:, None, None])  # breaks: O(d)
    return x + (diff * message).sum(axis=1)


@case("s: n f, v: n f d, x: n d -> n f, n f d", GROUP, BOTH)
def painn_messages(s, v, x):
    r = x[None] - x[:, None]
    length = np.sqrt((r**2).sum(-1) + 1e-6)
    cut = np.where(length < 2.0, 0.5 * (np.cos(np.pi * length / 2.0) + 1), 0.0)
    unit = r / length[..., None]
    ds = np.einsum("ij,jf->if", cut, np.tanh(s))
    dv = np.einsum("ij,jf,jfd->ifd", cut, s, v) + np.einsum("ij,jf,ijd->ifd", cut, np.tanh(s), unit)
    return s + ds, v + dv


@case("s: n f, v: n f d, U: e f, V: e f -> n e, n e d", GROUP, BOTH)
def painn_update(s, v, U, V):
    uv = np.einsum("ef,nfd->ned", U, v)
    vv = np.einsum("ef,nfd->ned", V, v)
    dot = (uv * vv).sum(axis=-1)
    size = np.linalg.norm(vv, axis=-1)
    gate = 1 / (1 + np.exp(-(size + (s @ U.T))))
    return gate + dot, gate[..., None] * uv


@case("v: n f d, W: e f -> n e d", GROUP, BOTH)
def vector_neuron_relu(v, W):
    q = np.einsum("ef,nfd->ned", W, v)
    k = np.einsum("ef,nfd->ned", W**2, v)
    dot = np.sum(q * k, axis=-1, keepdims=True)
    k2 = np.sum(k * k, axis=-1, keepdims=True) + 1e-6
    return np.where(dot >= 0, q, q - dot / k2 * k)


@case("v: n f d, W: e f -> n e d", GROUP, ONLY_S)
def vector_neuron_plain_relu(v, W):
    q = np.einsum("ef,nfd->ned", W, v)
    return np.where(q >= 0, q, 0.0)  # breaks: O(d)


@case("x: n d -> n n n", GROUP, BOTH)
def angles(x):
    r = x[None, :, :] - x[:, None, :]
    u = r / (norm(r, axis=-1, keepdims=True) + 1e-9)
    return np.einsum("ijd,ikd->ijk", u, u)


@case("x: n d -> n d", GROUP, BOTH)
def triplet_forces(x):
    s = x @ x.T
    return np.einsum("ij,jk,ki,jd->id", s, np.tanh(s), s, x)


@case("x: n d -> ", GROUP, BOTH)
def axilrod_teller(x):
    r = norm(x[:, None] - x[None], axis=-1) + 1.0
    return np.sum(1 / (r[:, :, None] * r[:, None, :] * r[None, :, :]))


@case("X: d n, v: d -> d n", GROUP, BOTH)
def householder(X, v):
    return X - 2 * np.outer(v, v @ X) / (v @ v)


@case("X: d n -> d n", GROUP, ONLY_O)
def gram_schmidt(X):
    basis = []
    for j in range(X.shape[1]):
        v = X[:, j]
        for b in basis:
            v = v - b * (b @ v) / (1.0 + b @ b)
        basis.append(v)
    return np.stack(basis, axis=1)  # breaks: S(n)


@case("X: d n -> d n", GROUP, {"O(d)": False, "S(n)": True}, d=3)
def spin_about_the_third_axis(X):
    c, s = np.cos(0.3), np.sin(0.3)
    R = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return R @ X  # breaks: O(d)


@case("a: d, b: d -> d", "O(d)", {"O(d)": False}, d=3)
def cross_product(a, b):
    return np.cross(a, b)  # breaks: O(d)


@case("a: d, b: d -> d", "SO(d)", {"SO(d)": True}, d=3)
def cross_product_rotated(a, b):
    return np.cross(a, b)


@case("a: d, b: d, c: d -> d", "O(d)", {"O(d)": True}, d=3)
def double_cross_product_by_lagrange(a, b, c):
    return b * (a @ c) - c * (a @ b)


@case("a: d, b: d, c: d -> d", "O(d)", {"O(d)": True}, d=3)
def double_cross_product(a, b, c):
    return np.cross(a, np.cross(b, c))


@case("M: d d -> ", "O(d)", {"O(d)": True})
def determinant_of_an_operator(M):
    return np.linalg.det(M)


@case("M: d d -> ", "O(d)", {"O(d)": True})
def trace_of_a_power(M):
    return np.trace(M @ M @ M)


@case("M: d d, v: d -> d", "O(d)", {"O(d)": True})
def power_iteration(M, v):
    for _ in range(4):
        v = M.T @ (M @ v)
        v = v / np.linalg.norm(v)
    return v


@case("M: d d -> d d", "O(d)", {"O(d)": True})
def newton_schulz(M):
    Y = M / np.sqrt(np.sum(M * M))
    for _ in range(3):
        Y = 1.5 * Y - 0.5 * Y @ Y.T @ Y
    return Y


@case("M: d d -> d d", "O(d)", {"O(d)": False})
def squared_entries(M):
    return M * M  # breaks: O(d)


@case("M: d d -> d", "O(d)", {"O(d)": False})
def diagonal_of_an_operator(M):
    return np.diag(M)  # breaks: O(d)


@case("M: d d -> d d", "O(d)", {"O(d)": True})
def symmetric_part(M):
    return (M + M.T) / 2 - np.trace(M) * np.identity(len(M)) / len(M)


@case("M: d d -> d d", "O(d)", {"O(d)": False})
def upper_part(M):
    return np.triu(M)  # breaks: O(d)
