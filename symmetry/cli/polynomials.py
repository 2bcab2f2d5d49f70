"""Commands of the polynomial side: bases and their numbers, Haar averages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from symmetry.cli.command import Commands, natural, print_json, read_numbers, read_sizes
from symmetry.errors import SymmetryError, Underivable, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from symmetry.degrees import Degree
    from symmetry.problem import Problem

__all__ = ["add_commands"]

MOST_TERMS = 200_000  # of all elements together, as data or in coordinates


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    basis = commands.add(
        "basis",
        _basis,
        "the polynomial maps of a degree with a symmetry: a basis, their number, their Hilbert series",
        'symmetry basis "X: d n -> d n" --group "O(d) x S(n)" --degree 3 --sizes d=3,n=4',
    )
    basis.add_argument("problem", metavar="PROBLEM", help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"')
    basis.add_argument("--group", required=True, help='what acts on which axis, as in "O(d) x S(n)"')
    basis.add_argument("--degree", metavar="k|X=1,Z=2", help="the total degree, or the degree in each input")
    basis.add_argument("--sizes", default="", metavar="d=3,n=4", help="the sizes of all axes")
    basis.add_argument("--count", action="store_true", help="the number alone, without enumerating")
    basis.add_argument("--series", action="store_true", help="the Hilbert series: the numbers in all degrees")
    basis.add_argument("--coordinates", action="store_true", help="each element in the entries of the inputs as well")
    basis.add_argument(
        "--limit", type=natural, default=10_000, metavar="N", help="list no basis that is larger (default 10000)"
    )
    basis.add_argument("--json", action="store_true", help="one JSON document on standard output")

    average = commands.add(
        "average",
        _average,
        "the Haar average over O(d) or SO(d) of a polynomial in entries of Q or in inner products",
        'symmetry average "(a·Qx)^2 (b·Qy)^2" --d 3',
    )
    average.add_argument(
        "expression",
        metavar="EXPR",
        help="such as Q[0,0]^2 Q[1,1]^2, (a·Qx)(b·Qx), tr(Q A Q' B): lower-case vectors, upper-case matrices, Greek "
        "numbers",
    )
    average.add_argument("--d", type=natural, default=None, metavar="N", help="the dimension (default: a symbol)")
    average.add_argument("--group", choices=("O", "SO"), default="O", help="O (default), or SO with a dimension")
    average.add_argument("--numbers", default="", metavar="s,t", help="lower-case names that stand for numbers")
    average.add_argument("--orthonormal", default="", metavar="e1,e2", help="vectors that are orthonormal")
    average.add_argument("--latex", action="store_true", help="the average alone, typeset")
    average.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _basis(arguments: argparse.Namespace) -> None:
    from symmetry.basis_report import print_problem, print_series, series_document
    from symmetry.characters.hilbert import hilbert_series
    from symmetry.invariants.basis import counted
    from symmetry.problem import Problem
    from symmetry.report import console

    problem = Problem(arguments.problem, group=arguments.group)
    if arguments.degree is None and not arguments.series:
        raise UsageError("give --degree, such as --degree 3, or --series for the numbers in all degrees")
    problem = problem.sized(**read_sizes(arguments.sizes) if arguments.sizes else {})
    out = None if arguments.json else console()
    document: dict[str, Any] = {"problem": str(problem), "group": str(problem.group), "sizes": problem.sizes}
    degree = None if arguments.degree is None else _degree(arguments.degree)
    number, by = (0, "") if degree is None else counted(problem, degree)
    series = hilbert_series(problem) if arguments.series else None
    if series is not None and isinstance(degree, int) and series.expansion(degree + 1)[degree] != number:
        raise SymmetryError(f"the Hilbert series does not have {number} in degree {degree}: please report this")
    if out:
        print_problem(problem, out)
    if degree is not None:
        try:
            document.update(_elements(problem, degree, number, by, arguments, out))
        except Underivable as error:
            arguments.status = 3
            if arguments.json:
                print_json({**document, "status": "unknown", "reason": error.reason, "missing": error.missing})
            else:
                print(f"symmetry: no basis: {error}", file=sys.stderr)
            return
    if series is not None:
        document["series"] = series_document(series)
        if out:
            print_series(series, out)
    if arguments.json:
        print_json(document)


def _elements(
    problem: Problem, degree: Degree, number: int, by: str, arguments: argparse.Namespace, out: Console | None
) -> dict[str, Any]:
    """The number of elements and, unless the number is all that is asked for, the elements."""
    from symmetry.basis_report import basis_document, count_document, print_basis, print_count
    from symmetry.invariants.basis import basis

    if arguments.count:
        if out:
            print_count(number, by, degree, out)
        return count_document(number, by, degree)
    if number > arguments.limit:
        raise UsageError(
            f"the basis has {number} elements, more than {arguments.limit}: ask for --count alone, or allow more with "
            "--limit"
        )
    found = basis(problem, degree)
    terms = tuple(found.terms()) if number else ()
    if len(terms) != number:
        arguments.status = 1
    if arguments.json or arguments.coordinates:
        written = sum(map(found.orbit_size, terms))
        if written > MOST_TERMS:
            raise UsageError(f"the elements have {written} terms together, and {MOST_TERMS} are written out at most")
    explicit = list(map(found.in_coordinates, found)) if arguments.coordinates else None
    if out:
        print_basis(found, terms, number, by, out, explicit)
        return {}
    return basis_document(found, terms, number, by, explicit)


def _degree(text: str) -> Degree:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        if text != digits or len(digits) > 9:
            raise UsageError(f"--degree {text}: a degree is a natural number of at most 9 digits")
        return int(text)
    return read_numbers(text, "--degree", "X=1,Z=2, or one number")


def _average(arguments: argparse.Namespace) -> None:
    from sympy import MatrixSymbol, Symbol, latex

    from symmetry.average_report import average_document, print_average
    from symmetry.haar.average import haar_average
    from symmetry.haar.reynolds import reynolds
    from symmetry.haar.text import read_average
    from symmetry.report import console

    d = Symbol("d") if arguments.d is None else arguments.d
    numbers, orthonormal = _names(arguments.numbers), _names(arguments.orthonormal)
    question = read_average(arguments.expression, d, numbers)
    Q = MatrixSymbol("Q", d, d)
    vectors = {symbol.name: symbol for symbol in question.expr.atoms(MatrixSymbol) if symbol.shape[1] == 1}
    _refuse_strangers("--numbers", numbers, {symbol.name for symbol in question.expr.free_symbols} - {"Q", *vectors})
    _refuse_strangers("--orthonormal", orthonormal, vectors)
    if question.kind == "entries":
        result = haar_average(question.expr, Q, arguments.group)
    else:
        result = reynolds(question.expr, Q, arguments.group, orthonormal=[vectors[name] for name in orthonormal])
    if arguments.json:
        print_json(average_document(question, result, arguments.group, arguments.d))
    elif arguments.latex:
        print(latex(result))
    else:
        print_average(arguments.expression, question, result, arguments.group, arguments.d, console())


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _refuse_strangers(option: str, names: list[str], known: Collection[str]) -> None:
    """Refuse names that the expression does not have in this role."""
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise UsageError(f"{option} {name}: the expression has no such letter in this place; it has {there}")
