"""What electricity costs: a tariff is chosen and one is written, the dishwasher is planned for cheap hours and taken back."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, comes_true
from tests.browser.conftest import CUT, FITS, House
from tests.browser.test_axe import AXE, settled, violations

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="module"),
]
WALKS = [("phone", "en", "light"), ("desk", "zh-CN", "dark")]
NIGHT = "cn.shanghai.peak-valley"


def chosen(house: House) -> str:
    return str(ask(house.hub, "GET", "/api/comfort/tariffs")["chosen"])


@pytest.mark.parametrize(("screen", "locale", "theme"), WALKS)
async def test_electricity_is_shown_in_money_once_a_tariff_is_chosen(
    house: House, screen: str, locale: str, theme: str
) -> None:
    ask(house.hub, "PUT", "/api/comfort/tariff", {"id": ""})
    owner = await house.visit(screen, locale, "/comfort", theme)
    page, say = owner.page, owner.say
    main = page.get_by_role("main")
    await main.get_by_role("link", name=say("comfort.energy")).click()
    await expect(main.get_by_role("heading", level=1)).to_have_text(say("energy.title"))
    await expect(main.get_by_text(say("tariff.none.lead"))).to_be_visible()
    await expect(main.get_by_role("radio", name=say("energy.money"), exact=True)).to_have_count(0)
    await main.get_by_role("combobox", name=say("tariff.choose"), exact=True).select_option(NIGHT)
    await expect(
        main.get_by_role("list", name=say("tariff.day")).get_by_role("listitem").first
    ).to_contain_text("¥0.")
    await comes_true(lambda: chosen(house) == NIGHT)
    await main.get_by_role("radio", name=say("energy.money"), exact=True).check(force=True)
    await expect(main.locator(".large")).to_contain_text("¥")
    for step in ("hour", "month", "day"):
        await main.get_by_role("radio", name=say(f"energy.{step}"), exact=True).check(force=True)
        await expect(main.get_by_role("heading", name=say(f"energy.span.{step}"))).to_be_visible()
        await expect(main.locator(".large")).to_contain_text("¥")
    await main.get_by_role("button", name=say("tariff.write")).click()  # one's own begin with what holds
    first = main.locator("form").get_by_label(say("tariff.limit", number=1), exact=True)
    await expect(first).to_have_value("3120")
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    assert owner.heard == []


@pytest.mark.parametrize(("screen", "locale", "theme"), WALKS)
async def test_a_person_writes_their_own_prices(house: House, screen: str, locale: str, theme: str) -> None:
    ask(house.hub, "PUT", "/api/comfort/tariff", {"id": ""})
    owner = await house.visit(screen, locale, "/energy", theme)
    page, say = owner.page, owner.say
    main = page.get_by_role("main")
    await main.get_by_role("button", name=say("tariff.write")).click()
    form = main.locator("form")
    await form.get_by_label(say("tariff.name"), exact=True).fill("Night <b>夜</b>")
    await form.get_by_role("button", name=say("app.save")).click()
    await expect(form.get_by_role("alert")).to_have_text(say("tariff.lacks.some"))
    prices = form.get_by_label(say("tariff.price"), exact=True)
    await expect(prices.first).to_be_focused()  # what is wrong is said beside its field
    await expect(prices.first).to_have_accessible_description(say("tariff.lacks.price"))
    await prices.nth(0).fill("0.6")
    await prices.nth(1).fill("0,2")
    await form.get_by_role("button", name=say("app.save")).click()
    await expect(form).to_have_count(0)
    await comes_true(lambda: chosen(house).startswith("night-b"))
    (own,) = [one for one in ask(house.hub, "GET", "/api/comfort/tariffs")["tariffs"] if one["own"]]
    assert [(one["from"], one["prices"]) for one in own["pieces"][0]["windows"]] == [
        ("06:00", [0.6]),
        ("22:00", [0.2]),
    ]
    await expect(main.get_by_role("list", name=say("tariff.day"))).to_contain_text("¥0.20")
    await main.get_by_role("button", name=say("tariff.edit")).click()
    await form.get_by_role("button", name=say("tariff.remove")).click()
    await form.get_by_role("button", name=say("tariff.remove"), exact=True).click()
    await comes_true(
        lambda: not any(one["own"] for one in ask(house.hub, "GET", "/api/comfort/tariffs")["tariffs"])
    )
    assert owner.heard == []


@pytest.mark.parametrize(("screen", "locale", "theme"), WALKS)
async def test_prices_rise_with_use_and_are_others_in_summer(
    house: House, screen: str, locale: str, theme: str
) -> None:
    hub = house.hub
    old = {"since": "2024-01-01", "windows": [{"from": "00:00", "to": "24:00", "prices": [0.5]}]}
    flat = {"since": "2025-01-01", "windows": [{"from": "00:00", "to": "24:00", "prices": [0.617]}]}
    body = {"name": "Ours", "currency": "CNY", "pieces": [old, flat]}
    ask(hub, "PUT", "/api/comfort/tariffs/ours", body)
    ask(hub, "PUT", "/api/comfort/tariff", {"id": "ours"})

    def pieces() -> list[dict[str, Any]]:
        (own,) = [one for one in ask(hub, "GET", "/api/comfort/tariffs")["tariffs"] if one["own"]]
        return list(own["pieces"])

    (before, _) = pieces()
    owner = await house.visit(screen, locale, "/energy", theme, AXE)
    page, say = owner.page, owner.say
    main = page.get_by_role("main")
    form, save = main.locator("form"), main.locator("form").get_by_role("button", name=say("app.save"))
    edit = main.get_by_role("button", name=say("tariff.edit"))
    await edit.click()
    steps = form.get_by_role("switch", name=say("tariff.steps"), exact=True)
    await expect(steps).to_have_count(0)  # folded away where there are none
    await form.locator("summary").focus()
    await page.keyboard.press("Enter")
    await steps.focus()
    await page.keyboard.press("Space")
    first, second = (form.get_by_label(say("tariff.limit", number=one), exact=True) for one in (1, 2))
    await first.fill("2880")
    await form.get_by_role("button", name=say("tariff.limit.more")).click()
    await second.fill("5")
    await form.get_by_role("switch", name=say("tariff.seasons"), exact=True).check()
    await save.click()
    await expect(second).to_be_focused()
    await expect(second).to_have_accessible_description(say("tariff.lacks.rise"))
    summer = form.get_by_role("group", name=say("tariff.season", number=1), exact=True)
    await expect(summer.get_by_text(say("tariff.lacks.months"))).to_be_visible()
    await settled(page)
    assert await violations(page) == []
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []

    await second.fill("4800")
    months = summer.get_by_role("group", name=say("tariff.months")).get_by_role("button")
    for month in (7, 8):
        await months.nth(month - 1).click()
    rest = form.get_by_role("group", name=say("tariff.season.rest"), exact=True)
    for group, figures in ((rest, ("0.617", "0,677", "0.977")), (summer, ("0.7", "0.8", "0.9"))):
        for number, figure in enumerate(figures, 1):
            await group.get_by_label(say("tariff.price.step", number=number), exact=True).fill(figure)
    await expect(form.get_by_role("alert")).to_have_count(0)
    await save.click()
    await expect(form).to_have_count(0)
    kept, newest = pieces()
    assert kept == before
    assert newest["tiers"] == {"per": "year", "limits": [2880, 4800]}
    assert [(one["prices"], one["months"]) for one in newest["windows"]] == [
        ([0.617, 0.677, 0.977], [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]),
        ([0.7, 0.8, 0.9], [7, 8]),
    ]

    await edit.click()  # it comes back as it went, and goes out again the same
    await expect(months.nth(6)).to_have_attribute("aria-pressed", "true")
    await expect(first).to_have_value("2880")
    async with page.expect_response(lambda it: it.request.method == "PUT"):
        await save.click()
    await expect(form).to_have_count(0)
    assert pieces() == [kept, newest]
    ask(hub, "DELETE", "/api/comfort/tariffs/ours")
    # the browser itself writes down every answer that is a refusal, and there is none
    assert owner.heard == []


@pytest.mark.parametrize(("screen", "locale", "theme"), WALKS)
async def test_the_dishwasher_is_planned_for_cheap_hours_and_taken_back(
    house: House, screen: str, locale: str, theme: str
) -> None:
    ask(house.hub, "PUT", "/api/comfort/tariff", {"id": NIGHT})
    for one in ask(house.hub, "GET", "/api/comfort/shifts")["planned"]:
        ask(house.hub, "DELETE", f"/api/comfort/shifts/{one['id']}")
    owner = await house.visit(screen, locale, "/devices/dishwasher", theme)
    page, say = owner.page, owner.say
    main = page.get_by_role("main")
    await main.get_by_text(say("shift.title"), exact=True).click()
    by = (datetime.now() + timedelta(hours=20)).strftime("%H:%M")  # noqa: DTZ005  # as the phone has it
    await main.get_by_label(say("shift.by"), exact=True).fill(by)
    await main.get_by_role("combobox", name=say("shift.programme"), exact=True).select_option("eco")
    await expect(main.get_by_role("status").filter(has_text="¥")).to_be_visible()
    await main.get_by_role("button", name=say("shift.plan")).click()
    await expect(main.get_by_role("button", name=say("shift.plan"))).to_have_count(0)
    (row,) = ask(house.hub, "GET", "/api/comfort/shifts")["planned"]
    assert (row["device"], row["arguments"], row["operable"]) == ("dishwasher", ["eco"], True)
    assert row["cost"] <= row["cost_now"]
    assert row["start"] + row["minutes"] * 60 <= row["by"] <= time.time() + 20 * 3600 + 60
    assert await page.evaluate(FITS)

    await page.goto(f"{house.hub.url}/energy")
    planned = main.locator("section").filter(has=page.get_by_role("heading", name=say("shift.list")))
    await expect(planned.get_by_role("link")).to_be_visible()
    assert await page.evaluate(FITS)
    await planned.get_by_role("button").click()
    await expect(planned).to_have_count(0)
    assert ask(house.hub, "GET", "/api/comfort/shifts")["planned"] == []
    assert owner.heard == []
