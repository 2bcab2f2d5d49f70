"""The Weingarten function: published tables, the inverse it is, and the Moore-Penrose equations below the order."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from math import factorial, prod

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from sympy import (
    ZZ,
    Float,
    I,
    Integer,
    MatrixSymbol,
    Poly,
    Rational,
    Symbol,
    cancel,
    fraction,
    gcd,
    oo,
    pi,
    sqrt,
    symbols,
    together,
)

from symmetry.errors import UsageError
from symmetry.haar.pairings import coset_type, loop_type, pair_partitions, partners
from symmetry.haar.weingarten import (
    LARGEST_ORDER,
    Quotient,
    exact_table,
    refuse_large_order,
    weingarten,
    weingarten_table,
)
from symmetry.partitions import centraliser, partitions

d, n = symbols("d n")

# Orders 1 to 3: B. Collins, P. Śniady, 2006, section 3; B. Collins, S. Matsumoto, 2009. Orders 4 and 5: as the package
# haarpy 0.1.1 (weingarten_orthogonal with a symbolic dimension) has them.
FOUR = d * (d - 3) * (d - 2) * (d - 1) * (d + 1) * (d + 2) * (d + 4) * (d + 6)
FIVE = FOUR * (d - 4) * (d + 8)
TABLES = {
    (): 1,
    (1,): 1 / d,
    (1, 1): (d + 1) / (d * (d + 2) * (d - 1)),
    (2,): -1 / (d * (d + 2) * (d - 1)),
    (1, 1, 1): (d**2 + 3 * d - 2) / (d * (d + 2) * (d + 4) * (d - 1) * (d - 2)),
    (2, 1): -1 / (d * (d - 1) * (d - 2) * (d + 4)),
    (3,): 2 / (d * (d + 2) * (d + 4) * (d - 1) * (d - 2)),
    (4,): -(5 * d + 6) / FOUR,
    (3, 1): 2 * d * (d + 4) / FOUR,
    (2, 2): (d**2 + 5 * d + 18) / FOUR,
    (2, 1, 1): -(d**3 + 6 * d**2 + 3 * d - 6) / FOUR,
    (1, 1, 1, 1): (d + 3) * (d**2 + 6 * d + 1) * (d - 2) / FOUR,
    (5,): 2 * (7 * d + 12) / FIVE,
    (4, 1): -(5 * d - 4) * (d + 6) / FIVE,
    (3, 2): -2 * (d**2 + 7 * d + 36) / FIVE,
    (3, 1, 1): 2 * (d**3 + 8 * d**2 + d - 36) / FIVE,
    (2, 2, 1): (d**2 + 3 * d + 4) * (d + 6) / FIVE,
    (2, 1, 1, 1): -(d**4 + 10 * d**3 + 7 * d**2 - 86 * d - 24) / FIVE,
    (1, 1, 1, 1, 1): (d**5 + 11 * d**4 + 5 * d**3 - 175 * d**2 - 122 * d + 408) / FIVE,
}


def orbit(mu):
    """How many pairings have the coset type μ against a fixed one."""
    k = sum(mu)
    return 2**k * factorial(k) // (2 ** len(mu) * centraliser(mu))


def types(k):
    pairings = list(map(partners, pair_partitions(2 * k)))
    return [[loop_type(p, q) for q in pairings] for p in pairings]


@pytest.mark.parametrize("mu", TABLES, ids=str)
def test_values_are_the_published_ones(mu):
    assert cancel(together(weingarten_table(sum(mu), d)[mu] - TABLES[mu])) == 0


@pytest.mark.parametrize("k", [*range(6), 7])
def test_values_are_in_lowest_terms_with_factored_denominators(k):
    for value in weingarten_table(k, d).values():
        top, bottom = fraction(value)
        assert gcd(top, bottom.expand()) == 1
        factors = Poly(bottom, d).factor_list()[1]
        assert all(str(factor.as_expr()) in str(bottom) for factor, _ in factors)


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_it_is_the_inverse_of_the_matrix_of_loops(k):
    common = d * (d - 1) * (d - 2) * (d + 2) * (d + 4)
    numerators = {mu: Poly(cancel(common * value), d) for mu, value in weingarten_table(k, d).items()}
    assert all(numerator.domain == ZZ for numerator in numerators.values())  # nothing of the denominator is left
    type_of = types(k)
    for i, j in product(range(len(type_of)), repeat=2):
        entry = sum(d ** len(mu) * numerators[nu] for mu, nu in zip(type_of[i], type_of[j]))
        assert entry == (Poly(common, d) if i == j else 0)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_at_an_integer_it_is_the_moore_penrose_inverse(k, size):
    table, type_of = exact_table(k, size), types(k)
    gram = fmpq_mat([[fmpq(size) ** len(mu) for mu in row] for row in type_of])
    inverse = fmpq_mat([[fmpq(table[mu].numerator, table[mu].denominator) for mu in row] for row in type_of])
    assert gram * inverse * gram == gram
    assert inverse * gram * inverse == inverse
    assert (gram * inverse).transpose() == gram * inverse == inverse * gram
    assert (gram.rank() == len(type_of)) == (size >= k)


@pytest.mark.parametrize("k", [2, 5, 10])
def test_an_integer_from_the_order_on_may_be_put_for_the_symbol(k):
    exact = exact_table(k, None)
    for size in (k, k + 3):
        assert exact_table(k, size) == {mu: value.at(size) for mu, value in exact.items()}


def test_an_integer_below_the_order_may_not():
    symbolic = weingarten_table(2, d)[(2,)]
    assert not symbolic.subs(d, 1).is_finite
    assert weingarten_table(2, 1) == {(2,): Rational(1, 9), (1, 1): Rational(1, 9)}
    # In order 3 at d = 2 the value (2, 1) has a pole and the averages of Q[0, 0]⁶ = 15/48 do not.
    table = weingarten_table(3, 2)
    assert 15 * sum(orbit(mu) * value for mu, value in table.items()) == Rational(15, 48)


@pytest.mark.parametrize("k", [1, 4, 7, 10, 13])
def test_the_sum_over_pairings_is_the_inverse_of_the_sphere(k):
    # Σ_q Wg(p, q) = 1/(d(d+2)…(d+2k−2)), the eigenvalue of the shape (k).
    total = sum((orbit(mu) * value for mu, value in exact_table(k, None).items()), Quotient(0, {}))
    assert total == Quotient(1, {2 * i: 1 for i in range(k)})
    for size in (1, 2, 5):
        total = sum(orbit(mu) * value for mu, value in exact_table(k, size).items())
        assert total == Fraction(1, prod(size + 2 * i for i in range(k)))


@pytest.mark.parametrize("k", [3, 6, 9])
def test_the_leading_term_is_a_product_of_catalan_numbers(k):
    # Wg(μ) ~ d^(−2k + length) Π (−1)^(c−1) Catalan(c−1); Collins, Śniady 2006, Theorem 3.13.
    large = 10**12
    for mu, value in exact_table(k, None).items():
        catalans = prod((-1) ** (c - 1) * factorial(2 * c - 2) // factorial(c - 1) // factorial(c) for c in mu)
        scaled = value.at(large) * large ** (2 * k - len(mu))
        assert abs(scaled - catalans) < Fraction(10**6, large) * abs(catalans)


def test_pairings_are_compared_by_their_coset_type():
    p, q = [(0, 5), (1, 2), (3, 4)], [(5, 4), (0, 3), (2, 1)]
    assert coset_type(p, q) == (2, 1)
    assert weingarten(p, q, d) == weingarten(q, p, d) == weingarten_table(3, d)[(2, 1)]
    assert weingarten(p, q, 4) == Rational(-1, 192)
    assert weingarten([], [], d) == weingarten([], [], 2) == 1


def test_the_dimension_may_be_an_expression():
    assert weingarten_table(2, n + 1)[(2,)] == -1 / (n * (n + 1) * (n + 3))
    assert weingarten_table(1, 2 * n)[(1,)] == 1 / (2 * n)
    positive = Symbol("d", integer=True, positive=True)
    assert weingarten_table(1, positive)[(1,)] == 1 / positive
    assert weingarten_table(2, Integer(3)) == weingarten_table(2, 3)


@pytest.mark.parametrize(
    "size",
    [
        *(0, -3, True, 2.0, 2.5, Float(2), Rational(7, 2), sqrt(2), pi, I, oo, "d", None, MatrixSymbol("A", 2, 2)),
        *(Symbol("d", negative=True), Symbol("d", integer=False), Symbol("d", commutative=False)),
    ],
    ids=repr,
)
def test_what_is_not_a_dimension_is_refused(size):
    with pytest.raises(UsageError, match="dimension must be a positive integer or a SymPy expression"):
        weingarten([(0, 1)], [(0, 1)], size)
    with pytest.raises(UsageError, match="dimension must be a positive integer or a SymPy expression"):
        weingarten_table(2, size)


@pytest.mark.parametrize("order", [-1, 1.0, True, None, "2"], ids=repr)
def test_what_is_not_an_order_is_refused(order):
    with pytest.raises(UsageError, match="order must be an integer that is at least 0"):
        weingarten_table(order, d)


PARTITIONS = {23: "the 1255", 40: "the 37338", 60: "the 966467", 10**9: "the more than 10^31"}  # OEIS A000041


@pytest.mark.parametrize("size", [Symbol("d"), 3], ids=str)
@pytest.mark.parametrize("order", PARTITIONS)
def test_large_tables_are_refused_before_any_work(order, size):
    with pytest.raises(
        UsageError, match=f"each of {re.escape(PARTITIONS[order])} partitions of {order}; it is found up"
    ):
        weingarten_table(order, size)
    if order < 100:
        pairs = [(2 * i, 2 * i + 1) for i in range(order)]
        with pytest.raises(UsageError, match=f"of order {order} has a value"):
            weingarten(pairs, pairs, size)


def test_what_is_no_sequence_of_pairs_is_refused():
    for p, q in ((5, 5), ([(0, 1)], None), ([5], [5])):
        with pytest.raises(UsageError, match=r"a sequence of pairs such as|not a pairing of"):
            weingarten(p, q, 3)


def test_pairings_of_different_points_are_refused():
    with pytest.raises(UsageError, match="p pairs 2 points, but q pairs 4"):
        weingarten([(0, 1)], [(0, 1), (2, 3)], d)


# Quotients, against SymPy's rational functions.

QUOTIENTS = {
    "zero": Quotient(0, {}),
    "one": Quotient(1, {}),
    "number": Quotient(fmpq(-6, 4), {0: 1}),
    "pole": Quotient(2, {-1: 2, 3: 1}),
    "cancels": Quotient(2, {0: 1}) + Quotient(-2, {2: 1}) + Quotient(-4, {0: 1, 2: 1}),
    "shrinks": Quotient(1, {-1: 1}) + Quotient(-1, {1: 1}) + Quotient(fmpq(1, 3), {-1: 1, 1: 1}),
    "square": Quotient(fmpq_poly([3, 7, 5, 1]), {1: 3}),
    "power": Quotient(5, {2: 3}) * Quotient(1, {2: 1, 0: 2}) + 7,
}


@pytest.mark.parametrize("left", QUOTIENTS)
@pytest.mark.parametrize("right", QUOTIENTS)
def test_quotients_add_multiply_and_compare_as_rational_functions(left, right):
    a, b = QUOTIENTS[left], QUOTIENTS[right]
    assert cancel((a + b).written(d) - a.written(d) - b.written(d)) == 0
    assert cancel((a * b).written(d) - a.written(d) * b.written(d)) == 0
    assert (a == b) == (cancel(a.written(d) - b.written(d)) == 0)
    assert (a + b).at(4) == a.at(4) + b.at(4)


@pytest.mark.parametrize("name", QUOTIENTS)
def test_a_written_quotient_is_reduced(name):
    value = QUOTIENTS[name].written(d)
    top, bottom = fraction(value)
    assert not gcd(top, bottom.expand()).has(d)
    assert QUOTIENTS[name].reduced() == QUOTIENTS[name]


def test_quotients_print_as_expected():
    assert str(QUOTIENTS["cancels"].written(d)) == "0"
    assert str(QUOTIENTS["number"].written(d)) == "-3/(2*d)"
    assert str(Quotient(1, {0: 1}).__mul__(QUOTIENTS["pole"]).written(d)) == "2/(d*(d - 1)**2*(d + 3))"
    assert str((Quotient(-1, {0: 1}) + Quotient(-1, {1: 1})).written(d)) == "-(2*d + 1)/(d*(d + 1))"


def test_there_is_a_value_for_every_partition():
    assert list(weingarten_table(6, d)) == list(partitions(6))


def test_the_largest_order_is_still_found() -> None:
    refuse_large_order(LARGEST_ORDER)
    with pytest.raises(UsageError, match="partitions of"):
        refuse_large_order(LARGEST_ORDER + 1)
