"""Without a network, in both sizes and both languages: the app opens, shows the last values and sends nothing; it comes back
without a gap or a double."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect
from tests.browser.asking import ask, called, label, value
from tests.browser.conftest import CUT, FITS, House, Visitor, complaints, looking
from tests.browser.words import Words

from jiahe.web.doors import STATIC
from jiahe.web.static import App

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("browser"),
    pytest.mark.usefixtures("worker"),
]
ONE_WAY = pytest.mark.parametrize(("screen", "locale"), [("desk", "en"), ("phone", "zh-CN")])
OTHER_WAY = pytest.mark.parametrize(("screen", "locale"), [("phone", "en"), ("desk", "zh-CN")])
PURIFIER, AC, ROOM = "living-purifier", "bedroom-ac", "living-room"
SLEEP = {"en": "Sleep", "zh": "睡眠"}
CONTROLLED = "navigator.serviceWorker.controller !== null"
KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open('jiahe', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
  asked.onsuccess = () => {
    const rows = asked.result.transaction('kept').objectStore('kept').getAll();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""


async def until(what: Callable[[], Awaitable[Any]], seconds: float = 30) -> Any:
    """Asks again until it is so; a page that is being loaded anew meanwhile has no answer."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if found := await what():
                    return found
            except Exception as error:
                if "context was destroyed" not in str(error):
                    raise
            await asyncio.sleep(0.05)


async def kept_home(page: Page) -> dict[str, Any] | None:
    rows = await page.evaluate(KEPT)
    return json.loads(rows[0]) if rows else None


async def ready_for_offline(house: House, screen: str, locale: str) -> Visitor:
    """Somebody who looked at their home once: the shell and the last values are on the phone."""
    it = await house.visit(screen, locale)
    room = called(house.hub, ROOM, it.say.language)
    await expect(it.page.get_by_role("main").get_by_role("heading", name=room)).to_be_visible()
    await until(lambda: it.page.evaluate(CONTROLLED))
    await until(lambda: kept_home(it.page))
    return it


async def back_online(it: Visitor) -> None:
    await it.page.context.set_offline(False)
    await it.page.evaluate("dispatchEvent(new Event('online'))")
    await expect(it.page.get_by_text(it.say("line.offline.more"))).to_have_count(0, timeout=30_000)


async def asked_since(house: House, cursor: int) -> list[dict[str, Any]]:
    """The commands that people gave since then; what the home did by itself is no phone's doing."""
    path = f"/api/journal?after={cursor}&limit=1000"
    records = (await asyncio.to_thread(ask, house.hub, "GET", path))["records"]
    assert len(records) < 1000, "more happened than one answer holds"
    commands = [one["body"] for one in records if one["kind"] == "command"]
    return [body for body in commands if body["cause"]["kind"] == "person"]


async def latest(house: House) -> int:
    return int((await asyncio.to_thread(ask, house.hub, "GET", "/api/journal?latest=1"))["cursor"])


@OTHER_WAY
async def test_the_home_is_there_without_a_network_and_nothing_is_sent(
    house: House, screen: str, locale: str
) -> None:
    it = await ready_for_offline(house, screen, locale)
    page, say = it.page, it.say
    purifier = called(house.hub, PURIFIER, say.language)
    before = await latest(house)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method != "GET" else None)

    await page.context.set_offline(True)
    await page.reload()
    main = page.get_by_role("main")
    room = called(house.hub, ROOM, say.language)
    await expect(main.get_by_role("heading", name=room)).to_be_visible()
    await expect(page.get_by_text(say("line.offline.more"))).to_be_visible()
    await main.get_by_role("button", name=purifier).first.click()
    await expect(page.get_by_text(say("offline.nothing_sent")).first).to_be_visible()
    assert await page.evaluate(FITS)
    assert await page.evaluate(CUT) == []
    # a page that was never opened before is in the shell too
    await page.goto(f"{house.hub.url}/notices")
    await expect(page.get_by_role("heading", name=say("notices.title"), level=1)).to_be_visible()
    await page.goto(f"{house.hub.url}/devices/{PURIFIER}")
    await expect(page.get_by_role("heading", name=purifier, level=1)).to_be_visible()
    await page.get_by_role("radio", name=SLEEP[say.language]).click(force=True)
    await expect(page.get_by_text(say("offline.nothing_sent")).first).to_be_visible()
    assert await page.evaluate(FITS)
    assert sent == []

    await back_online(it)
    await page.goto(house.hub.url)
    await expect(page.get_by_role("status").filter(has_text=say("line.live"))).to_be_visible()
    assert await asked_since(house, before) == []
    assert sent == []
    await page.context.close()


