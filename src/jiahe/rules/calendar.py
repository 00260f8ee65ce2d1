"""Local time: when the next 22:30, sunset or quarter of an hour is. Owns the law of days that are not 24 hours; pure.

The law, by IANA zone: a time that the clock skips in spring comes at the moment of the jump; a time that it shows
twice in autumn comes the first time only. `every` counts real seconds from local midnight and begins anew at the next.
29 February comes in leap years only, the 31st in months that have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from jiahe.rules import sun
from jiahe.rules.rule import AtSun, AtTime, Days, Every

DAYS_AHEAD = 366 * 8 + 3
"""Days looked ahead: 29 February of a certain weekday may be 28 years off, but the plain one at most 8."""

MOST_INSTANTS = 4_096
"""Wall times remembered: thousands of rules ask for the same few, at the same moment."""


class Calendar:
    """One home's zone and place on the earth; `location` None where nobody told."""

    def __init__(self, zone: tzinfo, location: sun.Location | None = None) -> None:
        self.zone, self.location = zone, location
        self._instants: dict[tuple[int, int], float] = {}

    def local(self, at: float) -> datetime:
        """`at` (epoch seconds) as the clock on the wall shows it."""
        return datetime.fromtimestamp(at, self.zone)

    def instant(self, day: date, second: int) -> float:
        """Epoch seconds of a wall time; of a skipped one the moment of the jump, of a doubled one the first."""
        key = (day.toordinal(), second)
        found = self._instants.get(key)
        if found is None:
            if len(self._instants) >= MOST_INSTANTS:
                self._instants.clear()
            found = self._instants[key] = self._instant(day, second)
        return found

    def _instant(self, day: date, second: int) -> float:
        naive = datetime(day.year, day.month, day.day) + timedelta(seconds=second)  # noqa: DTZ001  # a wall time
        at = naive.replace(tzinfo=self.zone, fold=0).timestamp()
        if self.local(at).replace(tzinfo=None) == naive:
            return at
        return self._jump(at)

    def _jump(self, at: float) -> float:
        """The moment in the day before `at` when the clock was set forward."""
        low, high = at - 86_400.0, at
        after = self.local(high).utcoffset()
        while high - low > 1.0:
            middle = (low + high) / 2
            if self.local(middle).utcoffset() == after:
                high = middle
            else:
                low = middle
        return float(round(high))

    def sun_up(self, at: float) -> bool | None:
        return None if self.location is None else sun.is_up(at, self.location)

    def elevation(self, at: float) -> float | None:
        return None if self.location is None else sun.elevation(at, self.location)

    # ---- the next time ---------------------------------------------------------------------------------------

    def next(self, trigger: AtTime | AtSun | Every, after: float) -> float | None:
        """The first moment of this trigger later than `after` (epoch seconds); None where there is none."""
        if isinstance(trigger, Every):
            return self._next_period(trigger.period, after)
        start = self.local(after).date() - timedelta(
            days=1
        )  # an offset may move a day's moment over midnight
        for day in _days(start, trigger.days):
            if isinstance(trigger, AtTime):
                moment: float | None = self.instant(day, trigger.second)
            else:
                moment = self._sun(trigger, day)
            if moment is not None and moment > after:
                return moment
        return None

    def last(self, trigger: AtTime | AtSun | Every, after: float, until: float) -> float | None:
        """The last moment of this trigger later than `after` and not later than `until`; None where there is none."""
        if isinstance(trigger, Every):
            start = max(after, until - trigger.period * 2)
        else:
            start = max(after, until - 2 * 86_400.0)  # older is later than any catch-up
        found, moment = None, self.next(trigger, start)
        while moment is not None and moment <= until:
            found, moment = moment, self.next(trigger, moment)
        return found

    def _sun(self, trigger: AtSun, day: date) -> float | None:
        if self.location is None:
            return None
        moment = sun.event_near(trigger.event, self.instant(day, 43_200), self.location)
        return None if moment is None else round(moment + trigger.offset, 3)

    def _next_period(self, period: float, after: float) -> float:
        day = self.local(after).date()
        midnight, following = self.instant(day, 0), self.instant(day + timedelta(days=1), 0)
        moment = midnight + (int((after - midnight) // period) + 1) * period
        return min(moment, following)


def _days(start: date, days: Days) -> Iterator[date]:
    """The days from `start` on that these words name, as far as `DAYS_AHEAD`."""
    ordinal = start.toordinal()
    for number in range(ordinal, ordinal + DAYS_AHEAD):
        day = date.fromordinal(number)
        if _named(day, days):
            yield day


def _named(day: date, days: Days) -> bool:
    return (
        (not days.weekdays or day.weekday() in days.weekdays)
        and (not days.months or day.month in days.months)
        and (not days.dates or (day.month, day.day) in days.dates)
        and (not days.month_days or day.day in days.month_days or (-1 in days.month_days and _is_last(day)))
    )


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def parse_local(text: str, calendar: Calendar) -> float:
    """Epoch seconds of "2026-03-01 22:00"; ValueError where there is no such date."""
    naive = datetime.fromisoformat(text)
    return calendar.instant(naive.date(), naive.hour * 3600 + naive.minute * 60 + naive.second)
