"""Functions in JAX: transformations, control flow of its own, and the idioms of its libraries."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax, nn, vmap

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
NONE = {"O(d)": False, "S(n)": False}


@case("x: n d -> n d", GROUP, BOTH)
def attention(x):
    return nn.softmax(x @ x.T / jnp.sqrt(x.shape[-1]), axis=-1) @ x


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def cross_attention(X, Z):
    return Z @ nn.softmax(jnp.einsum("dm,dn->mn", Z, X), axis=0)


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> n d", GROUP, BOTH)
def heads_by_vmap(x, Wq, Wk, Wv, Wo):
    def head(wq, wk, wv, wo):
        a = nn.softmax((x @ wq.T) @ (x @ wk.T).T)
        return a @ (x @ wv.T) @ wo

    return vmap(head)(Wq, Wk, Wv, Wo).sum(axis=0)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def batched_by_vmap(x):
    return vmap(attention)(x)


@case("x: n d -> n d", GROUP, BOTH)
def under_jit(x):
    return jax.jit(attention)(x)


@partial(jax.jit, static_argnames="scale")
def scaled(x, scale=1.0):
    return scale * x / jnp.linalg.norm(x, axis=-1, keepdims=True)


@case("x: n d -> n d", GROUP, BOTH)
def static_argument(x):
    return scaled(x, scale=3.0)


@case("x: n d -> n d", GROUP, ONLY_O)
def causal(x):
    n = x.shape[0]
    mask = jnp.tril(jnp.ones((n, n), bool))
    return nn.softmax(jnp.where(mask, x @ x.T, -jnp.inf)) @ x  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_by_iota(x):
    i = lax.broadcasted_iota(jnp.int32, (len(x), len(x)), 0)
    j = lax.broadcasted_iota(jnp.int32, (len(x), len(x)), 1)
    s = jnp.where(i >= j, x @ x.T, -1e9)  # breaks: S(n)
    return nn.softmax(s) @ x


@case("x: n d -> n d", GROUP, BOTH)
def rms_norm(x):
    return x * lax.rsqrt(jnp.mean(jnp.square(x), -1, keepdims=True) + 1e-6)


@case("x: n d -> n d", GROUP, ONLY_S)
def standardised(x):
    return nn.standardize(x, axis=-1)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def layer_norm(x):
    mean = jnp.mean(x, axis=-1, keepdims=True)  # breaks: O(d)
    return (x - mean) * lax.rsqrt(jnp.var(x, axis=-1, keepdims=True) + 1e-5)  # breaks: O(d)


@case("x: n d, u: d -> n d", GROUP, BOTH)
def layer_norm_with_u(x, u):
    c = x - jnp.outer(x @ u, u)
    return c * lax.rsqrt(jnp.mean(c * c, -1, keepdims=True) + 1e-5)


@case("x: n d, W1: f d, W2: f d -> n d", GROUP, BOTH)
def gelu_mlp(x, W1, W2):
    return nn.gelu(x @ W1.T) @ W2


@case("x: n d, W1: f d, W3: f d, W2: f d -> n d", GROUP, BOTH)
def swiglu(x, W1, W3, W2):
    return (nn.silu(x @ W1.T) * (x @ W3.T)) @ W2


@case("x: n d, W1: f d, W2: f d -> n d", GROUP, ONLY_S)
def relu_on_the_stream(x, W1, W2):
    h = nn.relu(x + nn.relu(x @ W1.T) @ W2)  # breaks: O(d)
    return h


@case("x: n d -> n d", GROUP, ONLY_S)
def fixed_weights(x):
    key = jax.random.PRNGKey(0)
    W = jax.random.normal(key, (x.shape[1], x.shape[1]))
    return x @ W  # breaks: O(d)


@case("x: n d -> ", GROUP, BOTH)
def energy(x):
    r = x[:, None] - x[None]
    return jnp.sum(jnp.exp(-jnp.sum(r**2, axis=-1)))


@case("x: n d -> n d", GROUP, BOTH)
def force_by_grad(x):
    return -jax.grad(energy)(x)


@case("x: n d -> n d", GROUP, ONLY_S)
def force_of_a_skew_potential(x):
    def potential(y):
        return jnp.sum(y**4)  # breaks: O(d)

    return jax.grad(potential)(x)  # breaks: O(d)


@case("x: n d, v: n d -> n d", GROUP, BOTH)
def tangent_by_jvp(x, v):
    return jax.jvp(attention, (x,), (v,))[1]


@case("x: n d -> n d", GROUP, BOTH)
def lax_scan_over_depth(x):
    def step(h, _):
        return h + attention(h), None

    return lax.scan(step, x, None, length=3)[0]


@case("x: n d -> n d", GROUP, ONLY_O)
def lax_scan_over_tokens(x):
    def step(state, row):
        state = 0.9 * state + row
        return state, state

    return lax.scan(step, jnp.zeros(x.shape[1]), x)[1]  # breaks: S(n)


@case("x: n d -> n d", GROUP, BOTH)
def fori_loop(x):
    return lax.fori_loop(0, 3, lambda i, h: 0.5 * h + 0.5 * attention(h), x)


@case("x: n d -> n d", GROUP, BOTH)
def cond_on_an_invariant(x):
    return lax.cond(jnp.sum(x * x) > 4.0, lambda y: y, lambda y: 2 * y, x)


@case("x: n d -> n d", GROUP, ONLY_S)
def cond_on_a_sum(x):
    return lax.cond(jnp.sum(x) > 0, lambda y: y, lambda y: -2 * y, x)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S, at={"d": 70})
def large_dimensions_differ(x):
    if x.shape[1] > 64:
        return jnp.abs(x)  # breaks: O(d)
    return attention(x)


@case("x: n d -> n d", GROUP, BOTH)
def at_set_diagonal(x):
    s = x @ x.T
    i = jnp.arange(len(x))
    return s.at[i, i].set(0.0) @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def at_add_first(x):
    return x.at[0].add(x.sum(axis=0))  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_S)
def at_multiply_coordinate(x):
    return x.at[:, 0].multiply(2.0)  # breaks: O(d)


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": None})
def top_k_gathered(x):
    values, index = lax.top_k(x @ x.T, 2)  # breaks: S(n)
    return jnp.einsum("nk,nkd->nd", nn.softmax(values), x[index])  # breaks: S(n)


@case("x: n d -> n d", GROUP, BOTH)
def top_k_as_threshold(x):
    s = x @ x.T
    kth = lax.top_k(s, 2)[0][:, -1:]
    return nn.softmax(jnp.where(s >= kth, s, -1e9)) @ x


@case("x: n d, seg: n -> n d", GROUP, BOTH)
def log_sum_exp(x, seg):
    s = x @ x.T + seg[None]
    return jnp.exp(s - nn.logsumexp(s, axis=1, keepdims=True)) @ x


@case("x: n d -> n d", GROUP, BOTH)
def einsum_with_ellipsis(x):
    s = jnp.einsum("...id,...jd->...ij", x, x)
    return jnp.einsum("...ij,...jd->...id", jnp.tanh(s), x)


@case("x: n d, g: 2 d, W: f d, V: f d, Wq: 2 4 d, Wk: 2 4 d -> n d", GROUP, NONE, parts=())
def block_with_a_gain_left(x, g, W, V, Wq, Wk):
    h = rms_norm(x) * g[0]  # breaks: O(d)
    s = jnp.einsum("nd,hkd,hke,me->hnm", h, Wq, Wk, h)
    s = jnp.where(jnp.tri(len(x), dtype=bool), s, -jnp.inf)  # breaks: S(n)
    x = x + nn.softmax(s).mean(0) @ x
    return x + nn.silu(rms_norm(x) @ W.T) @ V


def rotary(q):
    half = q.shape[-1] // 2
    angle = jnp.arange(q.shape[-2])[:, None] * 100.0 ** (-jnp.arange(half) / half)
    a, b = jnp.split(q, 2, axis=-1)
    c, s = jnp.cos(angle), jnp.sin(angle)
    return jnp.concatenate([a * c - b * s, b * c + a * s], axis=-1)  # breaks: S(n)


LLAMA = "x: n d, wq: 4 6 d, wk: 2 6 d, wv: 2 6 d, wo: 4 6 d, w1: f d, w3: f d, w2: f d -> n d"


def llama_layer(x, wq, wk, wv, wo, w1, w3, w2):
    h = rms_norm(x)
    q, k, v = (jnp.einsum("nd,hkd->hnk", h, w) for w in (wq, wk, wv))
    q, k, v = rotary(q), jnp.repeat(rotary(k), 2, axis=0), jnp.repeat(v, 2, axis=0)
    s = jnp.einsum("hik,hjk->hij", q, k) / jnp.sqrt(6.0)
    s = jnp.where(jnp.tril(jnp.ones(s.shape[1:])) > 0, s, -jnp.inf)  # breaks: S(n)
    x = x + jnp.einsum("hij,hjk,hkd->id", nn.softmax(s), v, wo)
    return x + swiglu(rms_norm(x), w1, w3, w2)


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, llama_layer))
def llama(x, *weights):
    return llama_layer(x, *weights)


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, llama_layer))
def llama_twice(x, *weights):
    return rms_norm(llama_layer(llama_layer(x, *weights), *weights))


@case(LLAMA, GROUP, NONE, parts=(rotary, llama_layer))
def llama_centred_between(x, *weights):
    x = llama_layer(x, *weights)
    x = x - x.mean(axis=-1, keepdims=True)  # breaks: O(d)
    return llama_layer(x, *weights)


@case("x: n d -> d d", GROUP, BOTH)
def covariance(x):
    c = x - x.mean(0)
    return c.T @ c / len(x)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def ridge(X, Z):
    return Z @ jnp.linalg.solve(Z.T @ Z + 0.1 * jnp.eye(Z.shape[1]), Z.T @ X)


@case("x: n d -> n n", GROUP, BOTH)
def distances_by_double_vmap(x):
    def distance(a, b):
        return jnp.sqrt(jnp.sum((a - b) ** 2) + 1e-9)

    return vmap(vmap(distance, (None, 0)), (0, None))(x, x)


@case("x: n d -> n n", GROUP, ONLY_S)
def manhattan_by_double_vmap(x):
    def distance(a, b):
        return jnp.sum(jnp.abs(a - b))  # breaks: O(d)

    return vmap(vmap(distance, (None, 0)), (0, None))(x, x)


@case("x: n d -> n d", GROUP, BOTH)
def stopped_gradients_and_checkpoints(x):
    return jax.checkpoint(attention)(lax.stop_gradient(x))


@case("x: n d -> n d", "S(n)", {"S(n)": True})
def relu_under_permutations(x):
    return nn.relu(x)


@case("x: n d -> n d", "S(n)", {"S(n)": False})
def cumulative_sum(x):
    return jnp.cumsum(x, axis=0)  # breaks: S(n)


@case("x: n d -> n d", "S(n)", {"S(n)": False})
def associative_scan(x):
    return lax.associative_scan(jnp.add, x)  # breaks: S(n)


@case("x: n d -> n", GROUP, BOTH)
def sorted_scores(x):
    return jnp.sort(x @ x.T, axis=-1)[:, -1]


@case("a: d, b: d -> d", "O(d)", {"O(d)": False}, d=3)
def cross_product(a, b):
    return jnp.cross(a, b)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def max_over_coordinates(x):
    return x / jnp.max(x, axis=-1, keepdims=True)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def dimension_numbers_mixed_up(x):
    M = lax.dot_general(x, x, (((0,), (0,)), ((), ())))
    return x @ jnp.tanh(M)  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH)
def dimension_numbers_right(x):
    s = lax.dot_general(x, x, (((1,), (1,)), ((), ())))
    return jnp.tanh(s) @ x


class Layer:
    """Parameters in a dictionary, as in libraries for JAX."""

    def __init__(self, eps):
        self.params = {"eps": eps, "mix": jnp.array([0.5, 0.5])}

    def __call__(self, x, W):
        a, b = self.params["mix"]
        h = x * lax.rsqrt((x * x).mean(-1, keepdims=True) + self.params["eps"])
        return a * x + b * nn.relu(h @ W.T) @ W


case("x: n d, W: f d -> n d", GROUP, BOTH, name="layer_with_parameters", parts=(Layer,))(Layer(1e-6))
