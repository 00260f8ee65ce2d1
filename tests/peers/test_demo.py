"""The whole: `jiahe demo` as a person starts it, and python-miio as somebody who presses the purifier's button.

What others do at a device shows in the hub's home and in its journal as the device's own doing.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.peers import peer

SEED = 41
DEVICE = "living-purifier"
SHOWS_WITHIN = 25.0
"""Seconds: the hub asks for a purifier's values every 10 s, and the machine may be busy."""


@asynccontextmanager
async def demo(directory: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The demo on a free port; yields a client that is signed in with the token of its hub file."""
    command = (sys.executable, "-m", "jiahe.cli.main", "demo", "--dir", str(directory), "--port", "0")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, "--host", "127.0.0.1", "--past", "1", "--seed", str(SEED), stdin=quiet, stdout=quiet
    )
    try:
        file = directory / "hub.json"
        await peer.until(lambda: file.exists() or process.returncode is not None, "the demo's hub file", 20.0)
        told = json.loads(file.read_text())
        headers = {"Authorization": f"Bearer {told['token']}"}
        async with aiohttp.ClientSession(told["url"], headers=headers) as client:
            yield client
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        done, _ = await asyncio.wait((asyncio.ensure_future(process.wait()),), timeout=10.0)
        if not done:
            process.kill()
            await process.wait()
    assert process.returncode == 0


async def get(client: aiohttp.ClientSession, path: str) -> Any:
    async with client.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def properties(client: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    """The purifier's properties in GET /api/home, by path; none before it is adopted and has spoken."""
    home = await get(client, "/api/home")
    found = [device for device in home["devices"] if device["id"] == DEVICE]
    if not found or found[0]["availability"]["state"] != "online":
        return {}
    return {shown["path"]: shown for shown in found[0]["properties"]}


async def soon(client: aiohttp.ClientSession, wanted: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The purifier's properties once these have these values."""
    end = asyncio.get_running_loop().time() + SHOWS_WITHIN
    while True:
        now = await properties(client)
        if now and all(now[path]["value"] == value for path, value in wanted.items()):
            return now
        assert asyncio.get_running_loop().time() < end, {path: now.get(path) for path in wanted}
        await asyncio.sleep(0.1)


async def test_what_others_do_at_a_device_the_hub_sees(tmp_path: Path) -> None:
    miiocli = peer.program("python-miio", "miiocli")
    purifier = peer.maker(SEED).purifier(1)
    token = purifier.identity.secrets["token"].hex()
    async with demo(tmp_path) as client:
        before = await soon(client, {})
        address = (await get(client, "/api/virtual"))["devices"][DEVICE]["address"]
        cursor = (await get(client, "/api/journal?latest=1"))["cursor"]
        mode, number = (
            ("Favorite", "favorite") if before["mode"]["value"] != "favorite" else ("Silent", "sleep")
        )
        speed = 1330 if before["favorite_speed"]["value"] != 1330 else 1440
        where = ("--ip", address, "--token", token, "--model", "zhimi.airpurifier.mb4")
        for words in (("set_mode", mode), ("set_favorite_rpm", str(speed))):
            ran = await peer.run(miiocli, "-o", "json", "airpurifiermiot", *where, *words)
            assert [item["code"] for item in ran.json()] == [0], ran
        wanted = {"mode": number, "favorite_speed": speed}
        after = await soon(client, wanted)
        records = (await get(client, f"/api/journal?after={cursor}&limit=1000&device={DEVICE}"))["records"]
        for path, value in wanted.items():
            assert (after[path]["cause"]["kind"], after[path]["cause"]["source"]) == ("device", DEVICE)
            assert after[path]["quality"] == "good"
            bodies = [one["body"] for one in records if one["kind"] == "update"]
            told = [body for body in bodies if (body["property"], body["value"]) == (path, value)]
            assert [body["cause"]["kind"] for body in told] == ["device"], (path, bodies)
        assert not [one for one in records if one["kind"] in ("command", "outcome")]
