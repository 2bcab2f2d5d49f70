"""What became of one goal at one point, or of a whole statement at one size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["HOLDS", "UNKNOWN", "VACUOUS", "VIOLATED", "Outcome"]

HOLDS, VIOLATED, VACUOUS, UNKNOWN = "holds", "violated", "vacuous", "unknown"


@dataclass(frozen=True)
class Outcome:
    """A status with its reason.

    Args:
        status: ``holds``, ``violated``, ``vacuous`` (a premise without variables is false) or ``unknown``.
        note: the reason in words.
        left, right: both sides of the equation that failed, printable.
        values: what the names stood for, matrices or maps.
        points: how many points were evaluated.
    """

    status: str
    note: str = ""
    left: Any = None
    right: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    points: int = 0
