"""One suite over every transport: what `transport.transport` promises, udp, tcp and memory keep."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from jiahe.model.errors import LinkError
from jiahe.transport import memory, tcp, udp
from jiahe.transport.transport import Receiver, Server, Transport


@dataclass
class Ear:
    """A receiver that writes down what it hears, and can be waited for."""

    echo: bool = False
    heard: list[tuple[str, Any]] = field(default_factory=list)
    transport: Transport | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def connected(self, transport: Transport) -> None:
        self.transport = transport
        self._note("connected", transport.peer)

    def received(self, data: bytes) -> None:
        self._note("received", data)
        if self.echo and self.transport is not None:
            self.transport.send(data)

    def lost(self, reason: str) -> None:
        self._note("lost", reason)

    def _note(self, what: str, value: Any) -> None:
        self.heard.append((what, value))
        self.news.set()

    @property
    def bytes(self) -> bytes:
        return b"".join(value for what, value in self.heard if what == "received")

    def kinds(self) -> list[str]:
        return [what for what, _ in self.heard]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self.news.clear()
                await self.news.wait()


@dataclass
class Backend:
    name: str
    datagrams: bool
    connect: Callable[[str, int, Receiver], Awaitable[Transport]]
    serve: Callable[..., Awaitable[Server]]
    servers: list[Server] = field(default_factory=list)
    most: int = 32

    async def listen(self, accept: Callable[[str], Receiver | None]) -> Server:
        server = await self.serve("127.0.0.1", 0, accept)
        self.servers.append(server)
        return server

    async def pair(self, *, echo: bool = False) -> tuple[Ear, Ear, Server]:
        """A client and the server's end of it, after one byte went over."""
        there, here = Ear(echo), Ear()
        server = await self.listen(lambda _peer: there)
        transport = await self.connect(*server.address, here)
        transport.send(b"!")
        await there.until(lambda: there.bytes == b"!")
        if echo:
            await here.until(lambda: here.bytes == b"!")
        return here, there, server


def _echoed(ear: Ear) -> bool:
    return ear.bytes == b"x"


def _gone(ear: Ear) -> bool:
    return "lost" in ear.kinds()


@pytest.fixture(params=["udp", "tcp", "memory-datagrams", "memory-stream"])
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    name = request.param
    if name == "udp":
        made = Backend(name, True, udp.connect, udp.serve, most=udp.PEERS)
    elif name == "tcp":
        made = Backend(name, False, tcp.connect, tcp.serve, most=tcp.CONNECTIONS)
    else:
        network = memory.Network(datagrams=name.endswith("datagrams"), limit=8)
        made = Backend(name, network.datagrams, network.connect, network.serve, most=8)
    yield made
    for server in made.servers:
        server.close()
    await asyncio.sleep(0)


async def test_connected_comes_first_and_peers_are_numeric(backend: Backend) -> None:
    here, there, server = await backend.pair(echo=True)
    assert here.kinds() == ["connected", "received"]
    assert there.kinds() == ["connected", "received"]
    assert here.heard[0][1] == "{}:{}".format(*server.address)
    host, _, port = there.heard[0][1].rpartition(":")
    assert host == "127.0.0.1"
    assert int(port) > 0


async def test_the_returned_transport_is_the_one_announced(backend: Backend) -> None:
    server = await backend.listen(lambda _peer: Ear())
    here = Ear()
    transport = await backend.connect(*server.address, here)
    assert here.transport is transport


async def test_bytes_arrive_in_order_and_datagrams_keep_their_bounds(backend: Backend) -> None:
    here, there, _ = await backend.pair()
    assert here.transport is not None
    pieces = [bytes([number]) * (number + 1) for number in range(60)]
    for piece in pieces:
        here.transport.send(piece)
    await there.until(lambda: len(there.bytes) == 1 + sum(map(len, pieces)))
    assert there.bytes == b"!" + b"".join(pieces)
    if backend.datagrams:
        assert [value for what, value in there.heard if what == "received"] == [b"!", *pieces]


async def test_nothing_is_heard_after_our_own_close(backend: Backend) -> None:
    here, there, server = await backend.pair(echo=True)
    assert here.transport is not None
    here.transport.send(b"?")
    here.transport.close()
    here.transport.close()
    here.transport.send(b"never")
    if backend.datagrams:
        await there.until(lambda: there.bytes == b"!?")
    else:
        await there.until(lambda: "lost" in there.kinds())
    server.close()
    await asyncio.sleep(0.02)
    assert here.kinds() == ["connected", "received"]
    assert b"never" not in there.bytes


async def test_a_closed_server_ends_its_peers_once_and_frees_its_address(backend: Backend) -> None:
    here, there, server = await backend.pair()
    server.close()
    server.close()
    await there.until(lambda: "lost" in there.kinds())
    if not backend.datagrams:
        await here.until(lambda: "lost" in here.kinds())
    await asyncio.sleep(0.02)
    assert there.kinds().count("lost") == 1
    assert here.kinds().count("lost") == (0 if backend.datagrams else 1)
    again = await backend.serve(*server.address, lambda _peer: Ear())
    again.close()


async def test_a_device_that_comes_back_at_its_address_is_heard_again(backend: Backend) -> None:
    here, _, server = await backend.pair()
    server.close()
    second = Ear(echo=True)
    again = await backend.serve(*server.address, lambda _peer: second)
    backend.servers.append(again)
    if backend.datagrams:
        assert here.transport is not None
        here.transport.send(b"hello")
        await here.until(lambda: here.bytes == b"hello")
    else:
        other = Ear()
        (await backend.connect(*server.address, other)).send(b"hello")
        await other.until(lambda: other.bytes == b"hello")


