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
from symmetry.formulas import Formula
from symmetry.kernel import PRIMITIVES
from symmetry.layout import laid_out
from symmetry.notation import show
from symmetry.report import (
    console,
    counterexample_lines,
    evidence_text,
    hung,
    notes,
    print_hung,
    print_outcome,
    sizes_text,
    status_text,
)
from symmetry.sizes import Size
from symmetry.terms import Function

if TYPE_CHECKING:
    from symmetry.claims import Claim, StepCheck
    from symmetry.derivation import Step

__all__ = ["explain", "print_notation"]

_APPLYING, _CLOSING = ("specialise", "detach"), ("generalise", "discharge", "define", "choose")


@dataclass
class _Entry:
    """Consecutive steps that are shown as one."""

    checks: list[StepCheck]
    bars: int
    opens: str = ""  # "suppose", "let" or "take x", for an assumption

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
        context = _context(claim)
        for entry in _entries(claim.steps, context):
            _print_entry(entry, out, context)
        out.print(Text("∎", style="bold green") if claim.theorem is not None else Text("not proved", style="bold red"))
    if claim.variants and not brief:
        out.print()
        out.print(Text("What breaks when something is changed", style="bold"))
        for outcome in claim.variants:
            print_outcome(outcome, out, "  ")
    out.print()


def _standing(claim: Claim) -> Iterator[Text]:
    yield Text.assemble("status      ", status_text(claim))
    for name, text in notes(claim):
        if name != "reading":  # which stands beside the status
            yield Text(f"{name:<12}{text}")
    if claim.rests_on:
        yield Text(f"rests on    {', '.join(claim.rests_on)}")
    if claim.theorem is not None and not claim.primitives:
        yield Text("primitives  none: the rules of logic and the canonical form alone")
    for index, name in enumerate(claim.primitives):
        yield Text.assemble("primitives  " if index == 0 else " " * 12, (name, "bold"), f": {PRIMITIVES[name]}")
    yield Text(f"source      {claim.entry.source}")
    if claim.exact is not None and claim.exact.verdict == "holds":
        vacuous = any(check.evidence is None and check.step.rule != "assume" for check in claim.steps)
        steps = "every step but those that rest on what is refuted" if vacuous else "every step"
        yield Text(f"evaluated   exactly at {sizes_text(claim.sizes)}; and {steps}")
    if claim.computed is not None:
        found = evidence_text("computed", claim.computed)
        yield Text(" " * 3).join((found[:9], found[9:]))
        if claim.computed.counterexample is not None:
            yield from (Text(" " * 12 + line) for line in counterexample_lines(claim.computed.counterexample))
    if claim.entry.is_computed:
        yield Text("derivation  none: it is computed for what is listed, and nothing rests on it")
    if claim.steps_unevaluated:
        names = ", ".join(check.step.name for check in claim.steps_unevaluated)
        yield Text(f"not so      steps {names}: they could not be evaluated", style="yellow")


# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Context:
    """What the entries of one derivation refer to.

    Args:
        opened: assumption's step -> how it is closed: "suppose", "let", or "take" and what is taken.
        closes: step -> the step of the assumption that it closes.
        without: canonical key of an assumption -> what becomes of the claim without it.
        own: names of the steps; any other premise is a lemma.
    """

    opened: Mapping[str, str]
    closes: Mapping[str, str]
    without: Mapping[str, str]
    own: frozenset[str]


def _context(claim: Claim) -> _Context:
    opened, closes = _opened(claim.steps)
    without = {}
    for outcome in claim.variants:
        for formula in outcome.variant.drop:
            if outcome.ok:
                without[formula_key(formula)] = f"without it the statement is false (variant “{outcome.variant.title}”)"
    return _Context(opened, closes, without, frozenset(check.step.name for check in claim.steps))


