"""Times of day in zones whose days are not all alike, and the sun."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.flat import BEIJING, BERLIN, SHANGHAI

from jiahe.rules import sun
from jiahe.rules.calendar import Calendar, parse_local
from jiahe.rules.rule import AtSun, AtTime, Days, Every, Place, SunEvent

HERE = Place("x.yaml", 1, 1)
BERLINS = Calendar(BERLIN)


def at(text: str, calendar: Calendar = BERLINS) -> float:
    return parse_local(text, calendar)


def shown(moment: float | None, calendar: Calendar = BERLINS) -> str:
    return "never" if moment is None else calendar.local(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def half_past_two(**days: object) -> AtTime:
    return AtTime(HERE, 9_000, Days(**days))  # type: ignore[arg-type]  # a test's own words


def test_a_skipped_time_comes_at_the_jump() -> None:
    """2026-03-29 the clock goes from 02:00 to 03:00 in Berlin."""
    moment = BERLINS.next(half_past_two(), at("2026-03-28 12:00"))
    assert shown(moment) == "2026-03-29 03:00:00 CEST"
    assert shown(BERLINS.next(half_past_two(), moment or 0)) == "2026-03-30 02:30:00 CEST"


def test_a_doubled_time_comes_once_the_first_time() -> None:
    """2026-10-25 the clock goes from 03:00 back to 02:00 in Berlin."""
    moment = BERLINS.next(half_past_two(), at("2026-10-24 12:00"))
    assert shown(moment) == "2026-10-25 02:30:00 CEST"
    assert shown(BERLINS.next(half_past_two(), moment or 0)) == "2026-10-26 02:30:00 CET"


def test_a_jump_of_half_an_hour() -> None:
    """Lord Howe Island sets its clocks by 30 minutes: 2026-10-04 02:00 to 02:30."""
    lord_howe = Calendar(ZoneInfo("Australia/Lord_Howe"))
    trigger = AtTime(HERE, 2 * 3600 + 600)
    moment = lord_howe.next(trigger, at("2026-10-03 12:00", lord_howe))
    assert lord_howe.local(moment or 0).strftime("%H:%M") == "02:30"


def test_a_midnight_that_is_skipped() -> None:
    """In Beirut the clock jumps at midnight: 2026-03-29 begins at 01:00."""
    beirut = Calendar(ZoneInfo("Asia/Beirut"))
    moment = beirut.next(AtTime(HERE, 0), at("2026-03-28 12:00", beirut))
    assert beirut.local(moment or 0).strftime("%d %H:%M") == "29 01:00"


def test_leap_days_and_last_days() -> None:
    leap = AtTime(HERE, 0, Days(dates=((2, 29),)))
    assert shown(BERLINS.next(leap, at("2026-03-01 00:00"))).startswith("2028-02-29")
    last = AtTime(HERE, 0, Days(month_days=(-1,)))
    assert shown(BERLINS.next(last, at("2026-02-01 00:00"))).startswith("2026-02-28")
    assert shown(BERLINS.next(last, at("2028-02-01 00:00"))).startswith("2028-02-29")
    the_31st = AtTime(HERE, 0, Days(month_days=(31,)))
    assert shown(BERLINS.next(the_31st, at("2026-01-31 00:00"))).startswith("2026-03-31")
    never = AtTime(HERE, 0, Days(dates=((2, 28),), months=(3,)))
    assert BERLINS.next(never, at("2026-01-01 00:00")) is None


def test_days_of_the_week_and_months() -> None:
    trigger = AtTime(HERE, 8 * 3600, Days(weekdays=(5, 6), months=(12, 1)))
    assert shown(BERLINS.next(trigger, at("2026-01-05 00:00"))).startswith("2026-01-10 08:00")
    assert shown(BERLINS.next(trigger, at("2026-02-01 00:00"))).startswith("2026-12-05 08:00")


def test_every_counts_from_midnight_and_begins_anew() -> None:
    six = Every(HERE, 6 * 3600)
    moments, moment = [], at("2026-03-28 23:59")
    for _ in range(6):
        moment = BERLINS.next(six, moment) or 0
        moments.append(BERLINS.local(moment).strftime("%d %H:%M"))
    assert moments == ["29 00:00", "29 07:00", "29 13:00", "29 19:00", "30 00:00", "30 06:00"]


def test_the_last_of_many_missed() -> None:
    quarter = Every(HERE, 900)
    assert shown(BERLINS.last(quarter, at("2026-01-05 12:00"), at("2026-01-05 18:07"))).startswith(
        "2026-01-05 18:00"
    )
    daily = AtTime(HERE, 8 * 3600)
    assert shown(BERLINS.last(daily, at("2026-01-01 00:00"), at("2026-01-09 07:00"))).startswith(
        "2026-01-08 08:00"
    )
    assert BERLINS.last(daily, at("2026-01-05 09:00"), at("2026-01-05 12:00")) is None


@given(
    st.integers(0, 86_399),
    st.integers(1_600_000_000, 1_900_000_000),
    st.sampled_from([BERLIN, SHANGHAI, ZoneInfo("America/St_Johns")]),
)
def test_the_next_time_is_later_and_within_a_day_and_a_bit(second: int, after: int, zone: ZoneInfo) -> None:
    calendar = Calendar(zone)
    moment = calendar.next(AtTime(HERE, second), after)
    assert moment is not None
    assert after < moment <= after + 86_400 + 2 * 3600
    local = calendar.local(moment)
    shows = local.hour * 3600 + local.minute * 60 + local.second
    assert shows == second or calendar.local(moment - 1).utcoffset() != local.utcoffset()


# Published times of the U.S. Naval Observatory and NOAA's calculator, rounded to the minute.
SUN = [
    (BEIJING, SHANGHAI, "2024-06-21", "04:46", "19:46"),
    (sun.Location(51.48, 0.0), ZoneInfo("Europe/London"), "2024-03-20", "06:03", "18:14"),
    (sun.Location(40.71, -74.01), ZoneInfo("America/New_York"), "2024-12-21", "07:17", "16:32"),
    (sun.Location(-33.87, 151.21), ZoneInfo("Australia/Sydney"), "2024-12-21", "05:41", "20:05"),
]


@pytest.mark.parametrize(("place", "zone", "day", "rise", "set_"), SUN)
def test_the_sun_as_published(place: sun.Location, zone: ZoneInfo, day: str, rise: str, set_: str) -> None:
    calendar = Calendar(zone, place)
    midnight = at(f"{day} 00:00", calendar)
    for event, expected in ((SunEvent.SUNRISE, rise), (SunEvent.SUNSET, set_)):
        moment = calendar.next(AtSun(HERE, event), midnight)
        assert abs((moment or 0) - at(f"{day} {expected}", calendar)) <= 90, shown(moment, calendar)


def test_the_sun_is_up_between_rising_and_setting() -> None:
    calendar = Calendar(SHANGHAI, BEIJING)
    midnight = at("2026-05-01 00:00", calendar)
    moments = [calendar.next(AtSun(HERE, event), midnight) or 0 for event in (
        SunEvent.DAWN, SunEvent.SUNRISE, SunEvent.NOON, SunEvent.SUNSET, SunEvent.DUSK)]  # fmt: skip
    assert moments == sorted(moments)
    assert [calendar.sun_up(moment) for moment in moments] == [False, False, True, False, False] or [
        calendar.sun_up(moment + 30) for moment in moments
    ] == [False, True, True, False, False]
    assert calendar.elevation(moments[2]) == pytest.approx(90 - 39.9 + 15.0, abs=1.0)


def test_polar_night_has_no_sunrise_until_it_ends() -> None:
    tromso = Calendar(ZoneInfo("Europe/Oslo"), sun.Location(69.65, 18.96))
    moment = tromso.next(AtSun(HERE, SunEvent.SUNRISE), at("2025-12-01 00:00", tromso))
    assert tromso.local(moment or 0).strftime("%Y-%m") == "2026-01"
    assert tromso.next(AtSun(HERE, SunEvent.NOON), at("2025-12-01 00:00", tromso)) is not None


def test_an_offset_may_go_over_midnight() -> None:
    calendar = Calendar(UTC, sun.Location(60.0, 0.0))
    moment = calendar.next(
        AtSun(HERE, SunEvent.DUSK, 3 * 3600.0), datetime(2026, 6, 10, tzinfo=UTC).timestamp()
    )
    assert calendar.local(moment or 0).hour < 3


def test_nobody_told_where_the_home_is() -> None:
    assert BERLINS.sun_up(0.0) is None
    assert BERLINS.next(AtSun(HERE, SunEvent.SUNSET), 0.0) is None
