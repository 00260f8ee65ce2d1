"""One home with all of it: every published spec, every older miIO model, every Midea type and the air conditioner, in one
hub at one time; each writable property is written, each action done."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest
from tests.homes.spec_home import WANG, Home
from tests.homes.test_every_spec import playable, specs
from tests.homes.test_older_miio import OLDER
from tests.loopback import own_net

from jiahe.catalog.loader import OTHER
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.model.happening import Reach
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.played import play_midea
from jiahe.virtual.resident import Maker, Resident
from jiahe.web.doors import AdoptRequest

pytestmark = pytest.mark.xdist_group("one-home")
TYPES = {"a1", "b0", "b1", "b4", "ca", "da", "db", "e1", "e2", "ea", "fa", "fc"}
"""The Midea types that are promised, beside the air conditioner."""
AT_ONCE = 24
"""Adoptions side by side: a person with a list, not a storm."""
WITHIN = 60.0


def everybody(hub: Hub, files: list[Path]) -> list[Resident]:
    maker = Maker(hub.shelf, LoopClock(), os.urandom, seed=7)
    published = [playable(hub, path).id for path in files]
    older = [model for model in OLDER if model not in published]
    miio = [
        maker.miio(model, number, id=f"miio-{number}") for number, model in enumerate([*published, *older], 1)
    ]
    midea = [
        play_midea(maker, product, 3, version=2 + number % 2).resident for number, product in enumerate(LAWS)
    ]
    return [*miio, *midea, maker.conditioner(3, values={"power": True})]


async def test_all_of_it_in_one_home(shared_data: Path, tmp_path: Path) -> None:
    files = specs(shared_data)
    assert len(files) == 152
    (tmp_path / PRODUCTS).mkdir()
    for path in files:
        shutil.copy(path, tmp_path / PRODUCTS / path.name)
    hub = await Hub.open(Config(tmp_path))
    assert hub.shelf.faults == []
    residents = everybody(hub, files)
    assert {one.product.id.split(".")[1] for one in residents if one.product.id in LAWS} == TYPES
    gate = asyncio.Semaphore(AT_ONCE)

    async def adopt(resident: Resident) -> None:
        secrets = {name: key.hex() for name, key in resident.identity.secrets.items()}
        family = resident.product.family
        async with gate:
            await hub.acquaintance.adopt(
                AdoptRequest(resident.address, WANG, family=family, id=resident.id, **secrets)
            )

    try:
        net = own_net()
        for number, resident in enumerate(residents):
            await resident.unit.start(f"{net}.{number + 1}")
        await asyncio.gather(*map(adopt, residents))
        assert len(hub.registry.devices) == len(residents) > 152 + len(TYPES)
        end = time.monotonic() + WITHIN
        while any(hub.store.availability(one.id).state is not Reach.ONLINE for one in residents):
            assert time.monotonic() < end, hub.supervisor.troubled()
            await asyncio.sleep(0.05)
        home = Home(hub, residents)
        devices = [hub.registry.device(one.id) for one in residents]
        for device, resident in zip(
            devices, residents, strict=True
        ):  # a file that ships may fit as well as the spec
            assert device.product in (resident.product.id, resident.product.id.removesuffix(OTHER))
        done = await asyncio.gather(*map(home.operate, devices, residents))
        assert sum(written for written, _ in done) > 1000
        assert sum(acted for _, acted in done) > 100
        assert hub.health()["online"] == len(residents)
    finally:
        for resident in residents:
            await resident.unit.close()
        await hub.close()
