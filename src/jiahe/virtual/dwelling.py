"""A flat over time: rooms, their air conditioners and purifiers, what people and weather do to them. Owns the state and the order of
one step; never a protocol, a clock or a habit of people. Deterministic by seed (the units differ a little from flat to flat).

A step takes the neighbour rooms as they were at its beginning; heat and air of one room are exact within it, so that steps may
be 1 s to 60 s long. The same flat is the plant of benches and the demo's home.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from jiahe.virtual import air_mass, inverter, thermal
from jiahe.virtual.air_mass import Emission, Purifier
from jiahe.virtual.inverter import Inverter, Setting, Thermostat
from jiahe.virtual.thermal import CITIES, VOLUME_HEAT, RoomPhysics
from jiahe.virtual.weather import Outdoor, saturation

PURIFIED = ("living-room", "bedroom")
"""Rooms in which people put a purifier."""
NOBODY: Mapping[str, Emission] = MappingProxyType({})
AS_IT_IS: Mapping[str, RoomControl] = MappingProxyType({})


class RoomControl(NamedTuple):
    """How a room's machines are set. `ac` as the unit takes it; `purifier` is a level of 0 to 1; `window` and `door` are open by a part
    of 0 to 1."""

    ac: Setting = Setting()
    purifier: float = 0.0
    window: float = 0.0
    door: float = 0.5


IDLE = RoomControl()


class Sensed(NamedTuple):
    """What sensors of a room show, and what nobody senses (`wall`, `heat`). Cel, Cel, %, ppm, ug/m3; `power` in W by device ("ac",
    "purifier"), `heat` in W from the air conditioner, `filter` in mg collected, `noise` of the purifier in dB(A)."""

    temperature: float
    wall: float
    humidity: float
    co2: float
    pm2_5: float
    power: Mapping[str, float]
    heat: float = 0.0
    filter: float = 0.0
    noise: float = 0.0


class RoomState:
    """The air and the mass of a room: Cel, Cel, g/kg, ppm, ug/m3, mg in the purifier's filter."""

    __slots__ = ("air", "co2", "filter", "moisture", "pm2_5", "thermostat", "wall", "work")

    def __init__(self, air: float, wall: float, moisture: float, co2: float, pm2_5: float) -> None:
        self.air = air
        self.wall = wall
        self.moisture = moisture
        self.co2 = co2
        self.pm2_5 = pm2_5
        self.filter = 0.0
        self.thermostat = Thermostat()
        self.work = inverter.Work(0.0, 0.0, 0.0)

    def copy(self) -> RoomState:
        """Another one in the same state."""
        other = RoomState(self.air, self.wall, self.moisture, self.co2, self.pm2_5)
        other.filter, other.work, other.thermostat = self.filter, self.work, self.thermostat.copy()
        return other


