"""Other groups: two orthogonal factors, heads and batches under permutations, rotations only, several outputs."""

import numpy as np

from prove_corpus.record import case

TWO = "O(d) x O(e)"
YES = {"O(d)": True, "O(e)": True}
ONLY_E = {"O(d)": False, "O(e)": True}
ONLY_D = {"O(d)": True, "O(e)": False}
ROTATIONS = "SO(d) x S(n)"


@case("W: e d, x: n d -> n e", TWO, YES)
def linear_map(W, x):
    return x @ W.T


@case("W: e d, x: n d, y: m e -> n m", TWO, YES)
def bilinear_scores(W, x, y):
    return np.tanh(x @ W.T @ y.T)


@case("X: d n, Y: e n -> d e", TWO, YES)
def cross_covariance(X, Y):
    return (X - X.mean(1, keepdims=True)) @ (Y - Y.mean(1, keepdims=True)).T / X.shape[1]


@case("X: d n, Y: e n -> e n", TWO, YES)
def attention_across_modalities(X, Y):
    s = np.exp(X.T @ X)
    return Y @ (s / s.sum(axis=0))


@case("X: d n, Y: e n -> e n", TWO, ONLY_D)
def across_modalities_with_relu(X, Y):
    s = np.exp(X.T @ X)
    return np.maximum(Y @ (s / s.sum(axis=0)), 0)  # breaks: O(e)


@case("X: d n, Y: e n -> n", TWO, {"O(d)": False, "O(e)": False})
def two_means_multiplied(X, Y):
    return X.mean(axis=0) * Y.mean(axis=0)  # breaks: O(d), O(e)


@case("X: d n, Y: e n -> n", TWO, YES)
def two_lengths_joined(X, Y):
    joined = np.concatenate([X, Y], axis=0)
    return np.sqrt((joined**2).sum(axis=0))


@case("X: d n, Y: e n -> n", TWO, ONLY_E)
def first_coordinate_of_one(X, Y):
    return X[0] * np.einsum("en,en->n", Y, Y)  # breaks: O(d)


@case("T: d e, x: d, y: e -> ", TWO, YES)
def bilinear_form(T, x, y):
    return np.einsum("de,d,e->", T, x, y)


@case("W: e d, x: n d -> n e", TWO, ONLY_D)
def hidden_layer_seen_as_vectors(W, x):
    return np.maximum(x @ W.T, 0)  # breaks: O(e)


@case("W: e d, x: n d -> n d", TWO, YES)
def there_and_back(W, x):
    h = x @ W.T
    return h / (1 + np.linalg.norm(h, axis=1, keepdims=True)) @ W


@case("W: e d -> e d", TWO, YES)
def muon_update(W):
    Y = W / (np.linalg.norm(W) + 1e-7)
    for _ in range(3):
        A = Y @ Y.T
        Y = 3.4445 * Y + (-4.7750 * A + 2.0315 * A @ A) @ Y
    return Y


@case("W: e d -> e d", TWO, {"O(d)": False, "O(e)": False})
def adam_update(W):
    return W / (np.sqrt(W**2) + 1e-8)  # breaks: O(d), O(e)


@case("W: e d -> e d", TWO, ONLY_D)
def row_normalised(W):
    return W / np.linalg.norm(W, axis=1, keepdims=True)  # breaks: O(e)


@case("W: e d -> ", TWO, YES)
def sum_of_singular_values(W):
    return np.linalg.norm(W, "nuc")


@case("A: r d, B: e r, x: n d -> n e", "O(d) x O(e) x O(r)", {"O(d)": True, "O(e)": True, "O(r)": True}, r=4)
def low_rank_adapter(A, B, x):
    return x @ A.T @ B.T / A.shape[0]


@case("A: r d, B: e r, x: n d -> n e", "O(d) x O(r)", {"O(d)": True, "O(r)": False}, r=4)
def low_rank_adapter_with_gate(A, B, x):
    h = x @ A.T
    return h * np.tanh(h) @ B.T  # breaks: O(r)


@case(
    "x: n d, Wq: h k d, Wk: h k d, Wv: h k d -> n d", "O(d) x O(k) x S(h)", {"O(d)": True, "O(k)": True, "S(h)": True}
)
def head_spaces_turned(x, Wq, Wk, Wv):
    q, k = np.einsum("nd,hkd->hnk", x, Wq), np.einsum("nd,hkd->hnk", x, Wk)
    s = np.exp(q @ k.swapaxes(1, 2))
    a = s / s.sum(-1, keepdims=True)
    return np.einsum("hnm,md,hke,hkd->ne", a, x, Wv, Wv)


