"""What a function does besides returning a value: how long it takes, what it remembers, and what it leaves changed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

__all__ = ["Failed", "Limit", "TimedOut", "Unfit", "lacks_memory", "memory_limit", "one_thread", "preserved"]

PYTHON_RANDOM = "Python's global random generator"
_WITHOUT_MEMORY = (  # in messages of compiled code
    "can't allocate memory",
    "std::bad_alloc",
    "RESOURCE_EXHAUSTED",
    "Out of memory allocating",
    "failed to map segment from shared object",
)


class Failed(Exception):
    """The function gave no usable value at one point; the message says why."""


class Unfit(Exception):
    """The function cannot be judged at any point: it changes its inputs, or is not deterministic."""


class TimedOut(BaseException):
    """A call took too long; not an ``Exception``, so that ``except Exception`` in the function does not hide it."""


class Limit:
    """Call functions, and stop those that take too long.

    The alarm rings between two steps of Python code: in the main thread only, and not inside a long step of compiled
    code. There nothing but another process helps (see ``isolation.py``).

    Args:
        seconds: for one call; ``None`` for as long as it takes.

    >>> Limit(5.0)(max, [1, 2], {})
    2
    >>> Limit(0.01)(lambda: [None for _ in iter(int, 1)], [], {})
    Traceback (most recent call last):
    ...
    symmetry.checks.function.calls.guarding.TimedOut
    """

    def __init__(self, seconds: float | None = None):
        self.seconds = seconds
        self._is_installed = False

    def __call__(self, function: Callable[..., Any], placed: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """The value of the function.

        Raises:
            TimedOut: it was not there in time.
        """
        if self.seconds is None or not _can_ring():
            return function(*placed, **named)
        if not self._is_installed:
            with self.installed():
                return self(function, placed, named)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            return function(*placed, **named)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Answer the alarm until the end, and not only for one call at a time, which costs more than a short call."""
        if self.seconds is None or not _can_ring() or self._is_installed:
            yield
            return
        before = signal.signal(signal.SIGALRM, _ring)
        self._is_installed = True
        try:
            yield
        finally:
            self._is_installed = False
            signal.signal(signal.SIGALRM, before)


def _can_ring() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch, if it is imported, work in one thread: small tensors gain nothing by more, and wait for them."""
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "set_num_threads"):
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise TimedOut


def memory_limit() -> str:
    """How much memory this process may hold, as text; empty where there is no limit.

    >>> memory_limit() == "" or memory_limit().endswith("iB")
    True
    """
    try:
        import resource
    except ImportError:  # not on this system
        return ""
    most = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if most == resource.RLIM_INFINITY:
        return ""
    return f"{most / 2**30:.3g} GiB" if most >= 2**30 else f"{most / 2**20:.3g} MiB"


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    >>> lacks_memory(MemoryError()), lacks_memory(ValueError("shapes differ"))
    (True, False)
    """
    return isinstance(error, MemoryError) or any(words in str(error) for words in _WITHOUT_MEMORY)


@dataclass(frozen=True)
class _State:
    """Something that all code of a process shares."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


def _states() -> Iterator[_State]:
    yield _State("NumPy's global random generator", _legacy_numpy, np.random.set_state)
    yield _State(PYTHON_RANDOM, random.getstate, random.setstate)
    yield _State("how NumPy reports floating-point errors (np.seterr)", np.geterr, lambda old: np.seterr(**old))
    yield _State("the working directory", os.getcwd, os.chdir)
    yield _State("environment variables", lambda: dict(os.environ), _set_environment)
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "get_rng_state"):
        yield _State("PyTorch's global random generator", lambda: torch.get_rng_state().numpy(), _set_torch)
        yield _State("PyTorch's default dtype", torch.get_default_dtype, torch.set_default_dtype)
        yield _State("PyTorch's gradient mode", torch.is_grad_enabled, torch.set_grad_enabled)
    jax: Any = sys.modules.get("jax")
    if hasattr(jax, "config"):
        yield _State("JAX's 64-bit mode", lambda: jax.config.jax_enable_x64, _set_jax)


def _legacy_numpy() -> Any:
    return np.random.get_state(legacy=False)


def _set_torch(state: Any) -> None:
    torch: Any = sys.modules["torch"]
    torch.set_rng_state(torch.from_numpy(state))


def _set_jax(wide: bool) -> None:
    jax: Any = sys.modules["jax"]
    jax.config.update("jax_enable_x64", wide)


def _set_environment(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)


@contextlib.contextmanager
def preserved(seed: int | None = None) -> Iterator[list[str]]:
    """Leave what all code of the process shares as it was.

    Args:
        seed: for the global random generators meanwhile, so that a function that draws from them does so
            reproducibly; ``None`` leaves them as they are.

    Yields:
        A list, empty until the end, then one remark for each thing that was changed.

    >>> with preserved(0) as changes:
    ...     _ = np.random.seed(3)
    >>> changes
    ["changes NumPy's global random generator; it was restored"]
    """
    changes: list[str] = []
    outside = [(state, state.read()) for state in _states() if _readable(state)]
    if seed is not None:
        random.seed(seed)
        with contextlib.suppress(TypeError):  # the user has put another generator there
            np.random.seed(seed % 2**32)
        if hasattr(sys.modules.get("torch"), "manual_seed"):
            sys.modules["torch"].manual_seed(seed % 2**63)
    inside = [state.read() for state, _ in outside]
    try:
        yield changes
    finally:
        for (state, old), before in zip(outside, inside, strict=True):
            unchanged = _readable(state) and _same(state.read(), before)
            if not unchanged and not (state.name == PYTHON_RANDOM and _another_draws()):
                changes.append(f"changes {state.name}; it was restored")
            state.write(old)


def _another_draws() -> bool:
    """Whether a thread runs that draws from Python's generator at any time, as the event loop of Dask does."""
    return any(thread.name.startswith("IO loop") for thread in threading.enumerate())


def _readable(state: _State) -> bool:
    try:
        state.read()
    except OSError:  # the working directory was deleted
        return False
    return True


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        return np.array_equal(first, second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_same(first[key], second[key]) for key in first)
    return bool(first == second)
