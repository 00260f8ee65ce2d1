"""Notices in the hub: from a record to each person's list and phone, and nobody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import http_ece
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec

from jiahe.home.vault import Vault
from jiahe.hub import noticing as room
from jiahe.hub.clock import LoopClock
from jiahe.hub.noticing import Around, Member, Noticing
from jiahe.hub.pushes import Pushes
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import RecordKind
from jiahe.notice.happening import Happening, Text
from jiahe.notice.seal import public_bytes
from jiahe.notice.topic import Topic
from jiahe.notice.vapid import b64
from jiahe.notice.watch import Look
from jiahe.state.journal import Journal
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents

AUTH = bytes(range(16))
SMOKE = {"device": "kitchen", "property": "smoke", "value": True, "quality": "good"}


class House:
    """Two people: the owner sees all, the guest sees the kitchen only."""

    def __init__(self) -> None:
        self.people = ["owner", "guest"]
        self.sessions = {("owner", "s1"), ("guest", "s2")}

    def members(self) -> list[Member]:
        def may(id_: str) -> Callable[[Happening], bool]:
            return lambda it: id_ == "owner" or it.device == "kitchen"

        return [Member(id_, id_, id_, may(id_)) for id_ in self.people]

    def around(self) -> Around:
        look = Look(lambda id_: {"": id_}, lambda id_: {"": id_}, lambda: True, lambda _: False)
        living = lambda person, session: (person, session) in self.sessions  # noqa: E731
        return Around(self.members, living, lambda: UTC, look, bytes)


class PushService:
    """What a browser's maker runs: keeps what it is sent, for the browser with this key."""

    def __init__(self) -> None:
        self.browser = ec.generate_private_key(ec.SECP256R1())
        self.got: list[dict[str, object]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 201
        app = web.Application()
        app.router.add_post("/push/{browser}", self._take)
        self.server = TestServer(app)

    async def _take(self, request: web.Request) -> web.Response:
        if self.status == 201:
            self.headers.append(dict(request.headers))
            text = http_ece.decrypt(
                await request.read(), private_key=self.browser, auth_secret=AUTH, version="aes128gcm"
            )
            self.got.append(json.loads(text))
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})

    def body(self, endpoint: str = "") -> dict[str, object]:
        keys = {"p256dh": b64(public_bytes(self.browser.public_key())), "auth": b64(AUTH)}
        return {"endpoint": endpoint or str(self.server.make_url("/push/a")), "keys": keys}


@asynccontextmanager
async def opened(directory: Path, house: House) -> AsyncIterator[tuple[Noticing, Journal]]:
    database = await Database.open(directory / "home.db")
    documents = Documents(database)
    journal = await Journal.open(database)
    vault = await Vault.open(directory, documents)
    noticing = await Noticing.open(LoopClock(), journal, documents, vault, house.around())
    task = asyncio.create_task(noticing.run())
    try:
        yield noticing, journal
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await noticing.close()
        await journal.close()
        await database.close()


