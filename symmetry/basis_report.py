"""A basis of polynomial maps, its number and its Hilbert series: for people, and as data for machines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from symmetry.digits import lowered, raised
from symmetry.report import print_hung

if TYPE_CHECKING:
    from rich.console import Console

    from symmetry.characters.hilbert import HilbertSeries
    from symmetry.invariants.basis import Basis
    from symmetry.invariants.configuration import Configuration
    from symmetry.invariants.term import Term
    from symmetry.problem import Problem

__all__ = [
    "basis_document",
    "count_document",
    "degree_text",
    "print_basis",
    "print_count",
    "print_problem",
    "print_series",
    "series_document",
    "term_text",
]

SHOWN = 11  # coefficients of a series, degrees 0 to 10


def degree_text(degree: Any) -> str:
    """A degree in words: ``degree 3``, or ``degree 1 in X, 2 in Z``."""
    if isinstance(degree, int):
        return f"degree {degree}"
    return "degree " + ", ".join(f"{power} in {name}" for name, power in degree.items())


def term_text(configuration: Configuration, term: Term) -> str:
    """One term as a person would write it: the vector or matrix after its coefficient, and where it stands.

    >>> from symmetry import Problem
    >>> from symmetry.invariants.basis import basis
    >>> found = basis(Problem("X: d n -> d n", group="O(d)"), 3, d=2, n=2)
    >>> term_text(found.configuration, next(found.terms()))
    '(X₁·X₁) X₁ at n = 1'
    """
    component = configuration.components[term.component]
    rank = component.rank

    def vector(number: int) -> str:
        label = configuration.vectors[number - rank]
        return label.input + ",".join(lowered(value + 1) for _, value in label.values)

    def power(text: str, exponent: int) -> str:
        return text if exponent == 1 else text + raised(exponent)

    alone = not rank and len(term.pairs) == 1 and not term.scalars and not term.determinant
    factors = [
        power(f"{vector(a)}·{vector(b)}" if alone else f"({vector(a)}·{vector(b)})", exponent)
        for (a, b), exponent in Counter(pair for pair in term.pairs if pair[0] >= rank).items()
    ]
    for scalar, exponent in Counter(term.scalars).items():
        label = configuration.scalars[scalar]
        name = label.input + ",".join(lowered(value + 1) for _, value in label.values)
        factors.append(power(name, exponent))
    partners = {a: vector(b) for a, b in term.pairs if a < rank <= b}
    inside = [mark for mark in term.determinant if mark < rank]
    if term.determinant:
        written = ", ".join([*"·" * len(inside), *(vector(v) for v in term.determinant if v >= rank)])
        if len(inside) == 1:
            partners[inside[0]] = f"det[{written}]"
        else:
            factors.append(f"det[{written}]")
    joined = [pair for pair in term.pairs if pair[1] < rank]
    factors += ["I"] * len(joined)
    ordered = [partners[mark] for mark in sorted(partners)]
    factors += [text + "ᵀ" * (place > 0) for place, text in enumerate(ordered)] if rank <= 2 else [" ⊗ ".join(ordered)]
    text = " ".join(filter(None, factors)) or "1"
    where = [f"{axis} = {value + 1}" for axis, value in component.values]
    if len(configuration.problem.outputs) > 1:
        where.insert(0, f"output {component.output + 1}")
    return f"{text} at {', '.join(where)}" if where else text


def print_count(number: int, by: str, degree: Any, out: Console) -> None:
    """How many there are."""
    line = Text.assemble((str(number), "bold"), f" of {degree_text(degree)}, by {by}")
    print_hung(line, out, "", "  ")
    out.print()


def print_basis(
    basis: Basis,
    terms: Sequence[Term],
    number: int,
    by: str,
    out: Console,
    explicit: Sequence[Any] | None = None,
) -> None:
    """The elements, one to a line, and their number two ways.

    Args:
        terms: one of each element.
        number, by: how many there are, and how that was found.
        explicit: each element in coordinates, to be shown below it.
    """
    width = len(str(len(terms)))
    for place, term in enumerate(terms):
        line = Text.assemble((f"{place + 1:>{width}}  ", "dim"), term_text(basis.configuration, term))
        images = basis.orbit_size(term) - 1
        if images:
            line.append(f"  + {images} image{'s' * (images > 1)}", style="dim")
        print_hung(line, out, "  ", " " * (width + 4))
        if explicit is not None:
            print_hung(Text(_flat(explicit[place]), style="dim"), out, " " * (width + 4), "  ")
    if terms:
        out.print()
    agree = Text(f": {len(terms)} enumerated, {number} by {by}")
    if len(terms) != number:
        agree.append("  these differ", style="bold red")
    print_hung(Text.assemble((str(number), "bold"), f" of {degree_text(basis.degree)}", agree), out, "", "  ")
    invariants = basis.configuration.invariants
    if invariants is not None:
        print_hung(Text(f"made of {invariants.generators} ({invariants.source})", style="dim"), out, "", "  ")
    out.print()


def _flat(value: Any) -> str:
    """An element in coordinates on one line."""
    return str(value.tolist()) if hasattr(value, "tolist") else str(value)


def print_problem(problem: Problem, out: Console) -> None:
    """The problem, its group and its sizes, as a heading."""
    sizes = ", ".join(f"{axis} = {size}" for axis, size in problem.sizes.items())
    words = [str(problem), f"under {problem.group}"] + [f"at {sizes}"] * bool(sizes)
    print_hung(Text("   ".join(words), style="bold"), out, "", "  ")
    out.print()


def print_series(series: HilbertSeries, out: Console) -> None:
    """The Hilbert series as a rational function and as an expansion, and its coefficients as a table."""
    numbers = series.expansion(SHOWN)
    powers = [f"{'' if number == 1 and k else number}{_monomial(k)}" for k, number in enumerate(numbers) if number]
    expansion = " + ".join([*powers, "…"])
    print_hung(Text("Hilbert series: the number in each degree is the coefficient of its power", style="dim"), out, "")
    if series.rational is not None:
        print_hung(Text(f"H(t) = {_typeset(str(series))}"), out, "  ", "       ")
        print_hung(Text(f"     = {expansion}"), out, "  ", "       ")
    else:
        print_hung(Text(f"H(t) = {expansion}"), out, "  ", "       ")
        print_hung(
            Text(f"as a rational function it is not known here: {series.reason}", style="yellow"), out, "  ", "  "
        )
    out.print()
    width = max(len(str(number)) for number in numbers) + 2
    at_once = max(1, (out.width - 8) // width)
    for start in range(0, len(numbers), at_once):
        part = range(start, min(start + at_once, len(numbers)))
        out.print(Text("degree  " + "".join(f"{k:>{width}}" for k in part), style="dim"))
        out.print(Text("number  " + "".join(f"{numbers[k]:>{width}}" for k in part)))


def _monomial(power: int) -> str:
    return "" if power == 0 else "t" + (raised(power) if power > 1 else "")


def _typeset(text: str) -> str:
    """Powers as superscripts and a true minus sign."""
    return re.sub(r"\^(\d+)", lambda match: raised(match[1]), text).replace(" - ", " − ")


def series_document(series: HilbertSeries) -> dict[str, Any]:
    """A Hilbert series as data.

    ``{"numerator": coefficients from the constant one, "denominator": [a, …] for Π (1 - tᵃ), "reason", "expansion":
    coefficients from degree 0}``; numerator and denominator are null where only the expansion is known, for the reason.
    """
    return {
        "numerator": None if series.numerator is None else list(series.numerator),
        "denominator": None if series.denominator is None else list(series.denominator),
        "reason": series.reason,
        "expansion": list(series.expansion(SHOWN)),
    }


def count_document(number: int, by: str, degree: Any) -> dict[str, Any]:
    """How many there are, as data: ``{"degree", "count", "counted_by": in words}``."""
    return {"degree": degree, "count": number, "counted_by": by}


def basis_document(
    basis: Basis, terms: Sequence[Term], number: int, by: str, explicit: Sequence[Any] | None = None
) -> dict[str, Any]:
    """A basis as data.

    ``{"degree", "count", "counted_by", "enumerated", "generators", "source", "vectors", "scalars", "elements":
    [{"text", "terms": [{"component": {"output", "values"}, "pairs", "scalars", "determinant"}]}]}``, and
    ``"coordinates"`` in each element on request. A pair of numbers is an inner product: 0 to r − 1 are the marked
    vectors of a component with r turned axes, the others are ``vectors`` in order. The count is found without
    enumerating; ``generators`` and their ``source`` are null where nothing is turned.
    """
    configuration = basis.configuration
    invariants = configuration.invariants
    elements = []
    for place, first in enumerate(terms):
        orbit = []
        for component, pairs, scalars, determinant in basis.orbit(first):
            where = configuration.components[component]
            orbit.append(
                {
                    "component": {"output": where.output, "values": dict(where.values)},
                    "pairs": [list(pair) for pair in pairs],
                    "scalars": list(scalars),
                    "determinant": list(determinant),
                }
            )
        element: dict[str, Any] = {"text": term_text(configuration, first), "terms": orbit}
        if explicit is not None:
            element["coordinates"] = _flat(explicit[place])
        elements.append(element)
    return {
        **count_document(number, by, basis.degree),
        "enumerated": len(terms),
        "generators": invariants.generators if invariants else None,
        "source": invariants.source if invariants else None,
        "vectors": list(map(str, configuration.vectors)),
        "scalars": list(map(str, configuration.scalars)),
        "elements": elements,
    }
