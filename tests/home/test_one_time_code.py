"""One-time codes as their specifications' own examples say."""

from __future__ import annotations

import base64
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.one_time_code import key_uri, matching_step, one_time_code, shown_secret, step_of

SECRET = b"12345678901234567890"
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
"""RFC 4226, Appendix D."""
TOTP = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
"""RFC 6238, Appendix B, SHA-1."""


@pytest.mark.parametrize(("step", "code"), list(enumerate(HOTP)))
def test_counter_codes(step, code):
    assert one_time_code(SECRET, step) == code


@pytest.mark.parametrize(("now", "code"), TOTP)
def test_time_codes(now, code):
    assert one_time_code(SECRET, step_of(now), digits=8) == code


@pytest.mark.parametrize(("drift", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(drift, taken):
    now = 1_790_000_010.0
    code = one_time_code(SECRET, step_of(now + drift))
    assert (matching_step(SECRET, code, now, -1) is not None) == taken


def test_no_step_twice_and_none_before():
    now = 1_790_000_010.0
    step = step_of(now)
    assert matching_step(SECRET, one_time_code(SECRET, step), now, step - 1) == step
    assert matching_step(SECRET, one_time_code(SECRET, step), now, step) is None
    assert matching_step(SECRET, one_time_code(SECRET, step - 1), now, step) is None


@given(st.text(max_size=40))
def test_any_text_is_a_wrong_code_and_no_error(text):
    assert matching_step(b"another secret", text, 1_790_000_010.0, 10**12) is None


@given(st.binary(min_size=20, max_size=20), st.text(min_size=1, max_size=20).filter(lambda t: ":" not in t))
def test_the_link_says_the_secret_and_whose_it_is(secret, name):
    link = urllib.parse.urlsplit(key_uri(secret, "Jiahe 家", name))
    query = urllib.parse.parse_qs(link.query)
    shown = query["secret"][0]
    assert base64.b32decode(shown + "=" * (-len(shown) % 8)) == secret
    assert shown == shown_secret(secret)
    assert urllib.parse.unquote(link.path) == f"/Jiahe 家:{name}"
    assert (link.scheme, link.netloc, query["issuer"]) == ("otpauth", "totp", ["Jiahe 家"])
