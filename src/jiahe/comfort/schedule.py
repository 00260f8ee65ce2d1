"""A schedule learned from what people set by hand. Pure; times are epoch seconds, the zone is the home's.

Owns points (from when on which temperature is wanted), apart for cooling and heating; never sets anything. The laws:

* a change by hand is an adjustment; several within ten minutes are one, the last;
* two adjustments that are alike make a point: the same mode, the same class of day (workdays or free days) on two
  different days, at most 30 min and 0.5 K apart (or both "off"), at most 21 days apart;
* two alike near a learned point (60 min) move it; a point that a person edited is never moved and nothing is learned
  within 30 min of it;
* a learned point against which people decided on three days of 28, each time otherwise, is forgotten; so is an
  adjustment that found no like within 21 days.

What of this the first learning thermostat made known: that two consistent changes are learned and heat and cool are
apart (Nest, "How Nest learns", support pages). The rest is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

from jiahe.comfort.thermal_model import Mode

ALIKE_MINUTES, ALIKE_KELVIN, ALIKE_DAYS = 30, 0.5, 21
NEAR_MINUTES = 60
SETTLING = 600.0
"""Seconds within which one who turns the knob has not made up their mind."""
AGAINST, AGAINST_DAYS, AGAINST_MINUTES = 3, 28, 90
POINTS = 24
"""For a mode and class of day: more would be a curve, not a schedule."""
ADJUSTMENTS = 200
"""Kept: three weeks of ten a day, about; the oldest go."""
USUAL = {Mode.COOL: 26.0, Mode.HEAT: 20.0}
"""Where nothing was learned: 26 °C is the least that public buildings in China may be cooled to (State Council notice
2007/42) and 20 °C the most that they may be heated to."""


@dataclass(frozen=True, slots=True)
class Point:
    """From `minute` of the day on, `target` (Cel; None: off). `edited`: a person wrote it, it is never moved."""

    mode: Mode
    free: bool
    minute: int
    target: float | None
    edited: bool = False
    learned_at: float = 0.0
    from_days: tuple[str, ...] = ()
    """The dates of the adjustments that it was learned from."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change by hand."""

    at: float
    mode: Mode
    free: bool
    day: int
    minute: int
    target: float | None


@dataclass(frozen=True, slots=True)
class Learned:
    """What an adjustment led to: a `point` is new, moved or (`forgotten`) gone."""

    point: Point
    what: str
    """`new`, `moved` or `forgotten`."""


