"""What a check returns: how hard it looked, how precisely, and what it found.

Evidence never claims more than its method shows (see the table of `symmetry trust` words in the
README): ``exact`` speaks for the listed sizes only, ``sampled`` says that no violation was seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from symmetry.errors import SymmetryError

__all__ = ["Counterexample", "Evidence", "Verdict"]

Verdict = Literal["holds", "violated", "inconclusive"]


@dataclass(frozen=True)
class Counterexample:
    """A point at which a statement fails.

    Args:
        values: name -> printable value (a matrix as nested tuples of numbers), in the order of use.
        left, right: the two sides that should have been equal there, printable, or ``None``.
        note: one sentence in words.
        seed: the seed that reproduces it, where it was found by sampling.
    """

    values: Mapping[str, Any]
    note: str
    left: Any = None
    right: Any = None
    seed: int | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """The outcome of one check.

    Args:
        method: ``"exact"`` (rational), ``"modular"`` (a random large prime), ``"sampled"`` (floating point), or
            ``"complete"`` (exact as well: the dimension of all polynomial maps with the symmetry, computed from its
            definition, is that of the forms; a sample is a space of one degree at one size that is not zero).
        verdict: ``"holds"``, ``"violated"`` or ``"inconclusive"``.
        sizes: the size assignments looked at.
        samples: number of points evaluated; 0 can only be ``inconclusive``.
        residual, tolerance: worst residual and the derived bound it was held against (floating point only).
        error_bound: probability that a false identity passed (modular only).
        skipped: points that could not be evaluated, with the reasons in ``detail``.

    Raises:
        SymmetryError: ``holds`` without samples, or with a residual that is not finite or above its tolerance.

    >>> Evidence("sampled", "holds", sizes=({"d": 3},), samples=4, residual=1e-16, tolerance=1e-14).verdict
    'holds'
    >>> Evidence("exact", "holds", sizes=(), samples=0)
    Traceback (most recent call last):
    ...
    symmetry.errors.SymmetryError: evidence 'holds' without a single evaluated sample
    """

    method: Literal["exact", "modular", "sampled", "complete"]
    verdict: Verdict
    sizes: tuple[Mapping[str, int], ...] = ()
    samples: int = 0
    seed: int | None = None
    residual: float | None = None
    tolerance: float | None = None
    error_bound: float | None = None
    counterexample: Counterexample | None = None
    skipped: int = 0
    detail: str = ""

    def __post_init__(self) -> None:
        if self.verdict != "holds":
            return
        if self.samples < 1:
            raise SymmetryError("evidence 'holds' without a single evaluated sample")
        if self.residual is not None:
            if self.tolerance is None or not math.isfinite(self.residual):
                raise SymmetryError(f"evidence 'holds' with residual {self.residual} and tolerance {self.tolerance}")
            if self.residual > self.tolerance:
                raise SymmetryError(f"evidence 'holds' with residual {self.residual} above {self.tolerance}")

    @property
    def reason(self) -> str:
        """Why it does not hold: the detail or, where there is none, the note of the counterexample."""
        note = self.counterexample.note if self.counterexample is not None else ""
        return self.detail or note or "no reason is given"
