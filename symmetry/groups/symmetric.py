"""S(n): permutations, as matrices or index arrays.

>>> [str(classes.weight) for classes in SYMMETRIC.classes(3)]
['1/3', '1/2', '1/6']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from symmetry.groups.kind import Classes, Kind, Matrix, Special, WeightBasis
from symmetry.groups.laurent import Laurent
from symmetry.partitions import Partition, centraliser, partitions

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SYMMETRIC"]


def _permutation_matrix(rng: Random, size: int, component: int) -> Matrix:
    order = list(range(size))
    rng.shuffle(order)
    return tuple(tuple(Fraction(order[i] == j) for j in range(size)) for i in range(size))


def _permutations(rng: np.random.Generator, size: int, component: int, count: int) -> NDArray[Any]:
    import numpy as np

    return rng.permuted(np.tile(np.arange(size), (count, 1)), axis=1)


def _transposition(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    import numpy as np

    order = np.arange(size)
    if size > 1:
        i, j = rng.choice(size, 2, replace=False)
        order[[i, j]] = order[[j, i]]
    return order


def _neighbours_swapped(rng: np.random.Generator, size: int, scale: float) -> NDArray[Any]:
    """Two neighbours exchanged, whatever the scale: no permutation but the identity is nearer."""
    import numpy as np

    order = np.arange(size)
    if size > 1:
        place = int(rng.integers(size - 1))
        order[[place, place + 1]] = order[[place + 1, place]]
    return order


def _special(rng: np.random.Generator, size: int) -> Iterator[Special]:
    """Cycles and the reversal, each element once; none at size 1."""
    import numpy as np

    unit = np.arange(size)

    def cycle(places: Sequence[int]) -> NDArray[Any]:
        order = unit.copy()
        order[list(places)] = np.roll(places, -1)
        return order

    seen = {tuple(unit.tolist())}
    found: list[tuple[str, NDArray[Any]]] = [("adjacent transposition", _neighbours_swapped(rng, size, 1.0))]
    for length, name in ((2, "transposition"), (3, "3-cycle")):
        if size >= length:
            found.append((name, cycle(rng.choice(size, length, replace=False).tolist())))
    found += [("cycle of all", cycle(unit.tolist())), ("reversal", unit[::-1].copy())]
    for name, order in found:
        if (key := tuple(order.tolist())) not in seen:
            seen.add(key)
            yield name, 1, order


def _is_permutation(matrix: Matrix) -> bool:
    lines = (*matrix, *zip(*matrix, strict=True)) if all(len(row) == len(matrix) for row in matrix) else ((),)
    return all(sorted(line) == [0] * (len(matrix) - 1) + [1] for line in lines)


def _cycle_types(size: int) -> Iterator[Classes]:
    for cycles in partitions(size):
        yield Classes(Fraction(1, centraliser(cycles)), 0, partial(_fixed, cycles), {(): 1})


def _stable_size(weight: int) -> int:
    """Numbers of cycles are as those of Poisson variables up to this weight (P. Diaconis, M. Shahshahani, 1994)."""
    return max(weight, 1)


def _fixed(cycles: Partition, power: int) -> Laurent:
    return {(): sum(length for length in cycles if power % length == 0)}


def _transpositions(size: int) -> WeightBasis:
    unit = {(i, i): 1 for i in range(size)}
    neighbours = tuple(
        {**{place: 1 for place in unit if place[0] not in (i, i + 1)}, (i, i + 1): 1, (i + 1, i): 1}
        for i in range(size - 1)
    )
    return WeightBasis(((),) * size, (), neighbours, unit)


SYMMETRIC = Kind(
    name="S",
    meaning="permutations",
    equations=("each row and each column of P has one entry 1 and no other",),
    contains=_is_permutation,
    components={1: "permutation"},
    acts="permutation",
    letter="permutation",
    stack=_permutations,
    exact=_permutation_matrix,
    monomial=_transposition,
    near=_neighbours_swapped,
    special=_special,
    classes=_cycle_types,
    weight_basis=_transpositions,
    stable_size=_stable_size,
)
