"""GATT operations as datagrams: there and back, compact where a number will do, None for anything else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.gatt import ASKS, LONGEST, REASON, Frame, Operation, decode, header_size, sig
from jiahe.wire.huami.layout import huami

uuids = st.integers(0, 0xFFFF).map(sig) | st.uuids().map(str)
frames = st.builds(Frame, st.sampled_from(Operation), uuids, st.binary(max_size=LONGEST))


@given(frames)
def test_there_and_back(frame: Frame) -> None:
    assert decode(frame.encode()) == frame


@given(st.binary(max_size=600))
def test_noise_is_none_or_says_what_it_says(noise: bytes) -> None:
    frame = decode(noise)
    size = header_size(noise)
    if frame is None:
        assert size is None or len(noise) - size > LONGEST
    else:
        assert size is not None
        assert noise[size:] == frame.payload
        assert decode(frame.encode()) == frame


def test_the_bytes() -> None:
    assert Frame(Operation.WRITE, sig(0x2A06), b"\x03").encode().hex() == "022a0603"
    assert (
        Frame(Operation.NOTIFIED, huami(7), b"\x0c").encode().hex()
        == "940000000700003512" + "21180009af100700" + "0c"
    )
    assert decode(b"") is None
    assert decode(b"\x02\x2a") is None, "half a characteristic"
    assert decode(b"\x00\x2a\x06") is None, "no operation"
    assert decode(bytes((Operation.VALUE, 0x2A, 0x06)) + bytes(LONGEST + 1)) is None


def test_every_ask_has_its_two_answers() -> None:
    for ask in ASKS:
        frame = Frame(ask, sig(0x2A06), b"?")
        assert decode(frame.answered(b"!").encode()) == Frame(ask.done, sig(0x2A06), b"!")
        refused = decode(frame.refused("no, " * 100).encode())
        assert refused is not None
        assert refused.operation is ask.undone
        assert refused.reason == ("no, " * 100)[:REASON]
