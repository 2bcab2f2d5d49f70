"""Arrays as Python source: exact, and laid out as a formatter would leave them.

Whole numbers are written as such and others by their shortest text that reads back as the same float. A small array is
a nested list; a large one that is almost zero, or almost the identity, says where it is not; the numbers of any
other are a block of text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from symmetry.checks.function.calls.calling import Array

__all__ = ["LINE", "MOST_ENTRIES", "assignment", "listed"]

LINE = 120  # characters
MOST_ENTRIES = 200  # in a nested list
FEW = 8  # entries that are given one by one, at most


def assignment(name: str, array: Array) -> list[str]:
    """The lines that assign an array to a name, with ``numpy`` as ``np``.

    Args:
        name: an identifier.
        array: of floats, complex numbers, integers (which are indices), or fractions; then with ``fractions.Fraction``,
            our ``exact_array``, and ``rationals = Rationals()``.

    >>> assignment("X", np.array([[1.0, -0.5], [0.0, 3.0]]))
    ['X = np.array([[1, -0.5], [0, 3]])']
    >>> assignment("Q", np.eye(9)[::-1])[:2]
    ['Q = np.array(', '    [']
    >>> assignment("W", np.diag([2.0] + [0.0] * 8)), assignment("t", np.array(0.1))
    (['W = np.zeros((9, 9))', 'W[0, 0] = 2'], ['t = np.float64(0.1)'])
    """
    if array.dtype.kind == "O":
        return listed(f"{name} = exact_array", _listed(array), "", "rationals, ")
    if array.ndim == 0:
        return [f"{name} = np.{'complex128' if np.iscomplexobj(array) else 'float64'}({_number(array.item())})"]
    dtype = "" if array.dtype.kind in "ic" or np.any(array != np.round(array)) else ", dtype=float"
    flat = f"{name} = np.array({_text(_listed(array))}{dtype})" if array.size <= LINE else ""
    if 0 < len(flat) <= LINE:
        return [flat]
    if (sparse := _sparse(name, array)) is not None:
        return sparse
    rows = array.reshape(-1, array.shape[-1])
    if array.size <= MOST_ENTRIES and max(len(_text(_listed(row))) for row in rows) < LINE - 4 * (array.ndim + 1):
        return listed(f"{name} = np.array", _listed(array), dtype)
    numbers = textwrap.wrap(" ".join(_number(number) for number in array.ravel().tolist()), LINE - 4)
    kind = {"i": "int", "c": "complex"}.get(array.dtype.kind, "float")
    shape = "" if array.ndim == 1 else f".reshape({', '.join(map(str, array.shape))})"
    text = ['numbers = """', *(f"    {line}" for line in numbers), '"""']
    return [*text, f"{name} = np.array(numbers.split(), dtype={kind}){shape}"]


def listed(head: str, tree: Sequence[object] | str, tail: str, lead: str = "") -> list[str]:
    """A call with a nested list between other arguments, in as few lines as fit."""
    flat = f"{lead}{_text(tree)}{tail}"
    if len(head) + len(flat) + 2 <= LINE:
        return [f"{head}({flat})"]
    if len(flat) + 4 <= LINE:
        return [f"{head}(", f"    {flat}", ")"]
    before = [f"    {lead.rstrip()}"] if lead else []
    after = [f"    {tail.removeprefix(', ')},"] if tail else []
    return [f"{head}(", *before, *_lines(tree, 4, "," if lead or tail else ""), *after, ")"]


def _lines(tree: Sequence[object] | str, indent: int, tail: str) -> list[str]:
    flat = " " * indent + _text(tree) + tail
    if isinstance(tree, str) or (len(flat) <= LINE and indent > 4):
        return [flat]
    inner = [line for item in tree for line in _lines(item, indent + 4, ",")]  # type: ignore[arg-type]
    return [f"{' ' * indent}[", *inner, f"{' ' * indent}]{tail}"]


def _sparse(name: str, array: Array) -> list[str] | None:
    """Where an array is not zero, or not the identity; ``None`` where that is no shorter."""
    whole = array.dtype.kind == "i"
    shape = str(array.shape[0]) if array.ndim == 1 else str(array.shape)
    bases: list[tuple[str, Array]] = [
        (f"np.zeros({shape}{', dtype=int' if whole else ''})", np.zeros(array.shape)),
    ]
    if array.ndim == 2 and array.shape[0] == array.shape[1] and not whole:
        bases.append((f"np.eye({len(array)})", np.eye(len(array))))
    if array.ndim == 1 and whole:
        bases.append((f"np.arange({len(array)})", np.arange(len(array))))
    if array.dtype.kind == "c" or np.any(np.signbit(array) & (array == 0)):
        return None
    for text, base in bases:
        places = np.argwhere(array != base)
        if len(places) <= FEW:
            entries = [f"{name}[{', '.join(map(str, at))}] = {_number(array[tuple(at)].item())}" for at in places]
            return [f"{name} = {text}", *entries]
    return None


def _listed(array: Array) -> list[object] | str:
    if array.ndim == 0:
        return _number(array.item())
    if array.dtype.kind == "O":
        return [_listed(np.asarray(row)) for row in array]
    return [_listed(row) if row.ndim else _number(row.item()) for row in array]


def _text(tree: object) -> str:
    return tree if isinstance(tree, str) else f"[{', '.join(map(_text, tree))}]"  # type: ignore[call-overload]


def _number(value: complex | Fraction) -> str:
    """
    >>> _number(2.0), _number(0.1), _number(1e300), _number(-0.0), _number(1 + 2j)
    ('2', '0.1', '1e+300', '-0.0', '(1+2j)')
    """
    if isinstance(value, Fraction):
        return str(value) if value.denominator == 1 else repr(value)
    if isinstance(value, complex):
        return repr(value)
    if value == int(value) and abs(value) < 2**53 and not (value == 0 and str(value)[0] == "-"):
        return str(int(value))
    return repr(value)
