"""Hilbert series: the dimensions of the spaces of equivariant polynomial maps in all degrees at once.

>>> print(hilbert_series(Problem("X: d n -> ", "SO(d)", d=3, n=3)))  # six inner products and a determinant
(1 + t^3) / (1 - t^2)^6
>>> print(hilbert_series(Problem("M: d d -> ", "O(d)", d=2)))
1 + t + 3 t^2 + 3 t^3 + 6 t^4 + 6 t^5 + ...
>>> hilbert_series(Problem("M: d d -> ", "O(d)", d=2)).reason
"input 'M' has 2 axes on which O(d) acts"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice, product
from math import prod
from typing import Any

from sympy import Expr, Mul, Poly, Pow, Symbol

from symmetry.characters.averages import average
from symmetry.characters.cyclotomic import added, common_degree
from symmetry.characters.dimensions import Character, character, dimension
from symmetry.characters.vector_series import CycleType, cycle_type, gram_factors, is_free, numerator, traces
from symmetry.errors import UsageError
from symmetry.groups import Classes, Group
from symmetry.problem import Problem

__all__ = ["HilbertSeries", "hilbert_series"]

MOST_CLASSES = 1_000
MOST_COEFFICIENTS = 1_000_000  # of all numerators over the common denominator
LARGEST_SIZE = 11  # Weyl's density has 2ʳ r! terms or half as many, r = d/2
MOST_VECTORS = 60
SHOWN = 6  # coefficients of a series that is not known as a rational function


@dataclass(frozen=True)
class HilbertSeries:
    """Σ dim(Symᵏ(V*) ⊗ W)^G tᵏ for the inputs V and outputs W of a problem.

    Args:
        problem: all sizes given.
        numerator: of integer coefficients, from the constant one; ``None`` where only the expansion is known.
        denominator: the exponents a of the denominator Π (1 - tᵃ), in increasing order; or ``None``.
        reason: why the rational function is not known; empty where it is.
    """

    problem: Problem
    numerator: tuple[int, ...] | None
    denominator: tuple[int, ...] | None
    reason: str = ""

    @property
    def rational(self) -> Expr | None:
        """The rational function in the SymPy symbol t; ``None`` where only the expansion is known, see ``reason``.

        In lowest terms, but for cyclotomic polynomials that complete factors 1 - tᵃ of the denominator.

        >>> hilbert_series(Problem("x: n -> n", "S(n)", n=2)).rational
        (1 - t)**(-2)
        """
        if self.numerator is None or self.denominator is None:
            return None
        t = Symbol("t")
        top = Poly(self.numerator[::-1] or (0,), t).as_expr()
        return Mul(top, *(Pow(1 - t**a, -times) for a, times in Counter(self.denominator).items()))

    def expansion(self, terms: int) -> tuple[int, ...]:
        """The first coefficients: the dimensions in the degrees 0, 1, …

        Args:
            terms: how many.

        Raises:
            UsageError: a negative number; without a rational function, a degree that ``dimension`` refuses.

        >>> hilbert_series(Problem("X: d n -> d", "O(d)", d=3, n=2)).expansion(6)
        (0, 2, 0, 6, 0, 12)
        """
        if terms < 0:
            raise UsageError(f"an expansion has a number of terms from 0, not {terms}")
        if self.numerator is None or self.denominator is None:
            return tuple(dimension(self.problem, k) for k in range(terms))
        found = [*self.numerator[:terms], *[0] * (terms - len(self.numerator))]
        for a in self.denominator:
            for k in range(a, terms):
                found[k] += found[k - a]
        return tuple(found)

    def __iter__(self) -> Iterator[int]:
        """All coefficients, without end.

        >>> list(islice(hilbert_series(Problem("x: n -> ", "S(n)", n=3)), 7))
        [1, 1, 2, 3, 4, 5, 7]
        """
        if self.numerator is None:
            yield from (dimension(self.problem, k) for k in count())
        known = 0
        while True:
            found = self.expansion(2 * known + 16)
            yield from found[known:]
            known = len(found)

    def __str__(self) -> str:
        top, bottom = self._parts(lambda power: f"t^{power}")
        if not bottom:
            return top
        one_term = " + " not in top and " - " not in top
        return f"{top if one_term else f'({top})'} / {bottom if bottom.count('(') == 1 else f'({bottom})'}"

    def _latex(self, printer: Any) -> str:
        top, bottom = self._parts(lambda power: f"t^{{{power}}}")
        return rf"\frac{{{top}}}{{{bottom}}}" if bottom else top.replace("...", r"\cdots")

    def _first(self, terms: int) -> list[int]:
        """So many coefficients, or those before the first that is refused."""
        found: list[int] = []
        with suppress(UsageError):
            found.extend(islice(self, terms))
        return found

    def _parts(self, power: Callable[[int], str]) -> tuple[str, str]:
        """Numerator and denominator as text; the first terms, and nothing, where they are not known."""
        if self.numerator is None or self.denominator is None:
            first = self._first(SHOWN)
            return f"{_polynomial(first, power)} + ..." if first else "...", ""
        factors = (
            f"(1 - {'t' if a == 1 else power(a)})" + (power(times)[1:] if times > 1 else "")
            for a, times in Counter(self.denominator).items()
        )
        return _polynomial(self.numerator, power), " ".join(factors)


def _polynomial(coefficients: Sequence[int], power: Callable[[int], str]) -> str:
    text = ""
    for k, coefficient in enumerate(coefficients):
        if coefficient:
            variable = "" if k == 0 else "t" if k == 1 else power(k)
            number = str(abs(coefficient)) if abs(coefficient) > 1 or not k else ""
            sign = (" - " if coefficient < 0 else " + ") if text else "-" * (coefficient < 0)
            text += sign + " ".join(filter(None, (number, variable)))
    return text or "0"


def hilbert_series(problem: Problem) -> HilbertSeries:
    """The Hilbert series of the equivariant polynomial maps of a problem.

    It is a rational function; here it is found where at most one factor that is not a group of permutations acts on the
    inputs, on one axis of each at most: as the average over the permutations of the rational functions of
    ``vector_series``. Elsewhere there are only its coefficients, from ``dimension``.

    Args:
        problem: all sizes given.

    Raises:
        UsageError: a size is symbolic.
        Underivable: a factor is not a compact group.

    Source: T. Molien, 1897; H. Weyl, The Classical Groups, 1939; M. Hochster, J. L. Roberts, Rings of invariants of
    reductive groups acting on regular rings are Cohen-Macaulay, 1974.

    >>> print(hilbert_series(Problem("X: d n -> d n", "O(d) x S(n)", d=3, n=2)))
    2 t / (1 - t^2)^3
    >>> hilbert_series(Problem("X: d n -> ", "O(d)", d=3))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: axis 'n' of 'X: d n -> ' has no size yet; give one, for example at(n=3)
    """
    problem.group.refuse_gaps()
    for tensor in (*problem.inputs, *problem.outputs):
        problem.shape(tensor)
    try:
        return HilbertSeries(problem, *_rational(problem))
    except _NotRational as found:
        return HilbertSeries(problem, None, None, str(found))


class _NotRational(Exception):
    """Why the rational function is not known."""


def _rational(problem: Problem) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numerator and denominator, as the average over the permutations σ of the rational functions H_σ."""
    factor = _acting(problem)
    inputs = character(problem, problem.inputs)
    place = None if factor is None else problem.group.factors.index(factor)
    vectors = _permuted(problem, {axes: number for axes, number in inputs.items() if place is not None and axes[place]})
    scalars = _permuted(problem, {axes: number for axes, number in inputs.items() if place is None or not axes[place]})
    outputs = _outputs(problem, place)
    sizes = [problem.size(one.axis) for one in problem.group if not one.kind.mixes]

    averaged: dict[tuple[Cycles, Cycles, tuple[tuple[int, int], ...]], Fraction] = {}
    for weight, classes in _permutations(problem):
        values = tuple((axes, _trace(one, classes, 1)) for axes, one in outputs.items())
        key = _cycles(vectors, classes, sizes), _cycles(scalars, classes, sizes), values
        averaged[key] = averaged.get(key, Fraction(0)) + weight

    summands = []
    for (moved, scalars_moved, values), weight in averaged.items():
        top: Counter[int] = Counter()
        for axes, value in values:
            part = (1,) if factor is None else _numerator(problem, factor, dict(moved), axes)
            top.update({k: value * coefficient for k, coefficient in enumerate(part)})
        bottom = Counter(gram_factors(dict(moved))) + Counter(dict(scalars_moved))
        summands.append((weight, [top[k] for k in range(max(top, default=-1) + 1)], bottom))
    coefficients = common_degree(bottom for _, _, bottom in summands) * len(summands)
    if coefficients > MOST_COEFFICIENTS:
        raise _NotRational(f"a common denominator takes {coefficients} coefficients, the limit is {MOST_COEFFICIENTS}")
    # Invariants of degree 1 are sums of scalars, or vectors that nothing turns.
    linear = bool(scalars) or factor is None or average(factor.name, problem.size(factor.axis), (1,)) > 0
    return added(summands).over_factors(1 if linear else 2)


