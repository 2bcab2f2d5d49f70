"""Elements of a basis as SymPy expressions in named inner products, and in coordinates.

The columns of an input X are the vectors X_1, X_2, …, numbered from 1 as in the theory; an input without further axes
keeps its name. A scalar is an entry of its input, such as ``t[0, 0]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, cmp_to_key
from operator import itemgetter
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Identity,
    ImmutableMatrix,
    Integer,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Mul,
    Pow,
    Symbol,
    ZeroMatrix,
)

from symmetry.determinant import Cross, Det, Hodge
from symmetry.errors import UsageError
from symmetry.inner import Inner
from symmetry.invariants.configuration import Configuration, Label
from symmetry.invariants.term import Pair, Term

__all__ = ["Expressions"]


class Expressions:
    """From terms to SymPy.

    Args:
        configuration: whose vectors, scalars and components the terms number.
    """

    def __init__(self, configuration: Configuration):
        self.configuration = configuration
        self._factors: dict[tuple[Any, int, int], tuple[tuple[int, ...], Expr]] = {}

    @cached_property
    def vectors(self) -> tuple[MatrixSymbol, ...]:
        """The vectors of the inputs, as they are numbered."""
        d = Integer(self.configuration.dimension)
        return tuple(MatrixSymbol(str(label), d, 1) for label in self.configuration.vectors)

    @cached_property
    def scalars(self) -> tuple[Expr, ...]:
        """The scalars, entries of the inputs, as they are numbered."""
        return tuple(map(self._entry, self.configuration.scalars))

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
        explicit = value.xreplace(columns)
        if getattr(explicit, "is_Matrix", False):
            return ImmutableMatrix(explicit.doit().as_explicit()).expand()
        return explicit.expand()

    def _output(self, index: int, terms: Iterable[Term]) -> Any:
        """One output: turned vectors and matrices times scalars, put where they belong along the other axes."""
        problem, group = self.configuration.problem, self.configuration.turned
        tensor = problem.outputs[index]
        if len(tensor.axes) > 2:
            raise UsageError(f"the output {str(tensor)!r} has {len(tensor.axes)} axes: take terms(), not expressions")
        shape = problem.shape(tensor)
        turned = [group is not None and axis == group.axis for axis in tensor.axes]
        other = tuple(size for size, is_turned in zip(shape, turned) if not is_turned)
        # Turned part -> place along the other axes -> scalars.
        found: dict[Any, dict[tuple[int, ...], list[Expr]]] = {}
        for component, pairs, scalars, determinant in terms:
            place = self.configuration.components[component]
            if place.output == index:
                part, product = self._split(pairs, scalars, determinant, place.rank)
                found.setdefault(part, {}).setdefault(tuple(value for _, value in place.values), []).append(product)
        if not turned:
            return Add(*(product for places in found.values() for products in places.values() for product in products))
        sums = []
        for part, places in found.items():
            rows, columns = (*other, 1, 1)[:2]
            table = ImmutableMatrix(
                [[Add(*places.get((i, j)[: len(other)], ())) for j in range(columns)] for i in range(rows)]
            )
            if part is None:
                sums.append(table)
            elif not other:
                sums.append(table[0, 0] * part)
            else:
                sums.append(MatMul(part, table.T) if turned[0] else MatMul(table, part.T))
        return MatAdd(*sums).doit(deep=False) if sums else ZeroMatrix(*(*shape, 1)[:2])

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
            from sympy.tensor import IndexedBase

            return IndexedBase(label.input)[tuple(place)]
        shape = (*problem.shape(tensor), 1)[:2]
        return MatrixSymbol(label.input, *shape)[tuple((*place, 0)[:2])]

    def _product(self, pairs: Iterable[Pair], scalars: Iterable[int], determinant: tuple[int, ...], rank: int) -> Expr:
        """A product in SymPy's canonical form, its factors sorted by numbers instead of by comparing expressions."""
        counts: dict[Any, int] = {}
        for key in pairs:
            counts[key] = counts.get(key, 0) + 1
        for scalar in scalars:
            counts[scalar] = counts.get(scalar, 0) + 1
        known = self._factors
        factors = []
        for key, exponent in counts.items():
            factor = known.get((key, exponent, rank))
            factors.append(self._factor(key, exponent, rank) if factor is None else factor)
        if determinant:
            return Mul(self._det(determinant, rank), *(factor for _, factor in factors))
        if len(factors) > 1:
            factors.sort(key=itemgetter(0))
            return Mul._from_args([factor for _, factor in factors], is_commutative=True)
        return factors[0][1] if factors else Integer(1)

    def _factor(self, key: Any, exponent: int, rank: int) -> tuple[tuple[int, ...], Expr]:
        """A power of a generator, with what sorts it among the factors of a product as SymPy would."""
        if isinstance(key, int):
            generator = self.scalars[key]
        else:
            generator = self._inner[key[0] - rank, key[1] - rank]
        power = Pow(generator, exponent)
        order, number = self._order
        place = order[generator]
        sort = (1, place, exponent) if exponent > 1 else (2 * (place >= number), place)
        self._factors[key, exponent, rank] = sort, power
        return sort, power

    @cached_property
    def _inner(self) -> dict[Pair, Expr]:
        """The inner products of the vectors, by their numbers in order."""
        numbers = range(len(self.vectors))
        return {(a, b): Inner(self.vectors[a], self.vectors[b]) for a in numbers for b in numbers[a:]}

    @cached_property
    def _order(self) -> tuple[dict[Expr, int], int]:
        """The place of each generator in SymPy's order, and how many stand before all powers."""
        ordered = sorted((*self.scalars, *self._inner.values()), key=cmp_to_key(Basic.compare))
        before = sum(Basic.compare(generator, Pow(generator, 2)) < 0 for generator in ordered)
        return {generator: place for place, generator in enumerate(ordered)}, before

    def _det(self, vectors: tuple[int, ...], rank: int) -> Expr:
        return Det(*(self.vectors[vector - rank] for vector in vectors))
