"""How likely a false identity is to pass modulo a prime: degrees and coefficient sizes, read off the terms.

Points are uniform in GF(p). An orthogonal d × d matrix is a product of at most max(d, 2) reflections, which reach all
of a component; clearing the denominators of one gives entries of degree 2 in its vector. A polynomial of degree D that
is not 0 vanishes at a uniform point with probability at most D/p (Schwartz, Zippel); it is not 0 modulo p where its
coefficients, bounded by their absolute sum, stay below p. Where unknown functions occur, the bound is about the
identity modulo p between the polynomial maps that were tried for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from symmetry.checks.exact.evaluate import Scope
from symmetry.checks.exact.fields import Field, Unsupported
from symmetry.checks.exact.functions import candidates
from symmetry.checks.exact.goals import Goal, plan
from symmetry.formulas import Equal
from symmetry.terms import (
    Apply,
    Average,
    Block,
    Function,
    Identity,
    Number,
    Product,
    Scaled,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
)

__all__ = ["failure_bound"]


@dataclass(frozen=True)
class _Size:
    """Degree in entries of free matrices, degree in orthogonal ones, absolute sum of coefficients, denominator."""

    plain: int
    turns: int
    weight: int
    denominator: int = 1


@dataclass(frozen=True)
class _Function:
    """A function of known degree, or one that is a term in its parameters."""

    body: int | Term
    parameters: tuple[Variable, ...] = ()


def failure_bound(goals: Sequence[Goal], sizes: Sequence[Mapping[str, int]], samples: int, prime: int) -> float | None:
    """A bound for the probability that a false identity passed, or None where none is known."""
    total = 0.0
    for assignment in sizes:
        union, fewest = 0.0, samples
        for goal in goals:
            degree = _goal_degree(goal, assignment, prime)
            if degree is None:
                return None
            union += degree / prime
            # An identity may fail on one component of the orthogonal matrices only.
            turns = sum(step.kind == "group" for step in plan(goal).steps)
            # Where functions are tried, each of them may have been met at a single point.
            tried = any(step.kind == "function" for step in plan(goal).steps)
            fewest = min(fewest, 1 if tried else max(samples, 2 ** min(turns, 3)) // 2**turns)
        total += min(1.0, union) ** fewest
    return min(1.0, total)


def _goal_degree(goal: Goal, assignment: Mapping[str, int], prime: int) -> int | None:
    """The sum of the degrees of the equations, if points are uniform and coefficients stay below p."""
    scope = Scope(Field(prime), assignment)
    known: dict[str, _Size | _Function] = {}
    reflections = 2
    try:
        for step in plan(goal).steps:
            if step.kind == "size" and step.name in assignment and not step.checks:
                continue
            if step.kind == "map" and step.term is not None and isinstance(step.arguments, tuple):
                known[step.name] = _Function(step.term, step.arguments)
                continue
            if step.checks or step.kind not in ("free", "group", "define", "function"):
                return None
            if step.kind == "function" and isinstance(step.symbol, Function):
                pool = candidates(step.symbol, assignment, scope.field, 0)
                known[step.name] = _Function(max(map.degree or 0 for map in pool))
                continue
            if step.kind == "define" and step.term is not None:
                known[step.name] = _measure(step.term, known, scope)
            elif step.kind == "group" and step.group is not None:
                size = scope.size(step.group.size)
                if step.group.name in ("S", "E"):
                    return None
                reflections = max(reflections, size)
                known[step.name] = _Size(0, 1, max(1, size) ** (max(2, size) - 1) * (size + 2) ** max(2, size))
            else:
                known[step.name] = _Size(1, 0, 1)
        degree = 0
        for part in goal.conclusion:
            if not isinstance(part, Equal):
                return None
            left, right = _measure(part.left, known, scope), _measure(part.right, known, scope)
            both = _total((left, right))
            # Each orthogonal matrix in a monomial, or the denominator it lacks, has degree 2 for each reflection.
            names = sum(1 for size in known.values() if isinstance(size, _Size) and size.turns)
            size = max((value for value in assignment.values()), default=1)
            weight = both.weight * max(1, size) ** (reflections * both.turns * max(1, names))
            if weight * both.denominator >= prime and not any(isinstance(size, _Function) for size in known.values()):
                return None
            degree += both.plain + 2 * reflections * both.turns * max(1, names)
    except Unsupported:
        return None
    return degree


def _total(sizes: Sequence[_Size]) -> _Size:
    denominator = prod(size.denominator for size in sizes)
    return _Size(
        max(size.plain for size in sizes),
        max(size.turns for size in sizes),
        sum(size.weight for size in sizes) * denominator,
        denominator,
    )


def _measure(term: Term, known: Mapping[str, _Size | _Function], scope: Scope) -> _Size:
    match term:
        case Variable():
            size = known.get(term.name)
            if not isinstance(size, _Size):
                raise Unsupported(f"no degree is known for {term}")
            return size
        case Apply():
            function = known.get(term.function.name)
            if not isinstance(function, _Function):
                raise Unsupported(f"no degree is known for {term}")
            arguments = [_measure(argument, known, scope) for argument in term.arguments]
            if isinstance(function.body, Term):
                inside = {p.name: size for p, size in zip(function.parameters, arguments)}
                return _measure(function.body, {**known, **inside}, scope)
            plain, turns = (max(sizes) for sizes in zip(*((a.plain, a.turns) for a in arguments)))
            return _Size(function.body * plain, function.body * turns, 1)
        case Zero() | Identity():
            return _Size(0, 0, 1)
        case Number():
            return _Size(0, 0, abs(term.value.numerator), term.value.denominator)
        case Transpose():
            return _measure(term.body, known, scope)
        case Sum():
            return _total([_measure(part, known, scope) for part in term.terms])
        case Block():
            return _total([_measure(entry, known, scope) for row in term.grid for entry in row])
        case Scaled():
            return _product(_measure(term.factor, known, scope), _measure(term.body, known, scope), 1)
        case Product():
            result = _measure(term.factors[0], known, scope)
            for factor in term.factors[1:]:
                result = _product(result, _measure(factor, known, scope), max(1, scope.size(factor.rows)))
            return result
        case Total():
            at_unit = _measure(term.body, {**known, term.variable.name: _Size(0, 0, 1)}, scope)
            return _product(_Size(0, 0, 1), at_unit, scope.size(term.variable.rows))
        case Average():
            raise Unsupported("no degree bound for an average")
    raise Unsupported(f"no degree bound for {type(term).__name__}")


def _product(left: _Size, right: _Size, inner: int) -> _Size:
    return _Size(
        left.plain + right.plain,
        left.turns + right.turns,
        left.weight * right.weight * inner,
        left.denominator * right.denominator,
    )