def _opened(checks: Sequence[StepCheck]) -> tuple[dict[str, str], dict[str, str]]:
    """How each assumption is closed, and by which step; of equal assumptions the latest still open one is meant."""
    by_name = {check.step.name: check.theorem for check in checks}
    waiting: list[tuple[str, str]] = []
    opened: dict[str, str] = {}
    closes: dict[str, str] = {}
    for check in checks:
        step = check.step
        if step.rule == "assume":
            waiting.append((formula_key(check.theorem.conclusion), step.name))
        if step.rule == "discharge":
            gone = {formula_key(step.arguments["formula"])}
        elif step.rule in ("define", "choose"):
            before = by_name[step.by[-1].split(".")[0]]
            gone = {formula_key(h) for h in before.hypotheses} - {formula_key(h) for h in check.theorem.hypotheses}
        else:
            continue
        for key, name in reversed(waiting):
            if key in gone:
                taken = f"take {step.arguments['symbol'].name}" if step.rule == "choose" else ""
                opened[name] = {"discharge": "suppose", "define": "let"}.get(step.rule, taken)
                closes[step.name] = name
                waiting.remove((key, name))
                break
    return opened, closes


def _entries(checks: Sequence[StepCheck], context: _Context) -> Iterator[_Entry]:
    """Steps grouped for reading, with the number of bars beside each."""
    bars = 0
    current: _Entry | None = None
    for check in checks:
        rule = check.step.rule
        if current is not None and _continues(current, check, context):
            current.checks.append(check)
            bars -= rule == "discharge"
            current.bars = bars
            continue
        if current is not None:
            yield current
        how = context.opened.get(check.step.name, "")
        bars += (how == "suppose") - (rule == "discharge")
        current = _Entry([check], bars, how)
    if current is not None:
        yield current


def _quotes(check: StepCheck, context: _Context) -> bool:
    """Whether the step begins to put sizes into a lemma."""
    return check.step.rule == "generalise" and check.step.by[0].split(".")[0] not in context.own


def _continues(entry: _Entry, check: StepCheck, context: _Context) -> bool:
    """Whether a step belongs to the same entry as those before it."""
    first, last, rule = entry.checks[0], entry.last, check.step.rule
    follows = check.step.by[:1] == (last.step.name,) or (rule == "choose" and check.step.by[1:] == (last.step.name,))
    if not follows:
        return False
    if rule == "restate":
        return len(check.step.by) == 1 and show(check.theorem.conclusion) == show(last.theorem.conclusion)
    if _quotes(first, context):
        return rule in _APPLYING or (rule == "generalise" and last.step.rule == "generalise")
    if first.step.rule in _APPLYING:
        return rule in _APPLYING
    return first.step.rule in _CLOSING and rule in _CLOSING and not _quotes(check, context)


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
    if check.step.rule == "restate" and len(entry.checks) > 1:
        check = entry.checks[-2]
    step, conclusion = check.step, check.theorem.conclusion
    if entry.opens:
        lead = f"{entry.opens.capitalize()} " if not entry.opens.startswith("take") else f"T{entry.opens[1:]} with "
        yield from _formula(conclusion, lead, "bold", width)
        yield from _reason(step.why)
        yield from _reason(context.without.get(formula_key(conclusion), ""))
    elif step.rule == "chain":
        yield from _chain(check)
    elif _quotes(entry.checks[0], context) or step.rule in _APPLYING:
        yield from _formula(conclusion, "", "bold", width)
        yield from _reason(step.why, _applied(entry.checks, context))
    elif step.rule in _CLOSING:
        yield from _formula(conclusion, "So ", "", width)
        yield from _reason(step.why, _closed([c.step for c in entry.checks if c.step.rule in _CLOSING], context))
    else:
        yield from _formula(conclusion, "", "bold", width)
        yield from _reason(step.why, _rule_words(check))


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


def _listed(by: Sequence[str]) -> str:
    """References as text: (2), (3) and (4)."""
    names = [f"({name})" for name in by]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nothing"


