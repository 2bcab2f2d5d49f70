"""Functions and modules of PyTorch, in evaluation mode, on the CPU, in the precision of the inputs.

A module is copied, so that the user's own never changes. Modules and tensors that a function reaches in other ways,
through its closure or globals, are put into evaluation mode and into the precision of the inputs for each call, and
back after it: the same tensors, bit by bit.
"""

from __future__ import annotations

import copy
import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from symmetry.checks.function.calls.guarding import Failed, Limit
from symmetry.checks.function.calls.reach import owner, reach
from symmetry.errors import FunctionError

__all__ = ["TorchBackend"]

Array = NDArray[Any]
PRECISIONS = {np.dtype(np.float32): torch.float32, np.dtype(np.float64): torch.float64}
OF_PRECISION = "dtype|scalar type|not implemented for"  # in an error that another precision may avoid
COMPLEX = {torch.float32: torch.complex64, torch.float64: torch.complex128}


class _Tensor:
    """A tensor that a function computes with, which can be put into another precision and back."""

    def __init__(self, tensor: torch.Tensor):
        self.tensor = tensor
        self.own = tensor.data
        self._versions: dict[torch.dtype, torch.Tensor] = {}

    def put_into(self, precision: torch.dtype | None) -> None:
        """Have the values in a precision (``None``: its own), on the CPU."""
        dtype = self.own.dtype
        if precision is not None and dtype.is_floating_point:
            dtype = precision
        elif precision is not None and dtype.is_complex:
            dtype = COMPLEX[precision]
        if dtype not in self._versions:
            self._versions[dtype] = self.own.to("cpu", dtype, copy=True)
        self.tensor.data = self._versions[dtype]

    def put_back(self) -> None:
        self.tensor.data = self.own


