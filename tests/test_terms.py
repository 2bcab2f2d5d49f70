"""Sizes and terms: shapes, operators, refusals that name both sides, and substitution that captures nothing."""

from __future__ import annotations

import copy
import os
import pickle
import random
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from semantics import Model, Writer, holds, random_model, value

from symmetry.errors import ShapeError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member, exists, forall, implies
from symmetry.sizes import SIZE_LIMIT, Reserved, Size
from symmetry.substitution import substitute
from symmetry.syntax import MAX_DEPTH, Node, SizeVariable, free, fresh, symbol_names
from symmetry.terms import (
    MAX_DIGITS,
    Apply,
    Average,
    Block,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    StandardBasis,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    sizes,
    vstack,
)

d, n, m, k = sizes("d n m k")
one = Size.of(1)
X, Y, Z = Variable("X", d, n), Variable("Y", d, n), Variable("Z", d, m)
A, P = Variable("A", d, d), Variable("P", n, n)
s, u, v = Variable("s", 1, 1), Variable("u", d, 1), Variable("v", n, 1)
f = Function("f", ((d, n),), (d, n))
g = Function("g", ((d, n), (d, m)), (n, m))
S = MatrixGroup("S", n)


# ---------------------------------------------------------------------------------------------------------------
# Sizes


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (0, "0"),
        (7, "7"),
        ("n", "n"),
        ("m + n", "m + n"),
        ("n + m", "m + n"),
        ("2 * n + 1", "2*n + 1"),
        ("2 * n+n", "3*n"),
        ("0*n", "0"),
        ("n + 1 + 2", "n + 3"),
        ("N₁ + N'", "N' + N₁"),
    ],
)
def test_size_is_a_sorted_linear_form(written: Any, shown: str) -> None:
    assert str(Size.of(written)) == shown
    assert Size.of(shown) == Size.of(written)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (-1, "lies between 0 and"),
        (SIZE_LIMIT + 1, "lies between 0 and"),
        (True, "a name or a natural number, not True"),
        (1.0, "a name or a natural number, not 1.0"),
        (Fraction(1), "a name or a natural number, not Fraction"),
        (None, "a name or a natural number, not None"),
        ("", "'' is not a size"),
        ("n - 1", "'n - 1' is not a size"),
        ("n*n", "not a size"),
        ("-1", "not a size"),
        ("1.5", "not a size"),
        ("#s0", "not a size"),
        ("n,m", "not a size"),
        ("n" * 300, "not 300 characters"),
        ("n" * 40, "not a size"),
        ("9999999999", "not a size"),
    ],
)
def test_size_refuses_what_is_no_natural_linear_form(written: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        Size.of(written)


@pytest.mark.parametrize(
    ("parts", "constant"),
    [
        ((), -1),
        ((), True),
        ((), 0.5),
        ((), SIZE_LIMIT + 1),
        ((("n", 0),), 0),
        ((("n", 1.5),), 0),
        ((("n", True),), 0),
        ((("n", SIZE_LIMIT + 1),), 0),
        ((("n", 1), ("n", 1)), 0),
        ((("n", 1), ("m", 1)), 0),
        ((("d + n", 1),), 0),
        ((("#s0", 1),), 0),
        (((1, 1),), 0),
        ([("n", 1)], 0),
    ],
)
def test_size_built_directly_is_checked_too(parts: Any, constant: Any) -> None:
    with pytest.raises(ShapeError, match="a size has"):
        Size(parts, constant)


def test_size_arithmetic() -> None:
    assert n + m + n + 1 == Size.of("2*n + m + 1")
    assert 1 + n == n + 1
    assert str(n + "m") == "m + n"
    assert (n + m).substitute({"n": m, "m": n}) == n + m
    assert (Size.of("2*n + m")).substitute({"n": n + 1, "m": Size()}) == Size.of("2*n + 2")
    assert Size.of("2*n + m + 3").at({"n": 5, "m": 1}) == 14
    assert Size.of("n + 1").minus(n) == one
    assert (
        n.minus(n + 1) is None and n.minus(m) is None and (n + n).minus(n) == n and (n + 3).minus(n + 1) == Size.of(2)
    )
    assert not n.is_zero and not n.is_one and Size().is_zero and one.is_one and not (n + 1).is_one


def test_size_grows_within_bounds_only() -> None:
    with pytest.raises(ShapeError, match=f"natural coefficients up to {SIZE_LIMIT}"):
        Size.of("999999999*n").substitute({"n": Size.of("2*n")})
    with pytest.raises(ShapeError, match=f"natural constant up to {SIZE_LIMIT}"):
        Size.of(SIZE_LIMIT) + 1


def test_size_needs_every_value() -> None:
    with pytest.raises(ShapeError, match=r"size m \+ n needs a value for m"):
        (n + m).at({"n": 2})


# ---------------------------------------------------------------------------------------------------------------
# Shapes and operators


@pytest.mark.parametrize(
    ("term", "rows", "cols", "kind"),
    [
        (X, d, n, Variable),
        (X.T, n, d, Transpose),
        (X.T.T, d, n, Variable),
        (X.T * Z, n, m, Product),
        (A * X * P, d, n, Product),
        (X + Y, d, n, Sum),
        (X - Y, d, n, Sum),
        (-X, d, n, Scaled),
        (2 * X, d, n, Scaled),
        (X * Fraction(1, 2), d, n, Scaled),
        (s * X, d, n, Scaled),
        (X * s, d, n, Scaled),
        (u * s, d, one, Product),
        (s * u.T, one, d, Product),
        (u.T * u, one, one, Product),
        ((u.T * u) * X, d, n, Scaled),
        (pinv(X), n, d, Pseudoinverse),
        (hstack(X, Z), d, n + m, Block),
        (vstack(X, A.T * X), d + d, n, Block),
        (block([[A, X], [X.T, P]]), d + n, d + n, Block),
        (f(X), d, n, Apply),
        (g(X, Z), n, m, Apply),
        (Average(P, S, X * P), d, n, Average),
        (Total(v, X * v), d, one, Total),
        (Total(v, s), one, one, Total),
        (Identity(d), d, d, Identity),
        (Zero(d, m), d, m, Zero),
        (Number(Fraction(1, 3)), one, one, Number),
    ],
    ids=str,
)
def test_shape_of_a_term(term: Term, rows: Size, cols: Size, kind: type) -> None:
    assert (term.rows, term.cols) == (rows, cols)
    assert term.shape == (rows, cols)
    assert type(term) is kind
    assert term.is_scalar == (rows == one and cols == one)


def test_operators_flatten_and_pull_factors_out() -> None:
    assert A * (A * X) == Product((A, A, X)) == (A * A) * X
    assert (X + Y) + X == Sum((X, Y, X)) == X + (Y + X)
    assert (2 * A) * X == Scaled(Number(2), A * X) == A * (2 * X)  # type: ignore[arg-type]
    assert X - Y == Sum((X, Scaled(Number(Fraction(-1)), Y)))
    assert (X + Y).T != X.T + Y.T  # nothing is evaluated


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: X * Z, r"cannot multiply X \(d × n\) by Z \(d × m\): n is not d"),
        (lambda: X + Z, r"cannot add X \(d × n\) and Z \(d × m\)"),
        (lambda: X + X.T, r"cannot add X \(d × n\) and Xᵀ \(n × d\)"),
        (lambda: Scaled(X, Y), "a factor is 1 × 1, but X is d × n"),
        (lambda: Scaled(v, Y), "a factor is 1 × 1, but v is n × 1"),
        (lambda: Scaled(v.T, Y), "a factor is 1 × 1, but vᵀ is 1 × n"),
        (lambda: f(Z), r"f takes a d × n matrix, but Z is d × m"),
        (lambda: g(X), "g takes 2 arguments, not 1"),
        (lambda: hstack(X, P), "block P is n × n, but its row and column need d × n"),
        (lambda: block([[A, X], [X.T, A]]), "block A is d × d, but its row and column need n × n"),
        (lambda: block([[A, X], [A, Z]]), "block Z is d × m, but its row and column need d × n"),
        (lambda: Block(((A, X), (A,))), "rows of one positive length"),
        (lambda: Block(()), "rows of one positive length"),
        (lambda: Block(((),)), "rows of one positive length"),
        (lambda: Sum(()), "a sum needs at least one term"),
        (lambda: Product(()), "a product needs at least one factor"),
        (lambda: Function("f", (), (d, n)), "f needs at least one argument"),
        (lambda: MatrixGroup("GL", d), "unknown group 'GL': expected O, SO or S"),
        (lambda: Average(P, MatrixGroup("O", n), X * P), r"needs a finite group, not O\(n\)"),
        (lambda: Average(A, S, X), r"A is d × d, not an element of S\(n\)"),
        (lambda: Total(X, X), "X is d × n, not a basis vector, n × 1"),
        (lambda: Total(Variable("v", 1, n), X), "v is 1 × n, not a basis vector, n × 1"),
        (lambda: Member(X, StandardBasis(d)), r"X is d × n, not a candidate for E\(d\)"),
        (lambda: Member(v, StandardBasis(d)), r"v is n × 1, not a candidate for E\(d\)"),
        (lambda: Member(v, S), r"v is n × 1, not a candidate for S\(n\)"),
        (lambda: Member(P, StandardBasis(n)), r"P is n × n, not a candidate for E\(n\)"),
        (lambda: Lambda((), X), "parameters with different names"),
        (lambda: Lambda((X, X), X), "parameters with different names"),
        (lambda: Equal(X, Z), "X is d × n, but Z is d × m"),
        (lambda: Equal(X, X.T), "X is d × n, but Xᵀ is n × d"),
        (lambda: Member(X, MatrixGroup("O", d)), r"X is d × n, not a candidate for O\(d\)"),
        (lambda: And((Equal(X, Y),)), "at least two parts"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_naming_both_sides(make: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Number(0.5), "floats are not exact"),  # type: ignore[arg-type]
        (lambda: Number(True), "an integer or a Fraction, not True"),  # type: ignore[arg-type]
        (lambda: Number("1"), "an integer or a Fraction"),  # type: ignore[arg-type]
        (lambda: Number(Fraction(10**MAX_DIGITS)), f"at most {MAX_DIGITS} digits"),
        (lambda: Number(Fraction(1, 10**MAX_DIGITS)), f"at most {MAX_DIGITS} digits"),
        (lambda: X * 0.5, "floats are not exact"),  # type: ignore[operator]
        (lambda: X + 1, "expected a matrix, found 1"),  # type: ignore[operator]
        (lambda: Sum((X, "Y")), "expected a matrix, found 'Y'"),  # type: ignore[arg-type]
        (lambda: Product((X, None)), "expected a matrix, found None"),  # type: ignore[arg-type]
        (lambda: Transpose(f), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Pseudoinverse(3), "expected a matrix, found 3"),  # type: ignore[arg-type]
        (lambda: Scaled(s, Equal(X, X)), "expected a matrix, found X = X"),  # type: ignore[arg-type]
        (lambda: Scaled(2, X), "expected a matrix, found 2"),  # type: ignore[arg-type]
        (lambda: Block((("A",),)), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Apply(Lambda((X,), X), (X,)), "expected an unknown function"),  # type: ignore[arg-type]
        (lambda: f("X"), "expected a matrix, found 'X'"),  # type: ignore[arg-type]
        (lambda: Average(f, S, X), "expected a variable"),  # type: ignore[arg-type]
        (lambda: Total(f, X), "expected a variable"),  # type: ignore[arg-type]
        (lambda: Total(v, S), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Total(v.T, X), "expected a variable"),  # type: ignore[arg-type]
        (lambda: Average(P, StandardBasis(n), X), "expected a group"),  # type: ignore[arg-type]
        (lambda: Member(v, v), "expected a group or a standard basis"),  # type: ignore[arg-type]
        (lambda: Average(P, "S", X), "expected a group"),  # type: ignore[arg-type]
        (lambda: Average(P, S, S), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Lambda((f,), X), "expected a variable"),  # type: ignore[arg-type]
        (lambda: Lambda((X,), Equal(X, X)), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Equal(X, Equal(X, X)), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Member("Q", S), "expected a matrix"),  # type: ignore[arg-type]
        (lambda: Member(P, "S"), "expected a group"),  # type: ignore[arg-type]
        (lambda: And((Equal(X, X), X)), "expected a statement, found X"),  # type: ignore[arg-type]
        (lambda: Implies(Equal(X, X), True), "expected a statement, found True"),  # type: ignore[arg-type]
        (lambda: ForAll(X, X), "expected a statement, found X"),  # type: ignore[arg-type]
        (lambda: ForAll("X", Equal(X, X)), "expected a variable, a function or a size"),  # type: ignore[arg-type]
        (lambda: Exists(SizeVariable("j"), Equal(X, X)), "expected a variable or a function"),  # type: ignore[arg-type]
        (lambda: Zero(0.5, d), "a name or a natural number, not 0.5"),  # type: ignore[arg-type]
        (lambda: Identity(True), "a name or a natural number, not True"),  # type: ignore[arg-type]
        (lambda: Variable("X", d, -1), "lies between 0"),  # type: ignore[arg-type]
    ],
)
def test_wrong_kinds_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        make()


