"""The exact check: what is true holds, planted falsehoods are refuted, what cannot be evaluated is inconclusive."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from statements import Y2, E, N, Q, Y, d, f, h, inG, m, n, orthogonal, rotations
from statements_permutations import FALSE, TRUE

from symmetry.checks.exact import check_exact
from symmetry.checks.exact.evaluate import Scope, evaluate
from symmetry.checks.exact.fields import Field, random_prime
from symmetry.errors import ShapeError, SymmetryError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member, exists, forall, implies
from symmetry.syntax import SizeVariable
from symmetry.terms import (
    Average,
    Function,
    Identity,
    MatrixGroup,
    Number,
    Size,
    StandardBasis,
    Term,
    Total,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    vstack,
)

PRIME = random_prime(0)


@pytest.mark.parametrize("name", TRUE)
def test_true_statement_holds(name: str) -> None:
    statement, sizes = TRUE[name]
    evidence = check_exact(statement, sizes=sizes)
    assert evidence.verdict == "holds", evidence
    assert evidence.sizes == tuple(sizes) and evidence.samples >= len(sizes)


@pytest.mark.parametrize("name", FALSE)
def test_false_statement_is_refuted(name: str) -> None:
    statement, sizes = FALSE[name]
    evidence = check_exact(statement, sizes=sizes)
    assert evidence.verdict == "violated", evidence
    assert evidence.counterexample is not None and evidence.counterexample.values


@pytest.mark.parametrize("seed", [1, 2, 17])
def test_true_statement_is_never_refuted(seed: int) -> None:
    """Seed 17 once drew a fixed matrix that commuted with all orthogonal matrices of a small pool."""
    for name, (statement, sizes) in TRUE.items():
        assert check_exact(statement, sizes=sizes, seed=seed).verdict == "holds", name


@pytest.mark.parametrize("name", TRUE)
def test_true_statement_survives_tiny_and_empty_matrices(name: str) -> None:
    statement, sizes = TRUE[name]
    names = sorted(sizes[0])
    for value in (0, 1, 2):
        for other in (0, 1):
            assignment = {key: value if k % 2 else other for k, key in enumerate(names)}
            assert check_exact(statement, sizes=[assignment]).verdict != "violated", assignment


@pytest.mark.parametrize("name", TRUE)
def test_true_statement_is_not_refuted_modulo_a_large_prime(name: str) -> None:
    statement, sizes = TRUE[name]
    evidence = check_exact(statement, sizes=sizes[:2], prime=PRIME)
    assert evidence.method == "modular" and evidence.verdict != "violated", evidence


# -- counterexamples --------------------------------------------------------------------------------------------------


def product(left: list[list[Fraction]], right: list[list[Fraction]]) -> list[list[Fraction]]:
    return [[sum((a * b for a, b in zip(row, column)), Fraction(0)) for column in zip(*right)] for row in left]


def test_counterexample_is_one() -> None:
    """Recomputed without any of the package's arithmetic."""
    statement = inG(orthogonal(d), forall(Y, Equal((Q * Y) * (Q * Y).T, Y * Y.T)))
    found = check_exact(statement, sizes=[{"d": 3, "N": 2}]).counterexample
    assert found is not None and found.sizes == {"d": 3, "N": 2}
    turn, value = ([list(map(Fraction, row)) for row in found.values[name]] for name in ("Q", "Y"))
    flipped = [list(row) for row in zip(*turn)]
    assert product(flipped, turn) == [[int(i == j) for j in range(3)] for i in range(3)]
    moved = product(turn, value)
    left, right = (product(x, [list(row) for row in zip(*x)]) for x in (moved, value))
    assert left != right
    assert [list(row) for row in found.left] == left and [list(row) for row in found.right] == right


def test_counterexample_names_the_function() -> None:
    found = check_exact(*FALSE["2.1 SO"][:1], sizes=[{"d": 3, "N": 2, "n": 1}]).counterexample
    assert found is not None
    assert found.values["f"].startswith("f(Y) = (cofactor cross product of the first 2 columns of Y)·row, row = ")


def test_gram_matrix_is_not_complete_for_rotations_and_says_why() -> None:
    found = check_exact(FALSE["1.3 SO"][0], sizes=[{"d": 2, "N": 3}]).counterexample
    assert found is not None and "determinant −1" in found.note


