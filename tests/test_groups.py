"""Groups as data: exact elements satisfy the equations, Haar elements have the Haar moments."""

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from symmetry.errors import UsageError
from symmetry.groups import KINDS, SO, Group, Lorentz, O, Product, S, T, reflection

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
        (lambda: O("d").stack(np.random.default_rng(0), 3, 2, 5), r"O\(d\) has no component 2; it has 1, -1"),
        (lambda: O("d").stack(np.random.default_rng(0), 3, 1, 0), "1 element or more, not 0"),
        (lambda: T("d").near(np.random.default_rng(0), 3, 0.0), "more than 0 and at most 1, not 0.0"),
        (lambda: Lorentz("d").near(np.random.default_rng(0), 3, float("nan")), "at most 1, not nan"),
        (lambda: O("d").special(np.random.default_rng(0), 0), "size 1 and above, not 0"),
        (lambda: Group("O", "d", ("X",)), "O acts on every axis 'd': only translations take names"),
        (lambda: T("d", "X", "X"), "T moves 'X' once"),
        (lambda: T("d", "X Z"), "such as 'X', not 'X Z'"),
        (lambda: Group("T", "d", "X"), "are a tuple, not 'X'"),
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


EVERY = [(name, c) for name, kind in KINDS.items() for c in kind.components]
every_component = pytest.mark.parametrize(("name", "component"), EVERY, ids=[f"{name}{c:+d}" for name, c in EVERY])


def defect(factor, element):
    """How far an element is from its group, over what rounding may explain.

    A product of two columns, each as long as the element stretches, differs by a few (size)^(3/2) u of their lengths
    from what it is for the matrix before it was rounded (Higham 2002, 19.3, for QR; 9.4, for the Cayley transform).
    """
    size = len(element)
    if factor.kind.acts == "permutation":
        return 0.0 if sorted(element.tolist()) == list(range(size)) else math.inf
    if factor.kind.acts == "shift":
        return 0.0 if element.shape == (size,) and np.all(np.isfinite(element)) else math.inf
    form = np.diag(factor.kind.signature(size))
    off = np.linalg.norm(element.T @ form @ element - form)
    return off / (20 * size**1.5 * UNIT * factor.stretch(element) ** 2)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@every_component
def test_every_element_of_a_stack_is_of_the_group_and_component_asked_for(name, component, size):
    factor = Group(name, "d")
    stack = factor.stack(np.random.default_rng(size), size, component, 17)
    assert stack.shape == ((17, size, size) if factor.kind.mixes else (17, size))
    assert max(defect(factor, element) for element in stack) <= 1
    if name != "Lorentz" or size > 1:
        assert {factor.component(element) for element in stack} == {component}
    assert name == "S" or size == 1 or len({element.tobytes() for element in stack}) == 17


@every_component
def test_one_element_is_a_stack_of_one(name, component):
    factor = Group(name, "d")
    one, stack, again = (
        factor.haar(np.random.default_rng(9), 4, component),
        *(factor.stack(np.random.default_rng(9), 4, component, 1) for _ in range(2)),
    )
    assert one.tobytes() == stack[0].tobytes() == again[0].tobytes()


@pytest.mark.parametrize("scale", [1.0, 2.0**-4, 2.0**-20])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
@pytest.mark.parametrize("name", KINDS)
def test_near_elements_are_in_the_group_at_the_distance_asked_for(name, size, scale):
    factor, rng = Group(name, "d"), np.random.default_rng(size)
    elements = [factor.near(rng, size, scale) for _ in range(5)]
    assert max(defect(factor, element) for element in elements) <= 1
    assert {factor.component(element) for element in elements} == {1} or name == "S"
    if name == "S":
        assert all(np.sum(element != np.arange(size)) == min(size - 1, 1) * 2 for element in elements)
    elif name == "T":
        assert np.allclose([np.linalg.norm(t) for t in elements], scale, rtol=1e-14)
    else:
        distances = np.array([np.linalg.norm(m - np.eye(size)) for m in elements])
        # A of Frobenius norm s has eigenvalues of absolute value s/√2 at most, so that 1 - A/2 changes A by that much.
        assert np.all(distances == 0) if size == 1 else np.all(np.abs(distances / scale - 1) <= scale)
        assert size < 3 or len({m.tobytes() for m in elements}) == 5


