"""Walks: a way through the claims, from a first assumption to an end, that reads as one page.

A package registers walks beside its claims: the module named by an entry point of the group ``symmetry.claims`` may
have a sequence ``WALKS``. A walk is data; what it shows of a claim is read off the theorem and evidence of the run.

>>> walk = Walk("down", "Down the hill", (Stage("One step", "then rest", ("gram-invariance",)),))
>>> walk.claims
('gram-invariance',)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symmetry.errors import UsageError

__all__ = ["Row", "Stage", "Walk", "walks"]


@dataclass(frozen=True)
class Stage:
    """One step of a walk.

    Args:
        heading: a few words.
        text: what happens here, in a sentence or two.
        claims: ids of the claims that establish it.
    """

    heading: str
    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One line of the comparison at the end of a walk.

    Args:
        part: what is compared.
        general: how it is in general.
        instance: how it is in the instance.
        standing: whether the symmetry fixes it, or leaves it free.
        by: ids of the claims that say so.
    """

    part: str
    general: str
    instance: str
    standing: Literal["fixed", "free", "narrowed"]
    by: tuple[str, ...]


@dataclass(frozen=True)
class Walk:
    """A way through the claims.

    Args:
        id: what `symmetry explain` is asked for.
        title: one line in words.
        stages: in order.
        general, instance: headings of the comparison.
        rows: the comparison, term by term; may be empty.
        ending: a last sentence.
    """

    id: str
    title: str
    stages: tuple[Stage, ...]
    general: str = ""
    instance: str = ""
    rows: tuple[Row, ...] = ()
    ending: str = ""

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of all claims that it speaks of, in order of first mention."""
        mentioned = [id for stage in self.stages for id in stage.claims] + [id for row in self.rows for id in row.by]
        return tuple(dict.fromkeys(mentioned))


def walks() -> dict[str, Walk]:
    """Every registered walk, by id.

    Raises:
        UsageError: an entry point cannot be loaded, or two walks share an id.
    """
    from symmetry.registry import registered

    found: dict[str, Walk] = {}
    for walk in registered("WALKS", ()):
        if found.setdefault(walk.id, walk) != walk:
            raise UsageError(f"two walks are called {walk.id!r}")
    return found
