"""How a room warms and cools: two capacities, two resistances. Pure; solved exactly over any step.

Owns the equations and what follows from them (a step, an open-loop run, the time to a temperature); never fits its own
parameters (`identify.py`) and knows no appliance but through `drive`. All rates are divided by the heat capacity of
the air, so that nothing in watts has to be known: a room is identified from temperatures alone.

    dTa/dt = mass (Tm - Ta) + outside (To - Ta) + beside (Tn - Ta) + power q + sun_air S + gain + gain_home n
    dTm/dt = mass_air (Ta - Tm) + mass_outside (To - Tm) + sun_mass S

Form and usual size of the parameters: Bacher and Madsen, "Identifying suitable models for the heat dynamics of
buildings", Energy and Buildings 43 (2011) 1511-1522 (model TiTe); ISO 13790:2008 annex C for the sizes.
The machine: its electric power rises with the square of its load (`STEEP`) and with the outdoor temperature, as the
part-load data of EN 14825 for inverter units do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

STEEP = 0.50
"""The share s of a unit's full electric power that rises with the square of its thermal load q: (1 - s) q + s q². 0.5
makes the efficiency at half load 1.33 times and at a fifth 1.67 times that of full load (Winkler, NREL/TP-5500-52175, 2011:
1.5 to 2 at the lowest, on two mini-splits). Each room's own is identified, as `ThermalModel.steep`."""
PER_KELVIN = {"cool": 0.040, "heat": 0.038}
"""Electric energy for a unit of heat, a kelvin of outdoor temperature, of that at the rating point: a constant part of Carnot's
efficiency over 25 K between the coils, as at part load. At full load declared units lose 3 to 3.5 % (EN 14825, 35 to 20 Cel
cooling, 7 to -7 Cel heating)."""
DEFROST = ((-9.0, 0.0), (-5.0, 0.1), (3.0, 0.1), (7.0, 0.0))
"""What defrosting adds to it, by outdoor Cel: a tenth around the freezing point, where the air still holds water (the dip between
EN 14511's points of 7, 2 and -7 Cel)."""
LONGEST = 72.0
"""Hours after which `time_to` gives up: nobody waits longer."""


class Mode(StrEnum):
    """What an appliance does to the air."""

    COOL = "cool"
    HEAT = "heat"

    @property
    def sign(self) -> float:
        """Of the heat that it brings into the room."""
        return -1.0 if self is Mode.COOL else 1.0


def capacity_share(mode: Mode, outdoor: float) -> float:
    """Thermal capacity at this outdoor temperature (Cel), of that at the rating point (35 or 7 Cel)."""
    share = 1.0 - 0.010 * (outdoor - 35.0) if mode is Mode.COOL else 1.0 + 0.020 * (outdoor - 7.0)
    return min(max(share, 0.5), 1.2)


def effort_share(mode: Mode, outdoor: float) -> float:
    """Electric energy for a unit of heat moved, of that at the rating point (35 or 7 Cel)."""
    if mode is Mode.COOL:
        share = 1.0 + PER_KELVIN["cool"] * (outdoor - 35.0)
    else:
        share = (1.0 - PER_KELVIN["heat"] * (outdoor - 7.0)) * (1.0 + _defrost(outdoor))
    return min(max(share, 0.4), 2.0)


def _defrost(outdoor: float) -> float:
    for (cold, before), (warm, after) in pairwise(DEFROST):
        if cold <= outdoor < warm:
            return before + (after - before) * (outdoor - cold) / (warm - cold)
    return 0.0


def power_share(drive: float, mode: Mode, outdoor: float, steep: float = STEEP) -> float:
    """Electric power at thermal `drive` (0 .. 1.2), of that at full load at the rating point."""
    return effort_share(mode, outdoor) * drive * (1.0 - steep + steep * drive)


def drive_of(power: float, mode: Mode, outdoor: float, steep: float = STEEP) -> float:
    """The inverse of `power_share`: thermal drive from the share of the rated electric power."""
    return _drive(max(power, 0.0) / effort_share(mode, outdoor), steep)


def bent(heat: float, steep: float) -> float:
    """A signed drive that was computed for `STEEP`, for another unit that takes the same power."""
    size = abs(heat)
    return math.copysign(_drive(size * (1.0 - STEEP + STEEP * size), steep), heat)


def _drive(share: float, steep: float) -> float:
    easy = 1.0 - steep
    return (math.sqrt(easy * easy + 4.0 * steep * share) - easy) / (2.0 * steep)


@dataclass(frozen=True, slots=True)
class Outside:
    """What acts on a room for a while: `outdoor` and `beside` (other rooms; None: like this one) in Cel, `sun` in
    kW/m2 on the horizontal, `home` people at home (0 .. 1 or a probability)."""

    outdoor: float
    sun: float = 0.0
    home: float = 0.0
    beside: float | None = None


