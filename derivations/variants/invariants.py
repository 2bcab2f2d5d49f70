"""False variants of chapter 1, and one harmless variant of each claim."""

from __future__ import annotations

from derivations.invariants import (
    Y_,
    N,
    O,
    Q,
    X,
    Y,
    Z,
    c,
    d,
    for_orthogonal,
    g,
    h,
    invariant,
    p,
    q,
    r,
    t,
    two,
    u,
    v,
    w,
)
from symmetry.formulas import Equal, Member, forall
from symmetry.registry import Variant
from symmetry.sizes import Size
from symmetry.terms import Function, MatrixGroup, Number, Variable, Zero, pinv

ROTATIONS = ((MatrixGroup("O", d), MatrixGroup("SO", d)),)
R = Variable("R", d, d)
RENAMED_TURN = ((Q, R),)


def lengths(name: str) -> tuple[Variable, ...]:
    """The matrices of this name with N, N + 1 and no columns, as they stand in the induction."""
    return tuple(Variable(name, d, length) for length in (N, N + 1, Size()))


_s = Variable("s", r, c)
_positivity = (
    Variant("the Gram matrix may be anything", "hypothesis dropped", drop=(Equal(t.T * t, Zero(c, c)),)),
    Variant("orthogonal to some other matrix instead of to itself", "wrong factor", replace=((t.T * t, t.T * _s),)),
    Variant("modulo a prime, where a sum of squares can vanish", "field", field="GF(p)"),
    Variant("t renamed", "renamed", replace=((t, Variable("V", r, c)),), harmless=True),
)

_QY = Q * Y
_gram_invariance = (
    Variant("Q may be any matrix", "hypothesis dropped", drop=(Member(Q, O),)),
    Variant(
        "YYᵀ instead of YᵀY",
        "transpose misplaced",
        replace=((_QY.T * _QY, _QY * _QY.T), (Y.T * (Q.T * Q) * Y, Q * Y * Y.T * Q.T), (Y.T * Y, Y * Y.T)),
    ),
    Variant(
        "only one of the two factors turned",
        "input not turned",
        replace=((_QY.T * _QY, _QY.T * Y), (Y.T * (Q.T * Q) * Y, Y.T * Q.T * Y)),
    ),
    Variant("twice the Gram matrix", "wrong constant", replace=((Y.T * Y, 2 * (Y.T * Y)),)),
    Variant("Q and Y renamed", "renamed", replace=((Q, R), (Y, Variable("V", d, N))), harmless=True),
)

_reflection = (
    Variant("H = I − 1·w(wᵀw)⁺wᵀ", "wrong constant", replace=((Number(2), Number(1)),)),
    Variant("u and v of any lengths", "hypothesis dropped", drop=(Equal(u.T * u, v.T * v),)),
    Variant("w = u + v", "wrong sign", replace=((u - v, u + v),)),
    Variant("multiply by wᵀw instead of dividing by it", "inverse dropped", replace=((pinv(w.T * w), w.T * w),)),
    Variant("a reflection in SO(d)", "SO(d) for O(d)", replace=ROTATIONS),
    Variant(
        "u and v renamed",
        "renamed",
        replace=tuple((x, Variable(x.name + "'", *x.shape)) for x in (u, v)),
        harmless=True,
    ),
)

_completeness = (
    Variant("Q in SO(d)", "SO(d) for O(d)", replace=ROTATIONS),
    Variant(
        "twice the Gram matrix",
        "wrong constant",
        replace=tuple((x.T * x, 2 * (x.T * x)) for x in lengths("Y'")),
    ),
    Variant(
        "any two matrices",
        "hypothesis dropped",
        drop=tuple(Equal(a.T * a, b.T * b) for a, b in zip(lengths("Y"), lengths("Y'"))),
    ),
    Variant("modulo a prime, where a vector can have length 0", "field", field="GF(p)"),
    Variant(
        "Y and Y′ renamed",
        "renamed",
        replace=tuple(
            (Variable(old, d, length), Variable(new, d, length))
            for old, new in (("Y", "S"), ("Y'", "T"))
            for length in (N, N + 1, Size())
        ),
        harmless=True,
    ),
)

_g_outer = Function("g", ((d, d),), (p, q))
_J = Variable("J", N, N)
_invariant_functions = (
    Variant("invariant under SO(d) only", "SO(d) for O(d)", replace=ROTATIONS),
    Variant(
        "g of YYᵀ",
        "transpose misplaced",
        replace=(
            (_QY.T * _QY, _QY * _QY.T),
            (Y.T * Y, Y * Y.T),
            (Y_.T * Y_, Y_ * Y_.T),
            (g, _g_outer),
        ),
    ),
    Variant("h may be anything", "hypothesis dropped", drop=(invariant(h),)),
    Variant(
        "g of the Gram matrix of YJ, J fixed",
        "information lost",
        replace=tuple((x.T * y, (x * _J).T * (y * _J)) for x, y in ((_QY, _QY), (Y, Y), (Y_, Y_))),
    ),
    Variant("Q renamed", "renamed", replace=RENAMED_TURN, harmless=True),
)

_LAW = for_orthogonal(forall(X, Z, Equal(two(Q * X, Q * Z), two(X, Z))))
_invariant_functions_with_knowledge = (
    Variant("invariant under SO(d) only", "SO(d) for O(d)", replace=ROTATIONS),
    Variant("BBᵀ in the place of C", "Gram block swapped", replace=((Z.T * Z, Z.T * X * X.T * Z),)),
    Variant("the knowledge is not turned", "input not turned", replace=((Q * Z, Z),)),
    Variant("h may be anything", "hypothesis dropped", drop=(_LAW,)),
    Variant("Q renamed", "renamed", replace=RENAMED_TURN, harmless=True),
)

VARIANTS = {
    "positivity": _positivity,
    "gram-invariance": _gram_invariance,
    "reflection": _reflection,
    "completeness": _completeness,
    "invariant-functions": _invariant_functions,
    "invariant-functions-with-knowledge": _invariant_functions_with_knowledge,
}
