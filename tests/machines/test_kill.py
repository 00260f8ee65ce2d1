"""Fifty times `kill -9` at random moments: what was acknowledged is there, and what is derived agrees with it."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("killing.py")
ROUNDS = 50


def test_fifty_kills_lose_nothing_that_was_acknowledged(tmp_path):
    run = subprocess.run(
        [sys.executable, str(PROGRAM), "--rounds", str(ROUNDS), "--dir", str(tmp_path)],
        capture_output=True, text=True, timeout=55, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["kills"] == ROUNDS
    assert found["acknowledged"] > 100 * ROUNDS, "a round that acknowledged nothing proves nothing"
    assert found["sealed"] > 0, "kills must meet sealing too"
    assert (found["lost"], found["wrong"], found["trouble"]) == (0, 0, [])
