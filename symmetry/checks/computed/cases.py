"""Exact computations as cases: a place where two values were found in different ways, and have to be equal.

>>> squares = (Case("n² as a sum of odd numbers", {"n": n}, n**2, sum(range(1, 2 * n, 2))) for n in range(1, 5))
>>> compared(squares).samples
4
>>> compared([Case("twice two", {}, 2 + 2, 5)]).counterexample.note
'twice two'
>>> compared([]).verdict
'inconclusive'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from symmetry.evidence import Counterexample, Evidence

__all__ = ["Case", "compared", "joined"]


@dataclass(frozen=True)
class Case:
    """Two exact values that have to be equal.

    Args:
        what: what was found twice, in words.
        sizes: where.
        left, right: the values, printable.
        values: what else a reader needs to find them again, by name.
    """

    what: str
    sizes: Mapping[str, int]
    left: Any
    right: Any
    values: Mapping[str, Any] = field(default_factory=dict)


def compared(cases: Iterable[Case], detail: str = "") -> Evidence:
    """Whether all cases agree; the first that does not is the counterexample.

    Args:
        cases: made as they are looked at, so that nothing is done after the first that fails.
        detail: what was compared, in words, for evidence that holds.

    Returns:
        Evidence: ``inconclusive`` where there is no case.
    """
    samples = 0
    sizes: list[Mapping[str, int]] = []
    for case in cases:
        samples += 1
        if case.left != case.right:
            point = Counterexample(case.values, case.what, case.left, case.right, sizes=case.sizes)
            return Evidence("exact", "violated", sizes=(case.sizes,), samples=samples, counterexample=point)
        if case.sizes not in sizes:
            sizes.append(case.sizes)
    if not samples:
        return Evidence("exact", "inconclusive", detail="there was nothing to compare")
    return Evidence("exact", "holds", sizes=tuple(sizes), samples=samples, detail=detail)


def joined(found: Iterable[Evidence], detail: str) -> Evidence:
    """Several pieces of evidence as one: it holds where all do; otherwise it is the first that does not.

    Args:
        found: made one by one, so that nothing is done after the first that does not hold.
        detail: what was compared, in words, for evidence that holds.

    >>> half = compared([Case("one", {"n": 1}, 1, 1)])
    >>> joined([half, half], "ones").samples, joined([half, compared([])], "ones").verdict
    (2, 'inconclusive')
    """
    total = compared([])
    for evidence in found:
        if evidence.verdict != "holds":
            return evidence
        sizes = total.sizes + tuple(assignment for assignment in evidence.sizes if assignment not in total.sizes)
        total = replace(evidence, sizes=sizes, samples=total.samples + evidence.samples, detail=detail)
    return total
