"""The primitives that state something about all matrices, all sizes, all functions."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.canonical import same_formula
from symmetry.errors import KernelError
from symmetry.formulas import Equal, Exists, ForAll, Formula, Implies, conjunction, exists, forall, implies
from symmetry.kernel.theorem import (
    CHOICE,
    INDUCTION,
    PENROSE,
    Theorem,
    hypotheses_of,
    mint,
    names_of,
    need,
)
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable, fresh, symbol_names
from symmetry.terms import Apply, Function, Pseudoinverse, Term, Transpose, Variable


def penrose(term: Term, index: int) -> Theorem:
    """One of the four Penrose equations of t⁺ (Penrose 1955), for matrices over an ordered field."""
    inverse = Pseudoinverse(need(term, Term, "a term"))
    sides = {
        1: (term * inverse * term, term),
        2: (inverse * term * inverse, inverse),
        3: (Transpose(term * inverse), term * inverse),
        4: (Transpose(inverse * term), inverse * term),
    }.get(index)
    if sides is None:
        raise KernelError(f"there are Penrose equations 1 to 4, not {index}")
    return mint((), Equal(*sides), (), PENROSE)


def induct(base: Theorem, step: Theorem, statement: ForAll) -> Theorem:
    """From φ(0) and ∀n. φ(n) ⇒ φ(n + 1) get ∀n. φ(n)."""
    name = need(need(statement, ForAll, "a statement 'for all'").variable, SizeVariable, "a size").name
    first = substitute(statement.body, {name: Size()})
    following = ForAll(
        statement.variable, Implies(statement.body, substitute(statement.body, {name: Size.of(name) + 1}))
    )
    for theorem, wanted in ((base, first), (step, following)):
        if not same_formula(theorem.conclusion, wanted):
            raise KernelError(f"induction needs {wanted}\n  but was given {theorem.conclusion}")
    return mint(hypotheses_of([base, step]), statement, [base, step], INDUCTION)


def factorise(existence: Theorem, transfer: Theorem, through: Sequence[Term], names: Sequence[str]) -> Theorem:
    """From ∀y ∃a. φ(y, a) and ∀y ∀y' ∀a. s(y) = s(y') ⇒ φ(y, a) ⇒ φ(y', a) get ∃g ∀y. φ(y, g(s(y))).

    y, a, s and g may be tuples; ``through`` lists the terms s in the variables y, ``names`` the functions g.
    """
    inputs, rest = _peel(existence.conclusion, ForAll)
    outputs, body = _peel(rest, Exists)
    outputs, body = outputs[: len(names)], exists(*outputs[len(names) :], body)
    if len({variable.name for variable in (*inputs, *outputs)}) != len(inputs) + len(outputs):
        raise KernelError(f"{existence.conclusion} binds one name twice")
    if not inputs or not names or len(outputs) != len(names) or not through:
        raise KernelError(f"{existence.conclusion} does not say that for all … there are {len(names)} matrices …")
    through = tuple(need(term, Term, "a term") for term in through)
    for term in through:
        if symbol_names(term) & {variable.name for variable in outputs}:
            raise KernelError(f"{term} speaks of what is chosen, so a function of it is no function of the inputs")
    taken = symbol_names(existence.conclusion) | names_of((*inputs, *outputs, *through, body))
    if len(set(names)) != len(names) or taken & set(names):
        raise KernelError(f"the function names {', '.join(names)} are not fresh and different")
    twins: list[Variable] = []
    for variable in inputs:
        twins.append(Variable(fresh(variable.name, taken | {twin.name for twin in twins}), *variable.shape))
    swap = dict(zip(inputs, twins))
    agree = conjunction(*(Equal(term, substitute(term, swap)) for term in through))
    wanted = forall(*inputs, *twins, *outputs, implies(agree, body, substitute(body, swap)))
    if not same_formula(transfer.conclusion, wanted):
        raise KernelError(f"factorisation needs {wanted}\n  but was given {transfer.conclusion}")
    functions = tuple(
        Function(name, tuple(term.shape for term in through), output.shape) for name, output in zip(names, outputs)
    )
    values = {output: Apply(function, through) for output, function in zip(outputs, functions)}
    conclusion = exists(*functions, forall(*inputs, substitute(body, values)))
    return mint(hypotheses_of([existence, transfer]), conclusion, [existence, transfer], CHOICE)


def _peel(formula: Formula, kind: type) -> tuple[list[Variable], Formula]:
    variables: list[Variable] = []
    while isinstance(formula, kind) and isinstance(formula.variable, Variable):  # type: ignore[attr-defined]
        variables.append(formula.variable)  # type: ignore[attr-defined]
        formula = formula.body  # type: ignore[attr-defined]
    return variables, formula
