"""Monomials up to permutations: one canonical representative of every orbit, its orbit and its stabiliser.

A product of symmetric groups S(n) × S(m) × … permutes the indices on some axes, therefore the vectors that carry these
indices, therefore the generators of a ring (a Gram generator is an unordered pair of vectors), therefore the monomials.
The orbit sums of monomials are a basis of the permutation invariants of a polynomial ring; where the generators have
relations, they span. Marked monomials serve equivariants in the same way: a mark, such as an output index together
with the vector that a monomial multiplies, is moved with the monomial.

A monomial is canonical when it is the least of its orbit: the mark is compared first, then the sorted factors,
lexicographically. Every prefix of a canonical monomial is canonical, so all are found by appending factors, and none is
stored.

>>> vectors = [("X", (("n", i),)) for i in range(3)]
>>> ring = Monomials([(x, y) for i, x in enumerate(vectors) for y in vectors[i:]], {"n": 3})
>>> for monomial in ring.representatives(2):  # Σ xᵢ·xᵢ and Σ xᵢ·xⱼ
...     print(monomial.factors, ring.orbit_size(monomial))
(0,) 3
(1,) 3
>>> [len(list(ring.representatives(2 * k))) for k in range(6)]  # multigraphs with loops on 3 nodes
[1, 2, 6, 14, 28, 52]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from symmetry.errors import UsageError
from symmetry.invariants.multigraphs import Edge, Label, Relabelling, Word, written

__all__ = ["Monomial", "Monomials"]

Grade = tuple[int, ...]  # a degree, and the degrees in some names


class Monomial(NamedTuple):
    """A monomial with its mark; ordered by the mark, then by the factors.

    Args:
        mark: position in the list of marks; 0 where there are none.
        factors: positions in the list of generators, increasing, each as often as its exponent says.
    """

    mark: int
    factors: tuple[int, ...]


class Monomials:
    """The monomials in generators that a product of symmetric groups permutes.

    The time to decide whether a monomial is canonical depends on its factors and little on the sizes. It is least where
    generators with many labels are listed before those with few: inner products before scalars.

    Args:
        generators: each a tuple of labels (name, ((axis, index), …)) whose order does not matter: one label for a
            scalar, two for an inner product. All different, and with a generator also its images.
        sizes: how many indices each permuted axis has; the group is the product of the S(size). An axis that is not
            named here is not permuted.
        weights: the degree of each generator, at least 1; ``None`` counts its labels.
        marks: each a tuple of labels whose order matters; closed under the group as well. The default is one mark
            without labels, which means none. An empty list leaves no monomials.

    Raises:
        UsageError: an index outside its axis, a negative size, a generator or mark that is listed twice or whose image
            is missing, a weight below 1 or different from that of an image.
    Source:
        orderly generation: R. C. Read, Every one a winner, 1978; of monomials: N. Borie, Generating tuples of integers
        modulo the action of a permutation group, 2013.

    Token-equivariant maps xᵢ ↦ fᵢ of degree 1: the multiples of xᵢ and of the sum of the others.

    >>> x = [("X", (("n", i),)) for i in range(4)]
    >>> out = [("out", (("n", i),)) for i in range(4)]
    >>> maps = Monomials([], {"n": 4}, marks=[(o, v) for o in out for v in x])
    >>> [(written(maps.marks[monomial.mark]), maps.orbit_size(monomial)) for monomial in maps.representatives(0)]
    [('out[n=0]·X[n=0]', 4), ('out[n=0]·X[n=1]', 12)]
    >>> Monomials([(x[0],), (x[1],), (x[2],)], {"n": 4})
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: X[n=2] is listed, but not its image X[n=3]: list it as well
    """

    def __init__(
        self,
        generators: Sequence[Edge],
        sizes: Mapping[str, int],
        *,
        weights: Sequence[int] | None = None,
        marks: Sequence[tuple[Label, ...]] = ((),),
    ):
        self.generators, self.marks = tuple(generators), tuple(marks)
        self.weights = tuple(map(len, self.generators) if weights is None else weights)
        # A marked monomial is a word that begins with its mark: the marks are the first letters.
        self._first = len(self.marks)
        self._relabelling = Relabelling(self.marks + self.generators, sizes, ordered=self._first)
        if len(self.weights) != len(self.generators):
            raise UsageError(f"{len(self.generators)} generators, but {len(self.weights)} weights: give one for each")
        for place, (generator, weight) in enumerate(zip(self.generators, self.weights)):
            if weight < 1:
                raise UsageError(f"{written(generator)} has weight {weight}: a weight is at least 1")
            image = self._relabelling.orbits[self._first + place][0] - self._first
            if weight != self.weights[image]:
                raise UsageError(
                    f"{written(generator)} has weight {weight}, but its image {written(self.generators[image])} has "
                    f"weight {self.weights[image]}: give both the same"
                )

    @property
    def group_order(self) -> int:
        """How many permutations the group has."""
        return self._relabelling.group_order

    def action(self, permutation: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
        """Where a permutation takes each generator.

        Args:
            permutation: for an axis, the images of 0, 1, …; axes that are not mentioned stay as they are.
        Returns:
            positions in the list of generators.
        Raises:
            UsageError: not a permutation of an axis of the group.

        >>> x = [("X", (("n", i),)) for i in range(3)]
        >>> ring = Monomials([(x[0], x[1]), (x[0], x[2]), (x[1], x[2])], {"n": 3})
        >>> ring.action({"n": (1, 2, 0)})
        (2, 0, 1)
        >>> ring.action({"n": (1, 1, 0)})
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: (1, 1, 0) is not a permutation of the 3 indices of axis 'n'
        """
        return tuple(image - self._first for image in self._relabelling.images(permutation)[self._first :])

    def representatives(self, degree: int, multidegree: Mapping[Hashable, int] | None = None) -> Iterator[Monomial]:
        """The canonical monomials of a degree, one of every orbit, lazily and in increasing order.

        Args:
            degree: the sum of the weights of the factors.
            multidegree: for some names, how many labels of the factors have the name. A mark does not count.
        Raises:
            UsageError: a negative degree.

        >>> vectors = [("X", (("n", 0),)), ("X", (("n", 1),)), ("Z", ())]
        >>> ring = Monomials([(x, y) for i, x in enumerate(vectors) for y in vectors[i:]], {"n": 2})
        >>> for monomial in ring.representatives(4, {"X": 2}):
        ...     print(" ".join(written(ring.generators[factor]) for factor in monomial.factors))
        X[n=0]·X[n=0] Z·Z
        X[n=0]·X[n=1] Z·Z
        X[n=0]·Z X[n=0]·Z
        X[n=0]·Z X[n=1]·Z
        >>> ring.representatives(-2)
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: a degree is at least 0, not -2
        """
        goal, grades = self._graded(degree, multidegree)
        later = [frozenset(grades[place:]) for place in range(len(grades))]

        @cache
        def filled(left: Grade, by: frozenset[Grade]) -> bool:
            """Whether these degrees, repeated, can add up to what is left."""
            return not any(left) or any(filled(rest, by) for grade in by if min(rest := _minus(left, grade)) >= 0)

        def grown(word: Word, left: Grade) -> Iterator[Monomial]:
            if not any(left):
                yield Monomial(word[0], tuple(letter - self._first for letter in word[1:]))
                return
            for letter in self._relabelling.extensions(word, max(word[-1], self._first)):
                place = letter - self._first
                rest = _minus(left, grades[place])
                if min(rest) >= 0 and filled(rest, later[place]) and self._relabelling.is_least((*word, letter)):
                    yield from grown((*word, letter), rest)

        marks = (mark for mark in range(self._first) if self._relabelling.is_least((mark,)))
        return (monomial for mark in marks for monomial in grown((mark,), goal))

    def is_canonical(self, monomial: Monomial) -> bool:
        """Whether no permutation makes the monomial smaller.

        >>> ring = Monomials([(("X", (("n", i),)),) for i in range(3)], {"n": 3})
        >>> ring.is_canonical(Monomial(0, (0, 0, 1))), ring.is_canonical(Monomial(0, (0, 1, 1)))
        (True, False)
        """
        return self._relabelling.is_least(self._word(monomial))

    def orbit(self, monomial: Monomial) -> Iterator[Monomial]:
        """The images of a monomial, each once; lazily, and first the monomial itself.

        Work and memory grow with the images that are taken, not with the order of the group.

        >>> ring = Monomials([(("X", (("n", i),)),) for i in range(3)], {"n": 3})
        >>> sorted(image.factors for image in ring.orbit(Monomial(0, (0, 0, 1))))
        [(0, 0, 1), (0, 0, 2), (0, 1, 1), (0, 2, 2), (1, 1, 2), (1, 2, 2)]
        >>> ring.orbit(Monomial(0, (0, 3)))
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: Monomial(mark=0, factors=(0, 3)) is not one of these monomials: marks are numbered \
from 0 to 0, generators from 0 to 2
        """
        words = self._relabelling.orbit(self._word(monomial))
        return (Monomial(word[0], tuple(letter - self._first for letter in word[1:])) for word in words)

    def stabiliser_order(self, monomial: Monomial) -> int:
        """How many permutations leave a monomial as it is.

        >>> ring = Monomials([(("X", (("n", i),)),) for i in range(12)], {"n": 12})
        >>> ring.stabiliser_order(Monomial(0, (3, 5)))  # 2! · 10!
        7257600
        """
        return self._relabelling.stabiliser_order(self._word(monomial))

    def orbit_size(self, monomial: Monomial) -> int:
        """How many different images a monomial has: the order of the group over that of the stabiliser.

        >>> ring = Monomials([(("X", (("n", i),)),) for i in range(12)], {"n": 12})
        >>> ring.orbit_size(Monomial(0, (0, 0, 1)))
        132
        """
        return self.group_order // self.stabiliser_order(monomial)

    def count(self, degree: int, multidegree: Mapping[Hashable, int] | None = None) -> int:
        """How many orbits there are: the average number of monomials that a permutation fixes.

        It shares only the action on the generators with :meth:`representatives`, and checks it.

        Args:
            degree, multidegree: as in :meth:`representatives`.
        Raises:
            UsageError: a negative degree.
        Source:
            Cauchy–Frobenius lemma; G. Pólya, Kombinatorische Anzahlbestimmungen, 1937.

        >>> vectors = [("X", (("n", i),)) for i in range(6)]
        >>> ring = Monomials([(x, y) for i, x in enumerate(vectors) for y in vectors[i:]], {"n": 6})
        >>> [ring.count(2 * k) for k in range(7)]
        [1, 2, 7, 23, 76, 245, 782]
        """
        goal, grades = self._graded(degree, multidegree)
        total = 0
        for many, images in self._relabelling.classes():
            marks = sum(images[mark] == mark for mark in range(self._first))
            if marks:
                moved = [image - self._first for image in images[self._first :]]
                total += many * marks * _fixed_monomials(moved, goal, grades)
        return total // self.group_order

    def _word(self, monomial: Monomial) -> Word:
        mark, factors = monomial
        if not 0 <= mark < self._first or not all(0 <= factor < len(self.generators) for factor in factors):
            raise UsageError(
                f"{monomial} is not one of these monomials: marks are numbered from 0 to {self._first - 1}, "
                f"generators from 0 to {len(self.generators) - 1}"
            )
        return (mark, *sorted(factor + self._first for factor in factors))

    def _graded(self, degree: int, multidegree: Mapping[Hashable, int] | None) -> tuple[Grade, list[Grade]]:
        """The degrees that are asked for, and those of the generators."""
        restricted = dict(multidegree or {})
        goal = (degree, *restricted.values())
        if min(goal) < 0:
            raise UsageError(f"a degree is at least 0, not {min(goal)}")
        names = [Counter(name for name, _ in generator) for generator in self.generators]
        return goal, [(weight, *(of[name] for name in restricted)) for weight, of in zip(self.weights, names)]


def _minus(left: Grade, right: Grade) -> Grade:
    return tuple(a - b for a, b in zip(left, right))


def _fixed_monomials(images: Sequence[int], goal: Grade, grades: Sequence[Grade]) -> int:
    """How many monomials of a degree a permutation of the generators fixes: a coefficient of Π 1/(1 − t^cycle)."""
    degrees = list(product(*(range(most + 1) for most in goal)))  # increasing, from 0 to the goal
    series = dict.fromkeys(degrees, 0)
    series[degrees[0]] = 1
    seen: set[int] = set()
    for start, grade in enumerate(grades):
        length, place = 0, start
        while place not in seen:
            seen.add(place)
            length, place = length + 1, images[place]
        if length:
            cycle = tuple(length * part for part in grade)
            for degree in degrees:
                series[degree] += series.get(_minus(degree, cycle), 0)
    return series[goal]
