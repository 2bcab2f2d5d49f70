"""What every registered claim is held to, and every point of a source: one run of the main job, read as data."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from symmetry.registry import entries

OPEN = {"density"}
# Statements that are cited and not proved, by the claims that use them: none.
CITED: dict[str, set[str]] = {}

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    result = subprocess.run(
        [sys.executable, "-m", "symmetry", "verify", "--json"], capture_output=True, text=True, timeout=600
    )
    found: Document = json.loads(result.stdout)
    assert result.returncode == found["exit_status"] and result.stderr == ""
    return found


def claims(document: Document, *, open: bool = False) -> list[Document]:
    return [claim for claim in document["claims"] if bool(claim["open"]) == open]


def test_all_hold(document: Document) -> None:
    assert {claim["id"]: claim["faults"] for claim in document["claims"] if claim["faults"]} == {}
    assert document["ok"] and document["exit_status"] == 0 and document["seed"] == 0
    assert [claim["id"] for claim in document["claims"]] == [entry.id for entry in entries()]
    assert document["counts"] == {"derived": len(claims(document)), "open": len(OPEN)}


def test_open_claims_are_those_listed_here(document: Document) -> None:
    assert set(document["open"]) == OPEN == {claim["id"] for claim in claims(document, open=True)}
    for claim in claims(document, open=True):
        assert claim["status"] == "open" and claim["ok"]


def test_every_other_claim_is_derived_with_exact_and_sampled_evidence(document: Document) -> None:
    missing = {}
    for claim in claims(document):
        assert claim["status"] == "derived" and claim["steps"]["evaluated"] > 0, claim["id"]
        held = {found["method"] for found in claim["evidence"] if found["verdict"] == "holds"}
        if not held >= {"exact", "sampled"}:
            missing[claim["id"]] = held
    assert missing == {}


def test_nothing_is_assumed_but_declared_readings(document: Document) -> None:
    for claim in claims(document):
        reading = {claim["reading"]} - {""}
        assert set(claim["assumptions"]) == reading | CITED.get(claim["id"], set()), claim["id"]


def test_sizes_are_pairwise_different(document: Document) -> None:
    for claim in claims(document):
        for assignment in claim["sizes"]:
            sizes = dict(assignment)
            if "k + 2" in claim["statement"] and len(set(sizes.values())) < len(sizes):
                sizes["k"] += 2  # the number of tokens, in chapters 4 and 5
            assert len(set(sizes.values())) == len(sizes), (claim["id"], assignment)


def test_sizes_lie_on_both_sides_of_d() -> None:
    for entry in entries():
        names = entry.sizes[0].keys() if entry.sizes else set()
        # 1.2 is about two vectors, 3.3v about knowledge of full rank; in 2.7a and 3.6 N is the order of a group.
        if "d" in names and names & {"N", "n"} and entry.number not in ("1.2", "2.7a", "3.3v", "3.6", "3.6e"):
            below = [s["d"] < s.get("N", s.get("n", 0) + s.get("m", 0)) for s in entry.sizes]
            assert {True, False} == set(below), entry.id


def test_false_variants_are_of_several_kinds_and_a_harmless_one_passes(document: Document) -> None:
    few = {}
    for claim in claims(document):
        false = [variant for variant in claim["variants"] if not variant["harmless"]]
        kinds = {variant["kind"] for variant in false}
        needed = 2 if claim["negative"] else 3
        if len(false) < needed or len(kinds) < needed or len(false) == len(claim["variants"]):
            few[claim["id"]] = kinds
        assert claim["variants_refuted"] == len(false), claim["id"]
        for variant in false:
            assert variant["refused"]["rule"] and variant["exact"]["counterexample"], (claim["id"], variant["title"])
    assert few == {}


def test_negative_claims_say_why_in_words(document: Document) -> None:
    negative = [claim for claim in claims(document) if claim["negative"]]
    assert negative and [claim["id"] for claim in negative if not claim["remark"]] == []


def test_the_abstract_has_eight_points_each_with_claims_or_words(document: Document) -> None:
    points = document["points"]
    assert [point["number"] for point in points] == list(range(1, 9))
    assert len({point["source"] for point in points}) == 1 and "Ma, L. Ying" in points[0]["source"]
    by_id = {claim["id"]: claim for claim in document["claims"]}
    for point in points:
        assert point["claims"] or point["interpretation"], point["number"]
        assert (point["standing"] == "interpretation") == (not point["claims"])
        for claim in point["claims"]:
            assert (claim["status"], claim["ok"]) == (by_id[claim["id"]]["status"], by_id[claim["id"]]["ok"])
    # The abstract does not define its finite information principle, so nothing here is evidence for that sentence.
    assert points[6]["claims"] == []
