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
    from symmetry.claims import Claim, Report, Standing, VariantOutcome

__all__ = [
    "console",
    "counterexample_lines",
    "evidence_text",
    "hung",
    "notes",
    "print_check",
    "print_ending",
    "print_hung",
    "print_note",
    "print_outcome",
    "print_report",
    "status_text",
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
    "interpretation": "blue",
}
NOTES = {"reading": "yellow", "open": STYLES["open"], "remark": "dim", "beyond": "blue", "repair": "green"}
_LABELS = {"exact": "exact", "modular": "modulo p", "computed": "computed", "sampled": "sampled"}


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
    by_names: dict[str, list[str]] = {}
    for assignment in sizes:
        by_names.setdefault(",".join(assignment), []).append(",".join(map(str, assignment.values())))
    return "; ".join(
        f"{names} = {' · '.join(values)}" if names else "the sizes in the statement"
        for names, values in by_names.items()
    )


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
    """Each claim in full; then points, what is wrong if anything is, and one line of counts."""
    for claim in report.claims:
        _print_claim(claim, out)
        if verbose:
            for outcome in claim.variants:
                print_outcome(outcome, out, "  ")
        out.print()
    print_ending(report, out)


def print_ending(report: Report, out: Console) -> None:
    """What stands below the claims."""
    _print_points(report, out)
    for claim in report.claims:
        for fault in claim.faults:
            print_hung(Text.assemble(("✗ ", "bold red"), (claim.id, "bold"), f": {fault}"), out, "", "  ")
    if any(claim.faults for claim in report.claims):
        out.print()
    print_hung(summary(report), out, "")


def _print_points(report: Report, out: Console) -> None:
    """What each source says, point by point, and how it stands by the claims."""
    source = ""
    for found in report.points:
        if found.point.source != source:
            source = found.point.source
            print_hung(Text(source, style="bold"), out, "", "  ")
        _print_point(found, out)
    if report.points:
        out.print()


def _print_point(found: Standing, out: Console) -> None:
    head = Text.assemble(
        (f"{found.point.number!s:<4}", "bold"),
        ("" if found.ok else "✗ ", "bold red"),
        (found.standing, STYLES[found.standing] if found.ok else "bold red"),
    )
    wide = out.width >= 70
    indent = " " * (20 if wide else 4)
    lines = hung(Text(found.point.text), out, out.width - len(indent), "")
    out.print(head + Text(" " * (20 - head.cell_len)) + lines.pop(0) if wide else head)
    for line in lines:
        out.print(Text(indent) + line)
    by_status: dict[str, list[Text]] = {}
    for claim in found.claims:
        id = Text(claim.id) if claim.ok else Text(f"✗ {claim.id}", style="bold red")
        by_status.setdefault(claim.status, []).append(id)
    for status, ids in by_status.items():
        print_hung(Text.assemble((f"{status}: ", STYLES[status]), Text(", ").join(ids)), out, indent, "  ")
    if found.point.interpretation:
        lead = "in part interpretation: " if found.claims else ""
        print_hung(Text(lead + found.point.interpretation, style="dim"), out, indent, "  " if lead else "")


def _print_claim(claim: Claim, out: Console) -> None:
    number = claim.entry.number
    head = Text.assemble((f"{number or '·':<3}  ", "bold"), (claim.id, "bold cyan"))
    status = Text("  ").join(filter(None, (status_text(claim), _variants(claim))))
    space = out.width - head.cell_len - status.cell_len
    if space > 0:
        out.print(head + Text(" " * space) + status)
    else:
        out.print(head)
        print_hung(status, out, "     ")
    print_hung(Text(claim.title), out, "     ")
    statement = claim.theorem.conclusion if claim.theorem is not None else claim.statement
    if statement is not None:
        for line in laid_out(statement, out.width - 9):
            print_hung(Text(line, style="bold" if claim.theorem is not None else "dim"), out, "       ", "  ")
    for name, words in notes(claim):
        if name != "reading":  # which stands beside the status
            print_note(name, words, out, "     ")
    if claim.derivation is not None:
        rests = ", ".join((*claim.rests_on, *claim.primitives)) or "the rules of logic alone"
        print_hung(Text(f"rests on {rests}", style="dim"), out, "     ")
    found = [evidence_text(name, evidence) for name, evidence in claim.checks.items()]
    if claim.steps:
        found.insert(1, _steps_text(claim))
    for text in found:
        print_hung(text, out, "     ")


def status_text(claim: Claim) -> Text:
    """The status, with what was cited and the definition of ours that the statement uses."""
    modulo = f" modulo {', '.join(claim.cited)}" if claim.cited else ""
    reading = f", reading: {claim.reading}" if claim.reading else ""
    return Text.assemble((claim.status, STYLES[claim.status]), modulo, reading)


