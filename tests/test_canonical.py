"""The canonical form: equal text means equal matrices at every size, 0 and 1 included."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from semantics import Model, Writer, holds, identity, matrix, multiply, random_model, value

from symmetry.canonical import Canonical, Rules, formula_key, same_formula, same_term, term_text
from symmetry.errors import KernelError
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, implies
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable
from symmetry.terms import (
    Apply,
    Average,
    Function,
    Identity,
    MatrixGroup,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    Sum,
    Term,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    sizes,
    vstack,
)
from symmetry.words import poly_text

d, n, m, k = sizes("d n m k")
one, zero = Size.of(1), Size.of(0)
X, Y, Z = Variable("X", d, n), Variable("Y", d, n), Variable("Z", d, m)
A, B, Q = Variable("A", d, d), Variable("B", d, d), Variable("Q", d, d)
P, R = Variable("P", n, n), Variable("R", n, n)
s, t = Variable("s", 1, 1), Variable("t", 1, 1)
u, v, w = Variable("u", d, 1), Variable("v", d, 1), Variable("w", n, 1)
f = Function("f", ((d, n),), (d, n))
g = Function("g", ((n, n), (one, one)), (d, n))
h = Function("h", ((n, n),), (one, one))
S = MatrixGroup("S", n)
Id, In, Im = Identity(d), Identity(n), Identity(m)


def avg(body: Term, variable: Variable = P) -> Average:
    return Average(variable, S, body)


EQUAL: list[tuple[str, Term, Term]] = [
    ("sums commute", X + Y, Y + X),
    ("sums cancel", X + Y - X, Y),
    ("numbers", Fraction(1, 3) * X + Fraction(1, 6) * X, Fraction(1, 2) * X),
    ("products distribute", (A + B) * (X - Y), A * X - A * Y + B * X - B * Y),
    ("identities", A * Id * X * In, A * X),
    ("zero factor", Zero(d, d) * X + Y, Y),
    ("transpose of a product", (A * X).T, X.T * A.T),
    ("transpose twice", (X.T + Y.T).T, X + Y),
    ("scalars commute", s * (A * (t * X)), (t * s) * (A * X)),
    ("a scalar is its transpose", (u.T * A * v) * X, (v.T * A.T * u) * X),
    ("scalars inside words", u * (u.T * v) * v.T, (v.T * u) * (u * v.T)),
    ("outer products", u * u.T * v * v.T, (u.T * v) * u * v.T),
    ("1 × 1 identity", Identity(one) * s, s),
    ("number as a matrix", Number(Fraction(2)) * u.T, 2 * u.T),
    ("no rows", Variable("K", 0, n), Zero(zero, n)),
    ("no entries of an identity", Identity(zero), Zero(zero, zero)),
    (
        "no entries of an identity in an argument",
        Function("q", ((zero, zero),), (d, n))(Identity(zero)),
        Function("q", ((zero, zero),), (d, n))(Zero(zero, zero)),
    ),
    ("no inner size", Variable("K", d, 0) * Variable("L", 0, n), Zero(d, n)),
    (
        "no entries in an argument",
        Function("q", ((zero, n),), (d, n))(Variable("K", 0, n)),
        Function("q", ((zero, n),), (d, n))(Zero(zero, n)),
    ),
    ("arguments are read canonically", f(X + Y - Y), f(X)),
    ("arguments are read canonically twice", f(f(A * X - (Y - Y)) + X), f(X + f(A * X))),
    ("pseudo-inverse argument", pinv((X.T * A.T).T), pinv(A * X)),
    ("pseudo-inverse of a scalar", pinv(u.T * v).T * X, pinv(v.T * u) * X),
    ("block row times block column", hstack(X, Z) * vstack(X.T, Z.T), X * X.T + Z * Z.T),
    ("block of a Gram matrix", hstack(X, Z).T * hstack(X, Z), block([[X.T * X, X.T * Z], [Z.T * X, Z.T * Z]])),
    ("block cut out", hstack(X, Z) * vstack(In, Zero(m, n)), X),
    ("block cut out", hstack(X, Z) * vstack(Zero(n, m), Im), Z),
    ("blocks of blocks", hstack(hstack(X, Z), Y), hstack(X, hstack(Z, Y))),
    ("block identity", block([[In, Zero(n, m)], [Zero(m, n), Im]]), Identity(n + m)),
    ("empty block", hstack(X, Variable("K", d, 0)), X),
    ("block of one", block([[X]]), X),
    ("block transposed", block([[A, X], [Z.T, Z.T * X]]).T, block([[A.T, Z], [X.T, X.T * Z]])),
    ("blocks add", hstack(X, Z) + hstack(Y, -Z), hstack(X + Y, Zero(d, m))),
    (
        "diagonal in two cuts",
        block([[Identity(n + m), Zero(n + m, k)], [Zero(k, n + m), Identity(k)]]),
        block([[In, Zero(n, m + k)], [Zero(m + k, n), Identity(m + k)]]),
    ),
    ("average of a constant", avg(X), X),
    ("average is linear", avg(2 * X * P + X), 2 * avg(X * P) + X),
    ("factors come out", avg(A * X * P * w), A * X * avg(P) * w),
    ("scalar factors come out", avg(s * (X * P)), s * avg(X * P)),
    ("bound name", avg(X * P), avg(X * R, R)),
    ("average of a transpose", avg(P.T * X.T), avg(X * P).T),
    ("average of a scalar", avg(h(P) * X), avg(h(P)) * X),
    ("nested averages", avg(avg(P * R, R)), avg(avg(R * P), R)),
    ("average of functions", avg(f(X * P - X + X)), avg(f(X * R), R)),
]

DIFFERENT: list[tuple[str, Term, Term]] = [
    ("products do not commute", A * B, B * A),
    ("transpose", A, A.T),
    ("Gram matrices", X.T * X, Y.T * Y),
    ("symbolic size that may be 1", X * X.T * A, A * X * X.T),
    ("symbolic outer products", u * v.T, v * u.T),
    ("functions", f(X), f(Y)),
    ("functions are not linear", f(X + Y), f(X) + f(Y)),
    ("functions by shape", Function("q", ((d, n),), (d, n))(X), Function("q", ((d, n), (d, n)), (d, n))(X, X)),
    ("argument order", Function("q", ((d, n), (d, n)), (d, n))(X, Y), Function("q", ((d, n), (d, n)), (d, n))(Y, X)),
    ("pseudo-inverse is no inverse", pinv(A) * A, Id),
    ("block order", hstack(X, Y), hstack(Y, X)),
    (
        "block of a Gram matrix swapped",
        block([[X.T * X, X.T * Z], [Z.T * X, Z.T * Z]]),
        block([[X.T * X, Zero(n, m)], [Z.T * X, Z.T * Z]]),
    ),
    ("outer blocks exchanged", hstack(X, Z, Y), hstack(Y, Z, X)),
    ("average of a product", avg(P * P), avg(P) * avg(P)),
    ("average of scalars", avg(h(P) * P), avg(h(P)) * avg(P)),
    ("averages of scalars", avg(h(P) * h(P)) * X, (avg(h(P)) * avg(h(P))) * X),
    ("bound and free", avg(X * P), X * P),
    ("inner and outer bound name", avg(avg(P * P * R, R)), avg(avg(P * R * R, R))),
    ("argument of a function under an average", avg(f(X * P)), f(avg(X * P))),
    ("number", 2 * X, 3 * X),
    ("sign", X, -X),
    ("pseudo-inverse of a scalar", pinv(s), s),
]


@pytest.mark.parametrize(("left", "right"), [(a, b) for _, a, b in EQUAL], ids=[name for name, *_ in EQUAL])
def test_equal_terms_have_one_form(left: Term, right: Term) -> None:
    assert same_term(left, right)
    assert term_text(left) == term_text(right)
    assert same_formula(Equal(left, right), Equal(right - left, Zero(*left.shape)))
    _values_agree([left, right], random.Random(str((left, right))))


@pytest.mark.parametrize(("left", "right"), [(a, b) for _, a, b in DIFFERENT], ids=[name for name, *_ in DIFFERENT])
def test_different_terms_have_different_forms(left: Term, right: Term) -> None:
    assert not same_term(left, right)
    assert term_text(left) != term_text(right)


def test_terms_of_different_shapes_are_not_the_same() -> None:
    assert not same_term(Zero(d, n), Zero(d, m))
    assert not same_term(Identity(d), Identity(n))
    assert formula_key(Equal(X, X)) != formula_key(Equal(Z, Z))


# Pairs that a careless encoding of letters as text would identify.
LOOKALIKES: list[tuple[Term, Term]] = [
    (f(Variable("X'", d, n)), f(Variable("X", n, d).T)),
    (Variable("E", n, n + m), hstack(In, Zero(n, m))),
    (Function("pinv", ((d, n),), (n, d))(X), pinv(X)),
    (Function("mean", ((n, n),), (n, n))(P), avg(P)),
    (f(Variable("X", d, n)), Variable("f", d, n)),
    (Function("q", ((n, n), (n, n)), (d, n))(P, R), Function("q", ((n, n), (n, n)), (d, n))(P * R, In)),
    (Function("q", ((one, one),), (d, n))(s * t), Function("q", ((one, one),), (d, n))(s + t)),
    (Function("q", ((d, d),), (d, n))(s * A), Function("q", ((d, d),), (d, n))(A)),
    (Function("q", ((d, d),), (d, n))(s * Id), Function("q", ((d, d),), (d, n))(Id)),
    (Function("q", ((one, one), (n, n)), (d, n))(s, P), Function("q", ((one, one), (n, n)), (d, n))(t, P)),
    (Variable("A", d, n) * Variable("B", n, d), Variable("A", d, m) * Variable("B", m, d)),
    (
        hstack(In, Zero(n, m)),
        hstack(In, Zero(n, m + k)) * vstack(Identity(n + m), Zero(k, n + m)) + hstack(P, Zero(n, m)),
    ),
    (avg(P * Variable("a0", n, n)), avg(P * P)),
    (pinv(Zero(d, n)), pinv(Zero(d, m))),
]


@pytest.mark.parametrize(("left", "right"), LOOKALIKES, ids=str)
def test_lookalikes_are_told_apart(left: Term, right: Term) -> None:
    assert term_text(left) != term_text(right)
    outer = Function("outer", (left.shape,), (d, n))
    assert term_text(outer(left)) != term_text(Function("outer", (right.shape,), (d, n))(right))


# ---------------------------------------------------------------------------------------------------------------
# Against values

VARIABLES = [X, Z, u, w, A, s, P]
FUNCTIONS = [f, h, Function("g", ((d, d), (one, one)), (d, d)), Function("k", ((n, one),), (n, n))]
SIZES = ((2, 1, 2), (1, 2, 0), (0, 2, 1), (2, 0, 1), (1, 1, 1), (2, 3, 1))


def _values_agree(terms: list[Term], draw: random.Random) -> None:
    """The terms have one value in models of every kind of size."""
    for a, b, c in SIZES:
        model = random_model(terms, {"d": a, "n": b, "m": c, "k": 1}, draw)
        values = {value(term, model) for term in terms}
        assert len(values) == 1, (terms, model.sizes, values)


def test_what_an_average_binds_stays_inside_it() -> None:
    """Whatever a product looks like, the reserved name of the bound variable occurs inside a mean only."""
    for term in (
        avg(P * P),
        avg(P * R * P * w),
        avg(P.T * X.T * X * P),
        avg(avg(P * R * P * R, R)),
        avg(h(P) * (P * P)),
    ):
        for word in Canonical().poly(term):
            for piece in (word.letters, *word.scalars):
                assert not any(letter.text.startswith("#") for letter in piece), term
                assert sum("#" in letter.text for letter in piece) <= 1


def _letters(term: Any, canonical: Canonical, model: Model) -> dict[str, Any]:
    """The values of the letters that stand for functions, pseudo-inverses and averages in a term."""
    found: dict[str, Any] = {}
    if isinstance(term, tuple):
        for part in term:
            found |= _letters(part, canonical, model)
    elif isinstance(term, Term) and not isinstance(term, Average):
        found |= _letters(term.key[1:], canonical, model)
    if isinstance(term, Apply | Pseudoinverse | Average):
        words = list(canonical.poly(term).items())
        if len(words) == 1 and words[0][1] == 1:
            (word, _), *_ = words
            pieces = [word.letters] * bool(word.letters) + list(word.scalars)
            if len(pieces) == 1 and len(pieces[0]) == 1:
                (letter,) = pieces[0]
                found[letter.text] = value(term.T if letter.transposed else term, model)
    return found


def _form_value(canonical: Canonical, term: Term, model: Model, also: Sequence[Term] = ()) -> Any:
    """The matrix that the canonical form spells; ``None`` where a letter of it is not among the parts of the terms."""
    known = _letters((term, *also), canonical, model)

    def product(letters: Sequence[Any], rows: int) -> Any:
        total = identity(model, rows)
        for letter in letters:
            size = letter.rows.at(model.sizes), letter.cols.at(model.sizes)
            name = letter.text.split("[")[0]
            if letter.offset is not None:
                start, down = letter.offset.at(model.sizes), int(letter.transposed)
                factor = matrix(*size, lambda i, j, s=start, t=down: Fraction(int(i + (1 - t) * s == j + t * s)))
            elif name in model.values and "(" not in letter.text:
                factor = value(Variable(name, *(size[::-1] if letter.transposed else size)), model)
            elif letter.text in known:
                factor = known[letter.text]
            else:
                return None
            if letter.transposed and letter.offset is None:
                factor = matrix(*size, lambda i, j, f=factor: f[2][j][i])
            total = multiply(model, total, factor)
        return total

    rows, cols = model.shape(term.shape)
    entries = [[Fraction(0)] * cols for _ in range(rows)]
    for word, coefficient in canonical.poly(term).items():
        scalars = [product(piece, 1) for piece in word.scalars]
        middle = product(word.letters, rows)
        if middle is None or None in scalars:
            return None
        for scalar in scalars:
            coefficient *= scalar[2][0][0]
        entries = [[x + coefficient * y for x, y in zip(line, other)] for line, other in zip(entries, middle[2])]
    return matrix(rows, cols, lambda i, j: entries[i][j])


@pytest.mark.parametrize("part", range(3))
def test_form_spells_the_value_of_random_terms(part: int) -> None:
    compared = 0
    for seed in range(25 * part, 25 * part + 25):
        draw = random.Random(seed)
        writer = Writer(draw, VARIABLES, FUNCTIONS, averages=seed % 2 == 0, pseudoinverses=seed % 3 == 0)
        for _ in range(5):
            term = writer.term(draw.choice([*writer.shapes, (d, d), (one, one)]), draw.randint(2, 4))
            for a, b, c in draw.sample(SIZES, 2):
                model = random_model([*VARIABLES, *FUNCTIONS], {"d": a, "n": b, "m": c}, draw)
                spelled = _form_value(Canonical(), term, model)
                if spelled is not None:
                    assert spelled == value(term, model), (seed, term, model.sizes)
                    compared += 1
    assert compared > 150


@pytest.mark.parametrize("part", range(4))
def test_equal_form_means_equal_value_on_random_terms(part: int) -> None:
    compared = 0
    for seed in range(7 * part, 7 * part + 7):
        draw = random.Random(seed)
        writer = Writer(draw, VARIABLES, FUNCTIONS, averages=seed % 2 == 0, pseudoinverses=seed % 3 == 0)
        found: dict[Any, list[Term]] = defaultdict(list)
        for _ in range(60):
            shape = draw.choice([*writer.shapes, (d, d)])
            term = writer.term(shape, draw.randint(1, 4))
            found[shape, term_text(term)].append(term)
        for group in found.values():
            if len(group) > 1:
                _values_agree(group, draw)
                compared += len(group) - 1
    assert compared > 60


def _rewritten(term: Term, draw: random.Random, depth: int = 3) -> Term:
    """The same matrix written in another way, by laws of matrices applied at random places."""
    rows, cols = term.shape
    if depth and draw.random() < 0.8:
        match term:
            case Sum():
                parts = [_rewritten(part, draw, depth - 1) for part in term.terms]
                draw.shuffle(parts)
                term = Sum(tuple(parts))
            case Product():
                parts = [_rewritten(part, draw, depth - 1) for part in term.factors]
                cut = draw.randint(1, len(parts))
                term = Product((Product(tuple(parts[:cut])), *parts[cut:]))
            case Average():
                inner = Variable("V", *term.variable.shape)
                term = Average(inner, term.group, substitute(term.body, {term.variable: inner}))
    match draw.randint(0, 8):
        case 0:
            return term.T.T if not draw.randint(0, 1) else Product((term, Identity(cols)))
        case 1:
            return 2 * term - term
        case 2:
            other = Variable("other", rows, cols)
            return term + other - other
        case 3:
            return hstack(term, Zero(rows, m)) * vstack(Identity(cols), Zero(m, cols))
        case 4:
            return hstack(Zero(rows, k), Identity(rows)) * block([[Zero(k, cols)], [term]])
        case 5:
            spare = Variable("spare", cols, cols)
            return term * (Identity(cols) - spare) + Product((term, spare))
        case 6:
            return Average(Variable("W", n, n), S, term)
        case 7:
            return Scaled(Number(Fraction(1, 3)), Sum((term, term, term)))
    return term


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 10**6))
def test_form_does_not_change_under_laws_of_matrices(seed: int) -> None:
    draw = random.Random(seed)
    term = Writer(draw, VARIABLES, FUNCTIONS).term(draw.choice([(d, n), (d, d), (one, one), (n, n)]), 3)
    other = _rewritten(term, draw)
    assert term_text(other) == term_text(term)
    assert poly_text(Canonical().poly(other)) == term_text(term)
    wrapped = Function("wrapped", (term.shape,), (d, n))
    assert term_text(wrapped(other)) == term_text(wrapped(term))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.sampled_from(["n", "m", "k", "1", "2"]), min_size=2, max_size=5), st.integers(0, 10**6))
def test_blocks_of_any_layout_multiply_as_matrices_do(layout: list[str], seed: int) -> None:
    draw = random.Random(seed)
    widths = [Size.of(width) for width in layout]
    left = hstack(*(Variable(f"L{i}", d, width) for i, width in enumerate(widths)))
    right = vstack(*(Variable(f"R{i}", width, d) for i, width in enumerate(widths)))
    # The same total in two different cuts: bands whose places cannot be compared.
    middle = block(
        [[Zero(a, b) if i != j else Identity(a) for j, b in enumerate(widths)] for i, a in enumerate(widths)]
    )
    order = draw.sample(range(len(widths)), len(widths))
    shuffled = hstack(*(left.grid[0][i] for i in order)) * vstack(*(right.grid[i][0] for i in order))
    gram = left.T * left
    cut = vstack(*(Identity(widths[i]) if i == 0 else Zero(widths[i], widths[0]) for i in range(len(widths))))
    for one_way, other_way in (
        (left * right, shuffled),
        (left * middle * right, left * right),
        (middle, Identity(left.cols)),
        (left * cut, left.grid[0][0]),
        (cut.T * gram * cut, left.grid[0][0].T * left.grid[0][0]),
    ):
        assert same_term(one_way, other_way)
    for values in ((1, 2, 1, 0), (2, 0, 1, 2)):
        model = random_model([left, right, gram], dict(zip("dnmk", values)), draw)
        assert value(left * right, model) == value(shuffled, model)
        assert value(left * cut, model) == value(left.grid[0][0], model)


def _rows(before: Size, length: Size, after: Size) -> Term:
    """The rows of an identity matrix between those before and those after."""
    return hstack(Zero(length, before), Identity(length), Zero(length, after))


PLACES = [zero, one, n, m, n + 1, n + m]


@pytest.mark.parametrize("first", PLACES, ids=str)
@pytest.mark.parametrize("second", PLACES, ids=str)
def test_selectors_at_any_places(first: Size, second: Size) -> None:
    """Products of selectors and bands, where the order of the places may depend on the sizes."""
    total = n + n + m + 1
    left = _rows(first, m, second + total)
    right = _rows(second, m, first + total)
    right_wide = _rows(second, m + n, first + n + m + 1)
    terms = [
        left * right.T,
        left * right_wide.T,
        left.T * right,
        left.T * left + right.T * right,
        left.T * right - right.T * left,
        left * right_wide.T * right_wide * right.T,
        right_wide.T * right_wide - right.T * right,
    ]
    for term in terms:
        for values in ((0, 1), (1, 0), (1, 2), (2, 1), (2, 2)):
            model = Model({"n": values[0], "m": values[1]})
            assert _form_value(Canonical(), term, model) == value(term, model), (term, values)
    assert same_term(left * left.T, Identity(m)) and same_term(right_wide * right_wide.T, Identity(m + n))
    assert same_term(left * right.T, Identity(m)) == (first == second)


# ---------------------------------------------------------------------------------------------------------------
# Rewriting

REWRITES: list[tuple[str, list[Equal], Term, Term]] = [
    ("inside a word", [Equal(Q.T * Q, Id)], X.T * Q.T * Q * Y, X.T * Y),
    ("inside an argument", [Equal(Q * X, X)], f(Q * X), f(X)),
    ("inside an argument of an argument", [Equal(Q * X, X)], f(A * f(Q * X)), f(A * f(X))),
    ("inside a pseudo-inverse", [Equal(Q * X, X)], pinv(Q * X), pinv(X)),
    ("under an average", [Equal(Q * X, X)], avg(Q * X * P), avg(X * P)),
    ("inside a scalar", [Equal(Q.T * Q, Id)], (u.T * Q.T * Q * v) * X, (u.T * v) * X),
    ("inside a scalar read backwards", [Equal(A * v, u)], (v.T * A.T * u) * X, (u.T * u) * X),
    ("transposed", [Equal(Q * X, Y)], X.T * Q.T * A, Y.T * A),
    ("a whole scalar", [Equal(s * t, Number(Fraction(2)))], t * (s * X), 2 * X),
    ("a scalar factor of the left side", [Equal(s * X, Y)], A * (t * (s * X)), t * (A * Y)),
    ("a scalar factor of the left side beside another", [Equal(s * X, Y)], (t * s) * X, t * Y),
    ("a scalar beside what is rewritten", [Equal(Q * X, Y)], Product((Scaled(t, Q), X)), t * Y),
    ("a scalar beside a whole scalar", [Equal(s, Number(Fraction(2)))], (t * s) * X, 2 * (t * X)),
    ("a numeric factor of the left side", [Equal(2 * X, Y)], A * X, Fraction(1, 2) * (A * Y)),
    ("to nothing", [Equal(X, Zero(d, n))], A * X + Y, Y),
    ("to a sum", [Equal(X, Y + A * Y)], X.T * u, Y.T * u + Y.T * A.T * u),
    ("with powers", [Equal(A * A, A)], A * A * A * A * X, A * X),
    ("symmetric, both ways", [Equal(A.T, A)], A.T * X, A * X),
    ("two equations", [Equal(Q * X, Y), Equal(Q.T * Q, Id)], Q.T * Q * X + Q * X, X + Y),
    ("a function's value", [Equal(f(X), Y)], A * f(X + Y - Y), A * Y),
    ("an average's value", [Equal(avg(X * P), Y)], A * avg(X * R, R), A * Y),
    ("a block entry", [Equal(X, Y)], hstack(X, Z) * vstack(X.T, Z.T), hstack(Y, Z) * vstack(Y.T, Z.T)),
    ("to scalars times identity", [Equal(A, s * Id)], A * X, s * X),
]


@pytest.mark.parametrize(("rules", "left", "right"), [row[1:] for row in REWRITES], ids=[row[0] for row in REWRITES])
def test_rewriting(rules: list[Equal], left: Term, right: Term) -> None:
    assert not same_term(left, right)
    assert same_term(left, right, Rules(rules))
    assert same_formula(Equal(left, right), Equal(right, right), Rules(rules))


NO_REWRITES: list[tuple[str, list[Equal], Term, Term]] = [
    ("the bound variable is not the free one", [Equal(P, R)], avg(X * P), avg(X * R)),
    ("of other names", [Equal(X, Y)], Z, Zero(d, m)),
    ("the same name in another shape", [Equal(Variable("Z", d, n), Y)], Z, Zero(d, m)),
    ("not backwards", [Equal(X, Y)], f(Y), f(A * Y)),
    ("the transpose is another letter", [Equal(A, B)], A.T, B),
    ("QQᵀ is not QᵀQ", [Equal(Q.T * Q, Id)], Q * Q.T, Id),
    ("part of a left side", [Equal(Q * X, Y)], Q * Z, Zero(d, m)),
    ("a scalar too few", [Equal((s * t) * X, Y)], s * X, Y),
    ("a function elsewhere", [Equal(f(X), Y)], f(A * X), Y),
]


@pytest.mark.parametrize(
    ("rules", "left", "right"), [row[1:] for row in NO_REWRITES], ids=[row[0] for row in NO_REWRITES]
)
def test_what_rewriting_leaves_alone(rules: list[Equal], left: Term, right: Term) -> None:
    assert not same_term(left, right, Rules(rules))


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        (Equal(X + Y, Z * Zero(m, n)), "its left side is 2 words, and must be one"),
        (Equal(X - X, Y), "its left side is 0 words"),
        (Equal(Id, A), "its left side has no letter to look for"),
        (Equal(s * Id, A), "its left side has no letter to look for"),
        (Equal(Number(Fraction(2)), s), "its left side has no letter to look for"),
        (Equal(hstack(X, Z), hstack(Y, Z)), "its left side is 2 words"),
    ],
    ids=str,
)
def test_equations_that_cannot_be_oriented_are_refused(equation: Equal, message: str) -> None:
    with pytest.raises(KernelError, match=message):
        Rules([equation])


LOOPS: list[tuple[list[Equal], Term]] = [
    ([Equal(A, A * A)], A * X),
    ([Equal(A, A * A)], (u.T * A * u) * X),
    ([Equal(X, Y), Equal(Y, X)], X),
    ([Equal(X, Y), Equal(Y, X)], (u.T * X * w) * u),
    ([Equal(s, t), Equal(t, s)], s * X),
    ([Equal(A, A * B + B * A)], A),
    ([Equal(A, 2 * A)], A),
]


@pytest.mark.parametrize(("rules", "term"), LOOPS, ids=str)
def test_loops_are_refused_naming_the_equations(rules: list[Equal], term: Term) -> None:
    with pytest.raises(KernelError, match=r"do these equations loop\? ") as refusal:
        term_text(term, Rules(rules))
    assert str(rules[0]) in str(refusal.value)


@pytest.mark.parametrize(
    "term",
    [
        Product((A + B,) * 60),
        Product((Product((A + B,) * 12),) * 4),
        Function("q", ((d, d),) * 300, (d, d))(*(Product((A + B,) * 11),) * 300),
        avg(Product((P + R,) * 30)),
    ],
    ids=["power of a sum", "powers of powers", "large arguments", "power under an average"],
)
def test_forms_beyond_all_bounds_are_refused(term: Term) -> None:
    with pytest.raises(KernelError, match="the canonical form is too large"):
        term_text(term)
    assert same_term(X + Y, Y + X)  # and the next comparison starts afresh


def test_long_coefficients_are_refused() -> None:
    large = Number(Fraction(10**900))
    with pytest.raises(KernelError, match="a coefficient is too long"):
        term_text(Product((large,) * 5))


ORTHOGONAL, IDEMPOTENT, SYMMETRIC = Equal(Q.T * Q, Id), Equal(P * P, P), Equal(A, A.T)


@pytest.mark.parametrize("part", range(4))
def test_rewriting_with_true_equations_keeps_values_on_random_terms(part: int) -> None:
    compared = 0
    for seed in range(5 * part, 5 * part + 5):
        draw = random.Random(seed)
        variables = [X, Y, u, Q, P, s, A, w]
        functions = [f, h, Function("k", ((d, one),), (d, d))]
        defined = draw.choice([X, Y, u, s])
        others = Writer(draw, [x for x in variables if x != defined], functions, [x.shape for x in variables])
        definition = Equal(defined, others.term(defined.shape, 2))
        if draw.random() < 0.4:
            definition = Equal(definition.left.T, definition.right.T)
        equations = [definition, *draw.sample([ORTHOGONAL, Equal(2 * Q * Q.T, 2 * Id), IDEMPOTENT, SYMMETRIC], 2)]
        rules = Rules(equations)
        writer = Writer(draw, variables, functions, pseudoinverses=False, averages=seed % 2 == 0)
        found: dict[Any, list[Term]] = defaultdict(list)
        for _ in range(40):
            shape = draw.choice(writer.shapes)
            term = writer.term(shape, draw.randint(1, 3))
            try:
                found[shape, term_text(term, rules)].append(term)
            except KernelError as refusal:  # a large term, too many steps
                assert "did not settle" in str(refusal)
        for rows, cols in ((2, 1), (1, 2), (2, 2), (0, 2)):
            model = _model_of(
                definition, rows, cols, random_model([*variables, *functions], {"d": rows, "n": cols}, draw), draw
            )
            assert all(holds(equation, model) for equation in equations)
            for group in found.values():
                assert len({value(term, model) for term in group}) == 1, (seed, equations, group, model.sizes)
                compared += len(group) - 1
                spelled = _form_value(Canonical(rules), group[0], model, [equation.right for equation in equations])
                assert spelled is None or spelled == value(group[0], model), (seed, equations, group[0], model.sizes)
    assert compared > 60


def _model_of(definition: Equal, rows: int, cols: int, model: Model, draw: random.Random) -> Model:
    """The model with Q orthogonal, P idempotent, A symmetric, and the defined variable at its value."""
    order = draw.sample(range(rows), rows)
    sign = draw.choice([1, -1])
    model = model.with_value(Q, matrix(rows, rows, lambda i, j: Fraction(sign * int(order[i] == j))))
    model = model.with_value(A, matrix(rows, rows, lambda i, j: Fraction(i + j - 1)))
    model = model.with_value(P, matrix(cols, cols, lambda i, j: Fraction(int(i == 0))))
    left = definition.left
    if isinstance(left, Variable):
        return model.with_value(left, value(definition.right, model))
    return model.with_value(left.T, value(definition.right.T, model))


# ---------------------------------------------------------------------------------------------------------------
# Statements

q, r = Function("q", ((d, n),), (d, n)), Function("r", ((d, n),), (d, n))
SAME: list[tuple[str, Formula, Formula]] = [
    ("sides swapped", Equal(X, Y), Equal(Y, X)),
    ("moved across", Equal(X + Y, f(X)), Equal(X, f(X) - Y)),
    ("multiplied by a number", Equal(2 * X, 4 * Y), Equal(-3 * Y, Fraction(-3, 2) * X)),
    ("bound name", forall(X, Equal(X, f(X))), forall(Y, Equal(Y, f(Y)))),
    ("bound names exchanged", forall(X, Y, Equal(X, f(Y))), forall(Y, X, Equal(Y, f(X)))),
    ("shadowed", forall(X, exists(X, Equal(X, X))), forall(Y, exists(X, Equal(Y, Y)))),
    ("bound function", exists(q, Equal(q(X), X)), exists(r, Equal(r(X), X))),
    (
        "bound size",
        forall(n, X, Equal(X, 2 * X)),
        forall(k, Variable("V", d, k), Equal(Variable("V", d, k), 2 * Variable("V", d, k))),
    ),
    ("no entries", Equal(Variable("K", d, 0), Zero(d, zero)), Equal(Zero(d, zero), Zero(d, zero))),
    ("member", Member(A * Id, MatrixGroup("O", d)), Member(A, MatrixGroup("O", d))),
]
NOT_SAME: list[tuple[str, Formula, Formula]] = [
    ("quantifier", forall(X, Equal(X, Y)), exists(X, Equal(X, Y))),
    ("free and bound", forall(X, Equal(X, Y)), forall(X, Equal(X, X))),
    ("which is bound", forall(X, Y, Equal(X, f(Y))), forall(X, Y, Equal(Y, f(X)))),
    ("inner or outer", forall(X, exists(Y, Equal(X, f(Y)))), exists(Y, forall(X, Equal(X, f(Y))))),
    ("shape of what is bound", forall(X, Equal(A, B)), forall(Z, Equal(A, B))),
    ("bound function's shape", exists(q, Equal(A, B)), exists(h, Equal(A, B))),
    ("size or matrix", forall(n, Equal(A, B)), forall(X, Equal(A, B))),
    ("group", Member(A, MatrixGroup("O", d)), Member(A, MatrixGroup("SO", d))),
    ("element", Member(A, MatrixGroup("O", d)), Member(A.T, MatrixGroup("O", d))),
    ("premise", implies(Equal(X, Y), Equal(A, B)), implies(Equal(A, B), Equal(X, Y))),
    ("order of a conjunction", And((Equal(X, Y), Equal(A, B))), And((Equal(A, B), Equal(X, Y)))),
    ("number of parts", And((Equal(X, Y), Equal(A, B))), And((Equal(X, Y), Equal(A, B), Equal(A, B)))),
    ("conjunction or implication", And((Equal(X, Y), Equal(A, B))), implies(Equal(X, Y), Equal(A, B))),
    (
        "nesting",
        implies(implies(Equal(X, Y), Equal(A, B)), Equal(A, B)),
        implies(Equal(X, Y), Equal(A, B), Equal(A, B)),
    ),
    ("sign", Equal(X, Y), Equal(X, -Y)),
    ("factor", Equal(X, Y), Equal(X, 2 * Y)),
]


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_one_statement_in_two_forms(left: Formula, right: Formula) -> None:
    assert same_formula(left, right) and formula_key(left) == formula_key(right)


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in NOT_SAME], ids=[row[0] for row in NOT_SAME])
def test_two_statements(left: Formula, right: Formula) -> None:
    assert not same_formula(left, right)


def test_rewriting_under_a_quantifier_leaves_the_bound_variable_alone() -> None:
    rules = Rules([Equal(X, Y)])
    assert same_formula(forall(A, Equal(A * X, X)), forall(A, Equal(A * Y, Y)), rules)
    assert not same_formula(forall(X, Equal(f(X), X)), forall(X, Equal(f(Y), X)), rules)
    assert not same_formula(exists(X, Equal(X, A * Y)), exists(X, Equal(Y, A * Y)), rules)


def test_equal_key_means_equal_truth_on_random_statements() -> None:
    compared = 0
    symbols = [Variable("X", d, n), Variable("Y", d, n), f, SizeVariable("n")]
    for seed in range(40):
        draw = random.Random(seed)
        writer = Writer(draw, [X, Y], [f], pseudoinverses=False, averages=False, blocks=False, numbers=(-1, 2))
        found: dict[str, list[Formula]] = defaultdict(list)
        for _ in range(60):
            statement = writer.formula(draw.randint(1, 3), quantified=symbols)
            found[formula_key(statement)].append(statement)
        for rows, cols in ((1, 2), (2, 1), (0, 1)):
            model = random_model([X, Y, f], {"d": rows, "n": cols}, draw)
            model = Model(model.sizes, model.values, model.functions, size_range=(0, 1))
            for group in found.values():
                if len(group) > 1:
                    assert len({holds(statement, model) for statement in group}) == 1, (seed, group, model.sizes)
                    compared += len(group) - 1
    assert compared > 100
