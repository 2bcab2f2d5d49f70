"""Softmax and other entrywise maps, spelled out as sums over positions."""

from __future__ import annotations

from symmetry.sizes import Size
from symmetry.terms import Function, Term, Total, Variable, pinv

__all__ = ["EXP", "column_sum", "softmax", "weights"]

_ONE = Size.of(1)
EXP = Function("e", ((_ONE, _ONE),), (_ONE, _ONE))  # stands for the exponential


def weights(scores: Term, column: Term, e: Function = EXP, name: str = "a") -> Term:
    """The unnormalised weights of a column, Σ_a a e(aᵀ S b): its scores, exponentiated one by one."""
    a = Variable(name, scores.rows, _ONE)
    return Total(a, a * e(a.T * scores * column))


def column_sum(scores: Term, column: Term, e: Function = EXP, name: str = "a") -> Term:
    """What a column of weights is divided by, Σ_a e(aᵀ S b)."""
    a = Variable(name, scores.rows, _ONE)
    return Total(a, e(a.T * scores * column))


def softmax(scores: Term, e: Function = EXP) -> Term:
    """Each column b of the scores as e(s)/Σ e(s): Σ_b (Σ_a a e(aᵀSb)) (Σ_a e(aᵀSb))⁺ bᵀ."""
    b = Variable("b", scores.cols, _ONE)
    return Total(b, (weights(scores, b, e) * pinv(column_sum(scores, b, e))) * b.T)
