"""What a person is told about the air of a room: by bounds with hysteresis, not too often, and never at night."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.advice import AGAIN, FILTER_AGAIN, Advisor, Air, airing, wall_humidity
from jiahe.comfort.advising import Advising
from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.words import SENTENCES
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.happening import PropertyRef, Quality

NOON = 1_784_520_000.0
ZONE = ZoneInfo("Asia/Shanghai")
FRESH = Air(NOON, False)


def told(
    air: Air, minutes: int, advisor: Advisor | None = None, *, start: float = NOON
) -> list[tuple[int, str]]:
    """The minute and the code of everything said while the air stays so."""
    advisor = advisor or Advisor()
    found = []
    for minute in range(minutes):
        for why in advisor.look(replace(air, at=start + 60.0 * minute)):
            for language in ("en", "zh"):
                SENTENCES[why.code][language].format(**why.figures)
            found.append((minute, why.code))
    return found


@pytest.mark.parametrize(
    ("air", "code", "after"),
    [
        (replace(FRESH, co2=1200.0), "advice.open_unknown", 10),
        (replace(FRESH, co2=1200.0, pm2_5=20.0, outdoor=18.0), "advice.open", 10),
        (replace(FRESH, co2=1200.0, pm2_5=10.0, outdoor=90.0), "advice.stuffy_dirty_outside", 10),
        (replace(FRESH, humidity=30.0), "advice.dry", 30),
        (replace(FRESH, humidity=70.0), "advice.damp", 30),
        (replace(FRESH, humidity=70.0, dryer=True), "advice.damp_dry", 30),
        (replace(FRESH, humidity=66.0, temperature=20.0, cold=11.0), "advice.open_humid", 30),
        (replace(FRESH, humidity=70.0, temperature=19.0, cold=0.0), "advice.mould", 30),
        (replace(FRESH, pm2_5=80.0, outdoor=20.0), "advice.air", 15),
        (replace(FRESH, pm2_5=20.0, outdoor=80.0, open=True), "advice.close", 15),
        (replace(FRESH, filter=0.08), "advice.filter", 0),
        (replace(FRESH, filter=0.08, filter_days=9.0), "advice.filter_days", 0),
    ],
)
def test_what_lasts_is_said_once_in_its_time(air: Air, code: str, after: int) -> None:
    again = FILTER_AGAIN if code.startswith("advice.filter") else AGAIN
    assert told(air, int(again // 60) + after) == [(after, code)]
    said = told(air, int(2 * again // 60) + after)
    assert said == [(after, code), (after + int(again // 60), code)]


@pytest.mark.parametrize(
    "air",
    [
        FRESH,
        replace(FRESH, co2=990.0, humidity=50.0, pm2_5=12.0, outdoor=40.0, filter=0.5),
        replace(FRESH, co2=1500.0, open=True),
        replace(FRESH, pm2_5=80.0, outdoor=75.0),
        replace(FRESH, pm2_5=20.0, outdoor=80.0, open=True, reckoned=True),
        replace(FRESH, co2=math.nan, humidity=math.inf),
    ],
)
def test_what_is_well_done_or_unknown_is_not_spoken_of(air: Air) -> None:
    assert told(air, 600) == []


def test_an_edge_says_nothing_twice_and_what_ended_holds_no_more() -> None:
    advisor = Advisor()
    told(replace(FRESH, co2=1010.0), 12, advisor)
    assert [why.code for why in advisor.now] == ["advice.open_unknown"]
    advisor.look(replace(FRESH, at=NOON + 800, co2=990.0))
    assert advisor.now, "between the bounds it still holds"
    advisor.look(replace(FRESH, at=NOON + 860, co2=790.0))
    assert advisor.now == ()
    assert told(replace(FRESH, co2=1010.0), 60, advisor, start=NOON + 900) == [], "said not long ago"


def test_nobody_is_woken_and_in_the_morning_it_is_said() -> None:
    advisor = Advisor()
    stuffy = replace(FRESH, co2=1800.0, night=True)
    assert told(stuffy, 480, advisor) == []
    assert advisor.now, "who looks sees it"
    assert told(replace(stuffy, night=False), 2, advisor, start=NOON + 480 * 60) == [
        (0, "advice.open_unknown")
    ]


def test_a_clock_that_goes_back_silences_nothing() -> None:
    advisor = Advisor()
    assert told(replace(FRESH, co2=1200.0), 11, advisor)
    assert told(replace(FRESH, co2=1200.0), 11, advisor, start=NOON - 90_000)


def test_the_coldest_wall_and_the_window() -> None:
    wall = wall_humidity(Air(NOON, False, humidity=50.0, temperature=20.0, cold=-5.0))
    assert wall == pytest.approx(80.0, abs=1.0), (
        "DIN 4108-2: 20 Cel, 50 % and -5 Cel give 80 % at a factor of 0.7"
    )
    assert wall_humidity(Air(NOON, False, humidity=50.0, temperature=20.0, cold=25.0)) is None
    assert [airing(co2) for co2 in (900.0, 1500.0, 5000.0)] == [5, 15, 30]


MAYBE = st.one_of(st.none(), st.floats(0, 5000))
PART = st.one_of(st.none(), st.floats(0, 100))
AIR = st.builds(
    Air,
    st.just(NOON),
    st.booleans(),
    MAYBE,
    PART,
    st.one_of(st.none(), st.floats(-30, 50)),
    st.one_of(st.none(), st.floats(-40, 50)),
    MAYBE,
    MAYBE,
    st.booleans(),
    st.one_of(st.none(), st.booleans()),
    st.booleans(),
    st.one_of(st.none(), st.floats(0, 1)),
    st.one_of(st.none(), st.floats(0, 4000)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(AIR, st.integers(1, 90)), max_size=12))
def test_whatever_happens_it_is_quiet_at_night_and_never_says_more_than_its_share(
    spans: list[tuple[Air, int]],
) -> None:
    advisor, at, said = Advisor(), NOON, dict[str, float]()
    for air, minutes in spans:
        for _ in range(minutes):
            at += 60.0
            for why in advisor.look(replace(air, at=at)):
                assert not air.night
                SENTENCES[why.code]["zh"].format(**why.figures)
                assert at - said.get(why.code, -1e9) >= AGAIN
                said[why.code] = at
        kept = json.loads(json.dumps(advisor.to_json()))
        advisor = Advisor.of_json(kept)
        assert advisor.to_json() == kept


class Known:
    def __init__(self, value: float) -> None:
        self.value, self.quality, self.observed_at = value, Quality.GOOD, NOON


def test_a_home_says_it_of_the_rooms_that_measure_and_not_late() -> None:
    def sensor(path: str) -> Profile:
        return Profile("air_quality_sensor", {path: PropertyDef(path, Kind.FLOAT, trait="air_quality")})

    home = outfit(
        [
            Placed("s", "study", "air_quality_sensor", sensor("co2")),
            Placed("l", "hall", "light", Profile("light", {})),
        ]
    )
    values = {PropertyRef("s", "co2"): Known(1400.0)}
    scenes = {name: Scene(NOON, True, None, False, False, False, list, [], False) for name in home.rooms}
    advising = Advising(ZONE)
    notes = [note for n in range(12) for note in advising.minute(NOON + 60 * n, values.get, home, {}, scenes)]
    assert [(note.what, note.about, note.reasons[0].code) for note in notes] == [
        ("advice", "study", "advice.open_unknown")
    ]
    assert [why.code for why in advising.of("study")] == ["advice.open_unknown"]
    assert advising.of("hall") == advising.of("attic") == ()
    late = Advising.of_json(Advising(ZONE).to_json(), ZONE)
    at = NOON + 10.5 * 3600
    assert [note for n in range(60) for note in late.minute(at + 60 * n, values.get, home, {}, scenes)] == []
    advising.minute(NOON, values.get, outfit([]), {}, {})
    assert advising.rooms == {}
