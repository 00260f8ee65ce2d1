"""Wrong keys, other appliances, damaged frames, any bytes at all, and what the tap may see."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import envelope, frame, packet
from jiahe.wire.midea.ac import state
from jiahe.wire.midea.session import Session
from jiahe.wire.talk import (
    Answer,
    Asked,
    Broken,
    Describe,
    Done,
    Event,
    Ignored,
    LockedOut,
    Opened,
    Read,
    Refused,
    Role,
    Unanswered,
    Write,
)

# ---- who is who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"token": bytes(64)}, {"key": bytes(32)}])
def test_a_wrong_token_or_key_locks_out_in_words(bench: Any, wrong: dict[str, bytes]) -> None:
    pair = bench.Pair(3, device=bench.identity(3, **wrong))
    pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    locked, unanswered = pair.open()
    assert isinstance(locked, LockedOut)
    assert "token" in locked.text
    assert isinstance(unanswered, Unanswered)
    assert pair.hub.wake_at() is None


def test_a_unit_that_does_not_answer_the_greeting_is_given_up(bench: Any) -> None:
    pair = bench.Pair(3)
    pair.hub.open(pair.now)
    pair.hub.outgoing()
    events: list[Event] = []
    for _ in range(5):
        wake = pair.hub.wake_at()
        if wake is not None:
            pair.hub.wake(wake)
            events += pair.hub.events()
    assert [type(e) for e in events] == [Broken]


@pytest.mark.parametrize("facts", [{"version": 1}, {"type": 0x01}])
def test_what_cannot_be_operated_is_said_at_once(bench: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        Session(Role.HUB, bench.identity(3, facts=facts), bench.entropy(1))


def test_a_v3_unit_needs_its_keys(bench: Any) -> None:
    with pytest.raises(LocalProtocolError):
        Session(Role.HUB, bench.identity(3, token=b"short"), bench.entropy(1))


def test_another_appliances_packets_are_not_believed(bench: Any) -> None:
    pair = bench.Pair(2, device=bench.identity(2, hardware_id="4711"))
    pair.open()
    pair.ask(Read(("state.power",)))
    assert [type(e) for e in pair.device_heard] == [Opened, Ignored]
    pair.device.report(bench.VALUES, pair.now)
    events = pair.run()
    assert [type(e) for e in events] == [Ignored, Ignored, Ignored]


@pytest.mark.parametrize("where", ["checksum", "crc", "type", "kind", "short"])
def test_a_damaged_frame_in_a_sound_packet_is_not_believed(bench: Any, where: str) -> None:
    pair = bench.Pair(2)
    pair.open()
    pair.ask(Read(("state.power",)))
    body = state.write_status({**bench.VALUES, "state.power": False})
    said = frame.Frame(0xAC, frame.Kind.NOTIFY, body, 3, 9)
    good = bytearray(frame.encode(said))
    if where == "checksum":
        good[-1] ^= 1
    elif where == "crc":
        good[-2] ^= 1
        good[-1] = -sum(good[1:-1]) & 0xFF
    elif where == "type":
        good = bytearray(frame.encode(frame.Frame(0xDB, frame.Kind.NOTIFY, body, 3, 9)))
    elif where == "kind":
        good = bytearray(frame.encode(frame.Frame(0xAC, 0x63, body, 3, 9)))
    else:
        good = bytearray(frame.encode(frame.Frame(0xAC, frame.Kind.QUERY, body[:10], 3, 9)))
    pair.hub.receive(
        packet.encode(packet.Packet(packet.DATA, packet.REPLY, int(bench.ID), bytes(good))), pair.now
    )
    assert [type(e) for e in pair.hub.events()] == [Ignored]


# ---- any bytes -------------------------------------------------------------------------------------------


@given(st.integers(2, 3), st.integers(0, 2**32), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_fragmentation_is_one_conversation(bench: Any, version: int, seed: int, joined: bool) -> None:
    pair = bench.Pair(version, seed=seed)
    chance = random.Random(seed)

    def cut(data: bytes) -> list[bytes]:
        pieces = []
        while data:
            size = chance.randint(1, len(data))
            pieces.append(data[:size])
            data = data[size:]
        return pieces if not joined else [b"".join(pieces)]

    pair.cut = cut
    pair.open()
    for ask in (Read(("state.power", "energy.total")), Write({"state.fan": 33}), Describe()):
        pair.ask(ask)
    assert [e for e in pair.heard if isinstance(e, Done)] == [Done(1), Done(2), Done(3)]
    assert pair.values["state.fan"] == 33


@given(st.integers(2, 3), st.lists(st.binary(max_size=200), max_size=20), st.booleans())
@settings(max_examples=80, deadline=None)
def test_garbage_never_raises_and_every_ask_ends_once(
    bench: Any, version: int, noise: list[bytes], between: bool
) -> None:
    pair = bench.Pair(version)
    if between:
        pair.open()
    else:
        pair.device.open(pair.now)
        pair.hub.open(pair.now)
    starts = (b"", packet.START, envelope.START)
    tickets = []
    for i, data in enumerate(noise):
        tickets.append(pair.hub.ask(Read(("state.power",)), pair.now + 9, pair.now))
        pair.hub.receive(starts[i % 3] + data, pair.now)
        pair.device.receive(starts[i % 3] + data, pair.now)
        pair.hub.redact(data)
        pair.run()
        pair.now += 0.5
    pair.at(20.0)
    ends = [e.ticket for e in pair.heard if isinstance(e, Done | Refused | Unanswered)]
    assert sorted(ends) == tickets


@given(st.integers(0, 2**32), st.floats(0.0, 0.6), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_on_a_lossy_wire_every_ask_ends_once(bench: Any, seed: int, loss: float, version: int) -> None:
    """Whole packets vanish or arrive twice: TCP does neither, a gateway between may."""
    pair = bench.Pair(version, seed=seed)
    chance = random.Random(seed)
    pair.open()
    pair.cut = lambda data: [data] * chance.choices((0, 1, 2), (loss, 1 - loss, 0.1))[0]
    tickets = []
    for i in range(6):
        ask = Write({"state.fan": i + 1}) if i % 2 else Read(("state.power", "humidity.indoor"))
        tickets.append(pair.hub.ask(ask, pair.now + 6, pair.now))
        pair.run()
        pair.at(1.0)
    pair.at(10.0)
    ends = [e.ticket for e in pair.heard if isinstance(e, Done | Refused | Unanswered)]
    assert sorted(ends) == tickets


@given(st.binary(min_size=1, max_size=60), st.sampled_from(frame.Kind))
@settings(max_examples=200, deadline=None)
def test_a_wild_body_in_a_sound_frame_never_raises(bench: Any, body: bytes, kind: frame.Kind) -> None:
    for start in (
        b"\xc0",
        b"\xc1\x21\x01",
        b"\xb5",
        b"\xb1",
        b"\xb0",
        b"\xa0",
        b"\xa1",
        b"\x40",
        b"\x41",
        b"",
    ):
        wild = frame.encode(frame.Frame(0xAC, kind, start + body, 3, 7))
        for role in Role:
            session = Session(role, bench.identity(2), bench.entropy(3))
            session.open(0.0)
            session.receive(packet.encode(packet.Packet(packet.DATA, packet.REPLY, int(bench.ID), wild)), 0.0)
            for event in session.events():
                if isinstance(event, Asked):
                    session.answer(event.ticket, Answer(bench.VALUES), 0.0)
            session.outgoing()


def test_a_flood_of_noise_breaks_the_connection_in_bounded_memory(pair: Any) -> None:
    broken = []
    for _ in range(80):
        pair.hub.receive(b"\x11" * 1024, pair.now)
        broken += [e for e in pair.hub.events() if isinstance(e, Broken)]
    assert len(broken) == 1


# ---- the tap ---------------------------------------------------------------------------------------------


def test_the_tap_never_sees_the_token_or_the_nonce(bench: Any) -> None:
    pair = bench.Pair(3)
    pair.device.open(0.0)
    pair.hub.open(0.0)
    (greeting,) = pair.hub.outgoing()
    assert bench.TOKEN in greeting
    assert pair.hub.redact(greeting) == greeting[:8] + bytes(64)
    assert pair.device.redact(greeting) == greeting[:8] + bytes(64)
    for cut in range(1, len(greeting)):  # pieces of it, as the device's end may read them
        clean = pair.device.redact(greeting[:cut]) + pair.device.redact(greeting[cut:])
        assert len(clean) == len(greeting)
        assert not any(bench.TOKEN[i : i + 4] in clean for i in range(61)), cut
    pair.device.receive(greeting, 0.0)
    for cut in range(1, len(greeting)):
        clean = pair.device.redact(greeting[cut:])
        assert not any(bench.TOKEN[i : i + 8] in clean for i in range(57)), cut
    (reply,) = pair.device.outgoing()
    pair.hub.receive(reply, 0.0)
    assert pair.hub.redact(reply) == reply[:8] + bytes(64)
    pair.hub.ask(Read(("state.power",)), 9.0, 0.0)
    (request,) = pair.hub.outgoing()
    assert pair.hub.redact(request) == request
    assert pair.hub.redact(request[:20]) == request[:20]


def test_no_secret_stands_in_events_or_reprs(bench: Any) -> None:
    pair = bench.Pair(3, device=bench.identity(3, token=bytes(range(1, 65))))
    pair.open()
    said = repr(pair.heard) + repr(pair.device_heard) + repr(bench.identity(3))
    assert repr(bench.TOKEN[8:16])[2:-1] not in said
    assert bench.TOKEN.hex()[16:48] not in said
