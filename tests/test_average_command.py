"""`symmetry average`: what people read, what programs read, and what is refused."""

from __future__ import annotations

import json

import pytest
from sympy import Rational, Symbol

from symmetry.average_report import typeset
from symmetry.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["average", *words])
    found = capsys.readouterr()
    return status, found.out, found.err


def test_entries_are_averaged_for_every_d(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "Q[0,0]^2 Q[1,1]^2")
    assert status == 0 and err == ""
    assert "  = (d + 1) / (d (d − 1) (d + 2))\n" in out and "for every d for which the entries exist" in out


def test_inner_products_are_averaged_at_a_number_below_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "(a·Qx)^4", "--d", "1")
    assert status == 0 and "average over O(1) of  (a·Qx)^4" in out and "  = (a·a)² (x·x)²\n" in out


def test_rotations_keep_determinants(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "(a·Qx)(b·Qy)", "--d", "2", "--group", "SO")
    assert status == 0 and "+ (a·x) (b·y) / 2" in out and "− (a·y) (b·x) / 2" in out


@pytest.mark.parametrize(
    ("words", "average"),
    [
        (["Q[0,0]^4"], "3/(d*(d + 2))"),
        (["Q[0,0]^3"], "0"),
        (["det(Q)^2", "--d", "3"], "1"),
        (["tr(Q)^4"], "3"),
        (["tr(Q A Q' B)"], "Trace(A)*Trace(B)/d"),
        (["t (a·Qx)^2", "--numbers", "t", "--orthonormal", "a"], "t*(x·x)/d"),
        (["7/3"], "7/3"),
    ],
)
def test_the_document_has_the_average(capsys: pytest.CaptureFixture[str], words: list[str], average: str) -> None:
    status, out, err = run(capsys, *words, "--json")
    found = json.loads(out)
    assert (status, err, found["average"]) == (0, "", average) and set(found) == {
        "group",
        "d",
        "expression",
        "kind",
        "average",
        "latex",
        "valid",
    }


def test_latex_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "(a·Qx)^2", "--latex")
    assert (status, out) == (0, "\\frac{\\left(a \\cdot a\\right) \\left(x \\cdot x\\right)}{d}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["(a·Qx"], "expected ')'"),
        ([""], "found the end of the line"),
        (["Q[0,0] (a·Qx)"], "expected entries only"),
        (["Q[3,0]^2", "--d", "3"], "expected an index from 0 to 2"),
        (["Q[0,0]^2", "--d", "0"], "must be a positive integer"),
        (["(a·Qx)(b·Qy)", "--group", "SO"], "at an integer d only"),
        (["1/Q[0,0]"], "expected"),
        (["__import__('os')"], "expected"),
        (["2^3^2"], "brackets around a power that is raised again"),
        (["|x|^2^2"], "brackets around a power that is raised again"),
        (["(a·Qx)^2/2d"], "'*', or brackets around all that is divided by"),
        (["(a·Qx)^2", "--orthonormal", "z"], "--orthonormal z: the expression has no such letter"),
        (["(a·Qx)^2", "--orthonormal", "a x"], "no such letter in this place; it has a, x"),
        (["Q[0,0]^2", "--orthonormal", "a"], "it has none"),
        (["(a·Qx)^2", "--numbers", "Q"], "--numbers Q"),
        (["t (a·Qx)^2", "--numbers", "s"], "it has t"),
    ],
)
def test_wrong_input_points_at_what_is_wrong(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    status, out, err = run(capsys, *words)
    assert status == 2 and out == "" and message in err and "Traceback" not in err


def test_every_line_fits_the_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = run(capsys, "(a·Qx)^2 (b·Qy)^2 (c·Qz)^2")
    assert max(map(len, out.splitlines())) <= 60


def test_typeset_raises_powers_and_spaces_quotients() -> None:
    x, d = Symbol("x"), Symbol("d")
    assert typeset(Rational(3, 4) * x**10) == "3 x¹⁰ / 4"
    assert typeset(-x / (d - 1)) == "−x / (d − 1)"


@pytest.mark.parametrize(
    ("text", "average"),
    [
        ("tr(Q A_1Q'B)", "Trace(A_1)*Trace(B)/d"),  # a subscript ends with its digits
        ("(t_1·Qx)^2", "(t_1·t_1)*(x·x)/d"),
        ("(a.T Qx)^2", "(a·a)*(x·x)/d"),
    ],
)
def test_letters_end_where_they_seem_to(capsys: pytest.CaptureFixture[str], text: str, average: str) -> None:
    status, out, _ = run(capsys, text, "--json")
    assert status == 0 and json.loads(out)["average"] == average


def test_a_sum_that_cancels_is_not_said_to_hold_at_every_d(capsys: pytest.CaptureFixture[str]) -> None:
    assert "at least half the degree" in run(capsys, "tr(Q)^4 - 3")[1]
    assert "= −2" in run(capsys, "tr(Q)^4 - 3", "--d", "1")[1]
