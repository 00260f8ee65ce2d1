"""Who looks after which people: owners after everybody, who may share a room after the guests that they let in.

Owns how that is asked for one request; never the question itself (`home/sharing.py`) or a person's card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jiahe.home.keep import Taken
from jiahe.home.permission import PEOPLE, Grant, Principal, Resource, Rights, Role, Verb, Via, opens
from jiahe.home.person import Person
from jiahe.home.sharing import MOST_HANDED, check_handed, shared_rooms
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.web.call import Call


class Sharing:
    """Whoever asks, as one who lets people in. Refused (403) for who may not at all."""

    def __init__(self, call: Call) -> None:
        self._call, self._giver = call, call.principal
        self.all = call.sight.may(Verb.SHARE, PEOPLE)
        """Whether everybody is theirs to look after."""
        if not self.all and not rooms_of(call):
            call.require(Verb.SHARE, PEOPLE)

    @property
    def by(self) -> str:
        """Whose guests those are whom they let in; "" where they are the home's."""
        return "" if self.all else self._giver.id

    def people(self) -> list[Person]:
        """Those whom they look after."""
        household = self._call.doors.people.household
        return list(household.people.values()) if self.all else household.guests_of(self._giver.id)

    def person(self, id_: str) -> Person:
        """One of these; UnknownName, in the words for somebody who never was."""
        found = self._call.doors.people.household.person(id_)
        if not self.all and found.by != self._giver.id:
            raise UnknownName(say("gone_person", name=repr(id_[:60])))
        return found

    def check(self, role: Role, grants: tuple[Grant, ...], until: float | None) -> None:
        """OutOfDefinition for more than they may give."""
        if self.all:
            return
        if role is not Role.GUEST:
            raise OutOfDefinition("role", say("guests_only"), ["guest"])
        if not grants:
            raise OutOfDefinition("grants", say("guest_rooms"))
        check_handed(self._giver, grants, until, _parts(self._call))

    def giver_of(self, old: Person, role: Role, grants: tuple[Grant, ...], until: float | None) -> str | None:
        """Whose guest somebody is once they have this; None for no change. Who gets more of an owner than their giver has is
        the home's own: the giver must not come in by their link, nor remove them.
        """
        if not self.all:
            return None
        giver = self._call.doors.people.household.people.get(old.by)
        if giver is None or role is not Role.GUEST:
            return ""
        fresh = replace(old, role=role, grants=grants, until=until)
        return old.by if _within(self._call, giver.principal(Via.SESSION), fresh) else ""

    async def settle(self, person: Person) -> None:
        """Refused (403) where what they may give became less while this guest was written: the guest is gone again."""
        if self.all:
            return
        giver = self._call.doors.people.household.people.get(self._giver.id)
        gone = await cut_off(self._call, giver.principal(Via.SESSION) if giver else None, self._giver.id)
        if person.id in {one.id for one in gone}:
            self._call.require(Verb.SHARE, PEOPLE)

    def check_room(self) -> None:
        """Taken where they let in as many as one may at a time."""
        if not self.all and len(self.people()) >= MOST_HANDED:
            raise Taken(say("handed_full", most=MOST_HANDED))


def require_proof(call: Call, role: Role, grants: tuple[Grant, ...]) -> None:
    """Refused (403 `second_factor`) where these rights open what takes a second factor, and it was not proved lately: a key
    for somebody who has none would be the way around it.
    """
    if opens(Rights(role, grants), _parts(call)):
        call.require_proof()


def rooms_of(call: Call) -> list[str]:
    """The rooms into which whoever asks may let guests, owner or not."""
    if call.principal.via is Via.TOKEN:
        return []
    return shared_rooms(call.principal, call.doors.home.rooms, call.doors.clock.now())


async def cut_off(call: Call, giver: Principal | None, id_: str) -> list[Person]:
    """Removes the guests of this person who have more than they have now (all, where they are gone)."""
    household = call.doors.people.household
    gone = [one for one in household.guests_of(id_) if giver is None or not _within(call, giver, one)]
    for guest in gone:
        await household.remove(guest.id)
    return gone


def _within(call: Call, giver: Principal, guest: Person) -> bool:
    try:
        check_handed(giver, guest.grants, guest.until, _parts(call))
    except OutOfDefinition:
        return False
    return True


def _parts(call: Call) -> Iterator[Resource]:
    resources = call.service.resources
    for device in call.doors.home.devices:
        yield resources.device(device)
        yield from resources.parts(device).values()
