"""`symmetry check` with --trials, --jobs, --campaign and --dask: same bytes, whatever is killed or interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campaign_functions import campaign, last

from symmetry.campaigns.backlog import Backlog, Done
from symmetry.campaigns.cluster import Cluster
from symmetry.campaigns.crew import Crew
from symmetry.campaigns.store import Store
from symmetry.cli import main

ROOT = Path(__file__).parents[1]
PROBLEM = ["X: d n -> d n", "--group", "O(d) x S(n)", "--sizes", "d=3,n=2"]
SOURCE = """\
import time
from helping import gram

def attention(X):
    print("noise")
    return X @ gram(X)

def slow(X):
    time.sleep(0.0003)
    return X @ gram(X)

def relu(X):
    return X @ gram(X) + 0.001 * abs(X)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine.py").write_text(SOURCE)
    (tmp_path / "helping.py").write_text("def gram(X):\n    return X.T @ X\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(
    capsys: pytest.CaptureFixture[str], *options: str, function: str = "mine.py:attention", status: int = 0
) -> str:
    assert main(["check", function, *PROBLEM, "--json", *options]) == status, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_the_bytes_do_not_depend_on_where_the_trials_run(capsys: pytest.CaptureFixture[str]) -> None:
    alone = printed(capsys, "--trials", "4e3")
    assert json.loads(alone)["verdicts"] == {"O(d)": "holds", "S(n)": "holds"}
    for options in (["--jobs", "2"], ["--campaign", "kept.sqlite"], ["--campaign", "kept.sqlite", "--jobs", "0"]):
        assert printed(capsys, "--trials", "4000", *options) == alone


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("import torch\n\nf = torch.nn.Linear(3, 3, bias=False).double()\n", ["--params-as", "W=weight"]),
        ("import jax\n\nf = jax.jit(lambda X: X @ (X.T @ X))\n", []),
    ],
    ids=["a parameter of torch", "jax"],
)
def test_frameworks_are_loaded_by_the_workers(
    source: str, options: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "layer.py").write_text(source)
    line = ["X: n 3, W: 3 3 -> n 3", "--group", "S(n)"] if options else ["X: d n -> d n", "--group", "O(d)"]
    command = ["check", "layer.py:f", *line, "--sizes", "n=2" if options else "d=3,n=2", *options, "--trials", "600"]
    documents = set()
    for jobs in ([], ["--jobs", "2"]):
        assert main([*command, "--json", *jobs]) == 0, capsys.readouterr().err
        documents.add(capsys.readouterr().out)
    assert len(documents) == 1


@pytest.mark.usefixtures("project")
def test_what_is_violated_at_once_needs_no_trials(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--trials", "1e5", "--group", "O(d)")
    alone = printed(capsys, *options, function="mine.py:relu", status=1)
    assert printed(capsys, *options, "--jobs", "2", function="mine.py:relu", status=1) == alone


REFUSED = {
    "two places": (["--jobs", "2", "--dask", "tcp://127.0.0.1:1"], "leave out one of them"),
    "no directory": (["--campaign", "nowhere/kept.sqlite"], "--campaign 'nowhere/kept.sqlite' cannot be written"),
    "another file": (["--campaign", "mine.py"], "campaign 'mine.py' is no campaign, or is damaged"),
    "another seed": (["--campaign", "kept.sqlite", "--seed", "3"], "seed: 0 in the file, 3 now"),
    "no cluster": (["--dask", "tcp://127.0.0.1:1"], "there is no scheduler of a Dask cluster"),
    "no address": (["--dask", "nonsense://"], "there is no scheduler of a Dask cluster"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_run_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symmetry.campaigns.cluster.CONNECTING", 0.5)
    if "kept.sqlite" in options:
        printed(capsys, "--trials", "600", "--campaign", "kept.sqlite")
    assert main(["check", "mine.py:attention", *PROBLEM, "--trials", "600", *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err and captured.out == ""


@pytest.mark.parametrize("text", ["0", "-5", "1.5", "1e", "e3", "1e99", "1e16", "many", "1_000"])
def test_what_is_no_number_of_trials_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "f.py:f", *PROBLEM, f"--trials={text}"])
    assert caught.value.code == 2 and "expected a number of trials such as 1000 or 1e6" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--jobs=0", "--campaign=kept.sqlite", "--dask=tcp://127.0.0.1:1"])
def test_a_file_of_claims_or_of_counterexamples_has_no_campaign(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "symmetry.toml", option]) == 2
    assert f"{option.partition('=')[0]} belongs to a single function" in capsys.readouterr().err
    assert main(["check", "--replay", "kept.json", option]) == 2
    assert f"{option.partition('=')[0]} has no place beside it" in capsys.readouterr().err


def started(project: Path, *options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "symmetry", "check", "mine.py:slow", *PROBLEM, "--trials", "4096", *options]
    return subprocess.Popen(
        command, cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for_blocks(project: Path) -> None:
    log = project / "kept.sqlite-wal"
    while not log.exists() or log.stat().st_size < 50_000:
        time.sleep(0.01)


def test_an_interrupt_prints_what_is_known_and_another_run_goes_on(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = started(project, "--jobs", "2", "--campaign", "kept.sqlite", "--json")
    wait_for_blocks(project)
    assert main(["check", "mine.py:slow", *PROBLEM, "--trials", "4096", "--campaign", "kept.sqlite"]) == 2
    assert "is in use by another process" in capsys.readouterr().err
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    document = json.loads(out)
    assert running.returncode == 130 and err == "symmetry: interrupted\n"
    assert document["reason"] == "the run was interrupted" and set(document["verdicts"].values()) == {"inconclusive"}
    assert document["evidence"]["O(d)"]["samples"] < 4096
    whole = printed(capsys, "--trials", "4096", "--jobs", "2", "--campaign", "kept.sqlite", function="mine.py:slow")
    assert whole == printed(capsys, "--trials", "4096", function="mine.py:slow")


# ---------------------------------------------------------------------------------------------------------------
# A Dask cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(processes=True, n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


@pytest.mark.usefixtures("project")
def test_a_cluster_gives_the_same_bytes(cluster: Any, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--trials", "4000", "--dask", cluster.scheduler_address, "--campaign", "kept.sqlite")
    assert printed(capsys, *options) == printed(capsys, "--trials", "4000")
    with Store("kept.sqlite") as store:
        assert store._file.execute("SELECT sum(trials) FROM blocks").fetchone() == (4000,)


def test_a_process_of_the_cluster_that_is_killed_loses_nothing(cluster: Any) -> None:
    made = campaign(4000)
    found, killed = made.nothing(), 0
    with Crew(made) as crew:
        origin = crew.origin
    with Cluster(made, cluster.scheduler_address, origin) as hands:
        for number, result in enumerate(hands.run(Backlog(made.blocks()))):
            assert isinstance(result, Done)
            found += result.found
            if number == 1:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
                killed += 1
    assert killed and found == last(made)
