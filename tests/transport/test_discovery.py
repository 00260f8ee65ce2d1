"""A sweep asks everybody once, and once more; it stops on time and hears only so much."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import time
from collections import Counter

import pytest

from jiahe.model.errors import LinkError
from jiahe.transport import discovery, mdns, udp
from jiahe.transport.transport import Server, Transport
from jiahe.wire.talk import Probe


class Responder:
    """A device that answers probes, so many times each."""

    def __init__(self, times: int = 1) -> None:
        self.asked: list[bytes] = []
        self._times = times
        self._transport: Transport | None = None

    def connected(self, transport: Transport) -> None:
        self._transport = transport

    def received(self, data: bytes) -> None:
        self.asked.append(data)
        assert self._transport is not None
        for _ in range(self._times):
            self._transport.send(b"here: " + data)

    def lost(self, reason: str) -> None: ...


async def device(host: str, port: int, times: int = 1) -> tuple[Responder, Server]:
    responder = Responder(times)
    return responder, await udp.serve(host, port, lambda _peer: responder)


async def test_every_probe_goes_to_every_target_twice() -> None:
    first, one = await device("127.0.0.1", 0)
    port = one.address[1]
    second, two = await device("127.0.0.2", port)
    replies: Counter[tuple[bytes, str]] = Counter()

    def hear(data: bytes, address: str) -> None:
        replies[data, address] += 1

    probes = (Probe(port, b"a"), Probe(port, b"b"))
    loop = asyncio.get_running_loop()
    start = loop.time()
    await discovery.sweep(probes, ["127.0.0.1", "127.0.0.2", "127.0.0.3"], 0.2, hear)
    assert loop.time() - start == pytest.approx(0.2, abs=0.15)
    for server in (one, two):
        server.close()
    assert first.asked == second.asked == [b"a", b"b"] * 2
    assert replies == {
        (b"here: " + data, host): 2 for data in (b"a", b"b") for host in ("127.0.0.1", "127.0.0.2")
    }


async def test_a_storm_of_replies_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "REPLIES", 10)
    _, server = await device("127.0.0.1", 0, times=30)
    heard: list[bytes] = []
    await discovery.sweep(
        [Probe(server.address[1], b"x")], ["127.0.0.1"], 0.05, lambda data, _address: heard.append(data)
    )
    server.close()
    assert len(heard) == 10


async def test_too_many_targets_are_refused_in_words() -> None:
    with pytest.raises(LinkError, match="1025 addresses are too many"):
        await discovery.sweep([], ["127.0.0.1"] * 1025, 1.0, lambda _data, _address: None)


async def test_a_target_without_a_route_does_not_hide_the_others() -> None:
    responder, server = await device("127.0.0.1", 0)
    heard: list[str] = []
    probe = Probe(server.address[1], b"x")
    targets = ["not an address", "240.0.0.1", "127.0.0.1"]
    await discovery.sweep([probe], targets, 0.05, lambda _data, address: heard.append(address))
    server.close()
    assert set(heard) == {"127.0.0.1"}
    assert responder.asked


def test_broadcast_targets_are_addresses() -> None:
    targets = discovery.broadcast_targets()
    assert targets
    for target in targets:
        assert not ipaddress.IPv4Address(target).is_loopback


async def test_a_service_announced_by_multicast_is_found_by_name() -> None:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

    # Multicast reaches other test runs on this machine too: each announces a device of its own.
    name = f"zhimi-airpurifier-mb4_miio{os.getpid()}{time.monotonic_ns() % 1000}"
    try:
        announcer = AsyncZeroconf(interfaces=["127.0.0.1"])
    except OSError:
        pytest.skip("no multicast on this machine")
    info = ServiceInfo(mdns.MIIO, f"{name}.{mdns.MIIO}", 54321, addresses=[bytes([127, 77, 0, 1])])
    try:
        await announcer.async_register_service(info)
        found = await mdns.browse(seconds=0.5, interfaces=["127.0.0.1"])
    finally:
        await announcer.async_close()
    assert mdns.Announced(name, "127.77.0.1", 54321) in found


async def test_browsing_where_nobody_is_gives_nothing() -> None:
    assert await mdns.browse("_nobody-here._udp.local.", 0.05, ["127.0.0.1"]) == ()
