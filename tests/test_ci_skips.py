"""A skip fails a run in continuous integration and nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_skip_fails_the_run_in_ci_only(tmp_path: Path, ci: str, status: int) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_one.py").write_text("import pytest\ndef test_a(): pytest.skip('why')\ndef test_b(): pass\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
    )
    assert run.returncode == status, run.stdout
    assert ("counted as failures" in run.stdout) == bool(status)
    assert "1 passed, 1 skipped" in run.stdout
