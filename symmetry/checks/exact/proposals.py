"""Values that may satisfy the hypotheses of a goal: proposals only, to be verified by whoever asks for them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import lru_cache
from typing import Any

from symmetry.checks.exact.affine import Conflict, System, mentions
from symmetry.checks.exact.evaluate import Map, Pattern, Scope, evaluate
from symmetry.checks.exact.fields import Field, Matrix, Unsupported
from symmetry.checks.exact.goals import Goal, PlanStep, degree_in, matrix_steps_of, plan
from symmetry.formulas import Equal
from symmetry.sizes import Size
from symmetry.syntax import Node
from symmetry.terms import Product, Term, Total, Transpose, Variable
from symmetry.transporter import first_gram_difference, product_of_reflections, reflection_vectors

__all__ = ["Draw", "action_of", "drawn", "members", "moved_off", "proposals", "stack_action", "variants"]

DEGENERATE_MODES = ("corank", "repeat", "zero", "unit", "rank1", "mixed")
STYLES = ("joint", "independent", "right", "copy")
SMALL_PRIME_MODES = ("zero", "generic", "unit")
SMALL_PRIME = 100
MASKED_COLUMNS = 3


@dataclass
class Draw:
    """One attempt at a point."""

    rng: random.Random
    index: int
    turn: int
    mode: str
    style: str
    big: bool
    preset: Mapping[str, Matrix]
    natural: bool = False  # functions that treat all coordinates alike first
    turns: dict[int, Matrix] = default(default_factory=dict)  # by size: the orthogonal matrix shared in this attempt
    turned: int = 0  # members of groups drawn so far
    functions: int = 0  # functions chosen so far


# ---------------------------------------------------------------------------------------------------------------
# Members of groups.


def members(step: PlanStep, scope: Scope, draw: Draw) -> Iterator[Matrix]:
    group, field = step.group, scope.field
    if group is None:
        return
    size = scope.size(group.size)
    if step.name in draw.preset:
        yield draw.preset[step.name]
        return
    if group.name == "E":
        # By turns all different and all the same, as far as the hypotheses leave that open.
        vectors = field.basis(size)
        start = draw.index + draw.turn + (draw.turned if draw.index % 2 == 0 else 0)
        draw.turned += 1
        yield from (vectors[(start + k) % size] for k in range(size))
        return
    if group.name == "S":
        # A cycle and a transposition generate S(n); they come first, with generic matrices beside them.
        yield _generator(draw.index + draw.turned, size, field, draw.rng)
        draw.turned += 1
        order = list(range(size))
        for _ in range(12):
            draw.rng.shuffle(order)
            yield field.permutation(order)
        yield field.identity(size)
        return
    prescribed = _prescribed(step, scope)
    if prescribed is not None:
        yield from _moving(prescribed, group.name, scope, draw)
        return
    # Bit k of the index is the determinant of the k-th orthogonal matrix, so that all combinations occur.
    sign = 1 if group.name == "SO" or (draw.index >> draw.turned) % 2 else -1
    draw.turned += 1
    if draw.mode == "unit":
        # Modes and determinants would otherwise keep step.
        yield _signed_permutation(size, sign if group.name == "SO" else draw.rng.choice((-1, 1)), field, draw.rng)
    yield field.orthogonal(size, sign, draw.rng, big=draw.big)
    yield field.orthogonal(size, 1, draw.rng)
    if group.name == "O":
        yield field.orthogonal(size, -1, draw.rng)
    yield field.identity(size)
    if group.name == "O":
        yield -field.identity(size)
    for other in scope.values.values():
        if not isinstance(other, Map | Pattern) and other.nrows() == other.ncols() == size:
            yield other


def _signed_permutation(size: int, sign: int, field: Field, rng: random.Random) -> Matrix:
    """A permutation of the coordinates with signs, of the given determinant."""
    order = list(range(size))
    rng.shuffle(order)
    signs = rng.choices((-1, 1), k=size)
    inversions = sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size))
    if size and signs.count(-1) % 2 != (inversions + (sign < 0)) % 2:
        signs[0] = -signs[0]
    return field.matrix(size, size, [signs[j] * int(order[j] == i) for i in range(size) for j in range(size)])


def _prescribed(step: PlanStep, scope: Scope) -> tuple[Matrix, Matrix] | None:
    """S and T where hypotheses ask for Q·S = T, stacked."""
    pairs = []
    for check in step.checks:
        if isinstance(check, Equal):
            pair = action_of(step.name, check)
            if pair is not None:
                pairs.append(pair)
    if not pairs or not scope.field.ordered:
        return None
    return stack_action(pairs, scope)


def action_of(name: str, equation: Equal) -> tuple[Term, Term] | None:
    """s and t where the equation says Q·s = t, or t = Q·s, or sᵀ·Qᵀ = tᵀ, with no other Q in it."""
    names = frozenset([name])
    for left, right in ((equation.left, equation.right), (equation.right, equation.left)):
        if mentions(right, names) or not mentions(left, names):
            continue
        found = _strip(name, left)
        if found is not None:
            source, transposed = found
            return (source, right.T) if transposed else (source, right)
    return None


def _strip(name: str, term: Term) -> tuple[Term, bool] | None:
    """s with term = Q·s (False) or term = (Q·s)ᵀ (True)."""
    names = frozenset([name])
    if isinstance(term, Transpose):
        found = _strip(name, term.body)
        return None if found is None else (found[0], not found[1])
    if not isinstance(term, Product) or len(term.factors) < 2:
        return None
    first, last = term.factors[0], term.factors[-1]
    if isinstance(first, Variable) and first.name == name and not mentions(term.factors[1:], names):
        return Product(term.factors[1:]), False
    if (
        isinstance(last, Transpose)
        and isinstance(last.body, Variable)
        and last.body.name == name
        and not mentions(term.factors[:-1], names)
    ):
        return Product(term.factors[:-1]).T, True
    return None


def stack_action(pairs: Sequence[tuple[Term, Term]], scope: Scope) -> tuple[Matrix, Matrix]:
    """All S and all T of the equations Q·S = T, side by side."""
    return (
        scope.field.hstack([evaluate(source, scope) for source, _ in pairs]),
        scope.field.hstack([evaluate(target, scope) for _, target in pairs]),
    )


def _moving(pair: tuple[Matrix, Matrix], group: str, scope: Scope, draw: Draw) -> Iterator[Matrix]:
    """Orthogonal matrices that carry S to T: one, and others that differ by reflections which fix T."""
    source, target = pair
    size = source.nrows()
    if first_gram_difference(source, target) is not None:
        return
    vectors = reflection_vectors(source, target)
    extra = _normal(target, scope.field, draw.rng)
    choices = [vectors] if extra is None else [[*vectors, extra], vectors]
    if draw.index % 2:
        choices.reverse()
    for choice in choices:
        if group == "O" or len(choice) % 2 == 0:
            yield product_of_reflections(choice, size)


def _normal(matrix: Matrix, field: Field, rng: random.Random) -> Matrix | None:
    """A random vector w ≠ 0 with wᵀ·matrix = 0 and wᵀw ≠ 0."""
    solved = field.solve(matrix.transpose(), field.zero(matrix.ncols(), 1))
    if solved is None or solved[1].ncols() == 0:
        return None
    for _ in range(4):
        vector = solved[1] * field.random(solved[1].ncols(), 1, rng)
        if (vector.transpose() * vector)[0, 0] != 0:
            return vector
    return None


# ---------------------------------------------------------------------------------------------------------------
# Matrices.


def drawn(rows: int, cols: int, field: Field, draw: Draw) -> Matrix:
    """A random matrix in the mode of this attempt: generic, of lower rank, zero, with repeated or unit columns."""
    rng = draw.rng
    if draw.big:
        return field.random(rows, cols, rng, 9999)
    mode = draw.mode
    if field.prime is not None and field.prime < SMALL_PRIME:
        mode = SMALL_PRIME_MODES[draw.index % len(SMALL_PRIME_MODES)]
    if field.prime is not None and field.prime > SMALL_PRIME:
        mode = "generic"
    if mode == "mixed":
        mode = rng.choice(DEGENERATE_MODES[:-1])
    match mode:
        case "corank" if min(rows, cols) > 1:
            inner = min(rows, cols) - 1
            return field.random(rows, inner, rng, 2) * field.random(inner, cols, rng, 2)
        case "rank1" if min(rows, cols) > 0:
            return field.random(rows, 1, rng, 2) * field.random(1, cols, rng, 2)
        case "zero":
            return field.zero(rows, cols)
        case "repeat" if cols > 0:
            return field.columns(field.random(rows, cols, rng), [0] + [rng.randrange(cols) for _ in range(cols - 1)])
        case "unit" if rows > 0:
            picks = [rng.randrange(rows) for _ in range(cols)]
            return field.matrix(rows, cols, [int(i == pick) for i in range(rows) for pick in picks])
    found, inner = field.random(rows, cols, rng), min(rows, cols)
    for _ in range(4):
        # In general position: the first columns independent.
        if field.columns(found, range(inner)).rank() == inner:
            break
        found = field.random(rows, cols, rng)
    return found


def _turn(size: int, scope: Scope, draw: Draw) -> Matrix:
    """The orthogonal matrix of this size that all matrices of this attempt share."""
    turn = draw.turns.get(size)
    if turn is None:
        turn = draw.turns[size] = scope.field.orthogonal(size, -1 if draw.index % 2 == 0 else 1, draw.rng)
    return turn


def proposals(step: PlanStep, rows: int, cols: int, scope: Scope, draw: Draw) -> Iterator[Matrix]:
    """Values that may satisfy the hypotheses at this step, the likely ones first."""
    field, rng = scope.field, draw.rng
    linear = [c for c in step.checks if isinstance(c, Equal) and degree_in(c, frozenset([step.name])) == 1]
    if linear:
        yield from _linear(step, linear, scope, rng)
    if field.prime is not None and field.prime < SMALL_PRIME:
        yield from _isotropic(rows, cols, field, rng)
    if not linear:
        yield drawn(rows, cols, field, draw)
    known = [value for value in scope.values.values() if not isinstance(value, Map | Pattern)]
    like = [value for value in reversed(known) if value.nrows() == rows and value.ncols() == cols]
    turns = [value for value in known if value.nrows() == value.ncols() == rows and field.is_orthogonal(value)]
    for other in like:
        ways = {
            "joint": lambda other=other: [_turn(rows, scope, draw) * other],
            "independent": lambda other=other: [field.orthogonal(rows, rng.choice((-1, 1)), rng) * other],
            "right": lambda other=other: [other * _turn(cols, scope, draw), other * _shuffled(cols, field, rng)],
            "copy": lambda other=other: [other, -other],
        }
        order = [draw.style, *(style for style in STYLES if style != draw.style)]
        if draw.style == "independent" and rows not in draw.turns:
            order = ["joint", "independent", "right", "copy"]
        for style in order:
            yield from ways[style]()
        for turn in turns:
            yield turn * other
            yield turn.transpose() * other
    yield field.zero(rows, cols)
    for other in known:
        if other.ncols() == rows and other.nrows() == cols:
            yield other.transpose()
            if field.ordered:
                yield field.pseudoinverse(other)
    if rows == cols:
        yield from _square(rows, known, field, rng)
    for _ in range(40):
        yield field.matrix(rows, cols, rng.choices((-1, 0, 1), k=rows * cols))


def _generator(turn: int, size: int, field: Field, rng: random.Random) -> Matrix:
    """By turns: the cycle of all, a transposition, a random permutation."""
    order = list(range(size))
    if turn % 3 == 2:
        return _shuffled(size, field, rng)
    if turn % 3 == 0:
        order = order[1:] + order[:1]
    elif size > 1:
        order[:2] = [1, 0]
    return field.permutation(order)


def _shuffled(size: int, field: Field, rng: random.Random) -> Matrix:
    order = list(range(size))
    rng.shuffle(order)
    return field.permutation(order)


def _square(size: int, known: Sequence[Matrix], field: Field, rng: random.Random) -> Iterator[Matrix]:
    """Square matrices with laws: identity, projections, reflections, symmetric, skew, permutations."""
    yield field.identity(size)
    if field.ordered:
        for other in known:
            if other.nrows() == size:
                projection = other * field.pseudoinverse(other)
                yield projection
                yield projection * 2 - field.identity(size)
    yield field.orthogonal(size, -1, rng)
    yield field.orthogonal(size, 1, rng)
    yield _shuffled(size, field, rng)
    generic = field.random(size, size, rng)
    yield generic + generic.transpose()
    yield generic - generic.transpose()


def _linear(step: PlanStep, equations: Sequence[Equal], scope: Scope, rng: random.Random) -> Iterator[Matrix]:
    """Solutions of the equations that are linear in the matrix, random where they leave room."""
    system = System(scope.field, frozenset([step.name]))
    try:
        for equation in equations:
            system.add(equation, scope)
        solved = system.solve()
    except Unsupported:
        return
    if isinstance(solved, Conflict) or not solved.values:
        return
    for _ in range(1 if solved.unique else 3):
        yield solved.another(rng)[0]
    yield solved.values[0]


def _isotropic(rows: int, cols: int, field: Field, rng: random.Random) -> Iterator[Matrix]:
    """Modulo a small prime: a vector with wᵀw = 0, in every column with some factor."""
    if rows == 0 or cols == 0:
        return
    for _ in range(60):
        vector = field.random(rows, 1, rng)
        if (vector.transpose() * vector)[0, 0] == 0 and any(vector.entries()):
            yield vector * field.random(1, cols, rng)
            yield vector * field.matrix(1, cols, [1] * cols)
            return


def moved_off(value: Matrix, scope: Scope, rng: random.Random, *, further: bool) -> Iterator[Matrix]:
    """The matrix reflected off the span of the others of its height; ``further``: off all but the last of them.

    So that v = Qu is not the only v that has the right inner products.
    """
    rows = value.nrows()
    others = [
        other
        for other in scope.values.values()
        if not isinstance(other, Map | Pattern) and other.nrows() == rows and other.ncols() != rows
    ]
    for chosen in (others, others[:-1]) if others and further else (others,):
        normal = _normal(scope.field.hstack(chosen) if chosen else scope.field.zero(rows, 0), scope.field, rng)
        if normal is not None:
            row = normal.transpose()
            yield value - normal * (row * value) * (2 / (row * normal)[0, 0])


@lru_cache(maxsize=1024)
def sums_over(item: Any, axis: Size) -> bool:
    """Whether a sum over the positions along an axis occurs."""
    if isinstance(item, Total) and item.variable.rows == axis:
        return True
    parts = item.key[1:] if isinstance(item, Node) else item if isinstance(item, tuple) else ()
    return any(sums_over(part, axis) for part in parts)


def variants(goal: Goal, base: Scope, rng: random.Random) -> Iterator[dict[str, Matrix]]:
    """Other values for the free matrices of a point: moved jointly and apart along each axis, negated, exchanged.

    They contain, on purpose, points at which functions of inner products take equal values.
    """
    steps = matrix_steps_of(goal)
    field = base.field
    axes: list[Size] = []
    for step in steps:
        for size in (step.symbol.rows, step.symbol.cols):  # type: ignore[union-attr]
            if size not in axes and base.size(size) > 0 and not size.is_one:
                axes.append(size)

    def acted(axis: Size, turn: Matrix) -> dict[str, Matrix]:
        found = {}
        for step in steps:
            value, symbol = base.values[step.name], step.symbol
            if symbol.rows == axis:  # type: ignore[union-attr]
                value = turn * value
            if symbol.cols == axis:  # type: ignore[union-attr]
                value = value * turn.transpose()
            found[step.name] = value
        return found

    def reordered(axis: Size, turn: Matrix) -> dict[str, Matrix]:
        """Permutations and positions along the axis after a permutation."""
        return {step.name: turn * base.values[step.name] for step in positions if step.group.size == axis}  # type: ignore[union-attr]

    def others_drawn() -> dict[str, Matrix]:
        shapes = {name: (value.nrows(), value.ncols()) for name, value in same.items()}
        return {name: field.random(*shape, rng) for name, shape in shapes.items()}

    same = {step.name: base.values[step.name] for step in steps}
    positions = [step for step in plan(goal).steps if step.group is not None and step.group.name in ("S", "E")]
    for axis in axes:
        yield acted(axis, field.orthogonal(base.size(axis), -1, rng))
    for axis in axes:
        if base.size(axis) > 1:
            turn = _generator(0, base.size(axis), field, rng)
            yield {**acted(axis, turn), **reordered(axis, turn)}
            if reordered(axis, turn):
                yield {**same, **reordered(axis, turn)}
    for step in steps:
        # What is added up over the columns is told apart where all but some of them are zero.
        rows, width = base.values[step.name].nrows(), base.values[step.name].ncols()
        if 1 < width <= MASKED_COLUMNS and sums_over(goal.conclusion, step.symbol.cols):  # type: ignore[union-attr]
            whole = field.matrix(rows, width, rng.choices((-2, -1, 1, 2, 3), k=rows * width))
            for chosen in range(1, 2**width):
                mask = [int(i == j) * (chosen >> i & 1) for i in range(width) for j in range(width)]
                yield {**same, step.name: whole * field.matrix(width, width, mask)}
    for step in steps:
        value = same[step.name]
        rows, cols = value.nrows(), value.ncols()
        yield {**same, step.name: -value}
        yield {**same, step.name: field.zero(rows, cols)}
        if len(steps) > 1:
            yield {**{name: other * 2 for name, other in same.items()}, step.name: field.zero(rows, cols)}
            for _ in range(2):
                yield {**others_drawn(), step.name: field.zero(rows, cols)}
            yield {**same, step.name: field.orthogonal(rows, -1, rng) * value}
            beside = [other for name, other in same.items() if name != step.name and other.nrows() == rows]
            normal = _normal(field.hstack(beside), field, rng) if beside and cols else None
            if normal is not None:
                yield {**same, step.name: value + normal * field.matrix(1, cols, [1] * cols)}
    for axis in axes[:1]:
        yield acted(axis, field.orthogonal(base.size(axis), 1, rng))
    for step in steps:
        value = same[step.name]
        yield {**same, step.name: value * field.orthogonal(value.ncols(), -1, rng)}
