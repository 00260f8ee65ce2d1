"""The device's end of one conversation. Owns nothing but the wiring; what to answer is its owner's matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jiahe.link.pump import Pump
from jiahe.link.tap import Tap
from jiahe.model.clock import Clock
from jiahe.transport.transport import Receiver
from jiahe.wire.talk import Answer, Ask, Asked, Event, Point, Raw, Session

OnAsked = Callable[[int, Ask], Answer]
"""What the device says to an ask; called inside the receive path, must not block."""


def _unheard(_event: Event) -> None:
    """Nobody asked to hear it."""


class DevicePump:
    """A session in the DEVICE role, its transport, and whoever knows the answers.

    `receiver` is what a server's `accept` returns. `on_event` hears all but Asked; `on_ended` is called
    once when the other side is gone.
    """

    def __init__(
        self,
        session: Session,
        clock: Clock,
        on_asked: OnAsked,
        *,
        tap: Tap | None = None,
        on_event: Callable[[Event], None] = _unheard,
        on_ended: Callable[[DevicePump], None] | None = None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._on_asked = on_asked
        self._on_event = on_event
        self._on_ended = on_ended
        self._pump = Pump(session, clock, self, tap)

    @property
    def receiver(self) -> Receiver:
        return self._pump

    @property
    def peer(self) -> str:
        """The other side's "host:port" once connected."""
        return self._pump.peer

    def report(self, values: Mapping[Point, Raw]) -> None:
        """Pushes values unasked, where the family can and the other side wants it."""
        if not self._pump.closed:
            self._session.report(values, self._clock.monotonic())
            self._pump.crank()

    def close(self) -> None:
        """Ends it from the device's side. Idempotent."""
        self._pump.close()

    # ---- link.pump.Owner -----------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        if isinstance(event, Asked):
            answer = self._on_asked(event.ticket, event.ask)
            self._session.answer(event.ticket, answer, self._clock.monotonic())
        else:
            self._on_event(event)

    def ended(self, reason: str) -> None:
        if self._on_ended is not None:
            self._on_ended(self)
