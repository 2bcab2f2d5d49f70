"""False variants of the claims about knowledge without order and about softmax, and one harmless variant of each."""

from __future__ import annotations

from derivations.coefficients import PAIR, e1, e2, silent
from derivations.invariants import X, Z, d, n
from derivations.permutations import (
    UNORDERED,
    P,
    R,
    S_n,
    a,
    b,
    c,
    for_tokens,
    g1,
    g2,
    knowledge_law,
    of_the_form,
    token_law,
)
from derivations.softmax import softmax
from derivations.unordered import LAWFUL, scored, scores, valued
from derivations.variants.permutations import OUTPUT_STAYS, X_RENAMED
from symmetry.formulas import And, Equal, exists, forall
from symmetry.registry import Variant
from symmetry.terms import MatrixGroup, Variable

_chosen = exists(g1, g2, And((of_the_form(), token_law(), knowledge_law())))
_unordered_knowledge = (
    Variant("f may see the order of the knowledge", "hypothesis dropped", drop=(UNORDERED,)),
    Variant("every choice of g₁ and g₂ forgets the order", "for every g", replace=((_chosen, knowledge_law()),)),
    Variant("g₂(A, RᵀB, RᵀCR) = R g₂", "transpose misplaced", replace=((R.T * g2(a, b, c), R * g2(a, b, c)),)),
    Variant("g₂ does not move", "output not moved", replace=((R.T * g2(a, b, c), g2(a, b, c)),)),
    X_RENAMED,
)

_R = Variable("R", 2, 2)
_grams = (PAIR.T * PAIR, _R.T * PAIR.T * PAIR * _R)
_not_for_every_coefficient = (
    Variant("g₂ = 0", "term dropped", replace=tuple((silent(gram), 0 * silent(gram)) for gram in _grams)),
    Variant(
        "g₂ = (C₁₂, C₁₁)ᵀ",
        "wrong sign",
        replace=tuple((part, -1 * part) for part in (silent(gram).terms[1] for gram in _grams)),
    ),
    Variant(
        "g₂ = (C₁₂, −C₂₂)ᵀ", "wrong factor", replace=tuple((e1.T * gram * e1, e2.T * gram * e2) for gram in _grams)
    ),
    Variant("Y renamed", "renamed", replace=((PAIR, Variable("V", 1, 2)),), harmless=True),
)

_moved = P.T * scores * P
_bias = Variable("J", n, n)
_softmax_permutations = (
    Variant(
        "P softmax(S) Pᵀ", "transpose misplaced", replace=((P.T * softmax(scores) * P, P * softmax(scores) * P.T),)
    ),
    Variant("P may be any orthogonal matrix", "O(n) for S(n)", replace=((S_n, MatrixGroup("O", n)),)),
    Variant(
        "a bias for each pair of positions, as a causal mask is",
        "term added",
        replace=((_moved, _moved + _bias), (softmax(scores), softmax(scores + _bias))),
    ),
    Variant("S renamed", "renamed", replace=((scores, Variable("V", n, n)),), harmless=True),
)

_blind = for_tokens(forall(Z, And((Equal(scored(Z * R), scored(Z)), Equal(valued(Z * R), valued(Z))))), R)
_attention_permutations = (
    Variant("any normalisation, such as a causal one", "hypothesis dropped", drop=(LAWFUL,)),
    Variant("the weights may see the order of the knowledge", "other hypothesis dropped", drop=(_blind,)),
    OUTPUT_STAYS,
    Variant("X renamed", "renamed", replace=((X, Variable("T", d, n)),), harmless=True),
)

VARIANTS = {
    "unordered-knowledge": _unordered_knowledge,
    "not-for-every-coefficient": _not_for_every_coefficient,
    "softmax-permutations": _softmax_permutations,
    "attention-permutations": _attention_permutations,
}
