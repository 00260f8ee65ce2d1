"""Packets, envelopes and frames: real samples read, our own read back, damaged ones not believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.midea import crypto, envelope, frame, packet
from jiahe.wire.midea.finder import Finder
from jiahe.wire.midea.stream import GARBAGE_LIMIT, Cutter

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors/midea/packets.json").read_text(encoding="utf-8")
)


def _of(kind: str) -> list[dict[str, Any]]:
    return [row for row in VECTORS if row["kind"] == kind]


@pytest.mark.parametrize("row", _of("packet5a5a"), ids=lambda row: row["meaning"])
def test_a_real_packet_opens_and_closes_to_the_same_bytes(row: dict[str, Any]) -> None:
    data = bytes.fromhex(row["hex"])
    read = packet.decode(data)
    assert isinstance(read, packet.Packet)
    assert read.payload.hex() == row["expect"]["frame"]
    assert read.device_id & 0xFFFFFFFFFFFF == row["expect"]["device_id"]
    # The 12 bytes before the payload are zero from us and not from real units: sign what they sent.
    assert packet.encode(read)[:28] == data[:28]
    assert crypto.seal_packet(read.payload) == data[40:-16]


def test_a_real_envelope_opens_with_its_session_key() -> None:
    (row,) = _of("packet8370")
    data = bytes.fromhex(row["hex"])
    assert envelope.length(data) == len(data)
    cipher = crypto.SessionCipher(bytes.fromhex(row["expect"]["session_key"]))
    inner = envelope.unseal(cipher, envelope.split(data))
    assert inner is not None
    read = packet.decode(inner)
    assert isinstance(read, packet.Packet)
    assert read.payload.hex() == row["expect"]["frame"]


def test_every_flipped_bit_of_a_real_envelope_is_noticed() -> None:
    (row,) = _of("packet8370")
    data = bytes.fromhex(row["hex"])
    cipher = crypto.SessionCipher(bytes.fromhex(row["expect"]["session_key"]))
    for at in range(4, len(data)):
        damaged = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        assert envelope.unseal(cipher, envelope.split(damaged)) is None, at


def test_every_flipped_byte_of_a_packet_is_noticed() -> None:
    whole = packet.encode(packet.Packet(packet.DATA, packet.REPLY, 77, b"the payload", 9))
    for at in range(len(whole)):
        damaged = whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :]
        assert isinstance(packet.decode(damaged), str), at


def test_a_packet_signed_over_a_wild_payload_is_still_refused() -> None:
    header = packet.encode(packet.Packet(packet.DATA, packet.REPLY, 77, b"x"))[:40]
    unsigned = header + bytes(16)
    said = packet.decode(unsigned + crypto.sign(unsigned))
    assert said == "the packet's payload cannot be decrypted"


@given(
    st.integers(0, 2**64 - 1),
    st.binary(min_size=1, max_size=300),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=8, max_size=8),
)
def test_any_packet_comes_back(device: int, payload: bytes, message: int, stamp: bytes) -> None:
    said = packet.Packet(packet.DATA, packet.REQUEST, device, payload, message, stamp)
    assert packet.decode(packet.encode(said)) == said


def test_the_heartbeat_is_56_bytes_and_a_real_unsigned_reply_is_one_too() -> None:
    beat = packet.encode(packet.Packet(packet.HEARTBEAT, packet.BEAT, 77, b""))
    assert len(beat) == 56
    assert beat[:8].hex() == "5a5a011038007b00"
    reply = packet.decode(
        bytes.fromhex("5a5a010038007b80") + bytes(48)
    )  # homebridge-midea-platform, issue 60
    assert isinstance(reply, packet.Packet)
    assert reply.is_heartbeat


def test_the_stamp_is_utc_and_nonsense_is_zero() -> None:
    assert packet.stamp(1_790_000_000.25).hex() == "19140d0e15091a14"
    assert packet.stamp(1e300) == bytes(8)
    assert packet.stamp(float("nan")) == bytes(8)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=400), st.integers(0, 0xFFFF))
def test_any_envelope_comes_back(key: bytes, content: bytes, counter: int) -> None:
    cipher = crypto.SessionCipher(key)
    sealed = envelope.seal(cipher, envelope.Type.REPLY, counter, content, bytes(15))
    assert envelope.length(sealed) == len(sealed)
    assert envelope.unseal(cipher, envelope.split(sealed)) == content


def test_an_ordinary_packet_is_always_padded_by_six() -> None:
    """Other software strips `[:-pad]` and would lose everything at pad 0."""
    signed = packet.encode(packet.Packet(packet.DATA, packet.REPLY, 77, bytes(41)))
    sealed = envelope.seal(crypto.SessionCipher(bytes(32)), envelope.Type.REPLY, 1, signed, bytes(15))
    assert sealed[5] == 0x63


def test_the_handshake_yields_one_key_at_both_ends() -> None:
    key, nonce = bytes(range(32)), bytes(range(32, 64))
    reply = envelope.greeting_reply(key, nonce, 3)
    assert len(reply) == 72
    assert envelope.nonce_of(envelope.split(reply).body, key) == nonce
    assert envelope.nonce_of(envelope.split(reply).body, bytes(32)) is None
    assert envelope.split(envelope.ERROR).type == envelope.Type.ERROR
    assert envelope.length(envelope.ERROR) == len(envelope.ERROR)


def test_the_crc_and_the_checksum_are_those_of_a_real_frame() -> None:
    data = bytes.fromhex("aa27ac00000000000203b1054800000164090000010039000001000a00000100420000010100ef43")
    assert crypto.crc8(data[10:-2]) == data[-2]
    assert crypto.checksum(data[1:-1]) == data[-1]


@given(st.binary(min_size=1, max_size=frame.LARGEST_BODY), st.integers(0, 255), st.sampled_from(frame.Kind))
def test_any_frame_comes_back(body: bytes, message: int, kind: frame.Kind) -> None:
    said = frame.Frame(0xAC, kind, body, 3, message)
    read = frame.decode(frame.encode(said))
    assert isinstance(read, frame.Frame)
    assert frame.without_tail(read) == said


def test_a_wrong_crc_counts_only_where_it_may() -> None:
    read = frame.decode(bytes.fromhex("aa14ac00000000000802b0012c0200010100ffff57"))
    assert isinstance(read, frame.Frame)
    assert isinstance(frame.without_tail(read), str)
    assert isinstance(frame.without_tail(read, crc_optional=True), frame.Frame)


@given(st.lists(st.binary(max_size=40), max_size=12), st.data())
def test_the_cutter_finds_every_packet_between_noise(noise: list[bytes], data: st.DataObject) -> None:
    quiet = [piece.replace(b"\x5a", b"\x5b") for piece in noise]
    packets = [
        packet.encode(packet.Packet(packet.DATA, packet.REPLY, i, b"p" * i)) for i in range(1, len(quiet) + 1)
    ]
    stream = b"".join(piece + whole for piece, whole in zip(quiet, packets, strict=True))
    cutter = Cutter(packet.START, packet.length)
    found = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        cutter.feed(stream[:size])
        stream = stream[size:]
        while (unit := cutter.next()) is not None:
            cutter.accept()
            found.append(unit)
    assert found == packets


def test_a_damaged_length_costs_one_packet_and_not_the_stream() -> None:
    good = packet.encode(packet.Packet(packet.DATA, packet.REPLY, 5, b"hello"))
    damaged = bytearray(good)
    damaged[4] += 30
    cutter = Cutter(packet.START, packet.length)
    cutter.feed(bytes(damaged) + good + good)
    found = []
    while (unit := cutter.next()) is not None:
        if isinstance(packet.decode(unit), str):
            cutter.reject()
        else:
            cutter.accept()
            found.append(unit)
    assert found == [good, good]


def test_endless_noise_is_given_up_in_bounded_memory() -> None:
    cutter = Cutter(packet.START, packet.length)
    for _ in range(GARBAGE_LIMIT // 1024 + 1):
        cutter.feed(b"\x5a" * 1024)
        assert cutter.next() is None
    assert cutter.hopeless
    assert len(cutter._buffer) < 4096
    assert cutter.skipped()
    assert not cutter.skipped()


def test_discovery_vectors_are_signed() -> None:
    assert Finder().sighting(bytes.fromhex(_of("discovery_5a5a")[0]["hex"]), "192.0.2.1")
