"""What people are told, in the hub: records in, notices and pushes out.

Owns the order in which a happening becomes somebody's notice, and where it is kept; `notice/` decides what, who and
when, the home's permission who may. Nothing here waits: a disk or a push service that is slow holds up no record.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from jiahe.home.vault import Vault
from jiahe.model.clock import Clock
from jiahe.model.errors import StoreError
from jiahe.model.happening import Record, RecordKind
from jiahe.notice.box import Box
from jiahe.notice.choose import NOBODYS, Delivery, Pace, Push, Recipient, choose, due_summaries, note, summary
from jiahe.notice.happening import Happening, Text
from jiahe.notice.preference import Preferences, preferences_of
from jiahe.notice.topic import TOPICS
from jiahe.notice.watch import Look, Watch, power_returned
from jiahe.state.journal import Journal
from jiahe.storage.documents import Documents

BOXES, PREFERENCES, BROWSERS = "notices", "notice_preferences", "push/to/"
TICK = 5.0
"""Seconds between two looks at what has lasted long enough."""
SETTLE = 0.5
"""Seconds after which new notices are written: several at once are one write."""
LOOK_BACK = 20
"""Records of the hub's own life that are looked at; a start and an end are among the last few."""
SUMMARY_LIFE = 8 * 3600.0

