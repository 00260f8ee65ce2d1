"""A sensor that people named stands outdoors: what it may be, what is believed of it and for how long, and what then changes."""

from __future__ import annotations

import pytest
from tests.comfort.test_director import EVENING, WANG, ZONE, Home, Known, placed

from jiahe.comfort.advice import Air, drier_outside
from jiahe.comfort.air_room import RoomAir
from jiahe.comfort.air_seen import USUAL
from jiahe.comfort.director import Director
from jiahe.comfort.outdoors import STALE, Outside, outside
from jiahe.comfort.outfit import Outfit, Placed, outfit, weathers
from jiahe.comfort.wishes import switched, wishes_of
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import PropertyRef, Quality

ROOMS, BANDS = frozenset({"bedroom"}), frozenset({"band", "band2"})
NAMED = {"rooms": {"bedroom": {"air": True}}, "people": [WANG], "outdoor": "balcony"}


def measures(*paths: str, kind: str = "air_quality_sensor", writable: bool = False) -> Profile:
    return Profile(
        kind,
        {path: PropertyDef(path, Kind.FLOAT, trait="air_quality", writable=writable) for path in paths},
    )


SENSOR = Placed("balcony", "bedroom", "air_quality_sensor", measures("pm2_5", "temperature", "humidity"))
WINDOW = Placed(
    "window",
    "bedroom",
    "contact_sensor",
    Profile("contact_sensor", {"contact": PropertyDef("contact", Kind.BOOL, trait="opening")}),
)


class Balcony(Home):
    """The bedroom, with a contact at its window and a sensor that is listed in it and hangs outside."""

    def __init__(self, outdoor: str = "balcony") -> None:
        super().__init__({**NAMED, "outdoor": ""})
        self.at = EVENING + 14 * 3600  # one in the afternoon: advice is silent at night
        self.outfit = outfit([*placed(), SENSOR, WINDOW], outdoor)
        found = wishes_of(
            {**NAMED, "outdoor": outdoor}, rooms=ROOMS, bands=BANDS, sensors=frozenset({"balcony"})
        )
        self.director.fit(found, self.outfit)
        self.told: dict[str, float] | None = {"pm2_5": 150.0, "temperature": 33.0, "humidity": 40.0}
        self.indoors, self.codes = 20.0, list[str]()

    def live(self, minutes: int) -> None:
        for _ in range(minutes):
            self.say("purifier", pm2_5=self.indoors)
            if self.told is not None:
                self.say("balcony", **self.told)
            step = self.minute(None)
            self.codes += [note.reasons[0].code for note in step.notes if note.what == "advice"]

    @property
    def room(self) -> RoomAir:
        return self.director.air.rooms["bedroom"]

    def believes(self) -> None:
        """The room is known, as after days."""
        fit = self.room.fit
        fit._at = [0.35, 0.5, 4.0, 3.0]
        fit._off, fit._dull, fit._hours = 1.0, 20.0, 48
        assert self.room.trusted


@pytest.mark.parametrize("body", [{}, {"outdoor": ""}])
def test_a_body_without_a_sensor_names_none(body: dict[str, object]) -> None:
    found = wishes_of(body, rooms=ROOMS, bands=BANDS)
    assert found.outdoor == ""
    assert found.as_json()["outdoor"] == ""


@pytest.mark.parametrize("wrong", ["purifier", "attic", 5, None, ["balcony"]])
def test_only_a_sensor_of_this_home_is_named(wrong: object) -> None:
    with pytest.raises(OutOfDefinition, match="sensor of this home") as caught:
        wishes_of({"outdoor": wrong}, rooms=ROOMS, bands=BANDS, sensors=frozenset({"balcony"}))
    assert caught.value.property_name == "outdoor"


def test_the_sensor_stays_named_there_and_back() -> None:
    sensors = frozenset({"balcony"})
    found = wishes_of(NAMED, rooms=ROOMS, bands=BANDS, sensors=sensors)
    assert found.outdoor == "balcony"
    assert wishes_of(found.as_json(), rooms=ROOMS, bands=BANDS, sensors=sensors) == found
    assert switched(found, "bedroom", "air", on=False).outdoor == "balcony"


