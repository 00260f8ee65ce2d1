"""How much a peer may say unasked. Owns an allowance; never looks into what was said. Time is an argument."""

from __future__ import annotations

BURST = 2_000.0
A_SECOND = 200.0
"""Units: one for a frame and one for each 256 bytes of it. An appliance that tells every change unasked says some ten
frames a second for a moment; 200 units are about 100 frames, 2 % of a small machine's core. The burst is a device that
comes back with everything it has.
"""
FOR_EACH_ASK = 50.0
"""Units that what we send brings with it: whoever is asked may answer at length."""


class Flood:
    """The allowance of one conversation."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left, self._at = BURST, 0.0

    def asked(self) -> None:
        """We said something: answers are due."""
        self._left = min(BURST, self._left + FOR_EACH_ASK)

    def heard(self, size: int, now: float) -> bool:
        """Counts `size` bytes that arrived at `now` (monotonic seconds); False where that is a flood."""
        self._left = min(BURST, self._left + max(0.0, now - self._at) * A_SECOND) - 1 - size / 256
        self._at = now
        return self._left >= 0.0
