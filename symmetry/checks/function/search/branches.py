"""Steer a function into its branches: find inputs at which a comparison comes out as it never did before.

A violation confined to a small region is mostly behind a comparison. Those that a NumPy function makes are traced at
generic inputs (see ``tracing.py`` beside this). A way in which one never came out (true somewhere, false somewhere,
true everywhere, false everywhere, of the entries that it compares) is a *goal*. Inputs for it are looked for

1. among multiples of generic inputs, structured inputs and random leaps, each of which is held against all goals;
2. by Newton's method on the branch distances, with differences for derivatives that again serve all goals at once;
   if there are more entries than calls, in a random subspace.

Comparisons that are met for the first time on the way (a gate behind a gate) become goals as well. Then the borders
between the outcomes of comparisons are looked at (``borders.py``). Only inputs come from here: whether both sides agree
there is for the function itself to show, without tracing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed, Unfit
from symmetry.checks.function.inputs import generic, structured
from symmetry.checks.function.noise import lengths, neighbour, norms
from symmetry.checks.function.search.borders import border_point, differ
from symmetry.checks.function.search.climbing import LEAPS
from symmetry.checks.function.search.goals import Differences, Goal, Sample, shifted
from symmetry.checks.function.search.tracing import Site, Trace
from symmetry.errors import FunctionError
from symmetry.problem import Problem

__all__ = ["Coverage", "flipped"]

SAMPLES = 8  # generic inputs; what comes out both ways at some of them is met by sampling
MILD = (2.0, 4.0, 8.0, 1 / 2, 1 / 4, 1 / 8)
EXTREME = (2.0**6, 2.0**10, 2.0**-6, 2.0**-10, 2.0**-20)
FAR = 2.0**5  # largest entry, or the inverse of it, that is not mild
RAY = (1.25, 2.0, 1 + 2**-5, 4.0, 1 + 2**-10, 8.0, 1 / 2, 1 + 2**-20)  # steps, in units of Newton's
ROUNDS = 4  # of Newton's method, for one goal
BISECTIONS = 16
DIFFERENCE = 2.0**-10
MOST_DIRECTIONS, LEAST_DIRECTIONS, MOST_NUMBERS = 400, 4, 2**22  # for derivatives; numbers in all directions
LEAPS_EACH = 20  # for each goal that is left
ASIDE = 2.0**-20  # relative distance at which a neighbour must be on the same side
SAME = 64.0  # roundings between two calls of a function on the same input


Found = tuple[str, tuple[Array, ...]]


@dataclass
class Coverage:
    """The comparisons that were met, and the ways in which each came out.

    >>> coverage = Coverage()
    >>> str(coverage)
    'no comparisons met'
    """

    ways: dict[Site, set[bool]] = field(default_factory=dict)

    @property
    def met(self) -> int:
        """Comparisons in the code that were executed."""
        return len(self.ways)

    @property
    def both(self) -> int:
        """Those that came out true of some entry and false of some entry."""
        return sum(len(ways) == 2 for ways in self.ways.values())

    @property
    def one_sided(self) -> tuple[str, ...]:
        """The others, as they stand in the code."""
        return tuple(str(site) for site, ways in self.ways.items() if len(ways) < 2)

    def add(self, trace: Trace) -> None:
        """Count what one call compared."""
        for site, distances in trace.distances.items():
            ways = self.ways.setdefault(site, set())
            if np.any(distances > 0):
                ways.add(True)
            if np.any(distances < 0):
                ways.add(False)

    def __str__(self) -> str:
        return f"{self.both} of {self.met} comparisons taken both ways" if self.met else "no comparisons met"


def flipped(
    call: Callee, problem: Problem, rng: np.random.Generator, budget: int, coverage: Coverage | None = None
) -> Iterator[Found]:
    """Inputs at which a comparison in the code of a function comes out as it does at no generic input.

    A function that is not made of NumPy's operations, or that gives another value when it is traced, has none.

    Args:
        call: the function.
        problem: with all sizes.
        rng: source of everything random.
        budget: calls of the function, not counting those that the caller makes in between.
        coverage: receives the comparisons that were met.

    Returns:
        pairs (which comparison flips, inputs), each found when it is asked for.

    >>> problem = Problem("X: d n -> d n", group="O(d)", d=3, n=2)
    >>> def gated(X):
    ...     return -X if np.sum(X**2) > 2e3 and X[0, 1] > 30 else X
    >>> coverage, rng = Coverage(), np.random.default_rng(0)
    >>> found = list(flipped(Callee(gated, problem), problem, rng, 300, coverage))
    >>> any((gated(*inputs) == -inputs[0]).all() for label, inputs in found)
    True
    >>> str(coverage)
    '2 of 2 comparisons taken both ways'
    >>> list(flipped(Callee(np.linalg.svd, problem), problem, rng, 300))
    []
    """
    coverage = Coverage() if coverage is None else coverage
    yield from _Steering(call, problem, rng, budget, coverage).run()


class _Steering:
    def __init__(
        self, call: Callee, problem: Problem, rng: np.random.Generator, budget: int, coverage: Coverage
    ) -> None:
        self.call = call
        self.problem = problem
        self.rng = rng
        self.left = budget  # calls; those that a caller makes between two inputs are its own
        self.coverage = coverage
        self.met: set[Site] = set()
        self.homes: dict[Goal, Sample] = {}  # the open goals, with the sample that is nearest to each
        self.origins: dict[Goal, Sample] = {}  # and the first one that met it
        self.differences: dict[Sample, Differences] = {}
        self.pairs: dict[Site, list[Sample]] = {}  # the first sample that met it, and the first with another outcome

    @property
    def spent(self) -> bool:
        return self.left <= 0

    def run(self) -> Iterator[Found]:
        samples: list[Sample] = []
        for _ in range(SAMPLES):
            inputs = generic(self.problem, self.rng)
            trace = self._trace(inputs)
            if trace is None:
                continue
            if not samples and not self._is_faithful(inputs):
                return
            samples.append(Sample(inputs, trace))
        if not samples:
            return
        self._open(samples)
        yield from self._flip(samples)
        yield from self._cross()
        for _ in range(LEAPS_EACH * len(self.homes)):
            if self.spent or not self.homes:
                return
            homes = list(self.homes.values())
            yield from self._look_at(self._leap(homes[int(self.rng.integers(len(homes)))].inputs))

    def _flip(self, samples: Sequence[Sample]) -> Iterator[Found]:
        """Inputs that reach goals."""
        for inputs in self._candidates(samples):
            if self.spent or not self.homes:
                return
            yield from self._look_at(inputs)
        tried: set[Goal] = set()
        while not self.spent and (goal := next((goal for goal in self.homes if goal not in tried), None)):
            tried.add(goal)
            yield from self._approach(goal)

    def _cross(self) -> Iterator[Found]:
        """Inputs at the borders of comparisons that transforms change."""
        for site, pair in self.pairs.items():
            if self.spent:
                return
            if len(pair) == 2:
                inputs = border_point(self._trace, self.problem, self.rng, site, *pair)
                if inputs is not None:
                    yield f"inputs at the border of {site}", inputs

    def _candidates(self, samples: Sequence[Sample]) -> Iterator[tuple[Array, ...]]:
        """The mild ones first: far out, or near zero, a difference may drown in rounding."""
        seed = int(self.rng.integers(2**63))
        for scales, mild in ((MILD, True), (EXTREME, False)):
            for scale in scales:
                yield tuple(x * scale for x in samples[0].inputs)
            for _, inputs in structured(self.problem, np.random.default_rng(seed)):
                if (1 / FAR < _largest(inputs) < FAR) == mild:
                    yield inputs
            for sample in samples:
                yield self._leap(sample.inputs)

    def _leap(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        return tuple(LEAPS[int(self.rng.integers(len(LEAPS)))](x, self.rng) if x.size else x for x in inputs)

    # -----------------------------------------------------------------------------------------------------------

    def _trace(self, inputs: Sequence[Array]) -> Trace | None:
        """The comparisons at a point; ``None`` if the function has no value there, or no more calls may be made."""
        if self.spent:
            return None
        trace = Trace()
        try:
            self.call.through(trace.run)(inputs, self.problem)
        except (Failed, FunctionError, Unfit):  # perhaps of the tracing; the function has been judged without it
            return None
        finally:
            self.call.calls += 1
            self.left -= 1
        self.coverage.add(trace)
        return trace

    def _is_faithful(self, inputs: Sequence[Array]) -> bool:
        """Whether the function gives the same value when it is traced."""
        try:
            plain = self.call(inputs, self.problem)
            other = self.call.through(Trace().run)(inputs, self.problem)
        except (Failed, FunctionError, Unfit):
            return False
        apart = norms([a - b for a, b in zip(plain.values, other.values, strict=True)])
        return plain.unit == other.unit and bool(np.all(apart <= SAME * plain.unit * norms(plain.values)))

    def _open(self, samples: Sequence[Sample]) -> None:
        """Keep what comparisons are met, and make goals of the new ones, as far as no sample reaches them."""
        sites = dict.fromkeys(site for sample in samples for site in sample.trace.distances)
        for sample in samples:
            for site, distances in sample.trace.distances.items():
                pair = self.pairs.setdefault(site, [sample])
                if len(pair) == 1 and np.any(differ(pair[0].trace.distances[site], distances)):
                    pair.append(sample)
        for everywhere in (False, True):
            for site in sites:
                if site in self.met:
                    continue
                met = [sample for sample in samples if site in sample.trace.distances]
                if everywhere and all(sample.trace.distances[site].size == 1 for sample in met):
                    continue
                for truth in (True, False):
                    goal = Goal(site, everywhere, truth)
                    best = max(met, key=lambda sample: goal.height(sample.trace))
                    if goal.height(best.trace) <= 0:
                        self.homes[goal], self.origins[goal] = best, met[0]
        self.met.update(sites)

    def _look_at(self, inputs: tuple[Array, ...]) -> Generator[Found, None, Trace | None]:
        """Yields the inputs, if they reach a goal, and a neighbour does; returns their trace."""
        trace = self._trace(inputs)
        if trace is None:
            return None
        reached = []
        sample = Sample(inputs, trace)
        for goal, home in self.homes.items():
            height = goal.height(trace)
            if height > goal.height(home.trace):
                self.homes[goal] = sample
            if height > 0:
                reached.append(goal)
        if reached:
            near = self._trace(self._beside(inputs))
            reached = [goal for goal in reached if near is not None and goal.height(near) > 0]
        for goal in reached:
            del self.homes[goal]
        self._open([sample])
        if reached:
            yield str(reached[0]), inputs
        return trace

    def _beside(self, inputs: Sequence[Array]) -> list[Array]:
        scale = [np.where(length > 0, length, 1.0) for length in lengths(self.problem, inputs)]
        return neighbour(inputs, scale, [np.asarray(self.rng.standard_normal(x.shape)) for x in inputs], ASIDE)

    def _approach(self, goal: Goal) -> Iterator[Found]:
        """Newton's method: from the sample that met the comparison first, and then from the nearest one."""
        start = self.origins[goal]
        for _ in range(ROUNDS):
            for keeping in (False, True):
                step = self._differences(start).step(goal, keeping)
                stays_met = yield from self._along(goal, start, step)
                if goal not in self.homes or self.spent:
                    return
                if stays_met:  # no comparison before it is in the way
                    break
            if self.homes[goal] is start or goal.height(self.homes[goal].trace) > 0:
                return
            start = self.homes[goal]

    def _along(self, goal: Goal, start: Sample, step: Array) -> Generator[Found, None, bool]:
        """Looks along a step, until the goal is reached; returns whether its comparison is executed all along."""
        met = {0.0: True}  # length of the step -> whether it is executed there
        ahead = list(RAY) if np.any(step) else []
        while ahead:
            length = ahead.pop(0)
            trace = yield from self._look_at(shifted(start.inputs, length * step))
            if goal not in self.homes:
                yield from self._deeper(goal, start, step, length)
                return True
            if self.spent:
                return False
            met[length] = trace is not None and goal.site in trace.distances
            if not ahead and len(met) <= len(RAY) + BISECTIONS and not all(met.values()):
                ahead = [_middle(met)]
        return all(met.values())

    def _deeper(self, goal: Goal, start: Sample, step: Array, length: float) -> Iterator[Found]:
        """Another point that reaches a goal, farther behind the border, where a difference may be larger."""
        points = [shifted(start.inputs, (1 + factor * (length - 1)) * step) for factor in (1, 2, 4)]
        traces = [self._trace(inputs) for inputs in points]
        heights = [-np.inf if trace is None else goal.height(trace) for trace in traces]
        highest = int(np.argmax(heights))
        if highest:
            yield str(goal), points[highest]

    def _differences(self, sample: Sample) -> Differences:
        """The comparisons a little beside a sample, in as many directions as there are entries, or as can be paid."""
        if sample not in self.differences:
            entries = sum(x.size for x in sample.inputs)
            paid = max(LEAST_DIRECTIONS, min(MOST_DIRECTIONS, self.left // 2, MOST_NUMBERS // entries))
            if entries <= paid:
                directions = np.eye(entries)
            else:
                directions = self.rng.standard_normal((paid, entries)) / np.sqrt(entries)
            length = DIFFERENCE * (_largest(sample.inputs) or 1.0)
            traces = tuple(self._trace(shifted(sample.inputs, length * direction)) for direction in directions)
            self.differences[sample] = Differences(sample, directions, length, traces)
        return self.differences[sample]


def _largest(inputs: Sequence[Array]) -> float:
    return max(float(np.max(np.abs(x), initial=0.0)) for x in inputs)


def _middle(met: Mapping[float, bool]) -> float:
    """Between the first length at which a comparison is not executed and the last one before it: where another one
    bounds a region, it comes out otherwise near the border if anywhere.

    >>> _middle({0.0: True, 1.0: True, 2.0: False, 4.0: False, 8.0: True})
    1.5
    """
    outside = min(length for length, is_met in met.items() if not is_met)
    inside = max(length for length in met if length < outside)
    return (inside + outside) / 2
