"""Arrays that carry a bound on their own rounding: running error analysis.

Every operation returns the computed value and, entry by entry, how far it can be from the exact value of the same
operation on the exact operands. So a network written with these arrays comes with its tolerance, and no constant has to
be found by hand. A function with a slope is bounded by the largest slope between the two ends of the interval.

Source: J. Wilkinson, Error analysis revisited, 1986; N. Higham, Accuracy and Stability, 2nd ed., 2002, section 3.3.

>>> x = Tracked.exact(np.array([[3.0], [4.0]]))
>>> length = (x.T @ x).map(*ROOT)
>>> float(length.value[0, 0]), bool(0 < length.error[0, 0] < 1e-14)
(5.0, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symmetry.checks.sampled.points import slack
from symmetry.checks.sampled.rounding import UNIT, Array, gamma

__all__ = [
    "EXP",
    "INVERSE",
    "INVERSE_ROOT",
    "RELU",
    "ROOT",
    "SIGMOID",
    "TANH",
    "Tracked",
    "beside",
    "normalised",
    "softmax",
    "stacked",
]

Entrywise = Callable[[Array], Array]
LIBRARY = 8  # roundings allowed for exp, tanh and their combinations, which libraries compute within an ulp or two


@dataclass(frozen=True)
class Tracked:
    """A computed array and a bound on the error of each entry.

    Args:
        value: the computed array, two-dimensional.
        error: of the same shape, at least 0.
    """

    value: Array
    error: Array

    @staticmethod
    def exact(value: Array) -> Tracked:
        """An array that is what it is."""
        return Tracked(value, np.zeros_like(value))

    @staticmethod
    def orthogonal(q: Array) -> Tracked:
        """A computed orthogonal matrix, as an approximation of one that is exactly orthogonal."""
        return Tracked(q, np.full_like(q, slack(q)))

    @property
    def T(self) -> Tracked:
        return Tracked(self.value.T, self.error.T)

    def __matmul__(self, other: Tracked) -> Tracked:
        a, b = np.abs(self.value), np.abs(other.value)
        error = (a + self.error) @ other.error + self.error @ b + gamma(a.shape[1] + 2) * (a @ b)
        return Tracked(self.value @ other.value, error)

    def __add__(self, other: Tracked) -> Tracked:
        value = self.value + other.value
        return Tracked(value, self.error + other.error + UNIT * np.abs(value))

    def __sub__(self, other: Tracked) -> Tracked:
        return self + Tracked(-other.value, other.error)

    def __mul__(self, other: Tracked) -> Tracked:
        """Entry by entry, rows and columns stretched as NumPy does."""
        value = self.value * other.value
        error = (np.abs(self.value) + self.error) * other.error + self.error * np.abs(other.value)
        return Tracked(value, error + UNIT * np.abs(value))

    def map(self, function: Entrywise, slope: Entrywise) -> Tracked:
        """A function of each entry; ``slope`` is largest at one of the ends of any interval that it is asked about."""
        value = function(self.value)
        steepest = np.maximum(np.abs(slope(self.value - self.error)), np.abs(slope(self.value + self.error)))
        return Tracked(value, steepest * self.error + LIBRARY * UNIT * np.abs(value))

    def columns(self, start: int, stop: int | None = None) -> Tracked:
        """Some of the columns."""
        return Tracked(self.value[:, start:stop], self.error[:, start:stop])

    def sums(self) -> Tracked:
        """The sum of each column, as a row."""
        return Tracked.exact(np.ones((1, len(self.value)))) @ self


def beside(*parts: Tracked) -> Tracked:
    """The arrays side by side."""
    return Tracked(np.hstack([p.value for p in parts]), np.hstack([p.error for p in parts]))


def stacked(*parts: Tracked) -> Tracked:
    """The arrays above one another."""
    return Tracked(np.vstack([p.value for p in parts]), np.vstack([p.error for p in parts]))


def _sigmoid(x: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-x))
    return result


# A function and its slope; a slope that has its maximum inside is replaced by that maximum.
EXP = (np.exp, np.exp)
INVERSE = (lambda x: 1 / x, lambda x: 1 / x**2)
ROOT = (np.sqrt, lambda x: 0.5 / np.sqrt(x))
INVERSE_ROOT = (lambda x: 1 / np.sqrt(x), lambda x: 0.5 * x**-1.5)
RELU = (lambda x: np.maximum(x, 0), np.ones_like)
TANH = (np.tanh, np.ones_like)
SIGMOID = (_sigmoid, lambda x: np.full_like(x, 0.25))


def softmax(scores: Tracked) -> Tracked:
    """Softmax of each column; a number taken off a whole column, here its largest entry, does not change it."""
    largest = Tracked.exact(scores.value.max(axis=0, keepdims=True))
    weights = (scores - largest).map(*EXP)
    return weights * weights.sums().map(*INVERSE)


def normalised(weights: Tracked) -> Tracked:
    """Each column divided by its sum."""
    return weights * weights.sums().map(*INVERSE)
