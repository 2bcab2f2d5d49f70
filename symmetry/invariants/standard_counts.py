"""How many standard monomials there are, by characters of GL(N), without enumerating them.

The polynomials on N vectors of ℝᵈ are the sum of S_λ(ℝᵈ) ⊗ S_λ(ℂᴺ) over the shapes λ with at most min(d, N) rows. O(d)
fixes one line of S_λ(ℝᵈ) where all rows are even and none otherwise; it acts by the determinant on one line where all d
rows are odd, and on none otherwise.

>>> dimension(4, 2, 6), determinantal_dimension(4, 2, 4)
(210, 45)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, compress, count
from math import comb, factorial, perm, prod
from operator import index
from typing import Any

from symmetry.errors import UsageError
from symmetry.partitions import partitions

__all__ = ["compositions", "determinantal_dimension", "dimension", "read_inputs"]


def dimension(vectors: int | Sequence[int], d: int, degree: int | Sequence[int], *, marked: int = 0) -> int:
    """How many standard monomials there are, without enumerating them.

    On N vectors: the sum of dim S_2μ(ℂᴺ) over the partitions μ of half the degree with at most d parts.

    Args:
        vectors, d, degree, marked: as in :func:`standard_monomials`.
    Raises:
        UsageError: as in :func:`standard_monomials`.
    Source:
        R. Howe, Remarks on classical invariant theory, 1989.

    >>> [dimension(3, 2, degree) for degree in (0, 1, 2, 4, 6)]
    [1, 0, 6, 21, 55]
    >>> dimension(3, 2, 0.5)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: degree 0.5: a degree is a whole number, at least 0
    """
    sizes, degrees = read_inputs(vectors, d, degree, marked)
    total = sum(degrees)
    if total % 2:
        return 0
    if d >= sum(sizes) or 2 * d >= total:
        return _free_dimension(tuple(sorted((n, k) for n, k in zip(sizes, degrees) if k)))
    shapes = ([2 * part for part in mu] for mu in partitions(total // 2, most=d))
    return _multiplicity(shapes, d, sizes, degrees)


def determinantal_dimension(
    vectors: int | Sequence[int], d: int, degree: int | Sequence[int], *, marked: int = 0
) -> int:
    """How many standard determinantal monomials there are: on N vectors, the sum of dim S_λ(ℂᴺ) over d odd rows λ.

    Args, Raises, Source: as for :func:`dimension`.

    >>> [determinantal_dimension(4, 3, degree) for degree in (1, 2, 3, 5)]
    [0, 0, 4, 36]
    """
    sizes, degrees = read_inputs(vectors, d, degree, marked)
    rest = sum(degrees) - d
    if not 0 < d <= sum(sizes) or rest < 0 or rest % 2:
        return 0
    shapes = ([2 * part + 1 for part in (*mu, *[0] * (d - len(mu)))] for mu in partitions(rest // 2, most=d))
    return _multiplicity(shapes, d, sizes, degrees)


@lru_cache(1 << 12)
def _free_dimension(inputs: tuple[tuple[int, int], ...]) -> int:
    """The monomials of these degrees, where there are no relations; inputs are pairs (size, degree)."""
    if not inputs:
        return 1
    (n, k), others = inputs[0], inputs[1:]
    return sum(
        _multisets(n * (n + 1) // 2, inner)
        * prod(_multisets(n * size, c) for (size, _), c in zip(others, counts))
        * _free_dimension(tuple((size, degree - c) for (size, degree), c in zip(others, counts) if degree > c))
        for inner in range(k // 2 + 1)
        for counts in compositions([degree for _, degree in others], k - 2 * inner)
    )


def _multisets(kinds: int, many: int) -> int:
    return comb(kinds + many - 1, many) if many else 1


def _multiplicity(shapes: Iterable[Sequence[int]], rows: int, sizes: Sequence[int], degrees: Sequence[int]) -> int:
    """The dimension of the given degrees in the sum of S_λ(ℂᴺ) over shapes λ with at most so many rows.

    A shape is kept as the mask of its numbers λ_i + rows − i, its beads. An input of n vectors and degree k removes a
    skew shape λ/ν of k cells in dim S_{λ/ν}(ℂⁿ) ways; the last input takes what is left.
    """
    weights: Mapping[int, int] = {
        sum(1 << part + rows - 1 - i for i, part in enumerate(_padded(shape, rows))): 1 for shape in shapes
    }
    *others, (_, size) = sorted((k, n) for n, k in zip(sizes, degrees) if k) or [(0, 0)]
    for k, n in others:
        weights = _restricted(weights, n, k)
    return sum(weight * _schur_dimension(_bits(mask), size) for mask, weight in weights.items())


def _restricted(weights: Mapping[int, int], n: int, k: int) -> Mapping[int, int]:
    """What is left of shapes, with multiplicities, when an input of n vectors and degree k has its part.

    It is the adjoint of multiplication by h_k[nX], with Newton's identity k h_k[nX] = n Σ_j p_j h_{k−j}[nX]. The
    adjoint of p_j removes a rim hook of j cells: it moves one bead down by j (Murnaghan–Nakayama).
    """
    layers = [weights]
    for cells in range(1, k + 1):
        layer: dict[int, int] = defaultdict(int)
        for j in range(1, cells + 1):
            for mask, weight in layers[cells - j].items():
                for low in _bits((mask >> j) & ~mask):
                    jumped = (mask >> (low + 1)) & ((1 << (j - 1)) - 1)
                    layer[mask ^ (1 << low) ^ (1 << (low + j))] += -weight if jumped.bit_count() % 2 else weight
        layers.append({mask: n * weight // cells for mask, weight in layer.items() if weight})
    return layers[k]


def _schur_dimension(beads: Sequence[int], n: int) -> int:
    """dim S_λ(ℂⁿ) = Π (n + content) / Π hook, from the increasing numbers λ_i + rows − i."""
    rows = len(beads)
    if rows > n and beads[rows - n - 1] >= rows - n:  # more than n parts
        return 0
    contents = prod(perm(bead + n - rows, bead - place) for place, bead in enumerate(beads) if bead > place)
    gaps = prod(high - low for low, high in combinations(beads, 2))
    return contents * gaps // prod(map(factorial, beads))


def _padded(shape: Sequence[int], rows: int) -> list[int]:
    return [*shape, *[0] * (rows - len(shape))]


def _bits(mask: int) -> list[int]:
    return list(compress(count(), map(int, reversed(f"{mask:b}"))))


# ---------------------------------------------------------------------------------------------------------------
# Inputs and degrees.


def read_inputs(
    vectors: int | Sequence[int], d: int, degree: int | Sequence[int], marked: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The number of vectors and the degree of each input; a marked vector is an input of its own, and comes first.

    Raises:
        UsageError: a number is not a whole number ≥ 0, or there is not one degree to each input.
    """
    sizes = list(vectors) if isinstance(vectors, Sequence) else [vectors]
    degrees = list(degree) if isinstance(degree, Sequence) else [degree]
    sizes = [whole("vectors", n, "a number of vectors") for n in sizes]
    degrees = [whole("degree", k, "a degree") for k in degrees]
    whole("d =", d, "a dimension")
    whole("marked =", marked, "a number of marked vectors")
    if not isinstance(degree, Sequence):  # of all inputs together
        sizes = [sum(sizes)]
    if len(sizes) != len(degrees):
        raise UsageError(f"{len(sizes)} inputs but {len(degrees)} degrees: give one degree to each input")
    return (1,) * marked + tuple(sizes), (1,) * marked + tuple(degrees)


def whole(name: str, value: Any, what: str) -> int:
    """The value as an ``int``.

    Raises:
        UsageError: it is negative or no whole number.

    >>> whole("d =", -1, "a dimension")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: d = -1: a dimension is a whole number, at least 0
    """
    try:
        number = -1 if isinstance(value, bool) else index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise UsageError(f"{name} {value!r}: {what} is a whole number, at least 0")
    return number


def compositions(caps: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Ways to write a total as an ordered sum with bounded terms."""
    if not caps:
        if total == 0:
            yield ()
        return
    for first in range(min(caps[0], total), max(0, total - sum(caps[1:])) - 1, -1):
        for rest in compositions(caps[1:], total - first):
            yield (first, *rest)
