"""Reports for people: the claims table and its last line, through rich.

Everything shown is read off theorems and evidence of the run at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from symmetry.evidence import Counterexample, Evidence
from symmetry.layout import laid_out

if TYPE_CHECKING:
    from symmetry.checks.function.report import FunctionReport
    from symmetry.claims import Claim, Report, VariantOutcome

__all__ = [
    "console",
    "counterexample_lines",
    "hung",
    "print_check",
    "print_hung",
    "print_outcome",
    "print_report",
    "summary",
    "watched",
]

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


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # rich would end the process with status 1 here; the command line decides that.
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """The console for people's output: colour only on a terminal, ``NO_COLOR`` and narrow terminals respected."""
    return _Console(stderr=stderr, highlight=False, soft_wrap=False)


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
        task = progress.add_task("", total=0)

        def step(claim: str, done: int, total: int) -> None:
            progress.update(task, description=claim, completed=done, total=total)

        yield step


# ---------------------------------------------------------------------------------------------------------------
# Statements and numbers


def sizes_text(sizes: tuple[Mapping[str, int], ...]) -> str:
    """Size assignments as ``d,N = 3,2 · 2,4``."""
    if not sizes:
        return "–"
    names = ",".join(sizes[0])
    return f"{names} = " + " · ".join(",".join(str(value) for value in assignment.values()) for assignment in sizes)


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
    if point.right is None and point.left is not None:
        yield matrix_text(point.left)
    elif point.right is not None:
        yield f"left {matrix_text(point.left)}  ≠  right {matrix_text(point.right)}"
    if point.note:
        yield point.note


# ---------------------------------------------------------------------------------------------------------------
# The claims table


def print_report(report: Report, out: Console, *, verbose: bool = False) -> None:
    """The claims table, what is wrong if anything is, and one line of counts."""
    for claim in report.claims:
        _print_claim(claim, out)
        if verbose:
            for outcome in claim.variants:
                print_outcome(outcome, out, "  ")
        out.print()
    for claim in report.claims:
        for fault in claim.faults:
            out.print(Text.assemble(("✗ ", "bold red"), (claim.id, "bold"), f": {fault}"))
    if any(claim.faults for claim in report.claims):
        out.print()
    out.print(summary(report))


def _print_claim(claim: Claim, out: Console) -> None:
    number = claim.entry.number
    modulo = f" modulo {', '.join(claim.assumptions)}" if claim.assumptions else ""
    head = Text.assemble((f"{number or '·':<3}  ", "bold"), (claim.id, "bold cyan"))
    status = Text.assemble((claim.status, STYLES[claim.status]), modulo, "  ", _variants(claim))
    space = out.width - head.cell_len - status.cell_len
    if space > 0:
        out.print(head + Text(" " * space) + status)
    else:
        out.print(head)
        out.print(Text("     ") + status)
    print_hung(Text(claim.title), out, "     ")
    statement = claim.theorem.conclusion if claim.theorem is not None else claim.statement
    if statement is not None:
        for line in laid_out(statement, out.width - 9):
            print_hung(Text(line, style="bold" if claim.theorem is not None else "dim"), out, "       ", "  ")
    rests = ", ".join((*claim.rests_on, *claim.primitives)) or "the rules of logic alone"
    print_hung(Text(f"rests on {rests}", style="dim"), out, "     ")
    found = [_evidence_text(evidence) for evidence in claim.evidence]
    if claim.steps:
        found.insert(1, _steps_text(claim))
    for text in found:
        print_hung(text, out, "     ")


def _steps_text(claim: Claim) -> Text:
    checks = [check for check in claim.steps if check.evidence is not None]
    skipped = len(claim.steps_unevaluated)
    violated = sum(check.evidence is not None and check.evidence.verdict == "violated" for check in checks)
    text = Text(f"steps    {len(checks) - skipped - violated}/{len(checks)} evaluated exactly and true", style="dim")
    if skipped:
        text.append(f", {skipped} could not be evaluated", style="yellow")
    if violated:
        text.append(f", {violated} violated", style="bold red")
    return text


