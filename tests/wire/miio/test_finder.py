"""Finding and being found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.miio import packet
from jiahe.wire.miio.finder import Finder, reply
from jiahe.wire.talk import Identity, Probe, Sighting

TOKEN = bytes(range(16))


def test_the_probe_is_one_hello() -> None:
    assert Finder().probes() == (Probe(54321, bytes.fromhex("21310020") + b"\xff" * 28),)


@pytest.mark.parametrize(("facts", "token"), [({}, b""), ({"unprovisioned": True}, TOKEN)])
def test_found_by_its_answer(facts: dict[str, Any], token: bytes) -> None:
    answer = reply(Identity("123456789012", {"token": TOKEN}, facts), packet.HELLO, 77.9)
    assert answer is not None
    assert packet.device_and_stamp(answer) == (123456789012, 77)
    assert Finder().sighting(answer, "10.0.0.9") == Sighting(
        "miio", "123456789012", "10.0.0.9", 54321, token=token
    )


def test_a_token_of_zeros_is_hidden() -> None:
    found = Finder().sighting(packet.hello_reply(5, 1, b"\x00" * 16), "a")
    assert found is not None
    assert found.token == b""


@given(st.binary(max_size=100) | st.binary(min_size=30, max_size=30).map(lambda b: b"\x21\x31" + b))
def test_anything_else_is_nobody(data: bytes) -> None:
    found = Finder().sighting(data, "a")
    assert found is None or (len(data) == 32 and data.startswith(b"\x21\x31\x00\x20"))
    if data[:16] != packet.HELLO[:16]:
        assert reply(Identity("1"), data, 0.0) is None


def test_our_own_hello_and_a_device_without_id_are_nobody() -> None:
    assert Finder().sighting(packet.HELLO, "a") is None
    assert Finder().sighting(packet.hello_reply(0, 1), "a") is None
    assert reply(Identity(""), packet.HELLO, 0.0) is None


@pytest.mark.parametrize(
    ("name", "model", "device"),
    [
        ("zhimi-airpurifier-mb4_miio123456789", "zhimi.airpurifier.mb4", "123456789"),
        ("zhimi-airpurifier-mb4_miio0123._miio._udp.local.", "zhimi.airpurifier.mb4", "123"),
    ],
)
def test_announced_by_mdns(name: str, model: str, device: str) -> None:
    assert Finder().announced(name, "10.0.0.9") == Sighting("miio", device, "10.0.0.9", 54321, model=model)


@pytest.mark.parametrize(
    "name", ["", "printer", "a_miio5", "a-b_miio", "a-b_miio" + "9" * 20, "a-b_miio0", "a-b_miiox"]
)
def test_other_announcements_are_nobody(name: str) -> None:
    assert Finder().announced(name, "10.0.0.9") is None
