"""Finite information of order p and width r: what it says of a problem, as a statement.

This definition is the project's own (theory, chapter 5). An output token is a sum over the sets of at most p tokens
that contain its own,

    f(X, Z) = Σₑ (v₁(Xe, Z, s) + Σ_b (1 − eᵀb) v₂(Xe, Xb, Z, s) + …) eᵀ,

with functions vₛ that turn with the space and serve all positions, where e, b, … run over the positions, the factors
1 − eᵀb leave out equal ones, and s, for r > 0, holds r invariant statistics of the same kind at e.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from symmetry.derived.matrices import Map, numbered
from symmetry.derived.settings import Setting, settings
from symmetry.derived.theorem import Shape, arguments_of, shape_of
from symmetry.errors import Underivable, UsageError
from symmetry.formulas import And, Equal, Formula, Member, conjunction, exists, forall, iff, implies
from symmetry.groups import Axis
from symmetry.problem import Problem, Tensor
from symmetry.sizes import Size
from symmetry.terms import Function, Number, StandardBasis, Term, Total, Variable

__all__ = ["Gathering", "gathering", "tokens"]

MAX_ORDER = 4


@dataclass(frozen=True)
class Gathering:
    """Order p, width r, for one problem.

    Args:
        setting, f: the problem as matrices, and its function.
        sides: for each input, whether tokens are its columns (1), its rows (0), or it has none (``None``).
        places: e, b, c, …: p variables for positions.
        statistic: a function of the place and the inputs, the statistics; ``None`` where r = 0.
        values: the shapes of v₁, …, vₚ.
        statistics: the shapes of t₁, …, tₚ; none where r = 0.
    """

    setting: Setting
    f: Map
    sides: tuple[int | None, ...]
    places: tuple[Variable, ...]
    statistic: Function | None
    values: tuple[Shape, ...]
    statistics: tuple[Shape, ...]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (*self.values, *self.statistics)

    def arguments(self, count: int) -> tuple[Term, ...]:
        """The tokens at the first places, and all knowledge."""
        pairs = list(zip(self.setting.variables, self.sides, strict=True))
        tokens = [
            (x * place if side == 1 else x.T * place)
            for place in self.places[:count]
            for x, side in pairs
            if side is not None
        ]
        return (*tokens, *(z for z, side in pairs if side is None))

    def apart(self, count: int) -> Term | None:
        """(1 − eᵀb)(1 − (e + b)ᵀc)…: 1 where the first places differ, else 0; ``None`` for one place."""
        places = self.places[:count]
        factors: list[Term] = []
        before: Term = places[0]
        for place in places[1:]:
            factors.append(Number(Fraction(1)) - before.T * place)
            before = before + place
        return reduce(lambda left, right: left * right, factors) if factors else None

    def gathered(self, terms: Sequence[Term]) -> Term:
        """The sum of one term for each number of tokens, each over all different other places."""
        return reduce(lambda left, right: left + right, (self.total(*item) for item in enumerate(terms, start=1)))

    def total(self, count: int, term: Term) -> Term:
        """The term for some number of tokens, summed over all different other places."""
        apart = self.apart(count)
        if apart is not None:
            term = apart * term
        for place in reversed(self.places[1:count]):
            term = Total(place, term)
        return term

    def parts(self, shapes: Sequence[Shape], *statistic: Term) -> list[Term]:
        """The functions at their arguments, one for each number of tokens."""
        return [shape.f.function(*self.arguments(i), *statistic) for i, shape in enumerate(shapes, start=1)]

    def whole(self, *statistic: Term) -> Term:
        """The whole output: what is gathered at each place, put there; as rows where tokens are rows."""
        place, value = self.places[0], self.gathered(self.parts(self.values, *statistic))
        placed = value * place.T if self.setting.output.rows == self.setting.axis else place * value.T
        return Total(place, placed)

    @property
    def equations(self) -> tuple[Equal, ...]:
        """f(inputs) = what is gathered; and what the statistics in it are, at the first place."""
        inputs = self.setting.variables
        if self.statistic is None:
            return (Equal(self.f.function(*inputs), self.whole()),)
        statistic = self.statistic(self.places[0], *inputs)
        gathered = self.gathered(self.parts(self.statistics))
        return Equal(self.f.function(*inputs), self.whole(statistic)), Equal(statistic, gathered)

    @property
    def equation(self) -> Formula:
        """The equations, for all inputs and positions."""
        inputs, place = self.setting.variables, self.places[0]
        first, *others = self.equations
        position = Member(place, StandardBasis(place.rows))
        each = [forall(*inputs, place, implies(position, other)) for other in others]
        return conjunction(forall(*inputs, first), *each)

    @property
    def definition(self) -> Formula:
        """There are functions that turn with the space and from which f is gathered."""
        laws = (law for shape in self.shapes for law in shape.symmetry)
        return exists(*self.functions, And((self.equation, *laws)))

    @property
    def form(self) -> Formula:
        """There are functions of the general form from which f is gathered."""
        return exists(*self.functions, And((self.equation, *(shape.form for shape in self.shapes))))

    @property
    def functions(self) -> tuple[Function, ...]:
        statistic = () if self.statistic is None else (self.statistic,)
        return (*(shape.f.function for shape in self.shapes), *statistic)

    @property
    def statement(self) -> Formula:
        return forall(self.f.function, iff(self.definition, self.form))


def gathering(problem: Problem, setting: Setting, order: int, width: int) -> Gathering:
    """The problem under order p and width r.

    Raises:
        Underivable: it has no tokens, or the order is above four.
        UsageError: p is not at least 1, or r is negative.
    """
    if order < 1 or width < 0:
        raise UsageError(f"finite information has an order p ≥ 1 and a width r ≥ 0, not {order}, {width}")
    if order > MAX_ORDER:
        raise Underivable(f"an order above {MAX_ORDER} makes the form too long to be read", f"order {order}")
    name = "finite information of some order"
    axis = tokens(problem, name)
    if all(factor.axis != axis for factor in problem.group):
        raise Underivable(
            f"without S({axis}) the functions that tokens are gathered by may depend on the positions",
            f"a definition of {name} without token symmetry",
        )
    for tensor in problem.inputs:
        if axis in tensor.axes and (len(tensor.axes) > 2 or tensor.axes.count(axis) > 1):
            raise Underivable(f"{tensor} is not one column for each token", f"a definition of {name} for such an input")
    sides = tuple(tensor.axes.index(axis) if axis in tensor.axes else None for tensor in problem.inputs)
    names = setting.names
    f = setting.map(names.new("f"))
    length = f.function.codomain[1 if setting.output.rows == setting.axis else 0]
    places = tuple(Variable(names.new(letter), length, Size.of(1)) for letter in "ebck"[:order])
    stat_axis = _fresh("r", problem)
    values = [_part(problem, axis, count, stat_axis if width else None, False) for count in range(1, order + 1)]
    statistics = [_part(problem, axis, count, stat_axis, True) for count in range(1, order + 1)] if width else []
    parts = [settings(part, shown)[0] for part, shown in (*values, *statistics)]
    titles = [numbered("v", i) for i in range(1, order + 1)] + [numbered("t", i) for i in range(1, order + 1)]
    total = sum(len(part.unknowns) for part in parts)
    stems = (names.new(numbered("g", index) if total > 1 else "g") for index in range(1, total + 1))
    shapes = [
        shape_of(part, names.new(title), [next(stems) for _ in part.unknowns], arguments_of(part))
        for part, title in zip(parts, titles)
    ]
    domain = (places[0].shape, *(variable.shape for variable in setting.variables))
    statistic = Function(names.new("s"), domain, (Size.of(stat_axis), Size.of(1))) if width else None
    return Gathering(setting, f, sides, places, statistic, tuple(shapes[:order]), tuple(shapes[order:]))


def _part(
    problem: Problem, axis: Axis, count: int, statistics: str | None, invariant: bool
) -> tuple[Problem, dict[str, str]]:
    """The problem of one function of some tokens and the knowledge, and what its inputs are called."""
    taken = set(problem.names)
    tensors, shown = [], {}
    named = list(zip(problem.names, problem.inputs, strict=True))
    for index in range(1, count + 1):
        for name, tensor in named:
            if axis in tensor.axes:
                column = next(n for n in _candidates(f"{name.lower()}{index}") if n not in taken)
                taken.add(column)
                shown[column] = numbered(name.lower(), index)
                tensors.append(Tensor(column, tuple(a for a in tensor.axes if a != axis)))
    tensors += [Tensor(name, tensor.axes) for name, tensor in named if axis not in tensor.axes]
    if statistics is not None and not invariant:
        tensors.append(Tensor(next(n for n in _candidates("s") if n not in taken), (statistics,)))
    (turned,) = (factor.axis for factor in problem.group if factor.name == "O")
    output = statistics if invariant else turned
    axes = {a for tensor in tensors for a in tensor.axes}
    group = " x ".join(str(factor) for factor in problem.group if factor.axis in axes)
    return Problem(f"{', '.join(map(str, tensors))} -> {output}", group=group), shown


def _candidates(name: str) -> Iterator[str]:
    while True:
        yield name
        name += "_"


def _fresh(name: str, problem: Problem) -> str:
    return next(n for n in _candidates(name) if n not in problem.axes)


def tokens(problem: Problem, name: str) -> Axis:
    """The axis that numbers the tokens."""
    spaces = [factor.axis for factor in problem.group if factor.name == "O"]
    axes = [axis for axis in problem.outputs[0].axes if axis not in spaces]
    fits = len(problem.outputs) == 1 and len(spaces) == 1 and len(problem.outputs[0].axes) == 2 and len(axes) == 1
    if fits and any(axes[0] in tensor.axes and spaces[0] in tensor.axes for tensor in problem.inputs):
        return axes[0]
    raise Underivable(
        f"{name} speaks of tokens, an input and the one output such as d n, under O(d); not of {problem}",
        f"a definition of {name} for this problem",
    )
