"""A guest is handed a key for one device until Sunday, comes in by the link, and is out when the owner says so."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser.asking import ask, comes_true, value
from tests.browser.conftest import FITS, complaints, looking, running

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("browser")]
OUT = 2.0
"""Seconds within which who was removed gets nothing any more."""
GUEST = "Mei <b>梅</b>"


async def test_a_guest_comes_for_one_device_and_is_out_at_once(browser: Browser, tmp_path: Path) -> None:
    async with running("demo", tmp_path) as hub:
        owner = await (await looking(browser)).new_page()
        heard = complaints(owner)
        await owner.goto(hub.link)
        await expect(owner.get_by_role("main")).to_be_visible()
        await owner.goto(f"{hub.url}/you")
        await owner.get_by_role("link", name="People and guests").click()
        await owner.get_by_role("link", name="Add somebody").click()
        await owner.get_by_label("Name", exact=True).fill(GUEST)
        await owner.get_by_role("button", name="Make the invitation").click()
        await expect(owner.get_by_role("alert")).to_contain_text("Pick at least one")  # a key to nothing
        await owner.get_by_role("checkbox", name="Air purifier").check()
        await owner.get_by_role("button", name="Make the invitation").click()
        await expect(owner.get_by_role("img", name="QR code of the link")).to_be_visible()
        assert await owner.evaluate(FITS)
        link = await owner.locator("code").inner_text()
        assert link.startswith(f"{hub.url}/join/")

        card = next(one for one in ask(hub, "GET", "/api/people")["people"] if one["name"] == GUEST)
        assert card["grants"] == [{"verbs": ["see", "operate"], "devices": ["living-purifier"]}]
        end = datetime.fromtimestamp(card["until"])  # noqa: DTZ006  # as the phone has it
        assert (end.weekday(), end.hour) == (6, 20)
        assert 0 < card["until"] - time.time() <= 7 * 86_400 + 3_600  # an hour more where a summer ends

        guest = await (await looking(browser)).new_page()
        await guest.goto(link)
        await expect(guest.get_by_role("heading", name="Welcome to")).to_be_visible()
        await expect(guest.locator("input[type=password]")).to_have_count(0)
        await guest.get_by_role("button", name="Come in").click()
        main = guest.get_by_role("main")
        await expect(main.get_by_role("link", name="Air purifier").first).to_be_visible()
        await expect(main.get_by_text("Air conditioner")).to_have_count(0)
        was = value(hub, "living-purifier", "power")
        await main.get_by_role("button", name="Air purifier").first.click()
        await comes_true(lambda: value(hub, "living-purifier", "power") is not was)
        await guest.goto(f"{hub.url}/people")
        await expect(guest.get_by_text("Only an owner")).to_be_visible()
        await guest.goto(f"{hub.url}/devices/bedroom-ac")
        await expect(main.get_by_role("heading", level=1)).to_have_text("This device is not in the home")

        late = await (await looking(browser)).new_page()
        await late.goto(link)  # the link opened once
        await expect(late.get_by_role("heading", name="This is not a good invitation")).to_be_visible()

        await owner.get_by_role("button", name="Done").click()
        await owner.get_by_role("link", name=GUEST).click()
        await expect(owner.get_by_role("heading", name=GUEST, level=1)).to_be_visible()
        await owner.get_by_role("button", name="Remove from this home").click()
        async with owner.expect_response(lambda it: it.request.method == "DELETE") as answered:
            await owner.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        assert (await answered.value).status == 200
        removed = time.monotonic()
        while (await guest.request.get(f"{hub.url}/api/home")).status != 401:
            assert time.monotonic() - removed < OUT, "the guest is still in"
        # the page says so by itself; how soon it is drawn is the machine's
        await expect(guest.get_by_role("heading", name="This is a demo")).to_be_visible()
        await expect(owner.get_by_text("Nobody is here yet but you.")).to_be_visible()
        assert heard == []