@pytest.mark.parametrize(
    "name", ["", "1", "x y", "#v0", "#a0", "x[1]", "x*", "x,y", "-x", "_x", "x" * 33, "x;", "(", "⁺"]
)
def test_names_that_could_be_taken_for_notation_are_refused(name: str) -> None:
    for make in (lambda: Variable(name, d, n), lambda: Function(name, ((d, n),), (d, n)), lambda: SizeVariable(name)):
        with pytest.raises(ShapeError, match="is not a name"):
            make()


@pytest.mark.parametrize("name", ["x", "X1", "g₁", "Y'", "Y′", "φ", "A_long_name", "x" * 32])
def test_names(name: str) -> None:
    assert Variable(name, d, n).name == Function(name, ((d, n),), (d, n)).name == name


def test_the_name_of_the_identity_is_taken() -> None:
    for make in (lambda: Variable("I", d, d), lambda: Function("I", ((d, n),), (d, n)), lambda: SizeVariable("I")):
        with pytest.raises(ShapeError, match="I is the identity matrix, and not a name for something else"):
            make()


def test_reserved_names_are_no_text_that_is_read() -> None:
    assert Variable(Reserved("#v0"), d, n).name == "#v0"
    with pytest.raises(ShapeError, match="not a size"):
        Size.of(Reserved("#s0"))


