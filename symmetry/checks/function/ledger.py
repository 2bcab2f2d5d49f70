"""What was seen of one component of one factor, and what that amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symmetry.checks.function.comparing import Comparison
from symmetry.checks.function.report import Violation
from symmetry.checks.function.stream import Tally
from symmetry.evidence import Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["Ledger", "evidence_of"]

UNEXPLAINED = 0.01  # share of the trials


@dataclass
class Ledger:
    """What was seen of one component.

    Args:
        samples: comparisons, of which ``generic`` at generic inputs.
        skipped: points or trials without a comparison.
        residual, tolerance: of the worst comparison.
        held, broken: sizes at which a comparison was within its tolerance, and at which there was a violation.
        failure: what keeps the component from holding, and whether only rounding is to blame.
        remark: why something was skipped.
        violation: a counterexample.
        detects: relative size of a violation that was planted and seen.
    """

    samples: int = 0
    generic: int = 0
    skipped: int = 0
    residual: float = 0.0
    tolerance: float = 1.0
    held: dict[Problem, None] = field(default_factory=dict)
    broken: dict[Problem, None] = field(default_factory=dict)
    failure: str | None = None
    is_rounding: bool = True
    remark: str | None = None
    violation: Violation | None = None
    detects: float | None = None

    def count(self, comparison: Comparison, sized: Problem, is_generic: bool) -> None:
        """A comparison within its tolerance, or a violation."""
        self.samples += 1
        self.generic += is_generic
        (self.broken if comparison.outcome == "violated" else self.held)[sized] = None
        self._worst(comparison.residual, comparison.tolerance)

    def add(self, tally: Tally, sizes: Sequence[Problem]) -> None:
        """What the trials came to, at these sizes."""
        self.samples += tally.samples
        self.generic += tally.samples
        self.skipped += tally.skipped
        if tally.samples:
            self._worst(tally.residual, tally.tolerance)
            self.held.update(dict.fromkeys(sizes))
        if tally.remark:
            self.remark = self.remark or tally.remark
        if tally.unexplained > UNEXPLAINED * (tally.samples + tally.unexplained):
            self.fail(f"{tally.remark} ({tally.unexplained} such trials)", is_rounding=True)

    def skip(self, why: str) -> None:
        """A point that is not held against the function."""
        self.skipped += 1
        self.remark = self.remark or why

    def fail(self, why: str, *, is_rounding: bool = False) -> None:
        """A point at which the function should have been comparable, and was not."""
        self.skipped += 1
        if self.failure is None or (self.is_rounding and not is_rounding):
            self.failure, self.is_rounding = why, is_rounding

    def _worst(self, residual: float, tolerance: float) -> None:
        if self.samples == 1 or residual * self.tolerance > self.residual * tolerance:
            self.residual, self.tolerance = residual, tolerance

    @property
    def is_blurred(self) -> bool:
        """Whether nothing but rounding stands between the component and a verdict."""
        return self.violation is None and (self.failure is None or self.is_rounding)

    @property
    def verdict(self) -> Verdict:
        if self.violation is not None:
            return "violated"
        return "holds" if self.generic and self.failure is None else "inconclusive"

    @property
    def detail(self) -> str:
        if self.violation is not None:
            return self.violation.note
        if self.failure is not None:
            return self.failure
        if not self.generic:
            return f"nothing could be compared at a generic input: {self.remark or 'no points'}"
        return f"{self.skipped} points skipped: {self.remark}" if self.skipped else ""


def evidence_of(ledgers: Sequence[Ledger], verdicts: Sequence[Verdict], seed: int, reason: str | None) -> Evidence:
    """The evidence for a factor from that for its components: as strong as the weakest.

    Args:
        ledgers, verdicts: one each for every component.
        seed: of the check.
        reason: why nothing can be judged at all, or ``None``.
    """
    order: tuple[Verdict, ...] = ("violated", "inconclusive", "holds")
    verdict = next(word for word in order if word in verdicts)
    decisive = [ledger for ledger, found in zip(ledgers, verdicts, strict=True) if found == verdict]
    worst = max(ledgers, key=lambda ledger: ledger.residual / ledger.tolerance)
    seen = any(ledger.samples for ledger in ledgers)
    sizes = dict.fromkeys(sized for ledger in ledgers for sized in (*ledger.held, *ledger.broken))
    return Evidence(
        method="sampled",
        verdict=verdict,
        sizes=tuple(sized.sizes for sized in sizes),
        samples=sum(ledger.samples for ledger in ledgers),
        seed=seed,
        residual=worst.residual if seen else None,
        tolerance=worst.tolerance if seen else None,
        counterexample=next((x.violation for x in decisive if x.violation is not None), None) if not reason else None,
        skipped=sum(ledger.skipped for ledger in ledgers),
        detail=reason or decisive[0].detail,
    )