class TorchBackend:
    """A function of PyTorch tensors.

    Tensors that it computes with take the precision of the inputs, which changes no value where that is the higher
    one. A function that fails then is left as it is, or else given inputs in another precision as well.

    Raises:
        FunctionError: a class of modules instead of a module.
    """

    name = "torch"

    def __init__(self, function: Callable[..., Any], limit: Limit, remark: Callable[[str], None]):
        if inspect.isclass(function) and issubclass(function, torch.nn.Module):
            name = function.__name__
            raise FunctionError(f"{name} is a class, not a module; make one, model = {name}(...), and give that")
        self.unit = 0.0
        self._limit = limit
        self._remark = remark
        modules, tensors = _parts(function)
        users = {id(part) for part in (*modules, *tensors)}
        try:
            self.function = copy.deepcopy(function)
        except Exception:  # a tensor with a history, an open file, a lock
            self.function = function
        modules, tensors = _parts(self.function)
        self._user_modules = [module for module in modules if id(module) in users]
        for module in modules:
            if id(module) not in users:
                module.training = False
        self._copies = [_Tensor(tensor) for tensor in tensors if id(tensor) not in users]
        self._user_tensors = [_Tensor(tensor) for tensor in tensors if id(tensor) in users]
        self._held_in: torch.dtype | None = None
        dtypes = {tensor.dtype for tensor in tensors if tensor.is_floating_point()}
        self._own = sorted(dtypes or {torch.float32}, key=lambda dtype: -torch.finfo(dtype).eps)
        self._ways: dict[torch.dtype, str | torch.dtype] = {}
        self._gradients = False

    def __call__(self, placed: Sequence[Array], named: Mapping[str, Array], held: Mapping[str, Array]) -> Any:
        dtype = next(x.dtype for x in (*placed, *named.values(), *held.values()))
        if dtype not in PRECISIONS:
            raise Failed("PyTorch has no long double")
        precision = PRECISIONS[dtype]
        ways: list[str | torch.dtype] = [
            "converted",
            "as it is",
            *dict.fromkeys((*self._own, torch.float32, torch.float64)),
        ]
        ways = [self._ways[precision]] if precision in self._ways else ways
        errors: list[RuntimeError] = []
        for way in ways:
            try:
                value = self._in_mode(way, precision, placed, named, held)
            except RuntimeError as error:
                errors.append(error)
                if not re.search(OF_PRECISION, str(error)):
                    break
            else:
                self._settle(way, precision)
                return value
        raise errors[0]

    def _settle(self, way: str | torch.dtype, precision: torch.dtype) -> None:
        """Remember the way that worked, and in which precision it computes."""
        lowest = way if isinstance(way, torch.dtype) else self._own[0]
        self.unit = 0.0 if way == "converted" else float(torch.finfo(lowest).eps) / 2
        if precision not in self._ways and isinstance(way, torch.dtype):
            self._remark(f"takes {str(way).removeprefix('torch.')} only, so its inputs are converted to that")
        self._ways[precision] = way

    def _in_mode(
        self,
        way: str | torch.dtype,
        precision: torch.dtype,
        placed: Sequence[Array],
        named: Mapping[str, Array],
        held: Mapping[str, Array],
    ) -> Any:
        """The value with evaluation mode, gradient mode and default precision set, and set back afterwards."""
        given = way if isinstance(way, torch.dtype) else precision
        default, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
        training = [module for module in self._user_modules if module.training]
        kept: list[tuple[torch.Tensor, torch.Tensor]] = []
        try:
            if way == "converted":
                torch.set_default_dtype(precision)
            for module in training:
                module.training = False
            self._put_into(precision if way == "converted" else None)
            for path, array in held.items():
                tensor = self._tensors()[path]
                kept.append((tensor, tensor.data))
                tensor.data = torch.from_numpy(array).to(given if way == "converted" else tensor.dtype)
            before = torch.get_default_dtype()
            try:
                return self._with_gradients_if_needed(
                    [torch.from_numpy(x).to(given) for x in placed],
                    {key: torch.from_numpy(x).to(given) for key, x in named.items()},
                )
            finally:
                if torch.get_default_dtype() != before:
                    self._remark("changes PyTorch's default dtype; it was restored")
                if torch.is_grad_enabled() != self._gradients:
                    self._remark("changes PyTorch's gradient mode; it was restored")
        finally:
            torch.set_grad_enabled(gradients)
            torch.set_default_dtype(default)
            for tensor, data in kept:
                tensor.data = data
            for shared in self._user_tensors:
                shared.put_back()
            for module in training:
                module.training = True

    def _with_gradients_if_needed(self, placed: Sequence[torch.Tensor], named: Mapping[str, torch.Tensor]) -> Any:
        torch.set_grad_enabled(self._gradients)
        try:
            return self._limit(self.function, placed, named)
        except RuntimeError as error:
            if self._gradients or "does not require grad" not in str(error):
                raise
        self._gradients = True  # it differentiates, as forces from an energy do
        torch.set_grad_enabled(True)
        return self._limit(self.function, placed, named)

    def _put_into(self, precision: torch.dtype | None) -> None:
        for shared in self._user_tensors:
            shared.put_into(precision)
        if precision != self._held_in:
            for copied in self._copies:
                copied.put_into(precision)
            self._held_in = precision

    def _tensors(self) -> dict[str, torch.Tensor]:
        return _named(owner(self.function))

    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {path: tuple(tensor.shape) for path, tensor in self._tensors().items()}

    @property
    def takes(self) -> Callable[..., Any]:
        return _forward(self.function)

    def why_random(self) -> str:
        found = reach(self.function)
        dropouts = [f"nn.{type(m).__name__}" for m in _parts(self.function)[0] if "Dropout" in type(m).__name__]
        if "dropout" in found.names and not dropouts:
            return (
                "it calls dropout, which drops unless it is told training=False (in a module: training=self.training)"
            )
        if dropouts or any("Dropout" in name for name in found.names):
            return f"it contains {(*dropouts, 'nn.Dropout')[0]}; call .eval() on the module that holds it"
        return ""


def _named(thing: Any) -> dict[str, torch.Tensor]:
    """Path -> tensor, of a module, or of an object with modules and tensors as attributes."""
    if isinstance(thing, torch.nn.Module):
        return {**dict(thing.named_parameters(remove_duplicate=False)), **dict(thing.named_buffers())}
    found: dict[str, torch.Tensor] = {}
    for name, value in (getattr(thing, "__dict__", None) or {}).items():
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, torch.nn.Module):
            found |= {f"{name}.{path}": tensor for path, tensor in _named(value).items()}
    return found


def _forward(function: Callable[..., Any]) -> Callable[..., Any]:
    if isinstance(function, functools.partial):
        return functools.partial(_forward(function.func), *function.args, **function.keywords)
    return function.forward if isinstance(function, torch.nn.Module) else function


def _parts(function: Callable[..., Any]) -> tuple[list[torch.nn.Module], list[torch.Tensor]]:
    """All modules and tensors that a function reaches, each once."""
    objects = reach(function).objects
    modules = {id(m): m for v in objects if isinstance(v, torch.nn.Module) for m in v.modules()}
    tensors = {id(v): v for v in objects if isinstance(v, torch.Tensor)}
    for module in modules.values():
        tensors |= {id(t): t for t in (*module.parameters(recurse=False), *module.buffers(recurse=False))}
    return list(modules.values()), list(tensors.values())
