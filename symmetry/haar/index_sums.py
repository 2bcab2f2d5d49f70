"""Sums of entries as words: SymPy writes (aᵀQy)[0, 0] as Σᵢⱼ a[i, 0] Q[i, j] y[j, 0].

Each summation index must occur in two places, over its whole range; then the entries form chains from vector to vector
and closed loops, which are words. Where d is a number SymPy writes the sum out; a written-out sum with one Q is read
too, when all its d² terms are there.

>>> from sympy import MatrixSymbol, Symbol, Trace
>>> from symmetry.haar.word_polynomials import Reading
>>> from symmetry.haar.words import Alphabet
>>> M, Q = (MatrixSymbol(name, Symbol("d"), Symbol("d")) for name in "MQ")
>>> reading = Reading(Alphabet(Q))
>>> contracted(Trace(Q * M).rewrite("Sum"), reading) == reading.scalar(Trace(M * Q))
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, Protocol

from sympy import Add, Basic, Dummy, Expr, Integer, Mul, Pow, Sum, Transpose
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

from symmetry.errors import UsageError

__all__ = ["Words", "contracted", "degree_in_entries", "gathered"]

Polynomial = dict[tuple[int, ...], Expr]  # indices of words, in order, each as often as it is a factor -> coefficient


class Words(Protocol):
    """What reads the words themselves: :class:`symmetry.haar.word_polynomials.Reading`, which calls this module."""

    Q: Any

    def scalar(self, expr: Basic) -> Polynomial:
        """A scalar as a polynomial in words."""

    def scalar_of_chain(self, factors: Sequence[Any], closed: bool) -> Polynomial:
        """A product of matrices that is a number, or its trace, as a polynomial in words."""

    def added(self, terms: Iterable[tuple[Polynomial, Polynomial]]) -> Polynomial:
        """Σ c p for pairs of polynomials."""

    def times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The product of two polynomials."""

    def refuse_many(self, terms: int) -> None:
        """Refuse to form too many terms."""


@dataclass
class _Term:
    """A product: scalars, entries, and the ranges of the indices that are summed over."""

    scalars: list[Expr] = field(default_factory=list)
    entries: list[MatrixElement] = field(default_factory=list)
    ranges: dict[Dummy, Expr] = field(default_factory=dict)

    def __mul__(self, other: _Term) -> _Term:
        return _Term(self.scalars + other.scalars, self.entries + other.entries, {**self.ranges, **other.ranges})


def contracted(expr: Expr, reading: Words) -> Polynomial:
    """A sum over indices, or a single entry, as a polynomial in words.

    Raises:
        UsageError: an index does not occur in exactly two places, does not run over the whole axis, or an entry of Q
            stands by itself.
    """
    return reading.added(_joined(term, reading) for term in _terms(expr, reading))


def _terms(expr: Expr, reading: Words) -> list[_Term]:
    if isinstance(expr, Sum):
        ranges, body = {}, expr.function
        for index, first, last in reversed(expr.limits):
            fresh = Dummy(index.name)
            body = body.subs(index, 0 if first == last == 0 else fresh)
            if first == last == 0:
                continue
            if first != 0:
                raise UsageError(f"in {expr} the index {index} starts at {first}: only sums over a whole axis are read")
            ranges[fresh] = last + 1
        return [_Term(ranges=ranges) * term for term in _terms(body, reading)]
    if isinstance(expr, Add):
        return [term for part in expr.args for term in _terms(part, reading)]
    if isinstance(expr, Mul):
        return _multiplied([_terms(factor, reading) for factor in expr.args], reading)
    if isinstance(expr, Pow) and expr.exp.is_Integer and 0 < expr.exp <= 64:
        # Read once for each factor: the indices of the factors are different ones.
        return _multiplied([_terms(expr.base, reading) for _ in range(int(expr.exp))], reading)
    if isinstance(expr, MatrixElement):
        return [_Term(entries=[expr])]
    return [_Term(scalars=[expr])]


def _multiplied(factors: Sequence[list[_Term]], reading: Words) -> list[_Term]:
    terms = [_Term()]
    for factor in factors:
        reading.refuse_many(len(terms) * len(factor))
        terms = [left * right for left in terms for right in factor]
    return terms


def _joined(term: _Term, reading: Words) -> tuple[Polynomial, Polynomial]:
    bound = set(term.ranges)
    places: dict[Dummy, list[tuple[int, int]]] = {index: [] for index in bound}
    parts = []
    for number, entry in enumerate(term.entries):
        for side, index in enumerate(entry.indices):
            if index in bound:
                places[index].append((number, side))
            elif index.free_symbols & bound:
                raise UsageError(f"in {entry} an index is computed: only plain summation indices are read")
        parts.append(_part(entry, bound, reading))
    scalar = Mul(*term.scalars)
    if scalar.free_symbols & bound:
        raise UsageError(f"the factor {scalar} depends on a summation index: only sums of products of entries are read")
    total = reading.scalar(scalar)
    for index, where in places.items():
        if not where:
            total = reading.times(total, {(): term.ranges[index]})
        elif len(where) != 2:
            raise UsageError(
                f"the summation index {index.name} occurs in {len(where)} places of {Mul(*term.entries)}: in inner "
                "products and traces each occurs in 2"
            )
        for number, side in where:
            size = parts[number].shape[side]
            if size - term.ranges[index] != 0:
                raise UsageError(
                    f"the summation index {index.name} runs over {term.ranges[index]} values, but the axis of "
                    f"{term.entries[number]} has {size}: only sums over a whole axis are read"
                )
    for factors, closed in _chains(term.entries, parts, places):
        total = reading.times(total, reading.scalar_of_chain(factors, closed))
    return total, {(): Integer(1)}


