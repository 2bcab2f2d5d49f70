"""Importing the package, its help and its list of claims stay light: no numerical or symbolic library is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("flint", "numpy", "pytest", "rich", "sympy", "torch")

COMMANDS = {
    "import": "import symmetry",
    "help": "import symmetry.cli; run(symmetry.cli.main, ['--help'])",
    "list": "import symmetry.cli; run(symmetry.cli.main, ['list'])",
}

# Runs a piece of code, lets it exit, then names on stderr the heavy modules that were loaded.
PROGRAM = """
import sys

def run(main, arguments):
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    if status:
        raise RuntimeError(f"{arguments} gave exit status {status}")

%s
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded.intersection(%r)), file=sys.stderr)
"""


def loaded_by(code: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", PROGRAM % (code, HEAVY)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stderr.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_light_command_loads_nothing_heavy(command: str) -> None:
    assert loaded_by(COMMANDS[command]) == set()


def test_heavy_import_is_noticed() -> None:
    assert loaded_by("import numpy.linalg, rich.table") == {"numpy", "rich"}
