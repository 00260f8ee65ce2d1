"""What the weather will be at this home for the next day: a forecast where there is one, else what the last days tell. Pure.

Owns the outdoor temperatures of the last days by the hour, and the sun's height; never asks anybody.
Without a forecast: the mean of the last days at that hour, plus today's difference from it, which fades with a time
constant of 18 hours (persistence of the anomaly; the hourly record of Beijing 2010-2013 has a lag-1 correlation of
0.951, which is 20 h). Sun: solar geometry after Cooper (Solar Energy 12, 1969) and clear-sky irradiance after Haurwitz
(J. Meteorology 2, 1945), times `CLEARNESS`; an identified room absorbs what is wrong with the factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

HOUR = 3600.0
FADES = 18.0
"""Hours."""
HOURS_KEPT = 4 * 24
"""Hours of outdoor temperature that are kept."""
CLEARNESS = 0.55
"""Share of the clear sky's sun that reaches the ground in a year's mean in eastern China (0.4 to 0.6)."""
OLDEST = 3 * HOUR
"""Seconds after which a reading of the outdoors is no longer now."""


@dataclass(frozen=True, slots=True)
class Weather:
    """`outdoor` in Cel, `sun` in kW/m2 on the horizontal."""

    outdoor: float
    sun: float


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast of others: (epoch seconds, outdoor Cel, sun in kW/m2 or None) in order of time."""

    rows: Sequence[tuple[float, float, float | None]]

    def at(self, when: float) -> tuple[float, float | None] | None:
        """Outdoor and sun, on the line between two rows; None outside of them or where rows are over 6 h apart."""
        for (t0, a, s0), (t1, b, s1) in zip(self.rows, self.rows[1:], strict=False):
            if t0 <= when <= t1 and 0 < t1 - t0 <= 6 * HOUR:
                part = (when - t0) / (t1 - t0)
                return a + (b - a) * part, None if s0 is None or s1 is None else s0 + (s1 - s0) * part
        return None


@dataclass(slots=True)
class Outlook:
    """The outdoors of one home; place in degrees."""

    latitude: float
    longitude: float
    hours: list[tuple[int, float]] = field(default_factory=list)
    """Of the last days: hour since the epoch, mean temperature in it."""
    now: tuple[float, float] | None = None
    _count: int = 0

    def seen(self, at: float, outdoor: float) -> None:
        """A reading of the outdoors. What no weather is (below -60, over 60 Cel) is left out."""
        if not -60.0 <= outdoor <= 60.0:
            return
        hour = int(at // HOUR)
        if self.hours and self.hours[-1][0] == hour:
            mean = self.hours[-1][1]
            self._count += 1
            self.hours[-1] = (hour, mean + (outdoor - mean) / self._count)
        elif not self.hours or hour > self.hours[-1][0]:
            self.hours = [*self.hours[-(HOURS_KEPT - 1) :], (hour, outdoor)]
            self._count = 1
        self.now = (at, outdoor)

    def sun(self, at: float) -> float:
        """Expected sun on the horizontal in kW/m2, from the place and the time alone."""
        return CLEARNESS * _clear_sky(int(at // 450), self.latitude, self.longitude)

    def ahead(self, times: Sequence[float], told: Told | None = None) -> list[Weather] | None:
        """The weather at each of `times`; None where neither a forecast nor a reading is there."""
        guess = self._guess()
        found = []
        for when in times:
            row = told.at(when) if told is not None else None
            if row is None:
                if guess is None:
                    return None
                found.append(Weather(guess(when), self.sun(when)))
            else:
                found.append(Weather(row[0], self.sun(when) if row[1] is None else row[1]))
        return found

    def mean_of_days(self) -> float | None:
        """Mean of the hours kept: a running mean that tells the season. None before the first reading."""
        return sum(value for _, value in self.hours) / len(self.hours) if self.hours else None

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {
            "latitude": self.latitude, "longitude": self.longitude, "hours": [list(one) for one in self.hours],
            "now": self.now, "count": self._count,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        hours = [(int(hour), float(value)) for hour, value in body["hours"]][-HOURS_KEPT:]
        now = None if body["now"] is None else (float(body["now"][0]), float(body["now"][1]))
        return cls(float(body["latitude"]), float(body["longitude"]), hours, now, int(body["count"]))

    def _guess(self) -> Callable[[float], float] | None:
        if self.now is None:
            return None
        at, outdoor = self.now
        by_hour: dict[int, list[float]] = {}
        for hour, value in self.hours:
            by_hour.setdefault(hour % 24, []).append(value)
        means = {hour: sum(values) / len(values) for hour, values in by_hour.items()}

        def usual(when: float) -> float:
            hour = when / HOUR - 0.5
            a, b = means.get(math.floor(hour) % 24), means.get((math.floor(hour) + 1) % 24)
            if a is None or b is None:
                return outdoor
            return a + (b - a) * (hour - math.floor(hour))

        odd = outdoor - usual(at) if len(means) >= 24 else 0.0

        def guessed(when: float) -> float:
            if len(means) < 24:
                return outdoor
            return usual(when) + odd * math.exp(-abs(when - at) / (FADES * HOUR))

        return guessed


@lru_cache(maxsize=512)
def _clear_sky(eighth: int, latitude: float, longitude: float) -> float:
    """At the middle of an eighth of an hour: a plan asks for the same 120 ones every quarter."""
    return clear_sky(eighth * 450.0 + 225.0, latitude, longitude)


def clear_sky(at: float, latitude: float, longitude: float) -> float:
    """Irradiance of a clear sky on the horizontal in kW/m2 at `at` (epoch seconds); within 10 %."""
    moment = datetime.fromtimestamp(at, UTC)
    day = moment.timetuple().tm_yday
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day) / 365)
    b = 2 * math.pi * (day - 81) / 364
    equation = (9.87 * math.sin(2 * b) - 7.53 * math.cos(b) - 1.5 * math.sin(b)) / 60
    solar = moment.hour + moment.minute / 60 + moment.second / 3600 + longitude / 15 + equation
    angle = math.radians(15 * (solar - 12))
    place = math.radians(latitude)
    height = math.sin(place) * math.sin(declination) + math.cos(place) * math.cos(declination) * math.cos(
        angle
    )
    return 1.098 * height * math.exp(-0.057 / height) if height > 0.01 else 0.0
