"""A person's hand on a purifier: it stands, is told, and ends; and what is no hand at all."""

from __future__ import annotations

import json

import pytest
from tests.comfort.bedroom import (
    WANG,
    ZONE,
    Bedroom,
)

from jiahe.comfort.air_room import HAND
from jiahe.comfort.clean_air import CleanAir
from jiahe.model.happening import Actor, Cause, PropertyRef


def test_a_hand_holds_two_hours_is_told_and_can_be_taken_off() -> None:
    room = Bedroom()
    room.live(5)
    room.hand(power=False)
    room.live(1)
    assert room.notes[-1] == "air.hand_off"
    room.dust = 200.0
    room.live(int(HAND / 60) - 3)
    assert not room.on()
    assert room.code() == "air.hand_off"
    room.live(5)
    assert room.on(), "after two hours it goes on"
    room.hand(mode="sleep")
    room.live(3)
    assert room.room.hold is not None
    assert room.clean.release("bedroom") is True
    assert room.clean.release("bedroom") is False
    room.dust = 200.0
    room.live()
    assert room.code() != "air.hand"
    assert room.noise > 30


@pytest.mark.parametrize("before", [59.0, 11.0, 9.0, 1.0])
def test_a_hand_just_before_a_look_is_not_undone(before: float) -> None:
    room = Bedroom()
    room.live(5)
    assert room.on()
    room.at += 60.0 - before
    room.hand(power=False)
    room.at -= 60.0 - before
    room.dust = 200.0
    room.live(1)
    assert not room.on()
    room.live(2)
    assert not room.on()
    assert room.room.hold is not None
    assert "air.hand_off" in room.notes


def test_an_appliance_that_never_rests_is_steered_all_the_same() -> None:
    room = Bedroom()
    room.live(5)
    room.bed()
    for _ in range(4):
        room.at += 55.0
        room.clean.changed(room.at, PropertyRef("p", "mode"), Cause("2", Actor.DEVICE, "p"))
        room.at -= 55.0
        room.live(1)
    assert room.noise <= 30


def test_what_it_ordered_itself_is_no_hand_however_the_appliance_says_it() -> None:
    room = Bedroom()
    room.live(5)
    for order in room.orders:
        room.clean.changed(room.at, order.ref, Cause("2", Actor.DEVICE, "p"))
        room.clean.changed(room.at + 40, order.ref, Cause("2", Actor.DEVICE, "p"))
        room.clean.changed(room.at + 40, order.ref, Cause("2", Actor.COMFORT, "air"))
    room.live(3)
    assert room.room.hold is None


def test_a_loud_hand_of_the_evening_ends_with_the_day_and_one_of_the_night_holds() -> None:
    room = Bedroom()
    room.live(3)
    room.hand(mode="favorite", favorite_speed=2200)
    room.live(3)
    assert room.noise > 30
    room.bed()
    room.live()
    assert room.noise <= 30
    room.hand(mode="favorite", favorite_speed=2200)
    room.live(60)
    assert room.noise > 30, "who is in bed and sets it wants it so"
    room.live(70)
    assert room.noise <= 30


def test_a_hand_after_a_hand_counts_though_it_sets_what_was_ordered_before() -> None:
    room = Bedroom()
    room.live(3)
    ordered = {order.ref.path: order.value for order in room.orders}
    room.hand(power=False)
    room.live(3)
    room.bed()
    room.hand(WANG, power=True, **ordered)
    room.live(3)
    assert room.room.hold is not None
    assert room.room.hold.night
    assert room.room.hold.on


def test_without_clean_air_it_is_only_quiet_for_the_night_and_gives_back() -> None:
    room = Bedroom(air=False, sleep=True)
    room.live(5)
    assert room.orders == []
    room.bed(asleep=False)
    room.live(10)
    assert [(one.ref.path, one.value, one.feature) for one in room.orders] == [("mode", "sleep", "sleep")]
    again = CleanAir.of_json(json.loads(json.dumps(room.clean.to_json())), ZONE)
    again.fit(room.outfit)
    room.clean = again
    room.up()
    room.live(2)
    assert room.values[PropertyRef("p", "mode")].value == "auto", "over a restart too"
    room.say(power=False)
    room.bed()
    room.live(5)
    assert not room.on(), "what is off stays off"


def test_a_hand_where_nothing_is_steered_is_not_spoken_of() -> None:
    room = Bedroom(air=False)
    room.live(3)
    room.hand(mode="favorite")
    room.live(3)
    assert room.notes == []
    assert room.room.hold is None
    hushed = Bedroom(air=False, sleep=True)
    hushed.live(3)
    hushed.hand(mode="favorite")
    hushed.live(3)
    assert hushed.notes == [], "by day nothing would change it"
    hushed.bed()
    hushed.live(3)
    hushed.hand(mode="auto")
    hushed.live(3)
    assert hushed.notes == ["air.hand"]
    assert hushed.values[PropertyRef("p", "mode")].value == "auto"
