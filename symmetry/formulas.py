"""Statements about matrix terms: equations, membership in a group, and the logic around them.

``∀ Q ∈ O(d). φ`` is ``ForAll(Q, Implies(Member(Q, O(d)), φ))``, and "not φ" is ``φ ⇒ 1 = 0``.

>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> X = Variable("X", d, n)
>>> forall(X, Equal(X.T.T, X))
∀ X : d × n.  X = X
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symmetry.errors import ShapeError
from symmetry.sizes import Size
from symmetry.syntax import Node, SizeVariable, check_binder, expect, node
from symmetry.terms import Function, MatrixGroup, Number, StandardBasis, Symbol, Term, Variable, Zero

__all__ = [
    "FALSEHOOD",
    "And",
    "Equal",
    "Exists",
    "ForAll",
    "Formula",
    "Implies",
    "Member",
    "conjunction",
    "exists",
    "forall",
    "iff",
    "implies",
    "is_falsehood",
    "negated",
    "negation",
]


class Formula(Node):
    """A statement."""


@node
class Equal(Formula):
    """Two terms of one shape are equal."""

    left: Term
    right: Term

    def __post_init__(self) -> None:
        expect(Term, "a matrix", (self.left, self.right))
        if self.left.shape != self.right.shape:
            raise ShapeError(
                f"{self.left} is {self.left.rows} × {self.left.cols}, "
                f"but {self.right} is {self.right.rows} × {self.right.cols}"
            )


@node
class Member(Formula):
    """A square matrix is an element of a group, or a column is a vector of the standard basis."""

    element: Term
    group: MatrixGroup | StandardBasis

    def __post_init__(self) -> None:
        expect(Term, "a matrix", (self.element,))
        expect((MatrixGroup, StandardBasis), "a group or a standard basis", (self.group,))
        width = self.group.size if isinstance(self.group, MatrixGroup) else Size((), 1)
        if self.element.shape != (self.group.size, width):
            raise ShapeError(
                f"{self.element} is {self.element.rows} × {self.element.cols}, not a candidate for {self.group}"
            )


@node
class And(Formula):
    """All parts hold."""

    parts: tuple[Formula, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", expect(Formula, "a statement", self.parts))
        if len(self.parts) < 2:
            raise ShapeError("a conjunction has at least two parts")


@node
class Implies(Formula):
    """If the premise holds, so does the conclusion."""

    premise: Formula
    conclusion: Formula

    def __post_init__(self) -> None:
        expect(Formula, "a statement", (self.premise, self.conclusion))


@node
class ForAll(Formula):
    """The body holds for every value of the variable."""

    variable: Symbol
    body: Formula

    def __post_init__(self) -> None:
        expect((Variable, Function, SizeVariable), "a variable, a function or a size", (self.variable,))
        expect(Formula, "a statement", (self.body,))
        check_binder(self.variable, self.body)


@node
class Exists(Formula):
    """The body holds for some value of the variable (a matrix or a function)."""

    variable: Variable | Function
    body: Formula

    def __post_init__(self) -> None:
        expect((Variable, Function), "a variable or a function", (self.variable,))
        expect(Formula, "a statement", (self.body,))
        check_binder(self.variable, self.body)


def _symbols(symbols: tuple[Symbol | Size, ...]) -> Iterator[Symbol]:
    for symbol in symbols:
        yield SizeVariable(str(symbol)) if isinstance(symbol, Size) else symbol


def forall(*parts: Symbol | Size | Formula) -> Formula:
    """``forall(x, y, φ)``: for all x and y, φ; a bare size is quantified by its name."""
    *symbols, body = parts
    for symbol in reversed(list(_symbols(tuple(symbols)))):  # type: ignore[arg-type]
        body = ForAll(symbol, body)  # type: ignore[arg-type]
    return body  # type: ignore[return-value]


def exists(*parts: Variable | Function | Formula) -> Formula:
    """``exists(x, y, φ)``: for some x and y, φ."""
    *symbols, body = parts
    for symbol in reversed(symbols):
        body = Exists(symbol, body)  # type: ignore[arg-type]
    return body  # type: ignore[return-value]


def implies(*parts: Formula) -> Formula:
    """``implies(φ, ψ, χ)``: φ ⇒ (ψ ⇒ χ)."""
    *premises, conclusion = parts
    for premise in reversed(premises):
        conclusion = Implies(premise, conclusion)
    return conclusion


def conjunction(*parts: Formula) -> Formula:
    """All of the parts; a single part stands for itself."""
    return parts[0] if len(parts) == 1 else And(parts)


FALSEHOOD = Equal(Number(Fraction(1)), Zero(Size((), 1), Size((), 1)))


def negation(formula: Formula) -> Formula:
    """Not φ, which is φ ⇒ 1 = 0.

    >>> from symmetry.terms import sizes
    >>> d, n = sizes("d n")
    >>> negation(Equal(Variable("X", d, n), Zero(d, n)))
    not (X = 0)
    """
    return Implies(formula, FALSEHOOD)


def negated(formula: Formula) -> Formula | None:
    """φ where the statement is φ ⇒ 1 = 0, else ``None``."""
    return formula.premise if isinstance(formula, Implies) and is_falsehood(formula.conclusion) else None


def is_falsehood(formula: Formula) -> bool:
    """Whether the statement is 1 = 0, the zero written as a matrix or as a number."""
    return formula in (FALSEHOOD, Equal(Number(Fraction(1)), Number(Fraction(0))))


def iff(left: Formula, right: Formula) -> Formula:
    """Both implications."""
    return And((Implies(left, right), Implies(right, left)))
