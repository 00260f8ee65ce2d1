"""A listening socket whose connections shake hands (TLS) before they are guests.

Owns accepting and the handshake's time; never a certificate, and no bound (the host counts every connection from its
first moment: a loop's own server would hand one over only after its handshake, and hold any number until then).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Protocol

HANDSHAKE_SECONDS = 10.0
"""For a TLS handshake: a phone on bad Wi-Fi needs two, and who needs more opens another connection."""
PAUSE = 0.2
"""Seconds before the next try where the process has no file left for a connection."""


class Arriving:
    """A connection whose handshake is under way."""

    signed_in = False

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.begun = False

    @property
    def transport(self) -> Arriving:
        """Itself: it is told to go as a guest's transport is."""
        return self

    def abort(self) -> None:
        """Ends the handshake and the connection."""
        if self.task is not None:
            self.task.cancel()


class Host(Protocol):
    """Who counts connections and makes their protocols."""

    def __call__(self) -> asyncio.Protocol: ...
    def came(self, guest: Arriving, /) -> None: ...
    def left(self, guest: Arriving, /) -> None: ...


class TlsServer:
    """Listens at once, and has of `asyncio.Server` what aiohttp's sites use. OSError where the port is not to be had.

    A context whose certificate is loaded anew serves the new one to whoever comes from then on.
    """

    def __init__(self, host: Host, address: str, port: int, backlog: int, context: ssl.SSLContext) -> None:
        self._host, self._context = host, context
        self._socket = _listening(address, port, backlog)
        self._shaking: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    @property
    def sockets(self) -> Sequence[socket.socket]:
        """Where it listens."""
        return [self._socket]

    def close(self) -> None:
        """Accepts nobody any more, and ends the handshakes under way."""
        self._accepting.cancel()
        for task in tuple(self._shaking):
            task.cancel()
        self._socket.close()

    async def wait_closed(self) -> None:
        """Until all handshakes have ended."""
        await asyncio.gather(self._accepting, *self._shaking, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(self._socket)
            except OSError:  # a client that went before it was taken, or no file is left
                await asyncio.sleep(PAUSE)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._welcome(client)

    def _welcome(self, client: socket.socket) -> None:
        arriving = Arriving()
        task = arriving.task = asyncio.get_running_loop().create_task(self._shake(client, arriving))
        self._shaking.add(task)

        def ended(_: asyncio.Task[None]) -> None:
            self._shaking.discard(task)
            if not arriving.begun:  # told to go before it could begin
                self._host.left(arriving)
                client.close()

        task.add_done_callback(ended)
        self._host.came(arriving)

    async def _shake(self, client: socket.socket, arriving: Arriving) -> None:
        arriving.begun = True  # from here on the loop closes the socket
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                self._host, client, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except (
            OSError,
            TimeoutError,
        ):  # a handshake that fails is the client's affair; ssl's errors are OSErrors
            client.close()
        except asyncio.CancelledError:
            client.close()
            raise
        finally:
            self._host.left(arriving)


def _listening(address: str, port: int, backlog: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(backlog)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
