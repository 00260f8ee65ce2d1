"""A home's comfort minute by minute, in virtual time: bands, hands, rooms and orders. No sockets, no learning of days."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.sleep import Stage
from jiahe.comfort.step import Order, Step
from jiahe.comfort.wishes import Wishes, switched, wishes_of
from jiahe.model.definition import Value
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality

ZONE = ZoneInfo("Asia/Shanghai")
EVENING = 1_784_559_600.0  # 2026-07-20 23:00 in Shanghai
SHELF = Shelf.shipped()
DEVICES = {
    "ac": ("bedroom", "midea.ac.split"),
    "purifier": ("bedroom", "zhimi.airpurifier.mb4"),
    "lamp": ("bedroom", "philips.light.bulb"),
    "band": ("", "xiaomi.mi-band-3"),
    "band2": ("", "xiaomi.mi-band-4"),
}
WANG = {"id": "wang", "name": "Wang", "band": "band", "bedroom": "bedroom", "curve": {"start": 26.0}}
ALL_ON = {"rooms": {"bedroom": {"climate": True, "sleep": True, "air": False}}, "people": [WANG]}


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


def placed() -> list[Placed]:
    found = []
    for name, (room, product) in DEVICES.items():
        profile = SHELF.get(product)
        assert profile is not None, product
        found.append(Placed(name, room, profile.profile.name, profile.profile))
    return found


class Home:
    """What the devices say; orders take effect at once, as a good device's do."""

    def __init__(self, wishes: dict[str, object] | None = None) -> None:
        self.at, self.values, self.online, self.mode = EVENING, dict[PropertyRef, Known](), True, "home"
        self.director = Director(ZONE, 31.2, 121.5)
        self.outfit = outfit(placed())
        self.director.fit(self.wishes(wishes if wishes is not None else ALL_ON), self.outfit)
        self.all: list[Order] = []
        self.notes: list[tuple[str, str]] = []
        self.say(
            "ac",
            power=False,
            mode="cool",
            target_temperature=24.0,
            temperature=28.5,
            outdoor_temperature=31.0,
        )
        self.say("purifier", power=True, mode="auto", pm2_5=12)
        self.say("lamp", power=True, light_level=80)

    def wishes(self, body: dict[str, object]) -> Wishes:
        return wishes_of(body, rooms=frozenset({"bedroom"}), bands=frozenset({"band", "band2"}))

    def say(self, device: str, **values: Value) -> None:
        for path, value in values.items():
            self.values[PropertyRef(device, path)] = Known(value, Quality.GOOD, self.at)

    def hand(self, device: str, who: str = "Wang", kind: Actor = Actor.PERSON, **values: Value) -> None:
        self.say(device, **values)
        for path in values:
            self.director.changed(self.at, PropertyRef(device, path), Cause("1", kind, who))

    def minute(self, band: tuple[float, int, int] | None = (0.0, 0, 58)) -> Step:
        """One minute later; `band`: movement, steps and pulse."""
        self.at += 60.0
        if band is not None:
            movement, steps, pulse = band
            walked = self.values.get(PropertyRef("band", "steps"))
            before = walked.value if walked is not None and isinstance(walked.value, int) else 0
            self.say("band", movement=movement, steps=before + steps, heart_rate=pulse)
        self._room()
        step = self.director.minute(self.at, self.values.get, lambda _: self.online, self.mode)
        for order in step.orders:
            self.all.append(order)
            self.say(order.ref.device, **{order.ref.path: order.value})
            self.director.ended(self.at, order, done=True)
        self.notes += [(note.what, note.reasons[0].code) for note in step.notes if note.reasons]
        return step

    def value(self, device: str, path: str) -> Value:
        return self.values[PropertyRef(device, path)].value

    def _room(self) -> None:
        """It follows the unit, or the summer night."""
        air, target = self.value("ac", "temperature"), self.value("ac", "target_temperature")
        assert isinstance(air, float)
        assert isinstance(target, float)
        aim = target if self.value("ac", "power") else 29.0
        self.say("ac", temperature=round(air + (aim - air) * 0.06, 2))

    def until(self, stage: Stage, band: tuple[float, int, int], most: int = 240) -> int:
        for passed in range(most):
            self.minute(band)
            if self.director.bedtime.people["wang"].stage is stage:
                return passed
        raise AssertionError(f"never {stage} within {most} min: {self.notes}")


MOVES, STILL = (90.0, 6, 78), (0.0, 0, 55)


def fallen_asleep() -> Home:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    home.until(Stage.ASLEEP, STILL)
    return home


