"""Find a user's function by ``path/to/file.py:name`` or ``package.module:name``.

The directory of a file, or the working directory for a module, is appended to the import path, so that
neighbours are found and nothing installed is shadowed. The file is executed, as an import is.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.util
import io
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from symmetry.checks.function.calls.guarding import lacks_memory, memory_limit
from symmetry.errors import FunctionError

__all__ = ["a_type", "last_line", "load_function"]

LONGEST = 300  # characters of an error message
WRITTEN = "write FILE.py:FUNCTION or package.module:FUNCTION"


def load_function(spec: str) -> Callable[..., Any]:
    """The function that a text names.

    Args:
        spec: ``"path/to/file.py:name"`` or ``"package.module:name"``; the name may have dots.

    Raises:
        FunctionError: no such file, module or function, a name that cannot be called, or an error while the
            file was imported (with its last line).

    >>> load_function("math:hypot")(3, 4)
    5.0
    >>> load_function("math:hypo")
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: no 'hypo' in math; it has hypot, ...
    >>> load_function("math.hypot")
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: 'math.hypot' names no function: write FILE.py:FUNCTION or package.module:FUNCTION
    """
    place, colon, name = spec.rpartition(":")
    place, name = place.strip(), name.strip()
    if not colon or not place or not name or name.endswith(".py"):
        raise FunctionError(f"{spec!r} names no function: {WRITTEN}")
    is_file = place.endswith(".py") or os.sep in place or "/" in place
    module = _import_file(Path(place)) if is_file else _import_module(place)
    found: Any = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise FunctionError(_missing(part, found, place)) from None
    if not callable(found):
        raise FunctionError(f"{name!r} in {place} is {a_type(found)}, not a function")
    return found  # type: ignore[no-any-return]


def a_type(value: Any) -> str:
    """The type of a value, with its article.

    >>> a_type(3), a_type("3")
    ('an int', 'a str')
    """
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' or name == 'ndarray' else 'a'} {name}"


def last_line(error: BaseException, *, location: bool = True) -> str:
    """The last line of the traceback of an error, with the last line of the user's own code that led to it.

    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError as error:
    ...     last_line(error, location=False)
    'ZeroDivisionError: division by zero'
    """
    noted = sum(len(str(note).split("\n")) for note in getattr(error, "__notes__", ()))
    text = " ".join(traceback.format_exception_only(error)[-1 - noted].split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if not location:
        return text
    if isinstance(error, SyntaxError) and error.filename:
        return f"{text} ({Path(error.filename).name}, line {error.lineno})"
    ours = str(Path(__file__).parents[1])
    skipped = (ours, "<", *(str(Path(path)) for path in sys.path if path.endswith("-packages")))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(skipped)]
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else text


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*.py")) if path.parent.is_dir() else []
        hint = f"; {path.parent} has {_listed(path.name, near)}" if near else ""
        raise FunctionError(f"no file {str(path)!r}{hint}{_homeless()}")
    name = f"_checked_{path.stem}"
    module_spec = importlib.util.spec_from_file_location(name, path)
    if module_spec is None or module_spec.loader is None:
        raise FunctionError(f"{str(path)!r} is not a Python file: {WRITTEN}")
    module = importlib.util.module_from_spec(module_spec)
    _find_neighbours(str(path.parent.resolve()))
    sys.modules[name] = module
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            module_spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _broken(str(path), error) from error
    return module


def _import_module(name: str) -> ModuleType:
    if not _homeless():
        _find_neighbours(os.getcwd())
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            hint = f"; for a file write {name}.py:FUNCTION" if Path(f"{name}.py").is_file() else ""
            what = f"no module {name!r}: {error.name!r} is not installed or not here{hint}{_homeless()}"
            raise FunctionError(what) from None
        raise _broken(name, error) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, error) from error


def _broken(name: str, error: BaseException) -> FunctionError:
    """The refusal of what could not be imported."""
    limit = memory_limit() if lacks_memory(error) else ""
    hint = f"; it needs more than the {limit} of memory that it may hold" if limit else ""
    return FunctionError(f"importing {name!r} failed: {last_line(error)}{hint}")


def _homeless() -> str:
    """Empty, or what to say where the working directory was deleted."""
    try:
        os.getcwd()
    except OSError:
        return "; the working directory does not exist any more"
    return ""


def _find_neighbours(directory: str) -> None:
    if directory not in sys.path:
        sys.path.append(directory)


def _missing(name: str, owner: Any, place: str) -> str:
    callables = {key: value for key, value in vars(owner).items() if callable(value) and not key.startswith("_")}
    own = [key for key, value in callables.items() if getattr(value, "__module__", None) == owner.__name__]
    return f"no {name!r} in {place}; it has {_listed(name, own or list(callables))}"


def _listed(name: str, names: list[str], most: int = 8) -> str:
    """The names, nearest first, as one line of text."""
    if not names:
        return "no functions"
    ordered = sorted(names, key=lambda known: (-difflib.SequenceMatcher(None, name, known).ratio(), known))
    return ", ".join(ordered[:most]) + (f" and {len(ordered) - most} more" if len(ordered) > most else "")
