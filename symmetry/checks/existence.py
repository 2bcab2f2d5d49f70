"""Whether something exists, decided exactly where that is possible.

A matrix or a function's values in linear equations: one exact linear system, whose infeasibility refutes the existence.
An element of O(d) or SO(d) with Q·S = T: exact transport, refuted by the Gram matrices. One of S(n): all of them.
For a function the equations are asked at finitely many points, chosen so that its argument takes equal values at
different ones; no solution there refutes every function, a solution there is evidence, not proof.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symmetry.checks.affine import Conflict, System, mentions
from symmetry.checks.evaluate import Map, Scope, atom_holds, evaluate
from symmetry.checks.fields import Matrix, Unsupported
from symmetry.checks.goals import Goal, goals, matrix_steps_of, plan
from symmetry.checks.outcome import HOLDS, UNKNOWN, VIOLATED, Outcome
from symmetry.checks.sampling import Context, action_of, sample, stack_action, variants
from symmetry.formulas import And, Equal, Exists, Formula, Member
from symmetry.terms import Apply, Function, Variable
from symmetry.transport import first_gram_difference, product_of_reflections, reflection_vectors

__all__ = ["decide_existence"]

MAX_POINTS = 18


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
    return _linear(unknown, parts, scope, context)


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
    for part in parts:
        held = context.decide(part, scope, context)
        if held is not True:
            left, right = sides(part, scope) if held is False else (None, None)
            return Outcome(VIOLATED if held is False else UNKNOWN, f"{part} fails", left, right)
    return Outcome(HOLDS, "by a witness")


def sides(part: Formula, scope: Scope) -> tuple[Any, Any]:
    """Both sides of an equation, printable."""
    if not isinstance(part, Equal):
        return None, None
    return scope.field.printable(evaluate(part.left, scope)), scope.field.printable(evaluate(part.right, scope))


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


# ---------------------------------------------------------------------------------------------------------------
# Linear equations in matrices and in values of functions.


@dataclass
class _Asked:
    """The points at which the equations of an existential statement were asked, in the order of the equations."""

    scopes: list[Scope] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)


def _linear(unknown: tuple[Any, ...], parts: tuple[Formula, ...], scope: Scope, context: Context) -> Outcome:
    names = frozenset(symbol.name for symbol in unknown)
    system = System(scope.field, names)
    asked = _Asked()
    late: list[Formula] = []
    universal = False
    reasons: list[str] = []
    # Statements about a function at arbitrary arguments come last: they are asked at arguments that occurred before.
    all_goals = [(part, goal) for part in parts for goal in goals(part, False)]
    all_goals.sort(key=lambda pair: bool(_open_arguments(pair[1], names)))
    for part, goal in all_goals:
        if not any(mentions(item, names) for item in goal.conclusion) and not any(
            mentions(item, names) for item in goal.hypotheses
        ):
            held = context.decide(part, scope, context)
            if held is not True:
                return Outcome(
                    VIOLATED if held is False else UNKNOWN, f"{part} {'fails' if held is False else 'undecided'}"
                )
            continue
        if any(mentions(h, names) for h in goal.hypotheses) or not all(isinstance(c, Equal) for c in goal.conclusion):
            late.append(part)
            continue
        universal = universal or bool(goal.variables)
        before = len(system.equations)
        try:
            reasons += _ask(goal, names, system, asked, scope, context)
        except Unsupported as problem:
            del system.equations[before:], asked.scopes[before:], asked.goals[before:]
            reasons.append(str(problem))
            late.append(part)
    if not system.equations:
        if late:
            return _late(unknown, tuple(dict.fromkeys(late)), system, None, scope, context, reasons)
        raise Unsupported(reasons[0] if reasons else f"no equation determines {', '.join(sorted(names))}")
    solved = system.solve()
    if isinstance(solved, Conflict):
        return _refutation(system, solved, asked, unknown, scope)
    if late:
        return _late(unknown, tuple(dict.fromkeys(late)), system, solved, scope, context, reasons)
    if reasons:
        raise Unsupported(reasons[0])
    what = f"values of {', '.join(sorted(names))} at {len(system.equations)} points" if universal else "a solution"
    return Outcome(HOLDS, f"{what} found by linear algebra", points=len(system.equations))


def _late(
    unknown: tuple[Any, ...],
    late: tuple[Formula, ...],
    system: System,
    solved: Any,
    scope: Scope,
    context: Context,
    reasons: Sequence[str],
) -> Outcome:
    """Parts that are not linear in the unknowns: verified after a linear solution of the others was put in."""
    if any(not isinstance(symbol, Variable) for symbol in unknown) or (
        solved is not None and len(system.unknowns) < len(unknown)
    ):
        raise Unsupported(reasons[0] if reasons else f"{late[0]} is not linear in the unknowns")
    rng = random.Random(context.seed)
    order = {name: index for index, (name, _, _) in enumerate(system.unknowns)}
    outcome = Outcome(UNKNOWN, f"{late[0]}: not decided")
    for attempt in range(1 if solved is not None and solved.unique else 6):
        extended = scope
        values = [] if solved is None else solved.values if attempt == 0 else solved.another(rng)
        for symbol in unknown:
            rows, cols = scope.shape(symbol)
            known = symbol.name in order and solved is not None
            extended = extended.bind(
                symbol.name, values[order[symbol.name]] if known else _guess(attempt, rows, cols, scope, rng)
            )
        outcome = _with((), late, extended, context)
        if outcome.status == HOLDS:
            return outcome
    if outcome.status == VIOLATED and (solved is None or not solved.unique):
        return Outcome(UNKNOWN, f"no choice tried for {', '.join(symbol.name for symbol in unknown)} meets {late[0]}")
    return outcome


def _guess(attempt: int, rows: int, cols: int, scope: Scope, rng: random.Random) -> Matrix:
    if attempt == 0:
        return scope.field.zero(rows, cols)
    like = [v for v in scope.values.values() if not isinstance(v, Map) and (v.nrows(), v.ncols()) == (rows, cols)]
    if attempt <= len(like):
        return like[-attempt]
    return (
        scope.field.identity(rows) if attempt == 1 + len(like) and rows == cols else scope.field.random(rows, cols, rng)
    )


def _ask(goal: Goal, names: frozenset[str], system: System, asked: _Asked, scope: Scope, context: Context) -> list[str]:
    """Add the equations of a goal at its points; the reasons where there are no points."""
    scopes = _points(goal, names, system, scope, context)
    if isinstance(scopes, str):
        return [scopes]
    for point in scopes:
        for equation in goal.conclusion:
            context.spend()
            system.add(equation, point)  # type: ignore[arg-type]
            asked.scopes.append(point)
            asked.goals.append(goal)
    return []


def _points(goal: Goal, names: frozenset[str], system: System, scope: Scope, context: Context) -> list[Scope] | str:
    if not goal.variables:
        held = [context.decide(h, scope, context) for h in goal.hypotheses]
        if all(h is True for h in held):
            return [scope]
        return [] if any(h is False for h in held) else "a premise could not be decided"
    open_arguments = _open_arguments(goal, names)
    if open_arguments:
        return _at_known_arguments(goal, open_arguments, system, scope, context)
    outside = plan(goal).outside & scope.values.keys()
    key = (goal, tuple(sorted(scope.sizes.items())), "spread")
    values: list[dict[str, Any]] | None = None if outside else context.cache.get(key)
    if values is None:
        found = _spread(goal, scope, context)
        if isinstance(found, str):
            return found
        bound = {step.name for step in plan(goal).steps}
        values = [{name: point.values[name] for name in bound if name in point.values} for point in found]
        if any(point.sizes != scope.sizes for point in found):
            return found
        if not outside:
            context.cache[key] = values
    return [scope.bind_all(value) for value in values]


def _spread(goal: Goal, scope: Scope, context: Context) -> list[Scope] | str:
    """A generic point, the points that variants of it give, and a few others."""
    base = sample(goal, scope, context, 0)
    if isinstance(base, str):
        return base
    found = [base]
    rng = random.Random(context.seed + 1)
    if matrix_steps_of(goal):
        for preset in variants(goal, base, rng):
            point = sample(goal, scope, context, len(found), preset=preset)
            if isinstance(point, Scope):
                found.append(point)
            if len(found) >= MAX_POINTS - 2:
                break
    for index in (1, 3) if matrix_steps_of(goal) else range(1, 6):
        point = sample(goal, scope, context, index)
        if isinstance(point, Scope):
            found.append(point)
            if matrix_steps_of(goal):
                preset = next(variants(goal, point, rng), {})
                moved = sample(goal, scope, context, index, preset=preset) if preset else ""
                if isinstance(moved, Scope):
                    found.append(moved)
    return found


def _applications(item: Any, names: frozenset[str]) -> list[Apply]:
    if isinstance(item, tuple):
        return [found for part in item for found in _applications(part, names)]
    if not hasattr(item, "key") or not mentions(item, names):
        return []
    own = [item] if isinstance(item, Apply) and item.function.name in names else []
    return own + _applications(item.key[1:], names)


def _open_arguments(goal: Goal, names: frozenset[str]) -> Apply | None:
    """An application of an unknown function to variables of the goal themselves."""
    steps = {step.name for step in matrix_steps_of(goal)}
    for application in _applications(goal.conclusion, names):
        arguments = application.arguments
        if all(isinstance(a, Variable) and a.name in steps for a in arguments) and len(set(arguments)) == len(
            arguments
        ):
            return application
    return None


def _at_known_arguments(
    goal: Goal, application: Apply, system: System, scope: Scope, context: Context
) -> list[Scope] | str:
    """Points at which the function is asked where other equations already ask it; without such, generic points."""
    known = [values for name, values, _ in system.unknowns if name == application.function.name][:5]
    if not known:
        return _spread(goal, scope, context)
    found: list[Scope] = []
    reason = ""
    variables: Any = application.arguments
    for values in known:
        preset = {variable.name: value for variable, value in zip(variables, values)}
        for index in range(3):
            point = sample(goal, scope, context, index, preset=preset)
            if isinstance(point, Scope):
                found.append(point)
            else:
                reason = point
    return found or reason


def _refutation(system: System, conflict: Conflict, asked: _Asked, unknown: Sequence[Any], scope: Scope) -> Outcome:
    """A smallest set of points, of one or two where possible, at which the equations contradict each other."""
    indices = conflict.equations
    last = next(k for k in range(len(indices)) if isinstance(system.solve(indices[: k + 1]), Conflict))
    pairs = [(indices[last],), *((indices[k], indices[last]) for k in range(last))]
    smallest = next((pair for pair in pairs if isinstance(system.solve(pair), Conflict)), indices[: last + 1])
    values: dict[str, Any] = {}
    outer = set(scope.values)
    chosen: list[Scope] = []
    for index in smallest:
        if not any(asked.scopes[index] is point for point in chosen):
            chosen.append(asked.scopes[index])
    for number, point in enumerate(chosen, 1):
        for name in point.values:
            if name not in outer or point.values[name] is not scope.values[name]:
                label = name if len(chosen) == 1 else f"{name} at point {number}"
                values[label] = point.values[name]
    names = ", ".join(symbol.name for symbol in unknown)
    where = "this point" if len(chosen) == 1 else f"these {len(chosen)} points"
    note = f"no {names} satisfies the equations at {where} (an exact linear system without solution)"
    return Outcome(VIOLATED, note, values=values)
