"""A run in a process of its own, so that whatever the user's code does, its caller goes on.

The process is forked, so that nothing has to be sent to it; what it finds comes back through a pipe, piece by piece.
Its caller sees which call it is in, and ends it if that takes too long. Output of the user's code goes nowhere, and
there is nothing for it to read.
"""

from __future__ import annotations

import faulthandler
import mmap
import os
import pickle
import signal
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from symmetry.errors import SymmetryError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = [
    "GRACE",
    "PAGE",
    "Ended",
    "can_isolate",
    "cause",
    "end_with",
    "ended",
    "free_memory",
    "isolated",
    "limit_memory",
    "say_on",
    "silence",
    "stage",
    "stage_on",
]

GRACE = 2.0  # seconds beyond its time after which a call is ended from outside
POLL = 0.05  # seconds between two looks at the process
LEAST = 2 * 2**30  # bytes; PyTorch alone takes some hundred million
PAGE = 4096  # of text about the current call
HEAD = struct.Struct("=dI")  # when it began (0: none is running), length of the text

T = TypeVar("T")
_board: mmap.mmap | None = None  # where a process says which call it is in; only isolated processes have one


class Ended(SymmetryError):
    """The process ended before its work was done.

    Attributes:
        reason: how and where.
        partial: what it had sent last, or ``None``.
    """

    def __init__(self, reason: str, partial: Any = None):
        super().__init__(reason)
        self.reason = reason
        self.partial = partial


def stage(text: str) -> None:
    """Say what begins; for the caller of an isolated process, and of no effect elsewhere."""
    if _board is not None:
        data = text.encode()[: PAGE - HEAD.size]
        _board[HEAD.size : HEAD.size + len(data)] = data
        _board[: HEAD.size] = HEAD.pack(time.monotonic(), len(data))


def ended() -> None:
    """Say that what began is over."""
    if _board is not None:
        _board[: HEAD.size] = HEAD.pack(0.0, 0)


def say_on(board: mmap.mmap) -> None:
    """From now on, say on a page of shared memory which call is running."""
    global _board
    _board = board


def can_isolate() -> bool:
    """Whether a process can safely be forked: not from one in which a framework already runs threads of its own."""
    return hasattr(os, "fork") and sys.platform != "darwin" and not {"jax", "torch"}.intersection(sys.modules)


def isolated(
    run: Callable[[Callable[[Any], None]], T],
    *,
    seconds: Callable[[str], float | None] = lambda stage: None,
    memory: int | None = None,
    watch: Callable[[Any], None] | None = None,
) -> T:
    """The result of a function that runs in a forked process of its own.

    Args:
        run: is given a function that sends something on the way, kept in case the process ends too early.
        seconds: what a stage, such as ``"a call at d=3, n=2"``, may take at most before it is ended from outside.
        memory: bytes of data that the process may hold (Linux); ``None`` for most of what is free.
        watch: is given here what is sent on the way.

    Returns:
        What ``run`` returned, pickled on the way.

    Raises:
        Ended: the process was ended by a signal, by itself or for taking too long.
        Exception: what ``run`` raised.

    >>> isolated(lambda send: 6 * 7)
    42
    >>> isolated(lambda send: os._exit(5))
    Traceback (most recent call last):
    ...
    symmetry.checks.function.calls.isolation.Ended: the process ended itself with status 5
    """
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    board = mmap.mmap(-1, PAGE)
    process = context.Process(target=_work, args=(run, theirs, ours, board, memory, os.getpid()))
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # no interrupt before the process is known
    partial: Any = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python and JAX warn of forks beside threads
            process.start()
        theirs.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        while True:
            kind, value = _received(ours, board, process, seconds)
            if kind == "result":
                return value  # type: ignore[no-any-return]
            if kind == "error":
                raise value
            if kind == "ended":
                raise Ended(value, partial)
            partial = value
            if watch is not None:
                watch(partial)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _end(process)
        ours.close()
        board.close()


