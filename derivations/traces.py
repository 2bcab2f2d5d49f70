"""Traces, and sums of squares that vanish.

A trace is a finite sum over the standard basis. A sum of squares is zero only if every one of them is, by induction on
their number; so the trace of a projection is zero only for the projection onto nothing, and cannot be negative.

Run this file, or ``python -m derivations.traces``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import c, one, q, r
from symmetry.formulas import And, Equal, Formula, forall, implies
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import Identity, Lambda, Term, Total, Variable, Zero, hstack, vstack

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.coefficients", "derivations.variants.traces"
ZERO = Zero(one, one)


def trace(matrix: Term, name: str = "a") -> Term:
    """Σ aᵀ M a over the standard basis."""
    a = Variable(name, matrix.rows, one)
    return Total(a, a.T * matrix * a)


# ---------------------------------------------------------------------------------------------------------------

T, w = Variable("T", r, c), Variable("w", q, one)


def no_squares(T: Variable, w: Variable) -> Formula:
    """tr(TᵀT) + wᵀw = 0 only if both are zero."""
    nothing = Equal(trace(T.T * T) + w.T * w, ZERO)
    return implies(nothing, And((Equal(T, Zero(*T.shape)), Equal(w, Zero(*w.shape)))))


@claim(
    "sum-positivity",
    "A sum of squares is zero only if every one of them is",
    number="1.0s",
    rests_on=("positivity",),
    sizes=({"r": 3, "c": 2, "q": 1}, {"r": 1, "c": 3, "q": 2}, {"r": 2, "c": 1, "q": 4}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def sum_positivity(proof: Proof) -> None:
    def law(length: Size) -> Formula:
        matrix = Variable("T", r, length)
        return forall(q, matrix, w, no_squares(matrix, w))

    proof.states(forall(T, w, no_squares(T, w)))
    every = proof.induct(_no_columns(proof), _one_more_column(proof, law(c)), forall(c, law(c)))
    here = proof.at(proof.at(every, c), q)
    proof.restate(here, forall(T, w, no_squares(T, w)))


def _no_columns(proof: Proof) -> Line:
    empty = Variable("T", r, Size())
    sum_of_squares = proof.suppose(Equal(trace(empty.T * empty) + w.T * w, ZERO), "first no columns: only w is left")
    alone = proof.equal(w.T * w, ZERO, [sum_of_squares], "an empty sum")
    vanishes = proof.at(proof.lemma("positivity", r=q, c=one), w, alone)
    nothing = proof.equal(empty, Zero(r, Size()), [], "matrices without entries are equal")
    return proof.close(proof.both(nothing, vanishes), sum_of_squares, w, empty, q)


def _one_more_column(proof: Proof, smaller: Formula) -> Line:
    known = proof.suppose(smaller, "suppose it holds for c columns")
    longer = Variable("T", r, c + 1)
    first = longer * vstack(Identity(c), Zero(one, c))
    last = longer * vstack(Zero(c, one), Identity(one))
    total = proof.suppose(Equal(trace(longer.T * longer) + w.T * w, ZERO), "let T have one more")
    a = Variable("a", c + 1, one)
    parts = proof.split(Lambda((a,), a.T * longer.T * longer * a), c, "the last square apart")
    both = vstack(w, last)
    moved = proof.combine(
        Equal(trace(first.T * first) + both.T * both, ZERO),
        (1, None, total, None),
        (-1, None, parts, None),
        why="put the last column of T below w",
    )
    gone = proof.at(known, q + r, first, both, moved, why="the case of c columns")
    upper, lower = hstack(Identity(q), Zero(q, r)), hstack(Zero(r, q), Identity(r))
    w_gone = proof.combine(Equal(w, Zero(q, one)), (1, upper, gone[2], None))
    last_gone = proof.combine(Equal(last, Zero(r, one)), (1, lower, gone[2], None))
    all_gone = proof.combine(
        Equal(longer, Zero(r, c + 1)),
        (1, None, gone[1], hstack(Identity(c), Zero(c, one))),
        (1, None, last_gone, hstack(Zero(one, c), Identity(one))),
        why="T is its first columns and its last",
    )
    closed = proof.close(proof.both(all_gone, w_gone), total, w, longer, q)
    return proof.close(closed, known, c)


# ---------------------------------------------------------------------------------------------------------------

M, K = Variable("M", r, c), Variable("K", c, r)


@claim(
    "cyclic-trace",
    "The trace of MK is the trace of KM",
    number="1.0t",
    sizes=({"r": 3, "c": 2}, {"r": 1, "c": 4}, {"r": 2, "c": 3}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def cyclic_trace(proof: Proof) -> None:
    proof.states(forall(M, K, Equal(trace(M * K), trace(K * M, "b"))))
    a, b = Variable("a", r, one), Variable("b", c, one)
    swapped = proof.swap(Lambda((a, b), (a.T * M * b) * (b.T * K * a)), "both are the sum of all M_ab K_ba")
    same = proof.restate(swapped, Equal(trace(M * K), trace(K * M, "b")), why="Σ bbᵀ = I, and Σ aaᵀ = I")
    proof.close(same, K, M)


CLAIMS = (sum_positivity, cyclic_trace)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