@ONE_WAY
async def test_the_line_comes_back_by_its_cursor_without_a_gap_or_a_double(
    house: House, screen: str, locale: str
) -> None:
    it = await ready_for_offline(house, screen, locale)
    page, say, hub = it.page, it.say, house.hub
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text(say("line.offline.more"))).to_be_visible()
    cursor = (await kept_home(page) or {})["home"]["cursor"]
    assert cursor > 0

    was = float(value(hub, AC, "target_temperature"))
    wish = was + 1 if was < 28 else was - 1
    told = {"device": AC, "property": "target_temperature", "value": wish}
    assert ask(hub, "POST", "/api/commands?wait=1", told)["status"] == "confirmed"

    assert [body["value"] for body in await asked_since(house, cursor)] == [wish]

    asked: list[str] = []
    frames: list[dict[str, Any]] = []

    def opened(socket: Any) -> None:
        asked.append(socket.url)
        socket.on("framereceived", lambda data: frames.append(json.loads(data)))

    page.on("websocket", opened)
    await back_online(it)

    async def whole() -> bool:
        heard = [record for frame in frames if frame["type"] == "records" for record in frame["records"]]
        return any(record["kind"] == "update" and record["body"].get("value") == wish for record in heard)

    await until(whole)
    assert asked[0].endswith(f"/api/stream?after={cursor}")
    seqs = [record["seq"] for frame in frames if frame["type"] == "records" for record in frame["records"]]
    assert seqs == list(range(cursor + 1, cursor + 1 + len(seqs)))
    assert all(frame["type"] != "snapshot" for frame in frames)
    ring = page.get_by_role("slider", name=label(hub, AC, "target_temperature", say.language))
    await page.goto(f"{hub.url}/devices/{AC}")
    await expect(ring.first).to_have_attribute("aria-valuenow", f"{wish:g}")
    await page.context.close()


@OTHER_WAY
async def test_who_signs_out_leaves_no_home_behind(house: House, screen: str, locale: str) -> None:
    it = await ready_for_offline(house, screen, locale)
    page, say = it.page, it.say
    assert PURIFIER in json.dumps(await kept_home(page))
    await page.goto(f"{house.hub.url}/account")
    await page.get_by_role("button", name=say("signin.out")).first.click()
    await expect(page.get_by_text(say("demo.title"))).to_be_visible()

    async def empty() -> bool:
        return await page.evaluate(KEPT) == []

    await until(empty)
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text(say("error.unreachable"))).to_be_visible()
    await expect(page.get_by_text(called(house.hub, PURIFIER, say.language))).to_have_count(0)
    await page.context.close()


# ---- a new version ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def small_hub(folder: Path) -> AsyncIterator[str]:
    """A hub of an empty home that serves the app from this folder, which a test may change under it."""
    home = {"home": {"id": "h", "name": "Home"}, "cursor": 1, "now": 0, "rooms": [], "devices": []}
    session = {
        "signed_in": True,
        "person": {"id": "p", "name": "Mei", "role": "owner"},
        "owner_exists": True,
        "demo": False,
        "home": "Home",
        "new_password": False,
    }
    sockets: list[web.WebSocketResponse] = []
    answers = {
        "session": session,
        "home": home,
        "notices": {"notices": [], "cursor": 0, "read": 0, "unread": 0},
    }

    async def api(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name == "stream":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            sockets.append(socket)
            async for _ in socket:
                pass
            return socket
        return web.json_response(answers.get(name, {}))

    async def part(_: web.Application) -> None:
        for socket in sockets:
            await socket.close()

    app = web.Application()
    app.on_shutdown.append(part)
    app.router.add_get("/api/{name}", api)
    app.router.add_get("/{tail:.*}", App(folder).serve)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@ONE_WAY
async def test_a_new_version_comes_when_the_person_says_so_and_leaves_no_old_shell(
    house: House, tmp_path: Path, screen: str, locale: str
) -> None:
    say = Words(locale)
    folder = tmp_path / "static"
    shutil.copytree(STATIC, folder)
    worker = folder / "sw.js"
    for packed in folder.glob("sw.js.*"):
        packed.unlink()
    async with small_hub(folder) as url:
        page = await (await looking(house.browser, screen, "light", locale)).new_page()
        heard = complaints(page)
        await page.goto(url)
        await expect(page.get_by_text(say("summary.empty"))).to_be_visible()
        await until(lambda: page.evaluate(CONTROLLED))
        (old,) = await page.evaluate("caches.keys()")
        await expect(page.get_by_text(say("update.there"))).to_have_count(0)

        code = worker.read_text("utf-8")
        assert old.removeprefix("jiahe-shell-") in code
        worker.write_text(code.replace(old.removeprefix("jiahe-shell-"), "0123456789ab"), "utf-8")
        await page.reload()
        await expect(page.get_by_text(say("update.there"))).to_be_visible(timeout=30_000)
        assert await page.evaluate(FITS)
        assert await page.evaluate(CUT) == []
        assert old in await page.evaluate("caches.keys()")  # what runs goes on until somebody says so
        await page.get_by_role("button", name=say("update.now"), exact=True).click()

        async def fresh() -> bool:
            return await page.evaluate("caches.keys()") == ["jiahe-shell-0123456789ab"]

        await until(fresh)
        await expect(page.get_by_text(say("summary.empty"))).to_be_visible()
        await expect(page.get_by_text(say("update.there"))).to_have_count(0)
        assert heard == []
        await page.context.close()


@OTHER_WAY
async def test_the_manifest_is_one_from_which_a_browser_installs(
    house: House, screen: str, locale: str
) -> None:
    async with small_hub(STATIC) as url:
        page = await (await looking(house.browser, screen, "light", locale)).new_page()
        await page.goto(url)
        session = await page.context.new_cdp_session(page)
        told = await session.send("Page.getAppManifest")
        assert told["errors"] == []
        manifest = json.loads(told["data"])
        purposes = {icon["purpose"] for icon in manifest["icons"]}
        assert purposes == {"any", "maskable"}
        for icon in manifest["icons"]:
            answer = await page.request.get(url + icon["src"])
            assert answer.headers["content-type"] == icon["type"]
        for shortcut in manifest["shortcuts"]:
            assert (await page.request.get(url + shortcut["url"])).ok
        await until(lambda: page.evaluate(CONTROLLED))
        errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
        assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
        await page.context.close()
