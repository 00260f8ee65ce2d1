"""Every room's air as advice wants to see it, and what is to be said of it. Pure; owns where each figure is read and when it is late.

Advice needs no switch: it does nothing. A room without a sensor is never spoken of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Self

from jiahe.comfort.advice import Advisor, Air
from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.air_room import RoomAir
from jiahe.comfort.outdoors import Outside, outside
from jiahe.comfort.outfit import Outfit, RoomOutfit
from jiahe.comfort.reason import Reason
from jiahe.comfort.step import Note, View, flag, number
from jiahe.model.happening import PropertyRef

LATE, EARLY = 22, 7
"""O'clock between which nothing is said, whoever may be up."""
SUBJECTS = ("co2", "humidity", "pm2_5")
"""A room that reads none of these and has no filter has nothing to be advised about."""


@dataclass(slots=True)
class Advising:
    """One home's advice."""

    zone: tzinfo
    rooms: dict[str, Advisor] = field(default_factory=dict)

    def minute(
        self,
        at: float,
        view: View,
        outfit: Outfit,
        air: Mapping[str, RoomAir],
        scenes: Mapping[str, Scene],
    ) -> list[Note]:
        """What is to be said now. `air` are the rooms with a purifier; `scenes` tell who is in bed."""
        hour = datetime.fromtimestamp(at, self.zone).hour
        late = hour >= LATE or hour < EARLY
        weather = outside(at, view, outfit)
        for gone in self.rooms.keys() - outfit.rooms.keys():
            del self.rooms[gone]
        notes = []
        for name, room in outfit.rooms.items():
            own = air.get(name)
            if own is None and not any(path in room.readings for path in SUBJECTS):
                self.rooms.pop(name, None)
                continue
            seen = _air(at, view, room, own, weather, night=late or scenes[name].quiet)
            notes += [
                Note("advice", name, (why,)) for why in self.rooms.setdefault(name, Advisor()).look(seen)
            ]
        return notes

    def of(self, room: str) -> tuple[Reason, ...]:
        """What holds in a room now."""
        return self.rooms[room].now if room in self.rooms else ()

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {name: one.to_json() for name, one in self.rooms.items()}

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo) -> Self:
        """The inverse of `to_json`; KeyError, TypeError or ValueError where it is none."""
        return cls(zone, {str(name): Advisor.of_json(one) for name, one in body.items()})


def _air(
    at: float, view: View, room: RoomOutfit, own: RoomAir | None, weather: Outside, *, night: bool
) -> Air:
    closed = [flag(view(ref)) for ref in room.readings.get("contact", ())]
    reckoned = weather.pm2_5 is None and own is not None and own.trusted
    return Air(
        at,
        night,
        _first(view, room.readings.get("co2", ())),
        _first(view, room.readings.get("humidity", ())),
        _first(view, room.readings.get("temperature", ())),
        weather.temperature,
        own.pm2_5 if own is not None else _first(view, room.readings.get("pm2_5", ())),
        own.outdoor if own is not None and reckoned else weather.pm2_5,
        reckoned,
        True if False in closed else None if not closed or None in closed else False,
        room.dries,
        own.filter_left if own is not None else None,
        own.filter.days_left if own is not None else None,
        weather.humidity,
    )


def _first(view: View, refs: tuple[PropertyRef, ...]) -> float | None:
    """By the best sensor that is believed now."""
    return next((one for ref in refs if (one := number(view(ref))) is not None), None)
