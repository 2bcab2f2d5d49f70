"""Derivations as plain data, and their JSON form.

A :class:`Derivation` is a list of named steps: a rule, the names of its premises, its arguments (terms, statements,
names, numbers) and the judgement it is said to reach. Reading one builds terms from nested lists by a fixed table;
no text is evaluated, and depth, number of nodes and lengths are bounded.

>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> data = encode(2 * Variable("X", d, n).T)
>>> data
['Scaled', ['Number', '2'], ['Transpose', ['Variable', 'X', 'd', 'n']]]
>>> decode(data)
2 Xᵀ
>>> decode(["Exec", "print(1)"])
Traceback (most recent call last):
...
symmetry.errors.DerivationError: unknown kind of node 'Exec'
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symmetry import formulas, terms
from symmetry.errors import DerivationError, ShapeError
from symmetry.formulas import Formula
from symmetry.sizes import Size
from symmetry.syntax import MAX_DEPTH, MAX_NODES, Node, SizeVariable

__all__ = ["Derivation", "Step", "decode", "encode", "from_json", "to_json"]

MAX_BYTES = 50_000_000
VERSION = 1

_TEXT, _SIZE, _NUMBER, _NODE, _SHAPE = "text", "size", "number", "node", "shape"
# Fields of each node; a list stands for a tuple of its one element.
_FIELDS: dict[str, tuple[Any, ...]] = {
    "Variable": (_TEXT, _SIZE, _SIZE),
    "SizeVariable": (_TEXT,),
    "Zero": (_SIZE, _SIZE),
    "Identity": (_SIZE,),
    "Number": (_NUMBER,),
    "Scaled": (_NODE, _NODE),
    "Sum": ([_NODE],),
    "Product": ([_NODE],),
    "Transpose": (_NODE,),
    "Pseudoinverse": (_NODE,),
    "Block": ([[_NODE]],),
    "MatrixGroup": (_TEXT, _SIZE),
    "Function": (_TEXT, [_SHAPE], _SHAPE),
    "Apply": (_NODE, [_NODE]),
    "Average": (_NODE, _NODE, _NODE),
    "StandardBasis": (_SIZE,),
    "Total": (_NODE, _NODE),
    "Lambda": ([_NODE], _NODE),
    "Equal": (_NODE, _NODE),
    "Member": (_NODE, _NODE),
    "And": ([_NODE],),
    "Implies": (_NODE, _NODE),
    "ForAll": (_NODE, _NODE),
    "Exists": (_NODE, _NODE),
}
# What a node is allowed to hold, by field name of its class.
_TERM, _FORMULA = terms.Term, formulas.Formula
_KINDS: dict[str, tuple[Any, ...]] = {
    "Scaled": (_TERM, _TERM),
    "Sum": (_TERM,),
    "Product": (_TERM,),
    "Transpose": (_TERM,),
    "Pseudoinverse": (_TERM,),
    "Block": (_TERM,),
    "Apply": (terms.Function, _TERM),
    "Average": (terms.Variable, terms.MatrixGroup, _TERM),
    "Total": (terms.Variable, _TERM),
    "Lambda": (terms.Variable, _TERM),
    "Equal": (_TERM, _TERM),
    "Member": (_TERM, (terms.MatrixGroup, terms.StandardBasis)),
    "And": (_FORMULA,),
    "Implies": (_FORMULA, _FORMULA),
    "ForAll": ((terms.Variable, terms.Function, SizeVariable), _FORMULA),
    "Exists": ((terms.Variable, terms.Function), _FORMULA),
}
_FRACTION = re.compile(r"-?\d{1,200}(/\d{1,200})?")


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Args:
        name: what later steps call it.
        rule: a rule of the kernel.
        by: names of premises: earlier steps, or lemmas (ids of other claims); ``"3.2"`` is part 2 of step 3.
        arguments: what the rule needs besides its premises.
        hypotheses, conclusion: the judgement that the step is said to reach.
        why: one sentence for the reader; it proves nothing.
    """

    name: str
    rule: str
    by: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    hypotheses: tuple[Formula, ...] = ()
    conclusion: Formula | None = None
    why: str = ""


