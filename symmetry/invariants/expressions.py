"""Elements of a basis as SymPy expressions in named inner products, and in coordinates.

The columns of an input X are the vectors X_1, X_2, …, numbered from 1 as in the theory; an input without further axes
keeps its name. A scalar is an entry of its input, such as ``t[0, 0]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from functools import cmp_to_key
from typing import Any

from sympy import (Add, Basic, Expr, Identity, ImmutableMatrix, Integer, MatAdd, MatMul, MatrixSymbol, Mul, Pow, Symbol, ZeroMatrix)
from sympy.tensor import IndexedBase

from symmetry.determinant import Cross, Det, Hodge
from symmetry.errors import UsageError
from symmetry.inner import Inner
from symmetry.invariants.configuration import Configuration, Label
from symmetry.invariants.term import Pair, Term

__all__ = ["Expressions"]

_canonical = cmp_to_key(Basic.compare)  # the order of factors in a product


class Expressions:
    """From terms to SymPy.

    Args:
        configuration: whose vectors, scalars and components the terms number.
    """

    def __init__(self, configuration: Configuration):
        self.configuration = configuration
        d = Integer(configuration.dimension)
        self.vectors = tuple(MatrixSymbol(str(label), d, 1) for label in configuration.vectors)
        self.scalars = tuple(self._entry(label) for label in configuration.scalars)
        self._factors: dict[tuple[Any, int, int], tuple[Any, Expr]] = {}

    def invariants(self, terms: Iterable[Term]) -> Iterator[Expr]:
        """Each term as an expression, where the only output is a scalar."""
        product = self._product
        for _, pairs, scalars, determinant in terms:
            yield product(pairs, scalars, determinant, 0)

    def total(self, terms: Iterable[Term]) -> Any:
        """The sum of terms: a scalar, a column or a matrix for each output, in a tuple where there are several.

        Raises:
            UsageError: an output has more than two axes.
        """
        terms = tuple(terms)
        found = tuple(self._output(index, terms) for index in range(len(self.configuration.problem.outputs)))
        return found[0] if len(found) == 1 else found

    def in_coordinates(self, value: Any) -> Any:
        """An element in the entries of the inputs, multiplied out.

        Args:
            value: what iterating over a basis gives.
        """
        if isinstance(value, tuple):
            return tuple(self.in_coordinates(part) for part in value)
        columns = {
            vector: ImmutableMatrix([self._entry(label, i) for i in range(self.configuration.dimension)])
            for vector, label in zip(self.vectors, self.configuration.vectors)
        }
        scalars = value.atoms(Inner, Det)
        explicit = value.xreplace({part: part.xreplace(columns).in_coordinates() for part in scalars})
        if not getattr(explicit, "is_Matrix", False):
            return explicit.expand()
        return ImmutableMatrix(explicit.xreplace(columns).doit().as_explicit()).expand()

    def _output(self, index: int, terms: Iterable[Term]) -> Any:
        """One output: turned vectors and matrices times scalars, put where they belong along the other axes."""
        problem, components = self.configuration.problem, self.configuration.components
        tensor = problem.outputs[index]
        if len(tensor.axes) > 2:
            raise UsageError(f"the output {str(tensor)!r} has {len(tensor.axes)} axes: take terms() instead of expressions")
        turned = [self.configuration.turned is not None and axis == self.configuration.turned.axis for axis in tensor.axes]
        other = tuple(size for size, is_turned in zip(problem.shape(tensor), turned) if not is_turned)
        # Turned part -> place along the other axes -> scalars.
        found: dict[Any, dict[tuple[int, ...], list[Expr]]] = {}
        for component, pairs, scalars, determinant in terms:
            _, values, rank = components[component]
            if components[component].output == index:
                part, product = self._split(pairs, scalars, determinant, rank)
                found.setdefault(part, {}).setdefault(tuple(value for _, value in values), []).append(product)
        if not turned:
            return Add(*(product for places in found.values() for products in places.values() for product in products))
        sums = []
        for part, places in found.items():
            table = ImmutableMatrix(*(*other, 1, 1)[:2], lambda i, j: Add(*places.get((i, j)[: len(other)], ())))
            if part is None:
                sums.append(table)
            elif not other:
                sums.append(table[0, 0] * part)
            else:
                sums.append(MatMul(part, table.T) if turned[0] else MatMul(table, part.T))
        return MatAdd(*sums).doit(deep=False) if sums else ZeroMatrix(*(*problem.shape(tensor), 1)[:2])

    def _split(
        self, pairs: tuple[Pair, ...], scalars: tuple[int, ...], determinant: tuple[int, ...], rank: int
    ) -> tuple[Any, Expr]:
        """The vector or matrix that pairs with the marked vectors, and the scalar that remains."""
        if not rank:
            return None, self._product(pairs, scalars, determinant, 0)
        kept = tuple(pair for pair in pairs if pair[0] >= rank)
        columns: dict[int, Any] = {a: self.vectors[b - rank] for a, b in pairs if a < rank <= b}
        open_ = tuple(vector for vector in determinant if vector < rank)
        if open_:
            rest = (self.vectors[vector - rank] for vector in determinant if vector >= rank)
            if len(open_) == 2:
                return Hodge(*rest), self._product(kept, scalars, (), rank)
            columns[open_[0]], determinant = Cross(*rest), ()
        if not columns:
            part = Identity(self.configuration.dimension)
        else:
            part = columns[0] * columns[1].T if rank == 2 else columns[0]
        return part, self._product(kept, scalars, determinant, rank)

    def _entry(self, label: Label, turned: int = 0) -> Expr:
        """The entry of an input at the values of a label, and at one value of the turned axis where it has that."""
        problem, group = self.configuration.problem, self.configuration.turned
        tensor = problem.inputs[problem.names.index(label.input)]
        others = iter(value for _, value in label.values)
        place = [turned if group is not None and axis == group.axis else next(others) for axis in tensor.axes]
        if not place:
            return Symbol(label.input)
        if len(place) > 2:
            return IndexedBase(label.input)[tuple(place)]
        shape = (*problem.shape(tensor), 1)[:2]
        return MatrixSymbol(label.input, *shape)[tuple((*place, 0)[:2])]

    def _product(self, pairs: Iterable[Pair], scalars: Iterable[int], determinant: tuple[int, ...], rank: int) -> Expr:
        """A product in SymPy's canonical form, without taking it apart and sorting expressions again."""
        keys: list[Any] = [*pairs, *scalars]
        if determinant:
            return Mul(self._det(determinant, rank), *(self._factor(key, 1, rank)[1] for key in keys))
        factors = [self._factor(key, len(list(same)), rank) for key, same in groupby(keys)]
        if len(factors) == 1:
            return factors[0][1]
        if not factors:
            return Integer(1)
        factors.sort()
        return Mul._from_args([factor for _, factor in factors], is_commutative=True)

    def _factor(self, key: Any, exponent: int, rank: int) -> tuple[Any, Expr]:
        known = self._factors.get((key, exponent, rank))
        if known is None:
            if isinstance(key, int):
                base = self.scalars[key]
            else:
                base = Inner(*(self.vectors[vector - rank] for vector in key))
            factor = Pow(base, exponent)
            known = self._factors[key, exponent, rank] = (_canonical(factor), factor)
        return known

    def _det(self, vectors: tuple[int, ...], rank: int) -> Expr:
        return Det(*(self.vectors[vector - rank] for vector in vectors))
