"""One conversation of the hub with one device. Owns the only `await` in a wire's life; never knows a family.

A link lives once: after `close`, a loss or a `Broken` its owner makes a new one with a new session. Every
ask ends: with a Reply, or with LinkError when the conversation ended first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.link.pump import Pump
from jiahe.link.tap import Tap
from jiahe.model.clock import Clock
from jiahe.model.errors import AuthError, LinkError
from jiahe.model.reasons import say
from jiahe.transport.transport import Receiver, Transport
from jiahe.wire.talk import (
    Ask,
    Broken,
    Described,
    Done,
    Event,
    LockedOut,
    Opened,
    Point,
    Raw,
    Refusal,
    Refused,
    Reported,
    Session,
    Unanswered,
)

Connect = Callable[[Receiver], Awaitable[Transport]]
"""Opens a way and tells the receiver; LinkError where there is none."""

WAITING = 64
"""Asks of one device that may wait at once: it answers one at a time, so the last would wait for minutes
already."""


@dataclass(frozen=True, slots=True)
class Reply:
    """All that belongs to one ask: `ended` says how, the rest is what was told before that."""

    ended: Done | Refused | Unanswered
    values: Mapping[Point, Raw]
    faults: Mapping[Point, Refusal]
    facts: Mapping[str, Any]


class _Waiting:
    """An ask under way."""

    __slots__ = ("facts", "faults", "future", "values")

    def __init__(self, future: asyncio.Future[Reply]) -> None:
        self.future = future
        self.values: dict[Point, Raw] = {}
        self.faults: dict[Point, Refusal] = {}
        self.facts: dict[str, Any] = {}

    def end(self, ended: Done | Refused | Unanswered) -> None:
        if isinstance(ended, Done):
            self.values.update(ended.values)
        if not self.future.done():
            self.future.set_result(Reply(ended, self.values, self.faults, self.facts))


class Link:
    """`on_event` hears, in order, everything that no ask is waiting for (pushes, Happened, LockedOut,
    Ignored, a later Opened), every Reported also where an ask waits for it (before that ask returns), and
    one Broken when the conversation ends other than by `close`. It is called inside the receive path and
    must not block."""

    def __init__(
        self, session: Session, connect: Connect, clock: Clock, tap: Tap, on_event: Callable[[Event], None]
    ) -> None:
        self._session = session
        self._connect = connect
        self._clock = clock
        self._on_event = on_event
        self._pump = Pump(session, clock, self, tap)
        self._waiting: dict[int, _Waiting] = {}
        self._opening: asyncio.Future[Opened] | None = None
        self._opened = False

    @property
    def is_open(self) -> bool:
        """Whether an ask can be made now."""
        return self._opened and not self._pump.closed

    @property
    def peer(self) -> str:
        """The device's "host:port" once connected."""
        return self._pump.peer

    async def open(self, timeout: float) -> Opened:  # noqa: ASYNC109 - it bounds the handshake, not a task
        """Connects and shakes hands within `timeout` seconds; once in a link's life.

        LinkError: not reached, or no answer in time. AuthError: it answers, but not to our token or key;
        the text says what to do. Either way the link is closed.
        """
        if self._opening is not None:
            raise LinkError("this link was opened before; a link lives once")
        self._opening = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._connect(self._pump)
                opened = await self._opening
        except TimeoutError:
            self.close()
            raise LinkError(
                say("way_no_answer", peer=self.peer or say("way_the_device"), seconds=f"{timeout:g}")
            ) from None
        except BaseException:
            self.close()
            raise
        if self._pump.closed:
            raise LinkError(say("way_closed"))
        self._opened = True
        return opened

    async def ask(self, ask: Ask, deadline: float) -> Reply:
        """Asks, and waits for the end of it, which comes by `deadline` (monotonic seconds) at the latest.

        LinkError: not open, lost meanwhile, or too many are waiting. LocalProtocolError: the family has no
        such ask.
        """
        if not self.is_open:
            raise LinkError(say("way_not_open"))
        if len(self._waiting) >= WAITING:
            raise LinkError(say("way_full", most=WAITING, peer=self.peer))
        ticket = self._session.ask(ask, deadline, self._clock.monotonic())
        waiting = _Waiting(asyncio.get_running_loop().create_future())
        self._waiting[ticket] = waiting
        self._pump.crank()
        try:
            return await waiting.future
        finally:
            self._waiting.pop(ticket, None)

    def close(self) -> None:
        """Ends it; asks that wait end with LinkError, `on_event` hears nothing more. Idempotent."""
        self._pump.close()
        self._release("the link was closed")

    # ---- link.pump.Owner -----------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        if isinstance(event, Reported):
            waiting = self._waiting.get(event.ticket) if event.ticket is not None else None
            if waiting is not None:
                waiting.values.update(event.values)
                waiting.faults.update(event.faults)
            self._on_event(event)
        elif isinstance(event, Done | Refused | Unanswered):
            ended = self._waiting.pop(event.ticket, None)
            if ended is not None:  # else whoever asked has gone
                ended.end(event)
        elif isinstance(event, Described) and event.ticket in self._waiting:
            self._waiting[event.ticket].facts.update(event.facts)
        elif not self._handle_opening(event):
            self._on_event(event)

    def _handle_opening(self, event: Event) -> bool:
        """Whether the event was the one that `open` waits for."""
        opening = self._opening
        if opening is None or opening.done():
            return False
        if isinstance(event, Opened):
            opening.set_result(event)
            return True
        if isinstance(event, LockedOut):
            opening.set_exception(AuthError(event.text))
            opening.exception()  # as in `_release`: whoever opened may have gone
            return True
        return False

    def ended(self, reason: str) -> None:
        was_open = self._opened
        self._release(reason)
        if was_open:
            self._on_event(Broken(reason))

    def _release(self, reason: str) -> None:
        if self._opening is not None and not self._opening.done():
            self._opening.set_exception(LinkError(reason))
            self._opening.exception()  # looked at: after a time-out nobody awaits it any more, and that is no news
        waiting, self._waiting = list(self._waiting.values()), {}
        for one in waiting:
            if not one.future.done():
                one.future.set_exception(LinkError(reason))