# ---------------------------------------------------------------------------------------------------------------
# Frozen, equal by structure, without subclasses


def test_terms_are_frozen() -> None:
    with pytest.raises(AttributeError, match="cannot assign to field"):
        X.name = "Y"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="cannot delete field"):
        del X.name


def test_parts_given_as_lists_are_taken_over_as_tuples() -> None:
    terms, grid = [X, Y], [[X, Z]]
    total, whole = Sum(terms), Block(grid)  # type: ignore[arg-type]
    terms.append(X)
    grid[0].append(X)
    assert total == X + Y and whole == hstack(X, Z)
    assert hash(total) == hash(X + Y)


@pytest.mark.parametrize(
    "kind", [Variable, Sum, Total, Number, Equal, ForAll, Function, MatrixGroup, StandardBasis, Lambda]
)
def test_kinds_of_terms_have_no_subclasses(kind: type) -> None:
    with pytest.raises(ShapeError, match="have no subclasses"):
        type("Fake", (kind,), {})


@pytest.mark.parametrize(
    "item",
    [
        X,
        f(X + Y),
        Average(P, S, X * P),
        Total(v, X * v),
        StandardBasis(n),
        hstack(X, Z),
        forall(X, Equal(X, f(X))),
        Lambda((X,), 2 * X),
    ],
    ids=str,
)
def test_copies_are_equal_and_carry_no_stale_hash(item: Node) -> None:
    hash(item), free(item)
    for twin in (copy.copy(item), copy.deepcopy(item), pickle.loads(pickle.dumps(item))):
        assert twin == item and hash(twin) == hash(item) and free(twin) == free(item)
    assert item.__reduce__() == (type(item), item.key[1:])


