"""Which addresses a hub may be made to call: those of push services, and nothing in anybody's home."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from jiahe.model.errors import OutOfDefinition
from jiahe.notice.seal import public_bytes
from jiahe.notice.subscription import LONGEST, sealed_body, subscription_of, unsealed
from jiahe.notice.vapid import b64

KEY = b64(public_bytes(ec.generate_private_key(ec.SECP256R1()).public_key()))
AUTH = b64(bytes(range(16)))
GOOD = "https://fcm.googleapis.com/fcm/send/abc:APA91b"


def body(endpoint: Any = GOOD, p256dh: Any = KEY, auth: Any = AUTH) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}


@pytest.mark.parametrize(
    "endpoint",
    [
        GOOD,
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QGx-y",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYA%2b",
        "https://fcm.googleapis.com:443/fcm/send/a",
    ],
)
def test_browsers_push_services_are_admitted(endpoint):
    one = subscription_of(body(endpoint), "p", "s", 1.0)
    assert endpoint.startswith(one.origin)
    assert unsealed(one.id, sealed_body(one)) == one
    assert one.endpoint not in repr(one)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/a",
        "https://192.168.1.1/admin",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://router.local/",
        "https://fcm.googleapis.com.evil.example/",
        "https://evilfcm.googleapis.com/",
        "https://push.services.mozilla.com.evil.example/",
        "https://fcm.googleapis.com@192.168.1.1/",
        "https://user:secret@fcm.googleapis.com/",
        "https://fcm.googleapis.com:8443/",
        "https://fcm.googleapis.com:99999/",
        "https://192.168.1.1\\@fcm.googleapis.com/",
        "https://fcm.googleapis.com/\r\nHost: evil",
        "https://fcm.googleapis.com/ a",
        "https://fcm.googleapis.com/#x",
        "https://ｆcm.googleapis.com/",
        "https://push.apple.com/",
        "file:///etc/passwd",
        "https://",
        "",
        "https://fcm.googleapis.com/" + "a" * LONGEST,
        None,
        7,
    ],
)
def test_nothing_else_is(endpoint):
    with pytest.raises(OutOfDefinition, match="endpoint"):
        subscription_of(body(endpoint), "p", "s", 1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"p256dh": "AAAA"},
        {"p256dh": b64(b"\x04" + bytes(64))},
        {"p256dh": None},
        {"p256dh": "!" * 87},
        {"auth": b64(bytes(15))},
        {"auth": 3},
        {"auth": "é" * 22},
        {"p256dh": "A" * 300},
    ],
)
def test_wrong_keys_are_refused_by_name(changes):
    with pytest.raises(OutOfDefinition, match=rf"keys\.{next(iter(changes))}"):
        subscription_of(body(**changes), "p", "s", 1.0)


def test_a_stand_in_is_admitted_only_where_it_is_handed_in():
    there = "http://127.0.0.1:9"
    with pytest.raises(OutOfDefinition):
        subscription_of(body(f"{there}/x"), "p", "s", 1.0)
    assert subscription_of(body(f"{there}/x"), "p", "s", 1.0, also=frozenset({there})).origin == there
    with pytest.raises(OutOfDefinition):
        subscription_of(body("http://127.0.0.1:99/x"), "p", "s", 1.0, also=frozenset({there}))
