"""The smallest family there is, for tests of the pump: text lines, one datagram each, both roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jiahe.wire.talk import (
    Act,
    Answer,
    Ask,
    Asked,
    Broken,
    Describe,
    Described,
    Done,
    Event,
    Ignored,
    LockedOut,
    Opened,
    Point,
    Raw,
    Read,
    Refusal,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)

RESEND = 0.5
SECRET = b"s3cret"


class TinySession:
    """HUB says "hello", DEVICE says "welcome" or "wrong"; asks are resent every RESEND until their
    deadline."""

    def __init__(self, role: Role, *, key: str = "right") -> None:
        self.role = role
        self._key = key
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._asks: dict[int, tuple[bytes, float, float]] = {}
        self._next = 1
        self.woken: list[float] = []
        self.wake_anyway: float | None = None

    def open(self, now: float) -> None:
        if self.role is Role.HUB:
            self._say("hello", self._key, SECRET.decode())

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        ticket, self._next = self._next, self._next + 1
        body: list[Any]
        if isinstance(ask, Read):
            body = ["read", *ask.points]
        elif isinstance(ask, Write):
            body = ["write", dict(ask.values)]
        else:
            body = ["act", ask.action] if isinstance(ask, Act) else ["describe"]
        data = self._bytes("ask", ticket, *body)
        self._out.append(data)
        self._asks[ticket] = (data, now + RESEND, deadline)
        return ticket

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        if answer.refusal is not None:
            self._say("refused", ticket, answer.refusal.value)
        elif answer.facts:
            self._say("described", ticket, dict(answer.facts))
        else:
            faults = {point: why.value for point, why in answer.faults.items()}
            self._say("answer", ticket, dict(answer.values), faults)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        self._say("push", dict(values))

    def receive(self, data: bytes, now: float) -> None:
        try:
            what, *rest = json.loads(data)
        except (ValueError, TypeError):
            self._events.append(Ignored("not JSON", data))
            return
        getattr(self, f"_on_{what}", self._unknown)(*rest)

    def wake_at(self) -> float | None:
        times = [min(resend, deadline) for _, resend, deadline in self._asks.values()]
        if self.wake_anyway is not None:
            times.append(self.wake_anyway)
        return min(times, default=None)

    def wake(self, now: float) -> None:
        self.woken.append(now)
        for ticket, (data, resend, deadline) in list(self._asks.items()):
            if now >= deadline:
                del self._asks[ticket]
                self._events.append(Unanswered(ticket, "no answer"))
            elif now >= resend:
                self._out.append(data)
                self._asks[ticket] = (data, now + RESEND, deadline)

    def outgoing(self) -> list[bytes]:
        out, self._out = self._out, []
        return out

    def events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def redact(self, data: bytes) -> bytes:
        return data.replace(SECRET, bytes(len(SECRET)))

    # ---- what was said -------------------------------------------------------------------------------------

    def _on_hello(self, key: str, _secret: str) -> None:
        if key == "right":
            self._say("welcome")
            self._events.append(Opened())
        else:
            self._say("wrong")

    def _on_welcome(self) -> None:
        self._events.append(Opened({"version": "1"}))

    def _on_wrong(self) -> None:
        self._events.append(LockedOut("enter the key that is printed on the device"))

    def _on_ask(self, ticket: int, what: str, *rest: Any) -> None:
        ask: Ask
        if what == "read":
            ask = Read(tuple(rest))
        elif what == "write":
            ask = Write(rest[0])
        elif what == "act":
            ask = Act(rest[0])
        else:
            ask = Describe()
        self._events.append(Asked(ticket, ask))

    def _on_answer(self, ticket: int, values: dict[str, Any], faults: dict[str, str]) -> None:
        if self._asks.pop(ticket, None) is None:
            self._events.append(Ignored("answers nothing", b""))
            return
        found = {point: Refusal(why) for point, why in faults.items()}
        self._events += [Reported(values, ticket, found), Done(ticket)]

    def _on_described(self, ticket: int, facts: dict[str, Any]) -> None:
        self._asks.pop(ticket, None)
        self._events += [Described(ticket, facts), Done(ticket)]

    def _on_refused(self, ticket: int, why: str) -> None:
        self._asks.pop(ticket, None)
        self._events.append(Refused(ticket, Refusal(why), "no"))

    def _on_push(self, values: dict[str, Any]) -> None:
        self._events.append(Reported(values))

    def _on_broken(self, text: str) -> None:
        self._events += [Broken(text), Reported({"after": "the end"})]

    def _on_defect(self) -> None:
        raise ZeroDivisionError("the session has a defect")

    def _unknown(self, *rest: Any) -> None:
        self._events.append(Ignored("unknown word", b""))

    def _say(self, *parts: Any) -> None:
        self._out.append(self._bytes(*parts))

    @staticmethod
    def _bytes(*parts: Any) -> bytes:
        return json.dumps(parts).encode()
