"""What a campaign is, as plain data: which function, which problem, at which sizes, how many trials from which seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symmetry.checks.function.calls.calling import Callee, quiet
from symmetry.checks.function.stream import Block, Tally, plan
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["WORDS", "Campaign", "Found", "Work"]

Work = tuple[int, int, int]  # number of the sizes, of the block at them, and trials in it


WORDS = {
    "function": "the function",
    "components": "what is compared",
    "source": "the source of the function",
    "fixed": "the sizes in the problem",
    "numpy": "the version of NumPy",
    "checker": "the code of the checker",
}


@dataclass(frozen=True)
class Found:
    """What trials came to; that of disjoint trials adds up in any order.

    Args:
        tallies: of each component of each factor.
        calls: of the function.
    """

    tallies: Mapping[tuple[Group, int], Tally]
    calls: int = 0

    def __add__(self, other: Found) -> Found:
        tallies = {key: tally + other.tallies[key] for key, tally in self.tallies.items()}
        return Found(tallies, self.calls + other.calls)

    @property
    def trials(self) -> int:
        """How many trials it is the sum of."""
        return sum(tally.samples + tally.skipped for tally in self.tallies.values())


@dataclass(frozen=True)
class Campaign:
    """Trials of one function, in blocks that any process can run, in any order, with the same result.

    Args:
        function: where it is, ``"FILE.py:FUNCTION"`` or ``"package.module:FUNCTION"``; or what it is called.
        problem: with its group.
        sizes: the assignments of all sizes that are looked at.
        seed: of everything random.
        trials: in all.
        floors: for each assignment, the relative noise that is at least assumed.
        components: of the factors that take turns, with their factors as written; all without it.
        backend, params, timeout: as for ``check``.
        memory: bytes that a process may hold; ``None`` for most of what is free.

    >>> campaign = Campaign("math:hypot", Problem("x:, y: ->", group="1"), ({},), 0, 100, (0.0,))
    >>> Campaign.from_data(campaign.data()) == campaign
    True
    """

    function: str
    problem: Problem
    sizes: tuple[Mapping[str, int], ...]
    seed: int
    trials: int
    floors: tuple[float, ...]
    components: tuple[tuple[str, int], ...] | None = None
    backend: str | None = None
    params: Mapping[str, str] | Sequence[str] | None = None
    timeout: float | None = None
    memory: int | None = None

    @property
    def chosen(self) -> tuple[Problem, ...]:
        """The problem at each assignment of sizes."""
        return tuple(self.problem.at(**sizes) for sizes in self.sizes)

    @property
    def keys(self) -> list[tuple[Group, int]]:
        """The components of factors whose trials take turns in a block."""
        every = [(factor, component) for factor in self.problem.group for component in factor.components]
        chosen = self.components
        return [key for key in every if chosen is None or (str(key[0]), key[1]) in chosen]

    def blocks(self) -> Iterator[Work]:
        """The blocks that make up all trials."""
        return plan(self.chosen, self.trials)

    def callee(self, function: Any) -> Callee:
        """The function, ready to be called."""
        return Callee(function, self.problem, backend=self.backend, params=self.params, timeout=self.timeout)

    def nothing(self) -> Found:
        """What no trials come to."""
        return Found(dict.fromkeys(self.keys, Tally()))

    def run(self, call: Callee, work: Work) -> Found:
        """What one block comes to, whatever was run before with the same function."""
        number, block, count = work
        sized = self.problem.at(**self.sizes[number])
        call = call.anew()
        with quiet(), call.limit.installed():
            tallies = Block(call, sized, self.seed, (number, block), count, self.floors[number], self.keys).run()
        return Found(tallies, call.calls)

    def lost(self, work: Work, why: str) -> Found:
        """What a block comes to that no process could bring to its end."""
        number, block, count = work
        found = {}
        for turn, key in enumerate(self.keys):
            trials = len(range(turn, count, len(self.keys)))
            found[key] = Tally(skipped=trials, remark=why, first=(number, block, turn)) if trials else Tally()
        return Found(found)

    def data(self) -> dict[str, Any]:
        """The campaign as a document of plain values."""
        return {
            "function": self.function,
            "problem": str(self.problem),
            "group": str(self.problem.group),
            "fixed": self.problem.sizes,
            "sizes": [dict(sizes) for sizes in self.sizes],
            "seed": self.seed,
            "trials": self.trials,
            "floors": list(self.floors),
            "components": self.components and [list(one) for one in self.components],
            "backend": self.backend,
            "params": dict(self.params) if isinstance(self.params, Mapping) else self.params and list(self.params),
            "timeout": self.timeout,
            "memory": self.memory,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Campaign:
        """The campaign that ``data`` was made of."""
        given = dict(data)
        problem = Problem(given.pop("problem"), group=given.pop("group"), **given.pop("fixed"))
        given |= {"sizes": tuple(given["sizes"]), "floors": tuple(given["floors"])}
        given["components"] = given["components"] and tuple((name, c) for name, c in given["components"])
        return cls(problem=problem, **given)

    def identity(self, origin: Mapping[str, str]) -> dict[str, Any]:
        """What a block depends on, apart from its place: only blocks that have it in common may be added up.

        Args:
            origin: what the function and the checker are, and which NumPy.
        """
        same = ("function", "problem", "group", "fixed", "sizes", "seed", "floors", "components", "backend", "params")
        data = self.data()
        found = {name: data[name] for name in same}
        found["function"] = Path(self.function).name  # the directory is of no account, since the source is
        return {**found, **origin}
