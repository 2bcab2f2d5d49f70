"""The one-line problem language: what it accepts, what it prints back, and what it says when it refuses."""

import contextlib
import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import ProblemError, SymmetryError, UsageError
from symmetry.groups import SO, O, S
from symmetry.problem import Action, Problem, Tensor, parse_group

ATTENTION = "X: d n, Z: d m -> d n"


def test_problem_keeps_names_axes_and_order():
    p = Problem(ATTENTION, group="O(d) x S(n)")
    assert p.inputs == (Tensor("X", ("d", "n")), Tensor("Z", ("d", "m")))
    assert p.outputs == (Tensor(None, ("d", "n")),)
    assert p.axes == ("d", "n", "m")
    assert p.symbolic == ("d", "n", "m")
    assert str(p) == ATTENTION
    assert str(p.group) == "O(d) x S(n)"
    assert repr(p) == "Problem('X: d n, Z: d m -> d n', group='O(d) x S(n)')"


@pytest.mark.parametrize(
    ("line", "canonical"),
    [
        ("d n,d m->n d", "d n, d m -> n d"),
        ("  X :d n  →  d  n ", "X: d n -> d n"),
        ("X: d n ->", "X: d n -> "),
        ("X: d n -> ()", "X: d n -> "),
        ("X: d n -> Y: ()", "X: d n -> Y: ()"),
        ("t:, X: 3 n -> 3 n", "t: (), X: 3 n -> 3 n"),
        ("( ), d -> d", "(), d -> d"),
        ("Z: d m -> d d", "Z: d m -> d d"),
        ("X: n d, Wq: d k, Wo: k d -> n d, n", "X: n d, Wq: d k, Wo: k d -> n d, n"),
        ("X:\td\tn -> d_model", "X: d n -> d_model"),
        ("X: b h n d -> b n", "X: b h n d -> b n"),
    ],
)
def test_line_is_printed_back_in_canonical_form(line, canonical):
    p = Problem(line)
    assert str(p) == canonical
    assert Problem(canonical) == p


@pytest.mark.parametrize(
    ("group", "canonical"),
    [
        ("O(d) x S(n)", "O(d) x S(n)"),
        ("O(d)xS(n)", "O(d) x S(n)"),
        ("O( d )×SO(n)", "O(d) x SO(n)"),
        ("S(n) * O(d)", "S(n) x O(d)"),
        ("Lorentz(d) x T(d;X)", "Lorentz(d) x T(d; X)"),
        (O("d"), "O(d)"),
        (SO("d") * S("n"), "SO(d) x S(n)"),
        (None, "1"),
        ("", "1"),
        ("1", "1"),
    ],
)
def test_group_is_text_or_objects(group, canonical):
    p = Problem("X: d n -> d n", group=group)
    assert str(p.group) == canonical
    assert Problem("X: d n -> d n", group=canonical) == p


def test_factor_acts_on_every_axis_with_its_name():
    p = Problem("Z: d m, t: -> d d, m", group="O(d) x S(m)")
    rotation, permutation = p.group
    assert p.action(rotation) == Action(inputs=((0,), ()), outputs=((0, 1), ()))
    assert p.action(permutation) == Action(inputs=((1,), ()), outputs=((), (0,)))
    assert not p.action(rotation).is_invariance


def test_factor_on_an_axis_that_the_output_lacks_is_an_invariance():
    p = Problem(ATTENTION, group="O(d) x S(m)")
    assert [p.action(g).is_invariance for g in p.group] == [False, True]
    assert Problem("X: d n -> ", group="O(d)").action(O("d")).is_invariance


def test_fixed_size_is_acted_on_only_when_the_group_names_it():
    p = Problem("X: 3 n -> 3 n", group="S(n)")
    assert p.axes == (3, "n") and p.symbolic == ("n",)
    named = Problem("X: 3 n -> 3 n", group="O(3)")
    assert named.action(named.group.factors[0]) == Action(((0,),), ((0,),))
    assert str(named.group) == "O(3)"


