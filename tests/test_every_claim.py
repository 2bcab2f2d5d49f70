"""What every registered claim is held to, and every point of a source: one run of the main job, read as data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from symmetry.registry import entries

OPEN = {"density"}
# Claims that stand on an exact computation alone.
COMPUTED = {
    "polynomial-invariants",
    "haar-average",
    "gram-relations",
    "invariant-counts",
    "rotation-invariants",
    "polynomial-equivariants",
    "polynomial-matrices",
    "permutation-counts",
}
# Claims about all maps, beside whose derivation every polynomial map of low degree was computed.
COMPLETE = {
    "invariant-functions",
    "invariant-functions-with-knowledge",
    "span",
    "representation",
    "central-theorem",
    "matrix-valued",
    "both-symmetries",
    "unordered-knowledge",
}
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
    """The claims that are meant to be derived, or those that are declared open."""
    return [claim for claim in document["claims"] if bool(claim["open"]) == open and claim["id"] not in COMPUTED]


def computed(document: Document) -> list[Document]:
    return [claim for claim in document["claims"] if claim["id"] in COMPUTED]


def test_all_hold(document: Document) -> None:
    assert {claim["id"]: claim["faults"] for claim in document["claims"] if claim["faults"]} == {}
    assert document["ok"] and document["exit_status"] == 0 and document["seed"] == 0
    assert [claim["id"] for claim in document["claims"]] == [entry.id for entry in entries()]
    assert document["counts"] == {"derived": len(claims(document)), "exact": len(COMPUTED), "open": len(OPEN)}


def test_open_claims_are_those_listed_here(document: Document) -> None:
    assert set(document["open"]) == OPEN == {claim["id"] for claim in claims(document, open=True)}
    for claim in claims(document, open=True):
        assert claim["status"] == "open" and claim["ok"]


def test_every_other_claim_is_derived_with_exact_and_sampled_evidence(document: Document) -> None:
    missing = {}
    for claim in claims(document):
        assert claim["status"] == "derived" and claim["steps"]["evaluated"] > 0, claim["id"]
        held = {found["check"] for found in claim["evidence"] if found["verdict"] == "holds"}
        if not held >= {"exact", "sampled"} or ("computed" in held) != (claim["id"] in COMPLETE):
            missing[claim["id"]] = held
    assert missing == {}


def test_computed_claims_are_exact_at_listed_sizes_and_say_what_is_cited_beyond_them(document: Document) -> None:
    assert {claim["id"] for claim in document["claims"] if claim["status"] == "exact"} == COMPUTED
    sources = {entry.id: entry.source for entry in entries()}
    for claim in computed(document):
        (found,) = claim["evidence"]
        assert (found["check"], found["verdict"]) == ("computed", "holds") and found["method"] in ("exact", "complete")
        assert found["samples"] >= 10 and len(claim["sizes"]) >= 3 and found["sizes"] == claim["sizes"], claim["id"]
        assert found["detail"] and claim["beyond"] and sources[claim["id"]] != "elementary"
        assert claim["statement"] is None and claim["steps"]["total"] == 0 and claim["rests_on"] == []
        assert not any(claim["id"] in other["rests_on"] for other in document["claims"])


def test_titles_of_computed_claims_give_the_degree_that_was_reached(document: Document) -> None:
    for claim in computed(document):
        assert re.search(r"up to degree|two, four or six", claim["title"], re.IGNORECASE), claim["title"]


def test_computed_sizes_lie_on_both_sides_of_d_and_are_pairwise_different(document: Document) -> None:
    sides: dict[str, set[bool]] = {}
    for claim in computed(document):
        for assignment in claim["sizes"]:
            many = [value for name, value in assignment.items() if name != "d"]
            if "d" in assignment:
                sides.setdefault(claim["id"], set()).add(assignment["d"] < sum(many))
            # in 1.9 as many vectors as dimensions are a case of their own
            if claim["number"] != "1.9":
                assert len(set(assignment.values())) == len(assignment), (claim["id"], assignment)
    assert {id for id, found in sides.items() if found != {True, False}} == set()


def test_completeness_is_computed_from_scratch(document: Document) -> None:
    by_id = {claim["id"]: claim for claim in document["claims"]}
    for id in COMPLETE | {"polynomial-invariants", "polynomial-equivariants", "polynomial-matrices"}:
        (found,) = (found for found in by_id[id]["evidence"] if found["check"] == "computed")
        assert found["method"] == "complete" and found["samples"] >= 4


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
            assert not variant["computed"], (claim["id"], variant["title"])
            assert variant["refused"]["rule"] and variant["exact"]["counterexample"], (claim["id"], variant["title"])
    assert few == {}


def test_false_variants_of_computed_claims_have_counterexamples_and_a_harmless_one_passes(document: Document) -> None:
    for claim in computed(document):
        false = [variant for variant in claim["variants"] if not variant["harmless"]]
        assert len(false) >= 3 and len({variant["kind"] for variant in false}) >= 3, claim["id"]
        assert len(claim["variants"]) > len(false) and claim["variants_refuted"] == len(false), claim["id"]
        for variant in claim["variants"]:
            assert variant["computed"] and variant["refused"] is None and variant["ok"]
        for variant in false:
            point = variant["exact"]["counterexample"]
            assert point["note"] and point["sizes"], (claim["id"], variant["title"])
            assert point["left"] != point["right"] or point["values"], (claim["id"], variant["title"])


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