def test_small_prime_refutes_completeness() -> None:
    statement = TRUE["1.3"][0]
    for sizes in ({"d": 2, "N": 1}, {"d": 3, "N": 2}):
        evidence = check_exact(statement, sizes=[sizes], prime=5)
        assert evidence.verdict == "violated" and "modulo 5" in evidence.detail, evidence


# -- bounds, reasons, determinism -------------------------------------------------------------------------------------


def test_modular_bound() -> None:
    evidence = check_exact(TRUE["1.1"][0], sizes=TRUE["1.1"][1], prime=PRIME)
    assert evidence.error_bound is not None and 0 < evidence.error_bound < 1e-12
    few = check_exact(TRUE["1.1"][0], sizes=TRUE["1.1"][1], prime=PRIME, samples=2)
    assert few.error_bound is not None and few.error_bound > evidence.error_bound
    assert check_exact(TRUE["1.1"][0], sizes=TRUE["1.1"][1]).error_bound is None


def test_modular_bound_is_refused_where_coefficients_may_vanish() -> None:
    assert check_exact(TRUE["1.1"][0], sizes=TRUE["1.1"][1], prime=101).error_bound is None
    number, vector = Variable("s", 1, 1), Variable("e", N, 1)
    added = Equal(Total(vector, number), Total(vector, number.T))
    assert check_exact(added, sizes=[{"N": 40}], prime=101).error_bound is not None
    assert check_exact(added, sizes=[{"N": 60}], prime=101).error_bound is None


@pytest.mark.parametrize(
    ("statement", "options", "reason"),
    [
        (Equal(Y * pinv(Y) * Y, Y), {"prime": PRIME}, "ordered field"),
        (Equal(Y, Y), {"sizes": [{"d": 2}]}, "no value was given for the size N"),
        (Equal(Y, Y), {"sizes": []}, "no sizes were given"),
        (implies(Equal(Number(Fraction(1)), Number(Fraction(0))), Equal(Y, 2 * Y)), {}, "does not hold"),
        (implies(Equal(Y.T * Y, -Identity(N)), Equal(Y, 2 * Y)), {}, "no Y was found with"),
        (exists(Y2, Equal(Y2 * Y2.T * Y2, Y)), {}, "no choice tried"),
    ],
    ids=["positivity", "missing-size", "no-sizes", "false-premise", "no-point", "nonlinear"],
)
def test_what_is_not_evaluated_is_inconclusive(statement: Formula, options: dict, reason: str) -> None:
    evidence = check_exact(statement, **{"sizes": [{"d": 3, "N": 2}], **options})
    assert evidence.verdict == "inconclusive" and evidence.samples == 0
    assert reason in evidence.detail


def test_one_direction_alone_does_not_make_both_hold() -> None:
    never = Equal(Y.T * Y, -Identity(N))
    evidence = check_exact(And((Equal(Y.T.T, Y), Implies(never, Equal(Y, 2 * Y)))), sizes=[{"d": 2, "N": 3}])
    assert evidence.verdict == "inconclusive" and evidence.skipped == 1


def test_prime_must_be_one() -> None:
    with pytest.raises(SymmetryError, match="odd prime"):
        check_exact(Equal(Y, Y), sizes=[{"d": 1, "N": 1}], prime=9)


def test_same_seed_gives_same_evidence_whatever_came_before() -> None:
    names = ["2.1", "2.3k iff", "2.8", "4.1", "1.3 two"]
    first = {name: check_exact(TRUE[name][0], sizes=TRUE[name][1], seed=5) for name in names}
    for name in reversed(names):
        assert check_exact(TRUE[name][0], sizes=TRUE[name][1], seed=5) == first[name]


def test_evidence_does_not_depend_on_hash_randomisation() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from statements_permutations import FALSE\n"
        "from symmetry.checks.exact import check_exact\n"
        "for name in ('1.5 noC', '1.3 norms', '2.3k SO', '4.1 notok'):\n"
        "    print(check_exact(FALSE[name][0], sizes=FALSE[name][1], seed=3))\n"
    )
    root = Path(__file__).parents[1]
    outputs = set()
    for salt in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, env={"PYTHONHASHSEED": salt}
        )
        assert run.returncode == 0, run.stderr
        outputs.add(run.stdout)
    assert len(outputs) == 1


# -- forms of statements ----------------------------------------------------------------------------------------------

