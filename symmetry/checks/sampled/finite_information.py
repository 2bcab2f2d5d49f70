"""Chapter 5 sampled in double precision: what an output token gathers from pairs, and what it cannot gather.

Functions of order 2 are written as attention is, in whole matrices; their parts u and v are read off from sequences
with one and with two tokens. What is not of order 2, or not mediated by the knowledge, is compared with its known
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from symmetry.checks.sampled.equivariants import coefficients
from symmetry.checks.sampled.forms import Constants, Network, compared, ones, sample_networks
from symmetry.checks.sampled.functions import EQUIVARIANT, Law, with_knowledge
from symmetry.checks.sampled.points import Point, draw, orbits, point_of, random_state, rotations, survey
from symmetry.checks.sampled.rounding import Comparison, gamma, norm, weigh
from symmetry.checks.sampled.tracked import EXP, INVERSE, TANH, Tracked, beside, softmax
from symmetry.evidence import Evidence

__all__ = [
    "MEDIATED",
    "PAIR_LAWS",
    "SAMPLED",
    "Gathered",
    "kernel_attention",
    "placed_attention",
    "sample_gains",
    "sample_not_mediated",
    "sample_order_two",
    "sample_pair_form",
    "sample_rebuilt",
    "sample_second_difference",
    "sample_signs",
    "sample_softmax_gathered",
    "sample_turns",
    "sample_unique",
]

Gathered = Callable[[Tracked, Tracked], Tracked]
# (d, n, m, rank)
SIZES = ((2, 3, 1, 2), (5, 3, 1, 4), (3, 4, 2, 3))


def _points(rng: np.random.Generator) -> Iterator[Point]:
    for d, n, m, rank in SIZES:
        y = draw(rng, d, n + m, rank)
        yield point_of({"d": d, "n": n, "m": m}, (y[:, :n], y[:, n:]), rank)


def _sample(seed: int, name: str, look: Callable[[Point, np.random.Generator], Iterator[Comparison]]) -> Evidence:
    rng = random_state(seed, name)
    return weigh(survey(_points, rng, lambda point: look(point, rng)), seed)


def kernel_attention(x: Tracked, z: Tracked) -> Tracked:
    """X + X tanh(XᵀX) + Z tanh(ZᵀX): weights that are not divided by anything."""
    return x + x @ (x.T @ x).map(*TANH) + z @ (z.T @ x).map(*TANH)


def placed_attention(x: Tracked, z: Tracked) -> Tracked:
    """The same with weights that depend on the two positions."""
    n = x.value.shape[1]
    places = Tracked.exact(1 + np.arange(n * n, dtype=np.float64).reshape(n, n) / n)
    return x @ ((x.T @ x).map(*TANH) * places) + z @ (z.T @ x).map(*TANH)


def only(x: Tracked, *places: int) -> Tracked:
    """The sequence with zeros everywhere but at these places."""
    mask = np.zeros((1, x.value.shape[1]))
    mask[0, list(places)] = 1
    return x * Tracked.exact(mask)


def without(x: Tracked, place: int) -> Tracked:
    return only(x, *(k for k in range(x.value.shape[1]) if k != place))


def _column(value: Tracked, place: int) -> Tracked:
    return value.columns(place, place + 1)


def _gain(f: Gathered, x: Tracked, z: Tracked, place: int, second: int) -> Tracked:
    """What the token at a second place adds to the output at the first, with zeros elsewhere."""
    return _column(f(only(x, place, second), z), place) - _column(f(only(x, place), z), place)


def sample_gains(seed: int, f: Gathered = placed_attention) -> Evidence:
    """5.1g: what a token adds to another's output is the same among all tokens as beside that one alone.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z), of order 2.

    Source: theory.md 5.1.

    >>> sample_gains(0).verdict
    'holds'
    >>> sample_gains(0, lambda x, z: x @ softmax(x.T @ x)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        whole = f(x, z)
        n = x.value.shape[1]
        for place in range(n):
            second = (place + 1) % n
            among = _column(whole, place) - _column(f(without(x, second), z), place)
            alone = _gain(f, x, z, place, second)
            yield compared("gains", "a token adds the same, whatever the others are", point, among, alone)

    return _sample(seed, "order-two-gains", look)


def sample_rebuilt(seed: int, f: Gathered = placed_attention) -> Evidence:
    """5.1a: f(X, Z)e is the output with one token and the gains from each of the others.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z), of order 2.

    Source: theory.md 5.1.

    >>> sample_rebuilt(0).verdict
    'holds'
    >>> sample_rebuilt(0, lambda x, z: x @ (x.T @ x) @ (x.T @ x)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        whole, n = f(x, z), x.value.shape[1]
        for place in range(n):
            total = _column(f(only(x, place), z), place)
            for second in range(n):
                if second != place:
                    total = total + _gain(f, x, z, place, second)
            yield compared("rebuilt", "f(X, Z)e from sequences with two tokens", point, _column(whole, place), total)

    return _sample(seed, "order-two-rebuilt", look)


def _own(f: Gathered, x: Tracked, z: Tracked, n: int) -> Tracked:
    """u(x, Z): the output at the first of n positions, the others zero."""
    return _column(f(beside(x, *[_zeros(x)] * (n - 1)), z), 0)


def _pair(f: Gathered, x: Tracked, y: Tracked, z: Tracked, n: int) -> Tracked:
    """v(x, y, Z): what y in the second of n positions adds to that output."""
    return _column(f(beside(x, y, *[_zeros(x)] * (n - 2)), z), 0) - _own(f, x, z, n)


def _zeros(x: Tracked) -> Tracked:
    return Tracked.exact(np.zeros_like(x.value))


def sample_order_two(seed: int, f: Gathered = kernel_attention) -> Evidence:
    """5.1: one u and one v, read off at the first two positions, serve all positions.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z), of order 2, equivariant in the tokens.

    Source: theory.md 5.1.

    >>> sample_order_two(0).verdict
    'holds'
    >>> sample_order_two(0, placed_attention).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        whole, n = f(x, z), x.value.shape[1]
        for place in range(n):
            token = _column(x, place)
            total = _own(f, token, z, n)
            for second in range(n):
                if second != place:
                    total = total + _pair(f, token, _column(x, second), z, n)
            yield compared("u and v", "f(X, Z)e = u + Σ v", point, _column(whole, place), total)

    return _sample(seed, "order-two", look)


