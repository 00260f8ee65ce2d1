"""What a test asks of a running hub beside the page: its own door, with the token that lies in its directory."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page


@dataclass(frozen=True)
class Running:
    """A hub in a process of its own. `link` is what it printed to open."""

    link: str
    directory: Path

    @property
    def url(self) -> str:
        return self.link.split("/enter/")[0].split("/claim/")[0]


def ask(hub: Running, method: str, path: str, body: Any = None) -> Any:
    """What the hub answers, as JSON; None for an empty answer. Blocking."""
    local = json.loads((hub.directory / "hub.json").read_text("utf-8"))
    request = urllib.request.Request(
        hub.url + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {local['token']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        data = answer.read()
    return json.loads(data) if data else None


def _property(hub: Running, device: str, path: str) -> dict[str, Any]:
    card = ask(hub, "GET", f"/api/devices/{device}")
    return next(entry for entry in card["properties"] if entry["path"] == path)


def value(hub: Running, device: str, path: str) -> Any:
    return _property(hub, device, path)["value"]


def label(hub: Running, device: str, path: str, language: str) -> str:
    """What the app calls a property of a device's main part."""
    return str(_property(hub, device, path)["labels"][language])


def called(hub: Running, device: str, language: str) -> str:
    """The name of a device, or of a room by its id, as this reader sees it."""
    home = ask(hub, "GET", "/api/home")
    one = next(one for one in (*home["devices"], *home["rooms"]) if one["id"] == device)
    return str(one.get("names", {}).get(language) or one["name"])


async def comes_true(fact: Callable[[], bool], seconds: float = 20.0) -> None:
    """The page says what it knows a moment before or after the hub does: neither order is a fault."""
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(fact):
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.05)


async def says(page: Page, script: str, seconds: float = 20.0) -> None:
    """Until a script of the page answers yes. The page's own rules allow none that is made of text (CSP), so it is asked."""
    end = time.monotonic() + seconds
    while not await page.evaluate(script):
        assert time.monotonic() < end, f"it never came true: {script}"
        await asyncio.sleep(0.05)
