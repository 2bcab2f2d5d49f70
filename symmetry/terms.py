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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar, dataclass_transform

from symmetry.errors import ShapeError
from symmetry.sizes import Reserved, Size, is_name

__all__ = [
    "Apply",
    "Average",
    "Block",
    "Function",
    "Identity",
    "Lambda",
    "MatrixGroup",
    "Node",
    "Number",
    "Product",
    "Pseudoinverse",
    "Scaled",
    "Shape",
    "SizeVariable",
    "Sum",
    "Symbol",
    "Term",
    "Transpose",
    "Variable",
    "Zero",
    "block",
    "bound",
    "check_binder",
    "free",
    "fresh",
    "hstack",
    "pinv",
    "sizes",
    "substitute",
    "symbol_names",
    "vstack",
]

MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_DIGITS = 1000  # of a numerator or denominator

Shape = tuple[Size, Size]
_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: type[_T]) -> type[_T]:
    """Make a class of frozen syntax: fields in order, no comparison or text of its own (:class:`Node` has both)."""
    return dataclass(frozen=True, eq=False, repr=False)(cls)


def _shape_text(shape: Shape) -> str:
    return f"{shape[0]} × {shape[1]}"


class Node:
    """Frozen syntax: equality and hash are structural, and the hash is computed once."""

    def __init_subclass__(cls) -> None:
        if any("__dataclass_fields__" in vars(base) for base in cls.__mro__[1:]):
            raise ShapeError(f"{cls.__name__}: the kinds of terms and statements are fixed and have no subclasses")

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies are built anew: a hash that was computed in another process would be stale.
        return type(self), self.key[1:]

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """The fields, as one tuple."""
        return (type(self).__name__, *(getattr(self, name) for name in self.__dataclass_fields__))  # type: ignore[attr-defined]

    @cached_property
    def _hash(self) -> int:
        return hash(self.key)

    @cached_property
    def extent(self) -> tuple[int, int]:
        """The number of nodes, shared ones counted as often as they occur, and the depth."""
        nodes, depth = _extent(self.key[1:])
        return nodes + 1, depth + 1

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Node) and self._hash == other._hash and self.key == other.key

    def __repr__(self) -> str:
        from symmetry.notation import show

        return show(self)

    __str__ = __repr__


def _extent(item: Any) -> tuple[int, int]:
    if isinstance(item, Node):
        return item.extent
    parts = [_extent(part) for part in item] if isinstance(item, tuple) else []
    return sum(nodes for nodes, _ in parts), max((depth for _, depth in parts), default=0)


def check_extent(item: Node) -> None:
    """Refuse what is too large to work with."""
    nodes, depth = item.extent
    if nodes > MAX_NODES or depth > MAX_DEPTH:
        raise ShapeError(f"nested deeper than {MAX_DEPTH} or larger than {MAX_NODES} nodes")


def expect(kind: type | tuple[type, ...], what: str, parts: Iterable[Any]) -> tuple[Any, ...]:
    """The parts as a tuple; refuse any that is not of the kind."""
    parts = tuple(parts)
    for part in parts:
        if not isinstance(part, kind):
            raise ShapeError(f"expected {what}, found {part!r:.99}")
    return parts


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


def _check_name(name: str) -> None:
    if not (isinstance(name, Reserved) or (type(name) is str and is_name(name))):
        raise ShapeError(f"{name!r} is not a name: expected a letter, then letters, digits, subscripts or primes")


@node
class Variable(Term):
    """A matrix about which nothing is known but its shape."""

    name: str
    rows: Size
    cols: Size

    def __post_init__(self) -> None:
        _check_name(self.name)
        object.__setattr__(self, "rows", Size.of(self.rows))
        object.__setattr__(self, "cols", Size.of(self.cols))


