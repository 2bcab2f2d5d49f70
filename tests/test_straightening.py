"""Normal forms and equality: against values at exact points, SymPy's Gröbner bases, ranks and classical identities."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement, pairwise
from math import comb, prod
from typing import Any

import pytest
from sympy import (
    Add,
    Float,
    I,
    Identity,
    ImmutableMatrix,
    Integer,
    MatrixSymbol,
    Mul,
    Poly,
    Rational,
    S,
    Symbol,
    ZeroMatrix,
    cos,
    exp,
    groebner,
    pi,
    sin,
    sqrt,
    symbols,
)

from symmetry.determinant import Cross, Det, Hodge
from symmetry.errors import ShapeError, SymmetryError, UsageError
from symmetry.inner import Inner
from symmetry.invariants import gram_polynomials, straightening
from symmetry.invariants.standard import dimension, is_standard
from symmetry.invariants.straightening import are_equal, minors, normal_form

d_ = Symbol("d", integer=True, positive=True)
t, s = symbols("t s")


def columns(names: str, length: Any) -> list[MatrixSymbol]:
    return [MatrixSymbol(name, length, 1) for name in names.split()]


def at_random(expression: Any, d: int, seed: int = 0) -> Any:
    """The value at rational vectors: SymPy puts explicit columns into inner products, determinants and products."""
    rng = random.Random(seed)
    vectors = sorted((v for v in expression.atoms(MatrixSymbol) if v.shape[1] == 1), key=str)
    # Equal names get equal values in two expressions of the same vectors.
    point = {}
    for vector in vectors:
        rng.seed(f"{seed} {vector}")
        point[vector] = ImmutableMatrix([Rational(rng.randint(-9, 9), rng.randint(1, 4)) for _ in range(d)])
    value = expression.xreplace(point)
    if getattr(value, "is_Matrix", False):
        return ImmutableMatrix(value.doit().as_explicit()).expand()
    return value.doit().expand()


def monomials_of(expression: Any, vectors: Sequence[MatrixSymbol]) -> list[tuple[tuple[int, int], ...]]:
    """The monomials in inner products that occur, as pairs of positions."""
    return [monomial for _, monomial in gram_polynomials.read(expression, vectors)]


def random_polynomial(rng: random.Random, vectors: Sequence[MatrixSymbol], degree: int, terms: int) -> Any:
    pairs = [Inner(a, b) for a, b in combinations_with_replacement(vectors, 2)]
    return Add(*(rng.randint(-5, 5) * Mul(*rng.choices(pairs, k=degree)) for _ in range(terms)))


SIZES = [
    (3, 1, 3),
    (4, 1, 2),
    (3, 2, 4),
    (5, 2, 3),
    (4, 3, 5),
    (6, 3, 4),
    (2, 1, 5),
    (3, 4, 3),
]  # N, d, degree


@pytest.mark.parametrize(("N", "d", "degree"), SIZES)
def test_normal_form_is_the_same_function_in_standard_monomials(N: int, d: int, degree: int) -> None:
    rng = random.Random(N * d)
    vectors = columns(" ".join(f"v{i}" for i in range(N)), d)
    for _ in range(4):
        expression = random_polynomial(rng, vectors, degree, 3)
        found = normal_form(expression)
        assert at_random(found, d) == at_random(expression, d)
        assert all(is_standard(monomial, d) for monomial in monomials_of(found, vectors))
        assert normal_form(found) == found
        other = random_polynomial(rng, vectors, degree, 2)
        assert normal_form(expression - 3 * other) == normal_form((found - 3 * normal_form(other)).expand())
        assert (normal_form(expression * other) - normal_form(found * normal_form(other))).expand() == 0


@pytest.mark.parametrize(("N", "d"), [(3, 1), (4, 1), (4, 2), (5, 2), (4, 3), (2, 0), (3, 3)])
def test_minors_are_the_relations_of_least_degree(N: int, d: int) -> None:
    names = " ".join(f"v{i}" for i in range(N))
    found = list(minors(columns(names, d), d))
    assert len(found) == comb(comb(N + 1, 2) + d, d + 1) - dimension(N, d, 2 * d + 2)
    for number, (minor, wider) in enumerate(zip(found, minors(columns(names, d + 1), d))):
        assert normal_form(minor) == 0
        assert are_equal(minor, 0) and not are_equal(minor, 0, d + 1) and not are_equal(wider, 0)
        if d and number < 10:
            assert not any(at_random(minor, d, number + seed) for seed in range(3))
            assert any(at_random(wider, d + 1, number + seed) for seed in range(3))


@pytest.mark.parametrize(("N", "d"), [(2, 1), (3, 1), (3, 2), (4, 3)])
def test_minors_are_the_groebner_basis_that_sympy_finds(N: int, d: int) -> None:
    vectors = columns(" ".join(f"v{i}" for i in range(N)), d)
    pairs = list(combinations_with_replacement(range(N), 2))
    plain = {Inner(vectors[a], vectors[b]): Symbol(f"g{a}{b}") for a, b in pairs}
    relations = [minor.xreplace(plain) for minor in minors(vectors, d)]
    basis = groebner(relations, *plain.values(), order="lex")
    leading = {next(iter(polynomial.monoms())) for polynomial in basis.polys}
    assert leading == {next(iter(Poly(relation, *plain.values()).monoms())) for relation in relations}
    assert len(leading) == len(relations)
    rng = random.Random(1)
    for _ in range(4):
        expression = random_polynomial(rng, vectors, d + 2, 4)
        _, remainder = basis.reduce(expression.xreplace(plain).expand())
        assert normal_form(expression).expand().xreplace(plain).expand() == remainder


@pytest.mark.parametrize(("N", "d", "degree"), [(3, 1, 3), (4, 2, 3), (4, 2, 4)])
def test_normal_forms_of_all_monomials_span_what_there_is(N: int, d: int, degree: int) -> None:
    """Each monomial divides to standard ones; the standard ones are as many as the dimension, and stay."""
    pairs = list(combinations_with_replacement(range(N), 2))
    division = straightening._Division(d, 10**6)
    seen = set()
    for monomial in combinations_with_replacement(pairs, degree):
        remainder = division.remainder({monomial: 1})
        seen.update(remainder)
        assert (remainder == {monomial: 1}) == is_standard(monomial, d)
    assert len(seen) == dimension(N, d, 2 * degree)


def test_equal_functions_have_one_normal_form() -> None:
    """Multiples of relations change nothing, in any order of the vectors."""
    rng = random.Random(9)
    vectors = columns("a b c e", 2)
    relations = list(minors(vectors, 2))
    for order in (vectors, vectors[::-1], [vectors[i] for i in (2, 0, 3, 1)]):
        for _ in range(3):
            expression = random_polynomial(rng, vectors, 4, 3)
            more = Add(*(random_polynomial(rng, vectors, 1, 1) * rng.choice(relations) for _ in range(3)))
            assert normal_form(expression, vectors=order) == normal_form(expression + more, vectors=order)
            assert are_equal(expression, expression + more)
            assert not are_equal(expression, expression + more + Inner(*vectors[:2]) ** 4)


def test_order_of_vectors_decides_which_monomials_are_standard() -> None:
    a, b, c = columns("a b c", 1)
    one, other = Inner(a, a) * Inner(b, c), Inner(a, b) * Inner(a, c)
    assert normal_form(one) == normal_form(other) == other
    assert normal_form(one, vectors=[b, a, c]) == normal_form(other, vectors=[b, a, c]) == one
    with pytest.raises(UsageError, match="not in it are c"):
        normal_form(one, vectors=[a, b])


# ---------------------------------------------------------------------------------------------------------------
# Identities.


def gram(rows: Sequence[Any], others: Sequence[Any]) -> Any:
    return ImmutableMatrix([[Inner(a, b) for b in others] for a in rows]).det()


x2, y2, z2, w2 = columns("x y z w", 2)
x3, y3, z3, w3, v3 = columns("x y z w v", 3)
x4, y4, z4, w4 = columns("x y z w", 4)
A3, B3 = x3 * y3.T + 2 * z3 * w3.T, Hodge(x3) + y3 * y3.T

IDENTITIES = {
    "Lagrange": (Det(x2, y2) ** 2, Inner(x2, x2) * Inner(y2, y2) - Inner(x2, y2) ** 2),
    "Plücker": (Det(x2, y2) * Det(z2, w2) - Det(x2, z2) * Det(y2, w2) + Det(x2, w2) * Det(y2, z2), S.Zero),
    "angle addition": (Inner(x2, y2) * Det(x2, z2) - Inner(x2, z2) * Det(x2, y2), Inner(x2, x2) * Det(y2, z2)),
    "quarter turn twice": (Hodge() * Hodge() * x2, -x2),
    "quarter turn": (Hodge() * x2, Cross(x2)),
    "Cramer in the plane": (Det(x2, y2) * z2, Det(z2, y2) * x2 + Det(x2, z2) * y2),
    "cubes in the plane": (
        Inner(x2, x2) * Inner(y2, y2) * z2,
        Inner(x2, y2) ** 2 * z2 + Det(x2, y2) * (Det(z2, y2) * x2 + Det(x2, z2) * y2),
    ),
    "Binet-Cauchy": (
        Inner(Cross(x3, y3), Cross(z3, w3)),
        Inner(x3, z3) * Inner(y3, w3) - Inner(x3, w3) * Inner(y3, z3),
    ),
    "back minus cab": (Cross(x3, Cross(y3, z3)), Inner(x3, z3) * y3 - Inner(x3, y3) * z3),
    "Jacobi": (
        Cross(x3, Cross(y3, z3)) + Cross(y3, Cross(z3, x3)) + Cross(z3, Cross(x3, y3)),
        ZeroMatrix(3, 1),
    ),
    "triple product": (Inner(x3, Cross(y3, z3)), Det(x3, y3, z3)),
    "crosses of crosses": (
        Det(Cross(x3, y3), Cross(y3, z3), Cross(z3, x3)),
        Det(x3, y3, z3) ** 2,
    ),
    "Cramer in space": (
        Det(x3, y3, z3) * w3,
        Det(w3, y3, z3) * x3 + Det(x3, w3, z3) * y3 + Det(x3, y3, w3) * z3,
    ),
    "Gram determinant": (Det(x3, y3, z3) * Det(w3, x3, v3), gram((x3, y3, z3), (w3, x3, v3))),
    "linear in each place": (
        Det(x3 + 2 * y3, z3 - y3, w3),
        Det(x3, z3, w3) + 2 * Det(y3, z3, w3) - Det(x3, y3, w3),
    ),
    "cross as a matrix": (Hodge(x3) * y3, -Cross(x3, y3)),
    "square of a cross matrix": (Hodge(x3) * Hodge(x3), x3 * x3.T - Inner(x3, x3) * Identity(3)),
    "product of cross matrices": (Hodge(x3) * Hodge(y3), y3 * x3.T - Inner(x3, y3) * Identity(3)),
    "transposes": ((A3 * B3).T, B3.T * A3.T),
    "associativity": (x3 * (y3.T * z3), Inner(y3, z3) * x3),
    "powers": ((x3 * y3.T) ** 3, Inner(x3, y3) ** 2 * x3 * y3.T),
    "number as a matrix": (x3.T * y3, Inner(x3, y3)),
    "Cayley-Hamilton": (  # of rank two in space, where the determinant is 0
        A3 * A3 * A3 - (Inner(x3, y3) + 2 * Inner(z3, w3)) * A3 * A3,
        -2 * (Inner(x3, y3) * Inner(z3, w3) - Inner(x3, w3) * Inner(z3, y3)) * A3,
    ),
    "identity from a frame": (
        Det(x3, y3, z3) * Identity(3),
        x3 * Cross(y3, z3).T + y3 * Cross(z3, x3).T + z3 * Cross(x3, y3).T,
    ),
    "generalised cross": (Inner(Cross(x4, y4, z4), w4), Det(w4, x4, y4, z4)),
    "norm of a cross": (Inner(Cross(x4, y4, z4), Cross(x4, y4, z4)), gram((x4, y4, z4), (x4, y4, z4))),
    "Hodge in four dimensions": (Hodge(x4, y4) * z4, Cross(z4, x4, y4)),
    "Gram determinant of five": (gram((x4, y4, z4, w4, x4 + y4), (x4, y4, z4, w4, x4 - z4)), S.Zero),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_identity_holds_and_stops_holding_when_changed(name: str) -> None:
    left, right = IDENTITIES[name]
    d = next(iter(left.atoms(MatrixSymbol))).shape[0]
    values = [
        ImmutableMatrix([value]) if not value.is_Matrix else value
        for value in (at_random(left, d), at_random(right, d))
    ]
    assert list(values[0]) == list(values[1])  # it is an identity
    assert are_equal(left, right) and are_equal(right, left)
    assert normal_form(left) == normal_form(right) or left.shape == (1, 1)
    if any(values[0]):
        assert not are_equal(2 * left, right) and not are_equal(left, -right)


KINDS: list[tuple[int, Callable[[random.Random, list[MatrixSymbol]], Any]]] = [
    (1, lambda rng, v: Det(v[0]) * Det(v[1]) * Inner(v[2], v[2]) + Det(v[2]) ** 3 * Det(v[0])),
    (1, lambda rng, v: Inner(v[0], v[1]) * v[2] - 3 * Det(v[1]) * Cross() * Inner(v[0], v[2])),
    (2, lambda rng, v: Det(*v[:2]) * Inner(v[2], v[3]) * v[0] + Cross(v[1]) * Inner(v[2], v[2])),
    (2, lambda rng, v: Hodge() * v[0] * v[1].T * Hodge() + Inner(v[2], v[3]) * Hodge()),
    (2, lambda rng, v: Det(v[0], Cross(v[1])) * Det(v[1], v[2] - v[3]) ** 2),
    (3, lambda rng, v: Cross(Cross(v[0], v[1]), Cross(v[2], v[3])) + Det(v[1], v[2], v[3]) * v[0]),
    (3, lambda rng, v: Hodge(Cross(v[0], v[1])) * (v[2] * v[3].T) * Hodge(v[0]).T + Identity(3)),
    (3, lambda rng, v: Det(*v[:3]) * Inner(v[3], v[3]) * Inner(v[0], v[2]) - Det(*v[1:]) * Inner(v[0], v[0]) ** 2),
    (3, lambda rng, v: v[0].T * Hodge(v[1]) * v[2] * v[3].T),
    (4, lambda rng, v: Hodge(v[0], v[1]) * v[2] * v[3].T * Inner(v[0], v[3]) + Hodge(v[2], v[3])),
    (2, lambda rng, v: (v[0] * v[1].T + Hodge()) ** 3 * v[2]),
    (2, lambda rng, v: (v[0] + rng.randint(1, 4) * Inner(v[1], v[2]) * v[3]).T * v[0] * v[1].T),
]


@pytest.mark.parametrize(("d", "build"), KINDS, ids=[f"{d}d-{index}" for index, (d, _) in enumerate(KINDS)])
def test_normal_form_of_every_kind_is_the_same_map(d: int, build: Callable[..., Any]) -> None:
    rng = random.Random(d)
    vectors = columns("p q r u", d)
    expression = build(rng, vectors)
    for order in (vectors, vectors[::-1]):
        found = normal_form(expression, vectors=order)
        for seed in range(2):
            assert at_random(found, d, seed) == at_random(expression, d, seed)
        assert normal_form(found, vectors=order) == found
        assert are_equal(found, expression)
        assert not are_equal(found, 2 * expression)


# ---------------------------------------------------------------------------------------------------------------
# Dimensions and coefficients.


x, y, z = columns("x y z", d_)
CAUCHY = Inner(x, x) * Inner(y, y) - Inner(x, y) ** 2


def test_symbolic_dimension_has_no_relations() -> None:
    assert not are_equal(CAUCHY, 0) and not are_equal(CAUCHY, 0, d_) and not are_equal(CAUCHY, 0, 2)
    assert are_equal(CAUCHY, 0, 1) and are_equal(CAUCHY, 0, 0)
    assert normal_form(CAUCHY) == CAUCHY
    assert are_equal((Inner(x, y) + 1) ** 2, Inner(x, y) ** 2 + 2 * Inner(x, y) + 1)
    assert are_equal(Inner(x + 2 * y, z - x), Inner(x, z) - Inner(x, x) + 2 * Inner(y, z) - 2 * Inner(x, y))
    assert are_equal(x * x.T * x * x.T, Inner(x, x) * x * x.T)


def test_another_dimension_than_the_declared_length() -> None:
    a, b = columns("a b", 3)
    assert are_equal(Inner(a, a) * Inner(b, b), Inner(a, b) ** 2, 1)
    assert not are_equal(Inner(a, a) * Inner(b, b), Inner(a, b) ** 2)
    with pytest.raises(UsageError, match="d = 2, but a has length 3: determinants"):
        are_equal(Inner(Cross(a, b), a), 0, 2)


def test_dimension_in_the_coefficients_is_put_in() -> None:
    assert are_equal(d_ * Inner(x, y), 4 * Inner(x, y), Integer(4))
    assert are_equal(d_ * Inner(x, y), 3 * Inner(x, y), 3) and not are_equal(d_ * Inner(x, y), 3 * Inner(x, y))
    assert normal_form((d_**2 - 4) / (d_ - 2) * Inner(x, y), 2) == 4 * Inner(x, y)
    with pytest.raises(UsageError, match="has a pole at d = 2"):
        normal_form(Inner(x, y) / (d_ - 2), 2)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sqrt(2) * sqrt(3), sqrt(6)),
        ((1 + sqrt(2)) ** 3, 7 + 5 * sqrt(2)),
        (sqrt(3 + 2 * sqrt(2)), 1 + sqrt(2)),
        (I * I, Integer(-1)),
        ((t + s) ** 2 / (t + s), t + s),
        (1 / (t - 1) - 1 / (t + 1), 2 / (t**2 - 1)),
        (sqrt(2) * t / (sqrt(2) * s), t / s),
        (pi * (t + 1), pi * t + pi),
        (sin(t) * (1 + cos(t)), sin(t) + sin(t) * cos(t)),
    ],
    ids=str,
)
def test_coefficients_are_exact(left: Any, right: Any) -> None:
    assert are_equal(left * CAUCHY + Inner(x, y), right * CAUCHY + Inner(x, y), 2)
    assert are_equal(left * Inner(x, x) * y, right * Inner(x, y) * x, 1)
    if not left.has(sin):
        assert not are_equal(left * Inner(x, y), 2 * right * Inner(x, y), 2)
        assert not are_equal(left * Inner(x, y), right * Inner(x, y) + sqrt(5) * t * pi * Inner(x, x))


def test_unknown_coefficients_are_not_guessed() -> None:
    with pytest.raises(UsageError, match="it is not known whether"):
        are_equal((sin(t) ** 2 + cos(t) ** 2) * Inner(x, y), Inner(x, y), 2)
    with pytest.raises(UsageError, match="it is not known whether"):
        are_equal(sqrt(t**2) * Inner(x, y), t * Inner(x, y))
    # One coefficient that is known not to be 0 decides.
    assert not are_equal((sin(t) ** 2 + cos(t) ** 2) * Inner(x, y), Inner(x, y) + Inner(x, x))


@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        (1 / Inner(x, x), UsageError, "is no polynomial in inner products and determinants"),
        (exp(Inner(x, y)), UsageError, "is no polynomial"),
        (Inner(x, y) ** t, UsageError, "is no polynomial"),
        (Float(0.5) * Inner(x, y), UsageError, "a coefficient is a float"),
        (S.ComplexInfinity * Inner(x, y), UsageError, "the coefficient zoo is no number"),
        (x[0, 0] * Inner(x, y), UsageError, "is not written in inner products"),
        (MatrixSymbol("Q", d_, d_) * x, UsageError, "Q is neither a symbol of a column"),
        (Inner(MatrixSymbol("Q", d_, d_) * x, y), UsageError, "Q is neither a symbol of a column"),
        (Inner(columns("a", 2)[0], ImmutableMatrix([1, 2])), UsageError, "is neither a symbol of a column"),
        (Inner(x, y) + Inner(*columns("a b", 3)), ShapeError, "a has 3, x has d"),
        ("x.T*y", UsageError, "'x.T\\*y' is a str, not a SymPy expression"),
        ((Inner(x, y), 1), UsageError, "is a Tuple"),
    ],
    ids=str,
)
def test_refusals_say_what_and_why(expression: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        normal_form(expression)


@pytest.mark.parametrize("d", [-1, True, Rational(1, 2), 2.0], ids=str)
def test_dimension_is_a_whole_number(d: Any) -> None:
    with pytest.raises(UsageError, match="a dimension is a whole number, at least 0"):
        are_equal(Inner(x, y), 0, d)
    with pytest.raises(UsageError, match="a dimension is a whole number, at least 0"):
        minors([x, y], d)


@pytest.mark.parametrize(("a", "b"), [(Inner(x, y), x), (x, x.T), (x, x * y.T), (Identity(d_), Inner(x, x))], ids=str)
def test_unlike_kinds_are_refused(a: Any, b: Any) -> None:
    with pytest.raises(ShapeError, match="only like can be equal"):
        are_equal(a, b)


def test_rows_and_columns_in_one_dimension_are_not_mixed_up() -> None:
    a, b = columns("a b", 1)
    assert are_equal(a * b.T * a, Inner(a, b) * a) and are_equal(Inner(a, a) * b, Inner(a, b) * a)
    assert are_equal(a.T * b, Inner(a, b)) and are_equal(Cross() * Det(a), a)
    with pytest.raises(ShapeError, match="write Inner"):
        normal_form(a * b)
    with pytest.raises(ShapeError, match="only like can be equal"):
        are_equal(a, Inner(a, a))


def test_nothing_and_constants() -> None:
    assert normal_form(0) == 0 and normal_form(t + 1, 3) == t + 1
    assert are_equal(2, 2) and not are_equal(2, 3) and not are_equal(t, 2, 4)
    assert normal_form(0 * x + y - y, 2) == ZeroMatrix(d_, 1)
    assert are_equal(x, 0 * x, 0) and not are_equal(x, 0 * x, 1)
    assert are_equal(Inner(x, y) + t, t, 0) and not are_equal(Inner(x, y) + t, t + 1, 0)


def test_hopeless_sizes_are_refused_before_the_work() -> None:
    vectors = columns(" ".join(f"v{i}" for i in range(12)), 9)
    with pytest.raises(UsageError, match="a determinant of 10 rows has 3,628,800 terms"):
        normal_form(prod(Inner(v, v) for v in vectors[:10]))
    with pytest.raises(UsageError, match="more than 1,000 terms"):
        normal_form(prod(Inner(v, v) for v in vectors[:7]), 3, limit=1000)
    # What is different is found to be different at any size.
    assert not are_equal(prod(Inner(v, v) for v in vectors), 0)
    assert not are_equal(prod(Inner(v, v) for v in vectors), prod(Inner(v, w) for v, w in pairwise(vectors)))
    # What has no chain is standard at any size.
    assert are_equal((Inner(*vectors[:2]) + 1) ** 40, (1 + Inner(*vectors[:2])) ** 38 * (Inner(*vectors[:2]) + 1) ** 2)


# ---------------------------------------------------------------------------------------------------------------
# The checks above notice faults.


def permanent(rows: Sequence[int], others: Sequence[int]) -> Any:
    return tuple((monomial, abs(sign)) for monomial, sign in TRUE_TERMS(tuple(rows), tuple(others)))


def weak_chain(monomial: Any) -> Any:
    """A sequence of generators of which the rows increase, but the columns need not."""
    found: list[tuple[int, int]] = []
    for generator in sorted(set(monomial)):
        if not found or (generator[0] > found[-1][0] and generator[1] >= found[-1][1]):
            found.append(generator)
    return tuple(found)


TRUE_TERMS = gram_polynomials.determinant_terms
TRUE_INIT = straightening._Division.__init__
FAULTS = {
    "permanents": (straightening, "determinant_terms", permanent),
    "weak chains": (straightening, "longest_chain", weak_chain),
    "relations of d − 1": (straightening._Division, "__init__", lambda self, d, limit: TRUE_INIT(self, d - 1, limit)),
    "relations of d + 1": (straightening._Division, "__init__", lambda self, d, limit: TRUE_INIT(self, d + 1, limit)),
    "cross products without sign": (
        gram_polynomials,
        "_alternate",
        lambda vectors: {(tuple(sorted(vectors)), ()): Integer(1)},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[fault])
    checks = [
        (test_normal_form_is_the_same_function_in_standard_monomials, (5, 2, 3)),
        (test_normal_forms_of_all_monomials_span_what_there_is, (4, 2, 3)),
        (test_normal_form_of_every_kind_is_the_same_map, KINDS[5]),
    ]
    noticed = 0
    for check, arguments in checks:
        try:
            check(*arguments)
        except (AssertionError, SymmetryError, IndexError, ValueError):  # the check fails, or the division breaks down
            noticed += 1
    assert noticed


A, B = symbols("a b")
P = columns("p q", 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Inner((A + 1) * P[0], P[1]), (A + 1) * Inner(*P)),
        (Det((A - B) * P[0], P[1]), A * Det(*P) - B * Det(*P)),
        (sqrt(2) * (B + 1) * P[0], (sqrt(2) * B + sqrt(2)) * P[0]),
        (sqrt(2) + A * (A - B) * Inner(*P), (A**2 - A * B) * Inner(*P) + sqrt(2)),
        ((sqrt(2) * A + 1) * (sqrt(2) * A - 1) * Inner(*P), (2 * A**2 - 1) * Inner(*P)),
        (2 * (B - A) / (A + 1) * Inner(*P), (2 * B / (A + 1) - 2 * A / (A + 1)) * Inner(*P)),
    ],
    ids=str,
)
def test_equal_coefficients_have_one_normal_form(one: Any, other: Any) -> None:
    found = normal_form(one)
    assert found == normal_form(other) == normal_form(found) and are_equal(one, other)
