"""UDP, both ends: a connected socket to one device, or one socket that many hubs speak to.

Owns sockets; never reads a byte and never resends one. Datagrams go straight from the socket's callback to
the receiver: there is no queue to wait in. A "connection refused" from the other host is an observation,
not an end: a rebooting device refuses for a few seconds and then answers; it is counted in `refused`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, cast

from jiahe.model.errors import LinkError
from jiahe.model.reasons import say
from jiahe.transport.transport import Accept, Receiver, Server, Transport, reason_of, written

PEERS = 32
"""Peers that a device end remembers: a few phones and hubs; the one silent for longest makes room."""


class UdpTransport(asyncio.DatagramProtocol):
    """One connected socket: the kernel lets through only what this peer sends.

    `refused` counts errors that the network returned, `dropped` what we could not send.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._socket: asyncio.DatagramTransport | None = None
        self._closed = False
        self._full = False
        self.peer = ""
        self.refused = 0
        self.dropped = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.DatagramTransport, transport)  # loops need not derive theirs from it
        self.peer = written(transport.get_extra_info("peername"))
        self._receiver.connected(self)

    def datagram_received(self, data: bytes, _address: Any) -> None:
        if data and not self._closed:
            self._receiver.received(data)

    def pause_writing(self) -> None:
        self._full = True  # the loop holds 64 kB that the kernel does not take

    def resume_writing(self) -> None:
        self._full = False

    def error_received(self, _error: Exception) -> None:
        self.refused += 1

    def connection_lost(self, error: Exception | None) -> None:
        if not self._closed:
            self._closed = True
            self._receiver.lost(reason_of(error, "the socket was closed"))

    def send(self, data: bytes) -> None:
        socket = self._socket
        if self._closed or socket is None:
            return
        if self._full:
            self.dropped += 1
            return
        try:
            socket.sendto(data)
        except (OSError, ValueError):  # ValueError: longer than a datagram can be
            self.dropped += 1

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._socket is not None:
                self._socket.abort()


async def connect(host: str, port: int, receiver: Receiver) -> Transport:
    """A way to this host and port (numeric or a name). LinkError when there is no such host or no route."""
    loop = asyncio.get_running_loop()
    try:
        _, protocol = await loop.create_datagram_endpoint(
            lambda: UdpTransport(receiver), remote_addr=(host, port)
        )
    except OSError as error:
        raise LinkError(say("way_udp", host=host, port=port, why=reason_of(error, "no route"))) from error
    return protocol


class _Peer:
    """One peer of a server, as a transport."""

    def __init__(self, server: UdpServer, address: Any, receiver: Receiver) -> None:
        self._server = server
        self.socket_address = address
        self.receiver = receiver
        self.peer = written(address)
        self.heard = 0.0

    def send(self, data: bytes) -> None:
        self._server.send(self, data)

    def close(self) -> None:
        self._server.forget(self)


class UdpServer(asyncio.DatagramProtocol):
    """One bound socket; each peer address has a receiver of its own. `dropped` counts what could not be
    sent."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._loop = asyncio.get_running_loop()
        self._socket: asyncio.DatagramTransport | None = None
        self._peers: dict[Any, _Peer] = {}
        self._full = False
        self.address: tuple[str, int] = ("", 0)
        self.dropped = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.DatagramTransport, transport)  # loops need not derive theirs from it
        name = transport.get_extra_info("sockname")
        self.address = (name[0], name[1])

    def datagram_received(self, data: bytes, address: Any) -> None:
        if not data or self._socket is None:
            return
        peer = self._peers.get(address)
        if peer is None:
            receiver = self._accept(written(address))
            if receiver is None:
                return
            peer = self._admit(address, receiver)
        peer.heard = self._loop.time()
        peer.receiver.received(data)

    def _admit(self, address: Any, receiver: Receiver) -> _Peer:
        if len(self._peers) >= PEERS:
            silent = min(self._peers.values(), key=lambda peer: peer.heard)
            self.forget(silent)
            silent.receiver.lost("a newer peer took its place")
        peer = self._peers[address] = _Peer(self, address, receiver)
        receiver.connected(peer)
        return peer

    def pause_writing(self) -> None:
        self._full = True  # the loop holds 64 kB that the kernel does not take

    def resume_writing(self) -> None:
        self._full = False

    def error_received(self, _error: Exception) -> None:
        self.dropped += 1

    def connection_lost(self, error: Exception | None) -> None:
        self._end(reason_of(error, "the socket was closed"))

    def send(self, peer: _Peer, data: bytes) -> None:
        """A datagram to one peer; dropped and counted once the peer is forgotten or the socket is full."""
        if self._socket is None or self._peers.get(peer.socket_address) is not peer:
            return
        if self._full:
            self.dropped += 1
            return
        try:
            self._socket.sendto(data, peer.socket_address)
        except (OSError, ValueError):
            self.dropped += 1

    def forget(self, peer: _Peer) -> None:
        """The peer's transport was closed: its next datagram makes a new one."""
        if self._peers.get(peer.socket_address) is peer:
            del self._peers[peer.socket_address]

    def close(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            with contextlib.suppress(OSError):
                socket.abort()
        self._end("the server was closed")

    def _end(self, reason: str) -> None:
        self._socket = None
        peers, self._peers = list(self._peers.values()), {}
        for peer in peers:
            peer.receiver.lost(reason)


async def serve(host: str, port: int, accept: Accept) -> Server:
    """Listens on one local address (port 0: any free one). LinkError when the address is taken or not
    ours."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0)  # a socket that was just closed gives its address back on the loop's next turn
    try:
        _, server = await loop.create_datagram_endpoint(lambda: UdpServer(accept), local_addr=(host, port))
    except OSError as error:
        raise LinkError(f"cannot listen on UDP {host}:{port}: {reason_of(error, 'refused')}") from error
    return server
