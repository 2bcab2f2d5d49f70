"""Standard monomials: against brute force, ranks modulo a prime, characters, and counts from the literature."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, combinations_with_replacement, islice, pairwise
from math import comb, prod

import pytest
from flint import nmod, nmod_mat

from symmetry.checks.computed.counts import independent
from symmetry.errors import UsageError
from symmetry.invariants import standard
from symmetry.invariants.standard import (
    determinantal_dimension,
    dimension,
    is_standard,
    longest_chain,
    standard_determinantal_monomials,
    standard_monomials,
)

PRIME = 2**61 - 1

# Sizes of the inputs, d, degrees, marked vectors.
CASES = [
    ((3,), 1, (6,), 0),
    ((3,), 2, (6,), 0),
    ((5,), 2, (6,), 0),
    ((4,), 3, (8,), 0),
    ((2,), 3, (8,), 0),
    ((6,), 1, (4,), 0),
    ((1,), 1, (8,), 0),
    ((3,), 2, (5,), 1),
    ((3,), 1, (5,), 1),
    ((2,), 1, (4,), 2),
    ((3,), 1, (3,), 3),
    ((2,), 2, (5,), 3),
    ((1,), 2, (4,), 4),
    ((2,), 3, (4,), 4),
    ((2, 3), 2, (3, 3), 0),
    ((3, 1, 2), 1, (2, 3, 1), 0),
    ((1, 2, 1), 2, (4, 1, 3), 0),
    ((2, 2), 1, (1, 4), 1),
    ((1, 3), 3, (5, 3), 0),
    ((1, 1, 1, 1, 1, 1), 2, (1, 1, 2, 1, 2, 1), 0),
    ((2, 2), 4, (2, 3), 3),
    ((2, 0, 3), 2, (2, 0, 4), 0),
    ((0,), 2, (0,), 2),
]
DETERMINANTAL_CASES = [
    ((3,), 1, (5,), 0),
    ((4,), 2, (4,), 0),
    ((3,), 2, (6,), 0),
    ((4,), 3, (5,), 0),
    ((5,), 4, (6,), 0),
    ((2,), 2, (8,), 0),
    ((3,), 1, (4,), 1),
    ((3,), 2, (3,), 1),
    ((2,), 2, (6,), 2),
    ((2,), 3, (5,), 2),
    ((1,), 2, (5,), 3),
    ((2,), 3, (3,), 4),
    ((2, 3), 2, (3, 1), 0),
    ((2, 1, 2), 3, (1, 3, 1), 0),
    ((3, 2), 1, (1, 4), 2),
    ((1, 2), 2, (3, 2), 1),
    ((1, 1, 1, 1, 1), 2, (2, 1, 1, 2, 2), 0),
    ((1, 0, 3), 3, (2, 0, 3), 0),
]
EDGES = [  # no vectors, no dimension, odd, an empty input with a degree, too few vectors for a determinant
    ((0,), 0, (0,), 0),
    ((0,), 3, (2,), 0),
    ((3,), 0, (0,), 0),
    ((3,), 0, (4,), 0),
    ((2,), 2, (3,), 0),
    ((2, 0), 1, (1, 1), 0),
    ((2,), 5, (4,), 0),
    ((), 2, (), 0),
    ((0,), 1, (0,), 1),
]


def name(case: tuple[Sequence[int], int, Sequence[int], int]) -> str:
    sizes, d, degrees, marked = case
    return f"{'+'.join(map(str, sizes))}@d{d},deg{'+'.join(map(str, degrees))}" + f",{marked}marked" * bool(marked)


def flat(case: tuple[Sequence[int], int, Sequence[int], int]) -> tuple[Sequence[int], int, Sequence[int]]:
    """The same case with marked vectors as inputs of one vector and degree 1."""
    sizes, d, degrees, marked = case
    return (1,) * marked + tuple(sizes), d, (1,) * marked + tuple(degrees)


def monomials(sizes: Sequence[int], degrees: Sequence[int]) -> Iterator[standard.Monomial]:
    """Every monomial of these degrees, by trying all products."""
    owner = [index for index, n in enumerate(sizes) for _ in range(n)]
    pairs = list(combinations_with_replacement(range(len(owner)), 2))
    if sum(degrees) % 2 == 0:
        for monomial in combinations_with_replacement(pairs, sum(degrees) // 2):
            used = [owner[vector] for pair in monomial for vector in pair]
            if [used.count(index) for index in range(len(sizes))] == list(degrees):
                yield monomial


def has_chain(monomial: standard.Monomial, length: int) -> bool:
    """By the definition; monomials are sorted, and so are chains."""
    return any(
        all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(some))
        for some in combinations(monomial, length)
    )


def determinantal(case: tuple[Sequence[int], int, Sequence[int], int]) -> Iterator[tuple[tuple[int, ...], tuple]]:
    """Every determinant times a monomial of these degrees."""
    sizes, d, degrees = flat(case)
    owner = [index for index, n in enumerate(sizes) for _ in range(n)]
    for picked in combinations(range(len(owner)), d):
        used = [owner[vector] for vector in picked]
        left = [degree - used.count(index) for index, degree in enumerate(degrees)]
        if min(left) >= 0:
            yield from ((picked, monomial) for monomial in monomials(sizes, left))


def rank_of(elements: Sequence[tuple[tuple[int, ...], standard.Monomial]], N: int, d: int) -> int:
    """The rank modulo a prime of det[y_I] · monomial, evaluated at random vectors; det of nothing is 1."""
    rng = random.Random(f"{N} {d} {len(elements)}")
    rows = []
    for _ in range(len(elements) + 2):
        Y = nmod_mat(d, N, [rng.randrange(PRIME) for _ in range(d * N)], PRIME)
        G = (Y.transpose() * Y).tolist()
        determinants = {
            chosen: nmod_mat(d, d, [Y[i, j] for i in range(d) for j in chosen], PRIME).det()
            if chosen
            else nmod(1, PRIME)
            for chosen in {chosen for chosen, _ in elements}
        }
        rows.append([prod((G[a][b] for a, b in m), start=determinants[chosen]) for chosen, m in elements])
    return nmod_mat(len(rows), len(elements), [int(x) for row in rows for x in row], PRIME).rank() if elements else 0


def is_basis(case: tuple[Sequence[int], int, Sequence[int], int], enumerate_: Callable[..., Iterator[tuple]]) -> bool:
    """Whether the enumerated monomials are independent as functions, and as many as the rank of all monomials."""
    sizes, d, degrees = flat(case)
    found = [((), monomial) for monomial in enumerate_(sizes, d, degrees)]
    everything = [((), monomial) for monomial in monomials(sizes, degrees)]
    return rank_of(found, sum(sizes), d) == len(found) == rank_of(everything, sum(sizes), d)


def is_determinantal_basis(
    case: tuple[Sequence[int], int, Sequence[int], int], enumerate_: Callable[..., Iterator[tuple]]
) -> bool:
    sizes, d, degrees = flat(case)
    found = list(enumerate_(sizes, d, degrees))
    return rank_of(found, sum(sizes), d) == len(found) == rank_of(list(determinantal(case)), sum(sizes), d)


# ---------------------------------------------------------------------------------------------------------------
# What is enumerated.


@pytest.mark.parametrize("case", [*CASES, *EDGES], ids=name)
def test_enumeration_is_the_definition_in_lexicographic_order(case) -> None:
    sizes, d, degrees, marked = case
    expected = [m for m in monomials(*flat(case)[::2]) if not has_chain(m, d + 1)]
    assert list(standard_monomials(sizes, d, degrees, marked=marked)) == expected
    assert dimension(sizes, d, degrees, marked=marked) == len(expected)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_standard_monomials_are_a_basis(case) -> None:
    assert is_basis(case, standard_monomials)


@pytest.mark.parametrize("case", DETERMINANTAL_CASES, ids=name)
def test_determinantal_monomials_are_a_basis(case) -> None:
    sizes, d, degrees, marked = case
    found = list(standard_determinantal_monomials(sizes, d, degrees, marked=marked))
    assert len(set(found)) == len(found) == determinantal_dimension(sizes, d, degrees, marked=marked) > 0
    assert is_determinantal_basis(case, standard_determinantal_monomials)
    # The rule as it is stated: for j = 0, …, d, columns beyond i_j leave room for a chain of d − j.
    assert set(found) == {
        (chosen, m)
        for chosen, m in determinantal(case)
        if not any(has_chain(tuple(g for g in m if j == 0 or g[1] > chosen[j - 1]), d - j + 1) for j in range(d + 1))
    }


@pytest.mark.parametrize("case", EDGES, ids=name)
def test_no_determinants_at_the_edges(case) -> None:
    sizes, d, degrees, marked = case
    found = list(standard_determinantal_monomials(sizes, d, degrees, marked=marked))
    assert len(found) == determinantal_dimension(sizes, d, degrees, marked=marked)
    assert found == ([((0,), ())] if case == ((0,), 1, (0,), 1) else [])


def test_random_cases_have_no_dead_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every prefix of the search leads to a monomial, and the count by characters is the count of the list."""
    nodes = []
    plain = standard._Tree.following

    def following(self: standard._Tree, *state: object) -> int:
        found = plain(self, *state)
        nodes.append(found)
        return found

    monkeypatch.setattr(standard._Tree, "following", following)
    rng = random.Random(7)
    for _ in range(400):
        sizes = [rng.randint(1, 3) for _ in range(rng.randint(1, 4))]
        degrees = [rng.randint(0, 4) for _ in sizes]
        d, marked = rng.randint(1, 4), rng.randint(0, 3)
        if sum(degrees) + marked > 9:
            continue
        found = sum(1 for _ in standard_monomials(sizes, d, degrees, marked=marked))
        assert found == dimension(sizes, d, degrees, marked=marked), (sizes, d, degrees, marked)
        found = sum(1 for _ in standard_determinantal_monomials(sizes, d, degrees, marked=marked))
        assert found == determinantal_dimension(sizes, d, degrees, marked=marked), (sizes, d, degrees, marked)
    assert len(nodes) > 1000 and all(nodes)


