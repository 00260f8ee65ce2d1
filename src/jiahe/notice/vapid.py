"""Who sends a push: a token signed with this home's key. Owns RFC 8292 (VAPID); the clock is an argument."""

from __future__ import annotations

import base64
import re

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from jiahe.model.errors import OutOfDefinition
from jiahe.notice.seal import public_bytes

LIFE = 12 * 3600
"""Seconds a token holds; RFC 8292 admits 24 h, and clocks differ."""
NO_CONTACT = "https://example.com/jiahe"
"""Where neither the home nor the package names anybody. It resolves: Apple's service refuses a token whose subject does
not (`.local`, `.invalid`, `localhost`)."""
LONGEST_CONTACT = 254
"""Characters of an address (RFC 5321, 4.5.3.1)."""
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_PAGE = re.compile(r"https://(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}(?::\d{1,5})?(?:/[!-~]*)?")


def contact_from(text: str) -> str:
    """Whom a push service may ask about misuse (`sub` of RFC 8292, section 2.1), from a mail address or a page:
    "mailto:…" or "https://…". OutOfDefinition for all else, and for addresses that only a home knows.
    """
    word = text.strip()
    address = word[7:] if word.lower().startswith("mailto:") else word
    host = address.rpartition("@")[2].removeprefix("https://").partition("/")[0].partition(":")[0].lower()
    if len(word) > LONGEST_CONTACT or host.endswith((".local", ".invalid", ".localhost", ".lan")):
        raise OutOfDefinition("contact", "push services refuse an address that only this network knows")
    if _MAIL.fullmatch(address):
        return f"mailto:{address}"
    if _PAGE.fullmatch(word):
        return word
    raise OutOfDefinition("contact", "takes a mail address, or a page that begins with https://")


def project_page() -> str:
    """The page that the package names as its own (`Homepage` of its metadata); NO_CONTACT where it names none."""
    from importlib.metadata import (  # asked for once a push is wanted, not at the start
        PackageNotFoundError,
        metadata,
    )

    try:
        lines = metadata("jiahe").get_all("Project-URL") or []
    except PackageNotFoundError:
        lines = []
    pages = dict(line.split(", ", 1) for line in map(str, lines) if ", " in line)
    page = pages.get("Homepage", "")
    return page if _PAGE.fullmatch(page) else NO_CONTACT


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> bytes:
    """A new private key, as kept: 32 octets."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")


class Vapid:
    """This home's key towards push services, and whom they may ask (`contact`, as `contact_from` gives it)."""

    def __init__(self, key: bytes, contact: str = "") -> None:
        self._subject = contact or project_page()
        self._key = ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())
        self.public = b64(public_bytes(self._key.public_key()))
        """What a browser is told when it subscribes (`applicationServerKey`)."""

    def __repr__(self) -> str:
        return "<Vapid>"

    def authorization(self, origin: str, now: float) -> str:
        """The Authorization header for a push service's origin (`https://host`)."""
        header = b64(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
        claims = b64(orjson.dumps({"aud": origin, "exp": int(now) + LIFE, "sub": self._subject}))
        signed = f"{header}.{claims}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        token = f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
        return f"vapid t={token}, k={self.public}"
