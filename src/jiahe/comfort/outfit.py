"""What each room has that comfort can read or set: found from kinds and definitions, never from products. Pure.

Owns the choice where there are several: a room's own sensor before an appliance's, and the appliance first by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jiahe.comfort.climate_seen import Limits
from jiahe.comfort.thermal_model import Mode
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.happening import PropertyRef

CONDITIONER, PURIFIER, BAND = "room_air_conditioner", "air_purifier", "wristband"
DRYER = "dehumidifier"
SENSORS = ("temperature_sensor", "air_quality_sensor", "thermostat")
"""Kinds whose own business is to measure a room: believed before an appliance that measures beside its work."""
MEASURING = frozenset({*SENSORS, "contact_sensor", "occupancy_sensor", "light_sensor", "generic"})
"""Kinds that may stand outdoors: a sensor that calls out over Bluetooth is a "generic" one. Whatever works in a room is none."""
WEATHER = ("pm2_5", "temperature", "humidity")
"""What is worth knowing of the outdoor air; a sensor outdoors reads one of them at least."""
DIMMED = 10
"""Percent: light to go to bed by."""
MODES: Mapping[Mode, str] = {Mode.COOL: "cool", Mode.HEAT: "heat"}
READINGS = (
    "temperature",
    "humidity",
    "co2",
    "pm2_5",
    "occupied",
    "contact",
    "outdoor_temperature",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A device of the home: its room's id ("" for none), its kind, and what it has."""

    id: str
    room: str
    kind: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class RoomOutfit:
    """One room. Devices are ids, "" for none; `readings` are where a value of that name is read, the best first."""

    room: str
    conditioner: str = ""
    limits: Limits = field(default_factory=Limits)
    purifier: str = ""
    lights: tuple[str, ...] = ()
    readings: Mapping[str, tuple[PropertyRef, ...]] = field(default_factory=dict)
    bits: Mapping[str, bool] = field(default_factory=dict)
    """The conditioner's wristband bits, True where they can be written."""
    dries: bool = False
    """Something in the room can dry the air: a dehumidifier, or a conditioner with a mode for it."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """The whole home."""

    rooms: Mapping[str, RoomOutfit]
    bands: tuple[str, ...]
    outdoor: tuple[PropertyRef, ...]
    """The outdoor temperature as units tell it."""
    definitions: Mapping[PropertyRef, PropertyDef]
    sensor: str = ""
    """The device that people say stands outdoors; "" for none."""
    weather: frozenset[str] = frozenset()
    """What of `WEATHER` it reads."""

    def room_of(self, device: str) -> str | None:
        """The room in which comfort uses this device; None where it does not."""
        for room in self.rooms.values():
            if device in (room.conditioner, room.purifier, *room.lights):
                return room.room
        return None


def weathers(one: Placed) -> frozenset[str]:
    """What of `WEATHER` a device could tell of the outdoors; nothing where it cannot stand there."""
    if one.kind not in MEASURING:
        return frozenset()
    return frozenset(path for path in WEATHER if _reads(one, path) and not _writes(one, path))


def outfit(devices: Iterable[Placed], sensor: str = "") -> Outfit:
    """What the home has now. `sensor` is the id of the device that stands outdoors: it says nothing of the room it is listed in."""
    ordered = sorted(devices, key=lambda one: (one.kind not in SENSORS, one.id))
    outdoors = next((one for one in ordered if sensor and one.id == sensor and weathers(one)), None)
    indoors = [one for one in ordered if one is not outdoors]
    rooms = {
        name: _room(name, [one for one in indoors if one.room == name])
        for name in {one.room for one in indoors}
        if name
    }
    return Outfit(
        dict(sorted(rooms.items())),
        tuple(sorted(one.id for one in ordered if one.kind == BAND)),
        tuple(PropertyRef(one.id, "outdoor_temperature") for one in ordered if _reads(one, "outdoor_temperature")),
        {PropertyRef(one.id, path): found for one in ordered for path, found in one.profile.properties.items()},
        outdoors.id if outdoors is not None else "",
        weathers(outdoors) if outdoors is not None else frozenset(),
    )  # fmt: skip


def _room(name: str, devices: list[Placed]) -> RoomOutfit:
    conditioner = next((one for one in devices if one.kind == CONDITIONER and _steerable(one)), None)
    purifier = next((one for one in devices if one.kind == PURIFIER and _writes(one, "power")), None)
    return RoomOutfit(
        name,
        conditioner.id if conditioner else "",
        _limits(conditioner) if conditioner else Limits(),
        purifier.id if purifier else "",
        tuple(one.id for one in devices if one.kind == "light" and _writes(one, "power")),
        {
            path: tuple(PropertyRef(one.id, path) for one in devices if _reads(one, path))
            for path in READINGS
            if any(_reads(one, path) for one in devices)
        },
        {name: _writes(conditioner, name) for name in ("bracelet_control", "bracelet_sleep")} if conditioner else {},
        any(one.kind == DRYER or "dry" in _choices(one, "mode") for one in devices),
    )  # fmt: skip


def _steerable(one: Placed) -> bool:
    return all(_writes(one, path) for path in ("power", "mode", "target_temperature"))


def _choices(one: Placed, path: str) -> tuple[str, ...]:
    found = one.profile.properties.get(path)
    return found.choices if found is not None and found.writable else ()


def _limits(conditioner: Placed) -> Limits:
    target, mode = (conditioner.profile.properties[path] for path in ("target_temperature", "mode"))
    modes = tuple(way for way, word in MODES.items() if mode.kind is Kind.ENUM and word in mode.choices)
    return Limits(
        target.low if target.low is not None else 16.0,
        target.high if target.high is not None else 30.0,
        target.step or 0.5,
        modes or (Mode.COOL,),
    )


def _reads(one: Placed, path: str) -> bool:
    found = one.profile.properties.get(path)
    return found is not None and found.readable


def _writes(one: Placed, path: str) -> bool:
    found = one.profile.properties.get(path)
    return found is not None and found.writable
