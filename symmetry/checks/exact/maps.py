"""Small exact maps of matrices, from which candidates for unknown functions are built."""

from __future__ import annotations

from typing import Any

from symmetry.checks.exact.fields import Field, Matrix

__all__ = ["cross", "first_row", "sandwich", "skew", "squares", "trace"]


def cross(field: Field, matrix: Matrix) -> Matrix:
    """The generalised cross product of d − 1 columns: the cofactors along one more column (d × 1)."""
    rows = matrix.tolist()
    d = len(rows)
    cofactors = []
    for i in range(d):
        minor = [entry for k, row in enumerate(rows) if k != i for entry in row]
        cofactors.append(field.matrix(d - 1, d - 1, minor).det() * (-1) ** i)
    return field.matrix(d, 1, cofactors)


def skew(field: Field, matrix: Matrix) -> Matrix:
    """The matrix of (x, y) ↦ det[x y, d − 2 columns] (d × d)."""
    rows = matrix.tolist()
    d = len(rows)
    table = [[field.number(0)] * d for _ in range(d)]
    for i in range(d):
        for j in range(i + 1, d):
            minor = [entry for k, row in enumerate(rows) if k not in (i, j) for entry in row]
            table[i][j] = field.matrix(d - 2, d - 2, minor).det() * (-1) ** (i + j + 1)
            table[j][i] = -table[i][j]
    return field.matrix(d, d, [entry for row in table for entry in row])


def sandwich(matrix: Matrix, middle: Matrix) -> Matrix:
    """W·B·Wᵀ."""
    return matrix * middle * matrix.transpose()


def squares(field: Field, matrix: Matrix) -> Matrix:
    """The entrywise square."""
    return field.matrix(matrix.nrows(), matrix.ncols(), [entry * entry for entry in matrix.entries()])


def trace(field: Field, matrix: Matrix) -> Any:
    """The sum of the diagonal."""
    return sum((matrix[i, i] for i in range(matrix.nrows())), field.number(0))


def first_row(field: Field, matrix: Matrix, K: Matrix, row: Matrix) -> Matrix:
    """The first row of G·K for G = WᵀW, plus a constant row."""
    if matrix.ncols() == 0:
        return row
    return field.columns(matrix, [0]).transpose() * matrix * K + row
