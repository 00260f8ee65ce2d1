"""Discovery: the probe is the fixed datagram, real answers are read, our own answers are read, nonsense is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.midea import finder
from jiahe.wire.talk import Identity

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors/midea/packets.json").read_text(encoding="utf-8")
)
# The 72 bytes that all public software sends (msmart-ng, midea-local; MIT).
FIXED = bytes.fromhex(
    "5a5a011148009200" + "00" * 32 + "7f75bd6b3e4f8b762e849c6e578d6590036e9d4342a50f1f569eb8ec918e92e5"
)


def test_the_probe_is_the_datagram_that_everybody_sends_and_goes_to_both_ports() -> None:
    probes = finder.Finder().probes()
    assert [p.port for p in probes] == [6445, 20086]
    assert all(p.data == FIXED for p in probes)
    assert finder.is_probe(FIXED)


@pytest.mark.parametrize(
    "row", [r for r in VECTORS if r["kind"].startswith("discovery")], ids=lambda r: r["meaning"]
)
def test_a_real_answer_is_a_sighting(row: dict[str, Any]) -> None:
    seen = finder.Finder().sighting(bytes.fromhex(row["hex"]), "192.0.2.7")
    assert seen is not None
    want = row["expect"]
    assert (seen.family, seen.hardware_id, seen.address) == ("midea", str(want["device_id"]), "192.0.2.7")
    assert (seen.port, seen.model) == (want["port"], want["model"])
    for key in ("version", "serial", "type"):
        assert seen.facts[key] == want[key]
    assert seen.facts.get("mac") == want.get("mac")


@pytest.mark.parametrize("version", [2, 3])
def test_our_answer_is_read_back(version: int) -> None:
    identity = Identity("151732605161920", {}, {"version": version, "type": 0xAC}, 1.7e9)
    serial = "000000P0000000Q1B88C29C963BA0000"
    data = finder.reply(identity, FIXED, "127.0.0.9", 16444, serial=serial)
    assert data is not None
    seen = finder.Finder().sighting(data, "127.0.0.9")
    assert seen is not None
    assert (seen.hardware_id, seen.port, seen.facts["version"]) == ("151732605161920", 16444, version)
    assert (seen.facts["serial"], seen.facts["type"]) == (serial, 0xAC)
    if version == 3:
        assert seen.facts["mac"] == "b8:8c:29:c9:63:ba"


def test_only_a_signed_probe_is_answered() -> None:
    identity = Identity("1", {}, {"version": 3})
    for data in (b"", FIXED[:-1], FIXED[:-1] + b"\0", b"hello" * 20, bytes(72), FIXED + b"\0"):
        assert finder.reply(identity, data, "127.0.0.1", 6444, serial="x") is None


def test_an_old_unit_is_recognised_and_nothing_more() -> None:
    told = b'<?xml version="1.0"?><response><body><device port="6444" apc_sn="0000AC1234" apc_type="0xAC"/></body></response>'
    seen = finder.Finder().sighting(told, "192.0.2.3")
    assert seen is not None
    assert (seen.hardware_id, seen.port, seen.facts["version"]) == ("", 6444, 1)
    assert finder.Finder().sighting(told.replace(b'"6444"', b'"99999"'), "192.0.2.3") is None


@given(st.binary(max_size=300))
def test_strangers_are_nobody(data: bytes) -> None:
    assert finder.Finder().sighting(data, "192.0.2.3") is None
    assert finder.Finder().sighting(b"<" + data, "192.0.2.3") is None
    assert finder.reply(Identity("1"), data, "127.0.0.1", 6444, serial="x") is None
    assert finder.redact(data) == data


@given(st.data())
def test_a_damaged_answer_is_nobody(data: st.DataObject) -> None:
    row = data.draw(
        st.sampled_from([bytes.fromhex(r["hex"]) for r in VECTORS if r["kind"] == "discovery_5a5a"])
    )
    at = data.draw(st.integers(0, len(row) - 1))
    flip = data.draw(st.integers(1, 255))
    assert finder.Finder().sighting(row[:at] + bytes([row[at] ^ flip]) + row[at + 1 :], "192.0.2.3") is None


def test_the_tap_learns_no_names() -> None:
    for row in VECTORS:
        if row["kind"].startswith("discovery"):
            clean = finder.redact(bytes.fromhex(row["hex"]))
            assert len(clean) == len(row["hex"]) // 2
            seen = finder.Finder().sighting(clean, "192.0.2.7")
            assert seen is not None
            assert seen.model == row["expect"]["model"]
            assert row["expect"]["serial"] not in str(seen)
            assert "mac" not in seen.facts