def test_who_may_stand_outdoors() -> None:
    may = [one.id for one in [*placed(), SENSOR, WINDOW] if weathers(one)]
    assert may == ["balcony"]
    for kind in ("generic", "temperature_sensor", "thermostat", "contact_sensor"):
        assert weathers(Placed("x", "", kind, measures("temperature", kind=kind))) == {"temperature"}
    for kind in ("air_purifier", "room_air_conditioner", "refrigerator", "oven", "dehumidifier"):
        assert not weathers(Placed("x", "", kind, measures("temperature", "pm2_5", kind=kind)))
    assert not weathers(Placed("x", "", "thermostat", measures("temperature", writable=True)))
    assert not weathers(Placed("x", "", "air_quality_sensor", measures("co2")))


def test_its_readings_are_not_its_rooms_and_only_what_was_named_is_believed() -> None:
    inside, named = outfit([*placed(), SENSOR]), outfit([*placed(), SENSOR], "balcony")
    assert PropertyRef("balcony", "pm2_5") in inside.rooms["bedroom"].readings["pm2_5"]
    assert (inside.sensor, inside.weather) == ("", frozenset())
    for refs in named.rooms["bedroom"].readings.values():
        assert "balcony" not in {ref.device for ref in refs}
    assert (named.sensor, named.weather) == ("balcony", frozenset({"pm2_5", "temperature", "humidity"}))
    assert outfit([*placed(), SENSOR], "purifier") == inside, "a purifier never stands outdoors"
    assert outfit([*placed(), SENSOR], "attic") == inside
    alone = outfit([Placed("balcony", "balcony-room", SENSOR.kind, SENSOR.profile)], "balcony")
    assert alone.rooms == {}


def seen(home: Outfit, values: dict[str, Known], at: float = 0.0) -> Outside:
    known = {PropertyRef("balcony", path): one for path, one in values.items()}
    known[PropertyRef("ac", "outdoor_temperature")] = Known(31.0, Quality.GOOD, 0.0)
    return outside(at, known.get, home)


def test_what_is_measured_is_believed_for_two_hours_and_then_the_unit_tells_the_temperature() -> None:
    home = outfit([*placed(), SENSOR], "balcony")
    good = {
        "pm2_5": Known(80.0, Quality.GOOD, 0.0),
        "temperature": Known(33.5, Quality.GOOD, 0.0),
        "humidity": Known(40.0, Quality.GOOD, 0.0),
    }
    assert seen(home, good) == Outside(80.0, 33.5, 40.0)
    assert seen(home, good, STALE) == Outside(80.0, 33.5, 40.0)
    without = Outside(None, 31.0, None)
    assert seen(home, good, STALE + 1) == without
    assert seen(home, good, -STALE - 1) == without, "the clock was set back"
    assert seen(outfit([*placed(), SENSOR]), good) == without, "nobody named it"
    for quality in Quality:
        if quality is not Quality.GOOD:
            told = {path: Known(one.value, quality, 0.0) for path, one in good.items()}
            assert seen(home, told) == without
    broken = {path: Known(value, Quality.GOOD, 0.0) for path, value in
              (("pm2_5", -1.0), ("temperature", 85.0), ("humidity", 40.0))}  # fmt: skip
    assert seen(home, broken) == without, "humidity is relative to a temperature"
    nothing = {path: Known(float("nan"), Quality.GOOD, 0.0) for path in good}
    assert seen(home, nothing) == without


