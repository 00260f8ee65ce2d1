"""Random secrets that people's browsers and scripts carry.

Owns sessions and tokens; keeps only their SHA-256.

The secrets have 256 random bits, so a plain hash is enough and looking one up by its hash tells nothing by
its time.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jiahe.home.grants import grant_body, grants_from
from jiahe.home.keep import Documents, Full
from jiahe.home.names import clean_name
from jiahe.home.permission import Grant, Principal, Rights, Role, Via
from jiahe.model.clock import Clock
from jiahe.model.errors import UnknownName
from jiahe.model.reasons import say

SESSION_DAYS = 90
"""Days from the last use: a phone in a drawer over the summer is still signed in."""
SESSIONS_A_PERSON = 50
TOKEN_LIMIT = 100
TOKEN_TRUST = 30.0
"""Seconds for which a known token is believed without a look at the disk: another process may have revoked
it.
"""
TOKEN_LOOK = 0.2
"""Seconds between two looks at the disk for tokens that are not known: so soon is a new one from the command line good.
"""
THIS_MACHINE = "this machine"
"""The name of the token that a running hub keeps for whoever may read its files."""
TOKEN_PREFIX = "jiahe_"  # noqa: S105  # so that a secret scanner knows one when it sees one
TOKEN_ID = "token:"  # noqa: S105  # a word
"""Before a token's id, where a person's id could stand."""
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in, and by which credential. `key` is the credential's hash: not a secret."""

    principal: Principal
    key: str


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A session as it may be shown. Times in epoch seconds."""

    id: str
    person: str
    via: Via
    label: str
    created_at: float
    seen_at: float
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as it may be shown. Times in epoch seconds."""

    id: str
    name: str
    created_at: float
    key: str = field(repr=False)
    role: Role = Role.OWNER
    grants: tuple[Grant, ...] = ()
    until: float | None = None
    rights: Rights = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", Rights(self.role, self.grants))


def digest(secret: str) -> str:
    """How a secret is kept and found."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Sessions:
    """Browsers that are signed in. Made by `await Sessions.open(documents, clock)`."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock
        self._cards: dict[str, SessionCard] = {}
        self._used: dict[str, float] = {}  # the last use of each, which is on disk by the day only
        self.ended: list[Callable[[], None]] = []
        """Called when a session is over, so that nobody goes on listening by it."""

    @classmethod
    async def open(cls, documents: Documents, clock: Clock) -> Sessions:
        """All sessions from disk; those past their time are deleted."""
        self = cls(documents, clock)
        for key, body in (await documents.all("session")).items():
            card = SessionCard(
                key[:16],
                body["person"],
                Via(body["via"]),
                body["label"],
                body["created_at"],
                body["seen_at"],
                key,
            )
            if self._over(card):
                await documents.delete("session", key)
            else:
                self._cards[key] = card
        return self

    async def begin(self, person: str, via: Via, label: str) -> tuple[str, SessionCard]:
        """A new session: the secret for the cookie (kept nowhere else) and its card."""
        secret = secrets.token_urlsafe(32)
        key, now = digest(secret), self._clock.now()
        card = SessionCard(key[:16], person, via, _label(label), now, now, key)
        await self._keep(card)
        for old in self.of(person)[SESSIONS_A_PERSON:]:
            await self.end(old.key)
        return secret, card

    async def find(self, secret: str) -> SessionCard | None:
        """The living session of this secret; using it makes it live on."""
        card = self._cards.get(digest(secret))
        if card is None:
            return None
        if self._over(card):
            await self.end(card.key)
            return None
        if self._clock.now() - card.seen_at > _DAY:  # one write a day is enough to slide by days
            card = replace(card, seen_at=self._clock.now())
            await self._keep(card)
        self._used[card.key] = self._clock.now()
        return card

    def used_at(self, card: SessionCard) -> float:
        """Its last use, in epoch seconds (after a start: to the day)."""
        return max(card.seen_at, self._used.get(card.key, 0.0))

    async def settle(self, key: str) -> None:
        """A session that began by a one-time link is an ordinary one from now on."""
        if (card := self._cards.get(key)) is not None:
            await self._keep(replace(card, via=Via.SESSION))

    def living(self, key: str) -> SessionCard | None:
        """The session of this hash, if it still lives; does not count as use."""
        card = self._cards.get(key)
        return None if card is None or self._over(card) else card

    def of(self, person: str) -> list[SessionCard]:
        """A person's sessions, the last used first."""
        cards = [card for card in self._cards.values() if card.person == person]
        return sorted(cards, key=lambda card: (card.seen_at, card.created_at), reverse=True)

    async def end(self, key: str) -> None:
        """The session is over, at once and for ever."""
        self._cards.pop(key, None)
        self._used.pop(key, None)
        await self._documents.delete("session", key)
        for told in self.ended:
            told()

    def _over(self, card: SessionCard) -> bool:
        return self._clock.now() - card.seen_at > SESSION_DAYS * _DAY

    async def _keep(self, card: SessionCard) -> None:
        body = {
            "person": card.person,
            "via": card.via.value,
            "label": card.label,
            "created_at": card.created_at,
            "seen_at": card.seen_at,
        }
        await self._documents.put("session", card.key, body)
        self._cards[card.key] = card