def _acting(problem: Problem) -> Group | None:
    """The factor that acts on vectors among the inputs, where the rational function is known."""
    acting = []
    for factor in problem.group:
        axes = [len(positions) for positions in problem.action(factor).inputs]
        if factor.kind.mixes and any(axes):
            acting.append(factor)
            if max(axes) > 1:
                name = problem.names[axes.index(max(axes))]
                raise _NotRational(f"input {name!r} has {max(axes)} axes on which {factor} acts")
            if factor.kind.invariants is None:
                raise _NotRational(f"the invariants of {factor} are not integral over inner products")
    if len(acting) > 1:
        raise _NotRational(f"{' and '.join(map(str, acting))} both act on the inputs")
    return acting[0] if acting else None


def _outputs(problem: Problem, place: int | None) -> dict[int, Permuted]:
    """The outputs by the number of axes of the acting factor; a factor that acts on no input keeps its invariants."""
    found: dict[int, dict[tuple[int, ...], int]] = {}
    for axes, number in character(problem, problem.outputs).items():
        for other, factor in enumerate(problem.group):
            if factor.kind.mixes and other != place:
                number *= average(factor.name, problem.size(factor.axis), (1,) * axes[other])
        found.setdefault(0 if place is None else axes[place], {})[axes] = number
    return {axes: _permuted(problem, one) for axes, one in found.items()}


