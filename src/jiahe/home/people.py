"""Who lives here and how they prove it.

Owns the owner, the one-time links and every way in; never what they may do.

No default password exists. While a home has no owner, each start makes a one-time code for a link; the person
who opens it becomes the owner. Of all secrets only hashes are kept.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass, field, replace

from jiahe.home.credentials import SessionCard, Sessions, Signed, TokenCard, Tokens, digest, token_principal
from jiahe.home.keep import Documents, Taken
from jiahe.home.names import clean_name
from jiahe.home.password import Passwords, check_password
from jiahe.home.permission import Principal, Role, Via
from jiahe.home.throttle import Throttle, Throttled, neighbourhood
from jiahe.model.clock import Clock
from jiahe.model.errors import AuthError, OutOfDefinition

CLAIM_LIFE = 24 * 3600.0
"""Seconds a one-time link lives; the next start makes a new one."""

LINK_LIFE = 600.0
"""Seconds in which a sign-in link can be opened, and then in which a new password takes no old one."""
LINK_LIMIT = 5
"""Sign-in links at once: the oldest goes, so that whoever asks for a new one always gets one."""

NAME_WAIT = 60.0
"""Seconds, the longest wait for a name: a stranger who guesses at the owner's name must not keep the owner
out long.
"""

WRONG = "The name or the password is not right."
WRONG_CLAIM = "This link is not valid any more. Start Jiahe again and open the new link that it prints."
WRONG_ENTER = "This link is not valid any more."
WRONG_OLD = "The old password is not right."
NO_PERSON = "There is no password to change here: nobody with a name is signed in."
DEMO_OWNER = Principal("demo", "Demo", Role.OWNER, Via.DEMO)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name and a password. `key` is the name as it is compared."""

    id: str
    name: str
    role: Role
    password: str = field(repr=False)

    @property
    def key(self) -> str:
        return self.name.casefold()


@dataclass(frozen=True, slots=True)
class Entered:
    """A successful way in; `secret` goes into the cookie and nowhere else."""

    signed: Signed
    secret: str = field(repr=False)


