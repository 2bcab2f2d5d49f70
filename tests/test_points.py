"""What a source says, point by point: how it stands is computed from its claims, and is never better than they are."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from symmetry.claims import Report
from symmetry.documents import report_document
from symmetry.errors import UsageError
from symmetry.formulas import Equal, forall
from symmetry.overview import print_overview
from symmetry.points import Point
from symmetry.proof import Proof
from symmetry.registry import Entry, claim
from symmetry.terms import Variable, sizes
from symmetry.verification import verify

d, n = sizes("d n")
X = Variable("X", d, n)
SIZES = ({"d": 3, "n": 2},)
SOURCE = "A. Author, 1900"


@claim("true", "A transpose of a transpose", number="1", sizes=SIZES)
def true(proof: Proof) -> None:
    proof.states(forall(X, Equal(X.T.T, X)))
    proof.close(proof.equal(X.T.T, X), X)


@claim("wrong", "A matrix is twice itself", number="2", sizes=SIZES)
def wrong(proof: Proof) -> None:
    proof.states(forall(X, Equal(X + X, X)))
    proof.step("cite", formula=forall(X, Equal(X + X, X)), name="a false reference")


unknown = Entry("unknown", "Nobody knows", number="3", open="a proof would decide it")
EVERY = (true, wrong, unknown)


def report(*points: Point, ids: list[str] | None = None, every: tuple[Entry, ...] = EVERY) -> Report:
    return verify(ids, registered=every, points=points)


def printed(found: Report, width: int = 80) -> str:
    out = StringIO()
    print_overview(found, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize(
    ("claims", "standing", "ok"),
    [
        (("true",), "derived", True),
        (("true", "unknown"), "open", True),
        (("unknown", "wrong", "true"), "refuted", False),
        ((), "interpretation", True),
    ],
    ids=["derived", "open", "refuted", "none"],
)
def test_a_point_stands_as_its_worst_claim(claims: tuple[str, ...], standing: str, ok: bool) -> None:
    found = report(Point(1, "So it is.", claims, "in a sense", SOURCE))
    (point,) = report_document(found)["points"]
    assert (point["number"], point["source"], point["text"]) == (1, SOURCE, "So it is.")
    assert (point["standing"], point["ok"], point["interpretation"]) == (standing, ok, "in a sense")
    assert [claim["id"] for claim in point["claims"]] == list(claims)
    text = printed(found)
    assert SOURCE in text and "So it is." in text and f"1   {'' if ok else '✗ '}{standing}" in text


def test_a_claim_that_is_derived_and_not_in_order_spoils_its_point() -> None:
    broken = claim("broken", "No refutation", sizes=SIZES, sampled=lambda seed: 1 / 0)(true.build)  # type: ignore[arg-type, return-value]
    found = report(Point(1, "So it is.", ("broken",), "", SOURCE), every=(broken,))
    assert found["broken"].status == "derived" and not found["broken"].ok
    assert not found.points[0].ok and "✗ derived" in printed(found)


def test_points_are_shown_when_all_their_claims_were_verified() -> None:
    points = (
        Point(1, "One.", ("true",), "", SOURCE),
        Point(2, "Two.", ("true", "unknown"), "", SOURCE),
        Point(3, "Three.", (), "words", SOURCE),
    )
    assert [found.point.number for found in report(*points).points] == [1, 2, 3]
    assert [found.point.number for found in report(*points, ids=["true"]).points] == [1]
    assert [found.point.number for found in report(*points, ids=["unknown"]).points] == []


def test_a_point_that_names_no_claim_is_refused() -> None:
    with pytest.raises(UsageError, match=r"point 4 of 'A. Author, 1900' names 'missing'"):
        report(Point(4, "So it is.", ("missing",), "", SOURCE))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((1, "text", (), "", SOURCE), "neither claims nor an interpretation"),
        ((1, "", ("true",), "", SOURCE), "its text"),
        ((1, "text", ("true",), "", ""), "its source"),
        ((1, "text", "true", "", SOURCE), "a tuple of ids"),
        ((1, "text", (1,), "", SOURCE), "a tuple of ids"),
        ((1, "text", (), 1, SOURCE), "its interpretation"),
        ((None, "text", ("true",), "", SOURCE), "its number"),
    ],
    ids=["nothing", "text", "source", "one-id", "no-id", "interpretation", "number"],
)
def test_a_point_that_is_not_well_formed_is_refused(parts: tuple[object, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Point(*parts)  # type: ignore[arg-type]


def test_several_sources_each_have_their_heading() -> None:
    text = printed(
        report(Point(1, "One.", ("true",), "", SOURCE), Point("a", "Other.", ("true",), "", "B. Other, 1901"))
    )
    assert text.index(SOURCE) < text.index("One.") < text.index("B. Other, 1901") < text.index("Other.\n")


def run_with(tmp_path: Path, points: str) -> subprocess.CompletedProcess[str]:
    """The command beside a package that registers a claim and points."""
    (tmp_path / "elsewhere.py").write_text(
        textwrap.dedent("""
            from symmetry import claim
            from symmetry.formulas import Equal, forall
            from symmetry.points import Point
            from symmetry.terms import Variable, sizes

            d, n = sizes("d n")
            X = Variable("X", d, n)

            @claim("elsewhere", "The transpose of a transpose", number="9.9", sizes=({"d": 3, "n": 2},))
            def elsewhere(proof):
                proof.states(forall(X, Equal(X.T.T, X)))
                proof.close(proof.equal(X.T.T, X), X)

            CLAIMS = (elsewhere,)
        """)
        + f"POINTS = {points}\n"
    )
    metadata = tmp_path / "elsewhere-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symmetry.claims]\nelsewhere = elsewhere\n")
    return subprocess.run(
        [sys.executable, "-m", "symmetry", "verify", "9.9"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
    )


def test_another_package_registers_points_of_its_own_source(tmp_path: Path) -> None:
    result = run_with(tmp_path, "(Point(1, 'Turning twice is nothing.', ('elsewhere',), '', 'C. Third, 1902'),)")
    assert result.returncode == 0, result.stderr
    assert "C. Third, 1902" in result.stdout and "derived: elsewhere" in result.stdout
    assert "Ma, L. Ying" not in result.stdout


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ("(Point(1, 'Text.', ('nowhere',), '', 'C. Third, 1902'),)", "names 'nowhere', not a registered claim"),
        ("('a point',)", "are of type Point"),
        ("(Point(1, 'One.', (), 'x', 'C'), Point(1, 'Two.', (), 'x', 'C'))", "have the number 1"),
    ],
    ids=["unregistered", "no-point", "twice"],
)
def test_registered_points_that_are_no_good_are_bad_input(tmp_path: Path, points: str, message: str) -> None:
    result = run_with(tmp_path, points)
    assert result.returncode == 2 and message in result.stderr and "Traceback" not in result.stderr
