"""Chapter 4, continued. Knowledge without order, and what softmax attention has of all this.

Run this file, or ``python -m derivations.unordered``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.coefficients import PAIR, e1, e2, silent
from derivations.invariants import A, B, C, X, Z, d, m, n, one
from derivations.permutations import (
    TOKENS,
    UNORDERED,
    F,
    P,
    R,
    S_m,
    S_n,
    U,
    a,
    b,
    c,
    for_tokens,
    g1,
    g2,
    knowledge_law,
    knowledge_moved,
    of_the_form,
    token_law,
    tokens_moved,
)
from derivations.softmax import EXP, column_sum, softmax, weights
from derivations.traces import ZERO
from symmetry.formulas import And, Equal, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.terms import Average, Function, Lambda, Number, StandardBasis, Term, Total, Variable, hstack, pinv

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.permutations", "derivations.variants.unordered"
COMPUTED = "symmetry.checks.computed"


@claim(
    "unordered-knowledge",
    "If f does not see the order of the knowledge either, nor do its coefficients need to",
    number="4.3",
    sizes=({"d": 4, "n": 1, "m": 3}, {"d": 1, "n": 3, "m": 2}),
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def unordered_knowledge(proof: Proof) -> None:
    form = exists(g1, g2, And((of_the_form(), token_law(), knowledge_law())))
    proof.states(forall(F, g1, g2, implies(of_the_form(), token_law(), UNORDERED, form)))
    given = proof.suppose(of_the_form(), "f is of the form")
    law = proof.suppose(token_law(), "its coefficients turn with the tokens")
    unseen = proof.suppose(UNORDERED, "and f does not see the order of the knowledge")
    first = Lambda((a, b, c), Average(R, S_m, g1(*knowledge_moved(R))))
    second = Lambda((a, b, c), Average(R, S_m, R * g2(*knowledge_moved(R))))
    same = _averaged_form(proof, given, unseen, first, second)
    kept = _kept_law(proof, law, first, second)
    new = _averaged_law(proof, first, second)
    found = proof.witnesses(proof.both(same, kept, new), form, (first, second), "the averages are such coefficients")
    proof.close(found, unseen, law, given, g2, g1, F)


def _averaged_form(proof: Proof, given: Line, unseen: Line, first: Lambda, second: Lambda) -> Line:
    """Averaging does not change f: each summand is f(X, ZR) = f(X, Z)."""
    member = proof.suppose(Member(R, S_m), "R is any permutation")
    blocks = (A, R.T * B, R.T * C * R)
    summand = X * g1(*blocks) + Z * R * g2(*blocks)
    line = proof.chain(
        summand,
        (F(X, Z * R), [proof.at(given, X, Z * R)], "f is of the form, at ZR"),
        (F(X, Z), [proof.at(unseen, R, member, X, Z)], "f does not see the order of the knowledge"),
    )
    constant = proof.step(
        "average",
        [proof.close(line, member, R)],
        "the mean of what does not depend on R",
        statement=Equal(Average(R, S_m, summand), Average(U, S_m, F(X, Z))),
        law="same",
    )
    value = Equal(F(X, Z), X * first(A, B, C) + Z * second(A, B, C))
    return proof.close(proof.restate(constant, value, why="the mean is linear"), Z, X)


def _kept_law(proof: Proof, law: Line, first: Lambda, second: Lambda) -> Line:
    """The law of the tokens survives the mean over the orders of the knowledge."""
    turn = proof.suppose(Member(P, S_n))
    laws = []
    for index, function, outcome in ((1, first, P.T * first(a, b, c) * P), (2, second, second(a, b, c) * P)):
        member = proof.suppose(Member(R, S_m))
        inside = proof.at(law, P, turn, *knowledge_moved(R))[index]
        left = function(*tokens_moved(P)).body
        right = P.T * function.body.body * P if index == 1 else function.body.body * P
        line = proof.close(proof.equal(left, right, [inside], "the law at every order"), member, R)
        mean = proof.step(
            "average",
            [line],
            statement=Equal(Average(R, S_m, left), Average(R, S_m, right)),
            law="same",
        )
        laws.append(proof.restate(mean, Equal(function(*tokens_moved(P)), outcome)))
    return proof.close(proof.both(*laws), c, b, a, turn, P)


def _averaged_law(proof: Proof, first: Lambda, second: Lambda) -> Line:
    """The averages do not see the order of the knowledge: re-index the mean."""
    turn = proof.suppose(Member(U, S_m), "U is any permutation")
    orthogonal = proof.equations(proof.subgroup(turn))
    laws = []
    for function in (first, second):
        summand = function.body.body
        left = function(*knowledge_moved(U)).body
        right = summand if function is first else U.T * summand
        member = proof.suppose(Member(R, S_m))
        image = Lambda((R,), right)(U * R)
        line = proof.close(proof.equal(left, image, [orthogonal[1]]), member, R)
        laws.append(
            proof.step(
                "average",
                [line, turn],
                "re-index the mean by U",
                statement=Equal(Average(R, S_m, left), Average(R, S_m, right)),
                law="left",
                shift=U,
            )
        )
    stated = And(
        (
            Equal(first(*knowledge_moved(U)), first(a, b, c)),
            Equal(second(*knowledge_moved(U)), U.T * second(a, b, c)),
        )
    )
    return proof.close(proof.restate(proof.both(*laws), stated), c, b, a, turn, U)


SWAP = hstack(e2, e1)  # exchanges two positions


@claim(
    "not-for-every-coefficient",
    "Not all coefficients of such an f forget the order: f = 0 has g₂ = (C₁₂, −C₁₁)ᵀ",
    number="4.3n",
    sampled=SAMPLED,
    variants=VARIANTS,
    remark="d = n = 1, m = 2: the coefficients can be chosen as in 4.3, they need not be.",
)
def not_for_every_coefficient(proof: Proof) -> None:
    gram = PAIR.T * PAIR
    turn = Variable("R", 2, 2)
    nothing = forall(PAIR, Equal(PAIR * silent(gram), ZERO))
    obeys = for_tokens(forall(PAIR, Equal(silent(turn.T * gram * turn), turn.T * silent(gram))), turn)
    proof.states(And((nothing, implies(obeys, Equal(Number(1), ZERO)))))
    zero = proof.close(proof.equal(PAIR * silent(gram), ZERO, [], "numbers commute"), PAIR)
    given = proof.suppose(obeys, "suppose that they obeyed the law")
    vectors = [proof.basis(law, proof.basis("one"), size=1) for law in ("first", "last")]
    swap = proof.basis("transposition", *vectors, why="the exchange of the two knowledge vectors")
    swapped = proof.restate(swap, Member(SWAP, swap.formula.group))
    here = proof.at(given, SWAP, swapped, hstack(Number(1), Number(0)), why="look at Z = (1, 0)")
    absurd = proof.combine(Equal(Number(1), ZERO), (1, e1.T, here, None), why="the first entries are 0 and −1")
    proof.both(zero, proof.close(absurd, given))


# ---------------------------------------------------------------------------------------------------------------

scores = Variable("S", n, n)


@claim(
    "softmax-permutations",
    "Softmax of permuted scores is the permuted softmax",
    number="4.4s",
    sizes=({"n": 3}, {"n": 1}, {"n": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def softmax_permutations(proof: Proof) -> None:
    moved = P.T * scores * P
    goal = Equal(softmax(moved), P.T * softmax(scores) * P)
    proof.states(forall(EXP, for_tokens(forall(scores, goal))))
    turn = proof.suppose(Member(P, S_n), "P is any permutation")
    orthogonal = proof.equations(proof.subgroup(turn))
    y = Variable("b", n, one)
    tall = _reindexed(proof, turn, weights(moved, y), P.T * weights(scores, P * y), orthogonal, y)
    flat = _reindexed(proof, turn, column_sum(moved, y), column_sum(scores, P * y), orthogonal, y)
    member = proof.suppose(Member(y, StandardBasis(n)))
    column = proof.chain(
        (weights(moved, y) * pinv(column_sum(moved, y))) * y.T,
        ((P.T * weights(scores, P * y) * pinv(column_sum(moved, y))) * y.T, [tall], "the weights are permuted"),
        ((P.T * weights(scores, P * y) * pinv(column_sum(scores, P * y))) * y.T, [flat], "their sum is the same"),
        ((P.T * weights(scores, P * y) * pinv(column_sum(scores, P * y))) * (P * y).T * P, [orthogonal[1]]),
    )
    every = proof.close(column, member, y)
    target = (P.T * weights(scores, y) * pinv(column_sum(scores, y))) * y.T * P
    whole = proof.summed(every, Equal(softmax(moved), Total(y, target)), turn, "and so are the columns")
    proof.close(proof.restate(whole, goal), scores, turn, P, EXP)


def _reindexed(proof: Proof, turn: Line, before: Term, after: Term, orthogonal: Line, y: Variable) -> Line:
    """A sum over positions a, re-indexed by P."""
    x = before.variable
    inner = after if isinstance(after, Total) else P.T * after.factors[-1]
    body = inner.body if isinstance(inner, Total) else P.T * after.factors[-1].body
    member = proof.suppose(Member(x, StandardBasis(n)))
    image = Lambda((x,), body)(P * x)
    line = proof.close(proof.equal(before.body, image, [orthogonal[1]]), member, x)
    summed = proof.summed(line, Equal(before, Total(x, body)), turn)
    return proof.restate(summed, Equal(before, after))


law = Function("ν", ((n, n),), (n, n))
scored, valued = Function("M", ((d, m),), (d, d)), Function("V", ((d, m),), (d, d))
ATTENTION = forall(X, Z, Equal(F(X, Z), valued(Z) * X * law(X.T * scored(Z) * X)))
LAWFUL = for_tokens(forall(scores, Equal(law(P.T * scores * P), P.T * law(scores) * P)))


@claim(
    "attention-permutations",
    "Attention turns with the tokens if its normalisation does, and its knowledge has no order if its weights see none",
    number="4.4",
    sizes=({"d": 4, "n": 3, "m": 1}, {"d": 1, "n": 3, "m": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def attention_permutations(proof: Proof) -> None:
    blind = for_tokens(forall(Z, And((Equal(scored(Z * R), scored(Z)), Equal(valued(Z * R), valued(Z))))), R)
    proof.states(
        forall(F, law, scored, valued, implies(ATTENTION, And((implies(LAWFUL, TOKENS), implies(blind, UNORDERED)))))
    )
    given = proof.suppose(ATTENTION, "f is attention, with weights from the knowledge")
    lawful = proof.suppose(LAWFUL, "let the normalisation turn with the order of the tokens, as softmax does")
    member = proof.suppose(Member(P, S_n))
    orthogonal = proof.equations(proof.subgroup(member))
    S = X.T * scored(Z) * X
    line = proof.chain(
        F(X * P, Z),
        (valued(Z) * X * P * law(P.T * S * P), [proof.at(given, X * P, Z)], "f is attention"),
        (valued(Z) * X * P * P.T * law(S) * P, [proof.at(lawful, P, member, S)], "the normalisation turns"),
        (valued(Z) * X * law(S) * P, [orthogonal[2]], "P is orthogonal"),
        (F(X, Z) * P, [proof.at(given, X, Z)], "f is attention"),
    )
    tokens = proof.close(proof.close(line, Z, X, member, P), lawful)
    unseen = proof.suppose(blind, "let the weights not see the order of the knowledge")
    member = proof.suppose(Member(R, S_m))
    here = proof.at(unseen, R, member, Z)
    line = proof.chain(
        F(X, Z * R),
        (valued(Z * R) * X * law(X.T * scored(Z * R) * X), [proof.at(given, X, Z * R)], "f is attention"),
        (valued(Z) * X * law(S), [here[1], here[2]], "the weights are the same"),
        (F(X, Z), [proof.at(given, X, Z)], "f is attention"),
    )
    knowledge = proof.close(proof.close(line, Z, X, member, R), unseen)
    proof.close(proof.both(tokens, knowledge), given, valued, scored, law, F)


CLAIMS = (unordered_knowledge, not_for_every_coefficient, softmax_permutations, attention_permutations)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
