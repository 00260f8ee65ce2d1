"""A hub's life: opens it, opens its door, keeps its small clocks going, and closes it again.

Owns start, stop and exit status; the rooms own what happens in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from aiohttp import web

from jiahe.home.credentials import THIS_MACHINE
from jiahe.hub.build import Hub
from jiahe.hub.config import HUB_FILE, Config
from jiahe.hub.invitation import base_url, print_ready, print_secure
from jiahe.hub.products import LOOK_PERIOD
from jiahe.model.errors import JiaheError, UnknownName
from jiahe.model.happening import RecordKind
from jiahe.transport.ble import Airwaves
from jiahe.web.doors import VirtualDoor
from jiahe.web.guest import Door
from jiahe.web.secure import SecureState
from jiahe.web.server import make_app

AGEING_PERIOD = 1.0
"""Seconds between two looks for values that have grown stale."""
ALIVE_PERIOD = 600.0
"""Seconds without any record after which one says that the hub is there: 144 a day at most, 8 kB of disk each."""
TELLING_PERIOD = 1.0
"""Seconds between two looks whether there is something to say on the terminal."""
SEARCH_FIRST, SEARCH_LONGEST, SEARCH_FOR = 5.0, 45.0, 2.0
"""Seconds: a device that stopped answering is looked for after 5 s, then ever more rarely up to every 45 s, 2 s long."""
CLOSE_WITHIN = 3.0
"""Seconds for open requests at the end; a phone's stream never ends by itself."""

LOCAL_NAME = THIS_MACHINE
"""The name of the command line's own token, as records show it; made anew at each start."""

Ready = Callable[[Hub, str], Awaitable[None]]
"""Called once the door is open, with the hub and its URL."""


async def serve(
    config: Config, ready: Ready, virtual: VirtualDoor | None = None, radio: Airwaves | None = None
) -> None:
    """Runs a hub, with this radio or the machine's own, until it is told to stop (SIGINT, SIGTERM); raises a JiaheError where it cannot go on safely."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    hub = await Hub.open(config, radio=radio)
    try:
        async with open_door(hub, virtual) as url:
            await ready(hub, url)
            hub.spawn(hub.start_rules())
            hub.spawn(keep_ageing(hub))
            hub.spawn(hub.noticing.run())
            hub.spawn(keep_searching(hub))
            hub.spawn(keep_products(hub))
            hub.spawn(keep_alive(hub))
            hub.spawn(keep_telling(lambda: str(hub.health().get("trouble", "")), sys.stderr))
            hub.spawn(keep_secure(hub, url))
            hub.failure.add_done_callback(lambda _: stop.set())
            try:
                await stop.wait()
            finally:
                await hub.secure.close()
    finally:
        with contextlib.suppress(JiaheError) if hub.failure.done() else contextlib.nullcontext():
            await hub.close()
    if hub.failure.done():
        raise hub.failure.result()


@asynccontextmanager
async def open_door(hub: Hub, virtual: VirtualDoor | None = None) -> AsyncIterator[str]:
    """Listens; yields the URL for this machine. A JiaheError where the port is not to be had."""
    app = make_app(hub.doors(virtual))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=CLOSE_WITHIN)
    await runner.setup()
    try:
        try:
            door = Door(runner, hub.config.host, hub.config.port)
            await door.start()
        except (OSError, UnicodeError) as error:
            raise JiaheError(_no_door(hub.config, error)) from error
        port = runner.addresses[0][1]
        await _write_hub_file(hub, port)
        hub.secure.attach(runner, door)
        yield base_url(hub.config.host, port)
    finally:
        (hub.config.directory / HUB_FILE).unlink(missing_ok=True)
        await runner.cleanup()


def _no_door(config: Config, error: OSError | UnicodeError) -> str:
    place = f"cannot listen at {config.host}:{config.port}"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"{place}: another program has this port; choose one with --port"
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM}:
        return f"{place}: this user may not take this port; choose one above 1023 with --port"
    return f"{place}: that is no address of this machine; choose one with --host"


async def _write_hub_file(hub: Hub, port: int) -> None:
    """Who may read the home's files may operate it anyway; so the command line needs no password here."""
    host = hub.config.host
    local = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host  # noqa: S104  # compared
    with contextlib.suppress(UnknownName):  # the last run's, where that one was killed
        await hub.people.revoke_token(LOCAL_NAME)
    token = await hub.people.create_token(LOCAL_NAME)
    path = hub.config.directory / HUB_FILE
    body = json.dumps({"url": f"http://{local}:{port}", "pid": os.getpid(), "token": token})
    await asyncio.to_thread(_write_private, path, body)


