"""TCP, both ends. Owns sockets and the bound on what may wait in them; never reads a byte.

Bytes go straight from the socket's callback to the receiver. Nagle's delay is off (a command is one small
packet that must leave at once) and keep-alive is on, so that a vanished peer is noticed even where the
family has no heartbeat.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
from collections.abc import Callable
from typing import cast

from jiahe.model.errors import LinkError
from jiahe.model.reasons import say
from jiahe.transport.transport import WRITE_LIMIT, Accept, Receiver, Server, Transport, reason_of, written

CONNECTIONS = 16
"""Connections that a device end holds: real dongles take one to four; more is a client that leaks them."""

KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
"""Seconds of silence, seconds between probes, probes: a vanished peer is noticed after one minute."""

LINGER = 2.0
"""Seconds that bytes already written may take to leave after `close`."""


class TcpTransport(asyncio.Protocol):
    """One connection. A peer that leaves more than WRITE_LIMIT unread is cut off: `lost`."""

    def __init__(self, receiver: Receiver, forget: Callable[[TcpTransport], None] | None = None) -> None:
        self._receiver = receiver
        self._forget = forget
        self._stream: asyncio.Transport | None = None
        self._closed = False
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = self._stream = cast(asyncio.Transport, transport)  # loops need not derive theirs from it
        stream.set_write_buffer_limits(WRITE_LIMIT)
        self.peer = written(transport.get_extra_info("peername") or ("unknown", 0))
        _tune(transport.get_extra_info("socket"))
        if self._closed:  # turned away before it was made
            stream.abort()
            return
        self._receiver.connected(self)

    def data_received(self, data: bytes) -> None:
        if not self._closed:
            self._receiver.received(data)

    def eof_received(self) -> bool:
        return False  # no family half-closes: the end of one way is the end

    def connection_lost(self, error: Exception | None) -> None:
        self.end(reason_of(error, "closed by the other side"))

    def send(self, data: bytes) -> None:
        stream = self._stream
        if self._closed or stream is None:
            return
        stream.write(data)
        if stream.get_write_buffer_size() > WRITE_LIMIT:
            # Not at once: `send` is called from inside the receiver, which must not hear `lost` in the middle
            # of it.
            asyncio.get_running_loop().call_soon(self.end, "the other side does not read")

    def end(self, reason: str) -> None:
        """Ends it from our side of the house but not by the receiver's wish: the receiver hears `lost`."""
        if not self._closed:
            self.close()
            self._receiver.lost(reason)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._forget is not None:
            self._forget(self)
        if self._stream is not None:
            self._stream.close()  # what was written leaves first …
            if self._stream.get_write_buffer_size():  # … but a peer that does not read cannot keep the socket
                asyncio.get_running_loop().call_later(LINGER, self._stream.abort)


def _tune(socket: sockets.socket | None) -> None:
    if socket is None:
        return
    with contextlib.suppress(OSError):  # a platform without one of these options still works
        socket.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:
            if hasattr(sockets, option):
                socket.setsockopt(sockets.IPPROTO_TCP, getattr(sockets, option), value)


async def connect(host: str, port: int, receiver: Receiver, timeout: float = 5.0) -> Transport:  # noqa: ASYNC109 - bounds the system call
    """A connection within `timeout` seconds, or LinkError saying why not."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            _, protocol = await loop.create_connection(lambda: TcpTransport(receiver), host, port)
    except TimeoutError:
        raise LinkError(say("way_late", host=host, port=port, seconds=f"{timeout:g}")) from None
    except OSError as error:
        raise LinkError(say("way_refused", host=host, port=port, why=reason_of(error, "refused"))) from error
    return protocol


class TcpServer:
    """Listens and holds at most CONNECTIONS; the next one is turned away."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._listener: asyncio.Server | None = None
        self._connections: set[TcpTransport] = set()
        self.address: tuple[str, int] = ("", 0)

    async def start(self, host: str, port: int) -> None:
        """Binds; OSError when it cannot."""
        self._listener = await asyncio.get_running_loop().create_server(
            self._incoming, host, port, family=sockets.AF_UNSPEC, backlog=CONNECTIONS, reuse_address=True
        )
        name = self._listener.sockets[0].getsockname()
        self.address = (name[0], name[1])

    def _incoming(self) -> asyncio.Protocol:
        return _Doorstep(self)

    def admit(self, stream: asyncio.BaseTransport) -> TcpTransport | None:
        """The protocol of a new connection, or None where it is turned away."""
        if self._listener is None or len(self._connections) >= CONNECTIONS:
            return None
        receiver = self._accept(written(stream.get_extra_info("peername") or ("unknown", 0)))
        if receiver is None:
            return None
        connection = TcpTransport(receiver, self._connections.discard)
        self._connections.add(connection)
        return connection

    def close(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for connection in list(self._connections):
            connection.end("the server was closed")


class _Doorstep(asyncio.Protocol):
    """A connection whose peer is not known yet; hands over as soon as it is."""

    def __init__(self, server: TcpServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast(asyncio.Transport, transport)
        connection = self._server.admit(stream)
        if connection is None:
            stream.abort()
            return
        stream.set_protocol(connection)
        connection.connection_made(stream)


async def serve(host: str, port: int, accept: Accept) -> Server:
    """Listens on one local address (port 0: any free one). LinkError when the address is taken or not
    ours."""
    server = TcpServer(accept)
    try:
        await server.start(host, port)
    except OSError as error:
        raise LinkError(f"cannot listen on TCP {host}:{port}: {reason_of(error, 'refused')}") from error
    return server
