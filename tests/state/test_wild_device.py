"""A device gone wild: it may not fill the disk, and its last word is never lost."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.machines.virtual_time import virtual_time
from tests.state.house import LEVEL, ME, POWER, TEMPERATURE, House

from jiahe.model.happening import Actor, Cause, PropertyRef, Quality, RecordKind
from jiahe.state.intake import EVENTS_A_SECOND, EVENTS_AT_ONCE, FLOODS_EVERY, NEWS_A_SECOND, NEWS_AT_ONCE
from jiahe.state.pace import Pace

CADENCES = {"temperature": 10.0, "power": 10.0, "level": 10.0}
PRESS = Cause("c", Actor.DEVICE, "lamp")


async def ages(house: House, seconds: int) -> None:
    for _ in range(seconds):
        await asyncio.sleep(1)
        house.intake.age()


@virtual_time
async def test_a_value_that_flaps_a_thousand_times_a_second_is_news_once_a_second() -> None:
    house, told = House(), 0

    def listener(news: list[object]) -> None:
        nonlocal told
        told += len(news)

    house.intake.listen(listener)
    for second in range(60):
        for beat in range(1000):
            house.intake.accept([house.update(beat % 2 == 0, POWER)], CADENCES)
            await asyncio.sleep(0.001)
        house.intake.accept([house.update(20.0 + second)], CADENCES)
        house.intake.age()
    flaps = [record for record in house.book.records if record.body["property"] == "power"]
    assert len(flaps) <= NEWS_AT_ONCE + 61 * NEWS_A_SECOND
    assert told == len(house.book.records)
    calm = [record for record in house.book.records if record.body["property"] == "temperature"]
    assert len(calm) == 60, "its other properties are as they were"


@virtual_time
async def test_the_last_word_is_told_within_about_a_second() -> None:
    house = House()
    for value in range(1000):
        house.intake.accept([house.update(value, LEVEL)], CADENCES)
    await ages(house, 2)
    reading = house.store.get(LEVEL)
    assert reading is not None
    assert (reading.value, reading.quality) == (999, Quality.GOOD)
    assert house.book.records[-1].body["value"] == 999
    assert len(house.book.records) == NEWS_AT_ONCE + 1


@virtual_time
async def test_what_is_held_back_is_forgotten_when_the_device_says_what_is_known() -> None:
    house = House()
    for value in (*range(NEWS_AT_ONCE), 500, NEWS_AT_ONCE - 1):
        house.intake.accept([house.update(value, LEVEL)], CADENCES)
    await ages(house, 5)
    assert len(house.book.records) == NEWS_AT_ONCE
    reading = house.store.get(LEVEL)
    assert reading is not None
    assert reading.value == NEWS_AT_ONCE - 1


@virtual_time
async def test_what_a_person_brought_about_is_never_held_back() -> None:
    house = House()
    for value in range(500):
        house.intake.accept([house.update(value, LEVEL, cause=ME)], CADENCES)
    assert len(house.book.records) == 500
    for value in range(NEWS_AT_ONCE + 100):
        house.intake.accept([house.update(value, LEVEL)], CADENCES)
    house.intake.accept([house.update(777, LEVEL, cause=ME)], CADENCES)
    await ages(house, 3)
    reading = house.store.get(LEVEL)
    assert reading is not None
    assert reading.value == 777, "an older word of the device does not come after it"


@virtual_time
async def test_what_is_held_back_of_a_device_that_left_is_dropped() -> None:
    house = House()
    for value in range(NEWS_AT_ONCE + 100):
        house.intake.accept([house.update(value, LEVEL)], CADENCES)
    house.store.forget("lamp")
    house.intake._profile_of = lambda device: None
    await ages(house, 2)
    assert house.store.get(LEVEL) is None


@virtual_time
async def test_a_storm_of_events_is_cut_and_said() -> None:
    house = House()
    for _ in range(10):
        for _ in range(1000):
            house.intake.event("lamp", "pressed", {}, PRESS)
        await ages(house, 1)
    events = [record for record in house.book.of(RecordKind.EVENT) if record.body["device"] == "lamp"]
    assert len(events) <= EVENTS_AT_ONCE + 11 * EVENTS_A_SECOND
    await ages(house, int(FLOODS_EVERY) + 1)
    dropped = [record.body for record in house.book.of(RecordKind.SYSTEM) if record.body["device"] == "lamp"]
    assert {body["what"] for body in dropped} == {"events_dropped"}
    assert len(dropped) == 2, "at most once a minute"
    assert sum(body["count"] for body in dropped) + len(events) == 10_000


@virtual_time
async def test_a_decider_that_fails_at_an_event_ends_nothing() -> None:
    house, heard = House(), []
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))

    def defective(*_: object) -> None:
        raise RuntimeError

    house.intake.listen_events(defective)
    house.intake.listen_events(lambda *event: heard.append(event))
    house.intake.event("lamp", "pressed", {}, PRESS)
    assert len(heard) == 1
    assert said == ["a listener of the intake failed"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from([POWER, TEMPERATURE])), max_size=200))
def test_a_pace_is_kept_over_every_window(steps: list[tuple[float, PropertyRef]]) -> None:
    pace: Pace[PropertyRef] = Pace(3, 0.5)
    now, taken = 0.0, []
    for pause, ref in steps:
        now += pause
        if pace.take(ref, now):
            taken.append((now, ref))
        pace.forget_rested(now)
    assert len(pace) <= 2
    for ref in (POWER, TEMPERATURE):
        times = [at for at, its in taken if its == ref]
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first + 1 <= 3 + 0.5 * (times[last] - times[first]) + 1e-6
