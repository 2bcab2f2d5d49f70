"""Chapter 5. Finite information.

The source names a "finite information principle" and does not define it; the definition here is ours, and no claim of
this chapter counts as evidence for the source's own sentence. **Order 2, width 0**: an output token is a sum of what it
gathers from itself and from each other token alone,

    f(X, Z) = Σ_e (U(e, Xe, Z) + Σ_b (1 − eᵀb) V(e, b, Xe, Xb, Z)) eᵀ,

where e and b run over the positions and the factor 1 − eᵀb leaves out b = e. **Width r** lets U and V see r statistics
of the same kind.

Run this file, or ``python -m derivations.finite_information``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import O, Q, X, Z, d, for_orthogonal, k, m, n, one
from derivations.permutations import F, for_tokens
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.substitution import substitute
from symmetry.terms import (
    Function,
    Lambda,
    MatrixGroup,
    Number,
    StandardBasis,
    Term,
    Total,
    Variable,
    Zero,
    vstack,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.finite_information", "derivations.variants.finite_information"
ORDER_TWO = "finite information: order 2, width 0 (our definition)"
SIZES = ({"d": 2, "n": 3, "m": 1}, {"d": 3, "n": 2, "m": 1})
ZERO = Zero(one, one)
E_n = StandardBasis(n)
e, b, c = (Variable(name, n, one) for name in "ebc")
x, y = Variable("x", d, one), Variable("y", d, one)
NONE = Zero(d, one)
_POINT, _KNOWLEDGE, _PLACE = (d, one), (d, m), (n, one)
U = Function("U", (_PLACE, _POINT, _KNOWLEDGE), _POINT)
V = Function("V", (_PLACE, _PLACE, _POINT, _POINT, _KNOWLEDGE), _POINT)
u = Function("u", (_POINT, _KNOWLEDGE), _POINT)
v = Function("v", (_POINT, _POINT, _KNOWLEDGE), _POINT)


def others(vector: Variable, place: Term, body: Term) -> Total:
    """Σ_b (1 − eᵀb) t(b): the sum over all positions but e."""
    return Total(vector, (Number(1) - place.T * vector) * body)


def everywhere(statement: Formula, e: Variable = e) -> Formula:
    """∀ X, Z. ∀ e ∈ E(n). statement"""
    return forall(X, Z, e, implies(Member(e, E_n), statement))


def at_positions(f: Function, value: Term, e: Variable = e) -> Formula:
    """∀ X, Z. ∀ e ∈ E(n). f(X, Z) e = value"""
    return everywhere(Equal(f(X, Z) * e, value), e)


def by_columns(f: Function, value: Term, e: Variable = e) -> Formula:
    """∀ X, Z. f(X, Z) = Σ_e value(e) eᵀ"""
    tokens, knowledge = Variable("X", *f.domain[0]), Variable("Z", *f.domain[1])
    return forall(tokens, knowledge, Equal(f(tokens, knowledge), Total(e, value * e.T)))


def column(proof: Proof, given: Line, e: Variable) -> Line:
    """∀ X, Z. ∀ e ∈ E(n). f(X, Z) e = value(e), from ∀ X, Z. f(X, Z) = Σ_e value(e) eᵀ."""
    tokens, knowledge = given.formula.variable, given.formula.body.variable
    here = proof.at(given, tokens, knowledge)
    whole = here.formula.left
    place = proof.suppose(Member(e, StandardBasis(e.rows)))
    value, bound = here.formula.right.body.factors[0], Variable("c", *e.shape)
    summand = substitute(value, {here.formula.right.variable: bound})
    sifted = proof.sift(place, Lambda((bound,), summand), "column e of the sum")
    line = proof.combine(Equal(whole * e, value), (1, None, here, e), (1, None, sifted, None))
    return proof.close(line, place, e, knowledge, tokens)


SUMMAND = U(e, X * e, Z) + others(b, e, V(e, b, X * e, X * b, Z))
PAIRS = by_columns(F, SUMMAND)


def one_token(token: Term, place: Term) -> Term:
    """The sequence with one token at a place, and zeros elsewhere."""
    return token * place.T


def two_tokens(token: Term, place: Term, other: Term, second: Term) -> Term:
    """The sequence with a token at each of two places, and zeros elsewhere."""
    return token * place.T + other * second.T


def gain(f: Function, place: Term, second: Term, token: Term, other: Term) -> Term:
    """What the token at a second place adds to the output at the first."""
    return f(two_tokens(token, place, other, second), Z) * place - f(one_token(token, place), Z) * place


GAINS = And(
    (
        Equal(F(one_token(X * e, e), Z) * e, U(e, X * e, Z) + others(b, e, V(e, b, X * e, NONE, Z))),
        forall(
            c,
            implies(
                Member(c, E_n),
                Equal(e.T * c, ZERO),
                Equal(gain(F, e, c, X * e, X * c), V(e, c, X * e, X * c, Z) - V(e, c, X * e, NONE, Z)),
            ),
        ),
    )
)


def rebuilt(f: Function) -> Term:
    """f(X, Z) e from sequences with at most two tokens."""
    return f(one_token(X * e, e), Z) * e + others(b, e, gain(f, e, b, X * e, X * b))


@claim(
    "order-two-gains",
    "Of order 2, width 0: what a second token adds does not depend on the others",
    number="5.1g",
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two_gains(proof: Proof) -> None:
    proof.states(forall(F, U, V, implies(PAIRS, everywhere(GAINS))))
    given = proof.suppose(PAIRS, "f is of order 2, width 0")
    at_e = column(proof, given, e)
    place = proof.suppose(Member(e, E_n), "look at any position e")
    unit = proof.basis("unit", place)
    alone = _one_token(proof, at_e, place, unit)
    second = proof.suppose(Member(c, E_n), "and at another position c")
    apart = proof.suppose(Equal(e.T * c, ZERO), "which is not e")
    adds = proof.close(_second_token(proof, at_e, place, second, apart, unit, alone), apart, second, c)
    proof.close(proof.both(alone, adds), place, e, Z, X, given, V, U, F)


@claim(
    "order-two-rebuilt",
    "A function of order 2, width 0 is known from sequences with at most two tokens that are not zero",
    number="5.1a",
    rests_on=("order-two-gains",),
    sizes=SIZES,
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two_rebuilt(proof: Proof) -> None:
    proof.states(forall(F, U, V, implies(PAIRS, at_positions(F, rebuilt(F)))))
    given = proof.suppose(PAIRS, "f is of order 2, width 0")
    place = proof.suppose(Member(e, E_n), "look at any position e")
    whole = proof.at(column(proof, given, e), X, Z, e, place)
    gains = proof.at(proof.lemma("order-two-gains"), F, U, V, given, X, Z, e, place)
    second = proof.suppose(Member(c, E_n), "and at another position c")
    added = V(e, c, X * e, X * c, Z) - V(e, c, X * e, NONE, Z)
    goal = Equal((Number(1) - e.T * c) * gain(F, e, c, X * e, X * c), (Number(1) - e.T * c) * added)
    same = proof.suppose(Equal(e, c), "if c is e there is nothing to show")
    unit = proof.basis("unit", place)
    first = proof.close(proof.equal(goal.left, goal.right, [same.back, unit]), same)
    apart = proof.suppose(Equal(e.T * c, ZERO))
    adds = proof.combine(goal, (1, Number(1) - e.T * c, proof.at(gains[2], c, second, apart), None))
    each = proof.close(proof.basis("cases", place, second, first, proof.close(adds, apart)), second, c)
    sums = proof.summed(each, Equal(Total(c, goal.left), Total(c, goal.right)), why="add up over all other positions")
    line = proof.combine(
        Equal(F(X, Z) * e, rebuilt(F)),
        (1, None, whole, None),
        (-1, None, sums, None),
        (-1, None, gains[1], None),
        why="what the other tokens add is the sum of what each adds",
    )
    proof.close(line, place, e, Z, X, given, V, U, F)


def _one_token(proof: Proof, given: Line, place: Line, unit: Line) -> Line:
    """f at the token at e alone: the others contribute what they do at zero."""
    here = proof.at(given, one_token(X * e, e), Z, e, place, why="with the token at e alone")
    member = proof.suppose(Member(b, E_n))
    value = Lambda((b,), V(e, b, X * e, NONE, Z))
    start = (Number(1) - e.T * b) * V(e, b, X * e, X * e * (e.T * b), Z)
    goal = Equal(start, (Number(1) - e.T * b) * value(b))
    same = proof.suppose(Equal(e, b))
    first = proof.close(proof.equal(goal.left, goal.right, [same, _unit_at(proof, same, unit)]), same)
    apart = proof.suppose(Equal(e.T * b, ZERO))
    second = proof.close(proof.equal(goal.left, goal.right, [apart], "its token is zero"), apart)
    line = proof.close(proof.basis("cases", place, member, first, second), member, b)
    summed = proof.summed(line, Equal(Total(b, goal.left), others(b, e, value(b))))
    tidy = proof.restate(
        here,
        Equal(F(one_token(X * e, e), Z) * e, U(e, X * e, Z) + Total(b, goal.left)),
        [unit],
    )
    return proof.combine(
        Equal(F(one_token(X * e, e), Z) * e, U(e, X * e, Z) + others(b, e, value(b))),
        (1, None, tidy, None),
        (1, None, summed, None),
    )


def _unit_at(proof: Proof, same: Line, unit: Line) -> Line:
    """bᵀb = 1 where e = b."""
    return proof.equal(b.T * b, Number(1), [same.back, unit])


def _second_token(proof: Proof, given: Line, place: Line, second: Line, apart: Line, unit: Line, alone: Line) -> Line:
    """What the token at c adds is V(e, c, Xe, Xc) − V(e, c, Xe, 0)."""
    Y = two_tokens(X * e, e, X * c, c)
    fact = V(e, c, X * e, X * c, Z) - V(e, c, X * e, NONE, Z)
    unit_c = proof.basis("unit", second)
    here = proof.at(given, Y, Z, e, place, why="f is of order 2, width 0")
    member = proof.suppose(Member(b, E_n))
    cell = V(e, b, X * e, X * e * (e.T * b) + X * c * (c.T * b), Z)
    zero = V(e, b, X * e, NONE, Z)
    one_more = V(e, b, X * e, X * b, Z) - zero
    each = Equal((Number(1) - e.T * b) * cell, (Number(1) - e.T * b) * zero + (b.T * c) * one_more)
    at_e = proof.suppose(Equal(e, b), "at b = e")
    unit_b = _unit_at(proof, at_e, unit)
    not_c = proof.equal(b.T * c, ZERO, [at_e.back, apart])
    case_e = proof.close(proof.equal(each.left, each.right, [at_e, unit_b, not_c]), at_e)
    off_e = proof.suppose(Equal(e.T * b, ZERO), "away from e")
    is_c = proof.suppose(Equal(c, b), "at b = c")
    c_unit = proof.equal(b.T * b, Number(1), [is_c.back, unit_c])
    case_c = proof.close(proof.equal(each.left, each.right, [is_c, c_unit, off_e]), is_c)
    off_c = proof.suppose(Equal(c.T * b, ZERO), "away from c too: its token is zero")
    case_rest = proof.close(proof.equal(each.left, each.right, [off_c, off_e]), off_c)
    beside = proof.close(proof.basis("cases", second, member, case_c, case_rest), off_e)
    line = proof.close(proof.basis("cases", place, member, case_e, beside), member, b)
    summed = proof.summed(line, Equal(Total(b, each.left), Total(b, each.right)))
    sifted = proof.sift(second, Lambda((b,), one_more), "only b = c is left")
    tidy = proof.restate(here, Equal(F(Y, Z) * e, U(e, X * e, Z) + Total(b, each.left)), [unit, apart])
    return proof.combine(
        Equal(gain(F, e, c, X * e, X * c), fact),
        (1, None, tidy, None),
        (1, None, summed, None),
        (1, None, sifted, None),
        (-1, None, alone, None),
        why="all else is as before",
    )


# ---------------------------------------------------------------------------------------------------------------

L = k + 2  # at least two tokens
FIRST, SECOND = vstack(Number(1), Zero(k + 1, one)), vstack(Number(0), Number(1), Zero(k, one))
X2 = Variable("X", d, L)
f2 = Function("f", (X2.shape, _KNOWLEDGE), X2.shape)
P = Variable("P", L, L)
E_L, S_L = StandardBasis(L), MatrixGroup("S", L)
e2, b2 = Variable("e", L, one), Variable("b", L, one)
U2 = Function("U", (e2.shape, _POINT, _KNOWLEDGE), _POINT)
V2 = Function("V", (e2.shape, e2.shape, _POINT, _POINT, _KNOWLEDGE), _POINT)


PAIRS2 = by_columns(f2, U2(e2, X2 * e2, Z) + others(b2, e2, V2(e2, b2, X2 * e2, X2 * b2, Z)), e2)
TOKENS2 = for_tokens(forall(X2, Z, Equal(f2(X2 * P, Z), f2(X2, Z) * P)), P)
PLAIN = by_columns(f2, u(X2 * e2, Z) + others(b2, e2, v(X2 * e2, X2 * b2, Z)), e2)
NORMAL = forall(x, Z, Equal(v(x, NONE, Z), NONE))
TURNS2 = for_orthogonal(forall(X2, Z, Equal(f2(Q * X2, Q * Z), Q * f2(X2, Z))))
PARTS_TURN = And(
    (
        for_orthogonal(forall(x, Z, Equal(u(Q * x, Q * Z), Q * u(x, Z)))),
        for_orthogonal(forall(x, y, Z, Equal(v(Q * x, Q * y, Q * Z), Q * v(x, y, Z)))),
    )
)
OWN = Lambda((x, Z), f2(one_token(x, FIRST), Z) * FIRST)
PAIR = Lambda((x, y, Z), gain(f2, FIRST, SECOND, x, y))
SIZES2 = ({"d": 2, "k": 0, "m": 1}, {"d": 1, "k": 1, "m": 2})


@claim(
    "order-two",
    "Of order 2, width 0 and equivariant in the tokens: one u and one v serve all positions",
    number="5.1",
    rests_on=("order-two-rebuilt", "permutations-move-positions", "permutations-move-pairs"),
    sizes=SIZES2,
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two(proof: Proof) -> None:
    form = exists(u, v, And((PLAIN, NORMAL)))
    proof.states(forall(f2, U2, V2, implies(PAIRS2, TOKENS2, form)))
    pairs = proof.suppose(PAIRS2, "f is of order 2, width 0")
    tokens = proof.suppose(TOKENS2, "and turns with the order of the tokens")
    front = _positions_in_front(proof)
    place = proof.suppose(Member(e2, E_L), "look at any position e")
    known = proof.at(proof.lemma("order-two-rebuilt", n=L), f2, U2, V2, pairs, X2, Z, e2, place)
    alone = _alone(proof, tokens, front, place)
    adds = _added(proof, tokens, front, place)
    line = proof.combine(
        Equal(f2(X2, Z) * e2, OWN(X2 * e2, Z) + others(b2, e2, PAIR(X2 * e2, X2 * b2, Z))),
        (1, None, known, None),
        (1, None, alone, None),
        (1, None, adds, None),
        why="every position is like the first",
    )
    value = line.formula.right
    whole = proof.columns(proof.close(line, place, e2), Equal(f2(X2, Z), Total(e2, value * e2.T)))
    plain = proof.close(whole, Z, X2)
    nothing = proof.close(proof.equal(PAIR(x, NONE, Z), NONE, [], "a zero token adds nothing"), Z, x)
    both = proof.both(plain, nothing)
    proof.close(proof.witnesses(both, form, (OWN, PAIR)), tokens, pairs, V2, U2, f2)


def _positions_in_front(proof: Proof) -> tuple[Line, Line]:
    """The first and the second position, as vectors of the standard basis."""
    only = proof.basis("one")
    first = proof.restate(proof.basis("first", only, size=k + 1), Member(FIRST, E_L))
    second = proof.restate(proof.basis("last", proof.basis("first", only, size=k), size=1), Member(SECOND, E_L))
    return first, second


def _carried(proof: Proof, tokens: Line, moved: Line, facts: list[Line], before: Term, after: Term) -> Line:
    """f(after, Z) e = f(before, Z) e₁, where P takes the first position to e and before to after."""
    turn = moved.formula.parts[0].element
    back = proof.step("membership", [moved[1]], law="inverse", group=S_L)
    orthogonal = proof.equations(proof.subgroup(moved[1]))
    return proof.chain(
        f2(after, Z) * e2,
        (
            f2(before * turn.T, Z) * turn * FIRST,
            [fact.back for fact in facts],
            "the permutation takes one to the other",
        ),
        (f2(before, Z) * turn.T * turn * FIRST, [proof.at(tokens, turn.T, back, before, Z)], "f turns with the tokens"),
        (f2(before, Z) * FIRST, [orthogonal[1]], "and back"),
    )


def _alone(proof: Proof, tokens: Line, front: tuple[Line, Line], place: Line) -> Line:
    """A token alone at e is like one alone in front."""
    found = proof.at(proof.lemma("permutations-move-positions", n=L), FIRST, e2, front[0], place)
    _, moved = proof.obtain(found, "P", "some permutation takes the first position to e")
    token = X2 * e2
    line = _carried(proof, tokens, moved, [moved[2]], one_token(token, FIRST), one_token(token, e2))
    return proof.close(line, moved)


def _added(proof: Proof, tokens: Line, front: tuple[Line, Line], place: Line) -> Line:
    """What a token at b adds at e is like what one in second place adds in front."""
    first, second = X2 * e2, X2 * b2
    member = proof.suppose(Member(b2, E_L), "take another position b")
    here = Number(1) - e2.T * b2
    goal = Equal(here * gain(f2, e2, b2, first, second), here * PAIR(first, second, Z))
    unit = proof.basis("unit", place)
    same = proof.suppose(Equal(e2, b2))
    own = proof.close(proof.equal(goal.left, goal.right, [same.back, unit], "nothing is added at b = e"), same)
    apart = proof.suppose(Equal(e2.T * b2, ZERO))
    in_front = proof.equal(FIRST.T * SECOND, ZERO)
    found = proof.at(
        proof.lemma("permutations-move-pairs", n=L), FIRST, SECOND, e2, b2, *front, place, member, in_front, apart
    )
    _, moved = proof.obtain(found, "P", "some permutation takes the first two positions to e and b")
    facts = [moved[2], moved[3]]
    with_both = _carried(
        proof, tokens, moved, facts, two_tokens(first, FIRST, second, SECOND), two_tokens(first, e2, second, b2)
    )
    with_one = _carried(proof, tokens, moved, facts[:1], one_token(first, FIRST), one_token(first, e2))
    adds = proof.combine(goal, (1, here, with_both, None), (-1, here, with_one, None))
    line = proof.basis("cases", place, member, own, proof.close(adds, moved, apart))
    every = proof.close(line, member, b2)
    return proof.summed(every, Equal(Total(b2, goal.left), Total(b2, goal.right)), why="add up over the others")


@claim(
    "order-two-unique",
    "u and v are determined by f: they are its values at sequences with one and with two tokens",
    number="5.1u",
    rests_on=("order-two-gains",),
    sizes=SIZES2,
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two_unique(proof: Proof) -> None:
    determined = And((forall(x, Z, Equal(u(x, Z), OWN(x, Z))), forall(x, y, Z, Equal(v(x, y, Z), PAIR(x, y, Z)))))
    proof.states(forall(f2, u, v, implies(PLAIN, NORMAL, determined)))
    plain = proof.suppose(PLAIN, "f gathers u from each token and v from each pair")
    normal = proof.suppose(NORMAL, "where a zero token adds nothing")
    front, second = _positions_in_front(proof)
    place = Variable("e", L, one)
    other = Variable("b", L, one)
    parts = Lambda((place, x, Z), u(x, Z)), Lambda((place, other, x, y, Z), v(x, y, Z))
    pair = two_tokens(x, FIRST, y, SECOND)
    gains = proof.at(proof.lemma("order-two-gains", n=L), f2, *parts, plain, pair, Z, FIRST, front)
    alone = proof.equal(OWN(x, Z), u(x, Z), [gains[1], proof.at(normal, x, Z)], "one token alone")
    apart = proof.equal(FIRST.T * SECOND, ZERO)
    adds = proof.restate(
        proof.at(gains[2], SECOND, second, apart), Equal(PAIR(x, y, Z), v(x, y, Z)), [proof.at(normal, x, Z)]
    )
    single = proof.combine(Equal(u(x, Z), OWN(x, Z)), (-1, None, alone, None))
    double = proof.combine(Equal(v(x, y, Z), PAIR(x, y, Z)), (-1, None, adds, None))
    both = proof.both(proof.close(single, Z, x), proof.close(double, Z, y, x))
    proof.close(both, normal, plain, v, u, f2)


@claim(
    "order-two-turns",
    "If f turns with the embedding space, so do its u and v",
    number="5.1t",
    rests_on=("order-two-unique",),
    sizes=SIZES2,
    sampled=SAMPLED,
    variants=VARIANTS,
    reading=ORDER_TWO,
)
def order_two_turns(proof: Proof) -> None:
    proof.states(forall(f2, u, v, implies(PLAIN, NORMAL, TURNS2, PARTS_TURN)))
    plain = proof.suppose(PLAIN, "f gathers u from each token and v from each pair")
    normal = proof.suppose(NORMAL, "where a zero token adds nothing")
    turns = proof.suppose(TURNS2, "f turns with the embedding space")
    known = proof.at(proof.lemma("order-two-unique"), f2, u, v, plain, normal, why="u and v are values of f")
    parts = []
    for index, symbol, part, sequences in (
        (1, u, OWN, (one_token(x, FIRST),)),
        (2, v, PAIR, (two_tokens(x, FIRST, y, SECOND), one_token(x, FIRST))),
    ):
        member = proof.suppose(Member(Q, O))
        arguments = part.parameters
        moved = tuple(Q * argument for argument in arguments)
        lines = [proof.at(turns, Q, member, sequence, Z) for sequence in sequences]
        turned = proof.chain(
            symbol(*moved),
            (part(*moved), [proof.at(known[index], *moved)]),
            (Q * part.body, lines, "f turns with the embedding space"),
            (Q * symbol(*arguments), [proof.at(known[index], *arguments)]),
        )
        parts.append(proof.close(turned, *reversed(arguments), member, Q))
    proof.close(proof.both(*parts), turns, normal, plain, v, u, f2)


CLAIMS = (order_two_gains, order_two_rebuilt, order_two, order_two_unique, order_two_turns)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
