"""A counterexample as a short program that anybody can run: NumPy, and the function from where it is."""

from __future__ import annotations

import json
import keyword
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.calls.passing import Passing
from symmetry.checks.function.counterexamples.literals import LINE, MOST_ENTRIES, assignment
from symmetry.checks.function.noise import norms
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["reproduction", "where_defined"]

TAKEN = {
    "f",
    "function",
    "owner",
    "attrgetter",
    "np",
    "json",
    "sys",
    "runpy",
    "torch",
    "jax",
    "saved",
    "file",
    "numbers",
}
TAKEN |= {"left", "right", "scale", "difference"}
ORDINARY = 2.0**300  # numbers up to this size, and down to its inverse, can be squared
CONVERTED = {"numpy": "{}", "torch": "torch.as_tensor({})", "jax": "jax.numpy.asarray({})"}


class Reproducible(Protocol):
    """What a program has to know of a counterexample; a ``Violation`` does."""

    @property
    def note(self) -> str: ...

    @property
    def factor(self) -> str: ...

    @property
    def residual(self) -> float: ...

    @property
    def tolerance(self) -> float: ...

    @property
    def passing(self) -> Passing: ...

    @property
    def is_exact(self) -> bool: ...

    def stated(self) -> Problem: ...

    def arrays(self) -> dict[str, Array]: ...

    def sides(self) -> tuple[tuple[Array, ...], tuple[Array, ...]]: ...


def reproduction(
    violation: Reproducible,
    function: str | Callable[..., Any] = "",
    *,
    saved: tuple[str, int] | None = None,
) -> str:
    """The source of a program that computes both sides of the equation and prints how far they are apart.

    Args:
        violation: the counterexample, with its problem.
        function: where it is, ``"FILE.py:NAME"`` or ``"package.module:NAME"``, or the function itself;
            of one that cannot be imported the program leaves the place free.
        saved: a file of counterexamples, and which of them this one is, from where large arrays are then loaded.

    Raises:
        UsageError: the counterexample does not say to which problem.

    >>> from symmetry.checks.function import check
    >>> from symmetry.problem import Problem
    >>> found = check(abs, Problem("X: d n -> d n", group="O(d)")).counterexamples["O(d)"]
    >>> print(reproduction(found, "builtins:abs").partition("import")[2])
     numpy as np
    from builtins import abs as f
    <BLANKLINE>
    Q = np.array([[-1, 0], [0, -1]], dtype=float)
    X = np.array([[...], [...]], dtype=float)
    <BLANKLINE>
    left = np.asarray(f(Q @ X), dtype=float)
    right = Q @ np.asarray(f(X), dtype=float)
    difference = np.linalg.norm(left - right) / max(np.linalg.norm(left), np.linalg.norm(right))
    print("f(g·x) =", left, "g·f(x) =", right, sep="\\n")
    print(f"relative difference {difference:.2g}; rounding explains ...")
    <BLANKLINE>
    >>> from dataclasses import replace
    >>> reproduction(replace(found, problem=None), abs)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: this counterexample does not say to which problem
    """
    problem = violation.stated()
    if not isinstance(function, str):
        function = where_defined(function)
    passing = violation.passing
    arrays = violation.arrays()
    names = _variables(arrays)
    is_exact = violation.is_exact
    stored = {name for name, array in arrays.items() if saved and not is_exact and array.size > MOST_ENTRIES}
    lines = [*_docstring(violation), *_imports(function, passing, bool(stored), is_exact)]
    if not _is_plain(passing):
        lines += _converting(passing, {name: names[name] for name in problem.names})
    lines += ["", *(["rationals = Rationals()"] if is_exact else [])]
    if saved is not None and stored:
        lines += [f'with open({json.dumps(saved[0])}, encoding="utf-8") as file:']
        lines += [f'    saved = json.load(file)["counterexamples"][{saved[1]}]']
    for name, array in arrays.items():
        if name in stored:
            key = f'["inputs"][{json.dumps(name)}]' if name in problem.names else '["transform"]'
            dtype = "int" if array.dtype.kind == "i" else "float"
            lines.append(f"{names[name]} = np.array(saved{key}, dtype={dtype})")
        else:
            lines += assignment(names[name], array)
    return "\n".join([*lines, "", *_sides(violation, names, passing.keywords if _is_plain(passing) else ())]) + "\n"


def where_defined(function: Callable[..., Any]) -> str:
    """``"package.module:NAME"`` or ``"FILE.py:NAME"``, or nothing for what cannot be imported (a lambda, a closure).

    >>> import math
    >>> where_defined(math.hypot), where_defined(lambda X: X)
    ('math:hypot', '')
    """
    name, module = getattr(function, "__qualname__", ""), sys.modules.get(getattr(function, "__module__", None) or "")
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not name or module is None or module.__name__ == "__main__":
        return ""
    is_bound = getattr(function, "__self__", module) is not module
    again = getattr(found, "__code__", None) == getattr(function, "__code__", module)  # the same, loaded twice
    if found is not function and (is_bound or not again):
        return ""
    if module.__name__.startswith("_checked_"):
        return f"{module.__file__}:{name}"
    return f"{module.__name__}:{name}"


