"""Every example of the README is run, and prints what the README says."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from symmetry.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
STATUS = {"attention_relu": 1}
(CLAIMS,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
(WORKFLOW,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
(TEST,) = re.findall(r"```python\n([^>].*?)```", README, re.DOTALL)


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.mark.parametrize("block", CONSOLE, ids=[block.splitlines()[0][2:50] for block in CONSOLE])
def test_a_command_prints_what_the_readme_shows(
    block: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    Path("symmetry.toml").write_text(CLAIMS, encoding="utf-8")
    command, expected = block.split("\n", 1)
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "symmetry"
    status = next((code for name, code in STATUS.items() if name in command), 0)
    assert main(words[1:]) == status
    found = stripped(capsys.readouterr().out) + "\n"
    wanted = stripped(expected) + "\n"
    if not doctest.OutputChecker().check_output(wanted, found, doctest.ELLIPSIS):
        raise AssertionError(f"{command}\nthe README shows\n{wanted}\nbut it prints\n{found}")


def test_python_examples() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) >= 4
    parser = doctest.DocTestParser()
    test = parser.get_doctest("\n".join(blocks), {}, "README.md", "README.md", 0)
    assert len(test.examples) > 15
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test)
    assert runner.failures == 0 and runner.tries == len(test.examples)


def test_the_kernel_is_as_the_readme_says() -> None:
    from symmetry.kernel import RULES

    assert f"has {'nineteen' if len(RULES) == 19 else len(RULES)} rules" in README


def test_the_two_commands_exist_and_can_be_run() -> None:
    root = Path(__file__).parents[1]
    for name in ("scripts/verify", "scripts/test"):
        assert f"\n    {name} " in README
        assert (root / name).stat().st_mode & 0o111


def test_the_workflow_runs_in_a_project_with_the_claims_and_the_test(tmp_path: Path) -> None:
    (tmp_path / "symmetry.toml").write_text(CLAIMS, encoding="utf-8")
    (tmp_path / "test_model.py").write_text(TEST, encoding="utf-8")
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "CI": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": "-p symmetry.pytest_plugin",  # also where symmetry is not installed but on the path
    }
    commands = re.findall(r"^ +- run: (.*)$", WORKFLOW, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["pip", "symmetry", "pytest"]
    output = ""
    for command in commands[1:]:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        output += done.stdout
    assert "6 passed" in output  # five findings of two claims, and a test
    assert summary.read_text(encoding="utf-8").startswith("### symmetry.toml\n\n5 passed\n")
    assert '<testsuites name="symmetry" tests="5" failures="0"' in (tmp_path / "symmetry.xml").read_text("utf-8")
