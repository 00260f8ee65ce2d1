"""The sensor on the demo's balcony, in both sizes and both languages: let go, named again, and what the home tells of the air outside;
the refrigerator's plug among what is measured."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect
from tests.browser.asking import ask, called, comes_true
from tests.browser.conftest import CUT, FITS, House

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
]
ONE_WAY = pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
OTHER_WAY = pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
SENSOR, PLUG = "balcony-air", "fridge-plug"


def outdoor(house: House) -> dict[str, Any]:
    told: dict[str, Any] = ask(house.hub, "GET", "/api/comfort")["outdoor"]
    return told


async def pretended(page: Page, **changes: Any) -> None:
    """Comfort answers what it really does, but for these keys."""

    async def answer(route: Route) -> None:
        real = await route.fetch()
        body = await real.json()
        await route.fulfill(response=real, json={**body, **changes})

    await page.route("**/api/comfort", answer)


@ONE_WAY
async def test_it_is_let_go_and_named_again(house: House, screen: str, locale: str) -> None:
    assert outdoor(house)["device"] == SENSOR, "the demo's own"
    it = await house.visit(screen, locale, "/comfort")
    page, say = it.page, it.say
    panel = page.get_by_role("region", name=say("comfort.outdoor"), exact=True)
    select = panel.get_by_role("combobox", name=say("comfort.outdoor.sensor"), exact=True)
    await expect(select).to_have_value(SENSOR)
    await expect(select.locator("option:checked")).to_contain_text(called(house.hub, SENSOR, say.language))
    await expect(panel.get_by_text(re.compile(r"PM2\.5 \d.*°C.*%"))).to_be_visible()
    await expect(panel.get_by_text(say("comfort.outdoor.moved"), exact=True)).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    await select.select_option("")
    await comes_true(lambda: outdoor(house)["device"] == "")
    await expect(panel.get_by_text(say("comfort.outdoor.moved"), exact=True)).to_have_count(0)
    home = page.get_by_role("link", name=say("nav.home"), exact=True)
    await home.click()
    outside = page.locator(".summary dt").filter(has_text=say("summary.outdoors"))
    await expect(page.locator(".summary dt").first).to_be_visible()
    await expect(outside).to_have_count(0)

    await page.get_by_role("link", name=say("nav.comfort"), exact=True).click()
    await select.select_option(SENSOR)
    await comes_true(lambda: outdoor(house)["device"] == SENSOR)
    await expect(panel.get_by_text(say("comfort.outdoor.moved"), exact=True)).to_be_visible()
    await home.click()
    await expect(outside).to_be_visible()
    assert it.heard == []


@OTHER_WAY
async def test_the_home_tells_the_air_outside_apart_from_its_rooms(
    house: House, screen: str, locale: str
) -> None:
    it = await house.visit(screen, locale, "/", theme="dark")
    page, say = it.page, it.say
    outside = page.locator(".summary div").filter(has=page.locator("dt", has_text=say("summary.outdoors")))
    await expect(outside).to_have_text(re.compile(r"-?\d+(\.\d+)?\s*°C\s*PM2\.5 \d+"))
    told = outdoor(house)
    inside = page.locator(".summary div").filter(has=page.locator("dt", has_text=say("summary.indoors")))
    rooms = ask(house.hub, "GET", "/api/comfort")["rooms"]
    warm = next(room["climate"]["temperature"] for room in rooms if "climate" in room)
    assert abs(warm - told["temperature"]) > 0.5, "else nothing is told apart here"
    shown = re.match(r"-?[\d.]+", await inside.locator("dd").inner_text())
    assert shown is not None
    assert abs(float(shown[0]) - warm) < 0.5, "its rooms', not the mean with the balcony"
    await page.goto(f"{house.hub.url}/rooms/balcony")
    panel = page.get_by_role("region", name=say("summary.outdoors"), exact=True)
    await expect(panel.get_by_text("PM2.5")).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    assert it.heard == []


@ONE_WAY
async def test_electricity_is_told_of_the_plug_too(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale, "/energy", theme="dark")
    page, say = it.page, it.say
    for device in (PLUG, "bedroom-ac"):
        row = page.get_by_role("button").filter(has_text=called(house.hub, device, say.language))
        await expect(row).to_contain_text(re.compile(r"\d\.\d+\s(kWh|度)"))
    assert await page.evaluate(FITS)
    assert it.heard == []


@OTHER_WAY
async def test_before_its_first_look_comfort_says_so(house: House, screen: str, locale: str) -> None:
    real = ask(house.hub, "GET", "/api/comfort")
    rooms = [
        {
            **room,
            "air": {**room["air"], "pm2_5": None, "aqi": {}, "decision": None},
            "on": {**room["on"], "air": True},
        }
        for room in real["rooms"]
        if "air" in room and "climate" not in room
    ]
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    await pretended(page, looked=None, rooms=rooms)
    await page.get_by_role("link", name=say("nav.comfort"), exact=True).click()
    await expect(page.get_by_text(say("comfort.first"), exact=True)).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("—", exact=True)).to_have_count(0)
    await page.unroute("**/api/comfort")
    await expect(page.get_by_text(say("comfort.first"), exact=True)).to_have_count(0)
    assert it.heard == []


@ONE_WAY
async def test_an_absence_is_told_beside_the_mode(house: House, screen: str, locale: str) -> None:
    it = await house.visit(screen, locale)
    page, say = it.page, it.say
    await pretended(page, absence={"by": "bands", "since": 1_784_692_800})
    await page.get_by_role("link", name=say("nav.comfort"), exact=True).click()
    mode = say(f"mode.{ask(house.hub, 'GET', '/api/mode')['mode']}")
    said = say("comfort.absence.bands", mode=mode, since="|").split("|")[0]
    await expect(page.get_by_text(said)).to_be_visible()
    assert await page.evaluate(FITS)
    assert it.heard == []
