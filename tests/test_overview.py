"""The table of a plain `symmetry verify`: one or two lines for each claim, by chapter, at any width."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from symmetry.claims import Report
from symmetry.evidence import Evidence
from symmetry.overview import print_overview
from symmetry.points import Point
from symmetry.registry import Entry, entries, select
from symmetry.report import print_report
from symmetry.verification import verify

IDS = ["gram-invariance", "invariant-functions-with-knowledge", "span", "fixed-value-matrix", "density"]
NO_PROOF = Entry("unfinished", "A claim whose derivation does not end", number="9", build=lambda proof: None)


@pytest.fixture(scope="module")
def report() -> Report:
    points = (
        Point(1, "Outputs lie in the span.", ("span", "density"), "“close” is a word", "A. Author, 1900"),
        Point(2, "Rotations keep lengths.", ("gram-invariance",), "", "A. Author, 1900"),
    )
    return verify(IDS, points=points)


def printed(report: Report, width: int, *, colour: bool = False, full: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None)
    (print_report if full else print_overview)(report, console)
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("full", [False, True], ids=["table", "blocks"])
def test_every_line_fits_and_nothing_is_lost(report: Report, width: int, full: bool) -> None:
    text = printed(report, width, full=full)
    longest = max(len(word) for claim in report.claims for word in (claim.id, *claim.rests_on))
    assert max(map(len, text.splitlines())) <= max(width, longest + 8)
    assert not any(line.endswith(" ") for line in text.splitlines())
    flat = "".join(text.split())
    for claim in report.claims:
        assert claim.id in text
        for words in (claim.title, claim.entry.remark, claim.entry.open, *claim.entry.repaired_by):
            assert "".join(words.split()) in flat


@pytest.mark.parametrize("width", [80, 120])
def test_a_claim_is_a_line_of_evidence_and_its_title(report: Report, width: int) -> None:
    lines = printed(report, width).splitlines()
    (row,) = [k for k, line in enumerate(lines) if line.startswith("2.1 ")]
    assert lines[row].split()[:5] == ["2.1", "span", "derived", "✓", "3"]
    assert lines[row].split()[-2:] == ["15/15", "4/4"]
    assert lines[row + 1].strip() == report["span"].title
    heads = [line for line in lines if "status" in line and "exact" in line and "sampled" in line]
    assert len(heads) == 4  # one for each chapter
    assert all(line.index("status") == lines[row].index("derived") for line in heads)


def test_chapters_have_the_titles_of_their_files(report: Report) -> None:
    lines = printed(report, 100).splitlines()
    assert lines[0] == "Chapter 1. Orthogonal invariants reduce to inner products"
    assert "Chapter 2. Equivariant functions are combinations of the inputs" in lines


def test_negative_and_open_claims_are_marked(report: Report) -> None:
    text = printed(report, 100)
    assert "¬ Attention with a fixed value matrix" in text and "¬ marks a negative result" in text
    assert "repair: " in text and "(attention," in text and "open: no proof" in text
    assert " ".join(text.split()).endswith("all others hold (open: density)")
    positive = verify(["span"])
    assert "¬" not in printed(positive, 100)


def test_only_what_is_in_order_is_green(report: Report) -> None:
    green = "\x1b[1;32mderived\x1b[0m"
    assert green in printed(report, 100, colour=True)
    wrong = replace(report["span"], sampled=Evidence("sampled", "violated", samples=1, residual=1.0, tolerance=0.0))
    skipped = replace(report["span"], exact=Evidence("exact", "inconclusive", detail="no point"))
    for claim, sign in ((wrong, "✗"), (skipped, "?")):
        bad = Report((claim,), 0)
        text = printed(bad, 100)
        assert text.splitlines()[2].split()[:3] == ["2.1", "span", "✗"] and sign in text.splitlines()[2][12:]
        assert green not in printed(bad, 100, colour=True)
        assert "✗ span: the " in text and text.rstrip().endswith("1 of 1 failed")


def test_a_claim_without_a_derivation_is_a_row_of_dashes() -> None:
    found = verify(registered=[NO_PROOF])
    text = printed(found, 80)
    assert text.splitlines()[0] == "Claims" and text.splitlines()[2].split() == [
        "9",
        "unfinished",
        "✗",
        "open",
        *"–––––",
    ]
    assert "cannot be derived" in text
    assert "unfinished" in printed(found, 80, full=True)


def test_points_stand_below_the_claims_with_what_establishes_them(report: Report) -> None:
    for full in (False, True):
        text = printed(report, 80, full=full)
        section = text[text.index("A. Author, 1900") :]
        assert "1   open            Outputs lie in the span." in section
        assert "derived: span" in section and "open: density" in section
        assert "in part interpretation: “close” is a word" in section
        assert "2   derived         Rotations keep lengths." in section


def test_every_chapter_of_the_theory_has_a_title() -> None:
    import sys

    for entry in select(["1.1", "2.1", "3.1"], entries()):
        assert (sys.modules[entry.package].__doc__ or "").startswith("Chapter")