def test_a_term_pickled_elsewhere_is_substituted_everywhere() -> None:
    program = (
        "import pickle, sys; from symmetry.terms import *; from symmetry.formulas import *\n"
        "X = Variable('X', 'd', 'n'); F = ForAll(X, Equal(X, X.T.T + X)); hash(X), hash(F)\n"
        "sys.stdout.write(pickle.dumps(F).hex())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    statement = pickle.loads(bytes.fromhex(run.stdout))
    assert substitute(statement.body, {statement.variable: Zero(d, n)}) == Equal(Zero(d, n), Zero(d, n) + Zero(d, n))


def test_equality_is_structural() -> None:
    assert Variable("X", d, n) == X and hash(Variable("X", d, n)) == hash(X)
    assert Variable("X", d, m) != X and Variable("X", n, d) != X and X != "X"
    assert Function("X", ((d, n),), (d, n)) != X
    assert forall(X, Equal(X, X)) != exists(X, Equal(X, X))
    assert forall(X, Equal(X, X)) != forall(Y, Equal(Y, Y))  # the same up to the bound name, not as text


# ---------------------------------------------------------------------------------------------------------------
# Free symbols, binders, substitution

mean, total = Average(P, S, X * P), Total(v, X * v)
v_ = Variable("v'", n, 1)
nSize = SizeVariable("n")


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (X, {"X", "d", "n"}),
        (f(X), {"f", "X", "d", "n"}),
        (mean, {"X", "d", "n"}),
        (forall(X, Equal(X, f(X))), {"f", "d", "n"}),
        (forall(f, Equal(X, f(X))), {"X", "d", "n"}),
        (forall(nSize, X, Equal(X, X)), {"d"}),
        (Lambda((X,), X + Y), {"Y", "d", "n"}),
        (forall(X, Equal(s, s)), {"s", "d", "n"}),
        (Identity(n + m), {"n", "m"}),
        (MatrixGroup("O", d), {"d"}),
        (StandardBasis(n + m), {"n", "m"}),
        (Total(v, X * v), {"X", "d", "n"}),
        (Total(v, s), {"s", "n"}),
        (Member(v, StandardBasis(n)), {"v", "n"}),
        (Number(1), set()),
    ],
    ids=lambda value: ",".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_free_names(item: Any, names: set[str]) -> None:
    assert symbol_names(item) == names


