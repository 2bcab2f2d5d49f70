"""Elements of O(d) and SO(d): Haar-distributed, exact, without rounding, near the identity, and special ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symmetry.errors import UsageError
from symmetry.groups.kind import Matrix, Special

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "cayley",
    "determinant",
    "orthogonal",
    "plane_rotation",
    "reflection",
    "reflections",
    "signed_permutation",
    "special",
    "sweep",
]

SHARED = 64  # elements of a sweep that have a factor in common


def reflection(vector: Sequence[int | Fraction]) -> Matrix:
    """The reflection in the hyperplane orthogonal to a vector, H = I - 2wwᵀ/(wᵀw), exactly.

    Args:
        vector: (d,), not zero.

    Raises:
        UsageError: the vector is zero.

    Source: A. Householder, 1958; theory.md 1.2.

    >>> [[str(x) for x in row] for row in reflection((1, 2))]
    [['3/5', '-4/5'], ['-4/5', '-3/5']]
    """
    w = tuple(map(Fraction, vector))
    length = sum(x * x for x in w)
    if not length:
        raise UsageError("a zero vector has no orthogonal hyperplane to reflect in")
    return tuple(tuple((i == j) - 2 * a * b / length for j, b in enumerate(w)) for i, a in enumerate(w))


def reflections(rng: Random, size: int, component: int) -> Matrix:
    """A product of reflections in small integer vectors: as many as the size, or one fewer."""
    even = component == 1
    count = size if (size % 2 == 0) == even else size - 1
    matrix = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    for _ in range(count if count > 0 or even else 1):
        vector = [rng.randint(-2, 2) for _ in range(size)]
        if not any(vector):
            vector[rng.randrange(size)] = 1
        support = [i for i, w in enumerate(vector) if w]
        length = sum(w * w for w in vector)
        # (I - 2wwᵀ/wᵀw) M = M - w (2 wᵀM / wᵀw)
        row = [sum((vector[i] * matrix[i][j] for i in support), Fraction()) * 2 / length for j in range(size)]
        for i in support:
            matrix[i] = [entry - vector[i] * change for entry, change in zip(matrix[i], row, strict=True)]
    return tuple(map(tuple, matrix))


def orthogonal(rng: np.random.Generator, size: int, component: int, count: int) -> NDArray[Any]:
    """Independent matrices, each Haar-distributed on the component of O(size) with that determinant.

    Q of a Gaussian matrix is Haar-distributed on O(d) once R has a positive diagonal; negating a column carries one
    component onto the other, and the Haar measure with it. (Products of Householder reflections, built for the whole
    stack at once, are no faster from size 8 on, and half as fast at size 64.)

    Returns:
        float64 array (count, size, size).
    """
    import numpy as np

    q, r = np.linalg.qr(rng.standard_normal((count, size, size)))
    signs = np.where(np.diagonal(r, axis1=1, axis2=2) < 0, -1.0, 1.0)
    q *= signs[:, None, :]
    # Before the signs every Q is a product of equally many reflections, so that one determinant tells all.
    before = np.linalg.slogdet(q[0])[0] * np.prod(signs[0])
    q[before * np.prod(signs, axis=1) * component < 0, :, 0] *= -1.0
    return q


def sweep(rng: np.random.Generator, size: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """D C H Q: one Haar Q for ``SHARED`` elements; for each, signs D, a cyclic shift C, a Householder reflection H.

    The Haar measure does not change when an independent element is multiplied from the left.
    """
    import numpy as np

    bases: list[NDArray[Any]] = []
    drawn = 0

    def draw(components: NDArray[Any]) -> NDArray[Any]:
        nonlocal drawn
        count = len(components)
        which = (drawn + np.arange(count)) // SHARED
        first = int(which[0])
        bases[:] = [*bases[-1:]] if drawn % SHARED else []
        if new := int(which[-1]) - first + 1 - len(bases):
            bases.extend(orthogonal(rng, size, 1, new))
        drawn += count
        base = np.stack(bases)[which - first] if len(bases) > 1 else bases[0]
        v = rng.standard_normal((count, size))
        v *= np.sqrt(2 / np.einsum("ij,ij->i", v, v))[:, None]
        turned: NDArray[Any] = v[:, :, None] * (v[:, None, :] @ base)
        np.subtract(base, turned, out=turned)
        shift = rng.integers(size, size=count)
        turned = turned[np.arange(count)[:, None], (np.arange(size) + shift[:, None]) % size]
        signs = 1.0 - 2.0 * rng.integers(2, size=(count, size))
        # D makes up for H, which has determinant -1, and for C, a power of a cycle of this size.
        signs[:, 0] *= -components * np.prod(signs, axis=1) * np.where(shift * (size - 1) % 2, -1.0, 1.0)
        turned *= signs[:, :, None]
        return turned

    return draw


def signed_permutation(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    """A uniformly distributed matrix of determinant ``component`` that permutes and negates coordinates."""
    import numpy as np

    matrix: NDArray[Any] = np.eye(size)[rng.permutation(size)] * rng.choice((-1.0, 1.0), size)
    if np.linalg.det(matrix) * component < 0:
        matrix[:, 0] = -matrix[:, 0]
    matrix += 0.0  # no negative zeros
    return matrix


def cayley(rng: np.random.Generator, signature: Sequence[int], scale: float) -> NDArray[Any]:
    """An element of the group of the form η = diag(signature), near the identity: (I - A/2)⁻¹(I + A/2).

    A = ηK with K skew and A of Frobenius norm ``scale``, which the distance from I equals up to a factor
    1 + O(scale²); in size 1 there is only the identity. Exactly in the group, but for rounding, at every scale.

    Args:
        rng: direction of A.
        signature: entries 1 and -1, (size,).
        scale: more than 0 and at most 1, so that I - A/2 has an inverse.

    Source: A. Cayley, 1846.
    """
    import numpy as np

    size = len(signature)
    gaussian = rng.standard_normal((size, size))
    skew = np.asarray(signature)[:, None] * (gaussian - gaussian.T)
    half = skew * (scale / 2 / (np.linalg.norm(skew) if size > 1 else 1.0))
    unit = np.eye(size)
    # I + (I - A/2)⁻¹A is the same, and keeps the digits of a small A.
    return unit + np.linalg.solve(unit - half, 2 * half)


def determinant(element: NDArray[Any]) -> int:
    """1 or -1, of an orthogonal matrix with rounding."""
    import numpy as np

    return 1 if np.linalg.slogdet(element)[0] > 0 else -1


def plane_rotation(size: int, plane: tuple[int, int], cosine: float, sine: float) -> NDArray[Any]:
    """The rotation of the plane of two coordinates."""
    import numpy as np

    i, j = plane
    matrix = np.eye(size)
    matrix[i, i] = matrix[j, j] = cosine
    matrix[i, j], matrix[j, i] = -sine, sine
    return matrix


def special(components: Sequence[int], rng: np.random.Generator, size: int) -> Iterator[Special]:
    """Those of some components that generic elements are not: rotations of one plane, one reflection, -I, …"""
    import numpy as np

    def all_of_them() -> Iterator[Special]:
        w = rng.standard_normal(size)
        yield "reflection in a hyperplane", -1, np.eye(size) - np.outer(w, w) * (2 / (w @ w))
        if size > 1:
            i, j = rng.choice(size, 2, replace=False).tolist()
            angle = rng.uniform(math.pi / 6, 5 * math.pi / 6)
            yield "rotation of a coordinate plane", 1, plane_rotation(size, (i, j), math.cos(angle), math.sin(angle))
            yield "rotation of a coordinate plane by 90 degrees", 1, plane_rotation(size, (i, j), 0.0, 1.0)
        yield "-I", (-1) ** size, np.diag(np.full(size, -1.0))
        component = int(rng.choice(components))
        yield "signed permutation", component, signed_permutation(rng, size, component)

    return (found for found in all_of_them() if found[1] in components)
