"""Rational functions whose denominators are products of factors 1 - tᵃ, added exactly.

A denominator is kept by its cyclotomic factors, 1 - tᵃ = ± Π_{m | a} Φ_m, so that common denominators and lowest terms
need no factorisation.

>>> quarter, half = Fraction(1, 2), Fraction(1, 2)
>>> symmetric = added([(quarter, (1,), {1: 2}), (half, (1,), {2: 1})])  # x + y and xy
>>> symmetric.over_factors()
((1,), (1, 2))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from flint import fmpz_poly

from symmetry.errors import SymmetryError

__all__ = ["CyclotomicFraction", "added", "common_degree"]

Polynomial = Any  # flint.fmpz_poly: python-flint ships no types


@dataclass(frozen=True)
class CyclotomicFraction:
    """N(t) / Π Ψ_m(t)^e_m in lowest terms, where Ψ_m is Φ_m, and Ψ₁ = 1 - t.

    Args:
        numerator: of integer coefficients, from the constant one.
        orders: m -> e_m > 0.
    """

    numerator: tuple[int, ...]
    orders: Mapping[int, int]

    def over_factors(self, least: int = 1) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The numerator, and the exponents a of a denominator Π (1 - tᵃ) in increasing order.

        The largest m that is left is covered by one factor 1 - tᵃ, and so on: a factor covers Φ_j for all j | a at
        once, and where one is not needed, it goes to the numerator.

        Args:
            least: each a is at least this; a = m where m is large enough, else the smallest such multiple.

        >>> added([(Fraction(1), (1, 0, 0, 1), {2: 6})]).over_factors(least=2)
        ((1, 0, 0, 1), (2, 2, 2, 2, 2, 2))
        """
        left = Counter(self.orders)
        numerator = fmpz_poly(list(self.numerator))
        factors = []
        while left:
            m = max(left)
            a = m * -(-least // m)
            factors.append(a)
            for j in _divisors(a):
                if left[j]:
                    left[j] -= 1
                else:
                    numerator *= _psi(j)
                if not left[j]:
                    del left[j]
        return tuple(map(int, numerator.coeffs())), tuple(sorted(factors))


def added(summands: Iterable[tuple[Fraction, Sequence[int], Mapping[int, int]]]) -> CyclotomicFraction:
    """The sum of w · N(t) / Π (1 - tᵃ)^e_a, in lowest terms.

    Args:
        summands: w; the coefficients of N, from the constant one; a -> e_a.

    Raises:
        SymmetryError: the sum has no integer coefficients.
    """
    terms = [(weight, numerator, _orders(factors)) for weight, numerator, factors in summands]
    common: Counter[int] = Counter()
    for _, _, orders in terms:
        common |= orders
    scale = lcm(*(weight.denominator for weight, _, _ in terms))
    total = fmpz_poly()
    for weight, numerator, orders in terms:
        total += fmpz_poly(list(numerator)) * int(weight * scale) * _product(common - orders)
    if any(int(coefficient) % scale for coefficient in total.coeffs()):
        raise SymmetryError("the sum of rational functions has no integer coefficients: please report this")
    total = fmpz_poly([int(coefficient) // scale for coefficient in total.coeffs()])
    for m in sorted(common):
        while common[m] and total and not total % _psi(m):
            total //= _psi(m)
            common[m] -= 1
    return CyclotomicFraction(tuple(map(int, total.coeffs())), dict(+common) if total else {})


def common_degree(denominators: Iterable[Mapping[int, int]]) -> int:
    """The degree of the least common multiple of some products Π (1 - tᵃ)^e_a, each given as a -> e_a.

    >>> common_degree([{1: 2}, {2: 1}])
    3
    """
    common: Counter[int] = Counter()
    for factors in denominators:
        common |= _orders(factors)
    return sum(times * _psi(m).degree() for m, times in common.items())


def _orders(factors: Mapping[int, int]) -> Counter[int]:
    """The multiplicities of the Ψ_m in Π (1 - tᵃ)^e_a."""
    found: Counter[int] = Counter()
    for a, times in factors.items():
        for m in _divisors(a):
            found[m] += times
    return found


def _product(orders: Mapping[int, int]) -> Polynomial:
    found = fmpz_poly([1])
    for m, times in orders.items():
        found *= _psi(m) ** times
    return found


def _psi(m: int) -> Polynomial:
    return fmpz_poly([1, -1]) if m == 1 else fmpz_poly.cyclotomic(m)


def _divisors(number: int) -> list[int]:
    return [m for m in range(1, number + 1) if number % m == 0]