class Dwelling:
    """A flat in a city. `rooms` are what it is made of, `state` how it is, both by room; every room has an air conditioner and a
    purifier that stand still until a control sets them."""

    def __init__(
        self,
        city: str = "shanghai",
        rooms: tuple[RoomPhysics, ...] | None = None,
        seed: int = 1,
        *,
        air: float = 22.0,
        units: Mapping[str, Inverter] | None = None,
        purifiers: Mapping[str, Purifier] | None = None,
    ) -> None:
        """`air` in Cel is what it begins with; KeyError for an unknown city where no rooms are given."""
        self.rooms: dict[str, RoomPhysics] = {
            room.id: built(room, seed) for room in (CITIES[city] if rooms is None else rooms)
        }
        self.units = {name: (units or {}).get(name) or sized(room) for name, room in self.rooms.items()}
        self.purifiers = {
            name: (purifiers or {}).get(name) or Purifier(standby=1.0 if name in PURIFIED else 0.0)
            for name in self.rooms
        }
        moisture = 0.5 * saturation(air)
        self.state = {name: RoomState(air, air, moisture, 600.0, 20.0) for name in self.rooms}

    def settle(self, outdoor: Outdoor) -> None:
        """Begins where a flat that nobody heats stands after days of such weather."""
        for state in self.state.values():
            state.air = state.wall = (
                18.0 + 0.35 * max(outdoor.temperature, 0.0) + 0.3 * min(outdoor.temperature, 0.0)
            )
            state.moisture = min(outdoor.moisture, 0.7 * saturation(state.air))
            state.pm2_5 = 0.5 * outdoor.pm2_5

    def copy(self) -> Dwelling:
        """The same flat in the same state, for oracles and what-if; what it is made of is shared."""
        other: Dwelling = object.__new__(Dwelling)
        other.rooms, other.units, other.purifiers = self.rooms, self.units, self.purifiers
        other.state = {name: state.copy() for name, state in self.state.items()}
        return other

    def step(
        self,
        t: float,
        outdoor: Outdoor,
        controls: Mapping[str, RoomControl] = AS_IT_IS,
        people: Mapping[str, Emission] = NOBODY,
        seconds: float = 60.0,
    ) -> dict[str, Sensed]:
        """On by so many seconds (60 at most) from `t`; `people` are people and appliances together, by room. A room that is not
        named has nobody and nothing on. ValueError for a longer step: the machines would overshoot."""
        if not 0.0 <= seconds <= 60.0:
            raise ValueError(f"a step of {seconds} s; 0 to 60 s are exact enough")
        before = {name: (one.air, one.moisture, one.co2, one.pm2_5) for name, one in self.state.items()}
        sensed = {}
        for name, room in self.rooms.items():
            control = controls.get(name, IDLE)
            load = people.get(name, _NOTHING)
            sensed[name] = self._room(room, control, load, outdoor, before, controls, seconds)
        return sensed

    def _room(
        self,
        room: RoomPhysics,
        control: RoomControl,
        load: Emission,
        outdoor: Outdoor,
        before: Mapping[str, tuple[float, float, float, float]],
        controls: Mapping[str, RoomControl],
        seconds: float,
    ) -> Sensed:
        state = self.state[room.id]
        unit, purifier = self.units[room.id], self.purifiers[room.id]
        difference = outdoor.temperature - state.air
        through = thermal.through_window(room, control.window, difference, outdoor.wind)
        cracks = thermal.leak(room, difference, outdoor.wind) * room.volume
        part = state.thermostat.demand(unit, control.ac, state.air, seconds)
        state.work = work = inverter.work(
            unit, control.ac, part, state.air, state.moisture, outdoor.temperature
        )

        conductance = room.window + (through + cracks) * VOLUME_HEAT
        flow = conductance * outdoor.temperature
        # What comes in: air of neighbours, as m3/h and as m3/h times what is in it.
        air = water = co2 = dust = 0.0
        for other, wide in room.doors.items():
            near = before.get(other)
            if near is None:
                continue
            opened = control.door if room.id != "living-room" else controls.get(other, IDLE).door
            volume = wide * max(0.1, opened)  # a closed door still leaks
            air += volume
            flow += volume * VOLUME_HEAT * near[0]
            water += volume * near[1]
            co2 += volume * near[2]
            dust += volume * near[3]
        sun = room.aperture * outdoor.solar
        state.air, state.wall = thermal.step(
            room, state.air, state.wall, conductance + air * VOLUME_HEAT,
            flow + load.heat + work.heat + thermal.SUN_ON_AIR * sun, (1.0 - thermal.SUN_ON_AIR) * sun,
            outdoor.temperature, seconds,
        )  # fmt: skip

        volume = room.volume
        fresh = through + cracks
        store = volume * air_mass.AIR_DENSITY * air_mass.MOISTURE_BUFFER
        gained = (fresh * outdoor.moisture + water) / (volume * air_mass.MOISTURE_BUFFER)
        moisture = air_mass.toward(
            state.moisture, gained + (load.water + work.water) / store,
            (fresh + air) / (volume * air_mass.MOISTURE_BUFFER), seconds,
        )  # fmt: skip
        state.moisture = min(max(moisture, 0.1), saturation(state.air))
        state.co2 = air_mass.toward(
            state.co2,
            (fresh * outdoor.co2 + co2 + load.co2 * 1000.0) / volume,
            (fresh + air) / volume,
            seconds,
        )
        cleaned = purifier.cadr(control.purifier, state.filter)
        dirty = state.pm2_5
        state.pm2_5 = air_mass.toward(
            dirty, ((through + room.penetration * cracks) * outdoor.pm2_5 + dust + load.dust) / volume,
            (fresh + air + cleaned) / volume + room.deposition, seconds,
        )  # fmt: skip
        state.filter += cleaned * 0.5 * (dirty + state.pm2_5) * seconds / 3600.0 / 1000.0
        return Sensed(
            state.air, state.wall, min(100.0, 100.0 * state.moisture / saturation(state.air)), state.co2, state.pm2_5,
            {"ac": work.electric, "purifier": purifier.electric(control.purifier)},
            work.heat, state.filter, purifier.sound(control.purifier),
        )  # fmt: skip


_NOTHING = Emission()


def built(room: RoomPhysics, seed: int) -> RoomPhysics:
    """The room as one builder made it: no two flats of one plan are alike (10 to 20 %); seed 0 is the plan itself."""
    if seed == 0:
        return room
    chance = random.Random(f"{seed}/built/{room.id}")
    spread = chance.uniform
    return replace(
        room,
        r_in=room.r_in * spread(0.9, 1.1),
        r_out=room.r_out * spread(0.85, 1.15),
        c_air=room.c_air * spread(0.85, 1.15),
        c_wall=room.c_wall * spread(0.85, 1.15),
        aperture=room.aperture * spread(0.8, 1.2),
        infiltration=room.infiltration * spread(0.8, 1.25),
        deposition=room.deposition * spread(0.8, 1.25),
    )


def sized(room: RoomPhysics) -> Inverter:
    """The unit that a shop would sell for it: 2.6 kW to 16 m2, 3.5 kW to 22 m2, 5 kW above."""
    cooling = 2600.0 if room.area <= 16.0 else 3500.0 if room.area <= 22.0 else 5000.0
    standby = 0.0 if room.id == "kitchen" else 1.5  # nobody has one there
    return Inverter(cooling=cooling, heating=cooling * 1.15, standby=standby)
