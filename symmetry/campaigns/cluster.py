"""Blocks on an existing Dask cluster.

What Dask runs there only asks a worker of ``crew.py``, a process beside Dask's own, so that blocks have the same
limits, the same single thread and the same end as here. The user's own source files are sent along and put into a
temporary directory; what they import must be installed there, and so must this package. Files of other kinds are not
sent.
"""

from __future__ import annotations

import importlib
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from symmetry.campaigns.backlog import Backlog, Done, Lost, Refused, Result
from symmetry.campaigns.campaign import Campaign, Work
from symmetry.campaigns.crew import Crew, Origin
from symmetry.campaigns.records import as_text, from_text
from symmetry.campaigns.sources import contents, digest
from symmetry.campaigns.worker import KINDS, refusal
from symmetry.checks.function.calls.loading import last_line
from symmetry.errors import SymmetryError, UsageError

__all__ = ["Cluster"]

CONNECTING = 10  # seconds
AHEAD = 2  # blocks for each thread of the cluster, so that none waits

_lock = threading.Lock()
_idle: dict[str, list[_Hand]] = {}  # in a process of Dask: by task, workers that are not at work


class Cluster:
    """A Dask cluster that runs blocks.

    Args:
        campaign: what is run.
        address: of its scheduler, ``"tcp://host:8786"``.
        origin: what the function was loaded from here.

    Raises:
        UsageError: Dask is not installed, or there is no such scheduler.
    """

    def __init__(self, campaign: Campaign, address: str, origin: Origin):
        try:
            self._dask: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise UsageError(
                f"--dask needs Dask, which cannot be imported ({error}); install it with: pip install 'symmetry[dask]'"
            ) from error
        files = contents({place: Path(path) for place, path in origin.files.items()})
        place, _, name = campaign.function.rpartition(":")
        there = replace(campaign, function=f"{Path(place).name if place.endswith('.py') else place}:{name}")
        self.campaign = campaign
        self.address = address
        self._task = {"campaign": there.data(), "files": files, "versions": dict(origin.versions)}
        self._key = digest({**files, "campaign": repr(there.data()).encode()})
        try:
            self._client = self._dask.Client(address, timeout=CONNECTING, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"--dask {address}: there is no scheduler of a Dask cluster ({error})") from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(Exception):  # it may be gone
            self._client.run(dismiss, self._key)
        self._client.close(CONNECTING)

    def run(self, backlog: Backlog) -> Iterator[Result]:
        """Run all blocks, in any order.

        Raises:
            FunctionError: the function cannot be loaded there.
            UsageError: it is another function there; Dask's processes cannot run this package.
            SymmetryError: the cluster is gone.
        """
        task: Any = self._client.submit(dict, self._task, key=f"symmetry-{self._key}", pure=False)
        given: dict[Any, Work] = {}
        done = self._dask.as_completed([], loop=self._client.loop, raise_errors=False)
        while True:
            threads = sum(self._client.nthreads().values())
            while len(given) < AHEAD * max(1, threads) and (work := backlog.take()) is not None:
                future = self._client.submit(run_block, self._key, task, work, pure=False)
                given[future] = work
                done.add(future)
            if not given:
                return
            future = next(done)
            yield from self._came(future, given.pop(future), backlog)

    def _came(self, future: Any, work: Work, backlog: Backlog) -> Iterator[Result]:
        if future.status == "cancelled":
            raise SymmetryError(f"the Dask cluster at {self.address} is gone; the same command continues the campaign")
        if future.status == "error":
            error = future.exception()
            if not isinstance(error, self._dask.KilledWorker):
                raise UsageError(f"--dask {self.address}: the cluster cannot run a block: {last_line(error)}")
            lost = backlog.fail(work, "a process of the cluster ended")
            yield from [] if lost is None else [lost]
            return
        document = future.result()
        if "kind" in document:
            error = KINDS[document["kind"]](document["message"])
            if document["is_early"]:
                raise error
            yield Refused(work, error)
        elif "lost" in document:
            yield Lost(work, document["lost"])
        else:
            yield Done(work, from_text(document["found"], self.campaign, work))


def run_block(key: str, task: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Run one block, in a process of Dask."""
    with _lock:
        hand = _idle[key].pop() if _idle.get(key) else None
    hand = hand or _Hand(task)
    try:
        (result,) = hand.crew.run(Backlog([work]))
    except tuple(KINDS.values()) as error:
        hand.crew.close()
        return {**refusal(error), "is_early": True}
    with _lock:
        _idle.setdefault(key, []).append(hand)
    if isinstance(result, Refused):
        return {**refusal(result.error), "is_early": False}
    return {"lost": result.why} if isinstance(result, Lost) else {"found": as_text(result.found)}


def dismiss(key: str) -> None:
    """End the workers of a task, in a process of Dask."""
    with _lock:
        hands = _idle.pop(key, [])
    for hand in hands:
        hand.crew.close()


class _Hand:
    """A worker that has the files of a task, in a directory that is there as long as it is."""

    def __init__(self, task: Mapping[str, Any]):
        self._directory = tempfile.TemporaryDirectory(prefix="symmetry-", ignore_cleanup_errors=True)
        for place, content in task["files"].items():
            path = Path(self._directory.name, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        campaign, origin = Campaign.from_data(task["campaign"]), Origin({}, task["versions"])
        self.crew = Crew(campaign, directory=self._directory.name, origin=origin)
