"""Chapter 4 sampled in double precision: the order of the tokens, the order of the knowledge, positions.

Coefficients are made from the inner products alone, for functions that were not written in the form: vectors with the
given Gram matrix are found, f is evaluated there, and Y⁺f(Y) taken, plus something that f does not see and that depends
on positions. Their averages over all orders must serve and obey the law.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations, product

import numpy as np

from symmetry.checks.sampled.coefficients import silent_coefficients
from symmetry.checks.sampled.equivariants import coefficients
from symmetry.checks.sampled.forms import compared, ones, unit
from symmetry.checks.sampled.functions import EQUIVARIANT, Law, pseudoinverse, singular
from symmetry.checks.sampled.points import (
    Point,
    draw,
    factor,
    gram_error,
    point_of,
    random_state,
    rotations,
    survey,
)
from symmetry.checks.sampled.rounding import Array, Comparison, dense, gamma, norm, weigh
from symmetry.checks.sampled.tracked import INVERSE, TANH, Tracked, softmax
from symmetry.evidence import Evidence

__all__ = [
    "SAMPLED",
    "Averaged",
    "Layer",
    "reorderings",
    "sample_averages",
    "sample_entries",
    "sample_layers",
    "sample_pairs",
    "sample_positions",
    "sample_rows",
    "sample_softmax",
    "sample_unordered_violation",
]

# (d, n, m, rank): more vectors than dimensions, dependent vectors, independent ones.
SIZES = ((2, 3, 1, 2), (4, 2, 3, 3), (5, 3, 1, 4))


def reorderings(size: int) -> list[Array]:
    """All permutation matrices.

    >>> len(reorderings(3))
    6
    """
    return [np.eye(size)[list(order)] for order in permutations(range(size))]


def _points(rng: np.random.Generator) -> Iterator[Point]:
    for d, n, m, rank in SIZES:
        y = draw(rng, d, n + m, rank)
        yield point_of({"d": d, "n": n, "m": m}, (y[:, :n], y[:, n:]), rank)


# -- averages over all orders -----------------------------------------------------------------------------------------

_LAWS = tuple(law for law in EQUIVARIANT if law.name in ("polar factor", "gradient of log det(I + YYᵀ)"))


def _joined(p: Array, r: Array) -> Array:
    """The block diagonal matrix of P and R."""
    n, m = len(p), len(r)
    result = np.zeros((n + m, n + m))
    result[:n, :n], result[n:, n:] = p, r
    return result


@dataclass(frozen=True)
class Averaged:
    """The average of coefficients over orders of the tokens and of the knowledge.

    Args:
        moved: J = diag(P, R) and the coefficients g(JᵀGJ) (n + m, n) to what is averaged.
        tokens, knowledge: which orders are averaged over.
    """

    moved: Callable[[Array, Array, int], Array] = lambda j, g, n: j @ g @ j[:n, :n].T
    tokens: bool = True
    knowledge: bool = True

    def orders(self, n: int, m: int) -> list[Array]:
        p = reorderings(n) if self.tokens else [np.eye(n)]
        r = reorderings(m) if self.knowledge else [np.eye(m)]
        return [_joined(*pair) for pair in product(p, r)]


def _from_gram(law: Law, gram: Array, d: int, n: int) -> Array:
    """Coefficients of the first n columns of a law, from the Gram matrix alone, made to depend on positions."""
    y = factor(gram, d)
    least = pseudoinverse(y) @ law.call(y)[:, :n]
    vt = singular(y)[2]
    unseen = np.cos(np.arange(1.0, 1 + least.size)).reshape(least.shape)
    result: Array = least + unseen - vt.T @ (vt @ unseen)
    return result


def sample_averages(seed: int, claim: str, averaged: Averaged, laws: Sequence[Law] = _LAWS) -> Evidence:
    """4.1 and 4.3: averages of coefficients over all orders serve, and obey g(JᵀGJ) = Jᵀ g(G) P, J = diag(P, R).

    Computed coefficients are off by ε, that of Y⁺f(Y) at vectors found from the Gram matrix, and 4δ/σ for the
    projection onto what f does not see.

    Args:
        seed: any integer.
        claim: what the points are drawn for.
        averaged: what is averaged, over which orders.
        laws: functions of Y = [X Z] that turn with Q and with the order of all columns.

    Source: theory.md 4.1, 4.3.

    >>> sample_averages(0, "doctest", Averaged(knowledge=False)).verdict
    'holds'
    >>> sample_averages(0, "doctest", Averaged(moved=lambda j, g, n: g)).verdict
    'violated'
    """
    rng = random_state(seed, claim)
    return weigh(survey(_points, rng, lambda point: _averages(point, averaged, laws)), seed)


def _averages(point: Point, averaged: Averaged, laws: Sequence[Law]) -> Iterator[Comparison]:
    x, z = point.parts
    y, d, (n, m) = point.y, point.d, (x.shape[1], z.shape[1])
    gram = y.T @ y
    orders = averaged.orders(n, m)
    mismatch = gram_error(y)
    away = 1.1 * mismatch * point.condition
    for law in laws:
        value = law.call(y)[:, :n]
        known: dict[bytes, Array] = {}

        def found(matrix: Array, law: Law = law, known: dict[bytes, Array] = known) -> Array:
            """The average at a Gram matrix; permuted Gram matrices occur again and again."""
            terms = []
            for j in orders:
                moved = j.T @ matrix @ j
                key = moved.tobytes()
                if key not in known:
                    known[key] = _from_gram(law, moved, d, n)
                terms.append(averaged.moved(j, known[key], n))
            result: Array = np.mean(terms, axis=0)
            return result

        mean = found(gram)
        derived = coefficients(law)
        projection = 4 * (away + gamma(dense(*y.shape)) * norm(y)) * point.condition
        error = derived.error((y,), law.call(y), away) + projection * math.sqrt(mean.size)
        error += gamma(len(orders)) * (norm(mean) + math.sqrt(mean.size))
        compare = partial(Comparison, law.name, sizes=point.sizes, values=point.named())
        bound = law.error((y,), value) + norm(y) * (error + gamma(2 * len(mean)) * norm(mean))
        yield compare("f = X g₁ + Z g₂ with averaged g", left=value, right=y @ mean, bound=bound)
        for j in _generators(averaged, n, m):
            right = j.T @ mean @ j[:n, :n]
            yield compare("g(JᵀGJ) = Jᵀ g(G) P", left=found(j.T @ gram @ j), right=right, bound=2 * error)


def _generators(averaged: Averaged, n: int, m: int) -> Iterator[Array]:
    """A cycle and a transposition of the tokens, and of the knowledge."""
    for size, wanted, place in ((n, averaged.tokens, 0), (m, averaged.knowledge, 1)):
        if wanted and size > 1:
            cycle = np.roll(np.eye(size), 1, axis=0)
            swap = np.eye(size)[[1, 0, *range(2, size)]]
            for turn in (cycle, swap):
                yield _joined(*((turn, np.eye(m)) if place == 0 else (np.eye(n), turn)))


# -- layers -----------------------------------------------------------------------------------------------------------

Coefficients = Callable[[Tracked, Tracked, Tracked], tuple[Tracked, Tracked]]


@dataclass(frozen=True)
class Layer:
    """A function of tokens and knowledge whose orders are looked at.

    Args:
        name: in words.
        call: X and Z to f(X, Z).
        tokens, knowledge, space: whether f(XP, Z) = f(X, Z)P, f(X, ZR) = f(X, Z), f(QX, QZ) = Q f(X, Z) is looked at.
    """

    name: str
    call: Callable[[Tracked, Tracked], Tracked]
    tokens: bool = True
    knowledge: bool = False
    space: bool = False


def of_coefficients(name: str, coefficients: Coefficients, **looked_at: bool) -> Layer:
    """The layer X g₁ + Z g₂."""

    def call(x: Tracked, z: Tracked) -> Tracked:
        g1, g2 = coefficients(x.T @ x, z.T @ x, z.T @ z)
        return x @ g1 + z @ g2

    return Layer(name, call, **looked_at)


def _lawful(a: Tracked, b: Tracked, c: Tracked) -> tuple[Tracked, Tracked]:
    """g₁ = softmax(A) + A BᵀB, g₂ = softmax(B) + C tanh(B): they turn with the order of tokens and of knowledge."""
    return softmax(a) + a @ b.T @ b, softmax(b) + c @ b.map(*TANH)


def _attention(x: Tracked, z: Tracked) -> Tracked:
    """Softmax attention with M = I/(1 + tr C) + ZZᵀ and W_V = I + Z C Zᵀ."""
    c, eye = z.T @ z, unit(len(x.value))
    scale = (ones(1, 1) + (unit(len(c.value)) * c).sums().T.sums()).map(*INVERSE)
    return (eye + z @ c @ z.T) @ x @ softmax(x.T @ (eye * scale + z @ z.T) @ x)


def sample_layers(seed: int, claim: str, layers: Sequence[Layer]) -> Evidence:
    """f(XP, Z) = f(X, Z)P for all P, f(X, ZR) = f(X, Z) for all R, f(QX, QZ) = Q f(X, Z) for a Q of each determinant.

    Args:
        seed: any integer.
        claim: what the points are drawn for.
        layers: what is looked at.

    Source: theory.md 4.1, 4.4.

    >>> sample_layers(0, "doctest", [Layer("attention", _attention, knowledge=True)]).verdict
    'holds'
    >>> placed = Layer("first token", lambda x, z: x.columns(0, 1) @ ones(1, x.value.shape[1]))
    >>> sample_layers(0, "doctest", [placed]).verdict
    'violated'
    """
    rng = random_state(seed, claim)
    return weigh(survey(_points, rng, lambda point: _layers(point, rng, layers)), seed)


def _layers(point: Point, rng: np.random.Generator, layers: Sequence[Layer]) -> Iterator[Comparison]:
    x, z = map(Tracked.exact, point.parts)
    for layer in layers:
        value = layer.call(x, z)
        for order in reorderings(x.value.shape[1]) if layer.tokens else []:
            p = Tracked.exact(order)
            yield compared(layer.name, "f(XP, Z) = f(X, Z)P", point, layer.call(x @ p, z), value @ p, P=order)
        for order in reorderings(z.value.shape[1]) if layer.knowledge else []:
            moved = layer.call(x, z @ Tracked.exact(order))
            yield compared(layer.name, "f(X, ZR) = f(X, Z)", point, moved, value, R=order)
        for q in rotations(rng, point.d) if layer.space else []:
            turn = Tracked.orthogonal(q)
            yield compared(
                layer.name, "f(QX, QZ) = Q f(X, Z)", point, layer.call(turn @ x, turn @ z), turn @ value, Q=q
            )


def sample_softmax(seed: int, normalise: Callable[[Tracked], Tracked] = softmax) -> Evidence:
    """4.4s: softmax(PᵀSP) = Pᵀ softmax(S) P for all P.

    Args:
        seed: any integer.
        normalise: scores (n, n) to weights (n, n).

    Source: theory.md 4.4.

    >>> sample_softmax(0).verdict
    'holds'
    >>> sample_softmax(0, lambda s: softmax(s) * Tracked.exact(np.triu(np.ones(s.value.shape)))).verdict
    'violated'
    """

    def look(rng: np.random.Generator) -> Iterator[Comparison]:
        for n in (1, 2, 3, 4):
            scores = Tracked.exact(rng.uniform(-2, 2, (n, n)))
            weights = normalise(scores)
            for order in reorderings(n):
                p = Tracked.exact(order)
                left, right = normalise(p.T @ scores @ p), p.T @ weights @ p
                values = {"S": scores.value, "P": order}
                bound = norm(left.error) + norm(right.error)
                statement = "softmax(PᵀSP) = Pᵀ softmax(S) P"
                yield Comparison("softmax", statement, {"n": n}, left.value, right.value, bound, values)

    return weigh(look(random_state(seed, "softmax-permutations")), seed)


def sample_unordered_violation(seed: int, silent: Callable[[Tracked], Tracked] = silent_coefficients) -> Evidence:
    """4.3n: g₂ = (C₁₂, -C₁₁)ᵀ gives f = 0, which sees no order, but g₂(RᵀCR) - Rᵀg₂(C) is (1, 0)ᵀ at Z = (1, 0).

    Args:
        seed: any integer.
        silent: C (2, 2) to g₂ (2, 1).

    Source: theory.md 4.3.

    >>> sample_unordered_violation(0).verdict
    'holds'
    >>> sample_unordered_violation(0, lambda c: c.columns(0, 1) - c.columns(0, 1)).verdict
    'violated'
    """

    g2 = silent
    swap = Tracked.exact(np.array([[0.0, 1.0], [1.0, 0.0]]))
    sizes = {"d": 1, "n": 1, "m": 2}

    def look(rng: np.random.Generator) -> Iterator[Comparison]:
        for _ in range(4):
            z = Tracked.exact(rng.uniform(-1, 1, (1, 2)))
            value = z @ g2(z.T @ z) + ones(1, 1)
            yield Comparison(
                "Z g₂", "Z g₂(C) = 0", sizes, value.value, np.ones((1, 1)), norm(value.error), {"Z": z.value}
            )
        z = Tracked.exact(np.array([[1.0, 0.0]]))
        c = z.T @ z
        gap = g2(swap.T @ c @ swap) - swap.T @ g2(c)
        expected = np.array([[1.0], [0.0]])
        yield Comparison(
            "g₂", "g₂(RᵀCR) - Rᵀg₂(C) = (1, 0)ᵀ", sizes, gap.value, expected, norm(gap.error), {"Z": z.value}
        )

    return weigh(look(random_state(seed, "not-for-every-coefficient")), seed)


# -- positions --------------------------------------------------------------------------------------------------------


def exchange(n: int, first: int, second: int) -> Array:
    """I - (e - b)(e - b)ᵀ, which exchanges two positions.

    >>> exchange(2, 0, 1).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    gap = np.eye(n)[:, [first]] - np.eye(n)[:, [second]]
    result: Array = np.eye(n) - gap @ gap.T
    return result


