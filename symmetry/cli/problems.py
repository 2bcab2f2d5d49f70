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


def _reading(text: str | None) -> tuple[int, int] | str | None:
    if text is None or not text[:1].isdigit():
        return text
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() and len(part) < 6 for part in parts):
        raise UsageError(f"--finite-information {text}: expected p,r such as 2,0, or knowledge-mediated")
    return int(parts[0]), int(parts[1])