def test_enumeration_is_lazy() -> None:
    """These have more than 10²⁰ elements."""
    assert len(list(islice(standard_monomials(40, 3, 30), 5))) == 5
    assert len(list(islice(standard_monomials((20, 20), 2, (14, 16), marked=2), 5))) == 5
    assert len(list(islice(standard_determinantal_monomials(40, 3, 31), 5))) == 5


def test_one_degree_for_several_inputs_is_the_total() -> None:
    assert list(standard_monomials((1, 2), 1, 4)) == list(standard_monomials(3, 1, 4))
    assert dimension((1, 2), 1, 4) == dimension(3, 1, 4) == sum(dimension((1, 2), 1, (k, 4 - k)) for k in range(5))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 2, 2), "vectors -1: a number of vectors is a whole number, at least 0"),
        ((2, True, 2), "d = True: a dimension"),
        ((2, 2, 1.5), "degree 1.5: a degree"),
        (((2, 1), 2, (2,)), "2 inputs but 1 degrees: give one degree to each input"),
        (((2, "x"), 2, (2, 2)), "vectors 'x'"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "function",
    [standard_monomials, standard_determinantal_monomials, dimension, determinantal_dimension],
    ids=lambda function: function.__name__,
)
def test_bad_sizes_are_refused_at_once(function, arguments, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        function(*arguments)


def test_longest_chain_is_longest() -> None:
    rng = random.Random(3)
    for _ in range(200):
        monomial = tuple(sorted(tuple(sorted(rng.choices(range(6), k=2))) for _ in range(rng.randint(0, 7))))
        found = longest_chain(rng.sample(monomial, len(monomial)))
        assert set(found) <= set(monomial)
        assert all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(found))
        assert not has_chain(monomial, len(found) + 1)
        assert is_standard(monomial, len(found)) and not (found and is_standard(monomial, len(found) - 1))


