"""Monomials up to permutations: against published counts, against brute force, and against counting fixed points."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from itertools import combinations, combinations_with_replacement, islice, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry.errors import UsageError
from symmetry.invariants.orbits import Monomial, Monomials
from symmetry.partitions import centraliser, partitions

Label = tuple[Any, tuple[tuple[str, int], ...]]


def vectors(name: str, axis: str, size: int) -> list[Label]:
    return [(name, ((axis, index),)) for index in range(size)]


def gram(labels: list[Label]) -> list[tuple[Label, ...]]:
    return list(combinations_with_replacement(labels, 2))


def graphs(nodes: int, *, loops: bool = True) -> Monomials:
    pairs = combinations_with_replacement if loops else combinations
    return Monomials(list(pairs(vectors("X", "n", nodes), 2)), {"n": nodes})


def digraphs(nodes: int) -> Monomials:
    arcs = [(("E", (("n", i), ("n", j))),) for i in range(nodes) for j in range(nodes)]
    return Monomials(arcs, {"n": nodes})


def matrices(rows: int, columns: int) -> Monomials:
    entries = [(("A", (("n", i), ("m", j))),) for i in range(rows) for j in range(columns)]
    return Monomials(entries, {"n": rows, "m": columns})


def tokens_and_knowledge(n: int, m: int, **options: Any) -> Monomials:
    return Monomials(gram(vectors("X", "n", n) + vectors("Z", "m", m)), {"n": n, "m": m}, **options)


# ---------------------------------------------------------------------------------------------------------------
# Published counts.


@pytest.mark.parametrize(
    ("nodes", "counts"),
    [
        (0, [1, 0, 0, 0, 0, 0]),
        (1, [1, 1, 1, 1, 1, 1, 1, 1]),
        (2, [1, 2, 4, 6, 9, 12, 16, 20, 25]),
        (3, [1, 2, 6, 14, 28, 52, 93, 152, 242]),
        (4, [1, 2, 7, 20, 53, 125, 287, 606]),
        (5, [1, 2, 7, 22, 69, 198, 550]),
        (6, [1, 2, 7, 23, 76, 245]),
        (7, [1, 2, 7, 23, 78, 264]),
        (8, [1, 2, 7, 23, 79, 271]),
    ],
    ids=str,
)
def test_multigraphs_with_loops_are_as_many_as_published(nodes: int, counts: list[int]) -> None:
    """OEIS A290428 (its columns); Gram monomials of n tokens up to S(n)."""
    ring = graphs(nodes)
    assert [sum(1 for _ in ring.representatives(2 * k)) for k in range(len(counts))] == counts
    assert [ring.count(2 * k) for k in range(len(counts))] == counts


def test_multigraphs_with_loops_on_enough_nodes_are_as_many_as_published() -> None:
    """OEIS A007717."""
    assert [graphs(2 * k).count(2 * k) for k in range(6)] == [1, 2, 7, 23, 79, 274]
    assert [sum(1 for _ in graphs(2 * k).representatives(2 * k)) for k in range(5)] == [1, 2, 7, 23, 79]


@pytest.mark.parametrize(
    ("nodes", "counts"),
    [
        (1, [1, 0, 0, 0]),
        (2, [1, 1, 1, 1, 1]),
        (3, [1, 1, 2, 3, 4, 5, 7, 8, 10]),
        (4, [1, 1, 3, 6, 11, 18, 32, 48]),
        (5, [1, 1, 3, 7, 17, 35, 76]),
        (6, [1, 1, 3, 8, 21, 52]),
        (8, [1, 1, 3, 8, 23, 64]),
    ],
    ids=str,
)
def test_multigraphs_without_loops_are_as_many_as_published(nodes: int, counts: list[int]) -> None:
    """OEIS A192517; F. Harary, E. M. Palmer, Graphical Enumeration, 1973, p. 171."""
    ring = graphs(nodes, loops=False)
    assert [sum(1 for _ in ring.representatives(2 * k)) for k in range(len(counts))] == counts
    assert [ring.count(2 * k) for k in range(len(counts))] == counts


@pytest.mark.parametrize(
    ("nodes", "counts"),
    [(3, [1, 2, 10, 31, 90, 222, 520]), (4, [1, 2, 11, 47, 198, 713])],
    ids=str,
)
def test_directed_multigraphs_are_as_many_as_published(nodes: int, counts: list[int]) -> None:
    """OEIS A050927 and A050929: one label with two indices on the same axis."""
    ring = digraphs(nodes)
    assert [sum(1 for _ in ring.representatives(k)) for k in range(len(counts))] == counts
    assert [ring.count(k) for k in range(len(counts))] == counts


@pytest.mark.parametrize(
    ("size", "counts"),
    [(1, [1, 1, 1, 1]), (2, [1, 4, 5, 11, 14, 24]), (3, [1, 4, 10, 24, 51, 114]), (4, [1, 4, 10, 33, 78])],
    ids=str,
)
def test_square_matrices_are_as_many_as_published(size: int, counts: list[int]) -> None:
    """OEIS A318795: natural matrices with a given sum, up to rows and columns."""
    ring = matrices(size, size)
    assert [sum(1 for _ in ring.representatives(k + 1)) for k in range(len(counts))] == counts
    assert [ring.count(k + 1) for k in range(len(counts))] == counts


def cycle_index_count(rows: int, columns: int, total: int) -> int:
    """Natural matrices with a sum, up to rows and columns (the formula at OEIS A007716)."""
    found = 0
    for p, q in product(list(partitions(rows)), list(partitions(columns))):
        series = [1] + [0] * total
        for a, b in product(p, q):
            step = math.lcm(a, b)
            for _ in range(math.gcd(a, b)):
                for place in range(step, total + 1):
                    series[place] += series[place - step]
        weight = math.factorial(rows) * math.factorial(columns) // (centraliser(p) * centraliser(q))
        found += weight * series[total]
    return found // (math.factorial(rows) * math.factorial(columns))


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (2, 6), (1, 7), (4, 0)], ids=str)
@pytest.mark.parametrize("total", range(6))
def test_rectangular_matrices_agree_with_the_cycle_index(rows: int, columns: int, total: int) -> None:
    ring = matrices(rows, columns)
    assert sum(1 for _ in ring.representatives(total)) == cycle_index_count(rows, columns, total) == ring.count(total)


@pytest.mark.parametrize("n", [1, 3, 6])
def test_monomials_in_scalars_are_partitions(n: int) -> None:
    ring = Monomials([(label,) for label in vectors("x", "n", n)], {"n": n})
    for degree in range(10):
        found = [tuple(sorted(Counter(m.factors).values(), reverse=True)) for m in ring.representatives(degree)]
        assert sorted(found) == sorted(partitions(degree, most=n))


BELL = [1, 1, 2, 5, 15, 52]


@pytest.mark.parametrize(("inputs", "outputs"), [(0, 0), (1, 0), (1, 1), (2, 0), (1, 2), (2, 2), (4, 1)], ids=str)
def test_equivariant_linear_maps_of_tensors_are_bell_numbers(inputs: int, outputs: int) -> None:
    """H. Maron et al., Invariant and equivariant graph networks, 2019: bell(inputs + outputs), where n is enough."""
    n = inputs + outputs
    into = [("X", tuple(("n", i) for i in place)) for place in product(range(n), repeat=inputs)]
    out = [("out", tuple(("n", i) for i in place)) for place in product(range(n), repeat=outputs)]
    maps = Monomials([], {"n": n}, marks=list(product(out, into)))
    assert sum(1 for _ in maps.representatives(0)) == maps.count(0) == BELL[inputs + outputs]


def test_equivariant_linear_maps_of_exchangeable_matrices_are_four() -> None:
    """J. Hartford et al., Deep models of interactions across sets, 2018."""
    entries = [(i, j) for i in range(5) for j in range(3)]
    out, into = ([(name, (("n", i), ("m", j))) for i, j in entries] for name in ("out", "X"))
    maps = Monomials([], {"n": 5, "m": 3}, marks=list(product(out, into)))
    assert [maps.orbit_size(m) for m in maps.representatives(0)] == [15, 30, 60, 120]


@pytest.mark.parametrize(("edges", "count"), [(0, 1), (1, 2), (2, 7), (3, 23)])
def test_rooted_multigraphs_are_as_many_as_published(edges: int, count: int) -> None:
    """OEIS A007717, comment of 2020: loopless multigraphs with one root."""
    n = 2 * edges + 1
    pairs = list(combinations(vectors("X", "n", n), 2))
    ring = Monomials(pairs, {"n": n}, marks=[(label,) for label in vectors("root", "n", n)])
    assert sum(1 for _ in ring.representatives(2 * edges)) == ring.count(2 * edges) == count


# ---------------------------------------------------------------------------------------------------------------
# Brute force.


def group(sizes: dict[str, int]) -> list[dict[str, tuple[int, ...]]]:
    return [dict(zip(sizes, images)) for images in product(*(permutations(range(size)) for size in sizes.values()))]


def moved(labels: tuple[Label, ...], by: dict[str, tuple[int, ...]]) -> tuple[Label, ...]:
    return tuple(
        (name, tuple((axis, by[axis][index] if axis in by else index) for axis, index in tokens))
        for name, tokens in labels
    )


def brute_orbits(ring: Monomials, sizes: dict[str, int], degree: int) -> list[list[Monomial]]:
    """All orbits of a degree, each sorted: every monomial under every permutation."""
    place = {frozenset(Counter(labels).items()): number for number, labels in enumerate(ring.generators)}
    actions = []
    for element in group(sizes):
        generators = [place[frozenset(Counter(moved(labels, element)).items())] for labels in ring.generators]
        marks = [ring.marks.index(moved(labels, element)) for labels in ring.marks]
        actions.append((marks, generators))
    chosen = [
        factors
        for many in range(degree + 1)
        for factors in combinations_with_replacement(range(len(ring.generators)), many)
        if sum(ring.weights[factor] for factor in factors) == degree
    ]
    orbits = {
        frozenset(Monomial(m[mark], tuple(sorted(g[factor] for factor in factors))) for m, g in actions)
        for mark in range(len(ring.marks))
        for factors in chosen
    }
    return sorted(map(sorted, orbits))


def check_against_brute_force(ring: Monomials, sizes: dict[str, int], degree: int) -> None:
    orbits = brute_orbits(ring, sizes, degree)
    assert list(ring.representatives(degree)) == [orbit[0] for orbit in orbits]
    assert ring.count(degree) == len(orbits)
    order = math.prod(map(math.factorial, sizes.values()))
    assert ring.group_order == order
    for orbit in orbits:
        for member in (orbit[0], orbit[-1], orbit[len(orbit) // 2]):
            images = list(ring.orbit(member))
            assert images[0] == member
            assert sorted(images) == orbit
            assert ring.orbit_size(member) == len(orbit)
            assert ring.stabiliser_order(member) * len(orbit) == order
            assert ring.is_canonical(member) == (member == orbit[0])


def equivariants(n: int, m: int) -> Monomials:
    """An output index, a vector, and a Gram monomial."""
    labels = vectors("X", "n", n) + vectors("Z", "m", m)
    return tokens_and_knowledge(n, m, marks=[(out, y) for out in vectors("out", "n", n) for y in labels])


def mixed(n: int) -> Monomials:
    """Inner products, scalars on the same axis, and a scalar without indices; in an order that is not sorted."""
    labels = vectors("X", "n", n)
    scalars = [(label,) for label in vectors("s", "n", n)]
    return Monomials([*scalars[::-1], (("t", ()),), *gram(labels)[::-1]], {"n": n})


def on_two_axes() -> Monomials:
    """Vectors with two indices, one of them on an axis that is not permuted."""
    labels = [("X", (("n", i), ("head", j))) for i in range(3) for j in range(2)]
    return Monomials(gram(labels), {"n": 3})


def triples(n: int) -> Monomials:
    """Unordered triples of labels with repetition."""
    return Monomials(list(combinations_with_replacement(vectors("X", "n", n), 3)), {"n": n})


CASES: dict[str, tuple[Monomials, dict[str, int], int]] = {
    "gram-4": (graphs(4), {"n": 4}, 6),
    "gram-3-many-edges": (graphs(3), {"n": 3}, 8),
    "digraphs-3": (digraphs(3), {"n": 3}, 3),
    "matrices-3-2": (matrices(3, 2), {"n": 3, "m": 2}, 4),
    "tokens-3-knowledge-2": (tokens_and_knowledge(3, 2), {"n": 3, "m": 2}, 4),
    "tokens-1-knowledge-3": (tokens_and_knowledge(1, 3), {"n": 1, "m": 3}, 6),
    "tokens-2-no-knowledge": (tokens_and_knowledge(2, 0), {"n": 2, "m": 0}, 6),
    "equivariants-3-2": (equivariants(3, 2), {"n": 3, "m": 2}, 2),
    "equivariants-4-1": (equivariants(4, 1), {"n": 4, "m": 1}, 2),
    "mixed-weights-3": (mixed(3), {"n": 3}, 4),
    "axis-that-is-not-permuted": (on_two_axes(), {"n": 3}, 4),
    "triples-3": (triples(3), {"n": 3}, 6),
    "an-axis-without-labels": (graphs(3), {"n": 3}, 4),
}


@pytest.mark.parametrize("case", CASES)
def test_orbits_agree_with_brute_force(case: str) -> None:
    ring, sizes, degree = CASES[case]
    for smaller in range(degree + 1):
        check_against_brute_force(ring, sizes, smaller)


@st.composite
def rings(draw: st.DrawFn) -> tuple[Monomials, dict[str, int]]:
    """A few random generators and marks on up to two axes, closed under the group, in a random order."""
    sizes = {"n": draw(st.integers(0, 3)), "m": draw(st.integers(0, 2))}
    axes = [(axis, index) for axis, size in sizes.items() for index in range(size)] + [("fixed", 0), ("fixed", 1)]
    label = st.tuples(st.sampled_from("XZ"), st.lists(st.sampled_from(axes), max_size=2).map(tuple))
    letters = st.lists(st.lists(label, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2)

    def closed(seeds: list[tuple[Label, ...]], *, ordered: bool) -> list[tuple[Label, ...]]:
        found = {
            labels if ordered else tuple(sorted(labels))
            for seed in seeds
            for labels in (moved(seed, element) for element in group(sizes))
        }
        return draw(st.permutations(sorted(found)))

    generators = closed(draw(letters), ordered=False)
    marks = closed(draw(letters), ordered=True) if draw(st.booleans()) else [()]
    return Monomials(generators, sizes, marks=marks), sizes


@settings(deadline=None, max_examples=60)
@given(rings(), st.integers(0, 3))
def test_orbits_of_random_generators_agree_with_brute_force(case: tuple[Monomials, dict[str, int]], many: int) -> None:
    ring, sizes = case
    if math.comb(len(ring.generators) + many, many) * len(ring.marks) > 3000:
        many = 1
    check_against_brute_force(ring, sizes, many * min(ring.weights))


# ---------------------------------------------------------------------------------------------------------------
# Larger sizes.


@pytest.mark.parametrize(
    ("ring", "factors"),
    [
        pytest.param(graphs(4), 6, id="S4-six-factors"),
        pytest.param(graphs(10), 4, id="S10-four-factors"),
        pytest.param(tokens_and_knowledge(5, 3), 3, id="S5-S3-three-factors"),
        pytest.param(equivariants(4, 2), 2, id="equivariants-4-2"),
        pytest.param(graphs(25), 2, id="S25-two-factors"),
    ],
)
def test_orbits_of_gram_monomials_fill_the_degree(ring: Monomials, factors: int) -> None:
    monomials = list(ring.representatives(2 * factors))
    everything = len(ring.marks) * math.comb(len(ring.generators) + factors - 1, factors)
    assert sum(map(ring.orbit_size, monomials)) == everything
    assert monomials == sorted(set(monomials))
    assert all(map(ring.is_canonical, monomials))


def test_counts_of_classes_agree_with_the_enumeration_at_ten_tokens() -> None:
    ring = graphs(10)
    assert ring.count(8) == sum(1 for _ in ring.representatives(8)) == 79


def test_symmetric_monomials_do_not_cost_the_order_of_their_stabiliser() -> None:
    n = 14
    labels = vectors("X", "n", n)
    ring = graphs(n)
    place = {labels: number for number, labels in enumerate(ring.generators)}
    matching = Monomial(0, tuple(place[labels[i], labels[i + 1]] for i in range(0, n, 2)))
    assert ring.is_canonical(matching)
    assert ring.stabiliser_order(matching) == 2**7 * math.factorial(7)
    cycle = Monomial(0, tuple(sorted(place[labels[min(e)], labels[max(e)]] for e in zip(range(n), [*range(1, n), 0]))))
    assert ring.stabiliser_order(cycle) == 2 * n
    loops = Monomial(0, tuple(place[label, label] for label in labels))
    assert list(ring.orbit(loops)) == [loops]
    assert ring.stabiliser_order(loops) == math.factorial(n)


def test_enumeration_is_lazy() -> None:
    ring = graphs(9)
    first = list(islice(ring.representatives(60), 3))
    assert first[0].factors == (0,) * 30
    assert first == sorted(first)
    assert len(list(islice(ring.orbit(Monomial(0, (1, 2, 3, 4, 5, 6, 7, 8, 18))), 5))) == 5


# ---------------------------------------------------------------------------------------------------------------
# Degrees, marks, actions.


def test_multidegrees_split_a_degree() -> None:
    ring = tokens_and_knowledge(3, 2)
    for degree in (2, 4, 6):
        parts = {x: list(ring.representatives(degree, {"X": x, "Z": degree - x})) for x in range(degree + 1)}
        assert sorted(m for part in parts.values() for m in part) == list(ring.representatives(degree))
        for x, part in parts.items():
            assert ring.count(degree, {"X": x}) == len(part)
            assert list(ring.representatives(degree, {"X": x})) == part
            names = {sum(name == "X" for f in m.factors for name, _ in ring.generators[f]) for m in part}
            assert names <= {x}


def test_multidegrees_that_do_not_fit_have_no_monomials() -> None:
    ring = tokens_and_knowledge(3, 2)
    for degree, multidegree in [(4, {"X": 2, "Z": 3}), (4, {"W": 2}), (3, {}), (2, {"X": 4})]:
        assert list(ring.representatives(degree, multidegree)) == []
        assert ring.count(degree, multidegree) == 0


def test_a_degree_that_cannot_be_filled_is_refused_without_a_search() -> None:
    assert list(graphs(12).representatives(41)) == []


def test_the_monomial_of_degree_zero_is_empty() -> None:
    assert list(graphs(3).representatives(0)) == [Monomial(0, ())]
    assert list(Monomials([], {}).representatives(0)) == [Monomial(0, ())]
    assert list(Monomials([], {}).representatives(1)) == []
    assert graphs(3).stabiliser_order(Monomial(0, ())) == 6


def test_without_marks_to_choose_there_are_no_monomials() -> None:
    ring = Monomials(gram(vectors("Z", "m", 2)), {"n": 0, "m": 2}, marks=vectors("out", "n", 0))
    assert list(ring.representatives(2)) == []
    assert ring.count(2) == 0


def test_a_generator_without_labels_is_no_mark() -> None:
    ring = Monomials([()], {"n": 3}, weights=[1])
    assert list(ring.representatives(2)) == [Monomial(0, (0, 0))]


def test_an_axis_that_no_label_has_changes_stabilisers_only() -> None:
    ring = Monomials(gram(vectors("X", "n", 3)), {"n": 3, "m": 4})
    assert [m.factors for m in ring.representatives(4)] == [m.factors for m in graphs(3).representatives(4)]
    assert ring.stabiliser_order(Monomial(0, (0,))) == 2 * 24
    assert ring.orbit_size(Monomial(0, (0,))) == 3


def test_weights_are_degrees() -> None:
    ring = Monomials(gram(vectors("X", "n", 3)), {"n": 3}, weights=[1] * 6)
    assert [ring.count(k) for k in range(5)] == [1, 2, 6, 14, 28]
    ring = Monomials([(label,) for label in vectors("x", "n", 2)] + [(("t", ()),)], {"n": 2}, weights=[2, 2, 3])
    assert [m.factors for m in ring.representatives(7)] == [(0, 0, 2), (0, 1, 2)]


def test_a_mark_is_ordered_and_a_generator_is_not() -> None:
    x = vectors("X", "n", 2)
    maps = Monomials([], {"n": 2}, marks=list(product(x, x)))
    assert [maps.orbit_size(m) for m in maps.representatives(0)] == [2, 2]
    pairs = Monomials([(x[0], x[1])], {"n": 2}, marks=[(x[0],), (x[1],)])
    assert list(pairs.representatives(2)) == [Monomial(0, (0,))]
    assert pairs.action({"n": (1, 0)}) == (0,)


@given(st.permutations(range(4)), st.permutations(range(2)))
def test_the_action_moves_labels(tokens: list[int], knowledge: list[int]) -> None:
    ring = tokens_and_knowledge(4, 2)
    images = ring.action({"n": tokens, "m": knowledge})
    for labels, image in zip(ring.generators, images):
        by = {"n": tuple(tokens), "m": tuple(knowledge)}
        assert sorted(moved(labels, by)) == sorted(ring.generators[image])


def test_an_orbit_sum_is_invariant() -> None:
    ring = equivariants(3, 2)
    monomial = next(islice(ring.representatives(4), 40, None))
    orbit = set(ring.orbit(monomial))
    images = ring.action({"n": (2, 0, 1)})
    marks = [ring.marks.index(moved(mark, {"n": (2, 0, 1)})) for mark in ring.marks]
    assert {Monomial(marks[m.mark], tuple(sorted(images[f] for f in m.factors))) for m in orbit} == orbit


def test_order_does_not_depend_on_hashing() -> None:
    code = (
        "from symmetry.invariants.orbits import *\n"
        "x = [('X', (('n', i),)) for i in range(4)] + [('Z', (('m', i),)) for i in range(2)]\n"
        "ring = Monomials([(a, b) for i, a in enumerate(x) for b in x[i:]], {'n': 4, 'm': 2})\n"
        "found = list(ring.representatives(4))\n"
        "print(found, list(ring.orbit(found[-3])))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


# ---------------------------------------------------------------------------------------------------------------
# Refusals.

X = vectors("X", "n", 3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        pytest.param(([(X[0],), (X[1],)], {"n": 3}), {}, "X[n=1] is listed, but not its image X[n=2]", id="closed"),
        pytest.param(([], {"n": 3}), {"marks": [(X[0],)]}, "X[n=0] is listed, but not its image X[n=1]", id="marks"),
        pytest.param(([(X[0], X[1]), (X[1], X[0])], {"n": 2}), {}, "X[n=1]·X[n=0] is listed twice", id="twice"),
        pytest.param(([(X[2],)], {"n": 2}), {}, "has index 2 on axis 'n', which has 2 indices", id="index"),
        pytest.param(([], {"n": -1}), {}, "axis 'n' has size -1", id="size"),
        pytest.param(([(X[0],)], {"n": 1}), {"weights": [0]}, "X[n=0] has weight 0", id="weight"),
        pytest.param(([(X[0],)], {"n": 1}), {"weights": []}, "1 generators, but 0 weights", id="weights"),
        pytest.param(
            ([(X[0],), (X[1],)], {"n": 2}),
            {"weights": [1, 2]},
            "X[n=1] has weight 2, but its image X[n=0] has weight 1",
            id="weights-of-an-orbit",
        ),
        pytest.param(([()], {}), {}, "1 has weight 0", id="no-labels"),
    ],
)
def test_generators_that_do_not_fit_are_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Monomials(*arguments, **options)
    assert message in str(refusal.value)


def test_questions_that_do_not_fit_are_refused() -> None:
    ring = graphs(3)
    for monomial in (Monomial(0, (6,)), Monomial(1, (0,)), Monomial(0, (-1,))):
        for ask in (ring.orbit, ring.orbit_size, ring.is_canonical):
            with pytest.raises(UsageError, match="is not one of these monomials"):
                ask(monomial)
    with pytest.raises(UsageError, match="a degree is at least 0, not -1"):
        ring.representatives(2, {"X": -1})
    with pytest.raises(UsageError, match="axis 'm' is not permuted: the group permutes n"):
        ring.action({"m": (0,)})
    with pytest.raises(UsageError, match=r"\(0, 1\) is not a permutation of the 3 indices"):
        ring.action({"n": (0, 1)})
