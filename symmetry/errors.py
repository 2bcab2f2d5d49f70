"""One tree of exceptions.

Every message says what was wrong, where, what stood on both sides, and what to do next.

>>> issubclass(KernelError, SymmetryError) and issubclass(ProblemError, UsageError)
True
"""

from __future__ import annotations

__all__ = [
    "CitationError",
    "DerivationError",
    "FunctionError",
    "GramMismatch",
    "KernelError",
    "ProblemError",
    "ShapeError",
    "SymmetryError",
    "TooLarge",
    "Underivable",
    "Untraceable",
    "UsageError",
]


class SymmetryError(Exception):
    """Anything this package refuses; catch this one to catch all."""


class ShapeError(SymmetryError):
    """Two matrix terms whose symbolic shapes do not fit were combined."""


class KernelError(SymmetryError):
    """A rule of the kernel refused a step: a shape, a link or a side condition."""


class DerivationError(SymmetryError):
    """A derivation is not well-formed data, or a recorded conclusion is not the one the kernel found.

    Attributes:
        step: name of the step at which replay stopped, or ``None``.
        rule: the rule of that step, or ``None``.
    """

    def __init__(self, message: str, *, step: str | None = None, rule: str | None = None):
        super().__init__(message)
        self.step = step
        self.rule = rule


class CitationError(SymmetryError):
    """A derivation names a lemma that is not among the theorems at hand."""


class GramMismatch(SymmetryError):
    """Two matrices have different Gram matrices, so no orthogonal matrix carries one to the other."""


class Underivable(SymmetryError):
    """No theorem at hand gives the general form that was asked for (exit status 3).

    Attributes:
        reason: what stands in the way.
        missing: the piece of mathematics that would be needed.
    """

    def __init__(self, reason: str, missing: str):
        self.reason = reason
        self.missing = missing
        super().__init__(f"{reason}\n  missing: {missing}")


class UsageError(SymmetryError):
    """What the user gave cannot be used as it stands (exit status 2)."""


class TooLarge(UsageError):
    """What was asked for would take too long; the message says how large it is (exit status 2)."""


class ProblemError(UsageError):
    """A problem line or a group does not parse; the message points at the character.

    Attributes:
        text: the line that was read.
        position: 0-based index into ``text`` of the character at fault.
        expected: what would have been accepted there.
    """

    def __init__(self, text: str, position: int, expected: str, found: str | None = None):
        self.text = text
        self.position = position
        self.expected = expected
        if found is None:
            found = repr(text[position]) if position < len(text) else "the end of the line"
        super().__init__(
            f"expected {expected} but found {found} at character {position + 1}\n  {text}\n  {' ' * position}^"
        )


class FunctionError(UsageError):
    """A user's function cannot be loaded or called as the problem says (exit status 2)."""


class Untraceable(FunctionError):
    """A function does something that a trace cannot follow: what it is stands in the message, with file and line.

    Attributes:
        reason: what was done, in words.
        hint: what would make it traceable; empty where nothing is known.
        file, line: where in the user's code; ``None`` where it is not known.
    """

    def __init__(self, reason: str, hint: str = "", file: str | None = None, line: int | None = None):
        self.reason = reason
        self.hint = hint
        self.file = file
        self.line = line
        where = "" if file is None else f"{file}:{line}: "
        super().__init__(f"{where}{reason}" + (f"; {hint}" if hint else ""))
