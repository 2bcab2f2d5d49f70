"""Completeness of the forms: equivariant polynomial maps counted from their definition, and wrong counts noticed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import comb, prod

import pytest
from flint import fmpz_mat

import symmetry.completeness.check as completeness
import symmetry.completeness.contractions as contractions
from symmetry.characters.dimensions import dimension
from symmetry.completeness.check import check_completeness, equivariant_dimension
from symmetry.completeness.contents import Block, Orbit
from symmetry.completeness.weights import PolynomialMaps
from symmetry.errors import UsageError
from symmetry.evidence import Evidence
from symmetry.groups import KINDS, WeightBasis
from symmetry.partitions import Partition, partitions
from symmetry.problem import Problem, Tensor

# ---------------------------------------------------------------------------------------------------------------
# Brute force: plain coordinates, all generators of so(d), one reflection, all transpositions, all monomials.

Places = dict[tuple[int, ...], int]
Entries = dict[tuple[int, int], int]


def places_of(problem: Problem, tensors: Sequence[Tensor]) -> Places:
    indices = [
        (position, *index)
        for position, tensor in enumerate(tensors)
        for index in product(*(range(size) for size in problem.shape(tensor)))
    ]
    return {index: place for place, index in enumerate(indices)}


def turned(tensors: Sequence[Tensor], places: Places, axis: object, i: int, j: int) -> Entries:
    """The generator E_ij - E_ji of so(d) along every axis of that name."""
    found: Entries = {}
    for index, place in places.items():
        for position, carried in enumerate(tensors[index[0]].axes, start=1):
            for source, target, sign in ((j, i, 1), (i, j, -1)):
                if carried == axis and index[position] == source:
                    image = places[(*index[:position], target, *index[position + 1 :])]
                    found[image, place] = found.get((image, place), 0) + sign
    return found


def signed(tensors: Sequence[Tensor], places: Places, axis: object, images: Mapping[int, tuple[int, int]]) -> Entries:
    """The signed permutation i ↦ (image, sign) along every axis of that name."""
    found: Entries = {}
    for index, place in places.items():
        moved, sign = list(index), 1
        for position, carried in enumerate(tensors[index[0]].axes, start=1):
            if carried == axis:
                moved[position], factor = images[index[position]]
                sign *= factor
        found[places[tuple(moved)], place] = sign
    return found


def brute_force(problem: Problem, degree: int) -> int:
    sides = [(tensors, places_of(problem, tensors)) for tensors in (problem.inputs, problem.outputs)]
    turns: list[list[Entries]] = []
    moves: list[list[Entries]] = []
    for factor in problem.group:
        size, axis = problem.size(factor.axis), factor.axis
        pairs = [(i, j) for i in range(size) for j in range(i)]
        if factor.name in ("O", "SO"):
            turns += [[turned(*side, axis, i, j) for side in sides] for i, j in pairs]
        if factor.name == "O":
            mirror = {i: (i, -1 if i == 0 else 1) for i in range(size)}
            moves.append([signed(*side, axis, mirror) for side in sides])
        if factor.name == "S":
            for i, j in pairs:
                swap = {k: ({i: j, j: i}.get(k, k), 1) for k in range(size)}
                moves.append([signed(*side, axis, swap) for side in sides])
    (_, inputs), (_, outputs) = sides
    monomials = combinations_with_replacement(range(len(inputs)), degree)
    unknowns = {term: place for place, term in enumerate(product(monomials, range(len(outputs))))}
    rows: dict[object, dict[int, int]] = {}

    def add(row: object, column: int, entry: int) -> None:
        found = rows.setdefault(row, {})
        found[column] = found.get(column, 0) + entry

    for (monomial, a), column in unknowns.items():
        for name, (on_inputs, on_outputs) in enumerate(turns):
            for (b, source), entry in on_outputs.items():
                if source == a:
                    add((name, monomial, b), column, entry)
            for (row, changed), entry in on_inputs.items():
                for place, i in enumerate(monomial):
                    if i == row:
                        image = tuple(sorted((*monomial[:place], changed, *monomial[place + 1 :])))
                        add((name, image, a), column, -entry)
        for name, (on_inputs, on_outputs) in enumerate(moves, start=len(turns)):
            images = {source: (target, sign) for (target, source), sign in on_inputs.items()}
            ((b, sign),) = [(target, sign) for (target, source), sign in on_outputs.items() if source == a]
            image = tuple(sorted(images[i][0] for i in monomial))
            add((name, image, b), column, sign * prod(images[i][1] for i in monomial))
            add((name, monomial, a), column, -1)
    entries = [0] * (len(rows) * len(unknowns))
    for place, row in enumerate(rows.values()):
        for column, entry in row.items():
            entries[place * len(unknowns) + column] = entry
    return len(unknowns) - fmpz_mat(len(rows), len(unknowns), entries).rank()


TINY = [
    ("Y: d n -> ", "O(d)", {"d": 2, "n": 3}, 4),
    ("Y: d n -> ", "SO(d)", {"d": 3, "n": 4}, 3),
    ("Y: d n -> d", "O(d)", {"d": 3, "n": 2}, 3),
    ("Y: d n -> d", "SO(d)", {"d": 3, "n": 2}, 2),
    ("Y: d n -> d", "O(d)", {"d": 1, "n": 3}, 3),
    ("Y: d n -> d", "SO(d)", {"d": 1, "n": 2}, 2),
    ("Y: n d -> k d", "O(d)", {"d": 4, "n": 1, "k": 2}, 3),
    ("Z: d m -> d d", "O(d)", {"d": 2, "m": 1}, 4),
    ("Z: d m -> d d", "SO(d)", {"d": 4, "m": 2}, 2),
    ("M: d d -> d d", "O(d)", {"d": 2}, 3),
    ("M: d d, x: d -> d", "SO(d)", {"d": 2}, 3),
    ("M: d e -> e d", "O(d) x SO(e)", {"d": 3, "e": 2}, 3),
    ("Y: 2 n, t: -> 2", "O(2)", {"n": 2}, 3),
    ("X: d n -> d n", "O(d) x S(n)", {"d": 2, "n": 3}, 3),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"d": 1, "n": 3, "m": 2}, 3),
    ("X: d n, Z: d m -> d n", "O(d) x S(n)", {"d": 2, "n": 2, "m": 1}, 3),
    ("X: d n h -> d n", "SO(d) x S(n)", {"d": 2, "n": 3, "h": 1}, 3),
    ("A: n n -> n", "S(n)", {"n": 3}, 2),
    ("A: n n, x: n k -> (), n", "S(n)", {"n": 2, "k": 3}, 2),
    ("X: d n -> d n", None, {"d": 2, "n": 3}, 2),
]


@pytest.mark.parametrize(("line", "group", "sizes", "degree"), TINY, ids=str)
def test_dimension_is_that_of_brute_force_in_plain_coordinates(
    line: str, group: str | None, sizes: dict[str, int], degree: int
) -> None:
    problem = Problem(line, group=group, **sizes)
    found = brute_force(problem, degree)
    assert equivariant_dimension(problem, degree) == found > 0
    assert check_completeness(problem, [degree]).verdict == "holds"


# ---------------------------------------------------------------------------------------------------------------
# Counts from elsewhere


def hook_content(partition: Partition, size: int) -> int:
    """The dimension of the irreducible representation of GL(size): Π (size + content) / hook length."""
    cells = [(i, j) for i, part in enumerate(partition) for j in range(part)]
    columns = [sum(part > j for part in partition) for j in range(max(partition, default=0))]
    found = prod((Fraction(size + j - i, partition[i] - j + columns[j] - i - 1) for i, j in cells), start=Fraction(1))
    assert found.denominator == 1
    return int(found)


@pytest.mark.parametrize(("d", "n"), [(1, 4), (2, 5), (3, 2), (3, 4), (4, 5), (5, 3), (6, 2)])
def test_invariants_are_counted_by_hook_lengths(d: int, n: int) -> None:
    for k in range(3):
        shapes = partitions(k, most=min(d, n))
        expected = sum(hook_content(tuple(2 * part for part in shape), n) for shape in shapes)
        problem = Problem("Y: d n -> ", group="O(d)", d=d, n=n)
        assert equivariant_dimension(problem, 2 * k) == expected
        assert equivariant_dimension(problem, 2 * k + 1) == 0


def test_four_vectors_in_four_dimensions_of_degree_six() -> None:
    """All monomials in the 10 inner products of degree 3; as one nullspace it has 54264 columns."""
    problem = Problem("Y: d n -> ", group="O(d)", d=4, n=4)
    assert equivariant_dimension(problem, 6) == comb(10 + 3 - 1, 3)
    assert check_completeness(problem, [6]).verdict == "holds"


# Multilinear invariants of k vectors: the numbers of invariant tensors.
TENSORS = {
    ("O", 2): (1, 3, 10),
    ("O", 3): (1, 3, 15),
    ("SO", 2): (2, 6, 20),
    ("SO", 4): (1, 4, 25),  # squares of Catalan numbers
}


@pytest.mark.parametrize(("group", "counts"), TENSORS.items(), ids=str)
def test_invariant_tensors_are_as_many_as_is_known(group: tuple[str, int], counts: tuple[int, ...]) -> None:
    for half, expected in enumerate(counts, start=1):
        line = ", ".join(f"x{i}: d" for i in range(2 * half)) + " -> "
        degree = {f"x{i}": 1 for i in range(2 * half)}
        assert equivariant_dimension(Problem(line, group=f"{group[0]}(d)", d=group[1]), degree) == expected


def test_riordan_numbers_count_the_tensors_of_three_dimensional_rotations() -> None:
    def count(k: int) -> int:
        line = ", ".join(f"x{i}: d" for i in range(k)) + " -> d"
        return equivariant_dimension(Problem(line, group="SO(d)", d=3), {f"x{i}": 1 for i in range(k)})

    assert [count(k) for k in range(1, 6)] == [1, 1, 3, 6, 15]


def test_degrees_by_input_add_up() -> None:
    problem = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)", d=2, n=3, m=2)
    parts = [equivariant_dimension(problem, {"X": k, "Z": 3 - k}) for k in range(4)]
    assert sum(parts) == equivariant_dimension(problem, 3) and all(parts)


# ---------------------------------------------------------------------------------------------------------------
# Theorems

HOLDS = [
    ("Y: d n -> ", "O(d)", range(7), [{"d": 1, "n": 3}, {"d": 2, "n": 3}, {"d": 3, "n": 2}], None),
    ("X: d n, Z: d m -> d n", "O(d)", range(4), [{"d": 2, "n": 3, "m": 1}, {"d": 3, "n": 1, "m": 2}], None),
    ("Z: d m -> d d", "O(d)", range(5), [{"d": 1, "m": 3}, {"d": 2, "m": 3}, {"d": 3, "m": 2}], None),
    ("X: d n -> d n", "O(d) x S(n)", range(6), [{"d": 2, "n": 4}, {"d": 3, "n": 2}], None),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", [3], [{"d": 2, "n": 3, "m": 2}, {"d": 1, "n": 2, "m": 3}], None),
    ("X: d n -> ", "O(d) x S(n)", [2, 4], [{"d": 3, "n": 4}], None),
    ("Y: d n -> ", "SO(d)", range(6), [{"d": 2, "n": 3}, {"d": 3, "n": 4}, {"d": 1, "n": 2}], None),
    ("Y: d n -> d", "SO(d)", range(5), [{"d": 2, "n": 3}, {"d": 3, "n": 2}, {"d": 4, "n": 3}], None),
    ("Z: d m -> d d", "SO(d)", range(4), [{"d": 2, "m": 1}, {"d": 3, "m": 2}], None),
    # Without determinants: invariants of fewer than d vectors, maps of at most d - 2 (theory.md 1.9).
    ("Y: d n -> ", "SO(d)", range(7), [{"d": 3, "n": 2}, {"d": 4, "n": 3}, {"d": 2, "n": 1}], False),
    ("Y: d n -> d", "SO(d)", range(6), [{"d": 3, "n": 1}, {"d": 4, "n": 2}], False),
    ("Z: d m -> d d", "SO(d)", range(5), [{"d": 4, "m": 1}], False),
]


@pytest.mark.parametrize(("line", "group", "degrees", "sizes", "determinants"), HOLDS, ids=str)
def test_forms_are_complete(
    line: str, group: str, degrees: Sequence[int], sizes: list[dict[str, int]], determinants: bool | None
) -> None:
    found = check_completeness(Problem(line, group=group), degrees, sizes, determinants=determinants)
    assert (found.method, found.verdict, found.skipped) == ("complete", "holds", 0), found
    assert found.sizes == tuple(sizes) and 0 < found.samples <= len(degrees) * len(sizes)


VIOLATED = [
    ("Y: d n -> ", "SO(d)", 2, {"d": 2, "n": 3}, (9, 6)),  # determinants
    ("Y: d n -> ", "SO(d)", 3, {"d": 3, "n": 4}, (4, 0)),
    ("Y: d n -> d", "SO(d)", 2, {"d": 3, "n": 2}, (1, 0)),  # the cross product
    ("Y: d n -> d", "SO(d)", 1, {"d": 2, "n": 3}, (6, 3)),  # the quarter turn
    ("Z: d m -> d d", "SO(d)", 1, {"d": 3, "m": 1}, (1, 0)),  # [z]×
    ("Z: d m -> d d", "SO(d)", 2, {"d": 4, "m": 2}, (8, 7)),  # the dual of z₁ ∧ z₂
    ("Z: d m -> d d", "SO(d)", 0, {"d": 2, "m": 1}, (2, 1)),
    ("X: d n -> d n", "SO(d) x S(n)", 1, {"d": 2, "n": 3}, (4, 2)),
    ("M: d d -> ", "SO(d)", 1, {"d": 2}, (2, 1)),
]


@pytest.mark.parametrize(("line", "group", "degree", "sizes", "dimensions"), VIOLATED, ids=str)
def test_rotations_have_maps_beyond_inner_products(
    line: str, group: str, degree: int, sizes: dict[str, int], dimensions: tuple[int, int]
) -> None:
    problem = Problem(line, group=group)
    found = check_completeness(problem, [degree], [sizes], determinants=False)
    assert found.verdict == "violated" and found.counterexample is not None
    assert (found.counterexample.left, found.counterexample.right) == dimensions
    assert found.counterexample.sizes == sizes and "not a combination of the forms" in found.detail
    assert brute_force(problem.at(**sizes), degree) == dimensions[0]
    assert check_completeness(problem, [degree], [sizes]).verdict == "holds"


def test_determinants_are_not_equivariant_under_reflections() -> None:
    found = check_completeness(Problem("Y: d n -> d", group="O(d)"), range(4), [{"d": 3, "n": 2}], determinants=True)
    assert found.verdict == "violated" and found.counterexample is not None
    assert found.detail.startswith("a form of degree 2 at d=3, n=2 that is not equivariant under O(d)")


def value(
    form: Mapping[object, int], maps: PolynomialMaps, block: Block, columns: list[list[Fraction]]
) -> list[Fraction]:
    """A map in one block at a point; one list of coordinates for each input column."""
    used = [column for column, degree in zip(columns, block.content) if degree]
    found = [Fraction(0)] * maps.output_frames[block.output].size
    for (monomials, a), coefficient in form.items():  # type: ignore[misc]
        found[a] += coefficient * prod(x[i] for x, monomial in zip(used, monomials) for i in monomial)
    return found


def test_the_map_that_is_shown_commutes_with_elements_of_the_group() -> None:
    problem = Problem("Y: d n -> d", group="SO(d)", d=3, n=2)
    maps = PolynomialMaps(problem)
    orbit = next(orbit for orbit in maps.orbits(2) if orbit.block.content == (1, 1))
    found = completeness.equations(maps, orbit)
    form = completeness._outside(found, fmpz_mat(len(found.terms), 0))
    # exp of the two root vectors, and an element of the torus, in the basis u, v, t.
    e = [[1, Fraction(-1, 2), 1], [0, 1, 0], [0, -1, 1]]
    f = [[1, 0, 0], [Fraction(-1, 2), 1, -1], [1, 0, 1]]
    for g in (e, f, [[Fraction(5), 0, 0], [0, Fraction(1, 5), 0], [0, 0, 1]]):
        columns = [[Fraction(3), Fraction(-2), Fraction(1, 2)], [Fraction(1), Fraction(5), Fraction(-4)]]
        images = [[sum(a * x for a, x in zip(row, column)) for row in g] for column in columns]
        before, after = (value(form, maps, orbit.block, those) for those in (columns, images))
        assert after == [sum(a * x for a, x in zip(row, before)) for row in g] != before


# ---------------------------------------------------------------------------------------------------------------
# Planted bugs

MAPS = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)")


def verdicts(problem: Problem, degrees: Sequence[int], *sizes: dict[str, int]) -> set[str]:
    return {check_completeness(problem, degrees, [given]).verdict for given in sizes}


def planted(monkeypatch: pytest.MonkeyPatch, kind: str, change: object) -> None:
    known = KINDS[kind]

    def basis(size: int) -> WeightBasis:
        return change(known.weight_basis(size))  # type: ignore[operator, no-any-return]

    monkeypatch.setitem(KINDS, kind, replace(known, weight_basis=basis))  # type: ignore[arg-type]


def without(values: tuple[object, ...], index: int) -> tuple[object, ...]:
    return values[:index] + values[index + 1 :]


# In even dimensions the reflection carries one of the last two root vectors to the other: either implies both.
@pytest.mark.parametrize(
    ("kind", "d", "index"),
    [("O", 3, 0), ("SO", 3, 0), ("SO", 4, 0), ("SO", 4, 1), ("O", 5, 0), ("O", 5, 1), ("O", 6, 0), ("SO", 6, 2)],
)
def test_a_missing_root_vector_is_noticed(monkeypatch: pytest.MonkeyPatch, kind: str, d: int, index: int) -> None:
    problem = Problem("Y: d n -> d", group=f"{kind}(d)")
    assert verdicts(problem, [3], {"d": d, "n": 2}) == {"holds"}
    planted(monkeypatch, kind, lambda basis: replace(basis, raising=without(basis.raising, index)))
    assert verdicts(problem, [3], {"d": d, "n": 2}) == {"violated"}


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_a_missing_reflection_is_noticed(monkeypatch: pytest.MonkeyPatch, d: int) -> None:
    planted(monkeypatch, "O", lambda basis: replace(basis, finite=()))
    problem = Problem("Y: d n -> ", group="O(d)")
    assert verdicts(problem, [d], {"d": d, "n": 4}) == {"violated"}


@pytest.mark.parametrize(("d", "entry"), [(2, (0, 1)), (3, (2, 2)), (4, (1, 3)), (5, (4, 4))])
def test_a_wrong_sign_in_the_form_is_noticed(monkeypatch: pytest.MonkeyPatch, d: int, entry: tuple[int, int]) -> None:
    planted(monkeypatch, "O", lambda basis: replace(basis, form={**basis.form, entry: -basis.form[entry]}))
    assert verdicts(Problem("Y: d n -> ", group="O(d)"), [2], {"d": d, "n": 1}) == {"violated"}
    assert verdicts(Problem("Y: d n -> d d", group="O(d)"), [0], {"d": d, "n": 3}) == {"violated"}


@pytest.mark.parametrize("d", [2, 3, 4])
def test_a_wrong_weight_is_noticed(monkeypatch: pytest.MonkeyPatch, d: int) -> None:
    def changed(basis: WeightBasis) -> WeightBasis:
        first, *rest = basis.weights
        return replace(basis, weights=(tuple(2 * w for w in first), *rest))

    planted(monkeypatch, "O", changed)
    assert verdicts(Problem("Y: d n -> d", group="O(d)"), [3], {"d": d, "n": 2}) == {"violated"}


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_missing_transposition_is_noticed(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    sizes = {"d": 1, "n": n, "m": 1}
    assert verdicts(MAPS, [1], sizes) == {"holds"}
    planted(monkeypatch, "S", lambda basis: replace(basis, finite=basis.finite[:-1]))
    assert verdicts(MAPS, [1], sizes) == {"violated"}


def test_the_stabiliser_of_a_block_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("X: d n -> ", group="O(d) x S(n)")
    orbits = PolynomialMaps.orbits

    def loose(maps: PolynomialMaps, degree: int) -> Iterator[Orbit]:
        return (orbit._replace(stabiliser=()) for orbit in orbits(maps, degree))

    assert verdicts(problem, [4], {"d": 2, "n": 4}) == {"holds"}
    monkeypatch.setattr(PolynomialMaps, "orbits", loose)
    assert verdicts(problem, [4], {"d": 2, "n": 4}) == {"violated"}


@pytest.mark.parametrize("left_out", [(0, 0), (0, 1), (1, 1)], ids=str)
def test_an_inner_product_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch, left_out: tuple[int, int]) -> None:
    """Of two tokens, or of a token and the output: then it is no coefficient, but a vector."""
    every = contractions.matchings

    def fewer(counts: Sequence[int], *least: tuple[int, int]) -> Iterator[tuple[tuple[int, int], ...]]:
        return (pairs for pairs in every(counts, *least) if left_out not in pairs)

    monkeypatch.setattr(contractions, "matchings", fewer)
    assert verdicts(Problem("Y: d n -> ", group="O(d)"), [4], {"d": 3, "n": 2}) == {"violated"}


def test_a_determinant_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contractions, "combinations", lambda slots, size: ())
    monkeypatch.setattr(contractions, "_levi_civita", None)
    assert verdicts(Problem("Y: d n -> d", group="SO(d)"), [2], {"d": 3, "n": 2}) == {"violated"}


# ---------------------------------------------------------------------------------------------------------------
# Primes, limits, errors


@pytest.mark.parametrize("prime", [2, 3, 5])
def test_an_unlucky_prime_changes_no_verdict(monkeypatch: pytest.MonkeyPatch, prime: int) -> None:
    monkeypatch.setattr(completeness, "PRIME", prime)
    problem = Problem("X: d n -> d n", group="O(d) x S(n)")
    found = check_completeness(problem, [1, 3, 5], [{"d": 2, "n": 3}])
    assert found.verdict == "holds" and found.detail == "dimension 2, 10, 32 in degree 1, 3, 5 at d=2, n=3"
    rotations = Problem("Y: d n -> ", group="SO(d)", d=2, n=3)
    assert check_completeness(rotations, [2], determinants=False).verdict == "violated"
    # The upper bound is one, and is not reached at these primes.
    assert equivariant_dimension(Problem("Y: d n -> ", group="O(d)", d=3, n=2), 4) >= 6


@pytest.mark.parametrize(
    ("line", "group", "degree", "sizes", "reason"),
    [
        ("Y: d n -> ", "O(d)", 20, {"d": 9, "n": 30}, "in degree 20 would take more than a few seconds"),
        ("Y: d n -> ", "O(d)", 400, {"d": 1, "n": 1}, "would take more than a few seconds"),
        ("Y: d n -> ", "O(d)", 2, {"d": 1000, "n": 2000}, "has 2000001 entries, more than 10000"),
        ("X: d n -> d n", "O(d) x S(n)", 2, {"d": 2, "n": 40}, "would take more than a few seconds"),
        ("M: d d d -> ", "O(d)", 8, {"d": 2}, "would take more than a few seconds"),
        ("Y: d n -> d", "SO(d)", 12, {"d": 12, "n": 13}, "would take more than a few seconds"),
    ],
    ids=str,
)
def test_what_is_too_large_is_inconclusive_and_says_so(
    line: str, group: str, degree: int, sizes: dict[str, int], reason: str
) -> None:
    small = dict.fromkeys(sizes, 1)
    found = check_completeness(Problem(line, group=group), [degree], [small, sizes])
    assert (found.verdict, found.skipped) in (("inconclusive", 1), ("inconclusive", 2))
    assert reason in found.detail and f"d={sizes['d']}" in found.detail


def test_a_violation_is_told_though_another_size_is_too_large() -> None:
    sizes = [{"d": 30, "n": 40}, {"d": 2, "n": 3}]
    found = check_completeness(Problem("Y: d n -> ", group="SO(d)"), [2, 8], sizes, determinants=False)
    assert found.verdict == "violated" and found.sizes == ({"d": 2, "n": 3},)


def test_nothing_but_zero_is_inconclusive() -> None:
    odd = check_completeness(Problem("Y: d n -> ", group="O(d)"), [1, 3], [{"d": 3, "n": 2}])
    assert (odd.verdict, odd.detail) == ("inconclusive", "nothing but zero: dimension 0, 0 in degree 1, 3 at d=3, n=2")
    for degrees, sizes in (([], [{"d": 3, "n": 2}]), ([2], [])):
        found = check_completeness(Problem("Y: d n -> ", group="O(d)"), degrees, sizes)
        assert (found.verdict, found.detail) == ("inconclusive", "no degree or no size was given")


def test_a_long_counterexample_is_cut() -> None:
    found = check_completeness(Problem("Y: d n -> ", group="SO(d)", d=4, n=4), [6], determinants=False)
    assert found.counterexample is not None
    assert found.counterexample.values["f"].count("*Y") == 100 and found.counterexample.values["f"].endswith("terms)")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2],), "axis 'd' of 'Y: d n -> ' has no size yet; give one, for example at(d=3)"),
        ((2,), "degrees and sizes are lists, of one or more"),
        (([2], {"d": 2, "n": 3}), "degrees and sizes are lists, of one or more"),
        (([-1], [{"d": 2, "n": 3}]), "the degree is a natural number, or such numbers by input ({'Y': 1}), not -1"),
        (([{"Y": "2"}], [{"d": 2, "n": 3}]), "the degree in Y is a natural number, not '2'"),
        (([{"X": 2}], [{"d": 2, "n": 3}]), "'Y: d n -> ' has no input 'X'; its inputs are Y"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_errors_say_what_is_wrong(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(UsageError) as error:
        check_completeness(Problem("Y: d n -> ", group="O(d)"), *arguments)  # type: ignore[arg-type]
    assert str(error.value).startswith(message)


def test_a_factor_of_which_no_generators_are_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("Y: d n -> ", group="O(d)", d=2, n=3)
    monkeypatch.setitem(KINDS, "O", replace(KINDS["O"], invariants=None))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"what generates the polynomial invariants of O\(d\) is not known here"):
        check_completeness(problem, [2])
    assert equivariant_dimension(problem, 2) == 6


def test_nothing_that_it_is_evidence_for_is_loaded() -> None:
    program = (
        "import sys, symmetry.completeness.check as c; from symmetry.problem import Problem; "
        "c.check_completeness(Problem('X: d n -> d n', group='O(d) x S(n)', d=2, n=3), [3]); "
        "print(*sorted({'sympy', 'numpy', 'rich'} & set(sys.modules)), "
        "*sorted(name for name in sys.modules if name.startswith(('symmetry.invariants', 'symmetry.characters'))))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


def test_evidence_of_this_kind_needs_a_space_that_was_compared() -> None:
    assert Evidence("complete", "holds", samples=1).verdict == "holds"


def test_an_input_without_a_degree_has_degree_zero() -> None:
    problem = Problem("X: d n, Z: d m -> ", group="O(d)", d=2, n=3, m=1)
    assert equivariant_dimension(problem, {"X": 2}) == equivariant_dimension(problem, {"X": 2, "Z": 0}) == 6


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_two_groups_of_rotations_have_the_dimensions_of_their_characters(degree: int) -> None:
    problem = Problem("M: d e -> ", group="SO(d) x SO(e)", d=2, e=2)
    assert equivariant_dimension(problem, degree) == dimension(problem, degree)
