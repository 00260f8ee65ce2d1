"""What purifiers can be set to, who will breathe, and what is wrong with a sensor: of every purifier that ships and of made-up ones."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.comfort.air_ahead import BY_DAY, Scene, stages
from jiahe.comfort.air_plan import MOST_STAGES, NIGHT_NOISE
from jiahe.comfort.air_watch import AirWatch
from jiahe.comfort.air_ways import Ways, ways
from jiahe.comfort.sleep_habit import Habit, Night
from jiahe.model.definition import Kind, PropertyDef, Value
from jiahe.model.happening import PropertyRef, Quality

SHELF = Shelf.shipped()
SHIPPED = [
    "zhimi.airp.mb5", "zhimi.airpurifier.ma4", "zhimi.airpurifier.mb4", "zhimi.airpurifier.v3", "zhimi.airpurifier.m1",
    "midea.fc.air_purifier",
]  # fmt: skip
ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_784_520_000.0


class Known:
    def __init__(self, value: Value) -> None:
        self.value, self.quality, self.observed_at = value, Quality.GOOD, NOON


def found(*definitions: PropertyDef) -> Ways:
    made = ways({PropertyRef("p", one.path): one for one in definitions}, "p")
    assert made is not None
    return made


def switch() -> PropertyDef:
    return PropertyDef("power", Kind.BOOL, writable=True)


@pytest.mark.parametrize("product", SHIPPED)
def test_every_purifier_that_ships_has_levels_that_it_takes_and_a_silent_one(product: str) -> None:
    profile = SHELF.get(product)
    assert profile is not None
    definitions = {PropertyRef("p", path): one for path, one in profile.profile.properties.items()}
    made = ways(definitions, "p")
    assert made is not None
    assert not made.own
    shares = [level.share for level in made.levels]
    assert shares == sorted(shares)
    assert len(set(shares)) == len(shares) >= 3
    assert shares[0] == 0
    assert shares[-1] >= 0.75
    assert [level.value for level in made.levels] == list(range(len(shares)))
    quiet = [level for level in made.levels if 0 < level.noise <= NIGHT_NOISE]
    assert len(quiet) == 1, "at night it is left to its own quiet mode"
    assert made.of(quiet[0]).values[0][1] in ("sleep", "silent")
    for way in made.ways:
        view: dict[PropertyRef, Known] = {PropertyRef("p", "power"): Known(way.level.share > 0)}
        for path, value in way.values:
            assert definitions[PropertyRef("p", path)].check(value) == value
            view[PropertyRef("p", path)] = Known(value)
        assert made.standing(view.get, "p") == way.level
        assert made.share(view.get, "p") == way.level.share


def test_made_up_ones_are_read_by_what_they_have() -> None:
    assert ways({}, "p") is None
    only = found(switch(), PropertyDef("mode", Kind.ENUM, choices=("auto",), writable=True))
    assert only.own
    assert only.ways[1].values == (("mode", "auto"),)
    assert only.share({PropertyRef("p", "power"): Known(True)}.get, "p") is None
    assert only.share({PropertyRef("p", "power"): Known(False)}.get, "p") == 0
    steps = found(switch(), PropertyDef("fan_level", Kind.INT, low=1, high=3, step=1, writable=True))
    assert [way.values for way in steps.ways[1:]] == [(("fan_level", value),) for value in (1, 2, 3)]
    percent = found(
        switch(), PropertyDef("fan_percent", Kind.FLOAT, unit="%", low=0, high=100, writable=True)
    )
    assert [way.level.share for way in percent.ways[1:]] == [0.19, 0.235, 0.35, 0.5, 0.7, 1.0]
    words = found(
        switch(), PropertyDef("fan_mode", Kind.ENUM, choices=("low", "medium", "high"), writable=True)
    )
    assert [way.values[0][1] for way in words.ways[1:]] == ["low", "medium", "high"]
    unknown = {PropertyRef("p", "power"): Known(True), PropertyRef("p", "fan_mode"): Known("whirl")}
    assert words.standing(unknown.get, "p") is None
    with pytest.raises(KeyError):
        words.of(steps.levels[-1].__class__(99, 1.0, 1.0, 1.0))


def test_a_motor_tells_the_share_where_the_mode_does_not() -> None:
    profile = SHELF.get("zhimi.airpurifier.mb4")
    assert profile is not None
    made = ways({PropertyRef("p", path): one for path, one in profile.profile.properties.items()}, "p")
    assert made is not None
    view = {
        PropertyRef("p", "power"): Known(True), PropertyRef("p", "mode"): Known("auto"), PropertyRef("p", "fan_rpm"): Known(1100)
    }  # fmt: skip
    assert made.standing(view.get, "p") is None
    assert made.share(view.get, "p") == 0.5


# ---- who will breathe -------------------------------------------------------------------------------------------------

HABIT = Habit([Night(day, 660.0, 1140.0) for day in range(739_800, 739_816)])


def scene(at: float, **given: object) -> Scene:
    usual: dict[str, object] = {
        "home": True, "seen": None, "quiet": False, "asleep": False, "awake": True, "chances": lambda: [1.0] * 96, "habits": [HABIT],
        "bedroom": True,
    }  # fmt: skip
    return Scene(at=at, **{**usual, **given})  # type: ignore[arg-type]


def test_the_night_that_comes_is_seen_and_the_air_fades_into_the_usual() -> None:
    at = NOON + 10 * 3600  # ten in the evening; they sleep from eleven to seven
    ahead = stages(scene(at), ZONE, 90.0, 35.0)
    assert len(ahead) == MOST_STAGES
    asleep = [n for n, stage in enumerate(ahead) if stage.asleep]
    assert (asleep[0], asleep[-1]) == (4, 35)
    assert ahead[0].there == BY_DAY
    assert min(ahead[n].there for n in asleep) >= 0.95
    assert ahead[0].outdoor == 90.0
    assert 35.0 < ahead[-1].outdoor < 90.0


def test_whoever_sleeps_now_sleeps_until_their_usual_waking_and_an_empty_home_breathes_nothing() -> None:
    three = datetime(2026, 7, 21, 3, tzinfo=ZONE).timestamp()
    ahead = stages(scene(three, quiet=True, asleep=True, awake=False), ZONE, 35.0, 35.0)
    assert [stage.asleep for stage in ahead[:17]] == [True] * 16 + [False]
    assert ahead[0].there == ahead[8].there == 1.0
    nobody = stages(scene(three, quiet=True, habits=[], home=None), ZONE, 35.0, 35.0)
    assert sum(stage.asleep for stage in nobody) == 32, "eight hours of whom no habit is known"
    away = stages(scene(NOON, home=False, chances=lambda: [0.0] * 96), ZONE, 35.0, 35.0)
    assert {stage.there for stage in away} == {0.0}


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, BY_DAY), ({"bedroom": False}, 1.0), ({"home": None}, 1.0), ({"home": False}, 0.0), ({"seen": True}, 1.0),
        ({"seen": False, "bedroom": False}, 0.0), ({"quiet": True, "home": False}, 1.0),
    ],
)  # fmt: skip
def test_who_is_there_now_is_told_by_the_best_that_tells(given: dict[str, object], there: float) -> None:
    assert scene(NOON, **given).there == there


# ---- faults --------------------------------------------------------------------------------------------------------------


def test_clean_air_stands_still_rightly_and_a_pan_of_fish_is_no_fault() -> None:
    watch = AirWatch()
    for minute in range(20 * 60):
        assert watch.told(NOON + 60 * minute, 2.0, running=True) == 2.0
    assert watch.sensor(NOON + 20 * 3600) is None
    fish = AirWatch()
    for minute in range(120):
        assert (
            fish.told(NOON + 60 * minute, 12.0 if minute < 5 else 300.0 * 0.97**minute, running=True)
            is not None
        )
    assert fish.sensor(NOON + 7200) is None


SAID = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-10, 3000))


@given(st.lists(st.tuples(SAID, st.booleans(), st.floats(0, 4000)), max_size=60))
def test_whatever_a_sensor_says_only_what_can_be_is_believed(
    steps: list[tuple[float | None, bool, float]],
) -> None:
    watch, at = AirWatch(), NOON
    for value, running, passed in steps:
        at += passed
        believed = watch.told(at, value, running=running)
        assert believed is None or (believed == value and 0 <= believed <= 2000)
        assert len(watch.jumps) <= 20
        kept = json.loads(json.dumps(watch.to_json()))
        assert AirWatch.of_json(kept).to_json() == kept
        watch.sensor(at)
        watch.rests(at)
