"""Rules alive: the one file here that knows a loop and a clock. Listens, asks the engine, and does what it decides.

Owns the alarm, the orders under way, the home's mode, and what of decisions is kept in the journal; never decides.
A defect in here is said aloud and stops no device: nothing raises out of what the doors call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import tzinfo
from typing import Any

from jiahe.model.errors import JiaheError, StoreError, UnknownName
from jiahe.model.happening import (
    Actor,
    Cause,
    PropertyRef,
    PropertyUpdate,
    Status,
)
from jiahe.rules.account import Account
from jiahe.rules.doors import HomeDoors, Notify
from jiahe.rules.engine import Engine, bind_all
from jiahe.rules.library import Library
from jiahe.rules.memory import Memory
from jiahe.rules.moment import (
    Called,
    Change,
    Decision,
    EventHappened,
    Happening,
    HubStarted,
    ModeChanged,
    Order,
    OrderEnded,
    OrderKind,
    Report,
    Seen,
    TimePassed,
)
from jiahe.rules.rule import HomeMode
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight
from jiahe.rules.stage import SceneOutcome, play
from jiahe.rules.sun import Location

LONGEST_SLEEP = 30.0
"""Seconds between two looks at the clock: it may be set, and the alarm's loop does not know."""
SAVE_SOON, SAVE_LATER = 0.2, 30.0
"""Seconds until what the engine remembers is on disk: after a run moved, and after anything else."""
AFTERWARDS = 0.001
"""Seconds until a decision is written down: its commands go out first, and the first byte does not wait for a record."""
MOST_AT_ONCE = 10_000
"""Happenings that one happening may set off: a bound against a circle through mode and refused commands."""
STATE = ("rules", "state")
MODE = ("home", "mode")


class _View:
    """The home as the engine sees it."""

    def __init__(self, get: Callable[[PropertyRef], Seen | None]) -> None:
        self._get = get
        self.mode = HomeMode.HOME

    def get(self, ref: PropertyRef, /) -> Seen | None:
        return self._get(ref)


