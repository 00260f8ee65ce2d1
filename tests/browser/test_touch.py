"""With fingers: rooms are dragged into another order, and a chart is spread open with two of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect
from tests.browser.conftest import FITS, complaints, running
from tests.browser.test_offline import until
from tests.browser.words import Words

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("browser")]


async def phone(browser: Browser, link: str, locale: str = "en") -> tuple[Page, CDPSession]:
    """A phone with a touch screen, signed in, and the door by which fingers are put on it."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        locale=locale,
        reduced_motion="reduce",
        has_touch=True,
        is_mobile=True,
    )
    page = await context.new_page()
    await page.goto(link)
    await expect(page.get_by_role("main")).to_be_visible()
    return page, await context.new_cdp_session(page)


async def fingers(cdp: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Fingers as the screen reports them: "touchStart", "touchMove" or "touchEnd" (then there are none)."""
    spots = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    await cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})


async def box(page: Page, what: Any) -> dict[str, float]:
    await what.scroll_into_view_if_needed()
    found = await what.bounding_box()
    assert found is not None
    return dict(found)


async def test_a_room_is_dragged_with_a_finger_and_stays_there(browser: Browser, tmp_path: Any) -> None:
    say = Words("en")
    async with running("demo", tmp_path) as hub:
        page, cdp = await phone(browser, hub.link)
        heard = complaints(page)
        await page.goto(f"{hub.url}/arrange")
        rooms = page.get_by_role("list", name=say("arrange.rooms"), exact=True)
        await expect(rooms.get_by_role("listitem").first).to_be_visible()
        begun = [text.strip() for text in await rooms.get_by_role("listitem").all_inner_texts()]
        handle = rooms.get_by_role("button", name=say.among("arrange.handle", name=begun[-1]))
        held, first = await box(page, handle), await box(page, rooms.get_by_role("listitem").first)
        x, y = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
        await fingers(cdp, "touchStart", (x, y))
        for share in (0.2, 0.5, 0.8, 1.0):
            await fingers(cdp, "touchMove", (x, y + (first["y"] + 4 - y) * share))
        wanted = [begun[-1], *begun[:-1]]
        async with page.expect_response(lambda one: one.url.endswith("/api/preferences")):  # the hub has it
            await fingers(cdp, "touchEnd")
        await expect(rooms.get_by_role("listitem")).to_have_text(wanted)
        assert await page.evaluate("scrollY") == 0  # the page stood still under the finger
        await page.reload()
        await expect(rooms.get_by_role("listitem")).to_have_text(wanted)
        assert heard == []


async def test_a_chart_is_spread_open_and_is_whole_again(browser: Browser, tmp_path: Any) -> None:
    say = Words("zh-CN")
    async with running("demo", tmp_path) as hub:
        page, cdp = await phone(browser, hub.link, "zh-CN")
        heard = complaints(page)
        await page.goto(f"{hub.url}/devices/living-purifier")
        chart = page.locator("figure.panel").first
        over = chart.locator(".u-over")
        await chart.scroll_into_view_if_needed()
        await expect(over).to_be_visible()
        whole = chart.get_by_role("button", name=say("charts.whole"))
        await expect(whole).to_have_count(0)

        place = await box(page, over)
        middle, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        await fingers(cdp, "touchStart", (middle - 20, y), (middle + 20, y))
        for apart in (30, 45, 60):
            await fingers(cdp, "touchMove", (middle - apart, y), (middle + apart, y))
        await fingers(cdp, "touchEnd")
        await expect(whole).to_be_visible()  # a third of the day is on the chart
        told = await chart.get_by_role("img").get_attribute("aria-label")
        assert told is not None

        # keys and buttons do the same, for those who do not drag
        await chart.get_by_role("button", name=say("charts.nearer")).tap()

        async def closer() -> bool:
            return await chart.get_by_role("img").get_attribute("aria-label") != told

        await until(closer)
        await chart.get_by_role("button", name=say("charts.compare.day")).tap()
        await expect(chart.get_by_role("button", name=say("charts.compare.day"))).to_have_attribute(
            "aria-pressed", "true"
        )
        await whole.tap()
        await expect(whole).to_have_count(0)
        assert await page.evaluate(FITS)
        assert heard == []
