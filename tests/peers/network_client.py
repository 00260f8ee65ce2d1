"""A network of two machines, run by `test_network.py`: here the hub, behind a cable the devices.

`network_client.py hub DIRECTORY MSMART_PYTHON` starts the other machine (itself as `device`, in a network namespace
of its own), lays the cable, looks for devices as a hub does in a home, and prints what it found as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from jiahe.catalog.loader import Shelf
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.model.happening import Actor, Cause
from jiahe.transport import discovery, mdns
from jiahe.virtual.resident import Maker
from jiahe.web.doors import AdoptRequest

HUB, DEVICE = "10.77.0.1", "10.77.0.2"
SECONDS = 1.5
"""A browser of mDNS asks at once and again after a second."""
SHY = 987_654_321
"""The id of a device that only announces itself: it answers no hello, as behind an access point that isolates it."""


def maker() -> Maker:
    return Maker(Shelf.shipped(), LoopClock(), os.urandom, seed=5)


async def shell(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0, command


async def bring_up(name: str, address: str) -> None:
    await shell("ip", "addr", "add", f"{address}/24", "brd", "+", "dev", name)
    await shell("ip", "link", "set", name, "up")
    await shell("ip", "link", "set", "lo", "up")
    await shell("ip", "route", "add", "default", "dev", name)


async def line_of(stream: asyncio.StreamReader) -> str:
    async with asyncio.timeout(15):
        return (await stream.readline()).decode().strip()


# ---- the other machine ------------------------------------------------------------------------------------------


async def device() -> None:
    """A purifier and a V3 air conditioner on all addresses, announcing the purifier and a shy one by mDNS."""
    loop = asyncio.get_running_loop()
    print("plug me in", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await bring_up("there", DEVICE)
    purifier, conditioner = maker().purifier(1), maker().conditioner(1)
    for resident in (purifier, conditioner):
        await resident.unit.start("0.0.0.0")  # a broadcast reaches only who listens on all addresses
    node = AsyncZeroconf(interfaces=[DEVICE])
    for model, did in (
        ("zhimi-airpurifier-mb4", int(purifier.identity.hardware_id)),
        ("zhimi-airp-mb5", SHY),
    ):
        instance = f"{model}_miio{did}"
        info = ServiceInfo(
            mdns.MIIO,
            f"{instance}.{mdns.MIIO}",
            port=54321,
            properties={"epoch": "1", "mac": "024a00000001"},
            server=f"{instance}.local.",
            addresses=[socket.inet_aton(DEVICE)],
        )
        await node.async_register_service(info)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await node.async_close()


# ---- the hub ----------------------------------------------------------------------------------------------------


async def hub(directory: str, msmart: str) -> None:
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        "unshare", "-n", sys.executable, __file__, "device", stdin=pipe, stdout=pipe
    )
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        assert await line_of(other.stdout) == "plug me in"
        cable = (
            "ip",
            "link",
            "add",
            "here",
            "type",
            "veth",
            "peer",
            "name",
            "there",
            "netns",
            str(other.pid),
        )
        await shell(*cable)
        await bring_up("here", HUB)
        other.stdin.write(b"plugged\n")
        assert await line_of(other.stdout) == "ready"
        print(json.dumps(await look(directory, msmart), default=str))
    finally:
        other.stdin.close()
        async with asyncio.timeout(5):
            await other.wait()


async def look(directory: str, msmart: str) -> dict[str, Any]:
    """What a hub finds that was told no address, and whether it can operate what it found."""
    told: dict[str, Any] = {"broadcasts": discovery.broadcast_targets()}
    opened = await Hub.open(Config(Path(directory)))
    try:
        browsed, found = await asyncio.gather(
            mdns.browse(mdns.MIIO, SECONDS, [HUB]), opened.acquaintance.discover((), SECONDS)
        )
        told["browsed"], told["found"] = [list(one) for one in browsed], found
        cause = Cause("test", Actor.PERSON, "test", who="home")
        adopted = []
        for resident in (maker().purifier(1), maker().conditioner(1)):
            secrets = {name: key.hex() for name, key in resident.identity.secrets.items()}
            (item,) = (one for one in found if one["hardware_id"] == resident.identity.hardware_id)
            who = {name: item[name] for name in ("address", "family", "hardware_id")}
            card = await opened.acquaintance.adopt(
                AdoptRequest(**who, cause=cause, id=resident.id, **secrets)
            )
            adopted.append([card.id, card.address, card.hardware_id, card.product])
        told["adopted"] = adopted
    finally:
        await opened.close()
    told["msmart"] = await msmart_finds(msmart) if msmart else None
    return told


async def msmart_finds(python: str) -> Any:
    """What msmart-ng finds by its own broadcast."""
    pipe = asyncio.subprocess.PIPE
    client = str(Path(__file__).with_name("msmart_client.py"))
    process = await asyncio.create_subprocess_exec(python, client, stdin=pipe, stdout=pipe)
    out, _ = await process.communicate(json.dumps({"do": "discover_all"}).encode() + b"\n")
    return json.loads(out)["found"]


asyncio.run(device() if sys.argv[1] == "device" else hub(*sys.argv[2:]))
