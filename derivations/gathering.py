"""Chapter 5, continued. What attention gathers, and what finite information leaves of the coefficients.

Softmax attention is of order 2 with one statistic, its denominator, and of no smaller width. Attention whose scores
come from the knowledge alone sees the tokens through their inner products with the knowledge; plain dot-product
attention does not. Both readings of "finite information" are definitions of ours.

Run this file, or ``python -m derivations.gathering``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.finite_information import (
    E_L,
    ORDER_TWO,
    PARTS_TURN,
    PLAIN,
    X2,
    b2,
    by_columns,
    column,
    e2,
    f2,
    others,
    u,
    v,
)
from derivations.invariants import B, C, I, O, Q, X, Z, d, m, n, one
from derivations.permutations import F
from derivations.softmax import EXP, column_sum, softmax, weights
from derivations.traces import ZERO
from symmetry.formulas import Equal, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.terms import (
    Function,
    Identity,
    Lambda,
    Number,
    StandardBasis,
    Term,
    Total,
    Variable,
    hstack,
    pinv,
    vstack,
)

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.finite_information", "derivations.variants.gathering"
MEDIATED = "finite information: knowledge-mediated (our definition)"
WIDTH_ONE = "finite information: order 2, width 1 (our definition)"
FALSE = Equal(Number(1), ZERO)


# ---------------------------------------------------------------------------------------------------------------
# What is left of the coefficients

SINGLE = ((one, one), (m, one), (m, m))
DOUBLE = ((Identity(2).rows, Identity(2).rows), (m, 2), (m, m))
own, own_known = Function("φ₀", SINGLE, (one, one)), Function("ψ", SINGLE, (m, one))
self_, pair, pair_known = (
    Function("φ'", DOUBLE, (one, one)),
    Function("φ", DOUBLE, (one, one)),
    Function("χ", DOUBLE, (m, one)),
)


def seen(*tokens: Term) -> tuple[Term, Term, Term]:
    """The inner products of some tokens and the knowledge."""
    W = hstack(*tokens) if len(tokens) > 1 else tokens[0]
    return W.T * W, Z.T * W, C


@claim(
    "order-two-form",
    "Of order 2, width 0: coefficients see the products of two tokens and the knowledge, however long the sequence",
    number="5.1f",
    rests_on=("representation-with-knowledge",),
    sizes=({"d": 2, "k": 0, "m": 1}, {"d": 1, "k": 1, "m": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two_form(proof: Proof) -> None:
    token, other = X2 * e2, X2 * b2
    alone = token * own(*seen(token)) + Z * own_known(*seen(token))
    joint = token * self_(*seen(token, other)) + other * pair(*seen(token, other)) + Z * pair_known(*seen(token, other))
    form = exists(own, own_known, self_, pair, pair_known, by_columns(f2, alone + others(b2, e2, joint), e2))
    proof.states(forall(f2, u, v, implies(PLAIN, PARTS_TURN, form)))
    plain = proof.suppose(PLAIN, "f gathers u from each token and v from each pair")
    turn = proof.suppose(PARTS_TURN, "and u and v turn with the embedding space")
    tokens = Variable("W", d, 2)
    member = proof.suppose(Member(Q, O))
    first, second = vstack(Number(1), Number(0)), vstack(Number(0), Number(1))
    halves = proof.at(turn[2], Q, member, tokens * first, tokens * second, Z)
    both = proof.close(halves, Z, tokens, member, Q)
    single = proof.at(proof.lemma("representation-with-knowledge", n=one, k=one), u, turn[1])
    double = proof.at(
        proof.lemma("representation-with-knowledge", n=2, k=one),
        Lambda((tokens, Z), v(tokens * first, tokens * second, Z)),
        both,
    )
    a1, known1 = proof.obtain(single, "g₁")
    a2, of_u = proof.obtain(known1, "g₂")
    b1, known2 = proof.obtain(double, "h₁")
    b_2, of_v = proof.obtain(known2, "h₂")
    at_e = column(proof, plain, e2)
    place = proof.suppose(Member(e2, E_L), "look at any position")
    here = proof.at(at_e, X2, Z, e2, place)
    mine = proof.at(of_u, token, Z)
    each = proof.suppose(Member(b2, E_L))
    theirs = proof.at(of_v, hstack(token, other), Z)
    grams = [Variable(name, *shape) for name, shape in zip("ABC", DOUBLE)]
    own_part, other_part = Lambda(tuple(grams), first.T * b1(*grams)), Lambda(tuple(grams), second.T * b1(*grams))
    spread = (
        token * own_part(*seen(token, other)) + other * other_part(*seen(token, other)) + Z * b_2(*seen(token, other))
    )
    here_b = Number(1) - e2.T * b2
    cell = proof.combine(Equal(here_b * v(token, other, Z), here_b * spread), (1, here_b, theirs, None))
    summed = proof.summed(
        proof.close(cell, each, b2), Equal(others(b2, e2, v(token, other, Z)), others(b2, e2, spread))
    )
    line = proof.combine(
        Equal(f2(X2, Z) * e2, token * a1(*seen(token)) + Z * a2(*seen(token)) + others(b2, e2, spread)),
        (1, None, here, None),
        (1, None, mine, None),
        (1, None, summed, None),
        why="u and v are combinations of what they see",
    )
    value = line.formula.right
    whole = proof.columns(proof.close(line, place, e2), Equal(f2(X2, Z), Total(e2, value * e2.T)))
    found = proof.close(whole, Z, X2)
    found = proof.witnesses(found, form, (a1, a2, own_part, other_part, b_2))
    proof.close(found, of_v, known2, of_u, known1, turn, plain, v, u, f2)


# ---------------------------------------------------------------------------------------------------------------
# Softmax attention

i, j = Variable("i", n, one), Variable("j", n, one)
scored, valued = Function("M", ((d, m),), (d, d)), Function("V", ((d, m),), (d, d))
ATTENTION = forall(X, Z, Equal(F(X, Z), valued(Z) * X * softmax(X.T * scored(Z) * X)))


def statistic(place: Term) -> Term:
    """The denominator of a position: e(own score) + Σ e(score), of order 2 itself."""
    return EXP(score(place, place)) + others(j, place, EXP(score(j, place)))


def score(key: Term, query: Term) -> Term:
    return (X * key).T * scored(Z) * (X * query)


def share(key: Term, query: Term, denominator: Term) -> Term:
    """What the token at one position adds to the output at another."""
    return valued(Z) * (X * key) * (EXP(score(key, query)) * pinv(denominator))


@claim(
    "softmax-order-two",
    "Softmax attention is of order 2, width 1: its statistic is the denominator",
    number="5.2",
    sizes=({"d": 3, "n": 2, "m": 1}, {"d": 2, "n": 3, "m": 1}),
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=WIDTH_ONE,
)
def softmax_order_two(proof: Proof) -> None:
    gathered = share(i, i, statistic(i)) + others(j, i, share(j, i, statistic(i)))
    proof.states(forall(EXP, F, scored, valued, implies(ATTENTION, by_columns(F, gathered, i))))
    given = proof.suppose(ATTENTION, "f is softmax attention, with weights from the knowledge")
    place = proof.suppose(Member(i, StandardBasis(n)), "look at any position i")
    scores = X.T * scored(Z) * X
    b = Variable("b", n, one)
    column_i = proof.sift(
        place, Lambda((b,), weights(scores, b) * pinv(column_sum(scores, b))), "column i of the weights"
    )
    here = proof.combine(Equal(F(X, Z) * i, valued(Z) * X * softmax(scores) * i), (1, None, proof.at(given, X, Z), i))
    weight = EXP(j.T * scores * i)
    total = proof.sift(place, Lambda((j,), weight), "the token itself apart from the others")
    whole = proof.sift(place, Lambda((j,), j * weight), "here too")
    denominator = proof.combine(Equal(column_sum(scores, i), statistic(i)), (1, None, total, None))
    z, is_z = proof.let("σ", statistic(i), "the statistic: the denominator")
    named = proof.combine(Equal(column_sum(scores, i), z), (1, None, denominator, None), (-1, None, is_z, None))
    spread = share(i, i, z) + others(j, i, share(j, i, z))
    expanded = proof.combine(
        Equal(valued(Z) * X * weights(scores, i) * pinv(z), spread), (1, valued(Z) * X * pinv(z), whole, None)
    )
    value = proof.chain(
        F(X, Z) * i,
        (valued(Z) * X * softmax(scores) * i, [here]),
        (valued(Z) * X * (weights(scores, i) * pinv(column_sum(scores, i))), [column_i], "column i"),
        (valued(Z) * X * weights(scores, i) * pinv(z), [named], "divided by the statistic"),
    )
    line = proof.combine(Equal(F(X, Z) * i, spread), (1, None, value, None), (1, None, expanded, None))
    plain = proof.close(proof.restate(line, Equal(F(X, Z) * i, gathered), [is_z]), is_z)
    all_ = proof.columns(proof.close(plain, place, i), Equal(F(X, Z), Total(i, gathered * i.T)))
    proof.close(proof.close(all_, Z, X), given, valued, scored, F, EXP)


# ---------------------------------------------------------------------------------------------------------------
# The knowledge-mediated reading

law = Function("ν", ((n, n),), (n, n))
G1, G2 = Function("g₁", ((m, n), (m, m)), (n, n)), Function("g₂", ((m, n), (m, m)), (m, n))
beta, inner = Function("β", ((m, m),), (m, m)), Function("b", ((m, m),), (m, m))
outer = Function("a", ((m, m),), (one, one))
MEDIATED_FORM = forall(X, Z, Equal(F(X, Z), X * G1(B, C) + Z * G2(B, C)))


@claim(
    "knowledge-mediated",
    "Attention whose scores come from the knowledge alone sees tokens only through their products with the knowledge",
    number="5.3",
    sizes=({"d": 3, "n": 1, "m": 2}, {"d": 2, "n": 3, "m": 1}),
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=MEDIATED,
)
def knowledge_mediated(proof: Proof) -> None:
    scores = X.T * (Z * beta(C) * Z.T) * X
    attention = forall(X, Z, Equal(F(X, Z), (outer(C) * I + Z * inner(C) * Z.T) * X * law(scores)))
    form = exists(G1, G2, MEDIATED_FORM)
    proof.states(forall(F, law, outer, inner, beta, implies(attention, form)))
    given = proof.suppose(attention, "f is attention with M = Z β Zᵀ: no multiple of the identity in the scores")
    p, q_ = Variable("B", m, n), Variable("C", m, m)
    first = Lambda((p, q_), outer(q_) * law(p.T * beta(q_) * p))
    second = Lambda((p, q_), inner(q_) * p * law(p.T * beta(q_) * p))
    value = Equal(F(X, Z), X * first(B, C) + Z * second(B, C))
    line = proof.restate(proof.at(given, X, Z), value, why="multiply out: the scores are Bᵀ β B")
    found = proof.close(line, Z, X)
    proof.close(proof.witnesses(found, form, (first, second)), given, beta, inner, outer, law, F)


CLAIMS = (order_two_form, softmax_order_two, knowledge_mediated)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
