"""What an air conditioner and a purifier do to a room. Pure laws; never a protocol, never a product's points.

Sources: a nominal 3.5 kW inverter unit of grade 1 by GB 21455-2019 (seasonal efficiency about 5, hence 3.6
at full load and 35 Cel outside); the purifier's 320 m3/h at its highest speed of 2,200 1/min is the
maker's figure for the Mi Air Purifier 3C; clean air in proportion to speed is the fan law for volume flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jiahe.virtual.room import EVAPORATION, Air

COOLING = 3500.0  # W at full fan
HEATING = 3800.0
BAND = 1.0  # K from the set point at which the inverter gives all it has
STANDBY = 1.5  # W

HIGHEST_SPEED = 2200.0  # 1/min
CLEAN_AIR = 320.0  # m3/h at the highest speed
QUIET_SPEED = 420.0


@dataclass(frozen=True, slots=True)
class Conditioner:
    """Settings of an air conditioner. `fan` in %, above 100 means automatic; `target` in Cel."""

    power: bool = False
    mode: str = "cool"
    target: float = 26.0
    fan: float = 102.0
    turbo: bool = False
    eco: bool = False


class Work(NamedTuple):
    """`heat` into the room in W (cooling is negative), `water` in g/h (drying is negative), `electric` in
    W."""

    heat: float
    water: float
    electric: float


def condition(unit: Conditioner, air: Air, outside: float) -> Work:
    """What the unit does now, with `outside` in Cel at its outdoor half."""
    if not unit.power:
        return Work(0.0, 0.0, STANDBY)
    gap = air.temperature - unit.target
    airflow = min(1.0, 0.55 + 0.45 * abs(gap)) if unit.fan > 100 else 0.5 + unit.fan / 200
    blower = 8.0 + 32.0 * airflow**3
    demand = max(-1.0, min(1.0, gap / BAND))
    if unit.mode in ("cool", "dry"):
        demand = max(0.0, demand)
    elif unit.mode == "heat":
        demand = min(0.0, demand)
    elif unit.mode == "fan":
        demand = 0.0
    strength = airflow * (1.15 if unit.turbo else 1.0) * (0.8 if unit.eco else 1.0)
    if demand > 0:
        share = 0.5 if unit.mode == "dry" else 1.0
        moved = demand * COOLING * strength * share
        efficiency = _between(3.6 - 0.09 * (outside - 35.0) + 1.2 * (1.0 - demand), 2.0, 6.5)
        latent = (0.5 if unit.mode == "dry" else 0.25) if air.humidity > 40 else 0.0
        return Work(-moved * (1 - latent), -moved * latent / EVAPORATION * 3600, moved / efficiency + blower)
    moved = -demand * HEATING * strength
    efficiency = _between(3.4 + 0.06 * (outside - 7.0) - 1.0 * demand * demand, 1.6, 5.0)
    return Work(moved, 0.0, moved / efficiency + blower)


@dataclass(frozen=True, slots=True)
class Purifier:
    """Settings of a purifier. `favorite_speed` in 1/min counts in mode "favorite"."""

    power: bool = False
    mode: str = "auto"
    favorite_speed: float = 1200.0


def fan_speed(unit: Purifier, pm2_5: float) -> float:
    """Its motor's speed in 1/min: in "auto" from quiet below 15 ug/m3 to the highest at 150."""
    if not unit.power:
        return 0.0
    if unit.mode == "favorite":
        return _between(unit.favorite_speed, 300.0, HIGHEST_SPEED)
    if unit.mode == "sleep":
        return QUIET_SPEED
    part = _between((pm2_5 - 15.0) / (150.0 - 15.0), 0.0, 1.0)
    return QUIET_SPEED + part * (HIGHEST_SPEED - QUIET_SPEED)


def clean_air(speed: float) -> float:
    """Clean air in m3/h at a motor speed in 1/min."""
    return CLEAN_AIR * speed / HIGHEST_SPEED


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
