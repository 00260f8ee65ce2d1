"""The home in the hand, in both sizes and both languages: what matters now, what was asked and how it ended, the way back,
finding, favourites and one's own order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.browser.asking import ask, called, comes_true, label, says, value
from tests.browser.conftest import CUT, FITS, House

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("browser"),
]
IS_KEPT = lambda answer: answer.request.method == "PUT" and answer.url.endswith("/api/preferences")  # noqa: E731
ONE_WAY = pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
OTHER_WAY = pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
PURIFIER, AC = "living-purifier", "bedroom-ac"


def misbehave(house: House, device: str, **faults: Any) -> None:
    ask(house.hub, "PUT", f"/api/virtual/{device}/faults", faults)


async def comes_true_there(page: Page, fact: str) -> None:
    """Until the hub has kept what this person likes."""
    await says(
        page,
        f"async () => {{ const lists = await (await fetch('/api/preferences')).json(); return {fact}; }}",
    )


async def names_in(page: Page, selector: str) -> list[str]:
    return [text.strip() for text in await page.locator(selector).all_inner_texts()]


@ONE_WAY
async def test_what_matters_now_stands_first(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", level=1)).to_have_text(say("summary.well"))
    summary = main.locator(".summary dl")
    degrees = float(value(house.hub, AC, "temperature"))
    await expect(summary).to_contain_text(say("summary.indoors"))
    said = re.search(r"(\d+\.\d)\s*°C", await summary.inner_text())
    assert said is not None
    assert abs(float(said[1]) - degrees) <= 1.5
    await expect(summary).to_contain_text("PM2.5")
    running = sum(
        entry["value"] is True
        for device in ask(house.hub, "GET", "/api/home")["devices"]
        for entry in device["properties"]
        if entry["path"] == "power"
    )
    await expect(summary).to_contain_text(say("summary.running"))
    assert running > 0
    # every room has a heading and what stands in it a card of its own, with its age
    for room in await names_in(page, "main .rooms h2"):
        assert room
    await expect(main.locator(f'article [title^="{say.begins("age.heard")}"]').first).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    assert it.heard == []


@OTHER_WAY
async def test_what_is_asked_is_said_then_confirmed_and_taken_back(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, f"/devices/{AC}")
    page, say = it.page, it.say
    before = float(value(house.hub, AC, "target_temperature"))
    wished = before + 1 if before < 28 else before - 1
    what = label(house.hub, AC, "target_temperature", say.language)
    await expect(page.get_by_role("slider", name=what).first).to_be_visible()
    # the age of what is shown stands beside it
    await expect(page.locator(f'[title^="{say.begins("age.heard")}"]').first).to_be_visible()

    misbehave(house, AC, delay=1.5)
    slider = page.get_by_role("slider", name=what).first
    await slider.focus()
    for _ in range(2):
        await page.keyboard.press("ArrowUp" if wished > before else "ArrowDown")
    await expect(page.get_by_text(say.begins("ask.asked.value")[:2]).first).to_be_visible()
    assert value(house.hub, AC, "target_temperature") == before  # asked is not done
    await comes_true(lambda: value(house.hub, AC, "target_temperature") == wished)
    misbehave(house, AC, delay=0.0)

    offer = page.get_by_role("status").filter(has_text=what)
    await expect(offer).to_contain_text(f"{wished:.1f}")
    await offer.get_by_role("button", name=say("undo.do")).click()
    await expect(page.get_by_role("status").filter(has_text=f"{before:.1f}").first).to_be_visible()
    await comes_true(lambda: value(house.hub, AC, "target_temperature") == before)
    await expect(slider).to_have_attribute("aria-valuenow", f"{before:g}")
    assert await page.evaluate(FITS)
    assert it.heard == []


@ONE_WAY
async def test_what_did_not_work_says_why_and_stands_first_at_home(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, f"/devices/{PURIFIER}")
    page, say = it.page, it.say
    name = called(house.hub, PURIFIER, say.language)
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    was = value(house.hub, PURIFIER, "power")
    power = page.locator("main header").get_by_role("button", pressed=was).last
    misbehave(house, PURIFIER, mute=True)
    await power.click()
    wish = say("ask.off" if was else "ask.on")
    why = page.locator("main").get_by_text(re.compile(f"{wish}[:：]"))
    await expect(why).to_be_visible()
    await expect(power).to_be_visible()  # it shows what is, not what was wished
    assert value(house.hub, PURIFIER, "power") == was
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    # what cannot be reached needs somebody: it comes to the top by itself, and goes by itself
    await page.goto(house.hub.url)
    head = page.get_by_role("main").get_by_role("heading", level=1)
    await expect(head).to_have_text(say("summary.attention.one"), timeout=40_000)
    await page.get_by_role("link", name=say.among("attention.offline", name=name)).click()
    banner = page.get_by_role("status").filter(has_text=say.among("reach.offline.more", name=name))
    await expect(banner).to_be_visible()
    misbehave(house, PURIFIER, mute=False)
    await expect(banner).to_have_count(0, timeout=40_000)
    await page.goto(house.hub.url)
    await expect(head).to_have_text(say("summary.well"))
    # the browser itself writes down every answer that is a refusal
    assert [line for line in it.heard if "status of" not in line] == []


@OTHER_WAY
async def test_everything_is_found_by_a_few_letters(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    name = called(house.hub, AC, say.language)
    if screen == "desk":
        await page.keyboard.press("/")
    else:
        await page.get_by_role("button", name=say("search.title")).click()
    assert await page.evaluate(CUT) == []
    field = page.get_by_role("combobox", name=say("search.title"))
    await expect(field).to_be_focused()
    await field.fill("zzzz")
    await expect(page.get_by_text(say("search.none", text="zzzz"))).to_be_visible()
    # 空调 by the first letters of its sound, which are those of 客厅 too: the arrows choose
    await field.fill("kt" if say.language == "zh" else "air cond")
    hits = page.get_by_role("dialog").get_by_role("option")
    wanted = hits.filter(has_text=name).first
    await expect(wanted).to_be_visible()
    await expect(hits.first).to_have_attribute("aria-selected", "true")
    for _ in range(await hits.count()):
        if await wanted.get_attribute("aria-selected") == "true":
            break
        await page.keyboard.press("ArrowDown")
    await expect(wanted).to_have_attribute("aria-selected", "true")
    assert await page.evaluate(FITS)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    await expect(field).to_have_count(0)
    assert it.heard == []


@ONE_WAY
async def test_a_favourite_stands_before_the_rooms_on_every_phone(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, f"/devices/{PURIFIER}")
    page, say = it.page, it.say
    name = called(house.hub, PURIFIER, say.language)
    await page.get_by_role("button", name=say.among("favourites.add", name=name)).click()
    await expect(page.get_by_role("button", name=say.among("favourites.remove", name=name))).to_be_visible()
    await comes_true_there(page, f"lists.favourites.includes('{PURIFIER}')")

    other = await house.visit("desk" if screen == "phone" else "phone", locale)
    section = other.page.get_by_role("main").locator(
        "section", has=other.page.get_by_role("heading", name=say("favourites.title"))
    )
    await expect(section.get_by_role("link", name=name)).to_be_visible()
    await other.page.context.close()

    await page.get_by_role("button", name=say.among("favourites.remove", name=name)).click()
    await page.goto(house.hub.url)
    await expect(page.get_by_role("main").get_by_role("link", name=name)).to_have_count(1)
    await expect(page.get_by_role("heading", name=say("favourites.title"))).to_have_count(0)
    assert it.heard == []


@OTHER_WAY
async def test_rooms_are_put_in_order_by_keys_and_by_hand(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, "/arrange")
    page, say = it.page, it.say
    rooms = page.get_by_role("list", name=say("arrange.rooms"), exact=True)
    await expect(rooms.get_by_role("listitem").first).to_be_visible()
    begun = [text.strip() for text in await rooms.get_by_role("listitem").all_inner_texts()]
    assert len(begun) >= 3

    # by keys: picked up, moved down, put down; each step is said aloud
    handle = rooms.get_by_role("button", name=say.among("arrange.handle", name=begun[0]))
    await handle.focus()
    await page.keyboard.press("Enter")
    spoken = page.get_by_role("status").filter(has_text=begun[0])
    await expect(spoken).to_have_text(say.among("arrange.picked", name=begun[0], at=1, count=len(begun)))
    await page.keyboard.press("ArrowDown")
    await expect(spoken).to_have_text(say.among("arrange.at", name=begun[0], at=2, count=len(begun)))
    await says(page, "document.activeElement?.id.startsWith('handle-')")  # the row moved under the focus
    async with page.expect_response(IS_KEPT):
        await page.keyboard.press("Enter")
    moved = [begun[1], begun[0], *begun[2:]]
    await expect(rooms.get_by_role("listitem")).to_have_text(moved)

    await page.goto(house.hub.url)
    section = page.get_by_role("main").locator(".rooms h2")
    await expect(section.first).to_contain_text(moved[0])
    shown = [text.split("\n")[0].strip() for text in await names_in(page, "main .rooms h2")]
    assert shown[: len(moved)] == moved  # what stands in no room comes last

    # by hand: back to where it was, and the hub has kept it
    await page.goto(f"{house.hub.url}/arrange")
    await expect(rooms.get_by_role("listitem")).to_have_text(moved)
    handle = rooms.get_by_role("button", name=say.among("arrange.handle", name=begun[0]))
    await handle.hover()  # it stands still: what comes late above it has come
    held = await handle.bounding_box()
    target = await rooms.get_by_role("listitem").first.bounding_box()
    assert held is not None
    assert target is not None
    middle = held["x"] + held["width"] / 2
    await page.mouse.move(middle, held["y"] + held["height"] / 2)
    await page.mouse.down()
    for share in (0.3, 0.6, 1.0):
        await page.mouse.move(middle, held["y"] + (target["y"] + 4 - held["y"]) * share)
    async with page.expect_response(IS_KEPT):
        await page.mouse.up()
    await expect(rooms.get_by_role("listitem")).to_have_text(begun)
    await page.reload()
    await expect(rooms.get_by_role("listitem")).to_have_text(begun)
    assert await page.evaluate(FITS)
    assert it.heard == []
