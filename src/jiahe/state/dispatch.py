"""The one door out: every command passes here and ends in exactly one outcome by its deadline.

Owns the waiting line of each device; never speaks to a device itself (`route` does) and never repeats an action.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace

from jiahe.model.clock import Clock
from jiahe.model.definition import Profile, Value
from jiahe.model.errors import OutOfDefinition, StoreError, UnknownName
from jiahe.model.happening import Cause, Command, Outcome, PropertyRef, RecordKind, Status, Verdict
from jiahe.model.reasons import say
from jiahe.state.body import command_body, outcome_body
from jiahe.state.intake import Appends
from jiahe.state.store import Store

DEFAULT_TIMEOUT = 10.0
"""Seconds a person waits for a switch before doing something else."""
LONGEST_TIMEOUT = 120.0
"""Seconds; longer is a schedule and belongs into a rule."""
WAITING_LIMIT = 32
"""Commands waiting for one device: with superseding, more means that a script has gone wild."""
REMEMBERED = 2_000
"""Ended commands kept in memory to be asked for by id; the journal has them all."""
CLOCK_SET = 0.05
"""Seconds between wall clock and monotonic clock that are a clock that was set, and no rounding."""
LET_GO = 1.0
"""Seconds that a route which was cancelled may take to clean up before the next command is sent all the same."""

_STOPPED = say("stopped")

Route = Callable[[Command], Awaitable[Verdict]]
Permit = Callable[[Cause, PropertyRef], str]
"""Empty where allowed, else the sentence of the refusal."""


@dataclass(slots=True)
class _Pending:
    """`by` is the deadline in monotonic seconds: setting the wall clock moves no deadline."""

    command: Command
    by: float
    ended: asyncio.Future[Outcome]
    outcome: Outcome | None = None
    alarm: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Lane:
    """One device's line: at most one command under way, the others waiting in order."""

    waiting: deque[_Pending] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class Dispatch:
    """Takes commands, sends them on one at a time for each device, and says how each ended."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        journal: Appends,
        profile_of: Callable[[str], Profile | None],
        route: Route,
        permit: Permit,
        new_id: Callable[[], str],
    ) -> None:
        self._clock, self._store, self._journal = clock, store, journal
        self._profile_of, self._route, self._permit, self._new_id = profile_of, route, permit, new_id
        self._lanes: dict[str, _Lane] = {}
        self._open: dict[str, _Pending] = {}
        self._ended: OrderedDict[str, _Pending] = OrderedDict()
        self._closed = False
        self.unwritten = 0
        """Outcomes that the journal did not take; whoever waited for them was told all the same."""

    def submit(
        self,
        target: PropertyRef,
        cause: Cause,
        *,
        value: Value = None,
        arguments: Iterable[Value] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Command:
        """Writes the command down and puts it in line. Raises UnknownName or OutOfDefinition: then nothing happened."""
        if not 0.05 <= timeout <= LONGEST_TIMEOUT:
            raise OutOfDefinition(
                "timeout", say("timeout_form", most=f"{LONGEST_TIMEOUT:g}"), LONGEST_TIMEOUT
            )
        checked, taken = self._checked(target, value, arguments)
        refusal = say("stopping") if self._closed else self._permit(cause, target)
        now = self._clock.now()
        command = Command(self._new_id(), target, cause, now, now + timeout, checked, taken)
        self._journal.append(now, RecordKind.COMMAND, command_body(command))
        by = self._clock.monotonic() + timeout
        pending = _Pending(command, by, asyncio.get_running_loop().create_future())
        self._open[command.id] = pending
        if refusal:
            self._end(pending, Verdict(Status.REFUSED, refusal))
        else:
            self._enter(pending)
        return command

    async def outcome(self, command_id: str) -> Outcome:
        """Waits for the end of a command; UnknownName for an id that nobody gave out lately."""
        pending = self._known(command_id)
        if pending is None:
            raise UnknownName(say("gone_command", name=repr(command_id)))
        return await asyncio.shield(pending.ended)

    def find(self, command_id: str) -> tuple[Command, Outcome | None] | None:
        pending = self._known(command_id)
        return (pending.command, pending.outcome) if pending else None

    def _known(self, command_id: str) -> _Pending | None:
        return self._open.get(command_id) or self._ended.get(command_id)

    async def close(self) -> None:
        """Ends what is under way as failed, in words, and takes no more."""
        self._closed = True
        for lane in self._lanes.values():
            for pending in tuple(lane.waiting):
                self._end(pending, Verdict(Status.FAILED, _STOPPED))
            lane.waiting.clear()
        workers = [lane.worker for lane in self._lanes.values() if lane.worker]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    # ---- the way of a command ------------------------------------------------------------------------------------

    def _checked(
        self, target: PropertyRef, value: Value, arguments: Iterable[Value] | None
    ) -> tuple[Value, tuple[Value, ...] | None]:
        profile = self._profile_of(target.device)
        if profile is None:
            raise UnknownName(say("gone_device", name=repr(target.device)))
        if arguments is None:
            definition = profile.property(target.path)
            if not definition.writable:
                raise OutOfDefinition(target.path, say("read_only"), "read-only")
            return definition.check(value), None
        wanted, given = profile.action(target.path).arguments, tuple(arguments)
        if len(given) != len(wanted):
            names = ", ".join(argument.name for argument in wanted) or "none"
            raise OutOfDefinition(
                target.path,
                say("takes_arguments", count=len(wanted), names=names, given=len(given)),
                len(wanted),
            )
        return None, tuple(definition.check(item) for definition, item in zip(wanted, given, strict=True))

    def _enter(self, pending: _Pending) -> None:
        command = pending.command
        lane = self._lanes.setdefault(command.target.device, _Lane())
        if not command.is_action:
            for older in tuple(lane.waiting):
                if older.command.target == command.target and not older.command.is_action:
                    lane.waiting.remove(older)
                    self._end(older, Verdict(Status.SUPERSEDED, say("superseded")))
        if len(lane.waiting) >= WAITING_LIMIT:
            self._end(
                pending,
                Verdict(Status.REFUSED, say("line_full", most=WAITING_LIMIT)),
            )
            return
        self._store.set_waiting(command.target, command.id)
        loop = asyncio.get_running_loop()
        pending.alarm = loop.call_at(pending.by, self._overdue, lane, pending)
        lane.waiting.append(pending)
        if lane.worker is None:
            lane.worker = loop.create_task(self._work(lane))

    def _overdue(self, lane: _Lane, pending: _Pending) -> None:
        """The deadline of a command that still waits in line."""
        lane.waiting.remove(pending)
        reason = say("line_late")
        self._end(pending, Verdict(Status.TIMED_OUT, reason))

    async def _work(self, lane: _Lane) -> None:
        try:
            while lane.waiting:
                pending = lane.waiting.popleft()
                if pending.alarm is not None:
                    pending.alarm.cancel()
                await self._carry(pending)
        finally:
            lane.worker = None

    async def _carry(self, pending: _Pending) -> None:
        """Ends the command by its deadline whatever the route does: that runs apart, and may fail to let go."""
        command = pending.command
        # the wall clock may have been set since the command came: it travels with the same moment in the new time
        due = self._clock.now() + pending.by - self._clock.monotonic()
        moved = abs(due - command.deadline) > CLOCK_SET
        travelling = replace(command, deadline=due) if moved else command
        carrying = asyncio.get_running_loop().create_task(self._verdict(travelling))
        try:
            await asyncio.wait({carrying}, timeout=max(0.0, pending.by - self._clock.monotonic()))
            silence = Verdict(Status.TIMED_OUT, _silence(command))
            self._end(pending, carrying.result() if carrying.done() else silence)
        except asyncio.CancelledError:
            self._end(pending, Verdict(Status.FAILED, _STOPPED))
            raise
        finally:
            if not carrying.done():
                carrying.cancel()
                await asyncio.wait({carrying}, timeout=LET_GO)

    async def _verdict(self, command: Command) -> Verdict:
        """The route's word; a defect in a driver must not take the lane of its device with it."""
        try:
            return await self._route(command)
        except TimeoutError:
            return Verdict(Status.TIMED_OUT, _silence(command))
        except asyncio.CancelledError:  # by us, who have said so already, or by whom the route waited for
            return Verdict(Status.FAILED, say("given_up"))
        except Exception as error:
            return Verdict(Status.FAILED, say("defect", what=f"{type(error).__name__}: {error}"))

    def _end(self, pending: _Pending, verdict: Verdict) -> None:
        if pending.outcome is not None:
            return
        command = pending.command
        if pending.alarm is not None:
            pending.alarm.cancel()
        pending.outcome = Outcome(command.id, verdict.status, verdict.reason, self._clock.now())
        self._store.clear_waiting(command.target, command.id)
        del self._open[command.id]
        self._ended[command.id] = pending
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        try:
            self._journal.append(
                pending.outcome.at, RecordKind.OUTCOME, outcome_body(pending.outcome, command)
            )
        except StoreError:  # the journal tells its own trouble; the end of this command must still be told
            self.unwritten += 1
        pending.ended.set_result(pending.outcome)


def _silence(command: Command) -> str:
    if command.is_action:
        return say("silent_action")
    return say("silent")
