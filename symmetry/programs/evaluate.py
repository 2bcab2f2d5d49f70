"""The values of a program: what each operation means, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from symmetry.programs.elementwise import elementwise
from symmetry.programs.node import Node, Program

__all__ = ["evaluate", "operate"]


def evaluate(program: Program, inputs: Sequence[Any]) -> tuple[np.ndarray, ...]:
    """The outputs of a program at the given inputs.

    Args:
        inputs: one array per input, of the shapes of the program.

    >>> from symmetry.programs.trace import Trace
    >>> trace = Trace()
    >>> x = trace.input("X", (2, 3))
    >>> program = Program((x,), (trace.einsum("ij,ij->j", x, x),), {"d": 2, "n": 3})
    >>> evaluate(program, [np.ones((2, 3))])[0].tolist()
    [2.0, 2.0, 2.0]
    """
    values = {id(node): np.asarray(value, dtype=float) for node, value in zip(program.inputs, inputs, strict=True)}
    with np.errstate(all="ignore"):
        for node in program.nodes:
            if id(node) not in values:
                values[id(node)] = operate(node, *(values[id(operand)] for operand in node.operands))
    return tuple(np.asarray(values[id(node)]) for node in program.outputs)


def operate(node: Node, *operands: Any) -> Any:
    """The value of one node, from those of its operands."""
    return OPERATIONS[node.op](node, *operands)


def _map(node: Node, *operands: Any) -> Any:
    options = dict(node.static["options"])
    if node.static["fn"] == "cast":
        return elementwise("cast")(*operands, np.dtype(options["dtype_"]))
    return elementwise(node.static["fn"])(*operands, **options)


def _contract(node: Node, *operands: Any) -> Any:
    *given, result = node.static["letters"]
    interleaved = [part for operand, letters in zip(operands, given) for part in (operand, list(letters))]
    return np.einsum(*interleaved, list(result), optimize=len(operands) > 2)


def _region(node: Node) -> tuple[slice, ...]:
    return tuple(slice(a, None if step < 0 and b < 0 else b, step) for a, b, step in node.static["region"])


def _update(node: Node, base: Any, value: Any) -> Any:
    out = np.array(base)
    out[_region(node)] = value
    return out


def _reduce(node: Node, operand: Any) -> Any:
    fn: dict[str, Callable[..., Any]] = {
        "max": np.max,
        "min": np.min,
        "prod": np.prod,
        "any": np.any,
        "all": np.all,
        "median": np.median,
    }
    return fn[node.static["fn"]](operand, axis=node.static["axes"])


def _scan(node: Node, operand: Any) -> Any:
    fn: dict[str, Callable[..., Any]] = {
        "cumsum": np.cumsum,
        "cumprod": np.cumprod,
        "cummax": np.maximum.accumulate,
        "cummin": np.minimum.accumulate,
        "cumlogsumexp": np.logaddexp.accumulate,
    }
    return fn[node.static["fn"]](operand, axis=node.static["axis"])


def _argreduce(node: Node, operand: Any) -> Any:
    return {"argmax": np.argmax, "argmin": np.argmin}[node.static["fn"]](operand, axis=node.static["axis"])


def _linalg(node: Node, *operands: Any) -> Any:
    fn: dict[str, Callable[..., Any]] = {
        "inv": np.linalg.inv,
        "pinv": np.linalg.pinv,
        "det": np.linalg.det,
        "logdet": lambda a: np.linalg.slogdet(a)[1],
        "signdet": lambda a: np.linalg.slogdet(a)[0],
        "eigvalsh": np.linalg.eigvalsh,
        "svdvals": lambda a: np.linalg.svd(a, compute_uv=False),
        "cholesky": np.linalg.cholesky,
    }
    return fn[node.static["fn"]](*operands)


OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "constant": lambda node: node.static["value"],
        "map": _map,
        "contract": _contract,
        "reduce": _reduce,
        "reshape": lambda node, x: np.reshape(x, node.shape),
        "broadcast": lambda node, x: np.broadcast_to(x, node.shape),
        "slice": lambda node, x: np.asarray(x)[_region(node)],
        "take": lambda node, x, i: np.take(x, i, axis=node.static["axis"]),
        "gather": lambda node, x, i: np.take_along_axis(x, i, axis=node.static["axis"]),
        "concat": lambda node, *parts: np.concatenate(parts, axis=node.static["axis"]),
        "update": _update,
        "scan": _scan,
        "sort": lambda node, x: np.sort(x, axis=node.static["axis"]),
        "argsort": lambda node, x: np.argsort(x, axis=node.static["axis"], kind="stable"),
        "argreduce": _argreduce,
        "linalg": _linalg,
    }
)
