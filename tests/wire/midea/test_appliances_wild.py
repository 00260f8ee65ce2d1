"""Appliances with a sheet and bodies that nobody meant: words or values come of them, never an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.midea.appliance_stage import (
    BY_TYPE,
    Pair,
    each_sheet,
    framed,
    said_by,
)

from jiahe.wire.midea import frame
from jiahe.wire.midea.appliance import Asking, Told
from jiahe.wire.midea.appliances.device_side import SheetDevice
from jiahe.wire.midea.appliances.hub_side import SheetHub, capabilities
from jiahe.wire.midea.frame import Frame, Kind
from jiahe.wire.midea.sheet import Sheet
from jiahe.wire.talk import (
    Answer,
    Ignored,
)


@each_sheet
@settings(max_examples=120, deadline=None)
@given(
    kind=st.sampled_from([*Kind, 0, 7, 255]),
    body=st.binary(max_size=120),
    protocol=st.integers(0, 5),
    head=st.sampled_from(
        [b"", b"\x00", b"\x01", b"\x02", b"\x03", b"\x31", b"\xaa\x55\x00", b"\xc8", b"\xa0", b"\xb5\x05"]
    ),
)
def test_any_body_in_a_valid_envelope_ends_in_words_or_values(
    sheet: Sheet, kind: int, body: bytes, protocol: int, head: bytes
) -> None:
    hub, device = SheetHub(sheet, {}), SheetDevice(sheet, {})
    read = framed(sheet, kind, (head + body)[:120], protocol)
    told = hub.hear(read, 0.0)
    assert isinstance(told, str | Told)
    if isinstance(told, Told):
        json.dumps(dict(told.values))
        assert all(value == value for value in told.values.values())  # noqa: PLR0124  # no NaN
    asking = device.asked(read)
    assert isinstance(asking, str | Asking)
    if isinstance(asking, Asking):
        for said in device.answer(asking, Answer({"state.power": True})):
            assert frame.decode(frame.encode(said))


@each_sheet
@settings(max_examples=60, deadline=None)
@given(values=st.data())
def test_a_device_may_hold_any_values(sheet: Sheet, values: st.DataObject) -> None:
    points = sorted({p for layout in sheet.layouts for p in layout.points})
    wild = (
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | st.text(max_size=5)
    )
    held: Mapping[str, Any] = values.draw(st.dictionaries(st.sampled_from(points), wild))
    for said in SheetDevice(sheet, {}).push(held):
        assert isinstance(frame.decode(frame.encode(said)), Frame)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=40))
def test_capabilities_stop_where_the_body_does(body: bytes) -> None:
    assert all(isinstance(value, int | str) for value in capabilities(b"\xb5" + body, {}).values())


def test_a_body_of_another_type_is_ignored() -> None:
    pair = Pair(BY_TYPE[0xFA])
    pair.hub.receive(said_by(BY_TYPE[0xFC], b"\xc8" + bytes(20)), 0.0)
    assert [event for event in pair.hub.events() if isinstance(event, Ignored)]
