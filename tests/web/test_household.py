"""What an invitation is handed over as: its link at the address in use, and that link's QR code."""

from __future__ import annotations

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from tests.web.secure_home import Browser, furnish

from jiahe.web.second_factor import qr_rows
from jiahe.web.secure import SecureState
from jiahe.web.server import make_app


@pytest.fixture
async def browser(house_class, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>App</title>")
    home = await furnish(await house_class().open(tmp_path, demo=False), tmp_path)
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:
        owner = Browser(client, f"localhost:{client.port}")
        await owner.become_owner(home)
        home.secure.now = SecureState()
        yield owner


async def test_the_link_and_its_code_are_of_the_address_in_use(browser):
    invited = await browser.ask("POST", "/api/people", {"name": "Mei", "role": "guest"}, status=201)
    assert invited["link"] == f"http://{browser.host}/join/{invited['code']}"
    assert invited["rows"] == qr_rows(invited["link"])
    path = f"/api/people/{invited['person']['id']}/invitation"
    again = await browser.ask("POST", path, {}, status=201)
    assert again["link"] == f"http://{browser.host}/join/{again['code']}" != invited["link"]
    assert again["rows"] == qr_rows(again["link"])


async def test_a_link_made_at_this_machine_leads_to_where_phones_get(house_class, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>App</title>")
    home = await furnish(await house_class().open(tmp_path, demo=False), tmp_path)
    async with TestClient(TestServer(make_app(home.doors)), cookie_jar=DummyCookieJar()) as client:
        owner = Browser(client, f"localhost:{client.port}")
        await owner.become_owner(home)
        plain, secure = "http://192.168.1.5:8420", "https://jiahe.local:8443"

        async def links(**state):
            home.secure.now = SecureState(**state)
            name = f"Mei {len(home.doors.people.household.people)}"
            made = await owner.ask("POST", "/api/people", {"name": name, "role": "guest"}, status=201)
            assert (made["link"], made["rows"]) == (made["links"][0]["link"], made["links"][0]["rows"])
            for row in made["links"]:
                assert row["link"].endswith(f"/join/{made['code']}")
                assert row["rows"] == qr_rows(row["link"])
            return [
                (row["link"].rpartition("/join/")[0], row["secure"], row["elsewhere"])
                for row in made["links"]
            ]

        assert await links(plain=plain, url=secure, port=8443) == [(plain, False, True), (secure, True, True)]
        assert await links(plain=plain, url=secure, port=8443, only=True) == [
            (secure, True, True),
            (plain, False, True),
        ]
        assert await links() == [(f"http://localhost:{client.port}", False, False)]
        there = Browser(client, f"192.168.1.5:{client.port}")
        there.cookies = owner.cookies
        made = await there.ask("POST", "/api/people", {"name": "Last", "role": "guest"}, status=201)
        assert [row["link"].partition("/join")[0] for row in made["links"]] == [there.origin]
        home.secure.now = SecureState(plain=there.origin, url=secure, port=8443)
        made = await there.ask("POST", f"/api/people/{made['person']['id']}/invitation", {}, status=201)
        assert [row["secure"] for row in made["links"]] == [False, True]


def test_the_rows_are_a_square_with_the_finders_in_three_corners():
    rows = qr_rows("http://192.168.100.200:8440/join/abcdefghijklmnopqrstuv")
    assert {len(row) for row in rows} == {len(rows)}
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    assert [row[:7] for row in rows[:7]] == finder
    assert [row[-7:] for row in rows[:7]] == finder
    assert [row[:7] for row in rows[-7:]] == finder
