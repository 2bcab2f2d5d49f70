"""The command `symmetry check`: a verdict on a user's function."""

from __future__ import annotations

import argparse

from symmetry.cli.command import Commands, natural, print_json, read_sizes

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the command of this module."""
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
