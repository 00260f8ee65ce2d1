"""The shape of everything that moves bytes. Owns the contract of a transport; never opens one and never
reads a byte.

The contract, the same for every transport in this room (tests/transport/test_contract.py holds them to it):

* `connected` is called once, before anything else; `received` any number of times; `lost` at most once,
  last.
* After our own `close()` nothing is called any more: neither `received` nor `lost`.
* `send` never blocks and never raises; what cannot be sent is dropped and counted (datagrams) or ends in
  `lost` (streams).
* `peer` is the numeric address "host:port", IPv6 hosts in brackets.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Protocol

WRITE_LIMIT = 256 * 1024
"""Bytes that may wait for a peer that does not read: hundreds of the largest frames any family has; beyond
it is dead."""


class Transport(Protocol):
    """One way to one peer."""

    @property
    def peer(self) -> str:
        """The other end as "host:port"."""
        ...

    def send(self, data: bytes) -> None:
        """One datagram, or the next bytes of the stream. Never blocks, never raises."""
        ...

    def close(self) -> None:
        """Ends it; idempotent. The receiver hears nothing afterwards."""
        ...


class Receiver(Protocol):
    """Who hears what a transport brings."""

    def connected(self, transport: Transport) -> None:
        """The way is open (a datagram way is open before anybody answered)."""
        ...

    def received(self, data: bytes) -> None:
        """One datagram, or the next piece of a stream, of any size above 0."""
        ...

    def lost(self, reason: str) -> None:
        """The way is closed, and not by us. `reason` is a sentence's part for a person ("closed by the
        device")."""
        ...


Accept = Callable[[str], Receiver | None]
"""Called with a new peer's "host:port": who shall hear it, or None to turn it away."""


class Server(Protocol):
    """A place where peers come in."""

    @property
    def address(self) -> tuple[str, int]:
        """The numeric host and port it is bound to."""
        ...

    def close(self) -> None:
        """Stops listening and ends all that came in; their receivers hear `lost`. Idempotent."""
        ...


def written(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """A socket address as "host:port"."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reason_of(error: BaseException | None, otherwise: str) -> str:
    """What the operating system said, short and for a person."""
    if isinstance(error, OSError) and error.errno is not None:
        # getaddrinfo's numbers are its own; asyncio puts an address into the text of the others.
        text = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno)
        return (text or otherwise).lower()
    if isinstance(error, TimeoutError):
        return "timed out"
    return str(error) or otherwise if error is not None else otherwise
