"""Services that announce themselves by multicast DNS (RFC 6762, RFC 6763), and announcing one's own.

Owns the browsing and the announcing; never reads a name, and never chooses one (`hub/announce.py` does).

`zeroconf` is imported when somebody searches or announces and not before: it costs a tenth of a second that a
start does not have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from jiahe.model.errors import LinkError
from jiahe.transport.transport import reason_of

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

MIIO = "_miio._udp.local."
SERVICES = 256
"""Instances of one service in one home: more is somebody playing tricks."""

RESOLVE = 1500
"""Milliseconds to wait for one instance's address."""


class Announced(NamedTuple):
    """An instance ("zhimi-airpurifier-mb4_miio123456789"), its IPv4 address and port."""

    name: str
    address: str
    port: int


class Offered(NamedTuple):
    """One of our own services: "_https._tcp.local.", the instance's name for people, its port."""

    kind: str
    name: str
    port: int


VIRTUAL = ("docker", "br-", "veth", "virbr", "lxc", "lxd", "cni", "podman", "vmnet", "vboxnet", "flannel")
"""How interfaces begin behind which no phone is: an address of theirs in an answer is one that a browser tries in vain."""


def own_addresses() -> list[str]:
    """This machine's addresses in its networks, without loopback and containers' bridges; IPv6 without link-local ones,
    which mean nothing on another machine. Reads the system's table: for a thread.
    """
    import ifaddr

    found = []
    for adapter in ifaddr.get_adapters():
        if adapter.nice_name.lower().startswith(VIRTUAL):
            continue
        for entry in adapter.ips:
            address = ip_address(entry.ip if isinstance(entry.ip, str) else entry.ip[0])
            if not (address.is_loopback or (address.version == 6 and address.is_link_local)):
                found.append(str(address))
    return found


class Announcer:
    """Tells the network one host name and its services. Made by `await Announcer.open()`; LinkError where multicast
    cannot be used.
    """

    def __init__(self, node: AsyncZeroconf) -> None:
        self._node = node
        self._told: list[AsyncServiceInfo] = []

    @classmethod
    async def open(cls, interfaces: Sequence[str] | None = None) -> Announcer:
        """`interfaces` are own addresses, None for all."""
        await asyncio.to_thread(_load)
        from zeroconf import InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        try:
            where = list(interfaces) if interfaces else InterfaceChoice.All
            return cls(AsyncZeroconf(interfaces=where, ip_version=IPVersion.V4Only))
        except OSError as error:
            raise LinkError(f"cannot announce by multicast DNS: {reason_of(error, 'no socket')}") from error

    async def others(self, host: str, own: Sequence[str], wait: int = RESOLVE) -> list[str]:
        """Addresses that others give for this host ("jiahe.local."), asked for up to `wait` milliseconds: [] where
        the name is free, or only this machine's.
        """
        import zeroconf

        asked = zeroconf.AddressResolverIPv4(host)  # type: ignore[attr-defined]  # there, and not named as exported
        await asked.async_request(self._node.zeroconf, wait)
        return sorted(set(asked.parsed_addresses(zeroconf.IPVersion.V4Only)) - set(own))

    async def announce(self, host: str, addresses: Sequence[str], services: Sequence[Offered]) -> None:
        """These, in place of what was announced before. An instance's name that is taken gets a number."""
        from zeroconf.asyncio import AsyncServiceInfo

        await self.withdraw()
        for service in services:
            name = service.name.replace(".", " ").strip()[:40]
            info = AsyncServiceInfo(
                service.kind,
                f"{name}.{service.kind}",
                service.port,
                server=host,
                parsed_addresses=list(addresses),
                properties={"path": "/"},
            )
            self._told.append(info)
            await self._node.async_register_service(info, allow_name_change=True, strict=False)

    async def withdraw(self) -> None:
        """Says goodbye to everything that was announced, so that no phone waits for an answer from here."""
        told, self._told = self._told, []
        for info in told:
            await (await self._node.async_unregister_service(info))

    async def close(self) -> None:
        """Withdraws and ends."""
        try:
            await self.withdraw()
        finally:
            await self._node.async_close()


def _load() -> None:
    import zeroconf.asyncio  # noqa: F401


async def browse(
    service: str = MIIO, seconds: float = 3.0, interfaces: Sequence[str] | None = None
) -> tuple[Announced, ...]:
    """The instances of a service that answer within `seconds`, by name; `interfaces` are own addresses,
    None for all.

    LinkError where multicast cannot be used at all.
    """
    from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

    names: set[str] = set()

    def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed and len(names) < SERVICES:
            names.add(name)

    try:
        node = AsyncZeroconf(
            interfaces=list(interfaces) if interfaces else InterfaceChoice.All, ip_version=IPVersion.V4Only
        )
    except OSError as error:
        raise LinkError(f"cannot search by multicast DNS: {reason_of(error, 'no socket')}") from error
    try:
        browser = AsyncServiceBrowser(node.zeroconf, service, handlers=[heard])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        infos = [AsyncServiceInfo(service, name) for name in sorted(names)]
        await asyncio.gather(*(info.async_request(node.zeroconf, RESOLVE) for info in infos))
        return tuple(
            Announced(info.name.removesuffix(f".{service}"), addresses[0], info.port or 0)
            for info in infos
            if (addresses := info.parsed_addresses(IPVersion.V4Only))
        )
    finally:
        await node.async_close()
