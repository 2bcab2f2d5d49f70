"""Functions of JAX, compiled where they can be, with 64 bits for inputs in double precision."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.checks.function.calls.attributes import array_attributes, with_attributes
from symmetry.checks.function.calls.conversion import plain
from symmetry.checks.function.calls.guarding import Failed, Limit
from symmetry.checks.function.calls.reach import owner

__all__ = ["JAXBackend"]

Array = NDArray[Any]
jax: Any = importlib.import_module("jax")  # whose own types are too narrow to be of help here
SAME = 1e-3  # relative difference below which a compiled function computes what it did before


class JAXBackend:
    """A function of JAX arrays.

    Its first call runs twice as it is, and then compiled: where values differ, the function does more than map its
    inputs to its output (it draws numbers, or remembers), which a compiled one would hide.
    """

    name = "jax"
    unit = 0.0

    def __init__(self, function: Callable[..., Any], limit: Limit, remark: Callable[[str], None]):
        self.function = function
        self._limit = limit
        self._remark = remark
        self._compiled = function
        self._is_new = True

    def __call__(self, placed: Sequence[Array], named: Mapping[str, Array], held: Mapping[str, Array]) -> Any:
        dtype = next(x.dtype for x in (*placed, *named.values(), *held.values()))
        if dtype not in (np.float32, np.float64):
            raise Failed("JAX has no long double")
        with _double() if dtype == np.float64 else contextlib.nullcontext():
            if held:
                arrays = {path: jax.numpy.array(x) for path, x in held.items()}
                return self._run(with_attributes(self.function, arrays), placed, named)
            if self._is_new:
                value = self._run(self.function, placed, named)
                self._is_new = False
                self._compiled = self._compile(value, placed, named)
                return value
            try:
                return self._run(self._compiled, placed, named)
            except (jax.errors.JAXTypeError, jax.errors.JAXIndexError, jax.errors.UnexpectedTracerError) as error:
                self._compiled = self._as_it_is(error)  # where it branches, at these sizes only
                return self._run(self.function, placed, named)

    def _compile(self, value: Any, placed: Sequence[Array], named: Mapping[str, Array]) -> Callable[..., Any]:
        """The compiled function, if it gives the same value at the first inputs; else the function itself."""
        if not _agree(value, self._run(self.function, placed, named), 0.0):
            return self.function
        compiled = jax.jit(lambda *inputs, **others: self.function(*inputs, **others))
        try:
            again = self._run(compiled, placed, named)
        except Exception as error:
            return self._as_it_is(error)
        return compiled if _agree(value, again, SAME) else self.function

    def _as_it_is(self, error: Exception) -> Callable[..., Any]:
        self._remark(f"cannot be compiled by jax.jit ({type(error).__name__}), so it runs step by step")
        return self.function

    def _run(self, function: Callable[..., Any], placed: Sequence[Array], named: Mapping[str, Array]) -> Any:
        return self._limit(
            lambda *inputs, **others: jax.block_until_ready(function(*inputs, **others)),
            [jax.numpy.array(x) for x in placed],
            {name: jax.numpy.array(x) for name, x in named.items()},
        )

    def parameters(self) -> dict[str, tuple[int, ...]]:
        return array_attributes(owner(self.function))

    @property
    def takes(self) -> Callable[..., Any]:
        return self.function

    def why_random(self) -> str:
        return ""


def _double() -> Any:
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return importlib.import_module("jax.experimental").enable_x64()


def _agree(first: Any, second: Any, tolerance: float) -> bool:
    """Whether two values differ by no more than a tolerance relative to the largest entry of each array."""
    pairs = zip(jax.tree_util.tree_leaves(first), jax.tree_util.tree_leaves(second), strict=False)
    return all(_close(plain(a), plain(b), tolerance) for a, b in pairs)


def _close(first: Array, second: Array, tolerance: float) -> bool:
    size = float(np.max(np.abs(second), initial=0.0))
    return np.allclose(first, second, rtol=tolerance, atol=tolerance * size, equal_nan=True)
