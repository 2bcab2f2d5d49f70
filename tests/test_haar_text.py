"""Averages written as a line of text: what is read, what letters stand for, and what is said about the rest."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Determinant, Integer, MatrixSymbol, Rational, Symbol, Trace, symbols

from symmetry.errors import ProblemError, SymmetryError, UsageError
from symmetry.haar.average import haar_average
from symmetry.haar.reynolds import reynolds
from symmetry.haar.text import read_average
from symmetry.haar.word_polynomials import Reading
from symmetry.haar.words import Alphabet
from symmetry.inner import Inner

d, s, t, α = symbols("d s t α")
a, b, x, y = (MatrixSymbol(name, d, 1) for name in "abxy")
A, B, Q = (MatrixSymbol(name, d, d) for name in "ABQ")
f, g = Inner(a, Q * x), Inner(b, Q * y)

INNER_PRODUCTS: dict[str, Any] = {
    "a·Qx": f,
    "(a . Q x)": f,
    "a.Qx": f,
    "a·Q*x": f,
    "Q*x·a": f,
    "a·(Q x)": f,
    "<a, Q x>": f,
    "⟨a,Qx⟩": f,
    "inner(a, Q*x)": f,
    "Inner(a, Q*x)": f,
    "aᵀQx": f,
    "a'Qx": f,
    "a’Q x": f,
    "a^TQx": f,
    "a ^ T Q x": f,
    "a^⊤Qx": f,
    "a.T*Q*x": f,
    "a.T Q x": f,
    "(a'Q)x": Inner(Q.T * a, x),
    "x'Q'a": Inner(x, Q.T * a),
    "(Qx)'a": f,
    "(a·Qx)(b·Qy)": f * g,
    "a·Qx b·Qy": f * g,
    "a·Qx*b·Qy": f * g,
    "a'Qx b'Qy": f * g,
    "2*a·Qx*b·Qy": 2 * f * g,
    "(a·Qx)^2 (b·Qy)²": f**2 * g**2,
    "(a·Qx)**2": f**2,
    "<a,Qx>^2<b,Qy>": f**2 * g,
    "3/4 (a·Qx) - 1/2": 3 * f / 4 - Rational(1, 2),
    "-(a·Qx) + --(b·Qy)": g - f,
    "−(a·Qx)": -f,
    "(a·Qx)/2/3": f / 6,
    "1/2(a·Qx)": f / 2,
    "((a·Qx))": f,
    "(a+2b)·Q(x-y)": Inner(a + 2 * b, Q * (x - y)),
    "(a/2)·Qx": Inner(a / 2, Q * x),
    "a·(2Qx)": Inner(a, 2 * Q * x),
    "a·αQx": Inner(a, α * Q * x),
    "A x · Q y": Inner(A * x, Q * y),
    "(A x)'Q y": Inner(A * x, Q * y),
    "a·(A + Q)x": Inner(a, (A + Q) * x),
    "x·y": Inner(x, y),
    "tr(Q)^4": Trace(Q) ** 4,
    "tr(Q A Q' B)": Trace(Q * A * Q.T * B),
    "Trace(QAQᵀB)": Trace(Q * A * Q.T * B),
    "tr(Q^2)": Trace(Q**2),
    "tr((Q+A)')": Trace((Q + A).T),
    "tr(x y' Q)": Trace(x * y.T * Q),
    "tr(2 Q)": Trace(2 * Q),
    "|Qx - y|^2": Inner(Q * x - y, Q * x - y),
    "‖Qx − y‖⁴": Inner(Q * x - y, Q * x - y) ** 2,
    "||x||^2|y|^2": Inner(x, x) * Inner(y, y),
    "det(Q)(a·Qx)": Determinant(Q) * f,
    "t (a·Qx)^2": t * f**2,
    "(a·Qx) t": t * f,
    "t·(a·Qx)": t * f,
    "s t (a·Qx)": s * t * f,
    "s*t*(a·Qx)": s * t * f,
    "t a'Qx": t * f,
    "(t+1)(a·Qx)": (t + 1) * f,
    "t^2 (a·Qx)": t**2 * f,
    "(a·Qx)/t": f / t,
    "t (a·Qx) + t": t * f + t,
    "α a·Qx": α * f,
    "αa·Qx": α * f,
    "(d+2)(a·Qx)^2/d": (d + 2) * f**2 / d,
}


@pytest.mark.parametrize("text", INNER_PRODUCTS)
def test_inner_products_are_read(text: str) -> None:
    expr, kind = read_average(text, d)
    assert kind == "inner products"
    reading = Reading(Alphabet(Q))
    assert reading.scalar(expr) == reading.scalar(INNER_PRODUCTS[text])


ENTRIES: dict[str, Any] = {
    "Q[0,0]": Q[0, 0],
    "Q[0,1]^2 Q[1,0]**2": Q[0, 1] ** 2 * Q[1, 0] ** 2,
    "Q'[0,1]": Q[1, 0],
    "Q[ 0 , 10 ]": Q[0, 10],
    "Q[0,0]Q[1,1] - Q[0,1]Q[1,0]": Q[0, 0] * Q[1, 1] - Q[0, 1] * Q[1, 0],
    "d Q[0,0]^2 + t": d * Q[0, 0] ** 2 + t,
    "(Q[0,0]+1)^3/7": (Q[0, 0] + 1) ** 3 / 7,
    "Q[i,j]Q[k,j]": Q[Symbol("i", integer=True), Symbol("j", integer=True)]
    * Q[Symbol("k", integer=True), Symbol("j", integer=True)],
    "det(Q) Q[0,0]": Determinant(Q) * Q[0, 0],
    "3/4": Rational(3, 4),
    "t": t,
    "t - t": Integer(0),
    "α^2": α**2,
}


@pytest.mark.parametrize("text", ENTRIES)
def test_entries_are_read(text: str) -> None:
    assert read_average(text, d) == (ENTRIES[text], "entries")


def test_what_is_read_is_averaged() -> None:
    expr, _ = read_average("(a·Qx)(a·Qy)(b·Qx)(b·Qy)", d)
    assert reynolds(expr, Q).subs(d, 3) != 0
    expr, _ = read_average("Q[0,0]^2 Q[1,1]^2", d)
    assert haar_average(expr, Q) == (d + 1) / (d * (d - 1) * (d + 2))
    expr, _ = read_average("tr(Q)^4", 1)
    assert reynolds(expr, MatrixSymbol("Q", 1, 1)) == 1


def test_dimension_may_be_a_number_or_another_letter() -> None:
    assert read_average("d Q[2,2]", 3).expr == 3 * MatrixSymbol("Q", 3, 3)[2, 2]
    n = Symbol("n")
    assert read_average("n (a·Qa)", n).expr == n * Inner(
        MatrixSymbol("a", n, 1), MatrixSymbol("Q", n, n) * MatrixSymbol("a", n, 1)
    )


def test_letters_may_be_declared_numbers() -> None:
    assert read_average("a·t x", d, scalars=["t"]).expr == Inner(a, t * x)
    with pytest.raises(ProblemError):
        read_average("a·t x", d)


def test_letters_with_digits_and_subscripts() -> None:
    expr, _ = read_average("x1·Qe_2 + x₁·Qx", d)
    assert {str(symbol) for symbol in expr.atoms(MatrixSymbol)} == {"x1", "e_2", "x₁", "x", "Q"}
    assert read_average("2x1·Qx1", d).expr == 2 * Inner(MatrixSymbol("x1", d, 1), Q * MatrixSymbol("x1", d, 1))


# (text, 1-based character that the message points at, words in the message)
REFUSED = [
    ("", 1, "a polynomial such as"),
    ("   ", 4, "a polynomial such as"),
    ("(", 2, "the end of the line"),
    ("(a·Qx", 6, "'\\)' or an operation"),
    ("a·Qx)", 5, "an operation or the end of the line but found '\\)'"),
    ("<a, Qx", 7, "'>' or an operation"),
    ("<a>", 3, "',' and a second vector"),
    ("tr(Q", 5, "'\\)' or an operation"),
    ("Q[0,0", 6, "'\\]'"),
    ("Q[0]", 4, "',' and the number of a column"),
    ("Q[-1,0]", 3, "counted from 0"),
    ("A[0,0]", 2, "only Q has entries"),
    ("|Qx|", 5, "an even power behind the bars"),
    ("|Qx|^3", 6, "an even number as exponent"),
    ("a Qx", 1, "a transposed vector before a matrix"),
    ("x Q y", 1, "a transposed vector before a matrix"),
    ("Qx", 1, "a number as a whole but found a vector"),
    ("Q", 1, "a number as a whole but found a matrix"),
    ("a'Q", 1, "a number as a whole but found a transposed vector"),
    ("a·Qx + Q", 8, "a number, as in the rest of the sum, but found a matrix"),
    ("Q + 1", 5, "a matrix, as in the rest of the sum, but found a number"),
    ("(a·Qx)(b Qy)", 8, "a transposed vector before a matrix"),
    ("a·t x", 5, "'·' between two vectors"),
    ("x^2 (x·Qy)", 8, "a number, since letters before the dot are numbers"),
    ("(x·Qy) x", 1, "a number as a whole but found a vector"),
    ("tr(x)", 4, "a matrix in tr"),
    ("det(A)", 5, "Q in det"),
    ("Q[0,0] (a·Qx)", 11, "entries only, as before, but found an inner product"),
    ("tr(Q) Q[0,0]", 7, "inner products only, as before, but found an entry of Q"),
    ("0.5 (a·Qx)", 2, "a fraction such as 1/2"),
    ("(a·Qx)^y", 8, "a whole number as exponent"),
    ("(a·Qx)^-1", 8, "a whole number as exponent"),
    ("1/0", 3, "a number behind '/' but found 0"),
    ("1/(1-1)", 3, "a number behind '/' but found 0"),
    ("1/(a·Qx)", 3, "something that contains Q"),
    ("1/d(a·Qx)", 4, "brackets around all that is divided by"),
    ("alpha·Qx", 1, "single letters, .* found 'alpha'"),
    ("sin(x)", 1, "single letters"),
    ("a×b", 2, "an operation or the end"),
    ("a··Qx", 3, "a number, a letter or a bracket"),
    ("日·Qx", 1, "upper-case .* or lower-case"),
    ("a·Q1x", 3, "Q alone"),
    ("a·Qx $", 6, "found '\\$'"),
    ("(a·Qx)^99999", 8, "a degree in Q of at most 1000"),
    ("(a·Qx)^999 (a·Qx)^999", 1, "a product of degree 1998"),
    ("(Q[0,0]^40)^40", 13, "a degree in Q of at most 1000"),
    ("tr(A^99999999)", 6, "an exponent of a matrix"),
    ("9^999999", 3, "a power of a number"),
    ("((9^99)^99)^99", 9, "a power of a number"),
    ("2^" + "9" * 50, 3, "an exponent of at most 9 digits"),
    ("1" * 2000, 1, "a number of at most 1000 digits"),
    ("(" * 500 + "a·Qx" + ")" * 500, 65, "at most 64 brackets"),
    ("tr(" * 500, 193 + 2, "at most 64 brackets"),
    ("<" * 500, 65, "at most 64 brackets"),
]


@pytest.mark.parametrize(("text", "character", "message"), REFUSED, ids=[case[0][:20] or "empty" for case in REFUSED])
def test_refusal_points_at_the_character(text: str, character: int, message: str) -> None:
    with pytest.raises(ProblemError, match=message) as caught:
        read_average(text, d)
    assert caught.value.position + 1 == character
    assert caught.value.text == text


def test_index_beyond_the_dimension_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"from 0 to 2 .rows and columns are counted from 0. but found 3"):
        read_average("Q[0,3]", 3)


@pytest.mark.parametrize("text", [None, 3, b"Q[0,0]", ["Q"]], ids=str)
def test_only_text_is_read(text: Any) -> None:
    with pytest.raises(UsageError, match="one line of text"):
        read_average(text, d)


@pytest.mark.parametrize("size", [0, -1, 1.5, "d", True], ids=str)
def test_dimension_is_checked(size: Any) -> None:
    with pytest.raises(UsageError, match="dimension"):
        read_average("1", size)


def test_long_line_is_refused() -> None:
    with pytest.raises(UsageError, match="30001 characters"):
        read_average("1" + "+1" * 15_000, d)


def test_many_signs_are_no_nesting() -> None:
    assert read_average("-" * 19_999 + "1", d).expr == -1


@pytest.mark.parametrize(
    "term",
    ["+(a{}·Qx{})^2", "+a{}'Qx{}", "+tr(Q A{} Q' B{})", "+Q[{},{}]", "*({}+{})"],
    ids=["inner", "row", "trace", "entry", "product"],
)
def test_cost_is_linear(term: str) -> None:
    def seconds(count: int) -> float:
        text = "1" + "".join(term.format(i, i) for i in range(1, count))
        best = min(_clock(text) for _ in range(2))
        return best

    assert seconds(800) < 16 * seconds(100) + 0.5


def _clock(text: str) -> float:
    start = time.perf_counter()
    read_average(text, d)
    return time.perf_counter() - start


PIECES = [
    "a",
    "x",
    "Q",
    "A",
    "t",
    "α",
    "d",
    "(",
    ")",
    "<",
    ">",
    "|",
    ",",
    "·",
    "*",
    "/",
    "+",
    "-",
    "^",
    "2",
    "'",
    "tr(",
    "[0,0]",
    "det(Q)",
    " ",
    "0",
    "ᵀ",
    "²",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        expr, kind = read_average(text, 3)
    except ProblemError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert kind in ("entries", "inner products") and expr.is_commutative


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read_average(text, d)
    except SymmetryError as error:
        assert isinstance(error, UsageError)


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 2)),
        min_size=1,
        max_size=4,
    )
)
def test_spelled_polynomials_are_read_back(terms: list[tuple[int, str, str, int]]) -> None:
    text = " + ".join(f"{c}({left}·Q{right})^{n}" for c, left, right, n in terms)
    vectors = {"a": a, "b": b, "x": x, "y": y}
    expected = sum(c * Inner(vectors[left], Q * vectors[right]) ** n for c, left, right, n in terms)
    assert read_average(text, d).expr == expected


def test_fractions_are_exact() -> None:
    third = read_average("1/3", d).expr
    assert Fraction(int(third.p), int(third.q)) == Fraction(1, 3)
