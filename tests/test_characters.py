"""Dimensions from characters against linear algebra, tables and counts of tableaux; shapes against torus integrals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import comb, prod

import pytest
from flint import nmod_mat

from symmetry.characters import averages
from symmetry.characters.averages import average, average_by_shapes, average_over_classes
from symmetry.characters.dimensions import character, dimension
from symmetry.errors import SymmetryError, UsageError
from symmetry.groups import KINDS
from symmetry.partitions import Partition, partitions
from symmetry.problem import Problem, Tensor

P = 2**61 - 1

Changed = Callable[..., None]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Changed]:
    """Changes fields of a kind of group for one test."""
    caches = (average, averages._stripped, averages._families)

    def change(name: str, **fields: object) -> None:
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], **fields))
        for cached in caches:
            cached.cache_clear()

    yield change
    for cached in caches:
        cached.cache_clear()


# ---------------------------------------------------------------------------------------------------------------
# Linear algebra: a polynomial map is equivariant when it commutes with reflection, infinitesimal rotations and
# transpositions. Nothing here knows of characters.

Matrix = list[list[int]]


def generators(name: str, size: int) -> Iterator[tuple[Matrix, bool]]:
    """Generators of a group, as matrices; those that are infinitesimal with a mark."""
    unit = [[int(i == j) for j in range(size)] for i in range(size)]
    if name == "S":
        for i in range(size - 1):
            yield [*unit[:i], unit[i + 1], unit[i], *unit[i + 2 :]], False
        return
    if name == "O":
        yield [[-1] + [0] * (size - 1), *unit[1:]], False
    for i, j in combinations(range(size), 2):
        yield [[(a, b) == (i, j) or -((a, b) == (j, i)) for b in range(size)] for a in range(size)], True


def kron(factors: list[Matrix]) -> Matrix:
    rows = [range(len(f)) for f in factors]
    places = list(product(*rows))
    return [[prod(f[i][j] for f, i, j in zip(factors, a, b)) for b in places] for a in places]


def on_tensor(problem: Problem, tensor: Tensor, axis: object, matrix: Matrix, infinitesimal: bool) -> Matrix:
    units = [[[int(i == j) for j in range(s)] for i in range(s)] for s in problem.shape(tensor)]
    places = [i for i, one in enumerate(tensor.axes) if one == axis]
    if not infinitesimal:
        return kron([matrix if i in places else unit for i, unit in enumerate(units)])
    found = [[0] * prod(problem.shape(tensor)) for _ in range(prod(problem.shape(tensor)))]
    for place in places:
        summand = kron([matrix if i == place else unit for i, unit in enumerate(units)])
        found = [[x + y for x, y in zip(*rows)] for rows in zip(found, summand)]
    return found


def block(matrices: list[Matrix]) -> Matrix:
    size = sum(map(len, matrices))
    found = [[0] * size for _ in range(size)]
    start = 0
    for m in matrices:
        for i, row in enumerate(m):
            found[start + i][start : start + len(m)] = row
        start += len(m)
    return found


def substituted(monomial: tuple[int, ...], g: Matrix) -> dict[tuple[int, ...], int]:
    """The monomial in the coordinates of g x."""
    found = {(): 1}
    for variable in monomial:
        step: dict[tuple[int, ...], int] = {}
        for known, c in found.items():
            for j, entry in enumerate(g[variable]):
                if entry:
                    key = tuple(sorted((*known, j)))
                    step[key] = step.get(key, 0) + c * entry
        found = step
    return found


def derived(monomial: tuple[int, ...], a: Matrix) -> dict[tuple[int, ...], int]:
    """The derivative of the monomial along x -> a x."""
    found: dict[tuple[int, ...], int] = {}
    for place, variable in enumerate(monomial):
        rest = monomial[:place] + monomial[place + 1 :]
        for j, entry in enumerate(a[variable]):
            if entry:
                key = tuple(sorted((*rest, j)))
                found[key] = found.get(key, 0) + entry
    return found


def by_linear_algebra(problem: Problem, degree: int | Mapping[str, int]) -> int:
    """Solutions f(gx) = g f(x), for g in generators: columns are monomials times vectors of the output."""
    sizes = [prod(problem.shape(tensor)) for tensor in problem.inputs]
    owner = [i for i, size in enumerate(sizes) for _ in range(size)]
    total = degree if isinstance(degree, int) else sum(degree.values())
    monomials = [
        m
        for m in combinations_with_replacement(range(len(owner)), total)
        if isinstance(degree, int)
        or all(sum(owner[v] == i for v in m) == degree.get(n, 0) for i, n in enumerate(problem.names))
    ]
    outputs = sum(prod(problem.shape(tensor)) for tensor in problem.outputs)
    column = {(m, w): i for i, (m, w) in enumerate(product(monomials, range(outputs)))}
    rows: list[list[int]] = []
    for factor in problem.group:
        for matrix, infinitesimal in generators(factor.name, problem.size(factor.axis)):
            tensors = (problem.inputs, problem.outputs)
            g, h = (block([on_tensor(problem, t, factor.axis, matrix, infinitesimal) for t in ts]) for ts in tensors)
            equations: dict[tuple[tuple[int, ...], int], dict[int, int]] = {}
            for (m, w), place in column.items():
                for key, c in (derived if infinitesimal else substituted)(m, g).items():
                    row = equations.setdefault((key, w), {})
                    row[place] = row.get(place, 0) + c
                for v in range(outputs):
                    if h[v][w]:
                        row = equations.setdefault((m, v), {})
                        row[place] = row.get(place, 0) - h[v][w]
            for sparse in equations.values():
                dense = [0] * len(column)
                for place, c in sparse.items():
                    dense[place] = c % P
                rows.append(dense)
    if not rows or not column:
        return len(column)
    return len(column) - nmod_mat(len(rows), len(column), [x for row in rows for x in row], P).rank()


SMALL = [
    ("X: d n -> ", "O(d)", {"d": 2, "n": 3}, 4),
    ("X: d n -> ", "SO(d)", {"d": 2, "n": 3}, 4),
    ("X: d n -> d n", "SO(d)", {"d": 2, "n": 2}, 3),
    ("X: d n -> d", "SO(d)", {"d": 3, "n": 2}, 4),
    ("X: d n -> d", "O(d)", {"d": 3, "n": 2}, 4),
    ("X: d n -> d d", "SO(d)", {"d": 3, "n": 1}, 3),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"d": 2, "n": 2, "m": 1}, 3),
    ("X: d n -> d n", "O(d) x S(n)", {"d": 2, "n": 3}, 3),
    ("X: d n -> n n", "O(d) x S(n)", {"d": 2, "n": 3}, 2),
    ("X: 3 n -> 3", "O(3)", {"n": 2}, 3),
    ("M: d d -> ", "O(d)", {"d": 2}, 4),
    ("M: d d -> d d", "SO(d)", {"d": 2}, 3),
    ("M: d d, X: d -> d", "O(d)", {"d": 2}, 3),
    ("M: d d -> d d", "O(d)", {"d": 3}, 2),
    ("T: d d d -> ", "O(d)", {"d": 2}, 2),
    ("X: d e -> ", "O(d) x O(e)", {"d": 2, "e": 3}, 4),
    ("X: d e -> d e", "SO(d) x O(e)", {"d": 2, "e": 2}, 3),
    ("A: n n -> n", "S(n)", {"n": 3}, 3),
    ("A: n n -> n n", "S(n)", {"n": 3}, 2),
    ("a: n, s: -> n, ()", "S(n)", {"n": 3}, 3),
    ("s: 2, X: d n -> 2 d", "O(d)", {"d": 2, "n": 1}, 3),
    ("X: d n -> d, n, ()", "O(d) x S(n)", {"d": 1, "n": 3}, 3),
    ("X: d n -> d", "SO(d)", {"d": 1, "n": 3}, 2),
    ("X: n -> d d", "O(d) x S(n)", {"d": 3, "n": 2}, 2),
    ("X: n -> e", "SO(e)", {"n": 2, "e": 3}, 2),
    ("X: m n -> m", "S(n)", {"n": 3, "m": 2}, 2),
]


@pytest.mark.parametrize(("line", "group", "sizes", "most"), SMALL, ids=lambda value: str(value))
def test_dimensions_are_those_of_linear_algebra(line: str, group: str, sizes: dict[str, int], most: int) -> None:
    problem = Problem(line, group, **sizes)
    found = [dimension(problem, k) for k in range(most + 1)]
    assert found == [by_linear_algebra(problem, k) for k in range(most + 1)]


MULTIGRADED = [
    ("X: d n, Z: d m -> d", "O(d) x S(n)", {"d": 2, "n": 2, "m": 1}, {"X": 2, "Z": 1}),
    ("X: d n, Z: d m -> d", "O(d) x S(n)", {"d": 2, "n": 2, "m": 1}, {"Z": 3}),
    ("X: d n, Z: d m -> ", "SO(d) x S(n)", {"d": 2, "n": 2, "m": 2}, {"X": 3, "Z": 1}),
    ("d, M: d d -> d", "O(d)", {"d": 2}, {"X1": 1, "M": 2}),
    ("d, M: d d -> d", "O(d)", {"d": 2}, {}),
]


@pytest.mark.parametrize(("line", "group", "sizes", "degree"), MULTIGRADED, ids=lambda value: str(value))
def test_dimensions_in_each_input_are_those_of_linear_algebra(
    line: str, group: str, sizes: dict[str, int], degree: dict[str, int]
) -> None:
    problem = Problem(line, group, **sizes)
    assert dimension(problem, degree) == by_linear_algebra(problem, degree)


@pytest.mark.parametrize("degree", [0, 1, 4, 5])
def test_degrees_in_each_input_add_up_to_the_total(degree: int) -> None:
    problem = Problem("X: d n, Z: d m, s: -> d n, ()", "SO(d) x S(n)", d=3, n=4, m=2)
    parts = [dict(zip("XZs", (i, j, degree - i - j))) for i in range(degree + 1) for j in range(degree + 1 - i)]
    assert sum(dimension(problem, part) for part in parts) == dimension(problem, degree)


# ---------------------------------------------------------------------------------------------------------------
# Two ways to average


@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("kind", ["O", "SO"])
def test_averages_by_shapes_are_the_torus_integrals(kind: str, size: int) -> None:
    cases = [mu for weight in range(9 if size < 6 else 7) for mu in partitions(weight)]
    assert {mu: average_by_shapes(kind, size, mu) for mu in cases} == {
        mu: average_over_classes(kind, size, mu) for mu in cases
    }


def gaussian(powers: Partition) -> int:
    """The average over O(d) for d at least half the weight (Diaconis, Shahshahani 1994, theorem 4)."""
    found = 1
    for j in set(powers):
        a = powers.count(j)
        moments = [0 if i % 2 else j ** (i // 2) * prod(range(1, i, 2)) for i in range(a + 1)]
        found *= moments[a] if j % 2 else sum(comb(a, i) * moments[i] for i in range(a + 1))
    return found


@pytest.mark.parametrize("weight", range(13))
def test_averages_are_gaussian_up_to_twice_the_size_and_not_beyond(weight: int) -> None:
    smallest = max(1, -(-weight // 2))
    for mu in partitions(weight):
        assert {average("O", size, mu) for size in (smallest, smallest + 1, 40)} == {gaussian(mu)}
        assert {average("SO", size, mu) for size in (weight + 1, 40)} == {gaussian(mu)}
    if smallest > 1 and weight % 2 == 0:
        assert any(average("O", smallest - 1, mu) != gaussian(mu) for mu in partitions(weight))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_moments_of_the_trace_count_tableaux(size: int) -> None:
    """Invariant tensors of O(d): standard tableaux with even columns, of at most d columns, transposed."""

    def tableaux(shape: Partition) -> int:
        if not shape:
            return 1
        smaller = ((*shape[:i], row - 1, *shape[i + 1 :]) for i, row in enumerate(shape))
        return sum(tableaux(tuple(row for row in s if row)) for s in smaller if list(s) == sorted(s, reverse=True))

    for half in range(5):
        even = sum(tableaux(tuple(2 * row for row in mu)) for mu in partitions(half, most=size))
        assert average("O", size, (1,) * (2 * half)) == even


def test_a_kind_without_shapes_is_integrated_over_its_classes(changed: Changed) -> None:
    problems = [
        Problem("X: d n, Z: d m -> d n", "O(d) x S(n)", d=3, n=2, m=2),
        Problem("M: d d, X: d n -> d", "SO(d)", d=4, n=2),
    ]
    expected = [dimension(problem, 3) for problem in problems]
    for kind in ("O", "SO"):
        changed(kind, invariant_shapes=None)
    assert [dimension(problem, 3) for problem in problems] == expected


# ---------------------------------------------------------------------------------------------------------------
# Published numbers

PUBLISHED = {
    # A007717: multigraphs with loops; the Gram entries of many vectors are the edges.
    "multigraphs": ("X: d n -> ", "O(d) x S(n)", {"d": 5, "n": 10}, range(0, 11, 2), (1, 2, 7, 23, 79, 274)),
    # A050531 = A327728 + A002620: multigraphs with loops on three nodes.
    "three nodes": ("X: d n -> ", "O(d) x S(n)", {"d": 3, "n": 3}, range(0, 11, 2), (1, 2, 6, 14, 28, 52)),
    # A007716: matrices up to the order of rows and columns.
    "matrices": ("A: n m -> ", "S(n) x S(m)", {"n": 6, "m": 7}, range(7), (1, 1, 4, 10, 33, 91, 298)),
    # A136564: directed multigraphs with loops, by the number of nodes that carry arcs.
    "digraphs": ("A: n n -> ", "S(n)", {"n": 10}, range(6), (1, 2, 11, 52, 296, 1724)),
    "four nodes": ("A: n n -> ", "S(n)", {"n": 4}, range(6), (1, 2, 11, 47, 198, 713)),
    # A005380: bipartite partitions of all pairs with one sum.
    "pairs": ("X: 2 n -> ", "S(n)", {"n": 6}, range(7), (1, 2, 6, 14, 33, 70, 149)),
    # A000041, A000070: partitions; with one marked position.
    "partitions": ("x: n -> ", "S(n)", {"n": 10}, range(11), (1, 1, 2, 3, 5, 7, 11, 15, 22, 30, 42)),
    "marked": ("x: n -> n", "S(n)", {"n": 9}, range(8), (1, 2, 4, 7, 12, 19, 30, 45)),
    # Linear maps between tensors that commute with S(n): Bell numbers, fewer at small n (H. Maron et al., 2019).
    "layers": ("A: n n -> n n", "S(n)", {"n": 5}, (1,), (15,)),
    "layers 2": ("A: n n -> n n", "S(n)", {"n": 3}, (1,), (14,)),
    "layers 3": ("A: n n n -> n n n", "S(n)", {"n": 6}, (1,), (203,)),
    # A001147: linear maps between tensors that commute with O(d), d large.
    "pairings": ("A: d d d -> d d d", "O(d)", {"d": 3}, (1,), (15,)),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_numbers(case: str) -> None:
    line, group, sizes, degrees, numbers = PUBLISHED[case]
    problem = Problem(line, group, **sizes)
    assert tuple(dimension(problem, k) for k in degrees) == numbers


# Degrees of a system of parameters and of the other module generators: one square matrix under conjugation.
# d = 2: tr M, tr M², tr MMᵀ; for rotations the skew part, not its square. d = 3: a symmetric matrix S and an axial
# vector a, with parameters tr S, tr S², tr S³, a·a, a·Sa, a·S²a and the determinant (a, Sa, S²a).
CONJUGATION = {
    ("O", 2): ((1, 2, 2), (0,)),
    ("SO", 2): ((1, 1, 2), (0,)),
    ("O", 3): ((1, 2, 2, 3, 3, 4), (0, 6)),
    ("SO", 3): ((1, 2, 2, 3, 3, 4), (0, 6)),
}


@pytest.mark.parametrize(("group", "degrees"), CONJUGATION.items(), ids=lambda value: str(value))
def test_invariants_of_one_matrix(group: tuple[str, int], degrees: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    name, size = group
    expected = [0] * 11
    for k in degrees[1]:
        expected[k] += 1
    for a in degrees[0]:
        for k in range(a, 11):
            expected[k] += expected[k - a]
    problem = Problem("M: d d -> ", f"{name}(d)", d=size)
    assert [dimension(problem, k) for k in range(11)] == expected


def hooks(shape: Partition, n: int) -> int:
    """dim S_λ(ℂⁿ) by contents and hooks."""
    columns = [sum(row > j for row in shape) for j in range(max(shape, default=0))]
    cells = [(i, j) for i, row in enumerate(shape) for j in range(row)]
    top = prod(n + j - i for i, j in cells)
    return top // prod(shape[i] - j + columns[j] - i - 1 for i, j in cells)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 6])
def test_invariants_of_vectors_are_sums_of_representations_of_even_shape(d: int, n: int) -> None:
    orthogonal = Problem("X: d n -> ", "O(d)", d=d, n=n)
    rotations = Problem("X: d n -> ", "SO(d)", d=d, n=n)
    for k in range(11):
        even = sum(hooks(tuple(2 * row for row in mu), n) for mu in partitions(k // 2, most=min(d, n)) if k % 2 == 0)
        odd = sum(hooks(mu, n) for mu in partitions(k, most=d) if len(mu) == d and all(row % 2 for row in mu))
        assert dimension(orthogonal, k) == even
        assert dimension(rotations, k) == even + odd
        # Determinants need d vectors, and add themselves in odd numbers.
        assert (odd > 0) == (n >= d and k >= d and (k - d) % 2 == 0)


@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_without_a_group_all_monomials_count(degree: int) -> None:
    problem = Problem("X: 2 3, s: -> 4, ()", "1")
    assert dimension(problem, degree) == 5 * comb(7 + degree - 1, degree)


def test_a_factor_that_acts_on_the_output_alone_selects_its_invariants() -> None:
    assert dimension(Problem("s: -> d d, n", "O(d) x S(n)", d=3, n=2), 4) == 2
    assert dimension(Problem("s: -> d d d", "SO(d)", d=3), 4) == 1
    assert dimension(Problem("s: -> d", "O(d)", d=3), 4) == 0


def test_many_sizes_are_no_matter_where_nothing_depends_on_them() -> None:
    """A factor that no monomial meets is not averaged; shapes of a low weight are few in any dimension."""
    assert dimension(Problem("x: n, s: -> ", "S(n)", n=1000), {"s": 7}) == 1
    assert dimension(Problem("X: d n -> d n", "O(d)", d=4096, n=512), 3) == 512**2 * comb(513, 2)


def test_characters_count_every_axis() -> None:
    problem = Problem("M: d d 3, N: d d 2, X: d n, s: -> n n, n", "O(d) x S(n)", d=5, n=4)
    assert character(problem, problem.inputs) == {(2, 0): 5, (1, 1): 1, (0, 0): 1}
    assert character(problem, problem.outputs) == {(0, 2): 1, (0, 1): 1}


# ---------------------------------------------------------------------------------------------------------------
# Planted bugs


def test_a_group_without_its_reflections_is_noticed(changed: Changed) -> None:
    problem = Problem("X: d n -> d", "O(d)", d=2, n=2)
    right = [dimension(problem, k) for k in range(4)]
    assert right == [by_linear_algebra(problem, k) for k in range(4)]
    rotations = KINDS["SO"]
    for change in (
        {"invariant_shapes": rotations.invariant_shapes},
        {"invariant_shapes": None, "classes": rotations.classes},
    ):
        changed("O", **change)
        assert [dimension(problem, k) for k in range(4)] != right


def test_a_component_with_a_wrong_share_is_noticed(changed: Changed) -> None:
    """The second component of O(d) in even size with a share that is not one half."""
    classes = KINDS["O"].classes

    def wrong(size: int) -> Iterator[object]:
        first, second = classes(size)
        yield first
        yield replace(second, weight=Fraction(1, 3))

    problem = Problem("X: d n -> ", "O(d)", d=2, n=2)
    changed("O", invariant_shapes=None, classes=wrong)
    with pytest.raises(SymmetryError, match="no average of a character"):
        dimension(problem, 2)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_first_moment_of_the_trace_that_is_not_stable(size: int) -> None:
    """All pair partitions but one tableau: one of shape (2, …, 2) with a row too many, of which there are Catalan."""
    k = size + 1
    pairings = prod(range(1, 2 * k, 2))
    catalan = comb(2 * k, k) // (k + 1)
    assert average("O", size, (1,) * (2 * k)) == pairings - catalan
    assert average("O", size + 1, (1,) * (2 * k)) == pairings


@pytest.mark.parametrize("weight", range(1, 9))
def test_averages_over_permutations_are_stable_where_the_data_say_so(weight: int) -> None:
    stable = KINDS["S"].stable_size
    assert stable is not None
    for powers in partitions(weight):
        at = [average_over_classes("S", size, powers) for size in (stable(weight), weight + 1, weight + 3)]
        assert len(set(at)) == 1
        assert average("S", 10**6, powers) == at[0]
    identity = (1,) * weight  # Bell numbers, which smaller groups do not reach
    assert weight == 1 or average_over_classes("S", weight - 1, identity) < average_over_classes("S", weight, identity)


# ---------------------------------------------------------------------------------------------------------------
# What is refused

VECTORS = Problem("X: d n, Z: d m -> d n", "O(d) x S(n)", d=3, n=4, m=2)
REFUSED = {
    "symbolic": (Problem("X: d n -> ", "O(d)", d=3), 2, "axis 'n' of 'X: d n -> ' has no size yet"),
    "symbolic output": (Problem("X: d -> d n", "O(d)", d=3), 2, "axis 'n'"),
    "negative": (VECTORS, -1, "the degree is a natural number, or such numbers by input .*, not -1"),
    "truth": (VECTORS, True, "not True"),
    "half": (VECTORS, 1.5, "not 1.5"),
    "negative in one": (VECTORS, {"X": 3, "Z": -2}, "not -2"),
    "unknown": (VECTORS, {"X": 1, "Y": 1}, "has no input 'Y'; its inputs are X, Z"),
    "high": (VECTORS, 60, "products of power sums, and the limit is"),
    "highest": (VECTORS, 10**9, "take a lower degree, or the degree in each input"),
    "high in one": (VECTORS, {"X": 10**9}, "and degree 200"),
    "matrices": (Problem("M: d d -> ", "O(d)", d=30), 26, "values of characters, and the limit is"),
}


def test_too_many_classes_are_refused() -> None:
    with pytest.raises(UsageError, match=r"S\(45\) has more than 20000 conjugacy classes"):
        average_over_classes("S", 45, (1,))


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_counted_is_refused_with_advice(case: str) -> None:
    problem, degree, message = REFUSED[case]
    with pytest.raises(UsageError, match=message):
        dimension(problem, degree)
