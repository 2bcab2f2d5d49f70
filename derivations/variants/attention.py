"""False variants of attention, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.attention import (
    FROM_KNOWLEDGE,
    HEADS_WRITTEN_OUT,
    IS_P,
    IS_S,
    IS_T,
    WEIGHTS_TURN,
    A,
    B,
    C,
    P,
    Q,
    S,
    T,
    V,
    W,
    X,
    Z,
    alpha,
    b,
    beta,
    column,
    column_sum,
    d,
    h,
    heads_b,
    heads_M,
    heads_V,
    m,
    masked,
    n,
    one_head,
    other,
    turning,
)
from symmetry.formulas import Equal, Member
from symmetry.registry import Variant
from symmetry.terms import Identity, StandardBasis, Total, Variable, Zero, pinv

_renamed = Variant("X renamed", "renamed", replace=((X, Variable("U", d, n)),), harmless=True)
_no_knowledge = Variant("scores of the tokens alone", "term dropped", replace=((IS_S, Equal(S, alpha(C) * A)),))
_transposed = Variant("bᵀ in the place of b", "transpose misplaced", replace=((b(C) * B, b(C).T * B),))

_attention = (
    Variant("the matrix of the scores may be anything", "hypothesis dropped", drop=(FROM_KNOWLEDGE[0],)),
    _no_knowledge,
    _transposed,
    _renamed,
)

_attention_from_symmetry = (
    Variant("the weights of the values may be anything", "hypothesis dropped", drop=(WEIGHTS_TURN[1],)),
    Variant("scores of the tokens alone", "term dropped", replace=((B.T * beta(C) * B, 0 * (B.T * beta(C) * B)),)),
    Variant("the weights turn on one side only", "output not turned", replace=((Q * V(Z) * Q.T, Q * V(Z)),)),
    _renamed,
)

_one_head, _every_head = one_head(X, Z), Total(h, one_head(X, Z))
_attention_equivariant = (
    Variant("the matrices of the scores may be anything", "hypothesis dropped", drop=(turning(heads_M),)),
    Variant(
        "the matrices of the values stay as they are",
        "input not turned",
        replace=((Q * heads_V(Z, h) * Q.T, heads_V(Z, h)),),
    ),
    Variant(
        "the output does not turn",
        "output not turned",
        replace=((Q * _every_head, _every_head), (Q * _one_head, _one_head)),
    ),
    _renamed,
)

_multi_head_attention = (
    Variant("no I in g₁", "term dropped", replace=((Identity(n), Zero(n, n)),)),
    Variant("bᵀ in the place of b", "transpose misplaced", replace=((heads_b(C, h) * B, heads_b(C, h).T * B),)),
    Variant(
        "the knowledge is subtracted",
        "wrong sign",
        replace=((HEADS_WRITTEN_OUT.terms[1], -HEADS_WRITTEN_OUT.terms[1]),),
    ),
    _renamed,
)

_cross_attention = (
    Variant("the matrix of the values may be anything", "hypothesis dropped", drop=(FROM_KNOWLEDGE[1],)),
    Variant(
        "the knowledge is not compared with itself",
        "Gram block dropped",
        replace=((IS_T, Equal(T, (alpha(C) * Identity(m) + beta(C)) * B)),),
    ),
    Variant("bᵀ in the place of b", "transpose misplaced", replace=((b(C) * C, b(C).T * C),)),
    _renamed,
)

_masked_attention = (
    _no_knowledge,
    Variant("the weights transposed", "transpose misplaced", replace=((IS_P, Equal(P, masked(S).T)),)),
    Variant("values of the tokens alone", "value dropped", replace=((b(C) * B, 0 * (b(C) * B)),)),
    _renamed,
)

_sums = [column_sum(W, vector) for vector in (column, other)]
_normalised_columns = (
    Variant("any combination of columns", "hypothesis dropped", drop=(Member(column, StandardBasis(n)),)),
    Variant(
        "multiplied by the sum instead of divided",
        "inverse dropped",
        replace=tuple((pinv(total), total) for total in _sums),
    ),
    Variant(
        "divided by half the sum",
        "wrong constant",
        replace=tuple((pinv(total), 2 * pinv(total)) for total in _sums),
    ),
    Variant("W renamed", "renamed", replace=((W, Variable("U", m, n)),), harmless=True),
)

VARIANTS = {
    "attention": _attention,
    "attention-from-symmetry": _attention_from_symmetry,
    "attention-equivariant": _attention_equivariant,
    "multi-head-attention": _multi_head_attention,
    "cross-attention": _cross_attention,
    "masked-attention": _masked_attention,
    "normalised-columns": _normalised_columns,
}
