"""The equivariant maps that the first fundamental theorem names: contractions by the form, and by one determinant.

A polynomial map into a tensor of vectors is linear in as many further vectors (Malgrange): all that can be built from
inner products are the ways to pair the axes of the inputs and of the output. A pair of inputs is an inner product, an
input paired with the output is that vector, two axes of the output paired are the identity. Where determinants are
invariant too, one of them may take d axes: two are a polynomial in inner products. Under permutations the forms are
summed over the group.

>>> from symmetry.problem import Problem
>>> from symmetry.completeness.contents import Block
>>> maps = PolynomialMaps(Problem("Z: d m -> d d", group="O(d)", d=2, m=3))
>>> len(Contractions(maps).forms(Block((2, 1, 1), 0)))  # I z₁·z₁ z₂·z₃, I z₁·z₂ z₁·z₃, z₁z₁ᵀ z₂·z₃, z₁z₂ᵀ z₁·z₃, …
9
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, combinations, pairwise, permutations, product
from math import factorial, prod
from typing import Any, NamedTuple

from flint import fmpz_mat

from symmetry.completeness.contents import Block, Relabelling
from symmetry.completeness.weights import PolynomialMaps, Term
from symmetry.errors import UsageError
from symmetry.groups import Axis, Group, WeightBasis
from symmetry.permutations import permutation_sign

__all__ = ["Contractions", "Edge", "Form", "Slot", "matchings"]

Form = Mapping[Term, int]
# Indices and entry of what is not zero.
Tensor = tuple[tuple[tuple[int, ...], int], ...]

OVERHEAD = 10  # of a contraction, in terms


class Slot(NamedTuple):
    """An axis of the input columns or of the output that a contraction can take.

    Args:
        column: position in the support of the block; past its end for the output.
        copy: which of the factors x^m; ``None`` where the column is a single vector, as its copies are alike.
        position: of the axis in the frame.
    """

    column: int
    copy: int | None
    position: int


class Edge(NamedTuple):
    """Slots that are contracted together, with the tensor that does it."""

    slots: tuple[Slot, ...]
    tensor: Tensor


class Contractions:
    """The maps that the generators of the invariants give.

    Args:
        maps: the polynomial maps of a problem.
        determinants: whether there are determinants among the generators; by default, as the kind of each factor says.

    Raises:
        UsageError: nothing is known of the invariants of a factor.

    Source: H. Weyl, The Classical Groups, 1939; for maps, theory.md 2.6.
    """

    def __init__(self, maps: PolynomialMaps, determinants: bool | None = None):
        self.maps = maps
        self.determinants: dict[Axis, bool] = {}
        self._tensors: dict[tuple[Axis, bool, tuple[bool, ...]], Tensor] = {}
        for factor in maps.problem.group:
            if factor.kind.mixes:
                known = factor.kind.invariants
                if known is None:
                    raise UsageError(f"what generates the polynomial invariants of {factor} is not known here")
                self.determinants[factor.axis] = (
                    known.determinantal is not None if determinants is None else determinants
                )

    def forms(self, block: Block) -> list[Form]:
        """Maps that span those in one block; some may depend on others.

        Under permuting factors they are sums over the group, each a part of a map that has parts in other blocks too:
        only the least block of an orbit under the group has any, so that none is counted twice.
        """
        if any(g(block) < block for g in self.group):
            return []
        stabiliser = {g.within(block) for g in self.group if g(block) == block}
        expanded = (_expanded(self.maps, block, contraction) for contraction in self.contractions(block))
        unlike = {frozenset(form.items()): form for form in expanded}
        return [_summed(form, stabiliser) if stabiliser else form for form in unlike.values()]

    def contractions(self, block: Block) -> Iterator[tuple[Edge, ...]]:
        """All ways to contract the axes of a block, each factor for itself."""
        choices = [list(self._edges(block, axis)) for axis in self.determinants]
        for choice in product(*choices):
            yield tuple(edge for edges in choice for edge in edges)

    def work(self, block: Block, limit: int) -> int:
        """How many terms all contractions of a block have, and some more for each; not more than limit + 1."""
        terms = 1
        for axis in self.determinants:
            size = self.maps.problem.size(axis)
            found = 0
            for determinant, pairs in self._choices(block, axis):
                found += OVERHEAD + (factorial(size) if determinant else 1) * size ** len(pairs)
                if found * terms > limit:
                    return limit + 1
            terms *= found
        return terms

    @cached_property
    def group(self) -> list[Relabelling]:
        """All elements of the permuting factors, found by their equations; none where no factor permutes."""
        found: list[Relabelling] = []
        for factor in self.maps.permuting:
            orders = _orders(factor, self.maps.problem.size(factor.axis))
            moves = [self.maps.relabelling(factor, order) for order in orders]
            found = [move.after(other) for move in moves for other in found] if found else moves
        return found

    def _choices(self, block: Block, axis: Axis) -> Iterator[tuple[tuple[Slot, ...], list[tuple[Slot, Slot]]]]:
        """Which slots along an axis a determinant takes, if there is one, and the pairs of the others."""
        slots, size = self._slots(block, axis), self.maps.problem.size(axis)
        taken: Iterable[tuple[Slot, ...]] = [()] if slots.total() % 2 == 0 else []
        if self.determinants[axis] and (slots.total() - size) % 2 == 0:
            # A determinant in which a vector stands twice is zero.
            taken = chain(taken, combinations(slots, size))
        for determinant in taken:
            left = slots.copy()
            left.subtract(determinant)
            names = list(left)
            for pairs in matchings([*left.values()]):
                yield determinant, [(names[i], names[j]) for i, j in pairs]

    def _edges(self, block: Block, axis: Axis) -> Iterator[list[Edge]]:
        output = len(self.maps.support(block))
        for determinant, pairs in self._choices(block, axis):
            first = (
                [Edge(determinant, self._tensor(axis, determinant, output, alternating=True))] if determinant else []
            )
            yield first + [Edge(pair, self._tensor(axis, pair, output, alternating=False)) for pair in pairs]

    def _tensor(self, axis: Axis, slots: tuple[Slot, ...], output: int, *, alternating: bool) -> Tensor:
        """The form, or a determinant; its indices are raised where they are those of the output."""
        raised = tuple(slot.column == output for slot in slots)
        key = axis, alternating, raised
        if key not in self._tensors:
            basis = self.maps.mixing[axis]
            lowered = _levi_civita(len(slots)) if alternating else tuple(basis.form.items())
            self._tensors[key] = _raised(lowered, raised, basis)
        return self._tensors[key]

    def _slots(self, block: Block, axis: Axis) -> Counter[Slot]:
        """What can be contracted along an axis, and how often."""
        found: Counter[Slot] = Counter()
        support = [*self.maps.support(block), (self.maps.output_frames[block.output], 1)]
        for column, (frame, degree) in enumerate(support):
            for position, carried in enumerate(frame.axes):
                if carried == axis and len(frame.axes) == 1:
                    found[Slot(column, None, 0)] = degree
                elif carried == axis:
                    found.update(Slot(column, copy, position) for copy in range(degree))
        return found


# ---------------------------------------------------------------------------------------------------------------
# Ways to contract


@lru_cache
def _orders(factor: Group, size: int) -> tuple[tuple[int, ...], ...]:
    def matrix(order: tuple[int, ...]) -> Any:
        return tuple(tuple(int(order[j] == i) for j in range(size)) for i in range(size))

    return tuple(order for order in permutations(range(size)) if factor.kind.contains(matrix(order)))


def matchings(counts: Sequence[int], least: tuple[int, int] = (0, 0)) -> Iterator[tuple[tuple[int, int], ...]]:
    """All ways to put things of some sorts in pairs, each once; things of one sort are alike.

    Args:
        counts: how many things there are of each sort.
        least: the pair from which on pairs may be taken.

    >>> list(matchings((2, 1, 1)))
    [((0, 0), (1, 2)), ((0, 1), (0, 2))]
    >>> list(matchings((1, 2)))
    []
    """
    i = next((sort for sort, many in enumerate(counts) if many), None)
    if i is None:
        yield ()
        return
    for j in range(max(i, least[1]) if i == least[0] else i, len(counts)):
        left = list(counts)
        left[i] -= 1
        if left[j]:
            left[j] -= 1
            for rest in matchings(left, (i, j)):
                yield ((i, j), *rest)


def _levi_civita(size: int) -> Tensor:
    """The determinant of vectors in the weight basis: up to a factor, that in any other."""
    return tuple((order, permutation_sign(order)) for order in permutations(range(size)))


def _raised(tensor: Tensor, raised: Sequence[bool], basis: WeightBasis) -> Tensor:
    """The tensor contracted with the inverse of the form at some places, up to an integer factor."""
    for place, up in enumerate(raised):
        if up:
            found: Counter[tuple[int, ...]] = Counter()
            for (indices, entry), ((i, j), inverse) in product(tensor, _inverse(basis).items()):
                if indices[place] == i:
                    found[(*indices[:place], j, *indices[place + 1 :])] += entry * inverse
            tensor = tuple((indices, entry) for indices, entry in found.items() if entry)
    return tensor


def _inverse(basis: WeightBasis) -> dict[tuple[int, int], int]:
    size = len(basis.weights)
    form: Any = fmpz_mat(size, size, [basis.form.get((i, j), 0) for i in range(size) for j in range(size)])
    inverse, _ = form.inv().numer_denom()
    return {(i, j): int(inverse[i, j]) for i in range(size) for j in range(size) if inverse[i, j]}


# ---------------------------------------------------------------------------------------------------------------
# Their terms


def _expanded(maps: PolynomialMaps, block: Block, contraction: Sequence[Edge]) -> Form:
    """A contraction as a polynomial map."""
    support = [*maps.support(block), (maps.output_frames[block.output], 1)]
    starts = [sum(degree for _, degree in support[:column]) for column in range(len(support) + 1)]
    # Where the index of each slot goes: to which factor of the monomial, and with which stride.
    used: Counter[int] = Counter()
    goes = []
    for edge in contraction:
        for slot in edge.slots:
            frame, _ = support[slot.column]
            copy = used[slot.column] if slot.copy is None else slot.copy
            used[slot.column] += 1
            goes.append((starts[slot.column] + copy, prod(frame.shape[slot.position + 1 :])))
    spans = list(pairwise(starts[:-1]))
    found: Counter[Term] = Counter()
    for choice in product(*(edge.tensor for edge in contraction)):
        values = [0] * starts[-1]
        for (place, stride), index in zip(goes, (index for indices, _ in choice for index in indices)):
            values[place] += stride * index
        monomials = tuple(tuple(sorted(values[start:end])) for start, end in spans)
        found[monomials, values[-1]] += prod(entry for _, entry in choice)
    return {term: coefficient for term, coefficient in found.items() if coefficient}


def _summed(form: Form, stabiliser: set[tuple[int, ...]]) -> Form:
    """The sum of the images of a form under the permutations of its columns that keep the block."""
    found: Counter[Term] = Counter()
    for move in stabiliser:
        back = sorted(range(len(move)), key=move.__getitem__)
        for (monomials, coordinate), coefficient in form.items():
            found[tuple(monomials[column] for column in back), coordinate] += coefficient
    return {term: coefficient for term, coefficient in found.items() if coefficient}
