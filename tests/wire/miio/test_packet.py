"""The envelope: a known answer, everything that is not one, and what the tap may see."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import packet
from jiahe.wire.talk import Ignored, Role

TOKEN = bytes(range(16))


def test_the_known_answer_both_ways(vector: dict[str, Any]) -> None:
    keys = packet.Keys(bytes.fromhex(vector["token"]))
    sealed = bytes.fromhex(vector["packet"])
    assert keys.seal(vector["device"], vector["stamp"], vector["body"].encode()) == sealed
    assert packet.envelope_fault(sealed) == ""
    assert packet.device_and_stamp(sealed) == (vector["device"], vector["stamp"])
    assert keys.unseal(sealed) == vector["body"].encode()


@given(st.binary(max_size=600), st.integers(0, packet.UNKNOWN_ID), st.integers(0, 2**32 - 1))
def test_what_is_sealed_opens_again(body: bytes, device: int, stamp: int) -> None:
    keys = packet.Keys(TOKEN)
    sealed = keys.seal(device, stamp, body)
    assert packet.envelope_fault(sealed) == ""
    assert packet.device_and_stamp(sealed) == (device, stamp)
    assert keys.unseal(sealed) == body


@given(st.data())
def test_one_changed_byte_is_not_believed(data: st.DataObject) -> None:
    keys = packet.Keys(TOKEN)
    sealed = bytearray(keys.seal(7, 1, b'{"id":1}'))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    assert packet.envelope_fault(bytes(sealed)) or keys.unseal(bytes(sealed)) is None


def test_a_right_checksum_over_wrong_padding_is_not_believed() -> None:
    sealed = packet.Keys(TOKEN).seal(7, 1, b"x" * 20)
    cut = sealed[:2] + (48).to_bytes(2, "big") + sealed[4:16]
    body = sealed[32:48]
    forged = cut + hashlib.md5(cut + TOKEN + body).digest() + body
    assert packet.envelope_fault(forged) == ""
    assert packet.Keys(TOKEN).unseal(forged) is None


SEALED = packet.Keys(bytes.fromhex("0123456789abcdef0123456789abcdef")).seal(
    0x0AC0FFEE, 5, b'{"id":9,"result":[]}'
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("data", "why"),
    [
        *((SEALED[:n], "not a miIO" if n < 32 else "length") for n in range(len(SEALED))),
        (SEALED + b"\x00", "length"),
        (SEALED + b"\x00" * 16, "length"),
        (b"\x21\x32" + SEALED[2:], "not a miIO"),
        (SEALED[:2] + b"\xff\xff" + SEALED[4:], "length"),
        (SEALED[:2] + (len(SEALED) + 1).to_bytes(2, "big") + SEALED[4:] + b"x", "whole blocks"),
        (b"\x21\x31\x20\x10" + b"\x00" * (0x2010 - 4), "longer"),
        (SEALED[:11] + b"\x00" + SEALED[12:], "foreign device id"),
        (SEALED[:-1] + b"\x00", "checksum"),
        (SEALED[:16] + b"\x00" * 16 + SEALED[32:], "checksum"),
    ],
)
def test_what_is_no_datagram_is_ignored_at_both_ends(play: Any, role: Role, data: bytes, why: str) -> None:
    end = play.HandHeld(role)
    if role is Role.HUB:
        end.opened()
    (event,) = end.hear(data)
    assert isinstance(event, Ignored)
    assert why in event.why
    assert end.said() == []


def test_a_shown_token_is_blanked_and_nothing_else() -> None:
    shown = packet.hello_reply(7, 3, TOKEN)
    keys = packet.Keys(TOKEN)
    for seen in (shown, shown + b"tail", shown[:20]):
        blanked = packet.redact(seen, None)
        assert len(blanked) == len(seen)
        assert TOKEN[:4] not in blanked
        assert blanked[:16] == seen[:16]
    assert TOKEN not in packet.redact(b"stray " + TOKEN, keys)
    assert packet.redact(packet.HELLO, keys) == packet.HELLO
    sealed = keys.seal(7, 3, b"{}")
    assert packet.redact(sealed, keys) == sealed


def test_the_token_shows_in_no_repr(play: Any) -> None:
    session = play.HandHeld(Role.HUB).session
    for text in (repr(session), repr(play.identity()), repr(packet.Keys(TOKEN))):
        assert play.token.hex() not in text
        assert repr(play.token)[2:10] not in text


@pytest.mark.parametrize("token", [b"short", b"x" * 17])
def test_a_token_of_another_length_is_our_fault(play: Any, token: bytes) -> None:
    with pytest.raises(LocalProtocolError, match="16 bytes"):
        play.HandHeld(Role.HUB, play.identity(token))


@pytest.mark.parametrize("device", ["x1", "-1", "1.0", "18446744073709551615", "9" * 30, "１"])
def test_a_device_id_that_is_none_is_our_fault(play: Any, device: str) -> None:
    with pytest.raises(LocalProtocolError, match="64 bits"):
        play.HandHeld(Role.HUB, play.identity(device=device))
