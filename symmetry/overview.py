"""All claims at a glance, by chapter, and what sources say point by point: what a plain ``symmetry verify`` prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from symmetry.evidence import Evidence
from symmetry.report import STYLES, notes, print_ending, print_hung, print_note

if TYPE_CHECKING:
    from symmetry.claims import Claim, Report

__all__ = ["print_overview"]

_HEADS = ("status", "exact", "p", "sampled", "steps", "false")
_GAP = 2
_NARROW = 16  # the least room for ids beside the cells
_LEGEND = """\
exact: at how many sizes the statement holds over the rationals. p: modulo a random prime of 61 bits. sampled: worst
residual / tolerance. steps: evaluated exactly and true. false: false variants that the kernel refused and an exact
counterexample refuted. `symmetry verify CLAIM` shows the statements."""
_COMPUTED = """ + marks at how many sizes an exact computation finds what the title says. That is all that a claim of
status exact stands on; its false variants are changed computations, which do not go through the kernel."""
_NEGATIVE = " ¬ marks a negative result."


def print_overview(report: Report, out: Console) -> None:
    """One or two lines for each claim, by chapter; then points, faults, and one line of counts."""
    rows = {claim.id: _cells(claim) for claim in report.claims}
    widths = [max([len(head), *(cells[k].cell_len for cells in rows.values())]) for k, head in enumerate(_HEADS)]
    number = max((len(claim.entry.number) for claim in report.claims), default=0) + 2
    room = out.width - sum(widths) - _GAP * len(widths) - number
    left = min(room, max((len(claim.id) for claim in report.claims), default=0)) if room >= _NARROW else 0
    for chapter, claims in _chapters(report):
        print_hung(Text(chapter, style="bold"), out, "", "  ")
        if left:
            heads = [Text(head, style="dim") for head in _HEADS]
            out.print(Text(" " * (number + left)) + _aligned(heads, widths))
        for claim in claims:
            _print_row(claim, rows[claim.id], widths, number, left, out)
        out.print()
    if report.claims:
        computed = any(claim.computed is not None for claim in report.claims)
        legend = _LEGEND + _COMPUTED * computed + _NEGATIVE * any(claim.negative for claim in report.claims)
        print_hung(Text(" ".join(legend.split()), style="dim"), out, "")
        out.print()
    print_ending(report, out)


def _chapters(report: Report) -> Iterator[tuple[str, list[Claim]]]:
    """Claims by the module that they are written in, under the first line of its text."""
    found: dict[str, list[Claim]] = {}
    for claim in report.claims:
        found.setdefault(claim.entry.package, []).append(claim)
    for package, claims in found.items():
        text = getattr(sys.modules.get(package), "__doc__", None) or package or "Claims"
        yield text.strip().partition("\n")[0].rstrip("."), claims


def _print_row(claim: Claim, cells: list[Text], widths: list[int], number: int, left: int, out: Console) -> None:
    """A claim's row; with no room left for ids beside the cells, everything stands below one another."""
    label = f"{claim.entry.number or '·'} "
    head = Text.assemble((label.ljust(number) if left else label, "bold"), (claim.id, "bold cyan"))
    indent = " " * number
    if not left:
        print_hung(head, out, "")
        indent = "  "
    elif len(claim.id) <= left:
        out.print(head + Text(" " * (left - len(claim.id))) + _aligned(cells, widths))
    else:
        out.print(head)
        out.print(Text(" " * (number + left)) + _aligned(cells, widths))
    sign = Text("¬ ", style="bold yellow") if claim.negative else Text("")
    print_hung(sign + Text(claim.title), out, indent[len(sign) :], "  " if sign else "")
    if not left:
        words = [cells[0], *(Text.assemble((f"{head} ", "dim"), cell) for head, cell in zip(_HEADS[1:], cells[1:]))]
        print_hung(Text(" · ").join(words), out, indent)
    for name, text in notes(claim):
        print_note(name, text, out, indent)


def _aligned(cells: list[Text], widths: list[int]) -> Text:
    line = Text()
    for cell, width in zip(cells, widths):
        line.append(" " * _GAP).append_text(cell).append(" " * (width - cell.cell_len))
    line.rstrip()
    return line


def _cells(claim: Claim) -> list[Text]:
    """Status and evidence in short."""
    checks = [check for check in claim.steps if check.evidence is not None]
    evaluated = sum(check.evidence is not None and check.evidence.verdict == "holds" for check in checks)
    skipped = len(claim.steps_unevaluated)
    refuted, total = claim.variants_refuted, claim.false_variants
    violated = evaluated + skipped < len(checks)
    return [
        Text(claim.status, STYLES[claim.status]) if claim.ok else Text(f"✗ {claim.status}", "bold red"),
        _exact(claim),
        _verdict(claim.modular),
        _verdict(claim.sampled),
        Text(f"{evaluated}/{len(checks)}", "bold red" if violated else "yellow" if skipped else "")
        if checks
        else Text("–", "dim"),
        Text(f"{refuted}/{total}", "" if refuted == total else "bold red") if claim.variants else Text("–", "dim"),
    ]


def _exact(claim: Claim) -> Text:
    """At how many sizes the statement was evaluated exactly, and after a plus for how many it was computed."""
    evaluated = _verdict(claim.exact, f" {len(claim.exact.sizes)}" if claim.exact is not None else "")
    if claim.computed is None:
        return evaluated
    holds = claim.computed.verdict == "holds"
    computed = Text(f"+ {len(claim.computed.sizes)}") if holds else _verdict(claim.computed)
    return computed if claim.exact is None else Text(" ").join((evaluated, computed))


def _verdict(evidence: Evidence | None, more: str = "") -> Text:
    if evidence is None:
        return Text("–", style="dim")
    if evidence.verdict != "holds":
        return Text({"violated": "✗", "inconclusive": "?"}[evidence.verdict], style=STYLES[evidence.verdict])
    if evidence.residual is not None and evidence.tolerance is not None:
        return Text(f"{evidence.residual:.0e}/{evidence.tolerance:.0e}" if evidence.residual else "0")
    return Text.assemble(("✓", "green"), more)
