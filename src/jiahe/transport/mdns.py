"""Services that announce themselves by multicast DNS (RFC 6762, RFC 6763). Owns the browsing; never reads
a name.

`zeroconf` is imported when somebody searches and not before: it costs a tenth of a second that a start
does not have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from jiahe.model.errors import LinkError
from jiahe.transport.transport import reason_of

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf

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
