"""The one door in: every word of a device is checked, kept, written down and told on here.

Owns what counts as news and when a value has grown too old; never speaks to a device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from jiahe.model.clock import Clock
from jiahe.model.definition import Profile
from jiahe.model.errors import StoreError
from jiahe.model.happening import (
    Actor,
    Availability,
    Cause,
    PropertyRef,
    PropertyUpdate,
    Quality,
    Record,
    RecordKind,
)
from jiahe.state.body import availability_body, cause_body, update_body
from jiahe.state.pace import Pace
from jiahe.state.store import STALE_AFTER_CADENCES, STALE_GRACE, Store

SYSTEM_AGE = "age"
"""The source of a cause whose only doing was time."""

NEWS_AT_ONCE, NEWS_A_SECOND = 300, 1.0
"""How often one property may be news of its device's own accord. No product is asked more often than once a second, and
three hundred at once are a dial that somebody turns for half a minute, ten steps a second. What comes faster is held back for at most about a second and its last word
is told: one property gone wild costs 86,400 records a day, not 86 million, and its last value is never lost.
"""
EVENTS_AT_ONCE, EVENTS_A_SECOND = 60, 5.0
"""How often one device may say that something happened: a person presses a button twice a second."""
FLOODS_EVERY = 60.0
"""Seconds between two records of how many events were too many."""


class Appends(Protocol):
    """The part of the journal that the doors use."""

    def append(
        self, at: float, kind: RecordKind, body: Mapping[str, Any], *, urgent: bool = False
    ) -> Record: ...


class Intake:
    """Takes updates in; tells listeners at once (rules), and everybody else through the journal's commits."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        journal: Appends,
        profile_of: Callable[[str], Profile | None],
        new_id: Callable[[], str],
    ) -> None:
        self._clock, self._store, self._journal = clock, store, journal
        self._profile_of, self._new_id = profile_of, new_id
        self._listeners: list[Callable[[list[PropertyUpdate]], None]] = []
        self._event_listeners: list[Callable[[str, str, Mapping[str, Any], Cause], None]] = []
        self._pace: Pace[PropertyRef] = Pace(NEWS_AT_ONCE, NEWS_A_SECOND)
        self._held: dict[PropertyRef, tuple[PropertyUpdate, float | None]] = {}
        self._event_pace: Pace[str] = Pace(EVENTS_AT_ONCE, EVENTS_A_SECOND)
        self._flood_pace: Pace[str] = Pace(1, 1 / FLOODS_EVERY)
        self._flooded: dict[str, int] = {}
        self.strangers = 0
        """How many updates named a device or property that the home has not got."""
        self.unwritten = 0
        """How many records the journal did not take; it tells its own trouble, a device's connection must not end by it."""

    def listen(self, listener: Callable[[list[PropertyUpdate]], None]) -> None:
        """Calls `listener` with what is new, in order, before it is on disk; for deciders, not for tellers."""
        self._listeners.append(listener)

    def listen_events(self, listener: Callable[[str, str, Mapping[str, Any], Cause], None]) -> None:
        """Calls `listener` with device, event, arguments and cause of what happens, before it is on disk."""
        self._event_listeners.append(listener)

    def accept(self, updates: Iterable[PropertyUpdate], cadences: Mapping[str, float]) -> None:
        """Takes a device's report. `cadences` are the seconds between two expected words, by path."""
        monotonic, news = self._clock.monotonic(), []
        for update in updates:
            profile = self._profile_of(update.ref.device)
            if profile is None or update.ref.path not in profile.properties:
                self.strangers += 1
                continue
            cadence = cadences.get(update.ref.path)
            ages = cadence is not None and update.quality is Quality.GOOD
            fresh_until = monotonic + STALE_AFTER_CADENCES * (cadence or 0.0) + STALE_GRACE if ages else None
            if self._too_often(update, monotonic):
                self._held[update.ref] = (update, fresh_until)
            elif self._put(update, fresh_until):
                news.append(update)
        self._tell(news)

    def _too_often(self, update: PropertyUpdate, monotonic: float) -> bool:
        """Whether this property has been news too often lately. What a command brought about never is."""
        if update.cause.kind is not Actor.DEVICE or not self._store.says_new(update):
            return False
        return not self._pace.take(update.ref, monotonic)

    def _put(self, update: PropertyUpdate, fresh_until: float | None) -> bool:
        self._held.pop(update.ref, None)  # an older word than this one
        new = self._store.put(update, fresh_until)
        if new:
            self._write(update.observed_at, RecordKind.UPDATE, update_body(update))
        return new

    def _release(self, monotonic: float) -> None:
        """The last word of every property that was held back and may be news again."""
        news = []
        for ref, (update, fresh_until) in tuple(self._held.items()):
            if self._profile_of(ref.device) is None:
                del self._held[ref]
            elif not self._too_often(update, monotonic) and self._put(update, fresh_until):
                news.append(update)
        self._tell(news)

    def event(self, device: str, path: str, arguments: Mapping[str, Any], cause: Cause) -> None:
        """Something happened at a device that leaves no value."""
        if not self._event_pace.take(device, self._clock.monotonic()):
            self._flooded[device] = self._flooded.get(device, 0) + 1
            return
        body = {"device": device, "event": path, "arguments": dict(arguments), "cause": cause_body(cause)}
        self._write(self._clock.now(), RecordKind.EVENT, body)
        for listener in self._event_listeners:
            try:
                listener(device, path, arguments, cause)
            except Exception as error:  # a decider's defect must not end the device's connection
                _say_aloud(error)

    def _tell_floods(self, monotonic: float) -> None:
        """How many events were too many, once a minute for each device: nothing is dropped silently."""
        for device, count in tuple(self._flooded.items()):
            if self._flood_pace.take(device, monotonic):
                del self._flooded[device]
                body = {"what": "events_dropped", "device": device, "count": count}
                self._write(self._clock.now(), RecordKind.SYSTEM, body)

    def availability(self, device: str, availability: Availability) -> None:
        """A device came, went, or locked us out."""
        if self._store.set_availability(device, availability):
            self._write(availability.since, RecordKind.AVAILABILITY, availability_body(device, availability))

    def age(self) -> None:
        """Turns what has stopped arriving into stale, and tells what was held back; call it about once a second."""
        monotonic = self._clock.monotonic()
        self._release(monotonic)
        self._make_stale(self._store.expired(monotonic))
        self._tell_floods(monotonic)
        for pace in (self._pace, self._event_pace, self._flood_pace):
            pace.forget_rested(monotonic)

    def restore(self, updates: Iterable[PropertyUpdate]) -> None:
        """Last known values after a start: shown with their age, and stale until the device speaks again.

        Written down too, so that the line of a chart ends where the hub last heard and not where it speaks next.
        """
        restored = []
        for update in updates:
            profile = self._profile_of(update.ref.device)
            if profile is None or update.ref.path not in profile.properties:
                continue
            self._store.put(update, None)
            if update.quality is Quality.GOOD:
                restored.append(update.ref)
        self._make_stale(restored)

    def _make_stale(self, refs: list[PropertyRef]) -> None:
        if not refs:
            return
        cause, now, news = Cause(self._new_id(), Actor.SYSTEM, SYSTEM_AGE), self._clock.now(), []
        for ref in refs:
            reading = self._store.get(ref)
            if reading is None or reading.quality is not Quality.GOOD:
                continue
            update = PropertyUpdate(
                ref, reading.value, Quality.STALE, reading.observed_at, cause, reading.raw
            )
            self._store.put(update, None)
            self._write(now, RecordKind.UPDATE, update_body(update))
            news.append(update)
        self._tell(news)

    def _write(self, at: float, kind: RecordKind, body: Mapping[str, Any]) -> None:
        try:
            self._journal.append(at, kind, body)
        except StoreError:
            self.unwritten += 1

    def _tell(self, news: list[PropertyUpdate]) -> None:
        if news:
            for listener in self._listeners:
                try:
                    listener(news)
                except Exception as error:  # a decider's defect must not end the device's connection
                    _say_aloud(error)


def _say_aloud(error: Exception) -> None:
    context = {"message": "a listener of the intake failed", "exception": error}
    asyncio.get_running_loop().call_exception_handler(context)
