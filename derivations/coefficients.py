"""Chapter 2, continued. Which coefficients: how far g is determined by f(Y) = Y g(YᵀY), and how regular it is.

All solutions are g + (I − G⁺G) h, with G = YᵀY. There is one only where the vectors are independent, so never with more
vectors than dimensions; Y⁺f(Y) is the one of least norm. A continuous f may need unbounded coefficients.

Run this file, or ``python -m derivations.coefficients``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.equivariants import f, g
from derivations.invariants import N, Y, d, k, one
from derivations.traces import ZERO, trace
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, iff, implies
from symmetry.registry import claim
from symmetry.terms import (
    Function,
    Identity,
    Lambda,
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

SAMPLED, VARIANTS = "symmetry.checks.sampled.coefficients", "derivations.variants.coefficients"
SIZES = ({"d": 3, "N": 2, "k": 1}, {"d": 1, "N": 2, "k": 3})
G = Y.T * Y
other = Function("g'", ((N, N),), (N, k))
h = Function("h", ((N, N),), (N, k))


def serves(coefficients: Function) -> Formula:
    """∀Y. f(Y) = Y g(YᵀY)"""
    return forall(Y, Equal(f(Y), Y * coefficients(G)))


def keeps_inputs(proof: Proof) -> Line:
    """Y G⁺G = Y."""
    through = proof.at(proof.lemma("gram-pseudoinverse"), Y)
    same = proof.penrose(Y, 1)
    return proof.chain(
        Y * pinv(G) * G, (Y * pinv(Y) * Y, [through], "Y⁺ = G⁺Yᵀ"), (Y, [same], "Y⁺ is an inner inverse")
    )


@claim(
    "all-coefficients",
    "The coefficients of an equivariant function are g + (I − G⁺G) h, with h any function of the Gram matrix",
    number="2.5",
    rests_on=("gram-pseudoinverse",),
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def all_coefficients(proof: Proof) -> None:
    rest = Identity(N) - pinv(G) * G
    shifted = exists(h, forall(Y, Equal(other(G), g(G) + rest * h(G))))
    proof.states(forall(f, g, other, implies(serves(g), iff(serves(other), shifted))))
    given = proof.suppose(serves(g), "g serves")
    first = proof.at(given, Y)

    also = proof.suppose(serves(other), "let g′ serve too")
    gap = proof.combine(
        Equal(other(G), g(G) + rest * (other(G) - g(G))),
        (-1, pinv(G) * Y.T, proof.at(also, Y), None),
        (1, pinv(G) * Y.T, first, None),
        why="Y (g′ − g) = 0, so G⁺G kills the difference",
    )
    a = Variable("a", N, N)
    difference = Lambda((a,), other(a) - g(a))
    forward = proof.close(proof.witness(proof.close(gap, Y), shifted, difference, "h is the difference"), also)

    found = proof.suppose(shifted, "conversely, let g′ differ from g by (I − G⁺G) h")
    shift, known = proof.obtain(found, "h")
    keeps = keeps_inputs(proof)
    line = proof.chain(
        f(Y),
        (Y * g(G), [first], "g serves"),
        (Y * g(G) + (Y - Y * pinv(G) * G) * shift(G), [keeps], "Y G⁺G = Y"),
        (Y * (g(G) + rest * shift(G)), [], "multiply out"),
        (Y * other(G), [proof.at(known, Y)], "that is g′"),
    )
    backward = proof.close(proof.close(line, Y), known, found)
    proof.close(proof.both(forward, backward), given, other, g, f)


v, w = Variable("v", N, one), Variable("w", N, one)


@claim(
    "unique-coefficients",
    "Coefficients are determined at Y exactly when its columns are independent, Y⁺Y = I",
    number="2.5u",
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def unique_coefficients(proof: Proof) -> None:
    full, independent = Equal(pinv(Y) * Y, Identity(N)), forall(v, w, implies(Equal(Y * v, Y * w), Equal(v, w)))
    proof.states(forall(Y, iff(full, independent)))
    given = proof.suppose(full, "Y has a left inverse")
    same = proof.suppose(Equal(Y * v, Y * w), "v and w give the same combination")
    line = proof.chain(
        v,
        (pinv(Y) * (Y * v), [given]),
        (pinv(Y) * (Y * w), [same], "the same combination"),
        (w, [given]),
    )
    forward = proof.close(line, same, w, v, given)
    given = proof.suppose(independent, "conversely, let combinations determine their coefficients")
    e = Variable("e", N, one)
    member = proof.suppose(Member(e, StandardBasis(N)))
    inner = proof.equal(Y * (pinv(Y) * Y * e), Y * e, [proof.penrose(Y, 1)], "Y⁺ is an inner inverse")
    column = proof.at(given, pinv(Y) * Y * e, e, inner, why="so e and Y⁺Y e are the same")
    backward = proof.close(proof.columns(proof.close(column, member, e), full), given)
    proof.close(proof.both(forward, backward), Y)


@claim(
    "least-norm-coefficients",
    "Among all coefficients Y⁺f(Y) has least norm: the others differ by something orthogonal to it",
    number="2.5n",
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def least_norm_coefficients(proof: Proof) -> None:
    least = pinv(Y) * f(Y)
    rest = g(G) - least
    facts = And((Equal(f(Y), Y * least), Equal(g(G).T * g(G), least.T * least + rest.T * rest)))
    proof.states(forall(f, g, implies(serves(g), forall(Y, facts))))
    given = proof.suppose(serves(g), "g serves")
    here = proof.at(given, Y)
    inner, outer, along = proof.penrose(Y, 1), proof.penrose(Y, 2), proof.penrose(Y, 4)
    serve = proof.chain(
        f(Y), (Y * g(G), [here]), (Y * pinv(Y) * Y * g(G), [inner]), (Y * least, [here.back], "so Y⁺f(Y) serves")
    )
    p, is_p = proof.let("p", least, "the coefficients Y⁺f(Y)")
    onto = proof.equal(p, pinv(Y) * Y * g(G), [is_p, here], "the projection of g")
    orthogonal = proof.chain(
        p.T * g(G),
        ((pinv(Y) * Y * g(G)).T * g(G), [onto]),
        (g(G).T * pinv(Y) * Y * g(G), [along], "a projection is symmetric"),
        (g(G).T * pinv(Y) * Y * pinv(Y) * Y * g(G), [outer], "and idempotent"),
        ((pinv(Y) * Y * g(G)).T * (pinv(Y) * Y * g(G)), [along]),
        (p.T * p, [onto], "so p is orthogonal to g − p"),
    )
    turned = proof.equal(g(G).T * p, p.T * p, [orthogonal])
    split = proof.combine(
        Equal(g(G).T * g(G), p.T * p + (g(G) - p).T * (g(G) - p)),
        (1, None, orthogonal, None),
        (1, None, turned, None),
        why="Pythagoras",
    )
    named = proof.restate(split, Equal(g(G).T * g(G), least.T * least + rest.T * rest), [is_p])
    proof.close(proof.close(proof.both(serve, proof.close(named, is_p)), Y), given, g, f)


MANY = Variable("Y", d, d + k + 1)


@claim(
    "more-vectors-than-dimensions",
    "With more vectors than dimensions coefficients are never determined",
    number="2.5d",
    rests_on=("cyclic-trace", "sum-positivity"),
    sizes=({"d": 2, "k": 0}, {"d": 0, "k": 1}),
    sampled=SAMPLED,
    variants=VARIANTS,
    remark="N > d vectors in d dimensions are dependent: the trace of Y⁺Y = I would be N, that of YY⁺ is at most d.",
)
def more_vectors_than_dimensions(proof: Proof) -> None:
    number = d + k + 1
    full = Equal(pinv(MANY) * MANY, Identity(number))
    proof.states(forall(MANY, implies(full, Equal(Number(1), ZERO))))
    given = proof.suppose(full, "suppose that d + k + 1 vectors in d dimensions are independent")
    P, is_P = proof.let("P", Identity(d) - MANY * pinv(MANY), "the projection onto the complement of their span")
    inner, flat = proof.penrose(MANY, 1), proof.penrose(MANY, 3)
    square = proof.equal(P.T * P, P, [is_P, inner, flat], "a projection")
    cyclic = proof.at(proof.lemma("cyclic-trace", r=d, c=number), MANY, pinv(MANY))
    a = Variable("a", d + k, one)
    whole = block([[P, Zero(d, k)], [Zero(k, d), Identity(k)]])
    parts = proof.split(Lambda((a,), a.T * whole.T * whole * a), d, "k ones more than the trace of P")
    projected = proof.chain(
        trace(P),
        (trace(Identity(d)) - trace(MANY * pinv(MANY)), [is_P]),
        (trace(Identity(d)) - trace(pinv(MANY) * MANY, "b"), [cyclic], "the trace is cyclic"),
        (trace(Identity(d)) - trace(Identity(number), "b"), [given], "d ones less d + k + 1 ones"),
    )
    apart = trace(P.T * P) + trace(Identity(k)) + Number(1)
    split = proof.combine(Equal(trace(whole.T * whole) + Number(1) * Number(1), apart), (1, None, parts, None))
    cancels = proof.chain(
        apart,
        (trace(P) + trace(Identity(k)) + Number(1), [square], "P is a projection"),
        (ZERO, [projected], "the ones cancel"),
    )
    squares = proof.combine(Equal(split.formula.left, ZERO), (1, None, split, None), (1, None, cancels, None))
    one_ = Number(1)
    positive = proof.lemma("sum-positivity", r=d + k, c=d + k, q=one)
    gone = proof.at(positive, whole, one_, squares, why="but a sum of squares with a one in it is not zero")
    proof.close(proof.restate(gone[2], Equal(Number(1), ZERO)), is_P, given, MANY)


# ---------------------------------------------------------------------------------------------------------------

PAIR = Variable("Y", one, 2)
e1, e2 = vstack(Number(1), Number(0)), vstack(Number(0), Number(1))


def silent(gram: Term) -> Term:
    """(G₁₂, −G₁₁)ᵀ, which Y = [y₁ y₂] sends to y₁ y₁y₂ − y₂ y₁² = 0."""
    return e1 * (e1.T * gram * e2) - e2 * (e1.T * gram * e1)


@claim(
    "two-coefficients-one-function",
    "For two vectors in one dimension (1, 0) and (1 + G₁₂, −G₁₁) give the same function",
    number="2.5x",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def two_coefficients_one_function(proof: Proof) -> None:
    gram = PAIR.T * PAIR
    same = forall(PAIR, Equal(PAIR * e1, PAIR * (e1 + silent(gram))))
    differ = implies(forall(PAIR, Equal(e1, e1 + silent(gram))), Equal(Number(1), ZERO))
    proof.states(And((same, differ)))
    line = proof.close(proof.equal(PAIR * e1, PAIR * (e1 + silent(gram)), [], "numbers commute"), PAIR)
    equal = proof.suppose(forall(PAIR, Equal(e1, e1 + silent(gram))), "suppose that the coefficients are the same")
    ones = hstack(Number(1), Number(1))
    here = proof.at(equal, ones, why="look at Y = (1, 1)")
    absurd = proof.combine(Equal(Number(1), ZERO), (-1, e1.T, here, None), why="the first coefficients are 1 and 2")
    proof.both(line, proof.close(absurd, equal))


# ---------------------------------------------------------------------------------------------------------------

x, eps = Variable("x", d, one), Variable("ε", one, one)
alone = Function("f", ((d, one),), (d, one))
scale = Function("g", ((one, one),), (one, one))


@claim(
    "unbounded-coefficients",
    "f(x) = x/|x|^½ has values of length ε where its coefficient is 1/ε, |x| = ε²",
    number="2.7",
    sizes=({"d": 2}, {"d": 1}),
    sampled=SAMPLED,
    variants=VARIANTS,
    remark="As ε → 0 the values tend to 0, so f is continuous, and its coefficient is unbounded.",
)
def unbounded_coefficients(proof: Proof) -> None:
    form = forall(x, Equal(alone(x), x * scale(x.T * x)))
    fourth = eps * eps * eps * eps
    given = (Equal(pinv(eps) * eps, Number(1)), Equal(x.T * x, fourth), Equal(alone(x), pinv(eps) * x))
    facts = And((Equal(alone(x).T * alone(x), eps * eps), Equal(eps * scale(fourth), Number(1))))
    proof.states(forall(alone, scale, implies(form, forall(x, eps, implies(*given, facts)))))
    of_form = proof.suppose(form, "f is x times a function of xᵀx")
    inverse = proof.suppose(given[0], "ε is not zero")
    length = proof.suppose(given[1], "|x| = ε²")
    root = proof.suppose(given[2], "and there f(x) = x/|x|^½ = x/ε")
    small = proof.chain(
        alone(x).T * alone(x),
        (pinv(eps) * pinv(eps) * (x.T * x), [root]),
        (pinv(eps) * pinv(eps) * fourth, [length]),
        (eps * eps, [inverse], "the value is as short as ε"),
    )
    here = proof.at(of_form, x)
    product = proof.combine(
        Equal(x.T * x * scale(x.T * x), pinv(eps) * (x.T * x)), (-1, x.T, here, None), (1, x.T, root, None)
    )
    third = pinv(eps) * pinv(eps) * pinv(eps)
    large = proof.chain(
        eps * scale(fourth),
        (third * fourth * scale(fourth), [inverse]),
        (third * (x.T * x * scale(x.T * x)), [length]),
        (third * (pinv(eps) * (x.T * x)), [product], "x g = x/ε"),
        (third * pinv(eps) * fourth, [length]),
        (Number(1), [inverse], "the coefficient is 1/ε"),
    )
    closed = proof.close(proof.both(small, large), root, length, inverse)
    proof.close(closed, eps, x, of_form, scale, alone)


CLAIMS = (
    all_coefficients,
    unique_coefficients,
    least_norm_coefficients,
    more_vectors_than_dimensions,
    two_coefficients_one_function,
    unbounded_coefficients,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
