"""The people of the home over HTTP: by the schema, in the diary, and never a secret in either."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from jiahe.home.household import INVITATION_LIFE
from jiahe.home.permission import Role
from jiahe.web.server import make_app

PASSWORD = "correct horse"
LAMP = {"verbs": ["see", "operate"], "devices": ["ac"]}
HOURS = {"days": [5, 6], "from": "10:00", "to": "02:00"}


class QuickPasswords:
    async def hash(self, password):
        return f"hash of {password}"

    async def matches(self, encoded, password):
        return encoded == f"hash of {password}"


@pytest.fixture(autouse=True)
def quick(house):
    house.people._passwords = QuickPasswords()


async def invite(ask, **more):
    return await ask("POST", "/api/people", status=201, json={"name": "Li", "role": "guest", **more})


async def browser(house):
    client = TestClient(TestServer(make_app(house.doors)))
    await client.start_server()
    return client


async def test_a_guest_comes_in_by_the_link_and_has_what_it_says(ask, house, client):
    until = house.clock.now() + 3 * 86_400
    made = await invite(ask, grants=[{**LAMP, "hours": HOURS}], until=until)
    assert made["seconds"] == INVITATION_LIFE
    person = made["person"]
    assert (person["state"], person["role"], person["until"]) == ("invited", "guest", until)
    assert person["grants"] == [{**LAMP, "hours": HOURS}]
    state = await ask("GET", f"/api/join/{made['code']}", status=200)
    assert state == {
        "state": "valid",
        "needs_password": False,
        "home": house.registry.home_name,
        "name": "Li",
        "role": "guest",
    }
    assert (await client.post("/api/join", json={"code": made["code"]})).status == 204
    session = await (await client.get("/api/session")).json()
    nothing = {"see": False, "configure": False, "share": False, "share_rooms": [], "operate": False}
    assert session["person"]["may"] == nothing  # a Monday
    assert session["person"]["until"] == until
    (row,) = (await ask("GET", "/api/people", status=200))["people"]
    assert (row["state"], row["sessions"], row["last_seen"]) == ("active", 1, house.clock.now())
    assert [what for what, _, _ in house.security if what != "refused"] == ["person_invited", "joined"]
    assert made["code"] not in json.dumps(house.security)


async def test_a_link_that_was_used_is_worth_nothing(ask, house, client):
    code = (await invite(ask))["code"]
    assert (await client.post("/api/join", json={"code": code})).status == 204
    other = await browser(house)
    answer = await other.post("/api/join", json={"code": code})
    assert answer.status == 401
    assert "good once" in (await answer.json())["error"]["message"]
    assert not answer.cookies
    assert (await ask("GET", f"/api/join/{code}", status=200)) == {"state": "wrong", "needs_password": False}
    assert house.security[-1][0] == "login_refused"
    await other.close()


async def test_an_adult_chooses_a_password_and_signs_in_with_it(ask, client):
    code = (await invite(ask, role="adult", name="Bo"))["code"]
    assert (await ask("GET", f"/api/join/{code}", status=200))["needs_password"] is True
    assert (await client.post("/api/join", json={"code": code})).status == 422
    answer = await client.post("/api/join", json={"code": code, "password": PASSWORD})
    assert answer.status == 204
    assert len(answer.cookies) == 2
    assert all(cookie["httponly"] for cookie in answer.cookies.values())
    assert (await client.post("/api/session", json={"name": "bo", "password": PASSWORD})).status == 204


async def test_a_known_browser_lets_the_person_in_while_others_guess(ask, house, client):
    code = (await invite(ask, role="adult", name="Bo"))["code"]
    await client.post("/api/join", json={"code": code, "password": PASSWORD})
    await client.delete("/api/session")
    stranger = await browser(house)
    statuses = [
        (await stranger.post("/api/session", json={"name": "Bo", "password": f"wrong {n} horse"})).status
        for n in range(8)
    ]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert (await client.post("/api/session", json={"name": "Bo", "password": PASSWORD})).status == 204
    assert (await stranger.post("/api/session", json={"name": "Bo", "password": PASSWORD})).status == 429
    await stranger.close()


async def test_a_flood_of_sign_ins_is_bounded_in_the_diary(client, house):
    for number in range(120):
        body = {"name": f"n{number}", "password": "wrong horse"}
        assert (await client.post("/api/session", json=body)).status in (401, 429)
    assert len([one for one in house.security if one[0] == "login_refused"]) <= 30


async def test_people_change_and_go(ask, house):
    person = (await invite(ask, grants=[LAMP], until=house.clock.now() + 60))["person"]
    path = f"/api/people/{person['id']}"
    changed = await ask(
        "PATCH", path, status=200, json={"name": "<b>👩‍👧</b>", "role": "child", "grants": [], "until": 0}
    )
    assert (changed["name"], changed["role"], changed["grants"], changed["until"]) == (
        "<b>👩‍👧</b>", "child", [], None,
    )  # fmt: skip
    assert (await ask("PATCH", path, status=422, json={}))["error"]["property"] == "name"
    assert await ask("DELETE", path, status=200) == {"rules": []}
    await ask("DELETE", path, status=404)
    await ask("PATCH", path, status=404, json={"name": "x"})
    await ask("POST", f"{path}/invitation", status=404, json={})


async def test_the_rules_of_who_leaves_are_named(ask, house, client):
    object.__setattr__(house.doors, "rules_of", lambda person: ["warm", "light"])
    person = (await invite(ask, role="adult"))["person"]
    assert await ask("DELETE", f"/api/people/{person['id']}", status=200) == {"rules": ["light", "warm"]}


@pytest.mark.parametrize(
    ("more", "status", "key"),
    [
        ({"name": "x" * 400}, 422, "name"),
        ({"name": "x" * 10_000}, 422, "name"),
        ({"name": "\u202eLi"}, 422, "name"),
        ({"role": "emperor"}, 422, "role"),
        ({"role": "agent"}, 422, "role"),
        ({"role": "owner", "until": 1e9}, 422, "until"),
        ({"grants": [{"verbs": ["see"], "rooms": ["attic"]}]}, 422, "grants.rooms"),
        ({"grants": [{"verbs": ["see"], "devices": ["oven"]}]}, 422, "grants.devices"),
        ({"grants": [{"verbs": ["see"], "kinds": ["dragon"]}]}, 422, "grants.kinds"),
        ({"grants": [{"verbs": ["see"], "traits": ["magic"]}]}, 422, "grants.traits"),
        ({"grants": [{"verbs": ["share"]}]}, 422, "grants.rooms"),
        ({"until": "Sunday"}, 422, "until"),
    ],
)
async def test_what_is_wrong_is_named_and_nobody_is_made(ask, house, more, status, key):
    error = (await ask("POST", "/api/people", status=status, json={"name": "Li", "role": "guest", **more}))[
        "error"
    ]
    assert error["property"] == key
    assert not house.people.household.people


async def test_a_new_invitation_signs_the_old_browser_out(ask, house, client):
    made = await invite(ask, grants=[LAMP])
    await client.post("/api/join", json={"code": made["code"]})
    assert (await client.get("/api/home")).status == 200
    link = await ask("POST", f"/api/people/{made['person']['id']}/invitation", status=201, json={})
    phone = await browser(house)
    assert (await phone.post("/api/join", json={"code": link["code"]})).status == 204
    assert (await phone.get("/api/home")).status == 200
    assert (await client.get("/api/home")).status == 401
    await phone.close()


# ---- sessions ------------------------------------------------------------------------------------------------


async def test_one_sees_and_ends_ones_own_browsers(ask, house, client):
    made = await invite(ask, role="adult", name="Bo")
    await client.post("/api/join", json={"code": made["code"], "password": PASSWORD})
    phone = await browser(house)
    await phone.post(
        "/api/session", json={"name": "Bo", "password": PASSWORD}, headers={"User-Agent": "Phone"}
    )
    rows = (await (await client.get("/api/sessions")).json())["sessions"]
    assert [row["label"] for row in rows if not row["current"]] == ["Phone"]
    (other,) = [row["id"] for row in rows if not row["current"]]
    assert (await client.delete(f"/api/sessions/{other}")).status == 204
    assert (await phone.get("/api/home")).status == 401
    assert (await client.delete(f"/api/sessions/{other}")).status == 404
    assert (await client.get("/api/sessions?person=somebody-else")).status == 403
    path = f"/api/sessions?person={made['person']['id']}"
    assert len((await ask("GET", path, status=200))["sessions"]) == 1
    await phone.close()


async def test_nobody_ends_the_browser_of_somebody_else(ask, house, client):
    li = await invite(ask, grants=[LAMP])
    await client.post("/api/join", json={"code": li["code"]})
    bo = await invite(ask, role="adult", name="Bo")
    phone = await browser(house)
    await phone.post("/api/join", json={"code": bo["code"], "password": PASSWORD})
    (session,) = (await (await phone.get("/api/sessions")).json())["sessions"]
    assert (await client.delete(f"/api/sessions/{session['id']}")).status == 404
    assert (await client.delete(f"/api/sessions/{session['id']}?person={bo['person']['id']}")).status == 403
    assert (await phone.get("/api/home")).status == 200
    await phone.close()


# ---- tokens --------------------------------------------------------------------------------------------------


async def test_an_agents_token_is_seen_once_and_ends(ask, house, client):
    body = {"name": "Assistant", "role": "agent", "grants": [LAMP], "until": house.clock.now() + 60}
    made = await ask("POST", "/api/tokens", status=201, json=body)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    rows = (await ask("GET", "/api/tokens", status=200))["tokens"]
    (row,) = [row for row in rows if row["id"] == made["id"]]
    assert (row["role"], row["grants"], row["until"]) == ("agent", [LAMP], body["until"])
    assert made["token"] not in json.dumps(rows) + json.dumps(house.security)
    command = {"device": "ac", "property": "power", "value": True}
    assert (await client.post("/api/commands", json=command, headers=bearer)).status == 200
    assert house.dispatch.sent[-1].cause.kind == "agent"
    assert house.dispatch.sent[-1].cause.who == f"token:{made['id']}"
    assert (await client.get("/api/people", headers=bearer)).status == 403
    house.clock.pass_(60)
    assert (await client.get("/api/home", headers=bearer)).status == 401
    await ask("DELETE", f"/api/tokens/{made['id']}", status=204)
    await ask("DELETE", f"/api/tokens/{made['id']}", status=404)


async def test_a_token_is_no_owner_and_not_this_machine(ask):
    for role in ("owner", "adult", "guest"):
        await ask("POST", "/api/tokens", status=422, json={"name": "x", "role": role, "grants": []})
    body = {"name": " this machine ", "role": "agent", "grants": []}
    await ask("POST", "/api/tokens", status=409, json=body)
    body = {"name": "x", "role": "service", "grants": [{"verbs": ["see"]}]}
    assert (await ask("POST", "/api/tokens", status=422, json=body))["error"]["property"] == "grants.makers"


async def test_an_agent_cannot_make_itself_more(house, client):
    wide = await house.people.create_token("a", Role.ADULT)
    bearer = {"Authorization": f"Bearer {wide}"}
    for method, path, body in (
        ("POST", "/api/people", {"name": "x", "role": "owner"}),
        ("POST", "/api/tokens", {"name": "x", "role": "agent", "grants": []}),
        ("POST", "/api/links", {}),
        ("POST", "/api/keys", {"keys": [{"family": "miio"}]}),
    ):
        answer = await client.request(method, path, json=body, headers=bearer)
        assert answer.status == 403, path
        assert re.search("may not (share|configure)", (await answer.json())["error"]["message"])


# ---- the second factor -----------------------------------------------------------------------------------------


async def test_an_oven_takes_a_second_factor_of_who_has_one(ask, house, client, monkeypatch):
    monkeypatch.setattr("jiahe.home.permission.SECOND_FACTOR_KINDS", frozenset({"room_air_conditioner"}))
    made = await invite(ask, role="adult", name="Bo")
    await client.post("/api/join", json={"code": made["code"], "password": PASSWORD})
    asked = []

    def asks(person, session):
        asked.append((person, session))
        return len(asked) == 1

    object.__setattr__(house.doors, "asks_second_factor", asks)
    command = {"device": "ac", "property": "power", "value": True}
    answer = await client.post("/api/commands", json=command)
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "second_factor")
    assert not house.dispatch.sent
    assert house.security[-1][:2] == ("refused", "Bo")
    assert (await client.post("/api/commands", json=command)).status == 200
    assert asked[0][0] == made["person"]["id"]
    await ask("POST", "/api/commands", status=200, json=command)  # a token is no person
    assert len(asked) == 2
