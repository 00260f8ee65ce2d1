"""A rule built on the phone without text, seen over the past, switched on; a scene played; why. Real hub, real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser.asking import ask
from tests.browser.conftest import FITS, complaints, looking, running

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("screen", ["phone", "desk"])
async def test_a_rule_is_built_replayed_and_switched_on(
    browser: Browser, tmp_path: Path, screen: str
) -> None:
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, screen)
        page = await context.new_page()
        heard = complaints(page)
        await page.goto(hub.link)
        await expect(page.get_by_role("main")).to_be_visible()
        await page.goto(f"{hub.url}/automations")
        await page.get_by_role("link", name="New rule").last.click()
        await page.get_by_role("button", name="When the air gets bad").click()
        await expect(page.get_by_role("heading", name="When the air gets bad", level=1)).to_be_visible()
        assert await page.evaluate(FITS)

        # when … is above 60, by picking; the text beside says the same, with the comment that a person wrote
        if screen == "phone":
            await page.get_by_role("radio", name="Text").check(force=True)
        text = page.get_by_role("textbox", name="The rule as text")
        await text.fill(f"# ours\n{await text.input_value()}")
        if screen == "phone":
            await page.get_by_role("radio", name="Cards").check(force=True)
        await page.get_by_role("button", name="is above 75").click()
        await page.get_by_role("button", name="is above 75").last.click()
        await page.get_by_label("Value (µg/m³)").fill("60")
        await page.get_by_label("Value (µg/m³)").blur()
        await expect(page.get_by_role("button", name="is above 60").first).to_be_visible()
        await page.get_by_role("button", name="Add a step").click()
        await page.get_by_role("button", name="Tell somebody").click()
        await page.get_by_label("What", exact=True).fill("Open no window")
        await page.get_by_label("What", exact=True).blur()
        await expect(page.get_by_role("button", name="Open no window")).to_be_visible()
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("button", name="Saved")).to_be_disabled()
        written = ask(hub, "GET", "/api/rules/air")["text"]
        assert written.startswith("# ours\n")
        assert "> 60 ug/m3" in written
        assert "Open no window" in written

        # the switch asks for a look first; then it is on
        await page.get_by_role("switch", name="Switch this rule on or off").click()
        await page.get_by_role("button", name="Show what it would have done").click()
        await expect(page.get_by_text("it would have run")).to_be_visible(timeout=30_000)
        await page.get_by_role("switch", name="Switch this rule on or off").click()
        await expect(page.get_by_role("switch", name="Switch this rule on or off")).to_be_checked()
        assert ask(hub, "GET", "/api/rules/air")["enabled"] is True

        await page.get_by_role("button", name="Why did it (not) run?").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("It did not run at this moment")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        assert await page.evaluate(FITS)
        assert heard == []


async def test_faults_stand_at_their_line_and_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, "desk")
        page = await context.new_page()
        await page.goto(hub.link)
        await expect(page.get_by_role("main")).to_be_visible()
        await page.goto(f"{hub.url}/automations/rules/cool-bedroom")
        text = page.get_by_role("textbox", name="The rule as text")
        await expect(text).to_be_visible()
        was = await text.input_value()
        await text.fill(was.replace("bedroom-ac", "bedroom-acx", 1))
        fault = page.get_by_role("list", name="What is wrong").get_by_role("button")
        await expect(fault).to_contain_text("Line 5, column 5")
        await fault.click()
        selected = await text.evaluate("it => it.value.slice(it.selectionStart, it.selectionStart + 11)")
        assert selected == "bedroom-acx"
        await page.get_by_role("button", name="Undo").click()
        await expect(text).to_have_value(was)
        await expect(fault).to_have_count(0)


async def test_a_scene_is_made_of_how_things_stand_and_says_honestly_how_it_ended(
    browser: Browser, tmp_path: Path
) -> None:
    async with running("demo", tmp_path) as hub:
        context = await looking(browser)
        page = await context.new_page()
        heard = complaints(page)
        await page.goto(hub.link)
        await expect(page.get_by_role("main")).to_be_visible()
        await page.goto(f"{hub.url}/automations/scenes/new")
        await page.get_by_label("Name").fill("Fresh air")
        await page.get_by_label("Name").blur()
        await page.get_by_label("Device").select_option(label="Air purifier")
        await page.get_by_role("button", name="Choose by hand").click()
        await expect(page.get_by_role("heading", name="Air purifier")).to_be_visible()
        await page.get_by_role("button", name="Save").click()
        await expect(page).to_have_url(f"{hub.url}/automations/scenes/fresh-air")
        await page.goto(f"{hub.url}/automations")
        await page.get_by_role("button", name="Play Fresh air").click()
        await expect(page.get_by_text("All 1 parts confirmed")).to_be_visible(timeout=20_000)
        await page.get_by_role("radio", name="Night").check(force=True)
        await expect(page.get_by_role("radio", name="Night")).to_be_checked()
        assert ask(hub, "GET", "/api/mode")["mode"] == "night"
        assert heard == []
