"""The home lived in, the past of the demo, and whoever controls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.model.definition import Value
from jiahe.virtual import past
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.dwelling import RoomControl, Sensed
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.inverter import Setting
from jiahe.virtual.lived import (
    BEDROOM_PURIFIER,
    CONDITIONER,
    COOKER,
    DISHWASHER,
    FRIDGE,
    LAMP,
    PURIFIER,
    Lived,
)
from jiahe.virtual.past import AT_HOME, BEGINNING, OLD, OLD_STEP, STEP, Past, played
from jiahe.virtual.settings import Paper, conditioner_values, level_of, purifier_values, setting_of
from jiahe.virtual.weather import DAY, HOUR
from jiahe.virtual.year import Decision, Told, home_of, play_year

SUMMER_NOON = 1_784_692_800.0  # 2026-07-22 04:00 UTC, noon at UTC+8
WINTER_NIGHT = 1_769_184_000.0  # 2026-01-23 16:00 UTC, midnight at UTC+8
PRODUCTS = {
    PURIFIER: "zhimi.airpurifier.mb4", CONDITIONER: "midea.ac.split", FRIDGE: "midea.ca.refrigerator",
    COOKER: "midea.ea.rice_cooker", DISHWASHER: "midea.e1.dishwasher", LAMP: "philips.light.bulb",
    BEDROOM_PURIFIER: "midea.fc.air_purifier", "wang-band": "xiaomi.mi-band-4", "li-band": "xiaomi.mi-band-3",
    BALCONY: "cgllc.airm.cgdn1", PLUG: "chuangmi.plug.212a01",
}  # fmt: skip


# ---- the past --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [SUMMER_NOON, WINTER_NIGHT + 3000])
def test_a_past_is_in_order_and_within_the_products_definitions(end: float) -> None:
    shelf = Shelf.shipped()
    seen = list(played(7, end, 48.0))
    assert seen == list(played(7, end, 48.0))
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert seen[-1].at == end
    for one in seen:
        product = shelf.get(PRODUCTS[one.device])
        assert product is not None
        assert product.profile.property(one.path).check(one.value) == one.value
    dust = [one.value for one in seen if (one.device, one.path) == (PURIFIER, "pm2_5")]
    assert len(dust) == 2 * DAY / STEP
    assert len(set(dust)) > 10
    assert {one.device for one in seen} == set(PRODUCTS)


def test_somebody_lives_there() -> None:
    seen = list(played(7, SUMMER_NOON, 48.0))
    for device in (PURIFIER, CONDITIONER):
        switched = [one.value for one in seen if (one.device, one.path) == (device, "power")]
        assert {True, False} == set(switched)
        assert switched[-1] is True, "a demo that shows something"
    assert {"auto", "sleep", "cool"} <= {one.value for one in seen if one.path == "mode"}
    assert {"cooking", "keeping_warm", "idle"} <= {
        one.value for one in seen if (one.device, one.path) == (COOKER, "status")
    }
    assert {True, False} == {one.value for one in seen if (one.device, one.path) == (LAMP, "power")}
    assert {True, False} == {one.value for one in seen if one.path == "fridge.door_open"}


def test_what_people_set_has_them_as_its_cause_and_what_sensors_show_has_nobody() -> None:
    played_past = Past(7, SUMMER_NOON - 2 * DAY, SUMMER_NOON)
    people = {one.id for one in played_past.lived.home.family.people}
    for one in played_past.play():
        if one.path in ("pm2_5", "temperature", "electric_power", "energy", "fridge.temperature"):
            assert one.cause == ""
        elif (
            one.device == CONDITIONER
            and one.path in ("power", "target_temperature")
            and one.at > SUMMER_NOON - 2 * DAY + STEP
        ):
            assert one.cause in people
    assert played_past.lived.changes == []


def test_the_meter_counts_up_and_the_last_minutes_find_both_machines_on() -> None:
    seen = list(Past(3, SUMMER_NOON - DAY, SUMMER_NOON, energy=100.0).play())
    meter = [float(one.value or 0) for one in seen if one.path == "energy"]
    assert meter == sorted(meter)
    assert 100.0 <= meter[0] < meter[-1] < 115.0
    last: dict[tuple[str, str], object] = {}
    for one in seen:
        if one.at <= SUMMER_NOON - AT_HOME / 2:
            last[one.device, one.path] = one.value
    assert last[PURIFIER, "power"] is last[CONDITIONER, "power"] is True


def test_what_is_long_past_is_told_more_rarely() -> None:
    end = SUMMER_NOON
    times = sorted(
        {one.at for one in Past(1, end - OLD - DAY, end).play() if one.path == "outdoor_temperature"}
    )
    assert times[1] - times[0] == OLD_STEP
    assert times[-1] - times[-2] == STEP
    assert len(times) == pytest.approx(DAY / OLD_STEP + OLD / STEP, abs=2)


def test_a_past_may_end_between_two_minutes() -> None:
    seen = list(played(1, SUMMER_NOON + 17.3, 1.01))
    assert seen[-1].at == SUMMER_NOON + 17.3


def test_the_sun_stands_where_the_clock_on_the_wall_wants_it() -> None:
    for offset in (-8 * HOUR, 0.0, 8 * HOUR):
        home = past.demo_home(1, SUMMER_NOON, offset)
        noon = SUMMER_NOON - SUMMER_NOON % DAY + 12 * HOUR - offset
        assert home.weather.at(noon + 12 * HOUR).solar == 0.0
        assert sum(home.weather.at(noon + n * DAY).solar for n in range(10)) > 2000
        assert home.family.moment(noon)[1] == 12 * 60


# ---- settings --------------------------------------------------------------------------------------------------


def test_settings_read_back_as_they_were_set() -> None:
    for setting in (Setting(True, "cool", 25.5), Setting(True, "heat", 20.0, 0.2)):
        face = Paper(BEGINNING[CONDITIONER])
        face.set(conditioner_values(setting))
        assert setting_of(face) == setting
    face.set(conditioner_values(Setting(False)))
    assert not setting_of(face).on
    for level in (0.0, 0.19, -1.0, 0.5, 1.0):
        face = Paper(BEGINNING[PURIFIER])
        face.set(purifier_values(level))
        assert level_of(face) == pytest.approx(level)


# ---- who controls ----------------------------------------------------------------------------------------------


class Owl:
    """A controller that heats the bedroom from noon on, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def decide(self, sensed: Mapping[str, Sensed], t: float, told: Told) -> Decision:
        self.told.append(told)
        on = (t + 8 * HOUR) % DAY >= 12 * HOUR
        control = RoomControl(Setting(on, "heat", 30.0), 1.0)
        return Decision({"bedroom": control, "living-room": control}, {"bedroom.ac": "the owl wants it warm"})