def test_sizes_are_symbolic_until_given():
    p = Problem(ATTENTION, group="O(d)", m=4)
    assert p.sizes == {"m": 4} and p.symbolic == ("d", "n")
    full = p.at(d=np.int64(3), n=2)
    assert full.sizes == {"d": 3, "n": 2, "m": 4} and type(full.sizes["d"]) is int
    assert [full.shape(t) for t in (*full.inputs, *full.outputs)] == [(3, 2), (3, 4), (3, 2)]
    assert full.at(d=3) == full
    assert p.symbolic == ("d", "n")
    with pytest.raises(UsageError, match=r"axis 'd' of .* has no size yet"):
        p.shape(p.inputs[0])


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"e": 3}, "size given for 'e', but the named axes of 'X: d n -> d n' are: d, n"),
        ({"D": 3}, "did you mean 'd'"),
        ({"d": 0}, "axis 'd' must be a positive integer, not 0"),
        ({"d": -2}, "axis 'd' must be a positive integer, not -2"),
        ({"d": 2.0}, "axis 'd' must be a positive integer, not 2.0"),
        ({"d": "3"}, "axis 'd' must be a positive integer, not '3'"),
        ({"d": True}, "axis 'd' must be a positive integer, not True"),
    ],
    ids=lambda value: repr(value) if isinstance(value, dict) else "",
)
def test_unusable_size_is_named(sizes, message):
    with pytest.raises(UsageError, match=message):
        Problem("X: d n -> d n", **sizes)


def test_conflicting_size_is_refused():
    with pytest.raises(UsageError, match="axis 'd' already has size 3, so it cannot have size 4"):
        Problem("X: d n -> d n", d=3).at(d=4)


@pytest.mark.parametrize(
    ("line", "group", "position", "message"),
    [
        ("X: d n", "", 6, "expected an axis, ',' or '->' but found the end of the line"),
        ("X: d n => d", "", 7, "expected an axis, ',' or '->' but found '='"),
        ("X: d n > d", "", 7, "'->' but found '>'"),
        ("-> d", "", 0, "expected an input"),
        ("", "", 0, "expected an input"),
        ("X: d,, d -> d", "", 5, "expected an input"),
        ("d, -> d", "", 3, "expected an input"),
        ("d -> d,", "", 7, "expected an output"),
        ("d -> d -> d", "", 7, "or the end of the line but found '-'"),
        ("X: d n Z: d m -> d n", "", 8, "a new name, as 'Z' seems to be, follows a ','"),
        ("X: d n, X: d m -> d", "", 8, "'X' a second time"),
        ("X: d; n -> d", "", 4, "found ';'"),
        ("X: 3n -> d", "", 4, "a blank after the size 3"),
        ("X: 0 n -> n", "", 3, "expected a size from 1 to"),
        ("9" * 50 + " -> d", "", 0, "a number of 50 digits"),
        ("( d -> d", "", 2, r"expected '\)'"),
        ("X: d n -> d n", "U(d)", 0, r"expected a group \(O, SO, S, T, Lorentz\) but found 'U'"),
        ("X: d n -> d n", "so(d)", 0, "did you mean 'SO'"),
        ("X: d n -> d n", "O(d) x Sn", 7, "found 'Sn'"),
        ("X: d n -> d n", "O d", 2, r"expected '\(' and the axis that O acts on"),
        ("X: d n -> d n", "O()", 2, "expected the axis that O acts on"),
        ("X: d n -> d n", "O(d", 3, r"expected '\)' but found the end"),
        ("X: d n -> d n", "O(d) x", 6, "expected a group"),
        ("X: d n -> d n", "O(d) S(n)", 5, "expected 'x' and another factor"),
        ("X: d n -> d n", "O(d) x S(d)", 9, "'d' a second time"),
        ("X: d n -> d n", "O(d) x S(k)", 9, r"expected an axis of 'X: d n -> d n' \(d, n\) but found 'k'"),
        ("X: dim n -> dim n", "O(din)", 2, "did you mean 'dim'"),
        ("X: d n -> d n", "O(3)", 2, "found 3"),
        ("() -> ", "O(d)", 2, "which has none"),
        ("X: d n -> d n", O("k") * S("n"), 2, "found 'k'"),
    ],
)
def test_refusal_points_at_the_character(line, group, position, message):
    with pytest.raises(ProblemError, match=message) as caught:
        Problem(line, group=group)
    error = caught.value
    assert error.position == position
    *_, text, caret = str(error).split("\n")
    assert caret.index("^") == position + 2
    assert text[2:] == error.text


