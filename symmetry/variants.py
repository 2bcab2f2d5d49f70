"""Changed claims: a derivation with something replaced, or a hypothesis dropped, everywhere in it.

The result is a derivation of the changed statement in which every term, statement and premise list has been adapted,
so that only a link or a side condition of the kernel can refuse it. It is replayed by the same code as the true one.

>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> X, Q = Variable("X", d, n), Variable("Q", d, d)
>>> replaced(X.T * Q.T * Q * X, [(Q.T * Q, Q)])
Xᵀ Q X
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_fields
from typing import Any

from symmetry.derivation import Derivation, Step
from symmetry.errors import DerivationError, ShapeError
from symmetry.formulas import Formula, Implies
from symmetry.registry import Variant
from symmetry.syntax import Node, SizeVariable
from symmetry.terms import Product, Sum

__all__ = ["changed", "replaced"]

# Rules that take any number of premises and need none of them in particular.
_OPTIONAL = ("chain", "combine", "restate")


def changed(derivation: Derivation, variant: Variant) -> Derivation:
    """The derivation of the changed statement.

    Raises:
        DerivationError: the changed parts do not fit together, or nothing is changed, or no step is left; the variant
            itself is then at fault.
    """
    try:
        change = _Change(variant)
        statement = change.item(derivation.statement)
        steps = tuple(_dropped([change.step(step) for step in derivation.steps], variant))
    except ShapeError as error:
        raise DerivationError(f"{variant.title}: the changed parts do not fit together: {error}") from error
    if not steps:
        raise DerivationError(f"{variant.title}: no step is left")
    if not variant.field and statement == derivation.statement:
        raise DerivationError(f"{variant.title}: the statement is not changed")
    return Derivation(derivation.claim, statement, steps)


class _Change:
    """What a variant makes of terms and statements; every part is changed once, however often it occurs."""

    def __init__(self, variant: Variant):
        self.variant = variant
        self.known: dict[Any, Any] = {}

    def step(self, step: Step) -> Step:
        arguments = {key: self.item(value) for key, value in step.arguments.items()}
        return with_fields(step, arguments=arguments, hypotheses=(), conclusion=None)

    def item(self, item: Any) -> Any:
        # A dropped hypothesis keeps its own assumption step, by which the steps that rest on it are found.
        if isinstance(item, Formula) and item in self.variant.drop:
            return item
        return _replaced(_weakened(item, self.variant.drop), self.variant.replace, self.known)


def _weakened(item: Any, drop: Sequence[Formula]) -> Any:
    """The item without the dropped premises of its implications."""
    if not drop:
        return item
    if isinstance(item, tuple):
        return tuple(_weakened(part, drop) for part in item)
    if not isinstance(item, Formula):
        return item
    if isinstance(item, Implies) and item.premise in drop:
        return _weakened(item.conclusion, drop)
    return type(item)(*(_weakened(part, drop) for part in item.key[1:]))


def replaced(item: Any, pairs: Sequence[tuple[Any, Any]]) -> Any:
    """The item with every occurrence of an old part replaced by the new one, outermost first.

    An old product or sum is also found as a run of neighbours inside a longer one.
    """
    return _replaced(item, pairs, {})


def _replaced(item: Any, pairs: Sequence[tuple[Any, Any]], known: dict[Any, Any]) -> Any:
    if not pairs:
        return item
    if isinstance(item, tuple):
        return tuple(_replaced(part, pairs, known) for part in item)
    if not isinstance(item, Node | SizeVariable):
        return item
    if item not in known:
        known[item] = _replace_in(item, pairs, known)
    return known[item]


def _replace_in(item: Any, pairs: Sequence[tuple[Any, Any]], known: dict[Any, Any]) -> Any:
    for old, new in pairs:
        if item == old:
            return new
    if isinstance(item, SizeVariable):
        return item
    if isinstance(item, Product | Sum):
        return type(item)(_runs_replaced(item, pairs, known))
    fields = item.key[1:]
    changed = _replaced(fields, pairs, known)
    return item if changed == fields else type(item)(*changed)


def _runs_replaced(item: Product | Sum, pairs: Sequence[tuple[Any, Any]], known: dict[Any, Any]) -> tuple[Any, ...]:
    """The parts of a product or sum, with runs that are an old product or sum replaced, from left to right."""
    kind, parts = type(item), item.key[1]
    found: list[Any] = []
    start = 0
    while start < len(parts):
        for old, new in pairs:
            if type(old) is kind and parts[start : start + len(old.key[1])] == old.key[1]:
                found.extend(new.key[1] if type(new) is kind else (new,))
                start += len(old.key[1])
                break
        else:
            found.append(_replaced(parts[start], pairs, known))
            start += 1
    return tuple(found)


def _dropped(steps: Sequence[Step], variant: Variant) -> list[Step]:
    """The steps without the dropped assumptions, and without what has no meaning once they are gone."""
    gone: set[str] = set()
    alias: dict[str, str] = {}
    kept: list[Step] = []
    for step in steps:
        by = tuple(_rename(reference, alias) for reference in step.by)
        lost = [index for index, reference in enumerate(by) if reference.split(".")[0] in gone]
        formula = step.arguments.get("formula")
        if step.rule == "assume" and formula in variant.drop:
            gone.add(step.name)
        elif step.rule == "discharge" and formula in variant.drop and not lost:
            alias[step.name] = by[0]
        elif not lost:
            kept.append(with_fields(step, by=by))
        elif step.rule in _OPTIONAL and not (step.rule == "restate" and 0 in lost):
            kept.append(_without_premises(with_fields(step, by=by), lost))
        elif step.rule == "detach" and lost == [1]:
            kept.append(with_fields(step, by=by[:1]))
        else:
            gone.add(step.name)
    return kept


def _rename(reference: str, alias: dict[str, str]) -> str:
    name, *parts = reference.split(".")
    while name in alias:
        name = alias[name]
    return ".".join([name, *parts])


def _without_premises(step: Step, lost: Sequence[int]) -> Step:
    new_index = {old: new for new, old in enumerate(index for index in range(len(step.by)) if index not in lost)}
    by = tuple(reference for index, reference in enumerate(step.by) if index in new_index)
    arguments = dict(step.arguments)

    def renumbered(link: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        return tuple((new_index[index], backwards) for index, backwards in link if index in new_index)

    if step.rule == "chain":
        arguments["links"] = tuple(renumbered(link) for link in arguments["links"])
    elif step.rule == "restate":
        arguments["links"] = renumbered(arguments["links"])
    else:
        arguments["multipliers"] = tuple(
            part for index, part in enumerate(arguments["multipliers"]) if index in new_index
        )
    return with_fields(step, by=by, arguments=arguments)
