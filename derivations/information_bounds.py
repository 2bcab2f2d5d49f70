"""Chapter 5, continued. What finite information excludes, by exact counterexamples of smallest size.

Run this file, or ``python -m derivations.information_bounds``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.finite_information import ORDER_TWO, by_columns, others
from derivations.gathering import MEDIATED
from derivations.invariants import m, one, q
from derivations.softmax import EXP, softmax
from symmetry.formulas import FALSEHOOD, Equal, Formula, Member, forall, implies, negation
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import (
    Function,
    Identity,
    MatrixGroup,
    Number,
    StandardBasis,
    Term,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    vstack,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.finite_information", "derivations.variants.information_bounds"
two, three = Size.of(2), Size.of(3)


def row(*entries: int) -> Term:
    """Tokens in one dimension."""
    return hstack(*(Number(entry) for entry in entries))


def exponential(proof: Proof) -> tuple[tuple[Formula, ...], list[Line]]:
    """e(0) = 1 and e(1) = 2: the exponential, where scores are counted in multiples of log 2."""
    values = (Equal(EXP(Number(0)), Number(1)), Equal(EXP(Number(1)), Number(2)))
    return values, [proof.suppose(value, "scores in multiples of log 2") for value in values]


def reciprocal(proof: Proof, number: int) -> Line:
    """The inverse of a number."""
    inner = proof.penrose(Number(number), 1)
    inverse = Equal(pinv(Number(number)), Number(Fraction(1, number)))
    return proof.combine(inverse, (Fraction(1, number * number), None, inner, None))


# ---------------------------------------------------------------------------------------------------------------

W = Variable("X", one, three)
K = Variable("Z", one, m)
i, j = Variable("i", three, one), Variable("j", three, one)
U = Function("U", ((three, one), (one, one), (one, m)), (one, one))
V = Function("V", ((three, one), (three, one), (one, one), (one, one), (one, m)), (one, one))
TRIPLE = Function("f", (W.shape, K.shape), W.shape)


IS_ATTENTION = forall(W, K, Equal(TRIPLE(W, K), W * softmax(W.T * W)))


@claim(
    "softmax-not-width-zero",
    "Softmax attention over three tokens is not of order 2, width 0",
    number="5.2n",
    rests_on=("order-two-rebuilt",),
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
    remark="Three tokens x, x, x with |x|² = log 2 give x, but sequences with at most two of them would give 11x/10.",
)
def softmax_not_width_zero(proof: Proof) -> None:
    gathers = by_columns(TRIPLE, U(i, W * i, K) + others(j, i, V(i, j, W * i, W * j, K)), i)
    zero, one_ = (Equal(EXP(Number(0)), Number(1)), Equal(EXP(Number(1)), Number(2)))
    proof.states(forall(EXP, TRIPLE, U, V, implies(zero, one_, IS_ATTENTION, negation(gathers))))
    _, values = exponential(proof)
    attention = proof.suppose(IS_ATTENTION, "let f be plain softmax attention")
    given = proof.suppose(gathers, "suppose that it were of order 2, width 0")
    place = proof.basis("first", proof.basis("one"), size=2)
    front = place.formula.element
    lemma = proof.lemma("order-two-rebuilt", d=one, n=three)
    nothing = Zero(one, m)
    rebuilt = proof.at(lemma, TRIPLE, U, V, given, row(1, 1, 1), nothing, front, place)

    def value(entries: tuple[int, ...], outcome: Term) -> Line:
        line = proof.at(attention, row(*entries), nothing)
        tokens = row(*entries)
        attended = tokens * softmax(tokens.T * tokens) * front
        return proof.chain(TRIPLE(tokens, nothing) * front, (attended, [line]), (outcome, values, "compute"))

    alone = value((1, 0, 0), 2 * pinv(Number(4)))
    pairs_ = [value(entries, 4 * pinv(Number(5))) for entries in ((1, 1, 0), (1, 0, 1))]
    all_ = value((1, 1, 1), 6 * pinv(Number(6)))
    tidy = proof.restate(
        rebuilt,
        Equal(Number(6) * pinv(Number(6)), 2 * (Number(4) * pinv(Number(5))) - 2 * pinv(Number(4))),
        [alone, *pairs_, all_],
        "put the values in",
    )
    inverses = [reciprocal(proof, number) for number in (4, 5, 6)]
    absurd = proof.combine(
        FALSEHOOD,
        (-10, None, tidy, None),
        (20, None, inverses[0], None),
        (-80, None, inverses[1], None),
        (60, None, inverses[2], None),
        why="that says 1 = 11/10",
    )
    proof.close(absurd, given, attention, *reversed(values), V, U, TRIPLE, EXP)


# ---------------------------------------------------------------------------------------------------------------

Y, L = Variable("X", one, two), Variable("Z", one, m)
G1, G2 = Function("g₁", ((m, two), (m, m)), (two, two)), Function("g₂", ((m, two), (m, m)), (m, two))


DOUBLE = Function("f", (Y.shape, L.shape), Y.shape)
IS_DOUBLE = forall(Y, L, Equal(DOUBLE(Y, L), Y * softmax(Y.T * Y)))


@claim(
    "dot-product-not-mediated",
    "Dot-product attention over two tokens is not knowledge-mediated",
    number="5.3n",
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=MEDIATED,
    remark="At Z = 0 a knowledge-mediated function is linear in X; attention is not: 2/3 and 1/2 do not add up to 1.",
)
def dot_product_not_mediated(proof: Proof) -> None:
    mediated = forall(Y, L, Equal(DOUBLE(Y, L), Y * G1(L.T * Y, L.T * L) + L * G2(L.T * Y, L.T * L)))
    zero, one_ = (Equal(EXP(Number(0)), Number(1)), Equal(EXP(Number(1)), Number(2)))
    proof.states(forall(EXP, DOUBLE, G1, G2, implies(zero, one_, IS_DOUBLE, negation(mediated))))
    _, values = exponential(proof)
    attention = proof.suppose(IS_DOUBLE, "let f be plain dot-product attention")
    given = proof.suppose(mediated, "suppose that it were knowledge-mediated")
    nothing = Zero(one, m)
    e1 = vstack(Number(1), Number(0))

    def value(entries: tuple[int, ...], outcome: Term) -> Line:
        tokens = row(*entries)
        attended = tokens * softmax(tokens.T * tokens) * e1
        here = proof.at(attention, tokens, nothing)
        return proof.chain(DOUBLE(tokens, nothing) * e1, (attended, [here]), (outcome, values, "compute"))

    inputs = ((1, 0), (0, 1), (1, 1))
    outcomes = (2 * pinv(Number(3)), pinv(Number(2)), 4 * pinv(Number(4)))
    outputs = [value(entries, outcome) for entries, outcome in zip(inputs, outcomes)]
    linear = [proof.at(given, row(*entries), nothing, why="without knowledge") for entries in inputs]
    inverses = [reciprocal(proof, number) for number in (2, 3, 4)]
    absurd = proof.combine(
        FALSEHOOD,
        *((scale, None, line, e1) for scale, line in zip((6, 6, -6), linear)),
        *((scale, None, line, None) for scale, line in zip((-6, -6, 6), outputs)),
        *((scale, None, line, None) for scale, line in zip((-6, -12, 24), inverses)),
        why="g₁ is the same matrix in all three, so outputs would add up: 2/3 + 1/2 = 1",
    )
    proof.close(absurd, given, attention, *reversed(values), G2, G1, DOUBLE, EXP)


# ---------------------------------------------------------------------------------------------------------------

PLANE = Variable("X", two, three)
x, y = Variable("x", two, one), Variable("y", two, one)
s = Variable("s", q, one)
Q = Variable("Q", two, two)
own = Function("u", ((two, one), (q, one)), (two, one))
pair = Function("v", ((two, one), (two, one), (q, one)), (two, one))
own_statistic, statistic = Function("t₀", ((two, one),), (q, one)), Function("t", ((two, one), (two, one)), (q, one))


def turning(body: Formula) -> Formula:
    """∀ Q ∈ O(2). body"""
    return forall(Q, implies(Member(Q, MatrixGroup("O", two)), body))


PAIR_TURNS = turning(forall(x, y, s, Equal(pair(Q * x, Q * y, s), Q * pair(x, y, s))))
STATISTIC_STAYS = turning(forall(x, y, Equal(statistic(Q * x, Q * y), statistic(x, y))))


@claim(
    "not-all-order-two",
    "xᵢ|Σⱼ xⱼ|², summed over the other tokens, is not of order 2 at any width",
    number="5.0n",
    sizes=({"q": 1}, {"q": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
    reading="finite information: order 2, any width (our definition)",
    remark="Pair statistics of e₁ with e₂ and −e₂ are the same, but the function is 4e₁ for (e₂, e₂), 0 for (e₂, −e₂).",
)
def not_all_order_two(proof: Proof) -> None:
    seen = own_statistic(PLANE * i) + others(j, i, statistic(PLANE * i, PLANE * j))
    gathered = own(PLANE * i, seen) + others(j, i, pair(PLANE * i, PLANE * j, seen))
    rest = others(j, i, PLANE * j)
    value = PLANE * i * (rest.T * rest)
    gathers = forall(PLANE, i, implies(Member(i, StandardBasis(three)), Equal(value, gathered)))
    proof.states(forall(own, pair, own_statistic, statistic, implies(PAIR_TURNS, STATISTIC_STAYS, negation(gathers))))
    turns = proof.suppose(PAIR_TURNS, "v turns with the embedding space")
    stays = proof.suppose(STATISTIC_STAYS, "t does not change")
    given = proof.suppose(gathers, "suppose that the function were of order 2, with any number of statistics")
    e1, e2 = vstack(Number(1), Number(0)), vstack(Number(0), Number(1))
    mirror = block([[Number(1), Number(0)], [Number(0), Number(-1)]])
    member = proof.orthogonal(
        mirror,
        proof.equal(mirror.T * mirror, Identity(two)),
        proof.equal(mirror * mirror.T, Identity(two)),
        "the reflection that fixes e₁ and turns e₂ round",
    )
    same = proof.restate(
        proof.at(stays, mirror, member, e1, e2), Equal(statistic(e1, -1 * e2), statistic(e1, e2)), why="so e₂ and −e₂"
    )
    place = proof.basis("first", proof.basis("one"), size=2)
    front = place.formula.element
    plus, minus = hstack(e1, e2, e2), hstack(e1, e2, -1 * e2)
    total, is_total = proof.let("σ", own_statistic(e1) + 2 * statistic(e1, e2), "the statistics, for both signs")
    lines = []
    for tokens, last, outcome in ((plus, e2, 4 * e1), (minus, -1 * e2, 0 * e1)):
        here = proof.at(given, tokens, front, place)
        named = Equal(outcome, own(e1, total) + pair(e1, e2, total) + pair(e1, last, total))
        lines.append(proof.restate(here, named, [same, is_total]))
    mirrored = proof.restate(
        proof.at(turns, mirror, member, e1, e2, total), Equal(pair(e1, -1 * e2, total), mirror * pair(e1, e2, total))
    )
    quarter = Fraction(1, 4)
    absurd = proof.combine(
        FALSEHOOD,
        (quarter, e1.T, lines[0], None),
        (-quarter, e1.T, lines[1], None),
        (-quarter, e1.T, mirrored, None),
        why="along e₁ both signs give the same, but one is 4 and the other 0",
    )
    proof.close(absurd, is_total, given, stays, turns, statistic, own_statistic, pair, own)


CLAIMS = (softmax_not_width_zero, dot_product_not_mediated, not_all_order_two)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
