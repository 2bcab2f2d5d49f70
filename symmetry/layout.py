"""Statements over several lines: quantifiers first, then what is supposed, then what follows.

>>> from symmetry.formulas import Equal, Member, forall, implies
>>> from symmetry.terms import MatrixGroup, Variable, sizes
>>> d, n, m = sizes("d n m")
>>> Q, X, Z = Variable("Q", d, d), Variable("X", d, n), Variable("Z", d, m)
>>> law = forall(Q, implies(Member(Q, MatrixGroup("O", d)), forall(X, Z, Equal((Q * Z).T * (Q * X), Z.T * X))))
>>> print(*laid_out(law, 40), sep="\\n")
∀ Q ∈ O(d).  ∀ X : d × n; Z : d × m.
  (QZ)ᵀ Q X = ZᵀX
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, negated
from symmetry.notation import iff_sides, quantifiers, show

__all__ = ["laid_out"]


def laid_out(formula: Formula, width: int = 72) -> list[str]:
    """The statement as lines of about the given width; a line is longer only where a term has no place to break."""
    text = show(formula)
    if len(text) <= width:
        return [text]
    return list(_lines(formula, max(width, 24)))


def _lines(formula: Formula, width: int) -> Iterator[str]:
    if isinstance(formula, ForAll | Exists):
        yield from _quantified(formula, width)
    elif isinstance(formula, And) and (sides := iff_sides(formula)) is not None:
        yield from laid_out(sides[0], width)
        yield "⟺"
        yield from laid_out(sides[1], width)
    elif isinstance(formula, And):
        for index, part in enumerate(formula.parts):
            yield from _led("∧ " if index else "  ", laid_out(part, width - 2))
    elif (premise := negated(formula)) is not None:
        *lines, last = laid_out(premise, width - 6)
        yield from _led("not (", [*lines, f"{last})"])
    elif isinstance(formula, Implies):
        lead = "if   "
        while isinstance(formula, Implies) and negated(formula) is None:
            yield from _led(lead, laid_out(formula.premise, width - 5))
            formula, lead = formula.conclusion, "and  "
        yield from _led("then ", laid_out(formula, width - 5))
    elif isinstance(formula, Equal):
        yield show(formula.left)
        yield f"  = {show(formula.right)}"
    else:
        yield show(formula)


def _quantified(formula: ForAll | Exists, width: int) -> Iterator[str]:
    """Heads on one line as long as they fit, then the body, indented."""
    line = ""
    body: Formula = formula
    while isinstance(body, ForAll | Exists):
        head, body = quantifiers(body)
        if line and len(line) + len(head) + 3 > width:
            yield line
            line = ""
        line += f"{'  ' if line else ''}{head}."
        if len(line) > width and "; " in line:
            first, *others = line.split("; ")
            yield from (f"{part};" for part in (first, *(f"  {other}" for other in others[:-1])))
            yield f"  {others[-1]}"
            line = ""
    rest = laid_out(body, width - 2)
    if line and len(rest) == 1 and len(line) + 2 + len(rest[0]) <= width:
        yield f"{line}  {rest[0]}"
        return
    if line:
        yield line
    yield from _led("  ", rest)


def _led(lead: str, lines: Iterable[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        yield (lead if index == 0 else " " * len(lead)) + line
