"""A flat of one zone for the benchmark of the climate: what is true, what a hub sees of it, and what is counted.

Owns one season of one household in one city, minute by minute: the plant is `virtual.Dwelling` (2R2C, inverter with its
own thermostat, moisture), the people are `virtual.Family`, the weather a synthetic year perturbed by its seed. A policy
sees `View` only: a sensor that rounds to 0.1 K with noise, the unit's report, whether somebody is home. A `Life` is a
policy's way through the season; energy and discomfort are counted on the truth.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple, Protocol

from jiahe.virtual.air_mass import Emission
from jiahe.virtual.dwelling import Dwelling, RoomControl, Sensed
from jiahe.virtual.family import Family
from jiahe.virtual.inverter import Inverter, Setting
from jiahe.virtual.thermal import CITIES, RoomPhysics
from jiahe.virtual.weather import CLIMATES, Outdoor, perturbed, synthetic

ZONE = timezone(timedelta(hours=8))
ROOM = "flat"
LEARNING = 21
"""Days before the season that every policy may learn in; they are not counted."""
SETTLES = 3
"""Days before it that a policy which learns nothing is given, for the flat to come to rest under it."""
TOLERANCE, PAST = 0.5, 2.5
"""K around what the household wants that is no discomfort, and K past it (too cold in summer) that is too much."""


JOURNEY, ON_THE_WAY = 20 * 60, 120
"""Minutes of an empty home that are a journey; and before its end, in which the household says that it comes."""


class Minute(NamedTuple):
    """The truth of one minute: outdoors, people and appliances, is somebody home, how far windows are open. `away`: the
    household said that it is on a journey; `coming`: that it is on its way back."""

    t: float
    outdoor: Outdoor
    load: Emission
    home: bool
    window: float
    away: bool = False
    coming: bool = False


@dataclass(frozen=True)
class Season:
    """A household's season: `minutes` begin `LEARNING` days before `start`."""

    city: str
    cooling: bool
    target: float
    minutes: tuple[Minute, ...]
    start: float
    room: RoomPhysics
    unit: Inverter
    latitude: float
    longitude: float
    seed: int


class View(NamedTuple):
    """What a hub sees at a minute."""

    t: float
    air: float
    outdoor: float
    home: bool
    watts: float
    setting: Setting
    away: bool = False
    coming: bool = False


class Policy(Protocol):
    """Sets the unit; asked once a minute. `truth` is for the oracle alone."""

    def __call__(self, view: View, flat: Dwelling, index: int) -> Setting: ...


@dataclass(frozen=True)
class Outcome:
    """Of the season without its learning days: kWh, K·h outside the band while somebody is home, switchings of the
    compressor and settings sent, a day."""

    energy: float
    discomfort: float
    switches: float
    changes: float


def one_room(city: str) -> RoomPhysics:
    """The whole flat as one zone: what is in parallel is added."""
    rooms = CITIES[city]
    area = sum(one.area for one in rooms)
    return RoomPhysics(
        id=ROOM,
        area=area,
        r_in=1.0 / sum(1.0 / one.r_in for one in rooms),
        r_out=1.0 / sum(1.0 / one.r_out for one in rooms),
        c_air=sum(one.c_air for one in rooms),
        c_wall=sum(one.c_wall for one in rooms),
        window=sum(one.window for one in rooms),
        aperture=sum(one.aperture for one in rooms),
        infiltration=sum(one.infiltration * one.area for one in rooms) / area,
        openable=sum(one.openable for one in rooms),
        doors={},
    )


