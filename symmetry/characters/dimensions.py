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

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import comb, factorial, prod

from symmetry.characters.averages import average, average_cost
from symmetry.degrees import Degree, checked_degree
from symmetry.errors import SymmetryError, TooLarge
from symmetry.partitions import Partition, centraliser, partitions
from symmetry.problem import Problem, Tensor

__all__ = ["Character", "character", "dimension"]

# How often each factor's trace occurs -> coefficient: {(1, 2): 3} is 3 tr(g₁) tr(g₂)².
Character = Mapping[tuple[int, ...], int]
# For each factor f, the powers in a product Π tr(g_f^μᵢ), as a partition.
Powers = tuple[Partition, ...]

MOST_TERMS = 15_000
MOST_VALUES = 200_000
HIGHEST_DEGREE = 200


def dimension(problem: Problem, degree: Degree) -> int:
    """The dimension of the space of equivariant polynomial maps that are homogeneous of a degree.

    Args:
        problem: all sizes given.
        degree: the total degree in all inputs, at least 0; or the degree in each input by its name (``Problem.names``),
            0 for those that are not named.

    Raises:
        UsageError: a size is symbolic, a degree is negative or no integer, an unknown input, or a computation that
            would take long; the message says how large it is.
        Underivable: a factor is not a compact group.

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
    problem.group.refuse_gaps()
    output = character(problem, problem.outputs)
    checked = checked_degree(problem, degree)
    if isinstance(checked, int):
        parts = [(character(problem, problem.inputs), checked)]
    else:
        parts = [(character(problem, [tensor]), k) for tensor, k in zip(problem.inputs, checked.values())]
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
        raise TooLarge(
            f"degree {_shown(parts)} of {str(problem)!r} takes at least {terms} products of power sums, and the limit "
            f"is {MOST_TERMS} (and degree {HIGHEST_DEGREE}): take a lower degree, or the degree in each input"
        )


def _refuse_long_averages(problem: Problem, parts: Sequence[tuple[Character, int]], powers: Iterable[Powers]) -> None:
    values = 0
    for factor, needed in zip(problem.group, zip(*powers)):
        distinct = set(needed)
        weight, highest = max(map(sum, distinct)), max((mu[0] for mu in distinct if mu), default=0)
        size = problem.size(factor.axis)
        values += len(distinct) * average_cost(factor.name, size, weight, highest, MOST_VALUES)
    if values > MOST_VALUES:
        raise TooLarge(
            f"degree {_shown(parts)} of {str(problem)!r} takes at least {values} values of characters, and the limit "
            f"is {MOST_VALUES}: take a lower degree or smaller sizes"
        )


def _shown(parts: Sequence[tuple[Character, int]]) -> str:
    return " + ".join(str(degree) for _, degree in parts)
