"""Equations that are linear in unknown matrices, and in unknown values of functions, solved exactly.

A term in which each product holds at most one unknown is an affine form C + Σ L·U·R (or L·Uᵀ·R). An unknown function
counts as one unknown matrix for each distinct argument, which is how "no g fits these points" is decided.

>>> from symmetry.terms import Variable, sizes
>>> d, n = sizes("d n")
>>> Q = Field()
>>> scope = Scope(Q, {"d": 2, "n": 1}, {"Y": Q.matrix(2, 1, [1, 2])})
>>> system = System(scope.field, frozenset(["g"]))
>>> system.add(Equal(Variable("Y", d, n) * Variable("g", n, n), 3 * Variable("Y", d, n)), scope)
>>> solution = system.solve()
>>> solution.values, solution.unique
([[3]], True)
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import lru_cache
from typing import Any

from symmetry.checks.exact.evaluate import Scope, evaluate
from symmetry.checks.exact.fields import Field, Matrix, Unsupported
from symmetry.formulas import Equal
from symmetry.syntax import bound, free
from symmetry.terms import Apply, Average, Block, Number, Product, Scaled, Sum, Term, Total, Transpose, Variable

__all__ = ["Conflict", "Solution", "System", "mentions", "names_of"]

MAX_UNKNOWNS = 400  # entries in one linear system


@lru_cache(maxsize=16_384)
def names_of(item: Any) -> frozenset[str]:
    """The names of the free matrices, functions and sizes of an item."""
    return frozenset(symbol if isinstance(symbol, str) else symbol.name for symbol in free(item))


def mentions(item: Any, names: frozenset[str] | set[str]) -> bool:
    """Whether a free matrix, function or size of an item has one of these names."""
    return not names.isdisjoint(names_of(item))


@dataclass(frozen=True, slots=True)
class _Part:
    """L·U·R, or L·Uᵀ·R; None stands for an identity."""

    key: int
    left: Matrix | None
    right: Matrix | None
    flipped: bool


@dataclass(slots=True)
class _Form:
    constant: Matrix
    parts: list[_Part]


@dataclass(frozen=True)
class Conflict:
    """The equations (by index) of one group that has no solution."""

    equations: tuple[int, ...]


@dataclass
class Solution:
    """A value for each unknown; ``kernels`` says how it can vary."""

    values: list[Matrix]
    kernels: list[tuple[tuple[int, ...], str, Matrix]]
    field: Field

    @property
    def unique(self) -> bool:
        return all(kernel.ncols() == 0 for _, _, kernel in self.kernels)

    def another(self, rng: random.Random) -> list[Matrix]:
        """The values of another solution, drawn at random."""
        values = list(self.values)
        for keys, layout, kernel in self.kernels:
            width = (
                1
                if layout == "entries"
                else (values[keys[0]].ncols() if layout == "columns" else values[keys[0]].nrows())
            )
            move = kernel * self.field.random(kernel.ncols(), width, rng)
            for key, change in zip(keys, _unstack(self.field, move, [values[k] for k in keys], layout)):
                values[key] = values[key] + change
        return values


@dataclass
class System:
    """Equations affine in unknown matrices and function values.

    Args:
        names: the unknown matrices and functions.
    """

    field: Field
    names: frozenset[str]
    equations: list[_Form] = default(default_factory=list)
    unknowns: list[tuple[str, list[Matrix], tuple[int, int]]] = default(default_factory=list)  # name, arguments, shape

    def add(self, equation: Equal, scope: Scope) -> None:
        """Ask for an equation at a point.

        Raises:
            Unsupported: it is not affine in the unknowns, or cannot be evaluated.
        """
        left, right = self._affine(equation.left, scope), self._affine(equation.right, scope)
        self.equations.append(_Form(left.constant - right.constant, left.parts + self._scale(right.parts, -1)))

    def add_side(self, side: Term, scope: Scope) -> None:
        """Ask that a term be a value to be told later (see `prepared`)."""
        self.equations.append(self._affine(side, scope))

    def key(self, name: str, arguments: list[Matrix], shape: tuple[int, int]) -> int:
        """The number of an unknown: of a matrix, or of a function at these arguments."""
        for index, (other, values, _) in enumerate(self.unknowns):
            if other == name and values == arguments:
                return index
        self.unknowns.append((name, arguments, shape))
        return len(self.unknowns) - 1

    # -- affine forms --------------------------------------------------------------------------------------------

    def _affine(self, term: Term, scope: Scope) -> _Form:
        if not mentions(term, self.names):
            return _Form(evaluate(term, scope), [])
        if not self.names.isdisjoint(symbol.name for symbol in bound(term)):
            raise Unsupported(f"{term} binds the name of an unknown")
        match term:
            case Variable():
                shape = scope.shape(term)
                return _Form(scope.field.zero(*shape), [_Part(self.key(term.name, [], shape), None, None, False)])
            case Apply():
                if term.function.name not in self.names or any(mentions(a, self.names) for a in term.arguments):
                    raise Unsupported(f"an unknown stands inside the argument of {term.function.name}")
                shape = scope.shape(term)
                key = self.key(term.function.name, [evaluate(a, scope) for a in term.arguments], shape)
                return _Form(scope.field.zero(*shape), [_Part(key, None, None, False)])
            case Transpose():
                form = self._affine(term.body, scope)
                return _Form(
                    form.constant.transpose(),
                    [_Part(p.key, _flip(p.right), _flip(p.left), not p.flipped) for p in form.parts],
                )
            case Sum():
                forms = [self._affine(part, scope) for part in term.terms]
                constant = forms[0].constant
                for form in forms[1:]:
                    constant = constant + form.constant
                return _Form(constant, [part for form in forms for part in form.parts])
            case Product():
                form = self._affine(term.factors[0], scope)
                for factor in term.factors[1:]:
                    form = self._times(form, self._affine(factor, scope))
                return form
            case Scaled(factor=Number(value=value), body=body):
                form, number = self._affine(body, scope), scope.field.number(value)
                return _Form(form.constant * number, self._scale(form.parts, number))
            case Scaled():
                number_form = self._affine(term.factor, scope)
                if not number_form.parts and number_form.constant[0, 0] == 0:
                    return _Form(scope.field.zero(*scope.shape(term.body)), [])
                return self._scaled(number_form, self._affine(term.body, scope))
            case Block():
                return self._block(term, scope)
            case Average():
                elements = scope.field.permutations(scope.size(term.group.size))
                forms = [self._affine(term.body, scope.bind(term.variable.name, element)) for element in elements]
                share = 1 / scope.field.number(len(elements))
                constant = forms[0].constant
                for form in forms[1:]:
                    constant = constant + form.constant
                return _Form(constant * share, self._scale([p for form in forms for p in form.parts], share))
            case Total():
                constant = scope.field.zero(*scope.shape(term))
                parts: list[_Part] = []
                for vector in scope.field.basis(scope.size(term.variable.rows)):
                    form = self._affine(term.body, scope.bind(term.variable.name, vector))
                    constant, parts = constant + form.constant, parts + form.parts
                return _Form(constant, parts)
        raise Unsupported(f"{term} is not linear in {', '.join(sorted(self.names))}")

    def _scale(self, parts: Sequence[_Part], number: Any) -> list[_Part]:
        scaled = []
        for part in parts:
            if part.left is not None:
                scaled.append(_Part(part.key, part.left * number, part.right, part.flipped))
            else:
                rows, cols = self.unknowns[part.key][2]
                unit = self.field.identity(cols if part.flipped else rows)
                scaled.append(_Part(part.key, unit * number, part.right, part.flipped))
        return scaled

    def _times(self, left: _Form, right: _Form) -> _Form:
        if left.parts and right.parts:
            raise Unsupported(f"a product of two unknowns among {', '.join(sorted(self.names))}")
        parts = [
            _Part(p.key, p.left, right.constant if p.right is None else p.right * right.constant, p.flipped)
            for p in left.parts
        ]
        parts += [
            _Part(p.key, left.constant if p.left is None else left.constant * p.left, p.right, p.flipped)
            for p in right.parts
        ]
        return _Form(left.constant * right.constant, parts)

    def _scaled(self, factor: _Form, body: _Form) -> _Form:
        if factor.parts and body.parts:
            raise Unsupported(f"a product of two unknowns among {', '.join(sorted(self.names))}")
        number = factor.constant[0, 0]
        parts = self._scale(body.parts, number)
        # s·B with an unknown scalar s = L·U·R is the sum over columns of (B e)·(L·U·R)·eᵀ.
        rows, cols = body.constant.nrows(), body.constant.ncols()
        for part in factor.parts:
            for j in range(cols):
                column = self.field.columns(body.constant, [j])
                row = self.field.matrix(1, cols, [int(j == k) for k in range(cols)])
                left = column if part.left is None else column * part.left
                parts.append(_Part(part.key, left, row if part.right is None else part.right * row, part.flipped))
        return _Form(body.constant * number if rows else body.constant, parts)

    def _block(self, term: Block, scope: Scope) -> _Form:
        grid = [[self._affine(entry, scope) for entry in row] for row in term.grid]
        constant = self.field.vstack([self.field.hstack([form.constant for form in row]) for row in grid])
        heights = [row[0].constant.nrows() for row in grid]
        widths = [form.constant.ncols() for form in grid[0]]
        parts = []
        for i, row in enumerate(grid):
            down = self._slot(heights, i)
            for j, form in enumerate(row):
                across = self._slot(widths, j).transpose()
                for p in form.parts:
                    left = down if p.left is None else down * p.left
                    parts.append(_Part(p.key, left, across if p.right is None else p.right * across, p.flipped))
        return _Form(constant, parts)

    def _slot(self, sizes: Sequence[int], index: int) -> Matrix:
        """The matrix that puts a block of rows in its place."""
        start, size = sum(sizes[:index]), sizes[index]
        total = sum(sizes)
        return self.field.matrix(total, size, [int(i - start == j) for i in range(total) for j in range(size)])

    # -- solving -------------------------------------------------------------------------------------------------

    def solve(self) -> Solution | Conflict:
        """A solution of the equations, or the first group of them that has none."""
        values = [self.field.zero(*shape) for _, _, shape in self.unknowns]
        kernels: list[tuple[tuple[int, ...], str, Matrix]] = []
        for keys, equations in self.groups(range(len(self.equations))):
            layout, matrix, right = self.assemble(keys, [self.equations[index] for index in equations])
            found = self.field.solve(matrix, right)
            if found is None:
                return Conflict(tuple(equations))
            if keys:
                solution, kernel = found
                for key, value in zip(keys, _unstack(self.field, solution, [values[k] for k in keys], layout)):
                    values[key] = value
                kernels.append((tuple(keys), layout, kernel))
        return Solution(values, kernels, self.field)

    def consistent(self, chosen: Sequence[int]) -> bool:
        """Whether the chosen equations have a solution."""
        for keys, equations in self.groups(chosen):
            if equations:
                _, matrix, right = self.assemble(keys, [self.equations[index] for index in equations])
                if self.field.solve(matrix, right) is None:
                    return False
        return True

    def groups(self, indices: Sequence[int]) -> list[tuple[list[int], list[int]]]:
        """Unknowns that are linked by equations, with those equations."""
        root = list(range(len(self.unknowns)))

        def find(key: int) -> int:
            while root[key] != key:
                root[key] = root[root[key]]
                key = root[key]
            return key

        for index in indices:
            parts = self.equations[index].parts
            for part in parts[1:]:
                root[find(part.key)] = find(parts[0].key)
        groups: dict[int, tuple[list[int], list[int]]] = {}
        for key in range(len(self.unknowns)):
            groups.setdefault(find(key), ([], []))[0].append(key)
        loose: list[tuple[list[int], list[int]]] = []
        for index in indices:
            parts = self.equations[index].parts
            if parts:
                groups[find(parts[0].key)][1].append(index)
            else:
                loose.append(([], [index]))
        return loose + list(groups.values())

    def assemble(self, keys: list[int], forms: list[_Form]) -> tuple[str, Matrix, Matrix]:
        """The linear system of a group: in whole columns or rows of the unknowns where that is enough."""
        parts = [part for form in forms for part in form.parts]
        shapes = [self.unknowns[key][2] for key in keys]
        straight = not any(part.flipped for part in parts)
        if straight and all(part.right is None for part in parts) and len({cols for _, cols in shapes}) <= 1:
            cols = shapes[0][1] if shapes else None
            if cols is None:
                flat = [entry for form in forms for entry in form.constant.entries()]
                return "entries", self.field.zero(len(flat), 0), self.field.matrix(len(flat), 1, flat)
            rows = [self._row(keys, form, 0) for form in forms]
            matrix = self.field.vstack(rows) if rows else self.field.zero(0, sum(r for r, _ in shapes))
            right = self.field.vstack([form.constant for form in forms]) if rows else self.field.zero(0, cols)
            return "columns", matrix, -right
        if straight and all(part.left is None for part in parts) and len({rows for rows, _ in shapes}) == 1:
            matrix = self.field.vstack([self._row(keys, form, 1) for form in forms])
            right = self.field.vstack([form.constant.transpose() for form in forms])
            return "rows", matrix, -right
        return self._entries(keys, forms)

    def _row(self, keys: list[int], form: _Form, side: int) -> Matrix:
        blocks = []
        for key in keys:
            size = self.unknowns[key][2][side]
            total = None
            for part in form.parts:
                if part.key == key:
                    factor = part.left if side == 0 else _flip(part.right)
                    factor = self.field.identity(size) if factor is None else factor
                    total = factor if total is None else total + factor
            height = form.constant.nrows() if side == 0 else form.constant.ncols()
            blocks.append(self.field.zero(height, size) if total is None else total)
        return self.field.hstack(blocks)

    def _entries(self, keys: list[int], forms: list[_Form]) -> tuple[str, Matrix, Matrix]:
        start, count = {}, 0
        for key in keys:
            start[key] = count
            count += self.unknowns[key][2][0] * self.unknowns[key][2][1]
        if count > MAX_UNKNOWNS:
            raise Unsupported(f"a linear system with {count} unknowns is more than {MAX_UNKNOWNS}")
        rows: list[Any] = []
        right: list[Any] = []
        for form in forms:
            height, width = form.constant.nrows(), form.constant.ncols()
            block = [[0] * count for _ in range(height * width)]
            for part in form.parts:
                p, q = self.unknowns[part.key][2]
                a_count, b_count = (q, p) if part.flipped else (p, q)
                left = (self.field.identity(a_count) if part.left is None else part.left).tolist()
                across = (self.field.identity(b_count) if part.right is None else part.right).tolist()
                begin = start[part.key]
                for i in range(height):
                    for a in range(a_count):
                        factor = left[i][a]
                        if factor == 0:
                            continue
                        for b in range(b_count):
                            place = begin + (b * q + a if part.flipped else a * q + b)
                            for j, other in enumerate(across[b]):
                                if other != 0:
                                    line = block[i * width + j]
                                    line[place] = line[place] + factor * other
            rows.extend(entry for line in block for entry in line)
            right.extend(-entry for entry in form.constant.entries())
        return "entries", self.field.matrix(len(right), count, rows), self.field.matrix(len(right), 1, right)


def _flip(matrix: Matrix | None) -> Matrix | None:
    return None if matrix is None else matrix.transpose()


def _unstack(field: Field, stacked: Matrix, like: Sequence[Matrix], layout: str) -> list[Matrix]:
    """The unknowns out of the solution of their joint system."""
    table, found, start = stacked.tolist(), [], 0
    for value in like:
        rows, cols = value.nrows(), value.ncols()
        if layout == "entries":
            stop = start + rows * cols
            found.append(field.matrix(rows, cols, [line[0] for line in table[start:stop]]))
        elif layout == "columns":
            stop = start + rows
            found.append(field.matrix(rows, cols, [entry for line in table[start:stop] for entry in line]))
        else:
            stop = start + cols
            found.append(field.matrix(cols, rows, [entry for line in table[start:stop] for entry in line]).transpose())
        start = stop
    return found
