"""Which comparisons a NumPy function makes, and how far each of them is from coming out otherwise.

The function gets arrays that behave as NumPy's do, and note the *branch distance* of every comparison: a - b for
a > b, and so on for maximum, minimum, sign, absolute values, rounding, clipping and sorting. A conjunction of several
has the smallest of their distances, an alternative the largest. What is compared after it has become a Python number
(``float(x)``, ``x.item()``, ``math.sqrt(x)``) is not seen.

Source: B. Korel, Automated software test data generation, IEEE Transactions on Software Engineering 16, 1990.
"""

from __future__ import annotations

import contextlib
import linecache
import operator
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array

__all__ = ["Site", "Trace"]

MOST_NOTED = 1000  # comparisons in one call; later ones are not noted
DEEPEST = 20  # calls that tell one comparison from another, the innermost ones
MOST_PARTS = 256  # entries of one comparison that are kept; of a larger one, the smallest and the largest
FAR = 1e300  # stands for an infinite distance
LIBRARIES = tuple(os.sep + name + os.sep for name in ("numpy", "torch"))
HERE = os.path.dirname(os.path.dirname(__file__))


@dataclass(frozen=True)
class Site:
    """A comparison in the code: the calls that lead there, the innermost first, and what is compared.

    Args:
        frames: code and instruction of each call.
        operation: NumPy's name of it.
    """

    frames: tuple[tuple[CodeType, int], ...]
    operation: str

    def __str__(self) -> str:
        for code, instruction in self.frames:
            name = code.co_filename
            if os.path.dirname(name) != HERE and not any(library in name for library in LIBRARIES):
                text, line = _source(code, instruction)
                return f"{text or self.operation} ({os.path.basename(name)} line {line})"
        return self.operation


