"""Ranks modulo a prime, where they can only fall: lower bounds of the ranks over ℚ."""

from __future__ import annotations

from collections.abc import Sequence

from flint import nmod_mat

__all__ = ["rank_modulo"]


def rank_modulo(prime: int, rows: Sequence[Sequence[int]]) -> int:
    """The rank of a matrix of integers modulo a prime.

    Args:
        prime: below 2⁶⁴.
        rows: all of one length; there may be none.

    >>> rank_modulo(7, [[1, 2], [3, 6]]), rank_modulo(7, [[1, 2], [3, -1]]), rank_modulo(7, [])
    (1, 1, 0)
    """
    if not rows:
        return 0
    entries = [int(entry) % prime for row in rows for entry in row]
    return int(nmod_mat(len(rows), len(rows[0]), entries, prime).rank())
