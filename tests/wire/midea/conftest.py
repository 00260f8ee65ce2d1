"""A hub and a virtual unit in memory, with the wire and the clock between them in the test's hand."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from jiahe.wire.midea.session import Session
from jiahe.wire.talk import (
    Answer,
    Asked,
    Describe,
    Event,
    Identity,
    Opened,
    Reported,
    Role,
    Write,
)

TOKEN = bytes(range(64))
KEY = bytes(range(100, 132))
ID = "151732605161920"
CAPABILITIES = {
    "eco": 1,
    "modes": 1,
    "swing": 1,
    "energy": 2,
    "turbo": 1,
    "fan": 1,
    "humidity": 2,
    "cool_min_temperature": 16.0,
    "cool_max_temperature": 30.0,
    "auto_min_temperature": 16.0,
    "auto_max_temperature": 30.0,
    "heat_min_temperature": 16.0,
    "heat_max_temperature": 30.0,
    "half_degrees": True,
    "fahrenheit": 0,
    "display": 1,
    "louvre_vertical": 1,
    "sound": 1,
    "0x0040": 0,
}
VALUES: dict[str, Any] = {
    "state.power": True,
    "state.mode": 2,
    "state.fan": 60,
    "state.target_temperature": 24.5,
    "state.indoor_temperature": 26.3,
    "state.outdoor_temperature": -3.4,
    "state.display": True,
    "state.humidity_setpoint": 45,
    "energy.total": 123.45,
    "energy.power": 456.7,
    "humidity.indoor": 55,
    "property.louvre_vertical": 50,
}


def identity(version: int, **over: Any) -> Identity:
    secrets = {"token": over.pop("token", TOKEN), "key": over.pop("key", KEY)} if version == 3 else {}
    facts = {"version": version, "type": 0xAC, **over.pop("facts", {})}
    return Identity(over.pop("hardware_id", ID), secrets, facts, 1.79e9)


def entropy(seed: int) -> Any:
    return random.Random(seed).randbytes


def hub(version: int, facts: dict[str, Any]) -> Session:
    """A hub that knows this of the unit."""
    return Session(Role.HUB, identity(version, facts=facts), entropy(1))


class Pair:
    """A hub and a virtual unit in memory. `cut` splits what crosses; `lose` says which pieces to drop."""

    def __init__(self, version: int = 3, *, device: Identity | None = None, seed: int = 1) -> None:
        self.hub = Session(Role.HUB, identity(version), entropy(seed))
        self.device = Session(Role.DEVICE, device or identity(version), entropy(seed + 1))
        self.values = dict(VALUES)
        self.heard: list[Event] = []
        self.asked: list[Any] = []
        self.device_heard: list[Event] = []
        self.mute = False
        self.answers: Mapping[str, Any] = {}
        self.cut: Any = lambda data: [data]
        self.now = 100.0

    def open(self) -> list[Event]:
        self.device.open(self.now)
        self.hub.open(self.now)
        return self.run()

    def run(self) -> list[Event]:
        """Carries bytes both ways until nothing moves; returns what the hub's owner heard."""
        fresh: list[Event] = []
        for _ in range(100):
            there, back = self.hub.outgoing(), self.device.outgoing()
            if not there and not back:
                break
            for piece in (p for data in there for p in self.cut(data)):
                self.device.receive(piece, self.now)
            for piece in (p for data in back for p in self.cut(data)):
                self.hub.receive(piece, self.now)
            self._be_the_unit()
            fresh += self.hub.events()
        fresh += self.hub.events()
        self.heard += fresh
        return fresh

    def _be_the_unit(self) -> None:
        for event in self.device.events():
            if not isinstance(event, Asked):
                self.device_heard.append(event)
                continue
            self.asked.append(event.ask)
            if self.mute:
                continue
            if isinstance(event.ask, Write):
                self.values.update(event.ask.values)
            facts = {"capabilities": CAPABILITIES, "subtype": 8} if isinstance(event.ask, Describe) else {}
            answer = Answer(self.values, facts=facts, **self.answers)
            self.device.answer(event.ticket, answer, self.now)

    def at(self, seconds: float) -> list[Event]:
        """Lets time pass, waking the hub each time that it wants to."""
        fresh: list[Event] = []
        end = self.now + seconds
        for _ in range(10_000):
            wake = self.hub.wake_at()
            if wake is None or wake > end:
                break
            self.now = max(self.now, wake)
            self.hub.wake(self.now)
            fresh += self.run()
        self.now = end
        return fresh

    def ask(self, ask: Any, seconds: float = 5.0) -> list[Event]:
        self.hub.ask(ask, self.now + seconds, self.now)
        return self.run()


@pytest.fixture(params=[2, 3])
def pair(request: pytest.FixtureRequest) -> Pair:
    made = Pair(request.param)
    (opened,) = made.open()
    assert opened == Opened({"version": request.param, "type": 0xAC, "hardware_id": ID})
    return made


def values_of(events: list[Event], ticket: int | None = 1) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Reported) and event.ticket == ticket:
            told |= event.values
    return told


@pytest.fixture(scope="session")
def bench() -> SimpleNamespace:
    """What the tests of sessions are made of; a fixture, since test modules import nothing of each other."""
    return SimpleNamespace(
        Pair=Pair,
        identity=identity,
        entropy=entropy,
        hub=hub,
        values_of=values_of,
        TOKEN=TOKEN,
        ID=ID,
        CAPABILITIES=CAPABILITIES,
        VALUES=VALUES,
    )
