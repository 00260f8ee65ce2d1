"""The pump between one session and one transport. Owns the turning of the crank; never knows what an event
means.

After every call into the session: what it wants sent goes out, what happened is told, and one timer is
armed for when it wants to be woken. This is the one place where bytes meet the tap, and they are redacted
first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from jiahe.link.flood import Flood
from jiahe.link.tap import Frame, Tap
from jiahe.model.clock import Clock
from jiahe.transport.transport import Transport
from jiahe.wire.talk import Broken, Event, Ignored, Session

ROUNDS = 64
"""Turns in one go: an answer may cause an ask and so on; past it the loop gets its turn, and we the next."""

SOONEST = 0.001
"""Seconds: a session that wants to be woken in the past is woken no more often than this."""


class Owner(Protocol):
    """Who is told."""

    def handle(self, event: Event) -> None:
        """One event of the session, in order."""
        ...

    def ended(self, reason: str) -> None:
        """The conversation is over, and not by our own `close`; called once, last."""
        ...


class Pump:
    """A `transport.Receiver`. Ends by `close` (quietly) or by `ended`: transport lost, session Broken, or
    a defect."""

    def __init__(self, session: Session, clock: Clock, owner: Owner, tap: Tap | None) -> None:
        self.session = session
        self._clock = clock
        self._owner = owner
        self._tap = tap
        self._transport: Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._again: asyncio.Handle | None = None
        self._turning = False
        self._flood = Flood()
        self.closed = False

    @property
    def peer(self) -> str:
        return self._transport.peer if self._transport is not None else ""

    # ---- transport.Receiver --------------------------------------------------------------------------------

    def connected(self, transport: Transport) -> None:
        if self.closed:
            transport.close()
            return
        self._transport = transport
        self._guarded(self.session.open)

    def received(self, data: bytes) -> None:
        if self.closed:
            return
        if not self._flood.heard(len(data), self._clock.monotonic()):
            # A new connection has a new port, which whoever floods us in the device's name must first learn.
            self.end("it floods us with what nobody asked for; the connection is made anew")
            return
        frame = None
        if self._tap is not None:
            frame = self._tap.record("in", self.session.redact(data))
        try:
            self.session.receive(data, self._clock.monotonic())
            self._turn(frame)
        except Exception as error:  # a defect of ours must not leave a half-turned crank behind
            self._defect(error)

    def lost(self, reason: str) -> None:
        self.end(reason)

    # ---- the crank -----------------------------------------------------------------------------------------

    def _turn(self, frame: Frame | None = None) -> None:
        """Drains the session and arms the timer; `frame` is what was just received, to be noted if not
        believed."""
        if self._turning:
            return  # an event's handler called into the session: the outer turn drains it
        self._turning = True
        try:
            for _ in range(ROUNDS):
                if self.closed or not self._drain(frame):
                    break
            else:
                if self._again is None:
                    self._again = asyncio.get_running_loop().call_soon(self._turn_again)
        finally:
            self._turning = False
        if not self.closed:
            self._arm()

    def _drain(self, frame: Frame | None) -> bool:
        """One round; whether there was anything."""
        session, transport = self.session, self._transport
        outgoing = session.outgoing() if transport is not None else []
        for data in outgoing:
            if self._tap is not None:
                self._tap.record("out", session.redact(data))
            self._flood.asked()
            if transport is not None:
                transport.send(data)
        events = session.events()
        for event in events:
            if self.closed:
                break
            if isinstance(event, Ignored) and self._tap is not None:
                self._tap.count(event.why)
                if frame is not None and not frame.note:
                    frame.note = event.why[:200]
            if isinstance(event, Broken):
                self.end(event.text)
                break
            self._owner.handle(event)
        return bool(outgoing or events)

    def _turn_again(self) -> None:
        self._again = None
        self.crank()

    def _arm(self) -> None:
        at = self.session.wake_at()
        timer = self._timer
        if at is None:
            return  # a timer that is still armed finds nothing to do
        if timer is not None:
            if self._armed_for <= at:
                return  # it fires first and looks again: cheaper than a new timer for every frame
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._armed_for = max(at, loop.time() + SOONEST) if at <= loop.time() else at
        self._timer = loop.call_at(self._armed_for, self._wake)

    def _wake(self) -> None:
        self._timer = None
        at = self.session.wake_at()
        if self.closed or at is None:
            return
        if at > self._clock.monotonic():
            self._arm()
        else:
            self._guarded(self.session.wake)

    def crank(self) -> None:
        """Somebody called into the session: drain it. Never raises."""
        self._guarded(lambda now: None)

    def _guarded(self, call: Callable[[float], None]) -> None:
        if self.closed:
            return
        try:
            call(self._clock.monotonic())
            self._turn()
        except Exception as error:
            self._defect(error)

    # ---- the end -------------------------------------------------------------------------------------------

    def _defect(self, error: Exception) -> None:
        """Ours, not the device's: shown to the loop's handler in full, and the conversation ends."""
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"a defect in the conversation with {self.peer}", "exception": error}
        )
        self.end(f"a defect on our side ({type(error).__name__})")

    def end(self, reason: str) -> None:
        """Over, and the owner hears why."""
        if not self.closed:
            self.close()
            self._owner.ended(reason)

    def close(self) -> None:
        """Over; the owner hears nothing. Idempotent."""
        if self.closed:
            return
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._again is not None:
            self._again.cancel()
        if self._transport is not None:
            self._transport.close()
