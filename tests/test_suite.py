"""A project's claims about its own functions: the file, the command, and what it writes for other programs."""

from __future__ import annotations

import json
import math
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry.checks.function import check
from symmetry.cli import main
from symmetry.errors import UsageError
from symmetry.problem import Problem
from symmetry.reports.files import append, replace, require_writable
from symmetry.reports.junit import junit
from symmetry.reports.markdown import LONGEST, markdown
from symmetry.suite import FunctionClaim, Outcome, SuiteReport, check_claim, read_claims, select_claims
from symmetry.suite.claims_file import _claim

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
sizes = [{{ d = 3, n = 2 }}, {{ d = 2, n = 4 }}]
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


# ---------------------------------------------------------------------------------------------------------------------
# The claims file

HEAD = '[claims.a]\nfunction = "f.py:f"\nproblem = "X: d n -> d n"\ngroup = "O(d) x S(n)"\n'
BAD: dict[str, tuple[str, str]] = {
    "no TOML": ("[claims.a", "is no TOML: "),
    "a key twice": (HEAD + 'group = "O(d)"', "is no TOML: "),
    "empty": ("", "has no claims; a claim is a table such as [claims.attention]"),
    "no claims": ("[claims]", "has no claims"),
    "claims is a text": ('claims = "a"', "has no claims"),
    "another table": (HEAD + "[tool.x]\n", "there is no table 'tool'"),
    "a claim is a number": ("[claims]\na = 3", "claims.a is an integer; a claim is a table with the keys function"),
    "a claim is an array": ("[[claims.a]]\n", "claims.a is an array"),
    "a name with ::": ('[claims."a::b"]', "'a::b' names no claim"),
    "an empty name": ('[claims.""]', "'' names no claim"),
    "a name on two lines": ('[claims."a\\nb"]', "names no claim"),
    "an unknown key": (HEAD + "size = 3", "claims.a: there is no key 'size'; did you mean 'sizes'?"),
    "no function": ('[claims.a]\nproblem = "X: d -> d"\ngroup = "O(d)"', "claims.a: 'function' is missing"),
    "no group": ('[claims.a]\nfunction = "f.py:f"\nproblem = "X: d -> d"', "claims.a: 'group' is missing"),
    "a number for a text": ("[claims.a]\nproblem = 3\n", "claims.a, problem: expected a text, found 3"),
    "a blank text": (HEAD.replace("f.py:f", " "), "claims.a, function: expected a text, found ' '"),
    "a problem": (HEAD.replace("d n ->", "d n >"), "claims.a: expected an axis, ',' or '->' but found '>'"),
    "a group": (HEAD.replace("S(n)", "S(q)"), "claims.a: expected an axis of 'X: d n -> d n'"),
    "the trivial group": (HEAD.replace("O(d) x S(n)", "1"), "claims.a, group: expected a group such as"),
    "expect": (HEAD + 'expect = "violated"', "claims.a, expect: expected a table such as"),
    "a factor": (
        HEAD + 'expect = { "S(m)" = "holds" }',
        "has no factor 'S(m)'; did you mean 'S(n)'? (known: O(d), S(n))",
    ),
    "a word": (HEAD + 'expect = { "S(n)" = "broken" }', 'claims.a, expect, S(n): expected "holds" or "violated"'),
    "expected inconclusive": (HEAD + 'expect = { "S(n)" = "inconclusive" }', "found 'inconclusive'"),
    "no sizes": (HEAD + "sizes = []", "claims.a, sizes: expected an array of tables such as"),
    "sizes without array": (HEAD + "sizes = { d = 3, n = 2 }", "claims.a, sizes: expected an array of tables"),
    "an unknown axis": (HEAD + "sizes = [{ d = 3, k = 2 }]", "claims.a, sizes: size given for 'k'"),
    "a size left out": (HEAD + "sizes = [{ d = 3 }]", "claims.a, sizes: sizes are missing: n"),
    "size 0": (HEAD + "sizes = [{ d = 3, n = 0 }]", "the size of axis 'n' must be a positive integer, not 0"),
    "a size of text": (HEAD + 'sizes = [{ d = 3, n = "2" }]', "must be a positive integer, not '2'"),
    "a true size": (HEAD + "sizes = [{ d = 3, n = true }]", "must be a positive integer, not True"),
    "trials 0": (HEAD + "trials = 0", "claims.a, trials: expected an integer of at least 1, found 0"),
    "half a trial": (HEAD + "trials = 0.5", "claims.a, trials: expected an integer of at least 1, found 0.5"),
    "a true seed": (HEAD + "seed = true", "claims.a, seed: expected an integer of at least 0, found True"),
    "inconclusive": (
        HEAD + 'inconclusive = "pass"',
        'claims.a, inconclusive: expected "fail" or "skip", found \'pass\'',
    ),
    "inconclusive is a list": (HEAD + 'inconclusive = ["skip"]', "claims.a, inconclusive: expected"),
    "backend": (HEAD + "backend = 3", "claims.a, backend: expected a text, found 3"),
    "params": (HEAD + "params = [1]", "claims.a, params: expected an array such as"),
    "timeout nan": (HEAD + "timeout = nan", "claims.a, timeout: expected a positive number of seconds, found nan"),
    "timeout inf": (HEAD + "timeout = inf", "claims.a, timeout: expected a positive number of seconds, found inf"),
    "a date": (HEAD + "timeout = 2026-01-01", "claims.a, timeout: expected a positive number"),
    "nested too deeply": ("x = " + "[" * 100_000, "symmetry.toml is "),
}


