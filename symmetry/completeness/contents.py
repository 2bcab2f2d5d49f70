"""Contents: how a degree is distributed over columns, up to what exchanges them.

A polynomial map has a degree in each column of its inputs, its *content*, and goes into one column of the output;
maps with one content and output column are a *block*. What exchanges columns carries blocks to blocks, and equivariant
maps need be sought in one block of each orbit only.

>>> [(orbit.block.content, orbit.copies) for orbit in sorted_blocks("ddd", "d", [((0, 1, 2), 3)])]
[((3, 0, 0), 3), ((2, 1, 0), 6), ((1, 1, 1), 1)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import product
from math import factorial, prod
from typing import NamedTuple

from symmetry.partitions import partitions

__all__ = ["Block", "Orbit", "Relabelling", "Share", "permuted_blocks", "sorted_blocks"]

# Columns, and their degree together.
Share = tuple[Sequence[int], int]


class Block(NamedTuple):
    """The maps of one degree in each input column, into one output column."""

    content: tuple[int, ...]
    output: int


class Relabelling(NamedTuple):
    """Where a permutation sends each input column and each output column."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def __call__(self, block: Block) -> Block:
        content = [0] * len(self.inputs)
        for column, degree in zip(self.inputs, block.content):
            content[column] = degree
        return Block(tuple(content), self.outputs[block.output])

    def after(self, other: Relabelling) -> Relabelling:
        """The permutation that applies the other one first."""
        return Relabelling(
            tuple(self.inputs[column] for column in other.inputs),
            tuple(self.outputs[column] for column in other.outputs),
        )

    def inverse(self) -> Relabelling:
        """The permutation that undoes this one."""
        return Relabelling(
            tuple(sorted(range(len(self.inputs)), key=self.inputs.__getitem__)),
            tuple(sorted(range(len(self.outputs)), key=self.outputs.__getitem__)),
        )

    def within(self, block: Block) -> tuple[int, ...]:
        """How a permutation that keeps the block moves the columns that occur in its content."""
        support = [column for column, degree in enumerate(block.content) if degree]
        return tuple(support.index(self.inputs[column]) for column in support)


class Orbit(NamedTuple):
    """Blocks that are images of one another.

    Args:
        block: one of them.
        copies: how many spaces of equivariant maps isomorphic to that of this block there are.
        stabiliser: generators of the group of permutations that keep this block, as they move its columns.
    """

    block: Block
    copies: int
    stabiliser: tuple[tuple[int, ...], ...]


def sorted_blocks(kinds: Sequence[Hashable], targets: Sequence[Hashable], shares: Sequence[Share]) -> Iterator[Orbit]:
    """The blocks where no factor permutes: any columns of one kind may be exchanged, those of the output on their own.

    Exchanging two of them is an isomorphism of the inputs (of the outputs) that commutes with every factor, so it
    carries the equivariant maps of one block onto those of another: dimensions depend on a block only through the
    sorted degrees in the columns of each kind.

    Args:
        kinds: of the input columns.
        targets: the kinds of the output columns.
        shares: the degrees; every input column belongs to one of them.
    """
    counts = Counter(targets)
    for filled in product(*(_sorted_contents(kinds, columns, degree) for columns, degree in shares)):
        content = [0] * len(kinds)
        for parts, _ in filled:
            for column, part in parts.items():
                content[column] = part
        copies = prod(many for _, many in filled)
        for kind, many in counts.items():
            yield Orbit(Block(tuple(content), targets.index(kind)), copies * many, ())


def _sorted_contents(
    kinds: Sequence[Hashable], columns: Sequence[int], degree: int
) -> Iterator[tuple[dict[int, int], int]]:
    """The sorted contents of one degree in some columns, and how many contents sort to each."""
    alike: dict[Hashable, list[int]] = {}
    for column in columns:
        alike.setdefault(kinds[column], []).append(column)
    for degrees in _compositions(degree, len(alike)):
        for choice in product(*(partitions(k, len(group)) for k, group in zip(degrees, alike.values()))):
            parts: dict[int, int] = {}
            copies = 1
            for partition, group in zip(choice, alike.values()):
                parts.update(zip(group, partition))
                repeated = [*Counter(partition).values(), len(group) - len(partition)]
                copies *= factorial(len(group)) // prod(map(factorial, repeated))
            yield parts, copies


def permuted_blocks(outputs: int, shares: Sequence[Share], moves: Sequence[Relabelling]) -> Iterator[Orbit]:
    """The orbits of blocks under factors that permute, each by its least block.

    An invariant is determined by its part in one block of each orbit. That part is fixed by the stabiliser of the
    block, and each part that is so extends to an invariant. The stabiliser is generated by what leads back to a block
    already reached.

    Args:
        outputs: how many output columns there are.
        shares: the degrees; the columns of all of them, one after the other, are those of the inputs.
        moves: generators of the group.

    Source: O. Schreier, Die Untergruppen der freien Gruppen, 1927 (the stabiliser).

    >>> swap = Relabelling((1, 0), (1, 0))
    >>> [orbit.block for orbit in permuted_blocks(2, [((0, 1), 2)], [swap])]
    [Block(content=(0, 2), output=0), Block(content=(0, 2), output=1), Block(content=(1, 1), output=0)]
    """
    seen: set[Block] = set()
    for parts in product(*(_compositions(degree, len(columns)) for columns, degree in shares)):
        content = tuple(part for share in parts for part in share)
        unit = Relabelling(tuple(range(len(content))), tuple(range(outputs)))
        for block in (Block(content, output) for output in range(outputs)):
            if block in seen:
                continue
            ways, back = {block: unit}, set()
            for reached in (queue := [block]):
                for move in moves:
                    way, image = move.after(ways[reached]), move(reached)
                    if image in ways:
                        back.add(ways[image].inverse().after(way).within(block))
                    else:
                        ways[image] = way
                        queue.append(image)
            seen.update(ways)
            yield Orbit(block, 1, tuple(sorted(back - {unit.within(block)})))


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to write a number as an ordered sum of numbers from 0, in increasing order."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(total + 1) if parts > 1 else (total,):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
