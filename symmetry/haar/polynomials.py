"""Polynomials with exact coefficients, kept as plain data and written as SymPy expressions at the end.

A monomial is a tuple of numbers of SymPy scalars; a coefficient is a sum of SymPy factors times exact values. Large
SymPy sums spend their time on sorting, since their arguments stand in a canonical order: here the few different scalars
are compared once, and monomials by the ranks of their scalars.

>>> from sympy import symbols
>>> x, y, t = symbols("x y t")
>>> total = Polynomial([y, x], 3)
>>> for monomial in ((0, 1), (0, 0), (1, 1)):
...     total.add(monomial, t, Fraction(1, 2))
>>> total.add((), Integer(1), Fraction(3))
>>> total.written()
t*(x**2 + x*y + y**2)/2 + 3
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, NamedTuple

from flint import fmpq, fmpq_poly
from sympy import QQ, Add, Basic, Expr, Integer, Mul, Poly, PolynomialError, Rational, Symbol, Trace, fraction, together
from sympy.matrices.expressions.matexpr import MatrixElement

from symmetry.haar.weingarten import Quotient, Value, written
from symmetry.inner import Inner

__all__ = ["Polynomial", "split", "value_of"]

Monomial = tuple[int, ...]
ONE = Integer(1)
Coefficient = dict[Expr, Value]


class Polynomial:
    """A sum of monomials in given scalars.

    Args:
        scalars: what the numbers in monomials stand for; the list may grow later.
        d: the dimension, an ``int`` where values are fractions, an expression where they are rational functions of it.
    """

    def __init__(self, scalars: Sequence[Expr], d: int | Expr):
        self.scalars = scalars
        self.d = d
        self._terms: dict[Monomial, Coefficient] = {}

    def add(self, monomial: Monomial, factor: Expr, value: Value) -> None:
        """Add factor · value · monomial; the factor is a SymPy scalar that is not looked into."""
        coefficient = self._terms.setdefault(monomial, {})
        coefficient[factor] = coefficient[factor] + value if factor in coefficient else value  # type: ignore[operator]

    def written(self) -> Expr:
        """As a SymPy expression; monomials are taken together where their coefficients are equal and not rational."""
        groups: dict[Any, tuple[Coefficient, list[Monomial]]] = {}
        keys: dict[int, Any] = {}  # most values are few objects
        for monomial, coefficient in self._terms.items():
            key = []
            for factor, value in coefficient.items():
                if id(value) not in keys:
                    keys[id(value)] = _key(value)
                if keys[id(value)] is not None:
                    key.append((factor, keys[id(value)]))
            if key:
                groups.setdefault(frozenset(key), (coefficient, []))[1].append(monomial)
        sums = [
            (Add(*(factor * written(_reduced(value), self.d) for factor, value in coefficient.items())), monomials)
            for coefficient, monomials in groups.values()
        ]
        rationals = [scalar for scalar, _ in sums if scalar.is_Rational]
        order = _Order(self.scalars, [monomial for _, monomials in sums for monomial in monomials], rationals)
        terms: list[_Term] = []
        for scalar, monomials in sums:
            if scalar == 0:
                continue
            if scalar.is_Rational:
                terms += order.terms(monomials, scalar)
            else:
                terms.append(_Term(scalar * order.sum(order.terms(monomials)), None))
        # Factors that are not looked into may cancel against scalars, so that terms become equal.
        plain = all(factor == 1 for coefficient, _ in groups.values() for factor in coefficient)
        return order.sum(terms) if plain else Add(*(term.expr for term in terms))


class _Term(NamedTuple):
    expr: Expr
    key: tuple[int, ...] | None  # comparing keys is comparing terms


class _Order:
    """The canonical order of SymPy among products of these scalars.

    Args:
        scalars, monomials: as in :class:`Polynomial`.
        rationals: coefficients that products may have.
    """

    def __init__(self, scalars: Sequence[Expr], monomials: Iterable[Monomial], rationals: Iterable[Expr]):
        used = {number for monomial in monomials for number in monomial}
        # Sums, products, powers and numbers merge with others in a product; they come from explicit vectors only.
        self.is_plain = all(isinstance(scalars[number], Inner | Trace | MatrixElement | Symbol) for number in used)
        powers = {(number, 1) for number in used}
        for monomial in monomials:
            if len(set(monomial)) < len(monomial):
                powers.update(Counter(monomial).items())
        self.exprs: dict[tuple[int, int], Expr] = {(number, n): scalars[number] ** n for number, n in powers}
        everything = {*self.exprs.values(), *rationals}
        self.rank = {expr: rank for rank, expr in enumerate(sorted(everything, key=cmp_to_key(Basic.compare)))}
        self.ranked = {power: (self.rank[expr], expr) for power, expr in self.exprs.items()}

    def terms(self, monomials: Iterable[Monomial], coefficient: Expr = ONE) -> list[_Term]:
        """The products of a rational number with monomials."""
        number = () if coefficient == 1 else ((self.rank[coefficient], coefficient),)
        found = []
        for monomial in monomials:
            if len(set(monomial)) == len(monomial):
                factors = sorted([self.ranked[scalar, 1] for scalar in monomial])
            else:
                factors = sorted([self.ranked[power] for power in Counter(monomial).items()])
            if self.is_plain and len(factors) + len(number) > 1:
                ranks, exprs = zip(*number, *factors)
                found.append(_Term(Mul._from_args(exprs, True), (len(ranks), *ranks)))
            else:
                found.append(_Term(Mul(coefficient, *(expr for _, expr in factors)), None))
        return found

    def sum(self, terms: list[_Term]) -> Expr:
        """The sum of different terms."""
        if not self.is_plain or len(terms) < 2:
            return Add(*(term.expr for term in terms))
        ordered = sorted(terms, key=cmp_to_key(_compare))
        # A number stands first in a sum.
        ordered.sort(key=lambda term: not term.expr.is_Number)
        return Add._from_args([term.expr for term in ordered], True)


def _compare(one: _Term, other: _Term) -> int:
    if one.key is not None and other.key is not None:
        return (one.key > other.key) - (one.key < other.key)
    return int(one.expr.compare(other.expr))


def _reduced(value: Value) -> Value:
    return value.reduced() if isinstance(value, Quotient) else value


def _key(value: Value) -> Any:
    """Equal for equal values; ``None`` for 0."""
    value = _reduced(value)
    if not value:
        return None
    if isinstance(value, Quotient):
        return tuple(value.numerator.coeffs()), tuple(sorted(value.shifts.items()))
    return value


def value_of(number: Any, d: int | Expr) -> Value:
    """A rational number as a value: a fraction at an integer d, a rational function of a symbolic one."""
    top, bottom = int(number.numerator), int(number.denominator)
    return Fraction(top, bottom) if isinstance(d, int) else Quotient(fmpq(top, bottom), {})


def split(scalar: Expr, d: int | Expr) -> tuple[Expr, Value]:
    """A scalar as a SymPy factor times a value; all of it where it is a rational function of d with integer poles.

    >>> from sympy import Symbol, sqrt
    >>> split(3 * sqrt(2), 5)
    (sqrt(2), Fraction(3, 1))
    >>> d = Symbol("d")
    >>> split(2 * d / (d + 1), d)[1] == Quotient(fmpq_poly([0, 2]), {1: 1})
    True
    """
    number, rest = scalar.as_coeff_Mul(rational=True)
    value = value_of(number, d)
    if isinstance(d, int):
        return rest, value
    others, own = rest.as_independent(d, as_Add=False)
    if own.free_symbols == {d}:
        try:
            above, below = (Poly(part, d, domain=QQ) for part in fraction(together(own)))
        except PolynomialError:
            return rest, value
        lead, factors = below.factor_list()
        poles = [(factor.monic().eval(0), multiplicity) for factor, multiplicity in factors]
        if all(factor.degree() == 1 for factor, _ in factors) and all(c.is_Integer for c, _ in poles):
            coefficients = [Rational(c / lead) for c in reversed(above.all_coeffs())]
            numerator = fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients])
            return others, value * Quotient(numerator, {int(c): m for c, m in poles})
    return rest, value
