"""Does a user's NumPy function have the symmetry that a problem states?

For each factor of the group, and each of its components, f(g·x) is held against g·f(x): at several sizes,
generic and structured inputs, Haar-distributed elements and elements that act without rounding, in float64 and
float32, and at points that the other factors have moved (which is how products are met). The tolerance is measured
(see ``noise.py`` beside this). What is found is a sample: *holds* means that nothing above the tolerance was seen,
and says how hard was looked.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symmetry.checks.function.calling import Array, Callee, Failed, Unfit, quiet
from symmetry.checks.function.comparing import Comparison, Point, compare, judge, remeasured
from symmetry.checks.function.determinism import probe
from symmetry.checks.function.guarding import preserved
from symmetry.checks.function.inputs import assignments, generic, small_assignments, structured
from symmetry.checks.function.loading import load_function
from symmetry.checks.function.noise import underflows
from symmetry.checks.function.report import FunctionReport, Violation, printable
from symmetry.checks.function.shrinking import shrink
from symmetry.checks.function.transforms import transform_name
from symmetry.errors import UsageError
from symmetry.evidence import Evidence, Verdict
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["FunctionReport", "Violation", "check", "load_function"]

TRIALS = 4
SINGLE = "float32 input"


def check(
    f: Callable[..., Any],
    problem: Problem,
    *,
    seed: int = 0,
    trials: int | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    backend: str | None = None,
    params: Mapping[str, str] | Sequence[str] | None = None,
    timeout: float | None = None,
    progress: Callable[[FunctionReport], None] | None = None,
) -> FunctionReport:
    """A verdict for each factor of the group, with its evidence, or with a counterexample.

    *holds*: no residual above the tolerance. The tolerance is 8 times the rounding that was measured at the point:
    the response to input changes of the size of the action's own rounding, the scatter of the function along a line,
    and the rounding of the output. *violated*: a residual above it which is also there at a neighbouring point, does
    not shrink from float32 to float64 and is no underflow; where it is less than 64 times the noise, the noise is
    measured again, and it must be there at independent inputs and in float32 too. *inconclusive*: the function raised,
    gave NaN or infinity at a generic point, changed its inputs, is not deterministic, or is so ill-conditioned that no
    tolerance says anything.
    It does not show that no violation exists, and a difference at a single point (a tie broken by index, a value at 0
    by convention) is mentioned in the evidence, not held against the function.

    Args:
        f: takes one array per input of the problem, returns one array per output; inputs are copies.
        problem: with a group; open sizes are chosen here.
        seed: of everything random; the same seed gives the same report.
        trials: generic inputs per assignment of sizes, at least 1.
        sizes: assignments of the open sizes to look at, instead of our own.
        backend: ``"numpy"``, ``"torch"`` or ``"jax"``: what f takes; ``None`` for what it seems to take.
        params: inputs that are parameters of the module f rather than arguments, as a dictionary from inputs to
            parameters, or as a list of inputs that are named like them.
        timeout: seconds for one call (in the main thread).
        progress: is given what is known so far, at the beginning and after each assignment of sizes.

    Raises:
        FunctionError: f does not fit the problem (number of arguments, shape of the output).
        UsageError: no group, no trials, or sizes that do not fit the problem or are too large.

    >>> def gram(X):
    ...     return X @ X.T @ X
    >>> check(gram, Problem("X: d n -> d n", group="O(d) x S(n)")).verdicts
    {'O(d)': 'holds', 'S(n)': 'holds'}
    >>> report = check(abs, Problem("X: d n -> d n", group="O(d) x S(n)"))
    >>> report.verdicts, report.exit_status
    ({'O(d)': 'violated', 'S(n)': 'holds'}, 1)
    >>> check(gram, Problem("X: d n -> n d", group="O(d)"))
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: gram returned shape (4, 2) (as if it were 'd n'), but ...
    """
    if not isinstance(problem, Problem):
        raise UsageError(f"check needs a Problem, such as Problem('X: d n -> d n', group='O(d)'), not {problem!r}")
    if not len(problem.group):
        raise UsageError(
            f"{str(problem)!r} names no group, so there is nothing to check; add one, such as group='O(d)'"
        )
    trials = TRIALS if trials is None else _natural(trials, "trials", 1)
    call, seed = Callee(f, problem, backend=backend, params=params, timeout=timeout), _natural(seed, "seed", 0)
    problem = problem.at(**call.fixed)
    chosen = assignments(problem, sizes)
    smaller = small_assignments(problem) if sizes is None else sorted(chosen, key=lambda p: sum(p.sizes.values()))
    search = _Search(call, problem, seed, trials, tuple(smaller), problem.symbolic if sizes is None else ())
    reason = None
    with quiet(), call.limit.installed(), preserved(seed) as changes:
        try:
            for sized in chosen:
                if progress is not None:
                    progress(search.report(chosen, None))
                search.look_at(sized)
        except Unfit as unfit:
            reason = str(unfit)
    for change in changes:
        call.remark(change)
    return search.report(chosen, reason)


def _natural(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} is an integer of at least {least}, not {value!r}")
    return int(value)


@dataclass
class _Ledger:
    """What was seen of one component of one factor."""

    samples: int = 0
    generic: int = 0
    skipped: int = 0
    residual: float = 0.0
    tolerance: float = 1.0
    sizes: dict[Problem, None] = field(default_factory=dict)
    failure: str | None = None
    remark: str | None = None
    violation: Violation | None = None

    def count(self, comparison: Comparison, sized: Problem, is_generic: bool) -> None:
        self.samples += 1
        self.generic += is_generic
        self.sizes[sized] = None
        if self.samples == 1 or comparison.residual * self.tolerance > self.residual * comparison.tolerance:
            self.residual, self.tolerance = comparison.residual, comparison.tolerance

    def skip(self, why: str) -> None:
        self.skipped += 1
        self.remark = self.remark or why

    def fail(self, why: str) -> None:
        self.skipped += 1
        self.failure = self.failure or why

    @property
    def verdict(self) -> Verdict:
        if self.violation is not None:
            return "violated"
        return "holds" if self.generic and self.failure is None else "inconclusive"

    @property
    def detail(self) -> str:
        if self.violation is not None:
            return self.violation.note
        if self.failure is not None:
            return self.failure
        if not self.generic:
            return f"nothing could be compared at a generic input: {self.remark or 'no points'}"
        return f"{self.skipped} points skipped: {self.remark}" if self.skipped else ""


class _Search:
    """Looks for violations of every component of every factor."""

    def __init__(
        self,
        call: Callee,
        problem: Problem,
        seed: int,
        trials: int,
        smaller: Sequence[Problem],
        free: Sequence[str],
    ):
        self.call = call
        self.problem = problem
        self.seed = seed
        self.trials = trials
        self.smaller = smaller
        self.free = free
        self.rng = np.random.default_rng(seed)
        self.ledgers = {(g, component): _Ledger() for g in problem.group for component in g.components}

    def look_at(self, sized: Problem) -> None:
        """Compare both sides everywhere at one assignment of sizes."""
        with suppress(Failed):  # which is met again below
            probe(self.call, sized, np.random.default_rng(self.seed))
        points = [Point(self.call, sized, generic(sized, self.rng), self.rng) for _ in range(self.trials)]
        points = [point for point in points if self._usable(point, sized, "generic input", True)]
        floor = statistics.median(point.relative_noise for point in points) if points else 0.0
        floor = floor if math.isfinite(floor) else 0.0
        for point in points:
            point.floor = floor
            self._point(point, "generic input", is_generic=True)
            self._single(point.single())
        for label, inputs in structured(sized, self.rng):
            point = Point(self.call, sized, inputs, self.rng, floor)
            if self._usable(point, sized, label, False):
                self._point(point, label, is_generic=False)

    def _point(self, point: Point, label: str, is_generic: bool) -> None:
        for (factor, component), ledger in self.ledgers.items():
            size = point.problem.size(factor.axis)
            draws = (factor.haar, factor.monomial) if is_generic else (factor.haar,)
            for draw in draws:
                if ledger.violation is None:
                    self._compare(point, factor, component, draw(self.rng, size, component), label, is_generic)
        if is_generic:
            self._chain(point, label)

    def _usable(self, point: Point, sized: Problem, label: str, is_generic: bool) -> bool:
        try:
            if is_generic:
                point.require_deterministic()
            point.output  # noqa: B018 (computed here, so that a failure is met here)
        except Failed as failed:
            for ledger in self.ledgers.values():
                self._note(ledger, failed, sized, label, is_generic)
            return False
        return True

    def _chain(self, point: Point, label: str) -> None:
        """Each factor at a point that the factors before it have moved."""
        for factor in self.problem.group:
            component = int(self.rng.choice(factor.components))
            element = factor.haar(self.rng, point.problem.size(factor.axis), component)
            moved = point.moved(factor, element)
            if self.ledgers[factor, component].violation is None:
                self._compare(point, factor, component, element, label, True, moved)
            point = moved
            if not self._usable(point, point.problem, label, is_generic=False):
                return

    def _compare(
        self,
        point: Point,
        factor: Group,
        component: int,
        element: Array,
        label: str,
        is_generic: bool,
        moved: Point | None = None,
    ) -> None:
        ledger = self.ledgers[factor, component]
        try:
            comparison = judge(point, factor, element, compare(point, factor, element, moved))
        except Failed as failed:
            self._note(ledger, failed, point.problem, label, is_generic)
            return
        if comparison.outcome == "within":
            ledger.count(comparison, point.problem, is_generic)
        elif comparison.outcome == "underflow":
            ledger.skip(f"at {label} the output is so small that digits may be lost to underflow")
        elif comparison.outcome == "violated" and label.endswith("short"):  # ordinary inputs came first, and agreed
            ledger.fail(
                f"at inputs a thousand times shorter{_at(point.problem)} the two sides differ by "
                f"{comparison.residual:.1e}, at ordinary ones they agree; perhaps an underflow inside the function"
            )
        elif comparison.outcome == "violated":
            ledger.count(comparison, point.problem, is_generic)
            ledger.violation = self._violation(point, factor, component, element, comparison)
        elif comparison.outcome == "above":
            why = f"at {label}{_at(point.problem)} the two sides differ by {comparison.residual:.1e}, but "
            why += "not at neighbouring points, or not more than rounding may explain"
            (ledger.fail if is_generic else ledger.skip)(why)
        else:
            ledger.skip(f"at {label} rounding blurs the output (relative tolerance {comparison.tolerance:.1e})")

    def _single(self, point: Point) -> None:
        """The same in float32; what fails there alone is no violation, and no pass either."""
        sized = point.problem
        if not self._usable(point, sized, SINGLE, True):
            return
        for (factor, component), ledger in self.ledgers.items():
            if ledger.violation is not None:
                continue
            element = factor.haar(self.rng, sized.size(factor.axis), component)
            try:
                comparison = remeasured(point, factor, element, compare(point, factor, element))
            except Failed as failed:
                self._note(ledger, failed, sized, SINGLE, True)
                continue
            if comparison.outcome != "above" or underflows((*point.output.values, *comparison.left), point.floor):
                continue
            try:
                double = point.at([np.asarray(x).astype(np.float64) for x in point.inputs])
                found = judge(double, factor, element, compare(double, factor, element))
            except Failed as failed:
                self._note(ledger, failed, sized, "generic input", True)
                continue
            if found.outcome == "violated":
                ledger.count(found, sized, True)
                ledger.violation = self._violation(double, factor, component, element, found)
            else:
                ledger.fail(
                    f"with float32 input the two sides differ by {comparison.residual:.1e}, where rounding explains "
                    f"{comparison.tolerance:.1e}; with float64 input they agree{_at(sized)}"
                )

    def _note(self, ledger: _Ledger, failed: Failed, sized: Problem, label: str, is_generic: bool) -> None:
        if is_generic:
            hint = "; if the function is made for certain sizes, give them" if self.problem.symbolic else ""
            hint = "; with float64 input it has a value" if label == SINGLE else hint
            ledger.fail(f"{label}{_at(sized)}: {failed}{hint}")
        else:
            ledger.skip(f"no value at {label}: {failed}")

    def _violation(self, point: Point, factor: Group, component: int, element: Array, found: Comparison) -> Violation:
        point, element, found = shrink(point, factor, component, element, found, self.smaller, self.free)
        sized = point.problem
        where = sized.action(factor)
        lost = "f(g·x) = f(x)" if where.is_invariance else "f(g·x) = g·f(x)"
        values: dict[str, Any] = {transform_name(factor, sized): printable(element)}
        values |= {name: printable(x) for name, x in zip(sized.names, point.inputs, strict=True)}
        sides = [side if len(side) > 1 else side[0] for side in (found.left, found.right)]
        return Violation(
            values=values,
            note=f"{lost} fails for g a {factor.kind.components[component]} of {factor}{_at(sized)}, "
            f"relative difference {found.residual:.2g}",
            left=printable(sides[0]),
            right=printable(sides[1]),
            seed=self.seed,
            sizes=sized.sizes,
            factor=str(factor),
            component=component,
            residual=found.residual,
            tolerance=found.tolerance,
            problem=sized,
            passing=self.call.passing,
        )

    def report(self, chosen: Sequence[Problem], reason: str | None) -> FunctionReport:
        """The verdicts."""
        components: dict[str, dict[str, Verdict]] = {}
        evidence: dict[str, Evidence] = {}
        counterexamples: dict[str, Violation] = {}
        for factor in self.problem.group:
            ledgers = {component: self.ledgers[factor, component] for component in factor.components}
            verdicts = {c: "inconclusive" if reason else ledger.verdict for c, ledger in ledgers.items()}
            components[str(factor)] = {factor.kind.components[c]: verdict for c, verdict in verdicts.items()}
            evidence[str(factor)] = _evidence(list(ledgers.values()), list(verdicts.values()), self.seed, reason)
            if evidence[str(factor)].verdict == "violated":
                counterexamples[str(factor)] = next(x.violation for x in ledgers.values() if x.violation is not None)
        return FunctionReport(
            function=self.call.name,
            problem=self.problem,
            seed=self.seed,
            sizes=tuple(sized.sizes for sized in chosen),
            evidence=evidence,
            components=components,
            counterexamples=counterexamples,
            reason=reason,
        )


def _evidence(ledgers: list[_Ledger], verdicts: list[Verdict], seed: int, reason: str | None) -> Evidence:
    """The evidence for a factor from that for its components: as strong as the weakest."""
    for verdict in ("violated", "inconclusive", "holds"):
        if verdict in verdicts:
            break
    decisive = [ledger for ledger, found in zip(ledgers, verdicts, strict=True) if found == verdict]
    worst = max(ledgers, key=lambda ledger: ledger.residual / ledger.tolerance)
    seen = any(ledger.samples for ledger in ledgers)
    return Evidence(
        method="sampled",
        verdict=verdict,
        sizes=tuple(sized.sizes for sized in dict.fromkeys(s for ledger in ledgers for s in ledger.sizes)),
        samples=sum(ledger.samples for ledger in ledgers),
        seed=seed,
        residual=worst.residual if seen else None,
        tolerance=worst.tolerance if seen else None,
        counterexample=next((x.violation for x in decisive if x.violation is not None), None) if not reason else None,
        skipped=sum(ledger.skipped for ledger in ledgers),
        detail=reason or decisive[0].detail,
    )


def _at(sized: Problem) -> str:
    sizes = ", ".join(f"{axis}={size}" for axis, size in sized.sizes.items())
    return f" at {sizes}" if sizes else ""