@pytest.mark.parametrize("case", BAD)
def test_what_a_claims_file_says_wrong_is_told(case: str, tmp_path: Path) -> None:
    text, message = BAD[case]
    path = tmp_path / "symmetry.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_claims(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("content", [b"\xff\xfe", None, "directory"], ids=["no UTF-8", "no file", "a directory"])
def test_a_file_that_does_not_read_is_told(content: bytes | str | None, tmp_path: Path) -> None:
    path = tmp_path / "symmetry.toml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        path.mkdir()
    with pytest.raises(UsageError, match=re.escape(str(path))):
        read_claims(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "symmetry.toml"
    path.write_text(
        HEAD
        + 'expect = { "S(n)" = "violated" }\nsizes = [{ d = 3, n = 2 }]\ntrials = 7\nseed = 8\ninconclusive = "skip"\n'
        + 'backend = "torch"\nparams = { X = "weight" }\ntimeout = 2\n'
    )
    (claim,) = read_claims(path)
    assert claim == FunctionClaim(
        name="a",
        function="f.py:f",
        problem=Problem("X: d n -> d n", group="O(d) x S(n)"),
        expected={"O(d)": "holds", "S(n)": "violated"},
        home=tmp_path,
        sizes=({"d": 3, "n": 2},),
        trials=7,
        seed=8,
        skips=True,
        options={"backend": "torch", "params": {"X": "weight"}, "timeout": 2.0},
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("X: d n -> d n") | st.just("O(d)"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("O(d)"), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "function",
    "problem",
    "group",
    "expect",
    "sizes",
    "trials",
    "seed",
    "inconclusive",
    "backend",
    "params",
    "timeout",
]
PLAIN = {"function": "f.py:f", "problem": "X: d n -> d n", "group": "O(d) x S(n)"}


@settings(max_examples=80, deadline=None)
@given(st.text() | st.just("a"), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4) | VALUES)
def test_a_claim_of_any_values_is_read_or_refused(name: str, table: Any) -> None:
    for entries in (table, {**PLAIN, **table} if isinstance(table, dict) else table):
        try:
            claim = _claim(Path("symmetry.toml"), name, entries)
        except UsageError as error:
            assert "symmetry.toml" in str(error)
        else:
            assert claim.problem.group and set(claim.expected) == {str(factor) for factor in claim.problem.group}


def test_functions_are_found_from_the_directory_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "claimed_module.py").write_text("from claimed_neighbour import double\n")
    (tmp_path / "deep" / "claimed_neighbour.py").write_text("def double(X): return 2 * X\n")
    text = (
        '[claims.{}]\nfunction = "{}:double"\nproblem = "X: d n -> d n"\ngroup = "O(d)"\nsizes = [{{ d = 2, n = 3 }}]\n'
    )
    places = ("claimed_module", "claimed_neighbour.py", "./claimed_neighbour.py", "../deep/claimed_module.py")
    path = tmp_path / "deep" / "symmetry.toml"
    path.write_text("".join(text.format(f"c{index}", place) for index, place in enumerate(places)))
    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setattr("sys.path", list(os.sys.path))
    assert [check_claim(claim).error for claim in read_claims(path)] == [""] * len(places)


