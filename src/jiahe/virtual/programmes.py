"""What kitchen and household appliances draw and give to the air while a programme runs. Pure tables of phases; knows no
protocol, no time of day.

Dust of cooking: 1.6 mg/min at the stove on the mean (Ozkaynak et al., J. Exposure Analysis and Environmental Epidemiology 6 (1996)
57-78), of which a hood lets a quarter into the room (capture of about 75 %: Lunden et al., Indoor Air 25 (2015) 45-58). CO2 of gas:
9.5 l for each MJ burnt. Powers and times are what such appliances show on their plates and displays; a stove of gas draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from jiahe.virtual.air_mass import Emission

HOOD = 0.25
"""Part of a stove's dust, water and heat that its hood lets into the room."""


class Phase(NamedTuple):
    """`minutes` long; `power` in W drawn, `heat` in W into the room, `water` in g/h, `dust` in ug/h, `co2` in l/h."""

    minutes: float
    power: float
    heat: float
    water: float = 0.0
    dust: float = 0.0
    co2: float = 0.0


@dataclass(frozen=True)
class Programme:
    """An appliance's programme, as phases one after the other."""

    appliance: str
    phases: tuple[Phase, ...]

    @cached_property
    def minutes(self) -> float:
        """How long it takes."""
        return sum(phase.minutes for phase in self.phases)

    @property
    def energy(self) -> float:
        """What it takes, in kW.h."""
        return sum(phase.minutes * phase.power for phase in self.phases) / 60_000.0

    def at(self, minute: float, strength: float = 1.0) -> Emission:
        """What it does so many minutes after its start; `strength` (0.4 steamed to 1.6 seared) counts for dust."""
        for phase in self.phases:
            if 0.0 <= minute < phase.minutes:
                return Emission(phase.heat, phase.water, phase.dust * strength, phase.co2, phase.power)
            minute -= phase.minutes
        return Emission()


def _stove(minutes: float, burner: float, dust: float) -> tuple[Phase, ...]:
    """Gas at `burner` W; `dust` in mg/min at the pan. Half of the flame's heat is in the hood's draught."""
    gas_co2 = burner * 3600.0 / 1e6 * 9.5  # l/h
    return (
        Phase(
            minutes,
            90.0,
            90.0 + 0.45 * burner * HOOD * 2,
            900.0 * HOOD,
            dust * 60_000.0 * HOOD,
            gas_co2 * HOOD,
        ),
    )


PROGRAMMES: Mapping[str, Programme] = MappingProxyType(
    {
        "kettle": Programme("kettle", (Phase(5, 1800, 250, 600),)),
        "breakfast": Programme("stove", _stove(12, 1800.0, 0.8)),
        "lunch": Programme("stove", _stove(22, 2200.0, 1.4)),
        "dinner": Programme("stove", _stove(32, 2500.0, 1.6)),
        "rice": Programme(
            "rice_cooker",
            (Phase(8, 150, 40), Phase(14, 700, 150, 60), Phase(14, 420, 160, 350), Phase(9, 90, 60, 60), Phase(60, 35, 30)),
        ),
        "congee": Programme("rice_cooker", (Phase(20, 650, 140, 80), Phase(70, 180, 110, 200))),
        "bake": Programme("oven", (Phase(12, 2000, 600, 20, 1.2e5), Phase(40, 800, 550, 150, 2.5e5))),
        "dishes": Programme(
            "dishwasher",
            (Phase(12, 70, 20), Phase(14, 1800, 90, 10), Phase(28, 80, 60, 10), Phase(11, 1800, 120, 20), Phase(42, 20, 120, 260)),
        ),
        "wash": Programme(
            "washer", (Phase(10, 60, 40), Phase(18, 1700, 150), Phase(30, 180, 120), Phase(12, 450, 250, 40))
        ),
        "shower": Programme("heater", (Phase(10, 0, 150, 1400), Phase(20, 0, 30, 300))),
        "laundry": Programme("rack", (Phase(480, 0, -60, 180),)),
    }
)  # fmt: skip
"""By what is done. Wet laundry on a rack takes its water's heat from the room."""
