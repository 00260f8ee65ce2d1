"""Asking a network who is there. Owns one socket that sends probes and hears replies; never reads a reply.

Every probe goes to every target once, and once more at half time (a datagram can be lost; three in a row
are known to upset some purifiers: rytilahti/python-miio#1167). IPv4 only, as both families' discovery is.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import socket as sockets
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jiahe.model.errors import LinkError
from jiahe.model.reasons import say
from jiahe.transport.transport import reason_of
from jiahe.wire.talk import Probe

TARGETS = 1024
"""Addresses in one sweep: four /24 networks; more is a typing error in a netmask."""

BURST = 32
"""Datagrams sent in one go, every PAUSE seconds: 3,200 a second, which a cheap access point still carries."""

PAUSE = 0.01

REPLIES = 4096
"""Replies heard in one sweep: TARGETS answering two probes twice; the rest is a storm or an attack."""

OnReply = Callable[[bytes, str], None]
"""Called with a reply and the address (host only) that it came from."""


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, on_reply: OnReply) -> None:
        self._on_reply = on_reply
        self._left = REPLIES

    def datagram_received(self, data: bytes, address: Any) -> None:
        if data and self._left > 0:
            self._left -= 1
            self._on_reply(data, address[0])

    def error_received(self, error: Exception) -> None:
        """A host said "port unreachable", or one target has no route: the others still count."""


async def sweep(probes: Sequence[Probe], targets: Sequence[str], seconds: float, on_reply: OnReply) -> None:
    """Sends each probe to each target (IPv4 addresses, broadcast ones too) and hears replies for `seconds`.

    Duplicate replies are passed on: whoever reads them knows what is the same. LinkError when there are
    more than TARGETS or no socket can be had.
    """
    if len(targets) > TARGETS:
        raise LinkError(say("search_large", count=len(targets), most=TARGETS))
    loop = asyncio.get_running_loop()
    try:
        ear, _ = await loop.create_datagram_endpoint(
            lambda: _Ear(on_reply),
            local_addr=("0.0.0.0", 0),  # noqa: S104 - replies come on any interface
            allow_broadcast=True,
        )
    except OSError as error:
        raise LinkError(say("search_none", why=reason_of(error, "no socket"))) from error
    start = loop.time()
    try:
        for at in (0.0, seconds / 2):
            await asyncio.sleep(max(0.0, start + at - loop.time()))
            await _send_all(ear, probes, targets, start + seconds)
        await asyncio.sleep(max(0.0, start + seconds - loop.time()))
    finally:
        ear.abort()


async def _send_all(
    ear: asyncio.DatagramTransport, probes: Sequence[Probe], targets: Iterable[str], until: float
) -> None:
    loop = asyncio.get_running_loop()
    sent = 0
    for target in targets:
        for probe in probes:
            with contextlib.suppress(OSError, ValueError):  # no route to this one: the others still count
                ear.sendto(probe.data, (target, probe.port))
            sent += 1
            if sent % BURST == 0:
                await asyncio.sleep(PAUSE)
                if loop.time() > until:
                    return


# ---- where to ask ------------------------------------------------------------------------------------------

_SIOCGIFBRDADDR = 0x8919  # <linux/sockios.h>
_SIOCGIFFLAGS = 0x8913
_IFF_UP, _IFF_BROADCAST, _IFF_LOOPBACK = 0x1, 0x2, 0x8  # <net/if.h>
_EVERYBODY = "255.255.255.255"


def broadcast_targets() -> tuple[str, ...]:
    """The broadcast address of every IPv4 interface that is up; 255.255.255.255 where they cannot be told.

    Interfaces without broadcast (loopback, tunnels) have no device behind them that answers one.
    """
    if sys.platform != "linux":
        return (_EVERYBODY,)
    found = []
    with sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM) as probe:
        for _, name in sockets.if_nameindex():
            flags = _ask_interface(probe, _SIOCGIFFLAGS, name)
            if flags is None:
                continue
            (bits,) = struct.unpack_from("=H", flags, 16)
            if bits & (_IFF_UP | _IFF_BROADCAST | _IFF_LOOPBACK) != _IFF_UP | _IFF_BROADCAST:
                continue
            answer = _ask_interface(probe, _SIOCGIFBRDADDR, name)
            if answer is not None:
                found.append(sockets.inet_ntoa(answer[20:24]))
    usable = [address for address in dict.fromkeys(found) if address != "0.0.0.0"]  # noqa: S104 - compared, not bound
    return tuple(usable) or (_EVERYBODY,)


def _ask_interface(probe: sockets.socket, request: int, name: str) -> bytes | None:
    """An answered `struct ifreq` (16 bytes name, then the union; netdevice(7)), or None where there is no
    such thing."""
    import fcntl

    asked = array.array("B", struct.pack("16s24x", name.encode()[:15]))
    try:
        fcntl.ioctl(probe.fileno(), request, asked, True)
    except OSError:
        return None
    return asked.tobytes()
