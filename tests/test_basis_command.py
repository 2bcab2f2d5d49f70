"""`symmetry basis` and the counts of `symmetry derive`: what people read, what programs read, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from symmetry.cli import main

TOKENS = ["X: d n -> d n", "--group", "O(d) x S(n)", "--sizes", "d=3,n=4"]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    found = capsys.readouterr()
    return status, found.out, found.err


def document(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    status, out, err = run(capsys, *words, "--json")
    assert status == 0 and err == ""
    found: dict[str, Any] = json.loads(out)
    return found


def test_elements_are_listed_and_counted_twice(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "basis", *TOKENS, "--degree", "3")
    assert status == 0 and err == ""
    assert "  2  (X₁·X₂) X₁ at n = 1  + 11 images" in out
    assert "11 of degree 3: 11 enumerated, 11 by averaging characters" in out
    assert "made of inner products (H. Weyl, The Classical Groups, 1939;" in out


def test_the_count_alone_lists_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "basis", *TOKENS, "--degree", "3", "--count")
    assert status == 0 and "11 of degree 3, by averaging characters" in out and "image" not in out


def test_the_document_has_every_term_of_every_element(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "basis", *TOKENS, "--degree", "3", "--series")
    assert (found["problem"], found["group"], found["sizes"]) == ("X: d n -> d n", "O(d) x S(n)", {"d": 3, "n": 4})
    assert found["count"] == found["enumerated"] == len(found["elements"]) == 11
    second = found["elements"][1]
    assert second["text"] == "(X₁·X₂) X₁ at n = 1" and len(second["terms"]) == 12
    assert second["terms"][0] == {
        "component": {"output": 0, "values": {"n": 0}},
        "pairs": [[0, 1], [1, 2]],
        "scalars": [],
        "determinant": [],
    }
    assert found["series"]["expansion"][:4] == [0, 2, 0, 11]


def test_what_generates_the_elements_is_named_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "x: d, y: d -> ", "--group", "SO(d)", "--sizes", "d=2", "--degree", "2"]
    assert "made of inner products and determinants of d vectors (H. Weyl" in run(capsys, *words)[1]
    found = document(capsys, *words)
    assert "determinants" in found["generators"] and "Weyl" in found["source"]
    permuted = document(capsys, "basis", "x: n -> n", "--group", "S(n)", "--sizes", "n=3", "--degree", "2")
    assert permuted["generators"] is None and permuted["source"] is None


def test_the_document_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "X: d n -> d n", "--group", "SO(d) x S(n)", "--sizes", "d=2,n=3", "--degree", "3", "--json"]
    assert run(capsys, *words) == run(capsys, *words)


def test_coordinates_stand_below_each_element(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "x: d, y: d -> ", "--group", "SO(d)", "--sizes", "d=2", "--degree", "2", "--coordinates"]
    status, out, _ = run(capsys, *words)
    assert status == 0 and "det[x, y]\n     x[0, 0]*y[1, 0] - x[1, 0]*y[0, 0]\n" in out
    elements = document(capsys, *words)["elements"]
    assert elements[-1]["coordinates"] == "x[0, 0]*y[1, 0] - x[1, 0]*y[0, 0]"


def test_degrees_by_input(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "X: d n, Z: d m -> d", "--group", "O(d)", "--sizes", "d=2,n=1,m=3", "--degree", "X=1,Z=2"]
    status, out, _ = run(capsys, *words)
    assert status == 0 and " of degree 1 in X, 2 in Z: " in out and "X₁" in out


def test_a_series_without_a_rational_function_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "M: d d -> ", "--group", "O(d)", "--sizes", "d=3", "--series"]
    status, out, _ = run(capsys, *words)
    assert status == 0 and "3t² + 5t³" in out and "it is not known here: input 'M' has 2 axes" in " ".join(out.split())
    series = document(capsys, *words)["series"]
    assert series["numerator"] is None and series["reason"] and series["expansion"][:5] == [1, 1, 3, 5, 9]


def test_every_line_fits_the_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    words = ["X: d n, Z: d m -> d d", "--group", "SO(d)", "--sizes", "d=3,n=1,m=2", "--degree", "X=1,Z=2", "--series"]
    status, out, _ = run(capsys, "basis", *words)
    assert status == 0 and max(map(len, out.splitlines())) <= 60


def test_what_has_no_generators_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "M: d d -> ", "--group", "O(d)", "--sizes", "d=3", "--degree", "3"]
    status, out, err = run(capsys, *words)
    assert status == 3 and "missing: generators of the invariants of matrices" in err
    status, out, err = run(capsys, *words, "--json")
    assert status == 3 and json.loads(out)["status"] == "unknown" and err == ""
    status, out, _ = run(capsys, *words, "--count")
    assert status == 0 and "5 of degree 3" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["X: d n -> ", "--group", "O(d)", "--sizes", "d=3", "--degree", "2"], "sizes are missing: n"),
        (["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,k=1", "--degree", "2"], "size given for 'k'"),
        (["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,n=2"], "give --degree"),
        (
            ["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,n=2", "--degree", "-2"],
            "--degree -2: a degree is a natural number",
        ),
        (["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,n=2", "--degree", "X=-2"], "found 'X=-2'"),
        (["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,n=2", "--degree", "Y=2"], "has no input 'Y'"),
        (["X: d n -> ", "--group", "U(d)", "--sizes", "d=3,n=2", "--degree", "2"], "expected a group (O, SO, S"),
        (
            ["X: d n -> ", "--group", "O(d)", "--sizes", "d=3,n=7", "--degree", "30"],
            "the basis has 27225467080 elements",
        ),
    ],
)
def test_wrong_input_is_told_before_any_work(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    try:
        status = main(["basis", *words])
    except SystemExit as end:
        status = int(end.code or 0)
    found = capsys.readouterr()
    assert status == 2 and message in found.err and "Traceback" not in found.err


def test_a_long_sequence_costs_no_more_than_a_short_one(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["basis", "X: d n -> d n", "--group", "O(d) x S(n)", "--sizes", "d=3,n=64", "--degree", "3"]
    status, out, _ = run(capsys, *words)
    assert status == 0 and "(X₃·X₄) X₂ at n = 1  + 7624511 images" in out
    status, out, err = run(capsys, *words, "--json")
    assert (status, out) == (2, "") and "terms together, and 200000 are written out at most" in err


def test_derive_counts_the_polynomial_functions(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "derive", *TOKENS)
    assert status == 0 and "f(X) = X g(A)" in out and "Polynomial functions with the symmetry at d = 3, n = 4" in out
    found = document(capsys, "derive", *TOKENS)
    assert found["status"] == "derived" and found["polynomial"]["series"]["expansion"][:4] == [0, 2, 0, 11]


def test_what_cannot_be_derived_is_counted_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["derive", "X: d n -> d", "--group", "SO(d)", "--sizes", "d=3,n=2"]
    status, out, err = run(capsys, *words)
    assert status == 3 and "not derived" in err and "Polynomial functions" in out
    status, out, _ = run(capsys, *words, "--json")
    assert status == 3 and json.loads(out)["polynomial"]["series"]["expansion"][:4] == [0, 2, 1, 6]
