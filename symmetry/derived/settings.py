"""A problem as matrices: the layout of its inputs and outputs, what coefficients may depend on, what they combine to.

Every input and output becomes a matrix in the layout of the user: one axis is a column, none is 1 × 1, and of three or
more axes those on which nothing acts are put side by side.

>>> problem = Problem("X: d n, Z: m d, t: k -> d n", group="O(d) x S(n)")
>>> (setting,) = settings(problem)
>>> [str(matrix.term) for matrix in setting.through()]
['XᵀX', 'ZX', 'ZZᵀ', 't']
>>> print(setting.body([unknown.term for unknown in setting.unknowns]))
X a₁ + Zᵀ a₂
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from math import prod

from symmetry.derived.matrices import Map, Matrix, Names, Turn, numbered, variables
from symmetry.errors import ShapeError, Underivable, UsageError
from symmetry.groups import Axis
from symmetry.problem import Problem, Tensor
from symmetry.sizes import Size, SizeLike
from symmetry.syntax import Shape
from symmetry.terms import Function, Identity, MatrixGroup, Term, Variable, Zero

__all__ = ["Setting", "settings"]


@dataclass(frozen=True)
class Setting:
    """A problem with one output, as matrices.

    Args:
        inputs: variables, in the order of the problem.
        output: a variable of the shape and axes of the output.
        space: the orthogonal factor, if there is one.
        orders: the permutation factors, in the order of the group.
        names: names that are free.
        notes: what was renamed or put side by side, in words.
        lengths: the sizes that the problem gives, by their names here.
        hidden: pairs (i, j) of vectors whose inner products coefficients may not see.
    """

    inputs: tuple[Matrix, ...]
    output: Matrix
    space: Turn | None
    orders: tuple[Turn, ...]
    names: Names
    notes: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    hidden: frozenset[tuple[int, int]] = frozenset()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All factors: the orthogonal one first."""
        return ((self.space,) if self.space else ()) + self.orders

    @property
    def variables(self) -> tuple[Variable, ...]:
        return variables(self.inputs)

    @property
    def axis(self) -> Axis | None:
        """The axis of the orthogonal factor."""
        return self.space.axis if self.space else None

    @property
    def order(self) -> int:
        """How many axes of the output the orthogonal factor acts on."""
        return (self.output.rows, self.output.cols).count(self.axis) if self.space else 0

    def map(self, name: str) -> Map:
        """An unknown function from the inputs to the output."""
        function = Function(name, tuple(v.shape for v in self.variables), self.output.term.shape)
        return Map(function, self.inputs, self.output.rows, self.output.cols)

    def with_terms(self, terms: Sequence[Term] | None) -> tuple[Matrix, ...]:
        """The inputs, with other terms in their places."""
        if terms is None:
            return self.inputs
        return tuple(Matrix(term, m.rows, m.cols) for term, m in zip(terms, self.inputs, strict=True))

    def vectors(self, terms: Sequence[Term] | None = None) -> tuple[Matrix, ...]:
        """The inputs that the orthogonal factor turns, as d × c matrices of columns."""
        found = []
        for matrix in self.with_terms(terms):
            if self.axis is not None and matrix.rows == self.axis:
                found.append(matrix)
            elif self.axis is not None and matrix.cols == self.axis:
                found.append(Matrix(matrix.term.T, matrix.cols, matrix.rows))
        return tuple(found)

    def kept(self, terms: Sequence[Term] | None = None) -> tuple[Matrix, ...]:
        """The other inputs."""
        return tuple(m for m in self.with_terms(terms) if self.axis is None or not m.acted(self.axis))

    def through(self, terms: Sequence[Term] | None = None) -> tuple[Matrix, ...]:
        """What coefficients may depend on: the inner products XᵢᵀXⱼ, i ≥ j, and the inputs that are not turned."""
        vectors = self.vectors(terms)
        pairs = ((vectors[i], vectors[j]) for i, j in self.pairs)
        blocks = (Matrix(left.term.T * right.term, left.cols, right.cols) for left, right in pairs)
        return (*blocks, *self.kept(terms))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs i ≥ j of vectors whose inner products coefficients may depend on."""
        count = len(self.vectors())
        return tuple((i, j) for i in range(count) for j in range(i + 1) if (i, j) not in self.hidden)

    def numbers(self, **lengths: SizeLike) -> str:
        """How many numbers a coefficient sees, as a formula in the sizes; some sizes may be given."""
        given = {name: Size.of(length) for name, length in lengths.items()}
        widths = [matrix.term.cols.substitute(given) for matrix in self.vectors()]
        hidden = [(index, index) in self.hidden for index in range(len(widths))]
        seen, unseen = (sum((w for w, out in zip(widths, hidden) if out is which), Size()) for which in (False, True))
        parts = [] if seen.is_zero else [_halved(seen)]
        parts += [] if unseen.is_zero else [_times(unseen, seen)]
        parts += [_times(*(size.substitute(given) for size in matrix.term.shape)) for matrix in self.kept()]
        return " + ".join(parts)

    @cached_property
    def unknowns(self) -> tuple[Matrix, ...]:
        """One variable for each coefficient, of its shape and axes.

        A coefficient stands on the side on which the user's layout has the columns.
        """
        vectors, output = self.vectors(), self.output
        one = (Size.of(1), Size.of(1))
        found: list[tuple[Shape, Axis | None, Axis | None]]
        if self.order == 0:
            found = [(output.term.shape, output.rows, output.cols)]
        elif self.order == 2:
            found = [((x.term.cols, y.term.cols), x.cols, y.cols) for x in vectors for y in vectors]
            found = [(one, None, None), *found]
        elif output.rows == self.axis:
            found = [((x.term.cols, output.term.cols), x.cols, output.cols) for x in vectors]
        else:
            found = [((output.term.rows, x.term.cols), output.rows, x.cols) for x in vectors]
        return tuple(
            Matrix(Variable(self.names.new(numbered("a", index)), *shape), rows, cols)
            for index, (shape, rows, cols) in enumerate(found, start=1)
        )

    def body(self, values: Sequence[Term], terms: Sequence[Term] | None = None) -> Term:
        """The output that coefficients give: the coefficient itself, Σ Xᵢaᵢ, or αI + Σ XᵢβᵢⱼXⱼᵀ."""
        vectors = [matrix.term for matrix in self.vectors(terms)]
        rows, cols = self.output.term.shape
        if self.order == 0:
            return values[0]
        if self.order == 2:
            pairs = [(left, right) for left in vectors for right in vectors]
            parts = [x * value * y.T for (x, y), value in zip(pairs, values[1:], strict=True)]
            return _total([values[0] * Identity(rows), *parts], rows, cols)
        if self.output.rows == self.axis:
            return _total([x * value for x, value in zip(vectors, values, strict=True)], rows, cols)
        return _total([value * x.T for x, value in zip(vectors, values, strict=True)], rows, cols)


def _halved(size: Size) -> str:
    """n(n + 1)/2"""
    if not size.parts:
        return str(size.constant * (size.constant + 1) // 2)
    return f"{_times(size, size + 1)}/2"


def _times(left: Size, right: Size) -> str:
    """A product of sizes as text."""
    if left.is_one or right.is_one:
        return str(right if left.is_one else left)
    texts = (str(size) if len(size.parts) + bool(size.constant) < 2 else f"({size})" for size in (left, right))
    return "·".join(texts).replace("·(", "(")


def _total(parts: list[Term], rows: Size, cols: Size) -> Term:
    return reduce(lambda left, right: left + right, parts) if parts else Zero(rows, cols)


# ---------------------------------------------------------------------------------------------------------------


def settings(problem: Problem, shown: Mapping[str, str] | None = None) -> tuple[Setting, ...]:
    """The problem as matrices: one setting for each output, with common names.

    Args:
        shown: what to call inputs, where it is not their own name.

    Raises:
        Underivable: no theorem at hand covers it; the message names what is missing.
        UsageError: an axis is too long, or a factor is S(1).
    """
    spaces = tuple(factor.axis for factor in problem.group if factor.kind.mixes)
    _check_group(problem)
    names = Names()
    lengths = _Lengths(problem, names)
    inputs, outputs, notes = [], [], []
    for name, tensor in zip(problem.names, problem.inputs):
        _check_input(name, tensor, spaces)
        sides = _sides(f"the input {tensor}", tensor, problem)
        wanted = (shown or {}).get(name, name)
        variable = Variable(names.new(wanted), *lengths.shape(sides))
        if variable.name != wanted:
            notes.append(f"{variable.name} is the input {name}")
        notes += lengths.notes(variable.name, tensor, sides)
        inputs.append(Matrix(variable, *_tags(sides, problem)))
    for tensor in problem.outputs:
        _check_output(tensor, spaces)
        sides = _sides(f"the output {tensor}", tensor, problem)
        notes += lengths.notes("the output", tensor, sides)
        outputs.append(Matrix(Variable(names.new("Y"), *lengths.shape(sides)), *_tags(sides, problem)))
    turns = tuple(_turns(problem, names, lengths))
    space = next((turn for turn in turns if turn.group.name == "O"), None)
    orders = tuple(turn for turn in turns if turn.group.name == "S")
    common = (space, orders, names, tuple(notes), lengths.given())
    return tuple(Setting(tuple(inputs), output, *common) for output in outputs)


Sides = tuple[tuple[Axis, ...], tuple[Axis, ...]]  # the axes that make up rows and columns


def _sides(what: str, tensor: Tensor, problem: Problem) -> Sides:
    """Which axes become the rows and which the columns; an axis on which a factor acts stays alone."""
    axes = tensor.axes
    if len(axes) < 3:
        return axes[:1], axes[1:]
    acting = {factor.axis: factor for factor in problem.group}
    places = [place for place, axis in enumerate(axes) if axis in acting]
    if len(places) > 1:
        alone = next((axes[place] for place in places if acting[axes[place]].kind.mixes), axes[places[0]])
        beside = axes[: places[0]] + axes[places[0] + 1 :] if axes.count(alone) > 1 else [a for a in axes if a != alone]
        part = next(acting[axis] for axis in beside if axis in acting)
        raise Underivable(
            f"{what} has {len(axes)} axes; as a matrix it has {', '.join(map(str, beside))} side by side, and {part} "
            "permutes only a part of what numbers them",
            "permutations of one of several axes put side by side (P ⊗ I)",
        )
    if not places:
        return axes[:1], axes[1:]
    rest = (*axes[: places[0]], *axes[places[0] + 1 :])
    return (rest, axes[-1:]) if places[0] == len(axes) - 1 else (axes[places[0] : places[0] + 1], rest)


def _tags(sides: Sides, problem: Problem) -> tuple[Axis | None, Axis | None]:
    acting = {factor.axis for factor in problem.group}
    rows, cols = (side[0] if len(side) == 1 and side[0] in acting else None for side in sides)
    return rows, cols


# Kinds of groups whose general form is not known here: what stands in the way, and what is missing.
_NO_FORM = {
    "SO": (
        "{factor} has more invariants than inner products, the determinants of {axis} vectors, and more equivariant "
        "maps, the cross products of {axis} − 1 vectors (theory 1.9)",
        "the general form for rotations alone; with reflections, O({axis}), it can be derived",
    ),
    "T": (
        "{factor} acts by adding a vector, and the theorems at hand are about groups of matrices",
        "the general form in differences of points; under O it can be derived for a problem that is stated in these, "
        "without {factor}",
    ),
    "Lorentz": (
        "under {factor} the columns of f(X) need not be combinations of those of X: theory 2.1 fails where the "
        "complement of the columns is totally isotropic and not 0, and 1.3 fails on null vectors",
        "the general form at such points; for O({axis}) it can be derived",
    ),
}


def _check_group(problem: Problem) -> None:
    if any(str(factor) == "S(1)" for factor in problem.group):
        raise UsageError("S(1) has one element, and so demands nothing: leave it out of the group")
    for factor in problem.group:
        if factor.name in _NO_FORM:
            reason, missing = (text.format(factor=factor, axis=factor.axis) for text in _NO_FORM[factor.name])
            raise Underivable(reason, missing)
    spaces = [factor for factor in problem.group if factor.kind.mixes]
    if len(spaces) > 1:
        raise Underivable(
            f"there are {len(spaces)} orthogonal factors, {' and '.join(map(str, spaces))}",
            "the invariants of a product of orthogonal groups (theory 1.3 is about one)",
        )


def _check_input(name: str, tensor: Tensor, spaces: tuple[Axis, ...]) -> None:
    for axis in spaces:
        if tensor.axes.count(axis) > 1:
            raise Underivable(
                f"O({axis}) acts on {tensor.axes.count(axis)} axes of the input {name}, which makes it a tensor; inner "
                "products of vectors do not tell tensors apart",
                "a complete set of invariants of tensors (theory 1.3 is about vectors)",
            )


def _check_output(tensor: Tensor, spaces: tuple[Axis, ...]) -> None:
    for axis in spaces:
        count = tensor.axes.count(axis)
        if count > 2:
            raise Underivable(
                f"O({axis}) acts on {count} axes of the output {tensor}",
                "the general form of tensors with more than two axes (theory 2.8 is about matrices)",
            )
        if count == 2 and len(tensor.axes) > 2:
            raise Underivable(
                f"O({axis}) acts on two axes of the output {tensor}, which has further axes",
                "the general form of families of matrices (theory 2.8 is about one matrix)",
            )


class _Lengths:
    """Sizes for axes: their own names, numbers, and new names for products."""

    def __init__(self, problem: Problem, names: Names):
        self._names = names
        self._problem = problem
        self._known: dict[tuple[str, ...], str] = {}
        self._renamed: list[str] = []
        for axis in problem.axes:
            if isinstance(axis, str):
                self._known[(axis,)] = names.new(axis)
                if self._known[(axis,)] != axis:
                    self._renamed.append(f"{self._known[(axis,)]} is the size of the axis {axis}")

    def of(self, axes: tuple[Axis, ...]) -> Size:
        """The product of the sizes."""
        number = prod(axis for axis in axes if isinstance(axis, int))
        named = [axis for axis in axes if isinstance(axis, str)]
        symbols = tuple(sorted(named))
        if symbols and symbols not in self._known:
            self._known[symbols] = self._names.new("".join(named))
        try:
            return Size(((self._known[symbols], number),)) if symbols else Size((), number)
        except ShapeError as error:
            raise UsageError(f"the axes {', '.join(map(str, axes))} are too long: {error}") from None

    def given(self) -> dict[str, int]:
        """The sizes that the problem gives, by their names here."""
        sizes = self._problem.sizes
        return {
            name: prod(sizes[axis] for axis in axes)
            for axes, name in self._known.items()
            if all(axis in sizes for axis in axes)
        }

    def shape(self, sides: Sides) -> Shape:
        return self.of(sides[0]), self.of(sides[1])

    def notes(self, what: str, tensor: Tensor, sides: Sides) -> list[str]:
        """How axes were put side by side, in words."""
        notes, self._renamed = self._renamed, []
        for side in sides:
            if len(side) > 1:
                rows, cols = self.shape(sides)
                names, product = (joint.join(map(str, side)) for joint in (", ", "·"))
                size = f"{self.of(side)} = {product}"
                notes.append(f"{what} is {rows} × {cols}: its axes {names} are put side by side, {size}")
        return notes


def _turns(problem: Problem, names: Names, lengths: _Lengths) -> Iterator[Turn]:
    letters = iter("PRTUVW")
    for factor in problem.group:
        size = lengths.of((factor.axis,))
        element = Variable(names.new("Q" if factor.name == "O" else next(letters, "P")), size, size)
        yield Turn(factor.axis, element, MatrixGroup(factor.name, size))
