""" "Not φ" is φ ⇒ 1 = 0, and is read as "not (φ)"."""

from __future__ import annotations

import pytest

from symmetry.formulas import (
    FALSEHOOD,
    And,
    Equal,
    Formula,
    Implies,
    Member,
    forall,
    iff,
    implies,
    is_falsehood,
    negated,
    negation,
)
from symmetry.layout import laid_out
from symmetry.notation import show
from symmetry.terms import MatrixGroup, Number, Variable, Zero, sizes

d, n = sizes("d n")
X, Y, Q = Variable("X", d, n), Variable("Y", d, n), Variable("Q", d, d)
SAME, TURNS = Equal(X, Y), forall(Q, implies(Member(Q, MatrixGroup("O", d)), Equal(Q * X, X)))
AS_NUMBER = Equal(Number(1), Number(0))


@pytest.mark.parametrize("absurd", [FALSEHOOD, AS_NUMBER], ids=["matrix", "number"])
def test_one_is_zero_however_zero_is_written(absurd: Formula) -> None:
    assert is_falsehood(absurd) and negated(Implies(SAME, absurd)) == SAME
    assert show(Implies(SAME, absurd)) == "not (X = Y)"
    assert negation(SAME) == Implies(SAME, FALSEHOOD)


@pytest.mark.parametrize(
    "formula", [Equal(Zero(1, 1), Number(1)), Equal(Number(2), Zero(1, 1)), SAME, implies(SAME, SAME)], ids=show
)
def test_nothing_else_is(formula: Formula) -> None:
    assert not is_falsehood(formula) and negated(formula) is None


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (negation(TURNS), "not (∀ Q ∈ O(d).  QX = X)"),
        (implies(SAME, negation(TURNS)), "X = Y  ⇒  not (∀ Q ∈ O(d).  QX = X)"),
        (implies(negation(SAME), TURNS), "not (X = Y)  ⇒  ∀ Q ∈ O(d).  QX = X"),
        (And((negation(SAME), TURNS)), "not (X = Y)  ∧  (∀ Q ∈ O(d).  QX = X)"),
        (iff(negation(SAME), TURNS), "not (X = Y)  ⟺  (∀ Q ∈ O(d).  QX = X)"),
        (negation(negation(SAME)), "not (not (X = Y))"),
        (negation(And((SAME, SAME))), "not (X = Y  ∧  X = Y)"),
        (forall(Q, negation(Member(Q, MatrixGroup("O", d)))), "∀ Q : d × d.  not (Q ∈ O(d))"),
        (forall(X, negation(SAME)), "∀ X : d × n.  not (X = Y)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_negation_is_one_thing_in_a_line(formula: Formula, text: str) -> None:
    assert show(formula) == text


@pytest.mark.parametrize("width", [24, 30, 40, 60, 200])
def test_a_negation_over_several_lines_keeps_its_brackets(width: int) -> None:
    statement = forall(X, implies(SAME, negation(And((TURNS, Equal(X + X + X + X + X + X, Y))))))
    lines = laid_out(statement, width)
    text = "\n".join(lines)
    assert "1 = 0" not in text and text.count("(") == text.count(")") and text.count("not (") == 1
    assert text.endswith(")")


def test_where_a_negation_is_broken() -> None:
    statement = implies(SAME, negation(forall(Q, implies(Member(Q, MatrixGroup("O", d)), Equal(Q * X, X + X + X)))))
    assert laid_out(statement, 60) == ["X = Y  ⇒  not (∀ Q ∈ O(d).  QX = X + X + X)"]
    assert laid_out(statement, 32) == ["if   X = Y", "then not (∀ Q ∈ O(d).", "            QX = X + X + X)"]
