"""Options of `symmetry check` for long runs: how many trials, where they run, and the file that keeps them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from symmetry.cli.command import natural
from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.campaigns.checking import Trials
    from symmetry.checks.function import FunctionReport

__all__ = ["add_campaign_options", "count", "read_campaign", "watched_trials"]

OPTIONS = ("jobs", "campaign", "dask")


def add_campaign_options(command: argparse.ArgumentParser) -> None:
    """Add ``--jobs``, ``--campaign`` and ``--dask``."""
    command.add_argument(
        "--jobs", type=natural, metavar="N", help="run the trials in so many processes (0: as many as there are cores)"
    )
    command.add_argument(
        "--campaign",
        metavar="FILE.sqlite",
        help="keep what the trials came to in a file; the same command goes on where it ended",
    )
    command.add_argument("--dask", metavar="ADDRESS", help="run the trials on a Dask cluster, such as tcp://host:8786")


def count(text: str) -> int:
    """A number of trials, such as 1000 or 1e6, as ``argparse`` reads an argument.

    >>> count("1e6"), count("250")
    (1000000, 250)
    """
    digits, e, exponent = text.lower().partition("e")
    try:
        value = natural(digits) * 10 ** (natural(exponent) if e else 0) if len(exponent) < 3 else 0
    except argparse.ArgumentTypeError:
        value = 0
    if not 0 < value <= 10**15:
        raise argparse.ArgumentTypeError(f"expected a number of trials such as 1000 or 1e6, not {text!r}")
    return value


def read_campaign(arguments: argparse.Namespace) -> Trials | None:
    """What runs the trials, if not the process of the check itself.

    Raises:
        UsageError: the file of the campaign cannot be written, or options contradict each other.
    """
    if all(getattr(arguments, option) is None for option in OPTIONS):
        return None
    if arguments.jobs is not None and arguments.dask is not None:
        raise UsageError("--jobs is about processes here, and --dask about a cluster; leave out one of them")
    if arguments.campaign is not None:
        from symmetry.reports.files import require_writable

        require_writable(arguments.campaign, "--campaign")
    from symmetry.campaigns.checking import Trials
    from symmetry.parallel import available

    jobs = 1 if arguments.jobs is None else arguments.jobs or available()
    return Trials(arguments.function, jobs=jobs, store=arguments.campaign, dask=arguments.dask, memory=arguments.memory)


@contextmanager
def watched_trials(trials: int | None) -> Iterator[Callable[[FunctionReport], None]]:
    """Yields what shows a report on the way, on a terminal's standard error; nothing where there is no terminal."""
    from symmetry.report import console

    err = console(stderr=True)
    if trials is None or not err.is_terminal:
        yield lambda report: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f} trials"), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=err, transient=True, auto_refresh=False) as bar:
        task, began = bar.add_task("", total=trials), time.monotonic()
        first: list[int] = []

        def show(report: FunctionReport) -> None:
            evidence = report.evidence.values()
            done = sum(one.samples + one.skipped for one in evidence)
            first.append(done)
            rate = (done - first[0]) / max(time.monotonic() - began, 1e-3)
            worst = max(((one.residual or 0.0) / (one.tolerance or 1.0) for one in evidence), default=0.0)
            text = f"{rate:.0f}/s, worst {worst:.2g} of the tolerance"
            bar.update(task, completed=min(done, trials), description=text, refresh=True)

        yield show
