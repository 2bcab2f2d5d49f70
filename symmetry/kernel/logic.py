"""The rules of logic: assumptions, quantifiers, definitions; and citations, which are admitted by name."""

from __future__ import annotations

from typing import Any

from symmetry.canonical import same_formula
from symmetry.errors import KernelError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies
from symmetry.kernel.theorem import Theorem, cited, hypotheses_of, mint, names_of, need, without
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable, symbol_names
from symmetry.terms import Apply, Function, Lambda, Term, Variable


def assume(formula: Formula) -> Theorem:
    """φ ⊢ φ."""
    return mint((need(formula, Formula, "a statement"),), formula, ())


def discharge(theorem: Theorem, formula: Formula) -> Theorem:
    """From Γ, φ ⊢ ψ get Γ ⊢ φ ⇒ ψ."""
    kept = without(theorem, need(formula, Formula, "a statement"))
    return mint(kept, Implies(formula, theorem.conclusion), [theorem])


def detach(*theorems: Theorem) -> Theorem:
    """From φ ⇒ ψ and φ get ψ."""
    if len(theorems) != 2:
        known = ", ".join(str(theorem.conclusion) for theorem in theorems)
        raise KernelError(f"detaching needs an implication and its premise, but was given only {known or 'nothing'}")
    implication, premise = theorems
    rule = need(implication.conclusion, Implies, "an implication")
    if not same_formula(rule.premise, premise.conclusion):
        raise KernelError(f"the implication needs {rule.premise}\n  but was given {premise.conclusion}")
    return mint(hypotheses_of([implication, premise]), rule.conclusion, [implication, premise])


def conjoin(*theorems: Theorem) -> Theorem:
    """From φ, ψ, … get φ ∧ ψ ∧ …"""
    if len(theorems) < 2:
        raise KernelError(f"a conjunction needs at least two theorems, not {len(theorems)}")
    return mint(hypotheses_of(theorems), And(tuple(theorem.conclusion for theorem in theorems)), theorems)


def project(theorem: Theorem, index: int) -> Theorem:
    """From φ₁ ∧ … ∧ φₖ get φᵢ (i from 1)."""
    parts = need(theorem.conclusion, And, "a conjunction").parts
    if not isinstance(index, int) or not 1 <= index <= len(parts):
        raise KernelError(f"no part {index}: {theorem.conclusion} has parts 1 to {len(parts)}")
    return mint(theorem.hypotheses, parts[index - 1], [theorem])


def generalise(theorem: Theorem, symbol: Variable | Function | SizeVariable) -> Theorem:
    """From φ get ∀x. φ, where no hypothesis speaks of x."""
    need(symbol, (Variable, Function, SizeVariable), "a variable, a function or a size")
    name = symbol.name
    for hypothesis in theorem.hypotheses:
        if name in symbol_names(hypothesis):
            raise KernelError(f"cannot generalise {name}: the hypothesis {hypothesis} speaks of it")
    return mint(theorem.hypotheses, ForAll(symbol, theorem.conclusion), [theorem])


def specialise(theorem: Theorem, value: Term | Function | Lambda | Size) -> Theorem:
    """From ∀x. φ(x) get φ(t), t of the shape of x."""
    rule = need(theorem.conclusion, ForAll, "a statement 'for all'")
    return mint(theorem.hypotheses, instance(rule, value), [theorem])


def instance(rule: ForAll | Exists, value: Any) -> Formula:
    wanted = {Variable: Term, Function: (Function, Lambda), SizeVariable: (Size, str)}[type(rule.variable)]
    need(value, wanted, f"a value for {rule.variable.name}")
    return substitute(rule.body, {rule.variable: value})  # type: ignore[no-any-return]


def witness(theorem: Theorem, statement: Exists, value: Term | Function | Lambda) -> Theorem:
    """From φ(t) get ∃x. φ(x)."""
    claimed = instance(need(statement, Exists, "a statement 'there is'"), value)
    if not same_formula(claimed, theorem.conclusion):
        raise KernelError(f"the witness {value} needs {claimed}\n  but was given {theorem.conclusion}")
    return mint(theorem.hypotheses, statement, [theorem])


def choose(existence: Theorem, theorem: Theorem, symbol: Variable | Function) -> Theorem:
    """From ∃x. φ(x), and ψ under the hypothesis φ(y) for a fresh y, get ψ."""
    rule = need(existence.conclusion, Exists, "a statement 'there is'")
    given = instance(rule, need(symbol, (Variable, Function), "a variable or a function"))
    kept = without(theorem, given)
    if symbol.name in names_of((*kept, *existence.hypotheses, existence.conclusion, theorem.conclusion)):
        raise KernelError(f"{symbol.name} is not fresh: something besides {given} speaks of it")
    return mint(kept + list(existence.hypotheses), theorem.conclusion, [existence, theorem])


def define(theorem: Theorem, symbol: Variable | Function) -> Theorem:
    """Drop a hypothesis x = t, or ∀y. f(y) = t(y), that only names something: nothing else speaks of x, nor does t."""
    name = need(symbol, (Variable, Function), "a variable or a function").name
    kept = []
    for hypothesis in theorem.hypotheses:
        if name not in symbol_names(hypothesis):
            kept.append(hypothesis)
        elif not _defines(hypothesis, symbol):
            raise KernelError(f"{hypothesis} does not define {name}: expected {name} = …, with no {name} on the right")
    if len(kept) != len(theorem.hypotheses) - 1:
        count = len(theorem.hypotheses) - len(kept)
        raise KernelError(f"{count} hypotheses speak of {name}: one definition was expected")
    if name in symbol_names(theorem.conclusion):
        raise KernelError(f"the conclusion {theorem.conclusion} still speaks of {name}")
    return mint(kept, theorem.conclusion, [theorem])


def _defines(hypothesis: Formula, symbol: Variable | Function) -> bool:
    parameters: list[Variable] = []
    while isinstance(symbol, Function) and isinstance(hypothesis, ForAll) and isinstance(hypothesis.variable, Variable):
        parameters.append(hypothesis.variable)
        hypothesis = hypothesis.body
    if not isinstance(hypothesis, Equal) or symbol.name in symbol_names(hypothesis.right):
        return False
    if isinstance(symbol, Variable):
        return hypothesis.left == symbol
    distinct = len(set(parameters)) == len(parameters)
    left = hypothesis.left
    return distinct and isinstance(left, Apply) and (left.function, left.arguments) == (symbol, tuple(parameters))


def cite(formula: Formula, name: str) -> Theorem:
    """Admit a statement by name; everything that rests on it carries the name."""
    if not isinstance(name, str) or not name.strip():
        raise KernelError("a citation needs a name")
    return cited(need(formula, Formula, "a statement"), name)
