"""False variants of the claims about the choice of coefficients, and one harmless variant of each."""

from __future__ import annotations

from derivations.coefficients import (
    MANY,
    PAIR,
    G,
    alone,
    e1,
    e2,
    eps,
    f,
    g,
    h,
    scale,
    serves,
    silent,
    v,
    w,
    x,
)
from derivations.invariants import N, Y, d, k
from symmetry.formulas import Equal, forall, implies
from symmetry.registry import Variant
from symmetry.terms import Identity, Number, Variable, hstack, pinv, vstack

_rest = Identity(N) - pinv(G) * G
_Y_renamed = Variant("Y renamed", "renamed", replace=((Y, Variable("V", d, N)),), harmless=True)
_any_g = Variant("g need not serve", "hypothesis dropped", drop=(serves(g),))
_all_coefficients = (
    _any_g,
    Variant("g + (I − G²) h", "inverse dropped", replace=((pinv(G), G),)),
    Variant("g + (I + G⁺G) h", "wrong sign", replace=((_rest, Identity(N) + pinv(G) * G),)),
    Variant("g alone", "term dropped", replace=((_rest * h(G), 0 * h(G)),)),
    _Y_renamed,
)

_same = Equal(Y * v, Y * w)
_unique_coefficients = (
    Variant(
        "independent rows, YY⁺ = I",
        "transpose misplaced",
        replace=((Equal(pinv(Y) * Y, Identity(N)), Equal(Y * pinv(Y), Identity(d))),),
    ),
    Variant("no two coefficients at all", "hypothesis dropped", drop=(_same,)),
    Variant(
        "equal coefficients give equal combinations",
        "implication reversed",
        replace=((implies(_same, Equal(v, w)), implies(Equal(v, w), _same)),),
    ),
    Variant("the combination of w is twice that of v", "wrong constant", replace=((_same, Equal(2 * (Y * v), Y * w)),)),
    _Y_renamed,
)

_least = pinv(Y) * f(Y)
_gap = g(G) - _least
_sum = _least.T * _least + _gap.T * _gap
_least_norm_coefficients = (
    _any_g,
    Variant("Yᵀf(Y)", "inverse dropped", replace=((pinv(Y), Y.T),)),
    Variant("Y⁺f(Y) has greatest norm", "wrong sign", replace=((_sum, _least.T * _least - _gap.T * _gap),)),
    _Y_renamed,
)

_number = d + k + 1
_projection = pinv(MANY) * MANY
_full = Equal(pinv(MANY) * MANY, Identity(_number))
_more_vectors_than_dimensions = (
    Variant("no vectors at all are like that", "hypothesis dropped", drop=(_full,)),
    Variant("independent rows", "transpose misplaced", replace=((_full, Equal(MANY * pinv(MANY), Identity(d))),)),
    Variant("Y⁺Y is a projection", "wrong factor", replace=((_full, Equal(_projection * _projection, _projection)),)),
    Variant("Y renamed", "renamed", replace=((MANY, Variable("V", d, _number)),), harmless=True),
)

_gram = PAIR.T * PAIR
_second = silent(_gram).terms[1]
_ones = hstack(Number(1), Number(1))
_two_coefficients_one_function = (
    Variant("(G₁₂, G₁₁)", "wrong sign", replace=((_second, -1 * _second),)),
    Variant("(G₁₂, −G₂₂)", "wrong factor", replace=((e1.T * _gram * e1, e2.T * _gram * e2),)),
    Variant(
        "two vectors in two dimensions",
        "wrong size",
        replace=((PAIR, Variable("Y", 2, 2)), (_ones, vstack(_ones, _ones))),
    ),
    Variant("the same coefficients twice", "term dropped", replace=((silent(_gram), 0 * silent(_gram)),)),
    Variant("Y renamed", "renamed", replace=((PAIR, Variable("V", 1, 2)),), harmless=True),
)

_coefficient = eps * scale(eps * eps * eps * eps)
_unbounded_coefficients = (
    Variant(
        "f need not be x times a function of xᵀx",
        "hypothesis dropped",
        drop=(forall(x, Equal(alone(x), x * scale(x.T * x))),),
    ),
    Variant("ε may be zero", "hypothesis dropped", drop=(Equal(pinv(eps) * eps, Number(1)),)),
    Variant(
        "f(x) = −x/ε", "wrong sign", replace=((Equal(alone(x), pinv(eps) * x), Equal(alone(x), -(pinv(eps) * x))),)
    ),
    Variant("the coefficient is 1/ε²", "wrong power", replace=((_coefficient, eps * _coefficient),)),
    Variant("x renamed", "renamed", replace=((x, Variable("y", d, x.cols)),), harmless=True),
)

VARIANTS = {
    "all-coefficients": _all_coefficients,
    "unique-coefficients": _unique_coefficients,
    "least-norm-coefficients": _least_norm_coefficients,
    "more-vectors-than-dimensions": _more_vectors_than_dimensions,
    "two-coefficients-one-function": _two_coefficients_one_function,
    "unbounded-coefficients": _unbounded_coefficients,
}
