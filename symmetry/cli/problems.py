"""Commands about problems: check a function, derive the general form."""

from __future__ import annotations

import argparse
import sys

from symmetry.cli.command import Commands, natural, print_json, read_sizes
from symmetry.errors import UsageError

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    check = commands.add(
        "check",
        _check,
        "a verdict on a NumPy function of yours",
        'symmetry check symmetry.examples:attention "X: d n, Z: d m -> d n" --group "O(d) x S(n)"',
    )
    check.add_argument("function", metavar="FILE_OR_MODULE:FUNCTION", help="where the function is")
    check.add_argument("problem", metavar="PROBLEM", help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"')
    check.add_argument("--group", required=True, help='what acts on which axis, as in "O(d) x S(n)"')
    check.add_argument("--sizes", action="append", default=[], metavar="d=4,n=2", help="sizes to look at (repeatable)")
    check.add_argument("--trials", type=natural, default=None, help="generic inputs at each size")
    check.add_argument("--seed", type=natural, default=0, help="seed of everything random (default 0)")
    check.add_argument("--json", action="store_true", help="one JSON document on standard output")

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
    derive.add_argument("--latex", action="store_true", help="the equations alone, typeset; with --json beside them")
    derive.add_argument("--proof", metavar="FILE", help="write the derivations there, for `symmetry replay FILE`")
    derive.add_argument("--json", action="store_true", help="one JSON document on standard output")


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


def _check(arguments: argparse.Namespace) -> None:
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    sizes = [read_sizes(text) for text in arguments.sizes] or None
    from symmetry.checks.function import check, load_function

    function = load_function(arguments.function)
    report = check(function, problem, seed=arguments.seed, trials=arguments.trials, sizes=sizes)
    arguments.status = report.exit_status
    if arguments.json:
        print_json(report.to_json())
    else:
        from symmetry.report import console, print_check

        print_check(report, console())


def _derive(arguments: argparse.Namespace) -> None:
    from symmetry.derived import derive
    from symmetry.errors import Underivable
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    try:
        form = derive(problem, finite_information=_reading(arguments.finite_information))
    except Underivable as error:
        arguments.status = 3
        if arguments.json:
            found = {"problem": str(problem), "group": str(problem.group), "status": "unknown"}
            print_json({**found, "reason": error.reason, "missing": error.missing})
        else:
            print(f"symmetry: not derived: {error}", file=sys.stderr)
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

        print_json(form_document(form, latex=arguments.latex))
    elif arguments.latex:
        print(form.latex())
    else:
        from symmetry.derive_report import print_form
        from symmetry.report import console

        print_form(form, console())


def _basis(arguments: argparse.Namespace) -> None:
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    problem = problem.at(**read_sizes(arguments.sizes)) if arguments.sizes else problem
    if arguments.degree is None and not arguments.series:
        raise UsageError("give --degree, such as --degree 3, or --series for the numbers in all degrees")
    from symmetry.basis_report import basis_document, degree_text, print_basis, print_series
    from symmetry.invariants.basis import basis, count
    from symmetry.report import console

    document: dict[str, Any] = {"problem": str(problem), "group": str(problem.group), "sizes": problem.sizes}
    out = console()
    if not arguments.json:
        print_problem(problem, out)
    if arguments.degree is not None:
        degree = _degree(arguments.degree)
        number = count(problem, degree)
        if arguments.count:
            document.update(degree=degree, count=number)
            if not arguments.json:
                out.print(f"{number} of {degree_text(degree)}")
        else:
            if number > arguments.limit:
                raise UsageError(
                    f"the basis has {number} elements of {degree_text(degree)}, more than {arguments.limit}: "
                    "ask for --count alone, or allow more with --limit"
                )
            found = basis(problem, degree)
            orbits = [tuple(found.orbit(term)) for term in found.terms()]
            if len(orbits) != number:
                arguments.status = 1
            if arguments.json:
                document.update(basis_document(found, orbits, number))
            else:
                print_basis(found, orbits, number, out)
    if arguments.series:
        raise NotImplementedError
    if arguments.json:
        print_json(document)


def _degree(text: str) -> int | dict[str, int]:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else read_sizes(text)


def _reading(text: str | None) -> tuple[int, int] | str | None:
    if text is None or not text[:1].isdigit():
        return text
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() and len(part) < 6 for part in parts):
        raise UsageError(f"--finite-information {text}: expected p,r such as 2,0, or knowledge-mediated")
    return int(parts[0]), int(parts[1])
