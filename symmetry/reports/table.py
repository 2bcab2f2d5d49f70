"""Verdicts on the claims of a file, for people: a table, then what is not as claimed."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symmetry.report import STYLES
from symmetry.suite.outcome import SuiteReport

__all__ = ["print_suite"]

RESULTS = {"passed": "green", "failed": "bold red", "inconclusive": "yellow", "error": "bold red", "skipped": "dim"}


def print_suite(report: SuiteReport, out: Console) -> None:
    """One row for each claim and factor, the reasons and counterexamples below, and a last line that counts."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("claim", "factor", "expected", "found"):
        table.add_column(heading, overflow="fold")
    for heading in ("samples", "residual", "tolerance"):
        table.add_column(heading, justify="right", overflow="fold")
    for outcome in report.outcomes:
        for index, finding in enumerate(outcome.findings):
            word = finding.found or finding.result
            style = RESULTS[finding.result] if finding.result != "passed" else STYLES["holds"]
            numbers = (Text(number) for number in finding.numbers)
            name = Text("" if index else outcome.claim.name)
            table.add_row(name, Text(finding.factor), Text(finding.expected), Text(word, style=style), *numbers)
    out.print(table)
    for outcome in report.outcomes:
        for text in dict.fromkeys(finding.text for finding in outcome.findings if finding.result != "passed"):
            factors = [f for f in outcome.findings if f.result != "passed" and f.text == text]
            heading = f"{outcome.claim.name}, {', '.join(f.factor for f in factors)}: {factors[0].result}"
            out.print(Text(f"\n{heading}", style=RESULTS[factors[0].result]))
            out.print(Text(text))
    counts = ", ".join(f"{count} {result}" for result, count in report.counts.items())
    out.print(Text(f"\n{counts or 'nothing was checked'}", style="bold green" if report.ok else "bold red"))