def _numerator(problem: Problem, factor: Group, cycles: CycleType, axes: int) -> tuple[int, ...]:
    size = problem.size(factor.axis)
    if is_free(factor.name, size, traces(cycles, 0), axes):
        return numerator(factor.name, size, cycles, axes)
    if size > LARGEST_SIZE:
        raise _NotRational(f"{factor} has size {size}, and its torus integrals are taken up to size {LARGEST_SIZE}")
    if traces(cycles, 0) > MOST_VECTORS:
        raise _NotRational(f"{traces(cycles, 0)} vectors are more than {MOST_VECTORS}")
    return numerator(factor.name, size, cycles, axes)


# What the factors that permute do, by the number of axes of each: a character without the other factors.
Permuted = Mapping[tuple[int, ...], int]
Cycles = tuple[tuple[int, int], ...]


def _permuted(problem: Problem, one: Character) -> Permuted:
    found: Counter[tuple[int, ...]] = Counter()
    for axes, number in one.items():
        found[tuple(times for times, factor in zip(axes, problem.group) if not factor.kind.mixes)] += number
    return found


def _permutations(problem: Problem) -> Iterator[tuple[Fraction, tuple[Classes, ...]]]:
    """The conjugacy classes of the factors that permute, and their shares."""
    factors = [factor for factor in problem.group if not factor.kind.mixes]
    families = [list(islice(one.kind.classes(problem.size(one.axis)), MOST_CLASSES + 1)) for one in factors]
    if prod(map(len, families)) > MOST_CLASSES:
        names = " x ".join(map(str, factors))
        raise _NotRational(f"{names} has more than {MOST_CLASSES} conjugacy classes")
    for classes in product(*families):
        yield prod((one.weight for one in classes), start=Fraction(1)), classes


def _trace(one: Permuted, classes: Sequence[Classes], power: int) -> int:
    traces = [family.trace(power)[()] for family in classes]
    return sum(number * prod(map(pow, traces, axes)) for axes, number in one.items())


def _cycles(one: Permuted, classes: Sequence[Classes], sizes: Sequence[int]) -> Cycles:
    size = sum(number * prod(map(pow, sizes, axes)) for axes, number in one.items())
    return tuple(cycle_type(lambda power: _trace(one, classes, power), size).items())