@case("x: n d, Wq: h k d, Wk: h k d -> n d", "O(d) x S(h)", {"O(d)": True, "S(h)": False})
def heads_with_a_slope(x, Wq, Wk):
    q, k = np.einsum("nd,hkd->hnk", x, Wq), np.einsum("nd,hkd->hnk", x, Wk)
    slope = 2.0 ** -np.arange(len(Wq))
    s = np.exp(slope[:, None, None] * (q @ k.swapaxes(1, 2)))  # breaks: S(h)
    return (s / s.sum(-1, keepdims=True) @ x).sum(0)


@case("x: n d, W: f d, V: f d -> n d", "O(d) x S(n) x S(f)", {"O(d)": True, "S(n)": True, "S(f)": True})
def hidden_units_exchangeable(x, W, V):
    return np.maximum(x @ W.T, 0) @ V


@case("x: n d, W: f d, V: f d -> n d", "O(d) x S(n) x S(f)", {"O(d)": True, "S(n)": True, "S(f)": False})
def hidden_units_shifted(x, W, V):
    h = np.maximum(x @ W.T, 0)
    return np.roll(h, 1, axis=1) @ V  # breaks: S(f)


@case("x: b n d, mask: b n -> b d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def masked_mean(x, mask):
    weight = np.exp(mask)[..., None]
    return (x * weight).sum(axis=1) / weight.sum(axis=1)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": False})
def first_sample_as_reference(x):
    return x - x[0].mean(axis=0)  # breaks: S(b)


@case("x: b n d -> b b", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def contrastive_scores(x):
    pooled = x.mean(axis=1)
    pooled = pooled / np.linalg.norm(pooled, axis=-1, keepdims=True)
    return np.exp(pooled @ pooled.T / 0.1)


@case("X: d n -> d n", ROTATIONS, {"SO(d)": True, "S(n)": True})
def attention_rotated(X):
    s = np.exp(X.T @ X)
    return X @ (s / s.sum(axis=0))


@case("X: d n -> d n", ROTATIONS, {"SO(d)": False, "S(n)": True})
def tanh_rotated(X):
    return np.tanh(X)  # breaks: SO(d)


@case("X: d n -> d n", ROTATIONS, {"SO(d)": False, "S(n)": True})
def centred_coordinates_rotated(X):
    return X - X.mean(axis=0, keepdims=True)  # breaks: SO(d)


@case("X: d n -> d n", ROTATIONS, {"SO(d)": True, "S(n)": True}, d=2)
def quarter_turn_in_the_plane(X):
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    return J @ X


@case("X: d n -> d n", "O(d) x S(n)", {"O(d)": False, "S(n)": True}, d=2)
def quarter_turn_reflected(X):
    J = np.array([[0.0, -1.0], [1.0, 0.0]])
    return J @ X  # breaks: O(d)


@case("x: n d, v: n d -> n d, n d", "O(d) x S(n)", {"O(d)": True, "S(n)": True})
def leapfrog(x, v, dt=0.1):
    def force(y):
        r = y[None] - y[:, None]
        return (r / (1 + (r**2).sum(-1, keepdims=True))).sum(1)

    v = v + 0.5 * dt * force(x)
    x = x + dt * v
    v = v + 0.5 * dt * force(x)
    return x, v


@case("x: n d, v: n d -> n d, n d", "O(d) x S(n)", {"O(d)": False, "S(n)": True})
def leapfrog_under_gravity(x, v, dt=0.1):
    g = np.zeros(x.shape[1])
    g[-1] = -9.81
    v = v + dt * g  # breaks: O(d)
    return x + dt * v, v


@case("x: n d, g: d -> n d", "O(d) x S(n)", {"O(d)": True, "S(n)": True})
def fall_along_a_given_vector(x, g):
    return x + 0.5 * g * 0.01


@case("x: n d -> n d, n n, ()", "O(d) x S(n)", {"O(d)": True, "S(n)": True})
def three_outputs(x):
    s = x @ x.T
    return s @ x, s, s.sum()


@case("x: n d -> d, n", "O(d) x S(n)", {"O(d)": False, "S(n)": False})
def one_good_output_of_two(x):
    return x.mean(axis=0), x[:, 0] + np.arange(len(x))  # breaks: O(d), S(n)
