"""Who sends a push: a token signed with this home's key. Owns RFC 8292 (VAPID); the clock is an argument."""

from __future__ import annotations

import base64

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from jiahe.notice.seal import public_bytes

LIFE = 12 * 3600
"""Seconds a token holds; RFC 8292 admits 24 h, and clocks differ."""
SUBJECT = "https://example.com/jiahe"
"""Whom a push service would ask about misuse (RFC 8292, section 2.1). Apple's refuses a token whose subject does not
resolve (`.local`, `.invalid`, `localhost`); a home has no public address, and people's own are nobody's business."""


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> bytes:
    """A new private key, as kept: 32 octets."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")


class Vapid:
    """This home's key towards push services."""

    def __init__(self, key: bytes) -> None:
        self._key = ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())
        self.public = b64(public_bytes(self._key.public_key()))
        """What a browser is told when it subscribes (`applicationServerKey`)."""

    def __repr__(self) -> str:
        return "<Vapid>"

    def authorization(self, origin: str, now: float) -> str:
        """The Authorization header for a push service's origin (`https://host`)."""
        header = b64(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
        claims = b64(orjson.dumps({"aud": origin, "exp": int(now) + LIFE, "sub": SUBJECT}))
        signed = f"{header}.{claims}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        token = f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
        return f"vapid t={token}, k={self.public}"