def _received(
    ours: Connection, board: mmap.mmap, process: Any, seconds: Callable[[str], float | None]
) -> tuple[str, Any]:
    """The next message of the process, or why there will be none."""
    while True:
        try:
            if ours.poll(POLL):
                message: tuple[str, Any] = ours.recv()
                return message
        except (EOFError, OSError):  # it has closed its end
            time.sleep(POLL)
        if not process.is_alive():
            with suppress(EOFError, OSError):
                if ours.poll():
                    message = ours.recv()
                    return message
            return "ended", cause(process.exitcode, stage_on(board)[1])
        began, name = stage_on(board)
        most = seconds(name) if name else None
        if most is not None and time.monotonic() - began > most + GRACE and stage_on(board)[0] == began:
            return "ended", f"{name} took longer than {most:g} s and could not be stopped but by ending the process"


def stage_on(board: mmap.mmap) -> tuple[float, str]:
    """When what is running began, and what it is; empty where nothing runs."""
    began, length = HEAD.unpack(board[: HEAD.size])
    return began, board[HEAD.size : HEAD.size + length].decode(errors="replace") if began else ""


def cause(status: int | None, name: str) -> str:
    """Why a process ended, from its exit status and what it was doing."""
    where = f" in {name}" if name else ""
    if status is None or status >= 0:
        return f"the process ended itself with status {status}{where}"
    try:
        word = signal.Signals(-status).name
    except ValueError:
        word = str(-status)
    hint = "; perhaps there was not enough memory" if word in ("SIGKILL", "SIGABRT") else ""
    return f"the process was ended by signal {word}{where}{hint}"


def _end(process: Any) -> None:
    """End the process and all that it has started."""
    if process.pid is None:
        return
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    process.join()


def _work(
    run: Callable[[Callable[[Any], None]], Any],
    connection: Connection,
    other: Connection,
    board: mmap.mmap,
    memory: int | None,
    parent: int,
) -> None:
    """What the process does."""
    say_on(board)
    other.close()
    os.setpgid(0, 0)  # an interrupt goes to the caller, which ends this group
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    end_with(parent)
    silence()
    limit_memory(memory)

    def send(kind: str, value: Any) -> None:
        connection.send((kind, value))

    try:
        message = "result", run(lambda value: send("partial", value))
    except BaseException as error:
        message = "error", _portable(error)
    ended()
    send(*message)
    os._exit(0)


def _portable(error: BaseException) -> BaseException:
    """An exception that its receiver can read: ours and Python's own are, those of the user's code are not."""
    error.add_note("".join(traceback.format_exception(error)))
    with suppress(Exception):
        if type(error).__module__ in ("builtins", "symmetry.errors"):
            pickle.loads(pickle.dumps(error))
            return error
    other = SymmetryError(f"{type(error).__name__}: {error}")
    other.__notes__ = error.__notes__
    return other


def silence() -> None:
    """Nothing to read, and what is written goes nowhere, from compiled code as well."""
    faulthandler.disable()  # it may have a copy of the standard error stream
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    sys.stdin, sys.stdout, sys.stderr = (open(os.devnull, mode) for mode in ("r", "w", "w"))


def end_with(parent: int) -> None:
    """Have the system end this process when its caller is gone (Linux)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def limit_memory(most: int | None) -> None:
    """Let this process hold so many bytes of data (Linux); ``None`` for most of what is free."""
    most = most or free_memory()
    if most is not None and sys.platform == "linux":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def free_memory() -> int | None:
    """Nine tenths of the memory that is free, in bytes, but enough to begin; ``None`` where that is not known."""
    try:
        with open("/proc/meminfo") as lines:
            free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None
    with suppress(OSError, ValueError), open("/sys/fs/cgroup/memory.max") as most:  # of a container
        with open("/sys/fs/cgroup/memory.current") as used:
            free = min(free, int(most.read()) - int(used.read()))
    return max(free * 9 // 10, LEAST)
