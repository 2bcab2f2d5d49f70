"""Processes that run blocks: as many as asked for, each replaced when it ends before its time.

A process that takes too long over one call is ended. The block that it was in is tried again, since a process may be
ended by what has nothing to do with its block; after ``TRIES`` of them it is lost.
"""

from __future__ import annotations

import json
import mmap
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import Any, Protocol

from symmetry.campaigns.backlog import TRIES, Backlog, Done, Lost, Refused, Result
from symmetry.campaigns.campaign import WORDS, Campaign, Work
from symmetry.campaigns.records import from_text
from symmetry.campaigns.worker import KINDS, serve
from symmetry.checks.function.calls.isolation import GRACE, PAGE, cause, stage_on
from symmetry.errors import FunctionError, SymmetryError, UsageError

__all__ = ["Crew", "Origin", "Worker"]

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP", "NVPL_BLAS", "BLIS", "VECLIB", "NUMEXPR")
} | {"VECLIB_MAXIMUM_THREADS": "1"}
PROGRAM = "import sys; sys.path[:] = sys.argv[3:]; from symmetry.campaigns.worker import main; main()"
AHEAD = 2  # blocks that a worker has been given, so that it never waits
POLL = 0.1  # seconds between two looks at what the workers are at
LOADING = 120.0  # seconds that loading the function may take, however little a call may


@dataclass(frozen=True)
class Origin:
    """What a function was loaded from, and what calls it.

    Args:
        files: by their places below a common directory, where they are.
        versions: digests of the source of the function and of the checker, and the version of NumPy.
    """

    files: Mapping[str, str]
    versions: Mapping[str, str]


class Worker:
    """A process that runs blocks.

    Args:
        campaign: what is run.
        function: if it is at hand; then the process is forked from this one.
        directory: in which it works, if not in that of this process.
    """

    def __init__(self, campaign: Campaign, function: Callable[..., Any] | None = None, directory: str | None = None):
        self.given: deque[Work] = deque()  # what it is in comes first
        self.is_ready = False
        self._buffer = b""
        self._timeout = campaign.timeout
        with ExitStack() as stack:
            requests, self._requests = _pipe(stack)
            self.answers, answers = _pipe(stack)
            page = stack.enter_context(tempfile.TemporaryFile())
            page.truncate(PAGE)
            self._board = mmap.mmap(page.fileno(), PAGE)
            ends, ours = (requests, answers, page.fileno()), (self._requests, self.answers)
            self._process: _Process = _Program(*ends, directory) if function is None else _Fork(*ends, ours, function)
            stack.pop_all()
        page.close()
        os.close(requests)
        os.close(answers)
        self._write(json.dumps(campaign.data()))

    def give(self, work: Work) -> None:
        """Ask for a block."""
        self.given.append(work)
        self._write(json.dumps(work))

    def read(self) -> tuple[list[dict[str, Any]], bool]:
        """The answers that have come, and whether no more can come."""
        data = os.read(self.answers, 2**16)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines], not data

    def has_ended(self) -> bool:
        """Whether the process is gone, though another that it has started may still hold its pipes."""
        return self._process.wait(0) is not None

    def overdue(self) -> str:
        """What takes too long in it; empty if nothing does."""
        began, name = stage_on(self._board)
        most = LOADING if name == "loading" else self._timeout
        if not name or most is None or time.monotonic() - began <= max(most, self._timeout or 0) + GRACE:
            return ""
        if stage_on(self._board)[0] != began:  # it was over while we looked
            return ""
        return f"{name} took longer than {most:g} s and could not be stopped but by ending the process"

    def why_ended(self) -> str:
        """How the process ended, if it has closed its end."""
        status = self._process.wait(GRACE)
        if status is None:
            return "the process closed the pipe on which it answers"
        name = stage_on(self._board)[1]
        return cause(status, "loading the function" if name == "loading" else name)

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.wait(None)
        os.close(self._requests)
        os.close(self.answers)
        self._board.close()

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a process that is gone is noticed when it is read from
            os.write(self._requests, text.encode() + b"\n")


def _pipe(stack: ExitStack) -> tuple[int, int]:
    """Both ends of a pipe, closed with the stack."""
    ends = os.pipe()
    for end in ends:
        stack.callback(os.close, end)
    return ends


class _Process(Protocol):
    def kill(self) -> None: ...

    def wait(self, seconds: float | None) -> int | None: ...


class _Program:
    """A worker that is a program of its own."""

    def __init__(self, requests: int, answers: int, board: int, directory: str | None):
        command = [sys.executable, "-c", PROGRAM, str(board), str(os.getpid()), *sys.path]
        environment = {"PYTHONHASHSEED": "0", **os.environ, **ONE_THREAD}
        self._popen = subprocess.Popen(
            command,
            stdin=requests,
            stdout=answers,
            stderr=subprocess.DEVNULL,
            pass_fds=[board],
            env=environment,
            cwd=directory,
        )

    def kill(self) -> None:
        self._popen.kill()

    def wait(self, seconds: float | None) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._popen.wait(seconds)
        return None


