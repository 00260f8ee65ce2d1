"""A real hub with its demo home, and Debian's Chromium looking at it. Owns their start and end."""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from tests.browser.asking import Running, ask
from tests.browser.words import Words

JIAHE = [sys.executable, "-m", "jiahe.cli.main"]
SCREENS = {"phone": (390, 844), "desk": (1280, 800)}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
expect.set_options(
    timeout=20_000
)  # a machine that tests share is slow now and then; what comes soon is not waited for
CUT = """() => [...document.querySelectorAll('body *')].filter((it) => {
  const style = getComputedStyle(it);
  return style.overflowX === 'hidden' && it.scrollWidth > it.clientWidth + 2 && !it.matches('.hidden, .ring, .holder');
}).map((it) => it.className + ': ' + it.textContent.trim().slice(0, 40))"""
"""What is cut off at its side."""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TWICE = """async () => {
  const root = document.documentElement;
  root.style.fontSize = '200%';
  const still = () => [getComputedStyle(root).fontSize, root.scrollWidth, root.scrollHeight].join();
  for (let frames = 0, same = 0, was = ''; same < 5 && frames < 300; frames += 1) {
    await new Promise(requestAnimationFrame);
    const now = still();
    same = now === was && getComputedStyle(root).fontSize === '32px' ? same + 1 : 0;
    was = now;
  }
  return getComputedStyle(root).fontSize;
}"""
APP = Path(__file__).parents[2] / "src" / "jiahe" / "web" / "static" / "index.html"


def needed(found: object, what: str) -> None:
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what}, and CI must have it")
        pytest.skip(what)


PAST = "3"
"""Days: enough for a week's chart to have a beginning, and for nights and a diary to be there."""
_lived: list[Path] = []
"""A demo's first start writes the family's past, which takes seconds: once a run, and every other demo goes on from a copy."""


async def _live_once() -> Path:
    if not _lived:
        home = Path(tempfile.mkdtemp(prefix="jiahe-lived-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        async with _started("demo", home, "--past", PAST):
            pass
        _lived.append(home)
    return _lived[0]


@asynccontextmanager
async def running(verb: str, directory: Path) -> AsyncIterator[Running]:
    """`jiahe demo` or `jiahe up` on a free loopback port, until the block ends."""
    if verb == "demo" and not any(directory.iterdir()):
        shutil.copytree(await _live_once(), directory, dirs_exist_ok=True)
    async with _started(verb, directory) as hub:
        yield hub


@asynccontextmanager
async def _started(verb: str, directory: Path, *more: str) -> AsyncIterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [*JIAHE, verb, "--dir", str(directory), "--port", str(port), "--host", "127.0.0.1", *more]
    env = {**os.environ, "LANG": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE, env=env)
    try:
        async with asyncio.timeout(100):  # the first start writes a past, on a machine that others use too
            assert process.stdout is not None
            while True:
                line = (await process.stdout.readline()).decode()
                assert line, f"jiahe {verb} ended with {await process.wait()}"
                if match := re.search(r"http://\S+/(?:enter|claim)/\S+", line):
                    break
        yield Running(match[0], directory)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with _chromium() as launched:
        yield launched


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    needed(chromium, "Chromium is not installed (Debian: apt install chromium)")
    needed(APP.exists(), "the phone app is not built (make install)")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield launched
        await launched.close()


@pytest.fixture
def worker() -> None:
    """The built app has its service worker: without it nothing of the app works without a network."""
    needed(
        APP.with_name("sw.js").exists(), "the phone app is built without its service worker (make install)"
    )


async def looking(
    browser: Browser, screen: str = "phone", theme: str = "light", locale: str = "en"
) -> BrowserContext:
    """Somebody with a browser. What goes wrong in the page fails the test that closes over `complaints`."""
    width, height = SCREENS[screen]
    return await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale=locale,
        reduced_motion="reduce",  # type: ignore[arg-type]
    )


def complaints(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    return heard


async def twice_as_large(page: Page) -> None:
    """Letters of 200 %, and what follows from them is laid out: it comes some frames later."""
    assert await page.evaluate(TWICE) == "32px"


@dataclass(frozen=True)
class Visitor:
    """Somebody at the home with a phone or at a desk: the page, what it says in their language, and what it complained of."""

    page: Page
    say: Words
    heard: list[str]


@dataclass(frozen=True)
class House:
    """One demo home and one browser for the journeys of a module; each journey sees to it that the next finds a home."""

    hub: Running
    browser: Browser

    async def visit(
        self, screen: str, locale: str, path: str = "/", theme: str = "light", script: Path | None = None
    ) -> Visitor:
        """A new browser signed in by a link of its own, at a page of the home; `script` is on every page of it."""
        context = await looking(self.browser, screen, theme, locale)
        if script:
            await context.add_init_script(path=script)
        page = await context.new_page()
        visitor = Visitor(page, Words(locale), complaints(page))
        code = (await asyncio.to_thread(ask, self.hub, "POST", "/api/links", {}))["code"]
        await visitor.page.goto(f"{self.hub.url}/enter/{code}")
        await expect(visitor.page.get_by_role("main")).to_be_visible()
        if path != "/":
            await visitor.page.goto(self.hub.url + path)
        return visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running("demo", tmp_path_factory.mktemp("house")) as hub, _chromium() as browser:
        yield House(hub, browser)
