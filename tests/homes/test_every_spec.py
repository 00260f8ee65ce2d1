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

import pytest
from tests.homes.spec_home import Home
from tests.loopback import own_net

from jiahe.catalog.product import Product
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.model.happening import Reach, Status
from jiahe.virtual.resident import Maker

SHARDS = 8


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
        net = own_net()
        for number, resident in enumerate(residents):
            await resident.unit.start(f"{net}.{number + 1}")
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
        await resident.unit.start(f"{own_net()}.9")
        device = await home.adopt(resident)
        outcome = await home.tell(device, "fan.power", value=True)
        assert outcome.status is Status.CONFIRMED
        assert resident.unit.virtual.values["fan.power"] is True
        assert (device.profile.name, device.facts["chunk"]) == ("light", 15)
    finally:
        await resident.unit.close()
        await hub.close()
    assert time.monotonic() - began < 10
