"""Verdicts as Markdown in the manner of GitHub, for the summary of a workflow: a table, and what is not as claimed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from symmetry.suite.outcome import Finding, SuiteReport

__all__ = ["markdown"]

MARKS = {"passed": "✅", "failed": "❌", "inconclusive": "❓", "error": "⛔", "skipped": "⏭️"}
LONGEST = 500_000  # characters; GitHub drops a summary of more than 1 MiB


def markdown(report: SuiteReport, title: str = "Symmetry") -> str:
    """A heading, a table with a row for each claim and factor, and a foldable section for each that is not as claimed.

    >>> print(markdown(SuiteReport(())).splitlines()[2])
    nothing was checked
    """
    counts = ", ".join(f"{count} {result}" for result, count in report.counts.items())
    lines = [f"### {_text(title)}", "", counts or "nothing was checked", ""]
    rows = [(outcome.claim.name, finding) for outcome in report.outcomes for finding in outcome.findings]
    if rows:
        lines += [
            "| | claim | factor | expected | found | samples | residual | tolerance |",
            "|---|---|---|---|---|---:|---:|---:|",
            *(_row(claim, finding) for claim, finding in rows),
            "",
        ]
    length, left_out = sum(map(len, lines)), 0
    for claim, finding in rows:
        if finding.result != "passed":
            section = "\n".join(_section(claim, finding))
            if length + len(section) > LONGEST:
                left_out += 1
                continue
            length += len(section)
            lines += [section, ""]
    if left_out:
        lines += [f"{left_out} more are left out, since a summary has a largest size; `--json` has all of them.", ""]
    return "\n".join(lines) + "\n"


def _row(claim: str, finding: Finding) -> str:
    cells = [MARKS[finding.result], claim, finding.factor, finding.expected, finding.found or finding.result]
    return "| " + " | ".join(_text(cell) for cell in (*cells, *finding.numbers)) + " |"


def _section(claim: str, finding: Finding) -> Iterator[str]:
    yield f"<details><summary>{_escaped(claim)}, {_escaped(finding.factor)}: {finding.result}</summary>"
    yield ""
    yield from _fenced(finding.text)
    yield ""
    yield "</details>"


def _fenced(text: str) -> Iterator[str]:
    """The text in a fence that is longer than any in it."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 3)
    yield f"{fence}text"
    yield text
    yield fence


def _text(text: str) -> str:
    """One line in which nothing is markup, also in a cell of a table."""
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", _escaped(" ".join(text.split())))


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
