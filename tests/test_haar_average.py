"""Averages over O(d) and SO(d): closed forms, finite groups that average alike, invariance, and samples."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod
from random import Random

import numpy as np
import pytest
from sympy import (
    QQ,
    Abs,
    BlockMatrix,
    Derivative,
    Determinant,
    HadamardProduct,
    I,
    ImmutableMatrix,
    Integer,
    KroneckerDelta,
    Matrix,
    MatrixSymbol,
    Mul,
    Rational,
    Sum,
    Symbol,
    Trace,
    binomial,
    cancel,
    factorial2,
    nan,
    oo,
    sin,
    sqrt,
    symbols,
    zoo,
)

from symmetry.errors import UsageError
from symmetry.groups import SO, O, Product, S
from symmetry.haar import monomials
from symmetry.haar.average import haar_average
from symmetry.haar.monomials import by_columns, by_pairings, reduced_exponents
from symmetry.haar.zonal import doubled_dimension
from symmetry.partitions import partitions

d, a, b, i, j, k, m = symbols("d a b i j k m")
Q = MatrixSymbol("Q", d, d)


def sized(n):
    return MatrixSymbol("Q", n, n)


def monomial(matrix, exponents):
    return Mul(*(matrix[r, c] ** e for r, row in enumerate(exponents) for c, e in enumerate(row)))


def table_of(rows, columns, degree, seed, count):
    """Random matrices of exponents."""
    rng = Random(seed)
    for _ in range(count):
        exponents = [[0] * columns for _ in range(rows)]
        for _ in range(degree):
            exponents[rng.randrange(rows)][rng.randrange(columns)] += 1
        yield tuple(map(tuple, exponents))


# ---------------------------------------------------------------------------------------------------------------
# Closed forms.

TEXTBOOK = {
    "1/d": Q[0, 0] ** 2,
    "3/(d*(d + 2))": Q[4, 1] ** 4,
    "1/(d*(d + 2))": Q[0, 0] ** 2 * Q[0, 1] ** 2,
    "(d + 1)/(d*(d - 1)*(d + 2))": Q[0, 0] ** 2 * Q[1, 1] ** 2,
    "-1/(d*(d - 1)*(d + 2))": Q[0, 0] * Q[0, 1] * Q[1, 0] * Q[1, 1],
    "15/(d*(d + 2)*(d + 4))": Q[0, 0] ** 6,
    "3*(d + 3)/(d*(d - 1)*(d + 2)*(d + 4))": Q[0, 0] ** 4 * Q[1, 1] ** 2,
    "2/(d*(d - 2)*(d - 1)*(d + 2)*(d + 4))": prod((Q[0, 1], Q[1, 2], Q[2, 0], Q[0, 0], Q[1, 1], Q[2, 2])),
    "(d**2 + 3*d - 2)/(d*(d - 2)*(d - 1)*(d + 2)*(d + 4))": (Q[0, 0] * Q[1, 1] * Q[2, 2]) ** 2,
    "0": Q[0, 0] ** 3,
}


@pytest.mark.parametrize("value", TEXTBOOK)
def test_monomials_have_the_published_averages(value):
    # B. Collins, P. Śniady 2006; the signs of d + c as haarpy 0.1.1 (haar_integral_orthogonal) gives them.
    assert str(haar_average(TEXTBOOK[value], Q)) == value


@pytest.mark.parametrize("n", [1, 2, 3, 5, 11])
def test_one_column_is_a_point_of_the_sphere(n):
    for exponents in ((2,), (20,), (4, 2), (6, 0, 2), (2, 2, 4), (1, 1), (3,)):
        if len(exponents) <= n:
            degree = sum(exponents)
            odd = any(e % 2 for e in exponents)
            known = 0 if odd else Rational(prod(factorial2(e - 1) for e in exponents), prod(range(n, n + degree, 2)))
            for matrix in (sized(n), sized(n).T):
                assert haar_average(Mul(*(matrix[r, 0] ** e for r, e in enumerate(exponents))), sized(n)) == known


def circle(cosines, sines):
    """The mean of cosᵖ·sin^q over the circle."""
    if cosines % 2 or sines % 2:
        return Fraction(0)
    return Fraction(prod(map(double, (cosines, sines))), prod(range(2, cosines + sines + 1, 2)))


def double(n):
    return prod(range(n - 1, 0, -2))


@pytest.mark.parametrize("group", ["O", "SO"])
def test_the_plane_is_cosines_and_sines(group):
    for exponents in (e for degree in (0, 2, 3, 4, 10) for e in table_of(2, 2, degree, degree, 12)):
        (p, q), (r, s) = exponents
        mean = circle(p + s, q + r) * (-1) ** q  # the rotation ((c, −s), (s, c))
        if group == "O":
            mean = (mean + circle(p + s, q + r) * (-1) ** s) / 2  # and the reflection ((c, s), (s, −c))
        assert haar_average(monomial(sized(2), exponents), sized(2), group) == Rational(
            mean.numerator, mean.denominator
        )


def test_size_one_is_a_sign():
    for power in range(5):
        assert haar_average(sized(1)[0, 0] ** power, sized(1)) == (power + 1) % 2
        assert haar_average(sized(1)[0, 0] ** power, sized(1), "SO") == 1


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_moments_of_the_trace_count_tableaux(n):
    # E tr(Q)^2k = Σ f^2λ over the λ with at most n parts (Rains 1998); (2k−1)!! once n ≥ k.
    for order in range(1, 5):
        known = sum(doubled_dimension(shape) for shape in partitions(order, most=n))
        assert haar_average(Trace(sized(n)) ** (2 * order), sized(n)) == known
        assert (known == double(2 * order)) == (n >= order)


def test_moments_of_the_trace_of_a_rotation_are_motzkin_sums():
    # Tr of SO(3) is the character 1 + 2cos θ; OEIS A005043.
    assert [haar_average(Trace(sized(3)) ** p, sized(3), "SO") for p in range(7)] == [1, 0, 1, 1, 3, 6, 15]


@pytest.mark.parametrize("n", [2, 3, 4])
def test_minors(n):
    # Squares of the minors of order r in given rows add up to 1 (Cauchy-Binet), so that each has the mean 1/binomial.
    for order in range(1, n + 1):
        block = Matrix(order, order, lambda r, c: sized(n)[r, c])
        assert haar_average(block.det() ** 2, sized(n)) == 1 / binomial(n, order)
    symbolic = haar_average(Matrix(3, 3, lambda r, c: Q[r, c]).det() ** 2, Q)
    assert symbolic == 6 / (d * (d - 1) * (d - 2))


# ---------------------------------------------------------------------------------------------------------------
# Finite groups. The rotations of the icosahedron have no invariants in the harmonics of degrees 1 to 5, so that their
# average of a polynomial of degree at most 5 in the entries is that over SO(3).


def times(x, y):
    return tuple(
        tuple(sum((x[r][t] * y[t][c] for t in range(1, 3)), x[r][0] * y[0][c]) for c in range(3)) for r in range(3)
    )


def icosahedral():
    field = QQ.algebraic_field(sqrt(5))
    half, root = field(Rational(1, 2)), field.from_sympy(sqrt(5))
    golden = half * (1 + root)
    mirrors = [
        (field(1), field(0), field(0)),
        (half, half * golden, half * (golden - 1)),
        (field(0), field(0), field(1)),
    ]
    reflections = [
        tuple(tuple(field(int(r == c)) - 2 * v[r] * v[c] for c in range(3)) for r in range(3)) for v in mirrors
    ]
    steps = [times(x, y) for x, y in product(reflections, repeat=2)]
    found, new = set(), [steps[0]]
    while new:
        found.update(new)
        new = list({times(x, y) for x in new for y in steps} - found)
    return field, found


def test_averages_are_those_over_the_rotations_of_the_icosahedron():
    field, rotations = icosahedral()
    assert len(rotations) == 60
    for degree in range(6):
        for exponents in table_of(3, 3, degree, degree, 25):
            cells = [(r, c, e) for r, row in enumerate(exponents) for c, e in enumerate(row) if e]
            values = [prod((q[r][c] ** e for r, c, e in cells), start=field(1)) for q in rotations]
            mean = field.to_sympy(sum(values, field(0)) / 60)
            assert haar_average(monomial(sized(3), exponents), sized(3), "SO") == mean
            full = mean if degree % 2 == 0 else 0  # −1 is in O(3)
            assert haar_average(monomial(sized(3), exponents), sized(3), "O") == full


# ---------------------------------------------------------------------------------------------------------------
# Properties.


@pytest.mark.parametrize("dimension", [None, 3, 4, 7], ids=str)
def test_pairings_and_columns_agree(monkeypatch, dimension):
    monkeypatch.setattr(monomials, "FEW_PAIRINGS", 0)  # columns to the end
    monomials._average.cache_clear()
    compared = 0
    for exponents in (e for degree in (0, 2, 4, 6, 8) for e in table_of(3, 3, degree, degree, 40)):
        if all(sum(line) % 2 == 0 for line in (*exponents, *zip(*exponents))):
            normal = reduced_exponents(exponents)
            assert by_pairings(normal, dimension) == by_columns(normal, dimension)
            compared += 1
    monomials._average.cache_clear()
    assert compared > 40


def test_an_average_of_entries_is_right_at_every_size_that_has_them():
    # Below the order as well: k = 4 and 5, with three rows.
    for exponents in (
        ((2, 0, 0), (0, 4, 0), (0, 0, 4)),
        ((2, 1, 1), (1, 2, 1), (1, 1, 0)),
        ((4, 2, 0), (0, 2, 2), (0, 0, 0)),
    ):
        symbolic = haar_average(monomial(Q, exponents), Q)
        for n in (3, 4, 9):
            assert symbolic.subs(d, n) == haar_average(monomial(sized(n), exponents), sized(n))


@pytest.mark.parametrize("n, group", [(2, "O"), (2, "SO"), (3, "O"), (3, "SO"), (4, "SO")])
def test_averages_survive_translations_and_transposition(n, group):
    X = sized(n)
    rotation = Matrix(n, n, lambda r, c: int(r == c))
    rotation[:2, :2] = Matrix([[3, -4], [4, 3]]) / 5
    if n > 2:
        rotation[:, -1], rotation[:, 0] = rotation[:, 0], -rotation[:, -1]
    assert rotation.T * rotation == Matrix.eye(n) and rotation.det() == 1
    for exponents in (e for degree in (2, 3, 4) for e in table_of(n, n, degree, 7 * degree, 2)):
        f = monomial(X, exponents)
        known = haar_average(f, X, group)
        for moved in (rotation * X, X * rotation, X.T):
            assert haar_average(monomial(moved.as_explicit(), exponents), X, group) == known


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("group", ["O", "SO"])
def test_rows_and_columns_have_length_one_and_are_orthogonal(n, group):
    X = sized(n)
    row, column = (sum(X[0, t] ** 2 for t in range(n)), sum(X[t, n - 1] ** 2 for t in range(n)))
    for exponents in (e for degree in (n - 1, n, 4) for e in table_of(n, n, degree, degree, 5)):
        f = monomial(X, exponents)
        known = haar_average(f, X, group)
        assert haar_average(row * f, X, group) == haar_average(column * f, X, group) == known
        if n > 1:
            assert haar_average(sum(X[0, t] * X[1, t] for t in range(n)) * f, X, group) == 0


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_cofactor_is_an_entry_of_a_rotation(n):
    X = sized(n)
    cofactor = X.as_explicit().cofactor(0, 1, method="laplace")
    for exponents in table_of(n, n, n - 1, n, 5):
        f = monomial(X, exponents)
        assert haar_average(cofactor * f, X, "SO") == haar_average(X[0, 1] * f, X, "SO")
        assert haar_average(cofactor * f, X) == haar_average(X[0, 1] * f * Determinant(X), X)


def test_the_determinant_squares_to_one():
    X = sized(3)
    expanded = X.as_explicit().det(method="laplace")
    f = X[0, 0] * X[1, 1] * X[2, 2]
    assert haar_average(expanded**2, X) == haar_average(Determinant(X) ** 2, X) == 1
    assert haar_average(expanded * f, X) == haar_average(Determinant(X) ** 3 * f, X) == Rational(1, 6)
    assert haar_average(expanded, X, "SO") == haar_average(Determinant(X.T), X, "SO") == 1
    A = MatrixSymbol("A", 3, 3)
    assert haar_average(Determinant(2 * X * A * X.T) + Determinant(X * A), X) == 8 * Determinant(A)


def test_with_a_symbolic_size_the_determinant_must_be_even_or_vanish():
    assert haar_average(Determinant(Q) ** 2 * Q[0, 0] ** 2, Q) == 1 / d
    assert haar_average(a * Determinant(Q), Q) == 0
    assert haar_average(Determinant(Q) * Q[0, 0] * Q[0, 1] * Q[1, 1], Q) == 0  # the first row has an even sum
    assert haar_average(Q[0, 0] ** 2 + Determinant(Q), Q, "SO") == (d + 1) / d
    with pytest.raises(
        UsageError, match=r"Q\[0, 0\] times det Q is not one rational function .* give Q an integer size"
    ):
        haar_average(Determinant(Q) * Q[0, 0], Q)
    with pytest.raises(UsageError, match="give Q an integer size"):
        haar_average(Q[0, 0], Q, "SO")  # 1 at d = 1, 0 elsewhere


@pytest.mark.parametrize("n, group", [(3, "O"), (4, "SO")])
def test_averages_are_those_of_samples(n, group):
    X, count = sized(n), 20000
    f = (X[0, 0] * X[1, 1] - 2 * X[0, 1] * X[1, 2]) ** 2 * X[2, 2] ** 2 + prod(X[t, t] for t in range(n)) + X[1, 0] ** 4
    rng = np.random.default_rng(20061)
    q, r = np.linalg.qr(rng.standard_normal((count, n, n)))
    q *= np.where(np.diagonal(r, axis1=1, axis2=2) < 0, -1.0, 1.0)[:, None, :]
    if group == "SO":
        q[:, :, 0] *= np.linalg.det(q)[:, None]
    values = (
        (q[:, 0, 0] * q[:, 1, 1] - 2 * q[:, 0, 1] * q[:, 1, 2]) ** 2 * q[:, 2, 2] ** 2
        + prod(q[:, t, t] for t in range(n))
        + q[:, 1, 0] ** 4
    )
    # Six standard errors: a false alarm once in 10⁹.
    assert abs(values.mean() - float(haar_average(f, X, group))) < 6 * values.std() / count**0.5


# ---------------------------------------------------------------------------------------------------------------
# What an expression may be.


def test_everything_without_q_is_a_constant():
    A = MatrixSymbol("A", 2, 5)
    for constant in (Integer(7), a, sin(a), A[0, 1], sqrt(2), I, d**2, 1 / (d + 1)):
        assert haar_average(constant, Q) == constant
        assert haar_average(constant * Q[0, 0] ** 2, Q) == constant / d
    assert haar_average(3, Q) == 3
    for matrix in (A, MatrixSymbol("A", d, m), ImmutableMatrix([[a, b]])):
        assert haar_average(matrix, Q) == matrix
    assert haar_average(sized(3)[0, 0] ** 2, MatrixSymbol("R", 3, 3)) == sized(3)[0, 0] ** 2


def test_terms_are_collected_and_cancelled():
    assert haar_average((a + b) * Q[0, 0] ** 2 - a * Q[1, 1] ** 2 - b * Q[0, 1] ** 2, Q) == 0
    assert haar_average(a * Q[0, 0] ** 2 + b * Q[0, 1] ** 2, Q) == (a + b) / d
    assert haar_average((d - 1) * (d + 2) * Q[0, 0] ** 2 * Q[1, 1] ** 2, Q) == (d + 1) / d
    assert haar_average(Q[0, 0] ** 2 / (d + 1) ** 2 + Q[0, 0] ** 2, Q) == (d**2 + 2 * d + 2) / (d * (d + 1) ** 2)
    assert haar_average((Q[0, 0] ** 2 + (d - 1) * Q[0, 1] ** 2) * Q[1, 0] ** 2, Q) == 1 / d  # a row of length one
    assert haar_average((1 + I * Q[0, 0]) ** 2, Q) == 1 - 1 / d
    assert haar_average(sqrt(Q[0, 0]) ** 4, Q) == 1 / d


def test_traces_products_and_matrices_are_written_out():
    X, A, B = (MatrixSymbol(name, 3, 3) for name in "QAB")
    trace = A[0, 0] + A[1, 1] + A[2, 2]
    assert haar_average((X * A * X.T)[0, 1], X) == 0
    assert (haar_average((X * A * X.T)[1, 1], X) - trace / 3).expand() == 0
    assert haar_average(X * A * X.T, X).applyfunc(lambda e: (e - trace / 3).expand() if e else e) == Matrix.diag(
        0, 0, 0
    )
    assert haar_average(Trace(X * A * X.T), X) == haar_average(Trace(X * A * X.inv()), X) == trace
    assert (haar_average(Trace(X * A * X.T * B), X) - trace * (B[0, 0] + B[1, 1] + B[2, 2]) / 3).expand() == 0
    assert haar_average(Trace(X * X), X) == haar_average(X.T[0, 1] * X[1, 0] * 3, X) == 1
    assert haar_average(Sum(X[i, j] ** 2, (i, 0, j), (j, 0, 2)), X) == 2
    assert haar_average(Sum(X[i, 0] ** 2, (i, 3, 0)), X) == -Rational(2, 3)  # SymPy's sums backwards
    assert haar_average(HadamardProduct(X, X)[2, 0] + Determinant(X[:2, :2]) ** 2, X) == Rational(2, 3)
    assert haar_average(BlockMatrix([[X, A]]), X)[1, 4] == A[1, 1]
    assert haar_average(Matrix([[Q[0, 0] ** 2, a, Q[0, 1]]]), Q) == ImmutableMatrix([[1 / d, a, 0]])


def test_high_powers_and_large_sizes_are_quick():
    assert haar_average(sum(Q[0, t] for t in range(4)) ** 20, Q) == 4**10 * haar_average(Q[0, 0] ** 20, Q)
    total = sum(Q[r, c] for r in range(3) for c in range(2))  # uᵀQv, |u|² = 3, |v|² = 2
    assert haar_average(total**8, Q) == 105 * 6**4 / (d * (d + 2) * (d + 4) * (d + 6))
    assert haar_average(Q[0, 0] ** 600, Q).subs(d, 1) == 1
    assert haar_average(prod(Q[t, t] ** 2 for t in range(10)), Q).subs(d, 10) == haar_average(
        prod(sized(10)[t, t] ** 2 for t in range(10)), sized(10)
    )
    assert haar_average(prod(sized(3)[t, t] ** 6 for t in range(3)), sized(3)) > Rational(1, 7**3)
    assert haar_average(sized(10**6)[10**6 - 1, 5] ** 2, sized(10**6)) == Rational(1, 10**6)


def test_the_size_may_be_an_expression():
    X = MatrixSymbol("X", 2 * m, 2 * m)
    assert haar_average(m * X[0, 0] ** 2, X) == Rational(1, 2)
    Y = MatrixSymbol("Y", m + 1, m + 1)
    assert haar_average(Y[0, 0] ** 4 / (m + 3), Y) == 3 / ((m + 1) * (m + 3) ** 2)


@pytest.mark.parametrize("group", ["SO(3)", "SO(d)", SO(3) * Product(), "SO"], ids=str)
def test_the_group_may_be_the_text_of_a_factor_or_a_product_of_one(group):
    f = prod(sized(3)[t, t] for t in range(3))
    assert haar_average(f, sized(3), group) == Rational(1, 6)


def test_the_group_may_be_a_factor():
    f = prod(sized(3)[t, t] for t in range(3))
    assert haar_average(f, sized(3), SO("d")) == haar_average(f, sized(3), SO(3)) == Rational(1, 6)
    assert haar_average(f, sized(3), O("n")) == 0


# ---------------------------------------------------------------------------------------------------------------
# Symbols as indices.

LABELLED = {
    "two": (Q[i, a] * Q[j, b], KroneckerDelta(i, j) * KroneckerDelta(a, b) / d),
    "square": (Q[i, j] ** 2, 1 / d),
    "last": (Q[d - 1, 0] ** 4, 3 / (d * (d + 2))),
    "next": (Q[i, 0] * Q[i + 1, 0], 0),
    "between": (Q[0, 0] * Q[i, 0] ** 2 * Q[1, 0], 0),
    "odd": (Q[i, j] * Q[0, 0] ** 2, 0),
    "trace": (Q[i, i] * Q[j, j], KroneckerDelta(i, j) / d),
}


@pytest.mark.parametrize("name", LABELLED)
def test_symbolic_indices_are_compared(name):
    expression, known = LABELLED[name]
    assert haar_average(expression, Q) == known


@pytest.mark.parametrize("n", [1, 2, 3])
def test_numbers_may_be_put_for_symbolic_indices(n):
    X = sized(n)
    f = X[i, 0] * X[j, a] * X[k, a] * X[i, b]
    general = haar_average(f, X)
    for values in product(range(n), repeat=5):
        known = dict(zip((i, j, k, a, b), values))
        assert general.subs(known) == haar_average(f.subs(known), X)
    symbolic = haar_average(Q[i, 0] * Q[j, 1] * Q[k, 1] * Q[i, 0], Q)
    assert cancel(symbolic.subs({i: 0, j: 1, k: 1}) - haar_average(Q[0, 0] ** 2 * Q[1, 1] ** 2, Q)) == 0


# ---------------------------------------------------------------------------------------------------------------
# Refusals.

REFUSED = {
    "division": (1 / Q[0, 0], "1/Q[0, 0] is not a polynomial in the entries of Q; the inverse of Q is Q.T"),
    "root": (sqrt(Q[0, 0]), "sqrt(Q[0, 0]) is not a polynomial"),
    "symbolic power": (Q[0, 0] ** a, "Q[0, 0]**a is not a polynomial"),
    "exponential": (2 ** Q[0, 0], "2**Q[0, 0] is not a polynomial"),
    "function": (a + sin(Q[0, 0]), "sin(Q[0, 0]) is not a polynomial"),
    "modulus": (Abs(Q[0, 0]) ** 2, "Abs(Q[0, 0]) is not a polynomial"),
    "derivative": (Derivative(a * Q[0, 0], a), "is not a polynomial"),
    "negative index": (Q[-1, 0] ** 2, "Q[-1, 0] is not an entry of Q: the indices are 0, …, d - 1"),
    "half index": (Q[Rational(1, 2), 0], "Q[1/2, 0] is not an entry of Q"),
    "float index": (Q[1.0, 0] ** 2, "Q[1.0, 0] is not an entry of Q"),
    "index equal to the size": (Q[d, 0] ** 2, "Q[d, 0] is not an entry of Q: the indices are 0, …, d - 1"),
    "index beyond the size": (Q[0, d + 5] ** 2, "Q[0, d + 5] is not an entry of Q"),
    "index twice the size": (Q[2 * d, 0] ** 2, "Q[2*d, 0] is not an entry of Q"),
    "index below 0": (Q[-d, 0] ** 2, "Q[-d, 0] is not an entry of Q"),
    "index of a negative symbol": (Q[Symbol("r", negative=True), 0], "Q[r, 0] is not an entry of Q"),
    "trace": (Trace(Q), "Q has the shape (d, d): give Q an integer size, or write out entries"),
    "product": ((Q * Q.T)[0, 0], "has limits that are not integers: give Q an integer size"),
    "sum": (Sum(Q[i, 0] ** 2, (i, 0, d - 1)), "has limits that are not integers: give Q an integer size"),
    "matrix": (Q, "Q has the shape (d, d): give Q an integer size"),
    "namesake in a matrix": (Matrix([[sized(2)[0, 0], 1]]), "expr has a matrix Q of shape (2, 2)"),
    "namesake": (sized(3)[0, 0] ** 2, "expr has a matrix Q of shape (3, 3), but the average is over Q of shape (d, d)"),
    "order of factors": (Symbol("u", commutative=False) * Q[0, 0] ** 2, "u cannot be a coefficient"),
    "infinity": (oo * Q[0, 0], "oo cannot be a coefficient"),
    "complex infinity": (a + zoo * Q[0, 0], "zoo cannot be a coefficient"),
    "no number": (nan * Q[0, 0], "nan has no average"),
    "no number in a matrix": (Matrix([[a, nan]]), "has no average"),
    "an interval": (sin(oo) * Q[0, 0] ** 2, "cannot be a coefficient"),
    "degree": (Q[0, 0] ** 10**6, "Q[0, 0]**1000000 has the degree 1000000 in the entries of Q"),
    "many terms": ((Q[0, 0] + Q[1, 0] + a) ** 10**4, "has 50015001 terms when it is written out"),
    "many symbolic indices": (Q[i, 0] ** 10, "with symbolic indices averages are formed up to degree 8, not 10"),
    "text": ("Q[0, 0]**2", "'Q[0, 0]**2' is not a SymPy expression or matrix"),
    "list": ([Q[0, 0]], "is not a SymPy expression or matrix"),
    "relation": (Q[0, 0] > 0, "is a StrictGreaterThan, not a SymPy expression or matrix"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_average_is_refused(name):
    expression, message = REFUSED[name]
    with pytest.raises(UsageError) as refused:
        haar_average(expression, Q)
    assert message in str(refused.value)


TOO_LONG = {
    "trace": (Trace(sized(1000)) ** 2 * sized(1000)[0, 0] ** 2, "has 500500 terms"),
    "trace of a product": (Trace(sized(70) * MatrixSymbol("M", 70, 70)) ** 2, "terms when it is written out"),
    "power of a matrix": (Trace(sized(10**8) ** 3) * sized(10**8)[0, 0] ** 2, "use reynolds"),
    "a matrix": (sized(10**4), "has 100000000 terms"),
    "minors": (Determinant(sized(30) + MatrixSymbol("M", 30, 30)), "more than 10^30 terms"),
    "sum": (Sum(sized(10**8)[i, 0] ** 2, (i, 0, 10**8 - 1)), "has 100000000 terms"),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_what_is_too_long_in_entries_is_refused_before_any_work(name):
    expression, message = TOO_LONG[name]
    [matrix] = [matrix for matrix in expression.atoms(MatrixSymbol) if matrix.name == "Q"]
    with pytest.raises(UsageError) as refused:
        haar_average(expression, matrix)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("n", [1000, 10**8])
def test_traces_alone_are_averaged_at_any_size(n):
    """Moments of the trace are those of a normal variable where the size is at least half the degree."""
    X = sized(n)
    assert haar_average(Trace(X) ** 4 + a * Trace(X.T * X.T), X) == 3 + a
    assert haar_average(Trace(X) ** 2 * Determinant(X) ** 2, X) == 1
    assert haar_average(Trace(X) ** 4, X, "SO") == 3


def test_the_transpose_may_be_written_as_the_inverse():
    X, M = sized(3), MatrixSymbol("M", 3, 3)
    assert haar_average(Trace(X.I * M) * X[0, 1], X) == haar_average(Trace(X.T * M) * X[0, 1], X) == M[0, 1] / 3
    assert haar_average(Q.I[0, 1] * Q[1, 0], Q) == 1 / d


def test_large_tables_and_many_choices_are_refused_before_any_work():
    with pytest.raises(UsageError, match="order 23 has a value for each of the 1255 partitions"):
        haar_average(Mul(*(Q[t, t] ** 2 for t in range(23))), Q)
    with pytest.raises(UsageError, match=r"is a sum over [0-9]+ choices, more than 2000000"):
        haar_average(Mul(*(Q[r, c] ** 60 for r in range(4) for c in range(4))), Q)


def test_messages_are_short():
    X = sized(2)
    inverse = Matrix(X).inv()[0, 1]
    with pytest.raises(UsageError, match=r"the inverse of Q is Q\.T"):
        haar_average(inverse, X)
    with pytest.raises(UsageError) as refused:
        haar_average(1 / sum(X[0, 0] ** e for e in range(1, 99)), X)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("group", ["O", "SO"])
def test_an_index_beyond_an_integer_size_is_refused(group):
    for place in ((-1, 0), (0, -3)):
        with pytest.raises(UsageError, match=r"is not an entry of Q: the indices are 0, …, 2"):
            haar_average(sized(3)[place] ** 2, sized(3), group)
    with pytest.raises(UsageError, match=r"has terms with an index that Q of shape \(3, 3\) does not have"):
        haar_average(Sum(sized(3)[i, 0], (i, 0, 3)), sized(3), group)


@pytest.mark.parametrize(
    "matrix, message",
    [
        (MatrixSymbol("R", 3, 4), "R has the shape (3, 4): an orthogonal matrix is square"),
        (MatrixSymbol("R", d, m), "R has the shape (d, m): an orthogonal matrix is square"),
        (MatrixSymbol("R", 0, 0), "dimension must be a positive integer"),
        (Matrix(2, 2, [a, b, i, j]), "Q must be a SymPy MatrixSymbol of shape (d, d)"),
        (a, "Q must be a SymPy MatrixSymbol of shape (d, d), not a"),
    ],
    ids=["oblong", "oblong symbols", "empty", "explicit", "scalar"],
)
def test_what_is_not_a_square_matrix_symbol_is_refused(matrix, message):
    with pytest.raises(UsageError) as refused:
        haar_average(a, matrix)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "group", ["U", "", "O(", "O(3))", "S(3)", None, 7, S("n"), O("d") * O("n"), Product()], ids=str
)
def test_other_groups_are_refused(group):
    with pytest.raises(UsageError, match="the group must be 'O' or 'SO', not"):
        haar_average(a, Q, group)


def test_a_group_of_another_size_is_refused():
    with pytest.raises(UsageError, match=r"Q has the shape \(3, 3\), but the group is SO\(4\)"):
        haar_average(sized(3)[0, 0], sized(3), SO(4))
    with pytest.raises(UsageError, match=r"Q has the shape \(d, d\), but the group is O\(4\)"):
        haar_average(Q[0, 0], Q, O(4))


@pytest.mark.parametrize("group", ["O(4)", "O(n)", O(4), O(4) * Product(), O("n")], ids=repr)
def test_the_size_of_the_group_is_that_of_the_matrix(group):
    with pytest.raises(UsageError, match="but the group is O"):
        haar_average(Q[0, 0] ** 2, Q, group)


def test_symbolic_indices_over_rotations_are_refused():
    with pytest.raises(UsageError, match="give Q integers as indices"):
        haar_average(sized(2)[i, 0] * sized(2)[j, 0], sized(2), "SO")
