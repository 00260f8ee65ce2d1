"""What somebody is told, in both sizes and both languages: a notice comes by itself and is read once; each person chooses what,
where, and when it is quiet."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, says
from tests.browser.conftest import CUT, FITS, House

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("browser"),
]
MINE = "async () => await (await fetch('/api/notices/preferences')).json()"


@pytest.mark.parametrize(("screen", "locale"), [("phone", "zh-CN"), ("desk", "en")])
async def test_a_notice_comes_by_itself_and_is_read_once(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, "/notices")
    page, say = it.page, it.say
    await expect(page.get_by_role("heading", name=say("notices.title"), level=1)).to_be_visible()
    await says(page, "async () => (await (await fetch('/api/notices')).json()).unread === 0")
    await page.goto(house.hub.url)
    bell = page.get_by_role("link", name=say("notices.title"), exact=True)
    await expect(bell.first).to_be_visible()

    # somebody is invited: that is worth telling every owner
    guest = f"Mei {screen}"
    ask(house.hub, "POST", "/api/people", {"name": guest, "role": "adult"})
    unread = page.locator("a[href='/notices'] [data-count]")
    await expect(unread).to_be_visible()
    await page.locator("a[href='/notices']").first.click()
    row = page.get_by_role("main").get_by_role("link").filter(has_text=guest)
    await expect(row.get_by_text(say("notices.new"), exact=True)).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    await says(page, "async () => (await (await fetch('/api/notices')).json()).unread === 0")
    await page.reload()
    await expect(row).to_be_visible()
    await expect(page.get_by_text(say("notices.new"), exact=True)).to_have_count(0)
    assert it.heard == []


@pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
async def test_each_chooses_what_and_when(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, "/notices/settings", theme="dark")
    page, say = it.page, it.say
    row = page.get_by_role("row").filter(has_text=say("notices.topic.air"))
    here = row.get_by_role("switch").first
    was = await here.is_checked()
    await here.click()
    await expect(here).to_be_checked(checked=not was)
    await says(page, f"async () => (await ({MINE})()).topics.air.app === {str(not was).lower()}")
    quiet = page.get_by_role("switch", name=say("notices.quiet")).last
    if not await quiet.is_checked():
        await quiet.click()
    await page.get_by_label(say("notices.quiet.from"), exact=True).fill("21:30")
    await says(page, f"async () => (await ({MINE})()).quiet.from === '21:30'")
    await page.reload()
    await expect(page.get_by_label(say("notices.quiet.from"), exact=True)).to_have_value("21:30")
    await expect(here).to_be_checked(checked=not was)
    await here.click()
    await expect(here).to_be_checked(checked=was)
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    assert it.heard == []
