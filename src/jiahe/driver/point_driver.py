"""One device alive: connects, reads by cadence, carries commands, and tells what the device says.

Owns one device's connection and its reach; never decides what is news (intake) or who may (dispatch). Works for every
family and product: what differs between them is in the family's session and the product's file.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from jiahe.catalog.mapper import Mapper, Wild, kept_raw
from jiahe.catalog.product import Product
from jiahe.driver.family import Family
from jiahe.driver.learned import Learned
from jiahe.driver.verdicts import otherwise, same, unwilling, wants_other_arguments
from jiahe.link.backoff import delay
from jiahe.link.link import Link, Reply
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.errors import AuthError, JiaheError, LinkError
from jiahe.model.happening import (
    Actor,
    Availability,
    Cause,
    Command,
    PropertyRef,
    PropertyUpdate,
    Quality,
    Reach,
    Status,
    Verdict,
)
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.wire.talk import (
    Act,
    Ask,
    Broken,
    Describe,
    Done,
    Event,
    Happened,
    LockedOut,
    Point,
    Read,
    Reported,
    Unanswered,
    Write,
)

MISSES_TO_OFFLINE = 2
"""Reads in a row without an answer before a device counts as offline: each has been retried by its session already."""
STEADY = 30.0
"""Seconds that a connection must last before its end is tried again at once: a device that hangs up on everybody after each
word would be connected, and two records written, twice a second for ever."""
LOCKED_OUT_RETRY = 60.0
"""Seconds between two tries with a key that was not accepted: some devices block a peer that guesses."""
READ_BACK_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each next reading back of a written value, the last one repeated until the deadline: firmware takes
20-500 ms to make a written value its reported one."""
KEPT_FOR_THE_END = 0.2
"""Of the time that is left when an action is acknowledged, what reading its effect may not use up: an action that was
done must not end as timed out."""


PIECE, PIECE_WITHIN = 30, 1.0
"""Points read in one go, and the seconds that each further so many may take: two requests of a slow Wi-Fi module."""
HEARTBEAT = 60.0
"""Seconds between two signs of life of a device that tells nothing when asked."""


class Listener(Protocol):
    """Who hears what a device says; `state.Intake`, wired in the hub."""

    def accept(self, updates: list[PropertyUpdate], cadences: Mapping[str, float]) -> None: ...
    def event(self, device: str, path: str, arguments: Mapping[str, Any], cause: Cause) -> None: ...
    def availability(self, device: str, availability: Availability) -> None: ...


LinkMaker = Callable[[str, Callable[[Event], None]], Link]
"""Makes an unopened link to the address ("host" or "host:port")."""


