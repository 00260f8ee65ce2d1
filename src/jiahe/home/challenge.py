"""Questions that a passkey answers once: random, short-lived and bounded.

Owns which are open and what each was asked for; never an answer. Pure: time and randomness are arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LIFE = 120.0
"""Seconds in which a challenge can be answered: a person looks for a key on the keyring."""
SIZE = 32
"""Bytes; WebAuthn Level 3, 13.4.3 asks for at least 16."""
MOST = 512
"""Open at once, over all who ask; the oldest goes, so that whoever asks now always gets one."""
MOST_OF_ONE = 16
"""Open at once for one person or one place in the network: whoever asks for thousands pushes out only their own."""


class Purpose(StrEnum):
    """What a challenge was made for; an answer to one purpose is none to another."""

    ADD = "add"
    ENTER = "enter"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Challenge:
    """`who` is a person's id (ADD), a session's key (CONFIRM) or "" (ENTER); `site` the host's name. `until` is
    monotonic seconds; `asker` whose share of the table it takes.
    """

    purpose: Purpose
    who: str
    site: str
    asker: str
    until: float


class Challenges:
    """Those that are open."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._open: dict[bytes, Challenge] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._open)

    def new(self, purpose: Purpose, who: str, site: str, asker: str, now: float) -> bytes:
        """A fresh challenge; `now` in monotonic seconds."""
        for over in [key for key, one in self._open.items() if one.until <= now]:
            del self._open[over]
        theirs = [key for key, one in self._open.items() if one.asker == asker]
        if len(theirs) >= MOST_OF_ONE:
            del self._open[theirs[0]]
        elif len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        challenge = self._entropy(SIZE)
        self._open[challenge] = Challenge(purpose, who, site, asker, now + LIFE)
        return challenge

    def take(self, challenge: bytes, now: float) -> Challenge | None:
        """What this one was made for, and it is used up; None where there is none (any more)."""
        one = self._open.pop(challenge, None)
        return None if one is None or one.until <= now else one
