"""What is not equivariant, in double precision: the counterexamples as they are, and other points.

At a counterexample f(QX) - Qf(X) is known exactly, and must come out. Among a few random points it must be more than
rounding explains somewhere, for a Q of each determinant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from symmetry.checks.sampled.forms import ones, unit
from symmetry.checks.sampled.functions import finite_group
from symmetry.checks.sampled.points import random_state
from symmetry.checks.sampled.rounding import Array, Comparison, norm, weigh
from symmetry.checks.sampled.tracked import EXP, INVERSE_ROOT, RELU, Tracked, beside, normalised, softmax
from symmetry.evidence import Evidence
from symmetry.groups import O

__all__ = ["FAILURES", "SAMPLED", "Failure", "sample_failure"]

SIZES, DRAWS = ((2, 3), (3, 2)), 40
SWAP, MIRROR, MINUS = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([-1.0, 1.0]), -np.eye(2)


@dataclass(frozen=True)
class Failure:
    """A function of tokens that is not equivariant, and a point at which it is not.

    Args:
        name: in words.
        call: X to f(X).
        tokens, turn: the point X and the orthogonal matrix Q.
        gap: f(QX) - Qf(X), known exactly.
        dimensions: where the function is defined, for random points.
    """

    name: str
    call: Callable[[Tracked], Tracked]
    tokens: Array
    turn: Array
    gap: Array
    dimensions: Sequence[int] = field(default=(2, 3))


def sample_failure(seed: int, claim: str, failure: Failure) -> Evidence:
    """f(QX) ≠ Qf(X) for a Q of each determinant at random points, and by the known amount at the known point.

    Args:
        seed: any integer.
        claim: what the points are drawn for.
        failure: what is looked at.

    Source: theory.md 3.4.

    >>> sample_failure(0, "coordinate-relu", FAILURES["coordinate-relu"]).verdict
    'holds'
    """
    return weigh(_fails(random_state(seed, claim), failure), seed)


def _fails(rng: np.random.Generator, failure: Failure) -> Iterator[Comparison]:
    tokens, turn = Tracked.exact(failure.tokens), Tracked.exact(failure.turn)
    gap = failure.call(turn @ tokens) - turn @ failure.call(tokens)
    sizes = {"d": tokens.value.shape[0], "n": tokens.value.shape[1]}
    values = {"X": failure.tokens, "Q": failure.turn}
    statement = "f(QX) - Qf(X) is what it should be"
    yield Comparison(failure.name, statement, sizes, gap.value, failure.gap, norm(gap.error), values)
    for d, n in SIZES:
        if d in failure.dimensions:
            yield from _at_random(rng, failure, d, n)


def _at_random(rng: np.random.Generator, failure: Failure, d: int, n: int) -> Iterator[Comparison]:
    for component in (1, -1):
        fails, draws = False, 0
        while not fails and draws < DRAWS:
            tokens, turn = Tracked.exact(rng.uniform(-1, 1, (d, n))), Tracked.orthogonal(O("d").haar(rng, d, component))
            gap = failure.call(turn @ tokens) - turn @ failure.call(tokens)
            fails, draws = norm(gap.value) > norm(gap.error), draws + 1
        statement = f"f(QX) ≠ Qf(X) at some random point, determinant {component}"
        yield Comparison(failure.name, statement, {"d": d, "n": n}, np.array([float(fails)]), np.ones(1), 0.0)


def _fixed(d: int) -> Tracked:
    """diag(1, 0, 1, 0, …)"""
    return Tracked.exact(np.diag(np.arange(1.0, d + 1) % 2))


def _values(x: Tracked) -> Tracked:
    return _fixed(len(x.value)) @ x @ softmax(x.T @ x)


def _scores(x: Tracked) -> Tracked:
    two = Tracked.exact(np.full((1, 1), math.log(2)))
    return x @ normalised((x.T @ _fixed(len(x.value)) @ x * two).map(*EXP))


def _layer_norm(x: Tracked) -> Tracked:
    d = len(x.value)
    share = Tracked.exact(np.full((1, 1), 1 / d))
    centred = x - ones(d, 1) @ (x.sums() * share)
    return centred * ((centred * centred).sums() * share).map(*INVERSE_ROOT)


def _shifted(x: Tracked) -> Tracked:
    return x + ones(*x.value.shape)


def _rotary(x: Tracked) -> Tracked:
    """Linear attention whose scores are xᵢᵀR(j-i)xⱼ, R(k) rotating the plane by k quarter turns."""
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    columns = []
    for j in range(x.value.shape[1]):
        placed = [
            x.columns(i, i + 1).T @ Tracked.exact(np.linalg.matrix_power(quarter, (j - i) % 4)) @ x.columns(j, j + 1)
            for i in range(x.value.shape[1])
        ]
        columns.append(x @ beside(*placed).T)
    return beside(*columns)


def _sorted_coordinates(x: Tracked) -> Tracked:
    order = np.argsort(x.value, axis=0)
    return Tracked(np.take_along_axis(x.value, order, 0), np.take_along_axis(x.error, order, 0))


def _sorted_tokens(x: Tracked) -> Tracked:
    order = np.argsort(x.value[0])
    return Tracked(x.value[:, order], x.error[:, order])


_E1 = np.array([[1.0], [0.0]])
FAILURES: Mapping[str, Failure] = {
    "fixed-value-matrix": Failure("V = diag(1, 0)", _values, _E1, SWAP, np.array([[0.0], [-1.0]])),
    "fixed-score-matrix": Failure(
        "softmax with M = diag(1, 0)", _scores, np.diag([1.0, 0.0]), SWAP, np.array([[0.0, 0.0], [-1 / 6, 0.0]])
    ),
    "layer-norm-fixed": Failure("LayerNorm", _layer_norm, _E1, MIRROR, np.array([[0.0], [2.0]]), (3,)),
    "fixed-vector": Failure("a vector of ones added", _shifted, _E1, MINUS, np.array([[2.0], [2.0]])),
    "coordinate-relu": Failure("ReLU", lambda x: x.map(*RELU), _E1, MINUS, _E1),
    "coordinate-rotary": Failure(
        "rotary scores of coordinates", _rotary, np.eye(2), MIRROR, np.array([[0.0, -2.0], [2.0, 0.0]]), ()
    ),
    "sorted-coordinates": Failure("sorted coordinates", _sorted_coordinates, _E1, SWAP, np.array([[-1.0], [1.0]])),
    "sorted-tokens": Failure("sorted tokens", _sorted_tokens, SWAP, SWAP, np.array([[-1.0, 1.0], [1.0, -1.0]])),
}


def _averaged(seed: int, claim: str) -> Evidence:
    """3.4: the average of QWQᵀ turns with nothing, and is tr(W)/d times the identity."""
    rng = random_state(seed, claim)
    return weigh((_average(rng, d) for d in (2, 3)), seed)


def _average(rng: np.random.Generator, d: int) -> Comparison:
    w = Tracked.exact(rng.uniform(-1, 1, (d, d)))
    elements = [Tracked.orthogonal(q) for q in finite_group(d)]
    parts = [q @ w @ q.T for q in elements]
    mean = sum(parts[1:], parts[0]) * Tracked.exact(np.full((1, 1), 1 / len(parts)))
    trace = (unit(d) * w).sums() @ ones(d, 1)
    right = unit(d) * (trace * Tracked.exact(np.full((1, 1), 1 / d)))
    bound = norm(mean.error) + norm(right.error)
    return Comparison("an average", "avg QWQᵀ = tr(W)/d I", {"d": d}, mean.value, right.value, bound, {"W": w.value})


def _masked(seed: int, claim: str) -> Evidence:
    """3.4m: for tokens 1, -1 and equal weights the best matrix on the right is off by what is masked, (1, 0)."""
    rng = random_state(seed, claim)
    return weigh((_off(rng) for _ in range(4)), seed)


def _off(rng: np.random.Generator) -> Comparison:
    length = rng.uniform(0.5, 2)
    x, weights = Tracked.exact(np.array([[length, -length]])), ones(2, 2)
    masked = x @ (weights * Tracked.exact(np.triu(np.ones((2, 2)))))
    outputs = x @ weights
    best = np.linalg.lstsq(outputs.value, masked.value, rcond=None)[0]
    gap = masked - outputs @ Tracked.exact(best.astype(np.float64))
    expected = np.array([[length, 0.0]])
    values = {"X": x.value}
    return Comparison(
        "causal mask", "nothing on the right does it", {"d": 1, "n": 2}, gap.value, expected, norm(gap.error), values
    )


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    **{claim: partial(sample_failure, claim=claim, failure=failure) for claim, failure in FAILURES.items()},
    "fixed-weights-are-scalar": partial(_averaged, claim="fixed-weights-are-scalar"),
    "mask-on-the-right": partial(_masked, claim="mask-on-the-right"),
}
