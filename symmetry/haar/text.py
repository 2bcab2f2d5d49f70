"""Reading what is to be averaged from a line of text.

    (a·Qx)^2 (b·Qy)^2        tr(Q A Q' B)        |Qx - y|^4        Q[0,0]^2 Q[1,1]^2

Q is the element of the group. Upper-case letters are fixed d × d matrices, I the identity; lower-case letters are
vectors; Greek letters are numbers, and so is d, the dimension. A lower-case letter that stands where only a number can
stand, as t in ``t (a·Qx)^2``, is a number too. Digits and subscripts may follow a letter: ``x1``, ``e_2``. Blanks are
free::

    sum      = ["-"] product {("+" | "-") product}
    product  = factor {["*" | "/" | "·" | "."] factor}      between two vectors the dot is the inner product
    factor   = atom {"ᵀ" | "'" | "^T" | ".T" | ("^" | "**") number | "²" | "[" index "," index "]"}
    atom     = number | letter | "(" sum ")" | "<" sum "," sum ">" | "|" sum "|" | ("tr" | "det") "(" sum ")"

The operations of a product go from left to right; only behind a dot the factors without a sign between them are taken
together, so that ``a·Qx`` is a·(Qx). Rows and columns are counted from 0, as everywhere in this package: ``Q[0,0]`` is
the first entry. The reader is a recursive descent of linear cost; it evaluates nothing.

>>> from sympy import Symbol
>>> read_average("2 (a·Qx)(b·Qx) + t", Symbol("d"))
Question(expr=t + 2*((Q*x)·a)*((Q*x)·b), kind='inner products')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, NamedTuple, NoReturn

from sympy import Determinant, Expr, Integer, MatPow, Symbol, Trace, Transpose, sympify

from symmetry.errors import ProblemError, UsageError
from symmetry.haar.quantities import SHAPES, Letters, Misfit, Product, Quantity, total
from symmetry.haar.weingarten import dimension
from symmetry.inner import Inner

__all__ = ["Kind", "Question", "read_average"]

LONGEST = 20_000  # characters
DEEPEST = 64  # brackets
LONGEST_NUMBER = 1000  # digits
LONGEST_EXPONENT = 9  # digits
HIGHEST = 1000  # degree in Q

Kind = Literal["entries", "inner products"]

_NUMBER = re.compile(r"[0-9]+")
_NAME = re.compile(r"[^\W\d_][0-9₀-₉]*(?:_(?:[0-9]+|[A-Za-z]))?")
_RUN = re.compile(r"[a-z]{2,}")
_FUNCTION = re.compile(r"(tr|trace|det|inner)\s*\(", re.IGNORECASE)
_TRANSPOSED = re.compile(r"\s*(?:[ᵀ⊤'′’]|\^\s*[Tᵀ⊤])|\.T(?![A-Za-z])")
_POWER = re.compile(r"\s*(?:(?:\*\*|\^)\s*|(?=[⁰¹²³⁴⁵⁶⁷⁸⁹]))([0-9]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_CLOSING = {"(": ")", "<": ">", "⟨": "⟩", "||": "||", "‖": "‖", "|": "|"}


class Question(NamedTuple):
    """What is to be averaged.

    Args:
        expr: a SymPy expression in ``MatrixSymbol("Q", d, d)``.
        kind: whether it is a polynomial in the entries of Q, for ``haar_average``, or in inner products and traces, for
            ``reynolds``. Constants and det Q are both; they count as entries.
    """

    expr: Expr
    kind: Kind


def read_average(text: str, d: Any, scalars: Iterable[str] = ()) -> Question:
    """The polynomial that a line of text writes, and in what it is a polynomial.

    Args:
        text: as in the description of this module.
        d: the dimension, a SymPy symbol or a positive integer.
        scalars: lower-case names that stand for numbers, wherever they are.
    Raises:
        ProblemError: the text does not parse, or something does not fit together; the message points at the character.
        UsageError: not text, or not a dimension.

    >>> read_average("Q[0,1]^2 + 1/2", 3)
    Question(expr=Q[0, 1]**2 + 1/2, kind='entries')
    >>> read_average("(a·Qx)(b Qy)", 3)
    Traceback (most recent call last):
    ...
    symmetry.errors.ProblemError: expected a transposed vector before a matrix (a number is a Greek letter here) but \
