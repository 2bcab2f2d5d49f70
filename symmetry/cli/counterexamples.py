"""Options of `symmetry check` that keep counterexamples in a file, and look at them again."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symmetry.cli.command import print_json
from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.checks.function import FunctionReport

__all__ = ["add_counterexample_options", "print_programs", "refuse_unsavable", "replay_file", "save_counterexamples"]

SAMPLING = ("sizes", "trials", "seed", "backend", "params_as", "skip", "jobs", "campaign", "dask")
REFUSED = ("problem", "group", *SAMPLING, "save", "junit", "markdown")  # beside --replay
LONGEST = 40  # lines of a program that is printed


def add_counterexample_options(command: argparse.ArgumentParser) -> None:
    """Add ``--save`` and ``--replay``."""
    command.add_argument("--save", metavar="FILE", help="write the counterexamples to a file, in place of old ones")
    command.add_argument(
        "--replay",
        metavar="FILE",
        help="look again at the counterexamples of a file; function, problem and group are those of the file, "
        "or FILE_OR_MODULE:FUNCTION is held against them",
    )


def refuse_unsavable(arguments: argparse.Namespace) -> None:
    """Tell before the work begins that counterexamples could not be saved.

    Raises:
        UsageError: the file cannot be written, or is another kind of file.
    """
    if arguments.save is None:
        return
    import os

    from symmetry.checks.function.counterexamples.saved import is_saved
    from symmetry.reports.files import require_writable

    require_writable(arguments.save, "--save")
    if os.path.isfile(arguments.save) and os.path.getsize(arguments.save) and not is_saved(arguments.save):
        raise UsageError(
            f"--save {arguments.save!r}: this file has something else in it than counterexamples; name another"
        )


def save_counterexamples(arguments: argparse.Namespace, reports: Iterable[tuple[str, FunctionReport]]) -> None:
    """Write the counterexamples of some functions, none if there are none.

    Raises:
        OSError: the file cannot be written.
    """
    if arguments.save is None:
        return
    from symmetry.checks.function.counterexamples.saved import Saved, saved_text
    from symmetry.reports.files import replace

    found = [Saved(function, one) for function, report in reports for one in report.counterexamples.values()]
    replace(arguments.save, saved_text(found))


def print_programs(arguments: argparse.Namespace, report: FunctionReport) -> None:
    """Print each counterexample as a program, unless it is long; then say how to keep it."""
    for index, found in enumerate(report.counterexamples.values()):
        code = found.code(arguments.function, saved=None if arguments.save is None else (arguments.save, index))
        if code.count("\n") <= LONGEST:
            print(f"\n{code}", end="")
        else:
            print("\nThe inputs are too large to be printed; --save FILE and --replay FILE keep and repeat them.")


def replay_file(arguments: argparse.Namespace) -> None:
    """Replay each counterexample of a file; the exit status is 1 if one is still violated, else 3 if one is not clear.

    Raises:
        UsageError: the file is not understood, other words are given beside it, or a function does not fit.
    """
    for option in REFUSED:
        given = getattr(arguments, option)
        if given or (option == "jobs" and given is not None):
            name = "a problem" if option == "problem" else f"--{option.replace('_', '-')}"
            raise UsageError(f"--replay looks again at the points of a file, so that {name} has no place beside it")
    from symmetry.checks.function.counterexamples.replaying import replay_separately
    from symmetry.checks.function.counterexamples.saved import read_saved

    saved = read_saved(arguments.replay)
    found = replay_separately(saved, arguments.function, timeout=arguments.timeout, memory=arguments.memory)
    verdicts = {one.verdict for one in found}
    arguments.status = 1 if "violated" in verdicts else 0 if verdicts == {"holds"} else 3
    if arguments.json:
        print_json(
            {
                "file": arguments.replay,
                "function": arguments.function,
                "ok": arguments.status == 0,
                "exit_status": arguments.status,
                "replayed": [one.to_json() for one in found],
            }
        )
        return
    from rich.text import Text

    from symmetry.report import STYLES, console, print_hung

    out = console()
    for one in found:
        text = Text(str(one))
        text.highlight_regex(r": (still violated|no longer violated|inconclusive)(?=:)", STYLES[one.verdict])
        print_hung(text, out, "", "  ")
    if not found:
        print_hung(Text(f"{arguments.replay} holds no counterexamples, so that nothing was replayed"), out, "")
