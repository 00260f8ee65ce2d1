"""Passkeys over HTTP: who may have them and where, and every way in that is none."""

from __future__ import annotations

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from tests.machines.authenticator import Authenticator
from tests.web.secure_home import Browser, furnish

from jiahe.web.server import make_app


@pytest.fixture
async def home(house_class, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>App</title>")
    return await furnish(await house_class().open(tmp_path, demo=False), tmp_path)


@pytest.fixture
async def browser(home):
    """Gives browsers; the first is the owner's."""
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:

        def open_(host="localhost") -> Browser:
            return Browser(client, f"{host}:{client.port}")

        yield open_


@pytest.fixture
async def owner(browser, home):
    first = browser()
    await first.become_owner(home)
    return first


async def test_added_used_listed_and_deleted(owner, browser, home, fits):
    device, made = await owner.add_passkey()
    fits("Passkey", made)
    assert (made["name"], made["site"], made["here"], made["used_at"]) == ("iPhone", "localhost", True, None)
    other = browser()
    home.clock.pass_(100)
    await other.enter(device)
    session = await other.ask("GET", "/api/session", status=200)
    assert session["person"]["name"] == "Lin"
    listed = await other.ask("GET", "/api/passkeys", status=200)
    fits("Passkeys", listed)
    assert listed["passkeys"] == [{**made, "used_at": home.clock.now()}]
    people = await other.ask("GET", "/api/people", status=200)
    assert people["people"][0]["passkeys"] == 1
    sessions = await other.ask("GET", "/api/sessions", status=200)
    assert [row["via"] for row in sessions["sessions"] if row["current"]] == ["passkey"]
    await owner.ask("DELETE", f"/api/passkeys/{made['id']}", status=204)
    await owner.ask("DELETE", f"/api/passkeys/{made['id']}", status=404)
    refused = await browser().enter(device, status=401)
    assert refused["error"]["code"] == "wrong"
    said = [what for what, _, _ in home.security]
    assert said == ["owner_created", "passkey_added", "login", "passkey_removed", "login_refused"]
    assert not any(device.credential.hex() in str(entry) for entry in home.security)


async def test_a_person_gives_it_a_name(owner):
    options = await owner.ask("POST", "/api/passkeys/options", {}, status=200)
    device = Authenticator(owner.origin)
    body = {"passkey": device.make(options), "name": "  key on the ring  "}
    made = await owner.ask("POST", "/api/passkeys", body, status=201)
    assert made["name"] == "key on the ring"


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.5", "[fd00::5]", "jiahe.local"])
async def test_where_there_can_be_none_the_secure_address_is_named(owner, browser, host):
    there = browser(host)
    there.cookies = dict(owner.cookies)
    for who, path in ((there, "/api/passkeys/options"), (browser(host), "/api/session/passkey/options")):
        refused = (await who.ask("POST", path, {}, status=409))["error"]
        assert (refused["code"], refused["help"]) == ("no_passkeys_here", "/trust")
        assert refused["address"] == "https://jiahe.local:8443"
        assert refused["address"] in refused["message"]
    assert (await there.ask("GET", "/api/passkeys", status=200))["possible"] is False


async def test_strangers_and_tokens_have_none(browser, home, owner):
    stranger = browser()
    await stranger.ask("POST", "/api/passkeys/options", {}, status=401)
    await stranger.ask("GET", "/api/passkeys", status=401)
    token = await home.people.create_token("script")
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await stranger.ask("POST", "/api/passkeys/options", {}, status=409, **bearer)
    assert answer["error"]["code"] == "no_person"


async def test_a_guest_has_a_key_and_no_passkeys(owner, browser):
    body = {"name": "Plumber", "role": "guest", "grants": [{"verbs": ["see"], "devices": ["ac"]}]}
    invited = await owner.ask("POST", "/api/people", body, status=201)
    guest = browser()
    await guest.ask("POST", "/api/join", {"code": invited["code"]}, status=204)
    refused = await guest.ask("POST", "/api/passkeys/options", {}, status=403)
    assert "guest" in refused["error"]["message"]


async def test_a_foreign_page_gets_nothing(owner, browser):
    device, _ = await owner.add_passkey()
    evil = {"Origin": "https://evil.example"}
    await owner.ask("POST", "/api/passkeys/options", {}, status=403, **evil)
    options = await browser().ask("POST", "/api/session/passkey/options", {}, status=200)
    body = {"passkey": device.answer(options, origin="https://evil.example")}
    await browser().ask("POST", "/api/session/passkey", body, status=401)


async def test_whoever_left_does_not_come_back_by_a_passkey(owner, browser, home):
    body = {"name": "Mei", "role": "adult"}
    invited = await owner.ask("POST", "/api/people", body, status=201)
    mei = browser()
    await mei.ask("POST", "/api/join", {"code": invited["code"], "password": "long enough"}, status=204)
    device, _ = await mei.add_passkey()
    await browser().enter(device)
    await owner.ask("DELETE", f"/api/people/{invited['person']['id']}", status=200)
    assert home.passkeys.of(invited["person"]["id"]) == []
    await browser().enter(device, status=401)


async def test_a_copy_is_refused_and_written_down(owner, browser, home):
    device, _ = await owner.add_passkey()
    device.counter = 7
    await browser().enter(device)
    device.counter = 3
    refused = await browser().enter(device, status=401)
    assert "backwards" in refused["error"]["message"]
    assert ("passkey_refused") in [what for what, _, _ in home.security]


async def test_wild_bodies_are_refused_in_words(owner, browser):
    for body in ({}, {"passkey": 1}, {"passkey": {}}, {"passkey": {"response": {"clientDataJSON": "x"}}}):
        await browser().ask("POST", "/api/session/passkey", body, status=422)
        await owner.ask("POST", "/api/passkeys", body, status=422)


async def test_in_the_demo_its_guest_has_them_too(house, tmp_path):
    home = await furnish(house, tmp_path)
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:
        guest = Browser(client, f"localhost:{client.port}")
        await guest.ask("GET", f"/enter/{home.people.new_enter_code()}", status=303)
        device, _ = await guest.add_passkey()
        other = Browser(client, guest.host)
        await other.enter(device)
        assert (await other.ask("GET", "/api/session", status=200))["person"]["name"] == "Demo"
