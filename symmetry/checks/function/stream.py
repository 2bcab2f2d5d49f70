"""Many trials at little more than the cost of the function: f(g·x) against g·f(x), block by block.

A block is drawn from the seed, its place and nothing else, so that blocks can run in any order, in any process, and
again. Inputs, elements and comparisons are made for many trials at once; only the function is called once a trial.

Each matrix of O(d) or SO(d) is distributed by the Haar measure exactly, but ``SHARED`` trials in a row have a Haar
factor in common (``Group.sweep``), as they have their input. They are not independent; blocks are.

A residual within the rounding that any function has is counted and done with. Where one is larger, the noise is
measured at its input, and what is still above goes to ``judge``, as everywhere in the check.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed
from symmetry.checks.function.calls.determinism import require_same
from symmetry.checks.function.calls.isolation import ended, stage
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.comparing import NEGLIGIBLE, Point, compare, judge
from symmetry.checks.function.inputs import generic
from symmetry.checks.function.noise import BLUR, SAFETY, growth, norms
from symmetry.errors import FunctionError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Block", "Place", "Tally", "entries", "plan"]

Place = tuple[int, int, int]  # number of the sizes, of the block at them, of the trial in it

SHARED = 64  # trials with one input
LARGEST_BLOCK, FEW_ENTRIES = 512, 2**14  # trials; of inputs and outputs, up to which a block has several inputs
AT_ONCE = 2**18  # entries of images held at once, beyond those of one trial
STREAM = 1  # tells the generators of blocks from others made from the same seed
GENERIC = "generic input"
SAME_KIND = "more residuals of the same kind"
NOT_FINITE = "the output is not finite (NaN or infinity)"


def plan(chosen: Sequence[Problem], trials: int) -> Iterator[tuple[int, int, int]]:
    """Number of the sizes, number of the block and trials in it, for blocks that make up so many trials.

    All sizes have the same share of trials, to within one, and take turns.

    >>> at = Problem("X: d n -> d n", group="O(d)").at
    >>> list(plan([at(d=3, n=2), at(d=100, n=99)], 200))
    [(0, 0, 100), (1, 0, 64), (1, 1, 36)]
    """
    shares = [trials // len(chosen) + (k < trials % len(chosen)) for k in range(len(chosen))]
    most = [LARGEST_BLOCK if entries(sized) <= FEW_ENTRIES else SHARED for sized in chosen]
    for block in range(max(-(-share // size) for share, size in zip(shares, most))):
        for k, (share, size) in enumerate(zip(shares, most)):
            if block * size < share:
                yield k, block, min(size, share - block * size)


def entries(sized: Problem) -> int:
    return sum(math.prod(sized.shape(tensor)) for tensor in (*sized.inputs, *sized.outputs))


@dataclass(frozen=True)
class Tally:
    """What the trials of one component of one factor came to; tallies of disjoint trials add up in any order.

    Args:
        samples: comparisons within their tolerance, and violations.
        skipped: trials without a value, or blurred by rounding.
        unexplained: residuals above the tolerance that are no accident of rounding and no violation that was confirmed.
        residual, tolerance: of the worst comparison that was counted, relative.
        worst: its place.
        violation: relative residual and place of the worst confirmed violation, or ``None``.
        remark: why trials were skipped, or what was not explained; the one that comes first.
        first: its place.
    """

    samples: int = 0
    skipped: int = 0
    unexplained: int = 0
    residual: float = 0.0
    tolerance: float = 1.0
    worst: Place | None = None
    violation: tuple[float, Place] | None = None
    remark: str = ""
    first: Place | None = None

    def __add__(self, other: Tally) -> Tally:
        """The tally of both.

        >>> a = Tally(samples=2, residual=1e-16, tolerance=1e-14, worst=(0, 3, 1))
        >>> b = Tally(samples=1, residual=5e-16, tolerance=1e-14, worst=(0, 0, 7), violation=(0.5, (0, 0, 7)))
        >>> a + b == b + a, (a + b).samples, (a + b).worst, (a + b).violation
        (True, 3, (0, 0, 7), (0.5, (0, 0, 7)))
        """
        both = (self, other)
        worse = min(
            (t for t in both if t.worst is not None), key=lambda t: (-t.residual / t.tolerance, t.worst), default=self
        )
        said = min((t for t in both if t.first is not None), key=lambda t: (t.first, t.remark), default=self)
        found = [tally.violation for tally in both if tally.violation is not None]
        return Tally(
            samples=self.samples + other.samples,
            skipped=self.skipped + other.skipped,
            unexplained=self.unexplained + other.unexplained,
            residual=worse.residual,
            tolerance=worse.tolerance,
            worst=worse.worst,
            violation=min(found, key=lambda v: (-v[0], v[1]), default=None),
            remark=said.remark,
            first=said.first,
        )


class Block:
    """A few inputs, and up to ``SHARED`` trials at each.

    Args:
        call: the function.
        problem: with all sizes.
        seed: of the whole check.
        place: number of the sizes, and of the block at them.
        count: trials in it.
        floor: relative noise that is at least assumed.
        keys: the components of factors that take turns; all without it.
    """

    def __init__(
        self,
        call: Callee,
        problem: Problem,
        seed: int,
        place: tuple[int, int],
        count: int,
        floor: float = 0.0,
        keys: Sequence[tuple[Group, int]] | None = None,
    ):
        self.call = call
        self.problem = problem
        self.place = place
        every = [(factor, component) for factor in problem.group for component in factor.components]
        self.keys = every if keys is None else list(keys)
        self.turns = np.arange(count) % len(self.keys)
        self._room: list[Array] = []  # for outputs, kept from one stack to the next
        self._draws = np.random.default_rng([seed, STREAM, *place])
        self._second = np.random.default_rng([seed, STREAM, *place, 1])  # for what only some blocks need
        spread = [_spread(problem, self._draws, place[1] + number) for number in range(-(-count // SHARED))]
        self.labels = [label for label, _ in spread]
        self.points = [Point(call, problem, inputs, self._second, floor) for _, inputs in spread]

    def run(self) -> dict[tuple[Group, int], Tally]:
        """A tally for each component of each factor."""
        found = dict.fromkeys(self.keys, Tally())
        usable = np.ones(len(self.points), dtype=bool)
        for number, point in enumerate(self.points):
            try:
                point.output  # noqa: B018 (computed here, so that a failure is met here)
            except Failed as failed:
                usable[number] = False
                lost = self.turns[number * SHARED : (number + 1) * SHARED]
                for k, key in enumerate(self.keys):
                    trials = number * SHARED + np.flatnonzero(lost == k)
                    found[key] += self._skipped(trials, f"no value at {self.labels[number]}: {failed}")
        if np.any(usable):
            for factor, trials, components, elements in self._stacks():
                good = usable[trials // SHARED]
                for component, tally in self._compare(factor, trials[good], components[good], elements[good]).items():
                    found[factor, component] += tally
        return found

    def trial(self, number: int) -> tuple[Point, Group, int, Array]:
        """Point, factor, component and element of a trial, drawn again: for a block that has not run."""
        for factor, trials, components, elements in self._stacks():
            for at in np.flatnonzero(trials == number):
                return self.points[number // SHARED], factor, int(components[at]), np.array(elements[at])
        raise IndexError(f"block {self.place} has no trial {number}")

    def _skipped(self, trials: Array, why: str) -> Tally:
        """The tally of trials that came to nothing."""
        return Tally(skipped=len(trials), remark=why, first=(*self.place, int(trials[0]))) if len(trials) else Tally()

    def _stacks(self) -> Iterator[tuple[Group, Array, Array, Array]]:
        """Trials, components and elements of each factor, as many at once as their images may take memory."""
        most = max(1, AT_ONCE // entries(self.problem))
        for factor in self.problem.group:
            own = {k: component for k, (other, component) in enumerate(self.keys) if other == factor}
            trials = np.flatnonzero(np.isin(self.turns, list(own)))
            if not len(trials):
                continue
            components = np.array([own[k] for k in self.turns[trials].tolist()], dtype=int)
            draw = factor.sweep(self._draws, self.problem.size(factor.axis))
            for at in range(0, len(trials), most):
                part = slice(at, at + most)
                yield factor, trials[part], components[part], draw(components[part])

    def _compare(self, factor: Group, trials: Array, components: Array, elements: Array) -> dict[int, Tally]:
        """The tally of each component."""
        if not len(trials):
            return {}
        where = self.problem.action(factor)
        numbers, at_point = np.unique(trials // SHARED, return_inverse=True)
        points = [self.points[number] for number in numbers]

        def images(arrays: Sequence[tuple[Array, ...]], axes: Sequence[tuple[int, ...]]) -> list[Array]:
            bases = [np.stack(column) for column in zip(*arrays, strict=True)]
            stacks = [base if len(base) == 1 else base[at_point] for base in bases]
            return [factor.apply_stack(elements, stack, a) for stack, a in zip(stacks, axes, strict=True)]

        inputs = images([point.inputs for point in points], where.inputs)
        left, failures = self._evaluate(inputs)
        right = images([point.output.values for point in points], where.outputs)
        residuals, sizes = _distances(left, right)
        rounding = SAFETY * growth(self.problem) * max(point.output.unit for point in points)
        tolerance = (rounding + SAFETY * points[0].floor) * sizes
        good = np.asarray(np.isfinite(residuals).all(axis=1) & np.isfinite(sizes).all(axis=1))
        good[list(failures)] = False
        above = (residuals > tolerance).any(axis=1)
        for k in np.unique(at_point[above & good]):
            tolerance[at_point == k] += SAFETY * points[k].noise
        above = (residuals > tolerance).any(axis=1)
        scale = np.where(tolerance < BLUR * sizes, sizes, np.maximum(sizes, NEGLIGIBLE))
        blurred = (tolerance > BLUR * scale).any(axis=1)
        ratios = residuals / np.where(tolerance > 0, tolerance, 1.0)
        found = {}
        for component in dict.fromkeys(components.tolist()):
            mine = components == component
            tally = self._skipped(
                trials[mine & ~good], f"no value at an image of an input: {next(iter(failures.values()), NOT_FINITE)}"
            )
            tally += self._skipped(trials[mine & good & blurred & ~above], "rounding blurs the output")
            within = mine & good & ~above & ~blurred
            if np.any(within):
                at, output = divmod(int(np.argmax(np.where(within[:, None], ratios, -1.0))), ratios.shape[1])
                tally += Tally(
                    samples=int(np.count_nonzero(within)),
                    residual=float(residuals[at, output] / scale[at, output]),
                    tolerance=max(float(tolerance[at, output] / scale[at, output]), rounding),
                    worst=(*self.place, int(trials[at])),
                )
            suspects = np.flatnonzero(mine & good & above)
            if len(suspects):
                worst = int(suspects[np.argmax((residuals / scale).max(axis=1)[suspects])])
                again = self.call([stack[worst] for stack in inputs], self.problem)
                require_same(self.call, [stack[worst] for stack in left], again)
                judged = self._judge(factor, elements[worst], int(trials[worst]))
                others = self._skipped(trials[suspects[suspects != worst]], judged.remark or SAME_KIND)
                tally += judged + replace(others, unexplained=judged.unexplained * others.skipped)
            found[component] = tally
        return found

    def _evaluate(self, inputs: Sequence[Array]) -> tuple[list[Array], dict[int, str]]:
        """The outputs at each image, and why there is none, for those that have none."""
        count = len(inputs[0])
        if not self._room or len(self._room[0]) < count:
            example = next(point for point in self.points if point.has_output).output
            self._room = [np.zeros((count, *value.shape), value.dtype) for value in example.values]
        left = [room[:count] for room in self._room]
        failures: dict[int, str] = {}
        function, arrays = self.call.bare(self.problem)
        first, shape, several = left[0], left[0].shape[1:], len(left) > 1
        self.call.calls += count
        where = "a call" + at_sizes(self.problem)
        for trial, images in enumerate(zip(*inputs)):
            stage(where)
            try:
                value = function(*images)
                if several or type(value) is not np.ndarray or value.shape != shape or value.dtype != first.dtype:
                    for place, array in zip(left, arrays(value)):
                        place[trial] = array
                else:
                    first[trial] = value
            except (FunctionError, KeyboardInterrupt):
                raise
            except Failed as failed:
                failures[trial] = str(failed)
            except BaseException as error:
                failures[trial] = str(self.call.trouble(error, self.problem))
        ended()
        return left, failures

    def _judge(self, factor: Group, element: Array, trial: int) -> Tally:
        point, label, where = self.points[trial // SHARED], self.labels[trial // SHARED], (*self.place, trial)
        try:
            found = judge(point, factor, element, compare(point, factor, element))
        except Failed as failed:
            return self._skipped(np.array([trial]), f"no value near {label}: {failed}")
        if found.outcome in ("violated", "within"):
            violation = (found.residual, where) if found.outcome == "violated" else None
            return Tally(1, residual=found.residual, tolerance=found.tolerance, worst=where, violation=violation)
        if found.outcome == "above" and label == GENERIC:
            why = f"at a {label} the two sides differ by {found.residual:.1e}, but not at neighbouring points"
            return Tally(skipped=1, unexplained=1, remark=why, first=where)
        return self._skipped(np.array([trial]), f"at a {label} rounding blurs the output")


def _spread(problem: Problem, rng: np.random.Generator, number: int) -> tuple[str, tuple[Array, ...]]:
    """Mostly standard normal; one in eight has another length, and one heavy tails."""
    inputs = generic(problem, rng)
    if number % 8 == 3:
        return "scaled input", tuple(x * 2.0 ** rng.normal(0, 2) for x in inputs)
    if number % 8 == 7:
        return "heavy-tailed input", tuple(x * np.abs(rng.standard_t(3, x.shape)) for x in inputs)
    return GENERIC, inputs


def _distances(left: Sequence[Array], right: Sequence[Array]) -> tuple[Array, Array]:
    """Frobenius norms of left - right and of right, each (trials, outputs); ``right`` may be overwritten."""
    residuals, sizes = [], []
    for a, b in zip(left, right, strict=True):
        sizes.append(_lengths(b))
        residuals.append(_lengths(np.subtract(a, b, out=b) if b.dtype == a.dtype else a - b))
    return np.stack(residuals, axis=1), np.stack(sizes, axis=1)


def _lengths(stack: Array) -> Array:
    """The Frobenius norm of each array of a stack; by ``norms`` where squares overflow or underflow."""
    flat = stack.reshape(len(stack), -1)
    squares = np.einsum("ij,ij->i", flat, flat.conj() if np.iscomplexobj(flat) else flat).real
    if np.all((squares > 1e-280) & (squares < 1e280)):
        return np.asarray(np.sqrt(squares))
    return np.array([norms([row])[0] if np.all(np.isfinite(row)) else math.inf for row in flat])
