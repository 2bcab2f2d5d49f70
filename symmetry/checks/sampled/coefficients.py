"""The claims about traces, matrix-valued functions and the choice of coefficients, sampled in double precision.

Matrix-valued functions are computed in the d-dimensional space: by projections, eigenvectors of ZZᵀ, a linear system,
an average over a group. Their α and β are recovered from the values alone and must be those of other vectors with the
same inner products. Bounds are those of :mod:`symmetry.checks.sampled.functions`: a derived value is off by
L (δ + γ ‖Z‖) + γ ‖value‖ with a Lipschitz constant L, and σ is the smallest non-zero singular value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from symmetry.checks.sampled.equivariants import coefficients
from symmetry.checks.sampled.forms import compared, sample_points, unit
from symmetry.checks.sampled.functions import EQUIVARIANT, Law, finite_group, pseudoinverse, singular
from symmetry.checks.sampled.points import Point, draw, orbits, point_of, random_state, rotations, survey
from symmetry.checks.sampled.rounding import Array, Comparison, dense, gamma, norm, weigh
from symmetry.checks.sampled.tracked import Tracked
from symmetry.evidence import Evidence

__all__ = [
    "MATRIX_VALUED",
    "SAMPLED",
    "sample_all_coefficients",
    "sample_cyclic_trace",
    "sample_dependence",
    "sample_least_norm",
    "sample_matrix_valued",
    "sample_matrix_valued_converse",
    "sample_product",
    "sample_silent",
    "sample_squares",
    "sample_unbounded",
]

# (d, m, rank): a complement of dimension 2, 1 and 0, more vectors than dimensions, dependent vectors.
KNOWLEDGE_SIZES = ((4, 2, 2), (4, 3, 3), (3, 3, 3), (2, 5, 2), (5, 4, 3))
# (d, N, rank): independent vectors, dependent ones, more than dimensions.
CHOICE_SIZES = ((5, 3, 3), (5, 4, 2), (3, 5, 3), (2, 4, 2))


def _points(sizes: Iterable[tuple[int, int, int]], name: str) -> Callable[[np.random.Generator], Iterator[Point]]:
    def points(rng: np.random.Generator) -> Iterator[Point]:
        for d, total, rank in sizes:
            yield point_of({"d": d, name: total}, (draw(rng, d, total, rank),), rank)

    return points


_knowledge, _choices = _points(KNOWLEDGE_SIZES, "m"), _points(CHOICE_SIZES, "N")


# -- traces -----------------------------------------------------------------------------------------------------------


def sample_squares(seed: int, gram: Callable[[Tracked], Tracked] = lambda t: t.T @ t) -> Evidence:
    """1.0s, in the quantitative form tr TᵀT + wᵀw = Σ t² + Σ w²: a small sum means that all parts are small.

    Args:
        seed: any integer.
        gram: T (d, n) to TᵀT.

    Source: elementary.

    >>> sample_squares(0).verdict
    'holds'
    >>> sample_squares(0, lambda t: t.T @ Tracked.exact(abs(t.value))).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        for scale in (1.0, 1e-6, 0.0):
            t, w = Tracked.exact(scale * point.parts[0]), Tracked.exact(scale * point.parts[1][:, :1])
            left = _trace(gram(t)) + w.T @ w
            squares = (t.T * t.T).sums().T.sums() + (w * w).sums()
            yield compared("squares", "tr TᵀT + wᵀw = Σ t² + Σ w²", point, left, squares)

    return sample_points(seed, "sum-positivity", look)


def _trace(matrix: Tracked) -> Tracked:
    return (unit(len(matrix.value)) * matrix).sums().T.sums()


