"""The secure address over HTTP: found before anybody signs in, forced only on whom it helps."""

from __future__ import annotations

import dataclasses
import html.parser
import plistlib

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from cryptography import x509
from tests.web.secure_home import Browser, FakeSecureDoor, furnish

from jiahe.web import trust
from jiahe.web.secure import SecureState
from jiahe.web.server import make_app
from jiahe.web.trust_page import language_of, platform_of
from jiahe.web.trust_words import EN, LANGUAGES, ZH

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"


@pytest.fixture
async def home(house_class, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>App</title>")
    return await furnish(await house_class().open(tmp_path, demo=False), tmp_path)


@pytest.fixture
async def browser(home):
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:
        yield Browser(client, f"192.168.1.5:{client.port}")


class Page(html.parser.HTMLParser):
    """What a page holds: its tags in order, and that every one that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


async def page_of(browser, query="", **headers):
    answer = await browser.ask("GET", f"/trust{query}", status=200, **headers)
    assert answer.content_type == "text/html"
    return Page(await answer.text())


async def test_a_stranger_finds_the_help(browser, home):
    page = await page_of(browser, **{"User-Agent": PHONE})
    assert page.all("html") == [{"lang": "en"}]
    assert not page.all("script")
    assert [attrs.get("open", "no") for attrs in page.all("details")] == [None, "no", "no", "no", "no"]
    links = {attrs.get("href") for attrs in page.all("a")}
    assert {"/trust/ca.crt", "/trust/ca.mobileconfig", "https://jiahe.local:8443/", "/trust?lang=zh"} <= links
    shown = "".join(page.text.split())
    assert home.secure.now.fingerprint.replace(":", "") in shown
    assert "<b>家</b>" in page.text  # the home's name, as text
    assert page.text.count("{") == 0 or "{save}" not in page.text


async def test_in_chinese_by_the_browsers_wish_or_by_hand(browser):
    for query, header in (("", "zh-CN,zh;q=0.9,en;q=0.8"), ("?lang=zh", "en"), ("?lang=xx", "zh-TW")):
        page = await page_of(browser, query, **{"Accept-Language": header})
        assert page.all("html") == [{"lang": "zh-Hans"}]
        assert ZH.title in page.text
        assert "{" not in page.text.partition("}")[0].rpartition("{")[2]
    page = await page_of(browser, "?lang=en", **{"Accept-Language": "zh"})
    assert EN.title in page.text


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_every_sentence_is_there_in_both_languages(words):
    for field in dataclasses.fields(words):
        assert getattr(words, field.name), field.name
    for platform, other in zip(words.platforms, EN.platforms, strict=True):
        assert (platform.id, platform.marks, len(platform.steps)) == (other.id, other.marks, len(other.steps))
        assert bool(platform.note) == bool(other.note)
        for step, same in zip(platform.steps, other.steps, strict=True):
            for hole in ("{save}", "{profile}", "{name}"):
                assert step.count(hole) == same.count(hole)
            assert step.count("**") % 2 == 0


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("ZH-hans-cn", "zh"),
        ("zhx", "en"),
        ("en-GB, zh", "en"),
        ("," * 9999, "en"),
    ],
)
def test_language(header, language):
    assert language_of(header) == language
    assert language in LANGUAGES


@pytest.mark.parametrize(
    ("agent", "platform"),
    [
        (PHONE, "apple"),
        ("Mozilla/5.0 (Linux; Android 16; 2411)", "android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "mac"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64)", "windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "linux"),
        ("", "apple"),
    ],
)
def test_platform(agent, platform):
    assert platform_of(EN, agent) == platform


async def test_the_certificate_as_each_system_takes_it(browser, home):
    answer = await browser.ask("GET", "/trust/ca.crt", status=200)
    assert answer.content_type == "application/x-x509-ca-cert"
    assert await answer.read() == home.secure.der
    answer = await browser.ask("GET", "/trust/ca.mobileconfig", status=200)
    assert answer.content_type == "application/x-apple-aspen-config"
    profile = plistlib.loads(await answer.read())
    (inside,) = profile["PayloadContent"]
    assert inside["PayloadType"] == "com.apple.security.root"
    assert inside["PayloadContent"] == home.secure.der
    assert inside["PayloadUUID"] != profile["PayloadUUID"]
    name = x509.load_der_x509_certificate(home.secure.der).subject.rfc4514_string()
    assert profile["PayloadDisplayName"] in name.replace("\\", "")


async def test_without_a_secure_door_it_says_so(browser, home, fits):
    home.secure.now = SecureState(host="jiahe.local")
    for path in ("/trust", "/trust/ca.crt", "/trust/ca.mobileconfig"):
        refused = await browser.ask("GET", path, status=404)
        assert refused["error"]["code"] == "no_secure_address"
    said = await browser.ask("GET", "/api/secure", status=200)
    fits("Secure", said)
    assert (said["address"], said["fingerprint"], said["passkeys"]) == (None, None, False)


async def test_what_everybody_may_know(browser, home, fits):
    said = await browser.ask("GET", "/api/secure", status=200)
    fits("Secure", said)
    assert said["address"] == "https://jiahe.local:8443"
    assert (said["here"], said["only"], said["trouble"]) == (False, False, "")
    await browser.become_owner(home)
    assert (await browser.ask("GET", "/api/secure", status=200))["trouble"] == "none"


async def test_secure_only_is_switched_on_from_there_alone(browser, home):
    await browser.ask("PUT", "/api/secure", {"only": True}, status=401)
    await browser.become_owner(home)
    refused = await browser.ask("PUT", "/api/secure", {"only": True}, status=409)
    assert (refused["error"]["code"], refused["error"]["address"]) == (
        "not_there",
        "https://jiahe.local:8443",
    )
    assert (await browser.ask("PUT", "/api/secure", {"only": False}, status=200))["only"] is False
    assert ("secure_only_off", "Lin", {"address": "127.0.0.1"}) in home.security


def asked(path="/", method="GET", host="192.168.1.5:8420", remote="192.168.1.9", tls=None):
    class Transport:
        def get_extra_info(self, name, default=None):
            return {"peername": (remote, 1), "sslcontext": tls}.get(name, default)

        def is_closing(self):
            return False

    return make_mocked_request(method, path, headers={"Host": host}, transport=Transport(), sslcontext=tls)


@pytest.fixture
def door():
    door = FakeSecureDoor(1_790_000_000.0)
    door.now = dataclasses.replace(door.now, only=True)
    return door


@pytest.mark.parametrize(
    ("host", "path", "there"),
    [
        ("192.168.1.5:8420", "/", "https://192.168.1.5:8443/"),
        ("jiahe.local:8420", "/devices/a%2Fb?x=1&y=%20", "https://jiahe.local:8443/devices/a%2Fb?x=1&y=%20"),
        ("[fd00::5]:8420", "/account", "https://[fd00::5]:8443/account"),
        ("jiahe.local", "//evil.example/", "https://jiahe.local:8443/"),
        ("jiahe.local", "/trusted", "https://jiahe.local:8443/trusted"),
    ],
)
def test_pages_are_sent_on(door, host, path, there):
    answer = trust.sent_on(asked(path, host=host), door)
    assert answer is not None
    assert (answer.status, answer.headers["Location"]) == (307, there)


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/session"), ("GET", "/api/home"), ("PUT", "/x")])
def test_what_carries_a_secret_is_refused_and_not_sent_on(door, method, path):
    with pytest.raises(trust.Refused, match="its secure address only") as refused:
        trust.sent_on(asked(path, method), door)
    assert (refused.value.status, refused.value.code) == (403, "secure_only")


@pytest.mark.parametrize(
    "request_",
    [
        asked("/trust"),
        asked("/trust/ca.crt"),
        asked("/api/health"),
        asked("/api/secure"),
        asked("/api/home", remote="127.0.0.1"),
        asked("/api/home", remote="::1"),
        asked("/api/home", tls=object()),
    ],
    ids=["help", "certificate", "health", "where", "this machine", "this machine by IPv6", "there"],
)
def test_who_is_let_in_all_the_same(door, request_):
    assert trust.sent_on(request_, door) is None


def test_nobody_is_sent_to_a_door_that_is_closed(door):
    door.now = dataclasses.replace(door.now, port=0, url="")
    assert trust.sent_on(asked("/"), door) is None
    assert trust.sent_on(asked("/"), None) is None


def test_a_browser_is_held_to_it_only_where_that_cannot_lock_it_out(door):
    tls = asked(tls=object())
    assert trust.strict(tls, door) == {}
    door.now = dataclasses.replace(door.now, port=443)
    assert "max-age=" in trust.strict(tls, door)["Strict-Transport-Security"]
    assert trust.strict(asked(), door) == {}
    sent = trust.sent_on(asked("/"), door)
    assert sent is not None
    assert sent.headers["Location"] == "https://192.168.1.5/"
    door.now = dataclasses.replace(door.now, only=False)
    assert trust.strict(tls, door) == {}