class Warm:
    """A steward that heats the bedroom from noon on."""

    rooms = frozenset({"bedroom"})

    def __init__(self) -> None:
        self.looks: list[float] = []
        self.hands: list[tuple[str, str]] = []

    def touched(self, at: float, device: str, values: Mapping[str, Value], person: str) -> None:
        self.hands.append((device, person))

    def minute(self, at: float, lived: Lived) -> Iterator[tuple[str, Mapping[str, Value], str]]:
        self.looks.append(at)
        on = (at + 8 * HOUR) % DAY >= 12 * HOUR
        yield CONDITIONER, {"power": on, "mode": "heat", "target_temperature": 30.0}, "warm 1"


class Watching(Warm):
    """A steward that does nothing."""

    def minute(self, at: float, lived: Lived) -> Iterator[tuple[str, Mapping[str, Value], str]]:
        yield from ()


def test_a_steward_is_asked_every_minute_and_its_cause_stands_behind_what_it_set() -> None:
    warm = Warm()
    end = SUMMER_NOON + 2 * HOUR
    seen = list(Past(1, SUMMER_NOON - HOUR, end, steward=warm).play())
    assert warm.looks == [SUMMER_NOON - HOUR + 60.0 * n for n in range(1, 181)]
    by_it = [one for one in seen if one.cause == "warm 1"]
    assert ("power", True) in {(one.path, one.value) for one in by_it}
    assert all(one.at > SUMMER_NOON - 60.0 for one in by_it if one.value is True)
    assert {one.device for one in by_it} == {CONDITIONER}
    room = [float(str(one.value)) for one in seen if (one.device, one.path) == (CONDITIONER, "temperature")]
    assert room[-1] > max(room[:10]) + 0.5


def test_a_steward_is_told_of_hands_and_people_leave_their_habits_in_its_rooms() -> None:
    warm = Warm()
    past_ = Past(1, SUMMER_NOON, SUMMER_NOON + HOUR, steward=warm)
    past_.lived.put(SUMMER_NOON, PURIFIER, {"mode": "sleep"}, "wang", by_hand=True)
    past_.lived.put(SUMMER_NOON, PURIFIER, {"mode": "sleep"}, "wang", by_hand=True)
    past_.lived.put(SUMMER_NOON, CONDITIONER, {"power": True}, "a note", by_hand=False)
    assert warm.hands == [(PURIFIER, "wang")], (
        "what is so already is nobody's doing, nor is its own work a hand"
    )
    watching = Past(7, SUMMER_NOON, SUMMER_NOON + DAY, steward=Watching())
    habits = [one for one in watching.play() if one.cause in ("wang", "li") and one.device == CONDITIONER]
    alone = [
        one
        for one in Past(7, SUMMER_NOON, SUMMER_NOON + DAY).play()
        if one.cause in ("wang", "li") and one.device == CONDITIONER
    ]
    assert len(habits) < len(alone)


def test_a_home_with_a_controller_does_as_it_says() -> None:
    owl = Owl()
    home = home_of("shanghai", 2, start=WINTER_NIGHT, controller=owl)
    home.left_open["child-room"] = 0.5
    minutes = list(home.play(WINTER_NIGHT + 11 * HOUR, 2 / 24))
    assert len(minutes) == len(owl.told) == 120
    assert not minutes[0].controls["bedroom"].ac.on
    assert minutes[-1].controls["bedroom"].ac.on
    assert minutes[-1].sensed["bedroom"].heat > 0
    assert minutes[-1].causes == {"bedroom.ac": "the owl wants it warm"}
    assert all(one.controls["child-room"].window >= 0.5 for one in minutes)
    assert set(owl.told[0].bands) == {one.id for one in home.family.people if one.band}


def test_a_played_year_tells_rooms_machines_and_meters() -> None:
    def play(seed: int) -> list[object]:
        return list(play_year(home_of("beijing", seed, start=SUMMER_NOON), SUMMER_NOON, 1.0))

    seen = list(play_year(home_of("beijing", 1, start=SUMMER_NOON), SUMMER_NOON, 1.0))
    assert play(1) == seen != play(2)
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert sum((one.device, one.path) == ("bedroom", "temperature") for one in seen) == DAY / 300
    assert {"bedroom", "bedroom.ac", "fridge", "outdoor"} <= {one.device for one in seen}
    assert all(one.cause for one in seen if one.path == "target_temperature")
