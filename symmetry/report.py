"""Reports for people: the claims table and its last line, through rich.

Everything shown is read off theorems and evidence of the run at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.evidence import Counterexample, Evidence
from symmetry.layout import laid_out

if TYPE_CHECKING:
    from symmetry.checks.report import FunctionReport
    from symmetry.claims import Claim, Report, VariantOutcome

__all__ = ["console", "counterexample_lines", "print_check", "print_report", "summary", "watched"]

STYLES = {
    "derived": "bold green",
    "exact": "cyan",
    "sampled": "yellow",
    "open": "magenta",
    "refuted": "bold red",
    "holds": "green",
    "violated": "bold red",
    "inconclusive": "yellow",
}


def console(*, stderr: bool = False) -> Console:
    """The console for people's output: colour only on a terminal, ``NO_COLOR`` and narrow terminals respected."""
    return Console(stderr=stderr, highlight=False, soft_wrap=False)


@contextmanager
def watched() -> Iterator[Callable[[str, int, int], None] | None]:
    """Live progress on a terminal's standard error while claims are verified; nothing where there is no terminal."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("verifying"), BarColumn(), TextColumn("{task.completed}/{task.total}  {task.description}"))
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=None)

        def step(claim: str, done: int, total: int) -> None:
            progress.update(task, description=claim, completed=done, total=total)

        yield step


# ---------------------------------------------------------------------------------------------------------------
# Statements and numbers


def sizes_text(sizes: tuple[Mapping[str, int], ...]) -> str:
    """Size assignments as ``d,N = 3,2 2,4``."""
    if not sizes:
        return "–"
    names = ",".join(sizes[0])
    return f"{names} = " + " ".join(",".join(str(value) for value in assignment.values()) for assignment in sizes)


def _entry(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def matrix_text(value: Any) -> str:
    """A printable matrix as one line: rows separated by semicolons."""
    if not isinstance(value, tuple | list):
        return _entry(value)
    if not value:
        return "[ ]"
    rows = [row if isinstance(row, tuple | list) else (row,) for row in value]
    return "[" + "; ".join(" ".join(_entry(entry) for entry in row) for row in rows) + "]"


def counterexample_lines(point: Counterexample) -> Iterator[str]:
    """A counterexample: sizes, what is put in, and the two sides that differ."""
    if point.sizes:
        yield ", ".join(f"{name} = {value}" for name, value in point.sizes.items())
    for name, value in point.values.items():
        if isinstance(value, str):
            yield value if "=" in value else f"{name}: {value}"
        else:
            yield f"{name} = {matrix_text(value)}"
    if point.left is not None or point.right is not None:
        yield f"left {matrix_text(point.left)}  ≠  right {matrix_text(point.right)}"
    if point.note:
        yield point.note


# ---------------------------------------------------------------------------------------------------------------
# The claims table


def print_report(report: Report, out: Console, *, verbose: bool = False) -> None:
    """The claims table, what is wrong if anything is, and one line of counts."""
    table = Table(box=None, padding=(0, 2, 1, 0), show_header=False, expand=True)
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold", min_width=24)
    for claim in report.claims:
        table.add_row(_claim_cell(claim, max(out.width * 3 // 5 - 6, 24)), _evidence_cell(claim))
    out.print(table)
    for claim in report.claims:
        for fault in claim.faults:
            out.print(Text.assemble(("✗ ", "bold red"), (claim.id, "bold"), f": {fault}"))
        if verbose:
            out.print(Text(f"{claim.entry.number} {claim.id}".strip(), style="bold"))
            for outcome in claim.variants:
                out.print(Padding(outcome_text(outcome), (0, 0, 0, 2)))
    if any(claim.faults for claim in report.claims) or verbose:
        out.print()
    out.print(summary(report))


def _claim_cell(claim: Claim, width: int) -> Group:
    number = claim.entry.number
    title = Text.assemble((f"{number}  " if number else "", "bold"), (claim.id, "bold cyan"))
    parts: list[Any] = [title, Text(claim.title)]
    statement = claim.theorem.conclusion if claim.theorem is not None else claim.statement
    if statement is not None:
        style = "" if claim.theorem is not None else "dim"
        parts.extend(Padding(Text(line, style=style), (0, 0, 0, 2)) for line in laid_out(statement, width))
    return Group(*parts)


def _evidence_cell(claim: Claim) -> Group:
    modulo = f" modulo {', '.join(claim.assumptions)}" if claim.assumptions else ""
    lines = [Text.assemble((claim.status, STYLES[claim.status]), modulo)]
    rests = ", ".join((*claim.rests_on, *claim.primitives)) or "the rules of logic alone"
    lines.append(Text(f"rests on {rests}", style="dim"))
    if claim.exact is not None:
        lines.append(_evidence_line(claim.exact))
    steps = [check for check in claim.steps if check.evidence is not None]
    if steps:
        done = sum(check.evidence is not None and check.evidence.verdict == "holds" for check in steps)
        skipped = len(claim.steps_unevaluated)
        note = f", {skipped} could not be evaluated" if skipped else ""
        lines.append(Text(f"steps   {done}/{len(steps)} evaluated{note}"))
    lines.extend(_evidence_line(found) for found in (claim.modular, claim.sampled) if found is not None)
    if claim.variants:
        lines.append(_variants_line(claim))
    return Group(*lines)


def _evidence_line(evidence: Evidence) -> Text:
    if evidence.method == "exact":
        text = f"exact   {sizes_text(evidence.sizes)} · {evidence.samples} points"
    elif evidence.method == "modular":
        bound = f", error ≤ {evidence.error_bound:.0e}" if evidence.error_bound is not None else ""
        text = f"mod p   {evidence.samples} points{bound}"
    elif evidence.residual is not None and evidence.tolerance is not None:
        text = f"sampled {evidence.residual:.0e} ≤ {evidence.tolerance:.0e} · {evidence.samples} points"
    else:
        text = f"sampled {evidence.samples} points"
    if evidence.verdict == "holds":
        return Text(text)
    return Text.assemble(text.split()[0] + " ", (evidence.verdict, STYLES[evidence.verdict]), f" {evidence.detail}")


def _variants_line(claim: Claim) -> Text:
    refuted, total = claim.variants_refuted, claim.false_variants
    passed = [outcome for outcome in claim.variants if outcome.variant.harmless]
    good = sum(outcome.ok for outcome in passed)
    line = Text.assemble(("refuted ", ""), (f"{refuted}/{total}", "green" if refuted == total else "bold red"))
    if passed:
        line.append(f" · harmless {good}/{len(passed)}", style="" if good == len(passed) else "bold red")
    return line


def outcome_text(outcome: VariantOutcome) -> Text:
    """What became of a variant, over a few lines."""
    mark = ("✓ ", "green") if outcome.ok else ("✗ ", "bold red")
    text = Text.assemble(mark, (outcome.variant.title, "bold"), (f"  ({outcome.variant.kind})", "dim"))
    if outcome.variant.harmless:
        text.append("\n  changes nothing: passes" if outcome.ok else "\n  should have passed")
    if outcome.refused_by is not None:
        text.append(f"\n  kernel: {outcome.refused_by[2].splitlines()[0]}")
    if outcome.fault:
        text.append(f"\n  {outcome.fault}", style="red")
    if outcome.evidence is not None and outcome.evidence.counterexample is not None:
        text.append("\n  exact:  " + "\n          ".join(counterexample_lines(outcome.evidence.counterexample)))
    elif outcome.evidence is not None and not outcome.variant.harmless:
        text.append(f"\n  exact:  {outcome.evidence.verdict}: {outcome.evidence.detail}", style="red")
    return text


def summary(report: Report) -> Text:
    """One line of counts."""
    if not report.claims:
        return Text("no claim was checked", style="bold yellow")
    counts: dict[str, int] = {}
    for claim in report.claims:
        counts[claim.status] = counts.get(claim.status, 0) + 1
    parts: list[Any] = []
    for status, number in counts.items():
        parts += [(f"{number} {status}", STYLES[status]), ", "]
    refuted = sum(claim.variants_refuted for claim in report.claims)
    total = sum(claim.false_variants for claim in report.claims)
    steps = sum(check.evidence is not None for claim in report.claims for check in claim.steps)
    skipped = sum(len(claim.steps_unevaluated) for claim in report.claims)
    parts += [(f"false variants refuted {refuted}/{total}", "" if refuted == total else "bold red"), ", "]
    parts += [f"{steps - skipped}/{steps} steps evaluated, seed {report.seed}: "]
    failed = sum(not claim.ok for claim in report.claims)
    parts.append(("all hold", "bold green") if report.ok else (f"{failed} of {len(report.claims)} failed", "bold red"))
    opened = [claim.id for claim in report.claims if claim.status == "open"]
    if opened:
        parts.append(f" (open: {', '.join(opened)})")
    return Text.assemble(*parts)


def print_check(report: FunctionReport, out: Console) -> None:
    """The verdicts of `check` on a user's function, with a counterexample where there is one."""
    out.print(Text(str(report)))
