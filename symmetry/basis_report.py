"""A basis of polynomial maps, its number and its Hilbert series: for people, and as data for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from symmetry.report import print_hung

if TYPE_CHECKING:
    from rich.console import Console

    from symmetry.invariants.basis import Basis
    from symmetry.invariants.configuration import Configuration
    from symmetry.invariants.term import Term

__all__ = ["basis_document", "degree_text", "print_basis", "term_text"]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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
        return label.input + ",".join(str(value + 1).translate(_SUBSCRIPTS) for _, value in label.values)

    def power(text: str, exponent: int) -> str:
        return text if exponent == 1 else text + str(exponent).translate(_POWERS)

    factors = [
        power(f"({vector(a)}·{vector(b)})", exponent)
        for (a, b), exponent in Counter(pair for pair in term.pairs if pair[0] >= rank).items()
    ]
    for scalar, exponent in Counter(term.scalars).items():
        label = configuration.scalars[scalar]
        name = label.input + ",".join(str(value + 1).translate(_SUBSCRIPTS) for _, value in label.values)
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


def print_basis(basis: Basis, orbits: Sequence[Sequence[Term]], count: int, out: Console) -> None:
    """The elements, one to a line, and their number two ways."""
    configuration = basis.configuration
    width = len(str(len(orbits)))
    for number, orbit in enumerate(orbits, start=1):
        line = Text.assemble((f"{number:>{width}}  ", "dim"), term_text(configuration, orbit[0]))
        if len(orbit) > 1:
            line.append(f"  + {len(orbit) - 1} image{'s' * (len(orbit) > 2)}", style="dim")
        print_hung(line, out, "  ", " " * (width + 4))
    if orbits:
        out.print()
    same = len(orbits) == count
    print_hung(
        Text.assemble(
            (f"{count}", "bold"),
            f" of {degree_text(basis.degree)}: {len(orbits)} enumerated, {count} by averaging characters",
            ("" if same else "  they differ", "bold red"),
        ),
        out,
        "",
        "  ",
    )


def basis_document(basis: Basis, orbits: Sequence[Sequence[Term]] | None, count: int) -> dict[str, Any]:
    """A basis as data.

    ``{"problem", "group", "sizes", "degree", "count", "enumerated", "vectors", "scalars", "elements": [{"text",
    "terms": [{"component": {"output", "values"}, "pairs", "scalars", "determinant"}]}]}``. Vectors are named; a pair of
    numbers is an inner product of vectors, where the first r numbers are the r marked vectors of a component with r
    turned axes; without enumeration, ``enumerated`` is null and there are no elements.
    """
    configuration, problem = basis.configuration, basis.problem
    document: dict[str, Any] = {
        "problem": str(problem),
        "group": str(problem.group),
        "sizes": problem.sizes,
        "degree": basis.degree,
        "count": count,
        "enumerated": None if orbits is None else len(orbits),
        "vectors": list(map(str, configuration.vectors)),
        "scalars": list(map(str, configuration.scalars)),
        "elements": [],
    }
    for orbit in orbits or ():
        terms = []
        for number, pairs, scalars, determinant in orbit:
            component = configuration.components[number]
            terms.append(
                {
                    "component": {"output": component.output, "values": dict(component.values)},
                    "pairs": [list(pair) for pair in pairs],
                    "scalars": list(scalars),
                    "determinant": list(determinant),
                }
            )
        document["elements"].append({"text": term_text(configuration, orbit[0]), "terms": terms})
    return document
