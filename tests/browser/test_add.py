"""A device comes into the home, in both sizes and both languages: found at its address, shown what is missing, refused a wrong
key in words, given its name and a room that is new; and it leaves again."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, called, comes_true
from tests.browser.conftest import CUT, FITS, House

from jiahe.hub.clock import LoopClock
from jiahe.virtual.home import DemoHome

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("browser"),
]
LAMP, SEED = "bedroom-lamp", 1
"""The demo's lamp, and the seed that its keys come from where nobody chose another."""


@pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
async def test_a_device_is_found_proved_named_and_put_into_a_new_room(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    devices = ask(house.hub, "GET", "/api/home")["devices"]
    lamp = next(one for one in devices if "lamp" in one["id"] or one["kind"] == "light")
    address = lamp["address"].partition(":")[0]
    token = DemoHome(LoopClock(), os.urandom, SEED).residents[LAMP].identity.secrets["token"].hex()
    name = called(house.hub, lamp["id"], say.language)

    # it leaves: asked twice, and gone from the home
    await page.goto(f"{house.hub.url}/devices/{lamp['id']}")
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    await page.get_by_role("heading", name=say("settings.title"), exact=True).click()
    await page.get_by_role("button", name=say("settings.remove"), exact=True).click()
    await page.get_by_role("button", name=say("settings.remove.do"), exact=True).click()
    await expect(page).to_have_url(f"{house.hub.url}/")
    await comes_true(
        lambda: lamp["id"] not in {one["id"] for one in ask(house.hub, "GET", "/api/home")["devices"]}
    )
    await expect(page.get_by_role("main").get_by_role("link", name=name, exact=True)).to_have_count(0)

    # it is found where it is, and what it needs is said before anything is typed
    await page.goto(f"{house.hub.url}/add")
    await page.get_by_label(say("add.address.label")).fill(address)
    await page.get_by_role("button", name=say("add.address.do"), exact=True).click()
    await expect(page.get_by_role("heading", name=say("add.found.one"))).to_be_visible()
    found = page.get_by_role("main").get_by_role("article")
    await expect(found).to_contain_text(say("add.missing.token"))
    await found.get_by_role("button", name=say("add.choose"), exact=True).click()
    await expect(
        found.get_by_role("heading", name=f"{say('add.progress', at=2, count=3)} · {say('add.step.key')}")
    ).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    # a wrong key is refused in words, and nothing that was typed is lost
    field = found.get_by_label(say("add.token"), exact=True)
    new_name, new_room = f"Reading <i>lamp</i> {screen}", f"Study {screen}"
    await field.fill("0" * 32)
    await found.get_by_role("textbox", name=say("settings.name")).first.fill(new_name)
    await found.get_by_role("combobox", name=say("settings.room")).select_option("+")
    await found.get_by_role("textbox", name=say("room.new.name")).fill(new_room)
    await found.get_by_role("button", name=say("add.submit"), exact=True).click()
    await expect(found.get_by_role("alert")).to_be_visible()
    await expect(found.get_by_role("textbox", name=say("settings.name")).first).to_have_value(new_name)

    await field.fill(token)
    await found.get_by_role("button", name=say("add.submit"), exact=True).click()
    await expect(page.get_by_role("heading", name=new_name, level=1)).to_be_visible()
    rooms = ask(house.hub, "GET", "/api/home")["rooms"]
    assert [room["name"] for room in rooms].count(new_room) == 1  # the first try made it, the second none
    await page.goto(house.hub.url)
    card = page.get_by_role("main").get_by_role("link", name=new_name, exact=True)
    await expect(card).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("heading", name=new_room)).to_be_visible()
    assert await page.evaluate(FITS)
    # the browser itself writes down every answer that is a refusal
    assert [line for line in it.heard if "status of" not in line] == []


@pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
async def test_what_is_already_here_and_what_does_not_answer_is_said(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, "/add", theme="dark")
    page, say = it.page, it.say
    await page.get_by_role("button", name=say("add.search"), exact=True).click()
    await expect(page.get_by_text(say("add.adopted"), exact=True).first).to_be_visible()
    assert await page.evaluate(FITS)
    await page.get_by_label(say("add.address.label")).fill("127.250.0.1")
    await page.get_by_role("button", name=say("add.address.do"), exact=True).click()
    await expect(page.get_by_text(say("add.none.at", address="127.250.0.1"))).to_be_visible()
    await page.get_by_label(say("add.address.label")).fill("!")
    await page.get_by_role("button", name=say("add.address.do"), exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text(say("add.address.wrong"))
    assert await page.evaluate(CUT) == []
    assert it.heard == []
