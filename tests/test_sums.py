"""Identities of sums over the standard basis: those that the form proves by itself, and some that need a rule."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from semantics import holds, permutations, random_model, standard_basis, value

from symmetry.canonical import Rules, same_term, term_text
from symmetry.errors import KernelError
from symmetry.formulas import Equal, Member, implies
from symmetry.kernel import (
    BASIS,
    Theorem,
    assume,
    chain,
    discharge,
    generalise,
    restate,
    specialise,
    total,
)
from symmetry.sizes import Size
from symmetry.syntax import SizeVariable, free
from symmetry.terms import (
    Average,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Product,
    Scaled,
    StandardBasis,
    Term,
    Total,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    sizes,
    vstack,
)

n, m, d, k = sizes("n m d k")
one = Size.of(1)
e, b, c, w = (Variable(name, n, 1) for name in "ebcw")
a, u = Variable("a", d, 1), Variable("u", m, 1)
wide, plus = Variable("e", n + m, 1), Variable("e", n + 1, 1)
e0, e1, e2, b2, e7 = (Variable(name, size, 1) for name, size in zip(("e", "e", "e", "b", "e"), (0, 1, 2, 2, 7)))
M, N, P, A = Variable("M", n, n), Variable("N", n, n), Variable("P", n, n), Variable("A", d, d)
X, Y, M2 = Variable("X", d, n), Variable("Y", n, d), Variable("M", 2, 2)
g, phi = Function("g", ((one, one),), (one, one)), Function("φ", ((n, one),), (one, one))
h, h2 = Function("h", ((n, one), (n, one)), (one, one)), Function("h", ((e2.rows, one),) * 2, (one, one))
F, G = Function("F", ((n, one),), (d, one)), Function("G", ((n, one),), (d, m))
V, Q = Function("V", ((n, one),) * 3, (n, one)), Function("Q", ((n, one),), (n, n))
H, K = Function("H", ((d, one),), (d, one)), Function("K", ((n, one), (n, one)), (d, m))
E, S = StandardBasis(n), MatrixGroup("S", n)


def number(value: int) -> Number:
    return Number(value)  # type: ignore[arg-type]


def over(*parts: Any) -> Term:
    """over(a, b, t): Σₐ Σ_b t."""
    *vectors, body = parts
    for vector in reversed(vectors):
        body = Total(vector, body)
    return body  # type: ignore[no-any-return]


def diagonal(vector: Term) -> Term:
    return over(e, e * (e.T * vector) * e.T)


def double(square: Term) -> Term:
    """A 2 × 2 block matrix over n + m with the given first block."""
    return block([[square, Variable("B", n, m)], [Variable("C", m, n), Variable("D", m, m)]])


SAME: dict[str, tuple[Term, Term]] = {
    "Σ e eᵀ": (over(e, e * e.T), Identity(n)),
    "columns": (over(e, (X * e) * e.T), X),
    "rows": (over(a, a * (a.T * X)), X),
    "entries": (over(a, b, a * (a.T * X * b) * b.T), X),
    "entries, columns first": (over(b, a, a * (a.T * X * b) * b.T), X),
    "a product by columns and rows": (over(e, (X * e) * (e.T * Y)), X * Y),
    "a Gram matrix by columns": (over(e, X * e * (X * e).T), X * X.T),
    "Σ e eᵀ b bᵀ": (over(e, b, e * (e.T * b) * b.T), Identity(n)),
    "a vector": (over(e, (w.T * e) * e), w),
    "a square": (over(e, (e.T * w) * (w.T * e)), w.T * w),
    "a trace of rank one": (over(e, e.T * M * w * c.T * e), c.T * M * w),
    "a trace": (over(e, e.T * (M + N).T * e), over(e, e.T * M * e) + over(b, b.T * N * b)),
    "a trace of a product": (over(e, e.T * M * N * e), over(e, b, (e.T * M * b) * (b.T * N * e))),
    "squares of entries": (over(e, a, (a.T * X * e) * (a.T * X * e)), over(b, (X * b).T * (X * b))),
    "eᵀe": (over(e, Scaled(e.T * e, Scaled((e.T * e).T, G(e)))), over(b, G(b))),
    "eᵀe beside what is fixed": (over(e, (e.T * e) * X), over(b, number(1)) * X),
    "eᵀe beside e eᵀ": (over(e, (e.T * e) * e * e.T), Identity(n)),
    "eᵀe beside eᵀw": (over(e, (e.T * e) * (e.T * w)), over(e, e.T) * w),
    "eᵀe beside functions": (over(e, (e.T * e) * phi(e) * (e.T * w) * e), over(e, phi(e) * e * e.T) * w),
    "eᵀ M e, twice": (over(e, e * e.T * M * e * e.T), over(e, (e.T * M.T * e) * e * e.T)),
    "the row of ones": (over(e, e).T * w, over(e, e.T * w)),
    "a constant": (over(e, X), over(e, number(1)) * X),
    "ones": (over(wide, number(1)), over(e, number(1)) + over(u, number(1))),
    "ones and twice as many": (over(Variable("e", n + n + 3, 1), number(1)), 2 * over(e, number(1)) + number(3)),
    "ones of ones": (over(e, u, number(1)), over(u, number(1)) * over(e, number(1))),
    "seven ones": (over(e7, number(1)), number(7)),
    "a diagonal is symmetric": (over(e, e * (e.T * M * e) * e.T).T, over(b, (b.T * M.T * b) * b * b.T)),
    "a sum of functions, transposed": (over(e, X * e * phi(e) * e.T).T, over(b, b * phi(b) * (X * b).T)),
    "factors come out": (over(e, X * e * phi(e) * e.T * Y), X * over(e, phi(e) * e * e.T) * Y),
    "factors come out of numbers": (over(e, phi(e) * (w.T * e) * (c.T * e)), c.T * over(e, phi(e) * e * e.T) * w),
    "a number beside a column": (over(e, (e.T * w) * F(e)), over(e, F(e) * e.T) * w),
    "a number beside a row": (over(e, (e.T * w) * F(e).T), w.T * over(e, e * F(e).T)),
    "bound names": (over(e, b, K(e, b) * (b.T * M * e)), over(b, e, K(b, e) * (e.T * M * b))),
    "three bound names": (
        over(e, b, c, (h(e, b) * h(b, c)) * e * c.T),
        over(c, e, b, (h(e, b) * h(c, e)) * c * b.T),
    ),
    "a bound name that is free elsewhere": (over(e, h(e, b)) * b, over(c, h(c, b)) * b),
    "Hadamard product": (
        over(a, b, a * ((a.T * X * b) * (a.T * A * X * b)) * b.T),
        over(a, b, a * ((a.T * A * X * b) * (a.T * X * b)) * b.T),
    ),
    "blocks": (over(e, hstack(G(e), F(e))), hstack(over(b, G(b)), over(c, F(c)))),
    "a mean inside": (over(e, Average(P, S, P * e)), Average(P, S, P) * over(e, e)),
    "a mean outside": (Average(P, S, over(e, (P * e) * e.T)), Average(P, S, P)),
    "inside an argument": (H(over(e, (w.T * e) * (X * e))), H(X * w)),
    "inside a pseudo-inverse": (pinv(over(e, X * e * e.T)), pinv(X)),
    "no vector": (over(e0, X), Zero(d, n)),
    "one vector": (over(e1, g(e1)), g(number(1))),
    "two vectors": (over(e2, b2, e2 * (e2.T * M2 * b2) * b2.T), M2),
    "two vectors, exchanged": (over(e2, b2, h2(e2, b2)), over(b2, e2, h2(e2, b2))),
    "two vectors, spelled": (
        over(e2, h2(e2, e2)),
        h2(vstack(number(1), number(0)), vstack(number(1), number(0)))
        + h2(vstack(number(0), number(1)), vstack(number(0), number(1))),
    ),
}

NOT_SAME: dict[str, tuple[Term, Term]] = {
    "Σ over other sizes": (over(e, number(1)), over(u, number(1))),
    "a function of a sum": (over(e, F(e)), F(over(e, e))),
    "a product of sums": (over(e, e.T * w) * over(e, e.T * c), over(e, (e.T * w) * (e.T * c))),
    "Σ e": (over(e, e), w),
    "Σ (eᵀ M e) e eᵀ": (over(e, (e.T * M * e) * e * e.T), M),
    "a diagonal that is not symmetric": (over(e, phi(e) * (M * e) * e.T), over(e, phi(e) * e * (M * e).T)),
    "inner and outer": (over(e, b, h(e, b)), over(e, b, h(e, e))),
    "inner and outer, exchanged": (over(e, b, h(e, b) * (w.T * e)), over(e, b, h(b, e) * (w.T * e))),
    "shadowed": (over(e, over(e, h(e, b))), over(e, b, h(e, b))),
    "free and bound": (over(e, h(e, b)), over(b, h(b, b))),
    "which is free": (over(e, h(e, b)), over(b, h(e, b))),
    "rows and columns": (over(a, b, a * (a.T * X * b) * b.T).T, X),
    "eᵀb is not 1": (over(e, (e.T * b) * (e.T * b)), number(1)),
    "one too few": (over(plus, number(1)), over(e, number(1))),
    "mean and sum": (Average(P, S, phi(P * b)), over(e, phi(e))),
    "transposed": (over(e, V(e, w, c) * e.T), over(e, e * V(e, w, c).T)),
    "transposed, of a function": (over(e, Q(e)), over(e, Q(e).T)),
    "transposed, between functions": (over(e, Q(e) * M * Q(e).T), over(e, Q(e) * M.T * Q(e).T)),
    "transposed mean": (Average(P, S, Q(P * w)), Average(P, S, Q(P * w).T)),
    "transposed, in a mean": (Average(P, S, Q(P * w) * M * Q(P * w).T), Average(P, S, Q(P * w) * M.T * Q(P * w).T)),
    "a number beside a function and a column": (over(e, phi(e) * (e.T * w) * F(e)), over(e, (e.T * w) * F(e))),
    "a number beside a function and a row": (over(e, phi(e) * (e.T * w) * F(e).T), over(e, (e.T * w) * F(e).T)),
    "a fixed number beside a column": (over(e, phi(c) * (e.T * w) * F(e)), over(e, (e.T * w) * F(e))),
    "a function beside a column": (over(e, phi(e) * G(e)), over(e, G(e))),
    "a function beside three": (over(e, phi(e) * (e.T * w) * (e.T * c) * e), over(e, (e.T * w) * (e.T * c) * e)),
    "a function beside two": (over(e, phi(e) * (e.T * w) * e), over(e, (e.T * w) * e)),
    "a function beside one": (over(e, phi(e) * e), over(e, e)),
    "a function beside none": (over(e, phi(e)), over(e, number(1))),
    "squares": (over(e, phi(e) * phi(e)), over(e, phi(e)) * over(b, phi(b))),
}


def _everywhere(left: Term, right: Term, draw: random.Random) -> bool:
    """Whether two terms have the same value at all of some small sizes."""
    same = True
    for rows, cols in ((0, 1), (1, 0), (1, 1), (2, 1), (2, 2), (1, 3), (3, 2)):
        model = random_model([left, right], {"d": rows, "n": cols, "m": rows, "k": 1}, draw)
        same = same and value(left, model) == value(right, model)
    return same


@pytest.mark.parametrize("name", SAME)
def test_sums_of_one_form(name: str) -> None:
    left, right = SAME[name]
    assert same_term(left, right) and term_text(left) == term_text(right)
    outer = Function("outer", (left.shape,), (n, d))
    assert same_term(over(a, outer(left) * a), over(a, outer(right) * a))
    assert _everywhere(left, right, random.Random(name))


def test_names_of_two_digits() -> None:
    """Twelve sums within one another, each of which takes the next one's vector."""
    row = [Variable(f"v{index}", n, 1) for index in range(12)]
    assert same_term(over(*row, Product(tuple(x.T * y for x, y in pairwise([w, *row, c])))), w.T * c)
    every = Function("every", ((n, one),) * 12, (one, one))
    gone = over(e, (w.T * e) * (e.T * c))  # which leaves lower names to those around it
    assert same_term(over(*row, gone * every(*row)), (w.T * c) * over(*row, every(*row)))
    for first, other in ((0, 1), (1, 2), (0, 2)):
        assert not same_term(*(over(*row, h(row[i], row[11]) * every(*row)) for i in (first, other)))
    ones = Product((over(e, number(1)),) * 9)
    assert same_term(over(*row, phi(row[1]) * K(row[10], row[11])), ones * over(e, phi(e)) * over(b, c, K(b, c)))
    last = over(*row, Product(tuple(h(x, y) for x, y in pairwise(row))))
    shifted = [*row[5:], *row[:5]]
    assert same_term(last, over(*shifted, Product(tuple(h(x, y) for x, y in pairwise(shifted)))))
    assert not same_term(last, over(*row, Product(tuple(h(y, x) for x, y in pairwise(row)))))


