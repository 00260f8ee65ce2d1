"""The people of this home: who lives here, who visits, and the invitations under way.

Owns their cards and invitations on disk, and that somebody always owns the home; never a session or a password's text.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiahe.home.credentials import digest
from jiahe.home.grants import grant_body, without
from jiahe.home.keep import Documents, Full, Taken
from jiahe.home.names import clean_name
from jiahe.home.permission import Grant, Role
from jiahe.home.person import Person, person_from
from jiahe.model.clock import Clock
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say

PEOPLE_LIMIT = 200
"""People of one home, guests of the past included: a family and a busy holiday flat."""
INVITATION_LIFE = 24 * 3600.0
"""Seconds in which an invitation can be opened."""

ROLES = (Role.OWNER, Role.ADULT, Role.CHILD, Role.GUEST)
"""What a person can be; the others are tokens."""
LAST_OWNER = say("last_owner")

Forget = Callable[[str], Awaitable[object]]
"""Told the id of a person who left, so that what is kept for them goes too."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link for one person; `expires_at` in epoch seconds."""

    person: str
    expires_at: float


class Household:
    """Made by `await Household.open(documents, clock)`."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock
        self._people: dict[str, Person] = {}
        self._invitations: dict[str, Invitation] = {}  # by the hash of their code
        self._writing = asyncio.Lock()  # names and the last owner are looked at and written one at a time
        self.changed: list[Callable[[], None]] = []
        """Called when somebody came, changed or left: what they may do is another from now on."""
        self.forget: list[Forget] = []

    @classmethod
    async def open(cls, documents: Documents, clock: Clock) -> Household:
        """Everybody from disk."""
        self = cls(documents, clock)
        for id_, body in (await documents.all("person")).items():
            self._people[id_] = person_from(id_, body)
        for key, body in (await documents.all("invitation")).items():
            self._invitations[key] = Invitation(body["person"], body["expires_at"])
        await self._drop_invitations(lambda one: one.expires_at < clock.now())
        return self

    # ---- who is there ------------------------------------------------------------------------------------------

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody by id, in the order of their coming."""
        return self._people

    @property
    def owner(self) -> Person | None:
        """The first owner."""
        return next((person for person in self._people.values() if person.role is Role.OWNER), None)

    def person(self, id_: str) -> Person:
        """UnknownName where there is nobody with this id."""
        found = self._people.get(id_)
        if found is None:
            raise UnknownName(say("gone_person", name=repr(id_[:60])))
        return found

    def guests_of(self, id_: str) -> list[Person]:
        """Whom this person let in."""
        return [person for person in self._people.values() if person.by == id_]

    def named(self, key: str) -> Person | None:
        """Who is called so, as names are compared."""
        return next((person for person in self._people.values() if person.key == key), None)

    # ---- coming, changing, leaving -------------------------------------------------------------------------------

    async def add(
        self,
        name: str,
        role: Role,
        *,
        grants: tuple[Grant, ...] = (),
        until: float | None = None,
        password: str = "",
        by: str = "",
    ) -> Person:
        """Somebody new (`by`: who lets them in, where that is no owner); joined already where there is a password. Taken (the name), Full, OutOfDefinition."""
        joined = self._clock.now() if password else None
        async with self._writing:
            if len(self._people) >= PEOPLE_LIMIT:
                raise Full(say("people_full", most=PEOPLE_LIMIT))
            person = Person(secrets.token_hex(8), self._free(name), role, password, grants, until, joined, by)
            _check(person)
            await self.keep(person)
        return person

    async def change(
        self,
        id_: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        grants: tuple[Grant, ...] | None = None,
        until: float | str | None = "",
        by: str | None = None,
    ) -> Person:
        """What is given is other from now on (`until` None takes the end away; `by` as in `add`). Who becomes the home's own guest or more
        (`by` "") is signed out everywhere. UnknownName, Taken, OutOfDefinition."""
        async with self._writing:
            old = self.person(id_)
            new = replace(
                old,
                name=old.name if name is None else self._free(name, id_),
                role=role or old.role,
                grants=old.grants if grants is None else grants,
                until=old.until if isinstance(until, str) else until,
                by=old.by if by is None else by,
            )
            _check(new)
            if old.role is Role.OWNER and new.role is not Role.OWNER:
                self._another_owner(id_)
            raised = bool(old.by) and not new.by
            if raised:
                # Their giver had the link, and may have come in by it: whoever is in comes in anew, by an owner's.
                await self._drop_invitations(lambda one: one.person == id_)
                new = replace(new, password="", joined_at=None)
            await self.keep(new)
        for forget in self.forget if raised else ():
            await forget(id_)
        return new

    async def remove(self, id_: str) -> Person:
        """They are nobody any more, and nothing of theirs is kept. UnknownName; Taken for the last owner."""
        async with self._writing:
            person = self.person(id_)
            if person.role is Role.OWNER:
                self._another_owner(id_)
            await self._documents.delete("person", id_)
            del self._people[id_]
            await self._drop_invitations(lambda one: one.person == id_)
        for forget in self.forget:
            await forget(id_)
        self._tell()
        return person

    async def strip(self, **gone: str) -> None:
        """A room or device (`rooms=` or `devices=` its id) left the home: no grant names it any more."""
        async with self._writing:
            for person in tuple(self._people.values()):
                grants = tuple(without(grant, **gone) for grant in person.grants)
                if grants != person.grants:
                    await self.keep(replace(person, grants=grants))

    async def keep(self, person: Person) -> None:
        """Writes the card."""
        await self._documents.put("person", person.id, person.body())
        self._people[person.id] = person
        self._tell()

    # ---- invitations ---------------------------------------------------------------------------------------------

    async def invite(self, id_: str) -> str:
        """The code of a fresh one-time link for this person (only its hash is kept); the one before is worth nothing."""
        person = self.person(id_)
        await self._drop_invitations(
            lambda one: one.person == person.id or one.expires_at < self._clock.now()
        )
        code = secrets.token_urlsafe(16)
        invitation = Invitation(person.id, self._clock.now() + INVITATION_LIFE)
        key = digest(code)
        body = {"person": invitation.person, "expires_at": invitation.expires_at}
        await self._documents.put("invitation", key, body)
        self._invitations[key] = invitation
        return code

    def invited(self, code: str) -> tuple[Person, bool] | None:
        """Whom this code is for, and whether it is in time; None where it never was, or was used."""
        found = self._invitations.get(digest(code))
        person = None if found is None else self._people.get(found.person)
        if found is None or person is None:
            return None
        now = self._clock.now()
        return person, now <= found.expires_at and not person.over(now)

    async def use(self, code: str) -> bool:
        """The invitation is over; False where it was already: of two who open it together, one comes in."""
        key = digest(code)
        if self._invitations.pop(key, None) is None:
            return False
        await self._documents.delete("invitation", key)
        return True

    async def _drop_invitations(self, which: Callable[[Invitation], bool]) -> None:
        for key, one in tuple(self._invitations.items()):
            if which(one):
                self._invitations.pop(key, None)
                await self._documents.delete("invitation", key)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _free(self, name: str, id_: str = "") -> str:
        clean = clean_name(name)
        other = self.named(clean.casefold())
        if other is not None and other.id != id_:
            raise Taken(say("name_taken", who=other.name))
        return clean

    def _another_owner(self, id_: str) -> None:
        if not any(one.role is Role.OWNER and one.id != id_ for one in self._people.values()):
            raise Taken(LAST_OWNER)

    def _tell(self) -> None:
        for told in self.changed:
            told()


def _check(person: Person) -> None:
    if person.role not in ROLES:
        known = [role.value for role in ROLES]
        raise OutOfDefinition("role", say("person_one_of", names=", ".join(known)), known)
    if person.role is Role.OWNER and person.until is not None:
        raise OutOfDefinition("until", say("owner_endless"))


def person_body(person: Person, now: float) -> dict[str, Any]:
    """Somebody as JSON, without what other rooms know of them."""
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "grants": [grant_body(grant) for grant in person.grants],
        "until": person.until,
        "state": person.state(now),
    }
