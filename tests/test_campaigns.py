"""Campaigns: the same result for any number of workers, in any order, whatever happens to them."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from campaign_functions import PROBLEM, QUICK, Array, attention, campaign, crash, last, rarely, rarely_wrong

from symmetry.campaigns import Campaign
from symmetry.campaigns.backlog import TRIES, Backlog, Done, Lost
from symmetry.campaigns.checking import Trials, campaign_of
from symmetry.campaigns.crew import Crew
from symmetry.campaigns.run import MOST_LOST
from symmetry.checks.function import check, stream
from symmetry.checks.function.calls.guarding import Unfit
from symmetry.errors import FunctionError, SymmetryError, UsageError
from symmetry.problem import Problem


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LARGEST_BLOCK", 8)


# ---------------------------------------------------------------------------------------------------------------
# Any number of workers, any order


class Simulated:
    """A thousand workers, of which some end before their time; blocks are handed out and come back in any order."""

    def __init__(self, seed: int, workers: int = 1000, poison: int = 0):
        self.rng = random.Random(seed)
        self.workers = workers
        self.poison = poison  # blocks that end every worker
        self.ended = 0

    def __call__(self, seen: Any, chosen: Any, trials: int, progress: Any) -> Any:
        made = campaign_of(seen, chosen, trials)
        works = list(made.blocks())
        poisoned = set(works[5 : 5 + self.poison])
        backlog, busy, total = Backlog(self.rng.sample(works, len(works))), [], made.nothing()
        while backlog.waiting(1) or busy:
            if backlog.waiting(1) and len(busy) < self.workers and self.rng.random() < 0.7:
                work = backlog.take()
                assert work is not None
                busy.append(work)
            elif busy:
                work = busy.pop(self.rng.randrange(len(busy)))
                if work in poisoned or (self.rng.random() < 0.1 and backlog._tries.get(work, 0) < TRIES - 1):
                    self.ended += 1
                    lost = backlog.fail(work, "ended by SIGSEGV")
                    total += made.nothing() if lost is None else made.lost(work, lost.why)
                else:
                    total += made.run(seen.call, work)
        assert total.trials == trials
        seen.call.calls += total.calls
        return total.tallies


@pytest.mark.parametrize("poison", [0, 3], ids=["all blocks finish", "three never do"])
@pytest.mark.parametrize("function", [attention, rarely_wrong], ids=["holds", "rarely wrong"])
@pytest.mark.usefixtures("small_blocks")
def test_a_thousand_workers_of_which_some_die_give_the_same_report(function: Any, poison: int) -> None:
    simulations = [Simulated(seed, workers, poison) for seed, workers in ((1, 1000), (2, 1000))]
    documents = [
        json.dumps(check(function, PROBLEM, trials=3000, run=simulation, **QUICK).to_json())
        for simulation in simulations
    ]
    assert len(set(documents)) == 1
    assert all(simulation.ended > 20 for simulation in simulations)
    if not poison:
        assert documents[0] == json.dumps(check(function, PROBLEM, trials=3000, **QUICK).to_json())


@pytest.mark.parametrize("function", [attention, rarely_wrong], ids=["holds", "rarely wrong"])
def test_processes_give_the_report_of_the_check_alone(function: Any, tmp_path: Path) -> None:
    alone = check(function, PROBLEM, trials=6000, **QUICK)
    assert alone.verdicts["O(d)"] == ("holds" if function is attention else "violated")
    for options in ({"jobs": 1}, {"jobs": 3}, {"jobs": 2, "store": str(tmp_path / "kept")}):
        assert check(function, PROBLEM, trials=6000, run=Trials(**options), **QUICK).to_json() == alone.to_json()


def test_a_function_by_its_name_runs_in_programs_with_one_thread_each(tmp_path: Path) -> None:
    (tmp_path / "threads.py").write_text(
        "import os\n"
        "def f(X):\n"
        "    print('noise', flush=True)\n"
        "    os.write(1, b'noise')\n"
        "    return X if os.environ['OPENBLAS_NUM_THREADS'] == os.environ['MKL_NUM_THREADS'] == '1' else X + 1\n"
    )
    spec, problem = f"{tmp_path / 'threads.py'}:f", Problem("X: d n -> d n", group="SO(d)")
    found = last(Campaign(spec, problem, ({"d": 3, "n": 2},), 0, 40, (0.0,)))
    assert [(tally.samples, tally.violation) for tally in found.tallies.values()] == [(40, None)]


def test_blocks_of_a_program_and_of_a_fork_are_the_same() -> None:
    from symmetry.examples import attention as known

    assert last(campaign(), jobs=2) == last(campaign(), function=known)


def test_a_block_does_not_depend_on_those_before_it() -> None:
    made = campaign(2000)
    call = made.callee(rarely_wrong)
    works = list(made.blocks())
    forwards = {work: made.run(call, work) for work in works}
    assert {work: made.run(call, work) for work in reversed(works)} == forwards


# ---------------------------------------------------------------------------------------------------------------
# Workers that end before their time


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (crash, "signal SIGSEGV in a call at d="),
        (lambda: os._exit(9), "the process ended itself with status 9 in a call at d="),
        (lambda: os.closerange(3, 99), "the process ended itself with status 1"),
    ],
    ids=["signal", "exit", "pipes closed"],
)
@pytest.mark.usefixtures("small_blocks")
def test_a_block_that_ends_its_process_is_skipped_with_the_reason(harm: Callable[[], object], why: str) -> None:
    function = rarely(harm)
    found = last(campaign(), function=function, jobs=2)
    assert found == last(campaign(), function=function)
    skipped = [tally for tally in found.tallies.values() if tally.skipped]
    assert found.trials == 3000 and skipped and all(why in tally.remark for tally in skipped)
    assert all(tally.samples > 1000 / 2 for tally in found.tallies.values())


@pytest.mark.usefixtures("small_blocks")
def test_a_call_that_cannot_be_stopped_ends_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    from symmetry.campaigns import crew

    def deaf() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(60)

    monkeypatch.setattr(crew, "GRACE", 0.1)
    function = rarely(deaf)
    found = last(campaign(timeout=0.2), function=function, jobs=4)
    remark = next(tally.remark for tally in found.tallies.values() if tally.skipped)
    assert "took longer than 0.2 s and could not be stopped but by ending the process" in remark


@pytest.mark.usefixtures("small_blocks")
def test_a_function_that_ends_process_after_process_cannot_be_checked() -> None:
    with pytest.raises(Unfit, match=f"more than {MOST_LOST} blocks of trials were begun {TRIES} times each"):
        last(campaign(), function=rarely(crash, 2.0, 9.0), jobs=2)
    report = check(rarely(crash, 2.0, 9.0), PROBLEM, trials=3000, run=Trials(), **QUICK)
    assert set(report.verdicts.values()) == {"inconclusive"} and "ends the process that calls it" in str(report.reason)


def test_workers_that_are_killed_from_outside_change_nothing() -> None:
    made, found = campaign(5000), campaign().nothing()
    with Crew(made, 2) as crew:
        for number, result in enumerate(crew.run(Backlog(made.blocks()))):
            assert isinstance(result, Done)
            found += result.found
            if number % 4 == 1 and crew._workers:
                os.kill(crew._workers[0]._process._popen.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    assert found == last(made)


@pytest.mark.usefixtures("small_blocks")
def test_the_first_trial_that_shows_a_misfit_is_reported_for_any_number_of_workers() -> None:
    def misshapen(X: Array, Z: Array) -> Array:
        largest = np.abs(X).max()
        return X if largest < 2.8 else X[:, : 1 + int(10 * largest) % 2]

    messages = set()
    for jobs in (1, 2, 3):
        with pytest.raises(FunctionError) as caught:
            last(campaign(), function=misshapen, jobs=jobs)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_a_function_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text("import os\nos._exit(4)\n")
    with pytest.raises(FunctionError, match="no file"):
        last(campaign(function=str(tmp_path / "nowhere.py:f")))
    with pytest.raises(FunctionError, match="cannot be loaded by a worker: the process ended itself with status 4"):
        last(campaign(function=str(tmp_path / "leaves.py:f")))


def test_no_more_processes_are_started_than_there_are_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = Crew._start
    monkeypatch.setattr(Crew, "_start", lambda self: (started.append(1), start(self)))
    found = last(campaign(1500), function=attention, jobs=10**6)
    assert found == last(campaign(1500), function=attention) and len(started) == 4 + 1


def test_where_no_more_processes_can_be_started_there_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    from symmetry.campaigns import crew

    limits, fork = [2, 0], crew._Fork

    def limited(*arguments: Any) -> Any:
        if not limits[0]:
            raise OSError("no more processes")
        limits[0] -= 1
        return fork(*arguments)

    monkeypatch.setattr(crew, "_Fork", limited)
    assert last(campaign(), function=attention, jobs=8).trials == 3000
    with pytest.raises(SymmetryError, match="no process can be started to run trials: no more processes"):
        last(campaign(), function=attention)


@pytest.mark.usefixtures("small_blocks")
def test_a_process_that_a_function_leaves_behind_does_not_hide_its_end() -> None:
    def leaves() -> None:
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)

    found = last(campaign(), function=rarely(leaves))
    assert found.trials == 3000 and any("signal SIGKILL" in tally.remark for tally in found.tallies.values())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function": lambda X, Z: X, "store": "kept.sqlite"}, "has no name of its own in a module"),
        ({"function": attention, "dask": "tcp://127.0.0.1:1"}, "on a cluster a function is found by FILE.py:FUNCTION"),
    ],
    ids=["a file for a lambda", "a cluster for a function at hand"],
)
def test_a_function_at_hand_is_refused_where_it_would_not_be_found_again(options: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        last(campaign(), **options)
    with pytest.raises(UsageError, match="threads at work"):
        last(campaign(backend="torch"), function=attention)


def test_a_block_is_tried_three_times() -> None:
    backlog = Backlog([(0, 0, 8), (1, 0, 8)])
    first = backlog.take()
    assert first == (0, 0, 8) and backlog.fail(first, "a") is None
    assert backlog.take() == first and backlog.fail(first, "b") is None
    assert backlog.take() == first and backlog.fail(first, "c") == Lost(first, "c")
    assert backlog.take() == (1, 0, 8) and backlog.take() is None
