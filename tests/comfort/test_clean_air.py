"""Clean air minute by minute in a made-up room: who decides, what is ordered and what is said. Products of two families."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.air_model import AirFit, AirModel
from jiahe.comfort.air_room import HAND, RoomAir
from jiahe.comfort.clean_air import CleanAir
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.sleep_habit import Habit, Night
from jiahe.comfort.step import Order
from jiahe.comfort.wishes import RoomWish, Sleeper, Wishes
from jiahe.comfort.words import SENTENCES
from jiahe.model.definition import Value
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality

ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_784_520_000.0  # 2026-07-20 12:00 in Shanghai, a Monday
SHELF = Shelf.shipped()
XIAOMI, OLDER, MIDEA = "zhimi.airpurifier.mb4", "zhimi.airpurifier.v3", "midea.fc.air_purifier"
FAMILIES = (XIAOMI, OLDER, MIDEA)
WANG = Cause("1", Actor.PERSON, "Wang")
SLEEPER = Sleeper("wang", "Wang", "band", "bedroom")
HABIT = Habit([Night(day, 660.0, 1140.0) for day in range(739_800, 739_816)])  # 23:00 to 07:00
PLANT = AirModel(0.35, 0.5, 4.0, 3.0)


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


class Bedroom:
    """A purifier, its sensor, dust that follows `PLANT`, and orders that take effect at once."""

    def __init__(self, product: str = XIAOMI, *, air: bool = True, sleep: bool = False) -> None:
        profile = SHELF.get(product)
        assert profile is not None
        sensor = SHELF.get("xiaomi.ble.contact")
        assert sensor is not None
        self.outfit = outfit(
            [
                Placed("p", "bedroom", "air_purifier", profile.profile),
                Placed("window", "bedroom", "contact_sensor", sensor.profile),
            ]
        )
        self.wishes = Wishes({"bedroom": RoomWish(air=air, sleep=sleep)}, (SLEEPER,))
        self.clean = CleanAir(ZONE)
        self.clean.fit(self.outfit)
        self.at, self.dust, self.outdoor, self.takes = NOON, 60.0, 90.0, True
        self.values: dict[PropertyRef, Known] = {}
        self.orders: list[Order] = []
        self.notes: list[str] = []
        self.shows: float | None = None
        self.scene = Scene(NOON, True, None, False, False, True, lambda: [1.0] * 96, [HABIT], True)
        self.away = False
        self.say(power=True, mode="auto", filter_life=80)

    def say(self, **values: Value) -> None:
        for path, value in values.items():
            self.values[PropertyRef("p", path)] = Known(value, Quality.GOOD, self.at)

    def hand(self, cause: Cause = WANG, /, **values: Value) -> None:
        self.say(**values)
        for path in values:
            self.clean.changed(self.at, PropertyRef("p", path), cause)

    def window(self, *, closed: bool) -> None:
        self.values[PropertyRef("window", "contact")] = Known(closed, Quality.GOOD, self.at)

    @property
    def room(self) -> RoomAir:
        return self.clean.rooms["bedroom"]

    @property
    def noise(self) -> float:
        level = self.room.ways.standing(self.values.get, "p")
        return 99.0 if level is None else level.noise

    def on(self) -> bool:
        return self.values[PropertyRef("p", "power")].value is True

    def code(self) -> str:
        assert self.room.decision is not None
        return self.room.decision.reasons[0].code

    def live(self, minutes: int = 1) -> None:
        for _ in range(minutes):
            self.at += 60.0
            share = self.room.ways.share(self.values.get, "p")
            self.dust = PLANT.after(self.dust, self.outdoor, 0.4 if share is None else share, 1 / 60)
            self.say(pm2_5=round(self.dust) if self.shows is None else self.shows)
            step = self.clean.minute(
                self.at,
                self.values.get,
                self.wishes,
                self.outfit,
                {"bedroom": replace(self.scene, at=self.at)},
                away=self.away,
            )
            for order in step.orders:
                self.outfit.definitions[order.ref].check(order.value)
                self.orders.append(order)
                if self.takes:
                    self.say(**{order.ref.path: order.value})
                self.clean.ended(self.at, order, done=self.takes)
            self.notes += [note.reasons[0].code for note in step.notes]
            for note in step.notes:
                for one in note.reasons:
                    SENTENCES[one.code]["en"].format(**one.figures)
                    SENTENCES[one.code]["zh"].format(**one.figures)

    def bed(self, *, asleep: bool = True) -> None:
        self.scene = replace(self.scene, quiet=True, asleep=asleep, awake=False)

    def up(self) -> None:
        self.scene = replace(self.scene, quiet=False, asleep=False, awake=True)


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
