"""The 8370 envelope of V3: handshake, encryption and hash around 5A5A packets. Owns one connection's session key.

`83 70 | u16 size (big endian, bytes after the header less 2) | 20 | pad << 4 | type | u16 counter | …`. An encrypted
envelope is `AES-CBC(session key, counter + packet + pad)` and SHA-256 over header and plaintext. The handshake: the
hub shows the 64-byte token; the device answers `AES-CBC(key, nonce)` and SHA-256(nonce); session key = nonce XOR key.
Facts: msmart-ng and midea-local (MIT); the vector of `tests/vectors/midea/packets.json` is a real V3 answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from jiahe.wire.midea import crypto

START = b"\x83\x70"
MARK = 0x20
HEADER = 6
HASH = 32
TOKEN_SIZE = 64
KEY_SIZE = 32
NONCE_SIZE = 32
SMALLEST = HEADER + 2
LARGEST = 2200
"""A largest packet (2048) with counter, pad and hash; more is not an envelope."""

ERROR = bytes.fromhex("83700005200f0000") + b"ERROR"
"""As a real unit sends it (mac-zhou/midea-ac-py, issue 88)."""


class Type(IntEnum):
    """The low nibble of the sixth byte."""

    HANDSHAKE = 0x0
    HANDSHAKE_REPLY = 0x1
    REPLY = 0x3
    REQUEST = 0x6
    ERROR = 0xF


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as it stands on the wire: `body` is everything after the 6-byte header."""

    type: int
    pad: int
    body: bytes
    header: bytes


def length(head: bytes) -> int | None:
    """How long the envelope is that begins with these bytes: 0 while too few to tell, None if it cannot be one."""
    if len(head) < HEADER:
        return 0
    said = int.from_bytes(head[2:4], "big") + 8
    return said if head[4] == MARK and SMALLEST <= said <= LARGEST else None


def split(data: bytes) -> Envelope:
    """The parts of exactly one envelope, as `length` measured it."""
    return Envelope(data[5] & 0x0F, data[5] >> 4, data[HEADER:], data[:HEADER])


def _header(size: int, pad: int, kind: Type) -> bytes:
    return START + size.to_bytes(2, "big") + bytes([MARK, pad << 4 | kind])


def greeting(token: bytes, counter: int) -> bytes:
    """HUB: the handshake request."""
    return _header(len(token), 0, Type.HANDSHAKE) + counter.to_bytes(2, "big") + token


def greeting_reply(key: bytes, nonce: bytes, counter: int) -> bytes:
    """DEVICE: the handshake's answer, 72 bytes."""
    body = crypto.SessionCipher(key).seal(nonce) + sha256(nonce).digest()
    return _header(len(body), 0, Type.HANDSHAKE_REPLY) + counter.to_bytes(2, "big") + body


def nonce_of(body: bytes, key: bytes) -> bytes | None:
    """HUB: the nonce in a handshake's answer; None where our key does not open it."""
    if len(body) != 2 + NONCE_SIZE + HASH:
        return None
    nonce = crypto.SessionCipher(key).open(body[2 : 2 + NONCE_SIZE])
    return nonce if sha256(nonce).digest() == body[-HASH:] else None


def session_key(nonce: bytes, key: bytes) -> bytes:
    """The key of this connection."""
    return bytes(a ^ b for a, b in zip(nonce, key, strict=True))


def seal(cipher: crypto.SessionCipher, kind: Type, counter: int, packet: bytes, padding: bytes) -> bytes:
    """An encrypted envelope. `padding` is at least 15 random bytes, of which as many as needed are used."""
    pad = -(len(packet) + 2) % crypto.BLOCK
    header = _header(len(packet) + pad + HASH, pad, kind)
    plain = counter.to_bytes(2, "big") + packet + padding[:pad]
    return header + cipher.seal(plain) + sha256(header + plain).digest()


def unseal(cipher: crypto.SessionCipher, envelope: Envelope) -> bytes | None:
    """The packet inside; None where length, hash or pad is wrong."""
    sealed = envelope.body[:-HASH]
    if not sealed or len(sealed) % crypto.BLOCK:
        return None
    plain = cipher.open(sealed)
    if sha256(envelope.header + plain).digest() != envelope.body[-HASH:]:
        return None
    end = len(plain) - envelope.pad
    return plain[2:end] if end >= 2 else None
