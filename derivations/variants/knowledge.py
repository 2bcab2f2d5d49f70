"""False variants of weights as knowledge, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.knowledge import (
    ALL,
    FIRST,
    FULL,
    J2,
    J3,
    J4,
    MLP,
    ROW,
    W1,
    W2,
    W4,
    A,
    B,
    C,
    E,
    F,
    I,
    O,
    Phi,
    Q,
    U,
    V,
    X,
    Z,
    bias,
    coefficient,
    d,
    framed,
    g1,
    g2,
    h,
    k,
    m,
    n,
    of_the_form,
    one,
    rotary,
    w_out,
)
from symmetry.formulas import Member
from symmetry.registry import Variant
from symmetry.terms import Variable

_renamed = Variant("X renamed", "renamed", replace=((X, Variable("T", d, n)),), harmless=True)
_any_matrix = Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),))

_layer = U * Phi(V.T * X)
_weights_as_knowledge = (
    _any_matrix,
    Variant("the weights that read stay as they are", "input not turned", replace=((Q * V, V),)),
    Variant("the output does not turn", "output not turned", replace=((Q * _layer, _layer),)),
    _renamed,
)

_multi_head_as_knowledge = (
    Variant("queries in the place of keys", "factor swapped", replace=(((Z * J2(h)).T * X, (Z * J3(h)).T * X),)),
    Variant("the values are written with their own weights", "wrong factor", replace=((Z * J4(h), Z * J3(h)),)),
    Variant("the heads are subtracted", "wrong sign", replace=((Z * J4(h), -(Z * J4(h))),)),
    _renamed,
)

_weights = (W1, W2, Variable("W₃", d, k), W4)
_rotary = rotary(X, *_weights)
_rotary_attention = (
    _any_matrix,
    Variant("the queries' weights stay as they are", "input not turned", replace=((Q * W1, W1),)),
    Variant("the output does not turn", "output not turned", replace=((Q * _rotary, _rotary),)),
    _renamed,
)

_mlp = (
    Variant(
        "no bias in the hidden layer",
        "term dropped",
        replace=((FIRST * (ALL.T * X) + bias * ROW, FIRST * (ALL.T * X)),),
    ),
    Variant("the output bias is subtracted", "wrong sign", replace=((MLP.terms[1], -(w_out * ROW)),)),
    Variant("the tokens are read twice as long", "wrong constant", replace=((ALL.T * X, 2 * (ALL.T * X)),)),
    _renamed,
)

_read_out = (
    Variant("f may be anything", "hypothesis dropped", drop=(of_the_form(F, g1, g2),)),
    Variant(
        "read with the knowledge as it was",
        "output not turned",
        replace=(((Q * Z).T * F(Q * X, Q * Z), Z.T * F(Q * X, Q * Z)),),
    ),
    Variant(
        "the knowledge is not compared with itself", "term dropped", replace=((C * g2(A, B, C), 0 * (C * g2(A, B, C))),)
    ),
    _renamed,
)

_line = Variable("v", m, one)
_knowledge_of_full_rank = (
    Variant("knowledge of any rank", "hypothesis dropped", drop=(FULL,)),
    Variant("g sees nothing of the tokens", "information lost", replace=((B, 0 * B),)),
    Variant(
        "the outputs lie on one line",
        "output restricted",
        replace=((Z * coefficient(B), Z * _line * _line.T * coefficient(B)),),
    ),
    _renamed,
)

_frame = (
    Variant("the frame is turned to the other side", "wrong sign", replace=((Q * E, -(Q * E)),)),
    Variant("tokens alone are turned", "input not turned", replace=((Q * E, E),)),
    Variant("no frame: f(X, 0) = F(X)", "frame lost", replace=((framed(X, I), framed(X, 0 * I)),)),
    _renamed,
)

VARIANTS = {
    "weights-as-knowledge": _weights_as_knowledge,
    "multi-head-as-knowledge": _multi_head_as_knowledge,
    "rotary-attention": _rotary_attention,
    "mlp": _mlp,
    "read-out": _read_out,
    "knowledge-of-full-rank": _knowledge_of_full_rank,
    "frame": _frame,
}
