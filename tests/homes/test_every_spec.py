"""Every published MIoT-Spec at hand as a device in a home: its file put into the folder, played, adopted, and operated.

Over real sockets, by a real hub: each property that can be written is written once and confirmed by the device's own
word (or taken as assumed where it cannot report), each action is done once. What is found out at the first reading is
checked against what the spec promises.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from jiahe.catalog.product import Product
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.device import Device
from jiahe.model.happening import Actor, Cause, Outcome, PropertyRef, Quality, Reach, Status
from jiahe.virtual.resident import Maker, Resident
from jiahe.web.doors import AdoptRequest

SHARDS = 8
WANG = Cause("somebody", Actor.PERSON, "Wang")


def other_than(definition: PropertyDef, now: Any) -> Any:
    """A value within the bounds that the property does not hold now, if it can hold two."""
    if definition.kind is Kind.BOOL:
        return not now
    if definition.kind is Kind.ENUM:
        return next((word for word in reversed(definition.choices) if word != now), now)
    if definition.kind is Kind.TEXT:
        return "21:00" if now != "21:00" else "22:00"
    low = definition.low if definition.low is not None else 0
    step = definition.step or 1
    high = definition.high if definition.high is not None else low + 4 * step
    top = low + step * int((high - low) / step + 1e-9)
    return next((definition.check(n) for n in (round(top, 6), low) if n != now), now)


class Home:
    """A hub, the shard's devices, and how each is operated."""

    def __init__(self, hub: Hub, residents: list[Resident]) -> None:
        self.hub, self.residents = hub, residents

    async def adopt(self, resident: Resident) -> Device:
        token = resident.identity.secrets["token"].hex()
        request = AdoptRequest(
            address=resident.address, cause=WANG, family="miio", id=resident.id, token=token, hardware_id="",
            key="", name="", room="",
        )  # fmt: skip
        return await self.hub.acquaintance.adopt(request)

    async def _tell(self, device: Device, path: str, **what: Any) -> Outcome:
        command = self.hub.dispatch.submit(PropertyRef(device.id, path), WANG, timeout=20.0, **what)
        return await self.hub.dispatch.outcome(command.id)

    async def operate(self, device: Device, resident: Resident) -> tuple[int, int]:
        """Writes everything, does everything; how many of each."""
        product, virtual = resident.product, resident.unit.virtual
        rows = {row.definition.path: row for row in product.rows}
        written = done = 0
        for path, definition in device.profile.properties.items():
            if not definition.writable:
                continue
            value = other_than(definition, virtual.values.get(path))
            outcome = await self._tell(device, path, value=value)
            where = f"{product.id} {path} = {value!r}: {outcome.reason}"
            assert outcome.status is Status.CONFIRMED, where
            reading = self.hub.store.get(PropertyRef(device.id, path))
            assert reading is not None, where
            told = path not in rows or (rows[path].report is not None and rows[path].polled)
            assert reading.value == value, where
            assert reading.quality is (Quality.GOOD if told else Quality.ASSUMED), where
            if path in rows:
                assert virtual.values[path] == value, where
            written += 1
        for path, action in device.profile.actions.items():
            arguments = [other_than(argument, None) for argument in action.arguments]
            outcome = await self._tell(device, path, arguments=arguments)
            assert outcome.status is Status.CONFIRMED, f"{product.id} {path}{arguments}: {outcome.reason}"
            done += 1
        return written, done

    def knows(self, device: Device, resident: Resident) -> None:
        """Everything that the spec lets be read is known; what is only pushed has not been asked for in vain."""
        for row in resident.product.rows:
            path = row.definition.path
            if path not in device.profile.properties or row.report is None:
                continue
            reading = self.hub.store.get(PropertyRef(device.id, path))
            if row.polled:
                assert reading is not None, f"{device.id} {path}"
                assert reading.quality is Quality.GOOD, f"{device.id} {path}: {reading}"
                assert reading.value == resident.unit.virtual.values[path], f"{device.id} {path}"


def specs(shared_data: Path) -> list[Path]:
    folder = shared_data / "miot-specs"
    if not folder.is_dir():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    return sorted(folder.glob("*.json"))


def playable(hub: Hub, path: Path) -> Product:
    """The spec's own product, also where the model has a file that ships."""
    for name in (f"{path.stem}.miot", path.stem):
        product = hub.shelf.get(name)
        if product is not None and "urn:miot-spec-v2" in product.source:
            return product
    raise AssertionError(f"{path.name} is on no shelf: {[str(fault) for fault in hub.shelf.faults]}")


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_every_published_spec_is_played_adopted_and_operated(
    shard: int, shared_data: Path, tmp_path: Path
) -> None:
    mine = specs(shared_data)[shard::SHARDS]
    (tmp_path / PRODUCTS).mkdir()
    for path in mine:
        shutil.copy(path, tmp_path / PRODUCTS / path.name)
    hub = await Hub.open(Config(tmp_path))
    assert hub.shelf.faults == []
    maker = Maker(hub.shelf, LoopClock(), os.urandom, seed=7)
    residents = [maker.miio(playable(hub, path).id, 1000 * shard + n) for n, path in enumerate(mine)]
    home = Home(hub, residents)
    try:
        for number, resident in enumerate(residents):
            await resident.unit.start(f"127.77.{220 + shard}.{number + 1}")
        devices = await asyncio.gather(*(home.adopt(resident) for resident in residents))
        end = time.monotonic() + 20
        while any(hub.store.availability(device.id).state is not Reach.ONLINE for device in devices):
            assert time.monotonic() < end, {d.id: hub.store.availability(d.id) for d in devices}
            await asyncio.sleep(0.02)
        for device, resident in zip(devices, residents, strict=True):
            home.knows(device, resident)
        done = await asyncio.gather(*map(home.operate, devices, residents))
        assert sum(written for written, _ in done) > 50
        assert sum(acted for _, acted in done) > 5
    finally:
        for resident in residents:
            await resident.unit.close()
        await hub.close()


async def test_a_new_product_file_is_operable_in_seconds(shared_data: Path, tmp_path: Path) -> None:
    """From a file nobody has seen to a command confirmed by the device; the whole way, a fresh home included."""
    path = next(path for path in specs(shared_data) if path.stem == "yeelink.light.fancl1")
    began = time.monotonic()
    (tmp_path / PRODUCTS).mkdir()
    text = json.dumps(json.loads(path.read_text("utf-8"))).replace("yeelink-fancl1", "acme-lamp9")
    (tmp_path / PRODUCTS / "acme.light.lamp9.json").write_text(text, "utf-8")
    hub = await Hub.open(Config(tmp_path))
    resident = Maker(hub.shelf, LoopClock(), os.urandom, seed=7).miio("acme.light.lamp9", 9)
    home = Home(hub, [resident])
    try:
        await resident.unit.start("127.77.219.9")
        device = await home.adopt(resident)
        outcome = await home._tell(device, "fan.power", value=True)
        assert outcome.status is Status.CONFIRMED
        assert resident.unit.virtual.values["fan.power"] is True
        assert (device.profile.name, device.facts["chunk"]) == ("light", 15)
    finally:
        await resident.unit.close()
        await hub.close()
    assert time.monotonic() - began < 10