class _Fork:
    """A worker that has the function, and all else, from this process."""

    def __init__(self, requests: int, answers: int, board: int, others: Sequence[int], function: Callable[..., Any]):
        parent = os.getpid()

        def work() -> None:
            for number in others:
                os.close(number)
            serve(requests, answers, board, parent, function)

        self._process = get_context("fork").Process(target=work, daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python and JAX warn of forks beside threads
            self._process.start()

    def kill(self) -> None:
        self._process.kill()

    def wait(self, seconds: float | None) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode


class Crew:
    """Workers of this machine.

    Args:
        campaign: what is run.
        jobs: how many at once.
        function: if it is at hand and not to be loaded.
        directory: in which they work.
        origin: what they must have loaded the function from; ``None`` if that is still to be found out.

    >>> from symmetry.problem import Problem
    >>> campaign = Campaign("symmetry.examples:attention", Problem("X: d n, Z: d m -> d n", group="O(d)"),
    ...     ({"d": 3, "n": 2, "m": 4},), 0, 40, (0.0,))
    >>> with Crew(campaign) as crew:
    ...     for result in crew.run(Backlog(campaign.blocks())):
    ...         print(result.work, result.found.trials)
    (0, 0, 40) 40
    """

    def __init__(
        self,
        campaign: Campaign,
        jobs: int = 1,
        function: Callable[..., Any] | None = None,
        directory: str | None = None,
        origin: Origin | None = None,
    ):
        self.campaign = campaign
        self.jobs = jobs
        self.function = function
        self.directory = directory
        self._workers: list[Worker] = []
        self._origin = origin
        self._false_starts = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers."""
        while self._workers:
            self._workers.pop().end()

    @property
    def origin(self) -> Origin:
        """What the function was loaded from.

        Raises:
            FunctionError: it cannot be loaded.
        """
        while self._origin is None:
            if not self._workers:
                self._start()
            self._listen(Backlog([]))
        return self._origin

    def run(self, backlog: Backlog) -> Iterator[Result]:
        """Run all blocks, in any order.

        Raises:
            FunctionError: the function cannot be loaded.
        """
        while True:
            idle = sum(not worker.given for worker in self._workers)
            for _ in range(min(self.jobs - len(self._workers), backlog.waiting(self.jobs) - idle)):
                self._start()
            for worker in sorted(self._workers, key=lambda worker: len(worker.given)):
                while worker.is_ready and len(worker.given) < AHEAD and (work := backlog.take()) is not None:
                    worker.give(work)
            if not backlog.waiting(1) and not any(worker.given for worker in self._workers):
                return
            yield from self._listen(backlog)

    def _start(self) -> None:
        """One more worker, if the system allows it."""
        try:
            self._workers.append(Worker(self.campaign, self.function, self.directory))
        except OSError as error:
            if not self._workers:
                raise SymmetryError(f"no process can be started to run trials: {error}") from error
            self.jobs = len(self._workers)

    def _listen(self, backlog: Backlog) -> list[Result]:
        """What has come from the workers, once something has or a moment is over."""
        ready = wait([worker.answers for worker in self._workers], POLL)
        results: list[Result] = []
        for worker in list(self._workers):
            documents, is_over = worker.read() if worker.answers in ready else ([], False)
            for document in documents:
                results.extend(self._answered(worker, document, backlog))
            is_over = is_over or (worker.answers not in ready and worker.has_ended())
            late = "" if is_over else worker.overdue()
            if is_over or late:
                why = late or worker.why_ended()
                self._workers.remove(worker)
                worker.end()
                results.extend(self._ended(worker, why, backlog))
        return results

    def _answered(self, worker: Worker, document: dict[str, Any], backlog: Backlog) -> Iterator[Result]:
        if not worker.is_ready:
            if "kind" in document:
                raise KINDS[document["kind"]](document["message"])
            worker.is_ready = True
            self._false_starts = 0
            origin = Origin(document.pop("files"), document)
            if self._origin is None:
                self._origin = origin
            for name, version in origin.versions.items():
                if self._origin.versions[name] != version:
                    raise UsageError(
                        f"{self.campaign.function} is not the same in all processes: {WORDS[name]} has changed since "
                        "the campaign began, or is another one there"
                    )
            return
        work = worker.given.popleft()
        if "kind" in document:
            yield Refused(work, KINDS[document["kind"]](document["message"]))
        elif "failed" in document:
            lost = backlog.fail(work, document["failed"])
            yield from [] if lost is None else [lost]
        else:
            yield Done(work, from_text(document["found"], self.campaign, work))

    def _ended(self, worker: Worker, why: str, backlog: Backlog) -> Iterator[Lost]:
        if not worker.is_ready:
            self._false_starts += 1
            if self._false_starts >= TRIES:
                raise FunctionError(f"{self.campaign.function} cannot be loaded by a worker: {why}")
            return
        *others, work = reversed(worker.given) if worker.given else (None,)
        for other in others:
            backlog.give_back(other)
        if work is not None and (lost := backlog.fail(work, why)) is not None:
            yield lost
