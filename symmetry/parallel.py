"""Independent pieces of work, in this process or shared out to forked ones; the results are the same.

A piece is called where it was made: a forked process has everything that was there before, so only results travel.

>>> pieces = [Piece(str, "one", lambda: 1), Piece(str, "two", lambda: 2)]
>>> run(pieces, workers=2)
>>> [piece.result for piece in pieces]
[1, 2]
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING, Any

from symmetry.errors import SymmetryError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

__all__ = ["Piece", "available", "run"]

_AHEAD = 2  # bundles that a process has been given and not yet done, so that it never waits
_FEW = 24  # with fewer pieces each, processes do not pay


@dataclass(eq=False)
class Piece:
    """A piece of work; ``result`` and ``seconds`` are there once it has been run."""

    kind: str
    label: str
    call: Callable[[], Any]
    result: Any = None
    seconds: float = 0.0


def available() -> int:
    """How many processes can work at once on this machine: 1 where processes cannot safely be forked."""
    if not hasattr(os, "fork") or sys.platform == "darwin":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(pieces: Sequence[Piece], workers: int = 1, progress: Callable[[str, int, int], None] | None = None) -> None:
    """Run all pieces, in order where there is one process.

    Args:
        pieces: none needs the result of another.
        workers: processes to share them out to; with 1, or where processes cannot be forked, all run in this one.
        progress: called with (label, done, total) after each.

    Raises:
        SymmetryError: a process ended before its work was done.
        Exception: what a piece raises; of several, the first in order.
    """
    workers = min(workers, available(), len(pieces) // _FEW)
    if workers > 1 and _shared_out(pieces, workers, progress):
        return
    for index, piece in enumerate(pieces):
        piece.result, piece.seconds = _timed(piece)
        if progress is not None:
            progress(piece.label, index + 1, len(pieces))


def _timed(piece: Piece) -> tuple[Any, float]:
    start = perf_counter()
    result = piece.call()
    return result, perf_counter() - start


def _tried(piece: Piece) -> tuple[Any, float] | None:
    try:
        return _timed(piece)
    except Exception:  # it is run again where everybody sees what it raises
        return None


def _shared_out(pieces: Sequence[Piece], workers: int, progress: Callable[[str, int, int], None] | None) -> bool:
    """Run all pieces in other processes; ``False`` where not one could be started."""
    from multiprocessing.connection import wait

    todo = iter(_bundles(pieces))
    here: list[int] = []
    started: dict[Any, ForkProcess] = {}
    try:
        for _ in range(workers):
            _start(pieces, started)
        if not started:
            return False
        for process_end in [*started] * _AHEAD:
            _give(process_end, todo)
        done = 0
        while done < len(pieces):
            connection: Any = wait([*started])[0]
            try:
                bundle = connection.recv()
            except (EOFError, OSError) as lost:
                raise SymmetryError("a process that was checking claims ended before its work was done") from lost
            _give(connection, todo)
            for index, found in bundle:
                if found is None:
                    here.append(index)
                else:
                    pieces[index].result, pieces[index].seconds = found
                done += 1
                if progress is not None:
                    progress(pieces[index].label, done, len(pieces))
    finally:
        for connection, process in started.items():
            connection.close()
            process.kill()
            process.join()
    for index in sorted(here):  # what raised, or cannot travel, is done again where everybody sees it
        pieces[index].result, pieces[index].seconds = _timed(pieces[index])
    return True


def _bundles(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """The pieces with one label together, since they have much in common; the last first, as they are the largest."""
    for _, bundle in groupby(reversed(range(len(pieces))), key=lambda index: pieces[index].label):
        yield sorted(bundle)


def _start(pieces: Sequence[Piece], started: dict[Any, ForkProcess]) -> None:
    """One more process, if the system allows it."""
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(pieces, theirs, [*started, ours]), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # no interrupt while it is in nobody's books
    try:
        with warnings.catch_warnings():
            # Python 3.12 and JAX warn of forks beside other threads; nothing there waits for one of those.
            warnings.simplefilter("ignore")
            process.start()
        started[ours] = process
    except OSError:
        ours.close()
    finally:
        theirs.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give(connection: Connection, todo: Iterator[list[int]]) -> None:
    """The next bundle to one process, or nothing once there are none."""
    for bundle in todo:
        with suppress(OSError):  # a process that is gone is noticed when it is read from
            connection.send(bundle)
        return


def _work(pieces: Sequence[Piece], connection: Connection, others: Sequence[Connection]) -> None:
    """What a forked process does, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that forked this one ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    with suppress(EOFError, OSError):
        while True:
            bundle = [(index, _tried(pieces[index])) for index in connection.recv()]
            try:
                connection.send(bundle)
            except Exception:  # something in it cannot travel
                connection.send([(index, None) for index, _ in bundle])
    os._exit(0)