if TYPE_CHECKING:
    from jiahe.hub.pushes import Pushes


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of this home who can be told. `may` asks the home's permission, at this moment."""

    id: str
    name: str
    role: str
    may: Callable[[Happening], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What noticing asks of the hub."""

    members: Callable[[], Sequence[Member]]
    living: Callable[[str, str], bool]
    """Whether this person's session (by its key) still holds."""
    zone: Callable[[], tzinfo]
    look: Look
    entropy: Callable[[int], bytes]
    contact: str = ""
    """Whom push services may ask about this home's pushes; empty: the project."""


class Noticing:
    """Made by `await Noticing.open(…)`; `run()` is a task of the hub."""

    def __init__(
        self, clock: Clock, journal: Journal, documents: Documents, vault: Vault, around: Around
    ) -> None:
        self._clock, self._journal, self._documents, self._vault = clock, journal, documents, vault
        self._around = around
        self._watch = Watch(around.look)
        self._boxes: dict[str, Box] = {}
        self._paces: dict[str, Pace] = {}
        self._preferences: dict[str, Preferences] = {}
        self._dirty: set[str] = set()
        self._changed = asyncio.Event()
        self._opening = asyncio.Lock()
        self.pushes: Pushes | None = None
        """None until somebody asked for them: keys and connections are made when they are wanted."""

    @classmethod
    async def open(
        cls, clock: Clock, journal: Journal, documents: Documents, vault: Vault, around: Around
    ) -> Noticing:
        """Everybody's notices and settings from disk; hears of records from now on."""
        self = cls(clock, journal, documents, vault, around)
        for person, body in (await documents.all(BOXES)).items():
            box = self._boxes[person] = Box(body)
            for key, at in box.keys():  # noqa: SIM118  # a box is no mapping
                self._pace(person).told(key, at)
        for person, body in (await documents.all(PREFERENCES)).items():
            self._preferences[person] = preferences_of(body)
        journal.on_commit(self._committed)
        return self

    def _pace(self, person: str) -> Pace:
        return self._paces.setdefault(person, Pace())

    # ---- from records to people ------------------------------------------------------------------------------

    def _committed(self, records: Iterable[Record]) -> None:
        for record in records:
            for happening in self._watch.heard(record):
                self.tell(happening)

    def tell(self, happening: Happening) -> None:
        """Tells whoever may hear of it and wants to; returns at once."""
        now = self._clock.now()
        for delivery in choose(self._recipients(), happening, now, self._around.zone()):
            self._deliver(delivery, now)

    def _recipients(self) -> list[Recipient]:
        return [
            Recipient(
                member.id,
                frozenset({member.role, *({member.name.casefold()} - NOBODYS)}),
                self._preferences.get(member.id, Preferences()),
                self._pace(member.id),
                member.may,
            )
            for member in self._around.members()
        ]

    def _deliver(self, delivery: Delivery, now: float) -> None:
        happening, person = delivery.happening, delivery.person
        note(delivery, self._pace(person), now)
        box = self._boxes.setdefault(person, Box())
        id_ = 0
        if delivery.app:
            if delivery.counts:
                box.count(happening)
            else:
                id_ = box.add(happening)
            self._dirty.add(person)
            self._changed.set()
        if delivery.push is Push.NOW:
            language = self._preferences.get(person, Preferences()).language
            text = happening.words.get(language) or happening.words["en"]
            ends = now + TOPICS[happening.topic].life
            self._push(person, text, happening.key, happening.path, id_, ends, happening.breaks_through)

    def _push(
        self, person: str, text: Text, key: str, path: str, id_: int, ends: float, urgent: bool
    ) -> None:
        if self.pushes is not None:
            self.pushes.push(person, text, key, path, id_, ends, urgent)

    # ---- the hub's task --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until it is cancelled; what is not on disk then is written by `close`."""
        await self._look_back()
        if await self._vault.names(BROWSERS):
            await self.push_service()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._changed.wait()
                    await asyncio.sleep(SETTLE)
            self._changed.clear()
            await self._turn()

    async def _turn(self) -> None:
        now = self._clock.now()
        for happening in self._watch.due(now):
            self.tell(happening)
        for person, count in due_summaries(self._paces, now):
            language = self._preferences.get(person, Preferences()).language
            self._push(person, summary(count)[language], "summary", "/notices", 0, now + SUMMARY_LIFE, False)
            self._pace(person).pushed(now, False)
        await self._forget_who_left()
        await self._save()

    async def _look_back(self) -> None:
        """Whether the hub was stopped by somebody before it began now."""
        recent = sorted(
            await self._journal.newest(LOOK_BACK, kinds=[RecordKind.SYSTEM]), key=lambda record: record.seq
        )
        starts = [at for at, record in enumerate(recent) if record.body.get("what") == "started"]
        if not starts or starts[-1] == 0:  # the first start of all
            return
        before, begun = recent[starts[-1] - 1], recent[starts[-1]]
        if before.body.get("what") == "stopped":
            return
        last = await self._journal.records(begun.seq - 2, 1)
        self.tell(power_returned(last[0].at if last else before.at, begun.at))

    async def _forget_who_left(self) -> None:
        here = {member.id for member in self._around.members()}
        if not here:  # a home without an owner yet
            return
        for person in [person for person in (*self._boxes, *self._preferences) if person not in here]:
            self._boxes.pop(person, None)
            self._preferences.pop(person, None)
            self._paces.pop(person, None)
            self._dirty.discard(person)
            await self._documents.delete(BOXES, person)
            await self._documents.delete(PREFERENCES, person)
        if self.pushes is not None:
            await self.pushes.forget_but(here)

    async def _save(self) -> None:
        for person in tuple(self._dirty):
            box = self._boxes.get(person)
            if box is not None:
                last = box.last
                try:
                    await self._documents.put(BOXES, person, box.body())
                except StoreError:
                    continue  # the health answer tells of the disk; the next turn tries again
                if box.last != last:  # more came meanwhile
                    continue
            self._dirty.discard(person)

    async def close(self) -> None:
        """Writes what is not written yet, and ends the connections to push services."""
        await self._save()
        if self.pushes is not None:
            await self.pushes.close()

    # ---- the web's door --------------------------------------------------------------------------------------

    def notices(self, person: str, after: int) -> Mapping[str, Any]:
        """A person's notices above this id."""
        box = self._boxes.get(person) or Box()
        return {"notices": box.after(after), "cursor": box.last, "read": box.read, "unread": box.unread}

    async def read(self, person: str, to: int) -> Mapping[str, Any]:
        """Everything up to this id was read."""
        box = self._boxes.get(person) or Box()
        if box.read_to(to):
            await self._documents.put(BOXES, person, box.body())
        return {"read": box.read, "unread": box.unread}

    def preferences(self, person: str) -> Mapping[str, Any]:
        """A person's settings, and the zone whose clock the quiet hours go by."""
        return {**self._preferences.get(person, Preferences()).body(), "zone": str(self._around.zone())}

    async def put_preferences(self, person: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Changes what is given. OutOfDefinition where it is wrong."""
        made = preferences_of(body, self._preferences.get(person))
        await self._documents.put(PREFERENCES, person, made.body())
        self._preferences[person] = made
        return self.preferences(person)

    async def push_key(self, person: str) -> Mapping[str, Any]:
        """What a browser needs to subscribe, and which of this person's browsers do."""
        return (await self.push_service()).told(person)

    async def subscribe(
        self, person: str, session: str, body: Mapping[str, Any], label: str
    ) -> Mapping[str, Any]:
        """This browser wants pushes. OutOfDefinition where the service is none, or a key is wrong."""
        return await (await self.push_service()).subscribe(person, session, body, label)

    async def unsubscribe(self, person: str, id_: str) -> None:
        """This browser does not any more; UnknownName where there is none of this person's."""
        await (await self.push_service()).unsubscribe(person, id_)

    async def push_service(self) -> Pushes:
        """Keys and connections, made at their first use."""
        async with self._opening:
            if self.pushes is None:
                from jiahe.hub.pushes import Pushes

                self.pushes = await Pushes.open(self._clock, self._vault, self._around)
            return self.pushes