k = Variable("k", N, 1)
row_major = Variable("X", n, d)
F = Function("F", ((n, d),), (n, d))
left, right = Variable("L", d, n), Variable("R", d, m)
split = Function("s", ((d, n), (d, m)), (d, 1))
joint = Function("j", ((n + m, n + m),), (n + m, 1))
whole = Variable("W", d, n + m)
first, second = block([[Identity(n)], [Zero(m, n)]]), block([[Zero(n, m)], [Identity(m)]])
equivariant_rows = inG(orthogonal(d), forall(row_major, Equal(F(row_major * Q), F(row_major) * Q)))

# Vectors of the standard basis, and sums over it.
e, b, c, w = (Variable(name, N, 1) for name in "ebcw")
long, only = Variable("e", n + m + 1, 1), Variable("e", 1, 1)
at_first, at_middle, at_last = (
    vstack(*(Number(Fraction(1)) if part == place else Zero(size, 1) for part, size in enumerate(sizes)))
    for place, sizes in ((0, (1, n, m)), (1, (n, 1, m)), (2, (n, m, 1)))
)
M, L = Variable("M", N, N), Variable("L", N, N)
phi = Function("φ", ((N, 1),), (1, 1))
none = Zero(1, 1)


def basis_vectors(*parts: Any) -> Formula:
    """For all vectors e, b, … of the standard basis, φ."""
    *vectors, body = parts
    for vector in reversed(vectors):
        body = forall(vector, implies(Member(vector, StandardBasis(vector.rows)), body))
    return body


HOLD = {
    "unit vectors": basis_vectors(e, Equal(e.T * e, Number(Fraction(1)))),
    "equal or orthogonal": basis_vectors(e, b, Equal((e.T * b) * (e.T * b), e.T * b)),
    "a vector of the basis is one": basis_vectors(e, Member(Variable("P", N, N) * Zero(N, 1) + e, StandardBasis(N))),
    "a transposition": basis_vectors(e, b, Member(Identity(N) - (e - b) * (e - b).T, MatrixGroup("S", N))),
    "a longer vector": basis_vectors(e, Member(vstack(e, Zero(n, 1)), StandardBasis(N + n))),
    "a trace": Equal(Total(e, e.T * M * L * e), Total(b, b.T * L * M * b)),
    "a matrix by columns": Equal(Total(e, M * e * e.T), M),
    "columns": implies(basis_vectors(e, Equal(M * e, L * e)), Equal(M, L)),
    "a sum with an unknown": forall(w, exists(c, Equal(Total(e, (e.T * c) * e), w))),
    "an unknown added in each": forall(w, exists(c, Equal(Total(e, c + e), w))),
    "nothing added in each": exists(c, And((Equal(Total(e, c + e), Total(b, b)), Equal(c, Zero(N, 1))))),
    "the only vector": basis_vectors(only, Equal(only, Number(Fraction(1)))),
    "a linear function by its values": implies(
        forall(w, Equal(phi(w), c.T * w)), forall(w, Equal(phi(w), Total(e, phi(e) * (e.T * w))))
    ),
    "row-major-span": implies(
        equivariant_rows, forall(row_major, Equal(F(row_major), F(row_major) * pinv(row_major) * row_major))
    ),
    "linear-equation": forall(k, Y, implies(Equal(Y * k, Zero(d, 1)), Equal(pinv(Y) * Y * k, Zero(N, 1)))),
    "matrix-witness": forall(Y, exists(k, Equal(Y.T * Y * k, Y.T * Y * Variable("c", N, 1)))),
    "quantified-size": forall(SizeVariable("N"), Y, Equal((Y.T * Y).T, Y.T * Y)),
    "stabiliser": inG(orthogonal(d), forall(Y, implies(Equal(Q * Y, Y), Equal(Q * Y * pinv(Y), Y * pinv(Y))))),
    "split-arguments": implies(
        exists(joint, forall(whole, Equal(split(whole * first, whole * second), whole * joint(whole.T * whole)))),
        inG(orthogonal(d), forall(left, right, Equal(split(Q * left, Q * right), Q * split(left, right)))),
    ),
    "beside": forall(left, right, Equal(hstack(left, right) * hstack(left, right).T, left * left.T + right * right.T)),
    "exists-orthogonal-with-determinant": forall(
        Y, exists(Q, And((Member(Q, rotations(d)), Equal(Q * Y * Zero(N, 1), Y * Zero(N, 1)))))
    ),
}
FAIL = {
    "not the only vector": basis_vectors(only, Equal(only, none)),
    "not the first vector": basis_vectors(long, Equal(at_first.T * long, none)),
    "not the middle vector": basis_vectors(long, Equal(at_middle.T * long, none)),
    "not the last vector": basis_vectors(long, Equal(at_last.T * long, none)),
    "always equal": basis_vectors(e, b, Equal(e, b)),
    "never equal": basis_vectors(e, b, Equal(e.T * b, none)),
    "two of three are equal": basis_vectors(e, b, c, Equal((e - b) * (b - c).T * (c - e), Zero(N, 1))),
    "never three equal": basis_vectors(e, b, c, Equal((e.T * b) * (b.T * c), none)),
    "a unit vector is in the basis": forall(
        e, implies(Equal(e.T * e, Number(Fraction(1))), Member(e, StandardBasis(N)))
    ),
    "two vectors add up to one": basis_vectors(e, b, Member(e + b, StandardBasis(N))),
    "a sum of squares is the square of the sum": Equal(
        Total(e, (e.T * w) * (e.T * w)), Total(e, e.T * w) * Total(b, b.T * w)
    ),
    "a matrix by its diagonal": Equal(Total(e, (e.T * M * e) * e * e.T), M),
    "columns, all but one": implies(basis_vectors(e, Equal((e.T * w) * (M * e), (e.T * w) * (L * e))), Equal(M, 2 * L)),
    "an unknown added in each": exists(c, And((Equal(Total(e, c + e), Zero(N, 1)), Equal(c, Zero(N, 1))))),
    "row-major-span-without-symmetry": forall(
        row_major, Equal(F(row_major), F(row_major) * pinv(row_major) * row_major)
    ),
    "unsolvable": forall(Y, exists(k, Equal(Y * k, Variable("c", d, 1)))),
    "stabiliser": inG(orthogonal(d), forall(Y, implies(Equal(Q * Y, Y), Equal(Q, E)))),
    "quantified-size": forall(SizeVariable("N"), Y, Equal(Y.T * Y, Zero(N, N))),
    "outer-function": exists(
        Function("o", ((d, d),), (d, N)), forall(Y, Equal(Y, Function("o", ((d, d),), (d, N))(Y * Y.T)))
    ),
    "not": implies(Implies(Equal(Y, Zero(d, N)), Equal(Number(Fraction(1)), Number(Fraction(0)))), Equal(Y, 2 * Y.T.T)),
}


