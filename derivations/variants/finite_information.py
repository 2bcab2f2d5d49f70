"""False variants of the claims about order 2, and one harmless variant of each."""

from __future__ import annotations

from derivations.finite_information import (
    FIRST,
    NONE,
    NORMAL,
    PAIRS,
    PAIRS2,
    PLAIN,
    SECOND,
    TOKENS2,
    TURNS2,
    X2,
    ZERO,
    F,
    P,
    Q,
    U,
    V,
    X,
    Z,
    b,
    c,
    d,
    e,
    f2,
    gain,
    one,
    others,
    two_tokens,
    u,
    v,
    x,
    y,
)
from derivations.variants.invariants import ROTATIONS
from symmetry.formulas import Equal, forall
from symmetry.registry import Variant
from symmetry.terms import Number, Total, Variable
from symmetry.variants import replaced

_X_renamed = Variant("X renamed", "renamed", replace=((X, Variable("T", *X.shape)),), harmless=True)
_X2_renamed = Variant("X renamed", "renamed", replace=((X2, Variable("T", *X2.shape)),), harmless=True)
_any_f = Variant("f need not be of order 2", "hypothesis dropped", drop=(PAIRS,))
_sum = X * Total(c, c)
_sees_all = Variant(
    "U may see the sum of all tokens: order 2 of greater width",
    "width raised",
    replace=(
        (
            PAIRS,
            forall(
                X,
                Z,
                Equal(F(X, Z), Total(e, (U(e, X * Total(c, c), Z) + others(b, e, V(e, b, X * e, X * b, Z))) * e.T)),
            ),
        ),
    ),
)
_gained = V(e, c, X * e, X * c, Z) - V(e, c, X * e, NONE, Z)
_order_two_gains = (
    _any_f,
    _sees_all,
    Variant("at the same place too", "premise dropped", drop=(Equal(e.T * c, ZERO),)),
    Variant("a token adds all of V", "term dropped", replace=((_gained, V(e, c, X * e, X * c, Z)),)),
    _X_renamed,
)

_order_two_rebuilt = (
    _any_f,
    _sees_all,
    Variant(
        "the token itself counted among the others",
        "factor dropped",
        replace=((Number(1) - e.T * b, Number(1)), (Number(1) - e.T * c, Number(1))),
    ),
    Variant(
        "what the tokens alone give, added up",
        "wrong factor",
        replace=((gain(F, e, b, X * e, X * b), F(X * e * e.T + X * b * b.T, Z) * e),),
    ),
    _X_renamed,
)

_order_two = (
    Variant("f need not turn with the tokens", "hypothesis dropped", drop=(TOKENS2,)),
    Variant("f need not be of order 2", "other hypothesis dropped", drop=(PAIRS2,)),
    Variant("the outputs do not move", "output not moved", replace=((f2(X2, Z) * P, f2(X2, Z)),)),
    Variant("v(0, x) = 0", "wrong argument", replace=((NORMAL, forall(x, Z, Equal(v(NONE, x, Z), NONE))),)),
    _X2_renamed,
)

_v_renamed = Variant("y renamed", "renamed", replace=((y, Variable("w", d, one)),), harmless=True)
_order_two_unique = (
    Variant("v need not vanish at zero tokens", "hypothesis dropped", drop=(NORMAL,)),
    Variant("f may be anything", "other hypothesis dropped", drop=(PLAIN,)),
    Variant(
        "v is the output at two tokens",
        "term dropped",
        replace=((gain(f2, FIRST, SECOND, x, y), f2(two_tokens(x, FIRST, y, SECOND), Z) * FIRST),),
    ),
    Variant(
        "v vanishes where the token itself is zero",
        "wrong argument",
        replace=((NORMAL, forall(x, Z, Equal(v(NONE, x, Z), NONE))),),
    ),
    _v_renamed,
)

_order_two_turns = (
    Variant("f need not turn", "hypothesis dropped", drop=(TURNS2,)),
    Variant("f turns under SO(d) only", "SO(d) for O(d)", replace=((TURNS2, replaced(TURNS2, ROTATIONS)),)),
    Variant("u turns backwards", "transpose misplaced", replace=((Q * u(x, Z), Q.T * u(x, Z)),)),
    Variant("v does not turn", "output not turned", replace=((Q * v(x, y, Z), v(x, y, Z)),)),
    _v_renamed,
)

VARIANTS = {
    "order-two-gains": _order_two_gains,
    "order-two-rebuilt": _order_two_rebuilt,
    "order-two": _order_two,
    "order-two-unique": _order_two_unique,
    "order-two-turns": _order_two_turns,
}
