"""Product files that come, change, break and go while the hub runs: no restart, and the devices of others not touched."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tests.loopback import own_net

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product_file import read_product
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.hub.products import LOOK_PERIOD, PATIENCE
from jiahe.hub.run import keep_products
from jiahe.model.happening import Actor, Cause, PropertyRef, Reach, Status
from jiahe.virtual.resident import Maker, Resident
from jiahe.web.doors import AdoptRequest

WANG = Cause("somebody", Actor.PERSON, "Wang", who="home")
PLUG = """\
id = "acme.plug.one"
maker = "Acme"
family = "miio"
kind = "outlet"
names = { en = "Plug", zh = "插座" }
source = "made up for these tests"

[fingerprint]
model = "acme.plug.one"

[[points]]
property = "power"
report = "2.1"
write = "2.1"
datatype = "bool"
"""
LIGHT = """
[[points]]
property = "child_lock"
report = "3.1"
write = "3.1"
datatype = "bool"
"""


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    (tmp_path / "home" / PRODUCTS).mkdir(parents=True)
    hub = await Hub.open(Config(tmp_path / "home"))
    try:
        yield hub
    finally:
        await hub.close()


def put(hub: Hub, text: str, name: str = "plug.toml") -> None:
    (hub.config.directory / PRODUCTS / name).write_text(text, "utf-8")


async def settle(hub: Hub) -> None:
    """As many looks as a file that lies still takes."""
    await hub.renew_products()
    await hub.renew_products()


async def played(text: str, place: Path, host: str) -> Resident:
    """A device as the file says, made from a copy that is no hub's."""
    shelf = Shelf()
    shelf.put(read_product(text, place.name))
    resident = Maker(shelf, LoopClock(), os.urandom, seed=3).miio("acme.plug.one", 1)
    await resident.unit.start(host)
    return resident


async def adopt(hub: Hub, resident: Resident) -> None:
    token = resident.identity.secrets["token"].hex()
    request = AdoptRequest(resident.address, WANG, family="miio", token=token, id="plug")
    await hub.acquaintance.adopt(request)


async def told(hub: Hub, path: str, *, value: bool) -> Status:
    command = hub.dispatch.submit(PropertyRef("plug", path), WANG, value=value, timeout=10.0)
    return (await hub.dispatch.outcome(command.id)).status


async def until(fact: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_from_a_new_file_to_a_confirmed_command_at_a_running_hub(hub: Hub, tmp_path: Path) -> None:
    """The whole promise, by the hub's own clock: under 10 s."""
    hub.spawn(keep_products(hub))
    resident = await played(PLUG, tmp_path / "plug.toml", f"{own_net()}.1")
    try:
        began = time.monotonic()
        put(hub, PLUG)
        await until(lambda: hub.shelf.get("acme.plug.one") is not None)
        await adopt(hub, resident)
        assert await told(hub, "power", value=not resident.unit.virtual.values["power"]) is Status.CONFIRMED
        assert time.monotonic() - began < 10
    finally:
        await resident.unit.close()


def test_the_watch_leaves_half_of_the_promised_seconds() -> None:
    assert 2 * LOOK_PERIOD < 5


async def test_a_changed_file_gives_its_devices_what_is_new(hub: Hub, tmp_path: Path) -> None:
    put(hub, PLUG)
    await settle(hub)
    resident = await played(PLUG + LIGHT, tmp_path / "plug.toml", f"{own_net()}.2")
    try:
        await adopt(hub, resident)
        assert "child_lock" not in hub.registry.device("plug").profile.properties
        put(hub, PLUG + LIGHT)
        await settle(hub)
        assert "child_lock" in hub.registry.device("plug").profile.properties
        await until(lambda: hub.store.availability("plug").state is Reach.ONLINE)
        assert await told(hub, "child_lock", value=True) is Status.CONFIRMED
        notes = [record.body for record in await hub.journal.newest(1000)]
        assert [body["device"] for body in notes if body.get("what") == "product_changed"] == ["plug"]
    finally:
        await resident.unit.close()


async def test_a_file_that_breaks_or_goes_is_told_and_its_device_goes_on(hub: Hub, tmp_path: Path) -> None:
    put(hub, PLUG)
    await settle(hub)
    resident = await played(PLUG, tmp_path / "plug.toml", f"{own_net()}.3")
    try:
        await adopt(hub, resident)
        put(hub, PLUG.replace('"bool"', '"boolean"'))
        await settle(hub)
        assert "plug.toml:15:" in hub.health()["product_faults"][0]
        assert await told(hub, "power", value=False) is Status.CONFIRMED
        (hub.config.directory / PRODUCTS / "plug.toml").unlink()
        await settle(hub)
        assert "product_faults" not in hub.health()
        assert await told(hub, "power", value=True) is Status.CONFIRMED
        assert hub.registry.trouble("plug") == ""
        put(hub, PLUG + LIGHT)
        await settle(hub)
        assert "child_lock" in hub.registry.device("plug").profile.properties
    finally:
        await resident.unit.close()


async def test_a_file_that_nobody_uses_goes_at_once(hub: Hub) -> None:
    put(hub, PLUG)
    await settle(hub)
    assert hub.shelf.get("acme.plug.one") is not None
    (hub.config.directory / PRODUCTS / "plug.toml").unlink()
    await settle(hub)
    assert hub.shelf.get("acme.plug.one") is None


async def test_a_shipped_product_comes_back_when_the_file_in_its_stead_goes(hub: Hub) -> None:
    shipped = next(card.id for card in hub.shelf.cards() if card.family == "miio")
    before = hub.shelf.get(shipped)
    put(hub, PLUG.replace('id = "acme.plug.one"', f'id = "{shipped}"'))
    await settle(hub)
    mine = hub.shelf.get(shipped)
    assert mine is not None
    assert mine.maker == "Acme"
    (hub.config.directory / PRODUCTS / "plug.toml").unlink()
    await settle(hub)
    assert hub.shelf.get(shipped) == before


async def test_a_half_written_file_is_waited_for_and_a_restless_one_not_for_ever(hub: Hub) -> None:
    put(hub, PLUG[:60])
    assert not await hub.products.renew(())
    put(hub, PLUG)
    assert not await hub.products.renew(())  # it is other than at the last look
    assert hub.shelf.faults == []
    assert await hub.products.renew(()) == {"acme.plug.one"}
    assert not await hub.products.renew(())  # nothing is new
    for number in range(PATIENCE):
        assert hub.shelf.get("acme.plug.two") is None
        put(hub, PLUG.replace("plug.one", "plug.two") + "\n" * number, "two.toml")
        await hub.products.renew(())
    assert hub.shelf.get("acme.plug.two") is not None


async def test_hostile_files_at_a_running_hub_are_listed(hub: Hub, tmp_path: Path) -> None:
    folder = hub.config.directory / PRODUCTS
    put(hub, PLUG)
    (folder / "huge.json").write_bytes(b" " * 10_000_000)
    (folder / "deep.json").write_text("[" * 5000, "utf-8")
    (folder / "latin.toml").write_bytes('id = "é"'.encode("latin-1"))
    (folder / "link.toml").symlink_to("/etc/passwd")
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")
    await settle(hub)
    assert hub.shelf.get("acme.plug.one") is not None
    assert sorted(fault.file for fault in hub.shelf.faults) == [
        "deep.json", "folder.toml", "huge.json", "latin.toml", "link.toml", "pipe.toml",
    ]  # fmt: skip
