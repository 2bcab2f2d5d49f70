"""The exact check of statements about positions, about sums over the others, and about what does not exist."""

from __future__ import annotations

import pytest

from symmetry.checks.exact import check_exact
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, implies, negation
from symmetry.terms import Function, Identity, MatrixGroup, Number, StandardBasis, Total, Variable, Zero, hstack, sizes

d, n, m = sizes("d n m")
one = Identity(1).rows
X, Z = Variable("X", d, n), Variable("Z", d, m)
P = Variable("P", n, n)
e, b, x, y = (Variable(name, n, one) for name in "ebxy")
E_n, S_n = StandardBasis(n), MatrixGroup("S", n)
POINT = (d, one)
u, v = Function("u", (POINT,), POINT), Function("v", (POINT, POINT), POINT)
f = Function("f", ((d, n),), (d, n))
token, other = Variable("x", d, one), Variable("y", d, one)
TOKENS = forall(P, implies(Member(P, S_n), forall(X, Equal(f(X * P), f(X) * P))))
PAIRS = forall(X, Equal(f(X), Total(e, (u(X * e) + Total(b, (Number(1) - e.T * b) * v(X * e, X * b))) * e.T)))
NORMAL = forall(token, Equal(v(token, Zero(d, one)), Zero(d, one)))


def verdict(statement: Formula, *assignments: dict[str, int], **options: object) -> str:
    return check_exact(statement, sizes=assignments, **options).verdict  # type: ignore[arg-type]


def in_places(statement: Formula, *places: Variable) -> Formula:
    for place in reversed(places):
        statement = forall(place, implies(Member(place, E_n), statement))
    return statement


def test_positions_are_equal_at_times_and_different_at_times() -> None:
    zero = Zero(one, one)
    assert verdict(in_places(Equal(e.T * b, zero), e, b), {"n": 3}) == "violated"
    assert verdict(in_places(Equal(e.T * b, Number(1)), e, b), {"n": 3}) == "violated"
    apart = in_places(implies(Equal(e.T * b, zero), Equal((e + b).T * (e + b), 2 * Number(1))), e, b)
    assert verdict(apart, {"n": 3}) == "holds"


def test_a_vector_that_equals_a_position_is_chosen_as_one() -> None:
    statement = forall(b, implies(Equal(e, b), Equal(b.T * b, Number(1))))
    assert verdict(in_places(statement, e), {"n": 3}) == "holds"


def test_a_permutation_moves_two_positions_to_the_same_one_never() -> None:
    moved = exists(P, And((Member(P, S_n), Equal(P * e, x), Equal(P * b, y))))
    zero = Zero(one, one)
    different = implies(Equal(e.T * b, zero), Equal(x.T * y, zero), moved)
    assert verdict(in_places(different, e, b, x, y), {"n": 3}) == "holds"
    assert verdict(in_places(implies(Equal(e.T * b, zero), moved), e, b, x, y), {"n": 3}) == "violated"


def test_not_every_function_is_of_order_two() -> None:
    """With two tokens every one is; with three X(XᵀX)² is not, as its mixed differences show."""
    statement = forall(f, implies(TOKENS, exists(u, v, PAIRS)))
    assert verdict(statement, {"d": 1, "n": 2}) == "holds"
    assert verdict(statement, {"d": 1, "n": 3}) == "violated"


def test_parts_may_vanish_at_a_zero_token_and_not_at_a_zero_place() -> None:
    at_zero = forall(token, Equal(v(Zero(d, one), token), Zero(d, one)))
    for normal, expected in ((NORMAL, "holds"), (at_zero, "violated")):
        statement = forall(f, u, v, implies(PAIRS, exists(u, v, And((PAIRS, normal)))))
        assert verdict(statement, {"d": 1, "n": 3}) == expected


def test_a_function_may_be_given_on_the_columns_of_one_argument() -> None:
    first, second = (hstack(Number(k), Number(1 - k)).T for k in (1, 0))
    w = Variable("W", d, 2)
    g = Function("g", ((d, one), (d, one), (d, m)), (d, one))
    given = forall(w, Z, Equal(g(w * first, w * second, Z), w * first + 2 * (w * second) + Z * Z.T * w * first))
    value = token + 2 * other + Z * Z.T * token
    for factor, expected in ((1, "holds"), (2, "violated")):
        statement = forall(g, implies(given, forall(token, other, Z, Equal(g(token, other, Z), factor * value))))
        assert verdict(statement, {"d": 2, "m": 1}) == expected


def test_what_does_not_exist_is_found_where_it_does() -> None:
    square = Function("q", ((one, one),), (one, one))
    number, root = Variable("t", one, one), Variable("s", one, one)
    never = forall(square, negation(forall(number, Equal(square(number * number), number))))
    even = forall(square, negation(forall(number, Equal(square(number * number), number * number))))
    assert verdict(never, {}) == "holds" and verdict(never, {}, hunt=True) != "violated"
    assert verdict(even, {}, hunt=True) == "violated"
    law = forall(number, Equal(square(2 * number), 4 * square(number)))
    with_law = forall(square, root, implies(law, negation(forall(number, Equal(square(number), number * number)))))
    assert verdict(with_law, {}, hunt=True) == "violated"


@pytest.mark.parametrize("seed", range(12))
def test_functions_given_by_cases_agree_with_no_other(seed: int) -> None:
    """Seed 6 once took two functions for equal that differ where the first column is longer than the last."""
    N, k = sizes("N k")
    Y = Variable("Y", d, N)
    F = Function("f", ((d, N),), (d, k))
    g, h = Function("g", ((N, N),), (N, k)), Function("h", ((N, N),), (N, k))
    G = Y.T * Y
    serve = [forall(Y, Equal(F(Y), Y * function(G))) for function in (g, h)]
    statement = forall(F, g, h, implies(*serve, forall(Y, Equal(Y * g(G), Y * h(G)))))
    assert verdict(statement, {"d": 3, "N": 2, "k": 1}, {"d": 1, "N": 2, "k": 3}, seed=seed) == "holds"