@pytest.mark.parametrize("name", HOLD)
def test_form_of_statement_holds(name: str) -> None:
    evidence = check_exact(HOLD[name], sizes=[{"d": 3, "n": 2, "m": 1, "N": 4}, {"d": 4, "n": 1, "m": 2, "N": 3}])
    assert evidence.verdict == "holds", evidence


@pytest.mark.parametrize("name", FAIL)
def test_form_of_statement_is_refuted(name: str) -> None:
    evidence = check_exact(FAIL[name], sizes=[{"d": 3, "n": 2, "m": 1, "N": 4}, {"d": 4, "n": 1, "m": 2, "N": 3}])
    assert evidence.verdict == "violated", evidence


known, shadow = Variable("known", N, 1), Variable("e", N, 1)
from_sum = Function("g", ((N, 1),), (N, 1))


@pytest.mark.parametrize(
    "statement",
    [
        exists(
            known,
            shadow,
            And(
                (
                    Equal(Total(shadow, shadow + known), Zero(N, 1)),
                    Equal(shadow, Zero(N, 1)),
                    Equal(known, Zero(N, 1)),
                )
            ),
        ),
        exists(
            L,
            M,
            And(
                (
                    Equal(Average(M, MatrixGroup("S", N), M + L), Zero(N, N)),
                    Equal(M, Zero(N, N)),
                    Equal(L, Zero(N, N)),
                )
            ),
        ),
    ],
    ids=["sum", "mean"],
)
def test_a_bound_name_is_not_the_unknown_of_that_name(statement: Formula) -> None:
    assert check_exact(statement, sizes=[{"N": 2}, {"N": 3}]).verdict == "violated"


