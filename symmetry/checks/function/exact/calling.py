"""Call a function on exact numbers, and say why where that cannot be done.

A function that cannot be called so is not at fault: whatever it raises on exact numbers is a reason why this
mode says nothing (:class:`NotExact`), never a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, quiet
from symmetry.checks.function.calls.loading import last_line
from symmetry.checks.function.exact.arithmetic import Exhausted
from symmetry.checks.function.exact.arrays import ExactArray, exact_array
from symmetry.checks.function.exact.numbers import Arithmetic, NotExact
from symmetry.problem import Problem

__all__ = ["Skipped", "call_exactly"]

LOCATION = re.compile(r" \([^()]*, line \d+\)$")


class Skipped(Exception):
    """The function has no value at this point; the message says why."""


def call_exactly(callee: Callee, inputs: Sequence[Array], problem: Problem, arithmetic: Any) -> tuple[ExactArray, ...]:
    """The value of a function at an exact point.

    Args:
        callee: the function.
        inputs: arrays of numbers of the arithmetic, with the shapes of ``problem``.
        problem: with all sizes given.
        arithmetic: of the inputs.

    Raises:
        NotExact: the function cannot be called on exact numbers, or changes its inputs.
        Skipped: it divided by zero.
        Exhausted: it took too long.
    """
    if callee.backend != "numpy":
        raise NotExact(f"{callee.backend} computes in floating point")
    if callee.passing.held:
        raise NotExact(f"parameters of {callee.name} are floating point numbers")
    given = [exact_array(arithmetic, x.copy()) if x.ndim else x[()] for x in inputs]
    named = {name: x for name, x in zip(problem.names, given, strict=True) if name in callee.keywords}
    placed = [x for name, x in zip(problem.names, given, strict=True) if name not in callee.keywords]
    arithmetic.refusal, arithmetic.divided = None, False
    error: BaseException | None = None
    outputs: tuple[ExactArray, ...] = ()
    try:
        with quiet():
            outputs = _outputs(callee.function(*placed, **named), problem, arithmetic)
    except (Exception, SystemExit) as raised:
        error = raised
    # What was refused is on record, also where the function caught the exception and went another way, or where
    # NumPy made a SystemError of it.
    if arithmetic.budget.left < 0:
        raise Exhausted("exact numbers become too long or too many")
    if arithmetic.divided:
        raise Skipped("a division by zero")
    if arithmetic.refusal is not None or error is not None:
        raise NotExact(_why(arithmetic.refusal, error))
    for name, before, after in zip(problem.names, inputs, given, strict=True):
        if before.ndim and not all(a is b for a, b in zip(before.flat, after.flat, strict=True)):
            raise NotExact(f"{callee.name} changes its input {name} in place")
    return outputs


def _outputs(value: Any, problem: Problem, arithmetic: Arithmetic) -> tuple[ExactArray, ...]:
    values = value if len(problem.outputs) > 1 else (value,)
    if not isinstance(values, tuple | list) or len(values) != len(problem.outputs):
        raise TypeError(f"on exact numbers it returns {type(value).__name__}, not {len(problem.outputs)} outputs")
    outputs = []
    for tensor, item in zip(problem.outputs, values, strict=True):
        array = exact_array(arithmetic, np.array(item, dtype=object))
        if array.shape != problem.shape(tensor):
            raise TypeError(f"on exact numbers its output has shape {array.shape}, not {problem.shape(tensor)}")
        if any(entry is None for entry in array.flat):
            raise TypeError("on exact numbers it leaves entries of its output empty")
        outputs.append(array)
    return tuple(outputs)


def _why(refusal: str | None, error: BaseException | None) -> str:
    line = "" if error is None else last_line(error)
    place = LOCATION.search(line)
    return line if refusal is None else refusal + (place.group() if place else "")