found a vector at character 8
      (a·Qx)(b Qy)
             ^
    """
    size = dimension(d)
    if not isinstance(text, str):
        raise UsageError(f"what is averaged is one line of text such as '(a·Qx)^2', not a {type(text).__name__}")
    if len(text) > LONGEST:
        raise UsageError(f"the line has {len(text)} characters, more than {LONGEST}")
    parser = _Parser("".join(" " if c.isspace() else c for c in text), Letters(sympify(size), scalars))
    try:
        found = parser.sum(is_number=True)
        parser.end()
        expr = parser.letters.number(found, "a number as a whole").expr
    except Misfit as error:
        raise ProblemError(parser.text, error.at, error.expected, error.found) from None
    return Question(expr, parser.kind or "entries")


class _Parser:
    """A text, a position in it, and what has been seen before it."""

    def __init__(self, text: str, letters: Letters):
        self.text = text
        self.at = 0
        self.letters = letters
        self.Q = letters.letter("Q", 0).expr
        self.closing: list[str] = []  # what closes the brackets that are open
        self.kind: Kind | None = None

    # -----------------------------------------------------------------------------------------------------------
    # Characters.

    def peek(self) -> str:
        """The next character that is not blank, or ``""``; moves up to it."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, *literals: str) -> str:
        """The first of the literals that comes next, or ``""``; moves behind it."""
        self.peek()
        for literal in literals:
            if self.text.startswith(literal, self.at):
                self.at += len(literal)
                return literal
        return ""

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What comes right here and matches; moves behind it."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def fail(self, expected: str, at: int | None = None, found: str | None = None) -> NoReturn:
        """Raise an error that points at a character."""
        if at is None:
            self.peek()
            at = self.at
        raise ProblemError(self.text, at, expected, found)

    def end(self) -> None:
        """Refuse anything that is left."""
        if self.peek():
            self.fail("an operation or the end of the line")

    # -----------------------------------------------------------------------------------------------------------
    # Sums and products.

    def sum(self, is_number: bool = False) -> Quantity:
        """Products with signs."""
        terms = []
        sign = self.sign() or 1
        while sign:
            terms.append((sign, self.product(is_number)))
            sign = self.sign()
        return total(self.letters, terms)

    def sign(self) -> int:
        """The product of the signs that come next; 0 where there is none."""
        sign = 0
        while mark := self.take("+", "-", "−"):
            sign = (sign or 1) * (1 if mark == "+" else -1)
        return sign

    def product(self, is_number: bool) -> Quantity:
        """Factors with operations between them."""
        product = Product(self.letters, is_number)
        product.times(self.factor())
        is_divided = False  # whether the last factor is a divisor other than digits
        while True:
            if self.take("*"):
                product.times(self.factor())
            elif self.take("/"):
                is_digit = self.peek().isdigit()
                product.over(self.factor())
                # 1/2(a·Qx) is half of it, but behind 1/2d one cannot know.
                is_divided = not is_digit or self.text[self.at : self.at + 1].isalpha()
                continue
            elif self.take("·", "⋅", "∙", "•", "."):
                product.dot(self.behind_dot())
            elif self.starts():
                if is_divided:
                    self.fail("'*', or brackets around all that is divided by,")
                product.times(self.factor())
            else:
                break
            is_divided = False
        return self.finished(product)

    def behind_dot(self) -> Quantity:
        """What stands behind a dot without a sign between; 'Q*x' is taken together as well."""
        product = Product(self.letters, is_number=False)
        product.times(self.factor())
        while product.shape != "column" and (self.starts() or (product.shape == "matrix" and self.take("*"))):
            product.times(self.factor())
        return self.finished(product)

    def finished(self, product: Product) -> Quantity:
        """The product, after a look at what is in it."""
        if product.inner_at is not None:
            self.see("inner products", product.inner_at)
        result = product.result()
        if result.degree > HIGHEST:
            self.fail(f"a degree in Q of at most {HIGHEST}", result.at, f"a product of degree {result.degree}")
        return result

    def see(self, kind: Kind, at: int) -> None:
        """Refuse entries of Q next to inner products."""
        if self.kind not in (None, kind):
            self.fail(f"{self.kind} only, as before,", at, "an entry of Q" if kind == "entries" else "an inner product")
        self.kind = kind

    # -----------------------------------------------------------------------------------------------------------
    # Factors.

    def starts(self) -> bool:
        """Whether a factor comes next."""
        character = self.peek()
        if character in ("|", "‖"):
            return not self.closing or self.closing[-1][0] != character
        return character in ("(", "<", "⟨") or character.isalnum() or character == "_"

    def factor(self) -> Quantity:
        """An atom with what stands behind it: transposition, powers, indices."""
        factor = self.atom()
        while True:
            if self.match(_TRANSPOSED):
                factor = self.transposed(factor)
            elif raised := self.match(_POWER):
                factor = self.power(factor, self.exponent(raised), raised.start(1))
            elif self.take("["):
                factor = self.entry(factor)
            else:
                return factor

    def atom(self) -> Quantity:
        """A number, a letter, or something in brackets."""
        self.peek()
        start = self.at
        if digits := self.match(_NUMBER):
            if len(digits.group()) > LONGEST_NUMBER:
                self.fail(f"a number of at most {LONGEST_NUMBER} digits", start, f"one of {len(digits.group())} digits")
            if self.text[self.at : self.at + 1] == "." and self.text[self.at + 1 : self.at + 2].isdigit():
                self.fail("a fraction such as 1/2 in place of a decimal number")
            return Quantity("number", Integer(digits.group()), start)
        if function := self.match(_FUNCTION):
            return self.function(function.group(1).lower(), start)
        for opening in ("(", "<", "⟨", "||", "‖", "|"):
            if self.starts() and self.take(opening):
                return self.bracket(opening, start)
        if name := self.match(_NAME):
            run = _RUN.match(self.text, start)
            if run is not None:
                self.fail("single letters, with blanks or operations between them,", start, repr(run.group()))
            return self.letters.letter(name.group(), start)
        if not self.text.strip():
            self.fail("a polynomial such as '(a·Qx)^2' or 'Q[0,0]^2'")
        self.fail("a number, a letter or a bracket")

    def bracket(self, opening: str, start: int) -> Quantity:
        """What stands between brackets, behind the opening one."""
        first = self.inside(opening)
        if opening == "(":
            self.close(opening)
            return replace(first, at=start)
        if opening in ("<", "⟨"):
            return self.pair(opening, first, start)
        self.close(opening)
        vector = self.letters.column(first, "a vector between bars")
        self.see("inner products", start)
        raised = self.match(_POWER)
        if raised is None:
            self.fail("an even power behind the bars, as in |x|^2")
        exponent = self.exponent(raised)
        if exponent % 2:
            self.fail("an even number as exponent", raised.start(1))
        square = Quantity("number", Inner(vector.expr, vector.expr), start, 2 * vector.degree)
        return self.power(square, exponent // 2, raised.start(1))

    def inside(self, opening: str) -> Quantity:
        """A sum behind an opening bracket."""
        if len(self.closing) == DEEPEST:
            self.fail(f"at most {DEEPEST} brackets inside each other", self.at - 1)
        self.closing.append(_CLOSING[opening])
        return self.sum()

    def close(self, opening: str) -> None:
        """The closing bracket."""
        if not self.take(_CLOSING[opening]):
            self.fail(f"{_CLOSING[opening]!r} or an operation")
        self.closing.pop()

    def pair(self, opening: str, first: Quantity, start: int) -> Quantity:
        """The inner product of two vectors, behind the first of them."""
        if not self.take(","):
            self.fail("',' and a second vector")
        second = self.sum()
        self.close(opening)
        left, right = self.letters.column(first), self.letters.column(second)
        self.see("inner products", start)
        return Quantity("number", Inner(left.expr, right.expr), start, left.degree + right.degree)

    def function(self, name: str, start: int) -> Quantity:
        """tr(…), det(Q) or inner(…, …), behind the opening bracket."""
        argument = self.inside("(")
        if name == "inner":
            return self.pair("(", argument, start)
        self.close("(")
        if argument.shape != "matrix":
            self.fail(f"a matrix in {name}(…)", argument.at, SHAPES[argument.shape])
        if name == "det":
            if argument.expr not in (self.Q, Transpose(self.Q)):
                self.fail("Q in det(…)", argument.at, "another matrix")
            return Quantity("number", Determinant(self.Q), start, 1)
        self.see("inner products", start)
        return Quantity("number", Trace(argument.expr), start, argument.degree)

    # -----------------------------------------------------------------------------------------------------------
    # What stands behind an atom.

    def transposed(self, factor: Quantity) -> Quantity:
        """The transpose of a vector or matrix."""
        if factor.shape == "open":
            factor = self.letters.column(factor)
        if factor.shape == "number":
            self.fail("a vector or a matrix to be transposed", factor.at, "a number")
        shape: Any = {"column": "row", "row": "column", "matrix": "matrix"}[factor.shape]
        return Quantity(shape, factor.expr.T, factor.at, factor.degree)

    def exponent(self, raised: re.Match[str]) -> int:
        """The exponent behind a sign for a power, or raised."""
        if not raised.group(1):
            self.fail("a whole number as exponent", raised.start(1))
        if _POWER.match(self.text, self.at):
            self.fail("brackets around a power that is raised again, as in (2^3)^2,")
        return self.small(raised.group(1).translate(_DIGITS), raised.start(1), "an exponent")

    def small(self, digits: str, at: int, what: str) -> int:
        """A number without too many digits."""
        if len(digits) > LONGEST_EXPONENT:
            self.fail(f"{what} of at most {LONGEST_EXPONENT} digits", at, f"one of {len(digits)} digits")
        return int(digits)

    def power(self, factor: Quantity, exponent: int, at: int) -> Quantity:
        """A power of a number or of a matrix."""
        if factor.shape in ("column", "row"):
            self.fail("a power of a number or matrix (the square of a length is |x|^2)", at, "a power of a vector")
        if factor.shape == "open":
            factor = self.letters.number(factor)
        degree = factor.degree * exponent
        if degree > HIGHEST:
            self.fail(f"a degree in Q of at most {HIGHEST}", at, f"a power of degree {degree}")
        if factor.shape == "matrix":
            if exponent > HIGHEST:
                self.fail(f"an exponent of a matrix of at most {HIGHEST}", at, str(exponent))
            return Quantity("matrix", MatPow(factor.expr, exponent).doit(deep=False), factor.at, degree)
        if factor.expr.is_Rational:
            size = max(int(factor.expr.p).bit_length(), int(factor.expr.q).bit_length())
            if size * exponent > 10 * LONGEST_NUMBER:
                self.fail(f"a power of a number with at most {3 * LONGEST_NUMBER} digits", at, str(exponent))
        return Quantity("number", factor.expr**exponent, factor.at, degree, factor.inferred)

    def entry(self, factor: Quantity) -> Quantity:
        """An entry of Q, behind the opening bracket."""
        if factor.expr not in (self.Q, Transpose(self.Q)):
            self.fail("an operation; only Q has entries here,", self.at - 1)
        row = self.index()
        if not self.take(","):
            self.fail("',' and the number of a column")
        column = self.index()
        if not self.take("]"):
            self.fail("']'")
        self.see("entries", factor.at)
        return Quantity("number", factor.expr[row, column], factor.at, 1)

    def index(self) -> Expr:
        """A number of a row or column, counted from 0, or a letter for one."""
        self.peek()
        start = self.at
        if name := self.match(_NAME):
            return Symbol(name.group(), integer=True)
        digits = self.match(_NUMBER)
        if digits is None:
            self.fail("the number of a row or column, counted from 0,")
        index = self.small(digits.group(), start, "an index")
        d = self.letters.d
        if d.is_Integer and index >= d:
            self.fail(f"an index from 0 to {d - 1} (rows and columns are counted from 0)", start, digits.group())
        return Integer(index)
