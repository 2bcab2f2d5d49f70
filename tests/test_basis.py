"""Bases of polynomial maps: as many as the characters say, independent, equivariant, and in SymPy's own form."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice
from typing import Any

import flint
import pytest
from sympy import ImmutableMatrix, MatrixSymbol, Mul, Poly, Rational, Symbol

from symmetry import Det, Inner, Problem, basis, count
from symmetry.degrees import checked_degree
from symmetry.errors import ProblemError, SymmetryError, TooLarge, Underivable, UsageError
from symmetry.groups import Group, Matrix
from symmetry.invariants.basis import _number_of_terms, counted
from symmetry.invariants.configuration import Configuration
from symmetry.invariants.term import Term

# Line, group, degree, sizes: vectors, matrices and scalars in and out, rows and columns, on both sides of d.
CASES = [
    ("X: d n -> ", "O(d)", 4, {"d": 1, "n": 2}),
    ("X: d n -> ", "O(d)", 4, {"d": 2, "n": 3}),
    ("X: d n -> ", "O(d)", 6, {"d": 2, "n": 3}),
    ("X: d n -> ", "O(d)", 4, {"d": 3, "n": 2}),
    ("X: d n -> ", "O(d)", 3, {"d": 3, "n": 2}),
    ("X: d n -> ", "O(d)", 0, {"d": 3, "n": 2}),
    ("X: n d -> n d", "O(d)", 3, {"d": 2, "n": 3}),
    ("X: d n -> d", "O(d)", 5, {"d": 1, "n": 2}),
    ("x: d, y: d -> d", "O(d)", 3, {"d": 2}),
    ("X: d n, Z: d m -> d", "O(d)", {"X": 1, "Z": 2}, {"d": 2, "n": 1, "m": 3}),
    ("X: d n, t: k -> d", "O(d)", 3, {"d": 3, "n": 2, "k": 1}),
    ("X: d n, t: k, s: -> d", "O(d)", {"X": 1, "t": 2, "s": 1}, {"d": 3, "n": 1, "k": 2}),
    ("Z: d m -> d d", "O(d)", 2, {"d": 1, "m": 2}),
    ("Z: d m -> d d", "O(d)", 4, {"d": 2, "m": 3}),
    ("Z: d m -> d d", "O(d)", 4, {"d": 3, "m": 2}),
    ("t: k -> d d", "O(d)", 2, {"d": 3, "k": 2}),
    ("X: d n -> (), d", "O(d)", 2, {"d": 2, "n": 3}),
    ("X: 3 n -> 3", "O(3)", 3, {"n": 2}),
    ("X: d n k -> d", "O(d)", 3, {"d": 2, "n": 1, "k": 3}),
    ("X: d n -> ", "SO(d)", 2, {"d": 2, "n": 3}),
    ("X: d n -> ", "SO(d)", 4, {"d": 2, "n": 3}),
    ("X: d n -> ", "SO(d)", 3, {"d": 1, "n": 2}),
    ("X: d n -> ", "SO(d)", 5, {"d": 3, "n": 4}),
    ("X: d n -> d", "SO(d)", 2, {"d": 3, "n": 2}),
    ("X: d n -> d", "SO(d)", 3, {"d": 2, "n": 3}),
    ("X: d n -> d d", "SO(d)", 1, {"d": 3, "n": 2}),
    ("X: d n -> d d", "SO(d)", 2, {"d": 2, "n": 3}),
    ("X: d n -> d d", "SO(d)", 3, {"d": 3, "n": 4}),
    ("t: k -> d d", "SO(d)", 1, {"d": 2, "k": 3}),
    ("X: d n, t: k, s: -> ", "O(d)", 4, {"d": 2, "n": 2, "k": 1}),
    ("s: , u: , X: d n -> ", "O(d)", 5, {"d": 2, "n": 2}),
    ("X: d n -> d d", "O(d) x S(n)", 2, {"d": 1, "n": 1}),
    ("X: d n -> d d", "O(d) x S(n)", 4, {"d": 2, "n": 2}),
    ("X: d n -> d d", "SO(d) x S(n)", 1, {"d": 3, "n": 2}),
    ("x: n -> ", "S(n)", 4, {"n": 3}),
    ("x: n -> n", "S(n)", 3, {"n": 4}),
    ("A: n n -> n", "S(n)", 2, {"n": 3}),
    ("A: n n -> n n", "S(n)", 1, {"n": 4}),
    ("X: n k -> n", "S(n)", 2, {"n": 3, "k": 2}),
    ("X: d n -> ", "O(d) x S(n)", 4, {"d": 4, "n": 3}),
    ("X: d n -> ", "O(d) x S(n)", 6, {"d": 2, "n": 3}),
    ("X: d n -> d n", "O(d) x S(n)", 3, {"d": 3, "n": 2}),
    ("X: d n -> d n", "O(d) x S(n)", 3, {"d": 2, "n": 4}),
    ("X: d n -> d n", "O(d) x S(n)", 3, {"d": 1, "n": 3}),
    ("X: n d -> n d", "O(d) x S(n)", 3, {"d": 2, "n": 3}),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", 3, {"d": 4, "n": 3, "m": 2}),
    ("X: d n, Z: d m -> d n", "O(d) x S(n) x S(m)", {"X": 2, "Z": 1}, {"d": 2, "n": 3, "m": 1}),
    ("X: d n -> d d", "O(d) x S(n)", 2, {"d": 2, "n": 3}),
    ("X: d n -> ", "SO(d) x S(n)", 4, {"d": 2, "n": 3}),
    ("X: d n -> d n", "SO(d) x S(n)", 2, {"d": 3, "n": 2}),
    ("X: d n -> d d", "SO(d) x S(n)", 2, {"d": 2, "n": 3}),
    ("X: d n -> d n", "S(n)", 2, {"d": 2, "n": 3}),
    ("X: d n -> d", "1", 2, {"d": 2, "n": 3}),
]


def name(case: Any) -> str:
    line, group, degree, sizes = case
    return f"{line} under {group}, {degree} at {', '.join(f'{k}={v}' for k, v in sizes.items())}"


def entries(value: Any) -> list[Any]:
    """All entries of an element in coordinates."""
    if isinstance(value, tuple):
        return [entry for part in value for entry in entries(part)]
    return list(value) if isinstance(value, ImmutableMatrix) else [value]


def point(problem: Problem, rng: random.Random) -> dict[str, Any]:
    """Small integers for every entry of the inputs, as nested rows."""

    def draw(shape: tuple[int, ...]) -> Any:
        return [draw(shape[1:]) for _ in range(shape[0])] if shape else Fraction(rng.randint(-3, 3))

    return {name: draw(problem.shape(tensor)) for name, tensor in zip(problem.names, problem.inputs)}


def acted(value: Any, axes: tuple[Any, ...], elements: dict[Any, Matrix]) -> Any:
    """A tensor with the elements acting along its axes."""
    if not axes:
        return value
    rows = [acted(row, axes[1:], elements) for row in value]
    matrix = elements.get(axes[0])
    return rows if matrix is None else [combined(line, rows) for line in matrix]


def combined(weights: Any, rows: list[Any]) -> Any:
    if isinstance(rows[0], list):
        return [combined(weights, list(part)) for part in zip(*rows)]
    return sum((weight * row for weight, row in zip(weights, rows)), Fraction(0))


def substituted(expression: Any, values: dict[Any, Fraction]) -> Fraction:
    found = expression.xreplace({symbol: Rational(v.numerator, v.denominator) for symbol, v in values.items()})
    return Fraction(int(found.p), int(found.q))


def symbols(problem: Problem, inputs: dict[str, Any]) -> dict[Any, Fraction]:
    """The entries of the inputs as SymPy names them, with their values."""
    from sympy import IndexedBase

    found: dict[Any, Fraction] = {}

    def visit(name: str, shape: tuple[int, ...], place: tuple[int, ...], value: Any) -> None:
        if len(place) < len(shape):
            for index, part in enumerate(value):
                visit(name, shape, (*place, index), part)
        elif not shape:
            found[Symbol(name)] = value
        elif len(shape) > 2:
            found[IndexedBase(name)[place]] = value
        else:
            found[MatrixSymbol(name, *(*shape, 1)[:2])[(*place, 0)[:2]]] = value

    for name, tensor in zip(problem.names, problem.inputs):
        visit(name, problem.shape(tensor), (), inputs[name])
    return found


def evaluated(problem: Problem, element: Any, inputs: dict[str, Any]) -> list[Any]:
    """The outputs of an element in coordinates at a point, as nested rows."""
    values = symbols(problem, inputs)
    outputs = []
    for tensor, part in zip(problem.outputs, element if isinstance(element, tuple) else (element,)):
        shape = problem.shape(tensor)
        flat = [substituted(entry, values) for entry in entries(part)]
        outputs.append(
            flat[0]
            if not shape
            else flat
            if len(shape) == 1
            else [flat[i * shape[1] : (i + 1) * shape[1]] for i in range(shape[0])]
        )
    return outputs


@pytest.mark.parametrize("case", CASES, ids=name)
def test_elements_are_as_many_as_the_characters_say_and_independent(case: Any) -> None:
    line, group, degree, sizes = case
    problem = Problem(line, group=group)
    found = basis(problem, degree, **sizes)
    elements = list(found)
    assert len(elements) == len(found) == found.count == count(problem, degree, **sizes) == len(list(found.terms()))
    rows = []
    monomials: dict[Any, int] = {}
    generators = sorted(symbols(found.problem, point(found.problem, random.Random(0))), key=str)
    for element in elements:
        row: dict[int, int] = {}
        for place, entry in enumerate(entries(found.in_coordinates(element))):
            for exponents, coefficient in Poly(entry, *generators).terms():
                if coefficient:
                    row[monomials.setdefault((place, exponents), len(monomials))] = int(coefficient)
                    assert degree == (sum(exponents) if isinstance(degree, int) else degree) or not isinstance(
                        degree, int
                    )
        rows.append(row)
    matrix = flint.fmpz_mat([[row.get(j, 0) for j in range(len(monomials))] for row in rows] or [[0]])
    assert matrix.rank() == len(elements)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_elements_are_equivariant_under_exact_elements_of_every_component(case: Any) -> None:
    line, group, degree, sizes = case
    found = basis(Problem(line, group=group), degree, **sizes)
    problem, rng = found.problem, random.Random(7)
    for factor in problem.group:
        for component in factor.components:
            matrix = factor.exact(rng, problem.size(factor.axis), component)
            elements = {factor.axis: matrix}
            inputs = point(problem, rng)
            moved = {
                name: acted(inputs[name], tensor.axes, elements) for name, tensor in zip(problem.names, problem.inputs)
            }
            for element in islice(found, 12):
                explicit = found.in_coordinates(element)
                wanted = [
                    acted(value, tensor.axes, elements)
                    for value, tensor in zip(evaluated(problem, explicit, inputs), problem.outputs)
                ]
                assert evaluated(problem, explicit, moved) == wanted


def test_rotation_equivariants_are_not_kept_by_reflections() -> None:
    """The check above can fail: a cross product changes sign under a reflection."""
    found = basis(Problem("X: d n -> d", group="SO(d)"), 2, d=3, n=2)
    (element,) = found
    explicit = found.in_coordinates(element)
    mirror = {"d": Group("O", 3).exact(random.Random(1), 3, -1)}
    inputs = {"X": [[1, 2], [0, 1], [1, 0]]}
    inputs = {"X": [[Fraction(x) for x in row] for row in inputs["X"]]}
    moved = {"X": acted(inputs["X"], ("d", "n"), mirror)}
    turned = acted(evaluated(found.problem, explicit, inputs)[0], ("d",), mirror)
    assert evaluated(found.problem, explicit, moved)[0] == [-x for x in turned] != turned


@pytest.mark.parametrize(
    ("line", "group", "degree", "sizes"),
    [case for case in CASES if case[0].endswith("-> ")],
    ids=[name(case) for case in CASES if case[0].endswith("-> ")],
)
def test_invariants_are_canonical_expressions(line: str, group: str, degree: Any, sizes: dict[str, int]) -> None:
    for element in basis(Problem(line, group=group), degree, **sizes):
        rebuilt = element.func(*element.args) if element.args else element
        assert rebuilt == element and rebuilt.args == element.args
        if isinstance(element, Mul):
            assert Mul(*reversed(element.args)).args == element.args


def test_the_degree_is_met_in_each_input() -> None:
    found = basis(Problem("X: d n, Z: d m -> d", group="O(d)"), {"Z": 3, "X": 2}, d=2, n=1, m=2)
    for term in found.terms():
        used = [found.configuration.vectors[v - 1].input for pair in term.pairs for v in pair if v >= 1]
        assert (used.count("X"), used.count("Z")) == (2, 3)


def test_the_degree_is_met_in_each_input_of_numbers() -> None:
    found = basis(Problem("t: k, X: d n, s: m -> ", group="O(d)"), {"t": 2, "s": 1}, d=2, n=1, k=2, m=3)
    labels = [[found.configuration.scalars[scalar].input for scalar in term.scalars] for term in found.terms()]
    assert labels == [["t", "t", "s"]] * 9 and found.count == 9


def test_enumeration_is_lazy() -> None:
    huge = basis(Problem("X: d n -> d n", group="O(d)"), 41, d=7, n=30)
    assert len(list(islice(huge, 3))) == 3
    first = next(huge.terms())
    assert isinstance(first, Term) and first.pairs[0] == (0, 1)


def test_elements_are_sympy_polynomials_in_named_inner_products() -> None:
    x, y = MatrixSymbol("x", 3, 1), MatrixSymbol("y", 3, 1)
    problem = Problem("x: d, y: d -> ", group="O(d)")
    assert list(basis(problem, 2, d=3)) == [Inner(x, x), Inner(x, y), Inner(y, y)]
    u, v = MatrixSymbol("x", 2, 1), MatrixSymbol("y", 2, 1)
    assert list(basis(Problem(str(problem), group="SO(d)"), 2, d=2))[-1] == Det(u, v)


@pytest.mark.parametrize(
    ("line", "group", "degree", "sizes", "error", "message"),
    [
        ("X: d n -> d", "O(d)", -1, {"d": 2, "n": 3}, UsageError, "by input ({'X': 1}), not -1"),
        ("X: d n -> d", "O(d)", True, {"d": 2, "n": 3}, UsageError, "the degree is a natural number, or"),
        ("X: d n -> d", "O(d)", 1.5, {"d": 2, "n": 3}, UsageError, "not 1.5"),
        ("X: d n -> d", "O(d)", {"X": -2}, {"d": 2, "n": 3}, UsageError, "the degree in X is a natural number, not -2"),
        ("X: d n -> d", "O(d)", {"Y": 1}, {"d": 2, "n": 3}, UsageError, "has no input 'Y'; its inputs are X"),
        ("X: d n -> d", "O(d)", 3, {"n": 3}, UsageError, "sizes are missing: d; give them, for example d=3"),
        ("X: d n -> d", "O(d)", 3, {"d": 0, "n": 3}, UsageError, "'d' must be a positive integer, not 0"),
        ("X: d n -> d", "U(d)", 3, {"d": 2, "n": 3}, ProblemError, "a group (O, SO, S"),
        ("M: d d -> ", "O(d)", 2, {"d": 3}, Underivable, "has 2 axes that O(d) turns"),
        ("A: d k -> ", "O(d) x O(k)", 2, {"d": 3, "k": 2}, Underivable, "O(d) and O(k) both turn vectors"),
        ("X: d n, X_1: d -> ", "O(d)", 2, {"d": 3, "n": 2}, UsageError, "would both be called 'X_1'"),
    ],
)
def test_wrong_input_is_refused(
    line: str, group: str, degree: Any, sizes: dict[str, int], error: type[SymmetryError], message: str
) -> None:
    with pytest.raises(error) as caught:
        basis(Problem(line, group=group), degree, **sizes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("line", "group", "degree", "small", "large"),
    [
        ("X: d n -> d n", "O(d) x S(n)", 3, {"d": 2, "n": 4}, {"d": 2, "n": 7}),
        ("X: d n -> ", "SO(d) x S(n)", 3, {"d": 3, "n": 3}, {"d": 3, "n": 5}),
        ("X: d n, Z: d m -> ", "SO(d) x S(n)", 2, {"d": 2, "n": 2, "m": 3}, {"d": 2, "n": 5, "m": 3}),
        ("X: d n -> n, d n", "O(d) x S(n)", 3, {"d": 2, "n": 4}, {"d": 2, "n": 6}),
        ("A: n n -> n", "S(n)", 1, {"n": 3}, {"n": 6}),
        (
            "X: d n, Z: d m -> d",
            "O(d) x S(n) x S(m)",
            {"X": 1, "Z": 2},
            {"d": 2, "n": 3, "m": 3},
            {"d": 2, "n": 5, "m": 9},
        ),
    ],
)
def test_from_the_stable_size_on_the_terms_stay_the_same(
    line: str, group: str, degree: Any, small: dict[str, int], large: dict[str, int]
) -> None:
    problem = Problem(line, group=group)
    few, many = basis(problem, degree, **small), basis(problem, degree, **large)

    def written(found: Any) -> list[tuple[Any, ...]]:
        """The terms by their labels, which do not depend on the sizes."""
        lines = []
        for component, pairs, scalars, determinant in found.terms():
            configuration = found.configuration
            rank = configuration.components[component].rank

            def label(number: int, rank: int = rank, configuration: Any = configuration) -> str:
                return f"w{number}" if number < rank else str(configuration.vectors[number - rank])

            lines.append(
                (
                    configuration.components[component],
                    tuple((label(a), label(b)) for a, b in pairs),
                    tuple(str(configuration.scalars[scalar]) for scalar in scalars),
                    tuple(map(label, determinant)),
                )
            )
        return lines

    assert written(few) == written(many) and len(written(many)) == many.count
    for term in many.terms():
        assert many.orbit_size(term) == sum(1 for _ in many.orbit(term))


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, {"X": 2}, {"X": 1, "t": 2}], ids=str)
@pytest.mark.parametrize(("d", "n", "k"), [(1, 2, 3), (2, 3, 1), (3, 2, 1), (3, 4, 2)])
@pytest.mark.parametrize("group", ["O(d)", "SO(d)"])
def test_the_two_counts_without_enumeration_agree(group: str, d: int, n: int, k: int, degree: Any) -> None:
    problem = Problem("X: d n, t: k -> d d, d, k", group=group, d=d, n=n, k=k)
    by_formula = _number_of_terms(Configuration.of(problem), checked_degree(problem, degree))
    assert by_formula == count(problem, degree)


def test_large_numbers_are_counted_where_nothing_is_permuted() -> None:
    number, by = counted(Problem("X: d n -> d", group="O(d)", d=7, n=50), 41)
    assert number > 10**45 and by == "the hook content formula"
    with pytest.raises(TooLarge, match="products of power sums"):
        count(Problem("X: d n -> d n", group="O(d) x S(n)"), 61, d=7, n=50)
    with pytest.raises(TooLarge, match="products of power sums"):
        count(Problem("A: d k -> ", group="O(d) x O(k)"), 60, d=7, k=50)


def test_marks_that_cannot_fit_the_degree_are_not_listed() -> None:
    """Outputs and inputs with several tensor axes: thousands of marks, of which the degree leaves a few."""
    found = basis(Problem("X: 3 n, Y: n 3 m -> n 3 n", group="S(n) x SO(3)"), 1, n=4, m=2)
    assert len(list(found.terms())) == found.count == 15


def test_marked_vectors_stand_for_the_axes_in_order() -> None:
    """In uᵀWw the first marked vector is u: y_b y_cᵀ from w₁·y_b and w₂·y_c, and K with uᵀKw = det[u, w]."""
    x, y = MatrixSymbol("X_1", 2, 1), MatrixSymbol("X_2", 2, 1)
    found = basis(Problem("X: d n -> d d", group="SO(d)"), {"X": 2}, d=2, n=2)
    terms = dict(zip(found.terms(), found))
    assert terms[Term(0, ((0, 2), (1, 3)))] == x * y.T and terms[Term(0, ((0, 3), (1, 2)))] == y * x.T
    turn, *others = [found.in_coordinates(e) for e in basis(Problem("t: k -> d d", group="SO(d)"), 0, d=2, k=1)][::-1]
    assert turn == ImmutableMatrix([[0, 1], [-1, 0]]) and others == [ImmutableMatrix([[1, 0], [0, 1]])]


@pytest.mark.parametrize("group", ["O(d) x S(n)", "SO(d) x S(n)"])
def test_tensors_of_four_axes_have_all_pairings_of_marked_vectors(group: str) -> None:
    found = basis(Problem("X: d n -> d d d d", group=group), 0, d=3, n=2)
    terms = list(found.terms())
    assert len(terms) == found.count == 3
    assert all(sorted(sum(term.pairs, ())) == [0, 1, 2, 3] for term in terms)


def test_outputs_of_three_axes_have_terms_but_no_expressions() -> None:
    found = basis(Problem("X: d n -> d d d", group="O(d)"), 1, d=2, n=1)
    assert len(list(found.terms())) == found.count == 3
    with pytest.raises(UsageError, match="has 3 axes: take terms"):
        next(iter(found))


def test_what_is_too_large_for_elimination_gets_its_count_before_any_work() -> None:
    with pytest.raises(UsageError, match=r"the basis has \d+ elements"):
        iter(basis(Problem("X: d n -> d n", group="O(d) x S(n)"), 13, d=2, n=7))
