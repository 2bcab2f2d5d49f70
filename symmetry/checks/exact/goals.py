"""A statement as goals: variables, hypotheses, and what has to hold; and the order in which to choose the variables.

``∀``, ``⇒`` and the ``∃`` of a hypothesis are peeled off, conjunctions are taken apart. A plan says which variable is
defined by which hypothesis, which are free, and where each hypothesis can first be verified. Neither depends on sizes.

>>> from symmetry.formulas import forall, implies
>>> from symmetry.terms import sizes
>>> d, n = sizes("d n")
>>> X, A = Variable("X", d, n), Variable("A", n, n)
>>> [goal] = goals(forall(A, X, implies(Equal(A, X.T * X), Equal(A.T, A))), True)
>>> [step.kind + " " + step.name for step in plan(goal).steps]
['size d', 'size n', 'free X', 'define A']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from symmetry.formulas import (
    FALSEHOOD,
    And,
    Equal,
    Exists,
    ForAll,
    Formula,
    Implies,
    Member,
    exists,
    forall,
    implies,
    negated,
)
from symmetry.substitution import substitute
from symmetry.syntax import Node, SizeVariable, free, fresh, symbol_names
from symmetry.terms import (
    Apply,
    Average,
    Block,
    Function,
    MatrixGroup,
    Product,
    Scaled,
    StandardBasis,
    Sum,
    Symbol,
    Term,
    Total,
    Transpose,
    Variable,
)

__all__ = ["Goal", "Plan", "PlanStep", "bound_in_front", "degree_in", "goals", "plan", "possible", "supposed"]


@dataclass(frozen=True, eq=False)
class Goal:
    """For all variables with these hypotheses, every part of the conclusion (equations and memberships, one ∃, or one
    φ ⇒ 1 = 0).

    Compared by identity: one statement has one tuple of goals.
    """

    variables: tuple[Symbol, ...]
    hypotheses: tuple[Formula, ...]
    conclusion: tuple[Formula, ...]


@lru_cache(maxsize=4096)
def goals(formula: Formula, close: bool) -> tuple[Goal, ...]:
    """The goals of a statement; with ``close``, its free symbols and sizes are variables of each goal too."""
    names = symbol_names(formula)
    start: list[Symbol] = []
    if close:
        start = [SizeVariable(name) for name in sorted(item for item in free(formula) if isinstance(item, str))]
        start += sorted((item for item in free(formula) if not isinstance(item, str)), key=lambda item: item.name)
    return tuple(_goals(formula, start, [], set(names)))


def _goals(formula: Formula, variables: list[Symbol], hypotheses: list[Formula], used: set[str]) -> Iterator[Goal]:
    match formula:
        case ForAll(variable=symbol, body=body):
            symbol, body = _apart(symbol, body, used)
            yield from _goals(body, [*variables, symbol], hypotheses, used)
        case Implies(conclusion=conclusion) if conclusion == FALSEHOOD:
            yield Goal(tuple(variables), tuple(hypotheses), (formula,))
        case Implies(premise=premise, conclusion=conclusion):
            variables, hypotheses = list(variables), list(hypotheses)
            _suppose(premise, variables, hypotheses, used)
            yield from _goals(conclusion, variables, hypotheses, used)
        case And(parts=parts):
            atoms = tuple(part for part in _flatten(parts) if isinstance(part, Equal | Member))
            if atoms:
                yield Goal(tuple(variables), tuple(hypotheses), atoms)
            for part in _flatten(parts):
                if not isinstance(part, Equal | Member):
                    yield from _goals(part, variables, hypotheses, set(used))
        case _:
            yield Goal(tuple(variables), tuple(hypotheses), (formula,))


@lru_cache(maxsize=256)
def supposed(goal: Goal) -> Goal:
    """The goal 1 = 0, with what the goal says not to hold among its hypotheses."""
    variables, hypotheses = list(goal.variables), list(goal.hypotheses)
    (conclusion,) = goal.conclusion
    if not isinstance(conclusion, Implies):
        return goal
    _suppose(conclusion.premise, variables, hypotheses, {symbol.name for symbol in variables})
    return Goal(tuple(variables), tuple(hypotheses), (FALSEHOOD,))


@lru_cache(maxsize=256)
def possible(goal: Goal) -> tuple[Goal, ...]:
    """The goal with an existential statement as what does not hold: that some functions have these properties.

    These are functions in what is said not to hold: those without hypotheses, and those of which hypotheses relate to
    one another only.
    """
    premise = negated(goal.conclusion[0])
    if premise is None:
        return ()
    functions = {symbol.name: symbol for symbol in goal.variables if isinstance(symbol, Function)}
    about = [symbol_names(hypothesis) & functions.keys() for hypothesis in goal.hypotheses]
    asked = frozenset(symbol_names(premise) & functions.keys())
    free_ones = asked.difference(*about)
    related = asked
    while strangers := related & frozenset().union(*(names for names in about if not names <= related)):
        related = related - strangers
    found = []
    for own in dict.fromkeys(names for names in (related, free_ones) if names):
        inside = tuple(h for h, names in zip(goal.hypotheses, about) if names & own)
        outside = tuple(h for h, names in zip(goal.hypotheses, about) if not names & own)
        statement = exists(*(functions[name] for name in sorted(own)), And((*inside, premise)) if inside else premise)
        variables = tuple(symbol for symbol in goal.variables if symbol.name not in own)
        found.append(Goal(variables, outside, (implies(statement, FALSEHOOD),)))
    return tuple(found)


def _apart(symbol: Any, body: Any, used: set[str]) -> tuple[Any, Any]:
    """The bound symbol and body, renamed where the name is already in use."""
    if symbol.name in used:
        name = fresh(symbol.name, used | symbol_names(body))
        if isinstance(symbol, SizeVariable):
            renamed: Symbol = SizeVariable(name)
            body = substitute(body, {symbol: name})
        else:
            renamed = type(symbol)(name, *symbol.key[2:])
            body = substitute(body, {symbol: renamed})
        symbol = renamed
    used.add(symbol.name)
    return symbol, body


def _suppose(premise: Formula, variables: list[Symbol], hypotheses: list[Formula], used: set[str]) -> None:
    match premise:
        case And(parts=parts):
            for part in parts:
                _suppose(part, variables, hypotheses, used)
        case Exists(variable=symbol, body=body):
            symbol, body = _apart(symbol, body, used)
            variables.append(symbol)
            _suppose(body, variables, hypotheses, used)
        case _:
            hypotheses.extend(_split(premise))


def _flatten(parts: Sequence[Formula]) -> Iterator[Formula]:
    for part in parts:
        if isinstance(part, And):
            yield from _flatten(part.parts)
        else:
            yield part


def _split(formula: Formula) -> list[Formula]:
    """The conjuncts of a statement, under its quantifiers and premises."""
    match formula:
        case And(parts=parts):
            return [piece for part in parts for piece in _split(part)]
        case ForAll(variable=symbol, body=body):
            pieces = _split(body)
            return [formula] if len(pieces) == 1 else [forall(symbol, piece) for piece in pieces]
        case Implies(premise=premise, conclusion=conclusion):
            pieces = _split(conclusion)
            return [formula] if len(pieces) == 1 else [implies(premise, piece) for piece in pieces]
    return [formula]


# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanStep:
    """How one variable gets its value, and the hypotheses that can be verified once it has.

    ``kind`` is ``size``, ``define`` (by ``term``), ``map`` (a function, by ``term`` in ``arguments``), ``pattern`` (a
    function known by ``term`` where its arguments have the form ``arguments``; ``source`` says so), ``function``
    (unknown), ``group`` (an element of ``group``), or ``free`` (a matrix).
    """

    kind: str
    symbol: Symbol
    checks: tuple[Formula, ...] = ()
    term: Term | None = None
    arguments: tuple[Any, ...] = ()
    group: MatrixGroup | StandardBasis | None = None
    source: Formula | None = None

    @property
    def name(self) -> str:
        return self.symbol.name


@dataclass(frozen=True)
class Plan:
    """Steps in order; ``before`` are the hypotheses that mention no variable of the goal."""

    before: tuple[Formula, ...]
    steps: tuple[PlanStep, ...]
    outside: frozenset[str]  # names of matrices and functions that the hypotheses take from outside
    unknown_functions: bool = False
    free_matrices: bool = False


@lru_cache(maxsize=4096)
def plan(goal: Goal) -> Plan:
    """An order for the variables of a goal: definitions as soon as what they use is there, unknown functions first."""
    symbols = {symbol.name: symbol for symbol in goal.variables}
    needs = {id(h): symbol_names(h) & symbols.keys() for h in goal.hypotheses}
    before = tuple(h for h in goal.hypotheses if not needs[id(h)])
    waiting = [h for h in goal.hypotheses if needs[id(h)]]
    remaining = list(symbols)
    steps: list[PlanStep] = []

    def place(name: str, kind: str, **how: Any) -> None:
        remaining.remove(name)
        ready = [h for h in waiting if not needs[id(h)].intersection(remaining)]
        for h in ready:
            waiting.remove(h)
        steps.append(PlanStep(kind, symbols[name], tuple(ready), **how))

    for name in [name for name in remaining if isinstance(symbols[name], SizeVariable)]:
        place(name, "size")
    while remaining:
        found = next((d for h in waiting for d in _definitions(h) if _ready(d, remaining)), None)
        if found is not None:
            hypothesis, symbol, arguments, term = found
            waiting.remove(hypothesis)
            place(symbol.name, "map" if arguments else "define", term=term, arguments=arguments)
            continue
        found = next((d for h in waiting for d in _patterns(h) if _ready(d, remaining)), None)
        if found is not None:
            hypothesis, symbol, arguments, term = found
            waiting.remove(hypothesis)
            place(symbol.name, "pattern", term=term, arguments=arguments, source=hypothesis)
            continue
        definable = {d[1].name for h in waiting for d in (*_definitions(h), *_patterns(h))}
        rest = [name for name in remaining if name not in definable]
        # Of a = b with a ∈ E(n), the one that is known to be a position is chosen.
        rest = rest or sorted(remaining, key=lambda name: _membership(waiting, symbols[name]) is None)
        name = min(rest, key=lambda name: not isinstance(symbols[name], Function))
        if isinstance(symbols[name], Function):
            place(name, "function")
            continue
        member = _membership(waiting, symbols[name])
        if member is not None:
            waiting.remove(member)
            place(name, "group", group=member.group)
        else:
            place(name, "free")
    outside = frozenset().union(*(symbol_names(h) for h in goal.hypotheses)) - symbols.keys()
    sizes = frozenset(item for h in goal.hypotheses for item in free(h) if isinstance(item, str))
    kinds = {step.kind for step in steps}
    return Plan(before, tuple(steps), outside - sizes, "function" in kinds, "free" in kinds)


def _membership(hypotheses: Sequence[Formula], symbol: Symbol) -> Member | None:
    """The hypothesis, if any, that says of a symbol that it is in a set."""
    return next((h for h in hypotheses if isinstance(h, Member) and h.element == symbol), None)


def matrix_steps_of(goal: Goal) -> list[PlanStep]:
    """The steps of a goal that choose a free matrix."""
    return [step for step in plan(goal).steps if step.kind == "free"]


Definition = tuple[Formula, Any, tuple[Any, ...], Term]


def _ready(definition: Definition, remaining: Sequence[str]) -> bool:
    hypothesis, symbol, arguments, term = definition
    own = {bound.name for bound in bound_in_front(hypothesis)} if arguments else frozenset()
    return symbol.name in remaining and not (symbol_names(term) - own).intersection(remaining)


@lru_cache(maxsize=4096)
def _definitions(hypothesis: Formula) -> tuple[Definition, ...]:
    """Ways to read a hypothesis as a definition: x = t, or ∀ȳ. f(ȳ) = t (also under premises, also f([X Z]))."""
    body: Any = hypothesis
    while isinstance(body, ForAll | Implies):
        body = body.body if isinstance(body, ForAll) else body.conclusion
    bound = bound_in_front(hypothesis)
    if not isinstance(body, Equal):
        return ()
    found: list[Definition] = []
    for left, right in ((body.left, body.right), (body.right, body.left)):
        if isinstance(left, Variable) and not bound and hypothesis is body and left.name not in symbol_names(right):
            found.append((hypothesis, left, (), right))
        if isinstance(left, Apply) and left.function.name not in symbol_names(right):
            parameters = [part for argument in left.arguments for part in _parts(argument)]
            others = {symbol.name for symbol in bound} - {p.name for p in parameters if isinstance(p, Variable)}
            whole = _whole([argument for argument in left.arguments if isinstance(argument, Product)], bound)
            if whole is not None:
                apart = [argument for argument in left.arguments if not isinstance(argument, Product)]
                parameters = [whole, *(part for argument in apart for part in _parts(argument))]
                others = {symbol.name for symbol in bound} - {p.name for p in parameters if isinstance(p, Variable)}
            plain = all(isinstance(p, Variable) and p in bound for p in parameters)
            if plain and len(set(parameters)) == len(parameters) and not others & symbol_names(right):
                found.append((hypothesis, left.function, left.arguments, right))
    return tuple(found)


@lru_cache(maxsize=4096)
def _patterns(hypothesis: Formula) -> tuple[Definition, ...]:
    """Ways to read a hypothesis, if it is no definition, as ∀ȳ. g(σ(ȳ)) = t(ȳ) with every variable in σ(ȳ)."""
    if _definitions(hypothesis):
        return ()
    body: Any = hypothesis
    while isinstance(body, ForAll):
        body = body.body
    bound = {symbol.name for symbol in bound_in_front(hypothesis) if isinstance(symbol, Variable)}
    if not isinstance(body, Equal) or not bound or len(bound) < len(bound_in_front(hypothesis)):
        return ()
    return tuple(
        (hypothesis, left.function, left.arguments, right)
        for left, right in ((body.left, body.right), (body.right, body.left))
        if isinstance(left, Apply)
        and left.function.name not in symbol_names(right) | symbol_names(left.arguments)
        and bound <= symbol_names(left.arguments)
        and all(bound & symbol_names(argument) for argument in left.arguments)
    )


def bound_in_front(formula: Formula) -> list[Any]:
    """The variables of the quantifiers in front of a statement."""
    found: list[Any] = []
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, ForAll):
            found.append(formula.variable)
            formula = formula.body
        else:
            formula = formula.conclusion
    return found


def _whole(arguments: Sequence[Term], bound: Sequence[Any]) -> Variable | None:
    """Y where every one of these arguments is Y times something constant."""
    whole = arguments[0].factors[0] if arguments and isinstance(arguments[0], Product) else None
    if not isinstance(whole, Variable) or whole not in bound:
        return None
    for argument in arguments:
        if not isinstance(argument, Product) or argument.factors[0] != whole or len(argument.factors) < 2:
            return None
        if any(not isinstance(symbol, str) for symbol in free(argument.factors[1:])):
            return None
    return whole


def _parts(argument: Term) -> tuple[Term, ...]:
    if isinstance(argument, Block) and len(argument.grid) == 1:
        return argument.grid[0]
    return (argument,)


def degree_in(item: Any, names: frozenset[str]) -> int:
    """A bound for the degree of a term in the named variables; 2 stands for anything beyond linear."""
    if not isinstance(item, Node) or not names & symbol_names(item):
        return 0
    match item:
        case Variable():
            return 1
        case Transpose():
            return degree_in(item.body, names)
        case Sum():
            return max(degree_in(part, names) for part in item.terms)
        case Block():
            return max(degree_in(entry, names) for row in item.grid for entry in row)
        case Product():
            return min(2, sum(degree_in(part, names) for part in item.factors))
        case Scaled():
            return min(2, degree_in(item.factor, names) + degree_in(item.body, names))
        case Average() | Total():
            return degree_in(item.body, names)
        case Equal():
            return max(degree_in(item.left, names), degree_in(item.right, names))
    return 2
