"""What passed over one device's wire lately. Owns a bounded ring of frames and counters; never holds a
secret.

Frames come here already redacted (`Pump` is the one place that records, and it redacts first).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

from jiahe.model.clock import Clock

FRAMES = 200
"""Frames kept: some minutes of polling, enough to see what led to a failure."""

KEPT = 2048
"""Bytes kept of one frame; the largest real ones are about 1,100."""

KINDS = 50
"""Different counters; whatever comes beyond them is counted as "other": reasons may carry foreign text."""

Direction = Literal["in", "out"]


@dataclass(slots=True)
class Frame:
    """One frame; `at` is epoch seconds, `data` the redacted bytes, at most KEPT of them."""

    at: float
    direction: Direction
    data: bytes
    size: int
    note: str = ""


class Tap:
    """One for each device; outlives its links."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._frames: deque[Frame] = deque(maxlen=FRAMES)
        self._counters: dict[str, int] = {}

    def record(self, direction: Direction, data: bytes) -> Frame:
        """Keeps one redacted frame; the returned frame takes a note later."""
        frame = Frame(self._clock.now(), direction, data[:KEPT], len(data))
        self._frames.append(frame)
        return frame

    def count(self, what: str) -> None:
        """One more of this kind."""
        kind = what[:80]
        if kind not in self._counters and len(self._counters) >= KINDS:
            kind = "other"
        self._counters[kind] = self._counters.get(kind, 0) + 1

    def snapshot(self) -> dict[str, Any]:
        """What the API shows: `{"frames": [{"at", "direction", "hex", "note"}], "counters": {…}}`, oldest
        first."""
        frames = []
        for frame in self._frames:
            cut = f"cut from {frame.size} bytes" if frame.size > len(frame.data) else ""
            note = ", ".join(part for part in (frame.note, cut) if part)
            frames.append(
                {"at": frame.at, "direction": frame.direction, "hex": frame.data.hex(), "note": note}
            )
        return {"frames": frames, "counters": dict(self._counters)}
