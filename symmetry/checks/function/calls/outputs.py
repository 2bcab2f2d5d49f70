"""What a function returned, as arrays of the shapes that the problem says, or what is wrong with it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.checks.function.calls.conversion import plain, roundoff
from symmetry.checks.function.calls.guarding import Failed
from symmetry.checks.function.calls.loading import a_type, last_line
from symmetry.errors import FunctionError
from symmetry.problem import Problem

__all__ = ["Output", "at_sizes", "read_output"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Output:
    """What the function returned.

    Args:
        values: one array per output of the problem, our own copies: float64 or complex128, or the long types where
            the input or the output is of one.
        unit: unit roundoff of the precision in which they were computed.
    """

    values: tuple[Array, ...]
    unit: float


def read_output(
    value: Any, problem: Problem, dtype: np.dtype[Any], unit: float, name: str, remark: Callable[[str], None]
) -> Output:
    """The output of a function, read as the problem says.

    Args:
        value: what it returned: an array of any framework, for several outputs a tuple of such, or a dictionary
            from the names of the outputs.
        problem: with all sizes.
        dtype: of the inputs.
        unit: the least unit roundoff to be assumed.
        name: of the function.
        remark: is told of outputs in another precision.

    Raises:
        FunctionError: not such arrays, or not of these shapes.
        Failed: NaN or infinity.

    >>> p = Problem("X: d n -> n", d=3, n=2)
    >>> read_output([1, 2], p, np.dtype(float), 0.0, "f", print).values
    (array([1., 2.]),)
    >>> read_output([1, np.nan], p, np.dtype(float), 0.0, "f", print)
    Traceback (most recent call last):
    ...
    symmetry.checks.function.calls.guarding.Failed: the output is not finite: 1 of its 2 entries is NaN
    """
    arrays = []
    for index, item in enumerate(_items(value, problem, name)):
        array = _array(item, name)
        if array.shape != problem.shape(problem.outputs[index]):
            raise FunctionError(_misshapen(name, array.shape, problem, index))
        unit = max(unit, roundoff(item))
        if array.dtype != dtype and array.dtype.kind in "fc" and np.finfo(array.dtype).dtype != dtype:
            remark(f"returns {_shown_dtype(item, array)} for {dtype} input")
        is_long = dtype.char == "g" or array.dtype.char in "gG"
        real, complex_ = (np.longdouble, np.clongdouble) if is_long else (np.float64, np.complex128)
        array = array.astype(complex_ if array.dtype.kind == "c" else real, copy=False)
        if not np.isfinite(array).all():
            raise Failed(_not_finite(array, problem, index))
        arrays.append(array)
    return Output(tuple(arrays), unit)


def _items(value: Any, problem: Problem, name: str) -> Sequence[Any]:
    """One value per output.

    Raises:
        FunctionError: there are more, fewer, or others.
    """
    count, names = len(problem.outputs), [tensor.name for tensor in problem.outputs]
    if isinstance(value, Mapping):
        missing = [output or "(an output without a name)" for output in names if output is None or output not in value]
        if missing:
            keys = ", ".join(map(str, value))
            first = next(iter(value), "key")
            raise FunctionError(
                f"{name} returned {a_type(value)} with {keys}, but {str(problem)!r} asks for {', '.join(missing)}; "
                f"name the outputs in the problem (-> {first}: …), or wrap the function: lambda *x: f(*x)[{first!r}]"
            )
        return [value[output] for output in names]
    if count == 1:
        if isinstance(value, tuple | list) and not _is_array_like(value):
            found = ", ".join(map(_shown, value))
            raise FunctionError(
                f"{name} returned {len(value)} values ({found}), but {str(problem)!r} has one output: "
                "wrap the function, for example lambda *x: f(*x)[0], or name all outputs after '->'"
            )
        return (value,)
    if not isinstance(value, tuple | list) or len(value) != count:
        found = f"{len(value)} values" if isinstance(value, tuple | list) else f"one {type(value).__name__}"
        raise FunctionError(f"{name} returned {found}, but {str(problem)!r} has {count} outputs: return a tuple")
    return value


def _is_array_like(values: Sequence[Any]) -> bool:
    """Whether values may be the rows of one array: they are of one shape, or plain numbers and lists."""
    shapes = {tuple(getattr(item, "shape", ())) for item in values}
    return len(shapes) <= 1 and not any(item is None or isinstance(item, Mapping) for item in values)


def _shown(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return "None" if value is None else a_type(value) + (f" of shape {tuple(shape)}" if shape is not None else "")


def _shown_dtype(item: Any, array: Array) -> str:
    return str(getattr(item, "dtype", array.dtype)).removeprefix("torch.")


def _not_finite(array: Array, problem: Problem, index: int) -> str:
    total, nan = array.size, int(np.sum(np.isnan(array)))
    infinite = int(np.sum(~np.isfinite(array))) - nan
    found = " and ".join(
        f"{count} {'is' if count == 1 else 'are'} {word}"
        for count, word in ((nan, "NaN"), (infinite, "infinite"))
        if count
    )
    of = f"of its {total} entries " if total > 1 else ""
    found = found.replace(" ", f" {of}", 1) if total > 1 else ("it is NaN" if nan else "it is infinite")
    return f"{_which(problem, index)} is not finite: {found}"


def _which(problem: Problem, index: int) -> str:
    name = problem.outputs[index].name
    text = f"output {index + 1}" if len(problem.outputs) > 1 else "the output"
    return text + (f" {name}" if name else "")


def at_sizes(problem: Problem) -> str:
    """ " at d=3, n=2" in a sentence; empty where no axis has a name.

    >>> at_sizes(Problem("X: d n -> d n", d=3, n=2))
    ' at d=3, n=2'
    """
    sizes = ", ".join(f"{axis}={size}" for axis, size in problem.sizes.items())
    return f" at {sizes}" if sizes else ""


def _array(value: Any, name: str) -> Array:
    if value is None:
        raise FunctionError(f"{name} returned None; a function to be checked returns its output")
    if inspect.iscoroutine(value):
        value.close()  # else Python warns that nobody waited for it
        raise FunctionError(f"{name} returned a coroutine; a function to be checked returns its output itself")
    try:
        array = plain(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise FunctionError(f"{name} returned {a_type(value)} that is no array: {error}") from error
    except Exception as error:  # what is computed only when it is asked for may fail in any way
        raise Failed(last_line(error)) from error
    if array.dtype.kind not in "biufc":
        kind = f" of dtype {array.dtype}" if isinstance(value, np.ndarray | np.generic) else ""
        raise FunctionError(f"{name} returned {a_type(value)}{kind}, which is not an array of numbers")
    return array


def _misshapen(name: str, shape: tuple[int, ...], problem: Problem, index: int) -> str:
    tensor = problem.outputs[index]
    expected = problem.shape(tensor)
    what, hint = _which(problem, index), ""
    if len(shape) == len(expected) and len(shape) <= 5 and sorted(shape) == sorted(expected):
        order = next(o for o in itertools.permutations(range(len(shape))) if tuple(expected[i] for i in o) == shape)
        hint = f" (as if it were {' '.join(str(tensor.axes[i]) for i in order)!r})"
    says = f"{' '.join(map(str, tensor.axes)) or 'a scalar'!r} = {expected}" if tensor.axes else "a scalar, shape ()"
    return (
        f"{name} returned shape {shape}{hint}, but {str(problem)!r} says that {what} is {says}{at_sizes(problem)}; "
        "change the function, or the axes after '->'"
    )
