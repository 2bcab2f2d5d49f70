"""The rules about equations: chains, combinations, and statements in another form, all by the canonical form."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.canonical import Rules, same_formula_modulo, same_term_modulo, term_text
from symmetry.errors import KernelError
from symmetry.formulas import Equal, Formula
from symmetry.kernel.theorem import Theorem, hypotheses_of, mint, need
from symmetry.terms import Number, Scaled, Term

Given = Sequence[tuple[Theorem, bool]]  # equations, each with "read from right to left?"


def equations_of(given: Given) -> tuple[Equal, ...]:
    equations = []
    for theorem, backwards in given:
        equation = need(theorem.conclusion, Equal, "an equation to rewrite with")
        equations.append(Equal(equation.right, equation.left) if backwards else equation)
    return tuple(equations)


def chain(terms: Sequence[Term], links: Sequence[Given]) -> Theorem:
    """t₀ = t₁ = … = tₖ, each link by the canonical form modulo the equations it names, oriented as it says."""
    if len(terms) < 2 or len(links) != len(terms) - 1:
        raise KernelError(f"a chain of {len(terms)} terms needs {max(len(terms) - 1, 1)} links, not {len(links)}")
    for left, right, given in zip(terms, terms[1:], links):
        equation = Equal(need(left, Term, "a term"), need(right, Term, "a term"))
        equations = equations_of(given)
        if not same_term_modulo(left, right, equations):
            rules = Rules(equations)
            reason = "; ".join(str(theorem.conclusion) for theorem, _ in given) or "the canonical form alone"
            raise KernelError(
                f"this link does not hold: {equation}, by {reason}\n"
                f"  left side:  {term_text(left, rules)}\n  right side: {term_text(right, rules)}"
            )
    above = [theorem for given in links for theorem, _ in given]
    return mint(hypotheses_of(above), Equal(terms[0], terms[-1]), above)


def combine(
    statement: Equal, theorems: Sequence[Theorem], multipliers: Sequence[tuple[Number, Term | None, Term | None]]
) -> Theorem:
    """s = t, where s − t = Σ cᵢ Aᵢ (lᵢ − rᵢ) Bᵢ for theorems lᵢ = rᵢ and the given multipliers (cᵢ, Aᵢ, Bᵢ).

    As everywhere, a 1 × 1 factor may multiply a matrix of any shape.
    """
    need(statement, Equal, "an equation")
    if len(theorems) != len(multipliers) or not theorems:
        raise KernelError(f"{len(theorems)} equations need as many multipliers, not {len(multipliers)}")
    total: Term = statement.left - statement.right
    for theorem, (scale, left, right) in zip(theorems, multipliers):
        equation = need(theorem.conclusion, Equal, "an equation to combine")
        part = equation.left - equation.right
        part = part if left is None else need(left, Term, "a matrix") * part
        part = part if right is None else part * need(right, Term, "a matrix")
        total = total - Scaled(need(scale, Number, "a rational multiplier"), part)
    if term_text(total) != "0":
        raise KernelError(f"these multipliers do not give {statement}\n  what is left over: {term_text(total)}")
    return mint(hypotheses_of(theorems), statement, theorems)


def restate(theorem: Theorem, statement: Formula, given: Given) -> Theorem:
    """From φ get ψ, where both have one canonical form modulo the equations named."""
    if not same_formula_modulo(theorem.conclusion, need(statement, Formula, "a statement"), equations_of(given)):
        reason = "; ".join(str(equation.conclusion) for equation, _ in given) or "the canonical form alone"
        raise KernelError(f"{theorem.conclusion}\n  is not {statement}\n  by {reason}")
    above = [theorem, *(equation for equation, _ in given)]
    return mint(hypotheses_of(above), statement, above)