def test_the_window_is_better_closed_where_somebody_measures_that() -> None:
    home = Balcony()
    home.say("window", contact=False)
    home.live(30)
    assert home.codes == ["advice.close"]
    assert home.director.advising.of("bedroom")[0].figures == {"indoor": 20, "outdoor": 150}
    home.told = None
    home.live(int(STALE // 60) + 2)
    assert home.director.advising.of("bedroom") == (), "two hours later nobody knows"
    unnamed = Balcony("")
    unnamed.say("window", contact=False)
    unnamed.live(30)
    assert "advice.close" not in unnamed.codes


def test_a_stuffy_room_hears_of_the_dirty_air_outside() -> None:
    home = Balcony()
    study = Placed("nose", "study", "air_quality_sensor", measures("co2", "pm2_5"))
    home.outfit = outfit([*placed(), SENSOR, WINDOW, study], "balcony")
    home.director.fit(home.director.wishes, home.outfit)
    for _ in range(15):
        home.say("nose", co2=1500.0, pm2_5=10.0)
        home.live(1)
    assert home.codes == ["advice.stuffy_dirty_outside"], "in a room without a purifier too"


def test_the_plan_and_what_is_learned_use_the_measured_air_and_then_reckon_from_there() -> None:
    home = Balcony()
    home.live(1)
    assert (home.room.outdoor, home.room.measured) == (150.0, True)
    home.believes()
    learned: list[float] = []
    learn = home.room.fit.learn

    def spy(before: float, after: float, outdoor: float, share: float, hours: float) -> None:
        learned.append(outdoor)
        learn(before, after, outdoor, share, hours)

    home.room.fit.learn = spy  # type: ignore[method-assign]
    home.live(60)
    assert learned
    assert learned == pytest.approx([150.0] * len(learned))
    assert home.room.outdoor == 150.0, "what is measured is not reckoned"
    usual = home.room.usual
    assert USUAL < usual < 50.0, "an hour of it is no week"
    home.told = None
    home.live(int(STALE // 60) + 1)
    assert home.room.measured is False
    assert home.room.outdoor < 150.0, "reckoned again, from what was measured last"
    usual = home.room.usual
    home.live(60)
    assert home.room.usual == usual, "of what nobody measures no mean is made"


def test_the_purifier_works_harder_against_air_that_is_known_to_be_dirty() -> None:
    shares = {}
    for dust in (5.0, 300.0):
        home = Balcony()
        home.indoors, home.told = 12.0, {"pm2_5": dust}
        home.live(1)
        home.believes()
        home.director.think("bedroom")
        home.live(1)
        decision = home.room.decision
        assert decision is not None
        assert decision.by == "plan"
        assert decision.level is not None
        shares[dust] = decision.level.share
    assert shares[300.0] > shares[5.0]


def test_climate_is_told_the_sensors_temperature_and_the_units_when_it_is_silent() -> None:
    home = Balcony()
    home.live(1)
    climate = home.director.climate.rooms["bedroom"]
    assert climate.outdoor == 33.0
    home.told = None
    home.live(int(STALE // 60) + 2)
    assert climate.outdoor == 31.0
    assert Balcony("").director.outfit.outdoor == home.outfit.outdoor


def test_airing_dries_by_the_humidity_that_is_measured() -> None:
    damp = Air(0.0, False, humidity=66.0, temperature=24.0, cold=23.0, open=False)
    assert not drier_outside(damp), "it might rain"
    assert drier_outside(Air(0.0, False, humidity=66.0, temperature=24.0, cold=23.0, open=False, wet=40.0))
    assert not drier_outside(
        Air(0.0, False, humidity=66.0, temperature=24.0, cold=23.0, open=False, wet=90.0)
    )


def test_what_was_measured_outlasts_a_restart_and_an_older_memory_begins_with_the_usual() -> None:
    home = Balcony()
    home.live(60)
    kept = home.director.to_json()
    again = Director.of_json(kept, ZONE, 31.2, 121.5)
    again.fit(home.director.wishes, home.outfit)
    assert again.air.rooms["bedroom"].usual == home.room.usual
    older = {key: one for key, one in kept["air"]["bedroom"].items() if key not in ("usual", "met")}
    before = Director.of_json({**kept, "air": {"bedroom": older}}, ZONE, 31.2, 121.5)
    before.fit(home.director.wishes, home.outfit)
    assert before.air.rooms["bedroom"].usual == USUAL
