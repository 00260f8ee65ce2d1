"""When somebody is home: learned from arrivals and departures, as chances for the quarters of an hour to come. Pure.

Owns the days of one home (or one room) as bits, and the chances that follow; never asks where anybody is.
Method: PreHeat (Scott et al., "PreHeat: controlling home heating using occupancy prediction", UbiComp 2011): days that
went alike so far tell how this one goes on. Here every kept day weighs by how well it agrees with today up to now, by
its age and by its class of weekday, which needs no threshold and gives a chance for a new home too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Self

SLOTS = 96
"""Quarters of an hour in a day; on the two days a year that are longer or shorter, the clock's own quarters."""
KEPT = 84
"""Days that are kept: twelve of each weekday."""
HALF_LIFE = 28.0
"""Days after which a day counts half: shifts and school terms change."""
LOOK_BACK = 96
"""Slots before now (a day) in which kept days, with the ones before them, are compared with how it went."""
UNLIKE = 6.0
"""Differing slots (an hour and a half) that cost a kept day a factor e of its weight."""
PRIOR, PRIOR_GONE = 0.5, 0.1
"""Chance of somebody at home where nothing is known; and where the home was empty for `GONE` slots (16 h): a journey."""
GONE = 64
COMES = 3 * 3600.0
"""Seconds for which who says to be on their way is believed."""
PRIOR_DAYS = 0.3
"""As how many days that weighs: much only where no kept day is like the last hours."""
OTHER_CLASS = 0.08
"""Weight of a workday for a day of the weekend, and the other way round; the same weekday weighs 1.5."""


def weekend(day: datetime) -> bool:
    """Saturday or Sunday; holidays are told by the caller's `free`."""
    return day.weekday() >= 5


@dataclass(slots=True)
class _Day:
    """Bits of slots: `known`, and in which somebody was home (for most of the slot that is known of it)."""

    ordinal: int
    weekday: int
    free: bool
    known: int = 0
    home: int = 0


_NEVER = _Day(0, 0, False)