def test_sums_over_at_most_six_vectors_are_written_out() -> None:
    for size, out in ((5, True), (6, True), (7, False)):
        one_way, other_way = Variable("e", size, 1), Variable("b", size, 1)
        f = Function("f", ((Size.of(size), one),) * 2, (d, one))
        swapped_sums = over(one_way, other_way, f(one_way, other_way)), over(other_way, one_way, f(one_way, other_way))
        assert same_term(*swapped_sums) == out
        assert same_term(over(one_way, one_way * one_way.T), Identity(size))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NOT_SAME)
def test_sums_of_different_forms(name: str) -> None:
    left, right = NOT_SAME[name]
    assert not same_term(left, right) and term_text(left) != term_text(right)
    assert not left.shape == right.shape or not _everywhere(left, right, random.Random(name))


x = Variable("x", n, 1)
MODULO: list[tuple[str, list[Equal], Term, Term]] = [
    (
        "a name for a sum",
        [Equal(x, over(b, V(b, b, w)))],
        over(e, (e.T * x) * F(e)),
        over(e, e.T * over(b, V(b, b, w)) * F(e)),
    ),
    ("a name for a sum of sums", [Equal(x, over(a, b, c, V(b, c, w)))], over(e, e.T * x), over(e, e).T * x),
    (
        "a name for sums in an argument",
        [Equal(x, over(b, c, V(b, c, w)))],
        over(e, V(e, x, w)),
        over(c, V(c, over(e, b, V(e, b, w)), w)),
    ),
    (
        "a sum that has a name",
        [Equal(over(b, V(b, b, w)), x)],
        over(e, c, V(e, over(b, V(b, b, w)), c)),
        over(e, c, V(e, x, c)),
    ),
    (
        "a sum whose name is bound",
        [Equal(over(b, V(b, b, w)), e)],
        over(b, c, V(b, over(b, V(b, b, w)), c)),
        over(b, c, V(b, e, c)),
    ),
    ("a mean of a sum", [Equal(over(b, V(b, b, w)), x)], Average(P, S, P * over(e, V(e, e, w))), Average(P, S, P) * x),
    (
        "a name for a mean",
        [Equal(x, Average(P, S, V(P * w, w, w)))],
        over(e, V(e, x, w)),
        over(c, V(c, Average(P, S, V(P * w, w, w)), w)),
    ),
    ("a factor in a sum", [Equal(X * w, a)], over(e, (X * w) * phi(e) * e.T), a * over(e, phi(e) * e.T)),
    ("a number in a sum", [Equal(phi(w), number(2))], over(e, (e.T * c) * phi(w)), 2 * over(e, e.T * c)),
    ("the number of vectors", [Equal(over(e, number(1)), number(3))], over(b, X), 3 * X),
    ("a scalar of the sum", [Equal(over(e, phi(e)), number(0))], over(b, phi(b)) * X, Zero(d, n)),
]
LEFT_ALONE: list[tuple[str, list[Equal], Term, Term]] = [
    ("what is bound is not what is free", [Equal(e, b)], over(e, h(e, c)), over(e, h(b, c))),
    ("what is bound is not what is free, inside", [Equal(F(e), X * e)], over(e, F(e)), over(e, X * e)),
    ("what is bound, of a size", [Equal(e.T * e, number(0))], over(e, e.T * e), number(0)),
    ("a sum over other vectors", [Equal(over(e, number(1)), number(3))], over(u, number(1)), number(3)),
    ("a part of a product", [Equal(over(e, phi(e)), number(0))], over(e, phi(e) * phi(e)), number(0)),
]


