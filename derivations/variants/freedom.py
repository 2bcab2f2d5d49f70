"""False variants of what is not forced, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.freedom import D, Member, O, Q, V, X, scaled, square, x
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
    Variant("V x for the same V", "law repaired", replace=(((x.T * x) * (x.T * x) * x, V * x),)),
    Variant("x itself", "wrong power", replace=(((x.T * x) * (x.T * x) * x, x),)),
    Variant("the zero function", "wrong constant", replace=(((x.T * x) * (x.T * x) * x, 0 * x),)),
    Variant("x renamed", "renamed", replace=((x, Variable("v", D, 1)),), harmless=True),
)

VARIANTS = {"not-forced": _not_forced, "larger-than-attention": _larger_than_attention}
