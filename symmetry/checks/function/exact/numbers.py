"""A number on which a user's function computes exactly, in a NumPy array of objects or by itself.

It adds, multiplies, divides and compares. What would leave the exact numbers (``float(x)``, ``np.exp``) raises
:class:`NotExact`, which says what was tried; nothing turns into a floating point number unnoticed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import numpy as np

from symmetry.errors import SymmetryError

__all__ = ["Arithmetic", "NotExact", "NotRational", "Number"]

IRRATIONAL = (
    "sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh "
    "arccosh arctanh hypot degrees radians deg2rad rad2deg rint fabs"
).split()  # NumPy calls methods of these names


class NotExact(SymmetryError):
    """An operation that exact numbers do not have; the message says which."""


class NotRational(NotExact):
    """An operation that makes a function piecewise rational, so that it has no meaning modulo a prime."""


class Arithmetic(Protocol):
    """Where a number lives: it lifts constants, charges for results, and keeps a record of what was refused."""

    def lift(self, value: Any) -> Any:
        """A constant as a bare value, or ``None`` for what is no number."""

    def constant(self, value: Any, scale: Any) -> Any:
        """A floating point constant as a bare value; ``scale``: the largest in its array."""

    def number(self, value: Any) -> Number:
        """The number with this bare value."""

    def quotient(self, left: Any, right: Any) -> Any:
        """left / right, of bare values."""

    def power(self, base: Any, exponent: int) -> Any:
        """A power of a bare value."""

    def order(self, left: Any, right: Any, what: str) -> int:
        """-1, 0 or 1 as left is less than, equal to or greater than right."""

    def hashed(self, value: Any) -> int:
        """A hash, equal for equal numbers."""

    def refuse(self, what: str) -> NoReturn:
        """Record and raise that something is not exact."""

    def exact(self, value: Any) -> Number:
        """A constant as a number."""

    def determinant(self, rows: list[list[Any]]) -> Any:
        """The determinant of a square matrix of bare values."""

    def solve(self, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        """The solution of a linear system of bare values."""


class Number:
    """An immutable number of some arithmetic.

    >>> from symmetry.checks.function.exact.arithmetic import Rationals
    >>> third = Rationals().exact(1) / 3
    >>> third + 0.5, np.float64(2) * third, max(third, 0), third == 1 / 3
    (5/6, 2/3, 1/3, False)
    >>> np.exp(third)
    Traceback (most recent call last):
    ...
    symmetry.checks.function.exact.numbers.NotExact: exp is not exact
    """

    __slots__ = ("arithmetic", "value")

    def __init__(self, arithmetic: Arithmetic, value: Any):
        self.arithmetic = arithmetic
        self.value = value

    def _other(self, other: Any) -> Any:
        if other.__class__ is Number and other.arithmetic is self.arithmetic:
            return other.value
        return self.arithmetic.lift(other)

    # -- field operations --------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        value = self._other(other)
        return NotImplemented if value is None else self.arithmetic.number(self.value + value)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        value = self._other(other)
        return NotImplemented if value is None else self.arithmetic.number(self.value - value)

    def __rsub__(self, other: Any) -> Any:
        value = self._other(other)
        return NotImplemented if value is None else self.arithmetic.number(value - self.value)

    def __mul__(self, other: Any) -> Any:
        value = self._other(other)
        return NotImplemented if value is None else self.arithmetic.number(self.value * value)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        value = self._other(other)
        if value is None:
            return NotImplemented
        return self.arithmetic.number(self.arithmetic.quotient(self.value, value))

    def __rtruediv__(self, other: Any) -> Any:
        value = self._other(other)
        if value is None:
            return NotImplemented
        return self.arithmetic.number(self.arithmetic.quotient(value, self.value))

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, np.ndarray):
            return NotImplemented
        if isinstance(exponent, Number):
            self.arithmetic.refuse("a power with a computed exponent")
        if exponent != int(exponent):
            self.arithmetic.refuse(f"the power {exponent}")
        return self.arithmetic.number(self.arithmetic.power(self.value, int(exponent)))

    def __neg__(self) -> Number:
        return self.arithmetic.number(-self.value)

    def __pos__(self) -> Number:
        return self

    def __abs__(self) -> Number:
        return -self if self._order(0, "abs") < 0 else self

    def conjugate(self) -> Number:
        """The number itself: it is real."""
        return self

    @property
    def real(self) -> Number:
        """The number itself."""
        return self

    @property
    def imag(self) -> int:
        """Zero."""
        return 0

    def item(self) -> Number:
        """The number itself, as for a NumPy scalar."""
        return self

    # -- order -------------------------------------------------------------------------------------------------

    def _order(self, other: Any, what: str) -> Any:
        if isinstance(other, float) and math.isinf(other):
            self.arithmetic.order(self.value, self.value, what)  # refused where there is no order
            return -1 if other > 0 else 1
        value = self._other(other)
        return None if value is None else self.arithmetic.order(self.value, value, what)

    def __eq__(self, other: object) -> Any:
        sign = self._order(other, "==")
        return NotImplemented if sign is None else sign == 0

    def __ne__(self, other: object) -> Any:
        sign = self._order(other, "!=")
        return NotImplemented if sign is None else sign != 0

    def __lt__(self, other: Any) -> Any:
        sign = self._order(other, "<")
        return NotImplemented if sign is None else sign < 0

    def __le__(self, other: Any) -> Any:
        sign = self._order(other, "<=")
        return NotImplemented if sign is None else sign <= 0

    def __gt__(self, other: Any) -> Any:
        sign = self._order(other, ">")
        return NotImplemented if sign is None else sign > 0

    def __ge__(self, other: Any) -> Any:
        sign = self._order(other, ">=")
        return NotImplemented if sign is None else sign >= 0

    def __bool__(self) -> bool:
        return bool(self._order(0, "the truth of a number") != 0)

    def __hash__(self) -> int:
        return self.arithmetic.hashed(self.value)

    # -- what is not exact -------------------------------------------------------------------------------------

    def __float__(self) -> float:
        self.arithmetic.refuse("the conversion to a floating point number")

    def __int__(self) -> int:
        self.arithmetic.refuse("the conversion to an integer")

    def __complex__(self) -> complex:
        self.arithmetic.refuse("the conversion to a complex number")

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, memo: Any) -> Number:
        return self

    def __repr__(self) -> str:
        return str(self.value)


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refuse(self: Number, *others: Any) -> NoReturn:
        self.arithmetic.refuse(name)

    refuse.__name__ = name
    return refuse


for _name in IRRATIONAL:
    setattr(Number, _name, _refusing(_name))
for _method, _words in {
    "__rpow__": "a power with a computed exponent",
    "__round__": "rounding",
    "__floor__": "floor",
    "__ceil__": "ceil",
    "__trunc__": "trunc",
    "__floordiv__": "//",
    "__rfloordiv__": "//",
    "__mod__": "%",
    "__rmod__": "%",
    "__divmod__": "divmod",
    "__rdivmod__": "divmod",
}.items():
    setattr(Number, _method, _refusing(_words))