@pytest.mark.parametrize(("rules", "left", "right"), [row[1:] for row in MODULO], ids=[row[0] for row in MODULO])
def test_rewriting_with_sums(rules: list[Equal], left: Term, right: Term) -> None:
    assert same_term(left, right, Rules(rules))
    outer, z = Function("outer", (left.shape,), (one, n)), Variable("z", n, 1)
    assert same_term(over(z, outer(left) * z), over(z, outer(right) * z), Rules(rules))
    theorem = link(left, right, *map(assume, rules))
    assert theorem.hypotheses == tuple(rules)


@pytest.mark.parametrize(
    ("rules", "left", "right"), [row[1:] for row in LEFT_ALONE], ids=[row[0] for row in LEFT_ALONE]
)
def test_what_rewriting_with_sums_leaves_alone(rules: list[Equal], left: Term, right: Term) -> None:
    assert not same_term(left, right, Rules(rules))
    with pytest.raises(KernelError, match="this link does not hold"):
        link(left, right, *map(assume, rules))


def swapped(*parts: Any) -> Theorem:
    *vectors, body = parts
    return total([], "swap", None, None, Lambda(tuple(vectors), body), None)


def at_each(equation: Theorem, left: Term, right: Term) -> Theorem:
    """Σ left = Σ right over e ∈ E(n), from the equation under that hypothesis."""
    every = generalise(discharge(equation, Member(e, E)), e)
    return total([every], "same", Equal(over(e, left), over(e, right)), None, None, None)