def test_import_is_light() -> None:
    code = "import sys, symmetry.invariants.standard; print({'sympy', 'flint', 'numpy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


# ---------------------------------------------------------------------------------------------------------------
# Counts from the literature.


@pytest.mark.parametrize(
    ("d", "of_SO"),
    [
        (1, [1, 1, 1, 1, 1, 1, 1, 1]),
        (2, [1, 0, 2, 0, 6, 0, 20, 0, 70, 0, 252]),  # central binomials
        (3, [1, 0, 1, 1, 3, 6, 15, 36, 91, 232, 603, 1585]),  # Riordan numbers, A005043
        (4, [1, 0, 1, 0, 4, 0, 25, 0, 196, 0, 1764]),  # squares of the Catalan numbers
    ],
    ids=["SO(1)", "SO(2)", "SO(3)", "SO(4)"],
)
def test_multilinear_invariants(d: int, of_SO: list[int]) -> None:
    ones = [(1,) * n for n in range(len(of_SO))]
    assert [dimension(one, d, one) + determinantal_dimension(one, d, one) for one in ones] == of_SO
    for one in ones[:9]:
        found = [*standard_monomials(one, d, one), *standard_determinantal_monomials(one, d, one)]
        assert len(found) == of_SO[len(one)]
        marked = [
            *standard_monomials(0, d, 0, marked=len(one)),
            *standard_determinantal_monomials(0, d, 0, marked=len(one)),
        ]
        assert marked == found