async def soon(found: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not found():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(room, "TICK", 0.05)
    monkeypatch.setattr(room, "SETTLE", 0.01)


async def told(journal: Journal, kind: RecordKind, body: dict[str, object]) -> None:
    record = journal.append(LoopClock().now(), kind, body, urgent=True)
    await journal.committed(record.seq)


async def test_each_hears_of_what_they_may_see_and_it_survives(tmp_path):
    house = House()
    async with opened(tmp_path, house) as (noticing, journal):
        await told(journal, RecordKind.UPDATE, SMOKE)
        await told(journal, RecordKind.SECURITY, {"what": "login", "who": "owner", "address": "::1"})
        await soon(lambda: noticing.notices("owner", 0)["unread"] == 2)
        guest = noticing.notices("guest", 0)
        assert [row["topic"] for row in guest["notices"]] == ["safety"]
        assert noticing.notices("nobody", 0)["notices"] == []
        assert await noticing.read("guest", guest["cursor"]) == {"read": 1, "unread": 0}
        await noticing.put_preferences("guest", {"language": "zh"})
    async with opened(tmp_path, house) as (noticing, _):
        assert noticing.notices("owner", 0)["unread"] == 2
        assert noticing.notices("owner", 1)["notices"][0]["topic"] == "security"
        assert noticing.notices("guest", 0)["unread"] == 0
        assert noticing.preferences("guest")["language"] == "zh"


async def test_who_left_leaves_nothing_behind(tmp_path):
    house = House()
    async with opened(tmp_path, house) as (noticing, journal):
        await told(journal, RecordKind.UPDATE, SMOKE)
        await soon(lambda: noticing.notices("guest", 0)["unread"])
        await noticing.put_preferences("guest", {"language": "zh"})
        house.people.remove("guest")
        await soon(lambda: not noticing.notices("guest", 0)["unread"])
        await soon(lambda: noticing.preferences("guest")["language"] == "en")


async def test_a_push_arrives_sealed_and_only_while_the_session_holds(tmp_path):
    house, service = House(), PushService()
    await service.server.start_server()
    try:
        async with opened(tmp_path, house) as (noticing, journal):
            there = str(service.server.make_url("")).rstrip("/")
            noticing.pushes = await Pushes.open(
                noticing._clock, noticing._vault, house.around(), frozenset({there})
            )
            await noticing.subscribe("guest", "s2", service.body(), "Phone")
            await noticing.put_preferences("guest", {"language": "zh", "quiet": None})
            await told(journal, RecordKind.UPDATE, SMOKE)
            await soon(lambda: service.got)
            (got,) = service.got
            assert "烟雾" in str(got["title"])
            assert (got["path"], got["urgent"]) == ("/devices/kitchen", True)
            (headers,) = service.headers
            assert headers["Urgency"] == "high"
            assert 0 < int(headers["TTL"]) <= 4 * 3600
            assert "烟" not in str(headers)

            house.sessions.clear()  # signed out somewhere
            await soon(lambda: not noticing.pushes.told("guest")["browsers"])
            noticing.tell(Happening(Topic.SAFETY, "again", LoopClock().now(), {"en": Text("a")}, "kitchen"))
            assert noticing.pushes._sender.waiting == 0
    finally:
        await service.server.close()


@pytest.mark.parametrize("status", [410, 404])
async def test_a_browser_that_its_service_no_longer_knows_is_forgotten(tmp_path, status):
    house, service = House(), PushService()
    await service.server.start_server()
    service.status = status
    try:
        async with opened(tmp_path, house) as (noticing, journal):
            there = str(service.server.make_url("")).rstrip("/")
            noticing.pushes = await Pushes.open(
                noticing._clock, noticing._vault, house.around(), frozenset({there})
            )
            await noticing.subscribe("guest", "s2", service.body(), "Phone")
            await told(journal, RecordKind.UPDATE, SMOKE)
            await soon(lambda: not noticing.pushes.told("guest")["browsers"])
            assert await noticing._vault.names("push/to/") == []
    finally:
        await service.server.close()


async def test_browsers_are_ones_own_and_stay_over_a_restart(tmp_path):
    house = House()
    body = PushService().body("https://fcm.googleapis.com/fcm/send/x")
    async with opened(tmp_path, house) as (noticing, _):
        with pytest.raises(OutOfDefinition):
            await noticing.subscribe("guest", "s2", PushService().body("https://192.168.1.1/"), "")
        id_ = (await noticing.subscribe("guest", "s2", body, "Phone"))["id"]
        assert (await noticing.subscribe("guest", "s2", body, "Phone"))["id"] == id_
        with pytest.raises(UnknownName):
            await noticing.unsubscribe("owner", id_)
        key = (await noticing.push_key("guest"))["key"]
    async with opened(tmp_path, house) as (noticing, _):
        told_ = await noticing.push_key("guest")
        assert (told_["key"], [one["id"] for one in told_["browsers"]]) == (key, [id_])
        assert (await noticing.push_key("owner"))["browsers"] == []
        await noticing.unsubscribe("guest", id_)
        assert (await noticing.push_key("guest"))["browsers"] == []


async def test_a_hub_that_was_not_stopped_says_so_when_it_is_back(tmp_path):
    house = House()
    async with opened(tmp_path, house) as (noticing, journal):
        await told(journal, RecordKind.SYSTEM, {"what": "started"})
        assert noticing.notices("owner", 0)["notices"] == []
    database = await Database.open(tmp_path / "home.db")
    journal = await Journal.open(database)
    await told(journal, RecordKind.SYSTEM, {"what": "started"})  # no `stopped` stands before this one
    await journal.close()
    await database.close()
    async with opened(tmp_path, house) as (noticing, _):
        await soon(lambda: noticing.notices("owner", 0)["unread"] == 1)
        assert noticing.notices("owner", 0)["notices"][0]["topic"] == "power"
