"""What passes while a band is unlocked: a key, a challenge, its proof. Owns these messages, both ways; keeps no state.

Written to and notified by one characteristic. Asked: `kind flag body`; answered: `0x10 kind status body`. Kinds: 1 a
new key (16 bytes, confirmed by a tap), 2 a challenge is wanted (16 random bytes come back), 3 the challenge under
AES-128-ECB. Newer bands set the top bit of kinds 2 and 3, and a longer request of a challenge.
Facts: the published findings of the Gadgetbridge project, in our own words.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jiahe.wire.huami.generation import Generation

KEY_SIZE = 16
_ANSWER = 0x10
_KIND = 0x0F


class Kind(IntEnum):
    KEY = 1
    CHALLENGE = 2
    PROOF = 3


class Status(IntEnum):
    """1 is yes; bands say no with any other number, most often 4 (older) or 8."""

    YES = 1
    NO = 4


class Message(NamedTuple):
    """One of these messages; `status` only in an answer."""

    kind: Kind
    body: bytes
    status: int = Status.YES


def new_key(band: Generation, key: bytes) -> bytes:
    """Take this key from now on."""
    return bytes((Kind.KEY, band.flag)) + key


def challenge_wanted(band: Generation) -> bytes:
    """Give me a challenge."""
    tail = b"\x02\x01\x00" if band.crypt else b""
    return bytes((Kind.CHALLENGE | band.crypt, band.flag)) + tail


def proof(band: Generation, key: bytes, challenge: bytes) -> bytes:
    """I have the key."""
    return bytes((Kind.PROOF | band.crypt, band.flag)) + sealed(key, challenge)


def sealed(key: bytes, challenge: bytes) -> bytes:
    """The challenge under the key: one block, so that ECB is what it is."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the band's own choice
    return encryptor.update(challenge) + encryptor.finalize()


def asked(payload: bytes) -> Message | None:
    """DEVICE: what is wanted; None for anything else."""
    kind = _kind(payload[0]) if len(payload) >= 2 else None
    if kind is None:
        return None
    body = payload[2:]
    if kind is not Kind.CHALLENGE and len(body) != KEY_SIZE:
        return None
    return Message(kind, body)


def answer(band: Generation, message: Message) -> bytes:
    """DEVICE: yes or no, with the challenge where one was wanted."""
    crypt = band.crypt if message.kind is not Kind.KEY else 0
    return bytes((_ANSWER, message.kind | crypt, message.status)) + message.body


def answered(payload: bytes) -> Message | None:
    """HUB: what the band says; None for anything else."""
    if len(payload) < 3 or payload[0] != _ANSWER:
        return None
    kind = _kind(payload[1])
    if kind is None or (kind is Kind.CHALLENGE and payload[2] == Status.YES and len(payload) != 3 + KEY_SIZE):
        return None
    return Message(kind, payload[3:], payload[2])


def _kind(byte: int) -> Kind | None:
    kind = byte & _KIND
    return Kind(kind) if byte & 0x70 == 0 and kind in Kind.__members__.values() else None
