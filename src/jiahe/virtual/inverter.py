"""An inverter air conditioner: what it moves, takes and condenses. Pure; never a protocol, never a room's balance.

The efficiency is a constant part of Carnot's between evaporator and condenser, whose distance from the air grows with the
load: that gives both the fall with the outdoor temperature and the rise at part load that Winkler measured on two mini-splits
(NREL/TP-5500-52175, 2011: about 1.5 to 2 times the efficiency of full speed at the lowest). Set for 3.6 at 35/27 Cel and full
load (grade 1 of GB 21455-2019); heating loses a tenth to defrosting around 0 Cel in damp air. Water condenses where the coil is below the dew
point (bypass factor 0.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from jiahe.virtual.weather import saturation

KELVIN = 273.15
LATENT = 2450.0
"""J given up by one gram of condensing water."""
MODES = ("cool", "heat", "dry", "fan", "auto")


class Setting(NamedTuple):
    """How it is set. `set_point` in Cel; `fan` 0.2 to 1, 0 lets the unit choose; `fraction` of its nominal capacity, signed (heating
    above 0), overrides its own thermostat, for controllers that want power rather than a temperature."""

    on: bool = False
    mode: str = "cool"
    set_point: float = 26.0
    fan: float = 0.0
    fraction: float | None = None
    turbo: bool = False
    eco: bool = False


class Work(NamedTuple):
    """`heat` into the air in W (cooling is negative), `water` in g/h (drying is negative), `electric` in W, `part` of nominal load,
    signed."""

    heat: float
    water: float
    electric: float
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class Inverter:
    """A unit. Capacities in W at nominal load, loads as parts of it; `band` in K from the set point to full load."""

    cooling: float = 3500.0
    heating: float = 4000.0
    least: float = 0.18
    most: float = 1.15
    carnot: float = 0.49
    band: float = 1.5
    standby: float = 1.5
    airflow: float = 600.0  # m3/h at full fan


class Thermostat:
    """Its own control: proportional with a slow integral, and off below the least load until half a kelvin is missing."""

    __slots__ = ("integral", "running")

    def __init__(self, running: bool = False, integral: float = 0.0) -> None:
        self.running = running
        self.integral = integral

    def copy(self) -> Thermostat:
        """Another one in the same state."""
        return Thermostat(self.running, self.integral)

    def demand(self, unit: Inverter, setting: Setting, air: float, seconds: float) -> float:
        """The signed part of nominal load that it asks for (cooling below 0)."""
        if not setting.on or setting.mode == "fan":
            self.running, self.integral = False, 0.0
            return 0.0
        if setting.fraction is not None:
            return _bounded(unit, setting.fraction)
        gap = setting.set_point - air
        sign = {"heat": 1.0, "cool": -1.0, "dry": -1.0}.get(setting.mode) or math.copysign(1.0, gap)
        need = gap * sign / unit.band
        # Bounded, so that a long time at full load does not overshoot afterwards.
        self.integral = (
            min(max(self.integral + need * seconds / 1800.0, 0.0), 0.6) if need < 1.0 else self.integral
        )
        wanted = need + self.integral
        if self.running:
            self.running = wanted > -0.2
        else:
            self.running = gap * sign > 0.5 or wanted > unit.least + 0.1
        if not self.running:
            return 0.0
        limit = (0.6 if setting.mode == "dry" else unit.most if setting.turbo else 1.0) * (
            0.8 if setting.eco else 1.0
        )
        return sign * min(max(wanted, unit.least), limit)


def _bounded(unit: Inverter, fraction: float) -> float:
    if abs(fraction) < 0.5 * unit.least:
        return 0.0
    return math.copysign(min(max(abs(fraction), unit.least), unit.most), fraction)


def efficiency(unit: Inverter, part: float, inside: float, outside: float) -> float:
    """Heat moved for each watt of the compressor at a signed part of the load; both temperatures in Cel."""
    load = abs(part)
    if part < 0:
        cold, hot = inside - 3.0 - 12.0 * load, outside + 3.0 + 12.0 * load
        lift = max(hot - cold, 8.0)
        return unit.carnot * (cold + KELVIN) / lift
    cold, hot = outside - 3.0 - 8.0 * load, inside + 4.0 + 16.0 * load
    frost = 0.9 if -7.0 < outside < 5.0 else 1.0
    return unit.carnot * (hot + KELVIN) / max(hot - cold, 8.0) * frost


def work(unit: Inverter, setting: Setting, part: float, air: float, moisture: float, outside: float) -> Work:
    """What the unit does at a signed part of its load, in air of Cel and g/kg, with `outside` in Cel at its outdoor half."""
    if not setting.on:
        return Work(0.0, 0.0, unit.standby)
    blower = 8.0 + 32.0 * _fan(setting, part) ** 3
    if part == 0.0:
        return Work(0.0, 0.0, blower)
    running = blower + 18.0  # the outdoor fan and the electronics
    if part > 0:
        # Less is to be had from cold air: a quarter less at -10 Cel (catalogue tables of such units).
        moved = part * unit.heating * min(1.1, max(0.6, 1.0 - 0.015 * (7.0 - outside)))
        return Work(moved, 0.0, moved / efficiency(unit, part, air, outside) + running, part)
    moved = -part * unit.cooling * min(1.1, max(0.7, 1.0 - 0.01 * (outside - 35.0)))
    dry = _dry_share(unit, setting, part, air, moisture)
    return Work(
        -moved * dry,
        -moved * (1.0 - dry) / LATENT * 3600.0,
        moved / efficiency(unit, part, air, outside) + running,
        part,
    )


def _fan(setting: Setting, part: float) -> float:
    return min(max(setting.fan, 0.2), 1.0) if setting.fan else min(1.0, 0.4 + 0.6 * abs(part))


def _dry_share(unit: Inverter, setting: Setting, part: float, air: float, moisture: float) -> float:
    """Sensible part of what it takes out: the coil's surface against the air's dew point."""
    coil = air - 5.0 - 11.0 * -part / (_fan(setting, part) if setting.mode != "dry" else 0.5)
    excess = max(0.0, moisture - saturation(coil)) * 0.8
    sensible = 1.005 * max(air - coil, 1.0)
    return max(0.45, sensible / (sensible + excess * LATENT / 1000.0))
