"""What is recorded about a function of the corpus: its problem, the truth for each factor, and the guilty lines."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symmetry import Problem

CASES: list[Case] = []
MARK = re.compile(r"# breaks: (.+)$")


@dataclass(frozen=True, eq=False)
class Case:
    """A function and the truth about it.

    Args:
        truth: for each factor True (the law holds for all sizes and inputs), False (it is violated at generic inputs
            of some sizes), or None (it holds except at special inputs, such as ties).
        parts: what the function is made of beside itself, where marks are looked for too.
        at: the sizes at which a violation shows, where the usual ones do not show it.
        scale: the size of the inputs at which a violation shows.
        resolution: the relative difference at which a violation counts.
    """

    name: str
    library: str
    function: Callable[..., Any]
    problem: Problem
    truth: Mapping[str, bool | None]
    parts: tuple[Any, ...]
    at: Mapping[str, int]
    scale: float
    resolution: float

    @property
    def marks(self) -> dict[str, set[tuple[str, int]]]:
        """The guilty lines by factor, as files and numbers."""
        found: dict[str, set[tuple[str, int]]] = {}
        for part in self.parts:
            for number, text in _lines(part):
                if match := MARK.search(text):
                    for factor in match[1].split(", "):
                        found.setdefault(factor, set()).add((inspect.getsourcefile(part), number))
        return found


def case(
    line: str,
    group: str,
    truth: Mapping[str, bool | None],
    *,
    name: str | None = None,
    parts: tuple[Any, ...] = (),
    at: Mapping[str, int] | None = None,
    scale: float = 1.0,
    resolution: float = 1e-6,
    **sizes: int,
) -> Callable[[Any], Any]:
    """Register a function (or, with a name, any callable object) and leave it as it is."""

    def register(function: Any) -> Any:
        own = (function,) if inspect.isfunction(function) else () if parts else (type(function),)
        module = (own + parts)[0].__module__.rpartition(".")[2]
        problem = Problem(line, group=group, **sizes)
        if set(truth) != {str(factor) for factor in problem.group.factors}:
            raise ValueError(f"{line}: truth for {sorted(truth)}, but the group is {problem.group}")
        label = f"{module}-{name or function.__name__}"
        library = module.partition("_")[0]
        known = Case(label, library, function, problem, truth, own + parts, at or {}, scale, resolution)
        CASES.append(known)
        return function

    return register


def _lines(part: Any) -> Iterator[tuple[int, str]]:
    source, first = inspect.getsourcelines(part)
    yield from enumerate(source, start=max(first, 1))