@dataclass(frozen=True, slots=True)
class State:
    """`air` and `mass` in Cel."""

    air: float
    mass: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """One step as `next = move · state + push · rates`, for a fixed length of step."""

    aa: float
    am: float
    ma: float
    mm: float
    paa: float
    pam: float
    pma: float
    pmm: float


@dataclass(frozen=True, slots=True)
class ThermalModel:
    """Rates in 1/h; `power` in K/h at full drive; `sun_*` in K/h for 1 kW/m2; gains in K/h. `mass` 0: one capacity."""

    mass: float
    outside: float
    mass_air: float
    mass_outside: float
    power: float
    sun_air: float = 0.0
    sun_mass: float = 0.0
    gain: float = 0.0
    gain_home: float = 0.0
    beside: float = 0.0
    steep: float = STEEP
    """Of the unit's power, not of the room."""

    def settled(self, air: float, outdoor: float) -> State:
        """A state in which the mass has come to rest, where nothing is known of it."""
        whole = self.mass_air + self.mass_outside
        mass = (self.mass_air * air + self.mass_outside * outdoor) / whole if whole > 0 else air
        return State(air, mass)

    def push(self, around: Outside, heat: float) -> tuple[float, float]:
        """Rates in K/h on air and mass that do not depend on their temperatures. `heat`: signed drive."""
        air = self.outside * around.outdoor + self.power * heat + self.sun_air * around.sun
        air += self.gain + self.gain_home * around.home
        if around.beside is not None:
            air += self.beside * around.beside
        return air, self.mass_outside * around.outdoor + self.sun_mass * around.sun

    def matrix(self, hours: float, *, beside: bool = False) -> Matrix:
        """The exact step of this length (Sylvester's formula for a 2x2 matrix with real eigenvalues)."""
        a = -(self.mass + self.outside + (self.beside if beside else 0.0))
        b, c, d = self.mass, self.mass_air, -(self.mass_air + self.mass_outside)
        middle, root = (a + d) / 2.0, math.sqrt(((a - d) / 2.0) ** 2 + b * c)
        slow, fast = middle + root, middle - root
        es, ef = math.exp(slow * hours), math.exp(fast * hours)
        step = (es - ef) / (slow - fast) if root > 1e-9 else hours * es
        stay = es - slow * step
        # the integral of exp(A t) has the same eigenvectors, and the integrals of the exponentials as eigenvalues
        ies, ief = _integral(slow, hours), _integral(fast, hours)
        istep = (ies - ief) / (slow - fast) if root > 1e-9 else hours * hours / 2.0
        istay = ies - slow * istep
        return Matrix(
            stay + step * a, step * b, step * c, stay + step * d,
            istay + istep * a, istep * b, istep * c, istay + istep * d,
        )  # fmt: skip

    def step(self, state: State, around: Outside, heat: float, hours: float) -> State:
        """The state after `hours` in which nothing around changes; `heat` is the signed drive."""
        return apply(self.matrix(hours, beside=around.beside is not None), state, self.push(around, heat))

    def run(
        self, state: State, around: Sequence[Outside], heats: Sequence[float], hours: float
    ) -> list[State]:
        """Open loop: the states at the end of each step."""
        found = []
        matrices = {
            beside: self.matrix(hours, beside=beside) for beside in {one.beside is not None for one in around}
        }
        for one, heat in zip(around, heats, strict=True):
            state = apply(matrices[one.beside is not None], state, self.push(one, heat))
            found.append(state)
        return found

    def time_to(
        self, state: State, target: float, around: Sequence[Outside], mode: Mode, hours: float
    ) -> float | None:
        """Hours until the air reaches `target` at full load; 0 where it is there; None where it never does.

        `around` holds for steps of `hours`; its last entry is taken to go on, up to `LONGEST`.
        """
        sign = mode.sign
        if sign * (state.air - target) >= 0:
            return 0.0
        passed, index = 0.0, 0
        while passed < LONGEST:
            one = around[min(index, len(around) - 1)]
            then = self.step(state, one, sign * capacity_share(mode, one.outdoor), hours)
            if sign * (then.air - target) >= 0:
                return passed + hours * (target - state.air) / (then.air - state.air)
            state, passed, index = then, passed + hours, index + 1
        return None

    def to_json(self) -> dict[str, float]:
        """Plain numbers, for `of_json`."""
        return asdict(self)

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_json`; ValueError or TypeError where it is none."""
        return cls(**{name: float(value) for name, value in body.items()})


def apply(matrix: Matrix, state: State, push: tuple[float, float]) -> State:
    """One step with a matrix that was made before."""
    return State(
        matrix.aa * state.air + matrix.am * state.mass + matrix.paa * push[0] + matrix.pam * push[1],
        matrix.ma * state.air + matrix.mm * state.mass + matrix.pma * push[0] + matrix.pmm * push[1],
    )


def _integral(rate: float, hours: float) -> float:
    return (math.exp(rate * hours) - 1.0) / rate if abs(rate * hours) > 1e-9 else hours
