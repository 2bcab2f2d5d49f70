"""Closings: how the letters of a product of words join up to words without Q.

Each Q has a place for its row and a place for its column. The letters between two Q's, or between a Q and the end of a
word, form a *segment* that leads from place to place. Once the places are joined in pairs, the segments are chains from
end to end, which are inner products, and loops, which are traces.

>>> from sympy import MatrixSymbol, Symbol, Trace
>>> from symmetry.haar.word_polynomials import Reading
>>> from symmetry.haar.words import Alphabet
>>> d = Symbol("d")
>>> y, z, M, Q = (MatrixSymbol(name, d, n) for name, n in (("y", 1), ("z", 1), ("M", d), ("Q", d)))
>>> reading = Reading(Alphabet(Q))
>>> [_] = reading.scalar(y.T * Q.T * M * Q * z)
>>> closing = Closing(Layout(reading.words, Q), Factors(reading.alphabet))
>>> closing({0: 2, 2: 0, 1: 3, 3: 1}), closing.factors.exprs
(((0, 1), 0), [y·z, Trace(M)])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Expr

from symmetry.haar.words import Alphabet, Letters, Word, flip

__all__ = ["DIMENSION", "Closing", "Factors", "Ids", "Layout"]

Ids = tuple[int, ...]  # a monomial: numbers of factors, in increasing order, each as often as it occurs
ONE = -1
DIMENSION = -2
END = -1


class Factors:
    """The words without Q that arise, as SymPy scalars; each of them has a number.

    ``exprs[number]`` is the scalar, and ``rationals`` has those that are numbers, of explicit vectors. A word that is 0
    has the number ``None``, one that is 1 the number -1.
    """

    def __init__(self, alphabet: Alphabet):
        self.alphabet = alphabet
        self.exprs: list[Expr] = []
        self.rationals: dict[int, Fraction] = {}
        self._numbers: dict[Expr, int] = {}
        self._known: dict[Word, int | None] = {}

    def number(self, letters: Letters, closed: bool) -> int | None:
        """The number of a word; -2 where it is the trace of the identity."""
        word = Word(letters, closed)
        if word not in self._known:
            letters = self.alphabet.reduced(letters, closed)
            if closed and not letters:
                self._known[word] = DIMENSION
            else:
                expr = self.alphabet.trace(letters) if closed else self.alphabet.inner_product(letters)
                self._known[word] = None if expr == 0 else ONE if expr == 1 else self.of(expr)
        return self._known[word]

    def of(self, expr: Expr) -> int:
        """The number of a scalar."""
        number = self._numbers.setdefault(expr, len(self.exprs))
        if number == len(self.exprs):
            self.exprs.append(expr)
            if expr.is_Rational:
                self.rationals[number] = Fraction(int(expr.p), int(expr.q))
        return number


class Layout:
    """The places and segments of a product of words.

    Args:
        words: words that contain Q.
        Q: the group element.

    ``behind[place]`` is the segment that leads away from a place, and the place to which it leads, -1 for an end. The
    row of Q number i is the place 2i, its column 2i + 1. The segments 2s and 2s + 1 are each other's transpose.
    """

    def __init__(self, words: Sequence[Word], Q: Any):
        self.size = 0  # how many Q's
        self.segments: list[Letters] = []
        self.behind: dict[int, tuple[int, int]] = {}
        self._numbers: dict[Letters, int] = {}
        self.spans = [self._lay(word, Q) for word in words]

    def _lay(self, word: Word, Q: Any) -> tuple[int, int]:
        """Number the Q's of a word and lay segments between their places; the range of the numbers."""
        letters, start = word.letters, self.size
        if word.closed:
            turn = next(i for i, letter in enumerate(letters) if letter.matrix == Q)
            letters = letters[turn:] + letters[:turn]
        places: list[int] = []
        between: list[list[Any]] = [[]]
        for letter in letters:
            if letter.matrix == Q:
                row, column = 2 * self.size, 2 * self.size + 1
                places += (column, row) if letter.flipped else (row, column)
                between.append([])
                self.size += 1
            else:
                between[-1].append(letter)
        if word.closed:
            places, between = [*places[1:], places[0]], between[1:]
        else:
            places = [END, *places, END]
        for one, other, segment in zip(places[::2], places[1::2], between):
            number = self._segment(tuple(segment))
            if one != END:
                self.behind[one] = number, other
            if other != END:
                self.behind[other] = number ^ 1, one
        return start, self.size

    def _segment(self, letters: Letters) -> int:
        if letters not in self._numbers:
            number = len(self.segments)
            self.segments += [letters, flip(letters)]
            self._numbers[flip(letters)] = number + 1
            self._numbers[letters] = number
        return self._numbers[letters]

    @property
    def is_apart(self) -> bool:
        """Whether rows and columns are apart: no segment leads from a row to a column."""
        return all(other == END or (place - other) % 2 == 0 for place, (_, other) in self.behind.items())

    def labels(self, side: int) -> list[int]:
        """For each Q what is at its row (side 0) or column (side 1): equal for equal vectors.

        The number of a segment where a vector ends there, and a negative number of its own where a matrix does.
        """
        seen = [self.behind[2 * number + side] for number in range(self.size)]
        return [segment if other == END else ~number for number, (segment, other) in enumerate(seen)]

    def exchanges(self, words: Sequence[Word]) -> list[list[int]]:
        """The permutations of the Q's that exchange two equal words next to each other."""
        found = []
        for (a, b), (c, e), one, other in zip(self.spans, self.spans[1:], words, words[1:]):
            if one == other:
                found.append([*range(a), *range(c, e), *range(a, b), *range(e, self.size)])
        return found


class Closing:
    """What joined places close up to.

    Args:
        layout: places and segments.
        factors: where words get their numbers.
        side: 0 for the rows only, 1 for the columns only, ``None`` for all places.
    """

    def __init__(self, layout: Layout, factors: Factors, side: int | None = None):
        self.segments = layout.segments
        self.factors = factors
        self.behind = {place: seen for place, seen in layout.behind.items() if side is None or place % 2 == side}
        self._starts = sorted(self.behind, key=lambda place: self.behind[place][1] != END)
        self._known: dict[tuple[int, ...], int | None] = {}

    def __call__(self, joined: Mapping[int, int]) -> tuple[Ids, int] | None:
        """The numbers of the words, and how many of them are tr I; ``None`` where one of them is 0.

        Args:
            joined: for each place the one that it is joined to.
        """
        behind, known = self.behind, self._known
        left = set(behind)
        ids: list[int] = []
        dimensions = 0
        for start in self._starts:
            if start not in left:
                continue
            segment, other = behind[start]
            path = [segment ^ 1] if other == END else []
            place = start
            while place in left:
                other = joined[place]
                left.discard(place)
                left.discard(other)
                segment, place = behind[other]
                path.append(segment)
            key = tuple(path)
            if key not in known:
                letters = tuple(letter for segment in path for letter in self.segments[segment])
                known[key] = self.factors.number(letters, closed=place != END)
            number = known[key]
            if number is None:
                return None
            if number >= 0:
                ids.append(number)
            dimensions += number == DIMENSION
        return tuple(sorted(ids)), dimensions
