"""A whole hub over a demo home in memory and in virtual time: every room real, only sockets and the clock are not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.machines.virtual_time import Clock

from jiahe.driver.family import Family
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.hub.run import keep_ageing
from jiahe.model.happening import Actor, Cause, Outcome, PropertyRef
from jiahe.transport.memory import Network
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.home import DemoHome
from jiahe.virtual.serve import Net

SOMEBODY = Cause("somebody", Actor.PERSON, "Wang", who="home")


@dataclass
class Whole:
    """A hub and the virtual home it lives in."""

    hub: Hub
    home: DemoHome

    async def adopt_all(self) -> None:
        """Into the registry with their keys, as adoption leaves them (discovery needs real sockets)."""
        for resident in self.home.residents.values():
            await self.hub.registry.adopt(
                product=resident.product.id,
                family=resident.product.family,
                hardware_id=resident.identity.hardware_id,
                address=resident.address,
                cause=SOMEBODY,
                name=resident.names["en"],
                facts=dict(resident.identity.facts),
                id_=resident.id,
            )
            await self.hub.vault.seal(resident.id, resident.identity.secrets)
        await self.hub.start_devices()
        await self.until(lambda: not self.hub.supervisor.troubled())

    async def command(self, device: str, path: str, value: Any, timeout: float = 10.0) -> Outcome:
        command = self.hub.dispatch.submit(PropertyRef(device, path), SOMEBODY, value=value, timeout=timeout)
        return await self.hub.dispatch.outcome(command.id)

    async def until(self, so: Callable[[], object], within: float = 300.0) -> None:
        """Waits in virtual time; fails where it does not come."""
        async with asyncio.timeout(within):
            while not so():
                await asyncio.sleep(0.25)


@asynccontextmanager
async def whole_home(
    directory: Path, adopted: bool = True, change: Callable[[DemoHome], Awaitable[None]] | None = None
) -> AsyncIterator[Whole]:
    """Opens the home in `directory` (again)."""
    udp, tcp = Network(datagrams=True), Network()

    async def connector(family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        return await (udp if family.transport == "udp" else tcp).connect(host, port, receiver)

    clock = Clock()
    home = DemoHome(clock, os.urandom, net=Net(udp.serve, tcp.serve))
    await home.start()
    if change:
        await change(home)
    hub = await Hub.open(Config(directory), connector=connector, clock=clock, radio=home.radio)
    hub.spawn(keep_ageing(hub))
    whole = Whole(hub, home)
    try:
        if adopted and not hub.registry.devices:
            await whole.adopt_all()
        else:
            await hub.start_devices()
        yield whole
    finally:
        await hub.close()
        await home.close()
