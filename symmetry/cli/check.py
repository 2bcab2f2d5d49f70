"""The command `symmetry check`: a verdict on a user's function, or on all functions of a claims file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from symmetry.cli.campaigns import add_campaign_options, count, read_campaign, watched_trials
from symmetry.cli.command import Commands, natural, print_json, read_sizes
from symmetry.cli.counterexamples import (
    add_counterexample_options,
    print_programs,
    refuse_unsavable,
    replay_file,
    save_counterexamples,
)
from symmetry.cli.limits import byte_count, read_params, seconds
from symmetry.cli.reports import add_report_options, refuse_unwritable, write_reports
from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.checks.function import FunctionReport
    from symmetry.problem import Problem

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the command of this module."""
    check = commands.add(
        "check",
        _check,
        "a verdict on a function of yours, or on every claim of a file",
        'symmetry check symmetry.examples:attention "X: d n, Z: d m -> d n" --group "O(d) x S(n)"',
    )
    check.add_argument(
        "function",
        nargs="?",
        metavar="FILE_OR_MODULE:FUNCTION",
        help="where the function is; or a .toml file",
    )
    check.add_argument(
        "problem",
        nargs="*",
        metavar="PROBLEM",
        help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"; for a file the names of claims, if not all',
    )
    check.add_argument("--group", help='what acts on which axis, as in "O(d) x S(n)"')
    check.add_argument("--sizes", action="append", default=[], metavar="d=4,n=2", help="sizes to look at (repeatable)")
    check.add_argument(
        "--trials", type=count, metavar="N", help="random inputs and transforms, such as 1e6 (default: some hundred)"
    )
    check.add_argument("--seed", type=natural, default=0, help="seed of everything random (default 0)")
    check.add_argument(
        "--backend", choices=("numpy", "torch", "jax"), help="what the function takes, if not what it seems"
    )
    check.add_argument(
        "--params-as",
        action="append",
        default=[],
        metavar="Z=proj.weight",
        help="an input that is a parameter of the module, not an argument; Z alone if it is named so (repeatable)",
    )
    check.add_argument(
        "--timeout", type=seconds, default=60.0, metavar="SECONDS", help="for one call of the function (default 60)"
    )
    check.add_argument(
        "--memory", type=byte_count, metavar="4G", help="that the function may hold (default: most of what is free)"
    )
    check.add_argument(
        "--skip",
        action="append",
        default=[],
        choices=("search", "exact", "controls"),
        help="leave out a part of the check, for a slow function (repeatable)",
    )
    check.add_argument("--json", action="store_true", help="one JSON document on standard output")
    add_campaign_options(check)
    add_report_options(check)
    add_counterexample_options(check)


def _check(arguments: argparse.Namespace) -> None:
    refuse_unwritable(arguments)
    refuse_unsavable(arguments)
    if arguments.replay is not None:
        replay_file(arguments)
        return
    if arguments.function is None:
        raise UsageError("name the function to check, as FILE.py:FUNCTION or package.module:FUNCTION")
    if arguments.function.endswith(".toml"):
        from symmetry.cli.suite import check_suite

        check_suite(arguments)
        return
    from symmetry.problem import Problem

    if len(arguments.problem) != 1 or arguments.group is None:
        raise UsageError(
            "a function is checked against one problem and a group, as in "
            'symmetry check FILE.py:FUNCTION "X: d n -> d n" --group "O(d)"; '
            f"found {len(arguments.problem)} problems and {'no' if arguments.group is None else 'a'} group"
        )
    problem = Problem(arguments.problem[0], group=arguments.group)
    from symmetry.suite import FunctionClaim, Outcome, SuiteReport

    try:
        report, was_interrupted = _report(arguments, problem)
    except UsageError as error:
        claim = FunctionClaim.plain(arguments.function, problem)
        write_reports(arguments, SuiteReport((Outcome(claim, error=str(error)),)))
        raise
    arguments.status = report.exit_status
    write_reports(arguments, SuiteReport((Outcome(FunctionClaim.plain(arguments.function, problem), report),)))
    save_counterexamples(arguments, [(arguments.function, report)])
    if arguments.json:
        print_json(report.to_json())
    else:
        from symmetry.report import console, print_check

        print_check(report, console())
        print_programs(arguments, report)
    if was_interrupted:
        raise KeyboardInterrupt


def _report(arguments: argparse.Namespace, problem: Problem) -> tuple[FunctionReport, bool]:
    """What is found, and whether it is only what was known when the run was interrupted."""
    from symmetry.checks.function import check_separately, cut_short, load_function

    known: list[FunctionReport] = []
    with watched_trials(arguments.trials) as show:

        def watch(report: FunctionReport) -> None:
            known[:] = [report]
            show(report)

        try:
            report = check_separately(
                lambda: load_function(arguments.function),
                problem,
                name=arguments.function,
                seed=arguments.seed,
                trials=arguments.trials,
                sizes=[read_sizes(text) for text in arguments.sizes] or None,
                backend=arguments.backend,
                params=read_params(arguments.params_as),
                timeout=arguments.timeout,
                memory=arguments.memory,
                run=read_campaign(arguments),
                watch=watch,
                **dict.fromkeys(arguments.skip, False),
            )
        except KeyboardInterrupt:
            if not known:
                raise
            return cut_short(known[0], "the run was interrupted"), True
    return report, False
