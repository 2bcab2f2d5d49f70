"""Dimensions of spaces of equivariant polynomial maps, by averaging characters (Molien 1897, Weyl 1926).

The equivariant maps of degree k from V to W form (Symᵏ(V*) ⊗ W)^G, whose dimension is the average over G of
h_k[V](g) χ_W(g), where h_k[V] = Σ_{μ ⊢ k} Π χ_V(g^μᵢ) / z_μ. No basis is enumerated anywhere. The trace of an element
on a tensor is a product of traces tr(g_fʲ), one for each axis on which a factor f acts, so that everything is a
polynomial in these power sums and the average of a monomial is the product of the averages over the factors.

>>> dimension(Problem("X: d n -> d n", "O(d) x S(n)", d=3, n=4), 3)
11
>>> dimension(Problem("X: d n -> d n", "O(d)", d=3), 1)
Traceback (most recent call last):
...
symmetry.errors.UsageError: axis 'n' of 'X: d n -> d n' has no size yet; give one, for example at(n=3)
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from math import comb, factorial, prod
from typing import Any

from symmetry.errors import SymmetryError, UsageError
from symmetry.groups import KINDS, Laurent
from symmetry.partitions import Partition, centraliser, partitions
from symmetry.problem import Problem, Tensor

__all__ = ["Character", "Powers", "average", "average_by_shapes", "average_over_classes", "character", "dimension"]

# How often each factor's trace occurs -> coefficient: {(1, 2): 3} is 3 tr(g₁) tr(g₂)².
Character = Mapping[tuple[int, ...], int]
# For each factor f, the powers in a product Π tr(g_f^μᵢ), as a partition.
Powers = tuple[Partition, ...]

MOST_TERMS = 100_000
MOST_VALUES = 1_000_000
MOST_CLASSES = 20_000
HIGHEST_DEGREE = 200


def dimension(problem: Problem, degree: int | Mapping[str, int]) -> int:
    """The dimension of the space of equivariant polynomial maps that are homogeneous of a degree.

    Args:
        problem: all sizes given.
        degree: the total degree in all inputs, at least 0; or the degree in each input by its name (``Problem.names``),
            0 for those that are not named.

    Raises:
        UsageError: a size is symbolic, a degree is negative or no integer, an unknown input, or a computation that
            would take long; the message says how large it is.

    Source: T. Molien, 1897; H. Weyl, The Classical Groups, 1939, chapter VII; theory.md 1.8, 4.5.

    >>> p = Problem("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", d=3, n=4, m=2)
    >>> [dimension(p, k) for k in range(6)]
    [0, 3, 0, 31, 0, 233]
    >>> dimension(p, {"X": 1, "Z": 2})
    8
    >>> dimension(p, {"Y": 1})
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 'X: d n, Z: d m -> d n' has no input 'Y'; its inputs are X, Z
    """
    output = character(problem, problem.outputs)
    if isinstance(degree, Mapping):
        unknown = [name for name in degree if name not in problem.names]
        if unknown:
            known = ", ".join(problem.names)
            raise UsageError(f"{str(problem)!r} has no input {unknown[0]!r}; its inputs are {known}")
        parts = [
            (character(problem, [tensor]), _degree(degree.get(name, 0)))
            for name, tensor in zip(problem.names, problem.inputs)
        ]
    else:
        parts = [(character(problem, problem.inputs), _degree(degree))]
    _refuse_long(problem, parts)

    powers: Mapping[Powers, int] = {((),) * len(problem.group): 1}
    for one, k in parts:
        powers = _product(powers, _symmetric_power(list(one.items()), k))
    _refuse_long_averages(problem, parts, powers)
    factors = [(factor.name, problem.size(factor.axis)) for factor in problem.group]
    total = 0
    for mu, number in powers.items():
        for occurrences, multiplicity in output.items():
            averages = (
                average(name, size, factor + (1,) * once)
                for (name, size), factor, once in zip(factors, mu, occurrences, strict=True)
            )
            total += number * multiplicity * prod(averages)
    found, rest = divmod(total, prod(factorial(k) for _, k in parts))
    if rest or found < 0:
        raise SymmetryError(f"{total} is no dimension times a factorial: please report this")
    return found


def character(problem: Problem, tensors: Iterable[Tensor]) -> Character:
    """The character of the sum of some inputs or outputs, as a polynomial in the traces of the factors.

    Args:
        problem: all sizes given.
        tensors: some of its inputs or outputs.

    >>> p = Problem("M: d d n, s: -> d", "O(d) x S(n)", d=2, n=5)
    >>> character(p, p.inputs)
    {(2, 1): 1, (0, 0): 1}
    """
    acted = [factor.axis for factor in problem.group]
    found: Counter[tuple[int, ...]] = Counter()
    for tensor in tensors:
        left = prod(problem.size(axis) for axis in tensor.axes if axis not in acted)
        found[tuple(tensor.axes.count(axis) for axis in acted)] += left
    return dict(found)


# ---------------------------------------------------------------------------------------------------------------
# Symmetric powers, as polynomials in power sums


def _symmetric_power(monomials: Sequence[tuple[tuple[int, ...], int]], degree: int) -> dict[Powers, int]:
    """k! times h_k of a sum of monomials, by h_k[A + B] = Σ h_j[A] h_{k-j}[B]."""
    (occurrences, multiplicity), *others = monomials
    if not others:
        return _power_of_monomial(occurrences, multiplicity, degree)
    found: Counter[Powers] = Counter()
    for j in range(degree + 1):
        left = _power_of_monomial(occurrences, multiplicity, j)
        for powers, number in _product(left, _symmetric_power(others, degree - j)).items():
            found[powers] += comb(degree, j) * number
    return found


def _power_of_monomial(occurrences: tuple[int, ...], multiplicity: int, degree: int) -> dict[Powers, int]:
    if not any(occurrences):
        return {((),) * len(occurrences): prod(range(multiplicity, multiplicity + degree))}
    return {
        tuple(_merged(*[mu] * times) for times in occurrences): _permutations(mu) * multiplicity ** len(mu)
        for mu in partitions(degree)
    }


def _permutations(mu: Partition) -> int:
    """How many permutations have these cycle lengths."""
    return factorial(sum(mu)) // centraliser(mu)


def _product(left: Mapping[Powers, int], right: Mapping[Powers, int]) -> dict[Powers, int]:
    found: Counter[Powers] = Counter()
    for mu, a in left.items():
        for nu, b in right.items():
            found[tuple(map(_merged, mu, nu))] += a * b
    return found


def _merged(*mus: Partition) -> Partition:
    return tuple(sorted((part for mu in mus for part in mu), reverse=True))


def _degree(degree: Any) -> int:
    try:
        found = operator.index(degree)
    except TypeError:
        found = -1
    if found < 0:
        raise UsageError(f"a degree is an integer from 0, or a mapping from inputs to such integers, not {degree!r}")
    return found


def _refuse_long(problem: Problem, parts: Sequence[tuple[Character, int]]) -> None:
    """A product of power sums is a partition of the degree whose parts have as many colours as there are monomials."""
    terms = 1
    for one, degree in parts:
        counts = [1] + [0] * min(degree, HIGHEST_DEGREE)
        for part in [*range(1, len(counts))] * sum(1 for occurrences in one if any(occurrences)):
            for k in range(part, len(counts)):
                counts[k] += counts[k - part]
        terms *= counts[-1] if any(map(any, one)) else 1
    if terms > MOST_TERMS or any(degree > HIGHEST_DEGREE for _, degree in parts):
        raise UsageError(
            f"degree {_shown(parts)} of {str(problem)!r} takes at least {terms} products of power sums, and the limit "
            f"is {MOST_TERMS} (and degree {HIGHEST_DEGREE}): take a lower degree, or the degree in each input"
        )


def _refuse_long_averages(problem: Problem, parts: Sequence[tuple[Character, int]], powers: Iterable[Powers]) -> None:
    values = 0
    for factor, needed in zip(problem.group, zip(*powers)):
        size, distinct = problem.size(factor.axis), set(needed)
        weight, shapes = max(map(sum, distinct)), factor.kind.invariant_shapes
        if shapes is None:
            each = len(_families(factor.name, size, max(map(max, filter(None, distinct)), default=0)))
        else:
            each = sum(1 for _ in islice(shapes(size, weight), MOST_VALUES))
        values += len(distinct) * each
    if values > MOST_VALUES:
        raise UsageError(
            f"degree {_shown(parts)} of {str(problem)!r} takes about {values} values of characters, and the limit is "
            f"{MOST_VALUES}: take a lower degree or smaller sizes"
        )


def _shown(parts: Sequence[tuple[Character, int]]) -> str:
    return " + ".join(str(degree) for _, degree in parts)


# ---------------------------------------------------------------------------------------------------------------
# Averages of products of power sums


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
    if KINDS[name].invariant_shapes is not None:
        return average_by_shapes(name, size, powers)
    return average_over_classes(name, size, powers)


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
        return {as_beads(shape, min(size, weight)): 1 for shape in shapes(size, weight)}
    *before, length = powers
    return without_strip(_stripped(name, size, weight, tuple(before)), length)


def as_beads(shape: Partition, rows: int) -> Beads:
    """A partition of at most so many rows.

    >>> as_beads((3,), 2)
    (0, 4)
    """
    return tuple(part + row for row, part in enumerate(reversed(shape + (0,) * (rows - len(shape)))))


def without_strip(combination: Mapping[Beads, int], length: int) -> dict[Beads, int]:
    """Removes a border strip from every partition of a combination in all ways, with signs.

    >>> without_strip({(0, 4): 1}, 2)  # of the partition (3) with two rows
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
        raise UsageError(
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


def laurent_product(left: Laurent, right: Laurent) -> Laurent:
    """The product of two Laurent polynomials in the same angles."""
    found: Counter[tuple[int, ...]] = Counter()
    for a, c in left.items():
        for b, e in right.items():
            found[tuple(map(operator.add, a, b))] += c * e
    return found
