"""The orthogonal Weingarten function, at symbolic and at integer dimension.

Wg(p, q) is a generalised inverse of the matrix d^{loops(p, q)} of pairings; it depends on the coset type alone. With d
symbolic that matrix is invertible, and Wg is a rational function of d whose poles are integers. At an integer d below
the order k the matrix is singular, and Wg is its Moore-Penrose inverse: a number without poles, with which averages
over O(d) are right at every d. It is *not* what one gets by putting that integer for the symbol.

SymPy is imported where it is used: what works with plain data starts without it.

>>> from sympy import Symbol
>>> weingarten([(0, 1), (2, 3)], [(0, 2), (1, 3)], Symbol("d"))
-1/(d*(d - 1)*(d + 2))
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import factorial, gcd, prod
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_poly

from symmetry.errors import UsageError
from symmetry.haar.pairings import coset_type
from symmetry.haar.zonal import doubled_dimension, zonal_matrix
from symmetry.partitions import Partition, partitions

if TYPE_CHECKING:
    from sympy import Expr

__all__ = [
    "Quotient",
    "Value",
    "dimension",
    "exact_table",
    "refuse_large_order",
    "weingarten",
    "weingarten_table",
    "written",
]

Polynomial = Any  # flint.fmpq_poly or fmpz_poly: python-flint ships no types

LARGEST_ORDER = 22  # its table has 1002 entries and takes half a minute


def weingarten(p: Iterable[Sequence[int]], q: Iterable[Sequence[int]], d: Any) -> Expr:
    """The Weingarten function of O(d) at two pairings of the same 2k points.

    The average of Q[i₁, j₁] … Q[i₂ₖ, j₂ₖ] over O(d) is the sum of Wg(p, q) over the pairings p of places with equal i
    and q of places with equal j.

    Args:
        p, q: pairings of 0, …, 2k−1, as sequences of pairs.
        d: a SymPy symbol or expression, or a positive integer.
    Returns:
        d symbolic: a rational function of d in lowest terms, its denominator factored. d an integer: a rational number,
        the entry of the Moore-Penrose inverse of the matrix d^{loops(p, q)}, also below the order (d < k).
    Raises:
        UsageError: not pairings of the same points, not a dimension, or of an order that is too high.
    Source:
        B. Collins, S. Matsumoto, On some properties of orthogonal Weingarten functions, 2009, Theorem 3.1; integer d
        below the order: P. Zinn-Justin, Jucys-Murphy elements and Weingarten matrices, 2010.

    >>> weingarten([(0, 1), (2, 3)], [(0, 1), (2, 3)], 3), weingarten([(0, 1), (2, 3)], [(0, 1), (2, 3)], 1)
    (2/15, 1/9)
    >>> weingarten([(0, 1)], [(0, 1)], 0)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the dimension must be a positive integer or a SymPy expression, not 0
    """
    size = dimension(d)
    mu = coset_type(p, q)
    return written(exact_table(sum(mu), size if isinstance(size, int) else None)[mu], size)


def weingarten_table(order: int, d: Any) -> dict[Partition, Expr]:
    """The Weingarten function of O(d) at all coset types μ of one order k: pairings of 2k points.

    Args:
        order: k, at least 0.
        d: as in :func:`weingarten`.
    Returns:
        coset type -> value, in decreasing lexicographic order of the coset types.
    Raises:
        UsageError: not an order, one that is too high, or not a dimension.
    Source:
        as in :func:`weingarten`.

    >>> from sympy import Symbol
    >>> weingarten_table(2, Symbol("d"))
    {(2,): -1/(d*(d - 1)*(d + 2)), (1, 1): (d + 1)/(d*(d - 1)*(d + 2))}
    >>> weingarten_table(-1, Symbol("d"))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the order must be an integer that is at least 0, not -1
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise UsageError(f"the order must be an integer that is at least 0, not {order!r}")
    size = dimension(d)
    return {
        mu: written(value, size) for mu, value in exact_table(order, size if isinstance(size, int) else None).items()
    }


