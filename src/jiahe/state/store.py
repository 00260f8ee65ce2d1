"""What is: the last word about every property and the reach of every device. In memory, read by all.

Owns values, their quality and their ageing; never writes the journal and never speaks to a device.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

from jiahe.model.definition import Value
from jiahe.model.happening import Availability, Cause, PropertyRef, PropertyUpdate, Quality, Reach

STALE_AFTER_CADENCES = 3.0
"""A value is stale after three times its own cadence: one lost datagram is weather, three are a fact."""
STALE_GRACE = 2.0
"""Seconds on top, so that a busy moment of the hub itself does not look like a silent device."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A property as it is known. `observed_at` is when the device last said it, in epoch seconds."""

    value: Value
    raw: Value
    quality: Quality
    observed_at: float
    cause: Cause


class Store:
    """The table of what is. Not thread-safe: the event loop's own."""

    def __init__(self) -> None:
        self._readings: dict[PropertyRef, Reading] = {}
        self._fresh_until: dict[PropertyRef, float] = {}
        self._expiries: list[tuple[float, PropertyRef]] = []
        self._queued: dict[
            PropertyRef, float
        ] = {}  # the earliest entry of each ref in the heap: the only one that counts
        self._availability: dict[str, Availability] = {}
        self._waiting: dict[PropertyRef, list[str]] = {}

    # ---- values --------------------------------------------------------------------------------------------------

    def get(self, ref: PropertyRef) -> Reading | None:
        return self._readings.get(ref)

    def snapshot(self) -> dict[PropertyRef, Reading]:
        """Every reading now; the caller's own copy."""
        return dict(self._readings)

    def says_new(self, update: PropertyUpdate) -> bool:
        """Whether this would change what is known (value or quality), or only be seen again."""
        known = self._readings.get(update.ref)
        return (
            known is None
            or known.quality is not update.quality
            or known.value != update.value
            or type(known.value) is not type(update.value)
            or (update.quality is Quality.UNKNOWN and repr(known.raw) != repr(update.raw))  # NaN is NaN
        )

    def put(self, update: PropertyUpdate, fresh_until: float | None) -> bool:
        """Takes a device's word; True if it says anything new (value or quality), False if it only was seen again.

        `fresh_until` is in monotonic seconds; None for a value that does not age (assumed, unknown).
        """
        new, known = self.says_new(update), self._readings.get(update.ref)
        cause = update.cause if new or known is None else known.cause
        self._readings[update.ref] = Reading(
            update.value, update.raw, update.quality, update.observed_at, cause
        )
        if fresh_until is None:
            self._fresh_until.pop(update.ref, None)
        else:
            self._fresh_until[update.ref] = fresh_until
            if fresh_until < self._queued.get(update.ref, math.inf):
                self._queue(update.ref, fresh_until)
        return new

    def _queue(self, ref: PropertyRef, moment: float) -> None:
        self._queued[ref] = moment
        heapq.heappush(self._expiries, (moment, ref))

    def expired(self, monotonic: float) -> list[PropertyRef]:
        """Takes the refs whose values have outlived their cadence by now; each is named once."""
        gone: list[PropertyRef] = []
        while self._expiries and self._expiries[0][0] <= monotonic:
            moment, ref = heapq.heappop(self._expiries)
            if self._queued.get(ref) != moment:
                continue  # an earlier entry took its place
            del self._queued[ref]
            fresh_until = self._fresh_until.get(ref)
            if fresh_until is None:
                continue
            if fresh_until > monotonic:
                self._queue(ref, fresh_until)
                continue
            del self._fresh_until[ref]
            gone.append(ref)
        return gone

    def seen_since(self, after: float) -> dict[PropertyRef, float]:
        """Refs whose device spoke of them later than `after` (epoch seconds), with the time it did."""
        return {
            ref: reading.observed_at for ref, reading in self._readings.items() if reading.observed_at > after
        }

    # ---- reach ---------------------------------------------------------------------------------------------------

    def availability(self, device: str) -> Availability:
        return self._availability.get(device, Availability(Reach.CONNECTING, 0.0))

    def set_availability(self, device: str, availability: Availability) -> bool:
        """True if the state or its reason is new; `since` stays while the state stays."""
        known = self._availability.get(device)
        if known and known.state is availability.state:
            if known.reason == availability.reason:
                return False
            availability = Availability(availability.state, known.since, availability.reason)
        self._availability[device] = availability
        return True

    # ---- commands under way --------------------------------------------------------------------------------------

    def waiting(self, ref: PropertyRef) -> str | None:
        """The id of the newest command under way for this property."""
        commands = self._waiting.get(ref)
        return commands[-1] if commands else None

    def set_waiting(self, ref: PropertyRef, command: str) -> None:
        self._waiting.setdefault(ref, []).append(command)

    def clear_waiting(self, ref: PropertyRef, command: str) -> None:
        """Ends the waiting of this command; those of others stay."""
        left = [other for other in self._waiting.get(ref, ()) if other != command]
        if left:
            self._waiting[ref] = left
        else:
            self._waiting.pop(ref, None)

    def forget(self, device: str, keep: Iterable[str] = ()) -> None:
        """Drops what is known of a device that left, or of the properties it turned out not to have."""
        kept = set(keep)
        for ref in [r for r in self._readings if r.device == device and r.path not in kept]:
            del self._readings[ref]
            self._fresh_until.pop(ref, None)
        for ref in [r for r in self._waiting if r.device == device and r.path not in kept]:
            del self._waiting[ref]
        if not kept:
            self._availability.pop(device, None)
