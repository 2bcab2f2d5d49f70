"""Integer partitions, as decreasing tuples of positive parts.

>>> list(partitions(4, most=2))
[(4,), (3, 1), (2, 2)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import factorial, prod

__all__ = ["Partition", "centraliser", "partitions"]

Partition = tuple[int, ...]


def partitions(total: int, most: int | None = None, largest: int | None = None) -> Iterator[Partition]:
    """The partitions of a number, in decreasing lexicographic order.

    Args:
        total: what the parts add up to, at least 0; 0 has one partition, without parts.
        most: how many parts there may be; any number when ``None``.
        largest: how large a part may be; any size when ``None``.

    >>> [len(list(partitions(k))) for k in range(8)]
    [1, 1, 2, 3, 5, 7, 11, 15]
    """
    if total == 0:
        yield ()
        return
    if most == 0:
        return
    left = None if most is None else most - 1
    top = total if largest is None else min(total, largest)
    bottom = 1 if most is None else -(-total // most)
    for first in range(top, bottom - 1, -1):
        for rest in partitions(total - first, left, first):
            yield (first, *rest)


def centraliser(partition: Partition) -> int:
    """The order z of the centraliser of a permutation with these cycle lengths: Π c^m m!.

    >>> centraliser((2, 2, 1))
    8
    """
    return prod(part**many * factorial(many) for part, many in Counter(partition).items())