def test_the_band_falls_asleep_and_the_bedroom_listens() -> None:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    assert home.value("purifier", "mode") == "auto"
    home.until(Stage.QUIET, STILL)
    assert home.value("purifier", "mode") == "sleep"
    assert (home.value("lamp", "power"), home.value("lamp", "light_level")) == (True, 10)
    home.until(Stage.ASLEEP, STILL)
    assert home.value("lamp", "power") is False
    assert (home.value("ac", "power"), home.value("ac", "mode")) == (True, "cool")
    assert home.value("ac", "target_temperature") == 26.0
    fell = home.at
    while home.at < fell + 3.5 * 3600:
        home.minute(STILL)
    assert home.value("ac", "target_temperature") == 27.5, "26 and 0.5 an hour, to 1.5 more"
    assert {code for what, code in home.notes if what == "sleep"} >= {"sleep.quiet", "sleep.asleep"}
    causes = {
        order.reasons[0].code for order in home.all if order.ref == PropertyRef("ac", "target_temperature")
    }
    assert "curve.rises" in causes
    assert ("climate", "curve.begins") in home.notes


def test_waking_gives_back_at_once_but_lights_no_lamp_over_somebody() -> None:
    home = fallen_asleep()
    asleep_since = home.at
    for _ in range(90):
        home.minute(STILL)
    taken = home.until(Stage.AWAKE, (160.0, 40, 82), most=6)
    assert taken <= 5, "within five minutes of waking"
    home.minute(MOVES)
    assert home.value("purifier", "mode") == "auto"
    assert home.value("lamp", "power") is False, "whoever gets up switches it on"
    assert home.at - asleep_since < 7200


def test_a_short_waking_gives_the_set_point_back_and_the_curve_goes_on_where_it_would_be() -> None:
    home = fallen_asleep()
    fell = home.at
    while home.at < fell + 2.2 * 3600:
        home.minute(STILL)
    assert home.value("ac", "target_temperature") == 27.0
    home.until(Stage.AWAKE, (160.0, 40, 82), most=5)
    for _ in range(4):
        home.minute(MOVES)
    assert home.value("ac", "target_temperature") == 26.0, "while awake it is nobody's night"
    home.until(Stage.ASLEEP, STILL)
    home.minute(STILL)
    assert home.at < fell + 3 * 3600
    assert home.value("ac", "target_temperature") == 27.0, "the second hour of the night, not the first again"


def test_a_hand_wins_and_is_remembered() -> None:
    home = fallen_asleep()
    home.minute(STILL)
    home.hand("ac", target_temperature=24.0)
    for _ in range(60):
        home.minute(STILL)
    assert home.value("ac", "target_temperature") == 24.0
    decision = home.director.decided["bedroom"]
    assert decision.by == "hand"
    assert decision.reasons[0].figures["who"] == "Wang"
    home.director.climate.rooms["bedroom"].release()
    home.director.think("bedroom")
    home.minute(STILL)
    assert home.value("ac", "target_temperature") >= 26.0


def test_a_hand_at_the_appliance_itself_is_one_too_and_ours_is_none() -> None:
    home = fallen_asleep()
    ordered = [order for order in home.all if order.ref.device == "ac"]
    assert ordered
    for order in ordered:
        home.director.changed(home.at, order.ref, Cause("2", Actor.COMFORT, "climate"))
    home.minute(STILL)
    assert home.director.decided["bedroom"].by != "hand"
    home.hand("ac", who="ac", kind=Actor.DEVICE, power=False)
    for _ in range(30):
        home.minute(STILL)
    assert home.value("ac", "power") is False
    assert home.director.decided["bedroom"].reasons[0].code == "hand_off"


def test_what_somebody_set_in_the_night_is_not_given_back() -> None:
    home = fallen_asleep()
    home.hand("purifier", mode="favorite")
    home.until(Stage.AWAKE, (160.0, 40, 82), most=6)
    home.minute(MOVES)
    assert home.value("purifier", "mode") == "favorite"


def test_nothing_acts_before_it_was_switched_on_and_everything_is_watched() -> None:
    home = Home({"people": [WANG]})
    for _ in range(30):
        home.minute(MOVES)
    home.until(Stage.ASLEEP, STILL)
    assert home.all == []
    assert ("sleep", "sleep.asleep") in home.notes
    assert home.director.climate.rooms["bedroom"].air == home.value("ac", "temperature")
    home.director.fit(switched(home.director.wishes, "bedroom", "climate", on=True), home.outfit)
    home.minute(STILL)
    assert {order.feature for order in home.all} == {"climate"}


def test_a_silent_band_moves_nothing_and_says_so() -> None:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    before = len([order for order in home.all if order.feature == "sleep"])
    for _ in range(40):
        home.minute(None)
    assert home.director.bedtime.people["wang"].stage is Stage.UNKNOWN
    assert ("sleep", "sleep.band_silent") in home.notes
    assert len([order for order in home.all if order.feature == "sleep"]) == before


def test_two_people_with_one_band_are_told_apart_by_nobody() -> None:
    home = Home({**ALL_ON, "people": [WANG, {**WANG, "id": "li", "name": "Li"}]})
    assert [note.reasons[0].code for note in home.director.faults] == ["sleep.shared_band"]
    for _ in range(120):
        home.minute(STILL)
    assert {one.stage for one in home.director.bedtime.people.values()} == {Stage.UNKNOWN}
    assert not [order for order in home.all if order.feature == "sleep"]


