"""What other programs read: JUnit XML, Markdown, JSON with its schema; and how files are written."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from check_documents import invalid, parsed, require_junit

from symmetry.checks.function import check
from symmetry.problem import Problem
from symmetry.reports.files import append, replace, require_writable
from symmetry.reports.junit import junit
from symmetry.reports.markdown import LONGEST, markdown
from symmetry.suite import FunctionClaim, Outcome, SuiteReport


def odd(X: Any) -> Any:
    raise ValueError("<&> ]]> \x00\x1b[31m | `a` ``` \ud800 \ufffe end")


def report_of(function: Callable[..., Any], name: str = "a") -> SuiteReport:
    problem = Problem("X: d n -> d n", group="O(d)")
    claim = FunctionClaim(name, "f.py:f", problem, {"O(d)": "holds"})
    return SuiteReport((Outcome(claim, check(function, problem, sizes=[{"d": 3, "n": 2}])),))


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
