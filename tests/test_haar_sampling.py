"""Matrices and permutations are drawn from the Haar measure of each component, and faulty samplers are told from it."""

import math

import numpy as np
import pytest

from symmetry.groups import Group, O, S

COMPONENTS = [("O", 1), ("O", -1), ("SO", 1)]


def moments(sample):
    """Means of polynomials of degree at most 4 in the entries, with their Haar values and variances at size d."""
    d = sample.shape[-1]
    fourth = 3 / (d * (d + 2))
    both = (d + 1) / ((d - 1) * d * (d + 2))
    diagonal = np.einsum("tii->t", sample)
    return {
        "entry": (sample[:, 0, 0], 0, 1 / d),
        "square": (sample[:, 1, 0] ** 2, 1 / d, fourth - 1 / d**2),
        "fourth power": (sample[:, 0, 1] ** 4, fourth, 1),
        "squares of a diagonal": (sample[:, 0, 0] ** 2 * sample[:, 1, 1] ** 2, both, 1),
        "product of four": (sample[:, 0, 0] * sample[:, 0, 1] * sample[:, 1, 0] * sample[:, 1, 1], -both / (d + 1), 1),
        "trace": (diagonal, 0, 1),
        "trace squared": (diagonal**2, 1, 2),
    }


def farthest(sample):
    """The moment farthest from its Haar value, in standard errors; variances that are not known are bounded by 1."""
    return max(
        (abs(values.mean() - expected) / math.sqrt(min(variance, max(values.var(), 1e-12)) / len(values)), name)
        for name, (values, expected, variance) in moments(sample).items()
    )


@pytest.mark.parametrize("component", [1, -1])
def test_haar_sampler_has_the_haar_moments_on_each_component(component):
    # d = 5: polynomials of degree 4 < d have the same mean on both components
    rng = np.random.default_rng(11)
    sample = np.array([O("d").haar(rng, 5, component) for _ in range(6000)])
    distance, name = farthest(sample)
    assert distance < 5, name


def test_moments_tell_uncorrected_qr_from_haar():
    rng = np.random.default_rng(11)
    sample = np.array([np.linalg.qr(rng.standard_normal((5, 5)))[0] for _ in range(6000)])
    assert farthest(sample)[0] > 20


def flipped(q, component):
    q[np.linalg.det(q) * component < 0, :, 0] *= -1
    return q


def signs_left(rng, size, component, count):
    return flipped(np.linalg.qr(rng.standard_normal((count, size, size)))[0], component)


def uniform_entries(rng, size, component, count):
    q, r = np.linalg.qr(rng.uniform(-1, 1, (count, size, size)))
    return flipped(q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :], component)


def few_reflections(rng, size, component, count):
    q = np.tile(np.eye(size), (count, 1, 1))
    for w in rng.standard_normal((size, count, size)):
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        q -= 2 * w[:, :, None] * (w[:, None, :] @ q)
    return flipped(q, component)


def one_for_all(rng, size, component, count):
    return np.repeat(O("d").stack(rng, size, component, 1), count, axis=0)


def rotations_only(rng, size, component, count):
    return O("d").stack(rng, size, 1, count)


def unlike_haar(stack):
    """How far a stack of matrices of one component is from the Haar measure, in standard errors: the worst statistic.

    Entries against their moments and their distribution, with density proportional to (1 - x²)^((d - 3)/2); powers of
    traces against those of Gaussian variables, which they share up to degree d - 1 on each component (P. Diaconis,
    M. Shahshahani, 1994).
    """
    count, d = len(stack), stack.shape[1]
    found = {name: farthest_of(*statistic) for name, statistic in moments(stack).items()} if d > 4 else {}
    for k in (1, 2, 3):
        if 2 * k < d:
            traces = np.einsum("tii->t", np.linalg.matrix_power(stack, k)) - (k % 2 == 0)
            found[f"trace {k}"] = farthest_of(traces, 0, k)
            found[f"trace {k} squared"] = farthest_of(traces**2, k, 2 * k * k)
    grid = np.linspace(-1, 1, 4001)
    density = np.where(np.abs(grid) < 1, 1 - grid**2, 0 if d > 3 else 1) ** ((d - 3) / 2)
    steps = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    for i, j in ((0, 0), (0, d - 1), (d - 1, 0), (d - 1, d - 1), (1, 1)):
        expected = np.interp(np.sort(stack[:, i, j]), grid, steps / steps[-1])
        ranks = np.arange(count + 1) / count
        distance = max(np.max(ranks[1:] - expected), np.max(expected - ranks[:-1]))
        found[f"entry {i} {j}"] = 3 * math.sqrt(count) * distance  # Kolmogorov: √n D exceeds 5/3 once in 130
    neighbours = stack[1:, 0, 0] * stack[:-1, 0, 0]
    found["independence"] = farthest_of(neighbours, 0, 1 / d**2)
    return max((value, name) for name, value in found.items())


