"""Who sees little of the home walks all its pages: nothing is refused by merely looking, and what is not shown is said to be not shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.asking import Running, ask
from tests.browser.conftest import FITS, House, complaints, looking
from tests.browser.words import Words

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("browser"),
]
PURIFIER, AC = "living-purifier", "bedroom-ac"
PAGES = (
    "/", "/automations", "/automations/new", "/automations/scenes/new", "/comfort", "/energy", "/diary", "/you", "/add",
    "/account", "/security", "/notices", "/notices/settings", "/people", "/people/new", "/people/nobody", "/arrange",
    f"/devices/{PURIFIER}", f"/devices/{AC}", f"/diary/{PURIFIER}", "/rooms/living-room",
)  # fmt: skip
GUEST = {"grants": [{"verbs": ["see", "operate"], "devices": [PURIFIER]}]}


def _refusals(hub: Running) -> list[dict[str, Any]]:
    answer = ask(hub, "GET", "/api/journal?kinds=security&before=9007199254740991&limit=200")
    return [it["body"] for it in answer["records"] if "refused" in it["body"]["what"]]


@pytest.mark.parametrize(
    ("role", "key", "screen", "locale"),
    [("guest", GUEST, "phone", "zh-CN"), ("guest", GUEST, "desk", "en"), ("child", {}, "phone", "en")],
)
async def test_nothing_is_refused_by_merely_looking(
    house: House, role: str, key: dict[str, Any], screen: str, locale: str
) -> None:
    hub, say = house.hub, Words(locale)
    named = f"Xiao {role} {screen}"
    made = await asyncio.to_thread(ask, hub, "POST", "/api/people", {"name": named, "role": role, **key})
    before = len(await asyncio.to_thread(_refusals, hub))
    context = await looking(house.browser, screen, "light", locale)
    page = await context.new_page()
    heard = complaints(page)
    forbidden: list[str] = []
    page.on("response", lambda it: forbidden.append(it.url) if it.status == 403 else None)
    await page.goto(f"{hub.url}/join/{made['code']}")
    await expect(page.get_by_role("button", name=say("join.do"))).to_be_visible()
    if role != "guest":
        for field in (
            page.locator("input[type=password]").nth(0),
            page.locator("input[type=password]").nth(1),
        ):
            await field.fill("correct horse battery")
    await page.get_by_role("button", name=say("join.do")).click()
    await expect(page.get_by_role("navigation", name=say("nav.pages"))).to_be_visible()
    for path in PAGES:
        await page.goto(hub.url + path)
        await expect(page.get_by_role("heading", level=1).first).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate(FITS), path
    assert forbidden == []
    assert (await asyncio.to_thread(_refusals, hub))[before:] == []
    assert [line for line in heard if "404" not in line] == []  # a device that is not seen is not there
    await context.close()
    await asyncio.to_thread(ask, hub, "DELETE", f"/api/people/{made['person']['id']}")


async def test_a_guest_is_told_what_is_not_shown_and_until_when(house: House) -> None:
    hub, say = house.hub, Words("zh-CN")
    until = int((await asyncio.to_thread(ask, hub, "GET", "/api/home"))["now"]) + 2 * 86_400
    wish = {"name": "Xiao Mei", "role": "guest", "until": until, **GUEST}
    made = await asyncio.to_thread(ask, hub, "POST", "/api/people", wish)
    context = await looking(house.browser, "phone", "light", "zh-CN")
    page = await context.new_page()
    await page.goto(f"{hub.url}/join/{made['code']}")
    await page.get_by_role("button", name=say("join.do")).click()
    main = page.get_by_role("main")
    await expect(main.get_by_text(say.begins("home.key.until"))).to_be_visible()
    for path, key in (
        ("/you", "home.key.until"), ("/automations", "sight.rules"), ("/energy", "sight.energy"),
        ("/add", "add.denied"), ("/account", "account.key"),
    ):  # fmt: skip
        await page.goto(hub.url + path)
        await expect(main.get_by_text(say.begins(key)).first).to_be_visible()
    # a child lock that only the family may set makes nobody a looker-on
    await page.goto(f"{hub.url}/devices/{PURIFIER}")
    await expect(main.get_by_role("heading", level=1)).to_be_visible()
    await expect(main.get_by_role("note")).to_have_count(0)
    await context.close()
    await asyncio.to_thread(ask, hub, "DELETE", f"/api/people/{made['person']['id']}")
