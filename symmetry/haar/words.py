"""Words: products of matrices that are numbers, because they run from a vector to a vector or close up in a trace.

A polynomial in inner products that contain the group element Q is a polynomial in words such as aᵀQy, yᵀQᵀMQz and
tr(QAQᵀB). Averaging leaves words without Q, and each of those is written in one way only: an inner product or a trace.

>>> from sympy import MatrixSymbol, Symbol
>>> d = Symbol("d")
>>> a, y, M, Q = (MatrixSymbol(name, d, n) for name, n in (("a", 1), ("y", 1), ("M", d), ("Q", d)))
>>> alphabet = Alphabet(Q)
>>> word = (Letter(y, True), Letter(M, True), Letter(Q, True), Letter(Q, False), Letter(a, False))
>>> alphabet.inner_product(alphabet.reduced(word))
(M*y)·a
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

from sympy import Expr, Integer, Inverse, MatrixBase, MatrixExpr, Trace, Transpose

from symmetry.inner import Inner

__all__ = ["Alphabet", "Letter", "Letters", "Word", "flip"]


class Letter(NamedTuple):
    """A matrix that is not taken apart any further, as it stands or transposed."""

    matrix: MatrixExpr
    flipped: bool

    @property
    def rows(self) -> Any:
        """Number of rows of the letter as it stands in the word."""
        return self.matrix.shape[1 if self.flipped else 0]

    @property
    def cols(self) -> Any:
        """Number of columns of the letter as it stands in the word."""
        return self.matrix.shape[0 if self.flipped else 1]


Letters = tuple[Letter, ...]


class Word(NamedTuple):
    """A product of letters that is a number: 1 × 1 as it stands, or the trace of a square product."""

    letters: Letters
    closed: bool


def flip(letters: Letters) -> Letters:
    """The letters of the transpose."""
    return tuple(Letter(letter.matrix, not letter.flipped) for letter in reversed(letters))


class Alphabet:
    """How words are written in one way only.

    Args:
        Q: the group element, a MatrixSymbol of shape (d, d).
        orthonormal: vectors (d, 1) whose inner products with each other are 0 or 1.
    """

    def __init__(self, Q: MatrixExpr, orthonormal: Iterable[MatrixExpr] = ()):
        self.Q = Q
        self.d = Q.shape[0]
        self.orthonormal = frozenset(orthonormal)
        self._order: dict[MatrixExpr, Any] = {}

    def reduced(self, letters: Iterable[Letter], closed: bool = False) -> Letters:
        """The product without neighbours that cancel: QᵀQ, QQᵀ, M⁻¹M; a trace is a ring of letters."""
        kept: list[Letter] = []
        for letter in letters:
            if kept and self._cancel(kept[-1], letter):
                kept.pop()
            else:
                kept.append(letter)
        while closed and len(kept) > 1 and self._cancel(kept[-1], kept[0]):
            kept = kept[1:-1]
        return tuple(kept)

    def _cancel(self, left: Letter, right: Letter) -> bool:
        if left.matrix == right.matrix:
            return bool(left.matrix == self.Q) and left.flipped != right.flipped
        one, other = left.matrix, right.matrix
        return left.flipped == right.flipped and (
            (isinstance(one, Inverse) and one.arg == other) or (isinstance(other, Inverse) and other.arg == one)
        )

    def canonical(self, word: Word) -> Word:
        """The first among the ways of writing the word: transposed or not, a trace from any of its letters on."""
        ways = _rotations(word.letters) if word.closed else (word.letters, flip(word.letters))
        return Word(min(ways, key=self._position, default=()), word.closed)

    def pieces(self, word: Word) -> list[Word]:
        """The word as a product of shorter ones: it is cut where the dimension is 1."""
        letters = word.letters
        places = [i for i in range(1, len(letters)) if self._is_cut(letters[i - 1], letters[i])]
        if word.closed:
            if not places and not (letters and self.d != 1 and letters[0].rows == 1):
                return [word]
            turn = places[0] if places else 0
            letters = letters[turn:] + letters[:turn]
            return self.pieces(Word(letters, False))
        cuts = [0, *places, len(letters)]
        found = [letters[start:end] for start, end in pairwise(cuts)]
        # In dimension 1 a product may begin or end with Q; a number is its own trace.
        return [Word(piece, any(end.matrix == self.Q for end in (piece[0], piece[-1]))) for piece in found if piece]

    def _is_cut(self, left: Letter, right: Letter) -> bool:
        if left.cols != 1:
            return False
        # In dimension 1 everything is 1 × 1: a vector ends where a transposed one begins.
        return bool(self.d != 1 or (not left.flipped and right.flipped and self.Q not in (left.matrix, right.matrix)))

    # -----------------------------------------------------------------------------------------------------------
    # Words without Q as SymPy scalars.

    def inner_product(self, letters: Letters) -> Expr:
        """The 1 × 1 product of letters without Q as a scalar; the same for the transposed product."""
        letters = self.canonical(Word(letters, False)).letters
        if not letters:
            return Integer(1)
        if len(letters) == 1 or all(isinstance(letter.matrix, MatrixBase) for letter in letters):
            return _product(letters)[0, 0]
        places = range(1, len(letters))
        place = next((i for i in places if letters[i].rows == self.d), 1)
        left, right = _product(flip(letters[:place])), _product(letters[place:])
        if left in self.orthonormal and right in self.orthonormal:
            return Integer(left == right)
        return Inner(left, right)

    def trace(self, letters: Letters) -> Expr:
        """The trace of a product of letters without Q; the same for every rotation and for the transposed product."""
        if not letters:
            return self.d
        if all(isinstance(letter.matrix, MatrixBase) for letter in letters):
            return _product(letters).trace()
        return Trace(_product(self.canonical(Word(letters, True)).letters))

    def _position(self, letters: Letters) -> list[Any]:
        return [(self._sort_key(letter.matrix), letter.flipped) for letter in letters]

    def _sort_key(self, matrix: MatrixExpr) -> Any:
        if matrix not in self._order:
            self._order[matrix] = matrix.sort_key()
        return self._order[matrix]


def _rotations(letters: Letters) -> Iterator[Letters]:
    for turned in (letters, flip(letters)):
        for start in range(len(turned)):
            yield turned[start:] + turned[:start]


def _product(letters: Letters) -> Any:
    return reduce(operator.mul, (Transpose(m).doit() if flipped else m for m, flipped in letters))
