"""How long to wait before the next try. Owns a formula; never sleeps and never draws chance itself."""

from __future__ import annotations

FIRST = 0.5
"""Seconds before the first retry: a device that reboots needs a few seconds, a lost datagram none."""

LONGEST = 30.0
"""Seconds at most: after a router's outage a home must be whole again within half a minute, not ten."""


def delay(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row (1 and up); `chance` is 0..1, an argument.

    Doubles from FIRST to LONGEST; the upper half is left to chance, so that two hundred devices that were
    lost in one instant do not all come back in one.
    """
    ceiling = min(LONGEST, FIRST * 2.0 ** min(max(failures - 1, 0), 16))
    return ceiling * (0.5 + 0.5 * min(max(chance, 0.0), 1.0))
