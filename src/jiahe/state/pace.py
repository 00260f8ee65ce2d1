"""How often one thing may be news. Owns the count for each key; never knows what the news is.

A device gone wild (a loose contact, a firmware's loop, an attacker on the network) can say something new a thousand times
a second, and every record is kept for ever. Time is an argument.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Pace(Generic[Key]):
    """So many at once for each key, then so many a second."""

    def __init__(self, burst: float, each_second: float) -> None:
        self._burst, self._rate = burst, each_second
        self._spent: dict[Key, tuple[float, float]] = {}  # what was left, and when (monotonic seconds)

    def __len__(self) -> int:
        return len(self._spent)

    def take(self, key: Key, now: float) -> bool:
        """Whether one more is allowed now; if so it is counted."""
        left, at = self._spent.get(key, (self._burst, now))
        left = min(self._burst, left + max(0.0, now - at) * self._rate)
        allowed = left >= 1.0
        self._spent[key] = (left - 1.0 if allowed else left, now)
        return allowed

    def forget_rested(self, now: float) -> None:
        """Drops the keys that have their whole allowance again: they are as good as new."""
        rest = self._burst / self._rate
        for key in [key for key, (_, at) in self._spent.items() if now - at >= rest]:
            del self._spent[key]
