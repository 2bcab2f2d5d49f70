"""Multigraphs up to relabelling of their vertices: least words, stabilisers and orbits.

The vertices are indices on axes, such as the tokens 0, …, n−1 and the knowledge vectors 0, …, m−1. S(n) × S(m) × …
permutes them, therefore the edges, which join any number of them and come from a given list; therefore the multigraphs,
which are written as words: the numbers of their edges, sorted, each as often as it occurs. Words are compared
lexicographically; the canonical word of an orbit is the least.

>>> vertices = [("X", (("n", i),)) for i in range(3)]
>>> edges = Relabelling([(x, y) for i, x in enumerate(vertices) for y in vertices[i:]], {"n": 3})
>>> edges.is_least((0, 1)), edges.is_least((0, 4)), edges.is_least((1, 3))  # 00 01, 00 12, 01 11
(True, True, False)
>>> edges.stabiliser_order((1, 2)), list(edges.orbit((1, 2)))
(2, [(1, 2), (1, 4), (2, 4)])
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations, product
from math import factorial, prod

from symmetry.errors import UsageError
from symmetry.partitions import centraliser, partitions

__all__ = ["Edge", "Label", "Relabelling", "Token", "Word"]

Token = tuple[str, int]  # an axis, and an index on it counted from 0
Label = tuple[Hashable, tuple[Token, ...]]  # a name, and the indices that go with it
Edge = tuple[Label, ...]
Word = tuple[int, ...]
Map = dict[Token, Token]  # an injective map between some of the indices of each axis


class Relabelling:
    """The action of a product of symmetric groups on a list of edges.

    Args:
        edges: tuples of labels, all different; with an edge also its images.
        sizes: how many indices each permuted axis has; an axis that is not named here is not permuted.
        ordered: in how many edges, the first of the list, the order of the labels matters.

    Raises:
        UsageError: an index outside its axis, a negative size, an edge that is listed twice or whose image is missing.

    >>> Relabelling([(("X", (("n", 0),)), ("X", (("n", 1),)))], {"n": 3})
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: X[n=0]·X[n=1] is listed, but not its image X[n=1]·X[n=2]: list it as well
    """

    def __init__(self, edges: Sequence[Edge], sizes: Mapping[str, int], *, ordered: int = 0):
        self.edges, self.sizes = tuple(edges), dict(sizes)
        for axis, size in self.sizes.items():
            if size < 0:
                raise UsageError(f"axis {axis!r} has size {size}, but a size is at least 0")
        self._ordered = ordered
        self._kinds = [self._kinds_of(edge, number < ordered) for number, edge in enumerate(self.edges)]
        self._tokens = [[self._tokens_of(label) for label in edge] for edge in self.edges]
        self._support = [frozenset(token for tokens in split for token in tokens) for split in self._tokens]
        self._number: dict[Hashable, int] = {}
        for number, edge in enumerate(self.edges):
            if self._number.setdefault(self._key(number, {}), number) != number:
                raise UsageError(f"{written(edge)} is listed twice: list it once")
        self.steps = [self._images(moved) for axis, size in self.sizes.items() for moved in _generating(axis, size)]
        self.orbits = self._orbits()
        self._maps = cache(self._maps_between)

    @property
    def group_order(self) -> int:
        """How many permutations the group has."""
        return prod(map(factorial, self.sizes.values()))

    def images(self, permutation: Mapping[str, Sequence[int]]) -> Word:
        """Where a permutation takes each edge.

        Args:
            permutation: for an axis, the images of 0, 1, …; axes that are not mentioned stay as they are.
        Raises:
            UsageError: not a permutation of an axis of the group.
        """
        for axis, images in permutation.items():
            if axis not in self.sizes:
                raise UsageError(f"axis {axis!r} is not permuted: the group permutes {', '.join(self.sizes) or 'none'}")
            if sorted(images) != list(range(self.sizes[axis])):
                raise UsageError(
                    f"{tuple(images)} is not a permutation of the {self.sizes[axis]} indices of axis {axis!r}"
                )
        return self._images(
            {(axis, i): (axis, j) for axis, images in permutation.items() for i, j in enumerate(images)}
        )

    def classes(self) -> Iterator[tuple[int, Word]]:
        """For every conjugacy class of the group: how many permutations are in it, and the images under one of them."""
        for types in product(*(list(partitions(size)) for size in self.sizes.values())):
            yield (
                self.group_order // prod(map(centraliser, types)),
                self.images({axis: list(_rotated(cycles)) for axis, cycles in zip(self.sizes, types)}),
            )

    def orbit(self, word: Word) -> Iterator[Word]:
        """The images of a word, each once, and first the word itself."""
        seen, waiting = {word}, [word]
        for reached in waiting:  # grows while it is read: breadth first
            yield reached
            for images in self.steps:
                image = tuple(sorted(images[letter] for letter in reached))
                if image not in seen:
                    seen.add(image)
                    waiting.append(image)

    def extensions(self, word: Word, start: int) -> Iterator[int]:
        """The edges, from ``start`` on, that may make a least word longer; it may still fail to be least.

        Indices that do not occur in the word are interchangeable: of the edges that differ only there, one is enough.
        """
        support = frozenset().union(*(self._support[letter] for letter in word))
        seen = set()
        for letter in range(start, len(self.edges)):
            others: Map = {}
            for token in (token for tokens in self._tokens[letter] for token in tokens if token not in support):
                others.setdefault(token, (token[0], -1 - len(others)))
            key = self._key(letter, others)
            if key not in seen:
                seen.add(key)
                yield letter

    def is_least(self, word: Word) -> bool:
        """Whether no permutation makes the word smaller."""
        return self._search(word, least=True) > 0

    def stabiliser_order(self, word: Word) -> int:
        """How many permutations leave the word as it is."""
        return self._search(word, least=False)

    # -----------------------------------------------------------------------------------------------------------
    # The search through the permutations.

    def _search(self, word: Word, least: bool) -> int:
        """The order of the stabiliser of a word; with ``least``, 0 when some image of the word is smaller.

        The permutations that fix the indices in the first letters form a chain of subgroups. From the smallest up, each
        letter multiplies the order by the number of ways to come to stand in its place under the group that fixes
        those before it. As soon as one automorphism is found, the permutations that agree with it so far need not be
        looked at: they give the same images as those that were seen lower in the chain.
        """
        support = Counter(axis for axis, _ in frozenset().union(*(self._support[letter] for letter in word)))
        order = prod(factorial(size - support[axis]) for axis, size in self.sizes.items())
        for position in reversed(range(len(word))):
            fixed = {token: token for letter in word[:position] for token in self._support[letter]}
            ways = 0
            for image, left, extended in self._steps_onto(word[position], word[position:], fixed, least):
                if image < word[position]:
                    return 0
                identical = all(old == new for old, new in extended.items())
                sign = 0 if identical else self._compared(word, position + 1, left, extended, least)
                if sign < 0:
                    return 0
                ways += sign == 0
            order *= ways
        return order

    def _compared(self, word: Word, position: int, left: Word, partial: Map, least: bool) -> int:
        """−1 when a permutation that extends the partial one makes the word smaller, 0 when one fixes it, else 1.

        Whichever is found first. The letters that are not left go to those before the position.
        """
        if not left:
            return 0
        for image, rest, extended in self._steps_onto(word[position], left, partial, least):
            if image < word[position]:
                return -1
            sign = self._compared(word, position + 1, rest, extended, least)
            if sign <= 0:
                return sign
        return 1

    def _steps_onto(self, letter: int, left: Word, partial: Map, least: bool) -> Iterator[tuple[int, Word, Map]]:
        """Ways to take one of the letters left to the given letter or (with ``least``) to a smaller one."""
        for source in dict.fromkeys(left):
            orbit = self.orbits[source]
            if orbit is not self.orbits[letter] and not least:
                continue
            place = left.index(source)
            rest = left[:place] + left[place + 1 :]
            for image in orbit[: bisect_right(orbit, letter)] if least else [letter]:
                for pairs in self._maps(source, image):
                    extended = partial | pairs
                    agrees = all(partial.get(old, new) == new for old, new in pairs.items())
                    if agrees and len(set(extended.values())) == len(extended):
                        yield image, rest, extended

    def _maps_between(self, source: int, target: int) -> list[Map]:
        """The injective maps of the indices in one edge that carry it to another."""
        found: list[Map] = []
        kinds, tokens = self._kinds[source], self._tokens[source]
        for order in permutations(range(len(kinds))):
            if all(self._kinds[target][place] == kind for place, kind in zip(order, kinds)):
                pairs = {pair for old, place in zip(tokens, order) for pair in zip(old, self._tokens[target][place])}
                if len(pairs) == len(self._support[source]) == len(self._support[target]) and dict(pairs) not in found:
                    found.append(dict(pairs))
        return found

    # -----------------------------------------------------------------------------------------------------------
    # The action on edges.

    def _kinds_of(self, edge: Edge, ordered: bool) -> list[Hashable]:
        """What the group leaves alone in each label of an edge."""
        return [
            (place if ordered else None, name, tuple((a, None if a in self.sizes else index) for a, index in tokens))
            for place, (name, tokens) in enumerate(edge)
        ]

    def _tokens_of(self, label: Label) -> tuple[Token, ...]:
        """The indices in a label that the group moves."""
        moved = tuple((axis, index) for axis, index in label[1] if axis in self.sizes)
        for axis, index in moved:
            if not 0 <= index < self.sizes[axis]:
                raise UsageError(
                    f"{written((label,))} has index {index} on axis {axis!r}, which has {self.sizes[axis]} indices, "
                    "counted from 0"
                )
        return moved

    def _key(self, number: int, moved: Map) -> Hashable:
        """An edge after its indices were moved, without the order of its labels unless that matters."""
        labels = zip(
            self._kinds[number], (tuple(moved.get(token, token) for token in tokens) for tokens in self._tokens[number])
        )
        return number < self._ordered, frozenset(Counter(labels).items())

    def _images(self, moved: Map) -> Word:
        keys = [self._key(number, moved) for number in range(len(self.edges))]
        for edge, key in zip(self.edges, keys):
            if key not in self._number:
                image = tuple((name, tuple(moved.get(token, token) for token in tokens)) for name, tokens in edge)
                raise UsageError(f"{written(edge)} is listed, but not its image {written(image)}: list it as well")
        return tuple(self._number[key] for key in keys)

    def _orbits(self) -> list[list[int]]:
        """For every edge its orbit, increasing; one list for all edges of the orbit."""
        orbits: dict[int, list[int]] = {}
        for letter in range(len(self.edges)):
            if letter not in orbits:
                orbit = sorted(word[0] for word in self.orbit((letter,)))
                orbits.update(dict.fromkeys(orbit, orbit))
        return [orbits[letter] for letter in range(len(self.edges))]


def _generating(axis: str, size: int) -> Iterator[Map]:
    """The transposition and the cycle that generate the symmetric group of an axis."""
    if size >= 2:
        yield {(axis, 0): (axis, 1), (axis, 1): (axis, 0)}
    if size >= 3:
        yield {(axis, index): (axis, (index + 1) % size) for index in range(size)}


def _rotated(cycles: Iterable[int]) -> Iterator[int]:
    """The images of 0, 1, … under a permutation with these cycle lengths."""
    start = 0
    for length in cycles:
        yield from (start + (step + 1) % length for step in range(length))
        start += length


def written(edge: Edge) -> str:
    """An edge as a product of its labels; without labels it is 1.

    >>> written((("X", (("n", 0),)), ("Z", (("m", 1), ("layer", 2)))))
    'X[n=0]·Z[m=1, layer=2]'
    """
    return (
        "·".join(
            f"{name}" + (f"[{', '.join(f'{axis}={index}' for axis, index in tokens)}]" if tokens else "")
            for name, tokens in edge
        )
        or "1"
    )