def _docstring(violation: Reproducible) -> list[str]:
    text = violation.note.replace("\\", "\\\\").replace('"""', "'''")
    if len(text) + 7 <= LINE:
        return [f'"""{text}."""', ""]
    return ['"""', *textwrap.wrap(f"{text}.", LINE), '"""', ""]


def _is_plain(passing: Passing) -> bool:
    """Whether the function can be called as it is."""
    return passing.backend == "numpy" and not passing.held


def _imports(function: str, passing: Passing, needs_json: bool, is_exact: bool) -> list[str]:
    place, _, name = function.rpartition(":")
    first, *rest = name.split(".")
    local = "f" if _is_plain(passing) else "function"
    standard, third, path = ["import json"] if needs_json else [], ["import numpy as np"], ""
    if is_exact:
        standard.append("from fractions import Fraction")
        third.append("from symmetry.checks.function.exact.arithmetic import Rationals")
        third.append("from symmetry.checks.function.exact.arrays import exact_array")
    if passing.held:
        standard.append("from operator import attrgetter")
    if passing.backend != "numpy":
        third.append(f"import {passing.backend}")
    is_file = place.endswith(".py") or os.sep in place
    stem = Path(place).stem
    if is_file:
        path = os.path.dirname(place) or "."
    elif Path(place.partition(".")[0]).is_dir() or Path(f"{place.partition('.')[0]}.py").is_file():
        path = "."
    if path:
        standard.append("import sys")
    source = ""
    if not function:
        source = f'\n\ndef {local}(*inputs):\n    raise NotImplementedError("put the function that was checked here")\n'
    elif is_file and (not stem.isidentifier() or stem in sys.stdlib_module_names or stem in {"numpy", passing.backend}):
        standard.append("import runpy")
        source = f"{local} = runpy.run_path({json.dumps(place)})[{json.dumps(first)}]" + "".join(f".{x}" for x in rest)
    else:
        source = f"from {stem if is_file else place} import {first}"
        source += f" as {local}" if not rest and first != local else ""
        source += f"\n\n{local} = {name}" if rest else ""
    lines = [*sorted(standard), *([""] if standard else []), *third]
    lines += ["", f"sys.path.insert(0, {json.dumps(path)})"] if path else []
    return [*lines, *source.split("\n")]


def _converting(passing: Passing, variables: Mapping[str, str]) -> list[str]:
    """The function of NumPy arrays, for one that takes tensors, or computes with parameters that are inputs."""
    convert = CONVERTED[passing.backend].format
    given = {name: convert(variable) for name, variable in variables.items()}
    held = {path: given.pop(name) for name, path in passing.held.items()}
    call = f"return {_call('function', given, passing.keywords)}"
    lines = [""]
    if passing.backend == "jax":
        lines += ['jax.config.update("jax_enable_x64", True)']
    if passing.backend == "torch":
        lines += ["torch.set_default_dtype(torch.float64)"]
    if passing.backend == "torch" or held:
        lines += ['owner = getattr(function, "__self__", function)']
    if passing.backend == "torch":
        lines += ["if isinstance(owner, torch.nn.Module):", "    owner.eval().double()"]
    body = []
    for path, value in held.items():
        if passing.backend == "torch":
            body.append(f"attrgetter({json.dumps(path)})(owner).data = {value}")
        else:
            parent, _, name = path.rpartition(".")
            holder = f"attrgetter({json.dumps(parent)})(owner)" if parent else "owner"
            body.append(f"object.__setattr__({holder}, {json.dumps(name)}, {value})")
    body.append(call)
    if passing.backend == "torch":
        body = ["with torch.no_grad():", *(f"    {line}" for line in body)]
    return [*lines, "", "", f"def f({', '.join(variables.values())}):", *(f"    {line}" for line in body), ""]


