"""The command `symmetry derive`: the general form of the functions with a symmetry."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from symmetry.cli.command import Commands, print_json, read_sizes
from symmetry.errors import Underivable, UsageError

if TYPE_CHECKING:
    from symmetry.characters.hilbert import HilbertSeries
    from symmetry.problem import Problem

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the command of this module."""
    derive = commands.add(
        "derive",
        _derive,
        "the general form of all functions with a symmetry",
        'symmetry derive "X: d n, Z: d m -> d n" --group "O(d) x S(n)"',
    )
    derive.add_argument("problem", metavar="PROBLEM", help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"')
    derive.add_argument("--group", required=True, help='what acts on which axis, as in "O(d) x S(n)"')
    derive.add_argument(
        "--finite-information",
        metavar="p,r",
        help="suppose order p and width r as well, or knowledge-mediated: definitions of this project (theory, 5)",
    )
    derive.add_argument(
        "--sizes", default="", metavar="d=3,n=2", help="count the polynomial functions at these sizes as well"
    )
    derive.add_argument("--latex", action="store_true", help="the equations alone, typeset; with --json beside them")
    derive.add_argument("--proof", metavar="FILE", help="write the derivations there, for `symmetry replay FILE`")
    derive.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _derive(arguments: argparse.Namespace) -> None:
    from symmetry.derived import derive
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    series = _series(problem.sized(**read_sizes(arguments.sizes))) if arguments.sizes else None
    try:
        form = derive(problem, finite_information=_reading(arguments.finite_information))
    except Underivable as error:
        arguments.status = 3
        if arguments.json:
            found = {"problem": str(problem), "group": str(problem.group), "status": "unknown"}
            _print_derived({**found, "reason": error.reason, "missing": error.missing}, series)
        else:
            print(f"symmetry: not derived: {error}", file=sys.stderr)
            _print_polynomials(series)
        return
    if arguments.proof is not None:
        from symmetry.derivation import to_json

        try:
            with open(arguments.proof, "w", encoding="utf-8") as file:
                file.write(to_json(form.derivations))
        except OSError as error:
            raise UsageError(f"cannot write {arguments.proof}: {error.strerror}") from error
    if arguments.json:
        from symmetry.derive_report import form_document

        _print_derived(form_document(form, latex=arguments.latex), series)
    elif arguments.latex:
        print(form.latex())
    else:
        from symmetry.derive_report import print_form
        from symmetry.report import console

        print_form(form, console())
        _print_polynomials(series)


def _series(problem: Problem) -> HilbertSeries:
    """The numbers of polynomial functions with the symmetry; wrong sizes are told before any proof is written."""
    from symmetry.characters.hilbert import hilbert_series

    return hilbert_series(problem)


def _print_derived(document: dict[str, Any], series: HilbertSeries | None) -> None:
    from symmetry.basis_report import series_document

    if series is not None:
        document = {**document, "polynomial": {"sizes": series.problem.sizes, "series": series_document(series)}}
    print_json(document)


def _print_polynomials(series: HilbertSeries | None) -> None:
    if series is None:
        return
    from symmetry.basis_report import print_series
    from symmetry.report import console

    out = console()
    sizes = ", ".join(f"{axis} = {size}" for axis, size in series.problem.sizes.items())
    out.print()
    out.print(f"Polynomial functions with the symmetry at {sizes}, by degree", style="cyan")
    print_series(series, out)


def _reading(text: str | None) -> tuple[int, int] | str | None:
    if text is None or not text[:1].isdigit():
        return text
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() and len(part) < 6 for part in parts):
        raise UsageError(f"--finite-information {text}: expected p,r such as 2,0, or knowledge-mediated")
    return int(parts[0]), int(parts[1])
