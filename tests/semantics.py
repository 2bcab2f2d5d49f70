"""An evaluator of terms and statements over small concrete matrices, independent of the kernel and of the checks.

A model gives numbers to size names, matrices to variables and tables to functions; it computes with fractions, or
modulo a small prime, where a quantifier ranges over every matrix. Terms and statements are drawn at random for it.
"""

from __future__ import annotations

import itertools
import math
import random
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symmetry.errors import ShapeError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member
from symmetry.sizes import Size
from symmetry.syntax import Shape, SizeVariable, free
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

# Rows, and the number of columns: a matrix without rows still has columns.
Matrix = tuple[int, int, tuple[tuple[Any, ...], ...]]


def matrix(rows: int, cols: int, entry: Callable[[int, int], Any]) -> Matrix:
    return rows, cols, tuple(tuple(entry(i, j) for j in range(cols)) for i in range(rows))


@dataclass(frozen=True)
class Model:
    """Values for size names, variables and functions; ``prime`` 0 stands for the rationals."""

    sizes: Mapping[str, int]
    values: Mapping[str, Matrix] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Matrix]] = field(default_factory=dict)
    prime: int = 0
    size_range: tuple[int, ...] = (0, 1, 2)

    def number(self, value: Any) -> Any:
        value = Fraction(value)
        if not self.prime:
            return value
        return value.numerator * pow(value.denominator, -1, self.prime) % self.prime

    def shape(self, shape: Shape) -> tuple[int, int]:
        return shape[0].at(self.sizes), shape[1].at(self.sizes)

    def all_matrices(self, shape: Shape) -> list[Matrix]:
        """Every matrix of the shape modulo the prime; over the rationals a few, the same ones every time."""
        rows, cols = self.shape(shape)
        if self.prime:
            entries = itertools.product(range(self.prime), repeat=rows * cols)
            return [matrix(rows, cols, lambda i, j, e=e: e[i * cols + j]) for e in entries]
        few = [matrix(rows, cols, lambda i, j, k=k: Fraction((i + 2 * j + k) % 3 - 1)) for k in range(2)]
        return few[:1] if rows * cols == 0 else few

    def with_value(self, symbol: Any, value: Any) -> Model:
        if isinstance(symbol, Variable):
            return replace(self, values={**self.values, symbol.name: value})
        if isinstance(symbol, Function):
            return replace(self, functions={**self.functions, symbol.name: value})
        return replace(self, sizes={**self.sizes, symbol.name: value})

    def domain(self, symbol: Any) -> list[Any]:
        """What a quantifier over the symbol ranges over."""
        if isinstance(symbol, Variable):
            return self.all_matrices(symbol.shape)
        if isinstance(symbol, SizeVariable):
            return list(self.size_range)
        if not self.prime:
            return [pseudo_random_function(seed, self, symbol) for seed in ("a", "b")]
        inputs = list(itertools.product(*(self.all_matrices(shape) for shape in symbol.domain)))
        outputs = self.all_matrices(symbol.codomain)
        tables = [dict(zip(inputs, table)) for table in itertools.product(outputs, repeat=len(inputs))]
        return [lambda *arguments, table=table: table[arguments] for table in tables]


def pseudo_random_function(seed: str, model: Model, function: Function) -> Callable[..., Matrix]:
    """A function without pattern, the same for the same seed."""
    rows, cols = model.shape(function.codomain)

    def call(*arguments: Matrix) -> Matrix:
        start = zlib.crc32(repr((seed, arguments)).encode())
        return matrix(rows, cols, lambda i, j: model.number((start >> (3 * i + 5 * j)) % 7 - 3))

    return call


def multiply(model: Model, left: Matrix, right: Matrix) -> Matrix:
    total = matrix(left[0], right[1], lambda i, j: sum(left[2][i][k] * right[2][k][j] for k in range(left[1])))
    return _reduced(model, total)


def _reduced(model: Model, value: Matrix) -> Matrix:
    return matrix(value[0], value[1], lambda i, j: model.number(value[2][i][j]))


def _transposed(value: Matrix) -> Matrix:
    return matrix(value[1], value[0], lambda i, j: value[2][j][i])


def _scaled(model: Model, factor: Any, value: Matrix) -> Matrix:
    return _reduced(model, matrix(value[0], value[1], lambda i, j: factor * value[2][i][j]))


