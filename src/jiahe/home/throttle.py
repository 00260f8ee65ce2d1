"""How long a guesser waits. Owns the counts of failed attempts; never knows what was guessed.

Time is an argument.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from jiahe.model.errors import AuthError

FREE = 3
"""Failures without a wait: people mistype."""
FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
"""Seconds. The wait doubles from the first to the longest: about 290 guesses a day from then on."""
FORGET = 3600.0
"""Seconds without an attempt after which an entry is forgotten."""
TABLE_LIMIT = 1_000
"""Entries of each table; the one with the fewest failures goes first, so that a flood does not free the
guessed one.
"""


class Throttled(AuthError):
    """Too many failed attempts; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        super().__init__(f"Too many failed attempts: wait {max(1, math.ceil(wait))} seconds and try again.")


@dataclass(slots=True)
class _Entry:
    failures: int
    last: float
    until: float


class Throttle:
    """One table of keys (addresses, names) with growing waits."""

    def __init__(self, longest: float = LONGEST_WAIT) -> None:
        self._longest = longest
        self._entries: dict[str, _Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def wait(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0.0 when it may."""
        entry = self._entries.get(key)
        return max(0.0, entry.until - now) if entry else 0.0

    def failed(self, key: str, now: float) -> None:
        """Counts a failure.

        Called before a guess is looked at and cleared after a good one: a burst is not free.
        """
        entry = self._entries.get(key)
        if entry is None or now - entry.last > FORGET:
            if entry is None and len(self._entries) >= TABLE_LIMIT:
                self._make_room(now)
            entry = self._entries[key] = _Entry(0, now, now)
        entry.failures += 1
        entry.last = now
        if entry.failures > FREE:
            doublings = min(entry.failures - FREE - 1, 30)
            entry.until = now + min(self._longest, FIRST_WAIT * 2**doublings)

    def worked(self, key: str) -> None:
        """The right word came: forget the failures."""
        self._entries.pop(key, None)

    def _make_room(self, now: float) -> None:
        old = [key for key, entry in self._entries.items() if now - entry.last > FORGET]
        for key in old or [
            min(self._entries, key=lambda key: (self._entries[key].failures, self._entries[key].last))
        ]:
            del self._entries[key]


class Allowance:
    """So many at once, then so many a second: for work that a stranger can cause."""

    def __init__(self, burst: float, each_second: float) -> None:
        self._burst, self._rate = burst, each_second
        self._left, self._at = burst, 0.0

    def take(self, now: float) -> bool:
        """Whether one more is allowed now."""
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def neighbourhood(address: str) -> str:
    """The key of a client's address: an IPv6 host owns its whole /64 and could change within it at every
    try.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(IPv6Address(int(ip) >> 64 << 64))
    return str(ip)
