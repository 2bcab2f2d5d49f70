"""Verdicts as Markdown in the manner of GitHub, for the summary of a workflow: a table, and what is not as claimed."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from symmetry.suite.outcome import Finding, Outcome, SuiteReport

__all__ = ["markdown"]

MARKS = {"passed": "✅", "failed": "❌", "inconclusive": "❓", "error": "⛔", "skipped": "⏭️"}
LONGEST = 500_000  # characters; GitHub drops a summary of more than 1 MiB


def markdown(report: SuiteReport, title: str = "Symmetry") -> str:
    """A heading, a table with a row for each claim and factor, and a foldable section for each that is not as claimed.

    >>> print(markdown(SuiteReport(())).splitlines()[2])
    nothing was checked
    """
    lines = [f"### {_text(title)}", "", report.summary, ""]
    rows = [_row(outcome.claim.name, finding) for outcome in report.outcomes for finding in outcome.findings]
    if rows:
        lines += [
            "| | claim | factor | expected | found | samples | residual | tolerance |",
            "|---|---|---|---|---|---:|---:|---:|",
            *rows,
            "",
        ]
    length, left_out = sum(map(len, lines)), 0
    for outcome in report.outcomes:
        for text, findings in outcome.faults().items():
            section = _section(outcome, findings, text)
            length += len(section)
            if length > LONGEST:
                left_out += 1
            else:
                lines += [section, ""]
    if left_out:
        lines += [f"{left_out} more are left out, since a summary has a largest size; `--json` has all of them.", ""]
    return "\n".join(lines) + "\n"


def _row(claim: str, finding: Finding) -> str:
    cells = [MARKS[finding.result], claim, finding.factor, finding.expected, finding.found or finding.result]
    return "| " + " | ".join(_text(cell) for cell in (*cells, *finding.numbers)) + " |"


def _section(outcome: Outcome, findings: Sequence[Finding], text: str) -> str:
    """A foldable section: what was found and, for a counterexample, a program that shows it again."""
    heading = html.escape(outcome.heading(*findings), quote=False)
    parts = [f"<details><summary>{heading}</summary>", _fenced(text, "text")]
    found = findings[0].counterexample
    if findings[0].result == "failed" and found is not None:
        parts += [
            "To see it again, where the function is found:",
            _fenced(found.code(outcome.claim.function), "python"),
        ]
    return "\n\n".join([*parts, "</details>"])


def _fenced(text: str, language: str) -> str:
    """The text in a fence that is longer than any in it."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{fence}{language}\n{text.strip()}\n{fence}"


def _text(text: str) -> str:
    """One line in which nothing is markup, also in a cell of a table."""
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", html.escape(" ".join(text.split()), quote=False))
