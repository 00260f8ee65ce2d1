"""Browsers that somebody has signed in with before.

Owns the cookies that tell them, of which only hashes are kept: by one of them nobody is signed in, but whoever guesses at
a name from elsewhere does not keep its person out of a browser that they use (OWASP, device cookies).
"""

from __future__ import annotations

import secrets

from jiahe.home.credentials import digest
from jiahe.home.keep import Documents
from jiahe.model.clock import Clock

BROWSERS_A_PERSON = 20
LIFE = 400 * 86_400.0
"""Seconds without a sign-in, as long as a browser keeps the cookie."""
KIND = "browser"


class KnownBrowsers:
    """Made by `await KnownBrowsers.open(documents, clock)`."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock
        self._known: dict[
            str, tuple[str, float]
        ] = {}  # hash to the person and the last sign-in, oldest first

    @classmethod
    async def open(cls, documents: Documents, clock: Clock) -> KnownBrowsers:
        """All from disk; those of long ago are deleted."""
        self = cls(documents, clock)
        rows = sorted((await documents.all(KIND)).items(), key=lambda row: float(row[1]["at"]))
        for key, body in rows:
            if clock.now() - body["at"] > LIFE:
                await documents.delete(KIND, key)
            else:
                self._known[key] = (body["person"], body["at"])
        return self

    def whose(self, secret: str) -> str:
        """The person who signed in with this browser last; "" for one that is not known."""
        return self._known.get(digest(secret), ("", 0.0))[0] if 0 < len(secret) <= 100 else ""

    async def remember(self, person: str, old: str = "") -> str:
        """A fresh secret for the browser of this person, in place of its `old` one."""
        if old:
            await self._drop(digest(old))
        mine = [key for key, (whose, _) in self._known.items() if whose == person]
        for key in mine[: max(0, len(mine) - BROWSERS_A_PERSON + 1)]:
            await self._drop(key)
        secret, now = secrets.token_urlsafe(24), self._clock.now()
        await self._documents.put(KIND, digest(secret), {"person": person, "at": now})
        self._known[digest(secret)] = (person, now)
        return secret

    async def forget(self, person: str) -> None:
        """None of this person's is known any more."""
        for key in [key for key, (whose, _) in self._known.items() if whose == person]:
            await self._drop(key)

    async def _drop(self, key: str) -> None:
        if self._known.pop(key, None) is not None:
            await self._documents.delete(KIND, key)
