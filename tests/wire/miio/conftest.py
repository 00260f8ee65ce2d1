"""A hub or a device with its other end in the test's hand, and a wire between both that loses, doubles and delays."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jiahe.wire.miio import packet
from jiahe.wire.miio.session import Session
from jiahe.wire.talk import Act, Answer, Asked, Describe, Event, Identity, Opened, Read, Role, Write

TOKEN = bytes.fromhex("0123456789abcdef0123456789abcdef")
DID = 0x0AC0FFEE


def identity(token: bytes = TOKEN, device: str = str(DID), **facts: Any) -> Identity:
    return Identity(device, {"token": token} if token else {}, facts, epoch=1_790_000_000.0)


def entropy(count: int) -> bytes:
    return bytes(range(1, count + 1))


class HandHeld:
    """A session of one role whose other end is played by the test, datagram by datagram."""

    def __init__(self, role: Role, who: Identity | None = None, now: float = 100.0) -> None:
        self.session = Session(role, who or identity(), entropy)
        self.keys = packet.keys_of(TOKEN)
        self.now = now
        self.session.open(now)

    def seal(self, message: Any, *, device: int = DID, stamp: int = 50) -> bytes:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.keys.seal(device, stamp, body)

    def hear(self, *datagrams: bytes) -> list[Event]:
        for data in datagrams:
            self.session.receive(data, self.now)
        return self.session.events()

    def said(self) -> list[Any]:
        """What the session sent: "hello", or the JSON of the payload."""
        out: list[Any] = []
        for data in self.session.outgoing():
            if len(data) == 32:
                out.append("hello" if data == packet.HELLO else data)
            else:
                body = self.keys.unseal(data)
                assert body is not None
                out.append(json.loads(body))
        return out

    def opened(self, stamp: int = 50) -> HandHeld:
        """A hub whose hello was answered."""
        assert self.said() == ["hello"]
        assert self.hear(packet.hello_reply(DID, stamp)) == [Opened({"hardware_id": str(DID)})]
        return self

    def ask(self, ask: Any, within: float = 5.0) -> int:
        return self.session.ask(ask, self.now + within, self.now)

    def pass_to(self, when: float) -> list[Event]:
        """Wakes the session whenever it wants to be woken, up to this time."""
        for _ in range(10_000):
            due = self.session.wake_at()
            if due is None or due > when:
                self.now = when
                return self.session.events()
            self.now = max(self.now, due)
            self.session.wake(self.now)
            after = self.session.wake_at()
            assert after is None or after > self.now, "a session that wants to be woken for nothing"
        raise AssertionError("a session that never rests")


class Shuttle:
    """Both ends and the wire between them in virtual time. `fate(n)` gives the delays of datagram n: none is lost, two is doubled."""

    def __init__(self, hub: Session, device: Session, fate: Callable[[int], list[float]]) -> None:
        self.hub, self.device, self.fate = hub, device, fate
        self.now, self.sent = 0.0, 0
        self.flying: list[tuple[float, int, bool, bytes]] = []
        self.heard: list[Event] = []
        self.done_at: dict[int, list[float]] = {}
        self.executed: list[Any] = []
        self.state: dict[str, Any] = {}
        hub.open(0.0)
        device.open(0.0)
        self._move()

    def _answer(self, asked: Asked) -> None:
        ask = asked.ask
        self.executed.append(ask)
        if isinstance(ask, Read):
            answer = Answer({p: self.state[p] for p in ask.points if p in self.state})
        elif isinstance(ask, Write):
            self.state.update(ask.values)
            answer = Answer()
        elif isinstance(ask, Act):
            answer = Answer(dict(ask.arguments))
        else:
            assert isinstance(ask, Describe)
            answer = Answer(
                facts={"model": "maker.thing.v1", "firmware": "1.0", "hardware": "esp", "mac": "00"}
            )
        self.device.answer(asked.ticket, answer, self.now)

    def _move(self) -> None:
        for event in self.device.events():
            if isinstance(event, Asked):
                self._answer(event)
        for event in self.hub.events():
            self.heard.append(event)
            ticket = getattr(event, "ticket", None)
            if type(event).__name__ in ("Done", "Refused", "Unanswered"):
                self.done_at.setdefault(ticket, []).append(self.now)  # type: ignore[arg-type]
        for to_device, end in ((True, self.hub), (False, self.device)):
            for data in end.outgoing():
                for delay in self.fate(self.sent):
                    heapq.heappush(self.flying, (self.now + delay, self.sent, to_device, data))
                    self.sent += 1
                self.sent += 1

    def run(self, until: float) -> None:
        self._move()
        for _ in range(20_000):
            times = [t for t in (self.hub.wake_at(), self.device.wake_at()) if t is not None]
            times += [self.flying[0][0]] if self.flying else []
            soonest = min(times, default=until)
            if soonest >= until:
                self.now = until
                self.hub.wake(until)
                self._move()
                return
            self.now = max(self.now, soonest)
            if self.flying and self.flying[0][0] <= self.now:
                _, _, to_device, data = heapq.heappop(self.flying)
                (self.device if to_device else self.hub).receive(data, self.now)
            for end in (self.hub, self.device):
                due = end.wake_at()
                if due is not None and due <= self.now:
                    end.wake(self.now)
            self._move()
        raise AssertionError("the two never rest")


@pytest.fixture(scope="session")
def play() -> SimpleNamespace:
    return SimpleNamespace(
        HandHeld=HandHeld, Shuttle=Shuttle, identity=identity, entropy=entropy, token=TOKEN, did=DID
    )


@pytest.fixture(scope="session")
def vector() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "vectors" / "miio" / "known_answer.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found
