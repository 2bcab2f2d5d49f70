"""Terms, statements and sizes as text, in the notation of the subject (Unicode).

>>> from symmetry.terms import sizes, Variable, pinv, hstack
>>> d, n, m = sizes("d n m")
>>> X, Z = Variable("X", d, n), Variable("Z", d, m)
>>> show(2 * X * pinv(X) * Z - Z), show((X + X).T), show(hstack(X, Z).T)
('2 X X⁺ Z − Z', '(X + X)ᵀ', '[X Z]ᵀ')
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member, negated
from symmetry.sizes import Size
from symmetry.syntax import SizeVariable
from symmetry.terms import (
    Apply,
    Average,
    Block,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    StandardBasis,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
)

__all__ = ["iff_sides", "quantifiers", "relativised", "show", "show_shape"]

_SUM, _PRODUCT, _POSTFIX = 1, 2, 3


def show(item: Any) -> str:
    """The item as one line of text."""
    if isinstance(item, Term):
        return _term(item, _SUM)
    if isinstance(item, Formula):
        return _formula(item, 0)
    if isinstance(item, MatrixGroup | StandardBasis):
        return f"{item.name}({item.size})"
    if isinstance(item, Function):
        return f"{item.name} : {_domain(item)}"
    if isinstance(item, Lambda):
        names = ", ".join(parameter.name for parameter in item.parameters)
        return f"({names}) ↦ {show(item.body)}"
    return str(item)


def show_shape(shape: tuple[Size, Size]) -> str:
    """A shape as text: ``(d × n)``, compound sizes in brackets."""
    return f"({_size(shape[0])} × {_size(shape[1])})"


def _size(size: Size) -> str:
    text = str(size).replace("*", "")
    return f"({text})" if "+" in text else text


def _wrap(text: str, level: int, needed: int) -> str:
    return f"({text})" if level < needed else text


def _term(term: Term, needed: int) -> str:
    match term:
        case Variable():
            return term.name
        case Zero():
            return "0"
        case Identity():
            return "1" if term.size.is_one else "I"
        case Number():
            level = _POSTFIX if term.value >= 0 and term.value.denominator == 1 else _PRODUCT
            return _wrap(_fraction(term.value), level, needed)
        case Sum():
            text = _term(term.terms[0], _SUM)
            for part in term.terms[1:]:
                sign, part_text = _signed(part)
                text += f" {sign} {part_text}"
            return _wrap(text, _SUM, needed)
        case Scaled():
            sign, text = _signed(term)
            if sign == "−":
                return _wrap(f"−{text}", _SUM, needed)
            return _wrap(text, _PRODUCT, needed)
        case Product():
            if len(term.factors) == 1:
                return _term(term.factors[0], needed)
            return _wrap(_join([_term(factor, _PRODUCT + 1) for factor in term.factors]), _PRODUCT, needed)
        case Transpose():
            return _term(term.body, _POSTFIX) + "ᵀ"
        case Pseudoinverse():
            return _term(term.body, _POSTFIX) + "⁺"
        case Apply():
            return f"{term.function.name}({', '.join(_term(argument, _SUM) for argument in term.arguments)})"
        case Average():
            return _wrap(f"avg[{term.variable.name} ∈ {show(term.group)}] {_term(term.body, _PRODUCT)}", _SUM, needed)
        case Total():
            return _wrap(f"Σ[{term.variable.name} ∈ {show(term.basis)}] {_term(term.body, _PRODUCT)}", _SUM, needed)
        case Block():
            return "[" + "; ".join(" ".join(_term(entry, _PRODUCT) for entry in row) for row in term.grid) + "]"
    raise TypeError(f"cannot show {type(term).__name__}")


def _fraction(value: Fraction) -> str:
    text = str(abs(value.numerator)) if value.denominator == 1 else f"{abs(value.numerator)}/{value.denominator}"
    return f"−{text}" if value < 0 else text


def _signed(term: Term) -> tuple[str, str]:
    """The sign of a summand and the rest of it."""
    if isinstance(term, Scaled) and isinstance(term.factor, Number):
        value, inner = term.factor.value, term.body
        if abs(value) == 1 and isinstance(inner, Scaled) and isinstance(inner.factor, Number):
            value, inner = value * inner.factor.value, inner.body
        body = _term(inner, _POSTFIX if isinstance(inner, Scaled) else _PRODUCT)
        if abs(value) != 1:
            body = f"{_fraction(abs(value))} {body}"
        return ("−" if value < 0 else "+"), body
    if isinstance(term, Scaled):
        return "+", _join([_term(term.factor, _PRODUCT), _term(term.body, _PRODUCT)])
    return "+", _term(term, _PRODUCT)


def _join(factors: list[str]) -> str:
    """Factors side by side: names of one letter close up, longer things keep a space."""
    return " ".join(factors) if any(len(factor.strip("ᵀ⁺")) > 1 for factor in factors) else _close(factors)


def _close(factors: list[str]) -> str:
    return "".join(factors) if len(factors) == 2 else " ".join(factors)


def _domain(symbol: Any) -> str:
    if isinstance(symbol, SizeVariable):
        return "size"
    if isinstance(symbol, Function):
        return f"{' × '.join(map(show_shape, symbol.domain))} → {show_shape(symbol.codomain)}"
    return f"{_size(symbol.rows)} × {_size(symbol.cols)}"


def _formula(formula: Formula, needed: int) -> str:
    """Levels: 0 anything, 1 no quantifier or implication, 2 no conjunction either."""
    match formula:
        case Equal():
            return f"{_term(formula.left, _SUM)} = {_term(formula.right, _SUM)}"
        case Member():
            return f"{_term(formula.element, _SUM)} ∈ {show(formula.group)}"
        case And():
            pair = iff_sides(formula)
            if pair is not None:
                return _wrap(f"{_formula(pair[0], 1)}  ⟺  {_formula(pair[1], 1)}", 0, needed)
            return _wrap("  ∧  ".join(_formula(part, 2) for part in formula.parts), 1, needed)
        case Implies() if negated(formula) is not None:
            return f"not ({_formula(formula.premise, 0)})"
        case Implies():
            return _wrap(f"{_formula(formula.premise, 1)}  ⇒  {_formula(formula.conclusion, 0)}", 0, needed)
        case ForAll() | Exists():
            head, body = quantifiers(formula)
            return _wrap(f"{head}.  {_formula(body, 0)}", 0, needed)
    raise TypeError(f"cannot show {type(formula).__name__}")


def iff_sides(formula: And) -> tuple[Formula, Formula] | None:
    """The two sides, where the conjunction is of an implication and its converse."""
    if len(formula.parts) == 2:
        first, second = formula.parts
        if isinstance(first, Implies) and isinstance(second, Implies):
            if first.premise == second.conclusion and first.conclusion == second.premise:
                return first.premise, first.conclusion
    return None


def quantifiers(formula: ForAll | Exists) -> tuple[str, Formula]:
    """The leading quantifiers of one kind, as text, and what they stand before.

    >>> from symmetry.terms import sizes
    >>> from symmetry.formulas import forall
    >>> d, n = sizes("d n")
    >>> X, Y = Variable("X", d, n), Variable("Y", d, n)
    >>> Z = Variable("Z", n, d)
    >>> quantifiers(forall(X, Y, Z, Equal(X, Y)))
    ('∀ X, Y : d × n; Z : n × d', X = Y)
    """
    sign = "∀" if isinstance(formula, ForAll) else "∃"
    kind = type(formula)
    group, body = relativised(formula)
    if group is not None:
        return f"{sign} {formula.variable.name} ∈ {show(group)}", body
    names: dict[str, list[str]] = {_domain(formula.variable): [formula.variable.name]}
    while isinstance(body, kind) and relativised(body)[0] is None:
        domain = _domain(body.variable)
        if domain in names and domain != list(names)[-1]:
            break
        names.setdefault(domain, []).append(body.variable.name)
        body = body.body
    return f"{sign} " + "; ".join(f"{', '.join(group)} : {domain}" for domain, group in names.items()), body


def relativised(formula: ForAll | Exists) -> tuple[MatrixGroup | StandardBasis | None, Formula]:
    """The group that a quantifier ranges over, where the body begins with that condition, and the rest."""
    body = formula.body
    if isinstance(formula, ForAll) and isinstance(body, Implies) and negated(body) is None:
        condition, rest = body.premise, body.conclusion
    elif isinstance(formula, Exists) and isinstance(body, And) and isinstance(body.parts[0], Member):
        condition = body.parts[0]
        rest = body.parts[1] if len(body.parts) == 2 else And(body.parts[1:])
    else:
        return None, body
    if isinstance(condition, Member) and condition.element == formula.variable:
        return condition.group, rest
    return None, body
