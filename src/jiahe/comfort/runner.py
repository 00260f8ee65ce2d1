"""Comfort alive: the one file here that knows a loop. Looks once a minute, gives the orders, and keeps what was learned.

Owns the beat, the orders under way and the two documents; never decides (`director.py`). Begins only where a home has something
to steer or a band: numpy and HiGHS are loaded then, in a thread, and a home without them pays nothing. A defect in here is
said aloud and stops no device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from jiahe.comfort.doors import ComfortDoors
from jiahe.model.definition import Value
from jiahe.model.errors import JiaheError, OutOfDefinition, StoreError
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality, RecordKind, Status

if TYPE_CHECKING:
    from jiahe.comfort.director import Director
    from jiahe.comfort.outfit import Placed
    from jiahe.comfort.step import Note, Order, Step, View
    from jiahe.comfort.wishes import Wishes

BEAT = 60.0
"""Seconds: what bands tell is by the minute."""
SPOKEN_EVERY = 1.0
"""Seconds between two looks whether everything that comfort steers or reads has spoken since the start: a beat of them at most."""
SAVE_EVERY = 15
"""Beats between two savings of what was learned: a power cut costs a quarter of an hour of learning, and 96 documents of
some 30 kB are written a day."""
ORDERS_AT_ONCE = 32
"""Under way; what is wanted beyond is asked for again at the next beat."""
LEARNED, WISHES = ("comfort", "learned"), ("comfort", "wishes")
STEERABLE = frozenset({"room_air_conditioner", "air_purifier", "wristband"})


class Runner:
    """Made by `await Runner.open(…)`; `start()` sets the beat going."""

    def __init__(self, home: ComfortDoors, zone: tzinfo, location: tuple[float, float]) -> None:
        self._home, self.zone, self.location = home, zone, location
        self.director: Director | None = None
        """None until the home has something to steer."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._stored: Mapping[str, Any] = {}
        self._wishes_body: Mapping[str, Any] = {}
        self._under_way: dict[PropertyRef, str] = {}
        self._told: dict[PropertyRef, Value] = {}
        self._beats = 0
        self.looked: float | None = None
        """When it last looked at the home (epoch seconds); None before its first look."""
        self._changing = asyncio.Lock()
        self._troubles: dict[str, str] = {}
        """Sentences by what they are about: what is on disk and not understood (until the next start), wishes, saving."""

    @classmethod
    async def open(cls, home: ComfortDoors, zone: tzinfo, location: tuple[float, float]) -> Runner:
        """Reads what is wanted and what was learned."""
        runner = cls(home, zone, location)
        runner._stored = await home.keeper.get(*LEARNED) or {}
        runner._wishes_body = await home.keeper.get(*WISHES) or {}
        return runner

    async def go_on(self, wishes: Mapping[str, Any], learned: Mapping[str, Any]) -> None:
        """Takes over what was wanted and learned elsewhere (the demo's past); what it had learned itself is gone."""
        async with self._changing:
            await self._home.keeper.put(*WISHES, wishes)
            await self._home.keeper.put(*LEARNED, learned)
            self._wishes_body = await self._home.keeper.get(*WISHES) or {}
            self._stored = await self._home.keeper.get(*LEARNED) or {}
            self.director, self.looked = None, None
            await self._refit()

    async def look(self) -> None:
        """Looks now, for whoever knows that every device is where it is: the demo, once its home is alive."""
        await self.rebind()
        await self.beat()

    @property
    def outdoor(self) -> str:
        """The id of the device that people say stands outdoors, as far as it can; "" for none."""
        if self.director is not None:
            return self.director.outfit.sensor
        named = self._wishes_body.get("outdoor", "")
        return named if isinstance(named, str) else ""

    @property
    def trouble(self) -> str:
        """What a person should know of wishes and of what was learned, as sentences; "" when well."""
        return "; ".join(self._troubles.values())

    def start(self) -> None:
        """The first beat comes as soon as everything has spoken, and after a minute at the latest."""
        self._spawn(self._live())

    async def close(self) -> None:
        """Ends the beat; what was learned is on disk when this returns."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.director is not None:
            await self._save(self.director)

    # ---- people's wishes ---------------------------------------------------------------------------------------------

    @property
    def wishes(self) -> Wishes:
        """What people want, as far as it fits the home as it is now."""
        return self._fitting(self._wishes_body)

    @property
    def tariff(self) -> str:
        """The id of the tariff that people chose; "" for none."""
        return str(self._wishes_body.get("tariff", ""))

    async def set_wishes(self, body: Mapping[str, Any]) -> Wishes:
        """Writes it and acts by it from now on. OutOfDefinition, and nothing is written, for what is wrong."""
        from jiahe.comfort.wishes import wishes_of

        async with self._changing:
            rooms, bands, sensors = self._names()
            wishes = wishes_of(body, rooms=rooms, bands=bands, sensors=sensors)
            await self._home.keeper.put(*WISHES, wishes.as_json())
            self._wishes_body = wishes.as_json()
            await self._refit()
        self._spawn(self.beat())
        return wishes

    @property
    def view(self) -> View:
        """The home as it is."""
        return self._home.get

    async def save(self) -> None:
        """What was learned is on disk when this returns, or `trouble` says why not."""
        if self.director is not None:
            await self._save(self.director)

    async def rebind(self) -> None:
        """Devices or rooms came, moved or went."""
        async with self._changing:
            await self._refit()

    def _names(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Rooms, bands, and what may stand outdoors."""
        bands = frozenset(one.id for one in self._home.devices() if one.kind == "wristband")
        return frozenset(self._home.rooms()), bands, self.outdoors

    @property
    def outdoors(self) -> frozenset[str]:
        """The ids of the devices that people may name as the one that stands outdoors."""
        from jiahe.comfort.outfit import weathers

        return frozenset(one.id for one in self._home.devices() if weathers(one))

    def _fitting(self, body: Mapping[str, Any]) -> Wishes:
        """Wishes for rooms, bands and a sensor that left the home rest until they are back."""
        from jiahe.comfort.wishes import Wishes, wishes_of

        rooms, bands, sensors = self._names()
        people = [
            one for one in body.get("people", []) if one.get("band") in bands and one.get("bedroom") in rooms
        ]
        kept = {name: one for name, one in body.get("rooms", {}).items() if name in rooms}
        named = body.get("outdoor", "")
        there = {
            **body,
            "rooms": kept,
            "people": people,
            "outdoor": "" if isinstance(named, str) and named not in sensors else named,
        }
        try:
            wishes = wishes_of(there, rooms=rooms, bands=bands, sensors=sensors)
            self._troubles.pop("wishes", None)
            return wishes
        except OutOfDefinition as error:
            self._troubles["wishes"] = (
                f"the wishes for comfort on disk are not understood ({error}): it watches and does nothing"
            )
            return Wishes()

    async def _refit(self) -> None:
        devices = list(self._home.devices())
        if self.director is None and not any(one.kind in STEERABLE for one in devices):
            return
        director = self.director
        if director is None:
            director = await asyncio.to_thread(self._director)
        from jiahe.comfort.outfit import outfit

        wishes = self._fitting(self._wishes_body)
        found = outfit(devices, wishes.outdoor)
        try:
            director.fit(wishes, found)
        except (KeyError, TypeError, ValueError) as error:  # an older version's memory, or a damaged one
            self._troubles["memory"] = (
                f"what comfort had learned is not understood ({error!r:.80}): it learns anew"
            )
            director = self._fresh()
            director.fit(wishes, found)
        director.prices = self._home.prices
        self.director = director

    def _director(self) -> Director:
        """Loads numpy and HiGHS: in a thread."""
        from jiahe.comfort.director import Director

        if self._stored:
            try:
                return Director.of_json(self._stored, self.zone, *self.location)
            except (KeyError, TypeError, ValueError) as error:
                self._troubles["memory"] = (
                    f"what comfort had learned is not understood ({error!r:.80}): it learns anew"
                )
        return self._fresh()

    def _fresh(self) -> Director:
        from jiahe.comfort.director import Director

        return Director(self.zone, *self.location)

    # ---- the beat ------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        await self.rebind()
        for _ in range(round(BEAT / SPOKEN_EVERY)):
            if self._spoken():
                break
            await asyncio.sleep(SPOKEN_EVERY)
        while True:
            await self.beat()
            await asyncio.sleep(BEAT)

    def _spoken(self) -> bool:
        """Whether every device that comfort steers, and every band, is in reach and said something. A band that is out is waited for:
        taken for gone too early, it would send a home to rest."""
        steered = [one for one in self._home.devices() if one.kind in STEERABLE]
        return self.director is not None and bool(steered) and all(map(self._heard, steered))

    def _heard(self, device: Placed) -> bool:
        found = [self._home.get(PropertyRef(device.id, path)) for path in device.profile.properties]
        said = any(one is not None and one.quality is Quality.GOOD for one in found)
        return said and self._home.reached(device.id)

    async def beat(self) -> None:
        """One look at the home, and what comes of it. Never raises."""
        director, now = self.director, self._home.clock.now()
        if director is None:
            return
        try:
            step = director.minute(now, self._home.get, self._home.reached, self._home.mode())
            self.looked = now
            self._act(director, step)
            for fit in director.fits_due(now, datetime.fromtimestamp(now, self.zone).hour):
                await asyncio.to_thread(fit)
        except Exception as error:
            self._defect("comfort met a defect of the hub", error)
        self._beats += 1
        if self._beats % SAVE_EVERY == 0:
            await self._save(director)

    def updates(self, news: list[PropertyUpdate]) -> None:
        """What devices report that is new; for `Intake.listen`."""
        director = self.director
        for update in news:
            was, self._told[update.ref] = self._told.get(update.ref), update.value
            if director is None or update.quality is not Quality.GOOD:
                continue
            # What a device says first, after a start or a pairing, is no hand: nobody touched it just now.
            if update.cause.kind is not Actor.DEVICE or (was is not None and was != update.value):
                director.changed(update.observed_at, update.ref, update.cause)

    def _act(self, director: Director, step: Step) -> None:
        causes: dict[tuple[str, str], Cause] = {}

        def cause_of(feature: str, about: str) -> Cause:
            if (feature, about) not in causes:
                causes[feature, about] = Cause(self._home.new_id(), Actor.COMFORT, feature)
            return causes[feature, about]

        for note in step.notes:
            self._write(note, cause_of(note.what, note.about))
        written = set(causes)
        for order in step.orders:
            if order.ref in self._under_way or len(self._under_way) >= ORDERS_AT_ONCE:
                continue
            key = order.feature, step.about(order)
            cause = cause_of(*key)
            if key not in written:
                written.add(key)
                self._write_order(order, cause)
            self._obey(director, order, cause)

    def _obey(self, director: Director, order: Order, cause: Cause) -> None:
        try:
            command = self._home.submit(order.ref, cause, value=order.value)
        except StoreError:
            raise
        except JiaheError:  # refused before it was sent; the diary has the refusal
            director.ended(self._home.clock.now(), order, done=False)
            return
        self._under_way[order.ref] = command.id
        self._spawn(self._await_end(director, order, command.id))

    async def _await_end(self, director: Director, order: Order, command: str) -> None:
        try:
            outcome = await self._home.outcome(command)
            if outcome.status is not Status.SUPERSEDED:
                director.ended(self._home.clock.now(), order, done=outcome.status is Status.CONFIRMED)
        finally:
            self._under_way.pop(order.ref, None)

    # ---- what is kept ----------------------------------------------------------------------------------------------------

    def _write(self, note: Note, cause: Cause) -> None:
        self._record(note.what, note.about, [one.as_json() for one in note.reasons], cause)

    def _write_order(self, order: Order, cause: Cause) -> None:
        self._record(order.feature, order.room, [one.as_json() for one in order.reasons], cause)

    def _record(self, what: str, about: str, reasons: list[Any], cause: Cause) -> None:
        body = {
            "what": what, "about": about, "reasons": reasons,
            "cause": {"id": cause.id, "kind": cause.kind.value, "source": cause.source},
        }  # fmt: skip
        self._home.append(self._home.clock.now(), RecordKind.COMFORT, body)

    async def _save(self, director: Director) -> None:
        try:
            await self._home.keeper.put(*LEARNED, director.to_json())
            self._troubles.pop("disk", None)
        except StoreError as error:
            self._troubles["disk"] = f"what comfort learned is not on disk: {error}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._defect("a task of comfort failed", error)

    def _defect(self, message: str, error: BaseException) -> None:
        asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