@pytest.mark.parametrize(
    "make",
    [
        lambda: forall(Variable("X", d, m), Equal(X, X)),
        lambda: forall(Variable("f", d, n), Equal(f(X), X)),
        lambda: forall(Function("X", ((d, n),), (d, n)), Equal(X, X)),
        lambda: forall(Variable("n", d, d), Equal(X, X)),
        lambda: forall(nSize, Equal(X, X)),
        lambda: forall(nSize, Equal(f(Zero(d, n)), Zero(d, n))),
        lambda: forall(SizeVariable("X"), Equal(X, X)),
        lambda: exists(Variable("X", d, m), Equal(X, X)),
        lambda: Average(Variable("X", n, n), S, X),
        lambda: Total(Variable("X", n, 1), X),
        lambda: Total(Variable("v", d, 1), X * v),
        lambda: Total(Variable("f", n, 1), f(X)),
        lambda: Total(Variable("n", d, 1), X),
        lambda: forall(nSize, Equal(Total(v, X * v), u)),
        lambda: Lambda((Variable("X", d, m),), X),
    ],
)
def test_one_name_means_one_thing_under_a_binder(make: Any) -> None:
    with pytest.raises(ShapeError, match="is bound here, but the body has a free"):
        make()


def test_fresh_names() -> None:
    assert fresh("x", {"y"}) == "x"
    assert fresh("x", {"x", "x'"}) == "x''"


X_, P_ = Variable("X'", d, n), Variable("P'", n, n)
f_ = Function("f'", ((d, n),), (d, n))
B = Variable("B", d, n)


