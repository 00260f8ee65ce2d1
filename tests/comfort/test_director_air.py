"""The whole of comfort with clean air on: the night has one voice, rooms tell that somebody is home, old memories are read."""

from __future__ import annotations

import json

import pytest
from tests.comfort.test_director import EVENING, MOVES, STILL, WANG, ZONE, Home, placed

from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.sleep import Stage
from jiahe.comfort.wishes import Wishes
from jiahe.model.definition import Kind, Profile, PropertyDef

ALL: dict[str, object] = {
    "rooms": {"bedroom": {"climate": True, "sleep": True, "air": True}},
    "people": [WANG],
}
SENSOR = Profile("occupancy_sensor", {"occupied": PropertyDef("occupied", Kind.BOOL, trait="presence")})


def test_one_voice_makes_the_purifier_quiet_and_gives_it_its_work_back() -> None:
    home = Home(ALL)
    home.say("purifier", pm2_5=80)
    for _ in range(30):
        home.minute(MOVES)
    home.say("purifier", pm2_5=81)
    assert (home.value("purifier", "mode"), home.value("purifier", "favorite_speed")) == ("favorite", 2200)
    home.until(Stage.QUIET, STILL)
    assert home.value("purifier", "mode") == "sleep", "the same minute"
    orders = len([order for order in home.all if order.ref.device == "purifier"])
    for minute in range(120):
        home.say("purifier", pm2_5=80 + minute % 3)
        home.minute(STILL)
        assert home.value("purifier", "mode") == "sleep"
    assert len([order for order in home.all if order.ref.device == "purifier"]) == orders, "nobody fights"
    home.until(Stage.AWAKE, (160.0, 40, 82), most=8)
    home.minute(MOVES)
    assert home.value("purifier", "mode") == "sleep", "who gets up for a glass of water at two hears no fan"
    for _ in range(25):
        home.minute(MOVES)
    assert home.value("purifier", "mode") == "favorite", "who stays up does"
    assert {order.feature for order in home.all if order.ref.device == "purifier"} == {"air"}


def watched(mode: str = "home") -> Home:
    """A home without bands whose study sees who is there."""
    home = Home({"rooms": {"bedroom": {"air": True}}, "people": []})
    home.mode = mode
    home.outfit = outfit([*placed(), Placed("eye", "study", "occupancy_sensor", SENSOR)])
    home.director.fit(Wishes(home.director.wishes.rooms), home.outfit)
    return home


def test_rooms_tell_that_somebody_is_home_and_by_day_that_nobody_is() -> None:
    home = watched()
    home.at = EVENING + 11 * 3600  # ten in the morning
    home.minute(None)
    assert home.director.climate.presence.home is None, "a sensor that said nothing tells nothing"
    home.say("eye", occupied=True)
    home.minute(None)
    assert home.director.climate.presence.home is True
    home.say("eye", occupied=False)
    for _ in range(170):
        home.minute(None)
    assert home.director.climate.presence.home is True, "somebody reads"
    for _ in range(20):
        home.minute(None)
    assert home.director.climate.presence.home is False
    home.say("eye", occupied=True)
    home.minute(None)
    assert home.director.climate.presence.home is True


def test_at_night_sleepers_are_not_taken_for_nobody() -> None:
    home = watched()
    home.say("eye", occupied=True)
    home.minute(None)
    home.say("eye", occupied=False)
    for _ in range(8 * 60):
        home.minute(None)
    assert home.director.climate.presence.home is True
    away = watched("away")
    away.say("eye", occupied=True)
    away.minute(None)
    assert away.director.climate.presence.home is False, "what people said holds"


@pytest.mark.parametrize("without", [("air",), ("advice",), ("air", "advice")])
def test_a_memory_from_before_there_was_clean_air_is_understood(without: tuple[str, ...]) -> None:
    home = Home(ALL)
    for _ in range(30):
        home.minute(MOVES)
    kept = json.loads(json.dumps(home.director.to_json()))
    assert set(kept["air"]) == {"bedroom"}
    assert set(kept["advice"]) == {"bedroom"}
    again = Director.of_json(
        {name: value for name, value in kept.items() if name not in without}, ZONE, 31.2, 121.5
    )
    again.fit(home.director.wishes, home.outfit)
    assert set(again.air.rooms) == {"bedroom"}
    whole = Director.of_json(kept, ZONE, 31.2, 121.5)
    whole.fit(home.director.wishes, home.outfit)
    assert json.loads(json.dumps(whole.to_json()))["air"] == kept["air"]


def test_a_forgotten_room_keeps_its_filter() -> None:
    home = Home(ALL)
    home.say("purifier", pm2_5=120, filter_life=40)
    for _ in range(60):
        home.minute(MOVES)
    caught = home.director.air.rooms["bedroom"].filter.caught
    assert caught > 0.6 * 12_000
    home.director.forget("bedroom")
    assert home.director.air.rooms["bedroom"].filter.caught == caught
    assert home.director.air.rooms["bedroom"].fit.steps == 0