def sifted(body: Term) -> Theorem:
    """Σ_b (bᵀe) t(b) = t(e), for e ∈ E(n)."""
    return total([assume(Member(e, E))], "sift", None, None, Lambda((b,), body), None)


def link(left: Term, right: Term, *given: Theorem) -> Theorem:
    return chain((left, right), (tuple((theorem, False) for theorem in given),))


def product_of_diagonals() -> Theorem:
    """diag(w) diag(c) = diag(w∘c). That diag(c) e is Σ b (bᵀc)(bᵀe) is seen at k columns, and then at one."""
    columns, inner = Variable("K", n, k), over(b, b * (b.T * c) * b.T)
    every = generalise(
        generalise(link(inner * columns, over(b, (b.T * c) * b * (b.T * columns))), columns), SizeVariable("k")
    )
    first = specialise(specialise(every, one), e)  # diag(c) e = Σ b (bᵀc) (bᵀe)
    second = sifted((b.T * c) * b)  # which is (eᵀc) e
    turned = chain((inner * e, (e.T * c) * e), (((first, False), (second, False)),))
    scaled = link((e.T * w) * (e * (inner * e).T), (e.T * w) * (e.T * c) * (e * e.T), turned)
    parts = scaled.conclusion.left, scaled.conclusion.right  # type: ignore[attr-defined]
    return link(diagonal(w) * diagonal(c), over(e, (e.T * w) * (e.T * c) * (e * e.T)), at_each(scaled, *parts))