def test_a_value_known_for_one_matrix_is_not_used_for_what_a_sum_binds() -> None:
    premise = forall(known, Equal(from_sum(Total(shadow, known)), Total(shadow, known)))
    statement = implies(premise, forall(shadow, Equal(from_sum(Total(shadow, shadow)), Total(shadow, shadow))))
    assert check_exact(statement, sizes=[{"N": 2}, {"N": 3}]).verdict != "violated"


def test_evaluation_of_an_average() -> None:
    P = Variable("P", n, n)
    field = Field()
    mean = evaluate(Average(P, MatrixGroup("S", n), P), Scope(field, {"n": 3}))
    assert mean == field.matrix(3, 3, [field.number(Fraction(1, 3))] * 9)


# -- robustness -------------------------------------------------------------------------------------------------------

AXES = (d, n, m)


def random_term(rng: random.Random, shape: tuple[Size, Size], known: list, depth: int) -> Term:
    rows, cols = shape
    if depth <= 0 or rng.random() < 0.25:
        like = [item for item in known if isinstance(item, Variable) and item.shape == shape]
        if like and rng.random() < 0.8:
            return rng.choice(like)
        return Identity(rows) if rows == cols and rng.random() < 0.5 else Zero(rows, cols)
    match rng.randrange(7):
        case 0:
            return random_term(rng, (cols, rows), known, depth - 1).T
        case 1 | 2:
            middle = rng.choice(AXES)
            left = random_term(rng, (rows, middle), known, depth - 1)
            return left * random_term(rng, (middle, cols), known, depth - 1)
        case 3:
            return random_term(rng, shape, known, depth - 1) + random_term(rng, shape, known, depth - 1)
        case 4:
            return pinv(random_term(rng, (cols, rows), known, depth - 1))
        case 5:
            maps = [item for item in known if isinstance(item, Function) and item.codomain == shape]
            if maps:
                function = rng.choice(maps)
                return function(*[random_term(rng, part, known, depth - 1) for part in function.domain])
    return rng.choice((2, -1, Fraction(1, 3))) * random_term(rng, shape, known, depth - 1)


def random_formula(rng: random.Random, known: list, depth: int) -> Formula:
    chance = rng.random()
    if depth <= 0 or chance < 0.25:
        size = rng.choice(AXES)
        if rng.random() < 0.2:
            group = MatrixGroup(rng.choice(("O", "SO", "S")), size)
            return Member(random_term(rng, (size, size), known, 1), group)
        shape = (rng.choice(AXES), rng.choice(AXES))
        return Equal(random_term(rng, shape, known, 2), random_term(rng, shape, known, 2))
    if chance < 0.6:
        parts = random_formula(rng, known, depth - 1), random_formula(rng, known, depth - 1)
        return And(parts) if chance < 0.4 else Implies(*parts)
    name = f"v{rng.randrange(40)}"
    shapes = [(rng.choice(AXES), rng.choice(AXES)) for _ in range(3)]
    symbol = Function(name, tuple(shapes[:2]), shapes[2]) if rng.random() < 0.3 else Variable(name, *shapes[0])
    known = [*(item for item in known if item.name != name), symbol]
    body = random_formula(rng, known, depth - 1)
    return (ForAll if rng.random() < 0.6 else Exists)(symbol, body)


@pytest.mark.parametrize("prime", [None, 1000003, 5])
def test_any_statement_gets_a_verdict(prime: int | None) -> None:
    seen = set()
    for seed in range(100):
        try:
            statement = random_formula(random.Random(seed), [Variable("X", d, n), Variable("Q", d, d), f, h], 4)
        except ShapeError:
            continue
        sizes = [{"d": 2, "n": 1, "m": 3, "N": 1, "p": 1, "q": 2}, {"d": 1, "n": 2, "m": 0, "N": 2, "p": 2, "q": 1}]
        evidence = check_exact(statement, sizes=sizes, prime=prime)
        seen.add(evidence.verdict)
        assert (evidence.counterexample is not None) == (evidence.verdict == "violated")
        assert evidence.detail or evidence.verdict == "holds"
    assert seen == {"holds", "violated", "inconclusive"}


def test_the_bound_of_a_statement_about_functions_is_that_of_one_point() -> None:
    statement, sizes = TRUE["2.4"]
    evidence = check_exact(statement, sizes=sizes, prime=PRIME)
    assert evidence.verdict == "holds"
    assert evidence.error_bound is not None and 1 / PRIME < evidence.error_bound < 1e-12
