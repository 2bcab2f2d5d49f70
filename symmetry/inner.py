"""Inner products and determinants of vectors, as SymPy objects.

A vector is a SymPy matrix expression of shape (d, 1), mostly a ``MatrixSymbol``; d may be symbolic. An inner product is
a commutative scalar, so that polynomials in inner products are ordinary SymPy polynomials.

>>> from sympy import MatrixSymbol, Symbol
>>> d = Symbol("d")
>>> x, y = MatrixSymbol("x", d, 1), MatrixSymbol("y", d, 1)
>>> Inner(y, x) == Inner(x, y), Inner(x, y) ** 2 - Inner(x, x) * Inner(y, y)
(True, -(x·x)*(y·y) + (x·y)**2)
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Basic, Expr, Integer, MatrixBase, MatrixExpr, Sum, SympifyError, sympify
from sympy.core.symbol import Dummy

from symmetry.errors import ShapeError

__all__ = ["Inner", "as_sympy", "shape_text"]


def as_sympy(value: Any) -> Any:
    """A vector as SymPy has it; text is not read, and stays what it is."""
    try:
        return sympify(value, strict=True)
    except SympifyError:
        return value


def shape_text(value: Any) -> str:
    """The shape of a vector or matrix in words.

    >>> from sympy import MatrixSymbol
    >>> shape_text(MatrixSymbol("x", 3, 1)), shape_text(7), shape_text("x")
    ('3 × 1', 'a scalar', 'text')
    """
    if isinstance(value, str):
        return "text"
    return " × ".join(map(str, getattr(value, "shape", ()))) or "a scalar"


class Inner(Expr):  # type: ignore[misc]
    """The inner product x·y = xᵀy of two vectors; it does not depend on their order.

    Explicit columns give the number; putting them in for symbols does so as well.

    Args:
        left, right: SymPy matrix expressions of the same shape (d, 1).

    Raises:
        ShapeError: not two columns of the same length.

    >>> from sympy import ImmutableMatrix, MatrixSymbol
    >>> x, y = MatrixSymbol("x", 2, 1), MatrixSymbol("y", 2, 1)
    >>> Inner(x, y).in_coordinates()
    x[0, 0]*y[0, 0] + x[1, 0]*y[1, 0]
    >>> Inner(x, y).subs({x: ImmutableMatrix([1, 2]), y: ImmutableMatrix([3, 4])})
    11
    >>> Inner(x, MatrixSymbol("z", 3, 1))
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: an inner product takes two columns of the same length, not x: 2 × 1 and z: 3 × 1
    """

    is_commutative = True
    is_real = True
    precedence = 40  # that of a sum, so that x·y stands in brackets in a product

    def __new__(cls, left: Any, right: Any) -> Any:
        left, right = as_sympy(left), as_sympy(right)
        shape = getattr(left, "shape", ())
        if shape != getattr(right, "shape", ()) or shape[1:] != (1,):
            found = " and ".join(f"{vector}: {shape_text(vector)}" for vector in (left, right))
            raise ShapeError(f"an inner product takes two columns of the same length, not {found}")
        if isinstance(left, MatrixBase) and isinstance(right, MatrixBase):
            return (left.T * right)[0, 0]
        if Basic.compare(right, left) < 0:
            left, right = right, left
        return super().__new__(cls, left, right)

    @property
    def left(self) -> MatrixExpr:
        """The vector that stands first."""
        return self.args[0]

    @property
    def right(self) -> MatrixExpr:
        """The vector that stands second."""
        return self.args[1]

    def in_coordinates(self) -> Expr:
        """In coordinates: a sum of products of entries, written out where d is a number."""
        length = self.left.shape[0]
        if isinstance(length, int | Integer):
            return Add(*(self.left[i, 0] * self.right[i, 0] for i in range(length)))
        index = Dummy("i", integer=True)
        return Sum(self.left[index, 0] * self.right[index, 0], (index, 0, length - 1))

    def _sympystr(self, printer: Any) -> str:
        return "·".join(printer.parenthesize(vector, 50) for vector in self.args)

    def _latex(self, printer: Any) -> str:
        return r" \cdot ".join(printer.parenthesize(vector, 50) for vector in self.args)

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        left, right = map(printer._print, self.args)
        return prettyForm(*prettyForm(*left.right("·")).right(right), binding=prettyForm.ADD)
