"""For everyone: every page without a violation of WCAG 2.2 AA (axe-core), whole at 200 % text, and usable by keys alone.

The pages are those of `app/src/lib/pages.ts`, so that a new one is looked at from the day it is there. One hub and one
browser serve the whole sweep.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.browser.asking import ask, called
from tests.browser.conftest import FITS, House, looking, twice_as_large
from tests.browser.words import Words

from jiahe.web.trust_page import Shown, language_of, trust_page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "app" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ROOT / "app" / "src" / "lib" / "pages.ts"
CORNERS = [
    ("phone", "light", "en"),
    ("phone", "dark", "zh-CN"),
    ("desk", "dark", "en"),
    ("desk", "light", "zh-CN"),
    ("desk", "dark", "zh-CN"),
    ("desk", "light", "en"),
    ("phone", "light", "zh-CN"),
    ("phone", "dark", "en"),
]
"""Screen, theme and language; what stands four further on differs in all three."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXAMPLES = {":id": "living-purifier"}
"""What stands for a page's argument; a page that knows nothing of it says so, and that is a page too."""
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
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


@pytest.mark.parametrize("corner", range(8), ids=lambda it: "-".join(CORNERS[it]))
async def test_no_page_keeps_anybody_out(house: House, corner: int) -> None:
    """The home, a device and one open sheet in every corner; every other page in two that differ in all three."""
    screen, theme, locale = CORNERS[corner]
    every, some = paths()[:2], paths()[2:]
    found: dict[str, Any] = {}
    someone = await house.visit(screen, locale, theme=theme, script=AXE)
    page = someone.page

    async def look(where: str) -> None:
        await settled(page)
        if wrong := await violations(page):
            found[where] = wrong
        if not await page.evaluate(FITS):
            found[f"{where} is wider than the screen"] = True

    for path in [*every, *some[corner % 4 :: 4]]:
        await page.goto(house.hub.url + path)
        await look(path)
    await SHEETS[corner % len(SHEETS)](page, someone.say, house.hub.url)
    await expect(page.get_by_role("dialog")).to_be_visible()
    await look(f"the sheet at {page.url}")
    await page.context.close()
    assert found == {}


async def search_open(page: Page, say: Words, url: str) -> None:
    await page.goto(url)
    await settled(page)
    await page.keyboard.press("/")
    await page.get_by_role("combobox", name=say("search.title")).fill("a")


async def why_rule_open(page: Page, say: Words, url: str) -> None:
    await page.goto(f"{url}/automations/rules/cool-bedroom")
    await page.get_by_role("button", name=say("rules.why.rule")).click()


async def why_value_open(page: Page, say: Words, url: str) -> None:
    await page.goto(f"{url}/diary/living-purifier")
    await page.get_by_role("button", name=say.begins("diary.why.of")).first.click()
    await expect(page.get_by_role("dialog").locator(".verdict")).to_be_visible()


async def folds_open(page: Page, say: Words, url: str) -> None:
    """Every fold of a device's page open, then a sheet over it."""
    await page.goto(f"{url}/devices/bedroom-ac")
    await settled(page)
    await page.evaluate("document.querySelectorAll('main details').forEach((it) => { it.open = true })")
    await page.keyboard.press("/")


SHEETS = (search_open, why_rule_open, why_value_open, folds_open)


@pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
async def test_letters_twice_as_large_are_whole(house: House, screen: str, locale: str) -> None:
    found: list[str] = []
    page = (await house.visit(screen, locale)).page
    for path in paths():
        await page.goto(house.hub.url + path)
        await settled(page)
        await twice_as_large(page)
        if not await page.evaluate(FITS):
            found.append(path)
    await page.context.close()
    assert found == []


async def test_colours_of_the_system_leave_every_control_to_be_seen(house: House) -> None:
    visitor = await house.visit("phone", "en")
    page = visitor.page
    await page.emulate_media(forced_colors="active")
    await settled(page)
    same = """() => [...document.querySelectorAll('main button, main a')].filter((it) => {
      const style = getComputedStyle(it);
      return it.offsetParent && it.textContent.trim() && style.color === style.backgroundColor;
    }).map((it) => it.textContent.trim().slice(0, 40))"""
    assert await page.evaluate(same) == []
    await page.context.close()


