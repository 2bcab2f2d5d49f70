"""Comparisons in double precision against tolerances derived from sizes, unit roundoff and measured norms.

A comparison holds the two computed sides of an equation and a *bound*: how far apart rounding alone can drive them, in
the Frobenius norm. Its building blocks are

* ``gamma(k)`` = k u/(1 - k u), the relative error of a chain of k roundings; a product of matrices with inner size k
  has an error of at most ``gamma(k)`` ‖A‖ ‖B‖;
* ``gamma(dense(d, N))`` ‖A‖, the backward error of an orthogonal reduction of a d × N matrix (QR, singular values) or
  of a d × d one (symmetric eigenvalues), with 10 d max(d, N) for the "modestly growing" constant of the literature;
* condition numbers, computed from the data at hand.

Residual and tolerance are divided by the norm of the larger side, so neither depends on scale. A comparison whose
tolerance exceeds ``SHARP`` would let small faults pass; it counts as not evaluated.

Source: N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, (3.12), lemma 19.3 and chapter 20;
LAPACK Users' Guide, 3rd ed., 1999, section 4.7 and 4.9.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.errors import ShapeError, SymmetryError
from symmetry.evidence import Counterexample, Evidence

__all__ = ["SHARP", "UNIT", "Array", "Comparison", "dense", "gamma", "norm", "weigh"]

Array = NDArray[np.float64]

UNIT = 2.0**-53
SHARP = 2.0**-31  # about 5e-10


def gamma(roundings: int) -> float:
    """The relative error bound k u/(1 - k u) of k successive roundings.

    Raises:
        SymmetryError: the chain is too long for the bound to exist.

    Source: Higham 2002, lemma 3.1.

    >>> gamma(10) / 10 >= UNIT
    True
    >>> gamma(2**53)
    Traceback (most recent call last):
    ...
    symmetry.errors.SymmetryError: no error bound for 9007199254740992 roundings in double precision
    """
    if roundings * UNIT >= 1:
        raise SymmetryError(f"no error bound for {roundings} roundings in double precision")
    return roundings * UNIT / (1 - roundings * UNIT)


def dense(rows: int, columns: int = 0) -> int:
    """Roundings to allow for an orthogonal reduction: 10 d max(d, N)."""
    return 10 * rows * max(rows, columns)


def norm(array: Array) -> float:
    """The Frobenius norm, of an array of any shape."""
    flat = array.ravel()
    return math.sqrt(float(flat @ flat))


@dataclass(frozen=True)
class Comparison:
    """The two computed sides of an equation at one point, and how far rounding can drive them apart.

    Args:
        law: name of the function that is looked at.
        statement: the equation in words of the subject, ``"f(QY) = Q f(Y)"``.
        sizes: the size assignment.
        left, right: the computed sides, of one shape.
        bound: bound on ‖left - right‖ from rounding alone, 0 or more.
        values: name -> array, what a reader needs to reproduce the point.

    Raises:
        ShapeError: the two sides differ in shape.

    >>> Comparison("f", "f = 1", {"d": 1}, np.array([1.0]), np.array([1.0]), bound=0.0).holds
    True
    >>> Comparison("f", "f = 1", {"d": 1}, np.array([np.nan]), np.array([1.0]), bound=1.0).holds
    False
    >>> Comparison("f", "f = 1", {"d": 1}, np.zeros(2), np.zeros((2, 1)), bound=0.0)
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: f: the sides of f = 1 have the shapes (2,) and (2, 1)
    """

    law: str
    statement: str
    sizes: Mapping[str, int]
    left: Array
    right: Array
    bound: float
    values: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.left.shape != self.right.shape:
            raise ShapeError(
                f"{self.law}: the sides of {self.statement} have the shapes {self.left.shape} and {self.right.shape}"
            )

    @cached_property
    def scale(self) -> float:
        return max(norm(self.left), norm(self.right)) or 1.0

    @cached_property
    def residual(self) -> float:
        with np.errstate(all="ignore"):
            return norm(self.left - self.right) / self.scale

    @property
    def tolerance(self) -> float:
        return self.bound / self.scale

    @property
    def evaluated(self) -> bool:
        """Whether both sides are finite and the tolerance is small enough to say something."""
        return math.isfinite(self.residual) and 0 <= self.tolerance <= SHARP

    @property
    def holds(self) -> bool:
        return self.evaluated and self.residual <= self.tolerance

    @property
    def violated(self) -> bool:
        """Whether the sides differ by more than rounding explains, however blunt the tolerance."""
        return math.isfinite(self.residual) and self.residual > self.tolerance


def weigh(comparisons: Iterable[Comparison], seed: int) -> Evidence:
    """The evidence that a series of comparisons amounts to.

    Violated when one of them is (the counterexample is the smallest); else inconclusive when one could not be
    evaluated, raised an error, or there were none; else it holds. Residual and tolerance are those of the comparison
    that came nearest to its tolerance.

    Args:
        comparisons: may be a generator that computes as it goes.
        seed: what the points were drawn from.

    >>> weigh([], 0).verdict
    'inconclusive'
    """
    seen: list[Comparison] = []
    failure = ""
    try:
        with np.errstate(all="ignore"):
            seen.extend(comparisons)
    except (ArithmeticError, ValueError, SymmetryError) as error:
        failure = f"{type(error).__name__}: {error}"
    evaluated = [c for c in seen if c.evaluated]
    violated = [c for c in seen if c.violated]
    unclear = [c for c in seen if not c.evaluated and not c.violated]
    worst = max(violated or evaluated, key=_nearness, default=None)
    if unclear:
        first = unclear[0]
        reason = "not finite" if not math.isfinite(first.residual) else f"tolerance {first.tolerance:.1e} is too blunt"
        failure = failure or f"{first.law}, {first.statement} at {dict(first.sizes)}: {reason}"
    common: dict[str, Any] = {
        "method": "sampled",
        "sizes": tuple(dict(pairs) for pairs in dict.fromkeys(tuple(c.sizes.items()) for c in seen)),
        "samples": len(evaluated),
        "seed": seed,
        "residual": worst.residual if worst else None,
        "tolerance": worst.tolerance if worst else None,
        "skipped": len(unclear) + bool(failure and not unclear),
    }
    if violated:
        return Evidence(verdict="violated", counterexample=_counterexample(violated, seed), detail=failure, **common)
    if failure or not evaluated:
        return Evidence(verdict="inconclusive", detail=failure or "nothing was sampled", **common)
    laws = ", ".join(dict.fromkeys(c.law for c in evaluated))
    return Evidence(verdict="holds", detail=laws, **common)


def _nearness(comparison: Comparison) -> float:
    if comparison.residual == 0:
        return 0.0
    return comparison.residual / comparison.tolerance if comparison.tolerance else math.inf


def _counterexample(violated: list[Comparison], seed: int) -> Counterexample:
    smallest = min(violated, key=lambda c: sum(value.size for value in c.values.values()))
    return Counterexample(
        values={name: _nested(value) for name, value in smallest.values.items()},
        left=_nested(smallest.left),
        right=_nested(smallest.right),
        note=f"{smallest.law}: {smallest.statement} fails by {smallest.residual:.1e} of its size; "
        f"rounding explains {smallest.tolerance:.1e}",
        seed=seed,
        sizes=dict(smallest.sizes),
    )


def _nested(array: Array) -> Any:
    return tuple(map(_nested, array)) if array.ndim else float(array)
