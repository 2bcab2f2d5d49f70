"""Verdicts on the claims of a file, for people: a table, then what is not as claimed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symmetry.report import print_hung
from symmetry.suite.outcome import SuiteReport

__all__ = ["print_suite"]

RESULTS = {"passed": "green", "failed": "bold red", "inconclusive": "yellow", "error": "bold red", "skipped": "dim"}


HEADINGS = ("claim", "factor", "expected", "found", "samples", "residual", "tolerance")
LEAST, GAP = 4, 3  # columns that are always shown; blanks between columns


def print_suite(report: SuiteReport, out: Console) -> None:
    """One row for each claim and factor, the reasons and counterexamples below, and a last line that counts."""
    rows: list[tuple[str, ...]] = []
    styles: list[str] = []
    for outcome in report.outcomes:
        for index, finding in enumerate(outcome.findings):
            name = "" if index else outcome.claim.name
            word = finding.found or finding.result
            rows.append((name, finding.factor, finding.expected, word, *finding.numbers))
            styles.append(RESULTS[finding.result])
    out.print(_table(rows, styles, out.width))
    for outcome in report.outcomes:
        for text, findings in outcome.faults(out.width).items():
            out.print()
            print_hung(Text(outcome.heading(*findings), style=RESULTS[findings[0].result]), out, "")
            for line in text.splitlines():
                print_hung(Text(line), out, "")
    out.print()
    out.print(Text(report.summary, style="bold green" if report.ok else "bold red"))


def _table(rows: Sequence[Sequence[str]], styles: Sequence[str], width: int) -> Table:
    """The rows, with as many of the last columns as there is room for."""
    widths = [max(map(cell_len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    count = len(HEADINGS)
    while count > LEAST and sum(widths[:count]) + GAP * (count - 1) > width:
        count -= 1
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, heading in enumerate(HEADINGS[:count]):
        table.add_column(heading, justify="left" if index < LEAST else "right", overflow="fold")
    for row, style in zip(rows, styles, strict=True):
        cells = [Text(cell, style=style if heading == "found" else "") for heading, cell in zip(HEADINGS, row)]
        table.add_row(*cells[:count])
    return table
