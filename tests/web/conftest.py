"""Fakes of the rooms below the web, small enough to be read: the tests decide when something is on disk."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from aiohttp.test_utils import TestClient, TestServer

from jiahe.home.people import People
from jiahe.home.registry import Registry
from jiahe.model.definition import ActionDef, Kind, Profile, PropertyDef
from jiahe.model.device import Device
from jiahe.model.errors import AuthError, LinkError, OutOfDefinition, UnknownName
from jiahe.model.happening import (
    Actor,
    Availability,
    Cause,
    Command,
    Outcome,
    PropertyRef,
    Quality,
    Reach,
    Record,
    RecordKind,
    Status,
)
from jiahe.web.doors import AdoptRequest, Doors
from jiahe.web.routes import ROUTES
from jiahe.web.schemas import SCHEMAS
from jiahe.web.server import make_app

CAUSE = Cause("c0", Actor.DEVICE, "ac")
ROWS = (
    PropertyDef("power", Kind.BOOL, writable=True, trait="on_off", labels={"en": "Power", "zh": "开关"}),
    PropertyDef("target_temperature", Kind.FLOAT, "Cel", 16, 30, 0.5, writable=True, trait="thermostat"),
    PropertyDef("mode", Kind.ENUM, choices=("cool", "heat"), writable=True, trait="mode"),
    PropertyDef("temperature", Kind.FLOAT, "Cel", trait="temperature"),
    PropertyDef("fault", Kind.TEXT),
)
PROFILE = Profile(
    "room_air_conditioner",
    {row.path: row for row in ROWS},
    {
        "reset_filter": ActionDef(
            "reset_filter", (PropertyDef("level", Kind.INT, low=0, high=3),), trait="filter"
        )
    },
)


class FakeClock:
    def __init__(self) -> None:
        self.wall, self.ticks = 1_790_000_000.0, 100.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


class MemoryDocuments:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}

    async def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        self.kept[kind, key] = copy.deepcopy(dict(body))

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        return copy.deepcopy(self.kept.get((kind, key)))

    async def delete(self, kind: str, key: str) -> None:
        self.kept.pop((kind, key), None)

    async def all(self, kind: str) -> dict[str, dict[str, Any]]:
        return {id_: copy.deepcopy(body) for (its, id_), body in self.kept.items() if its == kind}


class FakeJournal:
    """Records become "on disk" when the test calls `commit` (or at once with `auto`); reading can be held
    up.
    """

    def __init__(self) -> None:
        self.all: list[Record] = []
        self.committed_seq = 0
        self.auto = True
        self.callbacks: list[Callable[[list[Record]], None]] = []
        self.moved = asyncio.Condition()
        self.before_read: Callable[[], Any] | None = None
        self.reads = self.watchers = 0

    @property
    def last_seq(self) -> int:
        return self.all[-1].seq if self.all else 0

    def append(
        self, body: Mapping[str, Any], kind: RecordKind = RecordKind.UPDATE, at: float = 1.79e9
    ) -> Record:
        record = Record(self.last_seq + 1, at, kind, body)
        self.all.append(record)
        if self.auto:
            self.commit()
        return record

    def commit(self, upto: int | None = None, tell: bool = True) -> list[Record]:
        """On disk up to here; `tell` calls the listeners, else the test does it later with `tell`."""
        upto = self.last_seq if upto is None else upto
        records = [record for record in self.all if self.committed_seq < record.seq <= upto]
        self.committed_seq = max(self.committed_seq, upto)
        if tell:
            self.tell(records)
        return records

    def tell(self, records: list[Record]) -> None:
        for callback in tuple(self.callbacks):
            callback(records)

    async def committed(self, seq: int) -> None:
        while self.committed_seq < seq:
            await asyncio.sleep(0)

    async def records(self, after: int, limit: int, device: str | None = None) -> list[Record]:
        self.reads += 1
        if self.before_read is not None:
            await self.before_read()
        found = [r for r in self.all if after < r.seq <= self.committed_seq]
        return [r for r in found if device is None or r.body.get("device") == device][:limit]

    async def newest(self, limit: int, device: str | None = None) -> list[Record]:
        found = [r for r in self.all if r.seq <= self.committed_seq]
        return [r for r in found if device is None or r.body.get("device") == device][-limit:][::-1]

    async def earlier(
        self, before: int, limit: int, device: str | None = None, kinds: Any = None
    ) -> tuple[list[Record], int]:
        found = [r for r in self.all if r.seq < before and (kinds is None or r.kind in kinds)]
        found = [r for r in found if device is None or r.body.get("device") == device][-limit:]
        return found, found[0].seq - 1 if len(found) >= limit else 0

    @contextmanager
    def watch(self):
        self.watchers += 1
        try:
            yield
        finally:
            self.watchers -= 1

    def on_commit(self, callback: Callable[[list[Record]], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)


class FakeStore:
    def __init__(self) -> None:
        self.readings: dict[PropertyRef, Any] = {}
        self.reach: dict[str, Availability] = {}
        self.waits: dict[PropertyRef, str] = {}

    def say(
        self, path: str, value: Any, quality: Quality = Quality.GOOD, at: float = 1.79e9, device: str = "ac"
    ) -> None:
        self.readings[PropertyRef(device, path)] = SimpleNamespace(
            value=value, raw=value, quality=quality, observed_at=at, cause=CAUSE
        )

    def snapshot(self) -> dict[PropertyRef, Any]:
        return dict(self.readings)

    def availability(self, device: str) -> Availability:
        return self.reach.get(device, Availability(Reach.ONLINE, 1.79e9))

    def waiting(self, ref: PropertyRef) -> str | None:
        return self.waits.get(ref)

    def seen_since(self, after: float) -> dict[PropertyRef, float]:
        return {ref: one.observed_at for ref, one in self.readings.items() if one.observed_at > after}


class FakeDispatch:
    """Checks as the real one does; every command ends as `status` says, None for one that waits."""

    def __init__(self, clock: FakeClock, journal: FakeJournal) -> None:
        self.clock, self.journal = clock, journal
        self.sent: list[Command] = []
        self.ends: dict[str, Outcome | None] = {}
        self.status: Status | None = Status.CONFIRMED
        self.error: Exception | None = None

    def submit(self, target, cause, *, value=None, arguments=None, timeout=10.0) -> Command:
        if self.error:
            raise self.error
        if arguments is None:
            definition = PROFILE.property(target.path)
            if not definition.writable:
                raise OutOfDefinition(target.path, "can only be read", "read-only")
            value = definition.check(value)
        else:
            wanted = PROFILE.action(target.path).arguments
            arguments = tuple(row.check(item) for row, item in zip(wanted, arguments, strict=True))
        now = self.clock.now()
        command = Command(f"cmd{len(self.sent)}", target, cause, now, now + timeout, value, arguments)
        self.sent.append(command)
        self.journal.append({"id": command.id, "device": target.device}, RecordKind.COMMAND)
        self.ends[command.id] = self.status and Outcome(command.id, self.status, "", now)
        return command

    async def outcome(self, command_id: str) -> Outcome:
        while (end := self.ends[command_id]) is None:
            await asyncio.sleep(0)
        self.journal.append({"command": command_id}, RecordKind.OUTCOME)
        return end

    def find(self, command_id: str):
        for command in self.sent:
            if command.id == command_id:
                return command, self.ends[command_id]
        return None


class FakeHistory:
    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.rows: list[list[float | None]] = [[1.79e9, 20.0, 21.0, 22.0, 21.5]]
        self.kwh: dict[str, float | None] = {}
        self.done: list[Record] = []
        self.whole = True

    async def query(self, *asked):
        self.asked.append(asked)
        return SimpleNamespace(rows=self.rows, step=60.0, gaps=[(1.0, 2.0)])

    async def energy(self, device, path, bounds, *, counter, factor):
        self.asked.append((device, path, tuple(bounds), counter, factor))
        kwh = self.kwh.get(path)
        return [SimpleNamespace(kwh=kwh, covered=0.5, estimated=False, reset=counter)] * (len(bounds) - 1)

    async def marks(self, device, start, end):
        self.asked.append((device, start, end))
        return self.done, self.whole


class FakeVirtual:
    async def faults(self):
        return {"devices": []}

    async def put_faults(self, device, faults):
        if device != "ac":
            raise UnknownName(f"there is no virtual device {device!r}")
        return {"id": device, "faults": dict(faults)}


class House:
    """A whole small house behind a web door."""

    def __init__(self) -> None:
        self.clock, self.documents = FakeClock(), MemoryDocuments()
        self.journal, self.store = FakeJournal(), FakeStore()
        self.dispatch, self.history = FakeDispatch(self.clock, self.journal), FakeHistory()
        self.security: list[tuple[str, str, dict[str, Any]]] = []
        self.adopted: list[AdoptRequest] = []
        self.searches: list[tuple[list[str], float]] = []
        self.ids = 0

    async def open(self, static, demo: bool = True) -> House:
        def profile_of(product: str, facts: Mapping[str, Any]) -> Profile:
            if product == "gone":
                raise UnknownName("there is no product gone")
            return PROFILE

        self.registry = await Registry.open(self.documents, self.clock, profile_of, self._note)
        await self.registry.add_room("Living room", CAUSE)
        self.device = await self.registry.adopt(
            product="acme.ac",
            family="midea",
            hardware_id="1",
            address="10.0.0.1",
            cause=CAUSE,
            id_="ac",
            name="AC",
            area="living-room",
        )
        self.people = await People.open(self.documents, self.clock, demo=demo)
        self.token = await self.people.create_token("test")
        self.doors = Doors(
            clock=self.clock,
            version="0.0",
            new_id=self._new_id,
            people=self.people,
            home=self.registry,
            store=self.store,
            journal=self.journal,
            dispatch=self.dispatch,
            history=self.history,
            adopt=self._adopt,
            discover=self._discover,
            remove=self._remove,
            maker_of=lambda product: "Acme",
            tap=lambda device: {
                "frames": [{"at": 1.0, "direction": "in", "hex": "00", "note": ""}],
                "counters": {},
            },
            health=lambda: {"uptime": 1.0, "devices": 1, "online": 1},
            record_security=lambda what, who, details: self.security.append((what, who, dict(details))),
            virtual=FakeVirtual() if demo else None,
            names=frozenset({"jiahe.lan"}),
            static=static,
        )
        return self

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _new_id(self) -> str:
        self.ids += 1
        return f"id{self.ids}"

    async def _note(self, what: str, details: Mapping[str, Any], cause: Cause) -> None:
        self.journal.append({"what": what, **details}, RecordKind.HOME)

    async def _adopt(self, request: AdoptRequest) -> Device:
        self.adopted.append(request)
        if request.address == "10.9.9.9":
            raise LinkError("Nothing answers at 10.9.9.9.")
        if request.address == "10.9.9.8":
            raise AuthError("The device does not accept this token.")
        return await self.registry.adopt(
            product="acme.ac",
            family="midea",
            hardware_id=request.hardware_id or "77",
            address=request.address,
            cause=request.cause,
            name=request.name,
            area=request.room,
            id_=request.id,
        )

    async def _discover(self, addresses: list[str], seconds: float) -> list[dict[str, Any]]:
        self.searches.append((addresses, seconds))
        await asyncio.sleep(0.02)
        return [
            {
                "family": "miio",
                "hardware_id": "5",
                "address": "10.0.0.5",
                "port": 54321,
                "model": "",
                "product": "",
                "adopted": "",
                "missing": ["token"],
                "hint": "Give its token.",
            }
        ]

    async def _remove(self, device: str, cause: Cause) -> None:
        await self.registry.remove(device, cause)


@pytest.fixture
async def house(tmp_path) -> House:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>App</title>")
    (static / "assets" / "app-1a2b.js").write_text("console.log(1)")
    (static / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    house = await House().open(static)
    house.store.say("power", True)
    house.store.say("temperature", 21.5)
    return house


@pytest.fixture
def house_class() -> type[House]:
    return House


@pytest.fixture
async def client(house) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make_app(house.doors))) as client:
        yield client


@pytest.fixture
async def signed(client, house) -> TestClient[Any, Any]:
    """A browser that came in by the demo's link."""
    answer = await client.get(f"/enter/{house.people.new_enter_code()}", allow_redirects=False)
    assert answer.status == 303
    return client


@pytest.fixture
def ask(client, house):
    """Asks as the owner; answers with status and body, after a look at the schema of the route."""

    async def ask(method, path, *, status, headers=None, **more):
        answer = await client.request(method, path, headers=house.bearer | (headers or {}), **more)
        text = await answer.text()
        assert answer.status == status, text
        body = (
            json.loads(text, parse_constant=pytest.fail) if text and "json" in answer.content_type else text
        )
        if status >= 400:
            check("Error", body)
        else:
            handler = answer.request_info.url.path
            check_route(client, method, handler, status, body)
        return body

    return ask


def check(name, body):
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    jsonschema.Draft202012Validator(schema).validate(body)


def check_route(client, method, path, status, body):
    for route in ROUTES:
        parts, given = route.path.split("/"), path.split("/")
        fits = len(parts) == len(given) and all(
            a == b or a.startswith("{") for a, b in zip(parts, given, strict=True)
        )
        if route.method == method and fits:
            name = route.answers[status]
            if name in SCHEMAS:
                check(name, body)
            return
    pytest.fail(f"no route {method} {path}")


@pytest.fixture
def fits():
    """Holds a body against a schema of the OpenAPI document."""
    return check
