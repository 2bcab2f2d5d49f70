"""Numbers, vectors and matrices in one dimension d, and which of them fit together.

What a letter stands for is partly read off its place: a lower-case letter is a vector, unless it stands where only a
number can stand. Until that is known it is *open*, and so are its multiples and sums of such.

>>> from sympy import Symbol
>>> letters = Letters(Symbol("d"))
>>> x, Q = letters.letter("x", 0), letters.letter("Q", 1)
>>> x.shape, Q.shape, letters.column(x).expr, letters.roles
('open', 'matrix', x, {'x': ('vector', 0)})
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sympy import Add, Expr, Identity, Integer, MatAdd, MatMul, MatrixSymbol, Mul, Symbol

from symmetry.errors import SymmetryError
from symmetry.inner import Inner

__all__ = ["SHAPES", "Letters", "Misfit", "Product", "Quantity", "Shape", "total"]

Shape = Literal["number", "column", "row", "matrix", "open"]
SHAPES: dict[Shape, str] = {
    "number": "a number",
    "column": "a vector",
    "row": "a transposed vector",
    "matrix": "a matrix",
    "open": "a vector",
}
ONE = Integer(1)


class Misfit(SymmetryError):
    """Two quantities do not fit together.

    Attributes:
        at: where the second one stands.
        expected, found: what would have fitted, and what stands there.
    """

    def __init__(self, at: int, expected: str, found: str):
        super().__init__(f"expected {expected} but found {found}")
        self.at, self.expected, self.found = at, expected, found


@dataclass(frozen=True)
class Quantity:
    """A number, vector, transposed vector or matrix, with the place in the text where it begins.

    Args:
        expr: a SymPy expression; of an open quantity the sum of coefficients times letters, as pairs.
        degree: the degree in Q.
        inferred: whether letters in it were taken for numbers because of where they stand.
    """

    shape: Shape
    expr: Any
    at: int
    degree: int = 0
    inferred: bool = False


class Letters:
    """What the letters of a text stand for.

    Args:
        d: the dimension.
        scalars: lower-case letters that stand for numbers.
    """

    def __init__(self, d: Any, scalars: Iterable[str] = ()):
        self.d = d
        self.scalars = frozenset(scalars)
        self.roles: dict[str, tuple[str, int]] = {}

    def letter(self, name: str, at: int) -> Quantity:
        """What a letter stands for at a place.

        Raises:
            Misfit: a letter that has no case.
        """
        first = name[0]
        if name in ("d", str(self.d)):
            return Quantity("number", self.d, at)
        if name in self.scalars or unicodedata.name(first, "").startswith("GREEK SMALL"):
            return Quantity("number", Symbol(name), at)
        if name == "I":
            return Quantity("matrix", Identity(self.d), at)
        if first == "Q" and name != "Q":
            raise Misfit(at, "Q alone, the element of the group,", name)
        if first.isupper():
            return Quantity("matrix", MatrixSymbol(name, self.d, self.d), at, int(name == "Q"))
        if not first.islower():
            raise Misfit(at, "a letter that is upper-case (a matrix) or lower-case (a vector)", repr(first))
        role = self.roles.get(name, ("", 0))[0]
        if role == "number":
            return Quantity("number", Symbol(name), at, inferred=True)
        if role == "vector":
            return Quantity("column", MatrixSymbol(name, self.d, 1), at)
        return Quantity("open", ((ONE, name),), at)

    def number(self, quantity: Quantity, expected: str = "a number") -> Quantity:
        """The quantity as a number.

        Raises:
            Misfit: it is something else.
        """
        if quantity.shape == "open":
            self._settle(quantity, "number")
            expr = Add(*(factor * Symbol(name) for factor, name in quantity.expr))
            return Quantity("number", expr, quantity.at, quantity.degree, inferred=True)
        if quantity.shape != "number":
            raise Misfit(quantity.at, expected, SHAPES[quantity.shape])
        return quantity

    def column(self, quantity: Quantity, expected: str = "a vector") -> Quantity:
        """The quantity as a vector.

        Raises:
            Misfit: it is something else.
        """
        if quantity.shape == "open":
            self._settle(quantity, "vector")
            terms = [scaled([factor], MatrixSymbol(name, self.d, 1)) for factor, name in quantity.expr]
            return Quantity("column", terms[0] if len(terms) == 1 else MatAdd(*terms), quantity.at, quantity.degree)
        if quantity.shape != "column":
            raise Misfit(quantity.at, expected, SHAPES[quantity.shape])
        return quantity

    def _settle(self, quantity: Quantity, role: str) -> None:
        for _, name in quantity.expr:
            known, at = self.roles.setdefault(name, (role, quantity.at))
            if known != role:
                raise Misfit(quantity.at, f"a {role}", f"{name}, which is a {known} at character {at + 1}")


def scaled(numbers: Sequence[Expr], matrix: Any) -> Any:
    """A matrix times numbers."""
    factor = Mul(*numbers)
    return matrix if factor == 1 else MatMul(factor, matrix)


def total(letters: Letters, terms: Sequence[tuple[int, Quantity]]) -> Quantity:
    """The sum of quantities with signs.

    Raises:
        Misfit: they are of different shapes.
    """
    _, first = terms[0]
    if len(terms) == 1 and terms[0][0] == 1:
        return first
    degree = max(term.degree for _, term in terms)
    known = next((term for _, term in terms if term.shape != "open"), None)
    if known is None:
        parts = tuple((sign * factor, name) for sign, term in terms for factor, name in term.expr)
        return Quantity("open", parts, first.at, degree)
    expected = f"{SHAPES[known.shape]}, as in the rest of the sum,"
    exprs: list[Any] = []
    for sign, term in terms:
        if known.shape in ("number", "column"):
            term = (letters.number if known.shape == "number" else letters.column)(term, expected)
        elif term.shape != known.shape:
            raise Misfit(term.at, expected, SHAPES[term.shape])
        exprs.append(term.expr if sign == 1 else -term.expr)
    expr = Add(*exprs) if known.shape == "number" else MatAdd(*exprs)
    inferred = any(term.inferred for _, term in terms)
    return Quantity(known.shape, expr, first.at, degree, inferred)


class Product:
    """A product that grows from left to right.

    Args:
        letters: what letters stand for.
        is_number: whether the product as a whole must be a number, so that two letters next to each other are numbers.
    """

    def __init__(self, letters: Letters, is_number: bool):
        self.letters = letters
        self.is_number = is_number
        self.inner_at: int | None = None  # where the last inner product has its second vector
        self._numbers: list[Expr] = []
        self._is_guess = False  # whether letters were taken for numbers
        self._chain: list[Any] = []  # matrices, transposed vectors and vectors, which are multiplied in order
        self._open: Quantity | None = None  # in place of a chain
        self._shape: Shape = "number"
        self._at: int | None = None
        self._degree = 0

    @property
    def shape(self) -> Shape:
        """The shape of what has been multiplied so far."""
        return self._shape

    def times(self, factor: Quantity) -> None:
        """Multiply by a further factor on the right.

        Raises:
            Misfit: it does not fit there.
        """
        self._at = factor.at if self._at is None else self._at
        self._degree += factor.degree
        left, right = self._shape, factor.shape
        if right == "number":
            self._number(factor)
        elif left == "number":
            self._begin(factor)
        elif left == "open" and self._open is not None:
            self._after_open(self._open, factor)
        elif left == "column":
            if right != "row":
                raise _no_dot(factor)
            self._extend(factor, "matrix")
        elif right == "row":
            raise Misfit(factor.at, "a vector or a matrix after a matrix", "a transposed vector")
        elif right == "matrix":
            self._extend(factor, left)
        else:
            column = self.letters.column(factor)
            self._extend(column, "column")
            if left == "row":
                row, *rest = self._chain
                self._close(row.T, rest[0] if len(rest) == 1 else MatMul(*rest), factor.at)

    def dot(self, factor: Quantity) -> None:
        """Multiply by a further factor behind a dot: between two vectors the inner product.

        Raises:
            Misfit: it does not fit there.
        """
        if self._shape == "number" and self._is_guess and factor.shape in ("open", "column"):
            raise Misfit(factor.at, "a number, since letters before the dot are numbers,", SHAPES[factor.shape])
        if self._shape not in ("open", "column") or (factor.shape == "number" and not factor.inferred):
            self.times(factor)
            return
        right = self.letters.column(factor, "a vector behind the dot")
        if self._open is not None:
            self._chain, self._open = [self.letters.column(self._open).expr], None
        self._degree += right.degree
        self._close(self._chain[0] if len(self._chain) == 1 else MatMul(*self._chain), right.expr, factor.at)

    def over(self, factor: Quantity) -> None:
        """Divide by a number without Q.

        Raises:
            Misfit: by something else, or by 0.
        """
        divisor = self.letters.number(factor, "a number behind '/'")
        if divisor.degree or divisor.expr == 0:
            raise Misfit(factor.at, "a number behind '/'", "0" if divisor.expr == 0 else "something that contains Q")
        self._at = factor.at if self._at is None else self._at
        self._numbers.append(1 / divisor.expr)

    def result(self) -> Quantity:
        """The product."""
        at = self._at or 0
        if self._open is not None:
            factor = Mul(*self._numbers)
            return Quantity("open", tuple((factor * c, name) for c, name in self._open.expr), at, self._degree)
        if self._shape == "number":
            return Quantity("number", Mul(*self._numbers), at, self._degree, self._is_guess)
        matrix = self._chain[0] if len(self._chain) == 1 else MatMul(*self._chain)
        return Quantity(self._shape, scaled(self._numbers, matrix), at, self._degree)

    def _number(self, factor: Quantity) -> None:
        self._numbers.append(factor.expr)
        self._is_guess = self._is_guess or factor.inferred

    def _begin(self, factor: Quantity) -> None:
        self._shape = factor.shape
        if factor.shape == "open":
            self._open = factor
        else:
            self._chain = [factor.expr]

    def _after_open(self, left: Quantity, factor: Quantity) -> None:
        """A letter that may be a number or a vector, and then something that is no number."""
        if factor.shape == "matrix":
            raise Misfit(left.at, "a transposed vector before a matrix (a number is a Greek letter here)", "a vector")
        if factor.shape == "column" or not self.is_number:
            if factor.shape != "row":
                raise _no_dot(factor)
            self._open, self._chain = None, [self.letters.column(left).expr]
            self._extend(factor, "matrix")
            return
        self._open = None
        self._numbers.append(self.letters.number(left).expr)
        if factor.shape == "open":
            self._numbers.append(self.letters.number(factor).expr)
            self._shape, self._is_guess = "number", True
        else:
            self._begin(factor)

    def _extend(self, factor: Quantity, shape: Shape) -> None:
        self._chain.append(factor.expr)
        self._shape = shape

    def _close(self, left: Any, right: Any, at: int) -> None:
        self.inner_at = at
        self._numbers.append(Inner(left, right))
        self._chain, self._shape = [], "number"


def _no_dot(factor: Quantity) -> Misfit:
    return Misfit(
        factor.at,
        "'·' between two vectors (a number goes to the front, or is a Greek letter)",
        SHAPES[factor.shape],
    )