@pytest.mark.parametrize("N", [2, 4, 7])
def test_one_dimension_gives_the_even_polynomials(N: int) -> None:
    for k in range(12):
        expected = comb(N + k - 1, k)
        assert dimension(N, 1, k) == (0 if k % 2 else expected)
        assert determinantal_dimension(N, 1, k) == (expected if k % 2 else 0)


@pytest.mark.parametrize("N", [2, 3, 5, 6])
def test_one_relation_for_one_vector_too_many(N: int) -> None:
    """N = d + 1: the symmetric hypersurface det G = 0, of degree N."""
    generators = comb(N + 1, 2)
    for k in range(2 * N):
        lost = comb(generators + k - N - 1, k - N) if k >= N else 0
        assert dimension(N, N - 1, 2 * k) == comb(generators + k - 1, k) - lost


@pytest.mark.parametrize(("N", "d"), [(3, 1), (4, 2), (5, 2), (5, 3), (6, 3), (4, 1), (3, 5)])
def test_growth_gives_dimension_and_degree_of_the_variety(N: int, d: int) -> None:
    """The Hilbert polynomial has the degree of the variety in its leading term: J. Harris, L. Tu, 1984."""
    krull = independent(d, N)
    values = [dimension(N, d, 2 * k) for k in range(krull + 3)]
    for _ in range(krull - 1):
        values = [b - a for a, b in pairwise(values)]
    rank_drop = max(0, N - d)
    degree = prod(comb(N + a, rank_drop - a) for a in range(rank_drop))
    degree //= prod(comb(2 * a + 1, a) for a in range(rank_drop))
    assert values[-1] == values[-2] == degree


def test_the_number_of_independent_inner_products_is_the_rank_of_the_jacobian() -> None:
    rng = random.Random(5)
    for N, d in [(1, 1), (2, 3), (3, 2), (5, 2), (4, 4), (6, 3), (4, 0), (0, 4)]:
        Y = [[rng.randrange(PRIME) for _ in range(N)] for _ in range(d)]
        jacobian = [
            [(Y[i][b] if v == a else 0) + (Y[i][a] if v == b else 0) for i in range(d) for v in range(N)]
            for a, b in combinations_with_replacement(range(N), 2)
        ]
        entries = [entry for row in jacobian for entry in row]
        rank = nmod_mat(len(jacobian), d * N, entries, PRIME).rank() if entries else 0
        assert independent(d, N) == rank


def test_counts_stay_quick_when_there_are_too_many_to_list() -> None:
    """Two ways to the same large number: one input at a time, and the sum over all multidegrees."""
    total = dimension(50, 3, 40)
    assert total == sum(dimension((20, 30), 3, (k, 40 - k)) for k in range(41)) > 10**38
    assert dimension(50, 60, 40) == comb(1275 + 19, 20)
    assert dimension(30, 4, 19, marked=1) == dimension((1, 30), 4, (1, 19))
    assert determinantal_dimension(12, 5, 25) == sum(determinantal_dimension((5, 7), 5, (k, 25 - k)) for k in range(26))


# ---------------------------------------------------------------------------------------------------------------
# The checks above notice wrong rules.


def weak(monomial: standard.Monomial, length: int) -> bool:
    """A chain rule with ≤ instead of <, and not constant."""
    return any(
        all(low[0] <= high[0] and low[1] <= high[1] and low != high for low, high in pairwise(some))
        for some in combinations(monomial, length)
    )


def rows_only(monomial: standard.Monomial, length: int) -> bool:
    return any(all(low[0] < high[0] for low, high in pairwise(some)) for some in combinations(monomial, length))


