"""A guest is handed a key for one device until Sunday, comes in by the link, and is out when the owner says so; in both sizes
and both languages."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask, called, comes_true, value
from tests.browser.conftest import CUT, FITS, House, looking

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
]
OUT = 2.0
"""Seconds within which who was removed gets nothing any more."""
GUEST = "Mei <b>梅</b>"
PURIFIER, AC = "living-purifier", "bedroom-ac"


@pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
async def test_a_guest_comes_for_one_device_and_is_out_at_once(
    house: House, screen: str, locale: str
) -> None:
    hub = house.hub
    it = await house.visit(screen, locale, "/you")
    owner, say = it.page, it.say
    purifier, ac = called(hub, PURIFIER, say.language), called(hub, AC, say.language)
    await owner.get_by_role("link", name=say("you.people")).click()
    await owner.get_by_role("link", name=say("people.add")).click()
    await owner.get_by_label(say("person.name"), exact=True).fill(GUEST)
    await owner.get_by_role("button", name=say("person.invite")).click()
    await expect(owner.get_by_role("alert")).to_have_text(say("person.nothing"))  # a key to nothing
    assert await owner.evaluate(FITS)
    assert await owner.evaluate(CUT) == []
    await owner.get_by_role("checkbox", name=purifier).check()
    await owner.get_by_role("button", name=say("person.invite")).click()
    await expect(owner.get_by_role("img", name=say("invite.qr"))).to_be_visible()
    assert await owner.evaluate(FITS)
    link = await owner.locator("code").inner_text()
    assert link.startswith(f"{hub.url}/join/")

    people = (await asyncio.to_thread(ask, hub, "GET", "/api/people"))["people"]
    card = next(one for one in people if one["name"] == GUEST)
    assert card["grants"] == [{"verbs": ["see", "operate"], "devices": [PURIFIER]}]
    end = datetime.fromtimestamp(card["until"])  # noqa: DTZ006  # as the phone has it
    assert (end.weekday(), end.hour) == (6, 20)
    assert 0 < card["until"] - time.time() <= 7 * 86_400 + 3_600  # an hour more where a summer ends

    guest = await (await looking(house.browser, screen, "dark", locale)).new_page()
    forbidden: list[str] = []
    guest.on("response", lambda it: forbidden.append(it.url) if it.status == 403 else None)
    await guest.goto(link)
    await expect(guest.get_by_role("heading", name=say.begins("join.title"))).to_be_visible()
    await expect(guest.get_by_text(say.among("join.guest", name=GUEST))).to_be_visible()
    await expect(guest.locator("input[type=password]")).to_have_count(0)
    assert await guest.evaluate(FITS)
    await guest.get_by_role("button", name=say("join.do")).click()
    main = guest.get_by_role("main")
    await expect(main.get_by_role("link", name=purifier).first).to_be_visible()
    await expect(main.get_by_text(ac)).to_have_count(0)
    assert await guest.evaluate(FITS)
    was = value(hub, PURIFIER, "power")
    await main.get_by_role("button", name=purifier).first.click()
    await comes_true(lambda: value(hub, PURIFIER, "power") is not was)
    assert forbidden == []  # a page asks for nothing that is refused: each refusal stands in the diary
    await guest.goto(f"{hub.url}/people")
    await expect(guest.get_by_text(say("people.denied"))).to_be_visible()
    await guest.goto(f"{hub.url}/devices/{AC}")
    await expect(main.get_by_role("heading", level=1)).to_have_text(say("notfound.device"))

    late = await (await looking(house.browser, screen, "light", locale)).new_page()
    await late.goto(link)  # the link opened once
    await expect(late.get_by_role("heading", name=say("join.wrong.title"))).to_be_visible()
    assert await late.evaluate(FITS)
    await late.context.close()

    # a second one of that name: the first refusal of the hub is in the reader's own language too
    await owner.get_by_role("button", name=say("invite.done")).click()
    await owner.get_by_role("link", name=say("people.add")).click()
    await owner.get_by_label(say("person.name"), exact=True).fill(GUEST)
    await owner.get_by_role("checkbox", name=purifier).check()
    await owner.get_by_role("button", name=say("person.invite")).click()
    await expect(owner.get_by_role("alert")).to_contain_text(GUEST)
    told = (await owner.get_by_role("alert").inner_text()).replace(GUEST, "")
    assert bool(re.search("[一-鿿]", told)) is (say.language == "zh"), told
    await owner.goto(f"{hub.url}/people")
    await owner.get_by_role("link", name=GUEST).click()
    await expect(owner.get_by_role("heading", name=GUEST, level=1)).to_be_visible()
    assert await owner.evaluate(FITS)
    assert await owner.evaluate(CUT) == []
    await owner.get_by_role("button", name=say("person.remove")).click()
    async with owner.expect_response(lambda it: it.request.method == "DELETE") as answered:
        sure = owner.get_by_role("dialog")
        await sure.get_by_role("button", name=say("person.remove.do"), exact=True).click()
    assert (await answered.value).status == 200
    removed = time.monotonic()
    while (await guest.request.get(f"{hub.url}/api/home")).status != 401:
        assert time.monotonic() - removed < OUT, "the guest is still in"
    # the page says so by itself; how soon it is drawn is the machine's
    await expect(guest.get_by_role("heading", name=say("demo.title"))).to_be_visible()
    await expect(owner.get_by_text(say("people.none"))).to_be_visible()
    await guest.context.close()
    await owner.context.close()
    # the browser itself writes down every answer that is a refusal, or that somebody is gone of whom was just asked
    assert [line for line in it.heard if not re.search("status of (409|404)", line)] == []
