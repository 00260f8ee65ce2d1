"""Names that somebody chose are text wherever they stand: of rooms, devices, people, guests, tokens, rules, scenes and
notices, in lists, in sentences and in the diary, at both sizes and in both languages."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from tests.browser.asking import Running, ask
from tests.browser.conftest import FITS, SCREENS, complaints, looking, running

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
HTML = "<img src=x onerror=\"document.title='out'\"><b>b</b>"
TURNED = "\u05e9\u05dc\u05d5\u05dd abc (1)"
LYING = "abc \u202egnp.exe"
"""Only the file of a rule may hold it: the home takes no name that turns its neighbours."""
FACES = "👩‍👧‍👦🏳️‍🌈é家和"
LONG = "W" * 78
NAMES = (HTML, TURNED, FACES, LONG)
PAGES = ("/", "/people", "/automations", "/diary", "/arrange", "/notices", "/you", "/search", "/add")
INJECTED = """() => [...document.querySelectorAll('main img, main b, main script, dialog img, nav img')]
  .map((it) => it.outerHTML).concat(document.title === 'out' ? ['it ran'] : [])"""


def name_everything(hub: Running) -> dict[str, str]:
    """Every kind of name, each of the wild ones somewhere; the paths of pages of single things."""
    home = ask(hub, "GET", "/api/home")
    for device, name in zip(home["devices"], NAMES, strict=False):
        ask(hub, "PATCH", f"/api/devices/{device['id']}", {"name": name})
    for room, name in zip(home["rooms"], NAMES, strict=False):
        ask(hub, "PATCH", f"/api/rooms/{room['id']}", {"name": name})
    person = None
    for number, name in enumerate(NAMES):
        grants = [{"verbs": ["operate"], "rooms": [home["rooms"][0]["id"]]}]
        body = {"name": name, "role": "guest", "grants": grants}
        person = ask(hub, "POST", "/api/people", body)["person"]["id"]
        ask(hub, "POST", "/api/tokens", {"name": name, "role": "agent", "grants": [{"verbs": ["see"]}]})
        written = LYING if name == TURNED else name
        quoted = '"' + written.replace('"', '\\"') + '"'
        rule = f"name: {quoted}\nenabled: false\nwhen: [{{hub: started}}]\nthen: [{{mode: home}}]\n"
        ask(hub, "PUT", f"/api/rules/wild-{number}", {"text": rule})
        lamp = "bedroom-lamp.power"
        ask(hub, "PUT", f"/api/scenes/wild-{number}", {"text": f"name: {quoted}\nset: {{{lamp}: on}}\n"})
    told = HTML.replace("'", "''")
    tell = f"when: [{{becomes: mode == away}}]\nthen: [{{notify: everyone, text: '{told}'}}]\n"
    ask(hub, "PUT", "/api/rules/tells", {"text": tell})
    ask(hub, "PUT", "/api/mode", {"mode": "away"})
    return {
        "device": f"/devices/{home['devices'][0]['id']}",
        "room": f"/rooms/{home['rooms'][0]['id']}",
        "person": f"/people/{person}",
        "rule": "/automations/rules/wild-0",
        "scene": "/automations/scenes/wild-0",
    }


async def harmless(page: Page, what: str) -> None:
    assert await page.evaluate(INJECTED) == [], what
    assert await page.evaluate(FITS), what


@pytest.mark.parametrize(("screen", "locale"), [("phone", "zh-CN"), ("desk", "en")])
async def test_no_name_is_more_than_text(browser: Browser, tmp_path: Path, screen: str, locale: str) -> None:
    async with running("demo", tmp_path) as hub:
        single = await asyncio.to_thread(name_everything, hub)
        page = await (await looking(browser, screen, "dark", locale)).new_page()
        heard = complaints(page)
        await page.goto(hub.link)
        await expect(page.get_by_role("main").get_by_text("<img src=x", exact=False).first).to_be_visible()
        assert page.viewport_size is not None
        assert page.viewport_size["width"] == SCREENS[screen][0]
        for path in (*PAGES, *single.values()):
            await page.goto(hub.url + path)
            await expect(page.get_by_role("main")).to_be_visible()
            await expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
            await harmless(page, path)
        await page.goto(hub.url + "/notices")
        await expect(page.get_by_role("main").get_by_text("<img src=x", exact=False).first).to_be_visible()
        await harmless(page, "a notice that a rule wrote")
        await page.goto(hub.url + single["person"])  # the last name is the long one
        await expect(page.get_by_role("heading", level=1)).to_have_text(LONG)
        await page.goto(hub.url + "/people")
        for name in NAMES:  # as it was given: none is cut, turned into an entity, or taken for markup
            await expect(page.get_by_role("main").get_by_text(name, exact=True).first).to_be_attached()
        assert [line for line in heard if "404" not in line] == []
