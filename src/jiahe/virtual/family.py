"""A family's minutes: where each of them is and what they do, and what that gives to the rooms. Owns the truth that no hub sees; a pure
function of seed and instant, whatever order it is asked in.

Heat and water of people: ISO 8996 and ISO 7730 (70 W sensible and 50 g/h seated, less asleep, more moving).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from jiahe.virtual.air_mass import PERSON_CO2_ASLEEP, PERSON_CO2_AWAKE, Emission
from jiahe.virtual.habits import Night, Person, Plan, away, family_of, plan, travelling, weekend, works
from jiahe.virtual.programmes import PROGRAMMES
from jiahe.virtual.weather import DAY, Outdoor

MINUTES = 1440
OUT, ASLEEP, IN_BED, SITTING, MOVING, COOKING = "out", "asleep", "in bed", "sitting", "moving", "cooking"

BODY: Mapping[str, Emission] = {
    ASLEEP: Emission(55.0, 30.0, 40.0, PERSON_CO2_ASLEEP),
    IN_BED: Emission(58.0, 32.0, 60.0, PERSON_CO2_ASLEEP * 1.1),
    SITTING: Emission(70.0, 50.0, 200.0, PERSON_CO2_AWAKE),
    MOVING: Emission(95.0, 90.0, 700.0, PERSON_CO2_AWAKE * 1.6),
    COOKING: Emission(95.0, 90.0, 400.0, PERSON_CO2_AWAKE * 1.6),
}
"""What an adult gives off, by what they do; clothes and steps stir up the dust."""
CHILD = 0.65


class Where(NamedTuple):
    """The truth about one person in one minute: `room` ("" when out), `activity`, `asleep`."""

    room: str
    activity: str
    asleep: bool

    @property
    def home(self) -> bool:
        """Whether they are at home."""
        return self.room != ""


class Running(NamedTuple):
    """A programme of the day: minute of its start, its name in PROGRAMMES, its room, how hot it is cooked."""

    start: float
    name: str
    room: str
    strength: float = 1.0


AWAY = Where("", OUT, False)
_SLEEPING = {name: Where(name, ASLEEP, True) for name in ("bedroom", "child-room")}
_LYING = {name: Where(name, IN_BED, False) for name in ("bedroom", "child-room")}
_IN = {
    (room, doing): Where(room, doing, False)
    for room in ("living-room", "bedroom", "child-room", "kitchen")
    for doing in (SITTING, MOVING, COOKING)
}


class Family:
    """`people` live there; `utc_offset` is the clock on their wall in seconds ahead of UTC; `journeys`: whether they travel in summer."""

    def __init__(
        self,
        seed: int = 1,
        people: tuple[Person, ...] | None = None,
        *,
        utc_offset: float = 8 * 3600.0,
        journeys: bool = True,
    ) -> None:
        self.seed = seed
        self.people = family_of(seed) if people is None else people
        self.utc_offset = utc_offset
        self.journeys = journeys
        self._line = lru_cache(maxsize=8 * max(1, len(self.people)))(self._day_of)
        self._programmes = lru_cache(maxsize=8)(self._programmes_of)
        self._doors = lru_cache(maxsize=4)(self._doors_of)
        self._active = lru_cache(maxsize=4)(self._active_of)

    def moment(self, t: float) -> tuple[int, int]:
        """Local day since the epoch, and the minute of it."""
        minute = int((t + self.utc_offset) // 60)
        return divmod(minute, MINUTES)

    def start_of(self, day: int) -> float:
        """The instant (epoch seconds) at which a local day begins."""
        return day * DAY - self.utc_offset

    # ---- the truth -----------------------------------------------------------------------------------------

    def at(self, t: float) -> dict[str, Where]:
        """Where everybody is, by person."""
        day, minute = self.moment(t)
        return {one.id: self._line(one, day)[minute] for one in self.people}

    def anybody(self, t: float) -> bool:
        """Whether somebody is at home."""
        day, minute = self.moment(t)
        return any(self._line(one, day)[minute].room for one in self.people)

    def night(self, person: Person, day: int) -> Plan:
        """The plan of a day with the sleep that ends on it: the labels for whoever estimates sleep."""
        return plan(self.seed, person, day)

    def slept(self, person: Person, day: int) -> bool:
        """Whether the night that ends on this day was spent at home."""
        return not (self._gone(day) or self._gone(day - 1))

    def emissions(self, t: float) -> dict[str, Emission]:
        """What people and the programmes that run give to the rooms, by room; the refrigerator is not among them."""
        day, minute = self.moment(t)
        sums: dict[str, list[float]] = {}
        for one in self.people:
            where = self._line(one, day)[minute]
            if where.room:
                _add(sums, where.room, BODY[where.activity], CHILD if one.child else 1.0)
        for running, since in self._under_way(day, minute + (t + self.utc_offset) % 60.0 / 60.0):
            _add(sums, running.room, PROGRAMMES[running.name].at(since, running.strength), 1.0)
        if sums:
            # Lamps, a screen, what stands by: for whoever is up.
            for room in {
                w.room
                for w in (self._line(one, day)[minute] for one in self.people)
                if w.room and not w.asleep
            }:
                _add(sums, room, _DEVICES.get(room, Emission()), 1.0)
        return {room: Emission(*values) for room, values in sums.items()}

    def running(self, t: float) -> list[tuple[Running, float]]:
        """Programmes under way with the minutes since their start."""
        day, minute = self.moment(t)
        return self._under_way(day, minute + (t + self.utc_offset) % 60.0 / 60.0)

    def appliances(self, t: float) -> dict[str, float]:
        """Watts drawn now, by appliance that runs."""
        drawn: dict[str, float] = {}
        for running, since in self.running(t):
            programme = PROGRAMMES[running.name]
            drawn[programme.appliance] = drawn.get(programme.appliance, 0.0) + programme.at(since).electric
        return drawn

    def fridge_doors(self, t: float) -> tuple[float, float]:
        """Parts of this minute that the doors of fridge and freezer stand open."""
        day, minute = self.moment(t)
        return self._doors(day)[minute]

    def _doors_of(self, day: int) -> list[tuple[float, float]]:
        chance = random.Random(f"{self.seed}/fridge/{day}")
        lines = [self._line(one, day) for one in self.people]
        doors = []
        for minute in range(MINUTES):
            now = [line[minute] for line in lines]
            cooks = any(where.activity == COOKING for where in now)
            awake = any(where.room and not where.asleep for where in now)
            dice = chance.random() if awake else 1.0
            fridge, freezer = (0.25, 0.03) if cooks else (0.012, 0.001)
            doors.append((0.3 if dice < fridge else 0.0, 0.3 if dice < freezer else 0.0))
        return doors

    def windows(self, t: float, outdoor: Outdoor) -> dict[str, float]:
        """How far people have opened each window: aired in the morning, open in mild and clean weather while they are up."""
        day, minute = self.moment(t)
        lines = [self._line(one, day)[minute] for one in self.people]
        awake = {where.room for where in lines if where.room and not where.asleep}
        if not awake or outdoor.pm2_5 > 75.0 or outdoor.temperature < -5.0:
            return {}
        opened: dict[str, float] = {}
        if 17.0 <= outdoor.temperature <= 25.0 and outdoor.humidity < 92.0:
            # Left as they are when somebody goes to another room.
            opened = {"living-room": 0.4, "bedroom": 0.3, "child-room": 0.2}
        airing = self._airing(day)
        if airing <= minute < airing + (20 if outdoor.temperature > 5 else 8):
            opened = {"living-room": 0.6, "bedroom": 0.8, "child-room": 0.6, **opened}
        if "kitchen" in awake and outdoor.temperature > 12:
            opened["kitchen"] = 0.3
        return opened

    def _airing(self, day: int) -> float:
        return min((plan(self.seed, one, day).night.up for one in self.people), default=420.0) + 25.0

    def _gone(self, day: int) -> bool:
        return self.journeys and travelling(self.seed, day)

    # ---- a day ---------------------------------------------------------------------------------------------

    def _day_of(self, person: Person, day: int) -> list[Where]:
        """All minutes of one day of one person."""
        if self._gone(day):
            return [AWAY] * MINUTES
        today, tomorrow = plan(self.seed, person, day), plan(self.seed, person, day + 1)
        chance = random.Random(f"{self.seed}/{person.id}/{day}/minutes")
        line = self._awake(person, day, today, chance)
        for running in self._programmes(day):
            cook = self._cook(day, running.start)
            if running.name in ("breakfast", "lunch", "dinner") and cook is person:
                _fill(
                    line,
                    running.start - 8,
                    math.ceil(running.start + PROGRAMMES[running.name].minutes),
                    _IN["kitchen", COOKING],
                )
        for leave, back in today.outings:
            _fill(line, leave, back, AWAY)
        _sleep(line, person.room, today.night, 0.0)
        _sleep(line, person.room, tomorrow.night, float(MINUTES))
        first, back_home = away(self.seed, _year(day)) if self.journeys else (0, 0)
        if day == back_home:
            _fill(line, 0, 960, AWAY)
        if day == first - 1:
            _fill(line, 1200, MINUTES, AWAY)
        return line

    def _awake(self, person: Person, day: int, today: Plan, chance: random.Random) -> list[Where]:
        """Sitting in one room for a while, then in another, with steps in between."""
        line: list[Where] = []
        bed = plan(self.seed, person, day + 1).night.bed + MINUTES
        while len(line) < MINUTES:
            at = len(line)
            own = 0.8 if person.child and at > 1080 else 0.85 if at > bed - 40 else 0.12
            room = person.room if chance.random() < own else "living-room"
            line.extend([_IN[room, SITTING]] * int(chance.uniform(15, 70)))
            line.extend([_IN[room, MOVING]] * int(chance.uniform(1, 6)))
        del line[MINUTES:]
        _fill(line, today.night.up, today.night.up + 25, _IN["living-room", MOVING])
        return line

    def _home(self, person: Person, day: int, start: float, end: float) -> bool:
        """Whether the plan has a person up and at home for these minutes."""
        today, tomorrow = plan(self.seed, person, day), plan(self.seed, person, day + 1)
        if any(leave < end and start < back for leave, back in today.outings):
            return False
        return (
            start >= today.night.up
            if today.night.bed <= start
            else end <= today.night.bed or end <= tomorrow.night.bed + MINUTES
        )

    def _cook(self, day: int, start: float) -> Person | None:
        grown = [one for one in self.people if not one.child]
        able = [
            one
            for one in sorted(grown, key=lambda one: not one.cooks)
            if self._home(one, day, start - 8, start + 20)
        ]
        return able[0] if able else None

    def _programmes_of(self, day: int) -> tuple[Running, ...]:
        """What runs on a day, by its start."""
        if self._gone(day):
            return ()
        chance = random.Random(f"{self.seed}/programmes/{day}")
        free = weekend(day) or not any(works(one, day) for one in self.people)
        wanted = self._meals(day, chance)
        for one in self.people:
            if chance.random() < 0.8:
                wanted.append(
                    Running(
                        plan(self.seed, one, day + 1).night.bed + MINUTES - chance.uniform(45, 90),
                        "shower",
                        "bedroom",
                    )
                )
        if chance.random() < 0.35:
            start = chance.uniform(1140, 1200) if not free else chance.uniform(560, 640)
            wanted.append(Running(start, "wash", "kitchen"))
            wanted.append(Running(start + PROGRAMMES["wash"].minutes + 10, "laundry", "living-room"))
        if free and chance.random() < 0.25:
            wanted.append(Running(chance.uniform(840, 960), "bake", "kitchen"))
        return tuple(sorted(wanted))

    def _meals(self, day: int, chance: random.Random) -> list[Running]:
        up = min((plan(self.seed, one, day).night.up for one in self.people), default=420.0)
        wanted = [Running(up + 6, "kettle", "kitchen")]
        meals = [
            ("breakfast", up + 14),
            ("lunch", 705 + chance.uniform(-20, 25)),
            ("dinner", 1130 + chance.uniform(-15, 40)),
        ]
        cooked = 0
        for name, start in meals:
            strength = chance.uniform(0.4, 1.6)
            if chance.random() < 0.9 and self._cook(day, start) is not None:
                cooked += name != "breakfast"
                wanted.append(Running(start, name, "kitchen", strength))
                if name != "breakfast":
                    wanted.append(Running(start - chance.uniform(25, 40), "rice", "kitchen"))
        if chance.random() < 0.3:
            wanted.append(Running(up - 85, "congee", "kitchen"))  # set the evening before
        if cooked and chance.random() < 0.75:
            wanted.append(Running(1225 + chance.uniform(0, 60), "dishes", "kitchen"))
        return wanted

    def _under_way(self, day: int, minute: float) -> list[tuple[Running, float]]:
        return [
            (running, minute - start) for start, running in self._active(day)[int(minute)] if minute >= start
        ]

    def _active_of(self, day: int) -> list[tuple[tuple[float, Running], ...]]:
        """For every minute of a day: what runs in it, with the minute of this day at which it began."""
        minutes: list[tuple[tuple[float, Running], ...]] = [()] * MINUTES
        for shift in (-1, 0):
            for running in self._programmes(day + shift):
                start = running.start + MINUTES * shift
                end = start + PROGRAMMES[running.name].minutes
                for n in range(max(0, int(start)), min(MINUTES, math.ceil(end))):
                    minutes[n] += ((start, running),)
        return minutes


_DEVICES: Mapping[str, Emission] = {
    "living-room": Emission(heat=130.0, electric=130.0),
    "bedroom": Emission(heat=25.0, electric=25.0),
    "child-room": Emission(heat=35.0, electric=35.0),
    "kitchen": Emission(heat=20.0, electric=20.0),
}


def _year(day: int) -> int:
    return 1970 + math.floor(day / 365.2425)


def _add(sums: dict[str, list[float]], room: str, more: Emission, times: float) -> None:
    mine = sums.setdefault(room, [0.0] * 5)
    for n, value in enumerate(more):
        mine[n] += value * times


def _fill(line: list[Where], start: float, end: float, what: Where) -> None:
    first, last = max(0, int(start)), min(MINUTES, int(end))
    if last > first:
        line[first:last] = [what] * (last - first)


def _sleep(line: list[Where], room: str, night: Night, shift: float) -> None:
    """The night into the line, `shift` minutes later than it says."""
    bed, asleep, wake, up, stirs = night
    _fill(line, bed + shift, up + shift, _LYING[room])
    _fill(line, asleep + shift, wake + shift, _SLEEPING[room])
    for begun, ended, left in stirs:
        _fill(line, begun + shift, ended + shift, _LYING[room])
        if left:
            _fill(line, begun + shift + 1, ended + shift - 1, _IN[room, MOVING])
