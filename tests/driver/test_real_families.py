"""The driver over both real protocols, both ends in memory: values, commands, a wrong key, silence and back."""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.machines.virtual_time import Clock, virtual_time
from tests.state.house import ME, Book

from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Mapper
from jiahe.catalog.product import Product
from jiahe.driver.family import FAMILIES, Family
from jiahe.driver.supervisor import Supervisor
from jiahe.link.device_pump import DevicePump
from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.happening import Outcome, PropertyRef, RecordKind, Status
from jiahe.state.dispatch import Dispatch
from jiahe.state.intake import Intake
from jiahe.state.store import Store
from jiahe.transport.memory import Network
from jiahe.transport.transport import Receiver, Transport
from jiahe.wire.talk import Answer, Ask, Identity, Read, Refusal, Role, Write

HARDWARE = "123456789"
SECRETS = {"miio": {"token": bytes(range(16))}, "midea": {"token": bytes(range(64)), "key": bytes(range(32))}}


@dataclass(frozen=True)
class Case:
    product: str
    facts: dict[str, Any] = field(default_factory=dict)
    wish: tuple[str, Any, Any] = ("power", True, False)
    """A property with a new value and the one it has."""


CASES = [
    Case("zhimi.airpurifier.mb4", wish=("mode", "sleep", "auto")),
    Case("zhimi.airpurifier.ma4"),
    Case("zhimi.airp.mb5", wish=("fan_level", 3, 1)),
    Case("midea.ac.split", {"version": 2}, wish=("target_temperature", 22.5, 26.0)),
    Case("midea.ac.split", {"version": 3}, wish=("mode", "heat", "cool")),
]
each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: case.product + str(case.facts.get("version", ""))
)
START: dict[str, Any] = {
    "power": False,
    "mode": "auto",
    "fan_level": 1,
    "target_temperature": 26.0,
    "temperature": 21.5,
}


class _Ear:
    def __init__(self, stage: Stage, inner: Receiver) -> None:
        self._stage, self._inner = stage, inner
        self.connected, self.lost = inner.connected, inner.lost

    def received(self, data: bytes) -> None:
        if not self._stage.mute:
            self._inner.received(data)


class Stage:
    """A hub, a network of the family's kind, and a device that is nothing but a table of points."""

    def __init__(self, case: Case) -> None:
        product = Shelf.shipped().get(case.product)
        assert product is not None
        self.product: Product = product
        self.family: Family = FAMILIES[product.family]
        self.case, self.mute, self.keeps = case, False, False
        self.clock, self.store, self.book = Clock(), Store(), Book()
        self.network = Network(datagrams=self.family.transport == "udp", latency=0.01)
        self.secrets = dict(SECRETS[product.family])
        self.facts = {**product.facts, **case.facts}
        self.entropy = random.Random(7).randbytes
        self.pumps: list[DevicePump] = []
        mapper = Mapper(product)
        values = {**START, case.wish[0]: case.wish[2]}
        known = {path: value for path, value in values.items() if path in product.profile.properties}
        self.points: dict[str, Any] = mapper.to_points(known, reporting=True)
        self._ids = itertools.count(1)
        self.intake = Intake(self.clock, self.store, self.book, self._profile, self._id)
        self.supervisor = Supervisor(
            self.clock, self.intake, self.entropy, self._id, lambda *_: None, self._connect, seed=3
        )
        self.dispatch = Dispatch(
            self.clock, self.store, self.book, self._profile, self.supervisor.carry, lambda *_: "", self._id
        )

    def _id(self) -> str:
        return f"id{next(self._ids)}"

    def _profile(self, device: str) -> Profile | None:
        return self.product.profile if device == "unit" else None

    async def _connect(self, _family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        return await self.network.connect(host, port, receiver)

    async def up(self) -> None:
        await self.network.serve("unit", self.family.port, self._accept)
        card = Device(
            "unit", "Unit", self.product.id, self.product.profile, self.family.name, HARDWARE, "unit", facts=self.facts
        )  # fmt: skip
        self.supervisor.start(card, self.product, SECRETS[self.family.name])
        await asyncio.sleep(3)

    def _accept(self, _peer: str) -> Receiver:
        identity = Identity(HARDWARE, self.secrets, self.facts, self.clock.epoch)
        pump = DevicePump(self.family.session(Role.DEVICE, identity, self.entropy), self.clock, self._asked)
        self.pumps.append(pump)
        return _Ear(self, pump.receiver)

    def _asked(self, _ticket: int, ask: Ask) -> Answer:
        if isinstance(ask, Read):
            told = {point: self.points[point] for point in ask.points if point in self.points}
            return Answer(told, {p: Refusal.UNKNOWN_POINT for p in ask.points if p not in told})
        if isinstance(ask, Write):
            if not self.keeps:
                self.points.update(ask.values)
            return Answer(dict(self.points))
        return Answer()

    async def tell(self, path: str, value: Any, seconds: float = 10.0) -> Outcome:
        command = self.dispatch.submit(PropertyRef("unit", path), ME, value=value, timeout=seconds)
        return await self.dispatch.outcome(command.id)

    def value(self, path: str) -> Any:
        reading = self.store.get(PropertyRef("unit", path))
        return reading and (reading.value, reading.quality.value)

    @property
    def reach(self) -> str:
        return self.store.availability("unit").state.value

    async def down(self) -> None:
        await self.dispatch.close()
        await self.supervisor.close()
        for pump in self.pumps:
            pump.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}


