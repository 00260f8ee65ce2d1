"""When somebody usually falls asleep and wakes, learned from nights that were believed. Owns the nights kept; pure.

Robust by medians: a night on a train moves nothing. Nights before a working day and before a free one are apart, since
people sleep by the clock on five days and by themselves on two. Times are minutes after local noon, so that a night is one piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

MOST_NIGHTS = 42
"""Six weeks: thirty working nights and twelve free ones; a new job is the usual one after three weeks."""
FEWEST_NIGHTS = 4
"""Fewer say nothing of a habit."""
NARROWEST, WIDEST = 30.0, 120.0
"""Minutes: bounds of a habit's spread. Nobody falls asleep to the minute; a spread of hours is no habit."""
SHORTEST, LONGEST = 180.0, 960.0
"""Minutes of a sleep that is a night: shorter is a nap, longer is a band that lay somewhere."""
NOON = 720


class Night(NamedTuple):
    """One night: ordinal of the day on which it began (at noon), begin and end in minutes after that noon."""

    day: int
    asleep: float
    awake: float


@dataclass(frozen=True, slots=True)
class Usual:
    """A habit: median and spread (1.4826 times the median deviation, bounded) in minutes after noon, of so many nights."""

    middle: float
    spread: float
    nights: int


def night_of(at: float, zone: tzinfo) -> tuple[int, float]:
    """The night that an instant belongs to: ordinal of the day whose noon was last, and minutes since that noon on the wall."""
    local = datetime.fromtimestamp(at, zone)
    minute = local.hour * 60 + local.minute + local.second / 60 - NOON
    day = local.toordinal()
    return (day, minute) if minute >= 0 else (day - 1, minute + 1_440)


def before_free_day(day: int, free: frozenset[int] = frozenset({5, 6})) -> bool:
    """Whether the morning after the night of this day is free (`free`: weekdays, Monday is 0)."""
    return (date.fromordinal(day) + timedelta(days=1)).weekday() in free


class Habit:
    """The nights of one person, and what is usual."""

    def __init__(self, nights: Sequence[Night] = ()) -> None:
        self._nights = list(nights)[-MOST_NIGHTS:]

    @property
    def nights(self) -> tuple[Night, ...]:
        return tuple(self._nights)

    def learn(self, began: float, ended: float, zone: tzinfo) -> bool:
        """A sleep from `began` to `ended` (epoch seconds); False where it is no night. The longest of a day is its night."""
        minutes = (ended - began) / 60
        if not SHORTEST <= minutes <= LONGEST:
            return False
        day, asleep = night_of(began, zone)
        last, awake = night_of(ended, zone)
        night = Night(day, asleep, awake + 1_440 * (last - day))
        same = [kept for kept in self._nights if kept.day == day]
        if same and same[0].awake - same[0].asleep >= minutes:
            return False
        self._nights = sorted([kept for kept in self._nights if kept.day != day] + [night])[-MOST_NIGHTS:]
        return True

    def bedtime(self, day: int) -> Usual | None:
        """When this person usually falls asleep in the night of `day`; None before enough nights."""
        return self._usual(day, [night.asleep for night in self._alike(day)])

    def waking(self, day: int) -> Usual | None:
        """When this person usually wakes from the night of `day`; None before enough nights."""
        return self._usual(day, [night.awake for night in self._alike(day)])

    def waking_after(self, at: float, zone: tzinfo) -> float | None:
        """The next usual waking after `at`, in epoch seconds; None before enough nights."""
        day, _ = night_of(at, zone)
        for later in (day, day + 1):
            usual = self.waking(later)
            if usual is not None:
                noon = datetime.combine(date.fromordinal(later), time(12), zone)
                moment = (
                    noon + timedelta(minutes=usual.middle)
                ).timestamp()  # on the wall, whatever the clock does
                if moment > at:
                    return moment
        return None

    def _alike(self, day: int) -> list[Night]:
        alike = [night for night in self._nights if before_free_day(night.day) == before_free_day(day)]
        return alike if len(alike) >= FEWEST_NIGHTS else self._nights

    def _usual(self, day: int, minutes: list[float]) -> Usual | None:
        if len(minutes) < FEWEST_NIGHTS:
            return None
        middle = _median(minutes)
        spread = 1.4826 * _median([abs(value - middle) for value in minutes])
        return Usual(middle, min(WIDEST, max(NARROWEST, spread)), len(minutes))

    def as_json(self) -> dict[str, Any]:
        return {"nights": [list(night) for night in self._nights]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Habit:
        return cls([Night(int(day), float(asleep), float(awake)) for day, asleep, awake in kept["nights"]])


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
