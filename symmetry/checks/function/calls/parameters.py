"""Inputs of a problem that are no arguments but parameters of a module, or attributes of an object."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from symmetry.errors import FunctionError, UsageError
from symmetry.problem import Problem

__all__ = ["fixed_sizes", "held_inputs", "require_shapes"]

MOST_LISTED = 12

Shapes = Mapping[str, tuple[int, ...]]


def held_inputs(
    problem: Problem, shapes: Shapes, wanted: Mapping[str, str] | Sequence[str], name: str
) -> dict[str, str]:
    """Input of the problem -> path of the parameter that it replaces.

    A parameter is named by its path, by its last part, or by how that starts, if there is only one such.

    Args:
        problem: has the inputs.
        shapes: path -> shape of the parameters there are.
        wanted: input -> parameter, or inputs with the names of parameters.
        name: of the function.

    Raises:
        UsageError: the problem has no such input.
        FunctionError: no such parameter, or several.

    >>> p = Problem("X: d n, Z: d m -> d n")
    >>> held_inputs(p, {"memory.Z": (4, 3), "proj.weight": (4, 4)}, ["Z"], "f")
    {'Z': 'memory.Z'}
    >>> held_inputs(p, {"a.weight": (4, 3), "b.weight": (4, 4)}, {"Z": "weight"}, "f")
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: f has 2 parameters 'weight': a.weight (4, 3), b.weight (4, 4); write ...
    """
    if isinstance(wanted, str):
        wanted = [wanted]
    pairs = dict(wanted) if isinstance(wanted, Mapping) else {key: key for key in wanted}
    found: dict[str, str] = {}
    for key, path in pairs.items():
        if key not in problem.names:
            raise UsageError(f"no input {key!r} in {str(problem)!r}; it has {', '.join(problem.names)}")
        found[key] = _path(path, shapes, key, name)
        if list(found.values()).count(found[key]) > 1:
            raise UsageError(f"two inputs would both be the parameter {found[key]!r} of {name}")
    return found


def _path(wanted: str, shapes: Shapes, key: str, name: str) -> str:
    if wanted in shapes:
        return wanted
    for matching in (
        [path for path in shapes if path.endswith("." + wanted)],
        [path for path in shapes if path.rpartition(".")[2].startswith(wanted)],
        [path for path in shapes if path.startswith(wanted + ".")],
    ):
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise FunctionError(
                f"{name} has {len(matching)} parameters {wanted!r}: {_listed(matching, shapes)}; write the whole path, "
                f"as in {key}={matching[0]}"
            )
    if not shapes:
        raise FunctionError(
            f"{name} has no parameters, so that {key!r} cannot be one: give the module or object itself, or make "
            f"{key!r} an argument of the function"
        )
    nearest = sorted(shapes, key=lambda path: -difflib.SequenceMatcher(None, wanted, path).ratio())
    raise FunctionError(f"{name} has no parameter {wanted!r}; it has {_listed(nearest, shapes)}")


def _listed(paths: Sequence[str], shapes: Shapes) -> str:
    shown = ", ".join(f"{path} {shapes[path]}" for path in paths[:MOST_LISTED])
    return shown + (f" and {len(paths) - MOST_LISTED} more" if len(paths) > MOST_LISTED else "")


def fixed_sizes(problem: Problem, held: Mapping[str, str], shapes: Shapes, name: str) -> dict[str, int]:
    """The sizes of open axes that the shapes of parameters determine.

    Raises:
        FunctionError: a parameter has not the axes of its input, or two say different sizes.

    >>> p = Problem("X: d n, Z: d m -> d n")
    >>> fixed_sizes(p, {"Z": "memory.Z"}, {"memory.Z": (4, 3)}, "f")
    {'d': 4, 'm': 3}
    >>> fixed_sizes(p, {"Z": "memory.Z"}, {"memory.Z": (4,)}, "f")
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: the parameter memory.Z of f has shape (4,), but the input Z has the axes 'd m'
    """
    found: dict[str, int] = dict(problem.sizes)
    for key, path in held.items():
        axes, shape = problem.inputs[problem.names.index(key)].axes, shapes[path]
        if len(axes) != len(shape):
            raise FunctionError(
                f"the parameter {path} of {name} has shape {shape}, but the input {key} has the axes "
                f"{' '.join(map(str, axes))!r}"
            )
        for axis, size in zip(axes, shape, strict=True):
            known = axis if isinstance(axis, int) else found.setdefault(axis, size)
            if known != size:
                raise FunctionError(
                    f"the parameter {path} of {name} has shape {shape}, but the input {key} is "
                    f"{' '.join(map(str, axes))!r}, where {axis} is {known}{_order(shape)}"
                )
    return {axis: size for axis, size in found.items() if axis in problem.symbolic}


def require_shapes(problem: Problem, held: Mapping[str, str], shapes: Shapes, name: str) -> None:
    """Refuse sizes at which an input has not the shape of the parameter that it replaces.

    Raises:
        FunctionError: it has another.
    """
    for key, path in held.items():
        tensor = problem.inputs[problem.names.index(key)]
        expected, shape = problem.shape(tensor), shapes[path]
        if expected != shape:
            raise FunctionError(
                f"the parameter {path} of {name} has shape {shape}, but the input {tensor} has shape "
                f"{expected}; give the sizes of the parameter, or another order of the axes{_order(shape)}"
            )


def _order(shape: tuple[int, ...]) -> str:
    return " (nn.Linear stores its weight as (out, in))" if len(shape) == 2 else ""
