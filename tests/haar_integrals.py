"""Averages over rotations of dimension 1 to 4 by integration, and values of SymPy expressions in any ring.

Nothing here knows pairings: rotations are written with unit complex numbers and unit quaternions, whose monomials have
elementary integrals over the sphere (G. B. Folland, How to integrate a polynomial over a sphere, 2001).
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

from symmetry.inner import Inner

Rows = list[list[Any]]

CONTEXT = fmpq_mpoly_ctx.get([f"s{i}" for i in range(8)], Ordering.lex)
_s = CONTEXT.gens()
ZERO = CONTEXT.constant(0)
ONE = CONTEXT.constant(1)


def rotation(d: int) -> tuple[Rows, list[int]]:
    """A rotation that depends on points of spheres, and the numbers of coordinates of those spheres."""
    if d == 1:
        return [[ONE]], []
    if d == 2:
        c, s = _s[:2]
        return [[c, -1 * s], [s, c]], [2]
    if d == 3:
        w, x, y, z = _s[:4]
        return [
            [w**2 + x**2 - y**2 - z**2, 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), w**2 - x**2 + y**2 - z**2, 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), w**2 - x**2 - y**2 + z**2],
        ], [4]
    p, q = _s[:4], _s[4:]
    left = [
        [p[0], -p[1], -p[2], -p[3]],
        [p[1], p[0], -p[3], p[2]],
        [p[2], p[3], p[0], -p[1]],
        [p[3], -p[2], p[1], p[0]],
    ]
    right = [
        [q[0], -q[1], -q[2], -q[3]],
        [q[1], q[0], q[3], -q[2]],
        [q[2], -q[3], q[0], q[1]],
        [q[3], q[2], -q[1], q[0]],
    ]
    return times(left, right), [4, 4]


def times(left: Rows, right: Rows) -> Rows:
    return [[sum((a * b for a, b in zip(row, column)), ZERO) for column in zip(*right)] for row in left]


def transposed(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows)]


def integral(polynomial: Any, spheres: list[int]) -> Fraction:
    """The average over the product of unit spheres."""
    total = Fraction(0)
    for exponents, coefficient in polynomial.terms():
        value, start = Fraction(int(coefficient.p), int(coefficient.q)), 0
        for size in spheres:
            powers = exponents[start : start + size]
            start += size
            if any(power % 2 for power in powers):
                value = Fraction(0)
                break
            value *= prod(prod(range(power - 1, 0, -2)) for power in powers)
            value /= prod(size + 2 * i for i in range(sum(powers) // 2))
        total += value
    return total


def average(expr: Any, Q: Any, values: dict[Any, Rows], group: str) -> Fraction:
    """The Haar average of an expression, its other matrices having the given rational values."""
    d = int(Q.shape[0])
    turn, spheres = rotation(d)
    mirror = [[-entry for entry in turn[0]], *turn[1:]]
    elements = [turn] if group == "SO" else [turn, mirror]
    return sum(integral(value(expr, {**values, Q: g}), spheres) for g in elements) / len(elements)


def value(expr: Any, values: dict[Any, Rows]) -> Any:
    """A scalar expression in the ring of the given matrices; nothing is rewritten first."""
    if isinstance(expr, sympy.MatrixExpr):
        return matrix(expr, values)[0][0]
    if isinstance(expr, sympy.Rational):
        return _in_ring(Fraction(int(expr.p), int(expr.q)))
    if isinstance(expr, sympy.Add):
        return sum((value(term, values) for term in expr.args), ZERO)
    if isinstance(expr, sympy.Mul):
        return prod((value(factor, values) for factor in expr.args), start=ONE)
    if isinstance(expr, sympy.Pow):
        base, exponent = value(expr.base, values), int(expr.exp)
        return base**exponent if exponent >= 0 else CONTEXT.constant(1 / base.leading_coefficient()) ** -exponent
    if isinstance(expr, Inner):
        return times(transposed(matrix(expr.left, values)), matrix(expr.right, values))[0][0]
    if isinstance(expr, sympy.Trace):
        rows = matrix(expr.arg, values)
        return sum((rows[i][i] for i in range(len(rows))), ZERO)
    if isinstance(expr, sympy.Determinant):
        return determinant(matrix(expr.arg, values))
    if isinstance(expr, MatrixElement):
        return matrix(expr.parent, values)[int(expr.i)][int(expr.j)]
    raise TypeError(f"no value for {expr!r}")


def matrix(expr: Any, values: dict[Any, Rows]) -> Rows:
    if expr in values:
        return [[_in_ring(entry) for entry in row] for row in values[expr]]
    if isinstance(expr, sympy.Transpose):
        return transposed(matrix(expr.arg, values))
    if isinstance(expr, MatrixSlice):
        rows = matrix(expr.parent, values)
        return [row[slice(*map(int, expr.colslice))] for row in rows[slice(*map(int, expr.rowslice))]]
    if isinstance(expr, sympy.Identity):
        size = int(expr.shape[0])
        return [[ONE if i == j else ZERO for j in range(size)] for i in range(size)]
    if isinstance(expr, sympy.MatAdd):
        first, *rest = (matrix(term, values) for term in expr.args)
        for rows in rest:
            first = [[a + b for a, b in zip(left, right)] for left, right in zip(first, rows)]
        return first
    if isinstance(expr, sympy.MatPow):
        power = matrix(sympy.Identity(expr.shape[0]), values)
        for _ in range(int(expr.exp)):
            power = times(power, matrix(expr.base, values))
        return power
    if isinstance(expr, sympy.MatMul):
        scale, rows = ONE, None
        for factor in expr.args:
            if isinstance(factor, sympy.MatrixExpr | sympy.MatrixBase):
                rows = matrix(factor, values) if rows is None else times(rows, matrix(factor, values))
            else:
                scale *= value(factor, values)
        return [[scale * entry for entry in row] for row in rows or []]
    if isinstance(expr, sympy.MatrixBase):
        return [[value(expr[i, j], values) for j in range(expr.shape[1])] for i in range(expr.shape[0])]
    raise TypeError(f"no value for {expr!r}")


def _in_ring(entry: Any) -> Any:
    return CONTEXT.constant(fmpq(entry.numerator, entry.denominator)) if isinstance(entry, int | Fraction) else entry


def determinant(rows: Rows) -> Any:
    if not rows:
        return ONE
    return sum(
        ((-1) ** j * rows[0][j] * determinant([row[:j] + row[j + 1 :] for row in rows[1:]]) for j in range(len(rows))),
        ZERO,
    )
