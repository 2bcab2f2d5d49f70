"""Chapter 2, continued. Matrix-valued equivariant functions, which weights are.

A matrix that turns with the knowledge on both sides, W(QZ) = Q W(Z) Qᵀ, is

    W(Z) = α(ZᵀZ) I + Z β(ZᵀZ) Zᵀ,

for every number of knowledge vectors in every dimension. The reflection that fixes the span of Z cuts W into a block on
the span and one on its complement; reflections in the complement make each of its vectors an eigenvector, and the trace
of that statement (polarised, summed over a basis) makes the block a multiple of the identity. No rank is counted.

Run this file, or ``python -m derivations.matrix_valued``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.invariants import I, O, Q, Z, d, for_orthogonal, m, one
from derivations.traces import ZERO, trace
from symmetry.formulas import And, Equal, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.terms import (
    Function,
    Identity,
    Number,
    StandardBasis,
    Term,
    Total,
    Variable,
    Zero,
    hstack,
    pinv,
    vstack,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.coefficients", "derivations.variants.matrix_valued"
COMPUTED = "symmetry.checks.computed"


W = Function("W", ((d, m),), (d, d))
alpha = Function("α", ((m, m),), (one, one))
beta = Function("β", ((m, m),), (m, m))
C = Z.T * Z
TURNS = for_orthogonal(forall(Z, Equal(W(Q * Z), Q * W(Z) * Q.T)))
OF_THE_FORM = forall(Z, Equal(W(Z), alpha(C) * I + Z * beta(C) * Z.T))
SIZES = ({"d": 3, "m": 1}, {"d": 2, "m": 3}, {"d": 4, "m": 2})


@claim(
    "matrix-valued",
    "A matrix that turns with the knowledge is αI + ZβZᵀ, with α and β functions of ZᵀZ",
    number="2.8",
    rests_on=("completeness", "positivity", "sum-positivity"),
    sizes=SIZES,
    source="elementary",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def matrix_valued(proof: Proof) -> None:
    form = exists(alpha, beta, OF_THE_FORM)
    proof.states(forall(W, implies(TURNS, form)))
    turns = proof.suppose(TURNS, "W turns with the knowledge")
    value, coefficient = Variable("t", one, one), Variable("B", m, m)
    found = _at_each_point(proof, turns, value, coefficient)
    known = proof.factorise(found, _only_the_gram_matrix(proof, turns, value, coefficient), (C,), ("α", "β"))
    proof.close(proof.restate(known, form, why="so they are functions of ZᵀZ"), turns, W)


def _only_the_gram_matrix(proof: Proof, turns: Line, t: Variable, B: Variable) -> Line:
    """t and B that serve at Z serve wherever the inner products are the same."""
    other = Variable("Z'", d, m)
    same = proof.suppose(Equal(C, other.T * other), "let other knowledge have the same inner products")
    here = proof.suppose(Equal(W(Z), t * I + Z * B * Z.T), "and let t and B serve at Z")
    reached = proof.at(proof.lemma("completeness", N=m), Z, other)
    turn, is_turn = proof.obtain(proof.at(reached[1], same), "R", "an orthogonal map takes Z there")
    orthogonal = proof.equations(is_turn[1])
    there = proof.chain(
        W(other),
        (W(turn * Z), [is_turn[2].back], "R takes Z to Z′"),
        (turn * W(Z) * turn.T, [proof.at(turns, turn, is_turn[1], Z)], "W turns with the knowledge"),
        (turn * (t * I + Z * B * Z.T) * turn.T, [here], "t and B serve at Z"),
        (t * I + (turn * Z) * B * (turn * Z).T, [orthogonal[2]], "R is orthogonal"),
        (t * I + other * B * other.T, [is_turn[2]], "R takes Z to Z′"),
    )
    return proof.close(there, is_turn, here, same, B, t, other, Z)


def _at_each_point(proof: Proof, turns: Line, t: Variable, B: Variable) -> Line:
    """∀Z ∃t, B. W(Z) = tI + ZBZᵀ."""
    P, is_P = proof.let("P", I - Z * pinv(Z), "the projection onto the complement of the span of the knowledge")
    same, flat = proof.penrose(Z, 1), proof.penrose(Z, 3)
    symmetric = proof.equal(P.T, P, [is_P, flat], "a projection is symmetric")
    twice = proof.equal(P * P, P, [is_P, same], "and idempotent")
    kills = proof.equal(P * Z, Zero(d, m), [is_P, same], "it kills the knowledge")
    cut = _no_mixing(proof, turns, P, symmetric, twice, kills)
    block, is_block = proof.let("V", P * W(Z) * P, "the block on the complement")
    inside = proof.combine(Equal(W(Z) * P, block), (1, None, cut[1], None), (-1, None, is_block, None))
    left = proof.equal(P * block, block, [is_block, twice])
    right = proof.equal(block * P, block, [is_block, twice])
    eigen = _eigenvectors(proof, turns, P, block, [symmetric, twice, kills, inside, left])
    size, is_size = proof.let("τ", trace(P), "its dimension, as the trace of the projection")
    total, is_total = proof.let("σ", trace(block), "and the trace of the block")
    traced = _traced(proof, P, block, eigen, [symmetric, left, right], [is_size, is_total])
    scalar = _multiple(proof, P, block, traced, [symmetric, twice, left], is_size)
    number = pinv(size) * total
    inner = pinv(Z) * (W(Z) - number * I) * pinv(Z).T
    spread = (I - P) * W(Z) * (I - P)
    blocks = proof.combine(
        Equal(W(Z), spread + block), (1, None, cut[2], None), (-1, None, is_block, None), why="no mixing"
    )
    shaped = proof.chain(
        spread + block,
        (spread + number * P, [scalar], "the block on the complement is a multiple of it"),
        (number * I + (I - P) * (W(Z) - number * I) * (I - P), [twice], "the same multiple of I, and what is left"),
        (number * I + Z * pinv(Z) * (W(Z) - number * I) * (Z * pinv(Z)).T, [is_P, flat], "on the span"),
        (number * I + Z * inner * Z.T, [], "multiply out"),
    )
    value = proof.combine(Equal(W(Z), number * I + Z * inner * Z.T), (1, None, blocks, None), (1, None, shaped, None))
    statement = exists(t, B, Equal(W(Z), t * I + Z * B * Z.T))
    found = proof.witnesses(value, statement, (number, inner))
    return proof.close(found, is_total, is_size, is_block, is_P, Z)


def _no_mixing(proof: Proof, turns: Line, P: Variable, symmetric: Line, twice: Line, kills: Line) -> Line:
    """W P = P W P, and W = (I − P) W (I − P) + P W P: the reflection I − 2P fixes the knowledge."""
    H = I - 2 * P
    fixed = _fixed(proof, turns, H, [symmetric, twice], kills)
    mixed = proof.combine(
        Equal(P * W(Z) + W(Z) * P, 2 * P * W(Z) * P), (Fraction(1, 2), None, fixed, None), why="cancel W"
    )
    one_side = proof.combine(
        Equal(W(Z) * P, P * W(Z) * P),
        (1, None, mixed, P),
        (-1, W(Z), twice, None),
        (2, P * W(Z), twice, None),
        why="multiply by P",
    )
    both = proof.combine(
        Equal(W(Z), (I - P) * W(Z) * (I - P) + P * W(Z) * P), (1, None, mixed, None), why="so W has two blocks"
    )
    return proof.both(one_side, both)


def _fixed(proof: Proof, turns: Line, reflection: Term, facts: list[Line], kills: Line) -> Line:
    """W = H W H, for a symmetric involution H that fixes the knowledge."""
    H, is_H = proof.let("H", reflection)
    square = [is_H, *facts]
    member = proof.orthogonal(H, proof.equal(H.T * H, I, square), proof.equal(H * H.T, I, square), "a reflection")
    fixes = proof.equal(H * Z, Z, [is_H, kills], "it fixes the knowledge")
    line = proof.chain(
        W(Z),
        (W(H * Z), [fixes]),
        (H * W(Z) * H.T, [proof.at(turns, H, member, Z)], "W turns with the knowledge"),
        (reflection * W(Z) * reflection, square, "a reflection is symmetric"),
    )
    return proof.close(line, is_H)


def _eigenvectors(proof: Proof, turns: Line, P: Variable, V: Variable, facts: list[Line]) -> Line:
    """(xᵀPx) V x = P x (xᵀVx) for every x: reflect in w = Px."""
    symmetric, twice, kills, inside, left = facts
    x = Variable("x", d, one)
    w_, is_w = proof.let("w", P * x, "any vector of the complement")
    s = w_.T * w_
    inner, outer = proof.penrose(s, 1), proof.penrose(s, 2)
    gap = w_ * pinv(s) * s - w_
    square = proof.equal(gap.T * gap, ZERO, [inner])
    cancels = proof.combine(
        Equal(w_ * pinv(s) * s, w_), (1, None, proof.at(proof.lemma("positivity", r=d, c=one), gap, square), None)
    )
    away = proof.equal(w_.T * Z, Zero(one, m), [is_w, symmetric, kills], "orthogonal to the knowledge")
    H = I - 2 * w_ * pinv(s) * w_.T
    fixed = _fixed(proof, turns, H, [outer], away)
    along = w_ * (w_.T * W(Z) * w_)
    turned = proof.equal(
        H * W(Z) * H * (s * w_), 2 * along - s * (W(Z) * w_), [cancels], "multiply out, and cancel the length of w"
    )
    half = Fraction(1, 2)
    eigen = proof.combine(
        Equal(s * (W(Z) * w_), along), (half, None, fixed, s * w_), (half, None, turned, None), why="an eigenvector"
    )
    line = proof.chain(
        (x.T * P * x) * (V * x),
        (s * (W(Z) * w_), [is_w, symmetric, twice, inside]),
        (along, [eigen]),
        (P * x * (x.T * V * x), [is_w, symmetric, inside, left], "in terms of x"),
    )
    return proof.close(line, is_w, x)


def _traced(proof: Proof, P: Variable, V: Variable, eigen: Line, facts: list[Line], sizes: list[Line]) -> Line:
    """(τ + 1) V = Vᵀ + σP: the statement about eigenvectors, polarised and summed over a basis."""
    symmetric, left, right = facts
    x, y = Variable("x", d, one), Variable("y", d, one)
    polar = Equal(
        (y.T * P * y) * (V * x) + (x.T * P * y + y.T * P * x) * (V * y),
        (y.T * V * y) * (P * x) + (x.T * V * y + y.T * V * x) * (P * y),
    )
    half = Fraction(1, 2)
    parts = [(half, None, proof.at(eigen, x + y), None), (half, None, proof.at(eigen, x - y), None)]
    polarised = proof.combine(
        polar, *parts, (-1, None, proof.at(eigen, x), None), why="the part that is quadratic in y"
    )
    every = proof.suppose(Member(y, StandardBasis(d)))
    summed = proof.summed(
        proof.close(polarised, every, y), Equal(Total(y, polar.left), Total(y, polar.right)), why="sum over a basis"
    )
    flipped = proof.equal(P * V.T, V.T, [symmetric.back, right])
    size, total = (line.formula.left for line in sizes)
    along = proof.equal(
        Total(y, polar.left), size * (V * x) + 2 * V * x, [sizes[0].back, symmetric, right], "τ is the trace of P"
    )
    across = proof.equal(
        Total(y, polar.right), total * (P * x) + V.T * x + V * x, [sizes[1].back, flipped, left], "σ is that of V"
    )
    column = proof.combine(
        Equal((size * V + V) * x, (V.T + total * P) * x),
        (1, None, summed, None),
        (-1, None, along, None),
        (1, None, across, None),
    )
    vector = proof.suppose(Member(x, StandardBasis(d)))
    whole = proof.close(column, vector, x)
    return proof.columns(
        whole, Equal(size * V + V, V.T + total * P), why="a matrix is known by what it does to a basis"
    )


def _multiple(proof: Proof, P: Variable, V: Variable, traced: Line, facts: list[Line], is_size: Line) -> Line:
    """V = τ⁺σ P, from (τ + 1) V = Vᵀ + σP."""
    symmetric, twice, left = facts
    size, total = is_size.formula.left, traced.formula.right.terms[1].factor
    U, is_U = proof.let("U", size * V + V - total * P)
    flipped = proof.combine(Equal(V.T, U), (-1, None, traced, None), (-1, None, is_U, None))
    again = proof.chain(V, (U.T, [flipped]), (size * V.T + V.T - total * P, [is_U, symmetric]))
    plain = proof.combine(Equal(V.T, size * V + V - total * P), (-1, None, traced, None))

    theta, is_theta = proof.let("θ", size + 2 * Number(1))
    rho, is_rho = proof.let("ρ", 1 * Number(1) - pinv(theta) * theta, "1 where τ + 2 is zero, and 0 elsewhere")
    none = proof.equal(rho * theta, ZERO, [is_rho, proof.penrose(theta, 1)])
    squares = proof.chain(
        trace((rho * P).T * (rho * P)) + vstack(rho, rho).T * vstack(rho, rho),
        (rho * rho * size + 2 * rho * rho, [symmetric, twice, is_size]),
        (rho * (rho * theta), [is_theta]),
        (ZERO, [none]),
    )
    positive = proof.lemma("sum-positivity", r=d, c=d, q=2)
    gone = proof.at(positive, rho * P, vstack(rho, rho), squares, why="τ is a sum of squares, so τ + 2 is not zero")
    zero = proof.combine(Equal(rho, ZERO), (1, hstack(Identity(one), ZERO), gone[2], None))
    inverse = proof.combine(Equal(pinv(theta) * theta, Identity(one)), (-1, None, zero, None), (1, None, is_rho, None))
    twin = proof.combine(
        Equal(theta * V, theta * V.T),
        (1, None, again, None),
        (-1, None, plain, None),
        (1, None, is_theta, V - V.T),
        why="the two lines, one less the other",
    )
    same = proof.chain(
        V,
        (pinv(theta) * theta * V, [inverse]),
        (pinv(theta) * theta * V.T, [twin]),
        (V.T, [inverse], "so V is symmetric"),
    )
    stretched = proof.combine(
        Equal(size * V, total * P), (-1, None, again, None), (1, (size + Number(1)) * I, same, None), why="τV = σP"
    )
    pi, is_pi = proof.let("π", Number(1) - pinv(size) * size, "1 where τ is zero, and 0 elsewhere")
    none = proof.equal(pi * size, ZERO, [is_pi, proof.penrose(size, 1)])
    squares = proof.chain(
        trace((pi * P).T * (pi * P)) + ZERO.T * ZERO,
        (pi * pi * size, [symmetric, twice, is_size]),
        (ZERO, [none]),
    )
    positive = proof.lemma("sum-positivity", r=d, c=d, q=one)
    gone = proof.at(positive, pi * P, ZERO, squares, why="where τ is zero there is no complement")
    kept = proof.combine(Equal(pinv(size) * size * P, P), (-1, None, gone[1], None), (1, None, is_pi, P))
    line = proof.chain(
        V,
        (P * V, [left]),
        (pinv(size) * size * P * V, [kept]),
        (pinv(size) * (size * V), [left]),
        (pinv(size) * total * P, [stretched], "so V is a multiple of P"),
    )
    return proof.close(line, is_pi, is_rho, is_theta, is_U)


# ---------------------------------------------------------------------------------------------------------------


@claim(
    "matrix-valued-converse",
    "Every matrix αI + ZβZᵀ, with α and β functions of ZᵀZ, turns with the knowledge",
    number="2.8c",
    sizes=SIZES,
    source="elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def matrix_valued_converse(proof: Proof) -> None:
    proof.states(forall(W, alpha, beta, implies(OF_THE_FORM, TURNS)))
    form = proof.suppose(OF_THE_FORM, "W is of the form")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    turned = (Q * Z).T * (Q * Z)
    line = proof.chain(
        W(Q * Z),
        (alpha(turned) * I + Q * Z * beta(turned) * (Q * Z).T, [proof.at(form, Q * Z)], "W is of the form"),
        (alpha(C) * I + Q * Z * beta(C) * (Q * Z).T, [orthogonal[1]], "orthogonal maps keep inner products"),
        (Q * (alpha(C) * I + Z * beta(C) * Z.T) * Q.T, [orthogonal[2]], "Q comes out on both sides"),
        (Q * W(Z) * Q.T, [proof.at(form, Z)], "W is of the form"),
    )
    proof.close(line, Z, member, Q, form, beta, alpha, W)


s, t = Variable("s", one, one), Variable("t", one, one)
S, T = Variable("S", m, m), Variable("T", m, m)


@claim(
    "matrix-valued-product",
    "Transposes and products of matrices αI + ZβZᵀ are again of this form",
    number="2.8p",
    sizes=SIZES,
    source="elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def matrix_valued_product(proof: Proof) -> None:
    first, second = s * I + Z * S * Z.T, t * I + Z * T * Z.T
    product = (s * t) * I + Z * (s * T + t * S + S * C * T) * Z.T
    flipped = Equal(first.T, s * I + Z * S.T * Z.T)
    proof.states(forall(Z, s, t, S, T, And((flipped, Equal(first * second, product)))))
    both = proof.both(
        proof.equal(flipped.left, flipped.right, [], "the transpose of a product"),
        proof.equal(first * second, product, [], "multiply out: ZᵀZ stands in the middle"),
    )
    proof.close(both, T, S, t, s, Z)


CLAIMS = (matrix_valued, matrix_valued_converse, matrix_valued_product)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
