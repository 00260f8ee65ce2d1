"""What a person does with the phone page, end to end: real hub, real protocols, real browser. In both languages: what is walked
once is walked in one, and what is walked in both sizes in one each."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser.asking import ask, comes_true, value
from tests.browser.conftest import CUT, FITS, complaints, looking, running, twice_as_large
from tests.browser.words import Words

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]
DEMO = {
    "en": {"living": "Living room", "purifier": "Air purifier", "ac": "Air conditioner", "target": "Set point", "mode": "Mode",
           "dry": "Dry", "auto": "Auto", "sleep": "Sleep"},
    "zh": {"living": "客厅", "purifier": "空气净化器", "ac": "空调", "target": "目标温度", "mode": "模式",
           "dry": "除湿", "auto": "自动", "sleep": "睡眠"},
}  # fmt: skip
"""What the demo calls its own, and the vocabulary its properties and choices."""


@pytest.mark.parametrize(("screen", "locale"), [("phone", "zh-CN"), ("desk", "en")])
async def test_both_devices_are_operated(browser: Browser, tmp_path: Path, screen: str, locale: str) -> None:
    say = Words(locale)
    called = DEMO[say.language]
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, screen, locale=locale)
        page = await context.new_page()
        heard = complaints(page)
        await page.goto(hub.link)
        main = page.get_by_role("main")
        await expect(main.get_by_role("heading", name=called["living"])).to_be_visible()
        assert await page.evaluate(FITS)

        was = value(hub, "living-purifier", "power")
        now, then = ("device.turn_off", "device.turn_on") if was else ("device.turn_on", "device.turn_off")
        await main.get_by_role("button", name=say.among(now, name=called["purifier"])).first.click()
        await expect(
            main.get_by_role("button", name=say.among(then, name=called["purifier"])).first
        ).to_be_visible()
        await comes_true(lambda: value(hub, "living-purifier", "power") is not was)

        await main.get_by_role("link", name=called["ac"]).first.click()
        await expect(page.get_by_role("heading", name=called["ac"], level=1)).to_be_visible()
        before = float(value(hub, "bedroom-ac", "target_temperature"))
        async with page.expect_response(lambda response: "/api/commands" in response.url) as answered:
            await page.get_by_role("button", name=f"{called['target']} +").first.click()
        assert (await (await answered.value).json())["status"] == "confirmed"
        assert value(hub, "bedroom-ac", "target_temperature") == before + 0.5
        await page.get_by_role("radio", name=called["dry"]).check(force=True)
        await expect(page.get_by_role("radio", name=called["dry"])).to_be_checked()
        await expect(page.get_by_text(say("diary.ok")).first).to_be_visible()
        await comes_true(lambda: value(hub, "bedroom-ac", "mode") == "dry")

        await page.get_by_role("heading", name=say("charts.past")).scroll_into_view_if_needed()
        await expect(page.locator("canvas").first).to_be_visible()
        assert await page.evaluate(FITS)
        assert heard == []


async def test_a_silent_device_is_not_said_to_have_obeyed(browser: Browser, tmp_path: Path) -> None:
    say = Words("zh-CN")
    called = DEMO[say.language]
    async with running("demo", tmp_path) as hub:
        page = await (await looking(browser, locale="zh-CN")).new_page()
        await page.goto(hub.link)
        await page.goto(f"{hub.url}/devices/living-purifier")
        await expect(page.get_by_role("heading", name=called["purifier"], level=1)).to_be_visible()
        before = value(hub, "living-purifier", "mode")
        wish = called[next(word for word in ("auto", "sleep") if word != before)]
        ask(hub, "PUT", "/api/virtual/living-purifier/faults", {"mute": True})
        async with page.expect_response(
            lambda response: "/api/commands" in response.url, timeout=20_000
        ) as answered:
            await page.get_by_role("radio", name=wish).check(force=True)
        assert (await (await answered.value).json())["status"] in ("timed_out", "failed")
        await expect(page.get_by_role("radio", name=wish)).not_to_be_checked()
        assert value(hub, "living-purifier", "mode") == before
        await expect(page.get_by_text(say.among("diary.tried.set", property=called["mode"]))).to_be_visible()


async def test_the_first_person_becomes_the_owner(browser: Browser, tmp_path: Path) -> None:
    say, read = Words("en"), Words("zh-CN")  # the second browser is somebody else's, who reads Chinese
    async with running("up", tmp_path) as hub:
        assert "/claim/" in hub.link
        wrong = await (await looking(browser)).new_page()
        await wrong.goto(f"{hub.url}/claim/mistyped")
        await expect(wrong.get_by_role("heading", name=say("claim.wrong.title"))).to_be_visible()
        await expect(wrong.locator("form")).to_have_count(0)
        stranger = await (await looking(browser, locale="zh-CN")).new_page()
        await stranger.goto(hub.url)
        await expect(stranger.get_by_text(read("noowner.lead"))).to_be_visible()
        page = await (await looking(browser)).new_page()
        await page.goto(hub.link)
        await page.get_by_label(say("claim.name")).first.fill("王 <b>奶奶</b>")
        await expect(page.locator("input[type=password]").first).to_be_visible()  # `all` does not wait
        for field in await page.locator("input[type=password]").all():
            await field.fill("long enough to be safe")
        await page.locator("form").get_by_role("button").last.click()
        await expect(page.get_by_role("link", name=say("add.title")).first).to_be_visible()
        await page.get_by_role("link", name=say("nav.you")).click()
        # a name is text, whatever it looks like
        await expect(page.get_by_role("heading", name="王 <b>奶奶</b>", level=1)).to_be_visible()
        second = await (await looking(browser, locale="zh-CN")).new_page()
        await second.goto(hub.link)
        await expect(second.get_by_role("heading", name=read("claim.owned.title"))).to_be_visible()
        await expect(second.get_by_text(read("error.signedout"))).to_have_count(
            0
        )  # who never was in was not signed out
        await second.get_by_role("button", name=read("link.signin")).click()
        await expect(second.get_by_role("heading", name=read("signin.title"))).to_be_visible()

        code = ask(hub, "POST", "/api/links", {})["code"]
        await second.goto(f"{hub.url}/enter/{code}")
        await second.get_by_role("link", name=read("account.offer")).click()
        await expect(second.locator("input[type=password]").first).to_be_visible()  # `all` does not wait
        for field in await second.locator("input[type=password]").all():
            await field.fill("another one that is safe")
        await second.get_by_role("button", name=read("account.save")).click()
        await expect(second.get_by_text(read("account.saved"))).to_be_visible()
        await expect(
            page.get_by_role("heading", name=say("signin.title"))
        ).to_be_visible()  # everybody else is out
        third = await (await looking(browser, locale="zh-CN")).new_page()
        await third.goto(f"{hub.url}/enter/{code}")
        await expect(third.get_by_role("heading", name=read("link.over.title"))).to_be_visible()


async def test_what_a_first_user_stumbles_over(browser: Browser, tmp_path: Path) -> None:
    say, other = Words("zh-CN"), Words("en")
    async with running("demo", tmp_path) as hub:
        context = await looking(browser, locale="zh-CN")
        page = await context.new_page()
        await page.goto(f"{hub.url}/devices/living-purifier")
        await expect(page.get_by_text(say("demo.title"))).to_be_visible()
        await page.goto(hub.link)
        await expect(page.get_by_role("heading", name=DEMO["zh"]["living"])).to_be_visible()

        # an address is asked; what answers there is known, and where nothing does the page says what next
        address = ask(hub, "GET", "/api/devices/living-purifier")["address"].partition(":")[0]
        await page.goto(f"{hub.url}/add")
        await page.get_by_label(say("add.address.label")).fill(address)
        await page.get_by_role("button", name=say("add.address.do")).click()
        await expect(page.get_by_text(say("add.adopted"))).to_be_visible()
        await page.get_by_label(say("add.address.label")).fill("127.250.0.1")
        await page.get_by_role("button", name=say("add.address.do")).click()
        await expect(page.get_by_text(say("add.none.at", address="127.250.0.1"))).to_be_visible()
        await page.get_by_text(say("keys.title")).click()
        await expect(page.get_by_text(say("keys.read"))).to_be_visible()

        # names of the demo's own follow the reader, who may give others
        await page.goto(f"{hub.url}/you")
        await page.get_by_role("radio", name="English").check(force=True)
        await page.get_by_role("link", name=other("nav.home"), exact=True).click()
        await expect(page.get_by_role("heading", name=DEMO["en"]["living"])).to_be_visible()
        await expect(page.get_by_role("link", name=DEMO["en"]["purifier"])).to_be_visible()
        await page.get_by_role("link", name=other("nav.you"), exact=True).click()
        await page.get_by_role("radio", name="中文").check(force=True)
        await page.goto(hub.url)

        # a phone without a network shows it at once, and is live again at once
        await context.set_offline(True)
        await expect(page.get_by_role("status").filter(has_text=say("line.offline"))).to_be_visible()
        await context.set_offline(False)
        await expect(page.get_by_role("status").filter(has_text=say("line.live"))).to_be_visible()

        # a key that was changed: the page offers to take the new one
        ask(hub, "PUT", "/api/virtual/bedroom-ac/faults", {"wrong_key": True, "action": "reboot"})
        await page.goto(f"{hub.url}/devices/bedroom-ac")
        await page.get_by_role("button", name=say("newkey.do")).click(timeout=20_000)
        await expect(page.get_by_label(say("add.token"))).to_be_visible()
        await page.goto(f"{hub.url}/no/such/page")
        await expect(page.get_by_role("heading", name=say("notfound.title"))).to_be_visible()


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
