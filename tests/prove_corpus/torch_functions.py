"""Functions in PyTorch: functional calls, methods of tensors, in-place operations and einsum."""

import math

import torch
import torch.nn.functional as F

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
NONE = {"O(d)": False, "S(n)": False}


@case("x: n d -> n d", GROUP, BOTH)
def attention(x):
    return torch.softmax(x @ x.T / math.sqrt(x.shape[-1]), dim=-1) @ x


@case("x: n d -> n d", GROUP, BOTH)
def attention_by_methods(x):
    scores = x.matmul(x.t()).div(x.size(-1) ** 0.5)
    return scores.softmax(dim=-1).mm(x)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def fused_attention(x):
    return F.scaled_dot_product_attention(x, x, x)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": False, "S(b)": True})
def fused_causal_attention(x):
    return F.scaled_dot_product_attention(x, x, x, is_causal=True)  # breaks: S(n)


@case("x: b n d -> b n d", "O(d) x S(n) x S(b)", {"O(d)": True, "S(n)": True, "S(b)": True})
def batched_by_bmm(x):
    return torch.bmm(F.softmax(torch.bmm(x, x.transpose(1, 2)), -1), x)


@case("x: n d, Wq: h k d, Wk: h k d, Wv: h k d, Wo: h k d -> n d", GROUP, BOTH)
def heads_einsum(x, Wq, Wk, Wv, Wo):
    q, k, v = (torch.einsum("nd,hkd->hnk", x, W) for W in (Wq, Wk, Wv))
    a = torch.einsum("hik,hjk->hij", q, k).mul(k.shape[-1] ** -0.5).softmax(-1)
    return torch.einsum("hij,hjk,hkd->id", a, v, Wo)


@case("x: n d, Wq: e d, Wk: e d, Wv: e d, Wo: d e -> n d", GROUP, BOTH, e=6)
def heads_by_view(x, Wq, Wk, Wv, Wo):
    n = x.size(0)
    q = F.linear(x, Wq).view(n, 3, -1).transpose(0, 1)
    k = F.linear(x, Wk).view(n, 3, -1).transpose(0, 1)
    v = F.linear(x, Wv).view(n, 3, -1).transpose(0, 1)
    a = F.softmax(q @ k.transpose(-2, -1), dim=-1)
    return F.linear((a @ v).transpose(0, 1).contiguous().view(n, -1), Wo)


@case("x: n d -> n d", GROUP, ONLY_O)
def causal_masked_fill(x):
    n = x.shape[0]
    mask = torch.triu(torch.ones(n, n, dtype=torch.bool), diagonal=1)
    s = (x @ x.T).masked_fill(mask, float("-inf"))  # breaks: S(n)
    return s.softmax(-1) @ x


@case("x: n d, keep: n -> n d", GROUP, BOTH)
def padding_masked_fill(x, keep):
    s = (x @ x.T).masked_fill((keep <= 0)[None, :], -1e9)
    return s.softmax(-1) @ x


@case("x: n d -> n d", GROUP, BOTH)
def rms_norm(x):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


@case("x: n d -> n d", GROUP, BOTH)
def rms_norm_of_functional(x):
    return F.rms_norm(x, (x.shape[-1],))


@case("x: n d -> n d", GROUP, ONLY_S)
def layer_norm(x):
    return F.layer_norm(x, (x.shape[-1],))  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def layer_norm_by_hand(x):
    mean = x.mean(dim=-1, keepdim=True)  # breaks: O(d)
    std = x.std(dim=-1, keepdim=True, unbiased=False)  # breaks: O(d)
    return (x - mean) / (std + 1e-5)  # breaks: O(d)


@case("x: n d, u: d -> n d", GROUP, BOTH)
def layer_norm_with_u(x, u):
    c = x - torch.outer(x @ u, u)
    return c / torch.sqrt(c.square().mean(-1, keepdim=True) + 1e-5)


@case("x: n d -> n d", GROUP, BOTH)
def normalise(x):
    return F.normalize(x, dim=-1)


@case("x: n d -> n d", GROUP, ONLY_S)
def normalise_the_wrong_axis(x):
    return F.normalize(x, dim=0)  # breaks: O(d)


@case("x: n d -> n n", GROUP, BOTH)
def cosine_similarity(x):
    return F.cosine_similarity(x[:, None], x[None], dim=-1)


@case("x: n d -> n n", GROUP, BOTH)
def cdist(x):
    return torch.cdist(x, x)


@case("x: n d -> n n", GROUP, ONLY_S)
def cdist_manhattan(x):
    return torch.cdist(x, x, p=1.0)  # breaks: O(d)


@case("x: n d, W1: f d, b1: f, W2: d f -> n d", GROUP, BOTH)
def mlp(x, W1, b1, W2):
    return F.linear(F.gelu(F.linear(x, W1, b1)), W2)


@case("x: n d, W1: f d, W3: f d, W2: d f -> n d", GROUP, BOTH)
def swiglu(x, W1, W3, W2):
    return F.linear(F.silu(F.linear(x, W1)) * F.linear(x, W3), W2)


