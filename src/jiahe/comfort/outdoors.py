"""The outdoor air as the home's own devices measure it now. Pure; owns which device is believed, and for how long.

Nobody guesses that a sensor stands outdoors: people name it (`wishes.py`). What is not measured is None here and stays as it was without:
dust is reckoned by each purifier's room (`air_seen.py`), the temperature is what an air conditioner's outdoor unit tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jiahe.comfort.outfit import Outfit
from jiahe.comfort.step import View, number
from jiahe.model.happening import PropertyRef

STALE = 2 * 3600.0
"""Seconds after which a reading says nothing of now: in Beijing's record of 2010 to 2013 dust of two hours ago is off by 22 % of its mean, of six by 43 %."""
BOUNDS = {"pm2_5": (0.0, 1000.0), "temperature": (-60.0, 60.0), "humidity": (1.0, 100.0)}
"""What there is outdoors on earth; a sensor that tells something else is broken, and 0 % of humidity is one that tells nothing."""


@dataclass(frozen=True, slots=True)
class Outside:
    """µg/m³, Cel and %; None for what nobody measures now. `humidity` only beside a temperature of the same sensor: it is relative to it."""

    pm2_5: float | None = None
    temperature: float | None = None
    humidity: float | None = None


def outside(at: float, view: View, outfit: Outfit) -> Outside:
    """What is measured outdoors at `at` (epoch seconds): by the sensor that people named, and the temperature else by a unit."""
    own = measured(at, view, outfit)
    if own.temperature is not None:
        return own
    unit = next((one for ref in outfit.outdoor if (one := number(view(ref))) is not None), None)
    return replace(own, temperature=unit)


def measured(at: float, view: View, outfit: Outfit) -> Outside:
    """What the sensor alone tells at `at`; nothing where nobody named one, or it is silent."""
    own = {path: _now(at, view, outfit, path) for path in BOUNDS}
    warm = own["temperature"]
    return Outside(own["pm2_5"], warm, None if warm is None else own["humidity"])


def _now(at: float, view: View, outfit: Outfit, path: str) -> float | None:
    if path not in outfit.weather:
        return None
    seen = view(PropertyRef(outfit.sensor, path))
    told, (low, high) = number(seen), BOUNDS[path]
    # A clock that was set back makes readings of the future: they are as little of now.
    if seen is None or told is None or not low <= told <= high or abs(at - seen.observed_at) > STALE:
        return None
    return told
