"""Kill a campaign again and again: nothing may be lost, nothing counted twice, and the report may not change.

`symmetry check` runs with a campaign file, and SIGKILL is sent at random moments: to the command, to the process in it
that calls the function, to a worker, or to all at once. After each kill every block that was in the file must still be
there, as it was, and the file must be sound. At the end it must hold each planned block once, and the report must be,
to the byte, that of the same check without a file and without a kill.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FUNCTION = """\
import time

def attention(X):
    time.sleep(0.0001)
    return X @ (X.T @ X)
"""
SIZES = "d=3,n=2"
BLOCK = 512  # trials
PAGES = 8192  # bytes by which the log grows with a block, about
EACH = 5  # blocks for each kill, about half of which are run before it
VICTIMS = ("command", "check", "worker", "all")

Rows = dict[tuple[int, int, int], str]


class Fault(Exception):
    """What must not happen has happened."""


def command(trials: int, *options: str) -> list[str]:
    check = [sys.executable, "-m", "symmetry", "check", "model.py:attention", "X: d n -> d n", "--group", "O(d) x S(n)"]
    return [*check, "--sizes", SIZES, "--trials", str(trials), "--json", *options]


def finished(arguments: list[str], directory: str) -> bytes:
    """What a command prints that is left alone."""
    done = subprocess.run(arguments, cwd=directory, capture_output=True)
    if done.returncode != 0:
        raise Fault(f"exit status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def descendants(process: int) -> list[int]:
    """The processes that a process has started, and those that they have, each after its parent."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [process]
    for one in found:
        found += sorted(child for child, parent in parents.items() if parent == one)
    return found[1:]


def rows(path: Path) -> Rows:
    """The blocks in a campaign file, once nobody has it any more."""
    for _ in range(200):
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(path)) as file:
            if file.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Fault(f"{path} is damaged")
            return {(k, block, count): text for k, block, count, text in file.execute("SELECT * FROM blocks")}
        time.sleep(0.05)
    raise Fault(f"{path} is still locked, though the command that had it is gone")


def strike(process: int, victim: str) -> None:
    """Kill; the command where it has not started anything yet."""
    below = descendants(process) or [process]
    targets = {"command": [process], "check": below[:1], "worker": below[-1:], "all": [process, *below]}[victim]
    for target in targets:
        with contextlib.suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)


def run_until(process: subprocess.Popen[bytes], log: Path, growth: int, seconds: float) -> None:
    """Wait until the log has grown so far and so many seconds have gone by, or the command is done."""
    size = log.stat().st_size if log.exists() else 0
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if not growth or (log.exists() and log.stat().st_size >= size + growth):
            break
        time.sleep(0.002)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def killed(path: Path, arguments: list[str], victim: str, growth: int, seconds: float) -> tuple[Rows, bool]:
    """One run that is killed: the blocks that are kept after it, and whether it came to its end all the same."""
    log = Path(f"{path}-wal")
    process = subprocess.Popen(arguments, cwd=path.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        run_until(process, log, growth, seconds)
        strike(process.pid, victim)
        if victim == "worker":  # it is replaced, and the command goes on
            run_until(process, log, growth, seconds)
            strike(process.pid, "command")
        _, errors = process.communicate()
    finally:
        process.kill()
    # Without the process that it looks at, the command says that it knows nothing (3), or not even the function (2).
    if process.returncode not in (0, 2, 3, -signal.SIGKILL):
        raise Fault(f"exit status {process.returncode} after a kill of {victim}: {errors.decode()}")
    return (rows(path) if path.exists() else {}), process.returncode == 0


def kill_campaign(kills: int, seed: int, directory: str) -> None:
    """Kill a campaign so many times, then see that it comes out as if nothing had been.

    Raises:
        Fault: it does not.
    """
    rng = random.Random(seed)
    trials = BLOCK * EACH * (kills + 2) + 100
    blocks = -(-trials // BLOCK)
    Path(directory, "model.py").write_text(FUNCTION, encoding="utf-8")
    path = Path(directory, "campaign.sqlite")
    arguments = command(trials, "--jobs", "2", "--campaign", path.name)
    kept: Rows = {}
    for number in range(kills):
        victim = VICTIMS[number % len(VICTIMS)]
        growth = 0 if number % 5 == 4 else rng.randrange(1, EACH) * PAGES  # some before the first block
        now, is_over = killed(path, arguments, victim, growth, rng.uniform(0, 0.05 if growth else 1.5))
        if any(now.get(place) != text for place, text in kept.items()):
            raise Fault(f"kill {number + 1}, of {victim}: blocks were lost or changed")
        print(f"kill {number + 1:2} ({victim}): {len(now)} of {blocks} blocks kept, {len(now) - len(kept)} of them new")
        kept = now
        if is_over:
            raise Fault("the campaign was over before the kill; it is too short")
    report = finished(arguments, directory)
    whole = rows(path)
    if len(whole) != blocks or sum(count for _, _, count in whole) != trials:
        raise Fault(f"{len(whole)} blocks of {blocks}, {sum(count for _, _, count in whole)} trials of {trials}")
    if any(whole[place] != text for place, text in kept.items()):
        raise Fault("the last run changed blocks")
    if report != finished(command(trials), directory):
        raise Fault("the report is not that of a check without kills")
    print(
        f"{kills} kills: {trials} trials, each counted once; the report is that of a check without kills, to the byte"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        try:
            kill_campaign(arguments.kills, arguments.seed, directory)
        except Fault as fault:
            print(f"FAULT: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
