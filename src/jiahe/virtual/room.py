"""The air of one room. Pure balances of heat, water and fine dust; knows no device and draws no chance.

Each balance is linear over one step and solved exactly, so that a step may be 1 s or 60 s long. Sources:

* heat capacity that follows within the hour: ISO 13790:2008 table 12, class "very light", 80 kJ/(m2 K) of
  floor;
* infiltration 0.1-0.5 1/h and deposition 0.1-0.4 1/h of fine dust: Chen and Zhao, Atmospheric Environment
  45 (2011) 275-288; a fit to one real smoke record gave 0.11 and 0.17 1/h;
* penetration of fine dust through cracks about 0.8: same review; cooking about 1.6 mg/min at the stove:
  Özkaynak et al., J. Exposure Analysis and Environmental Epidemiology 6 (1996) 57-78.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from jiahe.virtual.outdoor import HOUR, Outdoor, saturation

AIR_DENSITY = 1.2  # kg/m3 at 20 Cel
AIR_HEAT = 1005.0  # J/(kg K)
EVAPORATION = 2450.0  # J to evaporate (or given up to condense) one gram of water


@dataclass(frozen=True, slots=True)
class Shape:
    """A room. Lengths in m, areas in m2; `conductance` to the outside in W/K; rates in 1/h."""

    area: float
    height: float = 2.7
    conductance: float = 20.0
    window: float = 2.5
    capacity_per_area: float = 80_000.0  # J/(m2 K)
    infiltration: float = 0.3
    penetration: float = 0.8
    deposition: float = 0.2

    @property
    def volume(self) -> float:
        """In m3."""
        return self.area * self.height


@dataclass(frozen=True, slots=True)
class Air:
    """`temperature` in Cel, `moisture` in g/kg of dry air, `pm2_5` in ug/m3."""

    temperature: float = 24.0
    moisture: float = 9.0
    pm2_5: float = 20.0

    @property
    def humidity(self) -> float:
        """Relative, in %."""
        return min(100.0, 100.0 * self.moisture / saturation(self.temperature))


@dataclass(frozen=True, slots=True)
class Load:
    """What people and machines do to the air: `heat` in W, `water` in g/h, `dust` in ug/h, `cleaned` in
    m3/h (CADR)."""

    heat: float = 0.0
    water: float = 0.0
    dust: float = 0.0
    cleaned: float = 0.0


def step(shape: Shape, air: Air, outside: Outdoor, load: Load, seconds: float) -> Air:
    """The air after a step during which the outside and the load do not change."""
    mass = shape.volume * AIR_DENSITY
    leak = shape.infiltration * mass * AIR_HEAT / HOUR  # W/K
    sunshine = outside.sun * shape.window * 0.2  # shade, glass and curtains keep the rest out
    to_outside = shape.conductance + leak
    settled = outside.temperature + (load.heat + sunshine) / to_outside
    temperature = _toward(
        air.temperature, settled, to_outside / (shape.capacity_per_area * shape.area), seconds
    )

    air_changes = shape.infiltration / HOUR
    moisture = _toward(
        air.moisture, outside.moisture + load.water / (shape.infiltration * mass), air_changes, seconds
    )

    lost = shape.infiltration + shape.deposition + load.cleaned / shape.volume  # 1/h
    gained = shape.penetration * shape.infiltration * outside.pm2_5 + load.dust / shape.volume
    pm2_5 = _toward(air.pm2_5, gained / lost, lost / HOUR, seconds)
    return Air(temperature, min(max(moisture, 0.1), saturation(temperature)), pm2_5)


def mixed(
    one: Air, one_shape: Shape, other: Air, other_shape: Shape, flow: float, seconds: float
) -> tuple[Air, Air]:
    """Both airs after `flow` m3/h went each way through the open door between them."""
    rate = flow * (1.0 / one_shape.volume + 1.0 / other_shape.volume) / HOUR
    share = 1.0 - math.exp(-rate * seconds)
    weight = one_shape.volume / (one_shape.volume + other_shape.volume)

    def blend(mine: Air, theirs: Air, theirs_weight: float) -> Air:
        k = share * theirs_weight
        return replace(
            mine,
            moisture=mine.moisture + k * (theirs.moisture - mine.moisture),
            pm2_5=mine.pm2_5 + k * (theirs.pm2_5 - mine.pm2_5),
            # walls and furniture hold far more heat than the air that passes
            temperature=mine.temperature + 0.03 * k * (theirs.temperature - mine.temperature),
        )

    return blend(one, other, 1.0 - weight), blend(other, one, weight)


def _toward(value: float, settled: float, rate: float, seconds: float) -> float:
    """The solution of dv/dt = rate (settled - v), `rate` in 1/s."""
    return settled + (value - settled) * math.exp(-rate * seconds)
