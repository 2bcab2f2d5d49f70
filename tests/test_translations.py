"""Translations: which tensors they move, how they act, and what a check says of functions of points and of forces."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from symmetry import check, check_completeness, count, derive, hilbert_series
from symmetry.cli import main
from symmetry.errors import ProblemError, Underivable, UsageError
from symmetry.groups import KINDS, SO, Group, Lorentz, O, Product, S, T
from symmetry.invariants.basis import basis
from symmetry.problem import Action, Problem, parse_group

# ---------------------------------------------------------------------------------------------------------------
# The action


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_same_vector_is_added_at_every_other_index(axis):
    rng = np.random.default_rng(axis)
    x = rng.standard_normal((2, 3, 4))
    t = rng.standard_normal(x.shape[axis])
    moved = T("d").apply(t, x, (axis,))
    for index in np.ndindex(x.shape):
        assert moved[index] == x[index] + t[index[axis]]
    assert np.array_equal(T("d").apply(t, x, (axis - 3,)), moved)
    assert np.array_equal(T("d").apply(t, x, ()), x)


def test_a_shift_is_never_taken_for_a_permutation_of_the_same_entries():
    x, entries = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]), np.array([1, 0, 2])
    assert S("d").apply(entries, x, (0,)).tolist() == [[30, 40], [10, 20], [50, 60]]
    assert T("d").apply(entries, x, (0,)).tolist() == [[11, 21], [30, 40], [52, 62]]


@pytest.mark.parametrize("other", [O, SO, Lorentz], ids=["O", "SO", "Lorentz"])
def test_with_matrices_they_make_up_a_semidirect_product(other):
    rng = np.random.default_rng(1)
    q, t, x = other("d").haar(rng, 4), T("d").haar(rng, 4), rng.standard_normal((4, 3))
    first_moved = other("d").apply(q, T("d").apply(t, x, (0,)), (0,))
    first_turned = T("d").apply(q @ t, other("d").apply(q, x, (0,)), (0,))
    assert np.allclose(first_moved, first_turned, rtol=0, atol=1e-13)


def test_small_integers_act_without_rounding_on_integers_and_are_never_zero():
    rng = np.random.default_rng(2)
    drawn = [T("d").monomial(rng, size) for size in (1, 2, 5) for _ in range(40)]
    assert {entry for t in drawn for entry in t} == set(range(-3, 4))
    assert all(t.any() for t in drawn)
    x = rng.integers(-(2**52), 2**52, (5, 3)).astype(float)
    moved = T("d").apply(drawn[-1], x, (0,))
    assert [[int(a) for a in row] for row in moved] == [
        [int(a) + int(t) for a in row] for row, t in zip(x, drawn[-1], strict=True)
    ]


def test_translations_are_drawn_with_standard_normal_entries():
    stack = T("d").stack(np.random.default_rng(3), 3, 1, 4000)
    assert stack.shape == (4000, 3)
    covariance = stack.T @ stack / len(stack)
    assert np.max(np.abs(covariance - np.eye(3))) < 5 * np.sqrt(2 / len(stack))
    assert np.max(np.abs(stack.mean(axis=0))) < 5 / np.sqrt(len(stack))


def test_special_translations_are_long_short_and_along_one_coordinate():
    found = {name: t for name, _, t in T("d").special(np.random.default_rng(4), 5)}
    assert np.count_nonzero(found["translation along one coordinate"]) == 1
    assert np.linalg.norm(found["long translation"]) == pytest.approx(2.0**10)
    assert np.linalg.norm(found["short translation"]) == pytest.approx(2.0**-10)
    assert np.linalg.norm(found["very long translation"]) == pytest.approx(2.0**20)


def test_exact_translations_are_vectors_of_fractions():
    drawn = [T("d").exact(Random(seed), 3) for seed in range(20)]
    assert all(KINDS["T"].contains(t) and len(t) == 3 for t in drawn)
    assert any(x.denominator > 1 for t in drawn for x in t) and len(set(drawn)) > 15
    assert not KINDS["T"].contains(()) and not KINDS["T"].contains(((Fraction(1),),))


# ---------------------------------------------------------------------------------------------------------------
# Problems


def test_every_tensor_with_the_axis_moves_unless_some_are_named():
    everything = Problem("X: d n, Z: m d, w: n -> d n, n", group="T(d)")
    assert everything.action(T("d")) == Action(((0,), (1,), ()), ((0,), ()))
    some = Problem("X: d n, Z: m d, V: d d -> Y: n d, d n", group="T(d; Z, Y)")
    assert some.action(some.group.factors[0]) == Action(((), (1,), ()), ((1,), ()))
    assert not some.action(some.group.factors[0]).is_invariance
    forces = Problem("X: d n -> V: d n", group="O(d) x T(d; X)")
    turn, shift = map(forces.action, forces.group)
    assert turn == Action(((0,),), ((0,),)) and shift == Action(((0,),), ((),))
    assert shift.is_invariance and not turn.is_invariance


def test_inputs_without_a_name_are_moved_by_the_name_they_get():
    p = Problem("d n, d m -> d n", group="T(d; X2)")
    assert p.action(p.group.factors[0]) == Action(((), (0,)), ((),))


def test_an_input_and_an_output_of_one_name_move_together():
    p = Problem("X: d n, V: d n -> X: d n, V: d n", group="O(d) x T(d; X)")
    assert p.action(p.group.factors[1]) == Action(((0,), ()), ((0,), ()))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("T(d)", "T(d)"),
        ("T( d ;X)", "T(d; X)"),
        ("O(d)xT(d;X,Z)", "O(d) x T(d; X, Z)"),
        ("T(d; Z , X) * SO(d) × S(n)", "T(d; Z, X) x SO(d) x S(n)"),
        ("Lorentz(d) x T(d)", "Lorentz(d) x T(d)"),
        (T("d", "X") * O("d"), "T(d; X) x O(d)"),
        (T("n", "X") * S("d"), "T(n; X) x S(d)"),
    ],
    ids=str,
)
def test_groups_with_translations_survive_the_round_trip(written, canonical):
    p = Problem("X: d n, Z: d n -> n", group=written)
    assert str(p.group) == canonical
    assert Problem(str(p), group=canonical) == p == Problem(str(p), group=p.group)
    assert parse_group(canonical) == p.group
    assert p.at(d=3).group == p.group


def test_fixed_sizes_are_translated_too():
    p = Problem("X: 3 n -> 3 n", group="O(3) x T(3; X)")
    assert str(p.group) == "O(3) x T(3; X)"
    assert p.action(p.group.factors[1]) == Action(((0,),), ((),))


POINTS = "X: d n, Z: d m, t: -> Y: d n"


@pytest.mark.parametrize(
    ("line", "group", "position", "message"),
    [
        (POINTS, "T(d;)", 4, "the name of an input or output that T moves but found '\\)'"),
        (POINTS, "T(d; X,)", 7, "the name of an input or output that T moves but found '\\)'"),
        (POINTS, "T(d; X Z)", 7, "expected '\\)' but found 'Z'"),
        (POINTS, "T(d X)", 4, "expected '\\)', or ';' and names of tensors but found 'X'"),
        (POINTS, "T(; X)", 2, "expected the axis that T acts on"),
        (POINTS, "T(d; 3)", 5, "the name of an input or output that T moves but found '3'"),
        (POINTS, "T(d; X, X)", 8, "not there yet but found 'X' a second time"),
        (POINTS, "O(d; X)", 3, "expected '\\)' but found ';'"),
        (POINTS, "T(d; W)", 5, r"an input or output of .* \(X, Z, t, Y\) but found 'W'"),
        ("Xs: d n -> d n", "O(d) x T(d; X)", 12, "did you mean 'Xs'"),
        (POINTS, "T(d; X, t)", 8, "a tensor that has the axis 'd' once but found 't', which has not"),
        ("X: d d n -> d", "T(d; X)", 5, "once but found 'X', which has it 2 times"),
        (
            "X: d d n -> d",
            "T(d)",
            2,
            "an axis that no tensor has twice .* but found 'd', which is 2 times in 'X: d d n'",
        ),
        ("X: d n -> d d", "O(d) x T(d)", 9, "which is 2 times in 'd d'"),
        (POINTS, "T(k)", 2, r"expected an axis of .* but found 'k'"),
        (POINTS, "T(d) x T(d; X)", 9, "'d' a second time"),
        (
            POINTS,
            "S(d) x T(d)",
            9,
            r"no other factor acts on \(translations and one group of matrices may share theirs\)",
        ),
        (POINTS, "T(d) x S(d)", 9, "'d' a second time"),
        (POINTS, "O(d) x SO(d)", 10, "'d' a second time"),
        (POINTS, "O(d) x T(d) x Lorentz(d)", 22, "'d' a second time"),
        (POINTS, "T(d) x O(d) x T(d)", 16, "'d' a second time"),
    ],
)
def test_refusal_points_at_the_character(line, group, position, message):
    with pytest.raises(ProblemError, match=message) as caught:
        Problem(line, group=group)
    assert caught.value.position == position


def test_named_tensors_leave_the_others_free_to_have_the_axis_twice():
    assert Problem("X: d n -> d d", group="O(d) x T(d; X)").action(T("d", "X")).is_invariance


# ---------------------------------------------------------------------------------------------------------------
# Verdicts


def differences(X):
    return X[:, :, None] - X[:, None, :]


def forces(X):
    apart = differences(X)
    return np.sum(apart / (1 + np.sum(apart**2, axis=0)), axis=2)


def centre(X):
    return X.mean(axis=1)


def moved(X, V):
    return X + V + forces(X), V + forces(X)


def nearest_first(X):
    weights = np.exp(-np.sum(differences(X) ** 2, axis=0))
    return X @ (weights / weights.sum(axis=0))


def dot_product_attention(X):
    weights = np.exp(X.T @ X / 8)
    return X @ (weights / weights.sum(axis=0))


HOLDS, VIOLATED = "holds", "violated"
E = "O(d) x T(d)"
VERDICTS = {
    "centre": (centre, "X: d n -> d", E, (HOLDS, HOLDS)),
    "centre as a vector": (centre, "X: d n -> V: d", "O(d) x T(d; X)", (HOLDS, VIOLATED)),
    "weights that do not sum to one": (lambda X: 1.000001 * centre(X), "X: d n -> d", E, (HOLDS, VIOLATED)),
    "forces": (forces, "X: d n -> V: d n", "SO(d) x T(d; X) x S(n)", (HOLDS, HOLDS, HOLDS)),
    "forces as points": (forces, "X: d n -> d n", E, (HOLDS, VIOLATED)),
    "a drag to the origin": (lambda X: forces(X) - 1e-6 * X, "X: d n -> V: d n", "O(d) x T(d; X)", (HOLDS, VIOLATED)),
    "a step of points and velocities": (
        moved,
        "X: d n, V: d n -> Y: d n, W: d n",
        "O(d) x T(d; X, Y)",
        (HOLDS, HOLDS),
    ),
    "velocities moved too": (moved, "X: d n, V: d n -> Y: d n, W: d n", E, (HOLDS, VIOLATED)),
    "attention by distance": (nearest_first, "X: d n -> d n", E, (HOLDS, HOLDS)),
    "attention by inner products": (dot_product_attention, "X: d n -> d n", E, (HOLDS, VIOLATED)),
    "rows": (lambda X: X - X.mean(axis=0), "X: n d -> V: n d", "O(d) x T(d; X)", (HOLDS, HOLDS)),
    "one direction only": (lambda X: X * np.arange(len(X))[:, None], "X: d n -> d n", "T(d)", (VIOLATED,)),
    "a fixed frame": (
        lambda X: np.sort(X - X.mean(axis=1, keepdims=True), axis=1),
        "X: d n -> V: d n",
        "T(d; X)",
        (HOLDS,),
    ),
    "Poincaré": (
        lambda X: np.einsum("inm,i,inm->nm", differences(X), [1.0] + [-1.0] * (len(X) - 1), differences(X)),
        "X: d n -> n n",
        "Lorentz(d) x T(d)",
        (HOLDS, HOLDS),
    ),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdicts_on_points_and_vectors(name):
    function, line, group, verdicts = VERDICTS[name]
    sizes = [{"d": 3, "n": 4}, {"d": 4, "n": 2}]
    report = check(function, Problem(line, group=group), sizes=sizes, trials=2)
    assert tuple(report.verdicts.values()) == verdicts, str(report)
    for factor, found in report.counterexamples.items():
        assert factor.startswith("T(d") and "t" in found.values and "translation" in found.note
        again = found.problem.action(Group("T", "d", parse_group(factor).factors[0].tensors))
        t, arrays = np.array(found.values["t"], dtype=float), found.arrays()
        inputs = [
            T("d").apply(t, arrays[name], axes) for name, axes in zip(found.problem.names, again.inputs, strict=True)
        ]
        left, (lefts, _) = function(*inputs), found.sides()
        left = left if isinstance(left, tuple) else (left,)
        assert all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in zip(left, lefts, strict=True))


# ---------------------------------------------------------------------------------------------------------------
# What needs averages over the group refuses

REFUSED = ["T(d)", "T(d; X)", "O(d) x T(d; X)", "S(n) x T(d)", "Lorentz(d)", "Lorentz(d) x S(n)", "Lorentz(d) x T(d)"]


@pytest.mark.parametrize("group", REFUSED)
def test_what_needs_averages_refuses_and_says_what_is_missing(group):
    p = Problem("X: d n -> d n", group=group, d=3, n=2)
    factor = next(g for g in p.group if g.name in ("T", "Lorentz"))
    for ask in (
        lambda: count(p, 2),
        lambda: count(p, 0),
        lambda: basis(p, 2),
        lambda: hilbert_series(p),
        lambda: check_completeness(p, [1]),
    ):
        with pytest.raises(Underivable, match="no Haar probability measure") as caught:
            ask()
        assert str(factor) in caught.value.reason and caught.value.missing
    with pytest.raises(Underivable, match=r"adding a vector|totally isotropic") as caught:
        derive(Problem("X: d n -> d n", group=group))
    assert str(factor) in caught.value.reason and caught.value.missing


@pytest.mark.parametrize("group", REFUSED)
@pytest.mark.parametrize(
    "command",
    [
        ["derive"],
        ["derive", "--json"],
        ["derive", "--sizes", "d=3,n=2"],
        ["derive", "--finite-information", "2,0"],
        ["basis", "--degree", "2", "--sizes", "d=3,n=2"],
        ["basis", "--degree", "2", "--sizes", "d=3,n=2", "--count", "--json"],
        ["basis", "--series", "--sizes", "d=3,n=2"],
    ],
    ids=" ".join,
)
def test_commands_end_with_status_3_and_the_missing_piece(command, group, capsys):
    assert main([command[0], "X: d n -> d n", "--group", group, *command[1:]]) == 3
    out, err = capsys.readouterr()
    assert "missing" in out + err and "Traceback" not in err


def test_averages_are_over_orthogonal_matrices_only(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["average", "(a·Qx)^2", "--group", "T"])
    assert "choose from" in capsys.readouterr().err
    from sympy import MatrixSymbol

    from symmetry import haar_average

    for group in (T("d"), Lorentz(3), "T", "Lorentz", Product((Lorentz(3),))):
        with pytest.raises(UsageError, match="the group must be 'O' or 'SO'"):
            haar_average(MatrixSymbol("Q", 3, 3)[0, 0], MatrixSymbol("Q", 3, 3), group)