async def test_an_address_in_use_says_so(backend: Backend) -> None:
    server = await backend.listen(lambda _peer: Ear())
    with pytest.raises(LinkError, match=r"cannot listen on .*(address already in use|could not bind)"):
        await backend.serve(*server.address, lambda _peer: Ear())


async def test_nobody_there(backend: Backend) -> None:
    server = await backend.listen(lambda _peer: Ear())
    address = server.address
    server.close()
    here = Ear()
    if backend.datagrams:
        transport = await backend.connect(*address, here)
        for _ in range(3):
            transport.send(b"anybody?")
            await asyncio.sleep(0.005)
        assert here.kinds() == ["connected"]
        transport.close()
    else:
        with pytest.raises(LinkError, match="did not take the connection"):
            await backend.connect(*address, here)
        assert here.kinds() == []


async def test_a_peer_turned_away_hears_nothing(backend: Backend) -> None:
    asked: list[str] = []

    def accept(peer: str) -> None:
        asked.append(peer)

    server = await backend.listen(accept)
    here = Ear()
    try:
        transport = await backend.connect(*server.address, here)
        transport.send(b"let me in")
        await asyncio.sleep(0.02)
    except LinkError:
        assert not backend.datagrams
    assert len(asked) >= 1
    assert here.bytes == b""


async def test_the_number_of_peers_is_bounded(backend: Backend) -> None:
    ears: list[Ear] = []

    def accept(_peer: str) -> Ear:
        ears.append(Ear(echo=True))
        return ears[-1]

    server = await backend.listen(accept)
    clients: list[Ear] = []
    for number in range(backend.most + 3):
        client = Ear()
        clients.append(client)
        try:
            transport = await backend.connect(*server.address, client)
        except LinkError:
            assert not backend.datagrams
            assert number >= backend.most
            continue
        transport.send(b"x")
        if backend.datagrams or number < backend.most:
            await client.until(partial(_echoed, client))
        else:
            await client.until(partial(_gone, client))
    if backend.datagrams:  # the one silent for longest makes room
        assert [ear.kinds()[-1] for ear in ears[:4]] == ["lost", "lost", "lost", "received"]
    else:  # who is there stays
        assert all("lost" not in ear.kinds() for ear in ears)
        assert len(ears) == backend.most


async def test_a_peer_that_does_not_read_is_cut_off_or_its_datagrams_dropped(backend: Backend) -> None:
    here, there, _ = await backend.pair()
    assert here.transport is not None
    if backend.name == "tcp":
        assert isinstance(there.transport, tcp.TcpTransport)
        assert there.transport._stream is not None
        there.transport._stream.pause_reading()
    piece = bytes(1024)
    for _ in range(16 * 1024):
        here.transport.send(piece)
    if backend.datagrams:
        await asyncio.sleep(0.02)
        assert "lost" not in here.kinds()
        return
    await here.until(lambda: "lost" in here.kinds())
    assert here.heard[-1] == ("lost", "the other side does not read")


async def test_a_datagram_too_long_is_dropped_and_counted() -> None:
    here = Ear()
    server = await udp.serve("127.0.0.1", 0, lambda _peer: Ear())
    transport = await udp.connect(*server.address, here)
    assert isinstance(transport, udp.UdpTransport)
    transport.send(bytes(70_000))
    await asyncio.sleep(0)
    assert transport.dropped + transport.refused == 1
    transport.close()
    server.close()


async def test_a_refusal_on_udp_is_counted_and_does_not_end_it() -> None:
    server = await udp.serve("127.0.0.1", 0, lambda _peer: Ear())
    address = server.address
    server.close()
    await asyncio.sleep(0)
    here = Ear()
    transport = await udp.connect(*address, here)
    assert isinstance(transport, udp.UdpTransport)
    for _ in range(4):
        transport.send(b"x")
        await asyncio.sleep(0.005)
    assert transport.refused >= 1
    back = await udp.serve(*address, lambda _peer: Ear(echo=True))
    transport.send(b"again")
    await here.until(lambda: here.bytes == b"again")
    transport.close()
    back.close()


async def test_only_the_connected_peer_is_heard_over_udp() -> None:
    there = Ear(echo=True)
    server = await udp.serve("127.0.0.1", 0, lambda _peer: there)
    here, stranger = Ear(), Ear()
    transport = await udp.connect(*server.address, here)
    transport.send(b"1")
    await there.until(lambda: there.bytes == b"1")
    own_port = int(there.heard[0][1].rpartition(":")[2])
    false = await udp.connect("127.0.0.1", own_port, stranger)
    false.send(b"lies")
    transport.send(b"2")
    await here.until(lambda: here.bytes == b"12")
    transport.close()
    false.close()
    server.close()


async def test_connecting_to_a_silent_host_ends_at_the_timeout() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:  # a full queue leaves the next one without an answer
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        with pytest.raises(LinkError, match=r"did not take the connection within 0\.05 s"):
            await tcp.connect("127.0.0.1", full.getsockname()[1], Ear(), timeout=0.05)
        for filler in fillers:
            filler.close()


async def test_a_name_that_does_not_exist_is_an_error_in_words() -> None:
    with pytest.raises(LinkError, match=r"no-such-host\.invalid:1 cannot be reached over UDP"):
        await udp.connect("no-such-host.invalid", 1, Ear())
