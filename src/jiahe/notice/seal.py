"""A push message sealed for one browser. Owns RFC 8291 (Message Encryption for Web Push) over RFC 8188 (aes128gcm).

Pure but for the keys, which are arguments: whoever calls draws the salt and the key pair, fresh for each message.
The push service that carries the message cannot read it.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

RECORD = 4096
"""Octets of the one record, and of what a push service must take (RFC 8030, section 7.2)."""
HEADER = 16 + 4 + 1 + 65
LARGEST = RECORD - HEADER - 16 - 1
"""Octets of the text: a header, the tag and the delimiter go off (RFC 8291, section 4)."""
SIZES = (256, 512, 1024, 2048, LARGEST)
"""A text is filled up to the next of these, so that its length says little about it."""


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The point, uncompressed: 65 octets."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def point(data: bytes) -> ec.EllipticCurvePublicKey:
    """A browser's key; OutOfDefinition where it is no point of P-256."""
    try:
        if len(data) != 65:
            raise ValueError
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        raise OutOfDefinition("keys.p256dh", say("push_point")) from None


def seal(
    text: bytes,
    browser: bytes,
    secret: bytes,
    salt: bytes,
    own: ec.EllipticCurvePrivateKey,
    *,
    fill: bool = True,
) -> bytes:
    """The body of the request. `browser` is its `p256dh`, `secret` its `auth` (16 octets), `salt` 16 random octets."""
    if len(text) > LARGEST:
        raise OutOfDefinition("payload", say("push_large", most=LARGEST), LARGEST)
    shared = own.exchange(ec.ECDH(), point(browser))
    public = public_bytes(own.public_key())
    material = _derived(shared, secret, b"WebPush: info\0" + browser + public, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    size = next(size for size in SIZES if size >= len(text)) if fill else len(text)
    plain = text + b"\x02" + bytes(size - len(text))  # 2: the last record; then zeros
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + AESGCM(key).encrypt(nonce, plain, None)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
