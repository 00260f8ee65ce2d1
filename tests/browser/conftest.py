"""A real hub with its demo home, and Debian's Chromium looking at it. Owns their start and end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

JIAHE = [sys.executable, "-m", "jiahe.cli.main"]
SCREENS = {"phone": (390, 844), "desk": (1280, 800)}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
expect.set_options(
    timeout=20_000
)  # a machine that tests share is slow now and then; what comes soon is not waited for
APP = Path(__file__).parents[2] / "src" / "jiahe" / "web" / "static" / "index.html"


def needed(found: object, what: str) -> None:
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what}, and CI must have it")
        pytest.skip(what)


@dataclass(frozen=True)
class Running:
    """A hub in a process of its own. `link` is what it printed to open."""

    link: str
    directory: Path

    @property
    def url(self) -> str:
        return self.link.split("/enter/")[0].split("/claim/")[0]


@asynccontextmanager
async def running(verb: str, directory: Path) -> AsyncIterator[Running]:
    """`jiahe demo` or `jiahe up` on a free loopback port, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [*JIAHE, verb, "--dir", str(directory), "--port", str(port), "--host", "127.0.0.1"]
    env = {**os.environ, "LANG": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE, env=env)
    try:
        async with asyncio.timeout(30):
            assert process.stdout is not None
            while True:
                line = (await process.stdout.readline()).decode()
                assert line, f"jiahe {verb} ended with {await process.wait()}"
                if match := re.search(r"http://\S+/(?:enter|claim)/\S+", line):
                    break
        yield Running(match[0], directory)
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
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
