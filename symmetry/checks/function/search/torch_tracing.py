"""The comparisons of a PyTorch function, noted with their branch distances as ``tracing.py`` does for NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.overrides import TorchFunctionMode

__all__ = ["ComparisonMode"]

Array = NDArray[Any]
FIRST_LARGER = set("gt greater ge greater_equal __gt__ __ge__ maximum fmax max".split())
FIRST_SMALLER = set("lt less le less_equal __lt__ __le__ minimum fmin min".split())
SIGNED = set("sign sgn abs absolute __abs__ relu relu_ leaky_relu leaky_relu_ prelu elu celu selu".split())
CLAMPS = {
    "clamp": (None, None),
    "clamp_": (None, None),
    "clip": (None, None),
    "hardtanh": (-1.0, 1.0),
    "relu6": (0.0, 6.0),
}
LIMITS = (("min", "min_val"), ("max", "max_val"))  # by name


class ComparisonMode(TorchFunctionMode):
    """While it is active, ``note(operation, branch distances)`` is called for each comparison."""

    def __init__(self, note: Callable[[str, Array], None]):
        super().__init__()
        self.note = note

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(function, "__name__", "")
        for operation, distance in _distances(name, args, kwargs):
            self.note(operation, distance)
        return function(*args, **kwargs)


def _distances(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Iterator[tuple[str, Array]]:
    """What an operation compares; worked out before the call, which may overwrite it."""
    numbers = [_number(x) for x in args[:2]]
    first, second = (*numbers, None, None)[:2]
    if first is None or (name in ("max", "min") and not isinstance(args[-1], torch.Tensor)):  # along an axis
        return
    if name in SIGNED:
        yield name, first
    elif name in FIRST_LARGER and second is not None:
        yield name, np.asarray(first - second)
    elif name in FIRST_SMALLER and second is not None:
        yield name, np.asarray(second - first)
    elif name in CLAMPS:
        low, high = (_number(limit) for limit in _limits(name, args, kwargs))
        if low is not None:
            yield f"{name} from below", np.asarray(first - low)
        if high is not None:
            yield f"{name} from above", np.asarray(high - first)


def _limits(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Iterator[Any]:
    """The lower and the upper one, given by position or by name, or the default."""
    for place, names in enumerate(LIMITS):
        given = [*args[place + 1 : place + 2], *(kwargs[key] for key in names if key in kwargs)]
        yield given[0] if given else CLAMPS[name][place]


def _number(value: Any) -> Array | None:
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.layout != torch.strided:
            return None
        return np.asarray(value.detach().to("cpu", torch.float64).numpy())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.asarray(float(value))
    return None
