"""Chapter 4. Permutations of the tokens, and of the knowledge.

If f also turns with the order of the tokens, f(XP, Z) = f(X, Z) P, its coefficients can be averaged over S(n) without
changing f, and the averages obey

    g₁(PᵀAP, BP, C) = Pᵀ g₁(A, B, C) P,    g₂(PᵀAP, BP, C) = g₂(A, B, C) P,

so one function serves every position. If f does not see the order of the knowledge either, the same holds there.

Run this file, or ``python -m derivations.permutations``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import A, B, C, Q, X, Z, block_variables, d, for_orthogonal, m, n
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, iff, implies
from symmetry.registry import claim
from symmetry.terms import (
    Average,
    Function,
    Lambda,
    MatrixGroup,
    Term,
    Variable,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.permutations", "derivations.variants.permutations"
COMPUTED = "symmetry.checks.computed"
SIZES = ({"d": 4, "n": 3, "m": 1}, {"d": 2, "n": 3, "m": 1})
S_n, S_m = MatrixGroup("S", n), MatrixGroup("S", m)
P, R = Variable("P", n, n), Variable("R", m, m)
T, U = Variable("T", n, n), Variable("U", m, m)
a, b, c = block_variables()
F = Function("f", ((d, n), (d, m)), (d, n))
BLOCKS = ((n, n), (m, n), (m, m))
g1, g2 = Function("g₁", BLOCKS, (n, n)), Function("g₂", BLOCKS, (m, n))


def for_tokens(body: Formula, turn: Variable = P) -> Formula:
    """∀ P ∈ S(n). body"""
    return forall(turn, implies(Member(turn, MatrixGroup("S", turn.rows)), body))


def of_the_form(first: Function = g1, second: Function = g2) -> Formula:
    """∀ X, Z. f(X, Z) = X g₁ + Z g₂"""
    return forall(X, Z, Equal(F(X, Z), X * first(A, B, C) + Z * second(A, B, C)))


def tokens_moved(P: Term) -> tuple[Term, Term, Term]:
    """The Gram blocks of XP and Z."""
    return P.T * a * P, b * P, c


def knowledge_moved(R: Term) -> tuple[Term, Term, Term]:
    """The Gram blocks of X and ZR."""
    return a, R.T * b, R.T * c * R


def token_law(first: Function = g1, second: Function = g2) -> Formula:
    """g₁(PᵀAP, BP, C) = Pᵀg₁P and g₂(PᵀAP, BP, C) = g₂P, for all P, A, B, C."""
    laws = And(
        (
            Equal(first(*tokens_moved(P)), P.T * first(a, b, c) * P),
            Equal(second(*tokens_moved(P)), second(a, b, c) * P),
        )
    )
    return for_tokens(forall(a, b, c, laws))


def knowledge_law(first: Function = g1, second: Function = g2) -> Formula:
    """g₁(A, RᵀB, RᵀCR) = g₁ and g₂(A, RᵀB, RᵀCR) = Rᵀg₂, for all R, A, B, C."""
    laws = And(
        (
            Equal(first(*knowledge_moved(R)), first(a, b, c)),
            Equal(second(*knowledge_moved(R)), R.T * second(a, b, c)),
        )
    )
    return for_tokens(forall(a, b, c, laws), R)


TOKENS = for_tokens(forall(X, Z, Equal(F(X * P, Z), F(X, Z) * P)))
UNORDERED = for_tokens(forall(X, Z, Equal(F(X, Z * R), F(X, Z))), R)


@claim(
    "permutation-equivariance",
    "If f turns with the order of the tokens, its coefficients can be chosen to do so",
    number="4.1",
    sizes=SIZES,
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def permutation_equivariance(proof: Proof) -> None:
    form = exists(g1, g2, And((of_the_form(), token_law())))
    proof.states(forall(F, g1, g2, implies(of_the_form(), TOKENS, form)))
    given = proof.suppose(of_the_form(), "f is of the form")
    moves = proof.suppose(TOKENS, "and turns with the order of the tokens")
    first = Lambda((a, b, c), Average(P, S_n, P * g1(*tokens_moved(P)) * P.T))
    second = Lambda((a, b, c), Average(P, S_n, g2(*tokens_moved(P)) * P.T))
    same = _averaged_form(proof, given, moves, first, second)
    laws = _averaged_law(proof, first, second)
    found = proof.witnesses(proof.both(same, laws), form, (first, second), "the averages are such coefficients")
    proof.close(found, moves, given, g2, g1, F)


def _averaged_form(proof: Proof, given: Line, moves: Line, first: Lambda, second: Lambda) -> Line:
    """Averaging does not change f: each summand is f(XP, Z) Pᵀ = f(X, Z)."""
    member = proof.suppose(Member(P, S_n), "P is any permutation")
    orthogonal = proof.equations(proof.subgroup(member))
    blocks = (P.T * A * P, B * P, C)
    summand = X * P * g1(*blocks) * P.T + Z * g2(*blocks) * P.T
    moved = proof.at(given, X * P, Z)
    line = proof.chain(
        summand,
        (F(X * P, Z) * P.T, [moved], "f is of the form, at XP"),
        (F(X, Z) * P * P.T, [proof.at(moves, P, member, X, Z)], "f turns with the order of the tokens"),
        (F(X, Z), [orthogonal[2]], "and back"),
    )
    constant = proof.step(
        "average",
        [proof.close(line, member, P)],
        "the mean of what does not depend on P",
        statement=Equal(Average(P, S_n, summand), Average(T, S_n, F(X, Z))),
        law="same",
    )
    value = Equal(F(X, Z), X * first(A, B, C) + Z * second(A, B, C))
    return proof.close(proof.restate(constant, value, why="the mean is linear"), Z, X)


def _averaged_law(proof: Proof, first: Lambda, second: Lambda) -> Line:
    """Averages obey the law: re-index the mean."""
    turn = proof.suppose(Member(T, S_n), "T is any permutation")
    orthogonal = proof.equations(proof.subgroup(turn))
    laws = []
    for function, after in ((first, (T.T, T)), (second, (None, T))):
        summand = function.body.body
        moved = tokens_moved(T)
        left = function(*moved).body
        right = summand * after[1] if after[0] is None else after[0] * summand * after[1]
        member = proof.suppose(Member(P, S_n))
        image = Lambda((P,), right)(T * P)
        line = proof.close(proof.equal(left, image, [orthogonal[1], orthogonal[2]]), member, P)
        laws.append(
            proof.step(
                "average",
                [line, turn],
                "re-index the mean by T",
                statement=Equal(Average(P, S_n, left), Average(P, S_n, right)),
                law="left",
                shift=T,
            )
        )
    stated = And(
        (
            Equal(first(*tokens_moved(T)), T.T * first(a, b, c) * T),
            Equal(second(*tokens_moved(T)), second(a, b, c) * T),
        )
    )
    both = proof.restate(proof.both(*laws), stated)
    return proof.close(both, c, b, a, turn, T)


@claim(
    "permutation-converse",
    "If the coefficients turn with the order of the tokens, so does f",
    number="4.1c",
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def permutation_converse(proof: Proof) -> None:
    proof.states(forall(F, g1, g2, implies(of_the_form(), token_law(), TOKENS)))
    given = proof.suppose(of_the_form(), "f is of the form")
    law = proof.suppose(token_law(), "and its coefficients turn with the tokens")
    member = proof.suppose(Member(P, S_n), "P is any permutation")
    orthogonal = proof.equations(proof.subgroup(member))
    here = proof.at(law, P, member, A, B, C)
    blocks = ((X * P).T * (X * P), Z.T * (X * P), C)
    line = proof.chain(
        F(X * P, Z),
        (X * P * g1(*blocks) + Z * g2(*blocks), [proof.at(given, X * P, Z)], "f is of the form"),
        (X * P * P.T * g1(A, B, C) * P + Z * g2(A, B, C) * P, [here[1], here[2]], "the law of the coefficients"),
        ((X * g1(A, B, C) + Z * g2(A, B, C)) * P, [orthogonal[2]], "P is orthogonal"),
        (F(X, Z) * P, [proof.at(given, X, Z)], "f is of the form"),
    )
    proof.close(line, Z, X, member, P, law, given, g2, g1, F)


TURNS = for_orthogonal(forall(X, Z, Equal(F(Q * X, Q * Z), Q * F(X, Z))))


@claim(
    "both-symmetries",
    "f turns with space and with tokens exactly when it is X g₁ + Z g₂ with coefficients that turn with tokens",
    number="4.1o",
    rests_on=("central-theorem", "permutation-equivariance", "permutation-converse"),
    sizes=SIZES,
    source="Ma and Ying 2022",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def both_symmetries(proof: Proof) -> None:
    form = exists(g1, g2, And((of_the_form(), token_law())))
    plain = exists(g1, g2, of_the_form())
    proof.states(forall(F, iff(And((TURNS, TOKENS)), form)))
    theorem = proof.at(proof.lemma("central-theorem", k=n), F)
    given = proof.suppose(And((TURNS, TOKENS)), "let f have both symmetries")
    general = proof.at(theorem[1], given[1], why="orthogonal equivariance forces the form")
    first, known = proof.obtain(general, "g₁")
    second, of_form = proof.obtain(known, "g₂")
    averaged = proof.at(
        proof.lemma("permutation-equivariance"), F, first, second, of_form, given[2], why="and averaging the law"
    )
    forward = proof.close(averaged, of_form, known, given)
    found = proof.suppose(form, "conversely, let f be of the form with such coefficients")
    first, known = proof.obtain(found, "g₁")
    second, both = proof.obtain(known, "g₂")
    of_form = proof.witnesses(both[1], plain, (first, second))
    turns = proof.at(theorem[2], of_form, why="the form turns with the embedding space")
    moves = proof.at(proof.lemma("permutation-converse"), F, first, second, both[1], both[2])
    backward = proof.close(proof.both(turns, moves), both, known, found)
    proof.close(proof.restate(proof.both(forward, backward), iff(And((TURNS, TOKENS)), form)), F)


CLAIMS = (permutation_equivariance, permutation_converse, both_symmetries)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
