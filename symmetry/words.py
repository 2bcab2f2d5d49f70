"""Words: products of letters and scalars, in which canonical forms are written; and the algebra of selectors.

A letter is a matrix that is not taken apart: a variable, an unknown function at its arguments, a pseudo-inverse, an
average, or a selector E(o, l, t), rows o … o+l−1 of the t × t identity, by which blocks are put together. Products of
selectors combine by the rules below, which decide all equalities between them as long as their offsets compare.

>>> n, m = Size.of("n"), Size.of("m")
>>> inner, outer = selector(n, m, n + m), selector(m, n + m, n + m + m)
>>> [(sign, letters_text(letters)) for sign, letters in select_pair(inner, outer) or ()]
[(1, 'E[m + n,m,2*m + n]')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from symmetry.errors import KernelError
from symmetry.sizes import Size

__all__ = [
    "ONE",
    "UNIT",
    "Letter",
    "Letters",
    "Poly",
    "Rational",
    "Word",
    "bound_letter",
    "flip",
    "letters_text",
    "one_scalar",
    "poly_text",
    "select_pair",
    "selector",
    "sorted_scalars",
    "weight",
    "word_text",
]


class Letter(NamedTuple):
    """One factor of a word. ``rows`` and ``cols`` are those of the letter as it stands, after transposition."""

    text: str
    rows: Size
    cols: Size
    transposed: bool = False
    offset: Size | None = None  # set for selectors only
    symmetric: bool = False  # known to equal its transpose

    def flip(self) -> Letter:
        """The transposed letter."""
        if self.symmetric:
            return self
        return Letter(self.text, self.cols, self.rows, not self.transposed, self.offset)


Letters = tuple[Letter, ...]


class Word(NamedTuple):
    """Scalars (a multiset of 1 × 1 letter sequences, sorted by text) times a matrix product of letters."""

    scalars: tuple[Letters, ...]
    letters: Letters


Rational = int | Fraction  # integers stay integers: their arithmetic is much faster, and divisions name Fraction
Poly = dict[Word, Rational]
ONE = 1
UNIT = Word((), ())


def flip(letters: Letters) -> Letters:
    """The letters of the transpose."""
    return tuple(letter.flip() for letter in reversed(letters))


def weight(letters: Letters) -> int:
    """The number of characters of the letters, as a measure of work."""
    return sum(len(letter.text) for letter in letters)


def letters_text(letters: Letters) -> str:
    """A product of letters as text; different products give different text."""
    return _short_text(letters) if weight(letters) < 1000 else _short_text.__wrapped__(letters)


@lru_cache(maxsize=8192)
def _short_text(letters: Letters) -> str:
    return " ".join(letter.text + ("'" if letter.transposed else "") for letter in letters) or "1"


def one_scalar(letters: Letters) -> Letters:
    """A 1 × 1 sequence, read in the one of its two directions whose text comes first."""
    return min(letters, flip(letters), key=letters_text)


def sorted_scalars(pieces: Iterable[Letters]) -> tuple[Letters, ...]:
    """A multiset of scalars, in order of their text."""
    return tuple(sorted(pieces, key=letters_text))


def word_text(word: Word) -> str:
    """A word as text."""
    return " . ".join([*map(letters_text, word.scalars), letters_text(word.letters)])


_BOUND = re.compile(r"#[at](\d+)\[")


def bound_letter(head: str, token: str, scalars: tuple[Letters, ...], middle: Letters) -> Letter:
    """A mean or sum as one letter, read in the one of its two directions whose text comes first.

    The bound name ``token`` ends in its height, the number of binders below it; where some of those are gone from the
    text it is lowered, so that the text is the same. Names bound further out are higher, and stay.
    """
    mirrored, one = flip(middle), Size((), 1)
    flipped = letters_text(mirrored) < letters_text(middle)
    shown = mirrored if flipped else middle
    rows, cols = (shown[0].rows, shown[-1].cols) if shown else (one, one)
    text = f"{head}({word_text(Word(sorted_scalars(scalars), shown))})"
    below = [int(height) for height in _BOUND.findall(text) if int(height) < int(token[2:])]
    text = text.replace(f"{token}[", f"{token[:2]}{max(below, default=-1) + 1}[")
    letter = Letter(text, rows, cols, symmetric=bool(middle) and mirrored == middle)
    return letter.flip() if flipped else letter


def poly_text(poly: Poly) -> str:
    """A canonical form as text; equal forms give equal text."""
    try:
        return " + ".join(sorted(f"{value}*{word_text(word)}" for word, value in poly.items())) or "0"
    except ValueError as error:  # Python does not write integers of more than 4300 digits
        raise KernelError(f"a coefficient is too long: {error}") from error


# ---------------------------------------------------------------------------------------------------------------
# Selectors of block rows


def selector(offset: Size, length: Size, total: Size) -> Letter:
    """E(offset, length, total): rows offset … offset + length − 1 of the identity."""
    return Letter(f"E[{offset},{length},{total}]", length, total, False, offset)


def select_pair(left: Letter, right: Letter) -> list[tuple[int, Letters]] | None:
    """The product of two neighbouring selectors as a combination of shorter or earlier ones; ``None`` if it is one."""
    if left.offset is None or right.offset is None:
        return None
    if not left.transposed and not right.transposed:
        return [(1, (selector(right.offset + left.offset, left.rows, right.cols),))]
    if left.transposed and right.transposed:
        return [(1, (selector(left.offset + right.offset, right.cols, left.rows).flip(),))]
    if left.transposed:
        return _band(left, right)
    return _overlap(left, right)


def _overlap(left: Letter, right: Letter) -> list[tuple[int, Letters]] | None:
    """E(o, l, t) E(p, k, t)ᵀ keeps the rows that both select."""
    first, second = left.offset, right.offset
    if first is None or second is None:
        return None
    start = _larger(first, second)
    end = _smaller(first + left.rows, second + right.cols)
    if start is None or end is None:
        return None
    length = end.minus(start)
    if length is None:
        return [] if start.minus(end) is not None else None
    ahead, behind = start.minus(first), start.minus(second)
    if ahead is None or behind is None:
        return None
    return [(1, (selector(ahead, length, left.rows).flip(), selector(behind, length, right.cols)))]


def _band(left: Letter, right: Letter) -> list[tuple[int, Letters]] | None:
    """E(a, l, r)ᵀ E(b, l, t) with a, b > 0: a longer band from the edge less a shorter one, so that bands add up."""
    down, across = left.offset, right.offset
    if down is None or across is None:
        return None
    shift = _smaller(down, across)
    if shift is None or shift.is_zero:
        return None
    down, across = down.minus(shift), across.minus(shift)
    if down is None or across is None:
        return None

    def band(length: Size) -> Letters:
        return selector(down, length, left.rows).flip(), selector(across, length, right.cols)

    return [(1, band(left.cols + shift)), (-1, band(shift))]


def _larger(a: Size, b: Size) -> Size | None:
    return a if a.minus(b) is not None else b if b.minus(a) is not None else None


def _smaller(a: Size, b: Size) -> Size | None:
    return a if b.minus(a) is not None else b if a.minus(b) is not None else None
