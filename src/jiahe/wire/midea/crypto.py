"""The ciphers and sums of Midea's LAN protocol. Owns the maker's constants; never holds a device's secret.

Facts (constants, modes, sums): msmart-ng and midea-local (both MIT), checked against real captures. The packet cipher's
key and the signature's key are the same in every appliance ever sold: they hide nothing and prove only that a packet
arrived whole. What protects a V3 appliance is its own key (`envelope`).
"""

from __future__ import annotations

from hashlib import md5

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIGN_KEY = b"xhdiwjnchekd4d512chdjx5d8e4c394D2D7S"
BLOCK = 16

_PACKET_CIPHER = Cipher(algorithms.AES(md5(SIGN_KEY).digest()), modes.ECB())  # noqa: S305 - what the devices speak
_ZERO_IV = bytes(BLOCK)


def sign(data: bytes) -> bytes:
    """The 16 bytes that close a 5A5A packet."""
    return md5(data + SIGN_KEY).digest()


def seal_packet(plain: bytes) -> bytes:
    """AES-128-ECB with PKCS#7 padding under the maker's public key."""
    pad = BLOCK - len(plain) % BLOCK
    encryptor = _PACKET_CIPHER.encryptor()
    return encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()


def open_packet(sealed: bytes) -> bytes | None:
    """The inverse of `seal_packet`; None where length or padding is wrong."""
    if not sealed or len(sealed) % BLOCK:
        return None
    decryptor = _PACKET_CIPHER.decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        return None
    return plain[:-pad]


class SessionCipher:
    """AES-CBC with a zero IV, each message by itself: how V3 seals envelopes and the handshake's nonce."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(_ZERO_IV))

    def seal(self, plain: bytes) -> bytes:
        """`plain` is a whole number of blocks."""
        encryptor = self._cipher.encryptor()
        return encryptor.update(plain) + encryptor.finalize()

    def open(self, sealed: bytes) -> bytes:
        """`sealed` is a whole number of blocks."""
        decryptor = self._cipher.decryptor()
        return decryptor.update(sealed) + decryptor.finalize()


def _crc8_table() -> bytes:
    table = bytearray()
    for start in range(256):
        crc = start
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8C if crc & 1 else crc >> 1
        table.append(crc)
    return bytes(table)


_CRC8 = _crc8_table()


def crc8(data: bytes) -> int:
    """CRC-8 Dallas/Maxim (reflected 0x8C, start 0), the last byte of an AC's body."""
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def checksum(data: bytes) -> int:
    """Two's complement of the byte sum: the last byte of an AA frame, over all but its first byte."""
    return -sum(data) & 0xFF
