"""What the tests of the appliances share: each sheet and layout, and a hub and an appliance in memory."""

from __future__ import annotations

import random
from typing import Any

import pytest

from jiahe.wire.midea import frame, packet
from jiahe.wire.midea.frame import Frame, Kind
from jiahe.wire.midea.session import Session
from jiahe.wire.midea.sheet import Sheet
from jiahe.wire.midea.table import SHEETS
from jiahe.wire.talk import (
    Answer,
    Asked,
    Event,
    Identity,
    Refusal,
    Reported,
    Role,
    Write,
)

BY_TYPE = {sheet.type: sheet for sheet in SHEETS}
LAYOUTS = [(sheet, layout) for sheet in SHEETS for layout in sheet.layouts]
each_sheet = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.type:02X}")
each_layout = pytest.mark.parametrize(
    ("sheet", "layout"), LAYOUTS, ids=[f"{sheet.type:02X} {layout.what}" for sheet, layout in LAYOUTS]
)
FREE = {"takes": [{"model": "JIAHE000"}], "serial": "000000000JIAHE000"}
UNITS: dict[int, dict[str, Any]] = {0xB0: {"subtype": 2}}


class Pair:
    """A hub and an appliance in memory. `mute` it hears and says nothing; `values` is all that it holds."""

    def __init__(self, sheet: Sheet, **facts: Any) -> None:
        own = {"version": 2, "type": sheet.type, "protocol": 1, "subtype": 0, **UNITS.get(sheet.type, {})}
        hub_facts = {**own, **FREE, **facts}
        entropy = random.Random(1).randbytes
        self.hub = Session(Role.HUB, Identity("77", {}, hub_facts), entropy)
        self.device = Session(Role.DEVICE, Identity("77", {}, {**own, **facts}), entropy)
        self.values: dict[str, Any] = {}
        self.asks: list[Any] = []
        self.frames: list[bytes] = []
        self.events: list[Event] = []
        self.refusal: Refusal | None = None
        self.mute = False
        self.now = 0.0
        self.device.open(0.0)
        self.hub.open(0.0)
        self.run()

    def run(self) -> None:
        for _ in range(60):
            there, back = self.hub.outgoing(), self.device.outgoing()
            if not there and not back:
                break
            self.frames += there
            for data in there if not self.mute else ():
                self.device.receive(data, self.now)
            for event in self.device.events():
                if isinstance(event, Asked):
                    self.answer(event)
            for data in back:
                self.hub.receive(data, self.now)
            self.events += self.hub.events()
        self.events += self.hub.events()

    def answer(self, event: Asked) -> None:
        self.asks.append(event.ask)
        if isinstance(event.ask, Write):
            self.values.update(event.ask.values)
        self.device.answer(event.ticket, Answer(self.values, refusal=self.refusal), self.now)

    def pass_to(self, end: float) -> None:
        while (wake := self.hub.wake_at()) is not None and wake <= end:
            self.now = max(self.now, wake)
            self.hub.wake(self.now)
            self.run()
        self.now = end

    def ask(self, ask: Any, seconds: float = 5.0) -> list[Event]:
        self.events.clear()
        self.hub.ask(ask, self.now + seconds, self.now)
        self.run()
        return self.events

    def reported(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, Reported):
                told |= event.values
        return told


def framed(sheet: Sheet, kind: int, body: bytes, protocol: int = 1) -> Frame:
    """As `frame.decode` gives it: the tail still on the body."""
    read = frame.decode(frame.encode(Frame(sheet.type, kind, body, protocol, 9 if sheet.tail else None)))
    assert isinstance(read, Frame)
    return read


def said_by(sheet: Sheet, body: bytes) -> bytes:
    payload = frame.encode(Frame(sheet.type, Kind.QUERY, body, 1))
    return packet.encode(packet.Packet(packet.DATA, packet.REPLY, 77, payload))
