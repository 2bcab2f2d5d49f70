"""Options of `symmetry check` that write what was found to files, for continuous integration."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.suite import SuiteReport

__all__ = ["add_report_options", "refuse_unwritable", "write_reports"]


def add_report_options(command: argparse.ArgumentParser) -> None:
    """Add ``--junit`` and ``--markdown``."""
    command.add_argument("--junit", metavar="FILE", help="write JUnit XML to a file, in place of what is there")
    command.add_argument(
        "--markdown", metavar="FILE", help='add Markdown at the end of a file, such as "$GITHUB_STEP_SUMMARY"'
    )


def refuse_unwritable(arguments: argparse.Namespace) -> None:
    """Tell before the work begins that a report could not be written.

    Raises:
        UsageError: the message names the option and the file; or nothing is checked, so that there is no report.
    """
    if arguments.junit is None and arguments.markdown is None:
        return
    if arguments.replay is not None:
        raise UsageError("--junit and --markdown report a check; with --replay there is --json")
    from symmetry.reports.files import require_writable

    for option in ("junit", "markdown"):
        path = getattr(arguments, option)
        if path is not None:
            require_writable(path, f"--{option}")


def write_reports(arguments: argparse.Namespace, report: SuiteReport) -> None:
    """Write the files that were asked for; where one cannot be written any more, say so and go on."""
    try:
        if arguments.junit is not None:
            from symmetry.reports.files import replace
            from symmetry.reports.junit import junit

            replace(arguments.junit, junit(report))
        if arguments.markdown is not None:
            from symmetry.reports.files import append
            from symmetry.reports.markdown import markdown

            append(arguments.markdown, markdown(report, arguments.function))
    except OSError as error:
        print(f"symmetry: cannot write the report: {error}", file=sys.stderr)
        arguments.status = 2 if arguments.status == 2 else 1
