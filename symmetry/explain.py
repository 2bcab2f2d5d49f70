"""A derivation as a text that a reader can follow: what, why, from which steps, under which hypotheses.

Steps are shown in the manner of Fitch: a bar runs beside everything that rests on an assumption. Runs of steps that
only apply a known statement, or only close assumptions, are shown as one entry with the numbers of the steps in it.
Every formula is printed from the theorem that the kernel found in this run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from symmetry.canonical import formula_key
from symmetry.formulas import Equal, Formula
from symmetry.kernel import PRIMITIVES
from symmetry.layout import laid_out
from symmetry.notation import show
from symmetry.report import STYLES, console, hung, print_hung, print_outcome, sizes_text
from symmetry.syntax import Node
from symmetry.terms import Function, Lambda

if TYPE_CHECKING:
    from symmetry.claims import Claim, StepCheck
    from symmetry.derivation import Step

__all__ = ["explain"]

RULE_WORDS = {
    "assume": "assumed",
    "discharge": "the assumption becomes a premise",
    "detach": "the premise holds",
    "conjoin": "together",
    "project": "one of several",
    "generalise": "nothing was assumed of it",
    "specialise": "a particular case",
    "witness": "this is one",
    "choose": "whichever it is",
    "define": "the name is no longer needed",
    "chain": "canonical form",
    "combine": "a combination of equations",
    "restate": "the same in canonical form",
    "penrose": "Penrose equation",
    "induct": "induction on a size",
    "factorise": "factorisation",
    "membership": "law of the group",
    "average": "re-indexing an average",
    "cite": "cited, not proved",
}
_APPLYING, _CLOSING = ("specialise", "detach"), ("generalise", "discharge", "define", "choose")


@dataclass
class _Entry:
    """Consecutive steps that are shown as one."""

    checks: list[StepCheck]
    bars: int
    opens: str = ""  # "suppose", "let" or "take", for an assumption

    @property
    def last(self) -> StepCheck:
        return self.checks[-1]


def explain(claim: Claim, out: Console | None = None, *, brief: bool = False) -> None:
    """Print a claim's statement, what it rests on, its derivation, the evidence, and what breaks without what.

    Args:
        claim: as returned by :func:`symmetry.verification.verify`.
        out: where to print; standard output when ``None``.
        brief: leave out the variants.
    """
    out = out or console()
    name = Text.assemble((f"{claim.entry.number} " if claim.entry.number else "", "bold"), (claim.id, "bold cyan"))
    out.print(Rule(name, align="left", characters="─"))
    out.print(Text(claim.title, style="bold"))
    out.print()
    statement = claim.theorem.conclusion if claim.theorem is not None else claim.statement
    if statement is not None:
        for line in laid_out(statement, out.width - 6):
            out.print(Text(f"    {line}", style="bold"))
    out.print()
    for fact in _standing(claim):
        print_hung(fact, out, "", " " * 12)
    if claim.error:
        out.print(Text(claim.error, style="bold red"))
    if claim.steps:
        out.print()
        context = _Context(_assumed(claim.steps), _without(claim))
        for entry in _entries(claim.steps, context.assumed):
            _print_entry(entry, out, context)
        out.print(Text("∎", style="bold green") if claim.theorem is not None else Text("not proved", style="bold red"))
    if claim.variants and not brief:
        out.print()
        out.print(Text("What breaks when something is changed", style="bold"))
        for outcome in claim.variants:
            print_outcome(outcome, out, "  ")
    out.print()


def _standing(claim: Claim) -> Iterator[Text]:
    modulo = f" modulo {', '.join(claim.assumptions)}" if claim.assumptions else ""
    yield Text.assemble("status      ", (claim.status, STYLES[claim.status]), modulo)
    if claim.rests_on:
        yield Text(f"rests on    {', '.join(claim.rests_on)}")
    if not claim.primitives:
        yield Text("primitives  none: the rules of logic and the canonical form alone")
    for index, name in enumerate(claim.primitives):
        yield Text.assemble("primitives  " if index == 0 else " " * 12, (name, "bold"), f": {PRIMITIVES[name]}")
    yield Text(f"source      {claim.entry.source}")
    if claim.exact is not None and claim.exact.verdict == "holds":
        yield Text(f"evaluated   exactly at {sizes_text(claim.sizes)}; and every step")
    if claim.steps_unevaluated:
        names = ", ".join(check.step.name for check in claim.steps_unevaluated)
        yield Text(f"not so      steps {names}: they could not be evaluated", style="yellow")


# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Context:
    """What the entries of one derivation refer to."""

    assumed: Mapping[str, str]  # canonical key of an assumption -> its step
    without: Mapping[str, str]  # canonical key of an assumption -> what became of the claim without it


def _without(claim: Claim) -> dict[str, str]:
    found = {}
    for outcome in claim.variants:
        for formula in outcome.variant.drop:
            verdict = outcome.evidence.verdict if outcome.evidence is not None else "not evaluated"
            if outcome.ok:
                found[formula_key(formula)] = f"without it the statement is false: see “{outcome.variant.title}” below"
            else:
                found[formula_key(formula)] = f"without it: {verdict}"
    return found


def _assumed(checks: Sequence[StepCheck]) -> dict[str, str]:
    """The canonical key of each assumption, and the step that makes it."""
    return {formula_key(c.theorem.conclusion): c.step.name for c in checks if c.step.rule == "assume"}


def _entries(checks: Sequence[StepCheck], assumed: Mapping[str, str]) -> Iterator[_Entry]:
    """Steps grouped for reading, with the number of bars beside each."""
    opened = _opened(checks, assumed)
    bars = 0
    current: _Entry | None = None
    for check in checks:
        rule = check.step.rule
        if current is not None and rule in _APPLYING and current.last.step.rule in _APPLYING:
            if check.step.by[:1] == (current.last.step.name,):
                current.checks.append(check)
                continue
        if current is not None and rule in _CLOSING and current.last.step.rule in _CLOSING:
            current.checks.append(check)
            bars -= rule == "discharge"
            current.bars = bars
            continue
        if current is not None:
            yield current
        how = opened.get(check.step.name, "") if rule == "assume" else ""
        bars += (how == "suppose") - (rule == "discharge")
        current = _Entry([check], bars, how)
    if current is not None:
        yield current


def _opened(checks: Sequence[StepCheck], assumed: Mapping[str, str]) -> dict[str, str]:
    """For each assumption, how it is closed: "suppose" (discharged), "let" (defined) or "take" (chosen)."""
    by_name = {check.step.name: check.theorem for check in checks}
    words = {"discharge": "suppose", "define": "let", "choose": "take"}
    found: dict[str, str] = {}
    for check in checks:
        if check.step.rule in words and check.step.by:
            before = by_name.get(check.step.by[-1].split(".")[0])
            if before is not None:
                after = {formula_key(hypothesis) for hypothesis in check.theorem.hypotheses}
                gone = {formula_key(hypothesis) for hypothesis in before.hypotheses} - after
                found.update({assumed[key]: words[check.step.rule] for key in gone if key in assumed})
    return found


def _print_entry(entry: _Entry, out: Console, context: _Context) -> None:
    names = entry.checks[0].step.name
    if len(entry.checks) > 1:
        names += f"–{entry.last.step.name}"
    first = "│ " * entry.bars
    rest = first
    if entry.opens == "suppose":
        first = "│ " * (entry.bars - 1) + "┌ "
    width = max(out.width - 9 - len(first), 24)
    label = f"{names:>7}  "
    for line in _body(entry, width, context):
        indent = len(line.plain) - len(line.plain.lstrip())
        for piece in hung(line, out, width, " " * (indent + 2)):
            out.print(Text.assemble((label, "dim"), (first, "blue"), piece))
            label, first = " " * 9, rest


def _body(entry: _Entry, width: int, context: _Context) -> Iterator[Text]:
    check = entry.last
    step = check.step
    openers = {"suppose": "Suppose ", "let": "Let ", "take": "Take one with "}
    if entry.opens:
        yield from _formula(check.theorem.conclusion, openers[entry.opens], "bold", width)
        yield from _reason(step.why)
        yield from _reason(context.without.get(formula_key(check.theorem.conclusion), ""))
    elif step.rule == "chain":
        yield from _chain(check)
    elif step.rule in _CLOSING:
        yield from _formula(check.theorem.conclusion, "So ", "", width)
        yield from _reason(step.why, "; ".join(_closed(c, context.assumed) for c in entry.checks))
    elif step.rule in _APPLYING:
        yield from _formula(check.theorem.conclusion, "", "bold", width)
        yield from _reason(step.why, _applied(entry.checks))
    else:
        yield from _formula(check.theorem.conclusion, "", "bold", width)
        yield from _reason(step.why, f"{RULE_WORDS[step.rule]}{_from(step.by)}{_details(check)}")


def _formula(formula: Formula, lead: str, style: str, width: int) -> Iterator[Text]:
    for index, line in enumerate(laid_out(formula, width - len(lead))):
        yield Text.assemble(lead if index == 0 else " " * len(lead), (line, style))


def _chain(check: StepCheck) -> Iterator[Text]:
    step = check.step
    terms, links = step.arguments["terms"], step.arguments["links"]
    whys = [*step.why.split("\n"), *[""] * len(links)]
    start = show(terms[0])
    if len(links) == 1:
        yield Text(f"{start} = {show(terms[1])}", style="bold")
        yield from _reason(whys[0], _link(step, links[0]))
        return
    yield Text(start, style="bold")
    for term, link, why in zip(terms[1:], links, whys):
        yield Text(f"  = {show(term)}", style="bold")
        yield from _reason(why, _link(step, link), "        ")


def _link(step: Step, link: Sequence[tuple[int, int]]) -> str:
    names = [f"({step.by[index]}){' read backwards' if backwards else ''}" for index, backwards in link]
    return f"by {', '.join(names)}" if names else "multiply out"


def _reason(why: str, rule: str = "", indent: str = "    ") -> Iterator[Text]:
    text = f"{why} — {rule}" if why and rule else why or rule
    if text:
        yield Text(indent + text, style="dim italic")


def _from(by: Sequence[str]) -> str:
    return f" of {', '.join(f'({name})' for name in by)}" if by else ""


def _applied(checks: Sequence[StepCheck]) -> str:
    source = checks[0].step.by[0]
    values, premises = [], []
    for check in checks:
        if check.step.rule == "specialise":
            value = check.step.arguments["value"]
            values.append(value.name if isinstance(value, Function) else str(value))
        else:
            premises.append(f"({check.step.by[1]})")
    words = [f"by ({source})"]
    if values:
        words.append(f"for {', '.join(values)}")
    if premises:
        words.append(f"with {', '.join(premises)}")
    return " ".join(words)


def _closed(check: StepCheck, assumed: Mapping[str, str]) -> str:
    step = check.step
    if step.rule == "discharge":
        name = assumed.get(formula_key(step.arguments["formula"]))
        return f"({name}) was assumed" if name else f"{show(step.arguments['formula'])} was not needed"
    name = step.arguments["symbol"].name
    if step.rule == "generalise":
        return f"{name} was arbitrary"
    return f"{name} was a name" if step.rule == "define" else f"{name} exists by ({step.by[0]})"


def _details(check: StepCheck) -> str:
    step = check.step
    if step.rule == "penrose":
        return f" {step.arguments['index']} for {show(step.arguments['term'])}"
    if step.rule == "witness":
        value = step.arguments["value"]
        return f": {show(value)}" if isinstance(value, Lambda | Node) else ""
    if step.rule == "membership":
        return f" {show(step.arguments['group'])}: {step.arguments['law']}"
    if step.rule == "factorise":
        return f" through {', '.join(map(show, step.arguments['through']))}, by choice"
    if step.rule == "cite":
        return f": {step.arguments['name']}"
    if step.rule == "combine" and isinstance(check.theorem.conclusion, Equal):
        scales = [show(scale) for scale, _, _ in step.arguments["multipliers"]]
        return f", times {', '.join(scales)}" if any(scale != "1" for scale in scales) else ""
    return ""
