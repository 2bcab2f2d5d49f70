"""A way in which a comparison never came out, and the step of Newton's method that leads there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.search.tracing import Site, Trace

__all__ = ["Differences", "Goal", "Sample", "shifted"]

STEEPEST = 1e100  # what is steeper comes from an infinite distance
INDEPENDENT = 2.0**-10  # of a slope, that is left when others are kept; with less it cannot be climbed apart from them


@dataclass(frozen=True)
class Goal:
    """A comparison that is to come out true, or false, for some of the entries that it compares, or for all.

    >>> goal = Goal(Site((), "greater"), everywhere=True, truth=False)
    >>> str(goal)
    'inputs that make greater false everywhere'
    """

    site: Site
    everywhere: bool
    truth: bool

    def distances(self, trace: Trace) -> Array | None:
        """The branch distances, positive where the comparison comes out as wanted; ``None`` if it is not executed."""
        found = trace.distances.get(self.site)
        return found if found is None or self.truth else -found

    def height(self, trace: Trace) -> float:
        """Positive if the goal is reached; minus infinity where the comparison is not executed."""
        found = self.distances(trace)
        if found is None:
            return -np.inf
        return float(found.min() if self.everywhere else found.max())

    def step(self, distances: Array, slopes: Array) -> Array:
        """Newton's step: the shortest one to distance 0, to first order; zero if there is none.

        Args:
            distances: (k,).
            slopes: (k, directions).

        Returns:
            (directions,).

        >>> goal = Goal(Site((), "greater"), everywhere=True, truth=True)
        >>> goal.step(np.array([-6.0, -8.0]), np.array([[2.0, 0.0], [0.0, 2.0]]))
        array([3., 4.])
        """
        if self.everywhere:
            wrong = distances <= 0
            rows = wrong if len(distances) > slopes.shape[1] else np.full(len(distances), True)
            wanted = np.where(wrong, -distances, 0.0)  # with room for it, what is right stays as it is
            return np.asarray(np.linalg.lstsq(slopes[rows], wanted[rows], rcond=1e-6)[0])
        square = np.sum(slopes**2, axis=1)
        cost = np.where(square > 0, distances**2 / np.where(square > 0, square, 1.0), np.inf)
        nearest = int(np.argmin(cost))
        if not np.isfinite(cost[nearest]):
            return np.zeros(slopes.shape[1])
        return np.asarray(-distances[nearest] * slopes[nearest] / square[nearest])

    def __str__(self) -> str:
        extent = "everywhere" if self.everywhere else "somewhere"
        return f"inputs that make {self.site} {'true' if self.truth else 'false'} {extent}"


@dataclass(frozen=True, eq=False)
class Sample:
    """Inputs, and what the function compares there."""

    inputs: tuple[Array, ...]
    trace: Trace


@dataclass(frozen=True, eq=False)
class Differences:
    """What the function compares beside a sample.

    Args:
        directions: (k, entries).
        length: of the steps along them.
        traces: (k,), ``None`` where the function has no value.
    """

    sample: Sample
    directions: Array
    length: float
    traces: tuple[Trace | None, ...]

    def step(self, goal: Goal, keeping: bool) -> Array:
        """Newton's step to a goal.

        Args:
            keeping: leave, to first order, the comparisons of single numbers as they are that are executed before.

        Returns:
            (entries,).
        """
        here = goal.distances(self.sample.trace)
        if here is None:
            return np.zeros(self.directions.shape[1])
        slopes = self._slopes(goal.site) * (1.0 if goal.truth else -1.0)
        if keeping:
            gates = [self._slopes(site) for site in self._before(goal.site)]
            kept = np.vstack([np.zeros((1, len(self.traces))), *gates])
            left = slopes - (slopes @ np.linalg.pinv(kept)) @ kept
            apart = np.linalg.norm(left, axis=1) > INDEPENDENT * np.linalg.norm(slopes, axis=1)
            slopes = np.where(apart[:, None], left, 0.0)
        return np.asarray(goal.step(here, slopes) @ self.directions)

    def _before(self, site: Site) -> list[Site]:
        distances = self.sample.trace.distances
        earlier = list(distances)[: list(distances).index(site)]
        return [other for other in earlier if distances[other].size == 1]

    def _slopes(self, site: Site) -> Array:
        """(number of branch distances, k)"""
        here = self.sample.trace.distances[site]
        slopes = np.zeros((here.size, len(self.traces)))
        for column, trace in enumerate(self.traces):
            there = trace.distances.get(site) if trace is not None else None
            if there is not None and there.size == here.size:
                slopes[:, column] = (there - here) / self.length
        slopes[np.abs(slopes) > STEEPEST] = 0.0
        return slopes


def shifted(inputs: Sequence[Array], step: Array) -> tuple[Array, ...]:
    """The inputs moved by a vector of all their entries, one after the other.

    >>> shifted((np.zeros((2, 1)), np.ones(())), np.array([1.0, 2.0, 3.0]))[1]
    array(4.)
    """
    ends = np.cumsum([x.size for x in inputs])
    parts = np.split(step, ends[:-1])
    return tuple(np.asarray(x + part.reshape(x.shape)) for x, part in zip(inputs, parts, strict=True))
