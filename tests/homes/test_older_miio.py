"""Models whose firmware speaks the older tongue: recognised at the first reading, adopted, and operated by get_prop."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest
from tests.homes.spec_home import Home
from tests.loopback import own_net

from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.model.happening import PropertyRef, Quality, Reach
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.resident import Maker
from jiahe.wire.talk import Answer, Ask, Read, Refusal

OLDER = (
    "chuangmi.plug.v1", "chuangmi.plug.m1", "philips.light.bulb", "zhimi.humidifier.v1", "zhimi.airpurifier.m1",
    "zhimi.airpurifier.v3",
)  # fmt: skip


@pytest.mark.parametrize("with_specs", [False, True])
async def test_older_models_are_adopted_and_operated(
    with_specs: bool, shared_data: Path, tmp_path: Path
) -> None:
    """Also where somebody put the model's published spec into the folder, which the firmware does not speak."""
    (tmp_path / PRODUCTS).mkdir()
    for model in OLDER if with_specs else ():
        spec = shared_data / "miot-specs" / f"{model}.json"
        if spec.exists():
            shutil.copy(spec, tmp_path / PRODUCTS)
    hub = await Hub.open(Config(tmp_path))
    maker = Maker(hub.shelf, LoopClock(), os.urandom, seed=7)
    residents = [maker.miio(model, number, id=f"older-{number}") for number, model in enumerate(OLDER, 1)]
    home = Home(hub, residents)
    try:
        net = own_net()
        for number, resident in enumerate(residents):
            await resident.unit.start(f"{net}.{number + 1}")
        devices = await asyncio.gather(*map(home.adopt, residents))
        assert [device.product for device in devices] == list(OLDER)
        end = time.monotonic() + 10
        while any(hub.store.availability(device.id).state is not Reach.ONLINE for device in devices):
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        for device, resident in zip(devices, residents, strict=True):
            home.knows(device, resident)
        done = await asyncio.gather(*map(home.operate, devices, residents))
        assert all(written >= 1 for written, _ in done)
        assert dict(residents[0].unit.virtual.values) == {
            "power": True,
            "usb.power": True,
            "internal_temperature": 0.0,
        }
    finally:
        for resident in residents:
            await resident.unit.close()
        await hub.close()


class Poorer(VirtualProduct):
    """A unit that lacks what its spec promises, and tells what the spec only has pushed."""

    lacks = frozenset({"3.1", "2.5"})

    def asked(self, ticket: int, ask: Ask) -> Answer:
        if not isinstance(ask, Read):
            return super().asked(ticket, ask)
        values = {p: raw for p, raw in self.reported().items() if p in ask.points and p not in self.lacks}
        return Answer(values, {p: Refusal.UNKNOWN_POINT for p in ask.points if p not in values})


async def test_a_unit_that_has_less_than_its_spec(shared_data: Path, tmp_path: Path) -> None:
    spec = shared_data / "miot-specs" / "dmaker.fan.p8.json"
    if not spec.exists():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    (tmp_path / PRODUCTS).mkdir()
    shutil.copy(spec, tmp_path / PRODUCTS)
    hub = await Hub.open(Config(tmp_path))
    resident = Maker(hub.shelf, LoopClock(), os.urandom, seed=7).miio("dmaker.fan.p8", 3, id="fan")
    unit = resident.unit
    unit.virtual = Poorer(resident.product, facts=unit.virtual.facts)
    home = Home(hub, [resident])
    try:
        await unit.start(f"{own_net()}.30")
        device = await home.adopt(resident)
        known = {row.report for row in resident.product.rows if row.polled}
        assert set(device.facts["denied"]) == Poorer.lacks & known != set()
        assert device.facts["chunk"] == 15
        end = time.monotonic() + 10
        while hub.store.availability("fan").state is not Reach.ONLINE:
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        for row in resident.product.rows:
            reading = hub.store.get(PropertyRef("fan", row.definition.path))
            if row.report in device.facts["denied"]:
                assert reading is not None
                assert (reading.quality, reading.raw) == (
                    Quality.UNKNOWN,
                    "not told by this device: unknown point",
                )
            elif row.report is not None:
                assert reading is not None, row.definition.path
                assert reading.quality is Quality.GOOD
        await hub.close()
        again = await Hub.open(Config(tmp_path))
        assert again.registry.device("fan").facts["denied"] == device.facts["denied"]
        hub = again
    finally:
        await unit.close()
        await hub.close()
