"""Chapter 4, continued. One function for every position.

If the coefficients turn with the order of the tokens, the diagonal of g₁ is one function of what is seen from a
position, its other entries are one function of what is seen from a pair, and g₂ is one function too. "Seen from a
position" means: with that position moved to the front; the order of the others does not matter.

Run this file, or ``python -m derivations.positions``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import k, m, n, one
from derivations.permutations import for_tokens
from symmetry.formulas import And, Equal, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.terms import Function, Identity, Lambda, MatrixGroup, Number, StandardBasis, Term, Variable, Zero, vstack

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.permutations", "derivations.variants.positions"
E_n, S_n = StandardBasis(n), MatrixGroup("S", n)
e, b = Variable("e", n, one), Variable("b", n, one)
x, y = Variable("x", n, one), Variable("y", n, one)
ZERO = Zero(one, one)


def exchange(e: Term, b: Term) -> Term:
    """The permutation that exchanges two positions, I − (e − b)(e − b)ᵀ."""
    return Identity(e.rows) - (e - b) * (e - b).T


@claim(
    "permutations-move-positions",
    "Some permutation takes a position to any other",
    number="4.2m",
    sizes=({"n": 3}, {"n": 1}, {"n": 4}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def permutations_move_positions(proof: Proof) -> None:
    P = Variable("P", n, n)
    members = (Member(e, E_n), Member(x, E_n))
    moved = exists(P, And((Member(P, S_n), Equal(P * e, x))))
    proof.states(forall(e, x, implies(*members, moved)))
    lines = [proof.suppose(member) for member in members]
    units = [proof.basis("unit", line) for line in lines]
    swap = proof.basis("transposition", *lines, why="exchange the two")
    arrives = proof.equal(exchange(e, x) * e, x, [*units, _meets(proof, *lines, units[0])])
    found = proof.witness(proof.both(swap, arrives), moved, exchange(e, x))
    proof.close(found, *reversed(lines), x, e)


@claim(
    "permutations-move-pairs",
    "Some permutation takes two different positions to two other ones",
    number="4.2p",
    sizes=({"n": 3}, {"n": 2}, {"n": 4}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def permutations_move_pairs(proof: Proof) -> None:
    P = Variable("P", n, n)
    moved = exists(P, And((Member(P, S_n), Equal(P * e, x), Equal(P * b, y))))
    members = [Member(vector, E_n) for vector in (e, b, x, y)]
    apart = (Equal(e.T * b, ZERO), Equal(x.T * y, ZERO))
    proof.states(forall(e, b, x, y, implies(*members, *apart, moved)))
    lines = [proof.suppose(member) for member in members]
    first_apart, second_apart = (proof.suppose(fact) for fact in apart)
    is_e, is_b, is_x, is_y = lines
    one_e, one_x, one_y = (proof.basis("unit", line) for line in (is_e, is_x, is_y))
    first, is_first = proof.let("K", exchange(e, x), "exchange e and x")
    swap = proof.restate(proof.basis("transposition", is_e, is_x), Member(first, S_n), [is_first])
    arrives = proof.equal(first * e, x, [is_first, one_e, one_x, _meets(proof, is_e, is_x, one_e)])
    third, is_third = proof.let("z", first * b, "which takes b to z")
    z_in = proof.restate(proof.basis("moved", swap, is_b), Member(third, E_n), [is_third])
    one_z = proof.basis("unit", z_in)
    orthogonal = proof.equations(proof.subgroup(swap))
    beside = proof.chain(
        x.T * third,
        ((first * e).T * (first * b), [arrives, is_third]),
        (e.T * b, [orthogonal[1]], "a permutation is orthogonal"),
        (ZERO, [first_apart], "so z is not x"),
    )
    second, is_second = proof.let("L", exchange(third, y), "then exchange z and y")
    swap_too = proof.restate(proof.basis("transposition", z_in, is_y), Member(second, S_n), [is_second])
    there = proof.equal(second * third, y, [is_second, one_z, one_y, _meets(proof, z_in, is_y, one_z)])
    stays = proof.equal(second * x, x, [is_second, beside, second_apart], "which keeps x")
    both = proof.both(
        proof.product(swap_too, swap),
        proof.chain(second * first * e, (second * x, [arrives]), (x, [stays])),
        proof.chain(second * first * b, (second * third, [is_third]), (y, [there])),
    )
    found = proof.witness(both, moved, second * first)
    proof.close(found, is_second, is_third, is_first, second_apart, first_apart, *reversed(lines), y, x, b, e)


def _meets(proof: Proof, left: Line, right: Line, unit: Line) -> Line:
    """(1 − eᵀx)(e − x) = 0 is what the exchange needs: they are equal, or eᵀx = 0."""
    u, v = left.formula.element, right.formula.element
    gap = Equal((u.T * v) * (u - v), Zero(u.rows, one))
    same = proof.suppose(Equal(u, v))
    equal = proof.close(proof.equal(gap.left, gap.right, [same]), same)
    apart = proof.suppose(Equal(u.T * v, ZERO))
    zero = proof.close(proof.equal(gap.left, gap.right, [apart]), apart)
    line = proof.basis("cases", left, right, equal, zero)
    return proof.combine(Equal((u.T * v) * u, (u.T * v) * v), (1, None, line, None))


# ---------------------------------------------------------------------------------------------------------------

LENGTH = k + 2
FIRST = vstack(Number(1), Zero(k + 1, one))
SECOND = vstack(Number(0), Number(1), Zero(k, one))
S_all, E_all = MatrixGroup("S", LENGTH), StandardBasis(LENGTH)
P = Variable("P", LENGTH, LENGTH)
A, B, C = Variable("A", LENGTH, LENGTH), Variable("B", m, LENGTH), Variable("C", m, m)
BLOCKS = (A.shape, B.shape, C.shape)
g1, g2 = Function("g₁", BLOCKS, A.shape), Function("g₂", BLOCKS, B.shape)
own, pair = Function("φ₀", BLOCKS, (one, one)), Function("φ", BLOCKS, (one, one))
known = Function("ψ", BLOCKS, (m, one))
MOVED = (P.T * A * P, B * P, C)
LAW = for_tokens(
    forall(A, B, C, And((Equal(g1(*MOVED), P.T * g1(A, B, C) * P), Equal(g2(*MOVED), g2(A, B, C) * P)))), P
)


@claim(
    "entrywise",
    "The coefficients have one function for the diagonal, one for all pairs of positions, and one for the knowledge",
    number="4.2",
    sizes=({"k": 0, "m": 1}, {"k": 1, "m": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def entrywise(proof: Proof) -> None:
    entries = And(
        (
            Equal((P * FIRST).T * g1(A, B, C) * (P * FIRST), own(*MOVED)),
            Equal((P * SECOND).T * g1(A, B, C) * (P * FIRST), pair(*MOVED)),
            Equal(g2(A, B, C) * (P * FIRST), known(*MOVED)),
        )
    )
    blind = And(
        (
            implies(Equal(P * FIRST, FIRST), Equal(own(*MOVED), own(A, B, C))),
            implies(Equal(P * FIRST, FIRST), Equal(P * SECOND, SECOND), Equal(pair(*MOVED), pair(A, B, C))),
            implies(Equal(P * FIRST, FIRST), Equal(known(*MOVED), known(A, B, C))),
        )
    )
    form = exists(own, pair, known, for_tokens(forall(A, B, C, And((entries, blind))), P))
    proof.states(forall(g1, g2, implies(LAW, form)))
    law = proof.suppose(LAW, "the coefficients turn with the order of the tokens")
    values = (
        Lambda((A, B, C), FIRST.T * g1(A, B, C) * FIRST),
        Lambda((A, B, C), SECOND.T * g1(A, B, C) * FIRST),
        Lambda((A, B, C), g2(A, B, C) * FIRST),
    )
    member = proof.suppose(Member(P, S_all), "let P bring some positions to the front")
    here = proof.at(law, P, member, A, B, C)
    seen = [
        proof.equal((P * FIRST).T * g1(A, B, C) * (P * FIRST), values[0](*MOVED), [here[1]], "the law, at the front"),
        proof.equal((P * SECOND).T * g1(A, B, C) * (P * FIRST), values[1](*MOVED), [here[1]]),
        proof.equal(g2(A, B, C) * (P * FIRST), values[2](*MOVED), [here[2]]),
    ]
    front = proof.suppose(Equal(P * FIRST, FIRST), "let P keep the first position")
    kept_own = proof.equal(values[0](*MOVED), values[0](A, B, C), [here[1], front])
    kept_known = proof.equal(values[2](*MOVED), values[2](A, B, C), [here[2], front])
    next_ = proof.suppose(Equal(P * SECOND, SECOND), "and the second")
    kept_pair = proof.equal(values[1](*MOVED), values[1](A, B, C), [here[1], front, next_])
    blinds = [
        proof.close(kept_own, front),
        proof.close(kept_pair, next_, front),
        proof.close(kept_known, front),
    ]
    line = proof.close(proof.both(proof.both(*seen), proof.both(*blinds)), C, B, A, member, P)
    found = proof.witnesses(line, form, values, "what stands in front")
    proof.close(found, law, g2, g1)


R = Variable("R", m, m)
Z_A, Z_B = Variable("A", n, n), Variable("B", m, n)
G2 = Function("g₂", (Z_A.shape, Z_B.shape, C.shape), (m, n))


@claim(
    "one-function-for-all-knowledge",
    "If the order of the knowledge is not seen, one function serves all knowledge vectors",
    number="4.3e",
    sizes=({"n": 2, "m": 1}, {"n": 1, "m": 3}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def one_function_for_all_knowledge(proof: Proof) -> None:
    moved = (Z_A, R.T * Z_B, R.T * C * R)
    law = for_tokens(forall(Z_A, Z_B, C, Equal(G2(*moved), R.T * G2(Z_A, Z_B, C))), R)
    c = Variable("c", m, one)
    seen = for_tokens(forall(Z_A, Z_B, C, c, Equal((R * c).T * G2(Z_A, Z_B, C), c.T * G2(*moved))), R)
    proof.states(forall(G2, implies(law, seen)))
    given = proof.suppose(law, "the coefficients turn with the order of the knowledge")
    member = proof.suppose(Member(R, MatrixGroup("S", m)))
    here = proof.at(given, R, member, Z_A, Z_B, C)
    line = proof.equal((R * c).T * G2(Z_A, Z_B, C), c.T * G2(*moved), [here], "row Rc is row c, seen from there")
    proof.close(line, c, C, Z_B, Z_A, member, R, given, G2)


CLAIMS = (permutations_move_positions, permutations_move_pairs, entrywise, one_function_for_all_knowledge)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
