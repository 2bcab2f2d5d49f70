"""How a function is called: with NumPy arrays, PyTorch tensors or JAX arrays.

A backend binds a function and calls it with copies of NumPy arrays, turned into what the function takes. Which one is
meant is seen from what the function can reach; where its first call shows another, that one is taken. Frameworks are
imported only for functions that use them.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from symmetry.checks.function.calls.attributes import array_attributes, with_attributes
from symmetry.checks.function.calls.guarding import Limit
from symmetry.checks.function.calls.reach import owner, reach, roots
from symmetry.errors import UsageError

__all__ = ["ARRAYS", "BACKENDS", "Backend", "candidates", "make_backend"]

Array = NDArray[Any]
BACKENDS = ("numpy", "torch", "jax")
ARRAYS = {"numpy": "NumPy arrays", "torch": "PyTorch tensors", "jax": "JAX arrays"}
PACKAGES = {"torch": "torch", "functorch": "torch", "jax": "jax", "jaxlib": "jax"}  # top-level module -> backend


class Backend(Protocol):
    """A function, bound.

    Attributes:
        name: ``"numpy"``, ``"torch"`` or ``"jax"``.
        unit: at least this unit roundoff is assumed of its outputs, where it computes in a lower precision than asked.
    """

    name: str
    unit: float

    def __call__(self, placed: Sequence[Array], named: Mapping[str, Array], held: Mapping[str, Array]) -> Any:
        """The raw value of the function.

        Args:
            placed, named: arrays passed by position and by name; they are the function's to change.
            held: path of a parameter or attribute -> the array to put there for this call.
        """

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Path -> shape of what ``held`` may name."""

    @property
    def takes(self) -> Callable[..., Any]:
        """What has the signature of a call."""

    def why_random(self) -> str:
        """What in the function may be random, and what to do; empty where nothing is known."""


def candidates(function: Callable[..., Any]) -> tuple[str, ...]:
    """The backends that may be meant, likeliest first.

    >>> import numpy as np
    >>> candidates(np.linalg.norm)[0]
    'numpy'
    """
    found = reach(function)
    names = [PACKAGES[name] for value in found.objects for name in roots(value) if name in PACKAGES]
    names += [PACKAGES[name] for name in found.imports if name in PACKAGES]
    return tuple(dict.fromkeys([*names, "numpy", *(name for name in ("torch", "jax") if name in sys.modules)]))


def make_backend(name: str, function: Callable[..., Any], limit: Limit, remark: Callable[[str], None]) -> Backend:
    """A function bound to the backend of that name.

    Raises:
        UsageError: there is no such backend, or its framework is not installed.
    """
    if name not in BACKENDS:
        raise UsageError(f"backend={name!r} is none of {', '.join(BACKENDS)}")
    if name == "numpy":
        return NumPyBackend(function, limit)
    try:
        importlib.import_module(name)
    except ImportError as error:
        title = {"torch": "PyTorch", "jax": "JAX"}[name]
        raise UsageError(
            f"the function needs {title}, which cannot be imported ({error}); install it with: "
            f"pip install 'symmetry[{name}]'"
        ) from error
    if name == "jax":
        from symmetry.checks.function.calls.jax_backend import JAXBackend

        return JAXBackend(function, limit, remark)
    from symmetry.checks.function.calls.torch_backend import TorchBackend

    return TorchBackend(function, limit, remark)


class NumPyBackend:
    """A function of NumPy arrays; an input without axes is a NumPy scalar."""

    name = "numpy"
    unit = 0.0

    def __init__(self, function: Callable[..., Any], limit: Limit):
        self.function = function
        self._limit = limit

    def __call__(self, placed: Sequence[Array], named: Mapping[str, Array], held: Mapping[str, Array]) -> Any:
        function = with_attributes(self.function, held)
        return self._limit(
            function,
            [x if x.ndim else x[()] for x in placed],
            {key: x if x.ndim else x[()] for key, x in named.items()},
        )

    def parameters(self) -> dict[str, tuple[int, ...]]:
        return array_attributes(owner(self.function))

    @property
    def takes(self) -> Callable[..., Any]:
        return self.function

    def why_random(self) -> str:
        return ""
