"""The one door in: what is believed, what is recorded, what grows old."""

from __future__ import annotations

import asyncio
import math

import pytest
from tests.machines.virtual_time import virtual_time
from tests.state.house import ITSELF, ME, POWER, TEMPERATURE, House

from jiahe.model.happening import Actor, Availability, PropertyRef, PropertyUpdate, Quality, Reach, RecordKind
from jiahe.state.body import update_from
from jiahe.state.store import STALE_AFTER_CADENCES, STALE_GRACE

CADENCES = {"temperature": 10.0, "power": 10.0}
END = STALE_AFTER_CADENCES * 10.0 + STALE_GRACE


@virtual_time
async def test_strangers_are_counted_and_not_believed() -> None:
    house, heard = House(), []
    house.intake.listen(heard.append)
    strangers = [PropertyRef("ghost", "power"), PropertyRef("lamp", "colour"), PropertyRef("lamp", "toggle")]
    house.intake.accept([house.update(1, ref) for ref in strangers], CADENCES)
    assert house.intake.strangers == 3
    assert house.store.snapshot() == {}
    assert house.book.records == []
    assert heard == []


@virtual_time
async def test_unchanged_values_are_seen_and_not_recorded() -> None:
    house, heard = House(), []
    house.intake.listen(heard.append)
    for _ in range(100):
        house.intake.accept([house.update(21.0)], CADENCES)
        await asyncio.sleep(10)
    assert len(house.book.records) == 1
    assert len(heard) == 1
    reading = house.store.get(TEMPERATURE)
    assert reading is not None
    assert reading.observed_at == house.clock.now() - 10


@virtual_time
async def test_a_sensor_that_says_nan_writes_one_record() -> None:
    house = House()
    for _ in range(50):
        house.intake.accept([house.update(None, quality=Quality.UNKNOWN, raw=math.nan)], CADENCES)
    assert len(house.book.records) == 1


@virtual_time
async def test_listeners_hear_after_store_and_journal_in_order() -> None:
    house = House()
    heard: list[tuple[str, str, int]] = []

    def listener(name: str) -> None:
        def hear(news: list[PropertyUpdate]) -> None:
            for update in news:
                assert house.store.get(update.ref) is not None
                heard.append((name, update.ref.path, len(house.book.records)))

        house.intake.listen(hear)

    listener("first")
    listener("second")
    house.intake.accept([house.update(21.0), house.update(True, POWER)], CADENCES)
    assert heard == [
        ("first", "temperature", 2),
        ("first", "power", 2),
        ("second", "temperature", 2),
        ("second", "power", 2),
    ]


@virtual_time
async def test_a_value_turns_stale_once_when_its_cadence_has_passed() -> None:
    house = House()
    house.intake.accept([house.update(21.0)], CADENCES)
    observed = house.clock.now()
    await asyncio.sleep(END - 0.1)
    house.intake.age()
    assert len(house.book.records) == 1
    await asyncio.sleep(0.2)
    for _ in range(3):
        house.intake.age()
    assert len(house.book.records) == 2
    record = house.book.records[1]
    assert record.at == house.clock.now()
    assert record.body["quality"] == "stale"
    assert record.body["value"] == record.body["raw"] == 21.0
    assert record.body["observed_at"] == observed
    assert record.body["cause"]["kind"] == Actor.SYSTEM.value
    reading = house.store.get(TEMPERATURE)
    assert reading is not None
    assert (reading.value, reading.quality, reading.observed_at) == (21.0, Quality.STALE, observed)


@virtual_time
async def test_a_refreshed_value_does_not_age_and_a_stale_one_comes_back() -> None:
    house = House()
    for _ in range(20):
        house.intake.accept([house.update(21.0)], CADENCES)
        await asyncio.sleep(END - 1)
        house.intake.age()
    assert len(house.book.records) == 1
    await asyncio.sleep(2)
    house.intake.age()
    house.intake.accept([house.update(21.0)], CADENCES)
    assert [record.body["quality"] for record in house.book.records] == ["good", "stale", "good"]


