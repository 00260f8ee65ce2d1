"""What is wrong with a room or its air conditioner, through the whole of comfort: it is detected, said in a sentence, and what is
done then is safe. A small room of one capacity, minute by minute, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.comfort.climate_seen import COOL_LEAST, FROST, HEAT_MOST
from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.reason import filled
from jiahe.comfort.step import Order
from jiahe.comfort.thermal_model import Mode
from jiahe.comfort.wishes import wishes_of
from jiahe.comfort.words import SENTENCES
from jiahe.model.definition import Value
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality

ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_784_520_000.0  # 2026-07-20 12:00 in Shanghai
WISHES = {"rooms": {"bedroom": {"climate": True}}}


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


class Room:
    """A bedroom, its unit and a contact at its window; every fault is a switch of it."""

    def __init__(self, outdoor: float = 35.0, air: float = 27.0, *, contact: bool = False) -> None:
        shelf, names = (
            Shelf.shipped(),
            {"ac": "midea.ac.split"} | ({"window": "xiaomi.ble.contact"} if contact else {}),
        )
        placed = []
        for name, product in names.items():
            found = shelf.get(product)
            assert found is not None, product
            placed.append(Placed(name, "bedroom", found.profile.name, found.profile))
        self.at, self.values, self.mode = NOON, dict[PropertyRef, Known](), "home"
        self.outdoor, self.air = outdoor, air
        self.opened = self.refuses = self.broken = False
        self.shown: float | None = None
        self.silent = False
        self.director = Director(ZONE, 31.2, 121.5)
        self.director.fit(wishes_of(WISHES, rooms=frozenset({"bedroom"}), bands=frozenset()), outfit(placed))
        self.orders: list[Order] = []
        self.said: dict[str, str] = {}
        cold = outdoor < 15.0
        self.say("ac", power=True, mode="heat" if cold else "cool", target_temperature=20.0 if cold else 26.0)

    def say(self, device: str, **values: Value) -> None:
        for path, value in values.items():
            self.values[PropertyRef(device, path)] = Known(value, Quality.GOOD, self.at)

    def value(self, path: str) -> Value:
        return self.values[PropertyRef("ac", path)].value

    def minutes(self, count: int) -> None:
        for _ in range(count):
            self.at += 60.0
            self._moves()
            step = self.director.minute(self.at, self.values.get, lambda _: False, self.mode)
            for order in step.orders:
                self.orders.append(order)
                if not self.refuses:
                    self.say(order.ref.device, **{order.ref.path: order.value})
                self.director.ended(self.at, order, done=not self.refuses)
            for note in step.notes:
                for one in note.reasons:
                    self.said[one.code] = filled(SENTENCES[one.code]["en"], one.figures)

    def _moves(self) -> None:
        """3 kW of a unit that holds its set point; the walls take 0.3/h of the outdoors, an open window 4/h."""
        target, cooling = self.value("target_temperature"), self.value("mode") == "cool"
        assert isinstance(target, float)
        gap = self.air - target if cooling else target - self.air
        part = min(max(gap + 0.5, 0.0), 1.0) if self.value("power") and not self.broken else 0.0
        self.air += (4.0 if self.opened else 0.3) * (self.outdoor - self.air) / 60.0
        self.air += (-8.0 if cooling else 8.0) * part / 60.0
        watts = 0.0 if not self.value("power") else 15.0 + 900.0 * part
        self.say("ac", electric_power=watts, outdoor_temperature=self.outdoor)
        if not self.silent:
            self.say("ac", temperature=round(self.air, 1) if self.shown is None else self.shown)
        else:
            self.values.pop(PropertyRef("ac", "temperature"), None)

    @property
    def codes(self) -> set[str]:
        return {one.code for one in self.director.decided["bedroom"].reasons}


def test_a_window_open_all_day_stops_the_unit_and_is_tried_again_ever_more_rarely() -> None:
    room = Room(contact=False)
    room.minutes(60)
    assert room.value("power") is True
    room.opened = True
    room.minutes(240)
    assert "window_open" in room.said
    assert "window" in room.said["window_open"]
    room.orders.clear()
    room.minutes(10 * 60)
    runs = [order for order in room.orders if order.ref.path == "power" and order.value is True]
    assert len(runs) <= 4
    room.opened = False
    room.minutes(6 * 60)
    assert "window_open" not in room.codes
    assert room.value("power") is True
    assert room.air < 27.0


def test_a_contact_at_the_window_is_believed_at_once() -> None:
    room = Room(contact=True)
    room.say("window", contact=True)
    room.minutes(30)
    room.say("window", contact=False)
    room.minutes(16)
    assert "window_open" in room.codes
    assert room.value("power") is False
    room.say("window", contact=True)
    room.minutes(46)
    assert room.value("power") is True


def test_a_sensor_that_is_stuck_leaves_it_to_the_unit() -> None:
    room = Room()
    room.minutes(30)
    room.shown = 28.6
    room.minutes(5 * 60)
    assert "sensor_stuck" in room.codes
    assert "28.6" in room.said["sensor_stuck"]
    assert room.director.decided["bedroom"].by == "thermostat"
    assert room.value("power") is True  # its own thermostat goes on at what is wanted
    assert room.value("target_temperature") == 26.0


def test_a_sensor_that_jumps_is_not_followed() -> None:
    room = Room()
    room.minutes(30)
    for jump in range(8):
        room.shown = 27.0 if jump % 2 else 18.0
        room.minutes(4)
    assert "sensor_jumping" in room.said
    assert room.value("target_temperature") == 26.0


def test_a_sensor_that_falls_silent_is_said_after_half_an_hour() -> None:
    room = Room()
    room.minutes(30)
    room.silent = True
    room.minutes(60)
    assert "sensor_missing" in room.codes
    assert room.director.decided["bedroom"].by == "thermostat"
    room.silent = False
    room.minutes(20)
    assert "sensor_missing" not in room.codes


def test_a_unit_that_refuses_is_left_alone_for_half_an_hour() -> None:
    room = Room()
    room.say("ac", power=False)
    room.refuses = True
    room.minutes(120)
    assert "unit_refuses" in room.said
    first = len(room.orders)
    assert 3 <= first <= 24  # not once a minute
    room.refuses = False
    room.minutes(60)
    assert room.value("power") is True
    assert "unit_refuses" not in room.codes


def test_a_unit_that_says_it_is_on_and_does_nothing_is_found_out() -> None:
    room = Room(air=30.0)
    room.broken = True
    room.minutes(90)
    assert "unit_idle" in room.said


@pytest.mark.parametrize(("mode", "asked"), [(Mode.COOL, 10.0), (Mode.HEAT, 35.0)])
def test_no_schedule_makes_a_set_point_dangerous(mode: Mode, asked: float) -> None:
    """What is in the kept schedule may come from anywhere."""
    cooling = mode is Mode.COOL
    room = Room(outdoor=35.0 if cooling else -2.0, air=27.0 if cooling else 16.0)
    climate = room.director.climate.rooms["bedroom"]
    climate.hand(room.at, mode, asked)
    assert climate.hand(room.at + 86400.0, mode, asked) is not None  # alike: learned
    room.at += 86400.0 + 9 * 3600.0  # and no longer held
    room.minutes(180)
    points = [order.value for order in room.orders if order.ref.path == "target_temperature"]
    assert points
    for point in points:
        assert isinstance(point, float)
        assert COOL_LEAST <= point <= HEAT_MOST


def test_pipes_do_not_freeze_in_a_home_that_is_away_and_switched_off_by_hand() -> None:
    room = Room(outdoor=-15.0, air=12.0)
    room.say("ac", power=False)
    room.director.changed(room.at, PropertyRef("ac", "power"), Cause("1", Actor.PERSON, "Wang"))
    room.mode = "holiday"
    least = 99.0
    for _ in range(36):
        room.minutes(60)
        least = min(least, room.air)
    assert "frost" in room.said
    assert least > FROST - 1.0
    assert room.air > FROST - 1.0


def test_who_ends_a_journey_from_afar_finds_the_home_as_wanted() -> None:
    """The mode is set back by phone while every band is out of reach: somebody is on the way."""
    room = Room(outdoor=34.0, air=31.0)
    person = {"id": "wang", "name": "Wang", "band": "band", "bedroom": "bedroom", "curve": {"start": 26.0}}
    wishes = wishes_of(
        {**WISHES, "people": [person]}, rooms=frozenset({"bedroom"}), bands=frozenset({"band"})
    )
    room.director.fit(wishes, room.director.outfit)
    room.mode = "holiday"
    room.minutes(30)
    assert room.value("power") is False
    room.mode = "home"
    room.minutes(60)
    assert room.value("power") is True
    assert room.director.climate.presence.home is False
    room.minutes(4 * 60)
    assert room.value("power") is False  # nobody came
