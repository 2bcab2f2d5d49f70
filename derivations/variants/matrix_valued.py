"""False variants of the claims about matrix-valued functions, and one harmless variant of each."""

from __future__ import annotations

from derivations.invariants import I, O, Q, Z, m
from derivations.matrix_valued import TURNS, C, S, T, W, alpha, beta, s, t
from derivations.variants.invariants import RENAMED_TURN, ROTATIONS
from symmetry.formulas import Member
from symmetry.registry import Variant
from symmetry.terms import Variable

_Q_renamed = Variant("Q renamed", "renamed", replace=RENAMED_TURN, harmless=True)
_one_side = Variant("W turns on the left only", "output not turned", replace=((Q * W(Z) * Q.T, Q * W(Z)),))
_form = alpha(C) * I + Z * beta(C) * Z.T
_matrix_valued = (
    Variant("equivariant under SO(d) only", "SO(d) for O(d)", replace=ROTATIONS),
    Variant("W may be anything", "hypothesis dropped", drop=(TURNS,)),
    Variant("no multiple of the identity", "term dropped", replace=((_form, Z * beta(C) * Z.T),)),
    Variant("nothing but a multiple of the identity", "wrong factor", replace=((_form, alpha(C) * I),)),
    _Q_renamed,
)

_turned = (Q * Z).T * (Q * Z)
_matrix_valued_converse = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),)),
    _one_side,
    Variant(
        "W turns backwards",
        "transpose misplaced",
        replace=((Q * W(Z) * Q.T, Q.T * W(Z) * Q), (Q * _form * Q.T, Q.T * _form * Q)),
    ),
    _Q_renamed,
)

_matrix_valued_product = (
    Variant("S and T the wrong way round", "order", replace=((S * C * T, T * C * S),)),
    Variant(
        "without the inner products in the middle",
        "term dropped",
        replace=((s * T + t * S + S * C * T, s * T + t * S),),
    ),
    Variant("the middle of the transpose is not transposed", "transpose misplaced", replace=((S.T, S),)),
    Variant("S renamed", "renamed", replace=((S, Variable("V", m, m)),), harmless=True),
)

VARIANTS = {
    "matrix-valued": _matrix_valued,
    "matrix-valued-converse": _matrix_valued_converse,
    "matrix-valued-product": _matrix_valued_product,
}
