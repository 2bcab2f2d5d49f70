"""Symbolic forms: what the theorems say a function with a symmetry looks like, as SymPy objects.

A form is read off the theorem that the kernel replays when it is first asked for; nothing is typed here but the id of
the claim.

>>> form = equivariant_with_knowledge()
>>> form.expression
X*g₁(X.T*X, Z.T*X, Z.T*Z) + Z*g₂(X.T*X, Z.T*X, Z.T*Z)
>>> form.concrete(g1=lambda A, B, C: A, g2=lambda A, B, C: B)
Traceback (most recent call last):
...
symmetry.errors.UsageError: g₁ must give a (n, k) matrix, not X.T*X of shape (n, n)
>>> form.with_sizes(k="n").concrete(g1=lambda A, B, C: A, g2=lambda A, B, C: B)
X*(X.T*X) + Z*(Z.T*X)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from symmetry.errors import UsageError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies
from symmetry.sizes import Size, SizeLike
from symmetry.substitution import substitute
from symmetry.syntax import free
from symmetry.terms import Apply, Function, Term, Variable

__all__ = [
    "Form",
    "equivariant",
    "equivariant_with_knowledge",
    "invariant",
    "invariant_with_knowledge",
]


@dataclass(frozen=True)
class Form:
    """The general form of the functions with a symmetry.

    Args:
        claim: id of the claim whose theorem says so.
        function: the function in question, f or h.
        inputs: its arguments.
        body: what it equals.
        free_functions: the unknown functions in it, which may be chosen at will.

    Raises:
        UsageError: from :meth:`concrete`, where a choice does not fit.
    """

    claim: str
    function: Function
    inputs: tuple[Variable, ...]
    body: Term
    free_functions: tuple[Function, ...]

    @property
    def expression(self) -> Any:
        """The form as a SymPy matrix expression."""
        from symmetry.sympy_door import to_sympy

        return to_sympy(self.body)

    @property
    def equation(self) -> Any:
        """f(…) = the form, as a SymPy equation."""
        from sympy import Eq

        from symmetry.sympy_door import to_sympy

        return Eq(to_sympy(self.function(*self.inputs)), self.expression, evaluate=False)

    def with_sizes(self, **lengths: SizeLike) -> Form:
        """The form at other sizes: names such as ``k="n"``, or integers.

        Raises:
            UsageError: a size that does not occur.
        """
        known = {name for name in free(self.function) | free(self.body) if isinstance(name, str)}
        unknown = sorted(set(lengths) - known)
        if unknown:
            raise UsageError(f"the form has no size {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        sizes = {name: Size.of(value) for name, value in lengths.items()}
        parts = (self.function, self.inputs, self.body, self.free_functions)
        return Form(self.claim, *(substitute(part, sizes) for part in parts))

    def concrete(self, **choices: Callable[..., Any]) -> Any:
        """The SymPy expression with free functions chosen by callables on matrix expressions; g1 stands for g₁."""
        from symmetry.sympy_door import put_in

        return put_in(self.expression, choices)

    def latex(self) -> str:
        """The equation f(…) = the form, typeset."""
        from sympy import latex

        from symmetry.sympy_door import to_sympy

        return f"{latex(to_sympy(self.function(*self.inputs)))} = {latex(self.expression)}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return str(Equal(self.function(*self.inputs), self.body))


def equivariant() -> Form:
    """f(Y) = Y g(YᵀY), where f(QY) = Q f(Y) for all orthogonal Q (theory 2.3).

    >>> print(equivariant())
    f(Y) = Y g(YᵀY)
    """
    return form_of("representation")


def equivariant_with_knowledge() -> Form:
    """f(X, Z) = X g₁ + Z g₂, where f(QX, QZ) = Q f(X, Z) for all orthogonal Q (theory 2.3; Ma and Ying 2022).

    >>> print(equivariant_with_knowledge())
    f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)
    """
    return form_of("representation-with-knowledge")


def invariant() -> Form:
    """h(Y) = g(YᵀY), where h(QY) = h(Y) for all orthogonal Q (theory 1.4).

    >>> print(invariant())
    h(Y) = g(YᵀY)
    """
    return form_of("invariant-functions")


def invariant_with_knowledge() -> Form:
    """h(X, Z) = g(XᵀX, ZᵀX, ZᵀZ), where h(QX, QZ) = h(X, Z) for all orthogonal Q (theory 1.5).

    >>> print(invariant_with_knowledge())
    h(X, Z) = g(XᵀX, ZᵀX, ZᵀZ)
    """
    return form_of("invariant-functions-with-knowledge")


@lru_cache(maxsize=64)
def form_of(claim: str) -> Form:
    """The form that a claim's theorem gives: ∃ free functions. ∀ inputs. f(inputs) = body.

    Raises:
        UsageError: the claim is unknown, or its theorem does not state a form.
    """
    from symmetry.verification import derivations

    statement = derivations([claim])[-1].statement
    found = _form(statement, ())
    if found is None:
        raise UsageError(f"the theorem of {claim!r} does not state a form: {statement}")
    function, inputs, body, functions = found
    return Form(claim, function, inputs, body, functions)


_Found = tuple[Function, tuple[Variable, ...], Term, tuple[Function, ...]]


def _form(formula: Formula, functions: tuple[Function, ...]) -> _Found | None:
    """The first part of a statement that says: there are functions with, for all inputs, f(inputs) = body."""
    if isinstance(formula, Exists) and isinstance(formula.variable, Function):
        return _form(formula.body, (*functions, formula.variable))
    if isinstance(formula, ForAll):
        inputs: list[Variable] = []
        inner: Formula = formula
        while functions and isinstance(inner, ForAll) and isinstance(inner.variable, Variable):
            inputs.append(inner.variable)
            inner = inner.body
        if inputs and isinstance(inner, Equal) and isinstance(inner.left, Apply):
            if inner.left.arguments == tuple(inputs):
                return inner.left.function, tuple(inputs), inner.right, functions
        return _form(formula.body, functions)
    if isinstance(formula, Implies):
        return _form(formula.conclusion, functions)
    if isinstance(formula, And):
        return next((found for part in formula.parts if (found := _form(part, functions)) is not None), None)
    return None
