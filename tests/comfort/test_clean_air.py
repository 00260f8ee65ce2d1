"""Clean air minute by minute in a made-up room: who decides, what is ordered and what is said. Products of two families."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.comfort.bedroom import (
    FAMILIES,
    MIDEA,
    PLANT,
    SHELF,
    WANG,
    ZONE,
    Bedroom,
)

from jiahe.comfort.air_model import AirFit
from jiahe.comfort.clean_air import CleanAir
from jiahe.comfort.outfit import Placed, outfit
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef


@pytest.mark.parametrize("product", FAMILIES)
def test_dust_is_cleaned_and_a_sleeper_hears_nothing_of_it(product: str) -> None:
    room = Bedroom(product)
    room.scene = replace(room.scene, bedroom=False)
    room.live(30)
    assert room.code() == "air.threshold", "nobody knows the room yet"
    assert room.dust < 30
    assert room.noise > 30
    room.bed(asleep=False)
    room.live()
    assert room.noise <= 30
    for _ in range(60):
        room.live()
        assert room.noise <= 30
    room.up()
    room.dust = 120.0
    room.live(10)
    assert room.noise > 30


def test_the_room_is_learned_in_days_and_then_planned_for() -> None:
    room = Bedroom()
    for day in range(4):
        for hour in range(24):
            room.outdoor = 40.0 + 60.0 * ((hour + 5 * day) % 24) / 24
            night = hour < 7 or hour >= 23
            room.bed() if night else room.up()
            room.live(60)
    assert room.room.trusted, room.room.fit.confidence
    assert room.room.decision is not None
    assert room.room.decision.by == "plan"
    assert "air.silent" in room.notes or "air.noise_bound" in room.notes
    before = room.room.outdoor
    for _ in range(6):
        room.outdoor = 250.0
        room.live(60)
    assert room.room.outdoor > 1.5 * before, "what comes in tells that it is dirtier outside"
    kept = json.loads(json.dumps(room.clean.to_json()))
    again = CleanAir.of_json(kept, ZONE)
    again.fit(room.outfit)
    assert again.rooms["bedroom"].trusted
    assert again.to_json() == room.clean.to_json()


def test_a_pan_of_fish_is_not_taken_for_the_weather() -> None:
    room = Bedroom()
    room.room.fit, room.outdoor = known_room(), 40.0
    room.live(6 * 60)
    before = room.room.outdoor
    for _ in range(3):
        room.dust += 150.0
        room.live(10)
    assert room.room.outdoor < before + 40
    calm = Bedroom()
    calm.room.fit, calm.outdoor = known_room(), 40.0
    calm.live(6 * 60)
    calm.outdoor = 120.0
    calm.live(6 * 60)
    assert calm.room.outdoor > before + 30, "what stays is the weather"


def test_it_cleans_ahead_of_the_night_once_it_knows_the_room() -> None:
    room, without = Bedroom(), Bedroom()
    without.scene = replace(without.scene, habits=[])
    for one in (room, without):
        one.room.fit = known_room()
        one.scene = replace(one.scene, seen=False)
        one.dust, one.outdoor = 45.0, 90.0
        one.live((23 - 12) * 60 - 10)  # ten to eleven in the evening
    assert {"air.before_sleep", "air.before_arrival"} & set(room.notes), room.notes
    assert room.dust < without.dust - 3, "clean before the noise bound leaves it little"


def test_nothing_is_set_where_nobody_switched_it_on() -> None:
    room = Bedroom(air=False)
    room.bed()
    room.live(200)
    assert room.orders == []
    assert room.room.pm2_5 is not None
    assert room.room.filter.caught > 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [("stuck", "air.sensor_stuck"), ("jumping", "air.sensor_jumping"), ("gone", "air.sensor_missing")],
)
def test_a_sensor_that_is_not_believed_is_said_and_a_quiet_level_is_kept(fault: str, code: str) -> None:
    room = Bedroom()
    room.live(5)
    if fault == "stuck":
        room.shows = 77.0
        room.live(7 * 60)
    elif fault == "jumping":
        for minute in range(40):
            room.shows = 300.0 if minute % 2 else 10.0
            room.live()
    else:
        room.values.pop(PropertyRef("p", "pm2_5"))
        for _ in range(35):
            room.at += 60
            step = room.clean.minute(
                room.at, room.values.get, room.wishes, room.outfit, {"bedroom": room.scene}, away=False
            )
            for order in step.orders:
                room.say(**{order.ref.path: order.value})
            room.notes += [note.reasons[0].code for note in step.notes]
    assert code in room.notes
    assert room.code() == code
    assert room.on()
    assert 0 < room.noise <= 30
    room.shows = None
    room.dust = 30.0
    room.live(70)
    assert room.code() != code, "a sensor that is well again is believed again"


def test_a_sensor_that_rests_with_its_purifier_is_woken_now_and_then() -> None:
    room = Bedroom()
    room.outdoor, room.dust = 5.0, 5.0
    room.live(20)
    assert not room.on()
    room.shows = 5.0  # frozen, while somebody fries fish
    room.dust = 150.0
    room.live(76)
    assert "air.looks" in room.notes
    assert room.on()
    assert room.noise <= 30
    room.shows = None
    room.live(10)
    assert room.code() == "air.threshold"


def test_a_purifier_that_refuses_is_left_alone_and_said() -> None:
    room = Bedroom()
    room.takes = False
    room.live(180)
    assert "air.refuses" in room.notes
    assert len(room.orders) < 60, "it is not asked every minute"


def test_an_open_window_and_an_empty_home_rest_it() -> None:
    room = Bedroom()
    room.live(5)
    assert room.on()
    room.window(closed=False)
    room.live()
    room.live(15)
    assert room.code() == "air.window_open"
    assert not room.on()
    room.window(closed=True)
    room.live(20)
    assert room.on()
    room.away, room.scene = True, replace(room.scene, home=False, chances=lambda: [0.0] * 96)
    room.live(20)
    assert not room.on()
    assert room.code() == "air.nobody"


def test_the_filter_is_counted_by_dust_and_by_its_own_word_and_begins_anew() -> None:
    room = Bedroom()
    room.live(2)
    assert room.room.filter_left == pytest.approx(0.8, abs=0.01)
    room.dust = 400.0
    room.outdoor = 1500.0
    room.live(600)
    caught = room.room.filter.caught
    assert caught > 0.2 * 12_000
    assert json.loads(json.dumps(room.clean.to_json()))["bedroom"]["filter"]["caught"] == caught
    room.say(filter_life=5)
    room.live()
    assert room.room.filter_left == 0.05
    room.say(filter_life=100)
    room.live()
    assert room.room.filter_left > 0.99, "a new filter"
    room.say(filter_life=3)
    room.live()
    room.room.new_filter()
    room.live(3)
    assert room.room.filter_left > 0.99, "somebody says so, and the appliance does not know it yet"
    again = CleanAir.of_json(json.loads(json.dumps(room.clean.to_json())), ZONE)
    again.fit(room.outfit)
    assert again.rooms["bedroom"].filter_left == room.room.filter_left
    room.say(filter_life=100)
    room.live()
    room.say(filter_life=60)
    room.live()
    assert room.room.filter_left == 0.6, "now it knows"


def test_another_purifier_is_another_room_and_none_is_none() -> None:
    room = Bedroom()
    room.live(20)
    profile = SHELF.get(MIDEA)
    assert profile is not None
    room.clean.fit(outfit([Placed("q", "bedroom", "air_purifier", profile.profile)]))
    assert room.room.filter.caught == 0
    room.clean.fit(outfit([]))
    assert room.clean.rooms == {}


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "bed",
                "up",
                "loud",
                "off",
                "on",
                "fish",
                "stuck",
                "well",
                "window",
                "shut",
                "restart",
                "away",
                "home",
            ]
        ),
        st.integers(1, 90),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(DEEDS, st.sampled_from(FAMILIES), st.booleans())
def test_never_loud_beside_a_sleeper_but_by_a_hand_in_the_night_and_a_hand_always_stands(
    deeds: list[tuple[str, int]], product: str, known: bool
) -> None:
    room = Bedroom(product)
    if known:
        room.room.fit = known_room()
    for deed, minutes in deeds:
        stands: dict[PropertyRef, Value] | None = None
        match deed:
            case "bed":
                room.bed()
            case "up":
                room.up()
            case "loud":
                loud = room.room.ways.ways[-1].values
                room.hand(WANG, power=True, **dict(loud))
                stands = {PropertyRef("p", path): value for path, value in (("power", True), *loud)}
            case "off" | "on":
                room.hand(power=deed == "on")
                stands = {PropertyRef("p", "power"): deed == "on"}
            case "fish":
                room.dust += 200.0
            case "stuck" | "well":
                room.shows = 50.0 if deed == "stuck" else None
            case "window" | "shut":
                room.window(closed=deed == "shut")
            case "away" | "home":
                room.away = deed == "away"
            case _:
                kept = json.loads(json.dumps(room.clean.to_json()))
                room.clean = CleanAir.of_json(kept, ZONE)
                room.clean.fit(room.outfit)
                assert json.loads(json.dumps(room.clean.to_json())) == kept
        for _ in range(minutes):
            room.live()
            hold = room.room.hold
            if stands is not None and hold is not None:
                assert {ref: room.values[ref].value for ref in stands} == stands
            if room.scene.quiet and not (hold is not None and hold.night):
                assert not room.on() or room.noise <= 30


def known_room() -> AirFit:
    """A fit that believes: the plant seen for some days under every level."""
    fit, now, outdoor = AirFit(), 60.0, 35.0
    for step in range(6 * 144):
        share = (0.0, 0.19, 0.5, 1.0)[step // 6 % 4]
        after = PLANT.after(now, outdoor, share, 1 / 6)
        fit.learn(now, after, outdoor, share, 1 / 6)
        now = after
    assert fit.confidence > 0.5
    return fit