def sample_cyclic_trace(seed: int, trace: Callable[[Tracked], Tracked] = _trace) -> Evidence:
    """1.0t: tr MK = tr KM = Σ M_ab K_ba.

    Args:
        seed: any integer.
        trace: a square matrix to its trace (1, 1).

    Source: elementary.

    >>> sample_cyclic_trace(0).verdict
    'holds'
    >>> sample_cyclic_trace(0, lambda matrix: matrix.sums().T.sums()).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        m = Tracked.exact(point.parts[0])
        k = Tracked.exact(rng.uniform(-1, 1, point.parts[0].T.shape))
        entries = (m * k.T).sums().T.sums()
        yield compared("trace", "tr MK = tr KM", point, trace(m @ k), trace(k @ m), K=k.value)
        yield compared("trace", "tr MK = Σ M_ab K_ba", point, trace(m @ k), entries, K=k.value)

    return sample_points(seed, "cyclic-trace", look)


# -- matrix-valued functions ------------------------------------------------------------------------------------------


def conjugated(q: Array, value: Array) -> Array:
    """The action of an orthogonal Q (d, d) on a matrix-valued function: QWQᵀ."""
    return q @ value @ q.T


def _projection(z: Array) -> Array:
    u = singular(z)[0]
    result: Array = u @ u.T
    return result


def _cosine(z: Array) -> Array:
    values, vectors = np.linalg.eigh(z @ z.T)
    result: Array = (vectors * np.cos(values)) @ vectors.T
    return result


def _resolvent(z: Array) -> Array:
    return np.asarray(np.linalg.solve(np.eye(len(z)) + z @ z.T, np.eye(len(z))), dtype=np.float64)


def _outer(z: Array) -> Array:
    """z₁z₂ᵀ, not symmetric, beside a multiple of I."""
    result: Array = np.outer(z[:, 0], z[:, 1]) + norm(z) ** 2 * np.eye(len(z))
    return result


def _mixed(z: Array) -> Array:
    """A map of degree 2 without any symmetry."""
    weights = np.arange(1.0, 1 + z.shape[-2] ** 2).reshape(z.shape[-2], z.shape[-2])
    result: Array = weights * (z[..., :, :1] @ np.swapaxes(z[..., :, -1:], -1, -2))
    return result


def _group_average(z: Array) -> Array:
    """The average of Qᵀ F(QZ) Q over the finite group; of degree 4 in Q, so it is the average over O(d)."""
    elements = finite_group(len(z))
    result: Array = np.mean(elements.transpose(0, 2, 1) @ _mixed(elements @ z) @ elements, axis=0)
    return result


MATRIX_VALUED: tuple[Law, ...] = (
    # Projections onto spans of equal dimension differ by at most √2 δ/σ on either side (Wedin 1972).
    Law("projection", _projection, lambda z: 4 / float(singular(z)[1][-1]), act=conjugated),
    # ‖φ(A) - φ(B)‖ ≤ ‖A - B‖; ZZᵀ moves by 2‖Z‖δ. The eigenvectors' backward error adds γ √d.
    Law("cos(ZZᵀ) by eigenvectors", _cosine, lambda z: 2 * norm(z) + len(z), act=conjugated),
    # The inverse of I + ZZᵀ ≥ I moves by at most 2‖Z‖δ; the solver's backward error adds γ (1 + ‖Z‖²) √d.
    Law("(I + ZZᵀ)⁻¹", _resolvent, lambda z: 2 * norm(z) + len(z) * (1 + norm(z) ** 2), act=conjugated),
    Law("z₁z₂ᵀ + |Z|² I", _outer, lambda z: 2 * norm(z) * (1 + math.sqrt(len(z))), act=conjugated),
    # The weights are at most d², each entry a product of two coordinates.
    Law(
        "group average",
        _group_average,
        lambda z: 2 * len(z) ** 2 * norm(z),
        act=conjugated,
        applies=lambda d, total: d in (2, 3),
    ),
)


def _alpha(z: Array, value: Array) -> Array:
    """tr((I - Π)W)/(d - rank), as (1, 1); 0 at full rank."""
    u = singular(z)[0]
    free = len(z) - u.shape[1]
    return np.array([[(np.trace(value) - np.trace(u.T @ value @ u)) / free if free else 0.0]])


def _beta(z: Array, value: Array) -> Array:
    inverse = pseudoinverse(z)
    result: Array = inverse @ (value - _alpha(z, value)[0, 0] * np.eye(len(z))) @ inverse.T
    return result


Recovered = tuple[Callable[[Array, Array], Array], Callable[[Array, Array], Array]]


def _constants(law: Law, z: Array, value: Array, alpha: Array) -> tuple[float, float]:
    """Lipschitz constants of α and β.

    Π moves by 4δ/σ, so α by (4 ‖W‖/σ + √(d - r) L)/(d - r); Z⁺ moves by 3δ/σ², so β by
    6 ‖W - αI‖/σ³ + (L + √d L_α)/σ².
    """
    s, d = singular(z)[1], len(z)
    free, condition, own = d - len(s), 1 / float(s[-1]), law.lipschitz(z)
    of_alpha = (4 * norm(value) * condition + math.sqrt(free) * own) / free if free else 0.0
    gap = norm(value) + math.sqrt(d) * norm(alpha)
    return of_alpha, 6 * gap * condition**3 + (own + math.sqrt(d) * of_alpha) * condition**2


def sample_matrix_valued(
    seed: int, laws: Iterable[Law] = MATRIX_VALUED, recover: Recovered = (_alpha, _beta)
) -> Evidence:
    """2.8: W(Z) = αI + ZβZᵀ, with α and β the same for all vectors with the same inner products.

    Args:
        seed: any integer.
        laws: functions of Z (d, m) with W(QZ) = Q W(Z) Qᵀ.
        recover: Z and W(Z) to α (1, 1), and to β (m, m).

    Source: theory.md 2.8.

    >>> sample_matrix_valued(0).verdict
    'holds'
    >>> sample_matrix_valued(0, [Law("diagonal", lambda z: np.diag(z[:, 0]), lambda z: 1.0)]).verdict
    'violated'
    """
    rng = random_state(seed, "matrix-valued")
    return weigh(survey(_knowledge, rng, lambda point: _of_the_form(point, rng, laws, recover)), seed)


def _of_the_form(
    point: Point, rng: np.random.Generator, laws: Iterable[Law], recover: Recovered
) -> Iterator[Comparison]:
    z = point.y
    others = list(orbits(point, rng))
    rounding = gamma(dense(*z.shape))
    for law in laws:
        if not law.applies(*z.shape):
            continue
        value = law.call(z)
        alpha, beta = (part(z, value) for part in recover)
        constants = _constants(law, z, value, alpha)
        for orbit in others:
            here, moved = orbit.y, orbit.moved + 2 * rounding * norm(z)
            there = law.call(here)
            compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named(**{"Z'": here}))
            errors = [L * moved + 2 * rounding * norm(found) for L, found in zip(constants, (alpha, beta))]
            for name, part, found, error in zip("αβ", recover, (alpha, beta), errors):
                left, right = _beside(norm(value), part(here, there), found)
                yield compare(f"{name}(Z') = {name}(Z), Z' from {orbit.name}", left=left, right=right, bound=error)
            form = alpha[0, 0] * np.eye(point.d) + here @ beta @ here.T
            bound = math.sqrt(point.d) * errors[0] + norm(z) ** 2 * errors[1] + law.error((z,), value, orbit.moved)
            bound += gamma(2 * sum(here.shape)) * (norm(here) ** 2 * norm(beta) + norm(alpha) * point.d)
            yield compare(f"W = αI + Z'βZ'ᵀ, Z' from {orbit.name}", left=there, right=form, bound=bound)


def _beside(size: float, left: Array, right: Array) -> tuple[Array, Array]:
    """Both sides raised by the size of what they were computed from, so that they can vanish."""
    return left + size, right + size


Weight = Callable[[Tracked, Tracked], Tracked]


def _weight(z: Tracked, fixed: Tracked) -> Tracked:
    """αI + ZβZᵀ with α = tr C and β = C L C, L fixed and not symmetric."""
    c = z.T @ z
    return unit(len(z.value)) * _trace(c) + z @ (c @ fixed @ c) @ z.T


def sample_matrix_valued_converse(seed: int, weight: Weight = _weight) -> Evidence:
    """2.8, the other direction: αI + ZβZᵀ with α and β functions of ZᵀZ turns with Z on both sides.

    Args:
        seed: any integer.
        weight: Z (d, m) and a fixed matrix (m, m) to W (d, d).

    Source: theory.md 2.8.

    >>> sample_matrix_valued_converse(0).verdict
    'holds'
    >>> sample_matrix_valued_converse(0, lambda z, fixed: _weight(z, fixed).map(np.abs, np.ones_like)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        z = Tracked.exact(point.parts[1])
        constant = Tracked.exact(rng.uniform(-1, 1, (z.value.shape[1],) * 2))
        value = weight(z, constant)
        for q in rotations(rng, point.d):
            turn = Tracked.orthogonal(q)
            left, right = weight(turn @ z, constant), turn @ value @ turn.T
            yield compared("αI + ZβZᵀ", "W(QZ) = Q W(Z) Qᵀ", point, left, right, L=constant.value, Q=q)

    return sample_points(seed, "matrix-valued-converse", look)


Middle = Callable[[Tracked, Tracked, Tracked, Tracked, Tracked], Tracked]


def _between(s: Tracked, t: Tracked, left: Tracked, right: Tracked, c: Tracked) -> Tracked:
    return right * s + left * t + left @ c @ right


def sample_product(seed: int, middle: Middle = _between) -> Evidence:
    """2.8p: (sI + ZSZᵀ)(tI + ZTZᵀ) = stI + Z(sT + tS + SCT)Zᵀ, and the transpose of sI + ZSZᵀ is sI + ZSᵀZᵀ.

    Args:
        seed: any integer.
        middle: s, t, S, T and C = ZᵀZ to what stands between Z and Zᵀ in the product.

    Source: theory.md 2.8.

    >>> sample_product(0).verdict
    'holds'
    >>> sample_product(0, lambda s, t, left, right, c: right * s + left * t + right @ c @ left).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        z = Tracked.exact(point.parts[1])
        m = z.value.shape[1]
        s, t, left, right = (Tracked.exact(rng.uniform(-1, 1, shape)) for shape in ((1, 1), (1, 1), (m, m), (m, m)))
        first, second = unit(point.d) * s + z @ left @ z.T, unit(point.d) * t + z @ right @ z.T
        between = middle(s, t, left, right, z.T @ z)
        values = {"s": s.value, "t": t.value, "S": left.value, "T": right.value}
        product = unit(point.d) * (s * t) + z @ between @ z.T
        yield compared("product", "(sI + ZSZᵀ)(tI + ZTZᵀ) is of the form", point, first @ second, product, **values)
        flipped = unit(point.d) * s + z @ left.T @ z.T
        yield compared("transpose", "(sI + ZSZᵀ)ᵀ = sI + ZSᵀZᵀ", point, first.T, flipped, **values)

    return sample_points(seed, "matrix-valued-product", look)


# -- which coefficients -----------------------------------------------------------------------------------------------


def _row_projection(y: Array) -> Array:
    """G⁺G, the projection onto the row space."""
    vt = singular(y)[2]
    result: Array = vt.T @ vt
    return result


def _blur(point: Point) -> float:
    """The error of a computed projection: 4δ/σ for the backward error δ = γ ‖Y‖."""
    return 4 * gamma(dense(*point.y.shape)) * norm(point.y) * point.condition


def basic(y: Array, value: Array) -> Array:
    """Coefficients of another kind: those of as many independent columns as there are, 0 for the others."""
    chosen: list[int] = []
    rest = y.copy()
    for _ in range(len(singular(y)[1])):
        k = int(np.argmax(np.linalg.norm(rest, axis=0)))
        chosen.append(k)
        direction = rest[:, k] / np.linalg.norm(rest[:, k])
        rest = rest - np.outer(direction, direction @ rest)
    result = np.zeros((y.shape[1], value.shape[1]))
    result[chosen] = np.linalg.lstsq(y[:, chosen], value, rcond=None)[0]
    return result


Solve = Callable[[Array, Array], Array]
_LAWS = tuple(law for law in EQUIVARIANT if law.name in ("polar factor", "cos(YYᵀ)Y by eigenvectors"))


def _choice(seed: int, name: str, look: Callable[[Point, Law, Array, Array, float], Iterator[Comparison]]) -> Evidence:
    """What is seen at each point and law: f(Y), Y⁺f(Y), and the error of the latter."""
    rng = random_state(seed, name)

    def at(point: Point) -> Iterator[Comparison]:
        for law in _LAWS:
            value = law.call(point.y)
            derived = coefficients(law)
            least = derived.call(point.y)
            yield from look(point, law, value, least, derived.error((point.y,), least))

    return weigh(survey(_choices, rng, at), seed)


def _served(point: Point, law: Law, value: Array, other: Array) -> float:
    """How far Y times computed coefficients can be from f(Y): the law's error, and the backward error of solving."""
    backward = 4 * gamma(dense(*point.y.shape)) * norm(point.y) * norm(other)
    return 2 * law.error((point.y,), value) + backward


def sample_all_coefficients(
    seed: int,
    rest: Callable[[Array], Array] = lambda y: np.eye(y.shape[1]) - _row_projection(y),
    solve: Solve = basic,
) -> Evidence:
    """2.5: g* + (I - G⁺G)h serves for any h, and other coefficients differ from g* by something that I - G⁺G keeps.

    Args:
        seed: any integer.
        rest: Y (d, N) to I - G⁺G (N, N).
        solve: Y and f(Y) to other coefficients (N, r).

    Source: theory.md 2.5.

    >>> sample_all_coefficients(0).verdict
    'holds'
    >>> sample_all_coefficients(0, rest=lambda y: np.eye(y.shape[1]) - y.T @ y).verdict
    'violated'
    """

    def look(point: Point, law: Law, value: Array, least: Array, error: float) -> Iterator[Comparison]:
        y = point.y
        free = rest(y)
        compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named())
        shift = np.sin(np.arange(1.0, 1 + least.size)).reshape(least.shape)
        shifted = least + free @ shift
        bound = _served(point, law, value, shifted) + norm(y) * (error + _blur(point) * norm(shift))
        yield compare("f = Y (g + (I - G⁺G) h)", left=value, right=y @ shifted, bound=bound)
        gap = solve(y, value) - least
        bound = _blur(point) * norm(gap) + error + point.condition * _served(point, law, value, gap + least)
        left, right = _beside(norm(least), gap, free @ gap)
        yield compare("g' - g = (I - G⁺G)(g' - g)", left=left, right=right, bound=bound)

    return _choice(seed, "all-coefficients", look)