def _evidence_text(evidence: Evidence) -> Text:
    label = {"exact": "exact   ", "modular": "modulo p", "sampled": "sampled "}[evidence.method]
    if evidence.verdict != "holds":
        return Text.assemble(f"{label} ", (evidence.verdict, STYLES[evidence.verdict]), f" {evidence.detail}")
    text = f"{label} {evidence.samples} points"
    if evidence.method == "exact":
        text += f" at {sizes_text(evidence.sizes)}"
    if evidence.error_bound is not None:
        text += f", p of 61 bits at random, error ≤ {evidence.error_bound:.0e}"
    if evidence.residual is not None and evidence.tolerance is not None:
        text += f", worst residual {evidence.residual:.0e} ≤ {evidence.tolerance:.0e}"
    return Text(text, style="dim")


def _variants(claim: Claim) -> Text:
    if not claim.variants:
        return Text("no variants", style="dim")
    refuted, total = claim.variants_refuted, claim.false_variants
    line = Text.assemble("refuted ", (f"{refuted}/{total}", "green" if refuted == total else "bold red"))
    if any(not outcome.ok for outcome in claim.variants if outcome.variant.harmless):
        line.append(" harmless refused", style="bold red")
    return line


def print_outcome(outcome: VariantOutcome, out: Console, indent: str) -> None:
    """What became of a variant: how the kernel refused it, and the counterexample of the exact check."""
    mark = ("✓ ", "green") if outcome.ok else ("✗ ", "bold red")
    title = Text.assemble(mark, (outcome.variant.title, "bold"), (f"  ({outcome.variant.kind})", "dim"))
    print_hung(title, out, indent, "  ")
    under = indent + "  "
    if outcome.variant.harmless:
        print_hung(Text("changes nothing: passes" if outcome.ok else "should have passed"), out, under)
    if outcome.refused_by is not None:
        refusal = " ".join(line.strip() for line in outcome.refused_by[2].splitlines()[:2])
        print_hung(Text(f"kernel   {refusal}"), out, under, " " * 9)
    if outcome.fault:
        print_hung(Text(outcome.fault, style="red"), out, under)
    if outcome.evidence is not None and outcome.evidence.counterexample is not None:
        for index, line in enumerate(counterexample_lines(outcome.evidence.counterexample)):
            print_hung(Text(f"{'exact' if index == 0 else '':9}{line}"), out, under, " " * 11)
    elif outcome.evidence is not None and not outcome.variant.harmless:
        print_hung(Text(f"exact    {outcome.evidence.verdict}: {outcome.evidence.detail}", style="red"), out, under)


def hung(line: Text, out: Console, width: int, over: str) -> list[Text]:
    """The line broken to the width, with what goes over led by ``over``."""
    if line.cell_len <= width:
        return [line]
    head, *tail = line.wrap(out, width)
    if not tail:
        return [head]
    kept = len(head.plain.rstrip())
    rest = line[kept:]
    skip = len(rest.plain) - len(rest.plain.lstrip())
    return [head, *(Text(over) + piece for piece in rest[skip:].wrap(out, max(width - len(over), 16)))]


def print_hung(line: Text, out: Console, indent: str, over: str = "") -> None:
    """Print a line at an indent; what goes over the width is led by ``indent + over``."""
    for piece in hung(line, out, max(out.width - len(indent), 20), over):
        out.print(Text(indent) + piece)


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
    words = ("holds", "violated", "inconclusive")
    for line in str(report).splitlines():
        text = Text(line)
        for word in words:
            text.highlight_regex(rf"(?<=^.{{9}}){word}\b", STYLES[word])
        print_hung(text, out, "", " " * 9 if line[9:].startswith(words) else "")
