"""Chapter 3. What is not of the form, and what the form does not force.

Each negative claim says that a law of symmetry does not hold, and is proved by a point at which it fails, as small as
possible. Functions that are not polynomial enter by the values they take there: ReLU is any ρ with ρ(1) = 1 and
ρ(−1) = 0, and softmax has e(0) = 1 and e(1) = 2, an exponential in units of log 2. What repairs each of them is to
count the vectors that were fixed among the knowledge.

Run this file, or ``python -m derivations.counterexamples``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.equivariants import TURNS, f
from derivations.invariants import I, O, Q, Y, d, for_orthogonal, k, one
from derivations.softmax import EXP, softmax
from symmetry.formulas import FALSEHOOD, Equal, Formula, Member, exists, forall, implies, negation
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import (
    Block,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Term,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.counterexamples", "derivations.variants.counterexamples"
two = Size.of(2)


def numbers(*rows: tuple[int | Fraction, ...]) -> Block:
    """A matrix of numbers."""
    return block([[Number(entry) for entry in row] for row in rows])


T = Variable("Q", two, two)
O2 = MatrixGroup("O", two)
x, y = Variable("x", two, one), Variable("y", two, one)
e1, e2 = numbers((1,), (0,)), numbers((0,), (1,))
SWAP, MIRROR = numbers((0, 1), (1, 0)), numbers((-1, 0), (0, 1))


def for_plane(body: Formula) -> Formula:
    """∀ Q ∈ O(2). body"""
    return forall(T, implies(Member(T, O2), body))


def orthogonal(proof: Proof, matrix: Term, why: str) -> Line:
    """A matrix of numbers is orthogonal."""
    unit = Identity(matrix.rows)
    one_side = proof.equal(matrix.T * matrix, unit, [], "compute")
    other_side = proof.equal(matrix * matrix.T, unit, [], "compute")
    return proof.orthogonal(matrix, one_side, other_side, why)


# ---------------------------------------------------------------------------------------------------------------

W = Variable("W", d, d)
COMMUTES = for_orthogonal(Equal(Q * W * Q.T, W))
scalar = Variable("α", one, one)


@claim(
    "fixed-weights-are-scalar",
    "A fixed matrix that turns with nothing, QWQᵀ = W, is a multiple of the identity",
    number="3.4",
    rests_on=("matrix-valued",),
    sizes=({"d": 3}, {"d": 2}, {"d": 1}),
    source="Schur's lemma for O(d); here from 2.8 with no knowledge at all",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def fixed_weights_are_scalar(proof: Proof) -> None:
    form = exists(scalar, Equal(W, scalar * I))
    proof.states(forall(W, implies(COMMUTES, form)))
    given = proof.suppose(COMMUTES, "W is fixed, and does not change when the space is turned")
    nothing = Variable("Z", d, Size())
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    kept = proof.equal(W, Q * W * Q.T, [proof.at(given, Q, member)], "as a function of no knowledge vectors W turns")
    turns = proof.close(kept, nothing, member, Q)
    shape = proof.at(proof.lemma("matrix-valued", m=Size()), Lambda((nothing,), W), turns, why="so it is αI + ZβZᵀ")
    first, known = proof.obtain(shape, "a", "the number α")
    _, value = proof.obtain(known, "b", "and a β without entries")
    empty = Zero(Size(), Size())
    line = proof.equal(W, first(empty) * I, [proof.at(value, Zero(d, Size()))], "and Z is empty")
    found = proof.witness(line, form, first(empty))
    proof.close(found, value, known, given, W)


# ---------------------------------------------------------------------------------------------------------------

nu = Function("ν", ((one, one),), (one, one))
M2 = Variable("M", two, two)
V2 = numbers((1, 0), (0, 0))
ONE_TOKEN = forall(Variable("S", one, one), Equal(nu(Variable("S", one, one)), Number(1)))


def one_token(token: Term) -> Term:
    """V x ν(xᵀMx) with V = diag(1, 0)"""
    return V2 * token * nu(token.T * M2 * token)


FIXED_VALUES = for_plane(forall(x, Equal(one_token(T * x), T * one_token(x))))


@claim(
    "fixed-value-matrix",
    "Attention with a fixed value matrix that is no multiple of I is not equivariant, for one token already",
    number="3.4v",
    sizes=({},),
    remark="V keeps e₁ and kills e₂; exchange the coordinates.",
    repair="its rows and columns among the knowledge, or V = αI + ZβZᵀ",
    repaired_by=("attention", "multi-head-as-knowledge"),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def fixed_value_matrix(proof: Proof) -> None:
    proof.states(forall(M2, nu, implies(ONE_TOKEN, negation(FIXED_VALUES))))
    alone = proof.suppose(ONE_TOKEN, "one token gets the whole weight")
    law = proof.suppose(FIXED_VALUES, "suppose that attention with V = diag(1, 0) were equivariant")
    there = proof.at(law, SWAP, orthogonal(proof, SWAP, "exchange the coordinates"), e1)
    weights = [proof.at(alone, token.T * M2 * token) for token in (SWAP * e1, e1)]
    apart = proof.restate(there, Equal(V2 * e2, SWAP * V2 * e1), weights, "but V e₂ = 0, and V e₁ exchanged is e₂")
    proof.close(proof.combine(FALSEHOOD, (-1, e2.T, apart, None), why="so 0 = 1"), law, alone, nu, M2)


# ---------------------------------------------------------------------------------------------------------------

X2 = Variable("X", two, two)
VALUES = (Equal(EXP(Number(0)), Number(1)), Equal(EXP(Number(1)), Number(2)))


def fixed_scores(tokens: Term) -> Term:
    """X softmax(XᵀMX) with M = diag(1, 0)"""
    return tokens * softmax(tokens.T * V2 * tokens)


FIXED_SCORES = for_plane(forall(X2, Equal(fixed_scores(T * X2), T * fixed_scores(X2))))


@claim(
    "fixed-score-matrix",
    "Softmax attention with a fixed score matrix that is no multiple of I is not equivariant, for two tokens already",
    number="3.4s",
    sizes=({},),
    remark="For the tokens e₁ and 0 the weights are 2/3 and 1/3; with coordinates exchanged they are equal.",
    repair="its rows and columns among the knowledge, or M = αI + ZβZᵀ",
    repaired_by=("attention", "multi-head-as-knowledge"),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def fixed_score_matrix(proof: Proof) -> None:
    proof.states(forall(EXP, implies(*VALUES, negation(FIXED_SCORES))))
    values = [proof.suppose(value, "the exponential, in units of log 2") for value in VALUES]
    law = proof.suppose(FIXED_SCORES, "suppose that attention with the scores XᵀMX, M = diag(1, 0), were equivariant")
    tokens = hstack(e1, Zero(two, one))
    there = proof.at(law, SWAP, orthogonal(proof, SWAP, "exchange the coordinates"), tokens)
    before, after = pinv(Number(3)), pinv(Number(2))
    apart = proof.restate(
        there,
        Equal(e2 * hstack(after, after), e2 * hstack(2 * before, after)),
        values,
        "for the tokens e₁ and 0: scores 1 and 0 give weights 2/3 and 1/3, but exchanged all scores are 0",
    )
    inverses = []
    for number in (3, 2):
        once = proof.penrose(Number(number), 1, "a number, its inverse and the number again")
        value = Equal(pinv(Number(number)), Number(Fraction(1, number)))
        inverses.append(proof.combine(value, (Fraction(1, number**2), None, once, None), why="divide twice"))
    third, half = inverses
    absurd = proof.combine(
        FALSEHOOD, (-6, e2.T, apart, e1), (6, None, half, None), (-12, None, third, None), why="so 1/2 = 2/3"
    )
    proof.close(absurd, law, *reversed(values), EXP)


# ---------------------------------------------------------------------------------------------------------------

phi = Function("φ", ((one, one),), (one, one))
MEAN = numbers((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2)))
NORM_VALUE = Equal(phi(Number(Fraction(1, 2))), Number(2))  # 1/√(|x|²/d) for |x|² = 1/2, d = 2


def coordinate_norm(token: Term) -> Term:
    """LayerNorm along the coordinates: the mean is taken off, and what is left is scaled."""
    centred = token - MEAN * token
    return phi(centred.T * centred) * centred


FIXED_NORM = for_plane(forall(x, Equal(coordinate_norm(T * x), T * coordinate_norm(x))))


@claim(
    "layer-norm-fixed",
    "LayerNorm along fixed coordinates is not equivariant, in two dimensions already",
    number="3.4l",
    sizes=({},),
    remark="The direction (1, 1) of the mean stays where it is when the token (1, 0) is mirrored.",
    repair="u = 𝟏/√d among the knowledge",
    repaired_by=("layer-norm",),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def layer_norm_fixed(proof: Proof) -> None:
    proof.states(forall(phi, implies(NORM_VALUE, negation(FIXED_NORM))))
    value = proof.suppose(NORM_VALUE, "a token (½, −½) is scaled to (1, −1)")
    law = proof.suppose(FIXED_NORM, "suppose that LayerNorm were equivariant")
    there = proof.at(law, MIRROR, orthogonal(proof, MIRROR, "mirror the first coordinate"), e1)
    apart = proof.restate(
        there,
        Equal(numbers((-1,), (1,)), numbers((-1,), (-1,))),
        [value],
        "the token (1, 0) becomes (1, −1), mirrored (−1, −1); but mirrored first it becomes (−1, 1)",
    )
    absurd = proof.combine(FALSEHOOD, (Fraction(1, 2), e2.T, apart, None), why="so 1 = −1")
    proof.close(absurd, law, value, phi)


# ---------------------------------------------------------------------------------------------------------------

p = Variable("p", d, k)
ADDED = for_orthogonal(forall(Y, Equal(f(Q * Y) + p, Q * (f(Y) + p))))


@claim(
    "fixed-vector",
    "A fixed vector that can be added to an equivariant function without loss is zero",
    number="3.4p",
    sizes=({"d": 3, "N": 2, "k": 1}, {"d": 1, "N": 2, "k": 3}),
    remark="−I is orthogonal, and only the zero vector does not turn with it.",
    repair="the vector among the knowledge, as output biases and shifts are",
    repaired_by=("mlp",),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def fixed_vector(proof: Proof) -> None:
    proof.states(forall(f, p, implies(TURNS, ADDED, Equal(p, Zero(d, k)))))
    turns = proof.suppose(TURNS, "f turns with its inputs")
    added = proof.suppose(ADDED, "and so does f + p")
    member = orthogonal(proof, -I, "turn everything round")
    difference = proof.combine(
        Equal(p, Zero(d, k)),
        (Fraction(1, 2), None, proof.at(added, -I, member, Y), None),
        (Fraction(-1, 2), None, proof.at(turns, -I, member, Y), None),
        why="so p = −p",
    )
    proof.close(difference, added, turns, p, f)


CLAIMS = (
    fixed_weights_are_scalar,
    fixed_value_matrix,
    fixed_score_matrix,
    layer_norm_fixed,
    fixed_vector,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
