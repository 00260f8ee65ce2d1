"""A phone in a browser: Chromium with a slow processor and a slow line, and the moments at which its page shows something.

Owns the browser and what is looked for in the page; never a hub. Times are milliseconds since the page was asked for.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from running import PATIENCE

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SCREEN = {"width": 390, "height": 844}


class Line(NamedTuple):
    """What the page is given of the network: milliseconds for each request, kbit/s downwards; and how much slower it thinks."""

    latency: float
    down: float
    cpu: float


FAST_3G = Line(150.0, 1638.4, 4.0)
"""Lighthouse's mobile profile ("slow 4G", "fast 3G" before): 150 ms there and back, 1.6 Mbit/s, processor 4 times slower."""
PRESET = Line(562.5, 1440.0, 4.0)
"""The preset of Chromium's developer tools of the same name: each request waits 3.75 ways there and back, as if it had a new connection."""

SHOWN = """() => {
  const seen = new MutationObserver(look);
  function look() {
    if (!document.querySelector('main article')) return;
    seen.disconnect();
    // after the frame that shows it, when the page is free to answer a finger
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { window.benchShown = performance.now(); }, 0)));
  }
  seen.observe(document, { childList: true, subtree: true });
}"""
"""Notes when the first card was painted and the page is idle again."""

HEARD = """(words) => {
  window.benchHeard = {};
  const main = document.querySelector('main');
  new MutationObserver(() => {
    const at = performance.now(), text = main.textContent;
    for (const word of words) if (text.includes(word) && !window.benchHeard[word]) {
      const heard = window.benchHeard[word] = { dom: at, painted: 0 };
      requestAnimationFrame(() => setTimeout(() => { heard.painted = performance.now(); }, 0));
    }
  }).observe(main, { childList: true, subtree: true, characterData: true });
}"""
"""Notes when each of these words came into the page, and the end of the frame that paints it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own, without a window. RuntimeError where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def phone(browser: Browser, state: object = None) -> BrowserContext:
    """A phone with nothing kept on it but, where given, who signed in."""
    return browser.new_context(viewport=SCREEN, locale="en", storage_state=state)  # type: ignore[arg-type]


def opening(context: BrowserContext, url: str, line: Line) -> float:
    """Milliseconds from the wish for this address to a home that answers a finger."""
    page = context.new_page()
    page.add_init_script(f"({SHOWN})()")
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_a_second = line.down * 125
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": line.latency, "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second / 2},
    )  # fmt: skip
    session.send("Emulation.setCPUThrottlingRate", {"rate": line.cpu})
    page.goto(url, wait_until="commit")
    shown = until(page, "window.benchShown || 0")
    page.close()
    return shown


def until(page: Page, what: str) -> float:
    """The number that this becomes; looked at ten times a second, since the app's policy forbids to wait in the page."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := page.evaluate(what):
            return float(found)
        time.sleep(0.1)
    raise RuntimeError(f"waited {PATIENCE:g} s for {what} in the page")


def offset(page: Page) -> float:
    """Milliseconds of the machine's monotonic clock at the beginning of the page's own; right to half a round trip."""
    best = (float("inf"), 0.0)
    for _ in range(50):
        before = time.monotonic_ns() / 1e6
        there = float(page.evaluate("performance.now()"))
        after = time.monotonic_ns() / 1e6
        best = min(best, (after - before, (before + after) / 2 - there))
    return best[1]
