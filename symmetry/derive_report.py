"""A derived form for people, and as data for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.text import Text

from symmetry.formulas import Equal
from symmetry.layout import laid_out
from symmetry.notation import show
from symmetry.report import print_hung
from symmetry.terms import Sum

if TYPE_CHECKING:
    from rich.console import Console

    from symmetry.forms import Form
    from symmetry.terms import Function

__all__ = ["form_document", "print_form"]

_INDENT = "  "


def form_document(form: Form, *, latex: bool = False) -> dict[str, Any]:
    """A form as data: stable keys, the same bytes for the same problem.

    ``{"problem", "group", "sizes", "status": "derived", "reading", "gathered", "outputs": [{"output", "equation",
    "short"}], "symbols": [{"name", "term", "shape"}], "free_functions": [{"name", "arguments", "value"}], "laws",
    "positions", "within", "numbers", "notes", "statements", "rests_on", "primitives", "assumptions"}``. Equations, laws
    and statements are text; shapes are pairs of sizes; ``short`` has the letters of ``symbols``, and ``latex`` stands
    beside each equation on request. With finite information of order p, ``gathered`` is what it supposes, and
    ``within`` has the form of each function in it: ``{"outputs", "symbols", "free_functions", "laws", "positions"}``.
    """
    theorems = dict(zip((each.claim for each in form.derivations), form.replay()))
    problem = form.problem
    document: dict[str, Any] = {
        "problem": str(problem) if problem else None,
        "group": str(problem.group) if problem else None,
        "sizes": problem.sizes if problem else {},
        "status": "derived",
        "reading": form.reading or None,
        "gathered": list(map(show, form.gathered)),
        **_parts(form, latex),
        "within": [_parts(part, latex) for part in form.within],
        "numbers": list(form.numbers),
        "notes": list(form.notes),
        "statements": [show(theorems[claim].conclusion) for claim in form.claims],
        "rests_on": list(form.rests_on),
        "primitives": sorted({name for theorem in theorems.values() for name in theorem.primitives}),
        "assumptions": sorted({name for theorem in theorems.values() for name in theorem.assumptions}),
    }
    for output, tensor in zip(document["outputs"], problem.outputs if problem else ()):
        output["output"] = str(tensor)
    return document


def _parts(form: Form, latex: bool) -> dict[str, Any]:
    """Equations, letters, free functions and laws as data."""
    equations = zip(form.equations, form.short, form.parts)
    return {
        "outputs": [
            {"equation": show(long), "short": show(short), **({"latex": part.latex()} if latex else {})}
            for long, short, part in equations
        ],
        "symbols": [
            {"name": show(each.left), "term": show(each.right), "shape": list(map(str, each.left.shape))}
            for each in form.symbols
        ],
        "free_functions": [
            {
                "name": function.name,
                "arguments": [list(map(str, shape)) for shape in function.domain],
                "value": list(map(str, function.codomain)),
            }
            for function in form.free_functions
        ],
        "laws": list(map(show, form.laws)),
        "positions": list(map(show, form.positions)),
    }


def print_form(form: Form, out: Console) -> None:
    """The form, what its letters stand for, the laws, what is free, and what it rests on."""
    if form.problem is not None:
        print_hung(Text.assemble((str(form.problem), "bold"), f"   under {form.problem.group}"), out, "", "    ")
        sizes = ", ".join(f"{name} = {value}" for name, value in form.problem.sizes.items())
        if sizes:
            print_hung(Text(f"at {sizes}", style="dim"), out, "")
    if form.reading:
        print_hung(Text.assemble("supposing ", (form.reading, "yellow")), out, "", "    ")
    out.print()
    for equation in form.gathered or form.short:
        _print_lines(_equation(equation, out.width - 4), out, "bold")
    out.print()
    if not form.within:
        _print_functions(form, out)
    for part in form.within:
        for equation in part.short:
            _print_lines(_equation(equation, out.width - 4), out, "bold")
        _print_functions(part, out)
        out.print()
    for label, text in _remarks(form):
        print_hung(Text.assemble((f"{label:<9}", "cyan"), text), out, "", " " * 9)


def _print_functions(form: Form, out: Console) -> None:
    """What the letters stand for, the free functions, and the laws they obey."""
    if form.symbols:
        _print_table(((show(s.left), f"= {show(s.right)}", _shape(s.left.shape)) for s in form.symbols), "where", out)
    if form.free_functions:
        _print_table(_functions(form.free_functions), "functions", out)
    if form.laws:
        out.print(Text("laws", style="cyan"))
    for law in form.laws:
        _print_lines(laid_out(law, out.width - 4), out)
    for formula in form.positions:
        title = "at each position: one function of what is there and of the others, whose order it does not see"
        print_hung(Text(title, style="cyan"), out, "")
        _print_lines(laid_out(formula, out.width - 4), out)


def _equation(equation: Equal, width: int) -> list[str]:
    """The equation, on one line or one line for each summand."""
    line = show(equation)
    if len(line) <= width or not isinstance(equation.right, Sum):
        return laid_out(equation, width)
    first, *others = map(show, equation.right.terms)
    return [show(equation.left), f"  = {first}", *(f"  + {other}" for other in others)]


def _print_lines(lines: Iterable[str], out: Console, style: str = "") -> None:
    for line in lines:
        lead = line[: len(line) - len(line.lstrip())]
        print_hung(Text(line.lstrip(), style=style), out, _INDENT + lead, _INDENT)


def _print_table(rows: Iterable[tuple[str, str, str]], label: str, out: Console) -> None:
    """Rows of three cells under a label; the last cell goes to a line of its own where the width is short."""
    rows = list(rows)
    out.print(Text(label, style="cyan"))
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, what, shape in rows:
        line = f"{name:<{first}} {what:<{second}}   {shape}"
        print_hung(Text(line.rstrip()), out, _INDENT, "    ")


def _functions(functions: Iterable[Function]) -> Iterator[tuple[str, str, str]]:
    for function in functions:
        domain = " × ".join(_shape(shape, brackets=True) for shape in function.domain)
        yield function.name, f": {domain} → {_shape(function.codomain, brackets=True)}", ""


def _shape(shape: Any, *, brackets: bool = False) -> str:
    text = f"{shape[0]} × {shape[1]}"
    return f"({text})" if brackets else text


def _remarks(form: Form) -> Iterator[tuple[str, str]]:
    theorems = form.replay()
    for note in form.notes:
        yield "note", note
    if form.numbers:
        yield (
            "sees",
            f"a free function sees at most {form.numbers[0]} numbers; without the supposition {form.numbers[1]}",
        )
    functions, laws = (any(getattr(part, name) for part in (form, *form.within)) for name in ("free_functions", "laws"))
    if functions:
        free = "any that obey the laws" if laws else "any at all"
        yield "free", f"{'the functions g' if form.within else 'the functions'}: {free}, continuous or not"
    else:
        yield "free", "nothing: f is zero"
    steps = sum(len(each.steps) for each in form.derivations if each.claim in form.claims)
    if form.within:
        names = ", ".join(function.name for function in form.free_functions)
        assumed = f"that f is gathered so, e, b, … running over the positions, by functions ({names})"
        yield "assumed", f"{assumed} that serve all positions and have the other symmetries"
        derived = "f is gathered so exactly when these functions are of the forms above"
    elif form.reading:
        yield "assumed", "that there are such functions of these arguments alone"
        derived = "f is such and has the symmetry exactly when they can be chosen to obey the laws"
        derived = derived if form.laws else "such functions have the symmetry"
    else:
        derived = "exactly the functions of this form have the symmetry"
    yield "derived", f"for all sizes: {derived} ({steps} steps, replayed)"
    primitives = sorted({name for theorem in theorems for name in theorem.primitives})
    yield "rests on", ", ".join((*form.rests_on, *primitives)) or "the rules of logic alone"
