"""A sealed push: the example of RFC 8291, other people's software that opens it, and a signature that holds."""

from __future__ import annotations

import base64
import json
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.model.errors import OutOfDefinition
from jiahe.notice.seal import LARGEST, SIZES, public_bytes, seal
from jiahe.notice.vapid import LIFE, Vapid, b64, new_key

# RFC 8291, section 5 and Appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
SERVER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(octets(text), "big"), ec.SECP256R1())


def test_the_example_of_the_rfc_comes_out_octet_by_octet():
    sealed = seal(PLAIN, octets(BROWSER_PUBLIC), octets(AUTH), octets(SALT), private(SERVER), fill=False)
    assert b64(sealed) == BODY


@settings(max_examples=40)
@given(text=st.binary(max_size=LARGEST), salt=st.binary(min_size=16, max_size=16))
def test_other_software_opens_it(text, salt):
    browser, secret = private(BROWSER), octets(AUTH)
    own = ec.generate_private_key(ec.SECP256R1())
    sealed = seal(text, public_bytes(browser.public_key()), secret, salt, own)
    opened = http_ece.decrypt(sealed, private_key=browser, auth_secret=secret, version="aes128gcm")
    assert opened == text
    assert len(sealed) - 86 - 16 - 1 in SIZES
    assert len(sealed) <= 4096


def test_another_browser_or_a_changed_octet_does_not_open():
    browser, secret = private(BROWSER), octets(AUTH)
    sealed = seal(b"secret", public_bytes(browser.public_key()), secret, os.urandom(16), private(SERVER))
    with pytest.raises(Exception, match=r".*"):
        http_ece.decrypt(sealed, private_key=private(SERVER), auth_secret=secret, version="aes128gcm")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(Exception, match=r".*"):
        http_ece.decrypt(changed, private_key=browser, auth_secret=secret, version="aes128gcm")


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(OutOfDefinition):
        seal(b"x" * (LARGEST + 1), octets(BROWSER_PUBLIC), octets(AUTH), octets(SALT), private(SERVER))


def test_the_token_is_signed_for_this_service_and_this_half_day():
    vapid = Vapid(new_key())
    scheme, _, rest = vapid.authorization("https://push.example.net", 1_790_000_000.5).partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"] == vapid.public
    header, claims, signature = parts["t"].split(".")
    assert json.loads(octets(header)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(octets(claims))
    assert (told["aud"], told["exp"]) == ("https://push.example.net", 1_790_000_000 + LIFE)
    assert told["sub"].startswith("https://")
    assert not told["sub"].endswith((".local", ".invalid"))  # Apple's service refuses those
    raw = octets(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets(vapid.public))
    key.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))


def test_a_key_is_kept_whole_and_never_shown():
    key = new_key()
    assert len(key) == 32
    assert Vapid(key).public == Vapid(key).public
    assert key.hex() not in repr(Vapid(key))