def notes(claim: Claim) -> Iterator[tuple[str, str]]:
    """What the claim's author adds to it, each with a name: the reading, why it is open, a remark, what is cited for
    cases beyond those that were looked at, the repair."""
    entry = claim.entry
    shown_by = f"({', '.join(entry.repaired_by)})" if entry.repaired_by else ""
    repair = " ".join(filter(None, (entry.repair, shown_by)))
    texts = {"reading": claim.reading, "open": entry.open, "remark": entry.remark, "beyond": entry.beyond}
    for name, text in {**texts, "repair": repair}.items():
        if text:
            yield name, text


def print_note(name: str, text: str, out: Console, indent: str) -> None:
    """A note of the claim's author."""
    print_hung(Text.assemble((f"{name}: ", NOTES[name]), text), out, indent, "  ")


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


def evidence_text(name: str, evidence: Evidence) -> Text:
    """The outcome of the check with this name, in a line."""
    label = f"{_LABELS[name]:<8}"
    if evidence.verdict != "holds":
        return Text.assemble(f"{label} ", (evidence.verdict, STYLES[evidence.verdict]), f" {evidence.reason}")
    text = f"{label} {evidence.samples} {'cases' if name == 'computed' else 'points'}"
    if name in ("exact", "computed"):
        text += f" at {sizes_text(evidence.sizes)}"
    if name == "computed" and evidence.detail:
        text += f": {evidence.detail}"
    if evidence.error_bound is not None:
        text += f", p of 61 bits at random, error ≤ {evidence.error_bound:.0e}"
    if evidence.residual is not None and evidence.tolerance is not None:
        text += f", worst residual {evidence.residual:.0e} ≤ {evidence.tolerance:.0e}"
    return Text(text, style="dim")


def _variants(claim: Claim) -> Text:
    if not claim.variants:
        return Text("" if claim.entry.open else "no variants", style="dim")
    refuted, total = claim.variants_refuted, claim.false_variants
    line = Text.assemble("refuted ", (f"{refuted}/{total}", "green" if refuted == total else "bold red"))
    if any(not outcome.ok for outcome in claim.variants if outcome.variant.harmless):
        line.append(" harmless refused", style="bold red")
    return line


def print_outcome(outcome: VariantOutcome, out: Console, indent: str) -> None:
    """What became of a variant: how the kernel refused it, and the counterexample of the exact check or computation."""
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
    label = "exact" if outcome.variant.computed is None else "computed"
    if outcome.evidence is not None and outcome.evidence.counterexample is not None:
        for index, line in enumerate(counterexample_lines(outcome.evidence.counterexample)):
            print_hung(Text(f"{label if index == 0 else '':9}{line}"), out, under, " " * 11)
    elif outcome.evidence is not None and not outcome.variant.harmless:
        print_hung(Text(f"{label:9}{outcome.evidence.verdict}: {outcome.evidence.detail}", style="red"), out, under)


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
    pieces = [head, *(Text(over) + piece for piece in rest[skip:].wrap(out, max(width - len(over), 16)))]
    for piece in pieces:
        piece.rstrip()
    return pieces


def print_hung(line: Text, out: Console, indent: str, over: str = "") -> None:
    """Print a line at an indent; what goes over the width is led by ``indent + over``."""
    for piece in hung(line, out, max(out.width - len(indent), 20), over):
        out.print(Text(indent) + piece)


def summary(report: Report) -> Text:
    """One line of counts."""
    if not report.claims:
        return Text("no claim was checked", style="bold yellow")
    parts: list[Any] = []
    for status, number in report.counts.items():
        parts += [(f"{number} {status}", STYLES[status]), ", "]
    refuted = sum(claim.variants_refuted for claim in report.claims)
    total = sum(claim.false_variants for claim in report.claims)
    steps = sum(check.evidence is not None for claim in report.claims for check in claim.steps)
    skipped = sum(len(claim.steps_unevaluated) for claim in report.claims)
    parts += [(f"false variants refuted {refuted}/{total}", "" if refuted == total else "bold red"), ", "]
    parts += [f"{steps - skipped}/{steps} steps evaluated, "] * bool(steps) + [f"seed {report.seed}: "]
    failed = sum(not claim.ok for claim in report.claims)
    holds = (
        "nothing was proved"
        if len(report.open) == len(report.claims)
        else "all others hold"
        if report.open
        else "all hold"
    )
    parts.append((holds, "bold green") if report.ok else (f"{failed} of {len(report.claims)} failed", "bold red"))
    if report.open:
        parts.append(f" (open: {', '.join(report.open)})")
    return Text.assemble(*parts)


def print_check(report: FunctionReport, out: Console) -> None:
    """The verdicts of `check` on a user's function, with a counterexample where there is one."""
    from symmetry.checks.function.report import HEADER

    for line in report.text(out.width).splitlines():
        text = Text(line)
        for word in ("holds", "violated", "inconclusive"):
            text.highlight_regex(rf"(?<=^.{{9}}){word}\b", STYLES[word])
        if line.split() == list(HEADER[1:]):
            text.stylize("dim")
        print_hung(text, out, "", " " * 9 if line[8:9] == " " else "")
