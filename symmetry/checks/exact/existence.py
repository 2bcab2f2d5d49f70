"""Whether something exists, decided exactly where that is possible.

A matrix or a function's values in linear equations: one exact linear system, whose infeasibility refutes the existence.
An element of O(d) or SO(d) with Q·S = T: exact transport, refuted by the Gram matrices. One of S(n): all of them.
A function: see :mod:`symmetry.checks.exact.linear_existence`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from symmetry.checks.exact.affine import mentions
from symmetry.checks.exact.evaluate import Scope, atom_holds
from symmetry.checks.exact.fields import Matrix, Unsupported
from symmetry.checks.exact.linear_existence import decide_linear, verify
from symmetry.checks.exact.outcome import HOLDS, UNKNOWN, VIOLATED, Outcome
from symmetry.checks.exact.proposals import action_of, stack_action
from symmetry.checks.exact.sampling import Context
from symmetry.formulas import And, Equal, Exists, Formula, Member
from symmetry.terms import Function, Variable
from symmetry.transporter import first_gram_difference, product_of_reflections, reflection_vectors

__all__ = ["decide_existence"]


def decide_existence(statement: Exists, scope: Scope, context: Context) -> Outcome:
    """Whether the existential statement holds in a scope.

    Raises:
        Unsupported: it is of no form that can be decided here.
    """
    unknown: list[Variable | Function] = []
    body: Formula = statement
    while isinstance(body, Exists):
        unknown.append(body.variable)
        body = body.body
    return _decide(tuple(unknown), tuple(_parts(body)), scope, context)


def _parts(formula: Formula) -> list[Formula]:
    if isinstance(formula, And):
        return [piece for part in formula.parts for piece in _parts(part)]
    return [formula]


def _decide(unknown: tuple[Any, ...], parts: tuple[Formula, ...], scope: Scope, context: Context) -> Outcome:
    inner = [part for part in parts if isinstance(part, Exists)]
    if inner:
        names = {symbol.name for symbol in unknown}
        first = inner[0]
        if first.variable.name in names or first.variable.name in scope.values:
            raise Unsupported(f"the name {first.variable.name} stands for two things in an existential statement")
        rest = tuple(part for part in parts if part is not first)
        return _decide((*unknown, first.variable), (*_parts(first.body), *rest), scope, context)
    for symbol in unknown:
        member = next((part for part in parts if isinstance(part, Member) and part.element == symbol), None)
        if member is not None:
            others = tuple(other for other in unknown if other is not symbol)
            rest = tuple(part for part in parts if part is not member)
            if member.group.name == "S":
                elements = scope.field.permutations(scope.size(member.group.size))
                return _enumerate(symbol, elements, others, rest, scope, context)
            return _orthogonal(symbol, member, others, rest, scope, context)
    return decide_linear(unknown, parts, scope, context)


def _enumerate(
    symbol: Any,
    elements: Sequence[Matrix],
    others: tuple[Any, ...],
    parts: tuple[Formula, ...],
    scope: Scope,
    context: Context,
) -> Outcome:
    """Try every element of a finite set."""
    last = Outcome(UNKNOWN, f"no candidate for {symbol.name}")
    unknown: Outcome | None = None
    for element in elements:
        context.spend()
        last = _with(others, parts, scope.bind(symbol.name, element), context)
        if last.status == HOLDS:
            return last
        if last.status == UNKNOWN:
            unknown = last
    if unknown is not None:
        return unknown
    return Outcome(VIOLATED, f"none of the {len(elements)} candidates for {symbol.name} will do", last.left, last.right)


def _with(others: tuple[Any, ...], parts: tuple[Formula, ...], scope: Scope, context: Context) -> Outcome:
    """The rest of an existential statement, once some of its unknowns have values."""
    if others:
        return _decide(others, parts, scope, context)
    return verify(parts, scope, context)


# ---------------------------------------------------------------------------------------------------------------
# Orthogonal matrices.


def _orthogonal(
    symbol: Any, member: Member, others: tuple[Any, ...], parts: tuple[Formula, ...], scope: Scope, context: Context
) -> Outcome:
    """∃ Q ∈ O(d) or SO(d): by its equations Q·S = T, else by trying a few."""
    name, field, size = symbol.name, scope.field, scope.size(member.group.size)
    special = member.group.name == "SO"
    other_names = frozenset(other.name for other in others)
    pairs, rest = [], []
    for part in parts:
        pair = action_of(name, part) if isinstance(part, Equal) and not mentions(part, other_names) else None
        if pair is not None:
            pairs.append(pair)
        else:
            rest.append(part)
    if not pairs:
        tries = [field.identity(size)]
        if size > 0 and not special:
            tries.append(-field.identity(size))
        if size > 1:
            rng = random.Random(context.seed)
            tries += [field.orthogonal(size, sign, rng) for sign in ((1,) if special else (-1, 1))]
        found = _enumerate(symbol, tries, others, parts, scope, context)
        complete = size == 0 or (size == 1)
        return found if complete or found.status != VIOLATED else Outcome(UNKNOWN, f"no {name} was found among a few")
    source, target = stack_action(pairs, scope)
    if not field.ordered:
        return _orthogonal_modulo(symbol, member, source, target, others, tuple(rest), scope, context)
    place = first_gram_difference(source, target)
    show = field.printable
    if place is not None:
        return Outcome(
            VIOLATED,
            f"no {name} ∈ {member.group} carries S to T: SᵀS and TᵀT differ at entry {place}, counted from 0",
            show(source.transpose() * source),
            show(target.transpose() * target),
            {"S": show(source), "T": show(target)},
        )
    vectors = reflection_vectors(source, target)
    solved = field.solve(target.transpose(), field.zero(target.ncols(), 1))
    normal = field.columns(solved[1], [0]) if solved is not None and solved[1].ncols() else None
    choices = [vectors] if normal is None else [vectors, [*vectors, normal]]
    if special:
        choices = [choice for choice in choices if len(choice) % 2 == 0]
    if not choices:
        return Outcome(
            VIOLATED,
            f"the only orthogonal {name} that carries S to T has determinant −1",
            values={"S": show(source), "T": show(target), name: show(product_of_reflections(vectors, size))},
        )
    found = _enumerate(symbol, [product_of_reflections(c, size) for c in choices], others, tuple(rest), scope, context)
    unique = normal is None or (size - source.rank() == 1 and len(choices) == 2)
    if found.status == VIOLATED and not unique:
        return Outcome(UNKNOWN, f"some {name} has the wanted equations, but no choice tried meets the rest")
    return found


def _orthogonal_modulo(
    symbol: Any,
    member: Member,
    source: Matrix,
    target: Matrix,
    others: tuple[Any, ...],
    rest: tuple[Formula, ...],
    scope: Scope,
    context: Context,
) -> Outcome:
    """Modulo a prime: no linear solution refutes; a solution that happens to be orthogonal is a witness."""
    field, show = scope.field, scope.field.printable
    solved = field.solve(source.transpose(), target.transpose())
    if solved is None:
        return Outcome(
            VIOLATED,
            f"no matrix {symbol.name} at all carries S to T modulo {field.prime}: T obeys fewer relations than S",
            values={"S": show(source), "T": show(target)},
        )
    particular, kernel = solved
    rng = random.Random(context.seed)
    tries = 1 if kernel.ncols() == 0 else 8
    for _ in range(tries):
        move = kernel * field.random(kernel.ncols(), particular.ncols(), rng)
        candidate = (particular + move).transpose()
        if atom_holds(member, scope.bind(symbol.name, candidate)):
            found = _with(others, rest, scope.bind(symbol.name, candidate), context)
            if found.status == HOLDS or (tries == 1 and found.status == VIOLATED):
                return found
    if tries == 1:
        return Outcome(VIOLATED, f"the only {symbol.name} that carries S to T is not in {member.group}")
    raise Unsupported(f"whether some {symbol.name} ∈ {member.group} carries S to T is not decided over {field}")
