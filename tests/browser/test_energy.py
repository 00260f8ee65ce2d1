"""What electricity costs: a tariff is chosen and one is written, the dishwasher is planned for cheap hours and taken back."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, comes_true
from tests.browser.conftest import CUT, FITS, House

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
    await expect(form.get_by_role("alert")).to_have_text(say("tariff.lacks.price"))
    prices = form.get_by_label(say("tariff.price"), exact=True)
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
