"""Arrays among the attributes of an object, and functions of an object in which they are replaced."""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symmetry.checks.function.calls.reach import owner

__all__ = ["array_attributes", "with_attributes"]


def array_attributes(thing: Any, prefix: str = "", depth: int = 4) -> dict[str, tuple[int, ...]]:
    """Dotted path -> shape of the arrays among the attributes of an object."""
    found: dict[str, tuple[int, ...]] = {}
    for name, value in (getattr(thing, "__dict__", None) or {}).items():
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple):
            found[prefix + name] = shape
        elif (
            depth and hasattr(value, "__dict__") and not isinstance(value, type | types.ModuleType | types.FunctionType)
        ):
            found |= array_attributes(value, f"{prefix}{name}.", depth - 1)
    return found


def with_attributes(function: Callable[..., Any], held: Mapping[str, Any]) -> Callable[..., Any]:
    """The function of an object in which attributes are replaced; the object stays as it is."""
    if not held:
        return function
    if isinstance(function, functools.partial):
        return functools.partial(with_attributes(function.func, held), *function.args, **function.keywords)
    changed: Any = owner(function)
    for path, value in held.items():
        changed = _replaced(changed, path.split("."), value)
    return changed if owner(function) is function else types.MethodType(function.__func__, changed)  # type: ignore[attr-defined]


def _replaced(thing: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    changed = copy.copy(thing)
    object.__setattr__(changed, path[0], _replaced(getattr(thing, path[0]), path[1:], value))
    return changed
