"""The benchmark judges by its limits and says what it could not measure."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", Path(__file__).parents[1] / "scripts" / "bench.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("value", "status"), [(5.9, 0), (6.1, 1)])
def test_limit_decides_the_exit_status(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: float, status: int
) -> None:
    row = bench.Row("verify", value, 6.0, "×", "")
    monkeypatch.setattr(bench, "MEASUREMENTS", (lambda rounds: [row],))
    assert bench.main(["--json"]) == status
    assert json.loads(capsys.readouterr().out)["rows"][0]["ok"] == (status == 0)
    assert bench.main([]) == status
    assert ("exceeded" in capsys.readouterr().out) == bool(status)


def test_command_that_fails_is_not_measured(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "SYMMETRY", "false")
    assert bench.main(["--rounds", "1", "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["failures"]) == len(bench.MEASUREMENTS)


def test_medians_take_turns(bench: ModuleType) -> None:
    found = bench.medians({"a": ["true"], "b": ["true"]}, 3)
    assert set(found) == {"a", "b"} and all(value > 0 for value in found.values())