@dataclass(slots=True)
class Schedule:
    """One room's. `points` are kept in order of mode, class and minute."""

    zone: tzinfo
    points: list[Point] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    usual: Mapping[Mode, float] = field(default_factory=lambda: dict(USUAL))
    """What is wanted where nothing was learned: people's own word where they gave one."""

    def adjusted(
        self, at: float, mode: Mode, target: float | None, *, free: bool | None = None
    ) -> Learned | None:
        """A person set `target` (None: switched off) at `at`; what was learned of it, if anything."""
        local = datetime.fromtimestamp(at, self.zone)
        free = local.weekday() >= 5 if free is None else free
        new = Adjustment(at, mode, free, local.toordinal(), local.hour * 60 + local.minute, target)
        last = self.adjustments[-1] if self.adjustments else None
        if last is not None and last.mode is mode and 0 <= at - last.at <= SETTLING:
            self.adjustments.pop()
        self.adjustments = [one for one in self.adjustments if at - one.at <= AGAINST_DAYS * 86400]
        self.adjustments = [*self.adjustments[-(ADJUSTMENTS - 1) :], new]
        learned = self._learn(new)
        return learned or self._forget(new)

    def edit(self, point: Point) -> None:
        """A person writes a point: it replaces what is within 30 min of it, and stays."""
        self._drop(point, ALIKE_MINUTES, edited=None)
        self._put(replace(point, edited=True))

    def remove(self, point: Point) -> bool:
        """A person takes a point away; False where there is none like it. What led to it is forgotten too."""
        kept = [
            one
            for one in self.points
            if (one.mode, one.free, one.minute) != (point.mode, point.free, point.minute)
        ]
        found = len(kept) < len(self.points)
        self.points = kept
        self.adjustments = [one for one in self.adjustments if not _near(one, point, NEAR_MINUTES)]
        return found

    def point_at(self, at: float, mode: Mode, *, free: bool | None = None) -> Point | None:
        """The point in force, of today or of the days before; None where nothing was learned for that mode."""
        local = datetime.fromtimestamp(at, self.zone)
        minute = local.hour * 60 + local.minute
        for back in range(8):
            day = local - timedelta(days=back)
            is_free = free if back == 0 and free is not None else day.weekday() >= 5
            found = [
                one for one in self.points
                if one.mode is mode and one.free is is_free and (back > 0 or one.minute <= minute)
            ]  # fmt: skip
            if found:
                return found[-1]
        return None

    def target_at(self, at: float, mode: Mode, *, free: bool | None = None) -> float | None:
        """What is wanted at `at`, in Cel; None: off. The usual where nothing was learned."""
        point = self.point_at(at, mode, free=free)
        return self.usual[mode] if point is None else point.target

    def next_point(self, at: float, mode: Mode, hours: float = 24.0) -> float | None:
        """Epoch seconds of the next point after `at` that changes the target; None within `hours`."""
        now, local = self.target_at(at, mode), datetime.fromtimestamp(at, self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for ahead in range(int(hours // 24) + 2):
            day = midnight + timedelta(days=ahead)
            for one in self.points:
                if one.mode is not mode or one.free is not (day.weekday() >= 5) or one.target == now:
                    continue
                when = (day + timedelta(minutes=one.minute)).timestamp()
                if at < when <= at + hours * 3600:
                    return when
        return None

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {
            "points": [asdict(one) for one in self.points],
            "adjustments": [asdict(one) for one in self.adjustments],
        }

    @classmethod
    def of_json(cls, body: dict[str, Any], zone: tzinfo) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        points = [
            Point(**{**one, "mode": Mode(one["mode"]), "from_days": tuple(one["from_days"])})
            for one in body["points"]
        ]
        adjustments = [Adjustment(**{**one, "mode": Mode(one["mode"])}) for one in body["adjustments"]]
        return cls(zone, points[: 4 * POINTS], adjustments[-ADJUSTMENTS:])

    # ---- inside

    def _learn(self, new: Adjustment) -> Learned | None:
        if any(one.edited and _near(new, one, ALIKE_MINUTES) for one in self.points):
            return None
        like = [one for one in self.adjustments if one is not new and _alike(one, new)]
        if not like:
            return None
        other = like[-1]
        minute = round((other.minute + new.minute) / 2)
        target = (
            None if new.target is None or other.target is None else _half((other.target + new.target) / 2)
        )
        days = tuple(datetime.fromordinal(day).strftime("%Y-%m-%d") for day in sorted((other.day, new.day)))
        point = Point(new.mode, new.free, minute, target, learned_at=new.at, from_days=days)
        known = [
            one for one in self.points
            if not one.edited and (one.mode, one.free) == (new.mode, new.free) and abs(one.minute - minute) <= NEAR_MINUTES
        ]  # fmt: skip
        if known and known[0].target == target and abs(known[0].minute - minute) <= 15:
            return None
        self._drop(point, NEAR_MINUTES, edited=False)
        if sum((one.mode, one.free) == (new.mode, new.free) for one in self.points) >= POINTS:
            return None
        self._put(point)
        return Learned(point, "moved" if known else "new")

    def _forget(self, new: Adjustment) -> Learned | None:
        """The learned point that `new` went against once more, if that was once too often."""
        for point in self.points:
            if point.edited or (point.mode, point.free) != (new.mode, new.free) or point.target == new.target:
                continue
            against = {
                one.day for one in self.adjustments
                if _follows(one, point) and one.target != point.target and one.at > point.learned_at
            }  # fmt: skip
            if _follows(new, point) and len(against) >= AGAINST:
                self.points.remove(point)
                return Learned(point, "forgotten")
        return None

    def _drop(self, point: Point, minutes: int, *, edited: bool | None) -> None:
        self.points = [
            one for one in self.points
            if (one.mode, one.free) != (point.mode, point.free) or abs(one.minute - point.minute) > minutes
            or (edited is not None and one.edited is not edited)
        ]  # fmt: skip

    def _put(self, point: Point) -> None:
        self.points = sorted([*self.points, point], key=lambda one: (one.mode, one.free, one.minute))


def _alike(one: Adjustment, other: Adjustment) -> bool:
    if (one.mode, one.free) != (other.mode, other.free) or one.day == other.day:
        return False
    if abs(one.minute - other.minute) > ALIKE_MINUTES or abs(one.day - other.day) > ALIKE_DAYS:
        return False
    if one.target is None or other.target is None:
        return one.target is other.target
    return abs(one.target - other.target) <= ALIKE_KELVIN


def _near(one: Adjustment, point: Point, minutes: int) -> bool:
    return (one.mode, one.free) == (point.mode, point.free) and abs(one.minute - point.minute) <= minutes


def _follows(one: Adjustment, point: Point) -> bool:
    return (one.mode, one.free) == (
        point.mode,
        point.free,
    ) and 0 <= one.minute - point.minute <= AGAINST_MINUTES


def _half(value: float) -> float:
    return round(value * 2) / 2
