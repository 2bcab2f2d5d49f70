"""Arrays of any framework as NumPy arrays, and the precision that they are of."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["plain", "roundoff"]

Array = NDArray[Any]


def plain(value: Any) -> Array:
    """A NumPy copy of an array of any framework, or of a list of such.

    Raises:
        ValueError, TypeError, RuntimeError: it is no array.
    """
    array = np.array(_without_tensors(value))
    if array.dtype.kind == "V" and _module_of(array.dtype) == "ml_dtypes":
        return array.astype(np.float32)
    return array


def _module_of(dtype: np.dtype[Any]) -> str:
    return dtype.type.__module__.partition(".")[0]


def roundoff(value: Any) -> float:
    """The unit roundoff of the lowest precision in an output; 0 for whole numbers and truth values.

    >>> roundoff(np.float32(1)) == 2**-24, roundoff([np.ones(2), np.ones(2, np.float16)]) == 2**-11, roundoff(3)
    (True, True, 0.0)
    """
    if type(value) is np.ndarray and value.dtype.kind in "fc":
        return float(np.finfo(value.dtype).eps) / 2
    if isinstance(value, list | tuple):
        return max(map(roundoff, value), default=0.0)
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        return 2.0**-53 if isinstance(value, float | complex) else 0.0
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        inexact = dtype.is_floating_point or dtype.is_complex
        return float(torch.finfo(dtype).eps) / 2 if inexact else 0.0
    with contextlib.suppress(TypeError, ValueError):
        if _module_of(np.dtype(dtype)) == "ml_dtypes":
            return float(sys.modules["ml_dtypes"].finfo(dtype).eps) / 2
        if np.issubdtype(dtype, np.inexact):
            return float(np.finfo(dtype).eps) / 2
    return 0.0


def _without_tensors(value: Any) -> Any:
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return value
    if isinstance(value, torch.Tensor):
        tensor = value.detach().to("cpu")
        tensor = tensor if tensor.layout == torch.strided else tensor.to_dense()
        is_odd = tensor.dtype.is_floating_point and tensor.dtype not in (torch.float16, torch.float32, torch.float64)
        return (tensor.float() if is_odd else tensor).resolve_conj().resolve_neg().numpy()
    if isinstance(value, list | tuple) and any(isinstance(item, torch.Tensor | list | tuple) for item in value):
        return [_without_tensors(item) for item in value]
    return value
