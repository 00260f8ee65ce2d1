"""Water, carbon dioxide and fine dust in the air of a room, and the purifier that takes dust out. Pure balances, exact over a
step; knows no heat and no person.

Sources: penetration about 0.8 and deposition 0.1-0.4 1/h of fine dust: Chen and Zhao, Atmospheric Environment 45 (2011) 275-288.
CO2 and water of people: Persily and de Jonge, Indoor Air 27 (2017) 868-879 (0.0048 l/s seated adult, 0.0036 asleep), ISO 7730.
The purifier: clean air in proportion to the fan's speed, power with the cube of it beside the electronics, noise with 50 log10 (the laws of
fans); 330 m3/h, 29 W and 61 dB(A) at its highest as a maker tells of one for 25 to 40 m2; its cumulate clean mass is when half of
the clean air is left (GB/T 18801-2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

PERSON_CO2_AWAKE = 17.3  # l/h
PERSON_CO2_ASLEEP = 11.5
MOISTURE_BUFFER = 5.0
"""Times the air's own water that walls and textiles take part with: EnergyPlus' humidity capacity multiplier; published models of
homes use 1 to 15."""
AIR_DENSITY = 1.2  # kg/m3


class Emission(NamedTuple):
    """What people and appliances give to a room: `heat` in W, `water` in g/h, `dust` in ug/h, `co2` in l/h; `electric` in W is what
    the appliances draw."""

    heat: float = 0.0
    water: float = 0.0
    dust: float = 0.0
    co2: float = 0.0
    electric: float = 0.0

    def plus(self, other: Emission) -> Emission:
        """Both together."""
        return Emission(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def toward(value: float, gain: float, loss: float, seconds: float) -> float:
    """The solution of dv/dt = gain - loss v, both an hour; a loss of 0 only gathers."""
    hours = seconds / 3600.0
    if loss < 1e-9:
        return value + gain * hours
    settled = gain / loss
    return settled + (value - settled) * math.exp(-loss * hours)


@dataclass(frozen=True, slots=True)
class Purifier:
    """One purifier. `clean_air` in m3/h and `power` in W at its highest, `standby` in W, `noise` in dB(A) at its highest; `capacity`
    in mg is the dust after which half of the clean air is left."""

    clean_air: float = 330.0
    power: float = 29.0
    electronics: float = 2.0
    standby: float = 1.0
    noise: float = 61.0
    capacity: float = 12_000.0

    def cadr(self, level: float, collected: float = 0.0) -> float:
        """Clean air in m3/h at a level of 0 to 1 with so many mg in the filter."""
        return self.clean_air * min(max(level, 0.0), 1.0) * math.exp2(-collected / self.capacity)

    def electric(self, level: float) -> float:
        """In W."""
        if level <= 0.0:
            return self.standby
        return self.electronics + (self.power - self.electronics) * min(level, 1.0) ** 3

    def sound(self, level: float) -> float:
        """In dB(A) at a metre; 0 where it stands still."""
        return max(0.0, self.noise + 50.0 * math.log10(min(level, 1.0))) if level > 0.0 else 0.0

    def automatic(self, pm2_5: float) -> float:
        """The level that its own "auto" takes: quiet below 15 ug/m3, the highest from 150."""
        return 0.19 + 0.81 * min(max((pm2_5 - 15.0) / 135.0, 0.0), 1.0)
