"""Averages over a group of products of power sums, Π tr(g^μᵢ): the numbers from which dimensions are made.

They are found from the Schur functors that have invariants, where the group has a table of them, and else by Weyl's
integration formula over its conjugacy classes.

>>> [average("O", 2, (1,) * (2 * k)) for k in range(5)]  # a half of the central binomial coefficients
[1, 1, 3, 10, 35]
>>> average("O", 2, (1,) * 6) == average_over_classes("O", 2, (1,) * 6)
True
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

from symmetry.errors import SymmetryError, TooLarge
from symmetry.groups import KINDS, Laurent, laurent_product
from symmetry.partitions import Partition

__all__ = ["average", "average_by_shapes", "average_cost", "average_over_classes"]

MOST_CLASSES = 20_000


@lru_cache(maxsize=1 << 16)
def average(name: str, size: int, powers: Partition) -> int:
    """The Haar average of Π tr(g^μᵢ) over a group of one kind.

    Args:
        name: a key of ``KINDS``.
        size: at least 1.
        powers: μ, in decreasing order.

    >>> average("O", 3, (2, 1, 1)), average("S", 3, (2, 1, 1))
    (1, 6)
    """
    if not powers:
        return 1
    if KINDS[name].invariant_shapes is not None:
        return average_by_shapes(name, size, powers)
    return average_over_classes(name, _enough(name, size, sum(powers)), powers)


def _enough(name: str, size: int, weight: int) -> int:
    """A size with the same average, as small as is known."""
    stable = KINDS[name].stable_size
    return size if stable is None else min(size, stable(weight))


def average_cost(name: str, size: int, weight: int, highest: int, most: int) -> int:
    """How many values of characters an average adds up, counted up to a limit.

    Args:
        name, size: as in ``average``.
        weight: the sum of the powers.
        highest: the largest of them.
        most: the limit.

    >>> average_cost("SO", 3, 9, 4, 100), average_cost("S", 3, 9, 4, 100)
    (3, 3)
    """
    if not weight:
        return 1
    shapes = KINDS[name].invariant_shapes
    if shapes is None:
        return len(_families(name, _enough(name, size, weight), highest))
    return sum(1 for _ in islice(shapes(size, weight), most))


def average_by_shapes(name: str, size: int, powers: Partition) -> int:
    """The average as Σ_λ χ^λ(μ) over the λ for which S_λ contains an invariant, by the rule of Murnaghan-Nakayama.

    Args:
        name: a kind that has ``invariant_shapes``.
        size, powers: as in ``average``.

    Source: P. Diaconis, M. Shahshahani, On the eigenvalues of random matrices, 1994; E. Rains, Increasing subsequences
    and the classical groups, 1998.

    >>> average_by_shapes("SO", 3, (1, 1, 1))
    1
    """
    return _stripped(name, size, sum(powers), powers).get(tuple(range(min(size, sum(powers)))), 0)


# A partition of at most r rows as the increasing sequence of λᵢ + r - i: a border strip of length j is removed by
# taking j from one of the numbers, if that leaves them different; the sign is that of putting them in order again.
Beads = tuple[int, ...]


@lru_cache(maxsize=1 << 12)
def _stripped(name: str, size: int, weight: int, powers: Partition) -> Mapping[Beads, int]:
    """What is left of all invariant shapes of a weight when strips of these lengths are removed, with signs."""
    shapes = KINDS[name].invariant_shapes
    if shapes is None:
        raise SymmetryError(f"{name} has no table of invariant shapes: please report this")
    if not powers:
        return {_as_beads(shape, min(size, weight)): 1 for shape in shapes(size, weight)}
    *before, length = powers
    return _without_strip(_stripped(name, size, weight, tuple(before)), length)


def _as_beads(shape: Partition, rows: int) -> Beads:
    """A partition of at most so many rows.

    >>> _as_beads((3,), 2)
    (0, 4)
    """
    return tuple(part + row for row, part in enumerate(reversed(shape + (0,) * (rows - len(shape)))))


def _without_strip(combination: Mapping[Beads, int], length: int) -> dict[Beads, int]:
    """Removes a border strip from every partition of a combination in all ways, with signs.

    >>> _without_strip({(0, 4): 1}, 2)  # of the partition (3) with two rows
    {(0, 2): 1}
    """
    found: Counter[Beads] = Counter()
    for beads, number in combination.items():
        for place, bead in enumerate(beads):
            moved = bead - length
            if moved >= 0 and moved not in beads:
                jumped = place - bisect_left(beads, moved)
                rest = beads[:place] + beads[place + 1 :]
                found[(*rest[: place - jumped], moved, *rest[place - jumped :])] += -number if jumped % 2 else number
    return {beads: number for beads, number in found.items() if number}


def average_over_classes(name: str, size: int, powers: Partition) -> int:
    """The average as the sum over the families of conjugacy classes of the constant terms: Weyl's integration formula.

    Args:
        name, size, powers: as in ``average``.

    Raises:
        UsageError: so many families that it would take long.

    >>> average_over_classes("SO", 3, (1, 1, 1))
    1
    """
    total = Fraction(0)
    for weight, traces, density in _families(name, size, max(powers, default=0)):
        product: Laurent = density
        for power in powers:
            product = laurent_product(product, traces[power - 1])
        total += weight * product.get((0,) * len(next(iter(density))), 0)
    if total.denominator != 1:
        raise SymmetryError(f"{total} is no average of a character of {name}({size}): please report this")
    return total.numerator


@lru_cache(maxsize=256)
def _families(name: str, size: int, most: int) -> Sequence[tuple[Fraction, tuple[Laurent, ...], Laurent]]:
    """Weight, traces of the powers up to ``most``, and density of the families; those that agree in these as one."""
    families = list(islice(KINDS[name].classes(size), MOST_CLASSES + 1))
    if len(families) > MOST_CLASSES:
        raise TooLarge(
            f"{name}({size}) has more than {MOST_CLASSES} conjugacy classes: take a smaller size (a dimension of a "
            "given degree does not change any more once the size is large enough)"
        )
    found: dict[Any, tuple[Fraction, tuple[Laurent, ...], Laurent]] = {}
    for family in families:
        traces = tuple(family.trace(power) for power in range(1, most + 1))
        key = tuple(frozenset(polynomial.items()) for polynomial in (family.density, *traces))
        weight = found[key][0] if key in found else Fraction(0)
        found[key] = (weight + family.weight, traces, family.density)
    return list(found.values())
