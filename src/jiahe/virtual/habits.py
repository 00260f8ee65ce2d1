"""The people of a home and the plan of each of their days: when they sleep, wake, go out, cook. Pure by seed; owns no minute's
detail and no machine.

A day's sleep is the one that ends on it, in minutes from its midnight (a bed at -40 is 23:20 of the evening before). Spread of bed
times and the length of nights: urban adults sleep about 7.2 h, fall asleep within 10 to 20 min and lie awake some 30 min of the night (Ohayon
et al., Sleep 27 (2004) 1255-1273).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

EPOCH = date(1970, 1, 1)
SPRING_FESTIVAL = {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13)}
"""New Year's day of the Chinese calendar (Purple Mountain Observatory); other years take 5 February."""
NIGHT_SHIFTS = (2, 3)
"""Days of a round of six that end at work."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody who lives there. `work` is office, school, shift or home; minutes of the day for `wake` and `bed`; `warm` and `cool` are
    the set points in Cel that they find right in summer (cool) and winter (warm), `patience` in K; `rate` is a resting heart
    rate in 1/min; `band` whether they wear one."""

    id: str
    names: dict[str, str]
    work: str
    room: str
    wake: float
    bed: float
    cool: float = 26.0
    warm: float = 21.0
    patience: float = 1.2
    rate: float = 60.0
    child: bool = False
    band: bool = True
    cooks: bool = False


class Night(NamedTuple):
    """Minutes from the midnight of the day on which it ends. `stirs`: (from, to, left the bed) while awake in between."""

    bed: float
    asleep: float
    wake: float
    up: float
    stirs: tuple[tuple[float, float, bool], ...]


class Plan(NamedTuple):
    """A person's day: the sleep that ends on it, and (leaves, is back) in minutes."""

    night: Night
    outings: tuple[tuple[float, float], ...]


def family_of(seed: int) -> tuple[Person, ...]:
    """Two adults and, in three of four homes, a child; one in four has a grandmother, who is at home; one adult in five works in shifts."""
    chance = random.Random(f"{seed}/family")
    people = [
        _adult(chance, "wang", {"en": "Wang Fang", "zh": "王芳"}, cooks=True),
        _adult(chance, "li", {"en": "Li Wei", "zh": "李伟"}, cooks=False),
    ]
    if chance.random() < 0.75:
        people.append(
            Person("lele", {"en": "Lele", "zh": "乐乐"}, "school", "child-room", chance.gauss(405, 10), chance.gauss(1290, 15),
                   chance.gauss(25.8, 0.4), chance.gauss(20.5, 0.5), 1.6, chance.gauss(78, 5), child=True, band=False)
        )  # fmt: skip
    if chance.random() < 0.25:
        people.append(
            Person("nainai", {"en": "Grandmother", "zh": "奶奶"}, "home", "child-room", chance.gauss(345, 15), chance.gauss(1275, 20),
                   chance.gauss(27.0, 0.4), chance.gauss(22.0, 0.5), 1.0, chance.gauss(66, 5), cooks=True)
        )  # fmt: skip
    return tuple(people)


def _adult(chance: random.Random, name: str, names: dict[str, str], *, cooks: bool) -> Person:
    work = "shift" if chance.random() < 0.2 else "office"
    return Person(
        name, names, work, "bedroom", chance.gauss(410, 20), chance.gauss(1385, 25), min(max(chance.gauss(26.0, 0.6), 25.0), 27.5),
        chance.gauss(20.5, 0.9), chance.uniform(0.8, 1.6), chance.gauss(60, 6), cooks=cooks,
    )  # fmt: skip


def holiday(day: int) -> bool:
    """Whether a day (local days since the epoch) is a public holiday: the long ones, and New Year's day."""
    on = EPOCH + timedelta(days=day)
    spring = date(on.year, *SPRING_FESTIVAL.get(on.year, (2, 5)))
    return (
        (on.month, on.day) == (1, 1)
        or (on.month == 5 and on.day <= 3)
        or (on.month == 10 and on.day <= 7)
        or -1 <= (on - spring).days <= 6
    )


def weekend(day: int) -> bool:
    """Whether a day is a Saturday or a Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7 >= 5


@lru_cache(maxsize=64)
def away(seed: int, year: int) -> tuple[int, int]:
    """First day of the family's own journey of that year, and the first one back."""
    chance = random.Random(f"{seed}/journey/{year}")
    first = (date(year, 7, 5) - EPOCH).days + chance.randrange(40)
    return first, first + chance.randint(5, 9)


def travelling(seed: int, day: int) -> bool:
    """Whether the family is on its journey on that day."""
    first, back = away(seed, (EPOCH + timedelta(days=day)).year)
    return first <= day < back


def works(person: Person, day: int) -> bool:
    """Whether they go to work or school on that day (shifts: four days in six)."""
    if person.work == "shift":
        return day % 6 < 4
    return person.work in ("office", "school") and not weekend(day) and not holiday(day)


@lru_cache(maxsize=256)
def plan(seed: int, person: Person, day: int) -> Plan:
    """One day of one person."""
    chance = random.Random(f"{seed}/{person.id}/{day}")
    if person.work == "shift" and (day - 1) % 6 in NIGHT_SHIFTS:
        bed = 500.0 + chance.uniform(0.0, 30.0)  # home from a night at work
        night = _night(chance, bed, bed + chance.gauss(400.0, 30.0))
        return Plan(night, ((0.0, 465.0), *_shift(chance, person, day, night.up)))
    late = 50.0 if not works(person, day) and person.work != "home" else 0.0
    bed = person.bed - 1440.0 + chance.gauss(0.0, 22.0) + late * 0.7
    wake = person.wake + late + chance.gauss(0.0, 7.0 if not late else 25.0)
    night = _night(chance, bed, max(wake, bed + 300.0))
    return Plan(night, _outings(chance, person, day, night.up))


def _shift(chance: random.Random, person: Person, day: int, up: float) -> tuple[tuple[float, float], ...]:
    """Two early shifts, two nights, two days off."""
    if day % 6 in NIGHT_SHIFTS:
        return ((1305.0 + chance.uniform(-8.0, 8.0), 1440.0),)
    return ((up + 40.0, up + 40.0 + 570.0),) if works(person, day) else ()


def _night(chance: random.Random, bed: float, wake: float) -> Night:
    asleep = bed + min(chance.lognormvariate(2.5, 0.5), 60.0)  # median 12 min
    stirs = []
    for _ in range(min(int(chance.expovariate(0.55)), 5)):
        begun = chance.uniform(asleep + 40.0, wake - 20.0)
        stirs.append((begun, begun + chance.uniform(2.0, 12.0), chance.random() < 0.4))
    return Night(bed, asleep, wake, wake + chance.uniform(3.0, 18.0), tuple(sorted(stirs)))


def _outings(chance: random.Random, person: Person, day: int, up: float) -> tuple[tuple[float, float], ...]:
    if person.work == "shift" and works(person, day):
        return _shift(chance, person, day, up)
    if works(person, day):
        leave = up + chance.uniform(40.0, 60.0)
        back = chance.gauss(1010, 12) if person.work == "school" else chance.gauss(1115, 30)
        return ((leave, max(back, leave + 240.0)),)
    outings = []
    if chance.random() < 0.5:
        start = chance.uniform(570, 660)
        outings.append((max(start, up + 30.0), max(start, up + 30.0) + chance.uniform(40, 110)))
    if chance.random() < 0.65:
        start = chance.uniform(840, 960)
        outings.append((start, start + chance.uniform(60, 190)))
    return tuple(outings)
