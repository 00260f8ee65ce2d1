"""Our hub operates python-miio's MIoT simulator; run by `test_miot_simulator.py` in a network namespace of its own.

`simulator_client.py MIICLI SPEC DIRECTORY` starts the simulator, adopts it as any device, operates it, and prints
what happened as one line of JSON. A namespace of its own, because the simulator takes UDP 54321 of all addresses.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.errors import JiaheError
from jiahe.model.happening import Actor, Cause, Command, PropertyRef, Reach
from jiahe.web.doors import AdoptRequest
from jiahe.wire.miio.packet import HELLO

MODEL = "zhimi.airpurifier.mb4"
ID = "simulated"
TOKEN = "00" * 16


async def answers_hello(limit: float) -> None:
    """Waits until the simulator listens."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        probe.connect(("127.0.0.1", 54321))
        async with asyncio.timeout(limit):
            while True:
                try:
                    probe.send(HELLO)
                    async with asyncio.timeout(0.1):
                        await loop.sock_recv(probe, 4096)
                    return
                except (TimeoutError, ConnectionRefusedError):
                    await asyncio.sleep(0.02)


async def operate(hub: Hub) -> dict[str, Any]:
    """What the hub made of the simulator."""
    cause = Cause("test", Actor.PERSON, "test", who="home")
    told: dict[str, Any] = {"found": await hub.acquaintance.discover(("127.0.0.1",), 0.6)}
    try:
        await hub.acquaintance.adopt(AdoptRequest("127.0.0.1", cause, token="11" * 16, id=ID))
    except JiaheError as error:
        told["wrong_token"] = type(error).__name__
    device = await hub.acquaintance.adopt(AdoptRequest("127.0.0.1", cause, token=TOKEN, id=ID))
    told["facts"], told["product"] = dict(device.facts), device.product
    async with asyncio.timeout(10):
        while hub.store.availability(ID).state is not Reach.ONLINE:
            await asyncio.sleep(0.01)
    told["values"] = values(hub)

    async def command(path: str, **what: Any) -> str:
        sent = hub.dispatch.submit(PropertyRef(ID, path), cause=cause, timeout=5.0, **what)
        outcome = await hub.dispatch.outcome(sent.id)
        return f"{outcome.status.value}: {outcome.reason}"

    told["outcomes"] = {
        "power": await command("power", value=not told["values"]["power"]),
        "mode": await command("mode", value="favorite" if told["values"]["mode"] != "favorite" else "sleep"),
        "favorite_speed": await command("favorite_speed", value=1234),
        "brightness": await command("brightness", value=8),
        "reset_filter": await command("reset_filter", arguments=(0,)),
    }
    told["after"] = values(hub)
    product = hub.shelf.get(MODEL)
    assert product is not None
    plain = replace(product, facts={"plain_action_arguments": True})
    hub.supervisor.start(device, plain, {"token": bytes.fromhex(TOKEN)})
    told["outcomes"]["plain reset_filter"] = await command("reset_filter", arguments=(0,))
    now = hub.clock.now()  # past the checks of dispatch, so that it is the simulator that says no
    beyond = Command("x", PropertyRef(ID, "favorite_speed"), cause, now, now + 3.0, value=9999)
    verdict = await hub.supervisor.carry(beyond)
    told["outcomes"]["beyond"] = f"{verdict.status.value}: {verdict.reason}"
    told["tap"] = dict(hub.tap(ID)["counters"])
    return told


def values(hub: Hub) -> dict[str, Any]:
    """All values of the device by path."""
    paths = hub.registry.device(ID).profile.properties
    found = {path: hub.store.get(PropertyRef(ID, path)) for path in paths}
    return {path: None if update is None else update.value for path, update in found.items()}


async def main(miiocli: str, spec: str, directory: str) -> None:
    """One simulator, one hub, one line."""
    command = (miiocli, "devtools", "miot-simulator", "--file", spec, "--model", MODEL)
    quiet = asyncio.subprocess.DEVNULL
    simulator = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        await answers_hello(20.0)
        hub = await Hub.open(Config(Path(directory)))
        try:
            print(json.dumps(await operate(hub), default=str))
        finally:
            await hub.close()
    finally:
        simulator.kill()
        await simulator.wait()


asyncio.run(main(*sys.argv[1:]))