WRONG_RULES = {
    "weak chains": lambda m, d: not weak(m, d + 1),
    "rows alone": lambda m, d: not rows_only(m, d + 1),
    "chains of d": lambda m, d: not has_chain(m, d),
    "chains of d+2": lambda m, d: not has_chain(m, d + 2),
    "leading terms of principal minors alone": lambda m, d: not has_chain(tuple((a, b) for a, b in m if a == b), d + 1),
    "antidiagonals": lambda m, d: (
        not any(
            all(low[0] < high[0] and low[1] > high[1] for low, high in pairwise(some))
            for some in combinations(m, d + 1)
        )
    ),
}


@pytest.mark.parametrize("rule", WRONG_RULES)
def test_wrong_chain_rule_is_no_basis(rule: str) -> None:
    def enumerate_(sizes: Sequence[int], d: int, degrees: Sequence[int]) -> Iterator[standard.Monomial]:
        return (m for m in monomials(sizes, degrees) if WRONG_RULES[rule](m, d))

    assert not all(is_basis(case, enumerate_) for case in CASES[:4])


PLANTED = {
    "weak in columns": lambda tree: setattr(tree, "columns_beyond", [sum(tree.columns), *tree.columns_beyond[:-1]]),
    "weak in rows": lambda tree: setattr(tree, "rows_from", [-1, *tree.rows_from[:-1]]),
    "no a ≤ b swap": lambda tree: setattr(tree, "columns", [mask & -mask for mask in tree.columns]),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_in_the_enumeration_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = standard._Tree.__init__

    def faulty(self: standard._Tree, sizes: Sequence[int]) -> None:
        plain(self, sizes)
        PLANTED[fault](self)

    monkeypatch.setattr(standard._Tree, "__init__", faulty)
    assert not all(is_basis(case, standard_monomials) for case in CASES[1:4])


WRONG_DETERMINANT_RULES = {
    "the monomial alone": lambda chosen, m, d: not has_chain(m, d + 1),
    "the last row alone": lambda chosen, m, d: not has_chain(m, d + 1) and all(b <= chosen[-1] for _, b in m),
    "rows in place of columns": lambda chosen, m, d: (
        not any(has_chain(tuple(g for g in m if j == 0 or g[0] > chosen[j - 1]), d - j + 1) for j in range(d + 1))
    ),
    "columns not smaller": lambda chosen, m, d: (
        not any(has_chain(tuple(g for g in m if j == 0 or g[1] >= chosen[j - 1]), d - j + 1) for j in range(d + 1))
    ),
}


@pytest.mark.parametrize("rule", WRONG_DETERMINANT_RULES)
def test_wrong_determinant_rule_is_no_basis(rule: str) -> None:
    def enumerate_(sizes: Sequence[int], d: int, degrees: Sequence[int]) -> Iterator[tuple]:
        everything = determinantal((sizes, d, degrees, 0))
        return ((chosen, m) for chosen, m in everything if WRONG_DETERMINANT_RULES[rule](chosen, m, d))

    cases = [((4,), 2, (6,), 0), ((4,), 3, (5,), 0)]
    assert all(is_determinantal_basis(case, standard_determinantal_monomials) for case in cases)
    assert not all(is_determinantal_basis(case, enumerate_) for case in cases)


def test_wrong_feasibility_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for too little leaves dead ends; asking for too much loses monomials."""
    cases = [flat(case) for case in CASES if len(flat(case)[0]) > 1]
    expected = [list(standard_monomials(*case)) for case in cases]
    plain, following = standard._Tree._completable, standard._Tree.following
    empty: list[bool] = []

    def watched(self: standard._Tree, *state: object) -> int:
        found = following(self, *state)
        empty.append(not found)
        return found

    monkeypatch.setattr(standard._Tree, "following", watched)
    assert [list(standard_monomials(*case)) for case in cases] == expected and not any(empty)
    monkeypatch.setattr(standard._Tree, "_completable", lambda *_: True)
    assert [list(standard_monomials(*case)) for case in cases] == expected and any(empty)
    monkeypatch.setattr(standard._Tree, "_completable", lambda self, last, *state: plain(self, last + 1, *state))
    assert [list(standard_monomials(*case)) for case in cases] != expected
