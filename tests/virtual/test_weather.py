"""The outside: what a year must look like, whatever order it is asked in, and files of others read as they mean it."""

from __future__ import annotations

import csv
import gzip
import math
import statistics
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import SpecError
from jiahe.virtual.sky import clear_sky, sine_of_altitude
from jiahe.virtual.weather import (
    CLIMATES,
    DAY,
    HOUR,
    Outdoor,
    Weather,
    moved,
    perturbed,
    read_beijing_pm25,
    read_epw,
    relative,
    saturation,
    synthetic,
)

CITIES = tuple(CLIMATES)


@pytest.mark.parametrize("city", CITIES)
def test_a_year_is_the_same_for_a_seed_and_another_for_another(city: str) -> None:
    assert synthetic(city, 5).hours == synthetic(city, 5).hours
    assert synthetic(city, 5).hours != synthetic(city, 6).hours


@pytest.mark.parametrize(
    ("city", "january", "july"),
    [("beijing", -3.5, 27.5), ("shanghai", 5.0, 28.7), ("guangzhou", 14.5, 29.5)],
)
def test_months_are_as_the_normals_say(city: str, january: float, july: float) -> None:
    """Normals of 1991-2020 to 2 K, on the mean of five seeds."""
    years = [synthetic(city, seed).hours for seed in range(5)]
    assert statistics.mean(one.temperature for hours in years for one in hours[: 31 * 24]) == pytest.approx(
        january, abs=2.0
    )
    assert statistics.mean(
        one.temperature for hours in years for one in hours[181 * 24 : 212 * 24]
    ) == pytest.approx(july, abs=2.0)


@pytest.mark.parametrize("city", CITIES)
def test_nothing_in_it_is_impossible(city: str) -> None:
    hours = synthetic(city, 2).hours
    assert all(0.0 < one.humidity <= 100.0 for one in hours)
    assert all(0.0 <= one.solar < 1150.0 for one in hours)
    assert all(0.0 < one.wind < 30.0 for one in hours)
    assert all(0.0 < one.pm2_5 <= 600.0 for one in hours)
    sun = sum(one.solar for one in hours) / 1000.0
    assert 950 < sun < 1650, "kW.h a square metre and year"


def test_dust_has_the_memory_that_it_was_made_with() -> None:
    logs = [math.log(one.pm2_5) for one in synthetic("beijing", 3).hours]
    mean, spread = statistics.mean(logs), statistics.pstdev(logs)
    lag = statistics.mean((a - mean) * (b - mean) for a, b in pairwise(logs)) / spread**2
    assert lag == pytest.approx(0.96, abs=0.02)
    assert spread == pytest.approx(0.8, abs=0.15)
    assert statistics.mean(map(math.exp, logs)) == pytest.approx(32.0, rel=0.35)


def test_between_two_hours_the_line_is_straight_and_the_year_comes_round() -> None:
    weather = Weather(0.0, [Outdoor(0.0, 50.0), Outdoor(10.0, 70.0)])
    assert weather.at(HOUR / 4).temperature == pytest.approx(2.5)
    assert weather.at(1.5 * HOUR).temperature == pytest.approx(5.0)
    assert weather.at(-HOUR).humidity == 70.0
    year = synthetic("shanghai", 1)
    there, back = year.at(year.start + 100 * HOUR), year.at(year.start + 365 * DAY + 100 * HOUR)
    assert there == pytest.approx(back)
    # The disturbance closes at the turn of the year: no jump that the rest of it would not have.
    jumps = [abs(a.temperature - b.temperature) for a, b in pairwise(year.hours)]
    assert abs(year.hours[0].temperature - year.hours[-1].temperature) <= max(jumps)


def test_a_series_of_one_hour_is_none() -> None:
    with pytest.raises(ValueError, match="two hours"):
        Weather(0.0, [Outdoor(0.0, 50.0)])


def test_another_year_is_another_one_of_the_same_place() -> None:
    year = synthetic("shanghai", 1)
    other = perturbed(year, 9)
    differences = [a.temperature - b.temperature for a, b in zip(year.hours, other.hours, strict=True)]
    assert 1.2 < statistics.pstdev(differences) < 3.0
    assert abs(statistics.mean(differences)) < 1.0
    assert perturbed(year, 9).hours == other.hours != perturbed(year, 8).hours
    assert all(0.0 < one.humidity <= 100.0 for one in other.hours)
    night = [n for n, one in enumerate(year.hours) if one.solar == 0.0]
    assert all(other.hours[n].solar == 0.0 for n in night)


