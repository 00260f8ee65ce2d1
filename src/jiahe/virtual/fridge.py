"""A refrigerator that cools and freezes with one compressor: cycles, doors opened, warm food put in. Owns its two temperatures;
deterministic, knows no protocol.

Conductances of 1.0 W/K (fridge) and 0.4 W/K (freezer) and the compressor's 75 W at an efficiency of 1.2 to 1.5 give 0.6 to 0.8 kW.h a
day, what GB 12021.2-2015 lets a two-door unit of grade 1 to 2 of 300 l take; an opening changes half of the compartment's air
and warms the food by what its water gives up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

STANDBY = 3.0  # W
LAMP = 5.0  # W with a door open


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What it is made of: W/K to the kitchen, J/K of air, walls and food, W drawn and moved by the compressor."""

    fridge_loss: float = 1.0
    freezer_loss: float = 0.4
    fridge_capacity: float = 45_000.0
    freezer_capacity: float = 38_000.0
    power: float = 75.0
    fridge_cooling: float = 115.0
    freezer_cooling: float = 90.0
    open_loss: float = 18.0
    """W/K more to the kitchen while the door of a compartment is open."""
    hysteresis: float = 1.2


class Inside(NamedTuple):
    """`fridge` and `freezer` in Cel, `power` in W drawn, `heat` in W into the kitchen."""

    fridge: float
    freezer: float
    power: float
    heat: float


class Fridge:
    """A damper sends the cold to the compartment that wants it; both set points in Cel may be changed at any time."""

    def __init__(
        self, cabinet: Cabinet | None = None, *, fridge: float = 4.0, freezer: float = -18.0
    ) -> None:
        self.cabinet = cabinet or Cabinet()
        self.fridge_set, self.freezer_set = fridge, freezer
        self.fridge, self.freezer = fridge + 0.4, freezer + 0.4
        self.cooling_fridge = self.cooling_freezer = False
        self.powered = True
        """Whether its socket has power; without, it only warms."""

    def step(
        self, kitchen: float, seconds: float, *, open_fridge: float = 0.0, open_freezer: float = 0.0
    ) -> Inside:
        """On by so many seconds (60 at most) in a kitchen of Cel; the doors are open by this part of the time."""
        unit, half = self.cabinet, self.cabinet.hysteresis / 2.0
        on = self.powered
        self.cooling_fridge = on and self.fridge > self.fridge_set + (-half if self.cooling_fridge else half)
        self.cooling_freezer = on and self.freezer > self.freezer_set + (
            -half if self.cooling_freezer else half
        )
        running = self.cooling_fridge or self.cooling_freezer
        share = 0.5 if self.cooling_fridge and self.cooling_freezer else 1.0
        to_fridge = unit.fridge_cooling * share if self.cooling_fridge else 0.0
        to_freezer = unit.freezer_cooling * share if self.cooling_freezer else 0.0
        gained_fridge = (unit.fridge_loss + unit.open_loss * open_fridge) * (kitchen - self.fridge)
        gained_freezer = (unit.freezer_loss + unit.open_loss * open_freezer) * (kitchen - self.freezer)
        self.fridge += (gained_fridge - to_fridge) * seconds / unit.fridge_capacity
        self.freezer += (gained_freezer - to_freezer) * seconds / unit.freezer_capacity
        # Warm kitchens cost: the condenser is as warm as they are.
        power = STANDBY + LAMP * max(open_fridge, open_freezer) if on else 0.0
        if running:
            power += unit.power * (1.0 + 0.015 * (kitchen - 25.0))
        heat = power + to_fridge + to_freezer - gained_fridge - gained_freezer
        return Inside(self.fridge, self.freezer, power, heat)
