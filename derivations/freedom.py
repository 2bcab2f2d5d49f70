"""Chapter 3. What the symmetry does not force.

The form says where vectors may come from and what weights may depend on, and no more: X A² and X φ(A) are of the form,
with no softmax anywhere. And it is strictly larger than attention: one token alone gets the whole weight, so attention
multiplies it by a fixed matrix, and (xᵀx)² x is not that. Whether stacks of attention and hidden layers come close to
everything of the form is open here.

Run this file, or ``python -m derivations.freedom``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.invariants import O, Q, X, for_orthogonal, n, one, r
from symmetry.formulas import FALSEHOOD, And, Equal, Member, forall, implies, negation
from symmetry.registry import Entry, claim
from symmetry.terms import Function, MatrixGroup, Number, Term, Variable, Zero, vstack

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.freedom", "derivations.variants.freedom"

# ---------------------------------------------------------------------------------------------------------------

phi = Function("φ", ((n, n),), (one, one))


def square(tokens: Term) -> Term:
    """X A²"""
    return tokens * (tokens.T * tokens) * (tokens.T * tokens)


def scaled(tokens: Term) -> Term:
    """X φ(A), such as X det(A)"""
    return phi(tokens.T * tokens) * tokens


BOTH_TURN = And(tuple(forall(X, Equal(law(Q * X), Q * law(X))) for law in (square, scaled)))


@claim(
    "not-forced",
    "X A² and X φ(A), for any number φ(A) such as det A or 1, turn with the tokens: no softmax is forced",
    number="3.5",
    sizes=({"d": 3, "n": 2}, {"d": 2, "n": 3}, {"d": 1, "n": 2}),
    remark="The symmetry decides where vectors come from and what weights depend on, not how weights are made.",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def not_forced(proof: Proof) -> None:
    proof.states(forall(phi, for_orthogonal(BOTH_TURN)))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    lines = [
        proof.close(proof.equal(law(Q * X), Q * law(X), [orthogonal[1]], why), X)
        for law, why in ((square, "A does not change"), (scaled, "so neither does any number made of it"))
    ]
    proof.close(proof.both(*lines), member, Q, phi)


# ---------------------------------------------------------------------------------------------------------------

D = r + 1  # any dimension but 0
x, T = Variable("x", D, one), Variable("Q", D, D)
V, M = Variable("V", D, D), Variable("M", D, D)
nu = Function("ν", ((one, one),), (one, one))
S = Variable("S", one, one)
WHOLE = forall(S, Equal(nu(S), Number(1)))
TURN = Member(T, MatrixGroup("O", D))


def quintic(token: Term) -> Term:
    """(xᵀx)² x"""
    return (token.T * token) * (token.T * token) * token


OF_THE_FORM = forall(T, implies(TURN, forall(x, Equal(quintic(T * x), T * quintic(x)))))
ATTENTION = forall(x, Equal(V * x * nu(x.T * M * x), quintic(x)))


@claim(
    "larger-than-attention",
    "The form is larger than attention: for one token (xᵀx)² x turns with x, and is no attention with any weights",
    number="3.5a",
    sizes=({"r": 0}, {"r": 2}),
    remark="One token gets the whole weight, so attention is linear in it.",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def larger_than_attention(proof: Proof) -> None:
    no_attention = forall(V, M, nu, implies(WHOLE, negation(ATTENTION)))
    proof.states(And((OF_THE_FORM, no_attention)))
    member = proof.suppose(TURN, "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    turned = proof.equal(quintic(T * x), T * quintic(x), [orthogonal[1]], "lengths do not change")
    turns = proof.close(turned, x, member, T)
    whole = proof.suppose(WHOLE, "one token alone gets the whole weight")
    law = proof.suppose(ATTENTION, "suppose that attention with value matrix V were (xᵀx)² x")
    axis = vstack(Number(1), Zero(r, one))
    values = []
    for length in (1, 2):
        token = length * axis
        alone = proof.at(whole, token.T * M * token)
        outcome = Equal(length * (V * axis), length**5 * axis)
        reason = f"for a token of length {length} along the first axis"
        values.append(proof.restate(proof.at(law, token), outcome, [alone], reason))
    absurd = proof.combine(
        FALSEHOOD,
        (Fraction(-1, 30), axis.T, values[1], None),
        (Fraction(1, 15), axis.T, values[0], None),
        why="twice the token would give twice the output, not 32 times",
    )
    proof.both(turns, proof.close(absurd, law, whole, nu, M, V))


# ---------------------------------------------------------------------------------------------------------------

density = Entry(
    "density",
    "Stacks of attention, norms and hidden layers come arbitrarily close to every continuous function of the form",
    number="3.5d",
    source="Yun et al. 2020 show universal approximation for transformers with free weights, which is another class",
    remark="Blocks all weights of which are knowledge are not enough: at Z = 0 a pre-norm block is the identity, and "
    "X A is of the form.",
    open="no proof and no counterexample here; an approximation argument within the form, or a quantity that all such "
    "stacks keep, would decide it",
    package=__name__,
)

CLAIMS = (not_forced, larger_than_attention, density)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
