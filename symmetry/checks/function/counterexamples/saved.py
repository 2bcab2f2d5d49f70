"""Counterexamples in a file: JSON, with every number as it was.

A document is ``{"format": "symmetry-counterexamples", "version": 1, "counterexamples": […]}``. Each counterexample has
``function``, ``backend``, ``params`` (inputs that are parameters of a module, and which), ``problem``, ``group``,
``factor``, ``component``, ``sizes``, ``dtype``, ``transform`` (the indices of a permutation, the rows of a matrix, the
vector of a translation), ``inputs`` by name, ``left`` and ``right`` (a list of outputs each),
``residual``, ``tolerance``, ``seed`` and ``note``. Numbers are written so that reading gives the same float; an output
of complex numbers is ``{"real": …, "imag": …}``. Where ``dtype`` is ``"rational"``, they are integers, and fractions as
text.

The file is data. What is read from it is checked, place by place, and nothing in it is evaluated.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.calls.passing import Passing
from symmetry.checks.function.counterexamples.transforms import component_of, transform_name
from symmetry.checks.function.counterexamples.violation import Violation
from symmetry.checks.function.inputs import assignments
from symmetry.checks.function.noise import norms
from symmetry.checks.function.report import printable
from symmetry.errors import UsageError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Saved", "is_saved", "read_saved", "saved_text"]

FORMAT, VERSION = "symmetry-counterexamples", 1
MOST_BYTES, MOST_COUNTEREXAMPLES, LONGEST = 50_000_000, 10_000, 2_000
LARGEST = 10**18  # of a seed
FLOAT, RATIONAL = "float64", "rational"
FRACTION = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{0,4000})?")
BACKENDS = ("numpy", "torch", "jax")
KEYS = (
    "function", "backend", "params", "problem", "group", "factor", "component", "sizes", "dtype", "transform", "inputs",
    "left", "right", "residual", "tolerance", "seed", "note",
)  # fmt: skip
CONSISTENT = 1e-6  # how well the residual agrees with the sides from which it was computed, both in full precision


@dataclass(frozen=True)
class Saved:
    """A counterexample, and the function that it is to.

    Args:
        function: ``"FILE.py:NAME"`` or ``"package.module:NAME"``.
        violation: with its problem.
    """

    function: str
    violation: Violation


def saved_text(found: Iterable[Saved]) -> str:
    """The document, one counterexample a line."""
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "counterexamples": ['
    lines = [json.dumps(_document(one), ensure_ascii=False, allow_nan=False) for one in found]
    return head + "".join(f"{',' * (index > 0)}\n{line}" for index, line in enumerate(lines)) + "\n]}\n"


def is_saved(path: str) -> bool:
    """Whether a file begins as a document of counterexamples does."""
    try:
        with open(path, "rb") as file:
            return file.read(len(FORMAT) + 14).decode("utf-8", errors="replace").startswith(f'{{"format": "{FORMAT}')
    except OSError:
        return False


def read_saved(path: str) -> tuple[Saved, ...]:
    """The counterexamples of a file.

    Raises:
        UsageError: it cannot be read, is no such document, or says what cannot be; the message names the place.

    >>> import tempfile
    >>> from pathlib import Path
    >>> name = f"{tempfile.mkdtemp()}/found.json"
    >>> _ = Path(name).write_text(saved_text([]))
    >>> read_saved(name)
    ()
    >>> _ = Path(name).write_text(saved_text([]).replace('"version": 1', '"version": 2'))
    >>> read_saved(name)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: ...found.json, version: expected 1, which this release reads, not 2
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(
                f"{path} is larger than the {MOST_BYTES // 10**6} MB that a file of counterexamples may be"
            )
        document = json.loads(content.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_twice)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {error}") from None
    reader = _Place(path, "")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f'{path} is not a file of counterexamples: expected an object with "format": "{FORMAT}"')
    if document.get("version") != VERSION or isinstance(document["version"], bool):
        reader.at("version").refuse(f"expected {VERSION}, which this release reads", document.get("version"))
    entries = reader.fields(document, ("format", "version", "counterexamples"))["counterexamples"]
    place = reader.at("counterexamples")
    if not isinstance(entries, list) or len(entries) > MOST_COUNTEREXAMPLES:
        place.refuse(f"expected a list of at most {MOST_COUNTEREXAMPLES} counterexamples", entries)
    return tuple(_read(entry, place.at(index)) for index, entry in enumerate(entries))


def _document(saved: Saved) -> dict[str, Any]:
    found = saved.violation
    problem = found.stated()
    transform, *inputs = found.arrays().values()
    left, right = found.sides()
    return {
        "function": saved.function,
        "backend": found.passing.backend,
        "params": dict(found.passing.held),
        "problem": str(problem),
        "group": str(problem.group),
        "factor": found.factor,
        "component": found.component,
        "sizes": dict(problem.sizes),
        "dtype": RATIONAL if found.is_exact else FLOAT,
        "transform": _plain(transform),
        "inputs": {name: _plain(array) for name, array in zip(problem.names, inputs, strict=True)},
        "left": [_plain(array) for array in left],
        "right": [_plain(array) for array in right],
        "residual": found.residual,
        "tolerance": found.tolerance,
        "seed": found.seed,
        "note": found.note,
    }


