"""False variants of chapter 2, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.equivariants import (
    TURNS,
    TURNS_JOINTLY,
    A,
    B,
    C,
    F,
    K,
    L,
    M,
    f,
    g1,
    g2,
)
from derivations.invariants import H, N, O, Q, X, Y, Z, c, d, k, m, n, r, right
from derivations.variants.invariants import RENAMED_TURN, ROTATIONS
from symmetry.formulas import Equal, Member
from symmetry.registry import Variant
from symmetry.terms import Function, Identity, Variable, block, pinv

_inverses_renamed = Variant(
    "K and L renamed", "renamed", replace=((K, Variable("S", c, r)), (L, Variable("T", c, r))), harmless=True
)
_pseudoinverse_unique = (
    Variant("M K need not be symmetric", "hypothesis dropped", drop=(Equal((M * K).T, M * K),)),
    Variant("L need not be an outer inverse", "hypothesis dropped", drop=(Equal(L * M * L, L),)),
    Variant("the first equation says the same of L twice", "wrong factor", replace=((M * K * M, M * L * M),)),
    Variant(
        "the fourth equation says the same of K twice",
        "symmetry lost",
        replace=((Equal((L * M).T, L * M), Equal((K * M).T, K * M)),),
    ),
    _inverses_renamed,
)

_M_renamed = Variant("M renamed", "renamed", replace=((M, Variable("V", r, c)),), harmless=True)
_pseudoinverse_transpose = (
    Variant("twice the transpose", "wrong constant", replace=((M.T, 2 * M.T),)),
    Variant("the matrix itself is the inverse of its transpose", "inverse dropped", replace=((pinv(M).T, M),)),
    Variant("minus the pseudo-inverse", "wrong sign", replace=((pinv(M).T, -(pinv(M).T)),)),
    _M_renamed,
)

_Y_renamed = Variant("Y renamed", "renamed", replace=((Y, Variable("V", d, N)),), harmless=True)
_GRAM = Y.T * Y
_gram_pseudoinverse = (
    Variant("the Gram matrix instead of its inverse", "inverse dropped", replace=((pinv(_GRAM), _GRAM),)),
    Variant("twice the inverse", "wrong constant", replace=((pinv(_GRAM), 2 * pinv(_GRAM)),)),
    Variant("a ridge added to the Gram matrix", "term added", replace=((pinv(_GRAM), pinv(_GRAM + Identity(N))),)),
    _Y_renamed,
)

_Q_renamed = Variant("Q renamed", "renamed", replace=RENAMED_TURN, harmless=True)
_rotations = Variant("equivariant under SO(d) only", "SO(d) for O(d)", replace=ROTATIONS)
_any_f = Variant("f may be anything", "hypothesis dropped", drop=(TURNS,))
_still = Variant(
    "the outputs do not turn: f(QY) = f(Y)", "output not turned", replace=((Q * f(Y), f(Y)), (H * f(Y), f(Y)))
)
_span = (
    _rotations,
    _any_f,
    _still,
    Variant("twice the projection", "wrong constant", replace=((Y * pinv(Y) * f(Y), 2 * (Y * pinv(Y) * f(Y))),)),
    _Q_renamed,
)

_invariant_coefficients = (
    _rotations,
    _any_f,
    _still,
    Variant(
        "twice the coefficients",
        "wrong constant",
        replace=((pinv(Q * Y) * f(Q * Y), 2 * (pinv(Q * Y) * f(Q * Y))),),
    ),
    _Q_renamed,
)

_J = Variable("J", N, N)
_representation = (
    _rotations,
    _any_f,
    _still,
    Variant("g of the Gram matrix of YJ, J fixed", "information lost", replace=((_GRAM, (Y * _J).T * (Y * _J)),)),
    _Q_renamed,
)

_any_F = Variant("f may be anything", "hypothesis dropped", drop=(TURNS_JOINTLY,))
_blocks = block([[A, B.T], [B, C]])
_lower = right.T * Function("g", ((n + m, n + m),), (n + m, k))(_blocks)
_representation_with_knowledge = (
    _rotations,
    _any_F,
    Variant("the knowledge is not turned", "input not turned", replace=((Q * Z, Z),)),
    Variant(
        "no knowledge in the output: X g₁ alone",
        "term dropped",
        replace=((Z * g2(A, B, C), 0 * (Z * g2(A, B, C))), (Z * _lower, 0 * (Z * _lower))),
    ),
    Variant("BBᵀ in the place of C", "Gram block swapped", replace=((C, Z.T * X * X.T * Z),)),
    _Q_renamed,
)

_form = X * g1(A, B, C) + Z * g2(A, B, C)
_J = Variable("J", m, d)
_converse = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),)),
    Variant(
        "tokens compared with a fixed J instead of the knowledge",
        "input not turned",
        replace=(((Q * Z).T * (Q * X), _J * Q * X), (B, _J * X)),
    ),
    Variant("f is invariant", "output not turned", replace=((Q * F(X, Z), F(X, Z)), (Q * _form, _form))),
    Variant(
        "f turns backwards", "transpose misplaced", replace=((Q * F(X, Z), Q.T * F(X, Z)), (Q * _form, Q.T * _form))
    ),
    _Q_renamed,
)

_central_theorem = (
    _rotations,
    _any_F,
    Variant("the knowledge is not turned", "input not turned", replace=((Q * Z, Z),)),
    Variant("f is invariant", "output not turned", replace=((Q * F(X, Z), F(X, Z)),)),
    _Q_renamed,
)

VARIANTS = {
    "pseudoinverse-unique": _pseudoinverse_unique,
    "pseudoinverse-transpose": _pseudoinverse_transpose,
    "gram-pseudoinverse": _gram_pseudoinverse,
    "span": _span,
    "invariant-coefficients": _invariant_coefficients,
    "representation": _representation,
    "representation-with-knowledge": _representation_with_knowledge,
    "converse": _converse,
    "central-theorem": _central_theorem,
}
