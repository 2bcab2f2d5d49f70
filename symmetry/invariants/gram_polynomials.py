"""SymPy expressions in vectors as polynomials in inner products and determinants, and back.

A column f is read as the polynomial u·f in one vector more, the *marked* one, and a matrix W as uᵀWw in two
(Malgrange's device, theory.md 2.6): equal polynomials are equal maps. Vectors have the numbers 0, 1, …; the marked ones
are −2 (left) and −1 (right), and so come first. The key (I, m) stands for det[v_i, i ∈ I] times the monomial m; a
polynomial maps keys to coefficients. Products of two determinants are Gram determinants, so that at most one remains.

>>> from sympy import MatrixSymbol
>>> x, y = MatrixSymbol("x", 3, 1), MatrixSymbol("y", 3, 1)
>>> read(2 * Inner(x, y) * y * x.T, [x, y])
{((), ((-2, 1), (-1, 0), (0, 1))): 2}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from math import factorial
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    Mul,
    Poly,
    PolynomialError,
    Pow,
    Transpose,
    ZeroMatrix,
    preorder_traversal,
)

from symmetry.determinant import Cross, Det, Hodge
from symmetry.errors import ShapeError, UsageError
from symmetry.inner import Inner
from symmetry.invariants.standard import Generator, Monomial
from symmetry.permutations import permutation_sign

__all__ = ["LEFT", "RIGHT", "Key", "Polynomial", "columns_in", "determinant_terms", "marks", "read", "write"]

LEFT, RIGHT = -2, -1
LARGEST_DETERMINANT = 9  # 362,880 terms

Key = tuple[tuple[int, ...], Monomial]
Polynomial = dict[Key, Any]
Atom = int | tuple[int, ...]  # a vector, or the cross product of vectors


def columns_in(*expressions: Any) -> list[MatrixSymbol]:
    """The symbols of columns that occur in expressions, by name (as text).

    Raises:
        ShapeError: they have different lengths.
    """
    found = {symbol for expression in expressions for symbol in expression.atoms(MatrixSymbol) if symbol.shape[1] == 1}
    vectors = sorted(found, key=str)
    for vector in vectors[1:]:
        if vector.shape != vectors[0].shape:
            raise ShapeError(
                f"the vectors have different lengths: {vectors[0]} has {vectors[0].shape[0]}, {vector} has "
                f"{vector.shape[0]}"
            )
    return vectors


def read(expression: Any, vectors: Sequence[MatrixSymbol]) -> Polynomial:
    """An expression as a polynomial with SymPy coefficients.

    Args:
        expression: a scalar polynomial in ``Inner`` and ``Det``; or a sum of products of such scalars, columns, rows,
            ``Identity``, ``Cross`` and ``Hodge``.
        vectors: all columns, in the order of their numbers.
    Raises:
        UsageError: something else is in it, as entries of vectors, or functions of inner products.
        ShapeError: factors do not fit.

    >>> from sympy import MatrixSymbol
    >>> x = MatrixSymbol("x", 2, 1)
    >>> read(1 / Inner(x, x), [x])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 1/(x·x) is no polynomial in inner products and determinants
    """
    return _Reader(vectors).value(expression)


def marks(polynomial: Polynomial) -> set[int]:
    """The marked vectors in a polynomial: they are in each of its terms."""
    for picked, monomial in polynomial:
        return {vector for vector in (*picked, *sum(monomial, ())) if vector < 0}
    return set()


class _Reader:
    def __init__(self, vectors: Sequence[MatrixSymbol]):
        self.numbers = {vector: number for number, vector in enumerate(vectors)}

    def value(self, expression: Any) -> Polynomial:
        if getattr(expression, "is_Matrix", False):
            return self.matrix(expression)
        if not isinstance(expression, Expr):
            raise UsageError(f"{expression} is a {type(expression).__name__}, neither a scalar nor a column or matrix")
        return self.scalar(expression)

    def scalar(self, expression: Any) -> Polynomial:
        generators = list(dict.fromkeys(_outermost(expression)))
        values = [self.generator(generator) for generator in generators]
        total: Polynomial = {}
        for exponents, coefficient in self.terms(expression, generators):
            powers = (value for value, exponent in zip(values, exponents) for _ in range(exponent))
            _add(total, reduce(_times, powers, _constant(coefficient)))
        return total

    def terms(self, expression: Any, generators: Sequence[Any]) -> Iterable[tuple[tuple[int, ...], Expr]]:
        # Symbols in their places, since multiplying out would go on inside of inner products.
        places = [Dummy() for _ in generators]
        found = [((), expression)]
        if generators:
            try:
                found = Poly(expression.xreplace(dict(zip(generators, places))), *places).terms()
            except PolynomialError:
                raise UsageError(f"{expression} is no polynomial in inner products and determinants") from None
        for _, coefficient in found:
            if self.numbers and coefficient.has(*self.numbers):
                raise UsageError(f"{coefficient} is not written in inner products and determinants of the vectors")
        return found

    def generator(self, generator: Any) -> Polynomial:
        if isinstance(generator, Inner):
            left, right = (self.matrix(vector) for vector in generator.args)
            return _contracted(left, LEFT, right, LEFT)
        return self.alternating((), generator.args)

    def alternating(self, open_: tuple[int, ...], vectors: Sequence[Any]) -> Polynomial:
        """det[marked vectors, vectors], linear in each."""
        places = range(len(vectors))  # numbers of nothing else, until each vector takes its place
        free = [1000 + place + len(self.numbers) for place in places]
        total: Polynomial = {((*open_, *free), ()): Integer(1)}
        for place, vector in zip(free, vectors):
            total = _contracted(total, place, self.matrix(vector), LEFT)
        return total

    def matrix(self, expression: Any) -> Polynomial:
        """uᵀWw for a matrix W, u·f for a column f; a product contracts the inner marked vectors."""
        if isinstance(expression, MatrixSymbol) and expression in self.numbers:
            return {((), ((LEFT, self.numbers[expression]),)): Integer(1)}
        if isinstance(expression, Transpose):
            return _transposed(self.matrix(expression.arg))
        if isinstance(expression, MatAdd):
            return _sum((self.matrix(term) for term in expression.args), expression)
        if isinstance(expression, MatMul):
            scalars, matrices = expression.as_coeff_matrices()
            return reduce(self._product(expression), map(self.matrix, matrices), self.scalar(scalars))
        if isinstance(expression, MatPow) and expression.exp.is_Integer and expression.exp > 0:
            return reduce(self._product(expression), [self.matrix(expression.base)] * int(expression.exp))
        if isinstance(expression, Identity):
            if expression.shape == (1, 1) and all(vector.shape != (1, 1) for vector in self.numbers):
                return _constant(Integer(1))  # what a number such as xᵀy is written with
            return {((), ((LEFT, RIGHT),)): Integer(1)}
        if isinstance(expression, Cross | Hodge):
            return self.alternating((LEFT, RIGHT)[: expression.open], expression.args)
        if isinstance(expression, ZeroMatrix) or getattr(expression, "is_zero_matrix", False):
            return {}
        raise UsageError(
            f"{expression} is neither a symbol of a column nor made of such by sums, products, transposes, Identity, "
            "Cross and Hodge"
        )

    def _product(self, whole: Any) -> Callable[[Polynomial, Polynomial], Polynomial]:
        def product(left: Polynomial, right: Polynomial) -> Polynomial:
            ends, starts = RIGHT in marks(left), LEFT in marks(right)
            if ends and starts:
                return _contracted(left, RIGHT, right, LEFT)
            if marks(left) & marks(right) or (left and right and ends != starts and marks(left)):
                raise ShapeError(f"the factors of {whole} do not fit: write Inner(x, y) for the number xᵀy")
            return _times(left, right)

        return product


def _outermost(expression: Any) -> Iterable[Any]:
    """Inner products and determinants that are not inside others."""
    walk = preorder_traversal(expression)
    for node in walk:
        if isinstance(node, Inner | Det):
            walk.skip()
            yield node


# ---------------------------------------------------------------------------------------------------------------
# Arithmetic.


def _constant(coefficient: Any) -> Polynomial:
    return {((), ()): coefficient} if coefficient != 0 else {}


def _add(total: Polynomial, more: Mapping[Key, Any]) -> None:
    for key, coefficient in more.items():
        total[key] = total[key] + coefficient if key in total else coefficient


def _sum(polynomials: Iterable[Polynomial], whole: Any) -> Polynomial:
    total: Polynomial = {}
    for polynomial in polynomials:
        if total and polynomial and marks(total) != marks(polynomial):
            raise ShapeError(f"{whole} adds rows to columns")
        _add(total, polynomial)
    return total


def _times(left: Mapping[Key, Any], right: Mapping[Key, Any]) -> Polynomial:
    total: Polynomial = {}
    for (rows, m), c in left.items():
        for (columns, n), e in right.items():
            if rows and columns:
                for k, sign in determinant_terms(rows, columns):
                    _add(total, {((), tuple(sorted(m + n + k))): sign * c * e})
            else:
                _add(total, {(rows or columns, tuple(sorted(m + n))): c * e})
    return total


def determinant_terms(rows: tuple[int, ...], columns: tuple[int, ...]) -> tuple[tuple[Monomial, int], ...]:
    """The terms of det(v_a·v_b), a in rows, b in columns; the product of the diagonal first.

    Raises:
        UsageError: there are too many.

    >>> determinant_terms((0, 1), (1, 2))
    ((((0, 1), (1, 2)), 1), (((0, 2), (1, 1)), -1))
    """
    size = len(rows)
    if size > LARGEST_DETERMINANT:
        raise UsageError(
            f"a determinant of {size} rows has {factorial(size):,} terms: only up to {LARGEST_DETERMINANT} rows are "
            "written out"
        )
    found: dict[Monomial, int] = {}
    for order, sign in _permutations(size):
        monomial = tuple(sorted(_pair(a, columns[place]) for a, place in zip(rows, order)))
        found[monomial] = found.get(monomial, 0) + sign
    return tuple((monomial, sign) for monomial, sign in found.items() if sign)


@lru_cache
def _permutations(size: int) -> list[tuple[tuple[int, ...], int]]:
    """With signs; the identity first."""
    if size == 0:
        return [((), 1)]
    return [
        ((*order[:place], size - 1, *order[place:]), sign * (-1) ** (size - 1 - place))
        for order, sign in _permutations(size - 1)
        for place in range(size - 1, -1, -1)
    ]


def _contracted(left: Polynomial, u: int, right: Polynomial, w: int) -> Polynomial:
    """Σ_k left(u = e_k) right(w = e_k), for polynomials linear in u and in w."""
    total: Polynomial = {}
    for first, c in left.items():
        rest, a, sign = _partner(first, u)
        for second, e in right.items():
            other, b, other_sign = _partner(second, w)
            outside = _times({rest: sign * c}, {other: other_sign * e})
            _add(total, _times(outside, _inner(a, b)))
    return total


def _partner(key: Key, vector: int) -> tuple[Key, Atom, int]:
    """The atom a such that the term is sign · rest · (vector·a)."""
    picked, monomial = key
    if vector in picked:
        place = picked.index(vector)
        return ((), monomial), picked[:place] + picked[place + 1 :], (-1) ** place
    pair = next(pair for pair in monomial if vector in pair)
    rest = list(monomial)
    rest.remove(pair)
    return (picked, tuple(rest)), pair[pair[0] == vector], 1


def _inner(a: Atom, b: Atom) -> Polynomial:
    if isinstance(a, tuple):
        if isinstance(b, tuple):
            return {((), monomial): Integer(sign) for monomial, sign in determinant_terms(a, b)}
        return _alternate((b, *a))
    if isinstance(b, tuple):
        return _alternate((a, *b))
    return {((), (_pair(a, b),)): Integer(1)}


def _pair(a: int, b: int) -> Generator:
    return (a, b) if a <= b else (b, a)


def _alternate(vectors: Sequence[int]) -> Polynomial:
    if len(set(vectors)) < len(vectors):
        return {}
    return {(tuple(sorted(vectors)), ()): Integer(permutation_sign(vectors))}


def _transposed(polynomial: Polynomial) -> Polynomial:
    other = {LEFT: RIGHT, RIGHT: LEFT}
    total: Polynomial = {}
    for (picked, monomial), coefficient in polynomial.items():
        pairs = sorted(_pair(other.get(a, a), other.get(b, b)) for a, b in monomial)
        turned = _alternate([other.get(vector, vector) for vector in picked]) if picked else _constant(Integer(1))
        _add(total, _times(turned, {((), tuple(pairs)): coefficient}))
    return total


# ---------------------------------------------------------------------------------------------------------------
# Back to SymPy.


def write(polynomial: Polynomial, vectors: Sequence[MatrixSymbol], like: Any) -> Any:
    """A polynomial as an expression of the kind of ``like``: what ``read`` takes.

    >>> from sympy import MatrixSymbol
    >>> x, y = MatrixSymbol("x", 3, 1), MatrixSymbol("y", 3, 1)
    >>> write(read(Cross(x, y) * Inner(y, y) - 2 * x, [x, y]), [x, y], x)
    (y·y)*cross[x, y] - 2*x
    """
    parts: dict[Any, list[Expr]] = {}
    for (picked, monomial), coefficient in polynomial.items():
        open_ = {a: vectors[b] for a, b in monomial if a < 0 <= b}
        factors = [Inner(vectors[a], vectors[b]) for a, b in monomial if a >= 0]
        closed = [vectors[number] for number in picked if number >= 0]
        if picked and picked[0] >= 0:
            factors.append(Det(*closed))
        elif picked[1:2] == (RIGHT,):
            open_[LEFT] = Hodge(*closed)
        elif picked:
            open_[picked[0]] = Cross(*closed)
        part = None
        if (LEFT, RIGHT) in monomial:
            part = Identity(like.shape[0])
        elif open_:
            left, right = open_.get(LEFT), open_.get(RIGHT)
            part = left if right is None else right.T if left is None else left * right.T
        parts.setdefault(part, []).append(Mul(coefficient, *(Pow(f, factors.count(f)) for f in dict.fromkeys(factors))))
    if not getattr(like, "is_Matrix", False):
        return Add(*(term for terms in parts.values() for term in terms))
    if not parts:
        return ZeroMatrix(*like.shape)
    if None in parts:  # 1 × 1, such as xᵀy
        return Add(*parts[None]) * Identity(1)
    return MatAdd(*(Add(*terms) * part for part, terms in parts.items())).doit(deep=False)