async def test_who_wants_no_motion_gets_none(house: House) -> None:
    """Reduced motion is what every test here asks for; nothing on the home goes on moving."""
    page = (await house.visit("phone", "en")).page
    for path in paths()[:2]:
        await page.goto(house.hub.url + path)
        await settled(page)
        moving = """() => document.getAnimations().filter((it) => it.playState === 'running'
          && (it.effect.getTiming().iterations === Infinity || it.effect.getComputedTiming().duration > 50)).length"""
        assert await page.evaluate(moving) == 0, path
    await page.context.close()


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_a_device_is_switched_and_a_notice_read_by_keys_alone(house: House, locale: str) -> None:
    visitor = await house.visit("desk" if locale == "en" else "phone", locale)
    page, say = visitor.page, visitor.say
    name, notices = called(house.hub, "living-purifier", say.language), say("notices.title")
    await settled(page)
    focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"

    async def tab_to(words: str) -> None:
        for _ in range(80):
            await page.keyboard.press("Tab")
            if words in (await page.evaluate(focused)):
                return
        pytest.fail(f"no way by keys to {words}")

    await page.keyboard.press("Tab")
    assert await page.evaluate(focused) == say("app.skip")
    await page.keyboard.press("Enter")  # past the menus at once
    button = page.get_by_role("main").get_by_role("button", name=name).first
    was = await button.get_attribute("aria-pressed")
    await tab_to(name)
    while await page.evaluate("document.activeElement.tagName") != "BUTTON":
        await tab_to(name)
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"  # where one is stands out
    async with page.expect_response(lambda response: "/api/commands" in response.url):
        await page.keyboard.press("Enter")
    await expect(button).not_to_have_attribute("aria-pressed", was or "")
    await page.goto(house.hub.url)
    await settled(page)
    await expect(page.get_by_role("link", name=notices).first).to_be_visible()
    await tab_to(notices)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=notices, level=1)).to_be_visible()
    await page.context.close()


@pytest.mark.parametrize("corner", range(4), ids=lambda it: "-".join(CORNERS[it]))
async def test_an_invitation_keeps_nobody_out(house: House, corner: int) -> None:
    """An invitation that is still good, as a guest has it (a key) and as somebody of the family (a password to choose)."""
    screen, theme, locale = CORNERS[corner]
    say = Words(locale)
    for role, grants in (("guest", [{"verbs": ["see"], "devices": ["living-purifier"]}]), ("adult", [])):
        body = {"name": f"{role} {corner}", "role": role, "grants": grants}
        made = await asyncio.to_thread(ask, house.hub, "POST", "/api/people", body)
        context = await looking(house.browser, screen, theme, locale)
        await context.add_init_script(path=AXE)
        page = await context.new_page()
        await page.goto(f"{house.hub.url}/join/{made['code']}")
        await expect(page.get_by_role("button", name=say("join.do"), exact=True)).to_be_visible()
        await expect(page.locator("input[type=password]")).to_have_count(0 if role == "guest" else 2)
        await settled(page)
        assert await violations(page) == [], role
        assert await page.evaluate(FITS), role
        await twice_as_large(page)
        assert await page.evaluate(FITS), role
        await context.close()
        await asyncio.to_thread(ask, house.hub, "DELETE", f"/api/people/{made['person']['id']}")


@pytest.mark.parametrize(("screen", "theme", "locale"), [CORNERS[0], CORNERS[1], CORNERS[2], CORNERS[3]])
@pytest.mark.parametrize("secure", [False, True])
async def test_the_page_that_tells_how_to_trust_the_home(
    house: House, screen: str, theme: str, locale: str, secure: bool
) -> None:
    """It needs no app and comes before the first trust; here as the hub makes it, for each platform's visitor."""
    agent = "iPhone" if screen == "phone" else "Windows NT 10.0"
    shown = Shown(
        language_of(locale), agent, "<b>Home</b>", "AB:" * 31 + "CD", "https://jiahe.local:8443", secure
    )
    page = await (await looking(house.browser, screen, theme, locale)).new_page()
    await page.set_content(trust_page(shown))
    await page.add_script_tag(path=AXE)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate(FITS)
    await page.context.close()
