"""Terms at concrete sizes: what a matrix term is when its variables are matrices and its functions are maps.

Independent of the kernel and of its canonical form: every node is computed as it stands.

>>> from symmetry.terms import Variable, sizes
>>> d, n = sizes("d n")
>>> Q = Field()
>>> scope = Scope(Q, {"d": 2, "n": 1}, {"X": Q.matrix(2, 1, [3, 4])})
>>> evaluate(Variable("X", d, n).T * Variable("X", d, n), scope)
[25]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symmetry.checks.exact.fields import Field, Matrix, Unsupported
from symmetry.formulas import Equal, Formula, Member
from symmetry.sizes import Size
from symmetry.syntax import Node, bound, free, symbol_names
from symmetry.terms import (
    Apply,
    Average,
    Block,
    Function,
    Identity,
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

__all__ = ["Map", "Pattern", "Scope", "atom_holds", "defined_map", "evaluate", "in_group"]


@dataclass(frozen=True, slots=True)
class Map:
    """A concrete function of matrices.

    Args:
        call: from a list of matrices to a matrix.
        text: what it is, in words (or a function that says so, called only when needed).
        degree: its degree as a polynomial in the entries, or None.
        natural: whether it treats all coordinates along each axis alike, as a product of its arguments does.
        points: matrices at which its value was prescribed.
    """

    call: Callable[[Sequence[Matrix]], Matrix]
    text: str | Callable[[], str]
    degree: int | None = None
    natural: bool = False
    points: tuple[Matrix, ...] = ()

    def __str__(self) -> str:
        return self.text if isinstance(self.text, str) else self.text()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A function known by ∀ȳ. g(σ(ȳ)) = t(ȳ): at an argument of the form σ(s) it is t(s), elsewhere it is not known.

    Args:
        function: g.
        variables: names of ȳ.
        arguments: the terms σ(ȳ).
        body: the term t.
        scope: what everything else in t means.
    """

    function: Function
    variables: frozenset[str]
    arguments: tuple[Term, ...]
    body: Term
    scope: Scope

    def __str__(self) -> str:
        return f"{self.function.name}({', '.join(map(str, self.arguments))}) = {self.body}"

    def at(self, arguments: tuple[Term, ...], scope: Scope) -> Matrix:
        """The value at these arguments."""
        found: dict[str, Term] = {}
        if not _match(self.arguments, arguments, self.variables, found):
            raise Unsupported(f"{self.function.name} is known only where {self}")
        for symbol in free(self.arguments):
            name = symbol if isinstance(symbol, str) else symbol.name
            if name not in self.variables and scope.values.get(name) is not self.scope.values.get(name):
                raise Unsupported(f"{self.function.name} is known only for another {name}")
        values = {name: evaluate(term, scope) for name, term in found.items()}
        return evaluate(self.body, Scope(scope.field, scope.sizes, {**self.scope.values, **values}))


def _match(
    pattern: Any, item: Any, variables: frozenset[str], found: dict[str, Term], local: frozenset[str] = frozenset()
) -> bool:
    """Whether the item is the pattern with terms in place of its variables; ``found`` collects them.

    A term that speaks of a ``local`` name, one bound around it, is no value of a variable.
    """
    if isinstance(pattern, tuple):
        same = isinstance(item, tuple) and len(item) == len(pattern)
        return same and all(_match(p, i, variables, found, local) for p, i in zip(pattern, item))
    if isinstance(pattern, Variable) and pattern.name in variables:
        if not isinstance(item, Term) or item.shape != pattern.shape or not local.isdisjoint(symbol_names(item)):
            return False
        return found.setdefault(pattern.name, item) == item
    if isinstance(pattern, Node) and type(pattern) is type(item):
        local = local.union(symbol.name for symbol in bound(pattern) + bound(item))
        return _match(pattern.key[1:], item.key[1:], variables, found, local)
    return bool(pattern == item)


class Scope:
    """What every name means at one point: sizes, matrices and maps. Extending one gives a new one."""

    __slots__ = ("field", "sizes", "values")

    def __init__(self, field: Field, sizes: Mapping[str, int], values: Mapping[str, Any] | None = None):
        self.field = field
        self.sizes = sizes
        self.values: Mapping[str, Any] = {} if values is None else values

    def bind(self, name: str, value: Any) -> Scope:
        """The scope in which the name means this matrix or map."""
        return Scope(self.field, self.sizes, {**self.values, name: value})

    def bind_all(self, values: Mapping[str, Any]) -> Scope:
        """The scope with all these names."""
        return Scope(self.field, self.sizes, {**self.values, **values})

    def resize(self, name: str, value: int) -> Scope:
        """The scope in which a size has this value."""
        return Scope(self.field, {**self.sizes, name: value}, self.values)

    def shape(self, symbol: Variable | Term) -> tuple[int, int]:
        """The concrete shape of a variable or term."""
        return self.size(symbol.rows), self.size(symbol.cols)

    def size(self, size: Size) -> int:
        """The concrete value of a size."""
        total = size.constant
        for name, times in size.parts:
            value = self.sizes.get(name)
            if value is None:
                raise Unsupported(f"no value was given for the size {name}")
            total += times * value
        return total


def evaluate(term: Term, scope: Scope) -> Matrix:
    """The matrix that a term is in a scope.

    Raises:
        Unsupported: a symbol has no value there, or the term cannot be computed exactly (a pseudo-inverse modulo a
            prime, an average over a large group); the message says which.
    """
    handler = _HANDLERS.get(type(term))
    if handler is None:
        raise Unsupported(f"cannot evaluate a {type(term).__name__}")
    return handler(term, scope)


def _variable(term: Variable, scope: Scope) -> Matrix:
    value = scope.values.get(term.name)
    if value is None:
        raise Unsupported(f"{term.name} has no value here")
    return value


