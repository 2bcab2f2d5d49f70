"""How long the commands take, each beside its baseline and measured in the same run.

Absolute times depend on the machine; a ratio to a baseline taken in turns with the thing measured does not. Medians of
several rounds. Exit status 1 when a limit is exceeded, 2 when a command could not be measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench_check import LARGE
from bench_engine import WORK, cold

CHECK = str(Path(__file__).with_name("bench_check.py"))
SYMMETRY = str(Path(sys.executable).with_name("symmetry"))


@dataclass(frozen=True)
class Row:
    """One measured quantity: `value` (seconds, or a ratio with unit ×) against the most it may be."""

    what: str
    value: float
    limit: float
    unit: str
    detail: str

    @property
    def ok(self) -> bool:
        return self.value <= self.limit


class NotMeasured(Exception):
    """A command failed, so its time says nothing."""


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise NotMeasured(f"{' '.join(command)} gave exit status {result.returncode}: {' '.join(last)}")
    return result


def seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    run(command)
    return time.perf_counter() - start


def medians(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """Median seconds of each command; the commands take turns, so a slow phase of the machine hits all of them."""
    for command in commands.values():
        run(command)  # warms the file cache
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: statistics.median(values) for name, values in times.items()}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def measure_verify(rounds: int) -> list[Row]:
    """`symmetry verify` as a multiple of the time that importing SymPy takes."""
    found = medians({"verify": [SYMMETRY, "verify"], "sympy": python("import sympy")}, rounds)
    ratio = found["verify"] / found["sympy"]
    return [Row("verify ÷ import sympy", ratio, 10.0, "×", f"{found['verify']:.2f} s ÷ {found['sympy']:.2f} s")]


def measure_light_commands(rounds: int) -> list[Row]:
    """What `--help` and `list` take above a Python that does nothing."""
    commands = {"--help": [SYMMETRY, "--help"], "list": [SYMMETRY, "list"], "pass": python("pass")}
    found = medians(commands, 3 * rounds)
    return [
        Row(f"{name} − pass", found[name] - found["pass"], 0.1, "s", f"{found[name]:.3f} s − {found['pass']:.3f} s")
        for name in ("--help", "list")
    ]


def measure_derivation(rounds: int) -> list[Row]:
    """Deriving and replaying all claims, as `symmetry verify` itself reports it (`derive` is both)."""
    values = []
    for _ in range(rounds):
        timings = json.loads(run([SYMMETRY, "verify", "--json", "--timings"]).stdout).get("timings", {})
        if "derive" not in timings:
            raise NotMeasured(f"verify --json --timings reports {sorted(timings)}, but not derive")
        values.append(timings["derive"])
    return [Row("derive and replay", statistics.median(values), 2.0, "s", f"median of {rounds}")]


def measure_engine(rounds: int) -> list[Row]:
    """The work of the invariant engine, in cold processes, each beside its baseline."""
    rows = []
    for work in WORK:
        try:
            value = cold(work.setup, work.run, rounds)
            detail = ""
            if work.baseline is not None:
                name, setup, code = work.baseline
                other = cold(setup, code, 1)
                detail = f"{name}: {other:.3g} s, {other / value:.3g} times as long"
        except RuntimeError as error:
            raise NotMeasured(f"{work.what}: {error}") from error
        rows.append(Row(work.what, value / work.each, work.limit, work.unit, detail))
    return rows


def measure_check(rounds: int) -> list[Row]:
    """What one more trial of `check` costs beside the work that cannot be avoided, and the fixed part of a check."""
    costs = json.loads(run([sys.executable, CHECK, str(min(rounds, 3))]).stdout)
    rows = []
    for size, cost in zip(LARGE, costs, strict=True):
        at = f"d, n, m = {size.d}, {size.n}, {size.m}"
        micro = {name: f"{1e6 * value:.3g} µs" for name, value in cost.items()}
        scipy = f"{micro['trial']} ÷ {micro['work']}; SciPy's sampler in a loop: {cost['scipy'] / cost['work']:.2g} ×"
        rows.append(Row(f"trial ÷ work, {at}", cost["trial"] / cost["work"], size.limit, "×", scipy))
        rows.append(Row(f"battery, {at}", cost["battery"], 2.0, "s", ""))
    return rows


MEASUREMENTS: tuple[Callable[[int], list[Row]], ...] = (
    measure_verify,
    measure_light_commands,
    measure_derivation,
    measure_engine,
    measure_check,
)


def show(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "measured", "at most", "from", box=None, pad_edge=False)
    for row in rows:
        style = "" if row.ok else "bold red"
        measured = f"{row.value:.3g} {row.unit}{'' if row.ok else '  exceeded'}"
        table.add_row(row.what, measured, f"{row.limit:g} {row.unit}", row.detail, style=style)
    Console().print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement (default 5)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    rows: list[Row] = []
    failures: list[str] = []
    for measurement in MEASUREMENTS:
        try:
            rows += measurement(options.rounds)
        except NotMeasured as failure:
            failures.append(str(failure))
    if options.json:
        print(json.dumps({"rows": [{**asdict(row), "ok": row.ok} for row in rows], "failures": failures}, indent=2))
    elif rows:
        show(rows)
    for failure in failures:
        print(f"scripts/bench: not measured: {failure}", file=sys.stderr)
    return 2 if failures else int(not all(row.ok for row in rows))


if __name__ == "__main__":
    sys.exit(main())
