"""A problem as a configuration of vectors: what is turned, what is permuted, and what comes out.

Where a factor of the group turns an axis (its kind forms sums), every input that has the axis is a family of vectors,
one for each value of its other axes, and an input without the axis is a family of scalars. Permutations act on the
values of the other axes. An output with r turned axes pairs with r marked vectors w₁, …, w_r (Malgrange's device): its
components are the invariants that are linear in each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement, product
from math import comb, prod
from typing import NamedTuple

from symmetry.degrees import Degree
from symmetry.errors import Underivable, UsageError
from symmetry.groups import Axis, Group, VectorInvariants
from symmetry.problem import Problem, Tensor

__all__ = ["Component", "Configuration", "Label"]

Values = tuple[tuple[str, int], ...]  # axis and value, from 0


class Label(NamedTuple):
    """A vector or a scalar of an input: the values, from 0, of the axes that are not turned.

    >>> print(Label("X", (("n", 0), ("k", 1))))
    X_1,2
    """

    input: str
    values: Values

    def __str__(self) -> str:
        return self.input + "_" * bool(self.values) + ",".join(str(value + 1) for _, value in self.values)


@dataclass(frozen=True)
class Component:
    """One component of an output: the values of the axes that are not turned, and how many are turned."""

    output: int
    values: Values
    rank: int


@dataclass(frozen=True)
class Configuration:
    """The vectors, scalars and components of a problem.

    Args:
        problem: with all sizes given.
        turned: the factor that turns vectors, or ``None``.
        permuted: the factors that permute.
        vectors: those of the first input first; the order in which standard monomials compare them.
        scalars: the entries of inputs without the turned axis.
        components: of all outputs, in order.
    """

    problem: Problem
    turned: Group | None
    permuted: tuple[Group, ...]
    vectors: tuple[Label, ...]
    scalars: tuple[Label, ...]
    components: tuple[Component, ...]

    @staticmethod
    def of(problem: Problem) -> Configuration:
        """The configuration of a problem.

        Raises:
            UsageError: a size is missing, or names of vectors collide.
            Underivable: generators of the invariants are not known here: a factor is not a compact group, the kind of
                a factor that turns vectors does not state them, two factors do so, or an input has two turned axes.

        >>> c = Configuration.of(Problem("X: d n, t: k -> d n", group="O(d) x S(n)", d=3, n=2, k=1))
        >>> [*map(str, c.vectors)], [*map(str, c.scalars)], [component.values for component in c.components]
        (['X_1', 'X_2'], ['t_1'], [(('n', 0),), (('n', 1),)])
        """
        problem = problem.sized()
        problem.group.refuse_gaps()
        turning = [factor for factor in problem.group if factor.kind.mixes]
        for factor in turning:
            if factor.kind.invariants is None:
                raise Underivable(
                    f"what generates the polynomial invariants of {factor} is not stated with its kind",
                    "generators of the invariants of vectors (counts by characters are at hand)",
                )
        if len(turning) > 1:
            raise Underivable(
                f"{' and '.join(map(str, turning))} both turn vectors",
                "generators of the invariants of tensors under two such groups (counts by characters are at hand)",
            )
        turned = turning[0] if turning else None
        axis = turned.axis if turned else None
        vectors: list[Label] = []
        scalars: list[Label] = []
        for name, tensor in zip(problem.names, problem.inputs):
            times = tensor.axes.count(axis) if turned else 0
            if times > 1:
                raise Underivable(
                    f"the input {name!r} has {times} axes that {turned} turns",
                    "generators of the invariants of matrices and tensors (counts by characters are at hand)",
                )
            (vectors if times else scalars).extend(Label(name, values) for values in _values(problem, tensor, axis))
        components = [
            Component(index, values, tensor.axes.count(axis) if turned else 0)
            for index, tensor in enumerate(problem.outputs)
            for values in _values(problem, tensor, axis)
        ]
        for name, times in Counter(map(str, (*vectors, *scalars))).items():
            if times > 1:
                raise UsageError(f"two columns of inputs would both be called {name!r}: rename an input")
        permuted = tuple(factor for factor in problem.group if not factor.kind.mixes)
        return Configuration(problem, turned, permuted, tuple(vectors), tuple(scalars), tuple(components))

    @property
    def dimension(self) -> int:
        """The size of the turned axis; 0 where there is none."""
        return self.problem.size(self.turned.axis) if self.turned else 0

    @property
    def invariants(self) -> VectorInvariants | None:
        """What is known of the invariants of the factor that turns vectors; ``None`` where there is none."""
        return self.turned.kind.invariants if self.turned else None

    @property
    def has_determinants(self) -> bool:
        """Whether determinants of vectors are invariant."""
        return self.invariants is not None and self.invariants.determinantal is not None

    def splits(self, degree: Degree) -> Iterator[tuple[int | tuple[int, ...], int | tuple[int, ...]]]:
        """How a degree can be shared out to vectors and scalars: in total, or by the inputs that hold them.

        Args:
            degree: as :func:`~symmetry.degrees.checked_degree` gives it.
        """
        if isinstance(degree, Mapping):
            vectors = tuple(degree[name] for name in _inputs(self.vectors))
            # With one input of vectors, its degree is their total degree.
            yield vectors[0] if len(vectors) == 1 else vectors, tuple(degree[name] for name in _inputs(self.scalars))
        else:
            for total in range(degree, -1, -1) if self.vectors else (0,):
                if self.scalars or total == degree:
                    yield total, degree - total

    def columns(self, degree: int | tuple[int, ...]) -> int | tuple[int, ...]:
        """How many vectors there are: in total, or by input where the degree is by input."""
        return len(self.vectors) if isinstance(degree, int) else tuple(_inputs(self.vectors).values())

    def scalar_monomials(self, degree: int | tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """The monomials in the scalars of a degree, or of a degree in each input that holds them."""
        if isinstance(degree, int):
            yield from combinations_with_replacement(range(len(self.scalars)), degree)
            return
        blocks, start = [], 0
        for size, power in zip(_inputs(self.scalars).values(), degree):
            blocks.append(list(combinations_with_replacement(range(start, start + size), power)))
            start += size
        for parts in product(*blocks):
            yield tuple(chain.from_iterable(parts))

    def number_of_scalar_monomials(self, degree: int | tuple[int, ...]) -> int:
        """How many monomials in the scalars there are of a degree, or of a degree in each input that holds them."""
        sizes = (len(self.scalars),) if isinstance(degree, int) else tuple(_inputs(self.scalars).values())
        degrees = (degree,) if isinstance(degree, int) else degree
        return prod(comb(size + power - 1, power) if size else int(not power) for size, power in zip(sizes, degrees))


def _inputs(labels: Iterable[Label]) -> Counter[str]:
    """How many of the labels each input has, in order."""
    return Counter(label.input for label in labels)


def _values(problem: Problem, tensor: Tensor, turned: Axis | None) -> Iterator[Values]:
    """The values of the axes of a tensor that are not turned, the last running fastest."""
    axes = [axis for axis in tensor.axes if axis != turned]
    for values in product(*(range(problem.size(axis)) for axis in axes)):
        yield tuple(zip(map(str, axes), values))