@dataclass(frozen=True)
class Derivation:
    """A claim's statement and the steps that reach it."""

    claim: str
    statement: Formula
    steps: tuple[Step, ...]

    @property
    def lemmas(self) -> tuple[str, ...]:
        """Ids of the other claims that this one uses, in order of first use."""
        own = {step.name for step in self.steps}
        used: dict[str, None] = {}
        for step in self.steps:
            for reference in step.by:
                name = reference.split(".")[0]
                if name not in own:
                    used[name] = None
        return tuple(used)


def encode(item: Any) -> Any:
    """A term, statement or argument as JSON data."""
    if isinstance(item, SizeVariable):
        return ["SizeVariable", item.name]
    if isinstance(item, Node):
        return [type(item).__name__, *map(encode, item.key[1:])]
    if isinstance(item, Size | Fraction):
        return str(item)
    if isinstance(item, tuple | list):
        return [encode(part) for part in item]
    if isinstance(item, str | int) or item is None:
        return item
    raise DerivationError(f"cannot write a {type(item).__name__} as data")


class _Reader:
    def __init__(self) -> None:
        self.nodes = 0

    def node(self, data: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise DerivationError(f"a statement nested deeper than {MAX_DEPTH} or larger than {MAX_NODES} nodes")
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise DerivationError(f"expected a node [kind, …], found {_brief(data)}")
        kind, *values = data
        fields = _FIELDS.get(kind)
        if fields is None:
            raise DerivationError(f"unknown kind of node {_brief(kind)}")
        if len(values) != len(fields):
            raise DerivationError(f"{kind} has {len(fields)} fields, found {len(values)}")
        parts = [self.value(spec, value, depth + 1) for spec, value in zip(fields, values)]
        for allowed, part in zip(_KINDS.get(kind, ()), parts):
            for leaf in _leaves(part):
                if not isinstance(leaf, allowed):
                    raise DerivationError(f"a {kind} cannot hold a {type(leaf).__name__}")
        module = formulas if hasattr(formulas, kind) and kind in formulas.__all__ else terms
        try:
            return getattr(module, kind)(*parts)
        except ShapeError as error:
            raise DerivationError(str(error)) from None

    def value(self, spec: Any, data: Any, depth: int) -> Any:
        if isinstance(spec, list):
            if not isinstance(data, list):
                raise DerivationError(f"expected a list, found {_brief(data)}")
            return tuple(self.value(spec[0], part, depth) for part in data)
        if spec == _NODE:
            return self.node(data, depth)
        if spec == _SHAPE:
            if not isinstance(data, list) or len(data) != 2:
                raise DerivationError(f"expected a shape [rows, cols], found {_brief(data)}")
            return self.value(_SIZE, data[0], depth), self.value(_SIZE, data[1], depth)
        if not isinstance(data, str):
            raise DerivationError(f"expected text, found {_brief(data)}")
        if spec == _SIZE:
            try:
                size = Size.of(data)
            except ShapeError as error:
                raise DerivationError(str(error)) from None
            if str(size) != data:
                raise DerivationError(f"the size {_brief(data)} is written {str(size)!r} here")
            return size
        if spec == _NUMBER:
            return _fraction(data)
        return data


def _leaves(part: Any) -> Iterable[Any]:
    if isinstance(part, tuple):
        for inner in part:
            yield from _leaves(inner)
    else:
        yield part


def _brief(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= 60 else text[:57] + "…"


def _fraction(data: Any) -> Fraction:
    if not isinstance(data, str) or not _FRACTION.fullmatch(data):
        raise DerivationError(f"expected a rational number, found {_brief(data)}")
    try:
        return Fraction(data)
    except ZeroDivisionError:
        raise DerivationError(f"expected a rational number, found {_brief(data)}") from None


def decode(data: Any) -> Any:
    """The term or statement that JSON data describe.

    Raises:
        DerivationError: unknown node, wrong fields, shapes that do not fit, or more than the bounds allow.
    """
    return _Reader().node(data)


def _step_data(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "rule": step.rule,
        "by": list(step.by),
        "arguments": {key: encode(value) for key, value in step.arguments.items()},
        "hypotheses": [encode(hypothesis) for hypothesis in step.hypotheses],
        "conclusion": None if step.conclusion is None else encode(step.conclusion),
        "why": step.why,
    }


def to_json(derivations: Iterable[Derivation]) -> str:
    """Derivations, lemmas first, as JSON text.

    The document is ``{"format": "symmetry-derivations", "version": 1, "derivations": [{"claim", "statement",
    "steps": [{"name", "rule", "by", "arguments", "hypotheses", "conclusion", "why"}]}]}``.
    """
    document = {
        "format": "symmetry-derivations",
        "version": VERSION,
        "derivations": [
            {
                "claim": derivation.claim,
                "statement": encode(derivation.statement),
                "steps": [_step_data(step) for step in derivation.steps],
            }
            for derivation in derivations
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_json(text: str) -> tuple[Derivation, ...]:
    """The derivations that JSON text describes.

    Raises:
        DerivationError: not such a document, or beyond the bounds on size and depth.
    """
    if len(text) > MAX_BYTES:
        raise DerivationError(f"a derivation file of {len(text)} characters is larger than the {MAX_BYTES} allowed")
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twice)
    except (ValueError, RecursionError) as error:
        raise DerivationError(f"not JSON: {type(error).__name__}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != "symmetry-derivations":
        raise DerivationError('not a derivation file: expected an object with "format": "symmetry-derivations"')
    if document.get("version") != VERSION:
        raise DerivationError(f"derivation file version {document.get('version')!r}: this release reads {VERSION}")
    items = document.get("derivations")
    if not isinstance(items, list) or not items:
        raise DerivationError("the file holds no derivation: nothing would be checked")
    return tuple(_derivation(item) for item in items)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number here")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a key stands twice in an object with {', '.join(found)}")
    return found


def _derivation(data: Any) -> Derivation:
    entry = _object(data, ("claim", "statement", "steps"), "derivation")
    if not isinstance(entry["steps"], list):
        raise DerivationError("the steps of a derivation are a list")
    steps = tuple(_step(step) for step in entry["steps"])
    return Derivation(_name(entry["claim"]), _statement(entry["statement"]), steps)


def _step(data: Any) -> Step:
    entry = _object(data, ("name", "rule", "by", "arguments", "hypotheses", "conclusion", "why"), "step")
    arguments, by, hypotheses = entry["arguments"], entry["by"], entry["hypotheses"]
    if not isinstance(arguments, dict) or not isinstance(by, list) or not isinstance(hypotheses, list):
        raise DerivationError(f"step {_brief(entry['name'])}: by and hypotheses are lists, arguments an object")
    return Step(
        name=_name(entry["name"]),
        rule=_name(entry["rule"]),
        by=tuple(_name(reference) for reference in by),
        arguments={_name(key): _argument(value) for key, value in arguments.items()},
        hypotheses=tuple(_statement(hypothesis) for hypothesis in hypotheses),
        conclusion=_statement(entry["conclusion"]),
        why=entry["why"] if isinstance(entry["why"], str) else "",
    )


def _argument(data: Any, depth: int = 0) -> Any:
    """A node where the list names one, else a tuple, text or number."""
    if depth > MAX_DEPTH:
        raise DerivationError(f"arguments nested deeper than {MAX_DEPTH}")
    if isinstance(data, list):
        if data and isinstance(data[0], str) and data[0] in _FIELDS:
            return decode(data)
        return tuple(_argument(part, depth + 1) for part in data)
    if isinstance(data, str) or data is None or (isinstance(data, int) and not isinstance(data, bool)):
        return data
    raise DerivationError(f"an argument cannot be {_brief(data)}")


def _statement(data: Any) -> Formula:
    statement = decode(data)
    if not isinstance(statement, Formula):
        raise DerivationError(f"expected a statement, found the term {statement}")
    return statement


def _object(data: Any, keys: tuple[str, ...], what: str) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != set(keys):
        found = sorted(data) if isinstance(data, dict) else _brief(data)
        raise DerivationError(f"a {what} has exactly the keys {', '.join(keys)}; found {found}")
    return data


def _name(data: Any) -> str:
    if not isinstance(data, str) or not 0 < len(data) <= 200:
        raise DerivationError(f"expected a short name, found {_brief(data)}")
    return data
