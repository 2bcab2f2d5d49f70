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
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))
    spec = importlib.util.spec_from_file_location("bench", Path(__file__).parents[1] / "scripts" / "bench.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench", module)
    spec.loader.exec_module(module)
    return module


def bench_engine(bench: ModuleType) -> ModuleType:
    """The module that holds the engine's work."""
    return sys.modules[bench.cold.__module__]


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
    monkeypatch.setattr(bench, "CHECK", "no_such_program.py")
    monkeypatch.setattr(bench, "WORK", (bench_engine(bench).Work("a division", "", "1 / 0", 1.0),))
    assert bench.main(["--rounds", "1", "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["failures"]) == len(bench.MEASUREMENTS)


def test_work_is_timed_without_its_setup_and_per_element(bench: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    work = bench_engine(bench).Work(
        "a nap", "time.sleep(0.3)", "time.sleep(0.02)", 25.0, "ms", 1e-3, ("a longer one", "", "time.sleep(0.1)")
    )
    monkeypatch.setattr(bench, "WORK", (work,))
    (row,) = bench.measure_engine(1)
    assert 20 <= row.value < 200 and "a longer one" in row.detail and row.limit == 25


def test_medians_take_turns(bench: ModuleType) -> None:
    found = bench.medians({"a": ["true"], "b": ["true"]}, 3)
    assert set(found) == {"a", "b"} and all(value > 0 for value in found.values())
