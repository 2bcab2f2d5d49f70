"""Which blocks are still to be run, and what becomes of one that does not come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from symmetry.campaigns.campaign import Found, Work

__all__ = ["TRIES", "Backlog", "Done", "Lost", "Refused", "Result", "order"]

TRIES = 3  # to run a block, before it is counted as skipped


@dataclass(frozen=True)
class Done:
    """A block, and what it came to."""

    work: Work
    found: Found


@dataclass(frozen=True)
class Lost:
    """A block that ended the process that ran it each time, and how."""

    work: Work
    why: str


@dataclass(frozen=True)
class Refused:
    """A block in which the function showed that it cannot be checked: the exception that says so."""

    work: Work
    error: Exception


Result = Done | Lost | Refused


class Backlog:
    """Blocks that are still to be run, in order; those that came back unfinished come first.

    >>> backlog = Backlog([(0, 0, 64), (1, 0, 64)])
    >>> first = backlog.take()
    >>> [backlog.fail(first, "ended by SIGSEGV") for _ in range(3) if backlog.take() or True]
    [None, None, Lost(work=(0, 0, 64), why='ended by SIGSEGV')]
    """

    def __init__(self, works: Iterable[Work]):
        self._planned = iter(works)
        self._waiting: deque[Work] = deque()
        self._tries: dict[Work, int] = {}

    def waiting(self, most: int) -> int:
        """How many blocks could be taken now, counted up to so many."""
        self._waiting.extend(islice(self._planned, max(0, most - len(self._waiting))))
        return min(most, len(self._waiting))

    def take(self) -> Work | None:
        """The next block, or ``None`` if there is none at the moment."""
        return self._waiting.popleft() if self.waiting(1) else None

    def give_back(self, work: Work) -> None:
        """Take back a block that was not begun."""
        self._waiting.appendleft(work)

    def fail(self, work: Work, why: str) -> Lost | None:
        """Take back a block whose process ended before it did; ``Lost`` if that was the last try."""
        self._tries[work] = self._tries.get(work, 0) + 1
        if self._tries[work] >= TRIES:
            return Lost(work, why)
        self._waiting.appendleft(work)
        return None

    def end_before(self, work: Work) -> None:
        """Hand out no block after this one any more; all before it have been handed out once, or came back."""
        self._waiting = deque(other for other in self._waiting if order(other) < order(work))
        self._planned = iter(())


def order(work: Work) -> tuple[int, int]:
    """Blocks are planned in this order."""
    return work[1], work[0]