class Runner:
    """Made by `await Runner.open(…)`, with no rules; `await load(library)` gives it some, `start()` sets it going."""

    def __init__(self, home: HomeDoors, zone: tzinfo, location: Location | None = None) -> None:
        self._home = home
        self.zone, self.location = zone, location
        self._view = _View(home.get)
        self._last: dict[PropertyRef, Seen | None] = {}
        self.library = Library()
        self.engine = Engine((), {}, zone, location)
        self._account = Account(home.append)
        self._alarm: asyncio.TimerHandle | None = None
        self._save: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # given up at the end
        self._writes: set[asyncio.Task[None]] = set()  # waited for at the end
        self._untold: list[Mapping[str, Any]] = []
        self._telling: asyncio.TimerHandle | None = None
        self._loading = asyncio.Lock()
        self._running = False
        self._stored: Mapping[str, Any] = {}
        self.notify: list[Notify] = []
        """Who tells people; every notification is in the journal anyway."""
        self.trouble = ""
        """Why what the rules remember is not on disk, as a sentence; "" when well."""

    @classmethod
    async def open(cls, home: HomeDoors, zone: tzinfo, location: Location | None = None) -> Runner:
        """Reads the home's mode and what the rules remembered."""
        runner = cls(home, zone, location)
        mode = await home.keeper.get(*MODE)
        if mode is not None and mode.get("mode") in tuple(HomeMode):
            runner._view.mode = HomeMode(mode["mode"])
        runner._stored = await home.keeper.get(*STATE) or {}
        return runner

    # ---- rules come and go ---------------------------------------------------------------------------------------

    async def load(self, library: Library) -> None:
        """These rules and scenes from now on. What waits goes on, but for rules that are others now."""
        async with self._loading:
            definitions = dict(self._home.definitions())
            has_location = self.location is not None
            bound = await asyncio.to_thread(
                bind_all, library.rules.values(), definitions, library.scenes, has_location
            )
            memory = self.engine.memory if self._running else Memory.load(self._stored)
            self.library = library
            self.engine = Engine((), {}, self.zone, self.location, memory=memory, bound=bound)
            self._last = {ref: self._home.get(ref) for ref in self.engine.refs}
        if self._running:
            self._tell(TimePassed())

    async def rebind(self) -> None:
        """Devices came or went: the same rules against the home as it is now."""
        await self.load(self.library)

    def start(self, cause: Cause) -> None:
        """The hub runs: alarms are set, and rules that begin with the hub do."""
        self._running = True
        self._tell(HubStarted(cause))

    async def close(self) -> None:
        """Ends listening; what the rules remember is on disk when this returns."""
        was_running, self._running = self._running, False
        self._write_account()
        for handle in (self._alarm, self._save, self._telling):
            if handle is not None:
                handle.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if was_running:
            await self._write(STATE, self.engine.dump())
        await asyncio.gather(*self._writes, return_exceptions=True)

    # ---- what happens --------------------------------------------------------------------------------------------

    def updates(self, news: list[PropertyUpdate]) -> None:
        """A device's report that said something new; for `Intake.listen`."""
        if not self._running:
            return
        engine = self.engine
        changes = []
        for update in news:
            if engine.listens_to(update.ref):
                new = self._home.get(update.ref)
                if new is not None:
                    changes.append(Change(update.ref, self._last.get(update.ref), new))
                    self._last[update.ref] = new
        if changes:
            self._tell(Report(tuple(changes), news[0].cause))

    def event(self, device: str, event: str, arguments: Mapping[str, Any], cause: Cause) -> None:
        """Something happened at a device; for `Intake.listen_events`."""
        self._tell(EventHappened(device, event, dict(arguments), cause))

    def call(self, rule: str, cause: Cause, *, checked: bool = False) -> None:
        """Somebody starts a rule by hand; its `if` is only looked at where `checked`. UnknownName, or the rule's faults."""
        if rule not in self.engine.rules:
            raise self.engine.faults.get(rule) or UnknownName(f"there is no rule {rule!r} that is on")
        self._tell(Called(rule, cause, checked))

    def paused(self, rule: str) -> float | None:
        """Until when (epoch seconds) a rule that was triggered too often is left alone; None where it is not."""
        until = self.engine.paused.get(rule)
        return until if until is not None and until > self._home.clock.now() else None

    def ran(self, rule: str) -> float | None:
        """When (epoch seconds) a rule's last run began; None where it never did."""
        return self.engine.memory.ran.get(rule)

    def resume(self, rule: str) -> None:
        """A person takes a paused rule back."""
        self.engine.resume(rule)
        if self._running:
            self._save_in(SAVE_SOON)

    def has_rule(self, rule: str) -> bool:
        """Whether a rule of this id runs here."""
        return rule in self.engine.rules

    @property
    def mode(self) -> HomeMode:
        return self._view.mode

    def set_mode(self, mode: HomeMode, cause: Cause) -> None:
        """The home's mode, from a person or a rule; nothing happens where it is this already."""
        for happening in self._set_mode(mode, cause):
            self._tell(happening)

    def _set_mode(self, mode: HomeMode, cause: Cause) -> list[Happening]:
        was = self._view.mode
        if was is mode:
            return []
        self._view.mode = mode
        now = self._home.clock.now()
        self._account.home(now, {"what": "mode_changed", "mode": mode.value, "was": was.value}, cause)
        self._spawn(self._write(MODE, {"mode": mode.value, "since": now}), self._writes)
        return [ModeChanged(mode, cause, was)]

    async def play(self, scene: str, cause: Cause) -> SceneOutcome:
        """Plays a scene now and waits for every end. UnknownName, or Faults where it does not fit the home."""
        found = self.library.scenes.get(scene)
        if found is None:
            raise UnknownName(say("no_scene", name=scene, near=""))
        home = self._home
        sight = Sight(self._view, home.clock.now(), self.engine.calendar, lambda _: None)
        played = await play(found, home.definitions(), sight, cause, home, self.set_mode)
        details = {"scene": scene, "status": played.status, "parts": list(played.parts)}
        self._account.scene(home.clock.now(), details, cause)
        return played

    # ---- deciding and doing --------------------------------------------------------------------------------------

    def _tell(self, happening: Happening) -> None:
        """Asks the engine, does what it says, and what comes of that; never raises."""
        if not self._running:
            return
        try:
            waiting: list[Happening] = [happening]
            wake_at: float | None = None
            for _ in range(MOST_AT_ONCE):
                if not waiting:
                    break
                decision = self.engine.decide(self._view, waiting.pop(0), self._home.clock.now())
                wake_at = decision.wake_at
                waiting += self._act(decision)
            self._arm(wake_at)
        except Exception as error:
            self._arm(self._home.clock.now() + LONGEST_SLEEP)
            self._defect("a rule met a defect of the hub", error)

    def _act(self, decision: Decision) -> list[Happening]:
        follow: list[Happening] = []
        for order in decision.commands:
            follow += self._obey(order)
        if decision.trace:
            if not self._untold:
                self._telling = asyncio.get_running_loop().call_later(AFTERWARDS, self._write_account)
            self._untold += decision.trace
        return follow

    def _write_account(self) -> None:
        """What was decided, into the journal; after the commands of it have left."""
        untold, self._untold, self._telling = self._untold, [], None
        if untold:
            moved = self._account.write(untold)
            if self._running:
                self._save_in(SAVE_SOON if moved else SAVE_LATER)

    def _obey(self, order: Order) -> list[Happening]:
        cause = Cause(order.run, Actor.RULE, order.rule, order.parent)
        if order.kind is OrderKind.MODE:
            return self._set_mode(HomeMode(str(order.value)), cause)
        if order.kind is OrderKind.NOTIFY:
            self._account.notification(self._home.clock.now(), order, cause)
            for tell in self.notify:
                tell(order.who, order.text, cause)
            return []
        assert order.target is not None, "sets and actions have a target"
        try:
            command = self._home.submit(order.target, cause, value=order.value, arguments=order.arguments)
        except StoreError:
            raise
        except JiaheError as error:
            return [OrderEnded(order.id, Status.REFUSED, str(error))]
        self._spawn(self._await_end(order.id, command.id))
        return []

    async def _await_end(self, order: str, command: str) -> None:
        outcome = await self._home.outcome(command)
        self._tell(OrderEnded(order, outcome.status, outcome.reason))

    def _arm(self, wake_at: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        delay = (
            LONGEST_SLEEP
            if wake_at is None
            else min(LONGEST_SLEEP, max(0.0, wake_at - self._home.clock.now()))
        )
        self._alarm = asyncio.get_running_loop().call_later(delay, self._woken)

    def _woken(self) -> None:
        self._alarm = None
        self._tell(TimePassed())

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _save_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._save is not None:
            if self._save.when() <= loop.time() + seconds:
                return
            self._save.cancel()
        self._save = loop.call_later(seconds, self._save_now)

    def _save_now(self) -> None:
        self._save = None
        self._spawn(self._write(STATE, self.engine.dump()), self._writes)

    async def _write(self, name: tuple[str, str], body: Mapping[str, Any]) -> None:
        try:
            await self._home.keeper.put(*name, body)
            self.trouble = ""
        except StoreError as error:
            self.trouble = f"what the rules remember is not on disk: {error}"

    def _spawn(self, work: Coroutine[Any, Any, None], group: set[asyncio.Task[None]] | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work)
        (self._tasks if group is None else group).add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._defect("a task of the rules failed", error)

    def _defect(self, message: str, error: BaseException) -> None:
        asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
