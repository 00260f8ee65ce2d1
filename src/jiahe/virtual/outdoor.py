"""The weather and the air outside of a virtual home. Pure: the same seed and instant give the same, in any
order.

A daily and a yearly wave, and an hourly first-order autoregressive disturbance between two hours of which
the line is straight. The parameters were estimated from the hourly record of Beijing 2010-2013 (UCI
"Beijing PM2.5", CC BY 4.0): temperature disturbance lag-1 correlation 0.951, deviation 3.7 K; logarithm of
PM2.5 lag-1 correlation 0.960, deviation 1.02, highest about 22 h (+0.16) and lowest about 15 h (-0.16),
median 73 ug/m3. The median here is lower, as the air became.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

HOUR = 3600.0
DAY = 24 * HOUR
YEAR = 365.2425 * DAY


@dataclass(frozen=True, slots=True)
class Climate:
    """Where the home stands. `utc_offset` in seconds makes noon noon; temperatures in Cel, PM2.5 in ug/m3."""

    seed: int
    utc_offset: float = 8 * HOUR
    year_mean: float = 12.4
    year_swing: float = 15.5
    day_swing: float = 4.2
    pm2_5_median: float = 45.0
    pm2_5_spread: float = 0.75
    """Deviation of the logarithm of PM2.5."""


@dataclass(frozen=True, slots=True)
class Outdoor:
    """`temperature` in Cel, `moisture` in grams of water a kilogram of dry air, `sun` in W/m2, `pm2_5` in
    ug/m3."""

    temperature: float
    moisture: float
    sun: float
    pm2_5: float


@lru_cache(maxsize=4096)
def _shock(seed: int, what: str, hour: int) -> float:
    return random.Random(f"{seed}/{what}/{hour}").gauss(0.0, 1.0)


@lru_cache(maxsize=1024)
def _disturbance(seed: int, what: str, hour: int, memory: float) -> float:
    """An AR(1) value of variance 1 at a whole hour: the shocks of as many hours as still weigh 1 %."""
    reach = math.ceil(math.log(0.01) / math.log(memory))
    total = sum(memory**back * _shock(seed, what, hour - back) for back in range(reach))
    return total * math.sqrt(1.0 - memory**2)


def _at(seed: int, what: str, at: float, memory: float) -> float:
    hour = math.floor(at / HOUR)
    part = at / HOUR - hour
    before, after = _disturbance(seed, what, hour, memory), _disturbance(seed, what, hour + 1, memory)
    return before + (after - before) * part


def _wave(at: float, period: float, peak: float) -> float:
    """A cosine of the given period in seconds that is 1 at `peak`."""
    return math.cos(2.0 * math.pi * (at - peak) / period)


def saturation(temperature: float) -> float:
    """Most water that air can hold at sea level, in g/kg of dry air (Magnus formula, WMO-No. 8
    coefficients)."""
    pressure = 6.112 * math.exp(17.62 * temperature / (243.12 + temperature))  # hPa
    return 622.0 * pressure / (1013.25 - pressure)


def outdoor(climate: Climate, at: float) -> Outdoor:
    """The outside at `at` (epoch seconds)."""
    local = at + climate.utc_offset
    season = _wave(local, YEAR, 200 * DAY)  # warmest about 20 July
    temperature = (
        climate.year_mean
        + climate.year_swing * season
        + climate.day_swing * _wave(local, DAY, 15 * HOUR)
        + 3.0 * _at(climate.seed, "temperature", at, 0.951)
    )
    dew_point = min(3.0 + 18.0 * season + 2.0 * _at(climate.seed, "dew", at, 0.95), temperature - 1.0)
    logarithm = 0.16 * _wave(local, DAY, 22 * HOUR) + climate.pm2_5_spread * _at(
        climate.seed, "pm2_5", at, 0.96
    )
    height = (
        0.45 + 0.2 * season - _wave(local, DAY, 0.0)
    )  # of the sun, in arbitrary units: long days in summer
    return Outdoor(
        temperature=temperature,
        moisture=saturation(dew_point),
        sun=max(0.0, min(height, 1.3)) * 450.0,
        pm2_5=min(climate.pm2_5_median * math.exp(logarithm), 600.0),
    )
