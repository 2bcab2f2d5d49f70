"""Call a user's function with care: it never sees our only copy, and what it does wrong has a name.

Two kinds of trouble are kept apart. A function that does not fit the problem (wrong number of arguments,
wrong shape of output) is a ``FunctionError``: the user can mend it. A function that fits but cannot be judged
at a point (an exception, NaN) raises ``Failed`` there, which makes a check inconclusive, never a pass.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.checks.function.loading import a_type, last_line
from symmetry.errors import FunctionError
from symmetry.problem import Problem

__all__ = ["Array", "Callee", "Failed", "Output", "Unfit", "quiet"]

Array = NDArray[Any]


class Failed(Exception):
    """The function gave no usable value at one point; the message says why."""


class Unfit(Exception):
    """The function cannot be judged at any point: it changes its inputs, or is not deterministic."""


@dataclass(frozen=True)
class Output:
    """What the function returned.

    Args:
        values: one float64 or complex128 array per output of the problem, our own copies.
        unit: unit roundoff of the precision in which they were computed.
    """

    values: tuple[Array, ...]
    unit: float


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Discard what the function prints and warns of: it is called some hundred times."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


class Callee:
    """A function bound to the inputs of a problem.

    Inputs are passed by position. If the function has parameters with the names of all inputs, in another
    order, they are passed by name; so are keyword-only parameters, and the inputs that only ``**parameters`` can
    take. Other parameters with defaults are left alone.

    Args:
        function: takes one array per input (a NumPy scalar for an input without axes), returns one array, or a
            tuple of arrays for several outputs.
        problem: with or without sizes.

    Raises:
        FunctionError: the function cannot be called with the inputs of the problem.

    >>> import numpy as np
    >>> Callee(lambda Z, X: X @ X.T @ Z, Problem("X: d n, Z: d m -> d m")).keywords
    ('X', 'Z')
    >>> Callee(lambda X: X, Problem("X: d n, Z: d m -> d m"))
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: <lambda>(X) cannot be called with the 2 inputs X, Z of 'X: d n, Z: d m -> d m': ...
    """

    def __init__(self, function: Callable[..., Any], problem: Problem):
        if not callable(function):
            raise FunctionError(f"{function!r} is {a_type(function)}, not a function")
        self.function = function
        self.name: str = getattr(function, "__name__", type(function).__name__)
        for way in (function, getattr(function, "__call__", None)):  # noqa: B004 (a class may make it async)
            if inspect.iscoroutinefunction(way) or inspect.isasyncgenfunction(way):
                raise FunctionError(f"{self.name} is an async function; check takes one that returns its output itself")
        self.calls = 0
        self.keywords = _keywords(function, self.name, problem)

    def __call__(self, inputs: Sequence[Array], problem: Problem) -> Output:
        """The value at one point.

        Args:
            inputs: arrays with the shapes of ``problem``, all float64 or all float32.
            problem: with all sizes given.

        Raises:
            Failed: an exception inside the function, or an output that is not finite.
            Unfit: the function changed an input.
            FunctionError: the output has not the shape that the problem says.
        """
        self.calls += 1
        given = [array.copy() if array.ndim else array[()] for array in inputs]
        named = {name: array for name, array in zip(problem.names, given, strict=True) if name in self.keywords}
        placed = [array for name, array in zip(problem.names, given, strict=True) if name not in self.keywords]
        try:
            value = self.function(*placed, **named)
        except (Exception, SystemExit) as error:
            inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
            if isinstance(error, TypeError) and not inside:
                raise FunctionError(
                    f"{self.name} cannot be called with the inputs of {str(problem)!r}: {error}"
                ) from error
            raise Failed(last_line(error)) from error
        for name, before, after in zip(problem.names, inputs, given, strict=True):
            if not np.array_equal(before, after, equal_nan=True):
                raise Unfit(
                    f"{self.name} changes its input {name} in place; work on a copy ({name} = {name}.copy()), "
                    "since an array that a caller still holds is not a function's to change"
                )
        unit = max(float(np.finfo(array.dtype).eps) / 2 for array in inputs)
        return self._output(value, problem, unit)

    def _output(self, value: Any, problem: Problem, unit: float) -> Output:
        count = len(problem.outputs)
        if count == 1:
            value = (value,)
        elif not isinstance(value, tuple | list) or len(value) != count:
            found = f"{len(value)} values" if isinstance(value, tuple | list) else f"one {type(value).__name__}"
            raise FunctionError(
                f"{self.name} returned {found}, but {str(problem)!r} has {count} outputs: return a tuple"
            )
        arrays = []
        for tensor, item in zip(problem.outputs, value, strict=True):
            array = self._array(item)
            expected = problem.shape(tensor)
            if array.shape != expected:
                raise FunctionError(_misshapen(self.name, array.shape, problem, problem.outputs.index(tensor)))
            if np.issubdtype(array.dtype, np.inexact):
                unit = max(unit, float(np.finfo(array.dtype).eps) / 2)
            array = array.astype(np.complex128 if np.iscomplexobj(array) else np.float64)
            if not np.all(np.isfinite(array)):
                raise Failed("the output is not finite (NaN or infinity)")
            arrays.append(array)
        return Output(tuple(arrays), unit)

    def _array(self, value: Any) -> Array:
        if value is None:
            raise FunctionError(f"{self.name} returned None; a function to be checked returns its output")
        if inspect.iscoroutine(value):
            value.close()  # else Python warns that nobody waited for it
            raise FunctionError(f"{self.name} returned a coroutine; a function to be checked returns its output itself")
        try:
            array = np.array(value)
        except (ValueError, TypeError, RuntimeError) as error:
            raise FunctionError(f"{self.name} returned {a_type(value)} that is no array: {error}") from error
        if array.dtype != np.bool_ and not np.issubdtype(array.dtype, np.number):
            kind = f" of dtype {array.dtype}" if isinstance(value, np.ndarray | np.generic) else ""
            raise FunctionError(f"{self.name} returned {a_type(value)}{kind}, which is not an array of numbers")
        return array


def _keywords(function: Callable[..., Any], name: str, problem: Problem) -> tuple[str, ...]:
    """The names of the inputs to be passed by name.

    Raises:
        FunctionError: the parameters cannot take the inputs.
    """
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # some built-in functions have none; the call itself will tell
        return ()
    parameters = signature.parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    by_name = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    written = [tensor.name for tensor in problem.inputs if tensor.name is not None]
    count = len(problem.inputs)
    if [p.name for p in positional[:count]] == list(problem.names):
        keywords: tuple[str, ...] = ()
    elif len(written) == count and by_name.issuperset(written):
        keywords = tuple(written)
    else:
        only = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
        if len(positional) < count and any(p.kind is p.VAR_KEYWORD for p in parameters):
            only.update(set(written[len(positional) :]) - {p.name for p in positional})
        keywords = tuple(tensor for tensor in written if tensor in only)
    placed = [input_name for input_name in problem.names if input_name not in keywords]
    bare = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    shown = signature.replace(parameters=bare, return_annotation=signature.empty)
    start = f"{name}{shown} cannot be called with the {_inputs(problem)} of {str(problem)!r}"
    try:
        signature.bind(*placed, **dict.fromkeys(keywords))
    except TypeError as error:
        raise FunctionError(f"{start}: {error}; write one input per argument of the function") from None
    for parameter, input_name in zip(positional, placed, strict=False):
        if parameter.name == input_name:
            continue
        if parameter.name in written:
            raise FunctionError(f"{start}: its argument {parameter.name!r} would get the input {input_name!r}")
        if parameter.default is not parameter.empty and written:
            raise FunctionError(
                f"{start}: {input_name!r} would go to {parameter.name!r}, which has a default; "
                f"name the input {parameter.name!r} if that is meant"
            )
    return keywords


def _inputs(problem: Problem) -> str:
    count = len(problem.inputs)
    return f"{count} input{'s' if count > 1 else ''} {', '.join(problem.names)}"


def _misshapen(name: str, shape: tuple[int, ...], problem: Problem, index: int) -> str:
    tensor = problem.outputs[index]
    expected = problem.shape(tensor)
    sizes = ", ".join(f"{axis}={size}" for axis, size in problem.sizes.items())
    what = f"output {index + 1}" if len(problem.outputs) > 1 else "the output"
    hint = ""
    if len(shape) == len(expected) and len(shape) <= 5 and sorted(shape) == sorted(expected):
        order = next(o for o in itertools.permutations(range(len(shape))) if tuple(expected[i] for i in o) == shape)
        hint = f" (as if it were {' '.join(str(tensor.axes[i]) for i in order)!r})"
    says = f"{' '.join(map(str, tensor.axes)) or 'a scalar'!r} = {expected}" if tensor.axes else "a scalar, shape ()"
    where = f" at {sizes}" if sizes else ""
    return (
        f"{name} returned shape {shape}{hint}, but {str(problem)!r} says that {what} is {says}{where}; "
        "change the function, or the axes after '->'"
    )
