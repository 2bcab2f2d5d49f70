"""Hilbert series against published series, against dimensions found another way, and against general theorems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from math import comb, factorial, prod

import pytest
from sympy import Symbol, cancel, latex, together

from symmetry.characters import vector_series
from symmetry.characters.cyclotomic import added
from symmetry.characters.dimensions import dimension
from symmetry.characters.hilbert import HilbertSeries, hilbert_series
from symmetry.characters.vector_series import cycle_type, numerator
from symmetry.errors import SymmetryError, UsageError
from symmetry.groups import KINDS, Classes
from symmetry.problem import Problem

t = Symbol("t")


Changed = Callable[..., None]
orthogonal_classes, rotation_classes = KINDS["O"].classes, KINDS["SO"].classes


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Changed]:
    def change(name: str, **fields: object) -> None:
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], **fields))
        vector_series._families.cache_clear()

    yield change
    vector_series._families.cache_clear()


def vectors(group: str, d: int, n: int, output: str = "") -> HilbertSeries:
    return hilbert_series(Problem(f"X: d n -> {output}", f"{group}(d)", d=d, n=n))


def same(series: HilbertSeries, top: dict[int, int], bottom: dict[int, int]) -> bool:
    """Whether it is Σ c tᵏ / Π (1 - tᵃ)^e."""
    wanted = sum(c * t**k for k, c in top.items()) / prod((1 - t**a) ** e for a, e in bottom.items())
    return cancel(together(series.rational - wanted)) == 0


# ---------------------------------------------------------------------------------------------------------------
# Published series


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("d", [3, 4, 17])
def test_up_to_d_vectors_have_free_inner_products(d: int, n: int) -> None:
    assert str(vectors("O", d, n)) == "1 / (1 - t^2)" + (f"^{n * (n + 1) // 2}" if n > 1 else "")
    assert same(vectors("O", d, n, "d"), {1: n}, {2: n * (n + 1) // 2})
    if n < d:
        assert same(vectors("O", d, n, "d d"), {0: 1, 2: n * n}, {2: n * (n + 1) // 2})
        assert same(vectors("SO", d, n), {0: 1}, {2: n * (n + 1) // 2})


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 6])
def test_one_vector_more_has_one_relation(d: int) -> None:
    """The Gram determinant of d + 1 vectors vanishes; the square of the determinant of d vectors is a polynomial."""
    assert same(vectors("O", d, d + 1), {0: 1, 2 * (d + 1): -1}, {2: (d + 1) * (d + 2) // 2})
    assert same(vectors("SO", d, d), {0: 1, d: 1}, {2: d * (d + 1) // 2})
    # Maps to vectors: the cross product of d - 1 vectors.
    if d > 1:
        assert same(vectors("SO", d, d - 1, "d"), {1: d - 1, d - 1: 1} if d > 2 else {1: 2}, {2: d * (d - 1) // 2})


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_plane_rotations_have_the_ring_of_a_segre_variety(n: int) -> None:
    assert same(vectors("SO", 2, n), {2 * k: comb(n - 1, k) ** 2 for k in range(n)}, {2: 2 * n - 1})


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_multiplicities_are_the_degrees_of_symmetric_determinantal_varieties(d: int, n: int) -> None:
    """J. Harris, L. Tu, On symmetric and skew-symmetric determinantal varieties, 1984, proposition 12."""
    corank = max(0, n - d)
    degree = prod((Fraction(comb(n + i, corank - i), comb(2 * i + 1, i)) for i in range(corank)), start=Fraction(1))
    series = vectors("O", d, n)
    assert series.numerator is not None and set(series.denominator or ()) == {2}
    assert sum(series.numerator) == degree
    assert len(series.denominator or ()) == (n * (n + 1) // 2 if n <= d else n * d - d * (d - 1) // 2)
    # Gorenstein exactly when n - d is odd (S. Goto, 1979) or there is no relation.
    assert (series.numerator == series.numerator[::-1]) == (n <= d or (n - d) % 2 == 1)


@pytest.mark.parametrize(("d", "n"), [(2, 2), (2, 5), (3, 3), (3, 4), (3, 6), (4, 4), (4, 6), (5, 5), (5, 6)])
def test_invariants_of_rotations_are_gorenstein_of_degree_minus_the_dimension(d: int, n: int) -> None:
    """H(1/t) = ± t^(dn) H(t) (R. Stanley, 1979; F. Knop, 1989)."""
    series = vectors("SO", d, n)
    assert series.numerator is not None and series.denominator is not None
    assert series.numerator == series.numerator[::-1]
    assert sum(series.denominator) - (len(series.numerator) - 1) == d * n
    # Rotations have index 2, so that the multiplicity doubles, where determinants exist.
    top, bottom = vectors("O", d, n).numerator, vectors("O", d, n).denominator
    assert bottom == tuple(a for a in series.denominator) and sum(series.numerator) == 2 * sum(top or ())


@pytest.mark.parametrize("n", [1, 2, 3, 6, 9])
def test_symmetric_functions_are_free(n: int) -> None:
    series = hilbert_series(Problem("x: n -> ", "S(n)", n=n))
    assert (series.numerator, series.denominator) == ((1,), tuple(range(1, n + 1)))
    # With one position marked: symmetric in the others.
    marked = hilbert_series(Problem("x: n -> n", "S(n)", n=n))
    assert same(marked, {0: 1}, dict(Counter([1, *range(1, n)])))


PUBLISHED = {
    # A050927: directed multigraphs with loops on three nodes.
    "digraphs": (
        ("A: n n -> ", "S(n)", {"n": 3}),
        {0: 1, 2: 3, 3: 10, 4: 16, 5: 12, 6: 16, 7: 10, 8: 3, 10: 1},
        {1: 2, 2: 4, 3: 3},
    ),
    # A005993: the same on two nodes.
    "digraphs 2": (("A: n n -> ", "S(n)", {"n": 2}), {0: 1, 2: 1}, {1: 2, 2: 2}),
    # Bipartite partitions into two parts: (1 + xy) / (1 - x)(1 - x²)(1 - y)(1 - y²) at y = x.
    "pairs": (("X: 2 n -> ", "S(n)", {"n": 2}), {0: 1, 2: 1}, {1: 2, 2: 2}),
    # Triangles by their edges, the Gram matrix of three vectors under S(3) in space; A050531 at t².
    "triangles": (
        ("X: d n -> ", "O(d) x S(n)", {"d": 4, "n": 3}),
        {0: 1, 4: 1, 6: 2, 8: 1, 12: 1},
        {2: 2, 4: 2, 6: 2},
    ),
    # One vector and one scalar.
    "scalar": (("X: d, s: -> d", "O(d)", {"d": 3}), {1: 1}, {1: 1, 2: 1}),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_series(case: str) -> None:
    (line, group, sizes), top, bottom = PUBLISHED[case]
    assert same(hilbert_series(Problem(line, group, **sizes)), top, bottom)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_leading_pole_counts_the_permutations(n: int) -> None:
    """lim (1 - t)^dim H(t) = 1/|G| (Molien)."""
    series = hilbert_series(Problem("A: n n -> ", "S(n)", n=n))
    assert Fraction(sum(series.numerator or ()), prod(series.denominator or ())) == Fraction(1, factorial(n))
    assert len(series.denominator or ()) == n * n


# ---------------------------------------------------------------------------------------------------------------
# The rational function against dimensions that are found from power sums and shapes

CASES = [
    *((f"X: d n -> {output}", group, {"d": d, "n": n}) for group in ("O(d)", "SO(d)") for d in (1, 2, 3, 4, 5)
      for n in (1, 2, 3, 5) for output in ("", "d", "d d", "d d d, d")),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"d": 3, "n": 4, "m": 2}),
    ("X: d n, Z: d m -> d n, m", "SO(d) x S(n) x S(m)", {"d": 2, "n": 2, "m": 3}),
    ("X: d n k -> d n, d d k", "SO(d) x S(n) x S(k)", {"d": 3, "n": 2, "k": 2}),
    ("X: d n n -> d n", "O(d) x S(n)", {"d": 2, "n": 2}),
    ("X: d n, a: n, s: 2 -> d n, n", "O(d) x S(n)", {"d": 2, "n": 3}),
    ("X: d n -> d d d d", "SO(d) x S(n)", {"d": 3, "n": 2}),
    ("X: d 3 -> d 2, 2", "SO(d)", {"d": 3}),
    ("X: 3 n -> 3", "SO(3) x S(n)", {"n": 4}),
    ("a: n -> d d n, e", "O(d) x SO(e) x S(n)", {"d": 2, "n": 3, "e": 1}),
    ("X: d n -> d e e e", "O(d) x SO(e)", {"d": 2, "n": 3, "e": 3}),
    ("a: n n, b: m -> n m", "S(n) x S(m)", {"n": 3, "m": 4}),
    ("s: -> d", "O(d)", {"d": 2}),
    ("s: 3 -> ", "1", {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "group", "sizes"), CASES, ids=lambda value: str(value))
def test_coefficients_are_the_dimensions(line: str, group: str, sizes: dict[str, int]) -> None:
    problem = Problem(line, group, **sizes)
    series = hilbert_series(problem)
    assert series.rational is not None and series.reason == ""
    assert series.expansion(11) == tuple(dimension(problem, k) for k in range(11))


def test_rotations_differ_from_orthogonal_matrices_exactly_from_d_vectors_on() -> None:
    for d in (1, 2, 3, 4):
        for n in (1, 2, 3, 4, 5):
            assert (vectors("O", d, n).rational == vectors("SO", d, n).rational) == (n < d)
            assert (vectors("O", d, n, "d").rational == vectors("SO", d, n, "d").rational) == (n < d - 1)


# ---------------------------------------------------------------------------------------------------------------
# The value


def test_expansion_iteration_and_rational_function_agree() -> None:
    series = hilbert_series(Problem("X: d n -> d n", "O(d) x S(n)", d=2, n=3))
    assert tuple(islice(series, 60)) == series.expansion(60)
    expanded = series.rational.series(t, 0, 12).removeO()
    assert [expanded.coeff(t, k) for k in range(12)] == list(series.expansion(12))
    assert series.expansion(0) == () and series.expansion(1) == (0,)
    assert series == hilbert_series(series.problem) and len({series, hilbert_series(series.problem)}) == 1


WRITTEN = {
    "invariants": (
        ("X: d n -> ", "SO(d)", {"d": 3, "n": 3}),
        "(1 + t^3) / (1 - t^2)^6",
        r"\frac{1 + t^{3}}{(1 - t^{2})^{6}}",
    ),
    "sign": (
        ("X: d n -> d d", "O(d)", {"d": 3, "n": 3}),
        "(1 + 9 t^2 - t^6) / (1 - t^2)^6",
        r"\frac{1 + 9 t^{2} - t^{6}}{(1 - t^{2})^{6}}",
    ),
    "factors": (("x: n -> ", "S(n)", {"n": 2}), "1 / ((1 - t) (1 - t^2))", r"\frac{1}{(1 - t) (1 - t^{2})}"),
    "high power": (("X: d n -> d", "O(d)", {"d": 5, "n": 4}), "4 t / (1 - t^2)^10", r"\frac{4 t}{(1 - t^{2})^{10}}"),
    "nothing": (("s: -> d", "O(d)", {"d": 3}), "0", "0"),
    "matrix": (
        ("M: d d -> ", "O(d)", {"d": 2}),
        "1 + t + 3 t^2 + 3 t^3 + 6 t^4 + 6 t^5 + ...",
        r"1 + t + 3 t^{2} + 3 t^{3} + 6 t^{4} + 6 t^{5} + \cdots",
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_series_as_text(case: str) -> None:
    (line, group, sizes), text, formula = WRITTEN[case]
    series = hilbert_series(Problem(line, group, **sizes))
    assert (str(series), latex(series)) == (text, formula)


REASONS = {
    "matrix": (("M: d d, X: d n -> d", "O(d)", {"d": 2, "n": 2}), "input 'M' has 2 axes on which O(d) acts"),
    "two": (("X: d e -> ", "O(d) x SO(e)", {"d": 2, "e": 3}), "O(d) and SO(e) both act on the inputs"),
    "large": (
        ("X: d n -> ", "O(d)", {"d": 13, "n": 14}),
        "O(d) has size 13, and its torus integrals are taken up to size 11",
    ),
    "many": (("X: d n -> ", "O(d)", {"d": 2, "n": 90}), "90 vectors are more than 60"),
    "permutations": (("x: n -> ", "S(n)", {"n": 33}), "S(n) has more than 1000 conjugacy classes"),
    "denominator": (
        ("A: n n -> ", "S(n)", {"n": 20}),
        "a common denominator takes 4446684 coefficients, the limit is 1000000",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_without_a_rational_function_the_reason_is_given_and_dimensions_remain(case: str) -> None:
    (line, group, sizes), reason = REASONS[case]
    problem = Problem(line, group, **sizes)
    series = hilbert_series(problem)
    assert (series.rational, series.numerator, series.denominator, series.reason) == (None, None, None, reason)
    assert series.expansion(3) == tuple(islice(series, 3)) == tuple(dimension(problem, k) for k in range(3))


def test_a_kind_without_invariants_of_vectors_has_dimensions(changed: Changed) -> None:
    changed("O", invariants=None)
    series = vectors("O", 2, 2)
    assert series.reason == "the invariants of O(d) are not integral over inner products"
    assert series.expansion(4) == (1, 0, 3, 0)


def test_text_of_a_series_without_dimensions_is_not_refused(changed: Changed) -> None:
    changed("S", stable_size=None)
    series = hilbert_series(Problem("x: n -> ", "S(n)", n=90))
    assert str(series) == "1 + ..." and series.reason
    assert str(hilbert_series(Problem("x: n -> n", "S(n)", n=90))) == "..."
    with pytest.raises(UsageError, match="conjugacy classes"):
        series.expansion(3)


def test_what_is_refused() -> None:
    with pytest.raises(UsageError, match="axis 'n' of 'X: d -> n' has no size yet"):
        hilbert_series(Problem("X: d -> n", "O(d)", d=2))
    with pytest.raises(UsageError, match="a number of terms from 0, not -1"):
        vectors("O", 2, 2).expansion(-1)


# ---------------------------------------------------------------------------------------------------------------
# Planted bugs

PLAUSIBLE: dict[str, Callable[[int], Iterator[Classes]]] = {
    "rotations only": KINDS["SO"].classes,
    "rotations in both components": lambda size: (
        replace(family, weight=Fraction(1, 2)) for family in (*rotation_classes(size), *rotation_classes(size))
    ),
}


@pytest.mark.parametrize("classes", PLAUSIBLE)
def test_series_of_another_group_are_noticed(classes: str, changed: Changed) -> None:
    """The other road, over shapes, does not see the classes."""
    problem = Problem("X: d n -> d", "O(d)", d=3, n=4)
    assert hilbert_series(problem).expansion(5) == tuple(dimension(problem, k) for k in range(5))
    changed("O", classes=PLAUSIBLE[classes])
    assert hilbert_series(problem).expansion(5) != tuple(dimension(problem, k) for k in range(5))


CHANGES: dict[str, Callable[[Classes], Classes]] = {
    "share": lambda family: replace(family, weight=family.weight / 3),
    "density": lambda family: replace(family, density={(0,) * family.angles: 1}),
    "trace": lambda family: replace(family, trace=lambda j: {e: 2 * c for e, c in family.trace(j).items()}),
    "eigenvalue": lambda family: replace(family, trace=lambda j: {e: c for e, c in family.trace(j).items() if any(e)}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_wrong_classes_give_no_rational_function(change: str, changed: Changed) -> None:
    changed("O", classes=lambda size: map(CHANGES[change], orthogonal_classes(size)))
    with pytest.raises(SymmetryError, match="please report this"):
        vectors("O", 3, 4, "d")


def test_coefficients_beyond_the_bound_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(name: str, size: int, cycles: dict[int, int], axes: int, terms: int) -> list[int]:
        return [*right(name, size, cycles, axes, terms)[:-1], 0]

    right = vector_series.expansion
    monkeypatch.setattr(vector_series, "expansion", wrong)
    with pytest.raises(SymmetryError, match=r"the numerator of a series of SO\(3\) passes its bound"):
        vectors("SO", 3, 5)


@pytest.mark.parametrize(("d", "n", "r"), [(d, n, r) for d in (1, 2, 3, 4) for n in (0, 1, 2, 4) for r in (0, 1, 2, 5)])
@pytest.mark.parametrize("kind", ["O", "SO"])
def test_bounds_hold(kind: str, d: int, n: int, r: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many coefficients beyond the bound vanish, for every permutation of a small number of vectors."""
    monkeypatch.setattr(vector_series, "SURPLUS", 40)
    for cycles in ({1: n}, {n: 1}, {1: n - 2, 2: 1}) if n > 2 else ({1: n}, {n: 1}) if n else ({},):
        numerator(kind, d, {a: e for a, e in cycles.items() if e}, r)


