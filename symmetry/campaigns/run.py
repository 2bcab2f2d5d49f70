"""Run a campaign: what is kept is not run again, what comes is kept at once, and all is added up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from symmetry.campaigns.backlog import TRIES, Backlog, Lost, Refused, order
from symmetry.campaigns.campaign import Campaign, Found
from symmetry.campaigns.cluster import Cluster
from symmetry.campaigns.crew import Crew
from symmetry.campaigns.sources import known_as
from symmetry.campaigns.store import Store
from symmetry.checks.function.calls.guarding import Unfit
from symmetry.errors import UsageError

__all__ = ["Progress", "run_campaign"]

MOST_LOST = 8  # blocks, after which a function is not called any more
EVERY = 0.5  # seconds between two reports of progress


@dataclass(frozen=True)
class Progress:
    """How far a campaign is.

    Args:
        campaign: with the floors that it had when it began.
        found: what the trials that are finished came to.
    """

    campaign: Campaign
    found: Found


def run_campaign(
    campaign: Campaign,
    *,
    function: Callable[..., Any] | None = None,
    jobs: int = 1,
    store: str | None = None,
    dask: str | None = None,
) -> Iterator[Progress]:
    """Run all blocks of a campaign; the last progress has them all.

    The result is the same for any number of workers, whatever order blocks are finished in, however often a worker is
    ended and replaced, and however often the campaign is ended and continued.

    Args:
        campaign: what is run.
        function: to be called, in forked processes; ``None`` to load it in new ones, as the campaign says.
        jobs: processes at once.
        store: a file that keeps finished blocks, from which they are taken if they are there.
        dask: address of the scheduler of a Dask cluster that is to run the blocks, instead of ``jobs`` processes.

    Raises:
        FunctionError: the function cannot be loaded, or does not fit the problem at some trial.
        Unfit: it cannot be checked: it changes its inputs, or ends process after process.
        UsageError: the file holds another campaign, is in use, or is damaged; there is no such cluster; the function
            must be named and is not.

    >>> from symmetry.problem import Problem
    >>> problem = Problem("X: d n -> d n", group="O(d)")
    >>> for now in run_campaign(Campaign("f", problem, ({"d": 3, "n": 2},), 0, 60, (0.0,)), function=lambda X: 2 * X):
    ...     print(now.found.trials, [tally.samples for tally in now.found.tallies.values()])
    60 [30, 30]
    """
    if function is not None:
        _require_forkable(campaign, function, store)
    if dask is not None and function is not None:
        raise UsageError(
            "on a cluster a function is found by FILE.py:FUNCTION or package.module:FUNCTION; give one of them"
        )
    with ExitStack() as stack:
        kept = None if store is None else stack.enter_context(Store(store))
        floors = None if kept is None else kept.floors(len(campaign.sizes))
        campaign = campaign if floors is None else replace(campaign, floors=floors)
        crew = stack.enter_context(Crew(campaign, jobs, function))
        total, finished = campaign.nothing(), set()
        if kept is not None:
            kept.settle(campaign.identity(crew.origin.versions))
            for work, found in kept.blocks(campaign):
                total += found
                finished.add(work)
        backlog = Backlog(work for work in campaign.blocks() if work not in finished)
        hands: Crew | Cluster = crew
        if dask is not None and backlog.waiting(1):
            hands = stack.enter_context(Cluster(campaign, dask, crew.origin))
            crew.close()
        lost, refused, said = 0, [], time.monotonic()
        for result in hands.run(backlog):
            if isinstance(result, Refused):
                refused.append(result)
                backlog.end_before(result.work)
            elif isinstance(result, Lost):
                lost += 1
                if lost > MOST_LOST:
                    raise Unfit(
                        f"{campaign.function} ends the process that calls it: more than {MOST_LOST} blocks of trials "
                        f"were begun {TRIES} times each, and never came to their end"
                    )
                total += campaign.lost(result.work, f"no values, in {TRIES} processes: {result.why}")
            else:
                total += result.found
                if kept is not None:
                    kept.add(result.work, result.found)
            if time.monotonic() - said > EVERY:
                yield Progress(campaign, total)
                said = time.monotonic()
        if refused:
            raise min(refused, key=lambda result: order(result.work)).error
        yield Progress(campaign, total)


def _require_forkable(campaign: Campaign, function: Callable[..., Any], store: str | None) -> None:
    if campaign.backend in ("torch", "jax"):
        raise UsageError(
            f"{campaign.function} may have threads at work, which do not survive a fork; give its name, "
            "FILE.py:FUNCTION or package.module:FUNCTION, so that new processes load it"
        )
    if store is not None and known_as(function) is None:
        raise UsageError(
            f"{campaign.function} has no name of its own in a module, so that a file could not tell it from others; "
            "write it as a function of a module, and give FILE.py:FUNCTION or package.module:FUNCTION"
        )