def season(city: str, *, cooling: bool, seed: int, days: int) -> Season:
    """A part of the summer from 15 June or the winter from 1 December (2025): its third by `seed` modulo 3. Weather,
    people and flat are of `seed`."""
    year = 2025
    start = datetime(year, 6, 15, tzinfo=ZONE) if cooling else datetime(year, 12, 1, tzinfo=ZONE)
    start += timedelta(days=30 * (seed % 3))
    first = start - timedelta(days=LEARNING)
    weather = perturbed(synthetic(city, seed), seed + 7919)
    family = Family(seed)
    minutes = []
    for number in range((LEARNING + days) * 1440):
        t = first.timestamp() + number * 60.0
        outdoor = weather.at(t)
        gives = family.emissions(t)
        load = Emission(*(sum(one[n] for one in gives.values()) for n in range(5)))
        windows = family.windows(t, outdoor) if 15.0 < outdoor.temperature < 25.0 else {}
        opened = sum(windows.values()) / 4.0
        minutes.append(Minute(t, outdoor, load, family.anybody(t), opened))
    grown = [one for one in family.people if not one.child]
    wanted = sum(one.cool if cooling else one.warm for one in grown) / len(grown)
    climate = CLIMATES[city]
    return Season(
        city, cooling, round(wanted * 2) / 2, tuple(_told(minutes)), start.timestamp(), one_room(city),
        Inverter(cooling=7200.0, heating=8000.0, airflow=1100.0), climate.latitude, climate.longitude, seed,
    )  # fmt: skip


def _told(minutes: list[Minute]) -> list[Minute]:
    journeys = told_of([one.home for one in minutes], 1)
    return [
        one._replace(away=away, coming=coming) for one, (away, coming) in zip(minutes, journeys, strict=True)
    ]


def told_of(home: Sequence[bool], step: int) -> list[tuple[bool, bool]]:
    """What the household says of its journeys, to every policy alike, at each step (of so many minutes): it is away; it is on its way."""
    found, empty = [(False, False)] * len(home), 0
    for index, here in enumerate([*home, None]):
        if here is False:
            empty += 1
            continue
        if empty * step >= JOURNEY:
            back = index - ON_THE_WAY // step if here is not None else index
            for at in range(index - empty, index):
                found[at] = (at < back, at >= back)
        empty = 0
    return found


def flat_of(what: Season) -> Dwelling:
    """The flat as it stands before the learning days."""
    flat = Dwelling(what.city, (what.room,), what.seed, units={ROOM: what.unit})
    flat.settle(what.minutes[0].outdoor)
    return flat


class Life:
    """A season lived under one policy, minute by minute; can be copied at any minute, with all that the policy learned."""

    def __init__(self, what: Season, policy: Policy, *, learns: bool = True) -> None:
        self.what, self.policy = what, policy
        self.flat, self.chance = flat_of(what), random.Random(f"{what.seed}/sensor")
        self.setting, self.watts = Setting(), 0.0
        self.index = 0 if learns else (LEARNING - SETTLES) * 1440
        self.energy = self.discomfort = 0.0
        self.switches = self.changes = 0
        self.running = False

    def until(self, end: float) -> Outcome:
        """Lives on up to `end` (epoch seconds), or to the season's end."""
        what, state = self.what, self.flat.state[ROOM]
        while self.index < len(what.minutes) and what.minutes[self.index].t < end:
            minute = what.minutes[self.index]
            air = round(state.air + self.chance.gauss(0.0, 0.04), 1)
            outdoor = round(minute.outdoor.temperature + self.chance.gauss(0.0, 0.2), 1)
            view = View(
                minute.t, air, outdoor, minute.home, self.watts, self.setting, minute.away, minute.coming
            )
            new = self.policy(view, self.flat, self.index)
            control = {ROOM: RoomControl(ac=new, window=minute.window)}
            sensed = self.flat.step(minute.t, minute.outdoor, control, {ROOM: minute.load})[ROOM]
            self.watts = round(sensed.power["ac"])
            if minute.t >= what.start:
                self._count(minute, new, sensed)
            self.setting = new
            self.index += 1
        days = max((what.minutes[self.index - 1].t - what.start) / 86400.0, 1e-9)
        return Outcome(self.energy, self.discomfort, self.switches / days, self.changes / days)

    def copy(self) -> Life:
        """Another one at the same minute: what either does later is nothing to the other."""
        return copy.deepcopy(self, {id(self.what): self.what})

    def _count(self, minute: Minute, new: Setting, sensed: Sensed) -> None:
        self.energy += sensed.power["ac"] / 60_000.0
        works = sensed.heat != 0.0
        self.switches += works is not self.running
        self.running = works
        self.changes += new[:3] != self.setting[:3]
        if minute.home:
            self.discomfort += beyond(self.what, sensed.temperature) / 60.0


def beyond(what: Season, air: float) -> float:
    """K outside the band."""
    over = air - what.target if what.cooling else what.target - air
    return max(0.0, over - TOLERANCE, -over - PAST)
