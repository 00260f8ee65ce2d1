"""The one door out: every command passes here and ends in exactly one outcome by its deadline.

Owns the waiting line of each device; never speaks to a device itself (`route` does) and never repeats an action.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from jiahe.model.clock import Clock
from jiahe.model.definition import Profile, Value
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Cause, Command, Outcome, PropertyRef, RecordKind, Status, Verdict
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

Route = Callable[[Command], Awaitable[Verdict]]
Permit = Callable[[Cause, PropertyRef], str]
"""Empty where allowed, else the sentence of the refusal."""


@dataclass(slots=True)
class _Pending:
    command: Command
    ended: asyncio.Future[Outcome]
    outcome: Outcome | None = None
    sent: bool = False


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
        self._pending: OrderedDict[str, _Pending] = OrderedDict()
        self._closed = False

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
            raise OutOfDefinition("timeout", f"takes 0.05 to {LONGEST_TIMEOUT:g} seconds", LONGEST_TIMEOUT)
        checked, taken = self._checked(target, value, arguments)
        now = self._clock.now()
        command = Command(self._new_id(), target, cause, now, now + timeout, checked, taken)
        pending = _Pending(command, asyncio.get_running_loop().create_future())
        self._remember(pending)
        self._journal.append(now, RecordKind.COMMAND, command_body(command))
        refusal = self._permit(cause, target)
        if refusal or self._closed:
            self._end(pending, Verdict(Status.REFUSED, refusal or "the hub is stopping"))
            return command
        self._enter(pending)
        return command

    async def outcome(self, command_id: str) -> Outcome:
        """Waits for the end of a command; UnknownName for an id that nobody gave out lately."""
        pending = self._pending.get(command_id)
        if pending is None:
            raise UnknownName(f"there is no command {command_id!r} (the last {REMEMBERED} are kept at hand)")
        return pending.outcome or await asyncio.shield(pending.ended)

    def find(self, command_id: str) -> tuple[Command, Outcome | None] | None:
        pending = self._pending.get(command_id)
        return (pending.command, pending.outcome) if pending else None

    async def close(self) -> None:
        """Ends what is under way as failed, in words, and takes no more."""
        self._closed = True
        reason = "the hub stopped before the device answered"
        for lane in self._lanes.values():
            for pending in tuple(lane.waiting):
                self._end(pending, Verdict(Status.FAILED, reason))
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
            raise UnknownName(f"there is no device {target.device!r} in this home")
        if arguments is None:
            definition = profile.property(target.path)
            if not definition.writable:
                raise OutOfDefinition(target.path, "can only be read", "read-only")
            return definition.check(value), None
        wanted, given = profile.action(target.path).arguments, tuple(arguments)
        if len(given) != len(wanted):
            names = ", ".join(argument.name for argument in wanted) or "none"
            raise OutOfDefinition(
                target.path, f"takes {len(wanted)} arguments ({names}), not {len(given)}", len(wanted)
            )
        return None, tuple(definition.check(item) for definition, item in zip(wanted, given, strict=True))

    def _enter(self, pending: _Pending) -> None:
        command = pending.command
        lane = self._lanes.setdefault(command.target.device, _Lane())
        if not command.is_action:
            for older in tuple(lane.waiting):
                if older.command.target == command.target and not older.command.is_action:
                    lane.waiting.remove(older)
                    self._end(
                        older, Verdict(Status.SUPERSEDED, "a newer command for the same property came first")
                    )
        if len(lane.waiting) >= WAITING_LIMIT:
            self._end(
                pending,
                Verdict(Status.REFUSED, f"{WAITING_LIMIT} commands are already waiting for this device"),
            )
            return
        self._store.set_waiting(command.target, command.id)
        lane.waiting.append(pending)
        if lane.worker is None:
            lane.worker = asyncio.get_running_loop().create_task(self._work(lane))

    async def _work(self, lane: _Lane) -> None:
        try:
            while lane.waiting:
                pending = lane.waiting.popleft()
                pending.sent = True
                self._end(pending, await self._carry(pending))
        finally:
            lane.worker = None

    async def _carry(self, pending: _Pending) -> Verdict:
        command = pending.command
        left = command.deadline - self._clock.now()
        if left <= 0:
            return Verdict(
                Status.TIMED_OUT, "earlier commands to this device took until its deadline; it was not sent"
            )
        try:
            async with asyncio.timeout(left):
                return await self._route(command)
        except TimeoutError:
            return Verdict(Status.TIMED_OUT, _silence(command))
        except asyncio.CancelledError:
            self._end(pending, Verdict(Status.FAILED, "the hub stopped before the device answered"))
            raise
        except Exception as error:  # a defect in a driver must not take the lane of its device with it
            return Verdict(Status.FAILED, f"a defect of the hub: {type(error).__name__}: {error}")

    def _end(self, pending: _Pending, verdict: Verdict) -> None:
        if pending.outcome is not None:
            return
        command = pending.command
        pending.outcome = Outcome(command.id, verdict.status, verdict.reason, self._clock.now())
        self._store.clear_waiting(command.target, command.id)
        self._journal.append(pending.outcome.at, RecordKind.OUTCOME, outcome_body(pending.outcome, command))
        if not pending.ended.done():
            pending.ended.set_result(pending.outcome)

    def _remember(self, pending: _Pending) -> None:
        self._pending[pending.command.id] = pending
        while len(self._pending) > REMEMBERED:
            oldest = next(iter(self._pending))
            if self._pending[oldest].outcome is None:
                break
            del self._pending[oldest]


def _silence(command: Command) -> str:
    if command.is_action:
        return "the device did not answer in time; it may have done it, so it was not sent again"
    return "the device did not report the new value in time"
