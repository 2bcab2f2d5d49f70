"""What claims compute exactly, at listed sizes and degrees: dimensions, relations, ranks and averages.

A computation is an exact test of what a claim's title says, made without the kernel: it shows nothing of other sizes
and degrees. ``COMPUTED`` maps the id of a claim to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symmetry.checks.computed import averages, completeness, counts, relations, rotations
from symmetry.evidence import Evidence

__all__ = ["COMPUTED"]

COMPUTED: Mapping[str, Callable[[int], Evidence]] = {
    **completeness.COMPUTED,
    **averages.COMPUTED,
    **relations.COMPUTED,
    **counts.COMPUTED,
    **rotations.COMPUTED,
}
