"""Weights are knowledge, on layers written by others: PyTorch's modules are X g₁(A, B, C) + Z g₂(A, B, C).

How far two computations of one result may be apart. Every number that either side uses is an inner product of columns
of Y = [X Z], a sum over tokens, knowledge or hidden units, or an elementary function of such. A sum of k products is
taken to be off by √k u Σ|aᵢbᵢ|: single roundings are relative errors of at most u, of either sign, so they add up like
√k (Higham and Mary 2019; in the worst case like k). With K = d + n + m, longer than any of the sums,

* the inner products yᵢ·yⱼ are off by √K u ‖yᵢ‖‖yⱼ‖, and what this does to the result is *measured*: κ is the response
  to such changes of G = YᵀY with random signs, per unit. It covers what is computed on the way, which is sums of
  products of these (queries, scores, lengths of centred tokens, inner products of the next layer);
* the last sum X g₁ + Z g₂ is off by √K u ‖ |Y| |g| ‖.

One side is off by √K u (κ + ‖ |Y| |g| ‖) in the Frobenius norm, two sides by twice that. Our form and the modules are
apart by less than a tenth of what one side is allowed. Q f(X, Z) and f(QX, QZ) have a turn on top, of the output or of
the inputs: sums of d products, which is allowed for as another side each.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from torch_modules import (
    Array,
    attention_blocks,
    attention_layer,
    encoder,
    encoder_blocks,
    fuse,
    nn,
    randomise,
    run,
    torch,
    turn,
)

from symmetry.errors import UsageError
from symmetry.groups import O
from symmetry.layers import Coefficients, Gram, Layer, apply, chain, gather, layer_norm

# d, heads, n, hidden units, activation, batch_first
SIZES = [
    (6, 2, 5, 9, "gelu", True),
    (8, 4, 3, 5, "relu", True),
    (5, 1, 7, 4, "gelu", False),
    (12, 3, 6, 10, "relu", False),
]
DTYPES = [np.float32, np.float64]
FAULT = {np.float32: 1e-4, np.float64: 1e-10}  # of the result
KINDS = ["pre LayerNorm", "pre RMSNorm", "post LayerNorm", "post RMSNorm", "post LayerNorm with gain and frame"]
MASKS = ["none", "causal", "padding", "causal and padding", "bias for each head"]
BATCH = 2

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: "-".join(map(str, size)))
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])


@dataclass(frozen=True)
class Reading:
    """A module, the layer of ours that it is for one mask, and its knowledge."""

    module: nn.Module
    layer: Callable[..., Layer]  # of a mask
    Z: Array
    role: dict[str, slice]


def encoder_module(size, kind: str, dtype) -> nn.TransformerEncoderLayer:
    d, heads, _, hidden, activation, batch_first = size
    options = {
        "batch_first": batch_first,
        "norm_first": kind.startswith("pre"),
        "dtype": getattr(torch, dtype.__name__),
    }
    module = nn.TransformerEncoderLayer(d, heads, hidden, 0.0, activation, **options)
    if "RMS" in kind:
        module.norm1, module.norm2 = (nn.RMSNorm(d, eps=1e-5, dtype=options["dtype"]) for _ in range(2))
    randomise(module, seed=d)
    if kind in ("post LayerNorm", "post RMSNorm"):
        with torch.no_grad():
            module.norm1.weight.fill_(1)
            module.norm2.weight.fill_(1.25)
    return module


def read(size, kind: str, dtype) -> Reading:
    d, heads, *_, batch_first = size
    if kind == "attention":
        module = nn.MultiheadAttention(d, heads, batch_first=batch_first, dtype=getattr(torch, dtype.__name__))
        randomise(module, seed=d)
        Z, role = gather(**attention_blocks(module))
        return Reading(module, lambda mask=0.0: attention_layer(module, role, mask), Z, role)
    module = encoder_module(size, kind, dtype)
    return read_encoder(module, frame="frame" in kind)


def read_encoder(module: nn.TransformerEncoderLayer, *, frame: bool = False) -> Reading:
    blocks = encoder_blocks(module)
    d, dtype = len(blocks["out"]), blocks["out"].dtype
    if isinstance(module.norm1, nn.LayerNorm):
        blocks["mean"] = np.full(d, 1 / math.sqrt(d), dtype)
    if frame:
        blocks["frame"] = np.eye(d, dtype=dtype)
    Z, role = gather(**blocks)
    return Reading(module, lambda mask=0.0: encoder(module, role, mask), Z, role)


def batch(size, dtype) -> Array:
    d, _, n, *_ = size
    return np.random.default_rng(n).standard_normal((BATCH, d, n)).astype(dtype)


def masks(name: str, size, dtype) -> tuple[dict[str, torch.Tensor], list[Array]]:
    """A mask as PyTorch takes it, and for each member of the batch what is added to the score of j in column i."""
    _, heads, n, *_ = size
    given, added = {}, np.zeros((BATCH, 1, n, n), dtype)
    if "causal" in name:
        given["mask"] = torch.ones(n, n, dtype=torch.bool).triu(1)
        added[:, :, np.tril(np.ones((n, n), bool), -1)] = -np.inf
    if "padding" in name:
        ignored = np.zeros((BATCH, n), bool)
        ignored[0, 1], ignored[1, -2:] = True, True
        given["padding"] = torch.from_numpy(ignored)
        added[ignored.nonzero()[0], :, ignored.nonzero()[1]] = -np.inf
    if "bias" in name:
        added = np.random.default_rng(heads).standard_normal((BATCH, heads, n, n)).astype(dtype)
        given["mask"] = torch.from_numpy(added.transpose(0, 1, 3, 2).reshape(-1, n, n).copy())
    return given, list(added)


def rounding(layer: Layer, X: Array, Z: Array) -> float:
    """How far one computation of X g₁ + Z g₂ in the precision of X may be off, in the Frobenius norm; see the top."""
    n, Y = X.shape[1], np.hstack((X, Z)).astype(np.float64)

    def coefficients(G: Array) -> Array:
        made = layer(Gram(G[:n, :n], G[n:, :n], G[n:, n:]))
        return np.vstack((made.g1, made.g2))

    G, lengths, step = Y.T @ Y, np.linalg.norm(Y, axis=0), 2.0**-24
    g, rng, responses = coefficients(G), np.random.default_rng(0), []
    for _ in range(4):
        signs = np.triu(rng.choice([-1.0, 1.0], G.shape))
        change = step * np.outer(lengths, lengths) * (signs + np.triu(signs, 1).T)
        responses.append(np.linalg.norm(Y @ (coefficients(G + change) - g)) / step)
    unit = float(np.finfo(X.dtype).eps) / 2
    return math.sqrt(sum(Y.shape)) * unit * float(max(responses) + np.linalg.norm(np.abs(Y) @ np.abs(g)))


def apart(left: Array, right: Array) -> float:
    return float(np.linalg.norm(left.astype(np.float64) - right))


def turns(d: int, dtype) -> Iterator[Array]:
    """Orthogonal matrices of both determinants, Haar-distributed and signed permutations."""
    rng = np.random.default_rng(d)
    for component in (1, -1):
        yield O(d).haar(rng, d, component).astype(dtype)
        yield O(d).monomial(rng, d, component).astype(dtype)


# The module is the form ----------------------------------------------------------------------------------------


@each_size
@each_dtype
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("kind", ["attention", *KINDS])
def test_module_is_the_form_to_rounding(kind, mask, size, dtype):
    found = read(size, kind, dtype)
    tokens = batch(size, dtype)
    given, added = masks(mask, size, dtype)
    # In evaluation PyTorch takes a faster path, which knows no norm but LayerNorm and reads a mask of numbers as truth
    # values (pytorch/pytorch#118628).
    for training in (True,) if "RMS" in kind or "bias" in mask else (True, False):
        for X, M, wanted in zip(tokens, added, run(found.module.train(training), tokens, **given)):
            result = apply(found.layer(M), X, found.Z)
            assert result.dtype == wanted.dtype == dtype
            assert apart(result, wanted) <= 2 * rounding(found.layer(M), X, found.Z)


@each_size
@each_dtype
@pytest.mark.parametrize("kind", ["attention", *KINDS])
def test_small_fault_in_any_block_of_knowledge_is_found(kind, size, dtype):
    """Each block in turn is scaled, by so little that the result moves by 1e-4 or 1e-10 of its size."""
    found, X = read(size, kind, dtype), batch(size, dtype)[0]
    wanted = run(found.module, X[None])[0]
    layer, step = found.layer(), 1e-6
    allowed = 2 * rounding(layer, X, found.Z)
    x, z = X.astype(np.float64), found.Z.astype(np.float64)
    for columns in found.role.values():
        scaled = z.copy()
        scaled[:, columns] *= 1 + step
        response = apart(apply(layer, x, scaled), apply(layer, x, z)) / step
        faulty = z.copy()
        faulty[:, columns] *= 1 + FAULT[dtype] * np.linalg.norm(wanted) / response
        assert apart(apply(layer, X, faulty.astype(dtype)), wanted) > 2 * allowed


def test_norms_first_keep_the_tokens_and_norms_behind_scale_them():
    for kind in KINDS[:4]:
        found = read(SIZES[0], kind, np.float64)
        g1 = found.layer()(Gram.of(batch(SIZES[0], np.float64)[0], found.Z)).g1
        assert np.array_equal(g1, np.diag(np.diag(g1))) and np.all(np.diag(g1) > 0)
        assert np.array_equal(g1, np.eye(len(g1))) == kind.startswith("pre")


def test_gain_behind_is_refused_without_a_frame():
    module = encoder_module(SIZES[0], "post LayerNorm with gain and frame", np.float64)
    with pytest.raises(UsageError, match="needs a frame in Z, with which every function is of the form"):
        read_encoder(module).layer()


def test_with_a_frame_nothing_is_left_of_the_tokens_themselves():
    found = read(SIZES[0], KINDS[-1], np.float64)
    made = found.layer()(Gram.of(batch(SIZES[0], np.float64)[0], found.Z))
    assert not made.g1.any() and made.g2[found.role["frame"]].any()


def test_gain_that_is_zero_somewhere_is_absorbed_with_constants():
    """Then β/γ is no vector, but Wβ is still a constant of the head."""
    norm, module = nn.LayerNorm(6), nn.MultiheadAttention(6, 2, batch_first=True)
    network = nn.ModuleDict({"norm": norm, "attention": module}).double()
    randomise(network, 1)
    with torch.no_grad():
        norm.weight[[1, 4]] = 0
        X = batch(SIZES[0], np.float64)
        wanted = run(module, norm(torch.from_numpy(X).transpose(1, 2)).transpose(1, 2).numpy())
        blocks = attention_blocks(module, norm.weight.numpy())
        module.in_proj_bias += module.in_proj_weight @ norm.bias
    Z, role = gather(**blocks, mean=np.full(6, 1 / math.sqrt(6)))
    layer = chain(layer_norm(6, role["mean"], eps=norm.eps), attention_layer(module, role))
    for x, expected in zip(X, wanted):
        assert apart(apply(layer, x, Z), expected) <= 2 * rounding(layer, x, Z)


# The form turns -------------------------------------------------------------------------------------------------


@each_size
@each_dtype
@pytest.mark.parametrize("kind", ["attention", *KINDS])
def test_form_turns_with_tokens_and_knowledge(kind, size, dtype):
    found, X = read(size, kind, dtype), batch(size, dtype)[0]
    layer = found.layer(masks("causal", size, dtype)[1][0])
    for Q in turns(len(X), dtype):
        allowed = 2 * (rounding(layer, X, found.Z) + rounding(layer, Q @ X, Q @ found.Z))
        assert apart(apply(layer, Q @ X, Q @ found.Z), Q @ apply(layer, X, found.Z)) <= allowed
        assert apart(apply(layer, Q @ X, found.Z), Q @ apply(layer, X, found.Z)) > 1000 * allowed


@each_size
@pytest.mark.parametrize("kind", ["attention", "pre RMSNorm", "post RMSNorm"])
def test_module_turns_when_its_parameters_do(kind, size):
    """With RMS norms and no gain left in the stream: then nothing in the module has to be turned that cannot be."""
    found, tokens = read(size, kind, np.float64), batch(size, np.float64)
    module = found.module
    if kind == "pre RMSNorm":
        fuse(module)
    wanted, layer = run(module, tokens), found.layer()
    for Q in turns(tokens.shape[1], np.float64):
        turned = copy.deepcopy(module)
        turn(turned, Q)
        for X, before, after in zip(tokens, wanted, run(turned, Q @ tokens)):
            assert apart(after, Q @ before) <= 4 * rounding(layer, X, found.Z)


@pytest.mark.parametrize("kind", ["attention", "pre RMSNorm"])
def test_module_fails_to_turn_when_one_parameter_does_not(kind):
    found, tokens = read(SIZES[0], kind, np.float64), batch(SIZES[0], np.float64)
    if kind == "pre RMSNorm":
        fuse(found.module)
    wanted = run(found.module, tokens)
    living = [
        name for name, _ in found.module.named_parameters() if name.endswith(("weight", "out_proj.bias", "r2.bias"))
    ]
    living = [name for name in living if "norm" not in name]
    assert len(living) == {"attention": 3, "pre RMSNorm": 6}[kind]
    for Q in turns(tokens.shape[1], np.float64):
        for forgotten in living:
            turned = copy.deepcopy(found.module)
            turn(turned, Q, forgotten)
            assert apart(run(turned, Q @ tokens), Q @ wanted) > 1e-3 * np.linalg.norm(wanted)


def test_module_with_layer_norm_turns_only_with_q_that_keeps_u():
    """u = 𝟏/√d is no parameter of PyTorch's LayerNorm, so it stays; ours has it among the knowledge."""
    found, tokens = read(SIZES[0], "pre LayerNorm", np.float64), batch(SIZES[0], np.float64)
    fuse(found.module)
    wanted, d = run(found.module, tokens), tokens.shape[1]
    basis = np.linalg.qr(np.hstack((np.ones((d, 1)), np.random.default_rng(0).standard_normal((d, d - 1)))))[0]
    inner = np.eye(d)
    inner[1:, 1:] = O(d - 1).haar(np.random.default_rng(1), d - 1, -1)
    fixing = [basis @ inner @ basis.T, -np.eye(d)[[1, 2, 3, 4, 5, 0]]]
    for Q, keeps in [*((Q, False) for Q in turns(d, np.float64)), *((Q, True) for Q in fixing)]:
        turned = copy.deepcopy(found.module)
        turn(turned, Q)
        for X, before, after in zip(tokens, wanted, run(turned, Q @ tokens)):
            allowed = 4 * rounding(found.layer(), X, found.Z)
            assert apart(after, Q @ before) <= allowed if keeps else apart(after, Q @ before) > 1e6 * allowed


