"""Laurent polynomials in the exponentials z₁, …, z_r of the angles of a torus."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping

__all__ = ["Laurent", "laurent_product"]

Laurent = Mapping[tuple[int, ...], int]  # exponents -> coefficient


def laurent_product(left: Laurent, right: Laurent) -> dict[tuple[int, ...], int]:
    """The product of two Laurent polynomials in the same angles, without terms that are 0.

    >>> laurent_product({(1,): 1, (-1,): 1}, {(1,): 1, (-1,): -1})
    {(2,): 1, (-2,): -1}
    """
    found: Counter[tuple[int, ...]] = Counter()
    for a, c in left.items():
        for b, e in right.items():
            found[tuple(map(operator.add, a, b))] += c * e
    return {exponents: coefficient for exponents, coefficient in found.items() if coefficient}