class People:
    """Made by `await People.open(documents, clock, demo=…)`.

    `demo` admits the demo's link, and its sessions.
    """

    def __init__(self, documents: Documents, clock: Clock, sessions: Sessions, demo: bool) -> None:
        self._documents, self._clock, self._sessions = documents, clock, sessions
        self._tokens = Tokens(documents, clock)
        self._passwords = Passwords()
        self._people: dict[str, Person] = {}
        self._by_address, self._by_name = Throttle(), Throttle(NAME_WAIT)
        self._claiming = asyncio.Lock()
        self._claim: tuple[str, float] | None = None  # hash and end (epoch seconds)
        self._enter = ""  # hash
        self._links: dict[
            str, tuple[float, bool]
        ] = {}  # hash to end (monotonic) and whether a password may be set
        self.demo = demo

    @classmethod
    async def open(cls, documents: Documents, clock: Clock, *, demo: bool = False) -> People:
        """Everybody from disk."""
        self = cls(documents, clock, await Sessions.open(documents, clock), demo)
        for id_, body in (await documents.all("person")).items():
            self._people[id_] = Person(id_, body["name"], Role(body["role"]), body["password"])
        return self

    @property
    def owner_exists(self) -> bool:
        """Whether somebody claimed this home."""
        return any(person.role is Role.OWNER for person in self._people.values())

    # ---- links ---------------------------------------------------------------------------------------------

    async def new_claim_code(self) -> str | None:
        """The code of a fresh one-time link, to be printed now (only its hash is kept); None where an owner
        exists.
        """
        if self.owner_exists:
            await self._documents.delete("claim", "owner")
            return None
        code = secrets.token_urlsafe(16)
        self._claim = (digest(code), self._clock.now() + CLAIM_LIFE)
        await self._documents.put("claim", "owner", {"hash": self._claim[0], "expires_at": self._claim[1]})
        return code

    def new_enter_code(self) -> str:
        """The code of the demo's link: good for everybody who has it, until the process ends."""
        if not self.demo:
            raise AuthError("Only a demo has a link that is signed in already.")
        code = secrets.token_urlsafe(16)
        self._enter = digest(code)
        return code

    def claim_state(self, code: str, address: str) -> str:
        """What opening this one-time link would come to, without using it: "valid", "owned" (there is an owner
        already), "expired" or "wrong". Raises Throttled: it must not be a quicker way to guess.
        """
        if self.owner_exists:
            return "owned"
        place = neighbourhood(address)
        self._attempt((self._by_address, place))
        if self._claim is None or not _same(self._claim[0], code):
            return "wrong"
        self._by_address.worked(place)
        return "valid" if self._clock.now() <= self._claim[1] else "expired"

    def new_link(self, *, may_set_password: bool) -> str:
        """The code of a sign-in link for the owner (in a demo: into the demo), good once and for `LINK_LIFE`.

        `may_set_password`: whoever opens it may give a new password without the old one. AuthError without an owner.
        """
        if not self.demo and not self.owner_exists:
            raise AuthError("This home has no owner yet: open the link that Jiahe printed when it started.")
        now = self._clock.monotonic()
        self._links = {key: link for key, link in self._links.items() if link[0] >= now}
        while len(self._links) >= LINK_LIMIT:
            del self._links[next(iter(self._links))]
        code = secrets.token_urlsafe(16)
        self._links[digest(code)] = (now + LINK_LIFE, may_set_password)
        return code

    # ---- ways in -------------------------------------------------------------------------------------------

    async def claim(self, code: str, name: str, password: str, address: str, label: str = "") -> Entered:
        """Make the owner.

        Raises AuthError (code), Throttled, Taken (there is an owner), OutOfDefinition, Busy.
        """
        place = neighbourhood(address)
        async with self._claiming:  # two who hold the link: one becomes the owner
            if self.owner_exists:
                raise Taken("This home has its owner already: sign in.")
            self._attempt((self._by_address, place))
            if self._claim is None or not _same(self._claim[0], code) or self._clock.now() > self._claim[1]:
                raise AuthError(WRONG_CLAIM)
            self._by_address.worked(place)
            name, password = clean_name(name), check_password(password)
            if password.casefold() == name.casefold():
                raise OutOfDefinition("password", "a password must not be the name")
            person = Person(secrets.token_hex(8), name, Role.OWNER, await self._passwords.hash(password))
            await self._keep(person)
            self._claim = None
            await self._documents.delete("claim", "owner")
        return await self._enter_as(_principal(person), label)

    async def login(self, name: str, password: str, address: str, label: str = "") -> Entered:
        """By name and password. Raises AuthError (one sentence for every kind of wrong), Throttled, Busy."""
        try:
            key = clean_name(name).casefold()
            password = check_password(password)
        except OutOfDefinition:
            key = name[:80].casefold()  # goes the same way as any wrong name, and takes as long
            password = ""
        place = neighbourhood(address)
        self._attempt((self._by_address, place), (self._by_name, key))
        person = next((person for person in self._people.values() if person.key == key), None)
        if not await self._passwords.matches(person.password if person else None, password) or person is None:
            raise AuthError(WRONG)
        self._by_address.worked(place)
        self._by_name.worked(key)
        return await self._enter_as(_principal(person), label)

    async def enter(self, code: str, address: str, label: str = "") -> Entered:
        """By the demo's link, or by a sign-in link. Raises AuthError and Throttled."""
        place = neighbourhood(address)
        self._attempt((self._by_address, place))
        link = self._links.pop(digest(code), None)  # once, also where it is too late
        by_link = link is not None and self._clock.monotonic() <= link[0]
        if not by_link and not (self.demo and self._enter and _same(self._enter, code)):
            raise AuthError(WRONG_ENTER)
        self._by_address.worked(place)
        if self.demo:
            return await self._enter_as(DEMO_OWNER, label)
        owner = next(
            iter(self._people.values())
        )  # who lives here is the owner; a link is made where there is one
        via = Via.LINK if link is not None and link[1] else Via.SESSION
        return await self._enter_as(replace(_principal(owner), via=via), label)

    # ---- passwords -----------------------------------------------------------------------------------------

    def may_set_password(self, signed: Signed) -> bool:
        """Whether this session may give a new password without the old one: it began by such a link just now."""
        card = self._sessions.living(signed.key)
        return card is not None and card.via is Via.LINK and self._clock.now() - card.created_at <= LINK_LIFE

    async def change_password(self, signed: Signed, old: str, new: str, address: str) -> None:
        """A new password for whoever is signed in; every other browser of theirs is signed out.

        Raises AuthError (the old one is wrong, or there is nobody with a password), Throttled, OutOfDefinition, Busy.
        """
        person = self._people.get(signed.principal.id)
        if person is None:
            raise AuthError(NO_PERSON)
        if not self.may_set_password(signed):
            place = neighbourhood(address)
            self._attempt((self._by_address, place), (self._by_name, person.key))
            if not await self._passwords.matches(person.password, old):
                raise AuthError(WRONG_OLD)
            self._by_address.worked(place)
        new = check_password(new)
        if new.casefold() == person.name.casefold():
            raise OutOfDefinition("new", "a password must not be the name")
        await self._keep(replace(person, password=await self._passwords.hash(new)))
        self._by_name.worked(person.key)
        await self._sessions.settle(signed.key)
        for card in self._sessions.of(person.id):
            if card.key != signed.key:
                await self._sessions.end(card.key)

    # ---- who is it -----------------------------------------------------------------------------------------

    async def by_session(self, secret: str) -> Signed | None:
        """Who carries this cookie; None for a stranger."""
        if not 0 < len(secret) <= 100:
            return None
        card = await self._sessions.find(secret)
        return None if card is None else self._signed(card)

    async def by_token(self, secret: str) -> Signed | None:
        """Who carries this bearer token; None for a stranger."""
        card = await self._tokens.find(secret)
        return None if card is None else Signed(token_principal(card), card.key)

    async def holds(self, signed: Signed) -> bool:
        """Whether this credential is still worth something; asked again and again while a stream is open."""
        if signed.principal.via is Via.TOKEN:
            return await self._tokens.living(signed.key) is not None
        card = self._sessions.living(signed.key)
        return card is not None and self._signed(card) is not None

    async def leave(self, signed: Signed) -> None:
        """Sign this browser out; a token stays."""
        if signed.principal.via is not Via.TOKEN:
            await self._sessions.end(signed.key)

    def sessions(self, person: str) -> list[SessionCard]:
        """A person's sessions, the last used first."""
        return self._sessions.of(person)

    async def revoke_session(self, person: str, id_: str) -> bool:
        """End one of a person's sessions; False where there is none with this id."""
        for card in self._sessions.of(person):
            if card.id == id_:
                await self._sessions.end(card.key)
                return True
        return False

    async def create_token(self, name: str) -> str:
        """A bearer token with the owner's rights; its text is seen this once."""
        return await self._tokens.create(name)

    async def tokens(self) -> list[TokenCard]:
        """Every token, oldest first."""
        return await self._tokens.all()

    async def revoke_token(self, id_: str) -> TokenCard:
        """By id or name; UnknownName where there is none."""
        return await self._tokens.revoke(id_)

    # ---- inside --------------------------------------------------------------------------------------------

    def _attempt(self, *tables: tuple[Throttle, str]) -> None:
        """Counts an attempt as failed until it is known to be good, or raises Throttled."""
        now = self._clock.monotonic()
        wait = max(table.wait(key, now) for table, key in tables)
        if wait > 0.0:
            raise Throttled(wait)
        for table, key in tables:
            table.failed(key, now)

    async def _enter_as(self, principal: Principal, label: str) -> Entered:
        secret, card = await self._sessions.begin(principal.id, principal.via, label)
        return Entered(Signed(principal, card.key), secret)

    def _signed(self, card: SessionCard) -> Signed | None:
        if card.via is Via.DEMO:
            # a demo's directory opened as a real home must not let the demo's guests in
            return Signed(DEMO_OWNER, card.key) if self.demo else None
        person = self._people.get(card.person)
        return None if person is None else Signed(_principal(person), card.key)

    async def _keep(self, person: Person) -> None:
        body = {"name": person.name, "role": person.role.value, "password": person.password}
        await self._documents.put("person", person.id, body)
        self._people[person.id] = person


def _principal(person: Person) -> Principal:
    return Principal(person.id, person.name, person.role, Via.SESSION)


def _same(kept: str, code: str) -> bool:
    """Whether this is the code behind the hash, in constant time."""
    return hmac.compare_digest(kept, digest(code))
