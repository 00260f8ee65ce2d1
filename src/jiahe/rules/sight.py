"""What an expression looks at while it is worked out, and what it saw. Owns the refusal of stale and unknown values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules.calendar import Calendar
from jiahe.rules.moment import Seen, View
from jiahe.rules.sentences import say

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Unknowable(Exception):
    """The expression has no answer now; the text says why, for a person."""


class Sight:
    """One look at the home at one moment. `seen` collects what was looked at: name -> [value, quality]."""

    __slots__ = ("_local", "calendar", "changed_at", "now", "seen", "uses_stale", "view")

    def __init__(
        self,
        view: View,
        now: float,
        calendar: Calendar,
        changed_at: Callable[[PropertyRef], float | None],
        uses_stale: bool = False,
    ) -> None:
        self.view, self.now, self.calendar, self.changed_at = view, now, calendar, changed_at
        self.uses_stale = uses_stale
        self.seen: dict[str, list[Value]] = {}
        self._local: datetime | None = None

    def read(self, ref: PropertyRef) -> Value:
        """The value, or Unknowable where nobody knows it or it is too old to act on."""
        reading = self.view.get(ref)
        name = f"{ref.device}.{ref.path}"
        if reading is None:
            self.seen[name] = [None, Quality.UNKNOWN.value]
            raise Unknowable(say("why_unsaid", name=name))
        quality = reading.quality
        self.seen[name] = [reading.value, quality.value]
        if quality is Quality.GOOD or quality is Quality.ASSUMED:
            return reading.value
        if quality is Quality.STALE:
            if self.uses_stale:
                return reading.value
            raise Unknowable(say("why_stale", name=name))
        raise Unknowable(say("why_unsaid", name=name))

    def look(self, ref: PropertyRef) -> Seen | None:
        """The reading as it is, whatever its quality."""
        reading = self.view.get(ref)
        name = f"{ref.device}.{ref.path}"
        self.seen[name] = (
            [None, Quality.UNKNOWN.value] if reading is None else [reading.value, reading.quality.value]
        )
        return reading

    def unchanged(self, ref: PropertyRef) -> float:
        """Seconds for which the value has been what it is, as far as is known (at least so long)."""
        self.read(ref)
        since = self.changed_at(ref)
        if since is None:
            reading = self.view.get(ref)
            assert reading is not None, "read has seen it"
            since = reading.observed_at
        seconds = max(0.0, self.now - since)
        self.seen[f"unchanged({ref.device}.{ref.path})"] = [round(seconds, 3), "s"]
        return seconds

    @property
    def local(self) -> datetime:
        if self._local is None:
            self._local = self.calendar.local(self.now)
        return self._local

    def time(self) -> Value:
        """Seconds after midnight on the wall."""
        local = self.local
        self.seen["time"] = [local.strftime("%H:%M:%S"), "clock"]
        return local.hour * 3600 + local.minute * 60 + local.second

    def weekday(self) -> Value:
        day = WEEKDAYS[self.local.weekday()]
        self.seen["weekday"] = [day, "clock"]
        return day

    def month(self) -> Value:
        self.seen["month"] = [self.local.month, "clock"]
        return self.local.month

    def day(self) -> Value:
        self.seen["day"] = [self.local.day, "clock"]
        return self.local.day

    def mode(self) -> Value:
        mode = self.view.mode.value
        self.seen["mode"] = [mode, "good"]
        return mode

    def sun(self) -> Value:
        up = self.calendar.sun_up(self.now)
        if up is None:
            raise Unknowable(say("why_no_sun"))
        self.seen["sun"] = ["up" if up else "down", "clock"]
        return "up" if up else "down"

    def elevation(self) -> Value:
        degrees = self.calendar.elevation(self.now)
        if degrees is None:
            raise Unknowable(say("why_no_sun"))
        self.seen["sun_elevation"] = [round(degrees, 2), "clock"]
        return degrees
