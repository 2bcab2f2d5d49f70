"""False variants of the closure of the form, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.closure import (
    G1,
    G2,
    N1,
    N_,
    NAMED,
    START,
    TWO_NAMED,
    A,
    B,
    C,
    H,
    K,
    L,
    M,
    O,
    Q,
    X,
    Z,
    changed,
    d,
    g2,
    h1,
    h2,
    m,
    n,
    network,
    nu,
    number,
    of_the_form,
)
from symmetry.formulas import Equal, Member, forall
from symmetry.registry import Variant
from symmetry.terms import Number, Variable, Zero

_renamed = Variant("X renamed", "renamed", replace=((X, Variable("V", d, n)),), harmless=True)

_closed_under_sums = (
    Variant("h may be anything", "hypothesis dropped", drop=(of_the_form(H, h1, h2),)),
    Variant("the difference", "wrong sign", replace=((h1(A, B, C) * K(A, B, C), -(h1(A, B, C) * K(A, B, C))),)),
    Variant(
        "the knowledge of the first function forgotten",
        "term dropped",
        replace=((g2(A, B, C) * M(A, B, C), 0 * (g2(A, B, C) * M(A, B, C))),),
    ),
    _renamed,
)

_J = Variable("J", m, d)
_any_coefficients = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),)),
    Variant(
        "tokens compared with a fixed J instead of the knowledge",
        "input not turned",
        replace=(((Q * Z).T * (Q * X), _J * Q * X), (B, _J * X)),
    ),
    Variant("f is invariant", "output not turned", replace=((Q * changed(X, Z), changed(X, Z)),)),
    _renamed,
)

_closed_under_composition = (
    Variant("G₁ may be anything", "hypothesis dropped", drop=(NAMED[0],)),
    Variant(
        "the knowledge in the tokens is not compared with the knowledge",
        "term dropped",
        replace=((B * G1 + C * G2, B * G1),),
    ),
    Variant("a cross term twice", "transpose misplaced", replace=((G2.T * B * G1, G1.T * B.T * G2),)),
    _renamed,
)

_two_layers = (
    Variant("G₂ may be anything", "hypothesis dropped", drop=(TWO_NAMED[1],)),
    Variant("the second layer has the first scores", "not updated", replace=((TWO_NAMED[2], Equal(N_, A)),)),
    Variant("no residual connection in G₁", "term dropped", replace=((TWO_NAMED[0], Equal(N1, nu(A))),)),
    _renamed,
)

_depth = (
    Variant("the first tokens may be anything", "hypothesis dropped", drop=(START,)),
    Variant(
        "the first tokens are known to be 0 where X = 0",
        "hypothesis weakened",
        replace=((START, forall(Z, Equal(network(Number(0), Zero(d, n), Z), Zero(d, n)))),),
    ),
    Variant(
        "the network does not turn",
        "output not turned",
        replace=((Q * network(number(L), X, Z), network(number(L), X, Z)),),
    ),
    Variant("Z renamed", "renamed", replace=((Z, Variable("U", d, m)),), harmless=True),
)

VARIANTS = {
    "depth": _depth,
    "closed-under-sums": _closed_under_sums,
    "any-coefficients": _any_coefficients,
    "closed-under-composition": _closed_under_composition,
    "two-layers": _two_layers,
}
