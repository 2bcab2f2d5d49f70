"""Which input of a problem goes to which parameter of a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Any

from symmetry.errors import FunctionError
from symmetry.problem import Problem

__all__ = ["passed_by_name"]


def passed_by_name(
    function: Callable[..., Any], name: str, problem: Problem, held: Collection[str] = ()
) -> tuple[str, ...]:
    """The names of the inputs to be passed by name.

    Args:
        function: has the signature.
        name: what it is called in messages.
        problem: has the inputs.
        held: inputs that are not arguments.

    Raises:
        FunctionError: the parameters cannot take the inputs.

    >>> passed_by_name(lambda Z, X: X, "f", Problem("X: d n, Z: d m -> d n"))
    ('X', 'Z')
    >>> passed_by_name(lambda X: X, "f", Problem("X: d n, Z: d m -> d n"), ["Z"])
    ()
    >>> passed_by_name(lambda X: X, "f", Problem("X: d n, Z: d m -> d n"))
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: f(X) cannot be called with the 2 inputs X, Z of 'X: d n, Z: d m -> d n': ...
    """
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # some built-in functions have none; the call itself will tell
        return ()
    parameters = signature.parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    by_name = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    names = [input_name for input_name in problem.names if input_name not in held]
    written = [t.name for t in problem.inputs if t.name is not None and t.name not in held]
    count = len(names)
    if [p.name for p in positional[:count]] == names:
        keywords: tuple[str, ...] = ()
    elif len(written) == count and by_name.issuperset(written):
        keywords = tuple(written)
    else:
        only = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
        kinds = {p.kind for p in parameters}  # a wrapper that takes anything passes on what comes by position
        any_name = inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds
        if len(positional) < count and any_name:
            only.update(set(written[len(positional) :]) - {p.name for p in positional})
        keywords = tuple(tensor for tensor in written if tensor in only)
    placed = [input_name for input_name in names if input_name not in keywords]
    bare = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    shown = signature.replace(parameters=bare, return_annotation=signature.empty)
    start = f"{name}{shown} cannot be called with the {_inputs(names)} of {str(problem)!r}"
    try:
        signature.bind(*placed, **dict.fromkeys(keywords))
    except TypeError as error:
        raise FunctionError(f"{start}: {error}; write one input per argument of the function") from None
    for parameter, input_name in zip(positional, placed, strict=False):
        if parameter.name == input_name:
            continue
        if parameter.name in written:
            raise FunctionError(f"{start}: its argument {parameter.name!r} would get the input {input_name!r}")
        if parameter.default is not parameter.empty and written:
            raise FunctionError(
                f"{start}: {input_name!r} would go to {parameter.name!r}, which has a default; "
                f"name the input {parameter.name!r} if that is meant"
            )
    return keywords


def _inputs(names: Sequence[str]) -> str:
    return f"{len(names)} input{'s' if len(names) != 1 else ''} {', '.join(names)}".rstrip()
