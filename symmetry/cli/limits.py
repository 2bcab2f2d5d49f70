"""Options of `symmetry check` about how the function is called: its limits, and parameters as inputs."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence

from symmetry.errors import UsageError

__all__ = ["byte_count", "read_params", "seconds"]

UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
LEAST = 64 * 2**20  # bytes; Python and NumPy alone need some of that


def seconds(text: str) -> float:
    """A positive number of seconds, as ``argparse`` reads an argument.

    >>> seconds("2.5")
    2.5
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, not {text!r}")
    return value


def byte_count(text: str) -> int:
    """A number of bytes with a unit of powers of 1024, as ``argparse`` reads an argument.

    >>> byte_count("4G"), byte_count("512 MiB")
    (4294967296, 536870912)
    """
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE | re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected an amount of memory such as 4G or 512M, not {text!r}")
    value = int(float(match[1]) * 1024 ** UNITS[match[2].upper()])
    if value < LEAST:
        raise argparse.ArgumentTypeError(f"{text!r} is less than the 64M that Python and NumPy need alone")
    return value


def read_params(texts: Sequence[str]) -> dict[str, str] | None:
    """Inputs and the parameters that they replace, from ``Z=proj.weight``, or ``Z`` where the names are the same.

    Raises:
        UsageError: not of this form, or an input is given twice.

    >>> read_params(["Z=proj.weight, W"]), read_params([])
    ({'Z': 'proj.weight', 'W': 'W'}, None)
    >>> read_params(["Z="])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: --params-as Z=: expected an input, or input=parameter such as Z=proj.weight, found 'Z='
    """
    found: dict[str, str] = {}
    for text in texts:
        for part in text.split(","):
            name, equals, path = (word.strip() for word in part.partition("="))
            if not name or (equals and not path):
                raise UsageError(
                    f"--params-as {text}: expected an input, or input=parameter such as Z=proj.weight, found {part!r}"
                )
            if name in found:
                raise UsageError(f"--params-as {text}: {name!r} is given twice")
            found[name] = path or name
    return found or None
