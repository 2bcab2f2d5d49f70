"""The trials of a check, run as a campaign."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

from symmetry.campaigns.campaign import Campaign
from symmetry.campaigns.run import run_campaign
from symmetry.campaigns.sources import known_as
from symmetry.checks.function.check import Tallies, book
from symmetry.checks.function.examination import Examination
from symmetry.checks.function.report import FunctionReport
from symmetry.checks.function.verdicts import report_of
from symmetry.problem import Problem

__all__ = ["Trials", "campaign_of"]


class Trials:
    """Runs the trials of ``check``, as its argument ``run``; the report is the same for all ways to run them.

    Args:
        function: ``"FILE.py:FUNCTION"`` or ``"package.module:FUNCTION"``, loaded by new processes; ``None`` for the
            function that is checked, in forked ones.
        jobs, store, dask: as for :func:`~symmetry.campaigns.run.run_campaign`.
        memory: bytes that a process may hold.

    >>> from symmetry.checks.function import check
    >>> report = check(lambda X: X @ X.T @ X, Problem("X: d n -> d n", group="O(d)"), trials=600, run=Trials(jobs=2))
    >>> report.verdicts, report.looked.trials
    ({'O(d)': 'holds'}, 600)
    """

    def __init__(
        self,
        function: str | None = None,
        *,
        jobs: int = 1,
        store: str | None = None,
        dask: str | None = None,
        memory: int | None = None,
    ):
        self.function = function
        self.jobs = jobs
        self.store = store
        self.dask = dask
        self.memory = memory

    def __call__(
        self,
        seen: Examination,
        chosen: Sequence[Problem],
        trials: int,
        progress: Callable[[FunctionReport], None] | None,
    ) -> Tallies:
        """What so many trials come to, for the components without a violation so far."""
        if not seen.open():
            return {}
        campaign = campaign_of(seen, chosen, trials, function=self.function, memory=self.memory)
        so_far = _SoFar(seen, chosen, trials)
        for now in run_campaign(
            campaign,
            function=None if self.function else seen.call.function,
            jobs=self.jobs,
            store=self.store,
            dask=self.dask,
        ):
            seen.floors.update(zip(chosen, now.campaign.floors))  # a campaign that goes on has those that it had
            if progress is not None:
                progress(so_far.report(now.found.tallies))
        seen.call.calls += now.found.calls
        return now.found.tallies


def campaign_of(
    seen: Examination,
    chosen: Sequence[Problem],
    trials: int,
    *,
    function: str | None = None,
    memory: int | None = None,
) -> Campaign:
    """The campaign that runs the trials of a check, as far as that has come.

    Args:
        seen: what was seen so far.
        chosen: the problem at the sizes looked at.
        trials: in all.
        function, memory: as for ``Campaign``; without ``function`` the name of the one that is checked.
    """
    return Campaign(
        function or known_as(seen.call.function) or seen.call.name,
        seen.problem,
        tuple(sized.sizes for sized in chosen),
        seen.seed,
        trials,
        tuple(seen.floors.get(sized, 0.0) for sized in chosen),
        tuple((str(factor), component) for factor, component in seen.open()),
        seen.call.backend,
        seen.call.passing.held or None,
        seen.call.limit.seconds,
        memory,
    )


class _SoFar:
    """Reports on trials that are under way, which leave no trace in what was seen."""

    def __init__(self, seen: Examination, chosen: Sequence[Problem], trials: int):
        self.seen = seen
        self.chosen = chosen
        self.trials = trials
        self.violations = {key: ledger.violation for key, ledger in seen.ledgers.items()}

    def report(self, tallies: Tallies) -> FunctionReport:
        """The verdicts if this were all; a violation is made small once, and not again."""
        now = copy.copy(self.seen)
        now.call = self.seen.call.anew()
        now.ledgers = {
            key: replace(ledger, held={**ledger.held}, broken={**ledger.broken}, violation=self.violations[key])
            for key, ledger in self.seen.ledgers.items()
        }
        book(now, self.chosen, self.trials, tallies)
        self.violations = {key: ledger.violation for key, ledger in now.ledgers.items()}
        return report_of(now, self.chosen)