def _part(entry: MatrixElement, bound: set[Dummy], reading: Words) -> Any:
    """The row, column or whole matrix that an entry ranges over."""
    matrix = entry.parent
    if matrix == reading.Q and matrix.shape == (1, 1):
        return matrix
    slices = []
    for index, size in zip(entry.indices, matrix.shape):
        slices.append((0, size, 1) if index in bound or size == 1 else (index, index + 1, 1))
    if slices == [(0, size, 1) for size in matrix.shape]:
        return matrix
    if matrix.has(reading.Q):
        raise UsageError(
            f"the entry {entry} stands by itself: reynolds takes polynomials in inner products and traces; polynomials "
            "in entries are averaged by haar_average"
        )
    return MatrixSlice(matrix, *slices)


def _chains(
    entries: Sequence[MatrixElement], parts: Sequence[Any], places: dict[Dummy, list[tuple[int, int]]]
) -> Iterator[tuple[list[Any], bool]]:
    """The products of parts, from end to end and then the closed ones."""
    left = set(range(len(parts)))
    ends = [(number, side) for number in left for side in (0, 1) if entries[number].indices[side] not in places]
    for number, side in [*ends, *((number, 0) for number in left)]:
        if number not in left:
            continue
        factors, closed = [], entries[number].indices[side] in places
        while number in left:
            left.remove(number)
            factors.append(parts[number] if side == 0 else Transpose(parts[number]))
            behind = entries[number].indices[1 - side]
            if behind in places:
                one, other = places[behind]
                number, side = other if (number, 1 - side) == one else one
        yield factors, closed


# ---------------------------------------------------------------------------------------------------------------
# Sums that are written out, where d is a number.


def degree_in_entries(expr: Basic, Q: Any) -> int:
    """The degree of an expression in the entries of Q that it shows."""
    if isinstance(expr, MatrixElement):
        return int(expr.parent == Q)
    if isinstance(expr, Add):
        return max(degree_in_entries(term, Q) for term in expr.args)
    if isinstance(expr, Mul):
        return sum(degree_in_entries(factor, Q) for factor in expr.args)
    if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 0:
        return int(expr.exp) * degree_in_entries(expr.base, Q)
    return 0


def gathered(terms: Iterable[Expr], reading: Words) -> Polynomial:
    """Terms of degree 1 in the entries of Q as inner products and traces with one Q, for d at least 2.

    Raises:
        UsageError: they do not make up complete inner products or traces.
    """
    Q = reading.Q
    left: dict[tuple[MatrixElement, ...], Expr] = {}
    for term in Add.make_args(Add(*terms).expand()):
        factors = Mul.make_args(term)
        entries = _sorted(factor for factor in factors if isinstance(factor, MatrixElement))
        coefficient = Mul(*(factor for factor in factors if not isinstance(factor, MatrixElement)))
        left[entries] = left.get(entries, 0) + coefficient
    found: list[tuple[Polynomial, Polynomial]] = []
    size = range(int(Q.shape[0]))
    # On the diagonal rows and columns are not told apart: what is there must be accounted for by the other terms.
    for entries in sorted(left, key=lambda entries: (_diagonal(entries, Q), len(entries))):
        coefficient = left[entries]
        if coefficient == 0:
            continue
        seen = _seen(entries, Q)
        if seen is None:
            raise UsageError(
                f"the entries {Mul(coefficient, *entries)} are no part of a complete inner product or trace: write "
                f"Inner(a, {Q}*y) or Trace({Q}*M); polynomials in entries are averaged by haar_average"
            )
        factors, others = seen
        for i, j in product(size, size) if others(0, 0) else zip(size, size):
            entries = _sorted((Q[i, j], *others(i, j)))
            left[entries] = (left.get(entries, 0) - coefficient).expand()
        found.append(({(): coefficient}, reading.scalar_of_chain(factors, len(factors) < 3)))
    return reading.added(found)


def _sorted(entries: Iterable[MatrixElement]) -> tuple[MatrixElement, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.sort_key()))


def _diagonal(entries: Sequence[MatrixElement], Q: Any) -> bool:
    return any(entry.parent == Q and entry.i == entry.j for entry in entries)


def _seen(
    entries: Sequence[MatrixElement], Q: Any
) -> tuple[list[Any], Callable[[int, int], tuple[MatrixElement, ...]]] | None:
    """The product that a term belongs to: its factors, and the entries that go with Q[i, j]."""
    [one] = [entry for entry in entries if entry.parent == Q]
    others = [entry for entry in entries if entry.parent != Q]
    if not others and one.i == one.j:
        return [Q], lambda i, j: ()
    if one.i == one.j:
        return None
    if len(others) == 1 and {*others[0].indices} == {*one.indices} and others[0].parent.shape == Q.shape:
        matrix = others[0].parent
        if others[0].i == one.i:
            return [Q, Transpose(matrix)], lambda i, j: (matrix[i, j],)
        return [Q, matrix], lambda i, j: (matrix[j, i],)
    if len(others) == 2 and [entry.parent.shape[0] for entry in others] == [Q.shape[0]] * 2:
        for left, right in (others, others[::-1]):
            if (left.i, right.i) == (one.i, one.j):
                a, y = (MatrixSlice(e.parent, (0, Q.shape[0], 1), (e.j, e.j + 1, 1)) for e in (left, right))
                a, y = (e.parent if e.parent.shape[1] == 1 else part for e, part in ((left, a), (right, y)))
                columns = (left.parent, left.j), (right.parent, right.j)
                return [Transpose(a), Q, y], partial(_column_entries, columns)
    return None


def _column_entries(columns: Sequence[tuple[Any, Any]], *rows: int) -> tuple[MatrixElement, ...]:
    return tuple(matrix[row, column] for row, (matrix, column) in zip(rows, columns))
