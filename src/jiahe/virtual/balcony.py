"""What an air monitor on the balcony of the demo's flat shows: the air that its weather has outside. Owns its sensors' steps and noise;
knows no room, no protocol.

PM10 is not in the weather: it goes with PM2.5 as the yearly means of Shanghai do (48 and 28 ug/m3 in 2023, the city's report on its
environment). It hangs in the shade: what the sun would add to its temperature is left out.
"""

from __future__ import annotations

import random

from jiahe.model.definition import Value
from jiahe.virtual.settings import Face, steady
from jiahe.virtual.weather import Outdoor

BALCONY = "balcony-air"
PM10 = 48.0 / 28.0
"""ug/m3 of PM10 to one of PM2.5."""
EVERY = 60.0
"""Seconds between two of its measurements."""
NOISE = 0.02
"""By which a sensor of scattered light is off from one measurement to the next."""


class Balcony:
    """The monitor of this seed. `shown` is called as often as anybody likes, in order of time."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed}/balcony")
        self._turn = -1

    def shown(self, face: Face, outside: Outdoor, t: float) -> dict[str, Value]:
        """What it measures in the minute of `t` (epoch seconds), by path; nothing where that is measured already."""
        turn = int(t // EVERY)
        if turn == self._turn:
            return {}
        self._turn = turn
        dust = outside.pm2_5 * self._chance.gauss(1.0, NOISE)
        return {
            "pm2_5": steady(face, "pm2_5", min(max(dust, 0.0), 1000.0), 1.0),
            "pm10": steady(face, "pm10", min(max(dust * PM10, 0.0), 1000.0), 2.0),
            "temperature": steady(face, "temperature", outside.temperature, 0.1),
            "humidity": steady(face, "humidity", min(max(outside.humidity, 0.0), 100.0), 1.0),
            "co2": steady(face, "co2", outside.co2, 10.0),
        }
