"""A network inside one process: the same shapes as udp and tcp, deterministic, for virtual time.

Owns delivery in order after a fixed latency; never touches a socket. With `datagrams` it behaves as UDP
does (connecting always works, bytes to nobody vanish, the other end never learns of a close), without as
TCP does. What one `send` gave arrives as one `received`.
"""

from __future__ import annotations

import asyncio
from collections import deque

from jiahe.model.errors import LinkError
from jiahe.transport.transport import WRITE_LIMIT, Accept, Receiver, Server, Transport, written


class MemoryTransport:
    """One end of a way. `dropped` counts datagrams that found no room or nobody."""

    def __init__(
        self, network: Network, own: tuple[str, int], other: tuple[str, int], receiver: Receiver
    ) -> None:
        self._network = network
        self.own_address = own
        self.other_address = other
        self.receiver = receiver
        self.twin: MemoryTransport | None = None
        self.peer = written(other)
        self.dropped = 0
        self._closed = False
        self._arriving: deque[tuple[float, bytes | None]] = deque()
        self._arriving_size = 0
        self._timer: asyncio.Handle | None = None

    @property
    def closed(self) -> bool:
        return self._closed

    def send(self, data: bytes) -> None:
        if self._closed or not data:
            return
        twin = self.twin if self.twin is not None else self._network.find_twin(self)
        if twin is None or twin.closed:
            self.dropped += 1
        elif not twin.put(data):
            self.dropped += 1
            if not self._network.datagrams:
                asyncio.get_running_loop().call_soon(self.end, "the other side does not read")

    def put(self, data: bytes | None) -> bool:
        """Something (None: the end) is on its way here; False when too much is already."""
        if data is not None and self._arriving_size + len(data) > WRITE_LIMIT:
            return False
        loop = asyncio.get_running_loop()
        self._arriving.append((loop.time() + self._network.latency, data))
        self._arriving_size += len(data or b"")
        self._arm(loop)
        return True

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        # One timer a way, not one a datagram: two timers for the same instant have no promised order.
        if self._timer is None and self._arriving and not self._closed:
            due = self._arriving[0][0]
            self._timer = (
                loop.call_soon(self._arrive) if due <= loop.time() else loop.call_at(due, self._arrive)
            )

    def _arrive(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        _, data = self._arriving.popleft()
        self._arriving_size -= len(data or b"")
        if data is None:
            self.end("closed by the other side")
            return
        self._arm(loop)
        self.receiver.received(data)

    def end(self, reason: str) -> None:
        """Ends it, and not by the receiver's wish: the receiver hears `lost`."""
        if not self._closed:
            self.close()
            self.receiver.lost(reason)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._arriving.clear()
        self._network.forget(self)
        if not self._network.datagrams and self.twin is not None and not self.twin.closed:
            self.twin.put(None)


class _MemoryServer:
    def __init__(self, network: Network, address: tuple[str, int], accept: Accept) -> None:
        self._network = network
        self.address = address
        self.accept = accept
        self.peers: dict[tuple[str, int], MemoryTransport] = {}

    def close(self) -> None:
        self._network.remove(self)
        for peer in list(self.peers.values()):
            peer.end("the server was closed")


class Network:
    """Hosts and ports in memory. `latency` is seconds one way and may be changed at any time."""

    def __init__(self, *, datagrams: bool = False, latency: float = 0.0, limit: int = 32) -> None:
        self.datagrams = datagrams
        self.latency = latency
        self._limit = limit
        self._servers: dict[tuple[str, int], _MemoryServer] = {}
        self._next_port = 49152

    async def serve(self, host: str, port: int, accept: Accept) -> Server:
        """As `udp.serve` and `tcp.serve`: LinkError when the address is taken; port 0 means any."""
        address = (host, port or self._port())
        if address in self._servers:
            raise LinkError(f"cannot listen on {host}:{port}: address already in use")
        server = self._servers[address] = _MemoryServer(self, address, accept)
        return server

    async def connect(self, host: str, port: int, receiver: Receiver, timeout: float = 5.0) -> Transport:  # noqa: ASYNC109 - bounds the system call
        """As `udp.connect` and `tcp.connect`: without `datagrams`, LinkError where nobody listens."""
        own = ("127.0.0.1", self._port())
        transport = MemoryTransport(self, own, (host, port), receiver)
        await asyncio.sleep(min(2 * self.latency, timeout) if not self.datagrams else 0)
        twin = self._admit(transport) if not self.datagrams else None
        if twin is None and not self.datagrams:
            raise LinkError(f"{host}:{port} did not take the connection: connection refused")
        receiver.connected(transport)
        return transport

    def find_twin(self, transport: MemoryTransport) -> MemoryTransport | None:
        """The server's end for a datagram's sender: an old one that lives, or a new one, or nobody."""
        server = self._servers.get(transport.other_address)
        if server is None:
            return None
        return server.peers.get(transport.own_address) or self._admit(transport)

    def _admit(self, transport: MemoryTransport) -> MemoryTransport | None:
        server = self._servers.get(transport.other_address)
        if server is None:
            return None
        if len(server.peers) >= self._limit:
            if not self.datagrams:
                return None
            next(iter(server.peers.values())).end("a newer peer took its place")
        receiver = server.accept(written(transport.own_address))
        if receiver is None:
            return None
        twin = MemoryTransport(self, server.address, transport.own_address, receiver)
        twin.twin = transport
        if not self.datagrams:
            transport.twin = (
                twin  # a datagram finds its way anew each time: the server may have been replaced
            )
        server.peers[transport.own_address] = twin
        receiver.connected(twin)
        return twin

    def forget(self, transport: MemoryTransport) -> None:
        """A transport was closed; if it was a server's end, its place is free."""
        server = self._servers.get(transport.own_address)
        if server is not None and server.peers.get(transport.other_address) is transport:
            del server.peers[transport.other_address]

    def remove(self, server: _MemoryServer) -> None:
        """A server was closed; its address is free."""
        if self._servers.get(server.address) is server:
            del self._servers[server.address]

    def _port(self) -> int:
        self._next_port += 1
        return self._next_port
