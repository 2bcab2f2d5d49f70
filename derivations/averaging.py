"""Chapter 3, continued. Why the symmetry is natural: nothing is lost by asking for it.

If neither the law of the data nor the loss can tell the embedding space from a turned one, the risk of a predictor is
that of its average over the turns plus the Jensen gaps of the loss: the mean of the losses less the loss of the mean.
For a convex loss these are at least 0, so averaging does not raise the risk; and it makes the predictor equivariant.

Shown for a finite group of orthogonal maps R(h), h ∈ E(N), and samples t ∈ E(c), each of them turned in every way,
which makes the law of the data invariant. For all of O(d) the Haar measure takes the place of the mean.

Run this file, or ``python -m derivations.averaging``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import N, O, Q, c, d, for_orthogonal, n, one, q
from symmetry.formulas import And, Equal, Member, forall, implies
from symmetry.registry import claim
from symmetry.terms import Function, Lambda, MatrixGroup, Number, StandardBasis, Term, Total, Variable

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.averaging", "derivations.variants.averaging"
_TURN, _SAMPLE, _TOKENS = (N, one), (c, one), (d, n)
R = Function("R", (_TURN,), (d, d))  # the orthogonal maps
f = Function("f", (_TOKENS,), _TOKENS)  # the predictor
loss = Function("ℓ", (_TOKENS, _TOKENS), (one, one))
inputs, targets = Function("x", (_SAMPLE,), _TOKENS), Function("y", (_SAMPLE,), _TOKENS)
h, g, t = Variable("h", N, one), Variable("g", N, one), Variable("t", c, one)
A, B, X = Variable("A", d, n), Variable("B", d, n), Variable("X", d, n)
r = Variable("r", q, one)
share = Variable("w", one, one)  # 1/N
WEIGHT = Equal(share * Total(h, Number(1)), Number(1))
ORTHOGONAL = forall(h, implies(Member(h, StandardBasis(N)), Member(R(h), O)))
order = Function("π", (_TURN,), (N, N))
CLOSED = forall(
    g,
    implies(
        Member(g, StandardBasis(N)),
        And(
            (
                Member(order(g), MatrixGroup("S", N)),
                forall(h, implies(Member(h, StandardBasis(N)), Equal(R(h) * R(g), R(order(g) * h)))),
            )
        ),
    ),
)


def averaged(token: Term, name: str = "h") -> Term:
    """(1/N) Σ R(h)ᵀ f(R(h) X): the predictor, averaged over the turns."""
    turn = Variable(name, N, one)
    return share * Total(turn, R(turn).T * f(R(turn) * token))


@claim(
    "averaged-predictor-equivariant",
    "Averaged over a group, a predictor is equivariant under it",
    number="3.6e",
    sizes=({"d": 1, "n": 4, "N": 2}, {"d": 2, "n": 1, "N": 3}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def averaged_predictor_equivariant(proof: Proof) -> None:
    equivariant = forall(g, X, implies(Member(g, StandardBasis(N)), Equal(averaged(R(g) * X), R(g) * averaged(X))))
    proof.states(forall(R, f, order, share, implies(ORTHOGONAL, CLOSED, equivariant)))
    orthogonal = proof.suppose(ORTHOGONAL, "the turns are orthogonal")
    closed = proof.suppose(CLOSED, "and following one of them permutes them")
    member = proof.suppose(Member(g, StandardBasis(N)))
    unit = proof.equations(proof.at(orthogonal, g, member))
    permuted = proof.at(closed, g, member)
    front = proof.suppose(Member(h, StandardBasis(N)))
    product = proof.at(permuted[2], h, front)
    image = Lambda((h,), R(g) * R(h).T * f(R(h) * X))(order(g) * h)
    line = proof.chain(
        R(h).T * f(R(h) * R(g) * X),
        (R(g) * (R(h) * R(g)).T * f(R(h) * R(g) * X), [unit[2]], "R(g) is orthogonal"),
        (image, [product], "R(h) R(g) is the turn number π(g) h"),
    )
    summed = proof.summed(
        proof.close(line, front, h),
        Equal(Total(h, R(h).T * f(R(h) * R(g) * X)), Total(h, R(g) * R(h).T * f(R(h) * X))),
        permuted[1],
        "re-index the sum",
    )
    scaled = proof.combine(
        Equal(averaged(R(g) * X), R(g) * averaged(X)), (1, share, summed, None), why="and divide by their number"
    )
    proof.close(scaled, member, X, g, closed, orthogonal, share, order, f, R)


INVARIANT_LOSS = for_orthogonal(forall(A, B, Equal(loss(Q * A, Q * B), loss(A, B))))


def risk(predictor: Lambda, name: str = "h") -> Term:
    """Σ ℓ(prediction, target) over the samples, each turned in every way."""
    turn = Variable(name, N, one)
    return Total(t, share * Total(turn, loss(predictor(R(turn) * inputs(t)), R(turn) * targets(t))))


def gap(place: Term) -> Term:
    """The mean of the losses less the loss of the mean, at one sample: at least 0 for a convex loss (Jensen)."""
    token, target = inputs(place), targets(place)
    return share * Total(h, loss(R(h).T * f(R(h) * token), target)) - loss(averaged(token), target)


@claim(
    "averaged-predictor",
    "A predictor's risk is that of its average over unseen turns, plus the Jensen gaps of the loss",
    number="3.6",
    rests_on=("averaged-predictor-equivariant",),
    sizes=({"d": 1, "n": 3, "N": 2, "c": 4}, {"d": 2, "n": 1, "N": 3, "c": 4}),
    source="elementary; Jensen 1906 for the sign of the gaps",
    sampled=SAMPLED,
    variants=VARIANTS,
    remark="For a convex loss the gaps are at least 0 (Jensen's inequality), so averaging does not raise the risk.",
)
def averaged_predictor(proof: Proof) -> None:
    plain, mean = Lambda((A,), f(A)), Lambda((A,), averaged(A, "g"))
    result = Equal(risk(plain), risk(mean) + Total(t, gap(t)))
    proof.states(
        forall(R, f, order, share, loss, inputs, targets, implies(WEIGHT, ORTHOGONAL, CLOSED, INVARIANT_LOSS, result))
    )
    lines = [
        proof.suppose(WEIGHT, "there is at least one turn"),
        proof.suppose(ORTHOGONAL, "the turns are orthogonal"),
        proof.suppose(CLOSED, "and form a group"),
        proof.suppose(INVARIANT_LOSS, "the loss does not see a joint turn of prediction and target"),
    ]
    weight, orthogonal, closed, unseen = lines
    equivariant = proof.at(proof.lemma("averaged-predictor-equivariant"), R, f, order, share, orthogonal, closed)
    turned = R(h).T * f(R(h) * inputs(t))
    turn = proof.suppose(Member(h, StandardBasis(N)), "take one of the turns")
    is_turn = proof.at(orthogonal, h, turn)
    unit = proof.equations(is_turn)
    back = proof.at(unseen, R(h), is_turn, turned, targets(t))
    plainly = proof.chain(
        loss(f(R(h) * inputs(t)), R(h) * targets(t)),
        (loss(R(h) * turned, R(h) * targets(t)), [unit[2]], "R is orthogonal"),
        (loss(turned, targets(t)), [back], "turn prediction and target back"),
    )
    still = proof.at(unseen, R(h), is_turn, averaged(inputs(t)), targets(t))
    meanly = proof.chain(
        loss(averaged(R(h) * inputs(t), "g"), R(h) * targets(t)),
        (loss(R(h) * averaged(inputs(t)), R(h) * targets(t)), [proof.at(equivariant, h, inputs(t), turn)]),
        (loss(averaged(inputs(t)), targets(t)), [still], "the average turns with its input"),
    )
    sums = []
    for line in (plainly, meanly):
        each = proof.close(line, turn, h)
        sums.append(proof.summed(each, Equal(Total(h, line.formula.left), Total(h, line.formula.right))))
    sample = proof.suppose(Member(t, StandardBasis(c)), "at each sample")
    cell = Equal(share * sums[0].formula.left, share * sums[1].formula.left + gap(t))
    value = loss(averaged(inputs(t)), targets(t))
    split = proof.combine(
        cell,
        (1, share, sums[0], None),
        (-1, share, sums[1], None),
        (-1, None, weight, value),
        why="the mean of the losses is the loss of the mean and the gap",
    )
    added = proof.summed(
        proof.close(split, sample, t), Equal(Total(t, cell.left), Total(t, cell.right)), why="add up the samples"
    )
    line = proof.restate(added, result)
    proof.close(line, *reversed(lines), targets, inputs, loss, share, order, f, R)


CLAIMS = (averaged_predictor_equivariant, averaged_predictor)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
