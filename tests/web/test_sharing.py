"""Who may let people in by a right to share: nobody comes by it to more than they have, in time, by a detour or by a race."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp.test_utils import TestClient, TestServer

from jiahe.model.happening import Actor, Cause
from jiahe.web.server import make_app

PASSWORD = "correct horse"
CAUSE = Cause("c0", Actor.SYSTEM, "test")
ROOM = "living-room"
HOST = [{"verbs": ["see", "operate", "share"], "rooms": [ROOM]}]
SEES = [{"verbs": ["see"], "rooms": [ROOM]}]


class QuickPasswords:
    async def hash(self, password):
        return f"hash of {password}"

    async def matches(self, encoded, password):
        return encoded == f"hash of {password}"


@pytest.fixture(autouse=True)
def quick(house):
    house.people._passwords = QuickPasswords()


@pytest.fixture
async def open_browser(house):
    """Browsers of their own, each of somebody who came in by this code."""
    opened = []

    async def browser(code="", password=""):
        client = TestClient(TestServer(make_app(house.doors)))
        await client.start_server()
        opened.append(client)
        if code:
            answer = await client.post("/api/join", json={"code": code, "password": password})
            assert answer.status == 204, await answer.text()
        return client

    yield browser
    for client in opened:
        await client.close()


@pytest.fixture
async def host(ask, open_browser):
    """A guest who may share the living room: their id and browser."""
    made = await ask(
        "POST", "/api/people", status=201, json={"name": "Host", "role": "guest", "grants": HOST}
    )
    return made["person"]["id"], await open_browser(made["code"])


async def let_in(client, grants=SEES, name="Bo", status=201):
    answer = await client.post("/api/people", json={"name": name, "role": "guest", "grants": grants})
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_guest_whom_an_owner_gave_more_is_not_their_givers_any_more(ask, host):
    _, client = host
    bo = await let_in(client)
    path = f"/api/people/{bo['person']['id']}"
    assert (await client.post(f"{path}/invitation", json={})).status == 201  # their own guest
    await ask("PATCH", path, status=200, json={"role": "adult"})
    for method, where, body in (
        ("POST", f"{path}/invitation", {}), ("PATCH", path, {"name": "Eve"}), ("DELETE", path, None),
    ):  # fmt: skip
        answer = await client.request(method, where, json=body)
        assert answer.status == 404, f"{method} {where}: {await answer.text()}"
    assert (await (await client.get("/api/people")).json())["people"] == []


async def test_a_link_kept_back_is_not_worth_what_an_owner_gave_later(ask, host, open_browser):
    _, client = host
    bo = await let_in(client)
    path = f"/api/people/{bo['person']['id']}"
    kept = (await (await client.post(f"{path}/invitation", json={})).json())["code"]
    await ask("PATCH", path, status=200, json={"grants": [{"verbs": ["operate", "configure"]}]})
    thief = await open_browser()
    assert (await thief.post("/api/join", json={"code": kept})).status == 401


async def test_who_came_in_by_a_givers_link_is_out_once_an_owner_gives_more(ask, host, open_browser):
    """The giver may have opened it themselves: nobody knows who is behind it."""
    _, client = host
    bo = await let_in(client)
    path = f"/api/people/{bo['person']['id']}"
    thief = await open_browser(bo["code"], "a password of the thief")
    assert (await thief.get("/api/home")).status == 200
    await ask("PATCH", path, status=200, json={"role": "adult"})
    assert (await thief.get("/api/home")).status == 401
    again = {"name": "Bo", "password": "a password of the thief"}
    assert (await thief.post("/api/session", json=again)).status == 401
    fresh = await ask("POST", f"{path}/invitation", status=201, json={})
    bo_himself = await open_browser(fresh["code"], "a password of his own")
    assert (await bo_himself.get("/api/home")).status == 200


async def test_a_guest_whom_an_owner_gave_less_stays_their_givers(ask, host):
    host_id, client = host
    bo = await let_in(client, [{"verbs": ["operate"], "rooms": [ROOM]}])
    path = f"/api/people/{bo['person']['id']}"
    await ask("PATCH", path, status=200, json={"grants": SEES})
    assert (await client.post(f"{path}/invitation", json={})).status == 201
    await ask("DELETE", f"/api/people/{host_id}", status=200)
    assert (await ask("GET", "/api/people", status=200))["people"] == []


async def test_what_a_giver_does_not_see_is_named_as_what_never_was(house, host):
    _, client = host
    attic = await house.registry.add_room("Attic", CAUSE)
    hidden = await house.registry.adopt(
        product="acme.ac",
        family="midea",
        hardware_id="9",
        address="10.0.0.9",
        cause=CAUSE,
        name="Secret",
        area=attic.id,
    )
    for name, one in (("rooms", attic.id), ("devices", hidden.id)):
        said = []
        for id_ in (one, "never"):
            grant = {"verbs": ["see"], "rooms": [ROOM], name: [id_]}
            answer = await client.post("/api/people", json={"name": "Bo", "role": "guest", "grants": [grant]})
            said.append((answer.status, (await answer.text()).replace(id_, "?")))
        assert said[0] == said[1]


# ---- while something is under way ---------------------------------------------------------------------------------------


async def slowly(client, house, method, path, body, meanwhile):
    """Sends a request whose body arrives only after something else happened."""
    looked, go = asyncio.Event(), asyncio.Event()
    people, original = house.people, house.people.by_session

    async def by_session(secret):
        found = await original(secret)
        looked.set()
        return found

    async def parts():
        yield b" "
        await go.wait()
        yield json.dumps(body).encode()

    people.by_session = by_session
    asking = asyncio.create_task(client.request(method, path, data=parts()))
    await asyncio.wait_for(looked.wait(), 10)
    await asyncio.sleep(0)
    people.by_session = original
    await meanwhile()
    go.set()
    return await asyncio.wait_for(asking, 10)


async def test_a_key_that_ends_while_a_body_arrives_opens_nothing(ask, house, host):
    host_id, client = host

    async def removed():
        await ask("DELETE", f"/api/people/{host_id}", status=200)

    body = {"name": "Eve", "role": "guest", "grants": SEES}
    answer = await slowly(client, house, "POST", "/api/people", body, removed)
    assert answer.status == 401, await answer.text()
    assert (await ask("GET", "/api/people", status=200))["people"] == []


async def test_an_owner_who_is_none_any_more_does_not_make_themselves_one(ask, house, open_browser):
    made = await ask("POST", "/api/people", status=201, json={"name": "First", "role": "owner"})
    await ask("POST", "/api/people", status=201, json={"name": "Second", "role": "owner"})
    client, path = await open_browser(made["code"], PASSWORD), f"/api/people/{made['person']['id']}"

    async def demoted():
        await ask("PATCH", path, status=200, json={"role": "guest"})

    answer = await slowly(client, house, "PATCH", path, {"role": "owner"}, demoted)
    assert answer.status == 403, await answer.text()
    roles = {row["name"]: row["role"] for row in (await ask("GET", "/api/people", status=200))["people"]}
    assert roles == {"First": "guest", "Second": "owner"}


async def test_a_right_that_goes_while_a_guest_is_written_takes_the_guest_along(ask, house, host):
    host_id, client = host
    documents, original = house.documents, house.documents.put
    held, go = asyncio.Event(), asyncio.Event()

    async def put(kind, key, body):
        if kind == "person" and key == host_id:  # the owner's change is on its way to the disk
            held.set()
            await go.wait()
        await original(kind, key, body)

    documents.put = put
    narrow = asyncio.create_task(ask("PATCH", f"/api/people/{host_id}", status=200, json={"grants": SEES}))
    await asyncio.wait_for(held.wait(), 10)
    adding = asyncio.create_task(
        client.post("/api/people", json={"name": "Eve", "role": "guest", "grants": SEES})
    )
    for _ in range(200):  # until it waits for its turn to write
        await asyncio.sleep(0.005)
        if house.people.household._writing._waiters:
            break
    go.set()
    await narrow
    answer = await adding
    assert answer.status == 403, await answer.text()
    assert [row["name"] for row in (await ask("GET", "/api/people", status=200))["people"]] == ["Host"]
