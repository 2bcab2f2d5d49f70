"""False variants of what is not forced, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.freedom import TURN, D, Member, O, Q, T, X, quintic, scaled, square, x
from symmetry.registry import Variant
from symmetry.terms import Variable

_J = Variable("J", X.rows, X.rows)
_not_forced = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),)),
    Variant(
        "the output does not turn",
        "output not turned",
        replace=((Q * square(X), square(X)), (Q * scaled(X), scaled(X))),
    ),
    Variant(
        "inner products along a fixed matrix",
        "input not turned",
        replace=((X.T * X, X.T * _J * X), ((Q * X).T * (Q * X), (Q * X).T * _J * (Q * X))),
    ),
    Variant("X renamed", "renamed", replace=((X, Variable("T", *X.shape)),), harmless=True),
)

_larger_than_attention = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(TURN,)),
    Variant("x itself", "wrong power", replace=((quintic(x), x), (quintic(T * x), T * x))),
    Variant("the zero function", "wrong constant", replace=((quintic(x), 0 * x), (quintic(T * x), 0 * T * x))),
    Variant("x renamed", "renamed", replace=((x, Variable("v", D, 1)),), harmless=True),
)

VARIANTS = {"not-forced": _not_forced, "larger-than-attention": _larger_than_attention}
