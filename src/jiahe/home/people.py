"""How people prove who they are.

Owns every way in and who carries which credential; never what they may do (`permission.py`) nor their cards
(`household.py`).

No default password exists. While a home has no owner, each start makes a one-time code for a link; the person
who opens it becomes the owner. Of all secrets only hashes are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from jiahe.home.credentials import (
    TOKEN_ID,
    SessionCard,
    Sessions,
    Signed,
    TokenCard,
    Tokens,
    token_principal,
)
from jiahe.home.household import Household
from jiahe.home.keep import Documents, Taken
from jiahe.home.known_browsers import KnownBrowsers
from jiahe.home.links import CLAIM_LIFE, LINK_LIFE, LINK_LIMIT, Links
from jiahe.home.names import clean_name
from jiahe.home.password import Passwords, check_password
from jiahe.home.permission import Grant, Principal, Role, Via
from jiahe.home.person import Person
from jiahe.home.throttle import Throttle, Throttled, neighbourhood
from jiahe.model.clock import Clock
from jiahe.model.errors import AuthError, OutOfDefinition
from jiahe.model.reasons import say

__all__ = ["CLAIM_LIFE", "LINK_LIFE", "LINK_LIMIT", "Entered", "JoinState", "People"]

NAME_WAIT = 60.0
"""Seconds, the longest wait for a name: a stranger who guesses at somebody's name must not keep them out long, where they
come with a browser that is not known.
"""

WRONG = say("wrong_login")
WRONG_CLAIM = say("wrong_claim")
WRONG_ENTER = say("wrong_enter")
WRONG_JOIN = say("wrong_join")
WRONG_OLD = say("wrong_old")
NO_PERSON = say("no_person")
DEMO_OWNER = Principal("demo", "Demo", Role.OWNER, Via.DEMO)


@dataclass(frozen=True, slots=True)
class Entered:
    """A successful way in; `secret` goes into the cookie and nowhere else, and so does `known` (that this browser is
    known; "" where that is not told).
    """

    signed: Signed
    secret: str = field(repr=False)
    known: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class JoinState:
    """What opening an invitation would come to: "valid" (for whom), "expired" or "wrong"."""

    state: str
    person: Person | None = None

    @property
    def needs_password(self) -> bool:
        """A guest's key is the link itself."""
        return self.person is not None and self.person.role is not Role.GUEST


