"""Chapter 2, continued after averages. Density: averaged over turns, an approximation is as close, and equivariant.

A continuous equivariant f is approximated by polynomial maps p (Weierstrass), which need not turn with their inputs.
The average of R(h)ᵀ p(R(h) X) over the turns does. Its squared error, and the spread of what was averaged about it, add
up to the mean squared error of p at the turned points. Squares here are Gram matrices EᵀE; their trace is the sum of
the squared entries, so on a set that the turns keep, the average is nowhere further from f than p is at worst.

Shown for a finite group of orthogonal maps R(h), h ∈ E(N). For all of O(d) the Haar measure takes the place of the
mean; an average of polynomials is again one, so by 2.6 it is X times a polynomial in the Gram matrix. This is how
polynomial forms come to be dense among the continuous equivariant functions on a compact set that O(d) keeps.

Run this file, or ``python -m derivations.approximation``, to read the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.averaging import CLOSED, ORTHOGONAL, WEIGHT, R, X, f, g, h, order, share
from derivations.invariants import N, d, n, one
from symmetry.formulas import And, Equal, Member, forall, implies
from symmetry.registry import claim
from symmetry.terms import Function, StandardBasis, Term, Total, Variable

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.averaging", "derivations.variants.approximation"
p, mean = Function("p", ((d, n),), (d, n)), Function("m", ((d, n),), (d, n))  # the approximation, and its average
FIXED = forall(h, X, implies(Member(h, StandardBasis(N)), Equal(f(R(h) * X), R(h) * f(X))))


def averaged(token: Term, name: str = "h") -> Term:
    """(1/N) Σ R(h)ᵀ p(R(h) X): the approximation, averaged over the turns."""
    turn = Variable(name, N, one)
    return share * Total(turn, R(turn).T * p(R(turn) * token))


def square(error: Term) -> Term:
    """EᵀE, whose trace is the sum of the squared entries."""
    return error.T * error


turned = R(h).T * p(R(h) * X)
MEAN = forall(X, Equal(mean(X), averaged(X)))
TURNS = forall(g, X, implies(Member(g, StandardBasis(N)), Equal(mean(R(g) * X), R(g) * mean(X))))
ERRORS = Equal(
    square(mean(X) - f(X)) + share * Total(h, square(turned - mean(X))),
    share * Total(h, square(p(R(h) * X) - f(R(h) * X))),
)


@claim(
    "averaged-approximation",
    "Averaged over a group under which f is equivariant, an approximation of f is equivariant, and its squared error "
    "and the spread about it add up to the mean squared error over the turns",
    number="2.7a",
    rests_on=("averaged-predictor-equivariant",),
    sizes=({"d": 3, "n": 1, "N": 2}, {"d": 1, "n": 3, "N": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
    remark="The spread is a mean of squares, so on a set that the turns keep the error of the average is at most the "
    "largest error of the approximation.",
    beyond="density of X g(XᵀX) with polynomial g, on compact sets that O(d) keeps: the mean over all of O(d) (Haar "
    "1933), polynomial approximation (Weierstrass 1885, Stone 1937) and 2.6, cited.",
)
def averaged_approximation(proof: Proof) -> None:
    result = And((TURNS, forall(X, ERRORS)))
    proof.states(forall(R, f, p, mean, order, share, implies(WEIGHT, ORTHOGONAL, CLOSED, FIXED, MEAN, result)))
    given = [
        proof.suppose(WEIGHT, "there is at least one turn"),
        proof.suppose(ORTHOGONAL, "the turns are orthogonal"),
        proof.suppose(CLOSED, "and form a group"),
        proof.suppose(FIXED, "under which f is equivariant"),
        proof.suppose(MEAN, "and over which p is averaged"),
    ]
    weight, orthogonal, closed, fixed, average = given
    equivariant = proof.at(proof.lemma("averaged-predictor-equivariant"), R, p, order, share, orthogonal, closed)
    here = proof.at(average, X)
    member = proof.suppose(Member(g, StandardBasis(N)))
    there = proof.at(average, R(g) * X)
    turning = proof.chain(
        mean(R(g) * X),
        (R(g) * averaged(X), [there, proof.at(equivariant, g, X, member)]),
        (R(g) * mean(X), [here.back], "the average turns with its input"),
    )
    turns = proof.close(turning, member, X, g)
    turn = proof.suppose(Member(h, StandardBasis(N)), "take one of the turns")
    unit = proof.equations(proof.at(orthogonal, h, turn))
    moved = proof.at(fixed, h, X, turn)
    back = proof.equal(
        square(p(R(h) * X) - f(R(h) * X)),
        square(turned - f(X)),
        [moved, unit[1], unit[2]],
        "an error at a turned point, turned back, is an error at the point",
    )
    summed = proof.summed(
        proof.close(back, turn, h), Equal(Total(h, back.formula.left), Total(h, back.formula.right)), why="add them up"
    )
    flipped = proof.equal(mean(X).T, averaged(X).T, [here])
    split = proof.combine(
        ERRORS,
        (-1, share, summed, None),
        (-1, None, weight, square(f(X))),
        (1, None, weight, square(mean(X))),
        (1, (mean(X) - f(X)).T, here, None),
        (1, None, flipped, mean(X) - f(X)),
        why="a mean square is the square of the mean and the mean square about it",
    )
    both = proof.both(turns, proof.close(split, X))
    proof.close(both, *reversed(given), share, order, mean, p, f, R)


CLAIMS = (averaged_approximation,)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
