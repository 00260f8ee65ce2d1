"""The weather and the air outside, hour by hour. Pure: a series is what it was given or drawn from its seed; asks nobody
for the time, reads no file.

A synthetic year has a yearly and a daily wave and an hourly first-order autoregressive disturbance that closes at the
turn of the year. Shanghai's waves and disturbances were fitted to the typical year of Hongqiao (TMYx, climate.onebuilding:
temperature 17.0 +- 11.8 yearly, 2.8 daily, disturbance 3.2 K, lag-1 correlation 0.97; clearness of a day 0.65 +- 0.26),
Beijing's temperature and dew point and the course of PM2.5 to the hourly record of 2010-2013 (UCI "Beijing PM2.5", CC BY
4.0: lag-1 correlation of the logarithm 0.96); Guangzhou's waves were set from the monthly normals of 1991-2020 (January
14, July 29 Cel). Medians of PM2.5 are set so that the yearly means are about those of the ministry's report for 2023 (32,
28 and 23 ug/m3).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from jiahe.model.errors import SpecError
from jiahe.virtual.sky import clear_sky

HOUR = 3600.0
DAY = 24 * HOUR
HOURS_A_YEAR = 8760
CO2 = 425.0
"""ppm outside: the global mean of 2025 (NOAA GML)."""
ANCHOR_YEAR = 2025
"""The year in which a typical year begins; it comes round every 365 days, so that leap days shift it by a day."""


class Outdoor(NamedTuple):
    """`temperature` in Cel, `humidity` in % relative, `solar` on the horizontal in W/m2, `wind` in m/s, `pm2_5` in
    ug/m3, `co2` in ppm."""

    temperature: float
    humidity: float
    solar: float = 0.0
    wind: float = 2.0
    pm2_5: float = 20.0
    co2: float = CO2

    @property
    def moisture(self) -> float:
        """Grams of water in a kilogram of dry air."""
        return saturation(self.temperature) * self.humidity / 100.0


def saturation(temperature: float) -> float:
    """Most water that air can hold at sea level, in g/kg of dry air (Magnus formula, WMO-No. 8 coefficients)."""
    pressure = 6.112 * math.exp(17.62 * temperature / (243.12 + temperature))  # hPa
    return 622.0 * pressure / (1013.25 - pressure)


def relative(temperature: float, dew_point: float) -> float:
    """Relative humidity in %, from two temperatures in Cel."""
    return min(100.0, 100.0 * saturation(min(dew_point, temperature)) / saturation(temperature))


class Weather:
    """A series of hours that comes round: `at` answers for any instant, on the straight line between two hours."""

    def __init__(self, start: float, hours: Sequence[Outdoor]) -> None:
        """`start` (epoch seconds) is the instant of the first value."""
        if len(hours) < 2:
            raise ValueError("a weather needs two hours at least")
        self.start = start
        self.hours = tuple(hours)

    def at(self, t: float) -> Outdoor:
        """The outside at `t` (epoch seconds)."""
        number, part = divmod((t - self.start) / HOUR, 1.0)
        before = self.hours[int(number) % len(self.hours)]
        after = self.hours[(int(number) + 1) % len(self.hours)]
        return Outdoor(
            before[0] + (after[0] - before[0]) * part,
            before[1] + (after[1] - before[1]) * part,
            before[2] + (after[2] - before[2]) * part,
            before[3] + (after[3] - before[3]) * part,
            before[4] + (after[4] - before[4]) * part,
            before[5] + (after[5] - before[5]) * part,
        )

    def with_dust_of(self, other: Weather) -> Weather:
        """The same with the PM2.5 of another series: EPW files have none."""
        return Weather(
            self.start,
            [one._replace(pm2_5=other.at(self.start + n * HOUR).pm2_5) for n, one in enumerate(self.hours)],
        )


class Wave(NamedTuple):
    """`mean`, and the amplitudes of the year and the day; `peak_day` of the year and `peak_hour` of the day; the
    deviation and the lag-1 correlation of the disturbance."""

    mean: float
    year: float
    peak_day: float
    day: float
    peak_hour: float
    deviation: float
    memory: float


@dataclass(frozen=True, slots=True)
class Climate:
    """Where a home stands: degrees north and east, seconds ahead of UTC, waves of temperature and dew point in Cel, PM2.5
    in ug/m3 with the deviation of its logarithm, mean and deviation of a day's clearness, wind in m/s."""

    latitude: float
    longitude: float
    temperature: Wave
    dew_point: Wave
    pm2_5: float
    pm2_5_spread: float
    clearness: tuple[float, float]
    wind: float
    utc_offset: float = 8 * HOUR


