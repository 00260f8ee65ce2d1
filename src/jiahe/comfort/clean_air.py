"""Clean air of a home: each room's purifier, from readings to orders. Pure; the only one here that sets a purifier.

Owns who decides for it, in this order: a purifier that refuses is left alone; a person's hand; an open window; a sensor that is not
believed (a fixed quiet level); the plan, or a threshold where the room is not known. Where people did not switch clean air on
but sleep is, it only makes the purifier quiet for the night and gives back what was. Nobody is woken: while somebody of
the room is in bed no level over the noise bound is set, whatever is in the air, and a louder setting that was made by hand before
ends with it; what a hand sets in the night holds like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any

from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.air_room import PATHS, RoomAir
from jiahe.comfort.air_ways import ways
from jiahe.comfort.outfit import Outfit
from jiahe.comfort.step import Note, Order, Step, View
from jiahe.comfort.wishes import Wishes
from jiahe.model.happening import Actor, Cause, PropertyRef

OWN_DOING = 30.0
"""Seconds after an order in which what the appliance changes by itself follows from it, and is nobody's hand."""


@dataclass(slots=True)
class CleanAir:
    """One home's. `rooms` are those with a purifier that can be steered."""

    zone: tzinfo
    rooms: dict[str, RoomAir] = field(default_factory=dict)
    _kept: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, outfit: Outfit) -> None:
        """This home from now on. What was learned of a room stays while it has the same purifier; another one has another filter."""
        for name, room in outfit.rooms.items():
            found = ways(outfit.definitions, room.purifier) if room.purifier else None
            if found is None:
                self.rooms.pop(name, None)
                continue
            known = self.rooms.get(name)
            if known is None and name in self._kept:
                known = RoomAir.of_json(self._kept[name], self.zone, found)
            if known is None or known.purifier != room.purifier:
                known = RoomAir(room.purifier, found, zone=self.zone)
            known.ways, known.again = found, 0.0
            self.rooms[name] = known
        for gone in self.rooms.keys() - outfit.rooms.keys():
            del self.rooms[gone]
        self._kept = {}

    # ---- what is told

    def changed(self, at: float, ref: PropertyRef, cause: Cause) -> None:
        """A purifier reports something new; what others than comfort set is a hand, and is waited for until it is whole."""
        room = next((one for one in self.rooms.values() if one.purifier == ref.device), None)
        if room is None or ref.path not in PATHS or cause.kind in (Actor.COMFORT, Actor.SYSTEM):
            return
        if cause.kind is Actor.DEVICE and at - room.ordered_at < OWN_DOING:
            return
        room.touched = (at, "" if cause.kind is Actor.DEVICE else cause.source)

    def ended(self, at: float, order: Order, *, done: bool) -> None:
        """How an order ended: a purifier that refuses is a fault after some times."""
        room = self.rooms.get(order.room)
        if room is not None and order.ref.device == room.purifier:
            room.watch.commanded(at, done=done)

    def think(self, room: str) -> None:
        """This room is thought over at the next look."""
        if room in self.rooms:
            self.rooms[room].again = 0.0

    def release(self, room: str) -> bool:
        """Takes a person's hand off: the plan goes on at the next look. False where there was none."""
        found = self.rooms.get(room)
        if found is None or found.hold is None:
            return False
        found.hold, found.again = None, 0.0
        return True

    def forget(self, room: str) -> None:
        """What was learned of this room's air goes; the filter is as used as it was."""
        if room in self.rooms:
            old = self.rooms[room]
            self.rooms[room] = RoomAir(old.purifier, old.ways, zone=self.zone)
            self.rooms[room].filter = old.filter

    # ---- a minute

    def minute(
        self,
        at: float,
        view: View,
        wishes: Wishes,
        outfit: Outfit,
        scenes: Mapping[str, Scene],
        *,
        away: bool,
        outdoor: float | None = None,
    ) -> Step:
        """One more minute of every room. `scenes` tell who is there; `away` that the home is set so; `outdoor` the dust as measured."""
        step = Step()
        for name, room in self.rooms.items():
            place, wish, now = outfit.rooms[name], wishes.room(name), scenes[name]
            if wish.air and now.stirs:
                now = replace(now, quiet=True)
            air = room.reads(at, view, place, outdoor)
            hushes = wish.sleep and _slept_in(wishes, name)
            if not wish.air:
                room.rests()
            if not wish.air and not hushes:
                room.untouched()
                continue
            touched = room.touch(at, view, now)
            if touched is not None and (wish.air or now.quiet):
                step.notes.append(Note("air", name, (touched,)))
            if room.waits():
                continue
            step.add(
                room.cleans(at, view, name, air, now, place, away=away)
                if wish.air
                else room.hushes(at, view, name, now)
            )
        return step

    # ---- what is kept

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {name: room.to_json() for name, room in self.rooms.items()} or dict(self._kept)

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo) -> CleanAir:
        """The inverse of `to_json`, alive after `fit`."""
        return cls(zone, {}, dict(body))


def _slept_in(wishes: Wishes, room: str) -> bool:
    """Whether somebody with a band sleeps there."""
    return any(one.bedroom == room for one in wishes.people)
