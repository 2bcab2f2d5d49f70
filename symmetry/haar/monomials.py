"""Averages of monomials in the entries of a Haar-distributed orthogonal matrix, as plain data.

Where there are few pairings of equal rows and columns, they are summed with their Weingarten functions; otherwise the
columns are integrated one by one. Both are right at every integer d.

>>> monomial_average(((2, 0), (0, 2)), 3), by_columns(((2, 2),), 5)
(Fraction(2, 15), Fraction(1, 35))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations_with_replacement, product
from math import comb, factorial, prod
from typing import Any

from symmetry.errors import UsageError
from symmetry.haar.pairings import how_many_pairings, loop_type, pair_partitions, partners
from symmetry.haar.weingarten import Quotient, Value, exact_table
from symmetry.partitions import Partition

__all__ = ["Exponents", "by_columns", "by_pairings", "monomial_average", "reduced_exponents"]

Exponents = tuple[tuple[int, ...], ...]  # of a monomial in the entries: one row of exponents for each row of Q
MOST_CHOICES = 2_000_000  # for the factors of one column
FEW_PAIRINGS = 100  # so many pairs of pairings are summed rather than columns integrated

# The two ways, by_pairings and by_columns, take exponents whose rows and columns have even sums.


def monomial_average(exponents: Exponents, d: int | None) -> Value:
    """The average over O(d) of Π Q[i, j]^exponents[i][j].

    Args:
        exponents: rows of numbers that are at least 0; at an integer d at most d rows and d columns.
        d: a positive integer, or ``None`` for a symbol.
    Returns:
        a Fraction, or a reduced :class:`Quotient` that is right at every d with that many rows and columns.

    >>> monomial_average(((2, 0), (0, 2)), 3), monomial_average(((1, 1),), 3)
    (Fraction(2, 15), Fraction(0, 1))
    """
    if any(sum(line) % 2 for line in chain(exponents, zip(*exponents))):
        return _total((), d)
    return _average(reduced_exponents(exponents), d)


def reduced_exponents(exponents: Exponents) -> Exponents:
    """A matrix of exponents with the same average and few columns. Equal forms mean equal averages, not conversely.

    >>> reduced_exponents(((0, 2, 0), (4, 0, 0))) == reduced_exponents(((2, 0), (0, 4)))
    True
    """
    rows = [row for row in exponents if any(row)]
    columns = [column for column in zip(*rows) if any(column)]
    forms = _sorted(columns), _sorted(list(zip(*columns)))
    return max(forms, key=lambda rows: (len(rows), rows))


def _sorted(rows: list[tuple[int, ...]]) -> Exponents:
    rows = sorted(rows, key=lambda row: (sorted(row), row))
    columns = sorted(zip(*rows), key=lambda column: (sorted(column), column))
    return tuple(sorted(zip(*columns)))


@lru_cache(maxsize=1 << 16)
def _average(exponents: Exponents, d: int | None) -> Value:
    sums = map(sum, chain(exponents, zip(*exponents)))
    if prod(map(how_many_pairings, sums)) <= FEW_PAIRINGS:
        return by_pairings(exponents, d)
    return by_columns(exponents, d)


def by_pairings(exponents: Exponents, d: int | None) -> Value:
    """The average as Σ Wg(p, q), over pairings p of factors in equal rows and q of factors in equal columns.

    Source:
        B. Collins, P. Śniady, Integration with respect to the Haar measure on unitary, orthogonal and symplectic
        group, 2006, Corollary 3.4.
    """
    places = [(i, j) for i, row in enumerate(exponents) for j, exponent in enumerate(row) for _ in range(exponent)]
    along_columns = list(_pairings_within([j for _, j in places]))
    counts: Counter[Partition] = Counter()
    for along_row in _pairings_within([i for i, _ in places]):
        counts.update(loop_type(along_row, along_column) for along_column in along_columns)
    table = exact_table(len(places) // 2, d)
    return _total((count * table[mu] for mu, count in counts.items()), d)


def _pairings_within(labels: Sequence[int]) -> Iterator[list[int]]:
    """Pairings of places with equal labels, as the partner of each place."""
    blocks = [[place for place, label in enumerate(labels) if label == value] for value in sorted(set(labels))]
    for chosen in product(*(pair_partitions(len(block)) for block in blocks)):
        yield partners(tuple((block[a], block[b]) for block, pairs in zip(blocks, chosen) for a, b in pairs))


def by_columns(exponents: Exponents, d: int | None) -> Value:
    """The average, one column at a time.

    Given the C other columns q_c, a column q is uniform on the unit sphere of their complement, of dimension
    d' = d − C. So Π q_r^{m_r} has the mean of Gaussian variables with covariance I − Σ_c q_c q_cᵀ, divided by
    d'(d'+2)…(d'+M−2), M = Σ m_r. Such variables are h_r + √−1 Σ_c t_c q_rc with independent standard h_r and t_c, so
    that the mean is a sum over the ways to choose the factors t_c q_rc.

    Source:
        T. Gorin, Integrals of monomials over the orthogonal group, 2002.
    """
    columns = list(zip(*exponents))
    if not columns:
        return _total((1,), d)
    column = min(columns, key=sum)
    columns.remove(column)
    rest = list(zip(*columns)) or [()] * len(exponents)
    ways = prod(_how_many_choices(m, len(columns)) for m in column)
    if ways > MOST_CHOICES:
        raise UsageError(
            f"the average of a monomial of degree {sum(map(sum, exponents))} in {len(exponents)} rows and "
            f"{len(columns) + 1} columns is a sum over {ways} choices, more than {MOST_CHOICES}"
        )
    weights: Counter[Exponents] = Counter()
    for choice in product(*(_choices(m, len(columns)) for m in column)):
        powers = [sum(taken) for taken in zip(*(taken for _, taken in choice))]
        if any(power % 2 for power in powers):
            continue
        weight = prod(weight for weight, _ in choice) * prod(map(how_many_pairings, powers))
        weight *= (-1) ** (sum(powers) // 2)
        raised = tuple(tuple(map(sum, zip(row, taken))) for row, (_, taken) in zip(rest, choice))
        weights[reduced_exponents(raised)] += weight
    mean = _total((weight * _average(raised, d) for raised, weight in weights.items() if weight), d)
    steps = range(-len(columns), sum(column) - len(columns), 2)
    sphere: Any = Quotient(1, dict.fromkeys(steps, 1)) if d is None else Fraction(1, prod(d + c for c in steps))
    return _total([mean * sphere], d)


@lru_cache(maxsize=1 << 12)
def _choices(m: int, columns: int) -> list[tuple[int, tuple[int, ...]]]:
    """What a factor (h + Σ_c t_c q_c)^m contributes: a number, E[h^…] included, and the powers of the t_c q_c."""
    return [
        (factorial(m) // (factorial(own) * prod(map(factorial, taken))) * how_many_pairings(own), taken)
        for own in range(0, m + 1, 2)
        for chosen in combinations_with_replacement(range(columns), m - own)
        for taken in [tuple(map(chosen.count, range(columns)))]
    ]


def _how_many_choices(m: int, columns: int) -> int:
    return sum(comb(m - own + columns - 1, m - own) if columns else own == m for own in range(0, m + 1, 2))


def _total(terms: Iterable[Any], d: int | None) -> Value:
    total: Value = sum(terms, Quotient(0, {}) if d is None else Fraction(0))
    return total.reduced() if isinstance(total, Quotient) else total
