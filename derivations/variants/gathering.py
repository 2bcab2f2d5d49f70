"""False variants of the claims about what is gathered, and one harmless variant of each."""

from __future__ import annotations

from derivations.finite_information import PARTS_TURN, X2, b2, e2, others
from derivations.gathering import (
    ATTENTION,
    EXP,
    G2,
    beta,
    i,
    inner,
    j,
    outer,
    own_known,
    pair,
    pair_known,
    score,
    seen,
    statistic,
)
from derivations.invariants import B, C, I, X, Z, d, n
from derivations.variants.invariants import ROTATIONS
from symmetry.registry import Variant
from symmetry.terms import Variable, pinv
from symmetry.variants import replaced

_token, _other = X2 * e2, X2 * b2
_order_two_form = (
    Variant("u and v need not turn", "hypothesis dropped", drop=(PARTS_TURN,)),
    Variant(
        "u and v turn under SO(d) only", "SO(d) for O(d)", replace=((PARTS_TURN, replaced(PARTS_TURN, ROTATIONS)),)
    ),
    Variant(
        "without knowledge in the output",
        "term dropped",
        replace=tuple(
            (part, 0 * part) for part in (Z * own_known(*seen(_token)), Z * pair_known(*seen(_token, _other)))
        ),
    ),
    Variant(
        "without the other token in the output",
        "token dropped",
        replace=((_other * pair(*seen(_token, _other)), 0 * (_other * pair(*seen(_token, _other)))),),
    ),
    Variant("X renamed", "renamed", replace=((X2, Variable("T", *X2.shape)),), harmless=True),
)

_softmax_order_two = (
    Variant("f need not be attention", "hypothesis dropped", drop=(ATTENTION,)),
    Variant(
        "of width 0: what is divided by sees its own token alone",
        "width lowered",
        replace=((statistic(i), EXP(score(i, i))),),
    ),
    Variant(
        "the statistic leaves out the token itself",
        "term dropped",
        replace=((statistic(i), others(j, i, EXP(score(j, i)))),),
    ),
    Variant("multiplied by the statistic", "inverse dropped", replace=((pinv(statistic(i)), statistic(i)),)),
    Variant("X renamed", "renamed", replace=((X, Variable("T", d, n)),), harmless=True),
)

_J = Variable("J", d, d)
_weight = outer(C) * I + Z * inner(C) * Z.T
_knowledge_mediated = (
    Variant("dot-product attention", "wrong factor", replace=((Z * beta(C) * Z.T, I),)),
    Variant("scores from a fixed matrix", "not from the knowledge", replace=((Z * beta(C) * Z.T, _J),)),
    Variant("a fixed matrix as W_V", "weight not turned", replace=((_weight, _J),)),
    Variant("without knowledge in the output", "term dropped", replace=((Z * G2(B, C), 0 * (Z * G2(B, C))),)),
    Variant("X renamed", "renamed", replace=((X, Variable("T", d, n)),), harmless=True),
)

VARIANTS = {
    "order-two-form": _order_two_form,
    "softmax-order-two": _softmax_order_two,
    "knowledge-mediated": _knowledge_mediated,
}