def _plus(model: Model, left: Matrix, right: Matrix) -> Matrix:
    return _reduced(model, matrix(left[0], left[1], lambda i, j: left[2][i][j] + right[2][i][j]))


def identity(model: Model, size: int) -> Matrix:
    return matrix(size, size, lambda i, j: model.number(int(i == j)))


def permutations(model: Model, size: int) -> list[Matrix]:
    return [
        matrix(size, size, lambda i, j, p=p: model.number(int(p[j] == i))) for p in itertools.permutations(range(size))
    ]


def _inverse(value: Matrix) -> Matrix:
    """The inverse of an invertible matrix of fractions, by elimination."""
    size = value[0]
    work = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(value[2])]
    for column in range(size):
        pivot = next(i for i in range(column, size) if work[i][column])
        work[column], work[pivot] = work[pivot], work[column]
        work[column] = [entry / work[column][column] for entry in work[column]]
        for i in range(size):
            if i != column:
                work[i] = [entry - work[i][column] * other for entry, other in zip(work[i], work[column])]
    return matrix(size, size, lambda i, j: work[i][size + j])


def pseudoinverse(model: Model, value: Matrix) -> Matrix:
    """M⁺ = Cᵀ(CCᵀ)⁻¹(BᵀB)⁻¹Bᵀ for a factorisation M = BC of full rank."""
    rows, cols, entries = value
    reduced, pivots = [list(row) for row in entries], []
    for column in range(cols):
        top = len(pivots)
        pivot = next((i for i in range(top, rows) if reduced[i][column]), None)
        if pivot is None:
            continue
        reduced[top], reduced[pivot] = reduced[pivot], reduced[top]
        reduced[top] = [entry / reduced[top][column] for entry in reduced[top]]
        for i in range(rows):
            if i != top:
                reduced[i] = [entry - reduced[i][column] * other for entry, other in zip(reduced[i], reduced[top])]
        pivots.append(column)
    B = matrix(rows, len(pivots), lambda i, j: entries[i][pivots[j]])
    C = matrix(len(pivots), cols, lambda i, j: reduced[i][j])
    right = multiply(model, _transposed(C), _inverse(multiply(model, C, _transposed(C))))
    left = multiply(model, _inverse(multiply(model, _transposed(B), B)), _transposed(B))
    return multiply(model, right, left)


def value(term: Term, model: Model) -> Matrix:
    """The matrix that a term stands for."""
    rows, cols = model.shape(term.shape)
    match term:
        case Variable():
            result = model.values[term.name]
        case Zero():
            result = matrix(rows, cols, lambda i, j: model.number(0))
        case Identity():
            result = identity(model, rows)
        case Number():
            result = matrix(1, 1, lambda i, j: model.number(term.value))
        case Scaled():
            result = _scaled(model, value(term.factor, model)[2][0][0], value(term.body, model))
        case Sum():
            result = value(term.terms[0], model)
            for part in term.terms[1:]:
                result = _plus(model, result, value(part, model))
        case Product():
            result = value(term.factors[0], model)
            for part in term.factors[1:]:
                result = multiply(model, result, value(part, model))
        case Transpose():
            result = _transposed(value(term.body, model))
        case Pseudoinverse():
            result = pseudoinverse(model, value(term.body, model))
        case Apply():
            arguments = [value(argument, model) for argument in term.arguments]
            result = model.functions[term.function.name](*arguments)
        case Average():
            group = permutations(model, term.group.size.at(model.sizes))
            parts = [value(term.body, model.with_value(term.variable, element)) for element in group]
            result = matrix(rows, cols, lambda i, j: model.number(0))
            for part in parts:
                result = _plus(model, result, part)
            result = _scaled(model, model.number(Fraction(1, len(group))), result)
        case Total():
            result = matrix(rows, cols, lambda i, j: model.number(0))
            for vector in standard_basis(model, term.variable.rows.at(model.sizes)):
                result = _plus(model, result, value(term.body, model.with_value(term.variable, vector)))
        case Block():
            grid = [[value(entry, model) for entry in row] for row in term.grid]
            lines = [
                tuple(itertools.chain.from_iterable(entry[2][i] for entry in row))
                for row in grid
                for i in range(row[0][0])
            ]
            result = rows, cols, tuple(lines)
        case _:
            raise TypeError(type(term).__name__)
    if result[:2] != (rows, cols):
        raise ValueError(f"{term} should be {rows} × {cols}, not {result[:2]}")
    return result


