"""What is: news or not, ageing exactly once, waiting marks, forgetting."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.state.house import ITSELF, LEVEL, ME, POWER, TEMPERATURE

from jiahe.model.definition import Value
from jiahe.model.happening import Availability, PropertyRef, PropertyUpdate, Quality, Reach
from jiahe.state.store import Store


def said(
    value: Value, quality: Quality = Quality.GOOD, at: float = 100.0, raw: Value = None
) -> PropertyUpdate:
    return PropertyUpdate(TEMPERATURE, value, quality, at, ITSELF, raw)


@pytest.mark.parametrize(
    ("first", "second", "news"),
    [
        (said(20.0), said(20.0), False),
        (said(20.0), said(20.5), True),
        (said(1), said(True), True),
        (said(1), said(1.0), True),
        (said(20.0), said(20.0, Quality.STALE), True),
        (said(None, Quality.UNKNOWN, raw=7), said(None, Quality.UNKNOWN, raw=7), False),
        (said(None, Quality.UNKNOWN, raw=7), said(None, Quality.UNKNOWN, raw=8), True),
        (said(None, Quality.UNKNOWN, raw=1), said(None, Quality.UNKNOWN, raw=True), True),
        (said(None, Quality.UNKNOWN, raw=math.nan), said(None, Quality.UNKNOWN, raw=math.nan), False),
        (said(None, Quality.UNKNOWN, raw=math.nan), said(None, Quality.UNKNOWN, raw=float("nan")), False),
    ],
)
def test_news_is_what_says_something_new(first: PropertyUpdate, second: PropertyUpdate, news: bool) -> None:
    store = Store()
    assert store.put(first, None)
    assert store.put(second, None) is news


def test_a_value_seen_again_keeps_its_cause_and_takes_the_time() -> None:
    store = Store()
    store.put(PropertyUpdate(TEMPERATURE, 20.0, Quality.GOOD, 100.0, ME, 20.0), None)
    store.put(said(20.0, at=200.0), None)
    reading = store.get(TEMPERATURE)
    assert reading is not None
    assert (reading.cause, reading.observed_at) == (ME, 200.0)
    assert store.seen_since(150.0) == {TEMPERATURE: 200.0}
    assert store.seen_since(200.0) == {}


def test_a_snapshot_is_the_callers_own() -> None:
    store = Store()
    store.put(said(1.0), None)
    store.snapshot().clear()
    assert store.get(TEMPERATURE) is not None


def test_an_earlier_end_of_freshness_counts() -> None:
    store = Store()
    store.put(said(1.0), 100.0)
    store.put(said(2.0), 20.0)
    assert store.expired(19.9) == []
    assert store.expired(20.0) == [TEMPERATURE]
    assert store.expired(1000.0) == []


def test_what_flaps_between_good_and_wild_costs_no_memory() -> None:
    store = Store()
    for second in range(0, 3000, 3):
        store.put(said(1.0), second + 32.0)
        store.put(said(None, Quality.UNKNOWN, raw=second), None)
        store.put(said(2.0), second + 32.0)
        store.expired(float(second))
    assert len(store._expiries) <= 2


class Ageing(RuleBasedStateMachine):
    """Against a table of ends of freshness that is searched whole each time."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.now = Store(), 0.0
        self.ends: dict[PropertyRef, float] = {}

    @rule(ref=st.sampled_from([TEMPERATURE, POWER, LEVEL]), after=st.none() | st.integers(0, 40))
    def put(self, ref: PropertyRef, after: int | None) -> None:
        quality = Quality.GOOD if after is not None else Quality.UNKNOWN
        end = None if after is None else self.now + after
        self.store.put(PropertyUpdate(ref, random.random(), quality, self.now, ITSELF), end)
        if end is None:
            self.ends.pop(ref, None)
        else:
            self.ends[ref] = end

    @rule(seconds=st.integers(0, 30))
    def expire(self, seconds: int) -> None:
        self.now += seconds
        gone = self.store.expired(self.now)
        assert len(set(gone)) == len(gone)
        assert set(gone) == {ref for ref, end in self.ends.items() if end <= self.now}
        for ref in gone:
            del self.ends[ref]

    @rule()
    def forget(self) -> None:
        self.store.forget("lamp")
        self.ends.clear()
        assert self.store.snapshot() == {}

    @invariant()
    def bounded(self) -> None:
        assert len(self.store._queued) <= 3


Ageing.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAgeing = Ageing.TestCase


def test_the_newest_command_under_way_is_the_one_that_waits() -> None:
    store = Store()
    store.set_waiting(POWER, "one")
    store.set_waiting(POWER, "two")
    assert store.waiting(POWER) == "two"
    store.clear_waiting(POWER, "one")
    assert store.waiting(POWER) == "two"
    store.set_waiting(POWER, "three")
    store.clear_waiting(POWER, "three")
    assert store.waiting(POWER) == "two", (
        "a command that ended in line gives way to the one that is under way"
    )
    store.clear_waiting(POWER, "two")
    store.clear_waiting(POWER, "two")
    assert store.waiting(POWER) is None
    assert store._waiting == {}


def test_reach_is_news_when_state_or_reason_change_and_keeps_its_beginning() -> None:
    store = Store()
    assert store.availability("lamp") == Availability(Reach.CONNECTING, 0.0)
    assert store.set_availability("lamp", Availability(Reach.OFFLINE, 10.0, "no answer"))
    assert not store.set_availability("lamp", Availability(Reach.OFFLINE, 20.0, "no answer"))
    assert store.set_availability("lamp", Availability(Reach.OFFLINE, 30.0, "refused"))
    assert store.availability("lamp") == Availability(Reach.OFFLINE, 10.0, "refused")
    assert store.set_availability("lamp", Availability(Reach.ONLINE, 40.0))
    assert store.availability("lamp").since == 40.0


def test_forgetting_a_device_or_some_of_its_properties() -> None:
    store = Store()
    other = PropertyRef("fan", "power")
    for ref in (POWER, LEVEL, other):
        store.put(PropertyUpdate(ref, 1, Quality.GOOD, 1.0, ITSELF), 10.0)
        store.set_waiting(ref, f"command of {ref}")
    store.set_waiting(TEMPERATURE, "of a property that was never read")
    store.set_availability("lamp", Availability(Reach.ONLINE, 1.0))
    store.forget("lamp", keep=["power"])
    assert set(store.snapshot()) == {POWER, other}
    assert store.waiting(POWER)
    assert store.waiting(LEVEL) is None
    assert store.availability("lamp").state is Reach.ONLINE
    store.forget("lamp")
    assert set(store.snapshot()) == {other}
    assert store.waiting(TEMPERATURE) is None
    assert store.availability("lamp").state is Reach.CONNECTING
    assert store.expired(100.0) == [other]
