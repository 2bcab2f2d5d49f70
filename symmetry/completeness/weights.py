"""Polynomial maps between the tensors of a problem, in weight bases, cut into small blocks.

An axis on which a factor forms sums carries the weight basis of that factor; the indices along all other axes name a
*column*, and what stands in a column is a vector, a matrix, … or a number: its *frame*. A map is a sum of *terms*
c · x^m e_a, with x^m a monomial in the coordinates of the inputs and e_a a basis vector of an output. An operator E on
both sides acts by (E f)(x) = E f(x) - Df(x) E x, a group element g by f ↦ g f(g⁻¹x): nothing is identified with its
dual.

No factor that forms sums changes the degree in a column of the inputs or the column of the output, so that the maps are
the sum of the blocks of :mod:`symmetry.completeness.contents`.

>>> from symmetry.problem import Problem
>>> maps = PolynomialMaps(Problem("Y: d n -> d", group="O(d)", d=3, n=2))
>>> [(orbit.block.content, orbit.copies, len(maps.terms(orbit.block))) for orbit in maps.orbits(3)]
[((3, 0), 2, 6), ((2, 1), 2, 12)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations_with_replacement, product
from math import comb, prod
from typing import NamedTuple

from symmetry.completeness.contents import Block, Orbit, Relabelling, Share, permuted_blocks, sorted_blocks
from symmetry.degrees import Degree, checked_degree
from symmetry.groups import Axis, Group, Sparse, WeightBasis
from symmetry.problem import Problem, Tensor

__all__ = ["Column", "Frame", "Monomial", "Operator", "PolynomialMaps", "Term"]

# The coordinates that are multiplied, in increasing order.
Monomial = tuple[int, ...]
# A monomial for each column of the content, and the coordinate of the output.
Term = tuple[tuple[Monomial, ...], int]

_SHIFT = 1 << 20  # the weights under several angles are the digits of one number


class Column(NamedTuple):
    """Where a vector stands: the position of its tensor, and the indices along the axes that do not mix."""

    tensor: int
    indices: tuple[int, ...]


class Operator:
    """A matrix of integers, and what it does to monomials."""

    def __init__(self, entries: Sparse, size: int):
        # Index and entry of what is not zero in each row and in each column.
        self.rows: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self.columns: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        for (i, j), entry in entries.items():
            self.rows[i].append((j, entry))
            self.columns[j].append((i, entry))
        self._derivatives: dict[Monomial, list[tuple[Monomial, int]]] = {}
        self._substituted: dict[Monomial, list[tuple[Monomial, int]]] = {}

    def derivative(self, monomial: Monomial) -> list[tuple[Monomial, int]]:
        """The derivative of x^m in the direction Ex, as terms of which some may be alike."""
        if monomial not in self._derivatives:
            self._derivatives[monomial] = [
                (tuple(sorted((*monomial[:place], j, *monomial[place + 1 :]))), entry)
                for place, i in enumerate(monomial)
                for j, entry in self.rows[i]
            ]
        return self._derivatives[monomial]

    def substituted(self, monomial: Monomial) -> list[tuple[Monomial, int]]:
        """x^m at gx, as terms of which some may be alike."""
        if monomial not in self._substituted:
            self._substituted[monomial] = [
                (tuple(sorted(j for j, _ in factors)), prod(entry for _, entry in factors))
                for factors in product(*(self.rows[i] for i in monomial))
            ]
        return self._substituted[monomial]


class Frame:
    """What stands in a column: a tensor with one axis for each axis that mixes, flattened.

    Args:
        axes: those axes, in order; without any, a number.
        factors: the mixing factors, by axis: all of them, whether they act here or not.
    """

    def __init__(self, axes: tuple[Axis, ...], factors: Mapping[Axis, WeightBasis]):
        self.axes = axes
        self.factors = factors
        self.shape = tuple(len(factors[axis].weights) for axis in axes)
        self.size = prod(self.shape)
        self._monomials: dict[int, dict[int, list[tuple[Monomial, ...]]]] = {}

    @cached_property
    def weights(self) -> list[int]:
        """The weight of each coordinate, under the tori of all factors."""
        return [self._weight(places) for places in product(*map(range, self.shape))]

    @cached_property
    def raising(self) -> list[Operator]:
        """The root vectors of the simple roots of all factors."""
        return [
            Operator(self._sum(axis, root), self.size) for axis, basis in self.factors.items() for root in basis.raising
        ]

    @cached_property
    def finite(self) -> list[Operator]:
        """The finite elements of all factors."""
        return [
            Operator(self._product(axis, element), self.size)
            for axis, basis in self.factors.items()
            for element in basis.finite
        ]

    def monomials(self, degree: int) -> dict[int, list[tuple[Monomial, ...]]]:
        """The monomials of a degree by their weight, each as a tuple of one."""
        if degree not in self._monomials:
            found: dict[int, list[tuple[Monomial, ...]]] = {}
            for monomial in combinations_with_replacement(range(self.size), degree):
                found.setdefault(sum(self.weights[i] for i in monomial), []).append((monomial,))
            self._monomials[degree] = found
        return self._monomials[degree]

    def _weight(self, places: tuple[int, ...]) -> int:
        weight = 0
        for axis, basis in self.factors.items():
            here = [basis.weights[place] for place, carried in zip(places, self.axes) if carried == axis]
            for angle in range(len(basis.weights[0])):
                weight = weight * _SHIFT + sum(w[angle] for w in here)
        return weight

    def _sum(self, axis: Axis, root: Sparse) -> Sparse:
        """A root vector acts along one of its axes at a time."""
        found: Counter[tuple[int, int]] = Counter()
        for position, carried in enumerate(self.axes):
            if carried == axis:
                found.update(self._acting({position: root}))
        return found

    def _product(self, axis: Axis, element: Sparse) -> Sparse:
        """A group element acts along all of its axes at once."""
        return self._acting({position: element for position, carried in enumerate(self.axes) if carried == axis})

    def _acting(self, matrices: Mapping[int, Sparse]) -> Sparse:
        """The tensor product of matrices along some axes and of identities along the others."""
        found: dict[tuple[int, int], int] = {(0, 0): 1}
        for position, size in enumerate(self.shape):
            matrix = matrices.get(position, {(i, i): 1 for i in range(size)})
            found = {(size * i + h, size * j + k): a * b for (i, j), a in found.items() for (h, k), b in matrix.items()}
        return found


class PolynomialMaps:
    """The polynomial maps of a problem of which all sizes are given.

    Args:
        problem: with any factors; every axis has its size.

    Raises:
        UsageError: a size is still symbolic.
        Underivable: a factor is not a compact group.
    """

    def __init__(self, problem: Problem):
        problem.group.refuse_gaps()
        self.problem = problem
        bases = {g: g.kind.weight_basis(problem.size(g.axis)) for g in problem.group}
        self.mixing = {g.axis: basis for g, basis in bases.items() if g.kind.mixes}
        self.permuting = {g: basis for g, basis in bases.items() if not g.kind.mixes}
        self._frames: dict[tuple[Axis, ...], Frame] = {}
        self.inputs = self._columns(problem.inputs)
        self.outputs = self._columns(problem.outputs)
        self.input_frames = [self._frame(problem.inputs[column.tensor]) for column in self.inputs]
        self.output_frames = [self._frame(problem.outputs[column.tensor]) for column in self.outputs]

    def support(self, block: Block) -> list[tuple[Frame, int]]:
        """The frame and the degree of each column that occurs in the content."""
        return [(frame, degree) for frame, degree in zip(self.input_frames, block.content) if degree]

    def terms(self, block: Block) -> list[Term]:
        """The terms in a block that the tori leave alone: the weight of x^m is that of e_a."""
        layers = [frame.monomials(degree) for frame, degree in self.support(block)]
        heads, tails = _joined(layers[: len(layers) // 2]), _joined(layers[len(layers) // 2 :])
        return [
            ((*head, *tail), coordinate)
            for coordinate, weight in enumerate(self.output_frames[block.output].weights)
            for part, left in heads.items()
            for tail in tails.get(weight - part, ())
            for head in left
        ]

    def count(self, block: Block) -> int:
        """How many terms there are, found without listing them."""
        counts = Counter({0: 1})
        for frame, degree in self.support(block):
            grown: Counter[int] = Counter()
            for weight, many in counts.items():
                for more, monomials in frame.monomials(degree).items():
                    grown[weight + more] += many * len(monomials)
            counts = grown
        return sum(counts[weight] for weight in self.output_frames[block.output].weights)

    def text(self, block: Block, form: Mapping[Term, int]) -> str:
        """A map in one block as polynomials, one for each entry of the output that is not zero; indices from 1.

        >>> from symmetry.problem import Problem
        >>> maps = PolynomialMaps(Problem("X: d n -> d", group="O(d)", d=2, n=3))
        >>> maps.text(Block((0, 2, 0), 0), {(((0, 1),), 0): 2, (((1, 1),), 1): -1})
        'f[1] = 2*X[1,2]*X[2,2]; f[2] = -X[2,2]*X[2,2]'
        """
        problem, names = self.problem, self.problem.names
        support = [place for place, degree in enumerate(block.content) if degree]
        sums: dict[int, list[tuple[int, str]]] = {}
        for (monomials, coordinate), coefficient in form.items():
            factors = [
                names[self.inputs[place].tensor] + self._index(problem.inputs, self.inputs[place], i)
                for place, monomial in zip(support, monomials)
                for i in monomial
            ]
            sums.setdefault(coordinate, []).append((coefficient, "*".join(factors)))
        column = self.outputs[block.output]
        output = problem.outputs[column.tensor].name or ("f" if len(problem.outputs) == 1 else f"f{column.tensor + 1}")
        return "; ".join(
            f"{output}{self._index(problem.outputs, column, coordinate)} = {_sum_text(terms)}"
            for coordinate, terms in sorted(sums.items())
        )

    def blocks(self, degree: Degree) -> int:
        """How many blocks of a degree there are, orbits or not."""
        contents = [comb(len(columns) + k - 1, k) for columns, k in self._shares(degree)]
        return prod(contents) * len(self.outputs)

    def relabelling(self, factor: Group, order: Sequence[int]) -> Relabelling:
        """How a permutation i ↦ order[i] of the axis of a factor moves the columns."""
        tensors = self.problem.inputs, self.problem.outputs
        moved = []
        for columns, sources in zip((self.inputs, self.outputs), tensors):
            places = {column: place for place, column in enumerate(columns)}
            images = []
            for tensor, indices in columns:
                axes = self._still(sources[tensor])
                image = tuple(order[i] if axis == factor.axis else i for axis, i in zip(axes, indices))
                images.append(places[Column(tensor, image)])
            moved.append(tuple(images))
        return Relabelling(*moved)

    def orbits(self, degree: Degree) -> Iterator[Orbit]:
        """The blocks of a degree up to permutations, so that equivariant maps need be sought in one of each only.

        Args:
            degree: in all inputs together, or by the name of the input.

        Raises:
            UsageError: not a degree, or there is no such input.
        """
        shares = self._shares(degree)
        if self.permuting:
            return permuted_blocks(len(self.outputs), shares, self.transpositions)
        frames = self.input_frames, self.output_frames
        kinds, targets = ([frame.axes for frame in those] for those in frames)
        return sorted_blocks(kinds, targets, shares)

    @cached_property
    def transpositions(self) -> list[Relabelling]:
        """The finite elements of the permuting factors, as they move the columns."""
        moves = []
        for factor, basis in self.permuting.items():
            for element in basis.finite:
                order = {j: i for i, j in element}
                moves.append(self.relabelling(factor, [order[j] for j in range(len(order))]))
        return moves

    def _shares(self, degree: Degree) -> list[Share]:
        """Which columns share which degree."""
        checked = checked_degree(self.problem, degree)
        if isinstance(checked, int):
            return [(range(len(self.inputs)), checked)]
        places = ([c for c, column in enumerate(self.inputs) if column.tensor == t] for t in range(len(checked)))
        return list(zip(places, checked.values()))

    def _columns(self, tensors: Sequence[Tensor]) -> list[Column]:
        return [
            Column(position, indices)
            for position, tensor in enumerate(tensors)
            for indices in product(*(range(self.problem.size(axis)) for axis in self._still(tensor)))
        ]

    def _index(self, tensors: Sequence[Tensor], column: Column, coordinate: int) -> str:
        """The place of a coordinate of a column in its tensor, from 1."""
        mixed, still = [], iter(column.indices)
        for size in reversed(self._frame(tensors[column.tensor]).shape):
            coordinate, index = divmod(coordinate, size)
            mixed.append(index)
        places = [mixed.pop() if axis in self.mixing else next(still) for axis in tensors[column.tensor].axes]
        return f"[{','.join(str(place + 1) for place in places)}]" if places else ""

    def _still(self, tensor: Tensor) -> tuple[Axis, ...]:
        return tuple(axis for axis in tensor.axes if axis not in self.mixing)

    def _frame(self, tensor: Tensor) -> Frame:
        axes = tuple(axis for axis in tensor.axes if axis in self.mixing)
        if axes not in self._frames:
            self._frames[axes] = Frame(axes, self.mixing)
        return self._frames[axes]


def _joined(layers: Iterable[Mapping[int, list[tuple[Monomial, ...]]]]) -> dict[int, list[tuple[Monomial, ...]]]:
    """The products of monomials of several columns, by weight."""
    found: dict[int, list[tuple[Monomial, ...]]] = {0: [()]}
    for layer in layers:
        grown: dict[int, list[tuple[Monomial, ...]]] = {}
        for weight, heads in found.items():
            for more, monomials in layer.items():
                grown.setdefault(weight + more, []).extend(head + last for head in heads for last in monomials)
        found = grown
    return found


def _sum_text(terms: Iterable[tuple[int, str]]) -> str:
    text = ""
    for coefficient, monomial in terms:
        size = abs(coefficient)
        text += ("-" if coefficient < 0 else "") if not text else (" - " if coefficient < 0 else " + ")
        text += monomial if size == 1 and monomial else f"{size}*{monomial}" if monomial else str(size)
    return text
