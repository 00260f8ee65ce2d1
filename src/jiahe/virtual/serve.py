"""A virtual product on the network, over its family's own protocol. Owns its sockets, peers and faults; no
physics.

One unit has one address of its own (127.77.0.N in the demo), as a real device has, so that faults, reboots
and a change of address are its alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Protocol

from jiahe.link.device_pump import DevicePump
from jiahe.model.clock import Clock
from jiahe.model.errors import LinkError, UnknownName
from jiahe.transport import tcp, udp
from jiahe.transport.transport import Accept, Receiver, Server, Transport
from jiahe.virtual.airwaves import GATT
from jiahe.virtual.fault import Disturbance, DisturbedReceiver, Faults
from jiahe.virtual.product import VirtualProduct
from jiahe.wire.huami.session import Session as HuamiSession
from jiahe.wire.midea import finder as midea_finder
from jiahe.wire.midea.session import PORT as MIDEA_PORT
from jiahe.wire.midea.session import Session as MideaSession
from jiahe.wire.miio.packet import PORT as MIIO_PORT
from jiahe.wire.miio.session import Session as MiioSession
from jiahe.wire.talk import Entropy, Identity, Point, Raw, Role, Session

Serve = Callable[[str, int, Accept], Awaitable[Server]]

REBOOT = 3.0
"""Seconds of silence while a device restarts; the modules of both families need two to five."""


@dataclass(frozen=True, slots=True)
class Net:
    """Where units listen: the machine's own sockets, or networks in memory for virtual time. `ble` is None where nobody
    plays Bluetooth (`VirtualRadio.serve` does)."""

    udp: Serve = udp.serve
    tcp: Serve = tcp.serve
    ble: Serve | None = None


class Reply(Protocol):
    """A family's answer to a probe on one of its beacons; None to anything else."""

    def __call__(
        self, identity: Identity, facts: Mapping[str, Any], probe: bytes, host: str, now: float, /
    ) -> bytes | None: ...


def _midea_reply(
    identity: Identity, facts: Mapping[str, Any], probe: bytes, host: str, now: float
) -> bytes | None:
    return midea_finder.reply(identity, probe, host, MIDEA_PORT, serial=str(facts.get("serial", "")), now=now)


@dataclass(frozen=True, slots=True)
class DeviceEnd:
    """How a family looks from the device's end.

    `beacons` are further UDP ports on which it answers probes, as `reply` says. `checksummed`: whether a
    frame bears a checksum.
    """

    session: Callable[[Role, Identity, Entropy], Session]
    transport: str
    port: int
    checksummed: Callable[[bytes], bool]
    beacons: tuple[int, ...] = ()
    reply: Reply | None = None


ENDS: Mapping[str, DeviceEnd] = MappingProxyType(
    {
        # A hello's answer is a bare header of 32 bytes whose checksum field holds something else.
        "miio": DeviceEnd(MiioSession, "udp", MIIO_PORT, lambda data: len(data) > 32),
        # In an 8370 envelope byte 5 tells the type; 3 is a sealed answer. A 5A5A packet (V2) is always
        # signed.
        "midea": DeviceEnd(
            MideaSession,
            "tcp",
            MIDEA_PORT,
            lambda data: data[:2] != b"\x83\x70" or (len(data) > 5 and data[5] & 0x0F == 3),
            beacons=midea_finder.PORTS,
            reply=_midea_reply,
        ),
        # ATT has its checksum below us; what a band calls out tells its model.
        "huami": DeviceEnd(HuamiSession, "ble", GATT, lambda _: False),
    }
)
"""The families that can be played. A new family is a row here and a folder in wire/."""


