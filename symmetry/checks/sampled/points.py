"""Random points at which sampled checks look: vectors, orthogonal matrices, other vectors with the same Gram matrix.

Vectors are drawn as Y = U diag(s) Vᵀ with s between 0.6 and 1.6, so conditions are known and tolerances stay sharp;
their rank is at times less than both d and N. Orthogonal matrices are Haar-distributed on each component of O(d).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from symmetry.checks.sampled.functions import Law
from symmetry.checks.sampled.rounding import SHARP, UNIT, Array, Comparison, dense, gamma, norm
from symmetry.groups import O

__all__ = [
    "Orbit",
    "Point",
    "Points",
    "draw",
    "factor",
    "gram_error",
    "knowledge_points",
    "orbits",
    "point_of",
    "random_state",
    "redraw",
    "rotations",
    "slack",
    "survey",
    "transforms",
    "vector_points",
]

# (d, N, rank) for one input; (d, n, m, rank) for tokens and knowledge. N below, at and above d; N = d - 1 and N = d are
# where rotations alone would allow more; d = 2 and 3 are where the group average is available.
VECTOR_SIZES = ((3, 2, 2), (4, 4, 4), (5, 4, 4), (3, 6, 3), (2, 7, 2), (7, 5, 5), (7, 5, 3), (3, 6, 2))
KNOWLEDGE_SIZES = ((7, 2, 3, 5), (5, 3, 1, 4), (5, 2, 3, 5), (3, 4, 2, 3), (2, 3, 4, 2), (7, 2, 3, 3), (3, 4, 2, 2))
REDRAWS = 8


@dataclass(frozen=True)
class Point:
    """Vectors as columns: one array Y (d, N), or tokens X (d, n) and knowledge Z (d, m).

    Args:
        sizes: names and values of the sizes.
        parts: the arrays.
        rank: of all columns together.
        condition: 1/σ, σ the smallest non-zero singular value of all columns together.
    """

    sizes: Mapping[str, int]
    parts: tuple[Array, ...]
    rank: int
    condition: float

    @property
    def y(self) -> Array:
        return np.hstack(self.parts)

    @property
    def d(self) -> int:
        return len(self.parts[0])

    def split(self, array: Array, axis: int = 1) -> tuple[Array, ...]:
        """The columns (or rows) of another array, N of them, as parts of the same widths."""
        edges = np.cumsum([part.shape[1] for part in self.parts])[:-1]
        return tuple(np.split(array, edges, axis=axis))

    def named(self, **others: Array) -> dict[str, Array]:
        """The arrays by name, for a counterexample."""
        return {**dict(zip(("Y",) if len(self.parts) == 1 else ("X", "Z"), self.parts)), **others}


Points = Callable[[np.random.Generator], Iterator[Point]]


def random_state(seed: int, name: str) -> np.random.Generator:
    """The source of randomness of one check: the same for the same seed, different for different checks."""
    return np.random.default_rng((seed % 2**64, zlib.crc32(name.encode())))


def draw(rng: np.random.Generator, d: int, total: int, rank: int) -> Array:
    """A (d, total) matrix of the given rank with singular values between 0.6 and 1.6.

    >>> np.linalg.matrix_rank(draw(np.random.default_rng(0), 5, 4, 2))
    np.int64(2)
    """
    left = np.linalg.qr(rng.standard_normal((d, rank)))[0]
    right = np.linalg.qr(rng.standard_normal((total, rank)))[0]
    result: Array = (left * rng.uniform(0.6, 1.6, rank)) @ right.T
    return result


def vector_points(rng: np.random.Generator) -> Iterator[Point]:
    """One point Y (d, N) for each of ``VECTOR_SIZES``."""
    for d, total, rank in VECTOR_SIZES:
        yield point_of({"d": d, "N": total}, (draw(rng, d, total, rank),), rank)


def knowledge_points(rng: np.random.Generator) -> Iterator[Point]:
    """One point X (d, n), Z (d, m) for each of ``KNOWLEDGE_SIZES``."""
    for d, n, m, rank in KNOWLEDGE_SIZES:
        y = draw(rng, d, n + m, rank)
        yield point_of({"d": d, "n": n, "m": m}, (y[:, :n], y[:, n:]), rank)


def point_of(sizes: Mapping[str, int], parts: tuple[Array, ...], rank: int) -> Point:
    return Point(sizes, parts, rank, 1 / float(np.linalg.svd(np.hstack(parts), compute_uv=False)[rank - 1]))


def redraw(point: Point, rng: np.random.Generator) -> Point:
    """Another random point of the same sizes and rank."""
    y = draw(rng, point.d, point.y.shape[1], point.rank)
    return point_of(point.sizes, point.split(y), point.rank)


def survey(
    points: Points, rng: np.random.Generator, look: Callable[[Point], Iterator[Comparison]]
) -> Iterator[Comparison]:
    """What is seen at each point; one that happens to be too ill-conditioned for sharp tolerances is drawn again."""
    for point in points(rng):
        for _ in range(REDRAWS):
            found = list(look(point))
            if all(comparison.tolerance <= SHARP for comparison in found):
                break
            point = redraw(point, rng)
        yield from found


def rotations(rng: np.random.Generator, d: int) -> Iterator[Array]:
    """One Haar-distributed orthogonal matrix of each determinant, +1 and -1."""
    for component in (1, -1):
        yield O("d").haar(rng, d, component)


def slack(q: Array) -> float:
    """How far a computed product QY is from Q'Y with Q' exactly orthogonal, as a multiple of ‖Y‖.

    The nearest orthogonal matrix is at most ‖QᵀQ - I‖ away, which is computed with an error of gamma(d) d; the product
    has one of gamma(d) ‖Q‖ ‖Y‖, ‖Q‖ = √d.
    """
    d = len(q)
    return norm(q.T @ q - np.eye(d)) + gamma(d + 1) * (d + 2 * math.sqrt(d))


def factor(gram: Array, d: int) -> Array:
    """Vectors with a given Gram matrix, found from that matrix alone: Y (d, N) with YᵀY = G.

    Args:
        gram: (N, N), symmetric, positive semidefinite, of rank at most d.
        d: number of rows.

    >>> factor(np.array([[4.0, 0.0], [0.0, 0.0]]), 3).round(12).tolist()
    [[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    """
    values, vectors = np.linalg.eigh(gram)
    values = np.where(values > math.sqrt(UNIT) * values[-1], values, 0)[::-1][:d]
    result = np.zeros((d, len(gram)))
    result[: len(values)] = np.sqrt(values)[:, None] * vectors.T[::-1][:d]
    return result + 0.0


def gram_error(y: Array) -> float:
    """How far the Gram matrix of ``factor(YᵀY, d)`` or of a Cholesky factor is from YᵀY.

    The Gram matrix is computed with an error of gamma(d) ‖Y‖², decomposed with a backward error of gamma(dense(N)) of
    its norm, truncated with at most the sum of both, and multiplied out again.
    """
    d, total = y.shape
    return (2 * gamma(d + total) + 3 * gamma(dense(total))) * norm(y) ** 2


@dataclass(frozen=True)
class Orbit:
    """Other vectors with the Gram matrix of a point, and how far from an exact QY they are.

    Args:
        name: how they were made.
        y: (d, N).
        moved: bound on the distance to the orbit of the point.
        mismatch: bound on the difference of the Gram matrices.
    """

    name: str
    y: Array
    moved: float
    mismatch: float


def orbits(point: Point, rng: np.random.Generator) -> Iterator[Orbit]:
    """QY for one Q of each determinant; the eigenvector and (full column rank) the Cholesky factor of YᵀY.

    Vectors whose Gram matrix is off by Δ are within 1.1 ‖Δ‖/σ of the orbit, when the ranks agree.
    Source: S. Tu et al., Low-rank solutions of linear matrix equations via Procrustes flow, 2016, lemma 5.4.
    """
    y, d = point.y, point.d
    for q in rotations(rng, d):
        off = slack(q)
        yield Orbit("QY", q @ y, off * norm(y), 3 * off * norm(y) ** 2)
    gram = y.T @ y
    mismatch = gram_error(y)
    moved = 1.1 * mismatch * point.condition
    yield Orbit("the eigenvectors of YᵀY", factor(gram, d), moved, mismatch)
    if point.rank == len(gram):
        padded = np.zeros_like(y)
        padded[: len(gram)] = np.linalg.cholesky(gram).T
        yield Orbit("the Cholesky factor of YᵀY", padded, moved, mismatch)


def transforms(law: Law, point: Point, rng: np.random.Generator, statement: str) -> Iterator[Comparison]:
    """The law's symmetry at a point, under one orthogonal matrix of each determinant."""
    if not law.applies(*point.y.shape):
        return
    value = law.call(*point.parts)
    at_rest = law.error(point.parts, value)
    for q in rotations(rng, point.d):
        off = slack(q)
        left = law.call(*(q @ part for part in point.parts))
        bound = law.error(point.parts, value, off * norm(point.y)) + at_rest + off * norm(value)
        yield Comparison(law.name, statement, point.sizes, left, law.act(q, value), bound, point.named(Q=q))
