"""Points at the border between two outcomes of a comparison, so near that a transform crosses it.

A gate on what is almost an invariant, with equivariant branches, fails only where x and g·x are on different sides. How
much the transforms change its branch distance is measured; if that is more than rounding, a point is sought whose
distance is a fraction of it. Gates on invariants have no such points, and neither has one whose distance is rough, as
where it is computed in half precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.search.goals import Sample
from symmetry.checks.function.search.tracing import Site, Trace
from symmetry.problem import Problem

__all__ = ["border_point", "differ"]

COARSE, FINE = 8, 24  # bisections
FRACTION = 1 / 4  # of the change by a transform
LEAST = 2.0**-16  # change, relative to the way between the outcomes: above the rounding of single precision
ROUGH = 64.0  # times the unevenness of the distance, that the change must exceed
SPACING = 2.0**-12  # of the points that show it


def differ(first: Array, second: Array) -> Array:
    """Whether the entries of two arrays of branch distances mean different outcomes; none if they do not correspond.

    >>> differ(np.array([1.0, 2.0]), np.array([-3.0, 4.0])).tolist(), differ(np.ones(2), -np.ones(3)).tolist()
    ([True, False], [False, False])
    """
    return first * second < 0 if first.shape == second.shape else np.zeros(first.shape, dtype=bool)


def border_point(
    trace_at: Callable[[Sequence[Array]], Trace | None],
    problem: Problem,
    rng: np.random.Generator,
    site: Site,
    first: Sample,
    second: Sample,
) -> tuple[Array, ...] | None:
    """Inputs between two samples, at which some transform is likely to change the outcome of a comparison.

    Args:
        trace_at: the comparisons at a point; ``None`` if there is no value.
        problem: with all sizes, and the group.
        rng: source of the transforms.
        site: the comparison.
        first, second: where it has different outcomes.

    Returns:
        the inputs; ``None`` if transforms do not change the branch distance, or there is no border on the way.
    """
    ends = first.trace.distances[site], second.trace.distances[site]
    entry = int(rng.choice(np.flatnonzero(differ(*ends))))
    below, above = 0.0, 1.0
    span = float(abs(ends[0][entry] - ends[1][entry]))
    start = float(np.sign(ends[0][entry]))

    def inputs_at(way: float) -> tuple[Array, ...]:
        return tuple(np.asarray(x + way * (y - x)) for x, y in zip(first.inputs, second.inputs, strict=True))

    def distance(inputs: Sequence[Array]) -> float:
        trace = trace_at(inputs)
        found = trace.distances.get(site) if trace is not None else None
        return float(found[entry]) if found is not None and found.shape == ends[0].shape else np.nan

    def bisect(way: float, here: float) -> tuple[float, float]:
        return (way, above) if here * start > 0 else (below, way)

    for _ in range(COARSE):
        here = distance(inputs_at((below + above) / 2))
        if np.isnan(here):
            return None
        below, above = bisect((below + above) / 2, here)
    middle = (below + above) / 2
    series = np.array([distance(inputs_at(middle + i * SPACING)) for i in range(-2, 3)])
    changes = [distance(inputs) - series[2] for inputs in _images(problem, rng, inputs_at(middle))]
    change = max(changes, key=abs)
    unevenness = float(np.max(np.abs(np.diff(series, n=2))))
    if not max(LEAST * span, ROUGH * unevenness) < abs(change) < span:
        return None
    for _ in range(FINE):
        way = (below + above) / 2
        here = distance(inputs_at(way))
        if 0 < -here / change <= FRACTION:
            return inputs_at(way)
        if np.isnan(here):
            return None
        below, above = bisect(way, here)
    return None


def _images(problem: Problem, rng: np.random.Generator, inputs: Sequence[Array]) -> list[list[Array]]:
    """The inputs after one transform of each component of each factor."""
    images = []
    for factor in problem.group:
        places = problem.action(factor).inputs
        for component in factor.components:
            element = factor.haar(rng, problem.size(factor.axis), component)
            images.append([np.asarray(factor.apply(element, x, at)) for x, at in zip(inputs, places, strict=True)])
    return images
