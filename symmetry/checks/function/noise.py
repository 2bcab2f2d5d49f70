"""How much of a function's output is rounding, measured rather than guessed.

Around a point x the function is evaluated at neighbours, and three things are added up:

* *conditioning*: the response to random changes of x of the size of the rounding errors that the action itself
  makes, (1 + √D) u times the length of each vector, where u is the unit roundoff of the precision at hand and D
  the total size of the axes along which a matrix acts (D roundings add up like √D, being of either sign);
* *computational noise*: the scatter of the values along a line, from 6th differences of 9 equidistant
  points; what is smooth cancels, what is left is the function's own rounding, also where it computes in a lower
  precision inside than its output shows;
* the rounding of the action on the output, (1 + √D) u times its norm.

``SAFETY`` times the sum over both sides of an equation is the tolerance: errors of that typical size exceed
eight times it with a probability that would be 1e-15 if they were normal. A function whose tolerance is
comparable to its output cannot be judged at that point; that is `blurred`, and never counts as a pass.

Source: J. Moré, S. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33, 2011 (the differences);
N. Higham, T. Mary, A new approach to probabilistic rounding error analysis, SIAM J. Sci. Comput. 41, 2019 (√D).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Failed, Output
from symmetry.problem import Problem

__all__ = ["BLUR", "SAFETY", "growth", "lengths", "neighbour", "noise", "norms", "underflows"]

SAFETY = 8.0
BLUR = 2.0**-10  # of the output; above it a tolerance says nothing
TINY = 16.0  # smallest normal numbers; below that many, an output is taken for an underflow
SMALLEST, LARGEST = 1e-250, 1e250  # squares of lengths that lost nothing to underflow or overflow
DRAWS = 3
ORDER, POINTS = 6, 9
VARIANCE = math.factorial(ORDER) ** 2 / math.factorial(2 * ORDER)  # of one value, from one difference of that order


def growth(problem: Problem) -> float:
    """1 + √D: the size, in unit roundoffs, of the errors that meet in one entry when all matrices of the group act."""
    return 1 + math.sqrt(sum(problem.size(factor.axis) for factor in problem.group if factor.kind.mixes))


def norms(values: Sequence[Array]) -> Array:
    """The Frobenius norm of each array, without overflow or underflow of the squares."""
    return np.array([_norm(value) for value in values])


def _norm(value: Array) -> float:
    flat = value.ravel()
    square = float(np.vdot(flat, flat).real) if value.size else 0.0
    if SMALLEST < square < LARGEST:
        return math.sqrt(square)
    largest = float(np.max(np.abs(flat), initial=0.0))
    scale = largest if 0 < largest < math.inf else 1.0
    return scale * float(np.linalg.norm(flat / scale))


def underflows(values: Sequence[Array], relative_noise: float) -> bool:
    """Whether values that are not all zero are so small that digits were lost to underflow where they come from.

    They were, if they are hardly normal numbers of a precision in which they may have been computed: one that holds
    them exactly, or whose rounding is seen in the function's noise elsewhere.

    >>> underflows([np.array([1e-6])], 1e-16), underflows([np.array([1e-6])], 1e-3)
    (False, True)
    >>> underflows([np.float32([1e-41]).astype(float)], 0.0)
    True
    """
    parts = [part for value in values for part in (value.real, value.imag)]
    largest = max(float(np.max(np.abs(part), initial=0.0)) for part in parts)
    for kind in (np.float16, np.float32, np.float64):
        info = np.finfo(kind)
        if 0 < largest < TINY * float(info.tiny):
            exact = all(np.array_equal(part.astype(kind).astype(np.float64), part) for part in parts)
            if exact or relative_noise > float(info.eps) / 16:
                return True
    return False


def lengths(problem: Problem, inputs: Sequence[Array]) -> tuple[Array, ...]:
    """For each entry of each input, the length of the vector that the matrices of the group mix it with."""
    result = []
    for position, array in enumerate(inputs):
        mixed = [a for g in problem.group if g.kind.mixes for a in problem.action(g).inputs[position]]
        square = np.abs(array.astype(np.float64)) ** 2
        total = np.sum(square, axis=tuple(mixed), keepdims=True) if mixed else square
        result.append(np.broadcast_to(np.sqrt(total), array.shape))
    return tuple(result)


def neighbour(inputs: Sequence[Array], scale: Sequence[Array], direction: Sequence[Array], step: float) -> list[Array]:
    """The point moved by ``step`` times ``scale`` along a direction, in the precision of the inputs."""
    return [np.asarray(x + step * s * g).astype(x.dtype) for x, s, g in zip(inputs, scale, direction, strict=True)]


def noise(call: Callee, problem: Problem, inputs: Sequence[Array], output: Output, rng: np.random.Generator) -> Array:
    """The size of the rounding in each output of a function at a point (Frobenius norm).

    Args:
        call: the function.
        problem: with all sizes.
        inputs: the point.
        output: the value there.
        rng: source of the directions.

    Returns:
        (outputs,), infinite where the function has no value at a neighbour.
    """
    unit = output.unit
    scale = lengths(problem, inputs)
    size = norms(output.values)
    try:
        conditioning = np.zeros(len(size))
        for _ in range(DRAWS):
            moved = neighbour(inputs, scale, _direction(rng, inputs), growth(problem) * unit)
            response = norms([a - b for a, b in zip(call(moved, problem).values, output.values, strict=True)])
            conditioning = np.maximum(conditioning, response)
        direction = _direction(rng, inputs)
        step = unit ** (3 / 8)
        scatter = _scatter(call, problem, inputs, scale, direction, step)
        if np.any(scatter > 64 * (conditioning + unit * size)):  # perhaps not smooth over such a step
            scatter = np.minimum(scatter, _scatter(call, problem, inputs, scale, direction, step / 16))
    except Failed:
        return np.full(len(size), np.inf)
    total = np.asarray(conditioning + scatter)
    return np.where(np.isfinite(total), total, np.inf)


def _direction(rng: np.random.Generator, inputs: Sequence[Array]) -> list[Array]:
    return [np.asarray(rng.standard_normal(array.shape)) for array in inputs]


def _scatter(
    call: Callee,
    problem: Problem,
    inputs: Sequence[Array],
    scale: Sequence[Array],
    direction: Sequence[Array],
    step: float,
) -> Array:
    latest: list[list[Array]] = []  # of each output the last value, the last first difference, and so on
    squares = np.zeros(0)
    for i in range(POINTS):
        values = call(neighbour(inputs, scale, direction, i * step), problem).values
        latest = latest or [[] for _ in values]
        ends = [_extended(differences, value) for differences, value in zip(latest, values, strict=True)]
        if i >= ORDER:
            lengths = norms(ends)
            squares = np.hypot(squares, lengths) if len(squares) else lengths
    return np.asarray(math.sqrt(VARIANCE / (POINTS - ORDER)) * squares)


def _extended(differences: list[Array], value: Array) -> Array:
    """The difference of the highest order that a new value adds to those of lower orders, which are kept."""
    for order in range(min(len(differences), ORDER)):
        differences[order], value = value, value - differences[order]
    if len(differences) < ORDER:
        differences.append(value)
    return value
