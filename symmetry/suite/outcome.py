"""What became of claims about functions: for each claim and factor what was expected and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from symmetry.checks.function.report import FunctionReport, Violation
from symmetry.evidence import Evidence, Verdict
from symmetry.suite.claims_file import Expected, FunctionClaim

__all__ = ["Finding", "Outcome", "Result", "SuiteReport"]

Result = Literal["passed", "failed", "inconclusive", "error", "skipped"]
RESULTS: tuple[Result, ...] = ("passed", "failed", "inconclusive", "error", "skipped")


@dataclass(frozen=True)
class Finding:
    """One factor of a claim.

    Args:
        factor: as written, ``"O(d)"``.
        expected: what the claim says of it.
        result: ``"passed"``: as expected; ``"failed"``: the opposite; ``"inconclusive"``, or ``"skipped"`` where the
            claim says so; ``"error"``: the function could not be loaded or called.
        found: the verdict, ``None`` for an error.
        reason: one sentence about what is not as expected, empty for ``"passed"``.
        evidence, counterexample: where there are any.
        detects: of a factor that holds, the relative size of a planted violation that was seen, where there is one.
    """

    factor: str
    expected: Expected
    result: Result
    found: Verdict | None = None
    reason: str = ""
    evidence: Evidence | None = None
    counterexample: Violation | None = None
    detects: float | None = None

    @property
    def numbers(self) -> tuple[str, str, str]:
        """Samples, relative residual and tolerance; empty where there are none."""
        evidence = self.evidence
        if evidence is None or evidence.residual is None or evidence.tolerance is None:
            return ("", "", "")
        return (str(evidence.samples), f"{evidence.residual:.1e}", f"{evidence.tolerance:.1e}")

    @property
    def how(self) -> str:
        """How hard was looked, in one line."""
        samples, residual, tolerance = self.numbers
        seen = "" if self.detects is None else f"; a planted violation of {self.detects:.0e} was seen"
        return f"{samples} samples, residual {residual}, tolerance {tolerance}{seen}" if samples else "no samples"

    def text(self, width: int = 80) -> str:
        """The reason; or the counterexample, for a terminal of some width, where it is what is not as expected."""
        if self.result == "failed" and self.counterexample is not None:
            return self.counterexample.text(width)
        return self.reason


@dataclass(frozen=True)
class Outcome:
    """What became of one claim.

    Args:
        claim: the claim.
        report: of ``check``, or ``None``.
        error: why there is no report.
    """

    claim: FunctionClaim
    report: FunctionReport | None = None
    error: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One for each factor of the group."""
        return tuple(self._finding(factor, expected) for factor, expected in self.claim.expected.items())

    def faults(self, width: int = 80) -> dict[str, list[Finding]]:
        """What is not as claimed, or not known: text -> the findings of which it is true."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            if finding.result != "passed":
                found.setdefault(finding.text(width), []).append(finding)
        return found

    def heading(self, *findings: Finding) -> str:
        """What was expected and what was found, in one line.

        Args:
            findings: of this claim, with the same result.
        """
        first = findings[0]
        factors = ", ".join(finding.factor for finding in findings)
        return f"{self.claim.name}, {factors}: expected {first.expected}, found {first.found or first.result}"

    def message(self, finding: Finding) -> str:
        """What a finding says to somebody who sees nothing else."""
        claim = self.claim
        lines = [
            self.heading(finding),
            f"{claim.function} : {claim.problem}   under {claim.problem.group}",
            finding.text(),
        ]
        if self.report is not None:
            lines.append(f"{finding.how}; seed {self.report.seed}")
        return "\n".join(lines)

    def _finding(self, factor: str, expected: Expected) -> Finding:
        if self.report is None:
            return Finding(factor, expected, "error", reason=self.error or "there is no report")
        evidence = self.report.evidence[factor]
        found = evidence.verdict
        counterexample = self.report.counterexamples.get(factor)
        result: Result = "passed" if found == expected else "failed"
        reason = "" if found == expected else evidence.reason
        if found == "inconclusive":
            result = "skipped" if self.claim.skips else "inconclusive"
        elif found == "holds" and expected == "violated":
            reason = f"{factor} is claimed to be violated, but no violation was found in {evidence.samples} samples"
        detects = self.report.detects.get(factor)
        return Finding(factor, expected, result, found, reason, evidence, counterexample, detects)

    def to_json(self) -> dict[str, Any]:
        """The claim and what became of it; see :meth:`SuiteReport.to_json`."""
        return {
            "name": self.claim.name,
            "function": self.claim.function,
            "problem": str(self.claim.problem),
            "group": str(self.claim.problem.group),
            "ok": _exit_status(self.findings) == 0,
            "exit_status": _exit_status(self.findings),
            "error": self.error or None,
            "expected": dict(self.claim.expected),
            "results": {finding.factor: finding.result for finding in self.findings},
            "reasons": {finding.factor: finding.reason for finding in self.findings if finding.reason},
            "report": None if self.report is None else self.report.to_json(),
        }


@dataclass(frozen=True)
class SuiteReport:
    """What became of the claims of a file.

    Args:
        outcomes: one for each claim.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of all claims."""
        return tuple(finding for outcome in self.outcomes for finding in outcome.findings)

    @property
    def exit_status(self) -> int:
        """2 an error, else 1 a claim failed, else 3 something was inconclusive or nothing was checked, else 0."""
        return _exit_status(self.findings)

    @property
    def ok(self) -> bool:
        """Whether something was checked, and everything that was checked is as claimed."""
        return self.exit_status == 0

    @property
    def counts(self) -> dict[Result, int]:
        """How many findings there are of each result that occurs."""
        found = Counter(finding.result for finding in self.findings)
        return {result: found[result] for result in RESULTS if found[result]}

    @property
    def summary(self) -> str:
        """The counts in words.

        >>> SuiteReport(()).summary
        'nothing was checked'
        """
        plural = {"error": "errors"}
        parts = [f"{n} {plural.get(result, result) if n > 1 else result}" for result, n in self.counts.items()]
        return ", ".join(parts) or "nothing was checked"

    def to_json(self) -> dict[str, Any]:
        """The report as a document of plain values; the same seeds give the same document.

        Keys: ``ok``, ``exit_status``, ``counts`` (result -> number of findings) and ``claims``, each with ``name``,
        ``function``, ``problem``, ``group``, ``ok``, ``exit_status``, ``error``, ``expected`` (factor -> word),
        ``results`` (factor -> word), ``reasons`` (factor -> sentence, where it is not as expected) and ``report``, the
        document of ``check``, or ``null``. ``check.schema.json`` in the package describes both.
        """
        return {
            "ok": self.ok,
            "exit_status": self.exit_status,
            "counts": dict(self.counts),
            "claims": [outcome.to_json() for outcome in self.outcomes],
        }


def _exit_status(findings: Sequence[Finding]) -> int:
    results = {finding.result for finding in findings}
    for result, status in (("error", 2), ("failed", 1), ("inconclusive", 3)):
        if result in results:
            return status
    return 0 if "passed" in results else 3
