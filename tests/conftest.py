"""In continuous integration a skipped test is a failure: what did not run was not checked."""

from __future__ import annotations

import os

import pytest


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
