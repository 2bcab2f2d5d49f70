"""Raised and lowered digits, as formulas in plain text have them.

>>> "t" + raised(12), "X" + lowered(30)
('t¹²', 'X₃₀')
"""

from __future__ import annotations

__all__ = ["lowered", "raised"]

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def raised(number: int | str) -> str:
    """The digits of a number as an exponent.

    >>> raised("10")
    '¹⁰'
    """
    return str(number).translate(_RAISED)


def lowered(number: int | str) -> str:
    """The digits of a number as an index.

    >>> lowered(7)
    '₇'
    """
    return str(number).translate(_LOWERED)