@dataclass(frozen=True, repr=False)
class SizeVariable:
    """A size name as something that a quantifier can bind."""

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)

    def __repr__(self) -> str:
        return self.name


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
            raise ShapeError(f"a factor is 1 × 1, but {self.factor} is {_shape_text(self.factor.shape)}")

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
                    f"cannot add {first} ({_shape_text(first.shape)}) and {other} ({_shape_text(other.shape)})"
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
                    f"cannot multiply {left} ({_shape_text(left.shape)}) by {right} ({_shape_text(right.shape)}): "
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
                        f"block {entry} is {_shape_text(entry.shape)}, but its row and column need "
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
class Function(Node):
    """An unknown function from a tuple of matrices to a matrix: ``domain`` shapes to ``codomain`` shape."""

    name: str
    domain: tuple[Shape, ...]
    codomain: Shape

    def __post_init__(self) -> None:
        _check_name(self.name)
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
                f"{name} takes a {_shape_text(expected)} matrix, but {argument} is {_shape_text(argument.shape)}"
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
            raise ShapeError(f"{self.variable} is {_shape_text(self.variable.shape)}, not an element of {self.group}")
        check_binder(self.variable, self.body)

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


# ---------------------------------------------------------------------------------------------------------------
# Free symbols and substitution, for terms and (through ``children`` and ``bound``) for formulas alike.


def bound(item: Any) -> tuple[Any, ...]:
    """The symbols that this node binds in its body."""
    if isinstance(item, Lambda):
        return item.parameters
    return (item.variable,) if hasattr(item, "variable") else ()


def free(item: Any) -> frozenset[Any]:
    """Free variables and functions of a node, and the names of its free sizes (as strings)."""
    if isinstance(item, Node):
        cached = item.__dict__.get("_free")
        if cached is None:
            cached = _free(item)
            item.__dict__["_free"] = cached
        return cached
    if isinstance(item, Size):
        return item.names
    if isinstance(item, tuple):
        return frozenset().union(*map(free, item)) if item else frozenset()
    return frozenset()


def _free(item: Node) -> frozenset[Any]:
    inside = free(item.key[1:])
    if isinstance(item, Variable | Function):
        return inside | {item}
    for symbol in bound(item):
        if isinstance(symbol, Node):
            inside = (inside - {symbol}) | free(symbol.key[2:])
        else:
            inside = inside - {symbol.name}
    return inside


def check_binder(symbol: Symbol, body: Any) -> None:
    """Refuse a binder whose name also occurs free in its body as something else, or in the shape of something free.

    With this, one name means one thing wherever it is visible, and substituting sizes cannot identify two symbols.
    """
    for other in sorted(free(body), key=_name):
        if isinstance(other, str):
            clash = other == symbol.name and not isinstance(symbol, SizeVariable)
        elif isinstance(symbol, SizeVariable):
            clash = other.name == symbol.name or symbol.name in free(other.key[2:])
        else:
            clash = other.name == symbol.name and other != symbol
        if clash:
            raise ShapeError(f"{symbol.name} is bound here, but the body has a free {other} that depends on the name")


def _name(symbol: Any) -> str:
    return symbol if isinstance(symbol, str) else str(symbol.name)


def symbol_names(item: Any) -> frozenset[str]:
    """Every name that occurs free in a node: of variables, functions and sizes."""
    return frozenset(map(_name, free(item)))


def fresh(name: str, avoid: Iterable[str]) -> str:
    """A name like the given one, with primes added until it differs from all those to avoid."""
    taken = set(avoid)
    while name in taken:
        name += "'"
    return name


