"""Permutations as sequences of different things."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

__all__ = ["permutation_sign"]


def permutation_sign(order: Sequence[Any]) -> int:
    """The sign of the permutation that puts different things into increasing order.

    Args:
        order: things that can be compared, all different.

    >>> [permutation_sign(order) for order in ((), (0, 1), (1, 0), (1, 2, 0))]
    [1, 1, -1, 1]
    """
    return -1 if sum(left > right for left, right in combinations(order, 2)) % 2 else 1
