"""Rooms and adopted devices.

Owns their cards, in memory and on disk; never a value, a secret or a connection.

Every change is on disk before it is seen here, and then told to `note` (the hub writes it into the journal).
What a device offers is made anew from its product at every start: kept are the product's name and the facts.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from jiahe.home.card import card_body, card_from, checked_address, checked_facts
from jiahe.home.keep import Documents, Full, Taken
from jiahe.home.names import check_slug, clean_name, make_slug
from jiahe.model.clock import Clock
from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.errors import JiaheError, UnknownName
from jiahe.model.happening import Cause
from jiahe.model.reasons import say

DEVICE_LIMIT = 1_000
"""More than any home; each device costs memory for its profile and values."""
ROOM_LIMIT = 200

ProfileOf = Callable[[str, Mapping[str, Any]], Profile]
"""What a product offers, given the device's facts; raises a JiaheError where there is no such product (any
more).
"""

Note = Callable[[str, Mapping[str, Any], Cause], Awaitable[None]]
"""Told of each change: what (the words of a `home` record), its ids, and the cause."""

NO_PROFILE = Profile("generic", MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Room:
    """`id` is a slug, `added_at` epoch seconds."""

    id: str
    name: str
    added_at: float = 0.0


async def _say_nothing(what: str, details: Mapping[str, Any], cause: Cause) -> None:
    pass


class Registry:
    """Made by `await Registry.open(documents, clock, profile_of, note)`."""

    def __init__(self, documents: Documents, clock: Clock, profile_of: ProfileOf, note: Note) -> None:
        self._documents, self._clock, self._profile_of, self._note = documents, clock, profile_of, note
        self._devices: dict[str, Device] = {}
        self._rooms: dict[str, Room] = {}
        self._left: dict[
            str, tuple[str, str]
        ] = {}  # ids of removed devices: their records are still about them
        self._trouble: dict[str, str] = {}
        self._writing = asyncio.Lock()  # ids are chosen and written one at a time
        self.home_id = ""
        self.home_name = ""

    @classmethod
    async def open(
        cls, documents: Documents, clock: Clock, profile_of: ProfileOf, note: Note = _say_nothing
    ) -> Registry:
        """All cards from disk; a device whose product is gone is kept, with an empty profile and
        `trouble`.
        """
        self = cls(documents, clock, profile_of, note)
        home = await documents.get("home", "home")
        if home is None:
            home = {"id": secrets.token_hex(8), "name": "Home"}
            await documents.put("home", "home", home)
        self.home_id, self.home_name = home["id"], home["name"]
        rooms = await documents.all("room")
        for id_, body in sorted(rooms.items(), key=lambda item: (item[1]["added_at"], item[0])):
            self._rooms[id_] = Room(id_, body["name"], body["added_at"])
        devices = await documents.all("device")
        for id_, body in sorted(devices.items(), key=lambda item: (item[1]["adopted_at"], item[0])):
            self._devices[id_] = self._read_card(id_, body)
        self._left = {
            id_: (body["family"], body["hardware_id"]) for id_, body in (await documents.all("left")).items()
        }
        return self

    # ---- what there is -------------------------------------------------------------------------------------

    @property
    def devices(self) -> Mapping[str, Device]:
        """By id, in the order of adoption; a live view."""
        return MappingProxyType(self._devices)

    @property
    def rooms(self) -> Mapping[str, Room]:
        """By id, in the order they were added; a live view."""
        return MappingProxyType(self._rooms)

    def device(self, id_: str) -> Device:
        """The device, or UnknownName."""
        found = self._devices.get(id_)
        if found is None:
            raise UnknownName(say("gone_device", name=repr(id_[:60])))
        return found

    def room(self, id_: str) -> Room:
        """The room, or UnknownName."""
        found = self._rooms.get(id_)
        if found is None:
            raise UnknownName(say("gone_room", name=repr(id_[:60])))
        return found

    def find(self, family: str, hardware_id: str) -> Device | None:
        """The adopted device with the maker's id, if it is one."""
        for device in self._devices.values():
            if device.hardware_id == hardware_id and device.family == family:
                return device
        return None

    def trouble(self, id_: str) -> str:
        """Why this device cannot be used as its product says (the product file is gone), "" where all is
        well.
        """
        return self._trouble.get(id_, "")

    # ---- devices -------------------------------------------------------------------------------------------

    async def adopt(  # noqa: PLR0913  # a device's card has this many fields
        self,
        *,
        product: str,
        family: str,
        hardware_id: str,
        address: str,
        cause: Cause,
        name: str = "",
        area: str = "",
        facts: Mapping[str, Any] = MappingProxyType({}),
        id_: str = "",
    ) -> Device:
        """Take a device into the home; `id_` and `name` are made from the kind of device where they are
        empty.

        Raises Taken (id or device is here already), Full, UnknownName (room), OutOfDefinition (name, id,
        facts), and what `profile_of` raises. A device that was here before gets its old id back, and nobody
        else does.
        """
        profile = self._profile_of(product, facts)
        kind = profile.name.replace("_", " ")
        name = clean_name(name) if name else kind.capitalize()
        async with self._writing:
            here = self.find(family, hardware_id)
            if here is not None:
                raise Taken(say("device_here", name=here.name, id=here.id))
            if len(self._devices) >= DEVICE_LIMIT:
                raise Full(say("devices_full", most=DEVICE_LIMIT))
            if area:
                self.room(area)
            chosen = self._choose_id(id_, name, kind, family, hardware_id)
            device = Device(
                id=chosen,
                name=name,
                product=product,
                profile=profile,
                family=family,
                hardware_id=hardware_id,
                address=checked_address(address),
                area=area,
                adopted_at=self._clock.now(),
                facts=checked_facts(facts),
            )
            await self._documents.put("device", chosen, card_body(device))
            self._devices[chosen] = device
            self._trouble.pop(chosen, None)
        await self._note(
            "device_adopted", {"device": chosen, "name": name, "product": product, "room": area}, cause
        )
        return device

    async def change(
        self, id_: str, *, cause: Cause, name: str | None = None, area: str | None = None
    ) -> Device:
        """Rename and/or move (area "" is no room): both or neither."""
        clean = None if name is None else clean_name(name)
        async with self._writing:
            old = self.device(id_)
            if area:
                self.room(area)
            new = replace(
                old, name=old.name if clean is None else clean, area=old.area if area is None else area
            )
            if new != old:
                await self._keep(new)
        if new.name != old.name:
            await self._note("device_renamed", {"device": id_, "name": new.name}, cause)
        if new.area != old.area:
            await self._note("device_moved", {"device": id_, "room": new.area}, cause)
        return new

    async def rename(self, id_: str, name: str, cause: Cause) -> Device:
        """A new name; the id stays."""
        return await self.change(id_, name=name, cause=cause)

    async def move(self, id_: str, area: str, cause: Cause) -> Device:
        """Into another room, or into none ("")."""
        return await self.change(id_, area=area, cause=cause)

    async def found_at(self, id_: str, address: str, facts: Mapping[str, Any] | None = None) -> Device:
        """The device answered at this address (and tells these facts about itself).

        Makes no record of its own.
        """
        async with self._writing:
            old = self.device(id_)
            new = replace(old, address=checked_address(address))
            if facts is not None and dict(facts) != dict(old.facts):
                new = replace(new, facts=checked_facts(facts), profile=self._profile(id_, old.product, facts))
            if new != old:
                await self._keep(new)
            return new

    async def refit(self, id_: str) -> Device:
        """The device as its product says now, after its file changed. Makes no record of its own."""
        async with self._writing:
            old = self.device(id_)
            new = replace(old, profile=self._profile(id_, old.product, old.facts))
            self._devices[id_] = new  # a profile is not on disk: it is read from the product at each start
            return new

    async def remove(self, id_: str, cause: Cause) -> Device:
        """The device leaves; its id stays reserved for it, because the journal still speaks of it."""
        async with self._writing:
            device = self.device(id_)
            while len(self._left) >= DEVICE_LIMIT:
                await self._documents.delete("left", oldest := next(iter(self._left)))
                del self._left[oldest]
            await self._documents.put(
                "left", id_, {"family": device.family, "hardware_id": device.hardware_id}
            )
            await self._documents.delete("device", id_)
            self._left[id_] = (device.family, device.hardware_id)
            del self._devices[id_]
            self._trouble.pop(id_, None)
        await self._note("device_removed", {"device": id_}, cause)
        return device

    # ---- rooms ---------------------------------------------------------------------------------------------

    async def add_room(self, name: str, cause: Cause) -> Room:
        """A new room; Taken where one has this name."""
        clean = clean_name(name)
        async with self._writing:
            self._refuse_same_name(clean)
            if len(self._rooms) >= ROOM_LIMIT:
                raise Full(say("rooms_full", most=ROOM_LIMIT))
            room = Room(make_slug(clean, "room", self._rooms), clean, self._clock.now())
            await self._keep_room(room)
        await self._note("room_added", {"room": room.id, "name": clean}, cause)
        return room

    async def rename_room(self, id_: str, name: str, cause: Cause) -> Room:
        """A new name; the id stays."""
        clean = clean_name(name)
        async with self._writing:
            room = self.room(id_)
            if clean == room.name:
                return room
            self._refuse_same_name(clean, but=id_)
            room = replace(room, name=clean)
            await self._keep_room(room)
        await self._note("room_renamed", {"room": id_, "name": clean}, cause)
        return room

    async def remove_room(self, id_: str, cause: Cause) -> None:
        """The room goes; its devices stay in the home, in no room."""
        async with self._writing:
            self.room(id_)
            moved = [device for device in self._devices.values() if device.area == id_]
            for device in moved:  # before the room, so that no device on disk names a room that is gone
                await self._keep(replace(device, area=""))
            await self._documents.delete("room", id_)
            del self._rooms[id_]
        for device in moved:
            await self._note("device_moved", {"device": device.id, "room": ""}, cause)
        await self._note("room_removed", {"room": id_}, cause)

    # ---- inside --------------------------------------------------------------------------------------------

    def _choose_id(self, wanted: str, name: str, kind: str, family: str, hardware_id: str) -> str:
        if wanted:
            check_slug(wanted)
            if wanted in self._devices or self._left.get(wanted, (family, hardware_id)) != (
                family,
                hardware_id,
            ):
                raise Taken(say("id_taken", name=wanted))
            return wanted
        for id_, who in self._left.items():
            if who == (family, hardware_id) and id_ not in self._devices:
                return id_
        return make_slug(name, kind, self._devices.keys() | self._left.keys())

    def _refuse_same_name(self, name: str, but: str = "") -> None:
        for room in self._rooms.values():
            if room.name.casefold() == name.casefold() and room.id != but:
                raise Taken(say("room_taken", name=room.name))

    async def _keep(self, device: Device) -> None:
        await self._documents.put("device", device.id, card_body(device))
        self._devices[device.id] = device

    async def _keep_room(self, room: Room) -> None:
        await self._documents.put("room", room.id, {"name": room.name, "added_at": room.added_at})
        self._rooms[room.id] = room

    def _profile(self, id_: str, product: str, facts: Mapping[str, Any]) -> Profile:
        try:
            profile = self._profile_of(product, facts)
        except JiaheError as error:
            self._trouble[id_] = (
                f"Its product file {product} cannot be used ({error}): "
                "put the file back, or remove the device."
            )
            return NO_PROFILE
        self._trouble.pop(id_, None)
        return profile

    def _read_card(self, id_: str, body: Mapping[str, Any]) -> Device:
        return card_from(id_, body, self._profile(id_, body["product"], body["facts"]), self._rooms)
