"""Zonal spherical functions of the Gelfand pair (S_2k, H_k), exactly.

The zonal function ω^λ is the spherical function in the irreducible representation 2λ of S_2k; it depends on the coset
type μ alone. The zonal polynomial is Z_λ = Σ_μ ω^λ(μ) 2^k k! / z_2μ p_μ in power sums, with z_2μ = 2^length(μ) z_μ.
In monomials Z_λ is known by a short recursion (it is an eigenvector of the Laplace-Beltrami operator, a triangular
matrix there); one linear system changes to power sums.

>>> zonal_functions(2)[(2,)], zonal_functions(2)[(1, 1)]
({(2,): Fraction(1, 1), (1, 1): Fraction(1, 1)}, {(2,): Fraction(-1, 2), (1, 1): Fraction(1, 1)})
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from math import factorial
from typing import Any

from flint import fmpq, fmpq_mat

from symmetry.partitions import Partition, centraliser, partitions

__all__ = ["doubled_dimension", "zonal_functions", "zonal_matrix"]

Matrix = Any  # flint.fmpq_mat: python-flint ships no types


def zonal_functions(order: int) -> dict[Partition, dict[Partition, Fraction]]:
    """All zonal spherical functions of one order: shape λ -> coset type μ -> ω^λ(μ).

    Args:
        order: k, at least 0.
    Returns:
        partitions of k to partitions of k to rationals; ω^λ(1, …, 1) = 1.
    Source:
        I. G. Macdonald, Symmetric Functions and Hall Polynomials, 2nd ed., 1995, VII.2; the recursion: A. T. James,
        Calculation of zonal polynomial coefficients by use of the Laplace-Beltrami operator, 1968.

    >>> zonal_functions(3)[(2, 1)]
    {(3,): Fraction(-1, 4), (2, 1): Fraction(1, 6), (1, 1, 1): Fraction(1, 1)}
    """
    table, parts = zonal_matrix(order), list(partitions(order))
    return {
        shape: {mu: Fraction(int(table[row, column].p), int(table[row, column].q)) for column, mu in enumerate(parts)}
        for row, shape in enumerate(parts)
    }


def doubled_dimension(shape: Partition) -> int:
    """f^2λ, the dimension of the irreducible representation of S_2k with shape 2λ = (2λ₁, 2λ₂, …), by hook lengths.

    Source:
        J. S. Frame, G. de B. Robinson, R. M. Thrall, The hook graphs of the symmetric group, 1954.

    >>> [doubled_dimension(shape) for shape in partitions(3)]
    [1, 9, 5]
    """
    doubled = [2 * part for part in shape]
    heights = [sum(part > column for part in doubled) for column in range(doubled[0] if doubled else 0)]
    dimension = factorial(sum(doubled))
    for row, part in enumerate(doubled):
        for column in range(part):
            dimension //= (part - column) + (heights[column] - row) - 1
    return dimension


@lru_cache(maxsize=32)
def zonal_matrix(order: int) -> Matrix:
    """ω^λ(μ) as a matrix of flint rationals; rows λ and columns μ in the order of ``partitions(order)``."""
    parts = list(partitions(order))
    monomials, change = _in_monomials(order), _power_sums(order)
    # monomials = powers · change, where row λ of powers holds the coefficients of Z_λ in power sums.
    powers = change.transpose().solve(monomials.transpose()).transpose().tolist()
    weights = [fmpq(2 ** len(mu) * centraliser(mu), 2**order * factorial(order)) for mu in parts]
    # The last coset type is 1, …, 1, where ω^λ is 1.
    return fmpq_mat([[value / row[-1] * weight for value, weight in zip(row, weights)] for row in powers])


def _in_monomials(order: int) -> Matrix:
    """Coefficients of Z_λ in monomials m_μ, each row up to a factor: 1 at μ = λ, then down the dominance order."""
    parts = list(partitions(order))
    place = {mu: index for index, mu in enumerate(parts)}
    level = [sum(part * (part - row) for row, part in enumerate(mu, start=1)) for mu in parts]
    raised = [[(place[nu], weight) for nu, weight in _raised(mu).items()] for mu in parts]
    entries = []
    for top in range(len(parts)):
        row = [fmpq(0)] * len(parts)
        row[top] = fmpq(1)
        for index in range(top + 1, len(parts)):
            total = sum((weight * row[higher] for higher, weight in raised[index] if row[higher]), fmpq(0))
            if total:  # then λ dominates μ, and its level is higher
                row[index] = total / (level[top] - level[index])
        entries += row
    return fmpq_mat(len(parts), len(parts), entries)


def _raised(mu: Partition) -> Counter[Partition]:
    """Partitions made by moving t boxes from a part of μ to one that stands before it, with James' weights."""
    found: Counter[Partition] = Counter()
    for j, smaller in enumerate(mu):
        for i, larger in enumerate(mu[:j]):
            rest = mu[:i] + mu[i + 1 : j] + mu[j + 1 :]
            for t in range(1, smaller + 1):
                nu = sorted((*rest, larger + t, smaller - t), reverse=True)
                found[tuple(part for part in nu if part)] += larger - smaller + 2 * t
    return found


def _power_sums(order: int) -> Matrix:
    """Coefficients of the power sums p_μ in monomials: p_μ = Σ_ν change[μ, ν] m_ν."""
    parts = list(partitions(order))
    entries: list[int] = []
    for mu in parts:
        product: Counter[Partition] = Counter({(): 1})
        for part in mu:
            longer: Counter[Partition] = Counter()
            for nu, coefficient in product.items():
                for old in {0, *nu}:
                    grown = list(nu)
                    if old:
                        grown.remove(old)
                    grown.append(old + part)
                    # x^grown arises once for each place that holds the new part
                    longer[tuple(sorted(grown, reverse=True))] += coefficient * grown.count(old + part)
            product = longer
        entries += [product[nu] for nu in parts]
    return fmpq_mat(len(parts), len(parts), entries)
