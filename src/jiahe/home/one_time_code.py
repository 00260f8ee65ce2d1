"""One-time codes by time (RFC 6238 over RFC 4226), as every authenticator app reads them.

Owns the arithmetic; never a secret's keeping, never a clock. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import urllib.parse

PERIOD = 30
"""Seconds of one step; with SHA-1 and six digits what apps take for granted (several ignore every other setting)."""
DIGITS = 6
SECRET_BYTES = 20
"""RFC 4226, 4: 160 bits."""
DRIFT = 1
"""Steps before and after the present one that are taken too (RFC 6238, 5.2): a phone's clock is seconds off."""


def step_of(now: float) -> int:
    """The step of this moment, in epoch seconds."""
    return int(now // PERIOD)


def one_time_code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step (RFC 4226, 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, now: float, after: int) -> int | None:
    """The step whose code this is, among those of this moment that are later than `after`; None where there is none.

    Every candidate is compared, each in constant time.
    """
    found = None
    present = step_of(now)
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(one_time_code(secret, step).encode(), code.encode()) and step > after:
            found = step
    return found


def shown_secret(secret: bytes) -> str:
    """The secret as a person types it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def key_uri(secret: bytes, issuer: str, account: str) -> str:
    """The link that an authenticator app scans (Google Authenticator's Key URI Format)."""
    label = urllib.parse.quote(f"{issuer}:{account}", safe="")
    query = urllib.parse.urlencode(
        {"secret": shown_secret(secret), "issuer": issuer, "digits": DIGITS, "period": PERIOD},
        quote_via=urllib.parse.quote,
    )
    return f"otpauth://totp/{label}?{query}"
