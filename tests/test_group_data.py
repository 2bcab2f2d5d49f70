"""The data of each group fit together: equations, samplers, characters and weights."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import comb, factorial, prod

import pytest

from symmetry.errors import Underivable
from symmetry.groups import KINDS, Classes, Gap, Group, Laurent, Sparse, factors
from symmetry.invariants.basis import basis, count
from symmetry.problem import Problem

SIZES = (1, 2, 3, 4, 5, 6)
COMPACT = [name for name, kind in KINDS.items() if not isinstance(kind.classes, Gap)]
MATRICES = [name for name, kind in KINDS.items() if kind.acts != "shift"]


def times(left: Laurent, right: Laurent) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    for a, c in left.items():
        for b, e in right.items():
            key = tuple(map(sum, zip(a, b)))
            found[key] = found.get(key, 0) + c * e
    return found


def average(kind: str, size: int, function: Callable[[Classes], Laurent]) -> Fraction:
    """The Haar average of a class function."""
    return sum(
        (
            family.weight * times(function(family), family.density).get((0,) * family.angles, 0)
            for family in KINDS[kind].classes(size)
        ),
        Fraction(0),
    )


def power(polynomial: Laurent, exponent: int, angles: int) -> Laurent:
    found: Laurent = {(0,) * angles: 1}
    for _ in range(exponent):
        found = times(found, polynomial)
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", COMPACT)
def test_the_average_of_one_is_one(kind: str, size: int) -> None:
    assert average(kind, size, lambda family: {(0,) * family.angles: 1}) == 1


# Numbers of invariant tensors in the first six powers of the space.
TRACE_MOMENTS = {
    ("O", 1): (0, 1, 0, 1, 0, 1),
    ("O", 2): (0, 1, 0, 3, 0, 10),
    ("O", 3): (0, 1, 0, 3, 0, 15),
    ("O", 5): (0, 1, 0, 3, 0, 15),
    ("SO", 2): (0, 2, 0, 6, 0, 20),
    ("SO", 3): (0, 1, 1, 3, 6, 15),  # Motzkin sums (Riordan numbers)
    ("SO", 4): (0, 1, 0, 4, 0, 25),  # squares of Catalan numbers
    ("S", 2): (1, 2, 4, 8, 16, 32),
    ("S", 6): (1, 2, 5, 15, 52, 203),  # Bell numbers
}


@pytest.mark.parametrize(("group", "moments"), TRACE_MOMENTS.items(), ids=lambda value: str(value))
def test_moments_of_the_trace_are_the_known_numbers_of_invariants(
    group: tuple[str, int], moments: tuple[int, ...]
) -> None:
    found = [average(*group, lambda family, k=k: power(family.trace(1), k, family.angles)) for k in range(1, 7)]
    assert found == list(moments)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", MATRICES)
def test_exact_elements_satisfy_the_equations_and_changed_ones_do_not(kind: str, size: int) -> None:
    rng = random.Random(size)
    for component in KINDS[kind].components:
        element = Group(kind, size).exact(rng, size, component)
        assert KINDS[kind].contains(element)
        row = (element[0][0] + Fraction(1, 7), *element[0][1:])
        assert not KINDS[kind].contains((row, *element[1:]))
        assert not KINDS[kind].contains((*element, *element))


def test_rows_that_add_up_to_one_do_not_make_a_permutation() -> None:
    two, one = Fraction(2), Fraction(-1)
    assert not KINDS["S"].contains(((two, one), (one, two)))


def test_a_reflection_is_orthogonal_and_no_rotation() -> None:
    mirror = Group("O", 3).exact(random.Random(1), 3, -1)
    assert KINDS["O"].contains(mirror) and not KINDS["SO"].contains(mirror) and not KINDS["S"].contains(mirror)


def applied(matrix: Sparse, size: int) -> list[list[int]]:
    return [[matrix.get((i, j), 0) for j in range(size)] for i in range(size)]


def product(*matrices: list[list[int]]) -> list[list[int]]:
    found = matrices[0]
    for matrix in matrices[1:]:
        found = [[sum(a * b for a, b in zip(row, column)) for column in zip(*matrix)] for row in found]
    return found


def lists(matrix: tuple[tuple[int, ...], ...]) -> list[list[int]]:
    return [list(row) for row in matrix]


def transposed(matrix: list[list[int]]) -> list[list[int]]:
    return [list(row) for row in zip(*matrix)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", COMPACT)
def test_root_vectors_are_skew_and_finite_elements_keep_the_form(kind: str, size: int) -> None:
    data = KINDS[kind].weight_basis(size)
    assert len(data.weights) == size
    form = applied(data.form, size)
    assert form == transposed(form)
    zero = [[0] * size for _ in range(size)]
    for root in data.raising:
        e = applied(root, size)
        left, right = product(transposed(e), form), product(form, e)
        assert [[a + b for a, b in zip(*rows)] for rows in zip(left, right)] == zero != e
        shifts = {tuple(a - b for a, b in zip(data.weights[i], data.weights[j])) for i, j in root}
        assert len(shifts) == 1 and any(next(iter(shifts)))
    for element in data.finite:
        g = applied(element, size)
        assert product(transposed(g), form, g) == form
    for (i, j), _ in data.form.items():
        assert all(a + b == 0 for a, b in zip(data.weights[i], data.weights[j]))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["O", "SO"])
def test_root_vectors_generate_the_positive_roots(kind: str, size: int) -> None:
    """Brackets of the simple root vectors span a space of the dimension of the nilpotent radical of so(d)."""
    data = KINDS[kind].weight_basis(size)
    found = {tuple(map(tuple, applied(root, size))) for root in data.raising}
    assert len(found) == (size // 2 if size != 2 else 0)
    while True:
        brackets = set(found)
        for a in found:
            for b in found:
                left, right = (
                    product(list(map(list, a)), list(map(list, b))),
                    product(list(map(list, b)), list(map(list, a))),
                )
                bracket = tuple(tuple(x - y for x, y in zip(*rows)) for rows in zip(left, right))
                opposite = tuple(tuple(-x for x in row) for row in bracket)
                if any(map(any, bracket)) and opposite not in brackets:
                    brackets.add(bracket)
        if brackets == found:
            break
        found = brackets
    weights = {
        tuple(a - b for a, b in zip(data.weights[i], data.weights[j]))
        for m in found
        for i in range(size)
        for j in range(size)
        if m[i][j]
    }
    assert len(weights) == (comb(size, 2) - size // 2) // 2


@pytest.mark.parametrize("size", SIZES)
def test_neighbours_generate_the_permutations(size: int) -> None:
    data = KINDS["S"].weight_basis(size)
    unit = tuple(range(size))
    moves = [tuple(next(i for i in unit if (i, j) in element) for j in unit) for element in data.finite]
    reached, front = {unit}, [unit]
    while front:
        front = [moved for order in front for move in moves if (moved := tuple(move[i] for i in order)) not in reached]
        reached.update(front)
    assert len(reached) == factorial(size) == prod(range(1, size + 1))


def test_a_kind_that_states_no_invariants_has_counts_but_no_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "KINDS", {**KINDS, "O": replace(KINDS["O"], invariants=None)})
    problem = Problem("x: d, y: d -> ", group="O(d)", d=3)
    assert count(problem, 2) == 3
    with pytest.raises(Underivable, match="what generates the polynomial invariants of O"):
        basis(problem, 2)