def sample_unique(seed: int, f: Gathered = kernel_attention) -> Evidence:
    """5.1u: u and v are values of f at one and at two tokens, however long the sequence is.

    Here u(x) = x + x tanh(xᵀx) + Z tanh(Zᵀx) and v(x, y) = y tanh(yᵀx), entry by entry.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z).

    Source: theory.md 5.1.

    >>> sample_unique(0).verdict
    'holds'
    >>> sample_unique(0, lambda x, z: kernel_attention(x, z) + x).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        tokens, z = map(Tracked.exact, point.parts)
        x, y = _column(tokens, 0), _column(tokens, 1)
        own = x + x * (x * x).sums().map(*TANH) + z @ (z.T @ x).map(*TANH)
        pair = y * (y * x).sums().map(*TANH)
        for n in (2, 3, 6):
            yield compared("u", f"u(x, Z) is f at one token of {n}", point, _own(f, x, z, n), own)
            yield compared("v", f"v(x, y, Z) is what y adds among {n}", point, _pair(f, x, y, z, n), pair)

    return _sample(seed, "order-two-unique", look)


def sample_turns(seed: int, f: Gathered = kernel_attention) -> Evidence:
    """5.1t: u and v turn with the embedding space when f does.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z), equivariant.

    Source: theory.md 5.1.

    >>> sample_turns(0).verdict
    'holds'
    >>> sample_turns(0, lambda x, z: kernel_attention(x, z).map(*TANH)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        tokens, z = map(Tracked.exact, point.parts)
        x, y = _column(tokens, 0), _column(tokens, 1)
        n = tokens.value.shape[1]
        own, pair = _own(f, x, z, n), _pair(f, x, y, z, n)
        for q in rotations(rng, point.d):
            t = Tracked.orthogonal(q)
            yield compared("u", "u(Qx, QZ) = Q u(x, Z)", point, _own(f, t @ x, t @ z, n), t @ own, Q=q)
            moved = _pair(f, t @ x, t @ y, t @ z, n)
            yield compared("v", "v(Qx, Qy, QZ) = Q v(x, y, Z)", point, moved, t @ pair, Q=q)

    return _sample(seed, "order-two-turns", look)


PAIR_LAWS = tuple(with_knowledge(law) for law in EQUIVARIANT if law.name.startswith(("cos", "gradient")))
# (d, m): two tokens and the knowledge are fewer than d, and more.
PAIR_SIZES = ((5, 1), (2, 3), (3, 2))


def _pairs_of_tokens(rng: np.random.Generator) -> Iterator[Point]:
    for d, m in PAIR_SIZES:
        y = draw(rng, d, 2 + m, min(d, 2 + m))
        yield point_of({"d": d, "n": 2, "m": m}, (y[:, :2], y[:, 2:]), min(d, 2 + m))


def sample_pair_form(seed: int, laws: tuple[Law, ...] = PAIR_LAWS) -> Evidence:
    """5.1f: v(x, y, Z) = φ'x + φy + Zχ, with coefficients that see only the inner products of x, y and Z.

    v is the second column of a function that is computed in the d-dimensional space; its coefficients at other vectors
    with the same inner products must give it back.

    Args:
        seed: any integer.
        laws: functions of the pair [x y] and of Z.

    Source: theory.md 5.1.

    >>> sample_pair_form(0).verdict
    'holds'
    >>> sample_pair_form(0, (Law("ReLU", lambda x, z: np.maximum(x, 0), lambda x, z: 1.0),)).verdict
    'violated'
    """
    rng = random_state(seed, "order-two-form")
    return weigh(survey(_pairs_of_tokens, rng, lambda point: _formed(point, rng, laws)), seed)


def _formed(point: Point, rng: np.random.Generator, laws: tuple[Law, ...]) -> Iterator[Comparison]:
    y = point.y
    for law in laws:
        value = law.call(*point.parts)[:, 1:2]
        derived = coefficients(law)
        for orbit in orbits(point, rng):
            found = derived.call(*point.split(orbit.y))[:, 1:2]
            error = derived.error(point.parts, found, orbit.moved)
            bound = law.error(point.parts, value) + norm(y) * (error + gamma(2 * len(found)) * norm(found))
            names = point.named(**{"W'": orbit.y})
            statement = f"v = φ'x + φy + Zχ, coefficients from {orbit.name}"
            yield Comparison(law.name, statement, point.sizes, value, y @ found, bound, names)


# -- softmax attention ------------------------------------------------------------------------------------------------


def _gathered_softmax(x: Tracked, z: Tracked) -> Tracked:
    """Token by token: the statistic first, then what each token adds."""
    n, columns = x.value.shape[1], []
    for i in range(n):
        query = _column(x, i)
        weights = [(_column(x, j) * query).sums().map(*EXP) for j in range(n)]
        statistic = weights[0]
        for weight in weights[1:]:
            statistic = statistic + weight
        total = _zeros(query)
        for j in range(n):
            total = total + _column(x, j) * (weights[j] * statistic.map(*INVERSE))
        columns.append(total)
    return beside(*columns)


def sample_softmax_gathered(seed: int, f: Gathered = _gathered_softmax) -> Evidence:
    """5.2: softmax attention is gathered from pairs, given one statistic for each token, its denominator.

    Args:
        seed: any integer.
        f: X and Z to the gathered function.

    Source: theory.md 5.2.

    >>> sample_softmax_gathered(0).verdict
    'holds'
    >>> sample_softmax_gathered(0, lambda x, z: x @ (x.T @ x).map(*EXP)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        x, z = map(Tracked.exact, point.parts)
        yield compared("softmax", "X softmax(XᵀX), pair by pair", point, x @ softmax(x.T @ x), f(x, z))

    return _sample(seed, "softmax-order-two", look)


def _dot_product(x: Tracked, z: Tracked) -> Tracked:
    return x @ softmax(x.T @ x)


def sample_second_difference(seed: int, f: Gathered = _dot_product) -> Evidence:
    """5.2n: the mixed second difference of softmax attention, -4n/((n + 1)(n + 2)(n + 3)) x, is not zero.

    The token is x with |x|² = log 2; two others are x or 0, all others 0.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z).

    Source: theory.md 5.2.

    >>> sample_second_difference(0).verdict
    'holds'
    >>> sample_second_difference(0, kernel_attention).verdict
    'violated'
    """
    return weigh(_second_differences(random_state(seed, "softmax-not-width-zero"), f), seed)


def _second_differences(rng: np.random.Generator, f: Gathered) -> Iterator[Comparison]:
    for d, n in ((1, 3), (2, 3), (3, 4), (2, 5), (4, 7)):
        x = _of_length(rng, d, math.log(2))
        nothing = Tracked.exact(np.zeros((d, 1)))
        total = _zeros(x)
        for sign, tokens in ((1, (x, x)), (-1, (x, nothing)), (-1, (nothing, x)), (1, (nothing, nothing))):
            sequence = beside(x, *tokens, *[nothing] * (n - 3))
            value = _column(f(sequence, nothing), 0)
            total = total + value if sign > 0 else total - value
        share = -4 * n / ((n + 1) * (n + 2) * (n + 3))
        expected = x * Tracked.exact(np.full((1, 1), share))
        bound = norm(total.error) + norm(expected.error) + gamma(4) * norm(expected.value)
        statement = "the mixed second difference is -4n/((n + 1)(n + 2)(n + 3)) x"
        yield Comparison("softmax", statement, {"d": d, "n": n}, total.value, expected.value, bound, {"x": x.value})


def _of_length(rng: np.random.Generator, d: int, square: float) -> Tracked:
    """A random vector with |x|² as given; its error is that of the vector of exactly that length beside it."""
    direction = rng.standard_normal((d, 1))
    value = direction / norm(direction) * math.sqrt(square)
    return Tracked(value, gamma(d + 8) * np.abs(value))


# -- the knowledge-mediated reading -----------------------------------------------------------------------------------


def _mediated(x: Tracked, z: Tracked, fixed: Constants) -> Tracked:
    """Attention with M = Z L Zᵀ and W_V = 2I + Z K Zᵀ."""
    m = z.value.shape[1]
    scores = x.T @ (z @ fixed("L", m, m) @ z.T) @ x
    twice = Tracked.exact(2 * np.eye(len(x.value)))
    return (twice + z @ fixed("K", m, m) @ z.T) @ x @ softmax(scores)


def _mediated_coefficients(a: Tracked, b: Tracked, c: Tracked, fixed: Constants) -> tuple[Tracked, Tracked]:
    """From B and C alone."""
    m = len(c.value)
    weights = softmax(b.T @ fixed("L", m, m) @ b)
    return weights + weights, fixed("K", m, m) @ b @ weights


MEDIATED = (Network("attention with M = ZLZᵀ", _mediated, _mediated_coefficients),)


def sample_not_mediated(seed: int, f: Gathered = _dot_product) -> Evidence:
    """5.3n: at Z = 0 dot-product attention is not additive: f(x, 0) + f(0, x) - f(x, x) is x/6 at the first position.

    Here |x|² = log 2, and the three values are 2x/3, x/2 and x; a knowledge-mediated f is linear in X at Z = 0.

    Args:
        seed: any integer.
        f: X and Z to f(X, Z).

    Source: theory.md 5.3.

    >>> sample_not_mediated(0).verdict
    'holds'
    >>> sample_not_mediated(0, lambda x, z: x @ softmax(x.T @ z @ z.T @ x)).verdict
    'violated'
    """

    def look(rng: np.random.Generator) -> Iterator[Comparison]:
        for d in (1, 2, 3, 5):
            x = _of_length(rng, d, math.log(2))
            nothing = _zeros(x)
            parts = [_column(f(beside(*pair), nothing), 0) for pair in ((x, nothing), (nothing, x), (x, x))]
            gap = parts[0] + parts[1] - parts[2]
            for part, share in zip((*parts, gap), (2 / 3, 1 / 2, 1.0, 1 / 6)):
                right = x * Tracked.exact(np.full((1, 1), share))
                bound = norm(part.error) + norm(right.error) + gamma(1) * norm(right.value)
                sizes = {"d": d, "n": 2}
                yield Comparison(
                    "softmax", f"a value is {share:.3g} x", sizes, part.value, right.value, bound, {"x": x.value}
                )

    return weigh(look(random_state(seed, "dot-product-not-mediated")), seed)


# -- what no pair statistics tell apart -------------------------------------------------------------------------------


def _length_of_sum(x: Tracked) -> Tracked:
    """xᵢ|Σ_{j≠i} xⱼ|² for the first token."""
    n = x.value.shape[1]
    others = x.columns(1) @ ones(n - 1, 1)
    return _column(x, 0) * (others * others).sums()


def _two_statistics(x: Tracked) -> Tracked:
    """Order 2, width 2, for the first token: s = Σ (cosh xᵢᵀxⱼ, |xⱼ|⁴), then xᵢ s₁ + Σ xⱼ tanh(s₁ xᵢᵀxⱼ + s₂ |xⱼ|²)."""
    first, others = _column(x, 0), x.columns(1)
    n = others.value.shape[1]
    products, lengths = first.T @ others, (others * others).sums()
    s1, s2 = products.map(np.cosh, np.sinh) @ ones(n, 1), (lengths * lengths) @ ones(n, 1)
    weights = (products * s1 + lengths * s2).map(*TANH)
    return first * s1 + others @ weights.T


def sample_signs(
    seed: int,
    f: Callable[[Tracked], Tracked] = _length_of_sum,
    gathered: Callable[[Tracked], Tracked] = _two_statistics,
) -> Evidence:
    """5.0n: with e₁, e₂, ±e₂ and zeros, functions of order 2 agree along e₁ for both signs; xᵢ|Σ xⱼ|² is 4 and 0.

    Args:
        seed: any integer.
        f: X to the first output token of the function that is not of order 2.
        gathered: the same, of order 2.

    Source: theory.md, chapter 5.

    >>> sample_signs(0).verdict
    'holds'
    >>> sample_signs(0, gathered=_length_of_sum).verdict
    'violated'
    """

    def look(rng: np.random.Generator) -> Iterator[Comparison]:
        for d, n in ((2, 3), (3, 3), (3, 5)):
            for q in rotations(rng, d):
                turn = Tracked.orthogonal(q)
                along = turn.columns(0, 1)
                values = []
                for sign in (1.0, -1.0):
                    tokens = np.zeros((d, n))
                    tokens[0, 0] = tokens[1, 1] = 1
                    tokens[1, 2] = sign
                    sequence = turn @ Tracked.exact(tokens)
                    values.append((along.T @ f(sequence), along.T @ gathered(sequence)))
                (plus, same), (minus, as_well) = values
                sizes = {"d": d, "n": n}
                shift = ones(1, 1)
                for name, left, right in (
                    ("xᵢ|Σ xⱼ|² is 4 along e₁", plus, np.full((1, 1), 4.0)),
                    ("xᵢ|Σ xⱼ|² is 0 along e₁", minus + shift, np.ones((1, 1))),
                ):
                    yield Comparison("length of a sum", name, sizes, left.value, right, norm(left.error), {"Q": q})
                statement = "the same along e₁ for both signs"
                bound = norm(same.error) + norm(as_well.error)
                yield Comparison("order 2, width 2", statement, sizes, same.value, as_well.value, bound, {"Q": q})

    return weigh(look(random_state(seed, "not-all-order-two")), seed)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "order-two-gains": sample_gains,
    "order-two-rebuilt": sample_rebuilt,
    "order-two": sample_order_two,
    "order-two-unique": sample_unique,
    "order-two-turns": sample_turns,
    "order-two-form": sample_pair_form,
    "softmax-order-two": sample_softmax_gathered,
    "softmax-not-width-zero": sample_second_difference,
    "knowledge-mediated": partial(sample_networks, claim="knowledge-mediated", networks=MEDIATED),
    "dot-product-not-mediated": sample_not_mediated,
    "not-all-order-two": sample_signs,
}
