"""False variants of norms and blocks, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.blocks import (
    ABSORBED,
    AFTER,
    B_,
    BLOCK,
    CENTRED,
    D1,
    D2,
    G1,
    LAYER_NORM,
    MEANS,
    POST_NORM,
    PRE_NORM,
    UNIT,
    X_,
    A,
    B,
    C,
    Q,
    V,
    W,
    X,
    d,
    diagonal,
    e,
    gain,
    n,
    normed,
    u,
)
from symmetry.formulas import Equal
from symmetry.registry import Variant
from symmetry.terms import Variable

_renamed = Variant("X renamed", "renamed", replace=((X, Variable("M", d, n)),), harmless=True)

_rms_norm = (
    Variant("a function of twice the squared length", "wrong constant", replace=((e.T * A * e, 2 * (e.T * A * e)),)),
    Variant("the norm is added to the token", "term added", replace=((normed(X), X + normed(X)),)),
    Variant("multiplied by A as well", "wrong factor", replace=((X * diagonal(A), X * A * diagonal(A)),)),
    _renamed,
)

_layer_norm = (
    Variant("u of any length", "hypothesis dropped", drop=(UNIT,)),
    Variant(
        "the mean is not taken off the length",
        "term dropped",
        replace=((LAYER_NORM.right, X * diagonal(A) - u * (MEANS * diagonal(A))),),
    ),
    Variant("the mean is added", "wrong sign", replace=((CENTRED, X + u * MEANS),)),
    _renamed,
)

_absorbed_gain = (
    Variant("the rows of W are the knowledge", "hypothesis dropped", drop=(ABSORBED,)),
    Variant("the weights that read stay as they are", "input not turned", replace=((Q * V, V),)),
    Variant("the transpose of the gain", "transpose misplaced", replace=((ABSORBED, Equal(V, (W * gain.T).T)),)),
    Variant("D renamed", "renamed", replace=((gain, Variable("M", d, d)),), harmless=True),
)

_no_residual = Equal(X_, PRE_NORM[1].right.terms[1])
_pre_norm_block = (
    Variant("the inner products A′ may be anything", "hypothesis dropped", drop=(AFTER[0],)),
    Variant("the second layer has the first B", "not updated", replace=((AFTER[1], Equal(B_, B)),)),
    Variant("no residual connection around the first layer", "term dropped", replace=((PRE_NORM[1], _no_residual),)),
    _renamed,
)

_post_norm_block = (
    Variant("the diagonal D₂ may be anything", "hypothesis dropped", drop=(POST_NORM[6],)),
    Variant(
        "the second layer does not see what the first wrote",
        "term dropped",
        replace=((B * D1 + C * G1 * D1, B * D1),),
    ),
    Variant("the second norm has no part in g₁", "wrong factor", replace=((X * (D1 * D2), X * D1),)),
    _renamed,
)

_transformer_block = (
    Variant("what the heads write may be anything", "hypothesis dropped", drop=(BLOCK[4],)),
    Variant("the second norm is the first", "not updated", replace=((BLOCK[7], Equal(D2, diagonal(A))),)),
    Variant("the hidden layer reads tokens without the norm", "wrong factor", replace=((B_ * D2, B_),)),
    _renamed,
)

VARIANTS = {
    "rms-norm": _rms_norm,
    "layer-norm": _layer_norm,
    "absorbed-gain": _absorbed_gain,
    "pre-norm-block": _pre_norm_block,
    "post-norm-block": _post_norm_block,
    "transformer-block": _transformer_block,
}
