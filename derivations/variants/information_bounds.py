"""False variants of what finite information excludes: exceptions that it does not, and one harmless variant of each."""

from __future__ import annotations

from derivations.finite_information import by_columns, others
from derivations.information_bounds import (
    DOUBLE,
    G1,
    G2,
    IS_ATTENTION,
    IS_DOUBLE,
    PLANE,
    TRIPLE,
    K,
    L,
    Q,
    U,
    V,
    W,
    Y,
    i,
    j,
    own,
    own_statistic,
    pair,
    statistic,
)
from derivations.invariants import one, q
from derivations.softmax import column_sum, softmax, weights
from symmetry.formulas import Equal, forall
from symmetry.registry import Variant
from symmetry.terms import Function, Total, Variable, Zero

_b = Variable("b", 3, one)
_undivided = Total(_b, weights(W.T * W, _b) * _b.T)
_gathers = by_columns(TRIPLE, U(i, W * i, K) + others(j, i, V(i, j, W * i, W * j, K)), i)
_U, _V = (Function(f.name, (*f.domain, (one, one)), f.codomain) for f in (U, V))
_denominator = column_sum(W.T * W, i)
_with_denominator = by_columns(
    TRIPLE, _U(i, W * i, K, _denominator) + others(j, i, _V(i, j, W * i, W * j, K, _denominator)), i
)
_softmax_not_width_zero = (
    Variant("f may be any function", "hypothesis dropped", drop=(IS_ATTENTION,)),
    Variant(
        "the weights are not divided by their sum",
        "normalisation dropped",
        replace=((softmax(W.T * W), _undivided),),
    ),
    Variant(
        "U and V may see what is divided by",
        "width raised",
        replace=((_gathers, _with_denominator), (U, _U), (V, _V)),
    ),
    Variant("X renamed", "renamed", replace=((W, Variable("T", *W.shape)),), harmless=True),
)

_mediated = forall(Y, L, Equal(DOUBLE(Y, L), Y * G1(L.T * Y, L.T * L) + L * G2(L.T * Y, L.T * L)))
_G1, _G2 = (Function(f.name, (Y.T.shape[:1] * 2, *f.domain), f.codomain) for f in (G1, G2))
_seeing = (Y.T * Y, L.T * Y, L.T * L)
_dot_product_not_mediated = (
    Variant("f may be any function", "hypothesis dropped", drop=(IS_DOUBLE,)),
    Variant(
        "scores XᵀZZᵀX", "scores from the knowledge", replace=((softmax(Y.T * Y), softmax((L.T * Y).T * (L.T * Y))),)
    ),
    Variant(
        "coefficients may see XᵀX",
        "more is seen",
        replace=(
            (_mediated, forall(Y, L, Equal(DOUBLE(Y, L), Y * _G1(*_seeing) + L * _G2(*_seeing)))),
            (G1, _G1),
            (G2, _G2),
        ),
    ),
    Variant("X renamed", "renamed", replace=((Y, Variable("T", *Y.shape)),), harmless=True),
)

_rest = others(j, i, PLANE * j)
_seen = own_statistic(PLANE * i) + others(j, i, statistic(PLANE * i, PLANE * j))
_plane = (2, one)
_as_vectors = (
    (_seen, _rest),
    (own, Function("u", (_plane, _plane), _plane)),
    (pair, Function("v", (_plane, _plane, _plane), _plane)),
    (own_statistic, Function("t₀", (_plane,), _plane)),
    (statistic, Function("t", (_plane, _plane), _plane)),
    *((Variable(name, q, one), Variable(name, 2, one)) for name in ("s", "σ")),
)
_not_all_order_two = (
    Variant("u and v may see the sum of the other tokens itself", "width raised", replace=_as_vectors),
    Variant(
        "xᵢ Σⱼ |xⱼ|²",
        "square inside the sum",
        replace=((_rest.T * _rest, others(j, i, (PLANE * j).T * (PLANE * j))), (_seen, Zero(q, one))),
    ),
    Variant("xᵢ xᵢᵀ Σⱼ xⱼ", "wrong factor", replace=((_rest.T * _rest, (PLANE * i).T * _rest), (_seen, Zero(q, one)))),
    Variant("Q renamed", "renamed", replace=((Q, Variable("R", 2, 2)),), harmless=True),
)

VARIANTS = {
    "softmax-not-width-zero": _softmax_not_width_zero,
    "dot-product-not-mediated": _dot_product_not_mediated,
    "not-all-order-two": _not_all_order_two,
}