Swap = Callable[[int, int, int], Array]


def sample_positions(seed: int, swap: Swap = exchange) -> Evidence:
    """4.2m: (n - 1)! permutations take a position to another, and the exchange of the two is one of them.

    All positions and all permutations are looked at, for n = 1, …, 4; nothing is rounded.

    Args:
        seed: any integer; nothing depends on it.
        swap: n and two positions to the permutation that exchanges them.

    Source: elementary.

    >>> sample_positions(0).verdict
    'holds'
    >>> sample_positions(0, lambda n, e, x: np.eye(n)).verdict
    'violated'
    """

    def look() -> Iterator[Comparison]:
        for n in (1, 2, 3, 4):
            every = list(permutations(range(n)))
            for e, x in product(range(n), repeat=2):
                reached = sum(order[e] == x for order in every)
                yield _counted("(n - 1)! permutations take e to x", n, reached, math.factorial(n - 1))
                yield from _carries("the exchange takes e to x", every, swap(n, e, x), {e: x})

    return weigh(look(), seed)


def sample_pairs(seed: int, swap: Swap = exchange) -> Evidence:
    """4.2p: (n - 2)! permutations take two positions to two others, and one of them is a product of two exchanges.

    All pairs of positions and all permutations are looked at, for n = 2 and 3; nothing is rounded.

    Args:
        seed: any integer; nothing depends on it.
        swap: n and two positions to the permutation that exchanges them.

    Source: elementary.

    >>> sample_pairs(0).verdict
    'holds'
    >>> sample_pairs(0, lambda n, e, x: np.eye(n)).verdict
    'violated'
    """

    def look() -> Iterator[Comparison]:
        for n in (2, 3):
            every = list(permutations(range(n)))
            for (e, b), (x, y) in product(permutations(range(n), 2), repeat=2):
                reached = sum((order[e], order[b]) == (x, y) for order in every)
                yield _counted("(n - 2)! permutations take e, b to x, y", n, reached, math.factorial(n - 2))
                first = swap(n, e, x)
                second = swap(n, int(np.argmax(first[:, b])), y)
                yield from _carries("two exchanges take e, b to x, y", every, second @ first, {e: x, b: y})

    return weigh(look(), seed)


