"""What lets somebody in, end to end: Chromium's own virtual authenticator makes the passkeys, at http://localhost."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from tests.browser.conftest import FITS, complaints, looking, running

from jiahe.home.one_time_code import one_time_code, step_of

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]
NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""The virtual authenticator takes an offer in the name field at once, unasked: nobody would ever see the page to sign in."""
PASSWORD = "long enough to be safe"


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


async def claim(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_label("name").first.fill("Ana")
    await expect(page.locator("input[type=password]").first).to_be_visible()
    for box in await page.locator("input[type=password]").all():
        await box.fill(PASSWORD)
    await page.locator("form").get_by_role("button").last.click()
    await expect(page.get_by_role("link", name="Add a device").first).to_be_visible()


async def to_security(page: Page) -> None:
    await page.get_by_role("link", name="You", exact=True).click()
    await page.get_by_role("link", name="Passkeys and second factor").click()
    await expect(page.get_by_role("heading", name="Passkeys and second factor")).to_be_visible()


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Back", exact=True).click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Welcome home")).to_be_visible()


async def second_factor_on(page: Page) -> list[str]:
    """Sets an authenticator app up, as it would read the secret; the recovery codes."""
    panel = page.get_by_role("region", name="Second factor")
    await panel.get_by_role("button", name="Set up with an authenticator app").click()
    await expect(panel.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    await panel.get_by_text("Type it by hand").click()
    secret = re.sub(r"\s", "", await panel.locator("details code").inner_text())
    code = one_time_code(b32decode(secret + "=" * (-len(secret) % 8)), step_of(time.time()))
    await panel.get_by_label("Code of the app").fill(code)
    await panel.get_by_role("button", name="Switch on").click()
    await expect(panel.get_by_text("they are shown only now", exact=False)).to_be_visible()
    codes = await panel.locator("code li").all_inner_texts()
    await panel.get_by_role("button", name="I have kept them").click()
    await expect(panel.get_by_text("8 recovery codes are left")).to_be_visible()
    return codes


def remove(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Remove passkey"))


async def test_a_passkey_from_its_making_to_its_end(browser: Browser, tmp_path: Path) -> None:
    async with running("up", tmp_path) as hub:
        context = await looking(browser)
        page = await context.new_page()
        heard = complaints(page)
        await with_authenticator(context, page)
        await claim(page, hub.link.replace("127.0.0.1", "localhost"))
        await to_security(page)
        assert await page.evaluate(FITS)
        sessions = page.get_by_role("region", name="Signed in")
        await expect(sessions.get_by_text("This browser")).to_be_visible()

        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_text("The passkey is kept.", exact=False)).to_be_visible()
        await expect(remove(page)).to_have_count(1)
        codes = await second_factor_on(page)
        assert len(set(codes)) == 8

        await sign_out(page)
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_role("link", name="Add a device").first).to_be_visible()
        await to_security(page)
        await expect(sessions.get_by_text("by passkey", exact=False)).to_be_visible()

        # by password the second factor is asked for; then what was asked is done without being asked again
        await sign_out(page)
        await page.get_by_label("Name").fill("Ana")
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("link", name="Add a device").first).to_be_visible()
        await to_security(page)
        await remove(page).click()
        await page.get_by_role("button", name="Remove", exact=True).click()
        sheet = page.get_by_role("dialog", name="Confirm that it is you")
        await sheet.get_by_label("Code of the app, or a recovery code").fill("wrong")
        await sheet.get_by_role("button", name="Confirm", exact=True).click()
        await expect(sheet.get_by_text("That is not the right code", exact=False)).to_be_visible()
        await sheet.get_by_label("Code of the app, or a recovery code").fill(codes[0])
        await sheet.get_by_role("button", name="Confirm", exact=True).click()
        await expect(sheet).to_have_count(0)
        await expect(page.get_by_text("The passkey opens nothing any more", exact=False)).to_be_visible()
        await expect(remove(page)).to_have_count(0)

        await sign_out(page)
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_text("The hub does not know this passkey.")).to_be_visible()
        # the browser itself writes down every answer that is a refusal
        assert [line for line in heard if "status of 40" not in line] == []