def _number(term: Number, scope: Scope) -> Matrix:
    if term.value.denominator == 1 and scope.field.prime is None:
        return scope.field.matrix(1, 1, [term.value.numerator])
    return scope.field.matrix(1, 1, [scope.field.number(term.value)])


def _scaled(term: Scaled, scope: Scope) -> Matrix:
    if isinstance(term.factor, Number):
        return evaluate(term.body, scope) * scope.field.number(term.factor.value)
    factor = evaluate(term.factor, scope)[0, 0]
    # In a sum over all positions but one, nothing need be evaluated there.
    return evaluate(term.body, scope) * factor if factor != 0 else scope.field.zero(*scope.shape(term.body))


def _sum(term: Sum, scope: Scope) -> Matrix:
    total = evaluate(term.terms[0], scope)
    for part in term.terms[1:]:
        total = total + evaluate(part, scope)
    return total


def _product(term: Product, scope: Scope) -> Matrix:
    total = evaluate(term.factors[0], scope)
    for part in term.factors[1:]:
        total = total * evaluate(part, scope)
    return total


def _apply(term: Apply, scope: Scope) -> Matrix:
    function = scope.values.get(term.function.name)
    if isinstance(function, Pattern):
        return function.at(term.arguments, scope)
    if not isinstance(function, Map):
        raise Unsupported(f"{term.function.name} has no value here")
    return function.call([evaluate(argument, scope) for argument in term.arguments])


def _block(term: Block, scope: Scope) -> Matrix:
    rows = [scope.field.hstack([evaluate(entry, scope) for entry in row]) for row in term.grid]
    return scope.field.vstack(rows)


def _average(term: Average, scope: Scope) -> Matrix:
    elements = scope.field.permutations(scope.size(term.group.size))
    total = evaluate(term.body, scope.bind(term.variable.name, elements[0]))
    for element in elements[1:]:
        total = total + evaluate(term.body, scope.bind(term.variable.name, element))
    count = len(elements)
    prime = scope.field.prime
    if prime is not None and count % prime == 0:
        raise Unsupported(f"a mean over {count} elements has no meaning modulo {prime}")
    return total * (1 / scope.field.number(count))


def _total(term: Total, scope: Scope) -> Matrix:
    total = scope.field.zero(*scope.shape(term))
    for vector in scope.field.basis(scope.size(term.variable.rows)):
        total = total + evaluate(term.body, scope.bind(term.variable.name, vector))
    return total


_HANDLERS: dict[type, Callable[[Any, Scope], Matrix]] = {
    Variable: _variable,
    Zero: lambda term, scope: scope.field.zero(*scope.shape(term)),
    Identity: lambda term, scope: scope.field.identity(scope.size(term.size)),
    Number: _number,
    Scaled: _scaled,
    Sum: _sum,
    Product: _product,
    Transpose: lambda term, scope: evaluate(term.body, scope).transpose(),
    Pseudoinverse: lambda term, scope: scope.field.pseudoinverse(evaluate(term.body, scope)),
    Apply: _apply,
    Block: _block,
    Average: _average,
    Total: _total,
}


def in_group(matrix: Matrix, group: MatrixGroup | StandardBasis, field: Field) -> bool:
    """Whether a square matrix is an element of O, SO or S, or a column one of the standard basis."""
    if isinstance(group, StandardBasis):
        return matrix in field.basis(matrix.nrows())
    if group.name == "S":
        return field.is_permutation(matrix)
    return field.is_orthogonal(matrix) and (group.name == "O" or matrix.det() == 1)


def atom_holds(atom: Formula, scope: Scope) -> bool:
    """Whether an equation or a membership holds in a scope, exactly.

    Raises:
        Unsupported: as in :func:`evaluate`, or the statement is neither.
    """
    if isinstance(atom, Equal):
        return bool(evaluate(atom.left, scope) == evaluate(atom.right, scope))
    if isinstance(atom, Member):
        return in_group(evaluate(atom.element, scope), atom.group, scope.field)
    raise Unsupported(f"{type(atom).__name__} is not an equation or a membership")


def defined_map(arguments: Sequence[Any], body: Term, scope: Scope, function: Function) -> Map:
    """The map that sends the arguments to the body in a scope.

    Args:
        arguments: each a variable, or variables side by side; some of them one variable times constant matrices that
            together are invertible, as in f(Y [I; 0], Y [0; I], Z).
    """
    inner, field = dict(scope.values), scope.field
    pieces = [argument for argument in arguments if isinstance(argument, Product)]
    whole, inverse = None, None
    if pieces:
        whole = pieces[0].factors[0]
        joined = field.hstack([evaluate(Product(piece.factors[1:]), scope) for piece in pieces])
        if joined.nrows() != joined.ncols() or joined.rank() < joined.nrows():
            raise Unsupported(f"{function.name} is not defined everywhere by {function.name}({pieces[0]}, …)")
        inverse = joined.inv()

    def call(values: Sequence[Matrix]) -> Matrix:
        bound = dict(inner)
        if isinstance(whole, Variable):
            own = [value for argument, value in zip(arguments, values) if isinstance(argument, Product)]
            bound[whole.name] = field.hstack(own) * inverse
        for argument, value in zip(arguments, values):
            if isinstance(argument, Variable):
                bound[argument.name] = value
            elif isinstance(argument, Block):
                start = 0
                for part in argument.grid[0]:  # variables side by side
                    stop = start + scope.size(part.cols)
                    bound[part.name] = field.columns(value, range(start, stop))  # type: ignore[attr-defined]
                    start = stop
        return evaluate(body, Scope(field, scope.sizes, bound))

    return Map(call, lambda: f"{function.name}({', '.join(map(str, arguments))}) = {body}")
