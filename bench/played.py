"""Virtual devices in a process of their own: neither the hub nor its client pays for them.

`python bench/played.py JSON` with {"devices": [{"kind", "number", "host"}]}, {"crowd": SIZE, "restless": SHARE},
{"demo": SEED} or {"mixed": SIZE, "restless": SHARE, "specs": FOLDER} prints one line of JSON that says who they are, then takes one line for each order: {"set": [PLACE,
{PATH: VALUE}]} changes a device as if by itself and answers {"at": NANOSECONDS} of the machine's monotonic clock.
It ends when its input does.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import uvloop
from mixing import Mixed

from jiahe.catalog.loader import Shelf
from jiahe.hub.clock import LoopClock
from jiahe.virtual.crowd import Crowd
from jiahe.virtual.home import DemoHome
from jiahe.virtual.resident import Maker, Resident

SEED = 1


class Played:
    """The parent's end: `devices` as a hub adopts them."""

    def __init__(self, **what: Any) -> None:
        words = [sys.executable, str(Path(__file__).resolve()), json.dumps(what)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.devices: list[dict[str, Any]] = self._line()

    def set(self, place: int, values: dict[str, Any]) -> int:
        """The device at this place changes; when, in nanoseconds of the monotonic clock."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"set": [place, values]}).encode() + b"\n")
        self.process.stdin.flush()
        return int(self._line()["at"])

    def _line(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the virtual devices ended with status {self.process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def _card(resident: Resident) -> dict[str, Any]:
    secrets = {name: key.hex() for name, key in resident.identity.secrets.items()}
    return {
        "id": resident.id,
        "name": resident.id,
        "address": resident.address,
        "family": resident.product.family,
        "product": resident.product.id,
        "hardware_id": resident.identity.hardware_id,
        "token": secrets.get("token", ""),
        "key": secrets.get("key", ""),
        "facts": {**resident.identity.facts},
    }


async def _start(what: dict[str, Any]) -> list[Resident]:
    clock = LoopClock()
    if "crowd" in what:
        crowd = Crowd(what["crowd"], clock, os.urandom, SEED, restless=what["restless"])
        await crowd.start()
        return list(crowd.residents)
    if "mixed" in what:
        mixed = Mixed(what["mixed"], what["restless"], Path(what["specs"]), clock, SEED)
        await mixed.start()
        return mixed.residents
    if "demo" in what:
        home = DemoHome(clock, os.urandom, what["demo"])
        await home.start()
        # Its bands stand in the air of this process: a hub in another one hears them not.
        return [one for one in home.residents.values() if one.product.family != "huami"]
    maker = Maker(Shelf.shipped(), clock, os.urandom, SEED)
    residents = []
    for device in what["devices"]:
        resident = getattr(maker, device["kind"])(device["number"])
        await resident.unit.start(device["host"])
        residents.append(resident)
    return residents


async def _play(what: dict[str, Any]) -> None:
    residents = await _start(what)
    sys.stdout.write(json.dumps([_card(resident) for resident in residents]) + "\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        place, values = json.loads(line)["set"]
        at = time.monotonic_ns()
        residents[place].unit.virtual.set(values)
        sys.stdout.write(json.dumps({"at": at}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_play(json.loads(sys.argv[1])))