def dimension(d: Any) -> int | Expr:
    """The dimension as a positive ``int``, or as a SymPy expression that may stand for one.

    Raises:
        UsageError: a number that is not a positive integer, or an expression that cannot be one.

    >>> dimension(3)
    3
    >>> dimension(True)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the dimension must be a positive integer or a SymPy expression, not True
    """
    from sympy import Expr

    if isinstance(d, Expr) and not d.is_number:
        if d.is_commutative and not d.is_Matrix and d.is_integer is not False and d.is_positive is not False:
            return d
    elif hasattr(d, "__index__") and not isinstance(d, bool) and d == operator.index(d) > 0:  # SymPy and NumPy too
        return operator.index(d)
    raise UsageError(f"the dimension must be a positive integer or a SymPy expression, not {d!r}")


# ---------------------------------------------------------------------------------------------------------------
# Plain data: what sums are formed with before anything becomes a SymPy object.


class Quotient:
    """A rational function N(d) / Π (d + c)^m with integers c.

    All rational functions in the averages over O(d) are of this kind, so that no greatest common divisor is ever
    needed: d + c divides N when N(−c) = 0. Sums and products are not reduced until :meth:`reduced` is called.

    Args:
        numerator: N, a flint ``fmpq_poly``, or a number.
        shifts: c -> m, with m > 0.

    >>> half = Quotient(1, {0: 1}) + Quotient(-1, {1: 1})
    >>> half.reduced() == Quotient(1, {0: 1, 1: 1})
    True
    """

    __slots__ = ("numerator", "shifts")

    def __init__(self, numerator: Any, shifts: Mapping[int, int]):
        self.numerator: Polynomial = fmpq_poly([numerator]) if isinstance(numerator, int | fmpq) else numerator
        self.shifts = dict(shifts)

    def __add__(self, other: Quotient | int) -> Quotient:
        if isinstance(other, int):
            other = Quotient(other, {})
        if self.shifts == other.shifts:
            return Quotient(self.numerator + other.numerator, self.shifts)
        common = Counter(self.shifts) | Counter(other.shifts)
        left, right = (_expanded(common - Counter(part.shifts)) for part in (self, other))
        return Quotient(self.numerator * left + other.numerator * right, common)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Quotient:
        """The product with another quotient, a number or a polynomial in d."""
        if isinstance(other, Quotient):
            return Quotient(self.numerator * other.numerator, Counter(self.shifts) + Counter(other.shifts))
        return Quotient(self.numerator * other, self.shifts)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.numerator != 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quotient):
            return NotImplemented
        return not self + -1 * other

    def reduced(self) -> Quotient:
        """The same rational function in lowest terms."""
        if not self:
            return Quotient(0, {})
        numerator, shifts = self.numerator, {}
        for c, m in self.shifts.items():
            while m and numerator(-c) == 0:
                numerator //= fmpq_poly([c, 1])
                m -= 1
            if m:
                shifts[c] = m
        return Quotient(numerator, shifts)

    def at(self, d: int) -> Fraction:
        """The value at an integer.

        Raises:
            ZeroDivisionError: there is a factor d + c = 0 in the denominator; reduce first.
        """
        value = self.numerator(d) / prod((d + c) ** m for c, m in self.shifts.items())
        return Fraction(int(value.p), int(value.q))

    def written(self, d: Expr) -> Expr:
        """As a SymPy expression in d, in lowest terms: the numerator expanded, the denominator factored."""
        from sympy import Add, Integer, Mul, Rational

        lowest = self.reduced()
        coefficients = [int(c) for c in lowest.numerator.numer().coeffs()] or [0]
        content = gcd(*coefficients) * (-1 if coefficients[-1] < 0 else 1)
        terms = [Mul(Integer(c // content), d**power) for power, c in enumerate(coefficients) if c]
        factors = [(d + c) ** -m for c, m in sorted(lowest.shifts.items())]
        return Mul(Rational(content, int(lowest.numerator.denom())), Add(*terms), *factors)

    def __repr__(self) -> str:
        return f"Quotient({self.numerator!r}, {self.shifts})"


Value = Fraction | Quotient  # a number at an integer d, a rational function of a symbolic one


def written(value: Value, d: int | Expr) -> Expr:
    """A value as a SymPy object: a rational number, or a rational function of d."""
    from sympy import Rational, sympify

    return value.written(sympify(d)) if isinstance(value, Quotient) else Rational(value.numerator, value.denominator)


def refuse_large_order(order: int) -> None:
    """Refuse a table of the Weingarten function that would take too long.

    Raises:
        UsageError: the message says how many entries there are.

    >>> refuse_large_order(40)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the Weingarten function of order 40 has a value for each of the 37338 partitions of \
40; it is found up to order 22 (1002 partitions)
    """
    if order <= LARGEST_ORDER:
        return
    many = f"the {fmpz(order).partitions_p()}" if order <= 1000 else "the more than 10^31"
    raise UsageError(
        f"the Weingarten function of order {order} has a value for each of {many} partitions of {order}; it is found "
        f"up to order {LARGEST_ORDER} ({fmpz(LARGEST_ORDER).partitions_p()} partitions)"
    )


@lru_cache(maxsize=256)
def exact_table(order: int, d: int | None) -> Mapping[Partition, Value]:
    """The Weingarten function at all coset types of one order, as plain data.

    Wg(μ) = 2^k k!/(2k)! Σ_λ f^2λ ω^λ(μ) / Π over the boxes (i, j) of λ of (d + 2(j−1) − (i−1)); at an integer d over
    the λ with at most d parts. The matrix d^{loops(p, q)} has that product as its eigenvalue on the part λ, and the
    other λ are its kernel.

    Args:
        order: k, at least 0.
        d: a positive integer, or ``None`` for a symbol.
    Returns:
        coset type -> Fraction (d an integer) or reduced :class:`Quotient` (d symbolic).
    Raises:
        UsageError: an order that is too high.
    Source:
        as in :func:`weingarten`.

    >>> exact_table(2, 1), exact_table(2, None)[(2,)] == Quotient(-1, {-1: 1, 0: 1, 2: 1})
    ({(2,): Fraction(1, 9), (1, 1): Fraction(1, 9)}, True)
    """
    refuse_large_order(order)
    shapes = list(partitions(order))
    shifts = [Counter(2 * j - i for i, part in enumerate(shape) for j in range(part)) for shape in shapes]
    scale = fmpq(2**order * factorial(order), factorial(2 * order))
    weights = [scale * doubled_dimension(shape) for shape in shapes]
    zonal = zonal_matrix(order).transpose()  # coset types × shapes
    if d is not None:
        seen = [
            fmpq(0) if len(shape) > d else weight / prod((d + c) ** m for c, m in boxes.items())
            for shape, weight, boxes in zip(shapes, weights, shifts)
        ]
        column = zonal * fmpq_mat(len(shapes), 1, seen)
        return {mu: Fraction(int(column[i, 0].p), int(column[i, 0].q)) for i, mu in enumerate(shapes)}
    common: Counter[int] = Counter()
    for boxes in shifts:
        common |= boxes
    cofactors = fmpq_mat(
        [[weight * value for value in _expanded(common - boxes)] for weight, boxes in zip(weights, shifts)]
    )
    numerators = (zonal * cofactors).tolist()
    return {mu: Quotient(fmpq_poly(numerator), common).reduced() for mu, numerator in zip(shapes, numerators)}


def _expanded(shifts: Mapping[int, int]) -> Polynomial:
    """Π (d + c)^m, multiplied out."""
    return prod((fmpz_poly([c, 1]) ** m for c, m in shifts.items()), start=fmpz_poly([1]))
