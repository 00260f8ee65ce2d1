"""Connections to the door: how many there may be, how long one may say nothing, and what is answered to no HTTP.

Owns one connection and the bound over all; never a request that could be read (the application answers those).

A request that cannot be read is answered and forgotten: its bytes may be a cookie, a token or a one-time code, and
whoever sends rubbish must not write the log.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from http import HTTPStatus
from typing import Protocol

from aiohttp import web

from jiahe.web.answer import Refused, error_answer
from jiahe.web.auth import harden_headers
from jiahe.web.tls_server import TlsServer

CONNECTIONS = 700
"""Open at once: 500 streams and as many requests as a home's phones make beside them; with the devices' own it stays
under the 1,024 files that a process has on most systems, so that nobody at the door can take a device's socket or the
database's file.
"""
IDLE_SECONDS = 30.0
"""For a whole request to arrive, from the connection's beginning or the last answer. A browser opens a new connection
without anybody noticing.
"""
BACKLOG = 128
"""Connections that the kernel holds until the loop has its turn."""

log = logging.getLogger(__name__)


class Guest(web.RequestHandler):
    """One connection. `signed_in` once somebody was known on it: such a connection makes no room for strangers'."""

    __slots__ = ("_house", "signed_in")

    def __init__(
        self, house: Guests, server: web.Server, loop: asyncio.AbstractEventLoop, idle: float
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=idle,
            access_log=None,  # type: ignore[arg-type]  # None is what aiohttp itself gives for none
            auto_decompress=False,  # packed bodies are refused: nothing is unpacked for a stranger
        )
        self._house, self.signed_in = house, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._house.came(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._house.left(self)
        super().connection_lost(exc)

    def log_exception(self, *args: object, **_: object) -> None:
        """Without the exception, whose text holds pieces of the request. What our own code did wrong is logged
        by `server` before it comes here.
        """
        log.debug("a connection failed: %s", args[0] if args else "")

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is said to a request that is no HTTP; never a piece of it."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer is out already")
        words = "This is no HTTP request that can be read."
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            words = "Something in the hub went wrong."
        answer = error_answer(Refused(status, "http", words))
        harden_headers(answer.headers)
        answer.force_close()
        return answer


class Stranger(Protocol):
    """A connection of which nothing is known but that it is there, such as one whose TLS handshake is under way."""

    @property
    def signed_in(self) -> bool: ...
    @property
    def transport(self) -> Leaving | None: ...


class Leaving(Protocol):
    """What can be told to go."""

    def abort(self) -> None: ...


class Guests:
    """All connections of a hub's doors, bounded together: they share the process's files."""

    def __init__(self, server: web.Server, limit: int, idle: float) -> None:
        self._server, self._limit, self._idle = server, limit, idle
        self._loop = asyncio.get_running_loop()
        self._here: dict[Stranger, None] = {}  # in the order of their coming

    def __len__(self) -> int:
        return len(self._here)

    def __call__(self) -> Guest:
        return Guest(self, self._server, self._loop, self._idle)

    def came(self, guest: Stranger) -> None:
        """Lets a new connection in: where the house is full, the oldest on which nobody signed in makes room."""
        self._here[guest] = None
        if len(self._here) > self._limit:
            leaving = next((other for other in self._here if not other.signed_in), guest)
            del self._here[leaving]
            if leaving.transport is not None:
                leaving.transport.abort()

    def left(self, guest: Stranger) -> None:
        """The connection is closed."""
        self._here.pop(guest, None)


class Door(web.BaseSite):
    """Where the application listens; as aiohttp's own TCPSite, with `Guests`. OSError where the port is not to be
    had.

    With a `context` it speaks TLS only; `beside` is a door with which it shares the bound over connections.
    """

    __slots__ = ("_connections", "_context", "_host", "_idle", "_port", "guests")

    def __init__(
        self,
        runner: web.BaseRunner,
        host: str,
        port: int,
        connections: int = CONNECTIONS,
        idle: float = IDLE_SECONDS,
        context: ssl.SSLContext | None = None,
        beside: Door | None = None,
    ) -> None:
        super().__init__(runner)
        self._host, self._port, self._connections, self._idle = host, port, connections, idle
        self._context = context
        self.guests: Guests | None = None if beside is None else beside.guests

    @property
    def name(self) -> str:
        return f"{'https' if self._context else 'http'}://{self._host}:{self._port}"

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        assert self._server is not None, "it was started"
        return int(self._server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]  # every server has them

    async def start(self) -> None:
        await super().start()
        server = self._runner.server
        assert server is not None, "the runner was set up"
        if self.guests is None:
            self.guests = Guests(server, self._connections, self._idle)
        guests = self.guests
        if self._context is None:
            self._server = await asyncio.get_running_loop().create_server(
                guests, self._host, self._port, backlog=BACKLOG, reuse_address=True
            )
        else:
            tls = TlsServer(guests, self._host, self._port, BACKLOG, self._context)
            self._server = tls  # type: ignore[assignment]  # it has of a server what a site uses