# ---------------------------------------------------------------------------------------------------------------
# Parts


def test_fractions_are_added_in_lowest_terms() -> None:
    summands = [
        (Fraction(1, 3), (1, 2, 0, -1), {2: 3, 5: 1}),
        (Fraction(2, 3), (1, -1), {1: 2, 6: 1}),
        (Fraction(1), (0, 0, 7), {4: 2}),
        (Fraction(-1), (), {9: 1}),
    ]
    wanted = sum(
        w * sum(c * t**k for k, c in enumerate(top)) / prod((1 - t**a) ** e for a, e in bottom.items())
        for w, top, bottom in ((w.numerator * t**0 / w.denominator, *rest) for w, *rest in summands)
    )
    tripled = [(3 * w, top, bottom) for w, top, bottom in summands]
    for least in (1, 2, 5):
        top, bottom = added(tripled).over_factors(least)
        assert min(bottom) >= least
        found = sum(c * t**k for k, c in enumerate(top)) / prod(1 - t**a for a in bottom)
        assert cancel(together(found - 3 * wanted)) == 0


def test_sums_that_are_not_integral_are_refused() -> None:
    with pytest.raises(SymmetryError, match="no integer coefficients"):
        added([(Fraction(1, 2), (1,), {1: 1})])


@pytest.mark.parametrize("values", [{1: 1, 2: 2}, {1: 0, 2: 1, 3: 3}, {1: -1}, {1: 4}], ids=str)
def test_traces_of_no_permutation_are_refused(values: dict[int, int]) -> None:
    with pytest.raises(SymmetryError, match="not the traces of a permutation"):
        cycle_type(values.__getitem__, 3)
