"""One connection's security, both roles: V2 packets bare, V3 packets in envelopes after a handshake.

Owns the session key and what is cut from the stream; never what a packet says. News goes up as values, bytes to send
go into `out`; nothing raises.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jiahe.wire.midea import envelope, packet
from jiahe.wire.midea.crypto import SessionCipher
from jiahe.wire.midea.stream import Cutter
from jiahe.wire.talk import Entropy, Role

COUNTER_MASK = 0x0FFF
"""msmart-ng's width; devices do not check the counter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet whose signature is right."""

    packet: packet.Packet


@dataclass(frozen=True, slots=True)
class Ready:
    """The handshake is done."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The other side will not have our token, or our key does not open its answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """This connection is of no more use."""

    why: str


@dataclass(frozen=True, slots=True)
class Odd:
    """Bytes not believed. `damaged`: their very length may be wrong, so the stream is searched again within them."""

    why: str
    data: bytes
    damaged: bool = False


News = Heard | Ready | Denied | Lost | Odd


class Lane(Protocol):
    """What both versions offer."""

    out: list[bytes]
    ready: bool

    def greet(self) -> None:
        """HUB: (again) ask for the session; nothing where there is no handshake."""
        ...

    def send(self, signed: bytes) -> None:
        """A packet's bytes, onto the wire."""
        ...

    def feed(self, data: bytes) -> list[News]:
        """The next piece of the stream."""
        ...


def _drain(cutter: Cutter, understand: Callable[[bytes], News | None]) -> list[News]:
    """Every whole unit of the stream, understood in order; stops at Lost and Denied."""
    news: list[News] = []
    while (unit := cutter.next()) is not None:
        said = understand(unit)
        if isinstance(said, Odd) and said.damaged:
            cutter.reject()
        else:
            cutter.accept()
        if said is not None:
            news.append(said)
        if isinstance(said, Lost | Denied):
            return news
    if cutter.skipped():
        news.append(
            Odd("bytes between packets", b"")
        )  # of unknown origin: a cut greeting would show its token
    if cutter.hopeless:
        news.append(Lost("the stream is out of step: 64 kB without a packet"))
    return news


class BareLane:
    """V2: a stream of packets."""

    ready = True

    def __init__(self) -> None:
        self.out: list[bytes] = []
        self._cutter = Cutter(packet.START, packet.length)

    def greet(self) -> None:
        return

    def send(self, signed: bytes) -> None:
        self.out.append(signed)

    def feed(self, data: bytes) -> list[News]:
        self._cutter.feed(data)
        return _drain(self._cutter, _open)


class SealedLane:
    """V3: a stream of envelopes. `token` and `key` are the device's; wrong ones end in Denied, not in an error."""

    def __init__(self, role: Role, token: bytes, key: bytes, entropy: Entropy) -> None:
        self.out: list[bytes] = []
        self.ready = False
        self._role, self._token, self._key, self._entropy = role, token, key, entropy
        self._cutter = Cutter(envelope.START, envelope.length)
        self._cipher: SessionCipher | None = None
        self._counter = 0
        self.nonce_seal = b""
        self._sends = envelope.Type.REQUEST if role is Role.HUB else envelope.Type.REPLY
        self._hears = envelope.Type.REPLY if role is Role.HUB else envelope.Type.REQUEST

    def greet(self) -> None:
        self.out.append(envelope.greeting(self._token, self._count()))

    def send(self, signed: bytes) -> None:
        if self._cipher is not None:
            self.out.append(
                envelope.seal(self._cipher, self._sends, self._count(), signed, self._entropy(15))
            )

    def feed(self, data: bytes) -> list[News]:
        self._cutter.feed(data)
        return _drain(self._cutter, self._understand)

    def _count(self) -> int:
        self._counter = (self._counter + 1) & COUNTER_MASK
        return self._counter

    def _understand(self, unit: bytes) -> News | None:
        read = envelope.split(unit)
        if read.type == self._hears:
            return self._unseal(read, unit)
        if self._role is Role.HUB and read.type == envelope.Type.HANDSHAKE_REPLY:
            return self._greeted(read, unit)
        if self._role is Role.HUB and read.type == envelope.Type.ERROR:
            return (
                Lost("the device dropped the session key (ERROR packet)")
                if self.ready
                else Denied("ERROR packet")
            )
        if self._role is Role.DEVICE and read.type == envelope.Type.HANDSHAKE:
            return self._welcome(read)
        shown = b"" if read.type == envelope.Type.HANDSHAKE else unit
        return Odd(f"an envelope of type {read.type} means nothing here", shown)

    def _unseal(self, read: envelope.Envelope, unit: bytes) -> News:
        if self._cipher is None:
            if self._role is Role.DEVICE:
                self.out.append(envelope.ERROR)
            return Odd("an encrypted envelope before the handshake", unit)
        inner = envelope.unseal(self._cipher, read)
        if inner is None:
            return Odd("the envelope's hash is wrong", unit, damaged=True)
        return _open(inner, unit)

    def _greeted(self, read: envelope.Envelope, unit: bytes) -> News | None:
        if self.ready:
            return None  # the answer to a greeting that we had repeated
        if len(read.body) != 2 + envelope.NONCE_SIZE + envelope.HASH:
            return Odd("a handshake answer of the wrong length", unit)
        self.nonce_seal = read.body[2:]
        nonce = envelope.nonce_of(read.body, self._key)
        if nonce is None:
            return Denied("the key does not open the device's answer")
        self._begin(nonce)
        return Ready()

    def _welcome(self, read: envelope.Envelope) -> News | None:
        if not hmac.compare_digest(read.body[2:], self._token):
            self.out.append(envelope.ERROR)
            return Odd("a handshake with a wrong token", b"")
        nonce = self._entropy(envelope.NONCE_SIZE)
        self.out.append(envelope.greeting_reply(self._key, nonce, self._count()))
        again = self.ready
        self._begin(nonce)
        return None if again else Ready()

    def _begin(self, nonce: bytes) -> None:
        self._cipher = SessionCipher(envelope.session_key(nonce, self._key))
        self.ready = True


def _open(signed: bytes, unit: bytes | None = None) -> Heard | Odd:
    read = packet.decode(signed)
    return Odd(read, unit or signed, damaged=unit is None) if isinstance(read, str) else Heard(read)
