"""Exact orthogonal transport: if two lists of vectors have the same inner products, reflections carry one to the other.

The construction is the proof of the completeness of the Gram matrix (theory 1.3): after the first columns agree, one
reflection moves the next column into place and leaves the earlier ones alone. No square roots are taken, so over ℚ
everything is rational and exact.

>>> transport([[1, 0], [0, 2]], [[0, 2], [1, 0]])
((Fraction(0, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(0, 1)))
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

from flint import fmpq, fmpq_mat, fmpz_mat

from symmetry.errors import GramMismatch, ShapeError, SymmetryError, UsageError

__all__ = ["transport", "transport_reflections"]

Matrix = Any  # flint.fmpq_mat: python-flint ships no types


def transport(Y: Any, Y2: Any) -> Any:
    """An exact orthogonal matrix Q with QY = Y2.

    Q is a product of at most rank Y Householder reflections. Columns of Y that depend on earlier ones need none. It
    is not unique unless Y has rank d, and its determinant is that of the product: ask :func:`transport_reflections`
    how many there are. Only rational entries: over other fields equal Gram matrices do not give a Q.

    Args:
        Y, Y2: matrices of one shape (d, N) with rational entries: nested sequences of rows, SymPy matrices, NumPy
            arrays of integers or of Fractions, or flint ``fmpq_mat``/``fmpz_mat``.
    Returns:
        Q of shape (d, d), in the kind of ``Y``: a tuple of tuples of Fractions, a SymPy immutable matrix, a NumPy array
        of Fractions, or an ``fmpq_mat``.
    Raises:
        GramMismatch: YᵀY ≠ Y2ᵀY2; the message shows the first entry at which they differ.
        ShapeError: the shapes differ, or rows have different lengths.
        UsageError: an entry is not rational (a float, a symbol, an element of another field).
    Source:
        elementary; reflections after A. S. Householder, Unitary triangularization of a nonsymmetric matrix, 1958.

    >>> Q = transport([[3, 0], [4, 0], [0, 0]], [[5, 0], [0, 0], [0, 0]])
    >>> [str(entry) for entry in Q[0]]
    ['3/5', '4/5', '0']
    >>> transport([[1, 0], [0, 1]], [[1, 0], [0, 2]])
    Traceback (most recent call last):
    ...
    symmetry.errors.GramMismatch: the Gram matrices differ at entry (1, 1), counted from 0: 1 on the left, 4 on the \
right; no orthogonal Q has QY = Y2
    >>> transport([[0.5]], [[0.5]])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 0.5 is a float, which stands for many numbers: convert it to Fraction first
    """
    source, target, give_back = _read_pair(Y, Y2)
    return give_back(product_of_reflections(reflection_vectors(source, target), source.nrows()))


def transport_reflections(Y: Any, Y2: Any) -> tuple[tuple[Fraction, ...], ...]:
    """Vectors w₁, …, w_k, k ≤ rank Y, whose reflections I − 2wwᵀ/(wᵀw), applied in this order, carry Y to Y2.

    Args:
        Y, Y2: as in :func:`transport`, of shape (d, N).
    Returns:
        k vectors of length d; none where Y = Y2. The determinant of their product is (−1)ᵏ.
    Raises:
        GramMismatch, ShapeError, UsageError: as in :func:`transport`.
    Source:
        as in :func:`transport`.

    >>> transport_reflections([[1], [2]], [[2], [1]])
    ((Fraction(-1, 1), Fraction(1, 1)),)
    >>> transport_reflections([[1], [2]], [[1, 2]])
    Traceback (most recent call last):
    ...
    symmetry.errors.ShapeError: Y is 2 × 1, but Y2 is 1 × 2: transport needs two matrices of one shape
    """
    source, target, _ = _read_pair(Y, Y2)
    return tuple(tuple(map(fraction, vector.entries())) for vector in reflection_vectors(source, target))


# ---------------------------------------------------------------------------------------------------------------
# On flint matrices; the exact checks use these too.


def first_gram_difference(source: Matrix, target: Matrix) -> tuple[int, int] | None:
    """The first entry at which sourceᵀ·source and targetᵀ·target differ."""
    left, right = source.transpose() * source, target.transpose() * target
    if left == right:
        return None
    return next((i, j) for i in range(left.nrows()) for j in range(left.ncols()) if left[i, j] != right[i, j])


def reflection_vectors(source: Matrix, target: Matrix) -> list[Matrix]:
    """Columns w of the reflections that carry source (d × N) to target; checked before they are returned.

    Raises:
        GramMismatch: the Gram matrices differ.
        SymmetryError: the result is not what it should be (an error in this module).
    """
    place = first_gram_difference(source, target)
    if place is not None:
        (i, j), left, right = place, source.transpose() * source, target.transpose() * target
        raise GramMismatch(
            f"the Gram matrices differ at entry ({i}, {j}), counted from 0: {left[i, j]} on the left, {right[i, j]} on "
            "the right; no orthogonal Q has QY = Y2"
        )
    vectors: list[Matrix] = []
    image = source
    for column in range(source.ncols()):
        gap = [image[row, column] - target[row, column] for row in range(source.nrows())]
        if any(gap):
            vector = fmpq_mat(len(gap), 1, gap)
            vectors.append(vector)
            image = reflect(vector, image)
    if image != target or len(vectors) > source.rank():
        raise SymmetryError("the product of reflections does not carry Y to Y2: please report this")
    return vectors


def reflect(vector: Matrix, image: Matrix) -> Matrix:
    """(I − 2wwᵀ/(wᵀw)) · image, for a column w ≠ 0."""
    row = vector.transpose()
    return image - vector * (row * image) * (fmpq(2) / (row * vector)[0, 0])


def product_of_reflections(vectors: Sequence[Matrix], size: int) -> Matrix:
    """The product of the reflections, the first vector acting first (a size × size matrix)."""
    product = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    for vector in vectors:
        product = reflect(vector, product)
    return product


# ---------------------------------------------------------------------------------------------------------------
# Reading and giving back.


def fraction(value: Any) -> Fraction:
    """A flint rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def _read_pair(Y: Any, Y2: Any) -> tuple[Matrix, Matrix, Callable[[Matrix], Any]]:
    source, give_back = _read(Y, "Y")
    target, _ = _read(Y2, "Y2")
    if (source.nrows(), source.ncols()) != (target.nrows(), target.ncols()):
        raise ShapeError(
            f"Y is {source.nrows()} × {source.ncols()}, but Y2 is {target.nrows()} × {target.ncols()}: "
            "transport needs two matrices of one shape"
        )
    return source, target, give_back


