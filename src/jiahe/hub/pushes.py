"""Pushes of this home: its key, the browsers that want them, and the way to their services.

Owns the keys in the vault and the one HTTP client that goes out to the internet. A browser is pushed to for as long as
its session holds; whoever is signed out anywhere hears nothing more.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import orjson

from jiahe.home.vault import Vault
from jiahe.model.clock import Clock
from jiahe.model.errors import UnknownName
from jiahe.model.reasons import say
from jiahe.notice.box import BODY, TITLE, short
from jiahe.notice.happening import Text
from jiahe.notice.sender import Message, Sender
from jiahe.notice.subscription import SERVICES, Subscription, sealed_body, subscription_of, unsealed
from jiahe.notice.vapid import Vapid, new_key

if TYPE_CHECKING:
    from jiahe.hub.noticing import Around

KEY, BROWSERS = "push/vapid", "push/to/"
"""Names in the vault."""
BROWSERS_OF_ONE = 10
"""Browsers of one person that are pushed to; the oldest goes."""
REACH_SECONDS = 15.0
"""For a push service to answer; its own retries are ours (`notice.sender`)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a push service said."""

    status: int
    retry_after: float


class Pushes:
    """Made by `await Pushes.open(…)`; sends until `close`."""

    def __init__(self, clock: Clock, vault: Vault, around: Around, key: bytes, also: frozenset[str]) -> None:
        self._clock, self._vault, self._around, self._also = clock, vault, around, also
        self._vapid = Vapid(key, around.contact)
        self._browsers: dict[str, Subscription] = {}
        self._client: aiohttp.ClientSession | None = None
        self._sender = Sender(self._vapid, self._post, self._gone, clock.now, around.entropy)
        self._sending: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, clock: Clock, vault: Vault, around: Around, also: frozenset[str] = frozenset()
    ) -> Self:
        """The home's key (made at the first time) and every browser. `also`: origins of stand-ins for push services."""
        key = (await vault.unseal(KEY)).get("private")
        if key is None:
            key = new_key()
            await vault.seal(KEY, {"private": key})
        self = cls(clock, vault, around, key, also)
        for name in await vault.names(BROWSERS):
            id_ = name.removeprefix(BROWSERS)
            self._browsers[id_] = unsealed(id_, await vault.unseal(name))
        self._sending = asyncio.create_task(self._sender.run())
        return self

    async def close(self) -> None:
        """What was not sent yet is not: it is in the app's list."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    # ---- browsers --------------------------------------------------------------------------------------------

    def told(self, person: str) -> dict[str, Any]:
        """What the app shows: the key to subscribe with, this person's browsers, and whether pushes get through."""
        browsers = [
            {"id": one.id, "label": one.label, "service": one.service, "created_at": one.created_at}
            for one in self._of(person)
        ]
        return {
            "key": self._vapid.public,
            "browsers": browsers,
            "services": [name.removeprefix(".") for name in SERVICES],
            "trouble": self._sender.trouble,
        }

    def _of(self, person: str) -> list[Subscription]:
        mine = [one for one in self._browsers.values() if one.person == person]
        return sorted(mine, key=lambda one: one.created_at)

    async def subscribe(
        self, person: str, session: str, body: Mapping[str, Any], label: str
    ) -> dict[str, Any]:
        """Keeps a browser; the same one again is the same one, whoever is signed in there now."""
        one = subscription_of(body, person, session, self._clock.now(), label, self._also)
        for old in self._of(person)[: -BROWSERS_OF_ONE + 1]:
            if old.id != one.id:
                await self._drop(old)
        await self._vault.seal(BROWSERS + one.id, sealed_body(one))
        self._browsers[one.id] = one
        return {"id": one.id}

    async def unsubscribe(self, person: str, id_: str) -> None:
        """UnknownName where this person has no such browser: another's is not told of."""
        one = self._browsers.get(id_)
        if one is None or one.person != person:
            raise UnknownName(say("gone_browser"))
        await self._drop(one)

    async def _drop(self, one: Subscription) -> None:
        self._browsers.pop(one.id, None)
        await self._vault.drop(BROWSERS + one.id)

    async def _gone(self, one: Subscription) -> None:
        """The push service says that this browser is no more; it may have come back by another way meanwhile."""
        if self._browsers.get(one.id) == one:
            await self._drop(one)

    async def forget_but(self, here: set[str]) -> None:
        """Drops the browsers of who left, and those that were signed out."""
        for one in tuple(self._browsers.values()):
            if one.person not in here or not self._around.living(one.person, one.session):
                await self._drop(one)

    # ---- sending ---------------------------------------------------------------------------------------------

    def push(self, person: str, text: Text, key: str, path: str, id_: int, ends: float, urgent: bool) -> None:
        """To every browser of this person. A newer push about the same thing replaces one that still waits."""
        topic = base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:15]).decode()
        said = {
            "title": short(text.title, TITLE),
            "body": short(text.body, BODY),
            "tag": topic,
            "path": path,
            "id": id_,
            "urgent": urgent,
        }
        for one in self._of(person):
            if self._around.living(person, one.session):
                self._sender.offer(Message(one, orjson.dumps(said), topic, ends, urgent))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=REACH_SECONDS)
            self._client = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        try:
            # no redirects: the address was checked, where it leads to was not
            async with self._client.post(url, headers=headers, data=body, allow_redirects=False) as answer:
                return Answered(answer.status, _seconds(answer.headers.get("Retry-After", "")))
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error


def _seconds(text: str) -> float:
    """Retry-After in seconds; a date, which RFC 9110 admits too, counts as not said."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0.0
