"""The past in the hand, in both sizes and both languages: the diary with its choices, why something is so, and charts from a
day to a year with what was done marked on the line."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, called, comes_true, label, value
from tests.browser.conftest import CUT, FITS, House

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("browser"),
]
ONE_WAY = pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
OTHER_WAY = pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
PURIFIER, AC = "living-purifier", "bedroom-ac"


@ONE_WAY
async def test_the_diary_tells_who_did_it_and_why(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, f"/devices/{PURIFIER}")
    page, say = it.page, it.say
    name = called(house.hub, PURIFIER, say.language)
    was = value(house.hub, PURIFIER, "power")
    await page.locator("main header").get_by_role("button", pressed=was).last.click()
    await comes_true(lambda: value(house.hub, PURIFIER, "power") is not was)

    await page.get_by_role("link", name=say("nav.diary"), exact=True).click()
    await expect(page.get_by_role("heading", name=say("diary.page"), level=1)).to_be_visible()
    main = page.get_by_role("main")
    done = say.among("diary.person.off" if was else "diary.person.on", who="Demo")
    entry = main.get_by_role("listitem").filter(has_text=done).first
    await expect(entry).to_be_visible()
    await expect(entry).to_contain_text(name)
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    # why: the chain of causes, down to the person
    await entry.get_by_role("button", name=re.compile(re.escape(say("diary.why")))).click()
    sheet = page.get_by_role("dialog")
    await expect(sheet.locator(".verdict")).to_have_text(say.among("rules.why.by.person", who="Demo"))
    await expect(sheet.locator(".chain li").first).to_be_visible()
    assert await page.evaluate(FITS)
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()

    # only what one asks for
    choices = main.get_by_role("group", name=say("diary.page"))
    await choices.get_by_role("button", name=say("diary.security"), exact=True).click()
    await expect(main.get_by_text(say.among("diary.login", who="Demo")).first).to_be_visible()
    await expect(main.get_by_text(done)).to_have_count(0)
    await choices.get_by_role("button", name=say("diary.people"), exact=True).click()
    await expect(entry).to_be_visible()
    await page.get_by_label(say("diary.filter.device")).select_option(AC)
    await expect(main.get_by_text(done)).to_have_count(0)
    assert it.heard == []


@OTHER_WAY
async def test_a_value_is_seen_over_a_day_a_week_a_month_and_a_year(
    house: House, screen: str, locale: str
) -> None:
    begun = float(value(house.hub, AC, "target_temperature"))
    wish = begun + 0.5 if begun < 28 else begun - 0.5
    command = {"device": AC, "property": "target_temperature", "value": wish}
    assert ask(house.hub, "POST", "/api/commands?wait=1", command)["status"] == "confirmed"

    it = await house.visit(screen, locale, f"/devices/{AC}")
    page, say = it.page, it.say
    what = label(house.hub, AC, "temperature", say.language)
    figure = page.locator("figure", has=page.get_by_role("radiogroup", name=say("charts.reach"))).first
    await figure.scroll_into_view_if_needed()
    for reach in ("day", "week", "month", "year"):
        await figure.get_by_role("radio", name=say(f"charts.{reach}"), exact=True).check(force=True)
        # the line in words, for those who do not see it: what, how far, between which bounds
        words = say.among("charts.summary", property=what, over=say(f"charts.over.{reach}"))
        await expect(figure.get_by_role("img", name=words)).to_be_visible()
        await expect(figure.locator("canvas").first).to_be_visible()
        assert await page.evaluate(FITS), reach

    # what was done stands on the line of the day, with who did it and the way to why
    await figure.get_by_role("radio", name=say("charts.day"), exact=True).check(force=True)
    marks = figure.get_by_role("group", name=say("charts.marks"), exact=True)
    await expect(marks).to_be_visible()
    await marks.get_by_role("button").last.click()
    listed = figure.locator("ul.list li")
    await expect(listed.first).to_be_visible()
    await listed.first.get_by_role("button", name=re.compile(re.escape(say("diary.why")))).click()
    await expect(page.get_by_role("dialog").locator(".verdict")).to_be_visible()
    await page.keyboard.press("Escape")

    # the same as a table
    await figure.get_by_role("button", name=re.compile(re.escape(say("charts.table")))).first.click()
    table = figure.get_by_role("region", name=say.among("charts.table.of", property=what))
    await expect(table.get_by_role("columnheader")).to_have_text(
        [say(f"charts.{word}") for word in ("when", "low", "mean", "high")]
    )
    await expect(table.get_by_role("row").nth(1)).to_contain_text("°C")
    assert await page.evaluate(FITS)
    assert it.heard == []
