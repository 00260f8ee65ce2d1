"""A key is narrowed to kinds of device and to some of each, by keys of the keyboard alone; what the page cannot show stays as it
was until somebody unticks it; and the guest has what the sentence said. In both sizes and both languages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.asking import Running, ask, called, comes_true
from tests.browser.conftest import CUT, FITS, House, complaints, looking
from tests.browser.test_axe import AXE, settled, violations
from tests.browser.words import Words

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make install)"),
]
LAMP, WASHER = "bedroom-lamp", "dishwasher"
OPEN = {"verbs": ["see", "operate"], "rooms": ["bedroom"]}
KEPT = {"verbs": ["see"], "devices": [WASHER], "kinds": ["dishwasher"]}
"""No key says a device and its kind at once."""
NARROW = {"verbs": ["see", "operate"], "rooms": ["bedroom"], "kinds": ["light"], "traits": ["on_off"]}


def grants_of(hub: Running, person: str) -> list[dict[str, Any]]:
    people = ask(hub, "GET", "/api/people")["people"]
    return next(one["grants"] for one in people if one["id"] == person)


async def press(page: Page, what: Locator, key: str = "Space") -> None:
    await what.focus()
    await page.keyboard.press(key)


@pytest.mark.parametrize(("screen", "locale", "theme"), [("phone", "en", "dark"), ("desk", "zh-CN", "light")])
async def test_a_key_is_narrowed_and_what_it_cannot_show_is_kept(
    house: House, screen: str, locale: str, theme: str
) -> None:
    hub = house.hub
    body = {"name": f"Narrow {locale}", "role": "guest", "grants": [OPEN, KEPT]}
    made = await asyncio.to_thread(ask, hub, "POST", "/api/people", body)
    person = made["person"]["id"]
    it = await house.visit(screen, locale, f"/people/{person}", theme, AXE)
    page, say = it.page, it.say
    opens = page.get_by_role("region", name=say("key.opens"))
    bedroom = called(hub, "bedroom", say.language)
    await expect(opens).to_contain_text(say.among("key.opens.rooms", rooms=bedroom))
    kept = page.get_by_role("group", name=say("key.kept")).get_by_role("checkbox")
    await expect(kept).to_be_checked()
    some_kinds = page.get_by_role("radio", name=say("key.kinds.some"), exact=True)
    await expect(some_kinds).to_have_count(0)  # folded away where nothing narrows

    await press(page, page.get_by_text(say("key.narrow"), exact=True).locator(".."), "Enter")
    await press(page, some_kinds)
    save = page.get_by_role("button", name=say("app.save"), exact=True)
    await press(page, save, "Enter")
    await expect(page.get_by_role("alert")).to_have_text(say("key.lacks.kinds"))
    assert grants_of(hub, person) == [OPEN, KEPT]
    await press(page, page.get_by_role("checkbox", name=say("kind.light"), exact=True))
    await press(page, page.get_by_role("radio", name=say("key.traits.some"), exact=True))
    await expect(opens).to_contain_text(say("key.lacks.traits"))
    does = page.get_by_role("group", name=say("key.traits.done"))
    await press(page, does.get_by_role("checkbox").first)
    await expect(opens).to_contain_text(say.among("key.opens.kinds", rooms=bedroom))
    await expect(opens).to_contain_text(say("trait.on_off"))
    await settled(page)
    assert await violations(page) == []
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    await press(page, save, "Enter")
    await expect(page.get_by_text(say("person.saved"))).to_be_visible()
    assert sorted(grants_of(hub, person), key=len) == [KEPT, NARROW]

    guest = await (await looking(house.browser, screen, "light", locale)).new_page()
    await guest.goto(f"{hub.url}/join/{made['code']}")
    await guest.get_by_role("button", name=say("join.do")).click()
    await expect(
        guest.get_by_role("main").get_by_role("link", name=called(hub, LAMP, say.language)).first
    ).to_be_visible()
    home = await (await guest.request.get(f"{hub.url}/api/home")).json()
    assert {one["id"] for one in home["devices"]} == {LAMP, WASHER}
    lamp = next(one for one in home["devices"] if one["id"] == LAMP)
    assert {one["trait"] for one in (*lamp["properties"], *lamp["actions"])} == {"on_off"}
    await guest.context.close()

    await page.reload()  # what was narrowed is seen, and unfolded
    await expect(some_kinds).to_be_checked()
    await expect(page.get_by_role("checkbox", name=say("kind.light"), exact=True)).to_be_checked()
    await kept.uncheck()
    await save.click()
    await comes_true(lambda: grants_of(hub, person) == [NARROW])
    await page.context.close()
    await asyncio.to_thread(ask, hub, "DELETE", f"/api/people/{person}")
    assert it.heard == []


@pytest.mark.parametrize(("screen", "locale"), [("phone", "zh-CN"), ("desk", "en")])
async def test_who_shares_a_room_hands_on_one_device_of_it(house: House, screen: str, locale: str) -> None:
    hub = house.hub
    share = {"verbs": ["see", "share"], "rooms": ["bedroom"]}
    body = {"name": f"Host {locale}", "role": "adult", "grants": [share]}
    host = await asyncio.to_thread(ask, hub, "POST", "/api/people", body)
    say = Words(locale)
    page = await (await looking(house.browser, screen, "dark", locale)).new_page()
    heard = complaints(page)
    await page.goto(f"{hub.url}/join/{host['code']}")
    fields = page.locator("input[type=password]")
    await expect(fields).to_have_count(2)
    for field in await fields.all():
        await field.fill("a long enough one")
    await page.get_by_role("button", name=say("join.do")).click()
    await expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    await page.goto(f"{hub.url}/people/new")
    await page.get_by_label(say("person.name"), exact=True).fill(f"Visitor {locale}")
    single = page.get_by_role("group", name=say("key.devices")).get_by_role("checkbox")
    lamp = called(hub, LAMP, say.language)
    await expect(single.and_(page.get_by_role("checkbox", name=lamp))).to_have_count(1)
    await expect(page.get_by_role("checkbox", name=called(hub, WASHER, say.language))).to_have_count(0)
    await page.get_by_role("checkbox", name=lamp).check()
    await page.get_by_text(say("key.narrow"), exact=True).click()
    await expect(page.get_by_role("checkbox", name=say("key.anywhere"))).to_have_count(
        0
    )  # not theirs to give
    await page.get_by_role("button", name=say("person.invite")).click()
    await expect(page.get_by_role("img", name=say("invite.qr"))).to_be_visible()
    people = ask(hub, "GET", "/api/people")["people"]
    guest = next(one for one in people if one["name"] == f"Visitor {locale}")
    assert guest["grants"] == [{"verbs": ["see", "operate"], "rooms": ["bedroom"], "devices": [LAMP]}]
    assert guest["by"] == host["person"]["name"]

    await page.goto(f"{hub.url}/people/{guest['id']}")
    await expect(page.get_by_role("checkbox", name=lamp)).to_be_checked()
    opens = page.get_by_role("region", name=say("key.opens"))
    await expect(opens).to_contain_text(say.among("key.opens.stay", names=lamp))
    await page.get_by_role("button", name=say("app.save"), exact=True).click()
    await expect(page.get_by_text(say("person.saved"))).to_be_visible()
    assert grants_of(hub, guest["id"]) == guest["grants"]
    assert await page.evaluate(FITS)
    await page.context.close()
    for one in (guest["id"], host["person"]["id"]):
        await asyncio.to_thread(ask, hub, "DELETE", f"/api/people/{one}")
    assert heard == []