@dataclass(slots=True)
class Presence:
    """One home's days. `zone` is the home's; `free` days (weekend, holidays) go by themselves."""

    zone: tzinfo
    days: dict[int, _Day] = field(default_factory=dict)
    """By the date's ordinal."""
    _at: float | None = None
    _home: bool = True
    _coming: float | None = None
    """Until when somebody is expected who said so."""

    @property
    def home(self) -> bool | None:
        """The last word; None where there was none."""
        return None if self._at is None else self._home

    def told(self, at: float, *, home: bool, free: bool | None = None) -> None:
        """Somebody is home, or nobody, from `at` (epoch seconds) on. A clock that went back is only believed for now."""
        if self._at is not None and 0 < at - self._at < 2 * 86400:
            self._fill(self._at, at, self._home)
        self._at, self._home = at, home
        if home:
            self._coming = None
        self._day(at, free)

    def coming(self, at: float) -> None:
        """Somebody says at `at` that they are on their way: expected from now on, for three hours at most."""
        self._coming = at + COMES

    def chances(self, at: float, slots: int, *, free_tomorrow: bool | None = None) -> list[float]:
        """The chance that somebody is home in each quarter from the one that holds `at`; the first is what is known."""
        local = datetime.fromtimestamp(at, self.zone)
        ordinal, first = local.toordinal(), _slot(local)
        found: list[float] = []
        alike = self._alike(ordinal, first)
        gone, weights = self._journey(ordinal, first), self._weights(ordinal, first, alike)
        of_class = self._weights_of_class(
            ordinal, None if (day := self.days.get(ordinal)) is None else day.free
        )
        for ahead in range(slots):
            index = first + ahead
            if index % SLOTS == 0 and index:
                next_day = ordinal + index // SLOTS
                free = free_tomorrow if index == SLOTS else None
                of_class = self._weights_of_class(next_day, free)
                weights = [
                    (weight * alike.get(day.ordinal - index // SLOTS, 0.0), day) for weight, day in of_class
                ]
            # Where no day went like this one, days of its class tell what is usual; where there are none, nobody knows.
            prior = PRIOR_GONE if gone else _chance(of_class, index % SLOTS, PRIOR)
            found.append(_chance(weights, index % SLOTS, prior))
        if self._coming is not None and self._coming - COMES <= at < self._coming:
            return [0.0, *([1.0] * (slots - 1))][:slots]
        if found and self._at is not None:
            found[0] = 1.0 if self._home else 0.0
        return found

    # ---- what is kept

    def to_json(self) -> dict[str, Any]:
        """For `of_json`; bits as hexadecimal text."""
        return {
            "days": {str(key): [day.weekday, day.free, f"{day.known:x}", f"{day.home:x}"] for key, day in self.days.items()},
            "at": self._at,
            "home": self._home,
            "coming": self._coming,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: dict[str, Any], zone: tzinfo) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        days = {
            int(key): _Day(int(key), int(row[0]), bool(row[1]), int(row[2], 16), int(row[3], 16))
            for key, row in list(body["days"].items())[-KEPT:]
        }
        coming = body.get("coming")
        return cls(zone, days, body["at"], bool(body["home"]), None if coming is None else float(coming))

    # ---- inside

    def _day(self, at: float, free: bool | None = None) -> _Day:
        local = datetime.fromtimestamp(at, self.zone)
        key = local.toordinal()
        day = self.days.get(key)
        if day is None:
            day = self.days[key] = _Day(key, local.weekday(), weekend(local) if free is None else free)
            while len(self.days) > KEPT:
                del self.days[min(self.days)]
        elif free is not None:
            day.free = free
        return day

    def _fill(self, start: float, end: float, home: bool) -> None:
        """A slot takes what was the case at its middle."""
        middle = start - (start % 900) + 450
        if middle < start:
            middle += 900
        while middle < end:
            day, slot = self._day(middle), _slot(datetime.fromtimestamp(middle, self.zone))
            day.known |= 1 << slot
            day.home = day.home | 1 << slot if home else day.home & ~(1 << slot)
            middle += 900

    def _weights(self, ordinal: int, slot: int, alike: dict[int, float]) -> list[tuple[float, _Day]]:
        """Kept days, weighed by age, class and agreement with the last day and now."""
        today = self.days.get(ordinal)
        found = []
        for weight, day in self._weights_of_class(ordinal, None if today is None else today.free):
            agree = alike.get(day.ordinal, 1.0)
            if (
                self._at is not None
                and day.known >> slot & 1
                and bool(day.home >> slot & 1) is not self._home
            ):
                agree *= 0.02  # it was otherwise at this time: it tells next to nothing of when this changes
            found.append((weight * agree, day))
        return found

    def _alike(self, ordinal: int, slot: int) -> dict[int, float]:
        """How much the day up to `slot` was like that up to now, by day: 1 for the very same."""
        known, home = self._before(ordinal, slot)
        found = {}
        for key in self.days:
            then_known, then_home = self._before(key, slot)
            differ = ((home ^ then_home) & known & then_known).bit_count()
            unknown = (known & ~then_known).bit_count()
            found[key] = math.exp(-(differ + 0.5 * unknown) / UNLIKE)
        return found

    def _journey(self, ordinal: int, slot: int) -> bool:
        """Whether the home has been empty for `GONE` slots."""
        known, home = self._before(ordinal, slot)
        last = (1 << GONE) - 1 << LOOK_BACK - GONE
        return not self._home and known & last == last and not home & last

    def _before(self, ordinal: int, slot: int) -> tuple[int, int]:
        """Bits of the `LOOK_BACK` slots before a slot of a day, over its midnight: known, and somebody home."""
        today, yesterday = self.days.get(ordinal, _NEVER), self.days.get(ordinal - 1, _NEVER)
        mask = (1 << LOOK_BACK) - 1
        shift = SLOTS - slot
        known = yesterday.known >> slot | (today.known & ((1 << slot) - 1)) << shift
        home = yesterday.home >> slot | (today.home & ((1 << slot) - 1)) << shift
        return known & mask, home & mask

    def _weights_of_class(self, ordinal: int, free: bool | None) -> list[tuple[float, _Day]]:
        local = datetime.fromordinal(max(1, ordinal))
        free = weekend(local) if free is None else free
        found = []
        for key, day in self.days.items():
            if key >= ordinal or not day.known:
                continue
            weight = 0.5 ** ((ordinal - key) / HALF_LIFE)
            if day.free is not free:
                weight *= OTHER_CLASS
            elif day.weekday == local.weekday():
                weight *= 1.5
            found.append((weight, day))
        return found


def _chance(weights: Sequence[tuple[float, _Day]], slot: int, prior: float) -> float:
    known = home = 0.0
    for weight, day in weights:
        if day.known >> slot & 1:
            known += weight
            home += weight * (day.home >> slot & 1)
    return (home + prior * PRIOR_DAYS) / (known + PRIOR_DAYS)


def _slot(local: datetime) -> int:
    return local.hour * 4 + local.minute // 15