TURNS = {"rotation of a coordinate plane", "rotation of a coordinate plane by 90 degrees", "signed permutation"}
REVERSALS = {"reversal of one axis of space", "reversal of time", "reversal of time and one axis", "-I"}
SPECIAL = {
    "O": TURNS | {"reflection in a hyperplane", "-I"},
    "SO": TURNS | {"-I"},
    "S": {"adjacent transposition", "transposition", "3-cycle", "cycle of all", "reversal"},
    "T": {"translation along one coordinate", "long translation", "short translation", "very long translation"},
    "Lorentz": REVERSALS | {"boost along an axis", "rotation of a plane of space"},
}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("name", KINDS)
def test_special_elements_are_of_the_component_they_say(name, size):
    factor = Group(name, "d")
    seen = set()
    for seed in range(12):
        found = list(factor.special(np.random.default_rng(seed), size))
        assert len({what for what, _, _ in found}) == len(found)
        for what, component, element in found:
            assert component in factor.components and factor.component(element) == component, what
            assert defect(factor, element) <= 1, what
            unit = np.eye(size)
            assert size == 1 or what == "signed permutation" or np.any(factor.apply(element, unit, (0,)) != unit), what
            seen.add((what, component))
    if size > 1:
        assert {component for _, component in seen} == set(factor.components)
    if size > 3:
        assert {what for what, _ in seen} == SPECIAL[name]


def test_special_permutations_are_pairwise_different():
    for size in range(1, 7):
        found = [tuple(p.tolist()) for _, _, p in S("n").special(np.random.default_rng(0), size)]
        assert len(set(found)) == len(found) and tuple(range(size)) not in found


@every_component
def test_the_product_acts_as_one_element_after_the_other(name, component):
    factor, rng = Group(name, "d"), np.random.default_rng(6)
    first, second = factor.haar(rng, 5, component), factor.haar(rng, 5, factor.components[-1])
    x = rng.standard_normal((2, 5, 3))
    both = factor.apply(factor.product(second, first), x, (1,))
    assert np.allclose(both, factor.apply(second, factor.apply(first, x, (1,)), (1,)), rtol=0, atol=1e-12)
    swapped = factor.apply(factor.product(first, second), x, (1,))
    assert np.allclose(both, swapped) == (name == "T")


@every_component
def test_exact_elements_act_exactly_on_fractions(name, component):
    factor, rng = Group(name, "d"), Random(8)
    element = factor.exact(rng, 3, component)
    x = np.array([[Fraction(rng.randint(-5, 5), 7) for _ in range(2)] for _ in range(3)], dtype=object)
    exactly = factor.apply(element, x, (0,))
    assert all(isinstance(entry, Fraction) for entry in exactly.ravel())
    rounded = factor.apply(element, x.astype(float), (0,))
    assert rounded.dtype == float and np.allclose(exactly.astype(float), rounded, rtol=0, atol=1e-12)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((4,), (0,)),
        ((4, 5), (0,)),
        ((5, 4), (1,)),
        ((4, 4), (0, 1)),
        ((5, 4, 2), (1,)),
        ((4, 5, 4), (0, 2)),
        ((5,), ()),
    ],
)
@every_component
def test_a_stack_acts_as_its_elements_do(name, component, shape, axes, count):
    factor, rng = Group(name, "d"), np.random.default_rng(8)
    elements = factor.stack(rng, 4, component, 3)
    arrays = rng.standard_normal((count, *shape))
    moved = factor.apply_stack(elements, arrays, axes)
    assert moved.shape == (3, *shape) and moved.flags.c_contiguous
    for k, element in enumerate(elements):
        assert np.allclose(moved[k], factor.apply(element, arrays[k % count], axes), rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", KINDS)
def test_a_sweep_keeps_the_order_of_the_components(name):
    factor = Group(name, "d")
    asked = np.random.default_rng(0).choice(factor.components, 30)
    draw = factor.sweep(np.random.default_rng(1), 3)
    drawn = np.concatenate([draw(asked[:20]), draw(asked[20:])])
    assert [factor.component(element) for element in drawn] == asked.tolist()
    assert max(defect(factor, element) for element in drawn) <= 1


@pytest.mark.parametrize("size", [2, 5])
@every_component
def test_a_refined_element_is_the_same_with_more_digits(name, component, size):
    factor = Group(name, "d")
    element = factor.haar(np.random.default_rng(4), size, component)
    refined = factor.refined(element)
    assert np.allclose(refined.astype(float), element, rtol=0, atol=1e-13)
    if factor.kind.acts == "matrix":
        form = np.diag(np.array(factor.kind.signature(size), dtype=np.longdouble))
        off = np.max(np.abs(refined.T @ form @ refined - form))
        assert off <= 64 * size * np.finfo(np.longdouble).eps * factor.stretch(element) ** 2
