"""What people do to machines with their own hands: on when it is warm, too cold by habit, off when the last one leaves (mostly). Owns
their impatience; a pure function of seed and of what it was asked minute by minute.

Whoever controls a home is told of these wishes and follows them; where nobody controls, `ByHand` of `virtual/year.py` does as they
say: that is the baseline "by hand".
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

from jiahe.virtual.dwelling import IDLE, PURIFIED, RoomControl, Sensed
from jiahe.virtual.family import ASLEEP, IN_BED, OUT, Family, Where
from jiahe.virtual.habits import Person
from jiahe.virtual.inverter import Setting
from jiahe.virtual.weather import Outdoor

COOL_ABOVE = 18.0
"""Cel outside, smoothed over two days, from which people cool rather than heat."""
GIVE_UP = 6
"""Minutes of discomfort after which somebody gets up and changes something."""
REST = 20
"""Minutes before they change it again: the room needs that to answer."""
FORGETS = 0.15
"""Of the times the last one leaves, how often machines are left running."""
DUSTY = 35.0
"""ug/m3 shown by the purifier from which people switch it on (GB 3095-2012's daily grade I)."""
AUTO = -1.0
"""As a purifier's level: its own "auto"."""
QUIET = 0.19
"""The level of a purifier's "sleep"."""


class Wish(NamedTuple):
    """A person set a room's machine: the air conditioner to `ac`, or the purifier to `purifier` (a level of 0 to 1; -1: its "auto"). `why` is
    the truth: hot, cold, too cold, too warm, bed, up, leaving, dusty."""

    person: str
    room: str
    ac: Setting | None
    purifier: float | None
    why: str


class Hands:
    """The hands of one family. `act` is asked once a minute, in order."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._outside: float | None = None
        self._bad: dict[str, int] = {}
        self._rested: dict[str, float] = {}
        self._before: dict[str, Where] = {}

    @property
    def cooling(self) -> bool:
        """Whether they think of cooling now."""
        return (self._outside or 0.0) > COOL_ABOVE

    def act(
        self, t: float, outdoor: Outdoor, sensed: Mapping[str, Sensed], controls: Mapping[str, RoomControl]
    ) -> list[Wish]:
        """What they set in this minute, mostly nothing."""
        self._outside = outdoor.temperature if self._outside is None else (
            self._outside + (outdoor.temperature - self._outside) / 2880.0
        )  # fmt: skip
        now = self._family.at(t)
        before, self._before = self._before or now, now
        if not any(where.room for where in now.values()):
            if any(where.room for where in before.values()):
                return self._leave(t, before, controls)
            return []
        wishes: list[Wish] = []
        up = frozenset(where.room for where in now.values() if where.activity not in (OUT, IN_BED, ASLEEP))
        for person in self._family.people:
            here, was = now[person.id], before[person.id]
            if person.child or not here.room:
                continue
            if here.activity == IN_BED and was.activity not in (IN_BED, ASLEEP):
                wishes += self._to_bed(person, sensed, controls, up)
            elif here.room == "living-room" and self._morning(t, person):
                # The first one up in the morning: what was quiet for the night works again.
                wishes += [
                    Wish(person.id, r, None, AUTO, "up") for r, c in controls.items() if c.purifier == QUIET
                ]
        for room, reading in sensed.items():
            wishes += self._comfort(t, room, reading, controls.get(room, IDLE), now)
        wishes += self._dust(t, sensed, controls, now)
        return wishes

    def _morning(self, t: float, person: Person) -> bool:
        day, minute = self._family.moment(t)
        return minute >= self._family.night(person, day).night.up

    def _leave(
        self, t: float, before: Mapping[str, Where], controls: Mapping[str, RoomControl]
    ) -> list[Wish]:
        chance = random.Random(f"{self._family.seed}/leaves/{int(t // 60)}")
        last = next(name for name, where in before.items() if where.room)
        wishes = []
        for room, control in controls.items():
            if control.ac.on and chance.random() > FORGETS:
                wishes.append(Wish(last, room, control.ac._replace(on=False), None, "leaving"))
            if control.purifier and chance.random() > FORGETS:
                wishes.append(Wish(last, room, None, 0.0, "leaving"))
        return wishes

    def _to_bed(
        self,
        person: Person,
        sensed: Mapping[str, Sensed],
        controls: Mapping[str, RoomControl],
        up: frozenset[str],
    ) -> list[Wish]:
        reading, control = sensed.get(person.room), controls.get(person.room, IDLE)
        wishes = []
        for room, other in controls.items():  # the rooms that nobody is up in any more
            if room in up or room == person.room:
                continue
            if other.purifier == AUTO:
                wishes.append(Wish(person.id, room, None, QUIET, "bed"))
            if room != "child-room" and other.ac.on:
                wishes.append(Wish(person.id, room, other.ac._replace(on=False), None, "bed"))
        if reading is None:
            return wishes
        if self.cooling and reading.temperature > person.cool + 0.5:
            wishes.append(
                Wish(person.id, person.room, Setting(True, "cool", _half(person.cool), 0.2), None, "bed")
            )
        elif control.ac.on and not self.cooling:
            wishes.append(
                Wish(
                    person.id,
                    person.room,
                    control.ac._replace(set_point=_half(person.warm - 3), fan=0.2),
                    None,
                    "bed",
                )
            )
        return wishes

    def _comfort(
        self, t: float, room: str, reading: Sensed, control: RoomControl, now: Mapping[str, Where]
    ) -> list[Wish]:
        """Whoever is in the room and first in the family decides for it."""
        inside = [one for one in self._family.people if now[one.id].room == room]
        if not inside or room == "kitchen":
            self._bad[room] = 0
            # A machine that runs for nobody: noticed by somebody who is at home, after a while.
            return self._unused(t, room, control, now)
        self._rested.pop(f"unused {room}", None)
        awake = [one for one in inside if not now[one.id].asleep]
        person = (awake or inside)[0]
        # Asleep people stand three times as much before they wake of it.
        patience = person.patience * (1.0 if awake else 3.0)
        best = person.cool if self.cooling else person.warm
        gap = reading.temperature - best
        if now[person.id].activity in (IN_BED, ASLEEP) and not self.cooling:
            gap = min(0.0, gap + 3.0)  # a quilt
        wrong = gap > patience if self.cooling else gap < -patience
        spoilt = control.ac.on and (gap < -patience if self.cooling else gap > patience)
        self._bad[room] = self._bad.get(room, 0) + 1 if wrong or spoilt else 0
        if self._bad[room] < GIVE_UP or t - self._rested.get(room, -1e18) < REST * 60.0:
            return []
        self._bad[room], self._rested[room] = 0, t
        chance = random.Random(f"{self._family.seed}/{room}/{int(t // 60)}")
        target = best + chance.choice((-0.5, 0.0, 0.0, 0.5))
        if wrong and abs(gap) > 3.0:
            target += -1.5 if self.cooling else 1.5  # "colder is faster"
        if wrong and control.ac.on and abs(control.ac.set_point - target) < 0.5:
            return []  # it is on its way
        mode = "cool" if self.cooling else "heat"
        fan = 0.2 if now[person.id].activity in (IN_BED, ASLEEP) else 0.0
        why = ("hot" if self.cooling else "cold") if wrong else ("too cold" if self.cooling else "too warm")
        return [Wish(person.id, room, Setting(True, mode, _half(target), fan), None, why)]

    def _unused(self, t: float, room: str, control: RoomControl, now: Mapping[str, Where]) -> list[Wish]:
        key = f"unused {room}"
        if not control.ac.on:
            self._rested.pop(key, None)
            return []
        since = self._rested.setdefault(key, t)
        someone = next((name for name, where in now.items() if where.room and not where.asleep), None)
        child = any(where.room == room for where in now.values())
        if someone is None or child or t - since < 45 * 60.0:
            return []
        return [Wish(someone, room, control.ac._replace(on=False), None, "leaving")]

    def _dust(
        self,
        t: float,
        sensed: Mapping[str, Sensed],
        controls: Mapping[str, RoomControl],
        now: Mapping[str, Where],
    ) -> list[Wish]:
        wishes = []
        for room, reading in sensed.items():
            if room not in PURIFIED or controls.get(room, IDLE).purifier or reading.pm2_5 < DUSTY:
                continue
            person = next((n for n, where in now.items() if where.room == room and not where.asleep), None)
            if person is not None and t - self._rested.get(f"dust {room}", -1e18) > 1800.0:
                self._rested[f"dust {room}"] = t
                wishes.append(Wish(person, room, None, AUTO, "dusty"))
        return wishes


def _half(temperature: float) -> float:
    """A set point that a remote control has: half degrees of 16 to 30 Cel."""
    return min(max(round(temperature * 2.0) / 2.0, 16.0), 30.0)
