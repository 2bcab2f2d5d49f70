"""`symmetry check symmetry.toml`, and what the command writes for other programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from check_documents import invalid, parsed, require_junit

from symmetry.cli import main
from symmetry.suite import FunctionClaim, Outcome, check_claim, read_claims, select_claims

MODEL = """\
import numpy as np

def gram(X): return X @ X.T @ X
def relu(X): return np.maximum(X, 0)
def odd(X): return X * X[0, 0] / X[0, 0] if X.shape[1] != 2 else X * np.nan
def wrong(X): return X.T
print("imported")
"""
CLAIM = """
[claims.{name}]
function = "model.py:{function}"
problem = "X: d n -> d n"
group = "O(d) x S(n)"
sizes = [{{ d = 3, n = 2 }}]
{more}
"""


def project(directory: Path, *claims: tuple[str, str, str]) -> str:
    """A directory with a model and a claims file; the path of the file."""
    (directory / "model.py").write_text(MODEL)
    text = "".join(CLAIM.format(name=name, function=function, more=more) for name, function, more in claims)
    (directory / "symmetry.toml").write_text(text)
    return str(directory / "symmetry.toml")


NEGATIVE = 'expect = { "O(d)" = "violated" }'
# claims, exit status, results in order
RUNS: dict[str, tuple[list[tuple[str, str, str]], int, list[str]]] = {
    "holds": ([("a", "gram", "")], 0, ["passed", "passed"]),
    "a negative claim": ([("a", "relu", NEGATIVE)], 0, ["passed", "passed"]),
    "violated": ([("a", "relu", "")], 1, ["failed", "passed"]),
    "a negative claim that holds": ([("a", "gram", NEGATIVE)], 1, ["failed", "passed"]),
    "inconclusive": ([("a", "odd", "")], 3, ["inconclusive"] * 2),
    "a negative claim is inconclusive": ([("a", "odd", NEGATIVE)], 3, ["inconclusive"] * 2),
    "nothing but skips": ([("a", "odd", 'inconclusive = "skip"')], 3, ["skipped"] * 2),
    "skipped": (
        [("a", "gram", ""), ("b", "odd", 'inconclusive = "skip"')],
        0,
        ["passed", "passed", "skipped", "skipped"],
    ),
    "missing": ([("a", "nothing", ""), ("b", "gram", "")], 2, ["error", "error", "passed", "passed"]),
    "misshapen": ([("a", "wrong", ""), ("b", "relu", "")], 2, ["error", "error", "failed", "passed"]),
    "1 before 3": ([("a", "odd", ""), ("b", "relu", "")], 1, ["inconclusive"] * 2 + ["failed", "passed"]),
}


@pytest.mark.parametrize("case", RUNS)
def test_exit_status_and_documents_of_a_run(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims, status, results = RUNS[case]
    path = project(tmp_path, *claims)
    xml, summary = tmp_path / "report.xml", tmp_path / "summary.md"
    assert main(["check", path, "--json", "--junit", str(xml), "--markdown", str(summary)]) == status
    document = parsed(capsys.readouterr().out)
    assert [result for claim in document["claims"] for result in claim["results"].values()] == results
    assert document["exit_status"] == status and document["ok"] == (status == 0)
    assert sum(document["counts"].values()) == len(results)
    assert invalid(document) == []
    require_junit(ElementTree.fromstring(xml.read_text(encoding="utf-8")))
    text = summary.read_text(encoding="utf-8")
    assert text.count("<details>") == text.count("</details>")
    assert ("<details>" in text) == (set(results) != {"passed"})


def test_the_table_names_each_claim_and_factor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path, ("good", "gram", ""), ("bad", "relu", ""), ("lost", "nothing", ""))
    assert main(["check", path]) == 2
    out = capsys.readouterr().out
    rows = [line.split()[:4] for line in out.splitlines()]
    assert rows[0] == ["claim", "factor", "expected", "found"]
    assert ["good", "O(d)", "holds", "holds"] in rows
    assert ["bad", "O(d)", "holds", "violated"] in rows
    assert ["lost", "O(d)", "holds", "error"] in rows
    assert "bad, O(d): expected holds, found violated\nf(g·x) = g·f(x) fails for g a" in out
    assert "lost, O(d), S(n): expected holds, found error\nno 'nothing' in" in out
    assert out.splitlines()[-1] == "3 passed, 1 failed, 2 errors"
    assert "imported" not in out


@pytest.mark.parametrize("columns", [30, 45, 60, 80, 200])
def test_the_table_fits(
    columns: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    main(["check", project(tmp_path, ("good", "gram", ""), ("bad", "relu", ""))])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert ("tolerance" in lines[0]) == (columns >= 80)


def test_named_claims_alone_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path, ("a", "gram", ""), ("b", "relu", ""), ("c", "gram", ""))
    for words in (["c", "a"], ["--json", "c", "a"], ["c", "--seed", "3", "a"]):
        assert main(["check", path, *words]) == 0
        assert "b" not in capsys.readouterr().out.split()
    assert [claim.name for claim in select_claims(read_claims(path), ["c", "a"])] == ["a", "c"]
    assert main(["check", path, "ab"]) == 2
    assert "no claim is called 'ab'; did you mean" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--group", "O(d)"], "--group belongs to a single function"),
        (["--sizes", "d=2,n=3"], "--sizes belongs to a single function"),
        (["--replay", "x.json", "--junit", "x.xml"], "--junit and --markdown report a check"),
        (["--backend", "torch"], "--backend belongs to a single function"),
        (["--params-as", "Z"], "--params-as belongs to a single function"),
        (["--junit", "/nowhere/x.xml"], "--junit '/nowhere/x.xml' cannot be written: there is no directory '/nowhere'"),
        (["--junit", "."], "--junit '.' cannot be written: it is a directory"),
        (["--markdown", ""], "--markdown '' cannot be written: the name is empty"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_do_not_fit_are_told_before_anything_runs(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project(tmp_path, ("a", "gram", ""))
    (tmp_path / "model.py").write_text("open('ran', 'w')\n" + MODEL)
    assert main(["check", path, *words]) == 2
    assert message in capsys.readouterr().err
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["F", "P", "--group", "O(d)"],
        ["F", "--group", "O(d)", "P"],
        ["--group", "O(d)", "F", "P"],
        ["--seed", "1", "F", "--group", "O(d)", "P", "--sizes", "d=3,n=2"],
    ],
    ids=" ".join,
)
def test_options_may_stand_anywhere(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path)
    meant = {"F": f"{tmp_path}/model.py:gram", "P": "X: d n -> d n"}
    assert main(["check", *(meant.get(word, word) for word in words)]) == 0
    assert "O(d)     holds" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["F"], ["F", "P"], ["F", "P", "P", "--group", "O(d)"]], ids=" ".join)
def test_a_function_needs_one_problem_and_a_group(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    meant = {"F": "symmetry.examples:attention", "P": "X: d n -> d n"}
    assert main(["check", *(meant.get(word, word) for word in words)]) == 2
    assert "one problem and a group" in capsys.readouterr().err


@pytest.mark.parametrize(("function", "status"), [("gram", 0), ("relu", 1), ("odd", 3), ("nothing", 2), ("wrong", 2)])
def test_a_single_function_is_reported_to_files_too(
    function: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path)
    xml, summary = tmp_path / "report.xml", tmp_path / "summary.md"
    words = ["check", f"{tmp_path}/model.py:{function}", "X: d n -> d n", "--group", "O(d) x S(n)", "--json"]
    assert main([*words, "--junit", str(xml), "--markdown", str(summary)]) == status
    out = capsys.readouterr().out
    if status != 2:
        assert invalid(parsed(out)) == []
    root = ElementTree.fromstring(xml.read_text(encoding="utf-8"))
    require_junit(root)
    assert (root.get("failures"), root.get("errors")) == {0: ("0", "0"), 1: ("1", "0"), 2: ("0", "2"), 3: ("0", "2")}[
        status
    ]
    assert "O(d)" in summary.read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path, ("a", "gram", ""), ("b", "relu", ""), ("c", "odd", "seed = 4"))
    seen = []
    for run in ("first", "second"):
        xml, summary = tmp_path / f"{run}.xml", tmp_path / f"{run}.md"
        main(["check", path, "--seed", "3", "--json", "--junit", str(xml), "--markdown", str(summary)])
        seen.append((capsys.readouterr().out, xml.read_bytes(), summary.read_bytes()))
    assert seen[0] == seen[1]
    assert [claim["report"]["seed"] for claim in json.loads(seen[0][0])["claims"]] == [3, 3, 4]


def test_trials_of_a_claim_go_before_those_of_the_command(tmp_path: Path) -> None:
    claims = read_claims(project(tmp_path, ("a", "gram", "trials = 2"), ("b", "gram", "")))
    own, other = (check_claim(claim, trials=1).findings[0].evidence for claim in claims)
    assert own is not None and other is not None and own.samples > other.samples


def test_what_was_computed_is_reported_when_the_run_is_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project(tmp_path, ("a", "gram", ""), ("b", "relu", ""), ("c", "gram", ""))

    def interrupted(claim: FunctionClaim, **rest: Any) -> Outcome:
        if claim.name == "b":
            raise KeyboardInterrupt
        return check_claim(claim, **rest)

    monkeypatch.setattr("symmetry.suite.running.check_claim", interrupted)
    xml = tmp_path / "report.xml"
    assert main(["check", path, "--json", "--junit", str(xml)]) == 130
    results = [list(claim["results"].values()) for claim in json.loads(capsys.readouterr().out)["claims"]]
    assert results == [["passed", "passed"], ["error", "error"], ["error", "error"]]
    assert "not checked: the run was interrupted" in xml.read_text(encoding="utf-8")


def test_a_function_that_ends_the_process_or_hangs_does_not_stop_the_others(tmp_path: Path) -> None:
    path = project(
        tmp_path, ("a", "ends", ""), ("b", "hangs", "timeout = 0.2"), ("c", "gram", ""), ("d", "gram", "trials = 2")
    )
    more = "import os, time\ndef ends(X): os._exit(7)\ndef hangs(X): time.sleep(60)\n"
    (tmp_path / "model.py").write_text(MODEL + more)
    words = ["check", path, "--json", "--trials", "1"]
    done = subprocess.run([sys.executable, "-m", "symmetry", *words], capture_output=True, text=True)
    found = {claim["name"]: claim for claim in parsed(done.stdout)["claims"]}
    assert [set(found[name]["results"].values()) <= {"error", "inconclusive"} for name in "ab"] == [True, True]
    assert "status 7" in str(found["a"]["error"]) + str(found["a"]["reasons"])
    assert "0.2 s" in str(found["b"]["error"]) + str(found["b"]["reasons"])
    assert [set(found[name]["results"].values()) for name in "cd"] == [{"passed"}, {"passed"}]
    assert done.returncode in (2, 3) and done.stderr == ""


def test_a_report_that_cannot_be_written_any_more_loses_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str, text: str) -> None:
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr("symmetry.reports.files.replace", full)
    words = ["check", project(tmp_path, ("a", "gram", "")), "--junit", str(tmp_path / "report.xml")]
    assert main(words) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "2 passed"
    assert captured.err.startswith("symmetry: cannot write the report: [Errno 28] No space left on device: ")


def test_parts_of_a_check_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path)
    words = ["check", f"{tmp_path}/model.py:gram", "X: d n -> d n", "--group", "O(d)", "--json"]
    assert main([*words, "--skip", "exact", "--skip", "controls"]) == 0
    document = parsed(capsys.readouterr().out)
    assert document["exact"] == {} and document["detects"] == {} and document["verdicts"] == {"O(d)": "holds"}
