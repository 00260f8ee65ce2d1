"""Time as an argument. Owns the shape of a clock; the hub holds the only real one."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Two readings of time."""

    def now(self) -> float:
        """Epoch seconds, as people and records use it; may be set back."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for deadlines, retries and ages. Equal to the event loop's `time()`."""
        ...