class Unit:
    """One virtual device: a product, who it is, and where it listens."""

    def __init__(
        self,
        virtual: VirtualProduct,
        identity: Identity,
        clock: Clock,
        entropy: Entropy,
        *,
        seed: int = 0,
        net: Net | None = None,
    ) -> None:
        end = ENDS.get(virtual.product.family)
        if end is None:
            raise UnknownName(f"nobody can play a device of family {virtual.product.family!r}")
        if end.transport == "ble" and (net is None or net.ble is None):
            raise UnknownName(
                f"nobody can play a device of family {virtual.product.family!r} without a virtual radio"
            )
        self.virtual = virtual
        self.identity = identity
        self.host = ""
        self._end = end
        self._clock = clock
        self._entropy = entropy
        self._net = net or Net()
        self._disturbance = Disturbance(seed, end.checksummed)
        self._servers: list[Server] = []
        self._pumps: dict[DevicePump, bool] = {}
        self._changed: dict[Point, Raw] = {}
        self._flushing: asyncio.Handle | None = None
        self._moving = asyncio.Lock()
        virtual.on_change = self._on_change

    @property
    def port(self) -> int:
        """Where it is operated."""
        return self._end.port

    @property
    def listening(self) -> bool:
        """False before `start`, after `close` and while it restarts."""
        return bool(self._servers)

    @property
    def peers(self) -> int:
        """Conversations now."""
        return len(self._pumps)

    async def start(self, host: str) -> None:
        """Listens at this address; LinkError where it is taken or not ours."""
        async with self._moving:
            await self._start(host)

    async def close(self) -> None:
        """Falls silent; its peers see what they would see of a device that lost power."""
        async with self._moving:
            self._stop()

    async def reboot(self, silence: float = REBOOT) -> None:
        """Drops every conversation, is silent for a while, and comes back at its address with its
        settings."""
        async with self._moving:
            self._stop()
            await asyncio.sleep(silence)
            await self._start(self.host)

    async def move(self, host: str) -> None:
        """The router gave it another address. LinkError where that is taken; then it is back at the old
        one."""
        async with self._moving:
            old = self.host
            self._stop()
            try:
                await self._start(host)
            except LinkError:
                await self._start(old)
                raise

    # ---- faults --------------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        return self._disturbance.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        key_changed = faults.wrong_key != self.faults.wrong_key
        self._disturbance.faults = faults
        if key_changed:
            self._hang_up()

    # ---- conversations -------------------------------------------------------------------------------------

    async def _start(self, host: str) -> None:
        servers: list[Server] = []
        serve = {"udp": self._net.udp, "tcp": self._net.tcp, "ble": self._net.ble}[self._end.transport]
        assert serve is not None, "looked at when it was made"
        try:
            servers.append(await serve(host, self._end.port, self._accept))
            for port in self._end.beacons:
                servers.append(await self._net.udp(host, port, self._accept_probe))  # noqa: PERF401 - each is closed below
        except LinkError:
            for server in servers:
                server.close()
            raise
        self.host, self._servers = host, servers

    def _stop(self) -> None:
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        self._hang_up()

    def _hang_up(self) -> None:
        pumps, self._pumps = list(self._pumps), {}
        for pump in pumps:
            pump.close()

    def _accept(self, _peer: str) -> Receiver:
        identity = self.identity
        if self.faults.wrong_key:
            identity = replace(
                identity, secrets={name: _other(key) for name, key in identity.secrets.items()}
            )
        session = self._end.session(Role.DEVICE, identity, self._entropy)
        pump = DevicePump(session, self._clock, self.virtual.asked, on_ended=self._forget)
        self._pumps[pump] = False
        return DisturbedReceiver(pump.receiver, self._disturbance)

    def _forget(self, pump: DevicePump) -> None:
        self._pumps.pop(pump, None)

    def _accept_probe(self, _peer: str) -> Receiver:
        return DisturbedReceiver(_Beacon(self), self._disturbance)

    def probed(self, probe: bytes) -> bytes | None:
        """The answer to a datagram on one of the beacons."""
        if self._end.reply is None:
            return None
        return self._end.reply(self.identity, self.virtual.facts, probe, self.host, self._clock.monotonic())

    # ---- telling -------------------------------------------------------------------------------------------

    def _on_change(self, changed: Mapping[Point, Raw]) -> None:
        """Told on the loop's next turn: after the answer that caused it, and once for all that changed
        together."""
        self._changed.update(changed)
        if self._flushing is None and self._pumps:
            self._flushing = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = None
        changed, self._changed = self._changed, {}
        for pump, told in list(self._pumps.items()):
            # The first report in a conversation carries everything: some families push whole states.
            self._pumps[pump] = True
            pump.report(changed if told else self.virtual.reported())


class _Beacon:
    """Answers probes; a `transport.Receiver`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._transport: Transport | None = None

    def connected(self, transport: Transport) -> None:
        self._transport = transport

    def received(self, data: bytes) -> None:
        answer = self._unit.probed(data)
        if answer is not None and self._transport is not None:
            self._transport.send(answer)

    def lost(self, reason: str) -> None:
        """Nothing is kept of a peer."""


def _other(key: bytes) -> bytes:
    return bytes(byte ^ 0xA5 for byte in key)
