"""All devices alive: starts and stops their drivers, makes their links, and follows a device to a new address.

Owns which drivers run; never what they say. A device is known by its hardware id, never by its address.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiahe.catalog.product import Product
from jiahe.driver import decoder
from jiahe.driver.family import Family, family_of
from jiahe.driver.learned import Learned
from jiahe.driver.point_driver import Listener, PointDriver
from jiahe.driver.quirk import fitted
from jiahe.link.link import Link
from jiahe.link.tap import Tap
from jiahe.model.clock import Clock
from jiahe.model.device import Device
from jiahe.model.errors import LinkError
from jiahe.model.happening import Command, Status, Verdict
from jiahe.model.reasons import say
from jiahe.transport import tcp, udp
from jiahe.transport.ble import Airwaves
from jiahe.transport.transport import Receiver, Transport
from jiahe.wire.talk import Entropy, Event, Identity, Role, Session, Sighting

Connector = Callable[[Family, str, int, Receiver], Awaitable[Transport]]
"""Opens a transport of the family's kind to host and port; an argument, so that tests run in memory."""

CONNECT_WITHIN = 4.0
"""Seconds for a TCP connection; a device on the same network answers a SYN in milliseconds or not at all."""


async def connect(family: Family, host: str, port: int, receiver: Receiver) -> Transport:
    """The real network."""
    if family.transport == "udp":
        return await udp.connect(host, port, receiver)
    if family.transport == "tcp":
        return await tcp.connect(host, port, receiver, CONNECT_WITHIN)
    raise LinkError(say("ble_family", family=family.title))


def with_radio(radio: Airwaves, connector: Connector = connect) -> Connector:
    """The network, and Bluetooth beside it."""

    async def reach(family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        if family.transport == "ble":
            return await radio.connect(host, receiver)
        if family.transport == "advert":
            await asyncio.to_thread(decoder.load, family.name)
            return await radio.overhear(host, receiver)
        return await connector(family, host, port, receiver)

    return reach


def host_and_port(address: str, default_port: int) -> tuple[str, int]:
    """ "host", "host:port" or (IPv6) "[host]:port" taken apart; a port that cannot be one belongs to the host's name."""
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if colon and port.isdecimal() and 0 < int(port) < 65536 and (bracketed or ":" not in host):
        return host.strip("[]"), int(port)
    return address.strip("[]"), default_port


def _address(host: str, port: int, default_port: int) -> str:
    if port == default_port:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(slots=True)
class _Alive:
    driver: PointDriver
    task: asyncio.Task[None]
    tap: Tap
    hardware_id: str
    secrets: Mapping[str, bytes]


class Supervisor:
    """Runs one PointDriver for each adopted device."""

    def __init__(
        self,
        clock: Clock,
        listener: Listener,
        entropy: Entropy,
        new_id: Callable[[], str],
        moved: Callable[[str, str], None],
        connector: Connector = connect,
        seed: int | None = None,
        learned: Callable[[str, Mapping[str, Any]], None] = lambda device, facts: None,
    ) -> None:
        """`moved` hears a device's new address, `learned` the facts that its driver learned about it."""
        self._learned = learned
        self._clock, self._listener, self._entropy, self._new_id = clock, listener, entropy, new_id
        self._moved, self._connector = moved, connector
        self._random = random.Random(seed)
        self._alive: dict[str, _Alive] = {}

    def start(self, device: Device, product: Product, secrets: Mapping[str, bytes]) -> None:
        """Brings the device to life; one that runs already is restarted with these secrets."""
        self.stop(device.id)
        family = family_of(device.family)
        tap = Tap(self._clock)
        identity = self.identity(family, device.hardware_id, product, device.facts, secrets)

        learned = Learned({**product.facts, **device.facts}, lambda facts: self._learned(device.id, facts))

        def make_link(address: str, hear: Callable[[Event], None]) -> Link:
            known = replace(identity, facts={**identity.facts, **learned.link_facts()})
            return self.make_link(family, known, address, tap, hear, learned.watch)

        known = device.address

        def settled(address: str) -> None:
            nonlocal known
            if address != known:
                known = address
                self._moved(device.id, address)

        driver = PointDriver(
            device.id,
            learned.fitted(fitted(product, device.facts)),
            family,
            device.address,
            make_link,
            self._listener,
            self._clock,
            self._new_id,
            self._random.random,
            settled,
            learned,
        )
        task = asyncio.get_running_loop().create_task(driver.run(), name=f"driver {device.id}")
        self._alive[device.id] = _Alive(driver, task, tap, device.hardware_id, secrets)

    def identity(
        self,
        family: Family,
        hardware_id: str,
        product: Product | None,
        facts: Mapping[str, Any],
        secrets: Mapping[str, bytes],
    ) -> Identity:
        """Who is at the other end, as the family's session takes it."""
        known = {**(product.facts if product else {}), **facts}
        epoch = self._clock.now() - self._clock.monotonic()
        return Identity(
            hardware_id,
            {name: secrets[name] for name in family.secrets(known) if name in secrets},
            known,
            epoch,
        )

    def make_link(
        self,
        family: Family,
        identity: Identity,
        address: str,
        tap: Tap,
        hear: Callable[[Event], None],
        watch: Callable[[Session], None] = lambda session: None,
    ) -> Link:
        """An unopened link to an address, for a driver or for a first acquaintance; `watch` is shown its session."""
        host, port = host_and_port(address, family.port)

        async def dial(receiver: Receiver) -> Transport:
            return await self._connector(family, host, port, receiver)

        session = family.session(Role.HUB, identity, self._entropy)
        watch(session)
        return Link(session, dial, self._clock, tap, hear)

    def stop(self, device_id: str) -> None:
        """Lets go of a device."""
        alive = self._alive.pop(device_id, None)
        if alive is not None:
            alive.task.cancel()

    async def close(self) -> None:
        """Lets go of all devices and waits until their connections are closed."""
        tasks = [alive.task for alive in self._alive.values()]
        for device_id in tuple(self._alive):
            self.stop(device_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def carry(self, command: Command) -> Verdict:
        """Takes a command to its device."""
        alive = self._alive.get(command.target.device)
        if alive is None:
            return Verdict(Status.FAILED, say("not_running"))
        return await alive.driver.carry(command)

    def sighted(self, sighting: Sighting) -> str | None:
        """A device was heard of on the network: if it is ours, follow it; its id, or None for a stranger."""
        if not sighting.hardware_id:
            return None
        for device_id, alive in self._alive.items():
            family = alive.driver.family
            if family.name == sighting.family and alive.hardware_id == sighting.hardware_id:
                alive.driver.nudge(_address(sighting.address, sighting.port, family.port))
                return device_id
        return None

    def tap(self, device_id: str) -> Tap | None:
        """The captured frames of a device."""
        alive = self._alive.get(device_id)
        return alive.tap if alive else None

    def troubled(self) -> dict[str, str]:
        """Devices that are not online now, with the last known address of each: whom discovery should look for."""
        return {name: alive.driver.address for name, alive in self._alive.items() if not alive.driver.online}
