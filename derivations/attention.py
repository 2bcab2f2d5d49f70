"""Chapter 3. Attention is of the form X g₁ + Z g₂.

Attention mixes the tokens with weights that are read off scores, S = XᵀMX with M = W_KᵀW_Q, and multiplies the mixture
by V = W_O W_V. Only these two matrices matter. If they come from the knowledge and turn with it they are αI + ZβZᵀ and
aI + ZbZᵀ (chapter 2), so the scores are αA + BᵀβB, and

    V X ν(S) = X (a ν(S)) + Z (b B ν(S)),

whatever ν makes of the scores: softmax, with a mask and position biases or without, a sigmoid, nothing at all.

Run this file, or ``python -m derivations.attention``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import A, B, C, I, O, Q, X, Z, d, for_orthogonal, m, n, one
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import Function, Identity, Lambda, StandardBasis, Term, Total, Variable, pinv

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.attention", "derivations.variants.attention"
SOURCE = "Vaswani et al. 2017 for attention; Ma and Ying 2022"
SIZES = ({"d": 4, "n": 1, "m": 2}, {"d": 2, "n": 3, "m": 1})

M, V = (Function(name, ((d, m),), (d, d)) for name in "MV")  # W_KᵀW_Q and W_O W_V
alpha, a = (Function(name, ((m, m),), (one, one)) for name in "αa")
beta, b = (Function(name, ((m, m),), (m, m)) for name in "βb")
nu = Function("ν", ((n, n),), (n, n))
S = Variable("S", n, n)
FROM_KNOWLEDGE = (
    forall(Z, Equal(M(Z), alpha(C) * I + Z * beta(C) * Z.T)),
    forall(Z, Equal(V(Z), a(C) * I + Z * b(C) * Z.T)),
)
IS_S = Equal(S, alpha(C) * A + B.T * beta(C) * B)


def mixed(weights: Term) -> Term:
    """X (a P) + Z (b B P)"""
    return X * (a(C) * weights) + Z * (b(C) * B * weights)


@claim(
    "attention",
    "Attention with weights from the knowledge is X (a ν(S)) + Z (b B ν(S)), with the scores S = αA + BᵀβB",
    number="3.1",
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def attention(proof: Proof) -> None:
    form = Equal(V(Z) * X * nu(X.T * M(Z) * X), mixed(nu(S)))
    proof.states(forall(nu, M, V, alpha, beta, a, b, implies(*FROM_KNOWLEDGE, forall(X, Z, S, implies(IS_S, form)))))
    scores = proof.suppose(FROM_KNOWLEDGE[0], "the matrix of the scores turns with the knowledge, so it is αI + ZβZᵀ")
    values = proof.suppose(FROM_KNOWLEDGE[1], "and that of the values is aI + ZbZᵀ (2.8)")
    is_S = proof.suppose(IS_S, "call this S")
    line = proof.chain(
        V(Z) * X * nu(X.T * M(Z) * X),
        (V(Z) * X * nu(S), [proof.at(scores, Z), is_S], "the scores are inner products"),
        (mixed(nu(S)), [proof.at(values, Z)], "the values are tokens and knowledge"),
    )
    proof.close(line, is_S, S, Z, X, values, scores, b, a, beta, alpha, V, M, nu)


WEIGHTS_TURN = tuple(for_orthogonal(forall(Z, Equal(W(Q * Z), Q * W(Z) * Q.T))) for W in (M, V))
SCORED = exists(alpha, beta, forall(X, Z, Equal(X.T * M(Z) * X, alpha(C) * A + B.T * beta(C) * B)))
MIXED = exists(a, b, forall(X, Z, S, implies(Equal(S, X.T * M(Z) * X), Equal(V(Z) * X * nu(S), mixed(nu(S))))))


@claim(
    "attention-from-symmetry",
    "If its weights turn with the knowledge, attention has the scores S = αA + BᵀβB and is X (a ν(S)) + Z (b B ν(S))",
    number="3.1w",
    rests_on=("matrix-valued",),
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def attention_from_symmetry(proof: Proof) -> None:
    proof.states(forall(nu, M, V, implies(*WEIGHTS_TURN, And((SCORED, MIXED)))))
    turns = [proof.suppose(law, "the weights turn with the knowledge") for law in WEIGHTS_TURN]
    shapes = [proof.at(proof.lemma("matrix-valued"), W, law) for W, law in zip((M, V), turns)]

    first, inner = proof.obtain(shapes[0], "α", "the matrix of the scores is αI + ZβZᵀ (2.8)")
    second, of_form = proof.obtain(inner, "β")
    scores = X.T * M(Z) * X
    line = proof.close(
        proof.equal(scores, first(C) * A + B.T * second(C) * B, [proof.at(of_form, Z)], "so scores are inner products"),
        Z,
        X,
    )
    scored = proof.close(proof.witnesses(line, SCORED, (first, second)), of_form, inner)

    first, inner = proof.obtain(shapes[1], "a", "and the matrix of the values is aI + ZbZᵀ")
    second, of_form = proof.obtain(inner, "b")
    is_S = proof.suppose(Equal(S, scores), "call the scores S")
    value = X * (first(C) * nu(S)) + Z * (second(C) * B * nu(S))
    line = proof.equal(V(Z) * X * nu(S), value, [proof.at(of_form, Z)], "so values are tokens and knowledge")
    line = proof.close(line, is_S, S, Z, X)
    mixture = proof.close(proof.witnesses(line, MIXED, (first, second)), of_form, inner)
    proof.close(proof.both(scored, mixture), *reversed(turns), V, M, nu)


# ---------------------------------------------------------------------------------------------------------------

H = Size.of("H")
h = Variable("h", H, one)
heads_M, heads_V = (Function(name, ((d, m), (H, one)), (d, d)) for name in "MV")
heads_nu = Function("ν", ((n, n), (H, one)), (n, n))
HEAD_SIZES = ({"d": 4, "n": 1, "m": 2, "H": 3}, {"d": 2, "n": 3, "m": 1, "H": 4})


def turning(W: Function) -> Formula:
    """W(QZ) = Q W(Z) Qᵀ in every head; h says which"""
    return for_orthogonal(forall(Z, h, Equal(W(Q * Z, h), Q * W(Z, h) * Q.T)))


def one_head(tokens: Term, knowledge: Term) -> Term:
    """V X ν(XᵀMX), in head h"""
    return heads_V(knowledge, h) * tokens * heads_nu(tokens.T * heads_M(knowledge, h) * tokens, h)


@claim(
    "attention-equivariant",
    "Attention with any number of heads turns when tokens and knowledge turn, if its weights turn with the knowledge",
    number="3.1e",
    sizes=HEAD_SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def attention_equivariant(proof: Proof) -> None:
    same = Equal(Total(h, one_head(Q * X, Q * Z)), Q * Total(h, one_head(X, Z)))
    conclusion = for_orthogonal(forall(X, Z, same))
    proof.states(forall(heads_M, heads_V, heads_nu, implies(turning(heads_M), turning(heads_V), conclusion)))
    scores = proof.suppose(turning(heads_M), "the matrices of the scores turn with the knowledge")
    values = proof.suppose(turning(heads_V), "and so do those of the values")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    taken = proof.suppose(Member(h, StandardBasis(H)), "take one head")
    line = proof.chain(
        one_head(Q * X, Q * Z),
        (
            Q * heads_V(Z, h) * Q.T * Q * X * heads_nu((Q * X).T * Q * heads_M(Z, h) * Q.T * (Q * X), h),
            [proof.at(scores, Q, member, Z, h), proof.at(values, Q, member, Z, h)],
            "its weights turn",
        ),
        (Q * one_head(X, Z), [orthogonal[1]], "so its scores do not change, and Q comes out on the left"),
    )
    summed = Equal(Total(h, one_head(Q * X, Q * Z)), Total(h, Q * one_head(X, Z)))
    every = proof.summed(proof.close(line, taken, h), summed, why="add the heads")
    whole = proof.restate(every, same, why="Q comes out of the sum")
    proof.close(whole, Z, X, member, Q, values, scores, heads_nu, heads_V, heads_M)


# ---------------------------------------------------------------------------------------------------------------

heads_alpha, heads_a = (Function(name, ((m, m), (H, one)), (one, one)) for name in "αa")
heads_beta, heads_b = (Function(name, ((m, m), (H, one)), (m, m)) for name in "βb")
matrix_M = heads_alpha(C, h) * I + Z * heads_beta(C, h) * Z.T
matrix_V = heads_a(C, h) * I + Z * heads_b(C, h) * Z.T
head_weights = heads_nu(heads_alpha(C, h) * A + B.T * heads_beta(C, h) * B, h)
HEADS = X + Total(h, matrix_V * X * heads_nu(X.T * matrix_M * X, h))
HEADS_WRITTEN_OUT = X * (Identity(n) + Total(h, heads_a(C, h) * head_weights)) + Z * Total(
    h, heads_b(C, h) * B * head_weights
)


@claim(
    "multi-head-attention",
    "Any number of heads with a residual connection: the coefficients of the heads add up, and g₁ gets an I",
    number="3.1h",
    sizes=HEAD_SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def multi_head_attention(proof: Proof) -> None:
    inside = (heads_nu, heads_alpha, heads_beta, heads_a, heads_b)
    proof.states(forall(*inside, X, Z, Equal(HEADS, HEADS_WRITTEN_OUT)))
    tokens, knowledge = heads_a(C, h) * head_weights, heads_b(C, h) * B * head_weights
    line = proof.chain(
        HEADS,
        (X + Total(h, X * tokens + Z * knowledge), [], "each head is attention with weights from the knowledge"),
        (HEADS_WRITTEN_OUT, [], "collect what stands behind X and what stands behind Z"),
    )
    proof.close(line, Z, X, *reversed(inside))


# ---------------------------------------------------------------------------------------------------------------

cross_nu = Function("ν", ((m, n),), (m, n))
T = Variable("T", m, n)
IS_T = Equal(T, (alpha(C) * Identity(m) + C * beta(C)) * B)


@claim(
    "cross-attention",
    "Cross-attention to the knowledge is Z (aI + bC) ν(T), with the scores T = (αI + Cβ)B",
    number="3.1x",
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def cross_attention(proof: Proof) -> None:
    form = Equal(V(Z) * Z * cross_nu(Z.T * M(Z) * X), Z * ((a(C) * Identity(m) + b(C) * C) * cross_nu(T)))
    inside = implies(*FROM_KNOWLEDGE, forall(X, Z, T, implies(IS_T, form)))
    proof.states(forall(cross_nu, M, V, alpha, beta, a, b, inside))
    scores = proof.suppose(FROM_KNOWLEDGE[0], "the matrix of the scores is αI + ZβZᵀ")
    values = proof.suppose(FROM_KNOWLEDGE[1], "and that of the values is aI + ZbZᵀ")
    is_T = proof.suppose(IS_T, "call this T")
    line = proof.chain(
        V(Z) * Z * cross_nu(Z.T * M(Z) * X),
        (V(Z) * Z * cross_nu(T), [proof.at(scores, Z), is_T], "the tokens ask, the knowledge answers"),
        (form.right, [proof.at(values, Z)], "the values are knowledge"),
    )
    proof.close(line, is_T, T, Z, X, values, scores, b, a, beta, alpha, V, M, cross_nu)


# ---------------------------------------------------------------------------------------------------------------

e, r = (Function(name, ((one, one),), (one, one)) for name in "er")  # softmax: e = exp, r(t) = 1/t
L, R = Variable("L", n, n), Variable("R", n, n)
scale = Variable("s", one, one)
i_, j_ = Variable("i", n, one), Variable("j", n, one)


def masked(scores: Term) -> Term:
    """The weights L_ij e(s S_ij + R_ij), each column times r of its sum."""
    weight = (i_.T * L * j_) * e(scale * (i_.T * scores * j_) + i_.T * R * j_)
    return Total(j_, r(Total(i_, weight)) * Total(i_, weight * i_) * j_.T)


P = Variable("P", n, n)
IS_P = Equal(P, masked(S))


@claim(
    "masked-attention",
    "Masks, position biases and any normalisation of the scores (softmax, sigmoid, linear) keep the form",
    number="3.1m",
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def masked_attention(proof: Proof) -> None:
    form = Equal(V(Z) * X * masked(X.T * M(Z) * X), mixed(P))
    named = forall(X, Z, S, P, implies(IS_S, IS_P, form))
    proof.states(forall(e, r, L, R, scale, M, V, alpha, beta, a, b, implies(*FROM_KNOWLEDGE, named)))
    scores = proof.suppose(FROM_KNOWLEDGE[0], "the matrix of the scores is αI + ZβZᵀ")
    values = proof.suppose(FROM_KNOWLEDGE[1], "and that of the values is aI + ZbZᵀ")
    is_S = proof.suppose(IS_S, "call this S")
    is_P = proof.suppose(IS_P, "and the weights P: mask, bias and normalisation see the scores and their positions")
    line = proof.chain(
        V(Z) * X * masked(X.T * M(Z) * X),
        (V(Z) * X * masked(S), [proof.at(scores, Z), is_S], "the scores are inner products"),
        (V(Z) * X * P, [is_P], "and so are the weights"),
        (mixed(P), [proof.at(values, Z)], "the values are tokens and knowledge"),
    )
    proof.close(line, is_P, is_S, P, S, Z, X, values, scores, b, a, beta, alpha, V, M, scale, R, L, r, e)


# ---------------------------------------------------------------------------------------------------------------

W = Variable("W", m, n)
row, column, other = Variable("i", m, one), Variable("j", n, one), Variable("k", n, one)


def column_sum(matrix: Term, vector: Term) -> Term:
    """The sum of the column Mj: Σ iᵀMj"""
    return Total(row, row.T * matrix * vector)


def normalised(vector: Term) -> Term:
    """The column Wj, divided by its sum."""
    return pinv(column_sum(W, vector)) * W * vector


NORMALISED = Total(other, normalised(other) * other.T)


@claim(
    "normalised-columns",
    "Softmax weights sum to one: columns divided by their sums, where these are not zero",
    number="3.1s",
    sizes=({"m": 3, "n": 2}, {"m": 1, "n": 4}, {"m": 2, "n": 3}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def normalised_columns(proof: Proof) -> None:
    taken, sum_ = Member(column, StandardBasis(n)), column_sum(W, column)
    proof.states(forall(W, column, implies(taken, Equal(column_sum(NORMALISED, column) * sum_, sum_))))
    member = proof.suppose(taken, "take a column")
    picked = proof.sift(member, Lambda((other,), normalised(other)), "of the sum over columns, this one is left")
    inverse = proof.penrose(sum_, 1, "a number, its inverse and the number again")
    line = proof.chain(
        column_sum(NORMALISED, column) * sum_,
        (column_sum(Identity(m), normalised(column)) * sum_, [picked], "this column"),
        (sum_ * pinv(sum_) * sum_, [], "divided by its sum"),
        (sum_, [inverse], "sums to one, or to zero if its sum is zero"),
    )
    proof.close(line, member, column, W)


CLAIMS = (
    attention,
    attention_from_symmetry,
    attention_equivariant,
    multi_head_attention,
    cross_attention,
    masked_attention,
    normalised_columns,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
