"""The heat of a room: two capacities and two resistances (2R2C), solved exactly over a step. Owns what rooms of three cities
are made of; knows no machine, no person, no time of day.

    C_air  dTa/dt = (Tw - Ta) / R_in + G (To - Ta) + door flows + heat + part of the sun
    C_wall dTw/dt = (Ta - Tw) / R_in + (To - Tw) / R_out + the rest of the sun

with G = windows' transmission + the heat of the air that comes in. Sources of the parameters:

* coupling of air and mass: ISO 13790:2008 7.2.2, h_is 3.45 W/(m2 K) over 4.5 times and h_ms 9.1 over 2.5 times the floor
  area, in series 9.2 W/K a square metre of floor; mass "medium", 165 kJ/(m2 K), table 12; the air's capacity is that of
  air, furniture and the surfaces' first millimetres, 25 kJ/(m2 K), in the range of identified 2R2C models (Bacher and
  Madsen, Energy and Buildings 43 (2011) 1511-1522);
* transmission: walls and windows of JGJ 26-2018 (Beijing), JGJ 134-2010 (Shanghai), JGJ 75-2012 (Guangzhou);
* air through cracks: 0.21 1/h on the median of homes in Beijing (Shi et al., Building and Environment 92 (2015) 528-537),
  leakier windows in the south; its dependence on wind and temperature: the form of Sherman and Grimsrud (1980).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

AIR_DENSITY = 1.2  # kg/m3 at 20 Cel
AIR_HEAT = 1005.0  # J/(kg K)
VOLUME_HEAT = AIR_DENSITY * AIR_HEAT / 3600.0  # W/K for each m3/h
SUN_ON_AIR = 0.3
"""Part of the sun that furniture gives to the air at once; the rest goes into walls and floor."""


@dataclass(frozen=True, slots=True)
class RoomPhysics:
    """What a room is made of. `area` and `openable` (of the window) in m2, `height` in m, `r_in` and `r_out` in K/W, `c_air`
    and `c_wall` in J/K, `window` in W/K, `aperture` in m2 (sun let in for each W/m2 on the horizontal), `infiltration` in
    1/h at 12 K and 3 m/s, `doors`: m3/h each way to another room through its open door."""

    id: str
    area: float
    r_in: float
    r_out: float
    c_air: float
    c_wall: float
    window: float
    aperture: float
    infiltration: float
    openable: float
    doors: Mapping[str, float]
    height: float = 2.7
    penetration: float = 0.8
    deposition: float = 0.2

    @property
    def volume(self) -> float:
        """In m3."""
        return self.area * self.height


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a city builds: transmission of walls and windows in W/(m2 K), `sun` that a window lets in (shading and glass
    together), `infiltration` in 1/h."""

    wall: float
    window: float
    sun: float
    infiltration: float


ENVELOPES: Mapping[str, Envelope] = MappingProxyType(
    {
        "beijing": Envelope(0.45, 2.0, 0.40, 0.21),
        "shanghai": Envelope(1.0, 2.8, 0.35, 0.35),
        "guangzhou": Envelope(1.5, 4.7, 0.25, 0.45),
    }
)

PLAN = (
    # room, floor, outer wall with its window, window, openable (m2), and doors (m3/h each way)
    ("living-room", 24.0, 11.0, 5.0, 1.0, {"bedroom": 90.0, "child-room": 70.0, "kitchen": 120.0}),
    ("bedroom", 14.0, 9.0, 2.6, 0.7, {"living-room": 90.0}),
    ("child-room", 11.0, 14.0, 2.2, 0.6, {"living-room": 70.0}),
    ("kitchen", 7.0, 6.0, 1.4, 0.5, {"living-room": 120.0}),
)
"""A flat of two bedrooms, 56 m2 of rooms: the middle of what is let in the three cities."""


def _room(
    envelope: Envelope, row: tuple[str, float, float, float, float, Mapping[str, float]]
) -> RoomPhysics:
    name, area, outer, window, openable, doors = row
    coupling = 1.0 / (1.0 / (3.45 * 4.5) + 1.0 / (9.1 * 2.5)) * area
    return RoomPhysics(
        id=name,
        area=area,
        r_in=1.0 / coupling,
        r_out=1.0 / (envelope.wall * (outer - window) * 1.15),  # 15 % for thermal bridges
        c_air=25_000.0 * area,
        c_wall=165_000.0 * area,
        window=envelope.window * window,
        aperture=envelope.sun
        * window
        * 0.5,  # an upright window sees about half of what falls on the horizontal
        infiltration=envelope.infiltration,
        openable=openable,
        doors=MappingProxyType(dict(doors)),
    )


CITIES: Mapping[str, tuple[RoomPhysics, ...]] = MappingProxyType(
    {city: tuple(_room(envelope, row) for row in PLAN) for city, envelope in ENVELOPES.items()}
)
"""The rooms of a flat, by city."""


def leak(room: RoomPhysics, difference: float, wind: float) -> float:
    """Air through cracks in 1/h, at a difference of temperatures in K and a wind in m/s."""
    return room.infiltration * max(0.3, math.sqrt(abs(difference) / 24.0 + 0.5 * (wind / 3.0) ** 2))


def through_window(room: RoomPhysics, opened: float, difference: float, wind: float) -> float:
    """Air through one window opened by a part, in m3/h (de Gids and Phaff, Air Infiltration Review 4 (1982)); a sash of 1.2 m."""
    if opened <= 0.0:
        return 0.0
    speed = math.sqrt(0.001 * wind * wind + 0.0035 * 1.2 * abs(difference) + 0.01)
    return 0.5 * room.openable * min(opened, 1.0) * speed * 3600.0


def step(
    room: RoomPhysics, air: float, wall: float, conductance: float, heat: float, wall_heat: float, outside: float,
    seconds: float,
) -> tuple[float, float]:  # fmt: skip
    """Both temperatures after so many seconds in which nothing else changes: exact.

    `conductance` in W/K is all that ties the air to what does not change; `heat` in W into the air has its flow from
    there (conductance times temperature) in it; `wall_heat` in W goes into the mass.
    """
    inner, outer = 1.0 / room.r_in, 1.0 / room.r_out
    ka, kaw = (inner + conductance) / room.c_air, inner / room.c_air
    kw, kwa = (inner + outer) / room.c_wall, inner / room.c_wall
    qa, qw = heat / room.c_air, (wall_heat + outer * outside) / room.c_wall
    determinant = ka * kw - kaw * kwa
    settled_air = (kw * qa + kaw * qw) / determinant
    settled_wall = (kwa * qa + ka * qw) / determinant
    mean, half = -0.5 * (ka + kw), 0.5 * (kw - ka)
    spread = math.sqrt(half * half + kaw * kwa)
    # Both are decaying: exp before cosh keeps large steps from overflowing.
    slow, fast = math.exp((mean + spread) * seconds), math.exp((mean - spread) * seconds)
    even, odd = 0.5 * (slow + fast), 0.5 * (slow - fast) / spread
    da, dw = air - settled_air, wall - settled_wall
    return (
        settled_air + even * da + odd * (half * da + kaw * dw),
        settled_wall + even * dw + odd * (kwa * da - half * dw),
    )
