"""Air quality indexes: the published corners of each table, the day that changes it, and the laws of an index."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort.aqi import TABLES, Table, index, table

EVERY = [one for tables in TABLES.values() for one in tables]
AIR = st.floats(0, 1_000)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_the_ends_of_every_band_are_those_of_the_table(one: Table) -> None:
    for row in one.rows:
        assert one.of(row.high).value == row.index_high
        assert one.of(row.low).value == row.index_low


@pytest.mark.parametrize(
    ("pm2_5", "country", "day", "value", "code"),
    [
        (75, "cn", date(2026, 2, 28), 100, "good"),
        (75, "cn", date(2026, 3, 1), 114, "light"),
        (60, "cn", date(2026, 3, 1), 100, "good"),
        (12.0, "us", date(2024, 5, 5), 50, "good"),
        (12.0, "us", date(2024, 5, 6), 56, "moderate"),
        (35.49, "us", date(2025, 1, 1), 100, "moderate"),
        (200, "us", date(2025, 1, 1), 275, "very_unhealthy"),
        (900, "us", date(2025, 1, 1), 500, "hazardous"),
        (900, "cn", date(2025, 1, 1), 500, "severe"),
    ],
)
def test_by_hand(pm2_5: float, country: str, day: date, value: int, code: str) -> None:
    found = index(pm2_5, country, day)
    assert (found.value, found.category.code) == (value, code)


def test_days_before_the_first_table_take_the_first() -> None:
    assert table("cn", date(1999, 1, 1)).name == "HJ 633-2012"


@given(AIR, AIR)
def test_more_dust_is_never_a_lower_index(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for every in EVERY:
        assert every.of(low).value <= every.of(high).value


@given(AIR)
def test_a_step_of_the_sensor_is_a_small_step_of_the_index(pm2_5: float) -> None:
    for every in EVERY:
        digit = 0.1 if every.truncates else 1.0
        assert every.of(pm2_5 + digit).value - every.of(pm2_5).value <= 6
        assert 0 <= every.of(pm2_5).value <= 500


@pytest.mark.parametrize("pm2_5", [-0.1, math.nan, math.inf])
def test_what_is_no_concentration_is_refused(pm2_5: float) -> None:
    with pytest.raises(ValueError, match="0 and more"):
        index(pm2_5, "cn", date(2026, 5, 1))