class People:
    """Made by `await People.open(documents, clock, demo=…)`.

    `demo` admits the demo's link, and its sessions.
    """

    def __init__(
        self,
        clock: Clock,
        sessions: Sessions,
        household: Household,
        browsers: KnownBrowsers,
        documents: Documents,
        demo: bool,
    ) -> None:
        self._clock, self._sessions, self.household, self._browsers = clock, sessions, household, browsers
        self._tokens, self._links = Tokens(documents, clock), Links(documents, clock)
        self._passwords = Passwords()
        self._by_address, self._by_name = Throttle(), Throttle(NAME_WAIT)
        self._by_browser = Throttle(NAME_WAIT)
        self._claiming = asyncio.Lock()
        self.demo = demo
        self.changed: list[Callable[[], None]] = []
        """Called when what somebody may do changed, or a way in ended: whoever serves them by it looks again."""
        household.changed.append(self._tell)
        household.forget.append(browsers.forget)
        household.forget.append(self._end_sessions)
        sessions.ended.append(self._tell)

    @classmethod
    async def open(cls, documents: Documents, clock: Clock, *, demo: bool = False) -> People:
        """Everybody from disk."""
        sessions = await Sessions.open(documents, clock)
        household = await Household.open(documents, clock)
        browsers = await KnownBrowsers.open(documents, clock)
        return cls(clock, sessions, household, browsers, documents, demo)

    @property
    def owner_exists(self) -> bool:
        """Whether somebody claimed this home."""
        return self.household.owner is not None

    # ---- links ---------------------------------------------------------------------------------------------

    async def new_claim_code(self) -> str | None:
        """The code of a fresh one-time link, to be printed now (only its hash is kept); None where an owner
        exists.
        """
        if self.owner_exists:
            await self._links.end_claim()
            return None
        return await self._links.new_claim()

    def new_enter_code(self) -> str:
        """The code of the demo's link: good for everybody who has it, until the process ends."""
        if not self.demo:
            raise AuthError(say("demo_only"))
        return self._links.new_enter()

    def claim_state(self, code: str, address: str) -> str:
        """What opening this one-time link would come to, without using it: "valid", "owned" (there is an owner
        already), "expired" or "wrong". Raises Throttled: it must not be a quicker way to guess.
        """
        if self.owner_exists:
            return "owned"
        place = neighbourhood(address)
        self._attempt((self._by_address, place))
        state = self._links.claim_state(code)
        if state != "wrong":
            self._by_address.worked(place)
        return state

    def new_link(self, *, may_set_password: bool, person: str = "") -> str:
        """The code of a sign-in link for this owner or else the first (in a demo: into the demo), good once and for
        `LINK_LIFE`.

        `may_set_password`: whoever opens it may give a new password without the old one. AuthError without an owner.
        """
        owner = self.household.people.get(person) or self.household.owner
        if not self.demo and owner is None:
            raise AuthError(say("no_owner_yet"))
        return self._links.new_link("" if owner is None else owner.id, may_set_password=may_set_password)

    # ---- ways in -------------------------------------------------------------------------------------------

    async def claim(self, code: str, name: str, password: str, address: str, label: str = "") -> Entered:
        """Make the owner.

        Raises AuthError (code), Throttled, Taken (there is an owner), OutOfDefinition, Busy.
        """
        place = neighbourhood(address)
        async with self._claiming:  # two who hold the link: one becomes the owner
            if self.owner_exists:
                raise Taken(say("owned"))
            self._attempt((self._by_address, place))
            if self._links.claim_state(code) != "valid":
                raise AuthError(WRONG_CLAIM)
            self._by_address.worked(place)
            name = clean_name(name)
            password = _new_password(password, name)
            person = await self.household.add(name, Role.OWNER, password=await self._passwords.hash(password))
            await self._links.end_claim()
        return await self._enter(person, Via.SESSION, label)

    async def login(
        self, name: str, password: str, address: str, label: str = "", known: str = ""
    ) -> Entered:
        """By name and password. Raises AuthError (one sentence for every kind of wrong), Throttled, Busy.

        `known` is what this browser was given at its last sign-in: then others' guesses do not count against it.
        """
        try:
            key = clean_name(name).casefold()
            password = check_password(password)
        except OutOfDefinition:
            key = name[:80].casefold()  # goes the same way as any wrong name, and takes as long
            password = ""
        place, person = neighbourhood(address), self.household.named(key)
        familiar = person is not None and self._browsers.whose(known) == person.id
        tables = (
            [(self._by_browser, known)] if familiar else [(self._by_address, place), (self._by_name, key)]
        )
        self._attempt(*tables)
        kept = person.password if person is not None and person.password else None
        good = await self._passwords.matches(kept, password)
        if not good or person is None or person.over(self._clock.now()):
            raise AuthError(WRONG)
        for table, its in tables:
            table.worked(its)
        return await self._enter(person, Via.SESSION, label, known)

    async def enter(self, code: str, address: str, label: str = "") -> Entered:
        """By the demo's link, or by a sign-in link. Raises AuthError and Throttled."""
        place = neighbourhood(address)
        self._attempt((self._by_address, place))
        link = self._links.take(code)
        if link is None and not (self.demo and self._links.enters(code)):
            raise AuthError(WRONG_ENTER)
        self._by_address.worked(place)
        person = None if link is None else self.household.people.get(link.person)
        if person is None and self.demo:
            return await self._enter_demo(label)
        if person is None or link is None or person.role is not Role.OWNER:  # no owner any more
            raise AuthError(WRONG_ENTER)
        via = Via.LINK if link.may_set_password else Via.SESSION
        return await self._enter(person, via, label)

    def join_state(self, code: str, address: str) -> JoinState:
        """What opening this invitation would come to, without using it. Raises Throttled."""
        place = neighbourhood(address)
        self._attempt((self._by_address, place))
        found = self.household.invited(code)
        if found is None:
            return JoinState("wrong")
        self._by_address.worked(place)
        person, in_time = found
        return JoinState("valid", person) if in_time else JoinState("expired")

    async def join(self, code: str, password: str, address: str, label: str = "") -> Entered:
        """By an invitation, once: every earlier way in of this person ends. A guest gives no password.

        Raises AuthError, Throttled, OutOfDefinition (the password; the invitation stays good), Busy.
        """
        state = self.join_state(code, address)
        person = state.person
        if person is None:
            raise AuthError(WRONG_JOIN)
        hashed = ""
        if state.needs_password:
            hashed = await self._passwords.hash(_new_password(password, person.name))
        if not await self.household.use(code):
            raise AuthError(WRONG_JOIN)
        now = self._clock.now()
        person = replace(self.household.person(person.id), password=hashed)
        await self.household.keep(replace(person, joined_at=person.joined_at or now))
        await self._end_sessions(person.id)
        via = Via.SESSION if state.needs_password else Via.KEY
        return await self._enter(self.household.person(person.id), via, label)

    async def enter_as(self, person_id: str, via: Via, label: str = "", known: str = "") -> Entered:
        """Somebody who proved who they are elsewhere (a passkey). AuthError where they are nobody any more."""
        if person_id == DEMO_OWNER.id and self.demo:
            return await self._enter_demo(label)
        person = self.household.people.get(person_id)
        if person is None or person.over(self._clock.now()):
            raise AuthError(WRONG)
        return await self._enter(person, via, label, known)

    async def _enter_demo(self, label: str) -> Entered:
        secret, card = await self._sessions.begin(DEMO_OWNER.id, Via.DEMO, label)
        return Entered(Signed(DEMO_OWNER, card.key), secret)

    # ---- passwords -----------------------------------------------------------------------------------------

    def may_set_password(self, signed: Signed) -> bool:
        """Whether this session may give a new password without the old one: it began by such a link just now."""
        card = self._sessions.living(signed.key)
        return card is not None and card.via is Via.LINK and self._clock.now() - card.created_at <= LINK_LIFE

    async def change_password(self, signed: Signed, old: str, new: str, address: str) -> None:
        """A new password for whoever is signed in; every other browser of theirs is signed out.

        Raises AuthError (the old one is wrong, or there is nobody with a password), Throttled, OutOfDefinition, Busy.
        """
        person = self.household.people.get(signed.principal.id)
        if person is None or not person.password:
            raise AuthError(NO_PERSON)
        if not self.may_set_password(signed):
            place = neighbourhood(address)
            self._attempt((self._by_address, place), (self._by_name, person.key))
            if not await self._passwords.matches(person.password, old):
                raise AuthError(WRONG_OLD)
            self._by_address.worked(place)
        hashed = await self._passwords.hash(_new_password(new, person.name, "new"))
        await self.household.keep(replace(self.household.person(person.id), password=hashed))
        self._by_name.worked(person.key)
        await self._sessions.settle(signed.key)
        await self._end_sessions(person.id, but=signed.key)

    # ---- who is it -----------------------------------------------------------------------------------------

    async def by_session(self, secret: str) -> Signed | None:
        """Who carries this cookie; None for a stranger."""
        if not 0 < len(secret) <= 100:
            return None
        card = await self._sessions.find(secret)
        return None if card is None else self._signed(card)

    async def by_token(self, secret: str) -> Signed | None:
        """Who carries this bearer token; None for a stranger."""
        return self._by_card(await self._tokens.find(secret))

    async def renewed(self, signed: Signed) -> Signed | None:
        """Who this credential stands for now, with the rights they have now; None where it is worth nothing any more.

        Asked again and again while a stream is open; it does not count as use.
        """
        if signed.principal.via is Via.TOKEN:
            return self._by_card(await self._tokens.living(signed.key))
        card = self._sessions.living(signed.key)
        return None if card is None else self._signed(card)

    async def holds(self, signed: Signed) -> bool:
        """Whether this credential is still worth something."""
        return await self.renewed(signed) is not None

    def principal(self, who: str) -> Principal | None:
        """The person or token with this id, for whom something is done now; None where there is nobody (any more)."""
        if who == DEMO_OWNER.id:
            return DEMO_OWNER if self.demo else None
        if who.startswith(TOKEN_ID):
            card = self._tokens.known(who.removeprefix(TOKEN_ID))
            found = None if card is None else token_principal(card)
        else:
            person = self.household.people.get(who)
            found = None if person is None else person.principal(Via.SESSION)
        return None if found is None or found.expired(self._clock.now()) else found

    async def leave(self, signed: Signed) -> None:
        """Sign this browser out; a token stays."""
        if signed.principal.via is not Via.TOKEN:
            await self._sessions.end(signed.key)

    def sessions(self, person: str) -> list[SessionCard]:
        """A person's sessions, the last used first."""
        return sorted(self._sessions.of(person), key=self._sessions.used_at, reverse=True)

    def used_at(self, card: SessionCard) -> float:
        """The last use of a session, in epoch seconds."""
        return self._sessions.used_at(card)

    async def revoke_session(self, person: str, id_: str) -> bool:
        """End one of a person's sessions; False where there is none with this id."""
        for card in self._sessions.of(person):
            if card.id == id_:
                await self._sessions.end(card.key)
                return True
        return False

    async def create_token(
        self,
        name: str,
        role: Role = Role.OWNER,
        grants: tuple[Grant, ...] = (),
        until: float | None = None,
    ) -> str:
        """A bearer token, with the owner's rights or with what its grants say; its text is seen this once."""
        return await self._tokens.create(name, role, grants, until)

    async def tokens(self) -> list[TokenCard]:
        """Every token, oldest first."""
        return await self._tokens.all()

    async def revoke_token(self, id_: str) -> TokenCard:
        """By id or name; UnknownName where there is none."""
        card = await self._tokens.revoke(id_)
        self._tell()
        return card

    # ---- inside --------------------------------------------------------------------------------------------

    def _attempt(self, *tables: tuple[Throttle, str]) -> None:
        """Counts an attempt as failed until it is known to be good, or raises Throttled."""
        now = self._clock.monotonic()
        wait = max(table.wait(key, now) for table, key in tables)
        if wait > 0.0:
            raise Throttled(wait)
        for table, key in tables:
            table.failed(key, now)

    async def _enter(self, person: Person, via: Via, label: str, known: str = "") -> Entered:
        secret, card = await self._sessions.begin(person.id, via, label)
        remembered = await self._browsers.remember(person.id, known) if person.password else ""
        return Entered(Signed(person.principal(_shown(via)), card.key), secret, remembered)

    def _signed(self, card: SessionCard) -> Signed | None:
        if card.via is Via.DEMO:
            # a demo's directory opened as a real home must not let the demo's guests in
            return Signed(DEMO_OWNER, card.key) if self.demo else None
        person = self.household.people.get(card.person)
        if person is None or person.over(self._clock.now()):
            return None
        return Signed(person.principal(_shown(card.via)), card.key)

    def _by_card(self, card: TokenCard | None) -> Signed | None:
        principal = None if card is None else token_principal(card)
        if card is None or principal is None or principal.expired(self._clock.now()):
            return None
        return Signed(principal, card.key)

    async def _end_sessions(self, person: str, but: str = "") -> None:
        for card in self._sessions.of(person):
            if card.key != but:
                await self._sessions.end(card.key)

    def _tell(self) -> None:
        for told in tuple(self.changed):
            told()


def _new_password(password: str, name: str, what: str = "password") -> str:
    password = check_password(password)
    if password.casefold() == name.casefold():
        raise OutOfDefinition(what, say("password_name"))
    return password


def _shown(via: Via) -> Via:
    """A session begun by a one-time link is an ordinary one in all but its first minutes (`may_set_password`)."""
    return Via.SESSION if via is Via.LINK else via
