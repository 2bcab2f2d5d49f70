"""The user's own source files: what a campaign was run with, and what a cluster has to be sent.

They are what loading the function imported, apart from what is installed: a process that has loaded nothing else before
can tell. What the function imports only while it is called is not among them.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from symmetry.checks.function.calls.loading import load_function

__all__ = ["checker", "contents", "digest", "known_as", "load_with_sources", "own_file"]

INSTALLED = {"site-packages", "dist-packages"}


def load_with_sources(spec: str) -> tuple[Callable[..., Any], dict[str, Path]]:
    """A function, and by their place below a common directory the files that were imported for it.

    Raises:
        FunctionError: as ``load_function`` does.

    >>> function, files = load_with_sources("symmetry.examples:attention")
    >>> [*files]
    ['symmetry/examples.py']
    """
    before = set(sys.modules)
    function = load_function(spec)
    place = spec.rpartition(":")[0].strip()
    named = f"_checked_{Path(place).stem}" if place.endswith(".py") else place
    found = {}
    for name in sorted({*sys.modules} - before | {named}):
        origin = getattr(sys.modules.get(name), "__spec__", None)  # modules may lie about their __file__
        path = None if origin is None or not origin.has_location else origin.origin
        if path is None or not path.endswith(".py") or not Path(path).is_file():
            continue
        if name == named or not (name.startswith("symmetry.") or _is_installed(Path(path), named)):
            found[_key(name, Path(path))] = Path(path)
    return function, found


def known_as(function: Callable[..., Any]) -> str | None:
    """``"module:name"`` of a function that stands under this name in its module; ``None`` for any other.

    Of a closure, a bound method or a partial the source does not say all that it computes.

    >>> known_as(known_as), known_as(lambda X: X)
    ('symmetry.campaigns.sources:known_as', None)
    """
    module, name = getattr(function, "__module__", ""), getattr(function, "__qualname__", "")
    return f"{module}:{name}" if getattr(sys.modules.get(module), name, None) is function else None


def own_file(function: Callable[..., Any]) -> dict[str, Path]:
    """The file in which a function or the class of an object is written; empty where there is none."""
    for value in (inspect.unwrap(function), type(function)):
        try:
            path = inspect.getsourcefile(value)
        except TypeError:
            continue
        if path is not None and Path(path).is_file():
            return {Path(path).name: Path(path)}
    return {}


def digest(contents: Mapping[str, bytes]) -> str:
    """A hash of files by their places.

    >>> digest({"a.py": b"x"}) == digest({"a.py": b"y"})
    False
    """
    total = hashlib.sha256()
    for place, content in sorted(contents.items()):
        total.update(f"{place}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def checker() -> str:
    """A digest of the code that draws and compares, which says more than the number of a version."""
    package = Path(__file__).parents[1]
    parts = [package / "problem.py", *package.glob("groups/*.py"), *package.glob("checks/function/**/*.py")]
    return digest(contents({str(path.relative_to(package)): path for path in parts}))


def contents(files: Mapping[str, Path]) -> dict[str, bytes]:
    """What stands in files."""
    return {place: path.read_bytes() for place, path in files.items()}


def _is_installed(path: Path, named: str) -> bool:
    """Whether a file belongs to Python or to an installed package, other than that of the function."""
    standard = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    parts = path.parts
    inside = next((parts[i + 1] for i, part in enumerate(parts) if part in INSTALLED), None)
    if inside is not None:
        return inside.removesuffix(".py") != named.partition(".")[0]
    return any(path.is_relative_to(directory) for directory in standard)


def _key(name: str, path: Path) -> str:
    stem = name.removeprefix("_checked_").replace(".", "/")
    return f"{stem}/__init__.py" if path.name == "__init__.py" else f"{stem}.py"