@pytest.mark.parametrize("line", [None, 3, b"d -> d", ["d -> d"]])
def test_line_that_is_no_text_is_refused(line):
    with pytest.raises(UsageError, match="one line of text"):
        Problem(line)


def test_group_of_a_wrong_type_is_refused():
    with pytest.raises(UsageError, match="a group is text"):
        Problem("d -> d", group=3)


def test_problem_is_a_value():
    p = Problem(ATTENTION, group="O(d)", d=3)
    assert pickle.loads(pickle.dumps(p)) == p == copy.deepcopy(p)
    assert hash(p) == hash(Problem(ATTENTION, group=O("d"), d=3))
    assert p != Problem(ATTENTION, group="O(d)") != Problem(ATTENTION, group="SO(d)")
    with pytest.raises(AttributeError):
        p.inputs = ()


def test_inputs_without_names_get_names_that_are_free():
    assert Problem("d n, X1: d, d m -> d").names == ("X1_", "X1", "X3")


axis = st.sampled_from(["d", "n", "m", "k", "d_model", "β", 3, 11])
shape = st.lists(axis, max_size=4).map(tuple)


@st.composite
def problems(draw):
    inputs = draw(st.lists(shape, min_size=1, max_size=4))
    names = draw(st.lists(st.sampled_from("XYZWVx"), min_size=4, max_size=4, unique=True))
    tensors = tuple(
        Tensor(name if draw(st.booleans()) else None, axes) for name, axes in zip(names, inputs, strict=False)
    )
    outputs = tuple(Tensor(None, axes) for axes in draw(st.lists(shape, min_size=1, max_size=3)))
    axes = sorted({str(a) for t in (*tensors, *outputs) for a in t.axes})
    acted = draw(st.lists(st.sampled_from(axes), unique=True, max_size=3)) if axes else []
    blank = st.sampled_from(["", " ", "  "])
    glue = f"{draw(blank)},{draw(blank)}"
    line = f"{glue.join(map(str, tensors))}{draw(blank)}->{draw(blank)}{glue.join(map(str, outputs))}"
    group = draw(st.sampled_from(["x", " × ", "*"])).join(
        f"{draw(st.sampled_from(['O', 'SO', 'S', 'Lorentz']))}({a})" for a in acted
    )
    return line, group, tensors, outputs


@given(problems())
def test_every_problem_survives_the_round_trip(written):
    line, group, inputs, outputs = written
    p = Problem(line, group=group)
    assert (p.inputs, p.outputs) == (inputs, outputs)
    again = Problem(str(p), group=str(p.group))
    assert again == p and str(again) == str(p)
    assert parse_group(str(p.group)) == p.group


@given(st.text(alphabet="dnX3:,->() \tOSx×*²é1", max_size=24), st.text(alphabet="OSTdnX3(;,)x×* 1U", max_size=12))
def test_any_text_is_read_or_refused_with_a_reason(line, group):
    try:
        p = Problem(line, group=group)
    except SymmetryError as error:
        assert isinstance(error, ProblemError) and "expected" in str(error)
        assert 0 <= error.position <= len(error.text)
    else:
        assert Problem(str(p), group=p.group) == p


LONG = {
    "axes": ("d " * 50_000 + "-> d", ""),
    "inputs": (", ".join(f"x{i}: d" for i in range(50_000)) + " -> d", ""),
    "factors": (" ".join(f"a{i}" for i in range(20_000)) + " ->", " x ".join(f"S(a{i})" for i in range(20_000))),
    "digits": ("9" * 100_000, ""),
}


@pytest.mark.parametrize("name", LONG)
def test_long_text_takes_linear_time(name):
    line, group = LONG[name]
    with contextlib.suppress(ProblemError):
        assert Problem(line, group=group).inputs


LIGHT = "import sys, {}; print(sorted({{'numpy', 'sympy', 'rich', 'flint'}} & set(sys.modules)))"


def test_import_is_light_and_the_test_can_fail():
    def loaded(modules):
        run = subprocess.run([sys.executable, "-c", LIGHT.format(modules)], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    assert loaded("symmetry.problem, symmetry.groups") == "[]"
    assert loaded("symmetry.problem, numpy") == "['numpy']"