def standard_basis(model: Model, size: int) -> list[Matrix]:
    return [matrix(size, 1, lambda i, _, k=k: model.number(int(i == k))) for k in range(size)]  # type: ignore[misc]


def _is_member(element: Matrix, group: MatrixGroup | StandardBasis, model: Model) -> bool:
    if isinstance(group, StandardBasis):
        return element in standard_basis(model, element[0])
    one = identity(model, element[0])
    if multiply(model, _transposed(element), element) != one:
        return False
    if group.name == "O":
        return True
    if group.name == "S":
        return element in permutations(model, element[0])
    determinant = sum(
        math.prod((-1 if p[i] > p[j] else 1) for i in range(len(p)) for j in range(i + 1, len(p)))
        * math.prod((element[2][i][p[i]] for i in range(len(p))), start=Fraction(1))
        for p in itertools.permutations(range(element[0]))
    )
    return bool(model.number(determinant) == model.number(1))


def holds(formula: Formula, model: Model) -> bool:
    """Whether a statement is true in the model."""
    match formula:
        case Equal():
            return value(formula.left, model) == value(formula.right, model)
        case Member():
            return _is_member(value(formula.element, model), formula.group, model)
        case And():
            return all(holds(part, model) for part in formula.parts)
        case Implies():
            return not holds(formula.premise, model) or holds(formula.conclusion, model)
        case ForAll():
            return all(
                holds(formula.body, model.with_value(formula.variable, x)) for x in model.domain(formula.variable)
            )
        case Exists():
            return any(
                holds(formula.body, model.with_value(formula.variable, x)) for x in model.domain(formula.variable)
            )
    raise TypeError(type(formula).__name__)


# ---------------------------------------------------------------------------------------------------------------
# Canonical forms, read back as text


def _cut(text: str, separator: str) -> list[str]:
    """The parts of a text between separators that stand outside all brackets."""
    parts, start, depth = [], 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "[(") - (sign in "])")
        if depth == 0 and index >= start and text.startswith(separator, index):
            parts.append(text[start:index])
            start = index + len(separator)
    return [*parts, text[start:]]


def spelled(text: str, shape: Shape, model: Model, scope: frozenset[str] = frozenset()) -> Matrix:
    """The matrix that the text of a canonical form says; ``scope`` holds the names bound around it."""
    rows, cols = model.shape(shape)
    total = matrix(rows, cols, lambda i, j: model.number(0))
    for part in _cut(text, " + ") if text != "0" else ():
        coefficient, word = part.split("*", 1)
        number = model.number(Fraction(coefficient))
        total = _plus(model, total, _scaled(model, number, _word(word, rows, model, scope)))
    return total


def _word(text: str, rows: int, model: Model, scope: frozenset[str]) -> Matrix:
    *scalars, letters = _cut(text, " . ")
    total = _letters(letters, rows, model, scope)
    for scalar in scalars:
        ((factor,),) = _letters(scalar, 1, model, scope)[2]
        total = _scaled(model, factor, total)
    return total


def _letters(text: str, rows: int, model: Model, scope: frozenset[str]) -> Matrix:
    total = identity(model, rows)
    for letter in _cut(text, " ") if text != "1" else ():
        factor = _letter(letter, model, scope)
        if total[1] != factor[0]:
            raise ValueError(f"{text} has a factor of {factor[0]} rows after one of {total[1]} columns")
        total = multiply(model, total, factor)
    return total


def _parts(text: str) -> tuple[str, str, str]:
    """A letter's name, what stands in its square brackets, and in its round ones."""
    name, rest = text.split("[", 1)
    fields, body = rest.split("]", 1)
    return name, fields, body[1:-1]


def _letter_shape(text: str) -> Shape:
    if text.endswith("'"):
        return _letter_shape(text[:-1])[::-1]
    name, fields, body = _parts(text)
    if "|" in fields:
        rows, cols = fields.split(";")[-1].split("|")
    elif name in ("mean", "sum") and body:
        letters = _cut(_cut(body, " . ")[-1], " ")
        if letters == ["1"]:
            return Size.of(1), Size.of(1)
        return _letter_shape(letters[0])[0], _letter_shape(letters[-1])[1]
    else:
        rows, cols = ("1,1" if name == "size" and "," not in fields else fields).split(",")[-2:]
    return Size.of(rows), Size.of(cols)