class PointDriver:
    """Operates the device `device_id`, of `product`, at `address`."""

    def __init__(  # noqa: PLR0913  # what a living device needs: its card, its way out, its listener, time and chance
        self,
        device_id: str,
        product: Product,
        family: Family,
        address: str,
        make_link: LinkMaker,
        listener: Listener,
        clock: Clock,
        new_id: Callable[[], str],
        chance: Callable[[], float],
        settled: Callable[[str], None],
        learned: Learned | None = None,
    ) -> None:
        """`settled` is called with the address each time the device has answered there; `chance` draws 0..1."""
        self._learned = learned or Learned({})
        self.device_id, self.product, self.family, self.address = device_id, product, family, address
        self._make_link, self._listener, self._clock, self._new_id = make_link, listener, clock, new_id
        self._chance, self._settled, self._failures = chance, settled, 0
        self._mapper = Mapper(product)
        self._cadences = {
            row.definition.path: row.cadence for row in product.rows if row.report is not None and row.polled
        }
        self._link: Link | None = None
        self._online = asyncio.Event()
        self._nudged = asyncio.Event()
        self._broken = asyncio.Event()
        self._why_broken = ""
        self._commands = 0
        self._asking = asyncio.Lock()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._expected: dict[str, tuple[Value, Cause]] = {}
        self._confirmed: dict[str, Value] = {}
        self._reach = Availability(Reach.CONNECTING, clock.now())
        self._heard_at: str | None = None
        self._tried = address
        self._shut_out = self._anew = False

    # ---- its life ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keeps the device connected until cancelled."""
        self._listener.availability(self.device_id, self._reach)
        try:
            while True:
                pause = await self._connected_life()
                self._nudged.clear()
                if self._heard_at is None:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._nudged.wait()
        finally:
            self._drop_link()

    @property
    def online(self) -> bool:
        """Whether it is connected and has answered."""
        return self._online.is_set()

    def nudge(self, address: str | None = None) -> None:
        """The device was heard of (at this address): try again now rather than after the pause.

        Nobody vouches for a sighting: an address is tried once, never while the device answers where it is, and
        becomes its own only when it has answered there. A device that locked us out is not asked more often by it.
        """
        if self.online or (
            self._reach.state is Reach.LOCKED_OUT and (address or self.address) == self._tried
        ):
            return
        if address is not None and address != self.address:
            self._heard_at = address
        self._failures = 0
        self._nudged.set()

    async def _connected_life(self) -> float:
        """One connection from beginning to end; the seconds to wait before the next."""
        self._broken.clear()
        self._shut_out = False
        address, self._heard_at = self._heard_at or self.address, None
        self._tried, steady_from = address, math.inf
        try:
            self._link = self._make_link(address, self._hear)
            await self._link.open(self.family.open_within)
            await self._first_words()
            self.address, self._heard_at = address, None
            self._tell_reach(Reach.ONLINE, "")
            self._online.set()
            steady_from = self._clock.monotonic() + STEADY
            self._settled(address)
            await self._poll()
        except AuthError as error:
            self._tell_reach(Reach.LOCKED_OUT, spoken(error))
            return LOCKED_OUT_RETRY
        except _Anew:
            return 0.0
        except JiaheError as error:
            if self._shut_out:
                return LOCKED_OUT_RETRY
            self._tell_reach(Reach.OFFLINE, spoken(error))
        except (
            Exception
        ) as error:  # a defect of ours must not leave this device without a driver until the next start
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"a defect in the driver of {self.device_id}", "exception": error}
            )
            self._tell_reach(Reach.OFFLINE, say("way_defect", name=type(error).__name__))
        finally:
            self._drop_link()
        self._failures = 1 if self._clock.monotonic() >= steady_from else self._failures + 1
        return delay(self._failures, self._chance())

    def _drop_link(self) -> None:
        self._online.clear()
        link, self._link = self._link, None
        if link is not None:
            link.close()

    async def _first_words(self) -> None:
        """All that the device tells, and why it does not tell the rest."""
        points = self._learned.askable(self._mapper.read_points(), self._clock.monotonic())
        await self._read(points or None)
        self._tell_denied(self._learned.denials())

    async def _poll(self) -> None:
        """Reads each group of points by its cadence until the connection ends."""
        now = self._clock.monotonic()
        groups: dict[float, tuple[Point, ...] | None] = {**self._mapper.by_cadence()}
        if not groups:
            groups[HEARTBEAT] = None
        due = {cadence: now + cadence for cadence in groups}
        misses = 0
        while True:
            cadence = min(due, key=lambda key: due[key])
            await self._sleep_until(due[cadence])
            if self._broken.is_set():
                if self._anew:
                    raise _Anew("the conversation begins anew")
                raise LinkError(say("way_ended", address=self.address, why=self._why_broken))
            await self._quiet.wait()
            try:
                await self._read_group(groups[cadence])
                misses = 0
            except _Missed as missed:
                misses += 1
                if misses >= MISSES_TO_OFFLINE:
                    raise LinkError(spoken(missed)) from missed
                continue  # at once once more: the group stays due
            due[cadence] = self._clock.monotonic() + cadence

    async def _read_group(self, points: tuple[Point, ...] | None) -> None:
        """In pieces, so that a command never waits behind the reading of a hundred points."""
        if points is None:
            await self._read(None)
            return
        askable = self._learned.askable(points, self._clock.monotonic())
        for start in range(0, len(askable), PIECE):
            await self._quiet.wait()
            await self._read(askable[start : start + PIECE])

    async def _sleep_until(self, moment: float) -> None:
        left = moment - self._clock.monotonic()
        if left > 0:
            try:
                async with asyncio.timeout(left):
                    await self._broken.wait()
            except TimeoutError:
                pass

    async def _read(self, points: tuple[Point, ...] | None, by: float = math.inf) -> None:
        """Asks for points, whose values come through `_hear`; _Missed where no answer came in time or `by` then.

        None where there is nothing to ask for: then only for a sign of life.
        """
        if points is not None and not points:
            return
        pieces = len(points or ()) // PIECE
        within = self._clock.monotonic() + self.family.answer_within + pieces * PIECE_WITHIN
        reply = await self._ask(Describe() if points is None else Read(points), min(within, by))
        self._learned.settle()
        if isinstance(reply.ended, Unanswered):
            raise _Missed(
                say("way_no_answer_from", address=self._tried, seconds=f"{self.family.answer_within:g}")
            )

    async def _ask(self, ask: Ask, deadline: float) -> Reply:
        async with self._asking:
            return await self._ask_now(ask, deadline)

    async def _ask_now(self, ask: Ask, deadline: float) -> Reply:
        link = self._link
        if link is None:
            raise LinkError(say("way_none"))
        return await link.ask(ask, deadline)

    # ---- what the device says ------------------------------------------------------------------------------------

    def _hear(self, event: Event) -> None:
        if isinstance(event, Reported):
            self._take(event)
        elif isinstance(event, Happened):
            path = self._mapper.event(event.event)
            if path is not None:
                cause = Cause(self._new_id(), Actor.DEVICE, self.device_id)
                arguments = {point: kept_raw(raw) for point, raw in event.arguments.items()}
                self._listener.event(self.device_id, path, arguments, cause)
        elif isinstance(event, LockedOut):
            self._shut_out = True
            self._tell_reach(Reach.LOCKED_OUT, event.text)
        elif isinstance(event, Broken):
            self._online.clear()  # now, not a turn later: a command that comes between waits for the next connection
            self._why_broken = event.text
            self._broken.set()

    def _take(self, report: Reported) -> None:
        values = self._mapper.to_values(report.values)
        now = self._clock.now()
        if self._learned.heard(report.values, report.faults, self._clock.monotonic()):
            self._tell_denied({p: why for p, why in self._learned.denials().items() if p in report.faults})
        own = Cause(self._new_id(), Actor.DEVICE, self.device_id)
        updates = []
        for path, value in values.items():
            ref = PropertyRef(self.device_id, path)
            if isinstance(value, Wild):
                updates.append(PropertyUpdate(ref, None, Quality.UNKNOWN, now, own, value.raw))
                continue
            cause = own
            expected = self._expected.get(path)
            if expected is not None and same(expected[0], value):
                cause = expected[1]
                self._confirmed[path] = value
            elif expected is not None:
                self._confirmed.pop(path, None)
            updates.append(PropertyUpdate(ref, value, Quality.GOOD, now, cause, value))
        self._listener.accept(updates, self._cadences)
        if self._reach.state is not Reach.ONLINE and self._online.is_set():
            self._shut_out = False
            self._tell_reach(Reach.ONLINE, "")

    def _tell_denied(self, denials: Mapping[Point, str]) -> None:
        """Unknown, and why: what the product has and this unit does not tell."""
        now, own = self._clock.now(), Cause(self._new_id(), Actor.DEVICE, self.device_id)
        updates = [
            PropertyUpdate(
                PropertyRef(self.device_id, path),
                None,
                Quality.UNKNOWN,
                now,
                own,
                f"not told by this device: {why}",
            )
            for point, why in denials.items()
            for path in self._mapper.paths((point,))
        ]
        if updates:
            self._listener.accept(updates, {})

    def _tell_reach(self, state: Reach, reason: str) -> None:
        if state is not self._reach.state or reason != self._reach.reason:
            self._reach = Availability(state, self._clock.now(), reason)
            self._listener.availability(self.device_id, self._reach)

    # ---- what the device is told ---------------------------------------------------------------------------------

    async def carry(self, command: Command) -> Verdict:
        """Takes one command to the device; the caller (dispatch) sends them one at a time and keeps the deadline."""
        deadline = self._clock.monotonic() + max(0.0, command.deadline - self._clock.now())
        self._commands += 1
        self._quiet.clear()
        try:
            await self._reachable(deadline)
            return await (
                self._act(command, deadline) if command.is_action else self._write(command, deadline)
            )
        except JiaheError as error:
            return Verdict(Status.FAILED, spoken(error))
        finally:
            self._commands -= 1
            if not self._commands:
                self._quiet.set()

    async def _reachable(self, deadline: float) -> None:
        """Waits a moment for a device that is just coming back; says why where it is not to be had."""
        if self._reach.state is Reach.LOCKED_OUT:
            raise _Unreachable(say("not_sent", why=self._reach.reason))
        if self._online.is_set():
            return
        self.nudge()
        try:
            async with asyncio.timeout(
                max(0.0, min(self.family.open_within, deadline - self._clock.monotonic()) * 0.9)
            ):
                await self._online.wait()
        except TimeoutError:
            why = self._reach.reason or say("not_yet")
            raise _Unreachable(say("not_sent", why=why)) from None

    async def _write(self, command: Command, deadline: float) -> Verdict:
        path, value = command.target.path, command.value
        row = self._mapper.row(path)
        withheld = row.report is not None and self._learned.is_denied(row.report)
        self._confirmed.pop(path, None)
        raws = self._mapper.to_points({path: value})
        try:
            async with self._asking:
                # only now: what was asked before is answered, and an answer on its way tells of the time before the write
                self._expected[path] = (value, command.cause)
                reply = await self._ask_now(Write(raws), deadline)
            if not isinstance(reply.ended, Done):
                return unwilling(reply.ended)
            fault = next((reply.faults[point] for point in raws if point in reply.faults), None)
            if fault is not None and path not in self._confirmed:
                return Verdict(Status.REFUSED, say("refused", why=fault.value.replace("_", " ")))
            if row.report is None or not row.polled:
                return Verdict(Status.CONFIRMED) if path in self._confirmed else self._assume(command)
            return await self._read_back(command, row.report, deadline, withheld=withheld)
        finally:
            self._expected.pop(path, None)
            self._confirmed.pop(path, None)

    def _assume(self, command: Command) -> Verdict:
        """A property that the device cannot report: its acceptance is all the word there is."""
        update = PropertyUpdate(
            command.target, command.value, Quality.ASSUMED, self._clock.now(), command.cause, command.value
        )
        self._listener.accept([update], {})
        return Verdict(Status.CONFIRMED, say("assumed"))

    async def _read_back(self, command: Command, point: Point, deadline: float, *, withheld: bool) -> Verdict:
        """Confirmed only by the device's own report, pushed, in the write's answer, or asked for.

        `withheld`: the device did not tell this value before; where it still does not, its acceptance has to do.
        """
        path, value, points = command.target.path, command.value, (point,)
        pauses = iter(READ_BACK_PAUSES)
        pause = READ_BACK_PAUSES[0]
        told: Any = None
        while True:
            if path in self._confirmed:
                return Verdict(Status.CONFIRMED)
            reply = await self._ask(Read(points), deadline)
            if path in self._confirmed:
                return Verdict(Status.CONFIRMED)
            if isinstance(reply.ended, Unanswered):
                return Verdict(Status.TIMED_OUT, say("untold_yet"))
            if withheld and all(self._learned.is_denied(point) for point in points):
                return self._assume(command)
            told = self._mapper.to_values(reply.values).get(path)
            pause = next(pauses, pause)
            if self._clock.monotonic() + pause >= deadline:
                return Verdict(Status.FAILED, otherwise(value, told))
            await asyncio.sleep(pause)

    async def _act(self, command: Command, deadline: float) -> Verdict:
        act = self._mapper.to_act(command.target.path, command.arguments or ())
        try:
            reply = await self._ask(act, deadline)
            if act.arguments and not self._learned.tried and wants_other_arguments(reply):
                reply = await self._actotherwise(act, reply, deadline)
        except LinkError as error:
            return Verdict(Status.FAILED, say("perhaps_of", why=spoken(error)))
        if not isinstance(reply.ended, Done):
            verdict = unwilling(reply.ended)
            if verdict.status is Status.TIMED_OUT:
                return Verdict(verdict.status, say("perhaps"))
            return verdict
        # It is acknowledged, whatever comes now; what it changed shows at once, or at the next reading.
        with contextlib.suppress(JiaheError):
            left = deadline - self._clock.monotonic()
            await self._read(self._mapper.read_points(), deadline - left * KEPT_FOR_THE_END)
        return Verdict(Status.CONFIRMED)

    async def _actotherwise(self, act: Act, refused: Reply, deadline: float) -> Reply:
        """Once more with the arguments in the other form. It was refused, so it was not done, and this is no repetition."""
        self._learned.trying = True
        try:
            await self._begin_anew(deadline)
            reply = await self._ask(act, deadline)
        finally:
            self._learned.trying = False
        if not wants_other_arguments(reply):
            self._learned.plain = not self._learned.plain
            self._learned.settle()
            return reply
        self._learned.tried = True
        await self._begin_anew(deadline)
        return refused

    async def _begin_anew(self, deadline: float) -> None:
        """Another conversation with what was learned; nobody needs to see the device go and come."""
        self._anew = True
        self._online.clear()
        self._broken.set()
        self._quiet.set()  # the poll must not wait for the command that waits for it
        try:
            await self._reachable(deadline)
        finally:
            self._anew = False


class _Anew(LinkError):
    """The conversation was ended by us, to begin another at once."""


class _Missed(LinkError):
    """A read without an answer."""


class _Unreachable(JiaheError):
    """A command that was not sent."""
