"""A crowd polled by sessions and sockets alone: the floor of a hub's work. No home, no journal, no store, no door.

`python bench/polling.py [FOLDER]` (of product files, beside those that ship) takes the cards of `played.py` as one line of JSON on its input, prints one line when all
devices have answered, and polls each group of points at its cadence until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Mapper
from jiahe.driver.family import family_of
from jiahe.driver.quirk import fitted
from jiahe.transport import tcp, udp
from jiahe.transport.transport import Transport
from jiahe.wire.talk import Identity, Read, Role

PATIENCE = 3.0


class Poller:
    """One device; a `transport.Receiver`."""

    def __init__(self, device: dict[str, Any], shelf: Shelf) -> None:
        product = shelf.get(device["product"])
        assert product is not None
        facts = {**product.facts, **device["facts"]}
        secrets = {name: bytes.fromhex(device[name]) for name in ("token", "key") if device[name]}
        identity = Identity(device["hardware_id"], secrets, facts, time.time() - time.monotonic())
        self.family, self.address = family_of(device["family"]), device["address"]
        self.heard = asyncio.Event()
        self._groups = Mapper(fitted(product, facts)).by_cadence()
        self._session = self.family.session(Role.HUB, identity, os.urandom)
        self._loop = asyncio.get_running_loop()
        self._transport: Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connected(self, transport: Transport) -> None:
        self._transport = transport
        self._session.open(self._loop.time())
        self._drain()

    def received(self, data: bytes) -> None:
        self._session.receive(data, self._loop.time())
        self._drain()

    def lost(self, reason: str) -> None:
        raise RuntimeError(f"{self.address}: {reason}")

    def poll(self, cadence: float) -> None:
        """Asks for one group of points, now and at every cadence."""
        now = self._loop.time()
        self._session.ask(Read(self._groups[cadence]), now + PATIENCE, now)
        self._drain()
        self._loop.call_at(now + cadence, self.poll, cadence)

    def begin(self) -> None:
        for cadence in self._groups:
            self.poll(cadence)

    def _drain(self) -> None:
        assert self._transport is not None
        for data in self._session.outgoing():
            self._transport.send(data)
        if self._session.events():
            self.heard.set()
        due = self._session.wake_at()
        if self._timer is None and due is not None:
            self._timer = self._loop.call_at(due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._session.wake(self._loop.time())
        self._drain()


async def main(devices: list[dict[str, Any]], reader: asyncio.StreamReader) -> None:
    shelf = Shelf.shipped()
    for specs in sys.argv[1:]:
        put_folder(shelf, Path(specs))
    pollers = [Poller(device, shelf) for device in devices]
    for poller in pollers:
        connect = udp.connect if poller.family.transport == "udp" else tcp.connect
        await connect(poller.address, poller.family.port, poller)
        async with asyncio.timeout(10.0):
            await poller.heard.wait()
        poller.begin()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await reader.read()


async def begin() -> None:
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await main(json.loads(await reader.readline()), reader)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(begin())
