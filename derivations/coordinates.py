"""Chapter 3. What looks at coordinates, or at the order of things, is not of the form.

Functions of single coordinates, rotations of coordinates and sorting do not turn with the space, in the smallest cases
already; and a mask, which does keep the form, is not a matrix on the right of the outputs. Each is proved by a point at
which the law fails. The symmetry comes back where they act on inner products instead.

Run this file, or ``python -m derivations.coordinates``, to read the proofs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.counterexamples import MIRROR, SWAP, X2, T, e1, e2, for_plane, numbers, orthogonal, two, x, y
from derivations.invariants import I, Q, d, for_orthogonal, one
from symmetry.formulas import FALSEHOOD, And, Equal, Member, exists, forall, implies, negation
from symmetry.registry import claim
from symmetry.terms import Block, Function, Lambda, Number, StandardBasis, Term, Total, Variable, block, hstack

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.counterexamples", "derivations.variants.coordinates"

# ---------------------------------------------------------------------------------------------------------------

rho = Function("ρ", ((one, one),), (one, one))
z, a, b = (Variable(name, d, one) for name in "zab")
RELU = (Equal(rho(Number(1)), Number(1)), Equal(rho(Number(-1)), Number(0)))
AXIS = Member(b, StandardBasis(d))


def coordinatewise(token: Term) -> Term:
    """ρ of each coordinate: Σ a ρ(aᵀx)"""
    return Total(a, a * rho(a.T * token))


COORDINATEWISE = for_orthogonal(forall(z, Equal(coordinatewise(Q * z), Q * coordinatewise(z))))


@claim(
    "coordinate-relu",
    "ReLU on the coordinates is not equivariant, in any dimension",
    number="3.4r",
    sizes=({"d": 2}, {"d": 3}),
    remark="−I is orthogonal, and ReLU is not odd.",
    repair="the axes along which it acts among the knowledge: hidden units with weights",
    repaired_by=("mlp", "frame"),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def coordinate_relu(proof: Proof) -> None:
    proof.states(forall(rho, b, implies(*RELU, AXIS, negation(COORDINATEWISE))))
    values = [proof.suppose(RELU[0], "ρ keeps 1"), proof.suppose(RELU[1], "and sends −1 to 0")]
    axis = proof.suppose(AXIS, "take a vector along an axis: there is one, the dimension is not 0")
    law = proof.suppose(COORDINATEWISE, "suppose that ρ on the coordinates were equivariant")
    there = proof.at(law, -I, orthogonal(proof, -I, "turn everything round"), b)
    unit = proof.basis("unit", axis)
    picks = []
    for token, sign in ((-b, -1), (b, 1)):
        picked = proof.sift(axis, Lambda((a,), rho(sign * (a.T * b))), "of the sum over coordinates, one is left")
        picks.append(
            proof.chain(
                b.T * coordinatewise(token),
                (rho(sign * (b.T * b)), [picked], "the coordinate along the axis"),
                (rho(Number(sign)), [unit], "which is ±1"),
            )
        )
    along = proof.combine(
        Equal(rho(Number(-1)), -rho(Number(1))),
        (1, b.T, there, None),
        (-1, None, picks[0], None),
        (-1, None, picks[1], None),
        why="along the axis ρ(−1) = −ρ(1)",
    )
    absurd = proof.restate(along, FALSEHOOD, values, "but that says 0 = −1")
    proof.close(absurd, law, axis, *reversed(values), b, rho)


# ---------------------------------------------------------------------------------------------------------------

c, s, t, a_, b_ = (Variable(name, one, one) for name in "cstab")
R = Variable("R", two, two)


def plane_rotation(first: Term, second: Term) -> Block:
    """[c −s; s c]"""
    return block([[first, -second], [second, first]])


def rotary_value(left: Term, right: Term) -> Term:
    """A token x weighted by its rotary score xᵀRy with another."""
    return left * (left.T * R * right)


IS_R, IS_ROTATION = Equal(R, plane_rotation(c, s)), Equal(T, plane_rotation(a_, b_))
KEPT = forall(x, y, Equal((T * x).T * R * (T * y), (a_ * a_ + b_ * b_) * (x.T * R * y)))
ROTARY = for_plane(forall(x, y, Equal(rotary_value(T * x, T * y), T * rotary_value(x, y))))
NOT_ZERO = Equal(s * t, Number(1))


@claim(
    "coordinate-rotary",
    "Rotary positions that rotate coordinates keep the rotations of the plane, but no reflection unless sin θ = 0",
    number="3.4o",
    sizes=({},),
    remark="Rotations of the plane commute; a reflection turns the angle round.",
    repair="rotary positions on queries and keys, which are invariants",
    repaired_by=("rotary-attention",),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def coordinate_rotary(proof: Proof) -> None:
    kept, lost = forall(a_, b_, T, implies(IS_ROTATION, KEPT)), forall(t, implies(NOT_ZERO, negation(ROTARY)))
    proof.states(forall(c, s, R, implies(IS_R, And((kept, lost)))))
    is_R = proof.suppose(IS_R, "R rotates the coordinates by the angle θ, c = cos θ and s = sin θ")
    is_turn = proof.suppose(IS_ROTATION, "let Q be another rotation of the plane, a² + b² = 1; or any multiple of one")
    alike = proof.chain(
        T.T * R * T,
        ((a_ * a_ + b_ * b_) * plane_rotation(c, s), [is_R, is_turn], "rotations of the plane commute"),
        ((a_ * a_ + b_ * b_) * R, [is_R], "and this is R again"),
    )
    scores = proof.equal((T * x).T * R * (T * y), (a_ * a_ + b_ * b_) * (x.T * R * y), [alike], "so the scores stay")
    rotations = proof.close(scores, y, x, is_turn, T, b_, a_)
    nonzero = proof.suppose(NOT_ZERO, "let sin θ have an inverse t")
    law = proof.suppose(ROTARY, "suppose that the weighted token turned with every orthogonal matrix")
    there = proof.at(law, MIRROR, orthogonal(proof, MIRROR, "mirror the first coordinate"), e1, e2)
    numbers_ = proof.restate(there, Equal(-s * e1, s * e1), [is_R], "for the tokens e₁ and e₂ the score is −s, or s")
    half = Fraction(-1, 2)
    absurd = proof.combine(FALSEHOOD, (half, t * e1.T, numbers_, None), (-1, None, nonzero, None), why="so s = 0")
    reflections = proof.close(absurd, law, nonzero, t)
    proof.close(proof.both(rotations, reflections), is_R, R, s, c)


# ---------------------------------------------------------------------------------------------------------------

sort = Function("f", ((two, one),), (two, one))
SORTS = (Equal(sort(e1), e2), Equal(sort(e2), e2))
SORTED = for_plane(forall(x, Equal(sort(T * x), T * sort(x))))


@claim(
    "sorted-coordinates",
    "Sorting the coordinates of a token is not equivariant, in two dimensions already",
    number="3.4c",
    sizes=({},),
    remark="Sorting forgets the order of the coordinates, and an exchange of coordinates is orthogonal.",
    repair="sort inner products with vectors of the knowledge",
    repaired_by=("weights-as-knowledge",),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def sorted_coordinates(proof: Proof) -> None:
    proof.states(forall(sort, implies(*SORTS, negation(SORTED))))
    values = [proof.suppose(SORTS[0], "(1, 0) is sorted to (0, 1)"), proof.suppose(SORTS[1], "and (0, 1) stays")]
    law = proof.suppose(SORTED, "suppose that sorting were equivariant")
    there = proof.at(law, SWAP, orthogonal(proof, SWAP, "exchange the coordinates"), e1)
    apart = proof.restate(
        there, Equal(e2, e1), values, "sorted after the exchange (0, 1), exchanged after sorting (1, 0)"
    )
    proof.close(proof.combine(FALSEHOOD, (1, e2.T, apart, None), why="so 1 = 0"), law, *reversed(values), sort)


# ---------------------------------------------------------------------------------------------------------------

by_coordinate = Function("f", ((two, two),), (two, two))
ORDERED = hstack(e2, e1)  # the first coordinates are 0 and 1
BY_COORDINATE = (Equal(by_coordinate(ORDERED), ORDERED), Equal(by_coordinate(SWAP * ORDERED), ORDERED))
TOKENS_SORTED = for_plane(forall(X2, Equal(by_coordinate(T * X2), T * by_coordinate(X2))))


@claim(
    "sorted-tokens",
    "Sorting tokens by their first coordinate is not equivariant, for two tokens in two dimensions already",
    number="3.4t",
    sizes=({},),
    remark="An exchange of coordinates is orthogonal, and changes the order.",
    repair="sort by inner products, with each other or with the knowledge",
    repaired_by=("any-coefficients",),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def sorted_tokens(proof: Proof) -> None:
    proof.states(forall(by_coordinate, implies(*BY_COORDINATE, negation(TOKENS_SORTED))))
    values = [
        proof.suppose(BY_COORDINATE[0], "the tokens (0, 1), (1, 0) are in order"),
        proof.suppose(BY_COORDINATE[1], "the tokens (1, 0), (0, 1) are not"),
    ]
    law = proof.suppose(TOKENS_SORTED, "suppose that sorting were equivariant")
    there = proof.at(law, SWAP, orthogonal(proof, SWAP, "exchange the coordinates"), ORDERED)
    apart = proof.restate(there, Equal(ORDERED, SWAP * ORDERED), values, "sorted after the exchange, and before it")
    absurd = proof.combine(FALSEHOOD, (1, e2.T, apart, e1), why="the first token is (0, 1) and (1, 0)")
    proof.close(absurd, law, *reversed(values), by_coordinate)


# ---------------------------------------------------------------------------------------------------------------

pair, weights, factor = Variable("X", one, two), Variable("G", two, two), Variable("M", two, two)
first, second = Variable("i", two, one), Variable("j", two, one)
CAUSAL = numbers((1, 1), (0, 1))
MASKED = Total(first, Total(second, (first.T * weights * second) * (first.T * CAUSAL * second) * first * second.T))
CANCEL, ALIKE = Equal(pair, numbers((1, -1))), Equal(weights, numbers((1, 1), (1, 1)))
ON_THE_RIGHT = exists(factor, Equal(pair * MASKED, pair * weights * factor))


@claim(
    "mask-on-the-right",
    "A causal mask on the weights is no multiplication of the outputs by a matrix on the right",
    number="3.4m",
    sizes=({},),
    remark="For the tokens 1 and −1 with equal weights all outputs are 0, and masked they are not.",
    repair="change the coefficients themselves",
    repaired_by=("any-coefficients", "masked-attention"),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def mask_on_the_right(proof: Proof) -> None:
    proof.states(forall(pair, weights, implies(CANCEL, ALIKE, negation(ON_THE_RIGHT))))
    cancel = proof.suppose(CANCEL, "two tokens that cancel")
    alike = proof.suppose(ALIKE, "with equal weights")
    given = proof.suppose(ON_THE_RIGHT, "suppose that a matrix M on the right did what the mask does")
    found, value = proof.obtain(given, "M", "call it M")
    numbers_ = proof.restate(value, Equal(numbers((1, 0)), numbers((0, 0)) * found), [cancel, alike], "put them in")
    absurd = proof.combine(
        FALSEHOOD, (1, None, numbers_, e1), why="the first token sees itself alone, and is 1; but all outputs were 0"
    )
    proof.close(absurd, value, given, alike, cancel, weights, pair)


CLAIMS = (
    coordinate_relu,
    coordinate_rotary,
    sorted_coordinates,
    sorted_tokens,
    mask_on_the_right,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