def test_away_switches_off_and_nobody_is_thought_home() -> None:
    home = Home()
    home.say("ac", power=True, target_temperature=26.0)
    home.mode = "away"
    for _ in range(20):
        home.minute(None)
    assert home.value("ac", "power") is False
    assert home.director.climate.presence.home is False


def test_a_unit_that_refuses_is_left_alone_and_said() -> None:
    home = Home()
    for _ in range(180):
        home.at += 60.0
        home.say("ac", temperature=30.0)
        step = home.director.minute(home.at, home.values.get, lambda _: True, "home")
        for order in step.orders:
            home.director.ended(home.at, order, done=False)
        home.all += [order for order in step.orders if order.ref.device == "ac"]
    decision = home.director.decided["bedroom"]
    assert "unit_refuses" in {why.code for why in decision.reasons}
    assert len(home.all) < 40, "it is not asked every minute"


def test_a_bit_that_the_unit_does_not_take_is_not_told_every_minute() -> None:
    home = Home()
    home.say("ac", bracelet_control=False)
    for _ in range(60):
        home.at += 60.0
        for order in home.director.minute(home.at, home.values.get, lambda _: True, "home").orders:
            if order.ref.path == "bracelet_control":
                home.all.append(order)
                home.director.ended(home.at, order, done=False)
    assert len(home.all) == 3
    home.at += 86_400.0
    assert PropertyRef("ac", "bracelet_control") in {
        order.ref for order in home.director.minute(home.at, home.values.get, lambda _: True, "home").orders
    }


def test_it_goes_on_after_a_restart_as_if_nothing_had_happened() -> None:
    home, twin = fallen_asleep(), fallen_asleep()
    again = Director.of_json(twin.director.to_json(), ZONE, 31.2, 121.5)
    again.fit(twin.director.wishes, twin.outfit)
    twin.director = again
    for _ in range(120):
        home.minute(STILL)
        twin.minute(STILL)
    assert {name: one.stage for name, one in twin.director.bedtime.people.items()} == {"wang": Stage.ASLEEP}
    assert twin.value("ac", "target_temperature") == home.value("ac", "target_temperature")
    home.until(Stage.AWAKE, (160.0, 40, 82), most=6)
    twin.until(Stage.AWAKE, (160.0, 40, 82), most=6)
    assert twin.value("purifier", "mode") == "auto"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"rooms": {"attic": {}}}, "rooms.attic"),
        ({"rooms": {"bedroom": {"heat": True}}}, "rooms.bedroom.heat"),
        ({"rooms": {"bedroom": {"air": 1}}}, "rooms.bedroom.air"),
        ({"rooms": []}, "rooms"),
        ({"people": [{**WANG, "band": "watch"}]}, "people.0.band"),
        ({"people": [WANG, WANG]}, "people.1.id"),
        ({"people": [{**WANG, "curve": {"start": 5}}]}, "people.0.curve"),
        ({"people": [{**WANG, "curve": {"start": True}}]}, "people.0.curve.start"),
        ({"people": [{**WANG, "name": "x" * 81}]}, "people.0.name"),
        ({"people": {}}, "people"),
        ({"taste": {"worth": 99}}, "taste.worth"),
        ({"taste": {"tolerance": float("nan")}}, "taste.tolerance"),
        ({"colour": 1}, "colour"),
        ({"tariff": 5}, "tariff"),
    ],
)
def test_wishes_that_mean_nothing_are_refused_by_name(body: dict[str, object], where: str) -> None:
    with pytest.raises(OutOfDefinition) as caught:
        wishes_of(body, rooms=frozenset({"bedroom"}), bands=frozenset({"band"}))
    assert caught.value.property_name == where


def test_wishes_there_and_back() -> None:
    wishes = wishes_of(ALL_ON, rooms=frozenset({"bedroom"}), bands=frozenset({"band"}))
    assert wishes_of(wishes.as_json(), rooms=frozenset({"bedroom"}), bands=frozenset({"band"})) == wishes
    assert switched(wishes, "bedroom", "air", on=False).room("bedroom").air is False
    with pytest.raises(OutOfDefinition, match="climate, sleep, air"):
        switched(wishes, "bedroom", "heat", on=True)


@pytest.mark.parametrize("before", [59.0, 11.0, 9.0, 1.0])
def test_a_hand_just_before_a_look_is_not_undone(before: float) -> None:
    home = Home()
    for _ in range(5):
        home.minute(MOVES)
    assert home.value("ac", "power") is True
    home.at += 60.0 - before
    home.hand("ac", power=False)
    home.at -= 60.0 - before
    home.director.think("bedroom")
    for _ in range(4):
        home.minute(MOVES)
        assert home.value("ac", "power") is False
    hold = home.director.climate.rooms["bedroom"].hold
    assert hold is not None
    assert hold.target is None
