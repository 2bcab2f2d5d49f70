"""Functions of vectors whose symmetry is known, computed without using the form Y g(YᵀY).

Each takes the vectors as columns, Y (d, N), and works in the d-dimensional space: through the eigenvectors of YYᵀ,
singular vectors, a d × d linear system, or an average over a group. So where such a function is found to be Y times a
function of YᵀY, the form was not put in by hand. :func:`with_knowledge` turns each into a function of tokens and
knowledge, f(X, Z).

Every law carries a bound on its own rounding. A computed value is off by at most

    L (δ + γ ‖Y‖) + γ ‖value‖,    γ = gamma(dense(d, N)),

where δ is how far the input was moved and L a Lipschitz constant near Y (Frobenius norms, first order; the constants
are generous enough to cover the second). This is mixed stability: the computed value is, up to a relative error, the
value at a nearby input. Each L below says where it comes from; σ is the smallest non-zero singular value of Y, and
singular values below √u ‖Y‖ count as zero, which is unambiguous for the inputs drawn here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from symmetry.checks.sampled.rounding import UNIT, Array, dense, gamma, norm

__all__ = [
    "EQUIVARIANT",
    "INVARIANT",
    "Law",
    "fixed",
    "pseudoinverse",
    "rotated",
    "singular",
    "with_knowledge",
]


def rotated(q: Array, value: Array) -> Array:
    """The action of an orthogonal Q (d, d) on an equivariant value (d, r): QF."""
    return q @ value


def fixed(q: Array, value: Array) -> Array:
    """The action of an orthogonal matrix on an invariant value: none."""
    return value


@dataclass(frozen=True)
class Law:
    """A function of vectors, the symmetry it should have, and a bound on its rounding.

    Args:
        name: in words.
        call: the arrays Y (d, N), or X (d, n) and Z (d, m), to the value.
        lipschitz: the same arrays to the constant L of the module's bound.
        act: Q (d, d) and f(Y) to what f(QY) should be.
        applies: d and N to whether the law makes sense there.

    >>> shrink = next(law for law in EQUIVARIANT if law.name == "singular value shrinkage")
    >>> shrink.call(np.array([[0.0, 2.0], [0.25, 0.0], [0.0, 0.0]])).tolist()
    [[0.0, 1.5], [0.0, 0.0], [0.0, 0.0]]
    """

    name: str
    call: Callable[..., Array]
    lipschitz: Callable[..., float]
    act: Callable[[Array, Array], Array] = rotated
    applies: Callable[[int, int], bool] = lambda d, total: True

    def error(self, parts: tuple[Array, ...], value: Array, moved: float = 0.0) -> float:
        """The module's bound on a computed value, for an input that was moved by ``moved``."""
        y = np.hstack(parts)
        unit = gamma(dense(*y.shape))
        return float(self.lipschitz(*parts)) * (moved + unit * norm(y)) + unit * norm(value)


def with_knowledge(law: Law) -> Law:
    """The law as a function of tokens and knowledge, f(X, Z): that of [X Z/2], its first n columns if equivariant.

    The factor makes the roles of X and Z different; it does not increase the Lipschitz constant.
    """

    def joined(x: Array, z: Array) -> Array:
        return np.hstack((x, z / 2))

    def call(x: Array, z: Array) -> Array:
        value = law.call(joined(x, z))
        return value[:, : x.shape[1]] if law.act is rotated else value

    return replace(law, call=call, lipschitz=lambda x, z: law.lipschitz(joined(x, z)))


def singular(y: Array) -> tuple[Array, Array, Array]:
    """The thin singular value decomposition without the zero singular values.

    Args:
        y: (d, N), not zero.

    Returns:
        U (d, r), s (r,), Vᵀ (r, N) with Y = U diag(s) Vᵀ and r the rank.

    Source: elementary.

    >>> singular(np.array([[0.0, 3.0, 0.0], [0.0, 4.0, 0.0]]))[1].tolist()
    [5.0]
    """
    u, s, vt = np.linalg.svd(y, full_matrices=False)
    rank = int(np.count_nonzero(s > math.sqrt(UNIT) * s[0]))
    return u[:, :rank], s[:rank], vt[:rank]


def pseudoinverse(y: Array) -> Array:
    """The Moore–Penrose pseudo-inverse Y⁺ (N, d) of Y (d, N).

    Source: R. Penrose, 1955.

    >>> pseudoinverse(np.array([[2.0], [0.0]])).tolist()
    [[0.5, 0.0]]
    """
    u, s, vt = singular(y)
    result: Array = (vt.T / s) @ u.T
    return result


def _largest(y: Array) -> float:
    return float(np.linalg.norm(y, 2))


# -- equivariant: f(QY) = Q f(Y) --------------------------------------------------------------------------------------


def _spectral(y: Array) -> Array:
    values, vectors = np.linalg.eigh(y @ y.T)
    result: Array = (vectors * np.cos(values)) @ (vectors.T @ y)
    return result


def _polar(y: Array) -> Array:
    u, _, vt = singular(y)
    return u @ vt


def _shrink(y: Array) -> Array:
    u, s, vt = singular(y)
    result: Array = (u * np.maximum(s - 0.5, 0)) @ vt
    return result


def _log_volume_gradient(y: Array) -> Array:
    return np.asarray(2 * np.linalg.solve(np.eye(len(y)) + y @ y.T, y), dtype=np.float64)


