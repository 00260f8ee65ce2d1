"""A wristband from the air to the home: production code on plain BleakClient, over bumble's virtual link, no radio."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from bumble.core import PhysicalTransport
from tests.machines.band_on_air import BandOnAir
from tests.machines.bumble_bleak import Air, backends

from jiahe.catalog.loader import Shelf
from jiahe.driver.supervisor import Supervisor, with_radio
from jiahe.hub.clock import LoopClock
from jiahe.model.device import Device
from jiahe.model.happening import (
    Actor,
    Availability,
    Cause,
    Command,
    PropertyRef,
    PropertyUpdate,
    Quality,
    Reach,
    Status,
)
from jiahe.transport.ble import Radio
from jiahe.wire.advertisement import hardware_id
from jiahe.wire.huami.finder import Finder

ADDRESS, HUB, PHONE = "C8:0F:10:80:D4:AE", "F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02"
KEY = bytes(range(40, 56))
SOON = 10.0


class Ear:
    """A listener that can be waited on."""

    def __init__(self) -> None:
        self.reach: Availability | None = None
        self.updates: dict[str, PropertyUpdate] = {}
        self._told = asyncio.Event()

    def accept(self, updates: list[PropertyUpdate], cadences: Mapping[str, float]) -> None:
        self.updates.update({update.ref.path: update for update in updates})
        self._told.set()

    def event(self, device: str, path: str, arguments: Mapping[str, Any], cause: Cause) -> None: ...

    def availability(self, device: str, availability: Availability) -> None:
        self.reach = availability
        self._told.set()

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not so():
                self._told.clear()
                await self._told.wait()

    async def until_reach(self, state: Reach) -> Availability:
        await self.until(lambda: self.reach is not None and self.reach.state is state)
        assert self.reach is not None
        return self.reach

    def values(self) -> dict[str, Any]:
        return {path: update.value for path, update in self.updates.items()}


class House:
    def __init__(self, air: Air, radio: Radio) -> None:
        self.air, self.radio, self.ear, self.clock = air, radio, Ear(), LoopClock()
        ids = (f"id-{n}" for n in itertools.count())
        self.supervisor = Supervisor(
            self.clock,
            self.ear,
            bytes,
            lambda: next(ids),
            lambda device, address: None,
            with_radio(radio),
            seed=1,
        )

    def take_in(self, key: bytes, model: str = "mi-band-3", **facts: Any) -> None:
        product = Shelf.shipped().get(f"xiaomi.{model}")
        assert product is not None
        device = Device(
            "band", "Band", product.id, product.profile, "huami", hardware_id(ADDRESS), ADDRESS, facts=facts
        )
        self.supervisor.start(device, product, {"key": key})

    async def do(self, action: str) -> Status:
        now = self.clock.now()
        cause = Cause("me", Actor.PERSON, "me")
        command = Command("c", PropertyRef("band", action), cause, now, now + SOON, arguments=())
        return (await self.supervisor.carry(command)).status


@pytest.fixture
async def house() -> AsyncIterator[House]:
    air = Air()
    scanner, client = backends(await air.adapter(HUB))
    house = House(air, Radio(scanner, client, find_within=0.5))
    yield house
    await house.supervisor.close()
    await house.radio.close()


async def test_a_band_is_found_by_what_it_calls_out(house: House) -> None:
    await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-2", KEY)
    finder, found = Finder(), asyncio.get_running_loop().create_future()

    def heard(data: bytes, address: str) -> None:
        sighting = finder.sighting(data, address)
        if sighting is not None and not found.done():
            found.set_result(sighting)

    await house.radio.scan(0.2, heard)
    sighting = found.result()
    assert (sighting.family, sighting.address, sighting.model) == ("huami", ADDRESS, "mi-band-2")
    assert sighting.hardware_id == str(0xC80F1080D4AE)


@pytest.mark.parametrize("model", ["mi-band-2", "mi-band-3", "mi-band-4", "mi-band-5"])
async def test_steps_heart_rate_battery_and_alert(house: House, model: str) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, model, KEY)
    house.take_in(KEY, model)
    await house.ear.until_reach(Reach.ONLINE)
    await house.ear.until(lambda: "heart_rate" in house.ear.updates)
    assert house.ear.values() == {
        "steps": 4711, "battery": 83, "charging": "not_charging", "heart_rate": 61, "movement": 42,
    }  # fmt: skip
    band.virtual.set({"steps": 4720, "battery": 82})
    await house.ear.until(lambda: house.ear.values()["battery"] == 82)
    assert house.ear.values()["steps"] == 4720, "told by itself, not when it was read again"
    assert await house.do("alert") is Status.CONFIRMED
    assert band.alerts == 1


async def test_a_measurement_on_demand_and_one_that_could_not_tell(house: House) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-3", KEY)
    house.take_in(KEY)
    await house.ear.until(lambda: "heart_rate" in house.ear.updates)
    band.virtual.set({"heart_rate": 75})
    assert house.ear.values()["heart_rate"] == 61, "a band tells what it measured when it is asked to measure"
    assert await house.do("measure_heart_rate") is Status.CONFIRMED
    await house.ear.until(lambda: house.ear.values()["heart_rate"] == 75)


async def test_a_wrong_key_is_refused_with_a_sentence(house: House) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-3", KEY)
    house.take_in(bytes(16))
    told = await house.ear.until_reach(Reach.LOCKED_OUT)
    assert "key" in told.reason
    assert "jiahe adopt" in told.reason
    assert house.ear.updates == {}
    assert await house.do("alert") is Status.FAILED
    assert band.alerts == 0


async def test_a_band_out_of_reach_is_offline_and_comes_back(house: House) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-3", KEY)
    house.take_in(KEY)
    await house.ear.until_reach(Reach.ONLINE)
    band.virtual.set({"steps": 5000})
    await band.hang_up()
    told = await house.ear.until_reach(Reach.OFFLINE)
    assert "ended" in told.reason
    await house.ear.until_reach(Reach.ONLINE)
    await house.ear.until(lambda: house.ear.values()["steps"] == 5000)


async def test_a_band_that_a_phone_holds_is_offline_and_the_reason_says_so(house: House) -> None:
    await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-3", KEY)
    phone = await house.air.adapter(PHONE)
    held = await phone.connect(ADDRESS, PhysicalTransport.LE, timeout=SOON)
    house.take_in(KEY)
    told = await house.ear.until_reach(Reach.OFFLINE)
    assert "phone" in told.reason
    await held.disconnect()
    await house.ear.until_reach(Reach.ONLINE)


async def test_a_new_key_is_agreed_by_a_tap_and_kept(house: House) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-2", b"the phone's key.")
    house.take_in(KEY, "mi-band-2", pair=True)
    await house.ear.until_reach(Reach.ONLINE)
    await band.hang_up()
    await house.ear.until_reach(Reach.OFFLINE)
    assert band.key == KEY
    await house.ear.until_reach(Reach.ONLINE)


async def test_no_word_of_the_key_in_what_was_tapped(house: House) -> None:
    await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-2", b"the phone's key.")
    house.take_in(KEY, "mi-band-2", pair=True)
    await house.ear.until_reach(Reach.ONLINE)
    tap = house.supervisor.tap("band")
    assert tap is not None
    frames = tap.snapshot()["frames"]
    assert len(frames) > 10
    assert not [frame for frame in frames if KEY.hex() in frame["hex"]]


async def test_a_value_that_a_band_could_not_measure_is_unknown(house: House) -> None:
    band = await BandOnAir.on(house.air, house.clock, ADDRESS, "mi-band-3", KEY)
    house.take_in(KEY)
    await house.ear.until_reach(Reach.ONLINE)
    band.not_worn()
    assert await house.do("measure_heart_rate") is Status.CONFIRMED
    await house.ear.until(lambda: house.ear.updates["heart_rate"].quality is Quality.UNKNOWN)
    assert house.ear.updates["heart_rate"].raw == 0
