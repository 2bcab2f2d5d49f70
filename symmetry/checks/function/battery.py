"""The fixed part of a check: both sides compared at points and elements that are chosen with care.

At each assignment of sizes: generic inputs, in float64 and float32, and at points that the other factors have moved
(which is how products are met); Haar-distributed elements, elements that act without rounding, elements near the unit
and special ones; structured inputs. Large sizes get fewer of each, by the number of entries and nothing else, so that
the same check is the same on every machine.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np

from symmetry.checks.function.calls.calling import Array, Failed
from symmetry.checks.function.calls.determinism import probe
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.comparing import Point, compare, judge, remeasured
from symmetry.checks.function.examination import GENERIC, SINGLE, Examination
from symmetry.checks.function.inputs import generic, structured
from symmetry.checks.function.noise import underflows
from symmetry.checks.function.stream import entries
from symmetry.errors import FunctionError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Effort", "effort", "glance_at", "look_at"]

EDGE = "sizes that are 1 or equal"
NEAR = 2.0**-8  # distance from the unit


@dataclass(frozen=True)
class Effort:
    """How hard one assignment of sizes is looked at.

    Args:
        most: entries of inputs and outputs up to which this is for.
        points: generic inputs.
        structured: structured inputs at most.
        noise: generic inputs at which the noise is measured, for all others to be held against.
        special: whether special elements and elements near the unit are tried.
        trials: by default.
        search: calls of the function for each search.
    """

    most: float
    points: int
    structured: int
    noise: int
    special: bool
    trials: int
    search: int


EFFORTS = (
    Effort(2**12, points=3, structured=100, noise=3, special=True, trials=128, search=400),
    Effort(2**14, points=2, structured=12, noise=2, special=True, trials=64, search=150),
    Effort(2**18, points=2, structured=6, noise=1, special=False, trials=32, search=0),
    Effort(math.inf, points=1, structured=2, noise=0, special=False, trials=8, search=0),
)


def effort(sized: Problem) -> Effort:
    """How hard these sizes are looked at.

    >>> effort(Problem("X: d n -> d n", d=512, n=1024)).points
    1
    """
    return next(found for found in EFFORTS if entries(sized) <= found.most)


def look_at(examination: Examination, sized: Problem) -> None:
    """Compare both sides everywhere at one assignment of sizes.

    Raises:
        Unfit, FunctionError: as ``Callee`` does.
    """
    call, rng, plan = examination.call, examination.rng, effort(sized)
    with suppress(Failed):  # which is met again below
        probe(call, sized, np.random.default_rng(examination.seed), twice=plan.noise > 0)
        examination.remember(sized)
    points = [Point(call, sized, generic(sized, rng), rng) for _ in range(plan.points)]
    points = [point for point in points if examination.is_usable(point, GENERIC)]
    noise = [float(np.min(point.relative_noise)) for point in points[: plan.noise]]
    floor = statistics.median(noise) if noise else 0.0
    examination.floors[sized] = floor if math.isfinite(floor) else 0.0
    for point in points:
        point.floor = examination.floors[sized]
        for factor, component, element in _elements(examination, sized):
            examination.compare(point, factor, component, element, GENERIC)
        _chain(examination, point)
        _single(examination, point.single())
    if points and plan.special:
        _special(examination, points[0])
    for label, inputs in islice(structured(sized, rng), plan.structured):
        point = Point(call, sized, inputs, rng, examination.floors[sized])
        if examination.is_usable(point, label):
            for (factor, component), ledger in examination.ledgers.items():
                if ledger.violation is None:
                    element = factor.haar(rng, sized.size(factor.axis), component)
                    examination.compare(point, factor, component, element, label)


def glance_at(examination: Examination, sized: Problem) -> None:
    """Compare both sides at sizes for which the function need not be made.

    Raises:
        Unfit: as ``Callee`` does.
    """
    rng = examination.rng
    point = Point(examination.call, sized, generic(sized, rng), rng)
    with suppress(FunctionError):  # perhaps of another shape there
        if examination.is_usable(point, EDGE):
            for factor, component in examination.open():
                if not factor.is_trivial(sized.size(factor.axis), component):
                    element = factor.haar(rng, sized.size(factor.axis), component)
                    examination.compare(point, factor, component, element, EDGE)


def _elements(examination: Examination, sized: Problem) -> Iterator[tuple[Group, int, Array]]:
    """Of each component one Haar-distributed element, and one that acts without rounding."""
    for factor, component in examination.ledgers:
        size = sized.size(factor.axis)
        yield factor, component, factor.haar(examination.rng, size, component)
        yield factor, component, factor.monomial(examination.rng, size, component)


def _special(examination: Examination, point: Point) -> None:
    """Special elements, and one near the unit."""
    rng = examination.rng
    for factor in point.problem.group:
        size = point.problem.size(factor.axis)
        found = [(name, component, element) for name, component, element in factor.special(rng, size)]
        near = factor.near(rng, size, NEAR)
        found.append(("near the unit", factor.component(near), near))
        for _, component, element in found:
            if component in factor.components and examination.ledgers[factor, component].violation is None:
                examination.compare(point, factor, component, element, "special element")


def _chain(examination: Examination, point: Point) -> None:
    """Each factor at a point that the factors before it have moved."""
    for factor in point.problem.group:
        component = int(examination.rng.choice(factor.components))
        if not examination.open():
            return
        element = factor.haar(examination.rng, point.problem.size(factor.axis), component)
        moved = point.moved(factor, element)
        examination.compare(point, factor, component, element, GENERIC, moved)
        point = moved
        if not examination.is_usable(point, "an input that other factors moved"):
            return


def _single(examination: Examination, point: Point) -> None:
    """The same in float32; what fails there alone is no violation, and no pass either."""
    sized = point.problem
    if not examination.is_usable(point, SINGLE):
        return
    for (factor, component), ledger in examination.ledgers.items():
        if ledger.violation is not None:
            continue
        element = factor.haar(examination.rng, sized.size(factor.axis), component)
        try:
            comparison = remeasured(point, factor, element, compare(point, factor, element))
        except Failed as failed:
            examination.note(ledger, failed, sized, SINGLE)
            continue
        if comparison.outcome != "above" or underflows((*point.output.values, *comparison.left), point.floor):
            continue
        try:
            double = point.at([np.asarray(x).astype(np.float64) for x in point.inputs])
            found = judge(double, factor, element, compare(double, factor, element))
        except Failed as failed:
            examination.note(ledger, failed, sized, GENERIC)
            continue
        if found.outcome == "violated":
            examination.violated(double, factor, component, element, found, is_generic=True)
        else:
            ledger.fail(
                f"with float32 input the two sides differ by {comparison.residual:.1e}, where rounding explains "
                f"{comparison.tolerance:.1e}; with float64 input they agree{at_sizes(sized)}"
            )
