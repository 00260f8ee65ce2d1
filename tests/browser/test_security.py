"""What lets somebody in, end to end, in both sizes and both languages: Chromium's own virtual authenticator makes the passkeys, at
http://localhost. A home has one first owner, so every walk has a home of its own."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from tests.browser.conftest import CUT, FITS, complaints, looking, running
from tests.browser.words import Words

from jiahe.home.one_time_code import one_time_code, step_of

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]
NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""The virtual authenticator takes an offer in the name field at once, unasked: nobody would ever see the page to sign in."""
PASSWORD = "long enough to be safe"
PERSON = "王奶奶"


async def with_authenticator(context: BrowserContext, page: Page) -> None:
    """A phone's own authenticator: it keeps passkeys and verifies its person, who always says yes."""
    await page.add_init_script(NO_OFFER)
    line = await context.new_cdp_session(page)
    await line.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await line.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def claim(page: Page, say: Words, link: str) -> None:
    await page.goto(link)
    await page.get_by_label(say("claim.name")).first.fill(PERSON)
    await expect(page.locator("input[type=password]").first).to_be_visible()
    for box in await page.locator("input[type=password]").all():
        await box.fill(PASSWORD)
    await page.get_by_role("button", name=say("claim.submit"), exact=True).click()
    await at_home(page, say)


async def at_home(page: Page, say: Words) -> None:
    await expect(page.get_by_role("link", name=say("add.title")).first).to_be_visible()


async def to_security(page: Page, say: Words) -> None:
    await page.get_by_role("link", name=say("nav.you"), exact=True).click()
    await page.get_by_role("link", name=say("you.security")).click()
    await expect(page.get_by_role("heading", name=say("security.title"))).to_be_visible()


async def sign_out(page: Page, say: Words) -> None:
    await page.get_by_role("button", name=say("app.back"), exact=True).click()
    await page.get_by_role("main").get_by_role("button", name=say("signin.out")).click()
    await expect(page.get_by_role("heading", name=say("signin.title"))).to_be_visible()


async def second_factor_on(page: Page, say: Words) -> list[str]:
    """Sets an authenticator app up, as it would read the secret; the recovery codes."""
    panel = page.get_by_role("region", name=say("factor.title"), exact=True)
    await panel.get_by_role("button", name=say("factor.begin")).click()
    await expect(panel.get_by_role("img", name=say("factor.qr"))).to_be_visible()
    assert await page.evaluate(FITS)
    await panel.get_by_text(say("factor.by_hand")).click()
    secret = re.sub(r"\s", "", await panel.locator("details code").inner_text())
    code = one_time_code(b32decode(secret + "=" * (-len(secret) % 8)), step_of(time.time()))
    await panel.get_by_label(say("factor.code")).fill(code)
    await panel.get_by_role("button", name=say("factor.switch_on")).click()
    await expect(panel.get_by_text(say("factor.codes.lead"))).to_be_visible()
    codes = await panel.locator("code li").all_inner_texts()
    await panel.get_by_role("button", name=say("factor.codes.kept")).click()
    await expect(panel.get_by_text(say("factor.left.many", count=8))).to_be_visible()
    return codes


def remove(page: Page, say: Words) -> Locator:
    return page.get_by_role("button", name=say.begins("passkeys.remove"))


@pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
async def test_a_passkey_from_its_making_to_its_end(
    browser: Browser, tmp_path: Path, screen: str, locale: str
) -> None:
    say = Words(locale)
    async with running("up", tmp_path) as hub:
        context = await looking(browser, screen, "light", locale)
        page = await context.new_page()
        heard = complaints(page)
        await with_authenticator(context, page)
        await claim(page, say, hub.link.replace("127.0.0.1", "localhost"))
        await to_security(page, say)
        assert await page.evaluate(FITS)
        assert await page.evaluate(CUT) == []
        sessions = page.get_by_role("region", name=say("sessions.title"), exact=True)
        await expect(sessions.get_by_text(say("sessions.this"))).to_be_visible()

        await page.get_by_role("button", name=say("passkeys.add")).click()
        await expect(page.get_by_text(say("passkeys.added"))).to_be_visible()
        await expect(remove(page, say)).to_have_count(1)
        codes = await second_factor_on(page, say)
        assert len(set(codes)) == 8

        await sign_out(page, say)
        await page.get_by_role("button", name=say("passkeys.signin")).click()
        await at_home(page, say)
        await to_security(page, say)
        await expect(sessions.get_by_text(say("sessions.via.passkey"))).to_be_visible()

        # by password the second factor is asked for; then what was asked is done without being asked again
        await sign_out(page, say)
        await page.get_by_label(say("signin.name"), exact=True).fill(PERSON)
        await page.get_by_label(say("signin.password"), exact=True).fill(PASSWORD)
        await page.get_by_role("button", name=say("signin.submit"), exact=True).click()
        await at_home(page, say)
        await to_security(page, say)
        await remove(page, say).click()
        await page.get_by_role("button", name=say("settings.remove.do"), exact=True).click()
        sheet = page.get_by_role("dialog", name=say("confirm.title"))
        await sheet.get_by_label(say("confirm.code")).fill("wrong")
        await sheet.get_by_role("button", name=say("confirm.do"), exact=True).click()
        await expect(sheet.get_by_text(say("confirm.wrong"))).to_be_visible()
        await sheet.get_by_label(say("confirm.code")).fill(codes[0])
        await sheet.get_by_role("button", name=say("confirm.do"), exact=True).click()
        await expect(sheet).to_have_count(0)
        await expect(page.get_by_text(say("passkeys.removed"))).to_be_visible()
        await expect(remove(page, say)).to_have_count(0)

        await sign_out(page, say)
        await page.get_by_role("button", name=say("passkeys.signin")).click()
        await expect(page.get_by_text(say("passkeys.unknown"))).to_be_visible()
        # the browser itself writes down every answer that is a refusal
        assert [line for line in heard if "status of 40" not in line] == []
