"""Averaging a predictor (3.6) or an approximation (2.7) over a finite group of orthogonal maps, in double precision.

The groups are cyclic: the powers of a permutation of the coordinates, and a reflection with the identity, each turned
by a random orthogonal matrix. Every array carries a bound on its own rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from symmetry.checks.sampled.forms import Constants, compared, sample_points
from symmetry.checks.sampled.points import Point, rotations
from symmetry.checks.sampled.rounding import Comparison
from symmetry.checks.sampled.tracked import TANH, Tracked
from symmetry.evidence import Evidence

__all__ = ["SAMPLED", "sample_approximation", "sample_average", "sample_risk", "squared"]

Loss = Callable[[Tracked, Tracked], Tracked]


def squared(prediction: Tracked, target: Tracked) -> Tracked:
    """The squared distance, which is convex and does not see a joint turn."""
    gap = prediction - target
    return (gap * gap).sums().T.sums()


def _groups(d: int, rng: np.random.Generator) -> Iterator[tuple[str, list[Tracked]]]:
    cycle = np.roll(np.eye(d), 1, axis=0)
    mirror = np.diag([-1.0] + [1.0] * (d - 1))
    turns = list(rotations(rng, d))
    for name, generator, order, turn in (("cyclic", cycle, d, turns[0]), ("reflection", mirror, 2, turns[-1])):
        q = Tracked.orthogonal(turn)
        powers = [np.linalg.matrix_power(generator, k) for k in range(order)]
        yield name, [q @ Tracked.exact(power) @ q.T for power in powers]


def _mean(parts: list[Tracked]) -> Tracked:
    total = reduce(Tracked.__add__, parts)
    return total * Tracked.exact(np.full((1, 1), 1 / len(parts)))


def _predictor(x: Tracked, fixed: Constants) -> Tracked:
    """tanh(Mx + c): sees coordinates."""
    d, n = x.value.shape
    return (fixed("M", d, d) @ x + fixed("c", d, 1) @ fixed("row", 1, n)).map(*TANH)


def _averaged(x: Tracked, turns: list[Tracked], fixed: Constants) -> Tracked:
    return _mean([turn.T @ _predictor(turn @ x, fixed) for turn in turns])


def sample_average(seed: int, average: Callable[..., Tracked] = _averaged) -> Evidence:
    """3.6e: averaged over a group, a predictor turns with its input.

    Args:
        seed: any integer.
        average: tokens, turns and constants to the averaged prediction.

    Source: theory.md 3.6.

    >>> sample_average(0).verdict
    'holds'
    >>> sample_average(0, lambda x, turns, fixed: _predictor(x, fixed)).verdict
    'violated'
    """

    def look(point: Point, rng: np.random.Generator) -> Iterator[Comparison]:
        fixed, x = Constants(rng), Tracked.exact(point.parts[0])
        for name, turns in _groups(len(x.value), rng):
            for turn in turns[1:3]:
                left, right = average(turn @ x, turns, fixed), turn @ average(x, turns, fixed)
                yield compared(f"{name} group", "mean(RX) = R mean(X)", point, left, right, R=turn.value)

    return sample_points(seed, "averaged-predictor-equivariant", look)


def sample_risk(seed: int, loss: Loss = squared) -> Evidence:
    """3.6: the risk of a predictor is that of its average plus the Jensen gaps, which are not negative.

    Args:
        seed: any integer.
        loss: prediction and target (d, n) to a number (1, 1), convex, and blind to joint turns.

    Source: theory.md 3.6.

    >>> sample_risk(0).verdict
    'holds'
    >>> sample_risk(0, lambda a, b: squared(a * a, b * b)).verdict  # sees coordinates
    'violated'
    """
    return sample_points(seed, "averaged-predictor", partial(_risks, loss=loss))


def _risks(point: Point, rng: np.random.Generator, loss: Loss) -> Iterator[Comparison]:
    fixed = Constants(rng)
    d, n = point.parts[0].shape
    samples = [(Tracked.exact(scale * point.parts[0]), fixed(f"target {scale}", d, n)) for scale in (1.0, -0.5)]
    for name, turns in _groups(d, rng):

        def risk(predict: Callable[[Tracked], Tracked], turns: list[Tracked] = turns) -> Tracked:
            return _mean([loss(predict(turn @ x), turn @ y) for x, y in samples for turn in turns])

        plain = risk(lambda x: _predictor(x, fixed))
        averaged = risk(lambda x, turns=turns: _averaged(x, turns, fixed))  # type: ignore[misc]
        gaps = []
        for x, y in samples:
            losses = [loss(turn.T @ _predictor(turn @ x, fixed), y) for turn in turns]
            gaps.append(_mean(losses) - loss(_averaged(x, turns, fixed), y))
        gap = _mean(gaps)
        yield compared(f"{name} group", "risk(f) = risk(mean) + gaps", point, plain, averaged + gap)
        yield compared(f"{name} group", "gaps ≥ 0", point, gap, replace(gap, value=np.abs(gap.value)))


def _equivariant(x: Tracked) -> Tracked:
    """Turns with its input: X tanh(XᵀX)."""
    return x @ (x.T @ x).map(*TANH)


def sample_approximation(seed: int, target: Callable[[Tracked], Tracked] = _equivariant) -> Evidence:
    """2.7a: the squared error of an averaged approximation and the spread about it are the mean squared error.

    Args:
        seed: any integer.
        target: tokens (d, n) to what is approximated (d, n), equivariant.

    Source: theory.md 2.7.

    >>> sample_approximation(0).verdict
    'holds'
    >>> sample_approximation(0, lambda x: x * x).verdict  # sees coordinates
    'violated'
    """
    return sample_points(seed, "averaged-approximation", partial(_errors, target=target))


def _errors(point: Point, rng: np.random.Generator, target: Callable[[Tracked], Tracked]) -> Iterator[Comparison]:
    fixed, x = Constants(rng), Tracked.exact(point.parts[0])

    def square(error: Tracked) -> Tracked:
        return error.T @ error

    for name, turns in _groups(len(x.value), rng):
        mean = _averaged(x, turns, fixed)
        spread = _mean([square(turn.T @ _predictor(turn @ x, fixed) - mean) for turn in turns])
        errors = _mean([square(_predictor(turn @ x, fixed) - target(turn @ x)) for turn in turns])
        left = square(mean - target(x)) + spread
        yield compared(f"{name} group", "error of the mean + spread = mean error", point, left, errors)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "averaged-predictor-equivariant": sample_average,
    "averaged-predictor": sample_risk,
    "averaged-approximation": sample_approximation,
}
