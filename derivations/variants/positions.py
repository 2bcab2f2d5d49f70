"""False variants of the claims about one function for every position, and one harmless variant of each."""

from __future__ import annotations

from derivations.invariants import m, n, one
from derivations.permutations import for_tokens
from derivations.positions import (
    FIRST,
    G2,
    LAW,
    MOVED,
    SECOND,
    Z_A,
    Z_B,
    ZERO,
    A,
    B,
    C,
    E_n,
    P,
    R,
    b,
    e,
    g1,
    own,
    pair,
    x,
    y,
)
from symmetry.formulas import Equal, Member, forall
from symmetry.registry import Variant
from symmetry.terms import Variable

_P = Variable("P", n, n)
_e_renamed = Variant("e renamed", "renamed", replace=((e, Variable("u", n, one)),), harmless=True)
_permutations_move_positions = (
    Variant("to any vector", "hypothesis dropped", drop=(Member(x, E_n),)),
    Variant("to twice the position", "wrong constant", replace=((Equal(_P * e, x), Equal(_P * e, 2 * x)),)),
    Variant("both positions to the second", "wrong factor", replace=((Equal(_P * e, x), Equal(_P * (e + x), x)),)),
    _e_renamed,
)

_permutations_move_pairs = (
    Variant("two different positions to the same one", "hypothesis dropped", drop=(Equal(x.T * y, ZERO),)),
    Variant("the same position to different ones", "other hypothesis dropped", drop=(Equal(e.T * b, ZERO),)),
    Variant("the second to minus a position", "wrong sign", replace=((Equal(_P * b, y), Equal(_P * b, -y)),)),
    Variant("both to the first", "wrong factor", replace=((Equal(_P * b, y), Equal(_P * b, x)),)),
    _e_renamed,
)

_at_pair = (P * SECOND).T * g1(A, B, C) * (P * FIRST)
_entrywise = (
    Variant("the coefficients need not turn with the tokens", "hypothesis dropped", drop=(LAW,)),
    Variant("one function for all entries", "one function too few", replace=((pair, own),)),
    Variant(
        "the diagonal does not see which token it belongs to",
        "information lost",
        replace=(
            (
                Equal((P * FIRST).T * g1(A, B, C) * (P * FIRST), own(*MOVED)),
                Equal((P * FIRST).T * g1(A, B, C) * (P * FIRST), own(A, B, C)),
            ),
        ),
    ),
    Variant("what is seen from a position does not depend on it", "premise dropped", drop=(Equal(P * FIRST, FIRST),)),
    Variant("A renamed", "renamed", replace=((A, Variable("V", *A.shape)),), harmless=True),
)

_moved = (Z_A, R.T * Z_B, R.T * C * R)
_c = Variable("c", m, one)
_law = for_tokens(forall(Z_A, Z_B, C, Equal(G2(*_moved), R.T * G2(Z_A, Z_B, C))), R)
_one_function_for_all_knowledge = (
    Variant("the coefficients need not turn with the knowledge", "hypothesis dropped", drop=(_law,)),
    Variant("row Rᵀc is row c, seen from there", "transpose misplaced", replace=((R * _c, R.T * _c),)),
    Variant(
        "the coefficients see no order: g₂(A, RᵀB, RᵀCR) = g₂",
        "output not moved",
        replace=((R.T * G2(Z_A, Z_B, C), G2(Z_A, Z_B, C)),),
    ),
    Variant("c renamed", "renamed", replace=((_c, Variable("u", m, one)),), harmless=True),
)

VARIANTS = {
    "permutations-move-positions": _permutations_move_positions,
    "permutations-move-pairs": _permutations_move_pairs,
    "entrywise": _entrywise,
    "one-function-for-all-knowledge": _one_function_for_all_knowledge,
}
