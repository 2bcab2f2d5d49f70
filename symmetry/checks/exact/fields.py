"""Exact matrices over ℚ and over GF(p): arithmetic, random elements, linear systems.

One :class:`Field` serves both. Matrices are flint's; a size may be 0.

>>> Q = Field()
>>> A = Q.matrix(2, 3, [1, 2, 3, 2, 4, 6])
>>> Q.pseudoinverse(A) * A * Q.pseudoinverse(A) == Q.pseudoinverse(A)
True
>>> Field(7).pseudoinverse(Field(7).matrix(1, 1, [2]))
Traceback (most recent call last):
...
symmetry.checks.exact.fields.Unsupported: a pseudo-inverse needs an ordered field, not GF(7)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, nmod, nmod_mat

from symmetry.errors import SymmetryError

__all__ = ["Exhausted", "Field", "Matrix", "Unsupported", "random_prime"]

Matrix = Any  # flint.fmpq_mat or flint.nmod_mat: python-flint ships no types
MAX_PERMUTED = 5  # sums over S(n) are enumerated up to this n


class Unsupported(SymmetryError):
    """Something that cannot be evaluated exactly here; the message says what (never a verdict)."""


def random_prime(seed: int = 0) -> int:
    """A random prime of 61 bits, the same for the same seed.

    >>> random_prime(1) != random_prime(2), random_prime(3).bit_length()
    (True, 61)
    """
    rng = Random(seed)
    while True:
        candidate = rng.getrandbits(61) | (1 << 60) | 1
        if fmpz(candidate).is_prime():
            return candidate


class Exhausted(SymmetryError):
    """The evaluations that one goal may take at one size were used up."""


class Field:
    """ℚ (``prime`` is None) or the integers modulo a prime below 2⁶³.

    Raises:
        SymmetryError: the number given is not an odd prime of that size.

    >>> Field(9)
    Traceback (most recent call last):
    ...
    symmetry.errors.SymmetryError: a prime field needs an odd prime below 2^63, not 9
    """

    def __init__(self, prime: int | None = None):
        if prime is not None and (prime < 3 or prime >= 1 << 63 or not fmpz(prime).is_prime()):
            raise SymmetryError(f"a prime field needs an odd prime below 2^63, not {prime}")
        self.prime = prime

    @property
    def ordered(self) -> bool:
        """Whether tᵀt = 0 only for t = 0."""
        return self.prime is None

    def __str__(self) -> str:
        return "ℚ" if self.prime is None else f"GF({self.prime})"

    # -- making matrices ---------------------------------------------------------------------------------------

    def matrix(self, rows: int, cols: int, entries: Sequence[Any]) -> Matrix:
        """The matrix with these entries, row by row."""
        if self.prime is None:
            return fmpq_mat(rows, cols, entries)
        return nmod_mat(rows, cols, entries, self.prime)

    def zero(self, rows: int, cols: int) -> Matrix:
        """The zero matrix."""
        return fmpq_mat(rows, cols) if self.prime is None else nmod_mat(rows, cols, self.prime)

    def identity(self, size: int) -> Matrix:
        """The identity matrix."""
        return self.matrix(size, size, [int(i == j) for i in range(size) for j in range(size)])

    def number(self, value: Fraction | int) -> Any:
        """A rational number as an element of the field."""
        value = Fraction(value)
        if self.prime is None:
            return fmpq(value.numerator, value.denominator)
        if value.denominator % self.prime == 0:
            raise Unsupported(f"{value} has no meaning modulo {self.prime}")
        return nmod(value.numerator, self.prime) / nmod(value.denominator, self.prime)

    def hstack(self, parts: Sequence[Matrix]) -> Matrix:
        """The parts side by side."""
        if len(parts) == 1:
            return parts[0]
        tables = [part.tolist() for part in parts]
        rows = parts[0].nrows()
        entries = [entry for i in range(rows) for table in tables for entry in table[i]]
        return self.matrix(rows, sum(part.ncols() for part in parts), entries)

    def vstack(self, parts: Sequence[Matrix]) -> Matrix:
        """The parts above one another."""
        if len(parts) == 1:
            return parts[0]
        entries = [entry for part in parts for entry in part.entries()]
        return self.matrix(sum(part.nrows() for part in parts), parts[0].ncols(), entries)

    def columns(self, matrix: Matrix, chosen: Iterable[int]) -> Matrix:
        """The matrix of the chosen columns, in that order."""
        chosen = list(chosen)
        return self.matrix(matrix.nrows(), len(chosen), [row[j] for row in matrix.tolist() for j in chosen])

    def printable(self, matrix: Matrix) -> tuple[tuple[Any, ...], ...]:
        """Nested tuples of ints and Fractions."""
        if self.prime is not None:
            return tuple(tuple(int(entry) for entry in row) for row in matrix.tolist())
        return tuple(tuple(_plain(entry) for entry in row) for row in matrix.tolist())

    # -- random elements ---------------------------------------------------------------------------------------

    def random(self, rows: int, cols: int, rng: Random, bound: int = 3) -> Matrix:
        """Entries drawn uniformly: integers from −bound to bound, or the whole prime field."""
        if self.prime is None:
            return fmpq_mat(rows, cols, rng.choices(range(-bound, bound + 1), k=rows * cols))
        return nmod_mat(rows, cols, [rng.randrange(self.prime) for _ in range(rows * cols)], self.prime)

    def reflection(self, vector: Sequence[int]) -> Matrix | None:
        """I − 2wwᵀ/(wᵀw) for an integer vector w, or None where wᵀw = 0."""
        length = sum(entry * entry for entry in vector)
        if length == 0 or (self.prime is not None and length % self.prime == 0):
            return None
        size = len(vector)
        entries = [(length if i == j else 0) - 2 * vector[i] * vector[j] for i in range(size) for j in range(size)]
        if self.prime is None:
            return fmpq_mat(size, size, entries) * fmpq(1, length)
        return nmod_mat(size, size, [e % self.prime for e in entries], self.prime) * (1 / nmod(length, self.prime))

    def orthogonal(self, size: int, sign: int, rng: Random, *, big: bool = False) -> Matrix:
        """A random orthogonal matrix of determinant ``sign``, a product of reflections (the identity at size 0).

        Over ℚ, one with small entries; ``big``: one in general position, as modulo a prime.
        """
        if size == 0:
            return self.identity(0)
        if self.prime is None and not big:
            return rng.choice(_orthogonal_rational(size, sign))
        # Products of d (or d − 1) reflections are all of one component (Cartan, Dieudonné).
        fits = (size % 2 == 1) == (sign < 0)
        return self._orthogonal(size, size if fits else size - 1 or 2, rng, 999)

    def _orthogonal(self, size: int, count: int, rng: Random, bound: int) -> Matrix:
        result = self.identity(size)
        while count:
            if self.prime is None:
                factor = self.reflection([rng.randint(-bound, bound) for _ in range(size)])
            else:
                factor = self.reflection([rng.randrange(self.prime) for _ in range(size)])
            if factor is not None:
                result = factor * result
                count -= 1
        return result

    def permutation(self, order: Sequence[int]) -> Matrix:
        """The matrix P with X P = the columns of X in this order."""
        size = len(order)
        return self.matrix(size, size, [int(order[j] == i) for i in range(size) for j in range(size)])

    def permutations(self, size: int) -> tuple[Matrix, ...]:
        """All permutation matrices of this size."""
        if size > MAX_PERMUTED:
            raise Unsupported(f"S({size}) has too many elements to enumerate: at most S({MAX_PERMUTED})")
        return _permutations(self.prime, size)

    def basis(self, size: int) -> tuple[Matrix, ...]:
        """The standard basis, as columns."""
        return _basis(self.prime, size)

    # -- linear algebra ----------------------------------------------------------------------------------------

    def pseudoinverse(self, matrix: Matrix) -> Matrix:
        """The Moore–Penrose inverse, by a factorisation A = BC of full rank: A⁺ = Cᵀ(CCᵀ)⁻¹(BᵀB)⁻¹Bᵀ."""
        if self.prime is not None:
            raise Unsupported(f"a pseudo-inverse needs an ordered field, not {self}")
        rows, cols = matrix.nrows(), matrix.ncols()
        if rows == 1 == cols:
            value = matrix[0, 0]
            return fmpq_mat(1, 1, [1 / value if value else 0])
        reduced, rank = matrix.rref()
        if rank == 0:
            return fmpq_mat(cols, rows)
        flipped = matrix.transpose()
        if rank == cols:
            return (flipped * matrix).inv() * flipped
        if rank == rows:
            return flipped * (matrix * flipped).inv()
        table = reduced.tolist()[:rank]
        right = fmpq_mat(rank, cols, [entry for row in table for entry in row])
        left = self.columns(matrix, _pivots(table))
        across, down = right.transpose(), left.transpose()
        return across * (right * across).inv() * (down * left).inv() * down

    def solve(self, matrix: Matrix, right: Matrix) -> tuple[Matrix, Matrix] | None:
        """A solution U of matrix·U = right and a basis of the kernel of the matrix (its columns), or None."""
        count = matrix.ncols()
        reduced, rank = self.hstack([matrix, right]).rref()
        table = reduced.tolist()[:rank]
        pivots = _pivots(table)
        if pivots and pivots[-1] >= count:
            return None
        zero = [0] * right.ncols()
        solution: list[list[Any]] = [zero] * count
        for pivot, row in zip(pivots, table):
            solution[pivot] = row[count:]
        loose = sorted(set(range(count)).difference(pivots))
        kernel: list[list[Any]] = [[int(i == j) for j in loose] for i in range(count)]
        for pivot, row in zip(pivots, table):
            kernel[pivot] = [-row[j] for j in loose]
        return (
            self.matrix(count, right.ncols(), [entry for row in solution for entry in row]),
            self.matrix(count, len(loose), [entry for row in kernel for entry in row]),
        )

    def is_orthogonal(self, matrix: Matrix) -> bool:
        """Whether MᵀM = I (for a square matrix, so MMᵀ = I too)."""
        return bool(matrix.transpose() * matrix == self.identity(matrix.nrows()))

    def is_permutation(self, matrix: Matrix) -> bool:
        """Whether each row and each column has one 1 and zeros otherwise."""
        table = matrix.tolist()
        lines = [*table, *zip(*table)]
        return all(sorted(map(int, map(_indicator, line))) == [0] * (len(line) - 1) + [1] for line in lines)


def _indicator(entry: Any) -> int:
    return 0 if entry == 0 else 1 if entry == 1 else 2


def _plain(entry: Any) -> int | Fraction:
    return int(entry.p) if entry.q == 1 else Fraction(int(entry.p), int(entry.q))


def _pivots(table: Sequence[Sequence[Any]]) -> list[int]:
    """The first non-zero column of each row of a reduced matrix."""
    return [next(j for j, entry in enumerate(row) if entry) for row in table]


@lru_cache(maxsize=64)
def _orthogonal_rational(size: int, sign: int) -> tuple[Matrix, ...]:
    """A dozen rational orthogonal matrices, products of one to four reflections."""
    field, rng = Field(), Random(7 * size + sign)
    counts = (3, 1, 3) if sign < 0 else (2, 2, 4)
    return tuple(field._orthogonal(size, counts[k % 3], rng, 2) for k in range(12))


@lru_cache(maxsize=64)
def _basis(prime: int | None, size: int) -> tuple[Matrix, ...]:
    return tuple(Field(prime).matrix(size, 1, [int(i == j) for i in range(size)]) for j in range(size))


@lru_cache(maxsize=64)
def _permutations(prime: int | None, size: int) -> tuple[Matrix, ...]:
    field = Field(prime)
    return tuple(field.permutation(order) for order in permutations(range(size)))
