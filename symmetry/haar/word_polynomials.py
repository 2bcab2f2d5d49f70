"""SymPy expressions as polynomials in words.

People write one inner product as ``Inner(a, Q*y)``, as the 1 × 1 matrix ``a.T*Q*y``, as a ``Trace`` or as a ``Sum`` of
entries. All of them become one polynomial: monomials in words, with coefficients that do not contain Q.

>>> from sympy import MatrixSymbol, Symbol, Trace
>>> from symmetry.inner import Inner
>>> d = Symbol("d")
>>> a, y, Q = MatrixSymbol("a", d, 1), MatrixSymbol("y", d, 1), MatrixSymbol("Q", d, d)
>>> ways = Inner(a, Q * y), a.T * Q * y, (a.T * Q * y)[0, 0], Trace(Q * y * a.T), Inner(Q.T * a, y)
>>> reading = Reading(Alphabet(Q))
>>> {tuple(reading.scalar(way).items()) for way in ways}
{(((0,), 1),)}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from math import comb
from typing import Any

from sympy import (
    Add,
    Adjoint,
    Basic,
    Determinant,
    Expr,
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    Mul,
    Pow,
    Sum,
    Trace,
    Transpose,
    ZeroMatrix,
    sympify,
)
from sympy.matrices.expressions.dotproduct import DotProduct
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

from symmetry.errors import UsageError
from symmetry.haar.index_sums import contracted, degree_in_entries, gathered
from symmetry.haar.messages import is_infinite, short
from symmetry.haar.words import Alphabet, Letter, Letters, Word, flip
from symmetry.inner import Inner

__all__ = ["DETERMINANT", "MOST_FACTORS", "MOST_TERMS", "Polynomial", "Reading"]

Monomial = tuple[int, ...]  # indices of words, in order, each as often as it is a factor
Polynomial = dict[Monomial, Expr]  # coefficients free of Q
Linear = list[tuple[Polynomial, Letters]]  # a matrix: products of letters with polynomials before them

DETERMINANT = Word((), False)  # det Q, which is no product of letters
MOST_FACTORS = 2000
MOST_TERMS = 200_000
ONE = Integer(1)


class Reading:
    """Polynomials in words, read from SymPy expressions.

    Args:
        alphabet: what Q is, and how words are written.

    ``words[index]`` is the word that a monomial names by its index.
    """

    def __init__(self, alphabet: Alphabet):
        self.alphabet = alphabet
        self.Q = alphabet.Q
        self.words: list[Word] = []
        self._index: dict[Word, int] = {}
        self._scalars: dict[type, Callable[[Any], Polynomial]] = {
            Add: self._sum,
            Mul: self._product,
            Pow: self._power,
            Inner: lambda inner: self._joined(inner.left, inner.right),
            DotProduct: lambda dot: self._joined(*(v if v.shape[1] == 1 else Transpose(v) for v in dot.args)),
            Trace: self._trace,
            Determinant: self._determinant,
            Sum: self._entries,
            MatrixElement: self._entries,
        }
        self._matrices: dict[type, Callable[[Any], Linear]] = {
            MatAdd: lambda total: [part for term in total.args for part in self.matrix(term)],
            MatMul: lambda product: self._chain(product.args),
            MatPow: self._matrix_power,
            Transpose: lambda outer: [(c, flip(letters)) for c, letters in self.matrix(outer.arg)],
            Adjoint: lambda outer: [(c, flip(letters)) for c, letters in self.matrix(outer.arg)],
            Inverse: self._inverse,
            MatrixSlice: self._columns,
        }

    # -----------------------------------------------------------------------------------------------------------
    # Scalars.

    def scalar(self, expr: Basic) -> Polynomial:
        """A scalar or 1 × 1 matrix expression as a polynomial in words.

        Raises:
            UsageError: it is not a scalar, or does not depend on Q as a polynomial in words.
        """
        if getattr(expr, "is_Matrix", False):
            if tuple(expr.shape) != (1, 1):
                raise UsageError(f"only scalars are averaged, but {short(expr)} is {' × '.join(map(str, expr.shape))}")
            if isinstance(expr, MatrixBase):
                return self.scalar(expr[0, 0])
            return self.added((c, self._word(letters, False)) for c, letters in self.matrix(expr))
        known = next((read for kind, read in self._scalars.items() if isinstance(expr, kind)), None)
        if known is not None and expr.has(self.Q, Inner, Trace, MatrixExpr):
            return known(expr)
        if expr.has(self.Q):
            raise self._not_polynomial(expr)
        return self._constant(expr)

    def _constant(self, expr: Expr) -> Polynomial:
        if is_infinite(expr):
            raise UsageError(f"{short(expr)} cannot be a coefficient: it is not a finite number")
        return {(): expr} if expr != 0 else {}

    def _sum(self, total: Add) -> Polynomial:
        parts = list(total.args)
        written_out = []
        if self.Q.shape[0].is_Integer and self.Q.shape[0] > 1 and total.has(MatrixElement):
            written_out = [term for term in parts if degree_in_entries(term, self.Q) == 1]
            parts = [term for term in parts if degree_in_entries(term, self.Q) != 1]
        gathered_parts = [gathered(written_out, self)] if written_out else []
        return self.added((part, {(): ONE}) for part in [*map(self.scalar, parts), *gathered_parts])

    def _product(self, product: Mul) -> Polynomial:
        return reduce(self.times, map(self.scalar, product.args))

    def _power(self, power: Pow) -> Polynomial:
        base, exponent = power.args
        if exponent.is_Integer and exponent >= 0:
            return self._raised(self.scalar(base), int(exponent), power)
        if power.has(self.Q):
            raise self._not_polynomial(power)
        return self._constant(power)

    def _raised(self, base: Polynomial, exponent: int, shown: Any) -> Polynomial:
        many = comb(exponent + len(base) - 1, exponent) if base and exponent <= MOST_FACTORS else 1
        if exponent > MOST_FACTORS or exponent * max(map(len, base), default=0) > MOST_FACTORS:
            raise UsageError(f"{short(shown)} has more than {MOST_FACTORS} factors: give a smaller power")
        if many > MOST_TERMS:
            raise UsageError(f"{short(shown)} has {many} terms when it is multiplied out, more than {MOST_TERMS}")
        if len(base) == 1:
            [(monomial, coefficient)] = base.items()
            return {tuple(sorted(monomial * exponent)): coefficient**exponent}
        return reduce(self.times, [base] * exponent, {(): ONE})

    def _joined(self, left: MatrixExpr, right: MatrixExpr) -> Polynomial:
        return self.scalar_of_chain([Transpose(left), right], False)

    def _trace(self, trace: Trace) -> Polynomial:
        parts: list[tuple[Polynomial, Polynomial]] = []
        for coefficient, letters in self.matrix(trace.arg):
            reduced = self.alphabet.reduced(letters, closed=True)
            parts.append((coefficient, self._word(reduced, True) if reduced else {(): sympify(trace.arg.shape[0])}))
        return self.added(parts)

    def scalar_of_chain(self, factors: Iterable[MatrixExpr], closed: bool) -> Polynomial:
        """The product of matrices as a scalar: 1 × 1 as it stands, or its trace."""
        return self.added((c, self._word(letters, closed)) for c, letters in self._chain(factors))

    def _determinant(self, determinant: Determinant) -> Polynomial:
        if not determinant.has(self.Q):
            return self._constant(determinant)
        if determinant.arg not in (self.Q, Transpose(self.Q)):
            raise UsageError(
                f"of the determinants that contain Q only Determinant({self.Q}) is read, not {short(determinant)}"
            )
        return {(self._number(DETERMINANT),): ONE}

    def _entries(self, expr: Expr) -> Polynomial:
        try:
            return contracted(expr, self)
        except UsageError:
            if expr.has(self.Q):
                raise
            return self._constant(expr)

    # -----------------------------------------------------------------------------------------------------------
    # Matrices.

    def matrix(self, expr: MatrixExpr) -> Linear:
        """A matrix expression as a sum of products of letters.

        Raises:
            UsageError: it does not depend on Q as a polynomial.
        """
        if isinstance(expr, ZeroMatrix):
            return []
        if isinstance(expr, Identity):
            return [({(): ONE}, ())]
        known = next((read for kind, read in self._matrices.items() if isinstance(expr, kind)), None)
        if known is not None:
            return known(expr)
        if isinstance(expr, MatrixBase) and tuple(expr.shape) == (1, 1):
            return [(self.scalar(expr[0, 0]), ())]
        if isinstance(expr, MatrixBase) and is_infinite(expr):
            raise UsageError(f"{short(expr)} has entries that are not finite numbers")
        if expr != self.Q and expr.has(self.Q):
            raise self._not_polynomial(expr)
        return [({(): ONE}, (Letter(expr, False),))]

    def _chain(self, factors: Iterable[Basic]) -> Linear:
        product: Linear = [({(): ONE}, ())]
        for factor in factors:
            if getattr(factor, "is_Matrix", False):
                right = self.matrix(factor)
            else:
                right = [(self.scalar(factor), ())]
            self.refuse_many(len(product) * len(right))
            product = [(self.times(c, e), (*left, *more)) for c, left in product for e, more in right]
        return product

    def _matrix_power(self, power: MatPow) -> Linear:
        base, exponent = power.args
        if not exponent.is_Integer or (exponent < 0 and base != self.Q):
            if power.has(self.Q):
                raise self._not_polynomial(power)
            return [({(): ONE}, (Letter(power, False),))]
        if exponent < 0:
            base, exponent = Transpose(base), -exponent
        if tuple(base.shape) == (1, 1):
            return [(self._raised(self.scalar(base), int(exponent), power), ())]
        if exponent > MOST_FACTORS:
            raise UsageError(f"{short(power)} has more than {MOST_FACTORS} factors: give a smaller power")
        return self._chain([base] * int(exponent))

    def _inverse(self, inverse: Inverse) -> Linear:
        if inverse.arg == self.Q:
            return [({(): ONE}, (Letter(self.Q, True),))]
        if inverse.has(self.Q):
            raise self._not_polynomial(inverse)
        if isinstance(inverse.arg, Transpose):
            return [({(): ONE}, (Letter(Inverse(inverse.arg.arg), True),))]
        return [({(): ONE}, (Letter(inverse, False),))]

    def _columns(self, part: MatrixSlice) -> Linear:
        parent = part.parent
        if not part.has(self.Q):
            return [({(): ONE}, (Letter(part, False),))]
        if isinstance(parent, MatMul) and part.rowslice == (0, parent.shape[0], 1) and not parent.args[-1].has(self.Q):
            last = parent.args[-1]
            return self._chain([*parent.args[:-1], MatrixSlice(last, (0, last.shape[0], 1), part.colslice)])
        raise UsageError(
            f"{short(part)} is a part of a matrix that contains {self.Q}: write a column as {self.Q}*x with a vector x"
        )

    # -----------------------------------------------------------------------------------------------------------
    # Polynomials.

    def _word(self, letters: Letters, closed: bool) -> Polynomial:
        word = Word(self.alphabet.reduced(letters, closed), closed)
        return {tuple(sorted(map(self._number, map(self.alphabet.canonical, self.alphabet.pieces(word))))): ONE}

    def _number(self, word: Word) -> int:
        if word not in self._index:
            self._index[word] = len(self.words)
            self.words.append(word)
        return self._index[word]

    def times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        self.refuse_many(len(left) * len(right))
        return self.added([({m: c}, {n: e}) for m, c in left.items() for n, e in right.items()])

    def added(self, products: Iterable[tuple[Polynomial, Polynomial]]) -> Polynomial:
        total: dict[Monomial, list[Expr]] = {}
        for left, right in products:
            for m, c in left.items():
                for n, e in right.items():
                    monomial = tuple(sorted(m + n))
                    total.setdefault(monomial, []).append(c if e is ONE else e if c is ONE else c * e)
        added = {m: cs[0] if len(cs) == 1 else Add(*cs) for m, cs in total.items()}
        return {m: c for m, c in added.items() if c != 0}

    def refuse_many(self, count: int) -> None:
        if count > MOST_TERMS:
            raise UsageError(f"the expression has {count} terms when it is multiplied out, more than {MOST_TERMS}")

    def _not_polynomial(self, expr: Basic) -> UsageError:
        return UsageError(
            f"{short(expr)} does not depend on {self.Q} as a polynomial in inner products: only sums, products and "
            f"powers of inner products Inner(a, {self.Q}*y), 1 × 1 products a.T*{self.Q}*y and traces are averaged"
        )
