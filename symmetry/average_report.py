"""A Haar average for people, and as data for machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.text import Text

from symmetry.digits import raised
from symmetry.report import print_hung

if TYPE_CHECKING:
    from rich.console import Console

    from symmetry.haar.text import Question

__all__ = ["average_document", "print_average", "typeset"]


def typeset(expr: Any) -> str:
    """A SymPy expression on one line, with raised powers, without signs of multiplication.

    >>> from sympy import symbols
    >>> x, d = symbols("x d")
    >>> typeset(3 * x**12 / (d * (d + 2)) - x)
    '−x + 3 x¹² / (d (d + 2))'
    """
    text = re.sub(r"\*\*(\d+)", lambda power: raised(power[1]), str(expr))
    text = re.sub(r"(?<!\*)\*(?!\*)", " ", text)
    return re.sub(r"(?<=[)⁰¹²³⁴⁵⁶⁷⁸⁹])/|/(?=\()", " / ", text).replace("-", "−")


def _validity(question: Question, d: int | None) -> str:
    """For which dimensions the answer holds."""
    if d is not None:
        return f"exact at d = {d}"
    if question.kind == "entries":
        return "for every d for which the entries exist"
    return "for every d of at least half the degree in Q; at a smaller one ask for it with --d"


def print_average(text: str, question: Question, result: Any, group: str, d: int | None, out: Console) -> None:
    """What is averaged, as it was written, and its average, a term on each line."""
    over = f"{group}({d if d is not None else 'd'})"
    print_hung(Text.assemble((f"average over {over} of  ", "dim"), (text, "bold")), out, "", "    ")
    out.print()
    for place, term in enumerate(result.as_ordered_terms()):
        line = typeset(term)
        sign = "= " if place == 0 else "− " if line.startswith("−") else "+ "
        print_hung(Text(sign + (line.removeprefix("−") if place else line)), out, "  ", "    ")
    out.print()
    print_hung(Text(_validity(question, d), style="dim"), out, "")


def average_document(question: Question, result: Any, group: str, d: int | None) -> dict[str, Any]:
    """A Haar average as data.

    ``{"group", "d": number or null where it is a symbol, "expression", "kind": "entries" | "inner products", "average",
    "latex", "valid": in words}``. Expressions are SymPy's text.
    """
    from sympy import latex

    return {
        "group": group,
        "d": d,
        "expression": str(question.expr),
        "kind": question.kind,
        "average": str(result),
        "latex": latex(result),
        "valid": _validity(question, d),
    }
