"""Very many listeners in one thread: WebSocket streams of a hub, or bare sockets, each frame with its moment.

Owns sockets and just enough of RFC 6455 to read a server's frames and answer its pings. As cheap as can be: what a
listener costs is in every measured arrival.
"""

from __future__ import annotations

import base64
import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from running import HOST, PATIENCE, RunningHub

PING, PONG = 9, 10


class Heard(NamedTuple):
    """One frame's body, and when it was whole (nanoseconds of the monotonic clock)."""

    at: int
    body: bytes


class Ear:
    """One connection to a port of this machine, given as what was read already."""

    def __init__(self, connection: socket.socket, rest: bytes = b"") -> None:
        self.socket, self._buffer = connection, rest
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def stream(cls, hub: RunningHub | tuple[int, str]) -> Ear:
        """A stream of a hub, or of the one at (port, token), from the present on."""
        port, token = (hub.port, hub.token()) if isinstance(hub, RunningHub) else hub
        connection = socket.create_connection((HOST, port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET /api/stream HTTP/1.1\r\nHost: {HOST}:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(1 << 16)
        head, _, rest = data.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n", 1)[0], head
        return cls(connection, rest)

    @classmethod
    def bare(cls, port: int) -> Ear:
        """A socket on which somebody writes such frames."""
        return cls(socket.create_connection((HOST, port), timeout=PATIENCE))

    def read(self) -> list[Heard]:
        """What has arrived; call it when there is something."""
        data = self.socket.recv(1 << 18)
        at = time.monotonic_ns()
        if not data:
            raise ConnectionError("a stream was closed by the hub")
        self._buffer += data
        heard = []
        while (frame := self._frame()) is not None:
            kind, body = frame
            if kind == PING:
                self.socket.sendall(bytes([0x80 | PONG, 0x80 | len(body), 0, 0, 0, 0]) + body)
            else:
                heard.append(Heard(at, body))
        return heard

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._buffer
        if len(data) < 2:
            return None
        size, head = data[1], 2
        if size == 126:
            size, head = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(data[2:10], "big"), 10
        if len(data) < head + size:
            return None
        self._buffer = data[head + size :]
        return data[0] & 15, data[head : head + size]


class Ears:
    """All of them, in one thread."""

    def __init__(self, ears: Sequence[Ear]) -> None:
        self._ears = ears
        self._selector = selectors.DefaultSelector()
        for ear in ears:
            self._selector.register(ear.socket, selectors.EVENT_READ, ear)

    def hear(self, seconds: float) -> list[Heard]:
        """What arrives within so many seconds; returns as soon as there is anything."""
        heard: list[Heard] = []
        for key, _ in self._selector.select(seconds):
            heard += key.data.read()
        return heard

    def wait(self, wanted: Callable[[bytes], bool]) -> list[int]:
        """When each of them heard its next wanted frame; each hears it once."""
        arrivals: list[int] = []
        until = time.monotonic() + PATIENCE
        while len(arrivals) < len(self._ears):
            if time.monotonic() > until:
                raise RuntimeError(
                    f"{len(arrivals)} of {len(self._ears)} listeners heard it in {PATIENCE:g} s"
                )
            arrivals += [heard.at for heard in self.hear(1.0) if wanted(heard.body)]
        return arrivals

    def close(self) -> None:
        self._selector.close()
        for ear in self._ears:
            ear.socket.close()
