"""Starts that wait for cheaper electricity, alive: planned by people, kept on disk, begun at their time, told when they do not.

Owns the documents of planned starts and their beat; `comfort.shift` decides. A start is done for who planned it: they are
asked about when they plan it, and again at the door of every command when it begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from jiahe.catalog.loader import Shelf
from jiahe.comfort.reason import Reason, filled, reason
from jiahe.comfort.shift import (
    FARTHEST,
    LONGEST_MINUTES,
    MOST_KWH,
    RETRY,
    Act,
    Choice,
    Life,
    Load,
    Planned,
    cheapest,
    next_act,
    planned_of,
)
from jiahe.comfort.shift_words import SENTENCES
from jiahe.comfort.tariff import Tariff, edges, price_at
from jiahe.history.fold import History
from jiahe.home.registry import Registry
from jiahe.hub.identifier import Identifiers
from jiahe.hub.permit import HOME
from jiahe.hub.shift_ways import Way, checked_arguments, load_of, programme_of, seen_of, takes, way_of
from jiahe.hub.tariffs import Tariffs
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.device import Device
from jiahe.model.errors import JiaheError, OutOfDefinition, StoreError, UnknownName
from jiahe.model.happening import Actor, Cause, PropertyRef, RecordKind, Status
from jiahe.model.reasons import say
from jiahe.notice.happening import Happening, Text
from jiahe.notice.topic import Topic
from jiahe.notice.words import FSI, PDI
from jiahe.state.dispatch import Dispatch
from jiahe.state.store import Store
from jiahe.storage.documents import Documents

KIND = "shift"
BEAT = 20.0
"""Seconds: a start is late by so much at most."""
MOST = 32
"""Planned starts of a home, those that are over for less than a day among them."""
NOT_OURS = frozenset({Status.REFUSED, Status.SUPERSEDED})
"""Ends of a start after which what runs was begun by somebody else, so that the plan must not switch it off."""
MOMENTS = ("at", "until")
Sees = Callable[[str], bool]


class Opened(Protocol):
    """The rooms of a hub that this stands on (`hub.build.Hub`)."""

    clock: Clock
    store: Store
    dispatch: Dispatch
    documents: Documents
    registry: Registry
    history: History
    ids: Identifiers
    shelf: Shelf

    @property
    def append(self) -> Callable[..., object]: ...


class Shifting:
    """Made by `await Shifting.open(…)`; `start()` sets the beat going. `tell` is the way to people's notices, `lasting` for
    whom something is done that outlasts a token."""

    def __init__(
        self, hub: Opened, tariffs: Tariffs, tell: Callable[[Happening], None], lasting: Callable[[str], str]
    ) -> None:
        self._hub, self._tariffs, self._tell_people, self._lasting = hub, tariffs, tell, lasting
        self._planned: dict[str, Planned] = {}
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()
        self.trouble = ""
        """A planned start on disk that was not understood, as a sentence; "" when well."""

    @classmethod
    async def open(
        cls, hub: Opened, tariffs: Tariffs, tell: Callable[[Happening], None], lasting: Callable[[str], str]
    ) -> Shifting:
        """All that were planned before the hub stopped."""
        found = cls(hub, tariffs, tell, lasting)
        for name, body in (await hub.documents.all(KIND)).items():
            try:
                found._planned[name] = planned_of(body)
            except (KeyError, TypeError, ValueError) as error:
                found.trouble = (
                    f"the planned start {name} on disk is not understood ({error!r:.80}): it does not begin"
                )
        tariffs.changed.append(found.replan)
        return found

    def start(self) -> None:
        """From now on what is due begins."""
        self._spawn(self._live())

    async def close(self) -> None:
        """Ends the beat; what is planned is on disk."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- people ----------------------------------------------------------------------------------------------------------

    def state(self, sees: Sees) -> Mapping[str, Any]:
        """What is planned and what can be, of what this viewer may see."""
        devices = [one for one in self._hub.registry.devices.values() if sees(one.id)]
        ways = [(one, way) for one in devices if (way := self._way(one)) is not None]
        return {
            "now": self._hub.clock.now(),
            "tariff": "" if self._tariffs.chosen is None else self._tariffs.chosen.id,
            "planned": [self._row(one) for one in self._planned.values() if sees(one.device)],
            "can": [
                {"device": one.id, "path": way.path, "action": way.action, "programmes": list(way.programmes)}
                for one, way in ways
            ],
            "trouble": self.trouble,
        }  # fmt: skip

    def planned(self, name: str) -> Planned:
        """UnknownName where there is none."""
        if name not in self._planned:
            raise UnknownName(say("gone_shift", name=repr(name[:60])))
        return self._planned[name]

    def way(self, device: str) -> Way:
        """How this device is started later. OutOfDefinition where it cannot wait."""
        found = self._way(self._hub.registry.device(device))
        if found is None:
            raise OutOfDefinition("device", say("shift_never"))
        return found

    def _way(self, device: Device) -> Way | None:
        found, product = way_of(device), self._hub.shelf.get(device.product)
        known = found is not None and product is not None and takes(product, device, found.path)
        return found if known else None

    async def plan(self, body: Mapping[str, Any], cause: Cause, *, only_show: bool) -> Mapping[str, Any]:
        """A start by `body` (device, arguments, minutes, kwh, by); `only_show` tells what it would be and keeps nothing.

        OutOfDefinition where it could not be ready, nothing has a price, or the device waits already.
        """
        one, choice_cause = await self._made(body, cause), cause
        if only_show:
            return self._row(one)
        async with self._changing:
            self._admit(one)
            await self._keep(one)
        self._say(one, self._why(one, "shift_planned"), choice_cause)
        return self._row(one)

    async def cancel(self, name: str, cause: Cause) -> None:
        """Takes a planned start back, or one that is over from the list. UnknownName."""
        one = self.planned(name)
        async with self._changing:
            await self._hub.documents.delete(KIND, name)
            self._planned.pop(name, None)
        if one.life is Life.WAITING:
            self._say(one, reason("shift_cancelled", who=cause.source), cause)

    async def forget(self, person: str) -> None:
        """Somebody left the home: nothing starts for them any more, and nothing of theirs is kept but the end of what is on."""
        for one in tuple(self._planned.values()):
            if one.who == person and one.life is Life.STARTED and one.arguments is None:
                await self._keep(replace(one, who=""))  # it has an end, and that is the home's
            elif one.who == person:
                await self._forget(one)
                if one.life is Life.WAITING:
                    self._say(one, reason("shift_gone"), self._cause(replace(one, who="")), tell=True)

    async def replan(self) -> None:
        """Prices are others: what waits is given its cheapest start anew."""
        tariff, now = self._tariffs.chosen, self._hub.clock.now()
        if tariff is None:
            return
        for one in tuple(self._planned.values()):
            if one.life is not Life.WAITING or one.start <= now or one.id in self._busy:
                continue
            choice = self._choose(tariff, Load(one.minutes, one.kwh, one.source), now, one.deadline)
            if choice is None:
                continue
            fresh = replace(
                one, start=choice.start, cost=choice.cost, cost_now=choice.cost_now, currency=tariff.currency
            )
            await self._keep(fresh)
            if abs(fresh.start - one.start) >= 60.0:
                self._say(fresh, self._why(fresh, "shift_moved"), self._cause(fresh))

    async def _made(self, body: Mapping[str, Any], cause: Cause) -> Planned:
        device, now = self._hub.registry.device(str(body["device"])), self._hub.clock.now()
        way, tariff = self.way(device.id), self._tariffs.chosen
        if tariff is None:
            raise OutOfDefinition("tariff", say("tariff_first"))
        if seen_of(self._hub.store, device, way.path).running:
            raise OutOfDefinition("device", say("shift_works"), device.id)
        arguments = checked_arguments(device.profile, body.get("arguments", ())) if way.action else None
        load = await self._load(device, programme_of(device.profile, arguments), body, now)
        deadline = float(body["by"])
        if not now < deadline <= now + FARTHEST:
            raise OutOfDefinition("by", say("shift_far", hours=f"{FARTHEST / 3600:g}"), now + FARTHEST)
        choice = self._choose(tariff, load, now, deadline)
        if choice is None:
            soonest = now + load.minutes * 60.0
            words = say("shift_soon", minutes=f"{load.minutes:g}", time=self._clock_time(soonest))
            raise OutOfDefinition("by", words, soonest)
        return Planned(
            self._hub.ids.new(), device.id, way.path, arguments, None if way.action else True, None if way.action else False,
            self._lasting(cause.who), cause.source, now, deadline, choice.start, load.minutes, load.kwh, load.source,
            choice.cost, choice.cost_now, tariff.currency,
        )  # fmt: skip

    async def _load(self, device: Device, programme: str, body: Mapping[str, Any], now: float) -> Load:
        found = await load_of(self._hub.history, device, programme, now)
        minutes, kwh = body.get("minutes"), body.get("kwh")
        if minutes is None and found is None:
            raise OutOfDefinition("minutes", say("shift_long"))
        if minutes is None and kwh is None and found is not None:
            return found
        if minutes is not None and not 1 <= minutes <= LONGEST_MINUTES:
            raise OutOfDefinition("minutes", say("shift_minutes", most=LONGEST_MINUTES), LONGEST_MINUTES)
        if kwh is not None and not 0 < kwh <= MOST_KWH:
            raise OutOfDefinition("kwh", say("shift_kwh", most=f"{MOST_KWH:g}"), MOST_KWH)
        base = found or Load(60.0, 1.0, "usual")
        length = float(minutes) if minutes is not None else base.minutes
        return Load(length, float(kwh) if kwh is not None else base.kwh * length / base.minutes, "told")

    def _choose(self, tariff: Tariff, load: Load, now: float, deadline: float) -> Choice | None:
        zone = self._tariffs.zone
        return cheapest(
            load, now, deadline, lambda at: price_at(tariff, zone, at), edges(tariff, zone, now, deadline)
        )

    def _admit(self, one: Planned) -> None:
        """Room for it: one start of a device at a time, and a bound for the home."""
        if any(other.device == one.device and other.life is Life.WAITING for other in self._planned.values()):
            raise OutOfDefinition("device", say("shift_waits"))
        if len(self._planned) >= MOST:
            raise OutOfDefinition("device", say("shifts_full", most=MOST), MOST)

    # ---- the beat --------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(BEAT)  # a hub that just began has not reached its devices yet
            await self.beat()

    async def beat(self) -> None:
        """One look at every planned start. Never raises."""
        now = self._hub.clock.now()
        for one in tuple(self._planned.values()):
            if one.id in self._busy:
                continue
            try:
                await self._look(one, now)
            except Exception as error:
                message = "a planned start met a defect of the hub"
                asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})

    async def _look(self, one: Planned, now: float) -> None:
        device = self._hub.registry.devices.get(one.device)
        if device is None:
            await self._forget(one)
            return
        act, code = next_act(one, now, seen_of(self._hub.store, device, one.path))
        match act:
            case Act.START:
                self._busy.add(one.id)
                self._spawn(self._begin(one))
            case Act.BEGAN:
                await self._keep(replace(one, life=Life.STARTED, began=one.tried_at or now, why=""))
            case Act.END:
                self._busy.add(one.id)
                self._spawn(self._finish(one))
            case Act.MISS | Act.TAKEN:
                life = Life.MISSED if act is Act.MISS else Life.OVER
                last = "shift_missed" if act is Act.MISS and code != "shift_late" else code
                over = replace(one, life=life, why=last)
                await self._keep(over)
                self._say(over, self._why(over, last), self._cause(over), tell=act is Act.MISS)
            case Act.SAY:
                kept = replace(one, why=code)
                await self._keep(kept)
                self._say(kept, self._why(kept, code), self._cause(kept), tell=True)
            case Act.FORGET:
                await self._forget(one)
            case Act.WAIT:
                pass

    async def _begin(self, one: Planned) -> None:
        """Sends the start. That it was tried is on disk before: a hub that dies meanwhile does not start it twice at once."""
        try:
            now = self._hub.clock.now()
            tried = replace(one, tried_at=now, tries=one.tries + 1)
            await self._keep(tried)
            cause = self._cause(one)
            self._say(tried, self._why(replace(tried, began=now), "shift_started"), cause)
            ended = await self._sent(tried, cause, tried.value)
            if ended is Status.CONFIRMED:
                await self._keep(
                    replace(
                        tried, life=Life.STARTED, began=self._hub.clock.now(), why="", tried_at=None, tries=0
                    )
                )
            elif one.id in self._planned:
                failed = replace(tried, why="shift_failed")
                if ended in NOT_OURS:
                    failed = replace(failed, tried_at=None, start=max(one.start, now + RETRY))
                await self._keep(failed)
                self._say(failed, self._why(failed, "shift_failed"), cause, tell=one.tries == 0)
        finally:
            self._busy.discard(one.id)

    async def _finish(self, one: Planned) -> None:
        """The end of a window: what it switched on goes off, unless somebody set it otherwise meanwhile. The home itself ends what
        was begun for somebody: a heater must not stay on because their key ended in between."""
        try:
            seen = self._hub.store.get(PropertyRef(one.device, one.path))
            tried = replace(one, tried_at=self._hub.clock.now(), tries=one.tries + 1)
            await self._keep(tried)
            cause = self._cause(replace(one, who=HOME))
            if seen is not None and seen.value != one.value:
                await self._keep(replace(tried, life=Life.OVER))
            elif await self._sent(tried, cause, tried.after) is Status.CONFIRMED:
                await self._keep(replace(tried, life=Life.OVER))
                self._say(tried, self._why(tried, "shift_ended"), cause)
            elif one.tries == 0 and one.id in self._planned:  # it is tried again, but not for ever
                self._say(tried, self._why(tried, "shift_still_on"), cause, tell=True)
        finally:
            self._busy.discard(one.id)

    async def _sent(self, one: Planned, cause: Cause, value: Value) -> Status:
        """Through the one door out, for who planned it, and how that ended."""
        target = PropertyRef(one.device, one.path)
        try:
            if one.arguments is not None:
                command = self._hub.dispatch.submit(target, cause, arguments=one.arguments, timeout=30.0)
            else:
                command = self._hub.dispatch.submit(target, cause, value=value, timeout=30.0)
            return (await self._hub.dispatch.outcome(command.id)).status
        except StoreError:
            raise
        except JiaheError:  # the device's definition changed since it was planned
            return Status.REFUSED

    # ---- what is kept and said -------------------------------------------------------------------------------------------

    async def _keep(self, one: Planned) -> None:
        if one.tries and one.id not in self._planned:
            return  # taken back while it was being started
        await self._hub.documents.put(KIND, one.id, one.as_json())
        self._planned[one.id] = one

    async def _forget(self, one: Planned) -> None:
        self._planned.pop(one.id, None)
        await self._hub.documents.delete(KIND, one.id)

    def _cause(self, one: Planned) -> Cause:
        return Cause(self._hub.ids.new(), Actor.COMFORT, KIND, who=one.who)

    def _why(self, one: Planned, code: str) -> Reason:
        """The reason with the figures that its sentence names."""
        end = (one.began or one.start) + one.minutes * 60.0
        figures: dict[str, float | str] = {
            "at": one.start if code in ("shift_planned", "shift_moved") else one.latest,
            "until": end if code == "shift_started" else one.deadline,
            "who": one.by,
        }
        named = {key: value for key, value in figures.items() if "{" + key + "}" in SENTENCES[code]["en"]}
        return reason(code, **named)

    def _say(self, one: Planned, why: Reason, cause: Cause, *, tell: bool = False) -> None:
        """Into the diary, and where it is news for people, to them."""
        now = self._hub.clock.now()
        body = {
            "what": KIND, "about": one.device, "reasons": [why.as_json()],
            "cause": {"id": cause.id, "kind": cause.kind.value, "source": cause.source},
        }  # fmt: skip
        self._hub.append(now, RecordKind.COMFORT, body)
        device = self._hub.registry.devices.get(one.device)
        if not tell or device is None:
            return
        shown = {
            key: self._clock_time(float(value)) if key in MOMENTS else value
            for key, value in why.figures.items()
        }
        words = {
            language: Text(f"{FSI}{device.name}{PDI}", filled(text, shown))
            for language, text in SENTENCES[why.code].items()
        }
        self._tell_people(
            Happening(
                Topic.COMFORT, f"shift/{one.id}/{why.code}", now, words, one.device, one.path, "/energy"
            )
        )

    def _clock_time(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._tariffs.zone).strftime("%H:%M")

    def _row(self, one: Planned) -> dict[str, Any]:
        why = None if not one.why else self._why(one, one.why).as_json()
        return {
            "id": one.id, "device": one.device, "path": one.path, "action": one.arguments is not None,
            "arguments": list(one.arguments or ()), "who": one.who, "by_name": one.by, "made_at": one.made_at,
            "by": one.deadline, "start": one.start, "end": (one.began or one.start) + one.minutes * 60.0,
            "minutes": one.minutes, "kwh": one.kwh, "source": one.source, "cost": one.cost, "cost_now": one.cost_now,
            "currency": one.currency, "life": one.life.value, "why": why,
        }  # fmt: skip

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            message = "a planned start failed"
            asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
