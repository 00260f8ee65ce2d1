"""The demo home's two rooms over time: living room with the purifier, bedroom with the air conditioner.

Owns how the rooms, the outside, the people and the two machines work on each other; never a protocol, a
socket or a clock. Deterministic by seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from jiahe.virtual import machine
from jiahe.virtual.outdoor import DAY, HOUR, Climate, Outdoor, outdoor
from jiahe.virtual.room import Air, Load, Shape, mixed, step

LIVING = Shape(area=24.0, conductance=28.0, window=4.0, infiltration=0.35)
BEDROOM = Shape(area=14.0, conductance=18.0, window=2.0, infiltration=0.3)
DOOR = 40.0  # m3/h each way through a door that is mostly ajar

LONGEST_STEP = 60.0
"""Seconds in one go: the machines react to the room, and a longer step would let them overshoot."""

LONGEST_GAP = 6 * HOUR
"""Seconds made up for after a sleep of the computer; what was before that has faded from the rooms anyway."""

COOKING = 0.25 * 1600.0 * 60.0
"""ug/h of fine dust that a stove's hood lets into the living room: a quarter of what cooking makes."""


class Meal(NamedTuple):
    """Local seconds of the day from which it is cooked, and how long; `strength` 0.4 (steamed) to 1.6
    (seared)."""

    start: float
    length: float
    strength: float


@lru_cache(maxsize=64)
def meals(seed: int, day: int) -> tuple[Meal, ...]:
    """What is cooked on a day (number of local days since the epoch): about 12:00 and 18:30."""
    chance = random.Random(f"{seed}/meals/{day}")
    return tuple(
        Meal(start * HOUR + chance.uniform(-600, 600), 60 * chance.uniform(18, 35), chance.uniform(0.4, 1.6))
        for start in (12.0, 18.5)
    )


def cooking(climate: Climate, at: float) -> float:
    """Fine dust from the stove at `at` (epoch seconds), in ug/h."""
    local = at + climate.utc_offset
    day, second = divmod(local, DAY)
    for meal in meals(climate.seed, int(day)):
        if meal.start <= second < meal.start + meal.length:
            return COOKING * meal.strength
    return 0.0


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the machines' own sensors and counters show. Cel, %, ug/m3, 1/min, W, kW.h."""

    living: Air
    bedroom: Air
    outside: Outdoor
    fan_rpm: float
    electric: float
    energy: float


class Flat:
    """The two rooms. `at` is epoch seconds up to which they have been computed."""

    def __init__(self, climate: Climate, at: float) -> None:
        self.climate = climate
        self.at = at
        outside = outdoor(climate, at)
        warmth = 18.0 + 0.3 * max(0.0, outside.temperature)
        self.living = Air(warmth, outside.moisture, 0.6 * outside.pm2_5)
        self.bedroom = Air(warmth, outside.moisture, 0.6 * outside.pm2_5)
        self.energy = 0.0
        self._speed = 0.0
        self._electric = 0.0

    def advance(self, to: float, purifier: machine.Purifier, conditioner: machine.Conditioner) -> Sensed:
        """On to `to` (epoch seconds) with these settings. A clock that was set back changes nothing in the
        rooms."""
        self.at = min(max(self.at, to - LONGEST_GAP), to)
        while self.at < to:
            seconds = min(LONGEST_STEP, to - self.at)
            self._step(seconds, purifier, conditioner)
            self.at += seconds
        self._speed = machine.fan_speed(purifier, self.living.pm2_5)
        outside = outdoor(self.climate, self.at)
        return Sensed(self.living, self.bedroom, outside, self._speed, self._electric, self.energy)

    def _step(self, seconds: float, purifier: machine.Purifier, conditioner: machine.Conditioner) -> None:
        outside = outdoor(self.climate, self.at)
        people = _people(self.at + self.climate.utc_offset)
        speed = machine.fan_speed(purifier, self.living.pm2_5)
        work = machine.condition(conditioner, self.bedroom, outside.temperature)
        stove = cooking(self.climate, self.at)
        living = Load(
            heat=120.0 * people[0] + 150.0 + (600.0 if stove else 0.0),  # heat of a person awake: ISO 8996
            water=50.0 * people[0] + (400.0 if stove else 0.0),
            dust=stove + 200.0 * people[0],
            cleaned=machine.clean_air(speed),
        )
        bedroom = Load(80.0 * people[1] + 30.0 + work.heat, 40.0 * people[1] + work.water, 50.0 * people[1])
        self.living = step(LIVING, self.living, outside, living, seconds)
        self.bedroom = step(BEDROOM, self.bedroom, outside, bedroom, seconds)
        self.living, self.bedroom = mixed(self.living, LIVING, self.bedroom, BEDROOM, DOOR, seconds)
        # The other rooms of the house keep the living room from following the street.
        comfortable = 24.0 if outside.temperature > 18 else 20.0
        pull = (comfortable - self.living.temperature) * (seconds / (3 * HOUR))
        self.living = replace(self.living, temperature=self.living.temperature + pull)
        self._electric = work.electric
        self.energy += work.electric * seconds / HOUR / 1000.0


def _people(local: float) -> tuple[int, int]:
    """How many are in the living room and in the bedroom at a local time: two at night, one at noon, two
    at dusk."""
    hour = (local % DAY) / HOUR
    if hour < 7 or hour >= 23:
        return 0, 2
    if 9 <= hour < 11.5 or 14.5 <= hour < 17.5:
        return 0, 0
    return (1, 0) if hour < 17.5 else (2, 0)