def _sides(violation: Reproducible, names: Mapping[str, str], keywords: Sequence[str]) -> list[str]:
    problem = violation.stated()
    factor = next(g for g in problem.group if str(g) == violation.factor)
    acts = problem.action(factor)
    letter = next(iter(names.values()))
    lefts, rights = violation.sides()
    which = _worst(lefts, rights, violation.residual)
    moved = {
        name: _acted(factor, letter, names[name], len(tensor.axes), axes)
        for name, tensor, axes in zip(problem.names, problem.inputs, acts.inputs, strict=True)
    }
    output = f"[{which}]" if len(lefts) > 1 else ""
    is_complex = np.iscomplexobj(lefts[which]) or np.iscomplexobj(rights[which])
    dtype = "" if violation.is_exact else ", dtype=complex" if is_complex else ", dtype=float"
    left = f"np.asarray({_call('f', moved, keywords)}{output}{dtype})"
    still = f"np.asarray({_call('f', {name: names[name] for name in problem.names}, keywords)}{output}{dtype})"
    right = _acted(factor, letter, still, lefts[which].ndim, acts.outputs[which])
    equation = "f(x)" if not acts.outputs[which] else "g·f(x)"
    lines = [f"left = {left}", f"right = {right}"]
    printed = f'print("f(g·x) =", left, "{equation} =", right, sep="\\n")'
    if violation.is_exact:
        lines.append("difference = Fraction(str(np.max(np.abs(left - right)) / np.max(np.abs([left, right]))))")
        return [*lines, printed, 'print(f"relative difference {float(difference):.2g}; without rounding")']
    largest = max(float(np.max(np.abs(side), initial=0.0)) for side in (lefts[which], rights[which]))
    if not 1 / ORDINARY < largest < ORDINARY:
        lines.append("scale = max(np.max(np.abs(left)), np.max(np.abs(right)))")
        lines.append("left, right = left / scale, right / scale")
    return [
        *lines,
        "difference = np.linalg.norm(left - right) / max(np.linalg.norm(left), np.linalg.norm(right))",
        printed,
        f'print(f"relative difference {{difference:.2g}}; rounding explains {violation.tolerance:.1e}")',
    ]


def _worst(lefts: Sequence[Array], rights: Sequence[Array], residual: float) -> int:
    """The output that the residual is of."""
    if any(side.dtype == object for side in lefts):
        return int(np.argmax([np.max(np.abs(a - b)) for a, b in zip(lefts, rights, strict=True)]))
    apart = norms([a - b for a, b in zip(lefts, rights, strict=True)])
    size = np.maximum(norms(lefts), norms(rights))
    return int(np.argmin(np.abs(apart / np.where(size > 0, size, 1.0) - residual)))


def _call(function: str, arguments: Mapping[str, str], keywords: Sequence[str]) -> str:
    placed = [text for name, text in arguments.items() if name not in keywords]
    named = [f"{name}={text}" for name, text in arguments.items() if name in keywords]
    return f"{function}({', '.join([*placed, *named])})"


def _acted(factor: Group, letter: str, array: str, ndim: int, axes: Sequence[int]) -> str:
    """An expression for the array on which an element has acted.

    >>> O, S = Group("O", "d"), Group("S", "n")
    >>> _acted(O, "Q", "X", 2, (0,)), _acted(O, "Q", "X", 3, (2,)), _acted(O, "Q", "W", 2, (0, 1))
    ('Q @ X', 'X @ Q.T', 'Q @ W @ Q.T')
    >>> _acted(S, "p", "X", 3, (1,)), _acted(S, "p", "A", 2, (0, 1)), _acted(O, "Q", "X", 3, (0,))
    ('X[:, p]', 'A[p][:, p]', 'np.einsum("ai,ijk->ajk", Q, X)')
    >>> _acted(Group("T", "d"), "t", "X", 3, (1,)), _acted(Group("T", "d"), "t", "x", 1, (0,))
    ('X + t[:, None]', 'x + t')
    """
    if factor.kind.acts == "shift":
        index = [f"[:{', None' * (ndim - 1 - axis)}]" if axis < ndim - 1 else "" for axis in axes]
        return array + "".join(f" + {letter}{where}" for where in index)
    if factor.kind.acts == "permutation":
        return array + "".join(f"[{':, ' * axis}{letter}]" for axis in axes)
    if all(axis >= ndim - 2 for axis in axes):
        left = f"{letter} @ " if ndim == 1 and axes else f"{letter} @ " if ndim - 2 in axes else ""
        return f"{left}{array}" + (f" @ {letter}.T" if ndim > 1 and ndim - 1 in axes else "")
    old = "ijklmnopqrstuvwxyz"[:ndim]
    new = dict(zip(axes, "abcdefgh", strict=False))
    result = "".join(new.get(axis, index) for axis, index in enumerate(old))
    terms = ",".join([*(f"{new[axis]}{old[axis]}" for axis in axes), old])
    return f'np.einsum("{terms}->{result}", {f"{letter}, " * len(axes)}{array})'


def _variables(names: Iterable[str]) -> dict[str, str]:
    """A variable for each name: itself, unless it is taken or no variable."""
    found: dict[str, str] = {}
    for name in names:
        variable = name if name.isidentifier() else "g"
        while variable in TAKEN or keyword.iskeyword(variable) or variable in found.values():
            variable += "_"
        found[name] = variable
    return found
