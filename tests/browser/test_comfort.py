"""What the home does by itself, in both sizes and both languages: said with its reason, learned things shown, and one tap to
correct it, switch it off, or give it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, called, comes_true, value
from tests.browser.conftest import CUT, FITS, House

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
]
ONE_WAY = pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
OTHER_WAY = pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
SLOW = 200.0
"""Seconds: three times the minute between two looks of comfort, for a machine that others use too."""
BEDROOM, LIVING = "bedroom", "living-room"


def bedroom(house: House) -> dict[str, Any]:
    rooms = ask(house.hub, "GET", "/api/comfort")["rooms"]
    return next(room for room in rooms if room["room"] == BEDROOM)


@OTHER_WAY
async def test_what_it_learned_is_seen_corrected_and_taken_away(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, "/comfort")
    page, say = it.page, it.say
    panel = page.get_by_role("region", name=called(house.hub, BEDROOM, say.language), exact=True)
    await panel.get_by_text(say("comfort.schedule"), exact=True).first.click()
    way = panel.get_by_role("button", name=say("comfort.schedule.cool"), exact=True)
    await way.click()
    await expect(way).to_have_attribute("aria-pressed", "true")
    await panel.get_by_label(say("comfort.point.time"), exact=True).fill("13:45")
    await panel.get_by_role("combobox", name=say("comfort.point.target"), exact=True).select_option("25.5")
    await panel.get_by_role("button", name=say("comfort.point.add")).click()
    row = panel.get_by_role("listitem").filter(has_text="13:45")
    await expect(row).to_contain_text(say("comfort.point.edited"))
    await expect(row).to_contain_text("25.5")
    points = bedroom(house)["climate"]["schedule"]
    assert [point["target"] for point in points if point["minute"] == 13 * 60 + 45] == [25.5]
    assert await page.evaluate(FITS)
    await row.get_by_role("button", name=say("comfort.point.remove", time="13:45")).click()
    await expect(row).to_have_count(0)
    # to forget everything is asked twice
    await panel.get_by_role("button", name=say("comfort.forget"), exact=True).click()
    await expect(panel.get_by_text(say("comfort.forget.sure"))).to_be_visible()
    await panel.get_by_role("button", name=say("app.cancel"), exact=True).click()
    await expect(panel.get_by_text(say("comfort.forget.sure"))).to_have_count(0)
    assert it.heard == []


@ONE_WAY
async def test_who_sleeps_and_how_their_night_goes(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, "/comfort", theme="dark")
    page, say = it.page, it.say
    panel = page.get_by_role("region", name=say("comfort.people"), exact=True)
    sleepers = ask(house.hub, "GET", "/api/comfort")["people"]
    assert sleepers, "the demo's parents sleep"
    one = panel.get_by_role("article").first
    await expect(one.get_by_role("heading")).to_have_text(sleepers[0]["name"])
    await one.get_by_text(say("comfort.curve"), exact=True).click()
    start = one.get_by_label(say("comfort.curve.start"))
    before = await start.input_value()
    wish = "25.5" if before != "25.5" else "26"
    await start.select_option(wish)
    await comes_true(
        lambda: ask(house.hub, "GET", "/api/comfort")["people"][0]["curve"]["start"] == float(wish)
    )
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    assert it.heard == []


def living(house: House) -> dict[str, Any]:
    rooms = ask(house.hub, "GET", "/api/comfort")["rooms"]
    return next(room for room in rooms if room["room"] == LIVING)


def stands_as_decided(house: House, purifier: str) -> bool:
    """Comfort has thought about the room's air, and nothing that it ordered is under way."""
    decision = living(house)["air"]["decision"]
    if decision is None:
        return False
    level = decision["level"]
    return level is None or (level["share"] > 0) is value(house.hub, purifier, "power")