@case("x: n d, W1: f d, W2: d f -> n d", GROUP, ONLY_S)
def relu_on_the_stream(x, W1, W2):
    x = x + F.linear(F.relu(F.linear(x, W1)), W2)
    return F.relu(x)  # breaks: O(d)


@case("x: n d -> n d", GROUP, ONLY_S)
def relu_in_place(x):
    y = x.clone()
    y.relu_()  # breaks: O(d)
    return y


@case("x: n d -> n d", GROUP, BOTH)
def in_place_arithmetic(x):
    y = x.clone()
    y.mul_(2).sub_(x.mean(0))
    y /= 1 + y.norm(dim=-1, keepdim=True)
    return y


@case("x: n d -> n d", GROUP, ONLY_O)
def first_row_in_place(x):
    y = x.clone()
    y[0] += x.sum(0)  # breaks: S(n)
    return y


@case("x: n d -> n d", GROUP, ONLY_S)
def first_coordinate_in_place(x):
    y = x.clone()
    y[:, 0].mul_(2.0)  # breaks: O(d)
    return y


@case("x: n d -> n d", GROUP, BOTH)
def fill_diagonal(x):
    s = x @ x.T
    s.fill_diagonal_(0.0)
    return s @ x


@case("x: n d -> n d", GROUP, {"O(d)": True, "S(n)": None})
def top_k_gathered(x):
    top = (x @ x.T).topk(2, dim=-1)
    picked = x[top.indices]  # breaks: S(n)
    return (top.values.softmax(-1)[..., None] * picked).sum(1)  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_S)
def branch_on_a_sum(x):
    if x.sum().item() > 0:  # breaks: O(d)
        return x
    return -3 * x


@case("x: n d -> n d", GROUP, ONLY_S, at={"d": 70})
def large_dimensions_differ(x):
    return attention(x.abs() if x.shape[1] > 64 else x)  # breaks: O(d)


@case("x: n d -> n d", GROUP, NONE)
def dropout_left_on(x):
    return F.dropout(x, 0.5)  # breaks: O(d), S(n)


@case("x: n d -> n d", GROUP, BOTH)
def dropout_turned_off(x):
    return attention(F.dropout(x, 0.5, training=False))


@case("x: n d -> n d", GROUP, BOTH)
def force_by_autograd(x):
    gap = x[:, None] - x[None]
    r2 = (gap**2).sum(-1)
    return -2 * (gap * torch.exp(-r2)[..., None]).sum(1)


@case("x: n d -> d d", GROUP, BOTH)
def covariance(x):
    c = x - x.mean(dim=0, keepdim=True)
    return c.mT @ c / x.shape[0]


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def ridge(X, Z):
    return Z @ torch.linalg.solve(Z.T @ Z + 0.1 * torch.eye(Z.shape[1], dtype=Z.dtype), Z.T @ X)


@case("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"O(d)": True, "S(n)": True, "S(m)": True})
def projection(X, Z):
    return Z @ (torch.linalg.pinv(Z) @ X)


@case("x: n d -> n d", GROUP, ONLY_S)
def fixed_weights(x):
    d = x.shape[1]
    W = torch.arange(d * d, dtype=x.dtype).reshape(d, d) / d
    return x @ W  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH)
def eye(x):
    return x @ torch.eye(x.shape[1], dtype=x.dtype)


@case("x: n d -> n d", GROUP, ONLY_S)
def chunked_stream(x):
    a, b = x[:, :1], x[:, 1:]  # breaks: O(d)
    return torch.cat([b, a], dim=1)  # breaks: O(d)


@case("x: n d -> n d", GROUP, BOTH)
def stacked(x):
    return torch.stack([row * row.dot(row) for row in x.unbind(0)])


@case("x: n d -> n d", GROUP, BOTH)
def log_sum_exp(x):
    s = x @ x.T
    return (s - s.logsumexp(dim=1, keepdim=True)).exp() @ x


@case("x: n d -> n d", GROUP, ONLY_O)
def cumulative(x):
    return x.cumsum(dim=0)  # breaks: S(n)


@case("x: n d -> n d", GROUP, ONLY_O)
def flipped(x):
    return x + x.flip(0)  # breaks: S(n)


@case("x: n d -> d", GROUP, ONLY_S)
def max_pooling(x):
    return x.max(dim=0).values  # breaks: O(d)


@case("x: n d -> d", GROUP, BOTH)
def mean_pooling(x):
    return x.mean(0)


@case("x: n d -> n d", GROUP, BOTH)
def clamped_scores(x):
    return (x @ x.T).clamp(min=0.0, max=2.0) @ x


@case("x: n d -> n d", GROUP, ONLY_S)
def clamped_coordinates(x):
    return x.clamp(-1, 1)  # breaks: O(d)


@case("x: n d -> n n", "S(n)", {"S(n)": True})
def manhattan(x):
    return (x[:, None] - x[None]).abs().sum(-1)


@case("x: n d -> n d", "S(n)", {"S(n)": True})
def coordinates_as_one_likes(x):
    return torch.tanh(x) * torch.arange(x.shape[1], dtype=x.dtype)