# Whole networks -------------------------------------------------------------------------------------------------


@each_dtype
@pytest.mark.parametrize("norm_first", [True, False])
def test_logits_of_a_network_are_functions_of_the_inner_products_of_its_weights(norm_first, dtype):
    """Embedding, positions, two causal blocks, a final norm and the read-out: with everything in Z, X plays no part."""
    size = (6, 2, 5, 9, "gelu", True)
    d, _, n, *_ = size
    kind = "pre LayerNorm" if norm_first else "post LayerNorm"
    modules = [encoder_module(size, kind, dtype) for _ in range(2)]
    randomise(modules[1].linear1, 77)
    rng, words = np.random.default_rng(5), [3, 0, 3, 1, 2]
    final = nn.LayerNorm(d, dtype=getattr(torch, np.dtype(dtype).name))
    randomise(nn.ModuleDict({"norm": final}), 6)
    table, places, unembedding = (rng.standard_normal(shape).astype(dtype) for shape in ((d, 4), (d, n), (d, 7)))

    given, added = masks("causal", size, dtype)
    stream = (table[:, words] + places)[None]
    for module in modules:
        stream = run(module, stream, **given)
    with torch.no_grad():
        normed = final(torch.from_numpy(stream[0].T.copy()))
        wanted = (normed @ torch.from_numpy(unembedding)).numpy().T

    gamma, beta = (parameter.detach().numpy() for parameter in (final.weight, final.bias))
    blocks = encoder_blocks(modules[0], "first ") | encoder_blocks(modules[1], "second ")
    blocks |= {"mean": np.full(d, 1 / math.sqrt(d), dtype), "embedding": table, "position": places}
    Z, role = gather(**blocks, unembedding=gamma[:, None] * unembedding, shift=beta / gamma)

    def embed(gram: Gram) -> Coefficients:
        words_at = np.eye(4)[:, words]
        nothing = Coefficients(0 * gram.A, 0 * gram.B)
        return nothing + gram.written(role["embedding"], words_at) + gram.written(role["position"], np.eye(n))

    blocks_of_ours = [encoder(module, role, added[0], prefix) for module, prefix in zip(modules, ("first ", "second "))]
    layer = chain(embed, *blocks_of_ours, layer_norm(d, role["mean"], eps=final.eps, shift=role["shift"]))

    def logits(Z: Array) -> Array:
        gram = Gram.of(np.zeros((d, n), dtype), Z)
        return gram.after(layer(gram)).B[role["unembedding"]]

    # What is read is a product with the unembedding of a result that is off by no more than `rounding`.
    bound = rounding(layer, np.zeros((d, n), dtype), Z) * float(np.linalg.norm(Z[:, role["unembedding"]], 2))
    assert apart(logits(Z), wanted) <= 2 * bound < FAULT[dtype] * np.linalg.norm(wanted)
    for Q in turns(d, dtype):
        assert apart(logits(Q @ Z), logits(Z)) <= 4 * bound
