"""Statements evaluated exactly at small sizes, independently of the kernel.

A statement is a claim about all matrices and all functions. Here its variables get concrete values for which the
hypotheses hold, exactly, and its conclusion is computed, over ℚ or modulo a prime. `violated` comes with the values;
`holds` says that no counterexample was met at the listed sizes; what cannot be evaluated is `inconclusive`, with the
reason.

>>> from symmetry.formulas import Member, forall, implies
>>> from symmetry.terms import MatrixGroup, Variable, sizes
>>> d, N = sizes("d N")
>>> Q, Y = Variable("Q", d, d), Variable("Y", d, N)
>>> def law(right):
...     return forall(Q, implies(Member(Q, MatrixGroup("O", d)), forall(Y, Equal((Q * Y).T * Q * Y, right))))
>>> check_exact(law(Y.T * Y), sizes=[{"d": 3, "N": 2}]).verdict
'holds'
>>> found = check_exact(law(2 * Y.T * Y), sizes=[{"d": 1, "N": 1}])
>>> found.verdict, sorted(found.counterexample.values)
('violated', ['Q', 'Y'])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from symmetry.checks.exact.bounds import failure_bound
from symmetry.checks.exact.evaluate import Map, Pattern, Scope, atom_holds, evaluate
from symmetry.checks.exact.existence import decide_existence
from symmetry.checks.exact.fields import Exhausted, Field, Unsupported
from symmetry.checks.exact.goals import Goal, goals, plan, possible, supposed
from symmetry.checks.exact.linear_existence import sides
from symmetry.checks.exact.outcome import HOLDS, UNKNOWN, VACUOUS, VIOLATED, Outcome
from symmetry.checks.exact.sampling import DEGENERATE, Context, points, sample
from symmetry.evidence import Counterexample, Evidence
from symmetry.formulas import And, Equal, Exists, Formula, Member, negated
from symmetry.syntax import SizeVariable, free

__all__ = ["check_exact"]

HYPOTHESIS_POINTS = 2 + DEGENERATE
FEW_FUNCTIONS = 2
REFUTING_POINTS = 30
INDEPENDENT = 3
MAX_DEPTH = 6
MAX_REMEMBERED = 4000


def check_exact(
    statement: Formula,
    *,
    sizes: Sequence[Mapping[str, int]],
    seed: int = 0,
    samples: int = 4,
    prime: int | None = None,
    hunt: bool = False,
) -> Evidence:
    """Evaluate a closed statement exactly at the given sizes; free matrices and functions count as "for all".

    Unknown functions are tried with a pool of concrete maps (those that obey the hypotheses about them at several
    points). `holds` does not speak for other sizes, other points, or other functions.

    Modulo a prime, ``error_bound`` bounds the probability that a false identity passed at all its points: for points
    drawn uniformly, (degree / p) per identity and point, summed over identities and sizes. It is about the identity
    modulo p, and about the one over ℚ when the coefficients that the bound also computes stay below p; it is None
    where points were subject to equations, or the statement is no identity.

    Args:
        statement: any formula; sizes bound in it run through a few values.
        sizes: assignments of all its free sizes.
        seed: same seed, same evidence.
        samples: points for each size (more where there are more functions to try).
        prime: None for ℚ, or an odd prime.
        hunt: look for points at which what is said not to hold does hold (as far as several points tell).
    Returns:
        Evidence with method ``exact`` or ``modular``.
    Raises:
        SymmetryError: the number given is not a prime.
    Source:
        J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial identities, 1980 (the bound).

    >>> from symmetry.terms import Variable, pinv, sizes
    >>> d, n = sizes("d n")
    >>> X = Variable("X", d, n)
    >>> check_exact(Equal(X * pinv(X) * X, X), sizes=[{"d": 2, "n": 3}], prime=1000003).detail
    'no point was evaluated: a pseudo-inverse needs an ordered field, not GF(1000003)'
    >>> check_exact(Equal(X * pinv(X) * X, X), sizes=[{"d": 2}]).detail
    'no value was given for the size n'
    """
    field = Field(prime)
    method = "exact" if prime is None else "modular"
    parts = goals(statement, True)
    if hunt:
        negations = [goal for goal in parts if negated(goal.conclusion[0]) is not None]
        parts = (*(found for goal in negations for found in (*possible(goal), supposed(goal))), *parts)
    needed = sorted(item for item in free(statement) if isinstance(item, str))
    done: list[Mapping[str, int]] = []
    reasons: list[str] = []
    reached: set[int] = set()
    total, skipped = 0, 0
    shared = _shared(prime, seed)
    if len(shared) > MAX_REMEMBERED:
        shared.clear()
    for turn, assignment in enumerate(sizes):
        complete = True
        missing = [name for name in needed if name not in assignment]
        if missing:
            skipped += 1
            reasons.append(f"no value was given for the size {', '.join(missing)}")
            continue
        for index, goal in enumerate(parts):
            context = Context(field, seed, _decide, shared, thorough=samples > 1)
            try:
                outcome = _run(goal, Scope(field, dict(assignment)), context, samples, turn)
            except (Unsupported, Exhausted) as problem:
                outcome = Outcome(UNKNOWN, str(problem))
            if outcome.status == VIOLATED:
                return Evidence(
                    method,  # type: ignore[arg-type]
                    "violated",
                    sizes=(*done, dict(assignment)),
                    samples=total + outcome.points,
                    seed=seed,
                    counterexample=_counterexample(outcome, goal, field, seed, assignment),
                    skipped=skipped,
                    detail=outcome.note,
                )
            total += outcome.points
            if outcome.status == HOLDS:
                reached.add(index)
            else:
                complete = False
                skipped += 1
                if outcome.note not in reasons:
                    reasons.append(outcome.note)
        if complete:
            done.append(dict(assignment))
    holds = bool(parts) and len(reached) == len(parts) and bool(done)
    bound = None
    if holds and prime is not None:
        bound = failure_bound(parts, done, samples, prime)
    return Evidence(
        method,  # type: ignore[arg-type]
        "holds" if holds else "inconclusive",
        sizes=tuple(done),
        samples=total,
        seed=seed,
        error_bound=bound,
        skipped=skipped,
        detail="; ".join(reasons) or ("" if holds else "no sizes were given"),
    )


@lru_cache(maxsize=4)
def _shared(prime: int | None, seed: int) -> dict[Any, Any]:
    """What checks with one field and seed have in common: points of hypotheses, functions that obey them."""
    return {}


# ---------------------------------------------------------------------------------------------------------------


def _run(
    goal: Goal, scope: Scope, context: Context, samples: int, turn: int = 0, *, hypothesis: bool = False
) -> Outcome:
    """A goal at some points of one size assignment."""
    order = plan(goal)
    if not goal.variables:
        for item in order.before:
            held = context.decide(item, scope, context)
            if held is False:
                return Outcome(VACUOUS, f"the hypothesis {item} does not hold")
            if held is None:
                return Outcome(UNKNOWN, f"the hypothesis {item} could not be decided")
        return _conclude(goal, scope, context)
    count = samples
    turns = sum(
        step.kind == "group" and step.group is not None and step.group.name in ("O", "SO") for step in order.steps
    )
    count = max(count, 2 ** min(turns, 3) + DEGENERATE * hypothesis)  # every combination of determinants
    if any(step.kind == "size" and step.name not in scope.sizes for step in order.steps):
        count = max(count, 5)
    shared = None
    if hypothesis and not order.outside:
        shared = points(goal, scope, context, count)
    reached, reason = 0, ""
    context.width = 0
    indices = list(range(count))
    for index in indices:  # grows once the number of functions is known
        if shared is not None:
            point = shared[index]
            width = 0
            if isinstance(point, Scope):
                point = Scope(scope.field, point.sizes, {**scope.values, **point.values})
        else:
            big = hypothesis and index < count - DEGENERATE
            point = sample(goal, scope, context, index, turn=turn, big=big)
            if index == 0 and order.unknown_functions:
                del indices[1:]
                indices += _further(context.width, samples, turn, order.free_matrices)
            width = context.width
        if isinstance(point, str):
            reason = reason or point
            if index >= 2 and not reached:
                break
            continue
        try:
            outcome = _conclude(goal, point, context, brief=hypothesis)
        except Unsupported as problem:
            outcome = Outcome(UNKNOWN, str(problem))
        context.width = width
        if outcome.status == VIOLATED:
            found = {name: value for name, value in point.values.items() if name not in scope.values}
            return Outcome(
                VIOLATED, outcome.note, outcome.left, outcome.right, {**found, **outcome.values}, reached + 1
            )
        if outcome.status == UNKNOWN:
            reason = reason or outcome.note
            if index >= 1 and not reached:
                break
            continue
        reached += 1
    if reached:
        return Outcome(HOLDS, points=reached)
    return Outcome(UNKNOWN, f"no point was evaluated: {reason}" if reason else "no point was evaluated")


def _further(width: int, samples: int, turn: int, matrices: bool) -> list[int]:
    """Points after the first: each function once and some special positions; with one sample, a few of each."""
    if samples > 1:
        return list(range(1, max(width, samples if matrices else 1) + DEGENERATE * matrices))
    few = min(width, FEW_FUNCTIONS)
    return [(turn * few + k) % width for k in range(1, few)] + [width] * matrices


def _conclude(goal: Goal, scope: Scope, context: Context, *, brief: bool = False) -> Outcome:
    """What a goal says at one point; ``brief``: without both sides."""
    for part in goal.conclusion:
        context.spend()
        if isinstance(part, Equal | Member):
            if not atom_holds(part, scope):
                if brief:
                    return Outcome(VIOLATED, points=1)
                left, right = sides(part, scope)
                if isinstance(part, Member):
                    left, note = scope.field.printable(evaluate(part.element, scope)), f"{part} is false"
                else:
                    note = f"{part.left} ≠ {part.right}"
                return Outcome(VIOLATED, note, left, right, points=1)
        elif isinstance(part, Exists):
            return decide_existence(part, scope, context)
        elif isinstance(refuted := negated(part), Exists):
            return _nothing_like(refuted, scope, context)
        elif refuted is not None:
            if not _refuted(refuted, scope, context):
                raise Unsupported(f"no point was met at which {refuted} fails")
        else:
            raise Unsupported(f"{part} cannot be evaluated here")
    return Outcome(HOLDS, points=1)


def _nothing_like(statement: Exists, scope: Scope, context: Context) -> Outcome:
    """Whether it is false that something exists; where it seems to exist, more points are asked before that counts."""
    points = 0
    for seed in range(context.seed, context.seed + INDEPENDENT):
        other = Context(context.field, seed, context.decide, budget=context.budget)
        found = decide_existence(statement, scope, other)
        points += found.points
        if found.status == UNKNOWN:
            raise Unsupported(found.note)
        if found.status == VIOLATED:
            return Outcome(HOLDS, points=1)
    return Outcome(VIOLATED, f"{statement} holds at {points} points: {found.note}", values=found.values, points=points)


def _refuted(formula: Formula, scope: Scope, context: Context) -> bool:
    """Whether a point was met at which a statement fails, small points and signed permutations among them."""
    if isinstance(formula, Equal | Member):
        return not atom_holds(formula, scope)
    width = context.width
    context.depth += 1
    try:
        return any(_run(goal, scope, context, REFUTING_POINTS).status == VIOLATED for goal in goals(formula, False))
    finally:
        context.depth -= 1
        context.width = width


def _decide(formula: Formula, scope: Scope, context: Context) -> bool | None:
    """Whether a hypothesis holds in a scope: exactly where it has no quantifier, else at several points."""
    context.spend()
    if isinstance(formula, Equal | Member):
        return atom_holds(formula, scope)
    if isinstance(formula, And):
        verdicts = [_decide(part, scope, context) for part in formula.parts]
        return False if False in verdicts else None if None in verdicts else True
    if context.depth >= MAX_DEPTH:
        return None
    width = context.width
    context.depth += 1
    try:
        unsure = False
        for goal in goals(formula, False):
            try:
                outcome = _run(goal, scope, context, HYPOTHESIS_POINTS, hypothesis=True)
            except Unsupported:
                outcome = Outcome(UNKNOWN)
            if outcome.status == VIOLATED:
                return False
            unsure = unsure or outcome.status == UNKNOWN
        return None if unsure else True
    finally:
        context.depth -= 1
        context.width = width


def _counterexample(
    outcome: Outcome, goal: Goal, field: Field, seed: int, assignment: Mapping[str, int]
) -> Counterexample:
    values: dict[str, Any] = {}
    for name, value in outcome.values.items():
        if isinstance(value, Map | Pattern):
            values[name] = str(value)
        elif isinstance(value, tuple | str | int):
            values[name] = value
        else:
            values[name] = field.printable(value)
    bound = {symbol.name for symbol in goal.variables if isinstance(symbol, SizeVariable)}
    return Counterexample(
        values=values,
        note=outcome.note,
        left=outcome.left,
        right=outcome.right,
        seed=seed,
        sizes={name: value for name, value in assignment.items() if name in bound or not bound},
    )
