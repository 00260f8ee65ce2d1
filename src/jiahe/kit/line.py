"""One conversation of the examiner with a device, witnessed. Owns the link, what passed and how long it took.

A way can be disturbed on purpose (a datagram sent twice, a bit flipped) on its way out; never judges what it sees.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jiahe.catalog.product import Product
from jiahe.driver.family import Family
from jiahe.link.link import Link, Reply
from jiahe.link.tap import Tap
from jiahe.model.clock import Clock
from jiahe.transport.transport import Receiver, Transport
from jiahe.wire.talk import Ask, Entropy, Event, Happened, Identity, Ignored, Point, Raw, Reported, Role

OPEN_WITHIN = 6.0
"""Seconds for connecting and shaking hands."""
KEPT = 4000
"""Frames kept of one line: a whole run has about a thousand."""

Dial = Callable[[str, str, int, Receiver], Awaitable[Transport]]
"""Opens a way: transport ("udp", "tcp"), host, port, receiver; LinkError where there is none."""
Disturb = Callable[[bytes], list[bytes]]
"""What becomes of a frame on its way out."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The device that is examined, and how it is reached. `identity` holds its keys: never shown."""

    product: Product
    family: Family
    identity: Identity = field(repr=False)
    host: str
    port: int
    dial: Dial
    clock: Clock
    entropy: Entropy
    twin: bool

    def with_keys(self, change: Callable[[bytes], bytes]) -> Subject:
        """The same with other keys."""
        secrets = {name: change(key) for name, key in self.identity.secrets.items()}
        return replace(self, identity=replace(self.identity, secrets=secrets))


@dataclass(slots=True)
class Passed:
    """What went over a way: frames with the monotonic second at which they passed."""

    sent: int = 0
    heard: int = 0
    frames: deque[tuple[float, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT))
    """What was heard."""


class _Witness:
    """Stands between a link and a transport: both at once."""

    def __init__(self, receiver: Receiver, passed: Passed, clock: Clock, disturb: Disturb | None) -> None:
        self._receiver, self._passed, self._clock, self._disturb = receiver, passed, clock, disturb
        self._transport: Transport | None = None

    def connected(self, transport: Transport) -> None:
        self._transport = transport
        self._receiver.connected(self)

    def received(self, data: bytes) -> None:
        self._passed.heard += 1
        self._passed.frames.append((self._clock.monotonic(), data))
        self._receiver.received(data)

    def lost(self, reason: str) -> None:
        self._receiver.lost(reason)

    @property
    def peer(self) -> str:
        return self._transport.peer if self._transport else ""

    def send(self, data: bytes) -> None:
        self._passed.sent += 1
        for frame in [data] if self._disturb is None else self._disturb(data):
            if self._transport is not None:
                self._transport.send(frame)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Line:
    """Opened by `open`, asked by `ask`; `values` is the device's last word by point, pushes included."""

    def __init__(self, subject: Subject, disturb: Disturb | None = None) -> None:
        self.subject = subject
        self.passed = Passed()
        self.disbelieved: Counter[str] = Counter()
        self.pushed: dict[Point, Raw] = {}
        self.happened: Counter[str] = Counter()
        self.waits: list[float] = []
        """Seconds that each answered ask took."""
        self.facts: Mapping[str, Any] = {}
        self.disturbed = disturb is not None
        self._disturb = disturb
        family = subject.family
        session = family.session(Role.HUB, subject.identity, subject.entropy)
        self._link = Link(session, self._connect, subject.clock, Tap(subject.clock), self._hear)
        self._transport = family.transport

    async def _connect(self, receiver: Receiver) -> Transport:
        subject = self.subject
        witness = _Witness(receiver, self.passed, subject.clock, self._disturb)
        await subject.dial(self._transport, subject.host, subject.port, witness)
        return witness

    def _hear(self, event: Event) -> None:
        if isinstance(event, Ignored):
            self.disbelieved[event.why[:120]] += 1
        elif isinstance(event, Reported) and event.ticket is None:
            self.pushed.update(event.values)
        elif isinstance(event, Happened):
            self.happened[event.event[:60]] += 1

    async def open(self, within: float = OPEN_WITHIN) -> None:
        """LinkError: not reached or no answer. AuthError: it does not take our key."""
        self.facts = (await self._link.open(within)).facts

    async def ask(self, ask: Ask, within: float | None = None) -> Reply:
        """The end of it, by `within` seconds (the family's patience) at the latest. LinkError, LocalProtocolError."""
        clock = self.subject.clock
        began = clock.monotonic()
        patience = self.subject.family.answer_within if within is None else within
        reply = await self._link.ask(ask, began + patience)
        self.waits.append(clock.monotonic() - began)
        return reply

    @property
    def is_open(self) -> bool:
        """Whether it can be asked now."""
        return self._link.is_open

    def close(self) -> None:
        """Hangs up."""
        self._link.close()
