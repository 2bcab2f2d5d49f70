"""Functions as people write them, with the truth about their symmetries worked out by hand."""

import importlib
import pkgutil
from importlib.util import find_spec

LIBRARIES = ("numpy", "jax", "torch")
MISSING = tuple(library for library in LIBRARIES if find_spec(library) is None)


def load() -> None:
    """Import all modules of functions whose library is installed, in alphabetical order."""
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        library = name.partition("_")[0]
        if library in LIBRARIES and library not in MISSING:
            importlib.import_module(f"{__name__}.{name}")