def farthest_of(values, expected, variance):
    return abs(values.mean() - expected) / math.sqrt(min(variance, max(values.var(), 1e-12)) / len(values))


@pytest.mark.parametrize("size", [3, 8])
@pytest.mark.parametrize(("name", "component"), COMPONENTS)
def test_stacks_are_haar_distributed_on_each_component(name, component, size):
    stack = Group(name, "d").stack(np.random.default_rng(21), size, component, 4000)
    distance, statistic = unlike_haar(stack)
    assert distance < 6, statistic


@pytest.mark.parametrize("size", [3, 8])
@pytest.mark.parametrize("component", [1, -1])
@pytest.mark.parametrize("fault", [signs_left, uniform_entries, few_reflections, one_for_all])
def test_statistics_tell_faulty_samplers_from_haar(fault, component, size):
    assert unlike_haar(fault(np.random.default_rng(21), size, component, 4000))[0] > 8


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8])
def test_stacks_hold_both_determinants_as_asked_and_the_test_sees_one_missing(size):
    rng = np.random.default_rng(2)
    for component in (1, -1):
        assert set(np.linalg.slogdet(O("d").stack(rng, size, component, 40))[0]) == {component}
    assert set(np.linalg.slogdet(rotations_only(rng, size, -1, 40))[0]) == {1.0}


def test_stacked_permutations_are_uniform_and_independent():
    stack = S("n").stack(np.random.default_rng(4), 3, 1, 7200)
    pairs = stack[:-1:2] @ (9, 3, 1) * 100 + stack[1::2] @ (9, 3, 1)
    counts = np.unique(pairs, return_counts=True)[1]
    assert len(counts) == 36
    assert np.sum((counts - 100) ** 2) / 100 < 80  # 35 degrees of freedom: P(> 80) is 2e-5


# Sweeps -------------------------------------------------------------------------------------------------------


def swept(rng, size, component, places, count):
    """The elements at some places of many sweeps, drawn one after the other: (places, count, size, size)."""
    found = []
    for _ in range(count):
        draw = O("d").sweep(rng, size)
        row = np.concatenate([draw(np.full(few, component)) for few in (1, 2, max(places))])
        found.append(row[list(places)])
    return np.stack(found, axis=1)


@pytest.mark.parametrize("size", [3, 8])
@pytest.mark.parametrize("component", [1, -1])
def test_each_element_of_a_sweep_is_haar_distributed(size, component):
    for stack in swept(np.random.default_rng(5), size, component, (0, 5), 3000):
        assert np.allclose(stack @ np.swapaxes(stack, 1, 2), np.eye(size), rtol=0, atol=1e-13)
        distance, statistic = unlike_haar(stack)
        assert distance < 6, statistic


def test_elements_of_a_sweep_share_a_factor_in_one_row_of_64_and_not_in_the_next():
    first, beside, next_row = swept(np.random.default_rng(6), 8, 1, (0, 1, 64), 2000)
    assert unlike_haar(next_row @ np.swapaxes(first, 1, 2))[0] < 6
    assert unlike_haar(beside @ np.swapaxes(first, 1, 2))[0] > 8


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_sweeps_hold_both_determinants_as_asked(size):
    components = np.random.default_rng(1).choice((1, -1), 150)
    draw = O("d").sweep(np.random.default_rng(2), size)
    swept_elements = np.concatenate([draw(components[:40]), draw(components[40:])])
    assert np.array_equal(np.linalg.det(swept_elements).round(9), components)


def test_elements_of_a_sweep_differ_by_more_than_signs_and_order():
    stack = np.abs(O("d").sweep(np.random.default_rng(3), 4)(np.ones(64))).reshape(64, -1)
    assert len({tuple(row) for row in np.sort(stack, axis=1).round(9)}) == 64
