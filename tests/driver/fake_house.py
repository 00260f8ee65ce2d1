"""A whole small hub around one device of a made-up family: real doors, driver, link and network in memory.

The device's end does as the test tells it: mute, refuse, keep its old value, be slow to take a new one.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.link.tiny_session import TinySession
from tests.machines.virtual_time import Clock
from tests.state.house import ME, Book

from jiahe.catalog.loader import read_product
from jiahe.catalog.product import Product
from jiahe.driver.family import Family, Secret
from jiahe.driver.supervisor import Supervisor
from jiahe.link.device_pump import DevicePump
from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.errors import LocalProtocolError
from jiahe.model.happening import Command, Outcome, PropertyRef, Record, RecordKind
from jiahe.state.dispatch import Dispatch
from jiahe.state.intake import Intake
from jiahe.state.store import Store
from jiahe.transport.memory import Network
from jiahe.transport.transport import Receiver, Server, Transport
from jiahe.wire.talk import Act, Answer, Ask, Happened, Identity, Read, Refusal, Role, Sighting, Write

PORT = 7000
PRODUCT = read_product(
    """
id = "acme.box"
maker = "Acme"
family = "tiny"
kind = "generic"
names = { en = "Box", zh = "盒" }
source = "made up for these tests"
points = [
  { property = "power", report = "power", write = "power", datatype = "bool" },
  { property = "target_temperature", report = "target", write = "target", datatype = "float", low = 16, high = 30, step = 0.1 },
  { property = "mode", report = "mode", write = "mode", datatype = "enum", choices = { auto = 0, cool = 1 } },
  { property = "temperature", report = "temperature", datatype = "float", low = -20, high = 60 },
  { property = "filter_life", report = "filter", datatype = "int", cadence = 60 },
  { property = "display", write = "display", datatype = "bool" },
]
actions = [{ action = "clean", point = "clean", labels = { en = "Clean", zh = "清洁" } }]
events = [{ event = "pressed", point = "pressed", labels = { en = "Pressed", zh = "按下" } }]
""",
    "box.toml",
)


class FakeSession(TinySession):
    """TinySession with events, a key among the secrets, and a point that it cannot say."""

    def __init__(self, role: Role, identity: Identity, _entropy: Any) -> None:
        super().__init__(role, key=identity.secrets.get("key", b"right").decode())

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        if isinstance(ask, Read) and "nonsense" in ask.points:
            raise LocalProtocolError("there is no point 'nonsense'")
        return super().ask(ask, deadline, now)

    def say(self, *parts: Any) -> None:
        self._say(*parts)

    def _on_hello(self, key: str, secret: str) -> None:
        super()._on_hello("right" if key == self._key else "another", secret)

    def _on_happened(self, point: str, arguments: dict[str, Any]) -> None:
        self._events.append(Happened(point, arguments))


FAMILY = Family(
    "tiny", "Tiny", "tcp", PORT, FakeSession, lambda: None, lambda _: {"key": Secret(5, "the key")},  # type: ignore[arg-type, return-value]  # no finder is asked here
    answer_within=3.0, fingerprint=("model",),
)  # fmt: skip


class _Ear:
    """What reaches the device, unless it is mute."""

    def __init__(self, box: Box, inner: Receiver) -> None:
        self._box, self._inner = box, inner

    def connected(self, transport: Transport) -> None:
        self._inner.connected(transport)

    def received(self, data: bytes) -> None:
        if not self._box.mute:
            self._inner.received(data)

    def lost(self, reason: str) -> None:
        self._inner.lost(reason)


@dataclass
class Box:
    """The device. `takes_after`: seconds until a written value is so; None: it keeps the old one for ever."""

    network: Network
    clock: Clock
    key: str = "right"
    mute: bool = False
    takes_after: float | None = 0.0
    pushes: bool = False
    refuses: Refusal | None = None
    faults: dict[str, Refusal] = field(default_factory=dict)
    values: dict[str, Any] = field(
        default_factory=lambda: {"power": False, "target": 20.0, "mode": 0, "temperature": 21.5, "filter": 80}
    )
    heard: list[tuple[float, Ask]] = field(default_factory=list)
    accepted: int = 0
    after_act: Callable[[], None] = lambda: None
    meanwhile: Callable[[Ask], None] = lambda ask: None

    def __post_init__(self) -> None:
        self.pumps: deque[tuple[DevicePump, FakeSession]] = deque(maxlen=1)
        self.server: Server | None = None

    async def listen(self, host: str = "box", port: int = PORT) -> None:
        self.hide()
        self.server = await self.network.serve(host, port, self._accept)

    def hide(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    def drop(self) -> None:
        """Ends the connection from this end."""
        while self.pumps:
            self.pumps.pop()[0].close()

    def push(self, **values: Any) -> None:
        self.values.update(values)
        if self.pumps and not self.mute:
            self.pumps[0][0].report(values)

    def say(self, *parts: Any) -> None:
        """Any word of the family."""
        pump, session = self.pumps[0]
        session.say(*parts)
        pump._pump.crank()

    def reads(self, point: str) -> int:
        return sum(isinstance(ask, Read) and point in ask.points for _, ask in self.heard)

    def _accept(self, _peer: str) -> Receiver:
        self.accepted += 1
        session = FakeSession(Role.DEVICE, Identity("1", {"key": self.key.encode()}), None)
        pump = DevicePump(session, self.clock, self._asked)
        self.pumps.append((pump, session))
        return _Ear(self, pump.receiver)

    def _asked(self, _ticket: int, ask: Ask) -> Answer:
        self.heard.append((asyncio.get_running_loop().time(), ask))
        self.meanwhile(ask)
        if self.refuses is not None and not isinstance(ask, Read):
            return Answer(refusal=self.refuses)
        if isinstance(ask, Read):
            told = {p: self.values[p] for p in ask.points if p in self.values and p not in self.faults}
            return Answer(told, {p: self.faults[p] for p in ask.points if p in self.faults})
        if isinstance(ask, Write):
            return self._write(ask.values)
        if isinstance(ask, Act):
            self.after_act()
        return Answer()

    def _write(self, values: Mapping[str, Any]) -> Answer:
        faults = {point: self.faults[point] for point in values if point in self.faults}
        taken = {point: raw for point, raw in values.items() if point not in faults}
        if self.takes_after == 0:
            self._take(taken)
        elif self.takes_after is not None:
            asyncio.get_running_loop().call_later(self.takes_after, self._take, taken)
        return Answer(faults=faults)

    def _take(self, values: Mapping[str, Any]) -> None:
        if self.pushes:
            self.push(**values)
        else:
            self.values.update(values)


class Hub:
    """Store, journal, doors and supervisor, wired as the hub wires them."""

    def __init__(self, product: Product = PRODUCT, latency: float = 0.01) -> None:
        self.clock, self.store, self.book = Clock(), Store(), Book()
        self.network = Network(latency=latency)
        self.box = Box(self.network, self.clock)
        self.product = product
        self.moves: list[tuple[str, str]] = []
        self._ids = itertools.count(1)
        self.intake = Intake(self.clock, self.store, self.book, self._profile, self._id)
        self.supervisor = Supervisor(
            self.clock,
            self.intake,
            bytes,
            self._id,
            lambda *move: self.moves.append(move),
            self._connect,
            seed=1,
        )
        self.dispatch = Dispatch(
            self.clock, self.store, self.book, self._profile, self.supervisor.carry, lambda *_: "", self._id
        )

    def _id(self) -> str:
        return f"id{next(self._ids)}"

    def _profile(self, device: str) -> Profile | None:
        return self.product.profile if device == "box" else None

    async def _connect(self, _family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        return await self.network.connect(host, port, receiver)

    def start(
        self, key: bytes = b"right", address: str = "box", facts: Mapping[str, Any] | None = None
    ) -> None:
        card = Device(
            "box", "Box", self.product.id, self.product.profile, "tiny", "42", address, facts=facts or {}
        )  # fmt: skip
        self.supervisor.start(card, self.product, {"key": key})

    async def up(self) -> None:
        """The device listens, the driver runs, and all is well."""
        await self.box.listen()
        self.start()
        await asyncio.sleep(1)

    async def down(self) -> None:
        await self.dispatch.close()
        await self.supervisor.close()

    def sighted(self, host: str, port: int = PORT) -> str | None:
        return self.supervisor.sighted(Sighting("tiny", "42", host, port))

    def command(
        self, path: str, value: Any = None, *, action: bool = False, seconds: float = 10.0
    ) -> Command:
        return self.dispatch.submit(
            PropertyRef("box", path), ME, value=value, arguments=[] if action else None, timeout=seconds
        )

    async def tell(
        self, path: str, value: Any = None, *, action: bool = False, seconds: float = 10.0
    ) -> Outcome:
        return await self.dispatch.outcome(self.command(path, value, action=action, seconds=seconds).id)

    @property
    def reach(self) -> str:
        return self.store.availability("box").state.value

    @property
    def reason(self) -> str:
        return self.store.availability("box").reason

    def updates(self, path: str) -> list[Record]:
        return [r for r in self.book.of(RecordKind.UPDATE) if r.body["property"] == path]

    def value(self, path: str) -> Any:
        reading = self.store.get(PropertyRef("box", path))
        return reading and (reading.value, reading.quality.value)
