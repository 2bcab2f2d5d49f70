"""Work that is shared out to forked processes: the same results, and nothing hangs when something goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from symmetry import parallel
from symmetry.documents import report_document
from symmetry.errors import SymmetryError, UsageError
from symmetry.parallel import Piece, available, run
from symmetry.verification import verify

HERE = os.getpid()


def pieces(*calls: Callable[[], Any]) -> list[Piece]:
    return [Piece("kind", f"piece {index}", call) for index, call in enumerate(calls)]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine with two cores; and no process is left behind."""
    if available() > 1:
        monkeypatch.setattr(parallel, "available", lambda: 2)
    yield
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    assert not children.exists() or not children.read_text().split()


forks = pytest.mark.skipif(available() == 1, reason="one core, or no fork")
MANY = 100


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_piece_has_its_own_result_and_time(workers: int) -> None:
    seen: list[tuple[str, int, int]] = []
    work = pieces(*((lambda k=k: k * k) for k in range(MANY)))
    run(work, workers, lambda label, done, total: seen.append((label, done, total)))
    assert [piece.result for piece in work] == [k * k for k in range(MANY)]
    assert all(piece.seconds > 0 for piece in work)
    assert [done for _, done, _ in seen] == list(range(1, MANY + 1)) and {total for *_, total in seen} == {MANY}
    assert {label for label, *_ in seen} == {piece.label for piece in work}


@forks
def test_work_is_done_elsewhere_only_when_asked_and_when_it_pays() -> None:
    many = pieces(*[os.getpid] * MANY)
    run(many, 2)
    assert HERE not in {piece.result for piece in many}
    run(many)
    assert {piece.result for piece in many} == {HERE}
    few = pieces(*[os.getpid] * 3)
    run(few, 2)
    assert {piece.result for piece in few} == {HERE}


@forks
def test_an_exception_is_the_one_that_one_process_gives() -> None:
    def fails(message: str) -> None:
        raise UsageError(message)

    work = pieces(*[os.getpid] * MANY, lambda: fails("the first"), lambda: fails("the second"), *[os.getpid] * MANY)
    with pytest.raises(UsageError, match="the first"):
        run(work, 2)


@forks
def test_a_result_that_cannot_travel_is_made_here() -> None:
    work = pieces(*[os.getpid] * MANY, lambda: lambda: "made here")
    run(work, 2)
    assert work[-1].result() == "made here"


@forks
def test_a_process_that_dies_ends_the_run_with_a_message() -> None:
    def dies() -> None:
        assert os.getpid() != HERE
        os._exit(3)

    with pytest.raises(SymmetryError, match="ended before its work was done"):
        run(pieces(*[os.getpid] * MANY, dies, *[os.getpid] * MANY), 2)


def test_without_fork_everything_runs_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delattr(os, "fork")
    assert available() == 1
    work = pieces(*[os.getpid] * MANY)
    run(work, 4)
    assert {piece.result for piece in work} == {HERE}


@forks
def test_where_no_process_can_be_started_everything_runs_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    work = pieces(*[os.getpid] * MANY)
    run(work, 2)
    assert {piece.result for piece in work} == {HERE}


@forks
def test_reports_are_the_same_bytes_whatever_the_number_of_processes() -> None:
    ids = ["1.1", "1.3", "2.1", "2.3", "2.4", "3.1", "3.4v"]
    first, second = (
        json.dumps(report_document(verify(ids, seed=5, workers=workers)), ensure_ascii=False) for workers in (1, 2)
    )
    assert first == second


@forks
def test_an_interrupted_run_leaves_no_process_behind() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "symmetry", "verify", "-j", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not children.read_text().split():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    started = children.read_text().split()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and "interrupted" in err and "Traceback" not in err
    assert not any(alive(child) for child in started)


def alive(pid: str) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