def _applied(checks: Sequence[StepCheck], context: _Context) -> str:
    source = checks[0].step.by[0]
    is_lemma = source.split(".")[0] not in context.own
    names = [c.step.arguments["symbol"].name for c in checks if c.step.rule == "generalise"][::-1]
    values, premises, lengths = [], [], []
    for check in checks:
        if check.step.rule == "specialise":
            value = check.step.arguments["value"]
            if isinstance(value, Size):
                lengths.append(f"{names.pop(0)} = {value}" if names else str(value))
            else:
                values.append(value.name if isinstance(value, Function) else str(value))
        elif check.step.rule == "detach":
            premises.append(check.step.by[1])
    words = [f"by the lemma {source}" if is_lemma else f"by ({source})"]
    if lengths:
        words.append(f"with {', '.join(lengths)}")
    if values:
        words.append(f"for {', '.join(values)}")
    if premises:
        words.append(f"and {_listed(premises)}")
    return " ".join(words)


def _closed(steps: Sequence[Step], context: _Context) -> str:
    """What the steps close: names, choices, assumptions, arbitrary symbols."""
    found: dict[str, list[str]] = {"define": [], "choose": [], "discharge": [], "generalise": []}
    for step in reversed(steps):
        if step.rule == "discharge":
            assumed = context.closes.get(step.name)
            found[step.rule].append(f"({assumed})" if assumed else show(step.arguments["formula"]))
        elif step.rule == "choose":
            found[step.rule].append(f"{step.arguments['symbol'].name} by ({step.by[0]})")
        else:
            found[step.rule].append(step.arguments["symbol"].name)
    words = {
        "define": ("was a name", "were names"),
        "choose": ("exists", "exist"),
        "discharge": ("was assumed", "were assumed"),
        "generalise": ("was arbitrary", "were arbitrary"),
    }
    return "; ".join(f"{', '.join(names)} {words[rule][len(names) > 1]}" for rule, names in found.items() if names)


def _rule_words(check: StepCheck) -> str:
    """The rule of a step and its premises, in words."""
    step, given = check.step, check.step.arguments
    premises = _listed(step.by)
    match step.rule:
        case "penrose":
            return f"Penrose equation {given['index']} for {show(given['term'])}"
        case "conjoin":
            return premises
        case "project":
            return f"part of {premises}"
        case "witness":
            value = given["value"].name if isinstance(given["value"], Function) else show(given["value"])
            return f"namely {given['statement'].variable.name} = {value}, by {premises}"
        case "membership":
            return _law(given["law"], show(given["group"]), premises)
        case "induct":
            return f"by induction on {given['statement'].variable.name}, from {premises}"
        case "factorise":
            return f"by choice, as by {premises} the value depends only on {', '.join(map(show, given['through']))}"
        case "combine":
            scales = [show(scale) for scale, _, _ in given["multipliers"]]
            return f"from {premises}" + (f", times {', '.join(scales)}" if any(s != "1" for s in scales) else "")
        case "restate":
            return f"{premises} in another form"
        case "average":
            return f"re-indexing the average, by {premises}"
        case "cite":
            return f"cited, not proved: {given['name']}"
        case "assume":
            return "assumed"
    return f"{step.rule} of {premises}"


def _law(law: str, group: str, premises: str) -> str:
    return {
        "equations": f"by the definition of {group}, from {premises}",
        "criterion": f"by the definition of {group}, from {premises}",
        "product": f"a product of two elements of {group}, {premises}",
        "inverse": f"the inverse of an element of {group}, {premises}",
        "identity": f"the identity is in {group}",
        "subgroup": f"{group} is a subgroup, {premises}",
    }.get(law, f"{law} of {group}, {premises}")


NOTATION = """\
Y : d × N is a matrix with d rows and N columns, one vector in each column; Yᵀ is its transpose and I the identity.
O(d) is the group of the d × d matrices Q with QᵀQ = I and QQᵀ = I, and SO(d) those of determinant 1.
M⁺ is the pseudo-inverse of M; for a number s it is 1/s, and 0 where s = 0.
[A B] puts blocks side by side, [A; B] above one another; so Y [I; 0] is the first columns of Y, Y [0; I] the last.
f : (d × n) × (d × m) → (d × k) takes two matrices of these shapes to a third; nothing else is known of f.
“Multiply out” compares both sides after all products are expanded; (3.2) is the second part of step (3).
"""


def print_notation(out: Console) -> None:
    """What the signs in a derivation mean."""
    for line in NOTATION.splitlines():
        print_hung(Text(line, style="dim"), out, "", "  ")
    out.print()
