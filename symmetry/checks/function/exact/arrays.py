"""Arrays of exact numbers, on which NumPy's functions work as they do on floating point numbers.

NumPy's loops over Python objects do nearly all of it. Added are linear algebra, the questions whether a number is
finite, and that constants which meet such an array become exact numbers at once, so that two constants are
never added in floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.checks.function.exact.numbers import Arithmetic, Number

__all__ = ["ExactArray", "exact_array"]

FINITE = {np.isfinite: True, np.isnan: False, np.isinf: False}
PRODUCTS = frozenset(
    getattr(np.linalg, name)
    for name in "matrix_power multi_dot trace outer cross diagonal matmul tensordot vecdot matrix_transpose".split()
)  # of np.linalg, what needs only sums and products


class ExactArray(np.ndarray[Any, Any]):
    """An array of numbers of one arithmetic; made by :func:`exact_array`."""

    arithmetic: Arithmetic | None = None

    def __array_finalize__(self, source: Any) -> None:
        self.arithmetic = getattr(source, "arithmetic", None)

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.dtype == object and self.arithmetic is not None and not isinstance(value, Number):
            value = exact_array(self.arithmetic, np.array(value, dtype=object)).view(np.ndarray)
        super().__setitem__(index, value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, out: Any = None, **options: Any) -> Any:
        plain = [self._constants(_plain(x)) for x in inputs]
        if ufunc in FINITE and method == "__call__" and plain[0].dtype == object:
            return np.full(plain[0].shape, FINITE[ufunc])
        if out is not None:
            options["out"] = tuple(_plain(x) for x in out)
        result = getattr(ufunc, method)(*plain, **options)
        if out is not None:
            for array in out:
                self._exact(array)
            return out[0] if len(out) == 1 else out
        return self._exact(result)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if function in LINEAR:
            if self.arithmetic is None:
                return NotImplemented
            return self._exact(LINEAR[function](self.arithmetic, *arguments, **options))
        if function.__module__ == "numpy.linalg" and function not in PRODUCTS and self.arithmetic is not None:
            self.arithmetic.refuse(f"np.linalg.{function.__name__}")
        arguments = tuple(map(self._constants, arguments))
        return self._exact(super().__array_function__(function, types, arguments, options))

    def _constants(self, value: Any) -> Any:
        """An array of floating point constants as exact numbers; anything else as it is."""
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or self.arithmetic is None:
            return value
        scale, found = np.max(np.abs(value), initial=0.0), np.empty(value.shape, dtype=object)
        for index in np.ndindex(value.shape):
            found[index] = self.arithmetic.number(self.arithmetic.constant(value[index], scale))
        return found

    def _exact(self, result: Any) -> Any:
        """The result of a function with constants made exact, and arrays of other things as plain arrays."""
        if isinstance(result, tuple | list):
            exact = [self._exact(item) for item in result]
            return type(result)(*exact) if hasattr(result, "_fields") else type(result)(exact)
        if not isinstance(result, np.ndarray):
            return result
        if result.dtype != object or self.arithmetic is None:
            return _plain(result)
        return exact_array(self.arithmetic, result)


def exact_array(arithmetic: Arithmetic, values: Any) -> ExactArray:
    """An array of exact numbers; an array of objects is changed in place.

    Raises:
        NotExact: an entry that is no finite real number.

    >>> from symmetry.checks.function.exact.arithmetic import Rationals
    >>> X = exact_array(Rationals(), [[1, 2], [3, 5]])
    >>> np.linalg.inv(X) + np.eye(2) / 2
    ExactArray([[-9/2, 2],
                [3, -1/2]], dtype=object)
    >>> np.linalg.svd(X)
    Traceback (most recent call last):
    ...
    symmetry.checks.function.exact.numbers.NotExact: np.linalg.svd is not exact
    """
    array = np.asarray(values, dtype=object).view(ExactArray)
    array.arithmetic = arithmetic
    _lift(arithmetic, array)
    return array


def _lift(arithmetic: Arithmetic, array: NDArray[Any]) -> None:
    plain: Any = array.view(np.ndarray)
    for index, value in enumerate(plain.flat):
        if value.__class__ is not Number and value is not None:  # None in what np.empty_like made
            plain.flat[index] = arithmetic.exact(value)


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, ExactArray) else value


# -- linear algebra ------------------------------------------------------------------------------------------------


def _det(arithmetic: Arithmetic, a: Any) -> Any:
    stack = _square(arithmetic, a)
    found = np.empty(stack.shape[:-2], dtype=object)
    for index in np.ndindex(found.shape):
        found[index] = arithmetic.number(arithmetic.determinant(_bare(stack[index])))
    return found if found.ndim else found[()]


def _inv(arithmetic: Arithmetic, a: Any) -> Any:
    stack = _square(arithmetic, a)
    return _solve(arithmetic, stack, np.broadcast_to(np.eye(stack.shape[-1], dtype=int), stack.shape))


def _solve(arithmetic: Arithmetic, a: Any, b: Any) -> Any:
    matrices = _square(arithmetic, a)
    right = exact_array(arithmetic, np.array(b, dtype=object)).view(np.ndarray)
    is_vector = right.ndim == 1
    right = right[:, None] if is_vector else right
    leading = np.broadcast_shapes(matrices.shape[:-2], right.shape[:-2])
    matrices = np.broadcast_to(matrices, leading + matrices.shape[-2:])
    right = np.broadcast_to(right, leading + right.shape[-2:])
    found = np.empty(right.shape, dtype=object)
    for index in np.ndindex(leading):
        solution = arithmetic.solve(_bare(matrices[index]), _bare(right[index]))
        for place in np.ndindex(found.shape[-2:]):
            found[index + place] = arithmetic.number(solution[place[0]][place[1]])
    return found[..., 0] if is_vector else found


def _square(arithmetic: Arithmetic, a: Any) -> NDArray[Any]:
    stack = exact_array(arithmetic, np.array(a, dtype=object)).view(np.ndarray)
    if stack.ndim < 2 or stack.shape[-1] != stack.shape[-2]:
        raise np.linalg.LinAlgError(f"an array of shape {stack.shape} is no square matrix")
    return stack


def _bare(matrix: NDArray[Any]) -> list[list[Any]]:
    return [[entry.value for entry in row] for row in matrix]


LINEAR: dict[Callable[..., Any], Callable[..., Any]] = {
    np.linalg.det: _det,
    np.linalg.inv: _inv,
    np.linalg.solve: _solve,
}
