"""PyTorch modules with random parameters, and the same modules read as knowledge and a layer of ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symmetry.layers import Layer, attention, encoder_layer, gelu, layer_norm, mlp, relu, rms_norm

torch = pytest.importorskip("torch")
nn = torch.nn

Array = NDArray[Any]
Blocks = dict[str, Array]
Roles = dict[str, slice]
ACTIVATION: dict[Any, Callable[[Array], Array]] = {nn.functional.gelu: gelu, nn.functional.relu: relu}


def array(tensor: torch.Tensor) -> Array:
    return np.array(tensor.detach().numpy())


def randomise(module: nn.Module, seed: int) -> None:
    """No parameter stays 0 or 1: gains between 1/2 and 3/2, matrices that keep the size of what they read."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            if parameter.ndim == 2:
                noise /= math.sqrt(parameter.shape[1])
            elif "norm" in name and name.endswith("weight"):
                noise = 1 + noise.tanh() / 2
            else:
                noise /= 2
            parameter.copy_(noise)


def run(
    module: nn.Module, tokens: Array, mask: torch.Tensor | None = None, padding: torch.Tensor | None = None
) -> Array:
    """What a module makes of a batch of tokens (b, d, n), in its own layout."""
    alone = isinstance(module, nn.MultiheadAttention)
    layout = (0, 2, 1) if (module if alone else module.self_attn).batch_first else (2, 0, 1)
    x = torch.from_numpy(np.ascontiguousarray(tokens.transpose(layout)))
    with torch.no_grad():
        if alone:
            out, _ = module(x, x, x, attn_mask=mask, key_padding_mask=padding, need_weights=False)
        else:
            out = module(x, src_mask=mask, src_key_padding_mask=padding)
    return array(out).transpose(np.argsort(layout))


def attention_blocks(module: nn.MultiheadAttention, gain: Array | float = 1.0) -> Blocks:
    """The knowledge of an attention layer that follows a norm with this gain."""
    query, key, value = np.split(array(module.in_proj_weight) * gain, 3)
    out, bias = array(module.out_proj.weight), array(module.out_proj.bias)
    return {"query": query.T, "key": key.T, "value": value.T, "out": out, "bias": bias}


def attention_layer(module: nn.MultiheadAttention, role: Roles, mask: Array | float = 0.0, prefix: str = "") -> Layer:
    columns = {name: role[prefix + name] for name in ("query", "key", "value", "out", "bias")}
    query, key, value = np.split(array(module.in_proj_bias), 3)
    return attention(**columns, heads=module.num_heads, constants=(query, key, value), mask=mask)


def encoder_blocks(module: nn.TransformerEncoderLayer, prefix: str = "") -> Blocks:
    """The knowledge of a whole block, without u and a frame, which belong to no block.

    With the norms first, a gain γ is absorbed in the rows that read the normed tokens, and the shift is β/γ.
    """
    gains = [array(norm.weight) if module.norm_first else 1.0 for norm in (module.norm1, module.norm2)]
    blocks = attention_blocks(module.self_attn, gains[0])
    blocks["up"] = (array(module.linear1.weight) * gains[1]).T
    blocks["down"] = array(module.linear2.weight)
    blocks["bias2"] = array(module.linear2.bias)
    for name, norm, gain in zip(("shift", "shift2"), (module.norm1, module.norm2), gains):
        if isinstance(norm, nn.LayerNorm):
            blocks[name] = array(norm.bias) / gain
    return {prefix + name: block for name, block in blocks.items()}


def encoder(module: nn.TransformerEncoderLayer, role: Roles, mask: Array | float = 0.0, prefix: str = "") -> Layer:
    """The block as a layer of ours; columns of Z are found by their roles, "mean" and "frame" without the prefix."""

    def norm_layer(norm: nn.Module, shift: str) -> Layer:
        (size,) = norm.normalized_shape
        gain = 1.0 if module.norm_first else array(norm.weight)
        options: dict[str, Any] = {"eps": norm.eps, "gain": gain, "frame": role.get("frame")}
        if isinstance(norm, nn.RMSNorm):
            return rms_norm(size, **options)
        return layer_norm(size, role["mean"], shift=role[prefix + shift], **options)

    hidden = mlp(
        role[prefix + "up"],
        role[prefix + "down"],
        activation=ACTIVATION[module.activation],
        constants=array(module.linear1.bias),
        bias=role[prefix + "bias2"],
    )
    norms = norm_layer(module.norm1, "shift"), norm_layer(module.norm2, "shift2")
    return encoder_layer(
        attention_layer(module.self_attn, role, mask, prefix), hidden, norms, norm_first=module.norm_first
    )


def fuse(module: nn.TransformerEncoderLayer) -> None:
    """Moves the gains and shifts of norms that stand first into the layers that read them, as SliceGPT does."""
    attention = module.self_attn
    readers = (attention.in_proj_weight, attention.in_proj_bias), (module.linear1.weight, module.linear1.bias)
    with torch.no_grad():
        for norm, (rows, constants) in zip((module.norm1, module.norm2), readers):
            if isinstance(norm, nn.LayerNorm):
                constants += rows @ norm.bias
                norm.bias.zero_()
            rows *= norm.weight
            norm.weight.fill_(1)


READS, WRITES = (
    ("in_proj_weight", "linear1.weight"),
    ("out_proj.weight", "out_proj.bias", "linear2.weight", "linear2.bias"),
)


def turn(module: nn.Module, Q: Array, forgotten: str | None = None) -> None:
    """Turns the parameters of the embedding space in place: rows that read, columns and biases that write."""
    turned = torch.from_numpy(Q)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name == forgotten:
                continue
            if name.endswith(READS):
                parameter.copy_(parameter @ turned.T)
            elif name.endswith(WRITES):
                parameter.copy_(turned @ parameter)
