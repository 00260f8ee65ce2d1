"""What a climate controller is told and what it says: readings in, one setting out. Words only; decides nothing.

Temperatures in Cel, power in W, times in epoch seconds. None stands for what nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jiahe.comfort.reason import Reason
from jiahe.comfort.thermal_model import Mode

COOL_LEAST, HEAT_MOST, FROST = 16.0, 28.0, 5.0
"""Never cooled to less, never heated to more, and never let below: whatever was learned, set or computed."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An air conditioner as it reports itself. `mode` None: a mode that neither cools nor heats."""

    on: bool
    mode: Mode | None = None
    set_point: float | None = None
    watts: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a room. `air` from the room's sensor (the unit's own where there is no other), `sun` in kW/m2 where
    somebody measures or forecasts it, `beside` the mean of the other rooms, `window_open` where a contact tells."""

    at: float
    air: float | None
    outdoor: float | None
    unit: Unit | None = None
    sun: float | None = None
    beside: float | None = None
    window_open: bool | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the appliance takes: from its product file. `rated_watts` at full load where the product says so."""

    low: float = 16.0
    high: float = 30.0
    step: float = 0.5
    modes: tuple[Mode, ...] = (Mode.COOL, Mode.HEAT)
    rated_watts: float | None = None


@dataclass(frozen=True, slots=True)
class Taste:
    """What a household wants. `tolerance` in K around the wanted temperature that is no discomfort; `worth`: the energy
    in kWh that they would spend to be spared one kelvin-hour of discomfort (thrifty 0.3, usual 0.8, comfort 2);
    `idle` in Cel: kept in an empty home when heating, so that nothing gets damp."""

    tolerance: float = 0.5
    worth: float = 0.8
    idle: float = 10.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A temperature wanted from `start` to `end` whatever the schedule says: a sleep curve, a scene."""

    start: float
    end: float
    target: float
    why: str = "wish"
    """A code of `climate_words`: `wish` or `sleep_curve`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the unit is to be set. `mode` and `set_point` are kept when it is off, for who switches it on by hand."""

    on: bool
    mode: Mode
    set_point: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The setting, its reasons (the first is the sentence to show), and when to ask again at the latest.

    `act` is False where the unit stands as it should and nothing is to be sent.
    """

    setting: Setting
    reasons: tuple[Reason, ...]
    again: float
    act: bool = True
    by: str = "plan"
    """Who decided: `hand`, `fault`, `plan` or `thermostat`."""
    planned: tuple[tuple[float, float], ...] = field(default=())
    """Where a plan decided: (epoch seconds, expected Cel) of the hours to come, for the app's curve."""


def safe(setting: Setting, limits: Limits) -> Setting:
    """The nearest setting that the appliance takes and that is never dangerous."""
    low, high = limits.low, limits.high
    if setting.mode is Mode.COOL:
        low = max(low, COOL_LEAST)
    else:
        high = min(high, HEAT_MOST)
    point = min(max(setting.set_point, low), max(low, high))
    point = round(point / limits.step) * limits.step
    return Setting(setting.on, setting.mode, min(max(point, low), max(low, high)))