@pytest.mark.timeout(600)  # two beats of a minute each, on a machine that others use too
@OTHER_WAY
async def test_clean_air_is_switched_given_back_and_its_filter_counted_anew(
    house: House, screen: str, locale: str
) -> None:
    purifier = living(house)["purifier"]
    # said anew, comfort thinks at once; what it wants itself is no hand, so it is waited for
    ask(house.hub, "PATCH", f"/api/comfort/rooms/{LIVING}", {"feature": "air", "on": True})
    await comes_true(lambda: stands_as_decided(house, purifier), seconds=SLOW)
    hand = {"device": purifier, "property": "power", "value": not value(house.hub, purifier, "power")}
    assert ask(house.hub, "POST", "/api/commands?wait=1", hand)["status"] == "confirmed"
    it = await house.visit(screen, locale, "/comfort", theme="dark")
    page, say = it.page, it.say
    panel = page.get_by_role("region", name=called(house.hub, LIVING, say.language), exact=True)
    # comfort looks once a minute, and a hand is one once it has settled
    await comes_true(lambda: (living(house)["air"]["hold"] or {}).get("on") is hand["value"], seconds=SLOW)
    await page.reload()
    air = panel.get_by_role("group", name=say("comfort.air"), exact=True)
    await expect(air.locator(".why")).to_be_visible()
    said = await air.locator(".why").inner_text()
    assert bool(re.search("[一-鿿]", said)) is (say.language == "zh"), said
    await air.get_by_role("button", name=say("comfort.hold.release"), exact=True).click()
    await comes_true(lambda: living(house)["air"]["hold"] is None)
    await expect(air.get_by_role("button", name=say("comfort.hold.release"), exact=True)).to_have_count(0)

    await air.get_by_text(say("comfort.air.more")).click()
    await expect(air.get_by_text("HJ 633-2026")).to_be_visible()
    await expect(air.get_by_text("EPA 2024")).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    await air.get_by_role("button", name=say("comfort.air.filter.new"), exact=True).click()
    await expect(air.get_by_text(say("comfort.air.filter.sure"), exact=True)).to_be_visible()
    await air.get_by_role("button", name=say("comfort.air.filter.do"), exact=True).click()
    await comes_true(lambda: living(house)["air"]["filter"]["left"] > 0.99)

    switch = panel.get_by_role("switch", name=re.compile(re.escape(say("comfort.air"))))
    await switch.click()
    await expect(switch).not_to_be_checked()
    await comes_true(lambda: living(house)["on"]["air"] is False)
    await expect(air.get_by_text(say("comfort.air.off"), exact=True)).to_be_visible()
    assert it.heard == []


@pytest.mark.timeout(400)  # a beat, on a machine that others use too
@ONE_WAY
async def test_what_it_does_is_said_with_its_reason_and_switched_off_by_one_tap(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    await page.get_by_role("link", name=say("nav.comfort"), exact=True).click()
    await expect(page.get_by_role("heading", name=say("comfort.title"), level=1)).to_be_visible()
    name = called(house.hub, BEDROOM, say.language)
    panel = page.get_by_role("region", name=name, exact=True)
    climate = panel.get_by_role("switch", name=re.compile(re.escape(say("comfort.climate")))).first
    if not bedroom(house)["on"]["climate"]:
        await climate.click()
    await expect(climate).to_be_checked()
    # comfort thinks every minute, first a minute after the start: this walk is the last of its home
    await comes_true(lambda: bedroom(house)["climate"]["decision"] is not None, seconds=SLOW)
    await page.reload()
    # a figure and a sentence in the reader's own language, never a code
    await expect(panel.locator(".value").first).to_contain_text("°C")
    why = panel.locator(".why").first
    await expect(why).to_be_visible()
    said = await why.inner_text()
    assert bool(re.search("[一-鿿]", said)) is (say.language == "zh"), said
    assert not re.search(r"\{\w+\}|\w+_\w+", said), said
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    await climate.click()
    await expect(climate).not_to_be_checked()
    await comes_true(lambda: bedroom(house)["on"]["climate"] is False)
    await expect(panel.get_by_text(say("comfort.off"))).to_be_visible()
    await climate.click()
    await expect(climate).to_be_checked()
    await comes_true(lambda: bedroom(house)["on"]["climate"] is True)
    assert it.heard == []