def _letter(text: str, model: Model, scope: frozenset[str]) -> Matrix:
    if text.endswith("'"):
        return _transposed(_letter(text[:-1], model, scope))
    name, fields, body = _parts(text)
    if "|" in fields:
        *domain, _ = [tuple(map(Size.of, shape.split("|"))) for shape in fields.split(";")]
        arguments = [spelled(part, one, model, scope) for one, part in zip(domain, _cut(body, "; "), strict=True)]
        return model.functions[name](*arguments)
    if name in ("mean", "sum") and body:
        return _bound(name, Size.of(fields.split(",")[-1]).at(model.sizes), body, text, model, scope)
    sizes = [Size.of(size).at(model.sizes) for size in fields.split(",")]
    if name == "pinv" and body:
        return pseudoinverse(model, spelled(body, _letter_shape(text)[::-1], model, scope))
    if name == "size" and len(sizes) == 1:
        return matrix(1, 1, lambda i, j: model.number(sizes[0]))
    if len(sizes) == 3:
        return matrix(sizes[1], sizes[2], lambda i, j: model.number(int(j == i + sizes[0])))
    found = model.values[name]
    if list(found[:2]) != sizes:
        raise ValueError(f"{text} is {found[:2]}")
    return found


def _bound(name: str, count: int, body: str, text: str, model: Model, scope: frozenset[str]) -> Matrix:
    """A mean or a sum: of the names that are not bound around it, it binds the highest."""
    tokens = {token for token in re.findall(r"#[at][0-9]+(?=\[)", body) if token not in scope}
    bound = max(tokens, key=lambda token: int(token[2:]))
    if bound[1] != {"mean": "a", "sum": "t"}[name]:
        raise ValueError(f"{text} does not say what it binds")
    values = permutations(model, count) if name == "mean" else standard_basis(model, count)
    rows, cols = model.shape(_letter_shape(text))
    total = matrix(rows, cols, lambda i, j: model.number(0))
    for element in values:
        inside = replace(model, values={**model.values, bound: element})
        total = _plus(model, total, _word(body, rows, inside, scope | {bound}))
    return _scaled(model, model.number(Fraction(1, len(values))), total) if name == "mean" else total


def random_model(items: Sequence[Any], sizes: Mapping[str, int], draw: random.Random, prime: int = 0) -> Model:
    """A model of these sizes with random values for everything free in the items."""
    model = Model(sizes, prime=prime)
    for symbol in sorted((s for item in items for s in free(item) if not isinstance(s, str)), key=repr):
        model = model.with_value(symbol, random_value(symbol, model, draw))
    return model


def random_value(symbol: Variable | Function, model: Model, draw: random.Random) -> Any:
    if isinstance(symbol, Function):
        return pseudo_random_function(str(draw.random()), model, symbol)
    rows, cols = model.shape(symbol.shape)
    low_rank = draw.random() < 0.3
    return matrix(rows, cols, lambda i, j: model.number(0 if low_rank and i else draw.randint(-2, 2)))


