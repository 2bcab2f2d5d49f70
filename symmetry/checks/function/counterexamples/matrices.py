"""Named arrays as text: a matrix has one line a row, and several stand side by side as far as they fit.

>>> print(*side_by_side([*blocks("Q", ((0, -1), (1, 0)), 6, 40), *blocks("X", ((1,), (2.5,)), 6, 40)], 40), sep="\\n")
Q = [0  -1]   X = [  1]
    [1   0]       [2.5]
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["blocks", "side_by_side"]

LONGEST = 17  # characters of a fraction that is shown as such
MOST = 8  # rows, and slices, that are shown
GAP = "   "
TIE = "\xa0"  # a blank at which a line does not break


def blocks(name: str, value: Any, digits: int, width: int) -> Iterator[list[str]]:
    """An array as ``name = …``, lines of equal length; of one with more than two axes, each slice.

    Args:
        name: what it is called.
        value: a number, or nested tuples of numbers; complex numbers and fractions as text.
        digits: significant ones of a number.
        width: columns that a block may take. Of what does not fit, only the entries are named that are not zero, or
            not those of the identity, if they are few; else the corner is shown.
    """
    depth = _depth(value)
    if depth > 2:
        for index, part in enumerate(value[:MOST]):
            yield from blocks(f"{name}[{index}]", part, digits, width)
        if len(value) > MOST:
            yield [f"{name}[…]"]
    elif depth:
        whole = _matrix(name, value, digits, width) if depth == 2 else _vector(name, value, digits, width)
        yield (_exceptions(name, value, digits, width) if "…" in whole[-1] + whole[0] else None) or whole
    else:
        yield [f"{name} = {_number(value, digits)}"]


def side_by_side(parts: Sequence[list[str]], width: int) -> list[str]:
    """Blocks in as few rows as fit the width, each of them whole."""
    rows: list[list[list[str]]] = []
    for block in parts:
        taken = sum(len(other[0]) + len(GAP) for other in rows[-1]) if rows else width
        if taken + len(block[0]) > width:
            rows.append([])
        rows[-1].append(block)
    lines = []
    for row in rows:
        for index in range(max(map(len, row))):
            cells = [block[index] if index < len(block) else " " * len(block[0]) for block in row]
            lines.append(GAP.join(cells).rstrip())
    return lines


def _vector(name: str, value: Sequence[Any], digits: int, width: int) -> list[str]:
    cells = [_number(item, digits) for item in value]
    shown = _fitting([cells], width - len(name) - 6)
    return [f"{name} = ({', '.join(cells[:shown])}{', …' * (shown < len(cells))})"]


def _exceptions(name: str, value: Sequence[Any], digits: int, width: int) -> list[str] | None:
    """Where an array is not zero, or not the identity.

    >>> _exceptions("p", tuple(range(7)) + (8, 7), 6, 60)
    ['p = identity (9) except p[7] = 8, p[8] = 7']
    """
    is_matrix = isinstance(value[0], tuple)
    entries = {(i, j): x for i, row in enumerate(value) for j, x in enumerate(row if is_matrix else (row,))}
    identity = {(i, j): int(i == j) if is_matrix else i for i, j in entries}
    bases = {"zero": dict.fromkeys(entries, 0), "identity": identity}
    others = {word: [at for at in entries if entries[at] != base[at]] for word, base in bases.items()}
    word = min(others, key=lambda word: len(others[word]))
    if len(others[word]) > MOST:
        return None
    size = f"{len(value)} × {len(value[0])}" if is_matrix else f"{len(value)}"
    places = [f"{name}[{f'{i}, {j}' if is_matrix else i}]" for i, j in others[word]]
    named = [f"{place} = {_number(entries[at], digits)}" for place, at in zip(places, others[word], strict=True)]
    text = f"{name} = {word} ({size})" + (
        " except " + ", ".join(item.replace(" ", TIE) for item in named) if named else ""
    )
    lines = textwrap.wrap(text, width, subsequent_indent=" " * (len(name) + 3), break_long_words=False)
    longest = max(map(len, lines))
    return [line.replace(TIE, " ").ljust(longest) for line in lines]


def _matrix(name: str, rows: Sequence[Sequence[Any]], digits: int, width: int) -> list[str]:
    cells = [[_number(item, digits) for item in row] for row in rows[:MOST]]
    shown = _fitting(cells, width - len(name) - 6)
    cells = [row[:shown] + ["…"] * (shown < len(row)) for row in cells]
    if len(rows) > MOST:
        cells.append(["…"] * len(cells[0]))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.rjust(size) for cell, size in zip(row, widths, strict=True)) for row in cells]
    return [f"{name} = [{lines[0]}]", *(f"{' ' * len(name)}   [{line}]" for line in lines[1:])]


def _fitting(cells: Sequence[Sequence[str]], width: int) -> int:
    """How many columns fit, one at least; where not all do, there is room for a mark."""
    widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]
    if sum(widths) - 2 <= width:
        return len(widths)
    total, shown = 1, 0
    while shown < len(widths) and total + widths[shown] <= width:
        total += widths[shown]
        shown += 1
    return max(shown, 1)


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, tuple) and value else 0


def _number(value: Any, digits: int) -> str:
    """
    >>> _number(0.1 + 0.2, 6), _number("(1.5+0.3333333333333333j)", 3), _number("22/7", 3)
    ('0.3', '1.5+0.333j', '22/7')
    >>> _number(str(Fraction(-1) - Fraction(1, 10**30)), 6)
    '-1 - 1e-30'
    """
    if not isinstance(value, str):
        return f"{value:.{digits}g}"
    if value.endswith(("j", "j)")):
        return f"{complex(value):.{digits}g}"
    if len(value) <= LONGEST:
        return value
    number = Fraction(value)
    rounded = f"{float(number):.6g}"
    rest = float(number - Fraction(rounded))
    return f"{rounded} {'-' if rest < 0 else '+'} {abs(rest):.3g}"
