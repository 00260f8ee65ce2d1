"""Where the sun stands, and when it rises and sets. Owns the formula; pure.

Source: NOAA Global Monitoring Laboratory, "General Solar Position Calculations" / solar calculator spreadsheet, after
Jean Meeus, "Astronomical Algorithms". Good to about a minute between the polar circles from 1901 to 2099.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from jiahe.rules.rule import SunEvent

DAY = 86_400.0
ZENITH = {SunEvent.SUNRISE: 90.833, SunEvent.SUNSET: 90.833, SunEvent.DAWN: 96.0, SunEvent.DUSK: 96.0}
"""Degrees from straight up: 90.833 is the upper limb at the horizon with usual refraction; 96 civil twilight."""
ROUNDS = 5
"""The declination at the event itself decides; five rounds settle under a second."""


class Location(NamedTuple):
    """Degrees; north and east are positive."""

    latitude: float
    longitude: float


def _position(at: float) -> tuple[float, float]:
    """Declination in degrees and equation of time in minutes at `at` (epoch seconds)."""
    century = (at / DAY + 2440587.5 - 2451545.0) / 36525.0
    mean_longitude = (280.46646 + century * (36000.76983 + century * 0.0003032)) % 360
    anomaly = math.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + math.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + math.sin(3 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * century)
    apparent = math.radians(mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node))
    seconds = 21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))
    obliquity = math.radians(23 + (26 + seconds / 60) / 60 + 0.00256 * math.cos(node))
    declination = math.degrees(math.asin(math.sin(obliquity) * math.sin(apparent)))
    y = math.tan(obliquity / 2) ** 2
    longitude = math.radians(mean_longitude)
    equation = 4 * math.degrees(
        y * math.sin(2 * longitude)
        - 2 * eccentricity * math.sin(anomaly)
        + 4 * eccentricity * y * math.sin(anomaly) * math.cos(2 * longitude)
        - 0.5 * y * y * math.sin(4 * longitude)
        - 1.25 * eccentricity * eccentricity * math.sin(2 * anomaly)
    )
    return declination, equation


def elevation(at: float, place: Location) -> float:
    """Degrees of the sun's centre over the horizon, without refraction, at `at` (epoch seconds)."""
    degrees, equation = _position(at)
    declination = math.radians(degrees)
    minutes = (at % DAY) / 60 + equation + 4 * place.longitude
    hour_angle = math.radians(minutes / 4 - 180)
    latitude = math.radians(place.latitude)
    sine = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(
        hour_angle
    )
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_up(at: float, place: Location) -> bool:
    """Whether the upper limb is over the horizon, as sunrise and sunset have it."""
    return elevation(at, place) > 90.0 - ZENITH[SunEvent.SUNRISE]


def event_near(event: SunEvent, noon: float, place: Location) -> float | None:
    """The event of the solar day whose local noon is near `noon` (epoch seconds); None where the sun does not do it."""
    moment = noon
    for _ in range(ROUNDS):
        declination, equation = _position(moment)
        transit = _transit(noon, equation, place)
        if event is SunEvent.NOON:
            moment = transit
            continue
        latitude, tilt = math.radians(place.latitude), math.radians(declination)
        cosine = (math.cos(math.radians(ZENITH[event])) - math.sin(latitude) * math.sin(tilt)) / (
            math.cos(latitude) * math.cos(tilt) or 1e-12
        )
        if not -1.0 <= cosine <= 1.0:
            return None
        half = math.degrees(math.acos(cosine)) * 240.0
        moment = transit - half if event in (SunEvent.SUNRISE, SunEvent.DAWN) else transit + half
    return moment


def _transit(noon: float, equation: float, place: Location) -> float:
    """The sun's highest moment that is nearest to `noon`."""
    midnight = math.floor(noon / DAY) * DAY
    transit = midnight + (720 - 4 * place.longitude - equation) * 60
    return transit + round((noon - transit) / DAY) * DAY
