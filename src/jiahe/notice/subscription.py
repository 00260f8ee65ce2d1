"""A browser that wants pushes. Owns the check of what it sends: which hosts, which keys; pure.

The hub will send requests to the address that is given here, so it is never anybody's choice alone: only push
services of browsers are admitted, over https, on their own port. A name in the home's network is none of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.notice.seal import point

SERVICES = (
    "fcm.googleapis.com",  # Chromium, Chrome, Edge on Android, Samsung Internet
    ".push.services.mozilla.com",  # Firefox
    ".push.apple.com",  # Safari on iPhone, iPad and Mac
    ".notify.windows.com",  # Edge on Windows
)
"""Hosts of push services; a leading point admits names below."""
LONGEST = 1024
"""Characters of an endpoint; real ones have 150 to 500."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`id` is made from the endpoint: the same browser twice is one subscription."""

    id: str
    person: str
    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    session: str = field(repr=False)
    """The session of the browser: when that ends, so does this."""
    label: str = ""
    created_at: float = 0.0

    @property
    def origin(self) -> str:
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def service(self) -> str:
        """The push service's host, for a person."""
        return urlsplit(self.endpoint).hostname or ""


def subscription_of(
    body: Mapping[str, Any],
    person: str,
    session: str,
    now: float,
    label: str = "",
    also: frozenset[str] = frozenset(),
) -> Subscription:
    """From what the browser gave (`PushSubscription.toJSON()`). OutOfDefinition says what is wrong.

    `also` are origins (`http://127.0.0.1:8080`) admitted beside the services: tests stand in for one.
    """
    endpoint = body.get("endpoint")
    if not isinstance(endpoint, str) or not _admitted(endpoint, also):
        words = say("push_service")
        raise OutOfDefinition("endpoint", words, [name.removeprefix(".") for name in SERVICES])
    keys = body.get("keys")
    if not isinstance(keys, Mapping):
        raise OutOfDefinition("keys", say("push_keys"))
    p256dh, auth = _octets("keys.p256dh", keys.get("p256dh")), _octets("keys.auth", keys.get("auth"))
    point(p256dh)
    if len(auth) != 16:
        raise OutOfDefinition("keys.auth", say("push_auth"), 16)
    id_ = hashlib.sha256(endpoint.encode()).hexdigest()[:16]
    return Subscription(id_, person, endpoint, p256dh, auth, session, label[:80], now)


def sealed_body(one: Subscription) -> dict[str, bytes]:
    """As the vault keeps it: who has it can send this browser what looks like ours."""
    texts = {"person": one.person, "endpoint": one.endpoint, "session": one.session, "label": one.label}
    kept = {key: text.encode() for key, text in texts.items()}
    return kept | {"p256dh": one.p256dh, "auth": one.auth, "created_at": str(one.created_at).encode()}


def unsealed(id_: str, kept: Mapping[str, bytes]) -> Subscription:
    """Back from the vault."""
    texts = {key: kept[key].decode() for key in ("person", "endpoint", "session", "label", "created_at")}
    return Subscription(
        id_,
        texts["person"],
        texts["endpoint"],
        kept["p256dh"],
        kept["auth"],
        texts["session"],
        texts["label"],
        float(texts["created_at"]),
    )


def _admitted(endpoint: str, also: frozenset[str]) -> bool:
    if (
        len(endpoint) > LONGEST
        or not endpoint.isascii()
        or any(char <= " " or char in '"\\<>^`{|}' for char in endpoint)
    ):
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in also:
        return True
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443) or parts.fragment:
        return False
    return any(host == name or (name.startswith(".") and host.endswith(name)) for name in SERVICES)


def _octets(key: str, text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 200:
        raise OutOfDefinition(key, say("push_text"))
    try:
        return base64.b64decode(
            text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise OutOfDefinition(key, say("push_text")) from None
