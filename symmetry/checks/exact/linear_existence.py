"""Existence that is decided by linear algebra: unknown matrices, and unknown functions at finitely many points.

An unknown function has one unknown value for each argument that occurs. The points are chosen so that its argument
takes equal values at different ones; no solution there refutes every function, a solution is evidence, not proof.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from symmetry.checks.exact.affine import Conflict, System, mentions, names_of
from symmetry.checks.exact.evaluate import Map, Pattern, Scope, evaluate
from symmetry.checks.exact.fields import Matrix, Unsupported
from symmetry.checks.exact.goals import Goal, goals, matrix_steps_of, plan
from symmetry.checks.exact.outcome import HOLDS, UNKNOWN, VIOLATED, Outcome
from symmetry.checks.exact.prepared import Prepared
from symmetry.checks.exact.proposals import variants
from symmetry.checks.exact.sampling import Context, sample
from symmetry.formulas import Equal, Formula
from symmetry.terms import Apply, Term, Variable

__all__ = ["decide_linear", "sides", "verify"]

MAX_POINTS, FEW_POINTS = 18, 10
MAX_KNOWN = 5


def verify(parts: Sequence[Formula], scope: Scope, context: Context) -> Outcome:
    """Whether all parts hold in a scope where nothing is unknown any more."""
    for part in parts:
        held = context.decide(part, scope, context)
        if held is not True:
            left, right = sides(part, scope) if held is False else (None, None)
            return Outcome(VIOLATED if held is False else UNKNOWN, f"{part} fails", left, right)
    return Outcome(HOLDS, "by a witness", points=1)


def sides(part: Formula, scope: Scope) -> tuple[Any, Any]:
    """Both sides of an equation, printable."""
    if not isinstance(part, Equal):
        return None, None
    return scope.field.printable(evaluate(part.left, scope)), scope.field.printable(evaluate(part.right, scope))


@dataclass
class _Asked:
    """The points at which the equations of an existential statement were asked, in the order of the equations."""

    scopes: list[Scope] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)


def decide_linear(unknown: tuple[Any, ...], parts: tuple[Formula, ...], scope: Scope, context: Context) -> Outcome:
    """Whether unknown matrices and functions with these properties exist.

    Raises:
        Unsupported: the properties are not linear in them, or a point could not be found.
    """
    names = frozenset(symbol.name for symbol in unknown)
    key = ("prepared", names, parts, tuple(sorted(scope.sizes.items())), context.thorough)
    fast: _Fast | None = context.remember(key, lambda: _prepare(names, parts, scope, context))
    if fast is not None and fast.solvable(scope):
        return Outcome(HOLDS, "values found by linear algebra", points=len(fast.points))
    system = System(scope.field, names)
    asked = _Asked()
    late: list[Formula] = []
    universal = False
    reasons: list[str] = []
    for part, goal in _in_order(names, parts):
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


@dataclass
class _Fast:
    """A system that differs from case to case only in its constants, which are these terms at these points."""

    prepared: Prepared
    points: list[Scope]
    told: list[Term | None]

    def solvable(self, scope: Scope) -> bool:
        def told(index: int) -> Matrix | None:
            term, point = self.told[index], self.points[index]
            return None if term is None else evaluate(term, scope.bind_all(point.values))

        return self.prepared.solvable(told)


def _prepare(names: frozenset[str], parts: tuple[Formula, ...], scope: Scope, context: Context) -> _Fast | None:
    """The system of an existential statement, where what is given from outside enters its constants only."""
    bare = Scope(scope.field, scope.sizes)
    system, points, told = System(scope.field, names), list[Scope](), list[Term | None]()
    try:
        for _, goal in _in_order(names, parts):
            own = names | {step.name for step in plan(goal).steps} | scope.sizes.keys()
            if not all(names_of(hypothesis) <= own for hypothesis in goal.hypotheses) or any(
                mentions(hypothesis, names) for hypothesis in goal.hypotheses
            ):
                return None
            oriented = [_orient(equation, names, own) for equation in goal.conclusion]
            found = _points(goal, names, system, bare, context)
            if isinstance(found, str) or None in oriented:
                return None
            for point in found:
                if point.sizes != scope.sizes:
                    return None
                for side, other in (pair for pair in oriented if pair is not None):
                    if mentions(other, names):
                        system.add(Equal(side, other), point)
                        told.append(None)
                    else:
                        system.add_side(side, point)
                        told.append(other)
                    points.append(point)
    except Unsupported:
        return None
    return _Fast(Prepared(system), points, told) if system.equations else None


def _orient(equation: Formula, names: frozenset[str], own: frozenset[str]) -> tuple[Term, Term] | None:
    """The side with unknowns first; None unless whatever holds an unknown uses nothing from outside."""
    if not isinstance(equation, Equal):
        return None
    left, right = equation.left, equation.right
    if not mentions(left, names):
        left, right = right, left
    if (
        not mentions(left, names)
        or not names_of(left) <= own
        or (mentions(right, names) and not names_of(right) <= own)
    ):
        return None
    return left, right


def _in_order(names: frozenset[str], parts: Sequence[Formula]) -> list[tuple[Formula, Goal]]:
    """The goals of the parts; those about a function at arbitrary arguments last, to be asked where others ask it."""

    def openness(pair: tuple[Formula, Goal]) -> int:
        application = _open_arguments(pair[1], names)
        return 0 if application is None else 1 + all(isinstance(a, Variable) for a in application.arguments)

    found = [(part, goal) for part in parts for goal in goals(part, False)]
    return sorted(found, key=openness)


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
        outcome = verify(late, extended, context)
        if outcome.status == HOLDS:
            return outcome
    if outcome.status == VIOLATED and (solved is None or not solved.unique):
        return Outcome(UNKNOWN, f"no choice tried for {', '.join(symbol.name for symbol in unknown)} meets {late[0]}")
    return outcome


def _guess(attempt: int, rows: int, cols: int, scope: Scope, rng: random.Random) -> Matrix:
    if attempt == 0:
        return scope.field.zero(rows, cols)
    like = [
        v for v in scope.values.values() if not isinstance(v, Map | Pattern) and (v.nrows(), v.ncols()) == (rows, cols)
    ]
    if attempt <= len(like):
        return like[-attempt]
    if attempt == 1 + len(like) and rows == cols:
        return scope.field.identity(rows)
    return scope.field.random(rows, cols, rng)


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
    if plan(goal).outside & scope.values.keys():
        return _spread(goal, scope, context)
    bare = Scope(scope.field, scope.sizes)
    key = (goal, tuple(sorted(scope.sizes.items())), "spread", context.thorough)
    found: list[Scope] | str = context.remember(key, lambda: _spread(goal, bare, context))
    if isinstance(found, str):
        return found
    return [Scope(scope.field, point.sizes, {**scope.values, **point.values}) for point in found]


def _spread(goal: Goal, scope: Scope, context: Context) -> list[Scope] | str:
    """A generic point, the points that variants of it give, and a few others."""
    context.width = 0
    base = sample(goal, scope, context, 0)
    if isinstance(base, str):
        return base
    found = [base]
    rng = random.Random(context.seed + 1)
    most = MAX_POINTS if context.thorough else FEW_POINTS
    if matrix_steps_of(goal):
        for preset in variants(goal, base, rng):
            point = sample(goal, scope, context, len(found), preset=preset)
            if isinstance(point, Scope):
                found.append(point)
            if len(found) >= most - 2:
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


@lru_cache(maxsize=4096)
def _open_arguments(goal: Goal, names: frozenset[str]) -> Apply | None:
    """An application of an unknown function to variables of the goal themselves, beside constants."""
    steps = {step.name for step in matrix_steps_of(goal)}
    for application in _applications(goal.conclusion, names):
        variables = [argument for argument in application.arguments if names_of(argument) & steps]
        if variables and all(isinstance(argument, Variable) for argument in variables):
            if len(set(variables)) == len(variables):
                return application
    return None


def _at_known_arguments(
    goal: Goal, application: Apply, system: System, scope: Scope, context: Context
) -> list[Scope] | str:
    """Points at which the function is asked where other equations already ask it; without such, generic points."""
    steps = {step.name for step in matrix_steps_of(goal)}
    known: list[dict[str, Matrix]] = []
    for name, values, _ in system.unknowns:
        if name == application.function.name and len(known) < MAX_KNOWN:
            pairs = list(zip(application.arguments, values))
            if all(names_of(a) & steps or evaluate(a, scope) == value for a, value in pairs):
                known.append({a.name: value for a, value in pairs if isinstance(a, Variable) and a.name in steps})
    if not known:
        return _spread(goal, scope, context)
    found: list[Scope] = []
    reason = ""
    for preset in known:
        for index in range(2):
            point = sample(goal, scope, context, index, preset=preset)
            if isinstance(point, Scope):
                found.append(point)
            else:
                reason = point
    return found or reason


def _refutation(system: System, conflict: Conflict, asked: _Asked, unknown: Sequence[Any], scope: Scope) -> Outcome:
    """A smallest set of points, of one or two where possible, at which the equations contradict each other."""
    indices = conflict.equations
    # The first equations that contradict each other are found by halving, since more of them do so too.
    last = bisect_left(range(len(indices) - 1), True, key=lambda k: not system.consistent(indices[: k + 1]))
    asked_of = {part.key for part in system.equations[indices[last]].parts}
    others = [k for k in indices[:last] if any(part.key in asked_of for part in system.equations[k].parts)]
    pairs = [(indices[last],), *((k, indices[last]) for k in others)]
    smallest = next((pair for pair in pairs if not system.consistent(pair)), indices[: last + 1])
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
