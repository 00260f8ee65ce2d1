"""Without a network every control of every device says so, and none of them sends or keeps anything for later."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser.asking import ask
from tests.browser.conftest import looking, running
from tests.browser.test_offline import ready_for_offline
from tests.browser.words import Words

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
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


async def test_no_control_of_any_device_sends_or_queues(
    browser: Browser, tmp_path: Path, worker: None
) -> None:
    say = Words("en")
    async with running("demo", tmp_path) as hub:
        devices = [one["id"] for one in (await asyncio.to_thread(ask, hub, "GET", "/api/home"))["devices"]]
        context = await looking(browser)
        page = await ready_for_offline(context, hub)
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method != "GET" else None)
        await context.set_offline(True)
        await page.reload()
        await expect(page.get_by_text("Jiahe cannot be reached.", exact=False)).to_be_visible()
        pressed = 0
        for device in devices:
            await page.goto(f"{hub.url}/devices/{device}")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            count = await page.evaluate(PRESS)
            await page.evaluate(PRESS)  # what asked whether it is meant is meant
            if count:
                await expect(page.get_by_text(say("offline.nothing_sent"), exact=False).first).to_be_visible()
            pressed += count
        assert pressed >= 10
        assert sent == []
        before = (await asyncio.to_thread(ask, hub, "GET", "/api/journal?latest=1"))["cursor"]
        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.get_by_text("Jiahe cannot be reached.", exact=False)).to_have_count(
            0, timeout=30_000
        )
        query = f"/api/journal?after={before}&limit=1000"
        later = (await asyncio.to_thread(ask, hub, "GET", query))["records"]
        assert [one for one in later if one["kind"] == "command"] == []  # nothing waited for the network
        assert sent == []
