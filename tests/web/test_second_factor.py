"""The second factor over HTTP: what asks for it, what proves it, and for how long."""

from __future__ import annotations

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from tests.web.secure_home import Browser, code_now, furnish

from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.web.server import make_app


@pytest.fixture
async def home(house_class, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>App</title>")
    return await furnish(await house_class().open(tmp_path, demo=False), tmp_path)


@pytest.fixture
async def browser(home):
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:

        def open_(host="localhost") -> Browser:
            return Browser(client, f"{host}:{client.port}")

        yield open_


@pytest.fixture
async def owner(browser, home):
    first = browser()
    await first.become_owner(home)
    return first


async def state(browser):
    return await browser.ask("GET", "/api/second-factor", status=200)


async def test_switched_on_proved_and_off(owner, home, fits):
    before = await state(owner)
    fits("SecondFactor", before)
    assert before == {
        "on": False,
        "since": None,
        "recovery_left": 0,
        "passkeys_here": 0,
        "confirmed_until": None,
    }
    begun = await owner.ask("POST", "/api/second-factor/totp", {}, status=201)
    fits("AppSecret", begun)
    assert begun["uri"].startswith("otpauth://totp/")
    assert len({len(row) for row in begun["rows"]} | {len(begun["rows"])}) == 1
    wrong = await owner.ask("PUT", "/api/second-factor/totp", {"code": "000000"}, status=403)
    assert (wrong["error"]["code"], wrong["error"]["property"]) == ("wrong", "code")
    secret, codes = await owner.switch_on(home)
    assert len(codes) == 8
    now = await state(owner)
    assert (now["on"], now["recovery_left"], now["confirmed_until"]) == (True, 8, None)
    people = await owner.ask("GET", "/api/people", status=200)
    assert people["people"][0]["second_factor"] is True
    for method, path in (
        ("DELETE", "/api/second-factor"),
        ("POST", "/api/second-factor/recovery"),
        ("POST", "/api/passkeys/options"),
        ("DELETE", "/api/passkeys/abc"),
    ):
        body = {} if method == "POST" else None
        refused = await owner.ask(method, path, body, status=403)
        assert refused["error"]["code"] == "second_factor", path
    proved = await owner.ask("POST", "/api/session/confirm", {"code": code_now(secret, home)}, status=200)
    fits("SecondFactor", proved)
    assert proved["confirmed_until"] == home.clock.now() + 300
    again = await owner.ask("POST", "/api/second-factor/recovery", {}, status=201)
    fits("SecondFactorCodes", again)
    await owner.ask("DELETE", "/api/second-factor", status=204)
    assert (await state(owner))["on"] is False
    said = [what for what, _, _ in home.security if what != "refused"]
    assert said == [
        "owner_created",
        "second_factor_refused",
        "second_factor_on",
        "confirmed",
        "recovery_codes_made",
        "second_factor_off",
    ]
    assert not any(code in str(home.security) for code in (*codes, *again["codes"], begun["secret"]))


async def test_a_code_is_good_once_and_its_proof_for_one_browser(owner, browser, home):
    secret, codes = await owner.switch_on(home)
    other = browser()
    await other.sign_in()
    code = code_now(secret, home)
    await owner.ask("POST", "/api/session/confirm", {"code": code}, status=200)
    replayed = await other.ask("POST", "/api/session/confirm", {"code": code}, status=403)
    assert replayed["error"]["code"] == "wrong"
    assert (await state(other))["confirmed_until"] is None
    await other.ask("POST", "/api/session/confirm", {"code": codes[3].lower()}, status=200)
    assert (await state(other))["recovery_left"] == 7
    home.clock.pass_(301)
    for one in (owner, other):
        assert (await state(one))["confirmed_until"] is None


async def test_a_guesser_waits(owner, home):
    await owner.switch_on(home)
    for _ in range(4):
        await owner.ask("POST", "/api/session/confirm", {"code": "123456"}, status=403)
    waiting = await owner.ask("POST", "/api/session/confirm", {"code": "123456"}, status=429)
    assert waiting["error"]["code"] == "too_many_attempts"
    assert (
        "confirm_refused",
        "Lin",
        {"reason": "too many attempts", **told(say("refused_wait"))},
    ) in home.security


async def test_a_passkey_is_the_stronger_proof(owner, browser, home):
    device, _ = await owner.add_passkey()
    await owner.switch_on(home)
    assert (await state(owner))["passkeys_here"] == 1
    options = await owner.ask("POST", "/api/session/passkey/options", {}, status=200)
    assert len(options["allowCredentials"]) == 1
    answer = {"passkey": device.answer(options)}
    proved = await owner.ask("POST", "/api/session/confirm", answer, status=200)
    assert proved["confirmed_until"] == home.clock.now() + 300
    await owner.ask("POST", "/api/session/confirm", answer, status=403)  # a second time
    other = browser()
    await other.enter(device)  # whoever signs in by one is confirmed as well
    assert (await state(other))["confirmed_until"] == home.clock.now() + 300


async def test_one_persons_passkey_confirms_no_other(owner, browser, home):
    invited = await owner.ask("POST", "/api/people", {"name": "Mei", "role": "adult"}, status=201)
    mei = browser()
    await mei.ask("POST", "/api/join", {"code": invited["code"], "password": "long enough"}, status=204)
    hers, _ = await mei.add_passkey()
    await owner.switch_on(home)
    options = await owner.ask("POST", "/api/session/passkey/options", {}, status=200)
    await owner.ask("POST", "/api/session/confirm", {"passkey": hers.answer(options)}, status=403)
    assert (await state(owner))["confirmed_until"] is None


async def test_code_or_passkey_and_nothing_else(owner):
    for body in ({}, {"code": "1", "passkey": {}}, {"code": 1}):
        await owner.ask("POST", "/api/session/confirm", body, status=422)


async def test_the_owner_helps_whoever_lost_theirs(owner, browser, home):
    invited = await owner.ask("POST", "/api/people", {"name": "Mei", "role": "adult"}, status=201)
    mei = browser()
    await mei.ask("POST", "/api/join", {"code": invited["code"], "password": "long enough"}, status=204)
    await mei.switch_on(home)
    path = f"/api/people/{invited['person']['id']}/second-factor"
    await mei.ask("DELETE", path, status=403)
    await owner.ask("DELETE", path, status=204)
    assert (await state(mei))["on"] is False
    own = (await owner.ask("GET", "/api/session", status=200))["person"]["id"]
    await owner.ask("DELETE", f"/api/people/{own}/second-factor", status=409)


async def test_the_link_of_the_machine_itself_helps_the_owner(owner, browser, home):
    await owner.switch_on(home)
    lost = browser()
    code = home.people.new_link(may_set_password=True)
    await lost.ask("GET", f"/enter/{code}", status=303)
    await lost.ask("DELETE", "/api/second-factor", status=204)
    assert (await state(owner))["on"] is False


async def test_a_link_from_the_app_does_not(owner, browser, home):
    await owner.switch_on(home)
    made = await owner.ask("POST", "/api/links", {}, status=201)
    other = browser()
    await other.ask("GET", f"/enter/{made['code']}", status=303)
    refused = await other.ask("DELETE", "/api/second-factor", status=403)
    assert refused["error"]["code"] == "second_factor"


async def test_strangers_and_tokens_have_none(browser, home):
    token = await home.people.create_token("script")
    await browser().ask("GET", "/api/second-factor", status=401)
    bearer = {"Authorization": f"Bearer {token}"}
    await browser().ask("GET", "/api/second-factor", status=409, **bearer)
    await browser().ask("POST", "/api/session/confirm", {"code": "1"}, status=409, **bearer)


OPENS = [{"verbs": ["operate"], "kinds": ["oven"]}]
"""Rights over what takes a second factor."""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/tokens", {"name": "t", "role": "agent", "grants": OPENS}),
        ("/api/people", {"name": "Eve", "role": "adult"}),
        ("/api/people", {"name": "Eve", "role": "guest", "grants": OPENS}),
        ("/api/people/{wei}/invitation", {}),
    ],
)
async def test_a_key_for_another_is_no_way_around_it(owner, home, path, body):
    invited = await owner.ask("POST", "/api/people", {"name": "Wei", "role": "adult"}, status=201)
    wei = invited["person"]["id"]
    secret, _ = await owner.switch_on(home)
    path, people = path.format(wei=wei), dict(home.people.household.people)
    refused = await owner.ask("POST", path, body, status=403)
    assert refused["error"]["code"] == "second_factor"
    assert (dict(home.people.household.people), len(await home.people.tokens())) == (people, 1)
    await owner.ask("POST", "/api/session/confirm", {"code": code_now(secret, home)}, status=200)
    await owner.ask("POST", path, body, status=201)


