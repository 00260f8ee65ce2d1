"""What records mean for the lines of a chart. Owns the rules of where a line begins, goes on and breaks; pure.

A good update is a point. Any other quality breaks the line, and so do a device that cannot be reached and a hub that is
not running; a device that comes back goes on with its value unless something was said in between. Numbers and booleans
(0, 1) are numbers; all else is words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from jiahe.model.happening import Quality, Reach, RecordKind
from jiahe.storage.chunk import Line, Sampled
from jiahe.storage.series import Head


def series_name(device: str, path: str) -> str:
    """The name of a property's series; a path holds no slash, so the last one parts it."""
    return f"{device}/{path}"


@dataclass(slots=True)
class Growing:
    """One series as it grows in memory: samples in the order they came, and where it stands with them."""

    sealed: int = 0
    head_at: int = -(1 << 62)
    head: Sampled = None
    resume: Sampled = None
    samples: Line = field(default_factory=list)
    changed: bool = False
    """Whether there is anything to seal."""

    def point(self, at: int, value: Sampled) -> None:
        """A value the device said at `at`; a late one takes its place without changing how the series stands."""
        self.samples.append((at, value))
        self.changed = True
        if at >= self.head_at:
            self.head_at, self.head, self.resume = at, value, None

    def cut(self, at: int, *, resume: bool) -> None:
        """The line ends at `at`, though never before its last point has held for a moment."""
        kept = self.resume if self.head is None else self.head
        if self.head is not None:
            self.head_at = max(at, self.head_at + 1)
            self.head = None
            self.samples.append((self.head_at, None))
        self.resume = kept if resume else None
        self.changed = True

    def go_on(self, at: int) -> None:
        """The line goes on with the value it had, if it was cut to be resumed."""
        if self.head is None and self.resume is not None:
            self.point(max(at, self.head_at + 1), self.resume)


class Lines:
    """All series of a home as they grow. `take` every record in order, each once."""

    def __init__(self, heads: list[Head], alive_at: int) -> None:
        self.series: dict[str, Growing] = {}
        self._of_device: dict[str, list[Growing]] = {}
        self.alive_at = alive_at
        """Epoch ms of the last record that shows the hub was at work."""
        self.samples = 0
        """Samples taken in so far: a measure of what waits to be sealed."""
        for name, sealed, head_at, head, resume in heads:
            self._new(name, Growing(sealed, head_at, head, resume))

    def take(self, seq: int, at: int, kind: str, body: Mapping[str, Any]) -> None:
        """Fold one record. `at` is epoch ms. A body that lacks what it should have changes nothing."""
        if kind == RecordKind.UPDATE:
            self._update(seq, at, body)
            return
        if kind == RecordKind.SYSTEM and body.get("what") == "started":
            self._cut_all(seq, self.alive_at + 1)
        elif kind == RecordKind.SYSTEM and body.get("what") == "stopped":
            self._cut_all(seq, at)
        elif kind == RecordKind.AVAILABILITY:
            self._availability(seq, at, body)
        elif kind == RecordKind.HOME and body.get("what") == "device_removed":
            for series in self._live(seq, str(body.get("device"))):
                series.cut(at, resume=False)
        self.alive_at = max(self.alive_at, at)

    def _update(self, seq: int, at: int, body: Mapping[str, Any]) -> None:
        device, path = body.get("device"), body.get("property")
        if not isinstance(device, str) or not isinstance(path, str):
            return
        stale = body.get("quality") == Quality.STALE
        name = series_name(device, path)
        series = self.series.get(name) or self._new(name, Growing())
        if seq > series.sealed:
            before = len(series.samples)
            value = _sampled(body.get("value")) if body.get("quality") == Quality.GOOD else None
            if value is not None:
                series.point(at, value)
            elif stale:
                # Turned stale by time alone: it was good when last heard, and while the hub was seen at work.
                series.cut(min(at, max(self.alive_at, _heard(body)) + 1), resume=False)
            else:
                series.cut(at, resume=False)
            self.samples += len(series.samples) - before
        if not stale:
            self.alive_at = max(self.alive_at, at)

    def _availability(self, seq: int, at: int, body: Mapping[str, Any]) -> None:
        for series in self._live(seq, str(body.get("device"))):
            before = len(series.samples)
            if body.get("state") == Reach.ONLINE:
                series.go_on(at)
            else:
                series.cut(at, resume=True)
            self.samples += len(series.samples) - before

    def _cut_all(self, seq: int, at: int) -> None:
        for device in self._of_device:
            for series in self._live(seq, device):
                series.cut(at, resume=True)

    def _live(self, seq: int, device: str) -> list[Growing]:
        """The device's series that have not this record in their chunks already."""
        return [series for series in self._of_device.get(device, ()) if seq > series.sealed]

    def _new(self, name: str, series: Growing) -> Growing:
        self.series[name] = series
        self._of_device.setdefault(name.rpartition("/")[0], []).append(series)
        return series


def parsed(body: bytes) -> Mapping[str, Any]:
    """A row's body; {} where it is no JSON object, so that one wild row does not stop the fold."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _heard(body: Mapping[str, Any]) -> int:
    """Epoch ms at which the device last said a value that has turned stale; 0 where the body does not tell."""
    found = _sampled(body.get("observed_at"))
    return round(found * 1000) if isinstance(found, float) else 0


def _sampled(value: object) -> Sampled:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return float(value)
    return None
