"""Chapter 1. Orthogonal invariants reduce to inner products.

Every vector is a column. Y holds all of them; X holds the tokens and Z the knowledge, so that Y = [X Z]. If a quantity
does not change when the embedding space is rotated or reflected, it depends on the vectors only through their inner
products, the Gram matrix YᵀY; with tokens and knowledge apart, through A = XᵀX, B = ZᵀX and C = ZᵀZ.

The chain: equal Gram matrices come from an orthogonal map (one reflection for each column), so whatever such maps do
not change is a function of the Gram matrix.

Run this file, or ``python -m derivations.invariants``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symmetry.formulas import And, Equal, Formula, Member, exists, forall, iff, implies
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import Function, Identity, Lambda, MatrixGroup, Variable, Zero, block, hstack, pinv, sizes, vstack

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled", "derivations.variants.invariants"
COMPUTED = "symmetry.checks.computed"
d, n, m, N, k, p, q, r, c = sizes("d n m N k p q r c")
one = Size.of(1)
O, SO = MatrixGroup("O", d), MatrixGroup("SO", d)
I = Identity(d)
Q = Variable("Q", d, d)
X, Z = Variable("X", d, n), Variable("Z", d, m)
Y, Y_ = Variable("Y", d, N), Variable("Y'", d, N)


def for_orthogonal(body: Formula) -> Formula:
    """∀ Q ∈ O(d). body"""
    return forall(Q, implies(Member(Q, O), body))


# ---------------------------------------------------------------------------------------------------------------

t = Variable("t", r, c)


@claim(
    "positivity",
    "A matrix with zero Gram matrix is zero",
    number="1.0",
    sizes=({"r": 3, "c": 2}, {"r": 1, "c": 4}, {"r": 2, "c": 3}),
    source="elementary; the one place where the field must be ordered",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def positivity(proof: Proof) -> None:
    proof.states(forall(t, implies(Equal(t.T * t, Zero(c, c)), Equal(t, Zero(r, c)))))
    zero = proof.suppose(Equal(t.T * t, Zero(c, c)), "the hypothesis")
    same = proof.penrose(t, 1)
    symmetric = proof.penrose(t, 3)
    line = proof.chain(
        t,
        (t * pinv(t) * t, [same], "the pseudo-inverse is an inner inverse"),
        ((t * pinv(t)).T * t, [symmetric], "the projection onto the column space is symmetric"),
        (pinv(t).T * (t.T * t), [], "the transpose of a product"),
        (Zero(r, c), [zero], "the Gram matrix is zero"),
    )
    proof.close(line, zero, t)


@claim(
    "gram-invariance",
    "Orthogonal maps keep the Gram matrix",
    number="1.1",
    sizes=({"d": 3, "N": 2}, {"d": 2, "N": 4}, {"d": 4, "N": 3}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def gram_invariance(proof: Proof) -> None:
    proof.states(for_orthogonal(forall(Y, Equal((Q * Y).T * (Q * Y), Y.T * Y))))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member, "what orthogonal means")
    line = proof.chain(
        (Q * Y).T * (Q * Y),
        (Y.T * (Q.T * Q) * Y, [], "the transpose of a product"),
        (Y.T * Y, [orthogonal[1]], "Q is orthogonal"),
    )
    proof.close(line, Y, member, Q)


# ---------------------------------------------------------------------------------------------------------------

u, v, w = (Variable(name, d, one) for name in "uvw")
V = Variable("V", d, k)
H = Variable("H", d, d)
REFLECTION = I - 2 * w * pinv(w.T * w) * w.T


@claim(
    "reflection",
    "The Householder reflection along u − v swaps two vectors of equal length and keeps what is orthogonal to it",
    number="1.2",
    rests_on=("positivity",),
    sizes=({"d": 3, "k": 2}, {"d": 1, "k": 3}, {"d": 4, "k": 1}),
    source="Householder 1958",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def reflection(proof: Proof) -> None:
    keeps = forall(V, implies(Equal(w.T * V, Zero(one, k)), Equal(H * V, V)))
    facts = And((Equal(H.T, H), Equal(H * H, I), Member(H, O), Equal(H * u, v), keeps))
    proof.states(forall(u, v, w, H, implies(Equal(u.T * u, v.T * v), Equal(w, u - v), Equal(H, REFLECTION), facts)))
    lengths = proof.suppose(Equal(u.T * u, v.T * v), "u and v have equal lengths")
    is_w = proof.suppose(Equal(w, u - v), "w points from v to u")
    is_H = proof.suppose(Equal(H, REFLECTION), "H reflects along w; it is I where w = 0, since then the inverse is 0")
    s = w.T * w
    inner, outer = proof.penrose(s, 1), proof.penrose(s, 2)

    gap = w * pinv(s) * s - w
    gap_gram = proof.equal(
        gap.T * gap, Zero(one, one), [inner], "multiply out: the inverse of a number cancels it, or the number is 0"
    )
    zero = proof.at(proof.lemma("positivity", r=d, c=one), gap, gap_gram)
    cancels = proof.combine(Equal(w * pinv(s) * s, w), (1, None, zero, None), why="so dividing w by its length works")

    symmetric = proof.equal(H.T, H, [is_H], "a number equals its transpose")
    involution = proof.equal(H * H, I, [is_H, outer], "the cross terms cancel")
    member = proof.orthogonal(
        H,
        proof.equal(H.T * H, I, [is_H, outer], "by the same calculation"),
        proof.equal(H * H.T, I, [is_H, outer], "by the same calculation"),
        "so H is orthogonal",
    )
    half = proof.equal(2 * w.T * u, w.T * w, [is_w, lengths.back], "equal lengths: w makes equal angles with u and v")
    swaps = proof.chain(
        H * u,
        (u - w * pinv(s) * (2 * w.T * u), [is_H], "the definition of H"),
        (u - w * pinv(s) * s, [half], "equal lengths"),
        (u - w, [cancels], "dividing w by its length works"),
        (v, [is_w], "the definition of w"),
    )
    beside = proof.suppose(Equal(w.T * V, Zero(one, k)), "V is orthogonal to w")
    fixed = proof.chain(
        H * V,
        (V - 2 * w * pinv(s) * (w.T * V), [is_H], "the definition of H"),
        (V, [beside], "V is orthogonal to w"),
    )
    fixes = proof.close(fixed, beside, V)
    all_facts = proof.both(symmetric, involution, member, swaps, fixes)
    proof.close(all_facts, is_H, is_w, lengths, H, w, v, u)


# ---------------------------------------------------------------------------------------------------------------


def congruent(left: Variable, right: Variable) -> Formula:
    """∃ Q ∈ O(d). Q·left = right"""
    return exists(Q, And((Member(Q, O), Equal(Q * left, right))))


@claim(
    "completeness",
    "The Gram matrix is a complete invariant: equal Gram matrices come from an orthogonal map",
    number="1.3",
    rests_on=("reflection",),
    sizes=({"d": 3, "N": 2}, {"d": 2, "N": 3}, {"d": 4, "N": 1}, {"d": 1, "N": 2}),
    source="elementary; Weyl 1939, The Classical Groups",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def completeness(proof: Proof) -> None:
    def reached(length: Size) -> Formula:
        a, b = Variable("Y", d, length), Variable("Y'", d, length)
        return forall(a, b, implies(Equal(a.T * a, b.T * b), congruent(a, b)))

    proof.states(forall(Y, Y_, iff(Equal(Y.T * Y, Y_.T * Y_), congruent(Y, Y_))))
    onto = proof.induct(_no_columns(proof), _one_more_column(proof, reached(N)), forall(N, reached(N)))
    onto = proof.at(onto, N)
    gram = proof.suppose(Equal(Y.T * Y, Y_.T * Y_))
    forward = proof.close(proof.at(onto, Y, Y_, gram), gram)

    found = proof.suppose(congruent(Y, Y_), "conversely, an orthogonal map takes Y to Y′")
    turn, known = proof.obtain(found, "Q")
    orthogonal = proof.equations(known[1])
    same = proof.chain(
        Y.T * Y,
        (Y.T * (turn.T * turn) * Y, [orthogonal[1]], "Q is orthogonal"),
        ((turn * Y).T * (turn * Y), [], "the transpose of a product"),
        (Y_.T * Y_, [known[2]], "Q takes Y to Y′"),
    )
    backward = proof.close(same, known, found)
    proof.close(proof.both(forward, backward), Y_, Y)


def _no_columns(proof: Proof) -> Line:
    """With no columns at all, the identity does it."""
    a, b = Variable("Y", d, Size()), Variable("Y'", d, Size())
    gram = proof.suppose(Equal(a.T * a, b.T * b), "first no columns: Y and Y′ are d × 0")
    here = proof.unit(O)
    same = proof.equal(I * a, b, [], "matrices without entries are equal")
    found = proof.witness(proof.both(here, same), congruent(a, b), I)
    return proof.close(found, gram, b, a)


def _one_more_column(proof: Proof, reached: Formula) -> Line:
    """If it can be done for N columns, one reflection does it for N + 1."""
    a, b = Variable("Y", d, N + 1), Variable("Y'", d, N + 1)
    first, last = vstack(Identity(N), Zero(one, N)), vstack(Zero(N, one), Identity(one))
    hypothesis = proof.suppose(reached, "then from N columns to N + 1: suppose it can be done for N")
    gram = proof.suppose(Equal(a.T * a, b.T * b), "take N + 1 columns with equal Gram matrices")
    U, is_U = proof.let("U", a * first, "the first N columns of Y")
    u, is_u = proof.let("u", a * last, "the last column of Y")
    V, is_V = proof.let("V", b * first, "the first N columns of Y′")
    v, is_v = proof.let("v", b * last, "the last column of Y′")

    def part(left: Variable, right: Variable, other_left: Variable, other_right: Variable) -> Line:
        rows, cols = (first if x in (U, V) else last for x in (left, right))
        return proof.chain(
            left.T * right,
            (rows.T * (a.T * a) * cols, [is_U, is_u], "a block of the Gram matrix of Y"),
            (rows.T * (b.T * b) * cols, [gram], "equal Gram matrices"),
            (other_left.T * other_right, [is_V, is_v], "a block of the Gram matrix of Y′"),
        )

    first_gram, lengths, cross = part(U, U, V, V), part(u, u, v, v), part(u, U, v, V)

    turned = proof.at(hypothesis, U, V, first_gram, why="the first N columns can be moved")
    turn, known = proof.obtain(turned, "Q", "let Q move them")
    orthogonal = proof.equations(known[1])
    x, is_x = proof.let("x", turn * u, "where Q takes the last column of Y")
    same_length = proof.chain(
        x.T * x,
        (u.T * (turn.T * turn) * u, [is_x], "the transpose of a product"),
        (u.T * u, [orthogonal[1]], "Q is orthogonal"),
        (v.T * v, [lengths], "equal Gram matrices"),
    )
    w, is_w = proof.let("w", x - v, "what is still to be corrected")
    mirror, is_mirror = proof.let("H", I - 2 * w * pinv(w.T * w) * w.T, "the reflection along it")
    facts = proof.at(
        proof.lemma("reflection", k=N), x, v, w, mirror, same_length, is_w, is_mirror, why="the reflection lemma"
    )
    beside = proof.chain(
        w.T * V,
        (u.T * turn.T * V - v.T * V, [is_w, is_x], "the definition of w"),
        (u.T * turn.T * turn * U - v.T * V, [known[2].back], "Q moves U to V"),
        (u.T * U - v.T * V, [orthogonal[1]], "Q is orthogonal"),
        (Zero(one, N), [cross], "equal Gram matrices"),
    )
    stays = proof.at(facts[5], V, beside, why="so the reflection keeps the first N columns")
    both = proof.product(facts[3], known[1], "first Q, then the reflection")
    arrives = proof.chain(
        mirror * turn * a,
        (mirror * turn * hstack(U, u), [is_U, is_u], "Y is its first N columns and its last"),
        (mirror * hstack(V, x), [known[2], is_x], "Q moves them to V and x"),
        (hstack(V, v), [stays, facts[4]], "the reflection keeps V and moves x to v"),
        (b, [is_V, is_v], "Y′ is its first N columns and its last"),
    )
    found = proof.witness(proof.both(both, arrives), congruent(a, b), mirror * turn, "so it can be done for N + 1")
    return proof.close(found, is_mirror, is_w, is_x, known, is_v, is_V, is_u, is_U, gram, b, a, hypothesis, N)


# ---------------------------------------------------------------------------------------------------------------

h = Function("h", ((d, N),), (p, q))
g = Function("g", ((N, N),), (p, q))


def invariant(function: Function) -> Formula:
    """∀ Q ∈ O(d). ∀ Y. h(QY) = h(Y)"""
    return for_orthogonal(forall(Y, Equal(function(Q * Y), function(Y))))


@claim(
    "invariant-functions",
    "An orthogonal invariant is a function of the Gram matrix, and conversely",
    number="1.4",
    rests_on=("gram-invariance", "completeness"),
    sizes=({"d": 3, "N": 2, "p": 1, "q": 4}, {"d": 2, "N": 3, "p": 4, "q": 1}, {"d": 1, "N": 2, "p": 3, "q": 4}),
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def invariant_functions(proof: Proof) -> None:
    of_gram = exists(g, forall(Y, Equal(h(Y), g(Y.T * Y))))
    proof.states(forall(h, iff(invariant(h), of_gram)))
    given = proof.suppose(invariant(h), "h does not change under orthogonal maps")

    a = Variable("a", p, q)
    value = proof.equal(h(Y), h(Y), [], "h has a value at every Y")
    existence = proof.close(proof.witness(value, exists(a, Equal(h(Y), a)), h(Y)), Y)

    gram = proof.suppose(Equal(Y.T * Y, Y_.T * Y_), "two inputs with equal Gram matrices")
    is_value = proof.suppose(Equal(h(Y), a))
    turned = proof.at(proof.lemma("completeness"), Y, Y_, why="the Gram matrix is a complete invariant")
    turn, known = proof.obtain(proof.at(turned[1], gram), "Q", "an orthogonal Q takes one to the other")
    kept = proof.at(given, turn, known[1], Y, why="h does not change under Q")
    same = proof.chain(
        h(Y_),
        (h(turn * Y), [known[2].back], "Q takes Y to Y′"),
        (h(Y), [kept], "h does not change under Q"),
        (a, [is_value], "the value at Y"),
    )
    transfer = proof.close(same, known, is_value, gram, a, Y_, Y)
    forward = proof.close(
        proof.factorise(existence, transfer, [Y.T * Y], ["g"], "so the value depends on the Gram matrix alone"), given
    )

    found = proof.suppose(of_gram, "conversely, let h be a function of the Gram matrix")
    gram_function, known = proof.obtain(found, "g")
    member = proof.suppose(Member(Q, O))
    invariance = proof.at(proof.lemma("gram-invariance"), Q, member, Y, why="orthogonal maps keep the Gram matrix")
    same = proof.chain(
        h(Q * Y),
        (gram_function((Q * Y).T * (Q * Y)), [proof.at(known, Q * Y)], "h is a function of the Gram matrix"),
        (gram_function(Y.T * Y), [invariance], "orthogonal maps keep the Gram matrix"),
        (h(Y), [proof.at(known, Y).back], "h is a function of the Gram matrix"),
    )
    backward = proof.close(same, Y, member, Q, known, found)
    proof.close(proof.both(forward, backward), h)


# ---------------------------------------------------------------------------------------------------------------

A, B, C = X.T * X, Z.T * X, Z.T * Z
left, right = vstack(Identity(n), Zero(m, n)), vstack(Zero(n, m), Identity(m))  # [X Z]·left = X, [X Z]·right = Z
two = Function("h", ((d, n), (d, m)), (p, q))
of_blocks = Function("g", ((n, n), (m, n), (m, m)), (p, q))


def gram_of_blocks(whole: Function, a: Variable, b: Variable, c: Variable) -> Lambda:
    """(A, B, C) ↦ g([A Bᵀ; B C])"""
    return Lambda((a, b, c), whole(block([[a, b.T], [b, c]])))


def block_variables() -> tuple[Variable, Variable, Variable]:
    """A (n × n), B (m × n) and C (m × m), as variables."""
    return Variable("A", n, n), Variable("B", m, n), Variable("C", m, m)


@claim(
    "invariant-functions-with-knowledge",
    "An invariant of tokens and knowledge is a function of their inner products XᵀX, ZᵀX, ZᵀZ, and conversely",
    number="1.5",
    rests_on=("invariant-functions",),
    sizes=({"d": 4, "n": 2, "m": 1, "p": 3, "q": 5}, {"d": 2, "n": 1, "m": 3, "p": 4, "q": 5}),
    source="elementary; Ma and Ying 2022 for its use",
    sampled=SAMPLED,
    computed=COMPUTED,
    variants=VARIANTS,
)
def invariant_functions_with_knowledge(proof: Proof) -> None:
    law = for_orthogonal(forall(X, Z, Equal(two(Q * X, Q * Z), two(X, Z))))
    of_gram = exists(of_blocks, forall(X, Z, Equal(two(X, Z), of_blocks(A, B, C))))
    proof.states(forall(two, iff(law, of_gram)))
    given = proof.suppose(law, "h does not change under joint orthogonal maps")

    W = Variable("W", d, n + m)
    joined = Lambda((W,), two(W * left, W * right))
    member = proof.suppose(Member(Q, O))
    kept = proof.at(given, Q, member, W * left, W * right, why="apply it to the two halves of one matrix W")
    one_input = proof.at(proof.lemma("invariant-functions", N=n + m), joined, why="as a function of [X Z] alone")
    whole, known = proof.obtain(
        proof.at(one_input[1], proof.close(kept, W, member, Q)), "g", "it is a function of the Gram matrix of [X Z]"
    )
    value = proof.at(known, hstack(X, Z), why="put the tokens and the knowledge back in")
    found = proof.witness(
        proof.close(value, Z, X),
        of_gram,
        gram_of_blocks(whole, *block_variables()),
        "and the Gram matrix of [X Z] is made of the three blocks",
    )
    forward = proof.close(found, known, given)

    found = proof.suppose(of_gram, "conversely, let h be a function of the inner products")
    function, known = proof.obtain(found, "g")
    member = proof.suppose(Member(Q, O))
    orthogonal = proof.equations(member)
    same = proof.chain(
        two(Q * X, Q * Z),
        (
            function((Q * X).T * (Q * X), (Q * Z).T * (Q * X), (Q * Z).T * (Q * Z)),
            [proof.at(known, Q * X, Q * Z)],
            "h is a function of the inner products",
        ),
        (function(A, B, C), [orthogonal[1]], "orthogonal maps keep inner products"),
        (two(X, Z), [proof.at(known, X, Z).back], "h is a function of the inner products"),
    )
    backward = proof.close(same, Z, X, member, Q, known, found)
    proof.close(proof.both(forward, backward), two)


CLAIMS = (
    positivity,
    gram_invariance,
    reflection,
    completeness,
    invariant_functions,
    invariant_functions_with_knowledge,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
