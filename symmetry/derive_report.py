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

    ``{"problem", "group", "sizes", "status": "derived", "reading", "outputs": [{"output", "equation", "short"}],
    "symbols": [{"name", "term", "shape"}], "free_functions": [{"name", "arguments", "value"}], "laws", "notes",
    "statements", "rests_on", "primitives", "assumptions"}``: equations, laws and statements are text; shapes are pairs
    of sizes; ``short`` has the letters of ``symbols``; ``latex`` stands beside each equation on request.
    """
    theorems = form.replay()
    problem = form.problem
    outputs = [str(tensor) for tensor in problem.outputs] if problem else ["" for _ in form.equations]
    document: dict[str, Any] = {
        "problem": str(problem) if problem else None,
        "group": str(problem.group) if problem else None,
        "sizes": problem.sizes if problem else {},
        "status": "derived",
        "reading": form.reading or None,
        "outputs": [
            {"output": output, "equation": show(equation), "short": show(short)}
            for output, equation, short in zip(outputs, form.equations, form.short)
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
        "notes": list(form.notes),
        "statements": [show(theorem.conclusion) for theorem in theorems[-len(form.claims) :]],
        "rests_on": list(form.rests_on),
        "primitives": sorted({name for theorem in theorems for name in theorem.primitives}),
        "assumptions": sorted({name for theorem in theorems for name in theorem.assumptions}),
    }
    if latex:
        for output, part in zip(document["outputs"], form.parts):
            output["latex"] = part.latex()
    return document


def print_form(form: Form, out: Console) -> None:
    """The form, what its letters stand for, the laws, what is free, and what it rests on."""
    if form.problem is not None:
        print_hung(Text.assemble((str(form.problem), "bold"), f"   under {form.problem.group}"), out, "", "    ")
        sizes = ", ".join(f"{name} = {value}" for name, value in form.problem.sizes.items())
        if sizes:
            print_hung(Text(f"at {sizes}", style="dim"), out, "")
    out.print()
    for equation in form.short:
        _print_lines(_equation(equation, out.width - 4), out, "bold")
    out.print()
    if form.symbols:
        _print_table(((show(s.left), f"= {show(s.right)}", _shape(s.left.shape)) for s in form.symbols), "where", out)
    if form.free_functions:
        _print_table(_functions(form.free_functions), "functions", out)
    for index, law in enumerate(form.laws):
        if index == 0:
            out.print(Text("laws", style="cyan"))
        _print_lines(laid_out(law, out.width - 4), out)
    for label, text in _remarks(form):
        print_hung(Text.assemble((f"{label:<9}", "cyan"), text), out, "", " " * 9)


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
    if not form.free_functions:
        yield "free", "nothing: f is zero"
    elif form.laws:
        yield "free", "the functions: any that obey the laws, continuous or not"
    else:
        yield "free", "the functions: any at all, continuous or not"
    steps = sum(len(derivation.steps) for derivation in form.derivations[-len(form.claims) :])
    yield "derived", f"for all sizes: exactly the functions of this form have the symmetry ({steps} steps, replayed)"
    primitives = sorted({name for theorem in theorems for name in theorem.primitives})
    yield "rests on", ", ".join((*form.rests_on, *primitives)) or "the rules of logic alone"
