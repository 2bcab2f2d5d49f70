"""What a function can reach: the modules, tensors and functions that its code and its attributes refer to.

Nothing is called. The walk follows partials, methods, closures, defaults, annotations, the globals that the code names,
attributes of instances, and other functions of the user's own code. What is installed is not looked into, unless the
function itself is from there.
"""

from __future__ import annotations

import dis
import functools
import re
import sysconfig
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

__all__ = ["Reach", "coarsest", "owner", "reach", "roots"]

LIBRARIES = ("builtins", "jax", "jaxlib", "numpy", "scipy", "torch")  # not looked into, even where f is from there
COARSE = {"bfloat16": 2.0**-8, "float16": 2.0**-11, "half": 2.0**-11, "f2": 2.0**-11}  # unit roundoffs
MOST = 4000  # objects looked at
MOST_ITEMS = 200  # of a container


@dataclass
class Reach:
    """Everything a function can reach.

    Args:
        objects: each once, nearest first.
        imports: top-level modules that are imported inside the code, in order.
        names: global and attribute names that the code uses, and texts that could be names (of a dtype, for example).
    """

    objects: list[Any] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def roots(value: Any) -> Iterator[str]:
    """The top-level modules that a value is from: its own, and those of its type and of what that inherits from.

    >>> import math
    >>> list(roots(math)), list(roots(math.hypot)), list(roots(Reach()))
    (['math'], ['math', 'builtins', 'builtins'], ['symmetry', 'symmetry', 'builtins'])
    """
    if isinstance(value, ModuleType):
        yield value.__name__.partition(".")[0]
        return
    kinds = value.__mro__ if isinstance(value, type) else (value, *type(value).__mro__)
    for kind in kinds:
        name = _attribute(kind, "__module__")
        if isinstance(name, str):
            yield name.partition(".")[0]


def owner(function: Callable[..., Any]) -> Any:
    """The object whose attributes a function computes with: what it is bound to, or the function itself.

    >>> owner([1, 2].index), owner(functools.partial([3].index, 3))
    ([1, 2], [3])
    >>> owner(len) is len
    True
    """
    while isinstance(function, functools.partial):
        function = function.func
    bound = _attribute(function, "__self__")
    return function if bound is None or isinstance(bound, ModuleType) else bound


def reach(function: Callable[..., Any]) -> Reach:
    """What a function can reach.

    >>> import math
    >>> def area(r):
    ...     return math.pi * r**2
    >>> found = reach(lambda r: area(r) / 2)
    >>> "pi" in found.names
    True
    """
    found = Reach()
    home = next(roots(owner(function)), "")
    home = "" if home in LIBRARIES else home
    waiting: deque[Any] = deque([function])
    seen: set[int] = set()
    while waiting and len(found.objects) < MOST:
        value = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        with suppress(Exception):  # attributes that are computed, and types that are not what they say
            list(roots(value))
            found.objects.append(value)
            waiting.extend(_next(value, home, found))
    return found


def coarsest(function: Callable[..., Any]) -> float:
    """The unit roundoff of the lowest precision below float32 that a function names or holds; 0 if there is none.

    >>> coarsest(lambda x: x.astype("float16")) == 2**-11, coarsest(lambda x: x.astype("float32"))
    (True, 0.0)
    """
    found = reach(function)
    words = {*found.names, *map(_word, found.objects)}
    return max((roundoff for name, roundoff in COARSE.items() if name in words), default=0.0)


def _word(value: Any) -> str:
    """What a text, a type or a dtype that a function holds is called; empty for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, type):
        return value.__name__
    return str(value).removeprefix("torch.") if any("dtype" in kind.__name__ for kind in type(value).__mro__) else ""


def _next(value: Any, home: str, found: Reach) -> Iterator[Any]:
    if isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, MethodType):
        yield from (value.__func__, value.__self__)
    elif isinstance(value, FunctionType):
        yield from _of_function(value, home, found)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from list(value)[:MOST_ITEMS]
    elif isinstance(value, dict):
        yield from list(value.values())[:MOST_ITEMS]
    elif not isinstance(value, type | ModuleType):
        yield from (_attribute(value, name) for name in ("__wrapped__", "__self__", "__dict__"))
        for kind in type(value).__mro__:
            if next(roots(kind)) in LIBRARIES:
                continue
            yield from (member for member in vars(kind).values() if isinstance(member, FunctionType))


def _of_function(function: FunctionType, home: str, found: Reach) -> Iterator[Any]:
    yield _attribute(function, "__wrapped__")
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue
    if next(roots(function), "") != home and _installed(function.__code__.co_filename):
        return
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for annotation in function.__annotations__.values():
        words = re.findall(r"\w+", annotation) if isinstance(annotation, str) else []
        yield from (function.__globals__[word] for word in words if word in function.__globals__)
        if not isinstance(annotation, str):
            yield annotation
    for code in _codes(function.__code__):
        found.names.update(code.co_names)
        found.names.update(text for text in code.co_consts if isinstance(text, str) and text.isidentifier())
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                found.imports.append(str(step.argval).partition(".")[0])
            elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in function.__globals__:
                value = function.__globals__[step.argval]
                yield value
                if isinstance(value, ModuleType) and not _installed(getattr(value, "__file__", None) or "<frozen"):
                    yield from (vars(value)[part] for part in code.co_names if part in vars(value))


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # attributes that are computed may fail in any way
        return None


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


_STANDARD = sysconfig.get_path("stdlib")


def _installed(filename: str) -> bool:
    return "-packages" in filename or filename.startswith(("<frozen", _STANDARD))
