"""`symmetry check symmetry.toml`: every claim of a project about its own functions."""

from __future__ import annotations

import argparse

from symmetry.cli.command import print_json
from symmetry.cli.counterexamples import save_counterexamples
from symmetry.cli.reports import write_reports
from symmetry.errors import UsageError
from symmetry.suite import Outcome, SuiteReport, check_claims, read_claims, select_claims

__all__ = ["check_suite"]


def check_suite(arguments: argparse.Namespace) -> None:
    """Check the claims of a file. A run that is interrupted reports what it has, and what it has not checked.

    Raises:
        UsageError: the file does not read, no claim has a name that was given, or options that belong to one function.
    """
    for option in ("group", "sizes", "backend", "params_as", "jobs", "campaign", "dask"):
        if getattr(arguments, option) not in (None, []):
            name = f"--{option.replace('_', '-')}"
            raise UsageError(f"{name} belongs to a single function; in {arguments.function} each claim has its own")
    from symmetry.report import watched

    claims = select_claims(read_claims(arguments.function), arguments.problem)
    outcomes: list[Outcome] = []
    try:
        with watched() as progress:
            limits = {"timeout": arguments.timeout, "memory": arguments.memory, "separately": True}
            options = {"seed": arguments.seed, "trials": arguments.trials, "skip": arguments.skip, **limits}
            for outcome in check_claims(claims, progress=progress, **options):
                outcomes.append(outcome)
    finally:
        missing = [Outcome(claim, error="not checked: the run was interrupted") for claim in claims[len(outcomes) :]]
        _publish(arguments, SuiteReport((*outcomes, *missing)))


def _publish(arguments: argparse.Namespace, report: SuiteReport) -> None:
    arguments.status = report.exit_status
    write_reports(arguments, report)
    save_counterexamples(arguments, [(one.claim.located, one.report) for one in report.outcomes if one.report])
    if arguments.json:
        print_json(report.to_json())
        return
    from symmetry.report import console
    from symmetry.reports.table import print_suite

    print_suite(report, console())
