"""`jiahe demo`: a virtual home on loopback, adopted by a real hub. Owns the order of its beginning; the hub is an
ordinary one and knows of the virtual home only through the door where its faults are set.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.hub.invitation import print_ready
from jiahe.hub.run import serve
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality, RecordKind
from jiahe.rules.library import ENDING, RULES, write_text
from jiahe.state.body import update_body
from jiahe.virtual.demo_rules import demo_rules
from jiahe.virtual.home import ROOMS, DemoHome
from jiahe.virtual.resident import Resident
from jiahe.web.doors import AdoptRequest

SIMULATED = "simulated yesterday"
"""The source of the causes of what is recorded of the day before the demo began."""
LATITUDE = 31.2
"""Degrees north of the demo home: where its weather (`virtual.outdoor`) would be at home."""
SETTLED = 0.01
"""Seconds between two looks whether an adopted device has spoken, and the most looks: a second in all."""
LOOKS = 100


async def demo(config: Config, seed: int) -> None:
    """Runs the demo home until stopped."""
    home = DemoHome(LoopClock(), os.urandom, seed, utc_offset=float(time.localtime().tm_gmtoff))

    async def ready(hub: Hub, url: str) -> None:
        if not hub.registry.devices:
            await _remember_yesterday(hub, home)
            await lay_down_rules(hub, home)
        await home.start()
        hub.acquaintance.extra_targets = home.neighbourhood
        await _settle(hub, home)
        lines = ["Two virtual devices answer over their real protocols. This link is signed in already:"]
        link = f"{url}/enter/{hub.people.new_enter_code()}"
        print_ready(sys.stdout, directory=config.directory, url=url, lines=lines, link=link)

    try:
        await serve(config, ready, home)
    finally:
        await home.close()


async def _remember_yesterday(hub: Hub, home: DemoHome) -> None:
    """A home that begins now has a day to show: simulated, and marked as such in the cause of every record."""
    cause = Cause(hub.ids.new(), Actor.SYSTEM, SIMULATED)
    for at, device, path, value in home.yesterday():
        update = PropertyUpdate(PropertyRef(device, path), value, Quality.GOOD, at, cause, value)
        hub.append(at, RecordKind.UPDATE, update_body(update))


async def lay_down_rules(hub: Hub, home: DemoHome) -> None:
    """The first run only, and no file that is there is touched: from then on the rules are the home's own."""
    name = hub.automation.place.name
    # On the meridian of the machine's own zone the demo's sun stands highest at about noon.
    await hub.automation.set_place(name, LATITUDE, max(-180.0, min(180.0, home.utc_offset / 3600.0 * 15.0)))
    await asyncio.to_thread(_write_rules, hub.config.directory)


def _write_rules(directory: Path) -> None:
    for name, text in demo_rules().items():
        if not (directory / RULES / f"{name}{ENDING}").exists():
            write_text(directory, RULES, name, text)


async def _settle(hub: Hub, home: DemoHome) -> None:
    """Rooms and devices of the first run; on later ones the devices are met where they are now."""
    language = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
    cause = Cause(hub.ids.new(), Actor.SYSTEM, "demo")
    for resident in home.residents.values():
        known = hub.registry.find(resident.product.family, resident.identity.hardware_id)
        if known is not None:
            await hub.registry.found_at(known.id, resident.address)
    await hub.start_devices()
    if not hub.registry.devices:
        rooms = {room["id"]: await _room(hub, room[language], cause) for room in ROOMS}
        for resident in home.residents.values():
            await _adopt(hub, resident, cause, resident.names[language], rooms[resident.room])
    for _ in range(LOOKS):
        if not hub.supervisor.troubled():
            break
        await asyncio.sleep(SETTLED)


async def _room(hub: Hub, name: str, cause: Cause) -> str:
    """A new room; the one of this name where a first start was cut off before its devices came."""
    for room in hub.registry.rooms.values():
        if room.name == name:
            return room.id
    return (await hub.registry.add_room(name, cause)).id


async def _adopt(hub: Hub, resident: Resident, cause: Cause, name: str, room: str) -> None:
    """Through the same door as any device: found at its address, asked what it is, its keys sealed."""
    secrets = resident.identity.secrets
    await hub.acquaintance.adopt(
        AdoptRequest(
            address=resident.address,
            cause=cause,
            family=resident.product.family,
            hardware_id=resident.identity.hardware_id,
            token=secrets.get("token", b"").hex(),
            key=secrets.get("key", b"").hex(),
            name=name,
            room=room,
            id=resident.id,
        )
    )
