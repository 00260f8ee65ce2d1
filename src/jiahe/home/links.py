"""Codes of links for owners: to become it, to be signed in once, and the demo's own.

Owns how long each is good and that only hashes are kept; never who may make one.
"""

from __future__ import annotations

import hmac
import secrets
from typing import NamedTuple

from jiahe.home.credentials import digest
from jiahe.home.keep import Documents
from jiahe.model.clock import Clock

CLAIM_LIFE = 24 * 3600.0
"""Seconds a claim link lives; the next start makes a new one."""
LINK_LIFE = 600.0
"""Seconds in which a sign-in link can be opened, and then in which a new password takes no old one."""
LINK_LIMIT = 5
"""Sign-in links at once: the oldest goes, so that whoever asks for a new one always gets one."""


class Link(NamedTuple):
    """A sign-in link. `by` is its end in monotonic seconds; `person` "" is the demo's guest."""

    by: float
    person: str
    may_set_password: bool


class Links:
    """The codes under way. A claim is on disk; sign-in links end with the process."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock
        self._claim: tuple[str, float] | None = None  # hash and end (epoch seconds)
        self._enter = ""  # hash
        self._links: dict[str, Link] = {}  # by the hash of their code

    async def new_claim(self) -> str:
        """The code of a fresh claim link."""
        code = secrets.token_urlsafe(16)
        self._claim = (digest(code), self._clock.now() + CLAIM_LIFE)
        await self._documents.put("claim", "owner", {"hash": self._claim[0], "expires_at": self._claim[1]})
        return code

    def claim_state(self, code: str) -> str:
        """ "valid", "expired" or "wrong"."""
        if self._claim is None or not _same(self._claim[0], code):
            return "wrong"
        return "valid" if self._clock.now() <= self._claim[1] else "expired"

    async def end_claim(self) -> None:
        """No claim link is good any more."""
        self._claim = None
        await self._documents.delete("claim", "owner")

    def new_enter(self) -> str:
        """The code of the demo's link."""
        code = secrets.token_urlsafe(16)
        self._enter = digest(code)
        return code

    def enters(self, code: str) -> bool:
        """Whether this is the demo's link."""
        return bool(self._enter) and _same(self._enter, code)

    def new_link(self, person: str, *, may_set_password: bool) -> str:
        """The code of a sign-in link, good once and for `LINK_LIFE`."""
        now = self._clock.monotonic()
        self._links = {key: link for key, link in self._links.items() if link.by >= now}
        while len(self._links) >= LINK_LIMIT:
            del self._links[next(iter(self._links))]
        code = secrets.token_urlsafe(16)
        self._links[digest(code)] = Link(now + LINK_LIFE, person, may_set_password)
        return code

    def take(self, code: str) -> Link | None:
        """The link of this code, once; None where there is none in time."""
        link = self._links.pop(digest(code), None)  # also where it is too late
        return link if link is not None and self._clock.monotonic() <= link.by else None


def _same(kept: str, code: str) -> bool:
    """Whether this is the code behind the hash, in constant time."""
    return hmac.compare_digest(kept, digest(code))
