"""Nothing is open to strangers; walked over the whole table of routes."""

from __future__ import annotations

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from jiahe.home.permission import Grant, Role, Verb
from jiahe.web.answer import empty_answer
from jiahe.web.auth import sign_in
from jiahe.web.routes import ROUTES
from jiahe.web.server import make_app

OPEN = {
    ("GET", "/api/health"),
    ("GET", "/api/session"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("POST", "/api/claim"),
    ("GET", "/api/claim/{code}"),
    ("GET", "/enter/{code}"),
    ("GET", "/api/join/{code}"),
    ("POST", "/api/join"),
    ("POST", "/api/session/passkey/options"),
    ("POST", "/api/session/passkey"),
    ("GET", "/api/secure"),
    ("GET", "/trust"),
    ("GET", "/api/sentences"),
    ("GET", "/trust/ca.crt"),
    ("GET", "/trust/ca.mobileconfig"),
}
CLOSED = [route for route in ROUTES if route.verb is not None]
PASSWORD = "correct horse"
EVERYTHING = {"see": True, "configure": True, "share": True, "share_rooms": ["living-room"], "operate": True}


def url(route):
    return re.sub(r"{\w+}", "ac", route.path)


def test_what_is_open_is_a_list_of_its_own():
    assert {(route.method, route.path) for route in ROUTES if route.verb is None} == OPEN


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
async def test_a_closed_route_is_closed_to_every_kind_of_stranger(client, house, route):
    port = client.port
    forged = [
        {},
        {"Cookie": f"jiahe_{port}=forged"},
        {"Cookie": f"jiahe_{port}=" + "x" * 3000},
        {"Authorization": "Bearer jiahe_forged"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic " + house.token},
        {"Authorization": house.token},
        {"Cookie": f"jiahe_{port}={house.token}"},
    ]
    for headers in forged:
        answer = await client.request(route.method, url(route), headers=headers, data=b"{")
        assert answer.status == 401, headers
        assert (await answer.json())["error"]["code"] == "sign_in"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
async def test_a_closed_route_opens_to_a_token_and_to_a_cookie(signed, house, route):
    for headers in ({}, house.bearer):
        answer = await signed.request(
            route.method, url(route), headers=headers, data=b"[]" if route.body is not None else None
        )
        assert answer.status not in {401, 403}, await answer.text()


async def test_a_role_without_rights_is_told_so(client, house):
    key = frozenset({"ac"})
    token = await house.people.create_token("Bo", Role.AGENT, (Grant(frozenset({Verb.SEE}), devices=key),))
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/api/home", headers=bearer)).status == 200
    body = {"device": "ac", "property": "power", "value": True}
    answer = await client.post("/api/commands", json=body, headers=bearer)
    assert answer.status == 403
    assert "may not operate" in (await answer.json())["error"]["message"]
    assert not house.dispatch.sent
    assert house.security[-1][:2] == ("refused", "Bo")


async def test_the_demos_link_signs_in_and_is_written_down_without_its_code(client, house):
    code = house.people.new_enter_code()
    for _ in range(2):
        answer = await client.get(
            f"/enter/{code}", allow_redirects=False, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status == 303
        assert answer.headers["Location"] == "/"
        cookie = answer.headers["Set-Cookie"]
        for word in ("HttpOnly", "SameSite=Strict", "Path=/", f"jiahe_{client.port}="):
            assert word in cookie
        assert "Secure" not in cookie
    assert (await client.get("/api/home")).status == 200
    assert house.security[0] == ("login", "Demo", {"address": "127.0.0.1", "via": "demo"})
    assert code not in str(house.security)


async def test_a_wrong_link_leads_to_the_apps_words_and_is_slow_to_guess(client):
    for _ in range(4):
        answer = await client.get("/enter/guess", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/link/over")
        assert "Set-Cookie" not in answer.headers
    answer = await client.get("/enter/guess", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/link/wait/1")
    assert "Set-Cookie" not in answer.headers


async def test_claim_makes_the_owner_once(client, house):
    code = await house.people.new_claim_code()
    assert (await (await client.get("/api/session")).json())["owner_exists"] is False
    body = {"code": code, "name": "Mei", "password": PASSWORD}
    answer = await client.post("/api/claim", json=body)
    assert answer.status == 204
    session = await (await client.get("/api/session")).json()
    assert session["signed_in"] is True
    assert session["person"] == {
        "id": session["person"]["id"],
        "name": "Mei",
        "role": "owner",
        "until": None,
        "may": EVERYTHING,
    }
    assert session["home"] == "Home"
    assert session["owner_exists"] is True
    answer = await client.post("/api/claim", json=body)
    assert answer.status == 409
    assert house.security == [("owner_created", "Mei", {"address": "127.0.0.1", "via": "session"})]


async def test_a_claim_link_is_looked_at_without_being_used(client, house):
    code = await house.people.new_claim_code()
    for _ in range(10):
        answer = await client.get(f"/api/claim/{code}")
        assert await answer.json() == {"state": "valid"}
    for _ in range(4):
        assert await (await client.get("/api/claim/guess")).json() == {"state": "wrong"}
    assert (await client.get("/api/claim/guess")).status == 429
    house.clock.pass_(25 * 3600)
    assert await (await client.get(f"/api/claim/{code}")).json() == {"state": "expired"}
    code = await house.people.new_claim_code()
    await house.people.claim(code, "Mei", PASSWORD, "::1")
    assert await (await client.get(f"/api/claim/{code}")).json() == {"state": "owned"}


async def owned(house):
    await house.people.claim(await house.people.new_claim_code(), "Mei", PASSWORD, "::1")
    return {"Authorization": f"Bearer {await house.people.create_token('this machine')}"}


async def test_a_lost_password_is_replaced_by_way_of_this_machine(tmp_path, house_class):
    house = await house_class().open(tmp_path, demo=False)
    async with TestClient(TestServer(make_app(house.doors))) as client:
        local = await owned(house)
        made = await (await client.post("/api/links", json={}, headers=local)).json()
        entered = await client.get(f"/enter/{made['code']}", allow_redirects=False)
        assert entered.headers["Location"] == "/"
        session = await (await client.get("/api/session")).json()
        assert (session["person"]["name"], session["new_password"]) == ("Mei", True)
        assert (await client.post("/api/password", json={"new": "short"})).status == 422
        assert (await client.post("/api/password", json={"new": "another horse"})).status == 204
        assert (await (await client.get("/api/session")).json())["new_password"] is False
        refused = await client.post("/api/password", json={"new": "a third horse", "old": PASSWORD})
        assert (refused.status, (await refused.json())["error"]["property"]) == (403, "old")
        client.session.cookie_jar.clear()
        again = await client.get(f"/enter/{made['code']}", allow_redirects=False)
        assert again.headers["Location"] == "/link/over"
        for password, status in ((PASSWORD, 401), ("another horse", 204)):
            answer = await client.post("/api/session", json={"name": "Mei", "password": password})
            assert answer.status == status
        whats = [row[0] for row in house.security]
        assert whats == [
            "link_created",
            "login",
            "password_changed",
            "password_refused",
            "login_refused",
            "login_refused",
            "login",
        ]
        for secret in (made["code"], PASSWORD, "another horse"):
            assert secret not in str(house.security)


async def test_a_sign_in_link_ends_after_ten_minutes_and_a_scripts_token_makes_none(client, house):
    assert (await client.post("/api/links", json={}, headers=house.bearer)).status == 403
    local = await owned(house)
    made = await (await client.post("/api/links", json={}, headers=local)).json()
    house.clock.pass_(made["seconds"] + 1)
    answer = await client.get(f"/enter/{made['code']}", allow_redirects=False)
    assert answer.headers["Location"] == "/link/over"


async def test_a_new_password_signs_every_other_browser_out(client, house):
    await owned(house)
    first = await house.people.login("Mei", PASSWORD, "::1")
    other = await house.people.login("Mei", PASSWORD, "::1")
    await house.people.change_password(first.signed, PASSWORD, "another horse", "::1")
    assert await house.people.by_session(first.secret) is not None
    assert await house.people.by_session(other.secret) is None


async def test_a_home_without_an_owner_has_no_sign_in_link(tmp_path, house_class):
    house = await house_class().open(tmp_path, demo=False)
    local = {"Authorization": f"Bearer {await house.people.create_token('this machine')}"}
    async with TestClient(TestServer(make_app(house.doors))) as client:
        answer = await client.post("/api/links", json={}, headers=local)
        assert answer.status == 409
        assert "no owner yet" in (await answer.json())["error"]["message"]


async def test_a_wrong_claim_is_401_and_a_poor_password_names_the_key(client, house):
    code = await house.people.new_claim_code()
    answer = await client.post("/api/claim", json={"code": "wrong", "name": "Mei", "password": PASSWORD})
    assert answer.status == 401
    answer = await client.post("/api/claim", json={"code": code, "name": "Mei", "password": "short"})
    assert answer.status == 422
    assert (await answer.json())["error"]["property"] == "password"


async def test_login_logout_and_the_one_sentence(client, house):
    await house.people.claim(await house.people.new_claim_code(), "Mei", PASSWORD, "::1")
    answers = []
    for name, password in (("Mei", "wrong password"), ("Nobody", PASSWORD), ("Mei", "")):
        answer = await client.post("/api/session", json={"name": name, "password": password})
        answers.append((answer.status, await answer.text()))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert (await client.post("/api/session", json={"name": "Mei", "password": PASSWORD})).status == 204
    assert (await client.get("/api/home")).status == 200
    jar = client.session.cookie_jar.filter_cookies(client.make_url("/"))
    secret = jar[f"jiahe_{client.port}"].value
    answer = await client.delete("/api/session")
    assert answer.status == 204
    assert "jiahe_" in answer.headers["Set-Cookie"]
    answer = await client.get("/api/home", headers={"Cookie": f"jiahe_{client.port}={secret}"})
    assert answer.status == 401, "the cookie itself is worth nothing any more"
    assert [row[0] for row in house.security] == ["login_refused"] * 3 + [
        "login",
        "logout",
        "credential_refused",
    ]
    for typed in (PASSWORD, "wrong password", "Nobody"):
        assert typed not in str(house.security)


async def test_guessing_waits_with_a_header_that_says_how_long(client, house):
    for _ in range(4):
        answer = await client.post("/api/session", json={"name": "Mei", "password": "wrong password"})
        assert answer.status == 401
    answer = await client.post("/api/session", json={"name": "Mei", "password": "wrong password"})
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1"
    house.clock.pass_(1.0)
    answer = await client.post("/api/session", json={"name": "Mei", "password": "wrong password"})
    assert answer.status == 401


async def test_a_flood_of_refusals_does_not_fill_the_journal(client, house):
    for number in range(200):
        await client.get("/api/home", headers={"Authorization": f"Bearer jiahe_{number}"})
    assert len(house.security) == 30


async def test_a_stranger_learns_nothing_from_the_session(client):
    answer = await (await client.get("/api/session")).json()
    assert answer == {
        "signed_in": False,
        "person": None,
        "owner_exists": False,
        "demo": True,
        "home": None,
        "new_password": False,
    }


@pytest.mark.parametrize(
    ("headers", "done"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
async def test_a_page_of_another_site_changes_nothing(signed, house, headers, done):
    answer = await signed.post("/api/rooms", json={"name": "Bath"}, headers=headers)
    assert answer.status == (201 if done else 403)
    assert ("bath" in house.registry.rooms) is done
    answer = await signed.post("/api/session", json={"name": "x", "password": "y"}, headers=headers)
    assert (answer.status == 403) is not done


async def test_the_own_origin_is_admitted_and_another_port_is_not(signed):
    own = f"http://{signed.host}:{signed.port}"
    assert (await signed.post("/api/rooms", json={"name": "A"}, headers={"Origin": own})).status == 201
    other = f"http://{signed.host}:{signed.port + 1}"
    assert (await signed.post("/api/rooms", json={"name": "B"}, headers={"Origin": other})).status == 403


async def test_a_bearer_token_needs_no_origin(client, house):
    headers = {**house.bearer, "Origin": "http://evil.example"}
    assert (await client.post("/api/rooms", json={"name": "A"}, headers=headers)).status == 201


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1", True),
        ("192.168.1.7:8420", True),
        ("[::1]:8420", True),
        ("localhost:8420", True),
        ("LOCALHOST", True),
        ("jiahe.local:8420", True),
        ("jiahe.local.", True),
        ("jiahe.lan:8420", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8420", False),
        ("local", False),
        ("notlocalhost", False),
        ("jiahe.local.evil.example", False),
        ("", False),
        ("[::1", True),
        ("[evil.example]", False),
    ],
)
async def test_only_names_of_our_own_are_answered(client, host, known):
    for path in ("/api/health", "/", "/enter/x"):
        answer = await client.get(path, headers={"Host": host}, allow_redirects=False)
        assert (answer.status != 421) is known, path


async def test_cookies_of_two_hubs_on_one_machine_live_side_by_side(client, house):
    code = house.people.new_enter_code()
    first = await client.get(f"/enter/{code}", headers={"Host": "127.0.0.1:8420"}, allow_redirects=False)
    second = await client.get(f"/enter/{code}", headers={"Host": "127.0.0.1:8421"}, allow_redirects=False)
    assert first.headers["Set-Cookie"].startswith("jiahe_8420=")
    assert second.headers["Set-Cookie"].startswith("jiahe_8421=")


async def test_every_answer_has_the_hard_headers(client):
    for path in ("/", "/api/health", "/api/home", "/nothing.js", "/enter/x", "/assets/app-1a2b.js"):
        headers = (await client.get(path, allow_redirects=False)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "jiahe"


async def test_a_real_home_has_no_enter(tmp_path, house_class):
    house = await house_class().open(tmp_path, demo=False)
    async with TestClient(TestServer(make_app(house.doors))) as client:
        answer = await client.get("/enter/x", allow_redirects=False)
        assert answer.headers["Location"] == "/link/over"
        assert (await client.get("/api/virtual", headers=house.bearer)).status == 404
        assert (await client.put("/api/virtual/ac/faults", json={}, headers=house.bearer)).status == 404


async def test_over_tls_the_cookie_is_secure():
    for tls, secure in ((object(), True), (None, False)):
        request = make_mocked_request("GET", "/", headers={"Host": "jiahe.local"}, sslcontext=tls)
        answer = empty_answer()
        sign_in(request, answer, "s")
        name = "__Host-jiahe_443" if secure else "jiahe_80"
        assert [*answer.cookies] == [name]
        assert bool(answer.cookies[name]["secure"]) is secure
        assert (answer.cookies[name]["path"], answer.cookies[name]["domain"]) == ("/", "")
