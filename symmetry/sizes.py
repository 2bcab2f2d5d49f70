"""Generic sizes: linear forms such as ``n + m + 1`` with natural coefficients.

A size may be 0, and there is no subtraction, so every assignment of natural numbers to the names is
meaningful.

>>> d, n = Size.of("d"), Size.of("n")
>>> str(n + d + 1), n + d == d + n, (n + 2).substitute({"n": n + 1}) == n + 3
('d + n + 1', True, True)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from symmetry.errors import ShapeError

__all__ = ["NAME", "SIZE_LIMIT", "Reserved", "Size", "SizeLike", "is_name"]

# A letter, then letters, digits, subscripts and primes.
# The sign of the transpose is a letter to Unicode, and must not look like part of a name.
NAME = re.compile(r"(?!.*ᵀ)[^\W\d_][\w₀-₉'′]{0,31}")
_PART = re.compile(rf"(?:([0-9]{{1,9}})\s*\*\s*)?({NAME.pattern})|([0-9]{{1,9}})")
SIZE_LIMIT = 10**9


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Whether the text is a name."""
    return NAME.fullmatch(text) is not None


class Reserved(str):
    """A name that no reader and no user can write; only canonical forms name what they bind with it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Size:
    """A linear form: ``parts`` maps size names to positive coefficients (sorted by name), plus ``constant``.

    Raises:
        ShapeError: from :meth:`of` and :meth:`at`, when the text or a value is not a natural linear form.
    """

    parts: tuple[tuple[str, int], ...] = ()
    constant: int = 0

    def __post_init__(self) -> None:
        if type(self.constant) is not int or not 0 <= self.constant <= SIZE_LIMIT or type(self.parts) is not tuple:
            raise ShapeError(f"a size has a natural constant up to {SIZE_LIMIT}, not {self.constant!r:.99}")
        last = ""
        for name, coefficient in self.parts:
            if not (isinstance(name, Reserved) or (type(name) is str and is_name(name))) or name <= last:
                raise ShapeError(f"a size has different names in order, not {name!r:.99} after {last!r}")
            if type(coefficient) is not int or not 0 < coefficient <= SIZE_LIMIT:
                raise ShapeError(f"a size has natural coefficients up to {SIZE_LIMIT}, not {coefficient!r:.99}")
            last = name

    @staticmethod
    def of(value: SizeLike) -> Size:
        """The size written as a name, a natural number, or a sum such as ``"n + 2*m + 1"``."""
        if isinstance(value, Size):
            return value
        if isinstance(value, bool):
            raise ShapeError(f"a size is a name or a natural number, not {value!r}")
        if isinstance(value, int):
            if not 0 <= value <= SIZE_LIMIT:
                raise ShapeError(f"a size lies between 0 and {SIZE_LIMIT}, not {value}")
            return Size((), value)
        if isinstance(value, str):
            return _parse(value)
        raise ShapeError(f"a size is a name or a natural number, not {value!r}")

    def __add__(self, other: SizeLike) -> Size:
        other = Size.of(other)
        if not other.parts:
            return Size(self.parts, self.constant + other.constant)
        total = dict(self.parts)
        for name, coefficient in other.parts:
            total[name] = total.get(name, 0) + coefficient
        return Size(tuple(sorted(total.items())), self.constant + other.constant)

    __radd__ = __add__

    @property
    def is_zero(self) -> bool:
        return not self.parts and self.constant == 0

    @property
    def is_one(self) -> bool:
        return not self.parts and self.constant == 1

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.parts)

    def minus(self, other: Size) -> Size | None:
        """The size ``self - other`` where it is a natural linear form (so ``other <= self`` always), else ``None``."""
        left, right = dict(self.parts), dict(other.parts)
        difference = {name: left.get(name, 0) - right.get(name, 0) for name in left | right}
        constant = self.constant - other.constant
        if constant < 0 or any(value < 0 for value in difference.values()):
            return None
        return Size(tuple(sorted((name, value) for name, value in difference.items() if value)), constant)

    def substitute(self, sizes: Mapping[str, Size]) -> Size:
        """Replace size names by sizes, all at once."""
        if not any(name in sizes for name, _ in self.parts):
            return self
        total = Size((), self.constant)
        for name, coefficient in self.parts:
            value = sizes.get(name, Size(((name, 1),)))
            total = total + Size(
                tuple((inner, coefficient * times) for inner, times in value.parts), coefficient * value.constant
            )
        return total

    def at(self, values: Mapping[str, int]) -> int:
        """The natural number that this size is when its names have the given values."""
        missing = [name for name, _ in self.parts if name not in values]
        if missing:
            raise ShapeError(f"size {self} needs a value for {', '.join(missing)}")
        return self.constant + sum(coefficient * values[name] for name, coefficient in self.parts)

    def __str__(self) -> str:
        words = [name if coefficient == 1 else f"{coefficient}*{name}" for name, coefficient in self.parts]
        if self.constant or not words:
            words.append(str(self.constant))
        return " + ".join(words)

    def __repr__(self) -> str:
        return f"Size({str(self)!r})"


SizeLike = Size | int | str


@lru_cache(maxsize=512)
def _parse(text: str) -> Size:
    if len(text) > 256:
        raise ShapeError(f"a size is a short linear form, not {len(text)} characters")
    total = Size()
    for part in text.split("+"):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ShapeError(f"{text!r} is not a size: expected a sum of names and natural numbers such as 'n + m + 1'")
        coefficient, name, number = match.groups()
        if number is not None:
            total = total + int(number)
        elif coefficient is None or int(coefficient):
            total = total + Size(((name, 1 if coefficient is None else int(coefficient)),))
    return total