def ones_moved() -> Theorem:
    """P 𝟙 = 𝟙."""
    every = generalise(discharge(chain((P * e, P * e), ((),)), Member(e, E)), e)
    moved = total([every, assume(Member(P, S))], "moved", Equal(over(e, P * e), over(b, b)), P, None, None)
    return link(P * over(e, e), over(e, e), moved)


def trace_at_two() -> Theorem:
    every: Theorem = PROVED["a trace"]()
    for symbol in (M, N, SizeVariable("n")):
        every = generalise(every, symbol)
    return specialise(specialise(specialise(every, Size.of(2)), Variable("N", 2, 2)), M2)


PROVED: dict[str, Callable[[], Theorem]] = {
    "a trace": lambda: link(
        over(e, e.T * M * N * e), over(e, e.T * N * M * e), swapped(e, b, (e.T * M * b) * (b.T * N * e))
    ),
    "a trace over two sizes": lambda: link(
        over(e, e.T * Y * X * e), over(a, a.T * X * Y * a), swapped(e, a, (e.T * Y * a) * (a.T * X * e))
    ),
    "a trace at two": trace_at_two,
    "squares of entries": lambda: link(
        over(e, (X * e).T * (X * e)), over(a, a.T * X * X.T * a), swapped(e, a, (a.T * X * e) * (a.T * X * e))
    ),
    "entrywise, transposed": lambda: link(
        over(e, b, e * g(e.T * M * b) * b.T).T,
        over(e, b, e * g(e.T * M.T * b) * b.T),
        swapped(b, e, e * g(e.T * M.T * b) * b.T),
    ),
    "ones times ones": lambda: link(
        over(e, e).T * over(e, e),
        over(e, number(1)),
        at_each(link(e.T * over(b, b), number(1), sifted(number(1))), e.T * over(b, b), number(1)),
    ),
    "a column of an entrywise map": lambda: link(over(b, H(X * b) * b.T) * e, H(X * e), sifted(H(X * b))),
    "ones moved": ones_moved,
    "a product of diagonals": product_of_diagonals,
    "ones split": lambda: link(
        over(wide, wide), vstack(over(e, e), over(u, u)), total([], "split", None, None, Lambda((wide,), wide), n)
    ),
    "the last one": lambda: link(
        over(plus, plus), vstack(over(e, e), number(1)), total([], "split", None, None, Lambda((plus,), plus), n)
    ),
    "a trace of blocks": lambda: restate(
        total([], "split", None, None, Lambda((wide,), wide.T * double(M) * wide), n),
        Equal(over(wide, wide.T * double(M) * wide), over(e, e.T * M * e) + over(u, u.T * Variable("D", m, m) * u)),
        (),
    ),
}


@pytest.mark.parametrize("name", PROVED)
def test_what_a_rule_about_sums_proves(name: str) -> None:
    theorem = PROVED[name]()
    assert theorem.primitives == {BASIS} and not theorem.assumptions
    draw = random.Random(name)
    statement = implies(*theorem.hypotheses, theorem.conclusion)
    for rows, cols in ((0, 1), (1, 0), (1, 1), (2, 2), (1, 2), (2, 3)):
        model = random_model([statement], {"d": rows, "n": cols, "m": rows, "k": 1}, draw)
        for turn in permutations(model, cols) if P in free(statement) else [None]:
            for vector in standard_basis(model, cols) if e in free(statement) else [None]:
                inner = model if turn is None else model.with_value(P, turn)
                assert holds(statement, inner if vector is None else inner.with_value(e, vector)), model
