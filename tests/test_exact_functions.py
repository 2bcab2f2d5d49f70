"""Exact mode: no residual but 0 passes, and what is not equivariant has a counterexample in small integers."""

from __future__ import annotations

from symmetry.checks.function.exact import exact_check
from symmetry.problem import Problem

TOKENS = "X: d n -> d n"
BOTH = "X: d n, Z: d m -> d n"
H, V, I = "holds", "violated", "inconclusive"  # noqa: E741


def test_smoke():
    report = exact_check(lambda X: X @ X.T @ X, Problem(TOKENS, group="O(d) x S(n)"))
    assert report.verdicts == {"O(d)": H, "S(n)": H}
