"""A product of invariants, as numbers: what a basis is made of before anything symbolic."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Pair", "Term"]

Pair = tuple[int, int]


class Term(NamedTuple):
    """A product of invariants, as exponent data.

    Args:
        component: position among the components of all outputs.
        pairs: inner products, as pairs of vectors. A component with r turned axes has the marked vectors 0, …, r − 1,
            which occur once each; the vectors of the inputs have the numbers from r.
        scalars: positions among the scalars, each as often as its exponent says.
        determinant: the vectors of a determinant, numbered in the same way; empty where there is none.
    """

    component: int
    pairs: tuple[Pair, ...]
    scalars: tuple[int, ...] = ()
    determinant: tuple[int, ...] = ()