def substitute(item: Any, mapping: Mapping[Any, Any]) -> Any:
    """Replace free variables by terms, functions by functions or lambdas, and sizes (by name) by sizes, all at once.

    Bound symbols are renamed where a replacement would be captured.

    Raises:
        ShapeError: a replacement does not have the shape of what it replaces.
    """
    values: dict[Any, Any] = {
        (key.name if isinstance(key, SizeVariable) else key): (Size.of(value) if _is_size(key) else value)
        for key, value in mapping.items()
    }
    lengths = {key: value for key, value in values.items() if isinstance(key, str)}
    for key, value in values.items():
        if isinstance(key, Variable) and value.shape != _shape(key.shape, lengths):
            raise ShapeError(f"{key} is {_shape_text(key.shape)}, but {value} is {_shape_text(value.shape)}")
        if isinstance(key, Function):
            wanted = tuple(_shape(shape, lengths) for shape in (*key.domain, key.codomain))
            if (*value.domain, value.codomain) != wanted:
                raise ShapeError(f"{key.name} and {value} are functions between different shapes")
    result = _substitute(item, values, lengths)
    if isinstance(result, Node):
        check_extent(result)
    return result


def _is_size(key: Any) -> bool:
    return isinstance(key, str | SizeVariable)


def _shape(shape: Shape, lengths: Mapping[str, Size]) -> Shape:
    return shape[0].substitute(lengths), shape[1].substitute(lengths)


def _substitute(item: Any, values: Mapping[Any, Any], lengths: Mapping[str, Size]) -> Any:
    if isinstance(item, Size):
        return item.substitute(lengths)
    if isinstance(item, tuple):
        return tuple(_substitute(part, values, lengths) for part in item)
    if not isinstance(item, Node):
        return item
    if free(item).isdisjoint(values):
        return item
    if isinstance(item, Variable) and item in values:
        return values[item]
    if isinstance(item, Apply):
        arguments = _substitute(item.arguments, values, lengths)
        function = values.get(item.function)
        if function is None:
            function = _substitute(item.function, values, lengths)
        return function(*arguments)
    symbols = bound(item)
    if symbols:
        return _substitute_under(item, symbols, values)
    return type(item)(*_substitute(item.key[1:], values, lengths))


def _substitute_under(item: Node, symbols: tuple[Any, ...], values: Mapping[Any, Any]) -> Node:
    """Substitute below a binder, renaming what it binds where a replacement would be captured."""
    own = {symbol.name if isinstance(symbol, SizeVariable) else symbol for symbol in symbols}
    inner = {key: value for key, value in values.items() if key not in own and key in free(item)}
    lengths = {key: value for key, value in inner.items() if isinstance(key, str)}
    incoming = frozenset().union(*(symbol_names(value) for value in inner.values()))
    renamed: list[Any] = []
    for symbol in symbols:
        target = _substitute(symbol, {}, {}) if isinstance(symbol, SizeVariable) else _reshape(symbol, lengths)
        if symbol.name in incoming:
            taken = incoming | symbol_names(item) | {s.name for s in (*symbols, *renamed)}
            target = _rename(target, fresh(symbol.name, taken))
        if target != symbol:
            inner[symbol.name if isinstance(symbol, SizeVariable) else symbol] = (
                Size.of(target.name) if isinstance(symbol, SizeVariable) else target
            )
        renamed.append(target)
    lengths = {key: value for key, value in inner.items() if isinstance(key, str)}
    fields = list(item.key[1:])
    # A binder's own symbols come first among its fields; everything after them is in their scope.
    rest = [_substitute(part, inner, lengths) for part in fields[1:]]
    head = tuple(renamed) if isinstance(item, Lambda) else renamed[0]
    return type(item)(head, *rest)  # type: ignore[call-arg]


def _reshape(symbol: Variable | Function, lengths: Mapping[str, Size]) -> Variable | Function:
    if isinstance(symbol, Variable):
        return Variable(symbol.name, *_shape(symbol.shape, lengths))
    return Function(
        symbol.name, tuple(_shape(shape, lengths) for shape in symbol.domain), _shape(symbol.codomain, lengths)
    )


def _rename(symbol: Any, name: str) -> Any:
    if isinstance(symbol, Variable):
        return Variable(name, symbol.rows, symbol.cols)
    if isinstance(symbol, Function):
        return Function(name, symbol.domain, symbol.codomain)
    return SizeVariable(name)
