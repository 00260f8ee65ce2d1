"""What a wristband would have measured in every minute: counts, steps, heart rate. Pure by seed; knows the truth from the family and
tells only what a band can.

Sitting still and sleep are runs: a wrist that moved is likely to move again. Shares were set to the minute records of 22 wearers
(Fitbit Fitness Tracker Data, CC0; tests/virtual compares). Counts are on the scale of a wrist actigraph, on which Cole
and others (Sleep 15 (1992) 461-469) scored; heart rates follow a resting rate, lower by 8 % asleep, with a memory of minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from jiahe.virtual.family import ASLEEP, COOKING, IN_BED, MINUTES, MOVING, OUT, SITTING, Family, Where
from jiahe.virtual.habits import Person


class BandMinute(NamedTuple):
    """`counts` of movement, `steps`, `heart_rate` in 1/min (None where it found no pulse), `intensity` 0 (still) to 3; `worn` is the
    truth and nothing that a band tells."""

    counts: float
    steps: int
    heart_rate: int | None
    intensity: int
    worn: bool


class Movement(NamedTuple):
    """Chances to begin and to go on moving, the counts of a minute that moves (median, log deviation), steps a minute, beats a
    minute above rest."""

    begin: float
    go_on: float
    counts: float
    spread: float
    steps: float
    beats: float


MOVEMENTS: Mapping[str, Movement] = {
    ASLEEP: Movement(0.03, 0.30, 14.0, 0.9, 0.0, -5.0),
    IN_BED: Movement(0.30, 0.55, 30.0, 0.9, 0.0, 1.0),
    SITTING: Movement(0.55, 0.75, 55.0, 0.9, 1.0, 9.0),
    COOKING: Movement(0.85, 0.95, 170.0, 0.6, 12.0, 22.0),
    MOVING: Movement(0.9, 0.95, 260.0, 0.6, 35.0, 25.0),
    OUT: Movement(0.55, 0.80, 90.0, 1.0, 6.0, 14.0),
}
LIGHT, FAIR, VERY = 60.0, 350.0, 600.0
"""Counts from which a minute is of intensity 1, 2 and 3."""
USED = 10.0
"""% of its battery that a band takes in a day."""


class Bands:
    """The bands of a family. Everything comes from its seed; a day is made at once and kept while it is needed."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._day = lru_cache(maxsize=4 * max(1, len(family.people)))(self._day_of)
        self._charging = lru_cache(maxsize=16 * max(1, len(family.people)))(self._charging_of)

    def at(self, person: Person, t: float) -> BandMinute:
        """The minute of this instant; an unworn band tells stillness and no pulse."""
        day, minute = self.family.moment(t)
        return self._day(person, day)[minute]

    def now(self, t: float) -> Mapping[str, BandMinute]:
        """What every band tells in this minute, by person, worked out when somebody asks for it."""
        return _Now(self, t)

    def worn_at_night(self, person: Person, day: int) -> bool:
        """Whether it was worn in the night that ends on this day: one in thirty it is left on the table."""
        return person.band and random.Random(f"{self.family.seed}/{person.id}/{day}/table").random() > 1 / 30

    def battery(self, person: Person, t: float) -> tuple[int, bool]:
        """Its battery in %, and whether it charges: it lasts some ten days and is charged after six."""
        day, minute = self.family.moment(t)
        for back in range(7):
            start, end = self._charging(person, day - back)
            since = minute + back * MINUTES - start
            if end and since >= 0:
                if since < end - start:
                    return round(40.0 + 60.0 * since / (end - start)), True
                return max(5, round(100.0 - USED * (since - (end - start)) / MINUTES)), False
        return 40, False

    def _charging_of(self, person: Person, day: int) -> tuple[int, int]:
        """Minutes of the evening in which it charges: every sixth day."""
        chance = random.Random(f"{self.family.seed}/{person.id}/charging")
        if (day + chance.randrange(6)) % 6:
            return 0, 0
        start = 1170 + int(chance.uniform(-30, 40))
        return start, start + 80

    def _day_of(self, person: Person, day: int) -> list[BandMinute]:
        chance = random.Random(f"{self.family.seed}/{person.id}/{day}/band")
        start = self.family.start_of(day)
        line = [self.family.at(start + 60.0 * n)[person.id] for n in range(MINUTES)]
        today = self.family.night(person, day).night
        tomorrow = self.family.night(person, day + 1).night
        off_today, off_tonight = not self.worn_at_night(person, day), not self.worn_at_night(person, day + 1)
        charge = self._charging(person, day)
        minutes, moving, walk, rate = [], False, 0, person.rate
        for n, where in enumerate(line):
            worn = person.band and not (
                charge[0] <= n < charge[1]
                or (off_today and today.bed - 20 <= n < today.up)
                or (off_tonight and n >= tomorrow.bed + MINUTES - 20)
            )
            walk = max(0, walk - 1) or _walk(chance, where)
            movement = WALK if walk and where.activity in (OUT, SITTING) else MOVEMENTS[where.activity]
            moving = chance.random() < (movement.go_on if moving else movement.begin)
            counts = movement.counts * chance.lognormvariate(0.0, movement.spread) if moving else 0.0
            rate += 0.25 * (person.rate + movement.beats + 0.02 * counts - rate) + chance.gauss(0.0, 1.4)
            minutes.append(_minute(chance, movement, counts, rate) if worn else LEFT)
        return minutes


class _Now(Mapping[str, BandMinute]):
    def __init__(self, bands: Bands, t: float) -> None:
        self._bands, self._t = bands, t
        self._people = {one.id: one for one in bands.family.people if one.band}

    def __getitem__(self, person: str) -> BandMinute:
        return self._bands.at(self._people[person], self._t)

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)


LEFT = BandMinute(0.0, 0, None, 0, False)
WALK = Movement(0.98, 0.99, 420.0, 0.35, 92.0, 38.0)


def _walk(chance: random.Random, where: Where) -> int:
    """Minutes of a walk that begins now, mostly 0."""
    return chance.randint(3, 14) if where.activity == OUT and chance.random() < 0.012 else 0


def _minute(chance: random.Random, movement: Movement, counts: float, rate: float) -> BandMinute:
    steps = int(movement.steps * chance.lognormvariate(0.0, 0.4)) if counts > 40.0 else 0
    intensity = (counts >= LIGHT) + (counts >= FAIR) + (counts >= VERY)
    # One minute in fifty the light finds no pulse.
    pulse = None if chance.random() < 0.02 else round(min(max(rate, 38.0), 185.0))
    return BandMinute(round(counts, 1), steps, pulse, intensity, True)
