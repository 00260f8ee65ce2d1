"""Who is examined: a product's virtual twin in fast time, or a device on the network. Owns the way to either.

Never judges (`checks.py` does) and never writes a report (`report.py` does).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from jiahe.catalog.product import Product
from jiahe.driver.family import Family, family_of
from jiahe.driver.supervisor import CONNECT_WITHIN, host_and_port
from jiahe.kit.check_life import Ear
from jiahe.kit.checks import examine
from jiahe.kit.fast_time import FastClock, run_fast
from jiahe.kit.finding import CheckResult, Examination
from jiahe.kit.line import Subject
from jiahe.kit.twin import Played, SeededEntropy, make_twin
from jiahe.model.errors import JiaheError, LinkError
from jiahe.transport import memory, tcp, udp
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.serve import Net, Serve
from jiahe.wire.talk import Identity, Sighting

TWIN_HOST = "10.0.0.2"
LATENCY = 0.002
"""Seconds one way between a twin and its examiner, as in a home's Wi-Fi on a good day."""
FOUND_WITHIN = 3.0

Told = Callable[[CheckResult], None]


def _nobody(_: CheckResult) -> None:
    """Nobody waits for it."""


def examine_twin(
    product: Product,
    seed: int = 1,
    *,
    told: Told = _nobody,
    played: Played = VirtualProduct,
    between: Callable[[Serve], Serve] = lambda serve: serve,
) -> Examination:
    """The whole list over the product's own twin; the same seed gives the same examination, to the last digit.

    `played` and `between` put a fault into the twin or its way (tests). UnknownName where nobody plays its family.
    """

    async def run() -> Examination:
        clock = FastClock()
        nets = {
            "udp": memory.Network(datagrams=True, latency=LATENCY),
            "tcp": memory.Network(latency=LATENCY),
        }
        unit = make_twin(
            product, clock, seed, Net(between(nets["udp"].serve), between(nets["tcp"].serve)), played
        )

        async def dial(kind: str, host: str, port: int, receiver: Receiver) -> Transport:
            return await nets[kind].connect(host, port, receiver)

        await unit.start(TWIN_HOST)
        # Who examines knows of the device what a home knows: its id, its keys and what discovery tells.
        family = family_of(product.family)
        identity = replace(unit.identity, facts=dict(unit.identity.facts))
        subject = Subject(
            product,
            family,
            identity,
            TWIN_HOST,
            unit.port,
            dial,
            clock,
            SeededEntropy(seed, "hub"),
            twin=True,
        )
        try:
            return await examine(subject, told=told)
        finally:
            await unit.close()

    return run_fast(run())


class WallClock:
    """`model.clock.Clock` of this machine, on the running loop."""

    def now(self) -> float:
        """Epoch seconds."""
        return time.time()

    def monotonic(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()


async def dial_out(kind: str, host: str, port: int, receiver: Receiver) -> Transport:
    """The real network."""
    if kind == "udp":
        return await udp.connect(host, port, receiver)
    if kind == "tcp":
        return await tcp.connect(host, port, receiver, CONNECT_WITHIN)
    raise JiaheError(f"devices over {kind} cannot be examined yet: only udp and tcp can")


async def examine_device(
    product: Product,
    address: str,
    secrets: Mapping[str, bytes],
    *,
    writes: bool = True,
    acts: bool = False,
    told: Told = _nobody,
) -> Examination:
    """The whole list over a device at this address ("host" or "host:port"), with its keys in bytes.

    LinkError where nothing answers, AuthError where it does not take the keys, JiaheError where one is missing.
    """
    family = family_of(product.family)
    host, port = host_and_port(address, family.port)
    sighting = await _sighted(family, host)
    for name, secret in family.missing(sighting.facts, secrets).items():
        raise JiaheError(f"--{name} is missing: {secret.hint}")
    clock = WallClock()
    identity = Identity(
        sighting.hardware_id,
        dict(secrets),
        {**product.facts, **sighting.facts},
        clock.now() - clock.monotonic(),
    )
    subject = Subject(product, family, identity, host, port, dial_out, clock, os.urandom, twin=False)
    return await examine(subject, writes=writes, acts=acts, told=told)


async def _sighted(family: Family, host: str) -> Sighting:
    """Who answers discovery at this address."""
    finder = family.finder()
    for probe in finder.probes():
        ear = Ear()
        way = await dial_out("udp", host, probe.port, ear)
        try:
            for _ in range(3):
                way.send(probe.data)
                await asyncio.sleep(FOUND_WITHIN / 3)
                for data in ear.heard:
                    if (seen := finder.sighting(data, host)) is not None:
                        return seen
        finally:
            way.close()
    raise LinkError(
        f"nothing of family {family.name} answers at {host}: is it switched on and in this network?"
    )