class Tokens:
    """Bearer tokens of scripts: with the owner's rights, or as agent or service with what their grants say.

    Another process may add and delete them on the same disk.
    """

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock
        self._known: dict[str, TokenCard] = {}
        self._read_at = -math.inf  # monotonic seconds
        self._turn = asyncio.Lock()  # so that a reading never brings back what was revoked meanwhile

    async def create(
        self,
        name: str,
        role: Role = Role.OWNER,
        grants: tuple[Grant, ...] = (),
        until: float | None = None,
    ) -> str:
        """A new token; this is the only time its text is seen. Raises OutOfDefinition (name) and Full."""
        clean = clean_name(name)
        if len(await self._documents.all("token")) >= TOKEN_LIMIT:
            raise Full(say("tokens_full", most=TOKEN_LIMIT))
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        key, body = digest(secret), {"name": clean, "created_at": self._clock.now(), "role": role.value}
        body |= {"grants": [grant_body(grant) for grant in grants], "until": until}
        async with self._turn:
            await self._documents.put("token", key, body)
            self._known[key] = _token_card(key, body)
        return secret

    async def all(self) -> list[TokenCard]:
        """Every token, oldest first."""
        cards = [_token_card(key, body) for key, body in (await self._documents.all("token")).items()]
        return sorted(cards, key=lambda card: card.created_at)

    async def revoke(self, id_: str) -> TokenCard:
        """The token with this id (or name) is worth nothing from now on; UnknownName where there is none."""
        found = [card for card in await self.all() if id_ in (card.id, card.name)]
        for card in found:  # two of one name: whoever revokes the name means both
            async with self._turn:
                await self._documents.delete("token", card.key)
                self._known.pop(card.key, None)
        if not found:
            raise UnknownName(say("gone_token"))
        return found[-1]

    async def find(self, secret: str) -> TokenCard | None:
        """The card of this token. One that is not known is looked for on disk."""
        if not secret.startswith(TOKEN_PREFIX) or len(secret) > 100:
            return None
        return await self.living(digest(secret))

    async def living(self, key: str) -> TokenCard | None:
        """The card of the token with this hash, if it was not revoked (by another process: up to 30 s
        ago).
        """
        known = self._known.get(key)
        if known is None or self._clock.monotonic() - self._read_at >= TOKEN_TRUST:
            await self._read()
        return self._known.get(key)

    def known(self, id_: str) -> TokenCard | None:
        """The card with this id, as of the last look at the disk."""
        return next((card for card in self._known.values() if card.id == id_), None)

    async def _read(self) -> None:
        """All tokens from disk, unless somebody did so just now.

        All and not the one in question: then a stranger's thousand guesses cost no more than one, and do not stand
        in the way of whoever has a token.
        """
        async with self._turn:
            if self._clock.monotonic() - self._read_at < TOKEN_LOOK:
                return
            bodies = await self._documents.all("token")
            self._known = {key: _token_card(key, body) for key, body in bodies.items()}
            self._read_at = self._clock.monotonic()


def token_principal(card: TokenCard) -> Principal:
    """A script, by the token's name."""
    return Principal(f"{TOKEN_ID}{card.id}", card.name, card.role, Via.TOKEN, card.until, card.rights)


def _token_card(key: str, body: Mapping[str, Any]) -> TokenCard:
    """What `body` made; a token of before there were roles has the owner's rights."""
    role = Role(body.get("role", Role.OWNER))
    grants = grants_from(body.get("grants") or (), role)
    return TokenCard(key[:16], body["name"], body["created_at"], key, role, grants, body.get("until"))


def _label(text: str) -> str:
    """What a browser calls itself, cut so that it may be shown."""
    return "".join(character for character in text if character.isprintable())[:120]
