"""A band over virtual air, taken in by a hub as any other: the whole way but the radio."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.hub import nearby
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.model.errors import LinkError
from jiahe.model.happening import Actor, Cause, PropertyRef, Reach, Status
from jiahe.transport import discovery
from jiahe.virtual.airwaves import IN_THE_AIR, VirtualRadio
from jiahe.virtual.resident import Maker, bluetooth_address
from jiahe.virtual.serve import Net
from jiahe.web.doors import AdoptRequest
from jiahe.wire.huami.finder import advertised
from jiahe.wire.huami.generation import GENERATIONS

ME = Cause("me", Actor.PERSON, "Wang", who="home")


async def test_a_virtual_band_is_found_taken_in_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "LISTEN_AT_LEAST", 0.05)
    monkeypatch.setattr(discovery, "broadcast_targets", lambda: ())
    radio = VirtualRadio()
    alerts: list[object] = []
    band = Maker(Shelf.shipped(), LoopClock(), os.urandom, 3, Net(ble=radio.serve)).band(
        7,
        id="band",
        actions={"alert": lambda given: alerts.append(given) or {}, "measure_heart_rate": lambda _: {}},
    )
    address = bluetooth_address(band)
    hub = await Hub.open(Config(tmp_path), radio=radio)
    try:
        await band.unit.start(address)
        radio.calls_out(address, advertised(GENERATIONS["mi-band-3"]))
        found = await hub.acquaintance.discover((), 0.05)
        assert [(one["family"], one["address"]) for one in found] == [("huami", address)]
        key = band.identity.secrets["key"].hex()
        await hub.acquaintance.adopt(AdoptRequest(address, ME, family="huami", key=key, id="band"))
        end = time.monotonic() + 20
        while hub.store.availability("band").state is not Reach.ONLINE:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        band.unit.virtual.set({"steps": 4711})
        while (seen := hub.store.get(PropertyRef("band", "steps"))) is None or seen.value != 4711:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        command = hub.dispatch.submit(PropertyRef("band", "alert"), ME, arguments=())
        assert (await hub.dispatch.outcome(command.id)).status is Status.CONFIRMED
        assert len(alerts) == 1
    finally:
        await hub.close()
        await band.unit.close()


async def test_nobody_there_and_too_many(tmp_path: Path) -> None:
    radio = VirtualRadio()
    with pytest.raises(LinkError):
        await radio.connect("C8:0F:10:00:00:01", None)  # type: ignore[arg-type]
    for number in range(IN_THE_AIR):
        radio.calls_out(f"C8:0F:10:00:00:{number:02X}", b"")
    with pytest.raises(LinkError, match="already"):
        radio.calls_out("C8:0F:10:00:01:00", b"")


async def test_what_is_called_out_is_overheard_until_closed() -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[bytes] = []

        def connected(self, transport: object) -> None:
            """Nothing to do."""

        def received(self, data: bytes) -> None:
            self.heard.append(data)

        def lost(self, reason: str) -> None:
            raise AssertionError(reason)

    radio, ear = VirtualRadio(), Ear()
    radio.calls_out("c8:00:00:00:00:01", b"first")
    way = await radio.overhear("C8:00:00:00:00:01", ear)
    radio.calls_out("C8:00:00:00:00:01", b"second")
    radio.calls_out("C8:00:00:00:00:02", b"another's")
    way.close()
    radio.calls_out("C8:00:00:00:00:01", b"third")
    assert ear.heard == [b"first", b"second"]