@each_case
def test_values_and_commands(case: Case) -> None:
    @virtual_time
    async def run() -> None:
        stage = Stage(case)
        await stage.up()
        path, new, old = case.wish
        assert stage.reach == "online", stage.store.availability("unit").reason
        assert stage.value(path) == (old, "good")
        assert stage.value("power") == (False, "good")
        outcome = await stage.tell(path, new)
        assert (outcome.status, outcome.reason) == (Status.CONFIRMED, "")
        assert stage.value(path) == (new, "good")
        updates = [r.body for r in stage.book.of(RecordKind.UPDATE) if r.body["property"] == path]
        assert updates[-1]["cause"]["id"] == ME.id
        begun = stage.clock.monotonic()
        assert (await stage.tell("power", True)).status is Status.CONFIRMED
        assert stage.clock.monotonic() - begun < 0.2
        stage.keeps = True
        outcome = await stage.tell("power", False, seconds=3)
        assert outcome.status is Status.FAILED
        assert "reports True, not False" in outcome.reason
        await stage.down()

    run()


@each_case
def test_a_device_with_another_key_is_locked_out_in_words(case: Case) -> None:
    if case.facts.get("version") == 2:
        pytest.skip("V2 has no key")

    @virtual_time
    async def run() -> None:
        stage = Stage(case)
        stage.secrets = {name: bytes(reversed(secret)) for name, secret in stage.secrets.items()}
        await stage.up()
        await asyncio.sleep(20)
        assert stage.reach == "locked_out"
        reason = stage.store.availability("unit").reason
        assert len(reason) > 30
        for secret in (*SECRETS[stage.family.name].values(), *stage.secrets.values()):
            assert secret.hex() not in reason
        outcome = await stage.tell("power", True)
        assert outcome.status is Status.FAILED
        assert reason in outcome.reason
        stage.secrets = SECRETS[stage.family.name]
        for pump in stage.pumps:
            pump.close()
        await asyncio.sleep(150)
        assert stage.reach == "online"
        await stage.down()

    run()


@each_case
def test_silence_and_back(case: Case) -> None:
    @virtual_time
    async def run() -> None:
        stage = Stage(case)
        await stage.up()
        stage.mute = True
        outcome = await stage.tell("power", True, seconds=4)
        assert outcome.status is Status.TIMED_OUT
        async with asyncio.timeout(120):
            while stage.reach == "online":
                await asyncio.sleep(0.5)
        assert stage.reach == "offline"
        await asyncio.sleep(100)
        stage.intake.age()
        assert stage.value("power") == (False, "stale")
        stage.mute = False
        async with asyncio.timeout(45):
            while stage.reach != "online":
                await asyncio.sleep(0.5)
        assert stage.value("power") == (False, "good")
        assert (await stage.tell("power", True)).status is Status.CONFIRMED
        await stage.down()

    run()
