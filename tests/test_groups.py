"""Groups as data: exact elements satisfy the equations, Haar elements have the Haar moments."""

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from symmetry.errors import UsageError
from symmetry.groups import KINDS, SO, Group, O, Product, S, reflection

UNIT = np.finfo(float).eps / 2
COMPONENTS = [(name, c) for name in ("O", "SO", "S") for c in KINDS[name].components]
component_ids = [f"{name}{c:+d}" for name, c in COMPONENTS]


def exact_determinant(matrix):
    rows = [list(row) for row in matrix]
    result = Fraction(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            result = -result
        result *= rows[k][k]
        for i in range(k + 1, len(rows)):
            ratio = rows[i][k] / rows[k][k]
            rows[i] = [a - ratio * b for a, b in zip(rows[i], rows[k], strict=True)]
    return result


def gram(matrix):
    size = len(matrix)
    return [[sum(matrix[k][i] * matrix[k][j] for k in range(size)) for j in range(size)] for i in range(size)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("name", "component"), COMPONENTS, ids=component_ids)
def test_exact_element_is_exactly_orthogonal(name, component, size):
    seen = set()
    for seed in range(8):
        q = Group(name, "d").exact(Random(seed), size, component)
        assert all(isinstance(x, Fraction) for row in q for x in row)
        assert gram(q) == [[int(i == j) for j in range(size)] for i in range(size)]
        if KINDS[name].mixes:
            assert exact_determinant(q) == component
        else:
            assert {x for row in q for x in row} <= {0, 1}
        seen.add(q)
    assert size < 3 or len(seen) > 1


def test_exact_elements_are_not_only_signed_permutations():
    q = O("d").exact(Random(1), 4, 1)
    assert any(x.denominator > 1 for row in q for x in row)


@pytest.mark.parametrize("size", [1, 2, 3, 6])
@pytest.mark.parametrize("way", ["haar", "monomial"])
@pytest.mark.parametrize(("name", "component"), [c for c in COMPONENTS if c[0] != "S"])
def test_sampled_element_is_orthogonal_with_the_determinant_asked_for(name, component, way, size):
    rng = np.random.default_rng(5)
    for _ in range(20):
        q = getattr(Group(name, "d"), way)(rng, size, component)
        # Householder QR in floating point: |QᵀQ - I| is at most a small multiple of size^(3/2) u (Higham 2002, 19.3)
        assert np.linalg.norm(q.T @ q - np.eye(size)) <= (0 if way == "monomial" else 20 * size**1.5 * UNIT)
        assert round(np.linalg.det(q)) == component
        if way == "monomial":
            assert set(np.abs(q).ravel()) <= {0.0, 1.0}


@pytest.mark.parametrize("way", ["haar", "monomial"])
def test_permutation_is_an_index_array(way):
    rng = np.random.default_rng(0)
    for size in (1, 2, 5):
        p = getattr(S("n"), way)(rng, size)
        assert sorted(p) == list(range(size))
    moved = sum(p != np.arange(5))
    assert moved == 2 if way == "monomial" else moved >= 0


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


def test_haar_permutations_are_uniform():
    rng = np.random.default_rng(3)
    counts: dict[tuple[int, ...], int] = {}
    for _ in range(6000):
        key = tuple(S("n").haar(rng, 3).tolist())
        counts[key] = counts.get(key, 0) + 1
    assert len(counts) == 6
    chi2 = sum((c - 1000) ** 2 / 1000 for c in counts.values())
    assert chi2 < 30  # 5 degrees of freedom: P(> 30) is 1.5e-5


def test_apply_acts_on_each_given_axis():
    rng = np.random.default_rng(2)
    q, p = O("d").haar(rng, 3, -1), S("n").haar(rng, 4)
    w, x = rng.standard_normal((3, 3)), rng.standard_normal((2, 3, 4))
    np.testing.assert_allclose(O("d").apply(q, w, (0, 1)), q @ w @ q.T, rtol=0, atol=1e-14)
    np.testing.assert_allclose(O("d").apply(q, x, (1,)), np.einsum("ij,bjn->bin", q, x), rtol=0, atol=1e-14)
    assert np.array_equal(S("n").apply(p, x, (2,)), x[:, :, p])
    assert np.array_equal(S("n").apply(p, x, ()), x)
    assert np.array_equal(O("d").apply(q, np.array(2.0), ()), 2.0)


def test_exact_permutation_acts_as_its_index_array():
    m = S("n").exact(Random(4), 4)
    p = np.array([row.index(1) for row in m])
    x = np.arange(8.0).reshape(2, 4)
    assert np.array_equal(S("n").apply(m, x, (1,)), S("n").apply(p, x, (1,)))


def test_reflection_negates_its_vector_and_fixes_the_orthogonal_ones():
    h = reflection((1, 2, -2))
    assert [sum(a * b for a, b in zip(row, (1, 2, -2), strict=True)) for row in h] == [-1, -2, 2]
    assert [sum(a * b for a, b in zip(row, (2, 0, 1), strict=True)) for row in h] == [2, 0, 1]
    with pytest.raises(UsageError, match="zero vector"):
        reflection((0, 0))


def test_products_are_associative_and_print_as_written():
    assert O("d") * S("n") * S("m") == O("d") * (S("n") * S("m")) == Product((O("d"), S("n"), S("m")))
    assert str(SO("d") * O(3)) == "SO(d) x O(3)" and len(Product()) == 0 and str(Product()) == "1"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Group("U", "d"), "no group is called 'U'; the groups are O, SO, S, T, Lorentz"),
        (lambda: O(0), "positive size, not 0"),
        (lambda: O(True), "not True"),
        (lambda: S("d n"), "not 'd n'"),
        (lambda: SO("d").haar(np.random.default_rng(0), 3, -1), r"SO\(d\) has no component -1; it has 1"),
        (lambda: S("n").exact(Random(0), 0), "size 1 and above, not 0"),
    ],
)
def test_refusals_say_what_is_there(make, message):
    with pytest.raises(UsageError, match=message):
        make()


@pytest.mark.parametrize("name", KINDS)
def test_same_seed_gives_the_same_element(name):
    g = Group(name, "d")
    assert np.array_equal(g.haar(np.random.default_rng(7), 4), g.haar(np.random.default_rng(7), 4))
    assert g.exact(Random(7), 4) == g.exact(Random(7), 4)


def test_monomial_elements_have_both_signs_and_move_every_coordinate():
    rng = np.random.default_rng(3)
    signed = [O("d").monomial(rng, 4, component) for component in (1, -1) for _ in range(20)]
    entries = {(i, j, int(q[i, j])) for q in signed for i in range(4) for j in range(4) if q[i, j]}
    assert entries == {(i, j, sign) for i in range(4) for j in range(4) for sign in (1, -1)}
    swapped = {tuple(np.flatnonzero(S("n").monomial(rng, 4) != np.arange(4))) for _ in range(60)}
    assert swapped == {(i, j) for i in range(4) for j in range(i + 1, 4)}


def test_exact_elements_have_entries_of_both_signs_everywhere():
    seen = {
        (i, j, q[i][j] > 0)
        for seed in range(40)
        for q in [O("d").exact(Random(seed), 3, 1)]
        for i in range(3)
        for j in range(3)
        if q[i][j]
    }
    assert len(seen) == 18
