"""The day before: what the people of the demo home did, and what its sensors showed. Pure by seed; owns no
device.

A demo that starts now has a yesterday to show: the same rooms and machines as afterwards, in steps of five
minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.virtual.flat import Flat, Sensed
from jiahe.virtual.machine import Conditioner, Purifier
from jiahe.virtual.outdoor import DAY, HOUR, Climate, outdoor

PURIFIER = "living-purifier"
CONDITIONER = "bedroom-ac"

STEP = 300.0
"""Seconds between two readings: twelve an hour draw a day's curve without filling the disk."""

AT_HOME = 40 * 60.0
"""Seconds before its end that the day finds somebody at home with both machines on: a demo that shows
something."""

COOL_ABOVE = 16.0
"""Cel outside, as the day's mean, from which people cool rather than heat."""


class Seen(NamedTuple):
    """One reading or setting; `at` is epoch seconds."""

    at: float
    device: str
    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class Settings:
    """How both machines are set; `fan_mode` and `sleep` are the air conditioner's words for people."""

    purifier: Purifier
    conditioner: Conditioner
    fan_mode: str = "auto"
    sleep: bool = False


@lru_cache(maxsize=64)
def _habits(seed: int, day: int) -> tuple[float, ...]:
    """By how many hours each habit of that day comes late or early."""
    chance = random.Random(f"{seed}/habits/{day}")
    return tuple(chance.uniform(-0.4, 0.4) for _ in range(6))


@lru_cache(maxsize=64)
def _cooling(climate: Climate, day: int) -> bool:
    start = day * DAY - climate.utc_offset
    return sum(outdoor(climate, start + hour * HOUR).temperature for hour in range(0, 24, 4)) / 6 > COOL_ABOVE


def settings(climate: Climate, at: float, end: float) -> Settings:
    """How the machines are set at `at` (epoch seconds) in a day that ends at `end`."""
    local = at + climate.utc_offset
    day, second = divmod(local, DAY)
    hour = second / HOUR
    late = _habits(climate.seed, int(day))
    cooling = _cooling(climate, int(day))
    mode, target = ("cool", 26.0) if cooling else ("heat", 21.0)
    night = hour < 6.5 + late[0] or hour >= 23.0 + late[1]
    nap = 13.0 + late[2] <= hour < 14.5 + late[3]
    evening = 20.5 + late[4] <= hour < 23.0 + late[1]
    here = at >= end - AT_HOME
    out = 9.0 + late[5] <= hour < 11.4 and not here  # somebody switched the purifier off when leaving
    quiet = night and not here
    if night and not here:
        target += 1.0 if cooling else -2.0
    return Settings(
        Purifier(power=not out, mode="sleep" if quiet else "auto"),
        Conditioner(night or nap or evening or here, mode, target, 20.0 if quiet else 102.0),
        fan_mode="silent" if quiet else "auto",
        sleep=quiet,
    )


def readings(sensed: Sensed, set_to: Settings) -> Iterator[tuple[str, str, Value]]:
    """Device, path and value of everything that both machines would report."""
    purifier, conditioner = set_to.purifier, set_to.conditioner
    yield PURIFIER, "power", purifier.power
    yield PURIFIER, "mode", purifier.mode
    yield PURIFIER, "pm2_5", round(min(sensed.living.pm2_5, 600.0))
    yield PURIFIER, "fan_rpm", round(sensed.fan_rpm / 10) * 10
    yield CONDITIONER, "power", conditioner.power
    yield CONDITIONER, "mode", conditioner.mode
    yield CONDITIONER, "target_temperature", conditioner.target
    yield CONDITIONER, "fan_mode", set_to.fan_mode
    yield CONDITIONER, "sleep", set_to.sleep
    yield CONDITIONER, "temperature", round(sensed.bedroom.temperature, 1)
    yield CONDITIONER, "outdoor_temperature", round(sensed.outside.temperature, 1)
    yield CONDITIONER, "electric_power", round(sensed.electric, 1)
    yield CONDITIONER, "energy", round(sensed.energy, 2)


def play(flat: Flat, end: float) -> Iterator[Seen]:
    """On with this flat to `end`: readings at every step, settings when they changed, in order of time."""
    told: dict[tuple[str, str], Value] = {}
    sensors = {"pm2_5", "temperature", "outdoor_temperature", "electric_power"}
    while flat.at < end:
        at = min(end, flat.at + STEP)
        set_to = settings(flat.climate, at, end)
        sensed = flat.advance(at, set_to.purifier, set_to.conditioner)
        for device, path, value in readings(sensed, set_to):
            if path in sensors or told.get((device, path)) != value:
                told[device, path] = value
                yield Seen(at, device, path, value)


def yesterday(seed: int, end: float, hours: float = 24.0, utc_offset: float = 8 * HOUR) -> Iterator[Seen]:
    """The `hours` before `end` (epoch seconds) in the demo home of this seed."""
    flat = Flat(Climate(seed, utc_offset), end - hours * HOUR)
    return play(flat, end)
