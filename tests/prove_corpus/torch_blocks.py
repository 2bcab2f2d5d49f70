"""Modules and whole blocks in PyTorch: weights as inputs, or fixed in the module where they break O(d)."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from prove_corpus.record import case

GROUP = "O(d) x S(n)"
BOTH = {"O(d)": True, "S(n)": True}
ONLY_S = {"O(d)": False, "S(n)": True}
ONLY_O = {"O(d)": True, "S(n)": False}
NONE = {"O(d)": False, "S(n)": False}
LLAMA = "x: n d, wq: 4 6 d, wk: 2 6 d, wv: 2 6 d, wo: 4 6 d, w1: f d, w3: f d, w2: d f -> n d"
BERT = "x: n d, u: d, Wq: e d, Wk: e d, Wv: e d, Wo: d e, bo: d, W1: f d, b1: f, W2: d f, b2: d -> n d"


def rms_norm(x, eps=1e-6):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)


def rotate_half(q):
    a, b = q.chunk(2, dim=-1)
    return torch.cat((-b, a), dim=-1)


def rotary(q):
    k, n = q.shape[-1], q.shape[-2]
    freq = 1.0 / 100.0 ** (torch.arange(0, k, 2, dtype=q.dtype) / k)
    angle = torch.outer(torch.arange(n, dtype=q.dtype), freq)
    angle = torch.cat((angle, angle), dim=-1)
    return q * angle.cos() + rotate_half(q) * angle.sin()  # breaks: S(n)


def grouped_attention(h, wq, wk, wv, wo):
    q, k, v = (torch.einsum("nd,hkd->hnk", h, w) for w in (wq, wk, wv))
    q, k = rotary(q), rotary(k)
    k, v = k.repeat_interleave(2, dim=0), v.repeat_interleave(2, dim=0)
    s = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
    mask = torch.full(s.shape[-2:], float("-inf"), dtype=s.dtype).triu(1)
    a = (s + mask).softmax(dim=-1)  # breaks: S(n)
    return torch.einsum("hnk,hkd->nd", a @ v, wo)


def feed_forward(h, w1, w3, w2):
    return F.linear(F.silu(F.linear(h, w1)) * F.linear(h, w3), w2)


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, grouped_attention))
def llama(x, *w):
    x = x + grouped_attention(rms_norm(x), *w[:4])
    return x + feed_forward(rms_norm(x), *w[4:])


@case(LLAMA, GROUP, ONLY_O, parts=(rotary, grouped_attention))
def llama_twice(x, *w):
    for _ in range(2):
        x = x + grouped_attention(rms_norm(x), *w[:4])
        x = x + feed_forward(rms_norm(x), *w[4:])
    return rms_norm(x)


@case(LLAMA, GROUP, NONE, parts=(rotary, grouped_attention))
def llama_gelu_on_the_stream(x, *w):
    x = x + grouped_attention(rms_norm(x), *w[:4])
    x = F.gelu(x)  # breaks: O(d)
    return x + feed_forward(rms_norm(x), *w[4:])


@case(LLAMA, GROUP, NONE, parts=(rotary, grouped_attention))
def llama_layer_norm(x, *w):
    h = F.layer_norm(x, x.shape[-1:])  # breaks: O(d)
    x = x + grouped_attention(h, *w[:4])
    return x + feed_forward(rms_norm(x), *w[4:])


def layer_norm(x, u):
    c = x - (x @ u).unsqueeze(-1) * u
    return c / c.pow(2).mean(-1, keepdim=True).add(1e-5).sqrt()


def multi_head(x, Wq, Wk, Wv, Wo, bo, heads=2):
    q, k, v = (F.linear(x, W).unflatten(-1, (heads, -1)).transpose(0, 1) for W in (Wq, Wk, Wv))
    out = F.scaled_dot_product_attention(q, k, v)
    return F.linear(out.transpose(0, 1).flatten(-2), Wo, bo)


@case(BERT, GROUP, BOTH, e=6)
def bert(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    x = layer_norm(x + multi_head(x, Wq, Wk, Wv, Wo, bo), u)
    return layer_norm(x + F.linear(F.gelu(F.linear(x, W1, b1)), W2, b2), u)


@case(BERT, GROUP, ONLY_S, e=6)
def bert_layer_norm_of_torch(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    x = layer_norm(x + multi_head(x, Wq, Wk, Wv, Wo, bo), u)
    y = x + F.linear(F.gelu(F.linear(x, W1, b1)), W2, b2)
    return F.layer_norm(y, (y.shape[1],))  # breaks: O(d)


@case(BERT, GROUP, NONE, e=6)
def bert_positions_added(x, u, Wq, Wk, Wv, Wo, bo, W1, b1, W2, b2):
    position = torch.arange(len(x), dtype=x.dtype)[:, None] * 0.1
    x = layer_norm(x + position, u)  # breaks: O(d), S(n)
    x = layer_norm(x + multi_head(x, Wq, Wk, Wv, Wo, bo), u)
    return layer_norm(x + F.linear(F.gelu(F.linear(x, W1, b1)), W2, b2), u)


class Equivariant(nn.Module):
    """A module whose only parameters mix channels of vectors, not their coordinates."""

    def __init__(self, channels, width):
        super().__init__()
        torch.manual_seed(0)
        self.mix = nn.Linear(channels, width, bias=False, dtype=torch.float64)
        self.gate = nn.Linear(width, width, dtype=torch.float64)

    def forward(self, v):
        h = self.mix(v.transpose(-1, -2)).transpose(-1, -2)
        length = h.norm(dim=-1)
        return torch.sigmoid(self.gate(length)).unsqueeze(-1) * h


case("v: n 3 d -> n 5 d", GROUP, BOTH, name="module_of_vector_channels", parts=(Equivariant,))(Equivariant(3, 5))


class Stacked(nn.Module):
    """The same with a nonlinearity on coordinates between two layers."""

    def __init__(self):
        super().__init__()
        self.first = Equivariant(3, 4)
        self.second = Equivariant(4, 2)

    def forward(self, v):
        h = self.first(v)
        h = torch.relu(h)  # breaks: O(d)
        return self.second(h)


case("v: n 3 d -> n 2 d", GROUP, ONLY_S, name="module_with_a_relu_between", parts=(Stacked,))(Stacked())


class Mixer(nn.Module):
    """Fixed weights on coordinates: lawful for permutations of tokens only."""

    def __init__(self, width):
        super().__init__()
        torch.manual_seed(1)
        self.inner = nn.Linear(width, 2 * width, dtype=torch.float64)
        self.outer = nn.Linear(2 * width, width, dtype=torch.float64)
        self.norm = nn.LayerNorm(width, dtype=torch.float64)

    def forward(self, x):
        h = self.norm(x)  # breaks: O(d)
        return x + self.outer(torch.relu(self.inner(h)))  # breaks: O(d)


case("x: n d -> n d", GROUP, ONLY_S, name="module_with_fixed_weights", parts=(Mixer,), d=4)(Mixer(4).eval())
case("x: n 4 -> n 4", "S(n)", {"S(n)": True}, name="module_on_each_token", parts=(Mixer,))(Mixer(4).eval())


class SelfAttention(nn.Module):
    """Attention of PyTorch with its own weights."""

    def __init__(self, width, heads):
        super().__init__()
        torch.manual_seed(2)
        self.attend = nn.MultiheadAttention(width, heads, batch_first=True, dtype=torch.float64)

    def forward(self, x):
        return self.attend(x, x, x, need_weights=False)[0]  # breaks: O(d)


case("x: b n 6 -> b n 6", "S(n) x S(b)", {"S(n)": True, "S(b)": True}, name="module_attention", parts=(SelfAttention,))(
    SelfAttention(6, 2).eval()
)
case("x: b n d -> b n d", GROUP, ONLY_S, name="module_attention_turned", parts=(SelfAttention,), d=6)(
    SelfAttention(6, 3).eval()
)


class Convolution(nn.Module):
    """A convolution along tokens."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.kernel = nn.Conv1d(1, 1, 3, padding=1, bias=False, dtype=torch.float64)

    def forward(self, x):
        return self.kernel(x.T.unsqueeze(1)).squeeze(1).T  # breaks: S(n)


case("x: n d -> n d", GROUP, ONLY_O, name="module_convolution_along_tokens", parts=(Convolution,))(Convolution())


class Scale(nn.Module):
    """One learned number: the only gain that commutes with O(d)."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(1.5, dtype=torch.float64))

    def forward(self, x):
        return self.gain * rms_norm(x)


case("x: n d -> n d", GROUP, BOTH, name="module_with_one_gain", parts=(Scale,))(Scale())


class Gain(nn.Module):
    """One learned number for each coordinate."""

    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.linspace(0.5, 1.5, width, dtype=torch.float64))

    def forward(self, x):
        return self.gain * rms_norm(x)  # breaks: O(d)


case("x: n d -> n d", GROUP, ONLY_S, name="module_with_gains", parts=(Gain,), d=5)(Gain(5))