@cache
def finite_group(d: int) -> Array:
    """A finite subgroup of O(d), d = 2 or 3, over which polynomials of degree at most 5 in Q average as over O(d).

    d = 2: the symmetries of the hexagon. A matrix entry of degree k in Q is a combination of e^{itθ}, |t| ≤ k, on each
    component; the six rotations average those with 0 < |t| < 6 to 0, like the circle.
    d = 3: the symmetries of the icosahedron. A polynomial of degree k is a combination of matrix entries of irreducible
    representations, each the one of SO(3) on harmonic polynomials of some degree l ≤ k with -I acting as (-1)^k. The
    average over a subgroup projects each on the vectors that the subgroup fixes: for odd k there are none, as -I is in
    it, and the icosahedral rotations fix none for l = 1..5. What is left is l = 0, as for O(3).

    Args:
        d: 2 or 3.

    Returns:
        (order, d, d): 12 or 120 orthogonal matrices.

    Source: J.-M. Goethals, J. Seidel, The football, Nieuw Arch. Wisk. 29, 1981.

    >>> finite_group(2).shape, finite_group(3).shape
    ((12, 2, 2), (120, 3, 3))
    """
    if d == 2:
        c, s = math.cos(math.pi / 3), math.sin(math.pi / 3)
        generators = [np.array([[c, -s], [s, c]]), np.diag([1.0, -1.0])]
    else:
        golden = (1 + math.sqrt(5)) / 2
        fifth = np.array([[golden - 1, -golden, 1], [golden, 1, golden - 1], [-1, golden - 1, golden]]) / 2
        generators = [fifth, np.diag([1.0, -1.0, -1.0]), np.eye(3)[[1, 2, 0]], -np.eye(3)]
    elements = {_key(np.eye(d)): np.eye(d)}
    fresh = list(elements.values())
    while fresh:
        images = {_key(image): image for image in (g @ element for element in fresh for g in generators)}
        fresh = [image for key, image in images.items() if key not in elements]
        elements.update((_key(image), image) for image in fresh)
    return np.array(list(elements.values()))


def _key(matrix: Array) -> tuple[float, ...]:
    return tuple((np.round(matrix, 6) + 0.0).ravel().tolist())


def _cubic(y: Array) -> Array:
    """A map of degree 3 without any symmetry: entrywise products of columns with their neighbours."""
    result: Array = y * y * y + y * np.roll(y, 1, -1) * np.roll(y, 2, -1)
    return result


def _group_average(y: Array) -> Array:
    """The average of Qᵀ F(QY) over the finite group; of degree 4 in Q, so it is the average over O(d)."""
    elements = finite_group(len(y))
    result: Array = np.mean(elements.transpose(0, 2, 1) @ _cubic(elements @ y), axis=0)
    return result


EQUIVARIANT: tuple[Law, ...] = (
    # ‖φ(A) - φ(B)‖ ≤ max|φ'| ‖A - B‖ for symmetric A, B, and |cos|, |sin| ≤ 1; YYᵀ moves by 2‖Y‖δ.
    Law("cos(YYᵀ)Y by eigenvectors", _spectral, lambda y: 1 + 2 * _largest(y) ** 2),
    # (2/(σ+σ') + 2/max(σ,σ')) for equal ranks (Li, SIAM J. Matrix Anal. Appl. 14, 1993), twice for the truncation.
    Law("polar factor", _polar, lambda y: 6 / float(singular(y)[1][-1])),
    # The proximal map of half the nuclear norm, hence non-expansive (Moreau 1965).
    Law("singular value shrinkage", _shrink, lambda y: 1.0),
    # M = I + YYᵀ ≥ I: the derivative is at most 2(1 + 1 + 1/4); the solver's backward error adds γ ‖M‖ ‖value‖.
    Law("gradient of log det(I + YYᵀ)", _log_volume_gradient, lambda y: 5 + 2 * (1 + _largest(y) ** 2)),
    # Entries of QY are at most ‖Y‖₂, so each of the two cubic terms has the constant 3‖Y‖₂².
    Law("group average", _group_average, lambda y: 6 * _largest(y) ** 2, applies=lambda d, total: d in (2, 3)),
)


# -- invariant: h(QY) = h(Y) ------------------------------------------------------------------------------------------


def _singular_values(y: Array) -> Array:
    """The N largest of the singular values and zeros, in falling order."""
    values = np.linalg.svd(y, compute_uv=False)
    result: Array = np.concatenate((values, np.zeros(max(0, y.shape[1] - len(values)))))
    return result


def _log_volume(y: Array) -> Array:
    return np.array([np.linalg.slogdet(np.eye(len(y)) + y @ y.T)[1]])


INVARIANT: tuple[Law, ...] = (
    # Mirsky 1960: the vector of singular values moves by at most δ.
    Law("singular values", _singular_values, lambda y: 1.0, act=fixed),
    # Its gradient, the polar factor, has the norm √rank.
    Law("nuclear norm", lambda y: _singular_values(y).sum(keepdims=True), lambda y: math.sqrt(min(y.shape)), act=fixed),
    # The gradient has singular values 2s/(1 + s²) ≤ 1; the factorisation's backward error adds γ d ‖I + YYᵀ‖,
    # which is at most γ L ‖Y‖ as ‖Y‖ ≥ 2/5.
    Law("log det(I + YYᵀ)", _log_volume, lambda y: len(y) * (1 + 2 * (1 + _largest(y) ** 2)), act=fixed),
)
