"""For everyone: every page without a violation of WCAG 2.2 AA (axe-core), whole at 200 % text, and usable by keys alone.

The pages are those of `app/src/lib/pages.ts`, so that a new one is looked at from the day it is there. One hub and one
browser serve the whole sweep.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from tests.browser.conftest import FITS, looking, running

ROOT = Path(__file__).parents[2]
AXE = ROOT / "app" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ROOT / "app" / "src" / "lib" / "pages.ts"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXAMPLES = {":id": "living-purifier"}
"""What stands for a page's argument; a page that knows nothing of it says so, and that is a page too."""
pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make install)"),
]
AT_REST = """async () => {
  const ends = document.getAnimations().filter((it) => it.effect.getComputedTiming().endTime !== Infinity);
  await Promise.race([Promise.allSettled(ends.map((it) => it.finished)), new Promise((done) => setTimeout(done, 2000))]);
}"""
LOOK = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  return found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(', ')}`);
}"""


def paths() -> list[str]:
    # /trust is a page that the hub itself makes, and answers only where it has a secure address
    listed = [path for path in re.findall(r"path: '([^']+)'", PAGES.read_text("utf-8")) if path != "/trust"]
    return ["/", "/devices/living-purifier", "/nowhere", *(_with_examples(path) for path in listed)]


def _with_examples(path: str) -> str:
    return "/".join(EXAMPLES.get(part, "x") if part.startswith(":") else part for part in path.split("/"))


async def settled(page: Page) -> None:
    """The page's own heading is there, nothing turns any more, and nothing is half faded in: a contrast is that of a page at rest."""
    await expect(page.locator("h1, main h2").first).to_be_visible()
    await expect(page.locator("main .wait")).to_have_count(0)
    await page.evaluate(AT_REST)


async def violations(page: Page) -> list[str]:
    """What axe finds twice: what it read while a choice was just taking its colour is not there at the second look."""
    first = await page.evaluate(LOOK, TAGS)
    if first:
        await settled(page)
        again = await page.evaluate(LOOK, TAGS)
        return [one for one in again if one.split(":")[0] in {was.split(":")[0] for was in first}]
    return []


@pytest.mark.parametrize(
    ("screen", "theme", "locale"),
    [
        ("phone", "light", "en"),
        ("phone", "dark", "zh-CN"),
        ("desk", "dark", "en"),
        ("desk", "light", "zh-CN"),
    ],
)
async def test_no_page_keeps_anybody_out(
    browser: Browser, tmp_path: Path, screen: str, theme: str, locale: str
) -> None:
    """Each screen with each theme and language, every page once in each of four corners of the eight."""
    found: dict[str, Any] = {}
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, screen, theme, locale)
        await context.add_init_script(path=AXE)
        page = await context.new_page()
        await page.goto(hub.link)
        for path in paths():
            await page.goto(hub.url + path)
            await settled(page)
            if wrong := await violations(page):
                found[path] = wrong
            if not await page.evaluate(FITS):
                found[f"{path} is wider than the screen"] = True
    assert found == {}


async def test_letters_twice_as_large_are_whole(browser: Browser, tmp_path: Path) -> None:
    found: list[str] = []
    async with running("demo", tmp_path) as hub:
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        for path in paths():
            await page.goto(hub.url + path)
            await settled(page)
            await page.evaluate("document.documentElement.style.fontSize = '200%'")
            await page.evaluate("() => new Promise(requestAnimationFrame)")
            if not await page.evaluate(FITS):
                found.append(path)
    assert found == []


async def test_colours_of_the_system_leave_every_control_to_be_seen(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        context = await browser.new_context(
            viewport={"width": 390, "height": 844}, forced_colors="active", locale="en"
        )
        page = await context.new_page()
        await page.goto(hub.link)
        await settled(page)
        same = """() => [...document.querySelectorAll('main button, main a')].filter((it) => {
          const style = getComputedStyle(it);
          return it.offsetParent && it.textContent.trim() && style.color === style.backgroundColor;
        }).map((it) => it.textContent.trim().slice(0, 40))"""
        assert await page.evaluate(same) == []


async def test_a_light_is_switched_and_a_notice_read_by_keys_alone(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        await settled(page)
        focused = (
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
        )

        async def tab_to(words: str) -> None:
            for _ in range(80):
                await page.keyboard.press("Tab")
                if words in (await page.evaluate(focused)):
                    return
            pytest.fail(f"no way by keys to {words}")

        await page.keyboard.press("Tab")
        assert "Skip" in await page.evaluate(focused)
        button = page.get_by_role("main").get_by_role("button", name="Air purifier").first
        was = await button.get_attribute("aria-pressed")
        await tab_to("Air purifier")
        while await page.evaluate("document.activeElement.tagName") != "BUTTON":
            await tab_to("Air purifier")
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"  # where one is stands out
        async with page.expect_response(lambda response: "/api/commands" in response.url):
            await page.keyboard.press("Enter")
        await expect(button).not_to_have_attribute("aria-pressed", was or "")
        await page.goto(hub.url)
        await settled(page)
        await expect(page.get_by_role("link", name="Notices").first).to_be_visible()
        await tab_to("Notices")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Notices", level=1)).to_be_visible()
