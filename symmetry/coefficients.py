"""Functions X g₁(A, B, C) + Z g₂(A, B, C) whose coefficients are computed from inner products and nothing else.

A ``Layer`` takes A = XᵀX, B = ZᵀX, C = ZᵀZ and gives g₁ and g₂. It never sees X or Z, so ``apply`` turns with them
whatever the layer does. Sums and compositions of layers are layers: the inner products of X' = X g₁ + Z g₂ are
functions of A, B and C.

>>> def linear_attention(gram):
...     return Coefficients(g1=gram.A, g2=gram.B)
>>> X, Z = np.array([[1.0], [2.0]]), np.array([[3.0], [0.0]])
>>> apply(linear_attention, X, Z).T.tolist(), apply(residual(linear_attention), X, Z).T.tolist()
([[14.0, 10.0]], [[15.0, 12.0]])

Tokens are columns: X is (d, n), Z is (d, m). Source: theory.md 2.4 and 3.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symmetry.errors import ShapeError

__all__ = ["Array", "Coefficients", "Gram", "Layer", "apply", "chain", "gather", "residual"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The pair g₁, g₂ of X' = X g₁ + Z g₂.

    Args:
        g1: (n, r).
        g2: (m, r).
    """

    g1: Array
    g2: Array

    def __add__(self, other: Coefficients) -> Coefficients:
        """The coefficients of the sum of both results."""
        return Coefficients(self.g1 + other.g1, self.g2 + other.g2)

    def then(self, outer: Coefficients) -> Coefficients:
        """The coefficients of X'' = X' g₁' + Z g₂', with X' from these and g₁', g₂' from ``outer``.

        Source: theory.md 3.2.
        """
        return Coefficients(self.g1 @ outer.g1, self.g2 @ outer.g1 + outer.g2)


@dataclass(frozen=True, eq=False)
class Gram:
    """The inner products of tokens and knowledge: all that coefficients may depend on.

    Args:
        A: XᵀX, (n, n).
        B: ZᵀX, (m, n).
        C: ZᵀZ, (m, m).

    >>> Gram.of(np.array([[1.0], [2.0]]), np.array([[3.0], [0.0]])).B
    array([[3.]])
    """

    A: Array
    B: Array
    C: Array

    @classmethod
    def of(cls, X: Array, Z: Array) -> Gram:
        """The blocks of tokens (d, n) and knowledge (d, m).

        Raises:
            ShapeError: X and Z are not matrices with the same number of rows.
        """
        if X.ndim != 2 or Z.ndim != 2 or len(X) != len(Z):
            raise ShapeError(f"tokens (d, n) and knowledge (d, m) are needed, not shapes {X.shape} and {Z.shape}")
        return cls(X.T @ X, Z.T @ X, Z.T @ Z)

    @property
    def tokens(self) -> Coefficients:
        """The coefficients of X itself: I and 0."""
        return Coefficients(np.eye(len(self.A), dtype=self.A.dtype), np.zeros_like(self.B))

    def written(self, columns: slice, weights: Array) -> Coefficients:
        """The coefficients of Z[:, columns] weights, with weights (columns, n) or broadcast to it."""
        result = Coefficients(np.zeros_like(self.A), np.zeros_like(self.B))
        result.g2[columns] = weights
        return result

    def after(self, made: Coefficients) -> Gram:
        """The blocks of X' = X g₁ + Z g₂ and Z.

        Source: theory.md 3.2.
        """
        B = self.B @ made.g1 + self.C @ made.g2
        return Gram(made.g1.T @ (self.A @ made.g1 + self.B.T @ made.g2) + made.g2.T @ B, B, self.C)


Layer = Callable[[Gram], Coefficients]


def gather(**blocks: ArrayLike) -> tuple[Array, dict[str, slice]]:
    """All knowledge in one matrix, and which columns have which role.

    Args:
        blocks: role to columns (d, k), or to one column (d,).

    Returns:
        Z (d, m), the blocks side by side, and role -> slice of columns.

    Raises:
        ShapeError: no blocks, or blocks that are not columns of one length.

    >>> Z, role = gather(query=np.eye(2), mean=[0.6, 0.8])
    >>> Z.shape, role["mean"]
    ((2, 3), slice(2, 3, None))
    >>> gather(query=np.eye(2), mean=[1.0])
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: blocks of knowledge are columns of one length: query (2, 2), mean (1, 1)
    """
    arrays = {name: np.asarray(block) for name, block in blocks.items()}
    columns = {name: array[:, None] if array.ndim == 1 else array for name, array in arrays.items()}
    if {block.ndim for block in columns.values()} != {2} or len({len(block) for block in columns.values()}) != 1:
        shapes = ", ".join(f"{name} {block.shape}" for name, block in columns.items()) or "none given"
        raise ShapeError(f"blocks of knowledge are columns of one length: {shapes}")
    ends = np.cumsum([block.shape[1] for block in columns.values()]).tolist()
    roles = {name: slice(end - block.shape[1], end) for (name, block), end in zip(columns.items(), ends)}
    return np.hstack(list(columns.values())), roles


def apply(layer: Layer, X: Array, Z: Array) -> Array:
    """X g₁ + Z g₂ with the coefficients that a layer finds for the inner products of X and Z.

    Args:
        layer: from inner products to coefficients.
        X: tokens (d, n).
        Z: knowledge (d, m).

    Returns:
        (d, n).

    Raises:
        ShapeError: X and Z are not matrices with the same number of rows.
    """
    made = layer(Gram.of(X, Z))
    return np.asarray(X @ made.g1 + Z @ made.g2)


def chain(*layers: Layer) -> Layer:
    """One layer after the other, the first one first; none is the identity.

    >>> def cubic(gram):
    ...     return Coefficients(gram.A, np.zeros_like(gram.B))
    >>> apply(chain(cubic, cubic), np.array([[2.0]]), np.zeros((1, 0)))  # (2³)³
    array([[512.]])
    """

    def layer(gram: Gram) -> Coefficients:
        made = gram.tokens
        for each in layers:
            made = made.then(each(gram.after(made)))
        return made

    return layer


def residual(layer: Layer) -> Layer:
    """What a layer makes of the tokens, added to them."""
    return lambda gram: gram.tokens + layer(gram)
