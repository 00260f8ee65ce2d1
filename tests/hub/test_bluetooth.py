"""Bluetooth through the whole house: found, taken in with a tap or a key, there again after a restart. No radio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.driver.test_advertised import SEALED, advertisement
from tests.machines.band_on_air import BandOnAir
from tests.machines.bumble_bleak import Air, backends, call_out

from jiahe.driver import advertised
from jiahe.driver.family import FAMILIES
from jiahe.hub import doctor, nearby
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.model.errors import AuthError, LinkError, OutOfDefinition
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality, Reach, Status
from jiahe.transport import ble, discovery
from jiahe.transport.ble import Radio
from jiahe.web.doors import AdoptRequest
from jiahe.wire.huami import hub as huami_hub

BAND, HUB = "C8:0F:10:80:D4:AE", "F0:F1:F2:F3:F4:01"
ME = Cause("me", Actor.PERSON, "Wang", who="home")
PHONES_KEY = b"the phone's key."


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What real air needs seconds for takes milliseconds here; and the machine's own network is left alone."""
    monkeypatch.setattr(nearby, "LISTEN_AT_LEAST", 0.3)
    monkeypatch.setattr(advertised, "LISTEN_FOR", 0.2)
    monkeypatch.setattr(discovery, "broadcast_targets", lambda: ())


class Home:
    """A hub with an adapter, in a room where others call out."""

    def __init__(self, directory: Path, air: Air, radio: Radio) -> None:
        self.directory, self.air, self.radio = directory, air, radio
        self.hub: Hub

    async def open(self) -> None:
        self.hub = await Hub.open(Config(self.directory), radio=self.radio)
        await self.hub.start_devices()

    async def adopt(self, address: str, **given: Any) -> str:
        device = await self.hub.acquaintance.adopt(AdoptRequest(address, ME, **given))
        return device.id

    async def until(self, so: Callable[[], object]) -> None:
        async with asyncio.timeout(20.0):
            while not so():
                await asyncio.sleep(0.02)

    async def online(self, device: str) -> None:
        await self.until(lambda: self.hub.store.availability(device).state is Reach.ONLINE)

    def value(self, device: str, path: str) -> Any:
        reading = self.hub.store.snapshot().get(PropertyRef(device, path))
        return reading.value if reading is not None and reading.quality is Quality.GOOD else None


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    air = Air()
    scanner, client = backends(await air.adapter(HUB))
    home = Home(tmp_path, air, Radio(scanner, client, find_within=3.0))
    await home.open()
    yield home
    await home.hub.close()


async def test_what_calls_out_is_found_and_what_is_missing_is_said(home: Home) -> None:
    await BandOnAir.on(home.air, LoopClock(), BAND, "mi-band-2", PHONES_KEY)
    await BandOnAir.on(home.air, LoopClock(), "C8:0F:10:80:D4:AF", "mi-band-5", PHONES_KEY)
    await call_out(await home.air.adapter(SEALED["address"]), advertisement(SEALED))
    found = {item["address"]: item for item in await home.hub.acquaintance.discover([], 2.0)}
    assert {item["product"] for item in found.values()} == {
        "xiaomi.mi-band-2",
        "xiaomi.mi-band-5",
        "xiaomi.ble.thermometer",
    }
    assert found[BAND]["missing"] == ["tap"]
    assert "tap" in found[BAND]["hint"]
    assert found["C8:0F:10:80:D4:AF"]["missing"] == ["key"]
    assert "maker's app" in found["C8:0F:10:80:D4:AF"]["hint"]
    assert found[SEALED["address"]]["missing"] == ["key"]
    assert "bindkey" in found[SEALED["address"]]["hint"]


async def test_a_band_is_taken_in_by_a_tap_and_is_there_after_a_restart(home: Home) -> None:
    band = await BandOnAir.on(home.air, LoopClock(), BAND, "mi-band-2", PHONES_KEY)
    device = await home.adopt(BAND, name="My band")
    await home.until(lambda: band.key != PHONES_KEY)
    await home.online(device)
    await home.until(lambda: home.value(device, "steps") == 4711)
    assert home.hub.registry.devices[device].facts["firmware"] == "V1.0.2.4"
    assert "pair" not in home.hub.registry.devices[device].facts
    key = band.key
    await home.hub.close()
    await home.open()
    await home.online(device)
    assert band.key == key, "the key of the vault, not another tap"
    command = home.hub.dispatch.submit(PropertyRef(device, "alert"), ME, arguments=())
    assert (await home.hub.dispatch.outcome(command.id)).status is Status.CONFIRMED
    assert band.alerts == 1
    database = b"".join(path.read_bytes() for path in home.directory.glob("home.db*"))
    assert key not in database
    assert key.hex().encode() not in database