async def test_nor_are_more_rights_for_one_who_is_here(owner, home):
    wei = await owner.ask("POST", "/api/people", {"name": "Wei", "role": "guest"}, status=201)
    secret, _ = await owner.switch_on(home)
    path = f"/api/people/{wei['person']['id']}"
    for more in ({"role": "adult"}, {"grants": OPENS}):
        refused = await owner.ask("PATCH", path, more, status=403)
        assert refused["error"]["code"] == "second_factor"
    await owner.ask("POST", "/api/session/confirm", {"code": code_now(secret, home)}, status=200)
    await owner.ask("PATCH", path, {"grants": OPENS}, status=200)


async def test_what_opens_nothing_dangerous_is_given_without_it(owner, home):
    await owner.switch_on(home)
    made = await owner.ask("POST", "/api/people", {"name": "Wei", "role": "child"}, status=201)
    path = f"/api/people/{made['person']['id']}"
    await owner.ask("PATCH", path, {"grants": [{"verbs": ["operate"], "kinds": ["light"]}]}, status=200)
    await owner.ask("PATCH", path, {"name": "Wei Wei"}, status=200)
    await owner.ask("POST", f"{path}/invitation", {}, status=201)
    body = {"name": "t", "role": "agent", "grants": [{"verbs": ["see", "operate"]}]}
    await owner.ask("POST", "/api/tokens", body, status=201)
