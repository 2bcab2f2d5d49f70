"""A counterexample to one factor: the transform, the inputs, both sides, and how far they are apart."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from symmetry.checks.function.calls.calling import Array
from symmetry.checks.function.calls.passing import Passing
from symmetry.checks.function.counterexamples.matrices import blocks, side_by_side
from symmetry.checks.function.counterexamples.reproduction import reproduction
from symmetry.errors import UsageError
from symmetry.evidence import Counterexample
from symmetry.problem import Problem

__all__ = ["Violation"]


@dataclass(frozen=True)
class Violation(Counterexample):
    """A counterexample to one factor: ``values`` holds the transform, then the inputs; ``left`` is f(g·x).

    Args:
        factor: as written, ``"O(d)"``.
        component: 1, or -1 for a reflection.
        residual, tolerance: how far apart the sides are, and how far rounding could explain; relative.
        problem: with its group, and the sizes of the counterexample.
        passing: how the function takes its inputs.
        is_exact: computed without rounding; the numbers are then integers, and fractions as text.
    """

    factor: str = ""
    component: int = 1
    residual: float = 0.0
    tolerance: float = 0.0
    problem: Problem | None = None
    passing: Passing = field(default_factory=Passing)
    is_exact: bool = False

    def arrays(self) -> dict[str, Array]:
        """The transform (of a permutation, the indices), then the inputs; of fractions if it is exact."""
        problem = self.stated()
        (letter, element), *inputs = self.values.items()
        acts = next(g.kind.acts for g in problem.group if str(g) == self.factor)
        found = {letter: np.array(element, dtype=np.int64) if acts == "permutation" else self._array(element)}
        for tensor, (name, value) in zip(problem.inputs, inputs, strict=True):
            found[name] = self._array(value).reshape(problem.shape(tensor))
        return found

    def sides(self) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Both sides of the equation, one array for each output."""
        problem = self.stated()
        shapes = [problem.shape(tensor) for tensor in problem.outputs]
        outputs = [side if len(shapes) > 1 else (side,) for side in (self.left, self.right)]
        left, right = (
            tuple(self._array(item).reshape(shape) for item, shape in zip(side, shapes, strict=True))
            for side in outputs
        )
        return left, right

    def _array(self, value: Any) -> Array:
        if self.is_exact:
            return np.asarray(np.vectorize(Fraction, otypes=[object])(np.array(value, dtype=object)))
        array = np.array(value)
        return array.astype(np.complex128 if array.dtype.kind == "U" else np.float64)

    def code(self, function: str | Callable[..., Any] = "", *, saved: tuple[str, int] | None = None) -> str:
        """A program that reproduces it; see ``reproduction`` beside this."""
        return reproduction(self, function, saved=saved)

    def text(self, width: int = 80) -> str:
        """What fails, the transform, the inputs and both sides, for a terminal of some width."""
        lines = textwrap.wrap(self.note + (f" (seed {self.seed})" if self.seed is not None else ""), width)
        digits = min(17, max(6, 3 - math.floor(math.log10(self.residual)))) if 0 < self.residual < math.inf else 8
        several = self.problem is not None and len(self.problem.outputs) > 1
        for values in (self.values, {"f(g·x)": self.left, "expected": self.right}):
            parts = []
            for name, value in values.items():
                is_side = values is not self.values
                named = {f"{name}[{i}]": x for i, x in enumerate(value)} if several and is_side else {name: value}
                parts += [block for key, x in named.items() for block in blocks(key, x, digits, width - 2)]
            lines += [f"  {line}" for line in side_by_side(parts, width - 2)]
        return "\n".join(lines)

    def stated(self) -> Problem:
        """The problem.

        Raises:
            UsageError: it was not kept.
        """
        if self.problem is None:
            raise UsageError("this counterexample does not say to which problem")
        return self.problem

    def __str__(self) -> str:
        return self.text()