class Writer:
    """Writes random terms and statements over given variables, functions and sizes."""

    def __init__(
        self,
        draw: random.Random,
        variables: Sequence[Variable],
        functions: Sequence[Function] = (),
        shapes: Sequence[Shape] = (),
        *,
        averages: bool = True,
        pseudoinverses: bool = True,
        blocks: bool = True,
        numbers: Sequence[Fraction | int] = (-1, 2, Fraction(1, 2)),
    ):
        self.draw = draw
        self.variables = tuple(variables)
        self.functions = tuple(functions)
        self.shapes = tuple(shapes) or tuple(dict.fromkeys(v.shape for v in self.variables))
        self.sizes = tuple(dict.fromkeys(size for shape in self.shapes for size in shape))
        self.averages = averages
        self.pseudoinverses = pseudoinverses
        self.blocks = blocks
        self.numbers = tuple(numbers)

    def term(self, shape: Shape, depth: int) -> Term:
        """A random term of the shape."""
        draw, (rows, cols) = self.draw, shape
        leaves: list[Term] = [v for v in self.variables if v.shape == shape]
        leaves += [Transpose(v) for v in self.variables if v.shape == (cols, rows)]
        if depth <= 0 or draw.random() < 0.1:
            leaves += [Identity(rows)] if rows == cols else [Zero(rows, cols)]
            return draw.choice(leaves)
        makers = [self._sum, self._product, self._product, self._product, self._scaled, self._transpose]
        if self.blocks:
            makers.append(self._block)
        if self.averages:
            makers += [self._average, self._total]
        if self.pseudoinverses:
            makers.append(self._pseudoinverse)
        if any(f.codomain == shape for f in self.functions):
            makers += [self._apply, self._apply]
        try:
            return draw.choice(makers)(shape, depth - 1)
        except ShapeError:  # a bound name would clash
            return self.term(shape, depth - 1)

    def _sum(self, shape: Shape, depth: int) -> Term:
        return Sum(tuple(self.term(shape, depth) for _ in range(self.draw.randint(2, 3))))

    def _product(self, shape: Shape, depth: int) -> Term:
        inner = self.draw.choice(self.sizes)
        return Product((self.term((shape[0], inner), depth), self.term((inner, shape[1]), depth)))

    def _scaled(self, shape: Shape, depth: int) -> Term:
        one = Size.of(1)
        factor = self.term((one, one), depth) if self.draw.random() < 0.5 else Number(self.draw.choice(self.numbers))
        return Scaled(factor, self.term(shape, depth))

    def _transpose(self, shape: Shape, depth: int) -> Term:
        return Transpose(self.term((shape[1], shape[0]), depth))

    def _pseudoinverse(self, shape: Shape, depth: int) -> Term:
        return Pseudoinverse(self.term((shape[1], shape[0]), min(depth, 1)))

    def _apply(self, shape: Shape, depth: int) -> Term:
        function = self.draw.choice([f for f in self.functions if f.codomain == shape])
        return Apply(function, tuple(self.term(part, depth) for part in function.domain))

    def _average(self, shape: Shape, depth: int) -> Term:
        squares = [v for v in self.variables if v.rows == v.cols and not v.rows.is_one]
        if not squares:
            return self.term(shape, depth)
        bound = self.draw.choice(squares)
        return Average(bound, MatrixGroup("S", bound.rows), self.term(shape, depth))

    def _total(self, shape: Shape, depth: int) -> Term:
        columns = [v for v in self.variables if v.cols.is_one and not v.rows.is_one]
        if not columns:
            return self.term(shape, depth)
        return Total(self.draw.choice(columns), self.term(shape, depth))

    def _block(self, shape: Shape, depth: int) -> Term:
        """[A B; C D] of which a part of the requested shape is cut out by multiplying with [I 0] and [I; 0]."""
        (rows, cols), draw = shape, self.draw
        below, beside = draw.choice(self.sizes), draw.choice(self.sizes)
        whole = Block(
            (
                (self.term((rows, cols), depth), self.term((rows, beside), depth - 1)),
                (self.term((below, cols), depth - 1), self.term((below, beside), depth - 1)),
            )
        )
        if draw.random() < 0.5:
            left = Block(((Identity(rows), self.term((rows, below), depth - 1)),))
            right = Block(((Identity(cols),), (self.term((beside, cols), depth - 1),)))
        else:
            left = Block(((Identity(rows), Zero(rows, below)),))
            right = Block(((Identity(cols),), (Zero(beside, cols),)))
        return Product((left, whole, right))

    def formula(self, depth: int, *, quantified: Sequence[Any] = ()) -> Formula:
        """A random statement; quantifiers bind the symbols named."""
        draw = self.draw
        shape = draw.choice(self.shapes)
        kind = draw.random()
        try:
            if depth <= 0 or kind < 0.2:
                return Equal(self.term(shape, 1), self.term(shape, 1))
            if kind < 0.4:
                return Implies(*(self.formula(depth - 1, quantified=quantified) for _ in range(2)))
            if kind < 0.5 or not quantified:
                return And(tuple(self.formula(depth - 1, quantified=quantified) for _ in range(2)))
            symbol = draw.choice(tuple(quantified))
            body = self.formula(depth - 1, quantified=quantified)
            if isinstance(symbol, SizeVariable) or draw.random() < 0.5:
                return ForAll(symbol, body)
            return Exists(symbol, body)
        except ShapeError:  # a bound name would clash
            return self.formula(depth - 1, quantified=quantified)
