"""What is shown of an expression in a message, and which constants no average can have as coefficients.

>>> from sympy import oo, symbols
>>> short(sum(symbols("x:40")))
'x0 + x1 + x10 + x11 + x12 + x13 + x14 + x15 + x16 + x17 + x18 + x19 + x2 + x20 +…'
>>> is_infinite(2 - oo * symbols("t")), is_infinite(symbols("t"))
(True, False)
"""

from __future__ import annotations

from typing import Any

from sympy import AccumBounds, Add, Expr, MatrixBase, Mul, Pow, S

__all__ = ["MOST_SHOWN", "is_infinite", "short"]

MOST_SHOWN = 80  # characters


def short(value: Any) -> str:
    """The text of a value, or how it begins."""
    text = str(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def is_infinite(expr: Expr | MatrixBase) -> bool:
    """Whether an expression is built with something that is not a finite number: ∞, an interval, or no number at all.

    Limits of sums and integrals may be infinite. A matrix is infinite where an entry is.
    """
    if isinstance(expr, MatrixBase):
        return any(map(is_infinite, expr.flat()))
    if expr is S.NaN or isinstance(expr, AccumBounds) or getattr(expr, "is_infinite", False):
        return True
    return isinstance(expr, Add | Mul | Pow) and any(map(is_infinite, expr.args))