def _source(code: CodeType, instruction: int) -> tuple[str, int | None]:
    """The text of an expression, as far as it stands in one line and is at hand, and the line."""
    line, last, start, end = list(code.co_positions())[instruction // 2]
    text = linecache.getline(code.co_filename, line or 0)
    if line == last and start is not None and end is not None:
        text = text.encode()[start:end].decode(errors="replace")
    return text.strip(), line


class Trace:
    """The comparisons of one call, in order of execution.

    Args:
        distances: for each site the branch distances there, flat; positive where the comparison is true.

    >>> trace = Trace()
    >>> trace.run(lambda X: X if X[0] > 3 and np.all(X < 9) else -X, np.array([4.0, 5.0]))
    array([4., 5.])
    >>> [(site.operation, distance.tolist()) for site, distance in trace.distances.items()]
    [('greater', [1.0]), ('less', [5.0, 4.0]), ('logical_and', [4.0])]
    """

    def __init__(self) -> None:
        self._noted: dict[Site, list[Array]] = {}
        self._left = MOST_NOTED
        self._entry: FrameType | None = None
        self.distances: dict[Site, Array] = {}

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The value of a function, with its comparisons noted; arrays may also be in lists and dictionaries."""
        kind = type("Traced", (_Traced,), {"trace_of": self})
        self._entry = sys._getframe()
        try:
            with _torch_noted(self.note):
                return _plain(function(*(_given(value, kind) for value in arguments)))
        finally:
            self._entry = None
            self.distances = {site: _few(np.concatenate(found)) for site, found in self._noted.items()}

    @property
    def is_open(self) -> bool:
        """Whether comparisons are still noted."""
        return self._entry is not None and self._left > 0

    def note(self, operation: str, distance: Array) -> None:
        """Note a comparison that the code above this call makes."""
        if not self.is_open or not distance.size:
            return
        self._left -= 1
        frames = tuple(islice(self._frames(sys._getframe(1)), DEEPEST))
        flat = np.nan_to_num(np.ravel(distance), nan=0.0, posinf=FAR, neginf=-FAR)
        self._noted.setdefault(Site(frames, operation), []).append(_few(flat))

    def _frames(self, frame: FrameType | None) -> Iterator[tuple[CodeType, int]]:
        while frame is not None and frame is not self._entry:
            if frame.f_code.co_filename != __file__:
                yield frame.f_code, frame.f_lasti
            frame = frame.f_back


def _given(value: Any, kind: type[_Traced]) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value).view(kind)
    if isinstance(value, Mapping):
        return {name: _given(item, kind) for name, item in value.items()}
    return [_given(item, kind) for item in value] if isinstance(value, list | tuple) else value


def _torch_noted(note: Callable[[str, Array], None]) -> contextlib.AbstractContextManager[Any]:
    """PyTorch's comparisons are noted as well, if it is in use."""
    if "torch" not in sys.modules:
        return contextlib.nullcontext()
    from symmetry.checks.function.search.torch_tracing import ComparisonMode

    return ComparisonMode(note)


def _few(distances: Array) -> Array:
    return distances if distances.size <= MOST_PARTS else np.array([distances.min(), distances.max()])


# ---------------------------------------------------------------------------------------------------------------
# Branch distances


def _first_larger(a: Array, b: Array) -> Array:
    return a - b


def _first_smaller(a: Array, b: Array) -> Array:
    return b - a


def _equal(a: Array, b: Array) -> Array:
    return np.asarray(0.5 - np.abs(a - b))


def _itself(x: Array, *_: Array) -> Array:
    return x


def _beyond(threshold: float) -> Callable[..., Array]:
    return lambda x: np.abs(x) - threshold


def _quotient(a: Array, b: Array) -> Array:
    return np.abs(a / b) - 1.0


DISTANCES: dict[str, Callable[..., Array]] = {
    "greater": _first_larger,
    "greater_equal": _first_larger,
    "less": _first_smaller,
    "less_equal": _first_smaller,
    "maximum": _first_larger,
    "fmax": _first_larger,
    "minimum": _first_smaller,
    "fmin": _first_smaller,
    "sign": _itself,
    "signbit": _itself,
    "absolute": _itself,
    "fabs": _itself,
    "heaviside": _itself,
    "rint": _beyond(0.5),
    "floor": _beyond(1.0),
    "ceil": _beyond(1.0),
    "trunc": _beyond(1.0),
    "floor_divide": _quotient,
    "remainder": _quotient,
}
COUNTS: dict[str, Callable[..., Array]] = {"equal": _equal, "not_equal": lambda a, b: -_equal(a, b)}  # of whole numbers
CONDITIONS: Mapping[str, Callable[..., Array]] = {
    "logical_and": np.minimum,
    "bitwise_and": np.minimum,
    "logical_or": np.maximum,
    "bitwise_or": np.maximum,
    "logical_not": np.negative,
    "invert": np.negative,
}


class _Traced(np.ndarray):
    """An array that notes what it is compared with; a condition carries its branch distance along.

    Entries, which NumPy gives out as scalars, stay arrays here, without axes: else what is compared with them would go
    unseen. As scalars do, they never change in place.
    """

    trace_of: Trace
    distance: Array | None = None

    def __array_finalize__(self, parent: Any) -> None:
        self.distance = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        given = [_plain(x) for x in inputs]
        plain = {name: _plain(value) for name, value in options.items()}
        out = options.get("out", ())
        if out:
            plain["out"] = tuple(map(_plain, out))
        with np.errstate(all="ignore"):  # before the call, which may overwrite what it compares
            distance = self._distance(ufunc.__name__, method, inputs, given, plain) if self.trace_of.is_open else None
        result = getattr(ufunc, method)(*given, **plain)
        result = self._wrapped(result) if not out else out[0] if len(out) == 1 else out
        if distance is not None:
            self.trace_of.note(ufunc.__name__, distance)
            if isinstance(result, _Traced) and result.dtype == np.bool_ and result.shape == distance.shape:
                result.distance = distance
        return result

    def _distance(
        self, name: str, method: str, inputs: Sequence[Any], given: Sequence[Any], options: Mapping[str, Any]
    ) -> Array | None:
        if name in CONDITIONS and all(np.asarray(x).dtype == np.bool_ for x in given):
            distances = [_condition(x) for x in inputs]
            known = [distance for distance in distances if distance is not None]
            if len(known) < len(distances) or options.get("where", True) is not True:
                return None
            if method == "__call__":
                return np.asarray(CONDITIONS[name](*known))
            if method == "reduce" and name in ("logical_and", "logical_or"):
                over = {key: options[key] for key in ("axis", "keepdims") if key in options}
                return np.asarray(CONDITIONS[name].reduce(known[0], **over))  # type: ignore[attr-defined]
            return None
        if method != "__call__" or not (name in DISTANCES or name in COUNTS or name == "clip"):
            return None
        kinds = {np.asarray(x).dtype.kind for x in given}
        if not kinds <= set("biuf") or (name in COUNTS and "f" in kinds):
            return None
        numbers = [np.asarray(x, dtype=np.float64) for x in given]
        if name == "clip":
            self.trace_of.note("clip from below", np.asarray(numbers[0] - numbers[1]))
            self.trace_of.note("clip from above", np.asarray(numbers[2] - numbers[0]))
            return None
        return np.array((DISTANCES | COUNTS)[name](*numbers))  # a copy of what may be overwritten

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        return self._wrapped(super().__array_function__(function, types, arguments, named))

    def __getitem__(self, index: Any) -> Any:
        found = self._wrapped(self.view(np.ndarray)[_plain_index(index)])
        if self.distance is not None and isinstance(found, _Traced):
            found.distance = np.asarray(self.distance[_plain_index(index)])
        return found

    def _wrapped(self, value: Any) -> Any:
        """A result, with arrays and scalars as arrays of this kind."""
        if isinstance(value, _Traced):
            return value
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
            return np.asarray(value).view(type(self))
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self._wrapped, value))
        if isinstance(value, tuple | list):
            return type(value)(map(self._wrapped, value))
        return value

    def __setitem__(self, index: Any, value: Any) -> None:
        self.view(np.ndarray)[_plain_index(index)] = _plain(value)

    def __hash__(self) -> int:  # type: ignore[override]
        if self.ndim:
            raise TypeError("unhashable type: 'numpy.ndarray'")
        return hash(self.item())

    def __round__(self, *digits: int) -> Any:
        return round(self.item(), *digits)

    def _sorting(self, axis: int | None) -> Array:
        plain = self.view(np.ndarray)
        if plain.dtype.kind in "iuf" and plain.ndim:
            values = plain.astype(np.float64)
            self.trace_of.note(
                "sort", np.diff(values.ravel() if axis is None else values, axis=-1 if axis is None else axis)
            )
        return plain

    def sort(self, axis: int = -1, **options: Any) -> None:  # type: ignore[override]
        self._sorting(axis).sort(axis, **options)

    def argsort(self, axis: int | None = -1, **options: Any) -> Any:  # type: ignore[override]
        return self._wrapped(self._sorting(axis).argsort(axis, **options))

    def argmax(self, axis: int | None = None, **options: Any) -> Any:  # type: ignore[override]
        return self._wrapped(self._sorting(axis).argmax(axis, **options))

    def argmin(self, axis: int | None = None, **options: Any) -> Any:  # type: ignore[override]
        return self._wrapped(self._sorting(axis).argmin(axis, **options))

    def dot(self, other: Any, **options: Any) -> Any:  # type: ignore[override]
        return self._wrapped(self.view(np.ndarray).dot(_plain(other), **options))

    def trace(self, *arguments: Any, **options: Any) -> Any:
        return self._wrapped(self.view(np.ndarray).trace(*arguments, **options))


def _augmented(name: str) -> Callable[[_Traced, Any], Any]:
    """An assignment such as ``+=``, which gives the name of a scalar to another number and leaves the scalar alone."""

    def assign(self: _Traced, other: Any) -> Any:
        return (
            getattr(operator, name)(self, other) if not self.ndim else getattr(np.ndarray, f"__i{name}__")(self, other)
        )

    return assign


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(_Traced, f"__i{_name}__", _augmented(_name))


def _condition(value: Any) -> Array | None:
    """The branch distance of a condition; that of a constant one is infinite."""
    if isinstance(value, _Traced):
        return value.distance
    return np.where(np.asarray(value), FAR, -FAR)


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, _Traced) else value


def _plain_index(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(map(_plain_index, index))
    return _plain(index)[()] if isinstance(index, _Traced) else index
