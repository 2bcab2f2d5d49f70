"""Points at which the hypotheses of a goal hold: proposed from their form, then verified exactly.

Definitions are followed, members of groups drawn, linear equations solved; for Gram-type equations a matrix is moved
by an orthogonal map, alone or jointly with others. Whatever is proposed is kept only if every hypothesis holds there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import lru_cache
from itertools import islice
from typing import Any

from symmetry.checks.exact.affine import mentions
from symmetry.checks.exact.evaluate import Map, Pattern, Scope, defined_map, evaluate
from symmetry.checks.exact.fields import Exhausted, Field, Matrix
from symmetry.checks.exact.functions import candidates
from symmetry.checks.exact.goals import Goal, Plan, PlanStep, bound_in_front, plan
from symmetry.checks.exact.proposals import DEGENERATE_MODES, STYLES, Draw, drawn, members, moved_off, proposals
from symmetry.formulas import Equal, Exists, Formula
from symmetry.syntax import Node
from symmetry.terms import Apply, MatrixGroup

__all__ = ["Context", "points", "sample"]

SIZE_VALUES = (2, 1, 3, 0, 4)
MAX_PROPOSALS = 70
MAX_FUNCTIONS = 9
MAX_TRIED = 60
# Where nothing else was found, hypotheses about lengths may hold at unit vectors, and sums of squares vanish at zero.
ATTEMPTS = ("", "", "", "unit", "zero")
DEGENERATE = 3  # of the points at which a hypothesis is verified, those not in general position


@dataclass
class Context:
    """What one check carries along: the field, the seed, and what it has already found out.

    Args:
        decide: whether a hypothesis holds in a scope: True, False, or None where it cannot be told.
        cache: what depends on sizes, field and seed only, with the work it took.
        budget: evaluations left.
        thorough: whether as many points are asked as there are; otherwise a few.
    """

    field: Field
    seed: int
    decide: Callable[[Formula, Scope, Context], bool | None]
    cache: dict[Any, Any] = default(default_factory=dict)
    depth: int = 0
    width: int = 0  # how many functions there were to choose from, at the last choice
    budget: int = 20_000
    thorough: bool = True

    def spend(self, amount: int = 1) -> None:
        """Count work; past the budget nothing more is tried."""
        self.budget -= amount
        if self.budget < 0:
            raise Exhausted("the search was given up after too many evaluations")

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """A value that depends on the key only. Its work counts each time, so that no verdict depends on the past."""
        if key in self.cache:
            value, work = self.cache[key]
            self.spend(work)
            return value
        budget, depth, width = self.budget, self.depth, self.width
        self.depth = self.width = 0
        value = make()
        self.depth, self.width = depth, width
        self.cache[key] = value, budget - self.budget
        return value


def sample(
    goal: Goal,
    scope: Scope,
    context: Context,
    index: int,
    *,
    turn: int = 0,
    big: bool = False,
    preset: Mapping[str, Matrix] | None = None,
) -> Scope | str:
    """The index-th point of a goal, with every hypothesis verified; or why there is none.

    Args:
        turn: the number of the size assignment, so that special positions take turns.
        preset: values for free matrices, taken as they are (and verified).
    """
    order = plan(goal)
    for hypothesis in order.before:
        held = context.decide(hypothesis, scope, context)
        if held is not True:
            return f"the hypothesis {hypothesis} {'does not hold' if held is False else 'could not be decided'}"
    # First points in general position, one for each function or determinant; then special ones.
    special = index - (max(context.width, 1) if order.unknown_functions else 2)
    mode = "generic" if special < 0 else DEGENERATE_MODES[(special + 2 * turn) % len(DEGENERATE_MODES)]
    reason = ""
    for attempt in range(1 if preset else len(ATTEMPTS)):
        style = STYLES[(index + attempt) % len(STYLES)]
        rng = random.Random(((context.seed * 101 + turn) * 101 + index) * 8 + attempt)
        special_mode = ATTEMPTS[attempt] or mode
        draw = Draw(rng, index + attempt // 2, turn, special_mode, style, big, preset or {}, attempt > 0)
        found = _attempt(order, scope, context, draw)
        if isinstance(found, Scope):
            return found
        reason = found
    return reason


def points(goal: Goal, scope: Scope, context: Context, count: int) -> list[Scope | str]:
    """Points of a goal whose hypotheses use nothing from outside; remembered for the sizes of the scope."""
    key = (goal, tuple(sorted(scope.sizes.items())), count)
    bare = Scope(scope.field, scope.sizes)

    def make() -> list[Scope | str]:
        return [sample(goal, bare, context, k, big=k < count - DEGENERATE) for k in range(count)]

    return context.remember(key, make)  # type: ignore[no-any-return]


def _attempt(order: Plan, scope: Scope, context: Context, draw: Draw) -> Scope | str:
    for step in order.steps:
        context.spend()
        found: Scope | None = None
        match step.kind:
            case "size":
                if step.name not in scope.sizes or step.checks:
                    value = SIZE_VALUES[(draw.index + draw.turn) % len(SIZE_VALUES)]
                    scope = scope if step.name in scope.sizes else scope.resize(step.name, value)
                found = scope
            case "define":
                found = scope.bind(step.name, evaluate(step.term, scope))  # type: ignore[arg-type]
                found = found if _all(step.checks, found, context) else None
            case "map":
                defined = defined_map(step.arguments, step.term, scope, step.symbol)  # type: ignore[arg-type]
                found = scope.bind(step.name, defined)
                found = found if _all(step.checks, found, context) else None
            case "pattern":
                found = _pattern(step, scope, context)
            case "function":
                found = _function(step, scope, context, draw)
            case "group":
                found = _first(step, members(step, scope, draw), scope, context)
            case "free":
                found = _matrix(step, scope, context, draw)
        if found is None:
            hypotheses = "; ".join(map(str, step.checks)) or "its signature"
            return f"no {step.name} was found with {hypotheses}"
        scope = found
    return scope


def _all(checks: Sequence[Formula], scope: Scope, context: Context) -> bool:
    return all(context.decide(check, scope, context) is True for check in checks)


def _first(step: PlanStep, values: Iterator[Any], scope: Scope, context: Context) -> Scope | None:
    """The first value with which all hypotheses that can be verified at this step hold."""
    tried: list[Any] = []
    for value in islice(values, MAX_PROPOSALS):
        if value in tried:
            continue
        tried.append(value)
        context.spend()
        extended = scope.bind(step.name, value)
        if _all(step.checks, extended, context):
            return extended
    return None


# ---------------------------------------------------------------------------------------------------------------
# Unknown functions.


@lru_cache(maxsize=4096)
def speaks_of_permutations(item: Any) -> bool:
    """Whether S(n) occurs in a statement, so that functions which treat all positions alike are wanted."""
    if isinstance(item, MatrixGroup):
        return item.name == "S"
    if isinstance(item, Node | tuple):
        return any(map(speaks_of_permutations, item.key[1:] if isinstance(item, Node) else item))
    return False


def _pool(step: PlanStep, scope: Scope, seed: int, natural: bool) -> Sequence[Map]:
    """Candidates for a function, with the values at single points that the hypotheses prescribe."""
    function: Any = step.symbol
    pool: tuple[Map, ...] = candidates(function, scope.sizes, scope.field, seed)
    if natural:
        pool = (*candidates(function, scope.sizes, scope.field, seed, natural=True), *pool)
    table = []
    for check in step.checks:
        if isinstance(check, Equal) and isinstance(check.left, Apply) and check.left.function == function:
            if not mentions((check.left.arguments, check.right), {step.name}):
                table.append(([evaluate(a, scope) for a in check.left.arguments], evaluate(check.right, scope)))
    return [_with_values(map, table, function.name, scope) for map in pool] if table else pool


def _with_values(base: Map, table: Sequence[tuple[list[Matrix], Matrix]], name: str, scope: Scope) -> Map:
    """A map with other values at some points."""

    def call(arguments: Sequence[Matrix]) -> Matrix:
        found = next((value for point, value in table if point == list(arguments)), None)
        return base.call(arguments) if found is None else found

    def text() -> str:
        shown = scope.field.printable
        values = "; ".join(
            f"{name}({', '.join(str(shown(a)) for a in point)}) = {shown(value)}" for point, value in table
        )
        return f"{values}; elsewhere {base}"

    return Map(call, text, points=tuple(matrix for point, _ in table for matrix in point))


def _function(step: PlanStep, scope: Scope, context: Context, draw: Draw) -> Scope | None:
    closed = not any(mentions(check, set(scope.values)) for check in step.checks)
    around = Scope(scope.field, scope.sizes) if closed else scope
    natural = draw.natural or any(map(speaks_of_permutations, step.checks))

    def make() -> list[Map]:
        found = []
        pool = _pool(step, around, context.seed, natural)
        for candidate in pool[:MAX_TRIED]:
            context.spend()
            if _all(step.checks, around.bind(step.name, candidate), context):
                found.append(candidate)
                if len(found) == MAX_FUNCTIONS:
                    break
        return found

    key = (step.symbol, step.checks, natural, tuple(sorted(scope.sizes.items())))
    suitable: list[Map] = context.remember(key, make) if closed else make()
    if not suitable:
        return None
    if draw.functions == 0:
        context.width = len(suitable)
    # Later functions turn at another pace, so that pairs vary.
    turn = draw.index * (1, 11, 13, 17)[draw.functions % 4] + draw.functions
    if draw.index >= context.width:
        turn += draw.turn
    draw.functions += 1
    return scope.bind(step.name, suitable[turn % len(suitable)])


def _pattern(step: PlanStep, scope: Scope, context: Context) -> Scope | None:
    """The function of a ``pattern`` step, where one exists at all (as far as the points of that check tell)."""
    function: Any = step.symbol
    if step.source is None or step.term is None:
        return None
    if context.decide(Exists(function, step.source), scope, context) is not True:
        return None
    variables = frozenset(symbol.name for symbol in bound_in_front(step.source))
    known = Pattern(function, variables, step.arguments, step.term, scope)
    found = scope.bind(step.name, known)
    return found if _all(step.checks, found, context) else None


# ---------------------------------------------------------------------------------------------------------------
# Matrices.


def _matrix(step: PlanStep, scope: Scope, context: Context, draw: Draw) -> Scope | None:
    symbol: Any = step.symbol
    rows, cols = scope.shape(symbol)
    if step.name in draw.preset:
        return _first(step, iter([draw.preset[step.name]]), scope, context)
    if not step.checks:
        special = _prescribed_points(rows, cols, scope) if draw.mode == "unit" else []
        value = draw.rng.choice(special) if special else drawn(rows, cols, scope.field, draw)
        return scope.bind(step.name, value)
    found = _first(step, proposals(step, rows, cols, scope, draw), scope, context)
    if found is None or (not scope.field.ordered and scope.field.prime is None):
        return found
    return _moved(step, found, scope, context, draw)


def _prescribed_points(rows: int, cols: int, scope: Scope) -> list[Matrix]:
    """Matrices of a shape at which hypotheses prescribe the value of some function."""
    maps = [value for value in scope.values.values() if isinstance(value, Map)]
    return [point for known in maps for point in known.points if (point.nrows(), point.ncols()) == (rows, cols)]


def _moved(step: PlanStep, found: Scope, scope: Scope, context: Context, draw: Draw) -> Scope:
    """The same point with this matrix moved, where the hypotheses allow that."""
    value = found.values[step.name]
    for moved in moved_off(value, scope, draw.rng, further=draw.index % 2 == 1):
        if moved != value:
            context.spend()
            candidate = scope.bind(step.name, moved)
            if _all(step.checks, candidate, context):
                return candidate
    return found
