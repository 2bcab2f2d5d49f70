"""Reynolds averages: against integrals over rotations, closed forms of the literature, and laws of an average."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from random import Random
from typing import Any

import pytest
from flint import fmpq
from haar_integrals import CONTEXT, average, value
from sympy import (
    Add,
    Determinant,
    Expr,
    ImmutableMatrix,
    Integer,
    Inverse,
    MatrixSymbol,
    Mul,
    Rational,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    nan,
    oo,
    sin,
    symbols,
    zoo,
)
from sympy.matrices.expressions.dotproduct import DotProduct

import symmetry.haar.networks as networks
import symmetry.haar.reynolds as module
from symmetry.errors import UsageError
from symmetry.groups import SO, O, S
from symmetry.haar.average import haar_average
from symmetry.haar.reynolds import reynolds
from symmetry.haar.weingarten import weingarten_table
from symmetry.inner import Inner

d = Symbol("d")
t = Symbol("t")


class Setting:
    """Vectors a, b, c, x, y, z, matrices M, N, columns X, and the group element Q, in one dimension."""

    def __init__(self, size: Any):
        self.a, self.b, self.c, self.x, self.y, self.z = (MatrixSymbol(name, size, 1) for name in "abcxyz")
        self.M, self.N, self.Q = (MatrixSymbol(name, size, size) for name in "MNQ")
        self.X, self.e = MatrixSymbol("X", size, 5), MatrixSymbol("e", 5, 1)

    def values(self, seed: int) -> dict[Any, list[list[Fraction]]]:
        random = Random(seed)
        return {
            matrix: [
                [Fraction(random.randint(-3, 3)) for _ in range(int(matrix.cols))] for _ in range(int(matrix.rows))
            ]
            for matrix in vars(self).values()
            if matrix != self.Q
        }

    def inner(self, *pairs: str) -> Expr:
        """The product of a·Qx for pairs "ax"."""
        return Mul(*(Inner(getattr(self, left), self.Q * getattr(self, right)) for left, right in pairs))


s = Setting(d)
a, b, c, x, y, z, M, N, Q, X, e = s.a, s.b, s.c, s.x, s.y, s.z, s.M, s.N, s.Q, s.X, s.e


# ---------------------------------------------------------------------------------------------------------------
# Against integrals over rotations of dimension 1 to 4, which know nothing of pairings.

FUNCTIONS = {
    "one": lambda s: s.inner("ax"),
    "two": lambda s: s.inner("ax", "by"),
    "three": lambda s: s.inner("ax", "by", "cz"),
    "four": lambda s: s.inner("ax", "by", "cz", "xa"),
    "four, equal fixed": lambda s: s.inner("ax", "ay", "bz", "bx"),
    "five": lambda s: s.inner("ax", "by", "cz", "ay", "bx"),
    "six, few vectors": lambda s: s.inner("ax", "ax", "ax", "by", "by", "by"),
    "six, one fixed": lambda s: s.inner("ax", "ax", "ay", "ay", "az", "az"),
    "both moved": lambda s: Inner(s.Q * s.x, s.M * s.Q * s.y) * s.inner("ax", "bz"),
    "inverse": lambda s: Inner(s.Q.T * s.x, s.M * s.Q.T * s.y) ** 2,
    "twice": lambda s: Inner(s.a, s.Q * s.M * s.Q * s.y),
    "there and back": lambda s: Inner(s.a, s.Q * s.M * s.Q.T * s.y) * s.inner("ax", "bz"),
    "trace": lambda s: Trace(s.Q) ** 2 * Trace(s.Q * s.M) ** 2,
    "conjugate": lambda s: Trace(s.Q * s.M * s.Q.T * s.N),
    "conjugate twice": lambda s: Trace(s.Q * s.M * s.Q.T * s.N) ** 2,
    "two Q in a trace": lambda s: Trace(s.Q * s.M * s.Q * s.N),
    "trace with vectors": lambda s: Trace(s.Q * s.M) * s.inner("ax") * s.inner("by"),
    "columns": lambda s: Inner(s.X[:, 1], s.Q * s.X * s.e) * Inner(s.X * s.e, s.Q * s.y),
    "combinations": lambda s: Inner(s.a + 2 * s.b, s.Q * (s.x - s.y)) ** 2 + 3 * Inner(s.a, s.b),
    "sum with powers": lambda s: (s.inner("ax") + Rational(1, 2)) ** 3,
    "determinant": lambda s: Determinant(s.Q) * s.inner("ax", "by"),
    "outer product": lambda s: Trace(s.Q * s.x * s.y.T * s.Q.T * s.a * s.b.T),
    "distance": lambda s: Inner(s.Q * s.x - s.a, s.Q * s.x - s.a) ** 2,
}


def check_integral(name: str, size: int, group: str) -> None:
    setting = Setting(size)
    function = FUNCTIONS[name](setting)
    found = reynolds(function, setting.Q, group)
    assert not found.has(setting.Q)
    for seed in (1, 2):
        values = setting.values(seed)
        expected = average(function, setting.Q, values, group)
        assert value(found, values) == CONTEXT.constant(fmpq(expected.numerator, expected.denominator)), (name, size)


@pytest.mark.parametrize("group", ["O", "SO"])
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_average_is_the_integral(name: str, size: int, group: str) -> None:
    check_integral(name, size, group)


@pytest.mark.parametrize("group", ["O", "SO"])
@pytest.mark.parametrize("name", ["two", "four", "there and back", "two Q in a trace", "determinant"])
def test_average_is_the_integral_in_dimension_four(name: str, group: str) -> None:
    check_integral(name, 4, group)


@pytest.mark.parametrize("group", ["O", "SO"])
@pytest.mark.parametrize("name", ["two", "four, equal fixed", "both moved", "trace", "determinant"])
def test_average_is_that_of_the_entries(name: str, group: str) -> None:
    """The same polynomial in coordinates, averaged entry by entry."""
    setting = Setting(2)
    function = FUNCTIONS[name](setting)
    expected = haar_average(_written_out_all(function), setting.Q, group)
    assert (expected - _written_out_all(reynolds(function, setting.Q, group))).expand() == 0


def _written_out(part: Expr) -> Expr:
    if isinstance(part, Inner):
        return (part.left.as_explicit().T * part.right.as_explicit())[0, 0]
    explicit = part.arg.as_explicit()
    return explicit.trace() if isinstance(part, Trace) else explicit.det()


def _written_out_all(expr: Expr) -> Expr:
    return expr.xreplace({part: _written_out(part) for part in expr.atoms(Inner, Trace, Determinant)})


# ---------------------------------------------------------------------------------------------------------------
# Closed forms.

CLOSED_FORMS = [
    ("aQx", s.inner("ax"), 0),
    ("aQx bQy", s.inner("ax", "by"), Inner(a, b) * Inner(x, y) / d),
    ("sphere 4", s.inner("ax") ** 4, 3 * Inner(a, a) ** 2 * Inner(x, x) ** 2 / (d * (d + 2))),
    (
        "sphere 6",
        s.inner("ax", "ax", "ax", "ax", "ay", "ay"),
        3
        * Inner(a, a) ** 3
        * Inner(x, x)
        * (Inner(x, x) * Inner(y, y) + 4 * Inner(x, y) ** 2)
        / (d * (d + 2) * (d + 4)),
    ),
    ("yQMQz", y.T * Q.T * M * Q * z, Trace(M) * Inner(y, z) / d),
    ("QAQB", Trace(Q * M * Q.T * N), Trace(M) * Trace(N) / d),
    ("QAQB without transposition", Trace(Q * M * Q * N), Trace(M * N.T) / d),
    ("moved by the same", Inner(Q * x, Q * y) ** 2, Inner(x, y) ** 2),
    ("distance", Inner(Q * x - y, Q * x - y), Inner(x, x) + Inner(y, y)),
    ("even determinant", Determinant(Q) ** 2 * s.inner("ax") ** 2, Inner(a, a) * Inner(x, x) / d),
    ("polynomial in d", (d**2 + 2 * d) * s.inner("ax") ** 4, 3 * Inner(a, a) ** 2 * Inner(x, x) ** 2),
    ("with a parameter", t * d * s.inner("ax", "by") - t * Inner(a, b) * Inner(x, y), 0),
    ("rational in d", s.inner("ax") ** 2 * d / (d + 1), Inner(a, a) * Inner(x, x) / (d + 1)),
    ("constant", sin(t) + Inner(a, b), sin(t) + Inner(a, b)),
    ("zero", Integer(0), 0),
]


@pytest.mark.parametrize(
    ("function", "expected"), [case[1:] for case in CLOSED_FORMS], ids=[c[0] for c in CLOSED_FORMS]
)
def test_closed_form(function: Any, expected: Any) -> None:
    assert (reynolds(function, Q) - expected).expand() == 0


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_moments_of_the_trace_are_those_of_a_normal_variable(k: int) -> None:
    """P. Diaconis, M. Shahshahani, On the eigenvalues of random matrices, 1994, Theorem 4."""
    assert reynolds(Trace(Q) ** (2 * k), Q) == prod(range(2 * k - 1, 0, -2))
    assert reynolds(Trace(Q) ** (2 * k - 1), Q) == 0


def test_moments_of_powers_are_normal_as_well() -> None:
    """The same: tr(Q²) is distributed as 1 + √2 Z, independent of tr Q, up to these moments."""
    assert reynolds(Trace(Q**2), Q) == 1
    assert reynolds(Trace(Q**2) ** 2, Q) == 3
    assert reynolds(Trace(Q**2) * Trace(Q) ** 2, Q) == 1
    assert reynolds(Trace(Q**3) ** 2, Q) == 3


@pytest.mark.parametrize(("size", "expected"), [(1, 1), (2, 3), (3, 3)])
def test_integer_below_the_order_is_not_put_into_the_symbolic_answer(size: int, expected: int) -> None:
    """tr Q is ±1 in dimension 1; in dimension 2 it is 0 for reflections and 2cos for rotations, (0 + 6)/2."""
    turn = MatrixSymbol("Q", size, size)
    assert reynolds(Trace(turn) ** 4, turn) == expected


def test_moments_of_the_trace_in_dimension_two() -> None:
    """(2 cos)⁶ is 20 in the mean; reflections have trace 0."""
    turn = MatrixSymbol("Q", 2, 2)
    assert reynolds(Trace(turn) ** 6, turn) == 10
    assert reynolds(Trace(turn) ** 6, turn, "SO") == 20
    assert reynolds(Trace(turn) ** 8, turn, "SO") == 70


def test_determinants_of_three_vectors() -> None:
    """E (a·Qx)(b·Qy)(c·Qz) over SO(3) is det[a b c] det[x y z]/6."""
    s3 = Setting(3)
    fixed, moved = (
        ImmutableMatrix([[vector[i, 0] for vector in vectors] for i in range(3)])
        for vectors in ((s3.a, s3.b, s3.c), (s3.x, s3.y, s3.z))
    )
    found = reynolds(s3.inner("ax", "by", "cz"), s3.Q, "SO")
    assert (_written_out_all(found) - fixed.det() * moved.det() / 6).expand() == 0


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_rotations_give_one_determinant_of_mixed_inner_products(size: int) -> None:
    turn = MatrixSymbol("Q", size, size)
    fixed, moved = ([MatrixSymbol(f"{name}{i}", size, 1) for i in range(size)] for name in "ax")
    function = Mul(*(Inner(left, turn * right) for left, right in zip(fixed, moved)))
    gram = ImmutableMatrix(size, size, lambda i, j: Inner(fixed[i], moved[j]))
    difference = reynolds(function, turn, "SO") - reynolds(function, turn, "O")
    assert (difference - gram.det(method="berkowitz") / prod(range(1, size + 1))).expand() == 0


def test_high_powers_of_one_vector_have_no_determinant() -> None:
    s2 = Setting(2)
    assert reynolds(s2.inner("ax") ** 100, s2.Q, "SO") == reynolds(s2.inner("ax") ** 100, s2.Q, "O") != 0


def test_rotations_and_reflections_agree_where_no_determinant_fits() -> None:
    s4 = Setting(4)
    for function in (s4.inner("ax"), s4.inner("ax", "by"), Inner(s4.Q * s4.x, s4.M * s4.Q * s4.y), s4.inner("ax") ** 3):
        assert reynolds(function, s4.Q, SO(4)) == reynolds(function, s4.Q, O(4))


# ---------------------------------------------------------------------------------------------------------------
# Laws.


@pytest.mark.parametrize("name", ["two", "four, equal fixed", "both moved", "conjugate twice"])
def test_average_of_the_average_is_itself(name: str) -> None:
    once = reynolds(FUNCTIONS[name](s), Q)
    assert (reynolds(once, Q) - once).expand() == 0
    assert (reynolds(once.subs({x: Q * x, y: Q * y, z: Q * z}), Q) - once).expand() == 0


def test_average_is_linear() -> None:
    f, g = s.inner("ax", "by", "ax", "by"), Trace(Q * M) * s.inner("cz")
    total = reynolds(3 * f - t * g / 7 + t * f, Q)
    assert (total - (3 + t) * reynolds(f, Q) + t * reynolds(g, Q) / 7).expand() == 0


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("name", ["four", "four, equal fixed", "both moved", "conjugate twice", "twice"])
def test_symbolic_answer_holds_from_half_the_degree_on(name: str, size: int) -> None:
    at_size = Setting(size)
    assert (reynolds(FUNCTIONS[name](s), Q).subs(d, size) - reynolds(FUNCTIONS[name](at_size), at_size.Q)).expand() == 0


@pytest.mark.parametrize("group", ["O", "SO"])
@pytest.mark.parametrize("name", ["two", "four, equal fixed", "conjugate", "six, few vectors"])
def test_turning_fixed_and_moved_vectors_changes_nothing(name: str, group: str) -> None:
    s3 = Setting(3)
    values = s3.values(8)
    kind = O(3) if group == "O" else SO(3)
    found = reynolds(FUNCTIONS[name](s3), s3.Q, group)
    turned = dict(values)
    for seed, vectors in enumerate(((s3.a, s3.b, s3.c), (s3.x, s3.y, s3.z))):
        turn = kind.exact(Random(seed), 3, kind.components[-1])
        for vector in vectors:
            turned[vector] = [[sum(g * v[0] for g, v in zip(row, values[vector]))] for row in turn]
    assert value(found, values) == value(found, turned) != 0


DIFFERENT = [MatrixSymbol(f"a{i}", d, 1) for i in range(6)], [MatrixSymbol(f"x{i}", d, 1) for i in range(6)]


@pytest.mark.parametrize("fixed", ["aabbcc", "aaaabb", "aaaaaa", "abcabc", "aaabbc"])
@pytest.mark.parametrize("moved", ["xyzxyz", "xxxxyy", "xxxxxx", "xyxyzz"])
def test_equal_vectors_are_a_case_of_different_ones(fixed: str, moved: str) -> None:
    """Classes of pairings against all pairs of pairings."""
    general = reynolds(Mul(*(Inner(left, Q * right) for left, right in zip(*DIFFERENT))), Q)
    equal = {one: getattr(s, name) for one, name in zip((*DIFFERENT[0], *DIFFERENT[1]), fixed + moved)}
    function = Mul(*(Inner(getattr(s, left), Q * getattr(s, right)) for left, right in zip(fixed, moved)))
    values = Setting(3).values(3)
    by_name = {str(matrix): rows for matrix, rows in values.items()}
    numbers: dict[Any, Any] = {}

    def at(expr: Expr, names: dict[Any, Any]) -> Any:
        for inner in expr.atoms(Inner):
            left, right = (by_name[str(names.get(vector, vector))] for vector in inner.args)
            numbers[inner] = sum(p[0] * q[0] for p, q in zip(left, right))
        return expr.xreplace({inner: Rational(numbers[inner].numerator) for inner in expr.atoms(Inner)}).subs(d, 9)

    assert at(general, equal) == at(reynolds(function, Q), {})


def test_orthonormal_vectors_are_a_case_of_any() -> None:
    function = s.inner("ax", "by", "ay", "bz", "cx", "cz")
    known = {Inner(a, a): 1, Inner(b, b): 1, Inner(a, b): 0}
    short = reynolds(function, Q, orthonormal=(a, b))
    assert (short - reynolds(function, Q).subs(known)).expand() == 0
    assert not short.has(Inner(a, a), Inner(a, b), Inner(b, b)) and short.has(Inner(a, c))
    moved = {Inner(x, x): 1, Inner(y, y): 1, Inner(x, y): 0}
    assert (reynolds(function, Q, orthonormal=[x, y]) - reynolds(function, Q).subs(moved)).expand() == 0


def test_orthonormal_columns_of_a_matrix() -> None:
    assert reynolds(
        Inner(X[:, 0], Q * x) ** 2 * Inner(X[:, 1], X[:, 0] + X[:, 1]), Q, orthonormal=(X[:, 0], X[:, 1])
    ) == (Inner(x, x) / d)


# ---------------------------------------------------------------------------------------------------------------
# What is read, and in which form the answer is.

WAYS = {
    "inner product": Inner(a, Q * y),
    "the other way": Inner(Q.T * a, y),
    "inverse": Inner(Inverse(Q) * a, y),
    "1 × 1 product": a.T * Q * y,
    "transposed product": y.T * Q.T * a,
    "entry": (a.T * Q * y)[0, 0],
    "nested sums": Inner(a, Q * y).in_coordinates(),
    "sum over a trace": Trace(Q * y * a.T).rewrite(Sum),
    "trace": Trace(y * a.T * Q),
    "trace of 1 × 1": Trace(a.T * Q * y),
    "dot product": DotProduct(a, Q * y),
    "dot product with a row": DotProduct(a.T, Q * y),
    "explicit 1 × 1": ImmutableMatrix([[Inner(a, Q * y)]]),
    "sums": (a.T + b.T) * Q * y - b.T * Q * y,
    "identity and zero": Inner(a, Q * Q.T * Q * y + ZeroMatrix(d, 1)),
    "scaled": Inner(2 * a, Q * y / 2),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_of_writing_an_inner_product(way: str) -> None:
    assert reynolds(Trace(WAYS[way]) * Inner(b, Q * z) if WAYS[way].is_Matrix else WAYS[way] * Inner(b, Q * z), Q) == (
        Inner(a, b) * Inner(y, z) / d
    )


def test_one_by_one_matrices_multiply_and_have_powers() -> None:
    assert reynolds((a.T * Q * y) ** 2, Q) == Inner(a, a) * Inner(y, y) / d
    assert reynolds(a.T * Q * y * b.T * Q * z, Q) == Inner(a, b) * Inner(y, z) / d
    assert reynolds((a.T * Q * y)[0, 0] ** 2, Q) == Inner(a, a) * Inner(y, y) / d
    assert (
        reynolds(((a.T * y) * (a.T * Q * y))[0, 0] * Inner(b, Q * z), Q) == Inner(a, b) * Inner(a, y) * Inner(y, z) / d
    )
    assert reynolds((y.T * Q.T * M * Q * z)[0, 0], Q) == Trace(M) * Inner(y, z) / d


def test_sums_that_are_written_out_are_read_where_they_are_whole() -> None:
    s3 = Setting(3)
    assert reynolds((s3.a.T * s3.Q * s3.y)[0, 0] * s3.inner("bz"), s3.Q) == Inner(s3.a, s3.b) * Inner(s3.y, s3.z) / 3
    assert reynolds(Trace(s3.Q).doit().rewrite(Sum).doit() ** 2, s3.Q) == 1
    assert reynolds((s3.a.T * s3.Q * s3.y + 2 * s3.y.T * s3.Q * s3.a)[0, 0] ** 2, s3.Q) == reynolds(
        (s3.inner("ay") + 2 * s3.inner("ya")) ** 2, s3.Q
    )
    assert reynolds((s3.Q * s3.M).as_explicit().trace() * Trace(s3.Q), s3.Q) == Trace(s3.M) / 3
    with pytest.raises(UsageError, match="no part of a complete inner product"):
        reynolds(s3.Q[0, 1] * s3.a[0, 0] * s3.y[1, 0] + s3.Q[1, 0], s3.Q)


def test_numbers_in_vectors_are_multiplied() -> None:
    turn = MatrixSymbol("Q", 2, 2)
    p, q, u = ImmutableMatrix([1, 2]), ImmutableMatrix([3, -1]), MatrixSymbol("u", 2, 1)
    assert reynolds(Inner(p, turn * q) ** 2, turn) == Rational(5 * 10, 2)
    assert reynolds(Inner(p, turn * u) * Inner(q, turn * u), turn) == Inner(u, u) / 2
    assert reynolds(Inner(p, turn * u) * Inner(ImmutableMatrix([2, -1]), turn * u), turn) == 0


def test_numbers_in_all_vectors_give_a_number() -> None:
    rotation = MatrixSymbol("Q", 3, 3)
    found = reynolds(Inner(ImmutableMatrix([1, 2, 2]), rotation * ImmutableMatrix([1, 0, 0])) ** 2, rotation)
    assert found == 3 and isinstance(found, Integer)
    with pytest.raises(UsageError, match="entries that are not finite numbers"):
        reynolds(Inner(ImmutableMatrix([oo, 2, 2]), rotation * MatrixSymbol("x", 3, 1)) ** 2, rotation)


def test_matrices_between_vectors_are_written_in_one_way() -> None:
    found = reynolds(Inner(a, Q * x) * Inner(M * b, Q * y) + Inner(M.T * a, Q * x) * Inner(b, Q * y), Q)
    assert found == 2 * Inner(a, M * b) * Inner(x, y) / d


def parts(expr: Expr) -> list[Expr]:
    return [expr, *(part for argument in expr.args if isinstance(argument, Add | Mul) for part in parts(argument))]


@pytest.mark.parametrize("size", [d, 2, 5], ids=str)
@pytest.mark.parametrize(
    "name", ["two", "four", "four, equal fixed", "six, few vectors", "both moved", "sum with powers"]
)
def test_answer_is_an_ordinary_sympy_expression(name: str, size: Any) -> None:
    found = reynolds(FUNCTIONS[name](Setting(size)), MatrixSymbol("Q", size, size))
    for part in parts(found):
        assert part.func(*part.args) == part and part.func(*part.args).args == part.args


def test_sum_over_all_pairs_of_pairings_is_built_by_hand() -> None:
    """The definition, written with SymPy alone."""
    table = weingarten_table(2, d)
    pairings = [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    fixed, moved = (a, b, c, x), (x, y, z, a)
    by_hand = Add(
        *(
            table[(1, 1) if p == q else (2,)]
            * Mul(*(Inner(fixed[i], fixed[j]) for i, j in p), *(Inner(moved[i], moved[j]) for i, j in q))
            for p in pairings
            for q in pairings
        )
    )
    found = reynolds(s.inner("ax", "by", "cz", "xa"), Q)
    assert found.expand() == by_hand.expand()


@pytest.mark.parametrize(("pairs", "terms"), [(2, 3), (3, 15), (4, 105), (5, 945)])
def test_number_of_terms(pairs: int, terms: int) -> None:
    fixed = [MatrixSymbol(f"e{i}", d, 1) for i in range(pairs)]
    moved = [MatrixSymbol(f"y{i}", d, 1) for i in range(2 * pairs)]
    function = Mul(*(Inner(fixed[i // 2], Q * vector) for i, vector in enumerate(moved)))
    found = reynolds(function, Q, orthonormal=fixed)
    sums = [[part for part in group.args if part.is_Add and part.has(Inner)] for group in found.args]
    assert sum(len(some[0].args) if some else 1 for some in sums) == terms


def test_high_powers_of_one_vector_are_quick() -> None:
    half = 60
    found = reynolds(s.inner("ax") ** (2 * half), Q)
    assert found == prod(range(2 * half - 1, 0, -2)) * Inner(a, a) ** half * Inner(x, x) ** half / prod(
        d + 2 * i for i in range(half)
    )


# ---------------------------------------------------------------------------------------------------------------
# Refusals.

REFUSED = {
    "exponential": (exp(Inner(a, Q * x)), "does not depend on Q as a polynomial"),
    "inverse": (1 / Inner(a, Q * x), "does not depend on Q as a polynomial"),
    "symbolic power": (Inner(a, Q * x) ** t, "does not depend on Q as a polynomial"),
    "vector": (Q * x, "only scalars are averaged, but Q.x is d × 1"),
    "matrix": (Q, "only scalars are averaged, but Q is d × d"),
    "entry": (Q[0, 0] ** 2, r"the entry Q\[0, 0\] stands by itself.*haar_average"),
    "symbolic determinant": (Determinant(Q) * Inner(a, Q * x), "at an integer d only"),
    "infinite coefficient": (oo * Inner(a, Q * x) ** 2, "oo cannot be a coefficient"),
    "complex infinity": (zoo * Inner(a, Q * x) ** 2 + 1, "zoo cannot be a coefficient"),
    "no number": (nan * Inner(a, Q * x) ** 2, "nan cannot be a coefficient"),
    "infinite product": (oo * t * Inner(a, Q * x) ** 2, "oo cannot be a coefficient"),
    "another determinant": (Determinant(Q + M), r"only Determinant\(Q\) is read"),
    "huge power": (Inner(a, Q * x) ** 10**9, "more than 2000 factors"),
    "many terms": ((Inner(a, Q * x) + Inner(b, Q * y) + Inner(c, Q * z) + 1) ** 999, "has 167167000 terms when"),
    "text": ("Q", "is not a SymPy expression"),
    "a truth value": (True, "is a bool, not a SymPy expression"),
    "noncommuting": (Symbol("A", commutative=False) * Inner(a, Q * x), "scalars must commute"),
    "another Q": (Trace(MatrixSymbol("Q", 3, 3)), r"there is a matrix Q of shape \(3, 3\)"),
    "part of Q": (Inner(a, Q[:, 0]), "write a column as Q.x"),
    "cubic index": (
        Sum(a[t, 0] * Q[t, t] * x[t, 0], (t, 0, d - 1)),
        "the summation index t occurs in 4 places",
    ),
    "part of a sum": (Sum(a[t, 0] * (Q * x)[t, 0], (t, 1, d - 1)), "the index t starts at 1"),
    "short sum": (Sum(Q[t, t], (t, 0, d - 2)), "runs over d - 1 values, but the axis of .* has d"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_says_why(case: str) -> None:
    function, message = REFUSED[case]
    with pytest.raises(UsageError, match=message):
        reynolds(function, Q)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((MatrixSymbol("Q", d, d + 1),), {}, "an orthogonal matrix is square"),
        (("Q",), {}, "must be a SymPy MatrixSymbol"),
        ((MatrixSymbol("Q", 0, 0),), {}, "positive integer"),
        ((Q, "SO"), {}, "SO.d. keeps determinants .* at an integer d only"),
        ((Q, "U"), {}, "'O' or 'SO', not 'U'"),
        ((Q, "O(3)"), {}, "but the group is O.3."),
        ((Q, "O(n)"), {}, "but the group is O.n."),
        ((Q, 5), {}, "'O' or 'SO', not 5"),
        ((Q, S(3)), {}, "'O' or 'SO'"),
        ((Q, O(3)), {}, "Q has the shape .d, d., but the group is O.3."),
        ((Q,), {"orthonormal": (a, a)}, "a is named twice"),
        ((Q,), {"orthonormal": (a + b,)}, "symbols or columns of a matrix, not a . b"),
        ((Q,), {"orthonormal": a}, r"takes a list of vectors, such as \[a, b\], not a"),
        ((Q,), {"orthonormal": "ab"}, r"takes a list of vectors, such as \[a, b\], not 'ab'"),
        ((Q,), {"orthonormal": 5}, "takes a list of vectors"),
        ((MatrixSymbol("Q", 2, 2),), {"orthonormal": ImmutableMatrix([1, 0])}, "takes a list of vectors"),
        ((Q,), {"orthonormal": (MatrixSymbol("a", 3, 1),)}, "columns of length d, not a"),
        ((MatrixSymbol("Q", 1, 1),), {"orthonormal": symbols("a b")}, "columns of length 1"),
        (
            (MatrixSymbol("Q", 1, 1),),
            {"orthonormal": [MatrixSymbol(name, 1, 1) for name in "ab"]},
            "no 2 orthonormal vectors of length 1",
        ),
    ],
    ids=lambda value: "",
)
def test_refusal_of_arguments(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        reynolds(Integer(1), *arguments, **options)


@pytest.mark.parametrize(("count", "terms"), [(10, 945**2), (14, 135135**2), (40, prod(range(39, 0, -2)) ** 2)])
def test_number_of_terms_is_told_before_any_work(count: int, terms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks.Network, "average", lambda *_: pytest.fail("work was done"))
    fixed, moved = ([MatrixSymbol(f"{name}{i}", d, 1) for i in range(count)] for name in "ax")
    with pytest.raises(UsageError, match=f"product of {count} factors Q has {terms} terms"):
        reynolds(Mul(*(Inner(left, Q * right) for left, right in zip(fixed, moved))), Q)


def test_too_many_pairs_of_pairings_are_refused() -> None:
    with pytest.raises(UsageError, match=r"is a sum over 654729075² · 1 pairs of pairings"):
        reynolds(Trace(Q * M) ** 20, Q)
    with pytest.raises(UsageError, match=r"compares [0-9]+ pairs of pairings"):
        reynolds(s.inner("ax") ** 8 * s.inner("by") ** 8, Q)


def test_large_tables_are_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks.Network, "average", lambda *_: pytest.fail("work was done"))
    fixed, moved = ([MatrixSymbol(f"{name}{i}", d, 1) for i in range(23)] for name in "ax")
    function = Mul(*(Inner(left, Q * right) ** 2 for left, right in zip(fixed, moved)))
    with pytest.raises(UsageError, match="order 23 has a value for each of the 1255 partitions"):
        reynolds(function, Q, orthonormal=[*fixed, *moved])
    with pytest.raises(UsageError, match="order 25 has a value for each of the 1958 partitions"):
        reynolds(s.inner("ax", "by", "cz", "xa", "yb") ** 10, Q)
    monkeypatch.setattr(networks, "MOST_TERMS", 2000)
    with pytest.raises(UsageError, match=r"has at least 2001 terms, more than 2000"):
        reynolds(s.inner("ax", "by", "cz", "xa", "yb") ** 8, Q)


# ---------------------------------------------------------------------------------------------------------------
# Planted mistakes are found by the comparison with integrals.


def unsigned(paths: Any, loops: Any) -> Any:
    return {kind: abs(count) for kind, count in networks_signed_types(paths, loops).items()}


networks_signed_types = networks.signed_types

MISTAKES = {
    "symbolic d with the integer put in": (
        module,
        "exact_table",
        lambda k, size: {mu: q.at(size) for mu, q in EXACT(k, None).items()},
        [("four", 2, "O"), ("six, few vectors", 2, "O"), ("trace with vectors", 1, "O"), ("conjugate twice", 1, "O")],
    ),
    "no signs of bijections": (networks, "permutation_sign", lambda order: 1, [("three", 3, "SO"), ("two", 2, "SO")]),
    "no signs of closed paths": (networks, "signed_types", unsigned, [("three", 3, "SO"), ("two", 2, "SO")]),
    "only equal pairings": (
        networks,
        "union",
        lambda p, q: UNION(p, q) if p == q else None,
        [("four, equal fixed", 3, "O"), ("four", 2, "O")],
    ),
    "orbits of size one": (
        networks,
        "orbits",
        lambda items, moves: ((joining, 1) for joining, _ in ORBITS(items, moves)),
        [("conjugate twice", 3, "O"), ("trace", 3, "O")],
    ),
}
EXACT, UNION, ORBITS = module.exact_table, networks.union, networks.orbits


@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistake_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home, name, wrong, cases = MISTAKES[mistake]
    for case in cases:
        check_integral(*case)
    monkeypatch.setattr(home, name, wrong)
    found = 0
    for case in cases:
        try:
            check_integral(*case)
        except (AssertionError, ZeroDivisionError):
            found += 1
    assert found, mistake