def _write_private(path: Path, body: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(body)
    fresh.replace(path)


async def keep_ageing(hub: Hub) -> None:
    """Turns what stopped arriving into stale."""
    while True:
        await asyncio.sleep(AGEING_PERIOD)
        hub.intake.age()


async def keep_alive(hub: Hub) -> None:
    """A quiet home says now and then that it was there: after a power cut the charts' gap begins at the last word."""
    while True:
        last = hub.journal.last_seq
        await asyncio.sleep(ALIVE_PERIOD)
        if hub.journal.last_seq == last:
            hub.append(hub.clock.now(), RecordKind.SYSTEM, {"what": "alive"})


async def keep_telling(trouble: Callable[[], str], out: TextIO, period: float = TELLING_PERIOD) -> None:
    """Says on the terminal when the disk is in trouble and when it is well again, each once: nobody looks at an API there."""
    told = ""
    while True:
        await asyncio.sleep(period)
        now = trouble()
        if now != told:
            told = now
            with contextlib.suppress(OSError, ValueError):  # a terminal that was closed
                print(f"jiahe: {now}" if now else "jiahe: the disk takes records again", file=out, flush=True)


async def keep_searching(hub: Hub) -> None:
    """Looks for devices that do not answer: at a new address they are found by their own id."""
    pause = SEARCH_FIRST
    while True:
        await asyncio.sleep(pause)
        lost = hub.supervisor.troubled()
        if not lost:
            pause = SEARCH_FIRST
            continue
        families = {hub.registry.devices[name].family for name in lost if name in hub.registry.devices}
        await hub.acquaintance.look_for(families, lost.values(), SEARCH_FOR)
        pause = min(SEARCH_LONGEST, pause * 1.5)


async def keep_products(hub: Hub) -> None:
    """Takes a product file that was put into the home's folder, or changed there, without a restart."""
    while True:
        await asyncio.sleep(LOOK_PERIOD)
        await hub.renew_products()


async def keep_secure(hub: Hub, url: str) -> None:
    """Opens the second door and keeps it; says where it is, and what is the matter with it, on the terminal."""

    def opened(state: SecureState) -> None:
        with contextlib.suppress(OSError, ValueError):  # a terminal that was closed
            print_secure(sys.stdout, state, url)

    def troubled(trouble: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            print(f"jiahe: {trouble or 'the secure address is well again'}", file=sys.stderr, flush=True)

    try:
        await hub.secure.run(opened, troubled)
    except JiaheError as error:
        hub.fail(error)


async def up(config: Config) -> None:
    """`jiahe up`: the hub of a real home."""

    async def ready(hub: Hub, url: str) -> None:
        hub.spawn(hub.start_devices())
        code = await hub.people.new_claim_code()
        lines, link = [], ""
        if code is not None:
            link = f"{url}/claim/{code}"
            lines = ["This home has no owner yet. Whoever opens this one-time link becomes it:"]
        print_ready(sys.stdout, directory=config.directory, url=url, lines=lines, link=link)

    await serve(config, ready)


def run(work: Awaitable[None]) -> int:
    """Runs a hub on the fastest loop there is; its exit status, with the reason on the terminal."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):  # not made for every platform: the standard loop is only slower
        import uvloop

        factory = uvloop.new_event_loop

    async def main() -> None:
        await work

    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main())
    except JiaheError as error:
        print(f"jiahe: {error}", file=sys.stderr)
        return 1
    return 0