async def test_no_tap_no_adoption(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huami_hub, "TAP_PATIENCE", 0.5)
    band = await BandOnAir.on(home.air, LoopClock(), BAND, "mi-band-3", PHONES_KEY, tapped=False)
    with pytest.raises(AuthError, match="tap its button"):
        await home.adopt(BAND)
    assert home.hub.registry.devices == {}
    assert band.key == PHONES_KEY


async def test_a_band_with_a_key_of_its_own_needs_it_and_the_right_one(home: Home) -> None:
    await BandOnAir.on(home.air, LoopClock(), BAND, "mi-band-4", PHONES_KEY)
    with pytest.raises(OutOfDefinition, match="key: is missing"):
        await home.adopt(BAND)
    with pytest.raises(AuthError, match="not the right one"):
        await home.adopt(BAND, key="00" * 16)
    device = await home.adopt(BAND, key=PHONES_KEY.hex())
    await home.online(device)


async def test_a_sealed_sensor_is_taken_in_with_its_bindkey(home: Home) -> None:
    await call_out(await home.air.adapter(SEALED["address"]), advertisement(SEALED))
    with pytest.raises(OutOfDefinition, match="bindkey"):
        await home.adopt(SEALED["address"])
    with pytest.raises(OutOfDefinition, match="it takes 32"):
        await home.adopt(SEALED["address"], key="00" * 12)
    device = await home.adopt(SEALED["address"], key=SEALED["key"])
    await home.online(device)
    await home.until(lambda: home.value(device, "humidity") == 46.0)
    assert set(home.hub.registry.devices[device].profile.properties) == {"temperature", "humidity", "battery"}


async def test_nobody_there_is_said_in_words(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiahe.hub.acquaint.NEARBY_WITHIN", 0.3)
    with pytest.raises(LinkError, match="connected to a phone"):
        await home.adopt(BAND)


# ---- without Bluetooth --------------------------------------------------------------------------------------------------


async def test_a_home_without_bluetooth_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ble, "ADAPTERS", tmp_path / "no adapters")
    monkeypatch.setattr(ble.sys, "platform", "linux")
    hub = await Hub.open(Config(tmp_path / "home"))
    try:
        assert await hub.acquaintance.discover([], 0.2) == []
        with pytest.raises(LinkError, match="no Bluetooth adapter"):
            await hub.acquaintance.adopt(AdoptRequest(BAND, ME))
        product = hub.shelf.get("xiaomi.mi-band-2")
        assert product is not None
        await hub.registry.adopt(
            product=product.id, family="huami", hardware_id="1", address=BAND, cause=ME, name="Band"
        )
        await hub.start_devices()
        device = next(iter(hub.registry.devices))
        async with asyncio.timeout(10.0):
            while hub.store.availability(device).state is not Reach.OFFLINE:
                await asyncio.sleep(0.02)
        assert "no Bluetooth adapter" in hub.store.availability(device).reason
    finally:
        await hub.close()


async def test_the_doctor_says_once_what_there_is_of_bluetooth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def finding() -> doctor.Finding:
        (found,) = [f async for f in doctor.examine(tmp_path, None, None) if f.check == "bluetooth"]
        return found

    monkeypatch.setattr(ble.sys, "platform", "linux")
    monkeypatch.setattr(ble, "ADAPTERS", tmp_path)
    assert "no Bluetooth adapter" in (await finding()).text
    (tmp_path / "hci0").mkdir()
    assert (await finding()).text.startswith("an adapter")
    monkeypatch.setattr(ble.importlib.util, "find_spec", lambda name: None)
    without = await finding()
    assert "pip install" in without.text
    assert without.grade is doctor.Grade.WELL


def test_every_family_by_radio_waits_longer_than_one_by_wire() -> None:
    wired = max(family.open_within for family in FAMILIES.values() if not family.by_radio)
    assert all(family.open_within > wired for family in FAMILIES.values() if family.by_radio)
