"""Every example of the README is run, and prints what the README says."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from symmetry.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
STATUS = {"attention_relu": 1}


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.mark.parametrize("block", CONSOLE, ids=[block.splitlines()[0][2:50] for block in CONSOLE])
def test_a_command_prints_what_the_readme_shows(
    block: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
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
