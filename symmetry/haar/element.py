"""What is averaged over: the symbol of a group element, and the group.

Averages over O(d) are computed; those over a group that keeps determinants as well are averages over O(d) with a factor
1 + det Q. Which of the two a kind of group is, its polynomial invariants of vectors say.

>>> from sympy import MatrixSymbol
>>> Q = MatrixSymbol("Q", 3, 3)
>>> dimension_of(Q), keeps_determinants("O", Q), keeps_determinants("SO", Q)
(3, False, True)
"""

from __future__ import annotations

import re
from typing import Any

from sympy import Expr, MatrixSymbol

from symmetry.errors import UsageError
from symmetry.groups import KINDS, Group, Product
from symmetry.haar.messages import short
from symmetry.haar.weingarten import dimension

__all__ = ["dimension_of", "keeps_determinants"]

_FACTOR = re.compile(r"(\w+)(?:\((\w+)\))?")


def dimension_of(Q: Any) -> int | Expr:
    """The size d of the symbol of a group element, an ``int`` where it is a number.

    Raises:
        UsageError: not a ``MatrixSymbol``, or not square.

    >>> dimension_of(MatrixSymbol("Q", 2, 3))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: Q has the shape (2, 3): an orthogonal matrix is square
    """
    if not isinstance(Q, MatrixSymbol):
        raise UsageError(f"Q must be a SymPy MatrixSymbol of shape (d, d), not {short(repr(Q))}")
    if Q.rows != Q.cols:
        raise UsageError(f"{Q} has the shape {Q.shape}: an orthogonal matrix is square")
    return dimension(Q.rows)


def keeps_determinants(group: str | Group | Product, Q: MatrixSymbol) -> bool:
    """Whether a group keeps determinants of d vectors, beside the inner products that it must keep.

    Args:
        group: the name of a kind, ``"O"``; a factor such as ``O("d")``, or its text; or a product of one factor.
        Q: the symbol of its element.

    Raises:
        UsageError: averages over that kind are not known here, or the factor has another size than Q.

    >>> keeps_determinants("SO(3)", MatrixSymbol("Q", 3, 3))
    True
    >>> keeps_determinants("S", MatrixSymbol("Q", 3, 3))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: averages are over O(d) or SO(d): the group must be 'O' or 'SO', not 'S'
    """
    factor = next(iter(group)) if isinstance(group, Product) and len(group) == 1 else group
    if isinstance(factor, Group):
        factor = str(factor)
    written = _FACTOR.fullmatch(factor) if isinstance(factor, str) else None
    name, axis = written.groups() if written else (None, None)
    averaged = {kind.name: kind.invariants for kind in KINDS.values() if kind.invariants is not None}
    if name not in averaged:
        known, quoted = (" or ".join(text.format(kind) for kind in averaged) for text in ("{}(d)", "'{}'"))
        shown = str(group) if isinstance(group, Group | Product) else group
        raise UsageError(f"averages are over {known}: the group must be {quoted}, not {short(repr(shown))}")
    # The name of an axis says nothing about a size that is a number.
    if axis and axis != str(Q.rows) and (axis.isdecimal() or Q.rows.is_Symbol):
        raise UsageError(f"{Q} has the shape {Q.shape}, but the group is {factor}")
    return averaged[name].determinantal is not None
