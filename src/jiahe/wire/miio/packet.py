"""The miIO datagram. Owns the header, the keys, the checksum and the AES; never looks inside the payload.

Layout (big-endian, UDP port 54321): magic 0x2131, uint16 whole length, uint64 device id, uint32 stamp in the
device's own seconds, 16 bytes MD5 of (first 16 bytes ‖ token ‖ ciphertext), then AES-128-CBC with PKCS#7 under
key = MD5(token) and iv = MD5(key ‖ token). Source: the OpenMiHome protocol notes, with the key and checksum as
python-miio sends them (the notes are wrong there); the same in Xiaomi's own Home Assistant integration.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jiahe.model.errors import LocalProtocolError

PORT = 54321
HEADER_SIZE = 32
UNKNOWN_ID = 0xFFFF_FFFF_FFFF_FFFF
"""The device id of somebody who does not know it: a hello."""

LARGEST = 8192
"""Bytes of one datagram that are looked at: devices answer with at most 1056, gateways with a few thousand."""

_HEADER = struct.Struct(">HHQI")
_MAGIC = 0x2131
_MAGIC_BYTES = b"\x21\x31"
_HELLO_HEAD = b"\x21\x31\x00\x20" + b"\xff" * 12
HELLO = _HELLO_HEAD + b"\xff" * 16
_HIDDEN = (b"\xff" * 16, b"\x00" * 16)
_LAN_MARKS = (b"MDID", b"MSUB")
_PADS = tuple(bytes((n,)) * n for n in range(17))


class Keys:
    """One token and what follows from it. The token is not readable from outside; `repr` shows nothing."""

    __slots__ = ("_cipher", "_token")

    def __init__(self, token: bytes) -> None:
        if len(token) != 16:
            raise LocalProtocolError(f"a miIO token has 16 bytes, not {len(token)}")
        self._token = token
        key = hashlib.md5(token).digest()
        initial = hashlib.md5(key + token).digest()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(initial))

    def seal(self, device: int, stamp: int, body: bytes) -> bytes:
        """The datagram that carries this payload."""
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(body + _PADS[16 - len(body) % 16])
        head = _HEADER.pack(_MAGIC, HEADER_SIZE + len(sealed), device, stamp & 0xFFFF_FFFF)
        return head + hashlib.md5(head + self._token + sealed).digest() + sealed

    def unseal(self, data: bytes) -> bytes | None:
        """The payload of a well-formed datagram; None where the checksum or the padding is wrong.

        The checksum is verified before anything is decrypted.
        """
        sealed = data[HEADER_SIZE:]
        if not hmac.compare_digest(hashlib.md5(data[:16] + self._token + sealed).digest(), data[16:32]):
            return None
        plain = self._cipher.decryptor().update(sealed)
        pad = plain[-1]
        if not 1 <= pad <= 16 or not plain.endswith(_PADS[pad]):
            return None
        return plain[:-pad]

    def blank(self, data: bytes) -> bytes:
        """The same bytes with the token, should it stand there in the open, replaced by zeros."""
        return data.replace(self._token, b"\x00" * 16) if self._token in data else data


@lru_cache(maxsize=1024)
def keys_of(token: bytes) -> Keys:
    """The keys of a token, made once: sessions come and go (one a peer at a virtual device), tokens stay."""
    return Keys(token)


def envelope_fault(data: bytes) -> str:
    """Why these bytes are not a miIO datagram, or "" where the envelope is right."""
    if len(data) < HEADER_SIZE or data[:2] != _MAGIC_BYTES:
        return "not a miIO datagram"
    if len(data) > LARGEST:
        return f"longer than {LARGEST} bytes"
    if (data[2] << 8 | data[3]) != len(data):
        return "the length field disagrees with the datagram"
    if len(data) % 16:
        return "the payload is not whole blocks"
    return ""


def device_and_stamp(data: bytes) -> tuple[int, int]:
    """Device id and stamp of a datagram with a right envelope."""
    _, _, device, stamp = _HEADER.unpack_from(data)
    return device, stamp


def is_hello(data: bytes) -> bool:
    """Somebody asks who is here; the last 16 bytes are free (newer clients put a mark there)."""
    return len(data) == HEADER_SIZE and data.startswith(_HELLO_HEAD)


def hello_reply(device: int, stamp: int, shown: bytes = _HIDDEN[0]) -> bytes:
    """A device's answer to a hello; `shown` is its token while it is not yet provisioned."""
    return _HEADER.pack(_MAGIC, HEADER_SIZE, device, stamp & 0xFFFF_FFFF) + shown


def shown_token(data: bytes) -> bytes:
    """The token that a hello reply shows, b"" where it is hidden (ff… or 00…)."""
    field = data[16:HEADER_SIZE]
    return b"" if field in _HIDDEN else field


def redact(data: bytes, keys: Keys | None) -> bytes:
    """The datagram with the MD5 field of a hello reply zeroed (it may be the token), however long the rest is.

    Everything else is ciphertext; our own token is blanked wherever it stands in the open.
    """
    short = len(data) < HEADER_SIZE + 16 or data[2:4] == b"\x00\x20"
    if short and data[:2] == _MAGIC_BYTES and not is_hello(data) and data[16:20] not in _LAN_MARKS:
        data = data[:16] + b"\x00" * len(data[16:HEADER_SIZE]) + data[HEADER_SIZE:]
    return keys.blank(data) if keys is not None else data


def device_number(hardware_id: str) -> int | None:
    """The device id on the wire, None for ""; LocalProtocolError where it cannot be one."""
    if not hardware_id:
        return None
    if hardware_id.isascii() and hardware_id.isdigit() and len(hardware_id) <= 20:
        number = int(hardware_id)
        if number < UNKNOWN_ID:
            return number
    raise LocalProtocolError(f"a miIO device id is a decimal number of 64 bits, not {hardware_id[:40]!r}")
