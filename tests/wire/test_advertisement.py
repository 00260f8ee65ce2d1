"""AD structures: there and back, real ones, and anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.advertisement import LONGEST, Advertisement, decode, hardware_id
from jiahe.wire.gatt import sig

uuids = st.integers(0, 0xFFFF).map(sig) | st.uuids().map(str)
advertisements = st.builds(
    Advertisement,
    st.text(min_size=0, max_size=20).filter(lambda text: text.encode("utf-8", "replace").decode() == text),
    st.lists(uuids, max_size=4, unique=True).map(tuple),
    st.dictionaries(uuids, st.binary(max_size=60), max_size=3),
    st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=60), max_size=3),
)


@given(advertisements)
def test_there_and_back(said: Advertisement) -> None:
    heard = decode(said.encode())
    if said == Advertisement():
        assert heard is None
    else:
        assert heard == said


@given(st.binary(max_size=2000))
def test_noise_is_none_or_an_advertisement(noise: bytes) -> None:
    heard = decode(noise)
    if heard is not None:
        assert len(noise) <= LONGEST
        again = heard.encode()
        assert len(again) <= LONGEST


def test_a_band_and_a_sensor_as_they_stand_on_the_air() -> None:
    # Flags, then the short list of services with FEE0, then the name (Core Specification, Vol 3, Part C 11).
    band = decode(bytes.fromhex("020106" + "0302e0fe" + "0a09" + b"MI Band 2".hex()))
    assert band == Advertisement("MI Band 2", (sig(0xFEE0),))
    sensor = decode(bytes.fromhex("020106" + "0716d2fc4002ca09" + "000000"))
    assert sensor == Advertisement(service_data={sig(0xFCD2): bytes.fromhex("4002ca09")})
    assert decode(bytes.fromhex("0201")) is None, "cut"


def test_what_does_not_fit_is_left_out() -> None:
    said = Advertisement("x", service_data={sig(0xFCD2): bytes(300)}, maker_data={1: b"kept"})
    assert decode(said.encode()) == Advertisement("x", maker_data={1: b"kept"})
    many = Advertisement(maker_data={number: bytes(200) for number in range(20)})
    assert len(many.encode()) <= LONGEST


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("C8:0F:10:80:D4:AE", str(0xC80F1080D4AE)),
        ("c8:0f:10:80:d4:ae", str(0xC80F1080D4AE)),
        ("5fd3c4f2-6b1a-4c1e-9d2a-0123456789ab", str(0x5FD3C4F26B1A4C1E9D2A0123456789AB)),
        ("192.168.1.20", ""),
        ("fe80::1", ""),
        ("1234:5678:9abc::", ""),
        ("C80F1080D4AE", ""),
        ("C8:0F:10:80:D4:AE\n", ""),
        ("", ""),
    ],
)
def test_a_bluetooth_address_is_a_number_and_nothing_else_is(address: str, number: str) -> None:
    assert hardware_id(address) == number
