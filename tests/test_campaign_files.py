"""Files of campaigns: they are continued, each holds one campaign, and what is in them is validated."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from campaign_functions import SIZES, attention, campaign, last, rarely_wrong

from symmetry.campaigns import run_campaign
from symmetry.campaigns.backlog import Backlog
from symmetry.campaigns.campaign import Work
from symmetry.campaigns.crew import Crew
from symmetry.campaigns.records import as_text, from_text
from symmetry.campaigns.store import Store
from symmetry.errors import UsageError
from symmetry.problem import Problem

# ---------------------------------------------------------------------------------------------------------------
# The file


def test_a_campaign_is_continued_extended_and_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, begun = str(tmp_path / "kept.sqlite"), []
    run = Crew.run

    def counted(self: Crew, backlog: Backlog) -> Iterator[Any]:
        begun.append(backlog.waiting(99))
        return run(self, backlog)

    monkeypatch.setattr(Crew, "run", counted)
    for trials, blocks in ((3000, 6), (3000, 0), (4000, 4), (2000, 2), (3000, 0), (4000, 0)):
        found = last(campaign(trials), function=attention, store=path)
        assert found == last(campaign(trials), function=attention) and begun[-2] == blocks, trials


def test_a_campaign_that_is_left_at_any_block_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symmetry.campaigns.run.EVERY", 0.0)
    monkeypatch.setattr("symmetry.checks.function.stream.LARGEST_BLOCK", 8)
    path, done = str(tmp_path / "kept.sqlite"), []
    for _ in range(4):
        running = run_campaign(campaign(1600), function=attention, store=path)
        next(running)
        done.append(next(running).found.trials)
        running.close()  # as an interrupt does
    assert done == sorted(set(done)) and done[-1] < 1600
    assert last(campaign(1600), function=attention, store=path) == last(campaign(1600), function=attention)


def test_what_a_campaign_assumed_of_rounding_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "kept.sqlite")
    begun = last(campaign(), function=attention, store=path)
    *_, progress = run_campaign(campaign(floors=(3e-16, 4e-16)), function=attention, store=path)
    assert progress.campaign.floors == (1e-16, 2e-16) and progress.found == begun


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "seed": ({"seed": 8}, "seed: 7 in the file, 8 now"),
    "sizes": ({"sizes": ({"d": 3, "n": 2, "m": 4}, {"d": 2, "n": 5, "m": 6})}, "sizes: "),
    "fewer sizes": ({"sizes": SIZES[:1], "floors": (1e-16,)}, "sizes: "),
    "group": ({"problem": Problem("X: d n, Z: d m -> d n", group="SO(d)")}, 'group: "O(d) x S(n)" in the file'),
    "problem": ({"problem": Problem("Y: d n, Z: d m -> d n", group="O(d) x S(n)")}, "problem: "),
    "name": ({"function": "g"}, "the function: "),
    "backend": ({"backend": "torch"}, 'backend: null in the file, "torch" now'),
    "parameters": ({"params": {"Z": "weight"}}, 'params: null in the file, {"Z": "weight"} now'),
    "components": ({"components": (("O(d)", 1),)}, "what is compared: "),
}


@pytest.mark.parametrize(("changes", "message"), OTHERS.values(), ids=OTHERS)
def test_another_campaign_is_refused_with_what_differs(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    path, versions = str(tmp_path / "kept.sqlite"), {"source": "a", "checker": "b", "numpy": "2"}
    with Store(path) as store:
        store.settle(campaign().identity(versions))
        store.settle(campaign().identity(versions))
    with Store(path) as store, pytest.raises(UsageError, match="name another file") as caught:
        store.settle(campaign(**changes).identity(versions))
    assert message in str(caught.value)


def test_an_edited_source_is_refused(tmp_path: Path) -> None:
    source, helper, path = tmp_path / "mine.py", tmp_path / "helping.py", str(tmp_path / "kept.sqlite")
    helper.write_text("def g(X, Z):\n    return X\n")
    source.write_text("from helping import g\n\ndef f(X, Z):\n    return g(X, Z)\n")
    made = campaign(900, function=f"{source}:f")
    found = last(made, store=path)
    helper.write_text("def g(X, Z):\n    return 2 * X\n")
    with pytest.raises(UsageError, match="the source of the function"):
        last(made, store=path)
    helper.write_text("def g(X, Z):\n    return X\n")
    assert last(made, store=path) == found


def test_a_source_that_is_edited_on_the_way_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "mine.py"
    source.write_text("def f(X, Z):\n    return X\n")
    made = campaign(9000, function=f"{source}:f")
    with Crew(made) as crew, pytest.raises(UsageError, match="the source of the function has changed"):
        for number, _ in enumerate(crew.run(Backlog(made.blocks()))):
            if number == 1:
                source.write_text("def f(X, Z):\n    return 3 * X\n")
                os.kill(crew._workers[0]._process._popen.pid, signal.SIGKILL)  # type: ignore[attr-defined]


def test_a_file_is_open_in_one_process_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "kept.sqlite")
    with Store(path), pytest.raises(UsageError, match="is in use by another process"):
        Store(path)
    with Store(path):
        pass


def damaged(path: Path, change: str) -> None:
    with sqlite3.connect(path) as file:
        file.executescript(change)
    file.close()


def middle_overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 100] = os.urandom(1) * (len(data) - 4196)
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("a campaign, honestly\n" * 99),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "overwritten": middle_overwritten,
    "another database": lambda path: (path.unlink(), damaged(path, "CREATE TABLE other (x); PRAGMA user_version = 3;")),
    "another schema": lambda path: damaged(path, "CREATE TABLE other (x);"),
    "a trigger": lambda path: damaged(path, "CREATE TRIGGER t AFTER INSERT ON blocks BEGIN DELETE FROM blocks; END;"),
    "a view": lambda path: damaged(path, "DROP TABLE blocks; CREATE VIEW blocks AS SELECT 1, 2, 3, 4;"),
    "another format": lambda path: damaged(path, "UPDATE campaign SET value = '2' WHERE name = 'format';"),
    "no campaign": lambda path: damaged(path, "DELETE FROM campaign WHERE name = 'seed';"),
    "floors of text": lambda path: damaged(path, "UPDATE campaign SET value = '[\"a\"]' WHERE name = 'floors';"),
    "floors without end": lambda path: damaged(path, "UPDATE campaign SET value = '[1e999]' WHERE name = 'floors';"),
    "floors of bytes": lambda path: damaged(path, "UPDATE campaign SET value = x'ff' WHERE name = 'floors';"),
    "a block of bytes": lambda path: damaged(path, "UPDATE blocks SET found = x'ff00';"),
    "a block of text": lambda path: damaged(path, "UPDATE blocks SET found = 'yes';"),
    "a deep block": lambda path: damaged(path, f"UPDATE blocks SET found = '{'[' * 99999}';"),
    "another block": lambda path: damaged(
        path, "UPDATE blocks SET found = (SELECT found FROM blocks WHERE sizes = 1 LIMIT 1) WHERE sizes = 0;"
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_of_another_kind_or_a_damaged_one_is_refused(damage: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    last(campaign(), function=attention, store=str(path))
    damage(path)
    with pytest.raises(UsageError, match=f"campaign '{path}'.*name another file"):
        last(campaign(), function=attention, store=str(path))


def test_a_foreign_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    damaged(path, "CREATE TABLE accounts (x); INSERT INTO accounts VALUES (5);")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="a database of something else"):
        Store(str(path))
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]


# ---------------------------------------------------------------------------------------------------------------
# Blocks as text


def record() -> dict[str, Any]:
    made = campaign(1024)
    document = json.loads(as_text(made.run(made.callee(rarely_wrong), (0, 0, 512))))
    assert isinstance(document, dict)
    return document


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a count of text": lambda d: d["tallies"][0].update(samples="171"),
    "a count that is true": lambda d: d["tallies"][0].update(unexplained=True),
    "one trial less": lambda d: d["tallies"][0].update(samples=d["tallies"][0]["samples"] - 1),
    "a negative count": lambda d: d["tallies"][0].update(skipped=-1, samples=d["tallies"][0]["samples"] + 1),
    "more calls than there are numbers": lambda d: d.update(calls=2**70),
    "NaN": lambda d: d["tallies"][0].update(residual=float("nan")),
    "an infinite tolerance": lambda d: d["tallies"][0].update(tolerance=float("inf")),
    "no tolerance": lambda d: d["tallies"][0].update(tolerance=0.0),
    "a place in another block": lambda d: d["tallies"][0].update(worst=[0, 1, 3]),
    "a place beyond the block": lambda d: d["tallies"][0].update(worst=[0, 0, 512]),
    "a place of text": lambda d: d["tallies"][0].update(worst="[0, 0, 1]"),
    "samples without a place": lambda d: d["tallies"][0].update(worst=None),
    "a violation without a place": lambda d: d["tallies"][0].update(violation=0.5),
    "a violation elsewhere": lambda d: d["tallies"][0].update(violation=[0.5, [1, 0, 3]]),
    "another component": lambda d: d["tallies"][0].update(component=-1),
    "a component that is true": lambda d: d["tallies"][0].update(component=True),
    "a component twice": lambda d: d["tallies"].__setitem__(1, d["tallies"][0]),
    "a component less": lambda d: d["tallies"].pop(),
    "something more": lambda d: d["tallies"][0].update(verdict="holds"),
    "nothing": lambda d: d.clear(),
}


def test_a_block_reads_back_as_it_was() -> None:
    made = campaign(1024)
    for work in made.blocks():
        found = made.run(made.callee(rarely_wrong), work)
        assert from_text(as_text(found), made, work) == found


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a_block_that_cannot_be_is_refused(tamper: Callable[[dict[str, Any]], object]) -> None:
    document = record()
    from_text(json.dumps(document), campaign(1024), (0, 0, 512))
    tamper(document)
    with pytest.raises(UsageError):
        from_text(json.dumps(document), campaign(1024), (0, 0, 512))


def test_a_lost_block_counts_every_trial_once() -> None:
    made = campaign()
    for count in (1, 2, 3, 5, 64):
        work: Work = (1, 3, count)
        found = made.lost(work, "gone")
        assert found.trials == count and from_text(as_text(found), made, work) == found
