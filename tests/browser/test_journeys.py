"""What a person does with the phone page, end to end: real hub, real protocols, real browser."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from tests.browser.conftest import Running, looking, running

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def ask(hub: Running, method: str, path: str, body: Any = None) -> Any:
    """The hub's own door, with the token that lies in its directory."""
    local = json.loads((hub.directory / "hub.json").read_text("utf-8"))
    request = urllib.request.Request(
        hub.url + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {local['token']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        data = answer.read()
    return json.loads(data) if data else None


def value(hub: Running, device: str, path: str) -> Any:
    card = ask(hub, "GET", f"/api/devices/{device}")
    return next(entry["value"] for entry in card["properties"] if entry["path"] == path)


def complaints(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    return heard


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
        assert value(hub, "living-purifier", "power") is not was

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
        assert value(hub, "bedroom-ac", "mode") == "dry"

        await page.get_by_role("heading", name="The last day").scroll_into_view_if_needed()
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


async def test_the_first_person_becomes_the_owner(browser: Browser, tmp_path: Path) -> None:
    async with running("up", tmp_path) as hub:
        assert "/claim/" in hub.link
        stranger = await (await looking(browser)).new_page()
        await stranger.goto(hub.url)
        await expect(stranger.get_by_text("link", exact=False).first).to_be_visible()
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        await page.get_by_label("name").first.fill("王 <b>奶奶</b>")
        for field in await page.locator("input[type=password]").all():
            await field.fill("long enough to be safe")
        await page.locator("form").get_by_role("button").last.click()
        await expect(page.get_by_role("link", name="Add a device").first).to_be_visible()
        await expect(
            page.get_by_text("王 <b>奶奶</b>")
        ).to_be_visible()  # a name is text, whatever it looks like
        second = await (await looking(browser)).new_page()
        await second.goto(hub.link)
        await expect(second.get_by_role("link", name="Add a device")).to_have_count(0)


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
                assert await page.evaluate("document.documentElement.lang") == (
                    "zh-Hans" if locale == "zh-CN" else "en"
                )
            assert heard == []
