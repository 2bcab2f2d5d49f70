"""A node of a program: one operation on arrays, and the line of the user's code that asked for it.

The operations, and what each has in ``static`` besides its operands:

    input       name
    constant    value: an array, never written to
    map         fn, options: an elementwise function; operands have the shape of the result
    contract    letters: one tuple of numbers per operand and one for the result, as in ``einsum``; a letter that the
                result lacks is summed over; transposes, sums, diagonals and products are contractions
    reduce      fn, axes: max, min, prod, any, all, median; the axes vanish
    reshape     nothing: the shape says it, in row-major order
    broadcast   nothing: axes of length 1 become longer; the number of axes stays
    slice       region: (start, stop, step) for each axis
    take        axis: of the array x and whole numbers i, x[…, i, …]; the axes of i replace the axis
    gather      axis: of x and whole numbers i with as many axes, along one axis (take_along_axis)
    concat      axis
    update      region: the first operand with the second, of the region's shape, written into the region
    scan        fn, axis: cumsum, cumprod, cummax: a running total, which depends on the order
    sort        axis: the values in increasing order
    argsort     axis: the positions of the values in increasing order
    argreduce   fn, axis: argmax, argmin; the axis vanishes
    linalg      fn: inv, pinv, det, logdet, eigvalsh, svdvals, cholesky, … of the last two axes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Node", "Place", "Program"]

Shape = tuple[int, ...]


@dataclass(frozen=True, order=True)
class Place:
    """A line of source code.

    >>> str(Place("layers.py", 12, "block"))
    'layers.py:12'
    """

    file: str
    line: int
    function: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One operation; nodes are compared by identity, and a trace makes equal ones once."""

    op: str
    operands: tuple[Node, ...]
    shape: Shape
    dtype: np.dtype[Any]
    static: Mapping[str, Any]
    place: Place | None = None

    @property
    def is_constant(self) -> bool:
        return self.op == "constant"

    def __repr__(self) -> str:
        said = ", ".join(f"{key}={value}" for key, value in self.static.items() if key != "value")
        return f"<{self.op} {said} {self.shape} at {self.place}>"


@dataclass(frozen=True)
class Program:
    """A function at one choice of sizes: its inputs, its outputs, and all nodes that these need, operands first.

    Args:
        inputs: one node per input of the problem, in its order.
        outputs: one node per output of the problem.
        sizes: the length of each axis.
        guards: where the code compared a size, which it then does not treat like every other: place and what in words.
    """

    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    sizes: Mapping[str, int]
    guards: tuple[tuple[Place | None, str], ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes that inputs and outputs consist of, each after its operands."""
        seen: dict[int, Node] = {id(node): node for node in self.inputs}
        stack: list[tuple[Node, bool]] = [(node, False) for node in reversed(self.outputs)]
        order = list(self.inputs)
        while stack:
            node, ready = stack.pop()
            if id(node) in seen:
                continue
            if ready:
                seen[id(node)] = node
                order.append(node)
            else:
                stack.append((node, True))
                stack.extend((operand, False) for operand in reversed(node.operands))
        return tuple(order)
