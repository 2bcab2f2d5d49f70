"""The claims file: what it says, what it says wrong, and where functions are looked for."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symmetry.errors import UsageError
from symmetry.problem import Problem
from symmetry.suite import FunctionClaim, check_claim, read_claims
from symmetry.suite.claims_file import _claim

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
    monkeypatch.setattr("sys.path", list(sys.path))
    assert [check_claim(claim).error for claim in read_claims(path)] == [""] * len(places)
