"""Matrix terms of generic size: what the kernel talks about.

A term is frozen and carries its symbolic shape; combining terms whose shapes do not fit is refused here,
before any rule looks at them. Operators read as in SymPy: ``X.T*Y``, ``2*X - Z``, ``f(Q*Y)``, and a 1×1 term
times a matrix scales it.

>>> d, n, m = sizes("d n m")
>>> X, Z = Variable("X", d, n), Variable("Z", d, m)
>>> (Z.T*X).shape
(Size('m'), Size('n'))
>>> X*Z
Traceback (most recent call last):
...
symmetry.errors.ShapeError: cannot multiply X (d × n) by Z (d × m): n is not d
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any

from symmetry.errors import ShapeError
from symmetry.sizes import Size
from symmetry.syntax import Node, Shape, SizeVariable, check_binder, check_name, expect, node, shape_text

__all__ = [
    "Apply",
    "Average",
    "Block",
    "Function",
    "Identity",
    "Lambda",
    "MatrixGroup",
    "Number",
    "Product",
    "Pseudoinverse",
    "Scaled",
    "StandardBasis",
    "Sum",
    "Symbol",
    "Term",
    "Total",
    "Transpose",
    "Variable",
    "Zero",
    "block",
    "hstack",
    "pinv",
    "sizes",
    "vstack",
]

MAX_DIGITS = 1000  # of a numerator or denominator


class Term(Node):
    """A matrix of generic size; ``rows`` and ``cols`` are :class:`Size`."""

    rows: Size
    cols: Size

    @property
    def shape(self) -> Shape:
        return self.rows, self.cols

    @property
    def is_scalar(self) -> bool:
        """Whether the shape is 1 × 1."""
        return self.rows.is_one and self.cols.is_one

    @property
    def T(self) -> Term:
        """The transpose."""
        return self.body if isinstance(self, Transpose) else Transpose(self)

    def _sympy_(self) -> Any:
        # SymPy's own protocol: sympify(term), and so printing and typesetting.
        from symmetry.sympy_door import to_sympy

        return to_sympy(self)

    def __mul__(self, other: Term | int | Fraction) -> Term:
        if not isinstance(other, Term):
            return Scaled(_number(other), self)
        if self.cols != other.rows and self.is_scalar:
            return Scaled(self, other)
        if self.cols != other.rows and other.is_scalar:
            return Scaled(other, self)
        if isinstance(self, Scaled):
            return Scaled(self.factor, self.body * other)
        if isinstance(other, Scaled):
            return Scaled(other.factor, self * other.body)
        return Product(_flat(Product, (self, other)))

    def __rmul__(self, other: int | Fraction) -> Term:
        return Scaled(_number(other), self)

    def __add__(self, other: Term) -> Term:
        return Sum(_flat(Sum, (self, other)))

    def __sub__(self, other: Term) -> Term:
        return self + -other

    def __neg__(self) -> Term:
        return Scaled(Number(Fraction(-1)), self)


def _number(value: int | Fraction) -> Number:
    return Number(value)  # type: ignore[arg-type]


def _flat(kind: type, parts: Iterable[Term]) -> tuple[Term, ...]:
    """The parts, with those that are themselves of this kind opened up."""
    out: list[Term] = []
    for part in parts:
        out.extend(part.key[1] if isinstance(part, kind) else (part,))
    return tuple(out)


@node
class Variable(Term):
    """A matrix about which nothing is known but its shape."""

    is_symbol = True

    name: str
    rows: Size
    cols: Size

    def __post_init__(self) -> None:
        check_name(self.name)
        object.__setattr__(self, "rows", Size.of(self.rows))
        object.__setattr__(self, "cols", Size.of(self.cols))


@node
class Zero(Term):
    """The zero matrix."""

    rows: Size
    cols: Size

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", Size.of(self.rows))
        object.__setattr__(self, "cols", Size.of(self.cols))


@node
class Identity(Term):
    """The identity matrix of the given size."""

    size: Size

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", Size.of(self.size))

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.size

    cols = rows


@node
class Number(Term):
    """A rational number, as a 1 × 1 matrix."""

    value: Fraction

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Fraction):
            raise ShapeError(f"a number is an integer or a Fraction, not {self.value!r}: floats are not exact")
        object.__setattr__(self, "value", Fraction(self.value))
        if max(abs(self.value.numerator), self.value.denominator) >= 10**MAX_DIGITS:
            raise ShapeError(f"a number has at most {MAX_DIGITS} digits")

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return Size((), 1)

    cols = rows


@node
class Scaled(Term):
    """A 1 × 1 term times a matrix."""

    factor: Term
    body: Term

    def __post_init__(self) -> None:
        expect(Term, "a matrix", (self.factor, self.body))
        if not self.factor.is_scalar:
            raise ShapeError(f"a factor is 1 × 1, but {self.factor} is {shape_text(self.factor.shape)}")

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.body.rows

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.body.cols


@node
class Sum(Term):
    """A sum of at least one term, all of one shape."""

    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", expect(Term, "a matrix", self.terms))
        if not self.terms:
            raise ShapeError("a sum needs at least one term")
        first = self.terms[0]
        for other in self.terms[1:]:
            if other.shape != first.shape:
                raise ShapeError(
                    f"cannot add {first} ({shape_text(first.shape)}) and {other} ({shape_text(other.shape)})"
                )

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.terms[0].rows

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.terms[0].cols


@node
class Product(Term):
    """A matrix product of at least one factor, inner sizes equal."""

    factors: tuple[Term, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", expect(Term, "a matrix", self.factors))
        if not self.factors:
            raise ShapeError("a product needs at least one factor")
        for left, right in zip(self.factors, self.factors[1:]):
            if left.cols != right.rows:
                raise ShapeError(
                    f"cannot multiply {left} ({shape_text(left.shape)}) by {right} ({shape_text(right.shape)}): "
                    f"{left.cols} is not {right.rows}"
                )

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.factors[0].rows

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.factors[-1].cols


@node
class Transpose(Term):
    """The transpose of a term."""

    body: Term

    def __post_init__(self) -> None:
        expect(Term, "a matrix", (self.body,))

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.body.cols

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.body.rows


@node
class Pseudoinverse(Term):
    """The Moore–Penrose pseudo-inverse; of a 1 × 1 term s it is 1/s, and 0 where s = 0."""

    body: Term

    def __post_init__(self) -> None:
        expect(Term, "a matrix", (self.body,))

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.body.cols

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.body.rows


@node
class Block(Term):
    """A block matrix; ``grid`` is a tuple of block rows."""

    grid: tuple[tuple[Term, ...], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid", tuple(expect(Term, "a matrix", row) for row in self.grid))
        if not self.grid or not self.grid[0] or any(len(row) != len(self.grid[0]) for row in self.grid):
            raise ShapeError("a block matrix needs rows of one positive length")
        for row in self.grid:
            for entry, above in zip(row, self.grid[0]):
                if entry.rows != row[0].rows or entry.cols != above.cols:
                    raise ShapeError(
                        f"block {entry} is {shape_text(entry.shape)}, but its row and column need "
                        f"{row[0].rows} × {above.cols}"
                    )

    @cached_property
    def rows(self) -> Size:  # type: ignore[override]
        return sum((row[0].rows for row in self.grid), Size())

    @cached_property
    def cols(self) -> Size:  # type: ignore[override]
        return sum((entry.cols for entry in self.grid[0]), Size())


@node
class MatrixGroup(Node):
    """O(size), SO(size), or S(size) as permutation matrices."""

    name: str
    size: Size

    def __post_init__(self) -> None:
        if self.name not in ("O", "SO", "S"):
            raise ShapeError(f"unknown group {self.name!r}: expected O, SO or S")
        object.__setattr__(self, "size", Size.of(self.size))


@node
class StandardBasis(Node):
    """E(size): the columns of the identity matrix, as size × 1 vectors; the positions of a sequence."""

    size: Size

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", Size.of(self.size))

    @property
    def name(self) -> str:
        return "E"


@node
class Function(Node):
    """An unknown function from a tuple of matrices to a matrix: ``domain`` shapes to ``codomain`` shape."""

    is_symbol = True

    name: str
    domain: tuple[Shape, ...]
    codomain: Shape

    def __post_init__(self) -> None:
        check_name(self.name)
        domain = tuple((Size.of(rows), Size.of(cols)) for rows, cols in self.domain)
        if not domain:
            raise ShapeError(f"the function {self.name} needs at least one argument")
        object.__setattr__(self, "domain", domain)
        object.__setattr__(self, "codomain", (Size.of(self.codomain[0]), Size.of(self.codomain[1])))

    def __call__(self, *arguments: Term) -> Apply:
        return Apply(self, arguments)


@node
class Apply(Term):
    """An unknown function at the given arguments."""

    function: Function
    arguments: tuple[Term, ...]

    def __post_init__(self) -> None:
        expect(Function, "an unknown function", (self.function,))
        object.__setattr__(self, "arguments", expect(Term, "a matrix", self.arguments))
        _check_arguments(self.function.name, self.function.domain, self.arguments)

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.function.codomain[0]

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.function.codomain[1]


def _check_arguments(name: str, domain: tuple[Shape, ...], arguments: tuple[Term, ...]) -> None:
    if len(arguments) != len(domain):
        raise ShapeError(f"{name} takes {len(domain)} arguments, not {len(arguments)}")
    for expected, argument in zip(domain, arguments):
        if argument.shape != expected:
            raise ShapeError(
                f"{name} takes a {shape_text(expected)} matrix, but {argument} is {shape_text(argument.shape)}"
            )


@node
class Average(Term):
    """The average of ``body`` over a finite group: the mean over ``variable`` in ``group``."""

    variable: Variable
    group: MatrixGroup
    body: Term

    def __post_init__(self) -> None:
        expect(Variable, "a variable", (self.variable,))
        expect(MatrixGroup, "a group", (self.group,))
        expect(Term, "a matrix", (self.body,))
        if self.group.name != "S":
            raise ShapeError(f"an average of arbitrary functions needs a finite group, not {self.group}")
        if self.variable.shape != (self.group.size, self.group.size):
            raise ShapeError(f"{self.variable} is {shape_text(self.variable.shape)}, not an element of {self.group}")
        check_binder(self.variable, self.body)

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.body.rows

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.body.cols


@node
class Total(Term):
    """The finite sum of ``body`` over the standard basis: over all values of ``variable``, n × 1, in E(n)."""

    variable: Variable
    body: Term

    def __post_init__(self) -> None:
        expect(Variable, "a variable", (self.variable,))
        expect(Term, "a matrix", (self.body,))
        if not self.variable.cols.is_one:
            raise ShapeError(f"{self.variable} is {shape_text(self.variable.shape)}, not a basis vector, n × 1")
        check_binder(self.variable, self.body)

    @property
    def basis(self) -> StandardBasis:
        """The set that is summed over."""
        return StandardBasis(self.variable.rows)

    @property
    def rows(self) -> Size:  # type: ignore[override]
        return self.body.rows

    @property
    def cols(self) -> Size:  # type: ignore[override]
        return self.body.cols


@node
class Lambda(Node):
    """The function that maps ``parameters`` to ``body``; a value for an unknown function, never a term."""

    parameters: tuple[Variable, ...]
    body: Term

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", expect(Variable, "a variable", self.parameters))
        expect(Term, "a matrix", (self.body,))
        if not self.parameters or len({p.name for p in self.parameters}) != len(self.parameters):
            raise ShapeError("a function needs parameters with different names")
        for parameter in self.parameters:
            check_binder(parameter, self.body)

    @property
    def domain(self) -> tuple[Shape, ...]:
        return tuple(parameter.shape for parameter in self.parameters)

    @property
    def codomain(self) -> Shape:
        return self.body.shape

    def __call__(self, *arguments: Term) -> Term:
        _check_arguments(str(self), self.domain, arguments)
        from symmetry.substitution import substitute

        result = substitute(self.body, dict(zip(self.parameters, arguments)))
        if not isinstance(result, Term):
            raise ShapeError(f"{self} does not give a matrix")
        return result


Symbol = Variable | Function | SizeVariable


def sizes(names: str) -> tuple[Size, ...]:
    """The sizes with these names, separated by spaces."""
    return tuple(Size.of(name) for name in names.split())


def pinv(body: Term) -> Pseudoinverse:
    """The Moore–Penrose pseudo-inverse of a term."""
    return Pseudoinverse(body)


def block(rows: Iterable[Iterable[Term]]) -> Block:
    """The block matrix with these block rows."""
    return Block(tuple(tuple(row) for row in rows))


def hstack(*parts: Term) -> Block:
    """The parts side by side: [A B …]."""
    return Block((parts,))


def vstack(*parts: Term) -> Block:
    """The parts above one another."""
    return Block(tuple((part,) for part in parts))
