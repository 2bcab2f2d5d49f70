"""A text and a position in it: what the readers of problem lines and of groups are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn

from symmetry.errors import ProblemError

__all__ = ["Scanner", "nearest"]

LONGEST_SIZE = 9  # digits


class Scanner:
    """A text and a position in it."""

    def __init__(self, text: str):
        self.text = "".join(" " if c.isspace() else c for c in text)
        self.at = 0

    def next(self) -> str:
        """The next character that is not blank, or ``""``; moves up to it."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, *literals: str) -> bool:
        """Whether one of the literals comes next; moves behind it."""
        self.next()
        for literal in literals:
            if self.text.startswith(literal, self.at):
                self.at += len(literal)
                return True
        return False

    def word(self) -> str | None:
        """The name that comes next, or ``None``; moves behind it."""
        if not self.next().isidentifier():
            return None
        start = self.at
        while self.at < len(self.text) and ("a" + self.text[self.at]).isidentifier():
            self.at += 1
        return self.text[start : self.at]

    def axis(self) -> str | int | None:
        """The axis that comes next, or ``None``; moves behind it."""
        character = self.next()
        if not (character.isascii() and character.isdigit()):
            return self.word()
        start = self.at
        while self.text[self.at : self.at + 1].isascii() and self.text[self.at : self.at + 1].isdigit():
            self.at += 1
        digits = self.text[start : self.at]
        if ("a" + self.text[self.at : self.at + 1]).isidentifier() and self.at < len(self.text):
            self.fail(f"a blank after the size {digits}")
        if len(digits) > LONGEST_SIZE or int(digits) == 0:
            shown = repr(digits) if len(digits) <= LONGEST_SIZE else f"a number of {len(digits)} digits"
            self.fail(f"a size from 1 to {10**LONGEST_SIZE - 1}", start, shown)
        return int(digits)

    def fail(self, expected: str, at: int | None = None, found: str | None = None) -> NoReturn:
        if at is None:
            self.next()
            at = self.at
        raise ProblemError(self.text, at, expected, found)


def nearest(word: str, words: Iterable[str]) -> str:
    """``"; did you mean 'd'?"``, or nothing when no word is near."""
    by_lower = {known.lower(): known for known in words}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""
