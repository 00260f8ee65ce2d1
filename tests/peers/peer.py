"""Other people's programs, run beside the tests and never inside them. Owns where they live and how they are run.

`make peers` builds their environments. A program that is not there is a reason to skip on a developer's machine and
a failure in CI (CI=true): a proof that is skipped there proves nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import own_net

from jiahe.catalog.loader import Shelf
from jiahe.hub.clock import LoopClock
from jiahe.model.errors import LinkError
from jiahe.virtual.resident import Maker, Resident

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LIMIT = 30.0
"""Seconds that any one run of a peer may take on a machine that is busy with other tests."""


def program(environment: str, name: str) -> str:
    """The path of a peer's program; skips the test where it is not installed, fails in CI."""
    path = ROOT / ".peers" / environment / "bin" / name
    if not path.exists():
        absent(f"the peer {environment} is not installed (`make peers` does that)")
    return str(path)


def absent(reason: str) -> None:
    """Something that a test of a peer needs is not here."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; in CI that is a failure")
    pytest.skip(reason)


@dataclass(frozen=True)
class Ran:
    """How a program ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Its last line of output as JSON; the test fails, showing everything, where there is none."""
        lines = self.out.strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            pytest.fail(
                f"no JSON in the answer of the program (status {self.status}):\n{self.out}\n{self.err}"
            )


async def run(*command: str, limit: float = LIMIT, env: Mapping[str, str] | None = None) -> Ran:
    """Runs a program to its end; kills it after `limit` seconds, which is status -9."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    telling = asyncio.ensure_future(process.communicate())
    done, _ = await asyncio.wait((telling,), timeout=limit)
    if not done:
        process.kill()
    out, err = await telling
    return Ran(process.returncode or 0, out.decode(), err.decode())


async def until(fact: Callable[[], Any], what: str, limit: float = 10.0) -> Any:
    """The first truthy answer of `fact`; fails, saying `what`, after `limit` seconds."""
    end = time.monotonic() + limit
    while not (found := fact()):
        if time.monotonic() > end:
            pytest.fail(f"not within {limit:g} s: {what}")
        await asyncio.sleep(0.01)
    return found


# ---- our side ---------------------------------------------------------------------------------------------------


def maker(seed: int = 77) -> Maker:
    """Makes virtual devices of the shipped products; the same seed, the same keys."""
    return Maker(Shelf.shipped(), LoopClock(), os.urandom, seed)


@asynccontextmanager
async def playing(resident: Resident) -> AsyncIterator[Resident]:
    """The virtual device, listening at an address of its own: the peers know fixed ports only.

    Another run of the tests on this machine may hold an address: then the next one is taken, a few times.
    """
    for left in range(8, -1, -1):
        try:
            await resident.unit.start(f"{own_net()}.1")
            break
        except LinkError:
            if not left:
                raise
    try:
        yield resident
    finally:
        await resident.unit.close()


# ---- a network of one's own -------------------------------------------------------------------------------------


async def in_own_network(script: str, *arguments: str, setup: str = "") -> Ran:
    """Runs a Python file of this folder in a new network namespace, after the shell commands of `setup` there."""
    tried = await run("unshare", "-rn", "ip", "link", "set", "lo", "up") if sys.platform == "linux" else None
    if tried is None or tried.status:
        absent("this system lets us make no network namespace (`unshare -rn`)")
    inside = f'set -e; ip link set lo up; {setup or ":"}; exec "$@"'
    return await run(
        *("unshare", "-rn", "sh", "-c", inside, "sh"),
        *(sys.executable, str(HERE / script), *arguments),
        env={"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )
