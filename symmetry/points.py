"""What a source says, point by point, each with the claims that establish it or the words of how it is to be read.

A package registers points beside its claims: the module that holds its ``CLAIMS`` may hold ``POINTS``, a sequence of
:class:`Point`. How a point stands is computed from its claims in a run (:class:`symmetry.claims.Standing`).

>>> Point(1, "Rotations keep lengths.", source="A. Author, 1900", claims=("gram-invariance",)).claims
('gram-invariance',)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from symmetry.errors import UsageError
from symmetry.registry import Entry, registered

__all__ = ["Point", "points"]


@dataclass(frozen=True)
class Point:
    """One thing that a source says.

    Args:
        number: its number in the source.
        text: what is said, in a sentence.
        claims: ids of the claims that establish it.
        interpretation: which part of it is interpretation or definition and not a statement to prove; empty if none is.
        source: author, title, year.

    Raises:
        UsageError: a part is not of this form, or there are neither claims nor an interpretation.

    >>> Point(1, "Attention is natural.", source="A. Author, 1900")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: point 1 of 'A. Author, 1900' has neither claims nor an interpretation
    """

    number: int | str
    text: str
    claims: tuple[str, ...] = ()
    interpretation: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        name = f"point {self.number} of {self.source!r}"
        if not isinstance(self.number, int | str) or isinstance(self.number, bool) or self.number == "":
            raise UsageError(f"{name}: its number is a number or a text")
        for part in ("text", "source"):
            if not isinstance(getattr(self, part), str) or not getattr(self, part):
                raise UsageError(f"{name}: its {part} is text, not {getattr(self, part)!r}")
        if not isinstance(self.interpretation, str):
            raise UsageError(f"{name}: its interpretation is text, not {self.interpretation!r}")
        if not isinstance(self.claims, tuple) or not all(isinstance(id, str) for id in self.claims):
            raise UsageError(f"{name}: its claims are a tuple of ids, not {self.claims!r}")
        if not self.claims and not self.interpretation:
            raise UsageError(f"{name} has neither claims nor an interpretation")


def points(among: Iterable[Entry]) -> tuple[Point, ...]:
    """Every registered point, in the order of registration.

    Args:
        among: the registered claims.

    Raises:
        UsageError: a point names a claim that is not registered, or two points of a source share a number.
    """
    known = {entry.id for entry in among}
    found: dict[tuple[str, int | str], Point] = {}
    for point in registered("POINTS", default=()):
        if not isinstance(point, Point):
            raise UsageError(f"registered points are of type Point, not {point!r}")
        for id in point.claims:
            if id not in known:
                raise UsageError(f"point {point.number} of {point.source!r} names {id!r}, not a registered claim")
        if found.setdefault((point.source, point.number), point) != point:
            raise UsageError(f"two points of {point.source!r} have the number {point.number}")
    return tuple(found.values())
