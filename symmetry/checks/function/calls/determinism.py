"""Whether a function gives the same value for the same input, at once and after other calls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symmetry.checks.function.calls.calling import Array, Callee, Output, Unfit
from symmetry.checks.function.inputs import generic
from symmetry.problem import Problem

__all__ = ["probe", "require_same"]

ROUNDINGS = 64  # in units of roundoff; threads may add up in another order each time


def probe(call: Callee, problem: Problem, rng: np.random.Generator, *, twice: bool = True) -> None:
    """Call the function at x, x, y, x, y: the value at a point must stay what it was.

    What changes in some calls only, or later, is not seen.

    Args:
        call: the function.
        problem: with all sizes.
        rng: source of x and y.
        twice: whether it is called at y at all.

    Raises:
        Unfit: two values at one point differ by more than a few roundings.
        Failed, FunctionError: as ``Callee`` does.

    >>> problem, rng = Problem("X: d n -> d n", d=3, n=2), np.random.default_rng(0)
    >>> probe(Callee(lambda X: 2 * X, problem), problem, rng)
    >>> probe(Callee(lambda X: X * np.random.normal(), problem), problem, rng)
    Traceback (most recent call last):
    ...
    symmetry.checks.function.calls.guarding.Unfit: <lambda> is not deterministic: two calls on the same input gave ...
    """
    x, y = generic(problem, rng), generic(problem, rng)
    first = call(x, problem)
    require_same(call, first.values, call(x, problem))
    if not twice:
        return
    other = call(y, problem)
    if not _same(first.values, call(x, problem)) or not _same(other.values, call(y, problem)):
        raise Unfit(
            f"{call.name} keeps state between calls: f(x) changed after a call at another input; reset what it "
            "remembers (caches, counters, running averages) in each call, or pass it as an input"
        )


def require_same(call: Callee, first: Sequence[Array], again: Output) -> None:
    """See that the values of two calls on the same input are the same.

    Args:
        call: the function.
        first: the values of the one call.
        again: the output of the other.

    Raises:
        Unfit: they differ by more than a few roundings.
    """
    if not _same(first, again):
        advice = call.why_random() or "fix what it draws or remembers, or pass that as an input"
        raise Unfit(f"{call.name} is not deterministic: two calls on the same input gave different outputs; {advice}")


def _same(first: Sequence[Array], second: Output) -> bool:
    return all(
        float(np.max(np.abs(a - b), initial=0.0)) <= ROUNDINGS * second.unit * float(np.max(np.abs(a), initial=0.0))
        for a, b in zip(first, second.values, strict=True)
    )
