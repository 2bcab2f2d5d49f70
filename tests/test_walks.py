"""The page from the symmetry to self-attention: every claim it names is registered and holds in that run."""

from __future__ import annotations

import json

import pytest

from symmetry.cli import main
from symmetry.errors import UsageError
from symmetry.registry import entries
from symmetry.walks import Row, Stage, Walk, walks

WALK = walks()["self-attention"]


def test_every_claim_of_a_walk_is_registered() -> None:
    known = {entry.id for entry in entries()}
    for walk in walks().values():
        assert set(walk.claims) <= known, walk.id
        assert all(stage.claims for stage in walk.stages) and all(row.by for row in walk.rows)


def test_the_page_shows_every_stage_and_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["explain", "self-attention"]) == 0
    out = capsys.readouterr().out
    positions = [out.index(f"{number}  {stage.heading}") for number, stage in enumerate(WALK.stages, start=1)]
    assert positions == sorted(positions)
    assert "f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)" in out
    assert "✗" not in out and "all hold" in out.splitlines()[-1]
    words = out.split()
    for row in WALK.rows:
        assert row.standing in words
    assert len(out.splitlines()) < 160


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_no_line_is_wider_than_the_terminal(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["explain", "self-attention"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= int(columns)


def test_the_page_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "self-attention", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] and [stage["heading"] for stage in document["stages"]] == [s.heading for s in WALK.stages]
    shown = [claim for stage in document["stages"] for claim in stage["claims"]]
    assert all(claim["ok"] and claim["status"] == "derived" and claim["statement"] for claim in shown)
    assert {row["standing"] for row in document["rows"]} == {"fixed", "free", "narrowed"}


def test_a_claim_that_fails_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    from symmetry.proof import Proof
    from symmetry.registry import claim
    from symmetry.report import console
    from symmetry.verification import verify
    from symmetry.walkthrough import print_walk

    def wrong(proof: Proof) -> None:
        raise RuntimeError("out of ideas")

    report = verify(registered=[claim("bad", "A bad claim")(wrong)])
    print_walk(Walk("down", "Down", (Stage("One", "step", ("bad",)),)), report, console())
    out = capsys.readouterr().out
    assert "✗ bad" in out and "not in order: bad" in out and "all hold" not in out


def test_claims_are_listed_once_in_order() -> None:
    stages = (Stage("a", "", ("x", "y")), Stage("b", "", ("y", "z")))
    walk = Walk("w", "", stages, rows=(Row("p", "", "", "free", ("x", "v")),))
    assert walk.claims == ("x", "y", "z", "v")


def test_two_walks_with_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import symmetry.registry as registry

    both = [Walk("w", "one", ()), Walk("w", "two", ())]
    monkeypatch.setattr(registry, "registered", lambda name, default=None: iter(both))
    with pytest.raises(UsageError, match="two walks are called 'w'"):
        walks()
