"""What exact arithmetic says about a function, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symmetry.checks.function.counterexamples.violation import Violation
from symmetry.evidence import Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["ExactReport"]


@dataclass(frozen=True)
class ExactReport:
    """What exact arithmetic says about a function.

    Args:
        function: its name.
        problem: what was claimed.
        seed: of everything random.
        exact: factor as written -> component -> evidence from rational points.
        modular: the same, modulo a prime.
        reason: why the function cannot be computed exactly at all, or ``None``.
    """

    function: str
    problem: Problem
    seed: int
    exact: Mapping[str, Mapping[int, Evidence]]
    modular: Mapping[str, Mapping[int, Evidence]]
    reason: str | None = None

    @property
    def components(self) -> dict[str, dict[int, Verdict]]:
        """Factor -> component -> verdict: *holds* where a method says so and none has found a violation."""
        return {
            factor: {c: _joined(e.verdict, self.modular[factor][c].verdict) for c, e in found.items()}
            for factor, found in self.exact.items()
        }

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Factor as written -> ``"holds"``, ``"violated"`` or ``"inconclusive"``, the weakest of its components."""
        return {factor: _weakest(list(found.values())) for factor, found in self.components.items()}

    @property
    def counterexamples(self) -> dict[str, Violation]:
        """Factor -> an exact counterexample, for the violated ones."""
        found: dict[str, Violation] = {}
        for factor, components in self.exact.items():
            for evidence in components.values():
                if isinstance(evidence.counterexample, Violation):
                    found.setdefault(factor, evidence.counterexample)
        return found


def _joined(exact: Verdict, modular: Verdict) -> Verdict:
    if "violated" in (exact, modular):
        return "violated"
    return "holds" if "holds" in (exact, modular) else "inconclusive"


def _weakest(verdicts: Sequence[Verdict]) -> Verdict:
    order: tuple[Verdict, ...] = ("violated", "inconclusive", "holds")
    return next(verdict for verdict in order if verdict in verdicts)
