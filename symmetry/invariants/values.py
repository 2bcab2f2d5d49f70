"""Values of terms at random points modulo a prime, and which rows of values are independent.

Rows that are independent modulo a prime belong to functions that are independent over ℚ; the converse may fail by bad
luck, so that only independence is ever concluded.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.invariants.configuration import Configuration
from symmetry.invariants.term import Term
from symmetry.permutations import permutation_sign

__all__ = ["Echelon", "Values"]

PRIME = 33_554_393  # the largest below 2²⁵: a sum of 2¹³ products fits into 63 bits
Row = NDArray[np.int64]


class Values:
    """Random points: vectors, scalars, marked vectors, and a number that stands for each component.

    Args:
        configuration: whose terms are to be evaluated.
        points: how many points.
        seed: of the points.
    """

    def __init__(self, configuration: Configuration, points: int, seed: int = 0):
        rng = np.random.default_rng(seed)

        def draw(*shape: int) -> Row:
            return rng.integers(PRIME, size=(points, *shape), dtype=np.int64)

        d = configuration.dimension
        ranks = sorted({component.rank for component in configuration.components})
        marked = draw(max(ranks, default=0), d)
        vectors = draw(len(configuration.vectors), d)
        self._ranks = [component.rank for component in configuration.components]
        self._vectors = {rank: np.concatenate([marked[:, :rank], vectors], axis=1) for rank in ranks}
        self._gram = {rank: (v @ v.transpose(0, 2, 1)) % PRIME for rank, v in self._vectors.items()}
        self._scalars = draw(len(configuration.scalars))
        self._components = draw(len(configuration.components))

    def of(self, term: Term) -> Row:
        """The values of a term, one for each point."""
        rank = self._ranks[term.component]
        value: Row = self._components[:, term.component]
        for a, b in term.pairs:
            value = value * self._gram[rank][:, a, b] % PRIME
        for scalar in term.scalars:
            value = value * self._scalars[:, scalar] % PRIME
        if term.determinant:
            value = value * _determinant(self._vectors[rank][:, term.determinant, :]) % PRIME
        return value

    def total(self, terms: Iterable[Term]) -> Row:
        """The values of a sum of terms."""
        found: Row = np.zeros(len(self._scalars), dtype=np.int64)
        for term in terms:
            found += self.of(term)
        return found % PRIME


def _determinant(columns: NDArray[Any]) -> Row:
    """Leibniz' formula at every point: exact, and few terms at the sizes that can be listed."""
    d = columns.shape[1]
    total = np.zeros(len(columns), dtype=np.int64)
    for order in permutations(range(d)):
        product = np.ones(len(columns), dtype=np.int64)
        for place, row in enumerate(order):
            product = product * columns[:, place, row] % PRIME
        total += permutation_sign(order) * product
    return total % PRIME


class Echelon:
    """Independent rows modulo the prime, reduced: each has a place where the others are 0.

    >>> rows = Echelon()
    >>> [rows.add(np.array(row)) for row in ([1, 2, 3], [2, 4, 6], [0, 0, 5])], len(rows)
    ([True, False, True], 2)
    """

    def __init__(self) -> None:
        self._rows: Row | None = None
        self._places: list[int] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, row: Row) -> bool:
        """Take a row in if it is independent of those that are there; whether it was."""
        rest: Row = row % PRIME
        if self._rows is not None:
            rest = (rest - rest[self._places] @ self._rows) % PRIME
        places = np.flatnonzero(rest)
        if not len(places):
            return False
        place = int(places[0])
        rest = rest * pow(int(rest[place]), -1, PRIME) % PRIME
        if self._rows is None:
            self._rows = rest[None]
        else:
            self._rows = np.vstack([(self._rows - np.outer(self._rows[:, place], rest)) % PRIME, rest])
        self._places.append(place)
        return True