def _counted(statement: str, n: int, left: int, right: int) -> Comparison:
    return Comparison("S(n)", statement, {"n": n}, np.array([float(left)]), np.array([float(right)]), 0.0)


def _carries(
    statement: str, every: Sequence[tuple[int, ...]], p: Array, wanted: Mapping[int, int]
) -> Iterator[Comparison]:
    """P is a permutation matrix and takes each position to the one wanted."""
    n = len(p)
    compare = partial(Comparison, "exchange", sizes={"n": n}, bound=0.0, values={"P": p})
    order = tuple(int(row) for row in np.argmax(p, axis=0))
    nearest = np.eye(n)[:, list(order)] if order in every else 0 * p
    yield compare("an exchange is a permutation", left=p, right=nearest)
    yield compare(statement, left=p[:, list(wanted)], right=np.eye(n)[:, list(wanted.values())])


def sample_entries(seed: int, coefficients: Coefficients = _lawful) -> Evidence:
    """4.2: an entry of g₁, and a column of g₂, is one function of what is seen from its position, or pair of positions.

    φ₀, φ and ψ are the entries at the front; every permutation that brings a position (or a pair) to the front gives
    the entry there, so the order of the others does not matter.

    Args:
        seed: any integer.
        coefficients: A, B, C to g₁ (n, n) and g₂ (m, n).

    Source: theory.md 4.2.

    >>> sample_entries(0).verdict
    'holds'
    >>> sample_entries(0, lambda a, b, c: (a, b.columns(0, 1) @ ones(1, b.value.shape[1]))).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        a, b, c = x.T @ x, z.T @ x, z.T @ z
        g1, g2 = coefficients(a, b, c)
        for order in permutations(range(x.value.shape[1])):
            p = Tracked.exact(np.eye(len(order))[:, list(order)])
            seen = coefficients(p.T @ a @ p, b @ p, c)
            first = order[0]
            entry = partial(_entry, order=order)
            yield compared("φ₀", "an entry of the diagonal, seen from there", point, *entry(g1, seen[0], first, 0))
            left, right = g2.columns(first, first + 1), seen[1].columns(0, 1)
            yield compared("ψ", "a column of g₂, seen from there", point, left, right)
            for place, second in enumerate(order[1:2], 1):
                pair = entry(g1, seen[0], second, place)
                yield compared("φ", "an entry off the diagonal, seen from there", point, *pair)

    return weigh(survey(_points, random_state(seed, "entrywise"), look), seed)


def _entry(whole: Tracked, seen: Tracked, row: int, place: int, order: Sequence[int]) -> tuple[Tracked, Tracked]:
    """The entry of g₁ in this row and the column of the first position, and the one at the front as seen from there."""
    column = order[0]
    return whole.columns(column, column + 1).T.columns(row, row + 1), seen.columns(0, 1).T.columns(place, place + 1)


def sample_rows(seed: int, coefficients: Coefficients = _lawful) -> Evidence:
    """4.3e: row Rc of g₂(A, B, C) is row c of g₂(A, RᵀB, RᵀCR): one function for all knowledge vectors.

    Args:
        seed: any integer.
        coefficients: A, B, C to g₁ (n, n) and g₂ (m, n).

    Source: theory.md 4.3.

    >>> sample_rows(0).verdict
    'holds'
    >>> sample_rows(0, lambda a, b, c: (a, b * Tracked.exact(np.arange(1.0, 1 + len(b.value))[:, None]))).verdict
    'violated'
    """

    def look(point: Point) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        a, b, c = x.T @ x, z.T @ x, z.T @ z
        whole = coefficients(a, b, c)[1]
        for order in reorderings(z.value.shape[1]):
            r = Tracked.exact(order)
            seen = coefficients(a, r.T @ b, r.T @ c @ r)[1]
            yield compared("ψ", "(Rc)ᵀg₂(A, B, C) = cᵀg₂(A, RᵀB, RᵀCR)", point, r.T @ whole, seen, R=order)

    rng = random_state(seed, "one-function-for-all-knowledge")
    return weigh(survey(_points, rng, look), seed)


_TOKENS, _BOTH = Averaged(knowledge=False), Averaged()
_FORM = of_coefficients("X g₁ + Z g₂", _lawful)
_FORM_IN_SPACE = of_coefficients("X g₁ + Z g₂", _lawful, space=True)


def sample_both_symmetries(seed: int) -> Evidence:
    """4.1o: averaged coefficients serve and obey the law; functions with lawful coefficients turn with P and with Q.

    Args:
        seed: any integer.

    Source: theory.md 2.4, 4.1.

    >>> sample_both_symmetries(0).verdict
    'holds'
    """
    rng = random_state(seed, "both-symmetries")

    def look(point: Point) -> Iterator[Comparison]:
        yield from _averages(point, _TOKENS, _LAWS[:1])
        yield from _layers(point, rng, (_FORM_IN_SPACE,))

    return weigh(survey(_points, rng, look), seed)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "permutation-equivariance": partial(sample_averages, claim="permutation-equivariance", averaged=_TOKENS),
    "permutation-converse": partial(sample_layers, claim="permutation-converse", layers=(_FORM,)),
    "both-symmetries": sample_both_symmetries,
    "unordered-knowledge": partial(sample_averages, claim="unordered-knowledge", averaged=_BOTH),
    "not-for-every-coefficient": sample_unordered_violation,
    "softmax-permutations": sample_softmax,
    "attention-permutations": partial(
        sample_layers, claim="attention-permutations", layers=(Layer("attention", _attention, knowledge=True),)
    ),
    "permutations-move-positions": sample_positions,
    "permutations-move-pairs": sample_pairs,
    "entrywise": sample_entries,
    "one-function-for-all-knowledge": sample_rows,
}