def sample_dependence(seed: int, inverse: Callable[[Array], Array] = pseudoinverse, name: str = "") -> Evidence:
    """2.5u and 2.5d: tr Y⁺Y = rank Y: N exactly where combinations determine their coefficients, and at most d.

    Where it is less there are v ≠ 0 with Yv = 0, and Y⁺Y sends them to 0.

    Args:
        seed: any integer.
        inverse: Y (d, N) to Y⁺ (N, d).
        name: what the points are drawn for.

    Source: theory.md 2.5.

    >>> sample_dependence(0).verdict
    'holds'
    >>> sample_dependence(0, lambda y: y.T).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        y, d, total = point.y, point.d, point.y.shape[1]
        onto = inverse(y) @ y
        compare = partial(Comparison, "Y⁺Y", sizes=point.sizes, values=point.named())
        bound = math.sqrt(total) * _blur(point) + gamma(2 * total) * norm(onto)
        rank = np.array([float(point.rank)])
        trace = np.array([np.trace(onto)])
        yield compare("tr Y⁺Y = rank Y", left=trace, right=rank, bound=math.sqrt(total) * bound)
        yield compare("tr Y⁺Y ≤ d", left=np.minimum(trace, d), right=trace, bound=math.sqrt(total) * bound)
        unit_ = np.eye(total)
        if point.rank == total:
            yield compare("Y⁺Y = I where Y is independent", left=onto, right=unit_, bound=bound)
        else:
            v = np.linalg.svd(y)[2][-1]
            left, right = _beside(norm(y), y @ v, np.zeros(d))
            yield compare("Yv = 0 for some v ≠ 0", left=left, right=right, bound=2 * bound * norm(y))
            left, right = _beside(1.0, onto @ v, np.zeros(total))
            yield compare("Y⁺Yv = 0 there", left=left, right=right, bound=2 * bound)

    rng = random_state(seed, f"dependence {name}")
    return weigh(survey(_choices, rng, look), seed)


def sample_least_norm(seed: int, recover: Solve = lambda y, value: pseudoinverse(y) @ value) -> Evidence:
    """2.5n: gᵀg = g*ᵀg* + (g - g*)ᵀ(g - g*) for other coefficients g, so g* = Y⁺f(Y) has least norm.

    Args:
        seed: any integer.
        recover: Y and f(Y) to g* (N, r).

    Source: theory.md 2.5.

    >>> sample_least_norm(0).verdict
    'holds'
    >>> sample_least_norm(0, basic).verdict
    'violated'
    """

    def look(point: Point, law: Law, value: Array, _: Array, error: float) -> Iterator[Comparison]:
        y = point.y
        least = recover(y, value)
        free = np.eye(y.shape[1]) - _row_projection(y)
        others = (basic(y, value), least + free @ np.cos(np.arange(1.0, 1 + least.size)).reshape(least.shape))
        compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named())
        yield compare(
            "f = Y g*", left=value, right=y @ least, bound=_served(point, law, value, least) + norm(y) * error
        )
        for other in others:
            gap = other - least
            inside = _blur(point) * norm(gap) + error + point.condition * _served(point, law, value, other)
            bound = 2 * (norm(least) + error) * inside + gamma(2 * len(y.T)) * (norm(other) + norm(gap)) ** 2
            split = least.T @ least + gap.T @ gap
            yield compare("gᵀg = g*ᵀg* + (g - g*)ᵀ(g - g*)", left=other.T @ other, right=split, bound=bound)

    return _choice(seed, "least-norm-coefficients", look)


def silent_coefficients(c: Tracked) -> Tracked:
    """(C₁₂, -C₁₁)ᵀ"""
    first, second = Tracked.exact(np.array([[1.0], [0.0]])), Tracked.exact(np.array([[0.0], [1.0]]))
    return first @ (first.T @ c @ second) - second @ (first.T @ c @ first)


def sample_silent(seed: int, silent: Callable[[Tracked], Tracked] = silent_coefficients) -> Evidence:
    """2.5x: two vectors y₁, y₂ in one dimension: Y(1, 0)ᵀ = Y(1 + G₁₂, -G₁₁)ᵀ, though the coefficients differ.

    Args:
        seed: any integer.
        silent: the Gram matrix (2, 2) to coefficients (2, 1) of the zero function.

    Source: theory.md 2.5 and 4.3.

    >>> sample_silent(0).verdict
    'holds'
    >>> sample_silent(0, lambda c: c.columns(0, 1)).verdict
    'violated'
    """
    rng = random_state(seed, "two-coefficients-one-function")
    return weigh(_two_ways(rng, silent), seed)


def _two_ways(rng: np.random.Generator, silent: Callable[[Tracked], Tracked]) -> Iterator[Comparison]:
    first = Tracked.exact(np.array([[1.0], [0.0]]))
    sizes = {"d": 1, "N": 2}
    for _ in range(4):
        y = Tracked.exact(rng.uniform(-1, 1, (1, 2)))
        left, right = y @ first, y @ (first + silent(y.T @ y))
        bound = norm(left.error) + norm(right.error)
        yield Comparison("Y g", "Y(1, 0)ᵀ = Y(1 + G₁₂, -G₁₁)ᵀ", sizes, left.value, right.value, bound, {"Y": y.value})
    ones = np.ones((2, 2))
    gap = silent(Tracked.exact(ones)).value
    yield Comparison("g", "at Y = (1, 1) they are (1, 0) and (2, -1)", sizes, gap, np.array([[1.0], [-1.0]]), 0.0)


# -- regularity -------------------------------------------------------------------------------------------------------


def limits(power: str = "1/4") -> tuple[str, str]:
    """The limits of |f| and of g as s = xᵀx tends to 0 from above, where f = x g and g = s^(-power), by SymPy.

    Args:
        power: a fraction.

    >>> limits()
    ('0', 'oo')
    >>> limits("1/2")
    ('1', 'oo')
    """
    import sympy

    s = sympy.Symbol("s", positive=True)
    coefficient = s ** -sympy.Rational(power)
    return tuple(str(sympy.limit(item, s, 0, "+")) for item in (sympy.sqrt(s) * coefficient, coefficient))  # type: ignore[return-value]


def sample_unbounded(seed: int, power: str = "1/4") -> Evidence:
    """2.7: f(x) = x |x|^(-1/2) is equivariant and tends to 0 with x, while its coefficient xᵀf/xᵀx tends to infinity.

    The limits are SymPy's; at |x| = 10^(-2k) the value has length 10^(-k), the coefficient is 10^k.

    Args:
        seed: any integer.
        power: of xᵀx in 1/g.

    Source: theory.md 2.7.

    >>> sample_unbounded(0).verdict
    'holds'
    >>> sample_unbounded(0, "1/2").verdict
    'violated'
    """
    found = weigh(_shrinking(random_state(seed, "unbounded-coefficients"), power), seed)
    of_value, of_coefficient = limits(power)
    symbolic = f"limits at 0, symbolically: |f| → {of_value}, g → {of_coefficient}"
    if (of_value, of_coefficient) != ("0", "oo"):
        return replace(found, verdict="violated", detail=symbolic)
    return replace(found, detail=f"{found.detail}; {symbolic}")


def _shrinking(rng: np.random.Generator, power: str) -> Iterator[Comparison]:
    numerator, _, denominator = power.partition("/")
    exponent = -int(numerator) / int(denominator or 1)

    def call(x: Array) -> Array:
        result: Array = x * (x.T @ x) ** exponent
        return result

    # The square of the length has d + 1 roundings, of which a power at most 1 makes no more; the power itself has 4,
    # products with it 1 and d.
    for d in (1, 2, 3, 5):
        direction = rng.standard_normal((d, 1))
        unit_ = gamma(4 * d + 12)
        for q in rotations(rng, d):
            x = direction / norm(direction)
            off = 2 * gamma(10 * d * d + 4)
            yield Comparison(
                "x/√|x|", "f(Qx) = Q f(x)", {"d": d}, call(q @ x), q @ call(x), 2 * (unit_ + off), {"x": x}
            )
        for k in range(1, 7):
            x = direction / norm(direction) * 10.0 ** (-2 * k)
            value = call(x)
            coefficient = (x.T @ value) / (x.T @ x)
            lengths = (norm(value), 10.0**-k), (float(coefficient[0, 0]), 10.0**k)
            for name, (left, right) in zip(("|f| = √|x|", "g = 1/√|x|"), lengths):
                yield Comparison(
                    "x/√|x|", name, {"d": d}, np.array([left]), np.array([right]), 2 * unit_ * right, {"x": x}
                )


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "sum-positivity": sample_squares,
    "cyclic-trace": sample_cyclic_trace,
    "matrix-valued": sample_matrix_valued,
    "matrix-valued-converse": sample_matrix_valued_converse,
    "matrix-valued-product": sample_product,
    "all-coefficients": sample_all_coefficients,
    "unique-coefficients": partial(sample_dependence, name="unique-coefficients"),
    "least-norm-coefficients": sample_least_norm,
    "more-vectors-than-dimensions": partial(sample_dependence, name="more-vectors-than-dimensions"),
    "two-coefficients-one-function": sample_silent,
    "unbounded-coefficients": sample_unbounded,
}
