"""A trace under construction: the operations of a program, made one by one.

Front ends (NumPy, JAX, PyTorch) translate what a function calls into these methods. Operations on constants alone are
carried out at once; an operation that was made before is not made again.

>>> trace = Trace()
>>> x = trace.input("X", (3, 5))
>>> gram = trace.einsum("ij,ik->jk", x, x)
>>> gram.shape, gram is trace.einsum("ij,ik->jk", x, x)
((5, 5), True)
>>> trace.map("add", x, trace.constant([1.0, 2.0]))
Traceback (most recent call last):
...
symmetry.errors.FunctionError: add: arrays of shapes (3, 5) and (2,) do not fit together
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from symmetry.errors import FunctionError
from symmetry.programs.evaluate import operate
from symmetry.programs.node import Node, Place, Shape

__all__ = ["Region", "Trace"]

Region = tuple[tuple[int, int, int], ...]  # (start, stop, step) for each axis; stop is -1 beyond 0 where step < 0
FLOAT, INT, BOOL = np.dtype(float), np.dtype(np.int64), np.dtype(bool)

_BOOLEAN = frozenset(
    "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_not logical_xor isnan isinf "
    "isfinite signbit".split()
)


class Trace:
    """Makes nodes.

    Args:
        place: says which line of the user's code is being carried out.
    """

    def __init__(self, place: Callable[[], Place | None] = lambda: None):
        self._place = place
        self._made: dict[Any, Node] = {}

    # Leaves

    def input(self, name: str, shape: Shape, dtype: Any = float) -> Node:
        """An input of the problem."""
        return self._make("input", (), shape, np.dtype(dtype), name=name)

    def constant(self, value: Any) -> Node:
        """An array that the code has without its inputs."""
        array = np.array(value)
        if array.dtype == object:
            raise FunctionError(f"an array of objects is no constant: {array!r:.80}")
        array.flags.writeable = False
        key = ("constant", array.dtype.str, array.shape, array.tobytes())
        if key not in self._made:
            self._made[key] = Node("constant", (), array.shape, array.dtype, {"value": array}, self._place())
        return self._made[key]

    # Elementwise

    def map(self, fn: str, *operands: Node, dtype: Any = None, **options: Any) -> Node:
        """An elementwise function, of operands that are broadcast as NumPy does."""
        try:
            shape = np.broadcast_shapes(*(node.shape for node in operands))
        except ValueError:
            shapes = " and ".join(str(node.shape) for node in operands)
            raise FunctionError(f"{fn}: arrays of shapes {shapes} do not fit together") from None
        if dtype is None:
            dtype = BOOL if fn in _BOOLEAN else np.result_type(*(node.dtype for node in operands))
            if fn not in _BOOLEAN and dtype.kind in "iub" and fn in _TO_FLOAT:
                dtype = FLOAT
        aligned = tuple(self.broadcast(node, shape) for node in operands)
        return self._make("map", aligned, shape, np.dtype(dtype), fn=fn, options=tuple(sorted(options.items())))

    def cast(self, node: Node, dtype: Any) -> Node:
        """The same numbers as another kind of number; between floats of any length nothing changes."""
        dtype = np.dtype(dtype)
        if dtype == node.dtype or (dtype.kind == "f" and node.dtype.kind in "fiub"):
            return node
        return self.map("cast", node, dtype=dtype, dtype_=dtype.str)

    # Contractions

    def contract(self, letters: Sequence[Sequence[int]], *operands: Node) -> Node:
        """The sum of products: ``letters`` has one entry per operand, and one for the result."""
        *given, result = (tuple(each) for each in letters)
        if len(given) != len(operands) or any(len(own) != len(node.shape) for own, node in zip(given, operands)):
            raise FunctionError(f"contraction: the letters {letters} do not fit {len(operands)} arrays")
        length: dict[int, int] = {}
        for own, node in zip(given, operands):
            for letter, size in zip(own, node.shape):
                if length.setdefault(letter, size) != size:
                    shapes = " and ".join(str(other.shape) for other in operands)
                    raise FunctionError(f"contraction: arrays of shapes {shapes} do not fit together")
        names = {letter: index for index, letter in enumerate(dict.fromkeys(sum(given, ())))}
        renamed = tuple(tuple(names[letter] for letter in own) for own in (*given, result))
        if len(operands) == 1 and renamed[0] == renamed[1]:
            return operands[0]
        operands = tuple(self._number(node) for node in operands)
        dtype = np.result_type(*(node.dtype for node in operands))
        return self._make("contract", operands, tuple(length[letter] for letter in result), dtype, letters=renamed)

    def einsum(self, spec: str, *operands: Node) -> Node:
        """``contract`` in the notation of ``einsum``, with an arrow and without an ellipsis."""
        left, _, right = spec.replace(" ", "").partition("->")
        return self.contract([[ord(letter) for letter in part] for part in (*left.split(","), right)], *operands)

    def sum(self, node: Node, axes: Iterable[int]) -> Node:
        """The sum over the axes, which vanish."""
        gone = self._axes(node, axes)
        every = range(len(node.shape))
        return self.contract([every, [axis for axis in every if axis not in gone]], node)

    def transpose(self, node: Node, order: Sequence[int]) -> Node:
        """The axes in another order."""
        return self.contract([range(len(node.shape)), [axis % len(node.shape) for axis in order]], node)

    # Shapes

    def reshape(self, node: Node, shape: Shape) -> Node:
        """The entries in row-major order under another shape, without -1."""
        if tuple(shape) == node.shape:
            return node
        return self._make("reshape", (node,), tuple(shape), node.dtype)

    def expand(self, node: Node, axes: Iterable[int]) -> Node:
        """New axes of length 1, at these positions of the result."""
        axes = tuple(axes)
        total = len(node.shape) + len(axes)
        new = {axis % total for axis in axes}
        old = iter(node.shape)
        return self.reshape(node, tuple(1 if axis in new else next(old) for axis in range(total)))

    def broadcast(self, node: Node, shape: Shape) -> Node:
        """The array repeated along axes of length 1, and along new axes in front."""
        if node.shape == tuple(shape):
            return node
        node = self.reshape(node, (1,) * (len(shape) - len(node.shape)) + node.shape)
        if node.shape == tuple(shape):
            return node
        return self._make("broadcast", (node,), tuple(shape), node.dtype)

    # Along axes

    def reduce(self, fn: str, node: Node, axes: Iterable[int]) -> Node:
        """max, min, prod, any, all, median over the axes, which vanish."""
        gone = self._axes(node, axes)
        if not gone:
            return node
        shape = tuple(size for axis, size in enumerate(node.shape) if axis not in gone)
        dtype = {"any": BOOL, "all": BOOL, "median": FLOAT}.get(fn, node.dtype)
        return self._make("reduce", (node,), shape, dtype, fn=fn, axes=gone)

    def scan(self, fn: str, node: Node, axis: int) -> Node:
        """A running total along the axis."""
        return self._make("scan", (node,), node.shape, node.dtype, fn=fn, axis=axis % len(node.shape))

    def sort(self, node: Node, axis: int) -> Node:
        """The values in increasing order along the axis."""
        return self._make("sort", (node,), node.shape, node.dtype, axis=axis % len(node.shape))

    def argsort(self, node: Node, axis: int) -> Node:
        """The positions of the values in increasing order along the axis, ties by position."""
        return self._make("argsort", (node,), node.shape, INT, axis=axis % len(node.shape))

    def argreduce(self, fn: str, node: Node, axis: int) -> Node:
        """The position of the largest or smallest value along the axis, the first of several."""
        axis %= len(node.shape)
        shape = node.shape[:axis] + node.shape[axis + 1 :]
        return self._make("argreduce", (node,), shape, INT, fn=fn, axis=axis)

    # Parts

    def slice(self, node: Node, region: Region) -> Node:
        """The entries of a region; every axis stays."""
        shape = region_shape(region)
        if all(part == (0, size, 1) for part, size in zip(region, node.shape)):
            return node
        return self._make("slice", (node,), shape, node.dtype, region=tuple(region))

    def take(self, node: Node, index: Node, axis: int) -> Node:
        """x[…, i, …]: the axes of the whole numbers i, none below 0, replace the axis."""
        axis %= len(node.shape)
        shape = node.shape[:axis] + index.shape + node.shape[axis + 1 :]
        return self._make("take", (node, index), shape, node.dtype, axis=axis)

    def gather(self, node: Node, index: Node, axis: int) -> Node:
        """Along one axis, the entries at the positions i; i has as many axes, elsewhere of the same lengths."""
        return self._make("gather", (node, index), index.shape, node.dtype, axis=axis % len(node.shape))

    def concat(self, nodes: Sequence[Node], axis: int) -> Node:
        """The arrays one after another along the axis."""
        if len(nodes) == 1:
            return nodes[0]
        axis %= len(nodes[0].shape)
        shape = list(nodes[0].shape)
        shape[axis] = sum(node.shape[axis] for node in nodes)
        return self._make("concat", tuple(nodes), tuple(shape), np.result_type(*(n.dtype for n in nodes)), axis=axis)

    def update(self, node: Node, value: Node, region: Region) -> Node:
        """The array with the value, broadcast to the region's shape, written into the region."""
        value = self.cast(self.broadcast(value, region_shape(region)), node.dtype)
        if value.shape == node.shape and all(part == (0, size, 1) for part, size in zip(region, node.shape)):
            return value
        return self._make("update", (node, value), node.shape, node.dtype, region=tuple(region))

    # Matrices

    def linalg(self, fn: str, node: Node, *operands: Node) -> Node:
        """A function of the matrices in the last two axes: inv, pinv, det, logdet, eigvalsh, svdvals, cholesky, …"""
        *batch, rows, cols = node.shape
        shape = {
            "inv": (cols, rows),
            "pinv": (cols, rows),
            "det": (),
            "logdet": (),
            "signdet": (),
            "eigvalsh": (rows,),
            "svdvals": (min(rows, cols),),
        }.get(fn, (rows, cols))
        return self._make("linalg", (node, *operands), (*batch, *shape), FLOAT, fn=fn)

    def _number(self, node: Node) -> Node:
        return self.cast(node, INT) if node.dtype.kind == "b" else node

    @staticmethod
    def _axes(node: Node, axes: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({axis % len(node.shape) for axis in axes}))

    def _make(self, op: str, operands: tuple[Node, ...], shape: Shape, dtype: Any, **static: Any) -> Node:
        key = (op, *map(id, operands), shape, np.dtype(dtype).str, *sorted(static.items()))
        node = self._made.get(key)
        if node is None:
            node = Node(op, operands, tuple(map(int, shape)), np.dtype(dtype), static, self._place())
            if operands and all(operand.is_constant for operand in operands):
                with np.errstate(all="ignore"):
                    value = np.asarray(operate(node, *(operand.static["value"] for operand in operands)))
                node = self.constant(value)
            self._made[key] = node
        return node


_TO_FLOAT = frozenset(
    "divide sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh "
    "arctanh arctan2 hypot cbrt erf logistic rsqrt logaddexp logaddexp2 float_power deg2rad rad2deg".split()
)


def region_shape(region: Region) -> Shape:
    """The lengths of the axes of a region."""
    return tuple(len(range(*part)) for part in region)
