"""Bands that lie or are missing, through the whole of comfort: each is said in a sentence, and what is done then is what a home
without bands does. A bedroom minute by minute, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.reason import filled
from jiahe.comfort.sleep import Stage
from jiahe.comfort.step import Order
from jiahe.comfort.wishes import wishes_of
from jiahe.comfort.words import SENTENCES
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality

ZONE = ZoneInfo("Asia/Shanghai")
EVENING = 1_784_559_600.0  # 2026-07-20 23:00 in Shanghai
DAY = 86_400.0
PRODUCTS = {
    "ac": "midea.ac.split",
    "lamp": "philips.light.bulb",
    "band": "xiaomi.mi-band-3",
    "band2": "xiaomi.mi-band-4",
}
WANG: dict[str, object] = {
    "id": "wang",
    "name": "Wang",
    "band": "band",
    "bedroom": "bedroom",
    "curve": {"start": 25.0},
}
LI: dict[str, object] = {**WANG, "id": "li", "name": "Li"}
MOVES, STILL = (40, 6), (0, 0)
"""Movement of a minute and its steps."""


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


class Bedroom:
    """One bedroom, and what bands say of whoever sleeps there."""

    def __init__(self, *people: dict[str, object], movement: bool = True, begins: float = EVENING) -> None:
        shelf, placed = Shelf.shipped(), []
        for name, product in PRODUCTS.items():
            found = shelf.get(product)
            assert found is not None, product
            placed.append(
                Placed(name, "" if "band" in name else "bedroom", found.profile.name, found.profile)
            )
        home = outfit(placed)
        if not movement:
            told = {ref: one for ref, one in home.definitions.items() if ref.path != "movement"}
            home = replace(home, definitions=told)
        wishes = {"rooms": {"bedroom": {"climate": True, "sleep": True}}, "people": list(people) or [WANG]}
        self.director = Director(ZONE, 31.2, 121.5)
        self.director.fit(
            wishes_of(wishes, rooms=frozenset({"bedroom"}), bands=frozenset({"band", "band2"})), home
        )
        self.at, self.values, self.steps = begins, dict[PropertyRef, Known](), 0
        self.orders: list[Order] = []
        self.said: list[tuple[str, str]] = []
        self.say("ac", power=True, mode="cool", target_temperature=26.0)
        self.say("ac", temperature=27.0, outdoor_temperature=31.0)
        self.say("lamp", power=True, light_level=80)

    def say(self, device: str, **values: Value) -> None:
        for path, value in values.items():
            self.values[PropertyRef(device, path)] = Known(value, Quality.GOOD, self.at)

    def minute(self, told: tuple[int, int] | None, pulse: int | None = None, *, passed: float = 60.0) -> None:
        """A minute later; None where the band says nothing."""
        self.at += passed
        if told is not None:
            self.steps += told[1]
            self.say("band", movement=told[0], steps=self.steps)
            if pulse is not None:
                self.say("band", heart_rate=pulse)
        step = self.director.minute(self.at, self.values.get, lambda _: True, "home")
        self.orders += step.orders
        for order in step.orders:
            self.say(order.ref.device, **{order.ref.path: order.value})
            self.director.ended(self.at, order, done=True)
        for note in step.notes:
            self.said += [(one.code, filled(SENTENCES[one.code]["en"], one.figures)) for one in note.reasons]

    def minutes(self, number: int, told: tuple[int, int] | None, pulse: int | None = None) -> None:
        for _ in range(number):
            self.minute(told, pulse)

    def asleep(self) -> None:
        for _ in range(180):
            self.minute(STILL)
            if self.stage() is Stage.ASLEEP:
                return
        raise AssertionError(f"never asleep: {self.said}")

    def stage(self) -> Stage:
        return self.director.bedtime.people["wang"].stage

    def on_the_curve(self) -> bool:
        return self.director.decided["bedroom"].reasons[0].code.startswith("curve.")


def test_missing_nights_are_said_at_the_third_and_once_a_week_and_the_room_is_one_without_bands() -> None:
    home = Bedroom()
    habit = home.director.bedtime.people["wang"].watch.habit
    for ago in range(8, 1, -1):
        assert habit.learn(EVENING - ago * DAY, EVENING - ago * DAY + 8 * 3600, ZONE)
    usual = habit.bedtime(habit.nights[-1].day)
    told: dict[int, list[str]] = {}
    for day in range(12):
        before = len(home.said)
        for _ in range(48):
            home.minute(None, passed=1_800.0)
        told[day] = [text for code, text in home.said[before:] if code == "sleep.nights_missing"]
    days = [day for day, texts in told.items() for _ in texts]
    assert len(days) == 2
    assert days[1] - days[0] == 7
    assert "3 nights without a band" in told[days[0]][0]
    assert habit.bedtime(habit.nights[-1].day) == usual, "the habit is the one from before"
    assert not home.on_the_curve()
    assert not [one for one in home.orders if one.feature == "sleep"]


def test_a_band_left_on_the_table_that_misses_its_pulses_is_not_worn() -> None:
    """It looked for a pulse every quarter of an hour while it was worn; on the table it tells stillness alone."""
    home = Bedroom(begins=EVENING - 6 * 3600)
    for quarter in range(26):
        home.minute(MOVES, 70 + quarter % 3)
        home.minutes(14, MOVES)
    before = home.values[PropertyRef("ac", "target_temperature")].value
    home.minutes(90, STILL)
    assert home.stage() is Stage.UNKNOWN
    assert not home.on_the_curve()
    assert home.values[PropertyRef("ac", "target_temperature")].value == before
    texts = dict(home.said)
    assert "seems to lie somewhere" in texts["sleep.band_no_pulse"]
    assert "min: it seems" in texts["sleep.band_no_pulse"]
    orders = len(home.orders)
    home.minutes(60, STILL)
    assert [one for one in home.orders[orders:] if one.feature == "sleep"] == []


def test_a_band_left_on_the_table_that_never_tells_a_pulse_is_found_after_four_hours() -> None:
    home = Bedroom()
    home.minutes(30, MOVES)
    home.minutes(250, STILL)
    assert home.stage() is Stage.UNKNOWN
    assert not home.on_the_curve()
    assert "has not moved for 240 min" in dict(home.said)["sleep.band_still"]


def test_a_sleeper_who_is_heard_every_quarter_of_an_hour_is_no_band_on_a_table() -> None:
    home = Bedroom(begins=EVENING - 6 * 3600)
    for _ in range(24):
        home.minute(MOVES, 70)
        home.minutes(14, MOVES)
    for _ in range(12):
        home.minute(STILL, 54)
        home.minutes(14, STILL)
    assert home.stage() is Stage.ASLEEP
    assert home.on_the_curve()


def test_two_people_with_one_band_move_nothing_and_are_named() -> None:
    home = Bedroom(WANG, LI)
    fault = home.director.faults[0].reasons[0]
    assert "Li" in filled(SENTENCES[fault.code]["en"], fault.figures) or "li, wang" in str(fault.figures)
    home.minutes(30, MOVES)
    home.minutes(90, STILL)
    assert {one.stage for one in home.director.bedtime.people.values()} == {Stage.UNKNOWN}
    assert not home.on_the_curve()
    assert not [one for one in home.orders if one.feature == "sleep"]


def test_a_band_of_ones_own_again_is_believed_again() -> None:
    home = Bedroom(WANG, LI)
    home.minutes(60, STILL)
    wishes = wishes_of(
        {"rooms": {"bedroom": {"climate": True, "sleep": True}}, "people": [WANG, {**LI, "band": "band2"}]},
        rooms=frozenset({"bedroom"}),
        bands=frozenset({"band", "band2"}),
    )
    home.director.fit(wishes, home.director.outfit)
    assert home.director.faults == ()
    home.minutes(10, MOVES)
    home.asleep()
    assert home.stage() is Stage.ASLEEP


def test_a_band_that_falls_silent_in_the_night_gives_the_set_point_back_and_says_so() -> None:
    home = Bedroom()
    home.minutes(30, MOVES)
    home.asleep()
    home.minutes(3, STILL)
    assert home.on_the_curve()
    home.minutes(20, None)
    assert home.stage() is Stage.UNKNOWN
    assert not home.on_the_curve()
    assert "has said nothing for 15 min" in dict(home.said)["sleep.band_silent"]


def test_a_clock_that_goes_back_is_said_and_moves_nothing() -> None:
    home = Bedroom()
    home.minutes(30, MOVES)
    home.minute(STILL, passed=-3_600.0)
    assert home.stage() is Stage.UNKNOWN
    assert "went back by 60 min" in dict(home.said)["sleep.clock_back"]
    assert not home.on_the_curve()


@pytest.mark.parametrize("movement", [True, False])
def test_steps_alone_put_nobody_in_the_dark(movement: bool) -> None:
    home = Bedroom(movement=movement)
    home.minutes(30, MOVES)
    home.asleep()
    home.minute(STILL)
    assert home.on_the_curve()
    lit = home.values[PropertyRef("lamp", "power")].value
    assert lit is (not movement), "dimmed upon steps, off upon movement"
    assert home.values[PropertyRef("lamp", "light_level")].value == 10
