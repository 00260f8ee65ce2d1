"""The climate of a whole home: who is home, what the weather will be, and each room's controller. Pure.

Owns what the rooms share; each room's law is in `climate.py`. Cost: `decide` of one room takes about 3 ms (a plan of
30 hours), `told` some 20 µs; a fit once a day and room 0.1 to 0.6 s, which belongs into a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Self

from jiahe.comfort.climate import RoomClimate
from jiahe.comfort.climate_plan import QUARTERS
from jiahe.comfort.climate_seen import Decision, Limits, Reading, Wish
from jiahe.comfort.forecast import Outlook, Told, Weather
from jiahe.comfort.presence import Presence

QUARTER = 900.0
ROOMS = 64
"""Rooms of a home; more is a fault of whoever calls."""


@dataclass(slots=True)
class HomeClimate:
    """One home's. `outlook` has its place, `presence` its people, `rooms` a controller by room."""

    zone: tzinfo
    outlook: Outlook
    presence: Presence
    rooms: dict[str, RoomClimate] = field(default_factory=dict)

    def add(self, room: str, limits: Limits) -> RoomClimate:
        """A room with a unit; the same one where it is known. ValueError for more than `ROOMS`."""
        if room not in self.rooms:
            if len(self.rooms) >= ROOMS:
                raise ValueError(f"a home has {ROOMS} rooms with air conditioners at most")
            self.rooms[room] = RoomClimate(self.zone, limits)
        return self.rooms[room]

    def told(self, room: str, seen: Reading) -> None:
        """A reading of a room. KeyError for a room without a controller."""
        if seen.outdoor is not None:
            self.outlook.seen(seen.at, seen.outdoor)
        home = self.presence.home
        self.rooms[room].told(seen, 1.0 if home is None or home else 0.0, self.outlook.sun(seen.at))

    def decide(
        self,
        at: float,
        room: str,
        *,
        forecast: Told | None = None,
        prices: Sequence[float] | None = None,
        wishes: Sequence[Wish] = (),
        away: bool = False,
    ) -> Decision:
        """What the room's unit is to do from `at`. `prices` are of the quarters from the one that holds `at`."""
        chances = self.presence.chances(at, QUARTERS)
        weather = self.weather(at, forecast)
        return self.rooms[room].decide(
            at, chances, weather, prices=prices, wishes=wishes, away=away, season=self.outlook.mean_of_days()
        )

    def weather(self, at: float, forecast: Told | None = None) -> list[Weather] | None:
        """What is expected for the quarters from `at`; None where nobody tells the outdoor temperature."""
        return self.outlook.ahead([at + (index + 0.5) * QUARTER for index in range(QUARTERS)], forecast)

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {
            "outlook": self.outlook.to_json(),
            "presence": self.presence.to_json(),
            "rooms": {name: room.to_json() for name, room in self.rooms.items()},
        }

    @classmethod
    def of_json(cls, body: dict[str, Any], zone: tzinfo, limits: dict[str, Limits]) -> Self:
        """The inverse of `to_json`, of the rooms in `limits`; ValueError, KeyError or TypeError where it is none."""
        rooms = {
            name: RoomClimate.of_json(one, zone, limits[name])
            for name, one in body["rooms"].items()
            if name in limits
        }
        return cls(zone, Outlook.of_json(body["outlook"]), Presence.of_json(body["presence"], zone), rooms)
