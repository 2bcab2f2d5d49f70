"""Three arithmetics for one function: the rational numbers, the integers modulo a prime, and degrees.

* ``Rationals`` compute values, and can compare.
* ``Residues`` compute values modulo a prime, where numbers do not grow. They have no order, so a function that
  compares has no value there.
* ``Degrees`` compute no values: they bound the degree and the coefficients of the two polynomials whose quotient a
  value is. A function that does not compare takes the same steps whatever its values, so one run bounds them all.

A floating point constant stands for itself exactly. One of more than 24 significant bits (0.1, √3/2), or more than
half of its precision, is probably the rounded value of another number. Such *long* constants are counted, and can
be *shaken*, that is, changed at random by one unit in the last place of the largest constant beside them, equal ones
equally, to see what their rounding can explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, NoReturn

import numpy as np
from flint import fmpq, fmpq_mat, nmod, nmod_mat

from symmetry.checks.function.exact.numbers import NotExact, NotRational, Number
from symmetry.errors import SymmetryError

__all__ = ["Budget", "Degree", "Degrees", "Exhausted", "Rationals", "Residues", "Shake"]

LONG = 24  # significant bits
SHAKE = 2**10  # steps to either side


class Exhausted(SymmetryError):
    """Numbers have become so long, or so many, that exact arithmetic would take too long."""


class Budget:
    """What a run may spend, in bits: an operation costs 64 and the length of its result."""

    def __init__(self, bits: int):
        self.left = bits

    def spend(self, bits: int) -> None:
        """Charge for one operation."""
        self.left -= bits
        if self.left < 0:
            raise Exhausted("exact numbers become too long or too many")


class Shake:
    """Random changes of constants, the same for the same constant."""

    def __init__(self, random: Random):
        self.random = random
        self.known: dict[tuple[int, int], int] = {}

    def steps(self, numerator: int, denominator: int) -> int:
        """By how much a positive constant changes, in units in the last place over ``SHAKE``."""
        return self.known.setdefault((numerator, denominator), self.random.randint(-SHAKE, SHAKE))


class _Base:
    """What the three have in common.

    Attributes:
        refusal: the first operation that was refused, also where the function went on after it.
        divided: whether there was a division by zero.
        long_constants: how many floating point constants of more than 24 significant bits came in.
    """

    def __init__(self, budget: Budget | None = None):
        self.budget = budget or Budget(1 << 40)
        self.refusal: str | None = None
        self.divided = False
        self.long_constants = 0
        self.shaken: Shake | None = None

    def number(self, value: Any) -> Number:
        budget = self.budget
        budget.left -= 64 + self.length(value)
        if budget.left < 0:
            budget.spend(0)
        return Number(self, value)

    def exact(self, value: Any) -> Number:
        """A constant as a number.

        Raises:
            NotExact: NaN, infinity, or no real number.
        """
        lifted = self.lift(value)
        if lifted is None:
            self.refuse(f"{type(value).__name__} {value!r}")
        return Number(self, lifted)

    def length(self, value: Any) -> int:
        """The length of a bare value in bits."""
        return 0

    def ratio(self, numerator: int, denominator: int) -> Any:
        """A bare value."""
        raise NotImplementedError

    def lift(self, value: Any) -> Any:
        if isinstance(value, int | np.integer | np.bool_):
            return self.ratio(int(value), 1)
        if isinstance(value, float | np.floating):
            return self.constant(value, abs(value))
        if isinstance(value, Fraction):
            return self.ratio(value.numerator, value.denominator)
        if isinstance(value, Number):
            if value.arithmetic is not self:
                self.refuse("a number that was kept from an earlier call")
            return value.value
        if isinstance(value, complex | np.complexfloating):
            self.refuse("a complex number")
        return None

    def constant(self, value: Any, scale: Any) -> Any:
        """A floating point constant as a bare value.

        Args:
            scale: the largest absolute value among the constants of its array; units in the last place are of this.

        Raises:
            NotExact: NaN or infinity.
        """
        try:
            numerator, denominator = value.as_integer_ratio()
        except (OverflowError, ValueError):
            self.refuse(f"the constant {float(value)}")
        precision = np.finfo(type(value)).nmant
        if numerator and (abs(numerator) // (numerator & -numerator)).bit_length() > min(LONG, (precision + 1) // 2):
            self.long_constants += 1
            if self.shaken is not None:
                step = Fraction(*scale.as_integer_ratio()) / (SHAKE << precision)
                change = self.shaken.steps(abs(numerator), denominator) * step
                exact = Fraction(abs(numerator), denominator) + change
                numerator, denominator = exact.numerator * (1 if numerator > 0 else -1), exact.denominator
        return self.ratio(numerator, denominator)

    def quotient(self, left: Any, right: Any) -> Any:
        if right == 0:
            self.divide_by_zero()
        return left / right

    def divide_by_zero(self) -> NoReturn:
        """Record and raise a division by zero."""
        self.divided = True
        raise ZeroDivisionError("division by zero")

    def power(self, base: Any, exponent: int) -> Any:
        self.budget.spend(abs(exponent) * self.length(base))
        return self.quotient(self.ratio(1, 1), base**-exponent) if exponent < 0 else base**exponent

    def refuse(self, what: str) -> NoReturn:
        self.refusal = self.refusal or f"{what} is not exact"
        raise NotExact(f"{what} is not exact")

    def not_rational(self, what: str) -> NoReturn:
        """Record and raise a step that depends on more than field operations."""
        self.refusal = self.refusal or f"{what} has no meaning modulo a prime"
        raise NotRational(f"{what} has no meaning modulo a prime")

    def order(self, left: Any, right: Any, what: str) -> int:
        self.not_rational(what)

    def hashed(self, value: Any) -> int:
        self.not_rational("a number as a key")

    # -- matrices of bare values, as lists of rows --------------------------------------------------------------

    def matrix(self, rows: list[list[Any]]) -> Any:
        """A matrix of flint."""
        raise NotImplementedError

    def determinant(self, rows: list[list[Any]]) -> Any:
        """The determinant of a square matrix."""
        self.budget.spend(len(rows) ** 3 * (64 + max((self.length(x) for row in rows for x in row), default=0)))
        return self.matrix(rows).det()

    def solve(self, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        """The solution of a linear system, one column for each column on the right."""
        self.budget.spend(len(rows) ** 3 * (64 + max((self.length(x) for row in rows for x in row), default=0)))
        try:
            return self.matrix(rows).solve(self.matrix(right)).tolist()  # type: ignore[no-any-return]
        except ZeroDivisionError:
            self.divide_by_zero()


class Rationals(_Base):
    """ℚ.

    >>> x = Rationals().exact(0.1)
    >>> x, x < Fraction(1, 10), x.arithmetic.long_constants
    (3602879701896397/36028797018963968, False, 1)
    """

    def ratio(self, numerator: int, denominator: int) -> Any:
        return fmpq(numerator, denominator)

    def length(self, value: Any) -> int:
        return value.height_bits()  # type: ignore[no-any-return]

    def order(self, left: Any, right: Any, what: str) -> int:
        return int(left > right) - int(left < right)

    def hashed(self, value: Any) -> int:
        return hash(Fraction(int(value.p), int(value.q)))

    def matrix(self, rows: list[list[Any]]) -> Any:
        return fmpq_mat(len(rows), len(rows[0]), [x for row in rows for x in row])


class Residues(_Base):
    """The integers modulo an odd prime.

    >>> x = Residues(101).exact(0.5)
    >>> x, x + x, 1 / x
    (51, 1, 2)
    >>> x > 0
    Traceback (most recent call last):
    ...
    symmetry.checks.function.exact.numbers.NotRational: > has no meaning modulo a prime
    """

    def __init__(self, prime: int, budget: Budget | None = None):
        super().__init__(budget)
        self.prime = prime

    def ratio(self, numerator: int, denominator: int) -> Any:
        return self.quotient(nmod(numerator, self.prime), nmod(denominator, self.prime))

    def matrix(self, rows: list[list[Any]]) -> Any:
        return nmod_mat(len(rows), len(rows[0]), [int(x) for row in rows for x in row], self.prime)


@dataclass(frozen=True, slots=True)
class Degree:
    """Bounds for a quotient of two polynomials with integer coefficients.

    Args:
        top, bottom: the degrees of numerator and denominator.
        top_bits, bottom_bits: binary logarithms of the sums of the absolute values of their coefficients.

    >>> x = Degree(1, 0, 0, 0)
    >>> (x * x + x) / x
    Degree(top=2, bottom=1, top_bits=1, bottom_bits=0)
    """

    top: int
    bottom: int
    top_bits: int
    bottom_bits: int

    def __add__(self, other: Degree) -> Degree:
        return Degree(
            max(self.top + other.bottom, other.top + self.bottom),
            self.bottom + other.bottom,
            max(self.top_bits + other.bottom_bits, other.top_bits + self.bottom_bits) + 1,
            self.bottom_bits + other.bottom_bits,
        )

    __sub__ = __add__

    def __mul__(self, other: Degree) -> Degree:
        return Degree(
            self.top + other.top,
            self.bottom + other.bottom,
            self.top_bits + other.top_bits,
            self.bottom_bits + other.bottom_bits,
        )

    def __truediv__(self, other: Degree) -> Degree:
        return self * Degree(other.bottom, other.top, other.bottom_bits, other.top_bits)

    def __pow__(self, exponent: int) -> Degree:
        return Degree(*(part * exponent for part in (self.top, self.bottom, self.top_bits, self.bottom_bits)))

    def __neg__(self) -> Degree:
        return self


class Degrees(_Base):
    """Degrees of numerators and denominators.

    Determinants and solutions of linear systems are measured by Leibniz's formula and Cramer's rule, over a common
    denominator of all entries.

    >>> d = Degrees()
    >>> (d.variable() ** 3 / (1 + d.variable())).value.top
    3
    """

    def variable(self) -> Number:
        """An indeterminate."""
        return Number(self, Degree(1, 0, 0, 0))

    def ratio(self, numerator: int, denominator: int) -> Any:
        return Degree(0, 0, max(0, abs(numerator) - 1).bit_length(), (denominator - 1).bit_length())

    def quotient(self, left: Any, right: Any) -> Any:
        return left / right

    def determinant(self, rows: list[list[Any]]) -> Any:
        return _leibniz(len(rows), _common([x for row in rows for x in row]))

    def solve(self, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        size = len(rows)
        common = _common([x for row in (*rows, *right) for x in row])
        return [[_leibniz(size, common) / _leibniz(size, common) for _ in row] for row in right]


def _common(entries: list[Degree]) -> Degree:
    """Bounds for all entries, over the product of their denominators."""
    bottom, bottom_bits = sum(x.bottom for x in entries), sum(x.bottom_bits for x in entries)
    top = max((x.top - x.bottom for x in entries), default=0)
    top_bits = max((x.top_bits - x.bottom_bits for x in entries), default=0)
    return Degree(bottom + top, bottom, bottom_bits + top_bits, bottom_bits)


def _leibniz(size: int, entry: Degree) -> Degree:
    terms = max(1, size) ** size  # at least size!
    product = entry**size
    return Degree(product.top, product.bottom, product.top_bits + terms.bit_length(), product.bottom_bits)