@pytest.mark.parametrize(
    ("item", "mapping", "expected"),
    [
        (X + Y, {X: Y}, Y + Y),
        (X + Y, {X: Y, Y: X}, Y + X),
        (f(X), {X: f(X)}, f(f(X))),
        (f(X), {f: f_}, f_(X)),
        (f(f(X)), {f: Lambda((Y,), Y + Y)}, Sum((X + X, X + X))),
        (f(X), {f: Lambda((Y,), X), X: Y}, X),
        (f(X), {f: Lambda((Y,), Y + B)}, X + B),
        (Equal(X, Y), {"n": m}, Equal(Variable("X", d, m), Variable("Y", d, m))),
        (Zero(d, n), {"n": n + 1}, Zero(d, n + 1)),
        (f(X), {"n": m}, Function("f", ((d, m),), (d, m))(Variable("X", d, m))),
        # bound symbols are left alone
        (forall(X, Equal(X, Y)), {X: Y}, forall(X, Equal(X, Y))),
        (forall(f, Equal(f(X), X)), {f: f_}, forall(f, Equal(f(X), X))),
        (forall(nSize, X, Equal(X, X)), {"n": m}, forall(nSize, X, Equal(X, X))),
        (mean, {P: Identity(n)}, mean),
        (forall(X, Equal(X, Y)), {Y: B, Z: X * Variable("L", n, m)}, forall(X, Equal(X, B))),
        # and renamed where a replacement speaks of them
        (forall(X, Equal(X, Y)), {Y: X}, forall(X_, Equal(X_, X))),
        (exists(X, Equal(X, Y)), {Y: f(X)}, exists(X_, Equal(X_, f(X)))),
        (forall(X, Equal(X, Y + X_)), {Y: X}, forall(Variable("X''", d, n), Equal(Variable("X''", d, n), X + X_))),
        (
            forall(X, X_, Equal(X + X_, Y)),
            {Y: X},
            forall(X_, Variable("X''", d, n), Equal(X_ + Variable("X''", d, n), X)),
        ),
        (mean, {X: X * P}, Average(P_, S, Product((X * P, P_)))),
        (total, {v: Zero(n, 1)}, total),
        (total, {X: X * Product((v, v.T))}, Total(v_, Product((X * Product((v, v.T)), v_)))),
        (total, {"n": m}, Total(Variable("v", m, 1), Variable("X", d, m) * Variable("v", m, 1))),
        (total, {"n": Size.of(2)}, Total(Variable("v", 2, 1), Variable("X", d, 2) * Variable("v", 2, 1))),
        (
            Total(v, Variable("X", "q", n) * v),
            {"q": m, "n": n + 1, Variable("X", "q", n): Variable("Y", m, n + 1)},
            Total(Variable("v", n + 1, 1), Variable("Y", m, n + 1) * Variable("v", n + 1, 1)),
        ),
        (
            Total(Variable("m", n, 1), X * Variable("m", n, 1)),
            {"d": m},
            Total(Variable("m'", n, 1), Variable("X", m, n) * Variable("m'", n, 1)),
        ),
        (
            Total(v, Total(v, X * v)),
            {X: X * Product((v, v.T))},
            Total(v_, Total(v_, Product((X * Product((v, v.T)), v_)))),
        ),
        (forall(X, Equal(f(X), X)), {f: Lambda((Y,), X + Y)}, forall(X_, Equal(X + X_, X_))),
        (forall(f, Equal(f(X), Y)), {Y: f(X)}, forall(f_, Equal(f_(X), f(X)))),
        (
            forall(nSize, exists(X, Equal(X.T * X, X.T * Zero(d, n)))),
            {"d": n},
            forall(
                SizeVariable("n'"),
                exists(
                    Variable("X", n, "n'"),
                    Equal(Variable("X", n, "n'").T * Variable("X", n, "n'"), Variable("X", n, "n'").T * Zero(n, "n'")),
                ),
            ),
        ),
        (
            forall(Variable("n", m, m), Equal(Z * Variable("n", m, m), Z)),
            {"d": n},
            forall(Variable("n'", m, m), Equal(Variable("Z", n, m) * Variable("n'", m, m), Variable("Z", n, m))),
        ),
        (Lambda((X,), X + Y), {Y: X}, Lambda((X_,), X_ + X)),
        (Lambda((X, X_), X + X_ + Y), {Y: X}, None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_substitution(item: Any, mapping: Any, expected: Any) -> None:
    if expected is None:  # both parameters are free to be named, so long as they stay apart from each other and from X
        (first, second), body = substitute(item, mapping).parameters, substitute(item, mapping).body
        assert len({first.name, second.name, "X"}) == 3 and body == Sum((first + second + X).key[1])
        return
    assert substitute(item, mapping) == expected


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({X: Z}, "X is d × n, but Z is d × m"),
        ({X: X.T}, "X is d × n, but Xᵀ is n × d"),
        ({f: Function("h", ((d, m),), (d, n))}, "f and h : .* are functions between different shapes"),
        ({f: Lambda((X,), X.T)}, "are functions between different shapes"),
        ({f: Lambda((X, Z), X)}, "are functions between different shapes"),
        ({X: Y, "n": m}, "X is d × n, but Y is d × n"),
        ({"n": -1}, "lies between 0"),
    ],
    ids=str,
)
def test_substitution_refuses_other_shapes(mapping: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        substitute(f(X), mapping)


def test_function_applied_checks_its_arguments() -> None:
    double = Lambda((X,), 2 * X)
    assert double(Y) == 2 * Y
    with pytest.raises(ShapeError, match=r"takes a d × n matrix, but Z is d × m"):
        double(Z)
    with pytest.raises(ShapeError, match="takes 1 arguments, not 2"):
        double(X, X)


def test_substitution_refuses_what_grows_beyond_bounds() -> None:
    h = Function("h", ((d, n), (d, n)), (d, n))
    nested: Term = X
    for _ in range(60):
        nested = f(nested)
    with pytest.raises(ShapeError, match="larger than 200000 nodes"):
        substitute(nested, {f: Lambda((Y,), h(Y, Y))})
    deep: Term = X
    for _ in range(MAX_DEPTH - 2):
        deep = f(deep)
    assert deep.extent == (2 * (MAX_DEPTH - 2) + 1, MAX_DEPTH - 1)
    with pytest.raises(ShapeError, match=f"nested deeper than {MAX_DEPTH}"):
        substitute(deep, {X: f(f(X))})


# The substitution lemma: what a statement says after a substitution is what it says where the replaced symbols have
# the values of their replacements. Names are chosen to clash.

CLASHING = [X, Y, P, P_, Variable("X'", n, d)]
FUNCTIONS = [f, Function("g", ((n, n),), (n, n))]
QUANTIFIED = [*CLASHING, *FUNCTIONS, nSize, SizeVariable("d")]


def _lambda(writer: Writer, function: Function) -> Lambda:
    names = writer.draw.sample(["X", "P", "Y", "X'"], len(function.domain))
    parameters = [Variable(name, *shape) for name, shape in zip(names, function.domain)]
    inner = Writer(writer.draw, [*writer.variables, *parameters], writer.functions, writer.shapes, pseudoinverses=False)
    return Lambda(tuple(parameters), inner.term(function.codomain, 2))


def _random_mapping(writer: Writer, item: Any) -> tuple[Any, dict[Any, Any]]:
    """An item, closed where sizes are replaced, and what to replace in it."""
    draw = writer.draw
    if draw.random() < 0.3 and isinstance(item, Formula):
        item = forall(*sorted((x for x in free(item) if not isinstance(x, str)), key=repr), item)
        target = draw.choice(["n", "d", "n + 1", "0", "X", "P + d"])
        return item, {draw.choice(["n", "d"]): Size.of(target)}
    mapping: dict[Any, Any] = {x: writer.term(x.shape, 2) for x in draw.sample(CLASHING, draw.randint(0, 3))}
    if not mapping or draw.random() < 0.5:
        function = draw.choice(FUNCTIONS)
        mapping[function] = _lambda(writer, function)
    return item, mapping


def _as_function(body: Lambda, model: Model) -> Any:
    def call(*arguments: Any) -> Any:
        inner = model
        for parameter, argument in zip(body.parameters, arguments):
            inner = inner.with_value(parameter, argument)
        return value(body.body, inner)

    return call


@pytest.mark.parametrize("part", range(4))
def test_substitution_lemma_on_random_statements_with_clashing_names(part: int) -> None:
    compared = 0
    for seed in range(70 * part, 70 * part + 70):
        draw = random.Random(seed)
        writer = Writer(draw, CLASHING, FUNCTIONS, pseudoinverses=False)
        item: Any = writer.formula(4, quantified=QUANTIFIED)
        try:
            item, mapping = _random_mapping(writer, item)
            result = substitute(item, mapping)
        except ShapeError:
            continue
        for rows, cols in ((1, 2), (2, 1), (0, 1)):
            numbers = {"d": rows, "n": cols, "X": 1, "P": 1}
            after = random_model([*CLASHING, *FUNCTIONS], numbers, draw)
            after = Model(numbers, after.values, after.functions, size_range=(0, 1))
            before = after
            for symbol, new in mapping.items():
                if isinstance(symbol, str):
                    before = before.with_value(SizeVariable(symbol), new.at(numbers))
                elif isinstance(symbol, Variable):
                    before = before.with_value(symbol, value(new, after))
                else:
                    before = before.with_value(symbol, _as_function(new, after))
            assert holds(result, after) == holds(item, before), (seed, item, mapping, result, numbers)
            compared += 1
    assert compared > 150


def test_implies_and_forall_nest_to_the_right() -> None:
    p, q, r = Equal(X, X), Equal(Y, Y), Equal(Z, Z)
    assert implies(p, q, r) == Implies(p, Implies(q, r))
    assert forall(n, X, p) == ForAll(SizeVariable("n"), ForAll(X, p))
