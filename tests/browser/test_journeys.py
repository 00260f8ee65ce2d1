"""What a person does with the phone page, end to end: real hub, real protocols, real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser.asking import ask, comes_true, value
from tests.browser.conftest import CUT, FITS, complaints, looking, running, twice_as_large

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("screen", ["phone", "desk"])
async def test_both_devices_are_operated(browser: Browser, tmp_path: Path, screen: str) -> None:
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, screen)
        page = await context.new_page()
        heard = complaints(page)
        await page.goto(hub.link)
        main = page.get_by_role("main")
        await expect(main.get_by_role("heading", name="Living room")).to_be_visible()
        assert await page.evaluate(FITS)

        was = value(hub, "living-purifier", "power")
        await main.get_by_role("button", name="Air purifier").first.click()
        wanted = "Turn on" if was else "Turn off"
        await expect(main.get_by_role("button", name=wanted).first).to_be_visible()
        await comes_true(lambda: value(hub, "living-purifier", "power") is not was)

        await main.get_by_role("link", name="Air conditioner").first.click()
        await expect(page.get_by_role("heading", name="Air conditioner", level=1)).to_be_visible()
        before = float(value(hub, "bedroom-ac", "target_temperature"))
        async with page.expect_response(lambda response: "/api/commands" in response.url) as answered:
            await page.get_by_role("button", name="Set point +").first.click()
        assert (await (await answered.value).json())["status"] == "confirmed"
        assert value(hub, "bedroom-ac", "target_temperature") == before + 0.5
        await page.get_by_role("radio", name="Dry").check(force=True)
        await expect(page.get_by_role("radio", name="Dry")).to_be_checked()
        await expect(page.get_by_text("confirmed").first).to_be_visible()
        await comes_true(lambda: value(hub, "bedroom-ac", "mode") == "dry")

        await page.get_by_role("heading", name="The past").scroll_into_view_if_needed()
        await expect(page.locator("canvas").first).to_be_visible()
        assert await page.evaluate(FITS)
        assert heard == []


async def test_a_silent_device_is_not_said_to_have_obeyed(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        await page.goto(f"{hub.url}/devices/living-purifier")
        await expect(page.get_by_role("heading", name="Air purifier", level=1)).to_be_visible()
        before = value(hub, "living-purifier", "mode")
        wish = next(word for word in ("Auto", "Sleep") if word.lower() != before)
        ask(hub, "PUT", "/api/virtual/living-purifier/faults", {"mute": True})
        async with page.expect_response(
            lambda response: "/api/commands" in response.url, timeout=20_000
        ) as answered:
            await page.get_by_role("radio", name=wish).check(force=True)
        assert (await (await answered.value).json())["status"] in ("timed_out", "failed")
        await expect(page.get_by_role("radio", name=wish)).not_to_be_checked()
        assert value(hub, "living-purifier", "mode") == before
        await expect(page.get_by_text("tried to change Mode", exact=False)).to_be_visible()


async def test_the_first_person_becomes_the_owner(browser: Browser, tmp_path: Path) -> None:
    async with running("up", tmp_path) as hub:
        assert "/claim/" in hub.link
        wrong = await (await looking(browser)).new_page()
        await wrong.goto(f"{hub.url}/claim/mistyped")
        await expect(wrong.get_by_role("heading", name="This is not the right link")).to_be_visible()
        await expect(wrong.locator("form")).to_have_count(0)
        stranger = await (await looking(browser)).new_page()
        await stranger.goto(hub.url)
        await expect(stranger.get_by_text("link", exact=False).first).to_be_visible()
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        await page.get_by_label("name").first.fill("王 <b>奶奶</b>")
        await expect(page.locator("input[type=password]").first).to_be_visible()  # `all` does not wait
        for field in await page.locator("input[type=password]").all():
            await field.fill("long enough to be safe")
        await page.locator("form").get_by_role("button").last.click()
        await expect(page.get_by_role("link", name="Add a device").first).to_be_visible()
        await page.get_by_role("link", name="You").click()
        # a name is text, whatever it looks like
        await expect(page.get_by_role("heading", name="王 <b>奶奶</b>", level=1)).to_be_visible()
        second = await (await looking(browser)).new_page()
        await second.goto(hub.link)
        await expect(second.get_by_role("heading", name="This home has its owner")).to_be_visible()
        await expect(second.get_by_text("signed out")).to_have_count(0)  # who never was in was not signed out
        await second.get_by_role("button", name="Sign in").click()
        await expect(second.get_by_role("heading", name="Welcome home")).to_be_visible()

        code = ask(hub, "POST", "/api/links", {})["code"]
        await second.goto(f"{hub.url}/enter/{code}")
        await second.get_by_role("link", name="Choose a new password now").click()
        await expect(second.locator("input[type=password]").first).to_be_visible()  # `all` does not wait
        for field in await second.locator("input[type=password]").all():
            await field.fill("another one that is safe")
        await second.get_by_role("button", name="Set the new password").click()
        await expect(second.get_by_text("The new password is set.", exact=False)).to_be_visible()
        await expect(
            page.get_by_role("heading", name="Welcome home")
        ).to_be_visible()  # everybody else is out
        third = await (await looking(browser, locale="zh-CN")).new_page()
        await third.goto(f"{hub.url}/enter/{code}")
        await expect(third.get_by_role("heading", name="这个链接已经失效")).to_be_visible()


async def test_what_a_first_user_stumbles_over(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        context = await looking(browser)
        page = await context.new_page()
        await page.goto(f"{hub.url}/devices/living-purifier")
        await expect(page.get_by_text("This is a demo")).to_be_visible()
        await page.goto(hub.link)
        await expect(page.get_by_role("heading", name="Living room")).to_be_visible()

        # an address is asked; what answers there is known, and where nothing does the page says what next
        address = ask(hub, "GET", "/api/devices/living-purifier")["address"].partition(":")[0]
        await page.goto(f"{hub.url}/add")
        await page.get_by_label("Address").fill(address)
        await page.get_by_role("button", name="Ask it").click()
        await expect(page.get_by_text("Already in this home")).to_be_visible()
        await page.get_by_label("Address").fill("127.250.0.1")
        await page.get_by_role("button", name="Ask it").click()
        await expect(page.get_by_text("Nothing answered at 127.250.0.1")).to_be_visible()
        await page.get_by_text("What is a token or key?").click()
        await expect(page.get_by_text("token extractor", exact=False)).to_be_visible()

        # names of the demo's own follow the reader, who may give others
        await page.goto(f"{hub.url}/you")
        await page.get_by_role("radio", name="中文").check(force=True)
        await page.get_by_role("link", name="家", exact=True).click()
        await expect(page.get_by_role("heading", name="客厅")).to_be_visible()
        await expect(page.get_by_role("link", name="空气净化器")).to_be_visible()
        await page.get_by_role("link", name="我", exact=True).click()
        await page.get_by_role("radio", name="English").check(force=True)
        await page.goto(hub.url)

        # a phone without a network shows it at once, and is live again at once
        await context.set_offline(True)
        await expect(page.get_by_role("status").filter(has_text="Not connected")).to_be_visible()
        await context.set_offline(False)
        await expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()

        # a key that was changed: the page offers to take the new one
        ask(hub, "PUT", "/api/virtual/bedroom-ac/faults", {"wrong_key": True, "action": "reboot"})
        await page.goto(f"{hub.url}/devices/bedroom-ac")
        await page.get_by_role("button", name="Give the new key").click(timeout=20_000)
        await expect(page.get_by_label("Token")).to_be_visible()
        await page.goto(f"{hub.url}/no/such/page")
        await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_every_look_fits_and_is_complete(
    browser: Browser, tmp_path: Path, theme: str, locale: str
) -> None:
    async with running("demo", tmp_path) as hub:
        for screen in ("phone", "desk"):
            page = await (await looking(browser, screen, theme, locale)).new_page()
            heard = complaints(page)
            await page.goto(hub.link)
            for path in ("/", "/devices/bedroom-ac", "/devices/living-purifier", "/add"):
                await page.goto(hub.url + path)
                await expect(page.get_by_role("main")).to_be_visible()
                await expect(page.get_by_role("heading", level=1).first).to_be_visible()
                assert await page.evaluate(FITS), f"{path} is wider than the screen"
                await twice_as_large(page)
                assert await page.evaluate(FITS), f"{path} is wider than the screen with large letters"
                assert await page.evaluate(CUT) == [], f"{path} cuts large letters off"
                assert await page.evaluate("document.documentElement.lang") == (
                    "zh-Hans" if locale == "zh-CN" else "en"
                )
            assert heard == []
