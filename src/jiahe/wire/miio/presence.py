"""Whether the device is there, what its clock says, and whether it takes our token. Owns the evidence; sends nothing.

Lock-out, by what can be seen: a device with another token answers hellos and is silent to everything else (or its
answers have a wrong checksum). So three tries without a believed answer, with a sign of life after the first of
them, are taken for it; after 1.5 s where this token was never seen to work, after 10 s where it was (an appliance's
controller may need 4 s to be given up by its network module).
"""

from __future__ import annotations

import math

_HELLO_AT = (0.3, 0.6, 1.0)
_HELLO_EVERY = 5.0
_HELLO_UNASKED = 12
"""Hellos to a device that never answered, while nobody asks for anything: a minute."""
_STAMP_AGE = 120.0
"""Seconds without traffic after which the device's clock is asked for again (as homebridge-miot and Valetudo do)."""
_STAMP_AGE_ONCE = 10.0
"""The same before an action: it is sent once, and a device that restarted would not take an old stamp."""
_STAMP_SHIFT = 2
_LOCK_TRIES = 3
_LOCK_NEW, _LOCK_PROVEN = 1.5, 10.0


class Presence:
    """What is known of one device's being there. `hello_due` is None while no hello is under way."""

    __slots__ = (
        "_hello_began",
        "_hellos",
        "_proven",
        "_silent",
        "_silent_from",
        "_stamp",
        "_stamp_at",
        "_there_at",
        "clock_known",
        "hello_due",
        "opened",
    )

    def __init__(self) -> None:
        self.opened = self.clock_known = self._proven = False
        self.hello_due: float | None = None
        self._hello_began, self._hellos = 0.0, 0
        self._stamp, self._stamp_at = 0, 0.0
        self._silent, self._silent_from, self._there_at = 0, 0.0, -math.inf

    # ---- hello ------------------------------------------------------------------------------------------------

    def greet(self, now: float) -> None:
        """A hello goes out."""
        self._hello_began, self._hellos = now, 1
        self.hello_due = now + _HELLO_AT[0]

    def greet_again(self, now: float, *, wanted: bool) -> bool:
        """No answer yet: whether another hello goes out. `wanted` where an ask waits for it."""
        if not wanted and (self.opened or self._hellos >= _HELLO_UNASKED):
            self.hello_due = None
            return False
        if self._there_at < self._hello_began:
            # A device that does not even answer a hello is away: its silence says nothing about the token.
            self._silent = 0
        self._hellos += 1
        beyond = self._hellos - len(_HELLO_AT)
        after = _HELLO_AT[self._hellos - 1] if beyond <= 0 else _HELLO_AT[-1] + _HELLO_EVERY * beyond
        self.hello_due = max(self._hello_began + after, now + _HELLO_AT[0])
        return True

    def greeted(self, stamp: int, now: float) -> bool:
        """The hello is answered: whether the device's clock jumped, as it does at a restart."""
        self.hello_due = None
        self._there_at = now
        jumped = self.clock_known and abs(self.stamp(now) - stamp) > _STAMP_SHIFT
        self.set_clock(stamp, now)
        return jumped

    # ---- clock ------------------------------------------------------------------------------------------------

    def set_clock(self, stamp: int, now: float) -> None:
        """The device's own seconds, from a datagram of this moment."""
        self._stamp, self._stamp_at, self.clock_known = stamp, now, True

    def stamp(self, now: float) -> int:
        """What the device's clock says now."""
        return self._stamp + int(now - self._stamp_at)

    def fresh(self, now: float, *, once: bool) -> bool:
        """Whether the clock may be trusted for a request; for one that is sent once, more strictly."""
        return self.clock_known and now - self._stamp_at <= (_STAMP_AGE_ONCE if once else _STAMP_AGE)

    # ---- token ------------------------------------------------------------------------------------------------

    def tried(self, now: float) -> None:
        """A sealed request went out."""
        if not self._silent:
            self._silent_from = now
        self._silent += 1

    def seen(self, now: float) -> None:
        """A sign of life that proves no token."""
        self._there_at = now

    def believed(self) -> None:
        """A datagram with a right checksum."""
        self._silent, self._proven = 0, True

    def shut_out(self, now: float) -> bool:
        """Whether the token is most likely not the device's."""
        return (
            self._silent >= _LOCK_TRIES
            and self._there_at > self._silent_from
            and now - self._silent_from >= (_LOCK_PROVEN if self._proven else _LOCK_NEW)
        )
