"""Bases under permutations: orbit sums of monomials, and which of them are independent.

Permutations of tokens permute inner products, scalars and the components of outputs, so what is invariant under them is
a sum over orbits. While the inner products are algebraically independent, the orbit sums of all monomials are a
basis. With more vectors than dimensions, or with determinants, they only span: then each is kept whose values at random
points are independent of those before it, until there are as many as the average of the characters says. Independent
modulo a prime is independent over ℚ, so the number reached proves that they are a basis.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, permutations, product
from math import perm
from typing import NamedTuple

from symmetry.characters.dimensions import dimension
from symmetry.errors import SymmetryError, UsageError
from symmetry.invariants.configuration import Component, Configuration
from symmetry.invariants.multigraphs import Edge
from symmetry.invariants.orbits import Monomial, Monomials
from symmetry.invariants.term import Pair, Term
from symmetry.invariants.values import Echelon, Values
from symmetry.problem import Problem

__all__ = ["OrbitSums"]

MOST = 1500  # elements of a basis that is found by elimination
SPARE = 4  # points more than the dimension


class _Mark(NamedTuple):
    """Where the marked vectors and the vectors of a determinant stand, in one component."""

    component: int
    pairs: tuple[Pair, ...]
    determinant: tuple[int, ...]
    labels: Edge


class _Ring:
    """The monomials with marks that leave the same degree to the other factors.

    Args:
        spent: the degree that the marks take, by input.
        generators, sizes: as :class:`Monomials` takes them.
    """

    def __init__(self, spent: Mapping[Hashable, int], generators: Sequence[Edge], sizes: Mapping[str, int]):
        self.spent = spent
        self.marks: list[_Mark] = []
        self._generators, self._sizes = generators, sizes

    @cached_property
    def monomials(self) -> Monomials:
        return Monomials(self._generators, self._sizes, marks=[mark.labels for mark in self.marks])


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

    def __init__(self, configuration: Configuration, degree: int | Mapping[str, int]):
        self.configuration = configuration
        self.degree = degree
        self._total = degree if isinstance(degree, int) else sum(degree.values())
        self._smaller: dict[Term, tuple[OrbitSums, Term]] = {}  # where terms were found at smaller sizes
        vectors = range(len(configuration.vectors))
        self._pairs = [(a, b) for a in vectors for b in vectors[a:]]

    @cached_property
    def _rings(self) -> Sequence[_Ring]:
        vectors, scalars = self.configuration.vectors, self.configuration.scalars
        generators: list[Edge] = [(vectors[a], vectors[b]) for a, b in self._pairs]
        generators += [(label,) for label in scalars]
        problem = self.configuration.problem
        sizes = {str(factor.axis): problem.size(factor.axis) for factor in self.configuration.permuted}
        rings: dict[frozenset[tuple[Hashable, int]], _Ring] = {}
        for mark in self._marks():
            spent = Counter(name for name, _ in mark.labels[1:])
            if self._leaves(spent):
                rings.setdefault(frozenset(spent.items()), _Ring(spent, generators, sizes)).marks.append(mark)
        return tuple(rings.values())

    @cached_property
    def _places(self) -> Mapping[tuple[int, tuple[Pair, ...], tuple[int, ...]], tuple[_Ring, int]]:
        """The ring and the number of each mark."""
        return {
            (mark.component, mark.pairs, mark.determinant): (ring, number)
            for ring in self._rings
            for number, mark in enumerate(ring.marks)
        }

    def _leaves(self, spent: Mapping[Hashable, int]) -> bool:
        """Whether a mark that takes this degree from the inputs leaves one that other factors can have."""
        if isinstance(self.degree, int):
            left, odd = [self._total - sum(spent.values())], not self.configuration.scalars
        else:
            left, odd = [degree - spent.get(name, 0) for name, degree in self.degree.items()], False
        return min(left, default=0) >= 0 and not (odd and sum(left) % 2)

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
        stable = self._stable()
        if stable is not None:
            return stable
        if self.free:
            return (self._term(ring, monomial) for ring, monomial in self._candidates())
        expected = dimension(self.configuration.problem, self.degree)
        if expected > MOST:
            raise UsageError(
                f"the basis has {expected} elements, and with more vectors than dimensions (or determinants) it is "
                f"found by elimination, up to {MOST}: ask for the count, a smaller degree or smaller sizes"
            )
        return self._independent(expected)

    def _stable(self) -> Iterator[Term] | None:
        """The terms as they are at smaller sizes of the permuted axes, if these give a basis as well.

        With the inputs beyond the first n₀ values set to 0, an orbit sum whose terms touch at most n₀ values becomes
        that of the smaller problem. So what is independent there is independent here, and from the stable size on the
        dimensions are the same.
        """
        problem = self.configuration.problem
        sizes = problem.sizes
        for factor in self.configuration.permuted:
            if isinstance(factor.axis, str) and factor.kind.stable_size is not None:
                inside = max((tensor.axes.count(factor.axis) for tensor in problem.inputs), default=0)
                outside = max((tensor.axes.count(factor.axis) for tensor in problem.outputs), default=0)
                enough = factor.kind.stable_size(self._total * inside + outside)
                sizes[factor.axis] = min(sizes[factor.axis], enough)
        if sizes == problem.sizes:
            return None
        here, there = self.configuration, Configuration.of(Problem(str(problem), problem.group, **sizes))
        vectors, scalars = ({label: place for place, label in enumerate(x)} for x in (here.vectors, here.scalars))
        components = {component: place for place, component in enumerate(here.components)}

        def moved(term: Term) -> Term:
            component = there.components[term.component]

            def vector(number: int) -> int:
                rank = component.rank
                return number if number < rank else rank + vectors[there.vectors[number - rank]]

            return Term(
                components[component],
                tuple((vector(a), vector(b)) for a, b in term.pairs),
                tuple(scalars[there.scalars[scalar]] for scalar in term.scalars),
                tuple(map(vector, term.determinant)),
            )

        smaller = OrbitSums(there, self.degree)

        def carried(term: Term) -> Term:
            here = moved(term)
            self._smaller[here] = smaller, term
            return here

        return map(carried, smaller)

    def orbit(self, term: Term) -> Iterator[Term]:
        """The terms of the orbit sum that has this term, each once.

        Raises:
            UsageError: the basis has no such term.
        """
        ring, monomial = self._monomial(term)
        return (self._term(ring, image) for image in ring.monomials.orbit(monomial))

    def orbit_size(self, term: Term) -> int:
        """How many terms the orbit sum has that has this term; none of them is made."""
        if term in self._smaller:
            return self._grown(*self._smaller[term])
        ring, monomial = self._monomial(term)
        return ring.monomials.orbit_size(monomial)

    def _grown(self, smaller: OrbitSums, term: Term) -> int:
        """The size of an orbit here, from that at smaller sizes: the choices of the values that a term touches grow."""
        there = smaller.configuration
        component = there.components[term.component]
        numbers = (*sum(term.pairs, ()), *term.determinant)
        labels = [there.vectors[number - component.rank] for number in numbers if number >= component.rank]
        labels += [there.scalars[scalar] for scalar in term.scalars]
        touched = {place for values in (component.values, *(label.values for label in labels)) for place in values}
        found = smaller.orbit_size(term)
        for factor in self.configuration.permuted:
            used = sum(axis == str(factor.axis) for axis, _ in touched)
            many, few = (sums.configuration.problem.size(factor.axis) for sums in (self, smaller))
            found = found * perm(many, used) // perm(few, used)
        return found

    # -----------------------------------------------------------------------------------------------------------

    def _monomial(self, term: Term) -> tuple[_Ring, Monomial]:
        rank = self.configuration.components[term.component].rank
        marked = tuple(pair for pair in term.pairs if pair[0] < rank)
        place = self._places.get((term.component, marked, term.determinant))
        if place is None:
            raise UsageError(f"{term} is no term of this basis")
        ring, mark = place
        inner = (bisect_left(self._pairs, (a - rank, b - rank)) for a, b in term.pairs[len(marked) :])
        return ring, Monomial(mark, (*inner, *(scalar + len(self._pairs) for scalar in term.scalars)))

    def _candidates(self) -> Iterator[tuple[_Ring, Monomial]]:
        for ring in self._rings:
            left: dict[Hashable, int] | None = None
            rest = self._total - sum(ring.spent.values())
            if not isinstance(self.degree, int):
                left = {name: degree - ring.spent.get(name, 0) for name, degree in self.degree.items()}
            for monomial in ring.monomials.representatives(rest, left):
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
            images = ring.monomials.orbit(monomial)
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
                for paired, single in _matchings([w for w in range(component.rank) if w not in (inside or ())]):
                    if not 0 <= rest <= self._total - len(single):
                        continue
                    for columns in permutations(vectors, rest):
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

    def _term(self, ring: _Ring, monomial: Monomial) -> Term:
        mark = ring.marks[monomial.mark]
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
