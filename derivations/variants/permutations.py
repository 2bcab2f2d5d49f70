"""False variants of the claims about the order of the tokens, and one harmless variant of each."""

from __future__ import annotations

from derivations.invariants import Q, X, Z, d, n
from derivations.permutations import TOKENS, F, P, S_n, a, b, c, g1, g2, token_law
from derivations.variants.invariants import ROTATIONS
from symmetry.formulas import Member
from symmetry.registry import Variant
from symmetry.terms import Variable

X_RENAMED = Variant("X renamed", "renamed", replace=((X, Variable("V", d, n)),), harmless=True)
OUTPUT_STAYS = Variant(
    "the outputs do not move: f(XP, Z) = f(X, Z)", "output not moved", replace=((F(X, Z) * P, F(X, Z)),)
)
_any_order = Variant("f need not turn with the tokens", "hypothesis dropped", drop=(TOKENS,))
_backwards = Variant(
    "g₁(PᵀAP, BP, C) = P g₁ Pᵀ",
    "transpose misplaced",
    replace=((P.T * g1(a, b, c) * P, P * g1(a, b, c) * P.T),),
)
_permutation_equivariance = (
    _any_order,
    _backwards,
    Variant("g₂ does not move", "output not moved in g₂", replace=((g2(a, b, c) * P, g2(a, b, c)),)),
    X_RENAMED,
)

_permutation_converse = (
    Variant("the coefficients need not turn", "hypothesis dropped", drop=(token_law(),)),
    Variant("P may be any matrix", "not a permutation", drop=(Member(P, S_n),)),
    OUTPUT_STAYS,
    Variant("g₂ does not move", "output not moved in g₂", replace=((g2(a, b, c) * P, g2(a, b, c)),)),
    X_RENAMED,
)

_both_symmetries = (
    Variant("equivariant under SO(d) only", "SO(d) for O(d)", replace=ROTATIONS),
    OUTPUT_STAYS,
    _backwards,
    Variant("the knowledge is not turned", "input not turned", replace=((Q * Z, Z),)),
    Variant("Q renamed", "renamed", replace=((Q, Variable("V", d, d)),), harmless=True),
)

VARIANTS = {
    "permutation-equivariance": _permutation_equivariance,
    "permutation-converse": _permutation_converse,
    "both-symmetries": _both_symmetries,
}
