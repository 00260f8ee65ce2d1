"""Without a network every control of every device says so, and none of them sends or keeps anything for later; in both
sizes and both languages."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect
from tests.browser.asking import ask
from tests.browser.conftest import House
from tests.browser.test_offline import asked_since, back_online, latest, ready_for_offline

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("browser"),
]
PRESS = """async () => {
  const main = document.querySelector('main');
  const controls = [...main.querySelectorAll(
    'section[aria-label] button:not([disabled]), .stack.wide button:not([disabled]), .stack.wide input:not([disabled])')]
    .filter((it) => !it.closest('figure') && !it.matches('.u-over, [aria-expanded]'));
  for (const it of controls.slice(0, 40)) {
    if (it.matches('input[type=range]')) {
      it.value = String(Number(it.value) + Number(it.step || 1));
      it.dispatchEvent(new Event('input', { bubbles: true }));
      it.dispatchEvent(new Event('change', { bubbles: true }));
    } else it.click();
    await new Promise((done) => setTimeout(done, 30));
  }
  return controls.length;
}"""


@pytest.mark.parametrize(("screen", "locale"), [("phone", "zh-CN"), ("desk", "en")])
async def test_no_control_of_any_device_sends_or_queues(
    house: House, worker: None, screen: str, locale: str
) -> None:
    home = await asyncio.to_thread(ask, house.hub, "GET", "/api/home")
    it = await ready_for_offline(house, screen, locale)
    page, say = it.page, it.say
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method != "GET" else None)
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text(say("line.offline.more"))).to_be_visible()
    before = await latest(house)
    pressed = 0
    for device in (one["id"] for one in home["devices"]):
        await page.goto(f"{house.hub.url}/devices/{device}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        count = await page.evaluate(PRESS)
        await page.evaluate(PRESS)  # what asked whether it is meant is meant
        if count:
            await expect(page.get_by_text(say("offline.nothing_sent"), exact=False).first).to_be_visible()
        pressed += count
    assert pressed >= 10
    assert sent == []
    await back_online(it)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await asked_since(house, before) == []  # nothing waited for the network
    assert sent == []
    await page.context.close()