def _read(matrix: Any, name: str) -> tuple[Matrix, Callable[[Matrix], Any]]:
    if isinstance(matrix, fmpq_mat):
        return matrix, lambda result: result
    if isinstance(matrix, fmpz_mat):
        return fmpq_mat(matrix), lambda result: result
    sympy, numpy = sys.modules.get("sympy"), sys.modules.get("numpy")
    if sympy is not None and isinstance(matrix, sympy.MatrixBase):
        entries: Any = [_rational(entry, name) for entry in matrix]
        return fmpq_mat(matrix.rows, matrix.cols, entries), lambda result: sympy.ImmutableMatrix(
            *_shape(result), [sympy.Rational(int(entry.p), int(entry.q)) for entry in result.entries()]
        )
    if numpy is not None and isinstance(matrix, numpy.ndarray):
        if matrix.ndim != 2:
            raise ShapeError(f"{name} has {matrix.ndim} axes: transport needs a matrix, one vector per column")
        entries = [_rational(entry, name) for entry in matrix.ravel().tolist()]
        return fmpq_mat(int(matrix.shape[0]), int(matrix.shape[1]), entries), lambda result: numpy.array(
            [fraction(entry) for entry in result.entries()], dtype=object
        ).reshape(_shape(result))
    return _read_rows(matrix, name), lambda result: tuple(tuple(map(fraction, row)) for row in result.tolist())


def _read_rows(matrix: Any, name: str) -> Matrix:
    if isinstance(matrix, str | bytes) or not isinstance(matrix, Sequence):
        raise UsageError(
            f"{name} is a {type(matrix).__name__}: transport takes nested sequences of rationals, SymPy matrices, "
            "NumPy arrays of integers or Fractions, or flint fmpq_mat"
        )
    for index, row in enumerate(matrix):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise UsageError(f"row {index} of {name} is a {type(row).__name__}, not a sequence of rationals")
        if len(row) != len(matrix[0]):
            raise ShapeError(f"row {index} of {name} has length {len(row)}, but row 0 has length {len(matrix[0])}")
    columns = len(matrix[0]) if matrix else 0
    entries: Any = [_rational(entry, name) for row in matrix for entry in row]
    return fmpq_mat(len(matrix), columns, entries)


def _shape(matrix: Matrix) -> tuple[int, int]:
    return matrix.nrows(), matrix.ncols()


def _rational(entry: Any, name: str) -> fmpq:
    if isinstance(entry, fmpq):
        return entry
    # SymPy registers its rationals, NumPy its integers.
    if isinstance(entry, Rational) and not isinstance(entry, bool):
        return fmpq(int(entry.numerator), int(entry.denominator))
    if type(entry).__name__ == "fmpz":
        return fmpq(entry)
    kind = type(entry).__name__
    if "float" in kind.lower():
        raise UsageError(f"{entry} is a float, which stands for many numbers: convert it to Fraction first")
    raise UsageError(
        f"{name} has the entry {entry!r} of type {kind}: transport is exact over the rationals "
        "and does not hold over other fields"
    )
