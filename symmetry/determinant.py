"""Determinants of vectors with columns left open, as SymPy objects: what rotations keep beside inner products.

With d vectors in ``Det`` nothing is open and the value is a number; with d − 1 in ``Cross`` it is the vector c with
w·c = det[w, v₁, …]; with d − 2 in ``Hodge`` it is the skew matrix K with uᵀKw = det[u, w, v₁, …]. All alternate: they
change sign when two vectors change places. Explicit columns give the number or the matrix.

>>> from sympy import MatrixSymbol
>>> x, y, z = (MatrixSymbol(name, 3, 1) for name in "xyz")
>>> Det(y, x, z), Det(x, y, x), Cross(y, x)
(-det[x, y, z], 0, -cross[x, y])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, ImmutableMatrix, Integer, MatrixBase, MatrixExpr, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixElement

from symmetry.errors import ShapeError
from symmetry.inner import as_sympy, shape_text
from symmetry.permutations import permutation_sign

__all__ = ["Cross", "Det", "Hodge"]


def _sorted(name: str, vectors: Sequence[Any], d: int) -> tuple[tuple[MatrixExpr, ...], int]:
    """The vectors in SymPy's order, and the sign of the permutation; 0 where one occurs twice."""
    found = tuple(map(as_sympy, vectors))
    for vector in found:
        if getattr(vector, "shape", ()) != (d, 1):
            size = shape_text(vector)
            raise ShapeError(f"{name} of {len(found)} vectors takes columns of length {d}, not {vector}: {size}")
    order = sorted(range(len(found)), key=lambda place: found[place].sort_key())
    return tuple(found[place] for place in order), 0 if len(set(found)) < len(found) else permutation_sign(order)


def _minor(columns: Sequence[MatrixExpr], units: Sequence[int], d: int) -> Expr:
    """The determinant whose first columns are standard basis vectors."""
    unit = [[Integer(row == place) for row in range(d)] for place in units]
    rest = [[column[row, 0] for row in range(d)] for column in columns]
    return ImmutableMatrix([*unit, *rest]).det() if d else Integer(1)


class Det(Expr):  # type: ignore[misc]
    """The determinant of the matrix with these d columns of length d.

    Raises:
        ShapeError: not d columns of length d.

    >>> from sympy import MatrixSymbol
    >>> x, y = MatrixSymbol("x", 2, 1), MatrixSymbol("y", 2, 1)
    >>> Det(x, y).in_coordinates()
    x[0, 0]*y[1, 0] - x[1, 0]*y[0, 0]
    >>> Det(x, MatrixSymbol("z", 3, 1))
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: det of 2 vectors takes columns of length 2, not z: 3 × 1
    """

    is_commutative = True
    is_real = True

    def __new__(cls, *vectors: Any) -> Any:
        columns, sign = _sorted("det", vectors, len(vectors))
        if all(isinstance(column, MatrixBase) for column in columns):
            return sign * _minor(columns, (), len(columns))
        return sign * super().__new__(cls, *columns) if sign else Integer(0)

    def in_coordinates(self) -> Expr:
        """The determinant written out in the entries of its columns."""
        return _minor(self.args, (), len(self.args)).expand()

    def _sympystr(self, printer: Any) -> str:
        return f"det[{', '.join(map(printer._print, self.args))}]"

    def _latex(self, printer: Any) -> str:
        return rf"\det\left[{', '.join(map(printer._print, self.args))}\right]"


class _Open(MatrixExpr):  # type: ignore[misc]
    """A determinant with its first columns left open."""

    name: str
    open: int

    def __new__(cls, *vectors: Any) -> Any:
        d = len(vectors) + cls.open
        columns, sign = _sorted(cls.name, vectors, d)
        if not sign:
            return ZeroMatrix(d, d if cls.open == 2 else 1)
        made = super().__new__(cls, *columns)
        if columns and all(isinstance(column, MatrixBase) for column in columns):
            made = made.as_explicit()
        return made if sign > 0 else -made

    @property
    def shape(self) -> tuple[Integer, Integer]:
        d = Integer(len(self.args) + self.open)
        return d, d if self.open == 2 else Integer(1)

    def _entry(self, i: Any, j: Any, **options: Any) -> Expr:
        if not (isinstance(i, int | Integer) and isinstance(j, int | Integer)):
            return MatrixElement(self, i, j)
        return _minor(self.args, (int(i), int(j))[: self.open], len(self.args) + self.open)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.name}[{', '.join(map(printer._print, self.args))}]"

    def _latex(self, printer: Any) -> str:
        return rf"\operatorname{{{self.name}}}\left[{', '.join(map(printer._print, self.args))}\right]"


class Cross(_Open):
    """The vector c with w·c = det[w, v₁, …, v_{d−1}] for every w: the cross product where d = 3.

    Raises:
        ShapeError: not d − 1 columns of length d.

    >>> from sympy import MatrixSymbol
    >>> x, y = MatrixSymbol("x", 3, 1), MatrixSymbol("y", 3, 1)
    >>> Cross(x, y)[2, 0], Cross(x, x)
    (x[0, 0]*y[1, 0] - x[1, 0]*y[0, 0], 0)
    >>> Cross(x)
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: cross of 1 vectors takes columns of length 2, not x: 3 × 1
    """

    name = "cross"
    open = 1


class Hodge(_Open):
    """The skew matrix K with uᵀKw = det[u, w, v₁, …, v_{d−2}] for all u and w: the quarter turn where d = 2.

    Raises:
        ShapeError: not d − 2 columns of length d.

    >>> Hodge().as_explicit()
    Matrix([
    [ 0, 1],
    [-1, 0]])
    """

    name = "hodge"
    open = 2
