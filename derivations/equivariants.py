"""Chapter 2. Equivariant functions are combinations of the inputs.

If f turns with its inputs, f(QY) = Q f(Y) for every orthogonal Q, then a reflection that fixes the inputs must fix the
outputs: they lie in the span of the inputs, so f(Y) = Y·g. The coefficients g do not change when the inputs turn, so by
chapter 1 they depend on inner products alone. With tokens and knowledge apart this is

    f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ),

and every function of that form is equivariant.

Run this file, or ``python -m derivations.equivariants``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.invariants import (
    A,
    B,
    C,
    I,
    N,
    O,
    Q,
    X,
    Y,
    Z,
    block_variables,
    c,
    d,
    for_orthogonal,
    k,
    left,
    m,
    n,
    r,
    right,
)
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, iff, implies
from symmetry.registry import claim
from symmetry.terms import Function, Lambda, Variable, block, hstack, pinv

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled", "derivations.variants.equivariants"
COMPUTED = "symmetry.checks.computed"
M, K, L = Variable("M", r, c), Variable("K", c, r), Variable("L", c, r)


def penrose_equations(inverse: Variable) -> tuple[Formula, ...]:
    """The four equations that make a matrix the pseudo-inverse of M (Penrose 1955)."""
    return (
        Equal(M * inverse * M, M),
        Equal(inverse * M * inverse, inverse),
        Equal((M * inverse).T, M * inverse),
        Equal((inverse * M).T, inverse * M),
    )


@claim(
    "pseudoinverse-unique",
    "The Penrose equations have one solution",
    sizes=({"r": 3, "c": 2}, {"r": 1, "c": 4}, {"r": 2, "c": 3}),
    source="Penrose 1955",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def pseudoinverse_unique(proof: Proof) -> None:
    both = (*penrose_equations(K), *penrose_equations(L))
    proof.states(forall(M, K, L, implies(*both, Equal(K, L))))
    k1, k2, k3, k4, l1, l2, l3, l4 = lines = [proof.suppose(equation) for equation in both]
    onto = proof.chain(
        M * K,
        (M * L * M * K, [l1], "L is an inner inverse"),
        ((M * L).T * (M * K).T, [k3, l3], "both products are symmetric"),
        ((M * K * M * L).T, [], "the transpose of a product"),
        (M * L, [k1, l3], "K is an inner inverse"),
    )
    along = proof.chain(
        K * M,
        (K * M * L * M, [l1], "L is an inner inverse"),
        ((K * M).T * (L * M).T, [k4, l4], "both products are symmetric"),
        ((L * M * K * M).T, [], "the transpose of a product"),
        (L * M, [k1, l4], "K is an inner inverse"),
    )
    same = proof.chain(
        K,
        (K * M * K, [k2], "K is an outer inverse"),
        (K * M * L, [onto], "M K = M L, just shown"),
        (L * M * L, [along], "K M = L M, just shown"),
        (L, [l2], "L is an outer inverse"),
    )
    proof.close(same, *reversed(lines), L, K, M)


@claim(
    "pseudoinverse-transpose",
    "The pseudo-inverse of the transpose is the transpose of the pseudo-inverse",
    rests_on=("pseudoinverse-unique",),
    sizes=({"r": 3, "c": 2}, {"r": 1, "c": 4}, {"r": 2, "c": 3}),
    source="Penrose 1955",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def pseudoinverse_transpose(proof: Proof) -> None:
    proof.states(forall(M, Equal(pinv(M.T), pinv(M).T)))
    one, two, three, four = (proof.penrose(M, index) for index in (1, 2, 3, 4))
    other, inverse = M.T, pinv(M).T
    facts = [proof.penrose(other, index) for index in (1, 2, 3, 4)]
    facts += [
        proof.equal(other * inverse * other, other, [one], "transpose the first equation"),
        proof.equal(inverse * other * inverse, inverse, [two], "transpose the second"),
        proof.equal((other * inverse).T, other * inverse, [four.back], "the fourth becomes the third"),
        proof.equal((inverse * other).T, inverse * other, [three.back], "the third becomes the fourth"),
    ]
    unique = proof.lemma("pseudoinverse-unique", r=c, c=r)
    proof.close(proof.at(unique, other, pinv(other), inverse, *facts, why="there is only one solution"), M)


@claim(
    "gram-pseudoinverse",
    "The pseudo-inverse of Y is (YᵀY)⁺Yᵀ",
    rests_on=("positivity", "pseudoinverse-unique", "pseudoinverse-transpose"),
    sizes=({"d": 3, "N": 2}, {"d": 2, "N": 4}, {"d": 1, "N": 3}),
    source="Penrose 1955",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def gram_pseudoinverse(proof: Proof) -> None:
    gram = Y.T * Y
    inverse = pinv(gram) * Y.T
    proof.states(forall(Y, Equal(pinv(Y), inverse)))
    inner, outer, along = (proof.penrose(gram, index) for index in (1, 2, 4))
    passes = proof.at(proof.lemma("pseudoinverse-transpose", r=N, c=N), gram)
    symmetric = proof.chain(
        pinv(gram).T,
        (pinv(gram.T), [passes.back], "transposes pass through the pseudo-inverse"),
        (pinv(gram), [], "a Gram matrix is symmetric"),
    )
    gap = Y * pinv(gram) * gram - Y
    zero = proof.at(
        proof.lemma("positivity", r=d, c=N),
        gap,
        proof.equal(gap.T * gap, gram - gram, [inner], "multiply out: the gap has zero Gram matrix"),
    )
    keeps = proof.combine(Equal(Y * pinv(gram) * gram, Y), (1, None, zero, None), why="so there is no gap")
    facts = [proof.penrose(Y, index) for index in (1, 2, 3, 4)]
    facts += [
        proof.equal(Y * inverse * Y, Y, [keeps], "just shown"),
        proof.equal(inverse * Y * inverse, inverse, [outer], "the second Penrose equation of the Gram matrix"),
        proof.equal((Y * inverse).T, Y * inverse, [symmetric], "the inverse of the Gram matrix is symmetric"),
        proof.equal((inverse * Y).T, inverse * Y, [along], "the fourth Penrose equation of the Gram matrix"),
    ]
    unique = proof.lemma("pseudoinverse-unique", r=d, c=N)
    proof.close(proof.at(unique, Y, pinv(Y), inverse, *facts, why="there is only one solution"), Y)


# ---------------------------------------------------------------------------------------------------------------

f = Function("f", ((d, N),), (d, k))
g = Function("g", ((N, N),), (N, k))
TURNS = for_orthogonal(forall(Y, Equal(f(Q * Y), Q * f(Y))))


@claim(
    "span",
    "The outputs of an equivariant function lie in the span of its inputs",
    number="2.1",
    sizes=({"d": 3, "N": 2, "k": 4}, {"d": 2, "N": 3, "k": 1}, {"d": 4, "N": 3, "k": 2}),
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def span(proof: Proof) -> None:
    proof.states(forall(f, implies(TURNS, forall(Y, Equal(f(Y), Y * pinv(Y) * f(Y))))))
    turns = proof.suppose(TURNS, "f turns with its inputs")
    H, is_H = proof.let("H", 2 * Y * pinv(Y) - I, "the reflection that fixes the span of the inputs and flips the rest")
    same, symmetric = proof.penrose(Y, 1), proof.penrose(Y, 3)
    member = proof.orthogonal(
        H,
        proof.equal(H.T * H, I, [is_H, same, symmetric], "a reflection is its own inverse"),
        proof.equal(H * H.T, I, [is_H, same, symmetric], "by the same calculation"),
        "so H is orthogonal",
    )
    fixes = proof.equal(H * Y, Y, [is_H, same], "H fixes the inputs")
    turned = proof.at(turns, H, member, Y, why="f turns with its inputs, in particular under H")
    outputs = proof.chain(
        f(Y),
        (f(H * Y), [fixes], "H fixes the inputs"),
        (H * f(Y), [turned], "f turns with its inputs"),
        (2 * Y * pinv(Y) * f(Y) - f(Y), [is_H], "the definition of H"),
    )
    inside = proof.combine(
        Equal(f(Y), Y * pinv(Y) * f(Y)),
        (Fraction(1, 2), None, outputs, None),
        why="solve for f(Y): the outputs are their own projection onto the span",
    )
    proof.close(inside, is_H, Y, turns, f)


@claim(
    "invariant-coefficients",
    "The coefficients g*(Y) = Y⁺f(Y) of an equivariant function are invariant, so they depend on YᵀY alone",
    number="2.2",
    rests_on=("invariant-functions", "gram-pseudoinverse"),
    sizes=({"d": 3, "N": 2, "k": 4}, {"d": 2, "N": 3, "k": 1}, {"d": 1, "N": 2, "k": 3}),
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def invariant_coefficients(proof: Proof) -> None:
    kept = for_orthogonal(forall(Y, Equal(pinv(Q * Y) * f(Q * Y), pinv(Y) * f(Y))))
    of_gram = exists(g, forall(Y, Equal(pinv(Y) * f(Y), g(Y.T * Y))))
    proof.states(forall(f, implies(TURNS, And((kept, of_gram)))))
    turns = proof.suppose(TURNS, "f turns with its inputs")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    through_gram = proof.lemma("gram-pseudoinverse")
    here, there = proof.at(through_gram, Y), proof.at(through_gram, Q * Y)
    gram = proof.equal((Q * Y).T * (Q * Y), Y.T * Y, [orthogonal[1]], "orthogonal maps keep the Gram matrix")
    line = proof.chain(
        pinv(Q * Y) * f(Q * Y),
        (pinv((Q * Y).T * (Q * Y)) * (Q * Y).T * f(Q * Y), [there], "the pseudo-inverse through the Gram matrix"),
        (pinv(Y.T * Y) * (Q * Y).T * f(Q * Y), [gram], "orthogonal maps keep the Gram matrix"),
        (pinv(Y.T * Y) * Y.T * Q.T * Q * f(Y), [proof.at(turns, Q, member, Y)], "f turns with its inputs"),
        (pinv(Y.T * Y) * Y.T * f(Y), [orthogonal[1]], "Q is orthogonal"),
        (pinv(Y) * f(Y), [here.back], "the pseudo-inverse through the Gram matrix"),
    )
    invariance = proof.close(line, Y, member, Q, why="so the coefficients do not change under orthogonal maps")
    factor = proof.lemma("invariant-functions", p=N, q=k)
    of_coefficients = proof.at(factor, Lambda((Y,), pinv(Y) * f(Y)))
    dependence = proof.at(of_coefficients[1], invariance, why="an invariant is a function of the Gram matrix")
    proof.close(proof.both(invariance, dependence), turns, f)


@claim(
    "representation",
    "An equivariant function is Y times a function of the Gram matrix",
    number="2.3",
    rests_on=("span", "invariant-coefficients"),
    sizes=({"d": 3, "N": 2, "k": 4}, {"d": 2, "N": 3, "k": 1}, {"d": 1, "N": 2, "k": 3}),
    source="Ma and Ying 2022; the argument is elementary",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def representation(proof: Proof) -> None:
    form = exists(g, forall(Y, Equal(f(Y), Y * g(Y.T * Y))))
    proof.states(forall(f, implies(TURNS, form)))
    turns = proof.suppose(TURNS, "f turns with its inputs")
    inside = proof.at(proof.lemma("span"), f, turns, Y, why="the outputs lie in the span of the inputs")
    coefficients = proof.at(proof.lemma("invariant-coefficients"), f, turns)
    function, known = proof.obtain(coefficients[2], "g", "the coefficients are a function of the Gram matrix")
    line = proof.chain(
        f(Y),
        (Y * (pinv(Y) * f(Y)), [inside.back], "the outputs lie in the span of the inputs"),
        (Y * function(Y.T * Y), [proof.at(known, Y)], "the coefficients are a function of the Gram matrix"),
    )
    found = proof.witness(proof.close(line, Y), form, function)
    proof.close(found, known, turns, f)


# ---------------------------------------------------------------------------------------------------------------

F = Function("f", ((d, n), (d, m)), (d, k))
g1 = Function("g₁", ((n, n), (m, n), (m, m)), (n, k))
g2 = Function("g₂", ((n, n), (m, n), (m, m)), (m, k))
TURNS_JOINTLY = for_orthogonal(forall(X, Z, Equal(F(Q * X, Q * Z), Q * F(X, Z))))
OF_THE_FORM = forall(X, Z, Equal(F(X, Z), X * g1(A, B, C) + Z * g2(A, B, C)))
JOINT_SIZES = ({"d": 4, "n": 2, "m": 1, "k": 3}, {"d": 2, "n": 1, "m": 3, "k": 4}, {"d": 3, "n": 2, "m": 4, "k": 1})


@claim(
    "representation-with-knowledge",
    "An equivariant function of tokens X and knowledge Z is X g₁ + Z g₂, with g₁ and g₂ functions of XᵀX, ZᵀX, ZᵀZ",
    number="2.3z",
    rests_on=("representation",),
    sizes=JOINT_SIZES,
    source="Ma and Ying 2022; the argument is elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def representation_with_knowledge(proof: Proof) -> None:
    form = exists(g1, g2, OF_THE_FORM)
    proof.states(forall(F, implies(TURNS_JOINTLY, form)))
    turns = proof.suppose(TURNS_JOINTLY, "f turns when tokens and knowledge turn together")
    W = Variable("W", d, n + m)
    member = proof.suppose(Member(Q, O))
    halves = proof.at(turns, Q, member, W * left, W * right, why="apply it to the two halves of one matrix W")
    joined = Lambda((W,), F(W * left, W * right))
    one_input = proof.at(
        proof.lemma("representation", N=n + m),
        joined,
        proof.close(halves, W, member, Q),
        why="the theorem for one input, with tokens and knowledge side by side",
    )
    whole, known = proof.obtain(one_input, "g", "W times a function of the Gram matrix of W")
    value = proof.at(known, hstack(X, Z), why="put the tokens and the knowledge back in")
    a, b, c_ = block_variables()
    gram = block([[a, b.T], [b, c_]])
    upper, lower = Lambda((a, b, c_), left.T * whole(gram)), Lambda((a, b, c_), right.T * whole(gram))
    split = forall(X, Z, Equal(F(X, Z), X * upper(A, B, C) + Z * lower(A, B, C)))
    parts = proof.restate(
        proof.close(value, Z, X), split, why="[X Z] g is X times the upper rows of g plus Z times the lower ones"
    )
    second = exists(g2, forall(X, Z, Equal(F(X, Z), X * upper(A, B, C) + Z * g2(A, B, C))))
    found = proof.witness(proof.witness(parts, second, lower, "the lower rows are g₂"), form, upper, "the upper are g₁")
    proof.close(found, known, turns, F)


@claim(
    "converse",
    "Every function X g₁ + Z g₂, with g₁ and g₂ functions of XᵀX, ZᵀX, ZᵀZ, is equivariant",
    number="2.4",
    sizes=JOINT_SIZES,
    source="elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def converse(proof: Proof) -> None:
    proof.states(forall(F, g1, g2, implies(OF_THE_FORM, TURNS_JOINTLY)))
    form = proof.suppose(OF_THE_FORM, "f is of the form")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    blocks = ((Q * X).T * (Q * X), (Q * Z).T * (Q * X), (Q * Z).T * (Q * Z))
    line = proof.chain(
        F(Q * X, Q * Z),
        (Q * X * g1(*blocks) + Q * Z * g2(*blocks), [proof.at(form, Q * X, Q * Z)], "f is of the form"),
        (Q * X * g1(A, B, C) + Q * Z * g2(A, B, C), [orthogonal[1]], "orthogonal maps keep inner products"),
        (Q * (X * g1(A, B, C) + Z * g2(A, B, C)), [], "Q comes out on the left"),
        (Q * F(X, Z), [proof.at(form, X, Z)], "f is of the form"),
    )
    proof.close(line, Z, X, member, Q, form, g2, g1, F)


@claim(
    "central-theorem",
    "A function of tokens and knowledge is orthogonally equivariant exactly when it is X g₁ + Z g₂",
    number="2.3+2.4",
    rests_on=("representation-with-knowledge", "converse"),
    sizes=JOINT_SIZES,
    source="Ma and Ying 2022",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def central_theorem(proof: Proof) -> None:
    form = exists(g1, g2, OF_THE_FORM)
    proof.states(forall(F, iff(TURNS_JOINTLY, form)))
    turns = proof.suppose(TURNS_JOINTLY, "let f turn when tokens and knowledge turn together")
    forced = proof.at(proof.lemma("representation-with-knowledge"), F, turns, why="symmetry forces the form")
    forward = proof.close(forced, turns)
    given = proof.suppose(form, "conversely, let f be of the form")
    first, known = proof.obtain(given, "g₁")
    second, form_line = proof.obtain(known, "g₂")
    turns = proof.at(proof.lemma("converse"), F, first, second, form_line, why="the form has the symmetry")
    backward = proof.close(turns, form_line, known, given)
    proof.close(proof.restate(proof.both(forward, backward), iff(TURNS_JOINTLY, form)), F)


CLAIMS = (
    pseudoinverse_unique,
    pseudoinverse_transpose,
    gram_pseudoinverse,
    span,
    invariant_coefficients,
    representation,
    representation_with_knowledge,
    converse,
    central_theorem,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
