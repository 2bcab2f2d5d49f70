"""Matrices of generic size whose rows and columns a group acts on, and unknown functions between them.

One function, :meth:`Matrix.moved`, says what a group element does to inputs, outputs, inner products and coefficients
alike: it acts on the rows and on the columns that bear its axis.

>>> from symmetry.terms import sizes
>>> n, m = sizes("n m")
>>> P = Turn("n", Variable("P", n, n), MatrixGroup("S", n))
>>> B = Matrix(Variable("B", m, n), "m", "n")
>>> B.moved("n", P.by).term, Matrix(Variable("A", n, n), "n", "n").moved("n", P.by).term
(BP, Pᵀ A P)
>>> Map(Function("g", ((m, n),), (n, n)), (B,), "n", "n").law(P)
∀ P ∈ S(n).  ∀ B : m × n.  g(BP) = Pᵀ g(B) P
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, count
from typing import TYPE_CHECKING

from symmetry.formulas import Equal, Formula, Member, conjunction, forall, implies
from symmetry.groups import Axis
from symmetry.sizes import is_name
from symmetry.terms import Function, MatrixGroup, Term, Variable

if TYPE_CHECKING:
    from symmetry.proof import Line

__all__ = ["Map", "Matrix", "Names", "Turn", "law", "moved_by", "numbered", "unnumbered", "variables"]

_PLAIN, _SUBSCRIPTS = "0123456789", "₀₁₂₃₄₅₆₇₈₉"


def numbered(stem: str, *numbers: int) -> str:
    """The stem with numbers as subscripts.

    >>> numbered("β", 1, 2)
    'β₁₂'
    """
    return stem + "".join(map(str, numbers)).translate(str.maketrans(_PLAIN, _SUBSCRIPTS))


def unnumbered(name: str) -> str:
    """The name with plain digits for subscripts.

    >>> unnumbered("β₁₂")
    'β12'
    """
    return name.translate(str.maketrans(_SUBSCRIPTS, _PLAIN))


class Names:
    """Names that are not taken yet."""

    def __init__(self) -> None:
        self._taken = {"I"}  # the identity matrix

    def new(self, wanted: str) -> str:
        """The name, made legal and different from all before it."""
        first = next(filter(is_name, (wanted, wanted.lstrip("_")[:24], "v")))[:24]
        names = chain((first, f"{first}'"), (f"{first}_{index}" for index in count(2)))
        name = next(name for name in names if name not in self._taken)
        self._taken.add(name)
        return name

    def are_new(self, *wanted: str) -> bool:
        """Whether none of the names is taken."""
        return self._taken.isdisjoint(wanted)


@dataclass(frozen=True)
class Turn:
    """One factor of the group, as a variable element of a matrix group."""

    axis: Axis
    element: Variable
    group: MatrixGroup

    @property
    def by(self) -> Term:
        """What rows are multiplied by: Q for O(d), and Pᵀ for S(n), so that columns are XP."""
        return self.element if self.group.name == "O" else self.element.T

    @property
    def member(self) -> Formula:
        return Member(self.element, self.group)

    def every(self, body: Formula) -> Formula:
        """∀ element ∈ group. body"""
        return forall(self.element, implies(self.member, body))


@dataclass(frozen=True)
class Matrix:
    """A term, and the axes of its rows and columns where some factor acts on them."""

    term: Term
    rows: Axis | None = None
    cols: Axis | None = None

    def acted(self, axis: Axis) -> bool:
        return axis in (self.rows, self.cols)

    def moved(self, axis: Axis, by: Term) -> Matrix:
        """The matrix after an element of the factor of an axis has acted; ``by`` is what rows are multiplied by."""
        term = self.term
        if self.rows == axis:
            term = by * term
        if self.cols == axis:
            term = term * by.T
        return Matrix(term, self.rows, self.cols)


def variables(matrices: Iterable[Matrix]) -> tuple[Variable, ...]:
    """The matrices that are variables."""
    return tuple(matrix.term for matrix in matrices if isinstance(matrix.term, Variable))


def moved_by(matrix: Matrix, turns: Iterable[Turn], *, back: bool = False) -> Matrix:
    """The matrix after the elements of several turns, or their inverses, have acted."""
    return reduce(lambda found, turn: found.moved(turn.axis, turn.by.T if back else turn.by), turns, matrix)


@dataclass(frozen=True)
class Map:
    """An unknown function whose arguments and value are matrices with axes."""

    function: Function
    parameters: tuple[Matrix, ...]
    rows: Axis | None
    cols: Axis | None

    @property
    def variables(self) -> tuple[Variable, ...]:
        return variables(self.parameters)

    def __call__(self, *arguments: Term) -> Matrix:
        return Matrix(self.function(*arguments), self.rows, self.cols)

    def takes(self, axis: Axis) -> bool:
        """Whether a factor acts on some argument."""
        return any(parameter.acted(axis) for parameter in self.parameters)

    def acted(self, axis: Axis) -> bool:
        """Whether a factor acts on some argument or on the value."""
        return self.takes(axis) or axis in (self.rows, self.cols)

    def commutes(self, turn: Turn) -> Equal:
        """g(P·arguments) = P·g(arguments), for one element and one choice of arguments."""
        moved = (parameter.moved(turn.axis, turn.by).term for parameter in self.parameters)
        return Equal(self.function(*moved), self(*self.variables).moved(turn.axis, turn.by).term)

    def oriented(self, turn: Turn, line: Line) -> Line:
        """An instance of the law as a rule for rewriting: where nothing acts on the arguments, it is read backwards."""
        return line if self.takes(turn.axis) else line.back

    def law(self, turn: Turn) -> Formula:
        """The function commutes with every element of a factor."""
        return law((self,), turn)


def law(maps: Sequence[Map], turn: Turn) -> Formula:
    """Functions of the same arguments commute with every element of a factor."""
    return turn.every(forall(*maps[0].variables, conjunction(*(each.commutes(turn) for each in maps))))