def _plain(array: Array) -> Any:
    if array.dtype == object:
        if array.ndim:
            return [_plain(np.asarray(row, dtype=object)) for row in array]
        number: Fraction = array.item()
        return int(number) if number.denominator == 1 and abs(number) < 2**53 else str(number)
    if np.iscomplexobj(array):
        return {"real": array.real.tolist(), "imag": array.imag.tolist()}
    return array.tolist()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number here")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a key stands twice in an object with {', '.join(found)[:LONGEST]}")
    return found


@dataclass(frozen=True)
class _Place:
    """Somewhere in a file; what is wrong there is refused with the place."""

    path: str
    where: str

    def at(self, key: str | int) -> _Place:
        if isinstance(key, int):
            return _Place(self.path, f"{self.where}[{key}]")
        return _Place(self.path, f"{self.where}.{key}" if self.where else key)

    def refuse(self, expected: str, found: Any = None) -> NoReturn:
        shown = "" if found is None else f", not {_shortened(found)}"
        raise UsageError(f"{self.path}, {self.where}: {expected}{shown}")

    def fields(self, value: Any, keys: Sequence[str]) -> dict[str, Any]:
        """An object with exactly these keys."""
        if not isinstance(value, dict):
            self.refuse(f"expected an object with {', '.join(keys)}", value)
        for key in value:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(keys) or 'none'}"
                raise UsageError(
                    f"{self.path}{', ' if self.where else ''}{self.where}: unknown key {_shortened(key)}{hint}"
                )
        for key in keys:
            if key not in value:
                raise UsageError(f"{self.path}{', ' if self.where else ''}{self.where}: {key!r} is missing")
        return value

    def text(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
            self.refuse("expected a line of text", value)
        return value

    def one_of(self, value: Any, known: Sequence[Any]) -> Any:
        if value not in known or isinstance(value, bool | float):
            self.refuse(f"expected {' or '.join(map(repr, known))}", value)
        return value

    def number(self, value: Any) -> float:
        """A finite number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse("expected a number", value)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.refuse("expected a number that a float holds", value)
        return number

    def fraction(self, value: Any) -> Fraction:
        """An integer, or a fraction as text."""
        if isinstance(value, int) and not isinstance(value, bool):
            return Fraction(value)
        if not isinstance(value, str) or not FRACTION.fullmatch(value):
            self.refuse('expected an integer, or a fraction such as "3/5"', value)
        return Fraction(value)

    def array(self, value: Any, shape: Sequence[int], dtype: str = FLOAT) -> Array:
        """An array of numbers with a given shape."""
        read = _Place.fraction if dtype == RATIONAL else _Place.number
        entries = self._nested(value, tuple(shape), read)
        return np.array(entries, dtype=object if dtype == RATIONAL else np.float64).reshape(shape)

    def _nested(self, value: Any, shape: tuple[int, ...], read: Callable[[_Place, Any], Any]) -> Any:
        if not shape:
            return read(self, value)
        if not isinstance(value, list):
            self.refuse(f"expected a list of {shape[0]}", value)
        if len(value) != shape[0]:
            self.refuse(f"expected {shape[0]} items, not {len(value)}")
        return [self.at(index)._nested(item, shape[1:], read) for index, item in enumerate(value)]


def _read(value: Any, place: _Place) -> Saved:
    entry = place.fields(value, KEYS)
    texts = {key: place.at(key).text(entry[key]) for key in ("function", "problem", "group", "factor", "note")}
    backend = place.at("backend").one_of(entry["backend"], BACKENDS)
    dtype = place.at("dtype").one_of(entry["dtype"], (FLOAT, RATIONAL))
    problem = _problem(place, texts["problem"], texts["group"], entry["sizes"])
    factors = {str(factor): factor for factor in problem.group}
    factor = factors[place.at("factor").one_of(texts["factor"], tuple(factors))]
    component = place.at("component").one_of(entry["component"], factor.components)
    transform = _transform(place.at("transform"), factor, component, entry["transform"], problem, dtype)
    held = _held(place.at("params"), entry["params"], problem)
    given = place.at("inputs").fields(entry["inputs"], problem.names)
    inputs = [
        place.at("inputs").at(name).array(given[name], problem.shape(tensor), dtype)
        for name, tensor in zip(problem.names, problem.inputs, strict=True)
    ]
    left, right = (_outputs(place.at(side), entry[side], problem, dtype) for side in ("left", "right"))
    residual, tolerance = (place.at(key).number(entry[key]) for key in ("residual", "tolerance"))
    seed = entry["seed"]
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST):
        place.at("seed").refuse("expected a natural number or null", seed)
    if dtype == RATIONAL and tolerance:
        place.at("tolerance").refuse("expected 0, since nothing is rounded", tolerance)
    if not tolerance < residual or (tolerance <= 0 and dtype != RATIONAL):
        place.at("residual").refuse(f"expected more than the tolerance, {tolerance}, for a violation", residual)
    apart = _apart(left, right, dtype)
    if not any(abs(one - residual) <= CONSISTENT * residual for one in apart):
        place.at("residual").refuse(f"left and right differ by {max(apart):.3g}", residual)
    shown = _exactly if dtype == RATIONAL else printable
    sides = [shown(side if len(side) > 1 else side[0]) for side in (left, right)]
    letter = transform_name(factor, problem)
    violation = Violation(
        values={letter: shown(transform)} | {n: shown(x) for n, x in zip(problem.names, inputs, strict=True)},
        note=texts["note"],
        left=sides[0],
        right=sides[1],
        seed=seed,
        sizes=problem.sizes,
        factor=str(factor),
        component=component,
        residual=residual,
        tolerance=tolerance,
        problem=problem,
        passing=Passing(backend, (), held),
        is_exact=dtype == RATIONAL,
    )
    return Saved(texts["function"], violation)


def _exactly(value: Any) -> Any:
    """Nested tuples of integers, and of fractions as text."""
    if isinstance(value, tuple | np.ndarray) and np.ndim(value):
        return tuple(map(_exactly, value))
    number = Fraction(value.item() if isinstance(value, np.ndarray | np.generic) else value)
    return int(number) if number.denominator == 1 else str(number)


def _held(place: _Place, value: Any, problem: Problem) -> dict[str, str]:
    if not isinstance(value, dict):
        place.refuse("expected an object from inputs to parameters", value)
    for name in value:
        place.one_of(name, problem.names)
    return {name: place.at(name).text(path) for name, path in value.items()}


def _problem(place: _Place, line: str, group: str, sizes: Any) -> Problem:
    try:
        problem = Problem(line, group=group)
    except UsageError as error:
        place.at("problem").refuse(str(error))
    names = tuple(axis for axis in problem.axes if isinstance(axis, str))
    given = place.at("sizes").fields(sizes, names)
    for name, size in given.items():
        if isinstance(size, bool) or not isinstance(size, int):
            place.at("sizes").at(name).refuse("expected a positive integer", size)
    try:
        return assignments(problem, [given])[0]
    except UsageError as error:
        place.at("sizes").refuse(str(error))


def _transform(place: _Place, factor: Group, component: int, value: Any, problem: Problem, dtype: str) -> Array:
    size = problem.size(factor.axis)
    if factor.kind.acts == "permutation":
        dtype = FLOAT
    given = place.array(value, (size, size) if factor.kind.acts == "matrix" else (size,), dtype)
    element = given.astype(np.float64)
    if factor.kind.acts == "permutation":
        if not np.all(np.isin(element, np.arange(size))):
            place.refuse(f"expected indices from 0 to {size - 1}")
        given = element = element.astype(np.int64)
    found = component_of(factor, element)
    if dtype == RATIONAL and factor.kind.acts == "matrix" and not factor.kind.contains(tuple(map(tuple, given))):
        found = None
    if found is None:
        place.refuse(f"expected an element of {factor} ({', '.join(factor.kind.equations)}), up to rounding")
    alike = size == 1 and np.array_equal(factor.monomial(np.random.default_rng(0), 1, component), element)
    if found != component and not alike:  # at size 1 components may coincide
        words = factor.kind.components
        place.refuse(f"expected a {words[component]}, as 'component' says, not a {words[found]}")
    return given


def _outputs(place: _Place, value: Any, problem: Problem, dtype: str) -> tuple[Array, ...]:
    if not isinstance(value, list) or len(value) != len(problem.outputs):
        place.refuse(f"expected a list of {len(problem.outputs)} outputs", value)
    return tuple(
        _side(place.at(index), item, problem.shape(tensor), dtype)
        for index, (item, tensor) in enumerate(zip(value, problem.outputs, strict=True))
    )


def _side(place: _Place, value: Any, shape: Sequence[int], dtype: str) -> Array:
    if not isinstance(value, dict):
        return place.array(value, shape, dtype)
    parts = place.fields(value, ("real", "imag"))
    real, imag = (place.at(key).array(parts[key], shape) for key in ("real", "imag"))
    return np.asarray(real + 1j * imag)


def _apart(left: Sequence[Array], right: Sequence[Array], dtype: str) -> list[float]:
    """How far the sides are apart, relative to the larger: each output, or all of them together if they are exact."""
    if dtype == RATIONAL:
        largest = max(abs(x) for side in (*left, *right) for x in side.flat)
        differences = [abs(x) for a, b in zip(left, right, strict=True) for x in np.asarray(a - b).flat]
        return [float(max(differences) / largest) if largest else 0.0]
    apart = norms([a - b for a, b in zip(left, right, strict=True)])
    size = np.maximum(norms(left), norms(right))
    return [float(x) for x in apart / np.where(size > 0, size, 1.0)]


def _shortened(value: Any) -> str:
    text = repr(value) if not isinstance(value, list | dict) else f"a {'list' if isinstance(value, list) else 'object'}"
    return text if len(text) <= 60 else f"{text[:59]}…"
