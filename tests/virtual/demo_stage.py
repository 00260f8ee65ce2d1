"""The demo home for tests: alive for a while, and a line to each of its devices."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.machines.virtual_time import EPOCH, Clock

from jiahe.link.link import Link
from jiahe.link.tap import Tap
from jiahe.transport import memory, tcp, udp
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.home import DemoHome
from jiahe.virtual.resident import Resident
from jiahe.virtual.serve import ENDS, Net
from jiahe.wire.talk import Role

entropy = random.Random(9).randbytes


def in_memory() -> Net:
    return Net(memory.Network(datagrams=True).serve, memory.Network().serve)


@asynccontextmanager
async def living(net: Net | None = None, seed: int = 1, epoch: float = EPOCH) -> AsyncIterator[DemoHome]:
    home = DemoHome(Clock(epoch), entropy, seed, net=net)
    await home.start()
    try:
        yield home
    finally:
        await home.close()


async def linked(resident: Resident, home: DemoHome | None = None) -> Link:
    end = ENDS[resident.product.family]
    clock = Clock()

    async def connect(receiver: Receiver) -> Transport:
        if end.transport == "ble":
            assert home is not None
            return await home.radio.connect(resident.address, receiver)
        opener = udp.connect if end.transport == "udp" else tcp.connect
        return await opener(resident.address, end.port, receiver)

    session = end.session(Role.HUB, resident.identity, entropy)
    link = Link(session, connect, clock, Tap(clock), lambda _event: None)
    await link.open(5.0)
    return link