CLIMATES: Mapping[str, Climate] = MappingProxyType(
    {
        "beijing": Climate(
            39.9, 116.4, Wave(12.2, 16.1, 195, 4.4, 15.1, 3.5, 0.942), Wave(1.8, 18.7, 204, 0.9, 2.4, 4.5, 0.974),
            24.0, 0.80, (0.66, 0.24), 2.3,
        ),
        "shanghai": Climate(
            31.2, 121.3, Wave(17.0, 11.8, 207, 2.8, 14.4, 3.2, 0.969), Wave(12.0, 12.7, 210, 0.3, 2.8, 3.5, 0.953),
            22.0, 0.70, (0.62, 0.26), 3.0,
        ),
        "guangzhou": Climate(
            23.1, 113.3, Wave(22.4, 7.6, 205, 3.2, 14.6, 2.6, 0.965), Wave(17.5, 8.3, 208, 0.5, 3.0, 3.2, 0.955),
            19.0, 0.62, (0.56, 0.26), 2.0,
        ),
    }
)  # fmt: skip


def synthetic(city: str, seed: int) -> Weather:
    """A year of `beijing`, `shanghai` or `guangzhou`; the same for the same seed. KeyError for another city."""
    climate = CLIMATES[city]
    chance = random.Random(f"{seed}/weather/{city}")
    count = HOURS_A_YEAR
    start = _new_year(climate.utc_offset)
    warm = _disturbance(chance, count, climate.temperature.memory)
    damp = _disturbance(chance, count, climate.dew_point.memory)
    dust = _disturbance(chance, count, 0.96)
    gusts = _disturbance(chance, count, 0.8)
    clouds = _disturbance(chance, count // 24, 0.35)
    hours = []
    for n in range(count):
        temperature = _wave(climate.temperature, n) + climate.temperature.deviation * warm[n]
        # Warm days are damp days: correlation 0.6 in the typical year of Shanghai.
        dew = _wave(climate.dew_point, n) + climate.dew_point.deviation * (0.6 * warm[n] + 0.8 * damp[n])
        clear = min(max(climate.clearness[0] + climate.clearness[1] * clouds[n // 24], 0.08), 1.0)
        # Highest about 22 h and in winter, lowest in the afternoon and in summer (the record of Beijing).
        course = 0.16 * _cosine(n % 24, 24, 22) + 0.22 * _cosine(n / 24, 365, 10)
        hours.append(
            Outdoor(
                temperature,
                relative(temperature, dew),
                clear * clear_sky(climate.latitude, climate.longitude, start + n * HOUR),
                climate.wind * (1.0 + 0.2 * _cosine(n % 24, 24, 14.6)) * math.exp(0.5 * gusts[n] - 0.125),
                min(climate.pm2_5 * math.exp(course + climate.pm2_5_spread * dust[n]), 600.0),
                CO2 + 15.0 * _cosine(n % 24, 24, 5),
            )
        )
    return Weather(start, hours)


def perturbed(weather: Weather, seed: int) -> Weather:
    """Another year of the same place, for checks on weather that nobody designed for: anomalies that last for weeks (1.2
    K) and days (1.5 K), clouds, wind and dust of its own."""
    chance = random.Random(f"{seed}/another year")
    count = len(weather.hours)
    weeks, days = _disturbance(chance, count, 0.996), _disturbance(chance, count, 0.96)
    sky, dust = _disturbance(chance, count, 0.95), _disturbance(chance, count, 0.97)
    hours = []
    for n, one in enumerate(weather.hours):
        temperature = one.temperature + 1.2 * weeks[n] + 1.5 * days[n]
        moisture = one.moisture * math.exp(0.03 * weeks[n])
        hours.append(
            one._replace(
                temperature=temperature,
                humidity=min(100.0, 100.0 * moisture / saturation(temperature)),
                solar=one.solar * min(max(1.0 + 0.25 * sky[n], 0.2), 1.3),
                pm2_5=min(one.pm2_5 * math.exp(0.4 * dust[n]), 900.0),
            )
        )
    return Weather(weather.start, hours)


def read_epw(text: str) -> Weather:
    """The hours of an EnergyPlus weather file (its documentation, "Auxiliary Programs", data dictionary); PM2.5 is no
    field of it and stays 20 ug/m3. SpecError for what is no such file."""
    lines = text.splitlines()
    if not lines or not lines[0].startswith("LOCATION,"):
        raise SpecError("no EnergyPlus weather file: one begins with LOCATION", file="weather.epw", line=1)
    try:
        utc_offset = float(lines[0].split(",")[8]) * HOUR
        rows = [line.split(",") for line in lines[8:] if line.strip()]
        # Field 4 is the hour that ends: 1 is 01:00. Global horizontal radiation is the mean over it.
        hours = [
            Outdoor(float(row[6]), min(float(row[8]), 100.0), float(row[13]), float(row[21])) for row in rows
        ]
    except (ValueError, IndexError) as error:
        raise SpecError(f"cannot be read as hours of weather: {error}", file="weather.epw") from error
    if len(hours) < 24:
        raise SpecError(f"has {len(hours)} hours, and not a day of them", file="weather.epw")
    return Weather(_new_year(utc_offset) + HOUR, hours)


def read_beijing_pm25(rows: Iterable[Mapping[str, str]]) -> Weather:
    """The record of Beijing (columns date, polution, dew, temp, wnd_dir, wnd_spd): local hours without a gap. A PM2.5 of
    0 is a missing one and is drawn on from the one before; there is no sun in it: the clear sky by a mean clearness."""
    climate = CLIMATES["beijing"]
    hours: list[Outdoor] = []
    start, dust, before, direction = 0.0, 60.0, 0.0, ""
    for row in rows:
        at = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC).timestamp() - climate.utc_offset
        start = start if hours else at
        dust = float(row["polution"] or 0.0) or dust
        # The column cumulates the wind for as long as it blows from one side.
        total = float(row["wnd_spd"])
        going_on = row["wnd_dir"] == direction and total >= before
        wind = total - before if going_on else total
        before, direction = total, row["wnd_dir"]
        temperature, dew = float(row["temp"]), float(row["dew"])
        solar = climate.clearness[0] * clear_sky(climate.latitude, climate.longitude, at)
        hours.append(Outdoor(temperature, relative(temperature, dew), solar, min(wind, 20.0), dust))
    return Weather(start, hours)


def _new_year(utc_offset: float) -> float:
    return datetime(ANCHOR_YEAR, 1, 1, tzinfo=UTC).timestamp() - utc_offset


def _cosine(n: float, period: float, peak: float) -> float:
    return math.cos(2.0 * math.pi * (n - peak) / period)


def _wave(wave: Wave, hour: int) -> float:
    year = wave.year * _cosine(hour / 24, 365, wave.peak_day)
    return wave.mean + year + wave.day * _cosine(hour % 24, 24, wave.peak_hour)


def _disturbance(chance: random.Random, count: int, memory: float) -> list[float]:
    """An AR(1) series of variance 1 without a seam: its second turn goes on from the end of the first."""
    scale = math.sqrt(1.0 - memory**2)
    shocks = [scale * chance.gauss(0.0, 1.0) for _ in range(count)]
    value = 0.0
    for shock in shocks:
        value = memory * value + shock
    series = []
    for shock in shocks:
        value = memory * value + shock
        series.append(value)
    return series


def moved(weather: Weather, start: float) -> Weather:
    """The same hours, the first of them at another instant: for a record that is to be lived through now."""
    return Weather(start, weather.hours)
