"""Traces, determinants, sums and entries of products, written as polynomials in the entries of Q and det Q.

How many terms there will be is estimated before any of them is formed.

>>> from sympy import MatrixSymbol, Trace
>>> Q = MatrixSymbol("Q", 2, 2)
>>> written_out(Trace(Q) ** 2, Q), how_many_terms(Trace(Q) ** 2, Q)
((Q[0, 0] + Q[1, 1])**2, 3)
"""

from __future__ import annotations

from functools import reduce
from math import comb, factorial, prod
from operator import add, mul
from typing import Any

from sympy import (
    Add,
    Adjoint,
    Determinant,
    Expr,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    Pow,
    Sum,
    Trace,
    Transpose,
    preorder_traversal,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symmetry.errors import UsageError
from symmetry.haar.messages import short

__all__ = ["MOST_TERMS", "explicit", "how_many_terms", "is_in_traces", "refuse_many_terms", "written_out"]

MOST_TERMS = 50_000
MOST_CHOSEN = 60  # binomial coefficients, factorials and powers from here on are far too large, whatever they are


def written_out(expr: Expr, Q: MatrixSymbol) -> Expr:
    """The expression without traces, sums, entries of products, and determinants other than det Q."""
    found = {}
    walk = preorder_traversal(expr)
    for node in walk:
        if isinstance(node, MatrixElement | Trace | Determinant | Sum) and node.has(Q):
            walk.skip()
            if not (isinstance(node, MatrixElement) and node.parent == Q) and node != Determinant(Q):
                found[node] = written_out(_opened(node, Q), Q)
    return expr.xreplace(found)


def _opened(node: Expr, Q: MatrixSymbol) -> Expr:
    if isinstance(node, MatrixElement):
        if node.parent in (Transpose(Q), Inverse(Q)):
            return Q[node.indices[::-1]]
        return explicit(node.parent, Q)[node.indices]
    if isinstance(node, Trace):
        if node.arg in (Q, Transpose(Q), Inverse(Q)) and Q.rows.is_Integer:
            return Add(*(Q[i, i] for i in range(int(Q.rows))))
        return explicit(node.arg, Q).trace()
    if isinstance(node, Determinant):
        if node.arg in (Transpose(Q), Inverse(Q)):
            return Determinant(Q)
        if isinstance(node.arg, MatMul):
            scale, factors = node.arg.as_coeff_matrices()
            if all(factor.rows == factor.cols for factor in factors):
                return scale**node.arg.rows * Mul(*map(Determinant, factors))
        return explicit(node.arg, Q).det(method="laplace")
    *inner, (index, first, last) = node.limits
    if not (first.is_Integer and last.is_Integer):
        raise UsageError(
            f"{short(node)} has limits that are not integers: give {Q} an integer size, or write the sum out"
        )
    sign = 1 if first <= last else -1  # as SymPy has it: Σ from 5 to 2 is minus Σ from 3 to 4
    body, values = Sum(node.function, *inner) if inner else node.function, range(int(first), int(last) + 1)
    try:
        return sign * Add(*(body.subs(index, n) for n in (values or range(int(last) + 1, int(first)))))
    except IndexError as error:
        raise UsageError(f"{short(node)} has terms with an index that {Q} of shape {Q.shape} does not have") from error


def explicit(matrix: MatrixBase | MatrixExpr, Q: MatrixSymbol) -> MatrixBase:
    """A matrix expression as a matrix of expressions; the inverse of Q is its transpose.

    Raises:
        UsageError: its shape is symbolic.
    """
    if isinstance(matrix, MatrixBase):
        return matrix
    if not all(length.is_Integer for length in matrix.shape):
        raise UsageError(
            f"{short(matrix)} has the shape {matrix.shape}: give {Q} an integer size, or write out entries; traces "
            "and inner products are averaged by reynolds"
        )
    powers = {node: Transpose(Q) ** -node.exp for node in matrix.atoms(MatPow) if node.base == Q and node.exp < 0}
    return _formed(matrix.xreplace({Inverse(Q): Transpose(Q), **powers}))


def _formed(matrix: Any) -> Any:
    """The matrix of entries; products are formed factor by factor, where SymPy writes a sum over all indices."""
    if isinstance(matrix, MatMul):
        return reduce(mul, (_formed(factor) if factor.is_Matrix else factor for factor in matrix.args))
    if isinstance(matrix, MatAdd):
        return reduce(add, map(_formed, matrix.args))
    if isinstance(matrix, Transpose):
        return _formed(matrix.arg).T
    if type(matrix) is MatPow and matrix.exp.is_Integer and matrix.exp > 0:
        return reduce(mul, [_formed(matrix.base)] * int(matrix.exp))
    return matrix.as_explicit()


def is_in_traces(expr: Expr, Q: MatrixSymbol) -> bool:
    """Whether Q is in traces of products of Q and Qᵀ only, and in det Q."""
    if isinstance(expr, Trace):
        matrices = [node for node in preorder_traversal(expr.arg) if isinstance(node, MatrixExpr)]
        return all(matrix == Q or isinstance(matrix, MatMul | MatPow | Transpose) for matrix in matrices)
    if isinstance(expr, Add | Mul) or (isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 0):
        return all(is_in_traces(part, Q) for part in expr.args)
    return expr == Determinant(Q) or not expr.has(Q)


# ---------------------------------------------------------------------------------------------------------------
# How many terms.


def refuse_many_terms(expr: Any, Q: MatrixSymbol) -> None:
    """Refuse what is too long when it is written out.

    Raises:
        UsageError: the message says how many terms there are.
    """
    count = how_many_terms(expr, Q)
    if count > MOST_TERMS:
        text = str(count) if count < 10**30 else "more than 10^30"
        raise UsageError(
            f"{short(expr)} has {text} terms when it is written out in the entries of {Q}, the limit is {MOST_TERMS}: "
            f"write it in traces and inner products Inner(a, {Q}*y) and use reynolds"
        )


def how_many_terms(expr: Any, Q: MatrixSymbol) -> int:
    """How many terms an expression has when it is written out, at most; of a matrix, all its entries together.

    Numbers above 10³⁰ are not found exactly.
    """
    if getattr(expr, "is_Matrix", False):
        return _length(expr.rows) * _length(expr.cols) * _terms_of_entries(expr, Q)
    if isinstance(expr, Add):
        return sum(how_many_terms(part, Q) for part in expr.args)
    if isinstance(expr, Mul):
        return prod(how_many_terms(part, Q) for part in expr.args)
    if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 0:
        base, power = how_many_terms(expr.base, Q), int(expr.exp)
        return comb(power + base - 1, min(power, base - 1, MOST_CHOSEN)) if base else 0
    if not isinstance(expr, MatrixElement | Trace | Determinant | Sum) or not expr.has(Q):
        return 1
    if isinstance(expr, Sum):
        lengths = [abs(int(last - first)) + 1 for _, first, last in expr.limits if (last - first).is_Integer]
        return prod(lengths) * how_many_terms(expr.function, Q)
    matrix = expr.parent if isinstance(expr, MatrixElement) else expr.arg
    if matrix in (Q, Transpose(Q), Inverse(Q)):
        return _length(Q.rows) if isinstance(expr, Trace) else 1
    if not isinstance(expr, Determinant):
        formed = _length(matrix.rows) * _length(matrix.cols)
        return formed + _terms_of_entries(matrix, Q) * (_length(matrix.rows) if isinstance(expr, Trace) else 1)
    if isinstance(matrix, MatMul):
        return prod(how_many_terms(Determinant(part), Q) for part in matrix.args if part.is_Matrix and part.is_square)
    return _power(_terms_of_entries(matrix, Q), _length(matrix.rows)) * factorial(
        min(_length(matrix.rows), MOST_CHOSEN)
    )


def _terms_of_entries(matrix: Any, Q: MatrixSymbol) -> int:
    """How many terms an entry of a matrix has, at most."""
    if isinstance(matrix, MatrixBase):
        return max(
            (_terms_of_entries(e, Q) if e.is_Matrix else how_many_terms(e, Q) for e in matrix.flat()),
            default=0,
        )
    if isinstance(matrix, MatAdd):
        return sum(_terms_of_entries(part, Q) for part in matrix.args)
    if isinstance(matrix, MatMul):
        scalars = [how_many_terms(part, Q) for part in matrix.args if not part.is_Matrix]
        factors = [part for part in matrix.args if part.is_Matrix]
        inner = [_length(part.cols) for part in factors[:-1]]
        return prod(scalars) * prod(inner) * prod(_terms_of_entries(part, Q) for part in factors)
    if isinstance(matrix, MatPow) and not isinstance(matrix, Inverse):
        power = int(abs(matrix.exp)) if matrix.exp.is_Integer else 1
        each = _terms_of_entries(matrix.base, Q)
        return _power(each, power) * _power(_length(matrix.rows), max(power - 1, 0))
    if isinstance(matrix, Transpose | Adjoint | Inverse):
        return _terms_of_entries(matrix.arg, Q)
    return prod(_terms_of_entries(part, Q) for part in matrix.args if getattr(part, "is_Matrix", False))


def _length(length: Any) -> int:
    """A number of rows or columns; where it is a symbol, nothing is written out."""
    return int(length) if isinstance(length, int | Integer) else 1


def _power(base: int, exponent: int) -> int:
    return int(base ** min(exponent, 2 * MOST_CHOSEN))
