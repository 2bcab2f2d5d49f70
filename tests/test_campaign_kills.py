"""A campaign that is killed comes out as if nothing had been; twenty kills are `scripts/kill_campaign`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_three_kills_lose_nothing_and_count_nothing_twice() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "kill_campaign.py"), "--kills", "3"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "each counted once; the report is that of a check without kills, to the byte" in done.stdout
