"""A hub and a band with the wire between them, for tests of what they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jiahe.wire.gatt import Frame, decode
from jiahe.wire.huami.generation import GENERATIONS
from jiahe.wire.huami.session import Session
from jiahe.wire.talk import (
    Act,
    Answer,
    Asked,
    Describe,
    Event,
    Identity,
    Read,
    Role,
)

KEY = bytes(range(48, 64))
STATE = {"battery.level": 83, "battery.charging": True, "steps.today": 4711, "heart.rate": 61}
each_model = pytest.mark.parametrize("model", GENERATIONS)
Answers = Callable[[Asked], Answer]


def obey(_: Asked) -> Answer:
    return Answer(STATE, facts={"firmware": "V1.0.2.4"})


class Talk:
    def __init__(
        self, model: str = "mi-band-3", band_key: bytes = KEY, answers: Answers = obey, **facts: object
    ) -> None:
        known = {"model": model, **facts}
        self.hub = Session(Role.HUB, Identity("7", {"key": KEY}, known), bytes)
        self.band = Session(
            Role.DEVICE, Identity("7", {"key": band_key}, known), lambda size: bytes(range(size))
        )
        self.answers, self.now = answers, 0.0
        self.events: list[Event] = []
        self.passed: list[Frame] = []
        self.hub.open(0.0)
        self.settle()

    def settle(self) -> None:
        for _ in range(100):
            sent = [(self.band, data) for data in self.hub.outgoing()]
            sent += [(self.hub, data) for data in self.band.outgoing()]
            for end, data in sent:
                frame = decode(data)
                assert frame is not None
                self.passed.append(frame)
                end.receive(data, self.now)
            asked = [event for event in self.band.events() if isinstance(event, Asked)]
            for event in asked:
                self.band.answer(event.ticket, self.answers(event), self.now)
            self.events += self.hub.events()
            if not sent and not asked:
                return
        raise AssertionError("they never fall silent")

    def ask(self, ask: Read | Act | Describe) -> list[Event]:
        self.hub.ask(ask, self.now + 5.0, self.now)
        self.settle()
        return self.taken()

    def taken(self) -> list[Event]:
        taken, self.events = self.events, []
        return taken

    def of(self, characteristic: str) -> list[str]:
        """What passed over one characteristic, as hexadecimal text without what only acknowledges."""
        return [f.payload.hex() for f in self.passed if f.characteristic == characteristic and f.payload]
