"""A walk as one page: stage by stage what is claimed and how it stands, then the comparison term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from symmetry.layout import laid_out
from symmetry.report import STYLES, print_hung

if TYPE_CHECKING:
    from symmetry.claims import Claim, Report
    from symmetry.walks import Walk

__all__ = ["print_walk", "walk_document"]

_STANDING = {"fixed": "bold green", "narrowed": "yellow", "free": "magenta"}
_SHORT = 7  # lines of a statement that is shown
_NARROW = 70  # below this width the comparison is a list


def print_walk(walk: Walk, report: Report, out: Console) -> None:
    """Print a walk.

    Args:
        walk: what to show.
        report: of a run that verified all claims of the walk.
        out: where to print.
    """
    claims = {claim.id: claim for claim in report.claims}
    out.print(Rule(Text(walk.id, style="bold cyan"), align="left", characters="─"))
    print_hung(Text(walk.title, style="bold"), out, "")
    for number, stage in enumerate(walk.stages, start=1):
        out.print()
        print_hung(Text.assemble((f"{number}  ", "bold"), (stage.heading, "bold")), out, "", "   ")
        print_hung(Text(stage.text), out, "   ")
        for id in stage.claims:
            _print_claim(claims[id], out)
    if walk.rows:
        out.print()
        _print_rows(walk, claims, out)
    if walk.ending:
        out.print()
        print_hung(Text(walk.ending), out, "")
    out.print()
    failed = [claim.id for claim in report.claims if not claim.ok]
    steps = sum(len(claim.steps) for claim in report.claims)
    count = len(report.claims)
    last = f"{count} claims (`symmetry explain ID` for each), {steps} steps replayed by the kernel in this run"
    if failed:
        out.print(Text.assemble(last, ", ", (f"not in order: {', '.join(failed)}", "bold red")))
    else:
        out.print(Text.assemble(last, ": ", ("all hold", "bold green")))


def _print_claim(claim: Claim, out: Console) -> None:
    cited = [name for name in claim.assumptions if name != claim.entry.reading]
    mark = Text.assemble(
        ("✓ " if claim.ok else "✗ ", "bold green" if claim.ok else "bold red"),
        (f"{claim.entry.number} " if claim.entry.number else "", "bold"),
        (claim.id, "cyan"),
        "  ",
        (claim.status, STYLES[claim.status]),
        f" modulo {', '.join(cited)}" if cited else "",
        f", reading: {claim.entry.reading}" if claim.entry.reading else "",
    )
    print_hung(mark, out, "   ", "  ")
    print_hung(Text(claim.title, style="dim"), out, "     ")
    if claim.theorem is not None:
        lines = laid_out(claim.theorem.conclusion, out.width - 9)
        if len(lines) <= _SHORT:  # the others are for `symmetry explain`
            for line in lines:
                print_hung(Text(line, style="bold"), out, "       ", "  ")


def _print_rows(walk: Walk, claims: dict[str, Claim], out: Console) -> None:
    def by(ids: tuple[str, ...]) -> str:
        return ", ".join(claims[id].entry.number or id for id in ids)

    if out.width < _NARROW:
        for row in walk.rows:
            print_hung(Text.assemble((row.part, "bold"), "  ", (row.standing, _STANDING[row.standing])), out, "")
            print_hung(Text(f"{walk.general}: {row.general}"), out, "  ", "  ")
            print_hung(Text(f"{walk.instance}: {row.instance}"), out, "  ", "  ")
            print_hung(Text(f"by {by(row.by)}", style="dim"), out, "  ", "  ")
        return
    table = Table("", walk.general, walk.instance, "symmetry", "by", box=None, pad_edge=False, header_style="bold")
    for row in walk.rows:
        standing = Text(row.standing, style=_STANDING[row.standing])
        table.add_row(Text(row.part, style="bold"), row.general, row.instance, standing, Text(by(row.by), style="dim"))
    out.print(table)


def walk_document(walk: Walk, report: Report) -> dict[str, object]:
    """A walk as data: ``{"id", "title", "ok", "stages": [{"heading", "text", "claims": [{"id", "status", "ok",
    "assumptions", "statement"}]}], "rows": [{"part", "general", "instance", "standing", "by"}], "ending"}``."""
    claims = {claim.id: claim for claim in report.claims}

    def entry(id: str) -> dict[str, object]:
        claim = claims[id]
        return {
            "id": claim.id,
            "number": claim.entry.number,
            "status": claim.status,
            "ok": claim.ok,
            "assumptions": list(claim.assumptions),
            "statement": None if claim.statement is None else str(claim.statement),
        }

    return {
        "id": walk.id,
        "title": walk.title,
        "ok": report.ok,
        "stages": [
            {"heading": stage.heading, "text": stage.text, "claims": [entry(id) for id in stage.claims]}
            for stage in walk.stages
        ],
        "columns": {"general": walk.general, "instance": walk.instance},
        "rows": [
            {
                "part": row.part,
                "general": row.general,
                "instance": row.instance,
                "standing": row.standing,
                "by": list(row.by),
            }
            for row in walk.rows
        ],
        "ending": walk.ending,
    }
