"""In continuous integration a skipped test is a failure: what did not run was not checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_modules_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test imports from a temporary directory is forgotten with it, and so is the way there."""
    modules, paths = set(sys.modules), list(sys.path)
    yield
    below = str(tmp_path_factory.getbasetemp())
    for name in set(sys.modules) - modules:
        if name.startswith("_checked_"):  # files by their path, which are read again each time
            continue
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(below):
            del sys.modules[name]
    sys.path[:] = [path for path in sys.path if path in paths or not path.startswith(below)]


def skipped_in_ci(session: pytest.Session) -> int:
    """Number of skipped tests that must fail this run: 0 outside continuous integration."""
    if os.environ.get("CI", "").lower() not in ("true", "1"):
        return 0
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and skipped_in_ci(session):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    session = terminalreporter._session
    if session is not None and (count := skipped_in_ci(session)):
        terminalreporter.write_line(f"{count} skipped with CI=true: counted as failures", red=True, bold=True)