def test_a_record_can_be_lived_through_now() -> None:
    year = synthetic("beijing", 1)
    assert moved(year, year.start + 5 * HOUR).at(year.start + 7 * HOUR) == pytest.approx(
        year.at(year.start + 2 * HOUR)
    )


@given(st.floats(-30, 45), st.floats(-40, 45))
def test_humidity_stays_within_its_bounds(temperature: float, dew: float) -> None:
    assert 0.0 < relative(temperature, dew) <= 100.0
    assert saturation(temperature) < saturation(temperature + 1.0)


def test_the_sun_stands_where_it_should() -> None:
    """Altitudes at solar noon are 90 less latitude plus declination: 23.4 on 21 June, -23.4 on 21 December."""
    june, december = (
        1_782_014_400.0,
        1_797_825_600.0,
    )  # 2026-06-21 and 2026-12-21, 04:00 UTC: noon at 120 degrees east
    for latitude in (31.2, 39.9):
        assert math.degrees(math.asin(sine_of_altitude(latitude, 120.0, june))) == pytest.approx(
            90 - latitude + 23.4, abs=1.0
        )
        assert math.degrees(math.asin(sine_of_altitude(latitude, 120.0, december))) == pytest.approx(
            90 - latitude - 23.4, abs=1.0
        )
    assert clear_sky(31.2, 120.0, june) == pytest.approx(1030, abs=40)
    assert clear_sky(31.2, 120.0, june + DAY / 2) == 0.0


# ---- files of others -------------------------------------------------------------------------------------------


def test_what_is_no_weather_file_is_said_to_be_none() -> None:
    for text in ("", "date,temp\n", "LOCATION,x\n", "LOCATION,a,b,c,d,e,1,2,8.0,3\n" + "\n" * 7 + "1,2,3\n"):
        with pytest.raises(SpecError, match=r"weather\.epw"):
            read_epw(text)


def test_a_typical_year_is_read(shared_data: Path) -> None:
    text = gzip.decompress((shared_data / "weather" / "Shanghai-Hongqiao_TMYx.epw.gz").read_bytes()).decode(
        "utf-8", "replace"
    )
    year = read_epw(text)
    assert len(year.hours) == 8760
    assert statistics.mean(one.temperature for one in year.hours) == pytest.approx(17.0, abs=0.1)
    noon = year.at(year.start + (200 * 24 + 11) * HOUR)
    assert noon.solar > 100
    dusty = year.with_dust_of(synthetic("shanghai", 1))
    assert dusty.hours[5].pm2_5 != year.hours[5].pm2_5
    assert dusty.hours[5].temperature == year.hours[5].temperature
    # The synthetic year of the same city has its means and its daily swing.
    ours = synthetic("shanghai", 3)
    for field in ("temperature", "wind"):
        mean = statistics.mean(getattr(one, field) for one in ours.hours)
        assert mean == pytest.approx(statistics.mean(getattr(one, field) for one in year.hours), rel=0.2)
    assert sum(one.solar for one in ours.hours) == pytest.approx(
        sum(one.solar for one in year.hours), rel=0.25
    )


def test_the_record_of_beijing_is_read(shared_data: Path) -> None:
    with gzip.open(shared_data / "beijing-pm25" / "beijing_pm25_2010_2013.csv.gz", "rt") as file:
        record = read_beijing_pm25(csv.DictReader(file))
    assert len(record.hours) == 35_040
    assert record.start == 1_262_361_600.0  # 2010-01-02 00:00 at UTC+8
    first = record.hours[0]
    assert (first.temperature, first.pm2_5, first.wind) == (-4.0, 129.0, 1.79)
    assert record.hours[1].wind == pytest.approx(0.89)  # the column cumulates
    assert all(one.pm2_5 > 0 for one in record.hours)
    assert statistics.mean(one.pm2_5 for one in record.hours) == pytest.approx(96, abs=6)
