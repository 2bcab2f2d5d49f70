"""Degrees of polynomial maps: of all inputs together, or of each input by its name."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index

from symmetry.errors import UsageError
from symmetry.problem import Problem

__all__ = ["Degree", "checked_degree"]

Degree = int | Mapping[str, int]


def checked_degree(problem: Problem, degree: Degree) -> int | dict[str, int]:
    """A degree that fits a problem: a plain ``int``, or one for each input in the order of the inputs.

    Args:
        problem: whose inputs have names (``Problem.names``).
        degree: the total degree in all inputs, or the degree in each input by its name, 0 for those left out.

    Raises:
        UsageError: a degree is negative or no integer, or there is no such input.

    >>> problem = Problem("X: d n, Z: d m -> d n", group="O(d)")
    >>> checked_degree(problem, 3), checked_degree(problem, {"Z": 2})
    (3, {'X': 0, 'Z': 2})
    >>> checked_degree(problem, {"Y": 1})
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 'X: d n, Z: d m -> d n' has no input 'Y'; its inputs are X, Z
    >>> checked_degree(problem, -1)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the degree is a natural number, or such numbers by input ({'X': 1}), not -1
    """
    names = problem.names
    if not isinstance(degree, Mapping):
        return _natural(degree, f"the degree is a natural number, or such numbers by input ({{{names[0]!r}: 1}})")
    for name in degree:
        if name not in names:
            raise UsageError(f"{str(problem)!r} has no input {name!r}; its inputs are {', '.join(names)}")
    return {name: _natural(degree.get(name, 0), f"the degree in {name} is a natural number") for name in names}


def _natural(value: object, expected: str) -> int:
    try:
        number = -1 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 0:
        raise UsageError(f"{expected}, not {value!r}")
    return number
