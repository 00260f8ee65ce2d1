"""Where the home is: its time zone, and its place on the earth for the sun. Owns how that is found and kept."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.rules.sun import Location

DOCUMENT = ("home", "place")
_ZONES = "zoneinfo/"


@dataclass(frozen=True, slots=True)
class Place:
    """`name` is the IANA name of the zone; `location` None where nobody told."""

    name: str
    zone: tzinfo
    location: Location | None = None

    def body(self) -> dict[str, Any]:
        """As a document."""
        spot = {} if self.location is None else self.location._asdict()
        return {"zone": self.name, **spot}


def place_of(body: Mapping[str, Any] | None) -> Place:
    """The place that was told, or this machine's own zone."""
    if body is None:
        name = _system_zone()
        return Place(name, _zone(name) or UTC)
    latitude, longitude = body.get("latitude"), body.get("longitude")
    return checked_place(str(body.get("zone", "UTC")), latitude, longitude)


def checked_place(name: str, latitude: object = None, longitude: object = None) -> Place:
    """A place from a person's words; OutOfDefinition says what is wrong."""
    zone = _zone(name)
    if zone is None:
        raise OutOfDefinition("zone", say("zone", name=repr(name[:60])))
    if latitude is None and longitude is None:
        return Place(name, zone)
    return Place(
        name, zone, Location(_degrees("latitude", latitude, 90), _degrees("longitude", longitude, 180))
    )


def _degrees(name: str, value: object, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise OutOfDefinition(name, say("degrees", most=most), most)
    return float(value)


def _zone(name: str) -> tzinfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _system_zone() -> str:
    """The machine's zone by name: TZ, else where /etc/localtime leads, else UTC."""
    told = os.environ.get("TZ", "").lstrip(":")
    if told and _zone(told) is not None:
        return told
    _, _, name = str(Path("/etc/localtime").resolve()).partition(_ZONES)
    return name if name and _zone(name) is not None else "UTC"
