"""The one door between our terms and SymPy matrix expressions, in and out; nothing behind it is trusted.

Our terms check symbolic shapes and never evaluate themselves; SymPy prints, typesets and substitutes. What SymPy has no
class for is defined here: an unknown function of matrices, the Moore–Penrose pseudo-inverse, an average over a group.

>>> from sympy import MatrixSymbol, Symbol
>>> d, n = Symbol("d"), Symbol("n")
>>> X = MatrixSymbol("X", d, n)
>>> from_sympy(2 * X.T * X)
2 XᵀX
>>> to_sympy(from_sympy(2 * X.T * X)) == 2 * X.T * X
True
>>> from_sympy(X * X)
Traceback (most recent call last):
...
symmetry.errors.ShapeError: cannot multiply X (d × n) by X (d × n): n is not d
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy import (
    Basic,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    Rational,
    Symbol,
    Transpose,
    ZeroMatrix,
)
from sympy.core.symbol import Str
from sympy.matrices.expressions.blockmatrix import BlockMatrix

from symmetry import terms
from symmetry.errors import ShapeError, UsageError
from symmetry.formulas import Equal
from symmetry.sizes import Size

__all__ = [
    "AppliedMatrixFunction",
    "BasisSum",
    "GroupAverage",
    "MatrixFunction",
    "PseudoInverse",
    "from_sympy",
    "put_in",
    "statement_from_sympy",
    "to_sympy",
]


_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_TO_DIGITS = str.maketrans(_SUBSCRIPTS, "0123456789")


class MatrixFunction(Basic):  # type: ignore[misc]
    """An unknown function of matrices; calling it gives a matrix expression.

    Args:
        name: what it prints as.
        rows, cols: the shape of its values.

    >>> from sympy import MatrixSymbol, symbols
    >>> n, k = symbols("n k")
    >>> g = MatrixFunction("g", n, k)
    >>> g(MatrixSymbol("A", n, n)).shape
    (n, k)
    """

    def __new__(cls, name: str, rows: Any, cols: Any) -> MatrixFunction:
        return Basic.__new__(cls, Str(str(name)), sympy.sympify(rows, strict=True), sympy.sympify(cols, strict=True))  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        return str(self.args[0])

    def __call__(self, *arguments: MatrixExpr) -> AppliedMatrixFunction:
        return AppliedMatrixFunction(self, *arguments)

    def _sympystr(self, printer: Any) -> str:
        return self.name

    _sympyrepr = _sympystr

    def _latex(self, printer: Any) -> str:
        name = self.name.rstrip(_SUBSCRIPTS)
        digits = self.name[len(name) :].translate(_TO_DIGITS)
        return f"{printer._print(Symbol(name))}_{{{digits}}}" if digits else str(printer._print(Symbol(name)))


class AppliedMatrixFunction(MatrixExpr):  # type: ignore[misc]
    """An unknown function at given matrices."""

    def __new__(cls, function: MatrixFunction, *arguments: MatrixExpr) -> AppliedMatrixFunction:
        return Basic.__new__(cls, function, *arguments)  # type: ignore[no-any-return]

    @property
    def function(self) -> MatrixFunction:
        return self.args[0]  # type: ignore[no-any-return]

    @property
    def arguments(self) -> tuple[MatrixExpr, ...]:
        return tuple(self.args[1:])

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.function.args[1], self.function.args[2]

    def _entry(self, i: Any, j: Any, **options: Any) -> Any:
        return sympy.matrices.expressions.matexpr.MatrixElement(self, i, j)

    def _eval_transpose(self) -> Any:
        return Transpose(self)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.function.name}({', '.join(printer._print(argument) for argument in self.arguments)})"

    def _latex(self, printer: Any, exp: Any = None) -> str:
        inside = ", ".join(printer._print(argument) for argument in self.arguments)
        text = rf"{self.function._latex(printer)}\left({inside}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        inside = printer._print_seq(self.arguments, delimiter=", ").parens()
        return prettyForm(*printer._print(Symbol(self.function.name)).right(prettyForm(*inside)))


class PseudoInverse(MatrixExpr):  # type: ignore[misc]
    """The Moore–Penrose pseudo-inverse of a matrix expression.

    >>> from sympy import ImmutableMatrix
    >>> PseudoInverse(ImmutableMatrix([[2, 0], [0, 0], [0, 0]])).doit()
    Matrix([
    [1/2, 0, 0],
    [  0, 0, 0]])
    """

    def __new__(cls, argument: MatrixExpr) -> PseudoInverse:
        return Basic.__new__(cls, argument)  # type: ignore[no-any-return]

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.args[0].shape[1], self.args[0].shape[0]

    def _entry(self, i: Any, j: Any, **options: Any) -> Any:
        return sympy.matrices.expressions.matexpr.MatrixElement(self, i, j)

    def _eval_transpose(self) -> Any:
        return Transpose(self)

    def doit(self, **hints: Any) -> Any:
        argument = self.args[0].doit(**hints) if hints.get("deep", True) else self.args[0]
        if isinstance(argument, sympy.MatrixBase):
            return sympy.ImmutableMatrix(argument.pinv())
        return PseudoInverse(argument)

    def _sympystr(self, printer: Any) -> str:
        return f"pinv({printer._print(self.args[0])})"

    def _latex(self, printer: Any) -> str:
        return f"{_wrapped(self.args[0], printer._print(self.args[0]))}^{{+}}"

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        inside = printer._print(self.args[0])
        if not isinstance(self.args[0], MatrixSymbol):
            inside = prettyForm(*inside.parens())
        return inside ** prettyForm("+")


class _Binder(MatrixExpr):  # type: ignore[misc]
    """Something linear done to ``body`` as ``variable`` runs over a finite set."""

    def __new__(cls, variable: MatrixSymbol, body: MatrixExpr) -> _Binder:
        return Basic.__new__(cls, variable, body)  # type: ignore[no-any-return]

    @property
    def shape(self) -> tuple[Any, Any]:
        return getattr(self.args[1], "shape", None) or (Integer(1), Integer(1))

    @property
    def bound_symbols(self) -> list[Any]:
        return [self.args[0]]

    def _entry(self, i: Any, j: Any, **options: Any) -> Any:
        return sympy.matrices.expressions.matexpr.MatrixElement(self, i, j)

    def _eval_transpose(self) -> Any:
        return Transpose(self)

    def _parts(self, printer: Any) -> tuple[str, str, str]:
        variable, body = self.args
        return printer._print(variable), printer._print(variable.shape[0]), printer._print(body)


class GroupAverage(_Binder):
    """The average of ``body`` as ``variable`` runs over the permutation matrices of its size."""

    def _sympystr(self, printer: Any) -> str:
        variable, size, body = self._parts(printer)
        return f"avg[{variable} in S({size})]({body})"

    def _latex(self, printer: Any) -> str:
        variable, size, body = self._parts(printer)
        return rf"\operatorname{{avg}}_{{{variable} \in S({size})}} {_wrapped(self.args[1], body)}"


class BasisSum(_Binder):
    """The sum of ``body`` as ``variable`` runs over the standard basis, the columns of the identity matrix."""

    def _sympystr(self, printer: Any) -> str:
        variable, size, body = self._parts(printer)
        return f"sum[{variable} in E({size})]({body})"

    def _latex(self, printer: Any) -> str:
        variable, size, body = self._parts(printer)
        return rf"\sum_{{{variable} \in E({size})}} {_wrapped(self.args[1], body)}"


def _wrapped(expression: Any, text: str) -> str:
    return text if isinstance(expression, MatrixSymbol) else rf"\left({text}\right)"


# ---------------------------------------------------------------------------------------------------------------


def size_to_sympy(size: Size) -> Any:
    """A size as an integer or a linear form in symbols."""
    total: Any = Integer(size.constant)
    for name, coefficient in size.parts:
        total += coefficient * Symbol(name)
    return total


def to_sympy(term: terms.Term) -> Any:
    """The SymPy matrix expression of a term (a 1 × 1 number stays a number).

    Raises:
        UsageError: something that is not a term.
    """
    match term:
        case terms.Variable():
            return MatrixSymbol(term.name, size_to_sympy(term.rows), size_to_sympy(term.cols))
        case terms.Zero():
            return ZeroMatrix(size_to_sympy(term.rows), size_to_sympy(term.cols))
        case terms.Identity():
            return Identity(size_to_sympy(term.size))
        case terms.Number():
            return Rational(term.value.numerator, term.value.denominator)
        case terms.Sum():
            return _add([to_sympy(part) for part in term.terms])
        case terms.Product():
            return _multiply([to_sympy(factor) for factor in term.factors])
        case terms.Scaled():
            return _multiply([to_sympy(term.factor), to_sympy(term.body)])
        case terms.Transpose():
            body = to_sympy(term.body)
            return body if not getattr(body, "is_Matrix", False) else Transpose(body)
        case terms.Pseudoinverse():
            return PseudoInverse(to_sympy(term.body))
        case terms.Block():
            return BlockMatrix([[to_sympy(entry) for entry in row] for row in term.grid])
        case terms.Apply():
            codomain = term.function.codomain
            function = MatrixFunction(term.function.name, size_to_sympy(codomain[0]), size_to_sympy(codomain[1]))
            return function(*(to_sympy(argument) for argument in term.arguments))
        case terms.Average():
            return GroupAverage(to_sympy(term.variable), to_sympy(term.body))
        case terms.Total():
            return BasisSum(to_sympy(term.variable), to_sympy(term.body))
    raise UsageError(f"{term!r} is not a matrix term")


def _add(parts: list[Any]) -> Any:
    return MatAdd(*parts) if any(getattr(part, "is_Matrix", False) for part in parts) else sympy.Add(*parts)


def _multiply(parts: list[Any]) -> Any:
    if not any(getattr(part, "is_Matrix", False) for part in parts):
        return sympy.Mul(*parts)
    flat = [factor for part in parts for factor in (part.args if isinstance(part, MatMul) else (part,))]
    scale = sympy.Mul(*(factor for factor in flat if not getattr(factor, "is_Matrix", False)))
    matrices = [factor for factor in flat if getattr(factor, "is_Matrix", False)]
    return MatMul(*([] if scale == 1 else [scale]), *matrices)


def size_from_sympy(size: Any) -> Size:
    """The size of a SymPy linear form with natural coefficients.

    Raises:
        ShapeError: anything else.
    """
    size = sympy.sympify(size, strict=True)
    total = Size()
    for part in sympy.Add.make_args(sympy.expand(size)):
        coefficient, rest = part.as_coeff_Mul()
        if not coefficient.is_Integer or coefficient < 0 or not (rest == 1 or isinstance(rest, Symbol)):
            raise ShapeError(f"{size} is not a sum of names and natural numbers")
        if coefficient:
            total = total + (str(int(coefficient)) if rest == 1 else f"{int(coefficient)}*{rest}")
    return total


def statement_from_sympy(equation: Any) -> Equal:
    """The statement of a SymPy equation between matrix expressions.

    Raises:
        ShapeError, UsageError: as :func:`from_sympy`; or where SymPy has already decided the equation.

    >>> from sympy import Eq, MatrixSymbol, Symbol
    >>> X = MatrixSymbol("X", Symbol("d"), Symbol("n"))
    >>> statement_from_sympy(Eq(X.T * X, 2 * X.T * X))
    XᵀX = 2 XᵀX
    """
    if not isinstance(equation, sympy.Equality):
        raise UsageError(f"{type(equation).__name__} is not an equation between matrices: {str(equation)[:80]}")
    return Equal(from_sympy(equation.lhs), from_sympy(equation.rhs))


def from_sympy(expression: Any) -> terms.Term:
    """The term of a SymPy matrix expression, its shapes checked by us.

    Args:
        expression: built from MatrixSymbol, Identity, ZeroMatrix, sums, products, transposes, BlockMatrix, rational
            numbers and the classes of this module. Text is refused, never evaluated.

    Raises:
        ShapeError: shapes that do not fit (SymPy lets symbolic ones pass).
        UsageError: an expression that has no counterpart here; the message names it.
    """
    match expression:
        case terms.Term():
            return expression
        case MatrixSymbol():
            rows, cols = expression.shape
            return terms.Variable(expression.name, size_from_sympy(rows), size_from_sympy(cols))
        case Identity():
            return terms.Identity(size_from_sympy(expression.shape[0]))
        case ZeroMatrix():
            return terms.Zero(*map(size_from_sympy, expression.shape))
        case int() | Fraction():
            return terms.Number(Fraction(expression))
        case Rational():
            return terms.Number(Fraction(int(expression.p), int(expression.q)))
        case MatAdd():
            return terms.Sum(tuple(from_sympy(part) for part in expression.args))
        case MatMul():
            return _product([from_sympy(part) for part in expression.args])
        case MatPow() if expression.exp.is_Integer and 1 <= expression.exp <= 64:
            return _product([from_sympy(expression.base)] * int(expression.exp))
        case Transpose():
            return from_sympy(expression.arg).T
        case BlockMatrix():
            rows, cols = expression.blockshape
            return terms.block([[from_sympy(expression.blocks[i, j]) for j in range(cols)] for i in range(rows)])
        case PseudoInverse():
            return terms.pinv(from_sympy(expression.args[0]))
        case AppliedMatrixFunction():
            arguments = tuple(from_sympy(argument) for argument in expression.arguments)
            shape = size_from_sympy(expression.shape[0]), size_from_sympy(expression.shape[1])
            function = terms.Function(expression.function.name, tuple(a.shape for a in arguments), shape)
            return function(*arguments)
        case GroupAverage():
            variable = from_sympy(expression.args[0])
            if isinstance(variable, terms.Variable):
                return terms.Average(variable, terms.MatrixGroup("S", variable.rows), from_sympy(expression.args[1]))
        case BasisSum():
            vector = from_sympy(expression.args[0])
            if isinstance(vector, terms.Variable):
                return terms.Total(vector, from_sympy(expression.args[1]))
    kind = type(expression).__name__
    raise UsageError(f"{kind} has no counterpart among matrix terms: {str(expression)[:80]}")


def _product(parts: list[terms.Term]) -> terms.Term:
    numbers = [part for part in parts if isinstance(part, terms.Number)]
    factors = tuple(part for part in parts if not isinstance(part, terms.Number))
    if not factors:
        raise UsageError("a matrix product of numbers alone")
    body: terms.Term = factors[0]
    for factor in factors[1:]:
        body = body * factor
    for number in numbers:
        body = number.value * body
    return body


def put_in(expression: Any, functions: Mapping[str, Any]) -> Any:
    """The expression with unknown functions replaced, by name, by callables on matrix expressions.

    Subscripts may be written as digits: ``g1`` for g₁.

    Raises:
        UsageError: a name that does not occur, or a replacement of the wrong shape.
    """
    found = {_plain(applied.function.name) for applied in expression.atoms(AppliedMatrixFunction)}
    chosen = {_plain(name): value for name, value in functions.items()}
    unknown = sorted(set(chosen) - found)
    if unknown:
        raise UsageError(f"no function {', '.join(unknown)} in {expression}; there are {', '.join(sorted(found))}")

    def replace(node: Any) -> Any:
        if not isinstance(node, Basic) or not node.args:
            return node
        if isinstance(node, AppliedMatrixFunction) and _plain(node.function.name) in chosen:
            value = chosen[_plain(node.function.name)](*(replace(argument) for argument in node.arguments))
            shape = getattr(value, "shape", None)
            if shape is None or any(sympy.expand(a - b) != 0 for a, b in zip(shape, node.shape)):
                raise UsageError(f"{node.function.name} must give a {node.shape} matrix, not {value} of shape {shape}")
            return value
        return node.func(*(replace(argument) for argument in node.args))

    return replace(expression)


def _plain(name: str) -> str:
    return name.translate(_TO_DIGITS)
