"""Look for violations in small regions: where comparisons flip, and where the residual climbs."""

from __future__ import annotations

from symmetry.checks.function.calls.calling import Failed
from symmetry.checks.function.comparing import Point
from symmetry.checks.function.examination import Examination
from symmetry.checks.function.inputs import generic
from symmetry.checks.function.search.branches import Coverage, flipped
from symmetry.checks.function.search.climbing import climb
from symmetry.problem import Problem

__all__ = ["search_at"]

STARTS = 2
LEAST = 60  # calls that a climb takes to come anywhere


def search_at(seen: Examination, sized: Problem, budget: int, coverage: Coverage) -> None:
    """Search at one assignment of sizes, for the components that hold so far.

    Args:
        seen: books what is found.
        sized: the problem with all sizes.
        budget: calls of the function for steering into branches, and as many for climbing; 0 for none.
        coverage: receives the comparisons that were met.
    """
    call, rng, floor = seen.call, seen.rng, seen.floors.get(sized, 0.0)
    if not budget or all(ledger.violation for ledger in seen.ledgers.values()):
        return
    for label, inputs in flipped(call, sized, rng, budget, coverage):
        point = Point(call, sized, inputs, rng, floor)
        if seen.is_usable(point, label):
            for (factor, component), ledger in seen.ledgers.items():
                size = sized.size(factor.axis)
                for draw in (factor.haar, factor.haar, factor.monomial):
                    if ledger.violation is None:
                        seen.compare(point, factor, component, draw(rng, size, component), label)
    each = max(LEAST, budget // len(seen.ledgers))
    for (factor, component), ledger in seen.ledgers.items():
        if ledger.verdict != "holds" or factor.is_trivial(sized.size(factor.axis), component):
            continue
        points = [Point(call, sized, generic(sized, rng), rng, floor) for _ in range(STARTS)]
        starts = [(point, factor.haar(rng, sized.size(factor.axis), component)) for point in points]
        try:
            summit = climb(starts, factor, component, rng, budget=each)
        except Failed:
            continue
        if summit is not None and summit.comparison.outcome == "violated":
            seen.violated(summit.point, factor, component, summit.element, summit.comparison, is_generic=False)
