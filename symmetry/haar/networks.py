"""The Haar average of a product of words, as a sum over joinings.

A joining p of the Q's joins their rows, a joining q their columns; then the letters close up to words without Q, and
the pair has the weight Wg(p, q). With a factor det Q, d rows and d columns are free, and are joined to each other by
all bijections with their signs.

>>> from sympy import MatrixSymbol, Symbol, Trace
>>> from symmetry.haar.word_polynomials import Reading
>>> from symmetry.haar.words import Alphabet
>>> M, Q = (MatrixSymbol(name, Symbol("d"), Symbol("d")) for name in "MQ")
>>> reading = Reading(Alphabet(Q))
>>> [monomial] = reading.scalar(Trace(Q * M) * Trace(Q))
>>> network = Network([reading.words[index] for index in monomial], Factors(reading.alphabet))
>>> {ids: dict(weights) for ids, weights in network.average().items()}, network.factors.exprs
({(0,): {((1,), 0): 1}}, [Trace(M)])
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from math import comb, factorial, prod

from symmetry.errors import UsageError
from symmetry.haar.closings import Closing, Factors, Ids, Layout
from symmetry.haar.joinings import Joining, joinings, multigraphs, orbits, partners, signed_types, union
from symmetry.haar.pairings import how_many_pairings
from symmetry.haar.weingarten import refuse_large_order
from symmetry.haar.words import Word
from symmetry.partitions import Partition
from symmetry.permutations import permutation_sign

__all__ = ["MOST_JOININGS", "MOST_TERMS", "MOST_UNIONS", "Average", "Network", "Weight"]

MOST_TERMS = 200_000
MOST_JOININGS = 50_000  # of one side, where rows and columns are not apart
MOST_UNIONS = 2_000_000

Weight = tuple[Partition | int, int]  # a coset type, or k for the sum over all pairings of 2k points; a power of d
Average = Mapping[Ids, Mapping[Weight, int]]


class Network:
    """A product of words in Q.

    Args:
        words: words that contain Q; equal ones stand next to each other.
        factors: where words without Q get their numbers.
    """

    def __init__(self, words: Sequence[Word], factors: Factors):
        self.factors = factors
        self.layout = Layout(words, factors.alphabet.Q)
        self.size = self.layout.size
        self._exchanges = self.layout.exchanges(words)
        self._labels = self.layout.labels(0), self.layout.labels(1)
        self._products: dict[tuple[int, int], int | None] = {}

    def average(self, free: int = 0) -> Average:
        """The average over O(d) of the product, times det Q where d rows and columns are free.

        Args:
            free: 0, or d.
        Returns:
            monomial -> weight -> how often.
        Raises:
            UsageError: there are too many pairs of joinings.
        """
        if self._vanishes(free):
            return {}
        if free or not self.layout.is_apart:
            return self._average_of_all(free)
        side = self._side_of_one_vector()
        return self._average_by_class() if side is None else self._average_of_one_vector(side)

    def _vanishes(self, free: int) -> bool:
        """Whether there are no joinings: the sign is wrong, or a determinant has fewer than d different vectors."""
        return (self.size - free) % 2 == 1 or free > min(len(set(labels)) for labels in self._labels)

    # -----------------------------------------------------------------------------------------------------------
    # How much there is to do.

    def refuse_hopeless(self, free: int = 0) -> None:
        """Find out how many terms there will be, before any of them is formed.

        Raises:
            UsageError: too many; the message says how many.
        """
        if self._vanishes(free):
            return
        what = f"the average of a product of {self.size} factors {self.factors.alphabet.Q}"
        if free or not self.layout.is_apart:
            each = comb(self.size, free) * how_many_pairings(self.size - free)
            if max(each, factorial(free)) > MOST_JOININGS:
                times_det = f" and det {self.factors.alphabet.Q}" if free else ""
                raise UsageError(
                    f"{what}{times_det} is a sum over {each}² · {factorial(free)} pairs of pairings, too many to form"
                )
            return
        if self._side_of_one_vector() is None:
            refuse_large_order(self.size // 2)
        surveys = [self._survey(0)]
        if surveys[0][1]:  # otherwise there are too many of them already
            surveys.append(self._survey(1))
        terms = prod(classes for classes, _ in surveys)
        if terms > MOST_TERMS:
            at_least = "" if all(pairings for _, pairings in surveys) else "at least "
            raise UsageError(
                f"{what} has {at_least}{terms} terms, more than {MOST_TERMS}: let more vectors be equal, or say which "
                "are orthonormal"
            )
        if self._side_of_one_vector() is None:
            (classes, ours), (_, theirs) = sorted(surveys)
            work = theirs + min(classes, theirs) * ours
            if work > MOST_UNIONS:
                raise UsageError(f"{what} compares {work} pairs of pairings, more than {MOST_UNIONS}")

    def _survey(self, side: int) -> tuple[int, int]:
        """How many classes of pairings of one side there are under exchanges of equal vectors, and how many pairings.

        Where there are too many classes the first is a lower bound, and the second 0.
        """
        labels = list(dict.fromkeys(self._labels[side]))
        if len(labels) == self.size and all(self._may_join(i, j) for i, j in combinations(labels, 2)):
            return (how_many_pairings(self.size),) * 2
        classes, pairings = 0, 0
        for _, count in self._classes(side):
            classes, pairings = classes + 1, pairings + count
            if classes > MOST_TERMS:
                return classes, 0
        return classes, pairings

    # -----------------------------------------------------------------------------------------------------------
    # One side.

    def _product(self, one: int, other: int) -> int | None:
        """The number of the inner product of two vectors, given by labels."""
        if (one, other) not in self._products:
            segments = self.layout.segments
            self._products[one, other] = self.factors.number(segments[one ^ 1] + segments[other], closed=False)
        return self._products[one, other]

    def _may_join(self, one: int, other: int) -> bool:
        return one < 0 or other < 0 or self._product(one, other) is not None

    def _joinings(self, side: int, free: int = 0) -> Iterator[Joining]:
        """The joinings of one side, but for pairs with inner product 0 and equal vectors in a determinant."""
        labels = self._labels[side]
        return joinings(self.size, free, lambda i, j: self._may_join(labels[i], labels[j]), labels)

    def _classes(self, side: int) -> Iterator[tuple[list[tuple[int, int, int]], int]]:
        """The classes of pairings of one side: how often two labels are paired, and how many pairings that is."""
        degrees = Counter(self._labels[side])
        labels = list(degrees)
        for edges, count in multigraphs(tuple(degrees.values()), lambda i, j: self._may_join(labels[i], labels[j])):
            yield [(labels[i], labels[j], many) for (i, j), many in edges.items()], count

    def _side_of_one_vector(self) -> int | None:
        """A side with one vector only, where the other one has vectors only."""
        for ours, theirs in (self._labels, self._labels[::-1]):
            if len(set(ours)) == 1 and min(*ours, *theirs) >= 0:
                return 0 if ours is self._labels[0] else 1
        return None

    # -----------------------------------------------------------------------------------------------------------
    # Averages.

    def _average_of_one_vector(self, side: int) -> Average:
        """Every pairing of the one vector gives the same, and the sum of Wg(p, q) over all p is a number."""
        k = self.size // 2
        total: dict[Ids, Counter[Weight]] = defaultdict(Counter)
        for (ours, _), (theirs, count) in ((a, b) for a in self._classes(side) for b in self._classes(1 - side)):
            numbers = [(self._product(one, other), many) for one, other, many in (*ours, *theirs)]
            ids = [number for number, many in numbers for _ in range(many) if number is not None and number >= 0]
            total[tuple(sorted(ids))][k, 0] += count
        return total

    def _average_by_class(self) -> Average:
        """Rows and columns apart; points of one side with equal vectors may be exchanged there.

        So the sum of Wg(p, q) over the p that give one monomial depends on the class of q under these exchanges alone.
        """
        side = min((0, 1), key=lambda side: (len(set(self._labels[side])), side))
        labels = self._labels[side]
        pairings = [(closed, partners(p, self.size)) for p, closed in self._closed(side)]
        examples: dict[Ids, list[int]] = {}
        found: dict[Ids, Counter[tuple[Ids, int]]] = defaultdict(Counter)
        place = {label: i for i, label in enumerate(set(labels))}
        at = [place[label] for label in labels]
        for q, closed in self._closed(1 - side):
            pairs = [(a, b) if (a := at[i]) < (b := at[j]) else (b, a) for i, j in q.pairs]
            kind = tuple(sorted([a * self.size + b for a, b in pairs]))
            if kind not in examples:
                examples[kind] = partners(q, self.size)
            found[kind][closed] += 1
        total: dict[Ids, Counter[Weight]] = defaultdict(Counter)
        for kind, partner in examples.items():
            sums: dict[tuple[Ids, int], Counter[Partition]] = defaultdict(Counter)
            for closed, p in pairings:
                lie = union(p, partner)
                if lie is not None:
                    sums[closed][lie.loops] += 1
            for (ours, loops), types in sums.items():
                for (theirs, more), count in found[kind].items():
                    weights = total[tuple(sorted(ours + theirs))]
                    for type_, often in types.items():
                        weights[type_, loops + more] += count * often
        return total

    def _closed(self, side: int) -> Iterator[tuple[Joining, tuple[Ids, int]]]:
        """The pairings of one side, and what they give where that is not 0."""
        closing = Closing(self.layout, self.factors, side)
        for joining in self._joinings(side):
            closed = closing(_places(joining, side))
            if closed is not None:
                yield joining, closed

    def _average_of_all(self, free: int) -> Average:
        """Every joining of the rows, up to exchanges of equal words, with every joining of the columns."""
        closing = Closing(self.layout, self.factors)
        bijections = [(chosen, permutation_sign(chosen)) for chosen in permutations(range(free))]
        rows = list(orbits(self._joinings(0, free), self._exchanges))
        columns = [(_places(q, 1), partners(q, self.size)) for q in self._joinings(1, free)]
        work = len(rows) * len(columns) * len(bijections)
        if work > MOST_UNIONS:
            raise UsageError(
                f"the average of a product of {self.size} factors {self.factors.alphabet.Q} is a sum over {work} pairs "
                f"of pairings, more than {MOST_UNIONS}"
            )
        total: dict[Ids, Counter[Weight]] = defaultdict(Counter)
        for p, size in rows:
            left, partner = _places(p, 0), partners(p, self.size)
            for right, other in columns:
                lie = union(partner, other)
                if lie is None:
                    continue
                types = signed_types(lie.paths, lie.loops)
                for chosen, sign in bijections:
                    across = {2 * i: 2 * lie.across[k] + 1 for i, k in zip(p.free, chosen)}
                    closed = closing({**left, **right, **across, **{j: i for i, j in across.items()}})
                    if closed is not None:
                        ids, loops = closed
                        for type_, often in types.items():
                            total[ids][type_, loops] += sign * size * often
        return total


def _places(joining: Joining, side: int) -> dict[int, int]:
    joined = {}
    for i, j in joining.pairs:
        joined[2 * i + side], joined[2 * j + side] = 2 * j + side, 2 * i + side
    return joined
