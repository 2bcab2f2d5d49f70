"""The plugin as its users meet it: projects with tests and claims, run by pytest."""

from __future__ import annotations

import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from _pytest.config import get_config

from symmetry import pytest_plugin, suite, testing

pytest_plugins = ["pytester"]

LOADED = (suite, testing)  # pytest forgets what is imported by a pytest inside of it, and NumPy loads once in a process

TESTS = """\
import numpy as np

def gram(X):
    return X @ X.T @ X

def test_gram(assert_equivariant):
    assert_equivariant(gram, "X: d n -> d n", "O(d) x S(n)", sizes=[{"d": 3, "n": 2}], trials=1)

def test_abs(assert_equivariant):
    assert_equivariant(abs, "X: d n -> d n", "O(d)", sizes=[{"d": 3, "n": 2}], trials=1)

def test_close(assert_equivariant):
    assert_equivariant(abs, "X: d n -> d n", "O(d)", atol=1e-8)
"""
MODEL = """\
import numpy as np
from pathlib import Path

with (Path(__file__).parent / "imports").open("a") as file:
    file.write("x")

def gram(X): return X @ X.T @ X
def relu(X): return np.maximum(X, 0)
def nan(X): return X * np.nan
"""
CLAIMS = """\
[claims.gram]
function = "model.py:gram"
problem = "X: d n -> d n"
group = "O(d) x S(n)"
sizes = [{ d = 3, n = 2 }]
trials = 1

[claims.relu]
function = "model.py:relu"
problem = "X: d n -> d n"
group = "O(d) x S(n)"
sizes = [{ d = 3, n = 2 }]
trials = 1
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs pytest in a project of its own, with the plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)

    def run(*words: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *words, plugins=[pytest_plugin])

    return run


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(model=MODEL)
    pytester.makefile(".toml", symmetry=CLAIMS)
    return pytester


def test_the_fixture_passes_and_fails_with_the_worst_case(pytester: pytest.Pytester, run) -> None:
    pytester.makepyfile(TESTS)
    result = run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "symmetry seed: 0",
            "*> *assert_equivariant(abs, *",
            "E *AssertionError: abs is not equivariant under O(d)",
            "E * f(g·x) = g·f(x) fails for g a * of O(d) at d=*, n=*",
            "E * Q = *",
            "E * f(g·x) = *",
            "E * seed 0; the same again with seed=0, trials=1, sizes=*",
            "E * seed 0; the same again with seed=0, atol=1e-08",
        ]
    )
    assert "testing.py" not in result.stdout.str()  # only the user's own frames are shown


@pytest.mark.parametrize(
    ("words", "ini", "seed"),
    [
        ((), "", "0"),
        (("--symmetry-seed", "7"), "", "7"),
        ((), "symmetry_seed = 5", "5"),
        (("--symmetry-seed=7",), "symmetry_seed = 5", "7"),
    ],
    ids=["default", "option", "configuration", "both"],
)
def test_the_seed_is_shown_and_used(words: tuple[str, ...], ini: str, seed: str, project: pytest.Pytester, run) -> None:
    project.makeini(f"[pytest]\n{ini}")
    project.makepyfile(test_it=TESTS)
    result = run(*words)
    result.stdout.fnmatch_lines([f"symmetry seed: {seed}"])
    result.assert_outcomes(passed=4, failed=3)
    assert set(re.findall(r"seed[ =](\d+)", result.stdout.str())) == {seed}


def test_a_random_seed_is_one_number_everywhere(project: pytest.Pytester, run) -> None:
    project.makepyfile(test_it=TESTS)
    seen = set()
    for _ in range(2):
        text = run("--symmetry-seed=random").stdout.str()
        found = set(re.findall(r"seed:? (\d+)", text))
        assert len(found) == 1
        seen |= found
    assert len(seen) == 2


def test_workers_are_given_the_random_seed(pytester: pytest.Pytester) -> None:
    words = ("-p", "symmetry.pytest_plugin", "--symmetry-seed=random")
    config = pytester.parseconfigure(*words)
    node = SimpleNamespace(config=config, workerinput={})
    pytest_plugin.pytest_configure_node(node)
    worker = pytester.parseconfig(*words)
    worker.workerinput = node.workerinput  # as pytest-xdist does
    worker._do_configure()
    assert worker.stash[pytest_plugin.SEED] == config.stash[pytest_plugin.SEED]
    worker._ensure_unconfigure()


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "٣", "1" * 19])
def test_a_seed_that_is_no_number_is_refused(seed: str, pytester: pytest.Pytester, run) -> None:
    pytester.makepyfile(TESTS)
    result = run(f"--symmetry-seed={seed}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*the symmetry seed is a natural number or 'random', not *"])


def test_a_seed_in_the_call_goes_before_that_of_the_session(pytester: pytest.Pytester, run) -> None:
    pytester.makepyfile(TESTS.replace("atol=1e-8", "atol=1e-8, seed=11"))
    run("--symmetry-seed=7", "-k", "close").stdout.fnmatch_lines(["E * seed 11; the same again with seed=11*"])


def test_claims_are_items_one_for_each_factor(project: pytest.Pytester, run) -> None:
    result = run("--collect-only", "-q")
    found = [line for line in result.outlines if line.startswith("symmetry.toml")]
    assert found == [f"symmetry.toml::{claim}::{factor}" for claim in ("gram", "relu") for factor in ("O(d)", "S(n)")]
    assert not (project.path / "imports").exists()


def test_a_claim_that_fails_shows_its_counterexample_and_no_traceback(project: pytest.Pytester, run) -> None:
    result = run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ relu::O(d) _*",
            "relu, O(d): expected holds, found violated",
            "model.py:relu : X: d n -> d n   under O(d) x S(n)",
            "f(g·x) = g·f(x) fails for g a *",
            "  Q = *",
            "* samples, residual *, tolerance *; seed 0",
            "FAILED symmetry.toml::relu::O(d)*",
        ]
    )
    for word in ("Traceback", ".py:", "NotAsClaimed"):
        assert word not in result.stdout.str().replace("model.py:relu", "")


def test_a_claim_is_checked_once(project: pytest.Pytester, run) -> None:
    run().assert_outcomes(passed=3, failed=1)
    assert (project.path / "imports").read_text() == "xx"  # two claims, four items


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        (["symmetry.toml::relu::O(d)"], {"failed": 1}),
        (["symmetry.toml::gram"], {"passed": 2}),
        (["symmetry.toml"], {"passed": 3, "failed": 1}),
        (["-k", "relu"], {"passed": 1, "failed": 1, "deselected": 2}),
    ],
    ids=" ".join,
)
def test_items_are_selected_by_id(words: list[str], outcomes: dict[str, int], project: pytest.Pytester, run) -> None:
    run(*words).assert_outcomes(**outcomes)


def test_other_files_are_collected_when_they_are_named(project: pytest.Pytester, run) -> None:
    (project.path / "symmetry.toml").rename(project.path / "claims.toml")
    run().assert_outcomes()
    run("claims.toml").assert_outcomes(passed=3, failed=1)
    project.makeini("[pytest]\nsymmetry_claims = claims.toml")
    run().assert_outcomes(passed=3, failed=1)


NAN = CLAIMS.replace("relu", "nan")


@pytest.mark.parametrize(
    ("claims", "outcomes", "line"),
    [
        (CLAIMS + 'expect = { "O(d)" = "violated" }', {"passed": 4}, "*4 passed*"),
        (CLAIMS + 'expect = { "S(n)" = "violated" }', {"passed": 2, "failed": 2}, "*but no violation was found*"),
        (NAN, {"passed": 2, "failed": 2}, "nan, O(d): expected holds, found inconclusive"),
        (NAN + 'inconclusive = "skip"', {"passed": 2, "skipped": 2}, "SKIPPED*not finite*"),
        (CLAIMS.replace("model.py:relu", "model.py:rulu"), {"passed": 2, "failed": 2}, "no 'rulu' in *; it has relu*"),
        (CLAIMS.replace('"model.py:relu', '"absent:relu'), {"passed": 2, "failed": 2}, "no module 'absent'*"),
        (CLAIMS + "seed = 12", {"passed": 3, "failed": 1}, "*; seed 12"),
    ],
    ids=["negative", "negative holds", "inconclusive", "skipped", "no function", "no module", "seed"],
)
def test_what_becomes_of_a_claim(
    claims: str, outcomes: dict[str, int], line: str, project: pytest.Pytester, run
) -> None:
    project.makefile(".toml", symmetry=claims)
    result = run("-rs", "--symmetry-seed=3")
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines([line])


def test_a_claims_file_that_does_not_read_is_an_error_with_its_reason(project: pytest.Pytester, run) -> None:
    project.makefile(".toml", symmetry=CLAIMS.replace("group", "grup"))
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*symmetry.toml, claims.gram: there is no key 'grup'; did you mean 'group'?*"])
    assert "Traceback" not in result.stdout.str() and "claims_file.py" not in result.stdout.str()


def test_a_session_with_strict_settings_runs(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\nxfail_strict = true")
    project.makepyfile(test_it=TESTS)
    result = project.runpytest_subprocess("-p", "symmetry.pytest_plugin", "--doctest-modules", "-ra")
    result.assert_outcomes(passed=4, failed=3)


@pytest.mark.parametrize("first", ["symmetry", "symmetry.pytest_plugin"])
def test_the_entry_point_and_the_module_are_one_plugin(first: str) -> None:
    second = {"symmetry", "symmetry.pytest_plugin"} - {first}
    manager = get_config().pluginmanager
    manager.register(pytest_plugin, first)
    for name in second:
        assert manager.is_blocked(name)
        manager.import_plugin(name)
    assert manager.get_name(pytest_plugin) == first


def test_the_plugin_can_be_named_twice(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("pytest_plugins = ['symmetry.pytest_plugin']")
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-p", "symmetry.pytest_plugin", "-W", "error")
    result.assert_outcomes(passed=1, failed=2)


def test_the_plugin_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    assert 'symmetry.pytest_plugin' in sys.modules\n"
        "    assert not {'numpy', 'sympy', 'rich', 'flint'} & set(sys.modules)\n"
    )
    words = ["-p", "symmetry.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