# ---------------------------------------------------------------------------------------------------------------------
# What other programs read


def odd(X: Any) -> Any:
    raise ValueError("<&> ]]> \x00\x1b[31m | `a` ``` \ud800 \ufffe end")


def report_of(function: Callable[..., Any], name: str = "a") -> SuiteReport:
    problem = Problem("X: d n -> d n", group="O(d)")
    claim = FunctionClaim(name, "f.py:f", problem, {"O(d)": "holds"})
    return SuiteReport((Outcome(claim, check(function, problem, sizes=[{"d": 3, "n": 2}])),))


def require_junit(root: ElementTree.Element) -> None:
    """The schema of Jenkins, junit-4.xsd, as far as these documents go."""
    order = ["skipped", "error", "failure", "system-out"]
    assert root.tag == "testsuites" and set(root.attrib) == {"name", "tests", "failures", "errors"}
    totals = np.zeros(3, dtype=int)
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped"}
        head, *cases = suite
        assert head.tag == "properties" and all(set(each.attrib) == {"name", "value"} for each in head)
        for case in cases:
            assert case.tag == "testcase" and set(case.attrib) == {"name", "classname"}
            tags = [child.tag for child in case]
            assert tags == sorted(tags, key=order.index) and len(tags) == len(set(tags))
            for child in case:
                assert set(child.attrib) == ({"type", "message"} if child.tag in ("error", "failure") else set())
                assert child.text and child.text.strip()
        counted = [len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")]
        assert [suite.get("failures"), suite.get("errors"), suite.get("skipped")] == [str(n) for n in counted]
        assert suite.get("tests") == str(len(cases)) != "0"
        totals += [len(cases), *counted[:2]]
    assert [root.get("tests"), root.get("failures"), root.get("errors")] == [str(n) for n in totals]


def test_junit_holds_no_character_that_xml_forbids() -> None:
    report = report_of(odd)
    reason = report.findings[0].reason
    assert "\x00" in reason or "\x1b" in reason  # else there is nothing to remove
    text = junit(report)
    text.encode("utf-8")
    root = ElementTree.fromstring(text)
    require_junit(root)
    error = root.find(".//error")
    assert error is not None and "<&> ]]> " in str(error.text) and str(error.text).count("end") == 1


def test_markdown_keeps_cells_and_fences_whole() -> None:
    text = markdown(report_of(odd, name="a_b"), "x|y <b> `c` [d](e)\nf")
    assert text.startswith("### x\\|y &lt;b&gt; \\`c\\` \\[d\\](e) f\n")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 and all(len(re.findall(r"(?<!\\)\|", row)) == 9 for row in rows)
    assert "a\\_b" in rows[1]
    fence = next(line for line in text.splitlines() if line.startswith("```"))
    assert fence == "````text" and text.count("\n````\n") == 1


def test_markdown_has_a_largest_size() -> None:
    outcomes = [
        Outcome(FunctionClaim.plain(f"{index}.py:f", Problem("X: d -> d", group="O(d)")), error="x" * (LONGEST // 5))
        for index in range(7)
    ]
    text = markdown(SuiteReport(tuple(outcomes)))
    assert len(text) < 1.1 * LONGEST
    assert text.count("<details>") == 4 and "3 more are left out" in text


def test_junit_is_written_at_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.xml"
    path.write_text("old")
    path.chmod(0o604)
    with pytest.raises(UnicodeEncodeError):
        replace(str(path), "new \ud800")
    assert path.read_text() == "old"
    replace(str(path), "new\n")
    assert path.read_bytes() == b"new\n" and stat.S_IMODE(path.stat().st_mode) == 0o604
    assert [each.name for each in tmp_path.iterdir()] == ["report.xml"]


def test_a_link_and_a_device_stay_what_they_are(tmp_path: Path) -> None:
    real, link = tmp_path / "real.xml", tmp_path / "link.xml"
    link.symlink_to(real)
    for text in ("first", "second"):
        require_writable(str(link), "--junit")
        replace(str(link), text)
        assert link.is_symlink() and real.read_text() == text
    require_writable(os.devnull, "--junit")
    replace(os.devnull, "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_markdown_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    append(str(path), "é\n")
    append(str(path), "b\ud800\n")
    assert path.read_text(encoding="utf-8") == "é\nb?\n"


# ---------------------------------------------------------------------------------------------------------------------
# The schema

SCHEMA = json.loads((files("symmetry") / "check.schema.json").read_text(encoding="utf-8"))
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
MEANT = {
    "$ref", "type", "enum", "minimum", "required", "properties", "additionalProperties", "items", "anyOf", "oneOf",
    "title", "description", "$schema", "$defs",
}  # fmt: skip


def parsed(text: str) -> Any:
    """JSON without NaN and infinity."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def invalid(value: Any, schema: Mapping[str, Any] = SCHEMA, place: str = "$") -> list[str]:
    """What in a document is not as the schema says, with the keys that it does not describe."""
    assert set(schema) <= MEANT, set(schema) - MEANT
    return list(_invalid(value, schema, place))


def _invalid(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from invalid(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(TYPES[name](value) for name in types):
        yield f"{place} is no {' or '.join(types)}: {value!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of {schema['enum']}: {value!r}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{place} is less than {schema['minimum']}: {value!r}"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            branches = [invalid(value, branch, place) for branch in schema[word]]
            fitting = sum(not branch for branch in branches)
            if fitting == 0 or (word == "oneOf" and fitting > 1):
                yield from min(branches, key=len)
    if isinstance(value, dict) and "type" in schema:
        rest = schema.get("additionalProperties")
        for key in schema.get("required", ()):
            if key not in value:
                yield f"{place} has no {key!r}"
        for key, item in value.items():
            described = schema.get("properties", {}).get(key, rest)
            if described is None:
                yield f"{place}.{key} is not described"
            else:
                yield from invalid(item, described, f"{place}.{key}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from invalid(item, schema["items"], f"{place}[{index}]")


DOCUMENTS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "holds": (lambda X: X @ X.T @ X, "X: d n -> d n", "O(d) x S(n)"),
    "violated": (abs, "X: d n -> d n", "O(d) x S(n)"),
    "permutations": (lambda X: X * np.arange(1, 1 + X.shape[1]), "X: d n -> d n", "O(d) x S(n)"),
    "inconclusive": (odd, "X: d n -> d n", "O(d)"),
    "random": (lambda X: X * np.random.default_rng().random(), "X: d n -> d n", "O(d)"),
    "complex": (lambda X: abs(X) * 1j, "X: d n -> d n", "O(d)"),
    "two outputs": (lambda X: (abs(X), X.sum()), "X: d n -> d n, ()", "O(d)"),
    "a scalar": (lambda x, s: x.sum() * s, "x: d, s: () -> ", "O(d)"),
    "far too large": (lambda X: X * 1e300 * 1e300, "X: d n -> d n", "O(d)"),
    "large": (lambda X: abs(X) * 1e300, "X: d n -> d n", "O(d)"),
    "small": (lambda X: abs(X) * 1e-320, "X: d n -> d n", "O(d)"),
    "ill-conditioned": (lambda X: X * (1e17 + X.sum() - 1e17), "X: d n -> d n", "O(d)"),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents_are_as_the_schema_says(case: str) -> None:
    function, line, group = DOCUMENTS[case]
    report = check(function, Problem(line, group=group), trials=1)
    document = parsed(json.dumps(report.to_json()))
    assert invalid(document) == []
    suite = SuiteReport((Outcome(FunctionClaim.plain("f.py:f", report.problem), report),)).to_json()
    assert invalid(parsed(json.dumps(suite))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["ok"], "yes"),
        (["exit_status"], 4),
        (["verdicts", "O(d)"], "proved"),
        (["sizes", 0, "d"], 0),
        (["evidence", "O(d)", "samples"], -1),
        (["counterexamples", "O(d)", "left"], {}),
        (["novelty"], 1),
    ],
    ids=str,
)
def test_the_validator_notices_what_is_wrong(path: list[Any], value: Any) -> None:
    document = parsed(json.dumps(check(abs, Problem("X: d n -> d n", group="O(d)"), trials=1).to_json()))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert invalid(document) != []
    assert math.isfinite(document["seed"])
