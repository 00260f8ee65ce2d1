"""A home lived in: dwelling, weather, family, hands, bands and whoever controls it, minute by minute, as long as wanted. Owns the order
of a minute; draws no chance of its own, knows no protocol and no journal.

A controller is asked every minute what the machines are to do. It sees what a hub sees: sensors, bands, the weather, what
people set with their hands; never where people are (`Minute.where` is the truth, for whoever scores it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from jiahe.model.definition import Value
from jiahe.virtual.air_mass import Emission
from jiahe.virtual.band import BandMinute, Bands
from jiahe.virtual.dwelling import IDLE, Dwelling, RoomControl, Sensed
from jiahe.virtual.family import Family, Where
from jiahe.virtual.fridge import Fridge, Inside
from jiahe.virtual.hands import Hands, Wish
from jiahe.virtual.weather import DAY, Outdoor, Weather, synthetic

MINUTE = 60.0


class Told(NamedTuple):
    """What a controller may know in a minute besides the sensors. `phones`: whether somebody's phone is at home; `wishes`: what people
    just set by hand; `bands` by person, None where none is worn or none was ever had."""

    outdoor: Outdoor
    bands: Mapping[str, BandMinute]
    wishes: tuple[Wish, ...]
    phones: bool


class Decision(NamedTuple):
    """How the machines are to be set, by room, and why, by "room.ac" or "room.purifier" (left out: as before)."""

    controls: Mapping[str, RoomControl]
    causes: Mapping[str, str] = {}


class Controller(Protocol):
    """Whoever controls the machines. Called once a minute, in order."""

    def decide(self, sensed: Mapping[str, Sensed], t: float, told: Told) -> Decision:
        """What is to be from now on. `sensed` is what the minute before left."""
        ...


class ByHand:
    """Nobody controls: the machines stay as people set them."""

    def __init__(self) -> None:
        self._controls: dict[str, RoomControl] = {}

    def decide(self, sensed: Mapping[str, Sensed], t: float, told: Told) -> Decision:
        """As people wished."""
        causes = {}
        for wish in told.wishes:
            control = self._controls.get(wish.room, IDLE)
            if wish.ac is not None:
                control = control._replace(ac=wish.ac)
                causes[f"{wish.room}.ac"] = wish.person
            if wish.purifier is not None:
                control = control._replace(purifier=wish.purifier)
                causes[f"{wish.room}.purifier"] = wish.person
            self._controls[wish.room] = control
        return Decision(self._controls, causes)


class Minute(NamedTuple):
    """Everything of one minute that began at `t`. `sensed` is at its end; `controls` are in force with people's windows and doors in them
    (`purifier` is the level it ran at), `settings` as somebody set them; `electric` in W by device and room ("bedroom.ac", "kitchen.stove", "fridge")."""

    t: float
    outdoor: Outdoor
    sensed: Mapping[str, Sensed]
    controls: Mapping[str, RoomControl]
    settings: Mapping[str, RoomControl]
    causes: Mapping[str, str]
    where: Mapping[str, Where]
    bands: Mapping[str, BandMinute]
    wishes: tuple[Wish, ...]
    fridge: Inside
    electric: Mapping[str, float]


@dataclass
class Home:
    """What is lived in. Made by `home_of`, or of parts of one's own."""

    dwelling: Dwelling
    weather: Weather
    family: Family
    controller: Controller = field(default_factory=ByHand)
    fridge: Fridge = field(default_factory=Fridge)
    left_open: dict[str, float] = field(default_factory=dict)
    """Windows that somebody left open by this part, whatever runs: for checks of what a controller does then."""

    def __post_init__(self) -> None:
        self.hands = Hands(self.family)
        self.bands = Bands(self.family)
        self.sensed: dict[str, Sensed] = {}
        self._wanted: Mapping[str, RoomControl] = {}
        self._turn = -1

    def minute(self, t: float, seconds: float = MINUTE) -> Minute:
        """The minute (or less) that begins at `t`."""
        outdoor = self.weather.at(t)
        if not self.sensed:
            self.sensed = self.dwelling.step(t, outdoor, seconds=0.0)
        where = self.family.at(t)
        bands = self.bands.now(t)
        turn = int(t // MINUTE)  # people look once a minute, however short the steps are
        wishes = () if turn == self._turn else tuple(self.hands.act(t, outdoor, self.sensed, self._wanted))
        self._turn = turn
        phones = any(one.room for one in where.values())
        decision = self.controller.decide(self.sensed, t, Told(outdoor, bands, wishes, phones))
        self._wanted = decision.controls
        controls = self._in_force(t, outdoor, where)
        doors = self.family.fridge_doors(t)
        inside = self.fridge.step(self.sensed["kitchen"].temperature if "kitchen" in self.sensed else 24.0, seconds,
                                  open_fridge=doors[0], open_freezer=doors[1])  # fmt: skip
        loads = self.family.emissions(t)
        loads["kitchen"] = loads.get("kitchen", _NOTHING).plus(
            Emission(heat=inside.heat, electric=inside.power)
        )
        self.sensed = self.dwelling.step(t, outdoor, controls, loads, seconds)
        electric = {
            f"{room}.{name}": watts for room, one in self.sensed.items() for name, watts in one.power.items()
        }
        electric.update(self.family.appliances(t), fridge=inside.power)
        return Minute(
            t,
            outdoor,
            self.sensed,
            controls,
            self._wanted,
            decision.causes,
            where,
            bands,
            wishes,
            inside,
            electric,
        )

    def _in_force(self, t: float, outdoor: Outdoor, where: Mapping[str, Where]) -> dict[str, RoomControl]:
        """The controls with people's windows and doors, and a purifier's own "auto" as the level it takes."""
        opened = self.family.windows(t, outdoor)
        night = {one.room for one in where.values() if one.asleep}
        controls = {}
        for room in self.dwelling.rooms:
            control = self._wanted.get(room, IDLE)
            level = control.purifier
            if level < 0.0:
                level = self.dwelling.purifiers[room].automatic(self.sensed[room].pm2_5)
            # Nobody cools the street: windows are shut where a machine runs.
            window = 0.0 if control.ac.on else max(control.window, opened.get(room, 0.0))
            window = max(window, self.left_open.get(room, 0.0))
            controls[room] = control._replace(
                purifier=level, window=window, door=0.1 if room in night or control.ac.on else control.door
            )
        return controls

    def play(self, start: float, days: float) -> Iterator[Minute]:
        """Minute by minute from `start` (epoch seconds) for so many days."""
        for n in range(round(days * DAY / MINUTE)):
            yield self.minute(start + n * MINUTE)


_NOTHING = Emission()


def home_of(
    city: str = "shanghai", seed: int = 1, *, start: float, weather: Weather | None = None,
    controller: Controller | None = None, utc_offset: float = 8 * 3600.0,
) -> Home:  # fmt: skip
    """A flat of that city with weather and family of that seed, as it stands at `start` (epoch seconds)."""
    outside = synthetic(city, seed) if weather is None else weather
    dwelling = Dwelling(city, seed=seed)
    dwelling.settle(outside.at(start))
    return Home(dwelling, outside, Family(seed, utc_offset=utc_offset), controller or ByHand())


class Seen(NamedTuple):
    """One reading or setting; `at` is epoch seconds; `cause` says who or what where that is known (a person's id, or a sentence)."""

    at: float
    device: str
    path: str
    value: Value
    cause: str = ""


def play_year(home: Home, start: float, days: float, every: float = 300.0) -> Iterator[Seen]:
    """What the sensors of every room and the meters of every device show, every so many seconds, and what was set, when it was set; the
    device of a room's sensor is the room's own name, of a machine "ROOM.ac" and "ROOM.purifier"."""
    told: dict[tuple[str, str], Value] = {}
    due = start
    for minute in home.play(start, days):
        at = minute.t + MINUTE
        for device, path, value in _settings(minute):
            if told.get((device, path)) != value:
                told[device, path] = value
                yield Seen(at, device, path, value, minute.causes.get(device, ""))
        if at < due + every:
            continue
        due = at
        for room, one in minute.sensed.items():
            yield Seen(at, room, "temperature", round(one.temperature, 2))
            yield Seen(at, room, "humidity", round(one.humidity, 1))
            yield Seen(at, room, "co2", round(one.co2))
            yield Seen(at, room, "pm2_5", round(one.pm2_5, 1))
        for device, watts in minute.electric.items():
            if told.get((device, "electric_power")) != (shown := round(watts, 1)):
                told[device, "electric_power"] = shown
                yield Seen(at, device, "electric_power", shown)
        yield Seen(at, "outdoor", "temperature", round(minute.outdoor.temperature, 1))
        yield Seen(at, "outdoor", "pm2_5", round(minute.outdoor.pm2_5))


def _settings(minute: Minute) -> Iterator[tuple[str, str, Value]]:
    for room, control in minute.controls.items():
        yield f"{room}.ac", "power", control.ac.on
        if control.ac.on:
            yield f"{room}.ac", "mode", control.ac.mode
            yield f"{room}.ac", "target_temperature", control.ac.set_point
        yield f"{room}.purifier", "power", control.purifier > 0.0
