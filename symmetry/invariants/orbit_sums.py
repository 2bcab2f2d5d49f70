"""Bases under permutations: orbit sums of monomials, and which of them are independent.

Permutations of tokens permute inner products, scalars and the components of outputs, so what is invariant under them is
a sum over orbits. While the inner products are algebraically independent, the orbit sums of all monomials are a
basis. With more vectors than dimensions, or with determinants, they only span: then each is kept whose values at random
points are independent of those before it, until there are as many as the average of the characters says. Independent
modulo a prime is independent over ℚ, so the number reached proves that they are a basis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations, permutations, product
from typing import NamedTuple

from symmetry.characters.dimensions import dimension
from symmetry.degrees import Degree
from symmetry.errors import SymmetryError, UsageError
from symmetry.invariants.configuration import Component, Configuration
from symmetry.invariants.multigraphs import Edge
from symmetry.invariants.orbits import Monomial, Monomials
from symmetry.invariants.term import Pair, Term
from symmetry.invariants.values import Echelon, Values

__all__ = ["OrbitSums"]

MOST = 1500  # elements of a basis that is found by elimination
SPARE = 4  # points more than the dimension


class _Mark(NamedTuple):
    """Where the marked vectors and the vectors of a determinant stand, in one component."""

    component: int
    pairs: tuple[Pair, ...]
    determinant: tuple[int, ...]
    labels: Edge


class _Ring(NamedTuple):
    """The monomials with marks that leave the same degree to the other factors."""

    spent: dict[Hashable, int]  # degree by input
    marks: list[_Mark]
    monomials: Monomials


class OrbitSums:
    """The orbit sums that are a basis, each by one of its terms.

    Args:
        configuration: with at least one factor that permutes.
        degree: as :func:`~symmetry.degrees.checked_degree` gives it.

    >>> from symmetry.problem import Problem
    >>> sums = OrbitSums(Configuration.of(Problem("x: n -> n", group="S(n)", n=3)), 1)
    >>> [sorted((term.component, term.scalars) for term in sums.orbit(first)) for first in sums][0]
    [(0, (0,)), (1, (1,)), (2, (2,))]
    """

    def __init__(self, configuration: Configuration, degree: Degree):
        self.configuration = configuration
        self.degree = degree
        vectors, scalars = configuration.vectors, configuration.scalars
        self._pairs = [(a, b) for a in range(len(vectors)) for b in range(a, len(vectors))]
        generators: list[Edge] = [(vectors[a], vectors[b]) for a, b in self._pairs] + [(label,) for label in scalars]
        sizes = {str(factor.axis): configuration.problem.size(factor.axis) for factor in configuration.permuted}
        by_degree: dict[tuple[tuple[Hashable, int], ...], list[_Mark]] = {}
        for mark in self._marks():
            spent = Counter(name for name, _ in mark.labels[1:])
            by_degree.setdefault(tuple(sorted(spent.items())), []).append(mark)
        self._rings = [
            _Ring(dict(spent), marks, Monomials(generators, sizes, marks=[mark.labels for mark in marks]))
            for spent, marks in by_degree.items()
        ]
        self._places = {
            (mark.component, mark.pairs, mark.determinant): (ring, number)
            for ring, (_, marks, _) in enumerate(self._rings)
            for number, mark in enumerate(marks)
        }

    @property
    def free(self) -> bool:
        """Whether the products of the generators are linearly independent, and with them their orbit sums."""
        configuration = self.configuration
        if configuration.turned is None:
            return True
        # A relation takes d + 1 vectors on each side of inner products, where two marked vectors stand for one.
        marked = max((component.rank for component in configuration.components), default=0)
        enough = len(configuration.vectors) + marked // 2 <= configuration.dimension
        return enough and not configuration.has_determinants

    def __iter__(self) -> Iterator[Term]:
        """One term of each orbit sum of the basis.

        Raises:
            UsageError: the basis has to be found by elimination, and is too large for that.
        """
        if self.free:
            return (self._term(ring, monomial) for ring, monomial in self._candidates())
        expected = dimension(self.configuration.problem, self.degree)
        if expected > MOST:
            raise UsageError(
                f"the basis has {expected} elements, and with more vectors than dimensions (or determinants) it is "
                f"found by elimination, up to {MOST}: ask for the count, a smaller degree or smaller sizes"
            )
        return self._independent(expected)

    def orbit(self, term: Term) -> Iterator[Term]:
        """The terms of the orbit sum that has this term, each once."""
        rank = self.configuration.components[term.component].rank
        marked = tuple(pair for pair in term.pairs if pair[0] < rank)
        place = self._places.get((term.component, marked, term.determinant))
        if place is None:
            raise UsageError(f"{term} is no term of this basis")
        ring, mark = place
        inner = (self._pairs.index((a - rank, b - rank)) for a, b in term.pairs[len(marked) :])
        factors = (*inner, *(scalar + len(self._pairs) for scalar in term.scalars))
        return (self._term(ring, image) for image in self._rings[ring].monomials.orbit(Monomial(mark, factors)))

    # -----------------------------------------------------------------------------------------------------------

    def _candidates(self) -> Iterator[tuple[int, Monomial]]:
        for ring, (spent, _, monomials) in enumerate(self._rings):
            if isinstance(self.degree, Mapping):
                left: dict[Hashable, int] = {name: degree - spent.get(name, 0) for name, degree in self.degree.items()}
                if min(left.values(), default=0) < 0:
                    continue
                found = monomials.representatives(sum(left.values()), left)
            else:
                rest = self.degree - sum(spent.values())
                found = monomials.representatives(rest) if rest >= 0 else iter(())
            for monomial in found:
                yield ring, monomial

    def _independent(self, expected: int) -> Iterator[Term]:
        values = Values(self.configuration, expected + SPARE)
        kept = Echelon()
        candidates = self._candidates()
        while len(kept) < expected:
            found = next(candidates, None)
            if found is None:
                raise SymmetryError(f"{len(kept)} of {expected} orbit sums are independent at the points tried")
            ring, monomial = found
            images = self._rings[ring].monomials.orbit(monomial)
            if kept.add(values.total(self._term(ring, image) for image in images)):
                yield self._term(ring, monomial)

    def _marks(self) -> Iterator[_Mark]:
        """Every way to pair marked vectors with one another, with vectors and in a determinant, in each component."""
        configuration = self.configuration
        vectors = range(len(configuration.vectors))
        for number, component in enumerate(configuration.components):
            for inside in self._openings(component.rank):
                # A permutation may change the sign of a determinant, so its columns come in every order.
                rest = 0 if inside is None else configuration.dimension - len(inside)
                for columns in permutations(vectors, rest) if rest >= 0 else ():
                    for paired, single in _matchings([w for w in range(component.rank) if w not in (inside or ())]):
                        for partners in product(vectors, repeat=len(single)):
                            yield self._mark(number, component, paired, tuple(zip(single, partners)), inside, columns)

    def _openings(self, rank: int) -> Iterator[tuple[int, ...] | None]:
        """Which marked vectors stand in a determinant; ``None`` where there is no determinant."""
        yield None
        if self.configuration.has_determinants:
            for size in range(rank + 1):
                yield from combinations(range(rank), size)

    def _mark(
        self,
        number: int,
        component: Component,
        paired: tuple[Pair, ...],
        partners: tuple[Pair, ...],
        inside: tuple[int, ...] | None,
        columns: tuple[int, ...],
    ) -> _Mark:
        rank, vectors = component.rank, self.configuration.vectors
        pairs = sorted((*paired, *((w, rank + y) for w, y in partners)))
        determinant = (*(inside or ()), *(rank + y for y in columns))
        # The kind of mark is part of the name that the group leaves alone.
        output = (("out", component.output, paired, tuple(w for w, _ in partners), inside), component.values)
        used = [y for _, y in partners] + list(columns)
        return _Mark(number, tuple(pairs), determinant, (output, *(vectors[y] for y in used)))

    def _term(self, ring: int, monomial: Monomial) -> Term:
        mark = self._rings[ring].marks[monomial.mark]
        rank = self.configuration.components[mark.component].rank
        inner = [factor for factor in monomial.factors if factor < len(self._pairs)]
        pairs = tuple((a + rank, b + rank) for a, b in map(self._pairs.__getitem__, inner))
        scalars = tuple(factor - len(self._pairs) for factor in monomial.factors[len(inner) :])
        return Term(mark.component, (*mark.pairs, *pairs), scalars, mark.determinant)


def _matchings(points: list[int]) -> Iterator[tuple[tuple[Pair, ...], tuple[int, ...]]]:
    """Every way to pair some of the points: the pairs, and the points that stay single.

    >>> list(_matchings([0, 1]))
    [((), (0, 1)), (((0, 1),), ())]
    """
    if not points:
        yield (), ()
        return
    first, *others = points
    for paired, single in _matchings(others):
        yield paired, (first, *single)
    for place, partner in enumerate(others):
        for paired, single in _matchings(others[:place] + others[place + 1 :]):
            yield ((first, partner), *paired), single