@virtual_time
async def test_the_wall_clock_set_back_ages_nothing_and_keeps_nothing_young() -> None:
    house = House()
    house.intake.accept([house.update(21.0)], CADENCES)
    house.clock.set_back(86_400)
    house.intake.accept([house.update(True, POWER)], CADENCES)
    house.intake.age()
    assert len(house.book.records) == 2
    house.clock.set_back(-2 * 86_400)
    house.intake.age()
    assert len(house.book.records) == 2
    await asyncio.sleep(END)
    house.intake.age()
    assert [record.body["quality"] for record in house.book.records[2:]] == ["stale", "stale"]


@pytest.mark.parametrize("quality", [Quality.ASSUMED, Quality.UNKNOWN])
def test_what_is_assumed_or_unknown_does_not_age(quality: Quality) -> None:
    @virtual_time
    async def run() -> None:
        house = House()
        house.intake.accept([house.update(True, POWER, quality)], CADENCES)
        house.intake.accept([house.update(21.0)], {})
        await asyncio.sleep(86_400)
        house.intake.age()
        assert len(house.book.records) == 2

    run()


@virtual_time
async def test_a_value_that_turned_wild_is_not_made_stale() -> None:
    house = House()
    house.intake.accept([house.update(21.0)], CADENCES)
    house.intake.accept([house.update(None, quality=Quality.UNKNOWN, raw=999)], CADENCES)
    await asyncio.sleep(1000)
    house.intake.age()
    assert [record.body["quality"] for record in house.book.records] == ["good", "unknown"]
    assert house.book.records[1].body["raw"] == 999


@virtual_time
async def test_after_a_start_the_last_values_are_stale_until_the_device_speaks() -> None:
    house = House()
    before = house.clock.now() - 3600
    old = [
        PropertyUpdate(TEMPERATURE, 19.0, Quality.GOOD, before, ITSELF, 19.0),
        PropertyUpdate(POWER, True, Quality.STALE, before, ME, True),
        PropertyUpdate(PropertyRef("ghost", "power"), True, Quality.GOOD, before, ME, True),
    ]
    house.intake.restore(old)
    assert [(r.body["property"], r.body["quality"]) for r in house.book.records] == [("temperature", "stale")]
    reading = house.store.get(TEMPERATURE)
    assert reading is not None
    assert (reading.quality, reading.observed_at) == (Quality.STALE, before)
    assert len(house.store.snapshot()) == 2
    house.intake.accept([house.update(19.0)], CADENCES)
    assert house.book.records[-1].body["quality"] == "good"


@virtual_time
async def test_reach_and_events_are_records() -> None:
    house = House()
    house.intake.availability("lamp", Availability(Reach.ONLINE, 5.0))
    house.intake.availability("lamp", Availability(Reach.ONLINE, 6.0))
    house.intake.event("lamp", "pressed", {"times": 2}, ITSELF)
    assert [(record.kind, record.at) for record in house.book.records] == [
        (RecordKind.AVAILABILITY, 5.0),
        (RecordKind.EVENT, house.clock.now()),
    ]


@virtual_time
async def test_a_full_disk_reaches_no_device() -> None:
    house = House()
    house.book.broken = True
    house.intake.accept([house.update(21.0)], CADENCES)
    house.intake.availability("lamp", Availability(Reach.ONLINE, 5.0))
    house.intake.event("lamp", "pressed", {}, ITSELF)
    await asyncio.sleep(1000)
    house.intake.age()
    assert house.intake.unwritten == 4
    assert house.store.get(TEMPERATURE) is not None


@pytest.mark.parametrize(
    "update",
    [
        PropertyUpdate(TEMPERATURE, 21.5, Quality.GOOD, 1790000000.125, ITSELF, 21.5),
        PropertyUpdate(TEMPERATURE, None, Quality.UNKNOWN, 1.0, ME, "wild"),
        PropertyUpdate(POWER, True, Quality.ASSUMED, 1.0, ME, True),
    ],
)
def test_an_update_comes_back_from_its_record(update: PropertyUpdate) -> None:
    @virtual_time
    async def run() -> None:
        house = House()
        house.intake.accept([update], {})
        assert update_from(house.book.records[0].body) == update

    run()
