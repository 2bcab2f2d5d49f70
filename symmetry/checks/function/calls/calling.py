"""Call a user's function with care: it never sees our only copy, and what it does wrong has a name.

Two kinds of trouble are kept apart. A function that does not fit the problem (wrong number of arguments,
wrong shape of output) is a ``FunctionError``: the user can mend it. A function that fits but cannot be judged
at a point (an exception, NaN) raises ``Failed`` there, which makes a check inconclusive, never a pass.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.checks.function.calls.arguments import passed_by_name
from symmetry.checks.function.calls.backends import ARRAYS, Backend, candidates, make_backend
from symmetry.checks.function.calls.guarding import Failed, Limit, TimedOut, Unfit, lacks_memory, memory_limit
from symmetry.checks.function.calls.isolation import ended, stage
from symmetry.checks.function.calls.loading import a_type, last_line
from symmetry.checks.function.calls.outputs import Output, at_sizes, read_output
from symmetry.checks.function.calls.parameters import fixed_sizes, held_inputs, require_shapes
from symmetry.checks.function.calls.passing import Passing
from symmetry.checks.function.calls.reach import coarsest
from symmetry.errors import FunctionError
from symmetry.problem import Problem

__all__ = ["Array", "Callee", "Failed", "Output", "Unfit", "quiet"]

Array = NDArray[Any]


OF_SHAPE = "shape|size|dimension|embed"  # in an error that other sizes may avoid
MOST_SIZES = 8
MOST_TIMEOUTS = 3  # after which no call is made any more


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
            tuple of arrays for several outputs, or a dictionary with the names of the outputs.
        problem: with or without sizes.
        backend: ``"numpy"``, ``"torch"`` or ``"jax"``; ``None`` for the one that the function uses.
        params: inputs that are no arguments but parameters of the module (attributes of the object) that the function
            is or is bound to: a dictionary from inputs to parameters, or a list of inputs that are named like them.
        timeout: seconds for one call.

    Attributes:
        limit: calls the function, and stops a call that takes too long.
        remarks: what was noticed and may surprise, each once.
        fixed: sizes of axes that the shapes of such parameters determine.

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

    def __init__(
        self,
        function: Callable[..., Any],
        problem: Problem,
        *,
        backend: str | None = None,
        params: Mapping[str, str] | Sequence[str] | None = None,
        timeout: float | None = None,
    ):
        if not callable(function):
            raise FunctionError(f"{function!r} is {a_type(function)}, not a function")
        self.function = function
        self.name = _name(function)
        for way in (function, getattr(function, "__call__", None)):  # noqa: B004 (a class may make it async)
            if inspect.iscoroutinefunction(way) or inspect.isasyncgenfunction(way):
                raise FunctionError(f"{self.name} is an async function; check takes one that returns its output itself")
        self.calls = 0
        self.remarks: list[str] = []
        self.limit = Limit(timeout)
        names = candidates(function) if backend is None else (backend,)
        self._others = list(names[1:])
        self._bound = make_backend(names[0], function, self.limit, self.remark)
        self._run: Callable[..., Any] = _directly
        self._has_returned = False
        self._too_slow: list[dict[str, int]] = []
        self._shapes = self._bound.parameters() if params else {}
        self._held = held_inputs(problem, self._shapes, params, self.name) if params else {}
        self.fixed = fixed_sizes(problem, self._held, self._shapes, self.name)
        self.keywords = passed_by_name(self._bound.takes, self.name, problem, self._held)

    def through(self, run: Callable[..., Any]) -> Callee:
        """The same function, called through ``run(backend, placed, named, held)``, with calls counted apart."""
        other = copy.copy(self)
        other._run = run
        return other

    def anew(self) -> Callee:
        """The same function, as if it had not been called yet."""
        other = copy.copy(self)
        other.calls, other.remarks, other._too_slow = 0, [], []
        return other

    @property
    def backend(self) -> str:
        """``"numpy"``, ``"torch"`` or ``"jax"``."""
        return self._bound.name

    @functools.cached_property
    def coarsest(self) -> float:
        """The unit roundoff of the lowest precision below float32 that the function's code names, or 0."""
        return coarsest(self.function)

    @property
    def passing(self) -> Passing:
        """How the function takes its inputs."""
        return Passing(self.backend, self.keywords, self._held)

    def remark(self, text: str) -> None:
        """Keep a remark, once."""
        if text not in self.remarks:
            self.remarks.append(text)

    def why_random(self) -> str:
        """What in the function may be random; empty where nothing is known."""
        return self._bound.why_random()

    def __call__(self, inputs: Sequence[Array], problem: Problem) -> Output:
        """The value at one point.

        Args:
            inputs: arrays with the shapes of ``problem``, all of one of the types float32, float64, long double.
            problem: with all sizes given.

        Raises:
            Failed: an exception inside the function, no value in time, or an output that is not finite.
            Unfit: the function changed an input.
            FunctionError: the output has not the shape that the problem says.
        """
        self.calls += 1
        require_shapes(problem, self._held, self._shapes, self.name)
        if self._too_slow and (problem.sizes in self._too_slow or len(self._too_slow) >= MOST_TIMEOUTS):
            raise Failed(f"no value after {self.limit.seconds:g} s{at_sizes(problem)} before, so it is not tried again")
        given = [np.array(array, order="C") for array in inputs]
        stage("a call" + at_sizes(problem))
        try:
            value = self._value(given, problem)
        except TimedOut:
            self._too_slow.append(problem.sizes)
            raise Failed(
                f"no value after {self.limit.seconds:g} s{at_sizes(problem)}; allow more time, or give smaller sizes"
            ) from None
        except (Failed, KeyboardInterrupt):  # Failed: a framework has no such precision
            raise
        except BaseException as error:
            raise self._trouble(error, problem) from error
        finally:
            ended()
        self._has_returned = True
        for name, before, after in zip(problem.names, inputs, given, strict=True):
            if not np.array_equal(before, after) and not np.array_equal(before, after, equal_nan=True):
                raise Unfit(
                    f"{self.name} changes its input {name} in place; work on a copy ({self._copied(name)}), "
                    "since an array that a caller still holds is not a function's to change"
                )
        dtype = inputs[0].dtype
        unit = max(float(np.finfo(dtype).eps) / 2, self._bound.unit)
        try:
            return read_output(value, problem, dtype, unit, self.name, self.remark)
        except FunctionError as error:
            if advice := self._made_for():
                raise FunctionError(f"{error}{advice}: give the sizes for which it is made") from None
            raise

    def bare(self, problem: Problem) -> tuple[Callable[..., Any], Callable[[Any], Sequence[Array]]]:
        """For many calls in a row: the function of positional inputs, and what makes arrays of what it returns.

        The inputs must be float64 arrays that nobody else holds; exceptions are left as they are. The second function
        raises ``Failed`` and ``FunctionError`` as a call does.
        """
        require_shapes(problem, self._held, self._shapes, self.name)
        dtype = np.dtype(np.float64)

        def read(value: Any) -> Sequence[Array]:
            return read_output(value, problem, dtype, 0.0, self.name, self.remark).values

        is_plain = self.backend == "numpy" and not self._held and not self.keywords
        if is_plain and all(tensor.axes for tensor in problem.inputs):
            if self.limit.seconds is None:
                return self.function, read
            return lambda *inputs: self.limit(self.function, inputs, {}), read
        return lambda *inputs: self._bound(*self._arguments(inputs, problem)), read

    def trouble(self, error: BaseException, problem: Problem) -> Exception:
        """What an exception inside the function is reported as."""
        if isinstance(error, TimedOut):
            return Failed(f"no value after {self.limit.seconds:g} s{at_sizes(problem)}")
        return self._trouble(error, problem)

    def _value(self, given: Sequence[Array], problem: Problem) -> Any:
        """The raw value; if the first call shows that another kind of array is meant, with that."""
        try:
            return self._run(self._bound, *self._arguments(given, problem))
        except (TypeError, AttributeError) as error:
            first = error
            if self._has_returned or not self._others:
                raise
        for name in self._others:
            with contextlib.suppress(Exception):
                other = make_backend(name, self.function, self.limit, self.remark)
                value = other(*self._arguments(given, problem))
                self.remark(f"is given {ARRAYS[name]}, since {ARRAYS[self.backend]} gave {last_line(first)}")
                self._bound = other
                return value
        self._others = []
        raise first

    def _arguments(
        self, given: Sequence[Array], problem: Problem
    ) -> tuple[list[Array], dict[str, Array], dict[str, Array]]:
        """Arrays by position, by name, and by the parameter that they replace."""
        all_ = dict(zip(problem.names, given, strict=True))
        held = {path: all_.pop(name) for name, path in self._held.items()}
        named = {name: all_.pop(name) for name in self.keywords}
        return list(all_.values()), named, held

    def _trouble(self, error: BaseException, problem: Problem) -> Exception:
        """What an exception inside the function is reported as."""
        if isinstance(error, TypeError) and not self._has_returned and not _is_inside(error):
            return FunctionError(f"{self.name} cannot be called with the inputs of {str(problem)!r}: {error}")
        if lacks_memory(error):
            limit = memory_limit()
            most = f"the {limit} of memory that it may hold" if limit else "the memory there is"
            return Failed(
                f"needs more than {most}{at_sizes(problem)}; allow more, or give smaller sizes ({last_line(error)})"
            )
        advice = self._made_for() if re.search(OF_SHAPE, str(error)) else ""
        return Failed(last_line(error) + advice)

    def _made_for(self) -> str:
        """The sizes of a module's parameters, which may be why it does not work at other sizes."""
        shapes = self._shapes or self._bound.parameters()
        if self._held:
            held = ", ".join(f"{key} = {path} of shape {self._shapes[path]}" for key, path in self._held.items())
            return f"; {held} (nn.Linear stores its weight as (out, in))"
        sizes = sorted({size for shape in shapes.values() for size in shape if size > 1})
        return f"; its parameters have the sizes {', '.join(map(str, sizes[:MOST_SIZES]))}" if sizes else ""

    def _copied(self, name: str) -> str:
        return f"{name} = {name}.{'clone' if self.backend == 'torch' else 'copy'}()"


def _directly(backend: Backend, *arguments: Any) -> Any:
    return backend(*arguments)


def _name(function: Callable[..., Any]) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__


def _is_inside(error: BaseException) -> bool:
    """Whether an error comes from code of the function, rather than from calling it."""
    ours = str(Path(__file__).parents[1])
    trace = error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(ours):
            return True
        trace = trace.tb_next
    return False
